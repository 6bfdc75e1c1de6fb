//! The pane of the inspector: each layer as rows of hexadecimal digits, and the selected field explained.

use super::{Inspector, Seen, field_at};
use crate::app::{App, Focus};
use crate::area::{row, skip};
use crate::draw::Pen;
use crate::hit::{Pane, Target};
use crate::lang::Say;
use crate::lang::inspect::{Inspect, kind_about, kind_name};
use crate::text;
use crate::theme::Role;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use std::ops::Range;
use uchat_protocol::inspect::Layer;

/// Draws it.
pub(crate) fn draw(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let focus = app.view.focus == Focus::Inspector && app.overlay.is_none();
    let title = pen.say(Inspect::Title).to_owned();
    let title = if focus { format!("{title}{}{}", pen.sign(" · "), pen.say(Inspect::Keys)) } else { title };
    let inside = pen.frame(area, &title, focus);
    pen.hits.cover(area);
    pen.hits.pane(area, Pane::Inspector);
    let Some(inspector) = &app.inspector else {
        pen.paragraph(inside, pen.say(Inspect::Nothing), Role::Dim);
        return;
    };
    let mut area = inside;
    let about = pen
        .settings
        .cells
        .shorten(&format!("{}{}{}", pen.sign("“"), inspector.about, pen.sign("”")), usize::from(area.width));
    pen.put(row(area), &about, Role::Strong);
    skip(&mut area, 1);
    match &inspector.seen {
        Seen::Asked => drop(pen.paragraph(area, pen.say(Inspect::Asked), Role::Dim)),
        Seen::Gone => drop(pen.paragraph(area, pen.say(Inspect::Gone), Role::Dim)),
        Seen::Layers(layers) => {
            let needed = 2 + explanation(inspector, layers, pen, area.width);
            let explained = (area.height / 3).clamp(4, EXPLAINED).max(needed.min(area.height / 2));
            let explained = explained.min(area.height);
            let below = Rect { y: area.bottom() - explained, height: explained, ..area };
            area.height -= explained;
            self::layers(inspector, layers, pen, area);
            explain(inspector, layers, pen, below);
        }
    }
}

/// All layers; the one with the selected byte has the most room.
fn layers(inspector: &Inspector, layers: &[Layer], pen: &mut Pen<'_>, mut area: Rect) {
    let wide = if usize::from(area.width) >= 6 + 4 * 16 { 16 } else { 8 };
    let linked = inspector.linked();
    let all = layers.iter().map(|layer| layer.labelled.bytes.len().div_ceil(wide));
    let height = usize::from(area.height);
    // Where there is not even a row for each name, those above the chosen one go.
    let first = if height > layers.len() { 0 } else { (inspector.layer + 2).saturating_sub(height.max(2)) };
    let heads = heads(inspector.layer, layers, pen, area);
    let names = heads.iter().skip(first).map(|rows| usize::from(*rows)).sum::<usize>();
    let names = names.min(height.saturating_sub(1).max(1));
    let rows = share(height.saturating_sub(names), inspector.layer, &all.collect::<Vec<_>>());
    for (number, (layer, rows)) in layers.iter().zip(rows).enumerate().skip(first) {
        if area.height == 0 {
            return;
        }
        let head = heads.get(number).copied().unwrap_or(1).min(area.height);
        title(inspector, number, layer, pen, Rect { height: head, ..area });
        skip(&mut area, head);
        let rows = u16::try_from(rows).unwrap_or(u16::MAX).min(area.height);
        let marked = linked.get(number).cloned().flatten();
        hex(number, layer, marked, wide, pen, Rect { height: rows, ..area });
        skip(&mut area, rows);
    }
}

