//! Any bytes, as an update of Telegram.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = sapa_telegram::read(data);
});
