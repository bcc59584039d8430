//! What conditions choose.

use sapa::{
    consent::{self, model::Reason},
    contacts::edit,
    events::Actor,
    on_db,
    segments::{Condition, sql},
};
use serde_json::{Value, json};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{scenario, support::TestApp};

/// The names of those whom a condition chooses.
pub async fn chosen(app: &TestApp, condition: Value) -> Vec<String> {
    let condition: Condition = serde_json::from_value(condition).unwrap();
    let mut tx = app.app.db().read().await.unwrap();
    on_db!(&mut tx, |conn| {
        let mut query =
            QueryBuilder::new("SELECT k.name FROM contacts k WHERE k.merged_into IS NULL AND ");
        sql::push_where(&mut query, &condition, app.app.now());
        query.push(" ORDER BY k.name");
        query.build_query_scalar().fetch_all(conn).await.unwrap()
    })
}

/// A contact with an address, in a city.
async fn contact(app: &TestApp, name: &str, city: Option<&str>, email: Option<&str>) -> Uuid {
    let mut tx = app.app.db().write().await.unwrap();
    let now = app.app.now();
    let id = edit::make(&mut tx, name, "officer", now).await.unwrap();
    let change = edit::ContactChange {
        city: city.map(str::to_owned),
        tags: Some(vec!["Gold".to_owned(), "it's".to_owned()]),
        ..Default::default()
    };
    edit::change(&mut tx, id, &change, None, &Actor::system(), now).await.unwrap();
    if let Some(email) = email {
        edit::add_identity(&mut tx, id, "email", email, None, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    id
}

scenario! {
    async fn conditions_choose_by_profile_consent_and_address(app: TestApp) {
        let rina = contact(&app, "Rina", Some("Bandung"), Some("rina@surat.example")).await;
        contact(&app, "Budi", Some("BANDUNG"), None).await;
        contact(&app, "Sari", None, Some("sari@surat.example")).await;
        let in_city = |op: &str, city: &str| json!({ "type": "profile", "field": "city", "op": op, "values": [city] });
        assert_eq!(chosen(&app, in_city("is", "bandung")).await, ["Budi", "Rina"]);
        assert_eq!(chosen(&app, in_city("is_not", "Bandung")).await, ["Sari"]);
        assert_eq!(chosen(&app, in_city("contains", "nDu")).await, ["Budi", "Rina"]);
        assert_eq!(chosen(&app, in_city("begins_with", "%")).await, Vec::<String>::new());
        assert_eq!(chosen(&app, json!({ "type": "none", "of": [in_city("is", "bandung")] })).await, ["Sari"]);
        assert_eq!(chosen(&app, json!({ "type": "tag", "tag": "gold", "has": true })).await.len(), 3);
        assert_eq!(chosen(&app, json!({ "type": "tag", "tag": "x' OR 1=1 --", "has": true })).await.len(), 0);
        let reachable = json!({ "type": "reachable", "kind": "email" });
        assert_eq!(chosen(&app, reachable.clone()).await, ["Rina", "Sari"]);
        let mut tx = app.app.db().write().await.unwrap();
        let (by, now) = (Actor::system(), app.app.now());
        let said = consent::grant(&mut tx, rina, "email", "desk", Some("on the phone"), &by, now).await.unwrap();
        let again = consent::grant(&mut tx, rina, "email", "desk", None, &by, now).await.unwrap();
        let put = consent::suppress(&mut tx, "email", "sari@surat.example", Reason::Bounced, "dsn", &by, now).await.unwrap();
        assert_eq!((said.len(), again.len(), put.len()), (1, 0, 1));
        tx.commit().await.unwrap();
        assert_eq!(chosen(&app, reachable).await, ["Rina"]);
        let agreed = |state: &str| json!({ "type": "consent", "kind": "email", "state": state });
        assert_eq!(chosen(&app, agreed("granted")).await, ["Rina"]);
        assert_eq!(chosen(&app, agreed("never")).await, ["Budi", "Sari"]);
        let field = json!({ "type": "field", "key": "Nilai setahun", "op": "is_not_set" });
        assert_eq!(chosen(&app, json!({ "type": "all", "of": [field, agreed("never"), in_city("is_set", "")] })).await, ["Budi"]);
    }
}
