//! A recorded conversation, for the testers of those who read it afterwards.

use echo::lab::{Recording, Tap, What};
use framing::{ByteOrder, FrameStream};
use key_exchange::{KeyPair, Keystreams, SecretClient};
use std::net::SocketAddr;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(5);

/// A friend says these texts, and somebody on the path writes down what goes by.
pub fn overhear(server: SocketAddr, friend: &KeyPair, texts: &[&str]) -> Recording {
    let tap = Tap::start(server).expect("a tap");
    let stream = FrameStream::connect(tap.address(), Some(PATIENCE), None, ByteOrder::Network);
    let mut client =
        SecretClient::agree(stream.expect("the server listens"), friend, Keystreams::Two).expect("a key");
    for text in texts {
        client.request(text.as_bytes()).expect("an answer");
    }
    drop(client);
    let chunks = tap.take_closed(PATIENCE, 0).into_iter().filter_map(|event| match event.what {
        What::Bytes(bytes) => Some((event.direction, bytes)),
        What::Closed => None,
    });
    Recording { chunks: chunks.collect() }
}
