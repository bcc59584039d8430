//! Any bytes, as HTML of a mail: what is clean stays clean.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &str| {
    let once = sapa_email::sanitise(data);
    assert_eq!(sapa_email::sanitise(&once), once);
});
