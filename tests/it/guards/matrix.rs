//! The matrix of permissions: every route, asked by everybody who may come.

use std::{collections::HashMap, fmt::Write};

use futures::{StreamExt, stream};
use reqwest::Method;
use sapa::{
    events::kinds::KINDS,
    http::{Access, Listed},
    officers::policy::{Permission, Role, allows},
};
use serde_json::{Value, json};

use super::{NOBODY, routes, with_ids};
use crate::{
    scenario,
    support::{
        Backend, Client, TestApp,
        inbox::{mail_from, text},
        visitor::{Site, Visitor},
    },
};

/// How many calls are under way at once.
const AT_ONCE: usize = 16;

/// A permission as a token names it.
pub fn scope(permission: Permission) -> String {
    serde_json::to_value(permission).unwrap().as_str().unwrap().to_owned()
}

fn word(may: bool) -> &'static str {
    if may { "yes" } else { "-" }
}

/// A line of the table: for each role whether it may, and the one scope with which a token may too.
fn line(
    what: &str,
    path: &str,
    roles: impl Fn(Role) -> bool,
    token: &str,
    anybody: bool,
) -> String {
    let [administrator, supervisor, officer, marketer, analyst] = Role::ALL.map(roles).map(word);
    let line = format!(
        "{what:6} {path:52} {administrator:13} {supervisor:10} {officer:7} {marketer:8} {analyst:7} {token:19} {}",
        word(anybody)
    );
    line.trim_end().to_owned() + "\n"
}

