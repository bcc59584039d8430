//! What a bot answers: a list of typed and bounded actions. It is untrusted (R31): what is not known, or too much,
//! refuses the whole list.

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

use crate::{http::AppError, tickets::model::TicketKind};

/// The most bytes of an answer to a call.
pub const MOST_BYTES: usize = 256 * 1024;

/// The most actions of one answer.
pub const MOST_ACTIONS: usize = 10;

/// The most messages of one answer.
pub const MOST_SAID: usize = 3;

/// The most buttons of one message, as officers have them.
const MOST_BUTTONS: usize = 10;

/// The most files of one message.
const MOST_FILES: usize = 5;

/// The most characters of a note or of a ticket's description.
const LONGEST_NOTE: usize = 10_000;

/// What a bot answers.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BotAnswer)]
pub struct Answer {
    /// What is to be done, in order; nothing, if the bot answers later.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// Only by the API: that more will follow, so that the turn stays open.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// Something that a bot does in the conversation that it was asked in; there is no way to name another.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = BotAction)]
pub enum Action {
    /// Says something to the customer.
    Say {
        /// What. It may be empty if there are files.
        #[serde(default)]
        text: String,
        /// Answers to choose from.
        #[serde(default)]
        buttons: Vec<Button>,
        /// Files to attach.
        #[serde(default)]
        files: Vec<File>,
    },
    /// Writes a private note for officers.
    Note {
        /// What.
        text: String,
    },
    /// Adds and removes labels of the conversation, or tags of the customer.
    Tag {
        /// What to add.
        #[serde(default)]
        add: Vec<String>,
        /// What to remove.
        #[serde(default)]
        remove: Vec<String>,
        /// Of what; of the conversation, if it is left out.
        #[serde(default)]
        of: Of,
    },
    /// Opens a ticket.
    Ticket {
        /// What it is.
        kind: TicketKind,
        /// What it is about.
        title: String,
        /// What exactly is the matter.
        #[serde(default)]
        description: String,
    },
    /// Gives the conversation to people. It is the last action.
    HandOver {
        /// To which team, by its name; the bot's own, if it is left out.
        #[serde(default)]
        team: Option<String>,
        /// What an officer should know, so that the customer need not tell it again.
        #[serde(default)]
        summary: String,
    },
    /// Solves the conversation.
    Solve {},
}

impl Action {
    /// Its name.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Say { .. } => "say",
            Self::Note { .. } => "note",
            Self::Tag { .. } => "tag",
            Self::Ticket { .. } => "ticket",
            Self::HandOver { .. } => "hand_over",
            Self::Solve {} => "solve",
        }
    }
}

/// An answer to choose.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BotButton)]
pub struct Button {
    /// What the customer sees, and says by pressing it.
    pub label: String,
    /// What the bot is told beside the label when it is chosen. The customer never sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
}

/// A file that a bot sends.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BotFile)]
pub struct File {
    /// Its name.
    pub name: String,
    /// What it is said to be; the hub looks for itself.
    #[serde(default)]
    pub media_type: String,
    /// Its bytes in Base64.
    pub data: String,
}

impl File {
    /// Its bytes.
    pub fn bytes(&self) -> Result<Vec<u8>, AppError> {
        BASE64
            .decode(self.data.as_bytes())
            .map_err(|_| AppError::invalid("files", format!("{:?} is not Base64", self.name)))
    }
}

/// What tags belong to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BotTagged)]
pub enum Of {
    /// The conversation's labels.
    #[default]
    Conversation,
    /// The customer's tags.
    Contact,
}

fn text(field: &str, text: &str, most: usize) -> Result<(), AppError> {
    if text.trim().is_empty() || text.chars().count() > most || text.contains('\0') {
        return Err(AppError::invalid(field, format!("1 to {most} characters, none of them NUL")));
    }
    Ok(())
}

impl Action {
    fn check(&self) -> Result<(), AppError> {
        match self {
            Self::Say { text: said, buttons, files } => {
                if said.contains('\0') || (said.trim().is_empty() && files.is_empty()) {
                    return Err(AppError::invalid("text", "say something or attach a file"));
                }
                let short = |label: &str| {
                    (1..=40).contains(&label.trim().chars().count())
                        && !label.chars().any(char::is_control)
                };
                if buttons.len() > MOST_BUTTONS
                    || !buttons.iter().all(|button| short(&button.label))
                {
                    return Err(AppError::invalid(
                        "buttons",
                        format!("at most {MOST_BUTTONS}, each of 1 to 40 characters"),
                    ));
                }
                let payloads = buttons.iter().filter_map(|button| button.payload.as_deref());
                if payloads
                    .into_iter()
                    .any(|payload| payload.len() > 1000 || payload.contains('\0'))
                {
                    return Err(AppError::invalid("buttons", "payloads of at most 1,000 bytes"));
                }
                if files.len() > MOST_FILES {
                    return Err(AppError::invalid("files", format!("at most {MOST_FILES}")));
                }
                Ok(())
            }
            Self::Note { text: note } => text("text", note, LONGEST_NOTE),
            Self::Tag { add, remove, .. } => {
                let all = add.iter().chain(remove);
                if add.len() + remove.len() > 20 {
                    return Err(AppError::invalid("tag", "at most 20 at once"));
                }
                all.into_iter().try_for_each(|tag| text("tag", tag, 40))
            }
            Self::Ticket { title, description, .. } => {
                text("title", title, 200)?;
                if description.chars().count() > LONGEST_NOTE || description.contains('\0') {
                    return Err(AppError::invalid(
                        "description",
                        format!("at most {LONGEST_NOTE} characters"),
                    ));
                }
                Ok(())
            }
            Self::HandOver { team, summary } => {
                if summary.chars().count() > LONGEST_NOTE || summary.contains('\0') {
                    return Err(AppError::invalid(
                        "summary",
                        format!("at most {LONGEST_NOTE} characters"),
                    ));
                }
                team.as_deref().map_or(Ok(()), |team| text("team", team, 100))
            }
            Self::Solve {} => Ok(()),
        }
    }
}

