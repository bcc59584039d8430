//! The figures that the hub shows to its monitoring.

use sapa::telemetry::{self, sampler};

use crate::{
    scenario,
    support::{MAILBOX, mail::plain},
};

/// The value of a figure; 0 if it was not counted yet.
fn figure(name: &str) -> f64 {
    let figures = telemetry::render();
    let line = figures.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map_or(0.0, |value| value.parse().expect("a number"))
}

scenario! {
    async fn what_comes_in_is_counted_once_by_its_kind(app: TestApp) {
        app.mailbox().await;
        let mut seen = None;
        sampler::sample(&app.app, &mut seen).await.unwrap();
        // Other scenarios of this process count too.
        let inbound = "sapa_inbound_messages_total{kind=\"email\"}";
        let before = figure(inbound);
        for number in ["1", "2"] {
            let mail = plain("rina@surat.example", "Halo", &format!("{number}@surat.example"), "Apa kabar?", "");
            assert!(app.receive_mail("rina@surat.example", MAILBOX, &mail).await.starts_with("250"));
        }
        let begun = seen.unwrap();
        sampler::sample(&app.app, &mut seen).await.unwrap();
        assert!(figure(inbound) >= before + 2.0);
        assert!(seen.unwrap() > begun);
        // Nothing is counted again.
        let after = seen;
        sampler::sample(&app.app, &mut seen).await.unwrap();
        assert_eq!(seen, after);
        assert!(figure("sapa_intake_slice_messages_count") >= 2.0);
    }
}

scenario! {
    async fn r28_the_figures_name_nobody(app: TestApp) {
        app.mailbox().await;
        let mail = plain("Rina <rina@surat.example>", "Rahasia", "1@surat.example", "Isi rahasia", "");
        assert!(app.receive_mail("rina@surat.example", MAILBOX, &mail).await.starts_with("250"));
        sampler::sample(&app.app, &mut None).await.unwrap();
        let figures = telemetry::render();
        assert!(!figures.contains('@') && !figures.to_lowercase().contains("rahasia"), "{figures}");
    }
}
