//! Every transport against every other: it ends with an error, soon or with the deadline, and the error says why
//! where that can be known.

use crate::pair::{Pair, text};
use crate::world::Setup;
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
