//! Several nodes on one PostgreSQL, with a NATS server and people who write to all of them.

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{
    caller::{Admin, send_mail},
    sapa::{Installation, Running, free_port},
};

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What only those may know who may speak on the bus.
pub const BUS_PASSWORD: &str = "rahasia-bus-91";

/// Nodes that may run, and what they stand on.
pub struct Cluster {
    pub nodes: Vec<Node>,
    pub nats: Nats,
    pub database: String,
    _shared: tempfile::TempDir,
}

/// One node.
pub struct Node {
    pub sapa: Installation,
    pub smtp: u16,
    /// Its way to NATS.
    pub line: Line,
    pub running: Option<Running>,
}

/// An empty schema of the tests' PostgreSQL.
#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where it is")]
pub async fn schema() -> String {
    let url = std::env::var("TEST_POSTGRES_URL").expect("script/with-postgres starts one");
    let schema = format!("test_{}", uuid::Uuid::new_v4().simple());
    let mut admin = PgConnection::connect(&url).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {schema}")))
        .execute(&mut admin)
        .await
        .unwrap();
    format!("{url}&options=-csearch_path%3D{schema}")
}

impl Cluster {
    /// So many nodes with `settings` beside what nodes need; all of them run.
    pub async fn new(count: usize, settings: &str) -> Self {
        let (database, nats) = (schema().await, Nats::start(free_port()));
        let shared = tempfile::tempdir().unwrap();
        let node = || {
            let smtp = free_port();
            let line = Line::to(nats.port);
            let (bus, files) = (url_at(line.port), shared.path().display());
            let text = format!(
                "database.url = \"{database}\"\nbus.url = \"{bus}\"\nfiles.folder = \"{files}\"\n\
                 smtp.listen = \"127.0.0.1:{smtp}\"\ndelivery.undo_seconds = 0\n{settings}"
            );
            Node { sapa: Installation::new(&text), smtp, line, running: None }
        };
        let mut nodes: Vec<Node> = (0..count).map(|_| node()).collect();
        nodes.iter_mut().for_each(Node::serve);
        Self { nodes, nats, database, _shared: shared }
    }

    /// The first officer, at the first node.
    pub async fn admin(&self) -> Admin {
        Admin::first(self.nodes[0].sapa.port).await
    }

