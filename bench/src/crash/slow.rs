//! A slow disk: the kernel lets some processes write only so often, as far as it offers that.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// How many writes a second the disk has left.
const WRITES: u32 = 40;

/// A group of processes for which the disk is slow.
#[derive(Debug)]
pub struct SlowDisk {
    group: PathBuf,
    all: PathBuf,
}

impl SlowDisk {
    /// For the disk on which a folder lies; none if the kernel does not let us.
    pub fn of(folder: &Path) -> Option<Self> {
        let device = fs::metadata(folder).ok()?.dev();
        let (major, minor) = ((device >> 8) & 0xfff, (device & 0xff) | ((device >> 12) & 0xf_ff00));
        let name = format!("sapa-crash-{}", std::process::id());
        let root = Path::new("/sys/fs/cgroup");
        let (all, file, limit) = if root.join("cgroup.controllers").exists() {
            fs::write(root.join("cgroup.subtree_control"), "+io").ok()?;
            (root.to_owned(), "io.max", format!("{major}:{minor} wiops={WRITES}"))
        } else {
            let limit = format!("{major}:{minor} {WRITES}");
            (root.join("blkio"), "blkio.throttle.write_iops_device", limit)
        };
        let slow = Self { group: all.join(name), all };
        fs::create_dir(&slow.group).ok()?;
        fs::write(slow.group.join(file), limit).ok()?;
        Some(slow)
    }

    /// It is slow for these processes and for those that they start.
    pub fn slows(&self, processes: &[u32]) -> std::io::Result<()> {
        processes.iter().try_for_each(|id| move_to(&self.group, *id))
    }
}

fn move_to(group: &Path, process: u32) -> std::io::Result<()> {
    match fs::write(group.join("cgroup.procs"), process.to_string()) {
        // It has ended meanwhile.
        Err(error) if error.raw_os_error() == Some(3) => Ok(()),
        other => other,
    }
}

impl Drop for SlowDisk {
    fn drop(&mut self) {
        let left = fs::read_to_string(self.group.join("cgroup.procs")).unwrap_or_default();
        for process in left.lines().filter_map(|line| line.parse().ok()) {
            let _ = move_to(&self.all, process);
        }
        let _ = fs::remove_dir(&self.group);
    }
}
