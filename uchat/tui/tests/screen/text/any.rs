//! What holds for any text, any width and any keys.

use super::*;
use proptest::prelude::*;

fn any_text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        "word",
        " ",
        "  ",
        "\t",
        "\n",
        "\r\n",
        "汉",
        "字",
        "，",
        "。",
        "“",
        "”",
        "（",
        "）",
        "…",
        "—",
        "あ",
        "っ",
        "ー",
        "한",
        "국",
        "\u{1112}",
        "\u{1161}",
        "\u{11ab}",
        "e",
        "\u{301}",
        "\u{327}",
        "👨",
        "\u{200d}",
        "👩",
        "🇨",
        "🇳",
        "🏽",
        "\u{fe0f}",
        "❤",
        "1\u{fe0f}\u{20e3}",
        "\u{200b}",
        "\u{202e}",
        "\u{1b}[31m",
        "\u{7}",
        "م",
        "ש",
        "ל",
        "क",
        "\u{94d}",
        "ष",
        "\u{3000}",
        "\u{a0}",
        "\u{600}",
        "/",
        "-",
        ")",
        "!",
        "ｶ",
        "ﾞ",
        "\u{3164}",
    ]);
    prop_oneof![
        8 => prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ]
}

fn any_cells() -> impl Strategy<Value = Cells> {
    any::<bool>().prop_map(|ambiguous_wide| Cells { ambiguous_wide })
}

fn any_edit() -> impl Strategy<Value = Edit> {
    use Edit::*;
    prop::sample::select(vec![
        Left,
        Right,
        WordLeft,
        WordRight,
        Home,
        End,
        Top,
        Bottom,
        Backspace,
        Delete,
        DeleteWordLeft,
        DeleteToStart,
        Undo,
        Redo,
    ])
}

#[derive(Debug, Clone)]
enum Step {
    Edit(Edit),
    Insert(String),
    Move(isize),
    Click(usize, usize),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => any_edit().prop_map(Step::Edit),
        3 => any_text().prop_map(Step::Insert),
        1 => (-3_isize..4).prop_map(Step::Move),
        1 => (0_usize..8, 0_usize..12).prop_map(|(row, column)| Step::Click(row, column)),
    ]
}

/// Spaces that may stand behind the end of a row: all of Unicode's at which one may break.
fn hangs(c: char) -> bool {
    c == '\t'
        || c.is_whitespace()
            && !matches!(c, '\n' | '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{2028}' | '\u{2029}')
}

