//! How a template looks to a customer, and a trial of it to oneself.

use sapa_channel::{Bulk, ChannelId, Mailbox, Outbound, Outcome, new_id};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    engine::{Compiled, Faults, Rendered},
    model::{self, Content},
    queries,
    values::{self, House, Links, Person},
};
use crate::{
    app::App, channels, contacts::model::ContactRef, db::Tx, http::AppError,
    officers::caller::Caller,
};

/// How a template looks to a customer.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[schema(as = TemplatePreview)]
pub struct Preview {
    /// For whom; nobody if there is nobody with an address.
    pub contact: Option<ContactRef>,
    /// To which address.
    pub address: Option<String>,
    /// The customer before.
    pub previous: Option<Uuid>,
    /// The customer after.
    pub next: Option<Uuid>,
    /// The subject.
    pub subject: Option<String>,
    /// As HTML; show it in a frame that runs nothing.
    pub html: Option<String>,
    /// As text.
    pub text: Option<String>,
    /// A value that this customer does not have and that the template needs.
    pub missing: Option<String>,
    /// What is wrong with the template, by part.
    pub faults: Faults,
}

/// What the values of a trial are taken from.
struct Trial {
    person: Option<Person>,
    address: String,
    links: Links,
}

impl Trial {
    fn values(&self, kind: &str, house: &House) -> Map<String, Value> {
        let mut values = match &self.person {
            Some(person) => values::of(person, kind, &self.address, house),
            None => Map::new(),
        };
        values::add_links(&mut values, &self.links);
        values
    }
}

async fn trial(
    app: &App,
    tx: &mut Tx,
    kind: &str,
    contact: Option<Uuid>,
) -> Result<Trial, AppError> {
    let chosen = match contact {
        Some(id) => Some(id),
        None => queries::neighbours(tx, kind, Uuid::nil()).await?.1,
    };
    let (mut person, mut address) = (None, String::new());
    if let Some(id) = chosen {
        let wrong =
            || AppError::invalid("contact_id", "is no customer with an address of this kind");
        person = values::people(tx, &[id]).await?.remove(&id);
        if person.is_none() {
            return Err(wrong());
        }
        address = queries::address(tx, kind, id).await?.ok_or_else(wrong)?;
    }
    let links = Links::of(app.keys(), &app.config().server.public_url, Uuid::nil());
    Ok(Trial { person, address, links })
}

/// Who a mailing by this channel would be from.
pub async fn house(
    tx: &mut Tx,
    channel: Option<ChannelId>,
    kind: &str,
    officer: &str,
) -> Result<House, AppError> {
    let channels = channels::queries::list(tx).await?;
    let sender = match channel {
        Some(id) => channels.iter().find(|channel| channel.id == id && channel.kind == kind),
        None => channels.iter().find(|channel| channel.kind == kind),
    };
    Ok(House {
        sender: sender.map(|channel| channel.name.clone()).unwrap_or_default(),
        officer: officer.to_owned(),
    })
}

/// Shows a template as one customer would get it.
pub async fn preview(
    app: &App,
    caller: &Caller,
    kind: &str,
    content: &Content,
    channel: Option<ChannelId>,
    contact: Option<Uuid>,
) -> Result<Preview, AppError> {
    if !model::KINDS.contains(&kind) {
        return Err(AppError::invalid("kind", format!("is one of {}", model::KINDS.join(", "))));
    }
    let mut tx = app.db().read().await?;
    let trial = trial(app, &mut tx, kind, contact).await?;
    let house = house(&mut tx, channel, kind, &caller.name).await?;
    let mut shown = Preview {
        contact: trial
            .person
            .as_ref()
            .map(|person| ContactRef { id: person.id, name: person.name.clone() }),
        address: trial.person.as_ref().map(|_| trial.address.clone()),
        ..Preview::default()
    };
    if let Some(person) = &trial.person {
        (shown.previous, shown.next) = queries::neighbours(&mut tx, kind, person.id).await?;
    }
    drop(tx);
    if let Err(faults) = model::compiled(kind, content) {
        shown.faults = faults;
    }
    // What can be shown is shown, also of a template that cannot be kept yet.
    let Ok(compiled) = Compiled::new(content) else { return Ok(shown) };
    match compiled.render(&trial.values(kind, &house)) {
        Ok(Rendered { subject, html, text }) => {
            (shown.subject, shown.html, shown.text) = (subject, html, Some(text));
        }
        Err(fault) => match fault.missing() {
            Some(name) => shown.missing = Some(name.to_owned()),
            None => {
                shown.faults.entry("text".to_owned()).or_insert_with(|| fault.to_string());
            }
        },
    }
    Ok(shown)
}

/// Sends a template to the caller's own address, with the values of a customer. It is no mailing: nothing of it
/// is kept, and its links change nothing.
pub async fn send_to_myself(
    app: &App,
    caller: &Caller,
    content: &Content,
    channel: ChannelId,
    contact: Option<Uuid>,
    to: &str,
) -> Result<(), AppError> {
    let operated = app.registry().get(channel).ok_or_else(|| {
        AppError::invalid("channel_id", "this channel is switched off or unknown: choose another")
    })?;
    let kind = operated.channel.kind();
    if kind.as_str() != "email" {
        return Err(AppError::invalid(
            "channel_id",
            "a bot writes only to those who wrote to it first: look at the preview instead",
        ));
    }
    let compiled = model::checked(kind.as_str(), content)?;
    let mut tx = app.db().read().await?;
    let trial = trial(app, &mut tx, kind.as_str(), contact).await?;
    drop(tx);
    let house = House { sender: operated.name.clone(), officer: caller.name.clone() };
    let rendered = compiled
        .render(&trial.values(kind.as_str(), &house))
        .map_err(|fault| AppError::invalid("contact_id", fault.to_string()))?;
    let domain = operated.address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let id = new_id();
    let message = Outbound {
        message_id: id,
        attempt: 1,
        external_id: format!("{}@{domain}", id.simple()),
        to: Mailbox { address: to.to_owned(), name: Some(caller.name.clone()) },
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: rendered.subject.map(|subject| format!("[Test] {subject}")),
        text: rendered.text,
        html: rendered.html,
        files: Vec::new(),
        buttons: Vec::new(),
        parent: None,
        reply_token: None,
        author: String::new(),
        language: trial.person.as_ref().map_or("id", values::language).to_owned(),
        automatic: false,
        written_at: app.now(),
        bulk: Some(Bulk {
            unsubscribe_url: trial.links.unsubscribe_url.clone(),
            unsubscribe_token: trial.links.unsubscribe_token.clone(),
            list: "test".to_owned(),
        }),
    };
    match operated.channel.send(message).await {
        Outcome::Sent { .. } => Ok(()),
        Outcome::NotSent { reason, .. } | Outcome::Unknown { reason } => {
            Err(AppError::conflict("not_sent", reason))
        }
    }
}
