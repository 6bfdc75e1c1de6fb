//! Three ways to agree on a key, side by side: numbers taken from the wire in this very run.

use super::{Dir, PATIENCE, Server};
use anatomy::Labelled;
use certificates::Channel;
use certificates::files::read_text;
use certificates::key_transport::Transported;
use echo::lab::{self, Direction, Dissect, Event, Failure, Story, Tap, What};

/// Runs each of the three once, with a client that says nothing, and prints the table.
pub(super) fn compare(story: &Story, server: &Server, old: &Server, dir: &Dir<'_>) -> Result<(), Failure> {
    client_certificate(dir)?;
    let (ca, cert, key) = (dir.file("ca.pem"), dir.file("alice.pem"), dir.file("alice.key"));
    let both = Server::start(dir, &["--client-ca", &ca])?;
    let transported = seen(old, dir, &[])?;
    let log = |name: &str| read_text(&dir.0.join(name));
    let (one, two) = (dir.file("one.log"), dir.file("two.log"));
    let signed = seen(server, dir, &["--key-log", &one])?;
    let signed_twice = seen(&both, dir, &["--key-log", &two, "--cert", &cert, "--key", &key])?;
    let measured = [
        Measured::of(&transported, &mut Transported::default()),
        Measured::of(&signed, &mut Channel::with_key_log(&log("one.log")?)),
        Measured::of(&signed_twice, &mut Channel::with_key_log(&log("two.log")?)),
    ];

    let row = |name: &str, cell: &dyn Fn(&Measured) -> String| {
        let [a, b, c] = measured.each_ref().map(cell);
        [name.to_owned(), a, b, c]
    };
    let fixed = |name: &str, cells: [&str; 3]| {
        let [a, b, c] = cells.map(str::to_owned);
        [name.to_owned(), a, b, c]
    };
    story.say("Measured in this run: a client connects, says nothing, and leaves.");
    story.table(&[
        fixed("", ["key transport", "signed", "signed, both"]),
        row("round trips", &|way| way.trips.to_string()),
        row("bytes of the handshake", &|way| way.bytes.to_string()),
        row("signatures made", &|way| way.signatures.to_string()),
        row("signatures checked", &|way| (way.signatures + way.certificates).to_string()),
        fixed("who is known", ["server", "server", "server, client"]),
        fixed("a stolen key opens", ["every recording", "nothing", "nothing"]),
    ]);
    story.say(
        "Checked are the signatures of the handshake, and the CA's on each leaf. Round trips are counted until the \
         client may speak.",
    );
    Ok(())
}

/// A certificate for a client, made with the verbs that a reader would use.
fn client_certificate(dir: &Dir<'_>) -> Result<(), Failure> {
    let folder = dir.file("");
    let [key, csr, pem] = ["alice.key", "alice.csr", "alice.pem"].map(|name| dir.file(name));
    for args in [
        &["csr", "--cn", "alice", "--key", &key, "--out", &csr][..],
        &["ca", "sign", "--dir", &folder, "--csr", &csr, "--out", &pem],
    ] {
        let ended = lab::own(args)?.wait(PATIENCE)?;
        if !ended.status.success() {
            return Err(Failure::new(ended.errors.trim_end().to_owned()));
        }
    }
    Ok(())
}

/// What goes by when a client connects and leaves.
fn seen(server: &Server, dir: &Dir<'_>, more: &[&str]) -> Result<Vec<Event>, Failure> {
    let tap = Tap::start(server.address).map_err(|e| lab::io_failure("cannot start the tap", &e))?;
    let ended = server.client(dir, tap.address(), more)?.wait(PATIENCE)?;
    if !ended.status.success() {
        return Err(Failure::new(ended.errors.trim_end().to_owned()));
    }
    Ok(tap.take_closed(PATIENCE, 0))
}

struct Measured {
    trips: usize,
    bytes: usize,
    signatures: usize,
    certificates: usize,
}

impl Measured {
    fn of(events: &[Event], dissect: &mut dyn Dissect) -> Self {
        let (mut bytes, mut turns, mut kinds) = (0, Vec::new(), Vec::new());
        for event in events {
            let What::Bytes(piece) = &event.what else { continue };
            bytes += piece.len();
            if turns.last() != Some(&event.direction) {
                turns.push(event.direction);
            }
            kinds.extend(dissect.bytes(event.direction, piece).iter().filter_map(message_type));
        }
        let count = |kind| kinds.iter().filter(|found| **found == kind).count();
        Self {
            // The server's last turn is its goodbye.
            trips: turns.iter().filter(|turn| **turn == Direction::ToClient).count().saturating_sub(1),
            bytes: bytes.saturating_sub(2 * GOODBYE),
            signatures: count(CERTIFICATE_VERIFY),
            certificates: count(CERTIFICATE),
        }
    }
}

/// The type of a handshake message, in clear or decrypted.
fn message_type(found: &Labelled) -> Option<u8> {
    let field = found.leaves().find(|span| span.label == "message type")?;
    found.bytes_of(field).first().copied()
}

/// A close_notify: one byte in a packet.
const GOODBYE: usize = cbc_packet::HEADER_LENGTH + cbc_packet::BLOCK;
const CERTIFICATE: u8 = 11;
const CERTIFICATE_VERIFY: u8 = 15;
