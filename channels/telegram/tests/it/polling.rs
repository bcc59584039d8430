//! Receiving by polling: what is confirmed when, and what is said of it.

use std::{sync::Arc, time::Duration};

use sapa_channel::{Inbound, Intake, Receipted, Refused, conformance::Recorder};
use sapa_telegram::{TelegramChannel, stub::Behaviour};
use tokio::sync::Mutex;

use crate::support::{Ahead, Bench, RINA, install_tls, polling, run, settings, until};

fn texts(recorder: &Recorder) -> Vec<String> {
    let arrivals = recorder.arrivals().into_iter();
    let text = |arrival: sapa_channel::Arrival| match arrival.content {
        Ok(Inbound::Message(message)) => Some(message.text),
        _ => None,
    };
    arrivals.filter_map(text).collect()
}

#[tokio::test]
async fn d1_the_offset_never_passes_what_is_not_durable() {
    let bench = Bench::new().await;
    bench.recorder.answer(None);
    let first = bench.rina().says("Halo?");
    bench.arrivals(1).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(bench.stub.pending(), [first.update], "handed over, not durable");
    assert!(bench.stub.polled().iter().all(Option::is_none), "no offset was sent");

    bench.recorder.answer(Some(Err(Refused::Full)));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(bench.stub.pending(), [first.update], "refused, and kept at Telegram");
    assert!(bench.running.health.bad("no room on the disk"));

    bench.recorder.answer(Some(Ok(())));
    until("the confirmation", || bench.stub.pending().is_empty()).await;
    assert!(bench.stub.polled().contains(&Some(first.update + 1)));
    until("health", || bench.running.health.is_good()).await;
}

/// An intake that refuses one text for a while.
struct Picky {
    recorder: Arc<Recorder>,
    refuses: Mutex<Option<&'static str>>,
}

#[async_trait::async_trait]
impl Intake for Picky {
    async fn deliver(&self, arrival: sapa_channel::Arrival) -> Result<Receipted, Refused> {
        let refuses = *self.refuses.lock().await;
        if let (Some(text), Ok(Inbound::Message(message))) = (refuses, &arrival.content)
            && message.text == text
        {
            return Err(Refused::Unavailable);
        }
        self.recorder.deliver(arrival).await
    }
}

#[tokio::test]
async fn d1_a_refused_update_holds_its_own_chat_and_the_offset_and_nobody_else() {
    install_tls();
    let stub = sapa_telegram::stub::Stub::start().await.unwrap();
    let (rina, budi) = (stub.customer(RINA, "Rina"), stub.customer(5, "Budi"));
    let refused = rina.says("satu");
    rina.says("dua");
    budi.says("halo");
    let recorder = Recorder::new();
    let picky = Arc::new(Picky { recorder: recorder.clone(), refuses: Mutex::new(Some("satu")) });
    let channel = polling(&stub);
    let _running = run(&channel, picky.clone());
    until("the other chat", || texts(&recorder) == ["halo"]).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(stub.pending().first(), Some(&refused.update), "the offset waits");

    *picky.refuses.lock().await = None;
    until("the rest", || stub.pending().is_empty()).await;
    assert_eq!(texts(&recorder), ["halo", "satu", "dua"], "in order within the chat");
}

#[tokio::test]
async fn d8_a_burst_of_one_customer_keeps_its_order() {
    let bench = Bench::new().await;
    let wanted: Vec<_> = (0..150).map(|number| format!("pesan {number}")).collect();
    for text in &wanted {
        bench.rina().says(text);
    }
    bench.arrivals(150).await;
    assert_eq!(texts(&bench.recorder), wanted);
    until("the confirmation", || bench.stub.pending().is_empty()).await;
}

#[tokio::test]
async fn d3_update_numbers_are_a_set_and_may_begin_anew() {
    let bench = Bench::new().await;
    bench.rina().says("sebelum");
    bench.arrivals(1).await;
    until("the confirmation", || bench.stub.pending().is_empty()).await;
    bench.stub.number_from(17);
    bench.rina().says("sesudah");
    let arrivals = bench.arrivals(2).await;
    assert_eq!(arrivals[1].transport_key, "u17");
    until("the confirmation", || bench.stub.pending().is_empty()).await;
}

