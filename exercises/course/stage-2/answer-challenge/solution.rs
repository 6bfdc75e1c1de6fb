//! The client's side of stage 2: prove that you know the key.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The answer to a challenge: HMAC-MD5 of it under the key.
///
/// `Hmac::<Md5>::new_from_slice(key)` begins; `update` and `finalize().into_bytes().into()` do the rest. HMAC
/// takes a key of any length, but the library's function is made for other checks, too, and may return an
/// error: pass it on.
///
/// The library has this and the next function ready-made (`conn_auth::prove`). Write it yourself, and compare
/// afterwards.
pub fn answer(key: &[u8], challenge: &[u8; 32]) -> io::Result<[u8; 16]> {
    // solution
    let mut mac = Hmac::<Md5>::new_from_slice(key).map_err(io::Error::other)?;
    mac.update(challenge);
    Ok(mac.finalize().into_bytes().into())
    // starter
    // todo!("use the crate `hmac`")
    // end
}

/// Connects to a server of stage 2 and answers its challenge. Whatever the server says after the challenge
/// stays in the stream, for others to read.
///
/// The server sends 32 bytes first. They may arrive in pieces, and there may be more behind them. The answer is
/// 16 bytes, and nothing else is sent. No wait for the server is longer than `patience`; to wait in vain is an
/// error.
pub fn enter(server: SocketAddr, key: &[u8], patience: Duration) -> io::Result<TcpStream> {
    // solution
    let mut stream = TcpStream::connect_timeout(&server, patience)?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    let mut challenge = [0; 32];
    stream.read_exact(&mut challenge)?;
    stream.write_all(&answer(key, &challenge)?)?;
    Ok(stream)
    // starter
    // todo!("connect, read the challenge, send the answer")
    // end
}
