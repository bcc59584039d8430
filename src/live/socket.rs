//! One officer's socket.

use std::time::Duration;

use axum::{
    extract::ws::{CloseFrame, Message, WebSocket},
    http::HeaderMap,
};
use sapa_channel::new_id;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{sync::broadcast::error::RecvError, time::Instant};
use uuid::Uuid;

use super::LiveItem;
use crate::{
    app::App,
    channels::webchat,
    events::{self, Event, kinds},
    http::AppError,
    officers::{caller::Caller, policy::Permission},
};

/// How many missed events are replayed; who missed more reads everything again.
const REPLAY: i64 = 1000;

/// How long a screen may be silent.
const SILENCE: Duration = Duration::from_secs(90);

/// What a screen says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Said {
    Hello { since: Option<i64> },
    Viewing { conversation_id: Option<Uuid> },
    Typing { conversation_id: Uuid, on: bool },
    Ping {},
}

/// Whether a caller may be told of an event (R6).
fn may_hear(caller: &Caller, event: &Event) -> bool {
    kinds::heard_by(&event.kind).is_some_and(|permission| caller.may(permission))
}

/// How often it is looked whether the caller still may (R6).
const LOOK: Duration = Duration::from_secs(1);

/// Whether the session or token still stands, and its officer is what he was.
async fn still_may(app: &App, caller: &Caller, headers: &HeaderMap) -> bool {
    match crate::http::caller(app, headers, caller.address.clone()).await {
        Ok(now) => now.role == caller.role && now.may(Permission::ConversationsRead),
        // A database that is away for a moment signs nobody out.
        Err(error) => !matches!(error, AppError::Unauthenticated | AppError::Forbidden),
    }
}

/// Serves a socket until either side ends it. `headers` are those that it was opened with.
pub async fn serve(app: App, caller: Caller, headers: HeaderMap, mut socket: WebSocket) {
    let screen = new_id();
    let mut items = app.live().subscribe();
    app.live().enter(screen, caller.officer_id, &caller.name);
    let stop = app.stopping();
    let mut replayed: Option<i64> = None;
    let mut look = tokio::time::interval(LOOK);
    let mut silent = Instant::now() + SILENCE;
    loop {
        let told = tokio::select! {
            _ = look.tick() => {
                if still_may(&app, &caller, &headers).await {
                    Ok(())
                } else {
                    Err(close(&mut socket, 4401, "signed out").await)
                }
            }
            said = tokio::time::timeout_at(silent, socket.recv()) => match said {
                Ok(Some(Ok(Message::Text(text)))) => {
                    silent = Instant::now() + SILENCE;
                    hear(&app, &caller, screen, &text, &mut replayed, &mut socket).await
                }
                Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {
                    silent = Instant::now() + SILENCE;
                    Ok(())
                }
                _ => break,
            },
            item = items.recv() => match item {
                Ok(item) => tell(&caller, item, &mut replayed, &mut socket).await,
                Err(RecvError::Lagged(_)) => match reload(&app, &mut socket).await {
                    Ok(seq) => { replayed = Some(seq); Ok(()) }
                    Err(end) => Err(end),
                },
                Err(RecvError::Closed) => break,
            },
            () = stop.cancelled() => break,
        };
        if told.is_err() {
            break;
        }
    }
    app.live().leave(screen);
}

/// The socket is over.
struct End;

async fn send(socket: &mut WebSocket, value: &Value) -> Result<(), End> {
    socket.send(Message::Text(value.to_string().into())).await.map_err(|_| End)
}

async fn close(socket: &mut WebSocket, code: u16, why: &'static str) -> End {
    let _ = socket.send(Message::Close(Some(CloseFrame { code, reason: why.into() }))).await;
    End
}

async fn reload(app: &App, socket: &mut WebSocket) -> Result<i64, End> {
    let seq = async {
        let mut tx = app.db().read().await?;
        events::head(&mut tx).await
    }
    .await
    .map_err(|_: crate::db::DbError| End)?;
    send(socket, &json!({ "type": "reload", "seq": seq })).await?;
    Ok(seq)
}

async fn hear(
    app: &App,
    caller: &Caller,
    screen: Uuid,
    text: &str,
    replayed: &mut Option<i64>,
    socket: &mut WebSocket,
) -> Result<(), End> {
    let Ok(said) = serde_json::from_str::<Said>(text) else {
        return Err(close(socket, 4400, "not understood").await);
    };
    match said {
        Said::Hello { since } => {
            *replayed = Some(replay(app, caller, since, socket).await?);
            let online = app.live().officers_online();
            send(socket, &json!({ "type": "online", "count": online })).await
        }
        Said::Viewing { conversation_id } => {
            app.live().look(screen, conversation_id);
            if let Some(id) = conversation_id {
                let officers = app.live().looking(id);
                send(
                    socket,
                    &json!({ "type": "presence", "conversation_id": id, "officers": officers }),
                )
                .await?;
            }
            Ok(())
        }
        Said::Typing { conversation_id, on } => {
            if caller.may(Permission::ConversationsWrite)
                && let Some(name) = app.live().type_in(screen, conversation_id, on)
            {
                // Best effort: the customer's side may miss it.
                let _ = webchat::writing(app, conversation_id, on, &name).await;
            }
            Ok(())
        }
        Said::Ping {} => send(socket, &json!({ "type": "pong" })).await,
    }
}

/// Tells what was missed, and up to where that is.
async fn replay(
    app: &App,
    caller: &Caller,
    since: Option<i64>,
    socket: &mut WebSocket,
) -> Result<i64, End> {
    let read = async {
        let mut tx = app.db().read().await?;
        let head = events::head(&mut tx).await?;
        let missed = match since {
            Some(seq) if seq <= head && head - seq <= REPLAY => {
                Some(events::after(&mut tx, seq, REPLAY).await?)
            }
            Some(_) => None,
            None => Some(Vec::new()),
        };
        Ok::<_, crate::db::DbError>((head, missed))
    };
    let (head, missed) = read.await.map_err(|_| End)?;
    let Some(missed) = missed else {
        send(socket, &json!({ "type": "reload", "seq": head })).await?;
        return Ok(head);
    };
    let last = missed.last().map_or(head, |event| event.seq.max(head));
    for event in missed.iter().filter(|event| may_hear(caller, event)) {
        send(socket, &json!({ "type": "event", "event": event })).await?;
    }
    send(socket, &json!({ "type": "ready", "seq": last })).await?;
    Ok(last)
}

async fn tell(
    caller: &Caller,
    item: LiveItem,
    replayed: &mut Option<i64>,
    socket: &mut WebSocket,
) -> Result<(), End> {
    match item {
        LiveItem::Event(event) => {
            // Before its hello a screen is told nothing, and after it nothing twice.
            if replayed.is_some_and(|seq| event.seq > seq) && may_hear(caller, &event) {
                send(socket, &json!({ "type": "event", "event": *event })).await?;
            }
            Ok(())
        }
        LiveItem::Presence { conversation_id, officers } => {
            send(socket, &json!({ "type": "presence", "conversation_id": conversation_id, "officers": officers })).await
        }
        LiveItem::CustomerTyping { conversation_id, on } => {
            send(socket, &json!({ "type": "customer_typing", "conversation_id": conversation_id, "on": on })).await
        }
        LiveItem::Online(count) => send(socket, &json!({ "type": "online", "count": count })).await,
        LiveItem::Close(sessions) => {
            if caller.session_id.is_some_and(|id| sessions.contains(&id)) {
                return Err(close(socket, 4401, "signed out").await);
            }
            Ok(())
        }
    }
}
