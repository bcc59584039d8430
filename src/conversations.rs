//! Conversations: threads with one contact, which may move from channel to channel.

pub mod bulk;
pub mod change;
pub mod charge;
pub mod counts;
pub mod drafts;
pub mod http;
pub mod list;
pub mod model;
pub mod queries;
pub mod snooze;
pub mod start;
pub mod timeline;
