//! The menu: what can be done with the message that is selected, the chat that is open, and everything else that
//! opens something. Each line has a letter, so that two keys are enough for all of them.

use super::parts::{self, List};
use super::{Then, Window};
use crate::action::{Action, Key, Place};
use crate::app::App;
use crate::area;
use crate::chat;
use crate::draw::Pen;
use crate::hit::Target;
use crate::lang::overlays::Over;
use crate::theme::Role;
use crossterm::event::KeyCode;
use ratatui::layout::Rect;

/// The lines, and which one is chosen.
#[derive(Debug, Clone)]
pub struct Menu {
    chat: Option<String>,
    actions: Vec<Action>,
    list: List,
}

impl Menu {
    pub(super) fn new(app: &App) -> Self {
        let places = app.places_below();
        let order = [MESSAGE, CHAT, REST].concat();
        let here = |action: &Action| places.contains(&action.place());
        let fits = |action: &Action| action.place() != Place::Message || chat::fits_selected(app, *action);
        let actions = order.into_iter().filter(here).filter(fits).collect();
        let chat = app.view.open.as_ref().map(|with| app.people.name(with).into_owned());
        Self { chat, actions, list: List::default() }
    }

    fn choose(&self, at: usize) -> Then {
        self.actions.get(at).map_or(Then::Stay, |action| Then::Do(*action))
    }
}

impl Window for Menu {
    fn key(&mut self, _app: &mut App, key: Key) -> Option<Then> {
        if let Some(at) = key.typed().and_then(|c| LETTERS.find(c)) {
            return Some(self.choose(at));
        }
        match key.code {
            KeyCode::Enter => Some(self.choose(self.list.at)),
            _ => self.list.key(key, self.actions.len()).then_some(Then::Stay),
        }
    }

    fn scroll(&mut self, _app: &App, rows: isize) {
        self.list.scroll(rows, self.actions.len());
    }

    fn draw(&self, _app: &App, pen: &mut Pen<'_>, area: Rect) {
        let count = u16::try_from(self.actions.len()).unwrap_or(u16::MAX);
        // Two columns where all of it would not fit into one.
        let two = count + 2 > area.height && area.width >= 76;
        let (width, height) = if two { (94, count.div_ceil(2) + 2) } else { (48, count + 2) };
        let inside =
            parts::window(pen, area, (width, height), self.chat.as_deref().unwrap_or(pen.say(Over::Menu)));
        let row = |pen: &mut Pen<'_>, place: Rect, at: usize, role: Role| {
            let Some(action) = self.actions.get(at) else { return };
            let whole = Rect { x: place.x.saturating_sub(2), width: place.width + 2, ..place };
            pen.hits.add(whole, Target::Do(*action));
            let as_chosen = |other| if role == Role::Chosen { role } else { other };
            if let Some(letter) = LETTERS.get(at..=at) {
                pen.put(place, letter, as_chosen(Role::Button));
            }
            let key = pen.settings.keymap.shown(*action);
            let wide = u16::try_from(pen.settings.cells.width(&key)).unwrap_or(0);
            let text = Rect { width: place.width.saturating_sub(wide + 4), ..area::after(place, 3) };
            parts::line(pen, text, pen.say(action.does()), role);
            let right = area::after(place, place.width.saturating_sub(wide));
            pen.put(right, &key, as_chosen(Role::Dim));
        };
        if !two {
            return self.list.draw(pen, inside, self.actions.len(), row);
        }
        let half = usize::from(count.div_ceil(2));
        for at in 0..self.actions.len() {
            let (column, y) = (u16::try_from(at / half).unwrap_or(0), u16::try_from(at % half).unwrap_or(0));
            if y >= inside.height {
                continue;
            }
            let wide = inside.width / 2;
            let place = Rect { x: inside.x + column * wide, y: inside.y + y, width: wide - 1, height: 1 };
            let role = if at == self.list.at { Role::Chosen } else { Role::Text };
            pen.put(place, &" ".repeat(usize::from(place.width)), role);
            pen.put(place, if at == self.list.at { pen.sign("›") } else { " " }, role);
            row(pen, area::after(place, 2), at, role);
        }
    }
}

const MESSAGE: &[Action] = &[
    Action::Reply,
    Action::Edit,
    Action::Delete,
    Action::React,
    Action::Copy,
    Action::CopyLinks,
    Action::SaveFile,
    Action::CancelFile,
    Action::Retry,
    Action::JumpToReplied,
];
const CHAT: &[Action] = &[
    Action::SendFile,
    Action::Search,
    Action::Members,
    Action::Safety,
    Action::Inspect,
    Action::Address,
    Action::Mute,
    Action::Export,
    Action::DeleteFriend,
    Action::Block,
    Action::LeaveRoom,
];
const REST: &[Action] = &[
    Action::SwitchChat,
    Action::NextUnread,
    Action::NextChat,
    Action::PreviousChat,
    Action::AddFriend,
    Action::Requests,
    Action::CreateRoom,
    Action::JoinRoom,
    Action::Addresses,
    Action::FocusNext,
    Action::Settings,
    Action::Profile,
    Action::TryNow,
    Action::LogOut,
    Action::Language,
    Action::Theme,
    Action::Help,
    Action::Clear,
    Action::Quit,
];
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
