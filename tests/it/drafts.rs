//! What an officer has begun: an answer and a note side by side.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    scenario,
    support::{
        MAILBOX,
        inbox::{answer, conversation, id, mail_from, say, text},
    },
};

scenario! {
    async fn a_note_that_is_added_leaves_the_begun_answer_alone(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
        let draft = format!("/conversations/{}/draft", id(&row));
        ayu.put(&draft, json!({ "kind": "reply", "text": "Maaf, Bu", "cc": [MAILBOX] })).await;
        ayu.put(&draft, json!({ "kind": "note", "text": "Cek gudang" })).await;
        assert_eq!(ayu.get(&draft).await["kind"], "note", "what was worked on last");
        assert_eq!(ayu.get("/drafts").await["items"].as_array().unwrap().len(), 2);
        assert_eq!(conversation(&ayu, &id(&row)).await["draft"], "Maaf, Bu");
        say(&ayu, &row, json!({ "kind": "note", "text": "Cek gudang" })).await;
        let kept = ayu.get(&draft).await;
        assert_eq!((text(&kept, "text"), &kept["cc"]), ("Maaf, Bu", &json!([MAILBOX])));
        // And the other way round.
        ayu.put(&draft, json!({ "kind": "note", "text": "Cek lagi" })).await;
        answer(&ayu, &row, "Maaf, Bu").await;
        assert_eq!(ayu.get(&format!("{draft}?kind=reply")).await, Value::Null);
        assert_eq!(ayu.get(&format!("{draft}?kind=note")).await["text"], "Cek lagi");
        assert_eq!(conversation(&ayu, &id(&row)).await["draft"], "Cek lagi");
    }
}

scenario! {
    async fn one_draft_is_thrown_away_or_both(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
        let draft = format!("/conversations/{}/draft", id(&row));
        let begin = async || {
            for kind in ["reply", "note"] {
                ayu.put(&draft, json!({ "kind": kind, "text": kind, "buttons": ["Ya"] })).await;
            }
        };
        begin().await;
        ayu.delete(&format!("{draft}?kind=note")).await;
        let kept = ayu.get(&draft).await;
        assert_eq!((text(&kept, "kind"), &kept["buttons"]), ("reply", &json!(["Ya"])));
        begin().await;
        ayu.delete(&draft).await;
        assert_eq!(ayu.get(&draft).await, Value::Null);
        for method in [Method::GET, Method::DELETE] {
            let (status, problem) = ayu.refused(method, &format!("{draft}?kind=x"), None).await;
            assert_eq!(status, 422, "{problem}");
        }
    }
}
