//! Images in a conversation: made here, decoded as the program decodes them, seen as cells.

use crate::chatting::{Chatting, id_of, looks, message};
use crossterm::event::{KeyModifiers, MouseEvent, MouseEventKind};
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Color;
use std::path::PathBuf;
use std::sync::mpsc::channel;
use uchat_client::core::{Command, DeliveryState, Notice, Shown, ShownFile};
use uchat_tui::action::Action;
use uchat_tui::app::{Done, Effect, Event, Images, Settings};
use uchat_tui::image::{Graphics, Request, Trouble, Way, Workers};
use uchat_tui::lang::Lang;
use uchat_tui::theme::Theme;

/// A conversation, the threads for its images, and a folder for their files.
struct Gallery {
    chat: Chatting,
    folder: tempfile::TempDir,
    /// So many effects were looked at.
    looked: usize,
    workers: Workers,
    told: std::sync::mpsc::Receiver<Done>,
}

/// Four colours in four quarters.
fn colours(width: u32, height: u32) -> image::RgbImage {
    image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb(match (x < width / 2, y < height / 2) {
            (true, true) => [220, 40, 40],
            (false, true) => [40, 180, 60],
            (true, false) => [50, 80, 220],
            (false, false) => [240, 200, 40],
        })
    })
}

fn photo(name: &str, media_type: &str, size: u64, path: Option<String>) -> Option<ShownFile> {
    Some(ShownFile { name: name.into(), size, media_type: media_type.into(), path, digest: None })
}

