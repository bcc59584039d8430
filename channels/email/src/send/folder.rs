//! Mails as files, for trying things out: what would have gone out is there to be read.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use sapa_channel::{Outcome, Retry};
use tokio::task::spawn_blocking;
use uuid::Uuid;

/// Writes a mail as `<message id>.eml`. The same message has the same name: tried again, it is there once.
pub(super) async fn write(folder: PathBuf, id: Uuid, bytes: Vec<u8>) -> Outcome {
    let written = spawn_blocking(move || write_now(&folder, id, &bytes)).await;
    match written {
        Ok(Ok(())) => Outcome::Sent { external_id: None },
        Ok(Err(error)) => Outcome::NotSent {
            reason: format!("the folder for mails cannot be written: {error}"),
            retry: Retry::Later,
        },
        Err(_) => Outcome::Unknown { reason: "writing into the folder was broken off".into() },
    }
}

/// Under another name first, so that whoever looks sees whole mails only.
fn write_now(folder: &Path, id: Uuid, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let temporary = folder.join(format!(".{id}.tmp"));
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, folder.join(format!("{id}.eml")))?;
    File::open(folder)?.sync_all()
}

pub(super) async fn check(folder: PathBuf) -> Result<String, String> {
    let shown = folder.display().to_string();
    let checked = spawn_blocking(move || {
        fs::create_dir_all(&folder)?;
        let probe = folder.join(".check.tmp");
        File::create(&probe)?;
        fs::remove_file(&probe)
    });
    match checked.await {
        Ok(Ok(())) => Ok(format!("mails are written into the folder {shown}; nothing leaves")),
        Ok(Err(error)) => Err(format!("the folder {shown} cannot be written: {error}")),
        Err(_) => Err(format!("the folder {shown} could not be looked at")),
    }
}
