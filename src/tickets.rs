//! Tickets: complaints, requests and questions to be solved, above conversations.

pub mod http;
pub mod model;
pub mod open;
pub mod queries;
pub mod solve;
