//! What the hub tells of itself: the log, and figures for Prometheus.
//!
//! The log goes to standard error, one line an event. No line holds a raw control character (R34), and none
//! shows a secret or what customers write (R28).

use std::{io, sync::OnceLock};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::filter_fn,
    fmt::MakeWriter,
    layer::{Layered, SubscriberExt},
    util::SubscriberInitExt,
};

use crate::config::Log;

mod line;
pub mod metrics;
pub mod sampler;

pub use line::OneLine;
pub use metrics::{bus, delivery, intake_slice, nodes, reader_lag};

static FIGURES: OnceLock<PrometheusHandle> = OnceLock::new();

/// Begins to log and to count. A second call changes nothing.
pub fn init(log: &Log) {
    // Another logger is there already only in a test.
    let _ = subscriber(log, || OneLine::new(io::stderr())).try_init();
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(
            place,
            message = panic.payload_as_str().unwrap_or("unknown"),
            "a fault in the program"
        );
        if std::env::var_os("RUST_BACKTRACE").is_some() {
            usual(panic);
        }
    }));
    metrics_handle();
}

/// A subscriber that writes as it is configured.
pub fn subscriber<W>(log: &Log, writer: W) -> impl SubscriberInitExt
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let level = EnvFilter::builder().parse(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines: Box<dyn Layer<Filtered> + Send + Sync> = if log.json {
        Box::new(tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(writer))
    } else {
        Box::new(tracing_subscriber::fmt::layer().with_ansi(false).with_writer(writer))
    };
    let ours: Ours = filter_fn(is_heard);
    Registry::default().with(level).with(ours).with(lines)
}

type Ours = tracing_subscriber::filter::FilterFn<fn(&Metadata<'_>) -> bool>;
type Filtered = Layered<Ours, Layered<EnvFilter, Registry>>;

/// Below `info` only our own crates are heard, whatever the configured level says: the libraries' finer lines show
/// mails, the words of a connection and the passwords in them (R28).
fn is_heard(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= Level::INFO || metadata.target().starts_with("sapa")
}

/// The figures; they are kept from the first call on.
pub fn metrics_handle() -> &'static PrometheusHandle {
    FIGURES.get_or_init(|| {
        let sizes = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];
        let seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(
                Matcher::Full(metrics::INTAKE_SLICE_MESSAGES.to_owned()),
                &sizes,
            )
            .and_then(|b| {
                b.set_buckets_for_metric(
                    Matcher::Full(metrics::INTAKE_SLICE_SECONDS.to_owned()),
                    &seconds,
                )
            })
            .expect("neither list is empty")
            .build_recorder();
        let handle = recorder.handle();
        // Another recorder is there already only if something else in this process counts; then nothing is shown.
        let _ = ::metrics::set_global_recorder(recorder);
        metrics::describe();
        handle
    })
}

/// All figures in the text form of Prometheus.
#[must_use]
pub fn render() -> String {
    let handle = metrics_handle();
    handle.run_upkeep();
    handle.render()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is logged by `speak`.
    fn logged(json: bool, level: &str, speak: impl FnOnce()) -> String {
        let kept = Kept::default();
        let log = Log { level: level.to_owned(), json };
        let writer = kept.clone();
        let _guard = subscriber(&log, move || OneLine::new(writer.clone())).set_default();
        speak();
        let bytes = kept.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn r34_what_a_customer_sends_makes_no_line_of_its_own_and_no_colour() {
        for json in [false, true] {
            let text = logged(json, "info", || {
                tracing::info!(
                    subject = "Hi\r\n2026-01-01 ERROR forged\x1b[31m\u{202e}\u{2028}",
                    "mail\nfrom\x07 \u{9b}1m"
                );
            });
            assert_eq!(text.matches('\n').count(), 1, "{text:?}");
            assert!(text.ends_with('\n'));
            let raw =
                |c: char| c != '\n' && (c.is_control() || matches!(c, '\u{202e}' | '\u{2028}'));
            assert!(!text.contains(raw), "{text:?}");
            if json {
                let line: serde_json::Value = serde_json::from_str(&text).unwrap();
                assert_eq!(
                    line["subject"],
                    "Hi\r\n2026-01-01 ERROR forged\x1b[31m\u{202e}\u{2028}"
                );
            }
        }
    }

    #[test]
    fn r28_the_fine_lines_of_libraries_are_never_heard() {
        let text = logged(false, "trace", || {
            tracing::debug!(target: "lettre::transport", "AUTH PLAIN c2VjcmV0");
            tracing::trace!(target: "hyper::proto", "https://api.telegram.org/bot123:token/getUpdates");
            tracing::debug!(target: "sapa::intake", "a slice");
            tracing::warn!(target: "sqlx::query", "slow");
        });
        assert!(!text.contains("c2VjcmV0") && !text.contains("token"), "{text}");
        assert!(text.contains("a slice") && text.contains("slow"), "{text}");
    }

    #[test]
    fn r28_settings_can_be_logged_without_their_secrets() {
        let config = crate::config::Config::parse(
            "[database]\nurl = \"postgres://u:s3cret@db/x\"\n[mail.relay]\nhost = \"a\"\nuser = \"u\"\npassword = \"s3cret\"",
            std::iter::empty(),
        )
        .unwrap();
        let text = logged(
            true,
            "trace",
            || tracing::info!(?config, url = ?config.database.url, "settings"),
        );
        assert!(text.contains("settings") && !text.contains("s3cret"), "{text}");
    }

    #[test]
    fn what_was_counted_is_rendered() {
        metrics_handle();
        metrics::inbound("email", 3);
        metrics::delivery("email", &sapa_channel::Outcome::Unknown { reason: String::new() });
        metrics::intake_slice(64, std::time::Duration::from_millis(7));
        metrics::reader_lag("search", 2500);
        let text = render();
        for line in [
            "sapa_inbound_messages_total{kind=\"email\"} 3",
            "sapa_deliveries_total{kind=\"email\",outcome=\"unknown\"} 1",
            "sapa_intake_slice_messages_bucket{le=\"64\"} 1",
            "sapa_intake_slice_seconds_bucket{le=\"0.005\"} 0",
            "sapa_reader_lag_seconds{reader=\"search\"} 2.5",
            "# TYPE sapa_inbound_messages_total counter",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }
}
