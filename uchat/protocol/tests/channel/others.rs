//! Every transport against every other: it ends with an error, soon or with the deadline, and the error says why
//! where that can be known.

use crate::pair::{End, Pair, text};
use crate::world::Setup;
use framing::Message;
use uchat_protocol::channel::{ChannelError, Lesson, Transport};

/// How many of the first lessons look the same on the wire.
fn same_wire(setup: &Setup) -> bool {
    let plain = |transport, key: Option<&[u8]>| match transport {
        Transport::Lesson(Lesson::Plain) => Some(false),
        Transport::Lesson(Lesson::Challenge | Lesson::Many) => Some(key.is_some()),
        _ => None,
    };
    let client = plain(setup.client, setup.client_key);
    setup.client == setup.server || (client.is_some() && client == plain(setup.server, setup.server_key))
}

#[test]
fn no_transport_talks_to_another() {
    for client in Transport::ALL {
        for server in Transport::ALL {
            for keys in [(true, true), (false, false), (true, false), (false, true)] {
                let key = |there: bool| there.then_some(&b"a key"[..]);
                let (client_key, server_key) = (key(keys.0), key(keys.1));
                let setup = Setup { client, server, client_key, server_key, ..Setup::new(client) };
                if same_wire(&setup) {
                    continue;
                }
                let mut pair = Pair::new(&setup);
                pair.run();
                for _ in 0..2 {
                    // Whoever believes to be ready begins to talk, as programs do.
                    if pair.client.channel.is_open() {
                        pair.client_says(&[text(100)]);
                    }
                    pair.run();
                    pair.wait();
                }
                assert!(pair.client.error.is_some() || pair.server.error.is_some(), "{setup:?}");
                assert!(pair.server.messages.is_empty() && pair.client.messages.is_empty(), "{setup:?}");
            }
        }
    }
}

#[test]
fn who_can_tell_what_the_other_side_speaks_says_so() {
    let cases = [
        (Transport::Tls, Transport::Signed, "the signed channel", "TLS"),
        (Transport::Signed, Transport::Tls, "TLS", "the signed channel"),
        (Transport::Tls, Transport::Lesson(Lesson::Frames), "", "TLS"),
        (Transport::Signed, Transport::Lesson(Lesson::Plain), "", "the signed channel"),
        (Transport::Lesson(Lesson::Plain), Transport::Signed, "the signed channel", ""),
        (Transport::Lesson(Lesson::Plain), Transport::Tls, "TLS", ""),
    ];
    for (client, server, at_client, at_server) in cases {
        let mut pair = Pair::new(&Setup { client, server, ..Setup::open(client) });
        pair.run();
        if pair.client.channel.is_open() {
            pair.client_says(&[text(100)]);
        }
        pair.run();
        for (end, expected) in [(&pair.client, at_client), (&pair.server, at_server)] {
            let theirs = match &end.error {
                Some(ChannelError::OtherTransport { theirs, .. }) => *theirs,
                _ => "",
            };
            assert!(theirs.starts_with(expected), "{client} at {server}: {:?}", end.error);
            assert_eq!(theirs.is_empty(), expected.is_empty(), "{client} at {server}: {:?}", end.error);
        }
    }
}

#[test]
fn silence_ends_with_the_deadline() {
    for transport in Transport::ALL.into_iter().skip(1) {
        let setup = Setup::new(transport);
        let mut pair = Pair::new(&setup);
        assert!(pair.server.channel.deadline().is_some() && pair.client.channel.deadline().is_some());
        pair.wait();
        for end in [&pair.client, &pair.server] {
            assert!(matches!(end.error, Some(ChannelError::Late(_))), "{transport}: {:?}", end.error);
        }
    }
}

