//! A wall clock that a test sets: programs that start under it see the machine's time, moved by an offset. Clocks
//! that only run forwards, as timers use them, stay right.

use crate::peers::faketime;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// The clock of a machine.
pub struct Clock {
    library: OsString,
    file: PathBuf,
}

impl Clock {
    /// A right one, under this name in this folder. Without `faketime` there is none, as with [`crate::python`].
    pub fn new(folder: &Path, name: &str) -> Option<Self> {
        let clock = Self { library: faketime()?, file: folder.join(name) };
        clock.set("+0");
        Some(clock)
    }

    /// Sets it, while programs run: `-1d` is a day behind, `+4m` four minutes ahead, `+0` right.
    pub fn set(&self, offset: &str) {
        let new = self.file.with_extension("new");
        fs::write(&new, offset).unwrap();
        fs::rename(new, &self.file).unwrap(); // nobody may read half of it
    }

    /// What a program needs in its environment to see it.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        vec![
            ("LD_PRELOAD", self.library.clone()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.clone().into()),
            ("FAKETIME_NO_CACHE", "1".into()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
        ]
    }
}
