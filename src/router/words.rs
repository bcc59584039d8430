//! Names, previews and subjects: words of messages in the form in which the rules use them.

use sapa_channel::{Message, Sender};

/// The name to show for a sender.
#[must_use]
pub fn shown_name(sender: &Sender) -> String {
    let name = sender.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    name.or(sender.shown.as_deref()).unwrap_or(&sender.address.value).chars().take(200).collect()
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
