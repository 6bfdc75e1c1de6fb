//! The check-list: all steps with the current one explained; or, in low terminals, the current one in a line.

use super::{Deed, Demo, Side, Step, Trail};
use crate::action::Action;
use crate::draw::Pen;
use crate::lang::Say;
use crate::lang::demo::Demo as Text;
use crate::screens::Stage;
use crate::theme::Role;
use ratatui::layout::{Constraint, Layout, Rect};
use uchat_client::core::DeliveryState;

/// Draws it.
pub(super) fn draw(demo: &mut Demo, pen: &mut Pen<'_>) {
    let area = demo.layout.list;
    if demo.layout.full { full(demo, pen, area) } else { folded(demo, pen, area) }
}

fn full(demo: &mut Demo, pen: &mut Pen<'_>, area: Rect) {
    let mut title = format!("{}{}{}", pen.say(Text::Title), pen.sign(" · "), progress(demo, pen));
    if demo.lesson.is_none() {
        let channel = if demo.tls { Text::Tls } else { Text::Signed };
        title = format!("{title}{}{}", pen.sign(" · "), pen.say(channel));
    }
    let inside = pen.frame(area, &title, false);
    let columns = [Constraint::Length(STEPS), Constraint::Length(2), Constraint::Min(1)];
    let [left, _, right] = Layout::horizontal(columns).areas(inside);
    let current = demo.steps.current();
    for (row, step) in Step::ALL.into_iter().enumerate() {
        let line = Rect { y: left.y + u16::try_from(row).unwrap_or(0), height: 1, ..left }.intersection(left);
        let (sign, role) = match (demo.steps.is_done(step), current == Some(step)) {
            (true, _) => (pen.sign("✓"), Role::Good),
            (false, true) => (pen.sign("▸"), Role::Strong),
            (false, false) => (pen.sign("·"), Role::Dim),
        };
        pen.put(line, &format!("{sign} {} {}", row + 1, pen.say(name(step))), role);
    }
    let [mut text, buttons] = Layout::vertical([Constraint::Min(1), Constraint::Length(1)]).areas(right);
    let used = pen.paragraph(text, &about(demo, pen), Role::Text).min(text.height);
    (text.y, text.height) = (text.y + used, text.height - used);
    for (live, role) in live(demo, pen) {
        let used = pen.paragraph(text, &live, role).min(text.height);
        (text.y, text.height) = (text.y + used, text.height - used);
    }
    let mut place = buttons;
    for deed in Deed::ALL.iter().filter(|deed| **deed != Deed::DoIt || current.is_some()) {
        let used = demo.button(pen, place, *deed) + 1;
        (place.x, place.width) = (place.x + used.min(place.width), place.width.saturating_sub(used));
    }
}

fn folded(demo: &mut Demo, pen: &mut Pen<'_>, area: Rect) {
    pen.put(area, &" ".repeat(usize::from(area.width)), Role::Bar);
    let mut width = 0;
    if demo.steps.current().is_some() {
        let label = format!("[{} {}]", Deed::DoIt.key(), pen.say(Text::DoIt));
        width = u16::try_from(pen.settings.cells.width(&label)).unwrap_or(0).min(area.width / 3);
        demo.button(pen, Rect { x: area.right() - width, width, ..area }, Deed::DoIt);
    }
    let sign = if demo.steps.current().is_some() { pen.sign("▸") } else { pen.sign("✓") };
    let line = format!(" {sign} {} {}", progress(demo, pen), short(demo, pen));
    let room = area.width.saturating_sub(width + 1);
    let line = pen.settings.cells.shorten(&line, usize::from(room));
    pen.put(Rect { width: room, ..area }, &line, Role::Bar);
}

/// How many steps are done.
fn progress(demo: &Demo, pen: &Pen<'_>) -> String {
    let (done, all) = (demo.steps.count().to_string(), Step::ALL.len().to_string());
    Text::Progress.fill(pen.settings.lang, &[("done", &done), ("all", &all)])
}

fn name(step: Step) -> Text {
    match step {
        Step::Accounts => Text::Accounts,
        Step::Friends => Text::Friends,
        Step::Send => Text::Send,
        Step::Inside => Text::Inside,
        Step::Unplug => Text::Unplug,
        Step::Plug => Text::Plug,
        Step::Server => Text::Server,
    }
}

/// What is to be done now, in one or two sentences.
fn about(demo: &Demo, pen: &Pen<'_>) -> String {
    let text = match demo.steps.current() {
        _ if !demo.ready => Text::Starting,
        None => Text::AllDone,
        Some(Step::Accounts) if demo.encrypted() => Text::AccountsText,
        Some(Step::Accounts) => Text::AccountsPlain,
        Some(Step::Friends) => Text::FriendsText,
        Some(Step::Send) => Text::SendText,
        Some(Step::Inside) => Text::InsideText,
        Some(Step::Unplug) => Text::UnplugText,
        Some(Step::Plug) => Text::PlugText,
        Some(Step::Server) => Text::ServerText,
    };
    with_keys(text, pen)
}

