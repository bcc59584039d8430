//! Customers for a mailing.

use sapa::{
    db::{Db, DbResult},
    on_db,
};
use sapa_channel::Timestamp;
use sqlx::AssertSqlSafe;

/// Stores so many contacts who agreed to offers by mail: `p1@surat.example` and so on.
pub async fn fill(db: &Db, now: Timestamp, count: usize) -> anyhow::Result<()> {
    let mut tx = db.write().await?;
    let (id, fields, tags) = if tx.is_sqlite() {
        (
            "unhex(printf('%032x', i))",
            "'{\"kelas\":{\"value\":\"Emas\",\"source\":\"impor\",\"at\":\"2026-01-01T00:00:00Z\"}}'",
            "'[]'",
        )
    } else {
        (
            "lpad(to_hex(i), 32, '0')::uuid",
            "'{\"kelas\":{\"value\":\"Emas\",\"source\":\"impor\",\"at\":\"2026-01-01T00:00:00Z\"}}'::jsonb",
            "'[]'::jsonb",
        )
    };
    let numbers = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    );
    let now = now.0;
    let statements = [
        format!("INSERT INTO contacts (id, name, named_by, city, notes, tags, fields, first_seen_at, version)
                 {numbers} SELECT {id}, 'Pelanggan ' || i, 'officer', CASE WHEN i % 3 = 0 THEN 'Solo' END, '', {tags}, {fields}, {now}, 1 FROM n"),
        format!("INSERT INTO identities (id, contact_id, kind, value, shown, first_seen_at, last_seen_at)
                 {numbers} SELECT {id}, {id}, 'email', 'p' || i || '@surat.example', '', {now}, {now} FROM n"),
        format!("INSERT INTO consents (contact_id, channel_kind, purpose, state, at, source)
                 {numbers} SELECT {id}, 'email', 'offers', 'granted', {now}, 'bench' FROM n"),
        "ANALYZE".to_owned(),
    ];
    for sql in statements {
        let done: DbResult<()> = async {
            on_db!(&mut tx, |conn| sqlx::query(AssertSqlSafe(sql))
                .execute(conn)
                .await
                .map(drop)?);
            Ok(())
        }
        .await;
        done?;
    }
    tx.commit().await?;
    Ok(())
}
