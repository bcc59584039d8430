//! Larger files in a bucket that all nodes share.

use sapa::{
    config::Files,
    files::{self, Store},
};
use sapa_channel::new_id;
use secrecy::ExposeSecret;

use crate::support::{Backend, MAILBOX, TestApp, bucket::Bucket, inbox, mail};

/// A mail with an attachment that is too large for the database.
fn large_mail(id: &str) -> String {
    let line = format!("{}\r\n", "kopi susu gula aren ".repeat(3));
    format!(
        "From: Rina <rina@surat.example>\r\nTo: {MAILBOX}\r\nSubject: Daftar\r\nMessage-ID: <{id}@surat.example>\r\n\
         Date: Mon, 23 Nov 2026 10:00:00 +0700\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
         --x\r\nContent-Type: text/plain\r\n\r\nIni daftarnya.\r\n\
         --x\r\nContent-Type: text/plain; name=daftar.txt\r\nContent-Disposition: attachment; filename=daftar.txt\r\n\r\n{}\r\n--x--\r\n",
        line.repeat(3000)
    )
}

async fn hub(bucket: &Bucket) -> TestApp {
    TestApp::with(Backend::Postgres, |config| config.files.bucket = Some(bucket.settings())).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_attachment_lies_in_the_bucket_by_its_hash_and_comes_back() {
    let bucket = Bucket::start().await;
    let app = hub(&bucket).await;
    app.mailbox().await;
    let ayu = app.officer("Ayu").await;
    let said = app.receive_mail("rina@surat.example", MAILBOX, &large_mail("satu")).await;
    assert!(said.starts_with("250"), "{said}");
    // The original and the attachment, each under the hash of its content.
    let objects = bucket.objects();
    assert_eq!(objects.len(), 2, "{:?}", objects.keys());
    for (name, bytes) in &objects {
        let hash = data_encoding::HEXLOWER.encode(&files::hash(bytes));
        assert_eq!(*name, format!("{}/{}", &hash[..2], &hash[2..]));
    }
    assert!(!app.folder.path().join("files").exists(), "nothing lies in the folder");
    let row = inbox::newest(&ayu).await;
    let message = inbox::messages(&ayu, &row).await.remove(0);
    let file = &message["files"][0];
    let answer = ayu.call(reqwest::Method::GET, file["url"].as_str().unwrap(), None).await;
    let bytes = answer.bytes().await.unwrap();
    assert!(objects.values().any(|object| *object == bytes), "{file}");
    // The same content again takes no more room, and another node reads it.
    app.receive_mail("rina@surat.example", MAILBOX, &large_mail("dua")).await;
    assert_eq!(bucket.objects().len(), 3, "only the other original is new");
    let other = Store::open(&app.app.config().files).unwrap();
    assert_eq!(other.read(None, &files::hash(&bytes)).await.unwrap(), bytes);
    app.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d1_what_the_bucket_does_not_keep_is_not_acknowledged() {
    let bucket = Bucket::start().await;
    let app = hub(&bucket).await;
    app.mailbox().await;
    bucket.is_away(true);
    let said = app.receive_mail("rina@surat.example", MAILBOX, &large_mail("satu")).await;
    assert!(said.starts_with("45"), "{said}");
    // What is small needs no bucket.
    let small = mail::plain("rina@surat.example", "Kecil", "kecil@surat.example", "Halo", "");
    let said = app.receive_mail("rina@surat.example", MAILBOX, &small).await;
    assert!(said.starts_with("250"), "{said}");
    bucket.is_away(false);
    let said = app.receive_mail("rina@surat.example", MAILBOX, &large_mail("satu")).await;
    assert!(said.starts_with("250"), "{said}");
    assert_eq!(bucket.objects().len(), 2);
    app.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r28_a_bucket_that_refuses_the_key_is_told_without_the_key() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let bucket = Bucket::start().await;
    let open = |change: fn(&mut sapa::config::Bucket)| {
        let mut settings = bucket.settings();
        change(&mut settings);
        Store::open(&Files { bucket: Some(settings), ..Files::default() }).unwrap()
    };
    open(|_| {}).check().await.unwrap();
    assert_eq!(bucket.objects().len(), 0, "a check leaves nothing behind");
    let missing = open(|_| {}).read(None, &files::hash(new_id().as_bytes())).await.unwrap_err();
    assert_eq!(missing.kind(), std::io::ErrorKind::NotFound);
    let wrong: [fn(&mut sapa::config::Bucket); 3] = [
        |settings| settings.secret_key = "salah".into(),
        |settings| "orang lain".clone_into(&mut settings.access_key),
        |settings| "us-east-1".clone_into(&mut settings.region),
    ];
    for change in wrong {
        let refused = open(change).check().await.unwrap_err();
        let told = format!("{refused} {refused:?}");
        assert!(told.contains("SignatureDoesNotMatch"), "{told}");
        assert!(!told.contains(bucket.settings().secret_key.expose_secret()), "{told}");
        assert!(!told.contains("salah"), "{told}");
    }
}
