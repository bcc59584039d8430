//! The demonstration's bot: it stands in for a program of the firm's own.
//!
//! It runs inside the program, so that the demonstration needs nothing else, and is spoken to like any other: by a
//! signed webhook to an address, here on this machine. Only the demonstration's own settings allow that address.

mod past;

use anyhow::Context;
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::{
    app::App,
    bots::{
        self,
        model::Form,
        queries::{self, Written},
        settings, token,
    },
    channels,
    events::{self, reader},
    keys::{same, token_hash},
    webhooks::sign,
};

/// The demonstration's bot, at every start.
const BOT: Uuid = Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_b001);

/// Its name.
const NAME: &str = "Nusi";

/// The chat whose visitors it answers.
const SITE_KEY: &str = "nusa-seluler-demo";

/// The most seconds that a signature is old.
const TOLERANCE: i64 = 300;

/// Starts the bot, and tells the hub where it is now: the port may be another one than last time.
pub async fn start(app: &App) -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("a port for the demo's bot")?;
    let url = format!("http://{}/bot", listener.local_addr()?);
    settle_in(app, &url).await.context("adding the demo's bot")?;
    let router = Router::new().route("/bot", post(answer)).with_state(app.clone());
    let stop = app.stopping();
    app.tasks().spawn(async move {
        let served = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
        if let Err(error) = served.await {
            tracing::error!(%error, "the demonstration's bot has ended");
        }
    });
    Ok(())
}

/// Adds the bot if there is none, else only its new address: what was changed of it by hand stays.
async fn settle_in(app: &App, url: &str) -> anyhow::Result<()> {
    let mut tx = app.db().write().await?;
    if let Some(bot) = queries::find(&mut tx, BOT).await? {
        let written = Written {
            name: bot.name,
            url: url.to_owned(),
            form: bot.form,
            enabled: bot.enabled,
            patience: bot.patience,
            fallback: bot.fallback.0,
            team_id: bot.team_id,
        };
        queries::update(&mut tx, BOT, &written).await?;
        return Ok(tx.commit().await?);
    }
    let sites = channels::queries::list(&mut tx).await?;
    let Some(site) = sites.into_iter().find(|channel| channel.address == SITE_KEY) else {
        return Ok(());
    };
    let written = Written {
        name: NAME.to_owned(),
        url: url.to_owned(),
        form: Form::Sapa,
        enabled: true,
        patience: 30,
        fallback: settings::usual(),
        team_id: queries::team_named(&mut tx, "Nusa Care").await?,
    };
    let token = token_hash(&token::new_token());
    queries::add(&mut tx, BOT, &written, &sign::new_secret(), &token, app.now()).await?;
    queries::assign(&mut tx, BOT, &[site.id]).await?;
    let events = past::write(&mut tx, site.id, app.now()).await?;
    let last = events.iter().map(|event| event.at).max().unwrap_or_else(|| app.now());
    queries::note_good(&mut tx, BOT, last).await?;
    events::append(&mut tx, &events).await?;
    // What was said before it came is not its to answer.
    let head = events::head(&mut tx).await?;
    let read = reader::cursor(&mut tx, bots::READER).await?;
    anyhow::ensure!(
        reader::advance(&mut tx, bots::READER, read, head).await?,
        "the bots are at work already"
    );
    tx.commit().await?;
    app.wake().log_grew();
    Ok(())
}

/// Answers a call that the hub has signed.
async fn answer(
    State(app): State<App>,
    headers: HeaderMap,
    body: String,
) -> Result<Json<Value>, StatusCode> {
    if !is_signed(&app, &headers, &body).await.unwrap_or(false) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let call: Value = serde_json::from_str(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    Ok(Json(json!({ "actions": actions(&call) })))
}

async fn is_signed(app: &App, headers: &HeaderMap, body: &str) -> anyhow::Result<bool> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    let mut tx = app.db().read().await?;
    let Some(bot) = queries::find(&mut tx, BOT).await? else { return Ok(false) };
    let seconds: i64 = text("webhook-timestamp").parse()?;
    let expected = sign::signature(&bot.secret, text("webhook-id"), seconds, body);
    let fresh = (app.now().seconds() - seconds).abs() <= TOLERANCE;
    Ok(fresh && same(expected.as_bytes(), text("webhook-signature").as_bytes()))
}

/// What it says in a language.
struct Words {
    hello: &'static str,
    balance: &'static str,
    order: &'static str,
    human: &'static str,
    which_number: &'static str,
    which_order: &'static str,
    moment: &'static str,
}

const INDONESIAN: Words = Words {
    hello: "Hai! Saya Nusi, bot Nusa Seluler. Apa yang bisa saya bantu?",
    balance: "Cek pulsa dan paket",
    order: "Lacak pesanan eSIM",
    human: "Bicara dengan petugas",
    which_number: "Tulis nomor kartunya, misalnya 0812-5550-1234.",
    which_order: "Tulis nomor pesanannya, misalnya NS-2041.",
    moment: "Baik, saya panggilkan petugas. Ceritanya sudah saya teruskan.",
};

