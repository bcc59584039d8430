//! The demonstration: both firms as their files tell of them, the shops, and the mail that was kept.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use reqwest::{Method, Response, StatusCode};
use rstest::rstest;
use sapa::{
    app::{App, running},
    config::Config,
    db::Tx,
    demo, on_db,
};
use serde_json::{Value, json};

use crate::support::{
    Backend, Client, TestApp,
    clock::TestClock,
    database, eventually,
    visitor::{ORIGIN, Site, Visitor},
};

const COFFEE: &str = "kopi-seruni-demo";

async fn demonstration(backend: Backend) -> TestApp {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.database.url = database::fresh(backend, folder.path()).await.into();
    config.files.folder = folder.path().join("files");
    config.server.listen = ([127, 0, 0, 1], 0).into();
    ORIGIN.clone_into(&mut config.server.public_url);
    config.mail.folder = Some(folder.path().join("mail"));
    config.delivery.undo_seconds = 0;
    let clock = Arc::new(TestClock::default());
    let app = App::open(config, clock.clone(), true).await.unwrap();
    demo::fill(&app).await.unwrap();
    let running = running::start(app.clone()).await.unwrap();
    TestApp { app, clock, running, folder }
}

async fn signed_in(app: &TestApp, name: &str) -> Client {
    let sign_in = demo::sign_ins().into_iter().find(|one| one.who.starts_with(name)).unwrap();
    let client = Client::anonymous(app.url());
    client.post("/session", json!({ "email": sign_in.email, "password": sign_in.password })).await;
    client
}

/// What the files of both firms hold, by the beginning of their names.
fn told(what: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for firm in ["kopi-seruni", "nusa-seluler"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo").join(firm);
        let mut files: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files
            .iter()
            .filter(|file| file.file_name().unwrap().to_str().unwrap().starts_with(what))
        {
            match serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap() {
                Value::Array(some) => all.extend(some),
                one => all.push(one),
            }
        }
    }
    all
}

async fn count(tx: &mut Tx, table: &str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    let counted: Result<i64, sqlx::Error> =
        async { Ok(on_db!(tx, |conn| sqlx::query_scalar(sql).fetch_one(conn).await?)) }.await;
    counted.unwrap()
}

const TABLES: [&str; 24] = [
    "officers",
    "teams",
    "team_members",
    "channels",
    "canned",
    "contacts",
    "identities",
    "suggestions",
    "conversations",
    "conversation_labels",
    "messages",
    "files",
    "deliveries",
    "tickets",
    "ticket_conversations",
    "ticket_messages",
    "ticket_categories",
    "ticket_causes",
    "ticket_rules",
    "reads",
    "mentions",
    "drafts",
    "events",
    "originals",
];

async fn counts(app: &TestApp) -> BTreeMap<&'static str, i64> {
    let mut tx = app.app.db().read().await.unwrap();
    let mut counts = BTreeMap::new();
    for table in TABLES {
        // A mailing is under way, and tells how far it is.
        let but = if table == "events" { " WHERE kind <> 'mailing.progressed'" } else { "" };
        counts.insert(table, count(&mut tx, &format!("{table}{but}")).await);
    }
    counts
}

fn length(value: &Value) -> i64 {
    i64::try_from(value.as_array().map_or(0, Vec::len)).unwrap()
}

fn lengths(of: &[Value], field: &str) -> i64 {
    of.iter().map(|one| length(&one[field])).sum()
}

#[rstest]
#[case::on_sqlite(Backend::Sqlite)]
#[case::on_postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_firms_are_there_as_their_files_tell_and_a_second_start_adds_nothing(
    #[case] backend: Backend,
) {
    let app = demonstration(backend).await;
    let counted = counts(&app).await;
    let (firms, talks) = (told("firm"), told("conversations"));
    let messages: Vec<Value> =
        talks.iter().flat_map(|talk| talk["messages"].as_array().unwrap().clone()).collect();
    let said = |by: fn(&Value) -> bool| {
        i64::try_from(messages.iter().filter(|one| by(one)).count()).unwrap()
    };
    for part in ["officers", "teams", "channels", "canned"] {
        assert_eq!(counted[part], lengths(&firms, part), "{part}");
    }
    assert_eq!(counted["contacts"], length(&told("contacts").into()));
    assert_eq!(counted["conversations"], length(&talks.clone().into()));
    assert_eq!(counted["conversation_labels"], lengths(&talks, "labels"));
    assert_eq!(counted["messages"], lengths(&talks, "messages"));
    assert_eq!(counted["files"], lengths(&messages, "files"));
    assert_eq!(counted["deliveries"], said(|one| one["from"] != "contact" && one["note"] != true));
    assert_eq!(
        counted["drafts"],
        i64::try_from(talks.iter().filter(|talk| !talk["draft"].is_null()).count()).unwrap()
    );
    let borne: Vec<&str> = talks.iter().filter_map(|talk| talk["ticket"]["key"].as_str()).collect();
    assert_eq!(counted["ticket_conversations"], i64::try_from(borne.len()).unwrap());
    let keys: std::collections::BTreeSet<&str> = borne.into_iter().collect();
    assert_eq!(counted["tickets"], i64::try_from(keys.len()).unwrap());

    demo::fill(&app.app).await.unwrap();
    assert_eq!(counts(&app).await, counted);
    app.running.stop().await.unwrap();
}

