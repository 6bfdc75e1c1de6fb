//! Our handshake beside TLS 1.3's, message by message. Stage 7 took names and numbers from TLS, so the two
//! columns nearly say the same; where one has no counterpart the other does without.

use crate::Seen;
use echo::lab::Direction;

/// A row: one step of the handshake.
#[derive(Debug)]
pub struct Step {
    /// Who speaks.
    pub direction: Direction,
    /// The number that both give to the message.
    pub kind: u8,
    /// Our name for it (stage 7).
    pub ours: Option<&'static str>,
    /// The name in RFC 8446, section 4.
    pub tls: Option<&'static str>,
}

// ANCHOR: steps
/// All steps in their order.
pub const STEPS: &[Step] = &[
    both(Direction::ToServer, 1, "client_hello", "ClientHello"),
    both(Direction::ToClient, 2, "server_hello", "ServerHello"),
    both(Direction::ToClient, 8, "encrypted_extensions", "EncryptedExtensions"),
    // Ours is a bit in encrypted_extensions.
    Step { direction: Direction::ToClient, kind: 13, ours: None, tls: Some("CertificateRequest") },
    both(Direction::ToClient, 11, "certificate", "Certificate"),
    both(Direction::ToClient, 15, "certificate_verify", "CertificateVerify"),
    both(Direction::ToClient, 20, "finished", "Finished"),
    Step { direction: Direction::ToServer, kind: 64, ours: Some("access"), tls: None },
    both(Direction::ToServer, 11, "certificate", "Certificate"),
    both(Direction::ToServer, 15, "certificate_verify", "CertificateVerify"),
    both(Direction::ToServer, 20, "finished", "Finished"),
    Step { direction: Direction::ToClient, kind: 4, ours: None, tls: Some("NewSessionTicket") },
];
// ANCHOR_END: steps

/// The table with a heading: who speaks, the number, ours with its length in bytes, TLS's with its length.
/// A message that was not seen has no length; one that came more than once has the sum.
#[must_use]
pub fn table(ours: &[Seen], tls: &[Seen]) -> Vec<[String; 6]> {
    let heading = ["", "type", "stage 7", "bytes", "TLS 1.3", "bytes"].map(str::to_owned);
    let rows = STEPS.iter().map(|step| {
        let arrow = if step.direction == Direction::ToServer { "C ──▶ S" } else { "C ◀── S" };
        let cells = |name: Option<&str>, seen: &[Seen]| {
            (name.unwrap_or("–").to_owned(), name.and_then(|_| length(step, seen)).unwrap_or_default())
        };
        let ((our_name, our_length), (tls_name, tls_length)) = (cells(step.ours, ours), cells(step.tls, tls));
        [arrow.to_owned(), step.kind.to_string(), our_name, our_length, tls_name, tls_length]
    });
    std::iter::once(heading).chain(rows).collect()
}

/// The bytes of a step's messages, if there were any.
fn length(step: &Step, seen: &[Seen]) -> Option<String> {
    let mut found = seen.iter().filter(|seen| seen.direction == step.direction && seen.kind == step.kind);
    let first = found.next()?.length;
    Some(found.fold(first, |sum, seen| sum + seen.length).to_string())
}

const fn both(direction: Direction, kind: u8, ours: &'static str, tls: &'static str) -> Step {
    Step { direction, kind, ours: Some(ours), tls: Some(tls) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::names::handshake_type;

    #[test]
    fn the_names_are_those_that_the_dissector_prints() {
        for step in STEPS.iter().filter(|step| step.tls.is_some()) {
            assert_eq!(step.tls, Some(handshake_type(step.kind)));
        }
    }

    #[test]
    fn lengths_stand_beside_their_messages() {
        let seen = |direction, kind, length| Seen { direction, kind, length };
        let tls = [
            seen(Direction::ToServer, 1, 240),
            seen(Direction::ToClient, 20, 36),
            seen(Direction::ToClient, 4, 100),
            seen(Direction::ToClient, 4, 101),
        ];
        let table = table(&[seen(Direction::ToServer, 1, 300)], &tls);
        assert_eq!(table[1][2..], ["client_hello", "300", "ClientHello", "240"]);
        assert_eq!(table[7][4..], ["Finished", "36"]);
        assert_eq!(table[11][4..], ["Finished", ""]);
        assert_eq!(table[12][4..], ["NewSessionTicket", "201"]);
        assert!(table.iter().all(|row| anatomy::width(&row.join("   ")) < 80));
    }
}
