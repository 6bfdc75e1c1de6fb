//! Programs of others: Python for the peers in `peers/`, OpenSSL, curl, faketime.

use crate::{PATIENCE, repository};
use echo::lab::{Ended, Process};
use std::ffi::{OsStr, OsString};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The Python to use. Without one the test is skipped, with a reason; where `UCHAT_REQUIRE_PEERS=1` is
/// set, it fails instead.
pub fn python() -> Option<PathBuf> {
    tool(&["python3", "python"], &["-c", "import hmac"], "there is no python3 on this machine")
}

/// The same for a Python with AES, which the peers of stages 6 and 7 need.
pub fn aes_python() -> Option<PathBuf> {
    python()?;
    let import = "import cryptography.hazmat.primitives.ciphers";
    let missing = "python3 has no AES: python3 -m pip install cryptography";
    tool(&["python3", "python"], &["-c", import], missing)
}

/// The same for the command `openssl`.
pub fn openssl() -> Option<PathBuf> {
    tool(&["openssl"], &["version"], "there is no openssl on this machine")
}

/// The same for the command `curl`.
pub fn curl() -> Option<PathBuf> {
    tool(&["curl"], &["--version"], "there is no curl on this machine")
}

/// The same for `faketime`; the library that it puts before a program.
pub fn faketime() -> Option<OsString> {
    let shown = ["-m", "-f", "+0", "printenv", "LD_PRELOAD"];
    let faketime = tool(&["faketime"], &shown, "there is no faketime on this machine")?;
    let library = Command::new(faketime).args(shown).output().unwrap().stdout;
    Some(String::from_utf8(library).unwrap().trim().into())
}

/// The first of `names` that runs with `args`.
fn tool(names: &[&str], args: &[&str], missing: &str) -> Option<PathBuf> {
    let works = |name: &&str| {
        let status = Command::new(name).args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    let found = names.iter().copied().find(works);
    if found.is_none() {
        let required = std::env::var_os("UCHAT_REQUIRE_PEERS").is_some_and(|value| value == "1");
        assert!(!required, "UCHAT_REQUIRE_PEERS=1, but {missing}");
        eprintln!("skipped: {missing}");
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

/// Runs `peer.py` to its end with this input.
pub fn run_peer(python: &PathBuf, args: &[&str], input: &[u8]) -> Ended {
    let mut process = peer(python, "peer.py", args);
    // A peer that ends before it has read everything is the test's own business.
    let _ = process.write(input);
    process.wait(PATIENCE).unwrap()
}

/// Starts `peer.py` as a server on a free port.
pub fn peer_server(python: &PathBuf, args: &[&str]) -> (Process, SocketAddr) {
    let listen = ["--listen", "127.0.0.1:0"];
    peer(python, "peer.py", args.iter().chain(&listen)).server().unwrap()
}
