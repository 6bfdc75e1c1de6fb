//! Stage 8's flipped bits: what counts as an answer, and what does not.

use acceptance::{PATIENCE, Victim, connect, listen, start};
use echo::lab::{Ended, Process};
use https::{Presented, client_config, roots};
use rustls::{ClientConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::SocketAddr;

/// The attack between a server and whoever connects to the second address.
fn flip(server: SocketAddr) -> (Process, SocketAddr) {
    start("stage-8", ["attack", "flip", "--connect", &server.to_string()]).server().unwrap()
}

fn said(ended: &Ended, status: i32, part: &str) {
    assert_eq!(ended.status.code(), Some(status), "{}{}", ended.output, ended.errors);
    assert!(ended.output.contains(part), "{}", ended.output);
}

#[test]
fn a_request_of_many_records_is_no_answer() {
    let victim = Victim::start(8, &[]);
    let (attack, path) = flip(victim.address());
    let roots = roots(Some(&victim.folder().join("ca.pem"))).unwrap();
    let config = client_config(roots, None, None, &Presented::default()).unwrap();
    let connection = ClientConnection::new(config, "localhost".try_into().unwrap()).unwrap();
    let mut stream = StreamOwned::new(connection, connect(path));
    // The server closes at the first of them.
    let _ = stream.write_all(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
    let _ = stream.write_all(&[b'x'; 100_000]);
    assert!(stream.read_to_end(&mut Vec::new()).is_err());
    drop(stream);
    said(&attack.wait(PATIENCE).unwrap(), 3, "the record did not open");
}

#[test]
fn a_server_that_does_not_notice_is_told() {
    let (listener, address) = listen();
    let (attack, path) = flip(address);
    let record =
        |length: u8, fill: u8| [&[23, 3, 3, 0, length][..], &vec![fill; usize::from(length)]].concat();
    let mut client = connect(path);
    let mut server = listener.accept().unwrap().0;
    let get = |stream: &mut dyn Read, length: usize| {
        let mut bytes = vec![0; length];
        stream.read_exact(&mut bytes).unwrap();
        bytes
    };
    client.write_all(&[record(50, 1), record(40, 2)].concat()).unwrap();
    assert_eq!(get(&mut server, 55), record(50, 1), "Finished goes by unchanged");
    server.write_all(&record(200, 3)).unwrap();
    assert_eq!(get(&mut client, 205), record(200, 3), "tickets are no answer");
    let mut changed = record(40, 2);
    changed[5] ^= 0x08;
    assert_eq!(get(&mut server, 45), changed);
    server.write_all(&record(100, 4)).unwrap();
    assert_eq!(get(&mut client, 105), record(100, 4));
    drop((client, server));
    said(&attack.wait(PATIENCE).unwrap(), 0, "a bit changed in 1 record, and the server answered");
}
