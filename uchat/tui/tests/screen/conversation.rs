//! A conversation on the screen.

mod change;
mod sent;

use crate::chatting::{Chatting, failed, id_of, looks, message};
use crate::harness::NOON;
use uchat_client::core::{Command, DeliveryState, Notice, Reaction, Shown, ShownFile, With};
use uchat_tui::action::Action;
use uchat_tui::app::{Effect, Event, Settings};
use uchat_tui::lang::Lang;
use uchat_tui::theme::Theme;

const DAY: u64 = 86_400_000;

fn file(name: &str, media_type: &str, size: u64, path: Option<&str>) -> Option<ShownFile> {
    Some(ShownFile {
        name: name.into(),
        size,
        media_type: media_type.into(),
        path: path.map(str::to_owned),
        digest: None,
    })
}

fn reaction(emoji: &str, from: &[&str]) -> Reaction {
    Reaction { emoji: emoji.into(), from: from.iter().map(ToString::to_string).collect() }
}

/// One of everything that can stand in a conversation.
fn everything() -> Vec<Shown> {
    let line = |seq, text: &str| Shown { id: None, from: None, ..message("bob", seq, text) };
    let mut all = vec![
        Shown { time: NOON - 9 * DAY, ..message("bob", 1, "Hello Ann! 你好，安！") },
        Shown { time: NOON - DAY, encrypted: false, ..message("bob", 2, "this came in clear") },
        Shown { time: NOON - DAY + 1_000, ..line(3, "bob has new keys") },
        message("bob", 4, "look at https://www.example.org/a?b=c, @ann!"),
        Shown { mentioned: true, ..message("bob", 5, "@ann are you there?") },
        Shown { reply_to: Some(id_of(4)), ..message("ann", 6, "yes, I am") },
        Shown {
            reply_to: Some(id_of(99)),
            state: Some(DeliveryState::Delivered),
            ..message("ann", 7, "two\nlines")
        },
        Shown { fontcolor: "#d32f2f".into(), fontsize: 18, ..message("bob", 8, "red and large") },
        Shown { fontsize: 28, ..message("bob", 9, "Huge 字") },
        Shown {
            fontsize: 9,
            reactions: vec![reaction("👍", &["ann", "bob"]), reaction("🎉", &["bob"])],
            ..message("bob", 10, "small print")
        },
        Shown { text: None, file: file("photo.png", "image/png", 1_234_567, None), ..message("bob", 11, "") },
        Shown {
            text: None,
            file: file("a.pdf", "application/pdf", 999, Some("/home/ann/a.pdf")),
            ..message("bob", 12, "")
        },
        Shown {
            state: Some(DeliveryState::Stored),
            edited: true,
            ..message("ann", 13, "the server has this")
        },
    ];
    for (number, state) in
        [(14, DeliveryState::Sent), (15, DeliveryState::Queued), (16, DeliveryState::Failed)]
    {
        all.push(Shown { seq: None, state: Some(state), ..message("ann", number, "on its way") });
    }
    all
}

fn chat(lang: Lang, theme: Theme, size: (u16, u16)) -> Chatting {
    chat_in(Settings { lang, theme, ..Settings::default() }, size)
}

/// The same with any settings.
pub fn chat_in(settings: Settings, size: (u16, u16)) -> Chatting {
    let mut chat = Chatting::with_unread(settings, size, everything(), 2);
    chat.screen.notice(failed(id_of(16), None, "bob has not accepted your new keys"));
    chat.screen.notice(Notice::FileProgress { id: id_of(11), done: 617_000, total: 1_234_567 });
    chat
}

#[test]
fn everything_that_can_stand_in_a_conversation_is_told_in_words() {
    let chat = chat(Lang::En, Theme::Dark, (100, 70));
    for text in [
        "Saturday, 12 September 2026",
        "Yesterday",
        "Today",
        "Hello Ann! 你好，安！",
        "not encrypted",
        "bob has new keys",
        "https://www.example.org/a?b=c",
        "@ are you there?",
        "↳ bob: look at https",
        "↳ an earlier message",
        "✓✓ read",
        "✓✓ delivered",
        "✓ stored",
        "↑ sent",
        "◌ queued",
        "✗ failed",
        "✗ bob has not accepted your new keys",
        "[ t try again ]",
        "Ｈｕｇｅ 字",
        "▤ photo.png",
        "image/png · 1.2 MB",
        "49 % · 617 kB / 1.2 MB",
        "[ x cancel ]",
        "✓ saved: /home/ann/a.pdf",
        "new messages",
        "edited ✓ stored",
        "[👍 2] 🎉 1",
    ] {
        let text = text.strip_prefix("@ ").unwrap_or(text);
        chat.screen.shows(text);
    }
    insta::assert_snapshot!("conversation_en", chat.screen.text());
}

