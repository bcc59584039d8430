//! The form of a backup: a tar with `sapa.db`, then `files/…`, then `manifest.json`.
//!
//! The manifest is written last and bears the hash of the database, so a backup that was cut off is known for one.
//! Each file's name is the hash of its content.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use data_encoding::HEXLOWER;
use sapa_channel::{Timestamp, new_id};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::db::INDEX_FILES;

const DATABASE: &str = "sapa.db";
const MANIFEST: &str = "manifest.json";
const FORMAT: u32 = 1;

/// What a backup says of itself.
#[derive(Debug, Serialize, Deserialize)]
pub struct Manifest {
    format: u32,
    /// The version of the program that made it.
    pub program: String,
    /// When it was made.
    pub made_at: Timestamp,
    database_sha256: String,
    /// How many larger files it holds.
    pub files: u64,
}

/// A file that is removed again unless it is finished.
#[derive(Debug)]
pub struct Unfinished(PathBuf);

impl Unfinished {
    /// A name beside `target` that nobody uses.
    pub fn beside(target: &Path) -> anyhow::Result<Self> {
        let name =
            target.file_name().with_context(|| format!("{} names no file", target.display()))?;
        let name = format!("{}.unfinished-{}", name.to_string_lossy(), new_id().simple());
        Ok(Self(target.with_file_name(name)))
    }

    /// Where it is meanwhile.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Creates it for our eyes only: it will hold messages and tokens.
    pub fn create(&self) -> anyhow::Result<File> {
        let created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.0);
        created.with_context(|| format!("making {}", self.0.display()))
    }

    /// Puts it in its place, in one step and so that it is there after a power cut.
    pub fn finish(self, target: &Path) -> anyhow::Result<()> {
        fs::rename(&self.0, target).with_context(|| format!("writing {}", target.display()))?;
        sync_folder(target)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // All but the first are a database's that was opened and not finished.
        for suffix in ["", "-wal", "-shm"].into_iter().chain(INDEX_FILES) {
            let mut path = self.0.clone().into_os_string();
            path.push(suffix);
            let _ = fs::remove_file(path);
        }
    }
}

fn sync_folder(of: &Path) -> anyhow::Result<()> {
    let folder =
        of.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .with_context(|| format!("syncing {}", folder.display()))
}

/// Packs a copy of the database and the folder of files.
pub fn pack(out: File, database: &Path, folder: &Path, now: Timestamp) -> anyhow::Result<Manifest> {
    let mut tar = tar::Builder::new(io::BufWriter::new(out));
    tar.mode(tar::HeaderMode::Deterministic);
    let mut file = File::open(database).context("opening the copy of the database")?;
    let database_sha256 = HEXLOWER.encode(&hash(&mut file)?);
    io::Seek::rewind(&mut file)?;
    tar.append_file(DATABASE, &mut file).context("packing the database")?;
    let mut files = 0;
    for (name, path) in stored_files(folder)? {
        // The hub may have removed it since the copy was made; then the copy has no more need of it.
        let mut file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            opened => opened.with_context(|| format!("opening {}", path.display()))?,
        };
        tar.append_file(name, &mut file).with_context(|| format!("packing {}", path.display()))?;
        files += 1;
    }
    let program = env!("CARGO_PKG_VERSION").to_owned();
    let manifest = Manifest { format: FORMAT, program, made_at: now, database_sha256, files };
    let json = serde_json::to_vec_pretty(&manifest)?;
    let mut header = tar::Header::new_gnu();
    header.set_size(u64::try_from(json.len())?);
    header.set_mode(0o600);
    tar.append_data(&mut header, MANIFEST, json.as_slice()).context("packing the manifest")?;
    let out = tar.into_inner()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    out.sync_all().context("syncing the backup")?;
    Ok(manifest)
}

