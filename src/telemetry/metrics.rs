//! The figures and their names, which `docs/operations.md` explains.
//!
//! Labels are few and never hold an address, a name or a text (R28).

use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use sapa_channel::{Outcome, Retry};

const INBOUND: &str = "sapa_inbound_messages_total";
const QUARANTINE: &str = "sapa_quarantine_waiting";
const DELIVERIES: &str = "sapa_deliveries_total";
const OUTBOX_AGE: &str = "sapa_outbox_age_seconds";
const UNKNOWN: &str = "sapa_deliveries_unknown";
const ONLINE: &str = "sapa_online";
const NODES: &str = "sapa_nodes";
const BUS: &str = "sapa_bus_connected";
const READER_LAG: &str = "sapa_reader_lag_seconds";
const READER_BEHIND: &str = "sapa_reader_behind_events";
pub(super) const INTAKE_SLICE_MESSAGES: &str = "sapa_intake_slice_messages";
pub(super) const INTAKE_SLICE_SECONDS: &str = "sapa_intake_slice_seconds";

pub(super) fn describe() {
    describe_counter!(
        INBOUND,
        "Messages that came in, were stored and routed, by kind of channel."
    );
    describe_gauge!(QUARANTINE, "Messages in quarantine that nobody has dealt with yet.");
    describe_counter!(DELIVERIES, "Attempts to deliver, by kind of channel and outcome.");
    describe_gauge!(OUTBOX_AGE, "For how long the oldest message that could leave now has waited.");
    describe_gauge!(
        UNKNOWN,
        "Messages of which nobody knows whether they arrived; a person must decide."
    );
    describe_gauge!(
        ONLINE,
        "Who is connected by a live socket: officers and visitors of the web chat."
    );
    describe_gauge!(NODES, "How many nodes live, as this one sees it.");
    describe_gauge!(BUS, "1 while this node reaches the bus, 0 while it must look by itself.");
    describe_gauge!(READER_LAG, "How old the events are that a reader of the log works on.");
    describe_gauge!(READER_BEHIND, "Events that a reader of the log has still to read.");
    describe_histogram!(INTAKE_SLICE_MESSAGES, "Messages stored by one commit.");
    describe_histogram!(
        INTAKE_SLICE_SECONDS,
        "How long it took to store and route one slice, commit included."
    );
    gauge!("sapa_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
}

/// So many messages of a kind of channel were stored and routed.
pub fn inbound(kind: &str, messages: u64) {
    counter!(INBOUND, "kind" => kind.to_owned()).increment(messages);
}

/// So many messages wait in quarantine.
pub fn quarantine_waiting(messages: u32) {
    gauge!(QUARANTINE).set(f64::from(messages));
}

/// An attempt to deliver by a kind of channel ended.
pub fn delivery(kind: &str, outcome: &Outcome) {
    let outcome = match outcome {
        Outcome::Sent { .. } => "sent",
        Outcome::NotSent { retry: Retry::Never, .. } => "failed",
        Outcome::NotSent { .. } => "not_sent",
        Outcome::Unknown { .. } => "unknown",
    };
    counter!(DELIVERIES, "kind" => kind.to_owned(), "outcome" => outcome).increment(1);
}

/// For how long the oldest message that could leave has waited.
pub fn outbox_age(age: Duration) {
    gauge!(OUTBOX_AGE).set(age.as_secs_f64());
}

/// So many messages may or may not have arrived.
pub fn unknown_deliveries(messages: u32) {
    gauge!(UNKNOWN).set(f64::from(messages));
}

/// A reader of the log works on events that are so many milliseconds old.
pub fn reader_lag(reader: &str, milliseconds: u128) {
    let age = Duration::from_millis(u64::try_from(milliseconds).unwrap_or(u64::MAX));
    gauge!(READER_LAG, "reader" => reader.to_owned()).set(age.as_secs_f64());
}

/// A reader of the log has so many events before it.
pub fn reader_behind(reader: &str, events: u32) {
    gauge!(READER_BEHIND, "reader" => reader.to_owned()).set(f64::from(events));
}

/// A slice of so many messages was stored and routed within this time.
pub fn intake_slice(messages: usize, took: Duration) {
    histogram!(INTAKE_SLICE_MESSAGES)
        .record(f64::from(u32::try_from(messages).unwrap_or(u32::MAX)));
    histogram!(INTAKE_SLICE_SECONDS).record(took.as_secs_f64());
}

/// So many officers look at the screen, and so many visitors are connected to the web chat.
pub fn online(officers: u32, visitors: u32) {
    gauge!(ONLINE, "who" => "officers").set(f64::from(officers));
    gauge!(ONLINE, "who" => "visitors").set(f64::from(visitors));
}

/// So many nodes live.
pub fn nodes(living: usize) {
    gauge!(NODES).set(f64::from(u32::try_from(living).unwrap_or(u32::MAX)));
}

/// Whether this node reaches the bus.
pub fn bus(connected: bool) {
    gauge!(BUS).set(f64::from(u8::from(connected)));
}
