//! Stage 6: packets good and bad on bare sockets, and the list of friends.

use acceptance::{PATIENCE, connect, listen, read_to_end, run, server};
use cbc_packet::operations::{CLIENT_ECHO, GENERAL_FAILURE, SERVER_ECHO, name, text_message};
use cbc_packet::{
    BLOCK, HEADER_LENGTH, LIMIT, MOST_NAMES, NOT_UNDERSTOOD, PADDING_NOT_ZERO, PacketDecoder, Packets, digest,
};
use echo::lab::{Ended, Process};
use framing::{ByteOrder, FrameStream, Message, Value};
use key_exchange::{Group, fresh_pair};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

fn talk(address: SocketAddr, args: &[&str], lines: &[u8]) -> Ended {
    let address = address.to_string();
    run("stage-6", &[&["client", "--open", "--connect", &address], args].concat(), lines)
}

/// A peer that has agreed on a key and then says whatever a test wants.
struct Peer {
    stream: TcpStream,
    packets: Packets,
}

impl Peer {
    fn agree(address: SocketAddr) -> Self {
        let mut frames = FrameStream::new(connect(address), ByteOrder::Network);
        let pair = fresh_pair(&Group::ffdhe2048()).unwrap();
        let key = pair.shared_key(&frames.request(pair.public()).unwrap()).unwrap();
        let (stream, rest) = frames.into_parts();
        assert_eq!(rest, b"", "the server says nothing more before it is asked");
        Self { stream, packets: Packets::new(key.bytes()) }
    }

    fn sealed(&self, text: &[u8]) -> Vec<u8> {
        let mut packet = Vec::new();
        self.packets.seal([9; BLOCK], text, &mut packet).unwrap();
        packet
    }

    fn say(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes); // the server may have closed already
    }

    fn hear(&mut self) -> Message {
        let mut decoder = PacketDecoder::new(LIMIT);
        let mut piece = [0; 4096];
        loop {
            if let Some(packet) = decoder.packet().unwrap() {
                return Message::from_bytes(self.packets.open(packet).unwrap().0).unwrap();
            }
            let length = self.stream.read(&mut piece).unwrap();
            assert!(length > 0, "the server closed instead of answering");
            decoder.push(&piece[..length]);
        }
    }
}

fn says(process: &mut Process, part: &str) {
    while !process.log_line(PATIENCE).unwrap_or_else(|| panic!("the log should say: {part}")).contains(part) {
    }
}

#[test]
fn lines_are_echoed_in_upper_case_and_the_empty_one_is_a_message() {
    for options in [&[][..], &["--historic"]] {
        let (mut process, address) = server("stage-6", &[&["--open"], options].concat());
        let ended = talk(address, options, "hello\n\nstraße 小明\n/unknown bob\n/add\n".as_bytes());
        assert_eq!(
            ended.output, "HELLO\n\nSTRASSE 小明\n/UNKNOWN BOB\n/ADD\n",
            "{options:?}: {}",
            ended.errors
        );
        let words = ended.errors.trim_end().strip_prefix("fingerprint: ").expect("the client prints it");
        says(&mut process, &format!("fingerprint: {words}"));
    }
}

#[test]
fn one_list_of_friends_is_kept_for_all_clients_and_bounded() {
    let (_server, address) = server("stage-6", &["--open"]);
    let ended = talk(address, &[], "/add bob\n/delete alice\n/add 小明\n".as_bytes());
    assert_eq!(ended.output, "bob is on the list now\nalice is not on the list\n小明 is on the list now\n");
    let ended = talk(address, &[], b"/add bob\n/delete bob\n/delete bob\n/add \n");
    let lines = ["bob is on the list already", "bob is off the list now", "bob is not on the list"];
    assert_eq!(ended.output, lines.join("\n") + "\na name takes 1 to 64 bytes\n");

    let crowd: String = (0..MOST_NAMES).map(|n| format!("/add friend {n}\n")).collect();
    let ended = talk(address, &[], (crowd + "/add " + &"x".repeat(65) + "\n").as_bytes());
    let last: Vec<&str> = ended.output.lines().rev().take(3).collect();
    assert_eq!(
        last,
        ["a name takes 1 to 64 bytes", "the list is full: 100 names", "friend 98 is on the list now"]
    );
}

#[test]
fn a_line_of_a_mebibyte_travels_and_a_longer_one_or_one_that_is_no_text_is_refused() {
    let (_server, address) = server("stage-6", &["--open"]);
    let ended = talk(address, &[], &[&vec![b'a'; 1 << 20][..], b"\nnext\n"].concat());
    assert_eq!(ended.output.len(), (1 << 20) + 6, "{}", ended.errors);
    assert!(ended.output.ends_with("AAA\nNEXT\n"));
    for (line, part) in
        [(&vec![b'a'; (1 << 20) + 1][..], "longer than 1048576 bytes"), (b"caf\xe9", "no text in UTF-8")]
    {
        let ended = talk(address, &[], line);
        assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""));
        assert!(ended.errors.contains(part), "{}", ended.errors);
    }
}

