//! The first screens as cells: a window in the middle, what is asked for, what goes on, and the keys.

use super::entry::Work;
use super::{Stage, Start};
use crate::action::Action;
use crate::app::{App, Tone};
use crate::draw::{Pen, form};
use crate::form::Form;
use crate::hit::{Hits, Target};
use crate::lang::{Say, codes};
use crate::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};
use uchat_client::core::Connection;
use uchat_protocol::Code;

/// Draws the screen.
pub(crate) fn draw(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let (title, height) = match &app.stage {
        Stage::Welcome { .. } | Stage::Main => (pen.say(Start::Welcome), 18),
        Stage::Invite(_) => (pen.say(Start::Invite), 13),
        Stage::Trust { .. } => (pen.say(Start::Trust), 15),
        Stage::Register(_) => (pen.say(Start::Register), 22),
        Stage::LogIn(_) => (pen.say(Start::LogIn), 16),
        Stage::Keys(_) => (pen.say(Start::Keys), 18),
        Stage::Ended(why) if why.code == Code::SessionReplaced => (pen.say(Start::Replaced), 13),
        Stage::Ended(_) => (pen.say(Start::Disconnected), 13),
    };
    let height = match app.stage {
        // A form keeps room for what may be wrong in it; here all that there is to say is known.
        Stage::Welcome { .. } => height - spare(app, pen, Rect { height, ..area }),
        _ => height,
    };
    let inside = pen.window(area, WIDTH, height, title).inner(Margin::new(2, 0));
    // Where it was measured, there is room for every gap.
    let roomy = if matches!(app.stage, Stage::Welcome { .. }) && height <= area.height { 0 } else { ROOMY };
    content(app, pen, inside, roomy);
}

/// How many rows a window would have free, found by drawing it elsewhere.
fn spare(app: &App, pen: &Pen<'_>, area: Rect) -> u16 {
    let (mut buffer, mut hits, mut caret) = (Buffer::empty(area), Hits::default(), None);
    let mut pen = Pen { buffer: &mut buffer, hits: &mut hits, caret: &mut caret, settings: pen.settings };
    let width = WIDTH.min(area.width);
    let inside = pen.window(area, width, area.height, "").inner(Margin::new(2, 0));
    content(app, &mut pen, inside, 0)
}

/// What stands in the window; gaps only where more rows than `roomy` are left. Says how many rows are left.
fn content(app: &App, pen: &mut Pen<'_>, area: Rect, roomy: u16) -> u16 {
    let mut page = Page { pen, area, roomy };
    page.gap();
    page.buttons(&buttons(app));
    match &app.stage {
        Stage::Welcome { error } => welcome(app, &mut page, error.as_deref()),
        Stage::Trust { server, fingerprint } => trust(&mut page, server, fingerprint),
        Stage::Invite(form) => page.form(form),
        Stage::Register(form) | Stage::LogIn(form) => {
            page.text(&on(app), Role::Dim);
            let lesson = app.who.channel.as_ref().filter(|channel| !channel.encrypted);
            if let Some(number) = lesson.and_then(|channel| channel.lesson) {
                let warning = Start::Lesson.fill(app.lang(), &[("number", &number.to_string())]);
                page.text(&format!("! {warning}"), Role::Warning);
            }
            page.gap();
            page.form(form);
        }
        Stage::Keys(form) => {
            page.text(Start::KeysText.say(app.lang()), Role::Text);
            page.gap();
            page.form(form);
        }
        Stage::Ended(why) => ended(app, &mut page, why),
        Stage::Main => {}
    }
    going_on(app, &mut page);
    page.area.height
}

