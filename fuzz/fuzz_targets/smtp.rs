//! Any bytes, as all that a mail client says: each line is answered, and what is acknowledged was taken.

#![no_main]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use sapa_channel::{Arrival, ChannelId, Intake, Receipted, Refused};
use sapa_email::{Mailboxes, Protocol, ServerConfig, dialogue};

/// Takes whatever comes, and counts it.
#[derive(Default)]
struct Taken(AtomicUsize);

#[async_trait::async_trait]
impl Intake for Taken {
    async fn deliver(&self, _: Arrival) -> Result<Receipted, Refused> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(Receipted { fresh: true, message: None })
    }
}

struct Ours;

impl Mailboxes for Ours {
    fn resolve(&self, address: &str) -> Option<ChannelId> {
        (address == "halo@toko.example").then(|| ChannelId(Default::default()))
    }
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for protocol in [Protocol::Smtp, Protocol::Lmtp] {
        let taken = Arc::new(Taken::default());
        let config = ServerConfig::new(([127, 0, 0, 1], 0).into(), "toko.example", protocol);
        let answers = runtime.block_on(dialogue(config, Arc::new(Ours), taken.clone(), data)).unwrap();
        let acknowledged = answers.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"250 2.0.0 taken"));
        // A mail may be to one mailbox several times, and is answered once in SMTP.
        assert!(acknowledged.count() <= taken.0.load(Ordering::Relaxed));
    }
});
