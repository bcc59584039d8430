//! What goes wrong with a request to the Bot API, and what it means for a message on its way out.

use std::time::Duration;

use sapa_channel::{Outcome, Retry};

/// Why a request did not succeed. Its texts never have the token (`R28`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It never reached Telegram as a whole: nothing was done.
    Unreached(String),
    /// Telegram refused it: nothing was done.
    Refused {
        /// An HTTP status of the 400s.
        code: u16,
        /// In Telegram's words.
        description: String,
        /// When Telegram would hear it again.
        retry_after: Option<Duration>,
    },
    /// It was written, and no answer that tells its fate came.
    Lost(String),
}

impl Fault {
    /// In words for an officer.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Unreached(why) => format!("Telegram cannot be reached: {why}"),
            Self::Lost(why) => format!("Telegram gave no proper answer: {why}"),
            Self::Refused { code, description, .. } => refusal(*code, description),
        }
    }

    /// What it means for a message that was to be sent.
    pub(crate) fn outcome(self) -> Outcome {
        let reason = self.words();
        match self {
            Self::Unreached(_) => Outcome::NotSent { reason, retry: Retry::Later },
            Self::Lost(why) => Outcome::Unknown {
                reason: format!("nobody knows whether Telegram took this message: {why}"),
            },
            Self::Refused { code: 429, retry_after, .. } => {
                Outcome::NotSent { reason, retry: retry_after.map_or(Retry::Later, Retry::After) }
            }
            Self::Refused { .. } => Outcome::NotSent { reason, retry: Retry::Never },
        }
    }

    /// Whether Telegram refuses the picture as a picture, so that it can still go as a document.
    pub(crate) fn dislikes_picture(&self) -> bool {
        let Self::Refused { code: 400, description, .. } = self else { return false };
        let description = description.to_ascii_uppercase();
        ["PHOTO", "IMAGE"].iter().any(|word| description.contains(word))
    }
}

/// The refusals that officers meet, in plain words (<https://core.telegram.org/bots/api#making-requests>).
fn refusal(code: u16, description: &str) -> String {
    let says = |words: &str| description.to_ascii_lowercase().contains(words);
    match code {
        401 => "Telegram refuses the bot's token: it is wrong or was revoked".to_owned(),
        403 if says("blocked") => "the customer has blocked the bot".to_owned(),
        403 if says("deactivated") => "the customer's Telegram account no longer exists".to_owned(),
        403 if says("initiate") => {
            "the customer has not written to the bot yet, and a bot cannot write first".to_owned()
        }
        400 if says("chat not found") => {
            "Telegram does not know this customer, or he never wrote to this bot".to_owned()
        }
        404 => "Telegram does not know this bot: the token or the address of the Bot API is wrong"
            .to_owned(),
        409 if says("webhook") => {
            "the bot has a webhook, so it cannot be polled as well".to_owned()
        }
        409 => "another program polls Telegram with the same bot token: only one may".to_owned(),
        413 => "the file is too large for Telegram".to_owned(),
        429 => "Telegram asks us to slow down".to_owned(),
        _ => format!("Telegram refuses it: {description}"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn refused(code: u16, description: &str) -> Fault {
        Fault::Refused { code, description: description.to_owned(), retry_after: None }
    }

    #[rstest]
    #[case(403, "Forbidden: bot was blocked by the user", "the customer has blocked the bot")]
    #[case(403, "Forbidden: user is deactivated", "no longer exists")]
    #[case(403, "Forbidden: bot can't initiate conversation with a user", "cannot write first")]
    #[case(400, "Bad Request: chat not found", "never wrote to this bot")]
    #[case(400, "Bad Request: message text is empty", "message text is empty")]
    #[case(401, "Unauthorized", "token")]
    #[case(404, "Not Found", "token")]
    #[case(409, "Conflict: terminated by other getUpdates request", "another program")]
    #[case(409, "Conflict: can't use getUpdates method while webhook is active", "webhook")]
    #[case(413, "Request Entity Too Large", "too large")]
    fn d6_a_refusal_is_final_and_said_plainly(
        #[case] code: u16,
        #[case] description: &str,
        #[case] words: &str,
    ) {
        let Outcome::NotSent { reason, retry: Retry::Never } = refused(code, description).outcome()
        else {
            panic!("{code} is surely not sent and not to be tried again");
        };
        assert!(reason.contains(words), "{reason}");
    }

    #[test]
    fn d6_what_was_written_and_not_answered_is_unknown() {
        let outcome = Fault::Lost("no answer in time".to_owned()).outcome();
        assert!(matches!(outcome, Outcome::Unknown { .. }));
    }
}
