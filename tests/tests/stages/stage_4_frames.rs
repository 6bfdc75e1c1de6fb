//! Stage 4: frames on bare sockets, values between JSON and hex, and the eavesdropper.

use acceptance::{PATIENCE, connect, listen, read_to_end, run, server, start};
use echo::lab::{Process, hex};
use framing::{ByteOrder, LIMIT, encode_frame};
use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

fn open_server(args: &[&str]) -> (Process, SocketAddr) {
    server("stage-4", &[&["--open"], args].concat())
}

fn frame(payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_frame(ByteOrder::Network, LIMIT, payload, &mut bytes).unwrap();
    bytes
}

#[test]
fn frames_are_answered_one_by_one_however_they_arrive() {
    let (_server, address) = open_server(&[]);
    let said = [frame(b"hello"), frame(b""), frame("straße".as_bytes()), frame(b"\xff\x00a")].concat();
    let heard = [frame(b"HELLO"), frame(b""), frame(b"STRASSE"), frame(b"\xff\x00A")].concat();
    for size in [1, 3, said.len()] {
        let mut stream = connect(address);
        for piece in said.chunks(size) {
            stream.write_all(piece).unwrap();
        }
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(read_to_end(&mut stream), heard, "in pieces of {size}");
    }
}

#[test]
fn the_largest_frame_passes_and_one_byte_more_ends_only_that_connection() {
    let (mut process, address) = open_server(&[]);
    let mut good = connect(address);
    good.write_all(&frame(&vec![b'a'; LIMIT])).unwrap();
    let mut answer = vec![0; LIMIT + 4];
    good.read_exact(&mut answer).unwrap();
    assert!(answer == frame(&vec![b'A'; LIMIT]));

    for (header, part) in [
        ((LIMIT as u32 + 1).to_be_bytes(), "1048577 bytes is announced, the limit is 1048576"),
        ([0xff; 4], "4294967295 bytes is announced"),
        (*b"GET ", "is announced"),
    ] {
        let mut bad = connect(address);
        bad.write_all(&header).unwrap();
        assert_eq!(read_to_end(&mut bad), b"");
        while !process.log_line(PATIENCE).expect("the server logs why").contains(part) {}
    }
    good.write_all(&frame(b"still here")).unwrap();
    let mut answer = vec![0; 14];
    good.read_exact(&mut answer).unwrap();
    assert_eq!(answer, frame(b"STILL HERE"));
}

#[test]
fn little_endian_headers_are_signed_and_a_negative_one_is_an_error() {
    let (mut process, address) = open_server(&["--little-endian"]);
    let mut stream = connect(address);
    stream.write_all(b"\x05\0\0\0hello").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(read_to_end(&mut stream), b"\x05\0\0\0HELLO");

    let mut negative = connect(address);
    negative.write_all(&(-5i32).to_le_bytes()).unwrap();
    assert_eq!(read_to_end(&mut negative), b"");
    while !process.log_line(PATIENCE).expect("the server logs why").contains("-5 bytes is announced") {}

    let ended = run("stage-4", &["client", "--open", "--connect", &address.to_string()], b"hello\n");
    assert_eq!(ended.status.code(), Some(1), "byte orders that do not fit are an error, not a wait");
}

#[test]
fn the_client_tells_a_cut_frame_from_a_clean_end() {
    for (sent, part) in [
        (&b""[..], "closed instead of answering"),
        (b"\0\0\0\x05HEL", "in the middle of a frame, after 7 bytes"),
        (b"\0\0", "in the middle of a frame, after 2 bytes"),
        (b"\x7f\xff\xff\xff", "2147483647 bytes is announced"),
    ] {
        let (listener, address) = listen();
        let fake = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 9];
            stream.read_exact(&mut request).unwrap();
            stream.write_all(sent).unwrap();
        });
        let ended = run("stage-4", &["client", "--open", "--connect", &address.to_string()], b"hello\n");
        fake.join().unwrap();
        assert_eq!(ended.status.code(), Some(1));
        assert!(ended.errors.contains(part), "{}", ended.errors);
    }
}

#[test]
fn an_empty_line_is_a_message_now() {
    let (_server, address) = open_server(&[]);
    let ended = run("stage-4", &["client", "--open", "--connect", &address.to_string()], b"a\n\nb\n");
    assert_eq!((ended.output.as_str(), ended.errors.as_str()), ("A\n\nB\n", ""));
}

