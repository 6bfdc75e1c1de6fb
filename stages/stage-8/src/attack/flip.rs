//! Stage 5's flipped bits, aimed at where a text now lies: in a record of application data.

use crate::tls::{Content, HEADER_LENGTH, Header, Piece, Records};
use echo::lab::{self, Direction, Failure, Outcome, Target, What, io_failure};
use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// Flips one bit in each of the client's encrypted records but the first, which holds its Finished. The goal is
/// reached if the server answers after that.
///
/// What a server says right after Finished are tickets, and they look like an answer. So the client's next
/// record is held back until they have come.
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

    let (mut of_client, mut of_server) = (Records::default(), Records::default());
    let mut request = Request::default();
    loop {
        let patience = if request.held.is_empty() { PATIENCE } else { TICKETS_PATIENCE };
        match seen.recv_timeout(patience) {
            Err(RecvTimeoutError::Timeout) if !request.held.is_empty() => request.let_go(&server),
            Err(_) => break,
            Ok((Direction::ToServer, What::Closed)) => {
                request.let_go(&server);
                let _ = server.shutdown(Shutdown::Write); // it may be gone already
            }
            Ok((Direction::ToClient, What::Closed)) => {
                let _ = client.shutdown(Shutdown::Write);
            }
            Ok((Direction::ToServer, What::Bytes(bytes))) => {
                of_client.push(&bytes);
                while let Some(piece) = of_client.next_piece() {
                    let Piece::Record(header, record) = piece else {
                        return Ok(Outcome::Failed("what goes by is no TLS".into()));
                    };
                    request.pass(header, record, &server);
                }
            }
            Ok((Direction::ToClient, What::Bytes(bytes))) => {
                let _ = (&client).write_all(&bytes); // a client that has left is seen at its own end
                of_server.push(&bytes);
                while let Some(Piece::Record(header, _)) = of_server.next_piece() {
                    let answer = header.content == Content::ApplicationData && header.length > ALERT_LENGTH;
                    request.answered += usize::from(answer && request.sent);
                }
                if request.finished {
                    request.let_go(&server);
                }
            }
        }
    }
    Ok(match (request.flipped, request.answered) {
        (0, _) => Outcome::Failed("the client left and had said nothing".into()),
        (_, 0) => Outcome::Failed(
            "one bit changed in the client's request, and the connection was over: the record did not open"
                .into(),
        ),
        (flipped, _) => Outcome::Succeeded(format!(
            "a bit changed in {}, and the server answered",
            lab::count(flipped, "record")
        )),
    })
}

/// What the client says after its Finished.
#[derive(Debug, Default)]
struct Request {
    finished: bool,
    /// Whether the tickets have come, or none will.
    open: bool,
    /// Changed already, and not sent yet.
    held: Vec<u8>,
    flipped: usize,
    sent: bool,
    /// The server's records since then that are longer than an alert.
    answered: usize,
}

impl Request {
    /// Takes the client's next record.
    fn pass(&mut self, header: Header, mut record: Vec<u8>, mut server: &TcpStream) {
        if header.content != Content::ApplicationData || !self.finished {
            self.finished |= header.content == Content::ApplicationData;
            let _ = server.write_all(&record); // a server that has left is seen at its own end
            return;
        }
        // Behind the record's header: the first byte of what is encrypted.
        if let Some(byte) = record.get_mut(HEADER_LENGTH) {
            *byte ^= BIT;
            self.flipped += 1;
        }
        self.held.extend(record);
        if self.open {
            self.let_go(server);
        }
    }

    fn let_go(&mut self, mut server: &TcpStream) {
        self.open = true;
        if !self.held.is_empty() {
            self.sent = true;
            let _ = server.write_all(&std::mem::take(&mut self.held));
        }
    }
}

const BIT: u8 = 0x08;
/// An encrypted alert: two bytes, one of type, and the tag.
const ALERT_LENGTH: usize = 2 + 1 + 16;
const PATIENCE: Duration = Duration::from_secs(30);
/// For a server without tickets.
const TICKETS_PATIENCE: Duration = Duration::from_secs(5);
