//! What the messenger's messages travel over: six lessons, the signed channel, or TLS.

use std::fmt;

/// A lesson: the messenger on an early stage of the ladder, with all its faults. The number is that of the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Lesson {
    /// Messages straight on TCP.
    Plain = 1,
    /// The same after a challenge.
    Challenge = 2,
    /// The wire of [`Challenge`](Self::Challenge); the server's model is what is new.
    Many = 3,
    /// Each message in a frame.
    Frames = 4,
    /// Frames under RC4, with a key that both sides agree on.
    Rc4 = 5,
    /// Packets: AES-CBC, and a digest without a key.
    Packets = 6,
}

impl Lesson {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Plain, Self::Challenge, Self::Many, Self::Frames, Self::Rc4, Self::Packets];

    /// The lesson of this number, 1 to 6.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|lesson| lesson.number() == number)
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// What is missing at this layer, as a part of a sentence.
    fn missing(self) -> &'static str {
        match self {
            Self::Plain => {
                "nothing is protected: anybody may connect, and everybody on the way reads and changes all"
            }
            Self::Challenge => {
                "a challenge keeps strangers out, but everybody on the way reads and changes all"
            }
            Self::Many => {
                "many are served at once, and a challenge keeps strangers out, but everybody on the way reads and \
                 changes all"
            }
            Self::Frames => {
                "messages stay apart and strangers out, but everybody on the way reads and changes all"
            }
            Self::Rc4 => {
                "who only listens reads nothing, but flipped bits go unnoticed, and a man in the middle reads all"
            }
            Self::Packets => {
                "single flipped bits are found, but the digest has no key: who sits in between forges, repeats and \
                 reads all"
            }
        }
    }
}

/// What the messenger's messages travel over. It is chosen before a connection begins and never negotiated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Transport {
    /// One of the lessons, on loopback only.
    Lesson(Lesson),
    /// The signed channel of stage 7: the default.
    #[default]
    Signed,
    /// TLS 1.3, with the same certificates.
    Tls,
}

impl Transport {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Lesson(Lesson::Plain),
        Self::Lesson(Lesson::Challenge),
        Self::Lesson(Lesson::Many),
        Self::Lesson(Lesson::Frames),
        Self::Lesson(Lesson::Rc4),
        Self::Lesson(Lesson::Packets),
        Self::Signed,
        Self::Tls,
    ];

    /// The transport that `--lesson N` and `--tls` ask for. Lesson 7 is the default.
    ///
    /// # Errors
    /// A sentence: there is no such lesson, or both were given.
    pub fn from_options(lesson: Option<u8>, tls: bool) -> Result<Self, String> {
        match (lesson, tls) {
            (Some(_), true) => Err("--lesson and --tls exclude each other: give one".to_owned()),
            (None, true) => Ok(Self::Tls),
            (None | Some(7), false) => Ok(Self::Signed),
            (Some(number), false) => Lesson::from_number(number)
                .map(Self::Lesson)
                .ok_or_else(|| format!("--lesson takes 1 to 7, not {number}; 7 is the default")),
        }
    }

    /// The lesson, if it is one.
    #[must_use]
    pub fn lesson(self) -> Option<Lesson> {
        match self {
            Self::Lesson(lesson) => Some(lesson),
            Self::Signed | Self::Tls => None,
        }
    }

    /// Whether people's messages must be encrypted from end to end.
    #[must_use]
    pub fn encrypted(self) -> bool {
        !self.loopback_only()
    }

    /// Whether it may only be spoken on this machine.
    #[must_use]
    pub fn loopback_only(self) -> bool {
        matches!(self, Self::Lesson(_))
    }

    /// As people read it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lesson(Lesson::Plain) => "lesson 1",
            Self::Lesson(Lesson::Challenge) => "lesson 2",
            Self::Lesson(Lesson::Many) => "lesson 3",
            Self::Lesson(Lesson::Frames) => "lesson 4",
            Self::Lesson(Lesson::Rc4) => "lesson 5",
            Self::Lesson(Lesson::Packets) => "lesson 6",
            Self::Signed => "the signed channel",
            Self::Tls => "TLS",
        }
    }

    /// Where a lesson keeps its data, accounts and keys, below the folder of the others.
    #[must_use]
    pub fn folder(self) -> Option<String> {
        self.lesson().map(|lesson| format!("lessons/{}", lesson.number()))
    }

    /// The warning that both sides of a lesson show: what is missing, and what not to do.
    #[must_use]
    pub fn banner(self) -> Option<String> {
        match self {
            Self::Lesson(lesson) => Some(format!(
                "Lesson {}: {}. For this machine only; use no password here that you use anywhere else.",
                lesson.number(),
                lesson.missing()
            )),
            Self::Signed | Self::Tls => None,
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
