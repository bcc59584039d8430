//! Which of the offered answers a customer chose: by pressing it, by its number, or in its words.

use serde::Serialize;

/// What a customer chose of the buttons that he was shown last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The button's number, as it stands in a mail: the first is 1.
    pub number: usize,
    /// What it says.
    pub label: String,
    /// What the bot gave it to be told by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
}

/// Finds the choice in a customer's words: the whole of them, or their first line, for a letter has a greeting.
#[must_use]
pub fn chosen(text: &str, labels: &[String], payloads: &[String]) -> Option<Choice> {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let place = [text.trim(), first].into_iter().find_map(|words| place(words, labels))?;
    let payload = payloads.get(place).filter(|payload| !payload.is_empty()).cloned();
    Some(Choice { number: place + 1, label: labels[place].clone(), payload })
}

fn place(words: &str, labels: &[String]) -> Option<usize> {
    let plain = words.to_lowercase();
    let same = labels.iter().position(|label| label.trim().to_lowercase() == plain);
    same.or_else(|| {
        let number = words.trim_start_matches(['#', '(']).trim_end_matches(['.', ')', '!', ',']);
        let number: usize = number.trim().parse().ok()?;
        (1..=labels.len()).contains(&number).then(|| number - 1)
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2", 2)]
    #[case(" 2. ", 2)]
    #[case("(1)", 1)]
    #[case("#3", 3)]
    #[case("lacak pesanan", 1)]
    #[case("Bicara dengan orang", 3)]
    #[case("2\n\nSalam,\nRina", 2)]
    #[case("\n\nBicara dengan orang.\nLacak pesanan", 0)]
    #[case("Lacak pesanan\nRina", 1)]
    #[case("4", 0)]
    #[case("0", 0)]
    #[case("pesanan 2", 0)]
    #[case("2024", 0)]
    #[case("", 0)]
    fn a_number_or_the_label_is_a_choice(#[case] text: &str, #[case] number: usize) {
        let labels =
            ["Lacak pesanan", "Retur", "Bicara dengan orang"].map(ToOwned::to_owned).to_vec();
        let payloads = ["/track", "", "/human"].map(ToOwned::to_owned).to_vec();
        let found = chosen(text, &labels, &payloads);
        assert_eq!(found.as_ref().map_or(0, |choice| choice.number), number, "{text:?}");
        if let Some(choice) = found {
            assert_eq!(choice.label, labels[number - 1]);
            let payload = Some(payloads[number - 1].clone()).filter(|payload| !payload.is_empty());
            assert_eq!(choice.payload, payload);
        }
    }

    #[test]
    fn without_buttons_nothing_is_chosen() {
        assert_eq!(chosen("1", &[], &[]), None);
    }

    #[test]
    fn a_label_that_is_a_number_wins_over_its_place() {
        let labels = ["2", "1"].map(ToOwned::to_owned).to_vec();
        assert_eq!(chosen("1", &labels, &[]).unwrap().number, 2);
    }
}
