//! The bus: what nodes say to each other.
//!
//! A word only says "look", or tells of what is not kept anyway: who looks at what, who is writing. PostgreSQL is the
//! truth (D5). Without the bus everything goes on, and each node looks by itself every few seconds. A word that is lost,
//! late or said twice costs nothing.
//!
//! Each word is signed with a key that lies in the database, so that whoever else can reach the NATS server can say
//! nothing to the nodes; and its subject is named by that key, so that several hubs can share a server.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, mpsc};
use uuid::Uuid;

use crate::live::Looking;

mod line;
mod seal;

pub use line::{Servers, run};

/// How many words wait for the line. More are dropped.
const WAITING: usize = 4096;

/// What nodes say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "word", rename_all = "snake_case")]
pub enum Word {
    /// The log has grown.
    LogGrew,
    /// A mailing has begun, ended, or has something to send again.
    MailingChanged,
    /// A screen of the desk is open, or shows something else.
    Screen {
        /// Which one.
        id: Uuid,
        /// Whose.
        officer: Looking,
        /// What it shows.
        conversation_id: Option<Uuid>,
    },
    /// A screen is closed.
    ScreenGone {
        /// Which one.
        id: Uuid,
    },
    /// A node has come, or the line was down: each node tells of its screens.
    WhoIsThere,
    /// A customer is writing, or stopped.
    CustomerTyping {
        /// In which conversation.
        conversation_id: Uuid,
        /// Whether he is.
        on: bool,
    },
    /// An officer is writing to a customer, or stopped.
    OfficerTyping {
        /// In which conversation.
        conversation_id: Uuid,
        /// Whether he is.
        on: bool,
        /// His name.
        name: String,
    },
    /// An officer has read a conversation.
    OfficerRead {
        /// Which one.
        conversation_id: Uuid,
    },
}

/// Where this node says words to the others. Alone it says nothing.
#[derive(Clone, Debug, Default)]
pub struct Bus(Option<Arc<Waiting>>);

#[derive(Debug)]
struct Waiting {
    words: mpsc::Sender<Word>,
    /// A word that the log has grown waits already.
    log_grew: AtomicBool,
    /// Taken by the one task that speaks.
    line: Mutex<mpsc::Receiver<Word>>,
}

impl Bus {
    /// To other nodes; [`run`] carries the words.
    #[must_use]
    pub fn to_others() -> Self {
        let (words, line) = mpsc::channel(WAITING);
        let log_grew = AtomicBool::new(false);
        Self(Some(Arc::new(Waiting { words, log_grew, line: Mutex::new(line) })))
    }

    /// Says a word, without waiting.
    pub fn say(&self, word: Word) {
        let Some(waiting) = &self.0 else { return };
        // Under load the log grows faster than anybody has to be told.
        if word == Word::LogGrew && waiting.log_grew.swap(true, Ordering::AcqRel) {
            return;
        }
        let _ = waiting.words.try_send(word);
    }
}

impl Waiting {
    /// The next word to say.
    async fn next(&self, line: &mut mpsc::Receiver<Word>) -> Option<Word> {
        let word = line.recv().await;
        if word == Some(Word::LogGrew) {
            self.log_grew.store(false, Ordering::Release);
        }
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn however_often_the_log_grows_one_word_waits() {
        let bus = Bus::to_others();
        (0..10_000).for_each(|_| bus.say(Word::LogGrew));
        bus.say(Word::MailingChanged);
        let waiting = bus.0.clone().unwrap();
        let mut line = waiting.line.lock().await;
        assert_eq!(waiting.next(&mut line).await, Some(Word::LogGrew));
        assert_eq!(waiting.next(&mut line).await, Some(Word::MailingChanged));
        bus.say(Word::LogGrew);
        assert_eq!(waiting.next(&mut line).await, Some(Word::LogGrew));
    }

    #[tokio::test]
    async fn a_line_that_is_down_holds_so_many_words_and_no_more() {
        let bus = Bus::to_others();
        (0..3 * WAITING).for_each(|_| bus.say(Word::WhoIsThere));
        let waiting = bus.0.clone().unwrap();
        assert_eq!(waiting.line.lock().await.len(), WAITING);
    }
}