#[test]
fn random_bytes_end_every_server_or_leave_it_waiting() {
    use rand::{Rng, RngExt};
    for transport in Transport::ALL {
        for seed in 0..40 {
            for setup in [Setup::new(transport), Setup::open(transport)] {
                let mut pair = Pair::new(&Setup { seed, ..setup });
                let mut bytes = vec![0; pair.random.random_range(1..3000)];
                pair.random.fill_bytes(&mut bytes);
                for piece in bytes.chunks(97) {
                    pair.server.receive(pair.now, piece, &mut pair.random);
                    pair.client.receive(pair.now, piece, &mut pair.random);
                }
                pair.wait();
                assert!(pair.client.error.is_some() && pair.server.error.is_some(), "{transport}, {seed}");
            }
        }
    }
}

/// Who has the keys can still say anything inside: garbage in whole packets, frames and records.
#[test]
fn any_bytes_inside_an_open_channel_are_messages_or_an_error() {
    use rand::{Rng, RngExt};
    for transport in Transport::ALL {
        for seed in 0..40 {
            let mut pair = Pair::ready(&Setup { seed, ..Setup::new(transport) });
            let mut bytes = vec![0; pair.random.random_range(1..200)];
            pair.random.fill_bytes(&mut bytes);
            match seed % 4 {
                0 => {}
                // A good message, changed at one place.
                1 => {
                    let at = pair.random.random_range(0..20);
                    let good = text(14).to_bytes().unwrap();
                    bytes[0] &= 0x7f;
                    bytes = good
                        .iter()
                        .enumerate()
                        .map(|(n, b)| if n == at { b ^ bytes[0] } else { *b })
                        .collect();
                }
                2 => bytes[0] = pair.random.random_range(240..=255),
                _ => bytes.truncate(1),
            }
            pair.client.channel.send(&mut pair.random, [&bytes[..]]).unwrap();
            pair.client.receive(pair.now, b"", &mut pair.random);
            pair.run();
            pair.wait();
            let End { messages, closed, error, .. } = &pair.server;
            assert!(
                !messages.is_empty() || *closed || error.is_some(),
                "{transport}, {seed}: nothing came of it"
            );
            assert!(error.is_some() || *closed || Message::from_bytes(&bytes) == Ok(messages[0].clone()));
        }
    }
}

/// Bytes that get lost, come twice or come from nowhere, in the handshake and after it.
#[test]
fn a_stream_with_holes_and_repetitions_ends_or_goes_on_and_nothing_worse() {
    use rand::{Rng, RngExt};
    for transport in Transport::ALL {
        for seed in 0..24 {
            let setup = Setup { seed, ..Setup::new(transport) };
            let mut pair = Pair::new(&setup);
            for _ in 0..4 {
                pair.client.receive(pair.now, b"", &mut pair.random);
                pair.server.receive(pair.now, b"", &mut pair.random);
                for end in 0..2 {
                    let (from, to) = match end {
                        0 => (&mut pair.client, &mut pair.server),
                        _ => (&mut pair.server, &mut pair.client),
                    };
                    let mut bytes = std::mem::take(&mut from.pipe);
                    if !bytes.is_empty() && pair.random.random_bool(0.4) {
                        let at = pair.random.random_range(0..bytes.len());
                        let until = pair.random.random_range(at..=bytes.len());
                        match pair.random.random_range(0..3) {
                            0 => drop(bytes.drain(at..until)),
                            1 => bytes.extend_from_within(at..until),
                            _ => {
                                let mut new = vec![0; pair.random.random_range(1..300)];
                                pair.random.fill_bytes(&mut new);
                                bytes.splice(at..at, new);
                            }
                        }
                    }
                    to.receive(pair.now, &bytes, &mut pair.random);
                }
                if pair.client.channel.is_open() {
                    pair.client_says(&[text(50)]);
                }
            }
            pair.run();
            pair.wait();
            if !transport.loopback_only() {
                assert!(
                    pair.server.messages.iter().all(|message| *message == text(50)),
                    "{transport}, {seed}"
                );
            }
        }
    }
}
