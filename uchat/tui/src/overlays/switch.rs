//! The quick way to a chat: some letters of its name, in order, are enough.

use super::finder::{Finder, Finds};
use super::parts;
use super::{Then, Window};
use crate::app::{App, Entry};
use crate::area;
use crate::draw::Pen;
use crate::lang::overlays::Over;
use crate::theme::Role;
use ratatui::layout::Rect;
use std::cmp::Reverse;
use uchat_client::core::With;

/// What was typed, and which row is chosen.
#[derive(Debug, Clone)]
pub struct Switch {
    finder: Finder,
}

impl Switch {
    pub(super) fn new() -> Self {
        Self { finder: Finder::new(100) }
    }

    /// Who fits, the best first; with nothing typed all, those with something unread first.
    fn found<'a>(&self, app: &'a App) -> Vec<&'a Entry> {
        let typed: Vec<char> = self.finder.text.text().to_lowercase().chars().filter(|c| *c != ' ').collect();
        let mut found: Vec<(usize, &Entry)> = app
            .people
            .list
            .iter()
            .filter_map(|entry| Some((distance(&entry.name, &typed)?, entry)))
            .collect();
        found.sort_by_key(|(distance, entry)| {
            (*distance, Reverse(entry.mentioned), Reverse(entry.unread.min(1)))
        });
        found.into_iter().map(|(_, entry)| entry).collect()
    }
}

/// How far the name is from what was typed: whether it begins with it, and how many letters lie between those that were
/// typed. `None` if they are not all there in this order.
fn distance(name: &str, typed: &[char]) -> Option<usize> {
    let name: Vec<char> = name.to_lowercase().chars().collect();
    let (mut at, mut first, mut last) = (0, None, 0);
    for c in typed {
        at += name[at..].iter().position(|other| other == c)?;
        first = first.or(Some(at));
        last = at;
        at += 1;
    }
    let Some(first) = first else { return Some(0) };
    Some(first.min(1) + 2 * (last + 1 - first - typed.len()))
}

impl Finds for Switch {
    fn finder(&mut self) -> &mut Finder {
        &mut self.finder
    }

    fn count(&self, app: &App) -> usize {
        self.found(app).len()
    }

    fn search(&mut self, _app: &mut App) {
        self.finder.list.at = 0;
    }

    fn choose(&mut self, app: &mut App, at: usize) -> Then {
        self.found(app).get(at).map_or(Then::Stay, |entry| Then::Chat(entry.with.clone()))
    }
}

impl Window for Switch {
    fn finds(&mut self) -> Option<&mut dyn Finds> {
        Some(self)
    }

    fn draw(&self, app: &App, pen: &mut Pen<'_>, area: Rect) {
        let inside = parts::window(pen, area, (48, 18), pen.say(Over::Switch));
        parts::input(pen, inside, pen.sign("›"), &self.finder.text, pen.say(Over::SwitchHint));
        let found = self.found(app);
        let rows = area::below(inside, 2);
        if found.is_empty() {
            pen.put(rows, pen.say(Over::NobodyFits), Role::Dim);
        }
        self.finder.list.of(found.len()).draw(pen, rows, found.len(), |pen, line, at, role| {
            let entry = found[at];
            let sign = match (&entry.with, entry.online) {
                (With::Room(_), _) => "#",
                (With::User(_), true) => pen.sign("●"),
                (With::User(_), false) => pen.sign("○"),
            };
            let used = pen.put(line, &format!("{sign} {}", entry.name), role) + 2;
            if entry.unread > 0 {
                let role = if role == Role::Chosen { role } else { Role::Unread };
                pen.put(area::after(line, used), &format!("{}{}", pen.sign("•"), entry.unread), role);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn letters_in_order_find_a_name_and_the_nearest_name_comes_first() {
        let far = |name: &str, typed: &str| distance(name, &typed.chars().collect::<Vec<_>>());
        assert_eq!(far("Ann", "ann"), Some(0));
        assert!(far("ann", "an") < far("joann", "an"));
        assert!(far("ann", "an") < far("alan", "an"));
        assert_eq!(far("ann", "na"), None);
        assert_eq!(far("小明", "明"), Some(1));
        assert_eq!(far("ann", ""), Some(0));
    }
}
