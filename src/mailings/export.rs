//! The ledger of a mailing as a file, read in slices while it is written.

use futures::stream::{self, Stream};
use uuid::Uuid;

use super::{
    model::Recipient,
    recipients::{self, Filter},
};
use crate::{app::App, db::DbResult};

/// How many rows are read in one go.
const SLICE: i64 = 1000;

/// A cell: quoted where it has to be, and made text where a spreadsheet would take it for a formula (R17).
#[must_use]
pub fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r', ';']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

fn line(row: &Recipient) -> String {
    let time =
        |at: Option<sapa_channel::Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    [
        cell(&row.contact.name),
        cell(row.address.as_deref().unwrap_or_default()),
        row.state.clone(),
        row.exclusion.clone().unwrap_or_default(),
        cell(row.reason.as_deref().unwrap_or_default()),
        row.attempts.to_string(),
        time(row.sent_at),
        time(row.answered_at),
        time(row.unsubscribed_at),
    ]
    .join(",")
}

/// The file, part by part.
pub fn csv(app: App, mailing: Uuid, filter: Filter) -> impl Stream<Item = DbResult<String>> {
    let head = "name,address,state,left_out,reason,tries,sent_at,answered_at,unsubscribed_at\r\n";
    stream::try_unfold((Some(0), true), move |(after, first)| {
        let (app, filter) = (app.clone(), filter.clone());
        async move {
            let Some(after) = after else { return Ok(None) };
            let mut tx = app.db().read().await?;
            let (rows, last) = recipients::after(&mut tx, mailing, &filter, after, SLICE).await?;
            let mut part = if first { head.to_owned() } else { String::new() };
            for row in &rows {
                part.push_str(&line(row));
                part.push_str("\r\n");
            }
            let full = i64::try_from(rows.len()).unwrap_or(0) == SLICE;
            Ok(Some((part, (full.then_some(last), false))))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r17_a_cell_is_never_a_formula() {
        assert_eq!(cell("Rina"), "Rina");
        assert_eq!(cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        for begin in ["=", "+", "-", "@", "\t"] {
            assert!(
                cell(&format!("{begin}1")).trim_start_matches('"').starts_with('\''),
                "{begin:?}"
            );
        }
        assert_eq!(cell("a,b"), "\"a,b\"");
    }
}
