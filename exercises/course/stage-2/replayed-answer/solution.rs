//! Get into a server without the key, because its challenges are not what they should be.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

pub type Challenge = [u8; 32];
pub type Answer = [u8; 16];

/// Gets in with an answer that was overheard, and returns what the server then says. It speaks to you only if
/// the answer fits its challenge; else it closes.
///
/// `seen` holds the challenges and answers of others. The server has few challenges, which come again and
/// again. After 40 connections in vain the answer is `None`: a good server never repeats a challenge. Do not
/// answer on the off chance: after one wrong answer the server is closed for good.
pub fn replay(server: SocketAddr, seen: &[(Challenge, Answer)]) -> io::Result<Option<String>> {
    // solution
    for _ in 0..40 {
        let (stream, asked) = connect(server)?;
        if let Some((_, answer)) = seen.iter().find(|(challenge, _)| *challenge == asked) {
            return enter(stream, answer).map(Some);
        }
    }
    Ok(None)
    // starter
    // todo!("connect until the challenge is one that you have seen")
    // end
}

/// Gets in although no challenge comes twice: this server counts. Its challenge is a number of 32 bytes, the
/// most significant one first, and the next connection gets the next number.
///
/// A friend takes you for the server: he has connected to you, waits for a challenge, and will answer any,
/// once. Give him none that the server has already given to somebody: to pass that on would be a relay, which
/// is another attack.
pub fn foresee(server: SocketAddr, friend: &mut TcpStream) -> io::Result<String> {
    // solution
    // `_` keeps nothing, so this stream is dropped at once.
    let (_, now) = connect(server)?;
    friend.write_all(&next(now))?;
    let mut answer = [0; 16];
    friend.read_exact(&mut answer)?;
    let (stream, _) = connect(server)?;
    enter(stream, &answer)
    // starter
    // todo!("see which number it is, let the friend answer the next one, and use his answer")
    // end
}

/// The number after this one.
pub fn next(mut challenge: Challenge) -> Challenge {
    // solution
    for byte in challenge.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break; // nothing is carried any further
        }
    }
    challenge
    // starter
    // todo!("add 1 to the last byte; if it becomes 0, carry 1 to the byte before it, and so on")
    // end
}

/// Connects, and reads the challenge. The server serves one client at a time: drop the stream before you come
/// again.
fn connect(server: SocketAddr) -> io::Result<(TcpStream, Challenge)> {
    let mut stream = TcpStream::connect(server)?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    let mut challenge = [0; 32];
    stream.read_exact(&mut challenge)?;
    Ok((stream, challenge))
}

/// Answers, and reads what the server says until it closes.
fn enter(mut stream: TcpStream, answer: &Answer) -> io::Result<String> {
    stream.write_all(answer)?;
    let mut said = String::new();
    stream.read_to_string(&mut said)?;
    Ok(said)
}
