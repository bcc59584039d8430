//! What a row of a file says of a contact.

use super::{
    mapping::{Mapping, Target},
    plan::Refusal,
    read::Cells,
};
use crate::{consent::model::State, contacts::edit::normalise};

/// An address in a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Named {
    /// `email`, `phone` or `customer`.
    pub kind: &'static str,
    /// In the spelling in which addresses are compared.
    pub value: String,
    /// As the file has it.
    pub shown: String,
}

/// What a row says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidate {
    /// Whom it is about, for people.
    pub shown: String,
    /// His name.
    pub name: Option<String>,
    /// His language.
    pub language: Option<String>,
    /// Where he lives.
    pub city: Option<String>,
    /// His firm.
    pub company: Option<String>,
    /// His tags.
    pub tags: Vec<String>,
    /// His own fields.
    pub fields: Vec<(String, String)>,
    /// His addresses.
    pub addresses: Vec<Named>,
    /// What he said about offers.
    pub consents: Vec<(String, State)>,
}

/// Reads a row by its mapping.
pub fn read(mapping: &Mapping, row: &Cells) -> Result<Candidate, (String, Refusal)> {
    let mut one = Candidate {
        tags: mapping.tags.iter().map(|tag| tag.trim().to_owned()).collect(),
        ..Candidate::default()
    };
    let mut refusal = None;
    for (target, cell) in mapping.columns.iter().zip(&row.cells) {
        if cell.is_empty() || *target == (Target::Skip {}) {
            continue;
        }
        if let Err(why) = take(&mut one, target, cell) {
            refusal.get_or_insert(why);
        }
    }
    let first = one.addresses.first().map(|address| address.shown.clone());
    let cells = || row.cells.iter().find(|cell| !cell.is_empty()).cloned();
    let shown = one.name.clone().or(first).or_else(cells).unwrap_or_default();
    one.shown = shown.chars().take(200).collect();
    match refusal {
        Some(why) => Err((one.shown, why)),
        None if one.addresses.is_empty() => Err((one.shown, Refusal::NoAddress)),
        None => Ok(one),
    }
}

fn take(one: &mut Candidate, target: &Target, cell: &str) -> Result<(), Refusal> {
    match target {
        Target::Skip {} => {}
        Target::Name {} => one.name = Some(line(cell, 200)?),
        Target::Language {} => one.language = Some(line(cell, 10)?.to_lowercase()),
        Target::City {} => one.city = Some(line(cell, 100)?),
        Target::Company {} => one.company = Some(line(cell, 200)?),
        Target::Email {} => address(one, "email", cell)?,
        Target::Phone {} => address(one, "phone", cell)?,
        Target::Customer {} => address(one, "customer", cell)?,
        Target::Tags {} => {
            for tag in cell.split([',', ';', '|']).map(str::trim).filter(|tag| !tag.is_empty()) {
                one.tags.push(line(tag, 40)?);
            }
            if one.tags.len() > 50 {
                return Err(Refusal::TooLong(cell.chars().take(40).collect()));
            }
        }
        Target::Field { key } => one.fields.push((key.clone(), line(cell, 500)?)),
        Target::Consent { kind } => one.consents.push((kind.clone(), said(cell)?)),
    }
    Ok(())
}

fn line(cell: &str, most: usize) -> Result<String, Refusal> {
    let text: String = cell.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > most || text.chars().any(char::is_control) {
        return Err(Refusal::TooLong(text.chars().take(40).collect()));
    }
    Ok(text)
}

fn address(one: &mut Candidate, kind: &'static str, cell: &str) -> Result<(), Refusal> {
    let wrong = || Refusal::BadAddress(cell.chars().take(100).collect());
    let value = normalise(kind, cell).ok_or_else(wrong)?;
    let named = Named { kind, value, shown: cell.to_owned() };
    if !one.addresses.iter().any(|other| other.kind == kind && other.value == named.value) {
        one.addresses.push(named);
    }
    Ok(())
}

/// Yes or no, as people write it in tables.
fn said(cell: &str) -> Result<State, Refusal> {
    match cell.to_lowercase().as_str() {
        "ya" | "iya" | "y" | "yes" | "true" | "1" | "x" | "setuju" | "ok" | "oke" | "granted"
        | "agreed" => Ok(State::Granted),
        "tidak" | "tdk" | "t" | "n" | "no" | "false" | "0" | "-" | "batal" | "withdrawn" => {
            Ok(State::Withdrawn)
        }
        _ => Err(Refusal::UnclearConsent(cell.chars().take(40).collect())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping() -> Mapping {
        Mapping {
            columns: vec![
                Target::Name {},
                Target::Email {},
                Target::Phone {},
                Target::Tags {},
                Target::Consent { kind: "email".to_owned() },
            ],
            tags: vec!["Pameran".to_owned()],
            consent_statement: Some("x".to_owned()),
        }
    }

    fn row(cells: [&str; 5]) -> Result<Candidate, (String, Refusal)> {
        read(
            &mapping(),
            &Cells { line: 2, cells: cells.iter().map(|cell| (*cell).to_owned()).collect() },
        )
    }

    #[test]
    fn a_row_is_read_by_its_mapping() {
        let one =
            row(["Rina  Wulandari", "Rina@Surat.example", "0812-2044-7716", "Gold; V60", "Ya"])
                .unwrap();
        assert_eq!(one.name.as_deref(), Some("Rina Wulandari"));
        let values: Vec<_> = one.addresses.iter().map(|address| address.value.as_str()).collect();
        assert_eq!(values, ["rina@surat.example", "+6281220447716"]);
        assert_eq!(
            (one.tags, one.consents),
            (
                vec!["Pameran".to_owned(), "Gold".to_owned(), "V60".to_owned()],
                vec![("email".to_owned(), State::Granted)]
            )
        );
    }

    #[test]
    fn a_row_that_cannot_be_taken_says_why() {
        assert_eq!(
            row(["Rina", "rina", "", "", ""]),
            Err(("Rina".to_owned(), Refusal::BadAddress("rina".to_owned())))
        );
        assert_eq!(row(["Rina", "", "", "", ""]), Err(("Rina".to_owned(), Refusal::NoAddress)));
        assert_eq!(
            row(["", "a@b.example", "", "", "maybe"]),
            Err(("a@b.example".to_owned(), Refusal::UnclearConsent("maybe".to_owned())))
        );
        let long = "x".repeat(201);
        assert!(matches!(row([&long, "a@b.example", "", "", ""]), Err((_, Refusal::TooLong(_)))));
    }
}
