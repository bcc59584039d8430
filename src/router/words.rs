//! Names, previews and subjects: words of messages in the form in which the rules use them.

use sapa_channel::{Message, Sender};

/// The name to show for a sender: one line that is seen, and turns nothing that stands beside it.
#[must_use]
pub fn shown_name(sender: &Sender) -> String {
    let given = [&sender.name, &sender.shown].into_iter().flatten().map(|name| label(name));
    given
        .chain([label(&sender.address.value)])
        .find(|name| name.chars().any(is_seen))
        .unwrap_or_else(|| "?".to_owned())
}

/// At most 200 characters in one line, without those that turn the direction of writing.
fn label(name: &str) -> String {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let plain: String =
        name.chars().filter(|c| !turns(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(200).collect()
}

/// Whether a character leaves a mark of its own. Blanks, joiners, selectors and fillers leave none.
fn is_seen(c: char) -> bool {
    let unseen = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}');
    !unseen && !c.is_whitespace() && !c.is_control()
}

/// A message in one line, for lists.
#[must_use]
pub fn preview(message: &Message) -> String {
    let text = one_line(&message.text);
    if !text.is_empty() {
        return text;
    }
    match (message.files.first(), &message.place) {
        (Some(file), _) => one_line(&file.name),
        (None, Some(place)) => one_line(place.title.as_deref().unwrap_or("")),
        (None, None) => one_line(message.subject.as_deref().unwrap_or("")),
    }
}

/// The beginning of a text in one line, at most 160 characters.
#[must_use]
pub fn one_line(text: &str) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.chars().count() > 160 {
            return line.chars().take(159).chain(['…']).collect();
        }
    }
    line
}

/// A subject without the marks of answering and forwarding, for comparing.
#[must_use]
pub fn base_subject(subject: &str) -> String {
    let mut rest = subject.trim();
    'marks: loop {
        for mark in ["re:", "fw:", "fwd:", "bls:", "balas:", "trs:", "aw:", "tr:", "sv:", "antw:"] {
            if let Some(head) = rest.get(..mark.len())
                && head.eq_ignore_ascii_case(mark)
            {
                rest = rest[mark.len()..].trim_start();
                continue 'marks;
            }
        }
        return rest.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    }
}
