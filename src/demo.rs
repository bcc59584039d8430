//! The demonstration: two firms and their customers.

pub mod http;
