//! Sending: what reaches the customer, and what the hub is told of it.

use std::{sync::Arc, time::Duration};

use rstest::rstest;
use sapa_channel::{Channel, Outcome, Parent, Retry, SystemClock};
use sapa_telegram::{
    TelegramChannel,
    stub::{Behaviour, Customer},
};
use tokio::io::AsyncReadExt;

use crate::support::{Bench, PNG, RINA, button, file, outbound, settings};

async fn bench() -> (Bench, Customer) {
    let bench = Bench::new().await;
    let rina = bench.rina().known();
    (bench, rina)
}

fn id_of(outcome: &Outcome) -> &str {
    let Outcome::Sent { external_id: Some(id) } = outcome else { panic!("{outcome:?}") };
    id
}

#[tokio::test]
async fn a_text_is_sent_as_it_is() {
    let (bench, _rina) = bench().await;
    let text = "Halo <b>Rina</b> *tebal* [x](https://evil.example) &amp; _miring_";
    let outcome = bench.channel.send(outbound(text)).await;
    let sent = bench.stub.sent();
    assert_eq!(id_of(&outcome), format!("{RINA}:{}", sent[0].message));
    assert_eq!(sent[0].text, text);
}

#[tokio::test]
async fn a_long_text_goes_in_parts_and_in_order() {
    let (bench, _rina) = bench().await;
    let text = (0..900).map(|word| format!("kata{word} 😀")).collect::<Vec<_>>().join(" ");
    let mut message = outbound(&text);
    message.buttons = vec![button("Ya"), button("Tidak"), button("Nanti saja")];
    let outcome = bench.channel.send(message).await;
    let sent = bench.stub.sent();
    assert!(sent.len() > 1);
    let all = sent.iter().map(|sent| sent.text.clone()).collect::<Vec<_>>().join(" ");
    assert_eq!(all, text);
    let last = sent.last().unwrap();
    assert_eq!(last.buttons, [vec!["Ya", "Tidak"], vec!["Nanti saja"]], "buttons at the end");
    assert!(sent[0].buttons.is_empty());
    assert_eq!(id_of(&outcome), format!("{RINA}:{}", last.message), "what can be pressed");
}

#[tokio::test]
async fn a_picture_goes_as_a_picture_and_any_other_file_as_a_document() {
    let (bench, _rina) = bench().await;
    let mut message = outbound("Ini resinya");
    message.files = vec![
        file("resi.png", "image/png", PNG),
        file("Nota ☕ \"asli\"\r\n.pdf", "application/pdf", &b"%PDF"[..]),
    ];
    let outcome = bench.channel.send(message).await;
    assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
    let sent = bench.stub.sent();
    assert_eq!(sent.len(), 2);
    let (picture, document) = (sent[0].file.as_ref().unwrap(), sent[1].file.as_ref().unwrap());
    assert!(picture.picture && !document.picture);
    assert_eq!((sent[0].text.as_str(), sent[1].text.as_str()), ("Ini resinya", ""));
    assert_eq!(&*picture.bytes, PNG);
    assert_eq!(document.name, "Nota ☕ _asli___.pdf", "no header is made of a name (R18)");
}

#[tokio::test]
async fn a_text_too_long_for_a_caption_goes_before_the_file() {
    let (bench, _rina) = bench().await;
    let mut message = outbound(&"panjang ".repeat(200));
    message.files = vec![file("resi.png", "image/png", PNG)];
    bench.channel.send(message).await;
    let sent = bench.stub.sent();
    assert!(sent[0].file.is_none() && sent[0].text.starts_with("panjang"));
    assert!(sent[1].file.is_some() && sent[1].text.is_empty());
}

#[tokio::test]
async fn a_picture_that_telegram_cannot_show_goes_as_a_document() {
    let (bench, _rina) = bench().await;
    let mut message = outbound("");
    message.files = vec![file("resi.png", "image/png", &b"not a picture"[..])];
    let outcome = bench.channel.send(message).await;
    assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
    assert!(!bench.stub.sent()[0].file.as_ref().unwrap().picture);
}