impl Gallery {
    /// A conversation with these messages; a file in them lies in the folder.
    fn new(settings: Settings, graphics: Graphics, size: (u16, u16), store: Vec<Shown>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let here = |file: ShownFile| ShownFile {
            path: file.path.map(|name| folder.path().join(name).to_str().unwrap().to_owned()),
            ..file
        };
        let store = store.into_iter().map(|shown| Shown { file: shown.file.map(here), ..shown }).collect();
        colours(320, 240).save(folder.path().join("photo.png")).unwrap();
        colours(2_000, 200).save(folder.path().join("wide.png")).unwrap();
        std::fs::write(folder.path().join("broken.png"), b"\x89PNG\r\n\x1a\nand no more").unwrap();
        std::fs::write(folder.path().join("text.png"), b"a text").unwrap();
        let (tell, told) = channel();
        let workers = Workers::start(move |done| drop(tell.send(done)));
        let mut chat = Chatting::new(settings, size, store);
        chat.screen.happens(Event::Graphics(graphics));
        let mut gallery = Self { chat, folder, looked: 0, workers, told };
        gallery.work();
        gallery
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The requests since the last time.
    fn requests(&mut self) -> Vec<Request> {
        let new = &self.chat.screen.effects[self.looked..];
        let requests = new.iter().filter_map(|effect| match effect {
            Effect::Image(request) => Some(request.clone()),
            _ => None,
        });
        let requests = requests.collect();
        self.looked = self.chat.screen.effects.len();
        requests
    }

    /// All that is asked for is done; so many pictures were made.
    fn work(&mut self) -> usize {
        let mut pictures = 0;
        loop {
            self.chat.answer();
            let requests = self.requests();
            if requests.is_empty() {
                return pictures;
            }
            for request in requests {
                pictures += usize::from(matches!(request, Request::Draw(_)));
                self.workers.take(request);
                let done = self.told.recv().unwrap();
                self.chat.screen.happens(Event::Done(done));
            }
        }
    }

    /// The wheel over the messages, downwards.
    fn wheel(&mut self) {
        let (kind, modifiers) = (MouseEventKind::ScrollDown, KeyModifiers::NONE);
        self.chat.screen.happens(Event::Mouse(MouseEvent { kind, column: 50, row: 5, modifiers }));
    }

    /// What is seen. The folder has another name each time, the parts of an image have letters: `r` for red, `g` for
    /// green, `b` for blue, `y` for yellow.
    fn text(&self) -> String {
        let letter = |colour| match colour {
            Color::Rgb(200.., 100.., _) => Some("y"),
            Color::Rgb(200.., ..) => Some("r"),
            Color::Rgb(_, 150.., _) => Some("g"),
            Color::Rgb(_, _, 150..) => Some("b"),
            _ => None,
        };
        let mut buffer = self.chat.screen.cells().clone();
        for cell in &mut buffer.content {
            if let Some(letter) = letter(cell.bg) {
                cell.set_symbol(letter);
            }
        }
        let folder = self.folder.path().to_str().unwrap();
        let named = format!("{:.<width$}", "/home/ann/uchat", width = folder.len());
        self.chat.screen.text_of(&buffer).replace(folder, &named[..folder.len()])
    }

    fn shows(&self, text: &str) {
        self.chat.screen.shows(text);
    }

    /// How many cells show a part of an image.
    fn painted(&self) -> usize {
        let rgb = |colour| matches!(colour, Color::Rgb(..));
        self.chat.screen.cells().content().iter().filter(|cell| rgb(cell.bg) || rgb(cell.fg)).count()
    }
}

/// An image of bob that lies here already.
fn saved(seq: u64, name: &str) -> Shown {
    Shown { text: None, file: photo(name, "image/png", 2_345, Some(name.into())), ..message("bob", seq, "") }
}

/// One that lies only on the server.
fn offered(seq: u64, size: u64) -> Shown {
    Shown { text: None, file: photo("photo.png", "image/png", size, None), ..message("bob", seq, "") }
}

fn kitty() -> Graphics {
    Graphics { way: Way::Kitty, font: (10, 20), true_color: true }
}

fn store() -> Vec<Shown> {
    vec![
        message("bob", 1, "look what I have found"),
        saved(2, "photo.png"),
        Shown {
            text: None,
            file: photo("wide.png", "image/png", 9_876, Some("wide.png".into())),
            ..message("ann", 3, "")
        },
        message("bob", 4, "nice"),
    ]
}

#[test]
fn an_image_stands_below_its_name_type_size_and_dimensions_in_both_languages() {
    for (lang, name) in [(Lang::En, "images_en"), (Lang::Zh, "images_zh")] {
        let settings = Settings { lang, ..Settings::default() };
        let gallery = Gallery::new(settings, Graphics::default(), (80, 40), store());
        for text in ["▤ photo.png", "image/png · 2.3 kB · 320 × 240", "▤ wide.png", "2000 × 200", "nice"]
        {
            gallery.shows(text);
        }
        // 320 × 240 pixels are 32 × 12 cells; 2000 × 200 is as wide as the pane and keeps its proportion.
        assert!(gallery.painted() > 32 * 12);
        insta::assert_snapshot!(name, gallery.text());
    }
}

#[test]
fn its_colours_are_those_of_the_image_in_every_theme_that_has_colours() {
    for theme in [Theme::Dark, Theme::Light] {
        let settings = Settings { theme, ..Settings::default() };
        let gallery = Gallery::new(settings, Graphics::default(), (80, 24), vec![saved(1, "photo.png")]);
        let (x, y) = gallery.chat.screen.find("image/png").unwrap();
        let cell = |dx: u16, dy: u16| gallery.chat.screen.cells()[(x + dx, y + 1 + dy)].bg;
        assert_eq!(cell(1, 1), Color::Rgb(220, 40, 40));
        assert_eq!(cell(30, 1), Color::Rgb(40, 180, 60));
        assert_eq!(cell(1, 10), Color::Rgb(50, 80, 220));
        assert_eq!(cell(30, 10), Color::Rgb(240, 200, 40));
    }
    let few = Graphics { true_color: false, ..Graphics::default() };
    let gallery = Gallery::new(Settings::default(), few, (80, 24), vec![saved(1, "photo.png")]);
    assert_eq!(gallery.painted(), 0);
    let drawn = looks(&gallery.chat);
    assert!(drawn.contains(" on 160") || drawn.contains(" on 161") || drawn.contains(" on 196"), "{drawn}");
}

#[test]
fn without_colours_or_with_the_setting_there_is_text_and_no_request() {
    let plain = Settings { theme: Theme::Plain, ..Settings::default() };
    let off = Settings { images: Images::Off, ..Settings::default() };
    for settings in [plain, off] {
        let mut gallery =
            Gallery::new(settings, Graphics::default(), (80, 24), vec![saved(1, "photo.png"), offered(2, 9)]);
        gallery.shows("▤ photo.png");
        gallery.shows("image/png · 2.3 kB");
        assert_eq!(gallery.painted(), 0);
        gallery.looked = 0;
        assert!(gallery.requests().is_empty());
        assert_eq!(gallery.chat.count(|command| matches!(command, Command::SaveFile { .. })), 0);
    }
}

#[test]
fn what_cannot_be_shown_says_why_beside_its_name() {
    let store = vec![saved(1, "broken.png"), saved(2, "text.png"), saved(3, "gone.png")];
    for (lang, sentences) in [
        (Lang::En, ["The image is damaged.", "This is no image", "The file is not there any more."]),
        (Lang::Zh, ["图片已损坏。", "这不是可以显示的图片。", "文件已不在原处。"]),
    ] {
        let settings = Settings { lang, ..Settings::default() };
        let gallery = Gallery::new(settings, Graphics::default(), (80, 24), store.clone());
        for sentence in sentences {
            gallery.shows(&format!("✗ {sentence}"));
        }
        if lang == Lang::En {
            insta::assert_snapshot!("images_troubles", gallery.text());
        }
    }
}

#[test]
fn its_rows_are_kept_free_before_it_is_decoded_so_that_nothing_moves_then() {
    let mut gallery =
        Gallery::new(Settings::default(), Graphics::default(), (80, 24), vec![message("bob", 1, "x")]);
    let file = ShownFile {
        path: Some(gallery.path("photo.png").to_str().unwrap().into()),
        ..photo("photo.png", "image/png", 1, None).unwrap()
    };
    gallery.chat.comes(Shown { text: None, file: Some(file), ..message("bob", 2, "") });
    let [Request::Measure(path)] = &gallery.requests()[..] else { panic!("it is measured first") };
    let size = uchat_tui::image::measure(path.as_ref()).unwrap();
    let found = uchat_tui::image::Found::Size(size.0, size.1);
    gallery.chat.screen.happens(Event::Done(Done::Image(Request::Measure(path.clone()), Ok(found))));
    gallery.shows("loading the image …");
    let before = gallery.chat.screen.find("▤ photo.png");
    assert_eq!(gallery.work(), 1);
    assert!(gallery.chat.screen.find("loading").is_none() && gallery.painted() > 0);
    assert_eq!(gallery.chat.screen.find("▤ photo.png"), before);
}

#[test]
fn an_image_far_above_is_measured_only_when_one_comes_near_and_drawn_only_when_it_is_seen() {
    let mut store = vec![saved(1, "photo.png")];
    store.extend((2..150).map(|seq| message("bob", seq, &format!("number {seq}."))));
    let mut gallery = Gallery::new(Settings::default(), Graphics::default(), (80, 24), store);
    gallery.looked = 0;
    assert!(gallery.requests().is_empty());
    let mut measured_at = None;
    for page in 0..20 {
        gallery.chat.key("pageup");
        for request in gallery.requests() {
            match request {
                Request::Measure(_) => measured_at = Some(page),
                Request::Draw(_) => assert!(gallery.chat.screen.find("photo.png").is_some()),
            }
            gallery.workers.take(request);
            let done = gallery.told.recv().unwrap();
            gallery.chat.screen.happens(Event::Done(done));
        }
    }
    gallery.shows("▤ photo.png");
    assert!(measured_at.is_some_and(|page| page < 8), "{measured_at:?}");
    assert!(gallery.painted() > 0);
}

#[test]
fn a_part_of_it_is_drawn_where_the_rest_is_scrolled_out() {
    for graphics in [Graphics::default(), kitty()] {
        let mut store = vec![saved(1, "photo.png")];
        store.extend((2..30).map(|seq| message("bob", seq, &format!("number {seq}."))));
        let mut gallery = Gallery::new(Settings::default(), graphics, (80, 24), store);
        gallery.chat.key("ctrl-home");
        gallery.work();
        let whole = gallery.painted();
        assert_eq!(whole, 32 * 12);
        for step in 1..=5 {
            gallery.wheel();
            gallery.work();
            let rows = gallery.painted() / 32;
            assert_eq!(gallery.painted() % 32, 0, "{step}: whole rows only");
            assert!(rows < 12 || step == 1, "{step}: {}", gallery.chat.screen.text());
            if graphics == Graphics::default() && step == 3 {
                insta::assert_snapshot!("images_scrolled", gallery.text());
            }
            for line in gallery.chat.screen.text().lines().take(19) {
                assert!(line.ends_with(['│', '┐', '┘']), "{line}");
            }
        }
    }
}

#[test]
fn an_image_that_can_only_be_drawn_whole_says_so_where_it_is_not() {
    let graphics = Graphics { way: Way::Sixel, ..kitty() };
    let mut store = vec![saved(1, "photo.png")];
    store.extend((2..30).map(|seq| message("bob", seq, &format!("number {seq}."))));
    let mut gallery = Gallery::new(Settings::default(), graphics, (80, 24), store);
    gallery.chat.key("ctrl-home");
    gallery.work();
    let sixels = |gallery: &Gallery| {
        gallery.chat.screen.cells().content().iter().filter(|cell| cell.symbol().contains("\x1bP")).count()
    };
    assert_eq!(sixels(&gallery), 1);
    gallery.wheel();
    gallery.wheel();
    gallery.work();
    assert_eq!(sixels(&gallery), 0);
    gallery.shows("scroll to see the whole image");
}

#[test]
fn small_images_of_friends_are_saved_when_they_are_seen_and_large_ones_have_a_button() {
    let settings = Settings { downloads: "/home/ann/Downloads".into(), ..Settings::default() };
    let store = vec![offered(1, (2 << 20) + 1), offered(2, 2 << 20)];
    let mut gallery = Gallery::new(settings, Graphics::default(), (80, 24), store);
    let saves: Vec<_> = gallery
        .chat
        .screen
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Command(_, Command::SaveFile { message_id, path }) => Some((*message_id, path.clone())),
            _ => None,
        })
        .collect();
    assert_eq!(saves, [(id_of(2), "/home/ann/Downloads/bob".to_owned())]);
    gallery.shows("[ s save ]");
    let path = gallery.path("photo.png").to_str().unwrap().to_owned();
    let notes = gallery.chat.screen.app.notes.len();
    gallery.chat.screen.notice(Notice::FileSaved { id: id_of(2), path });
    gallery.work();
    assert_eq!(gallery.chat.screen.app.notes.len(), notes, "nobody has asked for it");
    assert!(gallery.painted() > 0);
    let count = gallery.chat.count(|command| matches!(command, Command::SaveFile { .. }));
    assert_eq!(count, 1, "and only once");
}

