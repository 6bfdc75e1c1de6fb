//! The channel under a server: what it answers, and when.

use crate::pair::{End, Setup, WORLD};
use certificates::connection::HandshakeLimits;
use certificates::handshake::{ClientConfig, Identity};
use certificates::x509::{Ca, Profile, ServerName};
use certificates::{ChannelHandler, ChannelStream, Connection, Event};
use framing::{Message, Value};
use rand::SeedableRng;
use rand::rngs::StdRng;
use socketserver::RequestHandler;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

#[test]
fn a_client_that_asks_without_reading_does_not_fill_the_memory() {
    const QUESTIONS: usize = 5_000;
    let question = Message { operation: 91, value: Value::None };
    let answer = Message { operation: 190, value: Value::Str("x".repeat(10_000)) };

    let mut random = StdRng::seed_from_u64(1);
    let (now, setup) = (Instant::now(), Setup::default());
    let name = "localhost".parse().unwrap();
    let client = Connection::client(Arc::new(setup.client), name, WORLD.time, now, &mut random).unwrap();
    let mut client = End::new(client);
    let place = Arc::new(HandshakeLimits::default()).enter([127, 0, 0, 1].into()).unwrap();
    let server_random = StdRng::seed_from_u64(2);
    let (peer, config) = ("127.0.0.1:1".parse().unwrap(), Arc::new(setup.server));
    let mut server =
        ChannelHandler::new(peer, config, place, server_random, move |_, _: Message| answer.clone());

    let mut out = Vec::new();
    for _flight in 0..3 {
        server.handle(now, &client.connection.take_output(), &mut out).unwrap();
        client.receive(now, &std::mem::take(&mut out), &mut random);
    }
    // All of the questions in one packet: two bytes each.
    let questions = |out: &mut Vec<u8>| (0..QUESTIONS).try_for_each(|_| Ok(question.write(out)?));
    client.connection.send::<certificates::ChannelError>(&mut random, questions).unwrap();
    server.handle(now, &client.connection.take_output(), &mut out).unwrap();
    while !out.is_empty() {
        assert!(out.len() < 100_000, "{} bytes wait to be sent", out.len());
        client.receive(now, &std::mem::take(&mut out), &mut random);
        server.refill(now, &mut out).unwrap();
    }
    assert_eq!((client.messages.len(), client.error), (QUESTIONS, None));
}

#[test]
fn whoever_asks_a_server_that_has_closed_is_told_so_each_time() {
    let (mut random, time) = (StdRng::seed_from_u64(1), SystemTime::now());
    let ca = Ca::init("a CA", WORLD.ca.key().clone(), time, &mut random).unwrap();
    let name: ServerName = "localhost".parse().unwrap();
    let (key, profile) = (WORLD.server.key.clone(), Profile::Server { names: vec![name.clone()] });
    let leaf = ca.certify(&key, &profile, Duration::from_secs(3600), time, &mut random).unwrap();
    let chain = vec![leaf.der().to_vec(), ca.certificate().der().to_vec()];
    let mut setup = Setup::default();
    setup.server.identity = Identity { chain, key };

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut server = Connection::server(Arc::new(setup.server), time, Instant::now());
        let mut piece = [0; 4096];
        let mut asked = false;
        while !asked {
            let length = stream.read(&mut piece).unwrap();
            server.received(Instant::now(), &piece[..length]);
            while let Some(event) = server.event(&mut random).unwrap() {
                asked |= matches!(event, Event::Message(_));
            }
            if asked {
                server.close(&mut random).unwrap();
            }
            stream.write_all(&server.take_output()).unwrap();
        }
        stream.shutdown(Shutdown::Write).unwrap();
        while stream.read(&mut piece).is_ok_and(|length| length > 0) {}
    });

    let (told, tells) = mpsc::channel();
    thread::spawn(move || {
        let pinned_ca = Some(ca.certificate().fingerprint());
        let config = Arc::new(ClientConfig { pinned_ca, ..ClientConfig::default() });
        let (mut client, _) = ChannelStream::connect(address, None, config, name).unwrap();
        let question = Message { operation: 3, value: Value::from("hello") };
        for _ in 0..2 {
            told.send(client.request(&question).unwrap_err().to_string()).unwrap();
        }
    });
    let patience = Duration::from_secs(60);
    assert_eq!(tells.recv_timeout(patience).unwrap(), "the server closed instead of answering");
    assert_eq!(tells.recv_timeout(patience).unwrap(), "the server has closed the connection");
}
