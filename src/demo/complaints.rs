//! Writes categories, causes and rules, and tells the tickets by them.

use std::collections::HashMap;

use anyhow::Context;
use sapa_channel::{Timestamp, new_id};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    content::{Firm, complaints::Category},
    moments::Moments,
    people::People,
    script::{Script, Ticket},
};
use crate::{
    db::{DbResult, SLICE, Tx},
    on_db,
    tickets::{
        categories::{self, REOPEN_DAYS},
        causes,
        model::{Severity, number},
        open::due_after,
        recurrence,
        tree::Node,
    },
};

/// The demonstration pays in rupiah, whose smallest unit is a hundredth.
const CURRENCY: (&str, i64) = ("IDR", 100);

/// Ids by key.
type Ids<'f> = HashMap<&'f str, Uuid>;

fn id_of(ids: &Ids<'_>, key: &str) -> anyhow::Result<Uuid> {
    ids.get(key).copied().with_context(|| format!("there is no category or cause {key:?}"))
}

/// Writes what is to be said of complaints. The tickets must have been written.
pub async fn write(
    tx: &mut Tx,
    firms: &[Firm],
    people: &People<'_>,
    script: &Script<'_>,
    moments: &Moments,
    since: Timestamp,
) -> anyhow::Result<()> {
    on_db!(&mut *tx, |conn| {
        // Those that every hub begins with: the two firms have their own.
        sqlx::query("DELETE FROM ticket_causes").execute(conn).await?;
    });
    let mut ids = Ids::new();
    let mut told: HashMap<&str, &Category> = HashMap::new();
    for complaints in firms.iter().map(|firm| &firm.complaints) {
        // Some forty, once.
        for category in &complaints.categories {
            let id = new_id();
            let parent_id = category.parent.as_deref().map(|key| id_of(&ids, key)).transpose()?;
            ids.insert(&category.key, id);
            told.insert(&category.key, category);
            let row = categories::Category {
                node: Node { id, parent_id, name: category.name.clone(), archived: false },
                attach: category.attach,
                severity: category.severity,
                due_hours: Some(category.due_hours),
                recurs_days: recurrence::DAYS,
                reopen_days: REOPEN_DAYS,
            };
            categories::add(tx, &row, since).await?;
        }
        for cause in &complaints.causes {
            let id = new_id();
            let parent_id = cause.parent.as_deref().map(|key| id_of(&ids, key)).transpose()?;
            ids.insert(&cause.key, id);
            let row = Node { id, parent_id, name: cause.name.clone(), archived: false };
            causes::add(tx, &row, since).await?;
        }
        for rule in &complaints.rules {
            let team = rule.team.as_deref().map(|key| people.teams.get(key)).transpose()?;
            let row = crate::tickets::rules::Rule {
                id: new_id(),
                channel_id: Some(people.channels.get(&rule.channel)?.id),
                address: Some(rule.address.clone()),
                kind: rule.kind,
                category_id: Some(id_of(&ids, &rule.category)?),
                severity: None,
                team_id: team.map(|team| team.id),
                enabled: true,
            };
            crate::tickets::rules::add(tx, &row, since).await?;
        }
    }
    let mut rows = Vec::with_capacity(script.tickets.len());
    for ticket in &script.tickets {
        let key = number(ticket.number);
        rows.push(row(firms, &ids, &told, script, moments, ticket, &key).context(key.clone())?);
    }
    tickets(tx, &rows).await?;
    messages(tx).await?;
    Ok(())
}

struct Row {
    id: Uuid,
    category_id: Uuid,
    cause_id: Option<Uuid>,
    severity: Severity,
    due_at: Option<Timestamp>,
    cost: Option<i64>,
    team_id: Option<Uuid>,
    solved_by: Option<Uuid>,
}

fn row(
    firms: &[Firm],
    ids: &Ids<'_>,
    told: &HashMap<&str, &Category>,
    script: &Script<'_>,
    moments: &Moments,
    ticket: &Ticket<'_>,
    key: &str,
) -> anyhow::Result<Row> {
    let more = firms.iter().find_map(|firm| firm.complaints.tickets.get(key));
    let more = more.context("nothing more is told of it")?;
    let category = told.get(&*more.category).context("its category is not known")?;
    let due_at = match &more.due {
        Some(due) => Some(moments.ahead(due)?),
        None => due_after(Some(category.due_hours), ticket.opened_at),
    };
    let conversation = script.attached.iter().find(|row| row.0 == ticket.id).map(|row| row.1);
    let talk = script.talks.iter().find(|talk| Some(talk.id) == conversation);
    Ok(Row {
        id: ticket.id,
        category_id: id_of(ids, &more.category)?,
        cause_id: more.cause.as_deref().map(|key| id_of(ids, key)).transpose()?,
        severity: more.severity.unwrap_or(category.severity),
        due_at,
        cost: more.cost.map(|cost| cost * CURRENCY.1),
        team_id: talk.and_then(|talk| talk.team_id),
        solved_by: ticket.solved_at.map(|_| ticket.owner_id),
    })
}

async fn tickets(tx: &mut Tx, rows: &[Row]) -> DbResult<()> {
    for some in rows.chunks(SLICE) {
        on_db!(&mut *tx, |conn| {
            let mut query = QueryBuilder::new(
                "WITH more (id, category_id, cause_id, severity, due_at, cost, currency, team_id, solved_by) AS (",
            );
            query.push_values(some, |mut values, row| {
                values
                    .push_bind(row.id)
                    .push_bind(row.category_id)
                    .push_bind(row.cause_id)
                    .push_bind(row.severity)
                    .push_bind(row.due_at)
                    .push_bind(row.cost)
                    .push_bind(row.cost.map(|_| CURRENCY.0))
                    .push_bind(row.team_id)
                    .push_bind(row.solved_by);
            });
            query.push(
                ") UPDATE tickets SET category_id = more.category_id, cause_id = more.cause_id, severity = more.severity,
                          due_at = more.due_at, remedy_cost = more.cost, remedy_currency = more.currency,
                          team_id = more.team_id, solved_by = more.solved_by
                   FROM more WHERE tickets.id = more.id",
            );
            query.build().persistent(false).execute(conn).await?;
        });
    }
    Ok(())
}

/// What was said in a ticket's conversations is the ticket's.
async fn messages(tx: &mut Tx) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
            "INSERT INTO ticket_messages (ticket_id, message_id, attached_at)
             SELECT tc.ticket_id, m.id, tc.attached_at
             FROM ticket_conversations tc JOIN messages m ON m.conversation_id = tc.conversation_id",
        )
        .execute(conn)
        .await?;
    });
    Ok(())
}
