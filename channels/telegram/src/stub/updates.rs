//! `getUpdates` and the methods of the webhook.

use std::time::Duration;

use serde_json::{Value, json, value::RawValue};
use tokio::time::{Instant, timeout_at};

use super::{
    Shared,
    check::Refusal,
    fields::Fields,
    world::{Webhook, World},
};

/// Waits for updates as Telegram does. An offset forgets what is before it.
pub(super) async fn poll(shared: &Shared, fields: &Fields) -> Result<Box<RawValue>, Refusal> {
    let number = |name, from, to, default| match fields.number(name)? {
        None => Ok(default),
        Some(number) if (from..=to).contains(&number) => Ok(number),
        Some(_) => Err(Refusal::bad(&format!("wrong parameter {name}"))),
    };
    let limit = number("limit", 1, 100, 100)?;
    let timeout = number("timeout", 0, 50, 0)?;
    let offset = fields.number("offset")?;
    let until = Instant::now() + Duration::from_secs(timeout.unsigned_abs());
    let mine = {
        let mut world = shared.world();
        if world.webhook.is_some() {
            let why = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
            return Err(Refusal::new(409, why));
        }
        world.allow(fields)?;
        world.polled.push(offset);
        if let Some(offset) = offset {
            world.pending.retain(|number, _| *number >= offset);
        }
        world.poll += 1;
        world.poll
    };
    // Whoever waits is told that another one asks now.
    shared.changed.notify_waiters();
    loop {
        let changed = shared.changed.notified();
        {
            let mut world = shared.world();
            if world.poll != mine {
                world.conflicts += 1;
                let why = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
                return Err(Refusal::new(409, why));
            }
            let first = offset.unwrap_or(i64::MIN);
            let take = usize::try_from(limit).unwrap_or(100);
            let found: Vec<_> =
                world.pending.range(first..).take(take).map(|(_, raw)| raw.as_str()).collect();
            if !found.is_empty() || Instant::now() >= until {
                let list = format!("[{}]", found.join(","));
                return RawValue::from_string(list)
                    .map_err(|_| Refusal::new(500, "an update is no JSON"));
            }
        }
        // A timeout is no error: the loop looks once more and answers with what there is.
        let _ = timeout_at(until, changed).await;
    }
}

impl World {
    fn allow(&mut self, fields: &Fields) -> Result<(), Refusal> {
        let Some(kinds) = fields.nested("allowed_updates")? else { return Ok(()) };
        let kinds: Vec<String> = serde_json::from_value(kinds)
            .map_err(|_| Refusal::bad("can't parse allowed updates: a list of names is wanted"))?;
        self.allowed = (!kinds.is_empty()).then_some(kinds);
        Ok(())
    }

    /// The real one takes `https` alone.
    pub(super) fn set_webhook(&mut self, fields: &Fields) -> Result<Value, Refusal> {
        let url = fields.text("url")?.unwrap_or_default();
        if url.is_empty() {
            self.webhook = None;
            return Ok(json!(true));
        }
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(Refusal::bad("bad webhook: an HTTPS URL must be provided for webhook"));
        }
        let secret = fields.text("secret_token")?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if secret.is_some_and(|it| !(1..=256).contains(&it.len()) || !it.bytes().all(plain)) {
            return Err(Refusal::bad("secret token contains unallowed characters"));
        }
        let (url, secret) = (url.to_owned(), secret.map(str::to_owned));
        self.allow(fields)?;
        self.webhook = Some(Webhook { url, secret, error: None });
        self.poll += 1;
        Ok(json!(true))
    }

    pub(super) fn delete_webhook(&mut self, fields: &Fields) -> Value {
        if fields.values.get("drop_pending_updates") == Some(&Value::Bool(true)) {
            self.pending.clear();
        }
        self.webhook = None;
        json!(true)
    }

    pub(super) fn webhook_info(&self) -> Value {
        let mut info = json!({
            "url": self.webhook.as_ref().map_or("", |webhook| &webhook.url),
            "has_custom_certificate": false,
            "pending_update_count": self.pending.len(),
        });
        if let Some((at, why)) = self.webhook.as_ref().and_then(|webhook| webhook.error.as_ref()) {
            info["last_error_date"] = json!(at);
            info["last_error_message"] = json!(why);
        }
        info
    }
}
