//! Every sentence of the screen, in English and in Simplified Chinese.
//!
//! A sentence is a variant of an enum, so that a missing translation does not compile. Each part of the screen has
//! its own table in `lang/`. What differs from time to time stands in braces: `fill` puts it in.

pub mod actions;
pub mod chat;
pub mod codes;
pub mod demo;
pub mod images;
pub mod inspect;
pub mod labels;
pub mod main;
pub mod overlays;
pub mod said;
pub mod shell;
pub mod start;

/// A language of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Lang {
    /// Both.
    pub const ALL: &[Self] = &[Self::En, Self::Zh];

    /// As `--lang` and the settings name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }

    /// The language of a locale as in `LC_ALL=zh_CN.UTF-8`; English for all that are not Chinese.
    #[must_use]
    pub fn of_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("zh") { Self::Zh } else { Self::En }
    }
}

/// A sentence that is there in each language.
pub trait Say: Copy {
    /// It.
    fn say(self, lang: Lang) -> &'static str;

    /// It, with each `{name}` replaced by what stands beside that name.
    fn fill(self, lang: Lang, values: &[(&str, &str)]) -> String {
        fill(self.say(lang), values)
    }
}

/// Replaces each `{name}`. A value is never looked through for braces.
#[must_use]
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            break;
        };
        let value = values.iter().find(|(known, _)| *known == name);
        filled.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Makes a table of sentences: `texts! { /// What they are about. pub enum Name { Variant: "English", "中文"; } }`.
macro_rules! texts {
    ($(#[$about:meta])* pub enum $table:ident { $($text:ident: $en:literal, $zh:literal;)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $table {
            $(#[doc = $en] $text,)*
        }

        impl $table {
            /// All of the table, in each language: English, Chinese.
            pub const ALL: &[(&str, &str, &str)] = &[$((stringify!($text), $en, $zh)),*];
        }

        impl $crate::lang::Say for $table {
            fn say(self, lang: $crate::lang::Lang) -> &'static str {
                match (self, lang) {
                    $(
                        (Self::$text, $crate::lang::Lang::En) => $en,
                        (Self::$text, $crate::lang::Lang::Zh) => $zh,
                    )*
                }
            }
        }
    };
}
pub(crate) use texts;

/// A row of a table: its name, the English sentence, the Chinese one.
pub type Row = (&'static str, &'static str, &'static str);

/// All tables, for the test that looks through them.
#[must_use]
pub fn tables() -> Vec<(&'static str, &'static [Row])> {
    vec![
        ("actions", actions::Does::ALL),
        ("actions, in brief", actions::Brief::ALL),
        ("chat", chat::Chat::ALL),
        ("demo", demo::Demo::ALL),
        ("explain", inspect::Explain::ALL),
        ("images", images::Image::ALL),
        ("inspect", inspect::Inspect::ALL),
        ("labels", labels::Label::ALL),
        ("lines", said::Line::ALL),
        ("main", main::Main::ALL),
        ("notes", labels::Note::ALL),
        ("overlays", overlays::Over::ALL),
        ("said", said::Said::ALL),
        ("shell", shell::Shell::ALL),
        ("start", start::Start::ALL),
        ("system", said::System::ALL),
    ]
}
