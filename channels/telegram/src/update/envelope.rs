//! What every update has: a number, and one field that names its kind.

use sapa_channel::Unreadable;
use serde_json::{Map, Value};

/// The kinds that concern the hub.
const OURS: [&str; 4] = ["message", "edited_message", "callback_query", "my_chat_member"];

/// An update before its kind is read.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) id: i64,
    /// The name of the field, empty if there is none.
    pub(crate) kind: String,
    pub(crate) body: Value,
}

impl Envelope {
    pub(crate) fn read(raw: &[u8]) -> Result<Self, Unreadable> {
        let mut fields: Map<String, Value> = serde_json::from_slice(raw)
            .map_err(|error| Unreadable(format!("this is no update of Telegram: {error}")))?;
        let id = fields.remove("update_id").and_then(|id| id.as_i64());
        let id = id.ok_or_else(|| Unreadable("an update without its number".to_owned()))?;
        let ours = OURS.iter().find_map(|kind| fields.remove_entry(*kind));
        let (kind, body) = ours.or_else(|| fields.into_iter().next()).unwrap_or_default();
        Ok(Self { id, kind, body })
    }

    /// Whether its kind concerns the hub at all.
    pub(crate) fn is_ours(&self) -> bool {
        OURS.contains(&self.kind.as_str())
    }
}
