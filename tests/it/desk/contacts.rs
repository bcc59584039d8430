//! Customers: edited, merged by hand, parted again.

use reqwest::Method;
use serde_json::{Value, json};

use super::{begun, call};
use crate::{
    scenario,
    support::{
        MAILBOX, TestApp,
        inbox::{answer, mail_from, messages, text},
        mail::plain,
    },
};

fn path(row: &Value) -> String {
    format!("/contacts/{}", text(&row["contact"], "id"))
}

scenario! {
    async fn h3_what_an_officer_wrote_is_not_overwritten_by_a_channel(app: TestApp) {
        let (row, ayu, _) = begun(&app).await;
        let change = json!({ "name": "Ibu Rina Wulandari", "city": "Bandung", "timezone": "Asia/Jakarta", "company": "Warung Rina",
                             "notes": "Suka arabika", "tags": ["grosir", " langganan "], "language": "id" });
        let changed = ayu.patch(&path(&row), change).await;
        assert_eq!((text(&changed, "name"), &changed["tags"]), ("Ibu Rina Wulandari", &json!(["grosir", "langganan"])));
        let mail = plain("RINA GANTENG <rina@surat.example>", "Re: Pesanan KS-20931", "2@surat.example", "Halo", "");
        app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
        let now = ayu.get(&path(&row)).await;
        for (field, value) in [("name", "Ibu Rina Wulandari"), ("city", "Bandung"), ("company", "Warung Rina"), ("notes", "Suka arabika")] {
            assert_eq!(text(&now, field), value);
        }
        // An empty text clears, what is not named stays.
        let now = ayu.patch(&path(&row), json!({ "city": "" })).await;
        assert_eq!((&now["city"], text(&now, "company")), (&Value::Null, "Warung Rina"));
        for (field, bad) in [("name", json!(" ")), ("timezone", json!("Mars/Base")), ("name", json!("a\nb")), ("tags", json!([""]))] {
            let (status, problem) = ayu.refused(Method::PATCH, &path(&row), Some(json!({ field: bad }))).await;
            assert_eq!((status.as_u16(), problem["fields"][field].is_string()), (422, true), "{problem}");
        }
    }
}

scenario! {
    async fn h3_two_contacts_are_merged_by_hand_and_parted_again(app: TestApp) {
        let (rina, ayu, _) = begun(&app).await;
        let kantor = mail_from(&app, &ayu, "Kantor", "Tagihan").await;
        ayu.patch(&path(&rina), json!({ "name": "Rina", "city": "Bandung" })).await;
        ayu.patch(&path(&kantor), json!({ "city": "Jakarta", "company": "PT Rina" })).await;
        let ticket = json!({ "conversation_id": kantor["id"], "kind": "question", "title": "Tagihan ganda" });
        ayu.post("/tickets", ticket).await;
        let merge = json!({ "other_id": kantor["contact"]["id"], "reason": "Dia bilang sendiri di telepon" });
        let one = ayu.post(&format!("{}/merge", path(&rina)), merge.clone()).await;
        assert_eq!((&one["conversation_count"], text(&one, "city"), text(&one, "company")), (&json!(2), "Bandung", "PT Rina"));
        assert_eq!(one["identities"].as_array().unwrap().len(), 2);
        assert_eq!(one["open_tickets"][0]["title"], "Tagihan ganda");
        assert_eq!(one["merges"][0]["by"]["name"], "Ayu");
        assert_eq!(one["merges"][0]["evidence"][0]["detail"], "Dia bilang sendiri di telepon");
        // The old id leads to the one that he has become, and new mail from his address too.
        assert_eq!(ayu.get(&path(&kantor)).await["id"], rina["contact"]["id"]);
        assert_eq!(messages(&ayu, &kantor).await.len(), 2);
        assert_eq!(ayu.refused(Method::POST, &format!("{}/merge", path(&rina)), Some(merge)).await.0, 422);

        let undo = format!("/merges/{}/undo", text(&one["merges"][0], "id"));
        let apart = ayu.post(&undo, Value::Null).await;
        assert_eq!((&apart["id"], &apart["conversation_count"], &apart["merges"]), (&rina["contact"]["id"], &json!(1), &json!([])));
        let other = ayu.get(&path(&kantor)).await;
        assert_eq!((&other["id"], &other["conversation_count"], text(&other, "city")), (&kantor["contact"]["id"], &json!(1), "Jakarta"));
        assert_eq!(other["open_tickets"].as_array().unwrap().len(), 1);
        assert_eq!((messages(&ayu, &rina).await.len(), messages(&ayu, &kantor).await.len()), (1, 1));
        assert_eq!(ayu.refused(Method::POST, &undo, None).await.0, 404);
        answer(&ayu, &kantor, "Halo").await;
    }
}

