//! Files that are sent and saved: looked through, read, encrypted, written, decrypted, in pieces.
//!
//! ```text
//!            prepare, read, open, write, sent, cancel, forget
//!   core ───────────────────────────────────────▶ files ──▶ disk
//!        ◀───────────────────────────────────────   │  ▲
//!            prepared, piece, written, saved, failed ▼  │
//!                                                 preparer: whole files, one after the other
//! ```
//!
//! | file | idea |
//! |---|---|
//! | `prepare.rs` | one pass over a file that is to be sent: type, size, digest |
//! | `media_type.rs` | what a file is, from its content |
//! | `pieces.rs` | where pieces begin, on this side and on the server; sealing and opening them |
//! | `upload.rs` | reading the pieces of a file, which must still be what it was |
//! | `download.rs` | an unfinished file that grows, and becomes the file when all fits |
//! | `place.rs` | names on this disk |
//! | `store.rs` | what is remembered over a restart |
//! | `failure.rs` | what a file system says, as codes and sentences |
//!
//! Everything here is short, a piece at most, but for looking through a file: that has a thread of its own, so
//! nobody waits for it.

mod download;
mod failure;
mod media_type;
mod pieces;
mod place;
mod prepare;
mod store;
mod upload;

pub(crate) use place::whole_path;

use crate::core::{FilesEffect, FilesEvent};
use download::{Download, Progress};
use prepare::Job;
use std::collections::{HashMap, VecDeque};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use store::Store;
use uchat_protocol::content::FileInfo;
use uchat_protocol::{Code, MessageId, Refusal};
use upload::{Record, Upload};

/// The files worker. Dropping it stops it, after what it was told before; unfinished files stay, to be gone on with.
#[derive(Debug)]
pub struct Files {
    input: Sender<Input>,
    thread: Option<JoinHandle<()>>,
}

/// What the worker waits for.
enum Input {
    Effect(FilesEffect),
    /// The preparer is done with a file.
    Prepared(MessageId, Result<Record, Refusal>),
    Stop,
}

impl Files {
    /// Starts the worker. What must survive a restart is kept in the folder `files` of `dir`, the profile's folder; it
    /// holds keys of files, and only the owner may read it. `events` is called on the worker's thread.
    ///
    /// # Errors
    /// The folder cannot be made, or the operating system gives no threads.
    pub fn start(dir: &Path, events: impl Fn(FilesEvent) + Send + 'static) -> io::Result<Self> {
        let store = Store::open(dir)?;
        let (input, inbox) = channel();
        let (jobs, waiting) = channel();
        let (done, shelf) = (input.clone(), store.clone());
        let preparer = std::thread::Builder::new().name("prepare".to_owned()).spawn(move || {
            prepare::serve(&waiting, &shelf, |id, result| {
                let _ = done.send(Input::Prepared(id, result)); // the worker ends after this thread
            })
        })?;
        let worker = Worker {
            events: Box::new(events),
            store,
            jobs,
            preparing: HashMap::new(),
            uploads: VecDeque::new(),
            downloads: HashMap::new(),
        };
        let thread = std::thread::Builder::new().name("files".to_owned()).spawn(move || {
            worker.run(&inbox, preparer);
        })?;
        Ok(Self { input, thread: Some(thread) })
    }

    /// Something to do.
    pub fn send(&self, effect: FilesEffect) {
        let _ = self.input.send(Input::Effect(effect)); // the worker lives as long as this
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = self.input.send(Input::Stop);
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the files' thread has failed");
        }
    }
}

struct Worker {
    events: Box<dyn Fn(FilesEvent) + Send>,
    store: Store,
    jobs: Sender<Job>,
    /// Files that are looked through, or wait for it; set to true, it is given up.
    preparing: HashMap<MessageId, Arc<AtomicBool>>,
    /// The last [`OPEN_UPLOADS`] that were read from; what is needed for others lies in the store.
    uploads: VecDeque<(MessageId, Upload)>,
    downloads: HashMap<MessageId, Download>,
}

impl Worker {
    fn run(mut self, inbox: &Receiver<Input>, preparer: JoinHandle<()>) {
        self.store.sweep();
        while let Ok(input) = inbox.recv() {
            match input {
                Input::Effect(effect) => self.handle(effect),
                Input::Prepared(id, result) => self.prepared(id, result),
                Input::Stop => break,
            }
        }
        for given_up in self.preparing.values() {
            given_up.store(true, Ordering::Relaxed);
        }
        let Self { jobs, downloads, store, .. } = self;
        drop(jobs); // so the preparer ends
        for (id, download) in downloads {
            download.close(id, &store);
        }
        if preparer.join().is_err() {
            tracing::error!("the thread that looks through files has failed");
        }
    }

