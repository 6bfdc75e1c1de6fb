//! How a text is edited.

use super::*;

#[test]
fn keys_move_and_delete_by_characters_words_and_lines() {
    for (before, edit, after) in [
        ("a👨\u{200d}👩\u{200d}👧|", Edit::Left, "a|👨\u{200d}👩\u{200d}👧"),
        ("|🇨🇳🇯🇵", Edit::Right, "🇨🇳|🇯🇵"),
        ("e👍🏽|", Edit::Backspace, "e|"),
        ("|e\u{306}\u{323}x", Edit::Delete, "|x"),
        ("one two|", Edit::WordLeft, "one |two"),
        ("one |two", Edit::WordLeft, "|one two"),
        ("|one two", Edit::WordRight, "one| two"),
        ("one|, two", Edit::WordRight, "one, two|"),
        ("don't|", Edit::WordLeft, "|don't"),
        ("用uchat聊天|", Edit::WordLeft, "用uchat|聊天"),
        ("用uchat|聊天", Edit::WordLeft, "用|uchat聊天"),
        ("|你好，世界", Edit::WordRight, "你好|，世界"),
        ("漢字かなカタカナ|", Edit::WordLeft, "漢字かな|カタカナ"),
        ("漢字かな|", Edit::WordLeft, "漢字|かな"),
        ("안녕 세계|", Edit::WordLeft, "안녕 |세계"),
        ("你好 世界|", Edit::DeleteWordLeft, "你好 |"),
        ("ab\ncd|ef\ngh", Edit::Home, "ab\n|cdef\ngh"),
        ("ab\ncd|ef\ngh", Edit::End, "ab\ncdef|\ngh"),
        ("ab\ncd|ef\ngh", Edit::Top, "|ab\ncdef\ngh"),
        ("ab\ncd|ef\ngh", Edit::Bottom, "ab\ncdef\ngh|"),
        ("ab\ncd|ef\ngh", Edit::DeleteToStart, "ab\n|ef\ngh"),
    ] {
        let mut editor = editor(before);
        assert!(editor.edit(edit), "{before} {edit:?}");
        let after: String = unicode_normalization::UnicodeNormalization::nfc(after).collect();
        assert_eq!(shown(&editor), after, "{before} {edit:?}");
    }
    for edit in [Edit::Left, Edit::Backspace, Edit::WordLeft, Edit::Home, Edit::DeleteToStart, Edit::Redo] {
        assert!(!editor("|a").edit(edit), "{edit:?} at the start");
    }
}

#[test]
fn what_is_typed_composes_with_what_stands_beside_it() {
    let mut editor = editor("e|x");
    assert!(editor.insert("\u{301}"));
    assert_eq!(shown(&editor), "é|x");
    editor.set("");
    for jamo in ["\u{1112}", "\u{1161}", "\u{11ab}"] {
        assert!(editor.insert(jamo));
    }
    assert_eq!(shown(&editor), "한|");
    editor.edit(Edit::Undo);
    assert_eq!(shown(&editor), "|");
    editor.edit(Edit::Redo);
    assert_eq!(shown(&editor), "한|");
    for part in ["👨", "\u{200d}", "👩"] {
        assert!(editor.insert(part));
    }
    assert!(editor.edit(Edit::Backspace));
    assert_eq!(shown(&editor), "한|", "what was joined goes as one");
}

#[test]
fn typing_is_undone_by_words_and_pastes_as_a_whole() {
    let mut editor = Editor::lines(100);
    for c in "ni hao".chars() {
        editor.insert(c.encode_utf8(&mut [0; 4]));
    }
    editor.insert("，世界");
    editor.edit(Edit::Backspace);
    editor.edit(Edit::Backspace);
    for expected in ["ni hao，世界", "ni hao", "ni ", ""] {
        assert!(editor.edit(Edit::Undo));
        assert_eq!(editor.text(), expected);
    }
    assert!(!editor.edit(Edit::Undo));
    for expected in ["ni ", "ni hao", "ni hao，世界", "ni hao，"] {
        assert!(editor.edit(Edit::Redo));
        assert_eq!(editor.text(), expected);
    }
    assert!(!editor.edit(Edit::Redo));
    editor.edit(Edit::Undo);
    editor.insert("!");
    assert!(!editor.edit(Edit::Redo), "another change ends what could be made again");
    editor.take();
    assert!(!editor.edit(Edit::Undo), "what was sent does not come back");
}

