//! The list of conversations: filters, order, pages.

use std::collections::HashMap;

use sapa_channel::{ChannelId, Timestamp};
use serde::Deserialize;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::charge::InCharge;
use super::model::{ConversationRow, RowMailing, RowTicket, TeamRef};
use crate::{
    channels::model::ChannelRef,
    contacts::model::ContactRef,
    db::{DbResult, Tx},
    http::{Cursor, Page},
    mailings::model::number as mailing_number,
    officers::model::OfficerRef,
    on_db,
    tickets::{
        model::{Severity, TicketKind, number},
        recurrence,
    },
};

/// A folder of the inbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Folder {
    /// Open and mine.
    Mine,
    /// Open and nobody's, and no bot's either.
    Unassigned,
    /// Open, with a bot in charge.
    Bot,
    /// Open.
    #[default]
    Open,
    /// Open, and I was called.
    Mentions,
    /// Open, and the customer waits for people.
    Waiting,
    /// Snoozed.
    Snoozed,
    /// Solved.
    Solved,
    /// With an answer of which nobody knows whether it arrived, open or not.
    Unsure,
    /// All.
    All,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// What was said last first.
    #[default]
    Newest,
    /// What was said last at the end.
    Oldest,
    /// Who waits longest first.
    Waiting,
}

/// Which conversations to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The folder.
    pub folder: Folder,
    /// Only of this team.
    pub team: Option<Uuid>,
    /// Only on this channel.
    pub channel: Option<ChannelId>,
    /// Only with this label.
    pub label: Option<String>,
    /// Only of this contact.
    pub contact: Option<Uuid>,
    /// Only answers to this mailing.
    pub mailing: Option<Uuid>,
    /// The order.
    pub sort: Sort,
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct Row {
    id: Uuid,
    number: i64,
    contact_id: Uuid,
    contact_name: String,
    channel_id: ChannelId,
    channel_kind: String,
    channel_name: String,
    status: String,
    subject: Option<String>,
    preview: String,
    preview_kind: String,
    preview_author: Option<String>,
    has_files: bool,
    assignee_id: Option<Uuid>,
    assignee_name: Option<String>,
    team_id: Option<Uuid>,
    team_name: Option<String>,
    unread: bool,
    waiting_since: Option<Timestamp>,
    last_message_at: Timestamp,
    snoozed_until: Option<Timestamp>,
    draft: Option<String>,
    version: i64,
    mailing_id: Option<Uuid>,
    mailing_number: Option<i64>,
    mailing_name: Option<String>,
    bot_id: Option<Uuid>,
    bot_name: Option<String>,
    handed_over_at: Option<Timestamp>,
}

/// All joins on the officer are by primary key; the order comes from an index of `conversations`.
const SELECT: &str = "SELECT c.id, c.number, c.contact_id, k.name AS contact_name, c.channel_id,
        ch.kind AS channel_kind, ch.name AS channel_name, c.status, c.subject, c.preview, c.preview_kind,
        c.preview_author, c.has_files, c.assignee_id, o.name AS assignee_name, c.team_id, t.name AS team_name,
        (c.last_inbound_at IS NOT NULL AND (r.at IS NULL OR r.at < c.last_inbound_at)) AS unread,
        c.waiting_since, c.last_message_at, c.snoozed_until, COALESCE(d.text, n.text) AS draft, c.version, c.bot_id,
        b.name AS bot_name, c.handed_over_at,
        c.mailing_id, ml.number AS mailing_number, ml.name AS mailing_name
    FROM conversations c
    JOIN contacts k ON k.id = c.contact_id
    JOIN channels ch ON ch.id = c.channel_id
    LEFT JOIN officers o ON o.id = c.assignee_id
    LEFT JOIN teams t ON t.id = c.team_id
    LEFT JOIN mailings ml ON ml.id = c.mailing_id
    LEFT JOIN bots b ON b.id = c.bot_id
    LEFT JOIN reads r ON r.conversation_id = c.id AND r.officer_id = ";

macro_rules! select {
    ($me:expr) => {{
        let mut query = QueryBuilder::new(SELECT);
        query.push_bind($me);
        query
            .push(" LEFT JOIN drafts d ON d.kind = 'reply' AND d.conversation_id = c.id AND d.officer_id = ")
            .push_bind($me)
            .push(" LEFT JOIN drafts n ON n.kind = 'note' AND n.conversation_id = c.id AND n.officer_id = ")
            .push_bind($me);
        query
    }};
}

/// All states. An index has the order of each, and none that of all.
const STATES: [&str; 3] = ["open", "snoozed", "solved"];

impl Filter {
    fn is_by_waiting(&self) -> bool {
        self.sort == Sort::Waiting || self.folder == Folder::Waiting
    }

