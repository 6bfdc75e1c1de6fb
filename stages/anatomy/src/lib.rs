//! Labelled bytes: a field is named once, where it is decoded, and that one name serves everywhere.
//!
//! A decoder reads its input through a [`Reader`] and gives each field a label. Without a trace the
//! labels cost nothing worth measuring; with one ([`Reader::traced`]) the same decoder leaves behind a
//! tree of [`Span`]s that says which bytes mean what. [`Terminal`] and [`Html`] draw that tree.
//!
//! ```
//! use anatomy::{Reader, ReadError, Terminal};
//!
//! fn decode<'a>(r: &mut Reader<'a>) -> Result<&'a str, ReadError> {
//!     let length = r.u16("length")?;
//!     r.note(|| format!("{length} bytes follow"));
//!     r.text(usize::from(length), "name")
//! }
//!
//! let bytes = [0, 3, b'b', b'o', b'b'];
//! assert_eq!(decode(&mut Reader::new(&bytes)), Ok("bob"));          // the product: no trace
//!
//! let mut reader = Reader::traced(&bytes);                          // the same decoder, watched
//! decode(&mut reader)?;
//! let dump = Terminal::plain().render(&reader.into_labelled());
//! assert!(dump.contains("0002  62 6f 62                 name    \"bob\""), "{dump}");
//! # Ok::<(), ReadError>(())
//! ```

mod error;
mod html;
mod reader;
mod span;
mod terminal;
mod text;

pub use error::{Problem, ReadError};
pub use html::{Html, escape_html};
pub use reader::Reader;
pub use span::{Kind, Labelled, Span};
pub use terminal::{Style, Terminal};
pub use text::{fill, harmless, pad, quoted, width};
