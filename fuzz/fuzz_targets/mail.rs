//! Any bytes, as a mail.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let envelope = sapa_email::Envelope { sender: None, recipient: "halo@toko.example", ours: &|_| false };
    let _ = sapa_email::parse(data, &envelope);
});
