//! The two trees that tickets are told by: categories say where a matter belongs, causes why it happened.
//!
//! Both have the same rules: names differ among siblings, nothing is below itself, and what was ever used is
//! archived and never deleted. A tree is small and is checked as a whole.

use serde::Serialize;
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    db::{DbResult, Tx},
    http::AppError,
    officers::http::words,
    on_db,
};

/// The most entries of a tree.
const MOST: usize = 500;

/// The most entries one below another.
const DEEPEST: usize = 5;

/// The most characters of a name.
const LONGEST: usize = 80;

/// One of the trees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tree {
    /// Where a matter belongs.
    Categories,
    /// Why it happened.
    Causes,
}

impl Tree {
    fn table(self) -> &'static str {
        match self {
            Self::Categories => "ticket_categories",
            Self::Causes => "ticket_causes",
        }
    }

    /// The field by which calls name an entry.
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Self::Categories => "category_id",
            Self::Causes => "cause_id",
        }
    }
}

/// An entry of a tree.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Node {
    /// Which one.
    pub id: Uuid,
    /// Below which one; none at the top.
    pub parent_id: Option<Uuid>,
    /// Its own name.
    pub name: String,
    /// Whether it is kept for old tickets only, and new ones cannot have it.
    pub archived: bool,
}

/// All entries of a tree, by name.
pub async fn nodes(tx: &mut Tx, tree: Tree) -> DbResult<Vec<Node>> {
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new("SELECT id, parent_id, name, archived FROM ");
        query.push(tree.table()).push(" ORDER BY LOWER(name), id");
        query.build_query_as().fetch_all(conn).await?
    }))
}

/// An entry as it shall be, in the whole tree: its name in its one spelling, or what is wrong.
pub fn fits(
    nodes: &[Node],
    id: Uuid,
    name: &str,
    parent_id: Option<Uuid>,
) -> Result<String, AppError> {
    let name = words::one_line("name", name, LONGEST)?;
    if nodes.len() >= MOST && !nodes.iter().any(|node| node.id == id) {
        return Err(AppError::invalid("", format!("at most {MOST} entries: delete unused ones")));
    }
    let mut above = parent_id;
    let mut depth = 1;
    while let Some(parent) = above {
        let node = nodes
            .iter()
            .find(|node| node.id == parent)
            .ok_or_else(|| AppError::invalid("parent_id", "there is no such one"))?;
        if node.id == id {
            return Err(AppError::invalid("parent_id", "is below the entry itself"));
        }
        if node.archived {
            return Err(AppError::invalid("parent_id", "is archived: take another or restore it"));
        }
        above = node.parent_id;
        depth += 1;
    }
    if depth + height(nodes, id, 0) > DEEPEST {
        return Err(AppError::invalid("parent_id", format!("at most {DEEPEST} one below another")));
    }
    let taken = nodes.iter().any(|node| {
        node.id != id
            && node.parent_id == parent_id
            && !node.archived
            && node.name.to_lowercase() == name.to_lowercase()
    });
    if taken {
        return Err(AppError::invalid("name", "stands there already"));
    }
    Ok(name)
}

/// How many entries are one below another under an entry.
fn height(nodes: &[Node], id: Uuid, deep: usize) -> usize {
    if deep > DEEPEST {
        return deep; // a tree that was never good; nothing gets deeper
    }
    nodes
        .iter()
        .filter(|node| node.parent_id == Some(id))
        .map(|node| 1 + height(nodes, node.id, deep + 1))
        .max()
        .unwrap_or(0)
}

/// An entry that can be given to a ticket: there is one, and it is not archived, unless the ticket has it.
pub async fn refuse_unknown(
    tx: &mut Tx,
    tree: Tree,
    id: Option<Uuid>,
    has: Option<Uuid>,
) -> Result<(), AppError> {
    let Some(id) = id.filter(|_| id != has) else { return Ok(()) };
    let archived: Option<bool> = on_db!(&mut *tx, |conn| {
        let mut query = QueryBuilder::new("SELECT archived FROM ");
        query.push(tree.table()).push(" WHERE id = ").push_bind(id);
        query.build_query_scalar().fetch_optional(conn).await?
    });
    match archived {
        Some(false) => Ok(()),
        Some(true) => Err(AppError::invalid(tree.field(), "is archived: choose another")),
        None => Err(AppError::invalid(tree.field(), "there is no such one")),
    }
}

