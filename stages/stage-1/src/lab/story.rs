//! The voice of a demo: headings, sentences, and the wire.

use super::{Direction, Dissect, Event, Rung, What, print};
use anatomy::{Style, Terminal, fill};
use std::io::BufRead;

/// Prints a demo's narration on standard output.
#[derive(Debug)]
pub struct Story {
    terminal: Terminal,
    stepwise: bool,
    sections: usize,
}

impl Story {
    /// Begins with the rung's title. With `stepwise`, [`section`](Self::section) waits for Enter.
    #[must_use]
    pub fn begin(rung: &Rung, stepwise: bool) -> Self {
        let story = Self { terminal: Terminal::stdout(), stepwise, sections: 0 };
        let title = format!("Stage {}: {}", rung.stage, rung.layer);
        print(story.terminal.paint(Style::Bold, &title));
        print(story.terminal.paint(Style::Bold, &"═".repeat(anatomy::width(&title))));
        story
    }

    /// A numbered heading; the place where `--step` waits.
    pub fn section(&mut self, title: &str) {
        if self.stepwise && self.sections > 0 {
            print(self.terminal.paint(Style::Dim, "\n  [Enter goes on]"));
            let mut line = String::new();
            // The end of input means that nobody can press Enter: then the rest runs through.
            if !matches!(std::io::stdin().lock().read_line(&mut line), Ok(1..)) {
                self.stepwise = false;
            }
        }
        self.sections += 1;
        print(format_args!("\n{}", self.terminal.paint(Style::Bold, &format!("{}. {title}", self.sections))));
    }

    /// A paragraph, wrapped.
    pub fn say(&self, text: &str) {
        print("");
        for line in fill(text, self.terminal.columns - 2) {
            print(format_args!("  {line}"));
        }
    }

    /// A command the reader could type, or what a program printed.
    pub fn line(&self, style: Style, text: &str) {
        print(format_args!("    {}", self.terminal.paint(style, text)));
    }

    /// A command that is being run, as the reader would type it.
    pub fn command(&self, text: &str) {
        print("");
        self.line(Style::Bold, &format!("$ {text}"));
    }

    /// An answer that a client program printed.
    pub fn printed(&self, who: &str, answer: &str) {
        self.line(Style::Green, &format!("{who} prints: {}", anatomy::quoted(answer)));
    }

    /// The result of an attack: green if the defence held, red if not.
    pub fn verdict(&self, held: bool, text: &str) {
        let style = if held { Style::Green } else { Style::Red };
        for line in fill(text, self.terminal.columns - 4) {
            self.line(style, &line);
        }
    }

    /// What the tap saw on one connection: each message with an arrow, its length and its labelled bytes.
    pub fn wire(&self, dissect: &mut dyn Dissect, events: &[Event]) {
        for event in events {
            let (style, who, arrow) = match event.direction {
                Direction::ToServer => (Style::Cyan, "client", "client ──▶ server"),
                Direction::ToClient => (Style::Yellow, "server", "client ◀── server"),
            };
            match &event.what {
                What::Closed => {
                    print(format_args!("\n  {}", self.terminal.paint(style, &format!("{who} closes"))))
                }
                What::Bytes(bytes) => {
                    for message in dissect.bytes(event.direction, bytes) {
                        let count = message.bytes.len();
                        let heading = format!("{arrow}   {count} byte{}", if count == 1 { "" } else { "s" });
                        print(format_args!("\n  {}", self.terminal.paint(style, &heading)));
                        print(self.terminal.render(&message).trim_end_matches('\n'));
                    }
                }
            }
        }
    }

    /// A table whose columns are as wide as their widest cell; the first row is the heading.
    pub fn table<const N: usize>(&self, rows: &[[String; N]]) {
        let widths: [usize; N] =
            std::array::from_fn(|n| rows.iter().map(|row| anatomy::width(&row[n])).max().unwrap_or(0));
        print("");
        for (n, row) in rows.iter().enumerate() {
            let cells: Vec<String> = row.iter().zip(widths).map(|(cell, w)| anatomy::pad(cell, w)).collect();
            let style = if n == 0 { Style::Bold } else { Style::Green };
            self.line(style, cells.join("   ").trim_end());
        }
    }

    /// Ends with the HTTPS side and the next steps, both from the ladder's table.
    pub fn end(mut self, rung: &Rung) {
        self.section("What HTTPS does here");
        self.say(rung.https);
        self.section("Next");
        print("");
        for (command, what) in rung.next {
            print(format_args!("  {}", self.terminal.paint(Style::Bold, command)));
            print(format_args!("      {what}"));
        }
    }
}
