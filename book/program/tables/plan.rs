//! The sessions that `src/teacher/plan.toml` makes of the pages, and their minutes.

use super::table::Table;
use crate::directive::{self, Directive};
use crate::generated::Problem;
use crate::place::Place;
use serde::Deserialize;
use std::path::Path;

/// Which pages belong to which session.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Eight lessons of 90 minutes.
    pub eight_lessons: Vec<Session>,
    /// Two days.
    pub workshop: Vec<Session>,
}

/// One session.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// When it is, for a workshop.
    #[serde(default)]
    pub when: String,
    /// What it is about.
    pub title: String,
    /// How long it may take, in minutes.
    pub minutes: u32,
    /// What is done in it: chapters, as paths in `src`.
    pub pages: Vec<String>,
    /// What is read before it or after it, at home.
    #[serde(default)]
    pub home: Vec<String>,
}

/// A page: its title, and how long it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its path in `src`.
    pub path: String,
    /// Its first heading.
    pub title: String,
    /// Its minutes.
    pub minutes: u32,
}

/// Reads the plan.
pub fn plan(place: &Place) -> Result<Plan, Problem> {
    let path = place.src().join("teacher/plan.toml");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Reads a page's title and minutes.
pub fn page(place: &Place, path: &str) -> Result<Page, Problem> {
    if path.split('/').any(|part| part == "..") || Path::new(path).is_absolute() {
        return Err(format!("{path} is no page: write its path in book/src").into());
    }
    let text = std::fs::read_to_string(place.src().join(path))
        .map_err(|error| format!("there is no page {path} in book/src: {error}"))?;
    let title = text.lines().find_map(|line| line.strip_prefix("# "));
    let title = title.ok_or_else(|| format!("{path} has no title"))?.trim().to_owned();
    let minutes = text.lines().filter(|line| line.starts_with("{{#minutes"));
    let minutes = minutes.filter_map(|line| directive::parse(line).ok().flatten());
    let minutes = minutes.filter_map(|found| match found {
        Directive::Minutes(minutes) => Some(u32::from(minutes)),
        _ => None,
    });
    Ok(Page { path: path.to_owned(), title, minutes: minutes.sum() })
}

/// The sessions of eight lessons.
pub(super) fn eight_lessons(place: &Place) -> Result<Table, Problem> {
    let mut table = Table::new(["lesson", "about", "in class", "minutes", "at home"]);
    for (number, session) in (1..).zip(&plan(place)?.eight_lessons) {
        let Row { pages, sum, home } = row(place, session)?;
        table.row([
            number.to_string(),
            session.title.clone(),
            pages,
            format!("{sum} of {}", session.minutes),
            home,
        ]);
    }
    Ok(table)
}

/// The sessions of two days.
pub(super) fn workshop(place: &Place) -> Result<Table, Problem> {
    let mut table = Table::new(["when", "about", "pages", "minutes", "for those who are early"]);
    for session in &plan(place)?.workshop {
        let Row { pages, sum, home } = row(place, session)?;
        let minutes = format!("{sum} of {}", session.minutes);
        table.row([session.when.clone(), session.title.clone(), pages, minutes, home]);
    }
    Ok(table)
}

struct Row {
    pages: String,
    sum: u32,
    home: String,
}

fn row(place: &Place, session: &Session) -> Result<Row, Problem> {
    let read = |paths: &[String]| paths.iter().map(|path| page(place, path)).collect::<Result<Vec<_>, _>>();
    let (pages, home) = (read(&session.pages)?, read(&session.home)?);
    let sum = pages.iter().map(|page| page.minutes).sum();
    let links = |pages: &[Page]| pages.iter().map(link).collect::<Vec<_>>().join(", ");
    Ok(Row { pages: links(&pages), sum, home: links(&home) })
}

/// These tables stand on pages in `teacher/`.
fn link(page: &Page) -> String {
    format!("[{}](../{})", page.title, page.path.replace(".md", ".html"))
}
