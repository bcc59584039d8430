//! Contacts from a CSV file: mapped, tried, taken, reported.

use std::fmt::Write;

use reqwest::{Method, StatusCode};
use sapa::officers::policy::Role;
use serde_json::{Value, json};

use crate::{
    scenario,
    support::{
        Client, MAILBOX, eventually,
        inbox::{id, text},
        mail::plain,
    },
};

async fn uploaded(client: &Client, name: &str, file: impl Into<Vec<u8>>) -> Value {
    let answer = client.send_file("/imports", name, file.into()).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    answer.json().await.unwrap()
}

/// Waits until an import is no more under way.
async fn ended(client: &Client, import: &Value) -> Value {
    let path = format!("/imports/{}", id(import));
    eventually(|| async {
        Some(client.get(&path).await)
            .filter(|now| !["checking", "running"].contains(&text(now, "state")))
    })
    .await
}

async fn checked(client: &Client, import: &Value, mapping: Value) -> Value {
    client.post(&format!("/imports/{}/check", id(import)), mapping).await;
    ended(client, import).await
}

async fn taken(client: &Client, import: &Value) -> Value {
    client.post(&format!("/imports/{}/run", id(import)), json!({})).await;
    ended(client, import).await
}

/// The report: outcome, reason and detail of each line.
async fn report(client: &Client, import: &Value) -> Vec<String> {
    let rows = client.get(&format!("/imports/{}/rows", id(import))).await;
    let word = |row: &Value, field: &str| row[field].as_str().unwrap_or("-").to_owned();
    rows["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            format!(
                "{} {} {} {}",
                row["line"],
                word(row, "outcome"),
                word(row, "reason"),
                word(row, "detail")
            )
        })
        .collect()
}

async fn found(client: &Client, words: &str) -> Value {
    let path = format!("/contacts?q={words}");
    let row = eventually(|| async {
        client.get(&path).await["items"].as_array().unwrap().first().cloned()
    })
    .await;
    client.get(&format!("/contacts/{}", id(&row))).await
}

fn columns(targets: &[&str]) -> Value {
    let target = |to: &&str| match to.split_once(' ') {
        Some(("field", key)) => json!({ "to": "field", "key": key }),
        Some((_, kind)) => json!({ "to": "consent", "kind": kind }),
        None => json!({ "to": to }),
    };
    targets.iter().map(target).collect()
}

const FILE: &str = "Nama;Surel;HP;Kota;Tag;Kelas;Setuju\n\
    Rina Wulandari;Rina@Surat.example;0812-2044-7716;Bandung;Gold, V60;Emas;ya\n\
    Budi;budi@surat.example;;Medan;;Perak;tidak\n\
    Sari;sari;;;;;\n\
    Rina lagi;rina@surat.example;;;;;\n\
    Tanpa alamat;;;;;;\n\
    Ayam;ayam@surat.example;;;;;mungkin\n";

fn mapping() -> Value {
    let columns =
        columns(&["name", "email", "phone", "city", "tags", "field Kelas", "consent email"]);
    json!({ "columns": columns, "tags": ["Pameran"], "consent_statement": "Signed at the fair in Bandung" })
}

scenario! {
    async fn a_file_is_tried_first_and_then_taken_once(app: TestApp) {
        let citra = app.staff("Citra", Role::Marketer).await;
        let import = uploaded(&citra, "pelanggan.csv", FILE).await;
        assert_eq!((&import["total"], text(&import, "delimiter"), text(&import, "state")), (&json!(6), ";", "uploaded"));
        assert_eq!(import["suggested"][2], json!({ "to": "phone" }));
        let tried = checked(&citra, &import, mapping()).await;
        let counts = json!({ "new": 2, "updated": 0, "unchanged": 0, "refused": 4 });
        assert_eq!((text(&tried, "state"), &tried["counts"]), ("checked", &counts));
        let lines = ["2 new - -", "3 new - -", "4 refused bad_address sari", "5 refused duplicate email 2", "6 refused no_address -", "7 refused unclear_consent mungkin"];
        assert_eq!(report(&citra, &import).await, lines);
        assert_eq!(citra.get("/contacts").await["items"], json!([]));
        let done = taken(&citra, &import).await;
        assert_eq!((text(&done, "state"), &done["counts"], &done["done"]), ("done", &counts, &json!(6)));
        assert_eq!(report(&citra, &import).await, lines);
        let rina = found(&citra, "Wulandari").await;
        assert_eq!((text(&rina, "name"), text(&rina, "city"), &rina["tags"]), ("Rina Wulandari", "Bandung", &json!(["Pameran", "Gold", "V60"])));
        assert_eq!((&rina["fields"]["Kelas"]["value"], &rina["fields"]["Kelas"]["source"]), (&json!("Emas"), &json!("import: pelanggan.csv")));
        let values: Vec<_> = rina["identities"].as_array().unwrap().iter().map(|one| (text(one, "value"), &one["proof"])).collect();
        assert!(values.contains(&("rina@surat.example", &Value::Null)) && values.contains(&("+6281220447716", &Value::Null)));
        let said = &rina["consents"][0];
        assert_eq!((text(said, "state"), text(said, "source"), text(said, "proof")), ("granted", "import: pelanggan.csv", "Signed at the fair in Bandung"));
        let (status, problem) = citra.refused(Method::POST, &format!("/imports/{}/run", id(&import)), Some(json!({}))).await;
        assert_eq!((status.as_u16(), text(&problem, "code")), (409, "underway"));
        let again = uploaded(&citra, "pelanggan.csv", FILE).await;
        let tried = checked(&citra, &again, mapping()).await;
        assert_eq!(tried["counts"], json!({ "new": 0, "updated": 0, "unchanged": 2, "refused": 4 }));
    }
}

