//! A small server of stages 1 to 4, written for these tests, that makes a mistake if it is told to.

use conformance::COURSE_KEY;
use conn_auth::{Challenge, Key, random};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// The mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    // The echo.
    LowerCase,
    AsciiOnly,
    Lossy,
    ClosesAfterOne,
    // The challenge.
    AcceptsAnything,
    ComparesEightBytes,
    SameChallenge,
    WaitsForEver,
    SaysWhy,
    ReadsAnswerOnce,
    // Many clients.
    OneAtATime,
    // Frames.
    LittleEndian,
    NoLimit,
    OneByteTooStrict,
    GluesFrames,
    EmptyEnds,
    TwoByteLength,
}

/// Starts it.
pub(crate) fn start(stage: u8, fault: Fault) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            stream.set_nodelay(true).unwrap();
            let talk = move || drop(talk(stream, stage, fault));
            match stage >= 3 && fault != Fault::OneAtATime {
                true => drop(std::thread::spawn(talk)),
                false => talk(),
            }
        }
    });
    address
}

fn talk(mut stream: TcpStream, stage: u8, fault: Fault) -> std::io::Result<()> {
    if stage >= 2 && !admits(&mut stream, fault)? {
        return Ok(());
    }
    if stage >= 4 { frames(stream, fault) } else { chunks(stream, fault) }
}

pub(crate) fn admits(stream: &mut TcpStream, fault: Fault) -> std::io::Result<bool> {
    let bytes = if fault == Fault::SameChallenge { [7; 32] } else { random().unwrap() };
    let right = Challenge::new(bytes).answer(&Key::new(COURSE_KEY).unwrap());
    stream.write_all(&bytes)?;
    let end = Instant::now() + Duration::from_secs(5);
    let (mut answer, mut length) = ([0; 16], 0);
    while length < 16 {
        if fault != Fault::WaitsForEver {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(false);
            }
            stream.set_read_timeout(Some(left))?;
        }
        match stream.read(&mut answer[length..])? {
            0 => return Ok(false),
            count => length += count,
        }
        if fault == Fault::ReadsAnswerOnce {
            break;
        }
    }
    stream.set_read_timeout(None)?;
    let good = match fault {
        Fault::AcceptsAnything => true,
        Fault::ComparesEightBytes => answer[..8] == right[..8],
        _ => answer == right,
    };
    if !good && fault == Fault::SaysWhy {
        stream.write_all(b"wrong key\n")?;
    }
    Ok(good)
}

fn upper(bytes: &[u8], fault: Fault) -> Vec<u8> {
    match fault {
        Fault::LowerCase => bytes.to_ascii_lowercase(),
        Fault::AsciiOnly => bytes.to_ascii_uppercase(),
        Fault::Lossy => String::from_utf8_lossy(bytes).to_uppercase().into_bytes(),
        _ => echo::upper_case(bytes),
    }
}

fn chunks(mut stream: TcpStream, fault: Fault) -> std::io::Result<()> {
    let mut chunk = [0; 1024];
    loop {
        let length = stream.read(&mut chunk)?;
        if length == 0 {
            return Ok(());
        }
        stream.write_all(&upper(&chunk[..length], fault))?;
        if fault == Fault::ClosesAfterOne {
            return Ok(());
        }
    }
}

fn frames(mut stream: TcpStream, fault: Fault) -> std::io::Result<()> {
    let (mut store, mut piece) = (Vec::new(), vec![0; 64 << 10]);
    loop {
        let length = stream.read(&mut piece)?;
        if length == 0 {
            return Ok(());
        }
        store.extend_from_slice(&piece[..length]);
        let (mut whole, mut count) = (Vec::new(), 0);
        while let Some(header) = store.first_chunk::<4>() {
            let announced = match fault {
                Fault::LittleEndian => u32::from_le_bytes(*header),
                Fault::TwoByteLength => u32::from(u16::from_be_bytes([header[2], header[3]])),
                _ => u32::from_be_bytes(*header),
            } as usize;
            let limit = match fault {
                Fault::NoLimit => usize::MAX,
                Fault::OneByteTooStrict => (1 << 20) - 1,
                _ => 1 << 20,
            };
            if announced > limit || (announced == 0 && fault == Fault::EmptyEnds) {
                return Ok(());
            }
            if store.len() - 4 < announced {
                break;
            }
            let rest = store.split_off(4 + announced);
            let payload = std::mem::replace(&mut store, rest);
            let answer = upper(&payload[4..], fault);
            if fault == Fault::GluesFrames {
                whole.extend_from_slice(&answer);
                count += 1;
            } else {
                write_frame(&mut stream, &answer, fault)?;
            }
        }
        if count > 0 {
            write_frame(&mut stream, &whole, fault)?;
        }
    }
}

fn write_frame(stream: &mut TcpStream, payload: &[u8], fault: Fault) -> std::io::Result<()> {
    let length = payload.len() as u32;
    let header = if fault == Fault::LittleEndian { length.to_le_bytes() } else { length.to_be_bytes() };
    stream.write_all(&[&header, payload].concat())
}
