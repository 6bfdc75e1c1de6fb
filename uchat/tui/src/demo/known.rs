//! What the server knows: the rows of its database about people and messages, and below them the very bytes of the
//! message that is chosen.

use super::Side;
use crate::action::Key;
use crate::area::{after, skip};
use crate::draw::Pen;
use crate::lang::demo::Demo as Text;
use crate::lang::{Say, codes};
use crate::theme::Role;
use crossterm::event::{KeyCode, MouseButton, MouseEventKind};
use ratatui::layout::{Constraint, Layout, Position, Rect};
use uchat_protocol::content::Kind;
use uchat_protocol::{Content, Envelope};

/// What the server knows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Knows {
    /// Who has an account.
    pub people: Vec<Person>,
    /// The newest messages, ascending.
    pub messages: Vec<Row>,
    /// Whether private keys lie in the profile of each: on this machine, not at the server.
    pub keys: [bool; 2],
    /// Why it could not be read.
    pub problem: Option<String>,
}

/// Somebody who has an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The number.
    pub id: u64,
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// From where they were connected last.
    pub address: String,
    /// The bytes of the certificate, if one was signed.
    pub certificate: Option<u64>,
}

/// A message as it lies in the database.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its number in its conversation.
    pub seq: u64,
    /// When it was stored, in milliseconds since 1970.
    pub time: u64,
    /// Who.
    pub from: String,
    /// To whom.
    pub to: String,
    /// Whether the receiver has it.
    pub delivered: bool,
    /// Whether the receiver has read it.
    pub read: bool,
    /// Its bytes on the disk.
    pub data: Vec<u8>,
    /// What these bytes are; `None` if they cannot be read.
    pub envelope: Option<Envelope>,
}

impl Knows {
    /// What it knows of one of the two.
    #[must_use]
    pub fn person(&self, side: Side) -> Option<&Person> {
        self.people.iter().find(|person| person.name == side.name())
    }
}

/// The pane: which message is chosen, counted from the newest, and how far its bytes are scrolled.
#[derive(Debug, Clone, Default)]
pub(super) struct Pane {
    back: usize,
    from: usize,
    /// Where the rows of messages were drawn last, and which message stands in the first of them.
    rows: Rect,
    first: usize,
}

impl Pane {
    /// A key that is for it.
    pub(super) fn key(&mut self, key: Key, count: usize) {
        let (back, from) = match key.code {
            KeyCode::Up => (self.back + 1, 0),
            KeyCode::Down => (self.back.saturating_sub(1), 0),
            KeyCode::PageUp => (self.back, self.from.saturating_sub(PAGE)),
            KeyCode::PageDown => (self.back, self.from + PAGE),
            _ => return,
        };
        (self.back, self.from) = (back.min(count.saturating_sub(1)), from);
    }

    /// The mouse over it.
    pub(super) fn mouse(&mut self, at: Position, kind: MouseEventKind, count: usize) {
        match kind {
            MouseEventKind::Down(MouseButton::Left) if self.rows.contains(at) => {
                let row = self.first + usize::from(at.y - self.rows.y);
                if row < count {
                    (self.back, self.from) = (count - 1 - row, 0);
                }
            }
            MouseEventKind::ScrollUp => self.from = self.from.saturating_sub(1),
            MouseEventKind::ScrollDown => self.from += 1,
            _ => {}
        }
    }

    /// Draws it.
    pub(super) fn draw(&mut self, knows: &Knows, pen: &mut Pen<'_>, area: Rect) {
        let mut area = pen.window(area, area.width, area.height, pen.say(Text::Server));
        let keys = Rect { y: area.bottom().saturating_sub(1), height: 1, ..area };
        pen.put(keys, pen.say(Text::ServerKeys), Role::Dim);
        area.height = area.height.saturating_sub(1);
        let problem = knows.problem.as_deref().map(|problem| codes::failed(pen.settings.lang, problem));
        let about = problem.as_deref().unwrap_or(pen.say(Text::KnowsAbout));
        let role = if knows.problem.is_some() { Role::Error } else { Role::Dim };
        let used = pen.paragraph(area, about, role);
        skip(&mut area, used);
        // In wide terminals the bytes stand beside the rows, in narrow ones below.
        let columns = [Constraint::Fill(1), Constraint::Length(1), Constraint::Length(DUMP)];
        let [mut rows, _, dump] = Layout::horizontal(columns).areas(area);
        let beside = area.width >= WIDE;
        if !beside {
            rows = area;
        }
        let chosen = self.rows(knows, pen, &mut rows, if beside { 1 } else { 3 });
        if let Some(row) = chosen.and_then(|at| knows.messages.get(at)) {
            self.message(row, pen, if beside { dump } else { rows });
        }
    }

