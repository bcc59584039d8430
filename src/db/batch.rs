//! Several statements in one go.
//!
//! SQLite's driver works on a thread of its own. To go there and back takes as long as some thirty rows, and the one
//! writer waits meanwhile; so statements that need nothing of each other's answers go together. PostgreSQL's driver sends
//! them one after the other.
//!
//! A text that was not seen before must be prepared, which takes longer still. So lists come in few sizes: on PostgreSQL
//! the last row stands there again until there are enough, on SQLite rows of NULL do, and no list has fewer of them than
//! the batch was made for, or each mixture of sizes would be a text of its own.

use futures::TryStreamExt;
use sqlx::{
    Either, Encode, Executor, FromRow, Postgres, QueryBuilder, Sqlite, Type, postgres::PgRow,
    sqlite::SqliteRow,
};

use super::{DbResult, Tx, keep, padding};

/// What stands between two statements of a batch on SQLite.
pub const BETWEEN: &str = ";\n";

/// Statements to be run together, in their order.
pub struct Batch(Built);

enum Built {
    Sqlite { all: QueryBuilder<Sqlite>, rows: usize, usual: bool },
    Postgres(Vec<(QueryBuilder<Postgres>, bool)>),
}

/// What both databases take as a value.
pub trait Value<'t>:
    Encode<'t, Sqlite> + Type<Sqlite> + Encode<'t, Postgres> + Type<Postgres>
{
}

impl<'t, T> Value<'t> for T where
    T: Encode<'t, Sqlite> + Type<Sqlite> + Encode<'t, Postgres> + Type<Postgres>
{
}

impl Tx {
    /// Begins a batch whose lists have about so many rows.
    #[must_use]
    pub fn batch(&self, rows: usize) -> Batch {
        Batch(match self {
            Self::Sqlite(_) => {
                Built::Sqlite { all: QueryBuilder::new(""), rows: padding(rows), usual: true }
            }
            Self::Postgres(_) => Built::Postgres(Vec::new()),
        })
    }
}

impl Batch {
    /// Begins the next statement.
    pub fn statement(&mut self, sql: &str) -> &mut Self {
        match &mut self.0 {
            Built::Sqlite { all, .. } => {
                if !all.sql().as_str().is_empty() {
                    all.push(BETWEEN);
                }
                all.push(sql);
            }
            Built::Postgres(each) => each.push((QueryBuilder::new(sql), true)),
        }
        self
    }

    /// Goes on with the statement.
    pub fn push(&mut self, sql: &str) -> &mut Self {
        match &mut self.0 {
            Built::Sqlite { all, .. } => drop(all.push(sql)),
            Built::Postgres(each) => {
                if let Some((one, _)) = each.last_mut() {
                    one.push(sql);
                }
            }
        }
        self
    }

