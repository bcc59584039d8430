//! Whether a contact agreed to offers, by kind of channel, and the addresses that get no mailing at all.

pub mod change;
pub mod http;
pub mod merging;
pub mod model;
pub mod queries;
pub mod suppress;

pub use change::{grant, withdraw};
pub use suppress::{release, suppress};
