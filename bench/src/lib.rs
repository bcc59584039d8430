//! What the benchmarks and the crash rig share: a hub to work on, and those who speak to it.

pub mod audience;
pub mod chat;
pub mod client;
pub mod dice;
pub mod hub;
pub mod process;
pub mod served;
pub mod smtp;
