//! Numbers that name nobody, however they are added, subtracted or held beside older ones.
//!
//! A cell that stands for fewer than `k` is held back, and with it as many others as it takes, so that no sum
//! gives it away. Of a table that is released again and again a cell moves only when it moves by `k` or more:
//! nobody can subtract two releases and find one organisation.

use crate::holes;

/// A number of an aggregate, or that it stays here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cell {
    Of(u64),
    Held,
}

impl Cell {
    pub fn count(self) -> Option<u64> {
        match self {
            Self::Of(count) => Some(count),
            Self::Held => None,
        }
    }
}

/// A table with its sums, as it may leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Row by row, each as long as the first.
    pub cells: Vec<Vec<Cell>>,
    pub row_sums: Vec<Cell>,
    pub column_sums: Vec<Cell>,
    pub sum: Cell,
}

impl Table {
    /// `counts`, row by row, without what would stand for fewer than `k`. Rows shorter than the first are filled
    /// with noughts.
    pub fn of(counts: &[Vec<u64>], k: u64) -> Self {
        let width = counts.iter().map(Vec::len).max().unwrap_or(0);
        // The sums stand in the table as one more row and column: a line adds up to its last cell.
        let mut grid: Vec<Vec<u64>> = counts
            .iter()
            .map(|row| {
                let mut row: Vec<u64> = row.iter().copied().chain(std::iter::repeat(0)).take(width).collect();
                row.push(row.iter().sum());
                row
            })
            .collect();
        let sums = (0..=width).map(|column| grid.iter().filter_map(|row| row.get(column)).sum()).collect();
        grid.push(sums);
        let held = Held::of(&grid, k);
        let cell = |row: usize, column: usize| {
            let count = grid.get(row).and_then(|it| it.get(column)).copied().unwrap_or_default();
            if held.is(row, column) { Cell::Held } else { Cell::Of(count) }
        };
        let height = counts.len();
        Self {
            cells: (0..height).map(|row| (0..width).map(|column| cell(row, column)).collect()).collect(),
            row_sums: (0..height).map(|row| cell(row, width)).collect(),
            column_sums: (0..width).map(|column| cell(height, column)).collect(),
            sum: cell(height, width),
        }
    }
}

/// Which cells of a grid stay here. The last row and column are sums.
struct Held {
    width: usize,
    cells: Vec<bool>,
}

impl Held {
    fn of(grid: &[Vec<u64>], k: u64) -> Self {
        let (height, width) = (grid.len(), grid.first().map_or(0, Vec::len));
        let mut held = Self { width, cells: vec![false; height * width] };
        for (row, counts) in grid.iter().enumerate() {
            for (column, count) in counts.iter().enumerate() {
                held.set(row, column, (1..k).contains(count));
            }
        }
        let lines: Vec<Vec<(usize, usize)>> = (0..height)
            .map(|row| (0..width).map(|column| (row, column)).collect())
            .chain((0..width).map(|column| (0..height).map(|row| (row, column)).collect()))
            .collect();
        let count = |(row, column): (usize, usize)| {
            grid.get(row).and_then(|it| it.get(column)).copied().unwrap_or_default()
        };
        // Each round holds back one more cell or ends.
        loop {
            if holes::is_open("complement-forgotten") {
                return held;
            }
            let weak = lines.iter().find_map(|line| held.weak(line, &count, k));
            let Some(next) = weak.or_else(|| held.given_away(height)) else { return held };
            held.set(next.0, next.1, true);
        }
    }

    fn is(&self, row: usize, column: usize) -> bool {
        self.cells.get(row * self.width + column).copied().unwrap_or(false)
    }

    fn set(&mut self, row: usize, column: usize, is_held: bool) {
        if let Some(cell) = self.cells.get_mut(row * self.width + column) {
            *cell |= is_held;
        }
    }

