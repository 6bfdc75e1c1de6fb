//! `screen.toml` in the profile: what the user has chosen. A file that cannot be read is told, and left alone.

use crate::cli::Global;
use certificates::files::read_text_if_there;
use jiff::tz::TimeZone;
use std::path::PathBuf;
use uchat_client::profile::{Profile, write_private};
use uchat_tui::app::Settings;
use uchat_tui::lang::Lang;
use uchat_tui::theme::Theme;

/// The file, and what must not get into it.
pub(super) struct File {
    path: PathBuf,
    /// As it would be without options and environment: these count for one start only.
    kept: Settings,
    /// What the screen has begun with.
    begun: Settings,
    /// Why the file cannot be read, if it cannot.
    damaged: Option<String>,
}

/// The settings to begin with, their file, and what is wrong with it.
pub(super) fn load(global: &Global, profile: &Profile) -> (Settings, File, Option<String>) {
    let path = profile.dir().join("screen.toml");
    let usual = Settings {
        lang: of_locale(),
        zone: Some(TimeZone::system()),
        downloads: profile.dir().join("downloads"),
        ..Settings::default()
    };
    let read = match read_text_if_there(&path) {
        Ok(None) => Ok(usual.clone()),
        Ok(Some(text)) => Settings::read(&text, &usual),
        Err(failure) => Err(failure.to_string()),
    };
    let (kept, damaged) = match read {
        Ok(settings) => (settings, None),
        Err(error) => (usual, Some(format!("{} cannot be used: {error}", path.display()))),
    };
    let mut begun = kept.clone();
    begun.lang = global.lang.unwrap_or(kept.lang);
    if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        begun.theme = Theme::Plain;
    }
    let notice = damaged.clone();
    (begun.clone(), File { path, kept, begun, damaged }, notice)
}

impl File {
    /// Keeps the settings.
    pub(super) fn save(&mut self, settings: &Settings) -> Result<(), String> {
        if let Some(damaged) = &self.damaged {
            return Err(format!("{damaged}; correct or remove it, nothing is kept until then"));
        }
        let mut keep = settings.clone();
        if keep.lang == self.begun.lang {
            keep.lang = self.kept.lang;
        }
        if keep.theme == self.begun.theme {
            keep.theme = self.kept.theme;
        }
        write_private(&self.path, keep.written().as_bytes())
            .map_err(|error| format!("{} cannot be written: {error}", self.path.display()))
    }
}

/// The language of the environment.
pub(super) fn of_locale() -> Lang {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable);
    Lang::of_locale(&locale.unwrap_or_default())
}
