//! Segments: contacts chosen by typed conditions, counted while they are written, and explained for anybody.

pub mod check;
pub mod condition;
pub mod count;
pub mod evaluate;
pub mod explain;
pub mod http;
pub mod model;
pub mod profile;
pub mod queries;
pub mod sql;

pub use condition::Condition;
