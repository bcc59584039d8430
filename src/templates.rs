//! Templates of mailings: handlebars, strict, checked before they are kept and bounded when they are rendered (R16).

pub mod check;
pub mod engine;
pub mod http;
pub mod model;
pub mod preview;
pub mod queries;
pub mod starters;
pub mod values;
