//! Where and when, as reports write it: read often, so that nothing is copied where nothing needs to be.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Reject;
use crate::inventory_table::host_of;
use crate::json::moment;

/// Nobody scanned the internet for us before this.
const EARLIEST_SECOND: i64 = 946_684_800;

/// The address in a cell. `None` when the cell is empty.
///
/// # Errors
/// When something stands there that is no address.
pub(super) fn address(cell: &str) -> Result<Option<IpAddr>, Reject> {
    if cell.is_empty() {
        return Ok(None);
    }
    if let Some(address) = plain_v4(cell) {
        return Ok(Some(IpAddr::V4(address)));
    }
    match cell.parse::<IpAddr>() {
        Ok(address) => Ok(Some(address.to_canonical())),
        Err(_) => match crate::inventory_table::address_of(cell) {
            Some(address) => Ok(Some(address)),
            None if cell.trim().is_empty() => Ok(None),
            None => Err(Reject::NoAddress),
        },
    }
}

/// The address of version 4 that stands there and nothing else, as most do. Refuses what the standard library
/// refuses, and whatever is in doubt.
fn plain_v4(cell: &str) -> Option<Ipv4Addr> {
    let (mut address, mut octet) = (0_u32, 0_u32);
    let (mut digits, mut dots) = (0_u8, 0_u8);
    for byte in cell.bytes() {
        match byte {
            // No number begins with a zero but zero itself.
            b'0'..=b'9' if digits < 3 && (digits == 0 || octet != 0) => {
                octet = octet.wrapping_mul(10).wrapping_add(u32::from(byte.wrapping_sub(b'0')));
                digits = digits.wrapping_add(1);
            }
            b'.' if digits > 0 && octet < 256 && dots < 3 => {
                address = address << 8 | octet;
                (octet, digits, dots) = (0, 0, dots.wrapping_add(1));
            }
            _ => return None,
        }
    }
    (digits > 0 && octet < 256 && dots == 3).then(|| Ipv4Addr::from_bits(address << 8 | octet))
}

/// The host name in a cell: of a name as it should be, of an address of the web, of an address of mail.
/// `None` when there is none.
pub(super) fn host(cell: &str) -> Option<Cow<'_, str>> {
    if cell.is_empty() {
        return None;
    }
    if is_plain_host(cell) {
        return Some(Cow::Borrowed(cell));
    }
    let behind_at = match cell.rsplit_once('@') {
        Some((before, behind)) if !before.contains('/') || before.contains("://") => behind,
        _ => cell,
    };
    host_of(behind_at).map(Cow::Owned)
}

/// Whether nothing is to be changed about a name: small letters, digits, dashes and dots in between.
fn is_plain_host(cell: &str) -> bool {
    let mut in_label = 0_usize;
    let mut last = b'.';
    let mut has_letter = false;
    for byte in cell.bytes() {
        match byte {
            b'a'..=b'z' => {
                has_letter = true;
                in_label = in_label.saturating_add(1);
            }
            b'0'..=b'9' | b'_' => in_label = in_label.saturating_add(1),
            b'-' if last != b'.' => in_label = in_label.saturating_add(1),
            b'.' if last != b'.' && last != b'-' => {
                in_label = 0;
                has_letter = false;
            }
            _ => return false,
        }
        if in_label > 63 {
            return false;
        }
        last = byte;
    }
    // The last label of a name is no number.
    has_letter && last != b'.' && last != b'-' && cell.len() <= 253
}

/// The names that a certificate bears and that are names of hosts or domains, also with a star in front.
pub(super) fn certificate(cell: &str) -> Cow<'_, str> {
    let is_plain = |name: &str| name.contains('.') && is_plain_host(name.strip_prefix("*.").unwrap_or(name));
    let cell = cell.trim();
    if is_plain(cell) || cell.is_empty() {
        return Cow::Borrowed(cell);
    }
    let names = cell.split([' ', ',', ';', '\t']).map(|it| it.trim_end_matches('.').to_ascii_lowercase());
    Cow::Owned(names.filter(|it| is_plain(it)).collect::<Vec<_>>().join(" "))
}