scenario! {
    async fn what_officers_wrote_and_what_was_withdrawn_stays(app: TestApp) {
        let citra = app.staff("Citra", Role::Marketer).await;
        let address = |value: &str| json!([{ "kind": "email", "value": value }]);
        let rina = citra.post("/contacts", json!({ "name": "Rina W.", "identities": address("rina@surat.example") })).await;
        let path = format!("/contacts/{}", id(&rina));
        citra.patch(&path, json!({ "city": "Cimahi", "tags": ["gold"] })).await;
        citra.put(&format!("{path}/consents/email"), json!({ "state": "withdrawn", "source": "By phone" })).await;
        citra.post("/contacts", json!({ "name": "Budi", "identities": [{ "kind": "phone", "value": "0812-2044-7716" }, { "kind": "email", "value": "b@surat.example" }] })).await;
        let import = uploaded(&citra, "a.csv", FILE).await;
        let tried = checked(&citra, &import, mapping()).await;
        assert_eq!(report(&citra, &import).await[0], "2 refused two_contacts Rina W., Budi");
        assert_eq!(tried["counts"]["new"], 1);
        let file = "Nama,Surel,Kota,Tag,Setuju\nRina Wulandari,rina@surat.example,Bandung,Gold,ya\n";
        let import = uploaded(&citra, "b.csv", file).await;
        let columns = columns(&["name", "email", "city", "tags", "consent email"]);
        checked(&citra, &import, json!({ "columns": columns, "consent_statement": "x" })).await;
        taken(&citra, &import).await;
        assert_eq!(report(&citra, &import).await, ["2 unchanged - -"]);
        let now = citra.get(&path).await;
        assert_eq!((text(&now, "name"), text(&now, "city"), &now["tags"], text(&now["consents"][0], "state")), ("Rina W.", "Cimahi", &json!(["gold"]), "withdrawn"));
    }
}

scenario! {
    async fn r8_a_mail_from_an_imported_address_joins_its_contact_and_proves_nothing(app: TestApp) {
        app.mailbox().await;
        let citra = app.staff("Citra", Role::Marketer).await;
        let import = uploaded(&citra, "a.csv", "Nama,Surel\nRina Wulandari,rina@surat.example\n").await;
        checked(&citra, &import, json!({ "columns": columns(&["name", "email"]) })).await;
        taken(&citra, &import).await;
        let rina = found(&citra, "Wulandari").await;
        let mail = plain("Somebody <rina@surat.example>", "Halo", "1@surat.example", "Apa kabar?", "");
        app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
        let talk = eventually(|| async { citra.get("/conversations?folder=all").await["items"].as_array().unwrap().first().cloned() }).await;
        assert_eq!(talk["contact"], json!({ "id": rina["id"], "name": "Rina Wulandari" }));
        assert_eq!(found(&citra, "Wulandari").await["identities"][0]["proof"], Value::Null);
    }
}

scenario! {
    async fn r15_r17_hostile_cells_are_texts_in_the_database_and_in_the_report(app: TestApp) {
        let citra = app.staff("Citra", Role::Marketer).await;
        let hostile = ["=HYPERLINK(\"\"http://x\"\")", "'; DROP TABLE contacts; --", "@SUM(A1)", "<script>alert(1)</script>", "{{name}}", "$1 ? :x"];
        let mut file = "Nama,Surel,Kota,Tag,Kelas\n".to_owned();
        for (n, cell) in hostile.iter().enumerate() {
            writeln!(file, "\"{cell}\",h{n}@surat.example,\"{cell}\",\"{}\",\"{cell}\"", cell.replace(['|', ';', ','], " ")).unwrap();
        }
        file.push_str("\"=1+1\",\"=cmd|' /C calc'!A0\",x,,\n");
        let import = uploaded(&citra, "../=x.csv", file).await;
        assert_eq!(text(&import, "file_name"), "=x.csv");
        checked(&citra, &import, json!({ "columns": columns(&["name", "email", "city", "tags", "field Kelas"]) })).await;
        let done = taken(&citra, &import).await;
        assert_eq!(done["counts"], json!({ "new": 6, "updated": 0, "unchanged": 0, "refused": 1 }));
        let contact = found(&citra, "h1").await;
        assert_eq!((text(&contact, "name"), text(&contact, "city"), text(&contact["fields"]["Kelas"], "value")), (hostile[1], hostile[1], hostile[1]));
        let answer = citra.call(Method::GET, &format!("/imports/{}/report", id(&import)), None).await;
        assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
        assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"_x-report.csv\""));
        let csv = answer.text().await.unwrap();
        assert!(csv.contains("'=HYPERLINK") && csv.contains("'@SUM(A1)") && csv.contains("'=cmd|"), "{csv}");
        assert!(!csv.contains(",=") && !csv.contains(",@") && !csv.contains(",\"="), "{csv}");
    }
}

