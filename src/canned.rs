//! Canned answers: texts that officers insert by a shortcut.

pub mod http;
pub mod model;
pub mod queries;
