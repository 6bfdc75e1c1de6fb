//! `server` and `client` with `--key-transport`: the exhibit on how a key was once agreed on.

use super::password::folder_password;
use super::server::{DIR, READ_SIZE, key_log};
use cbc_packet::Friends;
use certificates::connection::HandshakeLimits;
use certificates::folder::system_random;
use certificates::handshake::{ClientConfig, Peer, ServerConfig};
use certificates::key_transport::{self, TransportFolder};
use certificates::x509::ServerName;
use certificates::{ChannelStream, PORT};
use echo::lab::{self, Failure, Options};
use socketserver::ThreadingTcpServer;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// The server's side; its certificate is one of its own, beside the server's in the same folder.
pub(super) fn run_server(options: &Options) -> Result<(), Failure> {
    refuse(options, &["client-ca", "client-crl", "access-key-file"])?;
    let listener = lab::listen(options.addr("listen", PORT)?)?;
    let dir = options.path("dir").unwrap_or_else(|| PathBuf::from(DIR));
    let password = folder_password(options, &dir, "transport.pem", "transport.key")?;
    let password = password.as_ref().map(|password| password.as_slice());
    let folder = TransportFolder::open_or_make(&dir, &[], password)?;
    for path in folder.made() {
        lab::log(format_args!("made {}", path.display()));
    }
    lab::log("key transport: whoever records a session and steals transport.key later reads it");
    let config = Arc::new(ServerConfig {
        identity: folder.identity(),
        access_key: None,
        clients: None,
        key_log: key_log(options)?,
    });
    let (friends, limits) = (Arc::new(Friends::default()), Arc::new(HandshakeLimits::default()));
    socketserver::run_server(listener, |listener| {
        let server = ThreadingTcpServer::new(listener, move |peer| {
            let place = limits.enter(peer.ip()).map_err(Failure::new)?;
            let friends = Arc::clone(&friends);
            let answer = move |_: &Peer, message| friends.answer(message);
            key_transport::handler(peer, Arc::clone(&config), place, system_random()?, answer)
        });
        let server = server.map_err(|e| lab::io_failure("the server cannot start", &e))?;
        Ok(Box::new(server.with_read_size(READ_SIZE)))
    })
}

/// The client's side.
pub(super) fn connect(
    options: &Options,
    server: SocketAddr,
    config: Arc<ClientConfig>,
    name: ServerName,
) -> Result<(ChannelStream, Peer), Failure> {
    refuse(options, &["cert", "access-key-file"])?;
    key_transport::connect(server, options.patience()?, config, name)
}

/// What this handshake has no place for.
fn refuse(options: &Options, names: &[&str]) -> Result<(), Failure> {
    match names.iter().find(|name| options.has(name)) {
        None => Ok(()),
        Some(name) => {
            Err(Failure::Usage(format!("--key-transport has no place for --{name}: leave one off")))
        }
    }
}
