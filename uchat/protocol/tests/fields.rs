//! Names, passwords, addresses, texts: what passes, what does not and why, and what is taken for the same.
#![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

use proptest::prelude::*;
use uchat_protocol::fields::{
    age, email, folded, is_colour, one_line, password, room_name, sex, shown, text, user_name,
};
use uchat_protocol::{Code, Refusal, limits};

#[test]
fn names_of_all_kinds_of_people_pass() {
    for name in [
        "alice",
        "Bob",
        "王小明",
        "李",
        "山田たろう",
        "ヤマダ",
        "김철수",
        "金철수",
        "Дмитрий",
        "Ζωή",
        "zoë",
        "José",
        "O_neil",
        "a.b-c",
        "007",
        "1",
        "王Ming",
        "田Taro",
        "नमस्ते",
        "สมชาย",
        "عمر",
        "דוד",
        "ß",
        "Ian〇",
    ] {
        let name = user_name(name).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        assert!(!name.folded.is_empty() && name.shown.chars().count() <= limits::USER_NAME);
        assert_eq!(user_name(&name.shown).unwrap(), name, "what is shown is a name, the same one");
        assert_eq!(folded(&name.shown), name.folded);
    }
    for name in ["Rust", "读书 会", "a b c", "1", &"x".repeat(32)] {
        room_name(name).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
    }
}

#[test]
fn every_rule_for_user_names_has_its_sentence() {
    for (name, sentence) in [
        ("", "user_name: must not be empty"),
        ("ninechars", "user_name: must have 8 characters or less, not 9"),
        (&"x".repeat(10_000), "user_name: must have 8 characters or less"),
        ("#5", "user_name: must not begin with #; that is how rooms are written"),
        ("a b", "user_name: must not hold U+0020, which is a space; leave it out, or write _"),
        ("a\u{3000}b", "user_name: must not hold U+3000, which is a space; leave it out, or write _"),
        ("a\u{2028}", "user_name: must not hold U+2028, which is a space; leave it out, or write _"),
        ("a\nb", "user_name: must not hold U+000A, which is a control character; leave it out"),
        ("\u{1b}[2J", "user_name: must not hold U+001B, which is a control character; leave it out"),
        (
            "al\u{200b}ice",
            "user_name: must not hold U+200B, which is a character that nobody sees; leave it out",
        ),
        (
            "al\u{200d}ice",
            "user_name: must not hold U+200D, which is a character that nobody sees; leave it out",
        ),
        (
            "\u{202e}bob",
            "user_name: must not hold U+202E, which is a character that nobody sees; leave it out",
        ),
        (
            "\u{feff}bob",
            "user_name: must not hold U+FEFF, which is a character that nobody sees; leave it out",
        ),
        (
            "a\u{e000}",
            "user_name: must not hold U+E000, which is no character that everybody has; leave it out",
        ),
        (
            "a\u{378}",
            "user_name: must not hold U+0378, which is no character that everybody has; leave it out",
        ),
        ("\u{301}a", "user_name: must not begin with a combining mark; put a letter before it"),
        ("a:b", "user_name: must not hold : (U+003A); take letters, digits and _ - . instead"),
        ("bob😀", "user_name: must not hold 😀 (U+1F600); take letters, digits and _ - . instead"),
        ("ｂｏｂ", "user_name: must not hold ｂ (U+FF42); take letters, digits and _ - . instead"),
        ("..", "user_name: must have a letter or a digit"),
        (
            "p\u{430}ul",
            "user_name: mixes scripts that look alike, such as Latin and Cyrillic; write it in one of them",
        ),
        (
            "αbc",
            "user_name: mixes scripts that look alike, such as Latin and Cyrillic; write it in one of them",
        ),
    ] {
        let refusal = user_name(name).unwrap_err();
        assert_eq!(refusal.to_string(), sentence, "{name:?}");
        assert_eq!((refusal.code, refusal.field.as_deref()), (Code::BadUserName, Some("user_name")));
    }
}

#[test]
fn a_room_name_may_have_single_spaces_between_words() {
    for name in [" a", "a ", "a  b", " "] {
        let refusal = room_name(name).unwrap_err();
        let sentence = "room_name: must have single spaces only, and none at its ends; leave the others out";
        assert_eq!(refusal.to_string(), sentence, "{name:?}");
        assert_eq!((refusal.code, refusal.field.as_deref()), (Code::BadRoomName, Some("room_name")));
    }
    for name in ["a \u{301}b", "a\u{a0}b", "a\tb", &"x".repeat(33), "Клуб Rust"] {
        assert!(room_name(name).is_err(), "{name:?}");
    }
}

#[test]
fn names_that_people_could_take_for_each_other_are_the_same() {
    for (one, other) in [
        ("alice", "ALICE"),
        ("zoë", "zoe\u{308}"),
        ("Straße", "STRASSE"),
        ("ılgın", "ilgin"),
        ("İpek", "ipek"),
        ("i\u{307}pek", "ipek"),
        ("copy", "сору"),
        ("mama", "мама"),
        ("coco", "сосо"),
        ("BOBA", "ВОВА"),
        ("Ian", "lan"),
        ("A1", "Al"),
        ("b0b", "bob"),
        ("ｂｏｂ", "bob"),
        ("ﬁnn", "finn"),
        ("morn", "mom"),
        ("ΣΑΣ", "σας"),
        ("al\u{200b}ice", "alice"),
        ("ＡＢＣ", "abc"),
    ] {
        assert_eq!(folded(one), folded(other), "{one} {other}");
    }
    for (one, other) in [
        ("alice", "alicia"),
        ("王小明", "王小朋"),
        ("bob", "rob"),
        ("zoe", "zoë"),
        ("a_b", "a-b"),
        ("nan", "van"),
    ] {
        assert_ne!(folded(one), folded(other), "{one} {other}");
    }
}

