//! Between a client that trusts everybody and the real server.

use super::lax::accept_everything;
use certificates::rsa::PrivateKey;
use certificates::x509::{Ca, Profile};
use https::{Identity, server_config};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConnection, ServerConnection, StreamOwned};
use std::error::Error;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, SystemTime};

/// How long to wait for either side.
const PATIENCE: Duration = Duration::from_secs(3);

/// Takes one client, who believes that this is the server. Reads its request, asks the real server the same,
/// passes the answer on, and returns the request. The client must notice nothing.
///
/// You have [`forged`] and [`read_head`] below, `server_config(identity, None, None)` of stage 8, and
/// `accept_everything()` of `lax.rs`, beside this file, for your own connection to the server (it gives what
/// [`ClientConnection::new`] takes; the name is `"localhost".try_into()?`). A [`StreamOwned`] of a connection
/// and a socket is something to read from and to write to.
///
/// A client's request says `Connection: close`, so the server closes behind its answer, and `read_to_end`
/// takes it all. Behind what you pass on, say goodbye as a server does: `client.conn.send_close_notify()`,
/// then `client.flush()`.
pub fn stand_between(listener: &TcpListener, server: SocketAddr) -> Result<Vec<u8>, Box<dyn Error>> {
    todo!("be a server for the client and a client for the server")
}

/// A certificate for `localhost`, by a CA that is made here and now. Anybody can do that. The key is always the
/// same, which is quick; an attacker need not care who else can find it.
fn forged() -> Result<Identity, Box<dyn Error>> {
    let (mut random, now) = (StdRng::seed_from_u64(7), SystemTime::now());
    let key = PrivateKey::generate(2048, &mut random)?;
    let ca = Ca::init("uchat course CA", key.clone(), now, &mut random)?;
    let profile = Profile::Server { names: vec!["localhost".parse()?] };
    let leaf = ca.certify(&key, &profile, Duration::from_secs(3600), now, &mut random)?;
    Ok(Identity {
        chain: vec![leaf.der().to_vec().into()],
        key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.to_pkcs8_der()?.to_vec())),
    })
}

/// Reads until the empty line that ends a request without a body.
fn read_head(stream: &mut impl Read) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > 16_384 || stream.read(&mut byte)? == 0 {
            return Err("the client sends no request".into());
        }
        head.push(byte[0]);
    }
    Ok(head)
}
