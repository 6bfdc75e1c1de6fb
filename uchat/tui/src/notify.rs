//! A notification as the bytes that this terminal obeys. What others have written is only ever text in them: no
//! control character gets through, nothing ends or divides the sequence, and nothing is longer than terminals take.
//! The bell comes first, always: it is all that some terminals know.

use uchat_protocol::fields;

/// How a terminal shows a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terminal {
    /// Not at all: the bell only.
    Bell,
    /// `OSC 9 ; text BEL` (iTerm2, WezTerm, Ghostty, Warp).
    Osc9,
    /// `OSC 777 ; notify ; title ; text BEL` (foot, rxvt-unicode, VTE).
    Osc777,
    /// `OSC 99 ; i=…:d=0:p=title ; title ST`, then the text (kitty).
    Osc99,
}

impl Terminal {
    /// What this terminal can, as far as it says who it is. `variable` gives variables of the environment.
    #[must_use]
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let term = variable("TERM").unwrap_or_default();
        let between = ["tmux", "screen"].iter().any(|name| term.starts_with(name));
        if between || ["TMUX", "STY", "ZELLIJ"].iter().any(|name| variable(name).is_some()) {
            return Self::Bell; // they pass the bell on, and not the rest: not unless they are told to
        }
        match variable("TERM_PROGRAM").unwrap_or_default().as_str() {
            "iTerm.app" | "WezTerm" | "ghostty" | "WarpTerminal" => return Self::Osc9,
            _ => {}
        }
        match term.as_str() {
            "xterm-kitty" => Self::Osc99,
            "xterm-ghostty" => Self::Osc9,
            term if term.starts_with("foot") || term.starts_with("rxvt") => Self::Osc777,
            _ if variable("KITTY_WINDOW_ID").is_some() => Self::Osc99,
            _ if variable("VTE_VERSION").is_some() => Self::Osc777,
            _ => Self::Bell,
        }
    }
}

/// The bytes of a notification.
#[must_use]
pub fn bytes(title: &str, body: &str, terminal: Terminal) -> Vec<u8> {
    let (title, body) = (plain(title), plain(body));
    let sequence = match terminal {
        Terminal::Bell => String::new(),
        // `9;4;…` would be a progress bar; but no `;` is left in the text.
        Terminal::Osc9 => format!("\x1b]9;{title}: {body}\x07"),
        Terminal::Osc777 => format!("\x1b]777;notify;{title};{body}\x07"),
        Terminal::Osc99 => {
            format!("\x1b]99;i=uchat:d=0:p=title;{title}\x1b\\\x1b]99;i=uchat:d=1:p=body;{body}\x1b\\")
        }
    };
    format!("\x07{sequence}").into_bytes()
}

/// A text without anything that ends or divides a sequence, and not too long.
fn plain(text: &str) -> String {
    let start = text.char_indices().nth(LONGEST).map_or(text, |(end, _)| &text[..end]);
    let text = fields::one_line(start).replace(';', ",");
    text.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

/// The most characters of a title or a text.
const LONGEST: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Terminal; 4] = [Terminal::Bell, Terminal::Osc9, Terminal::Osc777, Terminal::Osc99];

    fn terminal(variables: &[(&str, &str)]) -> Terminal {
        Terminal::of(|wanted| {
            variables.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned())
        })
    }

    fn said(title: &str, body: &str, terminal: Terminal) -> String {
        String::from_utf8(bytes(title, body, terminal)).unwrap()
    }

    #[test]
    fn a_terminal_gets_the_notification_that_it_can_show() {
        assert_eq!(terminal(&[("TERM", "xterm-256color")]), Terminal::Bell);
        assert_eq!(terminal(&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")]), Terminal::Osc9);
        assert_eq!(terminal(&[("TERM", "xterm-kitty"), ("KITTY_WINDOW_ID", "1")]), Terminal::Osc99);
        assert_eq!(terminal(&[("TERM", "foot")]), Terminal::Osc777);
        assert_eq!(terminal(&[("TERM", "xterm-256color"), ("VTE_VERSION", "7600")]), Terminal::Osc777);
    }

    #[test]
    fn inside_tmux_and_screen_only_the_bell_rings_whatever_the_terminal_around_them_is() {
        let kitty = ("KITTY_WINDOW_ID", "1");
        assert_eq!(terminal(&[("TERM", "tmux-256color"), ("TMUX", "x"), kitty]), Terminal::Bell);
        assert_eq!(terminal(&[("TERM", "screen"), ("STY", "1.x"), kitty]), Terminal::Bell);
        assert_eq!(terminal(&[("TERM", "xterm-kitty"), ("TMUX", "x"), kitty]), Terminal::Bell);
    }

    #[test]
    fn each_says_title_and_text_in_every_language() {
        assert_eq!(said("李雷", "今天晚上见？", Terminal::Bell), "\x07");
        assert_eq!(said("李雷", "今天晚上见？", Terminal::Osc9), "\x07\x1b]9;李雷: 今天晚上见？\x07");
        assert_eq!(said("李雷", "今天", Terminal::Osc777), "\x07\x1b]777;notify;李雷;今天\x07");
        assert_eq!(
            said("李雷", "今天", Terminal::Osc99),
            "\x07\x1b]99;i=uchat:d=0:p=title;李雷\x1b\\\x1b]99;i=uchat:d=1:p=body;今天\x1b\\"
        );
    }

    #[test]
    fn a_text_that_looks_like_a_command_of_the_terminal_is_text() {
        assert!(said("4;3;50", "x", Terminal::Osc9).starts_with("\x07\x1b]9;4,3,50"));
        let hostile = "\x07\x1b]52;c;AAAA\x07\u{9c}\x1b\\\r\n";
        for terminal in ALL {
            assert_eq!(frame(&said(hostile, hostile, terminal)), frame(&said("t", "b", terminal)));
        }
    }

    #[test]
    fn a_very_long_text_is_cut() {
        let long = "好".repeat(1 << 20);
        for terminal in ALL {
            assert!(bytes(&long, &long, terminal).len() < 1_500);
        }
    }

    /// What steers the terminal, without the text.
    fn frame(bytes: &str) -> String {
        bytes.chars().filter(|c| c.is_control() || *c == ';').collect()
    }

    proptest! {
        #[test]
        fn nothing_that_others_write_ends_the_sequence_or_divides_it(title: String, body: String) {
            for terminal in ALL {
                prop_assert_eq!(frame(&said(&title, &body, terminal)), frame(&said("t", "b", terminal)));
            }
        }
    }
}
