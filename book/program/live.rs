//! `cargo run -p book`: builds, serves, and builds again after each change.

use crate::build::{BuildError, build};
use crate::expand::Unknown;
use crate::place::Place;
use crate::serve::{Pages, listen, serve};
use crate::site::Site;
use crate::watch::{Change, Watch};
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Instant;

/// Why the book cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The port is taken, for example.
    #[error("cannot listen on 127.0.0.1 port {0}: {1}; leave --port away to take a free one")]
    Listen(u16, io::Error),
    /// The files cannot be watched.
    #[error("cannot watch the book's files: {0}")]
    Watch(#[from] notify::Error),
    /// Something else of the system.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Serves until somebody ends the program.
pub fn live(place: &Place, port: u16, unknown: Unknown) -> Result<(), LiveError> {
    // Before the first build, so that a change during it is not missed.
    let watch = Watch::new(place)?;
    let pages = Arc::new(Pages::default());
    let (listener, address) = listen(port).map_err(|error| LiveError::Listen(port, error))?;
    rebuild(place, &pages, unknown);
    println!("the book is at http://{address}/   (Ctrl-C ends it)");
    io::stdout().flush()?;
    let served = Arc::clone(&pages);
    std::thread::spawn(move || serve(&listener, &served));
    while let Some(changes) = watch.next() {
        if changes.contains(&Change::Program) {
            eprintln!("the book's program has changed: end it and start it again to see that");
        }
        if changes.contains(&Change::Pages) {
            rebuild(place, &pages, unknown);
        }
    }
    Ok(())
}

/// Builds; when that fails, says why, and the old pages stay.
fn rebuild(place: &Place, pages: &Pages, unknown: Unknown) {
    let start = Instant::now();
    match build(place, unknown)
        .and_then(|()| Site::read(&place.html()).map_err(BuildError::file(&place.html())))
    {
        Ok(site) => {
            pages.replace(site);
            eprintln!("built in {:.1} s", start.elapsed().as_secs_f32());
        }
        Err(error) => eprintln!("{error}\nThe pages are the ones from before. Save a change to try again."),
    }
}
