//! Answers to choose from, as buttons under a message.

use sapa_channel::Button;
use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup};

/// The most bytes that Telegram brings back with a pressed button.
const MAX_DATA: usize = 64;
/// Labels of up to so many characters stand side by side.
const SHORT: usize = 14;

/// One button a row, or two when all labels are short.
pub(super) fn keyboard(buttons: &[Button]) -> Option<InlineKeyboardMarkup> {
    let labelled = buttons.iter().filter(|button| !button.label.trim().is_empty()).enumerate();
    let made: Vec<_> = labelled
        .map(|(index, button)| {
            InlineKeyboardButton::callback(button.label.clone(), data(index, &button.label))
        })
        .collect();
    let short = made.iter().all(|button| button.text.chars().count() <= SHORT);
    let rows: Vec<_> = made.chunks(if short { 2 } else { 1 }).map(<[_]>::to_vec).collect();
    (!rows.is_empty()).then(|| InlineKeyboardMarkup::new(rows))
}

/// The index keeps equal labels apart; the label is there for when the message cannot be read any more.
fn data(index: usize, label: &str) -> String {
    let mut data = format!("{index}:");
    for char in label.chars() {
        if data.len() + char.len_utf8() > MAX_DATA {
            break;
        }
        data.push(char);
    }
    data
}

/// The label in what a pressed button brings back.
pub(crate) fn label_in(data: &str) -> &str {
    match data.split_once(':') {
        Some((index, label)) if index.bytes().all(|byte| byte.is_ascii_digit()) => label,
        _ => data,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buttons_data_fits_and_brings_its_label_back() {
        assert_eq!(label_in(&data(3, "Ya, kirim: sekarang")), "Ya, kirim: sekarang");
        let long = data(12, &"é".repeat(100));
        assert!(long.len() <= MAX_DATA && long.starts_with("12:éé"));
        assert_eq!(label_in("from another program"), "from another program");
    }
}
