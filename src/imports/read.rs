//! Reading a CSV file: its encoding, its delimiter, its rows.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// The largest file.
pub const MOST_BYTES: usize = 20 * 1024 * 1024;

/// The most rows of contacts.
pub const MOST_ROWS: usize = 100_000;

/// The most columns.
pub const MOST_COLUMNS: usize = 100;

/// The longest cell, in bytes: a longer one is a quotation mark that was never closed.
const LONGEST: usize = 20_000;

/// Why a file is not taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is no text.
    #[error("is not a text file: save the table as CSV")]
    NotText,
    /// There is nothing in it.
    #[error("has no rows below the names of its columns")]
    Empty,
    /// Too many rows.
    #[error("has more than {MOST_ROWS} rows: split it")]
    TooManyRows,
    /// Too many columns.
    #[error("has more than {MOST_COLUMNS} columns: leave out those that are not needed")]
    TooManyColumns,
    /// A quotation mark that is never closed, or a cell as long as a book.
    #[error("has a cell that does not end, begun before line {0}: a quotation mark is not closed")]
    Unclosed(u64),
}

/// A file as text.
#[derive(Debug)]
pub struct Sheet {
    text: String,
    /// What parts its cells.
    pub delimiter: u8,
    /// The encoding that it was taken for.
    pub encoding: &'static str,
}

/// A row, and the line of the file on which it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cells {
    /// The first line of a file is 1.
    pub line: i64,
    /// What stands in it.
    pub cells: Vec<String>,
}

/// What a file shows before its rows are read.
#[derive(Debug)]
pub struct Overview {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The first rows.
    pub sample: Vec<Vec<String>>,
    /// How many rows there are.
    pub rows: usize,
}

/// Reads bytes as text: by their mark if they have one, else UTF-8, else windows-1252, as older programs write it.
pub fn open(bytes: &[u8]) -> Result<Sheet, ReadError> {
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let encoding =
        marked.unwrap_or(if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 });
    let (text, _, _) = encoding.decode(bytes);
    if text.contains('\0') {
        return Err(ReadError::NotText);
    }
    let text = text.into_owned();
    Ok(Sheet { delimiter: delimiter(&text), text, encoding: encoding.name() })
}

/// The sign that the first line has most of, outside quotation marks.
fn delimiter(text: &str) -> u8 {
    let (mut quoted, mut counts) = (false, [(b',', 0), (b';', 0), (b'\t', 0)]);
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if !quoted => {
                for (sign, count) in &mut counts {
                    *count += usize::from(*sign == byte);
                }
            }
            _ => {}
        }
    }
    // The earlier one of equals.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(sign, _)| *sign)
}

impl Sheet {
    /// All rows that have something in them, the names of the columns first.
    pub fn rows(&self) -> impl Iterator<Item = Cells> + '_ {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.delimiter)
            .from_reader(self.text.as_bytes());
        // The reader counts an empty line before a row to the row.
        let (mut line, mut counted) = (1, 0);
        let bytes = self.text.as_bytes();
        let mut line_at = move |byte: u64| {
            let begins = usize::try_from(byte).unwrap_or(usize::MAX).min(bytes.len());
            let begins = begins
                + bytes[begins..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
            let passed = bytes.get(counted..begins).unwrap_or_default();
            line += passed.split(|byte| *byte == b'\n').count() - 1;
            counted = counted.max(begins);
            i64::try_from(line).unwrap_or(i64::MAX)
        };
        // What is text has no broken rows, and lengths may differ.
        reader.into_records().map_while(Result::ok).filter_map(move |record| {
            let line = line_at(record.position().map_or(0, csv::Position::byte));
            let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
            cells.iter().any(|cell| !cell.is_empty()).then_some(Cells { line, cells })
        })
    }

    /// What the file shows, if it can be taken.
    pub fn overview(&self) -> Result<Overview, ReadError> {
        let mut rows = self.rows();
        let columns = rows.next().ok_or(ReadError::Empty)?.cells;
        if columns.len() > MOST_COLUMNS {
            return Err(ReadError::TooManyColumns);
        }
        let (mut count, mut sample) = (0, Vec::new());
        for row in rows {
            if row.cells.iter().any(|cell| cell.len() > LONGEST) {
                return Err(ReadError::Unclosed(u64::try_from(row.line).unwrap_or(0) + 1));
            }
            count += 1;
            if count > MOST_ROWS {
                return Err(ReadError::TooManyRows);
            }
            if sample.len() < 5 {
                let shown = row.cells.iter().map(|cell| cell.chars().take(200).collect());
                sample.push(shown.take(columns.len()).collect());
            }
        }
        if count == 0 {
            return Err(ReadError::Empty);
        }
        let columns = columns.iter().map(|name| name.chars().take(100).collect()).collect();
        Ok(Overview { columns, sample, rows: count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
        open(bytes).unwrap().rows().map(|row| row.cells).collect()
    }

    #[test]
    fn encodings_and_delimiters_are_found_out() {
        assert_eq!(
            cells(b"\xef\xbb\xbfNama;Kota\nRina;Z\xc3\xbcrich\n"),
            [["Nama", "Kota"], ["Rina", "Zürich"]]
        );
        assert_eq!(
            cells(b"Nama,Kota\r\nRina,Z\xfcrich\r\n\r\n"),
            [["Nama", "Kota"], ["Rina", "Zürich"]]
        );
        assert_eq!(cells(b"\xff\xfeA\0\t\0B\0"), [["A", "B"]]);
        assert_eq!(cells(b"\"a,b;c\";d\n1;2"), [["a,b;c", "d"], ["1", "2"]]);
        assert_eq!(open(b"a,b\n\0\x01").err(), Some(ReadError::NotText));
    }

    #[test]
    fn a_line_is_the_one_that_an_editor_shows() {
        let sheet = open(b"a,b\n\"x\ny\",1\n\nz,2\n").unwrap();
        let lines: Vec<_> = sheet.rows().map(|row| row.line).collect();
        assert_eq!(lines, [1, 2, 5]);
    }

    #[test]
    fn what_cannot_be_taken_says_why() {
        let overview = |text: &str| open(text.as_bytes()).unwrap().overview().err();
        assert_eq!(overview(""), Some(ReadError::Empty));
        assert_eq!(overview("name,email\n"), Some(ReadError::Empty));
        assert_eq!(
            overview(&format!("a\n\"{}", "x\n".repeat(LONGEST))),
            Some(ReadError::Unclosed(3))
        );
        assert_eq!(
            overview(&format!("a\n{}", "x\n".repeat(MOST_ROWS + 1))),
            Some(ReadError::TooManyRows)
        );
        assert_eq!(
            overview(&format!("{}\nx", "a,".repeat(MOST_COLUMNS))),
            Some(ReadError::TooManyColumns)
        );
    }
}
