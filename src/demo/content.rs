//! What the demonstration's files hold. `demo/README.md` says what it means.

use std::collections::BTreeMap;

use anyhow::Context;
use sapa_channel::Proof;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    contacts::model::Evidence,
    officers::{model::Language, policy::Role},
};

mod audience;
pub mod complaints;
mod talks;

pub use audience::{Audience, Import, ImportRow};
pub use talks::{Attached, Conversation, Message, Status, Ticket};

/// The files of one firm.
struct Files {
    folder: &'static str,
    firm: &'static str,
    contacts: &'static str,
    conversations: &'static [&'static str],
    suggestions: &'static str,
    audience: &'static str,
    complaints: &'static str,
}

macro_rules! files {
    ($folder:literal, $($part:literal),+) => {
        Files {
            folder: $folder,
            firm: include_str!(concat!("../../demo/", $folder, "/firm.json")),
            contacts: include_str!(concat!("../../demo/", $folder, "/contacts.json")),
            conversations: &[$(include_str!(concat!("../../demo/", $folder, "/conversations-", $part, ".json"))),+],
            suggestions: include_str!(concat!("../../demo/", $folder, "/suggestions.json")),
            audience: include_str!(concat!("../../demo/", $folder, "/audience.json")),
            complaints: include_str!(concat!("../../demo/", $folder, "/complaints.json")),
        }
    };
}

const FIRMS: [Files; 2] =
    [files!("kopi-seruni", "01", "02", "03"), files!("nusa-seluler", "01", "02", "03")];

/// A firm, its customers, and what was said.
#[derive(Debug)]
pub struct Firm {
    /// The key of its web chat.
    pub site_key: String,
    pub about: About,
    pub contacts: Vec<Contact>,
    pub conversations: Vec<Conversation>,
    pub suggestions: Vec<Suggestion>,
    pub audience: Audience,
    pub complaints: complaints::Complaints,
}

/// Both firms.
pub fn firms() -> anyhow::Result<Vec<Firm>> {
    FIRMS
        .iter()
        .map(|files| firm(files).with_context(|| format!("demo/{}", files.folder)))
        .collect()
}

/// What is to be known of both firms themselves.
pub fn abouts() -> anyhow::Result<Vec<About>> {
    FIRMS.iter().map(|files| read("firm", files.firm)).collect()
}

fn firm(files: &Files) -> anyhow::Result<Firm> {
    let mut conversations = Vec::new();
    for part in files.conversations {
        conversations.extend(read::<Vec<Conversation>>("conversations", part)?);
    }
    Ok(Firm {
        site_key: format!("{}{}", files.folder, super::SITE_KEY),
        about: read("firm", files.firm)?,
        contacts: read("contacts", files.contacts)?,
        conversations,
        suggestions: read("suggestions", files.suggestions)?,
        audience: read("audience", files.audience)?,
        complaints: read("complaints", files.complaints)?,
    })
}

fn read<T: DeserializeOwned>(what: &str, json: &str) -> anyhow::Result<T> {
    serde_json::from_str(json).with_context(|| what.to_owned())
}

/// A firm.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    pub name: String,
    /// The name that automatic messages bear.
    pub bot: String,
    pub teams: Vec<Team>,
    pub officers: Vec<Officer>,
    pub channels: Vec<Channel>,
    pub canned: Vec<Canned>,
    /// All labels that its conversations bear.
    pub labels: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    pub key: String,
    pub name: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Officer {
    pub key: String,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub language: Language,
    pub teams: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    pub key: String,
    pub kind: String,
    pub name: String,
    /// Of a mailbox.
    pub address: Option<String>,
    /// Of a bot.
    pub username: Option<String>,
    /// Of a web chat.
    pub site: Option<Looks>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Looks {
    pub title: String,
    pub greeting: String,
    pub language: String,
    pub quick_replies: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Canned {
    pub shortcut: String,
    pub title: String,
    pub text: String,
    pub language: Option<Language>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    pub key: String,
    pub name: String,
    pub language: Option<String>,
    pub city: Option<String>,
    pub company: Option<String>,
    pub notes: String,
    pub tags: Vec<String>,
    pub fields: BTreeMap<String, String>,
    pub identities: Vec<Identity>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    pub kind: String,
    pub value: String,
    pub shown: Option<String>,
    pub proof: Option<Proof>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suggestion {
    pub a: String,
    pub b: String,
    pub evidence: Vec<Evidence>,
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_of_the_demonstration_is_read_and_understood() {
        for (files, firm) in FIRMS.iter().zip(firms().unwrap()) {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo").join(files.folder);
            let there = std::fs::read_dir(&folder).unwrap().count();
            let own = 5 + usize::from(folder.join("mailings.json").exists());
            assert_eq!(there, files.conversations.len() + own, "{}", files.folder);
            assert!(firm.contacts.len() > 50 && firm.conversations.len() > 100);
        }
    }
}
