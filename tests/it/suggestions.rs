//! Contacts who may be one: an officer decides, and it stays decided.

use reqwest::Method;
use sapa::{events, on_db};
use serde_json::{Value, json};

use crate::{
    scenario,
    support::{
        Client, MAILBOX, TestApp, eventually,
        inbox::{answer, eventually_rows, messages, rows, text},
        mail::plain,
    },
};

/// Lets a customer of this name write about an order from one of his addresses.
async fn write(app: &TestApp, address: &str, id: &str) {
    let mail = plain(
        &format!("Rina Wulandari <{address}>"),
        &format!("Pesanan KS-20931 {id}"),
        &format!("{id}@surat.example"),
        "Bagaimana pesanan KS-20931?",
        "",
    );
    let taken = app.receive_mail(address, MAILBOX, &mail).await;
    assert!(taken.starts_with("250"), "{taken}");
}

/// Two contacts of one name who ask for one order, the first known first, and what is suggested.
async fn alike(app: &TestApp, client: &Client) -> (Vec<Value>, Value) {
    app.mailbox().await;
    write(app, "rina@surat.example", "a1").await;
    write(app, "rina.w@kantor.example", "b1").await;
    let mut all = eventually_rows(client, 2).await;
    all.sort_by_key(|row| text(&row["contact"], "id").to_owned());
    let contact = eventually(|| async {
        Some(contact(client, &all[1]).await).filter(|contact| {
            contact["suggestions"][0]["evidence"].as_array().is_some_and(|all| all.len() == 2)
        })
    })
    .await;
    (all, contact["suggestions"][0].clone())
}

async fn contact(client: &Client, row: &Value) -> Value {
    client.get(&format!("/contacts/{}", text(&row["contact"], "id"))).await
}

/// Waits until the reader that suggests has read all that has happened.
async fn read_to_the_end(app: &TestApp) {
    let mut tx = app.app.db().read().await.unwrap();
    let head = events::head(&mut tx).await.unwrap();
    drop(tx);
    eventually(|| async {
        let mut tx = app.app.db().read().await.unwrap();
        let read: i64 = on_db!(&mut tx, |conn| {
            sqlx::query_scalar("SELECT seq FROM cursors WHERE reader = 'likeness'")
                .fetch_one(conn)
                .await
                .unwrap()
        });
        (read >= head).then_some(())
    })
    .await;
}

scenario! {
    async fn h3_a_refused_suggestion_is_gone_and_not_made_again(app: TestApp) {
        let ayu = app.officer("Ayu").await;
        let (all, suggestion) = alike(&app, &ayu).await;
        assert_eq!(suggestion["other"]["id"], all[0]["contact"]["id"]);
        let path = format!("/suggestions/{}", text(&suggestion, "id"));
        assert_eq!(ayu.call(Method::POST, &format!("{path}/refuse"), None).await.status(), 204);
        for row in &all {
            assert_eq!(contact(&ayu, row).await["suggestions"], json!([]));
        }
        for again in ["refuse", "merge"] {
            let (status, _) = ayu.refused(Method::POST, &format!("{path}/{again}"), None).await;
            assert_eq!(status, 404, "{again}");
        }
        // The same evidence again, from both sides.
        write(&app, "rina.w@kantor.example", "b2").await;
        write(&app, "rina@surat.example", "a2").await;
        read_to_the_end(&app).await;
        for row in &all {
            assert_eq!(contact(&ayu, row).await["suggestions"], json!([]), "it was decided");
            assert_eq!(contact(&ayu, row).await["merges"], json!([]));
        }
    }
}

scenario! {
    async fn h2_a_suggestion_that_is_accepted_makes_one_of_two_and_can_be_undone(app: TestApp) {
        let ayu = app.officer("Ayu").await;
        let (all, suggestion) = alike(&app, &ayu).await;
        let path = format!("/suggestions/{}/merge", text(&suggestion, "id"));
        let merged = ayu.post(&path, Value::Null).await;
        let (kept, gone) = (text(&all[0]["contact"], "id"), text(&all[1]["contact"], "id"));
        assert_eq!(text(&merged, "id"), kept, "who was known first stays");
        assert_eq!(merged["suggestions"], json!([]));
        let addresses: Vec<_> = merged["identities"].as_array().unwrap().iter().map(|identity| text(identity, "value")).collect();
        assert!(addresses.contains(&"rina@surat.example") && addresses.contains(&"rina.w@kantor.example"), "{addresses:?}");
        // By its old name it is found as well, and its history is one.
        assert_eq!(text(&ayu.get(&format!("/contacts/{gone}")).await, "id"), kept);
        assert_eq!(messages(&ayu, &all[0]).await.len(), 2);
        assert!(rows(&ayu, "folder=all").await.iter().all(|row| text(&row["contact"], "id") == kept));
        assert_eq!(ayu.refused(Method::POST, &path, None).await.0, 404, "once");
        answer(&ayu, &all[1], "Kami kirim.").await;

        // Undone, each has his own again, and it is not suggested at once again.
        let merge = contact(&ayu, &all[0]).await["merges"][0].clone();
        ayu.post(&format!("/merges/{}/undo", text(&merge, "id")), json!({})).await;
        read_to_the_end(&app).await;
        for (row, count) in [(&all[0], 1), (&all[1], 2)] {
            assert_eq!(contact(&ayu, row).await["id"], row["contact"]["id"]);
            assert_eq!(messages(&ayu, row).await.len(), count);
            assert_eq!(contact(&ayu, row).await["suggestions"], json!([]));
        }
    }
}
