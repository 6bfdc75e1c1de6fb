//! Looking through a file that is to be sent: one pass, a piece in memory at a time.
//!
//! It is read again to be sent, and both passes must give the same bytes: the file key and the number of a piece
//! decide its packet, see [`uchat_protocol::e2e::file`].

use super::failure::unreadable;
use super::media_type::Recogniser;
use super::pieces::Pieces;
use super::store::Store;
use super::upload::{Record, open_file, piece_digest};
use certificates::folder::system_random;
use rand::CryptoRng;
use serde_bytes::{ByteArray, ByteBuf};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use uchat_protocol::content::{FileInfo, Kind};
use uchat_protocol::e2e::file::FileKey;
use uchat_protocol::limits::FILE_PIECE;
use uchat_protocol::{Code, Content, FileName, MessageId, Refusal};

/// A file to look through.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) id: MessageId,
    pub(super) path: String,
    pub(super) encrypted: bool,
    /// Set when nobody wants it any more.
    pub(super) given_up: Arc<AtomicBool>,
}

/// Does one job after the other, until there are no more to come.
pub(super) fn serve(jobs: &Receiver<Job>, store: &Store, done: impl Fn(MessageId, Result<Record, Refusal>)) {
    while let Ok(job) = jobs.recv() {
        let result = prepare(&job, store.upload(job.id)).and_then(|record| {
            store.save_upload(job.id, &record)?;
            Ok(record)
        });
        done(job.id, result);
    }
}

/// Looks through a file. If it is the one of an `earlier` attempt at the same message, and has not changed, the answer
/// is the same: what the server has of it still fits.
fn prepare(job: &Job, earlier: Option<Record>) -> Result<Record, Refusal> {
    let earlier = earlier.filter(|record| record.path == job.path);
    if let Some(record) = &earlier
        && let Some(info) = &record.content.file
        && info.key.is_some() == job.encrypted
    {
        let again = pass(job, info.name, info.key.as_ref().map(|key| FileKey::from_bytes(key)))?;
        if again == *record {
            return Ok(again);
        }
    }
    // Another content never goes under a name and a key that were used before.
    let mut random = system_random().map_err(|e| Refusal::because(Code::ClientError, e.to_string()))?;
    let key = job.encrypted.then(|| FileKey::random(&mut random));
    pass(job, FileName::random(&mut random as &mut dyn CryptoRng), key)
}

fn pass(job: &Job, name: FileName, key: Option<FileKey>) -> Result<Record, Refusal> {
    let path = Path::new(&job.path);
    let mut file = open_file(path)?;
    let key_bytes = key.as_ref().map(|key| ByteArray::new(*key.bytes()));
    let pieces = Pieces::new(u64::MAX, key); // the size is known at the end
    let (mut size, mut index, mut stored) = (0, 0, 0);
    let (mut recogniser, mut digests) = (Recogniser::default(), Vec::new());
    let (mut sha256, mut whole) = (Sha256::new(), Sha256::new());
    loop {
        if job.given_up.load(Ordering::Relaxed) {
            return Err(Code::Cancelled.into());
        }
        let mut text = Vec::with_capacity(FILE_PIECE);
        let read = file.by_ref().take(FILE_PIECE as u64).read_to_end(&mut text);
        read.map_err(|error| unreadable(path, &error))?;
        if text.is_empty() {
            break;
        }
        let last = text.len() < FILE_PIECE;
        size += text.len() as u64;
        recogniser.push(&text);
        whole.update(&text);
        let sealed = pieces
            .seal(index, text)
            .map_err(|error| Refusal::because(Code::ClientError, error.to_string()))?;
        sha256.update(&sealed);
        digests.extend_from_slice(&piece_digest(&sealed));
        (index, stored) = (index + 1, stored + sealed.len() as u64);
        if last {
            break;
        }
    }
    let media_type = recogniser.media_type();
    let info = FileInfo {
        name,
        size,
        media_type: media_type.to_owned(),
        stored,
        sha256: ByteArray::new(sha256.finalize().into()),
        key: key_bytes,
    };
    let content = Content {
        kind: if media_type.starts_with("image/") { Kind::Image } else { Kind::File },
        data: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        file: Some(info),
        ..Content::default()
    };
    let whole = ByteArray::new(whole.finalize().into());
    Ok(Record { path: job.path.clone(), content, whole, digests: ByteBuf::from(digests) })
}