#[tokio::test]
async fn an_answer_hangs_on_its_message_if_that_is_in_the_same_chat() {
    let (bench, rina) = bench().await;
    let asked = rina.says("Sudah dikirim?").message;
    let parents = [format!("{RINA}:{asked}"), format!("5:{asked}"), "<a@b>".to_owned()];
    for external_id in parents {
        let mut message = outbound("Sudah");
        message.parent = Some(Parent { external_id, ..Parent::default() });
        assert!(matches!(bench.channel.send(message).await, Outcome::Sent { .. }));
    }
    let answers: Vec<_> = bench.stub.sent().iter().map(|sent| sent.answers).collect();
    assert_eq!(answers, [Some(asked), None, None]);
    // One that was deleted meanwhile does not stop the answer.
    let mut message = outbound("Sudah");
    message.parent =
        Some(Parent { external_id: format!("{RINA}:{}", asked + 999), ..Parent::default() });
    assert!(matches!(bench.channel.send(message).await, Outcome::Sent { .. }));
}

#[rstest]
#[case("satu", Vec::new(), "abc", "no address")]
#[case("  ", Vec::new(), "48213377", "nothing to send")]
#[case("", vec![file("kosong.txt", "text/plain", &b""[..])], "48213377", "empty")]
#[case("", vec![file("x.zip", "application/zip", vec![0; 50_000_001])], "48213377", "50 MB")]
#[tokio::test]
async fn what_can_never_be_sent_is_refused_before_anything_is(
    #[case] text: &str,
    #[case] files: Vec<sapa_channel::OutFile>,
    #[case] to: &str,
    #[case] words: &str,
) {
    let (bench, _rina) = bench().await;
    let mut message = outbound(text);
    message.files = files;
    to.clone_into(&mut message.to.address);
    let outcome = bench.channel.send(message).await;
    let Outcome::NotSent { reason, retry: Retry::Never } = &outcome else { panic!("{outcome:?}") };
    assert!(reason.contains(words), "{reason}");
    assert!(bench.stub.sent().is_empty());
}

#[tokio::test]
async fn d6_the_table_of_ways_out_holds() {
    let (bench, rina) = bench().await;
    let surely_not = |outcome: Outcome, wanted: Retry, words: &str| {
        let Outcome::NotSent { reason, retry } = &outcome else { panic!("{outcome:?}") };
        assert_eq!(*retry, wanted, "{reason}");
        assert!(reason.contains(words), "{reason}");
    };
    let send = async |text: &str| bench.channel.send(outbound(text)).await;

    bench.stub.behave(Behaviour::TooMany { retry_after: 7 });
    surely_not(send("a").await, Retry::After(Duration::from_secs(7)), "slow down");
    for (code, words) in [
        (400, "refuses it"),
        (401, "token"),
        (403, "refuses it"),
        (404, "token"),
        (409, "another program"),
    ] {
        bench.stub.behave(Behaviour::refuse(code, "Some reason"));
        surely_not(send("b").await, Retry::Never, words);
    }
    for code in [500, 502, 503] {
        bench.stub.behave(Behaviour::refuse(code, "Internal Server Error"));
        assert!(matches!(send("c").await, Outcome::Unknown { .. }), "{code}");
    }
    bench.stub.behave(Behaviour::HangUp);
    assert!(matches!(send("d").await, Outcome::Unknown { .. }));
    bench.stub.behave(Behaviour::Late { milliseconds: 3000 });
    let Outcome::Unknown { reason } = send("e").await else { panic!("it was taken, perhaps") };
    assert!(reason.contains("no answer in time"), "{reason}");

    bench.stub.behave(Behaviour::Accept);
    rina.blocks(true);
    surely_not(send("f").await, Retry::Never, "the customer has blocked the bot");
    rina.blocks(false);
    let mut stranger = outbound("g");
    "999".clone_into(&mut stranger.to.address);
    surely_not(bench.channel.send(stranger).await, Retry::Never, "never wrote to this bot");

    bench.stub.refuse_connections().await;
    surely_not(send("h").await, Retry::Later, "cannot be reached");
}

