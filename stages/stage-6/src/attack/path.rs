//! Sitting on the path: between a client and a server, with every whole packet in one's hands.
//!
//! The relay knows what is public: a server that speaks first has sent its challenge, which is answered; then one
//! frame goes each way; then there are packets. It reads them, and the attack decides what goes on.

pub use super::passing::Passing;
use crate::packet::{LIMIT, PacketDecoder};
use conn_auth::{ANSWER_LENGTH, CHALLENGE_LENGTH};
use echo::lab::{self, Direction, Failure, Outcome, Target, What, io_failure};
use framing::{ByteOrder, FrameDecoder, encode_frame};
use std::fmt;
use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Waits for the victim's client, connects to the server, and lets `attack` do its work between them.
pub fn on_path(
    target: &Target,
    attack: impl FnOnce(&mut Path) -> Result<Outcome, Halt>,
) -> Result<Outcome, Failure> {
    let listener = lab::listen(target.listen)?;
    lab::announce(&listener)?;
    let client = lab::first_client(&listener)?;
    let server = lab::connect(target.connect, None)?;
    let mut path = Path::between(client, server).map_err(|e| io_failure("cannot sit on the path", &e))?;
    match attack(&mut path) {
        Ok(outcome) => Ok(outcome),
        Err(Halt::Stopped(why)) => Ok(Outcome::Failed(why)),
        Err(Halt::Broken(failure)) => Err(failure),
    }
}

/// Why an attack does not go on.
#[derive(Debug)]
pub enum Halt {
    /// The victims have stopped it: what did.
    Stopped(String),
    /// Something is wrong on the attacker's own side.
    Broken(Failure),
}

impl Halt {
    /// Stopped by this.
    pub fn stopped(why: impl fmt::Display) -> Self {
        Self::Stopped(why.to_string())
    }
}

impl From<Failure> for Halt {
    fn from(failure: Failure) -> Self {
        Self::Broken(failure)
    }
}

/// A client, a server, and us between them.
#[derive(Debug)]
pub struct Path {
    /// Where each direction goes: to the server, to the client.
    to: [TcpStream; 2],
    ways: [Way; 2],
    seen: Receiver<(Direction, What)>,
    begun: bool,
}

/// What has arrived of one direction and was not taken out yet.
#[derive(Debug)]
struct Way {
    /// Bytes of challenge or answer that still have to pass.
    opening: usize,
    stored: Stored,
    closed: bool,
    told: bool,
}

#[derive(Debug)]
enum Stored {
    Frame(FrameDecoder),
    Packets(PacketDecoder),
}

impl Path {
    /// Between these two.
    pub fn between(client: TcpStream, server: TcpStream) -> std::io::Result<Self> {
        client.set_nodelay(true)?;
        let (sender, seen) = channel();
        for (direction, from) in [(Direction::ToServer, &client), (Direction::ToClient, &server)] {
            let sender = sender.clone();
            lab::watch(from.try_clone()?, move |what| sender.send((direction, what)).is_ok())?;
        }
        let ways = [ANSWER_LENGTH, CHALLENGE_LENGTH].map(|opening| Way {
            opening,
            stored: Stored::Frame(FrameDecoder::new(ByteOrder::Network, LIMIT)),
            closed: false,
            told: false,
        });
        Ok(Self { to: [server, client], ways, seen, begun: false })
    }

    /// Lets the exchange of keys pass unchanged: one frame each way and, if those were no bare public values but
    /// the messages of a signed handshake, all packets up to the client's last one.
    pub fn exchange(&mut self) -> Result<(), Halt> {
        let mut signed = false;
        for direction in BOTH {
            let payload = self.frame(direction)?;
            signed |= payload.len() >= HELLO_LENGTH;
            self.tell_frame(direction, &payload)?;
        }
        while signed {
            let Some((direction, packet)) = self.next_packet()? else {
                return Err(Halt::stopped("the handshake was not finished"));
            };
            self.tell(direction, &packet);
            signed = direction != Direction::ToServer || packet.header.length != FINISHED_LENGTH;
        }
        Ok(())
    }

    /// The payload of the frame with which a direction begins. It does not go on by itself.
    pub fn frame(&mut self, direction: Direction) -> Result<Vec<u8>, Halt> {
        loop {
            let way = &mut self.ways[index(direction)];
            if let Stored::Frame(decoder) = &mut way.stored {
                let frame = decoder.frame().map_err(|e| {
                    Halt::stopped(format_args!("{} does not begin with a frame: {e}", sender(direction)))
                })?;
                if let Some(payload) = frame.map(<[u8]>::to_vec) {
                    let mut packets = PacketDecoder::new(LIMIT);
                    packets.push(&std::mem::take(decoder).into_rest());
                    way.stored = Stored::Packets(packets);
                    return Ok(payload);
                }
            }
            if way.closed || !self.wait(PATIENCE) {
                return Err(Halt::stopped(format_args!("{} sent no whole frame", sender(direction))));
            }
        }
    }

