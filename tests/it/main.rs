//! Scenarios through the real protocols, by capability, each on both databases.

mod support;

mod api;
mod figures;
mod history;
mod mail;
