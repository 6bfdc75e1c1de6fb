//! Two texts under one keystream.

use super::{characters, filled, hex, refuses, with};
use key_exchange::Rc4;

fn sealed(key: &str, text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    Rc4::new(key.as_bytes()).apply(&mut bytes);
    bytes
}

fn xor(a: &[u8], b: &[u8]) -> Vec<u8> {
    a.iter().zip(b).map(|(a, b)| a ^ b).collect()
}

#[test]
fn the_ciphertexts_are_those_of_stage_5_and_their_xor_gives_the_other_text() {
    with("rc4-reuse", |page| {
        for (key, one, two, crib) in [
            ("our secret", "send the key to bob", "leave by the window", " the "),
            ("k", "a short one", "a text that is much longer than the first", "short"),
            ("straße", "gruß", "hello", "h"),
        ] {
            filled(page, "rc4-reuse", &[("one", one), ("two", two), ("key", key), ("crib", crib)]);
            let (first, second) = (sealed(key, one), sealed(key, two));
            let sides = page.table("rc4-reuse", 0);
            assert_eq!((sides[2][1].as_str(), sides[4][1].as_str()), (&*hex(&first), &*hex(&second)));
            let both = xor(&first, &second);
            assert_eq!(both, xor(one.as_bytes(), two.as_bytes()), "the keystream falls out");
            assert_eq!(page.table("rc4-reuse", 1)[0][1], hex(&both));
            let places = page.table("rc4-reuse", 2);
            assert_eq!(places.len(), both.len() - crib.len() + 1);
            for (at, row) in places.iter().enumerate() {
                assert_eq!(row[1], characters(&xor(&both[at..], crib.as_bytes())), "place {at}");
            }
        }
    });
}

#[test]
fn arrow_keys_drag_the_word_along() {
    with("rc4-reuse", |page| {
        page.tab_to("rc4-reuse", "[name=place]");
        page.press("Home");
        assert!(
            page.result("rc4-reuse")
                .starts_with("If one text has “ the ” at place 0, the other one has “?tgwe” there.")
        );
        for _ in 0..8 {
            page.press("ArrowRight");
        }
        let result = page.result("rc4-reuse");
        assert!(
            result.starts_with("If one text has “ the ” at place 8, the other one has “ key ” there."),
            "{result}"
        );
        assert_eq!(page.table("rc4-reuse", 2)[8][0], "8 (chosen)");
        page.press("End");
        assert!(page.result("rc4-reuse").contains("at place 14,"), "not beyond the texts");
    });
}

#[test]
fn empty_and_overlong_inputs_get_a_sentence() {
    with("rc4-reuse", |page| {
        for (field, what) in [
            ("one", "The first text"),
            ("two", "The second text"),
            ("key", "The key"),
            ("crib", "The guessed word"),
        ] {
            refuses(page, "rc4-reuse", field, "", &format!("{what} is empty: write something."));
            page.fill("rc4-reuse", field, "abc");
        }
        refuses(page, "rc4-reuse", "one", &"ß".repeat(40), "The first text has 80 bytes: write at most 64.");
        let result = filled(page, "rc4-reuse", &[("one", "ab"), ("crib", "abc")]);
        assert!(result.starts_with("The guessed word is longer than the shorter text"), "{result}");
        assert!(page.table("rc4-reuse", 2).is_empty());
    });
}
