//! The ladder, the attacks and who falls to them: from the stages, and from the matrix that their tests have written.

use super::table::Table;
use crate::generated::Problem;
use crate::place::Place;
use echo::lab::LADDER;
use https::attack;

/// The stages: what each adds, stops and falls to.
pub(super) fn ladder() -> Result<Table, Problem> {
    let mut table =
        Table::new(["stage", "layer", "attack it stops", "attack it falls to", "HTTPS counterpart"]);
    for rung in LADDER {
        table.row([
            format!("[{0}](stage-{0}.html)", rung.stage),
            rung.layer.to_owned(),
            rung.stops.to_owned(),
            rung.falls_to.to_owned(),
            rung.counterpart.to_owned(),
        ]);
    }
    Ok(table)
}

/// Every attack against every later stage. A test fills it by running them: `stages/README.md` holds what it saw.
pub(super) fn matrix(place: &Place) -> Result<Table, Problem> {
    Table::generated(place, "stages/README.md", "matrix")
}

/// What each attack must reach to count.
pub(super) fn goals() -> Result<Table, Problem> {
    let mut table = Table::new(["attack", "stage", "where", "its goal"]);
    for attack in attack::ALL.iter().copied().flatten() {
        let place = if attack.on_path() { "on the path" } else { "anywhere" };
        table.row([
            format!("`{}`", attack.name),
            attack.stage.to_string(),
            place.to_owned(),
            attack.goal.to_owned(),
        ]);
    }
    Ok(table)
}
