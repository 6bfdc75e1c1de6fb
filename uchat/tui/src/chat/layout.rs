//! A message laid out: the rows that it takes, one after the other. What was laid out is kept with the message until
//! the message, the width or what stands around it is another.

use super::font::Size;
use super::rich::{self, Mark};
use super::{attachment, days, delivery, pictures};
use crate::app::{App, Line, Settings};
use crate::image::{Album, Look};
use crate::lang::chat::Chat;
use crate::lang::{Lang, Say, said};
use crate::text::{self, Cells};
use jiff::tz::TimeZone;
use std::collections::VecDeque;
use uchat_client::core::DeliveryState;

/// In front of each row of a message: a line in the sender's colour.
pub(crate) const GUTTER: u16 = 2;

/// What all messages of a conversation are laid out for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sheet<'a> {
    pub(crate) width: u16,
    pub(crate) lang: Lang,
    pub(crate) cells: Cells,
    pub(crate) zone: Option<&'a TimeZone>,
    /// Our own name.
    pub(crate) me: Option<&'a str>,
    /// Before the message of this number stands the line `unread`.
    pub(crate) unread_from: Option<u64>,
    /// What is known of images.
    pub(crate) album: &'a Album,
}

/// What a message is laid out for. If that is another, it must be laid out again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    width: u16,
    lang: Lang,
    cells: Cells,
    around: Around,
    image: Look,
}

/// What the messages around a message make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Around {
    /// It is the first of a day.
    day: bool,
    /// It is the first that was unread.
    unread: bool,
    /// Something else stands above it.
    gap: bool,
    /// It is the first of its sender's.
    head: bool,
    /// It has a time of its own.
    time: bool,
}

/// A row.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Blank,
    Day,
    Unread,
    /// The sender's name.
    Head,
    /// What it answers.
    Quote,
    /// A row of the text.
    Body(text::Row),
    /// That it was deleted.
    Deleted,
    /// Who has reacted to it.
    Reactions,
    /// A row of the file.
    File(attachment::Part),
    /// Why it has failed or waits.
    Reason(String),
    /// A button to try it again.
    Retry,
    /// Time and state, where they have no room beside the text.
    Tail,
    /// A row of a line of the server or of this client.
    System(text::Row),
}

/// A message laid out.
#[derive(Debug, Clone)]
pub(crate) struct Laid {
    stamp: Stamp,
    /// Its rows.
    pub(crate) parts: Vec<Part>,
    /// The text as it is shown.
    pub(crate) body: String,
    /// What stands out in it.
    pub(crate) marks: Vec<Mark>,
    /// When, if that is not clear from what stands above, and whether it was changed.
    pub(crate) time: Option<String>,
    /// How far it is: sign and word.
    pub(crate) state: Option<(DeliveryState, String)>,
}

impl Laid {
    /// The cells that time and state take; 0 if there are none.
    pub(crate) fn tail(&self, cells: Cells) -> usize {
        let time = self.time.as_deref().map_or(0, |time| cells.width(time));
        let state = self.state.as_ref().map_or(0, |(_, label)| cells.width(label));
        time + state + usize::from(time > 0 && state > 0)
    }
}

impl<'a> Sheet<'a> {
    /// For the conversation that is open.
    pub(crate) fn new(
        settings: &'a Settings,
        album: &'a Album,
        me: Option<&'a str>,
        width: u16,
        unread_from: Option<u64>,
    ) -> Self {
        Self {
            width,
            lang: settings.lang,
            cells: settings.cells,
            zone: settings.zone.as_ref(),
            me,
            unread_from,
            album,
        }
    }

    /// How many rows a message takes.
    pub(crate) fn rows(&self, lines: &mut VecDeque<Line>, at: usize) -> usize {
        self.lay(lines, at).parts.len()
    }