    /// In a line that gives its held cells away, the next to hold: one gap is no gap, and gaps that stand for
    /// fewer than `k` together are none either. The smallest goes first, a nought only when nothing else is left.
    fn weak(
        &self,
        line: &[(usize, usize)],
        count: &impl Fn((usize, usize)) -> u64,
        k: u64,
    ) -> Option<(usize, usize)> {
        let held: Vec<_> = line.iter().filter(|(row, column)| self.is(*row, *column)).collect();
        if held.is_empty() {
            return None;
        }
        // The sum is the last of its line; of the others, what is missing is the sum less what is seen.
        let (sum, parts) = line.split_last()?;
        let hidden: u64 = parts.iter().filter(|it| self.is(it.0, it.1)).map(|it| count(*it)).sum();
        let gaps = parts.iter().filter(|it| self.is(it.0, it.1)).count();
        let sum_is_held = self.is(sum.0, sum.1);
        let is_safe = match (gaps, sum_is_held) {
            (0, false) => true,
            (_, true) => held.len() >= 2,
            (gaps, false) => gaps >= 2 && hidden >= k,
        };
        if is_safe {
            return None;
        }
        let open = || line.iter().filter(|it| !self.is(it.0, it.1)).copied();
        open().filter(|it| count(*it) > 0).min_by_key(|it| count(*it)).or_else(|| open().next())
    }

    /// A held cell that the sums of rows and columns give away together, by which the next to hold is chosen. Rows
    /// and columns are points, a held cell joins its row and its column: it can be computed exactly when nothing
    /// else joins those two.
    fn given_away(&self, height: usize) -> Option<(usize, usize)> {
        for row in 0..height {
            for column in 0..self.width {
                if self.is(row, column) && !self.is_joined_otherwise(height, row, column) {
                    let in_row = (0..self.width).map(|other| (row, other));
                    let in_column = (0..height).map(|other| (other, column));
                    if let Some(next) = in_row.chain(in_column).find(|it| !self.is(it.0, it.1)) {
                        return Some(next);
                    }
                }
            }
        }
        None
    }

    fn is_joined_otherwise(&self, height: usize, row: usize, column: usize) -> bool {
        let (mut rows, mut columns) = (vec![false; height], vec![false; self.width]);
        let mut waiting = vec![row];
        if let Some(seen) = rows.get_mut(row) {
            *seen = true;
        }
        while let Some(from) = waiting.pop() {
            for over in (0..self.width).filter(|over| self.is(from, *over) && (from, *over) != (row, column))
            {
                if over == column {
                    return true;
                }
                if std::mem::replace(&mut columns[over], true) {
                    continue;
                }
                for to in (0..height).filter(|to| self.is(*to, over)) {
                    if !std::mem::replace(&mut rows[to], true) {
                        waiting.push(to);
                    }
                }
            }
        }
        false
    }
}

