//! Between a client and a server who both believe that they talk to each other.

use conn_auth::{ANSWER_LENGTH, CHALLENGE_LENGTH};
use echo::lab::{Failure, io_failure};
use framing::{ByteOrder, FrameStream};
use key_exchange::{Ciphers, Group, KeyPair, Keystreams, Side, fresh_pair};
use std::io::{Read, Write};
use std::net::TcpStream;

/// Sits between a client of stage 5 and its server, passes on what they say until the client leaves, and returns the
/// client's messages. What the server answers, only the server knows: this one counts.
///
/// `client` has connected to you, and you have connected to `server`. Nobody but you is in between, so each of the two
/// hears only what you send.
pub fn sit_between(client: TcpStream, server: TcpStream) -> Result<Vec<String>, Failure> {
    let (mut client, mut server) = pass_challenge_on(client, server)?;
    let (mut with_client, mut with_server) = agree_with_both(&mut client, &mut server)?;
    let mut heard = Vec::new();
    // The client has left when nothing can be received from it any more.
    while let Ok(mut message) = client.receive() {
        todo!("decrypt and note the message, encrypt it for the server; and its answer for the client")
    }
    Ok(heard)
}

/// Agrees on a key with each of the two: to the client you are the server, to the server you are a client. Returns the
/// ciphers that you share with the client, and those that you share with the server.
///
/// Public values are frames: the client's comes first, and the server's is the answer to it. `receive` waits for a
/// frame, `send` sends one. `fresh_pair(&group)?` makes a key pair; its `public()` is what travels, and its
/// `shared_key(&theirs)` is the key. Its error becomes a `Failure` with `.map_err(|e| Failure::new(e.to_string()))?`.
/// `Ciphers::new(&key, side, Keystreams::Two)` makes the ciphers of one side: `send.apply(&mut bytes)` encrypts what it
/// sends, `receive.apply(&mut bytes)` decrypts what it gets. The group is `Group::ffdhe2048()`.
fn agree_with_both(
    client: &mut FrameStream,
    server: &mut FrameStream,
) -> Result<(Ciphers, Ciphers), Failure> {
    todo!("take the place of the server towards the client, and that of the client towards the server")
}

/// The server asks whether the client knows the key of the class. You do not know it, but the client does: its answer
/// is passed on like all else. From then on both sides speak frames.
fn pass_challenge_on(
    mut client: TcpStream,
    mut server: TcpStream,
) -> Result<(FrameStream, FrameStream), Failure> {
    let mut challenge = [0; CHALLENGE_LENGTH];
    let mut answer = [0; ANSWER_LENGTH];
    server
        .read_exact(&mut challenge)
        .and_then(|()| client.write_all(&challenge))
        .and_then(|()| client.read_exact(&mut answer))
        .and_then(|()| server.write_all(&answer))
        .map_err(|e| io_failure("the challenge could not be passed on", &e))?;
    Ok((FrameStream::new(client, ByteOrder::Network), FrameStream::new(server, ByteOrder::Network)))
}