/// The buttons of a screen: what each does, and where the action's own words are too general, better ones.
fn buttons(app: &App) -> Vec<(Action, Option<Start>)> {
    let mut buttons = match &app.stage {
        _ if app.entry.work != Work::Nothing => Vec::new(),
        Stage::Welcome { .. } => Vec::new(), // the choices are buttons themselves
        Stage::Invite(_) => vec![(Action::Submit, None), (Action::Close, None)],
        Stage::Trust { .. } => {
            vec![(Action::Submit, Some(Start::TrustYes)), (Action::Close, Some(Start::TrustNo))]
        }
        Stage::Register(_) | Stage::LogIn(_) if app.who.channel.is_none() => {
            vec![(Action::Submit, Some(Start::TryAgain)), (Action::Close, None)]
        }
        Stage::Register(_) => vec![(Action::Submit, Some(Start::Register)), (Action::ToLogIn, None)],
        Stage::LogIn(_) if app.entry.retry.is_some() => {
            vec![(Action::Submit, Some(Start::TryAgain)), (Action::OpenOffline, None)]
        }
        Stage::LogIn(_) => vec![(Action::Submit, Some(Start::LogIn)), (Action::ToRegister, None)],
        Stage::Keys(_) => vec![
            (Action::Submit, Some(Start::Import)),
            (Action::NewKeys, None),
            (Action::Close, Some(Start::Later)),
        ],
        Stage::Ended(_) => {
            vec![(Action::Submit, Some(Start::LogInAgain)), (Action::Close, Some(Start::LookOnly))]
        }
        Stage::Main => Vec::new(),
    };
    buttons.extend([(Action::Language, None), (Action::Help, None), (Action::Quit, None)]);
    buttons
}

/// On which server.
fn on(app: &App) -> String {
    match &app.who.channel {
        Some(channel) if channel.private => Start::OnPrivate.say(app.lang()).to_owned(),
        Some(channel) => Start::On.fill(app.lang(), &[("server", &channel.server)]),
        None => String::new(),
    }
}

fn welcome(app: &App, page: &mut Page<'_, '_>, error: Option<&str>) {
    page.text(Start::WelcomeText.say(app.lang()), Role::Text);
    page.gap();
    page.choice(Action::StartPrivate, Start::PrivateChoice, Start::PrivateText);
    page.choice(Action::ToInvite, Start::InviteChoice, Start::InviteText);
    if let Some(error) = error {
        page.refused(error);
    }
}

fn trust(page: &mut Page<'_, '_>, server: &str, fingerprint: &str) {
    let lang = page.pen.settings.lang;
    page.text(&Start::TrustText.fill(lang, &[("server", server)]), Role::Text);
    page.gap();
    // In groups of four, as people compare them.
    let groups: Vec<String> =
        fingerprint.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned()).collect();
    for row in groups.chunks(8) {
        page.text(&row.join(" "), Role::Strong);
    }
    page.gap();
    page.text(Start::TrustAsk.say(lang), Role::Text);
}

fn ended(app: &App, page: &mut Page<'_, '_>, why: &uchat_protocol::Refusal) {
    let name = app.who.name.clone().unwrap_or_default();
    if why.code == Code::SessionReplaced {
        page.text(&Start::ReplacedText.fill(app.lang(), &[("name", &name)]), Role::Warning);
    } else {
        page.refused(&codes::say(app.lang(), why));
    }
}

/// What is being done, with something that moves; when it is tried again; what went wrong.
fn going_on(app: &App, page: &mut Page<'_, '_>) {
    let lang = app.lang();
    let online = app.who.connection == Some(Connection::Online);
    let server = app.who.channel.as_ref().map(|channel| channel.server.clone()).unwrap_or_default();
    let says = match app.entry.work {
        Work::Nothing => None,
        Work::StartPrivate => Some(Start::StartingPrivate),
        Work::Join => Some(Start::Joining),
        Work::Open => Some(Start::Opening),
        Work::Import => Some(Start::Importing),
        Work::NewKeys => Some(Start::MakingKeys),
        Work::Register | Work::LogIn if online => Some(Start::MakingKeys),
        Work::Register => Some(Start::CreatingAccount),
        Work::LogIn => Some(Start::Connecting),
    };
    if let Some(says) = says {
        let turn = usize::try_from(app.now / 120).unwrap_or(0) % SPINNER.len();
        page.text(
            &format!("{} {}", page.pen.sign(SPINNER[turn]), says.fill(lang, &[("server", &server)])),
            Role::Strong,
        );
    } else if let Some((at, _)) = app.entry.retry {
        let seconds = at.saturating_sub(app.now).div_ceil(1_000).to_string();
        page.text(&Start::RetryIn.fill(lang, &[("seconds", &seconds)]), Role::Warning);
    }
    if let Some(note) = app.notes.last() {
        let role = if note.tone == Tone::Bad { Role::Error } else { Role::Good };
        page.text(&note.text, role);
    }
}

