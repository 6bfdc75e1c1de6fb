//! The shared key: from the command line, from a file, or the course's default.

use crate::ANSWER_LENGTH;
use echo::lab::{Failure, Opt, Options, io_failure};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// A shared key, of any length but zero, ready for use.
#[derive(Clone)]
pub struct Key {
    // HMAC begins with the key and nothing else (RFC 2104, section 2), so this state is all we keep.
    pub(crate) mac: Hmac<Md5>,
}

/// The options that choose the key; every server and client from stage 2 to 6 takes them.
pub const KEY: &[Opt] = &[
    Opt { name: "key", value: Some("KEY"), help: "the shared key; without it the course's default key" },
    Opt { name: "key-file", value: Some("FILE"), help: "read the shared key from FILE" },
    Opt { name: "open", value: None, help: "no challenge: talk to anybody, as stage 1 does" },
];

impl Key {
    /// A key of these bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, Failure> {
        if bytes.is_empty() {
            return Err(Failure::Usage("an empty key is no key: everybody knows it".into()));
        }
        let mac =
            Hmac::new_from_slice(bytes).map_err(|e| Failure::Usage(format!("this key is no use: {e}")))?;
        Ok(Self { mac })
    }

    /// The key that the options ask for; `None` for `--open`.
    pub fn from_options(options: &Options) -> Result<Option<Self>, Failure> {
        let text = options.text("key")?;
        let file = options.path("key-file");
        match (text, file, options.has("open")) {
            (None, None, false) => Self::new(DEFAULT.as_bytes()).map(Some),
            (Some(text), None, false) => Self::new(text.as_bytes()).map(Some),
            (None, Some(path), false) => Self::load(&path).map(Some),
            (None, None, true) => Ok(None),
            _ => Err(Failure::Usage("--key, --key-file and --open exclude each other: give one".into())),
        }
    }

    /// HMAC-MD5 of these bytes, one part after the other: for layers that put more into it than a challenge.
    #[must_use]
    pub fn authenticate(&self, parts: &[&[u8]]) -> [u8; ANSWER_LENGTH] {
        self.mac_of(parts).finalize().into_bytes().into()
    }

    /// Whether `answer` is that; in constant time.
    #[must_use]
    pub fn accepts(&self, parts: &[&[u8]], answer: &[u8; ANSWER_LENGTH]) -> bool {
        self.mac_of(parts).verify_slice(answer).is_ok()
    }

    fn mac_of(&self, parts: &[&[u8]]) -> Hmac<Md5> {
        parts.iter().fold(self.mac.clone(), |mac, part| mac.chain_update(part))
    }

    /// The content of a file of at most 64 KiB. One newline at its end is the editor's, not the key's.
    pub fn load(path: &Path) -> Result<Self, Failure> {
        let failed = |e| io_failure(&format!("cannot read the key file {}", path.display()), &e);
        let mut bytes = Vec::new();
        File::open(path).map_err(failed)?.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > MAX_FILE {
            return Err(Failure::new(format!("the key file {} is larger than 64 KiB", path.display())));
        }
        drop_newline(&mut bytes);
        Self::new(&bytes).map_err(|_| Failure::new(format!("the key file {} holds no key", path.display())))
    }
}

/// Takes one newline (LF or CR LF) from the end of what was read from a file: editors put it there.
pub fn drop_newline(bytes: &mut Vec<u8>) {
    if bytes.pop_if(|byte| *byte == b'\n').is_some() {
        bytes.pop_if(|byte| *byte == b'\r');
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(secret)") // a key must not appear in a log by accident
    }
}

const DEFAULT: &str = "Jedan has a big key!";
const MAX_FILE: u64 = 64 << 10;
