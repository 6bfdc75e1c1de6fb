//! A student: makes a key, gets a certificate for it, and writes on the board.

use super::old_way::OldSession;
use super::posts::{LIST, POST, lines};
use super::{BOARD_NAME, CA, DIR, PATIENCE, UNIVERSITY, YEAR, check_id, log, paper};
use crate::commands::path;
use cbc_packet::operations::text_message;
use certificates::ChannelStream;
use certificates::files::replace;
use certificates::folder::{key_or_new, load_certificate, system_random};
use certificates::handshake::{ClientConfig, Identity};
use certificates::rsa::PrivateKey;
use certificates::x509::{Ca, Certificate, CertificateRequest, Profile, Purpose, verify_chain};
use certificates::{BOARD_PORT, CA_SERVER_PORT};
use echo::lab::{self, Failure, Opt, Options, Verb};
use framing::{ByteOrder, FrameStream, Message, Value, send_file};
use rand::rngs::StdRng;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

pub(crate) const STUDENT: Verb = Verb {
    name: "student",
    operand: None,
    about: "a student of the scenario: get a certificate, then post each line on the board (/list shows it)",
    options: &[&[
        Opt { name: "id", value: Some("N"), help: "who: 1 to 20 letters, digits or -" },
        DIR,
        CA,
        Opt { name: "ca-server", value: Some("ADDR"), help: "the university's address" },
        Opt { name: "board", value: Some("ADDR"), help: "the board's address" },
        Opt { name: "enrol", value: None, help: "get the certificate and do no more" },
        Opt { name: "old-way", value: None, help: "get a session key as the course project did, then RC4" },
        Opt { name: "self-made", value: None, help: "be a false student: sign the certificate oneself" },
    ]],
    example: "cargo run -p stage-7 -- student --id 7 --dir s7 --ca uni/ca.pem",
    run,
};

fn run(options: &Options) -> Result<(), Failure> {
    let id = options.text("id")?.ok_or_else(|| Failure::Usage("who? student --id N".into()))?;
    check_id(id).map_err(Failure::Usage)?;
    let (dir, university) = (path(options, "dir")?, load_certificate(&path(options, "ca")?)?);
    std::fs::create_dir_all(&dir).map_err(|e| lab::io_failure("cannot make the student's folder", &e))?;
    let mut student = Student::new(id, dir, university)?;
    if options.has("self-made") {
        student.sign_oneself()?;
    } else {
        student.enrol(options)?;
    }
    match (options.has("enrol"), options.has("old-way")) {
        (true, _) => Ok(()),
        (false, true) => student.write_the_old_way(options),
        (false, false) => student.write(options),
    }
}

struct Student {
    id: String,
    /// How the log calls this student.
    who: String,
    dir: PathBuf,
    university: Certificate,
    key: PrivateKey,
    random: StdRng,
}

impl Student {
    fn new(id: &str, dir: PathBuf, university: Certificate) -> Result<Self, Failure> {
        let (who, mut random) = (format!("student {id}"), system_random()?);
        let file = dir.join(format!("{id}.key"));
        let is_new = !file.exists();
        let key = key_or_new(&file, None, &mut random)?;
        if is_new {
            log!(&who, "made a key: {} bits, for nobody else", key.public().length() * 8);
        }
        Ok(Self { id: id.to_owned(), who, dir, university, key, random })
    }

    fn file(&self, ending: &str) -> PathBuf {
        self.dir.join(format!("{}.{ending}", self.id))
    }

    /// Sends a request to the university as a file, and gets the certificate back as one. Once is enough.
    fn enrol(&mut self, options: &Options) -> Result<(), Failure> {
        if self.file("pem").exists() && self.check(&load_certificate(&self.file("pem"))?).is_ok() {
            log!(&self.who, "has a certificate already");
            return Ok(());
        }
        let request = CertificateRequest::new(&self.key, &self.id, None, None, &mut self.random);
        let request = request.map_err(failed)?;
        let file = self.file("csr");
        replace(&file, &request.to_pem())?;
        log!(&self.who, "made a request: name and public key, signed with the key itself");
        let mut stream = frames(options, "ca-server", CA_SERVER_PORT)?;
        let sent = send_file(&mut stream, &file)?;
        log!(&self.who, "sent {} to the university, {} bytes", sent.name, sent.size);
        let pem = paper::receive(&mut stream)?;
        let certificate = Certificate::from_pem(&pem)
            .map_err(|e| Failure::new(format!("what the university sent cannot be used: {e}")))?;
        self.check(&certificate)?;
        replace(&self.file("pem"), &pem)?;
        log!(&self.who, "has a certificate, signed by {}", certificate.issuer());
        Ok(())
    }

