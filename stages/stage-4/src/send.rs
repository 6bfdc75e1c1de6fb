//! The sending side: offer a file, learn where to begin, send the rest.

use crate::FrameStream;
use crate::partial::hash;
use crate::transfer::{Answer, CHUNK, Offer};
use echo::lab::{Failure, io_failure};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// What was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The name in the offer.
    pub name: String,
    /// The file's size in bytes.
    pub size: u64,
    /// How many of them were there already.
    pub resumed: u64,
}

/// Sends the file at `path`, from the byte that the receiver asks for.
pub fn send_file(stream: &mut FrameStream, path: &Path) -> Result<Sent, Failure> {
    let about = |what: &str| format!("{} {what}", path.display());
    let failed = |e| io_failure(&about("cannot be read"), &e);
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or_else(|| Failure::new(about("has no name that can be sent (it must be Unicode)")))?;
    let mut file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(Failure::new(about("is not a file")));
    }
    let size = metadata.len();
    let mut digest = Sha256::new();
    hash(&mut file, size, &mut digest).map_err(failed)?;
    let offer = Offer { name: name.to_owned(), size, offset: 0, sha256: digest.finalize().into() };
    stream.send(&offer.to_bytes().map_err(|e| Failure::new(e.to_string()))?)?;

    let resumed = match answer(stream)? {
        Answer::From(offset) if offset <= size => offset,
        Answer::From(offset) => {
            return Err(Failure::new(format!("the receiver asks for byte {offset} of a file of {size}")));
        }
        Answer::Problem(sentence) => return Err(refused(&sentence)),
        Answer::Done => {
            return Err(Failure::new("the receiver says that it has the file before it was sent"));
        }
    };
    file.seek(SeekFrom::Start(resumed)).map_err(failed)?;
    let mut left = size - resumed;
    let mut chunk = vec![0; CHUNK];
    while left > 0 {
        // A receiver that cannot go on says so and closes; later the sentence would be lost.
        if stream.has_news() {
            return Err(early(stream));
        }
        let wanted = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        let read = file.read(&mut chunk[..wanted]).map_err(failed)?;
        if read == 0 {
            return Err(Failure::new(about("became shorter while it was being sent")));
        }
        if let Err(failure) = stream.send(&chunk[..read]) {
            return Err(if stream.has_news() { early(stream) } else { failure });
        }
        left -= read as u64;
    }
    match answer(stream).map_err(|failure| cut_off(&failure))? {
        Answer::Done => Ok(Sent { name: offer.name, size, resumed }),
        Answer::Problem(sentence) => Err(refused(&sentence)),
        Answer::From(_) => {
            Err(Failure::new("the receiver asks for bytes again instead of confirming the file"))
        }
    }
}

fn answer(stream: &mut FrameStream) -> Result<Answer, Failure> {
    let frame = stream.receive()?;
    Answer::from_bytes(&frame).map_err(|e| Failure::new(format!("the receiver's answer makes no sense: {e}")))
}

/// What came while we were still sending.
fn early(stream: &mut FrameStream) -> Failure {
    match answer(stream) {
        Ok(Answer::Problem(sentence)) => refused(&sentence),
        Ok(_) => Failure::new("the receiver answered before it had the whole file"),
        Err(failure) => cut_off(&failure),
    }
}

fn cut_off(failure: &Failure) -> Failure {
    Failure::new(format!(
        "the connection ended before the file was confirmed ({failure}); send it again to resume"
    ))
}

fn refused(sentence: &str) -> Failure {
    // The sentence comes from the other side: no control characters of its own on our terminal.
    Failure::new(format!("the receiver says: {}", anatomy::quoted(sentence)))
}
