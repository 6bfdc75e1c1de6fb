//! Images in the terminal: from a file that somebody has sent to cells that show it.
//!
//! ```text
//!  what is shown ─▶ Album: nothing known  ─▶ Measure ─▶ ┐            width and height ─▶ rows are kept free
//!                   measured, not drawn   ─▶ Draw ────▶ ├─ Workers ─ a picture ───────▶ drawn into these rows
//!                   cannot be shown                     ┘            trouble ──────────▶ a sentence instead
//! ```
//!
//! What others send is looked at with suspicion: on a thread of its own, from its content and not its name, within
//! limits of bytes and pixels that hold before anything is unpacked.
//!
//! | file | idea |
//! |---|---|
//! | `graphics.rs` | what this terminal can draw, asked once at the start |
//! | `fit.rs` | from pixels to cells |
//! | `source.rs` | where an image lies, and which file was there |
//! | `read.rs` | from a file to pixels, or the reason why not |
//! | `picture.rs` | pixels as the terminal takes them, and their way into cells |
//! | `workers.rs` | two threads that do all of this beside the loop |
//! | `album.rs` | what is known of each file, and the pictures that are in memory |

mod album;
mod fit;
mod graphics;
mod picture;
mod read;
mod source;
mod workers;

pub use album::{Album, Look};
pub use graphics::{Graphics, Way, probe};
pub use picture::Picture;
pub use read::{Trouble, measure};
pub use source::Source;
pub use workers::{Draw, Found, Paint, Request, Workers};
