//! The first start, signing in and out, and what is an officer's own.

use std::time::Duration;

use reqwest::{Method, StatusCode, header};
use sapa::officers::policy::Role;
use serde_json::{Value, json};

use super::{
    OTHER, accept, anonymous, id_of, invite, is_in, refused_field, sign_in, signed_in, status,
    token_of,
};
use crate::{
    scenario,
    support::{Client, PASSWORD, TestApp},
};

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn set_up(app: &TestApp, email: &str) -> reqwest::Response {
    let body = json!({ "name": "Ayu Lestari", "email": email, "password": PASSWORD });
    anonymous(app).call(Method::POST, "/setup", Some(body)).await
}

scenario! {
    async fn the_first_officer_is_an_administrator_and_the_only_one_so_made(app: TestApp) {
        let client = anonymous(&app);
        assert_eq!(client.get("/setup").await, json!({ "needed": true }));
        let weak = json!({ "name": "Ayu", "email": "ayu@seruni.example", "password": "password123" });
        assert_eq!(refused_field(&client, Method::POST, "/setup", weak).await, "password");

        let body = json!({ "name": "Ayu Lestari", "email": "Ayu@Seruni.example", "password": PASSWORD });
        client.post("/setup", body).await;
        let me = client.get("/me").await;
        assert_eq!((&me["email"], &me["role"]), (&json!("ayu@seruni.example"), &json!("administrator")));
        assert!(me["permissions"].as_array().unwrap().contains(&json!("officers:manage")), "{me}");
        assert_eq!(client.get("/setup").await, json!({ "needed": false }));
        let again = set_up(&app, "eve@seruni.example").await;
        assert_eq!(again.status(), StatusCode::CONFLICT);
        assert_eq!(again.json::<Value>().await.unwrap()["code"], "already_set_up");
    }
}

scenario! {
    async fn of_many_who_set_up_at_once_one_succeeds(app: TestApp) {
        let emails = ["a@seruni.example", "b@seruni.example", "c@seruni.example", "d@seruni.example"];
        let answers = futures::future::join_all(emails.iter().map(|email| set_up(&app, email))).await;
        let made = answers.iter().filter(|answer| answer.status() == StatusCode::CREATED).count();
        assert_eq!(made, 1);
    }
}

