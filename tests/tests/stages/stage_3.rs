//! Stage 3: the three models do the same for every client, and no client can spoil it for the others.

use acceptance::{PATIENCE, connect, read_to_end, run, server, start};
use conn_auth::{Challenge, Key};
use echo::lab::Process;
use socketserver::measure::{Crowd, Usage};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

const KEY: &str = "only for this test";

/// Runs a test under each model; side by side, since some have to wait for the server's patience.
fn for_every_model(test: impl Fn(&str) + Sync) {
    std::thread::scope(|scope| {
        for name in ["threads", "select", "tasks"] {
            scope.spawn(|| test(name));
        }
    });
}

fn model(name: &str) -> (Process, SocketAddr) {
    server("stage-3", &["--model", name, "--key", KEY])
}

fn admitted(address: SocketAddr) -> TcpStream {
    let mut stream = connect(address);
    let mut challenge = [0; 32];
    stream.read_exact(&mut challenge).unwrap();
    let answer = Challenge::new(challenge).answer(&Key::new(KEY.as_bytes()).unwrap());
    stream.write_all(&answer).unwrap();
    stream
}

fn ask(stream: &mut TcpStream, text: &[u8]) -> Vec<u8> {
    stream.write_all(text).unwrap();
    let mut answer = vec![0; text.len()];
    stream.read_exact(&mut answer).unwrap();
    answer
}

#[test]
fn many_clients_are_served_while_the_first_ones_stay() {
    for_every_model(|name| {
        let (_server, address) = model(name);
        let mut clients: Vec<TcpStream> = (0..100).map(|_| admitted(address)).collect();
        for round in 0..3 {
            for client in &mut clients {
                assert_eq!(ask(client, b"hello"), b"HELLO", "{name}, round {round}");
            }
        }
    });
}

#[test]
fn strangers_the_silent_and_the_half_dead_disturb_nobody() {
    for_every_model(|name| {
        let (mut process, address) = model(name);
        let mut good = admitted(address);

        let mut stranger = connect(address);
        stranger.write_all(&[0; 16]).unwrap();
        assert_eq!(read_to_end(&mut stranger).len(), 32, "{name}: the challenge, then the end");

        let silent = connect(address); // says nothing, for as long as the server lets it
        let mut half_dead = admitted(address);
        half_dead.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
        // A large buffer would go on taking answers, a few bytes at a time, long after its owner stopped.
        socket2::SockRef::from(&half_dead).set_recv_buffer_size(4096).unwrap();
        // It asks and asks and takes no answer, until the system's buffers are full both ways and stay so.
        let mut timeouts = 0;
        for _ in 0..100_000 {
            match half_dead.write(&[b'a'; 1024]) {
                Ok(_) => timeouts = 0,
                Err(_) => timeouts += 1,
            }
            if timeouts == 2 {
                break;
            }
        }
        assert_eq!(timeouts, 2, "{name}: the server keeps answers that nobody takes");
        let mut half_dead_answer = admitted(address);
        half_dead_answer.write_all(b"gone before the answer").unwrap();
        drop(half_dead_answer);

        assert_eq!(ask(&mut good, b"still served?"), b"STILL SERVED?", "{name}");
        // Both are sent away in the end: 5 s for the answer, 10 s for the answers not taken.
        let (mut late, mut stalled) = (false, false);
        while !(late && stalled) {
            let line = process
                .log_line(3 * PATIENCE)
                .unwrap_or_else(|| panic!("{name}: late {late}, stalled {stalled}"));
            late |= line.contains("no answer to the challenge within 5 s");
            stalled |= line.contains("does not take its answers");
        }
        assert_eq!(ask(&mut good, b"and now?"), b"AND NOW?", "{name}");
        drop(silent);
    });
}

