//! What nobody was woken for is found all the same (D5).

use std::time::Duration;

use sapa::{
    events::{self, Actor, NewEvent},
    on_db,
};
use serde_json::json;
use uuid::Uuid;

use super::{hub, with_relay};
use crate::{
    scenario,
    support::{
        Backend, Client, TestApp, eventually,
        inbox::{in_state, mail_from, say, text},
        screen::Screen,
        sink::Sink,
    },
};

with_relay! {
    async fn d5_a_delivery_for_which_no_worker_was_woken_leaves(app: TestApp, sink: Sink, ayu: Client) {
        let row = mail_from(app, ayu, "Rina", "Pesanan").await;
        let later = app.app.now().after(Duration::from_secs(7 * 24 * 3600));
        let said = say(ayu, &row, json!({ "kind": "reply", "text": "Halo", "send_at": later })).await;
        let id: Uuid = text(&said, "id").parse().unwrap();
        // Past the hub: the row is due now, and no word is said of it.
        let mut tx = app.app.db().write().await.unwrap();
        on_db!(&mut tx, |conn| {
            sqlx::query("UPDATE deliveries SET run_at = $2 WHERE message_id = $1")
                .bind(id).bind(app.app.now()).execute(conn).await.unwrap();
        });
        tx.commit().await.unwrap();
        in_state(ayu, &row, text(&said, "id"), "sent").await;
        assert_eq!(sink.taken().len(), 1);
    }
}

scenario! {
    async fn d5_an_event_of_which_no_reader_was_told_is_read(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
        let mut screen = Screen::ready(&app, &ayu).await;
        let contact: Uuid = text(&row["contact"], "id").parse().unwrap();
        let mut tx = app.app.db().write().await.unwrap();
        on_db!(&mut tx, |conn| {
            sqlx::query("UPDATE contacts SET name = 'Wulandari' WHERE id = $1").bind(contact).execute(conn).await.unwrap();
        });
        let event = NewEvent::new("contact.changed", app.app.now(), Actor::system()).contact(contact);
        events::append(&mut tx, &[event]).await.unwrap();
        tx.commit().await.unwrap();
        // The live inbox and the search index look by themselves.
        assert_eq!(screen.hears_event("contact.changed").await["contact_id"], row["contact"]["id"]);
        eventually(|| async {
            let found = ayu.get("/search?q=wulandari").await;
            found.to_string().contains(text(&row["contact"], "id")).then_some(())
        }).await;
    }
}
