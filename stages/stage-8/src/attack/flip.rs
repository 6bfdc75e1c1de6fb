//! Stage 5's flipped bits, aimed at where a text now lies: in a record of application data.

use crate::tls::{Content, Piece, Records};
use echo::lab::{self, Direction, Failure, Outcome, Target, What, io_failure};
use std::io::Write;
use std::net::Shutdown;
use std::sync::mpsc::channel;
use std::time::Duration;

/// Flips one bit in each of the client's encrypted records but the first, which holds its Finished. The goal is
/// reached if the client goes on after that, as it does when its request was answered.
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

    let mut records = Records::default();
    let (mut encrypted, mut flipped) = (0, 0);
    while let Ok((direction, what)) = seen.recv_timeout(PATIENCE) {
        let mut to = if direction == Direction::ToServer { &server } else { &client };
        match (direction, what) {
            (_, What::Closed) => {
                let _ = to.shutdown(Shutdown::Write); // it may be gone already
            }
            (Direction::ToClient, What::Bytes(bytes)) => {
                let _ = to.write_all(&bytes); // a client that has left is seen at its own end
            }
            (Direction::ToServer, What::Bytes(bytes)) => {
                records.push(&bytes);
                while let Some(piece) = records.next_piece() {
                    let bytes = match piece {
                        Piece::Noise(_) => return Ok(Outcome::Failed("what goes by is no TLS".into())),
                        Piece::Record(header, mut record) => {
                            encrypted += usize::from(header.content == Content::ApplicationData);
                            if encrypted > 1 && header.content == Content::ApplicationData {
                                record[OFFSET] ^= BIT;
                                flipped += 1;
                            }
                            record
                        }
                    };
                    let _ = to.write_all(&bytes); // a server that has left is seen at its own end
                }
            }
        }
    }
    Ok(match flipped {
        0 => Outcome::Failed("the client left and had said nothing".into()),
        1 => Outcome::Failed(
            "one bit changed in the client's request, and the connection was over: the record did not open"
                .into(),
        ),
        _ => Outcome::Succeeded(format!("a bit changed in {flipped} records, and the client went on")),
    })
}

/// Behind the record's header: the first byte of what is encrypted.
const OFFSET: usize = crate::tls::HEADER_LENGTH;
const BIT: u8 = 0x08;
const PATIENCE: Duration = Duration::from_secs(30);
