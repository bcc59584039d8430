//! What the columns of a file mean.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::{consent::model::KINDS, http::AppError, segments::check::field_key};

/// What a column means.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "to", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = ImportTarget)]
pub enum Target {
    /// Nothing that is wanted.
    Skip {},
    /// His name.
    Name {},
    /// An e-mail address of his.
    Email {},
    /// A telephone number of his.
    Phone {},
    /// His customer number at the firm.
    Customer {},
    /// His language, as `id` or `en`.
    Language {},
    /// Where he lives.
    City {},
    /// His firm.
    Company {},
    /// Tags, parted by commas or semicolons.
    Tags {},
    /// A field of his own.
    Field {
        /// Its name.
        key: String,
    },
    /// Whether he agreed to offers: yes or no in some spelling; nothing if he was not asked.
    Consent {
        /// On which kind of channel.
        kind: String,
    },
}

/// What a file means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportMapping)]
pub struct Mapping {
    /// What each column means, from the first to the last.
    pub columns: Vec<Target>,
    /// Tags that everybody in the file gets.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Where and how consent was obtained; needed if a column tells of it.
    #[serde(default)]
    pub consent_statement: Option<String>,
}

fn wrong(why: impl Into<String>) -> AppError {
    AppError::invalid("mapping", why)
}

impl Mapping {
    /// Refuses what does not fit a file with so many columns, or makes no sense.
    pub fn check(&self, columns: usize) -> Result<(), AppError> {
        if self.columns.len() != columns {
            return Err(wrong(format!("says what each of the {columns} columns means")));
        }
        let by_address = |target: &&Target| {
            matches!(target, Target::Email {} | Target::Phone {} | Target::Customer {})
        };
        if !self.columns.iter().any(|target| by_address(&target)) {
            return Err(wrong(
                "names a column with e-mail addresses, phone numbers or customer numbers: \
                              by these a contact is known again",
            ));
        }
        let mut once = HashSet::new();
        for target in &self.columns {
            match target {
                Target::Field { key } => field_key(key).map_err(|_| {
                    wrong("the name of a field is 1 to 60 characters without quotation marks")
                })?,
                Target::Consent { kind } if !KINDS.contains(&kind.as_str()) => {
                    return Err(wrong(format!("consent is for one of {}", KINDS.join(", "))));
                }
                _ => {}
            }
            let many = matches!(
                target,
                Target::Skip {} | Target::Email {} | Target::Phone {} | Target::Tags {}
            );
            if !many && !once.insert(target) {
                return Err(wrong("gives the same meaning to two columns"));
            }
        }
        let tells_consent =
            self.columns.iter().any(|target| matches!(target, Target::Consent { .. }));
        let statement = self.consent_statement.as_deref().map(str::trim).unwrap_or_default();
        if tells_consent && statement.is_empty() {
            return Err(AppError::invalid(
                "consent_statement",
                "say where and how these people agreed",
            ));
        }
        if statement.chars().count() > 500 || statement.chars().any(char::is_control) {
            return Err(AppError::invalid(
                "consent_statement",
                "one line of at most 500 characters",
            ));
        }
        let tag = |tag: &String| {
            !tag.trim().is_empty()
                && tag.chars().count() <= 40
                && !tag.chars().any(char::is_control)
        };
        if self.tags.len() > 10 || !self.tags.iter().all(tag) {
            return Err(AppError::invalid("tags", "at most 10, each of 1 to 40 characters"));
        }
        Ok(())
    }
}

/// What the columns may mean, by their names in Indonesian and English.
#[must_use]
pub fn suggested(columns: &[String]) -> Vec<Target> {
    let mut once = HashSet::new();
    let guess = |name: &String| {
        let target = guessed(name);
        let many = matches!(
            target,
            Target::Skip {} | Target::Email {} | Target::Phone {} | Target::Tags {}
        );
        if many || once.insert(target.clone()) { target } else { Target::Skip {} }
    };
    columns.iter().map(guess).collect()
}

fn guessed(name: &str) -> Target {
    let plain: String =
        name.to_lowercase().chars().filter(|c| c.is_alphanumeric() || *c == ' ').collect();
    let plain = plain.trim();
    let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    match plain {
        "" => Target::Skip {},
        "kota" | "city" | "kabupaten" | "kotakabupaten" => Target::City {},
        "bahasa" | "language" | "lang" => Target::Language {},
        "tag" | "tags" | "label" | "labels" => Target::Tags {},
        "hp" | "wa" | "tel" | "tlp" => Target::Phone {},
        _ if has(&["setuju", "consent", "persetujuan", "optin", "opt in", "newsletter"]) => {
            Target::Consent { kind: "email".to_owned() }
        }
        _ if has(&["email", "surel", "e mail"]) => Target::Email {},
        _ if has(&[
            "telepon",
            "telp",
            "phone",
            "mobile",
            "whatsapp",
            "no hp",
            "nomor hp",
            "handphone",
        ]) =>
        {
            Target::Phone {}
        }
        _ if has(&[
            "no pelanggan",
            "nomor pelanggan",
            "kode pelanggan",
            "customer no",
            "customer number",
            "customer id",
        ]) =>
        {
            Target::Customer {}
        }
        _ if has(&["perusahaan", "company", "instansi"]) => Target::Company {},
        _ if has(&["nama", "name"]) => Target::Name {},
        _ if field_key(name).is_ok() => Target::Field { key: name.to_owned() },
        _ => Target::Skip {},
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns_suggest_what_they_mean() {
        let names = [
            "Nama lengkap",
            "E-mail",
            "No. HP",
            "Kota",
            "Setuju promo",
            "Kelas",
            "Email 2",
            "Nama panggilan",
        ];
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let wanted = [
            Target::Name {},
            Target::Email {},
            Target::Phone {},
            Target::City {},
            Target::Consent { kind: "email".to_owned() },
            Target::Field { key: "Kelas".to_owned() },
            Target::Email {},
            Target::Skip {},
        ];
        assert_eq!(suggested(&names), wanted);
    }

    #[test]
    fn a_mapping_needs_an_address_and_a_word_on_consent() {
        let mapping = |columns: Vec<Target>, statement: Option<&str>| Mapping {
            columns,
            tags: Vec::new(),
            consent_statement: statement.map(str::to_owned),
        };
        let consent = || Target::Consent { kind: "email".to_owned() };
        assert!(mapping(vec![Target::Name {}], None).check(1).is_err());
        assert!(mapping(vec![Target::Email {}], None).check(2).is_err());
        assert!(mapping(vec![Target::Email {}, consent()], None).check(2).is_err());
        assert!(
            mapping(vec![Target::Email {}, consent()], Some("Signed at the till")).check(2).is_ok()
        );
        assert!(
            mapping(vec![Target::Email {}, Target::City {}, Target::City {}], None)
                .check(3)
                .is_err()
        );
    }
}
