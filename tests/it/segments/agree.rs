//! Random trees over random contacts: SQLite or PostgreSQL, and the evaluator in memory, choose the same.

use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use sapa::{
    db::DbResult,
    insert_rows, on_db,
    segments::{
        Condition,
        condition::{Agreed, Direction, ProfileField, TextOp, TicketStatus, When},
        count, evaluate, explain, profile, queries,
    },
    tickets::model::TicketKind,
};
use sapa_channel::{Timestamp, new_id};
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{scenario, support::TestApp};

const DAY: i64 = 86_400_000_000;

/// Texts that are alike but for case, for letters beyond A to Z, and for what LIKE or JSON could take for its own.
const TEXTS: [&str; 16] = [
    "Bandung",
    "bandung",
    "BANDUNG UTARA",
    "Zürich",
    "ZÜRICH",
    "zÜRICH",
    "İzmir",
    "a%b",
    "a_b",
    "a\\b",
    "axb",
    "'; DROP TABLE contacts; --",
    "\"x\"",
    "{}",
    "ß",
    "Kelas: emas",
];
const KEYS: [&str; 4] = ["Kelas", "Nilai setahun", "ключ", "a.b"];
const KINDS: [&str; 4] = ["email", "telegram", "webchat", "phone"];

fn pick<T: Clone + std::fmt::Debug + 'static>(of: &[T]) -> impl Strategy<Value = T> + use<T> {
    proptest::sample::select(of.to_vec())
}

fn days() -> impl Strategy<Value = u32> {
    1..40_u32
}

fn when(now: Timestamp) -> impl Strategy<Value = When> {
    // On whole days, where the random times lie: limits are met exactly.
    let at = (-40..3_i64).prop_map(move |days| Timestamp(now.0 + days * DAY));
    prop_oneof![
        at.clone().prop_map(|at| When::Before { at }),
        at.prop_map(|at| When::After { at }),
        days().prop_map(|days| When::WithinDays { days }),
        days().prop_map(|days| When::MoreThanDays { days }),
    ]
}

fn compared() -> impl Strategy<Value = (TextOp, Vec<String>)> {
    let part = pick(&TEXTS)
        .prop_flat_map(|text| {
            let letters = text.chars().count();
            (Just(text), 0..letters, 1..=letters).prop_map(|(text, from, most)| {
                text.chars().skip(from).take(most).collect::<String>()
            })
        })
        .boxed();
    let one = move |op: TextOp| (Just(op), part.clone().prop_map(|text| vec![text]));
    prop_oneof![
        (Just(TextOp::Is), pick(&TEXTS).prop_map(|text| vec![text.to_owned()])),
        (Just(TextOp::IsNot), pick(&TEXTS).prop_map(|text| vec![text.to_owned()])),
        one(TextOp::Contains),
        one(TextOp::BeginsWith),
        (Just(TextOp::OneOf), prop::collection::vec(pick(&TEXTS).prop_map(str::to_owned), 1..4)),
        Just((TextOp::IsSet, Vec::new())),
        Just((TextOp::IsNotSet, Vec::new())),
    ]
}

fn leaf(now: Timestamp) -> impl Strategy<Value = Condition> {
    let kind = || pick(&KINDS).prop_map(str::to_owned);
    prop_oneof![
        (pick(&ProfileField::ALL), compared())
            .prop_map(|(field, (op, values))| Condition::Profile { field, op, values }),
        (pick(&KEYS), compared()).prop_map(|(key, (op, values))| Condition::Field {
            key: key.to_owned(),
            op,
            values
        }),
        (pick(&TEXTS), any::<bool>())
            .prop_map(|(tag, has)| Condition::Tag { tag: tag.to_owned(), has }),
        when(now).prop_map(|when| Condition::FirstSeen { when }),
        (kind(), pick(&[Agreed::Granted, Agreed::Withdrawn, Agreed::Never]))
            .prop_map(|(kind, state)| Condition::Consent { kind, state }),
        (kind(), any::<bool>())
            .prop_map(|(kind, verified)| Condition::Reachable { kind, verified }),
        (
            pick(&[Direction::Inbound, Direction::Outbound, Direction::Any]),
            prop_oneof![when(now), Just(When::Never {})]
        )
            .prop_map(|(direction, when)| Condition::LastContact { direction, when }),
        (
            1..4_u32,
            prop::option::of(pick(&[TicketStatus::Open, TicketStatus::Solved])),
            prop::option::of(pick(&[TicketKind::Complaint, TicketKind::Request])),
            prop::option::of(days())
        )
            .prop_map(|(at_least, status, kind, within_days)| Condition::Tickets {
                at_least,
                status,
                kind,
                within_days
            }),
        any::<bool>().prop_map(|has| Condition::OpenConversation { has }),
    ]
}

