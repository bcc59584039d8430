//! What the log never tells, at its finest level (R28).

use std::{
    io,
    sync::{Arc, Mutex},
};

use reqwest::Method;
use sapa::{config::Log, officers::policy::Role, telemetry};
use serde_json::json;
use tracing_subscriber::util::SubscriberInitExt;

use super::{Known, known, routes, with_ids};
use crate::support::{
    Backend, Client, MAILBOX, PASSWORD,
    inbox::{answer, newest},
    mail::plain,
    telegram,
    visitor::Visitor,
};

/// What was logged.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

// On one thread, so that all that the hub does is logged here and nothing of other tests is.
#[tokio::test]
async fn r28_no_line_of_the_log_tells_a_secret_or_what_was_said() {
    let kept = Kept::default();
    let (log, writer) = (Log { level: "trace".to_owned(), json: false }, kept.clone());
    let _guard = telemetry::subscriber(&log, move || writer.clone()).set_default();

    let (app, _telegram, _) = telegram::hub(Backend::Sqlite).await;
    let admin = app.staff("Nyoman", Role::Administrator).await;
    let Known { secrets, site, .. } = known(&app, &admin).await;
    let mut visitor = Visitor::new(&app, &site).await;
    visitor.says("rahasia di obrolan").await;
    answer(&admin, &newest(&admin).await, "rahasia di jawaban").await;
    // What goes wrong is logged most: a guess, a mail that cannot be read, a link, a body that does not fit.
    let guess = json!({ "email": "nyoman@kopiseruni.example", "password": "rahasia yang ditebak" });
    assert_eq!(
        Client::anonymous(app.url()).refused(Method::POST, "/session", Some(guess)).await.0,
        401
    );
    let unreadable = plain(
        "\"rina@x.example\"@lain.example",
        "rahasia di perihal",
        "9@x.example",
        "rahasia di surat",
        "",
    );
    assert!(app.receive_mail("rina@x.example", MAILBOX, &unreadable).await.starts_with("250"));
    for page in ["/u/rahasia-di-tautan", "/preferences/rahasia-di-tautan"] {
        assert_eq!(reqwest::get(format!("{}{page}", app.url())).await.unwrap().status(), 404);
    }
    let stranger = Client::with_token(app.url(), "sapa_rahasia");
    for route in routes(&app) {
        let method: Method = route.method.parse().unwrap();
        stranger.call(method, &with_ids(&route.path), Some(json!({ "text": "rahasia" }))).await;
    }

    let logged = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    for told in ["/api/v1/session", "DEBUG", "/u/…"] {
        assert!(logged.contains(told), "it is the log: {told}");
    }
    for secret in secrets.iter().map(String::as_str).chain([
        &*visitor.secret,
        PASSWORD,
        "rahasia",
        "Isinya kurang satu",
    ]) {
        let line = logged.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}
