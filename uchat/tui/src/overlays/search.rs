//! Messages of a chat that contain a text: the newest first; Enter goes to one of them.

use super::finder::{Finder, Finds};
use super::parts;
use super::{Then, Window};
use crate::app::{App, Why};
use crate::area;
use crate::chat;
use crate::draw::Pen;
use crate::lang::overlays::Over;
use crate::lang::{Say, codes};
use crate::theme::Role;
use ratatui::layout::Rect;
use uchat_client::core::{Answer, Command, CommandId, Shown, With};
use uchat_protocol::Refusal;

/// What is looked for, and what was found.
#[derive(Debug, Clone)]
pub struct Search {
    with: With,
    finder: Finder,
    /// The newest first.
    found: Vec<Shown>,
    /// For which text that is.
    found_for: String,
    searches: Option<(CommandId, String)>,
    refused: Option<String>,
}

impl Search {
    pub(super) fn new(with: With) -> Self {
        Self {
            with,
            finder: Finder::new(400),
            found: Vec::new(),
            found_for: String::new(),
            searches: None,
            refused: None,
        }
    }
}

impl Finds for Search {
    fn finder(&mut self) -> &mut Finder {
        &mut self.finder
    }

    fn count(&self, _app: &App) -> usize {
        self.found.len()
    }

    /// One search at a time; what was typed meanwhile is looked for when its answer is there.
    fn search(&mut self, app: &mut App) {
        let text = self.finder.text.text().to_owned();
        if text.trim().is_empty() {
            self.found.clear();
            self.found_for.clear();
        } else if self.searches.is_none() {
            let (with, limit, search) = (self.with.clone(), Some(MOST), Some(text.clone()));
            let id = app.ask(Command::History { with, before: None, limit, search }, Why::Overlay);
            self.searches = Some((id, text));
        }
    }

    fn choose(&mut self, app: &mut App, at: usize) -> Then {
        let Some(seq) = self.found.get(at).and_then(|message| message.seq) else { return Then::Stay };
        chat::jump(app, self.with.clone(), seq);
        Then::Close
    }
}

impl Window for Search {
    fn finds(&mut self) -> Option<&mut dyn Finds> {
        Some(self)
    }

    fn answered(&mut self, app: &mut App, id: CommandId, result: Result<Answer, Refusal>) -> Then {
        match self.searches.take_if(|(search, _)| *search == id) {
            Some((_, text)) => {
                self.refused = None;
                match result {
                    Ok(Answer::Messages { mut messages }) => {
                        messages.reverse();
                        (self.found, self.found_for) = (messages, text.clone());
                        self.finder.list.at = 0;
                    }
                    Ok(_) => {}
                    Err(refusal) => self.refused = Some(codes::say(app.lang(), &refusal)),
                }
                if text != self.finder.text.text() {
                    self.search(app);
                }
            }
            None => {
                if let Err(refusal) = result {
                    app.refuse(&refusal);
                }
            }
        }
        Then::Stay
    }

    fn draw(&self, app: &App, pen: &mut Pen<'_>, area: Rect) {
        let name = app.people.name(&self.with);
        let title = Over::SearchIn.fill(app.lang(), &[("name", &name)]);
        let mut inside = parts::window(pen, area, (100, 22), &title);
        if !self.found.is_empty() {
            inside = parts::foot(pen, inside, &[("enter", pen.say(Over::GoThere))]);
            let count = self.found.len().to_string();
            let text = Over::Found.fill(app.lang(), &[("count", &count)]);
            pen.put(area::below(inside, 1), &text, Role::Dim);
        }
        parts::input(pen, inside, pen.say(Over::Find), &self.finder.text, pen.say(Over::SearchHint));
        let rows = area::below(inside, 2);
        if let Some(refused) = &self.refused {
            pen.paragraph(rows, refused, Role::Error);
        } else if self.found.is_empty() && !self.found_for.is_empty() && self.searches.is_none() {
            pen.put(rows, pen.say(Over::NothingFound), Role::Dim);
        }
        self.finder.list.draw(pen, rows, self.found.len(), |pen, line, at, role| {
            let message = &self.found[at];
            let as_chosen = |other| if role == Role::Chosen { role } else { other };
            let time = app.when(message.time);
            let mut x = pen.put(line, &time, as_chosen(Role::Dim)).max(9) + 1;
            let who = message.from.as_deref().unwrap_or("*");
            x += pen.put(area::after(line, x), who, as_chosen(Role::Strong)).max(8) + 1;
            found(pen, area::after(line, x), &chat::one_line(message, app.lang()), &self.found_for, role);
        });
    }
}

/// A message in one line, from a little before the place that was found, and that place in brackets of style.
fn found(pen: &mut Pen<'_>, line: Rect, text: &str, wanted: &str, role: Role) {
    let lower = text.to_lowercase();
    let at = lower.find(&wanted.to_lowercase()).filter(|_| lower.len() == text.len());
    let Some(at) = at.filter(|at| text.is_char_boundary(*at) && text.is_char_boundary(at + wanted.len()))
    else {
        parts::line(pen, line, text, role);
        return;
    };
    let mut from = at.saturating_sub(24);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let strong = if role == Role::Chosen { role } else { Role::Link };
    let mut x = pen.put(line, if from > 0 { pen.sign("…") } else { "" }, role);
    x += pen.put(area::after(line, x), &text[from..at], role);
    x += pen.put(area::after(line, x), &text[at..at + wanted.len()], strong);
    parts::line(pen, area::after(line, x), &text[at + wanted.len()..], role);
}

/// The most that are shown.
const MOST: u32 = 200;
