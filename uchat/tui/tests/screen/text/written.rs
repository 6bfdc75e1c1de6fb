//! What stands in the cells after a text is written into them, and what a terminal makes of it.

use super::*;

/// A terminal of one row, as ratatui's own tests have it: what it shows after these texts were drawn, one after the
/// other. The bytes are read as a terminal reads them that gives each cluster the cells of `cells`.
struct Glass {
    cells: Cells,
    screen: Vec<String>,
    previous: Buffer,
    bytes: String,
}

impl Glass {
    fn new(width: u16, cells: Cells) -> Self {
        let previous = Buffer::empty(Rect::new(0, 0, width, 1));
        Self { cells, screen: vec![" ".into(); usize::from(width)], previous, bytes: String::new() }
    }

    fn draws(&mut self, draw: impl FnOnce(&mut Buffer, Rect)) {
        let area = self.previous.area;
        let mut next = Buffer::empty(area);
        draw(&mut next, area);
        let mut bytes = Vec::new();
        CrosstermBackend::new(&mut bytes).draw(self.previous.diff_iter(&next)).unwrap();
        self.bytes = String::from_utf8(bytes).unwrap();
        self.previous = next;
        self.reads();
    }

    fn reads(&mut self) {
        let mut column = 0;
        let mut rest = self.bytes.as_str();
        while !rest.is_empty() {
            if let Some(sequence) = rest.strip_prefix("\u{1b}[") {
                let end = sequence.find(|c: char| c.is_ascii_alphabetic()).unwrap();
                if &sequence[end..=end] == "H" {
                    column = sequence[..end].split(';').nth(1).unwrap().parse::<usize>().unwrap() - 1;
                }
                rest = &sequence[end + 1..];
                continue;
            }
            let cluster = rest.graphemes(true).next().unwrap();
            let wide = usize::from(self.cells.of(cluster));
            for at in column..column + wide {
                // Writing over one half of a wide character blanks the other one.
                if self.screen[at].is_empty() {
                    let first = (0..at).rev().find(|at| !self.screen[*at].is_empty()).unwrap();
                    self.screen[first] = " ".into();
                }
                if let Some(next) = self.screen.get_mut(at + 1).filter(|next| next.is_empty()) {
                    *next = " ".into();
                }
                self.screen[at].clear();
            }
            self.screen[column] = cluster.to_owned();
            column += wide;
            rest = &rest[cluster.len()..];
        }
    }

    fn shows(&self) -> String {
        self.screen.concat()
    }
}

#[test]
fn what_follows_stands_in_its_place_whatever_ratatui_takes_a_symbol_for() {
    let texts = [
        "“汉”|x",
        "…—①|x",
        "ab|cd",
        "❤\u{fe0f}|x",
        "⌨\u{fe0f}x|",
        "1\u{fe0f}\u{20e3}|x",
        "⌚\u{fe0e}|x",
        "ｶﾞ|x",
        "👨\u{200d}👩\u{200d}👧|x",
        "🇨🇳|x",
        "e\u{301}|x",
        "\u{1112}\u{1161}\u{11ab}|x",
        "\u{301}|x",
        "한국|x",
        "a\u{200b}|x",
        "x|汉",
    ];
    for cells in [NARROW, WIDE] {
        let mut glass = Glass::new(10, cells);
        for text in texts.iter().chain(texts.iter().rev()) {
            let mut fresh = Glass::new(10, cells);
            for glass in [&mut glass, &mut fresh] {
                glass.draws(|buffer, area| {
                    put(buffer, area, text, Style::new(), cells);
                });
            }
            assert_eq!(glass.shows(), fresh.shows(), "{text}, {cells:?}: {:?}", glass.bytes);
            let bar = fresh.screen.iter().position(|cell| cell == "|").unwrap();
            let before = text.split('|').next().unwrap();
            assert_eq!(bar, cells.width(before), "{text}, {cells:?}: {:?}", fresh.bytes);
        }
    }
}

#[test]
fn a_wide_quotation_mark_is_followed_by_a_move_to_the_right_cell() {
    let mut glass = Glass::new(6, WIDE);
    glass.draws(|buffer, area| {
        put(buffer, area, "“a", Style::new(), WIDE);
    });
    let mut expected = Vec::new();
    queue!(expected, MoveTo(2, 0)).unwrap();
    let expected = format!("“{}a", String::from_utf8(expected).unwrap());
    assert!(glass.bytes.contains(&expected), "{:?}", glass.bytes);
}

