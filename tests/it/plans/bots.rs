//! What is asked of bots often.

use sapa::{
    conversations::list::{self, Filter, Folder},
    http::Cursor,
    officers::policy::Role,
    on_db,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    analyse,
    asked::{literal, look},
    filled, keep_statements,
};
use crate::{scenario, support::inbox::text};

/// How many turns there are.
const TURNS: u32 = 20_000;

scenario! {
    async fn b1_a_bots_turns_and_conversations_are_found_by_an_index(app: TestApp) {
        keep_statements();
        let (ayu, _) = filled::filled(&app).await;
        let admin = app.staff("Nyoman", Role::Administrator).await;
        let bot = admin.post("/bots", json!({ "name": "Kira", "url": "http://127.0.0.1:9/" })).await;
        let bot = text(&bot, "id").to_owned();
        let mut tx = app.app.db().write().await.unwrap();
        let of = filled::uuid_literal(&tx, &bot);
        let at = format!("{} + CAST(i AS BIGINT) * 1000000", app.app.now().0 - 1_000_000_000_000);
        filled::fill(&mut tx, "bot_turns",
            "id, bot_id, seq, conversation_id, message_id, state, attempts, run_at, fence, said, created_at", TURNS,
            &format!("ID(i), {of}, i, CONVERSATION(i), ID(i), CASE WHEN i % 100 = 0 THEN 'failed' ELSE 'answered' END, 1, {at}, 1, 1, {at}")).await;
        analyse(&mut tx).await;
        tx.commit().await.unwrap();

        let mut found = Vec::new();
        let cursor = Cursor::new(app.app.now(), filled::id(9));
        let (at, id) = (cursor.at.to_string(), literal(cursor.id));
        let of = format!("'{bot}'::uuid");
        admin.get(&format!("/bots/{bot}/turns?cursor={cursor}")).await;
        look(&app, "the log", &["FROM bot_turns t", "t.bot_id = ", "ORDER BY t.created_at DESC"], &[of.clone(), at.clone(), id.clone(), "51".to_owned()], false, &mut found).await;
        admin.get(&format!("/bots/{bot}/turns?cursor={cursor}&state=failed")).await;
        look(&app, "the log by state", &["FROM bot_turns t", "t.state = ", "ORDER BY t.created_at DESC"], &[of, "'failed'".to_owned(), at.clone(), id, "51".to_owned()], false, &mut found).await;
        let me: Uuid = ayu.id.as_str().unwrap().parse().unwrap();
        let mut tx = app.app.db().read().await.unwrap();
        let filter = Filter { folder: Folder::Bot, ..Filter::default() };
        list::list(&mut tx, me, &filter, None, 50).await.unwrap();
        look(&app, "the bots' folder", &["c.bot_id IS NOT NULL", "ORDER BY c.last_message_at DESC"], &[literal(me), literal(me), literal(me), "51".to_owned()], false, &mut found).await;
        admin.get("/bots").await;
        look(&app, "bots", &["FROM bots b", "AS in_charge"], &[at.clone(), at.clone(), at], true, &mut found).await;
        drop(tx);
        let mut tx = app.app.db().write().await.unwrap();
        on_db!(&mut tx, |conn| {
            sqlx::query("UPDATE bot_turns SET state = 'queued' WHERE seq = 20000").execute(conn).await.unwrap();
        });
        tx.commit().await.unwrap();
        sapa::bots::work(&app.app).await.unwrap();
        let now = app.app.now().0.to_string();
        look(&app, "what is due", &["UPDATE bot_turns SET attempts = attempts + CASE"], &[now.clone(), now, "32".to_owned(), literal(me)], true, &mut found).await;
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}