#[rstest]
#[case::on_sqlite(Backend::Sqlite)]
#[case::on_postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_list_has_rows_and_what_is_new_gets_the_next_number(#[case] backend: Backend) {
    let app = demonstration(backend).await;
    let (dimas, wayan) = (signed_in(&app, "Dimas").await, signed_in(&app, "Wayan").await);
    for folder in ["mine", "unassigned", "open", "waiting", "snoozed", "solved", "all"] {
        let page = dimas.get(&format!("/conversations?folder={folder}")).await;
        assert!(length(&page["items"]) > 0, "{folder}");
    }
    let sari = signed_in(&app, "Sari").await;
    assert!(length(&sari.get("/conversations?folder=mentions").await["items"]) > 0);
    for list in
        ["/contacts", "/tickets?status=open", "/tickets?status=solved", "/canned", "/drafts"]
    {
        assert!(length(&dimas.get(list).await["items"]) > 0, "{list}");
    }
    for list in ["/officers", "/teams", "/channels"] {
        assert!(length(&wayan.get(list).await["items"]) > 0, "{list}");
    }
    let counts = dimas.get("/inbox/counts").await;
    assert_eq!(length(&counts["teams"]), 6);
    assert!(counts["unread"].as_i64().unwrap() > 0);

    // Found as soon as the readers of the log have caught up; they suggest nobody beside those of the files.
    eventually(|| async {
        let mut tx = app.app.db().read().await.unwrap();
        let behind = "events e WHERE e.seq > (SELECT COALESCE(MAX(c.seq), 0) FROM cursors c WHERE c.reader = 'likeness')";
        (count(&mut tx, behind).await == 0).then_some(())
    })
    .await;
    let mut tx = app.app.db().read().await.unwrap();
    assert_eq!(
        count(&mut tx, "suggestions WHERE state = 'open'").await,
        length(&told("suggestions").into())
    );
    drop(tx);
    for (part, words) in
        [("messages", "bungkus%20kedua"), ("tickets", "K-1042"), ("contacts", "rina%20wulandari")]
    {
        let found = dimas.get(&format!("/search?q={words}")).await;
        assert!(length(&found[part]) > 0, "{words}");
    }

    let mail = dimas.get("/channels").await["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["kind"] == "email")
        .unwrap()["id"]
        .clone();
    let highest =
        told("conversations").iter().filter_map(|talk| talk["number"].as_i64()).max().unwrap();
    let to = json!({ "value": "somebody@surat.example" });
    let new = dimas
        .post(
            "/conversations",
            json!({ "to": to, "channel_id": mail, "subject": "Halo", "text": "Halo!" }),
        )
        .await;
    assert_eq!(new["number"], highest + 1);
    let ticket = json!({ "conversation_id": new["id"], "kind": "question", "title": "Something" });
    assert_eq!(dimas.post("/tickets", ticket).await["number"], "K-1065");
    app.running.stop().await.unwrap();
}

