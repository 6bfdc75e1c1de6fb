//! Settings: what this screen looks and sounds like, and what others are told about us.

use super::parts::{self, List};
use super::{Then, Window};
use crate::action::Key;
use crate::app::{App, Images, Tone, Why, save_settings};
use crate::area;
use crate::draw::Pen;
use crate::hit::Target;
use crate::lang::Lang;
use crate::lang::overlays::Over;
use crate::theme::{Role, Theme};
use crossterm::event::KeyCode;
use ratatui::layout::{Position, Rect};
use uchat_client::core::{Answer, Command, CommandId, With};
use uchat_protocol::Refusal;

/// Which line is chosen, and what is being told to the server.
#[derive(Debug, Clone, Default)]
pub struct SettingsPage {
    list: List,
    asks: Vec<(CommandId, Line, bool)>,
}

/// A line of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Language,
    Theme,
    Ambiguous,
    Images,
    Bell,
    Read,
    Typing,
    Address,
    Muted(With),
}

fn lines(app: &App) -> Vec<Line> {
    let mut lines = vec![
        Line::Language,
        Line::Theme,
        Line::Ambiguous,
        Line::Images,
        Line::Bell,
        Line::Read,
        Line::Typing,
        Line::Address,
    ];
    lines.extend(app.settings.muted.iter().cloned().map(Line::Muted));
    lines
}

/// What a line is called, what stands in it, and what it means.
fn shown(app: &App, line: &Line) -> (String, String, Over) {
    let say = |text: Over| app.say(text).to_owned();
    let on = |on: bool| say(if on { Over::On } else { Over::Off });
    let told = |told: Option<bool>| told.map_or(say(Over::AsBefore), on);
    let settings = &app.settings;
    match line {
        Line::Language => {
            let name = if settings.lang == Lang::En { "English" } else { "中文" };
            (say(Over::Language), name.to_owned(), Over::LanguageText)
        }
        Line::Theme => {
            let theme = match settings.theme {
                Theme::Dark => Over::Dark,
                Theme::Light => Over::Light,
                Theme::Plain => Over::Plain,
            };
            (say(Over::Theme), say(theme), Over::ThemeText)
        }
        Line::Ambiguous => {
            let cells = if settings.cells.ambiguous_wide { Over::TwoCells } else { Over::OneCell };
            (say(Over::Ambiguous), say(cells), Over::AmbiguousText)
        }
        Line::Images => {
            let images = match settings.images {
                Images::Auto => Over::ImagesAuto,
                Images::HalfBlocks => Over::HalfBlocks,
                Images::Off => Over::Off,
            };
            (say(Over::Images), say(images), Over::ImagesText)
        }
        Line::Bell => (say(Over::Bell), on(settings.bell), Over::BellText),
        Line::Read => (say(Over::ShareRead), told(app.who.shares.read), Over::ShareReadText),
        Line::Typing => (say(Over::ShareTyping), told(app.who.shares.typing), Over::ShareTypingText),
        Line::Address => (say(Over::ShareAddress), told(app.who.shares.address), Over::ShareAddressText),
        Line::Muted(with) => (say(Over::Mutes), app.people.name(with).into_owned(), Over::MutesText),
    }
}

impl SettingsPage {
    /// What others are told is asked for, to be shown.
    pub(super) fn new(app: &mut App) -> Self {
        app.ask(Command::Profile {}, Why::Profile);
        Self::default()
    }

    /// `on` where the key says which; else it becomes what it is not.
    fn change(&mut self, app: &mut App, at: usize, on: Option<bool>) {
        let Some(line) = lines(app).into_iter().nth(at) else { return };
        self.list.at = at;
        let settings = &mut app.settings;
        match &line {
            Line::Language => {
                settings.lang = if settings.lang == Lang::En { Lang::Zh } else { Lang::En };
            }
            Line::Theme => {
                settings.theme = match settings.theme {
                    Theme::Dark => Theme::Light,
                    Theme::Light => Theme::Plain,
                    Theme::Plain => Theme::Dark,
                };
            }
            Line::Ambiguous => settings.cells.ambiguous_wide = !settings.cells.ambiguous_wide,
            Line::Images => {
                settings.images = match settings.images {
                    Images::Auto => Images::HalfBlocks,
                    Images::HalfBlocks => Images::Off,
                    Images::Off => Images::Auto,
                };
            }
            Line::Bell => settings.bell = !settings.bell,
            Line::Muted(with) => {
                settings.muted.remove(with);
                self.list.at = at.min(lines(app).len() - 1);
            }
            Line::Read | Line::Typing | Line::Address => return self.share(app, line, on),
        }
        save_settings(app);
    }

