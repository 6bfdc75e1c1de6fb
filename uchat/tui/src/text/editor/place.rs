//! Where the caret stands among the rows, and where a click or a move by rows puts it.

use super::super::cluster::clusters;
use super::{Cells, Editor, Row, wrap};

impl Editor {
    /// Its rows in a width of so many cells: those of [`wrap::wrap`], and where the last one is full an empty one
    /// after it, for the caret.
    #[must_use]
    pub fn rows(&self, width: usize, cells: Cells) -> Vec<Row> {
        let mut rows = wrap::wrap(&self.text, width, cells);
        let end = self.text.len();
        if rows.last().is_some_and(|row| row.cells >= width.max(1)) {
            rows.push(Row { bytes: end..end, cells: 0 });
        }
        rows
    }

    /// In which row and after how many cells the caret stands. After the last cell of a full row that is the start of
    /// the next row; only before a newline, and in spaces that hang over, it is the column after the last one.
    #[must_use]
    pub fn caret(&self, width: usize, cells: Cells) -> (usize, usize) {
        self.caret_in(&self.rows(width, cells), width, cells)
    }

    /// Moves the caret by rows, as they are shown in this width: up if negative. Tells whether there was such a row.
    /// The column is kept through rows that are too short for it.
    pub fn move_rows(&mut self, by: isize, width: usize, cells: Cells) -> bool {
        let rows = self.rows(width, cells);
        let (row, column) = self.caret_in(&rows, width, cells);
        let Some(row) = row.checked_add_signed(by).filter(|row| *row < rows.len()) else { return false };
        let column = self.wished.unwrap_or(column);
        self.put_caret(&rows, (row, column), width, cells);
        self.wished = Some(column);
        true
    }

    /// Puts the caret where somebody clicked.
    pub fn click(&mut self, row: usize, column: usize, width: usize, cells: Cells) {
        self.wished = None;
        self.put_caret(&self.rows(width, cells), (row, column), width, cells);
    }

    fn caret_in(&self, rows: &[Row], width: usize, cells: Cells) -> (usize, usize) {
        let number = rows.partition_point(|row| row.bytes.start <= self.caret).saturating_sub(1);
        let Some(row) = rows.get(number) else { return (0, 0) };
        let before = clusters(&self.text[row.bytes.start..self.caret]);
        let width = width.max(1);
        (number, before.fold(0, |used, (_, cluster)| wrap::advance(used, cluster, width, cells)))
    }

    fn put_caret(&mut self, rows: &[Row], (row, column): (usize, usize), width: usize, cells: Cells) {
        let number = row.min(rows.len().saturating_sub(1));
        let Some(row) = rows.get(number) else { return };
        // The end of a row that goes on in the next one is the start of that one: stay before its last character.
        let goes_on = rows.get(number + 1).is_some_and(|next| next.bytes.start == row.bytes.end);
        let (mut to, mut used) = (row.bytes.start, 0);
        for (at, cluster) in clusters(&self.text[row.bytes.clone()]) {
            let end = row.bytes.start + at + cluster.len();
            used = wrap::advance(used, cluster, width.max(1), cells);
            if used > column || goes_on && end == row.bytes.end {
                break;
            }
            to = end;
            if used == column {
                break;
            }
        }
        self.go(to);
    }
}
