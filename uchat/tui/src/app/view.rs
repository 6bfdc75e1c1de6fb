//! The main screen: what is open, what has the focus, what is selected, what is being written.

use crate::text::Editor;
use ratatui::layout::Size;
use std::collections::BTreeMap;
use uchat_client::core::With;
use uchat_protocol::{MessageId, limits};

/// What has the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Focus {
    /// The list of contacts.
    Contacts,
    /// The composer.
    #[default]
    Composer,
    /// The inspector, while it is open.
    Inspector,
}

/// The main screen.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// The conversation that is open.
    pub open: Option<With>,
    /// What has the focus.
    pub focus: Focus,
    /// The first line of the contact list that is shown.
    pub contacts_from: usize,
    /// The message that is selected.
    pub selected: Option<MessageId>,
    /// What is being written, of each conversation.
    pub drafts: BTreeMap<With, Draft>,
    /// Whether the inspector is open.
    pub inspecting: bool,
    /// Whether the addresses of friends are shown.
    pub addresses: bool,
    /// The cells for messages, as they were drawn last.
    pub(crate) pane: Size,
    /// The cells for the text of the composer, as they were drawn last.
    pub(crate) composer: Size,
    /// The message that one more press of the key deletes.
    pub(crate) deletes: Option<MessageId>,
    /// Whom we told last that we are typing, and when, in milliseconds since 1970.
    pub(crate) typed: Option<(With, u64)>,
}

/// What is being written.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The text.
    pub editor: Editor,
    /// The colour, `#rrggbb`; empty = as usual.
    pub colour: String,
    /// The size in points; 0 = as usual.
    pub size: u8,
    /// What it answers.
    pub reply_to: Option<MessageId>,
    /// Which message it changes.
    pub edits: Option<MessageId>,
    /// What waits until the composer is free, the last first: what was being written before a change, and what has
    /// no room behind a message that came back.
    pub aside: Vec<String>,
    /// Files whose names were pasted: they can be sent instead of the names.
    pub offer: Option<Offer>,
    /// The first row that is shown.
    pub(crate) from: usize,
}

/// Files whose names were pasted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Where they lie.
    pub paths: Vec<String>,
    /// The text before they were pasted.
    pub before: String,
}

impl Draft {
    /// The change is not made: what was being written before comes back. Tells whether there was one.
    pub(crate) fn drop_edit(&mut self) -> bool {
        if self.edits.take().is_none() {
            return false;
        }
        self.editor.take();
        self.freed();
        true
    }

    /// A text comes back, before what was written since; beside a change that is being written. Tells whether there
    /// was room for both: else what was written since waits.
    pub(crate) fn put_back(&mut self, text: String) -> bool {
        let changes = self.edits.is_some();
        let since = if changes { self.aside.pop().unwrap_or_default() } else { self.editor.take() };
        let fits = since.is_empty() || text.len() + 1 + since.len() <= self.editor.limit();
        let text = match since.is_empty() {
            true => text,
            false if fits => format!("{text}\n{since}"),
            false => {
                self.aside.push(since);
                text
            }
        };
        if changes {
            self.aside.push(text)
        } else {
            self.editor.set(&text)
        }
        fits
    }

    /// Nothing is being written any more: what waits comes back, unless a change goes on.
    pub(crate) fn freed(&mut self) {
        if self.edits.is_none() && self.editor.is_empty() {
            self.editor.set(&self.aside.pop().unwrap_or_default());
        }
    }
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            editor: Editor::lines(limits::TEXT),
            colour: String::new(),
            size: 0,
            reply_to: None,
            edits: None,
            aside: Vec::new(),
            offer: None,
            from: 0,
        }
    }
}

impl View {
    /// What is being written to whom is open.
    pub(crate) fn draft(&mut self) -> Option<&mut Draft> {
        let open = self.open.clone()?;
        Some(self.drafts.entry(open).or_default())
    }
}
