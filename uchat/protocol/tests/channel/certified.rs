//! Who may talk to whom: access keys, certificates, names.

use crate::pair::{Pair, text};
use crate::world::{FOREIGN, Setup, WORLD};
use certificates::x509::CertificateError;
use uchat_protocol::channel::{ChannelError, ClientSetup, Lesson, ServerSetup, SetupError, Transport};

const CERTIFIED: [Transport; 2] = [Transport::Signed, Transport::Tls];

/// Runs a handshake that must fail.
fn failed(setup: &Setup) -> Pair {
    let mut pair = Pair::new(setup);
    pair.run();
    assert!(pair.client.error.is_some() && pair.server.error.is_some(), "{setup:?}: {:?}", pair.errors());
    pair
}

#[test]
fn both_sides_learn_that_the_access_key_is_wrong() {
    for transport in Transport::ALL.into_iter().skip(1) {
        let pair = failed(&Setup { client_key: Some(b"another"), ..Setup::new(transport) });
        let refused = Some(&ChannelError::AccessRefused);
        let seen = if transport.loopback_only() { Some(&ChannelError::EndAfterProof) } else { refused };
        assert_eq!(pair.errors(), (seen, refused), "{transport}");
        assert!(!pair.server.ready);
    }
}

/// A server that dies before its first answer must not pass for one that refuses: who is refused stays away.
#[test]
fn a_connection_that_is_cut_after_the_proof_is_no_refusal() {
    for transport in Transport::ALL.into_iter().skip(1) {
        let expected = match transport {
            Transport::Signed | Transport::Tls => Err(ChannelError::Truncated),
            // These have heard the server's public value after their proof.
            Transport::Lesson(Lesson::Rc4 | Lesson::Packets) => Ok(()),
            Transport::Lesson(_) => Err(ChannelError::EndAfterProof), // nothing tells the two apart
        };
        let mut pair = Pair::ready(&Setup::new(transport));
        pair.client_says(&[text(5)]);
        assert_eq!(pair.client.channel.end_of_stream(), expected, "{transport}");
    }
}

#[test]
fn an_alert_that_anybody_could_have_written_is_no_refusal() {
    for (transport, alert) in
        [(Transport::Signed, &b"\0\0\0\x01\xf1"[..]), (Transport::Tls, b"\x15\x03\x03\0\x02\x02\x28")]
    {
        let mut pair = Pair::ready(&Setup::new(transport));
        pair.client.receive(pair.now, alert, &mut pair.random);
        let error = pair.client.error.expect("an error");
        assert!(
            matches!(error, ChannelError::Packet(_) | ChannelError::Signed(_) | ChannelError::Tls(_)),
            "{error:?}"
        );
    }
}

#[test]
fn a_client_without_a_key_learns_that_one_is_wanted() {
    for transport in CERTIFIED {
        let pair = failed(&Setup { client_key: None, ..Setup::new(transport) });
        assert_eq!(pair.errors().0, Some(&ChannelError::AccessKeyWanted), "{transport}");
        assert_eq!(pair.errors().1, Some(&ChannelError::Alert), "{transport}");
    }
}

#[test]
fn a_key_that_nobody_asks_for_does_no_harm() {
    for transport in CERTIFIED {
        Pair::ready(&Setup { server_key: None, ..Setup::new(transport) });
    }
}

#[test]
fn an_unknown_ca_is_shown_before_the_client_has_said_anything_of_its_own() {
    for transport in CERTIFIED {
        for pinned_ca in [None, Some(FOREIGN.ca)] {
            let setup = Setup { pinned_ca, ..Setup::new(transport) };
            let mut pair = Pair::new(&setup);
            pair.client.receive(pair.now, b"", &mut pair.random);
            let hello = pair.client.sent.len();
            pair.run();
            match pair.errors().0 {
                Some(ChannelError::UnknownCa { fingerprint, name, certificate }) => {
                    assert_eq!(certificate.fingerprint(), *fingerprint, "{transport}");
                    assert_eq!((*fingerprint, name.as_str()), (WORLD.ca, "\"The CA of the tests\""));
                }
                other => panic!("{transport}: {other:?}"),
            }
            // What is left is an alert: one packet, or one record, after a record for middleboxes in TLS.
            let alert = pair.client.sent.len() - hello;
            assert!(alert <= 53 + 16, "{transport}: {alert} bytes");
            assert!(!pair.client.ready && !pair.server.ready && pair.server.error.is_some());
            // Pinned as shown, the next connection works.
            Pair::ready(&Setup { pinned_ca: Some(WORLD.ca), ..setup });
        }
    }
}

#[test]
fn another_name_is_refused_even_where_no_ca_is_pinned() {
    for transport in CERTIFIED {
        for pinned_ca in [None, Some(WORLD.ca)] {
            let pair = failed(&Setup { name: "example.org", pinned_ca, ..Setup::new(transport) });
            assert!(
                matches!(
                    pair.errors().0,
                    Some(ChannelError::Certificate(CertificateError::ServerName { .. }))
                ),
                "{transport}: {:?}",
                pair.errors()
            );
        }
        for name in ["127.0.0.1", "::1"] {
            Pair::ready(&Setup { name, ..Setup::new(transport) });
        }
    }
}

#[test]
fn a_server_cannot_be_set_up_without_what_it_needs() {
    for transport in CERTIFIED {
        let error = ServerSetup::new(transport, None, None).unwrap_err();
        assert_eq!(error, SetupError::NoIdentity(transport));
    }
    // A key that does not belong to the certificate.
    let chain = WORLD.server.chain.clone();
    let mixed = certificates::handshake::Identity { chain, key: FOREIGN.server.key.clone() };
    assert!(ServerSetup::new(Transport::Tls, None, Some(mixed)).is_err());
    for transport in Transport::ALL {
        assert!(ClientSetup::new(transport, "localhost".parse().unwrap(), None, None).is_ok());
    }
}
