//! A conversation: its messages laid out, scrolled and drawn; the composer; what can be done with a message.
//!
//! | file | idea |
//! |---|---|
//! | `history.rs` | pages of history, asked for before they are needed; jumps |
//! | `scroll.rs` | which part is shown, tied to a message |
//! | `layout.rs` | a message as rows, kept until something about it changes |
//! | `messages.rs` | from rows to cells |
//! | `attachment.rs` `pictures.rs` | the file of a message; its image |
//! | `rich.rs` `font.rs` | links and mentions; colour and size |
//! | `days.rs` `delivery.rs` | when, and how far |
//! | `menu.rs` | what can be done with the message that is selected |
//! | `composer.rs` `field.rs` | what is being written; how that looks |
//! | `dropped.rs` | files that are dropped onto the terminal |
//! | `outgoing.rs` | what is sent, until it is a message like the others |
//! | `news.rs` | what the client tells of messages and files |

mod attachment;
mod composer;
mod days;
mod delivery;
mod dropped;
mod field;
mod font;
mod history;
mod layout;
mod menu;
mod messages;
mod news;
mod outgoing;
mod pictures;
mod rich;
mod scroll;

pub(crate) use attachment::size;
pub(crate) use composer::{choose_colour, click as click_composer, insert as paste, key};
pub(crate) use history::{answered as history, jump};
pub(crate) use layout::Laid;
pub(crate) use menu::{copy, fits_selected, react};
pub(crate) use news::{Delivery, came, changed, delivered, file_failed, file_progress, file_saved};
pub(crate) use outgoing::{file_begun, not_edited, not_sent, queued, send_file};
pub(crate) use pictures::want as pictures;
pub(crate) use scroll::by as scroll;

use crate::action::Action;
use crate::app::{App, Focus, Talk, Why};
use crate::draw::{self, Pen};
use crate::hit::{Pane, Target};
use crate::lang::chat::Chat;
use crate::lang::main::Main;
use crate::lang::{Lang, Say, said};
use crate::theme::Role;
use messages::over;
use ratatui::layout::{Constraint, Layout, Rect, Size};
use uchat_client::core::{Command, Shown, With};
use uchat_protocol::MessageId;

/// Opens a conversation at its end.
pub(crate) fn open(app: &mut App, with: With) {
    leave(app);
    history::open(app, &with);
    app.view.open = Some(with);
    composer::focus(app);
}

/// Nothing is open any more: the contact list has the keys.
pub(crate) fn close(app: &mut App) {
    leave(app);
    composer::focus(app);
    (app.view.inspecting, app.inspector) = (false, None);
}

/// What is open is not any more: what was new in it is not new the next time.
fn leave(app: &mut App) {
    let Some(with) = app.view.open.take() else { return };
    if let Some(talk) = app.talks.get_mut(&with) {
        if scroll::is_at_end(talk) {
            talk.unread_from = None;
        }
        talk.lines_mut().iter_mut().for_each(|line| line.laid = None);
    }
}

/// Whether the user sees what comes in this conversation.
pub(crate) fn is_looked_at(app: &App, with: &With) -> bool {
    let open = app.view.open.as_ref() == Some(with) && draw::shows_chat(app);
    let there = |talk: &Talk| talk.complete || !talk.lines().is_empty();
    let at_end = app.talks.get(with).is_some_and(|talk| scroll::is_at_end(talk) && there(talk));
    app.attention && app.overlay.is_none() && open && at_end
}

/// What is open is seen: if anything in it was unread, the server is told.
pub(crate) fn seen(app: &mut App) {
    let Some(with) = app.view.open.clone() else { return };
    let unread = app.people.entry(&with).is_some_and(|entry| entry.unread > 0);
    if unread && is_looked_at(app, &with) && !app.asked.waits_for(&Why::Read(with.clone())) {
        app.people.read(&with);
        app.ask(Command::MarkRead { with: with.clone() }, Why::Read(with));
    }
}

/// A message in one line, for the contact list and notifications.
pub(crate) fn one_line(message: &Shown, lang: Lang) -> String {
    let most = |text: &str| text.chars().take(ONE_LINE).collect::<String>();
    let text = message.text.as_deref();
    if let Some(line) = text.filter(|_| message.from.is_none()).and_then(|text| said::line(lang, text)) {
        return line;
    }
    match (&message.text, &message.file) {
        _ if message.deleted => Chat::Deleted.say(lang).to_owned(),
        (_, Some(file)) => format!("{} {}", Chat::File.say(lang), most(&file.name)),
        (Some(text), None) => most(text).split_whitespace().collect::<Vec<_>>().join(" "),
        (None, None) => String::new(),
    }
}

/// Selects a message, or none.
pub(crate) fn select(app: &mut App, id: Option<MessageId>) {
    (app.view.selected, app.view.deletes) = (id, None);
    if id.is_some() && app.view.focus == Focus::Contacts {
        app.view.focus = Focus::Composer; // the keys are for the message
    }
}

