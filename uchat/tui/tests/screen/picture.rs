//! A screen as an SVG picture, for the READMEs: cells go in, text goes out.
//!
//! Everything keeps its cells whatever font the reader has: a run of letters is as long as its cells, any other
//! character stands in the middle of its own. Lines are drawn as lines, so they meet.

use crate::harness::Screen;
use ratatui::style::{Color, Modifier, Style};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;
use uchat_tui::text::Cells;

/// A cell, in pixels.
const WIDTH: f32 = 8.4;
const HEIGHT: f32 = 18.0;
/// Around the cells.
const MARGIN: f32 = 12.0;
/// From the top of a cell to the foot of its letters.
const FOOT: f32 = 13.5;
const BACKGROUND: &str = "#14171c";
const TEXT: &str = "#d6d9de";
const FONTS: &str = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', 'PingFang SC', \
                     'Microsoft YaHei', 'WenQuanYi Micro Hei', monospace";

/// The screen, with a sentence for those who cannot see it.
pub fn picture(screen: &Screen, title: &str) -> String {
    let area = screen.cells().area;
    let (width, height) = (x(area.width) + MARGIN, y(area.height) + MARGIN);
    let mut drawn = Drawn::default();
    for row in 0..area.height {
        drawn.row(screen, row);
    }
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" \
         font-family=\"{FONTS}\" font-size=\"14\" fill=\"{TEXT}\">\n<title>{}</title>\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n{}",
        escaped(title),
        drawn.backgrounds
    );
    for ((colour, thick), path) in &drawn.lines {
        let thick = if *thick { 2 } else { 1 };
        writeln!(out, "<path d=\"{path}\" stroke=\"{colour}\" stroke-width=\"{thick}\" fill=\"none\"/>")
            .unwrap();
    }
    out.push_str(&drawn.texts);
    if let Some(caret) = screen.caret {
        let (x, y) = (x(caret.x), y(caret.y) + 1.0);
        writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"2\" height=\"16\"/>").unwrap();
    }
    out.push_str("</svg>\n");
    out
}

#[derive(Default)]
struct Drawn {
    backgrounds: String,
    /// Paths, by colour and whether they are thick.
    lines: BTreeMap<(String, bool), String>,
    texts: String,
}

impl Drawn {
    /// Piece by piece, each of one look.
    fn row(&mut self, screen: &Screen, row: u16) {
        let (buffer, cells) = (screen.cells(), screen.app.settings.cells);
        let look = |column: u16| Look::of(buffer[(column, row)].style());
        let mut start = 0;
        while start < buffer.area.width {
            let here = look(start);
            let end = (start..buffer.area.width).find(|column| look(*column) != here);
            let columns = start..end.unwrap_or(buffer.area.width);
            let symbols: Vec<&str> = columns.clone().map(|column| buffer[(column, row)].symbol()).collect();
            self.background(&here, &columns, row);
            self.piece(&here, start, row, &symbols, cells);
            start = columns.end;
        }
    }

    fn background(&mut self, look: &Look, columns: &Range<u16>, row: u16) {
        let Some(colour) = &look.background else { return };
        let (left, top, width) = (x(columns.start), y(row), round(x(columns.end) - x(columns.start)));
        let rect = format!(
            "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{HEIGHT}\" fill=\"{colour}\"/>"
        );
        writeln!(self.backgrounds, "{rect}").unwrap();
    }

    fn piece(&mut self, look: &Look, start: u16, row: u16, symbols: &[&str], cells: Cells) {
        let mut at = 0;
        while at < symbols.len() {
            let column = start + u16::try_from(at).unwrap();
            let symbol = symbols[at];
            at += if let Some(ends) = ends(symbol) {
                let same = if ends.across() {
                    symbols[at..].iter().take_while(|next| **next == symbol).count()
                } else {
                    1
                };
                self.line(look, column, row, &ends, same);
                same
            } else if is_letter(symbol) {
                let run = run(&symbols[at..]);
                let text: String = symbols[at..at + run].concat();
                let length = if run > 1 {
                    format!(" textLength=\"{}\"", round(cells_wide(run)))
                } else {
                    String::new()
                };
                self.text(look, x(column), row, &length, &text);
                run
            } else {
                let wide = usize::from(cells.of(symbol).max(1));
                if !symbol.trim().is_empty() {
                    let middle = round(x(column) + cells_wide(wide) / 2.0);
                    let size = if wide == 2 { " font-size=\"16\"" } else { "" };
                    self.text(look, middle, row, &format!(" text-anchor=\"middle\"{size}"), symbol);
                }
                wide
            };
        }
    }

    fn text(&mut self, look: &Look, x: f32, row: u16, how: &str, text: &str) {
        let (y, style, text) = (y(row) + FOOT, look.attributes(), escaped(text));
        writeln!(self.texts, "<text x=\"{x}\" y=\"{y}\"{how}{style}>{text}</text>").unwrap();
    }

