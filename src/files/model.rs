//! What is known of a file, and what its name and type may be.

use serde::Serialize;
use uuid::Uuid;

/// A file, as the API shows it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct FileRef {
    /// Which one.
    pub id: Uuid,
    /// The name its sender gave it.
    pub name: String,
    /// What its content is, as sniffed.
    pub media_type: String,
    /// In bytes.
    pub size: i64,
    /// Where to download it.
    pub url: String,
    /// Where to see it; only pictures of the safe kinds have one.
    pub preview_url: Option<String>,
    /// The Content-ID by which the message's HTML refers to it.
    pub content_id: Option<String>,
}

/// The row behind a [`FileRef`].
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FileRow {
    /// Which one.
    pub id: Uuid,
    /// The message that it is attached to.
    pub message_id: Option<Uuid>,
    /// Its name.
    pub name: String,
    /// Its sniffed type.
    pub media_type: String,
    /// In bytes.
    pub size: i64,
    /// See [`FileRef::content_id`].
    pub content_id: Option<String>,
}

impl FileRow {
    /// For officers: with links that need their session (R3).
    #[must_use]
    pub fn shown(self) -> FileRef {
        let url = format!("/api/v1/files/{}", self.id);
        let preview_url = is_picture(&self.media_type).then(|| format!("{url}/preview"));
        FileRef {
            id: self.id,
            name: self.name,
            media_type: self.media_type,
            size: self.size,
            url,
            preview_url,
            content_id: self.content_id,
        }
    }
}

/// Whether a type may be shown inside a page (R2): only sniffed png, jpeg, gif and webp.
#[must_use]
pub fn is_picture(media_type: &str) -> bool {
    matches!(media_type, "image/png" | "image/jpeg" | "image/gif" | "image/webp")
}

/// The type of some content: by its first bytes, else what its sender says unless that could run in a browser.
#[must_use]
pub fn sniff(bytes: &[u8], declared: &str) -> String {
    let runs = |kind: &str| ["html", "svg", "xml", "script"].iter().any(|word| kind.contains(word));
    match infer::get(bytes).map(|kind| kind.mime_type()) {
        Some(kind) if runs(kind) => return "application/octet-stream".to_owned(),
        Some(kind) => return kind.to_owned(),
        None => {}
    }
    let declared = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let plain = declared.len() <= 100
        && declared.split('/').count() == 2
        && declared.bytes().all(|b| b.is_ascii_alphanumeric() || b"/.+-".contains(&b));
    // A picture is only what looks like one.
    let harmless = plain && !is_picture(&declared) && !runs(&declared);
    if harmless { declared } else { "application/octet-stream".to_owned() }
}

/// A given name as a label: one line, no path, no control characters, at most 200 characters (R24).
#[must_use]
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last
        .chars()
        .filter(|c| {
            !c.is_control() && !matches!(*c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
        .take(200)
        .collect();
    let clean = clean.trim().trim_start_matches('.').to_owned();
    if clean.is_empty() { "file".to_owned() } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r24_a_name_is_a_label_and_never_a_path() {
        assert_eq!(clean_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_name("C:\\Users\\x\\nota.pdf"), "nota.pdf");
        assert_eq!(clean_name("foto\r\nSet-Cookie: a\0.png"), "fotoSet-Cookie: a.png");
        assert_eq!(clean_name("invoice\u{202e}fdp.exe"), "invoicefdp.exe");
        assert_eq!(clean_name(".."), "file");
    }

    #[test]
    fn r2_only_what_looks_like_a_picture_is_one() {
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\n....", "text/html"), "image/png");
        assert_eq!(sniff(b"<svg onload=alert(1)>", "image/svg+xml"), "application/octet-stream");
        assert_eq!(sniff(b"<script>", "image/png"), "application/octet-stream");
        assert_eq!(sniff(b"hello", "text/plain; charset=utf-8"), "text/plain");
        assert_eq!(sniff(b"hello", "text/html"), "application/octet-stream");
        assert_eq!(sniff(b"hello", "a/b\r\nX: y"), "application/octet-stream");
    }
}
