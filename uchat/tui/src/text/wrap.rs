//! Where a text breaks into rows. `breaks` says where it may; here the rows are filled, each as far as it goes.

mod breaks;

use super::Cells;
use super::cluster::clusters;
use breaks::Breaks;
use std::ops::Range;

/// One row: which bytes of the text stand in it, and how many cells they take. A newline belongs to no row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The bytes. Spaces at the end may hang over: they are in here, but have no cell.
    pub bytes: Range<usize>,
    /// Their cells; more than the width only if a single character is wider than that.
    pub cells: usize,
}

/// The rows of a text that is `width` cells wide; always one at least. Takes time in proportion to the text.
#[must_use]
pub fn wrap(text: &str, width: usize, cells: Cells) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut breaks = Breaks::new(text);
    let mut start = 0;
    for line in text.split('\n') {
        wrap_line(text, start..start + line.len(), width.max(1), cells, &mut breaks, &mut rows);
        start += line.len() + 1;
    }
    rows
}

// ANCHOR: wrap_line
fn wrap_line(
    text: &str,
    line: Range<usize>,
    width: usize,
    cells: Cells,
    breaks: &mut Breaks<'_>,
    rows: &mut Vec<Row>,
) {
    let (mut start, mut used) = (line.start, 0);
    // The last place where the row may end, and the cells up to there.
    let mut last = None;
    let mut before = None;
    for (at, cluster) in clusters(&text[line.clone()]) {
        let at = line.start + at;
        let first = cluster.chars().next().unwrap_or(' ');
        if before.is_some_and(|before| breaks.allowed(before, first, at)) {
            last = Some((at, used));
        }
        before = Some(first);
        let mut next = advance(used, cluster, width, cells);
        while next > width && used < next && at > start {
            let (end, row) = last.take().unwrap_or((at, used));
            rows.push(Row { bytes: start..end, cells: row });
            start = end;
            used = clusters(&text[end..at]).fold(0, |used, (_, one)| advance(used, one, width, cells));
            next = advance(used, cluster, width, cells);
        }
        used = next;
    }
    rows.push(Row { bytes: start..line.end, cells: used });
}
// ANCHOR_END: wrap_line

/// The column after a cluster that starts in this one. Spaces fill the row at most; one may carry an accent, then it
/// is no space.
pub(crate) fn advance(used: usize, cluster: &str, width: usize, cells: Cells) -> usize {
    let next = used + cells.at(used, cluster);
    if cluster.chars().all(breaks::is_space) { used.max(width.min(next)) } else { next }
}
