//! The exercises of a stage, as their own files describe them.

use super::table::Table;
use crate::generated::Problem;
use crate::place::Place;
use serde::Deserialize;
use std::path::Path;

/// What is read of a stage's Cargo.toml: its programs are the exercises, in their order.
#[derive(Deserialize)]
struct Manifest {
    bin: Vec<Bin>,
}

#[derive(Deserialize)]
struct Bin {
    name: String,
}

/// What is read of an `exercise.toml`.
#[derive(Deserialize)]
struct About {
    title: String,
    kind: String,
    minutes: u32,
}

/// The exercises in this folder of the course.
pub(super) fn of_stage(place: &Place, stage: &str) -> Result<Table, Problem> {
    let folder = place.root().join("exercises/course").join(stage);
    let manifest: Manifest = parse(&folder.join("Cargo.toml"))?;
    let mut table = Table::new(["Exercise", "You …", "What", "Minutes"]);
    for Bin { name } in manifest.bin {
        let About { title, kind, minutes } = parse(&folder.join(&name).join("exercise.toml"))?;
        table.row([format!("`{name}`"), kind, title, minutes.to_string()]);
    }
    Ok(table)
}

fn parse<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<T, Problem> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}
