//! Record today, steal the key tomorrow, read everything that was said before.

use super::recorded::{Session, Way};
use crate::folder::system_random;
use crate::handshake::codec::Body;
use crate::handshake::messages::{CertificateChain, ClientHello, KEY_SHARE_LENGTH, ServerHello};
use crate::handshake::schedule::Schedule;
use crate::handshake::transcript::Transcript;
use crate::key_transport::keys::{premaster, secrets};
use crate::key_transport::messages::ClientKeyExchange;
use crate::keyed_packet::Sequenced;
use crate::rsa::{PrivateKey, load_key};
use crate::x509::Certificate;
use anatomy::{ReadError, Reader, quoted};
use cbc_packet::operations::{name, read_message};
use echo::lab::{self, Failure, Outcome, Target};
use framing::Value;
use rand::rngs::StdRng;

/// Reads the session of `--recording`, or records one first. All that it has besides is the stolen file.
pub(super) fn stolen_key(target: &Target) -> Result<Outcome, Failure> {
    let stolen = target.stolen.as_ref().ok_or_else(|| {
        Failure::Usage("what was stolen? attack stolen-key --stolen FILE, the server's private key".into())
    })?;
    let key = load_key(stolen, None)?;
    let mut random = system_random()?;
    let said = match Session::new(&framing::attack::session(target)?) {
        Session::KeyTransport(ways) => key_transport(*ways, &key, &mut random),
        Session::Signed(ways) => signed(*ways, &key, &mut random),
        Session::Tls(server) => Err(tls(&server)),
        Session::Other(why) => Err(format!("{why}; no certificate's key has made its keys")),
    };
    Ok(match said {
        Ok(lines) => {
            for line in &lines {
                lab::print(format_args!("read: {line}"));
            }
            Outcome::Succeeded(format!(
                "{} read with a key that was stolen after they were said",
                lab::count(lines.len(), "message")
            ))
        }
        Err(why) => Outcome::Failed(why),
    })
}

/// The premaster secret lies in the recording, encrypted to the key that is now ours. From there on the attacker
/// computes what the server computed.
fn key_transport(ways: [Way; 2], key: &PrivateKey, random: &mut StdRng) -> Result<Vec<String>, String> {
    let [mut client, mut server] = ways;
    let ([hello, exchange], [answer, chain, done]) = (client.messages.as_slice(), server.messages.as_slice())
    else {
        return Err("the recording ends before the key was sent".into());
    };
    if !is_key_of(key, chain) {
        return Err("the stolen key is not the one of the certificate in this recording".into());
    }
    // ANCHOR: open_session
    let mut transcript = Transcript::default();
    for message in [hello, answer, chain, done, exchange] {
        transcript.add(message);
    }
    let exchange = ClientKeyExchange::from_bytes(exchange).map_err(|e| e.to_string())?;
    let secrets = secrets(&premaster(key, &exchange.ciphertext, random), &transcript);
    // ANCHOR_END: open_session

    let mut finished = |way: &mut Way, keys| {
        let message = way.open(&mut Sequenced::new(keys))?;
        transcript.add(&message);
        Some(())
    };
    finished(&mut client, secrets.client.packet_keys())
        .and_then(|()| finished(&mut server, secrets.server.packet_keys()))
        .ok_or("the key opens the first packet of neither side: the handshake was not finished")?;
    let (client_secret, server_secret) = secrets.main.application(&transcript.hash());
    let [questions, answers] = [(client, client_secret), (server, server_secret)].map(|(mut way, secret)| {
        let mut keys = Sequenced::new(secret.packet_keys());
        let mut said = Vec::new();
        while let Some(text) = way.open(&mut keys) {
            said.extend(messages(&text));
        }
        said
    });
    if questions.is_empty() {
        return Err("the key opens the session, but nothing was said in it".into());
    }
    Ok(in_turn(questions, answers))
}

/// The same theft against the signed handshake. What the recording holds under the server's key is a signature,
/// which everybody can check and nothing can be taken out of; the rest of it are two public values. All that could
/// have been encrypted to the key is tried as if it were.
fn signed(ways: [Way; 2], key: &PrivateKey, random: &mut StdRng) -> Result<Vec<String>, String> {
    let [client, mut server] = ways;
    let ([hello], [answer]) = (client.messages.as_slice(), server.messages.as_slice()) else {
        return Err("the recording ends before the server has answered".into());
    };
    let shares = ClientHello::from_bytes(hello)
        .and_then(|client| Ok([client.hello.key_share, ServerHello::from_bytes(answer)?.hello.key_share]))
        .map_err(|e| e.to_string())?;
    let mut transcript = Transcript::default();
    transcript.add(hello);
    transcript.add(answer);
    for share in shares {
        let secret = key.decrypt(&share, KEY_SHARE_LENGTH / 2, random);
        for shared in [&secret[..], &*premaster(key, &share, random), &share] {
            let keys = Schedule::UCHAT.handshake(shared, &transcript.hash()).server.packet_keys();
            if let Some(text) = server.open(&mut Sequenced::new(keys)) {
                return Ok(vec![format!("a handshake message of {} bytes", text.len())]);
            }
        }
    }
    Err("the key signs, it opens nothing: the keys of this session come from two exponents that never travelled and \
         were forgotten at its end. Whatever else is in the recording was tried; no digest fits"
        .into())
}

