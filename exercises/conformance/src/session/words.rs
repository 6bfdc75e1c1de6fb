//! What people of the messenger say: log-ins, sign-ups, texts.

use super::person::Person;
use crate::case::{Outcome, Wrong};
use cbc_packet::LIMIT;
use certificates::keyed_packet::{KEY_LENGTH, KeyedError, PacketKeys};
use uchat_protocol::push::NewMessage;
use uchat_protocol::{Conversation, Encrypted, KeyId, request};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse";

/// Something that was said, and how it was answered.
pub(crate) struct Line {
    pub(crate) request: request::SendMessage,
    pub(crate) seq: u64,
    pub(crate) time: u64,
}

impl Line {
    /// What others must hear of it.
    pub(crate) fn as_heard(&self, sender: &Person) -> NewMessage {
        let request::SendMessage { target_type, target_id, message, id } = self.request.clone();
        let (sender_id, sender_name) = (sender.id, sender.name.clone());
        let (time, seq) = (self.time, self.seq);
        NewMessage { message, sender_id, sender_name, target_type, target_id, time, seq, id }
    }
}

/// A log-in.
pub(crate) fn login(name: &str, password: &str) -> request::Login {
    request::Login { user_name: name.to_owned(), password: password.to_owned() }
}

/// A sign-up.
pub(crate) fn sign_up(name: &str) -> request::Register {
    request::Register {
        user_name: name.to_owned(),
        password: PASSWORD.to_owned(),
        email: format!("{name}@example.org"),
        ip: None,
        port: None,
        sex: None,
        age: None,
    }
}

/// A name that nobody has: 8 characters, the most that a name may have.
pub(crate) fn new_name() -> Outcome<String> {
    let digits = echo::lab::hex(&random::<4>()?);
    Ok(format!("k{}", digits.get(1..).unwrap_or_default()))
}

/// Random bytes.
pub(crate) fn random<const N: usize>() -> Outcome<[u8; N]> {
    conn_auth::random().map_err(|error| Wrong::failed(format!("the kit has no random bytes: {error}")))
}

/// A text as a client sends it that encrypts from end to end: a keyed packet, here under keys that nobody has. A
/// server cannot tell it from any other. In a room a signature belongs to it.
pub(crate) fn sealed(to: Conversation, text: &str) -> Outcome<Encrypted> {
    let keys = PacketKeys::new(&random::<KEY_LENGTH>()?, &random::<KEY_LENGTH>()?);
    let mut packet = Vec::new();
    let write = |out: &mut Vec<u8>| -> Result<(), KeyedError> {
        out.extend_from_slice(text.as_bytes());
        Ok(())
    };
    keys.seal(0, random()?, LIMIT, &mut packet, write)
        .map_err(|error| Wrong::failed(format!("the kit cannot make this packet: {error}")))?;
    let signature = match to {
        Conversation::Room(_) => Some(random::<256>()?.to_vec()),
        Conversation::Friend(_) => None,
    };
    Ok(Encrypted { key_id: KeyId(random()?), index: 0, packet, signature })
}
