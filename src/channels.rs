//! Channels: which are configured, which are in operation, how they fare.

pub mod health;
pub mod http;
pub mod kinds;
pub mod mailboxes;
pub mod model;
pub mod operate;
pub mod queries;
mod registry;
pub mod webchat;

pub use registry::{Operated, Registry};
