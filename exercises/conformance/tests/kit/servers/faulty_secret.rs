//! The same for stages 5 and 6: a key agreed on, then frames under RC4 or packets.

use super::faulty::admits;
use cbc_packet::operations::{CLIENT_ECHO, GENERAL_FAILURE, GENERAL_MSG, SERVER_ECHO, text_message};
use cbc_packet::{Cipher, Friends, HEADER_LENGTH, LIMIT, digest};
use framing::{Message, Value};
use key_exchange::{Group, Rc4};
use num_bigint::BigUint;
use sha2::{Digest, Sha256};
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

/// The mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    // The exchange.
    AcceptsMinusOne,
    AcceptsOne,
    AcceptsBeyondP,
    AcceptsAnyLength,
    SameExponent,
    SpeaksFirst,
    // RC4.
    OneKeystream,
    BeginsAnew,
    // Packets.
    IgnoresDigest,
    AcceptsCapitals,
    SameIv,
    DigestInCapitals,
    ChecksFill,
    ClosesOnUnknown,
    FillNotZero,
    AddsTwice,
}

/// Starts it.
pub(crate) fn start(stage: u8, fault: Fault) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let friends = Arc::new(Friends::default());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            stream.set_nodelay(true).unwrap();
            let friends = Arc::clone(&friends);
            std::thread::spawn(move || drop(talk(stream, stage, fault, &friends)));
        }
    });
    address
}

fn gone<T>() -> Result<T> {
    Err(Error::from(ErrorKind::InvalidData))
}

fn frame(stream: &mut TcpStream) -> Result<Vec<u8>> {
    let mut header = [0; 4];
    stream.read_exact(&mut header)?;
    let length = u32::from_be_bytes(header) as usize;
    if length > 1 << 20 {
        return gone();
    }
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload)?;
    Ok(payload)
}

fn send_frame(stream: &mut TcpStream, payload: &[u8]) -> Result<()> {
    stream.write_all(&[&(payload.len() as u32).to_be_bytes(), payload].concat())
}

fn talk(mut stream: TcpStream, stage: u8, fault: Fault, friends: &Friends) -> Result<()> {
    if !admits(&mut stream, super::faulty::Fault::None)? {
        return Ok(());
    }
    let Group { p, g, .. } = Group::ffdhe2048();
    let exponent: [u8; 32] = match fault {
        Fault::SameExponent => [7; 32],
        _ => conn_auth::random().unwrap(),
    };
    let exponent = BigUint::from_bytes_be(&exponent);
    let mut value = g.modpow(&exponent, &p).to_bytes_be();
    value.splice(0..0, vec![0; 256 - value.len()]);
    if fault == Fault::SpeaksFirst {
        send_frame(&mut stream, &value)?;
    }
    let theirs = frame(&mut stream)?;
    if theirs.len() != 256 && fault != Fault::AcceptsAnyLength {
        return gone();
    }
    let theirs = BigUint::from_bytes_be(&theirs);
    let two = BigUint::from(2u32);
    let good = (theirs >= two && theirs <= &p - 2u32)
        || (fault == Fault::AcceptsMinusOne && theirs == &p - 1u32)
        || (fault == Fault::AcceptsOne && theirs == BigUint::from(1u32))
        || (fault == Fault::AcceptsBeyondP && theirs > p);
    if !good {
        return gone();
    }
    if fault != Fault::SpeaksFirst {
        send_frame(&mut stream, &value)?;
    }
    let key: [u8; 32] = Sha256::digest(theirs.modpow(&exponent, &p).to_bytes_be()).into();
    if stage == 5 { secrets(stream, &key, fault) } else { packets(stream, &key, fault, friends) }
}

fn secrets(mut stream: TcpStream, key: &[u8; 32], fault: Fault) -> Result<()> {
    let cipher = |letter: u8| match fault {
        Fault::OneKeystream => Rc4::new(key),
        _ => Rc4::new(&[&key[..], &[letter]].concat()),
    };
    let (mut receive, mut send) = (cipher(b'C'), cipher(b'S'));
    loop {
        let mut text = frame(&mut stream)?;
        receive.apply(&mut text);
        let mut answer = echo::upper_case(&text);
        if fault == Fault::BeginsAnew {
            send = cipher(b'S');
        }
        send.apply(&mut answer);
        send_frame(&mut stream, &answer)?;
    }
}

fn packets(mut stream: TcpStream, key: &[u8; 32], fault: Fault, friends: &Friends) -> Result<()> {
    let cipher = Cipher::new(key);
    loop {
        let mut header = [0; HEADER_LENGTH];
        stream.read_exact(&mut header[..4])?;
        let length = u32::from_be_bytes([header[0], header[1], header[2], header[3]]) as usize;
        if length == 0 || !length.is_multiple_of(16) || length > LIMIT {
            return gone();
        }
        stream.read_exact(&mut header[4..])?;
        let padding = usize::from(header[4]);
        if padding > 15 {
            return gone();
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        let right = digest(&body);
        let fits = match fault {
            Fault::IgnoresDigest => true,
            Fault::AcceptsCapitals => header[21..].eq_ignore_ascii_case(&right),
            _ => header[21..] == right,
        };
        if !fits {
            return gone();
        }
        cipher.decrypt(header[5..21].try_into().unwrap(), &mut body);
        let fill = body.split_off(length - padding);
        if fault == Fault::ChecksFill && fill.iter().any(|byte| *byte != 0) {
            return gone();
        }
        let Ok(message) = Message::from_bytes(&body) else { return gone() };
        let answer = match (&message, fault) {
            (Message { operation: CLIENT_ECHO, value: Value::Str(text) }, _) => {
                text_message(SERVER_ECHO, text.to_uppercase())
            }
            _ => friends.answer(message),
        };
        if answer.operation == GENERAL_FAILURE && fault == Fault::ClosesOnUnknown {
            return gone();
        }
        let answer = match (&answer.value, fault) {
            (Value::Str(text), Fault::AddsTwice) if answer.operation == GENERAL_MSG => {
                text_message(GENERAL_MSG, text.replace("already", "now"))
            }
            _ => answer,
        };
        stream.write_all(&sealed(&cipher, &answer.to_bytes().unwrap(), fault))?;
    }
}

fn sealed(cipher: &Cipher, text: &[u8], fault: Fault) -> Vec<u8> {
    let padding = text.len().next_multiple_of(16) - text.len();
    let mut body = text.to_vec();
    body.resize(text.len() + padding, if fault == Fault::FillNotZero { 1 } else { 0 });
    let iv = if fault == Fault::SameIv { [7; 16] } else { conn_auth::random().unwrap() };
    cipher.encrypt(&iv, &mut body);
    let mut letters = digest(&body);
    if fault == Fault::DigestInCapitals {
        letters.make_ascii_uppercase();
    }
    [&(body.len() as u32).to_be_bytes()[..], &[padding as u8], &iv, &letters, &body].concat()
}
