//! One client of these tests: a profile, its vault, and what the vault has told.

use super::{TAG, ca, change, text};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use tempfile::TempDir;
use uchat_client::core::{DeliveryState, Shown, Summary, VaultEffect, VaultEvent};
use uchat_client::inspect::Recorder;
use uchat_client::vault::{Store, VaultSettings};
use uchat_protocol::content::Kind;
use uchat_protocol::{Conversation, MessageId};

static DEVICES: AtomicU8 = AtomicU8::new(0);

/// One profile, and what its vault has told.
pub(crate) struct Client {
    pub(crate) user: u64,
    pub(crate) store: Store,
    pub(crate) dir: Arc<TempDir>,
    clock: Arc<AtomicU64>,
    pub(crate) shown: Vec<Shown>,
    /// What was told again, because it had changed.
    pub(crate) reshown: Vec<Shown>,
    pub(crate) warnings: Vec<String>,
    pub(crate) changed: Vec<u64>,
    pub(crate) states: Vec<(MessageId, DeliveryState)>,
    pub(crate) summaries: HashMap<Conversation, Summary>,
    /// Other ids on every device.
    device: u8,
    next_id: u8,
}

impl Client {
    pub(crate) fn open(user: u64, dir: Arc<TempDir>, clock: &Arc<AtomicU64>, encrypted: bool) -> Self {
        let time = Arc::clone(clock);
        let settings = VaultSettings {
            encrypted,
            ca: Some(ca()),
            clock: Arc::new(move || time.load(Ordering::Relaxed)),
            recorder: Some(Recorder::default()),
        };
        let (store, loaded) = Store::open(dir.path(), settings).unwrap();
        let VaultEvent::Loaded { conversations, .. } = loaded else { panic!("{loaded:?}") };
        let summaries = conversations.into_iter().map(|summary| (summary.conversation, summary)).collect();
        Self {
            user,
            store,
            dir,
            clock: Arc::clone(clock),
            shown: Vec::new(),
            reshown: Vec::new(),
            warnings: Vec::new(),
            changed: Vec::new(),
            states: Vec::new(),
            summaries,
            device: DEVICES.fetch_add(1, Ordering::Relaxed),
            next_id: 0,
        }
    }

    /// The same profile after the program was killed: nothing but the folder is left.
    pub(crate) fn reopen(&mut self) {
        let again = Self::open(self.user, Arc::clone(&self.dir), &self.clock, true);
        *self = again;
    }

    pub(crate) fn fresh_id(&mut self) -> MessageId {
        self.next_id += 1;
        MessageId([self.device, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, self.next_id])
    }

    pub(crate) fn have(&self, conversation: Conversation) -> u64 {
        self.summaries.get(&conversation).map_or(0, |summary| summary.have)
    }

    /// The texts that were shown, oldest first; those of people with their names.
    pub(crate) fn texts(&self) -> Vec<String> {
        let text = |shown: &Shown| match &shown.from {
            Some(from) => format!("{from}: {}", shown.text.as_deref().unwrap_or("(file)")),
            None => shown.text.clone().unwrap(),
        };
        self.shown.iter().map(text).collect()
    }

    /// Puts a text into the outbox.
    pub(crate) fn queue(&mut self, conversation: Conversation, what: &str) -> MessageId {
        let id = self.fresh_id();
        let content = text(what);
        let events = self.store.handle(VaultEffect::Queue { tag: TAG, id, conversation, content });
        assert!(matches!(&events[0], VaultEvent::Queued { queued, .. } if queued.id == id), "{events:?}");
        id
    }

    /// Puts a change of a message into the outbox: its id, and what came of it.
    pub(crate) fn change(
        &mut self,
        kind: Kind,
        target: MessageId,
        data: &str,
    ) -> (MessageId, Vec<VaultEvent>) {
        let id = self.fresh_id();
        let content = change(kind, target, data);
        let mut events = self.store.handle(VaultEffect::Change { tag: TAG, id, content });
        for event in events.extract_if(.., |event| matches!(event, VaultEvent::Changed(_))) {
            let VaultEvent::Changed(shown) = event else { unreachable!() };
            self.reshown.push(shown);
        }
        (id, events)
    }

    /// The newest page of history.
    pub(crate) fn page(&mut self, conversation: Conversation) -> Vec<Shown> {
        let effect = VaultEffect::History { tag: TAG, conversation, before: None, limit: 50, search: None };
        match self.store.handle(effect).pop() {
            Some(VaultEvent::History { messages, .. }) => messages,
            other => panic!("{other:?}"),
        }
    }

    /// A page of history, as `texts` shows it.
    pub(crate) fn history(&mut self, conversation: Conversation, search: Option<&str>) -> Vec<String> {
        let search = search.map(str::to_owned);
        let effect = VaultEffect::History { tag: TAG, conversation, before: None, limit: 50, search };
        match self.store.handle(effect).pop().unwrap() {
            VaultEvent::History { messages, .. } => messages.iter().filter_map(|m| m.text.clone()).collect(),
            other => panic!("{other:?}"),
        }
    }
}
