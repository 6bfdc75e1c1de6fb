//! The inspector: a message from the inside, layer by layer, while one goes on chatting.
//!
//! A byte is selected in one layer; what it became in the outer ones and what it was in the inner ones is marked as
//! well, and the field it belongs to is explained. The layers come from bytes that have really travelled.

mod draw;
mod fields;

pub(crate) use draw::draw;
pub use fields::{Field, field_at};

use crate::action::Key;
use crate::app::{App, Focus, Job};
use crossterm::event::{KeyCode, KeyModifiers};
use std::ops::Range;
use uchat_client::core::Shown;
use uchat_protocol::MessageId;
use uchat_protocol::inspect::Layer;

/// What is looked at.
#[derive(Debug, Clone)]
pub struct Inspector {
    /// The message.
    pub id: MessageId,
    /// What it says, in one line.
    pub about: String,
    /// How it has travelled.
    pub seen: Seen,
    /// The layer in which a byte is selected.
    pub layer: usize,
    /// Which byte of it.
    pub at: usize,
}

/// What is known of the way of a message.
#[derive(Debug, Clone)]
pub enum Seen {
    /// It is being looked for.
    Asked,
    /// It was not kept: it travelled before this program began, or too much has travelled since.
    Gone,
    /// Its layers, the innermost first.
    Layers(Vec<Layer>),
}

impl Inspector {
    /// The layers; none while they are not there.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        match &self.seen {
            Seen::Layers(layers) => layers,
            Seen::Asked | Seen::Gone => &[],
        }
    }

    /// The bytes of each layer that belong together with the selected one.
    #[must_use]
    pub fn linked(&self) -> Vec<Option<Range<usize>>> {
        let layers = self.layers();
        let mut linked = vec![None; layers.len()];
        let Some(own) = linked.get_mut(self.layer) else { return linked };
        *own = Some(self.at..self.at + 1);
        for outer in self.layer + 1..layers.len() {
            linked[outer] = linked[outer - 1].as_ref().and_then(|bytes| layers[outer - 1].link.out(bytes));
        }
        for inner in (0..self.layer).rev() {
            let length = layers[inner].labelled.bytes.len();
            let outer = linked[inner + 1].as_ref();
            linked[inner] = outer.and_then(|bytes| layers[inner].link.back(bytes, length));
        }
        linked
    }

    /// Selects a byte; one that is not there becomes the nearest one.
    fn select(&mut self, layer: usize, at: usize) {
        self.layer = layer.min(self.layers().len().saturating_sub(1));
        let length = self.layers().get(self.layer).map_or(0, |layer| layer.labelled.bytes.len());
        self.at = at.min(length.saturating_sub(1));
    }

    /// To the layer beside this one, and there to the byte that belongs to the selected one.
    fn step_layer(&mut self, back: bool) {
        let last = self.layers().len().saturating_sub(1);
        let next = if back { self.layer.saturating_sub(1) } else { (self.layer + 1).min(last) };
        let at = self.linked().get(next).cloned().flatten();
        let part = self.layers().get(next).map_or(0, |layer| layer.part.start);
        self.select(next, at.map_or(part, |bytes| bytes.start));
    }

    /// To the first byte of the next field, or of the one before.
    fn step_field(&mut self, back: bool) {
        let Some(layer) = self.layers().get(self.layer) else { return };
        let starts: Vec<usize> = layer.labelled.leaves().map(|leaf| leaf.range.start).collect();
        let here = starts.iter().rposition(|start| *start <= self.at).unwrap_or(0);
        let next = if back { here.saturating_sub(1) } else { (here + 1).min(starts.len().saturating_sub(1)) };
        if let Some(at) = starts.get(next) {
            self.select(self.layer, *at);
        }
    }
}

