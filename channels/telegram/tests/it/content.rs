//! What customers send, files included, as it arrives at the hub.

use std::time::Duration;

use sapa_channel::{Inbound, Proof};
use sapa_telegram::stub::Behaviour;
use serde_json::json;

use crate::support::{Bench, RINA, button, outbound, until};
use sapa_channel::{Channel, Outcome};

#[tokio::test]
async fn h1_a_text_arrives_with_its_sender() {
    let bench = Bench::new().await;
    let said = bench.rina().says("Halo, paket saya kurang satu");
    let message = bench.message(1).await;
    let id = format!("{RINA}:{}", said.message);
    assert_eq!(message.text, "Halo, paket saya kurang satu");
    assert_eq!(message.external_id.as_ref(), Some(&id));
    assert_eq!(message.logical_key.as_ref(), Some(&id));
    assert_eq!(message.sender.address.kind.as_str(), "telegram");
    assert_eq!(message.sender.address.value, RINA.to_string());
    assert_eq!(message.sender.name.as_deref(), Some("Rina Wulandari"));
    assert_eq!(message.sender.shown.as_deref(), Some("@rinawln"));
    assert_eq!(message.sender.language.as_deref(), Some("id"));
    assert_eq!(message.sender.proof, Some(Proof::Channel));
    assert!(message.sent_at.is_some() && !message.automatic && message.warnings.is_empty());
}

#[tokio::test]
async fn h1_a_picture_arrives_in_its_largest_size() {
    let bench = Bench::new().await;
    bench.rina().photo(&b"\xff\xd8\xff jpeg"[..], "Kemasannya sobek");
    let message = bench.message(1).await;
    assert_eq!(message.text, "Kemasannya sobek");
    let file = &message.files[0];
    assert_eq!(&*file.bytes, b"\xff\xd8\xff jpeg");
    assert_eq!(file.media_type, "image/jpeg");
    assert!(file.name.starts_with("photo-"));
}

#[tokio::test]
async fn h1_a_document_arrives_with_its_name_and_type() {
    let bench = Bench::new().await;
    bench.rina().document("Nota ☕.pdf", "application/pdf", &b"%PDF-1.7"[..], "");
    let message = bench.message(1).await;
    let file = &message.files[0];
    assert_eq!(
        (file.name.as_str(), file.media_type.as_str(), &*file.bytes),
        ("Nota ☕.pdf", "application/pdf", &b"%PDF-1.7"[..])
    );
    assert_eq!(message.text, "");
}

#[tokio::test]
async fn h1_every_kind_of_file_arrives() {
    let bench = Bench::new().await;
    let rina = bench.rina();
    let id = bench.stub.file("any.bin", &b"bytes"[..]);
    let file = json!({"file_id": id, "file_unique_id": "u", "file_size": 5});
    let with = |more: serde_json::Value| {
        let mut file = file.clone();
        let more = more.as_object().unwrap().clone();
        file.as_object_mut().unwrap().extend(more);
        file
    };
    let picture = json!({"duration": 2, "width": 4, "height": 4, "length": 4});
    rina.voice(&b"bytes"[..]);
    rina.sends(json!({"audio": with(json!({"duration": 2, "title": "Lagu"}))}));
    rina.sends(json!({"video": with(picture.clone()), "caption": "lihat"}));
    rina.sends(json!({"video_note": with(picture.clone())}));
    let mut animation = with(picture);
    animation["mime_type"] = json!("video/mp4");
    rina.sends(json!({"animation": animation, "document": file}));
    let sticker = json!({
        "type": "regular", "width": 9, "height": 9, "is_animated": false, "is_video": false, "emoji": "👍",
    });
    rina.sends(json!({"sticker": with(sticker)}));
    let arrivals = bench.arrivals(6).await;
    let mut seen = Vec::new();
    for arrival in arrivals {
        let Ok(Inbound::Message(message)) = arrival.content else { panic!("a message") };
        assert_eq!(&*message.files[0].bytes, b"bytes");
        let ending = message.files[0].name.rsplit('.').next().unwrap().to_owned();
        seen.push((message.text.clone(), ending, message.files[0].media_type.clone()));
    }
    let wanted = [
        ("", "ogg", "audio/ogg"),
        ("", "mp3", "audio/mpeg"),
        ("lihat", "mp4", "video/mp4"),
        ("", "mp4", "video/mp4"),
        ("", "mp4", "video/mp4"),
        ("👍", "webp", "image/webp"),
    ];
    let wanted = wanted.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()));
    assert_eq!(seen, wanted);
}

#[tokio::test]
async fn h1_a_file_that_is_too_large_is_a_warning_and_not_a_lost_message() {
    let bench = Bench::new().await;
    let big = json!({"file_id": "x", "file_unique_id": "u", "file_size": 21 << 20, "file_name": "video.zip"});
    bench.rina().sends(json!({"document": big, "caption": "Ini buktinya"}));
    let message = bench.message(1).await;
    assert_eq!(message.text, "Ini buktinya");
    assert!(message.files.is_empty());
    assert!(message.warnings[0].contains("video.zip") && message.warnings[0].contains("20 MB"));

    // Telegram need not say the size beforehand.
    let id = bench.stub.file("big.bin", vec![0; (20 << 20) + 1]);
    let unsaid = json!({"file_id": id, "file_unique_id": "u", "file_name": "big.bin"});
    bench.rina().sends(json!({"document": unsaid}));
    let message = bench.message(2).await;
    assert!(message.warnings[0].contains("20 MB"), "{:?}", message.warnings);
}