#[test]
fn nothing_is_saved_by_itself_of_our_own_of_other_kinds_or_names_or_without_a_connection() {
    let ours = Shown { state: Some(DeliveryState::Stored), from: Some("ann".into()), ..offered(1, 9) };
    let other =
        Shown { text: None, file: photo("a.zip", "application/zip", 9, None), ..message("bob", 2, "") };
    let program =
        Shown { text: None, file: photo("photo.png.desktop", "image/png", 9, None), ..message("bob", 3, "") };
    let gallery =
        Gallery::new(Settings::default(), Graphics::default(), (80, 24), vec![ours, other, program]);
    assert_eq!(gallery.chat.count(|command| matches!(command, Command::SaveFile { .. })), 0);
    let mut gallery =
        Gallery::new(Settings::default(), Graphics::default(), (80, 24), vec![message("bob", 1, "x")]);
    let state = uchat_client::core::Connection::Offline;
    gallery.chat.screen.notice(Notice::Connection { state, reason: None, code: None, retry_in: None });
    gallery.chat.comes(offered(2, 9));
    assert_eq!(gallery.chat.count(|command| matches!(command, Command::SaveFile { .. })), 0);
}

#[test]
fn an_image_that_could_not_be_saved_by_itself_says_so_beside_it_and_aloud_only_to_whom_asks() {
    let mut gallery = Gallery::new(Settings::default(), Graphics::default(), (80, 24), vec![offered(1, 9)]);
    let failed = || Notice::FileFailed { id: id_of(1), reason: "the disk is full".into(), code: "internal" };
    let notes = gallery.chat.screen.app.notes.len();
    gallery.chat.screen.notice(failed());
    gallery.shows("✗ ");
    assert_eq!(gallery.chat.screen.app.notes.len(), notes);
    gallery.chat.screen.click_on("[ s save ]");
    gallery.chat.screen.notice(failed());
    assert_eq!(gallery.chat.screen.app.notes.len(), notes + 1);
}

