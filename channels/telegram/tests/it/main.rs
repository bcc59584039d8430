//! The channel against the strict stand-in of Telegram.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod conformance;
mod content;
mod polling;
mod secrets;
mod sending;
mod standin;
mod support;
mod webhook;
