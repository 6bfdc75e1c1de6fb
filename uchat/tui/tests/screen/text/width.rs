//! How wide a text is, and where it breaks into rows.

use super::*;

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
