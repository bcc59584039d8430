//! The machine's clock, set wrong before the hub starts.

use serde_json::Value;

use crate::{
    caller::{Admin, send_mail},
    sapa::{Installation, free_port},
};

/// When the conversations had their last messages, by subject.
async fn times(admin: &Admin) -> Vec<(String, String)> {
    let text = |row: &Value, field: &str| row[field].as_str().unwrap().to_owned();
    let mut times: Vec<_> = admin
        .conversations()
        .await
        .iter()
        .map(|row| (text(row, "subject"), text(row, "last_message_at")))
        .collect();
    times.sort();
    times
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d8_what_is_said_after_a_start_with_a_clock_set_back_stands_after_what_was_said_before() {
    let smtp = free_port();
    let sapa = Installation::new(&format!(
        "smtp.listen = \"127.0.0.1:{smtp}\"\nmail.folder = \"mail\"\nfiles.folder = \"files\"\n"
    ));
    let send = |subject: &str| {
        let said = send_mail(smtp, &format!("{subject}@surat.example"), subject, "Halo").unwrap();
        assert!(said.starts_with("250"), "{said}");
    };
    let hub = sapa.serve();
    let admin = Admin::first(sapa.port).await;
    admin.mailbox().await;
    send("a");
    hub.signal("TERM");
    hub.end();

    let hub = sapa.serve_under(&["faketime", "-f", "-1h"]);
    send("b");
    send("c");
    let times = times(&admin).await;
    assert!(times.is_sorted_by_key(|(_, at)| at), "{times:?}");
    assert_eq!(times.len(), 3);
    hub.signal("TERM");
    hub.end();
}