#[rstest]
#[case::on_sqlite(Backend::Sqlite)]
#[case::on_postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conversations_stand_as_their_messages_leave_them(#[case] backend: Backend) {
    let app = demonstration(backend).await;
    let mut tx = app.app.db().read().await.unwrap();
    // What is wrong, by number: counters against the messages themselves.
    let wrong = "SELECT c.number FROM conversations c WHERE
            c.message_count <> (SELECT COUNT(*) FROM messages m WHERE m.conversation_id = c.id AND m.direction <> 'note')
         OR c.last_message_at <> (SELECT MAX(m.at) FROM messages m WHERE m.conversation_id = c.id AND m.direction <> 'note')
         OR c.last_inbound_at <> (SELECT MAX(m.at) FROM messages m WHERE m.conversation_id = c.id AND m.direction = 'in')
         OR c.created_at <> (SELECT MIN(m.at) FROM messages m WHERE m.conversation_id = c.id)
         OR c.preview_kind <> (SELECT m.direction FROM messages m WHERE m.conversation_id = c.id AND m.direction <> 'note'
                               ORDER BY m.at DESC LIMIT 1)
         OR COALESCE(c.waiting_since, 0) <> CASE WHEN c.status = 'solved' THEN 0 ELSE COALESCE(
              (SELECT MIN(m.at) FROM messages m WHERE m.conversation_id = c.id AND m.direction = 'in' AND m.at > COALESCE(
                (SELECT MAX(o.at) FROM messages o WHERE o.conversation_id = c.id AND o.direction = 'out'
                                                    AND o.author_kind = 'officer'), 0)), 0) END
         OR (c.status = 'solved') <> (c.solved_at IS NOT NULL)
         OR (c.status = 'snoozed') <> (c.snoozed_until IS NOT NULL)";
    let events = "SELECT m.seq FROM messages m WHERE NOT EXISTS (
            SELECT 1 FROM events e WHERE e.message_id = m.id AND e.at = m.at AND e.conversation_id = m.conversation_id
              AND e.contact_id = m.contact_id AND (e.identity_id = m.identity_id OR m.direction = 'note') AND NOT e.history
              AND e.kind = CASE m.direction WHEN 'in' THEN 'message.received' WHEN 'out' THEN 'message.sent' ELSE 'message.note' END)";
    let order = "SELECT e.seq FROM events e JOIN events f ON f.seq = e.seq + 1 WHERE f.at < e.at";
    let opened = "SELECT c.number FROM conversations c
         WHERE 1 <> (SELECT COUNT(*) FROM events e WHERE e.conversation_id = c.id AND e.kind = 'conversation.opened' AND e.history)";
    let tickets = "SELECT t.number FROM tickets t WHERE t.solved_at < t.opened_at OR (t.status = 'solved') <> (t.solved_at IS NOT NULL)
         OR 1 <> (SELECT COUNT(*) FROM events e WHERE e.ticket_id = t.id AND e.kind = 'ticket.opened' AND e.history)";
    for (what, sql) in [
        ("counters", wrong),
        ("messages", events),
        ("order", order),
        ("opened", opened),
        ("tickets", tickets),
    ] {
        let rows: Result<Vec<i64>, sqlx::Error> = async {
            Ok(on_db!(&mut tx, |conn| sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
                .fetch_all(conn)
                .await?))
        }
        .await;
        assert_eq!(rows.unwrap(), Vec::<i64>::new(), "{what}");
    }
    drop(tx);
    app.running.stop().await.unwrap();
}

