//! What reaches a terminal that draws images itself, and one that does not.

use super::*;

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