#[test]
fn a_busy_client_does_not_starve_a_quiet_one() {
    for_every_model(|name| {
        let (_server, address) = model(name);
        let mut quiet = admitted(address);
        let busy = admitted(address);
        let mut reader = busy.try_clone().unwrap();
        let drain = std::thread::spawn(move || read_to_end(&mut reader).len());
        let mut writer = busy.try_clone().unwrap();
        let flood = std::thread::spawn(move || (0..2_000).try_for_each(|_| writer.write_all(&[b'a'; 4096])));
        for _ in 0..20 {
            assert_eq!(ask(&mut quiet, b"me too"), b"ME TOO", "{name}");
        }
        flood.join().unwrap().unwrap();
        busy.shutdown(Shutdown::Write).unwrap();
        assert_eq!(drain.join().unwrap(), 2_000 * 4096, "{name}");
    });
}

#[test]
fn the_older_attacks_fail_under_every_model() {
    for_every_model(|name| {
        let (_server, address) = model(name);
        for attack in ["stranger", "hold"] {
            let ended = run("stage-3", &["attack", attack, "--connect", &address.to_string()], b"");
            assert_eq!(ended.status.code(), Some(3), "{name}, {attack}: {}", ended.output);
        }
    });
}

#[test]
fn open_servers_challenge_nobody() {
    for_every_model(|name| {
        let (_server, address) = server("stage-3", &["--model", name, "--open"]);
        let mut stream = connect(address);
        assert_eq!(ask(&mut stream, b"hello"), b"HELLO", "{name}");
    });
}

#[test]
fn a_character_cut_in_two_by_a_read_is_answered_in_halves() {
    let (_server, address) = server("stage-3", &["--open"]);
    let mut stream = connect(address);
    assert_eq!(ask(&mut stream, b"caf\xc3"), b"CAF\xc3");
    assert_eq!(ask(&mut stream, b"\xa9!"), b"\xa9!", "half an é has no upper case");
}

#[test]
fn an_operator_types_the_answers() {
    let (mut operator, address) = server("stage-3", &["--interactive", "--key", KEY]);
    let mut client = start("stage-3", ["client", "--connect", &address.to_string(), "--key", KEY]);
    client.write_line("is \x1b[2Janybody there?").unwrap();
    let shown = operator.line(PATIENCE).unwrap();
    assert!(
        shown.ends_with(r#"says "is \u{1b}[2Janybody there?""#),
        "no escape sequence gets through: {shown}"
    );
    assert!(operator.line(PATIENCE).unwrap().starts_with("your answer to "));
    operator.write_line("yes, me").unwrap();
    assert_eq!(client.line(PATIENCE).unwrap(), "yes, me");
    client.write_line("good bye").unwrap();
    operator.line(PATIENCE).unwrap();
    operator.close_input();
    assert!(client.line(PATIENCE).is_err(), "the operator has left, so the conversation ends");
}

#[test]
fn wrong_models_are_wrong_usage() {
    for (args, part) in [
        (&["server", "--model", "fibers"][..], "threads, select, tasks"),
        (&["server", "--model", "select", "--interactive"], "--interactive needs --model threads"),
    ] {
        let ended = run("stage-3", args, b"");
        assert_eq!(ended.status.code(), Some(2));
        assert!(ended.errors.contains(part), "{}", ended.errors);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn two_thousand_idle_tasks_take_at_most_4_kib_each() {
    const CLIENTS: usize = 2_000;
    let (process, address) = model("tasks");
    let key = Key::new(KEY.as_bytes()).unwrap();
    let before = Usage::of(process.id()).unwrap();
    let mut crowd = match Crowd::connect(address, CLIENTS, Some(&key)) {
        Ok(crowd) => crowd,
        Err(failure) => {
            panic!("{CLIENTS} clients need a descriptor limit (ulimit -Hn) above that: {failure}")
        }
    };
    crowd.round().unwrap();
    let after = Usage::of(process.id()).unwrap();
    let each = (after.memory - before.memory) * 1024 / CLIENTS as u64;
    assert!(each <= 4096, "an idle connection takes {each} bytes");
    assert!(after.threads < 100, "{} threads", after.threads);
}
