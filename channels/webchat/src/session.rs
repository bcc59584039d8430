//! One visitor's socket.
//!
//! An idle visitor is one task that waits for whichever comes first. Nothing is spawned for him and no
//! timer runs; what is seldom needed is boxed, so that the waiting task stays small.

mod socket;
mod speak;

use std::{sync::Arc, time::Duration};

use axum::extract::ws::{Message, WebSocket};
use futures::future::BoxFuture;
use sapa_channel::points::reach;
use uuid::Uuid;

use self::{
    socket::{Close, Ended, Socket},
    speak::{Heard, hear},
};
use crate::{
    BadFrame, Caller, ChatServer, ClientFrame, MAX_SOCKETS, Missed, Nack, Push, Pushes,
    ServerFrame, Site,
    limits::{Paid, Rate},
    parse,
    pulse::Beats,
};

const HELLO_WITHIN: Duration = Duration::from_secs(10);
/// Frames of all kinds that one socket may send.
const FRAMES: Rate = Rate::new(120, Duration::from_secs(15));
/// Messages in one page of history.
const PAGE: usize = 30;
/// How much can be missed before the widget begins anew.
const MISSED: usize = 200;

struct Session<'a> {
    server: &'a ChatServer,
    site: &'a Arc<Site>,
    caller: Arc<Caller>,
    language: Option<&'static str>,
    socket: Socket,
    pushes: Pushes,
    beats: Beats,
    /// What was said and is on its way to be stored: one thing at a time, so that the order holds (`D8`).
    saying: Option<BoxFuture<'static, Heard>>,
    frames: Paid,
    seen: i64,
    read: i64,
    /// Since the last beat.
    heard: bool,
    silent_beats: u8,
}

pub(crate) async fn run(server: &ChatServer, site: &Arc<Site>, socket: WebSocket) {
    let mut socket = Socket::new(socket);
    let why = match Box::pin(first_frame(server, site, &mut socket)).await {
        Ok((caller, since, language)) => {
            let Some(_open) = server.open.one_more(caller.visitor, MAX_SOCKETS) else {
                return Box::pin(socket.close(Close::TooMany)).await;
            };
            let mut session = Session {
                server,
                site,
                language,
                pushes: server.hub.subscribe(&caller),
                caller: Arc::new(caller),
                socket,
                beats: server.pulse.join(),
                saying: None,
                frames: Paid::default(),
                seen: 0,
                read: 0,
                heard: true,
                silent_beats: 0,
            };
            let why = match Box::pin(session.greet(since)).await {
                Ok(()) => session.talk().await,
                Err(ended) => ended,
            };
            socket = session.socket;
            why
        }
        Err(ended) => ended,
    };
    if let Ended::By(close) = why {
        Box::pin(socket.close(close)).await;
    }
}

