//! What a message consists of, kind by kind.

use sapa_channel::{Claim, Place};
use teloxide::types::{Location, MediaKind, Message, MessageKind};

use super::{
    clean,
    files::{self, Wanted},
    people,
};

/// The content of a message.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) text: String,
    pub(super) wanted: Vec<Wanted>,
    pub(super) place: Option<Place>,
    pub(super) claims: Vec<Claim>,
    pub(super) warnings: Vec<String>,
}

impl Content {
    /// `None` for what nobody said: somebody pinned a message, a timer was set. `unknown` names content
    /// that is newer than the types: the officer is told that there is something.
    pub(super) fn of(message: &Message, unknown: Option<String>) -> Option<Self> {
        let mut content = Self::default();
        match &message.kind {
            MessageKind::Common(common) => {
                content.wanted.extend(files::wanted(message, &common.media_kind));
                content.fill(message, &common.media_kind);
                if let Some(origin) = &common.forward_origin {
                    let author = people::first_author(origin);
                    content.warnings.push(format!("Forwarded: first written by {author}."));
                }
            }
            MessageKind::Dice(dice) => {
                content.text = format!("{} {}", emoji(&dice.dice.emoji), dice.dice.value);
            }
            MessageKind::Empty {} => content.unknown(&unknown?),
            _ => return None,
        }
        content.text = clean(&content.text);
        Some(content)
    }

    fn fill(&mut self, message: &Message, media: &MediaKind) {
        match media {
            MediaKind::Text(media) => self.text.clone_from(&media.text),
            MediaKind::Photo(media) => self.caption(media.caption.as_deref()),
            MediaKind::Document(media) => self.caption(media.caption.as_deref()),
            MediaKind::Animation(media) => self.caption(media.caption.as_deref()),
            MediaKind::Audio(media) => self.caption(media.caption.as_deref()),
            MediaKind::Voice(media) => self.caption(media.caption.as_deref()),
            MediaKind::Video(media) => self.caption(media.caption.as_deref()),
            MediaKind::VideoNote(_) => {}
            MediaKind::Sticker(media) => self.caption(media.sticker.emoji.as_deref()),
            MediaKind::Contact(media) => {
                let contact = &media.contact;
                let last = contact.last_name.as_deref().unwrap_or_default();
                let name = format!("{} {last}", contact.first_name);
                self.text = format!("{}\n{}", name.trim(), contact.phone_number);
                self.claims.extend(people::own_phone(message, contact));
            }
            MediaKind::Location(media) => self.place = Some(place(&media.location, None)),
            MediaKind::Venue(media) => {
                let parts = [clean(&media.venue.title), clean(&media.venue.address)];
                let title = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
                self.place = Some(place(&media.venue.location, Some(title.join(", "))));
            }
            MediaKind::Poll(media) => {
                let options =
                    media.poll.options.iter().map(|option| format!("\n- {}", option.text));
                self.text = media.poll.question.clone() + &options.collect::<String>();
            }
            MediaKind::Story(_) => self.unknown("story"),
            MediaKind::Game(_) => self.unknown("game"),
            MediaKind::PaidMedia(_) => self.unknown("paid media"),
            MediaKind::Checklist(_) => self.unknown("checklist"),
            MediaKind::Migration(_) => self.unknown("move of a group"),
        }
    }

    fn caption(&mut self, caption: Option<&str>) {
        caption.unwrap_or_default().clone_into(&mut self.text);
    }

    fn unknown(&mut self, what: &str) {
        self.warnings.push(format!("The customer sent what cannot be shown here: {what}."));
    }
}

fn place(location: &Location, title: Option<String>) -> Place {
    Place {
        latitude: location.latitude,
        longitude: location.longitude,
        title: title.filter(|title| !title.is_empty()),
    }
}

/// The emoji as Telegram writes it.
fn emoji(emoji: &impl serde::Serialize) -> String {
    let json = serde_json::to_value(emoji).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}
