//! Pages of history: asked for before they are needed, and taken in only where they join what is in memory.
//!
//! ```text
//!  open, to the end ─▶ Newest             ┐
//!  near the top ─────▶ Older(oldest)      │   numbers are contiguous, so what comes before a
//!  near the bottom ──▶ Newer(newest)      ├─▶ number, or after it, joins what is there
//!  a search hit ─────▶ Around(its number) │
//!  the first message ▶ First              │
//!  a replied message ▶ Seek(its id)       ┘
//! ```

use super::scroll;
use crate::app::{App, End, Page, Tone, Why};
use crate::lang::chat::Chat;
use uchat_client::core::{Answer, Command, Shown, With};
use uchat_protocol::{MessageId, Refusal};

/// Opens a conversation at its end, and asks for its newest messages if there are none.
pub(crate) fn open(app: &mut App, with: &With) {
    let unread = app.people.entry(with).map_or(0, |entry| entry.unread);
    let talk = app.talks.open(with);
    if !talk.asked || !talk.at_end {
        return begin(app, with);
    }
    (talk.top, talk.below) = (None, 0);
    if unread > 0 && talk.unread_from.is_none() {
        talk.mark_unread(unread);
    }
}

/// Throws away what is there, and asks for the newest.
pub(crate) fn begin(app: &mut App, with: &With) {
    let uploads = app.talks.uploads(with);
    let talk = app.talks.open(with);
    talk.clear();
    talk.at_end = true;
    uploads.into_iter().for_each(|upload| talk.upload(upload));
    ask(app, with, Page::Newest);
}

/// Asks for a page, once.
pub(crate) fn ask(app: &mut App, with: &With, page: Page) {
    let why = Why::History(with.clone(), page);
    if app.asked.waits_for(&why) {
        return;
    }
    let (before, limit) = match page {
        Page::Newest => (None, PAGE),
        Page::Older(before) => (Some(before), PAGE),
        Page::Newer(after) => (Some(after.saturating_add(u64::from(PAGE) + 1)), PAGE),
        Page::Around(seq) => (Some(seq.saturating_add(u64::from(PAGE / 2))), PAGE),
        Page::First { none, some } => (Some(half(none, some)), PAGE),
        Page::Seek { before, .. } => (Some(before), BIG_PAGE),
    };
    let command = Command::History { with: with.clone(), before, limit: Some(limit), search: None };
    app.ask(command, why);
}

/// Asks for what is needed next, before somebody waits for it.
pub(crate) fn want(app: &mut App) {
    let Some(with) = app.view.open.clone() else { return };
    let Some(talk) = app.talks.get(&with) else { return };
    let count = talk.lines().len();
    let top = talk.top.and_then(|top| talk.index_of_key(top.key));
    let older = !talk.complete && top.map_or(count < NEAR, |at| at < NEAR);
    let newer = !talk.at_end && top.is_none_or(|at| at + NEAR > count);
    let (oldest, newest) = (talk.oldest(), talk.newest());
    if let Some(oldest) = oldest.filter(|_| older) {
        ask(app, &with, Page::Older(oldest));
    }
    if let Some(newest) = newest.filter(|_| newer) {
        ask(app, &with, Page::Newer(newest));
    }
}

/// A page is there, or could not be had.
pub(crate) fn answered(app: &mut App, with: &With, page: Page, result: Result<Answer, Refusal>) {
    let messages = match result {
        Ok(Answer::Messages { messages }) => messages,
        Ok(_) => return,
        Err(refusal) => {
            if let Some(talk) = app.talks.get_mut(with) {
                talk.asked = false; // the next time it is opened
            }
            return app.refuse(&refusal);
        }
    };
    let Some(talk) = app.talks.get_mut(with) else { return };
    let short = |page: u32| messages.len() < page as usize;
    // What has been jumped away from meanwhile does not join any more.
    let joins = match page {
        Page::Newest => talk.at_end,
        Page::Older(before) | Page::Seek { before, .. } => talk.oldest() == Some(before),
        Page::Newer(after) => !talk.at_end && talk.newest() == Some(after),
        Page::Around(seq) => talk.wanted == Some(seq),
        Page::First { .. } => talk.wanted == Some(FIRST),
    };
    if !joins {
        return;
    }
    match page {
        Page::Newest => newest(app, with, messages),
        Page::Older(_) => {
            talk.complete = short(PAGE);
            talk.merge(messages, End::Newest);
        }
        Page::Newer(after) => newer(app, with, after, messages),
        Page::Around(seq) => {
            talk.complete = messages.first().is_none_or(|first| first.seq == Some(1));
            talk.merge(messages, End::Newest);
            found(app, with, seq);
        }
        Page::First { none, some } => first(app, with, (none, some), messages),
        Page::Seek { id, more, .. } => {
            talk.complete = short(BIG_PAGE);
            talk.merge(messages, End::Newest);
            seek(app, with, id, more);
        }
    }
}

