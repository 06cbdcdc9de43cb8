//! What a bill of materials lists, each thing once: such a bill repeats itself, and may point in circles.

use std::collections::BTreeMap;

use crate::inventory_table::{Column, Inventory, Line, line_of};
use crate::json::{Complaints, Limits};
use crate::{Unreadable, Weight, What, Why};

/// Collects lines, and counts what stands there more than once.
pub(crate) struct Materials {
    lines: Vec<Line>,
    /// By what was written: the place of the line, and how often it was met.
    met: BTreeMap<Vec<String>, (usize, usize)>,
    number: u64,
    limits: Limits,
}

impl Materials {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { lines: Vec::new(), met: BTreeMap::new(), number: 0, limits }
    }

    /// Takes one component. Its number, counted from 1, is that of the line.
    ///
    /// # Errors
    /// When there are too many.
    pub(crate) fn add<const N: usize>(
        &mut self,
        cells: [(Column, Option<&str>); N],
        complaints: &mut Complaints,
    ) -> Result<(), Unreadable> {
        self.number = self.number.saturating_add(1);
        // Whose it is may be said of one copy and not of another; what it is tells them apart.
        let without_vendor = cells.iter().filter(|(column, _)| *column != Column::Vendor);
        let key: Vec<String> =
            without_vendor.map(|(_, written)| written.unwrap_or_default().trim().to_owned()).collect();
        if let Some((_, times)) = self.met.get_mut(&key) {
            *times = times.saturating_add(1);
            return Ok(());
        }
        if self.lines.len() >= self.limits.rows_max {
            return Err(Unreadable::whole(Why::TooManyRows { limit: self.limits.rows_max }));
        }
        let written = cells.into_iter().filter_map(|(column, written)| Some((column, written?)));
        if let Some(line) = line_of(self.number, written, self.limits, complaints) {
            self.met.insert(key, (self.lines.len(), 1));
            self.lines.push(line);
        }
        Ok(())
    }

    pub(crate) fn into_inventory(self, complaints: &mut Complaints) -> Inventory {
        for (place, times) in self.met.into_values() {
            if let Some(line) = self.lines.get(place).filter(|_| times > 1) {
                complaints.add(Weight::Note, format!("row {}", line.row), What::Repeated(times));
            }
        }
        Inventory { lines: self.lines, unknown_columns: Vec::new() }
    }
}
