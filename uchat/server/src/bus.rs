//! Who is online where; and the way of a push to all who shall have it.
//!
//! A user has one session at a time. A new one is first *announced*, in the transaction of its log-in, so that
//! whoever reads presence in a later one sees it; it *begins* after the commit, and then ends the one before.
//! Between the two it gets no pushes: what they say is in the bundle that begins it.

use crate::handler::{Outbox, Presence, Wrapped};
use crate::mailbox::{Mailbox, encode_push};
use crate::order::SendOrder;
use crate::store::Deliver;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use uchat_protocol::push::KeyPackageFor;
use uchat_protocol::{Code, Push};

/// A user on a connection.
#[derive(Debug)]
pub(crate) struct Session {
    /// The user's number.
    pub(crate) user: u64,
    /// The user's name.
    pub(crate) name: Arc<str>,
    /// From where.
    pub(crate) address: SocketAddr,
    /// No two sessions have the same.
    pub(crate) generation: u64,
    /// Where pushes go.
    pub(crate) mailbox: Arc<Mailbox>,
    /// What it has to send again.
    pub(crate) order: SendOrder,
}

/// All sessions.
#[derive(Debug, Default)]
pub(crate) struct Bus {
    users: RwLock<HashMap<u64, Entry>>,
    generations: AtomicU64,
}

#[derive(Debug, Default)]
struct Entry {
    now: Option<Arc<Session>>,
    announced: Option<(u64, SocketAddr)>,
}

impl Bus {
    /// A number for a session.
    pub(crate) fn generation(&self) -> u64 {
        self.generations.fetch_add(1, Ordering::Relaxed)
    }

    /// A log-in is about to be committed.
    pub(crate) fn announce(&self, user: u64, generation: u64, address: SocketAddr) {
        self.write().entry(user).or_default().announced = Some((generation, address));
    }

    /// It was not.
    pub(crate) fn withdraw(&self, user: u64, generation: u64) {
        self.change(user, |entry| entry.announced.take_if(|(announced, _)| *announced == generation));
    }

    /// It was: the session gets pushes from here on, after what `first` puts into its mailbox. The user's older
    /// one ends.
    pub(crate) fn begin(&self, session: &Arc<Session>, first: impl FnOnce()) {
        let mut users = self.write();
        let entry = users.entry(session.user).or_default();
        entry.announced.take_if(|(announced, _)| *announced == session.generation);
        let older = entry.now.replace(Arc::clone(session));
        first(); // while nobody else can deliver anything, or end the session
        drop(users);
        if let Some(older) = older {
            tracing::info!(user = %older.name, from = %older.address, "the session is replaced by a newer one");
            older.mailbox.end(&Code::SessionReplaced.into());
        }
    }

    /// Makes sure that this is still the user's newest session. On the writer's thread this holds up to the commit,
    /// so nothing is written for a session after a newer one, or after the end of the account.
    ///
    /// # Errors
    /// [`SessionReplaced`](Code::SessionReplaced). Nobody hears it: a session that is replaced gets no more answers.
    pub(crate) fn expect_newest(&self, session: &Session) -> Result<(), Code> {
        let users = self.read();
        let is_newest = users.get(&session.user).is_some_and(|entry| {
            entry.announced.is_none()
                && entry.now.as_ref().is_some_and(|now| now.generation == session.generation)
        });
        if is_newest { Ok(()) } else { Err(Code::SessionReplaced) }
    }

    /// A session has ended; tells whether it was the user's newest.
    pub(crate) fn end(&self, session: &Session) -> bool {
        let is_this = |now: &mut Arc<Session>| now.generation == session.generation;
        self.change(session.user, |entry| entry.now.take_if(is_this)).is_some()
    }

    /// Writes a package once for each who is there. In a large room these are megabytes, so nobody waits meanwhile.
    fn deliver_package(&self, package: Wrapped) {
        let Wrapped { header, signature, wraps } = package;
        for (user, wrap) in wraps {
            let Some(session) = self.read().get(&user).and_then(|entry| entry.now.clone()) else { continue };
            let package = KeyPackageFor { header: header.clone(), signature: signature.clone(), wrap };
            if let Some(message) = encode_push(&Push::KeyPackageFor(package)) {
                session.mailbox.push(&message, false);
            }
        }
    }

    #[cfg(test)]
    pub(crate) fn session(&self, user: u64) -> Option<Arc<Session>> {
        self.read().get(&user)?.now.clone()
    }

