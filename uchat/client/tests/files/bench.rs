//! A files worker under test, with a folder of its own.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use tempfile::TempDir;
use uchat_client::core::{FilesEffect, FilesEvent};
use uchat_client::files::Files;
use uchat_protocol::content::FileInfo;
use uchat_protocol::{Code, Content, MessageId};

pub(crate) const ID: MessageId = MessageId([0xab; 16]);
pub(crate) const OTHER: MessageId = MessageId([0xcd; 16]);

pub(crate) struct Bench {
    pub(crate) dir: TempDir,
    files: Option<Files>,
    events: Receiver<FilesEvent>,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let (files, events) = start(&dir);
        Self { dir, files: Some(files), events }
    }

    /// Stops the worker and starts another one on the same profile.
    pub(crate) fn restart(&mut self) {
        self.files = None;
        assert!(self.events.try_recv().is_err(), "nothing was told that nobody has asked for");
        let (files, events) = start(&self.dir);
        (self.files, self.events) = (Some(files), events);
    }

    pub(crate) fn send(&self, effect: FilesEffect) {
        self.files.as_ref().unwrap().send(effect);
    }

    pub(crate) fn event(&self) -> FilesEvent {
        self.events.recv_timeout(Duration::from_secs(60)).expect("an event within a minute")
    }

    /// Does one thing, and waits for what is told.
    pub(crate) fn ask(&self, effect: FilesEffect) -> FilesEvent {
        self.send(effect);
        self.event()
    }

    /// A file to be sent.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// A folder to save in; it need not be there.
    pub(crate) fn folder(&self) -> PathBuf {
        self.dir.path().join("saved")
    }

    /// The names in that folder.
    pub(crate) fn saved(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder()).into_iter().flatten();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// How many files the worker remembers something of.
    pub(crate) fn remembered(&self) -> usize {
        std::fs::read_dir(self.dir.path().join("files")).unwrap().count()
    }

    pub(crate) fn prepared(&self, path: &str, encrypted: bool) -> Content {
        match self.ask(FilesEffect::Prepare { id: ID, path: path.to_owned(), encrypted }) {
            FilesEvent::Prepared { id: ID, content, .. } => content,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn refused(&self, effect: FilesEffect, expected: Code) -> String {
        match self.ask(effect) {
            FilesEvent::Failed { id: ID, refusal } => {
                assert_eq!(refusal.code, expected, "{refusal}");
                refusal.text
            }
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn piece(&self, at: u64) -> Vec<u8> {
        match self.ask(FilesEffect::Read { id: ID, offset: at }) {
            FilesEvent::Piece { id: ID, offset, data } if offset == at => data,
            other => panic!("{other:?}"),
        }
    }

    /// All that lies on the server in the end.
    pub(crate) fn upload(&self, info: &FileInfo) -> Vec<u8> {
        let mut stored = Vec::new();
        while (stored.len() as u64) < info.stored {
            stored.extend(self.piece(stored.len() as u64));
        }
        stored
    }

    pub(crate) fn open(&self, info: &FileInfo, name: &str) -> FilesEffect {
        let path = self.folder().to_str().unwrap().to_owned();
        FilesEffect::Open { id: ID, info: info.clone(), name: name.to_owned(), path }
    }

    pub(crate) fn opened(&self, info: &FileInfo, name: &str) -> u64 {
        written(self.ask(self.open(info, name)))
    }

    pub(crate) fn write(&self, data: &[u8]) -> FilesEvent {
        self.ask(FilesEffect::Write { id: ID, data: data.to_vec() })
    }
}

pub(crate) fn written(event: FilesEvent) -> u64 {
    match event {
        FilesEvent::Written { id: ID, offset } => offset,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn saved(event: FilesEvent) -> String {
    match event {
        FilesEvent::Saved { id: ID, path } => path,
        other => panic!("{other:?}"),
    }
}

fn start(dir: &TempDir) -> (Files, Receiver<FilesEvent>) {
    let (events, inbox) = channel();
    let files = Files::start(dir.path(), move |event| {
        let _ = events.send(event);
    });
    (files.unwrap(), inbox)
}

/// Bytes that are no text, and none like the other.
pub(crate) fn bytes(size: usize) -> Vec<u8> {
    (0..size as u64).map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8 | 0x80).collect()
}
