//! The messenger: names that look alike, cannot be seen or turn the text around, and texts that are too long.

use acceptance::messenger::{House, PASSWORD};
use acceptance::wire::Wire;
use serde_json::json;
use uchat_protocol::{Code, Reply, request};

fn register(name: &str, email: &str) -> request::Register {
    request::Register {
        user_name: name.to_owned(),
        password: PASSWORD.to_owned(),
        email: email.to_owned(),
        ip: None,
        port: None,
        sex: None,
        age: None,
    }
}

/// What can stand in no name.
const FORBIDDEN: [&str; 16] = [
    "",
    " ",
    "a\u{0}b",
    "a\u{1b}[2J",
    "a\nb",
    "a\u{200b}b", // zero width space
    "a\u{200d}b", // zero width joiner
    "\u{301}a",   // a combining mark first
    "a\u{202e}b", // right-to-left override
    "\u{2067}ab", // right-to-left isolate
    "a\u{3164}",  // a letter that nobody sees
    "a\u{e0041}", // a tag
    "\u{fdd0}",   // no character
    "p\u{430}ul", // a Cyrillic letter among Latin ones
    "ａｂ",       // of full width
    "\u{1d41a}",  // a mathematical letter
];

#[test]
fn a_user_name_cannot_hide_turn_or_imitate() {
    let house = House::new(&[]);
    let mut wire = Wire::connect(&house);
    for name in FORBIDDEN {
        let refusal = wire.refused(register(name, "new@example.org"));
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            (Code::BadUserName, Some("user_name")),
            "{name:?}"
        );
        assert!(!refusal.text.contains(char::is_control), "{:?}", refusal.text);
    }
    for (taken, imitations) in [
        ("Raul", &["raul", "RAUL", "rau1", "rauI", "r\u{61}ul"][..]),
        ("scope", &["ѕсоре", "SCOPE", "sc0pe"]),
        ("é", &["e\u{301}", "É", "E\u{301}"]),
        ("straße", &["STRASSE", "strasse"]),
    ] {
        let refused = |wire: &mut Wire, name: &str| wire.refused(register(name, "new@example.org")).code;
        assert!(
            matches!(
                wire.ask(register(taken, &format!("{}@example.org", taken.len() * 7))),
                Reply::RegisterSuccessful(_)
            ),
            "{taken}"
        );
        for imitation in imitations {
            assert_eq!(refused(&mut wire, imitation), Code::UserNameTaken, "{imitation} for {taken}");
        }
    }
    // Scripts of the world are welcome.
    for (number, name) in ["小明", "Анна", "محمد", "עדה", "ひろし", "नीरज", "e\u{301}va"].iter().enumerate()
    {
        let reply = wire.ask(register(name, &format!("world{number}@example.org")));
        assert!(matches!(reply, Reply::RegisterSuccessful(_)), "{name}: {reply:?}");
    }
}

#[test]
fn a_room_name_cannot_either_and_a_search_takes_anything() {
    let house = House::new(&[]);
    let (mut wire, _) = Wire::newcomer(&house, "anna");
    Wire::newcomer(&house, "bob");
    let room = |name: &str| request::CreateRoom { room_name: name.to_owned() };
    for name in
        FORBIDDEN.iter().filter(|name| !name.contains('\n')).chain(&["a  b", " a", "a ", &"x".repeat(33)])
    {
        assert_eq!(wire.refused(room(name)).code, Code::BadRoomName, "{name:?}");
    }
    wire.ask(room("tea at five")).granted().unwrap();
    for imitation in ["Tea At Five", "tea at fıve"] {
        assert_eq!(wire.refused(room(imitation)).code, Code::RoomNameTaken, "{imitation}");
    }
    for text in
        ["%", "_", "\\", "'", "\"", "*", "\0", "\u{202e}", "\u{301}", "\u{1b}[2J", "a%", "🙂", "ann\u{200b}"]
    {
        // An answer, and no surprise in it: these match no name.
        match wire.ask(request::SearchUsers { text: text.to_owned() }).granted() {
            Ok(Reply::Done(done)) => assert_eq!(done.users, [], "{text:?}"),
            Ok(other) => panic!("{text:?}: {other:?}"),
            Err(refusal) => assert!(!refusal.text.is_empty()),
        }
    }
    let long = wire.ask(request::SearchUsers { text: "x".repeat(100_000) }).granted();
    assert!(long.map_or(true, |reply| matches!(reply, Reply::Done(done) if done.users.is_empty())));
    let Reply::Done(done) = wire.ask(request::SearchUsers { text: "BO".to_owned() }) else { panic!("found") };
    assert_eq!(done.users.len(), 1);
}

#[test]
fn the_longest_text_arrives_and_one_that_is_longer_is_refused() {
    let house = House::new(&["--lesson", "6"]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    let longest = "长".repeat((64 << 10) / 3) + "x";
    assert_eq!(longest.len(), 64 << 10);
    anna.say("bob", &longest);
    bob.hears(&longest);
    for text in [longest + "x", "x".repeat(1_000_000)] {
        assert_eq!(anna.refused(json!({"do": "send", "to": {"user": "bob"}, "text": text})), "too_long");
    }
    let line =
        json!({"id": 1, "do": "send", "to": {"user": "bob"}, "text": "x".repeat(1 << 20)}).to_string() + "\n";
    assert_eq!(anna.raw(line.as_bytes())["ok"], false);
    anna.say("bob", "still here");
    bob.hears("still here");
}