    /// The rows about people and messages, in one of so many parts of the area; says which message is chosen.
    fn rows(&mut self, knows: &Knows, pen: &mut Pen<'_>, area: &mut Rect, parts: u16) -> Option<usize> {
        title(pen, area, Text::People);
        for person in &knows.people {
            line(pen, area, &self::person(person, pen), Role::Text);
        }
        skip(area, u16::from(area.height > ROOMY));
        title(pen, area, Text::Messages);
        let Some(last) = knows.messages.len().checked_sub(1) else {
            line(pen, area, pen.say(Text::NoMessages), Role::Dim);
            return None;
        };
        let chosen = last - self.back.min(last);
        let fit = usize::from((area.height / parts).max(1)).min(last + 1);
        self.first = chosen.min(last + 1 - fit);
        self.rows = Rect { height: u16::try_from(fit).unwrap_or(area.height), ..*area };
        for (at, row) in knows.messages.iter().enumerate().skip(self.first).take(fit) {
            let (sign, role) = if at == chosen { (pen.sign("▸"), Role::Chosen) } else { (" ", Role::Text) };
            line(pen, area, &format!("{sign} {}", summary(row, pen)), role);
        }
        skip(area, u16::from(area.height > ROOMY));
        Some(chosen)
    }

    /// What a row means, and its bytes.
    fn message(&mut self, row: &Row, pen: &mut Pen<'_>, mut area: Rect) {
        let (text, role) = match &row.envelope {
            Some(Envelope::Plain(_)) => (Text::ClearText, Role::Warning),
            Some(_) => (Text::SealedText, Role::Good),
            None => (Text::Damaged, Role::Error),
        };
        let used = pen.paragraph(area, pen.say(text), role);
        skip(&mut area, used);
        self.bytes(row, pen, area);
    }

    /// The bytes as hexadecimal digits, and beside them as characters, so that text which lies there is seen.
    fn bytes(&mut self, row: &Row, pen: &mut Pen<'_>, area: Rect) {
        let wide = if usize::from(area.width) > 6 + 4 * 16 { 16 } else { 8 };
        let rows = row.data.len().div_ceil(wide);
        self.from = self.from.min(rows.saturating_sub(usize::from(area.height)));
        let shown = row.data.chunks(wide).enumerate().skip(self.from).take(usize::from(area.height));
        for (y, (number, bytes)) in shown.enumerate() {
            let place = Rect { y: area.y + u16::try_from(y).unwrap_or(0), height: 1, ..area };
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x} ")).collect();
            let used = pen.put(place, &format!("{:04x}  ", number * wide), Role::Dim);
            let place = after(place, used);
            pen.put(place, &digits, Role::Text);
            let column = u16::try_from(wide * 3 + 1).unwrap_or(0);
            let characters: String = bytes.iter().map(|byte| pen.character(*byte)).collect();
            pen.put(after(place, column), &characters, Role::Strong);
        }
    }
}

fn person(person: &Person, pen: &Pen<'_>) -> String {
    let certificate = match person.certificate {
        Some(bytes) => Text::HasCertificate.fill(pen.settings.lang, &[("bytes", &bytes.to_string())]),
        None => Text::NoCertificate.say(pen.settings.lang).to_owned(),
    };
    let Person { id, name, email, address, .. } = person;
    [format!("  {id} {name}"), email.clone(), address.clone(), certificate].join(pen.sign(" · "))
}

/// Who, whom, when, how much; and the text, where it lies there.
fn summary(row: &Row, pen: &Pen<'_>) -> String {
    let lang = pen.settings.lang;
    let time = jiff::Timestamp::from_millisecond(i64::try_from(row.time).unwrap_or(0))
        .map(|time| time.strftime("%H:%M:%S").to_string())
        .unwrap_or_default();
    let bytes = Text::Bytes.fill(lang, &[("bytes", &row.data.len().to_string())]);
    let state = match (row.delivered, row.read) {
        (_, true) => Text::Read.say(lang).to_owned(),
        (true, false) => Text::Delivered.say(lang).to_owned(),
        (false, false) => Text::Waits.fill(lang, &[("name", &row.to)]),
    };
    let what = match &row.envelope {
        Some(Envelope::Plain(Content { kind, data, .. })) => {
            let quoted = if *kind == Kind::Text {
                format!("{}{data}{}", pen.sign("“"), pen.sign("”"))
            } else {
                data.clone()
            };
            format!("{}: {quoted}", Text::InClear.say(lang))
        }
        Some(Envelope::Encrypted(sealed)) => {
            Text::Sealed.fill(lang, &[("bytes", &sealed.packet.len().to_string())])
        }
        Some(Envelope::Event(_)) | None => String::new(),
    };
    let Row { seq, from, to, .. } = row;
    format!("{time}  {from} {} {to}  #{seq}  {bytes}  {state}  {what}", pen.sign("→"))
}

fn title(pen: &mut Pen<'_>, area: &mut Rect, text: Text) {
    line(pen, area, pen.say(text), Role::Strong);
}

fn line(pen: &mut Pen<'_>, area: &mut Rect, text: &str, role: Role) {
    if area.height > 0 {
        let text = pen.settings.cells.shorten(text, usize::from(area.width));
        pen.put(Rect { height: 1, ..*area }, &text, role);
        skip(area, 1);
    }
}

/// From this width on the bytes stand beside the rows, in a column of their own.
const WIDE: u16 = 140;
const DUMP: u16 = 72;
/// From this height on there is room for an empty line.
const ROOMY: u16 = 10;
/// How far PageUp and PageDown scroll.
const PAGE: usize = 8;
