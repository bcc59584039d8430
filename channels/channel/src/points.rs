//! Places in the program where a test can end the process at once, to see what a crash leaves behind there.
//!
//! `SAPA_CRASH_AT=intake.after_commit:3` ends it when that place is reached for the third time. In a release build
//! there is nothing of it.

/// All places, by name: before and after each commit, acknowledgement, lease, attempt, sending and record.
pub const ALL: [&str; 46] = [
    "intake.before_commit",
    "intake.after_commit",
    "smtp.before_ack",
    "smtp.after_ack",
    "lmtp.before_ack",
    "lmtp.after_ack",
    "telegram.before_confirm",
    "telegram.after_confirm",
    "hook.before_ack",
    "hook.after_ack",
    "chat.before_ack",
    "chat.after_ack",
    "api.before_commit",
    "api.before_ack",
    "api.after_ack",
    "delivery.before_lease",
    "delivery.after_lease",
    "delivery.before_attempt",
    "delivery.after_attempt",
    "delivery.before_send",
    "delivery.after_send",
    "delivery.before_record",
    "delivery.after_record",
    "mailing.before_lease",
    "mailing.after_lease",
    "mailing.before_attempt",
    "mailing.after_attempt",
    "mailing.before_send",
    "mailing.after_send",
    "mailing.before_record",
    "mailing.after_record",
    "webhook.before_queue",
    "webhook.after_queue",
    "webhook.before_lease",
    "webhook.after_lease",
    "webhook.after_send",
    "webhook.before_record",
    "webhook.after_record",
    "bot.before_queue",
    "bot.after_queue",
    "bot.before_lease",
    "bot.after_lease",
    "bot.after_send",
    "bot.before_record",
    "bot.after_record",
    "start.after_recovery",
];

/// The variable that names a place, with the time at which it counts after a colon.
pub const VARIABLE: &str = "SAPA_CRASH_AT";

#[cfg(debug_assertions)]
mod armed {
    use std::sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    };

    struct Armed {
        name: String,
        left: AtomicU32,
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "only tests set it, and no setting shall name it"
    )]
    fn armed() -> Option<&'static Armed> {
        static ARMED: OnceLock<Option<Armed>> = OnceLock::new();
        let read = || {
            let set = std::env::var(super::VARIABLE).ok()?;
            let (name, times) = set.split_once(':').unwrap_or((&set, "1"));
            assert!(super::ALL.contains(&name), "there is no place {name}");
            let times = times.parse().expect("a number after the colon");
            Some(Armed { name: name.to_owned(), left: AtomicU32::new(times) })
        };
        ARMED.get_or_init(read).as_ref()
    }

    /// Whether it is here that the process shall end, now.
    pub fn is_due(name: &str) -> bool {
        debug_assert!(super::ALL.contains(&name), "{name} is not in the list of places");
        armed().is_some_and(|armed| {
            armed.name == name && armed.left.fetch_sub(1, Ordering::SeqCst) == 1
        })
    }
}

/// The program is at a place. Here it may end, as by `kill -9`: nothing is dropped, flushed or told.
#[inline]
pub fn reach(name: &'static str) {
    #[cfg(debug_assertions)]
    if armed::is_due(name) {
        std::process::abort();
    }
    #[cfg(not(debug_assertions))]
    let _ = name;
}

/// The same for what happens when this function's caller has returned, as the leaving of an answer.
#[inline]
pub fn reach_soon(name: &'static str) {
    #[cfg(debug_assertions)]
    if armed::is_due(name) {
        std::thread::spawn(|| {
            std::thread::sleep(std::time::Duration::from_millis(20));
            std::process::abort();
        });
    }
    #[cfg(not(debug_assertions))]
    let _ = name;
}
