//! Handshakes that succeed, and those that end for a reason that a user should read.

use crate::pair::{FOREIGN, Setup, WORLD};
use certificates::handshake::{ChannelError, ClientCa};
use certificates::x509::CertificateError;
use framing::{Message, Value};

fn message(text: &str) -> Message {
    Message { operation: 3, value: Value::from(text) }
}

#[test]
fn every_combination_of_what_a_server_wants_leads_to_an_open_channel() {
    for access in [false, true] {
        for certificate in [false, true] {
            let mut setup = Setup::default();
            if access {
                setup = setup.with_access_key(b"a key", b"a key");
            }
            if certificate {
                setup = setup.with_client_certificate();
            }
            let mut pair = setup.pair().connected();
            let (client, server) = (pair.client.peer.clone().unwrap(), pair.server.peer.clone().unwrap());
            assert_eq!((client.admitted, server.admitted), (access, access));
            let leaf = client.certificate.unwrap().leaf;
            assert_eq!(leaf.der(), WORLD.server.chain[0]);
            let alice = server.certificate.and_then(|verified| verified.leaf.common_name());
            assert_eq!(alice.as_deref(), certificate.then_some("alice"));
            assert_eq!(server.server_name.to_string(), "localhost");

            pair.client.connection.send_message(&mut pair.random, &message("hello")).unwrap();
            pair.server.connection.send_message(&mut pair.random, &message("welcome")).unwrap();
            pair.drive();
            assert_eq!(pair.server.messages, [message("hello")]);
            assert_eq!(pair.client.messages, [message("welcome")]);
        }
    }
}

#[test]
fn bytes_may_come_one_by_one_and_all_at_once() {
    let mut setup = Setup::full().pair();
    for _ in 0..3 {
        for byte in setup.client.connection.take_output() {
            setup.server.receive(setup.now, &[byte], &mut setup.random);
        }
        for byte in setup.server.connection.take_output() {
            setup.client.receive(setup.now, &[byte], &mut setup.random);
        }
    }
    assert!(setup.client.peer.is_some() && setup.server.peer.is_some());

    // The client's last flight, its first messages and its goodbye in one piece.
    let mut pair = Setup::full().pair();
    pair.server.receive(pair.now, &pair.client.connection.take_output(), &mut pair.random);
    pair.client.receive(pair.now, &pair.server.connection.take_output(), &mut pair.random);
    pair.client.connection.send_message(&mut pair.random, &message("first")).unwrap();
    pair.client.connection.send_message(&mut pair.random, &message("second")).unwrap();
    pair.client.connection.close(&mut pair.random).unwrap();
    pair.server.receive(pair.now, &pair.client.connection.take_output(), &mut pair.random);
    assert_eq!(pair.server.messages, [message("first"), message("second")]);
    assert!(pair.server.closed && pair.server.error.is_none());
}

#[test]
fn many_messages_go_in_one_packet_and_one_of_a_mebibyte_fits() {
    let mut pair = Setup::default().pair().connected();
    let sent: Vec<Message> = (0..100).map(|n| message(&format!("message {n}"))).collect();
    let write = |out: &mut Vec<u8>| -> Result<(), ChannelError> {
        sent.iter().try_for_each(|message| Ok(message.write(out)?))
    };
    pair.client.connection.send(&mut pair.random, write).unwrap();
    assert_eq!(pair.drive().len(), 1);
    assert_eq!(pair.server.messages, sent);

    let longest = message(&"x".repeat((1 << 20) - 6));
    pair.server.connection.send_message(&mut pair.random, &longest).unwrap();
    pair.drive();
    assert_eq!(pair.client.messages, [longest]);

    let too_long = message(&"x".repeat((1 << 20) + 11));
    let refused = pair.server.connection.send_message(&mut pair.random, &too_long).unwrap_err();
    assert!(refused.to_string().contains("the limit is 1048592"), "{refused}");
    pair.server.connection.send_message(&mut pair.random, &message("goes on")).unwrap();
    pair.drive();
    assert_eq!(pair.client.messages[1..], [message("goes on")]);
}

