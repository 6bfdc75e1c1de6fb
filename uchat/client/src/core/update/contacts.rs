//! Whom we know: what the server tells after a log-in and later, and the contact list in its order.

use super::Step;
use crate::core::model::contacts::{Friend, MOST, Room, fold};
use crate::core::{Contact, Notice, VaultEffect};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use uchat_protocol::Conversation;
use uchat_protocol::push::{ContactInfo, FriendInfo, LoginBundle, RoomInfo};

/// What the vault is told of friends and rooms.
#[derive(Default)]
struct News {
    conversations: Vec<(Conversation, String)>,
    /// Where the history of a room begins.
    joined: Vec<(u64, u64)>,
    read: Vec<(Conversation, u64)>,
    /// How far friends have received and read.
    cursors: Vec<(u64, u64, u64)>,
}

impl Step<'_> {
    /// Everything after a log-in. What it does not name is gone.
    pub(super) fn bundle(&mut self, bundle: LoginBundle) {
        let named: BTreeSet<Conversation> = bundle
            .friends
            .iter()
            .map(|friend| Conversation::Friend(friend.id))
            .chain(bundle.rooms.iter().map(|room| Conversation::Room(room.id)))
            .collect();
        let contacts = &self.model.contacts;
        let known = contacts.friends.keys().map(|id| Conversation::Friend(*id));
        let known = known.chain(contacts.rooms.keys().map(|id| Conversation::Room(*id)));
        let gone: Vec<Conversation> = known.filter(|one| !named.contains(one)).collect();
        gone.into_iter().for_each(|conversation| self.contact_gone(conversation));

        self.model.session.bundle_seen = true;
        self.learn(bundle.friends, bundle.rooms);
        let contacts = &mut self.model.contacts;
        contacts.seen = true;
        let blocked = bundle.blocked.iter().take(MOST);
        contacts.blocked = blocked.map(|person| (fold(&person.name), person.name.clone())).collect();
        contacts.requests.clear();
        let names = [bundle.requests.clone(), bundle.asked, bundle.blocked].concat();
        if !names.is_empty() {
            self.vault(VaultEffect::Names(names));
        }
        bundle.requests.into_iter().for_each(|person| self.friend_asks(person));
    }

    pub(super) fn contact_info(&mut self, info: ContactInfo) {
        self.learn(info.friend.into_iter().collect(), info.room.into_iter().collect());
    }

    /// Friends and rooms as the server knows them: into the model, the vault, and on the list of what is fetched.
    fn learn(&mut self, friends: Vec<FriendInfo>, rooms: Vec<RoomInfo>) {
        let mut news = News::default();
        friends.into_iter().for_each(|info| self.learn_friend(info, &mut news));
        rooms.into_iter().for_each(|info| self.learn_room(info, &mut news));
        let News { conversations, joined, read, mut cursors } = news;
        if conversations.is_empty() {
            return;
        }
        cursors.retain(|(user, delivered, read)| self.is_news(*user, *delivered, *read));
        self.model.outbox.release();
        let named: Vec<Conversation> = conversations.iter().map(|(conversation, _)| *conversation).collect();
        self.vault(VaultEffect::Contacts { conversations, joined, read, cursors });
        named.into_iter().for_each(|conversation| self.tell_cursor(conversation));
    }

    fn learn_friend(&mut self, info: FriendInfo, news: &mut News) {
        let conversation = Conversation::Friend(info.id);
        let contacts = &mut self.model.contacts;
        if contacts.friends.len() >= MOST && !contacts.friends.contains_key(&info.id) {
            return;
        }
        contacts.requests.remove(&info.id);
        let friend = Friend::new(info.name, info.online, info.ip, info.port);
        let old = contacts.friends.insert(info.id, friend.clone());
        let is_new = old.is_none() && contacts.seen;
        let has_changed = match &old {
            Some(old) => (old.online, &old.ip, old.port) != (friend.online, &friend.ip, friend.port),
            None => friend.online,
        };
        let Friend { name: username, online, ip, port, .. } = friend;
        news.conversations.push((conversation, username.clone()));
        news.read.push((conversation, info.read));
        news.cursors.push((info.id, info.their_delivered, info.their_read));
        if is_new {
            self.notify(Notice::Friend { username, id: info.id, online });
        } else if has_changed {
            self.notify(Notice::Presence { username, online, ip, port });
        }
        self.learn_talk(conversation, (info.last_seq, info.last_time), (info.delivered, info.read), 0);
    }

    fn learn_room(&mut self, info: RoomInfo, news: &mut News) {
        let conversation = Conversation::Room(info.id);
        let contacts = &mut self.model.contacts;
        if contacts.rooms.len() >= MOST && !contacts.rooms.contains_key(&info.id) {
            return;
        }
        contacts.unseen.insert(info.id);
        let old = contacts.rooms.remove(&info.id);
        let is_new = old.is_none() && contacts.seen;
        let members = old.map(|room| room.members).unwrap_or_default();
        contacts.rooms.insert(info.id, Room { name: info.name.clone(), members });
        news.conversations.push((conversation, info.name.clone()));
        news.joined.push((info.id, info.joined_seq));
        news.read.push((conversation, info.read));
        if is_new {
            self.notify(Notice::Room { room: info.id, name: info.name, member: true });
        }
        let start = info.joined_seq.saturating_sub(1);
        self.learn_talk(conversation, (info.last_seq, info.last_time), (info.delivered, info.read), start);
    }

    /// `start`: history before and up to this number is not for us.
    fn learn_talk(
        &mut self,
        conversation: Conversation,
        (last_seq, last_time): (u64, u64),
        (delivered, read): (u64, u64),
        start: u64,
    ) {
        let contacts = &self.model.contacts;
        let name = match conversation {
            Conversation::Friend(id) => contacts.friends.get(&id).map(|friend| &friend.name),
            Conversation::Room(id) => contacts.rooms.get(&id).map(|room| &room.name),
        };
        let name = name.cloned().unwrap_or_default();
        let talks = &mut self.model.talks;
        let talk = talks.all.entry(conversation).or_default();
        talk.name = name;
        talk.have = talk.have.max(start);
        talk.given = talk.given.max(start);
        talk.last_seq = talk.last_seq.max(last_seq);
        if talk.have < last_seq || talk.time == 0 {
            talk.time = talk.time.max(last_time); // of something that is not here yet
        }
        talk.read = talk.read.max(read);
        if !talk.telling {
            talk.told = (delivered, read);
        }
        if talk.given < talk.last_seq {
            talks.behind.insert(conversation);
        }
    }

    /// No friend any more, or no member; the history stays.
    pub(super) fn contact_gone(&mut self, conversation: Conversation) {
        let contacts = &mut self.model.contacts;
        let notice = match conversation {
            Conversation::Friend(id) => {
                contacts.friends.remove(&id).map(|friend| Notice::FriendDeleted { username: friend.name })
            }
            Conversation::Room(room) => {
                contacts.unseen.remove(&room);
                contacts.rooms.remove(&room).map(|gone| Notice::Room { room, name: gone.name, member: false })
            }
        };
        let Some(notice) = notice else { return };
        let talks = &mut self.model.talks;
        talks.behind.remove(&conversation);
        if talks.all.len() > MOST {
            talks.all.remove(&conversation);
        }
        self.vault(VaultEffect::Gone(conversation));
        if self.model.contacts.seen {
            self.notify(notice); // else it is of an earlier run, and has been gone since who knows when
        }
    }

    pub(super) fn presence(&mut self, user: u64, online: bool, ip: Option<String>, port: Option<u16>) {
        let Some(friend) = self.model.contacts.friends.get_mut(&user) else { return };
        (friend.online, friend.ip, friend.port) = (online, ip.clone(), port);
        let username = friend.name.clone();
        if online && self.model.outbox.came(user) {
            self.vault(VaultEffect::MayHaveKeys(user)); // a user comes once more when there are keys
        }
        self.notify(Notice::Presence { username, online, ip, port });
    }

    /// How far a friend has come with what we have sent.
    pub(super) fn their_cursor(&mut self, user: u64, delivered: u64, read: u64) {
        if self.is_news(user, delivered, read) {
            self.vault(VaultEffect::TheirCursor { user, delivered, read });
        }
    }

    /// Whether a friend has come further than we knew; from now on we know.
    fn is_news(&mut self, user: u64, delivered: u64, read: u64) -> bool {
        let Some(talk) = self.model.talks.all.get_mut(&Conversation::Friend(user)) else { return false };
        let theirs = (talk.theirs.0.max(delivered), talk.theirs.1.max(read));
        theirs != std::mem::replace(&mut talk.theirs, theirs)
    }

    /// Who is there first, then by the latest message. Rooms are always there.
    pub(super) fn contact_list(&self) -> Vec<Contact> {
        let contacts = &self.model.contacts;
        let friends = contacts.friends.iter().map(|(id, friend)| {
            let shown = Contact {
                user: Some(friend.name.clone()),
                room: None,
                id: *id,
                online: friend.online,
                ip: friend.ip.clone(),
                port: friend.port,
                last: None,
                time: 0,
                unread: 0,
                mentioned: false,
                key_changed: false,
            };
            (Conversation::Friend(*id), shown)
        });
        let rooms = contacts.rooms.iter().map(|(id, room)| {
            let shown = Contact {
                user: None,
                room: Some(room.name.clone()),
                id: *id,
                online: true,
                ip: None,
                port: None,
                last: None,
                time: 0,
                unread: 0,
                mentioned: false,
                key_changed: false,
            };
            (Conversation::Room(*id), shown)
        });
        let with_talk = |(conversation, contact): (Conversation, Contact)| {
            let talk = self.model.talks.all.get(&conversation);
            talk.map_or(contact.clone(), |talk| Contact {
                last: talk.last.clone(),
                time: talk.time,
                unread: talk.unread,
                mentioned: talk.mentioned,
                key_changed: talk.key_changed,
                ..contact
            })
        };
        let mut list: Vec<Contact> = friends.chain(rooms).map(with_talk).collect();
        list.sort_by_cached_key(|contact| {
            let name = contact.user.clone().or_else(|| contact.room.clone());
            (Reverse(contact.online), Reverse(contact.time), name, contact.id)
        });
        list
    }
}
