//! Any bytes, as an address: what is taken has one spelling.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &str| {
    if let Some(once) = sapa_email::normalise(data) {
        assert_eq!(sapa_email::normalise(&once), Some(once));
    }
});
