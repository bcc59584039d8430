//! Reads settings one by one, and keeps what is wrong with them.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::{
    ENV_PREFIX,
    problem::{Problem, Problems},
    section::Section,
    value::shown,
};

/// The file, the environment over it, and what was found wrong so far.
pub(super) struct Reader {
    pub(super) table: Table,
    /// By the path of the key; the name as it was given beside the value.
    pub(super) env: BTreeMap<String, (String, String)>,
    sections: BTreeSet<String>,
    pub(super) keys: BTreeSet<String>,
    pub(super) problems: Vec<Problem>,
}

impl Reader {
    pub(super) fn new(
        text: &str,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Problems> {
        // The error's own words would show the line, which may hold a secret.
        let table = text.parse::<Table>().map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            let what = format!("line {line} is no TOML: {}", error.message());
            Problem::new("", what, "write keys as name = \"value\" below a [section]")
        })?;
        let env = env
            .filter_map(|(name, value)| {
                let path = name.strip_prefix(ENV_PREFIX)?.to_ascii_lowercase().replace("__", ".");
                Some((path, (name, value)))
            })
            .collect();
        Ok(Self {
            table,
            env,
            sections: BTreeSet::new(),
            keys: BTreeSet::new(),
            problems: Vec::new(),
        })
    }

    pub(super) fn section(&mut self, path: &'static str) -> Section<'_> {
        let mut table = &self.table;
        let mut walked = String::new();
        for name in path.split('.') {
            walked = if walked.is_empty() { name.to_owned() } else { format!("{walked}.{name}") };
            match table.get(name) {
                Some(Value::Table(inner)) => table = inner,
                Some(other) if self.sections.insert(walked.clone()) => {
                    let what = format!("{} is not a section", shown(other));
                    self.problems.push(Problem::new(
                        walked.as_str(),
                        what,
                        format!("write [{walked}] and its keys below it"),
                    ));
                    break;
                }
                _ => break,
            }
        }
        self.sections.insert(path.to_owned());
        Section::new(self, path)
    }

    /// Adds something wrong; where the value is from is looked up.
    pub(super) fn problem(
        &mut self,
        key: &str,
        what: impl Into<String>,
        instead: impl Into<String>,
    ) {
        let mut problem = Problem::new(key, what, instead);
        problem.variable = self.env.get(key).map(|(name, _)| name.clone());
        self.problems.push(problem);
    }

    /// Refuses what nobody asked for: a key with a slip in its name would be without effect.
    pub(super) fn refuse_unknown_keys(&mut self) {
        let mut unknown = Vec::new();
        self.find_unknown(&self.table, "", &mut unknown);
        let env = self.env.iter().filter(|(path, _)| !self.keys.contains(*path));
        unknown.extend(env.map(|(path, (name, _))| (path.clone(), Some(name.clone()))));
        for (path, variable) in unknown {
            let instead = self.nearest(&path);
            self.problems.push(Problem {
                key: path,
                variable,
                what: "there is no such key".to_owned(),
                instead,
            });
        }
    }

    fn find_unknown(
        &self,
        table: &Table,
        prefix: &str,
        unknown: &mut Vec<(String, Option<String>)>,
    ) {
        for (name, value) in table {
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            match value {
                Value::Table(inner) if self.sections.contains(&path) => {
                    self.find_unknown(inner, &path, unknown);
                }
                // A section that is none has its problem already.
                _ if self.sections.contains(&path) || self.keys.contains(&path) => {}
                _ => unknown.push((path, None)),
            }
        }
    }

    /// What may have been meant: the key nearest in spelling, else those beside it.
    fn nearest(&self, path: &str) -> String {
        let candidates = self.keys.iter().chain(&self.sections);
        let near = candidates.map(|key| (distance(key, path), key)).min();
        match near {
            Some((steps, key)) if steps <= 3 => format!("did you mean {key}?"),
            _ => {
                let parent = path.rsplit_once('.').map_or("", |(parent, _)| parent);
                let beside =
                    |key: &&String| key.rsplit_once('.').map_or("", |(parent, _)| parent) == parent;
                let known: Vec<&str> = self
                    .keys
                    .iter()
                    .chain(&self.sections)
                    .filter(beside)
                    .map(String::as_str)
                    .collect();
                if known.is_empty() {
                    "remove it".to_owned()
                } else {
                    format!("known are {}", known.join(", "))
                }
            }
        }
    }

    /// The value, if nothing was wrong with it.
    pub(super) fn finish<T>(self, value: T) -> Result<T, Problems> {
        if self.problems.is_empty() { Ok(value) } else { Err(Problems::new(self.problems)) }
    }

    pub(super) fn in_file(&self, section: &str, key: &str) -> Option<&Value> {
        let mut table = &self.table;
        for name in section.split('.') {
            table = table.get(name)?.as_table()?;
        }
        table.get(key)
    }
}

/// How many letters must be put in, left out or changed (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn a_slip_is_a_short_way() {
        assert_eq!(distance("listen", "listen"), 0);
        assert_eq!(distance("listen", "lisetn"), 2);
        assert_eq!(distance("listen", "listens"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
