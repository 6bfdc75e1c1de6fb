//! A picture of four colours, one in each quarter, that a terminal with 256 colours shows without mixing them; and what
//! becomes of one that was sent from here.

use crate::home::Home;
use crate::screen::{begin, log_in};
use crate::watcher::Watcher;
use image::{Rgb, RgbImage};
use std::path::Path;
use vt100::{Color, Screen};

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

/// Waits until it is on the screen: its four colours, each in its quarter.
pub(crate) fn appears(watcher: &mut Watcher) {
    watcher.waits("the picture", |screen| {
        let [red, green, blue, yellow] = COLOURS.map(|(_, index)| quarter(screen, index));
        match (red, green, blue, yellow) {
            (Some(red), Some(green), Some(blue), Some(yellow)) => {
                let rows = red.1 == green.1 && blue.1 == yellow.1 && red.1 < blue.1;
                rows && red.0 == blue.0 && green.0 == yellow.0 && red.0 < green.0
            }
            _ => false,
        }
    });
}

/// The upper left cell in which this colour of the 256 stands.
fn quarter(screen: &Screen, index: u8) -> Option<(u16, u16)> {
    let (rows, columns) = screen.size();
    let mut cells = (0..rows.get()).flat_map(|y| (0..columns.get()).map(move |x| (x, y)));
    cells.find(|(x, y)| {
        let cell = screen.cell(*y, *x);
        cell.is_some_and(|cell| [cell.fgcolor(), cell.bgcolor()].contains(&Color::Idx(index)))
    })
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
    appears(&mut watcher);
    leaves(watcher);

    let mut watcher = comes_back(&home);
    watcher.sees(&about);
    appears(&mut watcher);
    assert!(!watcher.text().contains("save ]"), "{}", watcher.text());
    leaves(watcher);

    // As many bytes as before, and not the same.
    let mut other = std::fs::read(&path).unwrap();
    *other.last_mut().unwrap() ^= 1;
    std::fs::write(&path, other).unwrap();
    let mut watcher = comes_back(&home);
    watcher.sees("Another file lies there now");
    let any = COLOURS.iter().any(|(_, index)| quarter(watcher.screen(), *index).is_some());
    assert!(!any, "{}", watcher.text());
    leaves(watcher);

    std::fs::rename(&path, &elsewhere).unwrap();
    let mut watcher = comes_back(&home);
    watcher.sees("The file is not there any more");
    watcher.sees("[ s save ]");
    // The server has it still.
    watcher.clicks("▤ photo.png");
    watcher.sees("▶ ▤ photo.png");
    watcher.types("s");
    appears(&mut watcher);
    watcher.sees(&about);
    // What is selected is copied by the key that ends a program elsewhere.
    watcher.types(CTRL_C);
    watcher.sees("Copied.");
    leaves(watcher);
}
