//! The bytes of a mail as they come: dot-stuffing (RFC 5321, 4.5.2), its end, and limits.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Finds the end of a mail and takes away the dots that were put before dots.
///
/// The end is `<CRLF>.<CRLF>` and nothing else. A dot alone between other line ends (bare CR or LF) is what
/// SMTP smuggling is made of (`R19`): one program takes it for the end and another does not. It is never an
/// end here, and the whole mail is refused.
#[derive(Debug)]
pub(super) struct DataReader {
    at: At,
    /// Whether a dot stood alone between line ends that are not both CRLF.
    pub(super) ambiguous: bool,
}

/// Where in a line the reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// At the start of a line; after CRLF or at the very beginning, or after a bare CR or LF.
    Start { after_crlf: bool },
    /// Somewhere in a line.
    Inside,
    /// After a CR.
    Cr,
    /// After a dot at the start of a line.
    Dot { after_crlf: bool },
    /// After such a dot and a CR.
    DotCr { after_crlf: bool },
}

impl DataReader {
    pub(super) fn new() -> Self {
        Self { at: At::Start { after_crlf: true }, ambiguous: false }
    }

    /// Reads on. Gives how much of the input was used, and whether the mail ended there.
    pub(super) fn read(&mut self, input: &[u8], mail: &mut Mail) -> (usize, bool) {
        let mut used = 0;
        while let Some(&byte) = input.get(used) {
            if self.at == At::Inside {
                let rest = &input[used..];
                let run = memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
                if run > 0 {
                    mail.push(&rest[..run]);
                    used += run;
                    continue;
                }
            }
            used += 1;
            if self.byte(byte, mail) {
                return (used, true);
            }
        }
        (used, false)
    }

    fn byte(&mut self, byte: u8, mail: &mut Mail) -> bool {
        match (self.at, byte) {
            (At::DotCr { after_crlf: true }, b'\n') => return true,
            (At::DotCr { after_crlf }, _) => {
                // A dot between odd line ends, or followed by a bare CR.
                self.ambiguous = true;
                if after_crlf {
                    mail.push(b".\r");
                }
                self.at = At::Cr;
                return self.byte(byte, mail);
            }
            (At::Dot { after_crlf }, b'\r') => {
                if !after_crlf {
                    mail.push(b"\r");
                }
                self.at = At::DotCr { after_crlf };
                return false;
            }
            (At::Dot { after_crlf }, b'\n') => {
                self.ambiguous = true;
                mail.push(if after_crlf { b".\n" } else { b"\n" });
                self.at = At::Start { after_crlf: false };
                return false;
            }
            (At::Start { after_crlf }, b'.') => {
                if !after_crlf {
                    mail.push(b".");
                }
                self.at = At::Dot { after_crlf };
                return false;
            }
            (At::Cr, b'.') => {
                mail.push(b".");
                self.at = At::Dot { after_crlf: false };
                return false;
            }
            (at, b'\n') => self.at = At::Start { after_crlf: at == At::Cr },
            (_, b'\r') => self.at = At::Cr,
            _ => self.at = At::Inside,
        }
        mail.push(&[byte]);
        false
    }
}

/// What may be kept without asking for room.
const FREE: usize = 64 << 10;
/// In what steps room is asked for.
const STEP: usize = 512 << 10;

/// A mail that is being received.
#[derive(Debug)]
pub(super) struct Mail {
    pub(super) bytes: Vec<u8>,
    max_size: usize,
    memory: Arc<Semaphore>,
    room: Option<OwnedSemaphorePermit>,
    fault: Option<Fault>,
}

/// Why a mail cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is larger than allowed.
    TooBig,
    /// All mails together are larger than allowed.
    NoRoom,
}

impl Mail {
    pub(super) fn new(max_size: usize, memory: Arc<Semaphore>) -> Self {
        Self { bytes: Vec::new(), max_size, memory, room: None, fault: None }
    }

