//! Tables for `{{#table NAME}}`, made from what the code knows: one file per topic.
//!
//! | file | idea |
//! |---|---|
//! | `table.rs` | a table as HTML; the generated tables of the READMEs |
//! | `source.rs` | what the source says about an item |
//! | `course.rs` | the ladder, the attacks, who falls to what |
//! | `protocol.rs` | operations, error codes, values, limits |
//! | `mirror.rs` | our handshake beside TLS 1.3's |
//! | `costs.rs` | what security costs |
//! | `plan.rs` | the sessions of a course, and their minutes |
//! | `exercises.rs` | the exercises of a stage |

pub mod costs;
mod course;
mod exercises;
mod mirror;
pub mod plan;
pub mod protocol;
mod source;
pub mod table;

use crate::generated::{Entry, Problem};
use table::Table;

/// Everything that `{{#table NAME}}` can name.
pub const ALL: &[Entry] = &[
    Entry { name: "ladder", make: |_| html(course::ladder()) },
    Entry { name: "matrix", make: |place| html(course::matrix(place)) },
    Entry { name: "goals", make: |_| html(course::goals()) },
    Entry { name: "mirror", make: |place| html(mirror::mirror(place)) },
    Entry { name: "messages", make: |place| html(mirror::messages(place)) },
    Entry { name: "error-codes", make: |_| html(protocol::error_codes()) },
    Entry { name: "operations", make: |place| html(protocol::operations(place)) },
    Entry { name: "values", make: |place| html(protocol::values(place)) },
    Entry { name: "limits", make: |place| html(protocol::limits(place)) },
    Entry { name: "costs", make: |place| html(costs::costs(place)) },
    Entry { name: "costs-machine", make: |place| html(costs::machine_of_costs(place)) },
    Entry { name: "eight-lessons", make: |place| html(plan::eight_lessons(place)) },
    Entry { name: "workshop", make: |place| html(plan::workshop(place)) },
    Entry { name: "exercises-1", make: |place| html(exercises::of_stage(place, "stage-1")) },
    Entry { name: "exercises-2", make: |place| html(exercises::of_stage(place, "stage-2")) },
    Entry { name: "exercises-3", make: |place| html(exercises::of_stage(place, "stage-3")) },
    Entry { name: "exercises-4", make: |place| html(exercises::of_stage(place, "stage-4")) },
    Entry { name: "exercises-5", make: |place| html(exercises::of_stage(place, "stage-5")) },
    Entry { name: "exercises-6", make: |place| html(exercises::of_stage(place, "stage-6")) },
    Entry { name: "exercises-7", make: |place| html(exercises::of_stage(place, "stage-7")) },
    Entry { name: "exercises-8", make: |place| html(exercises::of_stage(place, "stage-8")) },
    Entry { name: "exercises-messenger", make: |place| html(exercises::of_stage(place, "messenger")) },
];

fn html(table: Result<Table, Problem>) -> Result<String, Problem> {
    table.map(|table| table.html())
}
