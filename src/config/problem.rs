//! What is wrong with a configuration, in words for the operator.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

/// One thing wrong: where, what, and what to write instead. It never has the value of a secret (R28).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The path of the key, as `server.listen`; empty for the file as a whole.
    pub key: String,
    /// The name in the environment, if the value is from there.
    pub variable: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub instead: String,
}

impl Problem {
    pub(super) fn new(
        key: impl Into<String>,
        what: impl Into<String>,
        instead: impl Into<String>,
    ) -> Self {
        Self { key: key.into(), variable: None, what: what.into(), instead: instead.into() }
    }

    pub(super) fn unreadable(file: &Path, error: &io::Error) -> Self {
        let what = format!("{} cannot be read: {error}", file.display());
        Self::new("", what, "name a file that can be read, or leave --config out")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.key.is_empty() {
            write!(f, "{}", self.key)?;
            if let Some(variable) = &self.variable {
                write!(f, " (by {variable})")?;
            }
            f.write_str(": ")?;
        }
        write!(f, "{}; {}", self.what, self.instead)
    }
}

/// All things wrong with a configuration, at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    /// The file that was read.
    file: Option<PathBuf>,
    list: Vec<Problem>,
}

impl Problems {
    pub(super) fn new(list: Vec<Problem>) -> Self {
        Self { file: None, list }
    }

    pub(super) fn of_file(mut self, file: &Path) -> Self {
        self.file = Some(file.to_owned());
        self
    }

    /// Each of them.
    #[must_use]
    pub fn list(&self) -> &[Problem] {
        &self.list
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self::new(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = if self.list.len() == 1 {
            "one problem".to_owned()
        } else {
            format!("{} problems", self.list.len())
        };
        write!(f, "the configuration has {number}")?;
        if let Some(file) = &self.file {
            write!(f, " ({})", file.display())?;
        }
        for problem in &self.list {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
