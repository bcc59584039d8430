//! A stand-in for Telegram.
fn main() {}
