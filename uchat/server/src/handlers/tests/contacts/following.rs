//! Clients that only follow what they are told have, after anything that anybody does, what a log-in would tell.
use super::*;
use crate::store::bundle::login_bundle;
use crate::store::leaving::delete_account;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeSet;

/// What one client knows.
#[derive(Debug, Default, PartialEq)]
struct Known {
    friends: BTreeSet<u64>,
    /// For each room: the owner, and the last line.
    rooms: BTreeMap<u64, (u64, u64)>,
}

impl Known {
    fn follow(&mut self, push: &Push) {
        match push {
            Push::ContactInfo(info) => {
                if let Some(friend) = &info.friend {
                    assert!(self.friends.insert(friend.id), "{friend:?} twice");
                }
                if let Some(room) = &info.room {
                    assert_eq!((room.delivered, room.read), (room.joined_seq - 1, room.joined_seq - 1));
                    let new = self.rooms.insert(room.id, (room.owner, room.delivered)).is_none();
                    assert!(new, "{room:?} twice");
                }
            }
            Push::DelInfo(gone) if gone.target_type == 0 => assert!(self.friends.remove(&gone.target_id)),
            Push::DelInfo(gone) => assert!(self.rooms.remove(&gone.target_id).is_some()),
            Push::OnNewMessage(line) => {
                let (owner, last) = self.rooms.get_mut(&line.target_id).expect("a line of a known room");
                assert_eq!(line.seq, *last + 1, "no line is missing, and none comes twice");
                *last = line.seq;
                let Envelope::Event(event) = &line.message else { panic!("{line:?}") };
                if event.what == Happened::Owner {
                    *owner = event.user_id;
                }
            }
            Push::IncomingFriendRequest(_) => {}
            other => panic!("{other:?}"),
        }
    }

    fn by_log_in(class: &Class, user: u64) -> Self {
        let bundle = login_bundle(&class.db, &class.caller(user)).unwrap();
        Self {
            friends: bundle.friends.iter().map(|friend| friend.id).collect(),
            rooms: bundle.rooms.iter().map(|room| (room.id, (room.owner, room.last_seq))).collect(),
        }
    }
}

fn follow(class: &Class, known: &mut BTreeMap<u64, Known>, pushes: &[(Vec<u64>, Push)]) {
    for (to, push) in pushes {
        assert_eq!(to.iter().collect::<BTreeSet<_>>().len(), to.len(), "{to:?}: {push:?}");
        for user in to {
            known.get_mut(user).expect("a user who is there").follow(push);
        }
    }
    for (user, known) in known {
        assert_eq!(*known, Known::by_log_in(class, *user), "user {user}");
    }
}

#[test]
fn who_follows_what_is_told_knows_what_a_log_in_would_tell() {
    for seed in 0..3 {
        let random = &mut StdRng::seed_from_u64(seed);
        let class = Class::new();
        let mut known: BTreeMap<u64, Known> = (ALICE..=DAVE).map(|user| (user, Known::default())).collect();
        let mut granted = 0;
        for _ in 0..400 {
            let (me, them) = (random.random_range(ALICE..=DAVE), random.random_range(ALICE..=DAVE));
            let (name, room) = (NAMES[them as usize - 1], random.random_range(1..=4));
            let (reply, pushes) = match random.random_range(0..14) {
                0 | 1 => class.add(me, name),
                2 | 3 => class.resolve(me, them, true),
                4 => class.resolve(me, them, false),
                5 => class.del(me, name),
                6 => class.block(me, name),
                7 => class.unblock(me, name),
                8 => class.create(me, ["a", "b", "c"][room as usize % 3]),
                9 | 10 => class.join(me, room),
                11 => class.leave(me, room),
                12 => class.remove(me, room, them),
                _ => class.hand_over(me, room, them),
            };
            granted += u32::from(reply.is_ok());
            follow(&class, &mut known, &pushes);
        }
        assert!(granted > 80, "{granted} of 400: this proves little");
        for user in [CAROL, ALICE, DAVE, BOB] {
            let mut out = Outbox::default();
            delete_account(&class.db, user, class.now, &mut out).unwrap();
            known.remove(&user);
            follow(&class, &mut known, &out.pushes);
        }
        for table in ["friends", "blocks", "rooms", "room_user", "chat_history"] {
            assert_eq!(class.count(table), 0, "{table}");
        }
    }
}
