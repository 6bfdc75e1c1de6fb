//! What people say, and the three forms in which a server carries it.
//!
//! ```text
//! Envelope   plain      {type 0–2 or 5–8, data, …}                    lessons 1–6: the server reads along
//!            encrypted  {type 3, key_id, index, packet, signature}    the default: it sees who, whom, when, how long
//!            event      {type 4, event, user_id, user_name}           the server's own words; they have no sender
//! Letter     what an encrypted packet holds: {id, time, message: Content}
//!
//! Content    says something     0 text, 1 image, 2 file
//!            changes a message  5 edit, 6 delete, 7 react, 8 take the reaction back: `reply_to` says which
//! ```
//!
//! A type that is not known is refused with its number: a receiver shows a line that says so, a server refuses the
//! message. So a newer client can say what an older one does not know, and nothing breaks.

use crate::shape::{Form, Shape};
use crate::{FileName, KeyId, MessageId, fields};
use framing::{MappingError, Value};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_bytes::{ByteArray, ByteBuf};
use std::fmt;

/// What a content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// A text.
    #[default]
    Text,
    /// A file that can be shown as an image.
    Image,
    /// Any other file.
    File,
    /// Another text for a text message of the same sender.
    Edit = 5,
    /// A message of the same sender is to be deleted.
    Delete = 6,
    /// A reaction to a message of anybody.
    React = 7,
    /// Takes such a reaction of the same sender back.
    Unreact = 8,
}

impl Kind {
    const ALL: [Self; 7] =
        [Self::Text, Self::Image, Self::File, Self::Edit, Self::Delete, Self::React, Self::Unreact];

    /// The kind that this type stands for.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number)
    }

    /// Whether it is no message of its own, but changes one.
    #[must_use]
    pub fn is_change(self) -> bool {
        matches!(self, Self::Edit | Self::Delete | Self::React | Self::Unreact)
    }

    /// Whether it has a file.
    fn has_file(self) -> bool {
        matches!(self, Self::Image | Self::File)
    }
}

/// What somebody says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Content {
    /// What it is.
    pub kind: Kind,
    /// The text; for a file its name; for a reaction its emoji; nothing for what is deleted.
    pub data: String,
    /// The size of the text as its sender wants it, in points; 0 = as usual.
    pub fontsize: u8,
    /// The colour as its sender wants it, `#rrggbb`; empty = as usual.
    pub fontcolor: String,
    /// The message that this one answers or changes.
    pub reply_to: Option<MessageId>,
    /// The file; for images and files.
    pub file: Option<FileInfo>,
}

/// Where a file is and what it must be.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct FileInfo {
    /// What the server calls it.
    pub name: FileName,
    /// The bytes of the file itself.
    pub size: u64,
    /// Its type, recognised from its content, as in `image/png`.
    pub media_type: String,
    /// The bytes that lie on the server.
    pub stored: u64,
    /// SHA-256 of these.
    pub sha256: ByteArray<32>,
    /// The key that opens them; none on lessons 1–6.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<ByteArray<32>>,
}

/// Without the key, which must not appear in a log by accident.
impl fmt::Debug for FileInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileInfo")
            .field("name", &self.name)
            .field("size", &self.size)
            .field("media_type", &self.media_type)
            .field("stored", &self.stored)
            .finish_non_exhaustive()
    }
}

/// An encrypted message as everybody on its way sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encrypted {
    /// The chain.
    pub key_id: KeyId,
    /// The message's number in the chain.
    pub index: u32,
    /// The keyed packet.
    pub packet: Vec<u8>,
    /// In a room: the sender's signature; between friends none.
    pub signature: Option<Vec<u8>>,
}

/// Something happened in a room. It is part of the room's history, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomEvent {
    /// What happened.
    pub what: Happened,
    /// To whom: the user's number.
    pub user_id: u64,
    /// The user's name at that time.
    pub user_name: String,
}

/// What can happen in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// Made it, and is its owner.
    Created,
    /// Came in.
    Joined,
    /// Left.
    Left,
    /// Was removed by the owner.
    Removed,
    /// Is the owner now.
    Owner,
}

/// What a message is on its way.
#[derive(Debug, Clone, PartialEq)]
pub enum Envelope {
    /// Everybody on its way can read it.
    Plain(Content),
    /// Only those it is for can.
    Encrypted(Encrypted),
    /// The server's own.
    Event(RoomEvent),
}

/// What an encrypted packet holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// The message's id, made by its sender.
    pub id: MessageId,
    /// When it was written, in milliseconds since 1970, by its sender's clock.
    pub time: u64,
    /// What it says.
    pub message: Content,
}

impl Shape for Letter {
    const FORM: Form = Form::Dict;
}

impl Letter {
    /// Its bytes: a dict.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LetterError> {
        let value = crate::shape::write(self).map_err(LetterError::Mapping)?;
        // Room for all of it from the start: a buffer that grows leaves copies of its content behind.
        let mut bytes = Vec::with_capacity(self.message.data.len() + AROUND);
        framing::encode(&value, &mut bytes).map_err(LetterError::Encode)?;
        Ok(bytes)
    }

    /// The letter that `bytes` are.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LetterError> {
        let value = framing::decode(bytes).map_err(LetterError::Read)?;
        crate::shape::read(value).map_err(LetterError::Shape)
    }
}