    /// Sends one frame on.
    pub fn tell_frame(&mut self, direction: Direction, payload: &[u8]) -> Result<(), Halt> {
        let mut frame = Vec::new();
        encode_frame(ByteOrder::Network, LIMIT, payload, &mut frame).map_err(Halt::stopped)?;
        self.write(direction, &frame);
        Ok(())
    }

    /// Sends a packet to the side where this direction goes.
    pub fn tell(&mut self, direction: Direction, packet: &Passing) {
        self.write(direction, &packet.to_bytes());
    }

    /// The client's next packet, held back.
    pub fn question(&mut self) -> Result<Passing, Halt> {
        self.packet(Direction::ToServer)?.ok_or_else(|| Halt::stopped("the client left and had said nothing"))
    }

    /// Sends a packet to the server and waits for its answer; nothing if the server closes instead, or says
    /// that it will.
    pub fn ask(&mut self, packet: &Passing) -> Result<Option<Passing>, Halt> {
        self.tell(Direction::ToServer, packet);
        Ok(self.packet(Direction::ToClient)?.filter(Passing::is_message))
    }

    /// The next packet of either side; nothing once both have closed, or have been silent for long. Tells each
    /// side that the other one has closed.
    pub fn next_packet(&mut self) -> Result<Option<(Direction, Passing)>, Halt> {
        loop {
            for direction in BOTH {
                if let Some(packet) = self.stored(direction)? {
                    return Ok(Some((direction, packet)));
                }
                let way = &mut self.ways[index(direction)];
                if way.closed && !std::mem::replace(&mut way.told, true) {
                    let _ = self.to[index(direction)].shutdown(Shutdown::Write); // it may be gone already
                }
            }
            if self.ways.iter().all(|way| way.closed) || !self.wait(PERSON_PATIENCE) {
                return Ok(None);
            }
        }
    }

    /// Goes on as an honest relay until both sides have closed.
    pub fn relay(&mut self) {
        while let Ok(Some((direction, packet))) = self.next_packet() {
            self.tell(direction, &packet);
        }
    }

    /// The next packet of one direction, whatever the other one says meanwhile; nothing if it closes.
    fn packet(&mut self, direction: Direction) -> Result<Option<Passing>, Halt> {
        loop {
            if let Some(packet) = self.stored(direction)? {
                return Ok(Some(packet));
            }
            if self.ways[index(direction)].closed {
                return Ok(None);
            }
            let patience = if direction == Direction::ToServer { PERSON_PATIENCE } else { PATIENCE };
            if !self.wait(patience) {
                return Err(Halt::stopped(format_args!("{} is silent", sender(direction))));
            }
        }
    }

    fn stored(&mut self, direction: Direction) -> Result<Option<Passing>, Halt> {
        let Stored::Packets(decoder) = &mut self.ways[index(direction)].stored else { return Ok(None) };
        let packet = decoder.packet().map_err(|e| {
            Halt::stopped(format_args!("{} does not go on with packets: {e}", sender(direction)))
        })?;
        Ok(packet.map(|packet| Passing { header: packet.header, body: packet.body.to_vec() }))
    }

    /// Waits for the next bytes of either side; false if none come for `patience`.
    fn wait(&mut self, patience: Duration) -> bool {
        let Ok((direction, what)) = self.seen.recv_timeout(patience) else { return false };
        if !std::mem::replace(&mut self.begun, true) && direction == Direction::ToServer {
            self.ways.iter_mut().for_each(|way| way.opening = 0); // the client speaks first: no challenge
        }
        let way = &mut self.ways[index(direction)];
        match what {
            What::Bytes(bytes) => {
                let (opening, rest) = bytes.split_at(way.opening.min(bytes.len()));
                way.opening -= opening.len();
                match &mut way.stored {
                    Stored::Frame(decoder) => decoder.push(rest),
                    Stored::Packets(decoder) => decoder.push(rest),
                }
                let opening = opening.to_vec();
                self.write(direction, &opening);
            }
            What::Closed => way.closed = true,
        }
        true
    }

    /// A side that takes nothing more has closed, or is about to; whoever waits for its answer finds out.
    fn write(&mut self, direction: Direction, bytes: &[u8]) {
        let _ = self.to[index(direction)].write_all(bytes);
    }
}

fn index(direction: Direction) -> usize {
    usize::from(direction == Direction::ToClient)
}

fn sender(direction: Direction) -> &'static str {
    match direction {
        Direction::ToServer => "the client",
        Direction::ToClient => "the server",
    }
}

/// In the order in which they speak.
const BOTH: [Direction; 2] = [Direction::ToServer, Direction::ToClient];

/// A first frame of this length or more is a hello of stage 7's handshake, not a bare public value.
pub const HELLO_LENGTH: usize = 296;

