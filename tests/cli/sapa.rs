//! An installation in a folder of its own, and the program run on it.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder with settings.
pub struct Installation {
    folder: tempfile::TempDir,
    /// Where its web server listens.
    pub port: u16,
}

/// What a command that ended has said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// A command that goes on.
pub struct Running {
    child: Child,
    said: Arc<Mutex<String>>,
}

impl Installation {
    /// With `settings` beside what every installation has.
    pub fn new(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let text = format!(
            "server.listen = \"127.0.0.1:{port}\"\nserver.public_url = \"http://127.0.0.1:{port}\"\n{settings}"
        );
        fs::write(folder.path().join("sapa.toml"), text).unwrap();
        Self { folder, port }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, line: &[&str]) -> Command {
        self.command_under(&[], line)
    }

    /// The program, run by another one.
    fn command_under(&self, other: &[&str], line: &[&str]) -> Command {
        let words: Vec<&str> = other
            .iter()
            .copied()
            .chain([env!("CARGO_BIN_EXE_sapa")])
            .chain(line.iter().copied())
            .collect();
        let mut command = Command::new(words[0]);
        command
            .args(&words[1..])
            .current_dir(self.folder.path())
            .env_remove("RUST_BACKTRACE")
            .env_remove("SAPA_CONFIG");
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, line: &[&str]) -> Said {
        self.run_with(line, &[], "")
    }

    /// Runs a command with settings in the environment and text for it to read.
    pub fn run_with(&self, line: &[&str], env: &[(&str, &str)], input: &str) -> Said {
        let mut command = self.command(line);
        command
            .envs(env.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that fails early reads nothing.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        Said {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts a command and lets it go on.
    pub fn start(&self, line: &[&str]) -> Running {
        self.start_under(&[], line)
    }

    fn start_under(&self, other: &[&str], line: &[&str]) -> Running {
        let mut child = self
            .command_under(other, line)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let out: Box<dyn Read + Send> = Box::new(child.stdout.take().unwrap());
        let err: Box<dyn Read + Send> = Box::new(child.stderr.take().unwrap());
        for stream in [out, err] {
            let said = said.clone();
            thread::spawn(move || {
                for line in BufReader::new(stream).lines() {
                    let mut said = said.lock().unwrap();
                    said.push_str(&line.unwrap());
                    said.push('\n');
                }
            });
        }
        Running { child, said }
    }

    /// Starts the hub and waits until it is ready.
    pub fn serve(&self) -> Running {
        self.serve_under(&[])
    }

    /// Starts the hub by another program, as `strace`, and waits until it is ready.
    pub fn serve_under(&self, other: &[&str]) -> Running {
        let running = self.start_under(other, &["serve"]);
        running.until("readiness", || {
            get(self.port, "/readyz").is_some_and(|answer| answer.starts_with("HTTP/1.1 200"))
        });
        running
    }

    /// The names of what lies in a folder.
    pub fn left_in(&self, folder: &str) -> Vec<String> {
        let list = fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<_> =
            list.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Running {
    /// What it has said up to now, on both outputs.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Waits for something.
    pub fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            assert!(begun.elapsed() < PATIENCE, "waiting for {what}:\n{}", self.said());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Its number among the processes.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal, as `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Waits for its end.
    pub fn end(mut self) -> (ExitStatus, String) {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                // What it said last may still be on its way here.
                thread::sleep(Duration::from_millis(50));
                return (status, self.said());
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end:\n{}", self.said());
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens at.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The answer of a web server on this machine, if there is one.
pub fn get(port: u16, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")
        .ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    Some(String::from_utf8_lossy(&answer).into_owned())
}

/// Whether only its owner can read a file.
pub fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode().trailing_zeros() >= 6
}
