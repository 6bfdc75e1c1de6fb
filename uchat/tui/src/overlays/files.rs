//! A file to be sent: folders first, sizes beside the files. What is typed narrows the list; with a `/` it is a path,
//! and so is what is pasted.

use super::finder::{self, Finder, Finds};
use super::parts::{self, List};
use super::{Then, Window};
use crate::action::Key;
use crate::app::{App, Done, Job, Listed};
use crate::area;
use crate::chat;
use crate::draw::Pen;
use crate::lang::overlays::Over;
use crate::lang::{Say, codes};
use crate::theme::Role;
use crossterm::event::KeyCode;
use ratatui::layout::Rect;
use std::path::{Path, PathBuf, is_separator};

/// Which folder, what is in it, and what was typed.
#[derive(Debug, Clone)]
pub struct Files {
    folder: PathBuf,
    finder: Finder,
    entries: Vec<Listed>,
    busy: bool,
    refused: Option<String>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Row {
    /// The folder above.
    Up,
    Folder(String),
    File(String, u64),
    /// What was typed is a path.
    Path(PathBuf),
}

impl Files {
    pub(super) fn new(app: &mut App) -> Self {
        let mut files = Self {
            folder: PathBuf::from("."),
            finder: Finder::new(4096),
            entries: Vec::new(),
            busy: false,
            refused: None,
        };
        files.go(app, PathBuf::from("."));
        files
    }

    fn go(&mut self, app: &mut App, folder: PathBuf) {
        (self.busy, self.refused) = (true, None);
        app.job(Job::List(folder));
    }

    fn rows(&self) -> Vec<Row> {
        let typed = self.finder.text.text().trim();
        if typed.contains(is_separator) {
            return vec![Row::Path(self.path(typed))];
        }
        let wanted = typed.to_lowercase();
        let fits = |entry: &&Listed| {
            let hidden = entry.name.starts_with('.') && !wanted.starts_with('.');
            !hidden && entry.name.to_lowercase().contains(&wanted)
        };
        let up = (wanted.is_empty() && self.folder != Path::new("/")).then_some(Row::Up);
        let mut entries: Vec<&Listed> = self.entries.iter().filter(fits).collect();
        entries.sort_by_key(|entry| (entry.size.is_some(), entry.name.to_lowercase()));
        let rows = entries.into_iter().map(|entry| match entry.size {
            None => Row::Folder(entry.name.clone()),
            Some(size) => Row::File(entry.name.clone(), size),
        });
        up.into_iter().chain(rows).collect()
    }

    /// What was typed, as seen from the folder; `file://` and quotes around it are what other programs add.
    fn path(&self, typed: &str) -> PathBuf {
        let plain = typed.trim_matches(['\'', '"']);
        let plain = plain.strip_prefix("file://").unwrap_or(plain);
        if plain.starts_with('~') { PathBuf::from(plain) } else { self.folder.join(plain) }
    }

    fn send(&self, app: &mut App, path: PathBuf) -> Then {
        chat::send_file(app, path);
        Then::Close
    }
}

impl Finds for Files {
    fn finder(&mut self) -> &mut Finder {
        &mut self.finder
    }

    fn count(&self, _app: &App) -> usize {
        self.rows().len()
    }

    /// A path that ends in `/` (on Windows also `\`) is a folder to look into; so is the folder of one below the home,
    /// which only the other side knows.
    fn search(&mut self, app: &mut App) {
        self.finder.list.at =
            usize::from(!self.finder.text.is_empty() && self.rows().first() == Some(&Row::Up));
        let text = self.finder.text.text().trim().to_owned();
        match text.rfind(is_separator) {
            Some(end) if end + 1 == text.len() || text.starts_with("~/") => {
                self.go(app, self.path(&text[..=end]));
            }
            _ => {}
        }
    }

