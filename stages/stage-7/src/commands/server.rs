//! The verb `server`: the signed handshake, then an answer to each message.

use super::password::{KEY_PASSWORD, folder_password};
use cbc_packet::Friends;
use certificates::connection::HandshakeLimits;
use certificates::folder::{ServerFolder, load_certificate, load_revocation_list, system_random};
use certificates::handshake::key_log::{KeyLog, KeyLogFile};
use certificates::handshake::{ClientCa, Identity, Peer, ServerConfig};
use certificates::x509::RevocationList;
use certificates::{ChannelHandler, PORT};
use conn_auth::Key;
use echo::lab::{self, Failure, Opt, Options, Verb, hex};
use socketserver::ThreadingTcpServer;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

pub(crate) const SERVER: Verb = Verb {
    name: "server",
    operand: None,
    about: "prove who this is to each client, then answer its messages",
    options: &[
        lab::LISTEN,
        &[
            Opt {
                name: "dir",
                value: Some("D"),
                help: "keys and certificates (stage-7-certificates); what is missing there is made",
            },
            Opt { name: "client-ca", value: Some("F"), help: "serve only clients whom this CA has signed" },
            Opt { name: "client-crl", value: Some("F"), help: "the revocation list of that CA" },
            ACCESS_KEY,
            KEY_LOG,
            KEY_TRANSPORT,
        ],
        KEY_PASSWORD,
    ],
    example: "cargo run -p stage-7 -- server --dir class",
    run,
};

pub(super) const ACCESS_KEY: Opt =
    Opt { name: "access-key-file", value: Some("F"), help: "the key that all members know, as in stage 2" };

pub(super) const KEY_LOG: Opt = Opt {
    name: "key-log",
    value: Some("F"),
    help: "append the secrets of each connection to F: for the lab, to look inside",
};

/// For server and client: both need it, or neither.
pub(super) const KEY_TRANSPORT: Opt = Opt {
    name: "key-transport",
    value: None,
    help: "the older way, for its attack only: the client encrypts the key to the certificate",
};

fn run(options: &Options) -> Result<(), Failure> {
    if options.has("key-transport") {
        return super::key_transport::run_server(options);
    }
    // First, so that nothing is made for a call that cannot succeed.
    let listener = lab::listen(options.addr("listen", PORT)?)?;
    let config = Arc::new(config(options)?);
    let (friends, limits) = (Arc::new(Friends::default()), Arc::new(HandshakeLimits::default()));
    socketserver::run_server(listener, |listener| {
        let server = ThreadingTcpServer::new(listener, move |peer| {
            let place = limits.enter(peer.ip()).map_err(Failure::new)?;
            let friends = Arc::clone(&friends);
            let answer = move |_: &Peer, message| friends.answer(message);
            Ok(ChannelHandler::new(peer, Arc::clone(&config), place, system_random()?, answer))
        });
        let server = server.map_err(|e| lab::io_failure("the server cannot start", &e))?;
        Ok(Box::new(server.with_read_size(READ_SIZE)))
    })
}

fn config(options: &Options) -> Result<ServerConfig, Failure> {
    // What is given comes before what is made, for the same reason.
    let (access_key, clients) = (access_key(options)?, clients(options)?);
    let dir = options.path("dir").unwrap_or_else(|| PathBuf::from(DIR));
    let password = folder_password(options, &dir, "server.pem", "server.key")?;
    let password = password.as_ref().map(|password| password.as_slice());
    let (now, random) = (SystemTime::now(), &mut system_random()?);
    let folder = ServerFolder::open_or_make_at(&dir, &[], password, now, random)?;
    for path in folder.made() {
        lab::log(format_args!("made {}", path.display()));
    }
    let (ca, fingerprint) = (dir.join("ca.pem"), hex(&folder.ca().fingerprint()));
    lab::log(format_args!("clients need {} (SHA-256 {fingerprint})", ca.display()));
    let identity = Identity { chain: folder.chain(), key: folder.key().clone() };
    Ok(ServerConfig { identity, access_key, clients, key_log: key_log(options)? })
}

/// Whose certificate clients must have, if any.
fn clients(options: &Options) -> Result<Option<ClientCa>, Failure> {
    match options.path("client-ca") {
        Some(path) => {
            let (certificate, revocations) = (load_certificate(&path)?, revocations(options, "client-crl")?);
            Ok(Some(ClientCa { certificate, revocations }))
        }
        None if options.has("client-crl") => {
            Err(Failure::Usage("--client-crl belongs to --client-ca: give both".into()))
        }
        None => Ok(None),
    }
}

pub(super) fn access_key(options: &Options) -> Result<Option<Key>, Failure> {
    options.path("access-key-file").map(|path| Key::load(&path)).transpose()
}

pub(super) fn key_log(options: &Options) -> Result<Option<Arc<dyn KeyLog>>, Failure> {
    let file = options.path("key-log").map(|path| KeyLogFile::open(&path)).transpose()?;
    Ok(file.map(|file| Arc::new(file) as _))
}

pub(super) fn revocations(options: &Options, name: &str) -> Result<Option<RevocationList>, Failure> {
    options.path(name).map(|path| load_revocation_list(&path)).transpose()
}

/// The folder of a server that is given none.
pub(super) const DIR: &str = "stage-7-certificates";
pub(super) const READ_SIZE: usize = 16 << 10;
