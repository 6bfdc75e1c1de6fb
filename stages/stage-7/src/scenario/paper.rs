//! Requests and certificates: files of some hundred bytes, sent as stage 4 sends files, but kept in memory.

use echo::lab::Failure;
use framing::transfer::{Answer, Offer};
use framing::{FrameStream, MappingError};
use sha2::{Digest, Sha256};

/// The most bytes of such a file.
pub(super) const LARGEST: u64 = 16 << 10;

/// A paper on its way to us.
#[derive(Debug)]
pub(super) struct Incoming {
    offer: Offer,
    bytes: Vec<u8>,
}

impl Incoming {
    /// Reads an offer; it is to be answered with [`accepted`].
    pub(super) fn offered(frame: &[u8]) -> Result<Self, String> {
        let offer = Offer::from_bytes(frame).map_err(|e| format!("this is not the offer of a file: {e}"))?;
        match offer.size {
            0 => Err("the file is empty".into()),
            size if size > LARGEST => Err(format!("the file has {size} bytes; {LARGEST} is the most here")),
            _ if offer.offset > 0 => Err("the file must be offered from its first byte".into()),
            _ => Ok(Self { offer, bytes: Vec::new() }),
        }
    }

    /// Takes the next bytes; true once it is whole.
    pub(super) fn take(&mut self, frame: &[u8]) -> Result<bool, String> {
        let left = self.offer.size - self.bytes.len() as u64;
        if frame.is_empty() || frame.len() as u64 > left {
            return Err(format!("{} bytes came; {left} are missing", frame.len()));
        }
        self.bytes.extend_from_slice(frame);
        if frame.len() as u64 != left {
            return Ok(false);
        }
        if Sha256::digest(&self.bytes)[..] != self.offer.sha256 {
            return Err("the file was damaged on its way: its digest does not fit".into());
        }
        Ok(true)
    }

    /// Its text.
    pub(super) fn into_text(self) -> Result<String, String> {
        String::from_utf8(self.bytes).map_err(|_| "the file is no text".into())
    }
}

/// The answer to an offer: all of it, please.
pub(super) fn accepted() -> Result<Vec<u8>, MappingError> {
    Answer::From(0).to_bytes()
}

/// A paper on its way from us.
#[derive(Debug)]
pub(super) struct Outgoing(Vec<u8>);

impl Outgoing {
    /// And the frame that offers it.
    pub(super) fn new(name: String, text: String) -> Result<(Self, Vec<u8>), MappingError> {
        let bytes = text.into_bytes();
        let sha256 = Sha256::digest(&bytes).into();
        let offer = Offer { name, size: bytes.len() as u64, offset: 0, sha256 };
        Ok((Self(bytes), offer.to_bytes()?))
    }

    /// The bytes that the receiver asks for.
    pub(super) fn wanted(&self, frame: &[u8]) -> Result<&[u8], String> {
        let offset = match Answer::from_bytes(frame).map_err(|e| e.to_string())? {
            Answer::From(offset) => usize::try_from(offset).ok(),
            Answer::Done | Answer::Problem(_) => None,
        };
        let rest = offset.and_then(|offset| self.0.get(offset..)).filter(|rest| !rest.is_empty());
        rest.ok_or_else(|| "the receiver does not want the file that it has asked for".into())
    }
}

/// Waits for a paper on a socket.
pub(super) fn receive(stream: &mut FrameStream) -> Result<String, Failure> {
    let frame = stream.receive()?;
    if let Ok(Answer::Problem(sentence)) = Answer::from_bytes(&frame) {
        return Err(Failure::new(format!("the other side refuses: {}", anatomy::quoted(&sentence))));
    }
    let mut incoming = Incoming::offered(&frame).map_err(Failure::new)?;
    stream.send(&accepted().map_err(failed)?)?;
    while !incoming.take(&stream.receive()?).map_err(Failure::new)? {}
    stream.send(&Answer::Done.to_bytes().map_err(failed)?)?;
    incoming.into_text().map_err(Failure::new)
}

fn failed(error: MappingError) -> Failure {
    Failure::new(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_arrives_in_any_pieces_and_damage_is_found() {
        let (outgoing, offer) = Outgoing::new("a.pem".into(), "some text".into()).unwrap();
        let bytes = outgoing.wanted(&accepted().unwrap()).unwrap();
        for cut in 1..bytes.len() {
            let mut incoming = Incoming::offered(&offer).unwrap();
            assert_eq!(incoming.take(&bytes[..cut]), Ok(false));
            assert_eq!(incoming.take(&bytes[cut..]), Ok(true));
            assert_eq!(incoming.into_text().unwrap(), "some text");
        }
        assert!(Incoming::offered(&offer).unwrap().take(b"same size").unwrap_err().contains("damaged"));
        assert!(Incoming::offered(&offer).unwrap().take(b"").is_err());
        assert!(Incoming::offered(&offer).unwrap().take(b"far too long").is_err());
        let done = Answer::Done.to_bytes().unwrap();
        assert!(outgoing.wanted(&done).is_err() && outgoing.wanted(b"").is_err());
    }

    #[test]
    fn huge_and_empty_papers_are_refused_before_a_byte_of_them_comes() {
        for (size, part) in [(0, "empty"), (LARGEST + 1, "16384 is the most"), (u64::MAX, "is the most")] {
            let offer = Offer { name: "x".into(), size, offset: 0, sha256: [0; 32] };
            assert!(Incoming::offered(&offer.to_bytes().unwrap()).unwrap_err().contains(part), "{size}");
        }
        assert!(Incoming::offered(b"\x01nonsense").is_err());
    }
}
