//! The same packet once more.

use super::path::{Halt, Path};
use echo::lab::{self, Direction, Outcome};

/// Nothing in a packet says which one it is. What was sent once can be sent again, and it is carried out again.
/// The client does not notice: it never sees the second answer.
pub(super) fn replay(path: &mut Path) -> Result<Outcome, Halt> {
    path.exchange()?;
    let mut twice = 0;
    while let Some((direction, packet)) = path.next_packet()? {
        if direction == Direction::ToClient {
            path.tell(direction, &packet);
            continue;
        }
        let Some(first) = path.ask(&packet)? else {
            return Err(Halt::stopped("the server did not even answer the packet itself"));
        };
        let Some(second) = path.ask(&packet)? else {
            return Err(Halt::stopped("the server closed at a packet that it had seen before: it noticed"));
        };
        twice += 1;
        lab::print(format_args!(
            "a packet of {} bytes, sent twice: answered by {} bytes of text, then by {}",
            packet.to_bytes().len(),
            first.text_length(),
            second.text_length()
        ));
        path.tell(Direction::ToClient, &first);
    }
    if twice == 0 {
        return Err(Halt::stopped("the client left and had said nothing"));
    }
    Ok(Outcome::Succeeded(format!("the server carried out {} twice", lab::count(twice, "message"))))
}
