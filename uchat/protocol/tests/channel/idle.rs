//! What an idle connection of a server keeps in memory.

use crate::pair::{Pair, text};
use crate::world::Setup;
use uchat_protocol::channel::{Channel, Transport};

/// The bytes that a server's channel gives back when it is dropped, itself included.
fn kept(transport: Transport) -> u64 {
    let mut pair = Pair::ready(&Setup::new(transport));
    for length in [10, 700_000, 60_000, 10] {
        pair.client_says(&[text(length)]);
        pair.server_says(&[text(length)]);
        pair.run();
    }
    assert_eq!(pair.server.messages.len(), 4);
    let (channel, _shared) = (pair.server.channel, pair.shared);
    let freed = allocation_counter::measure(|| drop(channel));
    let bytes = u64::try_from(-freed.bytes_current).unwrap();
    bytes + size_of::<Channel>() as u64
}

#[test]
fn an_idle_channel_keeps_a_few_kibibytes() {
    for (transport, most) in [(Transport::Signed, 2 << 10), (Transport::Tls, 8 << 10)] {
        let bytes = kept(transport);
        println!("an idle connection over {transport} keeps {bytes} bytes");
        assert!(bytes <= most, "{transport}: {bytes} bytes, {most} is the most");
    }
}
