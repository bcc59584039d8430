//! Any bytes, as a part of a template.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &str| {
    let _ = sapa::templates::check::part(data);
    let _ = sapa::templates::check::mail_html(data);
});
