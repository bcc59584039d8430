//! A PostgreSQL of the rig's own, which can be killed.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, ensure};
use tempfile::TempDir;
use tokio::time::sleep;

/// A server in a folder of its own; it ends when this is dropped.
#[derive(Debug)]
pub struct Server {
    folder: TempDir,
    programs: PathBuf,
    is_root: bool,
}

impl Server {
    /// A new, empty server, on which a commit waits for the disk as in earnest.
    pub async fn start() -> anyhow::Result<Self> {
        let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
            .context("PostgreSQL is missing: run script/setup")?
            .map(|entry| entry.map(|entry| entry.path().join("bin")))
            .collect::<Result<_, _>>()?;
        versions.sort();
        let programs = versions.pop().context("PostgreSQL is missing: run script/setup")?;
        // The path of a socket is short.
        let folder = tempfile::Builder::new().prefix("sapa-crash").tempdir_in("/tmp")?;
        let who = Command::new("id").arg("-u").output()?;
        let is_root = who.stdout == b"0\n";
        if is_root {
            let given = Command::new("chown").arg("postgres").arg(folder.path()).status()?;
            ensure!(given.success(), "PostgreSQL's user cannot have the folder");
        }
        let server = Self { folder, programs, is_root };
        let mut made = server.command("initdb");
        made.args(["-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8"]);
        server.run(made.arg("--locale=C.UTF-8"))?;
        server.start_again().await?;
        Ok(server)
    }

    /// The folder of its socket.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its folder stays when it ends.
    pub fn keep(&mut self) -> &Path {
        self.folder.disable_cleanup(true);
        self.folder.path()
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("postgres:///postgres?host={}&user=postgres", self.folder().display())
    }

    fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    /// One of its programs. It refuses to run as root, and must not start in a folder that its user may not enter.
    fn command(&self, program: &str) -> Command {
        let path = self.programs.join(program);
        let mut command = if self.is_root {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir("/").arg("-D").arg(self.data());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn run(&self, command: &mut Command) -> anyhow::Result<()> {
        let status = command.status().with_context(|| format!("{command:?}"))?;
        ensure!(status.success(), "{command:?}: {status}, and {}", self.folder().display());
        Ok(())
    }

    /// Starts it as it was left, and waits until it has recovered.
    pub async fn start_again(&self) -> anyhow::Result<()> {
        let folder = self.folder().display();
        let settings = format!("-c listen_addresses='' -c unix_socket_directories='{folder}'");
        let log = self.folder().join("log");
        for _ in 0..20 {
            let mut command = self.command("pg_ctl");
            let begun = command.args(["-w", "-o", &settings, "-l"]).arg(&log).arg("start");
            if begun.status()?.success() {
                return Ok(());
            }
            // What is left of the processes that were killed still goes.
            sleep(Duration::from_millis(200)).await;
        }
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        anyhow::bail!("PostgreSQL does not start: {said}")
    }

    /// Its processes, the first one first.
    pub fn processes(&self) -> anyhow::Result<Vec<u32>> {
        let file = std::fs::read_to_string(self.data().join("postmaster.pid"))?;
        let first: u32 = file.lines().next().context("no process")?.trim().parse()?;
        let children = std::fs::read_to_string(format!("/proc/{first}/task/{first}/children"))?;
        let children = children.split_whitespace().filter_map(|id| id.parse().ok());
        Ok(std::iter::once(first).chain(children).collect())
    }

    /// Kills a process that serves a connection: the server takes that for damage, ends them all and recovers.
    pub fn kill_one(&self) -> anyhow::Result<bool> {
        let serves = |id: &u32| {
            let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            line.starts_with(b"postgres: postgres ")
        };
        let Some(one) = self.processes()?.into_iter().find(serves) else { return Ok(false) };
        kill(&[one])?;
        Ok(true)
    }

    /// Kills all of it at once.
    pub fn kill(&self) -> anyhow::Result<()> {
        kill(&self.processes()?)
    }
}

fn kill(processes: &[u32]) -> anyhow::Result<()> {
    // One that has ended by itself meanwhile is no failure.
    Command::new("kill")
        .arg("-KILL")
        .args(processes.iter().map(u32::to_string))
        .stderr(Stdio::null())
        .status()?;
    Ok(())
}

impl Drop for Server {
    fn drop(&mut self) {
        // The folder goes in any case.
        let _ = self.command("pg_ctl").args(["-m", "immediate", "stop"]).status();
    }
}
