//! Files: attachments and originals.
//!
//! Small ones lie in the database and share its commit. Larger ones lie in a folder under the hash of their
//! content, written and synced before the commit that names them.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

pub mod model;
pub mod queries;

/// Files up to this size lie in the database.
pub const INLINE: usize = 128 * 1024;

/// The SHA-256 of some content.
pub type ContentHash = [u8; 32];

/// Hashes some content.
#[must_use]
pub fn hash(bytes: &[u8]) -> ContentHash {
    Sha256::digest(bytes).into()
}

/// What of a file goes into the database: the bytes if they are few.
#[must_use]
pub fn inline(bytes: &[u8]) -> Option<&[u8]> {
    (bytes.len() <= INLINE).then_some(bytes)
}

/// The folder of the larger files.
#[derive(Clone, Debug)]
pub struct Store(PathBuf);

impl Store {
    /// Opens the folder, and makes it if need be.
    pub fn open(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self(folder.to_owned()))
    }

    fn path(&self, hash: &ContentHash) -> PathBuf {
        let name = HEXLOWER.encode(hash);
        self.0.join(&name[..2]).join(&name[2..])
    }

    /// Keeps bytes that are too many for the database; when it returns they are on the disk (D1).
    pub async fn keep(&self, bytes: bytes::Bytes) -> io::Result<()> {
        if bytes.len() <= INLINE {
            return Ok(());
        }
        let store = self.clone();
        tokio::task::spawn_blocking(move || store.write(&bytes)).await.map_err(io::Error::other)?
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(&hash(bytes));
        if path.exists() {
            return Ok(());
        }
        let folder = path.parent().expect("a path of two parts has a parent");
        std::fs::create_dir_all(folder)?;
        let unfinished = folder.join(format!("{}.new", sapa_channel::new_id().simple()));
        let mut file = std::fs::File::create(&unfinished)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        if let Err(error) = written.and_then(|()| std::fs::rename(&unfinished, &path)) {
            let _ = std::fs::remove_file(&unfinished);
            return Err(error);
        }
        std::fs::File::open(folder)?.sync_all()
    }

    /// The bytes of a file, from the database's row or from the folder.
    pub async fn read(&self, body: Option<Vec<u8>>, hash: &[u8]) -> io::Result<bytes::Bytes> {
        if let Some(body) = body {
            return Ok(body.into());
        }
        let hash = ContentHash::try_from(hash).map_err(io::Error::other)?;
        Ok(tokio::fs::read(self.path(&hash)).await?.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_large_file_comes_back_and_a_small_one_stays_in_the_database() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let large = bytes::Bytes::from(vec![7; INLINE + 1]);
        store.keep(large.clone()).await.unwrap();
        store.keep(large.clone()).await.unwrap();
        assert_eq!(inline(&large), None);
        assert_eq!(store.read(None, &hash(&large)).await.unwrap(), large);
        assert_eq!(store.read(Some(vec![1]), &hash(&[1])).await.unwrap()[..], [1]);
        assert!(store.read(None, &hash(b"never kept")).await.is_err());
        let files = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files, 1);
    }
}