#[tokio::test]
async fn h1_a_file_is_fetched_again_after_a_fault_and_given_up_in_the_end() {
    let bench = Bench::new().await;
    bench.stub.behave_on("download", Behaviour::HangUp);
    bench.rina().document("nota.pdf", "application/pdf", &b"%PDF"[..], "Nota");
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(bench.recorder.arrivals().is_empty(), "it tries again first");
    bench.stub.behave_on("download", Behaviour::Accept);
    assert_eq!(bench.message(1).await.files.len(), 1);

    bench.stub.behave_on("getFile", Behaviour::broken());
    bench.rina().document("nota.pdf", "application/pdf", &b"%PDF"[..], "Nota lagi");
    let message = bench.message(2).await;
    assert_eq!((message.text.as_str(), message.files.len()), ("Nota lagi", 0));
    assert!(message.warnings[0].contains("nota.pdf"), "{:?}", message.warnings);
}

#[tokio::test]
async fn h3_the_customers_own_contact_card_proves_the_phone_number() {
    let bench = Bench::new().await;
    bench.rina().contact("Rina", "62 812-3456-7890", Some(RINA));
    let message = bench.message(1).await;
    let claim = &message.sender.claims[0];
    assert_eq!(claim.address.kind.as_str(), "phone");
    assert_eq!(claim.address.value, "+6281234567890");
    assert_eq!(claim.proof, Some(Proof::Channel));
}

#[tokio::test]
async fn r8_somebody_elses_contact_card_is_only_text() {
    let bench = Bench::new().await;
    bench.rina().contact("Budi", "+62811", Some(5));
    bench.rina().contact("Sari", "+62822", None);
    for arrival in bench.arrivals(2).await {
        let Ok(Inbound::Message(message)) = arrival.content else { panic!("a message") };
        assert!(message.sender.claims.is_empty());
        assert!(message.text.contains("+628"), "{}", message.text);
    }
}

#[tokio::test]
async fn h1_a_place_arrives_as_a_place() {
    let bench = Bench::new().await;
    bench.rina().location(-6.2, 106.8);
    let place = bench.message(1).await.place.unwrap();
    assert_eq!((place.latitude, place.longitude, place.title), (-6.2, 106.8, None));
    let location = json!({"latitude": -6.9, "longitude": 107.6});
    let venue = json!({"location": location, "title": "Kopi Seruni", "address": "Jl. Braga 5"});
    bench.rina().sends(json!({"venue": venue, "location": location}));
    let place = bench.message(2).await.place.unwrap();
    assert_eq!(place.title.as_deref(), Some("Kopi Seruni, Jl. Braga 5"));
}

#[tokio::test]
async fn h2_a_deep_link_brings_its_token_back() {
    let bench = Bench::new().await;
    bench.rina().starts(Some("Ab_9-z"));
    let message = bench.message(1).await;
    assert_eq!(
        (message.text.as_str(), message.thread.token.as_deref()),
        ("/start", Some("Ab_9-z"))
    );
    bench.rina().starts(None);
    assert_eq!(bench.message(2).await.thread.token, None);
}

#[tokio::test]
async fn h1_an_edit_is_a_version_of_its_message() {
    let bench = Bench::new().await;
    let said = bench.rina().says("Saya mau dua");
    bench.rina().edits(said.message, "Saya mau tiga").unwrap();
    let arrivals = bench.arrivals(2).await;
    let Ok(Inbound::Edit(edit)) = &arrivals[1].content else { panic!("{:?}", arrivals[1]) };
    assert_eq!(edit.text, "Saya mau tiga");
    assert_eq!(edit.external_id, format!("{RINA}:{}", said.message));
    assert_eq!(edit.sender.value, RINA.to_string());
    assert_ne!(arrivals[0].transport_key, arrivals[1].transport_key);
}

#[tokio::test]
async fn h1_an_answer_names_what_it_answers() {
    let bench = Bench::new().await;
    let said = bench.rina().says("Halo");
    bench.rina().answers(said.message, "Ada orang?");
    let message = bench.message(2).await;
    assert_eq!(message.thread.answers, [format!("{RINA}:{}", said.message)]);
}

#[tokio::test]
async fn h1_a_pressed_button_says_its_label_and_is_released_when_that_is_durable() {
    let bench = Bench::new().await;
    let rina = bench.rina().known();
    let label = format!("Ya, kirim yang baru ke alamat yang sama {}", "é".repeat(40));
    let mut question = outbound("Kami kirim yang baru?");
    question.buttons = vec![button(&label), button("Tidak")];
    let Outcome::Sent { external_id } = bench.channel.send(question).await else { panic!() };

    bench.recorder.answer(None);
    let pressed = bench.stub.sent()[0].message;
    rina.presses(pressed, &label).unwrap();
    let message = bench.message(1).await;
    assert_eq!(message.text, label);
    assert_eq!(message.thread.answers, [external_id.unwrap()]);
    assert!(message.logical_key.unwrap().starts_with("callback:"));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(bench.stub.released().is_empty(), "not before it is durable (D1)");
    bench.recorder.answer(Some(Ok(())));
    until("the release", || bench.stub.released().len() == 1).await;
}

#[tokio::test]
async fn h1_blocking_the_bot_says_nothing_and_is_kept() {
    let bench = Bench::new().await;
    bench.rina().blocks(true);
    bench.rina().blocks(false);
    let arrivals = bench.arrivals(2).await;
    assert!(arrivals.iter().all(|arrival| matches!(arrival.content, Ok(Inbound::Nothing))));
}
