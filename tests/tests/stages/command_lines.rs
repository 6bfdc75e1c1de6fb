//! What every program's command line promises: help, versions, exit statuses, the rules of the lab.

use acceptance::{deserted, listen, program, run, server, start};
use echo::lab::LADDER;
use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpStream};
use std::sync::LazyLock;
use tempfile::TempDir;

/// The verb with which a stage's client is started, with all it needs to get as far as the network.
fn client<'a>(stage: &str, address: &'a str) -> Vec<&'a str> {
    static CA: LazyLock<(TempDir, String)> = LazyLock::new(|| {
        let dir = tempfile::tempdir().unwrap();
        let made = run("stage-7", &["ca", "init", "--dir", dir.path().to_str().unwrap()], b"");
        assert!(made.status.success(), "{}", made.errors);
        let ca = dir.path().join("ca.pem").into_os_string().into_string().unwrap();
        (dir, ca)
    });
    match stage {
        "stage-8" => vec!["get", address],
        "stage-7" => vec!["client", "--connect", address, "--ca", &CA.1],
        _ => vec!["client", "--connect", address],
    }
}

/// An address as that client takes it.
fn called(stage: &str, address: SocketAddr) -> String {
    if stage == "stage-8" { format!("https://{address}/") } else { address.to_string() }
}

/// The options with which a server leaves nothing behind.
fn own_folder(stage: &str, folder: &TempDir) -> Vec<String> {
    let keeps_keys = matches!(stage, "stage-7" | "stage-8");
    let dir = folder.path().to_str().unwrap().to_owned();
    if keeps_keys { vec!["--dir".to_owned(), dir] } else { Vec::new() }
}

fn stages() -> impl Iterator<Item = String> {
    LADDER.iter().map(|rung| format!("stage-{}", rung.stage))
}

#[test]
fn help_shows_an_example_for_every_verb_in_80_columns() {
    for stage in stages() {
        let ended = run(&stage, &["--help"], b"");
        assert_eq!(ended.status.code(), Some(0));
        let verbs =
            ended.output.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   ")).count();
        let examples = ended.output.matches("example: ").count();
        assert!(
            verbs >= 4 && verbs == examples,
            "{stage}: {verbs} verbs, {examples} examples\n{}",
            ended.output
        );
        let long = ended.output.lines().find(|line| anatomy::width(line) > 80);
        assert_eq!(long, None, "{stage}");
        for verb in ["server", client(&stage, "")[0], "attack", "demo"] {
            let ended = run(&stage, &[verb, "--help"], b"");
            assert!(ended.status.success() && ended.output.contains(&format!("  {verb}")), "{stage} {verb}");
        }
    }
}

