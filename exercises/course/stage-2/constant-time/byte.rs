//! A byte that a stopwatch knows.

use std::cell::Cell;
use std::ops::{BitOr, BitOrAssign, BitXor, BitXorAssign};

thread_local! {
    static COMPARISONS: Cell<u32> = const { Cell::new(0) };
}

/// A byte. `^` and `|` take the same time whatever the bytes are. Each `==` of two of them is counted,
/// because what is decided with it may end early.
#[derive(Clone, Copy)]
pub struct Byte(u8);

impl Byte {
    /// The byte that `^` gives for two equal ones.
    pub const ZERO: Self = Self(0);

    /// The byte with this value.
    pub fn new(value: u8) -> Self {
        Self(value)
    }

    /// How often `==` was used since this was called the last time.
    pub fn comparisons() -> u32 {
        COMPARISONS.take()
    }
}

impl PartialEq for Byte {
    fn eq(&self, other: &Self) -> bool {
        COMPARISONS.set(COMPARISONS.get() + 1);
        self.0 == other.0
    }
}

impl BitXor for Byte {
    type Output = Self;

    fn bitxor(self, other: Self) -> Self {
        Self(self.0 ^ other.0)
    }
}

impl BitOr for Byte {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitXorAssign for Byte {
    fn bitxor_assign(&mut self, other: Self) {
        *self = *self ^ other;
    }
}

impl BitOrAssign for Byte {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}
