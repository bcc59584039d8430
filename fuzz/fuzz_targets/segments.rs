//! Any bytes, as the condition of a segment.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(condition) = serde_json::from_slice(data) {
        let _ = sapa::segments::check::check(&condition);
    }
});
