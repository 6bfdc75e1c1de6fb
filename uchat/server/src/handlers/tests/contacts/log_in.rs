use super::*;
use crate::store::bundle::login_bundle;
use crate::store::presence::{came, went};
use uchat_protocol::push::{LoginBundle, Person};

#[test]
fn who_is_new_has_an_empty_bundle_and_nobody_to_tell() {
    let class = Class::new();
    assert_eq!(login_bundle(&class.db, &class.caller(ALICE)).unwrap(), LoginBundle::default());
    assert_eq!(came(&class.db, &class.caller(ALICE)).unwrap(), []);
    assert_eq!(went(&class.db, &class.caller(ALICE)).unwrap(), []);
}

#[test]
fn the_bundle_has_every_list_and_nothing_of_others() {
    let mut class = Class::new();
    class.add(BOB, "Alice").0.unwrap();
    class.now += 1;
    class.add(DAVE, "Alice").0.unwrap();
    class.befriend(CAROL, ALICE);
    class.befriend(BOB, CAROL);
    let room = class.room("r", &[BOB, ALICE]);
    class.room("s", &[BOB]);
    class.block(DAVE, "Bob").0.unwrap();
    let bundle = |user| login_bundle(&class.db, &class.caller(user)).unwrap();
    let alice = bundle(ALICE);
    let ids = |people: &[Person]| people.iter().map(|person| person.id).collect::<Vec<_>>();
    assert_eq!(alice.friends.iter().map(|friend| &*friend.name).collect::<Vec<_>>(), ["小明"]);
    assert_eq!(ids(&alice.requests), [BOB, DAVE], "in the order in which they came");
    assert_eq!((ids(&alice.asked), ids(&alice.blocked)), (vec![], vec![]));
    let [info] = &alice.rooms[..] else { panic!("{alice:?}") };
    assert_eq!((info.id, info.owner, info.joined_seq, info.last_seq, info.delivered), (room, BOB, 2, 2, 1));
    assert_eq!((bundle(BOB).rooms.len(), ids(&bundle(BOB).asked)), (2, vec![ALICE]));
    assert_eq!(ids(&bundle(DAVE).blocked), [BOB]);
}

#[test]
fn a_friend_shows_address_and_reading_only_as_they_want() {
    for (share_address, share_read, online) in [(true, true, true), (false, false, true), (true, true, false)]
    {
        let class = Class::new();
        class.befriend(ALICE, BOB);
        class.db.execute("UPDATE cursors SET delivered = 10 * user_id, read = user_id", []).unwrap();
        let sql = "UPDATE users SET share_address = ?1, share_read = ?2 WHERE id = 2";
        class.db.execute(sql, [share_address, share_read]).unwrap();
        if online {
            class.log_in(BOB);
        }
        let bundle = login_bundle(&class.db, &class.caller(ALICE)).unwrap();
        let [bob] = &bundle.friends[..] else { panic!("{bundle:?}") };
        assert_eq!(bob.online, online);
        assert_eq!(bob.ip.as_deref(), (online && share_address).then_some("192.0.2.2"));
        assert_eq!(bob.port, (online && share_address).then_some(5002));
        assert_eq!((bob.delivered, bob.read, bob.their_delivered), (10, 1, 20));
        assert_eq!(bob.their_read, if share_read { 2 } else { 0 });
    }
}

#[test]
fn friends_and_the_members_of_each_room_hear_who_comes_and_goes() {
    let class = Class::new();
    class.befriend(ALICE, CAROL);
    class.befriend(BOB, ALICE);
    class.add(DAVE, "Alice").0.unwrap();
    let (one, two) = (class.room("one", &[DAVE, ALICE]), class.room("two", &[CAROL, DAVE, ALICE, BOB]));
    class.room("alone", &[ALICE]);
    class.room("another", &[BOB, CAROL]);
    class.log_in(BOB);
    let came = || short(&came(&class.db, &class.caller(ALICE)).unwrap());
    let first = came();
    assert!(first.iter().all(|(users, _)| *users == [BOB]), "nobody else is there: {first:?}");
    class.log_in(CAROL);
    class.log_in(DAVE);
    let expected = |online: bool, address: &str| {
        vec![
            (vec![BOB, CAROL], format!("friend 1 online {online} {address}")),
            (vec![DAVE], format!("room {one} member 1 online {online}")),
            (vec![CAROL, DAVE, BOB], format!("room {two} member 1 online {online}")),
        ]
    };
    assert_eq!(came(), expected(true, "\"192.0.2.1\" 5001"));
    assert_eq!(short(&went(&class.db, &class.caller(ALICE)).unwrap()), expected(false, "\"-\" 0"));
    class.db.execute("UPDATE users SET share_address = 0", []).unwrap();
    assert_eq!(came(), expected(true, "\"-\" 0"));
}