/// The same of a cell that may not be there.
pub(super) fn certificate_of(cell: Option<Cow<'_, str>>) -> Cow<'_, str> {
    match cell {
        None => Cow::Borrowed(""),
        Some(Cow::Borrowed(cell)) => certificate(cell),
        Some(Cow::Owned(cell)) => Cow::Owned(certificate(&cell).into_owned()),
    }
}

/// A port that something can listen on.
pub(super) fn port(cell: &str) -> Option<u16> {
    trimmed(cell).parse().ok().filter(|port| *port != 0)
}

/// The number of an autonomous system, with or without `AS`.
pub(super) fn asn(cell: &str) -> Option<u32> {
    let bare = trimmed(cell);
    let bare = bare.strip_prefix("AS").or_else(|| bare.strip_prefix("as")).unwrap_or(bare);
    bare.parse().ok().filter(|asn| *asn != 0)
}

/// Text that is not blank.
pub(super) fn filled(cell: &str) -> Option<&str> {
    let bare = trimmed(cell);
    (!bare.is_empty()).then_some(bare)
}

/// Text without blanks around it, of which most has none.
pub(super) fn trimmed(cell: &str) -> &str {
    match cell.as_bytes() {
        [] => cell,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => cell,
        _ => cell.trim(),
    }
}

/// Reads moments, most of which are of the same day as the last one.
#[derive(Debug, Default)]
pub(super) struct Clock {
    day: [u8; 10],
    /// When that day began, as a second of Unix.
    second: i64,
}

impl Clock {
    /// `2026-11-21 06:15:58`, which is UTC, or anything that [`moment`] reads.
    ///
    /// # Errors
    /// When it is empty, no moment, or one at which nobody can have looked.
    pub(super) fn read(&mut self, cell: &str) -> Result<Timestamp, Reject> {
        let at = match self.plain(cell.as_bytes()) {
            Some(at) => Some(at),
            None => moment(cell),
        };
        at.filter(|at| at.as_second() >= EARLIEST_SECOND).ok_or(Reject::NoTime)
    }

    fn plain(&mut self, cell: &[u8]) -> Option<Timestamp> {
        let [day @ .., b' ' | b'T', h1, h2, b':', m1, m2, b':', s1, s2] = cell else { return None };
        let day: [u8; 10] = day.try_into().ok()?;
        if day != self.day {
            let [y1, y2, y3, y4, b'-', o1, o2, b'-', d1, d2] = day else { return None };
            let year = i16::from(pair(y1, y2)?).checked_mul(100)?.checked_add(i16::from(pair(y3, y4)?))?;
            let [month, of_month] = [i8::try_from(pair(o1, o2)?).ok()?, i8::try_from(pair(d1, d2)?).ok()?];
            let begins = Date::new(year, month, of_month).ok()?;
            self.second = begins.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second();
            self.day = day;
        }
        let [hour, minute, second] = [pair(*h1, *h2)?, pair(*m1, *m2)?, pair(*s1, *s2)?];
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let hours = i64::from(hour).saturating_mul(3_600);
        let minutes = i64::from(minute).saturating_mul(60);
        let within = hours.saturating_add(minutes).saturating_add(i64::from(second));
        Timestamp::from_second(self.second.saturating_add(within)).ok()
    }
}

/// Two digits.
fn pair(tens: u8, ones: u8) -> Option<u8> {
    if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
        return None;
    }
    tens.wrapping_sub(b'0').checked_mul(10)?.checked_add(ones.wrapping_sub(b'0'))
}

/// A moment that is written as the second of Unix, with or without a fraction.
pub(super) fn of_unix(written: &str) -> Option<Timestamp> {
    let whole = written.trim().split('.').next()?;
    let at = Timestamp::from_second(whole.parse().ok()?).ok()?;
    (at.as_second() >= EARLIEST_SECOND).then_some(at)
}

/// The first moment of an ordinary day, for who needs one that means nothing.
#[cfg(test)]
pub(super) fn some_day() -> Timestamp {
    jiff::civil::date(2026, 11, 21).to_zoned(TimeZone::UTC).unwrap().timestamp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_of_a_table_is_what_the_slow_reader_says() {
        let mut clock = Clock::default();
        for written in [
            "2026-11-21 06:15:58",
            "2026-11-21T23:59:59",
            "2024-02-29 00:00:00",
            "2026-11-21T06:15:58Z",
            "2026-11-21 06:15:58+02:00",
            "2026-11-21",
        ] {
            assert_eq!(clock.read(written).ok(), moment(written), "{written}");
        }
        for broken in [
            "",
            "2026-02-30 00:00:00",
            "2026-11-21 24:00:00",
            "2026-11-21 23:60:00",
            "1999-12-31",
            "0000-00-00 00:00:00",
            "yesterday",
            "2026-1é-21 06:15:58",
        ] {
            assert_eq!(clock.read(broken), Err(Reject::NoTime), "{broken}");
        }
        assert_eq!(clock.read("2026-11-21 00:00:00"), Ok(some_day()));
        assert_eq!(of_unix("1795219200"), Some(some_day()));
    }

    #[test]
    fn a_name_is_copied_only_when_it_must_be_changed() {
        let read = |cell| host(cell).map(|it| (matches!(it, Cow::Borrowed(_)), it.into_owned()));
        assert_eq!(read("h3.org12.example12.nl"), Some((true, "h3.org12.example12.nl".into())));
        assert_eq!(read("VPN.Noordzorg.example."), Some((false, "vpn.noordzorg.example".into())));
        assert_eq!(
            read("https://vpn.noordzorg.example:8443/owa"),
            Some((false, "vpn.noordzorg.example".into()))
        );
        assert_eq!(read("post@noordzorg.example"), Some((false, "noordzorg.example".into())));
        assert_eq!(
            [read("192.0.2.1"), read("a..b"), read("-a.nl"), read(""), read("a b")],
            [None, None, None, None, None]
        );
    }

    proptest::proptest! {
        #[test]
        fn a_plain_address_is_what_the_standard_library_says(cell in "[0-9]{0,4}(\\.[0-9]{0,4}){2,4}[ .x]?") {
            proptest::prop_assert_eq!(plain_v4(&cell), cell.parse().ok(), "{}", cell);
        }

        #[test]
        fn any_address_is_what_the_standard_library_says(cell in "[0-9a-f:.]{0,20}") {
            proptest::prop_assert_eq!(plain_v4(&cell), cell.parse().ok(), "{}", cell);
        }
    }

    #[test]
    fn an_address_is_one_or_is_said_to_be_none() {
        assert_eq!(address(""), Ok(None));
        assert_eq!(address("192.0.2.7").unwrap().unwrap().to_string(), "192.0.2.7");
        assert_eq!(address("::ffff:192.0.2.7").unwrap().unwrap().to_string(), "192.0.2.7");
        assert_eq!(address("192.0.2.256"), Err(Reject::NoAddress));
        assert_eq!((port("0"), port("443"), port("65536")), (None, Some(443), None));
        assert_eq!((asn("AS64496"), asn("64496"), asn("0")), (Some(64_496), Some(64_496), None));
    }
}
