//! What a channel adapter and the hub say to each other.
//!
//! An adapter speaks one protocol. It turns bytes into an [`Arrival`] and an [`Outbound`] into bytes, and
//! it knows nothing of the hub but the [`Intake`] that it hands arrivals to.

mod adapter;
mod ids;
mod inbound;
mod outbound;
pub mod points;
mod steady;
mod time;

#[cfg(feature = "conformance")]
pub mod conformance;

pub use adapter::{Channel, Health, Intake, Receipted, Refused};
pub use ids::{ChannelId, Kind, new_id};
pub use inbound::{
    Address, Arrival, Claim, Edit, File, Inbound, Message, Original, Place, Proof, Receipt,
    ReceiptState, Sender, Thread, Unreadable,
};
pub use outbound::{
    Bulk, Button, Capabilities, Mailbox, OutFile, Outbound, Outcome, Parent, Retry,
};
pub use time::{Clock, SystemClock, Timestamp};
