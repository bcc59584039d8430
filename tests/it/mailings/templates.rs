//! Templates: kept, looked at, refused.

use reqwest::Method;
use serde_json::json;

use super::{customers, hub, sql, with_marketer};
use crate::support::{Backend, Client, TestApp, inbox::text, sink::Sink};

with_marketer! {
    async fn a_template_is_kept_changed_and_removed(app: TestApp, sink: Sink, citra: Client, channel: str) {
        assert!(sink.read().is_empty() && !app.url().is_empty());
        let new = json!({ "name": "Panen", "kind": "email", "subject": "Halo {{name}}", "html": "<p>{{unsubscribe_url}}</p>", "text": "" });
        let kept = citra.post("/templates", new.clone()).await;
        let path = format!("/templates/{}", text(&kept, "id"));
        let (status, problem) = citra.refused(Method::POST, "/templates", Some(new)).await;
        assert_eq!((status.as_u16(), text(&problem["fields"], "name")), (422, "is another template's"));
        let changed = citra.patch(&path, json!({ "subject": "Hai {{first_name}}" })).await;
        assert_eq!((text(&changed, "subject"), &changed["version"]), ("Hai {{first_name}}", &json!(2)));
        let stale = citra.call_with(Method::PATCH, &path, Some(json!({ "name": "x" })), &[("if-match", "\"1\"")]).await;
        assert_eq!(stale.status(), 412);
        let mailing = citra.post("/mailings", json!({ "name": "x", "channel_id": channel, "template_id": kept["id"] })).await;
        let (status, problem) = citra.refused(Method::DELETE, &path, None).await;
        assert_eq!((status.as_u16(), text(&problem, "code")), (409, "in_use"));
        citra.delete(&format!("/mailings/{}", text(&mailing, "id"))).await;
        citra.delete(&path).await;
        assert_eq!(citra.get("/templates").await["items"].as_array().unwrap().len(), 0);
        assert_eq!(citra.get("/templates/starters").await["items"].as_array().unwrap().len(), 6);
    }
}

with_marketer! {
    async fn r16_what_a_template_may_not_do_is_refused_with_what_to_do(app: TestApp, sink: Sink, citra: Client, channel: str) {
        assert!(sink.read().is_empty() && !app.url().is_empty() && !channel.is_empty());
        for (part, source, says) in [
            ("html", "<p>{{> /etc/passwd}} {{unsubscribe_url}}</p>", "another template"),
            ("html", "<script>x</script>{{unsubscribe_url}}", "<script"),
            ("html", "{{{name}}} {{unsubscribe_url}}", "two braces"),
            ("html", "{{#each fields}}{{/each}}{{unsubscribe_url}}", "only {{#if}}"),
            ("html", "<p>Halo</p>", "no way out"),
            ("html", "{{nama}} {{unsubscribe_url}}", "is no value"),
            ("html", "{{#if name}} {{unsubscribe_url}}", "line"),
        ] {
            let body = json!({ "name": "x", "kind": "email", "subject": "x", part: source });
            let (status, problem) = citra.refused(Method::POST, "/templates", Some(body)).await;
            assert_eq!(status, 422, "{source}");
            assert!(text(&problem["fields"], part).contains(says), "{source}: {problem}");
        }
    }
}

with_marketer! {
    async fn a_template_is_looked_at_as_real_customers_would_get_it(app: TestApp, sink: Sink, citra: Client, channel: str) {
        assert!(sink.read().is_empty() && !channel.is_empty());
        let body = json!({ "kind": "email", "subject": "Halo {{name}}", "html": "<b>{{city}}</b> {{unsubscribe_url}}" });
        let nobody = citra.post("/templates/preview", body.clone()).await;
        assert_eq!((&nobody["contact"], text(&nobody, "missing")), (&serde_json::Value::Null, "name"), "{nobody}");
        let ids = customers(app, 3).await;
        sql(app, "UPDATE contacts SET city = '<Solo>' WHERE id = $1 AND first_seen_at <= $2", ids[1]).await;
        let shown = citra.post("/templates/preview", body.clone()).await;
        assert_eq!((&shown["contact"]["id"], text(&shown, "missing")), (&json!(ids[0]), "city"));
        assert_eq!((&shown["previous"], &shown["next"]), (&serde_json::Value::Null, &json!(ids[1])));
        let mut second = body.clone();
        second["contact_id"] = shown["next"].clone();
        let shown = citra.post("/templates/preview", second).await;
        assert_eq!((text(&shown, "subject"), &shown["previous"], &shown["next"]), ("Halo Pelanggan 1", &json!(ids[0]), &json!(ids[2])));
        assert!(text(&shown, "html").contains("<b>&lt;Solo&gt;</b>"), "{shown}");
        assert!(text(&shown, "text").contains("/u/"), "a text part is made of it: {shown}");
        let broken = citra.post("/templates/preview", json!({ "kind": "email", "subject": "x", "text": "{{#if" })).await;
        assert!(broken["faults"]["text"].is_string(), "{broken}");
    }
}