    /// Keeps the bytes, unless it went wrong already: then they are read and forgotten.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        if self.fault.is_some() {
            return;
        }
        let size = self.bytes.len() + bytes.len();
        let fault = if size > self.max_size {
            Some(Fault::TooBig)
        } else if self.has_room(size) {
            None
        } else {
            Some(Fault::NoRoom)
        };
        if fault.is_some() {
            (self.bytes, self.room, self.fault) = (Vec::new(), None, fault);
            return;
        }
        self.bytes.extend_from_slice(bytes);
    }

    fn has_room(&mut self, size: usize) -> bool {
        let have = FREE + self.room.as_ref().map_or(0, |room| room.num_permits() << 10);
        if size <= have {
            return true;
        }
        let steps = (size - have).div_ceil(STEP);
        let Ok(kibibytes) = u32::try_from((steps * STEP) >> 10) else { return false };
        let Ok(more) = self.memory.clone().try_acquire_many_owned(kibibytes) else { return false };
        match &mut self.room {
            Some(room) => room.merge(more),
            None => self.room = Some(more),
        }
        true
    }

    pub(super) fn fault(&self) -> Option<Fault> {
        self.fault
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn mail() -> Mail {
        Mail::new(1 << 20, Arc::new(Semaphore::new(1 << 20)))
    }

    fn read(input: &[u8]) -> (usize, bool, bool, Vec<u8>) {
        let (mut reader, mut mail) = (DataReader::new(), mail());
        let (used, ended) = reader.read(input, &mut mail);
        (used, ended, reader.ambiguous, mail.bytes)
    }

    #[rstest]
    #[case(b"a\r\n.\r\n", b"a\r\n")]
    #[case(b".\r\n", b"")]
    #[case(b"..\r\n.\r\n", b".\r\n")]
    #[case(b".a\r\n..b\r\n.\r\n", b"a\r\n.b\r\n")]
    #[case(b"a\r\n\r\n.\r\n", b"a\r\n\r\n")]
    #[case(b"a\nb\rc\r\r\n.\r\n", b"a\nb\rc\r\r\n")]
    #[case(b"a\r\n\0.\r\n.\r\n", b"a\r\n\0.\r\n")]
    fn mail_7_dots_are_unstuffed(#[case] input: &[u8], #[case] expected: &[u8]) {
        let (used, ended, ambiguous, bytes) = read(input);
        assert_eq!((used, ended, ambiguous), (input.len(), true, false));
        assert_eq!(bytes, expected);
    }

    #[rstest]
    #[case(b"a\n.\n")]
    #[case(b"a\n.\r\n")]
    #[case(b"a\r\n.\n")]
    #[case(b"a\r.\r")]
    #[case(b"a\r.\r\n")]
    #[case(b"a\r.\n")]
    #[case(b"a\r\n.\r")]
    #[case(b"a\n.\r")]
    #[case(b"a\r\r\n.\r\r\n")]
    #[case(b"a\n\n.\r\n")]
    fn r19_a_dot_between_odd_line_ends_is_no_end_and_is_noticed(#[case] smuggled: &[u8]) {
        let input = [smuggled, b"MAIL FROM:<a@x.example>\r\n.\r\n"].concat();
        let (used, ended, ambiguous, _) = read(&input);
        assert_eq!((used, ended, ambiguous), (input.len(), true, true));
    }

    #[test]
    fn r22_what_is_too_big_is_read_and_not_kept() {
        let mut mail = Mail::new(1000, Arc::new(Semaphore::new(1 << 20)));
        let mut reader = DataReader::new();
        let input = [b"x".repeat(2000).as_slice(), b"\r\n.\r\n"].concat();
        assert_eq!(reader.read(&input, &mut mail), (input.len(), true));
        assert_eq!((mail.fault(), mail.bytes.len()), (Some(Fault::TooBig), 0));
    }

    #[test]
    fn r22_mails_together_have_a_limit_and_give_their_room_back() {
        let memory = Arc::new(Semaphore::new(1024));
        let mut first = Mail::new(10 << 20, memory.clone());
        first.push(&b"x".repeat(900 << 10));
        assert_eq!(first.fault(), None);
        let mut second = Mail::new(10 << 20, memory.clone());
        second.push(&b"x".repeat(900 << 10));
        assert_eq!(second.fault(), Some(Fault::NoRoom));
        drop((first, second));
        assert_eq!(memory.available_permits(), 1024);
    }

    proptest! {
        #[test]
        fn r19_pieces_make_no_difference(
            input in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'.'), Just(b'a')], 0..40),
            at in 0_usize..40,
        ) {
            let whole = read(&input);
            let (mut reader, mut mail) = (DataReader::new(), mail());
            let (first, second) = input.split_at(at.min(input.len()));
            let (mut used, mut ended) = reader.read(first, &mut mail);
            if !ended {
                let (more, end) = reader.read(second, &mut mail);
                (used, ended) = (used + more, end);
            }
            prop_assert_eq!((used, ended, reader.ambiguous, mail.bytes), whole);
        }

        #[test]
        fn mail_7_what_was_stuffed_comes_back(lines in proptest::collection::vec("[.a]{0,4}", 0..8)) {
            let mut stuffed = String::new();
            let mut expected = String::new();
            for line in &lines {
                if line.starts_with('.') {
                    stuffed.push('.');
                }
                stuffed.push_str(line);
                stuffed.push_str("\r\n");
                expected.push_str(line);
                expected.push_str("\r\n");
            }
            let (_, ended, ambiguous, bytes) = read(format!("{stuffed}.\r\n").as_bytes());
            prop_assert!(ended && !ambiguous);
            prop_assert_eq!(bytes, expected.into_bytes());
        }
    }
}
