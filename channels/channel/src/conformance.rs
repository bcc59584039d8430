//! The promises that each adapter is tested against, with its real or fake other side as the [`Peer`].
//!
//! A test of an adapter makes a peer and calls [`receiving`] and, unless customers fetch their messages
//! themselves, [`sending`]. Each call panics with what was broken.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use tokio::sync::watch;

use crate::{
    Arrival, Channel, Health, Inbound, Intake, Outbound, Outcome, Receipted, Refused, Retry, new_id,
};

/// The other side of a channel: the customer and what lies between.
#[async_trait]
pub trait Peer: Send {
    /// Starts the channel with its receiving part on `intake`, and keeps it running.
    async fn start(&mut self, intake: Arc<dyn Intake>) -> Arc<dyn Channel>;

    /// The customer says `text` in his message number `number`. The same number with the same text is an
    /// exact redelivery. Tells what the other side was told, within some seconds.
    async fn say(&mut self, number: u32, text: &str) -> Told;

    /// The other side sends what cannot be understood but can be stored.
    async fn garbage(&mut self) -> Told;

    /// A message of ours to the customer.
    fn message(&self, text: &str) -> Outbound;

    /// How the other side shall treat all messages of ours from now on. `false` if it has no such way.
    async fn behave(&mut self, how: Behaviour) -> bool;

    /// The texts that reached the customer, in order.
    async fn heard(&mut self) -> Vec<String>;
}

/// What the other side was told about a message that it sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is taken.
    Acknowledged,
    /// Not now.
    TryLater,
    /// Nothing yet.
    Nothing,
}

/// How the other side treats messages of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes them.
    Accept,
    /// Says: not now.
    Later,
    /// Says: never.
    Never,
    /// Cannot be reached at all.
    Unreachable,
    /// Takes the whole message and hangs up without an answer.
    HangUpAfter,
}

/// An intake that records, and answers as it is told.
#[derive(Debug)]
pub struct Recorder {
    arrivals: Mutex<Vec<Arrival>>,
    answer: watch::Sender<Option<Result<(), Refused>>>,
}

impl Recorder {
    /// A recorder that takes everything.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self { arrivals: Mutex::default(), answer: watch::Sender::new(Some(Ok(()))) })
    }

    /// Answers so from now on; `None` keeps everybody waiting.
    pub fn answer(&self, with: Option<Result<(), Refused>>) {
        self.answer.send_replace(with);
    }

    /// What arrived, refused or not.
    #[must_use]
    pub fn arrivals(&self) -> Vec<Arrival> {
        self.arrivals.lock().expect("no test panics while it holds this").clone()
    }
}

#[async_trait]
impl Intake for Recorder {
    async fn deliver(&self, arrival: Arrival) -> Result<Receipted, Refused> {
        self.arrivals.lock().expect("no test panics while it holds this").push(arrival);
        let mut answer = self.answer.subscribe();
        let answer = answer.wait_for(Option::is_some).await.expect("the recorder lives").clone();
        answer
            .expect("it was waited for")
            .map(|()| Receipted { fresh: true, message: Some(new_id()) })
    }
}

/// A health that is forgotten.
#[derive(Debug)]
pub struct NoHealth;

impl Health for NoHealth {
    fn good(&self) {}
    fn bad(&self, _what: String) {}
}

fn message(arrival: &Arrival) -> &crate::Message {
    match &arrival.content {
        Ok(Inbound::Message(message)) => message,
        other => panic!("not a message: {other:?}"),
    }
}