/// Opens the inspector for the message that is selected, or the newest; or closes it.
pub(crate) fn toggle(app: &mut App) {
    if app.view.inspecting {
        app.view.inspecting = false;
        app.inspector = None;
        app.view.focus = Focus::Composer;
        return;
    }
    app.view.inspecting = true;
    app.view.focus = Focus::Inspector;
}

/// After each event: looks at the message that is selected, or at the newest one, if that is another than before.
pub(crate) fn follow(app: &mut App) {
    if !app.view.inspecting {
        return;
    }
    let wanted = wanted(app).and_then(|message| Some((message.id?, message)));
    let Some((id, message)) = wanted else {
        app.inspector = None;
        return;
    };
    if app.inspector.as_ref().is_none_or(|it| it.id != id) {
        let text = message.text.clone().or_else(|| message.file.as_ref().map(|file| file.name.clone()));
        let text = text.unwrap_or_default();
        let about = text.split_whitespace().collect::<Vec<_>>().join(" ");
        app.inspector = Some(Inspector { id, about, seen: Seen::Asked, layer: 0, at: 0 });
        app.job(Job::Inspect(id, text));
    }
}

/// A message of ours has come further: only now may there be something to see.
pub(crate) fn moved(app: &mut App, id: MessageId) {
    let waits = |it: &Inspector| it.id == id && !matches!(it.seen, Seen::Layers(_));
    if app.inspector.as_ref().is_some_and(waits) {
        app.inspector = None; // it is asked for anew
    }
}

fn wanted(app: &App) -> Option<&Shown> {
    let talk = app.talks.get(app.view.open.as_ref()?)?;
    match app.view.selected {
        Some(id) => talk.message(id),
        None => talk.lines().iter().rev().map(|line| &line.shown).find(|message| message.id.is_some()),
    }
}

/// The layers of a message are there, or are not known.
pub(crate) fn found(app: &mut App, id: MessageId, layers: Option<Vec<Layer>>) {
    if let Some(inspector) = app.inspector.as_mut().filter(|inspector| inspector.id == id) {
        inspector.seen = layers.filter(|layers| !layers.is_empty()).map_or(Seen::Gone, Seen::Layers);
        inspector.select(0, 0);
    }
}

/// A key, while the inspector has the focus; tells whether it was for it.
pub(crate) fn key(app: &mut App, key: Key) -> bool {
    let Some(inspector) = &mut app.inspector else { return false };
    let (layer, at) = (inspector.layer, inspector.at);
    let by_field = key.held == KeyModifiers::CONTROL;
    match (key.held.is_empty(), key.code) {
        (_, KeyCode::Left) if by_field => inspector.step_field(true),
        (_, KeyCode::Right) if by_field => inspector.step_field(false),
        (true, KeyCode::Left) => inspector.select(layer, at.saturating_sub(1)),
        (true, KeyCode::Right) => inspector.select(layer, at + 1),
        (true, KeyCode::Up) => inspector.step_layer(true),
        (true, KeyCode::Down) => inspector.step_layer(false),
        (true, KeyCode::PageUp) => inspector.select(layer, at.saturating_sub(ROW)),
        (true, KeyCode::PageDown) => inspector.select(layer, at + ROW),
        (true, KeyCode::Home) => inspector.select(layer, 0),
        (true, KeyCode::End) => inspector.select(layer, usize::MAX),
        _ => return false,
    }
    true
}

/// A click on a byte.
pub(crate) fn click(app: &mut App, layer: usize, at: usize) {
    if let Some(inspector) = &mut app.inspector {
        inspector.select(layer, at);
        app.view.focus = Focus::Inspector;
    }
}

/// The wheel: by rows of the layer.
pub(crate) fn scroll(app: &mut App, rows: isize) {
    if let Some(inspector) = &mut app.inspector {
        let at = inspector.at.saturating_add_signed(rows * ROW as isize);
        inspector.select(inspector.layer, at);
    }
}

/// The bytes of a row, at most.
const ROW: usize = 16;
