//! Who an event is for: the two, what is around them, or what lies on top.

use super::{Deed, Demo, Effect, Event, Happened, Side};
use crate::action::{Action, Key, Place};
use crate::app::{self, Why};
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;
use uchat_client::core::Command;
use uchat_client::runtime::Told;

/// Lets the demo take in what happened; says what is to be done. `now` is in milliseconds since 1970.
pub fn update(demo: &mut Demo, now: u64, event: Event) -> Vec<Effect> {
    demo.now = now;
    match event {
        Event::Terminal(event) => terminal(demo, event),
        Event::Of(side, event) => {
            demo.stale = true;
            if let app::Event::Told(told) = &event
                && let Told::Notice(notice) = told.as_ref()
            {
                demo.steps.told(side, notice);
            }
            demo.pass(side, event);
        }
        Event::Around(happened) => around(demo, happened),
    }
    demo.step();
    std::mem::take(&mut demo.effects)
}

fn around(demo: &mut Demo, happened: Happened) {
    match happened {
        Happened::Ready => {
            demo.ready = true;
            demo.effects.append(&mut demo.held);
        }
        Happened::Cable(plugged) => {
            demo.plugged = plugged;
            let app = demo.app(Side::Right);
            if let (true, Some(username)) = (plugged, app.who.name.clone()) {
                // It would come back by itself, after a pause; nobody wants to wait for that.
                let password = demo.passwords[Side::Right as usize].clone();
                demo.with(Side::Right, |app| {
                    app.ask(Command::Login { username, password }, Why::Nothing);
                });
            }
        }
        Happened::Server(read) => {
            demo.reading = false;
            match read {
                Ok(knows) => (demo.knows, demo.knows.problem) = (knows, None),
                Err(problem) => demo.knows.problem = Some(problem),
            }
        }
        Happened::Failed => demo.effects.push(Effect::Of(Side::Left, app::Effect::Quit)),
    }
}

fn terminal(demo: &mut Demo, event: app::Event) {
    match event {
        app::Event::Key(key) => self::key(demo, key),
        app::Event::Mouse(mouse) => self::mouse(demo, mouse),
        app::Event::Paste(_) if demo.pane.is_some() => {}
        app::Event::Paste(_) => demo.pass(demo.focus, event),
        app::Event::Resize(size) => {
            demo.size = size;
            demo.lay_out();
        }
        app::Event::Attention(there) => {
            Side::BOTH.into_iter().for_each(|side| demo.pass(side, app::Event::Attention(there)));
        }
        app::Event::Tick => {
            Side::BOTH.into_iter().for_each(|side| demo.pass(side, app::Event::Tick));
        }
        app::Event::Told(_) | app::Event::Done(_) | app::Event::Graphics(_) => {} // these have a side
    }
}

/// A key: first for what is done around the two, then for what lies on top, then for who has the focus.
fn key(demo: &mut Demo, key: Key) {
    if let Some(deed) = Deed::of(key) {
        return demo.does(deed);
    }
    if let Some(pane) = &mut demo.pane {
        if key == Key::plain(crossterm::event::KeyCode::Esc) {
            demo.pane = None;
            return;
        }
        let keymap = &demo.apps[demo.focus as usize].settings.keymap;
        let passes = matches!(
            keymap.action(key, &[Place::Everywhere]),
            Some(Action::Quit | Action::Language | Action::Theme)
        );
        if !passes {
            return pane.key(key, demo.knows.messages.len());
        }
    }
    demo.pass(demo.focus, app::Event::Key(key));
}

/// The mouse: what is drawn around the two and on top, then whoever is drawn there.
fn mouse(demo: &mut Demo, mouse: MouseEvent) {
    let (position, kind) = (Position::new(mouse.column, mouse.row), mouse.kind);
    let click = kind == MouseEventKind::Down(MouseButton::Left);
    if click && let Some((_, deed)) = demo.hits.iter().rev().find(|(area, _)| area.contains(position)) {
        return demo.does(*deed);
    }
    if let Some(pane) = &mut demo.pane {
        return pane.mouse(position, kind, demo.knows.messages.len());
    }
    let tab = demo.layout.tabs.iter().zip(Side::BOTH).find(|(area, _)| area.contains(position));
    if let (true, Some((_, side))) = (click, tab) {
        return demo.look_at(side);
    }
    let here = |side: &Side| demo.layout.half(*side).is_some_and(|area| area.contains(position));
    let half = Side::BOTH.into_iter().find(here).and_then(|side| Some((side, demo.layout.half(side)?)));
    if let Some((side, area)) = half {
        if click && demo.focus != side {
            demo.look_at(side);
        }
        let (column, row) = (mouse.column - area.x, mouse.row - area.y);
        demo.pass(side, app::Event::Mouse(MouseEvent { column, row, ..mouse }));
    }
}
