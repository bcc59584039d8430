//! The disk: room, speed, and who may look.

use std::{
    fs::{self, File},
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::Finding;
use crate::{cli::archive::Unfinished, config::Config};

/// Below this much room something will soon fail.
const LITTLE: u64 = 200 << 20;
/// Below this much one should begin to think of it.
const SOME: u64 = 2 << 30;
/// A commit waits for the disk once. Slower than this, mail and chat are felt to hang.
const SLOW: Duration = Duration::from_millis(50);

pub(super) fn check(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    let database = config.database.embedded_file();
    if let Some(file) = &database {
        let folder =
            file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        findings.extend(folder_findings("database", folder));
        findings.extend(private("database", file));
    }
    if let Some(folder) = config.files.own_folder() {
        findings.extend(folder_findings("files", folder));
    }
    if let Some(folder) = &config.mail.folder {
        findings.extend(folder_findings("mail", folder));
    }
    findings
}

/// Whether a folder can be written, with how much room and how fast.
fn folder_findings(about: &'static str, folder: &Path) -> Vec<Finding> {
    let place = nearest(folder);
    let shown = folder.display();
    let speed = match sync_time(&place) {
        Ok(time) => time,
        Err(error) => {
            let then = "give the hub's user the right to write there, or name another folder";
            return vec![Finding::bad(about, format!("{shown} cannot be written: {error}"), then)];
        }
    };
    let mut findings = Vec::new();
    let millis = speed.as_secs_f64() * 1000.0;
    let what = format!("{shown} can be written; the disk takes {millis:.1} ms to keep a write");
    findings.push(if speed < SLOW {
        Finding::good(about, what)
    } else {
        Finding::note(
            about,
            what,
            "each message waits for this once: use a faster disk, no network share",
        )
    });
    match rustix::fs::statvfs(&place) {
        Ok(stat) => {
            let free = stat.f_bavail.saturating_mul(stat.f_frsize);
            let what = format!("{} MiB are free", free >> 20);
            let then = "make room: with none left, nothing more is taken in";
            findings.push(match free {
                ..LITTLE => Finding::bad(about, what, then),
                LITTLE..SOME => Finding::note(about, what, then),
                SOME.. => Finding::good(about, what),
            });
        }
        Err(error) => {
            findings.push(Finding::note(
                about,
                format!("the free room is not known: {error}"),
                "look by df",
            ));
        }
    }
    if place == folder {
        findings.extend(private(about, folder));
    }
    findings
}

/// The folder, or the nearest one above it that is there.
fn nearest(folder: &Path) -> PathBuf {
    let there = folder.ancestors().find(|path| path.is_dir());
    there.filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

/// Whether others on this machine can read it: it holds messages and tokens. Nobody can who may not enter a folder above.
fn private(about: &'static str, path: &Path) -> Option<Finding> {
    let may = |path: &Path, right: u32| {
        fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & right != 0)
    };
    let whole = path.canonicalize().ok()?;
    let open = may(&whole, 0o004) && whole.ancestors().skip(1).all(|folder| may(folder, 0o001));
    open.then(|| {
        let what = format!("everybody on this machine can read {}", path.display());
        Finding::note(about, what, format!("chmod o-rwx {}", path.display()))
    })
}

/// How long it takes to have a small write on the disk: the median of some.
fn sync_time(folder: &Path) -> anyhow::Result<Duration> {
    let unfinished = Unfinished::beside(&folder.join("sapa-doctor"))?;
    let mut file: File = unfinished.create()?;
    let mut times = Vec::new();
    for _ in 0..9 {
        let begun = Instant::now();
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        times.push(begun.elapsed());
    }
    times.sort();
    Ok(times[times.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::Verdict;

    #[test]
    fn a_folder_that_is_not_there_yet_is_judged_by_the_one_above_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let findings = folder_findings("files", &folder.path().join("data/files"));
        assert!(findings.iter().all(|finding| finding.verdict != Verdict::Bad), "{findings:?}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_bad() {
        let findings = folder_findings("files", Path::new("/proc/sys"));
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].verdict, Verdict::Bad);
    }

    #[test]
    fn what_everybody_can_read_is_noted() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sapa.db");
        File::create(&file).unwrap();
        let set = |path: &Path, mode: u32| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        set(folder.path(), 0o755);
        set(&file, 0o644);
        assert_eq!(private("database", &file).unwrap().verdict, Verdict::Note);
        set(&file, 0o640);
        assert!(private("database", &file).is_none());
        set(&file, 0o644);
        set(folder.path(), 0o700);
        assert!(private("database", &file).is_none());
    }
}