scenario! {
    async fn a_file_that_cannot_be_taken_says_why(app: TestApp) {
        let citra = app.staff("Citra", Role::Marketer).await;
        for (file, why) in [
            (b"PK\x03\x04\0\0\0".to_vec(), "not a text file"),
            (b"Nama,Surel\n".to_vec(), "no rows"),
            (Vec::new(), "no rows"),
        ] {
            let answer = citra.send_file("/imports", "a.csv", file).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
            let problem: Value = answer.json().await.unwrap();
            assert!(text(&problem["fields"], "file").contains(why), "{problem}");
        }
        let answer = citra.send_file("/imports", "a.csv", vec![b'a'; 20 * 1024 * 1024 + 1]).await;
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let import = uploaded(&citra, "a.csv", "Nama,Surel\nRina,rina@surat.example\n").await;
        let path = format!("/imports/{}/check", id(&import));
        for wrong in [
            json!({ "columns": columns(&["name"]) }),
            json!({ "columns": columns(&["name", "skip"]) }),
            json!({ "columns": columns(&["consent email", "email"]) }),
            json!({ "columns": columns(&["name", "email"]), "x": 1 }),
            json!({ "columns": [{ "to": "name", "x": 1 }, { "to": "email" }] }),
            json!({ "columns": [{ "to": "password_hash" }, { "to": "email" }] }),
        ] {
            assert_eq!(citra.refused(Method::POST, &path, Some(wrong)).await.0, 422);
        }
        let (status, _) = citra.refused(Method::POST, &format!("/imports/{}/run", id(&import)), Some(json!({}))).await;
        assert_eq!(status, 409);
        let ayu = app.officer("Ayu").await;
        assert_eq!(ayu.refused(Method::GET, "/imports", None).await.0, 403);
    }
}

scenario! {
    async fn what_a_crash_cut_off_goes_on_where_it_was(app: TestApp) {
        let citra = app.staff("Citra", Role::Marketer).await;
        let mut file = "Nama,Surel\n".to_owned();
        for n in 0..700 {
            writeln!(file, "Orang {n},orang{n}@surat.example").unwrap();
        }
        let import = uploaded(&citra, "a.csv", file).await;
        checked(&citra, &import, json!({ "columns": columns(&["name", "email"]) })).await;
        let done = taken(&citra, &import).await;
        assert_eq!((&done["done"], &done["counts"]["new"]), (&json!(700), &json!(700)));
        // As after a crash between two slices: the first 250 rows are written, the rest is not.
        let mut tx = app.app.db().write().await.unwrap();
        let import_id: uuid::Uuid = id(&import).parse().unwrap();
        sapa::on_db!(&mut tx, |conn| {
            sqlx::query("DELETE FROM import_rows WHERE import_id = $1 AND line > 251").bind(import_id).execute(&mut *conn).await.unwrap();
            sqlx::query("DELETE FROM identities WHERE value LIKE 'orang3%' OR value LIKE 'orang4%' OR value LIKE 'orang5%' OR value LIKE 'orang6%'").execute(&mut *conn).await.unwrap();
            sqlx::query("UPDATE imports SET state = 'running', done = 250, counts = $2 WHERE id = $1").bind(import_id)
                .bind(sqlx::types::Json(json!({ "new": 250, "updated": 0, "unchanged": 0, "refused": 0 }))).execute(&mut *conn).await.unwrap();
        });
        tx.commit().await.unwrap();
        app.app.wake().log_grew();
        let again = ended(&citra, &import).await;
        assert_eq!((text(&again, "state"), &again["done"]), ("done", &json!(700)));
        let known = &again["counts"]["unchanged"];
        // Of those after row 250, some were there and the others came again; none came twice.
        assert_eq!(again["counts"]["new"].as_i64().unwrap() + known.as_i64().unwrap(), 700);
        let mut tx = app.app.db().read().await.unwrap();
        let addresses: i64 = sapa::on_db!(&mut tx, |conn| sqlx::query_scalar("SELECT COUNT(*) FROM identities").fetch_one(conn).await.unwrap());
        assert_eq!(addresses, 700 - 11 * 4);
    }
}
