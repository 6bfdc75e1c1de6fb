use super::*;
use uchat_protocol::limits;

fn search(class: &Class, user: u64, text: &str) -> Result<Vec<String>, Code> {
    let (reply, pushes) =
        class.run(user, search_users::handle, request::SearchUsers { text: text.to_owned() });
    assert_eq!(pushes, []);
    match reply? {
        Reply::Done(done) => Ok(done.users.into_iter().map(|(_, name)| name).collect()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_part_of_a_name_is_found() {
    let class = Class::new();
    for (text, found) in [
        ("b", vec!["Bob"]),
        ("OB", vec!["Bob"]),
        ("明", vec!["小明"]),
        ("E", vec!["Dave"]),
        ("xyz", vec![]),
        ("alice", vec![]), // oneself
    ] {
        assert_eq!(search(&class, ALICE, text), Ok(found.into_iter().map(str::to_owned).collect()), "{text}");
    }
}

#[test]
fn no_character_is_a_wildcard() {
    let class = Class::new();
    let odd = "%_\\'*?[a";
    let sql = "INSERT INTO users (username, folded, password, email, created) VALUES (?1, ?1, '', '', 0)";
    class.db.execute(sql, [odd]).unwrap();
    for text in ["%", "_", "\\", "'", "*", "?", "[", "%_", "_\\'", "' OR 1"] {
        // Whether a name may have such a character at all, the rules of names say.
        let found = search(&class, ALICE, text).unwrap_or_default();
        assert!(found.iter().all(|name| name == odd), "{text}: {found:?}");
    }
}

#[test]
fn names_that_begin_with_the_text_come_first_and_the_list_has_an_end() {
    let class = Class::new();
    for at in 0..60 {
        let sql = "INSERT INTO users (username, folded, password, email, created) VALUES (?1, ?1, '', '', 0)";
        class.db.execute(sql, [format!("xb{at:02}")]).unwrap();
    }
    let found = search(&class, ALICE, "b").unwrap();
    assert_eq!((found.len(), &*found[0], &*found[1], &*found[2]), (limits::FOUND, "Bob", "xb00", "xb01"));
}

#[test]
fn who_has_blocked_the_caller_or_is_gone_is_not_found() {
    let class = Class::new();
    class.block(BOB, "Alice").0.unwrap();
    class.block(ALICE, "小明").0.unwrap();
    class.db.execute("UPDATE users SET deleted = 1 WHERE id = ?1", [DAVE]).unwrap();
    assert_eq!(search(&class, ALICE, "bob"), Ok(vec![]));
    assert_eq!(search(&class, CAROL, "bob"), Ok(vec!["Bob".to_owned()]));
    assert_eq!(search(&class, ALICE, "小明"), Ok(vec!["小明".to_owned()]));
    assert_eq!(search(&class, ALICE, "dave"), Ok(vec![]));
}

#[test]
fn a_text_that_is_no_part_of_any_name_is_refused() {
    let class = Class::new();
    for text in ["", "123456789", &"明".repeat(9), &"x".repeat(1 << 16)] {
        assert_eq!(search(&class, ALICE, text), Err(Code::BadField));
    }
    let mut out = Outbox::default();
    let request = request::SearchUsers { text: String::new() };
    let failure = search_users::handle(&class.db, &class.caller(ALICE), request, &mut out).unwrap_err();
    assert_eq!(failure.to_string(), "text: must not be empty");
}