/// A letter cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// It is no value.
    #[error("{0}")]
    Read(anatomy::ReadError),
    /// A field does not fit.
    #[error("{0}")]
    Shape(crate::ShapeError),
    /// A field cannot be written.
    #[error("{0}")]
    Mapping(MappingError),
    /// It cannot be written.
    #[error("{0}")]
    Encode(framing::EncodeError),
}

impl Happened {
    const NAMES: [(Self, &'static str); 5] = [
        (Self::Created, "created"),
        (Self::Joined, "joined"),
        (Self::Left, "left"),
        (Self::Removed, "removed"),
        (Self::Owner, "owner"),
    ];

    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(what, _)| *what == self).map_or("", |(_, name)| name)
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(what, _)| *what)
    }
}

/// More than all that stands around the text of a letter, in bytes.
const AROUND: usize = 1 << 10;

const ENCRYPTED: u8 = 3;
const EVENT: u8 = 4;

/// All forms as they are written; which fields are there, the type says.
#[derive(Serialize, Deserialize, Default)]
struct Written {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fontsize: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fontcolor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply_to: Option<MessageId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<FileInfo>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_id: Option<KeyId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    index: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    packet: Option<ByteBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<ByteBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_id: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_name: Option<String>,
}

impl From<&Content> for Written {
    fn from(content: &Content) -> Self {
        let styled = !content.kind.is_change();
        Self {
            kind: content.kind as u8,
            data: (content.kind != Kind::Delete).then(|| content.data.clone()),
            fontsize: styled.then_some(content.fontsize),
            fontcolor: styled.then(|| content.fontcolor.clone()),
            reply_to: content.reply_to,
            file: content.file.clone(),
            ..Self::default()
        }
    }
}

impl From<&Envelope> for Written {
    fn from(envelope: &Envelope) -> Self {
        match envelope {
            Envelope::Plain(content) => content.into(),
            Envelope::Encrypted(message) => Self {
                kind: ENCRYPTED,
                key_id: Some(message.key_id),
                index: Some(message.index),
                packet: Some(ByteBuf::from(message.packet.clone())),
                signature: message.signature.clone().map(ByteBuf::from),
                ..Self::default()
            },
            Envelope::Event(event) => Self {
                kind: EVENT,
                event: Some(event.what.name().to_owned()),
                user_id: Some(event.user_id),
                user_name: Some(event.user_name.clone()),
                ..Self::default()
            },
        }
    }
}

impl Written {
    fn content<E: Error>(self) -> Result<Content, E> {
        let kind = Kind::from_number(self.kind).ok_or_else(|| match self.kind {
            known @ (ENCRYPTED | EVENT) => E::custom(format!("type must be 0 to 2 or 5 to 8, not {known}")),
            other => E::custom(format!("type {other} is none that this version knows")),
        })?;
        if kind.has_file() != self.file.is_some() {
            return Err(E::custom("images and files have a field `file`, nothing else has one"));
        }
        if kind.is_change() {
            return self.change(kind);
        }
        Ok(Content {
            kind,
            data: self.data.ok_or_else(|| E::missing_field("data"))?,
            fontsize: self.fontsize.unwrap_or_default(),
            fontcolor: self.fontcolor.unwrap_or_default(),
            reply_to: self.reply_to,
            file: self.file,
        })
    }

    /// What changes another message holds nothing that is not needed for it.
    fn change<E: Error>(self, kind: Kind) -> Result<Content, E> {
        let target = self.reply_to.ok_or_else(|| E::missing_field("reply_to"))?;
        let data = match kind {
            Kind::Delete => String::new(),
            _ => self.data.ok_or_else(|| E::missing_field("data"))?,
        };
        if kind == Kind::Edit && data.is_empty() {
            return Err(E::custom("an edit has a text"));
        }
        if matches!(kind, Kind::React | Kind::Unreact) {
            fields::reaction(&data).map_err(|refusal| E::custom(refusal.text))?;
        }
        Ok(Content { kind, data, reply_to: Some(target), ..Content::default() })
    }

    fn envelope<E: Error>(self) -> Result<Envelope, E> {
        match self.kind {
            ENCRYPTED => Ok(Envelope::Encrypted(Encrypted {
                key_id: self.key_id.ok_or_else(|| E::missing_field("key_id"))?,
                index: self.index.ok_or_else(|| E::missing_field("index"))?,
                packet: self.packet.ok_or_else(|| E::missing_field("packet"))?.into_vec(),
                signature: self.signature.map(ByteBuf::into_vec),
            })),
            EVENT => {
                let name = self.event.ok_or_else(|| E::missing_field("event"))?;
                Ok(Envelope::Event(RoomEvent {
                    what: Happened::from_name(&name).ok_or_else(|| E::custom("there is no such event"))?,
                    user_id: self.user_id.ok_or_else(|| E::missing_field("user_id"))?,
                    user_name: self.user_name.ok_or_else(|| E::missing_field("user_name"))?,
                }))
            }
            _ => self.content().map(Envelope::Plain),
        }
    }
}

macro_rules! written {
    ($type:ty, $read:ident) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Written::from(self).serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Written::deserialize(deserializer)?.$read()
            }
        }
    };
}

written!(Content, content);
written!(Envelope, envelope);

impl Envelope {
    /// As a value: for a store that keeps it as bytes.
    pub fn to_value(&self) -> Result<Value, MappingError> {
        framing::to_value(self)
    }

    /// The envelope that a value carries.
    pub fn from_value(value: Value) -> Result<Self, MappingError> {
        framing::from_value(value)
    }
}
