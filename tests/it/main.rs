//! Scenarios through the real protocols, by capability, each on both databases.

#![expect(clippy::unwrap_used, reason = "a test that meets what it does not expect has failed")]

mod support;

mod api;
mod bots;
mod bucket;
mod canned;
mod delivery;
mod demo;
mod desk;
mod drafts;
mod figures;
mod guards;
mod history;
mod http;
mod imports;
mod intake;
mod live;
mod mail;
mod mailings;
mod nodes;
mod officers;
mod panics;
mod plans;
mod quarantine;
mod search;
mod seeds;
mod segments;
mod steady;
mod story;
mod suggestions;
mod taken_back;
mod telegram;
mod tickets;
mod units;
mod webchat;
mod webhooks;