#[expect(clippy::disallowed_methods, reason = "tests call the hub on this machine")]
async fn raw(
    app: &TestApp,
    method: Method,
    path: &str,
    headers: &[(&'static str, &str)],
    body: Option<Value>,
) -> Response {
    let mut request = reqwest::Client::new().request(method, format!("{}{path}", app.url()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    request.send().await.unwrap()
}

#[rstest]
#[case::on_sqlite(Backend::Sqlite)]
#[case::on_postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signs_in_at_the_shop_is_the_customer_that_is_known(#[case] backend: Backend) {
    let app = demonstration(backend).await;
    let page = raw(&app, Method::GET, "/demo", &[], None).await.text().await.unwrap();
    assert!(page.contains(&format!("data-site=\"{COFFEE}\"")));
    assert!(raw(&app, Method::GET, "/demo/shop.css", &[], None).await.status().is_success());

    let own = [("sec-fetch-site", "same-origin")];
    let signed =
        raw(&app, Method::POST, "/demo/token", &own, Some(json!({ "customer": "rina" }))).await;
    let token: Value = signed.json().await.unwrap();
    let token = token["token"].as_str().unwrap();
    let site = Site { channel: Value::Null, key: COFFEE.to_owned() };
    let anonymous = Visitor::new(&app, &site).await;
    let secret = anonymous.secret.clone();
    drop(anonymous);
    let contacts = counts(&app).await["contacts"];
    let mut rina = Visitor::back(&app, &site, &secret, Some(token), None).await;
    assert_eq!(rina.ready["identified"], true);
    rina.says("Terima kasih, sudah jelas.").await;

    let dimas = signed_in(&app, "Dimas").await;
    let first = dimas.get("/conversations?folder=mine").await["items"][0].clone();
    assert_eq!(
        (&first["number"], &first["contact"]["name"]),
        (&json!(4821), &json!("Rina Wulandari"))
    );
    assert_eq!(first["preview"], "Terima kasih, sudah jelas.");
    assert_eq!(counts(&app).await["contacts"], contacts);
    app.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r33_only_a_page_of_the_hub_has_a_customer_signed_and_only_the_shops_customers() {
    let app = demonstration(Backend::Sqlite).await;
    let ask = async |headers: &[(&'static str, &str)], customer: &str| {
        let body = Some(json!({ "customer": customer }));
        raw(&app, Method::POST, "/demo/token", headers, body).await.status()
    };
    assert_eq!(ask(&[("origin", ORIGIN)], "siahaan").await, StatusCode::OK);
    for foreign in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        assert_eq!(ask(&[foreign], "rina").await, StatusCode::FORBIDDEN, "{foreign:?}");
    }
    assert_eq!(ask(&[], "yohanes").await, StatusCode::UNPROCESSABLE_ENTITY);
    app.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r25_no_path_comes_from_a_request() {
    let app = demonstration(Backend::Sqlite).await;
    let dimas = signed_in(&app, "Dimas").await;
    for name in [
        "..%2Fsapa.db",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "sapa.db",
        ".eml",
        "0193568E-1B2C-7D3E-8F40-123456789ABC.eml",
    ] {
        let (status, problem) =
            dimas.refused(Method::GET, &format!("/mail-folder/{name}"), None).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::NOT_FOUND, &json!("not_found")),
            "{name}"
        );
    }
    for file in ["index.html", "..%2Fwidget%2Fpackage.json", ".css", "shop.css%00.svg"] {
        let status = raw(&app, Method::GET, &format!("/demo/{file}"), &[], None).await.status();
        assert_eq!(status, StatusCode::NOT_FOUND, "{file}");
    }
    app.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_would_have_left_can_be_read_and_its_html_is_shut_in() {
    let app = demonstration(Backend::Sqlite).await;
    let ayu = signed_in(&app, "Ayu").await;
    let found = ayu.get("/conversations?folder=open").await;
    let letter = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["channel"]["kind"] == "email")
        .unwrap()
        .clone();
    let answer = json!({ "kind": "reply", "text": "Baik, terima kasih × 2.", "anyway": true });
    ayu.post(&format!("/conversations/{}/messages", letter["id"].as_str().unwrap()), answer).await;
    let listed = eventually(|| async {
        let page = ayu.get("/mail-folder").await;
        // A mailing is under way too.
        let mails = page["items"].as_array().unwrap();
        mails.iter().find(|mail| mail["subject"].as_str().unwrap().starts_with("Re: ")).cloned()
    })
    .await;
    let mail = ayu.get(&format!("/mail-folder/{}", listed["name"].as_str().unwrap())).await;
    assert!(mail["text"].as_str().unwrap().starts_with("Baik, terima kasih × 2."), "{mail}");
    assert!(mail["raw"].as_str().unwrap().contains("Message-ID:"));
    let to = mail["headers"].as_array().unwrap().iter().find(|header| header[0] == "To").unwrap();
    assert!(to[1].as_str().unwrap().contains(listed["to"].as_str().unwrap()), "{to}");
    let html = ayu.call(Method::GET, mail["html_url"].as_str().unwrap(), None).await;
    let policy = html.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"), "{policy}");
    assert!(html.text().await.unwrap().contains("Baik, terima kasih"));
    app.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_mail_is_sent_there_is_no_folder_and_no_shop() {
    let app = TestApp::with(Backend::Sqlite, |config| config.mail.folder = None).await;
    let ayu = app.officer("Ayu").await;
    let (status, _) = ayu.refused(Method::GET, "/mail-folder", None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let token =
        raw(&app, Method::POST, "/demo/token", &[], Some(json!({ "customer": "rina" }))).await;
    assert!(!token.status().is_success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chats_stand_open_for_the_pages_of_another_port_at_the_next_start() {
    let app = demonstration(Backend::Sqlite).await;
    let mut config = app.app.config().clone();
    app.running.stop().await.unwrap();
    "http://127.0.0.1:4711".clone_into(&mut config.server.public_url);
    let app = App::open(config, app.clock, true).await.unwrap();
    demo::fill(&app).await.unwrap();
    let mut tx = app.db().read().await.unwrap();
    let channels = sapa::channels::queries::list(&mut tx).await.unwrap();
    for chat in channels.into_iter().filter(|channel| channel.kind == "webchat") {
        let origins = chat.settings.0.allowed_origins;
        assert!(
            [ORIGIN, "http://127.0.0.1:4711"]
                .iter()
                .all(|one| origins.iter().any(|known| known == one))
        );
    }
}
