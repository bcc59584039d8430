//! Splits what is new in a text from what it quotes and from the signature (mail 32).
//!
//! There is no standard for it. The rules are those that mail programs follow: a line that says who wrote
//! when, lines that begin with `>`, the separators and header blocks of Outlook, and the `-- ` of a signature.

/// A text in two.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Split {
    /// What is new.
    pub(super) text: String,
    /// The quoted part and the signature, as they stand in the mail.
    pub(super) quoted: String,
}

/// Splits a text. What has nothing new in it is left whole.
pub(super) fn split(whole: &str) -> Split {
    let lines: Vec<&str> = whole.lines().map(str::trim_end).collect();
    let (new_from, leading) = leading_quote(&lines);
    let new_to = new_from + trailing_quote(&lines[new_from..]);
    let sign_at = new_from + signature(&lines[new_from..new_to]);
    let text = join(&lines[new_from..sign_at]);
    if text.is_empty() {
        return Split { text: join(&lines), quoted: String::new() };
    }
    let parts =
        [join(&lines[leading..new_from]), join(&lines[sign_at..new_to]), join(&lines[new_to..])];
    let quoted: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Split { text, quoted: quoted.join("\n\n") }
}

fn join(lines: &[&str]) -> String {
    let from = lines.iter().position(|line| !line.trim().is_empty()).unwrap_or(lines.len());
    lines[from..].join("\n").trim_end().to_owned()
}

fn is_quoted(line: &str) -> bool {
    line.trim_start().starts_with('>')
}

/// A quote at the very top with the answer below it: where the answer begins, and where the quote does.
fn leading_quote(lines: &[&str]) -> (usize, usize) {
    let Some(start) = lines.iter().position(|line| !line.is_empty()) else { return (0, 0) };
    let header = attribution(&lines[start..]).unwrap_or(0);
    let mut at = start + header;
    let mut quoted = false;
    while let Some(line) = lines.get(at) {
        if is_quoted(line) {
            quoted = true;
        } else if !line.is_empty() {
            break;
        }
        at += 1;
    }
    // Answers between quoted pieces make no sense without these.
    let interleaved = lines[at..].iter().any(|line| is_quoted(line));
    if quoted && at < lines.len() && !interleaved { (at, start) } else { (0, 0) }
}

/// Where the quote begins that goes to the end.
fn trailing_quote(lines: &[&str]) -> usize {
    for at in 0..lines.len() {
        let rest = &lines[at..];
        if rest[0].is_empty() {
            continue;
        }
        if separator(rest) || header_block(rest) {
            return at;
        }
        if let Some(length) = attribution(rest) {
            let below = &rest[length..];
            let first = below.iter().find(|line| !line.is_empty());
            let marked = first.is_some_and(|line| is_quoted(line));
            let answers_below = below.iter().any(|line| !line.is_empty() && !is_quoted(line));
            if !marked || !answers_below || ends_quoted(below) {
                return at;
            }
        }
    }
    // A block of `>` lines at the end, without a word above it.
    let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    let block = lines[..end].iter().rposition(|line| !line.is_empty() && !is_quoted(line));
    match block {
        Some(last_new) if last_new + 1 < end => last_new + 1,
        _ => lines.len(),
    }
}

/// Whether what follows an attribution is one quote with nothing of the writer after it but a signature.
fn ends_quoted(lines: &[&str]) -> bool {
    let after = lines.iter().rposition(|line| is_quoted(line)).map_or(0, |last| last + 1);
    let between = lines[..after].iter().any(|line| !line.is_empty() && !is_quoted(line));
    let rest = &lines[after..];
    !between && rest[..signature(rest)].iter().all(|line| line.is_empty())
}

const STARTS: [&str; 17] = [
    "on ",
    "pada ",
    "am ",
    "le ",
    "el ",
    "il ",
    "op ",
    "em ",
    "den ",
    "w dniu ",
    "dnia ",
    "vào ",
    "den",
    "ke ",
    "het ",
    "στις ",
    "в ",
];
const ENDS: [&str; 20] = [
    "wrote:",
    "wrote :",
    "menulis:",
    "menulis :",
    "schrieb:",
    "geschrieben:",
    "a écrit :",
    "a écrit:",
    "a écrit\u{a0}:",
    "escribió:",
    "ha scritto:",
    "schreef:",
    "escreveu:",
    "skrev:",
    "napisał:",
    "napisał(a):",
    "написал:",
    "đã viết:",
    "写道：",
    "写道:",
];

/// Whether a line begins with one of these words, written small, in any case of its letters.
fn begins(line: &str, words: &[&str]) -> bool {
    let small = || line.chars().flat_map(char::to_lowercase);
    let Some(first) = small().next() else { return false };
    words.iter().filter(|word| word.starts_with(first)).any(|word| {
        let mut letters = small();
        word.chars().all(|letter| letters.next() == Some(letter))
    })
}

