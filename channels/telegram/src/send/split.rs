//! Dividing a text that is too long for one message.

/// Divides `text` into pieces of at most `limit` UTF-16 units (which is how Telegram counts), at the end
/// of a line or else of a word. White space around the pieces goes; nothing else does.
pub(super) fn split(text: &str, limit: usize) -> Vec<&str> {
    let mut rest = text.trim();
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        let end = fitting(rest, limit);
        let end = if end == rest.len() { end } else { boundary(rest, end) };
        let (piece, behind) = rest.split_at(end);
        pieces.push(piece.trim_end());
        rest = behind.trim_start();
    }
    pieces
}

/// How many UTF-16 units a text has.
pub(super) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// How many bytes from the beginning fit.
fn fitting(text: &str, limit: usize) -> usize {
    let mut units = 0;
    let first_out = text.char_indices().find(|(_, char)| {
        units += char.len_utf16();
        units > limit
    });
    first_out.map_or(text.len(), |(at, _)| at)
}

/// Where to divide, at most at `end`: behind a line if that keeps the piece at least half full, else
/// behind a word, else in the middle of the word.
fn boundary(text: &str, end: usize) -> usize {
    // White space just behind the end is as good a place as any before it.
    let next = text[end..].chars().next().map_or(end, |char| end + char.len_utf8());
    let head = &text[..next];
    let line = head.rfind('\n').filter(|at| *at >= end / 2);
    let word = head.rfind(char::is_whitespace).filter(|at| *at > 0);
    line.or(word).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("halo", 10, &["halo"])]
    #[case("  ", 10, &[])]
    #[case("satu dua tiga", 8, &["satu dua", "tiga"])]
    #[case("satu dua tiga", 7, &["satu", "dua", "tiga"])]
    #[case("satu\ndua tiga empat", 9, &["satu", "dua tiga", "empat"])]
    #[case("panjangsekali", 5, &["panja", "ngsek", "ali"])]
    #[case("😀😀😀", 4, &["😀😀", "😀"])]
    fn a_long_text_is_divided_between_words(
        #[case] text: &str,
        #[case] limit: usize,
        #[case] pieces: &[&str],
    ) {
        assert_eq!(split(text, limit), pieces);
    }

    proptest! {
        #[test]
        fn nothing_but_white_space_is_lost(text in "[a-z😀é \n]{0,200}", limit in 2_usize..40) {
            let pieces = split(&text, limit);
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(bare(&text), bare(&pieces.join(" ")));
            for piece in pieces {
                prop_assert!(!piece.is_empty() && length(piece) <= limit);
            }
        }
    }
}
