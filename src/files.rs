//! Files: attachments and originals.
//!
//! Small ones lie in the database and share its commit. Larger ones lie in a folder, or in a bucket that all nodes share,
//! under the hash of their content, written and synced before the commit that names them.

use std::{error::Error as _, io, sync::Arc, time::Duration};

use data_encoding::HEXLOWER;
use object_store::{
    ClientOptions, ObjectStore, ObjectStoreExt, RetryConfig, aws::AmazonS3Builder,
    local::LocalFileSystem, path::Path,
};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use crate::config::{Bucket, Files};

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

/// How long a call to a bucket may take, with all its tries: whoever brings a file waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// The store of the larger files.
#[derive(Clone, Debug)]
pub struct Store(Arc<dyn ObjectStore>);

impl Store {
    /// Opens the folder, and makes it if need be; or the bucket, which is not asked yet.
    pub fn open(files: &Files) -> io::Result<Self> {
        if let Some(bucket) = &files.bucket {
            return Self::bucket(bucket);
        }
        std::fs::create_dir_all(&files.folder)?;
        let folder = LocalFileSystem::new_with_prefix(&files.folder).map_err(told)?;
        Ok(Self(Arc::new(folder.with_fsync(true))))
    }

    fn bucket(bucket: &Bucket) -> io::Result<Self> {
        let http = bucket.endpoint.as_ref().is_some_and(|url| url.starts_with("http://"));
        let client = ClientOptions::new()
            .with_connect_timeout(Duration::from_secs(5))
            .with_timeout(PATIENCE)
            .with_allow_http(http);
        let retry =
            RetryConfig { max_retries: 5, retry_timeout: PATIENCE, ..RetryConfig::default() };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&bucket.name)
            .with_region(&bucket.region)
            .with_access_key_id(&bucket.access_key)
            .with_secret_access_key(bucket.secret_key.expose_secret())
            // Not every store knows how to delete many at once, and we delete one.
            .with_disable_bulk_delete(true)
            .with_client_options(client)
            .with_retry(retry);
        if let Some(endpoint) = &bucket.endpoint {
            builder = builder.with_endpoint(endpoint.trim_end_matches('/'));
        }
        Ok(Self(Arc::new(builder.build().map_err(told)?)))
    }

    fn path(hash: &ContentHash) -> Path {
        let name = HEXLOWER.encode(hash);
        Path::from_iter([&name[..2], &name[2..]])
    }

    /// Keeps bytes that are too many for the database; when it returns they are kept for good (D1).
    pub async fn keep(&self, bytes: bytes::Bytes) -> io::Result<()> {
        if bytes.len() <= INLINE {
            return Ok(());
        }
        let path = Self::path(&hash(&bytes));
        match self.0.head(&path).await {
            Ok(known) if known.size == bytes.len() as u64 => return Ok(()),
            // Whatever else is wrong, writing will tell.
            _ => {}
        }
        self.0.put(&path, bytes.into()).await.map(drop).map_err(told)
    }

    /// The bytes of a file, from the database's row or from the store.
    pub async fn read(&self, body: Option<Vec<u8>>, hash: &[u8]) -> io::Result<bytes::Bytes> {
        if let Some(body) = body {
            return Ok(body.into());
        }
        let hash = ContentHash::try_from(hash).map_err(io::Error::other)?;
        let found = self.0.get(&Self::path(&hash)).await.map_err(told)?;
        found.bytes().await.map_err(told)
    }

    /// Writes something small and takes it away again, to see whether that can be done.
    pub async fn check(&self) -> io::Result<()> {
        let path = Path::from_iter(["sapa-doctor".to_owned(), sapa_channel::new_id().to_string()]);
        let bytes = bytes::Bytes::from_static(b"sapa doctor");
        self.0.put(&path, bytes.clone().into()).await.map_err(told)?;
        let back = self.0.get(&path).await.map_err(told)?.bytes().await.map_err(told)?;
        self.0.delete(&path).await.map_err(told)?;
        if back == bytes { Ok(()) } else { Err(io::Error::other("it gave back something else")) }
    }
}

/// A store's error as one of reading and writing, of the kind that is told apart elsewhere.
fn told(error: object_store::Error) -> io::Error {
    let mut kind = match &error {
        object_store::Error::NotFound { .. } => io::ErrorKind::NotFound,
        _ => io::ErrorKind::Other,
    };
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(inner) = inner.downcast_ref::<io::Error>() {
            kind = inner.kind();
        }
        cause = inner.source();
    }
    io::Error::new(kind, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_large_file_comes_back_and_a_small_one_stays_in_the_database() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files { folder: folder.path().to_owned(), ..Files::default() };
        let store = Store::open(&files).unwrap();
        let large = bytes::Bytes::from(vec![7; INLINE + 1]);
        store.keep(large.clone()).await.unwrap();
        store.keep(large.clone()).await.unwrap();
        assert_eq!(inline(&large), None);
        assert_eq!(store.read(None, &hash(&large)).await.unwrap(), large);
        assert_eq!(store.read(Some(vec![1]), &hash(&[1])).await.unwrap()[..], [1]);
        let missing = store.read(None, &hash(b"never kept")).await.unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        let files = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files, 1);
        store.check().await.unwrap();
    }

    #[tokio::test]
    async fn a_folder_without_room_is_told_apart() {
        let full = object_store::Error::Generic {
            store: "folder",
            source: Box::new(io::Error::from(io::ErrorKind::StorageFull)),
        };
        assert_eq!(told(full).kind(), io::ErrorKind::StorageFull);
    }
}
