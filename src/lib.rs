//! Sapa: an omnichannel contact hub and chatbot gateway.
//!
//! `ARCHITECTURE.md` tells how it is built and what its words mean.

pub mod app;
pub mod bots;
pub mod bus;
pub mod canned;
pub mod channels;
pub mod cli;
pub mod config;
pub mod consent;
pub mod contacts;
pub mod conversations;
pub mod db;
pub mod delivery;
pub mod demo;
pub mod events;
pub mod files;
pub mod housekeeping;
pub mod http;
pub mod http_client;
pub mod imports;
pub mod intake;
pub mod keys;
pub mod live;
pub mod mailings;
pub mod messages;
pub mod nodes;
pub mod officers;
pub mod quarantine;
pub mod router;
pub mod search;
pub mod segments;
pub mod telemetry;
pub mod templates;
pub mod tickets;
pub mod webhooks;
