//! Rows of a table that somebody opens in a spreadsheet, and in which nothing is computed.

/// A row of CSV (RFC 4180) with its end. Every cell is quoted, and one that a spreadsheet would compute stands
/// behind an apostrophe (ASVS 5.0, V1.2.10).
pub fn row<const N: usize>(cells: [&str; N]) -> String {
    let mut row = cells.map(quoted_safely).join(",");
    row.push_str("\r\n");
    row
}

fn quoted_safely(cell: &str) -> String {
    let computed = if would_be_computed(cell) { "'" } else { "" };
    format!("\"{computed}{}\"", cell.replace('"', "\"\""))
}

/// Whether a spreadsheet takes a cell that begins like this for a formula.
pub(crate) fn would_be_computed(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_somebody_wrote_is_computed_by_a_spreadsheet() {
        assert_eq!(row(["a \"b\"", "=1+1", ""]), "\"a \"\"b\"\"\",\"'=1+1\",\"\"\r\n");
    }
}