    /// Goes on with a value.
    pub fn push_bind<'t>(&mut self, value: impl Value<'t>) -> &mut Self {
        match &mut self.0 {
            Built::Sqlite { all, .. } => drop(all.push_bind(value)),
            Built::Postgres(each) => {
                if let Some((one, _)) = each.last_mut() {
                    one.push_bind(value);
                }
            }
        }
        self
    }

    /// Goes on with a list of rows, of which there must be one.
    pub fn values<R>(&mut self, rows: &[R], mut bind: impl FnMut(&mut Row<'_>, &R)) -> &mut Self {
        debug_assert!(!rows.is_empty(), "a list has rows");
        let size = self.size(rows.len());
        let again = if matches!(self.0, Built::Postgres(_)) { rows.last() } else { None };
        let mut columns = 0;
        self.push("VALUES ");
        for n in 0..size {
            self.push(if n == 0 { "(" } else { ", (" });
            let mut row = Row { batch: self, columns: 0 };
            if let Some(item) = rows.get(n).or(again) {
                bind(&mut row, item);
                columns = row.columns;
            } else {
                for _ in 0..columns {
                    row.push_bind(None::<i64>);
                }
            }
            self.push(")");
        }
        self
    }

    /// Goes on with a list in parentheses of which a value is to be one; there must be one.
    pub fn list<'t>(&mut self, items: &[impl Value<'t> + Copy]) -> &mut Self {
        debug_assert!(!items.is_empty(), "a list has items");
        let size = self.size(items.len());
        let again = if matches!(self.0, Built::Postgres(_)) { items.last() } else { None };
        self.push("(");
        let mut row = Row { batch: self, columns: 0 };
        for n in 0..size {
            match items.get(n).or(again) {
                Some(item) => row.push_bind(*item),
                None => row.push_bind(None::<i64>),
            };
        }
        self.push(")")
    }

    /// To how many rows so many are padded.
    fn size(&mut self, rows: usize) -> usize {
        match &mut self.0 {
            Built::Sqlite { rows: least, usual, .. } => {
                let size = padding(rows).max(*least);
                *usual &= keep(size);
                size
            }
            Built::Postgres(each) => {
                let size = padding(rows);
                if let Some((_, usual)) = each.last_mut() {
                    *usual &= keep(size);
                }
                size
            }
        }
    }

    /// Inserts rows; with none it adds no statement.
    pub fn insert<R>(
        &mut self,
        into: &str,
        rows: &[R],
        bind: impl FnMut(&mut Row<'_>, &R),
        then: &str,
    ) {
        if rows.is_empty() {
            return;
        }
        let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        self.statement(into).push("SELECT * FROM (").values(rows, bind);
        self.push(") AS list LIMIT 0 + ").push_bind(count).push(then);
    }

    /// Lets transactions append to the event log one after another, so that its numbers become visible in
    /// their order and a reader needs no more than the last one that it saw.
    ///
    /// Take it last: nothing that can wait may come between it and the commit.
    pub fn lock_log(&mut self) {
        if let Built::Postgres(_) = &self.0 {
            self.statement("SELECT pg_advisory_xact_lock(1)");
        }
    }

    /// Runs the statements.
    pub async fn run(self, tx: &mut Tx) -> DbResult<()> {
        match (self.0, tx) {
            (Built::Sqlite { mut all, usual, .. }, Tx::Sqlite(tx)) => {
                if !all.sql().as_str().is_empty() {
                    all.build().persistent(usual).execute(&mut **tx).await?;
                }
            }
            (Built::Postgres(each), Tx::Postgres(tx)) => {
                for (mut one, usual) in each {
                    one.build().persistent(usual).execute(&mut **tx).await?;
                }
            }
            _ => unreachable!("a batch is of its transaction's database"),
        }
        Ok(())
    }

    /// Runs the statements, and keeps what each found.
    pub async fn fetch(self, tx: &mut Tx) -> DbResult<Found> {
        match (self.0, tx) {
            (Built::Sqlite { mut all, usual, .. }, Tx::Sqlite(tx)) => {
                let mut found = vec![Vec::new()];
                if !all.sql().as_str().is_empty() {
                    let query = all.build().persistent(usual);
                    let mut answers = (&mut **tx).fetch_many(query);
                    while let Some(answer) = answers.try_next().await? {
                        match (answer, found.last_mut()) {
                            (Either::Right(row), Some(last)) => last.push(row),
                            _ => found.push(Vec::new()),
                        }
                    }
                }
                Ok(Found::Sqlite(found.into_iter()))
            }
            (Built::Postgres(each), Tx::Postgres(tx)) => {
                let mut found = Vec::new();
                for (mut one, usual) in each {
                    found.push(one.build().persistent(usual).fetch_all(&mut **tx).await?);
                }
                Ok(Found::Postgres(found.into_iter()))
            }
            _ => unreachable!("a batch is of its transaction's database"),
        }
    }
}

/// A row of a list, to put its values in.
pub struct Row<'b> {
    batch: &'b mut Batch,
    columns: usize,
}

impl Row<'_> {
    /// The value of the next column.
    pub fn push_bind<'t>(&mut self, value: impl Value<'t>) -> &mut Self {
        if self.columns > 0 {
            self.batch.push(", ");
        }
        self.batch.push_bind(value);
        self.columns += 1;
        self
    }
}

/// What the statements of a batch found.
pub enum Found {
    /// Rows of SQLite.
    Sqlite(std::vec::IntoIter<Vec<SqliteRow>>),
    /// Rows of PostgreSQL.
    Postgres(std::vec::IntoIter<Vec<PgRow>>),
}

impl Found {
    /// What the next statement found.
    pub fn rows<T>(&mut self) -> DbResult<Vec<T>>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
    {
        Ok(match self {
            Self::Sqlite(each) => {
                each.next().unwrap_or_default().iter().map(T::from_row).collect::<Result<_, _>>()?
            }
            Self::Postgres(each) => {
                each.next().unwrap_or_default().iter().map(T::from_row).collect::<Result<_, _>>()?
            }
        })
    }
}
