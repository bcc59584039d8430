//! Pages of lists, by cursor.

use data_encoding::BASE64URL_NOPAD;
use sapa_channel::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::AppError;

/// A part of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The cursor of the next part; none at the end.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A whole list at once.
    #[must_use]
    pub fn all(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    /// From one row more than wanted, which tells that there are more.
    #[must_use]
    pub fn cut(mut items: Vec<T>, limit: usize, cursor: impl Fn(&T) -> Cursor) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(|last| cursor(last).to_string()) } else { None };
        Self { items, next }
    }
}

/// The place of a row in a list ordered by a number (mostly a time) and an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The first key.
    pub at: i64,
    /// The second.
    pub id: Uuid,
}

impl Cursor {
    /// At a time and an id.
    #[must_use]
    pub fn new(at: Timestamp, id: Uuid) -> Self {
        Self { at: at.0, id }
    }

    /// Reads a cursor that a caller gives back.
    pub fn parse(text: Option<&str>) -> Result<Option<Self>, AppError> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
        let wrong = || AppError::invalid("cursor", "is not a cursor of this list");
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| wrong())?;
        let (at, id) = bytes.split_first_chunk::<8>().ok_or_else(wrong)?;
        Ok(Some(Self {
            at: i64::from_be_bytes(*at),
            id: Uuid::from_slice(id).map_err(|_| wrong())?,
        }))
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut bytes = self.at.to_be_bytes().to_vec();
        bytes.extend_from_slice(self.id.as_bytes());
        f.write_str(&BASE64URL_NOPAD.encode(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_and_a_broken_one_is_refused() {
        let cursor = Cursor { at: -7, id: sapa_channel::new_id() };
        assert_eq!(Cursor::parse(Some(&cursor.to_string())).unwrap(), Some(cursor));
        assert_eq!(Cursor::parse(None).unwrap(), None);
        for broken in ["x", "!!", "AAAA", "%00"] {
            assert!(Cursor::parse(Some(broken)).is_err(), "{broken}");
        }
    }
}
