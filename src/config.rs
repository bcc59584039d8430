//! The one typed configuration: a file, the environment over it, and a default for nearly everything.
//!
//! `sapa.example.toml` documents every key. All problems are found at once, each with its key and what to write instead.

use std::{io, path::Path};

mod check;
mod mail;
mod nodes;
mod problem;
mod reader;
mod section;
mod server;
mod storage;
mod talks;
mod value;

#[cfg(test)]
mod tests;

pub use mail::{Dkim, Mail, Relay, Smtp, Tls};
pub use nodes::{Bucket, Bus};
pub use problem::{Problem, Problems};
pub use server::{Log, Server};
pub use storage::{Database, Files};
pub use talks::{Conversations, Delivery, Outbound, Telegram, Tickets};

use reader::Reader;

/// The file that is read if none is named and it is there.
pub const DEFAULT_FILE: &str = "sapa.toml";

/// What the names of settings in the environment begin with: `SAPA__SERVER__LISTEN` is `server.listen`.
pub const ENV_PREFIX: &str = "SAPA__";

/// All settings.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The web server.
    pub server: Server,
    /// The database.
    pub database: Database,
    /// Where larger files lie.
    pub files: Files,
    /// What nodes say to each other.
    pub bus: Bus,
    /// Mail that comes in.
    pub smtp: Smtp,
    /// Mail that goes out.
    pub mail: Mail,
    /// Telegram.
    pub telegram: Telegram,
    /// How conversations stay together.
    pub conversations: Conversations,
    /// Complaints, requests and questions.
    pub tickets: Tickets,
    /// How messages go out.
    pub delivery: Delivery,
    /// Calls to addresses that people entered.
    pub outbound: Outbound,
    /// The log.
    pub log: Log,
}

impl Config {
    /// Reads the file and the environment, and checks all of it.
    ///
    /// Without a path it is [`DEFAULT_FILE`] if that exists. Of the environment, only names that begin with
    /// [`ENV_PREFIX`] are looked at; they win over the file.
    pub fn load(
        path: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Problems> {
        let file = path.unwrap_or(Path::new(DEFAULT_FILE));
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if path.is_none() && error.kind() == io::ErrorKind::NotFound => {
                String::new()
            }
            Err(error) => return Err(Problem::unreadable(file, &error).into()),
        };
        Self::parse(&text, env).map_err(|problems| problems.of_file(file))
    }

    /// As [`load`](Self::load), of a file's text.
    pub fn parse(
        text: &str,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Problems> {
        let mut reader = Reader::new(text, env)?;
        let config = Self::read(&mut reader);
        reader.refuse_unknown_keys();
        check::together(&config, &mut reader);
        reader.finish(config)
    }

    fn read(reader: &mut Reader) -> Self {
        Self {
            server: Server::read(&mut reader.section("server")),
            database: Database::read(&mut reader.section("database")),
            files: Files::read(reader),
            bus: Bus::read(&mut reader.section("bus")),
            smtp: Smtp::read(&mut reader.section("smtp")),
            mail: Mail::read(reader),
            telegram: Telegram::read(&mut reader.section("telegram")),
            conversations: Conversations::read(&mut reader.section("conversations")),
            tickets: Tickets::read(&mut reader.section("tickets")),
            delivery: Delivery::read(&mut reader.section("delivery")),
            outbound: Outbound::read(&mut reader.section("outbound")),
            log: Log::read(&mut reader.section("log")),
        }
    }
}
