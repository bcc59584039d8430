//! Categories, causes and rules, and what tickets are told by them.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::tickets::{
    categories::Joining,
    model::{Severity, TicketKind},
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Complaints {
    pub categories: Vec<Category>,
    pub causes: Vec<Cause>,
    pub rules: Vec<Rule>,
    /// By the ticket's number.
    pub tickets: BTreeMap<String, More>,
}

/// One stands after that below which it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    pub key: String,
    pub name: String,
    pub parent: Option<String>,
    pub attach: Joining,
    pub severity: Severity,
    pub due_hours: i64,
}

/// One stands after that below which it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    pub key: String,
    pub name: String,
    pub parent: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub channel: String,
    pub address: String,
    pub kind: TicketKind,
    pub category: String,
    pub team: Option<String>,
}

/// What else is to be said of a ticket.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct More {
    pub category: String,
    pub cause: Option<String>,
    /// Its category's, if none is given.
    pub severity: Option<Severity>,
    /// After the demonstration's moment; as its category says if not given.
    pub due: Option<String>,
    /// What the remedy cost, in rupiah.
    pub cost: Option<i64>,
}