/// How many rows each layer gets, of which each could use so many: first a little for all, then what the chosen one can
/// use, then what is left to the others. Where there is not a little for all, the chosen one gets everything.
fn share(room: usize, chosen: usize, wanted: &[usize]) -> Vec<usize> {
    let few = match room / wanted.len().max(1) {
        0 => 0,
        1 | 2 => 1,
        _ => 2,
    };
    let mut rows: Vec<usize> = wanted.iter().map(|wanted| few.min(*wanted)).collect();
    let mut free = room.saturating_sub(rows.iter().sum());
    let others = (0..wanted.len()).filter(|number| *number != chosen);
    for number in std::iter::once(chosen).chain(others) {
        if let (Some(rows), Some(wanted)) = (rows.get_mut(number), wanted.get(number)) {
            let more = free.min(wanted - *rows);
            *rows += more;
            free -= more;
        }
    }
    rows
}

/// How many rows stand above each layer: its name, and beside it what it is, as far as there is room for that: of all
/// layers, or of the chosen one, or in one row.
fn heads(chosen: usize, layers: &[Layer], pen: &Pen<'_>, area: Rect) -> Vec<u16> {
    let whole = |(number, layer): (usize, &Layer)| {
        let beside = area.width.saturating_sub(name_width(number, layer, pen));
        rows(pen.say(kind_about(layer.kind)), beside, pen).clamp(1, HEAD)
    };
    let whole: Vec<u16> = layers.iter().enumerate().map(whole).collect();
    let least = u16::try_from(layers.len()).unwrap_or(u16::MAX); // a row of bytes for each
    let of_chosen = whole.get(chosen).copied().unwrap_or(1);
    if whole.iter().sum::<u16>().saturating_add(least) <= area.height {
        return whole;
    }
    let fits = least.saturating_mul(2).saturating_add(of_chosen) <= area.height.saturating_add(1);
    let rows = |number| if fits && number == chosen { of_chosen } else { 1 };
    (0..layers.len()).map(rows).collect()
}

fn rows(text: &str, width: u16, pen: &Pen<'_>) -> u16 {
    u16::try_from(text::wrap(text, usize::from(width), pen.settings.cells).len()).unwrap_or(u16::MAX)
}

fn name(number: usize, layer: &Layer, pen: &Pen<'_>) -> String {
    let length = bytes(pen, layer.labelled.bytes.len());
    format!("{} {}{}{length}", number + 1, pen.say(kind_name(layer.kind)), pen.sign(" · "))
}

/// The cells of a name, and the space behind it.
fn name_width(number: usize, layer: &Layer, pen: &Pen<'_>) -> u16 {
    let width = pen.settings.cells.width(&name(number, layer, pen));
    u16::try_from(width).unwrap_or(u16::MAX).saturating_add(2)
}

/// The rows above a layer.
fn title(inspector: &Inspector, number: usize, layer: &Layer, pen: &mut Pen<'_>, area: Rect) {
    let role = if number == inspector.layer { Role::Button } else { Role::Strong };
    pen.put(row(area), &name(number, layer, pen), role);
    let used = name_width(number, layer, pen).min(area.width);
    let about = Rect { x: area.x + used, width: area.width - used, ..area };
    let text = pen.say(kind_about(layer.kind));
    if rows(text, about.width, pen) > about.height {
        let text = pen.settings.cells.shorten(text, usize::from(about.width));
        pen.put(row(about), &text, Role::Dim);
    } else {
        pen.paragraph(about, text, Role::Dim);
    }
    pen.hits.add(area, Target::Byte { layer: number, at: layer.part.start });
}