fn newest(app: &mut App, with: &With, messages: Vec<Shown>) {
    let unread = app.people.entry(with).map_or(0, |entry| entry.unread);
    let Some(talk) = app.talks.get_mut(with) else { return };
    // A page that was asked for again says nothing about what is before it.
    let first = talk.oldest().is_none_or(|oldest| messages.iter().any(|message| message.seq == Some(oldest)));
    if first {
        talk.complete = messages.len() < PAGE as usize;
    }
    talk.merge(messages, End::Oldest);
    if unread > 0 && talk.unread_from.is_none() {
        talk.mark_unread(unread);
    }
    if std::mem::take(&mut talk.again) {
        ask(app, with, Page::Newest);
    }
}

fn newer(app: &mut App, with: &With, after: u64, messages: Vec<Shown>) {
    let Some(talk) = app.talks.get_mut(with) else { return };
    let full = messages.last().and_then(|last| last.seq) == Some(after.saturating_add(u64::from(PAGE)));
    talk.merge(messages, End::Oldest);
    if !full && talk.newest().is_some() {
        talk.at_end = true;
        ask(app, with, Page::Newest); // what waits in the outbox, and what has come meanwhile
    }
}

/// Opens a conversation at the message of this number, and selects it.
pub(crate) fn jump(app: &mut App, with: With, seq: u64) {
    if app.view.open.as_ref() != Some(&with) {
        super::open(app, with.clone());
    }
    let talk = app.talks.open(&with);
    if talk.index_of(seq).is_some() {
        return found(app, &with, seq);
    }
    talk.clear();
    talk.wanted = Some(seq);
    ask(app, &with, Page::Around(seq));
}

/// Opens the conversation that is open at its first message. Its number is 1, or larger for who has come later.
pub(crate) fn to_first(app: &mut App, with: &With) {
    let Some(talk) = app.talks.get_mut(with) else { return };
    let Some(oldest) = talk.oldest() else { return };
    talk.clear();
    talk.wanted = Some(FIRST);
    ask(app, with, Page::First { none: FIRST, some: oldest.saturating_add(1) });
}

/// A page on the way to the first: it is the one, or the search goes on in the half that has it.
fn first(app: &mut App, with: &With, (none, some): (u64, u64), messages: Vec<Shown>) {
    let Some(talk) = app.talks.get_mut(with) else { return };
    let half = half(none, some);
    let short = messages.len() < PAGE as usize;
    if messages.is_empty() && half < some {
        return ask(app, with, Page::First { none: half, some });
    }
    if !short && half < some {
        return ask(app, with, Page::First { none, some: half });
    }
    talk.complete = short;
    talk.merge(messages, End::Newest);
    found(app, with, FIRST);
}

/// The number before which the first is looked for next: `some` itself where a page has room for all that is left.
fn half(none: u64, some: u64) -> u64 {
    let left = some.saturating_sub(none);
    match (none, u64::from(PAGE)) {
        (_, page) if left < page => some,
        (FIRST, page) => page, // most conversations are here from their beginning
        _ => none + left / 2,
    }
}

/// The message is there: it is shown, and selected. Where it is not, the one that follows.
fn found(app: &mut App, with: &With, seq: u64) {
    let Some(talk) = app.talks.get_mut(with) else { return };
    talk.wanted = None;
    let count = talk.lines().len();
    let at = talk.index_of(seq).or_else(|| {
        let after = talk.lines().iter().position(|line| line.shown.seq.is_some_and(|other| other > seq));
        after.or(count.checked_sub(1))
    });
    let Some(at) = at else { return begin(app, with) };
    if app.view.open.as_ref() == Some(with) {
        let id = talk.lines()[at].shown.id;
        super::select(app, id);
        scroll::centre(app, at);
    }
}

/// To the message that another one answers.
pub(crate) fn to_replied(app: &mut App, id: MessageId) {
    let Some(with) = app.view.open.clone() else { return };
    seek(app, &with, id, SEEK);
}

/// Shows a message, or looks further back for it.
fn seek(app: &mut App, with: &With, id: MessageId, more: u8) {
    let Some(talk) = app.talks.get(with) else { return };
    if let Some(at) = talk.index(id) {
        if app.view.open.as_ref() == Some(with) {
            super::select(app, Some(id));
            scroll::centre(app, at);
        }
        return;
    }
    match talk.oldest() {
        Some(before) if !talk.complete && more > 0 => {
            ask(app, with, Page::Seek { id, before, more: more - 1 });
        }
        _ => {
            let lost = !talk.at_end && talk.top.is_none();
            app.note(Tone::Bad, app.say(Chat::TooFarBack));
            if lost {
                begin(app, with); // the end was forgotten on the way back
            }
        }
    }
}

/// Asks for the newest once more: something of them is known only there.
pub(crate) fn refresh(app: &mut App, with: &With) {
    let Some(talk) = app.talks.get_mut(with).filter(|talk| talk.at_end) else { return };
    if app.asked.waits_for(&Why::History(with.clone(), Page::Newest)) {
        talk.again = true; // the answer on its way may be older than what is wanted
    } else {
        ask(app, with, Page::Newest);
    }
}

/// The number of the first message of all.
const FIRST: u64 = 1;
/// How many messages are asked for at once.
const PAGE: u32 = 200;
/// The same, where one of them is looked for; so many such pages at most.
const BIG_PAGE: u32 = 500;
const SEEK: u8 = 20;
/// So many messages before an end of what is in memory, the next page is asked for.
const NEAR: usize = 60;
