//! Lists that are read in parts.

use std::collections::HashSet;

use sapa::{insert_rows, on_db};
use sapa_channel::{Timestamp, new_id};
use serde_json::Value;
use uuid::Uuid;

use super::begun;
use crate::{
    scenario,
    support::{Client, TestApp, inbox::text},
};

/// Adds conversations of one contact; several bear the same time, and every third waits.
async fn add(app: &TestApp, row: &Value, count: usize) {
    let contact: Uuid = text(&row["contact"], "id").parse().unwrap();
    let channel: Uuid = text(&row["channel"], "id").parse().unwrap();
    let now = app.app.now();
    let new: Vec<(Uuid, Timestamp, Option<Timestamp>)> = (0..count)
        .map(|n| {
            let at = Timestamp(now.0 - i64::try_from(n / 7).unwrap() * 1_000_000);
            (new_id(), at, (n % 3 == 0).then_some(at))
        })
        .collect();
    let mut tx = app.app.db().write().await.unwrap();
    async {
        insert_rows!(
            &mut tx,
            "INSERT INTO conversations (id, contact_id, channel_id, status, preview, preview_kind, has_files, last_message_at,
                                        waiting_since, message_count, created_at, version) ",
            &new,
            |row, (id, at, waiting)| row.push_bind(*id).push_bind(contact).push_bind(channel).push_bind("open").push_bind("x")
                .push_bind("in").push_bind(false).push_bind(*at).push_bind(*waiting).push_bind(1_i64).push_bind(*at).push_bind(1_i64)
        );
        Ok::<_, sapa::db::DbError>(())
    }
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

/// All rows of a list, part by part.
async fn all(client: &Client, query: &str, limit: usize) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page =
            client.get(&format!("/conversations?{query}&limit={limit}&cursor={cursor}")).await;
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit);
        found.extend(items.iter().cloned());
        let Some(next) = page["next"].as_str() else { return found };
        assert_eq!(items.len(), limit, "a part that is not the last is full");
        next.clone_into(&mut cursor);
    }
}

scenario! {
    async fn three_hundred_conversations_are_read_in_parts_without_loss_or_doubles(app: TestApp) {
        let (row, ayu, _) = begun(&app).await;
        add(&app, &row, 310).await;
        for (query, count, key, rising) in [
            ("folder=open", 311, "last_message_at", false),
            ("folder=open&sort=oldest", 311, "last_message_at", true),
            ("folder=unassigned&sort=waiting", 105, "waiting_since", true),
            ("folder=waiting", 105, "waiting_since", true),
            ("folder=all", 311, "last_message_at", false),
            ("folder=all&sort=oldest", 311, "last_message_at", true),
        ] {
            for limit in [37, 200] {
                let found = all(&ayu, query, limit).await;
                let ids: HashSet<_> = found.iter().map(|row| text(row, "id")).collect();
                assert_eq!((found.len(), ids.len()), (count, count), "{query} by {limit}");
                let times: Vec<Timestamp> = found.iter().map(|row| serde_json::from_value(row[key].clone()).unwrap()).collect();
                assert!(times.windows(2).all(|pair| if rising { pair[0] <= pair[1] } else { pair[0] >= pair[1] }), "{query}");
            }
        }
        for cursor in ["x", "AAAA", "!!"] {
            let (status, problem) = ayu.refused(reqwest::Method::GET, &format!("/conversations?cursor={cursor}"), None).await;
            assert_eq!((status.as_u16(), problem["fields"]["cursor"].is_string()), (422, true));
        }
    }
}

scenario! {
    async fn what_comes_while_a_list_is_read_moves_nothing_out_of_it(app: TestApp) {
        let (row, ayu, _) = begun(&app).await;
        add(&app, &row, 60).await;
        let first = ayu.get("/conversations?limit=30").await;
        let newer = app.app.now();
        let mut tx = app.app.db().write().await.unwrap();
        let moved: Uuid = text(&first["items"][10], "id").parse().unwrap();
        on_db!(&mut tx, |conn| {
            sqlx::query("UPDATE conversations SET last_message_at = $2 WHERE id = $1").bind(moved).bind(newer).execute(conn).await.unwrap();
        });
        tx.commit().await.unwrap();
        let rest = ayu.get(&format!("/conversations?limit=200&cursor={}", text(&first, "next"))).await;
        assert_eq!(rest["items"].as_array().unwrap().len(), 31);
        let seen: HashSet<_> = first["items"].as_array().unwrap().iter().map(|row| text(row, "id")).collect();
        assert!(rest["items"].as_array().unwrap().iter().all(|row| !seen.contains(text(row, "id"))));
    }
}
