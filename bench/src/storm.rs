//! All visitors come back at once after the hub was killed; beside as many who come to a server that only says back
//! what it hears.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use futures::{SinkExt, StreamExt, TryStreamExt, future::try_join_all, stream};
use sapa::{db::DbResult, on_db};
use serde_json::json;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::{
    chat::{self, Socket},
    client::Client,
    delivery,
    dice::Dice,
    hub::Backend,
    process::open_files,
    report::{Better, Report, number},
    served::Served,
};

const VISITORS: usize = 10_000;

/// One visitor in so many says something while the hub is killed.
const SPEAKING: usize = 5;

/// Who comes to the bare server: it has its sockets in this process too.
const BARE: usize = 4_000;

const PATIENCE: Duration = Duration::from_secs(120);

/// A visitor: his secret, and what he said and was not yet told to be taken.
struct Visitor {
    number: usize,
    secret: String,
    said: Option<Uuid>,
}

/// Takes the figure.
pub async fn run(report: &mut Report) -> anyhow::Result<()> {
    let visitors = VISITORS.min(open_files().saturating_sub(300));
    if visitors < VISITORS {
        eprintln!("only {visitors} visitors: the system allows no more open files");
    }
    let served = Arc::new(Served::new(Backend::Sqlite, "").await?);
    let hub = served.start()?;
    let client = Client::set_up(served.http()).await?;
    let site: Arc<str> = chat::add_site(&client).await?.into();
    let http = reqwest::Client::builder().build()?;
    let mut here: Vec<(Visitor, Socket)> = stream::iter(0..visitors)
        .map(|number| {
            let (http, site) = (&http, &site);
            let hub = address(served.http(), number);
            async move {
                let secret = chat::begin(http, hub, site).await?;
                let (socket, _) = chat::back(hub, site, &secret, None).await?;
                anyhow::Ok((Visitor { number, secret, said: None }, socket))
            }
        })
        .buffer_unordered(16)
        .try_collect()
        .await?;

    // Some words are acknowledged, some stored, and some nowhere when the hub dies.
    for (visitor, socket) in here.iter_mut().filter(|(one, _)| one.number % SPEAKING == 0) {
        let id = sapa_channel::new_id();
        visitor.said = Some(id);
        say(socket, id, visitor.number).await?;
    }
    hub.kill()?;
    let gone = Instant::now();
    let away: Vec<Visitor> = here.into_iter().map(|(visitor, _)| visitor).collect();
    let coming: Vec<_> = away
        .into_iter()
        .map(|visitor| {
            let (hub, site) = (address(served.http(), visitor.number), site.clone());
            let coming = tokio::spawn(timeout(PATIENCE, come_back(hub, site, visitor)));
            async move { coming.await?.context("somebody never came back")? }
        })
        .collect();
    let begun = Instant::now();
    let starting = {
        let served = served.clone();
        tokio::task::spawn_blocking(move || served.start())
    };
    let back: Vec<Socket> = try_join_all(coming).await?;
    let all = gone.elapsed();
    let hub = starting.await??;
    eprintln!(
        "{} visitors are back; the hub was ready again {:.2} s after its end",
        back.len(),
        (begun + hub.started - gone).as_secs_f64()
    );
    drop(back);
    hub.stop()?;

    let served = Arc::into_inner(served).context("the hub is still in use")?;
    let (spoken, stored) = (visitors.div_ceil(SPEAKING), stored(&served).await?);
    ensure!(stored.0 == spoken && stored.1 == spoken, "{spoken} said, stored {stored:?}");
    served.remove().await?;

    let bare = bare().await?.as_secs_f64() * number(visitors) / number(BARE);
    let limit_is = format!("bare handshakes; of {spoken} words under way 0 lost, 0 doubled");
    report.add("chat.storm", (all.as_secs_f64(), "s"), Better::Lower, (bare, &limit_is));
    Ok(())
}

/// One of several addresses of this machine.
fn address(hub: SocketAddr, number: usize) -> SocketAddr {
    let last = u8::try_from(1 + number % 8).unwrap_or(1);
    ([127, 0, 0, last], hub.port()).into()
}

async fn say(socket: &mut Socket, id: Uuid, number: usize) -> anyhow::Result<()> {
    let text = format!("no{number} Masih di sana, Kak?");
    let say = json!({ "t": "say", "id": id, "text": text, "files": [], "page": null });
    Ok(socket.send(Message::text(say.to_string())).await?)
}

/// Tries again as a browser does, after a time that doubles and differs, and says again what was not acknowledged.
async fn come_back(hub: SocketAddr, site: Arc<str>, visitor: Visitor) -> anyhow::Result<Socket> {
    let mut dice = Dice(u64::try_from(visitor.number)?);
    let mut delay = 0.25;
    loop {
        sleep(Duration::from_secs_f64(delay * (0.5 + dice.share() / 2.0))).await;
        delay = f64::min(delay * 2.0, 4.0);
        let coming =
            timeout(Duration::from_secs(10), chat::back(hub, &site, &visitor.secret, None));
        let Ok(Ok((mut socket, _))) = coming.await else { continue };
        let Some(id) = visitor.said else { return Ok(socket) };
        let told = async {
            say(&mut socket, id, visitor.number).await?;
            loop {
                let frame = chat::hear(&mut socket).await?;
                ensure!(frame["t"] != "nack", "not taken: {frame}");
                if frame["t"] == "ack" && frame["id"] == id.to_string() {
                    return anyhow::Ok(());
                }
            }
        };
        told.await?;
        return Ok(socket);
    }
}

/// How many words are stored, and how many different ones.
async fn stored(served: &Served) -> anyhow::Result<(usize, usize)> {
    let db = served.database().await?;
    let mut tx = db.read().await?;
    let counts: DbResult<(i64, i64)> = async {
        Ok(on_db!(&mut tx, |conn| sqlx::query_as(
            "SELECT COUNT(*), COUNT(DISTINCT text) FROM messages WHERE direction = 'in'"
        )
        .fetch_one(conn)
        .await?))
    }
    .await;
    drop(tx);
    db.close().await;
    let (all, different) = counts?;
    Ok((usize::try_from(all)?, usize::try_from(different)?))
}

/// How long it takes until so many have come to a bare server and were answered.
async fn bare() -> anyhow::Result<Duration> {
    let server = delivery::echo().await?;
    let begun = Instant::now();
    let coming = (0..BARE).map(|number| {
        let coming = tokio::spawn(async move {
            let mut socket = chat::open(address(server, number), "/", &[]).await?;
            socket.send(Message::text("{}")).await?;
            chat::hear(&mut socket).await?;
            anyhow::Ok(socket)
        });
        async move { coming.await? }
    });
    let all = try_join_all(coming).await?;
    ensure!(all.len() == BARE, "some did not come");
    Ok(begun.elapsed())
}
