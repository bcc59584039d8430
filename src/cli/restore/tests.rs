//! What comes back from a backup, and what is refused.

use super::*;
use crate::{cli::backup, files, on_db};

/// An installation in a folder of its own.
fn config(folder: &Path) -> Config {
    let config = Config {
        database: Database::embedded(&folder.join("100% data?/sapa.db")),
        files: crate::config::Files { folder: folder.join("files"), ..Default::default() },
        ..Default::default()
    };
    lock::take(&config.database).unwrap();
    config
}

async fn connect(config: &Config) -> Db {
    Db::connect(config.database.url.expose_secret()).await.unwrap()
}

async fn write(db: &Db, name: &str) {
    let mut tx = db.write().await.unwrap();
    on_db!(&mut tx, |conn| sqlx::query("INSERT INTO settings (name, value) VALUES ($1, 'x')")
        .bind(name)
        .execute(conn)
        .await
        .map(drop)
        .unwrap());
    tx.commit().await.unwrap();
}

async fn names(db: &Db) -> Vec<String> {
    let mut tx = db.read().await.unwrap();
    on_db!(&mut tx, |conn| sqlx::query_scalar("SELECT name FROM settings ORDER BY name")
        .fetch_all(conn)
        .await
        .unwrap())
}

fn large() -> bytes::Bytes {
    vec![7; files::INLINE + 1].into()
}

/// A backup that was taken while the hub was writing, and where it lies.
async fn backed_up() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path());
    let db = connect(&config).await;
    write(&db, "first").await;
    files::Store::open(&config.files).unwrap().keep(large()).await.unwrap();
    fs::write(config.files.folder.join("notes.txt"), "not ours").unwrap();
    let target = folder.path().join("backup.tar");
    assert_eq!(backup::write(&config, &target).await.unwrap().files, 1);
    write(&db, "second").await;
    (folder, target)
}

fn left_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_backup_comes_back_whole() {
    let (source, backup) = backed_up().await;
    assert_eq!(left_in(source.path()), ["100% data?", "backup.tar", "files"]);
    let target = tempfile::tempdir().unwrap();
    let config = config(target.path());
    run(&config, &backup, false).await.unwrap();
    let db = connect(&config).await;
    assert_eq!(names(&db).await, ["first"]);
    let store = files::Store::open(&config.files).unwrap();
    assert_eq!(store.read(None, &files::hash(&large())).await.unwrap(), large());
    db.close().await;
    assert_eq!(
        left_in(&target.path().join("100% data?")),
        ["sapa.db", "sapa.db-search", "sapa.db.lock"]
    );
}

#[tokio::test]
async fn a_restore_replaces_nothing_unless_forced_and_then_puts_it_aside() {
    let (_source, backup) = backed_up().await;
    let target = tempfile::tempdir().unwrap();
    let config = config(target.path());
    let db = connect(&config).await;
    write(&db, "here before").await;

    let refused = run(&config, &backup, false).await.unwrap_err().to_string();
    assert!(refused.contains("--force"), "{refused}");
    assert_eq!(names(&db).await, ["here before"]);
    // As after a crash: the log is not folded in.
    std::mem::forget(db);

    run(&config, &backup, true).await.unwrap();
    assert_eq!(names(&connect(&config).await).await, ["first"]);
    let database = config.database.embedded_file().unwrap();
    let is_database = |name: &String| !name.ends_with("-wal") && !name.ends_with("-shm");
    let mut aside =
        left_in(database.parent().unwrap()).into_iter().filter(|name| name.contains(".before-"));
    let aside = aside.find(is_database).unwrap();
    let old = Database::embedded(&database.with_file_name(aside));
    let old = Db::connect(old.url.expose_secret()).await.unwrap();
    assert_eq!(names(&old).await, ["here before"]);
}

#[tokio::test]
async fn a_restore_waits_for_the_hub_to_be_stopped() {
    let (_source, backup) = backed_up().await;
    let target = tempfile::tempdir().unwrap();
    let config = config(target.path());
    let running = lock::take(&config.database).unwrap();
    let refused = run(&config, &backup, true).await.unwrap_err().to_string();
    assert!(refused.contains("stop that first"), "{refused}");
    drop(running);
    run(&config, &backup, true).await.unwrap();
}

#[tokio::test]
async fn a_damaged_or_cut_backup_changes_nothing() {
    let (_source, backup) = backed_up().await;
    let whole = fs::read(&backup).unwrap();
    let place =
        |needle: &[u8]| whole.windows(needle.len()).position(|window| window == needle).unwrap();
    let altered = |place: usize| {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        bytes
    };
    for (bytes, expected) in [
        (whole[..place(b"manifest.json")].to_vec(), "cut off"),
        (whole[..4096].to_vec(), "damaged"),
        (altered(place(b"SQLite format 3") + 200), "the database in the backup is damaged"),
        (altered(place(&[7; 1000]) + 500), "a file in the backup is damaged"),
        (altered(0), "this is no backup of Sapa"),
        (b"hello".to_vec(), "this is no backup of Sapa"),
    ] {
        fs::write(&backup, bytes).unwrap();
        let target = tempfile::tempdir().unwrap();
        let config = config(target.path());
        let refused = format!("{:#}", run(&config, &backup, false).await.unwrap_err());
        assert!(refused.contains(expected), "{refused}, not {expected}");
        assert_eq!(left_in(&target.path().join("100% data?")), ["sapa.db.lock"]);
    }
}

#[tokio::test]
async fn r25_a_foreign_archive_writes_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["../escaped", "files/../../escaped", "/tmp/escaped", "files/ab/short", "sapa.db/x"]
    {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(1);
        header.set_cksum();
        let mut tar = tar::Builder::new(Vec::new());
        tar.append(&header, b"x".as_slice()).unwrap();
        let backup = folder.path().join("foreign.tar");
        fs::write(&backup, tar.into_inner().unwrap()).unwrap();
        let target = folder.path().join("a/b");
        let config = config(&target);
        let refused = format!("{:#}", run(&config, &backup, false).await.unwrap_err());
        assert!(refused.contains("this is no backup of Sapa: it holds"), "{refused}");
        assert_eq!(left_in(&target), ["100% data?"]);
        assert_eq!(left_in(folder.path()), ["a", "foreign.tar"]);
    }
}

#[tokio::test]
async fn a_backup_of_a_newer_program_is_refused_before_anything_is_replaced() {
    let source = tempfile::tempdir().unwrap();
    let newer = config(source.path());
    let db = connect(&newer).await;
    let mut tx = db.write().await.unwrap();
    on_db!(&mut tx, |conn| sqlx::query("UPDATE _sqlx_migrations SET version = version + 9998")
        .execute(conn)
        .await
        .map(drop)
        .unwrap());
    tx.commit().await.unwrap();
    let backup = source.path().join("backup.tar");
    backup::write(&newer, &backup).await.unwrap();

    let target = tempfile::tempdir().unwrap();
    let config = config(target.path());
    let refused = run(&config, &backup, false).await.unwrap_err().to_string();
    assert!(refused.contains("cannot be used by this version"), "{refused}");
    assert_eq!(left_in(&target.path().join("100% data?")), ["sapa.db.lock"]);
}
