//! Reads what the rules for tickets need, and writes what they decided.

use std::{collections::HashSet, time::Duration};

use sapa_channel::{ChannelId, Timestamp, new_id};
use serde_json::json;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Known, KnownRule, KnownTicket, Like, Opened};
use crate::{
    db::{DbResult, Tx, keep, padded},
    events::{Actor, NewEvent},
    insert_rows, on_db,
    router::plan::{Context, Plan},
    tickets::{
        categories::{Joining, REOPEN_DAYS},
        model::{Severity, TicketKind, number},
        open::due_after,
        solve::REOPEN,
    },
};

#[derive(sqlx::FromRow)]
struct Row {
    what: String,
    id: Uuid,
    contact_id: Option<Uuid>,
    number: i64,
    kind: TicketKind,
    title: String,
    solved_at: Option<Timestamp>,
    category_id: Option<Uuid>,
    severity: Severity,
    due_hours: Option<i64>,
    owner_id: Option<Uuid>,
    team_id: Option<Uuid>,
    attach: Option<Joining>,
    reopen_days: Option<i64>,
    conversation_id: Option<Uuid>,
    channel_id: Option<ChannelId>,
    address: Option<String>,
}

const RULES: &str = "SELECT 'rule' AS what, r.id, NULL AS contact_id, CAST(0 AS BIGINT) AS number, r.kind, '' AS title, NULL AS solved_at,
        r.category_id, COALESCE(r.severity, gc.severity, 'normal') AS severity, gc.due_hours, NULL AS owner_id,
        r.team_id, NULL AS attach, NULL AS reopen_days, NULL AS conversation_id, r.channel_id, r.address
    FROM ticket_rules r LEFT JOIN ticket_categories gc ON gc.id = r.category_id WHERE r.enabled";

const TICKETS: &str =
    " UNION ALL SELECT 'ticket', t.id, t.contact_id, t.number, t.kind, t.title, t.solved_at,
        t.category_id, t.severity, gc.due_hours, t.owner_id,
        t.team_id, gc.attach, gc.reopen_days, tc.conversation_id, NULL, NULL
    FROM tickets t LEFT JOIN ticket_categories gc ON gc.id = t.category_id
    LEFT JOIN ticket_conversations tc ON tc.ticket_id = t.id WHERE t.contact_id IN (SELECT id FROM whose)";

const OFFERS: &str = " UNION ALL SELECT 'offer', t.id, t.contact_id, t.number, t.kind, '', NULL,
        NULL, t.severity, NULL, NULL,
        NULL, NULL, NULL, x.conversation_id, NULL, NULL
    FROM ticket_offers x JOIN tickets t ON t.id = x.ticket_id WHERE t.status = 'open' AND t.contact_id IN (SELECT id FROM whose)";

/// Reads what the rules need, by one statement: it is run for every slice.
pub async fn load(tx: &mut Tx, context: &mut Context) -> DbResult<()> {
    let conversations =
        || context.conversations.values().flatten().chain(context.answered.values());
    let contacts: HashSet<Uuid> = context
        .identities
        .values()
        .map(|identity| identity.contact_id)
        .chain(context.links.values().copied())
        .chain(conversations().map(|conversation| conversation.contact_id))
        .collect();
    let conversations: HashSet<Uuid> =
        conversations().map(|conversation| conversation.id).collect();
    let contacts = padded(contacts.iter().copied());
    let conversations = padded(conversations.iter().copied());
    let rows: Vec<Row> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new("");
        if !contacts.is_empty() {
            query.push("WITH whose (id) AS (");
            query.push_values(&contacts, |mut row, id| {
                row.push_bind(*id);
            });
            query.push(") ");
        }
        query.push(RULES);
        if !contacts.is_empty() {
            query.push(TICKETS).push(" AND (t.status = 'open'");
            if !conversations.is_empty() {
                query.push(" OR tc.conversation_id IN (");
                let mut list = query.separated(", ");
                for id in &conversations {
                    list.push_bind(*id);
                }
                query.push(")");
            }
            query.push(")").push(OFFERS);
        }
        let usual = keep(contacts.len().max(1)) && keep(conversations.len().max(1));
        query.build_query_as().persistent(usual).fetch_all(conn).await?
    });
    context.tickets = gather(rows);
    Ok(())
}