#[test]
fn half_of_a_wide_character_never_remains() {
    let area = Rect::new(0, 0, 6, 1);
    for (x, expected) in [(0, "x 字  "), (1, " x字  "), (2, "汉x   "), (3, "汉 x  ")] {
        let mut terminal = Terminal::new(TestBackend::new(6, 1)).unwrap();
        let place = Rect { x, width: 1, ..area };
        terminal
            .draw(|frame| {
                put(frame.buffer_mut(), area, "汉字", Style::new(), NARROW);
                put(frame.buffer_mut(), place, "x", Style::new(), NARROW);
            })
            .unwrap();
        let shown: Vec<&str> = terminal.backend().buffer().content.iter().map(|cell| cell.symbol()).collect();
        let mut skipped = String::new();
        let mut at = 0;
        while at < shown.len() {
            skipped.push_str(shown[at]);
            at += usize::from(NARROW.of(shown[at]).max(1));
        }
        assert_eq!(skipped, expected, "x at {x}");
        let mut buffer = Buffer::empty(area);
        put(&mut buffer, area, "汉字", Style::new(), NARROW);
        fill(&mut buffer, place, Style::new());
        assert_eq!(buffer[(x, 0)].symbol(), " ");
        assert!(x != 1 && x != 3 || buffer[(x - 1, 0)].symbol() == " ", "the half to the left of {x}");
    }
}

#[test]
fn a_wide_quotation_mark_is_covered_as_a_whole() {
    let area = Rect::new(0, 0, 4, 1);
    let mut buffer = Buffer::empty(area);
    put(&mut buffer, area, "““", Style::new(), WIDE);
    fill(&mut buffer, Rect { x: 1, width: 1, ..area }, Style::new());
    assert_eq!(buffer[(0, 0)].symbol(), " ");
    put(&mut buffer, Rect { x: 3, width: 1, ..area }, "x", Style::new(), WIDE);
    assert_eq!(buffer, {
        let mut clean = Buffer::empty(area);
        put(&mut clean, area, "   x", Style::new(), WIDE);
        clean
    });
}

#[test]
fn nothing_is_written_outside_the_area_and_nothing_in_half() {
    let area = Rect::new(2, 0, 3, 1);
    let mut buffer = Buffer::with_lines(["......."]);
    assert_eq!(put(&mut buffer, area, "a汉字", Style::new(), NARROW), 3);
    assert_eq!(put(&mut buffer, area, "汉字", Style::new(), NARROW), 2);
    assert_eq!(buffer[(1, 0)].symbol(), ".");
    assert_eq!(buffer[(5, 0)].symbol(), ".");
    assert_eq!(put(&mut buffer, Rect::new(9, 9, 5, 5), "a", Style::new(), NARROW), 0);
    assert_eq!(put(&mut buffer, Rect::new(0, 0, 0, 0), "a", Style::new(), NARROW), 0);
}

#[test]
fn a_joiner_without_cells_belongs_to_the_cell_before_it() {
    let area = Rect::new(0, 0, 6, 1);
    let mut buffer = Buffer::empty(area);
    assert_eq!(put(&mut buffer, area, "\u{200d}a\u{1b}\u{fe0e}b", Style::new(), NARROW), 3);
    assert_eq!(buffer[(0, 0)].symbol(), "a");
    assert_eq!(buffer[(1, 0)].symbol(), "\u{fffd}\u{fe0e}");
    assert_eq!(buffer[(2, 0)].symbol(), "b");
}

#[test]
fn a_wide_character_has_the_colours_of_its_place_in_both_cells() {
    let area = Rect::new(0, 0, 4, 1);
    let mut buffer = Buffer::empty(area);
    fill(&mut buffer, area, Style::new().bg(Color::Blue));
    put(&mut buffer, area, "汉", Style::new().fg(Color::Red), NARROW);
    for x in 0..2 {
        assert_eq!((buffer[(x, 0)].fg, buffer[(x, 0)].bg), (Color::Red, Color::Blue), "cell {x}");
    }
}