#[test]
fn an_image_that_was_sent_from_here_stays_when_the_history_does_not_tell_where_it_lies() {
    let mut gallery =
        Gallery::new(Settings::default(), Graphics::default(), (80, 24), vec![message("bob", 1, "x")]);
    let path = gallery.path("photo.png").to_str().unwrap().to_owned();
    let sent = |path, seq, state| Shown {
        text: None,
        file: photo("photo.png", "image/png", 9, path),
        seq,
        state: Some(state),
        ..message("ann", 2, "")
    };
    gallery.chat.comes(sent(Some(path), None, DeliveryState::Queued));
    gallery.chat.comes(sent(None, Some(2), DeliveryState::Stored));
    gallery.work();
    assert_eq!(gallery.painted(), 32 * 12);
    assert!(gallery.chat.screen.find("save").is_none(), "it is here already");
}

#[test]
fn another_size_of_the_terminal_gives_another_size_of_the_image() {
    let mut gallery =
        Gallery::new(Settings::default(), Graphics::default(), (200, 60), vec![saved(1, "wide.png")]);
    let before = gallery.painted();
    gallery.chat.screen.resize(80, 24);
    assert!(gallery.chat.screen.effects.iter().any(|effect| matches!(effect, Effect::WakeAt(_))));
    gallery.chat.screen.later(50);
    gallery.work();
    assert!(gallery.painted() > 0 && gallery.painted() < before);
}

