//! The port and what listens on it.

use std::{io, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use tokio::net::TcpListener;

use super::{
    Running, Shared, control,
    line::{Line, Lines},
    methods, poster, stopping,
};

/// The largest request: a file of 50 MB and what is around it.
const MAX_BODY: usize = 60 << 20;

/// Binds and serves.
pub(super) async fn run(
    address: SocketAddr,
    shared: Arc<Shared>,
) -> io::Result<(SocketAddr, Running)> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let client = reqwest::Client::builder().no_proxy().build().map_err(io::Error::other)?;
    let (stop, guard) = stopping();
    let router = Router::new()
        .route("/{bot}/{method}", post(methods::call))
        .route("/file/{bot}/{*path}", get(methods::download))
        .nest("/control", control::routes())
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(shared.clone());
    let lines = Lines { listener, all: stop.clone() };
    let service = router.into_make_service_with_connect_info::<Line>();
    tokio::spawn(poster::run(shared, client, stop));
    let server = tokio::spawn(async move {
        // It ends only by being aborted.
        let _ = axum::serve(lines, service).await;
    });
    Ok((address, Running { server, _lines: guard }))
}
