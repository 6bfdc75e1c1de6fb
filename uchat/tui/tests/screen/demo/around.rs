//! What is around the two: focus, what the server knows, windows of any size.

use super::*;

#[test]
fn keys_and_clicks_go_to_the_one_with_the_focus_and_both_can_change_it() {
    let mut stage = Stage::new(Lang::En, LARGE, None);
    stage.befriended();
    stage.shows("▸ anna");
    for c in "left".chars() {
        stage.key(&c.to_string());
    }
    stage.key("ctrl-w");
    stage.shows("▸ bob");
    for c in "right".chars() {
        stage.key(&c.to_string());
    }
    let draft = |stage: &Stage, side: Side| {
        let with = With::User(side.other().name().to_owned());
        stage.demo.app(side).view.drafts.get(&with).map(|draft| draft.editor.text().to_owned())
    };
    assert_eq!(draft(&stage, Side::Left).as_deref(), Some("left"));
    assert_eq!(draft(&stage, Side::Right).as_deref(), Some("right"));
    stage.click_on("left");
    assert_eq!(stage.demo.focus, Side::Left);
    stage.click_on("the other one");
    assert_eq!(stage.demo.focus, Side::Right);
    stage.click_on("anna");
    assert_eq!(stage.demo.focus, Side::Left);
    stage.click_on("unplug bob");
    assert!(matches!(&stage.effects[..], [Effect::Cable(false)]), "{:?}", stage.effects);
    stage.happens(Event::Around(Happened::Cable(false)));
    stage.shows("✂ unplugged");
    stage.shows("ctrl-x plug bob in");
    stage.key("f12");
    stage.shows("切换到另一人");
    assert!(Side::BOTH.iter().all(|side| stage.demo.app(*side).lang() == Lang::Zh));
}

#[test]
fn the_server_shows_a_sealed_packet_by_default_and_the_text_itself_on_a_lesson() {
    for size in [SMALL, LARGE] {
        let mut stage = Stage::new(Lang::En, size, None);
        stage.befriended();
        stage.server(vec![sealed(1), sealed(2)]);
        stage.key("ctrl-b");
        stage.shows("anna → bob");
        stage.shows("12:00:02");
        stage.shows("255 bytes");
        stage.shows("waits for bob");
        stage.shows("is not there");
        stage.shows("82 a7 cc f1"); // the bytes of the second
        stage.hides("Hello");
        stage.key("up");
        stage.shows("81 a6 cb f0");
        if size == SMALL {
            stage.key("pagedown");
            stage.hides("0000  ");
        }
        stage.key("ctrl-b");
        stage.hides("12:00:02");

        let mut stage = Stage::new(Lang::En, size, Some(4));
        stage.befriended();
        stage.shows("Lesson 4");
        stage.server(vec![clear(1, TEXT)]);
        stage.key("ctrl-b");
        stage.shows("in clear");
        stage.shows("On this lesson the text lies on the server's disk in clear");
        stage.shows("Hello bo"); // among the bytes as well
        assert!(stage.demo.steps.is_done(Step::Server));
    }
}

#[test]
fn a_server_that_cannot_be_read_is_told_and_read_again() {
    let mut stage = Stage::new(Lang::En, LARGE, None);
    stage.with_accounts();
    stage.server(Vec::new()); // it was read once more, as something had happened meanwhile
    stage.key("ctrl-b");
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::ReadServer)));
    stage.happens(Event::Around(Happened::Server(Err("the database is gone".into()))));
    stage.shows("the database is gone");
    stage.notice(Side::Left, Notice::Notice { text: "news".into() });
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::ReadServer)));
    stage.server(Vec::new());
    stage.hides("the database is gone");
    stage.shows("There are no messages yet.");
    assert!(!stage.demo.steps.is_done(Step::Server), "nothing of a message was seen");
}

#[test]
fn a_window_of_any_size_is_filled_or_says_that_it_is_too_small() {
    let mut stage = Stage::new(Lang::En, LARGE, None);
    stage.befriended();
    for (width, height) in [(1, 1), (39, 50), (40, 15), (76, 28), (99, 27), (100, 16), (300, 100)] {
        stage.buffer = Buffer::empty(Rect::new(0, 0, width, height));
        stage.happens(Event::Terminal(app::Event::Resize(Size::new(width, height))));
        stage.key("ctrl-b");
        stage.buffer = Buffer::empty(Rect::new(0, 0, width / 2 + 1, height / 2 + 1));
        stage.draw(); // the terminal has shrunk already, and nobody has said so yet
        stage.buffer = Buffer::empty(Rect::new(0, 0, width, height));
        stage.key("ctrl-b");
        stage.buffer = Buffer::empty(Rect::new(0, 0, width.max(60), height / 2 + 1));
        stage.draw();
        stage.buffer = Buffer::empty(Rect::new(0, 0, width, height));
        stage.draw();
    }
    stage.shows("Type a message to bob");
}
