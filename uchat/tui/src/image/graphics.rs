//! What a terminal can draw. It is asked once, before its keys are listened to; where it cannot be asked, or does not
//! answer, half blocks do: they are characters with two colours, and every terminal has them.

use crate::app::Images;
use ratatui_image::picker::cap_parser::QueryStdioOptions;
use ratatui_image::picker::{Picker, ProtocolType};
use std::time::Duration;

/// How pixels get onto the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Way {
    /// Two pixels to a cell: `▀` in two colours.
    #[default]
    HalfBlocks,
    /// Sent once, then shown where certain characters stand (kitty, Ghostty).
    Kitty,
    /// Sent again with each change (foot, mlterm, xterm).
    Sixel,
    /// The same, row by row (iTerm2, WezTerm).
    Iterm2,
}

/// What a terminal can draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Graphics {
    /// How pixels get onto it.
    pub way: Way,
    /// The pixels of a cell: width, height.
    pub font: (u16, u16),
    /// Whether it has all colours; else 256 of them.
    pub true_color: bool,
}

impl Default for Graphics {
    fn default() -> Self {
        Self { way: Way::HalfBlocks, font: FONT, true_color: true }
    }
}

/// Asks the terminal, which must have been made ours (raw mode, alternate screen); nobody may read from it meanwhile.
/// Waits about a second at most. `variable` gives variables of the environment.
#[must_use]
pub fn probe(images: Images, variable: impl Fn(&str) -> Option<String>) -> Graphics {
    let known = Graphics { true_color: has_true_color(&variable), ..Graphics::default() };
    if images != Images::Auto || stands_between(&variable) || !draws_images(&variable) {
        return known;
    }
    let options = QueryStdioOptions { timeout: PATIENCE, ..QueryStdioOptions::default() };
    match Picker::from_query_stdio_with_options(options) {
        Ok(picker) => {
            let font = picker.font_size();
            learned(known, picker.protocol_type(), (font.width, font.height))
        }
        Err(error) => {
            tracing::debug!("the terminal does not tell what it can draw: {error}");
            known
        }
    }
}

fn learned(known: Graphics, protocol: ProtocolType, font: (u16, u16)) -> Graphics {
    let way = match protocol {
        ProtocolType::Halfblocks => Way::HalfBlocks,
        ProtocolType::Kitty => Way::Kitty,
        ProtocolType::Sixel => Way::Sixel,
        ProtocolType::Iterm2 => Way::Iterm2,
    };
    let sane = (1..=MOST_OF_FONT.0).contains(&font.0) && (1..=MOST_OF_FONT.1).contains(&font.1);
    if sane { Graphics { way, font, ..known } } else { known }
}

/// Whether a program stands between us and the terminal that does not know where its images are, and leaves them
/// behind; or a console that has none. It is not asked either: tmux would be told to let such things through.
fn stands_between(variable: impl Fn(&str) -> Option<String>) -> bool {
    let term = variable("TERM").unwrap_or_default();
    variable("TMUX").is_some()
        || variable("STY").is_some()
        || variable("ZELLIJ").is_some()
        || variable("TERM_PROGRAM").is_some_and(|program| program == "tmux")
        || ["tmux", "screen", "linux", "dumb"].iter().any(|name| term.starts_with(name))
}

/// Whether it is a terminal of which it is known that it draws images, and answers when it is asked. Of all others
/// nobody knows whether they answer; what is typed while they are waited for would be lost.
fn draws_images(variable: impl Fn(&str) -> Option<String>) -> bool {
    const TERMS: [&str; 5] = ["kitty", "ghostty", "foot", "mlterm", "wezterm"];
    const PROGRAMS: [&str; 5] = ["iTerm.app", "WezTerm", "ghostty", "rio", "mintty"];
    let term = variable("TERM").unwrap_or_default();
    let program = variable("TERM_PROGRAM").unwrap_or_default();
    TERMS.iter().any(|name| term.contains(name))
        || PROGRAMS.contains(&program.as_str())
        || ["KITTY_WINDOW_ID", "WT_SESSION", "WEZTERM_PANE"].iter().any(|name| variable(name).is_some())
}

/// Whether the terminal says that it has all colours, or is one that has.
fn has_true_color(variable: impl Fn(&str) -> Option<String>) -> bool {
    if variable("STY").is_some() {
        return false; // screen lets the variable of the terminal through, but not its colours
    }
    let term = variable("TERM").unwrap_or_default();
    matches!(variable("COLORTERM").as_deref(), Some("truecolor" | "24bit"))
        || ["-direct", "kitty", "ghostty", "foot", "alacritty"].iter().any(|name| term.contains(name))
        || variable("WT_SESSION").is_some()
}

/// A cell of a terminal that does not tell.
const FONT: (u16, u16) = (10, 20);
/// Larger cells than these are a mistake of somebody.
const MOST_OF_FONT: (u16, u16) = (40, 80);
/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        let all: Vec<_> = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        move |wanted| all.iter().find(|(name, _): &&(String, String)| name == wanted).map(|all| all.1.clone())
    }

    #[test]
    fn inside_tmux_and_screen_and_by_setting_nobody_is_asked_and_half_blocks_do() {
        for variables in [
            &[("TMUX", "/tmp/tmux-0/default,1,0"), ("KITTY_WINDOW_ID", "1")][..],
            &[("TERM", "tmux-256color")],
            &[("TERM", "screen.xterm-256color")],
            &[("STY", "1.pts-0.host"), ("TERM", "xterm-kitty")],
            &[("TERM_PROGRAM", "tmux")],
            &[("TERM", "linux")],
        ] {
            assert_eq!(probe(Images::Auto, with(variables)).way, Way::HalfBlocks, "{variables:?}");
        }
        for setting in [Images::HalfBlocks, Images::Off] {
            assert_eq!(probe(setting, with(&[("TERM", "xterm-kitty")])).way, Way::HalfBlocks);
        }
    }

    #[test]
    fn a_terminal_that_may_never_answer_is_not_asked() {
        assert_eq!(probe(Images::Auto, with(&[("TERM", "xterm-256color")])).way, Way::HalfBlocks);
        assert!(!draws_images(with(&[("TERM", "xterm-256color"), ("VTE_VERSION", "7600")])));
        assert!(draws_images(with(&[("TERM", "xterm-kitty")])));
        assert!(draws_images(with(&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")])));
    }

    #[test]
    fn all_colours_are_used_only_where_the_terminal_has_them() {
        assert!(has_true_color(with(&[("COLORTERM", "truecolor")])));
        assert!(has_true_color(with(&[("TERM", "xterm-kitty")])));
        assert!(!has_true_color(with(&[("TERM", "xterm-256color")])));
        assert!(!has_true_color(with(&[("COLORTERM", "truecolor"), ("STY", "1.x")])));
    }

    #[test]
    fn a_cell_without_pixels_or_as_large_as_a_screen_is_not_believed() {
        let known = Graphics::default();
        assert_eq!(learned(known, ProtocolType::Kitty, (9, 18)).way, Way::Kitty);
        assert_eq!(learned(known, ProtocolType::Kitty, (0, 18)), known);
        assert_eq!(learned(known, ProtocolType::Sixel, (9, 9_000)), known);
    }
}
