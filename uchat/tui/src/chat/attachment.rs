//! The file of a message: name, type and size as text, always; how far it is; what can be done with it. An image
//! itself is drawn below the text, where a terminal can: its rows are parts of the message like all others. Where it
//! cannot be shown, a sentence says why.

use super::layout::{Sheet, columns};
use super::pictures;
use crate::action::Action;
use crate::app::{Line, Settings};
use crate::area::after;
use crate::draw::Pen;
use crate::hit::Target;
use crate::image::{Look, Trouble};
use crate::lang::chat::Chat;
use crate::lang::images::Image;
use crate::lang::{Lang, Say};
use crate::text;
use crate::theme::Role;
use ratatui::layout::Rect;
use uchat_client::core::{DeliveryState, ShownFile};
use uchat_protocol::MessageId;

/// A row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Its name.
    Name,
    /// Its type and size.
    About,
    /// A row of why its image is not shown.
    Trouble(String),
    /// A row of its image, which has so many columns and rows.
    Picture { row: u16, cells: (u16, u16) },
    /// How far it is, and a button to stop it.
    Progress,
    /// A button to save it.
    Save,
    /// Where it was saved.
    Saved,
}

/// The rows that a file takes.
pub(crate) fn parts(line: &Line, image: Look, sheet: Sheet<'_>) -> Vec<Part> {
    let mut parts = vec![Part::Name, Part::About];
    match image {
        Look::Nothing => {}
        Look::Cells(width, height) => {
            parts.extend((0..height).map(|row| Part::Picture { row, cells: (width, height) }));
        }
        Look::Trouble(trouble) => {
            let sentence = format!("{} {}", sheet.cells.sign("✗"), Image::from(trouble).say(sheet.lang));
            let rows = text::wrap(&sentence, usize::from(columns(sheet.width)), sheet.cells);
            parts.extend(rows.into_iter().map(|row| Part::Trouble(sentence[row.bytes].to_owned())));
        }
    }
    // A file that is gone is not where it was saved; one of our own is still on the server.
    let gone = matches!(image, Look::Trouble(Trouble::Gone | Trouble::Changed));
    parts.extend(match last(line) {
        Some(Part::Saved) if gone => None,
        None if gone && can_save(line) => Some(Part::Save),
        last => last,
    });
    parts
}

/// The last row: what can be done with it, or where it is.
fn last(line: &Line) -> Option<Part> {
    let (file, shown) = (line.shown.file.as_ref()?, &line.shown);
    match (&line.progress, &file.path) {
        (Some(_), _) => Some(Part::Progress),
        (None, None) => Some(Part::Save),
        (None, Some(_)) if shown.state.is_none() => Some(Part::Saved),
        (None, Some(_)) => None,
    }
}

/// Whether it can be saved now: our own, too, since what was sent may not lie here any more.
pub(crate) fn can_save(line: &Line) -> bool {
    let sent = line.shown.state.is_some() && line.shown.seq.is_some() && line.progress.is_none();
    last(line) == Some(Part::Save) || (sent && line.shown.file.is_some())
}

/// Whether it is on its way.
pub(crate) fn can_cancel(line: &Line) -> bool {
    line.progress.is_some() && line.shown.state != Some(DeliveryState::Failed)
}

/// Draws one row of it; `room` is what time and state leave of the first.
pub(crate) fn draw(part: &Part, line: &Line, sheet: Sheet<'_>, pen: &mut Pen<'_>, area: Rect, room: u16) {
    let (Some(file), Some(id)) = (&line.shown.file, line.shown.id) else { return };
    match part {
        Part::Name => {
            let name = pen.settings.cells.shorten(&file.name, usize::from(room).saturating_sub(3));
            let name = format!("{} {name}", pen.sign("▤"));
            pen.put(area, &name, Role::Strong);
        }
        Part::About => {
            let about = about(file, pixels(file, sheet), pen.settings);
            pen.put(area, &pen.settings.cells.shorten(&about, usize::from(area.width)), Role::Dim);
        }
        Part::Trouble(sentence) => drop(pen.put(area, sentence, Role::Warning)),
        Part::Picture { .. } => {} // all of it at once
        Part::Progress => progress(line.progress.unwrap_or_default(), id, pen, area),
        Part::Save => button(Action::SaveFile, Chat::Save, id, pen, area),
        Part::Saved => {
            let path = file.path.as_deref().unwrap_or_default();
            let saved =
                format!("{} {}", pen.sign("✓"), Chat::SavedAt.fill(pen.settings.lang, &[("path", path)]));
            pen.put(area, &pen.settings.cells.shorten(&saved, usize::from(area.width)), Role::Good);
        }
    }
}

