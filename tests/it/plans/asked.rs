//! What is asked for often.

use sapa::{
    contacts,
    conversations::{
        counts,
        list::{self, Filter, Folder},
        snooze, timeline,
    },
    delivery,
    http::Cursor,
    messages,
};
use sapa_channel::{ChannelId, new_id};
use uuid::Uuid;

use super::{faults, filled, keep_statements, statement, steps};
use crate::{scenario, support::TestApp};

pub fn literal(id: Uuid) -> String {
    format!("'{id}'::uuid")
}

/// Looks at how the last statement with these parts would be run. Adds to the faults.
pub async fn look(
    app: &TestApp,
    name: &str,
    parts: &[&str],
    values: &[String],
    may_sort: bool,
    found: &mut Vec<String>,
) {
    let mut tx = app.app.db().read().await.unwrap();
    let sql = statement(&tx, parts).await;
    let steps = steps(&mut tx, &sql, values).await;
    let bad = faults(&steps, may_sort);
    if !bad.is_empty() {
        found.push(format!("{name}: {bad:?} in\n    {}\n  {sql}", steps.join("\n    ")));
    }
}

scenario! {
    async fn a_history_is_read_from_its_end_and_counts_come_from_indexes(app: TestApp) {
        keep_statements();
        let (ayu, _) = filled::filled(&app).await;
        let me: Uuid = ayu.id.as_str().unwrap().parse().unwrap();
        let (contact, conversation) = (filled::id(500), filled::id(499));
        let cursor = Cursor::new(app.app.now(), filled::id(9));
        let mut found = Vec::new();
        let mut tx = app.app.db().read().await.unwrap();
        timeline::page(&mut tx, contact, None, Some(cursor), 50, app.app.now()).await.unwrap();
        let (at, id) = (cursor.at.to_string(), literal(cursor.id));
        look(&app, "messages of a contact", &["FROM messages m", "m.contact_id = ", "ORDER BY m.at DESC"], &[literal(contact), at.clone(), id.clone(), "51".to_owned()], false, &mut found).await;
        look(&app, "events of a contact", &["FROM events WHERE history", "contact_id = "], &[literal(contact), at.clone(), "9".to_owned(), "51".to_owned()], true, &mut found).await;
        messages::queries::before(&mut tx, contact, Some(conversation), Some(cursor), 51).await.unwrap();
        look(&app, "messages of a conversation", &["FROM messages m", "m.conversation_id = ", "ORDER BY m.at DESC"], &[literal(conversation), at, id, "51".to_owned()], false, &mut found).await;
        counts::counts(&mut tx, me, app.app.now()).await.unwrap();
        look(&app, "counts", &["(SELECT COUNT(*) FROM mentions m"], &[literal(me), app.app.now().0.to_string()], true, &mut found).await;
        contacts::queries::list_contacts(&mut tx, Some(cursor), 50).await.unwrap();
        look(&app, "contacts", &["first_seen_at FROM contacts WHERE merged_into IS NULL", "ORDER BY id DESC"], &[literal(filled::id(2000)), "51".to_owned()], false, &mut found).await;
        let filter = Filter { folder: Folder::All, contact: Some(contact), ..Filter::default() };
        list::list(&mut tx, me, &filter, None, 50).await.unwrap();
        look(&app, "conversations of a contact", &["c.status IN (", "c.contact_id = "], &[literal(me), literal(me), literal(me), literal(contact), "51".to_owned()], true, &mut found).await;
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

scenario! {
    async fn the_next_delivery_and_what_was_left_lying_are_found_at_once(app: TestApp) {
        keep_statements();
        let (_, channel) = filled::filled(&app).await;
        let mut found = Vec::new();
        let now = app.app.now();
        let on = literal(channel);
        let mut tx = app.app.db().write().await.unwrap();
        delivery::queries::next_due(&mut tx, ChannelId(channel)).await.unwrap();
        delivery::queries::lease(&mut tx, ChannelId(channel), new_id(), now, 8).await.unwrap();
        delivery::queries::send_due(&mut tx, ChannelId(channel), now, 8).await.unwrap();
        delivery::queries::has_stale(&mut tx, ChannelId(channel), now).await.unwrap();
        drop(tx);
        snooze::wake_due(&app.app).await.unwrap();
        let (at, owner) = (now.0.to_string(), literal(channel));
        look(&app, "next due", &["SELECT MIN(run_at) FROM deliveries"], std::slice::from_ref(&on), true, &mut found).await;
        look(&app, "lease", &["SET state = 'leased'", "ORDER BY d.run_at"], &[on.clone(), owner, at.clone(), at.clone(), "8".to_owned()], true, &mut found).await;
        look(&app, "answers for later", &["SET state = 'sent'", "ORDER BY run_at"], &[on.clone(), at.clone(), "8".to_owned()], true, &mut found).await;
        look(&app, "stale", &["SELECT EXISTS (SELECT 1 FROM deliveries"], &[on, at.clone()], true, &mut found).await;
        look(&app, "snoozed", &["status = 'snoozed' AND snoozed_until <="], &[at], true, &mut found).await;
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}
