//! The program in a home of its own: no settings and no files but those of the test.

use echo::lab::{Ended, Process};
use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// How long something may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse";

/// A folder in which everything lies.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("password"), PASSWORD).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The variables under which the program runs; all others are taken away.
    pub(crate) fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        let own = ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "APPDATA", "LOCALAPPDATA"];
        let kept = ["PATH", "SystemRoot", "LLVM_PROFILE_FILE"];
        let kept = kept.iter().filter_map(|&name| std::env::var_os(name).map(|value| (name, value.into())));
        own.iter().map(|&name| (name, self.0.path().to_owned())).chain(kept).collect()
    }

    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(args).env_clear().envs(self.environment()).current_dir(self.0.path());
        command
    }

    /// Runs it once, with the password in a file.
    pub(crate) fn run(&self, args: &[&str]) -> Ended {
        self.run_with(args, b"")
    }

    pub(crate) fn run_with(&self, args: &[&str], input: &[u8]) -> Ended {
        let mut command = self.command(args);
        command.env("UCHAT_PASSWORD_FILE", self.path("password"));
        let mut process = Process::spawn(command).unwrap();
        let _ = process.write(input); // a program that fails early does not read it
        process.wait(PATIENCE).unwrap()
    }

    /// The same, and it must be done.
    pub(crate) fn done(&self, args: &[&str]) -> String {
        let ended = self.run(args);
        assert_eq!(ended.status.code(), Some(0), "{args:?}: {}", ended.errors);
        ended.output
    }

    /// A server on this address, or on a free port.
    pub(crate) fn server_at(&self, listen: &str, args: &[&str]) -> (Process, SocketAddr) {
        let fixed = ["server", "--listen", listen, "--limits", "off"];
        Process::spawn(self.command(fixed.iter().chain(args))).unwrap().server().unwrap()
    }

    pub(crate) fn server(&self, args: &[&str]) -> (Process, SocketAddr) {
        self.server_at("127.0.0.1:0", args)
    }

    /// A profile that knows the server which runs here.
    pub(crate) fn join(&self, profile: &str) {
        let invite = self.done(&["invite"]);
        let ended = self.run_with(&["--profile", profile, "join", "-"], invite.as_bytes());
        assert_eq!(ended.status.code(), Some(0), "{}", ended.errors);
    }

    /// A profile with an account of this name.
    pub(crate) fn register(&self, name: &str) {
        self.join(name);
        let email = format!("{name}@example.org");
        let said = self.done(&["--profile", name, "register", "--username", name, "--email", &email]);
        assert!(said.contains(&format!("next: uchat --profile {name} contacts,")), "{said}");
    }
}

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_uchat");
