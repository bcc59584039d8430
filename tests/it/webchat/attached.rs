//! Files, both ways.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Widget, fetch, hears_officer, status, upload};
use crate::{
    scenario,
    support::{
        inbox::{last_message, newest, say, text},
        visitor::{Site, Visitor},
    },
};

const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

scenario! {
    async fn a_visitors_picture_and_document_reach_the_officer(app: TestApp) {
        let site = Site::new(&app).await;
        let ayu = app.officer("Ayu").await;
        let secret = Visitor::new(&app, &site).await.secret;
        let picture = upload(&app, &site, &secret, "foto paket.png", PNG).await;
        assert_eq!(picture.status(), StatusCode::CREATED);
        let picture: Value = picture.json().await.unwrap();
        let page: Value = upload(&app, &site, &secret, "jahat.html", b"<script>alert(1)</script>").await.json().await.unwrap();
        let mut widget = Widget::hello(&app, &site, &secret, None, None).await;
        widget.hears("ready").await;
        let frame = json!({ "t": "say", "id": Uuid::new_v4(), "text": "", "files": [picture["id"], page["id"]] });
        widget.send(frame).await;
        widget.hears("ack").await;

        let row = newest(&ayu).await;
        assert_eq!(row["has_files"], true);
        let said = last_message(&ayu, &row, |_| true).await;
        let files = said["files"].as_array().unwrap();
        assert_eq!((text(&files[0], "name"), text(&files[0], "media_type")), ("foto paket.png", "image/png"));
        assert_eq!(files[0]["size"], PNG.len());
        let preview = ayu.call(Method::GET, text(&files[0], "preview_url"), None).await;
        assert_eq!(preview.headers()["content-type"], "image/png");
        assert_eq!(preview.bytes().await.unwrap(), PNG);
        // R2: what could run is a download and nothing else.
        assert_eq!(files[1]["preview_url"], Value::Null);
        let download = ayu.call(Method::GET, text(&files[1], "url"), None).await;
        assert!(download.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
        assert!(download.headers()["content-security-policy"].to_str().unwrap().contains("sandbox"));
        assert_eq!(download.headers()["x-content-type-options"], "nosniff");
        // An upload is said once.
        let mut widget = Widget::hello(&app, &site, &secret, None, None).await;
        widget.hears("ready").await;
        widget.send(json!({ "t": "say", "id": Uuid::new_v4(), "text": "lagi", "files": [Uuid::new_v4()] })).await;
        assert_eq!(widget.hears("nack").await["t"], "nack");
    }
}

scenario! {
    async fn r3_an_officers_file_is_seen_by_a_signed_link_that_ends(app: TestApp) {
        let site = Site::new(&app).await;
        let ayu = app.officer("Ayu").await;
        let mut visitor = Visitor::new(&app, &site).await;
        visitor.says("Ada daftar harga?").await;
        let row = newest(&ayu).await;
        let file = ayu.upload("daftar harga.png", "image/png", PNG).await;
        assert_eq!(status(&app, text(&file, "url")).await, StatusCode::UNAUTHORIZED);
        say(&ayu, &row, json!({ "kind": "reply", "text": "Ini.", "files": [file["id"]] })).await;
        let heard = hears_officer(&mut visitor).await;
        let shown = &heard["files"][0];
        assert_eq!((text(shown, "name"), text(shown, "media_type")), ("daftar harga.png", "image/png"));
        let url = text(shown, "url");
        let seen = fetch(&app, url).await;
        assert_eq!(seen.status(), StatusCode::OK);
        assert_eq!(seen.bytes().await.unwrap(), PNG);

        let (path, query) = url.split_once('?').unwrap();
        let (expiry, signature) = query.split_once('&').unwrap();
        let seconds: i64 = expiry.trim_start_matches("e=").parse().unwrap();
        let other = path.replace(text(shown, "id"), &Uuid::new_v4().to_string());
        for altered in [
            format!("{path}?e={}&{signature}", seconds + 1),
            format!("{path}?{expiry}&s=AAAAAAAAAAAAAAAAAAAAAA"),
            format!("{other}?{query}"),
        ] {
            assert_eq!(status(&app, &altered).await, StatusCode::NOT_FOUND, "{altered}");
        }
        app.clock.advance_days(2);
        assert_eq!(status(&app, url).await, StatusCode::NOT_FOUND, "its time is over");
        for broken in [path.to_owned(), format!("{path}?e=x&s=y")] {
            let answer = status(&app, &broken).await;
            assert!(answer.is_client_error(), "{broken}: {answer}");
        }
    }
}

scenario! {
    async fn r3_what_one_visitor_uploaded_another_one_cannot_send(app: TestApp) {
        let site = Site::new(&app).await;
        let (rina, mallory) = (Visitor::new(&app, &site).await.secret, Visitor::new(&app, &site).await.secret);
        let file: Value = upload(&app, &site, &rina, "ktp.png", PNG).await.json().await.unwrap();
        let mut widget = Widget::hello(&app, &site, &mallory, None, None).await;
        widget.hears("ready").await;
        widget.send(json!({ "t": "say", "id": Uuid::new_v4(), "text": "x", "files": [file["id"]] })).await;
        widget.hears("nack").await;
        assert_eq!(upload(&app, &site, "v1.x.y", "a.png", PNG).await.status(), StatusCode::UNAUTHORIZED);
    }
}