proptest! {
    #[test]
    fn rows_hold_all_of_the_text(text in any_text(), width in 0_usize..14, cells in any_cells()) {
        let rows = wrap(&text, width, cells);
        let mut at = 0;
        for row in &rows {
            prop_assert!(text[at..row.bytes.start].chars().all(|c| c == '\n'));
            prop_assert!(row.bytes.start - at <= 1);
            at = row.bytes.end;
        }
        prop_assert_eq!(at, text.len());
        prop_assert_eq!(rows.iter().filter(|row| row.bytes.start > 0 && text.as_bytes()[row.bytes.start - 1] == b'\n').count(),
            text.matches('\n').count());
    }

    #[test]
    fn rows_fit(text in any_text(), width in 0_usize..14, cells in any_cells()) {
        for row in wrap(&text, width, cells) {
            let row_text = &text[row.bytes.clone()];
            let blank = |one: &&str| one.chars().all(hangs) || cells.of(one) == 0;
            let hanging: usize = row_text.graphemes(true).rev().take_while(blank).map(str::len).sum();
            let shown = &row_text[..row_text.len() - hanging];
            let lone = shown.graphemes(true).filter(|one| cells.of(one) > 0).count() <= 1;
            prop_assert!(row.cells <= width.max(1) || lone, "{:?}", row_text);
            prop_assert!(cells.width(shown) <= row.cells, "{:?} {}", row_text, row.cells);
            prop_assert!(row.cells <= cells.width(row_text), "{:?} {}", row_text, row.cells);
        }
    }

    #[test]
    fn a_row_is_one_row(text in any_text(), width in 0_usize..14, cells in any_cells()) {
        for row in wrap(&text, width, cells) {
            let text = &text[row.bytes.clone()];
            let again = wrap(text, width, cells);
            prop_assert_eq!(again.len(), 1, "{:?}", text);
            prop_assert_eq!(again[0].cells, row.cells, "{:?}", text);
        }
    }

    #[test]
    fn what_is_written_is_what_was_measured(text in any_text(), cells in any_cells()) {
        let area = Rect::new(0, 0, 400, 1);
        let mut buffer = Buffer::empty(area);
        let written = put(&mut buffer, area, &text, Style::new(), cells);
        prop_assert_eq!(usize::from(written), cells.width(&text));
        for cell in &buffer.content {
            prop_assert_eq!(uchat_protocol::fields::one_line(cell.symbol()), cell.symbol());
        }
    }

    #[test]
    fn a_click_on_the_caret_leaves_it_there(
        text in any_text(), left in 0_usize..30, width in 0_usize..14, cells in any_cells(),
    ) {
        let mut editor = Editor::lines(1 << 12);
        editor.set(&text);
        for _ in 0..left {
            editor.edit(Edit::Left);
        }
        let (row, column) = editor.caret(width, cells);
        prop_assert!(row < editor.rows(width, cells).len());
        prop_assert!(column <= width.max(2));
        editor.click(row, column, width, cells);
        prop_assert_eq!(editor.caret(width, cells), (row, column), "{}", shown(&editor));
    }

    #[test]
    fn a_click_puts_the_caret_into_its_row(
        text in any_text(), row in 0_usize..10, column in 0_usize..20, width in 2_usize..14, cells in any_cells(),
    ) {
        let mut editor = Editor::lines(1 << 12);
        editor.set(&text);
        editor.click(row, column, width, cells);
        let caret = editor.caret(width, cells);
        prop_assert_eq!(caret.0, row.min(editor.rows(width, cells).len() - 1), "{}", shown(&editor));
        prop_assert!(caret.1 <= column);
    }

    #[test]
    fn an_editor_stays_whole_whatever_happens(
        multi_line in any::<bool>(), limit in 0_usize..200, width in 0_usize..14, cells in any_cells(),
        steps in prop::collection::vec(any_step(), 0..40),
    ) {
        let mut editor = if multi_line { Editor::lines(limit) } else { Editor::line(limit) };
        for step in steps {
            match step {
                Step::Edit(edit) => drop(editor.edit(edit)),
                Step::Insert(text) => drop(editor.insert(&text)),
                Step::Move(by) => drop(editor.move_rows(by, width, cells)),
                Step::Click(row, column) => editor.click(row, column, width, cells),
            }
            let text = editor.text();
            prop_assert!(text.len() <= limit);
            prop_assert!(is_nfc(text), "{:?}", text);
            prop_assert!(multi_line || !text.contains(['\n', '\t']));
            prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
            let between = text.grapheme_indices(true).any(|(at, _)| at == editor.at());
            prop_assert!(between || editor.at() == text.len(), "{}", shown(&editor));
        }
    }

    #[test]
    fn all_that_was_done_can_be_undone_and_made_again(steps in prop::collection::vec(any_step(), 0..30)) {
        let mut editor = Editor::lines(300);
        for step in steps {
            match step {
                Step::Edit(edit) => drop(editor.edit(edit)),
                Step::Insert(text) => drop(editor.insert(&text)),
                Step::Move(by) => drop(editor.move_rows(by, 10, NARROW)),
                Step::Click(row, column) => editor.click(row, column, 10, NARROW),
            }
        }
        while editor.edit(Edit::Redo) {}
        let text = editor.text().to_owned();
        while editor.edit(Edit::Undo) {}
        prop_assert_eq!(editor.text(), "");
        while editor.edit(Edit::Redo) {}
        prop_assert_eq!(editor.text(), text);
    }
}
