//! The signed handshake: keys, signature, finished, access.

use crate::{bytes, file};
use certificates::handshake::access::access_answer;
use certificates::handshake::codec::Body;
use certificates::handshake::messages::{
    Access, CertificateVerify, ClientHello, EncryptedExtensions, Finished, Hello, ServerHello,
};
use certificates::handshake::schedule::{Schedule, TrafficSecret};
use certificates::handshake::transcript::{SERVER_CONTEXT, Transcript, signed_content};
use certificates::rsa::PrivateKey;
use conn_auth::Key;
use echo::lab::{hex, unhex};
use key_exchange::{Group, KeyPair};
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// The server's certificate and key of `tests/vectors/handshake.json`.
fn identity() -> (Vec<Vec<u8>>, String) {
    let text = include_str!("../../../../tests/vectors/handshake.json");
    let identities = &serde_json::from_str::<Value>(text).unwrap()["identities"];
    let part = |who: &str, what: &str| identities[who][what].as_str().unwrap().to_owned();
    let chain = ["server", "ca"].map(|who| unhex(&part(who, "certificate")).unwrap());
    (chain.to_vec(), part("server", "private_key"))
}

fn keys(secret: &TrafficSecret) -> Value {
    let key = |label| hex(&*Schedule::UCHAT.expand_label::<32>(secret.secret(), label, b""));
    json!({"secret": hex(secret.secret().bytes()), "key": key("key"), "mac": key("mac")})
}

#[test]
fn handshake() {
    let pair = |first| {
        KeyPair::from_private(&Group::ffdhe2048(), Zeroizing::new(bytes::<32>(first).to_vec())).unwrap()
    };
    let (client, server) = (pair(1), pair(101));
    let hello = |random, pair: &KeyPair| Hello { random, key_share: pair.public().try_into().unwrap() };
    let server_name = "localhost".parse().unwrap();
    let mut transcript = Transcript::default();
    let mut messages = Vec::new();
    let mut say = |transcript: &mut Transcript, who: &str, name: &str, message: Vec<u8>| {
        transcript.add(&message);
        messages.push(json!({
            "from": who, "name": name, "message": hex(&message), "hash_up_to_here": hex(&transcript.hash()),
        }));
    };
    let first = ClientHello { hello: hello(bytes(0x10), &client), server_name }.to_bytes();
    say(&mut transcript, "client", "client_hello", first);
    let second = ServerHello { hello: hello(bytes(0x30), &server) }.to_bytes();
    say(&mut transcript, "server", "server_hello", second);
    let shared = client.shared_value(server.public()).unwrap();
    let secrets = Schedule::UCHAT.handshake(&shared, &transcript.hash());
    let challenge = bytes(0x50);
    let wanted = EncryptedExtensions { challenge: Some(challenge), client_certificate: false };
    say(&mut transcript, "server", "encrypted_extensions", wanted.to_bytes());
    let (chain, private) = identity();
    let chain = certificates::handshake::messages::CertificateChain(chain);
    say(&mut transcript, "server", "certificate", chain.to_bytes());
    let content = signed_content(SERVER_CONTEXT, &transcript.hash());
    let key = PrivateKey::from_pkcs8_der(&unhex(&private).unwrap()).unwrap();
    let mut random = certificates::folder::system_random().unwrap();
    let signature = key.sign(&content, &mut random).unwrap();
    say(&mut transcript, "server", "certificate_verify", CertificateVerify { signature }.to_bytes());
    let verify_data = secrets.server.finished(&transcript.hash());
    say(&mut transcript, "server", "finished", Finished { verify_data }.to_bytes());
    let channel = transcript.hash();
    let access_key = b"Jedan has a big key!";
    let answer = access_answer(&Key::new(access_key).unwrap(), &challenge, &channel);
    say(&mut transcript, "client", "access", Access { answer }.to_bytes());
    let verify_data = secrets.client.finished(&transcript.hash());
    say(&mut transcript, "client", "finished", Finished { verify_data }.to_bytes());
    let (c, s) = secrets.main.application(&channel);
    let about = "Stage 7: one handshake with fixed inputs. Messages have their header of 4 bytes. Signatures have no chance in \
                 them, so yours must be the same. Frames and packets around them: whole-handshakes.json.";
    file(
        "handshake.json",
        about,
        json!({
            "client_exponent": hex(&bytes::<32>(1)), "server_exponent": hex(&bytes::<32>(101)),
            "shared_value": hex(&shared), "access_key": hex(access_key), "challenge": hex(&challenge),
            "server_private_key_pkcs8": private, "signed_content": hex(&content),
            "messages": messages,
            "c hs traffic": keys(&secrets.client), "s hs traffic": keys(&secrets.server),
            "c ap traffic": keys(&c), "s ap traffic": keys(&s),
        }),
    );
}
