//! Segments: contacts chosen by typed conditions, counted while they are written, and explained for anybody.

pub mod condition;
pub mod sql;

pub use condition::Condition;
