//! What settings must be together.

use std::net::SocketAddr;

use super::{Config, reader::Reader};

/// Looks for settings that are right alone and wrong together.
pub(super) fn together(config: &Config, reader: &mut Reader) {
    listeners(config, reader);
    folders(config, reader);
    nodes(config, reader);
}

/// An embedded database is one node's, and a backup of it packs the folder too.
fn nodes(config: &Config, reader: &mut Reader) {
    if config.database.embedded_file().is_none() {
        return;
    }
    let instead = "leave it out, or write a database.url that begins with postgres://";
    if config.bus.url.is_some() {
        reader.problem("bus.url", "an embedded database has no other nodes", instead);
    }
    if config.files.bucket.is_some() {
        reader.problem("files.s3", "the files of an embedded database lie in its folder", instead);
    }
}

fn listeners(config: &Config, reader: &mut Reader) {
    let listeners = [
        ("server.listen", Some(config.server.listen)),
        ("smtp.listen", config.smtp.listen),
        ("smtp.lmtp_listen", config.smtp.lmtp_listen),
    ];
    for (place, (key, address)) in listeners.iter().enumerate() {
        for (earlier_key, earlier) in &listeners[..place] {
            if let (Some(address), Some(earlier)) = (address, earlier)
                && collide(address, earlier)
            {
                let what = format!("{address} is taken by {earlier_key} already");
                reader.problem(key, what, "write another port");
            }
        }
    }
}

/// An address that stands for all of the machine's collides with each of them; port 0 is a free one.
fn collide(one: &SocketAddr, other: &SocketAddr) -> bool {
    let same_host =
        one.ip() == other.ip() || one.ip().is_unspecified() || other.ip().is_unspecified();
    one.port() != 0 && one.port() == other.port() && same_host
}

fn folders(config: &Config, reader: &mut Reader) {
    if config.mail.folder.as_ref() == Some(&config.files.folder) {
        reader.problem("mail.folder", "it is files.folder too", "write another folder");
    }
}
