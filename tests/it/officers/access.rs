//! API tokens, permissions, the audit log.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use sapa::officers::policy::Role;
use serde_json::{Value, json};

use super::{accept, anonymous, id_of, invite, refused_field, sign_in, signed_in, status};
use crate::{
    scenario,
    support::{Client, PASSWORD, TestApp},
};

/// Makes a token and gives the program that has it.
async fn program(app: &TestApp, by: &Client, body: Value) -> (Client, String) {
    let made = by.post("/tokens", body).await;
    let token = made["token"].as_str().expect("a token");
    assert!(token.starts_with("sapa_"));
    (
        Client::with_token(app.url(), token),
        format!("/tokens/{}", made["id"].as_str().expect("an id")),
    )
}

async fn get(client: &Client, path: &str) -> StatusCode {
    status(client, Method::GET, path, None).await
}

scenario! {
    async fn a_token_does_what_its_scopes_and_its_maker_may(app: TestApp) {
        let admin = app.staff("Ayu", Role::Administrator).await;
        let body = json!({ "name": "Shop", "scopes": ["conversations:read", "tokens:manage"] });
        let (shop, path) = program(&app, &admin, body).await;
        assert_eq!(get(&shop, "/officers").await, StatusCode::OK);
        assert_eq!(get(&shop, "/audit").await, StatusCode::FORBIDDEN);
        // What is an officer's own is no token's.
        assert_eq!(get(&shop, "/me").await, StatusCode::FORBIDDEN);
        // A token makes no stronger one.
        let stronger = json!({ "name": "X", "scopes": ["officers:manage"] });
        assert_eq!(refused_field(&shop, Method::POST, "/tokens", stronger).await, "scopes");

        let list = admin.get("/tokens").await;
        assert!(!list.to_string().contains("sapa_"));
        assert!(list["items"][0]["last_used_at"].is_string(), "{list}");
        admin.delete(&path).await;
        assert_eq!(status(&admin, Method::DELETE, &path, None).await, StatusCode::NOT_FOUND);
        assert_eq!(get(&shop, "/officers").await, StatusCode::UNAUTHORIZED);
        assert_eq!(admin.get("/tokens").await["items"], json!([]));
    }
}

scenario! {
    async fn a_token_ends_by_time_and_sleeps_while_its_maker_is_switched_off(app: TestApp) {
        let admin = app.staff("Ayu", Role::Administrator).await;
        let budi = app.staff("Budi", Role::Administrator).await;
        let expires_at = app.app.now().after(Duration::from_secs(3600));
        let body = json!({ "name": "X", "scopes": ["conversations:read", "audit:read"], "expires_at": expires_at });
        let (shop, _) = program(&app, &budi, body.clone()).await;
        assert_eq!(get(&shop, "/audit").await, StatusCode::OK);
        let path = format!("/officers/{}", id_of(&budi));
        admin.patch(&path, json!({ "active": false })).await;
        assert_eq!(get(&shop, "/officers").await, StatusCode::UNAUTHORIZED);
        admin.patch(&path, json!({ "active": true, "role": "officer" })).await;
        assert_eq!(get(&shop, "/officers").await, StatusCode::OK);
        assert_eq!(get(&shop, "/audit").await, StatusCode::FORBIDDEN);
        app.clock.advance(Duration::from_secs(3600));
        assert_eq!(get(&shop, "/officers").await, StatusCode::UNAUTHORIZED);
        assert_eq!(refused_field(&admin, Method::POST, "/tokens", body).await, "expires_at");
    }
}

scenario! {
    async fn forged_tokens_and_cookies_open_nothing(app: TestApp) {
        for forged in ["", "sapa_", "sapa_AAAA", "x", "' OR 1=1 --"] {
            assert_eq!(get(&Client::with_token(app.url(), forged), "/officers").await, StatusCode::UNAUTHORIZED);
            let cookie = format!("sapa={forged}");
            let answer = anonymous(&app).call_with(Method::GET, "/officers", None, &[("cookie", &cookie)]).await;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{forged}");
        }
    }
}

scenario! {
    async fn r28_the_audit_log_tells_who_did_what_and_no_secret(app: TestApp) {
        let admin = app.staff("Ayu", Role::Administrator).await;
        sign_in(&anonymous(&app), "ayu@kopiseruni.example", "a wrong guess").await;
        let (id, token) = invite(&admin, "Dimas", "officer").await;
        accept(&anonymous(&app), &token, PASSWORD).await;
        admin.patch(&format!("/officers/{id}"), json!({ "role": "supervisor" })).await;
        signed_in(&app, "dimas@kopiseruni.example").await.delete("/session").await;
        admin.post("/teams", json!({ "name": "Shop", "members": [id] })).await;
        let made = admin.post("/tokens", json!({ "name": "Shop", "scopes": ["audit:read"] })).await;

        let all = admin.get("/audit?limit=200").await;
        let actions: Vec<_> = all["items"].as_array().unwrap().iter().map(|entry| entry["action"].clone()).collect();
        assert_eq!(actions, [
            "token.made",
            "team.added",
            "session.ended",
            "session.begun",
            "officer.role_changed",
            "invitation.accepted",
            "officer.invited",
            "session.refused",
            "session.begun",
        ]);
        let page = admin.get("/audit?limit=3").await;
        let next = admin.get(&format!("/audit?limit=3&cursor={}", page["next"].as_str().unwrap())).await;
        let entry = &next["items"][1];
        assert_eq!(entry["subject"], "dimas@kopiseruni.example: supervisor");
        assert_eq!((&entry["actor"]["name"], &entry["address"]), (&json!("Ayu"), &json!("127.0.0.1")));
        for secret in [PASSWORD, "a wrong guess", &token, made["token"].as_str().unwrap()] {
            assert!(!all.to_string().contains(secret), "{all}");
        }
    }
}

scenario! {
    async fn the_list_of_permissions_is_that_of_the_policy(app: TestApp) {
        let list = app.officer("Dimas").await.get("/permissions").await;
        assert_eq!(list["roles"]["administrator"], list["scopes"]);
        assert_eq!(list["roles"]["analyst"], json!(["conversations:read", "mailings:read"]));
    }
}
