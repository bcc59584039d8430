//! What is asked for often.

use sapa::{
    channels::webchat,
    contacts,
    conversations::{
        counts,
        list::{self, Filter, Folder},
        snooze, timeline,
    },
    delivery, events,
    http::Cursor,
    mailings::{
        history,
        ledger::{self, Done, Mark},
        queries as mailings,
        recipients::{self, Filter as Recipients},
    },
    messages,
    search::{self, Word},
    tickets::{
        self,
        list::{Filter as Tickets, Sort},
    },
};
use sapa_channel::{ChannelId, new_id};
use uuid::Uuid;

use super::{faults, filled, keep_statements, statement, steps};
use crate::{
    scenario,
    support::{Backend, TestApp, closing},
};

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
    let mut bad = faults(&steps, may_sort);
    // An earlier row of a recipient is looked for among the contact's: there are as many rows of the mailing before
    // one as have been sent.
    let earlier = steps.iter().filter(|step| step.contains("SEARCH tw ")).cloned();
    bad.extend(earlier.filter(|step| !step.contains("(contact_id=?")));
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
        let events = events::after(&mut tx, 100, 20).await.unwrap();
        webchat::pushes(&app.app, &mut tx, &events).await.unwrap();
        let numbers: Vec<String> = events.iter().map(|event| event.seq.to_string()).collect();
        look(&app, "what visitors are told", &["FROM events e JOIN messages m", "e.seq IN ("], &numbers, true, &mut found).await;
        let all = Filter { folder: Folder::All, ..Filter::default() };
        list::list(&mut tx, me, &all, None, 50).await.unwrap();
        look(&app, "all conversations", &["FROM conversations c", "WHERE c.status = ", "ORDER BY c.last_message_at DESC"], &[literal(me), literal(me), literal(me), "'solved'".to_owned(), "51".to_owned()], false, &mut found).await;
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
        delivery::queries::has_stale(&mut tx, now).await.unwrap();
        drop(tx);
        snooze::wake_due(&app.app).await.unwrap();
        let (at, owner) = (now.0.to_string(), literal(channel));
        look(&app, "next due", &["SELECT MIN(run_at) FROM deliveries"], std::slice::from_ref(&on), true, &mut found).await;
        look(&app, "lease", &["SET state = 'leased'", "ORDER BY d.run_at"], &[on.clone(), owner, at.clone(), at.clone(), "8".to_owned()], true, &mut found).await;
        look(&app, "answers for later", &["SET state = 'sent'", "ORDER BY run_at"], &[on.clone(), at.clone(), "8".to_owned()], true, &mut found).await;
        look(&app, "stale", &["SELECT EXISTS (SELECT 1 FROM deliveries"], std::slice::from_ref(&at), true, &mut found).await;
        look(&app, "snoozed", &["status = 'snoozed' AND snoozed_until <="], &[at], true, &mut found).await;
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