fn table(list: &[Listed]) -> String {
    let mut table = format!(
        "{:6} {:52} administrator supervisor officer marketer analyst {:19} anybody\n",
        "", "", "token"
    );
    for Listed { method, path, access } in list {
        table += &match *access {
            Access::Public => line(method, path, |_| true, "yes", true),
            Access::SignedIn => line(method, path, |_| true, "-", false),
            Access::Bot => line(method, path, |_| false, "of a bot", false),
            Access::May(asked) => {
                line(method, path, |role| allows(role, asked), &scope(asked), false)
            }
        };
    }
    for (kind, asked) in KINDS {
        table += &line("event", kind, |role| allows(role, *asked), &scope(*asked), false);
    }
    table
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r5_the_table_of_permissions_is_the_one_that_was_agreed_on() {
    let app = TestApp::new(Backend::Sqlite).await;
    let table = table(&routes(&app));
    let kept = include_str!("../guards.expected");
    assert!(
        table == kept,
        "who may do what has changed; if it is meant, tests/it/guards.expected becomes:\n{table}"
    );
}

/// What shows what customers said asks for that too, in the handler; every role that may the first may the second.
const ALSO_READS: &str = "/mailings/{id}/answers";

/// Somebody who calls, and what he has: a role, and a scope if it is a token's; or nothing.
struct Somebody {
    name: String,
    client: Client,
    has: Option<(Role, Option<Permission>)>,
}

impl Somebody {
    fn nobody(name: &str, client: Client) -> Self {
        Self { name: name.to_owned(), client, has: None }
    }

    /// The status that the gate gives; none where it lets the call through.
    fn refused_with(&self, route: &Listed) -> Option<u16> {
        let access = route.access;
        let Some((role, scope)) = self.has else {
            return (access != Access::Public).then_some(401);
        };
        let may = match access {
            Access::Public => true,
            Access::SignedIn => scope.is_none(),
            Access::Bot => false,
            Access::May(asked) => {
                allows(role, asked)
                    && scope.is_none_or(|scope| scope == asked && route.path != ALSO_READS)
            }
        };
        (!may).then_some(403)
    }
}

/// A program with a token of one scope, made by an administrator.
async fn program(app: &TestApp, admin: &Client, scope_of_it: Permission) -> Client {
    let body = json!({ "name": scope(scope_of_it), "scopes": [scope(scope_of_it)] });
    Client::with_token(app.url(), text(&admin.post("/tokens", body).await, "token"))
}

/// Everybody: each role in the team and outside it, a token of each scope, and those who have nothing.
async fn everybody(app: &TestApp, admin: &Client) -> (Vec<Somebody>, Value) {
    let mut all = Vec::new();
    let mut members = Vec::new();
    for role in Role::ALL {
        for place in ["inside", "outside"] {
            let name = format!("{} {place}", role.as_str());
            let client = app.staff(&name, role).await;
            if place == "inside" {
                members.push(client.id.clone());
            }
            all.push(Somebody { name, client, has: Some((role, None)) });
        }
    }
    let team = admin.post("/teams", json!({ "name": "Gudang", "members": members })).await;
    for permission in Permission::ALL {
        all.push(Somebody {
            name: format!("token {}", scope(permission)),
            client: program(app, admin, permission).await,
            has: Some((Role::Administrator, Some(permission))),
        });
    }

    all.push(Somebody::nobody("anonymous", Client::anonymous(app.url())));
    let site = Site::new(app).await;
    for name in ["visitor A", "visitor B"] {
        let secret = Visitor::new(app, &site).await.secret;
        all.push(Somebody::nobody(name, Client::with_token(app.url(), &secret)));
    }
    let signed = site.token(app, json!({ "sub": "1001", "name": "Rina" }));
    all.push(Somebody::nobody("signed customer", Client::with_token(app.url(), &signed)));

    let gone = app.staff("Putu", Role::Administrator).await;
    admin.delete(&format!("/officers/{}/sessions", gone.id.as_str().unwrap())).await;
    all.push(Somebody::nobody("revoked session", gone));
    let made = admin
        .post("/tokens", json!({ "name": "Lama", "scopes": Permission::ALL.map(scope) }))
        .await;
    admin.delete(&format!("/tokens/{}", text(&made, "id"))).await;
    let revoked = Client::with_token(app.url(), text(&made, "token"));
    all.push(Somebody::nobody("revoked token", revoked));
    let off = app.staff("Gede", Role::Administrator).await;
    admin
        .patch(&format!("/officers/{}", off.id.as_str().unwrap()), json!({ "active": false }))
        .await;
    all.push(Somebody::nobody("switched off", off));
    (all, team)
}

/// The path of a route with something real in it, if it only reads.
fn path_of(route: &Listed, real: &HashMap<&str, String>) -> String {
    let path = with_ids(&route.path);
    let first = route.path.split('/').nth(1).unwrap_or_default();
    match real.get(first) {
        Some(id) if route.method == "GET" => path.replacen(NOBODY, id, 1),
        _ => path,
    }
}

scenario! {
    async fn r5_every_route_asks_everybody_whether_he_may(app: TestApp) {
        app.mailbox().await;
        let admin = app.staff("Nyoman", Role::Administrator).await;
        let (everybody, team) = everybody(&app, &admin).await;
        // What is read is the team's: being in it gives nothing that the role does not.
        let row = mail_from(&app, &admin, "Rina", "Pesanan").await;
        admin.patch(&format!("/conversations/{}", text(&row, "id")), json!({ "team_id": team["id"] })).await;
        let ticket = admin.post("/tickets", json!({ "conversation_id": row["id"], "kind": "question", "title": "x" })).await;
        let real = HashMap::from([
            ("contacts", text(&row["contact"], "id").to_owned()),
            ("conversations", text(&row, "id").to_owned()),
            ("tickets", text(&ticket, "id").to_owned()),
        ]);

        let list = routes(&app);
        // Public ones sign in and out, and are limited for all who fail: each has tests of its own.
        let asked = list.iter().filter(|route| route.access != Access::Public);
        let calls = asked.flat_map(|route| everybody.iter().map(move |one| (route, one)));
        let faults: Vec<String> = stream::iter(calls)
            .map(|(route, one)| {
                let path = path_of(route, &real);
                async move {
                    // Signing out would make a stranger of him: that comes last.
                    let signs_out = (&*route.method, &*route.path) == ("DELETE", "/session");
                    if signs_out && one.refused_with(route).is_none() {
                        return None;
                    }
                    let method: Method = route.method.parse().unwrap();
                    let status = one.client.call(method, &path, None).await.status().as_u16();
                    let good = match one.refused_with(route) {
                        Some(refusal) => status == refusal,
                        None => !matches!(status, 401 | 403) && status < 500,
                    };
                    (!good).then(|| format!("{} {} {path}: {status}", one.name, route.method))
                }
            })
            .buffer_unordered(AT_ONCE)
            .filter_map(|fault| async { fault })
            .collect()
            .await;
        assert!(faults.is_empty(), "{} are wrong:\n{}", faults.len(), faults.iter().fold(String::new(), |mut all, fault| {
            writeln!(all, "{fault}").unwrap();
            all
        }));

        for one in everybody.iter().filter(|one| matches!(one.has, Some((_, None)))) {
            one.client.delete("/session").await;
            assert_eq!(one.client.call(Method::GET, "/me", None).await.status(), 401, "{}", one.name);
        }
    }
}
