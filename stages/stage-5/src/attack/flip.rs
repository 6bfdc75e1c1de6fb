//! A stream cipher turns a flipped bit of the ciphertext into a flipped bit of the text, and nothing notices.

use super::failed;
use conn_auth::{ANSWER_LENGTH, CHALLENGE_LENGTH};
use echo::lab::{self, Direction, Failure, Outcome, Target, What, io_failure};
use framing::{ByteOrder, FrameDecoder, LIMIT, encode_frame};
use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::channel;
use std::time::Duration;

/// The message's form is public: `pay 100 to bob` has its first digit at offset 4. Bit 3 turns 1 into 9.
const OFFSET: usize = 4;
const BIT: u8 = 0x08;

/// Sits on the path, flips the bit in each message of the client, and flips it back in the answer, so that
/// the client sees what it said.
pub(super) fn flip(target: &Target) -> Result<Outcome, Failure> {
    let listener = lab::listen(target.listen)?;
    lab::announce(&listener)?;
    let client = lab::first_client(&listener)?;
    let server = lab::connect(target.connect, None)?;
    let cannot = |e| io_failure("cannot sit on the path", &e);
    let (sender, seen) = channel();
    for (direction, stream) in [(Direction::ToServer, &client), (Direction::ToClient, &server)] {
        let sender = sender.clone();
        let stream = stream.try_clone().map_err(cannot)?;
        lab::watch(stream, move |what| sender.send((direction, what)).is_ok()).map_err(cannot)?;
    }
    drop(sender);

    let mut ways = [Way::new(server, ANSWER_LENGTH), Way::new(client, CHALLENGE_LENGTH)];
    let mut first = true;
    while let Ok((direction, what)) = seen.recv_timeout(PATIENCE) {
        if std::mem::take(&mut first) && direction == Direction::ToServer {
            ways.iter_mut().for_each(|way| way.opening = 0); // the client speaks first: no challenge
        }
        let way = &mut ways[usize::from(direction == Direction::ToClient)];
        match what {
            What::Bytes(bytes) => {
                if !way.pass_on(&bytes)? {
                    return Ok(failed("what goes by is not in frames: there is no message to change"));
                }
            }
            What::Closed => {
                let _ = way.to.shutdown(Shutdown::Write); // it may be gone already
            }
        }
    }
    let [questions, answers] = ways.map(|way| way.changed);
    let messages = lab::count(questions, "message");
    Ok(match (questions, answers) {
        (0, _) => failed("the client sent no message that is long enough"),
        (_, 0) => failed(format!("{messages} changed, and the server answered none of them: it noticed")),
        _ => Outcome::Succeeded(format!(
            "{messages} reached the server with another character at offset {OFFSET}; it answered {answers}, and each \
             answer was changed back on its way"
        )),
    })
}

/// One direction: what has to pass unchanged, and how much was changed.
struct Way {
    to: TcpStream,
    opening: usize,
    decoder: FrameDecoder,
    /// The first frame is a public value.
    exchanged: bool,
    changed: usize,
}

impl Way {
    fn new(to: TcpStream, opening: usize) -> Self {
        let decoder = FrameDecoder::new(ByteOrder::Network, LIMIT);
        Self { to, opening, decoder, exchanged: false, changed: 0 }
    }

    /// Whether it could be read as frames, and passed on.
    fn pass_on(&mut self, bytes: &[u8]) -> Result<bool, Failure> {
        let (opening, rest) = bytes.split_at(self.opening.min(bytes.len()));
        self.opening -= opening.len();
        let mut out = opening.to_vec();
        self.decoder.push(rest);
        loop {
            let frame = match self.decoder.frame() {
                Ok(Some(frame)) => frame,
                Ok(None) => break,
                Err(_) => return Ok(false),
            };
            let mut payload = frame.to_vec();
            if std::mem::replace(&mut self.exchanged, true) && payload.len() > OFFSET {
                payload[OFFSET] ^= BIT;
                self.changed += 1;
            }
            encode_frame(ByteOrder::Network, LIMIT, &payload, &mut out)
                .map_err(|e| Failure::new(e.to_string()))?;
        }
        self.to.write_all(&out).map_err(|e| io_failure("one side takes nothing more", &e))?;
        Ok(true)
    }
}

/// How long the victim may be silent.
const PATIENCE: Duration = Duration::from_secs(30);
