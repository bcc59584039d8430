//! What is said over a visitor's socket, in JSON, one frame a text message.

mod client;
mod server;

pub use client::{BadFrame, ClientFrame, Hello, Say, parse};
pub use server::{Author, ChosenAnswer, Nack, SentFile, ServerFrame, ServerMessage};
