//! Stage 8's server and client: a site with a folder of its own, and pages fetched from it.

use crate::{PATIENCE, run, server};
use echo::lab::{Ended, Process};
use std::net::SocketAddr;
use std::path::Path;
use tempfile::TempDir;

/// A server with a folder of its own.
pub struct Site {
    folder: TempDir,
    process: Process,
    address: SocketAddr,
}

impl Site {
    /// Starts it.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (process, address) = Self::serve(folder.path(), &[]);
        Self { folder, process, address }
    }

    /// Another server on such a folder.
    pub fn serve(folder: &Path, more: &[&str]) -> (Process, SocketAddr) {
        server("stage-8", &[&["--dir", folder.to_str().unwrap()], more].concat())
    }

    /// Its folder, with `ca.pem` and all other files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file of the folder.
    pub fn file(&self, name: &str) -> String {
        self.folder().join(name).display().to_string()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a page.
    pub fn url(&self, page: &str) -> String {
        url(self.address, page)
    }

    /// Fetches a page, trusting the folder's CA.
    pub fn get(&self, page: &str, more: &[&str]) -> Ended {
        get(&self.url(page), &self.file("ca.pem"), more)
    }

    /// Waits for a line of the log that contains `part`.
    pub fn logs(&mut self, part: &str) {
        let process = &mut self.process;
        let mut line = || process.log_line(PATIENCE).unwrap_or_else(|| panic!("the log never says {part}"));
        while !line().contains(part) {}
    }
}

impl Default for Site {
    fn default() -> Self {
        Self::new()
    }
}

/// The address of a page on this machine, by name.
pub fn url(address: SocketAddr, page: &str) -> String {
    format!("https://localhost:{}{page}", address.port())
}

/// Runs `stage-8 get`.
pub fn get(url: &str, ca: &str, more: &[&str]) -> Ended {
    run("stage-8", &[&["get", url, "--ca", ca, "--timeout", "10"], more].concat(), b"")
}

/// The last line of standard error, which says why it failed; it must have ended with 1.
pub fn why(ended: &Ended) -> &str {
    assert_eq!(ended.status.code(), Some(1), "{}{}", ended.output, ended.errors);
    ended.errors.lines().last().unwrap_or_default()
}
