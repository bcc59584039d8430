//! Any bytes, as a frame of the web chat.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &str| {
    let _ = sapa_webchat::parse(data);
});
