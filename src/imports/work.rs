//! Tries and takes the rows of imports, slice by slice. How far it is stands in the transaction of each slice, so
//! that what a crash cut off goes on where it was, and no row is taken twice.

use std::time::Duration;

use sapa_channel::new_id;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    apply::{self, Origin},
    known,
    mapping::Mapping,
    model::{Import, ImportState},
    plan::{self, Plan, Refusal, Seen, Told},
    queries,
    read::{self, Cells},
    row::{self, Candidate},
};
use crate::{
    app::{App, woken},
    db::{DbError, DbResult},
    events::{Actor, NewEvent},
    officers::audit,
};

/// How many rows one transaction takes: it holds up nobody for long.
const SLICE: usize = 250;

/// Works until told to stop.
pub async fn run(app: App, stop: CancellationToken) {
    let mut grew = app.wake().subscribe_log();
    loop {
        match next(&app, &stop).await {
            Ok(true) if !stop.is_cancelled() => continue,
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "an import could not go on"),
        }
        if stop.run_until_cancelled(woken(&mut grew)).await.is_none() {
            return;
        }
    }
}

/// Works on the oldest import that is under way. Tells whether there was one.
async fn next(app: &App, stop: &CancellationToken) -> anyhow::Result<bool> {
    let mut tx = app.db().read().await?;
    let Some(id) = queries::underway(&mut tx).await? else { return Ok(false) };
    let Some(import) = queries::find(&mut tx, id).await? else { return Ok(false) };
    let Some((digest, body)) = queries::content(&mut tx, id).await? else { return Ok(false) };
    drop(tx);
    let opened = match app.files().read(body, &digest).await {
        Ok(bytes) => tokio::task::spawn_blocking(move || read::open(&bytes))
            .await?
            .map_err(|error| error.to_string()),
        Err(error) => Err(format!("the file cannot be read: {error}")),
    };
    let sheet = match opened {
        Ok(sheet) => sheet,
        Err(error) => {
            let mut tx = app.db().write().await?;
            queries::finish(&mut tx, id, ImportState::Failed, Some(&error), app.now()).await?;
            app.commit(tx, &[finished(&import, app)]).await?;
            return Ok(true);
        }
    };
    let Some(mapping) = import.mapping.as_ref().map(|mapping| mapping.0.clone()) else {
        return Ok(false);
    };
    let mut job = Job { app, import: &import, mapping: &mapping, seen: Seen::default(), done: 0 };
    let mut rows = sheet.rows().skip(1);
    loop {
        let slice: Vec<Cells> = rows.by_ref().take(SLICE).collect();
        if slice.is_empty() {
            return job.end().await.map(|()| true);
        }
        let read = job.read(&slice);
        if !job.step(read).await? || stop.is_cancelled() {
            return Ok(true);
        }
    }
}

fn finished(import: &Import, app: &App) -> NewEvent {
    NewEvent::new("import.finished", app.now(), Actor::system())
        .data(serde_json::json!({ "import_id": import.id, "file": import.file_name }))
}

/// What a row is, or why it is not taken.
type Read = Result<(i64, Candidate), Told>;

struct Job<'a> {
    app: &'a App,
    import: &'a Import,
    mapping: &'a Mapping,
    seen: Seen,
    done: i64,
}

impl Job<'_> {
    /// Reads rows, and tells those apart that say the same address as an earlier one.
    fn read(&mut self, slice: &[Cells]) -> Vec<Read> {
        let mut all = Vec::with_capacity(slice.len());
        for cells in slice {
            all.push(match row::read(self.mapping, cells) {
                Err((shown, why)) => Err(plan::refused(cells.line, shown, why)),
                Ok(one) => match self.seen.earlier(&one.addresses, cells.line) {
                    Some((line, kind)) => {
                        let why = Refusal::Duplicate(format!("{kind} {line}"));
                        Err(plan::refused(cells.line, one.shown, why))
                    }
                    None => Ok((cells.line, one)),
                },
            });
        }
        all
    }

    /// Tries or takes a slice, unless it is done already. Tells whether the import is still under way.
    async fn step(&mut self, slice: Vec<Read>) -> DbResult<bool> {
        let (from, rows) = (self.done, i64::try_from(slice.len()).unwrap_or(i64::MAX));
        self.done += rows;
        for attempt in 0..10_u64 {
            match self.once(from, rows, &slice).await {
                Err(DbError::Conflict(_)) if attempt < 9 => {
                    // Somebody took one of these addresses or contacts: read them again.
                    tokio::time::sleep(Duration::from_millis(20 << attempt.min(5))).await;
                }
                other => return other,
            }
        }
        Ok(true)
    }

    async fn once(&self, from: i64, rows: i64, slice: &[Read]) -> DbResult<bool> {
        let (app, import) = (self.app, self.import);
        let mut tx = app.db().write().await?;
        let Some((state, done, mut counts)) = queries::progress(&mut tx, import.id).await? else {
            return Ok(false);
        };
        if state != import.state {
            return Ok(false);
        }
        if done != from {
            // Done before a crash, or by another node.
            return Ok(done > from);
        }
        let dry = state == ImportState::Checking;
        let candidates: Vec<&Candidate> = slice.iter().flatten().map(|(_, one)| one).collect();
        let mut known = known::load(&mut tx, &candidates, !dry).await?;
        let (mut plan, now) = (Plan::default(), app.now());
        for read in slice {
            match read {
                Ok(row) => {
                    plan::decide(&mut plan, &mut known, row.clone(), &import.file_name, now, new_id)
                }
                Err(told) => plan.told.push(told.clone()),
            }
        }
        apply::report(&mut tx, import.id, &plan, &known, dry).await?;
        for told in &plan.told {
            counts.add(told.outcome);
        }
        queries::advance(&mut tx, import.id, from + rows, counts).await?;
        let mut events = Vec::new();
        if !dry {
            let origin = Origin {
                import_id: import.id,
                file: &import.file_name,
                statement: self.mapping.consent_statement.as_deref().map(str::trim),
                actor: self.actor(),
            };
            events = apply::apply(&mut tx, &origin, &plan, &known, now).await?;
        }
        app.commit(tx, &events).await?;
        // Others want the one writer of SQLite too.
        tokio::task::yield_now().await;
        Ok(true)
    }

    fn actor(&self) -> Actor {
        Actor { kind: "officer", id: None::<Uuid>, name: self.import.created_by_name.clone() }
    }

    async fn end(&self) -> anyhow::Result<()> {
        let (app, import) = (self.app, self.import);
        let mut tx = app.db().write().await?;
        let there = queries::progress(&mut tx, import.id).await?;
        if there.is_none_or(|(state, done, _)| state != import.state || done != self.done) {
            return Ok(());
        }
        let state = if import.state == ImportState::Checking {
            ImportState::Checked
        } else {
            ImportState::Done
        };
        queries::finish(&mut tx, import.id, state, None, app.now()).await?;
        if state == ImportState::Done {
            audit::record(
                &mut tx,
                &self.actor(),
                "import.finished",
                &import.file_name,
                "",
                app.now(),
            )
            .await?;
        }
        app.commit(tx, &[finished(import, app)]).await?;
        Ok(())
    }
}
