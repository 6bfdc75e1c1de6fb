//! The server puts a silent member into a room, and reads along; and the look at the list that finds it.

use uchat_protocol::Encrypted;
use uchat_protocol::e2e::{Fingerprint, Header, MemberKeys, OutPackage, OwnKeys, open_package};
use uchat_protocol::push::KeyPackageFor;

/// What the server answers to "who is in this room?": the members, in ascending order of their numbers (`user()`),
/// nobody twice, and among them `ghost`, whom nobody has let in. A member with the ghost's number is the ghost: then its
/// keys are the ones in the list. The server is the CA as well, so the certificate is genuine.
pub fn members_of(room: &[MemberKeys], ghost: &MemberKeys) -> Vec<MemberKeys> {
    todo!("the members and the ghost, in ascending order")
}

/// What the server reads of a member's messages: their texts, up to the first one that does not open. The package and
/// the messages pass through it anyway. `ghost` are the keys of user `me`, `sender` those of the member who has sent
/// all this.
///
/// The package has a wrap for each member, `(number, bytes)`. `KeyPackageFor { header, signature, wrap }` is what one
/// member gets of it (`.into()` makes the fields from vectors); `open_package` gives its header and a chain. What
/// `chain.open(message, sender)` gives has a letter in it: `opened.letter.message.data` is the text.
pub fn read(
    package: &OutPackage,
    messages: &[Encrypted],
    ghost: &OwnKeys,
    me: u64,
    sender: &MemberKeys,
) -> Option<Vec<String>> {
    todo!("take the ghost's wrap out of the package, open it, then open the messages")
}

/// The look at the list that the weakened client leaves out: the numbers of all members in a package's header who were
/// never shown, or were shown with other keys, in the order of the header. Nothing if the bytes are no header.
///
/// `shown` are the members whom the room has seen coming in, each with K. `Header::parse(bytes)` reads a header; its
/// field `members` lists number and K of all who get the key.
///
/// The library has this ready-made (`Header::strangers`). Write it yourself, and compare afterwards.
pub fn strangers(header: &[u8], shown: &[(u64, Fingerprint)]) -> Option<Vec<u64>> {
    todo!("read the header, and keep those who are not among the ones that were shown")
}
