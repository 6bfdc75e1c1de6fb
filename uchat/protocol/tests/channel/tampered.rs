//! Bytes that change on their way, and streams that are cut.

use crate::pair::{Pair, Way, text};
use crate::world::Setup;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use uchat_protocol::channel::{ChannelError, Transport};

/// A whole conversation; the length of what went both ways.
fn conversation(pair: &mut Pair) -> [usize; 2] {
    pair.run();
    if pair.client.channel.is_open() && pair.server.channel.is_open() {
        pair.client_says(&[text(300), text(1)]);
        pair.server_says(&[text(200)]);
        pair.run();
    }
    [pair.client.sent.len(), pair.server.sent.len()]
}

/// Sixty conversations over this transport in each of which another bit is flipped, now this way, now that; what has
/// become of each goes to `look`.
fn with_flipped_bits(transport: Transport, random: &mut StdRng, look: impl Fn(&Pair)) {
    let setup = Setup::new(transport);
    let lengths = conversation(&mut Pair::ready(&setup));
    for way in [Way::ToServer, Way::ToClient].into_iter().cycle().take(60) {
        let at = random.random_range(0..lengths[way as usize]);
        let mut pair = Pair::new(&setup);
        pair.flip = Some((way, at, 1 << random.random_range(0..8)));
        conversation(&mut pair);
        pair.wait();
        look(&pair);
    }
}

#[test]
fn a_flipped_bit_never_goes_unnoticed_where_the_channel_is_signed() {
    let random = &mut StdRng::seed_from_u64(5);
    for transport in [Transport::Signed, Transport::Tls] {
        with_flipped_bits(transport, random, |pair| {
            let flip = pair.flip;
            if pair.errors() == (None, None) {
                // The version and the random bytes of TLS's outer records are no one's.
                assert_eq!(transport, Transport::Tls, "{flip:?}");
                assert_eq!(pair.server.messages, [text(300), text(1)], "{flip:?}");
            }
            assert!(pair.server.messages.iter().all(|m| [text(300), text(1)].contains(m)), "{flip:?}");
            assert!(pair.client.messages.iter().all(|m| *m == text(200)), "{flip:?}");
        });
    }
}

#[test]
fn a_flipped_bit_in_a_lesson_is_an_error_or_another_message_and_nothing_worse() {
    let random = &mut StdRng::seed_from_u64(6);
    for transport in Transport::ALL.into_iter().filter(|transport| transport.loopback_only()) {
        with_flipped_bits(transport, random, |_| {}); // each of them has ended
    }
}

#[test]
fn a_stream_that_is_cut_anywhere_ends_in_an_error() {
    let random = &mut StdRng::seed_from_u64(7);
    for transport in Transport::ALL.into_iter().skip(1) {
        let mut whole = Pair::ready(&Setup::new(transport));
        let handshake = whole.client.sent.len();
        whole.client_says(&[text(300)]);
        for cut in [1, 2, 5, 150, whole.client.pipe.len() - 1, random.random_range(1..300)] {
            let mut pair = Pair::ready(&Setup::new(transport));
            assert_eq!(pair.client.sent.len(), handshake);
            pair.client_says(&[text(300)]);
            let bytes = std::mem::take(&mut pair.client.pipe);
            pair.server.receive(pair.now, &bytes[..cut], &mut pair.random);
            assert_eq!(
                pair.server.channel.end_of_stream(),
                Err(ChannelError::Truncated),
                "{transport}, {cut}"
            );
        }
    }
    for transport in [Transport::Signed, Transport::Tls] {
        let mut pair = Pair::ready(&Setup::new(transport));
        pair.client_says(&[text(300)]);
        pair.run();
        let cut = pair.server.channel.end_of_stream();
        assert_eq!(cut, Err(ChannelError::Truncated), "{transport}: no goodbye");
    }
}