/// The store keeps folded names: whoever updates the Unicode tables and sees this fail must fold them anew.
#[test]
fn the_folded_form_is_stable() {
    for (name, form) in [
        ("alice", "allce"),
        ("Mimi", "rnlrnl"),
        ("王小明", "王小明"),
        ("Straße", "strasse"),
        ("Дмитрий", "дrnᴎtpᴎᴎ\u{306}"),
        ("zoë", "zoë"),
        ("10_a.B-c", "lo_a.b-c"),
        ("김철수", "ᄀ丨ᄆ처ᄅ수"),
    ] {
        assert_eq!(folded(name), form, "{name}");
    }
}

#[test]
fn passwords_addresses_texts_and_ages_name_field_and_rule() {
    let long = |length| "x".repeat(length);
    assert!(
        password("12345678").is_ok() && password(&long(1024)).is_ok() && password("密码密码密码密码").is_ok()
    );
    assert!(email("a@b").is_ok() && email("somebody+uchat@example.org").is_ok());
    assert!(text("hello\n\tworld 😀").is_ok() && text(&long(limits::TEXT)).is_ok());
    assert!(sex("").is_ok() && sex("女").is_ok() && sex(&long(32)).is_ok());
    assert!(age(0).is_ok() && age(150).is_ok());
    let refused: [(Result<(), Refusal>, &str); 12] = [
        (
            password("1234567"),
            "password: must have 8 characters or more; a few words are easy to keep in mind",
        ),
        (password(&long(1025)), "password: must have 1024 bytes or less"),
        (email("nobody"), "email: must look like somebody@example.org"),
        (email("@b"), "email: must look like somebody@example.org"),
        (email("a@b@c"), "email: must look like somebody@example.org"),
        (email("a b@c"), "email: must be ASCII, without spaces"),
        (email(&format!("a@{}", long(253))), "email: must have 254 bytes or less"),
        (text(""), "text: must not be empty"),
        (text(&long(65_537)), "text: must have 65536 bytes or less, not 65537; send it as a file"),
        (sex(&long(33)), "sex: must have 32 characters or less, not 33"),
        (sex("a\tb"), "sex: must not hold the control character U+0009; leave it out"),
        (age(151), "age: must be a number of years up to 150, not 151"),
    ];
    for (result, sentence) in refused {
        let refusal = result.unwrap_err();
        assert_eq!(refusal.to_string(), sentence);
        assert_eq!(refusal.field.as_deref(), sentence.split(':').next());
    }
}

#[test]
fn a_colour_is_six_digits_or_nothing() {
    for colour in ["", "#1a2b3c", "#FFFFFF"] {
        assert!(is_colour(colour), "{colour}");
    }
    for colour in ["#", "red", "1a2b3c", "#1a2b3", "#1a2b3c4", "#1a2b3g", "##1a2b3", "#1a2b3é"] {
        assert!(!is_colour(colour), "{colour}");
    }
}

#[test]
fn a_terminal_gets_nothing_that_moves_hides_or_turns_text() {
    let hostile = "a\u{1b}[31m\u{202e}b\u{2066}c\u{7f}\u{9b}d\r\n\te\u{2028}f\u{e0041}";
    assert_eq!(
        shown(hostile),
        "a\u{fffd}[31m\u{fffd}b\u{fffd}c\u{fffd}\u{fffd}d\u{fffd}\n\te\u{fffd}f\u{fffd}"
    );
    assert_eq!(one_line("a\n\tb\r"), "a  b\u{fffd}");
    for fine in ["王小明 👩\u{200d}💻 é", "नमस्ते", "שלום"] {
        assert_eq!((shown(fine), one_line(fine)), (fine.to_owned(), fine.to_owned()));
    }
}

proptest! {
    #[test]
    fn whatever_is_typed_is_a_name_or_refused_with_a_sentence(typed in "\\PC{0,12}|.{0,12}") {
        for name in [user_name(&typed), room_name(&typed)] {
            match name {
                Ok(name) => {
                    prop_assert!(!name.shown.chars().any(char::is_control));
                    prop_assert_eq!(one_line(&name.shown), name.shown.clone());
                    prop_assert_eq!(folded(&name.shown), name.folded);
                }
                Err(refusal) => prop_assert!(refusal.text.len() > 20 && refusal.field.is_some()),
            }
        }
    }

    #[test]
    fn folding_does_not_look_at_case(typed in "[a-zA-Zäöüßéèа-яА-Я0-9王明]{1,8}") {
        prop_assert_eq!(folded(&typed), folded(&typed.to_uppercase()));
        prop_assert_eq!(folded(&typed), folded(&typed.to_lowercase()));
    }
}

/// To fold these as well, n, v and h would have to be one letter.
#[test]
fn capitals_whose_small_letters_look_like_others_stay_apart() {
    assert_ne!(folded("ΝΗΥ"), folded("NHY"));
    assert_eq!(folded("ΝΗΥ"), folded("νηυ"), "case alone makes no other name");
    assert_ne!(folded("nick"), folded("vick"));
}
