//! Taking contacts from a CSV file: columns are mapped, a dry run tells what would happen, and then it happens.

pub mod apply;
pub mod http;
pub mod known;
pub mod mapping;
pub mod model;
pub mod plan;
pub mod queries;
pub mod read;
pub mod report;
pub mod row;
pub mod work;
