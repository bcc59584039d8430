//! The web server: the gate before each route, errors, the API's description, static files.
//! The routes themselves are mounted from the capabilities.

mod assets;
mod cookies;
mod error;
mod gate;
mod idempotency;
mod input;
mod listen;
mod page;
mod reference;
mod routes;
mod security;
mod server;
mod upload;

pub use assets::shop;
pub use cookies::{SESSION_COOKIE, expired_cookie, session_cookie};
pub use error::{AppError, Problem};
pub use gate::{caller, peer_address};
pub use idempotency::{Idempotent, idempotent};
pub use input::{Body, Path, Query};
pub use page::{Cursor, Page};
pub use routes::{Access, Listed, Routes};
pub use server::{api, router, serve};
pub use upload::Upload;