    /// Whether what it leaves is few, so that it can be sorted.
    fn leaves_few(&self) -> bool {
        self.contact.is_some() || self.mailing.is_some() || self.label.is_some()
    }
}

/// A page of the list, as `me` sees it.
pub async fn list(
    tx: &mut Tx,
    me: Uuid,
    filter: &Filter,
    cursor: Option<Cursor>,
    limit: usize,
) -> DbResult<Page<ConversationRow>> {
    let by_waiting = filter.is_by_waiting();
    let place = |row: &Row| {
        let waits = if by_waiting { row.waiting_since } else { None };
        Cursor::new(waits.unwrap_or(row.last_message_at), row.id)
    };
    let rows = if filter.folder == Folder::All && !filter.leaves_few() {
        let mut rows = Vec::new();
        for state in STATES {
            rows.extend(rows_of(tx, me, filter, Some(state), cursor, limit).await?);
        }
        rows.sort_by_key(|row| (place(row).at, place(row).id));
        if !by_waiting && filter.sort != Sort::Oldest {
            rows.reverse();
        }
        rows
    } else {
        rows_of(tx, me, filter, None, cursor, limit).await?
    };
    let page = Page::cut(rows, limit, place);
    Ok(Page { items: complete(tx, page.items).await?, next: page.next })
}

/// The rows of a page and one more; of all conversations only those in this state, if one is given.
async fn rows_of(
    tx: &mut Tx,
    me: Uuid,
    filter: &Filter,
    state: Option<&'static str>,
    cursor: Option<Cursor>,
    limit: usize,
) -> DbResult<Vec<Row>> {
    let by_waiting = filter.is_by_waiting();
    Ok(on_db!(tx, |conn| {
        let mut query = select!(me);
        match filter.folder {
            Folder::Mine => {
                query.push(" WHERE c.status = 'open' AND c.assignee_id = ").push_bind(me);
            }
            Folder::Unassigned => {
                query.push(
                    " WHERE c.status = 'open' AND c.assignee_id IS NULL AND c.bot_id IS NULL",
                );
            }
            Folder::Bot => {
                query.push(" WHERE c.status = 'open' AND c.bot_id IS NOT NULL");
            }
            Folder::Mentions => {
                query
                    .push(" JOIN mentions m ON m.conversation_id = c.id AND m.officer_id = ")
                    .push_bind(me)
                    .push(" WHERE c.status = 'open'");
            }
            Folder::Open | Folder::Waiting => {
                query.push(" WHERE c.status = 'open'");
            }
            Folder::Snoozed => {
                query.push(" WHERE c.status = 'snoozed'");
            }
            Folder::Solved => {
                query.push(" WHERE c.status = 'solved'");
            }
            Folder::Unsure => {
                query.push(
                    " WHERE c.status IN ('open', 'snoozed', 'solved')
                        AND c.id IN (SELECT e.conversation_id FROM deliveries e WHERE e.state = 'unknown')",
                );
            }
            Folder::All => {
                match state {
                    // Not bound: there are indexes of the solved ones alone.
                    Some(state) => query.push(format_args!(" WHERE c.status = '{state}'")),
                    None => query.push(" WHERE c.status IN ('open', 'snoozed', 'solved')"),
                };
            }
        }
        if let Some(team) = filter.team {
            query.push(" AND c.team_id = ").push_bind(team);
        }
        if let Some(channel) = filter.channel {
            query.push(" AND c.channel_id = ").push_bind(channel);
        }
        if let Some(contact) = filter.contact {
            query.push(" AND c.contact_id = ").push_bind(contact);
        }
        if let Some(mailing) = filter.mailing {
            query.push(" AND c.mailing_id = ").push_bind(mailing);
        }
        if let Some(label) = &filter.label {
            query
                .push(
                    " AND c.id IN (SELECT conversation_id FROM conversation_labels WHERE label = ",
                )
                .push_bind(label)
                .push(")");
        }
        let (column, direction, comparison) = if by_waiting {
            query.push(" AND c.waiting_since IS NOT NULL");
            if filter.folder != Folder::Bot {
                query.push(" AND c.bot_id IS NULL");
            }
            ("c.waiting_since", "ASC", ">")
        } else if filter.sort == Sort::Oldest {
            ("c.last_message_at", "ASC", ">")
        } else {
            ("c.last_message_at", "DESC", "<")
        };
        if let Some(cursor) = cursor {
            query.push(format_args!(" AND ({column}, c.id) {comparison} ("));
            query.push_bind(cursor.at).push(", ").push_bind(cursor.id).push(")");
        }
        // PostgreSQL keeps no plan of a statement whose limit it does not see: it would plan each time anew.
        let limit = limit.saturating_add(1);
        query.push(format_args!(" ORDER BY {column} {direction}, c.id {direction} LIMIT {limit}"));
        query.build_query_as().persistent(true).fetch_all(conn).await?
    }))
}

