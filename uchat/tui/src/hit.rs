//! Which click does what. Drawing writes down an area for everything that can be clicked; a click is one look-up.

use crate::action::{Action, Key};
use ratatui::layout::{Position, Rect};
use uchat_client::core::With;
use uchat_protocol::MessageId;

/// What a click on an area means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Does what the action does, as if its key was pressed.
    Do(Action),
    /// Is the same as this key: for buttons of what is on top.
    Key(Key),
    /// Gives the contact list the focus.
    Contacts,
    /// Opens a conversation.
    Chat(With),
    /// Gives a field of the form the focus, and puts the caret where it was clicked.
    Field(usize),
    /// Chooses a row of the list on top.
    Row(usize),
    /// Selects a message of the conversation.
    Message(MessageId),
    /// Selects a message, and does something with it.
    On(MessageId, Action),
    /// Copies a link.
    Link(String),
    /// Reacts to a message, or takes the reaction back.
    Reaction(MessageId, String),
    /// Puts the caret into the composer.
    Composer,
    /// Chooses a colour of the composer's palette.
    Colour(usize),
    /// Selects a byte of a layer in the inspector.
    Byte {
        /// Which layer.
        layer: usize,
        /// Which byte of it.
        at: usize,
    },
    /// Belongs to what is on top and does nothing: a click does not go through to what lies below.
    Nothing,
}

/// What the wheel moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pane {
    /// The list of contacts.
    Contacts,
    /// The conversation.
    Messages,
    /// The list or page of what is on top.
    Overlay,
    /// The inspector.
    Inspector,
}

/// All areas of what is on the screen now; the last that was written down lies on top.
#[derive(Debug, Clone, Default)]
pub struct Hits {
    areas: Vec<(Rect, Target)>,
    panes: Vec<(Rect, Pane)>,
}

impl Hits {
    /// A click on this area means that.
    pub fn add(&mut self, area: Rect, target: Target) {
        if !area.is_empty() {
            self.areas.push((area, target));
        }
    }

    /// The wheel over this area moves that.
    pub fn pane(&mut self, area: Rect, pane: Pane) {
        self.panes.push((area, pane));
    }

    /// Something opens on top of this area: what lies below cannot be reached any more.
    pub fn cover(&mut self, area: Rect) {
        self.add(area, Target::Nothing);
    }

    // ANCHOR: at
    /// What a click here means, and in which area.
    #[must_use]
    pub fn at(&self, x: u16, y: u16) -> Option<(Rect, &Target)> {
        let inside = |(area, _): &&(Rect, Target)| area.contains(Position::new(x, y));
        self.areas.iter().rev().find(inside).map(|(area, target)| (*area, target))
    }
    // ANCHOR_END: at

    /// What the wheel moves here.
    #[must_use]
    pub fn pane_at(&self, x: u16, y: u16) -> Option<Pane> {
        let inside = |(area, _): &&(Rect, Pane)| area.contains(Position::new(x, y));
        self.panes.iter().rev().find(inside).map(|(_, pane)| *pane)
    }

    /// Everything that can be reached with one click.
    pub fn targets(&self) -> impl Iterator<Item = (Rect, &Target)> {
        self.areas
            .iter()
            .filter(|(area, target)| {
                *target != Target::Nothing && self.at(area.x, area.y).is_some_and(|(_, top)| top == target)
            })
            .map(|(area, target)| (*area, target))
    }
}