/// The body of the last packet of that handshake: a message of 36 bytes.
const FINISHED_LENGTH: usize = 48;

/// How long a program may be silent.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a person may think before the next line.
const PERSON_PATIENCE: Duration = Duration::from_secs(300);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BLOCK, Header};
    use std::io::Read;
    use std::net::{Ipv4Addr, TcpListener};

    /// A path, and the two sockets at its ends.
    fn path() -> (Path, TcpStream, TcpStream) {
        let pair = || {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            (ours, listener.accept().unwrap().0)
        };
        let ((to_client, client), (to_server, server)) = (pair(), pair());
        for end in [&client, &server] {
            end.set_read_timeout(Some(PATIENCE)).unwrap();
        }
        (Path::between(to_client, to_server).unwrap(), client, server)
    }

    fn frame(payload: &[u8]) -> Vec<u8> {
        let mut frame = Vec::new();
        encode_frame(ByteOrder::Network, LIMIT, payload, &mut frame).unwrap();
        frame
    }

    fn packet(blocks: usize) -> Passing {
        let body = vec![blocks as u8; blocks * BLOCK];
        Passing { header: Header { length: body.len(), padding: 0, iv: [1; 16], digest: [2; 32] }, body }
    }

    fn gets(mut end: &TcpStream, expected: &[u8]) {
        let mut bytes = vec![0; expected.len()];
        end.read_exact(&mut bytes).unwrap();
        assert!(bytes == expected);
    }

    #[test]
    fn after_a_challenge_and_two_public_values_every_packet_is_in_our_hands() {
        let (mut path, mut client, mut server) = path();
        server.write_all(&[7; CHALLENGE_LENGTH]).unwrap();
        assert!(path.wait(PATIENCE));
        gets(&client, &[7; CHALLENGE_LENGTH]);
        let question = packet(2);
        client
            .write_all(&[&[8; ANSWER_LENGTH][..], &frame(&[3; 256]), &question.to_bytes()].concat())
            .unwrap();
        server.write_all(&frame(&[4; 256])).unwrap();
        path.exchange().unwrap();
        gets(&server, &[&[8; ANSWER_LENGTH][..], &frame(&[3; 256])].concat());
        gets(&client, &frame(&[4; 256]));
        assert_eq!(path.question().unwrap(), question);

        server.write_all(&packet(1).to_bytes()).unwrap();
        assert_eq!(path.ask(&question).unwrap(), Some(packet(1)));
        gets(&server, &question.to_bytes());
        drop(server);
        assert_eq!(path.ask(&question).unwrap(), None, "the server has closed");
    }

    #[test]
    fn a_signed_handshake_passes_up_to_the_clients_last_packet() {
        let (mut path, mut client, mut server) = path();
        let hello = frame(&[1; HELLO_LENGTH + 10]);
        let proof = [packet(3), packet(80), packet(17), packet(3)];
        let proof: Vec<u8> = proof.iter().flat_map(Passing::to_bytes).collect();
        let finished = [packet(2).to_bytes(), packet(3).to_bytes()].concat();
        client.write_all(&hello).unwrap();
        let question = packet(4);
        let ends = std::thread::spawn(move || {
            gets(&server, &hello);
            server.write_all(&[frame(&[2; HELLO_LENGTH]), proof.clone()].concat()).unwrap();
            gets(&client, &[frame(&[2; HELLO_LENGTH]), proof].concat());
            client.write_all(&[finished.clone(), packet(4).to_bytes()].concat()).unwrap();
            gets(&server, &finished);
            (client, server)
        });
        path.exchange().unwrap();
        let (client, server) = ends.join().unwrap();
        assert_eq!(path.question().unwrap(), question, "what comes after it is held");
        drop((client, server));
        assert_eq!(path.next_packet().unwrap(), None);
    }

    #[test]
    fn bytes_that_are_no_frames_or_packets_stop_the_attack() {
        let stopped = |result: Result<(), Halt>| match result {
            Err(Halt::Stopped(why)) => why,
            other => panic!("it should have been stopped: {other:?}"),
        };
        let (mut tls, mut client, _server) = path();
        client.write_all(b"\x16\x03\x01\x02\0\x01").unwrap();
        assert!(stopped(tls.exchange()).starts_with("the client does not begin with a frame: "));

        let (mut left, client, _server) = path();
        drop(client);
        assert_eq!(stopped(left.exchange()), "the client sent no whole frame");

        let (mut half, mut client, mut server) = path();
        client.write_all(&frame(&[1; HELLO_LENGTH])).unwrap();
        assert!(half.wait(PATIENCE), "the client speaks first");
        server.write_all(&frame(&[1; HELLO_LENGTH])).unwrap();
        client.write_all(b"\0\0\0\x11").unwrap();
        assert!(stopped(half.exchange()).starts_with("the client does not go on with packets: "));
    }
}
