//! The part of a text where words were found, with the words marked.

/// Begins a marked word.
const OPEN: char = '\u{2}';
/// Ends it.
const CLOSE: char = '\u{3}';
/// How many characters are shown before the first word, and in all.
const BEFORE: usize = 40;
const LENGTH: usize = 200;

/// Cuts out the surroundings of the first found word, and marks every word that begins as one of `words`.
#[must_use]
pub fn excerpt(text: &str, words: &[String]) -> String {
    let flat: Vec<char> = text
        .split_whitespace()
        .flat_map(|word| word.chars().chain([' ']))
        .filter(|c| !matches!(*c, OPEN | CLOSE))
        .collect();
    let starts: Vec<usize> = (0..flat.len())
        .filter(|at| flat[*at].is_alphanumeric() && (*at == 0 || !flat[at - 1].is_alphanumeric()))
        .collect();
    let end_of = |start: usize| {
        (start..flat.len()).find(|at| !flat[*at].is_alphanumeric()).unwrap_or(flat.len())
    };
    let hits: Vec<(usize, usize)> = starts
        .iter()
        .map(|start| (*start, end_of(*start)))
        .filter(|(start, end)| {
            let word: String = flat[*start..*end].iter().collect::<String>().to_lowercase();
            words.iter().any(|wanted| word.starts_with(wanted.as_str()))
        })
        .collect();
    let first = hits.first().map_or(0, |hit| hit.0);
    let from = starts.iter().copied().find(|start| start + BEFORE >= first).unwrap_or(0);
    let to = (from + LENGTH).min(flat.len());
    let mut shown = String::new();
    if from > 0 {
        shown.push_str("… ");
    }
    for (at, c) in flat.iter().enumerate().take(to).skip(from) {
        if hits.iter().any(|hit| hit.0 == at) {
            shown.push(OPEN);
        }
        if hits.iter().any(|hit| hit.1 == at) {
            shown.push(CLOSE);
        }
        shown.push(*c);
    }
    if hits.iter().any(|hit| hit.0 < to && hit.1 >= to) {
        shown.push(CLOSE);
    }
    let mut shown = shown.trim_end().to_owned();
    if to < flat.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, words: &[&str]) -> String {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        excerpt(text, &words).replace(OPEN, "[").replace(CLOSE, "]")
    }

    #[test]
    fn words_are_marked_where_they_begin() {
        assert_eq!(
            marked("Kopi saya tumpah,\n kopinya habis", &["kopi"]),
            "[Kopi] saya tumpah, [kopinya] habis"
        );
        assert_eq!(marked("bukan dikopi", &["kopi"]), "bukan dikopi");
        assert_eq!(marked("akhir kopi", &["kopi"]), "akhir [kopi]");
        assert_eq!(marked("", &["kopi"]), "");
    }

    #[test]
    fn a_long_text_is_cut_around_the_first_word() {
        let text = format!("{} kurang satu bungkus {}", "awal ".repeat(100), "akhir ".repeat(100));
        let shown = marked(&text, &["bungkus"]);
        assert!(
            shown.starts_with("… ") && shown.ends_with('…') && shown.contains("[bungkus]"),
            "{shown}"
        );
        assert!(shown.chars().count() < LENGTH + 10);
    }
}
