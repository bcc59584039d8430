//! An arrival that fails by itself: its neighbours go through, and it is kept for an officer (D4).

use futures::future::join_all;
use reqwest::Method;
use sapa::officers::policy::Role;
use serde_json::{Value, json};

use super::{arrival, commit, hand_over, hold_the_writer, intake, number};
use crate::{
    scenario,
    support::{
        TestApp,
        inbox::{rows, text},
    },
};

/// Lets the database refuse a message that says this, as a fault in a rule would; on PostgreSQL each try counts.
async fn poison(app: &TestApp, word: &str) {
    if app.app.db().name() == "sqlite" {
        let trigger = format!(
            "CREATE TRIGGER poison BEFORE INSERT ON messages WHEN new.text LIKE '%{word}%'
             BEGIN SELECT RAISE(ABORT, 'this word is poison'); END"
        );
        commit(app, &[&trigger]).await;
    } else {
        let function = format!(
            "CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS '
             BEGIN
                 IF new.text LIKE ''%{word}%'' AND nextval(''tries'') <= (SELECT most FROM poisoned) THEN
                     RAISE EXCEPTION ''this word is poison'';
                 END IF;
                 RETURN new;
             END'"
        );
        commit(
            app,
            &[
                "CREATE SEQUENCE tries",
                "CREATE TABLE poisoned AS SELECT 1000 AS most",
                &function,
                "CREATE TRIGGER poison BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION refuse_poison()",
            ],
        )
        .await;
    }
}

async fn antidote(app: &TestApp) {
    let on = if app.app.db().name() == "sqlite" { "" } else { " ON messages" };
    commit(app, &[&format!("DROP TRIGGER poison{on}")]).await;
}

scenario! {
    async fn d4_what_cannot_be_routed_is_quarantined_after_five_tries_and_its_neighbours_go_through(app: TestApp) {
        let channel = app.mailbox().await;
        let sari = app.staff("Sari", Role::Supervisor).await;
        poison(&app, "racun").await;
        let intake = intake(&app);
        let held = hold_the_writer(&app).await;
        let words = |n: usize| if n == 11 { "ini racun".to_owned() } else { format!("ini kopi {n}") };
        let waiting = hand_over(&*intake, (0..20).map(|n| arrival(&app, &channel, &format!("rina{n}"), &words(n)))).await;
        drop(held);
        let receipts = join_all(waiting).await;
        for (n, receipt) in receipts.iter().enumerate() {
            let receipt = receipt.as_ref().unwrap_or_else(|refused| panic!("arrival {n}: {refused}"));
            assert!(receipt.fresh, "arrival {n}");
            assert_eq!(receipt.message.is_some(), n != 11, "arrival {n}");
        }
        assert_eq!(rows(&sari, "folder=all&limit=100").await.len(), 19);
        if app.app.db().name() == "postgres" {
            let tries = number(&app, "SELECT last_value FROM tries").await;
            assert!((5..=6).contains(&tries), "five by itself, one with its neighbours if it had any: {tries}");
        }

        let kept = sari.get("/quarantine").await["items"].clone();
        assert_eq!(kept.as_array().unwrap().len(), 1);
        let reason = text(&kept[0], "reason");
        assert!(reason.starts_with("it could not be routed:") && reason.contains("poison"), "{reason}");
        let original = sari.call(Method::GET, text(&kept[0], "original_url"), None).await;
        assert_eq!(original.text().await.unwrap(), "ini racun", "as it came");
        // What comes later does not wait for it, and the same once more is known.
        let again = arrival(&app, &channel, "rina11", "ini racun");
        assert!(!intake.deliver(again).await.unwrap().fresh);
        let later = arrival(&app, &channel, "budi", "Halo");
        assert!(intake.deliver(later).await.unwrap().message.is_some());
    }
}

scenario! {
    async fn d4_a_quarantined_mail_is_taken_in_when_the_fault_is_mended(app: TestApp) {
        app.mailbox().await;
        let sari = app.staff("Sari", Role::Supervisor).await;
        poison(&app, "racun").await;
        let mail = crate::support::mail::plain("Rina <rina@surat.example>", "Pesanan", "1@surat.example", "ini racun", "");
        let taken = app.receive_mail("rina@surat.example", crate::support::MAILBOX, &mail).await;
        assert!(taken.starts_with("250"), "{taken}");
        assert_eq!(rows(&sari, "folder=all").await, Vec::<Value>::new());
        let kept = sari.get("/quarantine").await["items"][0].clone();
        let retry = format!("/quarantine/{}/retry", text(&kept, "id"));

        antidote(&app).await;
        sari.post(&retry, Value::Null).await;
        assert_eq!(sari.get("/quarantine").await["items"], json!([]));
        let row = rows(&sari, "folder=all").await.remove(0);
        assert_eq!((text(&row, "preview"), text(&row["contact"], "name")), ("ini racun", "Rina"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d4_what_fails_four_times_is_taken_at_the_fifth() {
    // Only PostgreSQL's sequences remember what was rolled back.
    let app = TestApp::new(crate::support::Backend::Postgres).await;
    let channel = app.mailbox().await;
    let sari = app.staff("Sari", Role::Supervisor).await;
    poison(&app, "racun").await;
    // The first failure is that of the slice, then it is tried by itself.
    commit(&app, &["UPDATE poisoned SET most = 5"]).await;
    let taken = intake(&app).deliver(arrival(&app, &channel, "rina", "ini racun")).await.unwrap();
    assert!(taken.fresh && taken.message.is_some());
    assert_eq!(sari.get("/quarantine").await["items"], json!([]));
    assert_eq!(number(&app, "SELECT last_value FROM tries").await, 6);
}
