//! Quarantine: what came in and could not be read or routed. It is kept as it came, shown, and can be tried
//! again; it never blocks what came after it (D4).

pub mod http;
pub mod queries;
