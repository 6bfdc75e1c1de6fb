//! The book's preprocessor, as mdBook knows one: within this program, or as a command of an installed `mdbook`.

use crate::expand::{Shelf, Unknown};
use crate::place::Place;
use crate::problem::Problems;
use mdbook_preprocessor::book::{Book, BookItem};
use mdbook_preprocessor::errors::Result;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext, parse_input};
use std::io::{Read, Write};

/// Expands every chapter.
pub struct Expander {
    place: Place,
    unknown: Unknown,
}

impl Expander {
    /// For the chapters of this checkout.
    pub fn new(place: &Place, unknown: Unknown) -> Self {
        Self { place: place.clone(), unknown }
    }
}

impl Preprocessor for Expander {
    fn name(&self) -> &str {
        NAME
    }

    fn run(&self, _: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let shelf = Shelf::open(&self.place);
        let mut problems = Vec::new();
        book.for_each_mut(|item| {
            if let BookItem::Chapter(chapter) = item
                && let Some(path) = &chapter.source_path
            {
                let (text, more) = shelf.expand(path, &chapter.content);
                chapter.content = text;
                problems.extend(more);
            }
        });
        match (self.unknown, Problems::none_or(problems)) {
            (Unknown::Refused, Err(problems)) => return Err(problems.into()),
            (Unknown::Shown, Err(problems)) => eprintln!("{problems}"),
            (_, Ok(())) => {}
        }
        Ok(book)
    }
}

/// mdBook's protocol: context and book come as JSON, the expanded book goes out.
pub fn speak(place: &Place, input: impl Read, mut output: impl Write) -> Result<()> {
    let (context, book) = parse_input(input)?;
    let expander = Expander::new(place, Unknown::Refused);
    let book = expander.run(&context, book)?;
    serde_json::to_writer(&mut output, &book)?;
    output.flush()?;
    Ok(())
}

/// What `[preprocessor.uchat]` in `book.toml` calls it.
pub const NAME: &str = "uchat";