fn gather(rows: Vec<Row>) -> Known {
    let mut known = Known::default();
    let mut rules = Vec::new();
    for row in rows {
        let like = Like {
            kind: row.kind,
            category_id: row.category_id,
            severity: row.severity,
            due_hours: row.due_hours,
            owner_id: row.owner_id,
            team_id: row.team_id,
        };
        match (&*row.what, row.contact_id) {
            ("ticket", Some(contact_id)) => {
                let tickets = known.tickets.entry(contact_id).or_default();
                if let Some(ticket) = tickets.iter_mut().find(|ticket| ticket.id == row.id) {
                    ticket.conversations.extend(row.conversation_id);
                    continue;
                }
                let days = u64::try_from(row.reopen_days.unwrap_or(REOPEN_DAYS)).unwrap_or(0);
                tickets.push(KnownTicket {
                    id: row.id,
                    number: Some(row.number),
                    title: row.title,
                    solved_at: row.solved_at,
                    reopen_within: Duration::from_secs(days * 24 * 3600),
                    joining: row.attach.unwrap_or_default(),
                    conversations: row.conversation_id.into_iter().collect(),
                    like,
                });
            }
            ("offer", _) => {
                known
                    .offered
                    .extend(row.conversation_id.map(|conversation| (row.id, conversation)));
            }
            _ => {
                let rule = KnownRule { channel_id: row.channel_id, address: row.address, like };
                rules.push((rule.address.is_none(), row.id, rule));
            }
        }
    }
    rules.sort_by_key(|(on_channel, id, _)| (*on_channel, *id));
    known.rules = rules.into_iter().map(|(_, _, rule)| rule).collect();
    known
}

/// Writes what is planned. Tells what to log of tickets that now have their numbers.
pub async fn apply(tx: &mut Tx, plan: &Plan<'_>) -> DbResult<Vec<NewEvent>> {
    let planned = &plan.tickets;
    let events = opened(tx, &planned.opened).await?;
    let reopen = format!("UPDATE tickets SET {REOPEN} WHERE id = $1 AND status = 'solved'");
    for (id, at) in &planned.reopened {
        on_db!(&mut *tx, |conn| {
            sqlx::query(sqlx::AssertSqlSafe(reopen.clone()))
                .bind(id)
                .bind(at)
                .execute(conn)
                .await?;
        });
    }
    insert_rows!(
        tx,
        "INSERT INTO ticket_conversations (ticket_id, conversation_id, attached_at) ",
        &planned.conversations,
        |row, (ticket, conversation, at)| row
            .push_bind(*ticket)
            .push_bind(*conversation)
            .push_bind(*at),
        " ON CONFLICT DO NOTHING"
    );
    insert_rows!(
        tx,
        "INSERT INTO ticket_messages (ticket_id, message_id, attached_at) ",
        &planned.messages,
        |row, (ticket, message, at)| row.push_bind(*ticket).push_bind(*message).push_bind(*at),
        " ON CONFLICT DO NOTHING"
    );
    insert_rows!(
        tx,
        "INSERT INTO ticket_offers (id, ticket_id, conversation_id, message_id, state, created_at) ",
        &planned.offers,
        |row, (ticket, conversation, message, at)| row
            .push_bind(new_id())
            .push_bind(*ticket)
            .push_bind(*conversation)
            .push_bind(*message)
            .push_bind("open")
            .push_bind(*at),
        " ON CONFLICT DO NOTHING"
    );
    Ok(events)
}

async fn opened(tx: &mut Tx, opened: &[Opened]) -> DbResult<Vec<NewEvent>> {
    if opened.is_empty() {
        return Ok(Vec::new());
    }
    let numbers: Vec<(Uuid, i64)> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "INSERT INTO tickets
                 (id, contact_id, kind, title, description, status, owner_id, message_id, opened_at, category_id,
                  severity, due_at, team_id, follows_id, version) ",
        );
        query.push_values(opened, |mut row, new| {
            row.push_bind(new.id)
                .push_bind(new.contact_id)
                .push_bind(new.like.kind)
                .push_bind(&new.title)
                .push_bind("")
                .push_bind("open")
                .push_bind(new.like.owner_id)
                .push_bind(new.message_id)
                .push_bind(new.at)
                .push_bind(new.like.category_id)
                .push_bind(new.like.severity)
                .push_bind(due_after(new.like.due_hours, new.at))
                .push_bind(new.like.team_id)
                .push_bind(new.follows.map(|(id, _)| id))
                .push_bind(1_i64);
        });
        query.push(" RETURNING id, number");
        query.build_query_as().persistent(keep(opened.len())).fetch_all(conn).await?
    });
    Ok(opened
        .iter()
        .filter_map(|new| Some((new, numbers.iter().find(|(id, _)| *id == new.id)?.1)))
        .map(|(new, its)| {
            let follows = new.follows.and_then(|(_, number)| number).map(number);
            let mut event = NewEvent::new("ticket.opened", new.at, Actor::system())
                .conversation(new.conversation_id, new.contact_id)
                .ticket(new.id)
                .in_history()
                .data(json!({ "number": number(its), "title": new.title, "follows": follows }));
            event.message_id = Some(new.message_id);
            event
        })
        .collect())
}
