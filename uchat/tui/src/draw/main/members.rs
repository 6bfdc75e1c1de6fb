//! Who is in the room that is open.

use crate::action::Action;
use crate::app::App;
use crate::draw::Pen;
use crate::hit::Target;
use crate::lang::main::Main;
use crate::theme::Role;
use ratatui::layout::Rect;
use uchat_client::core::{Member, With};

/// The members of the room that is open, if there is one and they are known; who is there first.
pub(super) fn of_open(app: &App) -> Option<Vec<&Member>> {
    let Some(With::Room(room)) = &app.view.open else { return None };
    let mut members: Vec<&Member> = app.people.members.get(room)?.iter().collect();
    members.sort_by_key(|member| (!member.online, !member.owner, &member.name));
    Some(members)
}

/// Draws them.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let Some(members) = of_open(app).filter(|_| !area.is_empty()) else { return };
    let title = format!("{} {}", pen.say(Main::Members), members.len());
    let inside = pen.frame(area, &title, false);
    pen.hits.add(area, Target::Do(Action::Members));
    for (member, y) in members.iter().zip(inside.top()..inside.bottom()) {
        let line = Rect { y, height: 1, ..inside };
        let (sign, role) =
            if member.online { (pen.sign("●"), Role::Good) } else { (pen.sign("○"), Role::Dim) };
        let mut x = pen.put(line, sign, role) + 1;
        let after = |x: u16| Rect { x: line.x + x, width: line.width.saturating_sub(x), ..line };
        x += pen.put(after(x), &member.name, if member.online { Role::Text } else { Role::Dim }) + 1;
        if member.owner {
            pen.put(after(x), pen.say(Main::Owner), Role::Warning);
        }
    }
}