/// Who is there, what he has, and his language.
type Greeting = (Caller, Option<i64>, Option<&'static str>);

async fn first_frame(
    server: &ChatServer,
    site: &Site,
    socket: &mut Socket,
) -> Result<Greeting, Ended> {
    let wait = async {
        loop {
            match socket.receive().await? {
                Message::Text(text) => return Ok(text),
                Message::Ping(_) | Message::Pong(_) => {}
                Message::Binary(_) | Message::Close(_) => return Err(Ended::Gone),
            }
        }
    };
    let text = tokio::select! {
        text = tokio::time::timeout(HELLO_WITHIN, wait) => match text {
            Ok(text) => text?,
            Err(_) => return Err(Close::BadFrame("no hello within 10 s".into()).into()),
        },
        () = server.stop.cancelled() => return Err(Close::Stopping.into()),
    };
    let Ok(ClientFrame::Hello(hello)) = parse(&text) else {
        return Err(Close::BadFrame("the first frame must be a hello".into()).into());
    };
    let caller = site
        .admit(&hello.visitor, hello.token.as_deref(), server.clock.now())
        .map_err(Close::NotAdmitted)?;
    let language = match hello.language.as_deref() {
        Some("id") => Some("id"),
        Some("en") => Some("en"),
        _ => None,
    };
    Ok((caller, hello.since.filter(|since| *since >= 0), language))
}

impl Session<'_> {
    /// Sends what was missed. The session is subscribed already: what happens meanwhile comes twice and is
    /// known to the widget by its id.
    async fn greet(&mut self, since: Option<i64>) -> Result<(), Ended> {
        let (hub, caller) = (&self.server.hub, &self.caller);
        let missed = match since {
            Some(seq) => hub.since(caller, seq, MISSED).await?,
            None => Missed::TooMuch(hub.history(caller, None, PAGE).await?),
        };
        let marks = hub.marks(caller).await?;
        let seq = match &missed {
            Missed::All { pushes, seq } => {
                for push in pushes {
                    self.socket.send(&push.into()).await?;
                }
                *seq
            }
            Missed::TooMuch(page) => {
                let (messages, more) = (&*page.messages, page.more);
                let frame = ServerFrame::History { messages, more, reset: true };
                self.socket.send(&frame).await?;
                page.seq
            }
        };
        self.socket.send(&(&Push::State(marks)).into()).await?;
        let identified = self.caller.identified();
        let online = self.server.hub.online(self.site);
        self.socket.send(&ServerFrame::Ready { seq, identified, online }).await
    }

    async fn talk(&mut self) -> Ended {
        loop {
            let step = tokio::select! {
                heard = finish(&mut self.saying), if self.saying.is_some() => {
                    self.saying = None;
                    Box::pin(self.answer(heard)).await
                }
                push = self.pushes.next() => Box::pin(self.tell(push)).await,
                // While something is being stored, nothing more is read: what follows waits at the other end.
                message = self.socket.receive(), if self.saying.is_none() => match message {
                    Ok(message) => Box::pin(self.take(message)).await,
                    Err(ended) => Err(ended),
                },
                () = self.beats.next() => Box::pin(self.beat()).await,
                () = self.server.stop.cancelled(), if self.saying.is_none() => {
                    Err(Close::Stopping.into())
                }
            };
            if let Err(ended) = step {
                return ended;
            }
        }
    }

    async fn answer(&mut self, heard: Heard) -> Result<(), Ended> {
        reach("chat.before_ack");
        self.socket.send(&heard.frame()).await?;
        reach("chat.after_ack");
        Ok(())
    }

    async fn tell(&mut self, push: Option<Arc<Push>>) -> Result<(), Ended> {
        match push.as_deref() {
            Some(Push::SignedOut) => Err(Close::SignedOut.into()),
            Some(push) => self.socket.send(&push.into()).await,
            None => Err(Close::TooSlow.into()),
        }
    }

    /// A ping to the visitor, unless he is gone or the shop no longer vouches for him.
    async fn beat(&mut self) -> Result<(), Ended> {
        if let Some(customer) = &self.caller.customer
            && customer.until <= self.server.clock.now()
        {
            return Err(Close::NotAdmitted(crate::BadToken::Expired.into()).into());
        }
        self.silent_beats =
            if self.heard || self.saying.is_some() { 0 } else { self.silent_beats + 1 };
        self.heard = false;
        if self.silent_beats >= 2 {
            return Err(Ended::Gone);
        }
        self.socket.ping().await
    }

    async fn take(&mut self, message: Message) -> Result<(), Ended> {
        self.heard = true;
        let text = match message {
            Message::Text(text) => text,
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Close(_) => return Err(Ended::Gone),
            Message::Binary(_) => {
                return Err(Close::BadFrame("frames are text".into()).into());
            }
        };
        if !self.frames.once_more(FRAMES, self.server.clock.now()) {
            return Err(Close::TooMany.into());
        }
        match parse(&text) {
            Ok(ClientFrame::Say(say)) => {
                let id = say.id;
                self.say(id, move |saying| hear(saying, say, text)).await
            }
            Err(bad @ BadFrame::GarbledSay { id, .. }) => {
                self.say(id, move |saying| speak::hear_garbled(saying, id, bad, text)).await
            }
            Ok(ClientFrame::Typing { on }) => {
                self.server.hub.typing(&self.caller, on);
                Ok(())
            }
            Ok(ClientFrame::Seen { seq }) => self.seen(seq, false).await,
            Ok(ClientFrame::Read { seq }) => self.seen(seq, true).await,
            Ok(ClientFrame::Ping {}) => self.socket.send(&ServerFrame::Pong {}).await,
            Ok(ClientFrame::History { before }) => {
                let page = self.server.hub.history(&self.caller, Some(before), PAGE).await?;
                let (messages, more) = (&*page.messages, page.more);
                self.socket.send(&ServerFrame::History { messages, more, reset: false }).await
            }
            Ok(ClientFrame::Hello(_)) => Err(Close::BadFrame("hello is said once".into()).into()),
            Err(bad) => Err(Close::BadFrame(bad.to_string()).into()),
        }
    }

    async fn say(
        &mut self,
        id: Uuid,
        hear: impl FnOnce(speak::Saying) -> BoxFuture<'static, Heard>,
    ) -> Result<(), Ended> {
        let now = self.server.clock.now();
        if !self.server.says.once_more(self.caller.visitor, now) {
            return self.answer(Heard::no(id, Nack::Rate)).await;
        }
        self.saying = Some(hear(speak::Saying {
            hub: self.server.hub.clone(),
            intake: self.server.intake.clone(),
            caller: self.caller.clone(),
            language: self.language,
            at: now,
        }));
        Ok(())
    }

    async fn seen(&mut self, seq: i64, read: bool) -> Result<(), Ended> {
        let known = if read { &mut self.read } else { &mut self.seen };
        if seq > *known {
            *known = seq;
            self.server.hub.seen(&self.caller, seq, read).await?;
        }
        Ok(())
    }
}

/// Waits for what is being stored, and can be dropped and called again.
async fn finish(saying: &mut Option<BoxFuture<'static, Heard>>) -> Heard {
    match saying {
        Some(saying) => saying.await,
        None => std::future::pending().await,
    }
}