    fn line(&mut self, look: &Look, column: u16, row: u16, ends: &Ends, cells: usize) {
        let (left, top) = (x(column), y(row));
        let (right, bottom) = (round(left + cells_wide(cells)), top + HEIGHT);
        let (middle, centre) = (round(left + WIDTH / 2.0), top + HEIGHT / 2.0);
        let path = self.lines.entry((look.colour.clone(), ends.thick)).or_default();
        if ends.left || ends.right {
            let from = if ends.left { left } else { middle };
            let to = if ends.right { right } else { middle };
            write!(path, "M{from} {centre}H{to}").unwrap();
        }
        if ends.up || ends.down {
            let from = if ends.up { top } else { centre };
            let to = if ends.down { bottom } else { centre };
            write!(path, "M{middle} {from}V{to}").unwrap();
        }
    }
}

/// Where a line drawing character touches the sides of its cell.
#[derive(Default)]
struct Ends {
    left: bool,
    right: bool,
    up: bool,
    down: bool,
    thick: bool,
}

impl Ends {
    /// Whether it goes from side to side, so that several are one line.
    fn across(&self) -> bool {
        self.left && self.right && !self.up && !self.down
    }
}

fn ends(symbol: &str) -> Option<Ends> {
    let (left, right, up, down) = match symbol {
        "─" | "━" => (true, true, false, false),
        "│" | "┃" => (false, false, true, true),
        "┌" | "┏" => (false, true, false, true),
        "┐" | "┓" => (true, false, false, true),
        "└" | "┗" => (false, true, true, false),
        "┘" | "┛" => (true, false, true, false),
        _ => return None,
    };
    Some(Ends { left, right, up, down, thick: "━┃┏┓┗┛".contains(symbol) })
}

/// What every font for terminals has in one cell.
fn is_letter(symbol: &str) -> bool {
    symbol.len() == 1 && symbol.as_bytes()[0].is_ascii_graphic()
}

/// How many of these are words of letters, with one space between two.
fn run(symbols: &[&str]) -> usize {
    let letter = |at: usize| symbols.get(at).is_some_and(|symbol| is_letter(symbol));
    let goes_on = |at: usize| letter(at) || (symbols.get(at) == Some(&" ") && letter(at + 1));
    (0..symbols.len()).take_while(|at| goes_on(*at)).count()
}

/// How a cell looks.
#[derive(PartialEq)]
struct Look {
    colour: String,
    background: Option<String>,
    modifier: Modifier,
}

impl Look {
    fn of(style: Style) -> Self {
        let colour = style.fg.and_then(hex);
        let background = style.bg.and_then(hex);
        let (text, ground) = (|| TEXT.to_owned(), || BACKGROUND.to_owned());
        let (colour, background) = if style.add_modifier.contains(Modifier::REVERSED) {
            (background.unwrap_or_else(ground), Some(colour.unwrap_or_else(text)))
        } else {
            (colour.unwrap_or_else(text), background)
        };
        Self { colour, background, modifier: style.add_modifier }
    }

    fn attributes(&self) -> String {
        let mut all = String::new();
        if self.colour != TEXT {
            write!(all, " fill=\"{}\"", self.colour).unwrap();
        }
        for (modifier, attribute) in [
            (Modifier::BOLD, " font-weight=\"bold\""),
            (Modifier::DIM, " opacity=\"0.65\""),
            (Modifier::ITALIC, " font-style=\"italic\""),
            (Modifier::UNDERLINED, " text-decoration=\"underline\""),
            (Modifier::CROSSED_OUT, " text-decoration=\"line-through\""),
        ] {
            if self.modifier.contains(modifier) {
                all.push_str(attribute);
            }
        }
        all
    }
}

/// As in the palette of xterm; `None` is the terminal's own colour. The screen uses no names of colours.
fn hex(colour: Color) -> Option<String> {
    let (r, g, b) = match colour {
        Color::Rgb(r, g, b) => (r, g, b),
        Color::Indexed(number @ 16..=231) => {
            let step = |digit: u8| if digit == 0 { 0 } else { 55 + 40 * digit };
            let number = number - 16;
            (step(number / 36), step(number / 6 % 6), step(number % 6))
        }
        Color::Indexed(number @ 232..) => {
            (8 + 10 * (number - 232), 8 + 10 * (number - 232), 8 + 10 * (number - 232))
        }
        Color::Reset => return None,
        other => panic!("{other} is not in the palette"),
    };
    Some(format!("#{r:02x}{g:02x}{b:02x}"))
}

/// Where a column begins.
fn x(column: u16) -> f32 {
    round(MARGIN + f32::from(column) * WIDTH)
}

/// Where a row begins.
fn y(row: u16) -> f32 {
    MARGIN + f32::from(row) * HEIGHT
}

fn cells_wide(cells: usize) -> f32 {
    f32::from(u16::try_from(cells).unwrap()) * WIDTH
}

fn round(pixels: f32) -> f32 {
    (pixels * 10.0).round() / 10.0
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
