//! The clock of the hub's machine, which the rig sets: `libfaketime` stands between the hub and the system.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicI64, Ordering},
};

use anyhow::Context;

/// A clock that can be set.
#[derive(Debug)]
pub struct SetClock {
    library: PathBuf,
    file: PathBuf,
    /// By how many seconds it is ahead of ours.
    ahead: AtomicI64,
}

impl SetClock {
    /// The variable that puts the library between.
    pub const LIBRARY: &str = "LD_PRELOAD";

    /// It goes as ours does. Its file lies in a folder.
    pub fn new(folder: &Path) -> anyhow::Result<Self> {
        let places = fs::read_dir("/usr/lib")?.filter_map(|entry| Some(entry.ok()?.path()));
        let library = places
            .map(|place| place.join("faketime/libfaketimeMT.so.1"))
            .find(|library| library.exists())
            .context("libfaketime is missing: run script/setup")?;
        Ok(Self { library, file: folder.join("clock"), ahead: AtomicI64::new(0) })
    }

    /// What a hub is told so that it goes by this clock: nothing as long as it goes as ours does.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let ahead = self.ahead.load(Ordering::SeqCst);
        if ahead == 0 { Vec::new() } else { self.to_be_set("FAKETIME", format!("{ahead:+}")) }
    }

    /// What a hub is told so that it goes by this clock, and sees when it is set.
    pub fn watched(&self) -> anyhow::Result<Vec<(&'static str, String)>> {
        self.set(0)?;
        let mut variables =
            self.to_be_set("FAKETIME_TIMESTAMP_FILE", self.file.display().to_string());
        variables.push(("FAKETIME_NO_CACHE", "1".to_owned()));
        Ok(variables)
    }

    fn to_be_set(&self, name: &'static str, value: String) -> Vec<(&'static str, String)> {
        vec![
            (Self::LIBRARY, self.library.display().to_string()),
            // A watch goes on whatever becomes of the clock.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            (name, value),
        ]
    }

    /// Sets it so many seconds off for a while.
    pub fn set(&self, off: i64) -> anyhow::Result<()> {
        let fresh = self.file.with_extension("new");
        fs::write(&fresh, format!("{:+}\n", self.ahead.load(Ordering::SeqCst) + off))?;
        Ok(fs::rename(fresh, &self.file)?)
    }

    /// Sets it ahead for good.
    pub fn set_ahead(&self, seconds: i64) -> anyhow::Result<()> {
        self.ahead.fetch_add(seconds, Ordering::SeqCst);
        self.set(0)
    }
}
