//! Thousands who only hold a connection, at each port, while others are served.

use std::{
    io::{ErrorKind, Write},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{
    caller::{self, Admin, hand_over, says},
    sapa::{Installation, Running, free_port},
};

/// Slow clients of each kind.
const EACH: usize = 1000;

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// One who says his words a byte a second, and begins anew when he is sent away.
struct Slow {
    port: u16,
    /// What he says at once, and what he then says slowly, over and over.
    first: String,
    then: &'static [u8],
    said: usize,
    line: Option<TcpStream>,
}

impl Slow {
    fn new(port: u16, first: &str, then: &'static str) -> Self {
        Self { port, first: first.to_owned(), then: then.as_bytes(), said: 0, line: None }
    }

    fn drip(&mut self) {
        let Some(line) = &mut self.line else {
            // When the hub has no place for him he comes again.
            let Ok(mut line) = TcpStream::connect(("127.0.0.1", self.port)) else { return };
            if line.write_all(self.first.as_bytes()).is_ok() && line.set_nonblocking(true).is_ok() {
                self.line = Some(line);
            }
            return;
        };
        let byte = self.then[self.said % self.then.len()];
        self.said += 1;
        if line.write(&[byte]).is_err_and(|error| error.kind() != ErrorKind::WouldBlock) {
            self.line = None;
        }
    }
}

/// The connections and files that a hub has open.
fn open_at(hub: &Running) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", hub.id())).unwrap().count()
}

/// Hands a mail over as a mail server does: again, when it is told to come later.
fn insist(hello: &str, port: u16, subject: &str) {
    let begun = Instant::now();
    let from = format!("{}@surat.example", subject.to_lowercase().replace(' ', "."));
    while !hand_over(hello, port, &from, subject, subject).is_ok_and(|said| said.starts_with("250"))
    {
        assert!(begun.elapsed() < PATIENCE, "{subject} is not taken");
        thread::sleep(Duration::from_millis(200));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r22_thousands_of_slow_clients_at_each_port_keep_nobody_out() {
    let most = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: most, maximum: most }).unwrap();
    let (smtp, lmtp) = (free_port(), free_port());
    let sapa = Installation::new(&format!(
        "mail.folder = \"mail\"\nsmtp.listen = \"127.0.0.1:{smtp}\"\nsmtp.lmtp_listen = \"127.0.0.1:{lmtp}\"\n"
    ));
    let hub = sapa.serve();
    let admin = Admin::first(sapa.port).await;
    admin.mailbox().await;
    let site = caller::site(&admin).await;

    let upgrade = format!(
        "GET /chat/{site}/socket HTTP/1.1\r\nHost: sapa\r\nOrigin: https://kopiseruni.example\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sapa.chat.v1\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    let stop = Arc::new(AtomicBool::new(false));
    let crowds: Vec<_> = [
        (smtp, "", "EHLO surat.example"),
        (lmtp, "", "LHLO surat.example"),
        (sapa.port, "GET / HTTP/1.1\r\nHost: sapa\r\n", "X-Slow: "),
        // The head of a frame that is announced as long.
        (sapa.port, &upgrade, "\u{1}\u{7e}"),
    ]
    .into_iter()
    .map(|(port, first, then)| {
        let mut all: Vec<Slow> = (0..EACH).map(|_| Slow::new(port, first, then)).collect();
        let stop = stop.clone();
        thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                all.iter_mut().for_each(Slow::drip);
                thread::sleep(Duration::from_secs(1));
            }
        })
    })
    .collect();
    // Of those who send mail slowly there are as many as there are places.
    hub.until("the crowd", || open_at(&hub) > 3 * EACH / 2);

    let mails = thread::spawn(move || {
        for number in 0..10 {
            insist("EHLO", smtp, &format!("Surat {number}"));
            insist("LHLO", lmtp, &format!("Titipan {number}"));
        }
    });
    let mut visitor = caller::visitor(sapa.port, &site).await.unwrap();
    for number in 0..20 {
        says(&mut visitor, &format!("Halo {number}")).await;
    }
    tokio::task::spawn_blocking(|| mails.join()).await.unwrap().unwrap();
    let subjects: Vec<String> = admin
        .conversations()
        .await
        .iter()
        .filter_map(|row| Some(row["subject"].as_str()?.to_owned()))
        .collect();
    assert_eq!(subjects.len(), 20, "{subjects:?}");
    assert!(open_at(&hub) > 3 * EACH / 2, "the crowd is still there");
    stop.store(true, Ordering::Relaxed);
    for crowd in crowds {
        crowd.join().unwrap();
    }
    hub.signal("TERM");
    let (status, said) = hub.end();
    assert!(status.success(), "{said}");
}
