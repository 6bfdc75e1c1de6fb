//! Images in a conversation: made here, decoded as the program decodes them, seen as cells.

mod kitty;
mod seen;

use crate::chatting::{Chatting, id_of, looks, message};
use crate::harness::text_in;
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
        text_in(&buffer, self.chat.screen.app.settings.cells).replace(folder, &named[..folder.len()])
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