fn progress((done, total): (u64, u64), id: MessageId, pen: &mut Pen<'_>, area: Rect) {
    let lang = pen.settings.lang;
    if total == 0 {
        let used = pen.put(area, pen.say(Chat::Begins), Role::Dim) + 2;
        return button(Action::CancelFile, Chat::Cancel, id, pen, after(area, used));
    }
    let share = (u128::from(done.min(total)) * 100 / u128::from(total)) as usize;
    let far = format!(" {share} %{}{} / {}  ", pen.sign(" · "), size(done, lang), size(total, lang));
    let cells = pen.settings.cells;
    let others = cells.width(&far) + cells.width(&label(Action::CancelFile, Chat::Cancel, pen));
    let bar = usize::from(area.width).saturating_sub(others).min(BAR);
    let full = bar * share / 100;
    let mut used = pen.put(area, &pen.sign("▰").repeat(full), Role::Good);
    used += pen.put(after(area, used), &pen.sign("▱").repeat(bar - full), Role::Dim);
    used += pen.put(after(area, used), if bar > 0 { &far } else { far.trim_start() }, Role::Text);
    button(Action::CancelFile, Chat::Cancel, id, pen, after(area, used));
}

fn label(action: Action, text: Chat, pen: &Pen<'_>) -> String {
    format!("[ {} {} ]", pen.settings.keymap.shown(action), pen.say(text))
}

/// A button with the key of its action.
fn button(action: Action, text: Chat, id: MessageId, pen: &mut Pen<'_>, area: Rect) {
    let label = label(action, text, pen);
    pen.clickable(area, &label, Role::Button, Target::On(id, action));
}

fn pixels(file: &ShownFile, sheet: Sheet<'_>) -> Option<(u32, u32)> {
    pictures::source(file).and_then(|file| sheet.album.pixels(&file))
}

/// Type and size: `image/png · 1.2 MB · 640 × 480`.
fn about(file: &ShownFile, pixels: Option<(u32, u32)>, settings: &Settings) -> String {
    let lang = settings.lang;
    let what = match file.media_type.as_str() {
        "" => Chat::File.say(lang),
        media_type => media_type,
    };
    if file.size == 0 && file.media_type.is_empty() {
        return what.to_owned(); // not looked at yet
    }
    let (size, dot) = (size(file.size, lang), settings.cells.sign(" · "));
    match pixels {
        None => format!("{what}{dot}{size}"),
        Some((width, height)) => {
            format!("{what}{dot}{size}{dot}{width} {} {height}", settings.cells.sign("×"))
        }
    }
}

/// A size as people say it: `512 bytes`, `1.2 MB`.
pub(crate) fn size(bytes: u64, lang: Lang) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return Chat::Bytes.fill(lang, &[("count", &bytes.to_string())]);
    }
    let (mut tenths, mut unit) = (u128::from(bytes) * 10 / 1000, 0);
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    match tenths {
        0..1000 => format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit]),
        _ => format!("{} {}", tenths / 10, UNITS[unit]),
    }
}

/// The longest bar, in cells.
const BAR: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_as_people_say_them() {
        let said =
            [0, 999, 1_000, 1_234_567, 99_999, 250_000_000, u64::MAX].map(|bytes| size(bytes, Lang::En));
        let expected = ["0 bytes", "999 bytes", "1.0 kB", "1.2 MB", "99.9 kB", "250 MB", "18446 PB"];
        assert_eq!(said, expected);
    }
}
