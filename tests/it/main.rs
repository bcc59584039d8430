//! Scenarios through the real protocols, by capability, each on both databases.

mod support;

mod api;
mod canned;
mod figures;
mod history;
mod mail;
mod officers;
mod quarantine;
mod webhooks;