scenario! {
    async fn tickets_are_listed_told_and_counted_by_their_indexes(app: TestApp) {
        keep_statements();
        let (ayu, _) = filled::filled(&app).await;
        let me: Uuid = ayu.id.as_str().unwrap().parse().unwrap();
        let mut found = Vec::new();
        let mut tx = app.app.db().read().await.unwrap();
        let cursor = Cursor::new(app.app.now(), filled::id(9));
        let (at, id) = (cursor.at.to_string(), literal(cursor.id));
        let open = || Tickets { status: Some("open".to_owned()), ..Tickets::default() };
        let page = |status: &str| [format!("'{status}'"), at.clone(), id.clone(), "51".to_owned()];
        tickets::list::list(&mut tx, &open(), Some(cursor), 50).await.unwrap();
        look(&app, "newest tickets", &["FROM tickets t", "ORDER BY t.opened_at DESC", "t.status = "], &page("open"), false, &mut found).await;
        tickets::list::list(&mut tx, &Tickets::default(), Some(cursor), 50).await.unwrap();
        look(&app, "all tickets", &["FROM tickets t", "ORDER BY t.opened_at DESC", "t.status"], &page("solved"), false, &mut found).await;
        tickets::list::list(&mut tx, &Tickets { sort: Sort::Due, ..open() }, Some(cursor), 50).await.unwrap();
        look(&app, "due tickets", &["FROM tickets t", "ORDER BY COALESCE(t.due_at"], &page("open"), false, &mut found).await;
        let mine = Tickets { owner: Some(me), ..open() };
        tickets::list::list(&mut tx, &mine, Some(cursor), 50).await.unwrap();
        let values = ["'open'".to_owned(), literal(me), at.clone(), id.clone(), "51".to_owned()];
        look(&app, "my tickets", &["FROM tickets t", "t.owner_id = ", "ORDER BY t.opened_at DESC"], &values, true, &mut found).await;
        tickets::list::list(&mut tx, &Tickets { recurrent: true, ..open() }, Some(cursor), 50).await.unwrap();
        look(&app, "recurrent tickets", &["FROM tickets t", "AND (SELECT 1 FROM tickets p"], &page("open"), true, &mut found).await;
        tickets::list::counts(&mut tx, me, app.app.now()).await.unwrap();
        look(&app, "counts of tickets", &["AS due_soon"], &[literal(me), at.clone()], true, &mut found).await;
        let some: Vec<Uuid> = (1..=20).map(|n| filled::id(n * 20)).collect();
        tickets::recurrence::of(&mut tx, &some).await.unwrap();
        let mut values: Vec<String> = some.iter().copied().map(literal).collect();
        values.push("10".to_owned());
        look(&app, "how often before", &["ROW_NUMBER() OVER (PARTITION BY t.id"], &values, true, &mut found).await;
        let (ticket, contact) = (filled::id(500), filled::id(500));
        tickets::timeline::page(&mut tx, ticket, contact, Some(cursor), 50, app.app.now()).await.unwrap();
        let values = [literal(ticket), at.clone(), id.clone(), "51".to_owned()];
        look(&app, "messages of a ticket", &["JOIN ticket_messages tm", "tm.ticket_id = "], &values, true, &mut found).await;
        let values = [literal(ticket), literal(contact), literal(ticket), at.clone(), "9".to_owned(), "51".to_owned()];
        look(&app, "events of a ticket", &["kind NOT LIKE 'message.%'", "ticket_id = "], &values, true, &mut found).await;
        tickets::queries::of_contact(&mut tx, contact).await.unwrap();
        look(&app, "tickets of a contact", &["WHERE t.contact_id = ", "CASE t.status"], &[literal(contact)], true, &mut found).await;
        tickets::offers::of_conversation(&mut tx, filled::id(500)).await.unwrap();
        look(&app, "offers", &["FROM ticket_offers x", "x.state = 'open'"], &[literal(filled::id(500))], true, &mut found).await;
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

scenario! {
    async fn a_ledger_is_counted_leased_and_listed_by_its_indexes(app: TestApp) {
        keep_statements();
        filled::filled(&app).await;
        let mut found = Vec::new();
        let now = app.app.now();
        let of = filled::id(3);
        let (mailing, worker, at) = (literal(of), literal(filled::id(77)), now.0.to_string());
        let mut tx = app.app.db().write().await.unwrap();
        mailings::counts(&mut tx, &[of]).await.unwrap();
        look(&app, "counts", &["SELECT mailing_id, state, exclusion, COUNT(*)"], std::slice::from_ref(&mailing), true, &mut found).await;
        ledger::next_due(&mut tx, of).await.unwrap();
        look(&app, "next due", &["SELECT MIN(run_at) FROM mailing_recipients"], std::slice::from_ref(&mailing), true, &mut found).await;
        ledger::lease(&mut tx, of, "email", filled::id(77), now, 64).await.unwrap();
        look(&app, "lease", &["ELSE 'excluded' END, exclusion = picked.why"], &[mailing.clone(), worker, at.clone(), "64".to_owned()], true, &mut found).await;
        let mark = Mark { seq: 12, fence: 1, vars: serde_json::Map::new() };
        ledger::mark(&mut tx, "email", &[mark], now).await.unwrap();
        let marked = ["12", "1", "'{}'::jsonb", &at, &at].map(str::to_owned);
        look(&app, "mark", &["WITH want (seq, fence, vars)"], &marked, true, &mut found).await;
        let done = Done { seq: 12, fence: 1, state: "sent", run_at: now, reason: None, external_id: None };
        ledger::finish(&mut tx, &[done], now).await.unwrap();
        let finished = ["12", "1", "'sent'", &at, "NULL::text", "NULL::text", &at].map(str::to_owned);
        look(&app, "finish", &["WITH done (seq, fence, state"], &finished, true, &mut found).await;
        ledger::has_stale(&mut tx, now).await.unwrap();
        look(&app, "stale", &["SELECT EXISTS (SELECT 1 FROM mailing_recipients WHERE state IN"], std::slice::from_ref(&at), true, &mut found).await;
        mailings::rate(&mut tx, of, now, 1_000_000).await.unwrap();
        look(&app, "rate", &["COUNT(*) FROM mailing_recipients WHERE mailing_id", "GROUP BY (sent_at"], &[mailing.clone(), at.clone(), "1000000".to_owned()], true, &mut found).await;
        let cursor = Cursor { at: 500, id: of };
        for (name, filter, values) in [
            ("all recipients", Recipients::default(), vec![mailing.clone(), "500".to_owned(), "51".to_owned()]),
            ("those who were sent it", Recipients { state: Some("sent".to_owned()), ..Recipients::default() }, vec![mailing.clone(), "'sent'".to_owned(), "500".to_owned(), "51".to_owned()]),
            ("those without consent", Recipients { exclusion: Some("no_consent".to_owned()), ..Recipients::default() }, vec![mailing.clone(), "'no_consent'".to_owned(), "500".to_owned(), "51".to_owned()]),
        ] {
            recipients::list(&mut tx, of, &filter, Some(cursor), 50).await.unwrap();
            look(&app, name, &["k.name AS contact_name, r.address", "ORDER BY r.seq LIMIT"], &values, name == "those without consent", &mut found).await;
        }
        history::before(&mut tx, filled::id(500), None, 51).await.unwrap();
        look(&app, "mailings of a contact", &["r.sent_at, r.answered_at", "ORDER BY r.sent_at DESC"], &[literal(filled::id(500)), "51".to_owned()], true, &mut found).await;
        drop(tx);
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_word_is_looked_for_among_the_newest_and_else_by_its_index_on_postgres() {
    closing(Backend::Postgres, async |app: TestApp| {
        keep_statements();
        filled::filled(&app).await;
        let mut tx = app.app.db().write().await.unwrap();
        // As many words as a short mail has.
        let text: String = ('a'..='z').flat_map(|c| [c, c, c, ' ', c, c, ' ']).collect();
        let words = format!("i + 1000000, to_tsvector('simple', 'kopi nomor {text}' || i)");
        filled::fill(&mut tx, "messages_fts", "seq, words", 50_000, &words).await;
        let entry = "i + 1000000, 'contact', gen_random_uuid(), 'Rina nomor ' || i";
        filled::fill(&mut tx, "entries", "seq, kind, id, words", 50_000, entry).await;
        tx.commit().await.unwrap();
        let mut tx = app.app.db().write().await.unwrap();
        super::analyse(&mut tx).await;
        // Usual, and nowhere.
        for word in ["kopi", "tehmanis"] {
            search::messages(&mut tx, word, 20).await.unwrap();
        }
        let found = search::entries(&mut tx, "contact", "rina", Word::Beginning, 20).await.unwrap();
        assert_eq!(found.len(), 20);
        for (number, times) in [("nomor 49999", 1), ("rina 77777", 0)] {
            let found = search::entries(&mut tx, "contact", number, Word::Beginning, 20).await;
            assert_eq!(found.unwrap().len(), times, "{number}");
        }
        tx.commit().await.unwrap();
        let asked = ["'tehmanis:*'".to_owned(), "20".to_owned()];
        for (table, part, by) in [
            ("messages_fts", "AS newest", "Index Scan Backward using messages_fts_pkey"),
            ("messages_fts", "AS MATERIALIZED", "Bitmap Index Scan on messages_fts_words"),
            ("entries", "AS newest", "Index Scan Backward using entries_pkey"),
            ("entries", "AS MATERIALIZED", "Bitmap Index Scan on entries_words"),
        ] {
            let mut tx = app.app.db().read().await.unwrap();
            let from = format!("FROM {table} ");
            let sql = statement(&tx, &[&from, part]).await;
            let plan = steps(&mut tx, &sql, &asked).await.join("\n");
            assert!(plan.contains(by) && !plan.contains("Seq Scan"), "{sql}\n{plan}");
        }
    })
    .await;
}
