//! The folder in which the demonstration keeps mail instead of sending it.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use sapa_channel::{Inbound, Message, Timestamp};
use sapa_email::Envelope;
use uuid::Uuid;

/// The most mails that are listed.
const MOST: usize = 200;

/// As much of a mail is read for the list: its head fits in it.
const HEAD: u64 = 64 * 1024;

/// The largest mail that is shown; ours are smaller.
const LARGEST: u64 = 40 * 1024 * 1024;

/// A mail in the list.
pub struct Listed {
    pub id: Uuid,
    pub to: Vec<String>,
    pub subject: String,
    pub at: Timestamp,
}

/// A whole mail.
pub struct Mail {
    pub raw: Vec<u8>,
    pub message: Message,
}

/// The folder. It blocks.
pub struct Folder(pub PathBuf);

impl Folder {
    fn path(&self, id: Uuid) -> PathBuf {
        self.0.join(format!("{id}.eml"))
    }

    /// The newest mails, the newest first. A folder that is not there yet has none.
    pub fn list(&self) -> io::Result<Vec<Listed>> {
        let entries = match std::fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut ids = Vec::new();
        for entry in entries {
            ids.extend(entry?.file_name().to_str().and_then(id_of));
        }
        // Ids sort by the time at which they were made.
        ids.sort_unstable_by(|a, b| b.cmp(a));
        ids.truncate(MOST);
        ids.into_iter().map(|id| self.listed(id)).collect()
    }

    fn listed(&self, id: Uuid) -> io::Result<Listed> {
        let bytes = read(&self.path(id), HEAD)?;
        let head = head(&bytes);
        let message = parse(&[head, b"\r\n\r\n"].concat()).unwrap_or_default();
        Ok(Listed {
            id,
            to: message.also_to,
            subject: message.subject.unwrap_or_default(),
            at: message.sent_at.unwrap_or_default(),
        })
    }

    /// One mail, if it is there.
    pub fn mail(&self, id: Uuid) -> io::Result<Option<Mail>> {
        match read(&self.path(id), LARGEST) {
            Ok(raw) => Ok(parse(&raw).map(|message| Mail { raw, message })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The id in a file's name. Nothing else is a name of a mail, and so no path can be (R25).
pub fn id_of(name: &str) -> Option<Uuid> {
    let stem = name.strip_suffix(".eml")?;
    let id = Uuid::try_parse(stem).ok()?;
    (id.to_string() == stem).then_some(id)
}

fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn parse(bytes: &[u8]) -> Option<Message> {
    // Nobody is taken for ourselves, so that all whom it goes to are told.
    let envelope = Envelope { sender: None, recipient: "", ours: &|_| false };
    match sapa_email::parse(bytes, &envelope) {
        Ok(Inbound::Message(message)) => Some(*message),
        Ok(Inbound::Edit(_) | Inbound::Receipt(_) | Inbound::Nothing) | Err(_) => None,
    }
}

/// What stands before the empty line.
fn head(mail: &[u8]) -> &[u8] {
    let end = mail.windows(4).position(|four| four == b"\r\n\r\n");
    &mail[..end.unwrap_or(mail.len())]
}

/// The headers, each in one line.
pub fn headers(mail: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(head(mail));
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in text.split("\r\n") {
        match (headers.last_mut(), line.split_once(':')) {
            (Some((_, value)), _) if line.starts_with([' ', '\t']) => {
                value.push(' ');
                value.push_str(line.trim());
            }
            (_, Some((name, value))) => headers.push((name.to_owned(), value.trim().to_owned())),
            (_, None) => {}
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "0193568e-1b2c-7d3e-8f40-123456789abc.eml";

    #[test]
    fn r25_only_an_id_is_a_name() {
        assert!(id_of(NAME).is_some());
        let id = NAME.trim_end_matches(".eml");
        for wrong in [
            "",
            ".eml",
            id,
            "../0193568e-1b2c-7d3e-8f40-123456789abc.eml",
            "0193568E-1B2C-7D3E-8F40-123456789ABC.eml",
            "{0193568e-1b2c-7d3e-8f40-123456789abc}.eml",
            "0193568e1b2c7d3e8f40123456789abc.eml",
            "%2e%2e%2fdemo.db",
            "/etc/passwd",
            "demo.db",
        ] {
            assert!(id_of(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn headers_are_unfolded() {
        let mail =
            b"Subject: Pesanan\r\n KS-20931\r\nTo: a@b.example\r\nX-Odd\r\n\r\nNot: a header\r\n";
        let headers = headers(mail);
        assert_eq!(headers[0], ("Subject".to_owned(), "Pesanan KS-20931".to_owned()));
        assert_eq!(headers.len(), 2);
    }

    #[test]
    fn the_newest_mails_are_listed_and_other_files_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let mails = Folder(folder.path().to_owned());
        assert!(Folder(folder.path().join("none")).list().unwrap().is_empty());
        for number in 0..3 {
            let id = sapa_channel::new_id();
            let mail = format!(
                "Date: Mon, 23 Nov 2026 10:0{number}:00 +0700\r\nFrom: halo@kopiseruni.example\r\n\
                 To: Rina <rina@surat.example>\r\nSubject: =?utf-8?q?Ke_{number}_=C3=97?=\r\n\r\nHalo\r\n"
            );
            std::fs::write(folder.path().join(format!("{id}.eml")), mail).unwrap();
        }
        std::fs::write(folder.path().join(".x.tmp"), "half").unwrap();
        std::fs::write(folder.path().join("notes.eml"), "other").unwrap();
        let listed = mails.list().unwrap();
        let subjects: Vec<&str> = listed.iter().map(|mail| mail.subject.as_str()).collect();
        assert_eq!(subjects, ["Ke 2 ×", "Ke 1 ×", "Ke 0 ×"]);
        assert_eq!(listed[0].to, ["rina@surat.example"]);
        assert_eq!(listed[0].at.to_string(), "2026-11-23T03:02:00Z");
        assert_eq!(mails.mail(listed[0].id).unwrap().unwrap().message.text.trim(), "Halo");
        assert!(mails.mail(sapa_channel::new_id()).unwrap().is_none());
    }
}
