//! Sending again by another way.

use std::time::Duration;

use sapa::officers::policy::Role;
use serde_json::json;

use super::{hub, later, with_relay};
use crate::support::{
    Backend, Client, TestApp,
    inbox::{answer, id, in_state, mail_from, messages, say},
    mail::header,
    sink::{Sink, Treatment},
};

with_relay! {
    async fn what_goes_by_another_channel_is_not_sent_by_the_first_as_well(app: TestApp, sink: Sink, ayu: Client) {
        let admin = app.staff("Nyoman", Role::Administrator).await;
        let second = admin.post("/channels", json!({
            "kind": "email", "name": "Bantuan", "address": "bantuan@kopiseruni.example",
        })).await;
        let row = mail_from(app, ayu, "Rina", "Pesanan").await;
        sink.treat_next([Treatment::Refuse("451 later")]);
        let first = answer(ayu, &row, "Halo").await;
        in_state(ayu, &row, &id(&first), "retrying").await;
        let path = format!("/messages/{}/retry", id(&first));
        let again = ayu.post(&path, json!({ "channel_id": second["id"] })).await;
        assert_ne!(again["id"], first["id"]);
        in_state(ayu, &row, &id(&again), "sent").await;
        in_state(ayu, &row, &id(&first), "cancelled").await;
        for _ in 0..3 {
            later(app, 24 * 3600);
        }
        // What is written last goes last: by then the first would have gone too.
        let last = answer(ayu, &row, "Sampai jumpa").await;
        later(app, 1);
        in_state(ayu, &row, &id(&last), "sent").await;
        assert_eq!(sink.taken().len(), 2, "the answer once, and the last word");
        assert_eq!(messages(ayu, &row).await.len(), 4);
    }
}

with_relay! {
    async fn mail_8_what_was_for_later_bears_that_date_and_is_tried_for_five_days_from_then(app: TestApp, sink: Sink, ayu: Client) {
        let row = mail_from(app, ayu, "Rina", "Pesanan").await;
        sink.treat_next([Treatment::Refuse("451 later")]);
        let at = app.app.now().after(Duration::from_secs(6 * 24 * 3600));
        let body = json!({ "kind": "reply", "text": "Minggu depan", "send_at": at.to_string() });
        let said = say(ayu, &row, body).await;
        later(app, 6 * 24 * 3600 + 1);
        in_state(ayu, &row, &id(&said), "retrying").await;
        later(app, 100);
        in_state(ayu, &row, &id(&said), "sent").await;
        let date = header(&sink.taken()[0], "Date").unwrap();
        let day = at.to_string()[8..10].to_owned();
        assert!(date.contains(&format!(" {day} ")) || date.contains(&format!(", {} ", day.trim_start_matches('0'))), "{date}");
    }
}
