//! One visitor's socket.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use futures::SinkExt;
use sapa_channel::{Inbound, Refused, conformance::Recorder, new_id};
use sapa_webchat::{MAX_FRAME, MAX_TEXT, Marks, Push};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::support::{Chat, NOW};

fn message(recorder: &Recorder) -> sapa_channel::Message {
    match recorder.arrivals().pop().expect("something arrived").content {
        Ok(Inbound::Message(message)) => *message,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn d1_what_is_said_is_acknowledged_with_its_place_in_the_log() {
    let chat = Chat::new().await;
    let (mut browser, address) = chat.visitor().await;
    let id = new_id();
    let frame = json!({"t":"say","id":id,"text":"Halo","page":"https://kopiseruni.example/gayo"});
    browser.send(&frame).await;
    let ack = browser.frame().await;
    assert_eq!((&ack["t"], &ack["id"]), (&json!("ack"), &json!(id)));
    assert!(ack["seq"].as_i64().unwrap() >= 100);
    assert_eq!(ack["at"], json!(NOW));

    let arrival = chat.recorder.arrivals().pop().unwrap();
    assert_eq!(arrival.transport_key, format!("{address}/{id}"));
    assert_eq!(arrival.original.bytes, frame.to_string(), "as it came (D4)");
    let message = message(&chat.recorder);
    assert_eq!(message.external_id.as_deref(), Some(&*id.to_string()));
    assert_eq!((message.sender.address.value, &*message.text), (address, "Halo"));
    assert_eq!(message.page.as_deref(), Some("https://kopiseruni.example/gayo"));
    assert_eq!(message.sender.language.as_deref(), Some("id"));
}

#[tokio::test]
async fn d3_the_same_id_with_another_body_is_an_error() {
    let chat = Chat::new().await;
    let (mut browser, _) = chat.visitor().await;
    let id = new_id();
    browser.say(id, "Halo").await;
    assert_eq!(browser.frame().await["t"], "ack");
    chat.recorder.answer(Some(Err(Refused::Conflict)));
    browser.say(id, "Bukan halo").await;
    let nack = browser.frame().await;
    assert_eq!((&nack["t"], &nack["code"]), (&json!("nack"), &json!("conflict")));
    let keys: Vec<_> = chat.recorder.arrivals().into_iter().map(|a| a.transport_key).collect();
    assert_eq!(keys[0], keys[1], "so that the hub can tell");
}

#[tokio::test]
async fn d8_what_one_visitor_says_is_stored_in_order_and_one_at_a_time() {
    let chat = Chat::new().await;
    let (mut browser, address) = chat.visitor().await;
    chat.recorder.answer(None);
    for number in 1..=5 {
        browser.say(Uuid::from_u128(number), &number.to_string()).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(chat.recorder.arrivals().len(), 1);
    // Whoever waits is told what happens meanwhile.
    chat.hub.answer(&address, "Sebentar");
    assert_eq!(browser.frame().await["text"], "Sebentar");
    chat.recorder.answer(Some(Ok(())));
    for number in 1..=5_u128 {
        assert_eq!(browser.frame().await["id"], json!(Uuid::from_u128(number)));
    }
    let keys: Vec<_> = chat.recorder.arrivals().into_iter().map(|a| a.transport_key).collect();
    assert!(keys.is_sorted() && keys.len() == 5, "{keys:?}");
}

#[tokio::test]
async fn what_cannot_be_taken_says_why() {
    let chat = Chat::new().await;
    let (mut browser, _) = chat.visitor().await;
    for (refused, code) in [(Refused::Full, "full"), (Refused::Unavailable, "unavailable")] {
        chat.recorder.answer(Some(Err(refused)));
        browser.say(new_id(), "Halo").await;
        assert_eq!(browser.frame().await["code"], code);
    }
    let before = chat.recorder.arrivals().len();
    browser.say(new_id(), &"a".repeat(MAX_TEXT + 1)).await;
    assert_eq!(browser.frame().await["code"], "too_long");
    let six: Vec<Uuid> = (0..6).map(|_| new_id()).collect();
    browser.send(&json!({"t":"say","id":new_id(),"text":"","files":six})).await;
    assert_eq!(browser.frame().await["code"], "too_long");
    browser.say(new_id(), " \n\u{0}").await;
    assert_eq!(browser.frame().await["code"], "invalid");
    browser.send(&json!({"t":"say","id":new_id(),"text":"","files":[new_id()]})).await;
    assert_eq!(browser.frame().await["code"], "invalid");
    assert_eq!(chat.recorder.arrivals().len(), before, "none of these was handed over");
}

#[tokio::test]
async fn thirty_messages_a_minute_over_all_tabs() {
    let chat = Chat::new().await;
    let secret = chat.hub.site.new_visitor();
    let mut one = chat.browser(&secret, None, None).await;
    let mut two = chat.browser(&secret, None, None).await;
    for _ in 0..15 {
        one.say(new_id(), "Halo").await;
        assert_eq!(one.frame().await["t"], "ack");
        two.say(new_id(), "Halo").await;
        assert_eq!(two.frame().await["t"], "ack");
    }
    two.say(new_id(), "Halo").await;
    assert_eq!(two.frame().await["code"], "rate");
    let (mut other, _) = chat.visitor().await;
    other.say(new_id(), "Halo").await;
    assert_eq!(other.frame().await["t"], "ack");
    chat.clock.forward(Duration::from_secs(2));
    two.say(new_id(), "Halo").await;
    assert_eq!(two.frame().await["t"], "ack");
}

#[tokio::test]
async fn bad_frames_close_with_4400() {
    let chat = Chat::new().await;
    let big = format!(r#"{{"t":"say","id":"{}","text":"{}"}}"#, new_id(), "a".repeat(MAX_FRAME));
    for frame in ["{", "[]", r#"{"t":"drop"}"#, r#"{"t":"ping","x":1}"#, &big] {
        let (mut browser, _) = chat.visitor().await;
        browser.send_raw(frame.to_owned()).await;
        assert_eq!(browser.end().await, ("bad_frame".into(), 4400), "{frame:.40}");
    }
    let (mut browser, _) = chat.visitor().await;
    browser.socket.send(Message::Binary(vec![1].into())).await.unwrap();
    assert_eq!(browser.end().await, ("bad_frame".into(), 4400));
    let mut browser = chat.connect().await;
    browser.say(new_id(), "Tanpa salam").await;
    assert_eq!(browser.end().await, ("bad_frame".into(), 4400));
    assert!(chat.recorder.arrivals().is_empty());
}

#[tokio::test]
async fn r8_a_bad_secret_or_token_closes_with_4401() {
    let chat = Chat::new().await;
    let secret = chat.hub.site.new_visitor();
    let expired = chat.hub.site.sign_token(r#"{"sub":"rina","exp":1794999999}"#);
    for (visitor, token, word) in [
        ("v1.x.y", None, "bad_visitor"),
        (&secret, Some("e30.e30"), "bad_token"),
        (&secret, Some(&*expired), "bad_token"),
    ] {
        let mut browser = chat.connect().await;
        browser.send(&json!({"t":"hello","visitor":visitor,"token":token})).await;
        assert_eq!(browser.end().await, (word.to_owned(), 4401));
    }
}

#[tokio::test]
async fn r8_an_unsigned_claim_shows_nothing_and_a_signed_one_shows_the_customers_own() {
    let chat = Chat::new().await;
    chat.hub.answer("c:rina", "Bungkus kedua dikirim sore ini");
    let secret = chat.hub.site.new_visitor();
    let texts = |greeting: &[Value]| -> Vec<String> {
        let history = greeting.iter().find(|frame| frame["t"] == "history").unwrap();
        let messages = history["messages"].as_array().unwrap();
        messages.iter().map(|m| m["text"].as_str().unwrap().to_owned()).collect()
    };
    let mut stranger = chat.browser(&secret, None, None).await;
    assert_eq!(texts(&stranger.greeting), [""; 0]);
    // Words about who one is are words.
    stranger.say(new_id(), "Saya rina, rina@surat.example").await;
    assert_eq!(stranger.frame().await["t"], "ack");
    let said = message(&chat.recorder);
    assert!(said.sender.claims.is_empty() && said.sender.address.value.starts_with("v:"));

    let token =
        chat.hub.site.sign_token(r#"{"sub":"rina","email":"rina@surat.example","exp":1795003600}"#);
    let mut rina = chat.browser(&secret, Some(&token), None).await;
    assert_eq!(texts(&rina.greeting), ["Bungkus kedua dikirim sore ini"]);
    assert_eq!(rina.greeting.last().unwrap()["identified"], true);
    rina.say(new_id(), "Iya betul").await;
    assert_eq!(rina.frame().await["t"], "ack");
    let said = message(&chat.recorder);
    assert_eq!(said.sender.address.value, "c:rina");
    assert_eq!(said.sender.claims.len(), 2);
    // What was answered to the browser before he signed in, he is told too.
    let browser = format!("v:{}", chat.hub.site.visitor(&secret).unwrap());
    chat.hub.answer(&browser, "Halo, dengan siapa?");
    assert_eq!(rina.frame().await["text"], "Halo, dengan siapa?");
    assert_eq!(stranger.frame().await["text"], "Halo, dengan siapa?");
    // What the shop says to its customer, the stranger is not told.
    chat.hub.answer("c:rina", "Rahasia");
    assert_eq!(rina.frame().await["text"], "Rahasia");
    assert_eq!(stranger.frame_within(Duration::from_millis(200)).await, None);
}

#[tokio::test]
async fn d3_a_message_sent_again_after_signing_in_is_the_same() {
    let chat = Chat::new().await;
    let secret = chat.hub.site.new_visitor();
    let id = new_id();
    let mut stranger = chat.browser(&secret, None, None).await;
    stranger.say(id, "Halo").await;
    stranger.frame().await;
    let token = chat.hub.site.sign_token(r#"{"sub":"rina","exp":1795003600}"#);
    let mut rina = chat.browser(&secret, Some(&token), None).await;
    rina.say(id, "Halo").await;
    rina.frame().await;
    let keys: Vec<_> = chat.recorder.arrivals().into_iter().map(|a| a.transport_key).collect();
    assert_eq!(keys[0], keys[1]);
}

#[tokio::test]
async fn r8_a_session_ends_with_its_token() {
    let chat = Chat::with(Recorder::new(), Duration::from_millis(160)).await;
    let token = chat.hub.site.sign_token(r#"{"sub":"rina","exp":1795003600}"#);
    let mut rina = chat.browser(&chat.hub.site.new_visitor(), Some(&token), None).await;
    chat.clock.forward(Duration::from_secs(3_601));
    assert_eq!(rina.end().await, ("bad_token".into(), 4401));
}

#[tokio::test]
async fn a_visitor_resumes_where_he_was() {
    let chat = Chat::new().await;
    let secret = chat.hub.site.new_visitor();
    let address = format!("v:{}", chat.hub.site.visitor(&secret).unwrap());
    let first = chat.hub.answer(&address, "satu");
    let second = chat.hub.answer(&address, "dua");
    let browser = chat.browser(&secret, None, Some(first)).await;
    let [missed, state, ready] = &*browser.greeting else { panic!("{:?}", browser.greeting) };
    assert_eq!((&missed["t"], &missed["text"]), (&json!("message"), &json!("dua")));
    assert_eq!(state, &json!({"t":"state","delivered":3,"read":2}));
    assert_eq!(ready["seq"], second);
}

#[tokio::test]
async fn whoever_missed_too_much_begins_anew_and_can_go_back() {
    let chat = Chat::new().await;
    let secret = chat.hub.site.new_visitor();
    let address = format!("v:{}", chat.hub.site.visitor(&secret).unwrap());
    for number in 0..250 {
        chat.hub.answer(&address, &number.to_string());
    }
    let mut browser = chat.browser(&secret, None, Some(0)).await;
    let page = browser.greeting[0].clone();
    assert_eq!(
        (&page["t"], &page["reset"], &page["more"]),
        (&json!("history"), &json!(true), &json!(true))
    );
    let messages = page["messages"].as_array().unwrap();
    assert_eq!((messages.len(), &messages[29]["text"]), (30, &json!("249")));
    browser.send(&json!({"t":"history","before":messages[0]["seq"]})).await;
    let earlier = browser.frame().await;
    assert_eq!(earlier["messages"][29]["text"], "219");
    assert_eq!(earlier.get("reset"), None);
}

#[tokio::test]
async fn everything_the_hub_has_is_told() {
    let chat = Chat::new().await;
    let (mut browser, address) = chat.visitor().await;
    let id = new_id();
    for push in [
        Push::Typing { on: true, name: "Dimas".into() },
        Push::Edit { seq: 8, id, text: "Alamatnya?".into(), at: NOW },
        Push::Retract { seq: 9, id },
        Push::State(Marks { delivered: 9, read: 7 }),
        Push::Online(false),
    ] {
        chat.hub.push(&address, push);
    }
    for frame in [
        json!({"t":"typing","on":true,"name":"Dimas"}),
        json!({"t":"edit","seq":8,"id":id,"text":"Alamatnya?","at":NOW}),
        json!({"t":"retract","seq":9,"id":id}),
        json!({"t":"state","delivered":9,"read":7}),
        json!({"t":"online","on":false}),
    ] {
        assert_eq!(browser.frame().await, frame);
    }
    browser.send(&json!({"t":"ping"})).await;
    assert_eq!(browser.frame().await, json!({"t":"pong"}));
    chat.hub.push(&address, Push::SignedOut);
    assert_eq!(browser.end().await, ("signed_out".into(), 4401));
}

#[tokio::test]
async fn the_hub_is_told_what_is_seen_read_and_written() {
    let chat = Chat::new().await;
    let (mut browser, address) = chat.visitor().await;
    for frame in [
        json!({"t":"seen","seq":4}),
        json!({"t":"seen","seq":3}),
        json!({"t":"read","seq":4}),
        json!({"t":"typing","on":true}),
        json!({"t":"ping"}),
    ] {
        browser.send(&frame).await;
    }
    assert_eq!(browser.frame().await["t"], "pong");
    let told = chat.hub.told.lock().unwrap().clone();
    let expected = ["seen 4", "read 4", "typing true"].map(|what| format!("{address} {what}"));
    assert_eq!(told, expected, "an older mark is no news");
}

#[tokio::test]
async fn too_many_frames_or_sockets_close_with_4429() {
    let chat = Chat::new().await;
    let secret = chat.hub.site.new_visitor();
    let mut tabs = vec![];
    for _ in 0..10 {
        tabs.push(chat.browser(&secret, None, None).await);
    }
    let mut surplus = chat.connect().await;
    surplus.send(&json!({"t":"hello","visitor":secret})).await;
    assert_eq!(surplus.end().await, ("too_many".into(), 4429));

    for _ in 0..121 {
        tabs[0].send(&json!({"t":"typing","on":true})).await;
    }
    assert_eq!(tabs[0].end().await, ("too_many".into(), 4429));
    tabs[1].send(&json!({"t":"ping"})).await;
    assert_eq!(tabs[1].frame().await["t"], "pong");
}

#[tokio::test]
async fn d1_a_stop_waits_for_what_is_being_stored() {
    let chat = Chat::new().await;
    let (mut browser, _) = chat.visitor().await;
    let (mut idle, _) = chat.visitor().await;
    chat.recorder.answer(None);
    browser.say(new_id(), "Halo").await;
    while chat.recorder.arrivals().is_empty() {
        tokio::task::yield_now().await;
    }
    chat.stop.cancel();
    assert_eq!(idle.end().await, ("unavailable".into(), 1012));
    chat.recorder.answer(Some(Ok(())));
    assert_eq!(browser.frame().await["t"], "ack");
    assert_eq!(browser.end().await, ("unavailable".into(), 1012));
}

#[tokio::test]
async fn a_hub_without_its_database_sends_the_visitor_away_for_a_while() {
    let chat = Chat::new().await;
    chat.hub.down.store(true, Ordering::SeqCst);
    let mut browser = chat.connect().await;
    browser.send(&json!({"t":"hello","visitor":chat.hub.site.new_visitor()})).await;
    assert_eq!(browser.end().await, ("unavailable".into(), 1013));
}

#[tokio::test]
async fn whoever_is_silent_is_let_go() {
    let chat = Chat::with(Recorder::new(), Duration::from_millis(160)).await;
    // A browser answers pings by itself; one that reads nothing is gone.
    let (mut alive, _) = chat.visitor().await;
    let (gone, _) = chat.visitor().await;
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    while chat.server.connected() == 2 && tokio::time::Instant::now() < deadline {
        alive.frame_within(Duration::from_millis(20)).await;
    }
    assert_eq!(chat.server.connected(), 1);
    drop(gone);
    alive.send(&json!({"t":"ping"})).await;
    assert_eq!(alive.frame().await["t"], "pong");
}

#[tokio::test]
async fn hello_is_said_within_ten_seconds() {
    let chat = Chat::new().await;
    let mut browser = chat.connect().await;
    let begun = std::time::Instant::now();
    assert_eq!(browser.end().await, ("bad_frame".into(), 4400));
    assert!(begun.elapsed() >= Duration::from_secs(9));
}

#[tokio::test]
async fn uploads_go_with_the_message_of_their_own_visitor_alone() {
    let chat = Chat::new().await;
    let (mut browser, address) = chat.visitor().await;
    let visitor: Uuid = address[2..].parse().unwrap();
    let file = sapa_channel::File {
        name: "resi.jpg".into(),
        media_type: "image/jpeg".into(),
        bytes: "jpeg".into(),
        content_id: None,
    };
    let id = new_id();
    chat.hub.uploads.lock().unwrap().insert(id, (visitor, file));
    let (mut thief, _) = chat.visitor().await;
    thief.send(&json!({"t":"say","id":new_id(),"text":"","files":[id]})).await;
    assert_eq!(thief.frame().await["code"], "invalid");
    browser.send(&json!({"t":"say","id":new_id(),"text":"","files":[id]})).await;
    assert_eq!(browser.frame().await["t"], "ack");
    let said = message(&chat.recorder);
    assert_eq!((said.files.len(), &*said.files[0].name), (1, "resi.jpg"));
}

#[tokio::test]
async fn whoever_goes_leaves_nothing_behind() {
    let chat = Chat::new().await;
    let (browser, _) = chat.visitor().await;
    assert_eq!((chat.server.connected(), chat.hub.rooms.len()), (1, 1));
    drop(browser);
    let hub = Arc::clone(&chat.hub);
    while !hub.rooms.is_empty() || chat.server.connected() > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
