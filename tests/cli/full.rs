//! A small disk of its own that is really full: what needs room is put off, and taken when there is room.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use crate::{
    caller::{Admin, send_mail},
    sapa::{Installation, Running, free_port},
};

/// A hub for which a folder lies on a disk of so many MiB, which nobody else sees.
fn serve_on_small_disk(sapa: &Installation, folder: &str, size: usize) -> Running {
    fs::create_dir_all(sapa.path(folder)).unwrap();
    let mount = format!("mount -t tmpfs -o size={size}m,mode=0700 none {folder} && exec \"$@\"");
    sapa.serve_under(&["unshare", "--mount", "--map-root-user", "sh", "-c", &mount, "sh"])
}

/// A file on the small disk, as the hub sees it.
fn seen_by(hub: &Running, path: &Path) -> PathBuf {
    PathBuf::from(format!("/proc/{}/root{}", hub.id(), path.display()))
}

/// Fills the disk to the last byte with a file.
fn fill(ballast: &Path) {
    let mut file = fs::File::create(ballast).unwrap();
    for piece in [1 << 16, 1 << 12, 1] {
        while file.write_all(&vec![b'x'; piece]).is_ok() {}
    }
}

/// Lets the disk of a folder be full while a mail comes that needs it. Gives the hub back with room again.
async fn put_off(sapa: &Installation, smtp: u16, folder: &str, size: usize, text: &str) -> Running {
    let hub = serve_on_small_disk(sapa, folder, size);
    let admin = Admin::first(sapa.port).await;
    admin.mailbox().await;
    let ballast = seen_by(&hub, &sapa.path(folder).join("ballast"));
    fill(&ballast);
    let send = |nth| {
        let from = format!("rina.{nth}@surat.example");
        send_mail(smtp, &from, &format!("Pesanan {nth}"), text).unwrap()
    };
    // Files that were there before may have room for a few mails.
    let (mut taken, mut put_off) = (0, 0);
    while put_off < 3 {
        let said = send(taken);
        match said.split_at(3).0 {
            "250" if taken < 500 => taken += 1,
            "452" => put_off += 1,
            _ => panic!("{said}\n{}", hub.said()),
        }
    }
    assert_eq!(admin.conversations().await.len(), taken, "what is there can be read");
    fs::remove_file(ballast).unwrap();
    let said = send(taken);
    assert!(said.starts_with("250"), "{said}\n{}", hub.said());
    assert_eq!(admin.conversations().await.len(), taken + 1, "it arrived once");
    hub
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d1_mail_is_put_off_while_the_disk_of_the_database_is_full() {
    let smtp = free_port();
    let sapa = Installation::new(&format!(
        "smtp.listen = \"127.0.0.1:{smtp}\"\nmail.folder = \"mail\"\nfiles.folder = \"files\"\n"
    ));
    let hub = put_off(&sapa, smtp, "data", 24, &"Kopi susu gula aren. ".repeat(300)).await;
    hub.signal("TERM");
    let (status, said) = hub.end();
    assert!(status.success(), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d1_mail_is_put_off_while_the_disk_of_the_files_is_full() {
    let smtp = free_port();
    let sapa = Installation::new(&format!(
        "smtp.listen = \"127.0.0.1:{smtp}\"\nmail.folder = \"mail\"\nfiles.folder = \"files\"\n"
    ));
    // So long that its bytes lie in a file.
    let hub = put_off(&sapa, smtp, "files", 4, &"Kopi susu gula aren.\r\n".repeat(10_000)).await;
    // What needs no file is taken all the while.
    fill(&seen_by(&hub, &sapa.path("files/ballast")));
    let said = send_mail(smtp, "budi@surat.example", "Singkat", "Halo").unwrap();
    assert!(said.starts_with("250"), "{said}");
    hub.signal("TERM");
    let (status, said) = hub.end();
    assert!(status.success(), "{said}");
}
