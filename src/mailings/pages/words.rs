//! The words of the pages, in both languages.

use serde_json::{Value, json};

/// The words in a language.
pub fn of(language: &str) -> Value {
    if language == "en" {
        return json!({
            "title": "Unsubscribe",
            "ask": "Shall we send no more offers to",
            "yes": "Yes, unsubscribe",
            "choose": "Rather choose what you get",
            "done": "You are unsubscribed",
            "done_more": "We send no more offers to",
            "changed_mind": "Changed your mind? Choose what you get",
            "trial": "This is a trial",
            "trial_more": "The link belongs to a preview or a test mail, so nothing was changed.",
            "preferences": "What you get from us",
            "which": "Tick the ways by which we may send you offers and news.",
            "save": "Save",
            "saved": "Saved. It holds from now on.",
            "service": "Answers to your questions and news of your orders come in any case.",
        });
    }
    json!({
        "title": "Berhenti berlangganan",
        "ask": "Jangan kirim penawaran lagi ke",
        "yes": "Ya, berhenti berlangganan",
        "choose": "Atau pilih apa yang Anda terima",
        "done": "Anda sudah berhenti berlangganan",
        "done_more": "Kami tidak mengirim penawaran lagi ke",
        "changed_mind": "Berubah pikiran? Pilih apa yang Anda terima",
        "trial": "Ini hanya percobaan",
        "trial_more": "Tautan ini milik pratinjau atau surat uji, jadi tidak ada yang diubah.",
        "preferences": "Apa yang Anda terima dari kami",
        "which": "Centang jalan yang boleh kami pakai untuk mengirim penawaran dan kabar.",
        "save": "Simpan",
        "saved": "Tersimpan, dan berlaku mulai sekarang.",
        "service": "Jawaban atas pertanyaan dan kabar pesanan Anda tetap kami kirim.",
    })
}
