//! A plain list: one host name or address a line, as somebody copies it from another screen.

use crate::inventory_table::{Column, Inventory, address_of, host_of, line_of};
use crate::json::{self, Complaints, Limits};
use crate::{Read, Unreadable, Weight, What, Why, words};

/// Of how many lines we look whether they are names.
const LOOKED_AT: usize = 50;

/// Whether most of the first lines are host names with a dot, or addresses.
pub(crate) fn is_one(text: &str) -> bool {
    let all: Vec<&str> = lines(text).map(|(_, line)| line).take(LOOKED_AT).collect();
    let named = all.iter().filter(|line| is_name(line)).count();
    named > 0 && named.saturating_mul(2) >= all.len()
}

fn is_name(line: &str) -> bool {
    address_of(line).is_some() || host_of(line).is_some_and(|host| host.contains('.'))
}

/// The lines that say something, with their numbers. What follows a `#` is for people.
fn lines(text: &str) -> impl Iterator<Item = (u64, &str)> {
    let said = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let clean = said.map(|line| line.trim_matches(|it: char| it.is_whitespace() || ",;\"".contains(it)));
    (1_u64..).zip(clean).filter(|(_, line)| !line.is_empty())
}

/// Reads a list of host names and addresses. A line that is neither is said and left out.
///
/// # Errors
/// When it is no text, too big, or has too many lines.
pub fn read(bytes: &[u8], limits: Limits) -> Result<Read<Inventory>, Unreadable> {
    let text = json::text(bytes, limits)?;
    let mut complaints = Complaints::default();
    let mut list = Inventory { lines: Vec::new(), unknown_columns: Vec::new() };
    for (count, (row, line)) in lines(text).enumerate() {
        if count >= limits.rows_max {
            return Err(Unreadable::whole(Why::TooManyRows { limit: limits.rows_max }));
        }
        if !is_name(line) {
            let what = What::NoHost(words::clipped(&words::line(line), 80));
            complaints.add(Weight::Loss, format!("row {row}"), what);
            continue;
        }
        // That no product stands there is what such a list is: no complaint of every line.
        let mut said = Complaints::default();
        list.lines.extend(line_of(row, [(Column::Host, line)], limits, &mut said));
    }
    Ok(Read { it: list, complaints: complaints.into_list() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_names_is_read_a_line_at_a_time_and_says_what_is_no_name() {
        let text = "# ours\nVPN.noordzorg.example.\n192.0.2.7\n\nhttps://mail.noordzorg.example/owa, \n\
                    the printer on the second floor\n[2001:db8::1]\n";
        assert!(is_one(text));
        let read = read(text.as_bytes(), Limits::default()).unwrap();
        let found: Vec<_> = read
            .it
            .lines
            .iter()
            .map(|line| {
                let place = line.host.clone().or(line.address.map(|it| it.to_string()));
                format!("{} {}", line.row, place.unwrap_or_default())
            })
            .collect();
        assert_eq!(
            found,
            ["2 vpn.noordzorg.example", "3 192.0.2.7", "5 mail.noordzorg.example", "7 2001:db8::1"]
        );
        let said: Vec<_> = read.complaints.iter().map(|it| format!("{}: {}", it.at, it.what)).collect();
        assert_eq!(said, ["row 6: \"the printer on the second floor\" is no host name"]);
        assert!(!is_one("Dear team,\nplease find attached\n"));
    }
}