    fn change<T>(&self, user: u64, change: impl FnOnce(&mut Entry) -> Option<T>) -> Option<T> {
        let mut users = self.write();
        let entry = users.get_mut(&user)?;
        let changed = change(entry);
        if entry.now.is_none() && entry.announced.is_none() {
            users.remove(&user);
        }
        changed
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<u64, Entry>> {
        self.users.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<u64, Entry>> {
        self.users.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Presence for Bus {
    fn online(&self, user: u64) -> Option<SocketAddr> {
        let users = self.read();
        let entry = users.get(&user)?;
        let announced = entry.announced.map(|(_, address)| address);
        announced.or_else(|| entry.now.as_ref().map(|session| session.address))
    }
}

impl Deliver for Bus {
    fn deliver(&self, out: Outbox) {
        if out.pushes.is_empty() && out.packages.is_empty() {
            return;
        }
        let users = self.read();
        let session = |user: &u64| users.get(user).and_then(|entry| entry.now.as_ref());
        for (receivers, push) in &out.pushes {
            let mut message = None; // written once, for the first who is there
            for session in receivers.iter().filter_map(session) {
                if message.is_none() {
                    message = encode_push(push);
                }
                if let Some(message) = &message {
                    session.mailbox.push(message, push.is_ephemeral());
                }
            }
        }
        drop(users);
        for package in out.packages {
            self.deliver_package(package);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]
    use super::*;

    fn session(bus: &Bus, port: u16) -> Arc<Session> {
        Arc::new(Session {
            user: 7,
            name: "amy".into(),
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            generation: bus.generation(),
            mailbox: Arc::default(),
            order: SendOrder::default(),
        })
    }

    #[test]
    fn a_newer_session_ends_the_older_one_and_only_the_newest_counts() {
        let bus = Bus::default();
        let (first, second) = (session(&bus, 1), session(&bus, 2));
        bus.announce(7, first.generation, first.address);
        assert_eq!(bus.online(7), Some(first.address), "seen by those who log in at the same time");
        bus.begin(&first, || {});
        bus.begin(&second, || {});
        assert_eq!(first.mailbox.look().ended, Some(Code::SessionReplaced));
        assert_eq!(bus.expect_newest(&first), Err(Code::SessionReplaced));
        assert!(!bus.end(&first));
        assert_eq!(bus.expect_newest(&second), Ok(()));
        bus.announce(7, bus.generation(), first.address);
        assert_eq!(bus.expect_newest(&second), Err(Code::SessionReplaced), "the next one is being written");
        bus.withdraw(7, 2);
        assert_eq!(bus.online(7), Some(second.address));
        assert!(bus.end(&second));
        assert_eq!((bus.online(7), bus.read().len()), (None, 0));
    }

    #[test]
    fn a_log_in_that_fails_leaves_nothing_behind() {
        let bus = Bus::default();
        bus.announce(7, 1, SocketAddr::from(([127, 0, 0, 1], 1)));
        bus.withdraw(7, 1);
        assert_eq!((bus.online(7), bus.read().len()), (None, 0));
    }

    #[test]
    fn all_receivers_share_one_copy_of_a_push() {
        let bus = Bus::default();
        let one = session(&bus, 1);
        bus.begin(&one, || {});
        let mut out = Outbox::default();
        out.tell_all(vec![7, 7, 8], Push::GeneralMsg("hello".to_owned()));
        bus.deliver(out);
        let mut messages = Vec::new();
        one.mailbox.take(1 << 20, &mut messages).unwrap();
        assert_eq!(messages.len(), 2);
        assert_eq!(messages[0].as_ptr(), messages[1].as_ptr());
    }

    #[test]
    fn each_gets_the_own_wrap_under_the_one_header() {
        let bus = Bus::default();
        let one = session(&bus, 1);
        bus.begin(&one, || {});
        let wraps = vec![(8, vec![8].into()), (7, vec![7].into())];
        let package = Wrapped { header: vec![1].into(), signature: vec![2].into(), wraps };
        bus.deliver(Outbox { packages: vec![package], ..Outbox::default() });
        let mut messages = Vec::new();
        one.mailbox.take(1 << 20, &mut messages).unwrap();
        let package =
            KeyPackageFor { header: vec![1].into(), signature: vec![2].into(), wrap: vec![7].into() };
        assert_eq!(messages, [encode_push(&Push::KeyPackageFor(package)).unwrap()]);
    }
}
