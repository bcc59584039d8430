//! Frames from the widget.

use std::fmt;

use serde::Deserialize;
use uuid::Uuid;

use crate::{MAX_FRAME, MAX_TEXT};

/// A frame from the widget.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    /// The first one: who is here, and what he has seen.
    Hello(Hello),
    /// He says something.
    Say(Say),
    /// He is writing, or stopped.
    Typing {
        /// Whether he is.
        on: bool,
    },
    /// All up to this sequence is on his device.
    Seen {
        /// The sequence.
        seq: i64,
    },
    /// He has read all up to this sequence.
    Read {
        /// The sequence.
        seq: i64,
    },
    /// Is anybody there?
    Ping {},
    /// He wants to see what came before.
    History {
        /// This sequence.
        before: i64,
    },
}

/// Who is here.
#[derive(PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// The browser's secret.
    pub visitor: String,
    /// The shop's signed word.
    #[serde(default)]
    pub token: Option<String>,
    /// The last sequence he was given, or nothing to begin with the newest messages.
    #[serde(default)]
    pub since: Option<i64>,
    /// `id` or `en`.
    #[serde(default)]
    pub language: Option<String>,
}

/// Something said.
#[derive(PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Say {
    /// The widget's own id of it, kept over all tries.
    pub id: Uuid,
    /// The words.
    pub text: String,
    /// What was uploaded for it.
    #[serde(default)]
    pub files: Vec<Uuid>,
    /// The page it was written on.
    #[serde(default)]
    pub page: Option<String>,
}

// Secrets and what people say stay out of logs (`R28`).
impl fmt::Debug for Hello {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hello").field("since", &self.since).finish_non_exhaustive()
    }
}

impl fmt::Debug for Say {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Say").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why a frame is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFrame {
    /// It is larger than [`MAX_FRAME`].
    #[error("a frame has at most {MAX_FRAME} bytes")]
    TooLarge,
    /// It is nothing that the widget says.
    #[error("the frame is not understood: {0}")]
    Unknown(String),
    /// Somebody said something in a form that is not known, as a newer widget might. It has an id, so it
    /// can be kept for an officer to look at.
    #[error("the message has a form that is not known, near column {column}")]
    GarbledSay {
        /// The widget's id of it.
        id: Uuid,
        /// Where reading it stopped.
        column: usize,
    },
}

/// The least by which a message can be kept.
#[derive(Deserialize)]
struct Kept<'a> {
    t: &'a str,
    id: Uuid,
}

/// Reads a frame. Unknown fields are refused (`R29`).
pub fn parse(text: &str) -> Result<ClientFrame, BadFrame> {
    if text.len() > MAX_FRAME {
        return Err(BadFrame::TooLarge);
    }
    serde_json::from_str(text).map_err(|error| match serde_json::from_str::<Kept<'_>>(text) {
        Ok(kept) if kept.t == "say" => BadFrame::GarbledSay { id: kept.id, column: error.column() },
        _ => BadFrame::Unknown(error.to_string()),
    })
}

impl Say {
    /// The words without NUL and other control characters, with one kind of line end.
    #[must_use]
    pub fn clean_text(&self) -> String {
        let text = self.text.replace("\r\n", "\n").replace('\r', "\n");
        let text: String =
            text.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()).collect();
        text.trim_end().to_owned()
    }

    /// Whether it is longer than [`MAX_TEXT`].
    #[must_use]
    pub fn is_too_long(&self) -> bool {
        self.text.encode_utf16().count() > MAX_TEXT
    }

    /// The page, if it is one of the web's.
    #[must_use]
    pub fn web_page(&self) -> Option<String> {
        let page = self.page.as_deref()?;
        let web = page.starts_with("https://") || page.starts_with("http://");
        let plain =
            page.len() <= 2_048 && !page.chars().any(|c| c.is_control() || c.is_whitespace());
        (web && plain).then(|| page.to_owned())
    }
}

#[cfg(test)]
mod tests;
