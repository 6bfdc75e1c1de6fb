//! Every transport carries messages, however the stream is cut, and ends in order.

use crate::pair::{Pair, text};
use crate::world::Setup;
use framing::{Message, Value};
use rand::RngExt;
use uchat_protocol::channel::{ChannelError, Transport};

fn some(pair: &mut Pair, count: usize) -> Vec<Message> {
    (0..count)
        .map(|n| match pair.random.random_range(0..4) {
            0 => Message { operation: 1, value: Value::None },
            1 => text(pair.random.random_range(0..40_000)),
            2 => Message { operation: 239, value: Value::List(vec![Value::Int(n as u64), Value::None]) },
            _ => text(pair.random.random_range(0..30)),
        })
        .collect()
}

#[test]
fn messages_arrive_whole_and_in_order_over_every_transport() {
    for transport in Transport::ALL {
        for (setup, seed) in
            [Setup::new(transport), Setup::open(transport)].iter().flat_map(|s| [(s, 1), (s, 2)])
        {
            let mut pair = Pair::ready(&Setup { seed, ..setup.clone() });
            let (asked, answered) = (some(&mut pair, 40), some(&mut pair, 40));
            pair.client_says(&asked[..10]);
            pair.client_says(&asked[10..]);
            pair.server_says(&answered);
            pair.run();
            assert_eq!(pair.errors(), (None, None), "{transport}");
            assert!(pair.server.messages == asked && pair.client.messages == answered, "{transport}");
            assert_eq!((pair.client.channel.deadline(), pair.server.channel.deadline()), (None, None));
        }
    }
}

#[test]
fn both_sides_close_in_order() {
    for transport in [Transport::Signed, Transport::Tls] {
        let mut pair = Pair::ready(&Setup::new(transport));
        pair.client_says(&[text(5)]);
        pair.client.channel.close(&mut pair.random).unwrap();
        let late = pair.client.channel.send(&mut pair.random, [&b"\x03\0"[..]]);
        assert_eq!(late, Err(ChannelError::NotOpen));
        pair.run();
        assert!(pair.server.closed && !pair.server.channel.is_closed(), "{transport}");
        assert_eq!(pair.server.messages, [text(5)]);
        pair.server_says(&[text(7)]);
        pair.server.channel.close(&mut pair.random).unwrap();
        pair.run();
        assert_eq!(pair.client.messages, [text(7)], "who has closed still listens");
        for end in [&mut pair.client, &mut pair.server] {
            assert!(end.closed && end.channel.is_closed(), "{transport}");
            assert_eq!((end.channel.end_of_stream(), &end.error), (Ok(()), &None));
        }
    }
}

#[test]
fn a_lesson_ends_with_its_stream() {
    for transport in Transport::ALL.into_iter().filter(|transport| transport.loopback_only()) {
        let mut pair = Pair::ready(&Setup::new(transport));
        pair.client_says(&[text(5)]);
        pair.server_says(&[text(5)]);
        pair.run();
        pair.client.channel.close(&mut pair.random).unwrap();
        assert!(pair.client.channel.is_closed());
        let late = pair.client.channel.send(&mut pair.random, [&b"\x03\0"[..]]);
        assert_eq!(late, Err(ChannelError::NotOpen));
        assert_eq!(
            (pair.client.channel.end_of_stream(), pair.server.channel.end_of_stream()),
            (Ok(()), Ok(()))
        );
    }
}

#[test]
fn nothing_is_sent_before_the_handshake_is_done() {
    for transport in Transport::ALL {
        let setup = Setup::new(transport);
        let mut pair = Pair::new(&setup);
        let is_plain = setup.client == Transport::ALL[0];
        for end in [&mut pair.client, &mut pair.server] {
            let sent = end.channel.send(&mut pair.random, [&b"\x03\0"[..]]);
            assert_eq!(sent.is_ok(), is_plain, "{transport}");
        }
    }
}

#[test]
fn a_thousand_messages_go_in_one_packet() {
    let mut pair = Pair::ready(&Setup::new(Transport::Signed));
    let before = pair.client.sent.len();
    pair.client_says(&vec![text(10); 1000]);
    let packet = pair.client.sent.len() - before;
    assert_eq!(packet, 53 + (1000 * 16_usize).next_multiple_of(16), "one header, no fill for each");
    pair.run();
    assert_eq!(pair.server.messages.len(), 1000);
}