/// The same for one line.
fn short(demo: &Demo, pen: &Pen<'_>) -> String {
    let text = match demo.steps.current() {
        _ if !demo.ready => Text::StartingShort,
        None => Text::AllDoneShort,
        Some(Step::Accounts) => Text::AccountsShort,
        Some(Step::Friends) => Text::FriendsShort,
        Some(Step::Send) => Text::SendShort,
        Some(Step::Inside) => Text::InsideShort,
        Some(Step::Unplug) => Text::UnplugShort,
        Some(Step::Plug) => Text::PlugShort,
        Some(Step::Server) => Text::ServerShort,
    };
    with_keys(text, pen)
}

fn with_keys(text: Text, pen: &Pen<'_>) -> String {
    let key = |action| pen.settings.keymap.shown(action);
    let keys = [
        ("quit", key(Action::Quit)),
        ("add", key(Action::AddFriend)),
        ("requests", key(Action::Requests)),
        ("inspect", key(Action::Inspect)),
        ("plug", Deed::Plug.key().to_owned()),
        ("server", Deed::Server.key().to_owned()),
    ];
    let keys = keys.each_ref().map(|(name, key)| (*name, key.as_str()));
    text.fill(pen.settings.lang, &keys)
}

/// What has happened of the current step so far.
fn live(demo: &Demo, pen: &Pen<'_>) -> Vec<(String, Role)> {
    match demo.steps.current() {
        _ if !demo.ready => Vec::new(),
        Some(Step::Accounts) => {
            Side::BOTH.into_iter().map(|side| (account(demo, side, pen), Role::Dim)).collect()
        }
        Some(Step::Friends) => {
            let requests = &demo.app(Side::Right).people.requests;
            let asked = requests.iter().any(|name| name == Side::Left.name()) || demo.has_friend(Side::Left);
            let parts = [(asked, Text::Asked), (demo.has_friend(Side::Left), Text::Accepted)];
            vec![(
                ticked(parts.map(|(done, text)| (done, pen.say(text).to_owned())).to_vec(), pen),
                Role::Dim,
            )]
        }
        Some(Step::Send | Step::Unplug | Step::Plug) | None => {
            demo.steps.trail().map(|trail| way(trail, pen)).into_iter().collect()
        }
        Some(Step::Inside | Step::Server) => Vec::new(),
    }
}

/// How far one of them is with the account.
fn account(demo: &Demo, side: Side, pen: &Pen<'_>) -> String {
    let lang = pen.settings.lang;
    let form = match &demo.app(side).stage {
        Stage::Register(form) => form.fields.iter().any(|field| !field.editor.is_empty()),
        _ => demo.app(side).who.name.is_some(),
    };
    let person = demo.knows.person(side);
    let number = person.map_or_else(|| pen.sign("…").to_owned(), |person| person.id.to_string());
    let mut parts = vec![
        (form, Text::HasForm.say(lang).to_owned()),
        (person.is_some(), Text::HasAccount.fill(lang, &[("number", &number)])),
    ];
    if demo.encrypted() {
        let certificate = person.and_then(|person| person.certificate);
        let bytes = certificate.map_or_else(|| pen.sign("…").to_owned(), |bytes| bytes.to_string());
        parts.push((demo.knows.keys[side as usize], Text::HasKeys.say(lang).to_owned()));
        parts.push((certificate.is_some(), Text::HasCertificate.fill(lang, &[("bytes", &bytes)])));
    }
    format!("{:5}{}", side.name(), ticked(parts, pen))
}

/// The way of a message: which states it has reached.
fn way(trail: &Trail, pen: &Pen<'_>) -> (String, Role) {
    if trail.state == DeliveryState::Failed {
        return (format!("{} {}", pen.sign("✗"), pen.say(Text::Failed)), Role::Error);
    }
    let states = [
        (DeliveryState::Queued, Text::Queued),
        (DeliveryState::Sent, Text::Sent),
        (DeliveryState::Stored, Text::Stored),
        (DeliveryState::Delivered, Text::Delivered),
        (DeliveryState::Read, Text::Read),
    ];
    let parts = states.map(|(state, text)| (trail.state >= state, pen.say(text).to_owned()));
    (ticked(parts.to_vec(), pen), Role::Good)
}

/// `✓ one  ✓ two  · three`.
fn ticked(parts: Vec<(bool, String)>, pen: &Pen<'_>) -> String {
    let parts =
        parts.into_iter().map(|(done, text)| format!("{} {text}", pen.sign(if done { "✓" } else { "·" })));
    parts.collect::<Vec<_>>().join("   ")
}

/// The cells of the column of steps.
const STEPS: u16 = 30;
