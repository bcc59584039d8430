//! `sapa check-config`: whether the settings are right, and what follows from them.

use std::path::Path;

use crate::config::{Config, DEFAULT_FILE};

/// Tells what the hub would do with these settings, which were found right. No secret is told.
pub fn run(file: Option<&Path>, config: &Config) {
    let file = file.unwrap_or(Path::new(DEFAULT_FILE));
    let from = if file.exists() {
        file.display().to_string()
    } else {
        "defaults and environment".to_owned()
    };
    println!("the settings are right ({from})");
    println!(
        "  web server    {}, for people at {}",
        config.server.listen, config.server.public_url
    );
    match config.database.embedded_file() {
        Some(file) => println!("  database      embedded, {}", file.display()),
        None => println!("  database      PostgreSQL"),
    }
    match &config.files.bucket {
        Some(bucket) => println!("  files         in the bucket {}", bucket.name),
        None => println!("  files         {}", config.files.folder.display()),
    }
    let bus = if config.bus.url.is_some() { "by NATS" } else { "none: this node is alone" };
    println!("  other nodes   {bus}");
    let listening = [("SMTP", config.smtp.listen), ("LMTP", config.smtp.lmtp_listen)];
    let listening: Vec<String> = listening
        .iter()
        .filter_map(|(name, address)| Some(format!("{name} {}", (*address)?)))
        .collect();
    let listening =
        if listening.is_empty() { "not received".to_owned() } else { listening.join(", ") };
    println!("  mail in       {listening}");
    let (signed, mail) = (config.mail.dkim.is_some(), &config.mail);
    match (&mail.relay, &mail.folder) {
        (Some(relay), _) => {
            let signed = if signed { ", signed" } else { "" };
            println!("  mail out      by {}:{} ({:?}{signed})", relay.host, relay.port, relay.tls);
        }
        (None, Some(folder)) => println!("  mail out      into {}", folder.display()),
        (None, None) => {
            println!("  mail out      not sent: there is neither [mail.relay] nor mail.folder");
        }
    }
}