/// D1, D3 and D4, as seen by the other side.
pub async fn receiving(peer: &mut dyn Peer) {
    let recorder = Recorder::new();
    let _channel = peer.start(recorder.clone()).await;

    // What is taken is acknowledged, and understood.
    assert_eq!(peer.say(1, "Halo, paket saya kurang satu").await, Told::Acknowledged);
    let first = recorder.arrivals().pop().expect("it arrived");
    assert!(!first.original.bytes.is_empty(), "the original is kept (D4)");
    assert!(message(&first).text.contains("Halo, paket saya kurang satu"));
    assert!(!message(&first).sender.address.value.is_empty());

    // D3: an exact redelivery has the same key, another message another one.
    assert_eq!(peer.say(1, "Halo, paket saya kurang satu").await, Told::Acknowledged);
    let again = recorder.arrivals().pop().expect("it arrived");
    assert_eq!(
        first.transport_key, again.transport_key,
        "a redelivery has the same transport key (D3)"
    );
    assert_eq!(peer.say(2, "Sudah dicek?").await, Told::Acknowledged);
    let second = recorder.arrivals().pop().expect("it arrived");
    assert_ne!(
        first.transport_key, second.transport_key,
        "another message has another transport key (D3)"
    );
    assert_eq!(
        message(&first).sender.address,
        message(&second).sender.address,
        "one customer, one address"
    );

    // D1: nothing is acknowledged before it is durable.
    recorder.answer(None);
    let before = recorder.arrivals().len();
    assert_eq!(peer.say(3, "Halo?").await, Told::Nothing, "acknowledged before the commit (D1)");
    assert!(recorder.arrivals().len() > before, "it was handed over");

    // What the hub cannot take now is not acknowledged, and is taken when it comes again.
    for refusal in [Refused::Unavailable, Refused::Full] {
        recorder.answer(Some(Err(refusal.clone())));
        assert_ne!(
            peer.say(4, "Masih menunggu").await,
            Told::Acknowledged,
            "{refusal:?} was acknowledged (D1)"
        );
    }
    recorder.answer(Some(Ok(())));
    assert_eq!(peer.say(4, "Masih menunggu").await, Told::Acknowledged);

    // D4: what cannot be understood is handed over all the same, acknowledged, and blocks nothing.
    assert_eq!(
        peer.garbage().await,
        Told::Acknowledged,
        "garbage must not come again and again (D4)"
    );
    let garbage = recorder.arrivals().into_iter().find(|arrival| arrival.content.is_err());
    let garbage = garbage.expect("garbage is handed over as unreadable (D4)");
    assert!(!garbage.original.bytes.is_empty(), "with its original (D4)");
    assert_eq!(peer.say(5, "Terima kasih").await, Told::Acknowledged, "behind garbage (D4)");
}

/// The table of ways out: what is surely sent, surely not, and unknown.
pub async fn sending(peer: &mut dyn Peer) {
    let channel = peer.start(Recorder::new()).await;

    assert!(peer.behave(Behaviour::Accept).await, "every peer can take a message");
    let outcome = send(&*channel, peer.message("Bungkus kedua dikirim sore ini")).await;
    assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
    let outcome = send(&*channel, peer.message("Resinya menyusul")).await;
    assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
    let heard = peer.heard().await;
    assert!(
        heard.len() == 2 && heard[0].contains("Bungkus kedua") && heard[1].contains("Resinya"),
        "{heard:?}"
    );

    if peer.behave(Behaviour::Later).await {
        let outcome = send(&*channel, peer.message("nanti")).await;
        assert!(
            matches!(&outcome, Outcome::NotSent { retry: Retry::Later | Retry::After(_), reason } if !reason.is_empty()),
            "{outcome:?}"
        );
    }
    if peer.behave(Behaviour::Never).await {
        let outcome = send(&*channel, peer.message("tidak")).await;
        assert!(
            matches!(&outcome, Outcome::NotSent { retry: Retry::Never, reason } if !reason.is_empty()),
            "{outcome:?}"
        );
    }
    if peer.behave(Behaviour::HangUpAfter).await {
        let outcome = send(&*channel, peer.message("entah")).await;
        assert!(
            matches!(outcome, Outcome::Unknown { .. }),
            "the whole message was written (D6): {outcome:?}"
        );
    }
    if peer.behave(Behaviour::Unreachable).await {
        let outcome = send(&*channel, peer.message("belum")).await;
        assert!(matches!(outcome, Outcome::NotSent { retry: Retry::Later, .. }), "{outcome:?}");
    }
}

async fn send(channel: &dyn Channel, message: Outbound) -> Outcome {
    tokio::time::timeout(Duration::from_secs(60), channel.send(message))
        .await
        .expect("a send ends within a bounded time")
}
