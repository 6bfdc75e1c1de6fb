//! A whole conversation as text, JSON or HTML.

use crate::cli::Global;
use crate::session::{Session, refused};
use crate::{output, show, verbs};
use clap::ValueEnum;
use echo::lab::Failure;
use std::fmt::Write as _;
use uchat_client::core::{Command, Shown, With};
use uchat_protocol::fields;

/// How a conversation is written; JSON is one array of objects, as `uchat run` tells messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
    Html,
}

/// Writes the conversation to standard output, oldest message first.
pub(crate) fn export(global: &Global, with: &str, format: Format) -> Result<(), Failure> {
    let whom = verbs::with(with)?;
    let mut session = Session::log_in(global)?;
    let caught_up = session.catch_up();
    let mut page = |command| session.ask(command, &mut |_| {}).map_err(refused).and_then(verbs::messages);
    let messages = caught_up.and_then(|()| all(&mut page, &whom));
    session.end();
    output::print_text(&written(with, &messages?, format)?)
}

/// The conversation as a text of this format.
pub(crate) fn written(with: &str, messages: &[Shown], format: Format) -> Result<String, Failure> {
    Ok(match format {
        Format::Text => {
            messages.iter().fold(String::new(), |text, message| text + &show::line(message) + "\n")
        }
        Format::Json => {
            serde_json::to_string_pretty(messages)
                .map_err(|e| Failure::new(format!("this cannot be written as JSON: {e}")))?
                + "\n"
        }
        Format::Html => html(with, messages),
    })
}

/// All messages, page by page.
pub(crate) fn all<E>(
    page_of: &mut dyn FnMut(Command) -> Result<Vec<Shown>, E>,
    with: &With,
) -> Result<Vec<Shown>, E> {
    let mut pages: Vec<Vec<Shown>> = Vec::new();
    let mut before = None;
    loop {
        let command = Command::History { with: with.clone(), before, limit: Some(PAGE), search: None };
        let page = page_of(command)?;
        // What waits in the outbox has no number and stands on the last page only.
        let first = page.iter().find_map(|message| message.seq);
        pages.push(page);
        match first {
            Some(first) if first > 1 && Some(first) != before => before = Some(first),
            _ => break,
        }
    }
    pages.reverse();
    Ok(pages.concat())
}

/// A page without any script, in which whatever others have written is text.
fn html(with: &str, messages: &[Shown]) -> String {
    let title = format!("Conversation with {}", escape(&fields::one_line(with)));
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n</head>\n\
         <body>\n<h1>{title}</h1>\n<ul>\n"
    );
    for message in messages {
        let from = escape(&fields::one_line(message.from.as_deref().unwrap_or("*")));
        let what = show::what(message) + &show::marks(message);
        let what = escape(&fields::shown(&what)).replace('\n', "<br>\n");
        let time = show::time(message.time);
        // Writing to a String cannot fail.
        let _ = writeln!(page, "<li><time>{time}</time> <b>{from}</b> {what}</li>");
    }
    page.push_str("</ul>\n</body>\n</html>\n");
    page
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Messages of one page.
const PAGE: u32 = 500;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_others_write_is_markup() {
        assert_eq!(escape("<a b='c'>&\""), "&lt;a b=&#39;c&#39;&gt;&amp;&quot;");
    }
}
