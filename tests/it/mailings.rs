//! Mailings: who gets one and who not, what becomes of it, how it is ended, and its answers.

mod answers;
mod ends;
mod ledger;
mod templates;

use sapa::{db::SLICE, insert_rows, officers::policy::Role};
use sapa_channel::new_id;
use serde_json::{Value, json};
use sqlx::types::Json;
use uuid::Uuid;

use crate::support::{
    Backend, Client, TestApp, eventually,
    inbox::text,
    sink::{Sink, relay},
};

/// A text that can be a mailing.
pub const WORDS: &str =
    "Halo {{name}}, ada kopi baru.\n\nBerhenti: {{unsubscribe_url}}\nPilih: {{preferences_url}}";

/// The address of the nth customer.
pub fn address(n: usize) -> String {
    format!("pelanggan{n}@surat.example")
}

/// So many customers who have a mail address and agreed to offers by mail. Tells their ids.
pub async fn customers(app: &TestApp, count: usize) -> Vec<Uuid> {
    let now = app.app.now();
    let people: Vec<(usize, Uuid)> = (0..count).map(|n| (n, new_id())).collect();
    let mut tx = app.app.db().write().await.unwrap();
    for some in people.chunks(SLICE) {
        store(&mut tx, some, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    people.into_iter().map(|(_, id)| id).collect()
}

async fn store(
    tx: &mut sapa::db::Tx,
    some: &[(usize, Uuid)],
    now: sapa_channel::Timestamp,
) -> sapa::db::DbResult<()> {
    insert_rows!(
        tx,
        "INSERT INTO contacts (id, name, named_by, notes, tags, fields, first_seen_at, version) ",
        some,
        |row, (n, id)| row
            .push_bind(*id)
            .push_bind(format!("Pelanggan {n}"))
            .push_bind("officer")
            .push_bind("")
            .push_bind(Json(json!([])))
            .push_bind(Json(json!({})))
            .push_bind(now)
            .push_bind(1_i64)
    );
    insert_rows!(
        tx,
        "INSERT INTO identities (id, contact_id, kind, value, shown, first_seen_at, last_seen_at) ",
        some,
        |row, (n, id)| row
            .push_bind(new_id())
            .push_bind(*id)
            .push_bind("email")
            .push_bind(address(*n))
            .push_bind(address(*n))
            .push_bind(now)
            .push_bind(now)
    );
    insert_rows!(
        tx,
        "INSERT INTO consents (contact_id, channel_kind, purpose, state, at, source) ",
        some,
        |row, (_, id)| row
            .push_bind(*id)
            .push_bind("email")
            .push_bind("offers")
            .push_bind("granted")
            .push_bind(now)
            .push_bind("test")
    );
    Ok(())
}

/// A hub whose mail goes to a relay, and a marketer.
pub async fn hub(backend: Backend) -> (TestApp, Sink, Client, String) {
    let sink = Sink::start().await;
    let app = TestApp::with(backend, |config| relay(config, sink.address)).await;
    let channel = app.mailbox().await;
    let citra = app.staff("Citra", Role::Marketer).await;
    (app, sink, citra, text(&channel, "id").to_owned())
}

/// A scenario with a relay and a marketer, as two tests.
macro_rules! with_marketer {
    (async fn $name:ident($app:ident: TestApp, $sink:ident: Sink, $citra:ident: Client, $channel:ident: str) $body:block) => {
        mod $name {
            use super::*;

            async fn run($app: &TestApp, $sink: &Sink, $citra: &Client, $channel: &str) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                let (app, sink, citra, channel) = hub(Backend::Sqlite).await;
                run(&app, &sink, &citra, &channel).await;
                app.app.db().close().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                let (app, sink, citra, channel) = hub(Backend::Postgres).await;
                run(&app, &sink, &citra, &channel).await;
                app.app.db().close().await;
            }
        }
    };
}
use with_marketer;

/// Prepares a mailing with these words, and with a limit a second. Tells its id.
pub async fn draft(citra: &Client, channel: &str, words: &str, rate: Option<i64>) -> String {
    let template = json!({ "name": format!("Panen {}", Uuid::new_v4()), "kind": "email", "subject": "Panen {{name}}", "text": words });
    let template = citra.post("/templates", template).await;
    let mailing = json!({ "name": "Panen Gayo", "channel_id": channel, "template_id": template["id"], "rate": rate.map(|second| second * 60) });
    text(&citra.post("/mailings", mailing).await, "id").to_owned()
}

/// Prepares and starts a mailing.
pub async fn start(citra: &Client, channel: &str, rate: Option<i64>) -> String {
    let id = draft(citra, channel, WORDS, rate).await;
    citra.post(&format!("/mailings/{id}/start"), json!({})).await;
    id
}

/// The mailing, when it is in a state.
pub async fn until(citra: &Client, id: &str, state: &str) -> Value {
    eventually(|| async {
        Some(citra.get(&format!("/mailings/{id}")).await)
            .filter(|mailing| mailing["state"] == state)
    })
    .await
}

/// The mailing, when its counts are as wanted.
pub async fn counted(citra: &Client, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    eventually(|| async {
        let mailing = citra.get(&format!("/mailings/{id}")).await;
        Some(mailing["counts"].clone()).filter(|counts| wanted(counts))
    })
    .await
}

/// That the counts of a mailing add up.
pub fn adds_up(counts: &Value) {
    let of = |name: &str| counts[name].as_i64().unwrap();
    let recipients: i64 =
        ["sent", "failed", "unknown", "retrying", "under_way", "waiting", "cancelled"]
            .into_iter()
            .map(of)
            .sum();
    assert_eq!(recipients, of("recipients"), "{counts}");
    assert_eq!(recipients + of("excluded"), of("audience"), "{counts}");
    let reasons: i64 = counts["exclusions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|why| why["count"].as_i64().unwrap())
        .sum();
    assert_eq!(reasons, of("excluded"), "{counts}");
}

/// Runs a statement that a test needs.
pub async fn sql(app: &TestApp, statement: &'static str, id: Uuid) {
    let now = app.app.now();
    let mut tx = app.app.db().write().await.unwrap();
    sapa::on_db!(&mut tx, |conn| {
        sqlx::query(statement).bind(id).bind(now).execute(conn).await.unwrap();
    });
    tx.commit().await.unwrap();
}

/// The addresses that the relay took mails for, sorted.
pub fn taken(sink: &Sink) -> Vec<String> {
    let mut to: Vec<String> = sink
        .taken()
        .iter()
        .map(|mail| {
            crate::support::mail::address(&crate::support::mail::header(mail, "To").unwrap())
        })
        .collect();
    to.sort();
    to
}
