//! Nodes that died while they asked a bot, and databases that did.

use std::time::Duration;

use sapa::{delivery::recovery, on_db};
use sapa_channel::new_id;
use serde_json::json;
use uuid::Uuid;

use super::{Hub, hears, say};
use crate::{
    scenario,
    support::{
        TestApp,
        database::{refuse, take_again},
        visitor::Visitor,
    },
};

/// The open turn, as a node holds it who asks: for a day, if nobody sees that it died.
async fn held_by(app: &TestApp, node: Uuid) {
    let until = app.app.now().after(Duration::from_secs(24 * 3600));
    let mut tx = app.app.db().write().await.unwrap();
    on_db!(&mut tx, |conn| {
        sqlx::query("UPDATE bot_turns SET state = 'calling', lease_owner = $1, run_at = $2 WHERE state = 'waiting'")
            .bind(node)
            .bind(until)
            .execute(conn)
            .await
            .unwrap();
    });
    tx.commit().await.unwrap();
}

async fn holder(app: &TestApp) -> Option<Uuid> {
    let mut tx = app.app.db().read().await.unwrap();
    on_db!(&mut tx, |conn| sqlx::query_scalar("SELECT lease_owner FROM bot_turns")
        .fetch_one(conn)
        .await
        .unwrap())
}

scenario! {
    async fn d6_what_a_dead_node_asked_is_asked_again_at_once_and_a_living_ones_turn_is_left_to_it(app: TestApp) {
        let hub = Hub::new(&app).await;
        let mut visitor = Visitor::new(&app, &hub.site).await;
        visitor.says("Halo").await;
        let first = hub.peer.asked(1).await.remove(0).turn();
        hub.turn_in("waiting").await;
        let me = app.app.nodes().me();
        held_by(&app, me).await;
        recovery::once(&app.app).await.unwrap();
        assert_eq!(holder(&app).await, Some(me));

        // It dies, and its id is nobody's any more.
        hub.peer.does(json!([say("Halo juga")]));
        let dead = new_id();
        let mut tx = app.app.db().write().await.unwrap();
        on_db!(&mut tx, |conn| {
            sqlx::query("UPDATE bot_turns SET lease_owner = $1").bind(dead).execute(conn).await.unwrap();
        });
        tx.commit().await.unwrap();
        recovery::once(&app.app).await.unwrap();
        assert_eq!(hears(&mut visitor).await["text"], "Halo juga");
        assert_eq!(hub.peer.asked(1).await.remove(0).turn(), first, "the same turn, by its id");
        assert_eq!(hub.turn_in("answered").await["said"], 1);
    }
}

scenario! {
    async fn d6_a_turn_whose_end_could_not_be_noted_does_not_wait_for_the_end_of_its_lease(app: TestApp) {
        let hub = Hub::new(&app).await;
        hub.peer.does(json!([say("Halo juga")]));
        refuse(&app, "bot_turns", "answered").await;
        let mut visitor = Visitor::new(&app, &hub.site).await;
        visitor.says("Halo").await;
        let first = hub.peer.asked(1).await.remove(0).turn();
        hub.turn_in("queued").await;
        take_again(&app, "bot_turns").await;
        app.clock.advance(Duration::from_secs(2));
        assert_eq!(hears(&mut visitor).await["text"], "Halo juga");
        assert_eq!(hub.turn_in("answered").await["said"], 1);
        assert_eq!(hub.peer.asked(1).await.remove(0).turn(), first, "the same turn, by its id");
    }
}
