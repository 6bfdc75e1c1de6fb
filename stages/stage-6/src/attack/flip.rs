//! Stage 5's flipped bits, aimed at where a text now lies: in the body of a packet.

use super::path::{Halt, Path};
use echo::lab::{self, Direction, Outcome};

/// Flips one bit in the body of each of the client's packets, and the same bit in the answer. Nothing else is
/// changed, and the digest stays what it was.
pub(super) fn flip(path: &mut Path) -> Result<Outcome, Halt> {
    path.exchange()?;
    let (mut sent, mut answered) = (0, 0);
    while let Some((direction, mut packet)) = path.next_packet()? {
        packet.body[0] ^= BIT;
        path.tell(direction, &packet);
        match direction {
            Direction::ToServer => sent += usize::from(packet.is_message()),
            Direction::ToClient => answered += usize::from(packet.is_message()),
        }
    }
    let packets = lab::count(sent, "packet");
    match (sent, answered) {
        (0, _) => Err(Halt::stopped("the client left and had said nothing")),
        (_, 0) => Err(Halt::stopped(format_args!(
            "{packets} changed, and the server answered none of them: it noticed"
        ))),
        _ => Ok(Outcome::Succeeded(format!("{packets} changed, and {answered} answered"))),
    }
}

const BIT: u8 = 0x08;
