//! A shop after some years: many solved conversations, some open ones.

use sapa::{db::Tx, on_db};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::analyse;
use crate::support::{Client, TestApp};

/// How many contacts there are.
pub const CONTACTS: u32 = 4_000;
/// How many conversations.
const CONVERSATIONS: u32 = 20_000;
/// How many messages.
const MESSAGES: u32 = 60_000;
/// How many mailings.
const MAILINGS: u32 = 12;
/// How many recipients they have in all.
const RECIPIENTS: u32 = 36_000;

/// The id of the nth contact, conversation or message.
pub fn id(n: u32) -> Uuid {
    Uuid::from_u128(n.into())
}

pub async fn fill(tx: &mut Tx, table: &str, columns: &str, count: u32, values: &str) {
    let sqlite = tx.is_sqlite();
    let uuid = |of: &str| {
        if sqlite {
            format!("unhex(printf('%032x', {of}))")
        } else {
            format!("lpad(to_hex({of}), 32, '0')::uuid")
        }
    };
    let json = |text: &str| if sqlite { format!("'{text}'") } else { format!("'{text}'::jsonb") };
    let values = values
        .replace("ID(i)", &uuid("i"))
        .replace("CONTACT(i)", &uuid(&format!("(i % {CONTACTS} + 1)")))
        .replace("CONVERSATION(i)", &uuid(&format!("(i % {CONVERSATIONS} + 1)")))
        .replace("CATEGORY(i)", &uuid("(i % 40 + 1)"))
        .replace("JSON([])", &json("[]"))
        .replace("JSON({})", &json("{}"));
    let sql = format!(
        "INSERT INTO {table} ({columns})
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT {values} FROM n"
    );
    on_db!(tx, |conn| {
        sqlx::query(AssertSqlSafe(sql)).execute(conn).await.unwrap();
    });
}

pub fn uuid_literal(tx: &Tx, id: &str) -> String {
    if tx.is_sqlite() { format!("x'{}'", id.replace('-', "")) } else { format!("'{id}'::uuid") }
}

