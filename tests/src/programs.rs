//! The programs of this workspace, built once per test run.

use crate::PATIENCE;
use cargo_metadata::{CargoOpt, Message, Metadata, MetadataCommand};
use echo::lab::{Ended, Process};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

/// The repository's folder.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository")
}

/// What cargo knows about the workspace and its dependencies.
pub fn metadata() -> &'static Metadata {
    static METADATA: OnceLock<Metadata> = OnceLock::new();
    METADATA.get_or_init(|| {
        let mut command = MetadataCommand::new();
        command
            .current_dir(repository())
            .features(CargoOpt::AllFeatures)
            .other_options(["--locked".to_owned()]);
        command.exec().expect("cargo metadata")
    })
}

/// The built program `name`. The first call in each process asks cargo to build all of them, in the
/// profile of this test, so no test can meet a stale or a missing one.
pub fn program(name: &str) -> &'static Path {
    static PROGRAMS: OnceLock<HashMap<String, PathBuf>> = OnceLock::new();
    let programs = PROGRAMS.get_or_init(build);
    programs
        .get(name)
        .unwrap_or_else(|| panic!("the workspace builds no program {name}: {:?}", programs.keys()))
}

fn build() -> HashMap<String, PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(repository()).args([
        "build",
        "--workspace",
        "--bins",
        "--locked",
        "--message-format=json-render-diagnostics",
    ]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    // What cargo says to a test about the test's own package is not for other packages: a build script that
    // looks at it would run again, and again when the next outer build takes it back.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_"].iter().any(|own| name.starts_with(own)) {
            command.env_remove(&*name);
        }
    }
    // Both pipes are read at once: who reads only one of them waits for ever when the other is full.
    let ended = command.output().expect("cargo can be started");
    assert!(ended.status.success(), "the programs do not build:\n{}", String::from_utf8_lossy(&ended.stderr));
    Message::parse_stream(&ended.stdout[..])
        .filter_map(|message| match message.expect("cargo speaks JSON") {
            Message::CompilerArtifact(artifact) => {
                Some((artifact.target.name, artifact.executable?.into_std_path_buf()))
            }
            _ => None,
        })
        .collect()
}

/// Starts a program.
pub fn start<S: AsRef<OsStr>>(name: &str, args: impl IntoIterator<Item = S>) -> Process {
    Process::start(program(name), args).unwrap()
}

/// Starts a server on a free port and waits for its address.
pub fn server(name: &str, args: &[&str]) -> (Process, SocketAddr) {
    let listen = ["--listen", "127.0.0.1:0"];
    let (verb, more) =
        args.split_first().filter(|(first, _)| !first.starts_with('-')).unwrap_or((&"server", args));
    start(name, [*verb].iter().chain(&listen).chain(more)).server().unwrap()
}

/// Runs a program to its end with this input.
pub fn run(name: &str, args: &[&str], input: &[u8]) -> Ended {
    run_with(name, args, input, PATIENCE)
}

/// The same, for a program that may take longer.
pub fn run_with(name: &str, args: &[&str], input: &[u8], limit: Duration) -> Ended {
    let mut process = start(name, args);
    // A program that ends before it has read everything is the test's own business.
    let _ = process.write(input);
    process.wait(limit).unwrap()
}
