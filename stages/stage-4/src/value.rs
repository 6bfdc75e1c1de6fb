//! Typed values, as messages carry them.

use std::fmt;

/// A value. The wire knows these eight types and no others.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Nothing.
    #[default]
    None,
    /// A whole number from 0 to 2^64 - 1. Negative numbers cannot be written.
    Int(u64),
    /// A number with a fraction, in four bytes (IEEE 754 binary32).
    Float(f32),
    /// Text.
    Str(String),
    /// Values in order.
    List(Vec<Value>),
    /// Names and values; the order is kept, no name appears twice.
    Dict(Vec<(String, Value)>),
    /// Yes or no.
    Bool(bool),
    /// Bytes that are not text.
    Bytes(Vec<u8>),
}

/// The type numbers on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A single byte, without a length.
    None = 0,
    /// Shortest big-endian magnitude, 1 to 8 bytes.
    Int = 1,
    /// Four bytes, big-endian.
    Float = 2,
    /// UTF-8.
    Str = 3,
    /// Its elements, one after the other.
    List = 4,
    /// Entries: key length in one byte, ASCII key, value.
    Dict = 5,
    /// One byte, 0 or 1.
    Bool = 6,
    /// The bytes.
    Bytes = 7,
}

impl Kind {
    /// The types' names in the order of their numbers, as the documentation and the dumps write them.
    pub const NAMES: &[&str] = &["none", "int", "float", "str", "list", "dict", "bool", "bytes"];

    /// The type with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        const ALL: [Kind; 8] =
            [Kind::None, Kind::Int, Kind::Float, Kind::Str, Kind::List, Kind::Dict, Kind::Bool, Kind::Bytes];
        ALL.get(usize::from(number)).copied()
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

impl Value {
    /// Its type.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::None => Kind::None,
            Self::Int(_) => Kind::Int,
            Self::Float(_) => Kind::Float,
            Self::Str(_) => Kind::Str,
            Self::List(_) => Kind::List,
            Self::Dict(_) => Kind::Dict,
            Self::Bool(_) => Kind::Bool,
            Self::Bytes(_) => Kind::Bytes,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Str(text.to_owned())
    }
}

/// Why one of your types and a [`Value`] do not fit together; the sentence says where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingError(pub(crate) String);

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for MappingError {}

impl serde::ser::Error for MappingError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl serde::de::Error for MappingError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}