/// What changes from one screen to the next: the cells that are sent to the terminal.
fn sent<'a>(before: &Buffer, after: &'a Buffer) -> Vec<(u16, u16, &'a Cell)> {
    before.diff(after)
}

/// The same as the terminal reads it.
fn bytes(cells: Vec<(u16, u16, &Cell)>) -> String {
    let mut bytes = Vec::new();
    CrosstermBackend::new(&mut bytes).draw(cells.into_iter()).unwrap();
    String::from_utf8(bytes).unwrap()
}

const PLACEHOLDER: char = '\u{10eeee}';

#[test]
fn kitty_gets_the_image_once_and_then_only_places_for_it() {
    // Which image it is, it reads from a colour: that must stay, also where there are only 256 for everything else.
    let kitty = Graphics { true_color: false, ..kitty() };
    let mut gallery = Gallery::new(Settings::default(), kitty, (80, 24), vec![message("bob", 1, "x")]);
    let before = gallery.chat.screen.cells().clone();
    let path = gallery.path("photo.png").to_str().unwrap().to_owned();
    let file = photo("photo.png", "image/png", 1, Some(path));
    gallery.chat.comes(Shown { text: None, file, ..message("bob", 2, "") });
    gallery.work();
    let first = gallery.chat.screen.cells().clone();
    let text = bytes(sent(&before, &first));
    assert_eq!(text.matches(PLACEHOLDER).count(), 32 * 12);
    assert_eq!(gallery.painted(), 32 * 12);
    assert_eq!(text.matches(",a=T,U=1,f=32,t=d,s=320,v=240,m=1;").count(), 1);
    assert!(text.contains("\x1b_Gq=2,i="));
    gallery.chat.screen.later(1);
    let second = gallery.chat.screen.cells();
    let text = bytes(sent(&first, second));
    assert!(!text.contains("\x1b_G"), "it was sent before");
    assert_eq!(bytes(sent(second, second)), bytes(Vec::new()), "nothing changes");
}

