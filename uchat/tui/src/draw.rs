//! From the state to cells. Drawing decides nothing: it shows what the state says, and writes down what a click on it
//! would mean.

mod form;
mod main;
mod pen;

pub use form::form;
pub(crate) use form::written;
pub use pen::Pen;

use crate::app::App;
use crate::hit::Hits;
use crate::lang::{Say, main::Main};
use crate::screens::{self, Stage};
use crate::theme::Role;
use crate::{overlays, text};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;

/// The smallest terminal in which there is room for everything.
pub const SMALLEST: (u16, u16) = (40, 12);

/// Whether the conversation that is open can be seen: not in a terminal that is too small, nor where the contact list
/// stands in its place.
pub(crate) fn shows_chat(app: &App) -> bool {
    let fits = app.size.width >= SMALLEST.0 && app.size.height >= SMALLEST.1;
    let beside = app.size.width >= main::TWO_PARTS || !app.is_on_list();
    matches!(app.stage, Stage::Main) && fits && beside
}

/// Draws the whole screen into the buffer. What can be clicked is in `app.hits` afterwards; returned is where the
/// terminal's own caret goes, which is where input methods open their windows.
pub fn draw(app: &mut App, buffer: &mut Buffer) -> Option<Position> {
    let area = buffer.area;
    let mut hits = Hits::default();
    let mut caret = None;
    text::fill(buffer, area, app.settings.theme.style(Role::Text));
    let mut pen = Pen { buffer, hits: &mut hits, caret: &mut caret, settings: &app.settings.clone() };
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        let (width, height) = (SMALLEST.0.to_string(), SMALLEST.1.to_string());
        let text = Main::TooSmall.fill(app.lang(), &[("width", &width), ("height", &height)]);
        pen.paragraph(area, &text, Role::Text);
    } else {
        match app.stage {
            Stage::Main => {
                main::main(app, &mut pen, area);
                screens::hints(app, &mut pen, area);
            }
            _ => screens::draw(app, &mut pen, area),
        }
        if app.overlay.is_some() {
            *pen.caret = None;
            overlays::draw(app, &mut pen, area);
        }
    }
    app.hits = hits;
    caret
}
