//! A page over HTTPS, with rustls.

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::error::Error;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// How long to wait for the server.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks the server `name` at this address for `target` (`/echo?text=hello`, for example), and returns the
/// body of the answer. `ca` is the one CA that is trusted, its certificate in DER.
///
/// It is an error if the server does not prove to be `name`, if its answer has another status than 200, or if
/// the connection is cut before the server says that it has finished.
///
/// The pieces, from the bottom to the top:
///
/// - [`RootCertStore::empty`] and its method `add`: whom to trust;
/// - `ClientConfig::builder()`, then `with_root_certificates`, then `with_no_client_auth`; the result belongs
///   into an [`Arc`];
/// - a [`ServerName`], which is `ServerName::try_from(name.to_owned())`;
/// - [`ClientConnection::new`], and [`TcpStream::connect_timeout`] with `set_read_timeout`;
/// - [`StreamOwned::new`] of the two is something to `write_all` to and to `read_to_end` from. The handshake
///   happens by itself, and a connection that ends without close_notify is an error of `read_to_end`.
///
/// What to send are these lines, each with `\r\n` at its end, and an empty one behind them:
///
/// ```text
/// GET target HTTP/1.1
/// Host: name
/// Connection: close
/// ```
///
/// Because of the third one the server closes behind its answer. Use [`body_of`] for that answer.
pub fn get(
    server: SocketAddr,
    name: &str,
    ca: CertificateDer<'static>,
    target: &str,
) -> Result<Vec<u8>, Box<dyn Error>> {
    todo!("trust the CA, connect with TLS, send a GET, read to the end, and take the body")
}

/// What stands behind the head of an answer (`HTTP/1.1 200 OK`, fields, an empty line), if its status is 200.
fn body_of(answer: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    todo!("find the empty line, look at the status, return what is behind")
}
