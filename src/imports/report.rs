//! The report of an import as a CSV file.

use super::model::ImportRow;

/// A cell that no program takes for a formula (R17): what begins like one is made text.
#[must_use]
pub fn safe(cell: &str) -> String {
    let begins = cell.trim_start_matches([' ', '\u{a0}', '\u{3000}']);
    if begins.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '|', '%', '＝', '＋', '－', '＠'])
    {
        return format!("'{cell}");
    }
    cell.to_owned()
}

/// Writes rows, below the names of the columns if these are the first.
pub fn write(rows: &[ImportRow], first: bool) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    if first {
        writer.write_record(["line", "outcome", "reason", "detail", "who", "contact"])?;
    }
    for row in rows {
        let outcome = match row.outcome {
            super::plan::Outcome::New => "new",
            super::plan::Outcome::Updated => "updated",
            super::plan::Outcome::Unchanged => "unchanged",
            super::plan::Outcome::Refused => "refused",
        };
        writer.write_record([
            &row.line.to_string(),
            outcome,
            row.reason.as_deref().unwrap_or_default(),
            &safe(row.detail.as_deref().unwrap_or_default()),
            &safe(&row.shown),
            &row.contact_id.map(|id| id.to_string()).unwrap_or_default(),
        ])?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn r17_a_cell_that_begins_like_a_formula_is_made_text() {
        for formula in ["=1+1", "+62812", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "|calc", "\r\n=1"]
        {
            assert!(safe(formula).starts_with('\''), "{formula}");
        }
        for text in ["Rina", "rina@surat.example", "1=1", ""] {
            assert_eq!(safe(text), text);
        }
    }
}
