//! What goes on through a stop, an outage, a channel that cannot start, and mail that a program wrote.

use std::time::Duration;

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    transport::smtp::client::{Certificate as Root, Tls, TlsParameters},
};
use reqwest::{Method, StatusCode};
use sapa::{config::Dkim, db::Db, officers::policy::Role, on_db};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use crate::{
    scenario,
    support::{
        Backend, Client, MAILBOX, TestApp, eventually,
        inbox::{answer, change, conversation, id, mail_from, messages, rows, text},
        mail::{address, header, plain},
    },
};

const CERTIFICATE: &[u8] = include_bytes!("../../channels/email/tests/keys/localhost.pem");
const KEY: &[u8] = include_bytes!("../../channels/email/tests/keys/localhost.key");

/// How many messages are stored.
async fn stored(db: &Db) -> i64 {
    let mut tx = db.read().await.unwrap();
    on_db!(&mut tx, |conn| sqlx::query_scalar("SELECT COUNT(*) FROM messages")
        .fetch_one(conn)
        .await
        .unwrap())
}

scenario! {
    async fn d1_a_mail_that_is_coming_in_when_the_hub_stops_is_stored_and_acknowledged(app: TestApp) {
        app.mailbox().await;
        let TestApp { app: hub, running, folder, .. } = app;
        let mut stream = TcpStream::connect(running.smtp.unwrap()).await.unwrap();
        let (read, mut write) = stream.split();
        let mut lines = BufReader::new(read).lines();
        let mut said = async |command: &str| {
            if !command.is_empty() {
                write.write_all(format!("{command}\r\n").as_bytes()).await.unwrap();
            }
            loop {
                let line = lines.next_line().await.unwrap().expect("an answer");
                if line.as_bytes()[3] == b' ' {
                    return line;
                }
            }
        };
        said("").await;
        for command in ["EHLO surat.example", "MAIL FROM:<rina@surat.example>"] {
            said(command).await;
        }
        said(&format!("RCPT TO:<{MAILBOX}>")).await;
        assert!(said("DATA").await.starts_with("354"));
        let mail = plain("rina@surat.example", "Pesanan", "1@surat.example", "Kurang satu.", "");
        let (first, rest) = mail.split_at(60);
        let stopped = tokio::spawn(running.stop());
        eventually(|| async { hub.stopping().is_cancelled().then_some(()) }).await;
        let answered = said(&format!("{first}{rest}.")).await;
        assert!(answered.starts_with("250"), "{answered}");
        stopped.await.unwrap().unwrap();
        let db = Db::connect(hub.config().database.url.expose_secret()).await.unwrap();
        assert_eq!(stored(&db).await, 1);
        db.close().await;
        drop(folder);
    }
}

/// Lets the database refuse messages with a word in them: as a fault of theirs, or as an outage of its own.
async fn refuse(app: &TestApp, word: &str, code: &str) {
    let mut tx = app.app.db().write().await.unwrap();
    let statements = if tx.is_sqlite() {
        vec![format!(
            "CREATE TRIGGER refuse BEFORE INSERT ON messages WHEN new.text LIKE '%{word}%'
             BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )]
    } else {
        vec![
            format!(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                 BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{code}'; END $$"
            ),
            format!(
                "CREATE TRIGGER refuse BEFORE INSERT ON messages FOR EACH ROW
                 WHEN (new.text LIKE '%{word}%') EXECUTE FUNCTION refuse()"
            ),
        ]
    };
    for statement in statements {
        on_db!(&mut tx, |conn| sqlx::query(sqlx::AssertSqlSafe(statement))
            .execute(conn)
            .await
            .map(drop)
            .unwrap());
    }
    tx.commit().await.unwrap();
}

