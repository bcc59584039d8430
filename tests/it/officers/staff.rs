//! Officers' roles, and teams.

use reqwest::{Method, StatusCode};
use sapa::officers::policy::Role;
use sapa_channel::new_id;
use serde_json::{Value, json};

use super::{accept, anonymous, id_of, invite, is_in, refused_field, sign_in, signed_in, status};
use crate::{scenario, support::PASSWORD};

scenario! {
    async fn r13_another_role_or_being_switched_off_signs_out(app: TestApp) {
        let admin = app.staff("Ayu", Role::Administrator).await;
        let dimas = app.officer("Dimas").await;
        let path = format!("/officers/{}", id_of(&dimas));
        assert_eq!(admin.patch(&path, json!({ "name": "Dimas P." })).await["name"], "Dimas P.");
        assert!(is_in(&dimas).await);

        assert_eq!(admin.patch(&path, json!({ "role": "analyst" })).await["role"], "analyst");
        assert!(!is_in(&dimas).await);
        let dimas = signed_in(&app, "dimas@kopiseruni.example").await;
        assert_eq!(dimas.get("/me").await["role"], "analyst");

        assert_eq!(admin.patch(&path, json!({ "active": false })).await["active"], false);
        assert!(!is_in(&dimas).await);
        assert_eq!(sign_in(&dimas, "dimas@kopiseruni.example", PASSWORD).await.status(), StatusCode::UNAUTHORIZED);
        let (_, problem) = admin.refused(Method::POST, &format!("{path}/invitation"), None).await;
        assert_eq!(problem["code"], "inactive");
    }
}

scenario! {
    async fn the_last_administrator_stays(app: TestApp) {
        let ayu = app.staff("Ayu", Role::Administrator).await;
        let path = format!("/officers/{}", id_of(&ayu));
        // Who was only invited cannot sign in yet.
        let (_, token) = invite(&ayu, "Sari", "administrator").await;
        for change in [json!({ "role": "officer" }), json!({ "active": false })] {
            let (status, problem) = ayu.refused(Method::PATCH, &path, Some(change)).await;
            assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("last_administrator")));
        }
        let sari = anonymous(&app);
        assert_eq!(accept(&sari, &token, PASSWORD).await, StatusCode::OK);
        assert_eq!(sari.patch(&path, json!({ "role": "officer" })).await["role"], "officer");
    }
}

scenario! {
    async fn two_administrators_cannot_remove_each_other_at_once(app: TestApp) {
        let ayu = app.staff("Ayu", Role::Administrator).await;
        let budi = app.staff("Budi", Role::Administrator).await;
        let remove = || Some(json!({ "role": "officer" }));
        let (ayus, budis) = (format!("/officers/{}", id_of(&ayu)), format!("/officers/{}", id_of(&budi)));
        let (one, other) =
            tokio::join!(status(&ayu, Method::PATCH, &budis, remove()), status(&budi, Method::PATCH, &ayus, remove()));
        let done = [one, other].iter().filter(|status| **status == StatusCode::OK).count();
        assert_eq!(done, 1, "{one} {other}");
    }
}

scenario! {
    async fn an_address_belongs_to_one_officer(app: TestApp) {
        let admin = app.staff("Ayu", Role::Administrator).await;
        for email in ["AYU@kopiseruni.example", "not an address", "a@b@kopiseruni.example"] {
            let body = json!({ "name": "X", "email": email, "role": "officer" });
            assert_eq!(refused_field(&admin, Method::POST, "/officers", body).await, "email", "{email}");
        }
    }
}

scenario! {
    async fn teams_have_members_and_names_of_their_own(app: TestApp) {
        let admin = app.staff("Ayu", Role::Administrator).await;
        let dimas = app.officer("Dimas").await;
        let team = admin.post("/teams", json!({ "name": "Roastery", "members": [dimas.id] })).await;
        let path = format!("/teams/{}", team["id"].as_str().unwrap());
        assert_eq!(dimas.get("/me").await["teams"], json!([team["id"]]));
        assert_eq!(dimas.get("/teams").await["items"][0]["members"], json!([dimas.id]));
        let forbidden = status(&dimas, Method::POST, "/teams", Some(json!({ "name": "Mine" }))).await;
        assert_eq!(forbidden, StatusCode::FORBIDDEN);

        let stranger = new_id();
        for (wrong, field) in [
            (json!({ "name": "Roastery" }), "name"),
            (json!({ "name": "" }), "name"),
            (json!({ "name": "A", "members": [stranger] }), "members"),
            (json!({ "name": "A", "members": [dimas.id, dimas.id] }), "members"),
        ] {
            assert_eq!(refused_field(&admin, Method::POST, "/teams", wrong).await, field);
        }
        let shop = admin.post("/teams", json!({ "name": "Shop" })).await;
        let shop_path = format!("/teams/{}", shop["id"].as_str().unwrap());
        assert_eq!(refused_field(&admin, Method::PATCH, &shop_path, json!({ "name": "Roastery" })).await, "name");

        let officer = format!("/officers/{}", id_of(&dimas));
        assert_eq!(admin.patch(&officer, json!({ "teams": [shop["id"]] })).await["teams"], json!([shop["id"]]));
        assert_eq!(refused_field(&admin, Method::PATCH, &officer, json!({ "teams": [stranger] })).await, "teams");
        let changed = admin.patch(&path, json!({ "name": "Roasters", "members": [] })).await;
        assert_eq!(changed, json!({ "id": team["id"], "name": "Roasters", "members": [] }));
        assert_eq!(admin.delete(&shop_path).await, Value::Null);
        assert_eq!(status(&admin, Method::DELETE, &shop_path, None).await, StatusCode::NOT_FOUND);
        assert_eq!(dimas.get("/me").await["teams"], json!([]));
        assert_eq!(dimas.get("/officers").await["items"].as_array().unwrap().len(), 2);
    }
}