/// One row, as `me` sees it.
pub async fn one(tx: &mut Tx, me: Uuid, id: Uuid) -> DbResult<Option<ConversationRow>> {
    let row: Option<Row> = on_db!(&mut *tx, |conn| {
        let mut query = select!(me);
        query.push(" WHERE c.id = ").push_bind(id);
        query.build_query_as().fetch_optional(conn).await?
    });
    Ok(complete(tx, row.into_iter().collect()).await?.pop())
}

#[derive(sqlx::FromRow)]
struct TicketRow {
    conversation_id: Uuid,
    id: Uuid,
    number: i64,
    title: String,
    kind: TicketKind,
    severity: Severity,
    opened_at: Timestamp,
    due_at: Option<Timestamp>,
}

/// Adds labels, tickets and how often those have come before, by one statement each for the whole page.
async fn complete(tx: &mut Tx, rows: Vec<Row>) -> DbResult<Vec<ConversationRow>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let labels: Vec<(Uuid, String)> = on_db!(&mut *tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT conversation_id, label FROM conversation_labels WHERE conversation_id IN (",
        );
        let mut list = query.separated(", ");
        for id in &ids {
            list.push_bind(*id);
        }
        query.push(") ORDER BY label");
        query.build_query_as().persistent(false).fetch_all(conn).await?
    });
    // Asked for the open ones, SQLite would go through all that are open and look for each of these conversations.
    let tickets: Vec<TicketRow> = on_db!(&mut *tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT tc.conversation_id, t.id, t.number, t.title, t.kind, t.severity, t.opened_at, t.due_at
             FROM ticket_conversations tc
             JOIN tickets t ON t.id = tc.ticket_id AND t.status <> 'solved' WHERE tc.conversation_id IN (",
        );
        let mut list = query.separated(", ");
        for id in &ids {
            list.push_bind(*id);
        }
        query.push(") ORDER BY t.number");
        query.build_query_as().persistent(false).fetch_all(conn).await?
    });
    let ticket_ids: Vec<Uuid> = tickets.iter().map(|ticket| ticket.id).collect();
    let before = recurrence::of(tx, &ticket_ids).await?;
    let mut labels_of: HashMap<Uuid, Vec<String>> = HashMap::new();
    for (id, label) in labels {
        labels_of.entry(id).or_default().push(label);
    }
    let mut ticket_of: HashMap<Uuid, RowTicket> = HashMap::new();
    for row in tickets {
        let count_open = ticket_of.get(&row.conversation_id).map_or(0, |one| one.count_open) + 1;
        let ticket = RowTicket {
            id: row.id,
            number: number(row.number),
            title: row.title,
            kind: row.kind,
            severity: row.severity,
            opened_at: row.opened_at,
            due_at: row.due_at,
            times: before.get(&row.id).map_or(1, |before| before.times),
            count_open,
        };
        ticket_of.insert(row.conversation_id, ticket);
    }
    Ok(rows
        .into_iter()
        .map(|row| ConversationRow {
            labels: labels_of.remove(&row.id).unwrap_or_default(),
            ticket: ticket_of.remove(&row.id),
            id: row.id,
            number: row.number,
            contact: ContactRef { id: row.contact_id, name: row.contact_name },
            channel: ChannelRef {
                id: row.channel_id,
                kind: row.channel_kind,
                name: row.channel_name,
            },
            status: row.status,
            subject: row.subject,
            preview: row.preview,
            preview_kind: row.preview_kind,
            preview_author: row.preview_author,
            has_files: row.has_files,
            assignee: row
                .assignee_id
                .zip(row.assignee_name)
                .map(|(id, name)| OfficerRef { id, name }),
            team: row.team_id.zip(row.team_name).map(|(id, name)| TeamRef { id, name }),
            unread: row.unread,
            waiting_since: row.waiting_since,
            last_message_at: row.last_message_at,
            snoozed_until: row.snoozed_until,
            draft: row.draft.map(|draft| crate::router::one_line(&draft)),
            mailing: row.mailing_id.zip(row.mailing_number).zip(row.mailing_name).map(
                |((id, number), name)| RowMailing { id, number: mailing_number(number), name },
            ),
            version: row.version,
            bot: row.bot_id.zip(row.bot_name).map(|(id, name)| InCharge { id, name }),
            handed_over_at: row.handed_over_at,
        })
        .collect())
}
