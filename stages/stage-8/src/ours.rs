//! Stage 7's handshake run in memory, to see how long its messages are.

use crate::Seen;
use anatomy::Reader;
use cbc_packet::{LIMIT, PacketDecoder};
use certificates::Connection;
use certificates::connection::Event;
use certificates::handshake::{ChannelError, ClientCa, ClientConfig, Identity, ServerConfig};
use certificates::x509::Certificate;
use conn_auth::Key;
use echo::lab::{Direction, Failure};
use framing::{ByteOrder, HEADER_LENGTH, read_header};
use rand::CryptoRng;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

/// The messages of a handshake with everything that it can have: an access key, and a certificate on each side.
///
/// Nothing has to be decrypted for this: one packet holds one message, and its header says in clear how long
/// that is.
pub fn our_handshake(
    ca: &Certificate,
    server: Identity,
    client: Identity,
    random: &mut impl CryptoRng,
) -> Result<Vec<Seen>, Failure> {
    let access_key = Some(Key::new(b"the length of the key changes nothing")?);
    let client_config = ClientConfig {
        pinned_ca: Some(ca.fingerprint()),
        access_key: access_key.clone(),
        identity: Some(client),
        ..ClientConfig::default()
    };
    let clients = Some(ClientCa { certificate: ca.clone(), revocations: None });
    let server_config = ServerConfig { identity: server, access_key, clients, key_log: None };

    let failed = |error: &dyn std::fmt::Display| Failure::new(format!("stage 7's handshake failed: {error}"));
    let name = "localhost".parse().map_err(|e| failed(&e))?;
    let (now, time) = (Instant::now(), SystemTime::now());
    let mut client =
        Connection::client(Arc::new(client_config), name, time, now, random).map_err(|e| failed(&e))?;
    let mut server = Connection::server(Arc::new(server_config), time, now);
    let mut said: [Vec<u8>; 2] = Default::default();
    // Three flights: the client's hello, the server's messages, the client's.
    for _ in 0..2 {
        let bytes = client.take_output();
        take(&mut server, now, &bytes, random).map_err(|e| failed(&e))?;
        said[0].extend(bytes);
        let bytes = server.take_output();
        take(&mut client, now, &bytes, random).map_err(|e| failed(&e))?;
        said[1].extend(bytes);
    }
    if !(client.is_open() && server.is_open()) {
        return Err(Failure::new("stage 7's handshake came to no end"));
    }
    let [client, server] = said;
    let client = messages(Direction::ToServer, &client, &[1, 64, 11, 15, 20])?;
    let server = messages(Direction::ToClient, &server, &[2, 8, 11, 15, 20])?;
    Ok([client, server].concat())
}

fn take(
    connection: &mut Connection,
    now: Instant,
    bytes: &[u8],
    random: &mut impl CryptoRng,
) -> Result<(), ChannelError> {
    connection.received(now, bytes);
    while let Some(event) = connection.event(random)? {
        if event == Event::Closed {
            break;
        }
    }
    Ok(())
}

/// The messages of one direction: a hello in a frame, then the others, each in a packet.
fn messages(direction: Direction, bytes: &[u8], kinds: &[u8]) -> Result<Vec<Seen>, Failure> {
    let failed =
        |error: &dyn std::fmt::Display| Failure::new(format!("stage 7's bytes cannot be read: {error}"));
    let hello = read_header(&mut Reader::new(bytes), ByteOrder::Network, LIMIT).map_err(|e| failed(&e))?;
    let mut lengths = vec![hello.unwrap_or_default()];
    let mut packets = PacketDecoder::new(LIMIT);
    packets.push(bytes.get(HEADER_LENGTH + lengths[0]..).unwrap_or_default());
    while let Some(packet) = packets.packet().map_err(|e| failed(&e))? {
        lengths.push(packet.header.length.saturating_sub(usize::from(packet.header.padding)));
    }
    if lengths.len() != kinds.len() {
        return Err(failed(&format!("{} messages in place of {}", lengths.len(), kinds.len())));
    }
    Ok(kinds.iter().zip(lengths).map(|(kind, length)| Seen { direction, kind: *kind, length }).collect())
}
