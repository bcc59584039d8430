//! Tickets: complaints, requests and questions to be solved, above conversations.

pub mod attach;
pub mod categories;
pub mod causes;
pub mod change;
pub mod http;
pub mod list;
pub mod model;
pub mod offers;
pub mod open;
pub mod queries;
pub mod recurrence;
pub mod rules;
pub mod solve;
pub mod timeline;
pub mod tree;
