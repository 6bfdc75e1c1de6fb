//! Which of the two.

use uchat_client::core::With;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    /// anna.
    #[default]
    Left,
    /// bob.
    Right,
}

impl Side {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Left, Self::Right];

    /// The name of the account.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Left => "anna",
            Self::Right => "bob",
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }

    pub(super) fn with(self) -> With {
        With::User(self.name().to_owned())
    }
}
