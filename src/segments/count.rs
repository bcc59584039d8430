//! How many contacts a segment has, and each of its conditions by itself, in one reading of the contacts.

use sapa_channel::Timestamp;
use serde::Serialize;
use sqlx::{QueryBuilder, Row};

use super::{Condition, sql::push_where};
use crate::{
    db::{DbResult, Tx},
    on_db,
};

/// How many contacts a segment has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Counted {
    /// In the segment.
    pub total: i64,
    /// In all.
    pub everybody: i64,
    /// By condition, each for itself: the root first, and each group before what it holds.
    pub nodes: Vec<i64>,
    /// When they were counted.
    pub at: Timestamp,
}

/// Writes a node in terms of the leaves, whose values are the columns `n0`, `n1` … by their place in the tree.
fn over_leaves(condition: &Condition, place: &mut usize, text: &mut String) {
    let (open, between, end) = match condition {
        Condition::All { .. } => ("(", " AND ", "1 = 1)"),
        Condition::Any { .. } => ("(", " OR ", "1 = 0)"),
        Condition::None { .. } => ("NOT (", " OR ", "1 = 0)"),
        _ => {
            text.push('n');
            text.push_str(&place.to_string());
            *place += 1;
            return;
        }
    };
    *place += 1;
    text.push_str(open);
    for child in condition.children() {
        over_leaves(child, place, text);
        text.push_str(between);
    }
    text.push_str(end);
}

/// Counts. Each condition is asked once of each contact; the groups are made of the answers.
pub async fn count(tx: &mut Tx, condition: &Condition, now: Timestamp) -> DbResult<Counted> {
    let nodes = condition.nodes();
    let counts: Vec<i64> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new("WITH leaves AS MATERIALIZED (SELECT 1 AS one");
        for (place, node) in nodes.iter().enumerate() {
            let is_group = matches!(
                node,
                Condition::All { .. } | Condition::Any { .. } | Condition::None { .. }
            );
            if !is_group {
                query.push(", ");
                push_where(&mut query, node, now);
                query.push(" AS n").push(place);
            }
        }
        query.push(" FROM contacts k WHERE k.merged_into IS NULL) SELECT COUNT(*)");
        for (place, node) in nodes.iter().enumerate() {
            let (mut place, mut text) = (place, String::new());
            over_leaves(node, &mut place, &mut text);
            query.push(", COUNT(CASE WHEN ").push(text).push(" THEN 1 END)");
        }
        query.push(" FROM leaves");
        let row = query.build().persistent(false).fetch_one(conn).await?;
        (0..=nodes.len()).map(|place| row.try_get(place)).collect::<Result<_, _>>()?
    });
    let everybody = counts.first().copied().unwrap_or_default();
    let nodes: Vec<i64> = counts.into_iter().skip(1).collect();
    Ok(Counted { total: nodes.first().copied().unwrap_or_default(), everybody, nodes, at: now })
}