#[tokio::test]
async fn d6_files_have_the_same_ways_out() {
    let (bench, _rina) = bench().await;
    let mut message = outbound("Ini");
    message.files = vec![file("nota.pdf", "application/pdf", vec![7; 300_000])];
    bench.stub.behave(Behaviour::HangUp);
    assert!(matches!(bench.channel.send(message.clone()).await, Outcome::Unknown { .. }));
    bench.stub.behave(Behaviour::blocked());
    let outcome = bench.channel.send(message.clone()).await;
    assert!(matches!(outcome, Outcome::NotSent { retry: Retry::Never, .. }), "{outcome:?}");
    bench.stub.refuse_connections().await;
    let outcome = bench.channel.send(message).await;
    assert!(matches!(outcome, Outcome::NotSent { retry: Retry::Later, .. }), "{outcome:?}");
}

#[tokio::test]
async fn d6_an_upload_that_was_cut_off_midway_is_surely_not_sent() {
    let (bench, _rina) = bench().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut settings = settings(&bench.stub);
    settings.api_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut some = [0; 16_000];
        connection.read_exact(&mut some).await.unwrap();
    });
    let channel = TelegramChannel::new(settings, Arc::new(SystemClock)).unwrap();
    let mut message = outbound("Ini");
    message.files = vec![file("video.mp4", "video/mp4", vec![7; 40_000_000])];
    let outcome = channel.send(message).await;
    let Outcome::NotSent { reason, retry: Retry::Later } = outcome else { panic!("{outcome:?}") };
    assert!(reason.contains("cut off"), "{reason}");
}

#[tokio::test]
async fn d6_a_later_part_is_tried_again_while_it_is_surely_not_sent() {
    let (bench, _rina) = bench().await;
    bench.stub.behave_next([Behaviour::Accept, Behaviour::TooMany { retry_after: 1 }]);
    let outcome = bench.channel.send(outbound(&"panjang ".repeat(700))).await;
    assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
    assert_eq!(bench.stub.sent().len(), 2);
}

#[tokio::test]
async fn d6_a_message_that_went_half_is_unknown_and_says_how_far_it_came() {
    let (bench, _rina) = bench().await;
    for fault in [Behaviour::blocked(), Behaviour::HangUp, Behaviour::TooMany { retry_after: 99 }] {
        bench.stub.behave_next([Behaviour::Accept, fault]);
        let outcome = bench.channel.send(outbound(&"panjang ".repeat(700))).await;
        let Outcome::Unknown { reason } = outcome else { panic!("{outcome:?}") };
        assert!(reason.contains("the customer has 1 of 2 parts"), "{reason}");
    }
    // Nothing of it arrived: then it is as if it were a short one.
    bench.stub.behave_next([Behaviour::TooMany { retry_after: 9 }]);
    let outcome = bench.channel.send(outbound(&"panjang ".repeat(700))).await;
    assert!(matches!(outcome, Outcome::NotSent { retry: Retry::After(_), .. }), "{outcome:?}");
}

#[tokio::test]
async fn the_bot_is_known_by_its_token() {
    let (bench, _rina) = bench().await;
    assert_eq!(bench.channel.check().await, Ok("@KopiSeruniBot".to_owned()));
    let bot = sapa_telegram::get_me(&bench.stub.url(), &sapa_telegram::stub::TOKEN.into()).await;
    let bot = bot.unwrap();
    assert_eq!((bot.username.as_str(), bot.name.as_str()), ("KopiSeruniBot", "Kopi Seruni"));
    let wrong = sapa_telegram::get_me(&bench.stub.url(), &"123:wrong".into()).await;
    assert!(wrong.unwrap_err().contains("token"));
}

#[tokio::test]
async fn typing_is_shown_and_harms_nothing() {
    let (bench, _rina) = bench().await;
    bench.channel.typing(&RINA.to_string()).await;
    bench.channel.typing("no chat").await;
    bench.channel.typing("999").await;
    assert_eq!(bench.stub.typing(), [RINA]);
}
