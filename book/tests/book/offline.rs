//! The kit for a class room without internet. It needs the internet to be made, and a minute, so it is tested where
//! `CI` is set, and skipped elsewhere.

use std::process::Command;

#[test]
fn a_stage_runs_from_the_kit_without_internet() {
    if std::env::var_os("CI").is_none() {
        println!("skipped: CI is not set");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let kit = folder.path().join("kit");
    let made = Command::new(env!("CARGO_BIN_EXE_book")).arg("offline-kit").arg(&kit).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    assert!(kit.join("book/html/index.html").is_file());
    assert!(kit.join("Cargo.lock").is_file());
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(&kit)
        .args(["run", "--offline", "--locked", "-p", "stage-1"])
        // A home and a target folder that know no crate.
        .env("CARGO_HOME", folder.path().join("cargo-home"))
        .env("CARGO_TARGET_DIR", folder.path().join("target"))
        .env_remove("CARGO_BUILD_BUILD_DIR")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("stranger"), "the demo runs");
}
