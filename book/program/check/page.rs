//! A built page as a list of tags and texts.

use crate::build::BuildError;
use crate::problem::Problem;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use std::cell::RefCell;
use std::path::{Path, PathBuf};

/// A page of the built book.
pub(crate) struct Page {
    /// Relative to the built book: `messenger/channel.html`.
    pub(crate) path: PathBuf,
    pub(crate) html: String,
    pub(crate) parts: Vec<Part>,
}

/// A part of a page, with the line it stands in.
pub(crate) struct Part {
    pub(crate) line: usize,
    pub(crate) what: What,
}

#[derive(Debug)]
pub(crate) enum What {
    Open(String, Vec<(String, String)>),
    Close(String),
    Text(String),
    /// What stands in `<script>` and `<style>`.
    Raw(String),
}

impl Page {
    /// All pages of a built book, without the frame that lists them for readers without scripts.
    pub(crate) fn all(html: &Path) -> Result<Vec<Self>, BuildError> {
        let files = crate::finish::files(html, "html").map_err(BuildError::file(html))?;
        files
            .into_iter()
            .filter(|file| file.file_name().is_none_or(|name| name != "toc.html"))
            .map(|file| {
                let text = std::fs::read_to_string(&file).map_err(BuildError::file(&file))?;
                Ok(Self::parse(file.strip_prefix(html).unwrap_or(&file), text))
            })
            .collect()
    }

    pub(crate) fn parse(path: &Path, html: String) -> Self {
        let parts = parts(&html);
        Self { path: path.to_owned(), html, parts }
    }

    /// The start tags, with their lines.
    pub(crate) fn tags(&self) -> impl Iterator<Item = (usize, &str, &[(String, String)])> {
        self.parts.iter().filter_map(|part| match &part.what {
            What::Open(name, attributes) => Some((part.line, name.as_str(), attributes.as_slice())),
            _ => None,
        })
    }

    /// The parts within `<main>`.
    pub(crate) fn main(&self) -> impl Iterator<Item = &Part> {
        let at = |tag: &str, open: bool| {
            self.parts.iter().position(|part| match &part.what {
                What::Open(name, _) => open && name == tag,
                What::Close(name) => !open && name == tag,
                _ => false,
            })
        };
        let start = at("main", true).map_or(0, |start| start + 1);
        let end = at("main", false).unwrap_or(self.parts.len());
        self.parts.get(start..end).unwrap_or_default().iter()
    }

    /// mdBook makes these from what stands on other pages.
    pub(crate) fn is_a_copy(&self) -> bool {
        ["print.html", "index.html", "404.html"].iter().any(|name| self.path == Path::new(name))
    }

    pub(crate) fn problem(&self, line: usize, text: impl Into<String>) -> Problem {
        Problem::new(Path::new("book/html").join(&self.path), line, text)
    }
}

/// The value of an attribute.
pub(crate) fn attribute<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
}

fn parts(html: &str) -> Vec<Part> {
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(Collector::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&queue); // it stops for scripts only where a sink asks for that
    tokenizer.end();
    tokenizer.sink.parts.into_inner()
}

#[derive(Default)]
struct Collector {
    parts: RefCell<Vec<Part>>,
    raw: RefCell<bool>,
}

impl TokenSink for Collector {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        let line = usize::try_from(line).unwrap_or(0);
        let mut parts = self.parts.borrow_mut();
        match token {
            Token::TagToken(tag) => {
                let name = tag.name.to_string();
                let raw = matches!(&*name, "script" | "style") && tag.kind == TagKind::StartTag;
                *self.raw.borrow_mut() = raw;
                let result = match (&*name, raw) {
                    ("script", true) => TokenSinkResult::RawData(RawKind::ScriptData),
                    ("style", true) => TokenSinkResult::RawData(RawKind::Rawtext),
                    _ => TokenSinkResult::Continue,
                };
                let what = match tag.kind {
                    TagKind::StartTag => {
                        let attributes = tag.attrs.iter();
                        let attributes =
                            attributes.map(|attr| (attr.name.local.to_string(), attr.value.to_string()));
                        What::Open(name, attributes.collect())
                    }
                    TagKind::EndTag => What::Close(name),
                };
                parts.push(Part { line, what });
                return result;
            }
            Token::CharacterTokens(text) => {
                let text = text.to_string();
                let what = if *self.raw.borrow() { What::Raw(text) } else { What::Text(text) };
                parts.push(Part { line, what });
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_texts_are_told_from_scripts() {
        let page = Page::parse(
            Path::new("x.html"),
            "<script>if (a < b) '<p>'</script>\n<main id=x>\n<p title='a &amp; b'>T</p></main><p>after"
                .to_owned(),
        );
        let tags: Vec<_> = page.tags().map(|(line, name, _)| (line, name)).collect();
        assert_eq!(tags, [(1, "script"), (2, "main"), (3, "p"), (3, "p")]);
        let (_, _, attributes) = page.tags().nth(2).unwrap();
        assert_eq!(attribute(attributes, "title"), Some("a & b"));
        let main: Vec<_> = page
            .main()
            .filter_map(|part| match &part.what {
                What::Text(text) => Some(text.trim()),
                _ => None,
            })
            .filter(|text| !text.is_empty())
            .collect();
        assert_eq!(main, ["T"]);
    }
}