/// Rows of one layer around the bytes that are marked.
fn hex(
    number: usize,
    layer: &Layer,
    marked: Option<Range<usize>>,
    wide: usize,
    pen: &mut Pen<'_>,
    area: Rect,
) {
    let bytes = &layer.labelled.bytes;
    let room = usize::from(area.height);
    let all = bytes.len().div_ceil(wide);
    let start = marked.as_ref().map_or(layer.part.start, |marked| marked.start) / wide;
    let first = start.saturating_sub(room / 3).min(all.saturating_sub(room));
    let field = marked
        .as_ref()
        .and_then(|marked| field_at(&layer.labelled, marked.start, pen.settings.lang))
        .map(|field| field.range);
    let starts: Vec<usize> = layer.labelled.leaves().map(|leaf| leaf.range.start).collect();
    for line in 0..room.min(all.saturating_sub(first)) {
        let from = (first + line) * wide;
        let place = Rect { y: area.y + u16::try_from(line).unwrap_or(0), height: 1, ..area };
        pen.put(place, &format!("{from:04x}"), Role::Dim);
        for (column, byte) in bytes[from..bytes.len().min(from + wide)].iter().enumerate() {
            let at = from + column;
            let is_odd = starts.partition_point(|start| *start <= at) % 2 == 1;
            let mut style =
                pen.style(if is_odd { Role::Text } else { Role::Link }).remove_modifier(Modifier::UNDERLINED);
            if !layer.part.contains(&at) {
                style = pen.style(Role::Dim);
            }
            if field.as_ref().is_some_and(|field| field.contains(&at)) {
                style = style.add_modifier(Modifier::UNDERLINED);
            }
            if marked.as_ref().is_some_and(|marked| marked.contains(&at)) {
                style = pen.style(Role::Chosen);
            }
            let x = area.x + 6 + u16::try_from(column * 3).unwrap_or(0);
            let cell = Rect { x, width: 2, ..place };
            pen.put_styled(cell, &format!("{byte:02x}"), style);
            pen.hits.add(Rect { width: 3, ..cell }, Target::Byte { layer: number, at });
            let x = area.x + 7 + u16::try_from(wide * 3 + column).unwrap_or(0);
            let cell = Rect { x, width: 1, ..place };
            pen.put_styled(cell, pen.character(*byte), style);
            pen.hits.add(cell, Target::Byte { layer: number, at });
        }
    }
}

/// The rows that say what the selected field is for.
fn explanation(inspector: &Inspector, layers: &[Layer], pen: &Pen<'_>, width: u16) -> u16 {
    let layer = layers.get(inspector.layer);
    let field = layer.and_then(|layer| field_at(&layer.labelled, inspector.at, pen.settings.lang));
    field.map_or(0, |field| rows(pen.say(field.explains), width, pen))
}

/// The selected field: its way, its bytes, its value, what it is for.
fn explain(inspector: &Inspector, layers: &[Layer], pen: &mut Pen<'_>, mut area: Rect) {
    let field = layers
        .get(inspector.layer)
        .and_then(|layer| field_at(&layer.labelled, inspector.at, pen.settings.lang));
    let Some(field) = field else { return };
    pen.put(row(area), &pen.sign("─").repeat(usize::from(area.width)), Role::Frame);
    skip(&mut area, 1);
    let (from, to) = (field.range.start, field.range.end - 1);
    let place = if from == to { format!("{from}") } else { format!("{from}{}{to}", pen.sign("–")) };
    let used = pen.put(row(area), &field.path, Role::Strong);
    let beside = Rect { x: area.x + used + 2, width: area.width.saturating_sub(used + 2), ..row(area) };
    let place = Inspect::Bytes.fill(pen.settings.lang, &[("place", &place)]);
    let used = pen.put(beside, &place, Role::Dim);
    let beside = Rect { x: beside.x + used + 2, width: beside.width.saturating_sub(used + 2), ..beside };
    let value = pen.settings.cells.shorten(&field.value, usize::from(beside.width));
    pen.put(beside, &value, Role::Good);
    skip(&mut area, 1);
    pen.paragraph(area, pen.say(field.explains), Role::Text);
}

fn bytes(pen: &Pen<'_>, count: usize) -> String {
    Inspect::Length.fill(pen.settings.lang, &[("count", &count.to_string())])
}

/// The rows of the explanation, where they are enough for it.
const EXPLAINED: u16 = 5;
/// The most rows above a layer.
const HEAD: u16 = 3;
