//! A writer that keeps a line of the log one line.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

/// Writes each event as one line, with control characters and those that turn the direction of text as `\u001b`.
///
/// The formatter hands over an event at a time. In JSON that spelling is the character itself.
#[derive(Debug)]
pub struct OneLine<W>(W);

impl<W: Write> OneLine<W> {
    /// Writes to `writer`.
    pub fn new(writer: W) -> Self {
        Self(writer)
    }
}

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let mut encoded = String::with_capacity(text.len());
        for c in line.chars() {
            if is_unsafe(c) {
                write!(encoded, "\\u{:04x}", u32::from(c)).map_err(io::Error::other)?;
            } else {
                encoded.push(c);
            }
        }
        encoded.push('\n');
        // At once, or the lines of two threads would mix.
        self.0.write_all(encoded.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// All of these lie below U+10000, so four digits do.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
