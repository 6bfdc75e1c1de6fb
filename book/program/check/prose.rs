//! The prose of a chapter: its text without code, directives, addresses and tags, with line numbers.

use super::Chapter;
use crate::directive;
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// A piece of prose.
#[derive(Debug)]
pub(crate) struct Prose {
    /// The line that it begins in.
    pub(crate) line: usize,
    pub(crate) text: String,
    /// Where it stands.
    pub(crate) within: Within,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Within {
    Text,
    Heading,
    /// Under a figure, or the words on a box that unfolds: no link can stand there.
    Label,
    /// The text of a link, and where that leads.
    Link(String),
}

/// All prose of a chapter, in order.
pub(crate) fn prose(chapter: &Chapter) -> Vec<Prose> {
    let text = without_directives(&chapter.text);
    let captions: Vec<bool> = chapter.text.lines().map(|line| line.trim_start().starts_with("{{#")).collect();
    let starts: Vec<usize> =
        std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let line = |range: &Range<usize>| starts.partition_point(|start| *start <= range.start);
    let mut found = Vec::new();
    let mut within = vec![Within::Text];
    let mut code = false;
    let mut skipped_links = 0;
    for (event, range) in Parser::new_ext(
        &text,
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH,
    )
    .into_offset_iter()
    {
        let here = within.last().cloned().unwrap_or(Within::Text);
        match event {
            Event::Start(Tag::CodeBlock(_)) => code = true,
            Event::End(TagEnd::CodeBlock) => code = false,
            Event::Start(Tag::Heading { .. }) => within.push(Within::Heading),
            Event::Start(Tag::Link { link_type: LinkType::Autolink | LinkType::Email, .. }) => {
                skipped_links += 1;
                within.push(here);
            }
            Event::Start(Tag::Link { dest_url, .. }) => within.push(Within::Link(dest_url.into_string())),
            Event::End(TagEnd::Heading(_)) => drop(within.pop()),
            Event::End(TagEnd::Link) => {
                within.pop();
                skipped_links = 0;
            }
            Event::Text(text) if !code && skipped_links == 0 => {
                let line = line(&range);
                let caption = captions.get(line - 1) == Some(&true);
                let within = if caption { Within::Label } else { here };
                found.push(Prose { line, text: text.into_string(), within });
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let text = without_tags(&html);
                if !text.trim().is_empty() {
                    let within = if html.contains("<summary") { Within::Label } else { here };
                    found.push(Prose { line: line(&range), text, within });
                }
            }
            _ => {}
        }
    }
    found
}

/// The same lines, without directives; a figure's caption stays.
fn without_directives(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches(['\n', '\r']);
        if body.trim_start().starts_with("{{#") && matches!(directive::parse(body), Ok(Some(_)) | Err(_)) {
            // Not behind blanks, which would make code of it.
            let caption = body.split_once('|').map_or("", |(_, rest)| rest.trim_end_matches("}}").trim());
            out += caption;
            out += &line[body.len()..];
        } else {
            out += line;
        }
    }
    out
}

/// HTML without tags, comments and references.
fn without_tags(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        out += &rest[..at];
        let (open, close) = match &rest[at..] {
            comment if comment.starts_with("<!--") => ("<!--", "-->"),
            tag if tag.starts_with('<') => ("<", ">"),
            _ => ("&", ";"),
        };
        let after = &rest[at + open.len()..];
        rest = after.find(close).map_or("", |end| &after[end + close.len()..]);
        out.push(' ');
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_what_a_reader_reads_as_words() {
        let text = "# Title\n\n{{#minutes 5}}\n\nA `code` and [a link](glossary.md#term), <https://a.org>.\n\n\
                    {{#figure x | The caption}}\n\n```text\nnot this\n```\n\n<details class=\"answer\"><summary>Answer &amp; more</summary>\n\ninside\n\n</details>\n";
        let chapter = Chapter { path: "x.md".into(), text: text.to_owned() };
        let found = prose(&chapter);
        let found: Vec<_> =
            found.iter().map(|prose| (prose.line, prose.text.trim(), &prose.within)).collect();
        let link = Within::Link("glossary.md#term".to_owned());
        assert_eq!(
            found,
            [
                (1, "Title", &Within::Heading),
                (5, "A", &Within::Text),
                (5, "and", &Within::Text),
                (5, "a link", &link),
                (5, ",", &Within::Text),
                (5, ".", &Within::Text),
                (7, "The caption", &Within::Label),
                (13, "Answer   more", &Within::Label),
                (15, "inside", &Within::Text),
            ]
        );
    }
}