#[test]
fn the_same_in_chinese() {
    let chat = chat(Lang::Zh, Theme::Dark, (100, 70));
    for text in [
        "2026年9月12日 星期六",
        "昨天",
        "今天",
        "未加密",
        "已读",
        "已送达",
        "已存储",
        "已发出",
        "待发送",
        "发送失败",
        "重试",
        "以下为新消息",
    ] {
        chat.screen.shows(text);
    }
    insta::assert_snapshot!("conversation_zh", chat.screen.text());
}

#[test]
fn there_is_room_for_it_in_a_small_terminal_and_in_a_large_one() {
    insta::assert_snapshot!("conversation_40x12", chat(Lang::En, Theme::Dark, (40, 12)).screen.text());
    insta::assert_snapshot!("conversation_80x24", chat(Lang::En, Theme::Dark, (80, 24)).screen.text());
    insta::assert_snapshot!("conversation_200x60", chat(Lang::Zh, Theme::Dark, (200, 60)).screen.text());
}

#[test]
fn every_theme_tells_it_apart_without_colour_as_well() {
    for theme in Theme::ALL {
        let chat = chat(Lang::En, *theme, (100, 70));
        insta::assert_snapshot!(format!("conversation_looks_{}", theme.name()), looks(&chat));
    }
}

#[test]
fn files_are_saved_into_a_folder_of_the_conversation_and_can_be_cancelled() {
    let settings = Settings { downloads: "/home/ann/Downloads".into(), ..Settings::default() };
    let photo = Shown { text: None, file: file("p.png", "image/png", 10, None), ..message("bob", 1, "") };
    let mut chat = Chatting::new(settings, (80, 24), vec![photo]);
    chat.screen.click_on("[ s save ]");
    let (_, command) = chat.screen.last_command();
    assert!(matches!(command, Command::SaveFile { path, .. } if path == "/home/ann/Downloads/bob"));
    chat.screen.notice(Notice::FileProgress { id: id_of(1), done: 5, total: 10 });
    chat.screen.shows("50 %");
    chat.screen.click_on("[ x cancel ]");
    assert!(matches!(chat.screen.last_command().1, Command::CancelFile { .. }));
    let path = "/home/ann/Downloads/bob/p.png".to_owned();
    chat.screen.notice(Notice::FileSaved { id: id_of(1), path });
    chat.screen.shows("✓ saved: /home/ann/Downloads/bob/p.png");
    assert!(chat.screen.find("50 %").is_none());
}

#[test]
fn a_click_on_a_reply_goes_to_what_it_answers_and_on_a_link_copies_it() {
    let mut store: Vec<_> = (1..=900).map(|seq| message("bob", seq, &format!("number {seq}."))).collect();
    store.push(Shown { reply_to: Some(id_of(7)), ..message("bob", 901, "see http://a.example/x there") });
    let mut chat = Chatting::new(Settings::default(), (80, 24), store);
    chat.screen.click_on("http://a.example/x");
    assert!(matches!(chat.screen.effects.last(), Some(Effect::WakeAt(_))));
    let copied = chat
        .screen
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::Copy(text) if text == "http://a.example/x"));
    assert!(copied);
    chat.screen.click_on("an earlier message");
    chat.answer();
    chat.screen.shows("▶ number 7.");
}

#[test]
fn what_can_be_done_with_a_message_is_a_bar_of_keys_that_can_be_clicked() {
    let mut chat = Chatting::new(
        Settings::default(),
        (80, 24),
        vec![message("bob", 1, "first"), message("bob", 2, "second")],
    );
    chat.screen.does(Action::SelectUp);
    chat.screen.shows("▶ second");
    chat.key("shift-up");
    chat.screen.shows("▶ first");
    chat.screen.click_on("c copy");
    assert!(chat.screen.effects.iter().any(|effect| matches!(effect, Effect::Copy(text) if text == "first")));
    chat.screen.click_on("r reply");
    chat.screen.shows("↳ reply to bob: first");
    let id = chat.says("answered");
    assert!(
        matches!(chat.screen.app.talks.get(&chat.with).unwrap().message(id), Some(sent) if sent.reply_to == Some(id_of(1)))
    );
    chat.screen.shows("↳ bob: first");
    chat.screen.click_on("second");
    chat.screen.shows("▶ second");
    chat.key("esc");
    assert!(chat.screen.find("▶").is_none());
}

