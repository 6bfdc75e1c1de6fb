//! The same bytes in other pieces: past a gate, and into a conversation between others.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;

/// What the server tells whoever says the line `tell secret` (with `\n` at its end): the flag.
///
/// A gate in front of the server looks at what each of its reads brings, and closes the connection if the word
/// `secret` is in it. Behind the gate the server puts the stream together again. It answers each read at once
/// in upper case, as all servers of this stage do. When it has heard the whole line, a line with nothing but
/// the flag follows. The `\n` at its end does not belong to the flag.
///
/// Two writes may arrive as one read, if the server has not yet read the first one when the second one comes.
/// A pause is only a guess at how long that takes, and this server is slow. Something else tells it for
/// certain.
pub fn slip_past(server: &mut TcpStream) -> io::Result<String> {
    // solution
    server.write_all(b"tell sec")?;
    server.read_exact(&mut [0; 8])?; // `TELL SEC`: so this read is over
    server.write_all(b"ret\n")?;
    let mut answers = BufReader::new(server).lines();
    answers.next().transpose()?; // `RET`
    answers.next().unwrap_or(Err(ErrorKind::UnexpectedEof.into()))
    // starter
    // todo!("say the line so that no read brings the whole word, and read until the flag is there")
    // end
}

/// You sit between a client and its server, and pass on every byte in its order. The client says two things;
/// after each it reads once and takes what comes for the answer. Make it believe that half an answer is the
/// first one, and that the rest of it together with the second one is the second. Cut what you like, the
/// first message or its answer; any cut with at least one byte on each side will do.
///
/// First the server sends a challenge of 32 bytes, and the client answers with 16. Let them pass: you have no
/// key.
pub fn sit_between(client: &mut TcpStream, server: &mut TcpStream) -> io::Result<()> {
    // solution
    let mut challenge = [0; 32];
    server.read_exact(&mut challenge)?;
    client.write_all(&challenge)?;
    let mut answer = [0; 16];
    client.read_exact(&mut answer)?;
    server.write_all(&answer)?;

    let first = read(client)?;
    let (half, rest) = first.split_at(first.len() / 2);
    server.write_all(half)?;
    let taken = read(server)?;
    client.write_all(&taken)?; // it takes this for the whole answer ...
    server.write_all(rest)?;
    let mut held = read(server)?;
    let second = read(client)?; // ... and asks the next thing
    server.write_all(&second)?;
    held.extend_from_slice(&read(server)?);
    client.write_all(&held)
    // starter
    // todo!("let challenge and answer pass, cut the first message or its answer, hold what comes second")
    // end
}

/// What one read brings.
fn read(from: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut chunk = vec![0; 1024];
    let length = from.read(&mut chunk)?;
    if length == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    chunk.truncate(length);
    Ok(chunk)
}
