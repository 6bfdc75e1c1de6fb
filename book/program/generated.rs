//! What the book makes from the code instead of from text: each kind is a list of names, and what makes the HTML.

use crate::place::Place;
use std::error::Error;

/// Why something could not be made; the build adds the file and the line of the directive.
pub type Problem = Box<dyn Error + Send + Sync>;

/// One thing that a directive can name.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The name in the directive: `{{#bytes NAME}}`, `{{#table NAME}}`.
    pub name: &'static str,
    /// Makes the HTML of it, the same at every call.
    pub make: fn(&Place) -> Result<String, Problem>,
}

/// The HTML of `name`; `None` when the list does not know it.
pub fn html(list: &[Entry], name: &str, place: &Place) -> Option<Result<String, Problem>> {
    list.iter().find(|entry| entry.name == name).map(|entry| (entry.make)(place))
}