/// How many lines at the beginning say who wrote when: "On Monday Rina wrote:", broken over up to three lines.
fn attribution(lines: &[&str]) -> Option<usize> {
    // All of them end with a colon; hardly a line of a mail does.
    if !lines.iter().take(3).any(|line| line.trim_end().ends_with([':', '：'])) {
        return None;
    }
    let (mut known_start, mut joined) = (false, String::new());
    for (number, line) in lines.iter().take(3).enumerate() {
        let line = line.trim().trim_start_matches(['*', '_']);
        if line.is_empty() || (number > 0 && is_quoted(line)) {
            return None;
        }
        known_start |= number == 0 && begins(line, &STARTS);
        let chinese = line.ends_with("写道：") || line.ends_with("写道:");
        if !(known_start || chinese) {
            return None;
        }
        if number > 0 {
            joined.push(' ');
        }
        joined.push_str(&line.to_lowercase());
        if joined.len() > 400 {
            return None;
        }
        let inside = [" schrieb ", " schreef ", " skrev "].iter().any(|verb| joined.contains(verb));
        let dated = joined.contains('@') || joined.contains(|c: char| c.is_ascii_digit());
        if dated
            && ((inside && joined.ends_with(':')) || ENDS.iter().any(|end| joined.ends_with(end)))
        {
            return Some(number + 1);
        }
    }
    None
}

const SEPARATORS: [&str; 14] = [
    "original message",
    "original appointment",
    "pesan asli",
    "pesan awal",
    "ursprüngliche nachricht",
    "originalnachricht",
    "message d'origine",
    "message original",
    "mensaje original",
    "mensagem original",
    "messaggio originale",
    "oorspronkelijk bericht",
    "reply message",
    "balas pesan",
];

/// `-----Original Message-----`.
fn separator(lines: &[&str]) -> bool {
    let line = lines[0].trim();
    let Some(inner) = line.strip_prefix("--") else { return false };
    let inner = inner.trim_matches(['-', ' ']).to_lowercase();
    SEPARATORS.contains(&inner.as_str())
}

const FROM: [&str; 9] = ["from:", "dari:", "von:", "de :", "de:", "da:", "van:", "från:", "od:"];
const WHEN: [&str; 14] = [
    "sent:",
    "date:",
    "dikirim:",
    "tanggal:",
    "terkirim:",
    "gesendet:",
    "datum:",
    "envoyé :",
    "envoyé:",
    "enviado:",
    "enviado el:",
    "inviato:",
    "verzonden:",
    "data:",
];
const TO: [&str; 12] =
    ["to:", "kepada:", "ke:", "untuk:", "an:", "à :", "à:", "para:", "a:", "aan:", "till:", "do:"];

/// The header block of Outlook, with or without a ruler above it.
fn header_block(lines: &[&str]) -> bool {
    let plain = |line: &str| {
        line.trim().trim_start_matches(['*', '>', ' ']).replace('*', "").to_lowercase()
    };
    let ruler = lines[0].len() >= 10 && lines[0].bytes().all(|byte| byte == b'_' || byte == b'-');
    let mut block = lines
        .iter()
        .skip(usize::from(ruler))
        .take(12)
        .map(|line| plain(line))
        .skip_while(String::is_empty);
    let starts = |line: &str, words: &[&str]| words.iter().any(|word| line.starts_with(word));
    // Most lines are told apart by this alone.
    if !ruler && !lines[0].contains(':') {
        return false;
    }
    if !block.next().is_some_and(|line| starts(&line, &FROM)) {
        return false;
    }
    let next: Vec<_> = block.take(5).collect();
    next.iter().any(|line| starts(line, &WHEN)) && next.iter().any(|line| starts(line, &TO))
}

const SENT_FROM: [&str; 12] = [
    "sent from my ",
    "sent from outlook",
    "sent from yahoo",
    "sent from mail for windows",
    "get outlook for ",
    "dikirim dari ",
    "dapatkan outlook untuk ",
    "von meinem ",
    "gesendet von ",
    "envoyé de ",
    "envoyé depuis ",
    "enviado desde ",
];

/// Where the signature begins; the number of lines if there is none.
fn signature(lines: &[&str]) -> usize {
    // The space behind the dashes does not survive every mail program.
    let dashes = lines.iter().rposition(|line| *line == "--" || *line == "—");
    if let Some(at) = dashes
        && lines[at..].iter().filter(|line| !line.is_empty()).count() <= 16
    {
        return at;
    }
    let Some(last) = lines.iter().rposition(|line| !line.is_empty()) else { return lines.len() };
    let line = lines[last].trim_start_matches(['_', '*', '<']).to_lowercase();
    if line.len() <= 80 && SENT_FROM.iter().any(|start| line.starts_with(start)) {
        return last;
    }
    lines.len()
}
