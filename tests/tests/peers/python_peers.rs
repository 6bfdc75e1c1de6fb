//! Programs in Python, written from the specification alone, talk to ours in both directions.

use acceptance::{
    PATIENCE, aes_python, conforms, peer, peer_server, python, repository, run, run_peer, server, start,
};
use echo::lab::{Ended, Process, Tap};
use framing::{Value, from_json, to_json};
use std::net::SocketAddr;
use std::path::PathBuf;

const KEY: &str = "only for this test";
const LINES: &[u8] = "hello\nstraße 小明\nthe end\n".as_bytes();
const ANSWERS: &str = "HELLO\nSTRASSE 小明\nTHE END\n";

/// The options of a stage's key: stage 1 has none.
fn key(stage: u8) -> &'static [&'static str] {
    if stage == 1 { &[] } else { &["--key", KEY] }
}

/// The Python that this stage's peer needs: from stage 6 on, one with AES.
fn python_for(stage: u8) -> Option<PathBuf> {
    if stage < 6 { python() } else { aes_python() }
}

#[test]
fn the_peers_agree_with_published_vectors() {
    // Without AES the script says what it leaves out.
    let Some(python) = aes_python().or_else(python) else { return };
    let vectors = repository().join("tests/vectors/original.json");
    let ended = peer(&python, "check_vectors.py", [vectors]).wait(3 * PATIENCE).unwrap();
    assert!(ended.status.success(), "{}{}", ended.output, ended.errors);
    assert!(ended.output.starts_with("ok: "), "{}", ended.output);
}

/// The kit knows bad clients as well, so a peer cannot be more lenient than the specification.
#[test]
fn the_python_servers_pass_the_conformance_kit() {
    // All at once: the kit mostly waits.
    std::thread::scope(|scope| {
        for stage in 1..=6 {
            let Some(python) = python_for(stage) else { continue };
            scope.spawn(move || {
                let (_server, address) = peer_server(&python, &[&format!("stage-{stage}"), "server"]);
                conforms(&[&stage.to_string()], address);
            });
        }
    });
}

#[test]
fn a_python_client_talks_to_our_server() {
    for stage in 1..=6 {
        let Some(python) = python_for(stage) else { continue };
        let (_server, address) = server(&format!("stage-{stage}"), key(stage));
        let (name, address) = (format!("stage-{stage}"), address.to_string());
        let args = [&[name.as_str(), "client", "--connect", &address], key(stage)].concat();
        let ended = run_peer(&python, &args, LINES);
        assert_eq!((ended.output.as_str(), ended.errors.as_str()), (ANSWERS, ""), "stage {stage}");
        if stage > 1 {
            let args = [name.as_str(), "client", "--connect", &address, "--key", "wrong"];
            let ended = run_peer(&python, &args, LINES);
            assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""), "stage {stage}");
        }
    }
}

#[test]
fn a_python_client_talks_to_all_three_models() {
    let Some(python) = python() else { return };
    for model in ["threads", "select", "tasks"] {
        let (_server, address) = server("stage-3", &["--model", model, "--key", KEY]);
        let args = ["stage-3", "client", "--connect", &address.to_string(), "--key", KEY];
        assert_eq!(run_peer(&python, &args, LINES).output, ANSWERS, "{model}");
    }
}

#[test]
fn our_client_talks_to_a_python_server() {
    for stage in 1..=6 {
        let Some(python) = python_for(stage) else { continue };
        let name = format!("stage-{stage}");
        let (_server, address) = peer_server(&python, &[&[name.as_str(), "server"], key(stage)].concat());
        let address = address.to_string();
        let ended = run(&name, &[&["client", "--connect", &address], key(stage)].concat(), LINES);
        assert_eq!(ended.output, ANSWERS, "stage {stage}: {}", ended.errors);
        if stage > 1 {
            let ended = run(&name, &["client", "--connect", &address, "--key", "wrong"], LINES);
            assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""), "stage {stage}");
        }
    }
}

#[test]
fn both_byte_orders_are_understood_in_both_directions() {
    let Some(python) = python() else { return };
    let (_ours, address) = server("stage-4", &["--open", "--little-endian"]);
    let args = ["stage-4", "client", "--open", "--little-endian", "--connect", &address.to_string()];
    assert_eq!(run_peer(&python, &args, LINES).output, ANSWERS);
    let (_theirs, address) = peer_server(&python, &["stage-4", "server", "--open", "--little-endian"]);
    let args = ["client", "--open", "--little-endian", "--connect", &address.to_string()];
    assert_eq!(run("stage-4", &args, LINES).output, ANSWERS);
}

#[test]
fn every_kind_of_key_exchange_works_in_both_directions() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let group = folder.path().join("p.txt");
    std::fs::write(&group, format!("{SAFE_PRIME}\n")).unwrap();
    let own = ["--group", group.to_str().unwrap()];
    for options in [&["--historic"][..], &["--one-keystream"], &["--historic", "--one-keystream"], &own] {
        let (_ours, address) = server("stage-5", &[&["--open"], options].concat());
        let address = address.to_string();
        let theirs = [&["stage-5", "client", "--open", "--connect", &address], options].concat();
        assert_eq!(run_peer(&python, &theirs, LINES).output, ANSWERS, "{options:?}");
        let (_theirs, address) = peer_server(&python, &[&["stage-5", "server", "--open"], options].concat());
        let address = address.to_string();
        let ours = [&["client", "--open", "--connect", &address], options].concat();
        assert_eq!(run("stage-5", &ours, LINES).output, ANSWERS, "{options:?}");
    }
}

