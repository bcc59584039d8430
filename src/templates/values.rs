//! What is put into a template for one customer. What is not known of him is not there, so that strict templates
//! notice.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use crate::{
    contacts::model::Field,
    db::{DbResult, Tx, keep},
    keys::Keys,
    on_db,
};

/// All values that there are; `fields` has the customer's own fields below it.
pub const NAMES: [&str; 11] = [
    "name",
    "first_name",
    "email",
    "language",
    "city",
    "company",
    "fields",
    "sender",
    "officer",
    "unsubscribe_url",
    "preferences_url",
];

/// Whether a name that a template uses can be a value.
#[must_use]
pub fn is_known(name: &str) -> bool {
    match name.strip_prefix("fields") {
        Some(rest) => rest.starts_with(['.', '/']) && rest.len() > 1,
        None => NAMES.contains(&name),
    }
}

/// What is known of a customer.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "columns")]
pub struct Person {
    pub id: Uuid,
    pub name: String,
    pub language: Option<String>,
    pub city: Option<String>,
    pub company: Option<String>,
    pub fields: Json<BTreeMap<String, Field>>,
}

/// The customers with these ids.
pub async fn people(tx: &mut Tx, ids: &[Uuid]) -> DbResult<HashMap<Uuid, Person>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let people: Vec<Person> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT id, name, language, city, company, fields FROM contacts WHERE id IN (",
        );
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(*id);
        }
        query.push(")");
        query.build_query_as().persistent(keep(ids.len())).fetch_all(conn).await?
    });
    Ok(people.into_iter().map(|person| (person.id, person)).collect())
}

/// Who sends it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct House {
    /// The name of the channel it goes out by.
    pub sender: String,
    /// Who started it.
    pub officer: String,
}

/// The values of a customer, without the links.
#[must_use]
pub fn of(person: &Person, kind: &str, address: &str, house: &House) -> Map<String, Value> {
    let mut values = Map::new();
    let mut put = |name: &str, value: &str| {
        let value = value.trim();
        if !value.is_empty() {
            values.insert(name.to_owned(), Value::String(value.to_owned()));
        }
    };
    // A channel that knows no name gives the address in its place.
    let named = Some(&*person.name).filter(|name| !name.contains('@') && *name != address);
    if let Some(name) = named {
        put("name", name);
        put("first_name", name.split_whitespace().next().unwrap_or_default());
    }
    if kind == "email" {
        put("email", address);
    }
    put("language", language(person));
    put("city", person.city.as_deref().unwrap_or_default());
    put("company", person.company.as_deref().unwrap_or_default());
    put("sender", &house.sender);
    put("officer", &house.officer);
    let fields: Map<String, Value> = person
        .fields
        .0
        .iter()
        .filter(|(_, field)| !field.value.trim().is_empty())
        .map(|(name, field)| (name.clone(), Value::String(field.value.clone())))
        .collect();
    values.insert("fields".to_owned(), Value::Object(fields));
    values
}

/// The language to write to him in.
#[must_use]
pub fn language(person: &Person) -> &str {
    match person.language.as_deref() {
        Some(language) if !language.is_empty() => language,
        _ => "id",
    }
}

/// Adds the links of one recipient.
pub fn add_links(values: &mut Map<String, Value>, links: &Links) {
    values.insert("unsubscribe_url".to_owned(), json!(links.unsubscribe_url));
    values.insert("preferences_url".to_owned(), json!(links.preferences_url));
}

/// Where one recipient says what he wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// Ends mailings.
    pub unsubscribe_url: String,
    /// The same as a token, for a mail.
    pub unsubscribe_token: String,
    /// Chooses what comes.
    pub preferences_url: String,
}

impl Links {
    /// The links of a row of the ledger; of nobody's for a trial.
    #[must_use]
    pub fn of(keys: &Keys, public_url: &str, recipient: Uuid) -> Self {
        let token = keys.way_out_token(recipient);
        Self {
            unsubscribe_url: format!("{public_url}/u/{token}"),
            preferences_url: format!(
                "{public_url}/preferences/{}",
                keys.preferences_token(recipient)
            ),
            unsubscribe_token: token,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_not_there() {
        let house = House { sender: "Kopi Seruni".to_owned(), officer: "Citra".to_owned() };
        let mut person = Person {
            id: Uuid::nil(),
            name: "rina@surat.example".to_owned(),
            language: None,
            city: Some(" ".to_owned()),
            company: None,
            fields: Json(BTreeMap::new()),
        };
        let values = of(&person, "email", "rina@surat.example", &house);
        assert!(!values.contains_key("name") && !values.contains_key("city"));
        assert_eq!(values["language"], "id");
        person.name = "Rina Wulandari".to_owned();
        let values = of(&person, "email", "rina@surat.example", &house);
        assert_eq!(
            (&values["name"], &values["first_name"]),
            (&json!("Rina Wulandari"), &json!("Rina"))
        );
    }

    #[test]
    fn names_of_fields_stand_below_fields() {
        assert!(is_known("city") && is_known("fields.kelas"));
        assert!(
            !is_known("fields") && !is_known("fields.") && !is_known("nama") && !is_known("city.x")
        );
    }
}
