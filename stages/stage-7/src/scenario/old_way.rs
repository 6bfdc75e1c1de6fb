//! A session key **as the course project delivered it**: the student shows the certificate, the board makes a random
//! key and encrypts it to the student's public key, and what follows goes under RC4 with this key.
//!
//! It works, and four things are wrong with it. Nobody knows whether this is the board. The key lies in every
//! recording, for whoever steals the student's key file later. A flipped bit is not found. And the certificate says
//! that its key is for signing only; here it decrypts.
//!
//! ```text
//! -> the certificate, as a file of stage 4
//! -> message 92, no value         <- message 192, bytes: RSAES-PKCS1-v1_5 of 32 random bytes
//! -> a post under RC4             <- the answer under RC4, one keystream in each direction, both alike
//! ```

use super::paper::{Incoming, accepted};
use super::posts::Posts;
use super::{UNIVERSITY, log};
use certificates::folder::system_random;
use certificates::rsa::PrivateKey;
use certificates::x509::{Certificate, Purpose, certificates_from_pem, verify_chain};
use echo::lab::Failure;
use framing::transfer::Answer;
use framing::{FRAME_PATIENCE, FrameService, FrameStream, Message, Outgoing, Value};
use key_exchange::Rc4;
use rand::Rng;
use socketserver::Close;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use zeroize::Zeroizing;

/// The board's side for one student.
pub(super) struct OldWay {
    university: Arc<Certificate>,
    posts: Arc<Posts>,
    state: State,
}

enum State {
    Idle,
    Receiving(Incoming),
    Known(Box<Certificate>),
    Open { author: String, receive: Box<Rc4>, send: Box<Rc4> },
}

impl OldWay {
    pub(super) fn new(university: Arc<Certificate>, posts: Arc<Posts>) -> Self {
        Self { university, posts, state: State::Idle }
    }

    fn next(&mut self, frame: &[u8], out: &mut Outgoing<'_>) -> Result<State, String> {
        let mut send = |frame: &[u8]| out.frame(frame).map_err(|Close(reason)| reason.into_owned());
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Idle => {
                let incoming = Incoming::offered(frame)?;
                send(&accepted().map_err(text)?)?;
                Ok(State::Receiving(incoming))
            }
            State::Receiving(mut incoming) => {
                if !incoming.take(frame)? {
                    return Ok(State::Receiving(incoming));
                }
                let leaf = self.check(&incoming.into_text()?)?;
                send(&Answer::Done.to_bytes().map_err(text)?)?;
                Ok(State::Known(Box::new(leaf)))
            }
            State::Known(leaf) => {
                let asked = Message::from_bytes(frame).map_err(text)?;
                if asked.operation != SESSION_KEY {
                    return Err("a session key must be asked for first".into());
                }
                let mut random = system_random().map_err(text)?;
                let mut key = Zeroizing::new([0; KEY_LENGTH]);
                random.fill_bytes(&mut *key);
                let secret = leaf.public_key().encrypt(&*key, &mut random).map_err(text)?;
                let answer = Message { operation: SESSION_KEY_ANSWER, value: Value::Bytes(secret) };
                send(&answer.to_bytes().map_err(text)?)?;
                let author = leaf.common_name().unwrap_or_default();
                log!(WHO, "made a session key and encrypted it to the key of {author}; RC4 from here on");
                let (receive, send) = (Box::new(Rc4::new(&*key)), Box::new(Rc4::new(&*key)));
                Ok(State::Open { author, receive, send })
            }
            State::Open { author, mut receive, send: mut sealer } => {
                let mut post = frame.to_vec();
                receive.apply(&mut post);
                // Changed bytes are not found; at most they are no text any more.
                let post = String::from_utf8_lossy(&post).into_owned();
                let mut answer = match self.posts.add(&author, &post) {
                    Ok(number) => format!("post {number} by {author}"),
                    Err(sentence) => sentence,
                }
                .into_bytes();
                log!(WHO, "a post by {author}, under RC4");
                sealer.apply(&mut answer);
                send(&answer)?;
                Ok(State::Open { author, receive, send: sealer })
            }
        }
    }

    /// Who is it? Each check is one line of the log.
    fn check(&self, pem: &str) -> Result<Certificate, String> {
        let chain = certificates_from_pem(pem).map_err(text)?;
        let leaf = chain.first().ok_or("the file holds no certificate")?;
        log!(WHO, "somebody shows a certificate of {}", Certificate::from_der(leaf).map_err(text)?.who());
        let chain = [leaf.as_slice(), self.university.der()];
        let verified = verify_chain(&chain, &self.university, None, &Purpose::Client, SystemTime::now());
        let verified = verified.map_err(text)?;
        for check in &verified.checks {
            log!(WHO, "check: {check}");
        }
        log!(WHO, "accepted: {} is a student of {UNIVERSITY}", verified.leaf.who());
        Ok(verified.leaf)
    }
}

impl FrameService for OldWay {
    fn frame(&mut self, frame: &[u8], out: &mut Outgoing<'_>) -> Result<(), Close> {
        let next = self.next(frame, out);
        self.state = next.or_else(|sentence| {
            log!(WHO, "refused: {sentence}");
            let problem = Answer::Problem(sentence).to_bytes();
            out.frame(&problem.map_err(|e| Close::because(e.to_string()))?)?;
            Err(Close::because("refused"))
        })?;
        Ok(())
    }

    fn patience(&self) -> Option<Duration> {
        // Whoever has a session may think as long as they like.
        (!matches!(self.state, State::Open { .. } | State::Known(_))).then_some(FRAME_PATIENCE)
    }
}

/// The student's side, once the certificate was accepted.
pub(super) struct OldSession {
    stream: FrameStream,
    receive: Rc4,
    send: Rc4,
}

impl OldSession {
    /// Asks for the session key and decrypts it.
    pub(super) fn ask(mut stream: FrameStream, key: &PrivateKey) -> Result<Self, Failure> {
        let question = Message { operation: SESSION_KEY, value: Value::None };
        let answer = stream.request(&question.to_bytes().map_err(failed)?)?;
        let secret = match Message::from_bytes(&answer).map_err(failed)? {
            Message { operation: SESSION_KEY_ANSWER, value: Value::Bytes(secret) } => secret,
            _ => return Err(Failure::new("the board does not answer with a session key")),
        };
        let session_key = key.decrypt(&secret, KEY_LENGTH, &mut system_random()?);
        Ok(Self { stream, receive: Rc4::new(&session_key), send: Rc4::new(&session_key) })
    }

    /// Sends a post and returns the board's answer.
    pub(super) fn post(&mut self, text: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut post = text.to_vec();
        self.send.apply(&mut post);
        let mut answer = self.stream.request(&post)?;
        self.receive.apply(&mut answer);
        Ok(answer)
    }
}

fn text(error: impl ToString) -> String {
    error.to_string()
}

fn failed(error: impl ToString) -> Failure {
    Failure::new(error.to_string())
}

const WHO: &str = "board";
const KEY_LENGTH: usize = 32;
/// Student: a session key, please.
const SESSION_KEY: u8 = 92;
/// Board: it, encrypted.
const SESSION_KEY_ANSWER: u8 = 192;
