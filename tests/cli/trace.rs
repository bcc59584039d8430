//! What the program asked of the system, in order, as `strace` saw it.

use std::{collections::HashMap, fs, path::Path};

/// The calls that matter: what is written, what is forced onto the disk, and what is heard.
pub const CALLS: &str = "trace=pwrite64,write,writev,sendto,sendmsg,fsync,fdatasync,read,recvfrom";

/// A call, by the lines of the trace in which it begins and ends.
#[derive(Debug)]
struct Call {
    text: String,
    begins: usize,
    ends: usize,
}

/// A whole trace.
pub struct Trace(Vec<Call>);

impl Trace {
    /// Reads what `strace -f -y` has written, when the program has ended.
    pub fn read(path: &Path) -> Self {
        let whole = fs::read_to_string(path).unwrap();
        let mut calls: Vec<Call> = Vec::new();
        let mut unfinished: HashMap<&str, usize> = HashMap::new();
        for (number, line) in whole.lines().enumerate() {
            let Some((thread, rest)) = line.split_once(' ') else { continue };
            let rest = rest.trim_start();
            if let Some(resumed) = rest.strip_prefix("<... ") {
                if let Some(call) = unfinished.remove(thread) {
                    calls[call].ends = number;
                    calls[call].text.push_str(resumed);
                }
                continue;
            }
            if rest.ends_with("<unfinished ...>") {
                unfinished.insert(thread, calls.len());
            }
            let ends = if rest.ends_with("<unfinished ...>") { usize::MAX } else { number };
            calls.push(Call { text: rest.to_owned(), begins: number, ends });
        }
        Self(calls)
    }

    /// Asserts that what says `words` was on the disk before `acknowledgement` was written to a socket.
    pub fn on_disk_before(&self, words: &str, acknowledgement: &[&str]) {
        let acknowledged = self
            .0
            .iter()
            .find(|call| {
                is_said(call) && acknowledgement.iter().all(|part| call.text.contains(part))
            })
            .unwrap_or_else(|| panic!("{acknowledgement:?} was never written"));
        self.is_on_disk(words, acknowledged);
    }

    /// Asserts that what came in a request and says `words` was on the disk before that was answered by `acknowledgement`.
    pub fn on_disk_before_answer(&self, words: &str, acknowledgement: &str) {
        let asked = self
            .0
            .iter()
            .find(|call| is_heard(call) && call.text.contains(words))
            .unwrap_or_else(|| panic!("{words:?} was never heard"));
        let line = socket(&asked.text);
        let acknowledged = self
            .0
            .iter()
            .find(|call| {
                call.begins > asked.begins
                    && is_said(call)
                    && socket(&call.text) == line
                    && call.text.contains(acknowledgement)
            })
            .unwrap_or_else(|| panic!("{acknowledgement:?} was never answered at {line:?}"));
        self.is_on_disk(words, acknowledged);
    }

    fn is_on_disk(&self, words: &str, acknowledged: &Call) {
        let logged = self
            .0
            .iter()
            .find(|call| {
                call.text.starts_with("pwrite64")
                    && call.text.contains("-wal>")
                    && call.text.contains(words)
            })
            .unwrap_or_else(|| panic!("{words:?} never came into the log of the database"));
        let synced = self.0.iter().find(|call| {
            let syncs = call.text.starts_with("fdatasync") || call.text.starts_with("fsync");
            syncs
                && call.text.contains("-wal>")
                && call.text.ends_with("= 0")
                && call.begins > logged.ends
        });
        let synced = synced.unwrap_or_else(|| panic!("the log was never synced after {words:?}"));
        assert!(
            synced.ends < acknowledged.begins,
            "{words:?} was synced at line {} and acknowledged at line {}",
            synced.ends,
            acknowledged.begins
        );
    }
}

fn is_heard(call: &Call) -> bool {
    (call.text.starts_with("read(") || call.text.starts_with("recvfrom("))
        && call.text.contains("<socket:")
}

fn is_said(call: &Call) -> bool {
    !call.text.starts_with("pwrite64") && !is_heard(call)
}

/// The socket of a call, as the trace names it.
fn socket(call: &str) -> Option<&str> {
    let from = call.find("<socket:")?;
    call[from..].split('>').next()
}
