//! Colour and size of a message as its sender wants them, as far as a terminal can show that. Neither says anything
//! that the text does not.

use crate::colour::nearest;
use crate::lang::chat::Chat;
use crate::theme::Theme;
use ratatui::style::{Color, Modifier, Style};

/// A size, in steps that a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Size {
    Small,
    #[default]
    Normal,
    Large,
    /// Letters as wide as Chinese ones.
    Huge,
}

impl Size {
    /// The steps that the composer offers, in points: 0 = as usual.
    const POINTS: [(Self, u8); 4] =
        [(Self::Normal, 0), (Self::Large, 18), (Self::Huge, 28), (Self::Small, 9)];

    /// The step of a size in points.
    pub(crate) fn of(points: u8) -> Self {
        match points {
            1..=10 => Self::Small,
            0 | 11..=15 => Self::Normal,
            16..=21 => Self::Large,
            22.. => Self::Huge,
        }
    }

    /// The points of the next step.
    pub(crate) fn next(points: u8) -> u8 {
        let at = Self::POINTS.iter().position(|(size, _)| *size == Self::of(points)).unwrap_or(0);
        Self::POINTS[(at + 1) % Self::POINTS.len()].1
    }

    /// Its name.
    pub(crate) fn name(self) -> Chat {
        match self {
            Self::Small => Chat::Small,
            Self::Normal => Chat::Normal,
            Self::Large => Chat::Large,
            Self::Huge => Chat::Huge,
        }
    }

    /// How it looks.
    pub(crate) fn modifier(self) -> Modifier {
        match self {
            Self::Small => Modifier::DIM,
            Self::Normal => Modifier::empty(),
            Self::Large | Self::Huge => Modifier::BOLD,
        }
    }

    /// The text in this size: the widest has the full-width form of each letter that has one.
    pub(crate) fn letters(self, text: &str) -> String {
        let wide = |c: char| match c {
            '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
            c => c,
        };
        if self == Self::Huge { text.chars().map(wide).collect() } else { text.to_owned() }
    }
}

/// The colours that the composer offers: as they are sent, and their names. The first is: none.
pub(crate) const PALETTE: [(&str, Chat); 8] = [
    ("", Chat::Usual),
    ("#d32f2f", Chat::Red),
    ("#e67700", Chat::Orange),
    ("#b58900", Chat::Yellow),
    ("#2e8b57", Chat::Green),
    ("#1e6fd9", Chat::Blue),
    ("#8e44ad", Chat::Purple),
    ("#d6338a", Chat::Pink),
];

/// A text's style in this colour. One that could not be read on the theme's background is made lighter or darker.
pub(crate) fn coloured(style: Style, colour: &str, theme: Theme) -> Style {
    let Some([red, green, blue]) = rgb(colour) else { return style };
    let light = |[red, green, blue]: [u32; 3]| (red * 299 + green * 587 + blue * 114) / 1000;
    let mut parts = [u32::from(red), u32::from(green), u32::from(blue)];
    match theme {
        Theme::Plain => return style,
        Theme::Dark => {
            while light(parts) < READABLE_ON_DARK {
                parts = parts.map(|part| part + (255 - part) / 8 + 1).map(|part| part.min(255));
            }
        }
        Theme::Light => {
            while light(parts) > READABLE_ON_LIGHT {
                parts = parts.map(|part| part * 7 / 8);
            }
        }
    }
    let [red, green, blue] = parts.map(|part| u8::try_from(part).unwrap_or(u8::MAX));
    style.fg(nearest(Color::Rgb(red, green, blue)))
}

fn rgb(colour: &str) -> Option<[u8; 3]> {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

/// How light a colour must be at least on dark, and may be at most on light, of 255.
const READABLE_ON_DARK: u32 = 110;
const READABLE_ON_LIGHT: u32 = 140;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_can_be_read_and_any_text_may_stand_in_its_place() {
        for colour in ["#000000", "#ffffff", "#00ff00", "#0000ff", "#123456"] {
            for theme in [Theme::Dark, Theme::Light] {
                let colour = coloured(Style::new(), colour, theme).fg;
                assert!(matches!(colour, Some(Color::Indexed(16..))), "{colour:?}");
            }
        }
        assert_eq!(coloured(Style::new(), "#000000", Theme::Dark).fg, Some(Color::Indexed(244)));
        for no_colour in ["", "red", "#12345", "#1234567", "#gggggg", "#é1234", "\u{1b}[31m"] {
            assert_eq!(coloured(Style::new(), no_colour, Theme::Dark), Style::new(), "{no_colour:?}");
        }
    }

    #[test]
    fn sizes_come_round() {
        let steps = std::iter::successors(Some(0), |points| Some(Size::next(*points)));
        assert_eq!(steps.take(5).collect::<Vec<_>>(), [0, 18, 28, 9, 0]);
        assert_eq!(Size::Huge.letters("Hi 好!"), "Ｈｉ 好！");
    }
}
