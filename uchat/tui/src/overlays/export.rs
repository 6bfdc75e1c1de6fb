//! A conversation as a file: in which format, and where it was written.

use super::parts::{self, List};
use super::{Then, Window};
use crate::action::Key;
use crate::app::{App, Done, Effect, Job, Tone};
use crate::area;
use crate::draw::Pen;
use crate::hit::Target;
use crate::lang::overlays::Over;
use crate::lang::{Say, codes};
use crate::theme::Role;
use crossterm::event::KeyCode;
use ratatui::layout::{Position, Rect};
use std::path::PathBuf;
use uchat_client::core::With;

/// With whom, and what came of it.
#[derive(Debug, Clone)]
pub struct Export {
    with: With,
    list: List,
    busy: bool,
    result: Option<Result<PathBuf, String>>,
}

const FORMATS: [(&str, Over, Over); 3] = [
    ("text", Over::AsText, Over::AsTextText),
    ("json", Over::AsJson, Over::AsJsonText),
    ("html", Over::AsHtml, Over::AsHtmlText),
];

impl Export {
    pub(super) fn new(with: With) -> Self {
        Self { with, list: List::default(), busy: false, result: None }
    }

    fn choose(&mut self, app: &mut App, at: usize) {
        let Some((format, ..)) = FORMATS.get(at).filter(|_| !self.busy) else { return };
        (self.list.at, self.busy, self.result) = (at, true, None);
        app.job(Job::Export { with: self.with.clone(), format });
    }
}

impl Window for Export {
    fn key(&mut self, app: &mut App, key: Key) -> Option<Then> {
        match (key.code, &self.result) {
            (KeyCode::Enter, _) => self.choose(app, self.list.at),
            (KeyCode::Char('c'), Some(Ok(path))) => {
                let path = path.display().to_string();
                app.effect(Effect::Copy(path));
                app.note(Tone::Good, app.say(Over::PathCopied));
            }
            _ => return self.list.key(key, FORMATS.len()).then_some(Then::Stay),
        }
        Some(Then::Stay)
    }

    fn click(&mut self, app: &mut App, target: &Target, _at: Position) -> Then {
        if let Target::Row(at) = target {
            self.choose(app, *at);
        }
        Then::Stay
    }

    fn done(&mut self, _app: &mut App, done: Done) -> Then {
        if let Done::Exported(result) = done {
            (self.busy, self.result) = (false, Some(result));
        }
        Then::Stay
    }

    fn draw(&self, app: &App, pen: &mut Pen<'_>, area: Rect) {
        let name = app.people.name(&self.with);
        let title = Over::ExportOf.fill(app.lang(), &[("name", &name)]);
        let inside = parts::window(pen, area, (62, 15), &title);
        let mut buttons = vec![("enter", pen.say(Over::ExportYes))];
        if matches!(self.result, Some(Ok(_))) {
            buttons.push(("c", pen.say(Over::CopyPath)));
        }
        let inside = parts::foot(pen, inside, &buttons);
        let used = pen.paragraph(inside, pen.say(Over::ExportText), Role::Dim) + 1;
        let rest = area::below(inside, used);
        let rows = Rect { height: 3.min(rest.height), ..rest };
        self.list.draw(pen, rows, FORMATS.len(), |pen, line, at, role| {
            let (_, name, about) = FORMATS[at];
            let used = pen.put(line, pen.say(name), role).max(8) + 2;
            let role = if role == Role::Chosen { role } else { Role::Dim };
            parts::line(pen, area::after(line, used), pen.say(about), role);
        });
        let rest = area::below(rest, 4);
        match &self.result {
            None if self.busy => drop(pen.put(rest, pen.say(Over::Writing), Role::Dim)),
            None => {}
            Some(Ok(path)) => {
                let path = path.display().to_string();
                pen.paragraph(rest, &Over::WrittenTo.fill(app.lang(), &[("path", &path)]), Role::Good);
            }
            Some(Err(reason)) => {
                let reason = codes::failed(app.lang(), reason);
                pen.paragraph(rest, &format!("{} {reason}", pen.sign("✗")), Role::Error);
            }
        }
    }
}