    fn handle(&mut self, effect: FilesEffect) {
        match effect {
            FilesEffect::Prepare { id, path, encrypted } => self.prepare(id, path, encrypted),
            FilesEffect::Read { id, offset } => match self.read(id, offset) {
                Ok(data) => (self.events)(FilesEvent::Piece { id, offset, data }),
                Err(refusal) => self.failed(id, refusal),
            },
            FilesEffect::Open { id, info, name, path } => match self.open(id, info, &name, &path) {
                Ok(offset) => (self.events)(FilesEvent::Written { id, offset }),
                Err(refusal) => self.failed(id, refusal),
            },
            FilesEffect::Write { id, data } => self.write(id, &data),
            FilesEffect::Sent(id) => self.forget_upload(id),
            FilesEffect::Cancel(id) => self.cancel(id),
            FilesEffect::Forget => self.forget(),
        }
    }

    fn failed(&self, id: MessageId, refusal: Refusal) {
        (self.events)(FilesEvent::Failed { id, refusal });
    }

    fn prepare(&mut self, id: MessageId, path: String, encrypted: bool) {
        self.uploads.retain(|(open, _)| *open != id);
        let path = whole_path(&path);
        let given_up = Arc::new(AtomicBool::new(false));
        self.preparing.insert(id, Arc::clone(&given_up));
        if self.jobs.send(Job { id, path, encrypted, given_up }).is_err() {
            self.preparing.remove(&id);
            self.failed(id, Code::ClientError.into());
        }
    }

    fn prepared(&mut self, id: MessageId, result: Result<Record, Refusal>) {
        let Some(given_up) = self.preparing.remove(&id) else { return };
        match result {
            _ if given_up.load(Ordering::Relaxed) => self.store.forget_upload(id),
            Ok(record) => (self.events)(FilesEvent::Prepared {
                id,
                content: record.content,
                digest: record.whole.into_array(),
            }),
            Err(refusal) => self.failed(id, refusal),
        }
    }

    fn read(&mut self, id: MessageId, offset: u64) -> Result<Vec<u8>, Refusal> {
        let at = match self.uploads.iter().position(|(open, _)| *open == id) {
            Some(at) => at,
            None => {
                let text = "it is not known any more which file this was; send it again";
                let record = self.store.upload(id).ok_or_else(|| Refusal::because(Code::NoSuchFile, text))?;
                if self.uploads.len() >= OPEN_UPLOADS {
                    self.uploads.pop_front();
                }
                self.uploads.push_back((id, Upload::open(record)?));
                self.uploads.len() - 1
            }
        };
        self.uploads[at].1.read(offset)
    }

    /// How much is here already.
    fn open(&mut self, id: MessageId, info: FileInfo, name: &str, path: &str) -> Result<u64, Refusal> {
        if let Some(download) = self.downloads.get(&id).filter(|open| open.is(&info, path)) {
            return Ok(download.received());
        }
        if let Some(other) = self.downloads.remove(&id) {
            other.discard(); // the same message, to another folder
        }
        let earlier = self.store.download(id);
        let mut download = Download::open(id, info, name, path, earlier)?;
        download.save(id, &self.store); // from now on it is known whose the unfinished file is
        let received = download.received();
        self.downloads.insert(id, download);
        Ok(received)
    }

    fn write(&mut self, id: MessageId, data: &[u8]) {
        // One that has failed was told so; pieces that were on their way then mean nothing.
        let Some(mut download) = self.downloads.remove(&id) else { return };
        match download.write(data) {
            Ok(Progress::At(offset)) => {
                download.save_now_and_then(id, &self.store);
                self.downloads.insert(id, download);
                (self.events)(FilesEvent::Written { id, offset });
            }
            Ok(Progress::Whole) => match download.finish() {
                Ok(path) => {
                    self.store.forget_download(id);
                    (self.events)(FilesEvent::Saved { id, path });
                }
                Err((download, refusal)) => self.broken(id, *download, refusal),
            },
            Err(refusal) => self.broken(id, download, refusal),
        }
    }

    /// What does not fit is thrown away; what only could not be written stays, for another attempt.
    fn broken(&self, id: MessageId, download: Download, refusal: Refusal) {
        if refusal.code == Code::FileMismatch {
            download.discard();
            self.store.forget_download(id);
        } else {
            download.close(id, &self.store);
        }
        self.failed(id, refusal);
    }

    fn forget_upload(&mut self, id: MessageId) {
        self.uploads.retain(|(open, _)| *open != id);
        self.store.forget_upload(id);
    }

    fn forget(&mut self) {
        for given_up in self.preparing.values() {
            given_up.store(true, Ordering::Relaxed);
        }
        self.uploads.clear();
        self.downloads.drain().for_each(|(_, download)| download.discard());
        self.store.clear();
    }

    fn cancel(&mut self, id: MessageId) {
        if let Some(given_up) = self.preparing.get(&id) {
            given_up.store(true, Ordering::Relaxed);
        }
        self.forget_upload(id);
        if let Some(download) = self.downloads.remove(&id) {
            download.discard();
        } else if let Some(unfinished) = self.store.download(id) {
            unfinished.discard();
        }
        self.store.forget_download(id);
    }
}

/// How many files that are sent are kept open.
const OPEN_UPLOADS: usize = 8;