/// An intake that knows a transport key already, with another content.
struct Knows(Arc<Recorder>, &'static str);

#[async_trait::async_trait]
impl Intake for Knows {
    async fn deliver(&self, arrival: sapa_channel::Arrival) -> Result<Receipted, Refused> {
        if arrival.transport_key == self.1 {
            return Err(Refused::Conflict);
        }
        self.0.deliver(arrival).await
    }
}

#[tokio::test]
async fn d3_an_old_number_with_another_content_is_kept_and_blocks_nothing() {
    install_tls();
    let stub = sapa_telegram::stub::Stub::start().await.unwrap();
    stub.number_from(17);
    stub.customer(RINA, "Rina").says("Halo");
    let recorder = Recorder::new();
    let channel = polling(&stub);
    let _running = run(&channel, Arc::new(Knows(recorder.clone(), "u17")));
    until("the confirmation", || stub.pending().is_empty()).await;
    let arrival = recorder.arrivals().pop().unwrap();
    assert!(arrival.transport_key.starts_with("u17-"), "{}", arrival.transport_key);
}

#[tokio::test]
async fn d1_what_was_durable_at_the_end_is_confirmed_before_stopping() {
    let mut bench = Bench::new().await;
    bench.recorder.answer(None);
    bench.rina().says("Halo");
    bench.arrivals(1).await;
    bench.running.stop.cancel();
    bench.recorder.answer(Some(Ok(())));
    (&mut bench.running.task).await.unwrap();
    assert!(bench.stub.pending().is_empty(), "a restart need not hear it again");
}

#[tokio::test]
async fn d1_an_update_that_was_not_taken_comes_again_after_a_restart() {
    let mut bench = Bench::new().await;
    bench.recorder.answer(Some(Err(Refused::Unavailable)));
    bench.rina().says("Halo");
    bench.arrivals(1).await;
    bench.running.stop.cancel();
    (&mut bench.running.task).await.unwrap();
    let recorder = Recorder::new();
    let _running = run(&bench.channel, recorder.clone());
    until("the update", || texts(&recorder) == ["Halo"]).await;
}

#[tokio::test]
async fn d4_the_original_is_the_updates_own_bytes() {
    let bench = Bench::new().await;
    let said = bench.rina().says("Kopi ☕ \"enak\"");
    let arrival = bench.arrivals(1).await.pop().unwrap();
    assert_eq!(arrival.transport_key, format!("u{}", said.update));
    assert_eq!(arrival.original.media_type, "application/json");
    let text = std::str::from_utf8(&arrival.original.bytes).unwrap();
    assert!(text.starts_with('{') && text.contains("\"update_id\"") && text.contains("☕"));
}

#[tokio::test]
async fn telegram_another_poller_is_said_plainly() {
    let bench = Bench::new().await;
    let other = polling(&bench.stub);
    let other = run(&other, Recorder::new());
    let words = "another program polls Telegram with the same bot token";
    until("the conflict", || bench.running.health.bad(words) || other.health.bad(words)).await;
}

#[tokio::test]
async fn telegram_a_webhook_of_before_is_removed_and_nothing_lost() {
    install_tls();
    let stub = sapa_telegram::stub::Stub::start().await.unwrap();
    let webhook = crate::support::by_webhook(&stub, "http://127.0.0.1:9/hooks", "s3cret");
    let before = run(&webhook, Recorder::new());
    until("the webhook", || stub.webhook().is_some()).await;
    drop(before);
    stub.customer(RINA, "Rina").says("Halo");
    let recorder = Recorder::new();
    let channel = polling(&stub);
    let _running = run(&channel, recorder.clone());
    until("the update", || texts(&recorder) == ["Halo"]).await;
    assert_eq!(stub.webhook(), None);
}

#[tokio::test]
async fn telegram_a_fault_is_said_and_polling_goes_on_after_it() {
    let bench = Bench::new().await;
    bench.stub.behave_on("getUpdates", Behaviour::broken());
    until("the fault", || bench.running.health.bad("500")).await;
    bench.stub.behave_on("getUpdates", Behaviour::HangUp);
    until("the hang-up", || bench.running.health.bad("connection broke")).await;
    bench.stub.refuse_connections().await;
    until("the refusal", || bench.running.health.bad("cannot be reached")).await;
    bench.stub.accept_connections().await.unwrap();
    bench.stub.behave_on("getUpdates", Behaviour::refuse(401, "Unauthorized"));
    until("the token", || bench.running.health.bad("refuses the bot's token")).await;
    bench.stub.behave_on("getUpdates", Behaviour::Accept);
    bench.rina().says("Halo");
    bench.arrivals(1).await;
    until("health", || bench.running.health.is_good()).await;
}

#[tokio::test]
async fn d1_updates_that_waited_for_half_a_day_raise_an_alarm() {
    install_tls();
    let stub = sapa_telegram::stub::Stub::start().await.unwrap();
    stub.customer(RINA, "Rina").says("Halo");
    let clock = Arc::new(Ahead(Duration::from_secs(13 * 3600)));
    let channel = Arc::new(TelegramChannel::new(settings(&stub), clock).unwrap());
    let recorder = Recorder::new();
    let running = run(&channel, recorder.clone());
    until("the alarm", || running.health.bad("waited at Telegram for 13 hours")).await;
    assert_eq!(texts(&recorder), ["Halo"], "and they are taken all the same");
}
