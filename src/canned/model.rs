//! A canned answer, and what it may be.

use serde::Serialize;
use uuid::Uuid;

use crate::{http::AppError, officers::model::Language};

/// The most characters of a shortcut.
const LONGEST_SHORTCUT: usize = 40;

/// The most characters of a text.
const LONGEST_TEXT: usize = 10_000;

/// A canned answer.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Canned {
    /// Which one.
    pub id: Uuid,
    /// What is typed after the `/` to find it.
    pub shortcut: String,
    /// What it is about.
    pub title: String,
    /// What it says. `{nama}` or `{name}` becomes the customer's name, `{petugas}` or `{officer}` the officer's,
    /// `{nomor}` or `{number}` the number of the ticket.
    pub text: String,
    /// Whose it is; everybody's if none is given.
    pub team_id: Option<Uuid>,
    /// The language it is in; any if none is given.
    pub language: Option<Language>,
}

/// A shortcut in its one spelling.
pub fn shortcut(text: &str) -> Result<String, AppError> {
    let text = text.trim().trim_start_matches('/').to_ascii_lowercase();
    let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if plain && (1..=LONGEST_SHORTCUT).contains(&text.len()) {
        return Ok(text);
    }
    Err(AppError::invalid(
        "shortcut",
        format!("is 1 to {LONGEST_SHORTCUT} of a to z, 0 to 9 and -"),
    ))
}

/// A text of one or more lines.
pub fn text(text: &str) -> Result<String, AppError> {
    let text = text.trim().replace("\r\n", "\n");
    let invisible = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if text.is_empty() || text.chars().count() > LONGEST_TEXT || text.chars().any(invisible) {
        return Err(AppError::invalid(
            "text",
            format!("is 1 to {LONGEST_TEXT} characters that can be seen"),
        ));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortcut_is_short_and_plain() {
        assert_eq!(shortcut(" /Jam-Buka ").unwrap(), "jam-buka");
        for wrong in ["", "/", "jam buka", "jam_buka", "jäm", "a/b", &"x".repeat(41)] {
            assert!(shortcut(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_text_keeps_its_lines_and_has_no_control_characters() {
        assert_eq!(text("Halo {nama},\r\nterima kasih.\n").unwrap(), "Halo {nama},\nterima kasih.");
        for wrong in ["", " \n ", "a\0b", "a\u{1b}[31mb"] {
            assert!(text(wrong).is_err(), "{wrong:?}");
        }
    }
}