    /// What others are told is the server's to know; it counts once the server has granted it.
    fn share(&mut self, app: &mut App, line: Line, on: Option<bool>) {
        let shares = app.who.shares;
        let (mut share_read, mut share_typing, mut share_address) = (None, None, None);
        let (known, field) = match line {
            Line::Read => (shares.read, &mut share_read),
            Line::Typing => (shares.typing, &mut share_typing),
            _ => (shares.address, &mut share_address),
        };
        let on = on.unwrap_or(known == Some(false));
        *field = Some(on);
        let (email, sex, age) = (None, None, None);
        let command = Command::SetProfile { email, sex, age, share_address, share_read, share_typing };
        self.asks.push((app.ask(command, Why::Overlay), line, on));
    }
}

impl Window for SettingsPage {
    fn key(&mut self, app: &mut App, key: Key) -> Option<Then> {
        match key.code {
            KeyCode::Enter | KeyCode::Left | KeyCode::Right | KeyCode::Char(' ') => {
                let on = match key.code {
                    KeyCode::Left => Some(false),
                    KeyCode::Right => Some(true),
                    _ => None,
                };
                self.change(app, self.list.of(lines(app).len()).at, on);
                Some(Then::Stay)
            }
            _ => self.list.key(key, lines(app).len()).then_some(Then::Stay),
        }
    }

    fn click(&mut self, app: &mut App, target: &Target, _at: Position) -> Then {
        if let Target::Row(at) = target {
            self.change(app, *at, None);
        }
        Then::Stay
    }

    fn scroll(&mut self, app: &App, rows: isize) {
        self.list.scroll(rows, lines(app).len());
    }

    fn answered(&mut self, app: &mut App, id: CommandId, result: Result<Answer, Refusal>) -> Then {
        let asked = self.asks.iter().position(|(asked, ..)| *asked == id).map(|at| self.asks.remove(at));
        match (asked, result) {
            (Some((_, line, on)), Ok(_)) => {
                let shares = &mut app.who.shares;
                match line {
                    Line::Read => shares.read = Some(on),
                    Line::Typing => shares.typing = Some(on),
                    _ => shares.address = Some(on),
                }
                app.note(Tone::Good, app.say(Over::Granted));
            }
            (_, Err(refusal)) => app.refuse(&refusal),
            (None, Ok(_)) => {}
        }
        Then::Stay
    }

    fn draw(&self, app: &App, pen: &mut Pen<'_>, area: Rect) {
        let inside = parts::window(pen, area, (68, 20), pen.say(Over::Settings));
        let buttons = [("enter", pen.say(Over::Change)), ("esc", pen.say(Over::Done))];
        let inside = parts::foot(pen, inside, &buttons);
        let lines = lines(app);
        let names = lines.iter().map(|line| pen.settings.cells.width(&shown(app, line).0)).max().unwrap_or(0);
        let names = u16::try_from(names).unwrap_or(20);
        let rows = area::above(inside, 3);
        let list = self.list.of(lines.len());
        list.draw(pen, rows, lines.len(), |pen, line, at, role| {
            let (name, value, _) = shown(app, &lines[at]);
            pen.put(line, &name, role);
            let as_chosen = |other| if role == Role::Chosen { role } else { other };
            let place = area::after(line, names + 2);
            parts::line(
                pen,
                place,
                &format!("{} {value} {}", pen.sign("‹"), pen.sign("›")),
                as_chosen(Role::Button),
            );
        });
        let about = area::bottom(inside, 2);
        if let Some(line) = lines.get(list.at) {
            pen.paragraph(about, pen.say(shown(app, line).2), Role::Dim);
        }
    }
}
