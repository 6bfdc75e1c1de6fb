//! Text in cells: how wide it is, where it breaks, what reaches the terminal, and how it is edited.

use crossterm::cursor::MoveTo;
use crossterm::queue;
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::{Backend, CrosstermBackend, TestBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use uchat_tui::text::{Cells, Edit, Editor, fill, put, put_rows, wrap};
use unicode_normalization::is_nfc;
use unicode_segmentation::UnicodeSegmentation;

const NARROW: Cells = Cells { ambiguous_wide: false };
const WIDE: Cells = Cells { ambiguous_wide: true };

// Widths.

#[test]
fn each_character_takes_the_cells_that_terminals_give_it() {
    for (text, cells, what) in [
        ("a", 1, "Latin"),
        ("汉", 2, "a Chinese character"),
        ("𠮷", 2, "one of a later plane"),
        ("あ", 2, "kana"),
        ("ｶ", 1, "half-width kana"),
        ("ｶﾞ", 2, "half-width kana with its sound mark"),
        ("，", 2, "Chinese punctuation"),
        ("Ａ", 2, "full-width Latin"),
        ("한", 2, "Hangul"),
        ("\u{1112}\u{1161}\u{11ab}", 2, "Hangul in jamo"),
        ("\u{1161}", 1, "a vowel alone"),
        ("\u{3164}", 1, "a blank Hangul letter"),
        ("é", 1, "a letter with an accent"),
        ("e\u{301}\u{327}", 1, "a letter and its accents"),
        ("汉\u{302}", 2, "an accent on a wide character"),
        ("\u{301}", 1, "an accent alone"),
        ("😀", 2, "an emoji"),
        ("❤\u{fe0f}", 2, "an emoji by its selector"),
        ("⌨\u{fe0f}", 2, "another one"),
        ("❤", 1, "the same without"),
        ("⌚", 2, "an emoji without a selector"),
        ("⌚\u{fe0e}", 1, "the text form of an emoji"),
        ("1\u{fe0f}\u{20e3}", 2, "a keycap"),
        ("👍🏽", 2, "a skin tone"),
        ("👨\u{200d}👩\u{200d}👧\u{200d}👦", 2, "a family"),
        ("🏳\u{fe0f}\u{200d}🌈", 2, "a rainbow flag"),
        ("🇨🇳", 2, "a flag"),
        ("🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}", 2, "the flag of England"),
        ("\u{200d}", 0, "a joiner alone"),
        ("\u{fe0f}", 0, "a selector alone"),
        ("\u{200b}", 1, "what is shown as a replacement"),
        ("\u{1b}", 1, "a control character"),
        ("م", 1, "Arabic"),
        ("שׁ", 1, "Hebrew"),
        ("ก็", 1, "Thai"),
    ] {
        assert_eq!(NARROW.of(text), cells, "{what}: {text}");
        assert_eq!(NARROW.width(text), usize::from(cells), "{what}: {text}");
    }
}

#[test]
fn characters_of_ambiguous_width_follow_the_setting() {
    for text in ["“", "”", "…", "—", "①", "×", "→", "\u{fffd}"] {
        assert_eq!((NARROW.of(text), WIDE.of(text)), (1, 2), "{text}");
    }
    for text in ["a", "é", "汉", "。", "😀", "❤\u{fe0f}", "⌚\u{fe0e}", "한", "\u{301}"] {
        assert_eq!(NARROW.of(text), WIDE.of(text), "{text}");
    }
}

#[test]
fn a_tab_reaches_to_the_next_column_of_four() {
    assert_eq!(NARROW.width("\t"), 4);
    assert_eq!(NARROW.width("汉\tb"), 5);
    assert_eq!(NARROW.width("abcd\t"), 8);
    assert_eq!(NARROW.fit("a\tb", 4).0, "a\t");
}

#[test]
fn what_is_shortened_fits_and_ends_between_characters() {
    assert_eq!(NARROW.shorten("汉字汉字", 6), "汉字…");
    assert_eq!(WIDE.shorten("汉字汉字", 6), "汉字…");
    assert_eq!(NARROW.shorten("👨\u{200d}👩\u{200d}👧ab", 3), "👨\u{200d}👩\u{200d}👧…");
    assert_eq!(WIDE.shorten("abc", 1), "");
}

// Rows.

fn rows(text: &str, width: usize) -> Vec<&str> {
    wrap(text, width, NARROW).into_iter().map(|row| &text[row.bytes]).collect()
}

#[test]
fn rows_break_where_a_reader_expects_it() {
    let family = "👨\u{200d}👩\u{200d}👧";
    let two = format!("{family}{family}");
    for (width, text, expected) in [
        (5, "", &[""][..]),
        (5, "one two", &["one ", "two"]),
        (5, "a\n\nb\n", &["a", "", "b", ""]),
        (4, "abcdefghij", &["abcd", "efgh", "ij"]),
        (6, "hi abcdefgh", &["hi ", "abcdef", "gh"]),
        (6, "汉字汉字汉", &["汉字汉", "字汉"]),
        (5, "汉字汉字汉", &["汉字", "汉字", "汉"]),
        (6, "用uchat聊天", &["用", "uchat", "聊天"]),
        (8, "用uchat聊天", &["用uchat", "聊天"]),
        (6, "한국어 사람", &["한국어 ", "사람"]),
        (7, "한국어 사람", &["한국어 ", "사람"]),
        (4, "한국어사람", &["한국", "어사", "람"]),
        (9, "저는 GPU를 사요", &["저는 ", "GPU를 ", "사요"]),
        (4, &two, &[&two]),
        (3, &two, &[family, family]),
        (2, "🇨🇳🇯🇵", &["🇨🇳", "🇯🇵"]),
        (2, "👍🏽👍🏽", &["👍🏽", "👍🏽"]),
        (3, "e\u{301}e\u{301}e\u{301}e\u{301}", &["e\u{301}e\u{301}e\u{301}", "e\u{301}"]),
        (10, "see https://example.com/a", &["see ", "https://", "example.co", "m/a"]),
        (4, "ab\u{a0}cd", &["ab\u{a0}c", "d"]),
    ] {
        assert_eq!(rows(text, width), expected, "{text} in {width}");
    }
}

#[test]
fn no_row_begins_with_closing_punctuation_or_ends_with_an_opening_one() {
    for after in "，。、；：？！）》」』】”’…—％ぁっゃュー々〉〕".chars() {
        let text = format!("汉字汉字{after}汉字");
        for row in rows(&text, 8) {
            assert!(!row.starts_with(after), "{after}: {row}");
        }
        assert_eq!(rows(&text, 8)[0], "汉字汉", "{after} takes the character before it along");
    }
    for before in "（《「『【“‘〈〔".chars() {
        let text = format!("汉字汉{before}字汉");
        assert_eq!(rows(&text, 8)[0], "汉字汉", "{before}");
    }
    assert_eq!(rows("他说：“你好。”然后走了", 8), ["他说：", "“你好。”", "然后走了"]);
    assert_eq!(rows("他说“好”了吗", 6), ["他说", "“好”了", "吗"]);
    assert_eq!(rows("等等……好", 5), ["等", "等……", "好"]);
    assert_eq!(rows("it’s don’t", 5), ["it’s ", "don’t"]);
    assert_eq!(rows("ラーメン", 2), ["ラ", "ー", "メ", "ン"], "there is no other way");
}

#[test]
fn spaces_hang_over_the_end_and_begin_no_row() {
    assert_eq!(rows("abc     def", 3), ["abc     ", "def"]);
    assert_eq!(rows("汉字\u{3000}\u{3000}汉字", 4), ["汉字\u{3000}\u{3000}", "汉字"]);
    assert_eq!(rows("abc\tdef", 3), ["abc\t", "def"]);
    assert_eq!(rows("abc  ", 3), ["abc  "]);
    assert_eq!(rows("      abc", 3), ["      ", "abc"]);
    assert!(wrap("abc     def", 3, NARROW).iter().all(|row| row.cells == 3));
}

#[test]
fn a_character_wider_than_the_row_has_a_row_of_its_own() {
    assert_eq!(rows("汉a字", 1), ["汉", "a", "字"]);
    assert_eq!(rows("汉字", 0), ["汉", "字"]);
    assert_eq!(rows("\u{200d}汉", 1), ["\u{200d}", "汉"]);
}

#[test]
fn quotation_marks_that_are_wide_break_earlier() {
    let text = "“汉字”";
    assert_eq!(wrap(text, 6, NARROW).len(), 1);
    assert_eq!(wrap(text, 6, WIDE).len(), 2);
}

// What reaches the terminal.

/// A terminal of one row, as ratatui's own tests have it: what it shows after these texts were drawn, one after the
/// other. The bytes are read as a terminal reads them that gives each cluster the cells of `cells`.
struct Glass {
    cells: Cells,
    screen: Vec<String>,
    previous: Buffer,
    bytes: String,
}

impl Glass {
    fn new(width: u16, cells: Cells) -> Self {
        let previous = Buffer::empty(Rect::new(0, 0, width, 1));
        Self { cells, screen: vec![" ".into(); usize::from(width)], previous, bytes: String::new() }
    }

    fn draws(&mut self, draw: impl FnOnce(&mut Buffer, Rect)) {
        let area = self.previous.area;
        let mut next = Buffer::empty(area);
        draw(&mut next, area);
        let mut bytes = Vec::new();
        CrosstermBackend::new(&mut bytes).draw(self.previous.diff_iter(&next)).unwrap();
        self.bytes = String::from_utf8(bytes).unwrap();
        self.previous = next;
        self.reads();
    }

    fn reads(&mut self) {
        let mut column = 0;
        let mut rest = self.bytes.as_str();
        while !rest.is_empty() {
            if let Some(sequence) = rest.strip_prefix("\u{1b}[") {
                let end = sequence.find(|c: char| c.is_ascii_alphabetic()).unwrap();
                if &sequence[end..=end] == "H" {
                    column = sequence[..end].split(';').nth(1).unwrap().parse::<usize>().unwrap() - 1;
                }
                rest = &sequence[end + 1..];
                continue;
            }
            let cluster = rest.graphemes(true).next().unwrap();
            let wide = usize::from(self.cells.of(cluster));
            for at in column..column + wide {
                // Writing over one half of a wide character blanks the other one.
                if self.screen[at].is_empty() {
                    let first = (0..at).rev().find(|at| !self.screen[*at].is_empty()).unwrap();
                    self.screen[first] = " ".into();
                }
                if let Some(next) = self.screen.get_mut(at + 1).filter(|next| next.is_empty()) {
                    *next = " ".into();
                }
                self.screen[at].clear();
            }
            self.screen[column] = cluster.to_owned();
            column += wide;
            rest = &rest[cluster.len()..];
        }
    }

    fn shows(&self) -> String {
        self.screen.concat()
    }
}

#[test]
fn what_follows_stands_in_its_place_whatever_ratatui_takes_a_symbol_for() {
    let texts = [
        "“汉”|x",
        "…—①|x",
        "ab|cd",
        "❤\u{fe0f}|x",
        "⌨\u{fe0f}x|",
        "1\u{fe0f}\u{20e3}|x",
        "⌚\u{fe0e}|x",
        "ｶﾞ|x",
        "👨\u{200d}👩\u{200d}👧|x",
        "🇨🇳|x",
        "e\u{301}|x",
        "\u{1112}\u{1161}\u{11ab}|x",
        "\u{301}|x",
        "한국|x",
        "a\u{200b}|x",
        "x|汉",
    ];
    for cells in [NARROW, WIDE] {
        let mut glass = Glass::new(10, cells);
        for text in texts.iter().chain(texts.iter().rev()) {
            let mut fresh = Glass::new(10, cells);
            for glass in [&mut glass, &mut fresh] {
                glass.draws(|buffer, area| {
                    put(buffer, area, text, Style::new(), cells);
                });
            }
            assert_eq!(glass.shows(), fresh.shows(), "{text}, {cells:?}: {:?}", glass.bytes);
            let bar = fresh.screen.iter().position(|cell| cell == "|").unwrap();
            let before = text.split('|').next().unwrap();
            assert_eq!(bar, cells.width(before), "{text}, {cells:?}: {:?}", fresh.bytes);
        }
    }
}

#[test]
fn a_wide_quotation_mark_is_followed_by_a_move_to_the_right_cell() {
    let mut glass = Glass::new(6, WIDE);
    glass.draws(|buffer, area| {
        put(buffer, area, "“a", Style::new(), WIDE);
    });
    let mut expected = Vec::new();
    queue!(expected, MoveTo(2, 0)).unwrap();
    let expected = format!("“{}a", String::from_utf8(expected).unwrap());
    assert!(glass.bytes.contains(&expected), "{:?}", glass.bytes);
}

#[test]
fn half_of_a_wide_character_never_remains() {
    let area = Rect::new(0, 0, 6, 1);
    for (x, expected) in [(0, "x 字  "), (1, " x字  "), (2, "汉x   "), (3, "汉 x  ")] {
        let mut terminal = Terminal::new(TestBackend::new(6, 1)).unwrap();
        let place = Rect { x, width: 1, ..area };
        terminal
            .draw(|frame| {
                put(frame.buffer_mut(), area, "汉字", Style::new(), NARROW);
                put(frame.buffer_mut(), place, "x", Style::new(), NARROW);
            })
            .unwrap();
        let shown: Vec<&str> = terminal.backend().buffer().content.iter().map(|cell| cell.symbol()).collect();
        let mut skipped = String::new();
        let mut at = 0;
        while at < shown.len() {
            skipped.push_str(shown[at]);
            at += usize::from(NARROW.of(shown[at]).max(1));
        }
        assert_eq!(skipped, expected, "x at {x}");
        let mut buffer = Buffer::empty(area);
        put(&mut buffer, area, "汉字", Style::new(), NARROW);
        fill(&mut buffer, place, Style::new());
        assert_eq!(buffer[(x, 0)].symbol(), " ");
        assert!(x != 1 && x != 3 || buffer[(x - 1, 0)].symbol() == " ", "the half to the left of {x}");
    }
}

#[test]
fn a_wide_quotation_mark_is_covered_as_a_whole() {
    let area = Rect::new(0, 0, 4, 1);
    let mut buffer = Buffer::empty(area);
    put(&mut buffer, area, "““", Style::new(), WIDE);
    fill(&mut buffer, Rect { x: 1, width: 1, ..area }, Style::new());
    assert_eq!(buffer[(0, 0)].symbol(), " ");
    put(&mut buffer, Rect { x: 3, width: 1, ..area }, "x", Style::new(), WIDE);
    assert_eq!(buffer, {
        let mut clean = Buffer::empty(area);
        put(&mut clean, area, "   x", Style::new(), WIDE);
        clean
    });
}

#[test]
fn nothing_is_written_outside_the_area_and_nothing_in_half() {
    let area = Rect::new(2, 0, 3, 1);
    let mut buffer = Buffer::with_lines(["......."]);
    assert_eq!(put(&mut buffer, area, "a汉字", Style::new(), NARROW), 3);
    assert_eq!(put(&mut buffer, area, "汉字", Style::new(), NARROW), 2);
    assert_eq!(buffer[(1, 0)].symbol(), ".");
    assert_eq!(buffer[(5, 0)].symbol(), ".");
    assert_eq!(put(&mut buffer, Rect::new(9, 9, 5, 5), "a", Style::new(), NARROW), 0);
    assert_eq!(put(&mut buffer, Rect::new(0, 0, 0, 0), "a", Style::new(), NARROW), 0);
}

#[test]
fn a_joiner_without_cells_belongs_to_the_cell_before_it() {
    let area = Rect::new(0, 0, 6, 1);
    let mut buffer = Buffer::empty(area);
    assert_eq!(put(&mut buffer, area, "\u{200d}a\u{1b}\u{fe0e}b", Style::new(), NARROW), 3);
    assert_eq!(buffer[(0, 0)].symbol(), "a");
    assert_eq!(buffer[(1, 0)].symbol(), "\u{fffd}\u{fe0e}");
    assert_eq!(buffer[(2, 0)].symbol(), "b");
}

#[test]
fn a_wide_character_has_the_colours_of_its_place_in_both_cells() {
    let area = Rect::new(0, 0, 4, 1);
    let mut buffer = Buffer::empty(area);
    fill(&mut buffer, area, Style::new().bg(Color::Blue));
    put(&mut buffer, area, "汉", Style::new().fg(Color::Red), NARROW);
    for x in 0..2 {
        assert_eq!((buffer[(x, 0)].fg, buffer[(x, 0)].bg), (Color::Red, Color::Blue), "cell {x}");
    }
}

#[test]
fn rows_are_drawn_with_the_styles_of_their_bytes() {
    let text = "你好 @ann，明天见";
    let rows = wrap(text, 9, NARROW);
    let area = Rect::new(1, 0, 9, 3);
    let mut buffer = Buffer::empty(Rect::new(0, 0, 10, 3));
    let mention = (text.find('@').unwrap()..text.find('，').unwrap(), Style::new().fg(Color::Cyan));
    let written = put_rows(&mut buffer, area, text, &rows, Style::new().bg(Color::Black), &[mention], NARROW);
    assert_eq!(usize::from(written), rows.len());
    let cyan: String =
        (buffer.content.iter()).filter(|cell| cell.fg == Color::Cyan).map(|cell| cell.symbol()).collect();
    assert_eq!(cyan, "@ann");
    assert_eq!(buffer[(1, 0)].symbol(), "你");
    assert_eq!(buffer[(1, 1)].symbol(), "@");
    assert!(buffer.content.iter().filter(|cell| cell.symbol() != " ").all(|cell| cell.bg == Color::Black));
}

// Editing.

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
        ("ab\ncd|ef\ngh", Edit::DeleteToEnd, "ab\ncd|\ngh"),
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

// For any text.

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
        DeleteToEnd,
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
            let blank = |one: &&str| [" ", "\t", "\u{3000}"].contains(one) || cells.of(one) == 0;
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
