//! The program `sapa` as a process of its own.

use std::{
    ffi::OsStr,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};

/// A running hub; it is stopped when this is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// Where its web server listens.
    pub http: SocketAddr,
    /// How long it took until it was ready.
    pub started: Duration,
}

/// The program, as it was built beside this one.
fn program() -> anyhow::Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name("sapa");
    ensure!(path.is_file(), "{} is not there: `cargo build --release` makes it", path.display());
    Ok(path)
}

/// A port that nobody listens at.
pub fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

impl Process {
    /// Starts it, with as many open files as the system allows, and waits until it says that it is ready.
    pub fn start<A: AsRef<OsStr>>(
        arguments: impl IntoIterator<Item = A>,
        port: u16,
    ) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let mut process = Self::spawn(arguments, &[], port, Stdio::inherit())?;
        while !process.is_ready() {
            if let Some(status) = process.ended()? {
                bail!("sapa ended: {status}");
            }
            ensure!(begun.elapsed() < Duration::from_secs(120), "sapa does not become ready");
            std::thread::sleep(Duration::from_millis(2));
        }
        process.started = begun.elapsed();
        Ok(process)
    }

    /// Starts it with these variables, its log going to `log`, and waits for nothing.
    pub fn spawn<A: AsRef<OsStr>>(
        arguments: impl IntoIterator<Item = A>,
        variables: &[(&str, String)],
        port: u16,
        log: Stdio,
    ) -> anyhow::Result<Self> {
        let child = Command::new("sh")
            .args(["-c", "ulimit -c 0; ulimit -n $(ulimit -Hn); exec \"$0\" \"$@\""])
            .arg(program()?)
            .args(arguments)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("starting sapa")?;
        let http = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Ok(Self { child, http, started: Duration::ZERO })
    }

    /// Whether it says that it is ready.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        is_ready(self.http)
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Its number among the processes.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal, as `KILL`.
    pub fn signal(&self, name: &str) -> anyhow::Result<()> {
        let sent = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status()?;
        ensure!(sent.success(), "no signal {name}");
        Ok(())
    }

    /// Bytes of memory that it has now.
    pub fn resident(&self) -> anyhow::Result<usize> {
        resident(self.child.id())
    }

    /// How many files it has open.
    pub fn files(&self) -> anyhow::Result<usize> {
        Ok(std::fs::read_dir(format!("/proc/{}/fd", self.child.id()))?.count())
    }

    /// Kills it.
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Stops it as its operator does.
    pub fn stop(mut self) -> anyhow::Result<()> {
        self.signal("TERM")?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_ready(hub: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(hub)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(stream, "GET /readyz HTTP/1.1\r\nHost: {hub}\r\nConnection: close\r\n\r\n")?;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer)?;
        Ok(answer.ends_with(b"200"))
    };
    ask().unwrap_or(false)
}

/// How many files this process may have open.
#[must_use]
pub fn open_files() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(1024)
}

/// How much memory a process has in use, in bytes.
pub fn resident(process: u32) -> anyhow::Result<usize> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes: usize =
        line.and_then(|line| line.split_whitespace().next()).context("no VmRSS")?.parse()?;
    Ok(kibibytes * 1024)
}
