//! The headers of a mail of ours.

use std::fmt::Write;

use sapa_channel::Parent;

use super::{
    ComposeError,
    words::{encode_words, fold, is_id},
};

/// The most ids in `References`; the oldest and the newest are kept (mail 31).
const MAX_REFERENCES: usize = 30;

/// Header fields in their order, encoded and folded.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(&'static str, String)>);

impl Fields {
    pub(super) fn list(&self) -> &[(&'static str, String)] {
        &self.0
    }

    /// A value that is known to be good.
    pub(super) fn raw(&mut self, name: &'static str, value: &str) {
        self.0.push((name, value.to_owned()));
    }

    /// Free text.
    pub(super) fn text(&mut self, name: &'static str, text: &str) -> Result<(), ComposeError> {
        refuse_injection("the subject", text)?;
        let value = if text.is_ascii()
            && !text.contains("=?")
            && text.split(' ').all(|word| word.len() < 60)
        {
            fold(text, name.len() + 2)
        } else {
            encode_words(text)
        };
        self.0.push((name, value));
        Ok(())
    }

    /// Addresses with names, one on a line.
    pub(super) fn mailboxes(
        &mut self,
        name: &'static str,
        list: &[(String, Option<String>)],
    ) -> Result<(), ComposeError> {
        let mut value = String::new();
        for (address, shown) in list {
            if !value.is_empty() {
                value.push_str(",\r\n ");
            }
            match shown.as_deref().map(str::trim).filter(|shown| !shown.is_empty()) {
                Some(shown) => {
                    refuse_injection("a name", shown)?;
                    let phrase = phrase(shown);
                    let gap = if phrase.len() + address.len() > 60 { "\r\n " } else { " " };
                    let _ = write!(value, "{phrase}{gap}<{address}>");
                }
                None => value.push_str(address),
            }
        }
        self.0.push((name, value));
        Ok(())
    }

    /// What it answers (RFC 5322, 3.6.4). Ids of other channels are none of mail.
    pub(super) fn ancestors(&mut self, parent: &Parent) {
        if !is_id(&parent.external_id) {
            return;
        }
        self.raw("In-Reply-To", &format!("<{}>", parent.external_id));
        let mut ids: Vec<&str> = Vec::new();
        for id in parent.references.iter().map(String::as_str) {
            if is_id(id) && id != parent.external_id && !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids.push(&parent.external_id);
        if ids.len() > MAX_REFERENCES {
            ids.drain(1..=ids.len() - MAX_REFERENCES);
        }
        // Folded between ids, never in one (mail 13).
        let ids: Vec<_> = ids.into_iter().map(|id| format!("<{id}>")).collect();
        self.raw("References", &ids.join("\r\n "));
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        for (name, value) in &self.0 {
            for piece in [name, ": ", value, "\r\n"] {
                out.extend_from_slice(piece.as_bytes());
            }
        }
    }
}

/// Refuses what could begin a header of its own (`R18`, mail 6). It is looked at when all is rendered.
pub(super) fn refuse_injection(field: &'static str, text: &str) -> Result<(), ComposeError> {
    if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err(ComposeError::Injection { field });
    }
    Ok(())
}

/// A display name: words as they are, else a quoted string, else encoded words (mail 11).
fn phrase(name: &str) -> String {
    let atoms = |c: char| c.is_ascii_alphanumeric() || " !#$%&'*+-/^_`{|}~".contains(c);
    if name.chars().all(atoms) && !name.contains("  ") && name.len() <= 60 {
        return name.to_owned();
    }
    if name.is_ascii() && !name.contains("=?") && name.len() <= 60 {
        return format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""));
    }
    encode_words(name)
}
