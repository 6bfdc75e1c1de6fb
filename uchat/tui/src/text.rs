//! Text in cells. A terminal shows text in cells of one size; Chinese, Japanese, Korean and emoji take two. All of the
//! screen measures, wraps, edits and writes text through this module, so that what is drawn and where the caret
//! stands can never differ.

mod cluster;
pub mod editor;
pub mod paint;
mod sign;
pub mod width;
pub mod wrap;

pub use editor::{Edit, Editor};
pub use paint::{fill, put};
pub use width::Cells;
pub use wrap::{Row, wrap};