/// An action in the conversation.
pub(crate) fn act(app: &mut App, action: Action) {
    if menu::act(app, action) {
        return;
    }
    match action {
        Action::PageUp => scroll::page(app, true),
        Action::PageDown => scroll::page(app, false),
        Action::ToNewest => scroll::to_newest(app),
        Action::ToOldest => scroll::to_oldest(app),
        Action::SelectUp => menu::step(app, true),
        Action::SelectDown => menu::step(app, false),
        Action::Close if app.view.selected.is_some() => select(app, None),
        Action::Close => {
            if !composer::act(app, action) {
                scroll::to_newest(app);
            }
        }
        _ => drop(composer::act(app, action)),
    }
}

/// Draws the conversation that is open.
pub(crate) fn draw(app: &mut App, pen: &mut Pen<'_>, area: Rect) {
    let Some(with) = app.view.open.clone() else {
        let inside = pen.frame(area, "uchat", false);
        pen.paragraph(inside, pen.say(Chat::NothingOpen), Role::Dim);
        return;
    };
    let composer = field::rows(app, area.width, (area.height / 3).max(3));
    let [upper, lower] = Layout::vertical([Constraint::Min(3), Constraint::Length(composer)]).areas(area);
    let inside = pen.frame(upper, &title(app, &with), false);
    pen.hits.pane(upper, Pane::Messages);
    let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    let warning = warning(app, pen, inside, &with);
    let bar = menu::rows(app, inside.width);
    let [_, pane, menu] =
        Layout::vertical([Constraint::Length(warning), Constraint::Min(1), Constraint::Length(bar)])
            .areas(inside);
    // Longer rows are hard to read.
    let pane = Rect { width: pane.width.min(WIDEST), ..pane };
    app.view.pane = Size::new(pane.width, pane.height);
    messages::draw(app, pen, pane, &with);
    menu::draw(app, pen, menu);
    edges(app, pen, upper, &with);
    field::draw(app, pen, lower, &with);
}

/// The name, and whether somebody is there: `bob · typing…`.
fn title(app: &App, with: &With) -> String {
    let mut parts = vec![app.people.name(with).into_owned()];
    if let Some(entry) = app.people.entry(with) {
        let state = match (with, entry.online) {
            _ if entry.typing_until > app.now => Some(Main::Typing),
            (With::Room(_), _) => None,
            (With::User(_), true) => Some(Main::Online),
            (With::User(_), false) => Some(Main::Offline),
        };
        parts.extend(state.map(|state| app.say(state).to_owned()));
    }
    if app.settings.muted.contains(with) {
        parts.push(app.say(Chat::Muted).to_owned());
    }
    parts.join(app.settings.cells.sign(" · "))
}

/// Other keys than before: above everything else. Returns the rows that it took.
fn warning(app: &App, pen: &mut Pen<'_>, area: Rect, with: &With) -> u16 {
    let Some(entry) = app.people.entry(with).filter(|entry| entry.key_changed) else { return 0 };
    let text = Chat::KeysChanged.fill(app.lang(), &[("name", &entry.name)]);
    let rows = pen.paragraph(Rect { height: area.height.min(3), ..area }, &text, Role::Warning);
    let below = Rect { y: area.y + rows, height: 1, ..area };
    pen.button(below, Action::Safety);
    rows + 1
}

/// On the edges of the messages: that earlier ones are on their way, and what is below.
fn edges(app: &App, pen: &mut Pen<'_>, area: Rect, with: &With) {
    let Some(talk) = app.talks.get(with) else { return };
    let waits = |page| app.asked.waits_for(&Why::History(with.clone(), page));
    if talk.oldest().is_some_and(|oldest| waits(crate::app::Page::Older(oldest))) {
        let text = format!(" {} ", pen.say(Chat::Loading));
        edge(pen, Rect { height: 1, ..area }, &text, Role::Dim);
    }
    if !scroll::is_at_end(talk) {
        let text = match talk.below {
            0 => pen.say(Chat::ToEnd).to_owned(),
            count => Chat::NewBelow.fill(app.lang(), &[("count", &count.to_string())]),
        };
        let text = format!("[ {text}{}{} ]", pen.sign(" · "), app.settings.keymap.shown(Action::ToNewest));
        let role = if talk.below > 0 { Role::Warning } else { Role::Button };
        let place = edge(pen, Rect { y: area.bottom() - 1, height: 1, ..area }, &text, role);
        pen.hits.add(place, Target::Do(Action::ToNewest));
    }
}

/// A text near the right end of a line; returns where it stands.
fn edge(pen: &mut Pen<'_>, line: Rect, text: &str, role: Role) -> Rect {
    let wide = u16::try_from(pen.settings.cells.width(text)).unwrap_or(u16::MAX);
    let place = crate::area::after(line, line.width.saturating_sub(wide.saturating_add(2)));
    let used = over(pen, place, text, pen.style(role));
    Rect { width: used, ..place }
}

/// The most cells of a row of messages.
const WIDEST: u16 = 110;
/// The most characters of a message that one line is made of.
const ONE_LINE: usize = 200;
