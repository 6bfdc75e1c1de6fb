//! A client of stage 7's channel, in a program of one's own.

use cbc_packet::operations::{CLIENT_ECHO, SERVER_ECHO};
use certificates::ChannelStream;
use certificates::handshake::ClientConfig;
use certificates::x509::{Certificate, ServerName};
use echo::lab::Failure;
use framing::{Message, Value};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Says each of these texts to the server, in one connection, and returns its answers.
///
/// The server must prove to be `name` with a certificate of this CA; otherwise nothing is said to it. At the
/// end both sides say goodbye, so that each knows that nothing was cut off.
///
/// What you need:
///
/// - [`ClientConfig`]: only its field `pinned_ca` is needed, which takes the CA's `fingerprint()`;
///   `..ClientConfig::default()` leaves the others empty;
/// - [`ChannelStream`]: `connect` takes the server, how long to wait (`Some(PATIENCE)`), the configuration in an
///   [`Arc`], and the name, and returns the stream and who the other side is; then `request` and `close`;
/// - a [`ServerName`], which is `name.parse::<ServerName>()`;
/// - [`Message`]: the operation [`CLIENT_ECHO`] with a [`Value::Str`]. The answer is a [`SERVER_ECHO`] with a
///   [`Value::Str`], or it is an error;
/// - a [`Failure`], which is `Failure::new(sentence)`.
pub fn say(server: SocketAddr, ca: &Certificate, name: &str, texts: &[&str]) -> Result<Vec<String>, Failure> {
    // solution
    let config = ClientConfig { pinned_ca: Some(ca.fingerprint()), ..ClientConfig::default() };
    let name: ServerName =
        name.parse().map_err(|error| Failure::new(format!("no name of a server: {error}")))?;
    let (mut channel, _peer) = ChannelStream::connect(server, Some(PATIENCE), Arc::new(config), name)?;
    let mut answers = Vec::new();
    for text in texts {
        let answer =
            channel.request(&Message { operation: CLIENT_ECHO, value: Value::Str(text.to_string()) })?;
        match (answer.operation, answer.value) {
            (SERVER_ECHO, Value::Str(text)) => answers.push(text),
            (operation, _) => {
                return Err(Failure::new(format!("the server answers with operation {operation}")));
            }
        }
    }
    channel.close()?;
    Ok(answers)
    // starter
    // todo!("pin the CA, connect, ask for each text, close")
    // end
}
