//! What the rig knows for itself: what was said, and what the hub took. It is written to a file and synced, beside
//! the hub and its database.

use std::{
    collections::BTreeSet,
    io::Write,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError, mpsc},
};

use anyhow::Context;

/// What was said and taken, by marks: a mark is in the text of a message and says who said it, and as his how-manieth.
#[derive(Debug)]
pub struct Ledger {
    marks: Mutex<Marks>,
    file: mpsc::Sender<String>,
}

/// The marks of all messages.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// Of what somebody began to say.
    pub said: BTreeSet<String>,
    /// Of what the hub took, as it told the sender.
    pub taken: BTreeSet<String>,
    /// What should not have happened at all.
    pub odd: Vec<String>,
}

impl Ledger {
    /// Begins, with its file in a folder.
    pub fn begin(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("ledger.txt");
        let mut file = std::fs::File::create(path).context("the ledger's file")?;
        let (sender, lines) = mpsc::channel::<String>();
        std::thread::spawn(move || {
            // What is told while the last sync runs shares the next one.
            while let Ok(line) = lines.recv() {
                let all: String = std::iter::once(line).chain(lines.try_iter()).collect();
                if file.write_all(all.as_bytes()).and_then(|()| file.sync_data()).is_err() {
                    return;
                }
            }
        });
        Ok(Self { marks: Mutex::default(), file: sender })
    }

    fn marks(&self) -> MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, what: &str, mark: &str) {
        // Without its thread the file is not written, and nothing else is lost.
        let _ = self.file.send(format!("{what} {mark}\n"));
    }

    /// Somebody begins to say it.
    pub fn say(&self, mark: &str) {
        self.write("said", mark);
        self.marks().said.insert(mark.to_owned());
    }

    /// The hub has taken it.
    pub fn take(&self, mark: &str) {
        self.write("taken", mark);
        self.marks().taken.insert(mark.to_owned());
    }

    /// Something that should not have happened.
    pub fn odd(&self, what: String) {
        eprintln!("odd: {what}");
        self.write("odd", &what);
        self.marks().odd.push(what);
    }

    /// All of it.
    pub fn all(&self) -> Marks {
        self.marks().clone()
    }
}

/// The sender of a mark and its number with him: `smtp-7-3` is the third of `smtp-7`.
pub fn split(mark: &str) -> Option<(&str, u32)> {
    let (who, number) = mark.rsplit_once('-')?;
    Some((who, number.parse().ok()?))
}
