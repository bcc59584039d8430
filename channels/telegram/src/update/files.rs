//! The files that belong to a message, before they are fetched.

use teloxide::types::{FileMeta, MediaKind, Message, PhotoSize, Sticker};

use super::clean;

/// A file that Telegram holds for us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) media_type: String,
    /// In bytes, if Telegram says it.
    pub(crate) size: Option<u64>,
}

/// The file of a message. Telegram names only documents, audio and videos; the others are named by
/// what they are and the message's number.
pub(super) fn wanted(message: &Message, media: &MediaKind) -> Option<Wanted> {
    let number = message.id.0;
    let wanted = match media {
        MediaKind::Photo(media) => {
            let file = &largest(&media.photo)?.file;
            Wanted::new(file, None, format!("photo-{number}.jpg"), "image/jpeg")
        }
        MediaKind::Document(media) => {
            let declared = media.document.mime_type.as_ref().map(ToString::to_string);
            let file = &media.document;
            Wanted::new(&file.file, file.file_name.as_deref(), format!("file-{number}"), BINARY)
                .declared(declared)
        }
        MediaKind::Animation(media) => {
            let declared = media.animation.mime_type.as_ref().map(ToString::to_string);
            let name = media.animation.file_name.as_deref();
            let file = &media.animation.file;
            Wanted::new(file, name, format!("animation-{number}.mp4"), "video/mp4")
                .declared(declared)
        }
        MediaKind::Audio(media) => {
            let declared = media.audio.mime_type.as_ref().map(ToString::to_string);
            let name = media.audio.file_name.as_deref();
            Wanted::new(&media.audio.file, name, format!("audio-{number}.mp3"), "audio/mpeg")
                .declared(declared)
        }
        MediaKind::Voice(media) => {
            let declared = media.voice.mime_type.as_ref().map(ToString::to_string);
            Wanted::new(&media.voice.file, None, format!("voice-{number}.ogg"), "audio/ogg")
                .declared(declared)
        }
        MediaKind::Video(media) => {
            let declared = media.video.mime_type.as_ref().map(ToString::to_string);
            let name = media.video.file_name.as_deref();
            Wanted::new(&media.video.file, name, format!("video-{number}.mp4"), "video/mp4")
                .declared(declared)
        }
        MediaKind::VideoNote(media) => {
            let name = format!("video-{number}.mp4");
            Wanted::new(&media.video_note.file, None, name, "video/mp4")
        }
        MediaKind::Sticker(media) => sticker(&media.sticker, number),
        _ => return None,
    };
    Some(wanted)
}

const BINARY: &str = "application/octet-stream";

fn largest(sizes: &[PhotoSize]) -> Option<&PhotoSize> {
    sizes.iter().max_by_key(|size| u64::from(size.width) * u64::from(size.height))
}

fn sticker(sticker: &Sticker, number: i32) -> Wanted {
    let (ending, media_type) = match (sticker.flags.is_animated, sticker.flags.is_video) {
        (true, _) => ("tgs", "application/gzip"),
        (_, true) => ("webm", "video/webm"),
        _ => ("webp", "image/webp"),
    };
    Wanted::new(&sticker.file, None, format!("sticker-{number}.{ending}"), media_type)
}

impl Wanted {
    fn new(file: &FileMeta, name: Option<&str>, otherwise: String, media_type: &str) -> Self {
        let name = name.map(clean).filter(|name| !name.trim().is_empty());
        Self {
            id: file.id.0.clone(),
            name: name.unwrap_or(otherwise),
            media_type: media_type.to_owned(),
            // The types say this where Telegram says nothing.
            size: Some(file.size).filter(|size| *size != u32::MAX).map(u64::from),
        }
    }

    fn declared(mut self, media_type: Option<String>) -> Self {
        self.media_type = media_type.unwrap_or(self.media_type);
        self
    }
}