    /// One value from the database.
    pub async fn value<T>(&self, sql: &'static str) -> Option<T>
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    {
        let mut conn = PgConnection::connect(&self.database).await.unwrap();
        let value = sqlx::query_scalar(sql).fetch_optional(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        value
    }

    /// Waits until the database tells what is wanted.
    pub async fn until<T>(&self, sql: &'static str, wanted: impl Fn(&T) -> bool) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    {
        let begun = Instant::now();
        loop {
            if let Some(value) = self.value(sql).await.filter(&wanted) {
                return value;
            }
            assert!(begun.elapsed() < PATIENCE, "{sql}:\n{}", self.said());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The place of the node that holds a lease whose name begins so, and the lease's fence.
    pub async fn holder(&self, lease: &'static str) -> (usize, i64) {
        let sql = "SELECT n.name || ' ' || l.fence || ' ' || l.name FROM leases l JOIN nodes n ON n.id = l.node_id ORDER BY l.name";
        let mut conn = PgConnection::connect(&self.database).await.unwrap();
        let begun = Instant::now();
        loop {
            let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut conn).await.unwrap();
            for row in &rows {
                let mut words = row.splitn(4, ' ').skip(1);
                let (pid, fence) = (words.next().unwrap(), words.next().unwrap());
                if !words.next().unwrap().starts_with(lease) {
                    continue;
                }
                let is_it = |node: &Node| {
                    node.running.as_ref().is_some_and(|hub| hub.id().to_string() == pid)
                };
                if let Some(place) = self.nodes.iter().position(is_it) {
                    return (place, fence.parse().unwrap());
                }
            }
            assert!(begun.elapsed() < PATIENCE, "nobody holds {lease}: {rows:?}\n{}", self.said());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// How often each node that runs has beaten, by its place.
    pub async fn beats(&self) -> HashMap<usize, i64> {
        let mut conn = PgConnection::connect(&self.database).await.unwrap();
        let sql = "SELECT name, beat FROM nodes";
        let rows: Vec<(String, i64)> = sqlx::query_as(sql).fetch_all(&mut conn).await.unwrap();
        let place_of = |name: &str| {
            let is_it = |hub: &Running| name.ends_with(&format!(" {}", hub.id()));
            self.nodes.iter().position(|node| node.running.as_ref().is_some_and(is_it))
        };
        rows.iter().filter_map(|(name, beat)| Some((place_of(name)?, *beat))).collect()
    }

    /// What all nodes have said.
    pub fn said(&self) -> String {
        let said = self.nodes.iter().enumerate().map(|(place, node)| {
            let said = node.running.as_ref().map(Running::said).unwrap_or_default();
            format!("--- node {place}\n{said}")
        });
        said.collect()
    }

    /// People who write mails to all nodes in turn, and write again what was not acknowledged.
    pub fn writers(&self, count: usize) -> Writers {
        let ports: Vec<u16> = self.nodes.iter().map(|node| node.smtp).collect();
        let stop = Arc::new(AtomicBool::new(false));
        let at_work = (0..count).map(|writer| {
            let (ports, stop) = (ports.clone(), stop.clone());
            thread::spawn(move || write(writer, &ports, &stop))
        });
        Writers { at_work: at_work.collect(), stop }
    }

    /// Whether each of these is the subject of one conversation.
    pub async fn each_once(&self, mut subjects: Vec<String>) {
        let mut conn = PgConnection::connect(&self.database).await.unwrap();
        let sql = "SELECT subject FROM messages WHERE direction = 'in' AND subject IS NOT NULL";
        let mut stored: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut conn).await.unwrap();
        subjects.sort();
        stored.sort();
        assert_eq!(stored.len(), subjects.len(), "acknowledged and stored:\n{}", self.said());
        assert_eq!(stored, subjects);
    }
}

impl Node {
    /// Starts it, and waits until it is ready.
    pub fn serve(&mut self) {
        self.running = Some(self.sapa.serve());
    }

    /// Ends it by a signal.
    pub fn end(&mut self, signal: &str) -> String {
        let running = self.running.take().unwrap();
        running.signal(signal);
        let (status, said) = running.end();
        assert!(signal == "KILL" || status.success(), "{said}");
        said
    }
}

/// Those who write.
pub struct Writers {
    at_work: Vec<thread::JoinHandle<Vec<String>>>,
    stop: Arc<AtomicBool>,
}

impl Writers {
    /// Lets them finish. Tells the subjects that were acknowledged.
    pub fn end(self) -> Vec<String> {
        self.stop.store(true, Ordering::Relaxed);
        self.at_work.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    }
}

fn write(writer: usize, ports: &[u16], stop: &AtomicBool) -> Vec<String> {
    let from = format!("p{writer}@surat.example");
    let mut taken = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let subject = format!("Surat {writer} {}", taken.len());
        let begun = Instant::now();
        let mut turn = writer + taken.len();
        // The same mail again, until some node takes it: it is known by its key.
        while !send_mail(ports[turn % ports.len()], &from, &subject, &subject)
            .is_ok_and(|said| said.starts_with("250"))
        {
            assert!(begun.elapsed() < PATIENCE, "nobody takes {subject}");
            turn += 1;
            thread::sleep(Duration::from_millis(5));
        }
        taken.push(subject);
        thread::sleep(Duration::from_millis(5));
    }
    taken
}

/// A NATS server that can be stopped and started empty.
pub struct Nats {
    port: u16,
    server: Option<Child>,
}

impl Nats {
    pub fn start(port: u16) -> Self {
        let mut nats = Self { port, server: None };
        nats.begin();
        nats
    }

    /// Starts it, and waits until it listens.
    pub fn begin(&mut self) {
        let program = if Path::new("/usr/sbin/nats-server").exists() {
            "/usr/sbin/nats-server"
        } else {
            "nats-server"
        };
        let server = Command::new(program)
            .args([
                "-a",
                "127.0.0.1",
                "-p",
                &self.port.to_string(),
                "--user",
                "sapa",
                "--pass",
                BUS_PASSWORD,
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("script/setup installs nats-server");
        self.server = Some(server);
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(begun.elapsed() < PATIENCE, "NATS does not listen");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Kills it.
    pub fn end(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = server.kill();
            let _ = server.wait();
        }
    }

    pub fn url(&self) -> String {
        url_at(self.port)
    }
}

fn url_at(port: u16) -> String {
    format!("nats://sapa:{BUS_PASSWORD}@127.0.0.1:{port}")
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.end();
    }
}

/// A line to a server that can be cut so that neither side is told: what is said is held back.
pub struct Line {
    pub port: u16,
    cut: Arc<AtomicBool>,
}

impl Line {
    fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let line = Self { port: listener.local_addr().unwrap().port(), cut: Arc::default() };
        let cut = line.cut.clone();
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                // Without a server the caller is hung up on.
                let Ok(far) = TcpStream::connect(("127.0.0.1", server)) else { continue };
                let ends = [(&near, &far), (&far, &near)];
                let ends = ends.map(|(a, b)| (a.try_clone().unwrap(), b.try_clone().unwrap()));
                for (from, to) in ends {
                    let cut = cut.clone();
                    thread::spawn(move || pass(from, to, &cut));
                }
            }
        });
        line
    }

    /// Nothing passes any more, or again.
    pub fn is_cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::Relaxed);
    }
}

/// Passes on what is said until one side ends.
fn pass(mut from: TcpStream, mut to: TcpStream, cut: &AtomicBool) {
    let mut piece = [0; 4096];
    loop {
        let count = from.read(&mut piece).unwrap_or(0);
        while cut.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(10));
        }
        if count == 0 || to.write_all(&piece[..count]).is_err() {
            let _ = to.shutdown(std::net::Shutdown::Both);
            let _ = from.shutdown(std::net::Shutdown::Both);
            return;
        }
    }
}
