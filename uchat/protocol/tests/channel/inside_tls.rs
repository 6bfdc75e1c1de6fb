//! A client that speaks TLS well, and something else than uchat inside.

use crate::pair::End;
use crate::world::{Setup, WORLD, time};
use certificates::handshake::codec::Body;
use certificates::handshake::messages::Access;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rustls::pki_types::UnixTime;
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, ClientConnection, RootCertStore};
use std::io::{Read, Write};
use std::sync::Arc;
use std::time::{Instant, SystemTime};
use uchat_protocol::channel::{Channel, ChannelError, Transport};

#[derive(Debug)]
struct FixedTime;

impl TimeProvider for FixedTime {
    fn current_time(&self) -> Option<UnixTime> {
        time().duration_since(SystemTime::UNIX_EPOCH).ok().map(UnixTime::since_unix_epoch)
    }
}

fn client(alpn: &[&[u8]]) -> ClientConnection {
    let mut roots = RootCertStore::empty();
    roots.add(WORLD.server.chain[1].clone().into()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_details(provider, Arc::new(FixedTime))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap()
}

/// What a server that wants an access key makes of this client, who says `said` as soon as it can; and what the
/// client hears.
fn served(mut client: ClientConnection, said: &[u8]) -> (End, Vec<u8>) {
    let (random, now) = (&mut StdRng::seed_from_u64(3), Instant::now());
    let setup = Setup::new(Transport::Tls).server_setup();
    let mut server = End::new(Channel::server(&setup, time(), now, random).unwrap());
    let (mut talked, mut heard) = (false, Vec::new());
    for _ in 0..10 {
        if !client.is_handshaking() && !talked {
            client.writer().write_all(said).unwrap();
            talked = true;
        }
        let mut bytes = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut bytes).unwrap();
        }
        server.receive(now, &bytes, random);
        let answer = std::mem::take(&mut server.pipe);
        let mut answer = answer.as_slice();
        while !answer.is_empty() && client.read_tls(&mut answer).is_ok_and(|count| count > 0) {
            let plain = client.process_new_packets().map_or(0, |state| state.plaintext_bytes_to_read());
            let before = heard.len();
            heard.resize(before + plain, 0);
            client.reader().read_exact(&mut heard[before..]).unwrap();
        }
    }
    (server, heard)
}

#[test]
fn another_protocol_inside_is_refused() {
    for alpn in [&[][..], &[&b"http/1.1"[..]]] {
        let (server, _) = served(client(alpn), b"GET / HTTP/1.1\r\n\r\n");
        assert_eq!(server.error, Some(ChannelError::Alpn), "{alpn:?}");
    }
}

#[test]
fn nothing_is_taken_in_place_of_the_proof() {
    let wrong = Access { answer: [0; 16] }.to_bytes();
    let long = [&[64, 0xff, 0xff, 0xff][..], &[0; 40]].concat();
    for (said, refusal) in [
        (&b"\x01\x04\0\0\0\0"[..], "access was expected"),
        (&wrong, "the access key is wrong"),
        (&long, "malformed"),
        (&[241][..], "does not say why"),
    ] {
        let (server, heard) = served(client(&[b"uchat/1"]), said);
        let error = server.error.expect("an error");
        assert!(error.to_string().contains(refusal), "{error}");
        assert!(!server.ready && server.messages.is_empty());
        assert_eq!(heard.len(), 4 + 1 + 32 + 1, "encrypted_extensions and one alert, which says nothing");
        assert_eq!((heard[0], heard[4], heard.last()), (8, 1, Some(&241)));
    }
}
