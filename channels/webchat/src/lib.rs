//! The web chat channel: what the widget in a shop's page and the hub say to each other.
//!
//! A visitor's browser holds a secret that the hub signed; a shop may prove who its customer is by a
//! signed token. What a visitor says is handed to the [`sapa_channel::Intake`] and acknowledged when it
//! is durable; what the hub has for a visitor comes by a [`ChatHub`], which the hub implements.
//! [`routes`] is the whole protocol over HTTP, ready to be mounted.

mod channel;
mod frames;
mod http;
mod hub;
mod key;
mod limits;
mod pulse;
mod rooms;
mod server;
mod session;
mod site;
mod token;
mod visitor;

pub use channel::WebChatChannel;
pub use frames::{
    Author, BadFrame, ChosenAnswer, ClientFrame, Hello, Nack, Say, SentFile, ServerFrame,
    ServerMessage, parse,
};
pub use http::routes;
pub use hub::{ChatHub, HubError, Marks, Missed, Page, Push};
pub use key::Key;
pub use rooms::{Pushes, Rooms};
pub use server::{ChatServer, upgrade};
pub use site::{Looks, Site, origin_allowed};
pub use token::{BadToken, Customer};
pub use visitor::{BadVisitor, Caller};

/// The kind of this channel and of the addresses on it.
pub const KIND: sapa_channel::Kind = sapa_channel::Kind::new("webchat");

/// The WebSocket subprotocol.
pub const PROTOCOL: &str = "sapa.chat.v1";

/// Bytes of the read buffer of each socket. The library's own 128 KiB would be most of an idle visitor.
pub const READ_BUFFER: usize = 4 * 1024;

/// Bytes gathered before a socket is written to. Every frame is flushed, so more would be of no use.
pub const WRITE_BUFFER: usize = 4 * 1024;

/// The most bytes of one frame from a visitor.
pub const MAX_FRAME: usize = 64 * 1024;

/// The most characters (UTF-16 units, as browsers count) of one message.
pub const MAX_TEXT: usize = 8_000;

/// The most bytes of one file.
pub const MAX_FILE: usize = 10 * 1024 * 1024;

/// The most files of one message.
pub const MAX_FILES: usize = 5;

/// The most messages that one visitor may say in a minute, and the most files that he may upload.
pub const MAX_PER_MINUTE: u32 = 30;

/// The most sockets that one browser may have open: its tabs.
pub const MAX_SOCKETS: u32 = 10;