async fn refuse_no_more(app: &TestApp) {
    let mut tx = app.app.db().write().await.unwrap();
    let sql =
        if tx.is_sqlite() { "DROP TRIGGER refuse" } else { "DROP TRIGGER refuse ON messages" };
    on_db!(&mut tx, |conn| sqlx::query(sql).execute(conn).await.map(drop).unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d4_an_outage_of_the_database_quarantines_nothing_on_postgres() {
    let app = TestApp::new(Backend::Postgres).await;
    app.mailbox().await;
    let supervisor = app.staff("Sari", Role::Supervisor).await;
    refuse(&app, "Kurang", "57P01").await;
    let mail = plain("rina@surat.example", "Pesanan", "1@surat.example", "Kurang satu.", "");
    let said = app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
    assert!(said.starts_with("451"), "{said}");
    assert_eq!(supervisor.get("/quarantine").await["items"], json!([]));
    refuse_no_more(&app).await;
    let said = app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
    assert!(said.starts_with("250"), "{said}");
    assert_eq!(rows(&supervisor, "folder=all").await.len(), 1);
}

scenario! {
    async fn d4_a_quarantined_answer_still_knows_its_conversation_and_its_sender(app: TestApp) {
        app.mailbox().await;
        let supervisor = app.staff("Sari", Role::Supervisor).await;
        let row = mail_from(&app, &supervisor, "Rina", "Pesanan").await;
        answer(&supervisor, &row, "Maaf, Bu").await;
        let reply_to = address(&header(&app.sent_mails(1).await.remove(0), "Reply-To").unwrap());
        refuse(&app, "RUSAK", "P0001").await;
        // From nobody (a null sender), so written by a program, and from another address than hers.
        let mail = plain("Pos <pos@lain.example>", "Lain", "9@lain.example", "RUSAK", "");
        assert!(app.receive_mail("", &reply_to, &mail).await.starts_with("250"));
        let kept = supervisor.get("/quarantine").await["items"][0].clone();
        assert!(text(&kept, "reason").contains("could not be routed"), "{kept}");
        refuse_no_more(&app).await;
        supervisor.post(&format!("/quarantine/{}/retry", id(&kept)), Value::Null).await;
        assert_eq!(rows(&supervisor, "folder=all").await.len(), 1, "it joins by its token");
        let last = messages(&supervisor, &row).await.pop().unwrap();
        assert_eq!((text(&last, "text"), &last["automatic"]), ("RUSAK", &json!(true)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_for_a_mailbox_that_cannot_start_comes_again_on_sqlite() {
    cannot_start(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_for_a_mailbox_that_cannot_start_comes_again_on_postgres() {
    cannot_start(Backend::Postgres).await;
}

async fn cannot_start(backend: Backend) {
    let app = TestApp::with(backend, |config| {
        config.mail.dkim = Some(Dkim {
            domain: "kopiseruni.example".to_owned(),
            selector: "sapa".to_owned(),
            key: "no key at all".to_owned().into(),
        });
    })
    .await;
    let channel = app.mailbox().await;
    let admin = app.staff("Nyoman", Role::Administrator).await;
    let mail = plain("rina@surat.example", "Pesanan", "1@surat.example", "Kurang satu.", "");
    let tagged = MAILBOX.replace('@', "+r-x@");
    for to in [MAILBOX, &tagged] {
        let said = app.receive_mail("rina@surat.example", to, &mail).await;
        assert!(said.starts_with("451"), "{said}");
    }
    eventually(|| async {
        let list = admin.get("/channels").await;
        (list["items"][0]["health"]["state"] == "bad").then_some(())
    })
    .await;
    // Changed, it is tried again, and still missed; switched off it is not ours any more.
    let path = format!("/channels/{}", id(&channel));
    admin.patch(&path, json!({ "name": "Toko" })).await;
    assert!(app.receive_mail("rina@surat.example", MAILBOX, &mail).await.starts_with("451"));
    admin.patch(&path, json!({ "enabled": false })).await;
    assert!(app.receive_mail("rina@surat.example", MAILBOX, &mail).await.starts_with("550"));
}

scenario! {
    async fn a_mailbox_takes_mail_while_its_settings_change(app: TestApp) {
        let channel = app.mailbox().await;
        let admin = app.staff("Nyoman", Role::Administrator).await;
        let path = format!("/channels/{}", id(&channel));
        let changes = async {
            for n in 0..10 {
                admin.patch(&path, json!({ "name": format!("Toko {n}") })).await;
            }
        };
        let mails = async {
            for n in 0..20 {
                let mail = plain("rina@surat.example", "x", &format!("{n}@surat.example"), &format!("ke-{n}"), "");
                let said = app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
                assert!(said.starts_with("250"), "{said}");
            }
        };
        futures::join!(changes, mails);
    }
}

async fn automatic(app: &TestApp, n: u32) {
    let mail = plain(
        "Rina <rina@surat.example>",
        "Re: Pesanan",
        &format!("auto{n}@surat.example"),
        "Saya sedang cuti.",
        "Auto-Submitted: auto-replied\r\n",
    );
    assert!(app.receive_mail("", MAILBOX, &mail).await.starts_with("250"));
}

async fn state(client: &Client, row: &Value) -> (String, bool) {
    let now = conversation(client, &id(row)).await;
    (text(&now, "status").to_owned(), now["waiting_since"].is_string())
}

scenario! {
    async fn an_out_of_office_mail_joins_and_neither_reopens_nor_waits(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
        answer(&ayu, &row, "Sudah dikirim, Bu").await;
        automatic(&app, 1).await;
        assert_eq!(state(&ayu, &row).await, ("open".to_owned(), false), "nobody waits");
        let until = app.app.now().after(Duration::from_secs(86_400)).to_string();
        change(&ayu, &row, json!({ "status": "snoozed", "snoozed_until": until })).await;
        automatic(&app, 2).await;
        assert_eq!(state(&ayu, &row).await, ("snoozed".to_owned(), false));
        change(&ayu, &row, json!({ "status": "solved" })).await;
        automatic(&app, 3).await;
        assert_eq!(state(&ayu, &row).await, ("solved".to_owned(), false));
        assert_eq!(messages(&ayu, &row).await.len(), 5, "it is in the history all the same");
        assert_eq!(rows(&ayu, "folder=all").await.len(), 1);
        // Her own word wakes it.
        mail_from(&app, &ayu, "Rina", "Re: Pesanan").await;
        assert_eq!(state(&ayu, &row).await, ("open".to_owned(), true));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_comes_in_encrypted_when_there_is_a_certificate_on_sqlite() {
    encrypted(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_comes_in_encrypted_when_there_is_a_certificate_on_postgres() {
    encrypted(Backend::Postgres).await;
}

async fn encrypted(backend: Backend) {
    let app = TestApp::with(backend, |config| {
        config.smtp.tls = Some(sapa_email::Certificate::from_pem(CERTIFICATE, KEY).unwrap());
    })
    .await;
    app.mailbox().await;
    let ayu = app.officer("Ayu").await;
    let trusting = TlsParameters::builder("localhost".to_owned())
        .add_root_certificate(Root::from_pem(CERTIFICATE).unwrap())
        .build_rustls()
        .unwrap();
    let client = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("localhost")
        .port(app.running.smtp.unwrap().port())
        .tls(Tls::Required(trusting))
        .build();
    let envelope = lettre::address::Envelope::new(
        Some("rina@surat.example".parse().unwrap()),
        vec![MAILBOX.parse().unwrap()],
    );
    let mail = plain("rina@surat.example", "Pesanan", "1@surat.example", "Kurang satu.", "");
    client.send_raw(&envelope.unwrap(), mail.as_bytes()).await.unwrap();
    assert_eq!(rows(&ayu, "folder=all").await[0]["preview"], "Kurang satu.");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r33_only_the_hubs_own_cookie_is_heard_on_sqlite() {
    own_cookie(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r33_only_the_hubs_own_cookie_is_heard_on_postgres() {
    own_cookie(Backend::Postgres).await;
}

async fn own_cookie(backend: Backend) {
    for (public_url, ours, other) in [
        ("https://sapa.example", "__Host-sapa", "sapa"),
        ("http://127.0.0.1:3000", "sapa", "__Host-sapa"),
    ] {
        let app = TestApp::with(backend, |config| {
            public_url.clone_into(&mut config.server.public_url);
        })
        .await;
        let ayu = app.officer("Ayu").await;
        let cookie = ayu.cookie().unwrap();
        let (name, token) = cookie.split_once('=').unwrap();
        assert_eq!(name, ours);
        let anybody = Client::anonymous(app.url());
        for (name, expected) in [(ours, StatusCode::OK), (other, StatusCode::UNAUTHORIZED)] {
            let cookie = format!("{name}={token}");
            let answer = anybody.call_with(Method::GET, "/me", None, &[("cookie", &cookie)]).await;
            assert_eq!(answer.status(), expected, "{name} at {public_url}");
        }
    }
}
