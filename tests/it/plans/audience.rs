//! Segments, and the lists around them.

use sapa::{
    consent, imports,
    segments::{Condition, count, queries},
};
use serde_json::json;

use super::{filled, keep_statements, statement, steps};
use crate::scenario;

/// The steps that read one of these tables as a whole, or sort all that was found.
fn slow(steps: &[String], whole: &[&str]) -> Vec<String> {
    let bad = |step: &&String| {
        let step = step.trim();
        let scans = whole.iter().any(|table| {
            step.contains(&format!("Seq Scan on {table} "))
                || step
                    .strip_prefix("SCAN ")
                    .is_some_and(|rest| rest.split(' ').next() == Some(table))
                    && !step.contains("INDEX")
        });
        scans || step.contains("TEMP B-TREE FOR ORDER")
    };
    steps.iter().filter(bad).cloned().collect()
}

scenario! {
    async fn a_segment_asks_other_tables_by_their_indexes_and_pages_without_sorting(app: TestApp) {
        keep_statements();
        filled::filled(&app).await;
        let now = app.app.now();
        let condition: Condition = serde_json::from_value(json!({ "type": "all", "of": [
            { "type": "reachable", "kind": "email" },
            { "type": "last_contact", "direction": "any", "when": { "op": "more_than_days", "days": 30 } },
            { "type": "tickets", "at_least": 1, "status": "open" },
            { "type": "open_conversation", "has": true },
        ] })).unwrap();
        let mut tx = app.app.db().read().await.unwrap();
        queries::members(&mut tx, &condition, None, 50, now).await.unwrap();
        let sql = statement(&tx, &["SELECT k.id FROM contacts k", "ORDER BY k.id DESC"]).await;
        let plan = steps(&mut tx, &sql, &["'email'".to_owned(), now.0.to_string(), "51".to_owned()]).await;
        let tables = ["identities", "messages", "conversations", "i", "m", "s", "t", "c"];
        assert_eq!(slow(&plan, &tables), Vec::<String>::new(), "{}", plan.join("\n"));
        count::count(&mut tx, &condition, now).await.unwrap();
        let sql = statement(&tx, &["WITH leaves AS MATERIALIZED"]).await;
        let plan = steps(&mut tx, &sql, &["'email'".to_owned(), now.0.to_string()]).await;
        // PostgreSQL may read a table once for all contacts; SQLite asks for each, and needs the index.
        assert!(!tx.is_sqlite() || slow(&plan, &tables).is_empty(), "{}", plan.join("\n"));
        consent::queries::suppressions(&mut tx, None, None, 50).await.unwrap();
        let sql = statement(&tx, &["FROM suppressions WHERE 1 = 1", "ORDER BY at DESC"]).await;
        let plan = steps(&mut tx, &sql, &["51".to_owned()]).await;
        assert!(!tx.is_sqlite() || slow(&plan, &["suppressions"]).is_empty(), "{}", plan.join("\n"));
        let id = sapa_channel::new_id();
        imports::queries::rows(&mut tx, id, None, 0, 51).await.unwrap();
        let sql = statement(&tx, &["FROM import_rows WHERE import_id = ", "ORDER BY line"]).await;
        let plan = steps(&mut tx, &sql, &[format!("'{id}'::uuid"), "0".to_owned(), "51".to_owned()]).await;
        assert!(!tx.is_sqlite() || slow(&plan, &["import_rows"]).is_empty(), "{}", plan.join("\n"));
    }
}
