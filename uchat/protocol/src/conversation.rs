//! Who talks with whom: two friends, or the members of a room.

/// A conversation, as one of its people sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Conversation {
    /// With the friend of this number.
    Friend(u64),
    /// In the room of this number.
    Room(u64),
}

impl Conversation {
    /// `target_type` and `target_id`.
    #[must_use]
    pub fn target(self) -> (u8, u64) {
        match self {
            Self::Friend(id) => (0, id),
            Self::Room(id) => (1, id),
        }
    }

    /// The conversation that these two fields name; `None` if there is no such type.
    #[must_use]
    pub fn from_target(target_type: u8, target_id: u64) -> Option<Self> {
        match target_type {
            0 => Some(Self::Friend(target_id)),
            1 => Some(Self::Room(target_id)),
            _ => None,
        }
    }

    /// The conversation of user `me` to which a message belongs that `sender` has sent to this target. A message
    /// to a user is, for that user, one from a friend.
    #[must_use]
    pub fn seen_by(me: u64, sender: u64, target_type: u8, target_id: u64) -> Option<Self> {
        match Self::from_target(target_type, target_id)? {
            Self::Friend(_) if sender != me => Some(Self::Friend(sender)),
            other => Some(other),
        }
    }
}
