//! Every size and number that both sides must agree on.

/// The longest message, in bytes with its operation: a packet of 1 MiB holds it.
pub const MESSAGE: usize = 1 << 20;
/// The greatest number of a user or a room, and the latest time, in the header of a key package: databases keep them as
/// signed integers, and one that does not fit must not end a client.
pub const NUMBER: u64 = i64::MAX as u64;
/// The shortest password, in characters.
pub const PASSWORD_MIN: usize = 8;
/// The longest password, in bytes: more would only keep the hash busy.
pub const PASSWORD_MAX: usize = 1024;
/// The longest user name, in Unicode scalar values after NFC.
pub const USER_NAME: usize = 8;
/// The longest room name, in Unicode scalar values after NFC.
pub const ROOM_NAME: usize = 32;
/// The longest e-mail address, in bytes (RFC 5321, section 4.5.3.1.3, without the angle brackets).
pub const EMAIL: usize = 254;
/// The longest description of the sex, in Unicode scalar values.
pub const SEX: usize = 32;
/// The greatest age, in years.
pub const AGE: u8 = 150;
/// The longest text of one message, in bytes of UTF-8.
pub const TEXT: usize = 64 << 10;
/// The longest emoji of a reaction, in bytes of UTF-8.
pub const REACTION: usize = 64;
/// The most different reactions to one message.
pub const REACTIONS: usize = 20;
/// The longest packet of an encrypted message, in bytes: a text, what stands around it, and the packet's own.
pub const PACKET: usize = TEXT + (4 << 10);
/// The longest body of such a packet: whole blocks.
pub const PACKET_BODY: usize = (PACKET - cbc_packet::HEADER_LENGTH) / cbc_packet::BLOCK * cbc_packet::BLOCK;
/// The most members of a room.
pub const ROOM_MEMBERS: usize = 500;
/// The plaintext of one piece of a file, in bytes.
pub const FILE_PIECE: usize = 64 << 10;
/// The most bytes of one `file_put`: a piece as a keyed packet.
pub const FILE_PUT: usize = FILE_PIECE + 64;
/// The most messages of one answer to `fetch_history`.
pub const HISTORY: usize = 500;
/// The most bytes of such an answer; a single message may be longer.
pub const HISTORY_BYTES: usize = 256 << 10;
/// The most users of one `certificates_of`, and the most keys of one `fetch_key_packages`.
pub const ASKED_AT_ONCE: usize = 64;
/// The most users that a search tells.
pub const FOUND: usize = 50;
/// How many `send_message` a client sends before it waits for the answer to the first.
pub const SEND_WINDOW: usize = 64;
/// The bytes of a resume token.
pub const TOKEN: usize = 32;