const ENGLISH: Words = Words {
    hello: "Hi! I am Nusi, the bot of Nusa Seluler. What can I do for you?",
    balance: "Balance and package",
    order: "Track an eSIM order",
    human: "Talk to a person",
    which_number: "Write the number of the card, for example 0812-5550-1234.",
    which_order: "Write the number of the order, for example NS-2041.",
    moment: "All right, I am calling one of our people. They have your story already.",
};

/// The orders that it knows, by number: what it says of each in Indonesian and in English.
const ORDERS: [Order; 2] = [
    ("NS-2041", "sudah aktif sejak kemarin.", "has been active since yesterday."),
    ("NS-2042", "sedang diproses, aktif hari ini.", "is being worked on, active today."),
];

type Order = (&'static str, &'static str, &'static str);

fn actions(call: &Value) -> Value {
    if call["type"] != "message.received" {
        return json!([]);
    }
    let data = &call["data"];
    let english = data["contact"]["language"].as_str().is_some_and(|one| one.starts_with("en"));
    let words = if english { &ENGLISH } else { &INDONESIAN };
    let text = data["message"]["text"].as_str().unwrap_or_default();
    let choice = data["message"]["choice"]["payload"].as_str().unwrap_or_default();
    let asks_for_people = choice == "human"
        || ["orang", "petugas", "person", "human"]
            .iter()
            .any(|word| text.to_lowercase().contains(word));
    if asks_for_people {
        return json!([
            { "type": "say", "text": words.moment },
            { "type": "hand_over", "summary": summary(data, text, english) },
        ]);
    }
    let upper = text.to_uppercase();
    if let Some((number, known)) = order(&upper) {
        let said = match (known, english) {
            (Some((_, id, _)), false) => format!("Pesanan {number} {id}"),
            (Some((_, _, en)), true) => format!("Order {number} {en}"),
            (None, false) => format!("Pesanan {number} tidak saya temukan. Coba periksa nomornya."),
            (None, true) => format!("I do not find order {number}. Please check the number."),
        };
        return json!([offer(&said, words), { "type": "tag", "add": ["eSIM"] }]);
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() >= 9 {
        let end = &digits[digits.len() - 4..];
        let said = if english {
            format!("The card ending in {end} has Rp 18,500 and 2.4 GB until Sunday.")
        } else {
            format!("Kartu berakhiran {end} punya pulsa Rp18.500 dan 2,4 GB sampai hari Minggu.")
        };
        return json!([offer(&said, words), { "type": "tag", "add": ["Data package"] }]);
    }
    match choice {
        "balance" => json!([{ "type": "say", "text": words.which_number }]),
        "order" => json!([{ "type": "say", "text": words.which_order }]),
        _ => json!([offer(words.hello, words)]),
    }
}

/// An order's number in a text, and what is known of it.
fn order(upper: &str) -> Option<(String, Option<Order>)> {
    let at = upper.find("NS-")?;
    let number: String =
        upper[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let known = ORDERS.into_iter().find(|(known, ..)| *known == number);
    (number.len() > 3).then_some((number, known))
}

fn offer(text: &str, words: &Words) -> Value {
    json!({ "type": "say", "text": text, "buttons": [
        { "label": words.balance, "payload": "balance" },
        { "label": words.order, "payload": "order" },
        { "label": words.human, "payload": "human" },
    ] })
}

/// What an officer should know.
fn summary(data: &Value, text: &str, english: bool) -> String {
    let earlier = data["history"].as_array().into_iter().flatten();
    let mut said: Vec<&str> = earlier
        .filter(|one| one["from"] == "contact")
        .filter_map(|one| one["text"].as_str())
        .collect();
    said.push(text);
    let begin = if english {
        "Wants to talk to a person. Said:"
    } else {
        "Ingin bicara dengan petugas. Yang dikatakan:"
    };
    format!("{begin} {}", said.join(" / "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(text: &str, choice: &str, language: &str) -> Value {
        actions(&json!({ "type": "message.received", "data": {
            "contact": { "language": language },
            "message": { "text": text, "choice": { "payload": choice } },
            "history": [{ "from": "contact", "text": "Halo" }, { "from": "bot", "text": "Hai" }],
        }}))
    }

    #[test]
    fn it_greets_answers_and_hands_over_in_both_languages() {
        assert!(done("Halo", "", "id")[0]["text"].as_str().unwrap().starts_with("Hai!"));
        assert!(done("Hello", "", "en")[0]["text"].as_str().unwrap().starts_with("Hi!"));
        assert_eq!(
            done("ns-2041", "", "id")[0]["text"],
            "Pesanan NS-2041 sudah aktif sejak kemarin."
        );
        assert!(done("NS-9", "", "en")[0]["text"].as_str().unwrap().contains("do not find"));
        assert!(done("0812-5550-1234", "", "id")[0]["text"].as_str().unwrap().contains("1234"));
        let over = done("3", "human", "id");
        assert_eq!(over[1]["summary"], "Ingin bicara dengan petugas. Yang dikatakan: Halo / 3");
        assert_eq!(actions(&json!({ "type": "bot.test" })), json!([]));
    }
}
