//! From the terminal's events to the screen's: keys that are pressed, clicks and the wheel, pasted text, size, focus.

use super::Input;
use crate::action::Key;
use crate::app::Event;
use crossterm::event::{self, Event as Raw, KeyEventKind, MouseEventKind};
use ratatui::layout::Size;
use std::io;
use std::sync::mpsc::SyncSender;

/// Reads the terminal until nobody listens, or there is nothing to read from any more.
pub(super) fn listen(queue: SyncSender<Input>) -> io::Result<()> {
    let read = move || {
        loop {
            let input = match event::read() {
                Ok(raw) => match translate(raw) {
                    Some(event) => Input::Event(None, event),
                    None => continue,
                },
                Err(_) => Input::End,
            };
            let last = matches!(input, Input::End);
            if queue.send(input).is_err() || last {
                return;
            }
        }
    };
    std::thread::Builder::new().name("input".to_owned()).spawn(read).map(drop)
}

/// What an event of the terminal means; `None` if nothing.
fn translate(raw: Raw) -> Option<Event> {
    Some(match raw {
        Raw::Key(key) if key.kind == KeyEventKind::Release => return None,
        Raw::Key(key) => Event::Key(Key::from(key)),
        // The mouse tells of each cell it passes; nothing here follows it.
        Raw::Mouse(mouse) if matches!(mouse.kind, MouseEventKind::Moved | MouseEventKind::Up(_)) => {
            return None;
        }
        Raw::Mouse(mouse) => Event::Mouse(mouse),
        Raw::Paste(text) => Event::Paste(bounded(text)),
        Raw::Resize(width, height) => Event::Resize(Size::new(width, height)),
        Raw::FocusGained => Event::Attention(true),
        Raw::FocusLost => Event::Attention(false),
    })
}

/// No field takes so much; what takes less tells so.
fn bounded(mut text: String) -> String {
    if text.len() > MOST {
        let end = (0..=MOST).rev().find(|at| text.is_char_boundary(*at));
        text.truncate(end.unwrap_or(0));
    }
    text
}

/// The most bytes of one paste.
const MOST: usize = 256 << 10;

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    #[test]
    fn a_key_counts_when_it_goes_down_and_not_when_it_comes_up() {
        let key = |kind| Raw::Key(KeyEvent::new_with_kind(KeyCode::Enter, KeyModifiers::NONE, kind));
        assert!(matches!(translate(key(KeyEventKind::Press)), Some(Event::Key(_))));
        assert!(matches!(translate(key(KeyEventKind::Repeat)), Some(Event::Key(_))));
        assert!(translate(key(KeyEventKind::Release)).is_none());
    }

    #[test]
    fn a_huge_paste_is_cut_between_two_characters() {
        let Some(Event::Paste(text)) = translate(Raw::Paste("好".repeat(1 << 20))) else {
            panic!("no paste")
        };
        assert!(text.len() <= MOST && text.len() > MOST - 4 && text.ends_with('好'));
    }
}