/// The next release of a row of numbers, where `before` are all that were released, the oldest first. A number
/// stays what it was until it differs from each that was ever told by `k` or more, and a number below `k` is not
/// told; so the difference of any two releases is nought, or `k` at least. There is no sum among them: whoever
/// wants one adds up what is told.
pub fn released(before: &[Vec<Cell>], now: &[u64], k: u64) -> Vec<Cell> {
    now.iter()
        .enumerate()
        .map(|(place, count)| {
            let before = if holes::is_open("releases-are-subtracted") { &[] } else { before };
            let told = || before.iter().filter_map(|release| release.get(place).copied()?.count());
            let is_near = told().any(|earlier| (1..k).contains(&earlier.abs_diff(*count)));
            match before.last().and_then(|last| last.get(place)) {
                Some(last) if is_near => *last,
                _ if (1..k).contains(count) || is_near => Cell::Held,
                _ => Cell::Of(*count),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_small_cell_takes_another_with_it_because_the_sum_is_known() {
        let table = Table::of(&[vec![3, 8, 20]], 5);
        assert_eq!(table.cells, [[Cell::Held, Cell::Held, Cell::Of(20)]]);
        assert_eq!(table.row_sums, [Cell::Of(31)]);
    }

    #[test]
    fn two_small_cells_that_are_few_together_take_a_third_with_them() {
        let table = Table::of(&[vec![1, 2, 9, 20]], 5);
        assert_eq!(table.cells, [[Cell::Held, Cell::Held, Cell::Held, Cell::Of(20)]]);
    }

    #[test]
    fn when_nothing_else_is_there_the_sum_is_held_too() {
        let table = Table::of(&[vec![3]], 5);
        assert_eq!((table.cells, table.sum), (vec![vec![Cell::Held]], Cell::Held));
    }

    #[test]
    fn a_cell_moves_only_when_it_moves_enough() {
        let first = released(&[], &[10, 3, 0], 5);
        assert_eq!(first, [Cell::Of(10), Cell::Held, Cell::Of(0)]);
        let second = released(std::slice::from_ref(&first), &[11, 7, 2], 5);
        assert_eq!(second, [Cell::Of(10), Cell::Of(7), Cell::Of(0)]);
        let third = released(&[first.clone(), second.clone()], &[15, 7, 5], 5);
        assert_eq!(third, [Cell::Of(15), Cell::Of(7), Cell::Of(5)]);
        let back = released(&[first, second, third], &[11, 7, 5], 5);
        assert_eq!(
            back,
            [Cell::Of(15), Cell::Of(7), Cell::Of(5)],
            "eleven beside the ten of the first day is one"
        );
    }

    /// Everything that can be computed from what is told: by a slow reference, every table of small numbers that
    /// looks the same from outside.
    fn could_be(table: &Table, width: usize, height: usize, most: u64) -> Vec<Vec<Vec<u64>>> {
        let places: Vec<(usize, usize)> =
            (0..height).flat_map(|row| (0..width).map(move |column| (row, column))).collect();
        let mut found = vec![vec![vec![0; width]; height]];
        for (row, column) in places {
            let choices: Vec<u64> = match table.cells[row][column] {
                Cell::Of(count) => vec![count],
                Cell::Held => (0..=most).collect(),
            };
            found = found
                .iter()
                .flat_map(|one| {
                    choices.iter().map(|count| {
                        let mut next = one.clone();
                        next[row][column] = *count;
                        next
                    })
                })
                .collect();
        }
        let fits = |cell: Cell, sum: u64| cell.count().is_none_or(|told| told == sum);
        found.retain(|one| {
            one.iter().zip(&table.row_sums).all(|(row, sum)| fits(*sum, row.iter().sum()))
                && (0..width)
                    .all(|column| fits(table.column_sums[column], one.iter().map(|row| row[column]).sum()))
                && fits(table.sum, one.iter().flatten().sum())
        });
        found
    }

    proptest! {
        #[test]
        fn no_held_cell_can_be_computed(counts in prop::collection::vec(prop::collection::vec(0_u64..9, 2), 2)) {
            let table = Table::of(&counts, 5);
            let all = could_be(&table, 2, 2, 12);
            prop_assert!(all.contains(&counts));
            for row in 0..2 {
                for column in 0..2 {
                    if table.cells[row][column] == Cell::Held && counts[row][column] > 0 {
                        prop_assert!(all.iter().any(|one| one[row][column] != counts[row][column]), "{table:?}");
                    }
                    if let Cell::Of(count) = table.cells[row][column] {
                        prop_assert!(count == 0 || count >= 5);
                    }
                }
            }
        }

        #[test]
        fn nobody_can_subtract_two_releases(days in prop::collection::vec(prop::collection::vec(0_u64..30, 3), 1..8)) {
            let mut told: Vec<Vec<Cell>> = Vec::new();
            for day in &days {
                told.push(released(&told, day, 5));
            }
            for (one, other) in told.iter().flat_map(|one| told.iter().map(move |other| (one, other))) {
                for (before, after) in one.iter().zip(other) {
                    if let (Cell::Of(before), Cell::Of(after)) = (before, after) {
                        prop_assert!(before.abs_diff(*after) == 0 || before.abs_diff(*after) >= 5);
                    }
                }
            }
        }
    }
}
