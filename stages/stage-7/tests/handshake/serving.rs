//! The channel under a server: what it answers, and when.

use crate::pair::{End, Setup, WORLD};
use certificates::connection::HandshakeLimits;
use certificates::{ChannelHandler, Connection};
use framing::{Message, Value};
use rand::SeedableRng;
use rand::rngs::StdRng;
use socketserver::RequestHandler;
use std::sync::Arc;
use std::time::Instant;

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
