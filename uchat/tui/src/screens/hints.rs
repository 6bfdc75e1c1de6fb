//! The first hints: three things to try, beside a new account's first chat, until somebody has seen them.

use super::Start;
use crate::action::Action;
use crate::app::App;
use crate::draw::Pen;
use crate::hit::Target;
use crate::lang::Say;
use crate::theme::Role;
use ratatui::layout::Rect;

/// They are not wanted any more; tells whether they were there.
pub(crate) fn hide(app: &mut App) -> bool {
    std::mem::take(&mut app.entry.hints)
}

/// Draws them, if they are wanted and there is room for something else beside them: the inspector leaves none.
pub(crate) fn draw(app: &App, pen: &mut Pen<'_>, area: Rect) {
    if !app.entry.hints || app.overlay.is_some() || app.view.inspecting {
        return;
    }
    let lang = app.lang();
    let key = |action| pen.settings.keymap.shown(action);
    let rows = [
        (format!("1 {}", Start::HintWrite.say(lang)), Target::Composer),
        (
            format!("2 [ {} ] {}", key(Action::Inspect), Start::HintInspect.say(lang)),
            Target::Do(Action::Inspect),
        ),
        (
            format!("3 [ {} ] {}", key(Action::AddFriend), Start::HintFriend.say(lang)),
            Target::Do(Action::AddFriend),
        ),
        (format!("[ {} {} ]", key(Action::Close), Start::HintClose.say(lang)), Target::Do(Action::Close)),
    ];
    let widest = rows.iter().map(|(text, _)| pen.settings.cells.width(text)).max().unwrap_or(0);
    let width = u16::try_from(widest).unwrap_or(u16::MAX).saturating_add(4);
    let height = HEIGHT;
    let left = (area.width / 3).clamp(18, 32);
    if area.width < left + width + 2 || area.height < height + 10 {
        return;
    }
    // On the right, where the first messages of a chat leave room.
    let x = area.right() - width - 1;
    let place = Rect { x, y: area.y + 2, width, height };
    let inside = pen.window(place, width, height, Start::Hints.say(lang));
    for (y, (text, target)) in (inside.y..inside.bottom()).zip(rows) {
        let line = Rect { x: inside.x + 1, y, width: inside.width.saturating_sub(1), height: 1 };
        let role = if matches!(target, Target::Do(_)) { Role::Button } else { Role::Text };
        pen.clickable(line, &text, role, target);
    }
}

/// Four lines and a frame.
const HEIGHT: u16 = 6;