fn tree(now: Timestamp) -> impl Strategy<Value = Condition> {
    leaf(now).prop_recursive(4, 24, 4, |inner| {
        let of = || prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            of().prop_map(|of| Condition::All { of }),
            of().prop_map(|of| Condition::Any { of }),
            of().prop_map(|of| Condition::None { of }),
        ]
    })
}

/// A random contact: what columns say, and rows of other tables with days before now.
#[derive(Clone, Debug)]
struct Person {
    texts: [Option<&'static str>; 5],
    tags: Vec<&'static str>,
    fields: Vec<(&'static str, &'static str)>,
    seen: i64,
    consents: Vec<(&'static str, bool)>,
    addresses: Vec<(&'static str, bool, bool)>,
    messages: Vec<(&'static str, bool, i64)>,
    tickets: Vec<(&'static str, &'static str, i64)>,
    conversation: Option<&'static str>,
}

fn person() -> impl Strategy<Value = Person> {
    use prop::collection::{btree_map, vec};
    // What is not known is NULL, or was written as nothing.
    let text =
        || prop_oneof![3 => pick(&TEXTS).prop_map(Some), 1 => Just(None), 1 => Just(Some(""))];
    let first = (
        [text(), text(), text(), text(), text()],
        vec(pick(&TEXTS), 0..3),
        btree_map(pick(&KEYS), pick(&TEXTS), 0..4),
        0..40_i64,
        btree_map(pick(&KINDS), any::<bool>(), 0..4),
    );
    let second = (
        vec((pick(&KINDS), any::<bool>(), any::<bool>()), 0..4),
        vec((pick(&["in", "out", "note"]), prop::bool::weighted(0.2), 0..40_i64), 0..4),
        vec(
            (pick(&["complaint", "request", "question"]), pick(&["open", "solved"]), 0..40_i64),
            0..4,
        ),
        prop::option::of(pick(&["open", "snoozed", "solved"])),
    );
    (first, second).prop_map(
        |((texts, tags, fields, seen, consents), (addresses, messages, tickets, conversation))| {
            Person {
                texts,
                tags,
                fields: fields.into_iter().collect(),
                seen,
                consents: consents.into_iter().collect(),
                addresses,
                messages,
                tickets,
                conversation,
            }
        },
    )
}

async fn write(app: &TestApp, channel: Uuid, people: &[Person]) -> DbResult<Vec<Uuid>> {
    let now = app.app.now();
    let ago = |days: i64| now.0 - days * DAY;
    let mut tx = app.app.db().write().await?;
    let ids: Vec<Uuid> = people.iter().map(|_| new_id()).collect();
    let rows: Vec<(Uuid, &Person)> = ids.iter().copied().zip(people).collect();
    insert_rows!(
        &mut tx,
        "INSERT INTO contacts (id, name, named_by, language, city, company, timezone, notes, tags, fields, first_seen_at, version) ",
        &rows,
        |row, (id, one)| {
            let fields: serde_json::Map<_, _> = one
                .fields
                .iter()
                .map(|(key, value)| {
                    ((*key).to_owned(), json!({ "value": value, "source": "x", "at": now }))
                })
                .collect();
            row.push_bind(*id)
                .push_bind(one.texts[0].unwrap_or_default())
                .push_bind("officer")
                .push_bind(one.texts[1])
                .push_bind(one.texts[2])
                .push_bind(one.texts[3])
                .push_bind(one.texts[4])
                .push_bind("")
                .push_bind(Json(&one.tags))
                .push_bind(Json(fields))
                .push_bind(ago(one.seen))
                .push_bind(1_i64)
        }
    );
    let conversations: Vec<(Uuid, Uuid, &str)> = rows
        .iter()
        .map(|(id, one)| (new_id(), *id, one.conversation.unwrap_or("solved")))
        .collect();
    insert_rows!(
        &mut tx,
        "INSERT INTO conversations (id, contact_id, channel_id, status, preview, preview_kind, has_files, last_message_at, message_count, created_at, version) ",
        &conversations,
        |row, (id, contact, status)| row
            .push_bind(*id)
            .push_bind(*contact)
            .push_bind(channel)
            .push_bind(*status)
            .push_bind("x")
            .push_bind("in")
            .push_bind(false)
            .push_bind(now)
            .push_bind(1_i64)
            .push_bind(now)
            .push_bind(1_i64)
    );
    let messages: Vec<_> = rows
        .iter()
        .zip(&conversations)
        .flat_map(|((id, one), talk)| {
            one.messages.iter().map(move |message| (*id, talk.0, message))
        })
        .collect();
    insert_rows!(
        &mut tx,
        "INSERT INTO messages (id, conversation_id, contact_id, direction, author_kind, author_name, text, details, file_count, automatic, at) ",
        &messages,
        |row, (contact, talk, (direction, automatic, days))| row
            .push_bind(new_id())
            .push_bind(*talk)
            .push_bind(*contact)
            .push_bind(*direction)
            .push_bind("contact")
            .push_bind("x")
            .push_bind("x")
            .push_bind(Json(json!({})))
            .push_bind(0_i64)
            .push_bind(*automatic)
            .push_bind(ago(*days))
    );
    let consents: Vec<_> = rows
        .iter()
        .flat_map(|(id, one)| one.consents.iter().map(move |said| (*id, said)))
        .collect();
    insert_rows!(
        &mut tx,
        "INSERT INTO consents (contact_id, channel_kind, purpose, state, at, source) ",
        &consents,
        |row, (contact, (kind, granted))| row
            .push_bind(*contact)
            .push_bind(*kind)
            .push_bind("offers")
            .push_bind(if *granted { "granted" } else { "withdrawn" })
            .push_bind(now)
            .push_bind("x")
    );
    let addresses: Vec<_> = rows
        .iter()
        .flat_map(|(id, one)| one.addresses.iter().map(move |address| (*id, new_id(), address)))
        .collect();
    insert_rows!(
        &mut tx,
        "INSERT INTO identities (id, contact_id, kind, value, shown, proof, first_seen_at, last_seen_at) ",
        &addresses,
        |row, (contact, id, (kind, proved, _))| row
            .push_bind(*id)
            .push_bind(*contact)
            .push_bind(*kind)
            .push_bind(id.to_string())
            .push_bind("x")
            .push_bind(proved.then_some("officer"))
            .push_bind(now)
            .push_bind(now)
    );
    let suppressed: Vec<_> = addresses.iter().filter(|(_, _, address)| address.2).collect();
    insert_rows!(
        &mut tx,
        "INSERT INTO suppressions (kind, value, reason, at, source) ",
        &suppressed,
        |row, (_, id, (kind, _, _))| row
            .push_bind(*kind)
            .push_bind(id.to_string())
            .push_bind("bounced")
            .push_bind(now)
            .push_bind("x")
    );
    let tickets: Vec<_> = rows
        .iter()
        .flat_map(|(id, one)| one.tickets.iter().map(move |ticket| (*id, ticket)))
        .collect();
    insert_rows!(
        &mut tx,
        "INSERT INTO tickets (id, contact_id, kind, title, description, status, opened_at, version) ",
        &tickets,
        |row, (contact, (kind, status, days))| row
            .push_bind(new_id())
            .push_bind(*contact)
            .push_bind(*kind)
            .push_bind("x")
            .push_bind("")
            .push_bind(*status)
            .push_bind(ago(*days))
            .push_bind(1_i64)
    );
    tx.commit().await?;
    Ok(ids)
}

scenario! {
    async fn r15_the_database_and_the_memory_choose_the_same_contacts(app: TestApp) {
        let channel: Uuid = app.mailbox().await["id"].as_str().unwrap().parse().unwrap();
        let now = app.app.now();
        let mut runner = TestRunner::new(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() });
        let people = prop::collection::vec(person(), 60).new_tree(&mut runner).unwrap().current();
        let ids = write(&app, channel, &people).await.unwrap();
        // One that was merged into another is in no segment.
        let mut tx = app.app.db().write().await.unwrap();
        on_db!(&mut tx, |conn| { sqlx::query("UPDATE contacts SET merged_into = $1 WHERE id = $2").bind(ids[0]).bind(ids[1]).execute(conn).await.unwrap(); });
        tx.commit().await.unwrap();
        let mut tx = app.app.db().read().await.unwrap();
        let known = profile::load(&mut tx, &ids).await.unwrap();
        drop(tx);
        assert_eq!(known.len(), ids.len() - 1);
        let hub = tokio::runtime::Handle::current();
        let tried = runner.run(&tree(now), |condition| {
            let counted_and_chosen = async {
                let mut tx = app.app.db().read().await.unwrap();
                let chosen = queries::members(&mut tx, &condition, None, 1000, now).await.unwrap();
                (count::count(&mut tx, &condition, now).await.unwrap(), chosen)
            };
            let (counted, mut chosen) = tokio::task::block_in_place(|| hub.block_on(counted_and_chosen));
            let mut wanted: Vec<Uuid> = known.iter().filter(|one| evaluate::holds(&condition, one, now)).map(|one| one.id).collect();
            chosen.sort();
            wanted.sort();
            prop_assert_eq!(&chosen, &wanted);
            // The numbers at the nodes are those of the explanations.
            let explained: Vec<_> = known.iter().map(|one| explain::explain(&condition, one, now)).collect();
            let nodes: Vec<i64> = (0..condition.nodes().len()).map(|node| i64::try_from(explained.iter().filter(|one| one[node].holds).count()).unwrap()).collect();
            prop_assert_eq!((counted.total, &counted.nodes, counted.everybody), (i64::try_from(wanted.len()).unwrap(), &nodes, i64::try_from(known.len()).unwrap()));
            // It is kept as it was written.
            let text = serde_json::to_string(&condition).unwrap();
            prop_assert_eq!(serde_json::from_str::<Condition>(&text).unwrap(), condition);
            Ok(())
        });
        if let Err(error) = tried {
            panic!("{error}");
        }
    }
}
