//! Whether a program wrote it: it then gets no answer by a program (`R11`, RFC 3834, mail 21).

use super::headers::Headers;
use crate::address::split_tag;

/// The local parts that no person writes from.
const NOBODY: [&str; 14] = [
    "abuse",
    "bounce",
    "bounces",
    "daemon",
    "do-not-reply",
    "do_not_reply",
    "donotreply",
    "mailer-daemon",
    "no-reply",
    "no_reply",
    "noreply",
    "notifications",
    "postmaster",
    "root",
];

pub(super) fn is_automatic(headers: &Headers<'_>, envelope_sender: Option<&str>) -> bool {
    let value = |name: &str| headers.text(name).map(|text| text.trim().to_ascii_lowercase());
    // `auto-replied; x=y` is one too; only `no` is none.
    let submitted = value("Auto-Submitted").is_some_and(|said| {
        said.split([';', ' ', '(']).next().is_some_and(|word| !word.is_empty() && word != "no")
    });
    let precedence = value("Precedence").is_some_and(|said| {
        matches!(said.as_str(), "bulk" | "list" | "junk" | "auto_reply" | "auto-reply")
    });
    let marked = headers.names().any(|name| {
        let name = name.to_ascii_lowercase();
        name.starts_with("list-")
            || matches!(
                name.as_str(),
                "x-autoreply"
                    | "x-autorespond"
                    | "x-autoresponder"
                    | "x-auto-response-suppress"
                    | "x-failed-recipients"
                    | "x-loop"
                    | "feedback-id"
            )
    });
    let report = value("Content-Type").is_some_and(|said| said.starts_with("multipart/report"));
    let null_path = envelope_sender
        .is_some_and(|sender| sender.trim_matches(['<', '>', ' ']).is_empty())
        || value("Return-Path").is_some_and(|said| said == "<>");
    submitted
        || precedence
        || marked
        || report
        || null_path
        || envelope_sender.is_some_and(is_nobody)
        || headers.addresses("From").iter().any(|addr| is_nobody(&addr.address))
}

fn is_nobody(address: &str) -> bool {
    let address = address.to_ascii_lowercase();
    let untagged = split_tag(&address).0;
    let local = untagged.rsplit_once('@').map_or(untagged.as_str(), |(local, _)| local);
    NOBODY.contains(&local)
        || ["owner-", "no-reply-", "noreply-"].iter().any(|start| local.starts_with(start))
        || ["-owner", "-bounces", "-request", "-noreply", "-no-reply"]
            .iter()
            .any(|end| local.ends_with(end))
}