scenario! {
    async fn a_later_merge_is_undone_first(app: TestApp) {
        let (rina, ayu, _) = begun(&app).await;
        let kantor = mail_from(&app, &ayu, "Kantor", "Tagihan").await;
        let gudang = mail_from(&app, &ayu, "Gudang", "Kirim").await;
        let merge = async |into: &Value, other: &Value| {
            let body = json!({ "other_id": other["contact"]["id"], "reason": "sama" });
            text(&ayu.post(&format!("{}/merge", path(into)), body).await["merges"][0], "id").to_owned()
        };
        let first = merge(&kantor, &gudang).await;
        let second = merge(&rina, &kantor).await;
        assert_eq!(ayu.get(&path(&gudang)).await["id"], rina["contact"]["id"], "along the whole way");
        let (status, problem) = ayu.refused(Method::POST, &format!("/merges/{first}/undo"), None).await;
        assert_eq!((status.as_u16(), text(&problem, "code")), (409, "covered"));
        for undo in [second, first] {
            ayu.post(&format!("/merges/{undo}/undo"), Value::Null).await;
        }
        for row in [&rina, &kantor, &gudang] {
            let contact = ayu.get(&path(row)).await;
            assert_eq!((&contact["id"], &contact["conversation_count"]), (&row["contact"]["id"], &json!(1)));
        }
    }
}

scenario! {
    async fn addresses_are_given_vouched_for_and_taken_away(app: TestApp) {
        let (rina, ayu, _) = begun(&app).await;
        let given = ayu.post(&format!("{}/identities", path(&rina)), json!({ "kind": "phone", "value": "0812-2044-7716" })).await;
        let phone = given["identities"].as_array().unwrap().iter().find(|identity| identity["kind"] == "phone").unwrap().clone();
        assert_eq!((text(&phone, "value"), &phone["proof"]), ("+6281220447716", &Value::Null));
        let one = format!("{}/identities/{}", path(&rina), text(&phone, "id"));
        ayu.post(&format!("{one}/verify"), Value::Null).await;
        let sari = mail_from(&app, &ayu, "Sari", "Lain").await;
        let (status, problem) = ayu.refused(Method::POST, &format!("{}/identities", path(&sari)), Some(json!({ "kind": "phone", "value": "+62 812 2044 7716" }))).await;
        assert_eq!((status.as_u16(), text(&problem, "code")), (409, "address_taken"));
        ayu.delete(&one).await;
        let mail = ayu.get(&path(&rina)).await["identities"][0].clone();
        let (status, problem) = ayu.refused(Method::DELETE, &format!("{}/identities/{}", path(&rina), text(&mail, "id")), None).await;
        assert_eq!((status.as_u16(), text(&problem, "code")), (409, "in_use"));
        for (kind, value) in [("email", "x"), ("phone", "12"), ("fax", "1"), ("telegram", "@rina")] {
            let body = json!({ "kind": kind, "value": value });
            assert_eq!(ayu.refused(Method::POST, &format!("{}/identities", path(&rina)), Some(body)).await.0, 422, "{kind}");
        }
    }
}

/// Whether a change with an old version is refused and one with the present version is not.
async fn versions(app: &TestApp) {
    let (rina, ayu, budi) = begun(app).await;
    let version = ayu.get(&path(&rina)).await["version"].to_string();
    budi.patch(&path(&rina), json!({ "city": "Bandung" })).await;
    let old = format!("\"{version}\"");
    let answer =
        call(&ayu, Method::PATCH, &path(&rina), json!({ "city": "Bogor" }), ("if-match", &old))
            .await;
    assert_eq!(answer.status(), 412);
    let now = ayu.get(&path(&rina)).await;
    assert_eq!(text(&now, "city"), "Bandung");
    let new = format!("\"{}\"", now["version"]);
    let answer =
        call(&ayu, Method::PATCH, &path(&rina), json!({ "city": "Bogor" }), ("if-match", &new))
            .await;
    assert_eq!(answer.status(), 200);
}

scenario! {
    async fn who_changes_an_old_version_of_a_contact_is_told(app: TestApp) {
        versions(&app).await;
    }
}
