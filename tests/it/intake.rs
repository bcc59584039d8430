//! Intake under stress: a full disk, many arrivals at once, arrivals that cannot be routed.

mod full;
mod poison;
mod slices;

use std::{future::Future, pin::Pin, sync::Arc};

use sapa::{db::Tx, on_db};
use sapa_channel::{
    Address, Arrival, ChannelId, Inbound, Intake, Kind, Message, Original, Receipted, Refused,
    Sender,
};
use serde_json::Value;
use sqlx::AssertSqlSafe;

use crate::support::TestApp;

/// What somebody says to a mailbox, as its adapter hands it over.
fn arrival(app: &TestApp, channel: &Value, from: &str, text: &str) -> Arrival {
    let value = format!("{from}@surat.example");
    Arrival {
        channel: ChannelId(channel["id"].as_str().unwrap().parse().unwrap()),
        transport_key: format!("{from}: {text}"),
        original: Original { media_type: "message/rfc822", bytes: text.to_owned().into(), envelope: None },
        received_at: app.app.now(),
        content: Ok(Inbound::Message(Box::new(Message {
            sender: Sender {
                address: Address { kind: Kind::new("email"), value },
                name: Some(from.to_owned()),
                ..Sender::default()
            },
            text: text.to_owned(),
            ..Message::default()
        }))),
    }
}

/// Where adapters put arrivals.
fn intake(app: &TestApp) -> Arc<dyn Intake> {
    app.app.operation().unwrap().intake.clone()
}

/// An arrival that waits for its commit.
type Waiting<'i> = Pin<Box<dyn Future<Output = Result<Receipted, Refused>> + Send + 'i>>;

/// Hands arrivals over, all at once. When it returns, all of them wait.
async fn hand_over(
    intake: &dyn Intake,
    arrivals: impl IntoIterator<Item = Arrival>,
) -> Vec<Waiting<'_>> {
    let mut waiting: Vec<Waiting<'_>> =
        arrivals.into_iter().map(|arrival| intake.deliver(arrival)).collect();
    for one in &mut waiting {
        // Without a budget of polls, which would let some of them wait outside.
        assert!(futures::poll!(tokio::task::unconstrained(one.as_mut())).is_pending());
        tokio::task::yield_now().await;
    }
    waiting
}

/// A unit of work that lets nobody else store arrivals until it is dropped.
async fn hold_the_writer(app: &TestApp) -> Tx {
    let mut tx = app.app.db().write().await.unwrap();
    if !tx.is_sqlite() {
        execute(&mut tx, "LOCK TABLE originals IN ACCESS EXCLUSIVE MODE").await;
    }
    tx
}

/// Runs a statement of the test's own.
async fn execute(tx: &mut Tx, sql: &str) {
    on_db!(tx, |conn| {
        sqlx::query(AssertSqlSafe(sql.to_owned())).execute(conn).await.unwrap();
    });
}

/// Runs statements of the test's own and commits them.
async fn commit(app: &TestApp, statements: &[&str]) {
    let mut tx = app.app.db().write().await.unwrap();
    for sql in statements {
        execute(&mut tx, sql).await;
    }
    tx.commit().await.unwrap();
}

/// A number that a statement tells.
async fn number(app: &TestApp, sql: &str) -> i64 {
    let mut tx = app.app.db().read().await.unwrap();
    on_db!(&mut tx, |conn| sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
        .fetch_one(conn)
        .await
        .unwrap())
}
