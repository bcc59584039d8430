//! Files that customers and officers attach: pictures, pages and texts, made from what they shall show.

use anyhow::bail;
use bytes::Bytes;

use super::content::Attached;

mod canvas;
mod pdf;
mod png;
mod scene;

/// A file that was made.
#[derive(Clone, Debug)]
pub struct Paper {
    pub name: String,
    pub media_type: &'static str,
    pub bytes: Bytes,
}

/// Makes a file. The same description makes the same bytes.
pub fn make(attached: &Attached) -> anyhow::Result<Paper> {
    let (media_type, bytes) = match attached.generate.split_once(':') {
        Some(("photo", what)) => ("image/png", scene::draw(what)),
        Some(("pdf", title)) => ("application/pdf", pdf::page(title)),
        Some(("text", words)) => ("text/plain", words.as_bytes().to_vec()),
        _ => bail!("{:?} says not what to make", attached.generate),
    };
    Ok(Paper { name: name(&attached.name, media_type), media_type, bytes: bytes.into() })
}

/// A photo is told of as a JPEG and drawn as a PNG; its name says what it is.
fn name(name: &str, media_type: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, _)) if media_type == "image/png" => format!("{stem}.png"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{demo::content, files};

    fn attached() -> Vec<Attached> {
        let talks = content::firms().unwrap().into_iter().flat_map(|firm| firm.conversations);
        talks.flat_map(|talk| talk.messages).flat_map(|message| message.files).collect()
    }

    #[test]
    fn every_file_is_made_and_is_what_it_says_it_is() {
        for attached in attached() {
            let paper = make(&attached).unwrap();
            let sniffed = files::model::sniff(&paper.bytes, paper.media_type);
            assert_eq!(sniffed, paper.media_type, "{}", attached.generate);
            assert!(files::inline(&paper.bytes).is_some(), "{} bytes", paper.bytes.len());
            assert_eq!(make(&attached).unwrap().bytes, paper.bytes);
        }
    }

    #[test]
    fn different_photos_look_different() {
        let mut photos: Vec<Attached> =
            attached().into_iter().filter(|file| file.generate.starts_with("photo:")).collect();
        photos.sort_by(|a, b| a.generate.cmp(&b.generate));
        photos.dedup_by(|a, b| a.generate == b.generate);
        let mut pictures: Vec<Bytes> = photos.iter().map(|file| make(file).unwrap().bytes).collect();
        pictures.sort_unstable();
        pictures.dedup();
        assert_eq!(pictures.len(), photos.len());
    }

    #[test]
    fn a_photo_is_named_after_its_kind() {
        assert_eq!(name("paket.jpg", "image/png"), "paket.png");
        assert_eq!(name("bukti.v2.png", "image/png"), "bukti.v2.png");
        assert_eq!(name("tagihan.pdf", "application/pdf"), "tagihan.pdf");
    }

    #[test]
    fn what_nobody_can_make_is_refused() {
        let attached = Attached { name: "a".into(), media_type: "b".into(), generate: "film:x".into() };
        assert!(make(&attached).is_err());
    }
}