/// 512 bits, from `openssl prime -generate -safe -bits 512`: for tests, too short for anything else.
const SAFE_PRIME: &str = "113446464182967036184142008898931137898835212944281677928439130277693874545222540507382394\
                          91722407805536247175266921682274923090563703809961046135159176163";

#[test]
fn packets_under_every_kind_of_key_work_in_both_directions() {
    let Some(python) = aes_python() else { return };
    for options in [&["--open"][..], &["--historic"], &["--open", "--historic"]] {
        let (_ours, address) = server("stage-6", options);
        let address = address.to_string();
        let theirs = [&["stage-6", "client", "--connect", &address], options].concat();
        list_of_friends(&run_peer(&python, &theirs, FRIENDS), options);
        let (_theirs, address) = peer_server(&python, &[&["stage-6", "server"], options].concat());
        let address = address.to_string();
        let ours = [&["client", "--connect", &address], options].concat();
        list_of_friends(&run("stage-6", &ours, FRIENDS), options);
    }
}

const FRIENDS: &[u8] = b"hello\n/add bob\n/delete bob\n\nthe end\n";

fn list_of_friends(ended: &Ended, options: &[&str]) {
    let said = "HELLO\nbob is on the list now\nbob is off the list now\n\nTHE END\n";
    assert_eq!(ended.output, said, "{options:?}: {}", ended.errors);
}

#[test]
fn our_values_are_the_original_programs_byte_for_byte() {
    let text = std::fs::read_to_string(repository().join("tests/vectors/original.json")).unwrap();
    let Value::Dict(vectors) = from_json(&text).unwrap() else { panic!("the file is an object") };
    let Some((_, Value::List(messages))) = vectors.into_iter().find(|(key, _)| key == "messages") else {
        panic!("the file has messages");
    };
    assert!(messages.len() >= 15);
    for vector in messages {
        let Value::Dict(mut parts) = vector else { panic!("a message is an object") };
        let Some((_, Value::Str(bytes))) = parts.pop() else { panic!("its bytes come last") };
        let message = to_json(&Value::Dict(parts)).unwrap();
        let encoded = run("stage-4", &["encode", "--message"], message.as_bytes());
        assert_eq!(encoded.output.trim_end(), bytes, "{message}: {}", encoded.errors);
        let decoded = run("stage-4", &["decode", "--message"], bytes.as_bytes());
        assert_eq!(decoded.output.trim_end(), message);
    }
}

#[test]
fn values_survive_the_way_through_the_other_language() {
    let Some(python) = python() else { return };
    for json in [
        r#"{"a":[1,null,true,"小明",{"$bytes":"00ff"}],"b":{"c":18446744073709551615}}"#,
        "null",
        "0.5",
        "[]",
    ] {
        let ours = run("stage-4", &["encode"], json.as_bytes()).output;
        let theirs = run_peer(&python, &["encode"], json.as_bytes());
        assert_eq!(ours, theirs.output, "{json}: {}", theirs.errors);
        assert_eq!(run_peer(&python, &["decode"], ours.as_bytes()).output.trim_end(), json);
        assert_eq!(run("stage-4", &["decode"], ours.as_bytes()).output.trim_end(), json);
    }
}

struct Receiver {
    dir: tempfile::TempDir,
    _process: Process,
    address: SocketAddr,
}

fn receiver(start: impl FnOnce(&[&str]) -> (Process, SocketAddr)) -> Receiver {
    let dir = tempfile::tempdir().unwrap();
    let (process, address) = start(&["recv-files", "--key", KEY, "--dir", dir.path().to_str().unwrap()]);
    Receiver { dir, _process: process, address }
}

#[test]
fn files_go_both_ways_and_resume_in_the_other_language() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes 小明.bin");
    let content: Vec<u8> = (0..700_000_u32).map(|n| (n * 7 % 251) as u8).collect();
    std::fs::write(&path, &content).unwrap();
    let path = path.to_str().unwrap();

    let send_ours = |to: SocketAddr| {
        start("stage-4", ["send-file", path, "--key", KEY, "--connect", &to.to_string()])
            .wait(PATIENCE)
            .unwrap()
    };
    let send_theirs = |to: SocketAddr| {
        run_peer(&python, &["stage-4", "send-file", path, "--key", KEY, "--connect", &to.to_string()], b"")
    };
    let theirs = receiver(|args| peer_server(&python, &[&["stage-4"], args].concat()));
    let ours = receiver(|args| server("stage-4", args));

    let check = |name: &str, receiver: &Receiver, send: &dyn Fn(SocketAddr) -> Ended| {
        let cut = send(Tap::cutting(receiver.address, 300_000).unwrap().address());
        assert_eq!(cut.status.code(), Some(1), "{name}: {}", cut.output);
        let sent = send(receiver.address);
        assert!(sent.status.success(), "{name}: {}", sent.errors);
        let offset: u64 = sent.output.trim_end().rsplit(' ').next().unwrap().parse().unwrap();
        assert!(offset > 0, "{name} resumes: {}", sent.output);
        assert!(std::fs::read(receiver.dir.path().join("notes 小明.bin")).unwrap() == content, "{name}");
    };
    check("our sender, their receiver", &theirs, &send_ours);
    check("their sender, our receiver", &ours, &send_theirs);
}
