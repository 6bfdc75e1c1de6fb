//! Terminals in which characters of ambiguous width take two cells: frames and signs are ASCII there, and every row is
//! as long as the terminal believes.

use crate::harness::Screen;
use crate::inspector::inspected;
use crate::overlays::each_window_in;
use crate::world::{lively, members, open};
use crate::{conversation, start, traces};
use uchat_client::core::With;
use uchat_protocol::channel::Transport;
use uchat_tui::app::{Done, Event, Settings};
use uchat_tui::lang::{Lang, tables};
use uchat_tui::text::Cells;
use uchat_tui::theme::Theme;

const NARROW: Cells = Cells { ambiguous_wide: false };
const WIDE: Cells = Cells { ambiguous_wide: true };

fn settings(lang: Lang) -> Settings {
    Settings { cells: WIDE, ..crate::world::settings(lang, Theme::Dark) }
}

/// What stands in sentences, where its two cells are counted as such.
const PUNCTUATION: &str = "“”‘’…—←→";

/// Fails if a sign or a line is drawn for which the terminal needs more cells than it was given.
fn check(what: &str, screen: &Screen) {
    let sentences =
        tables().into_iter().flat_map(|(_, rows)| rows).flat_map(|(_, english, chinese)| [english, chinese]);
    let pieces = sentences.flat_map(|text| text.split(['{', '}']).step_by(2)).map(str::trim);
    let mut pieces: Vec<&str> = pieces.filter(|piece| !piece.is_ascii()).collect();
    pieces.sort_by_key(|piece| std::cmp::Reverse(piece.len()));
    let text = pieces.into_iter().fold(screen.text(), |text, piece| text.replace(piece, ""));
    let ambiguous = |c: &char| {
        let one = c.to_string();
        NARROW.of(&one) == 1 && WIDE.of(&one) == 2 && !PUNCTUATION.contains(*c)
    };
    let left: String = text.chars().filter(ambiguous).collect();
    assert!(left.is_empty(), "{what}: `{left}` in\n{}", screen.text());
    let area = screen.cells().area;
    for y in 0..area.height {
        let mut x = 0;
        while x < area.width {
            x += WIDE.of(screen.cells()[(x, y)].symbol()).max(1);
        }
        assert_eq!(x, area.width, "{what}: row {y} is longer than the screen\n{}", screen.text());
    }
}

#[test]
fn every_frame_and_every_sign_is_ascii() {
    for lang in Lang::ALL {
        for (what, stage) in start::stages() {
            check(what, &stage(settings(*lang), (80, 24)));
        }
        each_window_in(&settings(*lang), check);
        let chat = conversation::chat_in(settings(*lang), (100, 60));
        check("a conversation", &chat.screen);
        let mut screen = inspected(settings(*lang), (110, 50), "hello");
        check("the inspector", &screen);
        let id = screen.app.inspector.as_ref().unwrap().id;
        for transport in Transport::ALL {
            screen.happens(Event::Done(Done::Inspected(id, Some(traces::layers(transport)))));
            check("the inspector", &screen);
        }
    }
}

#[test]
fn the_focus_is_seen_in_frames_of_ascii_as_well() {
    let mut screen = lively(settings(Lang::En), (120, 24));
    open(&mut screen, &With::Room(12));
    members(&mut screen);
    screen.shows("+= Message =");
    screen.shows("+- Contacts -");
    screen.shows("* bob");
    screen.shows("o dora");
    insta::assert_snapshot!(screen.text());
    screen.key("tab");
    screen.shows("+= Contacts =");
    screen.shows("+- Message -");
}

#[test]
fn half_blocks_would_be_whole_ones_so_no_image_is_drawn_with_them() {
    let screen = conversation::chat_in(settings(Lang::En), (100, 60)).screen;
    assert!(!screen.app.album.is_on());
    let usual = conversation::chat_in(Settings { cells: NARROW, ..settings(Lang::En) }, (100, 60)).screen;
    assert!(usual.app.album.is_on());
}
