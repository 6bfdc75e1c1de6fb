//! What the user has chosen, and what is kept of it: `screen.toml` in the profile.
//!
//! ```toml
//! language = "en"        # en, zh
//! theme = "dark"         # dark, light, plain
//! ambiguous_width = 1    # cells of characters such as “ … — ①: 1, or 2 as in many terminals of East Asia
//! images = "auto"        # auto, half-blocks, off
//! bell = true
//! muted = ["bob", "#3"]  # users, and rooms by number
//!
//! [keys]
//! quit = ["ctrl-x"]
//! ```

use crate::action::{Action, Keymap};
use crate::lang::Lang;
use crate::text::Cells;
use crate::theme::Theme;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use uchat_client::core::With;

/// Whether images are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Images {
    /// As well as the terminal can.
    #[default]
    Auto,
    /// With half blocks only.
    HalfBlocks,
    /// Not at all; name, type and size are always there.
    Off,
}

impl Images {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Auto, Self::HalfBlocks, Self::Off];

    /// As the settings name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::HalfBlocks => "half-blocks",
            Self::Off => "off",
        }
    }
}

/// The settings of the screen.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The language.
    pub lang: Lang,
    /// The colours.
    pub theme: Theme,
    /// The keys.
    pub keymap: Keymap,
    /// The rules for widths.
    pub cells: Cells,
    /// Images.
    pub images: Images,
    /// Conversations that make no sound.
    pub muted: BTreeSet<With>,
    /// Whether the bell rings.
    pub bell: bool,
    /// The time zone; none = UTC. Comes from the system.
    pub zone: Option<TimeZone>,
    /// Where files are saved, each conversation's in a folder of its own. Comes from the system.
    pub downloads: PathBuf,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lang: Lang::default(),
            theme: Theme::default(),
            keymap: Keymap::default(),
            cells: Cells::default(),
            images: Images::default(),
            muted: BTreeSet::new(),
            bell: true,
            zone: None,
            downloads: PathBuf::new(),
        }
    }
}

/// Two settings are the same if they would be kept the same.
impl PartialEq for Settings {
    fn eq(&self, other: &Self) -> bool {
        (self.lang, self.theme, self.cells, self.images, &self.muted, self.bell)
            == (other.lang, other.theme, other.cells, other.images, &other.muted, other.bell)
            && Action::ALL.iter().all(|action| self.keymap.keys(*action) == other.keymap.keys(*action))
    }
}

impl Eq for Settings {}

/// The file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Kept {
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    theme: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ambiguous_width: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    images: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bell: Option<bool>,
    muted: Vec<String>,
    keys: BTreeMap<String, Vec<String>>,
}

impl Settings {
    /// From the text of the file. What it does not say is as in `before`.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn read(text: &str, before: &Self) -> Result<Self, String> {
        let kept: Kept = toml::from_str(text).map_err(|error| error.to_string().trim().replace('\n', " "))?;
        let cells = match kept.ambiguous_width {
            None => before.cells,
            Some(width @ (1 | 2)) => Cells { ambiguous_wide: width == 2 },
            Some(width) => return Err(format!("ambiguous_width is {width}, but must be 1 or 2")),
        };
        let muted = kept.muted.iter().map(|with| read_with(with)).collect::<Result<_, _>>()?;
        Ok(Self {
            lang: one_of("language", kept.language, Lang::ALL, Lang::name, before.lang)?,
            theme: one_of("theme", kept.theme, Theme::ALL, Theme::name, before.theme)?,
            images: one_of("images", kept.images, Images::ALL, Images::name, before.images)?,
            keymap: Keymap::with(&kept.keys).map_err(|error| error.to_string())?,
            bell: kept.bell.unwrap_or(before.bell),
            zone: before.zone.clone(),
            downloads: before.downloads.clone(),
            cells,
            muted,
        })
    }

    /// As the text of the file; of the keys those that are not the usual ones.
    #[must_use]
    pub fn written(&self) -> String {
        let usual = Keymap::default();
        let changed = Action::ALL.iter().filter(|action| usual.keys(**action) != self.keymap.keys(**action));
        let shown = |action: &Action| self.keymap.keys(*action).iter().map(ToString::to_string).collect();
        let kept = Kept {
            language: Some(self.lang.name().to_owned()),
            theme: Some(self.theme.name().to_owned()),
            ambiguous_width: Some(if self.cells.ambiguous_wide { 2 } else { 1 }),
            images: Some(self.images.name().to_owned()),
            bell: Some(self.bell),
            muted: self.muted.iter().map(written_with).collect(),
            keys: changed.map(|action| (action.name().to_owned(), shown(action))).collect(),
        };
        toml::to_string(&kept).unwrap_or_default() // strings, numbers and lists can always be written
    }
}

fn one_of<T: Copy>(
    name: &str,
    value: Option<String>,
    all: &[T],
    name_of: fn(T) -> &'static str,
    before: T,
) -> Result<T, String> {
    let Some(value) = value else { return Ok(before) };
    all.iter().copied().find(|one| name_of(*one) == value).ok_or_else(|| {
        let names: Vec<_> = all.iter().map(|one| name_of(*one)).collect();
        format!("{name} is `{value}`, but must be one of {}", names.join(", "))
    })
}

fn read_with(text: &str) -> Result<With, String> {
    match text.strip_prefix('#') {
        None => Ok(With::User(text.to_owned())),
        Some(number) => number
            .parse()
            .map(With::Room)
            .map_err(|_| format!("muted: `{text}` must be a user's name, or # and a room's number")),
    }
}

fn written_with(with: &With) -> String {
    match with {
        With::User(name) => name.clone(),
        With::Room(number) => format!("#{number}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

    use super::*;

    #[test]
    fn settings_are_read_as_they_were_written() {
        let text = "[keys]\nquit = ['ctrl-x', 'f10']\n'leave-room' = ['alt-w']\n";
        let mut settings = Settings::read(text, &Settings::default()).unwrap();
        assert_eq!(settings.keymap.shown(Action::Quit), "ctrl-x");
        settings.lang = Lang::Zh;
        settings.theme = Theme::Light;
        settings.cells.ambiguous_wide = true;
        settings.images = Images::Off;
        settings.bell = false;
        settings.muted = [With::User("小明".into()), With::Room(3)].into();
        let again = Settings::read(&settings.written(), &Settings::default()).unwrap();
        assert_eq!(again, settings);
    }

    #[test]
    fn what_the_file_does_not_say_stays() {
        let before = Settings { lang: Lang::Zh, theme: Theme::Plain, ..Settings::default() };
        assert_eq!(Settings::read("", &before).unwrap(), before);
    }

    #[test]
    fn what_is_wrong_in_the_file_is_told() {
        for (text, part) in [
            ("theme = 'pink'", "dark, light, plain"),
            ("ambiguous_width = 3", "1 or 2"),
            ("langauge = 'en'", "langauge"),
            ("[keys]\nfly = ['x']", "fly"),
            ("[keys]\nquit = ['f1']", "cannot stand for both"),
            ("muted = ['#x']", "room's number"),
            ("\0", ""),
        ] {
            let error = Settings::read(text, &Settings::default()).unwrap_err();
            assert!(error.contains(part) && !error.contains('\n'), "{error}");
        }
    }
}
