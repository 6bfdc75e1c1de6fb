//! Which part of a conversation is shown. The place is tied to a message: what comes later below, and older pages that
//! come above, do not move what somebody reads. At the end it follows what comes.
//!
//! Only what is shown, and what lies between it and where it goes, is laid out.

use super::history;
use super::layout::{Sheet, with_open};
use crate::app::{App, Talk, Top};

/// A row of a conversation: which message, and which row of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) at: usize,
    pub(crate) row: usize,
}

/// The row at the upper edge of a pane of so many rows; none if there is no message.
pub(crate) fn top(talk: &mut Talk, sheet: Sheet<'_>, height: usize) -> Option<Spot> {
    let last = last_top(talk, sheet, height)?;
    let top = talk.top.and_then(|top| Some(Spot { at: talk.index_of_key(top.key)?, row: top.skip }));
    let Some(mut top) = top else { return Some(last) };
    top.row = top.row.min(sheet.rows(talk.lines_mut(), top.at).saturating_sub(1));
    // Where all that follows does not fill the pane, it shows the end.
    Some(if (last.at, last.row) < (top.at, top.row) { last } else { top })
}

/// The row that is at the upper edge when the end is shown.
fn last_top(talk: &mut Talk, sheet: Sheet<'_>, height: usize) -> Option<Spot> {
    let at = talk.lines().len().checked_sub(1)?;
    let row = sheet.rows(talk.lines_mut(), at);
    Some(up(talk, sheet, Spot { at, row }, height))
}

/// So many rows further up, or the first row.
fn up(talk: &mut Talk, sheet: Sheet<'_>, mut spot: Spot, rows: usize) -> Spot {
    let mut left = rows;
    loop {
        if left <= spot.row {
            return Spot { row: spot.row - left, ..spot };
        }
        let Some(before) = spot.at.checked_sub(1) else { return Spot { at: 0, row: 0 } };
        left -= spot.row;
        spot = Spot { at: before, row: sheet.rows(talk.lines_mut(), before) };
    }
}

/// So many rows further down, or the last row.
fn down(talk: &mut Talk, sheet: Sheet<'_>, mut spot: Spot, rows: usize) -> Spot {
    let mut left = rows;
    loop {
        let here = sheet.rows(talk.lines_mut(), spot.at);
        if spot.row + left < here {
            return Spot { row: spot.row + left, ..spot };
        }
        if spot.at + 1 == talk.lines().len() {
            return Spot { row: here.saturating_sub(1), ..spot };
        }
        left -= here - spot.row;
        spot = Spot { at: spot.at + 1, row: 0 };
    }
}

/// Ties the upper edge to this row, or lets it follow the end.
fn tie(talk: &mut Talk, sheet: Sheet<'_>, height: usize, spot: Spot) {
    let last = last_top(talk, sheet, height);
    let at_end = last.is_none_or(|last| (last.at, last.row) <= (spot.at, spot.row));
    if at_end && talk.at_end {
        (talk.top, talk.below) = (None, 0);
    } else {
        let spot = if at_end { last.unwrap_or(spot) } else { spot };
        talk.top = Some(Top { key: talk.key(spot.at), skip: spot.row });
    }
}

/// Moves what is shown; up if negative.
pub(crate) fn by(app: &mut App, rows: isize) {
    let height = usize::from(app.view.pane.height);
    with_open(app, |talk, sheet| {
        let Some(spot) = top(talk, sheet, height) else { return };
        let spot = match rows {
            ..0 => up(talk, sheet, spot, rows.unsigned_abs()),
            0.. => down(talk, sheet, spot, rows.unsigned_abs()),
        };
        tie(talk, sheet, height, spot);
    });
    history::want(app);
}

/// Moves by a page; one row of the old page stays.
pub(crate) fn page(app: &mut App, up: bool) {
    let rows = isize::try_from(app.view.pane.height.saturating_sub(1).max(1)).unwrap_or(1);
    by(app, if up { -rows } else { rows });
}

/// To the end, which is followed from now on.
pub(crate) fn to_newest(app: &mut App) {
    let Some(with) = app.view.open.clone() else { return };
    super::select(app, None);
    if let Some(talk) = app.talks.get_mut(&with) {
        (talk.top, talk.below) = (None, 0);
        if !talk.at_end {
            history::begin(app, &with);
        }
    }
}

/// To the first message there is.
pub(crate) fn to_oldest(app: &mut App) {
    let Some(with) = app.view.open.clone() else { return };
    let Some(talk) = app.talks.get_mut(&with) else { return };
    if talk.complete && !talk.lines().is_empty() {
        let height = usize::from(app.view.pane.height);
        with_open(app, |talk, sheet| tie(talk, sheet, height, Spot { at: 0, row: 0 }));
    } else {
        history::to_first(app, &with);
    }
}

/// Moves as little as needed to show all of a message, or its beginning where it is too long.
pub(crate) fn show(app: &mut App, at: usize) {
    let height = usize::from(app.view.pane.height);
    with_open(app, |talk, sheet| {
        let Some(edge) = top(talk, sheet, height) else { return };
        let first = Spot { at, row: 0 };
        let rows = sheet.rows(talk.lines_mut(), at);
        let spot = if (at, 0) < (edge.at, edge.row) || rows >= height {
            first
        } else {
            let lowest = up(talk, sheet, Spot { at, row: rows }, height);
            if (lowest.at, lowest.row) <= (edge.at, edge.row) {
                return;
            }
            lowest
        };
        tie(talk, sheet, height, spot);
    });
    history::want(app);
}

/// Shows a message with what stands around it.
pub(crate) fn centre(app: &mut App, at: usize) {
    let height = usize::from(app.view.pane.height);
    with_open(app, |talk, sheet| {
        let spot = up(talk, sheet, Spot { at, row: 0 }, height / 3);
        tie(talk, sheet, height, spot);
    });
    history::want(app);
}

/// The last message of which something is shown.
pub(crate) fn lowest_shown(app: &mut App) -> Option<usize> {
    let height = usize::from(app.view.pane.height);
    with_open(app, |talk, sheet| {
        let edge = top(talk, sheet, height)?;
        Some(down(talk, sheet, edge, height.saturating_sub(1)).at)
    })?
}

/// Whether the end is shown.
pub(crate) fn is_at_end(talk: &Talk) -> bool {
    talk.at_end && talk.top.is_none()
}
