use rstest::rstest;

use super::super::quote::split;

#[rstest]
#[case::english(
    "Baru\n\nOn Mon, Nov 23, 2026 at 10:15 AM Halo <halo@toko.example> wrote:\n> lama\n"
)]
#[case::indonesian(
    "Baru\n\nPada Sen, 23 Nov 2026 pukul 10.15 Halo <halo@toko.example> menulis:\n\n> lama\n"
)]
#[case::wrapped(
    "Baru\n\nPada tanggal Sen, 23 Nov 2026 pukul 10.15 Toko Halo <\nhalo@toko.example> menulis:\n\n> lama\n> dua\n"
)]
#[case::german("Baru\n\nAm 23.11.2026 um 10:15 schrieb Halo:\n> lama")]
#[case::french("Baru\n\nLe lun. 23 nov. 2026 à 10:15, Halo <halo@toko.example> a écrit :\n> lama")]
#[case::spanish("Baru\n\nEl lun, 23 nov 2026 a las 10:15, Halo escribió:\n> lama")]
#[case::dutch("Baru\n\nOp ma 23 nov. 2026 om 10:15 schreef Halo <halo@toko.example>:\n> lama")]
#[case::chinese("Baru\n\nHalo <halo@toko.example> 于2026年11月23日周一 10:15写道：\n> lama")]
#[case::unmarked("Baru\n\nOn 23.11.2026 10:15, Halo wrote:\nlama\nlama dua")]
#[case::outlook("Baru\n\n-----Original Message-----\nFrom: Halo\nlama")]
#[case::outlook_indonesian("Baru\n\n----- Pesan Asli -----\nDari: Halo\nlama")]
#[case::outlook_block(
    "Baru\n\n________________________________\nFrom: Halo <halo@toko.example>\nSent: Monday\nTo: Rina\nSubject: x\n\nlama"
)]
#[case::outlook_block_indonesian(
    "Baru\n\nDari: Halo <halo@toko.example>\nDikirim: Senin\nKepada: Rina\nSubjek: x\n\nlama"
)]
#[case::outlook_bold("Baru\n\n*From:* Halo\n*Sent:* Monday\n*To:* Rina\n\nlama")]
#[case::bare_marks("Baru\n\n> lama\n> dua\n")]
#[case::answer_below("On 23.11.2026 10:15, Halo wrote:\n> lama\n> dua\n\nBaru\n")]
#[case::signed("Baru\n-- \nRina\n\nOn 23.11.2026 10:15, Halo wrote:\n> lama")]
#[case::signed_below("On 23.11.2026 10:15, Halo wrote:\n> lama\n\nBaru\n\n--\nRina\n0812")]
#[case::phone(
    "Baru\n\nDikirim dari iPhone saya\n\n> Pada 23 Nov 2026, pukul 10.15, Halo menulis:\n> lama"
)]
fn mail_32_the_new_text_is_found(#[case] whole: &str) {
    let split = split(whole);
    assert_eq!(split.text, "Baru", "{split:?}");
    assert!(split.quoted.contains("lama"), "{split:?}");
}

#[rstest]
#[case::plain("Halo,\n\napa kabar?")]
#[case::no_header("On the other hand, she wrote:\nnothing at all.")]
#[case::list("Pesanan:\n- satu\n-- dua\n- tiga")]
#[case::interleaved("> satu\nIya.\n> dua\nTidak.")]
#[case::forwarded("Lihat ini\n\n---------- Forwarded message ---------\nHalo dunia")]
#[case::only_quote("> lama\n> dua")]
#[case::from_in_text("From: here to there\nit is far")]
#[case::empty("")]
fn mail_32_what_is_no_quote_stays(#[case] whole: &str) {
    let split = split(whole);
    assert_eq!((split.text.as_str(), split.quoted.as_str()), (whole, ""));
}

#[test]
fn mail_32_the_signature_is_put_away() {
    let split = split("Terima kasih\n\n-- \nRina Wulandari\nBandung");
    assert_eq!(split.text, "Terima kasih");
    assert_eq!(split.quoted, "--\nRina Wulandari\nBandung");
}