    /// A message laid out: as it was before, if nothing has changed.
    pub(crate) fn lay<'l>(&self, lines: &'l mut VecDeque<Line>, at: usize) -> &'l Laid {
        let around = self.around(lines, at);
        let image = pictures::look(&lines[at], self.album, columns(self.width));
        let stamp = Stamp { width: self.width, lang: self.lang, cells: self.cells, around, image };
        let line = &mut lines[at];
        let laid = line.laid.take().filter(|laid| laid.stamp == stamp);
        let laid = laid.unwrap_or_else(|| self.lay_anew(line, stamp));
        line.laid.insert(laid)
    }

    fn around(&self, lines: &VecDeque<Line>, at: usize) -> Around {
        let shown = &lines[at].shown;
        let before = at.checked_sub(1).map(|before| &lines[before].shown);
        let day =
            before.is_none_or(|other| days::day(other.time, self.zone) != days::day(shown.time, self.zone));
        let unread = self.unread_from.is_some() && shown.seq == self.unread_from;
        let person = shown.from.is_some();
        let goes_on = before.is_some_and(|other| {
            other.from == shown.from
                && other.state.is_some() == shown.state.is_some()
                && other.encrypted == shown.encrypted
                && shown.time.saturating_sub(other.time) < GROUP
        });
        let head = person && (day || unread || !goes_on);
        let time = person
            && !head
            && before.is_some_and(|other| {
                days::minute(other.time, self.zone) != days::minute(shown.time, self.zone)
            });
        let gap = at > 0
            && (day || unread || head || (!person && before.is_some_and(|other| other.from.is_some())));
        Around { day, unread, gap, head, time }
    }

    /// When, if that is not clear from what stands above, and whether it was changed since.
    fn about(&self, line: &Line, around: Around) -> Option<String> {
        let edited =
            (line.shown.edited && !line.shown.deleted).then(|| Chat::Edited.say(self.lang).to_owned());
        let time = around.time.then(|| days::clock(line.shown.time, self.zone));
        let words: Vec<_> = edited.into_iter().chain(time).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    fn lay_anew(&self, line: &Line, stamp: Stamp) -> Laid {
        let (shown, around) = (&line.shown, stamp.around);
        let mut laid = Laid {
            stamp,
            parts: Vec::new(),
            body: String::new(),
            marks: Vec::new(),
            time: self.about(line, around),
            state: shown
                .state
                .map(|state| (state, delivery::label(state, self.width >= ROOM, self.lang, self.cells))),
        };
        laid.parts.extend(around.gap.then_some(Part::Blank));
        laid.parts.extend(around.day.then_some(Part::Day));
        laid.parts.extend(around.unread.then_some(Part::Unread));
        if shown.from.is_none() {
            let text = shown.text.as_deref().unwrap_or_default();
            laid.body = rich::clean(&said::line(self.lang, text).unwrap_or_else(|| text.to_owned()));
            let rows = text::wrap(&laid.body, usize::from(self.width.saturating_sub(4)), self.cells);
            laid.parts.extend(rows.into_iter().map(Part::System));
            return laid;
        }
        laid.parts.extend(around.head.then_some(Part::Head));
        laid.parts.extend(shown.reply_to.map(|_| Part::Quote));
        let width = usize::from(columns(self.width));
        if shown.deleted {
            laid.parts.push(Part::Deleted);
        } else if shown.file.is_some() {
            laid.parts.extend(attachment::parts(line, stamp.image, *self).into_iter().map(Part::File));
        } else {
            let text = shown.text.as_deref().unwrap_or_default();
            (laid.body, laid.marks) = rich::rich(text, Size::of(shown.fontsize), self.me);
            let rows = text::wrap(&laid.body, width, self.cells);
            let tail = laid.tail(self.cells);
            let fits = tail == 0 || rows.last().is_some_and(|row| row.cells + 2 + tail <= width);
            laid.parts.extend(rows.into_iter().map(Part::Body));
            laid.parts.extend((!fits).then_some(Part::Tail));
        }
        laid.parts.extend((!shown.reactions.is_empty()).then_some(Part::Reactions));
        let failed = shown.state == Some(DeliveryState::Failed) || line.failed.is_some();
        if let Some(reason) = &line.reason {
            let state = shown.state.filter(|_| line.failed.is_none());
            let sign = delivery::sign(state.unwrap_or(DeliveryState::Failed));
            let reason = format!("{sign} {}", rich::clean(reason));
            let rows = text::wrap(&reason, width, self.cells);
            laid.parts.extend(rows.into_iter().map(|row| Part::Reason(reason[row.bytes].to_owned())));
        }
        laid.parts.extend(failed.then_some(Part::Retry));
        laid
    }
}

/// The columns that are left of a width beside the line in front of each row.
pub(super) fn columns(width: u16) -> u16 {
    width.saturating_sub(GUTTER)
}

/// The conversation that is open, to be laid out in this width.
pub(crate) fn with_open<T>(
    app: &mut App,
    act: impl FnOnce(&mut crate::app::Talk, Sheet<'_>) -> T,
) -> Option<T> {
    let with = app.view.open.as_ref()?;
    let talk = app.talks.get_mut(with)?;
    let me = app.who.name.as_deref();
    let sheet = Sheet::new(&app.settings, &app.album, me, app.view.pane.width, talk.unread_from);
    Some(act(talk, sheet))
}

/// Messages that follow each other within so many milliseconds stand together.
const GROUP: u64 = 5 * 60_000;
/// From this width on there is room for words beside signs.
const ROOM: u16 = 44;
