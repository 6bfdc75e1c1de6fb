//! Colours. Nothing is said by colour alone: what a colour says, a sign or a word says, too.

use ratatui::style::{Color, Modifier, Style};

/// A set of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// For dark terminals.
    #[default]
    Dark,
    /// For light ones.
    Light,
    /// None at all: bold, dim, underlined and reversed only. Chosen by `NO_COLOR`, too.
    Plain,
}

/// What a style is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Text as usual.
    Text,
    /// What is less important.
    Dim,
    /// Headings and names.
    Strong,
    /// Lines and frames.
    Frame,
    /// The frame of what has the focus.
    FocusFrame,
    /// The row that is chosen.
    Chosen,
    /// A button or a key that can be pressed.
    Button,
    /// Something is wrong.
    Error,
    /// Something deserves attention: unread, changed keys.
    Warning,
    /// Something went well: online, stored, encrypted.
    Good,
    /// A link.
    Link,
    /// How many messages are unread: the red dot.
    Unread,
    /// What must not be overlooked: nothing is protected.
    Alert,
    /// The bar at the bottom.
    Bar,
}

impl Theme {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Dark, Self::Light, Self::Plain];

    /// As the settings name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Plain => "plain",
        }
    }

    /// How a part looks.
    #[must_use]
    pub fn style(self, role: Role) -> Style {
        match self {
            Self::Plain => plain(role),
            Self::Dark => coloured(role, DARK),
            Self::Light => coloured(role, LIGHT),
        }
    }

    /// The colour of a person: the same for the same name, always.
    #[must_use]
    pub fn person(self, name: &str) -> Style {
        let style = self.style(Role::Strong);
        let hues = match self {
            Self::Dark => DARK.people,
            Self::Light => LIGHT.people,
            Self::Plain => return style,
        };
        let sum = name.bytes().fold(5_381_u32, |sum, byte| sum.wrapping_mul(33) ^ u32::from(byte));
        style.fg(hues[sum as usize % hues.len()])
    }
}

/// The colours of a theme.
#[derive(Clone, Copy)]
struct Palette {
    text: Color,
    dim: Color,
    frame: Color,
    accent: Color,
    on_accent: Color,
    error: Color,
    warning: Color,
    good: Color,
    bar: Color,
    people: &'static [Color],
}

const DARK: Palette = Palette {
    text: Color::Reset,
    dim: Color::Indexed(245),
    frame: Color::Indexed(240),
    accent: Color::Indexed(75),
    on_accent: Color::Indexed(16),
    error: Color::Indexed(203),
    warning: Color::Indexed(214),
    good: Color::Indexed(114),
    bar: Color::Indexed(236),
    people: &[
        Color::Indexed(75),
        Color::Indexed(114),
        Color::Indexed(180),
        Color::Indexed(176),
        Color::Indexed(80),
        Color::Indexed(216),
        Color::Indexed(147),
        Color::Indexed(186),
    ],
};

const LIGHT: Palette = Palette {
    text: Color::Reset,
    dim: Color::Indexed(242),
    frame: Color::Indexed(248),
    accent: Color::Indexed(25),
    on_accent: Color::Indexed(231),
    error: Color::Indexed(160),
    warning: Color::Indexed(130),
    good: Color::Indexed(28),
    bar: Color::Indexed(254),
    people: &[
        Color::Indexed(25),
        Color::Indexed(28),
        Color::Indexed(94),
        Color::Indexed(90),
        Color::Indexed(30),
        Color::Indexed(130),
        Color::Indexed(55),
        Color::Indexed(58),
    ],
};

fn coloured(role: Role, colours: Palette) -> Style {
    let text = Style::new().fg(colours.text);
    match role {
        Role::Text => text,
        Role::Dim => text.fg(colours.dim),
        Role::Strong => text.add_modifier(Modifier::BOLD),
        Role::Frame => text.fg(colours.frame),
        Role::FocusFrame => text.fg(colours.accent),
        Role::Chosen => text.fg(colours.on_accent).bg(colours.accent),
        Role::Button => text.fg(colours.accent).add_modifier(Modifier::BOLD),
        Role::Error => text.fg(colours.error),
        Role::Warning => text.fg(colours.warning).add_modifier(Modifier::BOLD),
        Role::Good => text.fg(colours.good),
        Role::Link => text.fg(colours.accent).add_modifier(Modifier::UNDERLINED),
        Role::Unread => text.fg(colours.error).add_modifier(Modifier::BOLD),
        Role::Alert => text.fg(colours.on_accent).bg(colours.warning).add_modifier(Modifier::BOLD),
        Role::Bar => text.bg(colours.bar),
    }
}

fn plain(role: Role) -> Style {
    let modifier = match role {
        Role::Text | Role::Frame | Role::Good => Modifier::empty(),
        Role::Dim => Modifier::DIM,
        Role::Strong | Role::FocusFrame | Role::Button | Role::Error | Role::Warning | Role::Unread => {
            Modifier::BOLD
        }
        Role::Chosen | Role::Bar => Modifier::REVERSED,
        Role::Alert => Modifier::REVERSED.union(Modifier::BOLD),
        Role::Link => Modifier::UNDERLINED,
    };
    Style::new().add_modifier(modifier)
}
