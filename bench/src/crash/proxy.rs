//! Stands between the hub and PostgreSQL, and cuts connections in the middle of a COMMIT: before the server has heard
//! of it, or after it has done it and before the hub is told.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    sync::watch,
};

/// Where in a COMMIT the connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The server never hears of it.
    Before = 1,
    /// The server has committed, and the hub does not know.
    After = 2,
}

#[derive(Debug)]
struct Shared {
    armed: AtomicUsize,
    cuts: AtomicUsize,
    gone: watch::Sender<bool>,
}

/// A way to the server that can be cut.
#[derive(Debug)]
pub struct Proxy {
    folder: TempDir,
    shared: Arc<Shared>,
}

/// PostgreSQL's name for its socket.
const SOCKET: &str = ".s.PGSQL.5432";

impl Proxy {
    /// Listens, and passes on to the server whose socket lies in a folder.
    pub fn listen(server: &Path) -> anyhow::Result<Self> {
        // The path of a socket is short.
        let folder = tempfile::Builder::new().prefix("sapa-cut").tempdir_in("/tmp")?;
        let listener = UnixListener::bind(folder.path().join(SOCKET))?;
        let (armed, cuts) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let shared = Arc::new(Shared { armed, cuts, gone: watch::Sender::new(false) });
        let server = server.join(SOCKET);
        let proxy = Self { folder, shared: shared.clone() };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (server, shared) = (server.clone(), shared.clone());
                tokio::spawn(async move {
                    let mut gone = shared.gone.subscribe();
                    // Whatever ends it, both sides are closed.
                    tokio::select! {
                        biased;
                        _ = gone.wait_for(|gone| *gone) => {}
                        _ = pass(client, server, &shared) => {}
                    }
                });
            }
        });
        Ok(proxy)
    }

    /// The folder of its socket.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The next COMMIT is cut.
    pub fn cut(&self, how: Cut) {
        self.shared.armed.store(how as usize, Ordering::SeqCst);
    }

    /// The server is gone with all its connections, or it is back.
    pub fn be_gone(&self, gone: bool) {
        self.shared.gone.send_replace(gone);
    }

    /// No COMMIT is cut any more. Tells how many were.
    pub fn calm(&self) -> usize {
        self.shared.armed.store(0, Ordering::SeqCst);
        self.shared.cuts.swap(0, Ordering::SeqCst)
    }
}

async fn pass(client: UnixStream, server: PathBuf, shared: &Shared) -> std::io::Result<()> {
    let server = UnixStream::connect(server).await?;
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (client.into_split(), server.into_split());
    let mut down = tokio::spawn(async move {
        // Ends with either side.
        let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
    });
    let up = async {
        let mut piece = vec![0; 64 << 10];
        loop {
            let count = from_client.read(&mut piece).await?;
            if count == 0 {
                return Ok(None);
            }
            let piece = &piece[..count];
            if piece.windows(6).any(|word| word == b"COMMIT") {
                match shared.armed.swap(0, Ordering::SeqCst) {
                    1 => return Ok(Some(None)),
                    2 => return Ok(Some(Some(piece.to_vec()))),
                    _ => {}
                }
            }
            to_server.write_all(piece).await?;
        }
    };
    let cut: std::io::Result<Option<Option<Vec<u8>>>> = tokio::select! {
        cut = up => cut,
        _ = &mut down => return Ok(()),
    };
    // The hub hears nothing more.
    down.abort();
    if let Some(commit) = cut? {
        shared.cuts.fetch_add(1, Ordering::SeqCst);
        if let Some(commit) = commit {
            to_server.write_all(&commit).await?;
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }
    Ok(())
}
