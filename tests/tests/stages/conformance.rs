//! The conformance kit against the built servers of two stages, as a class runs both.

use acceptance::{conforms, server};

#[test]
fn stage_4() {
    let (_server, address) = server("stage-4", &[]);
    // These two wait for 5 s each, and are about stage 2.
    conforms(&["4", "--without", "silence", "--without", "dripping"], address);
}

#[test]
fn files_of_stage_4() {
    let folder = tempfile::tempdir().unwrap();
    let (_server, address) = server("stage-4", &["recv-files", "--dir", folder.path().to_str().unwrap()]);
    conforms(&["--files"], address);
}

#[test]
fn stage_7() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, key) = (folder.path().join("server"), folder.path().join("access.key"));
    std::fs::write(&key, "our class").unwrap();
    let (dir, key) = (dir.to_str().unwrap(), key.to_str().unwrap());
    let (_server, address) = server("stage-7", &["--dir", dir, "--access-key-file", key]);
    conforms(&["7", "--key-file", key, "--ca", &format!("{dir}/ca.pem")], address);
}
