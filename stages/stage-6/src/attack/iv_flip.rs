//! *Add bob* becomes *delete bob*: four bits of the IV.

use super::path::{Halt, Path};
use crate::operations::{ADD_FRIEND, DEL_FRIEND, text_message_length};
use crate::service::NOT_UNDERSTOOD;
use echo::lab::{self, Direction, Outcome};

/// The first byte of a message is its operation, and it is decrypted to D(C) xor the IV's first byte: a bit that
/// is flipped there is flipped in the operation. The digest covers the body only.
///
/// If the server answers its general failure, the message was no add_friend. Then the same packet, unchanged, is
/// sent once more, and the client never knows.
pub(super) fn iv_flip(path: &mut Path) -> Result<Outcome, Halt> {
    path.exchange()?;
    let mut turned = 0;
    while let Some((direction, packet)) = path.next_packet()? {
        if direction == Direction::ToClient {
            path.tell(direction, &packet);
            continue;
        }
        let mut changed = packet.clone();
        changed.header.iv[0] ^= ADD_FRIEND ^ DEL_FRIEND;
        let Some(answer) = path.ask(&changed)? else {
            return Err(Halt::stopped("the server closed at a packet with another IV: it noticed"));
        };
        if answer.text_length() == text_message_length(NOT_UNDERSTOOD) {
            path.tell(Direction::ToServer, &packet);
        } else {
            turned += 1;
            path.tell(Direction::ToClient, &answer);
        }
    }
    if turned == 0 {
        return Err(Halt::stopped("the client sent no add_friend, or the server took none that was changed"));
    }
    Ok(Outcome::Succeeded(format!(
        "{} to add a friend reached the server as one to delete him, and was carried out (or the other way round: from here \
         both look alike)",
        lab::count(turned, "message")
    )))
}