#[test]
fn what_opens_on_top_of_an_image_leaves_no_pixel_of_it_and_it_is_back_after_that() {
    for (way, begins) in [(Way::Kitty, "\u{10eeee}"), (Way::Sixel, "\x1bP"), (Way::Iterm2, "\x1b]1337;File=")]
    {
        let graphics = Graphics { way, ..kitty() };
        let mut gallery = Gallery::new(Settings::default(), graphics, (80, 24), vec![saved(1, "photo.png")]);
        let shown = gallery.chat.screen.cells().clone();
        assert!(bytes(sent(&Buffer::empty(shown.area), &shown)).contains(begins), "{way:?}");
        let (x, y) = gallery.chat.screen.find("▤ photo.png").unwrap();
        let image = Rect::new(x, y + 2, 32, 12);
        gallery.chat.screen.does(Action::Help);
        let covered = gallery.chat.screen.cells().clone();
        let updates = sent(&shown, &covered);
        for place in image.positions() {
            let written = updates.iter().any(|(x, y, _)| (*x, *y) == (place.x, place.y));
            // The right half of a wide character is written with its left one.
            let half = updates.iter().any(|(x, y, cell)| {
                (*x + 1, *y) == (place.x, place.y) && cell.symbol().chars().any(|c| c > '\u{1100}')
            });
            assert!(written || half, "{way:?}: {place:?} still shows the image");
        }
        assert!(!bytes(updates).contains(begins), "{way:?}");
        gallery.chat.key("esc");
        let back = gallery.chat.screen.cells();
        assert!(bytes(sent(&covered, back)).contains(begins), "{way:?}: it is back");
    }
}

#[test]
fn half_blocks_are_characters_and_stay_below_what_opens_on_top() {
    let mut gallery =
        Gallery::new(Settings::default(), Graphics::default(), (100, 40), vec![saved(1, "photo.png")]);
    let before = gallery.painted();
    gallery.chat.screen.does(Action::Help);
    assert!(gallery.painted() < before || gallery.painted() == 32 * 12);
    gallery.chat.key("esc");
    assert_eq!(gallery.painted(), before);
}

#[test]
fn a_picture_is_the_same_for_two_messages_with_one_file_and_a_failed_one_is_told_once() {
    let store = vec![saved(1, "photo.png"), saved(2, "photo.png"), saved(3, "gone.png")];
    let mut gallery = Gallery::new(Settings::default(), Graphics::default(), (80, 60), store);
    gallery.looked = 0;
    let requests = gallery.requests();
    assert_eq!(requests.len(), 3, "{requests:?}");
    assert_eq!(gallery.painted(), 2 * 32 * 12);
    let path = gallery.path("gone.png");
    let look = gallery.chat.screen.app.album.look(&path.to_str().unwrap().into(), 60);
    assert_eq!(look, uchat_tui::image::Look::Trouble(Trouble::Gone));
}