#[test]
fn only_what_is_looked_at_is_read_and_it_is_told_once() {
    let mark = |command: &Command| matches!(command, Command::MarkRead { .. });
    let mut chat = Chatting::with_unread(Settings::default(), (80, 24), crate::chatting::long(100), 2);
    assert_eq!(chat.count(mark), 1);
    chat.key("a");
    chat.screen.later(1_000);
    assert_eq!(chat.count(mark), 1);
    chat.comes(message("bob", 101, "seen at once"));
    assert_eq!(chat.count(mark), 2);
    chat.screen.happens(Event::Attention(false));
    chat.comes(message("bob", 102, "nobody looks"));
    assert_eq!(chat.count(mark), 2);
    chat.screen.shows("new messages");
    chat.screen.happens(Event::Attention(true));
    assert_eq!(chat.count(mark), 3);
    chat.key("f1");
    chat.comes(message("bob", 103, "covered"));
    assert_eq!(chat.count(mark), 3);
    chat.key("esc");
    assert_eq!(chat.count(mark), 4);
    chat.key("pageup");
    chat.comes(message("bob", 104, "below"));
    assert_eq!(chat.count(mark), 4);
    chat.key("ctrl-end");
    assert_eq!(chat.count(mark), 5);
}

#[test]
fn a_hostile_text_moves_nothing_and_stays_in_its_place() {
    let store = vec![
        message("bob", 1, "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m gone?"),
        message("bob", 2, "\u{202e}txet desrever\u{202c} and \u{5e9}\u{5dc}\u{5d5}\u{5dd}"),
        message("bob", 3, &format!("marks: a{} end", "\u{301}".repeat(2_000))),
        message("bob", 4, &"w".repeat(64 << 10)),
        Shown { id: None, from: None, ..message("bob", 5, "\u{1b}[31m room\r\n\tevent") },
        Shown {
            text: None,
            file: file("\u{1b}[2J\u{202e}gnp.exe", "image/\u{1b}png", u64::MAX, None),
            ..message("bob", 6, "")
        },
        message("b\u{1b}[1mob", 7, "last"),
    ];
    let mut chat = Chatting::new(Settings::default(), (80, 24), store);
    for _ in 0..200 {
        chat.key("pageup");
        for cell in chat.screen.cells().content() {
            assert!(cell.symbol().chars().count() <= 16, "{:?}", cell.symbol());
            assert!(!cell.symbol().chars().any(|c| c.is_control() || c == '\u{202e}'), "{:?}", cell.symbol());
        }
        for row in chat.screen.text().lines().take(19) {
            assert!(row.ends_with(['│', '┐', '┘']), "{row}");
        }
        if chat.screen.find("gone?").is_some() {
            break;
        }
    }
    chat.screen.shows("gone?");
}

#[test]
fn a_stranger_chat_is_friendly_when_it_is_empty() {
    let mut chat = Chatting::new(Settings::default(), (80, 24), Vec::new());
    chat.screen.shows("No messages yet.");
    chat.screen.notice(Notice::Typing { username: "bob".into(), with: With::User("bob".into()) });
    chat.screen.shows("bob · typing…");
    chat.screen.later(7_000);
    chat.screen.shows("bob · online");
    chat.screen.notice(Notice::KeyChanged { username: "bob".into() });
    chat.screen.shows("⚠ The keys of bob");
}

/// bob has written, and ann has answered.
fn two() -> Chatting {
    let store = vec![message("bob", 1, "shall we?"), message("ann", 2, "yes")];
    Chatting::new(Settings::default(), (80, 24), store)
}

#[test]
fn a_message_is_edited_and_what_was_being_written_comes_back() {
    let mut chat = two();
    chat.screen.write("half a sent");
    chat.screen.click_on("yes");
    chat.screen.click_on("e edit");
    chat.screen.shows("✎ editing: yes");
    chat.screen.write(", at eight");
    insta::assert_snapshot!("editing", chat.screen.text());
    chat.key("enter");
    let edit = |command: &Command| matches!(command, Command::Edit { text, .. } if text == "yes, at eight");
    assert_eq!(chat.count(edit), 1);
    chat.screen.shows("half a sent");
    chat.screen.notice(Notice::Changed(Shown { edited: true, ..message("ann", 2, "yes, at eight") }));
    chat.screen.shows("┃ yes, at eight");
    chat.screen.shows("edited ✓✓ read");
    chat.key("ctrl-c");
    chat.key("up");
    chat.screen.shows("✎ editing: yes, at eight");
    chat.key("esc");
    assert!(chat.screen.find("✎").is_none());
    chat.screen.write("half again");
    chat.screen.click_on("┃ yes, at eight");
    chat.key("e");
    chat.screen.click_on("shall we?");
    chat.key("r");
    chat.screen.shows("↳ reply to bob");
    chat.screen.shows("half again");
}
