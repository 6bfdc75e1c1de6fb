//! The glossary: `### Term` and the paragraph under it in `src/glossary.md`, and the links that lead there.

use crate::problem::known_names;
use std::collections::BTreeMap;

/// The terms by the id of their heading.
#[derive(Debug, Default)]
pub struct Glossary(BTreeMap<String, Term>);

/// One term.
#[derive(Debug, PartialEq, Eq)]
pub struct Term {
    /// As the heading writes it.
    pub name: String,
    /// The first paragraph, without Markdown's marks.
    pub definition: String,
    /// The line of its heading.
    pub line: usize,
}

impl Glossary {
    /// Reads `glossary.md`.
    pub fn parse(text: &str) -> Self {
        let mut terms = BTreeMap::new();
        let mut lines = text.lines().enumerate().peekable();
        while let Some((index, line)) = lines.next() {
            let Some(name) = line.strip_prefix("### ") else { continue };
            while lines.next_if(|(_, line)| line.trim().is_empty()).is_some() {}
            let mut paragraph = Vec::new();
            while let Some((_, line)) =
                lines.next_if(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
            {
                paragraph.push(line.trim());
            }
            let name = plain(name.trim());
            let term = Term { definition: plain(&paragraph.join(" ")), line: index + 1, name };
            terms.insert(heading_id(&term.name), term);
        }
        Self(terms)
    }

    /// The term of an id.
    pub fn get(&self, id: &str) -> Option<&Term> {
        self.0.get(id)
    }

    /// All ids and terms.
    pub fn terms(&self) -> impl Iterator<Item = (&str, &Term)> {
        self.0.iter().map(|(id, term)| (id.as_str(), term))
    }

    /// Gives each link to a term in this line its definition as a title, which a browser shows when one points at it.
    pub fn with_titles(&self, line: &str) -> Result<String, String> {
        let mut out = String::new();
        let mut rest = line;
        while let Some((before, id, after)) = next_link(rest) {
            let term = self.get(id).ok_or_else(|| {
                let names = self.0.keys().map(String::as_str);
                format!("the glossary has no term {id}; {}", known_names(id, names))
            })?;
            out += before;
            out += &format!(" \"{}\")", term.definition.replace('\\', "").replace('"', "'"));
            rest = after;
        }
        Ok(out + rest)
    }
}

/// The text up to the link's closing bracket (without it), the id, and what follows.
fn next_link(line: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let start = from + line[from..].find("](")? + 2;
        let end = start + line[start..].find(')')?;
        let target = line[start..end].trim_start_matches("../");
        if let Some(id) = target.strip_prefix("glossary.md#") {
            return Some((&line[..end], id, &line[end + 1..]));
        }
        from = end;
    }
}

/// The id that mdBook gives a heading.
pub fn heading_id(heading: &str) -> String {
    let keep = |c: char| match c {
        c if c.is_alphanumeric() || c == '_' || c == '-' => Some(c),
        c if c.is_whitespace() => Some('-'),
        _ => None,
    };
    heading.trim().to_lowercase().chars().filter_map(keep).collect()
}

/// Text without the marks of Markdown: links become their text.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for event in pulldown_cmark::Parser::new(text) {
        match event {
            pulldown_cmark::Event::Text(text) | pulldown_cmark::Event::Code(text) => out += &text,
            pulldown_cmark::Event::SoftBreak | pulldown_cmark::Event::HardBreak => out.push(' '),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Glossary\n\n{{#minutes 5}}\n\n### Key share\n\nThe `public` part,\nsee [a \"group\"](x.md).\n\nMore.\n\n### Nonce\nA number.\n";

    #[test]
    fn terms_are_read_with_their_definitions() {
        let glossary = Glossary::parse(TEXT);
        let term = glossary.get("key-share").unwrap();
        assert_eq!(term.definition, "The public part, see a \"group\".");
        assert_eq!((term.name.as_str(), term.line), ("Key share", 5));
        assert_eq!(glossary.get("nonce").unwrap().definition, "A number.");
    }

    #[test]
    fn links_get_titles_and_unknown_terms_are_refused() {
        let glossary = Glossary::parse(TEXT);
        assert_eq!(
            glossary
                .with_titles("A [x](y.md), a [share](../glossary.md#key-share) and [n](glossary.md#nonce).")
                .unwrap(),
            "A [x](y.md), a [share](../glossary.md#key-share \"The public part, see a 'group'.\") and \
             [n](glossary.md#nonce \"A number.\")."
        );
        assert!(glossary.with_titles("[n](glossary.md#nonse)").unwrap_err().contains("did you mean nonce"));
        assert_eq!(glossary.with_titles("open ]( bracket").unwrap(), "open ]( bracket");
    }
}
