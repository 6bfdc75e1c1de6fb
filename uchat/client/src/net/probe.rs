//! Which CA does a server show? For people who are to say whether it is the right one, and for keeping its
//! certificate. Nothing of our own is sent.

use super::Route;
use super::refusal::refusal;
use certificates::x509::{Certificate, ServerName};
use rand::CryptoRng;
use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use uchat_protocol::channel::{Channel, ChannelError, ClientSetup, Transport};
use uchat_protocol::{Code, Refusal};

/// The certificate of the CA that vouches for the server there. All of it was checked but whether the CA is one
/// to be trusted.
///
/// # Errors
/// The server cannot be reached, or shows no certificate that fits its name.
pub fn ca_of(
    host: &str,
    port: u16,
    transport: Transport,
    random: &mut dyn CryptoRng,
) -> Result<Certificate, Refusal> {
    let name: ServerName = host.parse().map_err(|e| {
        Refusal::field(Code::BadField, "server", format_args!("{host} cannot be a server: {e}"))
    })?;
    let setup = ClientSetup::new(transport, name, None, None)
        .map_err(|e| Refusal::because(Code::ClientError, e.to_string()))?;
    let route = Route { host: host.to_owned(), port, setup: Arc::new(setup), loopback_only: false };
    let mut channel = Channel::client(&route.setup, SystemTime::now(), Instant::now(), random)
        .map_err(|error| refusal(&error, false))?;
    let offline = |e: std::io::Error| {
        let text = format!("cannot ask {host} port {port} for its CA: {}", echo::lab::reason(&e));
        Refusal::because(Code::Offline, text)
    };
    let mut stream = connect(host, port).map_err(offline)?;
    let mut buffer = [0; 16 << 10];
    loop {
        let event = channel.event(random);
        stream.write_all(&channel.take_output()).map_err(offline)?;
        match event {
            Err(ChannelError::UnknownCa { certificate, .. }) => return Ok(*certificate),
            Err(error) => return Err(refusal(&error, false)),
            Ok(Some(_)) => {
                return Err(Refusal::because(Code::WrongTransport, "the server shows no certificate"));
            }
            Ok(None) => {}
        }
        match stream.read(&mut buffer).map_err(offline)? {
            0 => channel.end_of_stream().map_err(|error| refusal(&error, false))?,
            length => channel.received(Instant::now(), buffer.get(..length).unwrap_or_default()),
        }
        if channel.is_closed() {
            return Err(Refusal::because(Code::Offline, "the server has closed the connection"));
        }
    }
}

fn connect(host: &str, port: u16) -> std::io::Result<TcpStream> {
    let mut failure = std::io::Error::from(std::io::ErrorKind::AddrNotAvailable);
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => {
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_write_timeout(Some(PATIENCE))?;
                return Ok(stream);
            }
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// How long each step may take.
const PATIENCE: Duration = Duration::from_secs(10);
