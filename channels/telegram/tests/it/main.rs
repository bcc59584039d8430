//! The channel against the strict stand-in of Telegram.

mod conformance;
mod content;
mod polling;
mod secrets;
mod sending;
mod standin;
mod support;
mod webhook;
