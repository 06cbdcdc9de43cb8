//! What the tests of the readers share.

use std::io::{self, Cursor, Read};
use std::ops::ControlFlow;

use domain::observation::Observed;
use jiff::Timestamp;

use super::{About, Account, Kind, Row, read};

/// Gives so many bytes at once and no more.
pub struct Slow<'b>(pub &'b [u8], pub usize);

impl Read for Slow<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.1.min(self.0.len()).min(into.len());
        into[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

/// A report as lines: what `say` says of a row, or why it was rejected. Each row must be in the account.
pub fn page(text: &str, kind: Kind, say: impl Fn(&Observed<'_>) -> String) -> (Account, String) {
    let mut page = String::new();
    let account = read(Cursor::new(text), About::from("a partner", Timestamp::MAX), |row| {
        page += &match row {
            Row::Good(it) => say(&it),
            Row::Rejected(it) => format!("{} {}", it.row, it.why),
        };
        page.push('\n');
        ControlFlow::Continue(())
    })
    .unwrap();
    let rows = account.good.saturating_add(account.rejected());
    assert_eq!((account.kind, account.rows), (Some(kind), rows));
    (account, page)
}
