//! Both sides on sockets: the server and the client of the signed handshake, over another beginning.

use super::{client, server};
use crate::connection::HandshakePlace;
use crate::handshake::{ClientConfig, Peer, ServerConfig};
use crate::x509::ServerName;
use crate::{ChannelHandler, ChannelStream};
use echo::lab::Failure;
use framing::Message;
use rand::rngs::StdRng;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// Serves one client; `answer` gets each of its messages.
///
/// # Errors
/// None that could be caused from outside.
pub fn handler<F: FnMut(&Peer, Message) -> Message>(
    peer: SocketAddr,
    config: Arc<ServerConfig>,
    place: HandshakePlace,
    mut random: StdRng,
    answer: F,
) -> Result<ChannelHandler<F>, Failure> {
    let connection = server(config, SystemTime::now(), Instant::now(), &mut random);
    let connection = connection.map_err(|e| Failure::new(e.to_string()))?;
    Ok(ChannelHandler::over(peer, connection, place, random, answer))
}

/// Connects to `server` and takes the handshake to its end.
///
/// # Errors
/// A sentence: nobody listens, the handshake fails, the other side closes or stays silent.
pub fn connect(
    server: SocketAddr,
    patience: Option<Duration>,
    config: Arc<ClientConfig>,
    name: ServerName,
) -> Result<(ChannelStream, Peer), Failure> {
    ChannelStream::connect_with(server, patience, |random| {
        client(config, name, SystemTime::now(), Instant::now(), random)
    })
}