#[test]
fn values_travel_between_json_and_hex() {
    let json =
        r#"{"name":"小明","ids":[0,255,256],"raw":{"$bytes":"00ff"},"half":0.5,"none":null,"yes":true}"#;
    let encoded = run("stage-4", &["encode"], json.as_bytes());
    assert_eq!(encoded.errors, "");
    let decoded = run("stage-4", &["decode"], encoded.output.as_bytes());
    assert_eq!(decoded.output.trim_end(), json);
    let message = run("stage-4", &["decode", "--message"], b"04 03 0000 0003 626f62");
    assert_eq!(message.output, "{\"operation\":4,\"value\":\"bob\"}\n");
    let labels = run("stage-4", &["decode", "--labels"], b"0300000003626f62");
    assert!(labels.output.contains("text    \"bob\""), "{}", labels.output);
}

#[test]
fn what_is_no_value_is_refused_with_its_place() {
    let deep = "0400000001".repeat(10_000);
    let nested_json = format!("{}{}", "[".repeat(40), "]".repeat(40));
    let cases: [(&str, &str, &str); 9] = [
        ("decode", "0g", "not hexadecimal"),
        ("decode", "030", "not hexadecimal"),
        ("decode", "0300000005626f62", "takes 5 bytes, but 3 bytes are left"),
        ("decode", &deep, "these bytes are no value"),
        ("decode", "0000", "inside it 1 byte is left"),
        ("encode", "-1", "negative"),
        ("encode", "{\"a\":1,\"a\":2}", "stands there twice"),
        ("encode", &nested_json, "deeper than 32"),
        ("encode", "{", "this JSON is no value"),
    ];
    for (verb, input, part) in cases {
        let ended = run("stage-4", &[verb], input.as_bytes());
        assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""), "{verb} {input}");
        assert!(ended.errors.contains(part), "{}", ended.errors);
    }
}

#[test]
fn an_eavesdropper_reads_a_recording_as_well_as_the_wire() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("session.txt");
    let recording = file.to_str().unwrap();
    let (_server, address) = server("stage-4", &["--key", "secret"]);
    let args = [
        "attack",
        "eavesdrop",
        "--connect",
        &address.to_string(),
        "--listen",
        "127.0.0.1:0",
        "--recording",
        recording,
    ];
    let (attack, path) = start("stage-4", args).server().unwrap();
    let talked = run(
        "stage-4",
        &["client", "--key", "secret", "--connect", &path.to_string()],
        "my pin is 1234\n1234\n小明\n".as_bytes(),
    );
    assert_eq!(talked.output, "MY PIN IS 1234\n1234\n小明\n");
    let live = attack.wait(PATIENCE).unwrap();
    for text in ["my pin is 1234", "\"1234\" answered", "小明"] {
        assert!(live.status.success() && live.output.contains(text), "{}", live.output);
    }

    let later = run("stage-4", &["attack", "eavesdrop", "--recording", recording], b"");
    assert!(later.status.success() && later.output.contains("my pin is 1234"), "{}", later.output);
    // Noise in place of what was said: the same lengths, no text.
    let noise = |text: &str| {
        let (who, digits) = text.split_once(' ').unwrap();
        let bytes = echo::lab::unhex(digits).unwrap();
        let noisy: Vec<u8> =
            bytes.iter().enumerate().map(|(n, byte)| if n < 4 { *byte } else { !byte }).collect();
        format!("{who} {}\n", hex(&noisy))
    };
    let text = fs::read_to_string(&file).unwrap();
    let mut lines = text.lines();
    let heading = format!("{}\n", lines.next().unwrap());
    fs::write(&file, heading + &lines.map(noise).collect::<String>()).unwrap();
    let nothing = run("stage-4", &["attack", "eavesdrop", "--recording", recording], b"");
    assert_eq!(nothing.status.code(), Some(3), "{}", nothing.output);
}

#[test]
fn a_connection_that_dies_in_a_frame_disturbs_nobody() {
    let (_server, address) = open_server(&[]);
    let mut good = connect(address);
    for cut in 1..9 {
        let mut dying = TcpStream::connect(address).unwrap();
        dying.write_all(&frame(b"hello")[..cut]).unwrap();
    }
    good.write_all(&frame(b"hello")).unwrap();
    let mut answer = [0; 9];
    good.read_exact(&mut answer).unwrap();
    assert_eq!(answer[4..], *b"HELLO");
}
