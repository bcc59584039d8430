//! Files that customers and officers attach: pictures, pages and texts, made from what they shall show.

use anyhow::bail;
use bytes::Bytes;

mod canvas;
mod pdf;
mod png;
mod scene;

/// A file that was made.
#[derive(Clone, Debug)]
pub struct Paper {
    pub media_type: &'static str,
    pub bytes: Bytes,
}

/// Makes a file. The same description makes the same bytes.
pub fn make(what: &str) -> anyhow::Result<Paper> {
    let (media_type, bytes) = match what.split_once(':') {
        Some(("photo", scene)) => ("image/png", scene::draw(scene)),
        Some(("pdf", title)) => ("application/pdf", pdf::page(title)),
        Some(("text", words)) => ("text/plain", words.as_bytes().to_vec()),
        _ => bail!("{what:?} is nothing that can be made"),
    };
    Ok(Paper { media_type, bytes: bytes.into() })
}

/// A photo is told of as a JPEG and drawn as a PNG; its name says what it is.
pub fn named(name: &str, paper: &Paper) -> String {
    match name.rsplit_once('.') {
        Some((stem, _)) if paper.media_type == "image/png" => format!("{stem}.png"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;
    use crate::{demo::content, files};

    fn wanted() -> BTreeSet<(String, String)> {
        let talks = content::firms().unwrap().into_iter().flat_map(|firm| firm.conversations);
        let files = talks.flat_map(|talk| talk.messages).flat_map(|message| message.files);
        files.map(|file| (file.generate, file.media_type)).collect()
    }

    #[test]
    fn every_file_is_made_and_is_what_it_says_it_is() {
        for (what, told) in wanted() {
            let paper = make(&what).unwrap();
            assert_eq!(
                files::model::sniff(&paper.bytes, paper.media_type),
                paper.media_type,
                "{what}"
            );
            assert_eq!(told.split('/').next(), paper.media_type.split('/').next(), "{what}");
            assert!(
                files::inline(&paper.bytes).is_some(),
                "{what} has {} bytes",
                paper.bytes.len()
            );
        }
    }

    #[test]
    fn a_photo_looks_the_same_each_time_and_unlike_others() {
        let photos: Vec<String> = wanted()
            .into_iter()
            .map(|(what, _)| what)
            .filter(|what| what.starts_with("photo:"))
            .collect();
        let pictures: HashSet<Bytes> =
            photos.iter().map(|what| make(what).unwrap().bytes).collect();
        assert_eq!(pictures.len(), photos.iter().collect::<HashSet<_>>().len());
        assert_eq!(make(&photos[0]).unwrap().bytes, make(&photos[0]).unwrap().bytes);
    }

    #[test]
    fn a_photo_is_named_after_its_kind() {
        let of = |media_type| Paper { media_type, bytes: Bytes::new() };
        assert_eq!(named("paket.jpg", &of("image/png")), "paket.png");
        assert_eq!(named("bukti.v2.png", &of("image/png")), "bukti.v2.png");
        assert_eq!(named("tagihan.pdf", &of("application/pdf")), "tagihan.pdf");
    }

    #[test]
    fn what_nobody_can_make_is_refused() {
        assert!(make("film:a cup").is_err());
        assert!(make("a cup").is_err());
    }
}
