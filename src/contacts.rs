//! Contacts: the persons and firms we serve, their addresses, and which of them are one.

pub mod edit;
pub mod http;
pub mod likeness;
pub mod links;
pub mod merge;
pub mod model;
pub mod queries;
pub mod suggest;
