//! Scenarios through the real protocols, by capability, each on both databases.

#![expect(clippy::unwrap_used, reason = "a test that meets what it does not expect has failed")]

mod support;

mod api;
mod canned;
mod demo;
mod figures;
mod history;
mod mail;
mod officers;
mod quarantine;
mod webhooks;
