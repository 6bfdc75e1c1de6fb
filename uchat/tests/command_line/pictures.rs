//! A picture of four colours, one in each quarter, that a terminal with 256 colours shows without mixing them; and what
//! becomes of one that was sent from here.

use crate::home::Home;
use crate::screen::{begin, log_in};
use crate::watcher::Watcher;
use image::{Rgb, RgbImage};
use std::path::Path;

/// From left to right and from above to below: as pixels, and as the number among 256 colours.
pub(crate) const COLOURS: [([u8; 3], u8); 4] =
    [([255, 0, 0], 196), ([0, 255, 0], 46), ([0, 0, 255], 21), ([255, 255, 0], 226)];

/// Writes it, with so many pixels; returns what stands about it below its name.
pub(crate) fn write(path: &Path, (width, height): (u32, u32)) -> String {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let quarter = usize::from(x >= width / 2) + 2 * usize::from(y >= height / 2);
        Rgb(COLOURS[quarter].0)
    });
    picture.save(path).unwrap();
    let bytes = std::fs::metadata(path).unwrap().len();
    assert!(bytes < 1000, "it is told in bytes");
    format!("image/png · {bytes} bytes · {width} × {height}")
}

const ENTER: &str = "\r";
const QUIT: &str = "\x11";
const SEND_FILE: &str = "\x0f";
const CTRL_C: &str = "\x03";

/// The chat with echo, after a new start.
fn comes_back(home: &Home) -> Watcher {
    let mut watcher = log_in(home);
    watcher.clicks("echo");
    watcher.sees("▤ photo.png");
    watcher
}

fn leaves(mut watcher: Watcher) {
    watcher.types(QUIT);
    assert_eq!(watcher.status(), Some(0), "{}", watcher.text());
}

#[test]
fn a_picture_of_ones_own_is_shown_after_a_restart_as_long_as_it_is_the_file_that_was_sent() {
    let home = Home::new();
    let (path, elsewhere) = (home.path("photo.png"), home.path("elsewhere.png"));
    let about = write(&path, (160, 80));
    let mut watcher = begin(&home, "ann");
    watcher.types(SEND_FILE);
    watcher.sees("photo.png");
    watcher.types("photo");
    watcher.types(ENTER);
    watcher.sees(&about);
    watcher.sees_picture();
    leaves(watcher);

    let mut watcher = comes_back(&home);
    watcher.sees(&about);
    watcher.sees_picture();
    assert!(!watcher.text().contains("save ]"), "{}", watcher.text());
    leaves(watcher);

    // As many bytes as before, and not the same.
    let mut other = std::fs::read(&path).unwrap();
    *other.last_mut().unwrap() ^= 1;
    std::fs::write(&path, other).unwrap();
    let mut watcher = comes_back(&home);
    watcher.sees("Another file lies there now");
    assert!(!watcher.has_picture(), "{}", watcher.text());
    leaves(watcher);

    std::fs::rename(&path, &elsewhere).unwrap();
    let mut watcher = comes_back(&home);
    watcher.sees("The file is not there any more");
    watcher.sees("[ s save ]");
    // The server has it still.
    watcher.clicks("▤ photo.png");
    watcher.sees("▶ ▤ photo.png");
    watcher.types("s");
    watcher.sees_picture();
    watcher.sees(&about);
    // What is selected is copied by the key that ends a program elsewhere.
    watcher.types(CTRL_C);
    watcher.sees("Copied.");
    leaves(watcher);
}
