use super::*;
use crate::store::bundle::login_bundle;
use crate::store::leaving::delete_account;
use crate::store::users;

fn delete(class: &Class, user: u64) -> Vec<(Vec<u64>, String)> {
    let mut out = Outbox::default();
    delete_account(&class.db, user, class.now, &mut out).unwrap();
    short(&out.pushes)
}

#[test]
fn whoever_is_deleted_is_gone_from_all_contacts_and_rooms() {
    let class = Class::new();
    class.befriend(ALICE, CAROL);
    class.befriend(BOB, ALICE);
    class.add(DAVE, "Alice").0.unwrap();
    class.block(DAVE, "Bob").0.unwrap();
    let (own, other) = (class.room("own", &[ALICE, CAROL, BOB]), class.room("other", &[BOB, ALICE]));
    let alone = class.room("alone", &[ALICE]);
    let expected = told(&[
        (&[BOB, CAROL], "gone friend 1"),
        (&[CAROL, BOB], "room 1 line 4: 1 left"),
        (&[CAROL, BOB], "room 1 line 5: 3 owner"),
        (&[BOB], "room 2 line 3: 1 left"),
    ]);
    assert_eq!(delete(&class, ALICE), expected);
    assert_eq!(class.lines(own)[3..], [(Happened::Left, ALICE), (Happened::Owner, CAROL)]);
    assert_eq!(class.lines(other).len(), 3);
    assert_eq!(class.join(BOB, alone).0, Err(Code::NoSuchRoom));
    class.hand_over(CAROL, own, BOB).0.unwrap();
    for user in [BOB, CAROL, DAVE] {
        let bundle = login_bundle(&class.db, &class.caller(user)).unwrap();
        assert_eq!((bundle.friends, bundle.requests, bundle.asked), (vec![], vec![], vec![]));
    }
    assert_eq!((class.count("friends"), class.count("blocks")), (0, 1));
    assert_eq!(class.add(BOB, "Alice").0, Err(Code::NoSuchUser));
}

#[test]
fn nothing_stays_of_an_account_but_its_number_and_its_name() {
    let class = Class::new();
    class.block(ALICE, "Bob").0.unwrap();
    class.block(CAROL, "Alice").0.unwrap();
    for user in [ALICE, BOB] {
        let sql = "INSERT INTO certificates VALUES (?1, x'00', ?1, 0)";
        class.db.execute(sql, [user]).unwrap();
        let sql = "INSERT INTO tokens (digest, user_id, family, expires) VALUES (?1, ?1, x'00', 0)";
        class.db.execute(sql, [user]).unwrap();
    }
    class.db.execute("UPDATE users SET sex = 'f', age = 20, ip = '192.0.2.1', port = 1", []).unwrap();
    assert_eq!(delete(&class, ALICE), []);
    assert_eq!((class.count("certificates"), class.count("tokens"), class.count("blocks")), (1, 1, 0));
    let sql = "SELECT username || ':' || folded || ':' || password || ':' || email || ':' || sex || ':' || ip
            || ':' || port || ':' || deleted || ':' || ifnull(age, '') || ':' || ifnull(email_folded, '')
        FROM users WHERE id = 1";
    let row: String = class.db.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(row, "Alice:allce:::::0:1::");
    assert_eq!(users::by_id(&class.db, BOB).unwrap().name, "Bob");
}

#[test]
fn who_is_not_there_cannot_be_deleted() {
    let class = Class::new();
    delete(&class, ALICE);
    for user in [ALICE, 0, 99, u64::MAX] {
        let failure = delete_account(&class.db, user, 0, &mut Outbox::default()).unwrap_err();
        assert!(matches!(failure, Failure::Refused(refusal) if refusal.code == Code::NoSuchUser), "{user}");
    }
}