/// Writes what all entries have. Archiving one archives all that is below it.
pub async fn write(
    tx: &mut Tx,
    tree: Tree,
    id: Uuid,
    name: &str,
    parent_id: Option<Uuid>,
    archived: bool,
) -> DbResult<()> {
    on_db!(&mut *tx, |conn| {
        let mut query = QueryBuilder::new("UPDATE ");
        query
            .push(tree.table())
            .push(" SET name = ")
            .push_bind(name)
            .push(", parent_id = ")
            .push_bind(parent_id)
            .push(", archived = ")
            .push_bind(archived)
            .push(" WHERE id = ")
            .push_bind(id);
        query.build().execute(conn).await?;
    });
    if archived {
        on_db!(tx, |conn| {
            let mut query = QueryBuilder::new("UPDATE ");
            query
                .push(tree.table())
                .push(" SET archived = TRUE WHERE id IN (WITH RECURSIVE below (id) AS (SELECT id FROM ")
                .push(tree.table())
                .push(" WHERE id = ")
                .push_bind(id)
                .push(" UNION SELECT b.id FROM ")
                .push(tree.table())
                .push(" b JOIN below ON b.parent_id = below.id) SELECT id FROM below)");
            query.build().execute(conn).await?;
        });
    }
    Ok(())
}

/// Deletes an entry that nothing refers to; another is to be archived.
pub async fn remove(tx: &mut Tx, tree: Tree, id: Uuid) -> Result<(), AppError> {
    let (used, gone) = on_db!(tx, |conn| {
        let used: bool = match tree {
            Tree::Categories => {
                sqlx::query_scalar(
                    "SELECT EXISTS (SELECT 1 FROM tickets WHERE category_id = $1)
                         OR EXISTS (SELECT 1 FROM ticket_rules WHERE category_id = $1)
                         OR EXISTS (SELECT 1 FROM ticket_categories WHERE parent_id = $1)",
                )
                .bind(id)
                .fetch_one(&mut *conn)
                .await?
            }
            Tree::Causes => {
                sqlx::query_scalar(
                    "SELECT EXISTS (SELECT 1 FROM tickets WHERE cause_id = $1)
                         OR EXISTS (SELECT 1 FROM ticket_causes WHERE parent_id = $1)",
                )
                .bind(id)
                .fetch_one(&mut *conn)
                .await?
            }
        };
        let gone = if used {
            0
        } else {
            let mut query = QueryBuilder::new("DELETE FROM ");
            query.push(tree.table()).push(" WHERE id = ").push_bind(id);
            query.build().execute(&mut *conn).await?.rows_affected()
        };
        (used, gone)
    });
    if used {
        return Err(AppError::conflict("used", "it is in use: archive it instead"));
    }
    if gone == 0 {
        return Err(AppError::NotFound);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sapa_channel::new_id;

    use super::*;

    fn node(name: &str, parent_id: Option<Uuid>, archived: bool) -> Node {
        Node { id: new_id(), parent_id, name: name.to_owned(), archived }
    }

    #[test]
    fn siblings_have_names_of_their_own_and_cousins_may_share_one() {
        let delivery = node("Delivery", None, false);
        let late = node("Late", Some(delivery.id), false);
        let nodes = [delivery.clone(), late.clone()];
        assert_eq!(fits(&nodes, new_id(), "  Late ", None).unwrap(), "Late");
        assert!(fits(&nodes, new_id(), "LATE", Some(delivery.id)).is_err());
        assert!(fits(&nodes, late.id, "late", Some(delivery.id)).is_ok(), "it may keep its own");
        for wrong in ["", "a\nb", &"x".repeat(81)] {
            assert!(fits(&nodes, new_id(), wrong, None).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn nothing_is_below_itself_or_below_what_is_archived() {
        let top = node("Top", None, false);
        let below = node("Below", Some(top.id), false);
        let old = node("Old", None, true);
        let nodes = [top.clone(), below.clone(), old.clone()];
        assert!(fits(&nodes, top.id, "Top", Some(below.id)).is_err());
        assert!(fits(&nodes, top.id, "Top", Some(top.id)).is_err());
        assert!(fits(&nodes, new_id(), "New", Some(old.id)).is_err());
        assert!(fits(&nodes, new_id(), "New", Some(new_id())).is_err());
        assert!(fits(&nodes, new_id(), "Old", None).is_ok(), "an archived name is free again");
    }

    #[test]
    fn a_tree_has_at_most_five_levels_whichever_end_is_moved() {
        let mut nodes: Vec<Node> = Vec::new();
        for n in 0..5 {
            nodes.push(node(&format!("{n}"), nodes.last().map(|node| node.id), false));
        }
        let lone = node("lone", None, false);
        nodes.push(lone.clone());
        assert!(fits(&nodes, new_id(), "6", Some(nodes[4].id)).is_err());
        assert!(fits(&nodes, lone.id, "lone", Some(nodes[3].id)).is_ok());
        assert!(fits(&nodes, nodes[0].id, "0", Some(lone.id)).is_err());
    }
}
