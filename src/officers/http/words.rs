//! Short texts that people enter.

use crate::http::AppError;

/// One line of 1 to `most` characters, without what cannot be seen.
pub fn one_line(field: &str, text: &str, most: usize) -> Result<String, AppError> {
    let text = text.trim();
    let invisible =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if text.is_empty() || text.chars().count() > most || text.chars().any(invisible) {
        return Err(AppError::invalid(field, format!("is one line of 1 to {most} characters")));
    }
    Ok(text.to_owned())
}

/// An e-mail address in its one spelling.
pub fn email(field: &str, text: &str) -> Result<String, AppError> {
    sapa_email::normalise(text.trim())
        .ok_or_else(|| AppError::invalid(field, "is not an e-mail address"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_and_shows_all_it_has() {
        assert_eq!(one_line("name", "  Ayu Lestari ", 20).unwrap(), "Ayu Lestari");
        for wrong in ["", "  ", "a\nb", "a\0b", "abc\u{202e}fed", "seven c"] {
            assert!(one_line("name", wrong, 6).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn an_address_has_one_spelling() {
        assert_eq!(email("email", " Ayu@Seruni.Example ").unwrap(), "ayu@seruni.example");
        assert!(email("email", "ayu").is_err());
    }
}
