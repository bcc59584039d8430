//! The hub in operation.

use std::fs;

use crate::{
    caller::{Admin, send_mail},
    sapa::{Installation, free_port, get, is_private},
};

#[test]
fn the_hub_serves_until_it_is_told_to_stop_and_stops_gracefully() {
    for signal in ["TERM", "INT"] {
        let sapa = Installation::new("[log]\njson = true\n");
        let hub = sapa.serve();
        assert!(get(sapa.port, "/healthz").unwrap().ends_with("ok"));
        hub.signal(signal);
        let (status, said) = hub.end();
        assert!(status.success(), "{said}");
        // Each line is one event, in JSON.
        let messages: Vec<String> = said
            .lines()
            .map(|line| {
                serde_json::from_str::<serde_json::Value>(line).unwrap()["message"].to_string()
            })
            .collect();
        assert!(messages.contains(&"\"ready\"".to_owned()), "{said}");
        assert_eq!(messages.last().unwrap(), "\"stopped\"", "{said}");
        // The log of the database is folded in.
        assert_eq!(sapa.left_in("data"), ["files", "sapa.db", "sapa.db-search", "sapa.db.lock"]);
        assert!(is_private(&sapa.path("data")));
    }
}

#[test]
fn the_figures_are_shown() {
    let sapa = Installation::new("");
    let hub = sapa.serve();
    hub.until("the figures", || {
        get(sapa.port, "/metrics").unwrap().contains("\nsapa_outbox_age_seconds 0")
    });
    let figures = get(sapa.port, "/metrics").unwrap();
    assert!(
        figures.contains("sapa_build_info{version=\"")
            && figures.contains("\nsapa_deliveries_unknown 0"),
        "{figures}"
    );
}

#[test]
fn two_hubs_never_share_an_embedded_database() {
    let sapa = Installation::new("");
    let hub = sapa.serve();
    for command in ["serve", "migrate"] {
        let said = sapa.run(&[command]);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(
            said.err.contains("is in use by process") && said.err.contains("stop that first"),
            "{said:?}"
        );
    }
    // The doctor knows the hub for ours.
    let said = sapa.run(&["doctor"]);
    assert!(said.code == 0 && said.out.contains("a hub answers at"), "{said:?}");

    // After kill -9 the next one starts at once.
    hub.signal("KILL");
    hub.end();
    sapa.serve();
}

#[test]
fn a_backup_is_made_while_the_hub_runs_and_restored_when_it_is_stopped() {
    let sapa = Installation::new("");
    let add = |name: &str| {
        let email = format!("{name}@seruni.example");
        let said = sapa.run(&["officer", "add", "--email", &email, "--name", name]);
        assert_eq!(said.code, 0, "{said:?}");
    };
    let hub = sapa.serve();
    add("before");
    let said = sapa.run(&["backup", "backup.tar"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(is_private(&sapa.path("backup.tar")));
    add("after");

    let said = sapa.run(&["restore", "backup.tar", "--force"]);
    assert!(said.code == 1 && said.err.contains("is in use by process"), "{said:?}");
    hub.signal("TERM");
    assert!(hub.end().0.success());
    let said = sapa.run(&["restore", "backup.tar"]);
    assert!(said.code == 1 && said.err.contains("with --force"), "{said:?}");
    let said = sapa.run(&["restore", "backup.tar", "--force"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("sapa.db.before-"), "{said:?}");
    let officers = sapa.run(&["officer", "list"]).out;
    assert!(officers.contains("before@") && !officers.contains("after@"), "{officers}");

    fs::remove_dir_all(sapa.path("data")).unwrap();
    let said = sapa.run(&["restore", "backup.tar"]);
    assert_eq!(said.code, 0, "{said:?}");
    drop(sapa.serve());
}

#[test]
fn the_demonstration_says_where_it_is_and_sends_nothing() {
    let sapa = Installation::new("");
    let demo = sapa.start(&["demo", "--data", "here", "--port", "0", "--smtp-port", "0"]);
    demo.until("its words", || demo.said().contains("Ctrl-C"));
    let said = demo.said();
    let port = said
        .split("http://127.0.0.1:")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next())
        .unwrap();
    assert!(get(port.parse().unwrap(), "/readyz").unwrap().starts_with("HTTP/1.1 200"));
    assert!(
        said.contains("/demo") && said.contains("Mail comes in by SMTP at 127.0.0.1:"),
        "{said}"
    );
    assert!(said.contains("here/mail"), "{said}");
    assert!(said.contains("password") && said.contains("ayu@kopiseruni.example"), "{said}");
    demo.signal("INT");
    let (status, said) = demo.end();
    assert!(status.success(), "{said}");
    assert!(is_private(&sapa.path("here")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_index_that_was_removed_is_made_again() {
    let smtp = free_port();
    let sapa =
        Installation::new(&format!("smtp.listen = \"127.0.0.1:{smtp}\"\nmail.folder = \"mail\"\n"));
    let hub = sapa.serve();
    let admin = Admin::first(sapa.port).await;
    admin.mailbox().await;
    let said = send_mail(smtp, "rina@surat.example", "Pesanan", "Kopinya belum sampai").unwrap();
    assert!(said.starts_with("250"), "{said}");
    let found = async |word: &str, part: &str| {
        for _ in 0..200 {
            let found = admin.get(&format!("/search?q={word}")).await;
            if found[part].as_array().is_some_and(|found| found.len() == 1) {
                return true;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        false
    };
    assert!(found("sampai", "messages").await && found("rina", "contacts").await);
    hub.signal("TERM");
    hub.end();

    fs::remove_file(sapa.path("data/sapa.db-search")).unwrap();
    let hub = sapa.serve();
    assert!(found("sampai", "messages").await && found("rina", "contacts").await);
    hub.signal("TERM");
    hub.end();
}
