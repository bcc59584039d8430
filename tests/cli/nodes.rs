//! Several nodes of one hub: what is said at one is seen at the others.

use std::time::{Duration, Instant};

use futures::StreamExt;
use serde_json::{Value, json};
use sqlx::Connection;

use crate::{
    caller::{self, Admin, Socket, says},
    cluster::{BUS_PASSWORD, Cluster, schema},
    sapa::Installation,
};

/// A visitor at a node, once it knows the site.
async fn visitor(port: u16, site: &str) -> Socket {
    for _ in 0..600 {
        if let Some(visitor) = caller::visitor(port, site).await {
            return visitor;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the node never learned of the site");
}

/// The conversation of a message that an officer's screen is told of.
async fn hears_message(screen: &mut Socket) -> Value {
    screen.hears_that("event", |told| told["event"]["kind"] == "message.received").await["event"]
        .clone()
}

/// A mailbox, an officer with her screen at the first node, and a visitor at the second who has said hello: the event of
/// that.
async fn at_work(cluster: &Cluster) -> (Admin, Socket, Socket, Value) {
    let ayu = cluster.admin().await;
    ayu.mailbox().await;
    let site = caller::site(&ayu).await;
    let mut screen = ayu.screen().await;
    let mut rina = visitor(cluster.nodes[1].sapa.port, &site).await;
    says(&mut rina, "Halo").await;
    let event = hears_message(&mut screen).await;
    (ayu, screen, rina, event)
}

/// A second officer, signed in.
async fn budi(cluster: &Cluster, admin: &Admin) -> Admin {
    let (email, password) = ("budi@seruni.example", "dua gelas susu");
    let line = [
        "officer",
        "add",
        "--email",
        email,
        "--name",
        "Budi",
        "--role",
        "officer",
        "--password-stdin",
    ];
    let said = cluster.nodes[2].sapa.run_with(&line, &[], password);
    assert_eq!(said.code, 0, "{said:?}");
    admin.sign_in(email, password).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_at_one_node_is_seen_at_the_others_at_once() {
    let cluster = Cluster::new(3, "").await;
    let ports: Vec<u16> = cluster.nodes.iter().map(|node| node.sapa.port).collect();
    let ayu = cluster.admin().await;
    let budi = budi(&cluster, &ayu).await;
    let (mut ayus, mut budis) = (ayu.screen().await, budi.at(ports[2]).screen().await);
    ayus.hears_that("online", |told| told["count"] == 2).await;
    // A channel that was added at one node is one at all of them.
    let site = caller::site(&ayu.at(ports[2])).await;
    let mut rina = visitor(ports[1], &site).await;

    // Thirty in half a minute: a node that had to look by itself would take five seconds for each.
    let begun = Instant::now();
    let mut event = Value::Null;
    for n in 0..30 {
        says(&mut rina, &format!("Halo {n}")).await;
        event = hears_message(&mut ayus).await;
    }
    assert!(begun.elapsed() < Duration::from_secs(30), "it came late:\n{}", cluster.said());

    let conversation = event["conversation_id"].clone();
    rina.say(json!({ "t": "typing", "on": true })).await;
    ayus.hears_that("customer_typing", |told| told["conversation_id"] == conversation).await;
    ayus.say(json!({ "type": "typing", "conversation_id": conversation, "on": true })).await;
    assert_eq!(rina.hears("typing").await["name"], "Ayu");
    budis
        .hears_that("presence", |told| {
            told["conversation_id"] == conversation
                && told["officers"][0]["name"] == "Ayu"
                && told["officers"][0]["typing"] == true
        })
        .await;
    let path = format!("/conversations/{}/messages", conversation.as_str().unwrap());
    budi.at(ports[2]).post(&path, json!({ "kind": "reply", "text": "Selamat pagi" })).await;
    let told = rina.hears_that("message", |told| told.to_string().contains("Selamat pagi")).await;
    assert!(told.is_object());

    // Who signs out at one node is signed out at the others (R6).
    ayu.at(ports[2]).sign_out().await;
    assert_eq!(ayus.closed().await, 4401);
    budis.hears_that("online", |told| told["count"] == 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r28_whatever_others_say_on_the_bus_is_passed_over_and_no_password_is_told() {
    let cluster = Cluster::new(2, "log.level = \"debug\"\n").await;
    let ayu = cluster.admin().await;
    let mut screen = ayu.screen().await;
    let stranger = async_nats::ConnectOptions::new()
        .user_and_password("sapa".to_owned(), BUS_PASSWORD.to_owned())
        .connect(cluster.nats.url())
        .await
        .unwrap();
    let mut heard = stranger.subscribe("sapa.*").await.unwrap();
    let site = caller::site(&ayu).await;
    let mut rina = visitor(cluster.nodes[1].sapa.port, &site).await;
    says(&mut rina, "Halo").await;
    let conversation = hears_message(&mut screen).await["conversation_id"].clone();
    let word = heard.next().await.unwrap();
    let forged = json!({ "word": "customer_typing", "conversation_id": conversation, "on": true });
    let unsigned: Vec<u8> = [&[0; 16], forged.to_string().as_bytes()].concat();
    let mut changed = word.payload.to_vec();
    changed[20] ^= 1;
    for said in [unsigned, changed, Vec::new(), vec![0xff; 500_000]] {
        stranger.publish(word.subject.clone(), said.into()).await.unwrap();
    }
    // What was said before may be said again: it only wakes.
    stranger.publish(word.subject.clone(), word.payload.clone()).await.unwrap();
    stranger.flush().await.unwrap();
    says(&mut rina, "Masih di sini").await;
    // A forged word would have been told before the event.
    let typed = |told: &Value| told["type"] == "customer_typing";
    let told = screen.all_until(|told| told["event"]["kind"] == "message.received").await;
    assert!(!told.iter().any(typed), "nobody typed: {told:?}");
    assert!(!cluster.said().contains(BUS_PASSWORD), "{}", cluster.said());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d5_a_bus_that_is_stopped_and_started_empty_costs_nothing_but_time() {
    let mut cluster = Cluster::new(2, "mail.folder = \"mail\"\n").await;
    let ports: Vec<u16> = cluster.nodes.iter().map(|node| node.sapa.port).collect();
    let ayu = cluster.admin().await;
    ayu.mailbox().await;
    let site = caller::site(&ayu).await;
    let mut screen = ayu.screen().await;
    let mut rina = visitor(ports[1], &site).await;
    says(&mut rina, "Halo").await;
    let conversation = hears_message(&mut screen).await["conversation_id"].clone();
    let writers = cluster.writers(2);
    for round in 0..3 {
        if round == 1 {
            cluster.nats.end();
        } else if round == 2 {
            cluster.nats.begin();
        }
        says(&mut rina, &format!("Putaran {round}")).await;
        screen
            .hears_that("event", |told| {
                let event = &told["event"];
                event["kind"] == "message.received" && event["conversation_id"] == conversation
            })
            .await;
    }
    let stored = "SELECT COUNT(*) FROM messages WHERE subject IS NOT NULL";
    cluster.until(stored, |count: &i64| *count > 30).await;
    cluster.each_once(writers.end()).await;
    // It works again: by looking alone, each would take seconds.
    let begun = Instant::now();
    for n in 0..20 {
        says(&mut rina, &format!("Sesudah {n}")).await;
        hears_message(&mut screen).await;
    }
    assert!(begun.elapsed() < Duration::from_secs(30), "it came late:\n{}", cluster.said());
    let doctor = |cluster: &Cluster| cluster.nodes[1].sapa.run(&["doctor"]).out;
    assert!(doctor(&cluster).contains("a NATS server answers"), "{}", doctor(&cluster));
    // A node can also begin while there is no bus.
    cluster.nats.end();
    assert!(doctor(&cluster).contains("no NATS server is reached"), "{}", doctor(&cluster));
    cluster.nodes[1].end("TERM");
    cluster.nodes[1].serve();
}

/// What an officer and a visitor say to each other, each at another node, is heard.
async fn talk(ayu: &Admin, screen: &mut Socket, rina: &mut Socket, id: &Value, words: &str) {
    says(rina, words).await;
    let in_this = |told: &Value| {
        let event = &told["event"];
        event["kind"] == "message.received" && event["conversation_id"] == *id
    };
    screen.hears_that("event", in_this).await;
    let path = format!("/conversations/{}/messages", id.as_str().unwrap());
    let answer = format!("Ya, {words}");
    ayu.post(&path, json!({ "kind": "reply", "text": answer })).await;
    rina.hears_that("message", |told| told.to_string().contains(&answer)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d5_a_bus_that_is_cut_in_two_under_load_loses_nothing_and_grows_together_again() {
    let cluster = Cluster::new(3, "mail.folder = \"mail\"\n").await;
    let (ayu, mut screen, mut rina, event) = at_work(&cluster).await;
    let conversation = event["conversation_id"].clone();
    let writers = cluster.writers(3);
    for round in 0..2 {
        // Nobody is told of the cut: the connection stays, and nothing comes. The nodes look by themselves.
        cluster.nodes[1].line.is_cut(true);
        for n in 0..3 {
            talk(&ayu, &mut screen, &mut rina, &conversation, &format!("putus {round} {n}")).await;
        }
        cluster.nodes[1].line.is_cut(false);
        talk(&ayu, &mut screen, &mut rina, &conversation, &format!("sambung {round}")).await;
    }
    // That somebody types is told by the bus alone.
    let typing = json!({ "type": "typing", "conversation_id": conversation, "on": true });
    screen.say(typing).await;
    assert_eq!(rina.hears("typing").await["name"], "Ayu");
    let stored = "SELECT COUNT(*) FROM messages WHERE subject IS NOT NULL";
    cluster.until(stored, |count: &i64| *count > 30).await;
    cluster.each_once(writers.end()).await;
}

/// All that can be read without saying which one.
async fn read_everything(ayu: &Admin) {
    let api = ayu.get("/openapi.json").await;
    let mut read = 0;
    for (path, methods) in api["paths"].as_object().unwrap() {
        if methods.get("get").is_some() && !path.contains('{') {
            let answer = ayu.call("GET", path, None).await;
            assert!(answer.status().as_u16() < 500, "{path}: {}", answer.status());
            read += 1;
        }
    }
    assert!(read > 20, "only {read} were read");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_go_on_beside_one_of_the_next_version() {
    let cluster = Cluster::new(2, "mail.folder = \"mail\"\n").await;
    let (ayu, mut screen, mut rina, event) = at_work(&cluster).await;
    let conversation = event["conversation_id"].clone();
    let writers = cluster.writers(2);
    // Until now all goes as it always does, and its statements are prepared.
    for n in 0..6 {
        talk(&ayu, &mut screen, &mut rina, &conversation, &format!("kemarin {n}")).await;
    }
    read_everything(&ayu).await;
    // The next version only adds, to every table that there is.
    let mut conn = sqlx::PgConnection::connect(&cluster.database).await.unwrap();
    let tables = "SELECT tablename::TEXT FROM pg_tables WHERE schemaname = current_schema()";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut conn).await.unwrap();
    assert!(tables.len() > 40, "{tables:?}");
    for table in tables.iter().filter(|table| *table != "_sqlx_migrations") {
        let sql = format!("ALTER TABLE {table} ADD COLUMN dream TEXT NOT NULL DEFAULT 'none'");
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
    }
    // And it writes to the log what this version has never heard of.
    let dreamt = "INSERT INTO events (kind, at, actor_kind, actor_name, contact_id, conversation_id, history, data)
                  SELECT 'conversation.dreamt', last_message_at, 'dreamer', 'Malam', contact_id, id, TRUE, '{}' FROM conversations";
    sqlx::query(dreamt).execute(&mut conn).await.unwrap();
    for n in 0..6 {
        talk(&ayu, &mut screen, &mut rina, &conversation, &format!("besok {n}")).await;
    }
    let timeline = format!("/contacts/{}/timeline", event["contact_id"].as_str().unwrap());
    for port in cluster.nodes.iter().map(|node| node.sapa.port) {
        let ayu = ayu.at(port);
        assert!(ayu.get(&timeline).await.to_string().contains("Ya, besok 5"));
        read_everything(&ayu).await;
    }
    let stored = "SELECT COUNT(*) FROM messages WHERE subject IS NOT NULL";
    cluster.until(stored, |count: &i64| *count > 30).await;
    cluster.each_once(writers.end()).await;
    // Whoever reads the log has read on to its end.
    cluster
        .until(
            "SELECT MAX(e.seq) - (SELECT MIN(seq) FROM cursors) FROM events e",
            |behind: &i64| *behind == 0,
        )
        .await;
    assert!(!cluster.said().contains("ERROR"), "{}", cluster.said());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_refuses_a_database_that_a_newer_one_has_used() {
    let database = schema().await;
    let on_postgres = Installation::new(&format!("database.url = \"{database}\"\n"));
    let on_sqlite = Installation::new("");
    for sapa in [&on_postgres, &on_sqlite] {
        let said = sapa.run(&["migrate"]);
        assert_eq!(said.code, 0, "{said:?}");
    }
    let newer =
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9001, 'of tomorrow', TRUE, '', 0)";
    let mut conn = sqlx::PgConnection::connect(&database).await.unwrap();
    sqlx::query(newer).execute(&mut conn).await.unwrap();
    let file = format!("sqlite:{}", on_sqlite.path("data/sapa.db").display());
    let mut conn = sqlx::SqliteConnection::connect(&file).await.unwrap();
    sqlx::query(newer).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    for sapa in [&on_postgres, &on_sqlite] {
        for command in ["serve", "migrate"] {
            let said = sapa.run(&[command]);
            assert_eq!(said.code, 1, "{said:?}");
            let words = format!("{}{}", said.out, said.err);
            assert!(words.contains("used by a newer sapa: its migration 9001"), "{said:?}");
        }
    }
}