    /// Whether it is for our key, and the board will accept it.
    fn check(&self, certificate: &Certificate) -> Result<(), Failure> {
        if certificate.public_key() != self.key.public() {
            return Err(Failure::new("the certificate is for another key than ours"));
        }
        let chain = [certificate.der(), self.university.der()];
        verify_chain(&chain, &self.university, None, &Purpose::Client, SystemTime::now()).map_err(failed)?;
        Ok(())
    }

    /// What a false student can do: a CA of one's own, with the university's name on it.
    fn sign_oneself(&mut self) -> Result<(), Failure> {
        let now = SystemTime::now();
        let ca = Ca::init(UNIVERSITY, self.key.clone(), now, &mut self.random).map_err(failed)?;
        let profile = Profile::User { common_name: self.id.clone(), email: None };
        let leaf = ca.certify(&self.key, &profile, YEAR, now, &mut self.random).map_err(failed)?;
        replace(&self.file("pem"), &leaf.to_pem())?;
        log!(&self.who, "made a certificate by a CA of one's own that is called {UNIVERSITY}, too");
        Ok(())
    }

    /// The signed handshake with the certificate, then each line as a post.
    fn write(&self, options: &Options) -> Result<(), Failure> {
        let leaf = load_certificate(&self.file("pem"))?;
        let chain = vec![leaf.der().to_vec(), self.university.der().to_vec()];
        let config = ClientConfig {
            pinned_ca: Some(self.university.fingerprint()),
            identity: Some(Identity { chain, key: self.key.clone() }),
            ..ClientConfig::default()
        };
        let (board, name) = (options.addr("board", BOARD_PORT)?, BOARD_NAME.parse().map_err(failed)?);
        let (mut channel, peer) = ChannelStream::connect(board, Some(PATIENCE), Arc::new(config), name)?;
        for check in peer.certificate.iter().flat_map(|verified| &verified.checks) {
            log!(&self.who, "check: {check}");
        }
        log!(&self.who, "this is the board; whether it accepts our certificate, its first answer shows");
        lab::converse(lab::Empty::IsAMessage, LONGEST_LINE, |line| {
            let question = match line {
                b"/list" => Message { operation: LIST, value: Value::None },
                line => text_message(POST, String::from_utf8_lossy(line)),
            };
            lines(channel.request(&question)?).map(String::into_bytes).map_err(Failure::new)
        })?;
        channel.close()
    }

    /// Shows the certificate, gets a session key, and sends each line under RC4.
    fn write_the_old_way(&self, options: &Options) -> Result<(), Failure> {
        let mut stream = frames(options, "board", BOARD_PORT)?;
        send_file(&mut stream, &self.file("pem"))?;
        log!(&self.who, "has shown the certificate to the board, which accepts it");
        let mut waiting = Some(stream);
        let mut session = None;
        lab::converse(lab::Empty::IsAMessage, LONGEST_LINE, |line| {
            if let Some(stream) = waiting.take() {
                session = Some(OldSession::ask(stream, &self.key)?);
                log!(&self.who, "decrypted the session key; RC4 from here on");
            }
            match &mut session {
                Some(session) => session.post(line),
                None => Err(Failure::new("there is no session key")),
            }
        })
    }
}

fn frames(options: &Options, name: &str, port: u16) -> Result<FrameStream, Failure> {
    FrameStream::connect(options.addr(name, port)?, Some(PATIENCE), None, ByteOrder::Network)
}

fn failed(error: impl ToString) -> Failure {
    Failure::new(error.to_string())
}

/// Longer than a post may be: then the board says so.
const LONGEST_LINE: usize = 64 << 10;
