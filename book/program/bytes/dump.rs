//! What `{{#bytes NAME}}` becomes: a block for each message or record that travelled, which unfolds to its bytes and
//! the list of its fields.

use crate::tables::table::inline;
use anatomy::{Html, Labelled, escape_html};
use echo::lab::Direction;
use std::fmt::Write;

/// Everything that one name shows, in the order in which it travelled.
#[derive(Debug, Clone)]
pub struct Dump {
    /// The name in the directive, and what every id in it begins with.
    pub name: &'static str,
    /// What travelled.
    pub items: Vec<Item>,
}

/// One message or record.
#[derive(Debug, Clone)]
pub struct Item {
    /// Who sent it; `None` for what lies inside another item, or does not travel.
    pub way: Option<Direction>,
    /// Its id behind the dump's name; the same as the name, unless that would be long.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The rest of the line that is always seen.
    pub summary: String,
    /// What it is for, in a sentence or two, with `code` in them.
    pub about: &'static str,
    /// The same bytes on one or more layers: a heading, and the bytes with labels.
    pub layers: Vec<(String, Labelled)>,
}

impl Item {
    /// An item with one layer, which needs no heading.
    pub fn new(
        way: impl Into<Option<Direction>>,
        name: impl Into<String>,
        summary: impl Into<String>,
        labelled: Labelled,
    ) -> Self {
        let (name, layers) = (name.into(), vec![(String::new(), labelled)]);
        Self { way: way.into(), id: name.clone(), name, summary: summary.into(), about: "", layers }
    }

    /// The same with a sentence about it.
    #[must_use]
    pub fn about(self, about: &'static str) -> Self {
        Self { about, ..self }
    }

    /// The same with another id.
    #[must_use]
    pub fn with_id(self, id: impl Into<String>) -> Self {
        Self { id: id.into(), ..self }
    }

    /// The same with one more layer.
    #[must_use]
    pub fn with(mut self, heading: impl Into<String>, labelled: Labelled) -> Self {
        self.layers.push((heading.into(), labelled));
        self
    }

    /// The same with a heading over its first layer.
    #[must_use]
    pub fn headed(mut self, heading: &str) -> Self {
        if let Some((first, _)) = self.layers.first_mut() {
            heading.clone_into(first);
        }
        self
    }

    /// The bytes of its first layer.
    pub fn bytes(&self) -> &[u8] {
        self.layers.first().map_or(&[], |(_, labelled)| &labelled.bytes)
    }
}

impl Dump {
    /// An empty one.
    pub fn new(name: &'static str) -> Self {
        Self { name, items: Vec::new() }
    }

    /// Draws it: `<div class="bytes">` without an empty line, as Markdown wants it.
    pub fn html(&self) -> String {
        let mut ids = Html::default();
        let all = ids.id(self.name);
        let mut out = format!("<div class=\"bytes\" id=\"bytes-{all}\">\n");
        for item in &self.items {
            let id = ids.id(&format!("{} {}", self.name, item.id));
            // Writing to a String cannot fail.
            let _ = writeln!(out, "<details class=\"item{}\" id=\"{id}\"{}>", class(item.way), open(item));
            let _ = writeln!(
                out,
                "<summary>{}<b>{}</b> <span class=\"sum\">{}</span></summary>",
                way(item.way),
                escape_html(&item.name),
                escape_html(&item.summary)
            );
            let about = if item.about.is_empty() { "" } else { " " };
            let _ = writeln!(
                out,
                "<p class=\"about\">{}{about}<a href=\"#{id}\">Link to this part</a></p>",
                inline(item.about)
            );
            for (heading, labelled) in &item.layers {
                if !heading.is_empty() {
                    let _ = writeln!(out, "<p class=\"layer\">{}</p>", escape_html(heading));
                }
                out.push_str(&ids.dump(&id, labelled));
            }
            out.push_str("</details>\n");
        }
        out.push_str("</div>\n");
        out
    }
}

fn class(way: Option<Direction>) -> &'static str {
    match way {
        Some(Direction::ToServer) => " to-server",
        Some(Direction::ToClient) => " to-client",
        None => "",
    }
}

/// In words and as an arrow, so that no colour is needed to tell one from the other.
fn way(way: Option<Direction>) -> &'static str {
    match way {
        Some(Direction::ToServer) => "<span class=\"way\">client → server</span> ",
        Some(Direction::ToClient) => "<span class=\"way\">client ← server</span> ",
        None => "",
    }
}

/// What is short is open at first.
fn open(item: &Item) -> &'static str {
    let bytes: usize = item.layers.iter().map(|(_, labelled)| labelled.bytes.len()).sum();
    if bytes <= SHORT { " open" } else { "" }
}

const SHORT: usize = 48;
