//! A receiver of files in memory, written for these tests, that makes a mistake if it is told to.

use super::faulty::{self, admits};
use framing::transfer::{Answer, CHUNK, Offer};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    WaitsForEmpty,
    OneFileOnly,
    BeginsAnew,
    AlwaysTravels,
    Overwrites,
    BelievesPaths,
    AnyName,
    AnyDigest,
    TakesMore,
    AnyFrame,
    BelievesOffset,
    AnySize,
    ClosesWithoutWord,
    KeepsBadOffers,
}

/// What is there: whole files by name, and parts by digest.
#[derive(Default)]
struct Folder {
    files: HashMap<String, Vec<Vec<u8>>>,
    parts: HashMap<[u8; 32], Vec<u8>>,
}

/// Starts it.
pub(crate) fn start(fault: Fault) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let folder = Arc::new(Mutex::new(Folder::default()));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let folder = Arc::clone(&folder);
            std::thread::spawn(move || {
                if let (true, Err(sentence)) = (
                    admits(&mut stream, faulty::Fault::None).unwrap_or(false),
                    receive(&mut stream, &folder, fault),
                ) && fault != Fault::ClosesWithoutWord
                {
                    let _ = say(&mut stream, &Answer::Problem(sentence)); // they may be gone
                }
            });
        }
    });
    address
}

/// One frame.
fn frame(stream: &mut TcpStream) -> Result<Vec<u8>, String> {
    let mut header = [0; 4];
    stream.read_exact(&mut header).map_err(|error| error.to_string())?;
    let mut payload = vec![0; u32::from_be_bytes(header) as usize];
    stream.read_exact(&mut payload).map_err(|error| error.to_string())?;
    Ok(payload)
}

fn say(stream: &mut TcpStream, answer: &Answer) -> Result<(), String> {
    let payload = answer.to_bytes().unwrap();
    let bytes = [&(payload.len() as u32).to_be_bytes(), payload.as_slice()].concat();
    stream.write_all(&bytes).map_err(|error| error.to_string())
}

/// File after file, until something is wrong.
fn receive(stream: &mut TcpStream, folder: &Mutex<Folder>, fault: Fault) -> Result<(), String> {
    loop {
        let offer = match Offer::from_bytes(&frame(stream)?) {
            Err(_) if fault == Fault::KeepsBadOffers => continue,
            offer => offer.map_err(|error| error.to_string())?,
        };
        let name = match fault {
            Fault::BelievesPaths => offer.name.as_str(),
            _ => offer.name.rsplit(['/', '\\']).next().unwrap_or_default(),
        };
        if fault != Fault::AnyName && (name.trim_matches('.').is_empty() || name.len() > 180) {
            return Err("this is no name".to_owned());
        }
        if fault != Fault::AnySize && offer.size > 1 << 30 {
            return Err("too large".to_owned());
        }
        let is_it = |file: &Vec<u8>| Sha256::digest(file)[..] == offer.sha256;
        let is_there = folder.lock().unwrap().files.get(name).is_some_and(|files| files.iter().any(is_it));
        if is_there && fault != Fault::AlwaysTravels {
            say(stream, &Answer::From(offer.size))?;
            say(stream, &Answer::Done)?;
            continue;
        }
        let mut bytes = folder.lock().unwrap().parts.remove(&offer.sha256).unwrap_or_default();
        if fault == Fault::BeginsAnew {
            bytes.clear();
        }
        if fault != Fault::BelievesOffset && (bytes.len() as u64) < offer.offset {
            return Err("what is before that is not here".to_owned());
        }
        say(stream, &Answer::From(bytes.len() as u64))?;
        while (bytes.len() as u64) < offer.size || (offer.size == 0 && fault == Fault::WaitsForEmpty) {
            match frame(stream) {
                Ok(more) if fault != Fault::AnyFrame && more.len() > CHUNK => {
                    return Err("too long".to_owned());
                }
                Ok(more) => bytes.extend(more),
                Err(gone) => {
                    folder.lock().unwrap().parts.insert(offer.sha256, bytes);
                    return Err(gone);
                }
            }
        }
        if bytes.len() as u64 > offer.size && fault != Fault::TakesMore {
            return Err("more came than was offered".to_owned());
        }
        bytes.truncate(offer.size as usize);
        if !is_it(&bytes) && ![Fault::AnyDigest, Fault::TakesMore].contains(&fault) {
            return Err("the digest does not fit".to_owned());
        }
        let mut folder = folder.lock().unwrap();
        let files = folder.files.entry(name.to_owned()).or_default();
        if fault == Fault::Overwrites {
            files.clear();
        }
        files.push(bytes);
        drop(folder);
        say(stream, &Answer::Done)?;
        if fault == Fault::OneFileOnly {
            return Ok(());
        }
    }
}
