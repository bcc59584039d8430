//! When a session is over, so is its screen (R6).

use std::time::{Duration, Instant};

use sapa::officers::policy::Role;
use serde_json::{Value, json};

use super::log;
use crate::{
    scenario,
    support::{Client, PASSWORD, TestApp, inbox::text, screen::Screen},
};

/// Another session of the same officer.
async fn elsewhere(app: &TestApp, client: &Client) -> Client {
    let email = client.get("/me").await["email"].clone();
    let other = Client::anonymous(app.url());
    other.post("/session", json!({ "email": email, "password": PASSWORD })).await;
    other
}

/// Ends something, and sees that the screen is shut within two seconds and tells nothing more.
async fn shuts(app: &TestApp, mut screen: Screen, end: impl Future<Output = Value>) {
    end.await;
    let begun = Instant::now();
    log(app, "conversation.changed", 1).await;
    let told = screen.all_until_closed().await;
    assert_eq!(told.1, 4401);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert!(
        told.0.iter().all(|told| told["event"]["kind"] != "conversation.changed"),
        "{:?}",
        told.0
    );
}

scenario! {
    async fn r6_signing_out_shuts_the_screen(app: TestApp) {
        let ayu = app.officer("Ayu").await;
        let other = elsewhere(&app, &ayu).await;
        let mut stays = Screen::ready(&app, &other).await;
        let screen = Screen::ready(&app, &ayu).await;
        shuts(&app, screen, ayu.delete("/session")).await;
        // Another session of the same officer goes on.
        stays.hears_event("conversation.changed").await;
    }
}

scenario! {
    async fn r6_ending_a_session_from_elsewhere_shuts_its_screen(app: TestApp) {
        let ayu = app.officer("Ayu").await;
        let other = elsewhere(&app, &ayu).await;
        let sessions = other.get("/me/sessions").await;
        let first = sessions.as_array().unwrap().iter().find(|session| session["current"] == false).unwrap();
        let path = format!("/me/sessions/{}", text(first, "id"));
        let screen = Screen::ready(&app, &ayu).await;
        shuts(&app, screen, other.delete(&path)).await;
    }
}

scenario! {
    async fn r6_an_administrator_shuts_the_screens_of_whom_he_signs_out_changes_or_switches_off(app: TestApp) {
        let admin = app.staff("Nyoman", Role::Administrator).await;
        let ayu = app.officer("Ayu").await;
        let path = format!("/officers/{}", ayu.id.as_str().unwrap());
        let session = elsewhere(&app, &ayu).await;
        let screen = Screen::ready(&app, &session).await;
        shuts(&app, screen, admin.delete(&format!("{path}/sessions"))).await;
        let session = elsewhere(&app, &{ let again = Client::anonymous(app.url()); again.post("/session", json!({ "email": "ayu@kopiseruni.example", "password": PASSWORD })).await; again }).await;
        let screen = Screen::ready(&app, &session).await;
        shuts(&app, screen, admin.patch(&path, json!({ "role": "analyst" }))).await;
        let session = Client::anonymous(app.url());
        session.post("/session", json!({ "email": "ayu@kopiseruni.example", "password": PASSWORD })).await;
        let screen = Screen::ready(&app, &session).await;
        shuts(&app, screen, admin.patch(&path, json!({ "active": false }))).await;
    }
}

scenario! {
    async fn r6_a_new_password_shuts_the_other_screens(app: TestApp) {
        let ayu = app.officer("Ayu").await;
        let other = elsewhere(&app, &ayu).await;
        let mut stays = Screen::ready(&app, &ayu).await;
        let screen = Screen::ready(&app, &other).await;
        let change = json!({ "password": { "old": PASSWORD, "new": "empat gelas kopi" } });
        shuts(&app, screen, ayu.patch("/me", change)).await;
        stays.hears_event("conversation.changed").await;
    }
}

scenario! {
    async fn r6_a_revoked_token_and_one_whose_maker_is_switched_off_shut_the_screen(app: TestApp) {
        let (admin, other) = (app.staff("Nyoman", Role::Administrator).await, app.staff("Komang", Role::Administrator).await);
        let made = other.post("/tokens", json!({ "name": "Papan", "scopes": ["conversations:read"] })).await;
        let header = format!("Bearer {}", text(&made, "token"));
        let mut screen = Screen::with(&app, &[("authorization", &header)]).await.ok().unwrap();
        screen.send(json!({ "type": "hello", "since": null })).await;
        screen.hears("ready").await;
        let officer = format!("/officers/{}", other.id.as_str().unwrap());
        admin.patch(&officer, json!({ "active": false })).await;
        let begun = Instant::now();
        assert_eq!(screen.closed().await, 4401);
        admin.patch(&officer, json!({ "active": true })).await;
        let mut screen = Screen::with(&app, &[("authorization", &header)]).await.ok().unwrap();
        screen.send(json!({ "type": "ping" })).await;
        screen.hears("pong").await;
        admin.delete(&format!("/tokens/{}", text(&made, "id"))).await;
        assert_eq!(screen.closed().await, 4401);
        assert!(begun.elapsed() < Duration::from_secs(4), "two seconds each");
    }
}

scenario! {
    async fn r6_a_session_whose_time_is_over_shuts_the_screen(app: TestApp) {
        let ayu = app.officer("Ayu").await;
        let mut screen = Screen::ready(&app, &ayu).await;
        app.clock.advance_days(400);
        assert_eq!(screen.closed().await, 4401);
    }
}

scenario! {
    async fn r6_a_token_without_the_scope_opens_nothing(app: TestApp) {
        let admin = app.staff("Nyoman", Role::Administrator).await;
        let made = admin.post("/tokens", json!({ "name": "Papan", "scopes": ["audit:read"] })).await;
        let header = format!("Bearer {}", text(&made, "token"));
        assert_eq!(Screen::with(&app, &[("authorization", &header)]).await.err(), Some(403));
        assert_eq!(Screen::with(&app, &[("authorization", "Bearer sapa_x")]).await.err(), Some(401));
        assert_eq!(Screen::with(&app, &[]).await.err(), Some(401));
    }
}
