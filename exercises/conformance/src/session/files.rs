//! Stage 4's transfer of files, from the sender's side.

use super::framed::{any_frame, frame};
use super::words::random;
use crate::case::{Outcome, Wrong, holds};
use crate::target::Target;
use crate::wire::Wire;
use echo::lab::hex;
use framing::transfer::{CHUNK, DIGEST_LENGTH};
use framing::{Value, decode, encode};
use sha2::{Digest, Sha256};

/// What is sent.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

impl File {
    /// With a name and a content that nobody has had.
    pub(crate) fn new(size: usize) -> Outcome<Self> {
        let name = format!("kit-{}", hex(&random::<8>()?));
        Ok(Self { bytes: name.bytes().cycle().take(size).collect(), name: name + ".txt" })
    }

    pub(crate) fn digest(&self) -> [u8; DIGEST_LENGTH] {
        Sha256::digest(&self.bytes).into()
    }
}

pub(crate) fn offer(name: &str, size: u64, offset: u64, digest: &[u8]) -> Value {
    Value::Dict(vec![
        ("name".to_owned(), Value::from(name)),
        ("size".to_owned(), Value::Int(size)),
        ("offset".to_owned(), Value::Int(offset)),
        ("sha256".to_owned(), Value::Bytes(digest.to_vec())),
    ])
}

/// A connection on which files are offered.
pub(crate) struct Sending(pub(crate) Wire);

impl Sending {
    pub(crate) fn begin(target: &Target) -> Outcome<Self> {
        target.admitted().map(Self)
    }

    pub(crate) fn says(&mut self, payload: &[u8]) -> Outcome {
        self.0.send(&frame(payload)?)
    }

    pub(crate) fn offer_value(&mut self, value: &Value) -> Outcome {
        let mut bytes = Vec::new();
        encode(value, &mut bytes)
            .map_err(|error| Wrong::failed(format!("the kit cannot write this offer: {error}")))?;
        self.says(&bytes)
    }

    pub(crate) fn offer(&mut self, file: &File, offset: u64) -> Outcome {
        self.offer_value(&offer(&file.name, file.bytes.len() as u64, offset, &file.digest()))
    }

    /// Bytes of the file, in frames.
    pub(crate) fn says_all(&mut self, bytes: &[u8], each: usize) -> Outcome {
        bytes.chunks(each).try_for_each(|chunk| self.says(chunk))
    }

    fn next(&mut self) -> Outcome<Value> {
        let payload = any_frame(&mut self.0, CHUNK)?;
        decode(&payload).map_err(|error| Wrong::Failed {
            what: format!("the frame holds no value: {error}"),
            expected: None,
            found: Some(payload),
        })
    }

    pub(crate) fn hears(&mut self, expected: &Value) -> Outcome {
        let found = self.next()?;
        holds(found == *expected, || format!("{expected:?} expected, {found:?} came"))
    }

    /// A sentence, then the end.
    pub(crate) fn refused(&mut self) -> Outcome {
        match self.next()? {
            Value::Str(_) => self.0.closes(),
            other => Err(Wrong::failed(format!("a str expected that says what is wrong, {other:?} came"))),
        }
    }
}

/// Sends a file of which so many bytes should be there already.
pub(crate) fn sent(sending: &mut Sending, file: &File, there: usize) -> Outcome {
    sending.offer(file, 0)?;
    sending.hears(&Value::Int(there as u64))?;
    sending.says_all(file.bytes.get(there..).unwrap_or_default(), CHUNK)?;
    sending.hears(&Value::Bool(true))
}
