//! `book record`: a real session between stage 8's client and server, over loopback and through a tap, into files.

use super::keys::Keys;
use super::seeds::People;
use super::tls13::{KEYS, RECORDING};
use crate::generated::Problem;
use crate::place::Place;
use certificates::handshake::Identity as OurIdentity;
use echo::lab::{Direction, Failure, Recording, Tap, What};
use https::http::{Body, Url};
use https::{Connection, HttpsHandler, Identity, Presented, client_config, server_config};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{KeyLog, RootCertStore};
use socketserver::{Server, ThreadingTcpServer};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Records the session anew. The certificates begin today: rustls checks them while it talks, the book never again.
pub fn tls13(place: &Place) -> Result<Vec<PathBuf>, Problem> {
    let (recording, keys) = live()?;
    let folder = place.recorded();
    std::fs::create_dir_all(&folder)?;
    let files = [folder.join(RECORDING), folder.join(KEYS)];
    recording.save(&files[0])?;
    std::fs::write(&files[1], keys)?;
    Ok(files.to_vec())
}

/// A session, and the text of its key log.
pub fn live() -> Result<(Recording, String), Problem> {
    let people = People::new(SystemTime::now())?;
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(people.ca.certificate().der().to_vec()))?;
    // A server need not send the CA's certificate, and stage 8's does not insist on it.
    let config = server_config(identity(&people.server)?, Some(roots.clone()), None)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let server = Box::new(ThreadingTcpServer::new(listener, move |peer| {
        HttpsHandler::new(peer, Arc::clone(&config)).map_err(|error| Failure::new(error.to_string()))
    })?);
    let shutdown = server.shutdown_handle();
    let serving = std::thread::spawn(move || server.serve_forever());

    let talked = talk(address, roots, &people);
    shutdown.shutdown();
    serving.join().map_err(|_| "the server's thread has failed")??;
    talked
}

fn talk(
    server: std::net::SocketAddr,
    roots: RootCertStore,
    people: &People,
) -> Result<(Recording, String), Problem> {
    let tap = Tap::start(server)?;
    let keys = Arc::new(Keys::default());
    let presented = Presented::default();
    let alice = Some(identity(&people.alice)?);
    let config = client_config(roots, alice, Some(Arc::clone(&keys) as Arc<dyn KeyLog>), &presented)?;
    let url = Url::parse(&format!("https://localhost:{}/", server.port()))?;
    let mut connection = Connection::open(&[tap.address()], "localhost", config, presented, Some(PATIENCE))?;
    connection.request(&url)?;
    let response = connection.response()?;
    connection.body(&mut Body::new(response.framing), |_, _| Ok(()))?;
    drop(connection);
    let chunks = tap.take_closed(PATIENCE, 0).into_iter().filter_map(|event| match event.what {
        What::Bytes(bytes) => Some((event.direction, bytes)),
        What::Closed => None,
    });
    let recording = Recording { chunks: chunks.collect() };
    if !recording.chunks.iter().any(|(way, _)| *way == Direction::ToClient) {
        return Err("nothing came through the tap".into());
    }
    Ok((recording, keys.text()))
}

/// Stage 7's identity for rustls. The leaf alone: who connects has the CA's certificate.
fn identity(ours: &OurIdentity) -> Result<Identity, Problem> {
    let leaf = ours.chain.first().ok_or("the chain is empty")?;
    let key = PrivateKeyDer::try_from(ours.key.to_pkcs8_der()?.to_vec())?;
    Ok(Identity { chain: vec![CertificateDer::from(leaf.clone())], key })
}

const PATIENCE: Duration = Duration::from_secs(20);
