//! The API's description, and what holds for all of it.

use std::path::Path;

use reqwest::Method;

use crate::{
    scenario,
    support::{Backend, Client, TestApp},
};

#[tokio::test(flavor = "multi_thread")]
async fn the_description_in_docs_is_the_one_of_the_code() {
    let app = TestApp::new(Backend::Sqlite).await;
    let (_, description, _) = sapa::http::api(&app.app);
    let made = serde_json::to_value(&description).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.json");
    let kept: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(made == kept, "docs/openapi.json is old: `cargo run -- openapi > docs/openapi.json`");
}

scenario! {
    async fn nothing_but_the_public_routes_answers_a_stranger(app: TestApp) {
        let stranger = Client::anonymous(app.url());
        let (_, _, list) = sapa::http::api(&app.app);
        assert!(list.len() > 50, "{}", list.len());
        for route in list.iter().filter(|route| route.access != sapa::http::Access::Public) {
            let path = route.path.replace("{id}", "019acb1c-0000-7000-8000-000000000000");
            let method: Method = route.method.parse().unwrap();
            let status = stranger.call(method, &path, None).await.status();
            assert_eq!(status, 401, "{} {}", route.method, route.path);
        }
    }
}

scenario! {
    async fn r33_a_change_asked_for_by_another_sites_page_is_refused(app: TestApp) {
        let ayu = app.officer("Ayu").await;
        for headers in [&[("sec-fetch-site", "cross-site")][..], &[("origin", "https://evil.example")][..]] {
            let response = ayu.call_with(Method::DELETE, "/session", None, headers).await;
            assert_eq!(response.status(), 403);
        }
        assert_eq!(ayu.get("/me").await["name"], "Ayu");
    }
}
