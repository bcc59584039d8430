//! Reads the settings of one section, each as its type.

use std::{fmt::Display, ops::RangeInclusive, path::PathBuf};

use secrecy::SecretString;
use toml::Value;

use super::{
    problem::Problem,
    reader::Reader,
    value::{Setting, quoted, shown},
};

/// One section of the file, as `[server]`.
pub(super) struct Section<'r> {
    reader: &'r mut Reader,
    path: &'static str,
}

/// A value and where it is from.
enum Given {
    Env { variable: String, text: String },
    File(Value),
}

impl Given {
    fn parse<T: Setting>(&self) -> Option<T> {
        match self {
            Self::Env { text, .. } => T::from_text(text),
            Self::File(value) => T::from_value(value),
        }
    }

    fn variable(self) -> Option<String> {
        match self {
            Self::Env { variable, .. } => Some(variable),
            Self::File(_) => None,
        }
    }
}

impl<'r> Section<'r> {
    pub(super) fn new(reader: &'r mut Reader, path: &'static str) -> Self {
        Self { reader, path }
    }

    fn key(&mut self, name: &str) -> String {
        let key = format!("{}.{name}", self.path);
        self.reader.keys.insert(key.clone());
        key
    }

    fn given(&mut self, name: &str) -> Option<Given> {
        let key = self.key(name);
        if let Some((variable, text)) = self.reader.env.get(&key) {
            return Some(Given::Env { variable: variable.clone(), text: text.clone() });
        }
        self.reader.in_file(self.path, name).cloned().map(Given::File)
    }

    /// Whether anything of it is given.
    pub(super) fn is_given(&self) -> bool {
        let below = format!("{}.", self.path);
        let mut table = Some(&self.reader.table);
        for name in self.path.split('.') {
            table = table.and_then(|table| table.get(name)).and_then(Value::as_table);
        }
        table.is_some() || self.reader.env.keys().any(|key| key.starts_with(&below))
    }

    /// Something wrong with one of its keys.
    pub(super) fn problem(
        &mut self,
        name: &str,
        what: impl Into<String>,
        instead: impl Into<String>,
    ) {
        let key = format!("{}.{name}", self.path);
        self.reader.problem(&key, what, instead);
    }

    /// A setting that may be left out. In the environment, an empty one counts as left out.
    pub(super) fn optional<T: Setting>(&mut self, name: &str) -> Option<T> {
        let given = self.given(name)?;
        if matches!(&given, Given::Env { text, .. } if text.is_empty()) {
            return None;
        }
        let parsed = given.parse();
        if parsed.is_none() {
            let found = match &given {
                Given::Env { text, .. } => quoted(text),
                Given::File(value) => shown(value),
            };
            self.refuse::<T>(name, &found, given.variable());
        }
        parsed
    }

    fn refuse<T: Setting>(&mut self, name: &str, found: &str, variable: Option<String>) {
        let key = format!("{}.{name}", self.path);
        let (what, instead) = (format!("{found} does not do"), format!("write {}", T::WANTED));
        self.reader.problems.push(Problem { key, variable, what, instead });
    }

    /// A setting with a default.
    pub(super) fn read<T: Setting>(&mut self, name: &str, default: T) -> T {
        self.optional(name).unwrap_or(default)
    }

    /// A setting that its section cannot do without; `example` is one.
    pub(super) fn required<T: Setting>(&mut self, name: &str, example: &str) -> Option<T> {
        let known = self.reader.problems.len();
        let value = self.optional(name);
        if value.is_none() && self.reader.problems.len() == known {
            let what = format!("[{}] needs it", self.path);
            self.problem(name, what, format!("write {name} = {example}"));
        }
        value
    }

    /// A whole number within limits.
    pub(super) fn number<N>(&mut self, name: &str, default: N, limits: RangeInclusive<N>) -> N
    where
        N: TryFrom<i64> + PartialOrd + Copy + Display,
    {
        let Some(number) = self.optional::<i64>(name) else { return default };
        if let Some(number) = N::try_from(number).ok().filter(|number| limits.contains(number)) {
            return number;
        }
        let instead = format!("write a number from {} to {}", limits.start(), limits.end());
        self.problem(name, format!("{number} is out of its limits"), instead);
        default
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(&mut self, name: &str, default: T, words: &[(&str, T)]) -> T {
        let Some(word) = self.optional::<String>(name) else { return default };
        if let Some((_, value)) = words.iter().find(|(known, _)| *known == word) {
            return *value;
        }
        let known: Vec<String> = words.iter().map(|(known, _)| format!("\"{known}\"")).collect();
        self.problem(
            name,
            format!("{} does not do", quoted(&word)),
            format!("write one of {}", known.join(", ")),
        );
        default
    }

    /// A secret: itself, or under `name_file` the path of a file that holds it. Its value is in no message (R28).
    pub(super) fn secret(&mut self, name: &str) -> Option<SecretString> {
        let file_name = format!("{name}_file");
        let (value, file) = (self.given(name), self.given(&file_name));
        // What the environment says wins over the file, whichever of the two ways each of them takes.
        let (value, file) = match (value, file) {
            (Some(value @ Given::Env { .. }), Some(Given::File(_))) => (Some(value), None),
            (Some(Given::File(_)), Some(file @ Given::Env { .. })) => (None, Some(file)),
            both => both,
        };
        if value.is_some() && file.is_some() {
            self.problem(
                name,
                format!("{name} and {file_name} are both given"),
                format!("keep only {file_name}"),
            );
            return None;
        }
        if file.is_some() {
            return self.secret_file(name, &file_name);
        }
        let given = value?;
        match given.parse::<String>() {
            Some(text) if text.is_empty() => None,
            Some(text) => Some(text.into()),
            None => {
                self.refuse::<String>(name, "the value", given.variable());
                None
            }
        }
    }

    fn secret_file(&mut self, name: &str, file_name: &str) -> Option<SecretString> {
        let path = self.optional::<PathBuf>(file_name)?;
        match std::fs::read_to_string(&path) {
            Ok(text) if text.trim().is_empty() => {
                self.problem(
                    file_name,
                    format!("{} is empty", path.display()),
                    format!("put the {name} into it"),
                );
                None
            }
            Ok(text) => Some(text.trim_end_matches(['\r', '\n']).into()),
            Err(error) => {
                let what = format!("{} cannot be read: {error}", path.display());
                self.problem(file_name, what, "name a file that the hub's user can read");
                None
            }
        }
    }
}
