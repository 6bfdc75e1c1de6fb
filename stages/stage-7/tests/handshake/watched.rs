//! What a program that shows the wire is given: each packet as it travelled, and what was in it.

use super::pair::{From, Setup};
use certificates::Went;
use framing::{Message, Value};

#[test]
fn what_travels_is_kept_with_what_is_in_it_only_while_it_is_watched() {
    let mut pair = Setup::default().pair().connected();
    let say = |number: u8| Message { operation: number, value: Value::from("hi") };
    pair.client.connection.send_message(&mut pair.random, &say(1)).unwrap();
    pair.drive();
    assert_eq!(pair.client.connection.take_carried().len(), 0);

    pair.client.connection.watch(true);
    pair.server.connection.watch(true);
    let both = [say(2).to_bytes().unwrap(), say(3).to_bytes().unwrap()].concat();
    let write = |out: &mut Vec<u8>| -> Result<(), certificates::handshake::ChannelError> {
        out.extend_from_slice(&both);
        Ok(())
    };
    pair.client.connection.send(&mut pair.random, write).unwrap();
    let flights = pair.drive();
    let [(From::Client, wire)] = flights.as_slice() else { panic!("{flights:?}") };
    for (side, went) in [(&mut pair.client, Went::Out), (&mut pair.server, Went::In)] {
        let carried = side.connection.take_carried();
        assert_eq!(carried.len(), 1);
        assert_eq!((carried[0].went, carried[0].sequence), (went, Some(1)), "the first was not watched");
        assert_eq!((&carried[0].wire, &carried[0].text), (wire, &both));
        assert!(!format!("{carried:?}").contains("104, 105"), "a text is a secret");
        side.connection.watch(false);
    }
    assert_eq!(pair.server.messages.len(), 3);
}
