//! Programs of others: the Python peers in `peers/`.

use crate::repository;
use echo::lab::Process;
use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The Python to use. Without one the test is skipped, with a reason; where `UCHAT_REQUIRE_PEERS=1` is
/// set, it fails instead.
pub fn python() -> Option<PathBuf> {
    let works = |name: &str| {
        let status = Command::new(name)
            .args(["-c", "import hmac"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        status.is_ok_and(|status| status.success())
    };
    let found = ["python3", "python"].into_iter().find(|name| works(name));
    if found.is_none() {
        assert!(
            std::env::var_os("UCHAT_REQUIRE_PEERS").is_none_or(|value| value != "1"),
            "UCHAT_REQUIRE_PEERS=1, but there is no python3"
        );
        eprintln!("skipped: there is no python3 on this machine");
    }
    found.map(PathBuf::from)
}

/// Starts a script of `tests/peers`.
pub fn peer<S: AsRef<OsStr>>(python: &PathBuf, script: &str, args: impl IntoIterator<Item = S>) -> Process {
    let mut command = Command::new(python);
    command.arg("-B").arg(repository().join("tests/peers").join(script)).args(args);
    command.env("PYTHONIOENCODING", "utf-8");
    Process::spawn(command).unwrap()
}

/// Starts `peer.py` as a server on a free port.
pub fn peer_server(python: &PathBuf, args: &[&str]) -> (Process, SocketAddr) {
    let listen = ["--listen", "127.0.0.1:0"];
    peer(python, "peer.py", args.iter().chain(&listen)).server().unwrap()
}