/// The larger files, by their names in a backup.
fn stored_files(folder: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    let list = |folder: &Path| {
        fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))
    };
    if !folder.exists() {
        return Ok(found);
    }
    for inner in list(folder)? {
        let inner = inner?;
        if !inner.file_type()?.is_dir() {
            continue;
        }
        for file in list(&inner.path())? {
            let path = file?.path();
            let name = path.strip_prefix(folder)?.to_string_lossy().into_owned();
            if stored_hash(&name).is_some() {
                found.push((format!("files/{name}"), path));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The hash in the name of a stored file, as `ab/cdef…`; none if it is the name of anything else (R25).
fn stored_hash(name: &str) -> Option<[u8; 32]> {
    let (first, rest) = name.split_once('/')?;
    (first.len() == 2 && rest.len() == 62)
        .then(|| HEXLOWER.decode(format!("{first}{rest}").as_bytes()).ok())??
        .try_into()
        .ok()
}

/// Unpacks a backup: the database into a file of its own, the larger files to where they belong. Those are known by
/// their hashes, so that they harm nobody if the rest turns out to be damaged.
pub fn unpack(backup: &Path, database: &mut File, folder: &Path) -> anyhow::Result<Manifest> {
    let file = File::open(backup).with_context(|| format!("opening {}", backup.display()))?;
    let mut tar = tar::Archive::new(io::BufReader::new(file));
    let (mut database_sha256, mut files, mut manifest) = (None, 0, None);
    for entry in tar.entries().context("this is no backup of Sapa")? {
        let mut entry = entry.context("this is no backup of Sapa, or it is damaged")?;
        ensure!(
            entry.header().entry_type().is_file(),
            "this is no backup of Sapa: it holds links or folders"
        );
        let name = String::from_utf8(entry.path_bytes().into_owned())
            .context("a name in the backup is no text")?;
        match name.as_str() {
            DATABASE if database_sha256.is_none() => {
                let mut hashing = Hashing { to: &mut *database, hash: Sha256::new() };
                io::copy(&mut entry, &mut hashing).context("unpacking the database")?;
                database_sha256 = Some(HEXLOWER.encode(&hashing.hash.finalize()));
                database.sync_all().context("syncing the database")?;
            }
            MANIFEST if manifest.is_none() => {
                let mut json = Vec::new();
                entry.take(64 * 1024).read_to_end(&mut json)?;
                manifest = Some(
                    serde_json::from_slice::<Manifest>(&json)
                        .context("the manifest cannot be read")?,
                );
            }
            name => {
                let stored =
                    name.strip_prefix("files/").and_then(|name| Some((name, stored_hash(name)?)));
                let Some((name, expected)) = stored else {
                    bail!("this is no backup of Sapa: it holds {name:?}")
                };
                unpack_file(&mut entry, &folder.join(name), expected)?;
                files += 1;
            }
        }
    }
    let Some(manifest) = manifest else { bail!("the backup is cut off: its end is missing") };
    ensure!(manifest.format == FORMAT, "the backup is of a newer form: use a newer sapa");
    ensure!(
        database_sha256.as_ref() == Some(&manifest.database_sha256),
        "the database in the backup is damaged"
    );
    ensure!(
        files == manifest.files,
        "the backup holds {files} files instead of {}",
        manifest.files
    );
    Ok(manifest)
}

fn unpack_file(entry: &mut impl Read, path: &Path, expected: [u8; 32]) -> anyhow::Result<()> {
    if path.exists() {
        return Ok(());
    }
    super::lock::make_folder(path.parent().context("a stored file lies in a folder")?)?;
    let unfinished = Unfinished::beside(path)?;
    let mut hashing = Hashing { to: unfinished.create()?, hash: Sha256::new() };
    io::copy(entry, &mut hashing).with_context(|| format!("unpacking {}", path.display()))?;
    let Hashing { to, hash } = hashing;
    ensure!(hash.finalize()[..] == expected, "a file in the backup is damaged: {}", path.display());
    to.sync_all().context("syncing a file")?;
    unfinished.finish(path)
}

fn hash(file: &mut File) -> anyhow::Result<[u8; 32]> {
    let mut hashing = Hashing { to: io::sink(), hash: Sha256::new() };
    io::copy(file, &mut hashing).context("reading the copy of the database")?;
    Ok(hashing.hash.finalize().into())
}

/// Hashes what goes through.
struct Hashing<W> {
    to: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