    fn choose(&mut self, app: &mut App, at: usize) -> Then {
        match self.rows().into_iter().nth(at) {
            Some(Row::Up) => {
                let above = self.folder.parent().filter(|above| *above != Path::new(""));
                let above = above.map_or_else(|| self.folder.join(".."), Path::to_path_buf);
                self.go(app, above);
            }
            Some(Row::Folder(name)) => {
                self.finder.text.take();
                self.go(app, self.folder.join(name));
            }
            Some(Row::File(name, _)) => return self.send(app, self.folder.join(name)),
            Some(Row::Path(path)) => return self.send(app, path),
            None => {}
        }
        Then::Stay
    }
}

impl Window for Files {
    fn finds(&mut self) -> Option<&mut dyn Finds> {
        Some(self)
    }

    fn key(&mut self, app: &mut App, key: Key) -> Option<Then> {
        if key.code == KeyCode::Backspace && self.finder.text.is_empty() {
            if self.rows().first() == Some(&Row::Up) {
                self.choose(app, 0);
            }
            return Some(Then::Stay);
        }
        finder::key(self, app, key)
    }

    fn done(&mut self, _app: &mut App, done: Done) -> Then {
        if let Done::Listed(folder, result) = done {
            self.busy = false;
            match result {
                Ok(entries) => {
                    (self.folder, self.entries) = (folder, entries);
                    // Somebody may have typed on meanwhile: what follows the folder counts in it.
                    let typed = self.finder.text.text();
                    let rest = typed.rsplit_once(is_separator).map_or(typed, |(_, rest)| rest).to_owned();
                    self.finder.text.set(&rest);
                    self.finder.list = List::default();
                }
                Err(reason) => self.refused = Some(reason),
            }
        }
        Then::Stay
    }

    fn draw(&self, app: &App, pen: &mut Pen<'_>, area: Rect) {
        let with = app.view.open.as_ref().map(|with| app.people.name(with).into_owned()).unwrap_or_default();
        let title = Over::SendFileTo.fill(app.lang(), &[("name", &with)]);
        let inside = parts::window(pen, area, (76, 22), &title);
        let buttons = [("enter", pen.say(Over::OpenOrSend)), ("backspace", pen.say(Over::FolderAbove))];
        let inside = parts::foot(pen, inside, &buttons);
        parts::input(pen, inside, pen.say(Over::Find), &self.finder.text, pen.say(Over::FileHint));
        let place = area::below(inside, 1);
        parts::line(pen, place, &self.folder.display().to_string(), Role::Dim);
        let mut rest = area::below(inside, 3);
        if let Some(refused) = &self.refused {
            rest = area::below(
                rest,
                pen.paragraph(
                    rest,
                    &format!("{} {}", pen.sign("✗"), codes::failed(app.lang(), refused)),
                    Role::Error,
                ) + 1,
            );
        }
        let rows = self.rows();
        if rows.is_empty() {
            let text = if self.busy { Over::Waiting } else { Over::NoFiles };
            pen.put(rest, pen.say(text), Role::Dim);
        }
        self.finder.list.of(rows.len()).draw(pen, rest, rows.len(), |pen, line, at, role| {
            let as_chosen = |other| if role == Role::Chosen { role } else { other };
            let (name, colour, size) = match &rows[at] {
                Row::Up => ("../".to_owned(), Role::Link, None),
                Row::Folder(name) => (format!("{name}/"), Role::Strong, None),
                Row::Path(path) => (path.display().to_string(), Role::Text, None),
                Row::File(name, size) => (name.clone(), Role::Text, Some(*size)),
            };
            let right = if size.is_some() { 11 } else { 0 };
            let place = Rect { width: line.width.saturating_sub(right), ..line };
            parts::line(pen, place, &name, as_chosen(colour));
            if let Some(size) = size {
                let place = area::after(line, line.width.saturating_sub(right - 1));
                pen.put(place, &format!("{:>9}", chat::size(size, app.lang())), as_chosen(Role::Dim));
            }
        });
    }
}
