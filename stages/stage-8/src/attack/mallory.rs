//! Stage 6's man in the middle, before TLS: one connection with the client, another one with the server.

use crate::attack::insecure;
use crate::config::{Identity, server_config};
use crate::sentences::refused_client;
use certificates::folder::system_random;
use certificates::rsa::PrivateKey;
use certificates::x509::{Ca, Profile};
use echo::lab::{self, Failure, Outcome, Target, io_failure};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConnection, ServerConnection, StreamOwned};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, SystemTime};

/// Shows the client a certificate for localhost that an own CA has signed; anybody can make those. A client that
/// accepts it tells everything to the wrong one. What the server thinks does not matter: it does not know who
/// visits it.
pub(super) fn mallory(target: &Target) -> Result<Outcome, Failure> {
    let listener = lab::listen(target.listen)?;
    let config = server_config(forged()?, None, None)?;
    lab::announce(&listener)?;
    let client = lab::first_client(&listener)?;
    let limits =
        client.set_read_timeout(Some(PATIENCE)).and_then(|()| client.set_write_timeout(Some(PATIENCE)));
    limits.map_err(|e| io_failure("cannot sit on the path", &e))?;

    let tls = ServerConnection::new(config).map_err(|e| Failure::new(e.to_string()))?;
    let mut client = StreamOwned::new(tls, client);
    let request = match read_head(&mut client) {
        Ok(request) if !request.is_empty() => request,
        Ok(_) => return Ok(Outcome::Failed("the client leaves when it has seen our certificate".into())),
        Err(error) => return Ok(Outcome::Failed(format!("the client does not talk to us: {}", why(&error)))),
    };
    let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
    lab::print(format_args!("read: {}", anatomy::quoted(&String::from_utf8_lossy(line))));

    let host = "localhost".try_into().map_err(|_| Failure::new("localhost is no name of a host"))?;
    let tls = ClientConnection::new(insecure::accept_everything()?, host);
    let tls = tls.map_err(|e| Failure::new(e.to_string()))?;
    let mut server = StreamOwned::new(tls, lab::connect(target.connect, Some(PATIENCE))?);
    let answer = match relay(&mut server, &request) {
        Ok(answer) if !answer.is_empty() => answer,
        Ok(_) => return Ok(Outcome::Failed("the request is read, but the server answers nothing".into())),
        Err(error) => return Ok(Outcome::Failed(format!("the request is read, but: {}", why(&error)))),
    };
    let passed = client.write_all(&answer).and_then(|()| client.flush());
    passed.map_err(|e| io_failure("the client takes no answer", &e))?;
    client.conn.send_close_notify();
    let _ = client.flush(); // the client may have left with its answer
    Ok(Outcome::Succeeded(format!(
        "the client accepts our certificate: its request is read, and {} of answer passed on",
        lab::count(answer.len(), "byte")
    )))
}

/// A certificate for localhost of a CA that calls itself as one could guess.
fn forged() -> Result<Identity, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(format!("cannot make a certificate: {error}"));
    let (mut random, now) = (system_random()?, SystemTime::now());
    let key = PrivateKey::generate(2048, &mut random).map_err(|e| failed(&e))?;
    let ca = Ca::init("a CA of Mallory's", key.clone(), now, &mut random).map_err(|e| failed(&e))?;
    let names = ["localhost", "127.0.0.1"].iter().map(|name| name.parse()).collect::<Result<Vec<_>, _>>();
    let profile = Profile::Server { names: names.map_err(|e| failed(&e))? };
    let day = Duration::from_secs(24 * 3600);
    let leaf = ca.certify(&key, &profile, day, now, &mut random).map_err(|e| failed(&e))?;
    let der = key.to_pkcs8_der().map_err(|e| failed(&e))?;
    Ok(Identity {
        chain: vec![CertificateDer::from(leaf.der().to_vec())],
        key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(der.to_vec())),
    })
}

/// The head of the client's request; empty if the client leaves before it.
fn read_head(client: &mut StreamOwned<ServerConnection, TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && head.len() < crate::http::MAX_HEAD {
        if client.read(&mut byte)? == 0 {
            return Ok(Vec::new());
        }
        head.push(byte[0]);
    }
    Ok(head)
}

/// The server's answer to it, or as much as comes within a second.
fn relay(server: &mut StreamOwned<ClientConnection, TcpStream>, request: &[u8]) -> std::io::Result<Vec<u8>> {
    server.write_all(request)?;
    server.flush()?;
    server.sock.set_read_timeout(Some(Duration::from_secs(1)))?;
    let mut answer = Vec::new();
    let mut chunk = [0; 4096];
    while answer.len() < MOST {
        match server.read(&mut chunk) {
            Ok(0) => break,
            Ok(length) => answer.extend_from_slice(&chunk[..length]),
            Err(error) if lab::timed_out(&error) || error.kind() == ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(error),
        }
    }
    Ok(answer)
}

fn why(error: &std::io::Error) -> String {
    match error.get_ref().and_then(|error| error.downcast_ref()) {
        Some(error) => refused_client(error),
        None => lab::reason(error),
    }
}

const PATIENCE: Duration = Duration::from_secs(30);
const MOST: usize = 1 << 20;
