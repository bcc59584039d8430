//! A whole hub for each test: its own database, real listeners on free ports, a clock that tests move.

pub mod bucket;
pub mod client;
pub mod clock;
pub mod database;
pub mod disk;
pub mod inbox;
pub mod lmtp;
pub mod mail;
pub mod screen;
pub mod sink;
pub mod telegram;
pub mod visitor;

use std::{path::PathBuf, sync::Arc, time::Duration};

use sapa::{
    app::{
        App,
        running::{self, Running},
    },
    config::Config,
    officers::{self, model::Language, policy::Role},
};
use serde_json::{Value, json};

pub use client::Client;
use clock::TestClock;
pub use database::Backend;

/// The password of all officers in tests.
pub const PASSWORD: &str = "kopi susu gula aren";

/// The mailbox of the shop.
pub const MAILBOX: &str = "halo@kopiseruni.example";

/// One of the causes that every hub begins with.
pub const CAUSE: &str = "019acb1c-0000-7000-8000-000000000001";

/// A hub in operation.
pub struct TestApp {
    pub app: App,
    pub clock: Arc<TestClock>,
    pub running: Running,
    pub folder: tempfile::TempDir,
}

/// Runs a scenario on both databases, as two tests.
#[macro_export]
macro_rules! scenario {
    ($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block) => {
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn run($app: $crate::support::TestApp) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                $crate::support::closing($crate::support::Backend::Sqlite, run).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                $crate::support::closing($crate::support::Backend::Postgres, run).await;
            }
        }
    };
}

/// Runs a scenario, and gives its database connections back: many scenarios may share a process.
pub async fn closing<F: Future<Output = ()>>(backend: Backend, run: impl FnOnce(TestApp) -> F) {
    let app = TestApp::new(backend).await;
    let db = app.app.db().clone();
    run(app).await;
    db.close().await;
}

impl TestApp {
    /// A hub with one mailbox, whose mail goes into a folder at once.
    pub async fn new(backend: Backend) -> Self {
        Self::with(backend, |_| {}).await
    }

    /// A hub with other settings.
    pub async fn with(backend: Backend, change: impl FnOnce(&mut Config)) -> Self {
        Self::open(backend, false, change).await
    }

    /// The demonstration's hub, without its firms.
    pub async fn shop(backend: Backend) -> Self {
        Self::open(backend, true, |_| {}).await
    }

    async fn open(backend: Backend, is_demo: bool, change: impl FnOnce(&mut Config)) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut config = Config::default();
        config.database.url = database::fresh(backend, folder.path()).await.into();
        config.files.folder = folder.path().join("files");
        config.server.listen = ([127, 0, 0, 1], 0).into();
        config.smtp.listen = Some(([127, 0, 0, 1], 0).into());
        config.smtp.lmtp_listen = Some(([127, 0, 0, 1], 0).into());
        config.mail.folder = Some(folder.path().join("mail"));
        config.delivery.undo_seconds = 0;
        config.outbound.allow = vec![[127, 0, 0, 1].into()];
        change(&mut config);
        let clock = Arc::new(TestClock::default());
        let app = App::open(config, clock.clone(), is_demo).await.expect("opening the hub");
        let running = running::start(app.clone()).await.expect("starting the hub");
        Self { app, clock, running, folder }
    }

    /// Where its web server is.
    pub fn url(&self) -> String {
        format!("http://{}", self.running.http)
    }

    /// A signed-in officer; his address is his first name at the shop.
    pub async fn officer(&self, name: &str) -> Client {
        self.staff(name, Role::Officer).await
    }

    /// A signed-in member of the staff.
    pub async fn staff(&self, name: &str, role: Role) -> Client {
        let email = format!("{}@kopiseruni.example", name.to_lowercase().replace(' ', "."));
        let hash = officers::password::hash(PASSWORD).await.expect("hashing");
        let mut tx = self.app.db().write().await.expect("writing");
        officers::queries::add_officer(
            &mut tx,
            &email,
            name,
            role,
            Language::En,
            Some(hash),
            self.app.now(),
        )
        .await
        .expect("adding an officer");
        tx.commit().await.expect("committing");
        let client = Client::anonymous(self.url());
        let me = client.post("/session", json!({ "email": email, "password": PASSWORD })).await;
        client.is(Value::String(me["id"].as_str().expect("signed in").to_owned()))
    }

    /// The shop's mailbox as a channel.
    pub async fn mailbox(&self) -> Value {
        let admin = self.staff("Wayan", Role::Administrator).await;
        admin
            .post(
                "/channels",
                json!({ "kind": "email", "name": "Kopi Seruni", "address": MAILBOX }),
            )
            .await
    }

    /// Hands a mail to the hub by SMTP, and tells its answer.
    pub async fn receive_mail(&self, from: &str, to: &str, mail: &str) -> String {
        mail::hand_over(self.running.smtp.expect("it takes mail"), from, to, mail).await
    }

    /// The mails that left, the oldest first, when there are `count` of them.
    pub async fn sent_mails(&self, count: usize) -> Vec<String> {
        let folder: PathBuf = self.folder.path().join("mail");
        eventually(|| async {
            let mut mails = mail::in_folder(&folder);
            (mails.len() >= count).then(|| std::mem::take(&mut mails))
        })
        .await
    }
}

/// Tries until there is an answer; a test that waits for ten seconds has failed.
pub async fn eventually<T, F: Future<Output = Option<T>>>(mut ask: impl FnMut() -> F) -> T {
    for _ in 0..500 {
        if let Some(answer) = ask().await {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it did not happen within ten seconds");
}
