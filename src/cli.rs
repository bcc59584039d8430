//! The command line: one file per command.

use std::{
    ffi::OsString,
    fmt,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::{Parser, Subcommand};

use crate::{
    config::{Config, ENV_PREFIX, Problems},
    telemetry,
};

mod archive;
mod backup;
mod check_config;
mod demo;
mod doctor;
mod embedded;
mod lock;
mod migrate;
mod officer;
mod openapi;
mod port;
mod prompt;
mod restore;
mod serve;
mod stop;

/// An omnichannel contact hub and chatbot gateway.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    /// The settings; sapa.toml in the working directory if it is there
    #[arg(long, short, global = true, value_name = "FILE", env = "SAPA_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the hub until it is told to stop (Ctrl-C, SIGTERM)
    Serve,
    /// Run a demonstration: two firms and their customers, on an embedded database, sending nothing
    Demo(demo::Options),
    /// Bring the database to the form that this version needs
    Migrate,
    /// Add and list officers, and let them choose a new password
    #[command(subcommand)]
    Officer(officer::Command),
    /// Tell everything that is wrong with the settings
    CheckConfig,
    /// Look whether the hub can run well here, and say what to do if not
    Doctor,
    /// Write the embedded database and all files into one file; the hub may run meanwhile
    Backup {
        /// Where to, as backup.tar
        file: PathBuf,
    },
    /// Bring a backup back; the hub must be stopped
    Restore {
        /// The backup
        file: PathBuf,
        /// Put a database that is there already aside, and replace it
        #[arg(long)]
        force: bool,
    },
    /// Print the description of the API (OpenAPI 3.1, JSON)
    Openapi,
}

/// Why a command was not done.
enum Failure {
    /// The settings are wrong.
    Settings(Problems),
    /// Anything else.
    Error(anyhow::Error),
    /// The command has told it already.
    Told,
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::Settings(problems)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Error(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(problems) => problems.fmt(f),
            // With what caused it.
            Self::Error(error) => write!(f, "{error:#}"),
            Self::Told => Ok(()),
        }
    }
}

/// Runs the program. It ends with 0 when all went well, with 1 when not, and with 2 when the command line or the settings
/// are wrong.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // Only a second call could fail, and there is none.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("sapa: starting the runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(run(cli));
    runtime.shutdown_timeout(Duration::from_secs(1));
    let Err(failure) = done else { return ExitCode::SUCCESS };
    match failure {
        Failure::Told => ExitCode::FAILURE,
        Failure::Error(_) => {
            eprintln!("sapa: {failure}");
            ExitCode::FAILURE
        }
        Failure::Settings(_) => {
            eprintln!("sapa: {failure}");
            ExitCode::from(2)
        }
    }
}

async fn run(cli: Cli) -> Result<(), Failure> {
    let file = cli.config.as_deref();
    match cli.command {
        Command::Serve => serve::run(logging(settings(file)?)).await?,
        Command::Demo(options) => demo::run(options).await?,
        Command::Migrate => migrate::run(&settings(file)?).await?,
        Command::Officer(command) => officer::run(settings(file)?, command).await?,
        Command::CheckConfig => check_config::run(file, &settings(file)?),
        Command::Doctor => {
            if !doctor::run(&settings(file)?).await {
                return Err(Failure::Told);
            }
        }
        Command::Backup { file: target } => backup::run(&settings(file)?, &target).await?,
        Command::Restore { file: backup, force } => {
            restore::run(&settings(file)?, &backup, force).await?;
        }
        Command::Openapi => openapi::run().await?,
    }
    Ok(())
}

/// The settings of the file and the environment.
fn settings(file: Option<&Path>) -> Result<Config, Problems> {
    let text = |text: OsString| text.to_string_lossy().into_owned();
    let ours = std::env::vars_os().map(|(name, value)| (text(name), text(value)));
    Config::load(file, ours.filter(|(name, _)| name.starts_with(ENV_PREFIX)))
}

/// Begins to log as it is set.
fn logging(config: Config) -> Config {
    telemetry::init(&config.log);
    config
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
