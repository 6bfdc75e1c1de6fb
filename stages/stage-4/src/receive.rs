//! The receiving side: offers come in, files appear in a folder.

use crate::partial::{Partial, present};
use crate::transfer::{Answer, CHUNK, Offer};
use crate::{FRAME_PATIENCE, FrameService, Outgoing};
use echo::lab;
use socketserver::Close;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Receives files into one folder, one after the other on each connection.
///
/// It reads and writes files where it stands, and so belongs under
/// [`ThreadingTcpServer`](socketserver::ThreadingTcpServer), where only its own client waits with it.
#[derive(Debug)]
pub struct FileReceiver {
    peer: SocketAddr,
    dir: PathBuf,
    most: u64,
    current: Option<Box<Partial>>,
}

impl FileReceiver {
    /// For one client: files of at most `most` bytes go to `dir`.
    #[must_use]
    pub fn new(peer: SocketAddr, dir: PathBuf, most: u64) -> Self {
        Self { peer, dir, most, current: None }
    }

    fn offer(&mut self, frame: &[u8], out: &mut Outgoing<'_>) -> Result<(), Close> {
        match self.open(frame) {
            Ok(Opened::Present(size)) => {
                answer(out, &Answer::From(size))?;
                answer(out, &Answer::Done)
            }
            Ok(Opened::Partial(partial)) => {
                answer(out, &Answer::From(partial.length()))?;
                self.current = Some(partial);
                self.finish_if_complete(out)
            }
            Err(sentence) => refuse(out, sentence),
        }
    }

    /// What we have of the file that is offered.
    fn open(&self, frame: &[u8]) -> Result<Opened, String> {
        let offer = Offer::from_bytes(frame).map_err(|e| format!("this is not the offer of a file: {e}"))?;
        if offer.size > self.most {
            return Err(format!(
                "the file has {} bytes; this receiver takes at most {}",
                offer.size, self.most
            ));
        }
        if present(&self.dir, &offer).is_some() {
            return Ok(Opened::Present(offer.size));
        }
        let partial = Partial::open(&self.dir, &offer)?;
        let here = partial.length();
        // Whoever held the file before us may have finished it just now.
        if here == 0 && present(&self.dir, &offer).is_some() {
            return Ok(Opened::Present(offer.size));
        }
        if here < offer.offset {
            return Err(format!("the file is offered from byte {}, but {here} are here", offer.offset));
        }
        Ok(Opened::Partial(Box::new(partial)))
    }

    fn finish_if_complete(&mut self, out: &mut Outgoing<'_>) -> Result<(), Close> {
        match self.current.take_if(|partial| partial.missing() == 0).map(|partial| partial.finish()) {
            None => Ok(()),
            Some(Ok(name)) => {
                lab::log(format_args!("{} sent {}", self.peer, anatomy::quoted(&name)));
                answer(out, &Answer::Done)
            }
            Some(Err(sentence)) => refuse(out, sentence),
        }
    }
}

/// What is in the folder when a file is offered.
enum Opened {
    /// All of it, under its own name: so many bytes.
    Present(u64),
    /// A part of it, perhaps none.
    Partial(Box<Partial>),
}

impl FrameService for FileReceiver {
    fn frame(&mut self, payload: &[u8], out: &mut Outgoing<'_>) -> Result<(), Close> {
        match &mut self.current {
            None => self.offer(payload, out),
            Some(_) if payload.is_empty() || payload.len() > CHUNK => refuse(
                out,
                format!("a frame of {} bytes came; a file travels in 1 to {CHUNK}", payload.len()),
            ),
            Some(partial) => match partial.write(payload) {
                Ok(()) => self.finish_if_complete(out),
                Err(sentence) => refuse(out, sentence),
            },
        }
    }

    fn patience(&self) -> Option<Duration> {
        // A sender that vanished without a word must not keep its unfinished file locked for ever.
        self.current.as_ref().map(|_| FRAME_PATIENCE)
    }

    fn finish(&mut self) {
        if let Some(partial) = self.current.take() {
            let (length, missing) = (partial.length(), partial.missing());
            lab::log(format_args!("{} left {length} bytes here, {missing} are missing", self.peer));
        }
    }
}

fn answer(out: &mut Outgoing<'_>, answer: &Answer) -> Result<(), Close> {
    out.frame(&answer.to_bytes().map_err(|e| Close::because(e.to_string()))?)
}

/// Tells the sender, then ends the connection: after a refusal its next frames would mean nothing.
fn refuse(out: &mut Outgoing<'_>, sentence: String) -> Result<(), Close> {
    answer(out, &Answer::Problem(sentence.clone()))?;
    Err(Close::because(format!("refused: {sentence}")))
}
