//! Effects that wait together, in one transaction: the disk is waited for once for all of them.
//!
//! ```text
//! BEGIN ─▶ SAVEPOINT ─▶ effect ─▶ RELEASE ──────────────────────────┐
//!              ▲           └────▶ ROLLBACK TO: it alone has failed ─┤
//!              └──────────── while there are more ──────────────────┴─▶ COMMIT ─▶ what came of them is told
//!                                                                             └─▶ none is done: all have failed
//! ```

use super::error::Stop;
use super::store::{Session, Store, Work};
use crate::core::{Tag, VaultEffect, VaultEvent, WhyNot};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use uchat_protocol::{Conversation, MessageId, Refusal};

impl Store {
    /// Does it, all or nothing, and tells what came of it.
    pub fn handle(&mut self, effect: VaultEffect) -> Vec<VaultEvent> {
        let mut events = self.handle_all(effect, || None);
        while let Some(more) = self.go_on() {
            events.extend(more);
        }
        events
    }

    /// Opens what the last transaction has left over, in one of its own; none if it has left nothing. To be called
    /// before the next effect: whoever asks for history is to find everything there.
    pub fn go_on(&mut self) -> Option<Vec<VaultEvent>> {
        let left = std::mem::take(&mut self.session.to_open);
        if left.is_empty() {
            return None;
        }
        let before = self.session.for_members.clone();
        let open = || {
            let mut tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let ((), events) = work(&mut tx, &mut self.session, |work| {
                left.into_iter().try_for_each(|conversation| work.open_waiting(conversation))
            })?;
            tx.commit()?;
            Ok(events)
        };
        let opened: Result<_, Stop> = open();
        Some(opened.unwrap_or_else(|stop| {
            // It waits on, for what comes next in its conversation, or for the next log-in.
            self.session.to_open.clear();
            self.session.roll_back(before, &stop);
            vec![VaultEvent::Warning(stop.refusal().text)]
        }))
    }

    /// Does this effect and those that `next` gives, each all or nothing. What came of them is told when all of it is
    /// on disk; if the disk does not take it, none of them is done.
    pub fn handle_all(
        &mut self,
        first: VaultEffect,
        next: impl FnMut() -> Option<VaultEffect>,
    ) -> Vec<VaultEvent> {
        let before = self.session.for_members.clone();
        let mut whose = Vec::new();
        match self.commit(first, next, &mut whose) {
            Ok(events) => events,
            Err(stop) => {
                self.session.roll_back(before, &stop);
                let refusal = stop.refusal();
                whose.into_iter().flat_map(|whose| whose.told(&refusal, &self.db)).collect()
            }
        }
    }

    /// In `whose` is then who has to be told if it fails.
    fn commit(
        &mut self,
        first: VaultEffect,
        mut next: impl FnMut() -> Option<VaultEffect>,
        whose: &mut Vec<Whose>,
    ) -> Result<Vec<VaultEvent>, Stop> {
        let mut events = Vec::new();
        let mut its = Whose::of(&first);
        let mut effect = first;
        whose.push(its);
        let mut tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        loop {
            let before = self.session.for_members.clone();
            match work(&mut tx, &mut self.session, |work| work.run(effect)) {
                Ok(((), told)) => events.extend(told),
                // SQLite has rolled back all of it, as it does where there is no room for more.
                Err(stop) if tx.is_autocommit() => return Err(stop),
                Err(stop) => {
                    self.session.roll_back(before, &stop);
                    events.extend(its.told(&stop.refusal(), &tx));
                }
            }
            // What is left over to be opened comes before anything else.
            let following = if self.session.to_open.is_empty() { next() } else { None };
            let Some(following) = following else { break };
            (its, effect) = (Whose::of(&following), following);
            whose.push(its);
        }
        tx.commit()?;
        if std::mem::take(&mut self.session.wiped) {
            self.empty_log();
        }
        Ok(events)
    }

    /// What was deleted still stands in SQLite's log of changes, until that is begun anew.
    fn empty_log(&self) {
        if let Err(error) = self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
            tracing::warn!(%error, "what was deleted is overwritten at the end only");
        }
    }
}

/// Does a job, all or nothing: what came of it, and what is to be told.
pub(super) fn work<T>(
    tx: &mut Transaction<'_>,
    session: &mut Session,
    job: impl FnOnce(&mut Work<'_>) -> Result<T, Stop>,
) -> Result<(T, Vec<VaultEvent>), Stop> {
    let savepoint = tx.savepoint()?; // rolled back where it is dropped
    let mut work = Work::new(&savepoint, session);
    let result = job(&mut work)?;
    let events = work.done();
    savepoint.commit()?;
    Ok((result, events))
}

/// Whether an effect is done in a transaction of its own: it takes long, so that others would wait to be told; or it
/// changes keys in memory or files, which no other effect may take back.
pub(super) fn is_alone(effect: &VaultEffect) -> bool {
    use VaultEffect as E;
    match effect {
        E::Unlock { .. }
        | E::MakeKeys { .. }
        | E::MakeRequest { .. }
        | E::SetCertificate { .. }
        | E::ChangePassword { .. }
        | E::Lock
        | E::AcceptKey { .. }
        | E::Forget { .. } => true,
        E::History { search, .. } => search.is_some(),
        _ => false,
    }
}

/// Who is told if an effect is not done.
#[derive(Clone, Copy)]
enum Whose {
    Question(Tag),
    Message(MessageId),
    Conversation(Conversation),
    Members(u64),
    Nobody,
}

impl Whose {
    fn of(effect: &VaultEffect) -> Self {
        use VaultEffect as E;
        match effect {
            E::Unlock { tag, .. }
            | E::MakeKeys { tag, .. }
            | E::MakeRequest { tag, .. }
            | E::SetCertificate { tag, .. }
            | E::ChangePassword { tag, .. }
            | E::KeepUpload { tag, .. }
            | E::Queue { tag, .. }
            | E::Change { tag, .. }
            | E::Retry { tag, .. }
            | E::History { tag, .. }
            | E::File { tag, .. }
            | E::SafetyNumber { tag, .. }
            | E::AcceptKey { tag, .. }
            | E::Forget { tag } => Self::Question(*tag),
            E::Seal(id) => Self::Message(*id),
            E::Receive { conversation, .. } => Self::Conversation(*conversation),
            E::Members { room, .. } => Self::Members(*room),
            _ => Self::Nobody,
        }
    }

    /// That it is not done, and why.
    fn told(self, refusal: &Refusal, db: &Connection) -> Vec<VaultEvent> {
        let warning = || VaultEvent::Warning(refusal.text.clone());
        match self {
            Self::Question(tag) => vec![VaultEvent::Failed { tag, refusal: refusal.clone() }],
            Self::Message(id) => {
                let why = WhyNot::Refused(refusal.code, refusal.text.clone());
                vec![VaultEvent::NotSealed { id, why }]
            }
            Self::Conversation(conversation) => {
                let have = have(db, conversation);
                vec![warning(), VaultEvent::NotReceived { conversation, have }]
            }
            Self::Members(room) => vec![warning(), VaultEvent::MembersNotKept { room }],
            Self::Nobody => vec![warning()],
        }
    }
}

/// Up to where a conversation is stored; from its beginning, if even that cannot be read.
fn have(db: &Connection, conversation: Conversation) -> u64 {
    let (kind, peer) = conversation.target();
    let sql = "SELECT have FROM conversations WHERE kind = ?1 AND peer = ?2";
    db.query_row(sql, params![kind, peer], |row| row.get(0)).unwrap_or(0)
}
