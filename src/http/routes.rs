//! Mounting routes: none without saying who may use it.

use axum::{Router, middleware};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::gate;
use crate::{app::App, officers::policy::Permission};

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Any officer who is signed in, for what is his own; no token.
    SignedIn,
    /// Who may do this.
    May(Permission),
    /// A bot that is switched on, with its own token, and no officer (R31).
    Bot,
}

/// A route and who may use it, for the matrix of permissions.
#[derive(Clone, Debug)]
pub struct Listed {
    /// `GET` …
    pub method: String,
    /// Below `/api/v1`, with its parameters in braces.
    pub path: String,
    /// Who may use it.
    pub access: Access,
}

/// The routes of the API, each with its gate.
pub struct Routes {
    app: App,
    router: OpenApiRouter<App>,
    list: Vec<Listed>,
}

impl Routes {
    /// No routes yet.
    #[must_use]
    pub fn new(app: App) -> Self {
        Self { app, router: OpenApiRouter::new(), list: Vec::new() }
    }

    /// Adds the methods of one path. They are reached only by who has access.
    #[must_use]
    pub fn add(
        mut self,
        access: Access,
        (schemas, paths, methods): UtoipaMethodRouter<App>,
    ) -> Self {
        for (path, item) in &paths.paths {
            let methods = [
                ("GET", &item.get),
                ("POST", &item.post),
                ("PUT", &item.put),
                ("PATCH", &item.patch),
                ("DELETE", &item.delete),
            ];
            for (method, _) in methods.into_iter().filter(|(_, operation)| operation.is_some()) {
                self.list.push(Listed { method: method.to_owned(), path: path.clone(), access });
            }
        }
        let methods = match access {
            Access::Public => methods,
            Access::SignedIn | Access::May(_) | Access::Bot => methods
                .layer(middleware::from_fn_with_state((self.app.clone(), access), gate::gate)),
        };
        self.router = self.router.routes((schemas, paths, methods));
        self
    }

    /// The router, the API's description, and the list of all routes.
    pub fn finish(self) -> (Router<App>, OpenApi, Vec<Listed>) {
        let (router, description) = self.router.split_for_parts();
        (router, description, self.list)
    }
}
