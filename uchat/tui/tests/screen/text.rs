//! Text in cells: how wide it is, where it breaks, what reaches the terminal, and how it is edited.

mod any;
mod editor;
mod width;
mod written;

use crossterm::cursor::MoveTo;
use crossterm::queue;
use ratatui::Terminal;
use ratatui::backend::{Backend, CrosstermBackend, TestBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use uchat_tui::text::{Cells, Edit, Editor, fill, put, wrap};
use unicode_normalization::is_nfc;
use unicode_segmentation::UnicodeSegmentation;

const NARROW: Cells = Cells { ambiguous_wide: false };
const WIDE: Cells = Cells { ambiguous_wide: true };

/// An editor whose caret stands at `|`.
fn editor(text: &str) -> Editor {
    let mut editor = Editor::lines(1 << 10);
    let caret = text.find('|').unwrap();
    editor.insert(&text.replace('|', ""));
    while editor.at() > caret {
        editor.edit(Edit::Left);
    }
    editor
}

fn shown(editor: &Editor) -> String {
    let (before, after) = editor.text().split_at(editor.at());
    format!("{before}|{after}")
}