#[test]
fn the_limit_is_in_bytes_and_cuts_between_characters() {
    let mut editor = Editor::lines(10);
    assert!(!editor.insert("汉字汉字"));
    assert_eq!(editor.text(), "汉字汉");
    assert!(editor.insert("a"));
    assert!(!editor.insert("a"));
    editor.set("");
    assert!(!editor.insert("👨\u{200d}👩\u{200d}👧"), "a family is 18 bytes");
    assert!(editor.is_empty());
    editor.set("12345678e");
    assert!(editor.insert("\u{301}"), "the accent adds one byte, not two");
    assert_eq!(editor.text(), "12345678é");
}

#[test]
fn after_a_full_row_the_caret_stands_at_the_start_of_the_next() {
    let mut editor = editor("abcd|");
    assert_eq!(editor.caret(4, NARROW), (1, 0));
    assert_eq!(editor.rows(4, NARROW).len(), 2);
    editor.insert("e");
    assert_eq!(editor.caret(4, NARROW), (1, 1));
    editor.edit(Edit::Left);
    assert_eq!(editor.caret(4, NARROW), (1, 0));
    editor.set("ab \n汉字");
    assert_eq!(editor.caret(4, NARROW), (2, 0));
    editor.set("abcd\nef");
    editor.edit(Edit::Top);
    editor.edit(Edit::End);
    assert_eq!(editor.caret(4, NARROW), (0, 4), "the end of a line stays in its line");
    editor.set("abc   ");
    assert_eq!(editor.caret(4, NARROW), (1, 0), "after spaces that hang over");
}

#[test]
fn a_click_beyond_the_end_of_a_row_stays_in_that_row() {
    let mut editor = editor("one two three|");
    editor.click(0, 50, 5, NARROW);
    assert_eq!((shown(&editor).as_str(), editor.caret(5, NARROW)), ("one| two three", (0, 3)));
    editor.click(50, 50, 5, NARROW);
    assert_eq!(shown(&editor), "one two three|");
    editor.set("汉字汉字");
    editor.click(0, 1, 4, NARROW);
    assert_eq!(shown(&editor), "|汉字汉字", "the right half of a character");
}

#[test]
fn moving_by_rows_keeps_the_column_through_short_rows() {
    let mut editor = editor("abcdef\n汉\n\nabcdef|");
    editor.edit(Edit::Left);
    for expected in [(2, 0), (1, 2), (0, 5)] {
        assert!(editor.move_rows(-1, 20, NARROW));
        assert_eq!(editor.caret(20, NARROW), expected);
    }
    assert!(!editor.move_rows(-1, 20, NARROW));
    assert!(editor.move_rows(3, 20, NARROW));
    assert_eq!(editor.caret(20, NARROW), (3, 5));
    assert!(!editor.move_rows(1, 20, NARROW));
    editor.move_rows(-2, 20, NARROW);
    editor.edit(Edit::Left);
    assert!(editor.move_rows(-1, 20, NARROW));
    assert_eq!(editor.caret(20, NARROW), (0, 0), "another key ends it");
}

#[test]
fn a_field_of_one_line_has_no_newlines() {
    let mut editor = Editor::line(100);
    editor.insert("uchat://host\r\n");
    editor.insert("\n");
    assert_eq!(editor.text(), "uchat://host");
    editor.insert("\na\tb");
    assert_eq!(editor.text(), "uchat://host a b");
}
