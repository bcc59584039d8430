//! Fetching the files of a message from Telegram.

use std::time::Duration;

use sapa_channel::{File, Message};
use serde::Deserialize;
use teloxide::{payloads, types::FileId};
use tokio::time::{Instant, sleep, timeout_at};

use crate::{Timing, api::Api, fault::Fault, update::Wanted};

/// The largest file that Telegram gives to a bot (<https://core.telegram.org/bots/api#getfile>).
const MAX_FILE: usize = 20 << 20;

#[derive(Deserialize)]
struct Found {
    file_path: Option<String>,
}

/// Fetches what is wanted into the message. What cannot be had becomes a warning: a lost file must not
/// hold up or lose the words that came with it.
pub(crate) async fn fetch(api: &Api, timing: &Timing, wanted: &[Wanted], message: &mut Message) {
    let end = Instant::now() + timing.download;
    for wanted in wanted {
        match timeout_at(end, with_patience(api, timing, wanted)).await {
            Ok(Ok(file)) => message.files.push(file),
            Ok(Err(why)) => message.warnings.push(missing(wanted, &why)),
            Err(_) => message.warnings.push(missing(wanted, "Telegram did not give it in time")),
        }
    }
}

fn missing(wanted: &Wanted, why: &str) -> String {
    format!("The file {} is missing: {why}.", wanted.name)
}

/// Tries again until the caller's time is over, unless trying is of no use.
async fn with_patience(api: &Api, timing: &Timing, wanted: &Wanted) -> Result<File, String> {
    if wanted.size.is_some_and(|size| size > MAX_FILE as u64) {
        return Err(too_large());
    }
    let mut wait = timing.first_wait;
    loop {
        match once(api, timing, wanted).await {
            Ok(file) => return Ok(file),
            Err(Fault::Refused { code: 413, .. }) => return Err(too_large()),
            Err(Fault::Refused { description, .. }) if description.contains("too big") => {
                return Err(too_large());
            }
            Err(Fault::Refused { code: 429, retry_after, .. }) => {
                sleep(retry_after.unwrap_or(wait)).await;
            }
            Err(fault @ Fault::Refused { .. }) => return Err(fault.words()),
            Err(Fault::Unreached(_) | Fault::Lost(_)) => sleep(wait).await,
        }
        wait = (wait * 2).min(timing.longest_wait).max(Duration::from_millis(10));
    }
}

async fn once(api: &Api, timing: &Timing, wanted: &Wanted) -> Result<File, Fault> {
    let request = payloads::GetFile::new(FileId(wanted.id.clone()));
    let found: Found = api.call(&request, timing.call).await?;
    let path = found.file_path.ok_or_else(|| Fault::Lost("a file without a path".to_owned()))?;
    let bytes = api.download(&path, MAX_FILE, timing.download).await?;
    Ok(File {
        name: wanted.name.clone(),
        media_type: wanted.media_type.clone(),
        bytes,
        content_id: None,
    })
}

fn too_large() -> String {
    "it is larger than the 20 MB that Telegram gives to bots".to_owned()
}