#[test]
fn packets_that_break_a_rule_end_the_connection_without_a_byte_and_others_are_served_on() {
    let (mut process, address) = server("stage-6", &["--open"]);
    let body_of = |length: usize| [&(length as u32).to_be_bytes()[..], &vec![0; 49 + length]].concat();
    let good = |peer: &Peer| peer.sealed(b"\x03\x03\0\0\0\x05hello");
    let changed = |at: usize| {
        move |peer: &Peer| {
            let mut packet = good(peer);
            packet[at] ^= 1;
            packet
        }
    };
    let upper_case = |peer: &Peer| {
        let mut packet = good(peer);
        packet[21..53].make_ascii_uppercase();
        packet[21] = if packet[21].is_ascii_uppercase() { packet[21] } else { b'A' };
        packet
    };
    let padding = |peer: &Peer| {
        let mut packet = good(peer);
        packet[4] = 16;
        packet
    };
    type Hostile<'a> = &'a dyn Fn(&Peer) -> Vec<u8>;
    let cases: [(Hostile<'_>, &str); 11] = [
        (&changed(HEADER_LENGTH), "the digest of a packet does not fit"),
        (&changed(HEADER_LENGTH - 1), "the digest of a packet does not fit"),
        (&upper_case, "the digest of a packet does not fit"),
        (&padding, "a packet with 16 bytes of padding; 15 is the most"),
        (&|_| body_of(0), "a body of 0 bytes, which is no positive multiple of 16"),
        (&|_| body_of(24), "a body of 24 bytes, which is no positive multiple of 16"),
        (&|_| (LIMIT as u32 + 16).to_be_bytes().to_vec(), "the limit is 1048592"),
        (&|_| b"\xff\xff\xff\xff".to_vec(), "a packet with a body of 4294967295 bytes"),
        (&|peer| peer.sealed(b"\x03"), "a packet holds no message: `type` at byte 1"),
        (&|peer| peer.sealed(b"\x03\x03\0\0\0\x01ab"), "inside it 1 byte is left"),
        (&|peer| peer.sealed(b"\x03\x03\0\0\0\x02\xff\xff"), "not UTF-8"),
    ];
    for (hostile, part) in cases {
        let mut peer = Peer::agree(address);
        let packet = hostile(&peer);
        peer.say(&packet);
        assert_eq!(read_to_end(&mut peer.stream), b"", "{part}");
        says(&mut process, part);
    }
    assert_eq!(talk(address, &[], b"still here\n").output, "STILL HERE\n");
}

#[test]
fn what_stands_behind_the_public_value_is_packets_already() {
    let (_server, address) = server("stage-6", &["--open"]);
    // A packet that cannot be right yet, in one write with the value: it is read, and refused.
    let mut stream = connect(address);
    let pair = fresh_pair(&Group::ffdhe2048()).unwrap();
    let frame = [&256u32.to_be_bytes()[..], pair.public(), &16u32.to_be_bytes(), &[0; 65]].concat();
    stream.write_all(&frame).unwrap();
    assert_eq!(read_to_end(&mut stream).len(), 260, "its own value, then the end");
}

#[test]
fn values_that_are_no_secret_and_frames_that_are_no_values_are_refused() {
    let (mut process, address) = server("stage-6", &["--open"]);
    for (frame, part) in [
        ([&256u32.to_be_bytes()[..], &[0; 256]].concat(), "not between 2 and p - 2"),
        ([&255u32.to_be_bytes()[..], &[7; 255]].concat(), "has 255 bytes, 256 were expected"),
        (16_385u32.to_be_bytes().to_vec(), "a frame of 16385 bytes is announced, the limit is 16384"),
        (b"\x16\x03\x01\x02\0\x01".to_vec(), "a frame of 369295618 bytes is announced"),
    ] {
        let mut stream = connect(address);
        stream.write_all(&frame).unwrap();
        assert_eq!(read_to_end(&mut stream), b"", "{part}");
        says(&mut process, part);
    }
    let ended = talk(address, &["--historic"], b"hello\n");
    assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""));
    assert!(ended.errors.contains("another group (--historic)"), "{}", ended.errors);
}

#[test]
fn wrong_values_and_unknown_operations_are_answered_by_a_sentence() {
    let (_server, address) = server("stage-6", &["--open"]);
    let mut peer = Peer::agree(address);
    for text in [&b"\x03\0"[..], b"\x04\x01\0\0\0\x01\x07", b"\x0a\x03\0\0\0\x03bob", b"\xcb\x03\0\0\0\x01x"]
    {
        let packet = peer.sealed(text);
        peer.say(&packet);
        assert_eq!(peer.hear(), text_message(GENERAL_FAILURE, NOT_UNDERSTOOD));
    }
}