/// Refuses what is too much, or does not go together.
pub fn check(actions: &[Action]) -> Result<(), AppError> {
    if actions.len() > MOST_ACTIONS {
        return Err(AppError::invalid(
            "actions",
            format!("are {}; at most {MOST_ACTIONS} at once", actions.len()),
        ));
    }
    actions.iter().try_for_each(Action::check)?;
    let count = |kind| actions.iter().filter(|action| action.kind() == kind).count();
    if count("say") > MOST_SAID {
        return Err(AppError::invalid(
            "actions",
            format!("say {} messages; at most {MOST_SAID} at once", count("say")),
        ));
    }
    if count("ticket") > 1 {
        return Err(AppError::invalid("actions", "open one ticket at once"));
    }
    let ends = |action: &Action| matches!(action.kind(), "hand_over" | "solve");
    if actions.iter().rev().skip(1).any(ends) {
        return Err(AppError::invalid("actions", "hand_over or solve comes last, and not both"));
    }
    Ok(())
}

/// Reads the answer to a call. An empty body is an empty list: the bot answers later.
pub fn read(body: &str) -> Result<Vec<Action>, String> {
    if body.trim().is_empty() {
        return Ok(Vec::new());
    }
    let answer: Answer = serde_json::from_str(body).map_err(|error| error.to_string())?;
    if answer.more {
        return Err("more: is for answers by the API".to_owned());
    }
    check(&answer.actions).map_err(|error| words(&error))?;
    Ok(answer.actions)
}

/// What is wrong, in one line for the log.
#[must_use]
pub fn words(error: &AppError) -> String {
    match error {
        AppError::Invalid(fields) => {
            let lines: Vec<String> = fields
                .iter()
                .map(
                    |(field, why)| {
                        if field.is_empty() { why.clone() } else { format!("{field}: {why}") }
                    },
                )
                .collect();
            lines.join("; ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn every_action_is_read() {
        let body = r#"{"actions": [
            {"type": "say", "text": "Halo", "buttons": [{"label": "Ya", "payload": "/yes"}, {"label": "Tidak"}]},
            {"type": "say", "files": [{"name": "a.txt", "data": "aGFsbw=="}]},
            {"type": "note", "text": "x"},
            {"type": "tag", "add": ["vip"], "remove": ["baru"], "of": "contact"},
            {"type": "tag", "add": ["retur"]},
            {"type": "ticket", "kind": "complaint", "title": "Rusak"},
            {"type": "hand_over", "team": "Gudang", "summary": "Pesanan 1024 rusak"}
        ]}"#;
        let kinds: Vec<_> = read(body).unwrap().iter().map(Action::kind).collect();
        assert_eq!(kinds, ["say", "say", "note", "tag", "tag", "ticket", "hand_over"]);
        assert_eq!(read(r#"{"actions":[{"type":"solve"}]}"#).unwrap()[0].kind(), "solve");
    }

    #[rstest]
    #[case("")]
    #[case("  \n")]
    #[case("{}")]
    #[case(r#"{"actions": []}"#)]
    fn nothing_is_an_answer_that_comes_later(#[case] body: &str) {
        assert_eq!(read(body).unwrap().len(), 0);
    }

    #[rstest]
    #[case("ok", "expected")]
    #[case(r#"{"actions": [{"type": "say"}]}"#, "say something")]
    #[case(r#"{"actions": [{"type": "say", "text": " "}]}"#, "say something")]
    #[case(r#"{"actions": [{"type": "say", "text": "a\u0000"}]}"#, "say something")]
    #[case(r#"{"actions": [{"type": "say", "text": "a", "to": "x"}]}"#, "unknown field `to`")]
    #[case(r#"{"actions": [{"type": "call", "url": "x"}]}"#, "unknown variant `call`")]
    #[case(r#"{"actions": [{"type": "solve", "why": "x"}]}"#, "unknown field `why`")]
    #[case(r#"{"actions": [], "conversation_id": "x"}"#, "unknown field `conversation_id`")]
    #[case(r#"{"actions": [{"type": "solve"}, {"type": "hand_over"}]}"#, "comes last")]
    #[case(r#"{"actions": [{"type": "hand_over"}, {"type": "say", "text": "a"}]}"#, "comes last")]
    #[case(r#"{"actions": [{"type": "say", "text": "a", "buttons": [{"label": ""}]}]}"#, "1 to 40")]
    #[case(
        r#"{"actions": [{"type": "ticket", "kind": "praise", "title": "a"}]}"#,
        "unknown variant"
    )]
    #[case(r#"{"actions": [], "more": true}"#, "by the API")]
    fn r29_r31_what_is_not_known_or_does_not_fit_is_refused(#[case] body: &str, #[case] why: &str) {
        let said = read(body).unwrap_err();
        assert!(said.contains(why), "{said}");
    }

    #[test]
    fn r30_too_much_is_refused_as_a_whole() {
        let say = r#"{"type": "say", "text": "a"}"#;
        let note = r#"{"type": "note", "text": "a"}"#;
        let list = |one: &str, times| format!(r#"{{"actions": [{}]}}"#, vec![one; times].join(","));
        assert!(read(&list(say, 3)).is_ok());
        assert!(read(&list(say, 4)).unwrap_err().contains("at most 3"));
        assert!(read(&list(note, 10)).is_ok());
        assert!(read(&list(note, 11)).unwrap_err().contains("at most 10"));
    }
}