/// A window that is written from top to bottom.
struct Page<'p, 'a> {
    pen: &'p mut Pen<'a>,
    /// What is still free of it.
    area: Rect,
    /// With no more rows than this left, there are no empty ones.
    roomy: u16,
}

impl Page<'_, '_> {
    fn used(&mut self, rows: u16) {
        let rows = rows.min(self.area.height);
        self.area = Rect { y: self.area.y + rows, height: self.area.height - rows, ..self.area };
    }

    fn gap(&mut self) {
        if self.area.height > self.roomy {
            self.used(1);
        }
    }

    fn text(&mut self, text: &str, role: Role) {
        let rows = self.pen.paragraph(self.area, text, role);
        self.used(rows);
    }

    fn form(&mut self, it: &Form) {
        let rows = form(it, self.pen, self.area);
        self.used(rows);
        if let Some(refused) = &it.refused {
            self.refused(refused);
        }
    }

    /// What went wrong.
    fn refused(&mut self, sentence: &str) {
        self.text(&format!("{} {sentence}", self.pen.sign("✗")), Role::Error);
    }

    /// A way to begin: a click anywhere on it chooses it.
    fn choice(&mut self, action: Action, title: Start, text: Start) {
        let lang = self.pen.settings.lang;
        let top = self.area;
        // Enter begins as well, as long as nothing else is chosen.
        let key = if action == Action::StartPrivate { Action::Submit } else { action };
        let key = self.pen.settings.keymap.shown(key);
        self.text(&format!("{} {}  [ {key} ]", self.pen.sign("▸"), title.say(lang)), Role::Button);
        let below = Rect { x: self.area.x + 2, width: self.area.width.saturating_sub(2), ..self.area };
        let rows = self.pen.paragraph(below, text.say(lang), Role::Dim);
        self.used(rows);
        self.pen.hits.add(Rect { height: self.area.y - top.y, ..top }, Target::Do(action));
        self.gap();
    }

    /// Buttons at the bottom, in as many rows as they need.
    fn buttons(&mut self, buttons: &[(Action, Option<Start>)]) {
        let width = usize::from(self.area.width);
        let cells = self.pen.settings.cells;
        let mut rows: Vec<Vec<(String, Action)>> = vec![Vec::new()];
        let mut used = 0;
        for (action, better) in buttons {
            let text = match better {
                Some(text) => self.pen.say(*text),
                None => self.pen.say(action.does()),
            };
            let key = self.pen.settings.keymap.shown(*action);
            let label = if key.is_empty() { format!("[ {text} ]") } else { format!("[ {key} {text} ]") };
            let wide = cells.width(&label);
            // What is there on every screen stands in a row of its own.
            if used > 0 && (used + wide > width || *action == Action::Language) {
                rows.push(Vec::new());
                used = 0;
            }
            used += wide + 1;
            if let Some(row) = rows.last_mut() {
                row.push((label, *action));
            }
        }
        let height = u16::try_from(rows.len()).unwrap_or(1).min(self.area.height);
        let top = self.area.bottom() - height;
        for (row, y) in rows.iter().zip(top..) {
            let mut place = Rect { y, height: 1, ..self.area };
            for (label, action) in row {
                let used = self.pen.clickable(place, label, Role::Button, Target::Do(*action)) + 1;
                place.x += used;
                place.width = place.width.saturating_sub(used);
            }
        }
        self.area.height -= height;
    }
}

/// How wide the window is, where there is room.
const WIDTH: u16 = 72;
/// With no more rows than this left, there are usually no empty ones.
const ROOMY: u16 = 4;
/// What moves while something is being done.
const SPINNER: [&str; 8] = ["⣾", "⣽", "⣻", "⢿", "⡿", "⣟", "⣯", "⣷"];
