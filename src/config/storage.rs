//! Settings of what is kept: the database, and the larger files.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use sqlx::sqlite::SqliteConnectOptions;

use super::{nodes::Bucket, reader::Reader, section::Section};

/// The database.
#[derive(Clone, Debug)]
pub struct Database {
    /// `sqlite:` and a path, or `postgres://…`.
    pub url: SecretString,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: "sqlite:data/sapa.db".into() }
    }
}

impl Database {
    /// An embedded database in this file.
    #[must_use]
    pub fn embedded(file: &Path) -> Self {
        // In the address, these two would not stand for themselves.
        let path = file.to_string_lossy().replace('%', "%25").replace('?', "%3F");
        Self { url: format!("sqlite:{path}").into() }
    }

    /// The file of an embedded database; none if it is a server.
    #[must_use]
    pub fn embedded_file(&self) -> Option<PathBuf> {
        let url = self.url.expose_secret();
        let options =
            url.starts_with("sqlite:").then(|| url.parse::<SqliteConnectOptions>().ok())??;
        Some(options.get_filename().to_owned())
    }

    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let Some(url) = section.secret("url") else { return Self::default() };
        let database = Self { url };
        let text = database.url.expose_secret();
        let known = ["sqlite:", "postgres://", "postgresql://"]
            .iter()
            .any(|scheme| text.starts_with(scheme));
        if !known {
            let what = "it begins neither with sqlite: nor with postgres://";
            section.problem(
                "url",
                what,
                "write \"sqlite:data/sapa.db\" or \"postgres://user:password@host/database\"",
            );
        } else if text.contains(":memory:") || text.contains("mode=memory") {
            section.problem(
                "url",
                "a database in memory forgets everything",
                "name a file, as \"sqlite:data/sapa.db\"",
            );
        } else if text.starts_with("sqlite:")
            && database
                .embedded_file()
                .is_none_or(|file| file.as_os_str().is_empty() || file.is_dir())
        {
            section.problem("url", "it names no file", "name a file, as \"sqlite:data/sapa.db\"");
        }
        database
    }
}

/// Where larger files lie.
#[derive(Clone, Debug)]
pub struct Files {
    /// In this folder,
    pub folder: PathBuf,
    /// or in this bucket if one is named.
    pub bucket: Option<Bucket>,
    /// The most bytes of one upload.
    pub max_bytes: usize,
}

impl Default for Files {
    fn default() -> Self {
        Self { folder: "data/files".into(), bucket: None, max_bytes: 20 * 1024 * 1024 }
    }
}

impl Files {
    /// The folder, unless they lie in a bucket.
    #[must_use]
    pub fn own_folder(&self) -> Option<&Path> {
        self.bucket.is_none().then_some(&*self.folder)
    }

    pub(super) fn read(reader: &mut Reader) -> Self {
        let default = Self::default();
        let bucket = Bucket::read(reader);
        let mut section = reader.section("files");
        Self {
            bucket,
            folder: section.read("folder", default.folder),
            max_bytes: section.number("max_bytes", default.max_bytes, 1..=1024 * 1024 * 1024),
        }
    }
}
