//! `sapa officer`: who may sign in, for when nobody can, or by a script.

use anyhow::{Context, anyhow, bail};
use clap::{Subcommand, builder::PossibleValuesParser, builder::TypedValueParser};
use secrecy::ExposeSecret;

use super::{prompt, serve};
use crate::{
    app::App,
    config::Config,
    db::{DbError, Tx},
    events::Actor,
    http::AppError,
    officers::{
        audit,
        http::words,
        invitations,
        model::{Language, OfficerRow},
        password,
        policy::Role,
        queries,
    },
};

/// Where the audit log says that it was done.
const HERE: &str = "command line";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add an officer; without a password, print a link by which he chooses one
    Add {
        /// The address to sign in with
        #[arg(long)]
        email: String,
        /// As colleagues and customers see it
        #[arg(long)]
        name: String,
        /// What the officer may do
        #[arg(long, default_value = "officer", value_parser = role())]
        role: Role,
        /// The language of the screen
        #[arg(long, default_value = "id", value_parser = language())]
        language: Language,
        /// Take the password from standard input; on a terminal it is asked for and not shown
        #[arg(long)]
        password_stdin: bool,
    },
    /// List all officers
    List,
    /// Print a link by which an officer chooses a new password
    Reset {
        /// The address that the officer signs in with
        #[arg(long)]
        email: String,
    },
}

fn role() -> impl TypedValueParser<Value = Role> {
    let names = PossibleValuesParser::new(Role::ALL.map(Role::as_str));
    names.try_map(|name| {
        Role::ALL.into_iter().find(|role| role.as_str() == name).ok_or("unknown role")
    })
}

fn language() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new(["id", "en"])
        .map(|name| if name == "en" { Language::En } else { Language::Id })
}

/// Does it. The hub may run meanwhile.
pub async fn run(config: Config, command: Command) -> anyhow::Result<()> {
    let app = serve::open(config, false).await?;
    let done = match command {
        Command::Add { email, name, role, language, password_stdin } => {
            add(&app, &email, &name, role, language, password_stdin).await
        }
        Command::List => list(&app).await,
        Command::Reset { email } => reset(&app, &email).await,
    };
    app.db().close().await;
    done
}

async fn add(
    app: &App,
    email: &str,
    name: &str,
    role: Role,
    language: Language,
    with_password: bool,
) -> anyhow::Result<()> {
    let email = words::email("--email", email).map_err(in_words)?;
    let name = words::one_line("--name", name, 100).map_err(in_words)?;
    let mut tx = app.db().read().await?;
    if queries::by_email(&mut tx, &email).await?.is_some() {
        bail!("{email} belongs to an officer already");
    }
    drop(tx);
    let hash = if with_password { Some(new_password(&email, &name).await?) } else { None };
    let (invited, action) =
        (hash.is_none(), if hash.is_some() { "officer.added" } else { "officer.invited" });

    let mut tx = app.db().write().await?;
    let id =
        match queries::add_officer(&mut tx, &email, &name, role, language, hash, app.now()).await {
            Err(DbError::Conflict(_)) => bail!("{email} belongs to an officer already"),
            added => added?,
        };
    let token = if invited { Some(invitations::make(&mut tx, id, app.now()).await?) } else { None };
    audit::record(&mut tx, Actor::system(), action, &email, HERE, app.now()).await?;
    tx.commit().await?;
    println!("{name} <{email}> is {}", role.as_str());
    if let Some(token) = token {
        tell_link(app, &token);
    }
    Ok(())
}

async fn new_password(email: &str, name: &str) -> anyhow::Result<String> {
    let password = tokio::task::spawn_blocking(prompt::password)
        .await
        .context("asking for the password")??;
    password::check(password.expose_secret(), email, name)
        .map_err(|weak| anyhow!("a good password {weak}"))?;
    password::hash(password.expose_secret()).await.map_err(in_words)
}

async fn reset(app: &App, email: &str) -> anyhow::Result<()> {
    let mut tx = app.db().write().await?;
    let officer = find(&mut tx, email).await?;
    if !officer.active {
        bail!(
            "{} is switched off: switch the officer on first, under Officers on the screen",
            officer.email
        );
    }
    let token = invitations::make(&mut tx, officer.id, app.now()).await?;
    audit::record(
        &mut tx,
        Actor::system(),
        "officer.invited_again",
        &officer.email,
        HERE,
        app.now(),
    )
    .await?;
    tx.commit().await?;
    println!("{} <{}> signs in as before until the link is used", officer.name, officer.email);
    tell_link(app, &token);
    Ok(())
}

async fn find(tx: &mut Tx, email: &str) -> anyhow::Result<OfficerRow> {
    let email = words::email("--email", email).map_err(in_words)?;
    let found = queries::by_email(tx, &email).await?;
    found.with_context(|| format!("no officer has the address {email}; see sapa officer list"))
}

async fn list(app: &App) -> anyhow::Result<()> {
    let mut tx = app.db().read().await?;
    let officers = queries::list(&mut tx).await?;
    let longest = officers.iter().map(|officer| officer.email.chars().count()).max().unwrap_or(0);
    for officer in officers {
        let state = match (officer.active, officer.password_hash.is_some()) {
            (false, _) => "off",
            (true, false) => "invited",
            (true, true) => "active",
        };
        println!(
            "{:longest$}  {:13}  {state:7}  {}",
            officer.email,
            officer.role.as_str(),
            officer.name
        );
    }
    Ok(())
}

fn tell_link(app: &App, token: &str) {
    let hours = invitations::GOOD_FOR.as_secs() / 3600;
    println!("{}", invitations::link(app, token));
    println!(
        "It is good once, for {hours} hours. Whoever has it can sign in: give it to nobody else."
    );
}

/// An error of the screen, for the command line.
fn in_words(error: AppError) -> anyhow::Error {
    match error {
        AppError::Invalid(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(field, why)| format!("{field} {why}")).collect();
            anyhow!(fields.join("; "))
        }
        other => other.into(),
    }
}