/// Fills the database, and tells the officer that asks.
pub async fn filled(app: &TestApp) -> (Client, Uuid) {
    let channel = app.mailbox().await;
    let ayu = app.officer("Ayu").await;
    let mut tx = app.app.db().write().await.unwrap();
    let channel = channel["id"].as_str().unwrap();
    let (me, on) = (uuid_literal(&tx, ayu.id.as_str().unwrap()), uuid_literal(&tx, channel));
    let begun = app.app.now().0 - 1_000_000_000_000;
    let at = format!("{begun} + CAST(i AS BIGINT) * 1000000");
    fill(
        &mut tx,
        "contacts",
        "id, name, named_by, notes, tags, fields, first_seen_at, version",
        CONTACTS,
        &format!("ID(i), 'Rina ' || i, 'channel', '', JSON([]), JSON({{}}), {at}, 1"),
    )
    .await;
    fill(
        &mut tx,
        "identities",
        "id, contact_id, kind, value, shown, first_seen_at, last_seen_at",
        CONTACTS,
        &format!("ID(i), ID(i), 'email', 'rina' || i || '@surat.example', '', {at}, {at}"),
    )
    .await;
    fill(&mut tx, "conversations",
        "id, contact_id, identity_id, channel_id, status, subject, preview, preview_kind, has_files, assignee_id, waiting_since,
         last_message_at, last_inbound_at, message_count, snoozed_until, created_at, version", CONVERSATIONS,
        &format!("ID(i), CONTACT(i), CONTACT(i), {on}, CASE WHEN i % 20 = 0 THEN 'open' WHEN i % 200 = 1 THEN 'snoozed' ELSE 'solved' END,
                  'Pesanan', 'x', 'in', FALSE, CASE WHEN i % 40 = 0 THEN {me} END, CASE WHEN i % 60 = 0 THEN {at} END,
                  {at}, {at}, 3, CASE WHEN i % 200 = 1 THEN {at} + 9000000000000 END, {at}, 1")).await;
    fill(&mut tx, "messages",
        "id, conversation_id, contact_id, channel_id, identity_id, direction, author_kind, author_name, external_id, subject, text,
         details, file_count, automatic, at", MESSAGES,
        &format!("ID(i), CONVERSATION(i), CONTACT(i), {on}, CONTACT(i), CASE WHEN i % 2 = 0 THEN 'out' ELSE 'in' END, 'contact', 'Rina',
                  'm' || i || '@surat.example', 'Pesanan', 'Isinya kurang satu bungkus, mohon dikirim ulang.', JSON({{}}), 0, FALSE, {at}")).await;
    fill(&mut tx, "deliveries", "message_id, conversation_id, channel_id, address, state, attempts, run_at, fence, updated_at", MESSAGES,
        &format!("ID(i), CONVERSATION(i), {on}, 'rina@surat.example', CASE WHEN i % 500 = 0 THEN 'retrying' ELSE 'sent' END, 1,
                  {at} + 9000000000000, 1, {at}")).await;
    fill(&mut tx, "events", "kind, at, actor_kind, actor_name, contact_id, conversation_id, message_id, identity_id, history, data", MESSAGES,
        &format!("'message.received', {at}, 'contact', 'Rina', CONTACT(i), CONVERSATION(i), ID(i), CONTACT(i), i % 3 = 0, JSON({{}})")).await;
    fill(
        &mut tx,
        "ticket_categories",
        "id, name, attach, severity, recurs_days, reopen_days, archived, created_at",
        40,
        "ID(i), 'Jenis ' || i, 'offer', 'normal', 60, 14, FALSE, 0",
    )
    .await;
    fill(&mut tx, "tickets", "id, contact_id, kind, title, description, status, owner_id, opened_at, due_at, solved_at, category_id, version", CONVERSATIONS,
        &format!("ID(i), CONTACT(i), 'complaint', 'Isi kurang', '', CASE WHEN i % 20 = 0 THEN 'open' ELSE 'solved' END, {me}, {at},
                  CASE WHEN i % 3 = 0 THEN {at} + 90000000000 END, CASE WHEN i % 20 > 0 THEN {at} END, CATEGORY(i), 1")).await;
    fill(
        &mut tx,
        "ticket_conversations",
        "ticket_id, conversation_id, attached_at",
        CONVERSATIONS,
        &format!("ID(i), ID(i), {at}"),
    )
    .await;
    fill(
        &mut tx,
        "ticket_messages",
        "ticket_id, message_id, attached_at",
        MESSAGES,
        &format!("CONVERSATION(i), ID(i), {at}"),
    )
    .await;
    fill(&mut tx, "events", "kind, at, actor_kind, actor_name, contact_id, conversation_id, ticket_id, history, data", CONVERSATIONS,
        &format!("'ticket.opened', {at}, 'officer', 'Ayu', CONTACT(i), CONVERSATION(i), ID(i), TRUE, JSON({{}})")).await;
    fill(
        &mut tx,
        "mailings",
        "id, name, channel_id, state, created_at, updated_at, version",
        MAILINGS,
        &format!("ID(i), 'Panen', {on}, 'running', {at}, {at}, 1"),
    )
    .await;
    let of = format!("(i % {MAILINGS} + 1)");
    let of = if tx.is_sqlite() {
        format!("unhex(printf('%032x', {of}))")
    } else {
        format!("lpad(to_hex({of}), 32, '0')::uuid")
    };
    fill(&mut tx, "mailing_recipients", "id, mailing_id, contact_id, address, state, exclusion, attempts, run_at, fence, sent_at, updated_at", RECIPIENTS,
        &format!("ID(i), {of}, CONTACT(i), 'rina@surat.example',
                  CASE WHEN i % 7 = 0 THEN 'excluded' WHEN i % 11 = 0 THEN 'queued' WHEN i % 501 = 0 THEN 'unknown' ELSE 'sent' END,
                  CASE WHEN i % 7 = 0 THEN 'no_consent' END, 1, {at}, 1, CASE WHEN i % 7 <> 0 AND i % 11 <> 0 THEN {at} END, {at}")).await;
    tx.commit().await.unwrap();
    let mut tx = app.app.db().write().await.unwrap();
    analyse(&mut tx).await;
    tx.commit().await.unwrap();
    (ayu, channel.parse().unwrap())
}