fn is_key_of(key: &PrivateKey, message: &[u8]) -> bool {
    let leaf = CertificateChain::from_bytes(message)
        .ok()
        .and_then(|CertificateChain(chain)| Certificate::from_der(chain.first()?).ok());
    leaf.is_some_and(|leaf| leaf.public_key() == key.public())
}

/// The messages in a packet, as lines.
fn messages(text: &[u8]) -> Vec<String> {
    let mut r = Reader::new(text);
    let mut lines = Vec::new();
    // A single byte is a goodbye or an alert.
    while r.remaining() > 1
        && let Ok(message) = read_message(&mut r)
    {
        let operation = name(message.operation);
        lines.push(match message.value {
            Value::Str(text) => format!("{operation} {}", quoted(&text)),
            other => format!("{operation} and a value of type {}", other.kind().name()),
        });
    }
    lines
}

/// Question, answer, question, answer.
fn in_turn(questions: Vec<String>, answers: Vec<String>) -> Vec<String> {
    let (mut questions, mut answers) = (questions.into_iter(), answers.into_iter());
    let mut lines = Vec::new();
    loop {
        let pair = [questions.next(), answers.next()];
        if pair.iter().all(Option::is_none) {
            return lines;
        }
        lines.extend(pair.into_iter().flatten());
    }
}

/// Why a TLS session stays closed. The reasons stand in clear in its server_hello.
fn tls(server: &[u8]) -> String {
    match read_server_hello(server) {
        Ok((TLS_1_3, _)) => {
            "TLS 1.3 has no key transport: the key signs, and the session's keys come from two key \
             shares whose exponents were forgotten. Even the certificate is encrypted"
                .into()
        }
        Ok((_, suite)) if WITH_KEY_TRANSPORT.contains(&suite) => {
            format!(
                "TLS 1.2 with key transport (suite {suite:#06x}): the key would open it, but this program does not read TLS records"
            )
        }
        Ok((version, suite)) => format!(
            "TLS (version {version:#06x}, suite {suite:#06x}) with a Diffie-Hellman exchange: the key signs, it opens nothing"
        ),
        Err(error) => format!("this is TLS, but its server_hello cannot be read: {error}"),
    }
}

/// Version and suite that a TLS server chose (RFC 8446, sections 4.1.3 and 4.2.1).
fn read_server_hello(bytes: &[u8]) -> Result<(u16, u16), ReadError> {
    let mut r = Reader::new(bytes);
    r.bytes(3, "record type and version")?;
    let length = r.u16("record length")?;
    r.nested(length.into(), "record", |r| {
        r.bytes(4, "message type and length")?;
        let mut version = r.u16("legacy_version")?;
        r.bytes(32, "random")?;
        let id = r.u8("session id length")?;
        r.bytes(id.into(), "session id")?;
        let suite = r.u16("cipher suite")?;
        r.u8("compression")?;
        if r.remaining() > 0 {
            let all = r.u16("extensions length")?;
            let end = r.remaining().saturating_sub(all.into());
            while r.remaining() > end {
                let (kind, length) = (r.u16("extension")?, r.u16("extension length")?);
                let value = r.bytes(length.into(), "extension value")?;
                if let (SUPPORTED_VERSIONS, [high, low]) = (kind, value) {
                    version = u16::from_be_bytes([*high, *low]);
                }
            }
        }
        r.rest("later messages");
        Ok((version, suite))
    })
}

const TLS_1_3: u16 = 0x0304;
const SUPPORTED_VERSIONS: u16 = 43;

/// TLS_RSA_WITH_…: 3DES, AES in CBC mode, AES-GCM (RFC 5246, appendix A.5; RFC 5288).
const WITH_KEY_TRANSPORT: [u16; 7] = [0x000a, 0x002f, 0x0035, 0x003c, 0x003d, 0x009c, 0x009d];

#[cfg(test)]
mod tests {
    use super::*;
    use echo::lab::unhex;

    /// The server_hello of RFC 8448, section 3, in its record.
    #[test]
    fn tls_1_3_is_known_by_its_extension() {
        let record = unhex(
            "160303005a020000560303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e269280013\
             0100002e00330024001d0020c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b0\
             4e751f0f002b00020304",
        )
        .unwrap();
        assert!(tls(&record).starts_with("TLS 1.3"), "{}", tls(&record));
        for length in 0..record.len() {
            assert!(tls(&record[..length]).contains("cannot be read"), "{length}");
        }
        let mut older = record;
        older[90] = 0x2c; // another extension than supported_versions
        assert!(
            older[44..48] == [0x13, 0x01, 0x00, 0x00] && tls(&older).contains("0x0303"),
            "{}",
            tls(&older)
        );
    }
}
