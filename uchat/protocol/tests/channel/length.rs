//! Messages of the greatest length pass; longer ones are refused on both sides, and unfinished ones do not wait for
//! ever.

use crate::pair::{Pair, text};
use crate::world::Setup;
use std::time::Duration;
use uchat_protocol::channel::{ChannelError, PATIENCE, Transport};
use uchat_protocol::limits;

#[test]
fn a_message_of_one_mebibyte_passes_and_one_byte_more_does_not() {
    for transport in Transport::ALL {
        let mut pair = Pair::ready(&Setup::new(transport));
        let longest = text(limits::MESSAGE - 6);
        pair.client_says(std::slice::from_ref(&longest));
        pair.run();
        assert_eq!(pair.server.messages, [longest], "{transport}");

        let (before, long) = (text(3).to_bytes().unwrap(), text(limits::MESSAGE - 5).to_bytes().unwrap());
        let sent = pair.client.channel.send(&mut pair.random, [&before[..], &long, &before]);
        let too_long = ChannelError::TooLong { length: limits::MESSAGE + 1, limit: limits::MESSAGE };
        assert_eq!(sent, Err(too_long.clone()), "{transport}");
        assert_eq!(too_long.to_string(), "a message of 1048577 bytes; 1048576 is the most");
        pair.client_says(&[text(4)]);
        pair.run();
        assert_eq!(pair.server.messages[1..], [text(3), text(4)], "{transport}: the channel goes on");
    }
}

#[test]
fn what_is_announced_too_long_is_refused_before_it_comes() {
    for transport in Transport::ALL.into_iter().filter(|transport| *transport != Transport::Tls) {
        let mut pair = Pair::ready(&Setup::new(transport));
        pair.server.receive(pair.now, b"\x7f\x03\x7f\xff\xff\xff", &mut pair.random);
        let error = pair.server.error.unwrap();
        assert!(error.to_string().contains("bytes"), "{transport}: {error}");
    }
}

#[test]
fn an_unfinished_message_has_ten_seconds_and_no_byte_buys_more() {
    for transport in Transport::ALL {
        let mut pair = Pair::ready(&Setup::new(transport));
        let idle = pair.server.channel.deadline();
        assert_eq!(idle, None, "{transport}: an idle client may think as long as it likes");
        pair.client_says(&[text(4_000)]);
        let start = pair.now;
        let bytes = std::mem::take(&mut pair.client.pipe);
        pair.server.receive(start, &bytes[..3], &mut pair.random);
        let end = pair.server.channel.deadline().expect("a deadline").at;
        assert_eq!(end, start + PATIENCE, "{transport}");
        pair.server.receive(start + Duration::from_secs(9), &bytes[3..2000], &mut pair.random);
        assert_eq!(pair.server.channel.deadline().expect("a deadline").at, end, "{transport}");
        pair.now = end;
        pair.server.receive(end, b"", &mut pair.random);
        assert!(matches!(pair.server.error, Some(ChannelError::Late(_))), "{transport}");
    }
}
