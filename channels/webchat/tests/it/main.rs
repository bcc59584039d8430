//! Web chat as a browser sees it: over HTTP and a real WebSocket.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod conformance;
mod http;
mod idle;
mod socket;
mod support;
