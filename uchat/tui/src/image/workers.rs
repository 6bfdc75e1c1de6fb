//! Two threads that measure and decode images beside the loop. A decoder that panics takes nothing with it.

use super::{Graphics, Picture, Source, Trouble, Way, read};
use crate::app::Done;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

/// Something to be found out about an image.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Request {
    /// Width and height of the image in this file.
    Measure(Source),
    /// A picture of it.
    Draw(Draw),
}

impl Request {
    /// The file.
    #[must_use]
    pub fn file(&self) -> &Source {
        match self {
            Self::Measure(file) => file,
            Self::Draw(draw) => &draw.file,
        }
    }
}

/// A picture that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Draw {
    /// The file.
    pub file: Source,
    /// Width and height in cells.
    pub cells: (u16, u16),
    /// How it is to be drawn.
    pub paint: Paint,
}

/// How pictures are drawn on this terminal, with these settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Paint {
    /// The way onto the screen.
    pub way: Way,
    /// The pixels of a cell.
    pub font: (u16, u16),
    /// Whether there are all colours.
    pub true_color: bool,
    /// The colour behind what is transparent.
    pub ground: [u8; 3],
}

impl Paint {
    /// As the terminal can, or in another way; over this colour.
    pub(super) fn new(graphics: Graphics, way: Way, ground: [u8; 3]) -> Self {
        Self { way, font: graphics.font, true_color: graphics.true_color, ground }
    }
}

/// What was found.
#[derive(Debug, Clone)]
pub enum Found {
    /// Width and height in pixels.
    Size(u32, u32),
    /// The picture.
    Picture(Picture),
}

/// The threads. They end when this is dropped.
#[derive(Debug)]
pub struct Workers {
    queue: Sender<Request>,
}

impl Workers {
    /// Starts them. What they find is told as [`Done::Image`].
    pub fn start(tell: impl Fn(Done) + Clone + Send + 'static) -> Self {
        Self::with(tell, work)
    }

    fn with(
        tell: impl Fn(Done) + Clone + Send + 'static,
        work: fn(&Request) -> Result<Found, Trouble>,
    ) -> Self {
        let (queue, requests) = channel();
        let requests = Arc::new(Mutex::new(requests));
        for _ in 0..THREADS {
            let (requests, tell) = (Arc::clone(&requests), tell.clone());
            let thread = std::thread::Builder::new().name("image".to_owned());
            let started = thread.spawn(move || run(&requests, work, &tell));
            if let Err(error) = started {
                tracing::warn!("a thread for images cannot be started: {error}");
            }
        }
        Self { queue }
    }

    /// Takes a request; never waits. Without a thread it is not answered: the text about the file is there anyway.
    pub fn take(&self, request: Request) {
        let _ = self.queue.send(request);
    }
}

fn run(
    requests: &Mutex<Receiver<Request>>,
    work: fn(&Request) -> Result<Found, Trouble>,
    tell: &impl Fn(Done),
) {
    loop {
        let next = requests.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(request) = next else { return };
        // Nothing that it could leave half done is used again.
        let found = catch_unwind(AssertUnwindSafe(|| work(&request))).unwrap_or(Err(Trouble::Broken));
        tell(Done::Image(request, found));
    }
}

fn work(request: &Request) -> Result<Found, Trouble> {
    read::check(request.file())?;
    match request {
        Request::Measure(file) => {
            read::measure(file.as_ref()).map(|(width, height)| Found::Size(width, height))
        }
        Request::Draw(draw) => Picture::make(draw).map(Found::Picture),
    }
}

/// So many images at once.
const THREADS: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn a_decoder_that_panics_is_a_broken_image_and_the_next_one_is_looked_at() {
        let (done, all) = channel();
        let tell = move |what| drop(done.send(what));
        let workers = Workers::with(tell, |request| match request.file().path.as_str() {
            "good" => Ok(Found::Size(1, 2)),
            path => panic!("{path}"),
        });
        for path in ["bad", "worse", "worst", "good"] {
            workers.take(Request::Measure(path.into()));
        }
        let mut told: Vec<_> = all
            .iter()
            .take(4)
            .map(|done| match done {
                Done::Image(request, found) => (request.file().path.clone(), found.is_ok()),
                other => panic!("{other:?}"),
            })
            .collect();
        told.sort();
        assert_eq!(
            told,
            [("bad", false), ("good", true), ("worse", false), ("worst", false)]
                .map(|(path, good)| (path.to_owned(), good))
        );
    }
}