#[test]
fn an_unknown_ca_is_told_after_everything_else_was_checked_and_nothing_of_ours_is_sent() {
    for pinned in [None, Some(FOREIGN.ca.certificate().fingerprint())] {
        let mut setup = Setup::full();
        setup.client.pinned_ca = pinned;
        let mut pair = setup.pair();
        let flights = pair.drive();
        let Some(ChannelError::UnknownCa { fingerprint, certificate }) = pair.client.error else {
            panic!("{:?}", pair.client.error)
        };
        assert_eq!(&*certificate, WORLD.ca.certificate());
        assert_eq!(fingerprint, certificate.fingerprint());
        // client_hello, the server's flight, one alert.
        assert_eq!(flights.len(), 3);
        assert_eq!(flights[2].1.len(), ALERT_PACKET);
        assert_eq!(pair.server.error, Some(ChannelError::Alert));
    }
}

/// Each with the sentence of the side that finds it, and the generic alert on the other one.
#[test]
fn what_does_not_fit_is_named_on_one_side_and_an_alert_on_the_other() {
    let certificate = |error: &ChannelError, part: &str| {
        assert!(matches!(error, ChannelError::Certificate(_)) && error.to_string().contains(part), "{error}");
    };

    let setup = Setup { name: "127.0.0.2", ..Setup::default() };
    certificate(&client_finds(setup), "127.0.0.2");

    let mut setup = Setup::default();
    setup.server.identity = WORLD.client.clone();
    certificate(&client_finds(setup), "serverAuth");

    let mut setup = Setup::default();
    setup.server.identity.chain.pop(); // the CA itself is missing
    assert!(matches!(client_finds(setup), ChannelError::Certificate(CertificateError::ChainLength { .. })));

    let mut setup = Setup::default();
    setup.server.identity.chain = FOREIGN.server.chain.clone(); // not the key of this certificate
    assert!(matches!(client_finds(setup), ChannelError::Signature(_)));

    let mut setup = Setup::default().with_access_key(b"a key", b"a key");
    setup.client.access_key = None;
    assert_eq!(client_finds(setup), ChannelError::AccessKeyWanted);

    let setup = Setup::default().with_access_key(b"a key", b"another");
    assert_eq!(server_finds(setup), ChannelError::AccessRefused);

    let mut setup = Setup::full();
    setup.client.identity = None;
    assert_eq!(server_finds(setup), ChannelError::NoCertificate);

    let mut setup = Setup::full();
    setup.client.identity = Some(FOREIGN.client.clone());
    certificate(&server_finds(setup), "CA");

    let mut setup = Setup::full();
    setup.client.identity = Some(WORLD.server.clone());
    certificate(&server_finds(setup), "clientAuth");

    let mut setup = Setup::full();
    setup.client.identity.as_mut().unwrap().key = FOREIGN.client.key.clone();
    assert!(matches!(server_finds(setup), ChannelError::Signature(_)));
}

#[test]
fn a_revoked_certificate_is_refused_on_either_side() {
    use certificates::x509::{Certificate, Revocation};
    let mut random = <rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(3);
    let mut list = |der: &[u8]| {
        let serial = Certificate::from_der(der).unwrap().serial().to_vec();
        let entry = Revocation { serial, since: WORLD.time };
        WORLD.ca.revocation_list(1, &[entry], crate::pair::YEAR, WORLD.time, &mut random).unwrap()
    };
    let mut setup = Setup::default();
    setup.client.revocations = Some(list(&WORLD.server.chain[0]));
    assert!(client_finds(setup).to_string().contains("revoked"));

    let mut setup = Setup::full();
    let certificate = WORLD.ca.certificate().clone();
    setup.server.clients = Some(ClientCa { certificate, revocations: Some(list(&WORLD.client.chain[0])) });
    assert!(server_finds(setup).to_string().contains("revoked"));
}

fn client_finds(setup: Setup) -> ChannelError {
    let mut pair = setup.pair();
    pair.drive();
    assert_eq!(pair.server.error, Some(ChannelError::Alert));
    assert!(pair.client.peer.is_none() && pair.server.peer.is_none());
    pair.client.error.unwrap()
}

/// The client has finished by then, and learns it from the first packet under the application's keys.
fn server_finds(setup: Setup) -> ChannelError {
    let mut pair = setup.pair();
    pair.drive();
    assert_eq!(pair.client.error, Some(ChannelError::Alert));
    assert!(pair.server.peer.is_none());
    pair.server.error.unwrap()
}

/// One block of body.
const ALERT_PACKET: usize = 53 + 16;