#[test]
fn version_is_the_packages() {
    for stage in stages() {
        assert_eq!(
            run(&stage, &["--version"], b"").output,
            format!("{stage} {}\n", env!("CARGO_PKG_VERSION"))
        );
    }
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_is_right() {
    let cases: [(&[&str], &str); 11] = [
        (&["servr"], "the verbs are demo, server, "),
        (&["server", "--prot", "1"], "has no option --prot"),
        (&["server", "--listen"], "listen"),
        (&["server", "--listen", "nowhere"], "write it like 127.0.0.1:9001"),
        (&["server", "--listen", "127.0.0.1:99999"], "is not an address"),
        (&["server", "--listen", "127.0.0.1:0", "--listen", "127.0.0.1:0"], "--listen is given twice"),
        (&["server", "extra"], "extra"),
        (&["attack"], "which attack?"),
        (&["attack", "magic"], "there is no attack \"magic\"; there are: "),
        (&["demo", "--text", "two\nlines"], "one line"),
        (&["demo", "--text", ""], "--text"),
    ];
    for stage in stages() {
        let address = called(&stage, ([127, 0, 0, 1], 9).into());
        let soon = [client(&stage, &address), vec!["--timeout", "soon"]].concat();
        for (args, part) in cases.into_iter().chain([(soon.as_slice(), "whole number")]) {
            let ended = run(&stage, args, b"");
            assert_eq!(ended.status.code(), Some(2), "{stage} {args:?}: {}", ended.errors);
            assert!(ended.errors.contains(part), "{stage} {args:?}: {}", ended.errors);
            assert_eq!(ended.errors.lines().count(), 1, "one sentence: {}", ended.errors);
        }
    }
}

#[test]
fn no_program_leaves_this_machine() {
    for stage in stages() {
        let servers = ["0.0.0.0:0", "[::]:0"].map(|address| vec!["server", "--listen", address]);
        let clients =
            ["192.0.2.1:80", "[::ffff:192.0.2.1]:80", "example.org:80"].map(|to| client(&stage, to));
        // Stage 8's client is the one program that may: it fetches any page.
        let clients = clients.into_iter().filter(|args| args[0] == "client");
        for args in servers.into_iter().chain(clients) {
            let ended = run(&stage, &args, b"");
            assert_eq!(ended.status.code(), Some(2), "{stage} {args:?}: {}", ended.errors);
        }
        let list = run(&stage, &["attack", "--list"], b"");
        for attack in list.output.lines().filter_map(|line| line.split_whitespace().next()) {
            let ended = run(&stage, &["attack", attack, "--connect", "192.0.2.1:80"], b"");
            assert_eq!(ended.status.code(), Some(2), "{stage} {attack}: {}", ended.errors);
            assert!(ended.errors.contains("is not this machine"), "{}", ended.errors);
        }
    }
}

#[test]
fn a_port_in_use_and_a_missing_server_are_told_apart_from_everything_else() {
    let (_busy, address) = listen();
    let (_kept, free) = deserted();
    for stage in stages() {
        let folder = tempfile::tempdir().unwrap();
        let (address, own) = (address.to_string(), own_folder(&stage, &folder));
        let own = own.iter().map(String::as_str);
        let args: Vec<&str> = ["server", "--listen", &address].into_iter().chain(own).collect();
        let ended = run(&stage, &args, b"");
        assert_eq!(ended.status.code(), Some(1));
        assert!(ended.errors.contains("another program already uses this address"), "{}", ended.errors);
        let ended = run(&stage, &client(&stage, &called(&stage, free)), b"hello\n");
        assert_eq!(ended.status.code(), Some(1));
        assert!(ended.errors.contains("is the server running?"), "{}", ended.errors);
        let ended = run(&stage, &["attack", "stranger", "--connect", &free.to_string()], b"");
        assert_eq!(ended.status.code(), Some(1), "an attack that cannot run is no attack that failed");
    }
}

#[test]
fn a_server_that_never_speaks_does_not_hold_a_client_for_ever() {
    let (_silent, address) = listen();
    for stage in stages() {
        let address = called(&stage, address);
        let ended = run(&stage, &[client(&stage, &address), vec!["--timeout", "1"]].concat(), b"hello\n");
        assert_eq!(ended.status.code(), Some(1));
        assert!(ended.errors.contains("stayed silent too long"), "{stage}: {}", ended.errors);
    }
}

#[test]
fn a_reader_that_goes_away_ends_a_program_quietly() {
    // `stage-1 --help | head -0`: standard output is closed before the first line.
    let mut command = std::process::Command::new(program("stage-1"));
    command.arg("--help").stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(errors, "");
}

#[test]
fn a_demo_that_nobody_reads_any_more_takes_its_server_with_it() {
    let mut command = std::process::Command::new(program("stage-1"));
    let mut demo = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(demo.stdout.take().unwrap());
    let mut line = String::new();
    let address: SocketAddr = loop {
        line.clear();
        output.read_line(&mut line).unwrap();
        let found = line.split_whitespace().find_map(|word| word.trim_end_matches('.').parse().ok());
        if let Some(address) = found {
            break address;
        }
    };
    drop(output); // as in `stage-1 | head`
    assert!(demo.wait().unwrap().success());
    assert!(TcpStream::connect(address).is_err(), "the demo's server is still there");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_server_with_0() {
    for stage in stages() {
        let folder = tempfile::tempdir().unwrap();
        let own = own_folder(&stage, &folder);
        let (process, address) = server(&stage, &own.iter().map(String::as_str).collect::<Vec<_>>());
        let _idle = TcpStream::connect(address).unwrap();
        let killed =
            std::process::Command::new("kill").args(["-INT", &process.id().to_string()]).status().unwrap();
        assert!(killed.success());
        let ended = process.wait(acceptance::PATIENCE).unwrap();
        assert_eq!(ended.status.code(), Some(0), "{stage}: {}", ended.errors);
    }
}

#[test]
fn a_client_ends_at_quit_and_ignores_what_follows() {
    let (_server, address) = server("stage-1", &[]);
    let ended = run("stage-1", &["client", "--connect", &address.to_string()], b"one\r\nquit\nthree\n");
    assert_eq!((ended.status.code(), ended.output.as_str()), (Some(0), "ONE\n"));
}

#[test]
fn every_stage_lists_its_own_attack_first_and_the_older_ones_behind_it() {
    for rung in LADDER {
        let list = run(&format!("stage-{}", rung.stage), &["attack", "--list"], b"").output;
        let stages: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().nth(2)).collect();
        let mut stages = stages;
        stages.dedup();
        let expected: Vec<String> = (1..=rung.stage).rev().map(|stage| stage.to_string()).collect();
        assert_eq!(stages, expected, "{list}");
    }
}

#[test]
fn a_line_that_is_too_long_is_refused_before_it_is_sent() {
    for (stage, longest) in [("stage-1", 64 << 10), ("stage-4", 1 << 20)] {
        let (_server, address) = server(stage, &[]);
        let mut client = start(stage, ["client", "--connect", &address.to_string()]);
        let _ = client.write(&vec![b'a'; longest + 1]);
        let ended = client.wait(acceptance::PATIENCE).unwrap();
        assert_eq!(ended.status.code(), Some(1));
        assert!(ended.errors.contains(&format!("longer than {longest} bytes")), "{}", ended.errors);
    }
}
