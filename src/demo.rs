//! The demonstration: two firms and their customers, as the files in `demo` tell of them.

use std::collections::{BTreeSet, HashMap};

use crate::{
    app::App,
    db::{SLICE, Tx},
    events,
    officers::{self, password, policy::Role},
};

mod audience;
pub mod bots;
mod complaints;
mod content;
pub mod http;
mod lines;
mod mailings;
mod matters;
mod moments;
mod origins;
mod paper;
mod people;
mod script;
mod stage;
mod talk;
mod write;

use lines::Hearing;
use moments::Moments;
use paper::Paper;
use people::People;
use stage::Stage;

/// The password of everybody in the demonstration.
const PASSWORD: &str = "sapa-demo-2026";

/// How the keys of its web chats end.
const SITE_KEY: &str = "-demo";

/// How long before the first word the firms began.
const BEFORE: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

/// Somebody who can sign in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// His address.
    pub email: String,
    /// His password.
    pub password: &'static str,
    /// Who he is.
    pub who: String,
}

/// All who can sign in.
#[must_use]
pub fn sign_ins() -> Vec<SignIn> {
    let firms =
        content::abouts().expect("the demonstration's own files can be read: there is a test");
    let officers = firms.into_iter().flat_map(|firm| {
        let name = firm.name;
        firm.officers.into_iter().map(move |officer| SignIn {
            email: officer.email,
            password: PASSWORD,
            who: format!("{}, {} at {name}", officer.name, role(officer.role)),
        })
    });
    officers.collect()
}

/// Plays both firms in if there is no officer yet, all or nothing. Later it only lets the chats stand open for
/// the pages that the hub serves now.
pub async fn fill(app: &App) -> anyhow::Result<()> {
    let mut tx = app.db().write().await?;
    officers::queries::lock(&mut tx).await?;
    if officers::queries::count(&mut tx).await? > 0 {
        origins::renew(&mut tx, &origins::of(app)).await?;
        tx.commit().await?;
        return Ok(());
    }
    load(app, &mut tx).await?;
    tx.commit().await?;
    app.wake().log_grew();
    Ok(())
}

async fn load(app: &App, tx: &mut Tx) -> anyhow::Result<()> {
    let firms = content::firms()?;
    let talks = firms.iter().flat_map(|firm| &firm.conversations);
    let files = talks.flat_map(|talk| &talk.messages).flat_map(|message| &message.files);
    let wanted = files.map(|file| file.generate.clone()).collect();
    let making = tokio::task::spawn_blocking(|| papers(wanted));
    let password_hash = password::hash(PASSWORD).await?;
    let moments = Moments::at(app.now());
    let lines = lines::lay_out(&firms, &moments)?;
    let since = lines.first().map_or(moments.now, |line| line.at).before(BEFORE);
    let people = People::gather(&firms, &Hearing::of(&lines), &moments, &origins::of(app))?;
    let papers = making.await??;
    for paper in papers.values() {
        app.files().keep(paper.bytes.clone()).await?;
    }
    let script = Stage::play(&people, &moments, &papers, &lines)?;
    let mut log = write::cast(tx, &firms, &people, &password_hash, since, moments.now).await?;
    write::talks(tx, &script, &people, moments.now).await?;
    complaints::write(tx, &firms, &people, &script, &moments, since).await?;
    write::go_on_counting(tx).await?;
    log.extend(audience::write(tx, &firms, &people, moments.now).await?);
    log.extend(mailings::write(app, tx, &people, &moments, since).await?);
    log.extend(script.events);
    log.sort_by_key(|event| event.at);
    for some in log.chunks(SLICE) {
        events::append(tx, some).await?;
    }
    Ok(())
}

/// Makes files, by what they show.
fn papers(wanted: BTreeSet<String>) -> anyhow::Result<HashMap<String, Paper>> {
    wanted.into_iter().map(|what| Ok((what.clone(), paper::make(&what)?))).collect()
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Administrator => "administrator",
        Role::Supervisor => "supervisor",
        Role::Officer => "officer",
        Role::Marketer => "marketer",
        Role::Analyst => "analyst",
    }
}
