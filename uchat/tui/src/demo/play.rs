//! Doing the next thing for whoever only wants to watch. Everything goes the way it would go by hand: through the
//! screens and their clients.

use super::{Demo, Effect, Side, Step};
use crate::action::Action;
use crate::app::{self, App, Why};
use crate::hit::Target;
use crate::lang::Say;
use crate::lang::demo::Demo as Text;
use crate::screens::Stage;
use ratatui::layout::Position;
use uchat_client::core::{Command, DeliveryState, FriendAnswer};

/// One thing that is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Register,
    Ask,
    Accept,
    Write,
    Read,
    Inside,
    PullOut,
    WriteAgain,
    PlugIn,
    Server,
}

/// Fills in the registration as soon as it is there: name, password twice, e-mail.
pub(super) fn fill_in(demo: &mut Demo, side: Side) {
    let Stage::Register(form) = &demo.app(side).stage else { return };
    if demo.app(side).who.channel.is_none() || form.fields.iter().any(|field| !field.editor.is_empty()) {
        return;
    }
    let password = demo.passwords[side as usize].clone();
    let email = format!("{}@example.org", side.name());
    for text in [side.name(), password.text(), password.text(), &email] {
        demo.pass(side, app::Event::Paste(text.to_owned()));
        demo.with(side, |app| app::act(app, Action::Next));
    }
}

/// Does the next thing of the step that is not done yet.
pub(super) fn next(demo: &mut Demo) {
    let Some(act) = demo.steps.current().and_then(|step| wanted(demo, step)) else { return };
    if demo.played.is_some_and(|(last, at)| last == act && demo.now.saturating_sub(at) < PAUSE) {
        return; // it is on its way
    }
    demo.played = Some((act, demo.now));
    perform(demo, act);
}

/// What is to be done next; nothing while what was done has not come through.
fn wanted(demo: &Demo, step: Step) -> Option<Act> {
    let trail = demo.steps.trail();
    let reached = |state| trail.is_some_and(|trail| trail.state == state);
    Some(match step {
        Step::Accounts => Act::Register,
        Step::Friends
            if demo.app(Side::Right).people.requests.iter().any(|name| name == Side::Left.name()) =>
        {
            Act::Accept
        }
        Step::Friends => Act::Ask,
        Step::Send if !demo.plugged => Act::PlugIn,
        Step::Send if reached(DeliveryState::Delivered) => Act::Read,
        Step::Send if [DeliveryState::Sent, DeliveryState::Stored].into_iter().any(reached) => return None,
        Step::Send => Act::Write,
        Step::Inside => Act::Inside,
        Step::Unplug if demo.plugged => Act::PullOut,
        Step::Unplug => Act::WriteAgain,
        Step::Plug if demo.plugged => return None,
        Step::Plug => Act::PlugIn,
        Step::Server => Act::Server,
    })
}

fn perform(demo: &mut Demo, act: Act) {
    match act {
        Act::Register => Side::BOTH.into_iter().for_each(|side| {
            if matches!(demo.app(side).stage, Stage::Register(_)) {
                demo.with(side, |app| app::act(app, Action::Submit));
            }
        }),
        Act::Ask => demo.with(Side::Left, |app| {
            let username = Side::Right.name().to_owned();
            app.ask(Command::AddFriend { username }, Why::Nothing);
        }),
        Act::Accept => demo.with(Side::Right, |app| {
            let username = Side::Left.name().to_owned();
            app.ask(Command::AnswerFriend { username, answer: FriendAnswer::Accept }, Why::Nothing);
        }),
        Act::Write => {
            demo.with(Side::Right, open);
            write(demo, Text::Hello);
        }
        Act::Read => demo.with(Side::Right, open),
        Act::Inside => {
            demo.look_at(Side::Left);
            demo.with(Side::Left, |app| {
                open(app);
                app::act(app, Action::Inspect);
            });
        }
        Act::PullOut => demo.effects.push(Effect::Cable(false)),
        Act::WriteAgain => write(demo, Text::Away),
        Act::PlugIn => demo.effects.push(Effect::Cable(true)),
        Act::Server => demo.does(super::Deed::Server),
    }
}

/// Writes a message to the right one, unless one is being written, and sends it.
fn write(demo: &mut Demo, text: Text) {
    let side = Side::Left;
    demo.with(side, open);
    let draft = demo.app(side).view.drafts.get(&side.other().with());
    if draft.is_none_or(|draft| draft.editor.is_empty()) {
        let text = text.say(demo.lang()).to_owned();
        demo.pass(side, app::Event::Paste(text));
    }
    demo.with(side, |app| app::act(app, Action::Send));
}

/// Opens the chat with the other one, whatever lies on top of it.
fn open(app: &mut App) {
    let friend = if app.who.name.as_deref() == Some(Side::Left.name()) { Side::Right } else { Side::Left };
    app.overlay = None;
    app::click(app, Target::Chat(friend.with()), Position::default());
}

/// For so long, in milliseconds, the same thing is not done again.
const PAUSE: u64 = 2_000;