scenario! {
    async fn an_officer_signs_in_and_out(app: TestApp) {
        app.officer("Dimas").await;
        let client = anonymous(&app);
        assert!(!is_in(&client).await);
        let answer = sign_in(&client, " DIMAS@kopiseruni.example", PASSWORD).await;
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        assert_eq!(client.get("/me").await["name"], "Dimas");

        let kept = client.cookie().unwrap();
        let answer = client.call(Method::DELETE, "/session", None).await;
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        assert!(answer.headers()[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
        // The cookie is worth nothing, whoever kept it.
        let again = anonymous(&app).call_with(Method::GET, "/me", None, &[("cookie", &kept)]).await;
        assert_eq!(again.status(), StatusCode::UNAUTHORIZED);
    }
}

scenario! {
    async fn a_session_lasts_as_long_as_it_is_used(app: TestApp) {
        let client = app.officer("Dimas").await;
        for _ in 0..3 {
            app.clock.advance(13 * DAY);
            assert!(is_in(&client).await);
        }
        app.clock.advance(14 * DAY);
        assert!(!is_in(&client).await);
    }
}

scenario! {
    async fn r14_unknown_and_inactive_accounts_answer_as_a_wrong_password_does(app: TestApp) {
        let admin = app.staff("Ayu", Role::Administrator).await;
        let dimas = app.officer("Dimas").await;
        admin.patch(&format!("/officers/{}", id_of(&dimas)), json!({ "active": false })).await;
        invite(&admin, "Sari", "officer").await;
        let mut answers = Vec::new();
        for (email, password) in [
            ("ayu@kopiseruni.example", "not her password"),
            ("dimas@kopiseruni.example", PASSWORD),
            ("sari@kopiseruni.example", PASSWORD),
            ("nobody@kopiseruni.example", PASSWORD),
            ("", ""),
            ("a\0@kopiseruni.example", PASSWORD),
        ] {
            let answer = sign_in(&anonymous(&app), email, password).await;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{email}");
            assert!(!answer.headers().contains_key(header::SET_COOKIE));
            answers.push(answer.json::<Value>().await.unwrap());
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(answers[0]["code"], "invalid_credentials");
    }
}

scenario! {
    async fn guessing_is_slowed_down_and_the_wait_is_told(app: TestApp) {
        app.officer("Dimas").await;
        for _ in 0..5 {
            let answer = sign_in(&anonymous(&app), "dimas@kopiseruni.example", "a wrong guess").await;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        }
        // The wait after the fifth is a second, and a guess takes less.
        let answer = sign_in(&anonymous(&app), "dimas@kopiseruni.example", PASSWORD).await;
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer.headers()[header::RETRY_AFTER], "1");
        app.clock.advance(Duration::from_secs(1));
        signed_in(&app, "dimas@kopiseruni.example").await;
    }
}

scenario! {
    async fn r13_a_new_password_ends_the_other_sessions(app: TestApp) {
        let here = app.officer("Dimas").await;
        let there = signed_in(&app, "dimas@kopiseruni.example").await;
        let change = |old: &str, new: &str| json!({ "password": { "old": old, "new": new } });
        assert_eq!(refused_field(&here, Method::PATCH, "/me", change("a wrong guess", OTHER)).await, "password.old");
        assert_eq!(refused_field(&here, Method::PATCH, "/me", change(PASSWORD, "short")).await, "password.new");
        assert!(is_in(&there).await);

        here.patch("/me", change(PASSWORD, OTHER)).await;
        assert!(is_in(&here).await && !is_in(&there).await);
        assert_eq!(sign_in(&there, "dimas@kopiseruni.example", PASSWORD).await.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(sign_in(&there, "dimas@kopiseruni.example", OTHER).await.status(), StatusCode::OK);
    }
}

scenario! {
    async fn an_officer_sees_and_ends_his_own_sessions_and_nobody_elses(app: TestApp) {
        let admin = app.staff("Ayu", Role::Administrator).await;
        let dimas = app.officer("Dimas").await;
        let phone = Client::anonymous(app.url());
        let body = json!({ "email": "dimas@kopiseruni.example", "password": PASSWORD });
        phone.call_with(Method::POST, "/session", Some(body), &[("user-agent", "Phone/1.0")]).await;
        let sessions = dimas.get("/me/sessions").await;
        assert_eq!(sessions.as_array().unwrap().len(), 2);
        let other = sessions.as_array().unwrap().iter().find(|session| session["current"] == false).unwrap();
        assert_eq!((&other["agent"], &other["address"]), (&json!("Phone/1.0"), &json!("127.0.0.1")));
        let path = format!("/me/sessions/{}", other["id"].as_str().unwrap());
        assert_eq!(status(&admin, Method::DELETE, &path, None).await, StatusCode::NOT_FOUND);
        dimas.delete(&path).await;
        assert!(!is_in(&phone).await && is_in(&dimas).await);
        admin.delete(&format!("/officers/{}/sessions", id_of(&dimas))).await;
        assert!(!is_in(&dimas).await);
    }
}

scenario! {
    async fn an_officer_changes_what_is_his_own(app: TestApp) {
        let dimas = app.officer("Dimas").await;
        let change = json!({ "language": "id", "name": " Dimas P. ", "preferences": { "theme": "dark", "n": [1] } });
        let me = dimas.patch("/me", change).await;
        assert_eq!((&me["language"], &me["name"]), (&json!("id"), &json!("Dimas P.")));
        assert_eq!(dimas.get("/me").await["preferences"], json!({ "theme": "dark", "n": [1] }));
        for wrong in [
            json!({ "language": "xx" }),
            json!({ "name": "a\nb" }),
            json!({ "preferences": { "x": "a\u{0}b" } }),
            json!({ "preferences": { "x": "x".repeat(20_000) } }),
            json!({ "preferences": [] }),
        ] {
            refused_field(&dimas, Method::PATCH, "/me", wrong).await;
        }
    }
}

scenario! {
    async fn r29_unknown_fields_are_refused(app: TestApp) {
        let admin = app.staff("Ayu", Role::Administrator).await;
        for (method, path, body) in [
            (Method::PATCH, "/me", json!({ "role": "administrator" })),
            (Method::POST, "/session", json!({ "email": "a@b.example", "password": "x", "remember": true })),
            (Method::POST, "/officers", json!({ "name": "X", "email": "x@b.example", "role": "officer", "active": true })),
            (Method::POST, "/teams", json!({ "name": "X", "owner": 1 })),
            (Method::POST, "/tokens", json!({ "name": "X", "scopes": ["audit:read"], "token": "x" })),
            (Method::POST, "/webhooks", json!({ "url": "https://x.example/", "events": ["*"], "secret": "x" })),
            (Method::POST, "/canned", json!({ "shortcut": "x", "title": "X", "text": "X", "id": "x" })),
        ] {
            refused_field(&admin, method, path, body).await;
        }
    }
}

scenario! {
    async fn r13_an_invitation_is_good_once_and_for_72_hours(app: TestApp) {
        let admin = app.staff("Ayu", Role::Administrator).await;
        let (id, first) = invite(&admin, "Sari", "officer").await;
        // A newer invitation takes the older one's place.
        let again = format!("/officers/{id}/invitation");
        let second = token_of(&admin.post(&again, Value::Null).await);
        let sari = anonymous(&app);
        for wrong in [first.as_str(), "", " ", "null", "0"] {
            assert_eq!(accept(&sari, wrong, PASSWORD).await, StatusCode::CONFLICT, "{wrong}");
        }
        app.clock.advance(3 * DAY);
        assert_eq!(accept(&sari, &second, PASSWORD).await, StatusCode::CONFLICT);

        let third = token_of(&admin.post(&again, Value::Null).await);
        assert_eq!(accept(&sari, &third, "ninechars").await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(accept(&sari, &third, PASSWORD).await, StatusCode::OK);
        assert_eq!(sari.get("/me").await["name"], "Sari");
        assert_eq!(accept(&anonymous(&app), &third, PASSWORD).await, StatusCode::CONFLICT);

        // Choosing a password anew ends what was begun with the old one.
        let fourth = token_of(&admin.post(&again, Value::Null).await);
        assert_eq!(accept(&anonymous(&app), &fourth, OTHER).await, StatusCode::OK);
        assert!(!is_in(&sari).await);
    }
}

scenario! {
    async fn r13_links_are_made_from_the_configured_address(app: TestApp) {
        let admin = app.staff("Ayu", Role::Administrator).await;
        let body = json!({ "name": "Sari", "email": "sari@kopiseruni.example", "role": "officer" });
        let headers = [("host", "evil.example"), ("x-forwarded-host", "evil.example")];
        let answer: Value = admin.call_with(Method::POST, "/officers", Some(body), &headers).await.json().await.unwrap();
        assert!(answer["invitation_url"].as_str().unwrap().starts_with("http://127.0.0.1:3000/"), "{answer}");
    }
}