#[test]
fn fill_bytes_are_looked_at_on_request_only() {
    // Thirteen bytes of a message and three that should be zero.
    let text = b"\x03\x03\0\0\0\x07abcdefg\0\0\x01";
    for (options, answer) in [
        (&["--open"][..], text_message(SERVER_ECHO, "ABCDEFG")),
        (&["--open", "--check-padding"], text_message(GENERAL_FAILURE, PADDING_NOT_ZERO)),
    ] {
        let (_server, address) = server("stage-6", options);
        let mut peer = Peer::agree(address);
        let mut packet = peer.sealed(text);
        packet[4] = 3; // the digest does not cover it
        for _ in 0..3 {
            peer.say(&packet);
            assert_eq!(peer.hear(), answer, "{options:?}");
        }
        assert_eq!(talk(address, &[], b"hello\n").output, "HELLO\n", "{options:?}");
    }
}

#[test]
fn a_client_refuses_a_server_that_breaks_the_rules() {
    let bad_digest = |packets: &Packets| {
        let mut packet = Vec::new();
        packets.seal_message([1; BLOCK], &text_message(SERVER_ECHO, "HELLO"), &mut packet).unwrap();
        packet[60] ^= 1;
        packet
    };
    let sealed = |text: &'static [u8]| {
        move |packets: &Packets| {
            let mut packet = Vec::new();
            packets.seal([1; BLOCK], text, &mut packet).unwrap();
            packet
        }
    };
    type Answer = Box<dyn Fn(&Packets) -> Vec<u8> + Send>;
    let fill = move |packets: &Packets| {
        let mut packet = sealed(b"\x69\x03\0\0\0\x07HELLO!!\0\0\x01")(packets);
        packet[4] = 3;
        packet
    };
    let cases: [(Answer, &str); 7] = [
        (Box::new(fill), "the padding of a packet is not zero"),
        (Box::new(bad_digest), "the digest of a packet does not fit"),
        (Box::new(sealed(b"\x69")), "the server's packet holds no message"),
        (Box::new(sealed(b"\x69\x01\0\0\0\x01\x07")), "operation 105 (server_echo) and a value of type int"),
        (Box::new(sealed(b"\x03\x03\0\0\0\x01x")), "operation 3 (client_echo)"),
        (Box::new(|_| b"\0\0\0\x11".to_vec()), "no positive multiple of 16"),
        (Box::new(|_| b"\0\0\0\x10\x01".to_vec()), "closed in the middle of a packet, after 5 bytes of it"),
    ];
    for (answer, part) in cases {
        let (listener, address) = listen();
        let fake = std::thread::spawn(move || {
            let mut frames = FrameStream::new(listener.accept().unwrap().0, ByteOrder::Network);
            let pair = fresh_pair(&Group::ffdhe2048()).unwrap();
            let key = pair.shared_key(&frames.receive().unwrap()).unwrap();
            frames.send(pair.public()).unwrap();
            let (mut stream, _) = frames.into_parts();
            stream.read_exact(&mut [0; HEADER_LENGTH + BLOCK]).unwrap();
            stream.write_all(&answer(&Packets::new(key.bytes()))).unwrap();
        });
        let ended = talk(address, &["--check-padding"], b"hello\n");
        assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""), "{part}");
        assert!(ended.errors.contains(part), "{part}: {}", ended.errors);
        fake.join().unwrap();
    }
}

#[test]
fn the_worked_packet_of_the_readme_is_what_the_library_makes() {
    let packets = Packets::new(&std::array::from_fn(|n| n as u8));
    let iv = std::array::from_fn(|n| 0xa0 + n as u8);
    let mut packet = Vec::new();
    let message = text_message(CLIENT_ECHO, "hello");
    packets.seal_message(iv, &message, &mut packet).unwrap();
    assert_eq!(digest(&packet[HEADER_LENGTH..]), packet[21..HEADER_LENGTH]);
    let readme = std::fs::read_to_string(acceptance::repository().join("stages/stage-6/README.md")).unwrap();
    for part in [&packet[..4], &packet[4..5], &packet[5..21], &packet[53..]] {
        let digits = part.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
        assert!(readme.contains(&format!("`{digits}`")), "{digits}");
    }
    let digits = String::from_utf8(packet[21..53].to_vec()).unwrap();
    assert!(readme.contains(&digits), "{digits}");
    for (number, label) in cbc_packet::operations::OPERATIONS {
        assert_eq!(name(number), label);
        assert!(readme.contains(&format!("| {number} | {label} |")), "{label}");
    }
    let Value::Str(text) = message.value else { panic!("a text") };
    assert!(readme.contains(&format!("`{text}`")));
}
