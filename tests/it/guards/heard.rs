//! The matrix of live events: every kind, and who hears of it.

use std::time::Duration;

use sapa::{
    events::{Actor, NewEvent, kinds::KINDS},
    officers::policy::{Permission, Role, allows},
};
use serde_json::{Value, json};

use super::matrix::scope;
use crate::{
    scenario,
    support::{
        Client, TestApp,
        inbox::{answer, newest, text},
        screen::Screen,
        visitor::{Site, Visitor},
    },
};

/// Logged last; whoever may open a screen hears of it.
const LAST: &str = "conversation.changed";

fn is_last(told: &Value) -> bool {
    told["event"]["kind"] == LAST && told["event"]["data"]["last"] == true
}

/// Logs one event of each kind, and one by which all screens know the end.
async fn log_all(app: &TestApp) {
    let event = |kind| NewEvent::new(kind, app.app.now(), Actor::system());
    let mut events: Vec<_> = KINDS.iter().map(|(kind, _)| event(kind)).collect();
    events.push(event(LAST).data(json!({ "last": true })));
    let tx = app.app.db().write().await.unwrap();
    app.app.commit(tx, &events).await.unwrap();
}

fn kinds(told: &[Value]) -> Vec<String> {
    let events = told.iter().filter(|told| told["type"] == "event" && !is_last(told));
    events.map(|told| text(&told["event"], "kind").to_owned()).collect()
}

async fn token(app: &TestApp, admin: &Client, scopes: &[Permission]) -> Screen {
    let scopes: Vec<_> = scopes.iter().map(|one| scope(*one)).collect();
    let made = admin.post("/tokens", json!({ "name": "Papan", "scopes": scopes })).await;
    let authorization = format!("Bearer {}", text(&made, "token"));
    let mut screen = Screen::with(app, &[("authorization", &authorization)]).await.unwrap();
    screen.send(json!({ "type": "hello", "since": null })).await;
    screen.hears("ready").await;
    screen
}

scenario! {
    async fn r5_r6_every_kind_of_event_is_told_to_those_who_may_know_and_to_nobody_else(app: TestApp) {
        let admin = app.staff("Nyoman", Role::Administrator).await;
        // Who, his screen, and what he is permitted.
        let mut hearers: Vec<(String, Screen, Vec<Permission>)> = Vec::new();
        let mut analyst = None;
        for role in Role::ALL {
            let client = app.staff(role.as_str(), role).await;
            let screen = Screen::ready(&app, &client).await;
            let may = Permission::ALL.into_iter().filter(|asked| allows(role, *asked)).collect();
            hearers.push((role.as_str().to_owned(), screen, may));
            analyst = Some(client);
        }
        for more in Permission::ALL {
            let scopes = [Permission::ConversationsRead, more];
            let screen = token(&app, &admin, &scopes).await;
            hearers.push((scope(more), screen, scopes.to_vec()));
        }
        let mut tx = app.app.db().read().await.unwrap();
        let since = sapa::events::head(&mut tx).await.unwrap();
        drop(tx);
        log_all(&app).await;
        for (name, screen, may) in &mut hearers {
            let told = screen.all_with(is_last, Duration::ZERO).await;
            let wanted: Vec<_> = KINDS.iter().filter(|(_, asked)| may.contains(asked)).map(|(kind, _)| (*kind).to_owned()).collect();
            assert_eq!(kinds(&told), wanted, "{name}");
        }
        // Nor afterwards, when it is told again.
        let mut screen = Screen::open(&app, &analyst.unwrap(), Some(since)).await;
        let told = kinds(&screen.all_with(is_last, Duration::ZERO).await);
        assert!(told.iter().all(|kind| !kind.starts_with("quarantine") && !kind.starts_with("import")), "{told:?}");
        assert!(told.contains(&"mailing.started".to_owned()));
    }
}

scenario! {
    async fn r6_a_kind_that_is_not_listed_is_told_to_nobody(app: TestApp) {
        let admin = app.staff("Nyoman", Role::Administrator).await;
        let mut screen = Screen::ready(&app, &admin).await;
        let mut tx = app.app.db().write().await.unwrap();
        let now = app.app.now();
        sapa::on_db!(&mut tx, |conn| {
            sqlx::query("INSERT INTO events (kind, at, actor_kind, actor_name, history, data) VALUES ('officer.secret', $1, 'system', 'Sapa', FALSE, '{}')")
                .bind(now).execute(conn).await.unwrap();
        });
        tx.commit().await.unwrap();
        log_all(&app).await;
        let told = kinds(&screen.all_with(is_last, Duration::ZERO).await);
        assert!(!told.contains(&"officer.secret".to_owned()) && told.len() == KINDS.len(), "{told:?}");
    }
}

scenario! {
    async fn r6_a_visitor_hears_what_is_said_to_him_and_nothing_else(app: TestApp) {
        let site = Site::new(&app).await;
        let ayu = app.officer("Ayu").await;
        let mut rina = Visitor::new(&app, &site).await;
        rina.says("Halo, ini Rina").await;
        let row = newest(&ayu).await;
        let mut mallory = Visitor::new(&app, &site).await;
        mallory.says("Halo, ini Mallory").await;
        let other = newest(&ayu).await;
        assert_ne!(row["id"], other["id"]);

        ayu.post(&format!("/conversations/{}/messages", text(&row, "id")), json!({ "kind": "note", "text": "catatan rahasia" })).await;
        log_all(&app).await;
        answer(&ayu, &row, "untuk Rina").await;
        answer(&ayu, &other, "untuk Mallory").await;
        for (visitor, own, foreign) in [(&mut mallory, "untuk Mallory", "untuk Rina"), (&mut rina, "untuk Rina", "untuk Mallory")] {
            let heard = visitor.hears_all_to(own).await;
            for never in [foreign, "catatan", "seq\":null", "actor", "quarantine", "ticket."] {
                assert!(!heard.contains(never), "{never}: {heard}");
            }
        }
    }
}
