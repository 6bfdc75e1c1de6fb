//! The university: a request comes in as a file, a certificate goes back as a file.

use super::paper::{Incoming, Outgoing, accepted};
use super::{DIR, UNIVERSITY, YEAR, check_id, log};
use crate::commands::path;
use certificates::CA_SERVER_PORT;
use certificates::folder::{CaFolder, system_random};
use certificates::x509::{CertificateRequest, Profile};
use echo::lab::{self, Failure, Options, Verb, hex};
use framing::transfer::Answer;
use framing::{ByteOrder, FRAME_PATIENCE, FrameHandler, FrameService, Outgoing as Frames};
use socketserver::{Close, ThreadingTcpServer};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

pub(crate) const CA_SERVER: Verb = Verb {
    name: "ca-server",
    operand: None,
    about: "the university of the scenario: make a CA in D, take requests as files, give certificates back",
    options: &[lab::LISTEN, &[DIR]],
    example: "cargo run -p stage-7 -- ca-server --dir university",
    run,
};

fn run(options: &Options) -> Result<(), Failure> {
    let dir = path(options, "dir")?;
    let (now, random) = (SystemTime::now(), &mut system_random()?);
    let folder = if dir.join(CA_PEM).exists() {
        CaFolder::open(&dir, None, now)?
    } else {
        let folder = CaFolder::init(&dir, UNIVERSITY, None, now, random)?;
        log!(WHO, "made the key {} and the root certificate {}", CA_KEY, CA_PEM);
        folder
    };
    let certificate = folder.ca().certificate();
    log!(WHO, "I am {}, SHA-256 {}", certificate.who(), hex(&certificate.fingerprint()));
    drop(folder); // held only while something is signed: `ca sign` works beside this server
    let university = Arc::new(University { dir, signing: Mutex::new(()) });
    let listener = lab::listen(options.addr("listen", CA_SERVER_PORT)?)?;
    socketserver::run_server(listener, |listener| {
        let server = ThreadingTcpServer::new(listener, move |peer| {
            let desk = Desk { peer, university: Arc::clone(&university), state: State::Idle };
            Ok(FrameHandler::new(ByteOrder::Network, desk))
        });
        Ok(Box::new(server.map_err(|e| lab::io_failure("the server cannot start", &e))?))
    })
}

/// The CA's folder, one signature at a time.
#[derive(Debug)]
struct University {
    dir: PathBuf,
    signing: Mutex<()>,
}

impl University {
    /// Decides about a request. Returns the id, and the certificate as a PEM block.
    fn grant(&self, text: &str) -> Result<(String, String), String> {
        let request = CertificateRequest::from_pem(text).map_err(|e| e.to_string())?;
        log!(WHO, "a request of {}", request.who());
        request.verify_proof_of_possession().map_err(|e| e.to_string())?;
        log!(WHO, "check: it is signed with the key that it is about");
        let id = request.common_name().ok_or("the request has not exactly one common name")?;
        check_id(&id)?;
        log!(WHO, "check: {id} can be a student id");

        let _one_at_a_time = self.signing.lock().unwrap_or_else(PoisonError::into_inner);
        let issued = CaFolder::issued(&self.dir).map_err(|e| e.to_string())?;
        let now = SystemTime::now();
        for other in &issued {
            // Nobody shall be another one's double, not even in capital letters.
            if !other.common_name().is_some_and(|name| name.eq_ignore_ascii_case(&id)) {
                continue;
            }
            if other.public_key() != request.public_key() {
                return Err(format!("the id {id} belongs to another key already"));
            }
            if other.common_name().as_ref() == Some(&id) && other.validity().1 > now + RENEW_BEFORE {
                log!(WHO, "{id} has a certificate for this key already: it is the same one again");
                return Ok((id, other.to_pem()));
            }
        }
        log!(WHO, "check: the id {id} is free");
        if issued.len() >= MOST_ISSUED {
            return Err(format!("the university has issued {MOST_ISSUED} certificates and issues no more"));
        }
        self.sign(&request, id, now).map_err(|e| e.to_string())
    }

    fn sign(
        &self,
        request: &CertificateRequest,
        id: String,
        now: SystemTime,
    ) -> Result<(String, String), Failure> {
        let folder = CaFolder::open(&self.dir, None, now)?;
        let email = request.email().map(str::to_owned);
        let profile = Profile::User { common_name: id.clone(), email };
        let issued = folder.sign(request, &profile, YEAR, now, &mut system_random()?)?;
        log!(WHO, "signed the certificate of {id}, serial {}", hex(issued.serial()));
        Ok((id, issued.to_pem()))
    }
}

/// Where one student is served.
struct Desk {
    peer: SocketAddr,
    university: Arc<University>,
    state: State,
}

enum State {
    Idle,
    Receiving(Incoming),
    Offered(Outgoing),
    Sent,
}

impl FrameService for Desk {
    fn frame(&mut self, frame: &[u8], out: &mut Frames<'_>) -> Result<(), Close> {
        let next = self.next(frame, out);
        self.state = next.or_else(|sentence| {
            log!(WHO, "refused: {sentence}");
            out.frame(&Answer::Problem(sentence).to_bytes().map_err(close)?)?;
            Err(Close::because("refused"))
        })?;
        Ok(())
    }

    fn patience(&self) -> Option<Duration> {
        Some(FRAME_PATIENCE)
    }
}

impl Desk {
    fn next(&mut self, frame: &[u8], out: &mut Frames<'_>) -> Result<State, String> {
        let mut send = |frame: &[u8]| out.frame(frame).map_err(|Close(reason)| reason.into_owned());
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Idle => {
                let incoming = Incoming::offered(frame)?;
                send(&accepted().map_err(|e| e.to_string())?)?;
                Ok(State::Receiving(incoming))
            }
            State::Receiving(mut incoming) => {
                if !incoming.take(frame)? {
                    return Ok(State::Receiving(incoming));
                }
                log!(WHO, "a file has come from {}", self.peer);
                send(&Answer::Done.to_bytes().map_err(|e| e.to_string())?)?;
                let (id, certificate) = self.university.grant(&incoming.into_text()?)?;
                let (outgoing, offer) =
                    Outgoing::new(format!("{id}.pem"), certificate).map_err(|e| e.to_string())?;
                send(&offer)?;
                Ok(State::Offered(outgoing))
            }
            State::Offered(outgoing) => {
                send(outgoing.wanted(frame)?)?;
                Ok(State::Sent)
            }
            State::Sent => match Answer::from_bytes(frame) {
                Ok(Answer::Done) => {
                    log!(WHO, "gave the certificate to {}", self.peer);
                    Ok(State::Idle)
                }
                _ => Err("the receiver does not confirm the certificate".into()),
            },
        }
    }
}

fn close(error: impl std::fmt::Display) -> Close {
    Close::because(format!("gone: {error}"))
}

const WHO: &str = "ca-server";
const CA_PEM: &str = "ca.pem";
const CA_KEY: &str = "ca.key";
/// Strangers can ask for certificates, and each takes a file.
const MOST_ISSUED: usize = 1000;
const RENEW_BEFORE: Duration = Duration::from_secs(30 * 24 * 3600);
