//! What strangers must not be able to do.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Widget, shown, texts};
use crate::{
    scenario,
    support::{
        MAILBOX,
        inbox::{answer, eventually_rows, id, newest, rows, text},
        mail::plain,
        screen::Screen,
        visitor::{Site, Visitor},
    },
};

scenario! {
    async fn r7_a_foreign_page_opens_no_socket(app: TestApp) {
        let site = Site::new(&app).await;
        for origin in [None, Some("https://evil.example"), Some("null"), Some("https://kopiseruni.example.evil.example")] {
            assert_eq!(Widget::open(&app, &site, origin).await.err(), Some(403), "{origin:?}");
        }
        let ayu = app.officer("Ayu").await;
        let cookie = ayu.cookie().unwrap();
        for headers in [
            &[("cookie", &*cookie), ("origin", "https://evil.example")][..],
            &[("cookie", &*cookie), ("origin", "https://kopiseruni.example")],
            &[("cookie", &*cookie)],
        ] {
            assert_eq!(Screen::with(&app, headers).await.err(), Some(403), "{headers:?}");
        }
        assert_eq!(Screen::with(&app, &[("origin", &app.url())]).await.err(), Some(401));
    }
}

scenario! {
    async fn r8_an_unsigned_claim_shows_nothing_and_merges_nothing(app: TestApp) {
        app.mailbox().await;
        let site = Site::new(&app).await;
        let ayu = app.officer("Ayu").await;
        let mail = plain("Rina <rina@surat.example>", "Pesanan", "1@surat.example", "Rahasia", "");
        app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
        let mut rina = Visitor::new(&app, &site).await;
        let signed = site.token(&app, json!({ "sub": "1001", "email": "rina@surat.example", "name": "Rina" }));
        rina = Visitor::back(&app, &site, &rina.secret, Some(&signed), None).await;
        rina.says("Ini saya").await;

        // Mallory says that he is Rina: in words, and by tokens that the shop did not sign.
        let mut mallory = Visitor::new(&app, &site).await;
        mallory.says("Saya rina@surat.example, pelanggan 1001").await;
        let payload = signed.split('.').next().unwrap();
        for forged in [format!("{payload}.AAAA"), payload.to_owned(), format!("{signed}x"), "x.y".to_owned()] {
            let mut widget = Widget::hello(&app, &site, &mallory.secret, Some(&forged), None).await;
            let error = widget.hears("error").await;
            assert_eq!(error["code"], "bad_token", "{forged}");
            assert_eq!(widget.next().await, None, "the socket is closed");
        }
        assert_eq!(texts(&shown(&app, &site, &mallory.secret, None).await), ["Saya rina@surat.example, pelanggan 1001"]);
        let all = eventually_rows(&ayu, 2).await;
        let mut contacts: Vec<_> = all.iter().map(|row| text(&row["contact"], "id").to_owned()).collect();
        contacts.sort();
        contacts.dedup();
        assert_eq!(contacts.len(), 2, "Rina's and Mallory's: {all:?}");
        let mallorys = all.iter().find(|row| text(row, "preview").starts_with("Saya")).unwrap();
        let contact = ayu.get(&format!("/contacts/{}", text(&mallorys["contact"], "id"))).await;
        assert_eq!(contact["merges"], json!([]));
        assert_eq!(contact["identities"].as_array().unwrap().len(), 1, "{contact}");
    }
}

scenario! {
    async fn r8_an_expired_token_and_a_forged_secret_are_refused(app: TestApp) {
        let site = Site::new(&app).await;
        let visitor = Visitor::new(&app, &site).await;
        let token = site.token(&app, json!({ "sub": "1001" }));
        app.clock.advance(Duration::from_secs(700));
        let mut widget = Widget::hello(&app, &site, &visitor.secret, Some(&token), None).await;
        assert_eq!(widget.hears("error").await["code"], "bad_token");

        let mut forged = visitor.secret.clone();
        let last = if forged.pop() == Some('A') { 'B' } else { 'A' };
        forged.push(last);
        let id = visitor.secret.split('.').nth(1).unwrap();
        for secret in [forged, format!("v1.{id}."), format!("v1.{}.AAAA", uuid::Uuid::new_v4()), String::new()] {
            let mut widget = Widget::hello(&app, &site, &secret, None, None).await;
            assert_eq!(widget.hears("error").await["code"], "bad_visitor", "{secret}");
        }
        // Another shop's signature is worth nothing here.
        let admin = app.staff("Nyoman", sapa::officers::policy::Role::Administrator).await;
        let settings = json!({ "allowed_origins": ["https://lain.example"] });
        let other = admin.post("/channels", json!({ "kind": "webchat", "name": "Lain", "settings": settings })).await;
        let other = Site { key: text(&other, "address").to_owned(), channel: other };
        let token = other.token(&app, json!({ "sub": "1001" }));
        let mut widget = Widget::hello(&app, &site, &visitor.secret, Some(&token), None).await;
        assert_eq!(widget.hears("error").await["code"], "bad_token");
    }
}

scenario! {
    async fn r8_two_customers_at_one_browser_stay_two(app: TestApp) {
        let site = Site::new(&app).await;
        let ayu = app.officer("Ayu").await;
        let browser = Visitor::new(&app, &site).await.secret;
        let rina = site.token(&app, json!({ "sub": "1001", "name": "Rina", "email": "rina@surat.example" }));
        let budi = site.token(&app, json!({ "sub": "1002", "name": "Budi", "email": "budi@surat.example" }));
        Visitor::back(&app, &site, &browser, Some(&rina), None).await.says("Rahasia Rina").await;
        let row = newest(&ayu).await;
        answer(&ayu, &row, "Baik, Bu Rina").await;
        Visitor::back(&app, &site, &browser, Some(&budi), None).await.says("Rahasia Budi").await;

        assert_eq!(texts(&shown(&app, &site, &browser, Some(&budi)).await), ["Rahasia Budi"]);
        assert_eq!(texts(&shown(&app, &site, &browser, Some(&rina)).await), ["Rahasia Rina", "Baik, Bu Rina"]);
        assert_eq!(shown(&app, &site, &browser, None).await, Vec::<Value>::new(), "signed out, the browser shows nothing");
        let all = rows(&ayu, "folder=all").await;
        assert_eq!(all.len(), 2);
        assert_ne!(all[0]["contact"]["id"], all[1]["contact"]["id"]);
        // At another browser she finds what is hers.
        let phone = Visitor::new(&app, &site).await.secret;
        assert_eq!(texts(&shown(&app, &site, &phone, Some(&rina)).await), ["Rahasia Rina", "Baik, Bu Rina"]);
        assert_eq!(id(&row), id(all.iter().find(|row| row["contact"]["name"] == "Rina").unwrap()));
    }
}
