//! When people are awake, and when an office answers its telephone.
//!
//! Days and hours are those of the zone that the caller gives; public holidays are those of the
//! Netherlands, computed and not listed, so that they hold for 2019 as for 2040. A regional feast or
//! the bridge day of one hospital is not known here: a rung that waits for office hours waits for
//! those of the country.

use jiff::civil::{Date, Time, Weekday, date, time};
use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// At which hours something may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hours {
    /// By day and by night.
    #[default]
    Always,
    /// From 07:00 to 23:00, on every day.
    Waking,
    /// From 08:30 to 17:30, Monday to Friday, and on no public holiday.
    Office,
}

impl Hours {
    pub const ALL: [Self; 3] = [Self::Always, Self::Waking, Self::Office];

    /// As it is written in a file of rules and sent by a form.
    pub fn word(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Waking => "waking",
            Self::Office => "office",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hours| hours.word() == word)
    }

    /// The first moment at or after `at` that lies within these hours.
    pub fn next(self, at: Timestamp, zone: &TimeZone) -> Timestamp {
        let Some((opens, closes)) = self.of_day() else { return at };
        let local = zone.to_datetime(at);
        let (mut day, now) = (local.date(), local.time());
        if self.has(day) && opens <= now && now < closes {
            return at;
        }
        if !self.has(day) || now >= opens {
            day = self.day_after(day);
        }
        // Neither 07:00 nor 08:30 is ever skipped or doubled by a change of the clock here; in a zone
        // where it were, the earlier of two is meant.
        zone.to_ambiguous_timestamp(day.to_datetime(opens)).compatible().unwrap_or(at)
    }

    /// Whether `at` lies within these hours.
    pub fn hold_at(self, at: Timestamp, zone: &TimeZone) -> bool {
        self.next(at, zone) == at
    }

    /// The first moment within these hours once `span` has passed since `since`. In office hours a day
    /// on which nobody works does not count: a day after Friday noon is Monday noon. A span that is not
    /// positive is over already.
    pub fn after(self, since: Timestamp, span: SignedDuration, zone: &TimeZone) -> Timestamp {
        let span = span.max(SignedDuration::ZERO);
        match self {
            Self::Always => since + span,
            Self::Waking => self.next(since + span, zone),
            Self::Office => self.next(over_working_days(since, span, zone), zone),
        }
    }

    /// From when to when on a day that counts; `None` when every hour does.
    fn of_day(self) -> Option<(Time, Time)> {
        match self {
            Self::Always => None,
            Self::Waking => Some((time(7, 0, 0, 0), time(23, 0, 0, 0))),
            Self::Office => Some((time(8, 30, 0, 0), time(17, 30, 0, 0))),
        }
    }

    fn has(self, day: Date) -> bool {
        self != Self::Office || is_working_day(day)
    }

    /// The first day after `day` that counts. There is no week without one.
    fn day_after(self, day: Date) -> Date {
        let later = |days: i64| day.saturating_add(days.days());
        (1..15).map(later).find(|day| self.has(*day)).unwrap_or(day)
    }
}

/// When `span` has passed, counting only days on which people work.
fn over_working_days(since: Timestamp, span: SignedDuration, zone: &TimeZone) -> Timestamp {
    let (mut at, mut left) = (since, span);
    let mut day = zone.to_datetime(at).date();
    loop {
        let tomorrow = day.saturating_add(1.day());
        let Ok(midnight) = zone.to_ambiguous_timestamp(tomorrow.to_datetime(Time::midnight())).compatible()
        else {
            return at;
        };
        if is_working_day(day) {
            let today = midnight.duration_since(at);
            if left < today {
                return at + left;
            }
            left -= today;
        }
        (at, day) = (midnight, tomorrow);
    }
}

/// Monday to Friday, and no public holiday.
pub fn is_working_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_holiday(day)
}

/// Whether `day` is a public holiday in the Netherlands. King's Day is that of the king since 2014.
/// Liberation Day counts in every year, as it does for the government. Good Friday is none.
pub fn is_holiday(day: Date) -> bool {
    let (month, number) = (day.month(), day.day());
    let is_fixed = matches!((month, number), (1, 1) | (5, 5) | (12, 25 | 26));
    let is_of_the_king = match (month, number) {
        (4, 27) => day.weekday() != Weekday::Sunday,
        (4, 26) => day.weekday() == Weekday::Saturday,
        _ => false,
    };
    // Easter, its Monday, Ascension, Whit Sunday and its Monday: from 22 March to 14 June.
    let by_easter = || matches!(easter(day.year()).duration_until(day).as_hours() / 24, 0 | 1 | 39 | 49 | 50);
    is_fixed || is_of_the_king || (3..=6).contains(&month) && by_easter()
}

/// Easter Sunday of a year of the Gregorian calendar. Source: the anonymous rule in *Nature*,
/// 20 April 1876, as Meeus gives it in *Astronomical Algorithms*, chapter 8.
pub fn easter(year: i16) -> Date {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let sum = h + l - 7 * m + 114;
    let small = |number: i32| i8::try_from(number).unwrap_or(1);
    date(year, small(sum / 31), small(sum % 31 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone() -> TimeZone {
        TimeZone::get("Europe/Amsterdam").unwrap()
    }

    fn at(local: &str) -> Timestamp {
        format!("{local}[Europe/Amsterdam]").parse::<jiff::Zoned>().unwrap().timestamp()
    }

    fn local(at: Timestamp) -> String {
        at.to_zoned(zone()).strftime("%a %d %b %H:%M").to_string()
    }

    #[test]
    fn the_holidays_of_a_year_are_computed() {
        let of = |year: i16| -> Vec<String> {
            let days = date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year);
            days.filter(|day| is_holiday(*day)).map(|day| day.strftime("%a %d-%m").to_string()).collect()
        };
        insta::assert_snapshot!(of(2020).join(", "), @"Wed 01-01, Sun 12-04, Mon 13-04, Mon 27-04, Tue 05-05, Thu 21-05, Sun 31-05, Mon 01-06, Fri 25-12, Sat 26-12");
        // In 2025 the twenty-seventh of April was a Sunday, and the feast a day earlier.
        assert!(is_holiday(date(2025, 4, 26)) && !is_holiday(date(2025, 4, 27)));
        assert!(is_holiday(date(2038, 4, 26)), "Easter Monday, and no Saturday before King's Day");
        let easters: Vec<_> =
            [1818, 1961, 2000, 2019, 2026, 2038, 2285].map(easter).iter().map(Date::to_string).collect();
        assert_eq!(
            easters,
            [
                "1818-03-22",
                "1961-04-02",
                "2000-04-23",
                "2019-04-21",
                "2026-04-05",
                "2038-04-25",
                "2285-03-22"
            ]
        );
    }

    #[test]
    fn a_night_is_waited_out_and_so_is_christmas() {
        let next = |hours: Hours, moment: &str| local(hours.next(at(moment), &zone()));
        assert_eq!(next(Hours::Always, "2019-12-25T03:10"), "Wed 25 Dec 03:10");
        assert_eq!(next(Hours::Waking, "2019-12-24T22:59"), "Tue 24 Dec 22:59");
        assert_eq!(next(Hours::Waking, "2019-12-24T23:00"), "Wed 25 Dec 07:00");
        assert_eq!(next(Hours::Waking, "2019-12-25T03:10"), "Wed 25 Dec 07:00");
        assert_eq!(next(Hours::Office, "2019-12-24T17:29"), "Tue 24 Dec 17:29");
        assert_eq!(next(Hours::Office, "2019-12-24T17:30"), "Fri 27 Dec 08:30");
        assert_eq!(next(Hours::Office, "2019-12-20T08:00"), "Fri 20 Dec 08:30");
        assert_eq!(next(Hours::Office, "2020-04-10T18:00"), "Tue 14 Apr 08:30", "over Easter");
    }

    #[test]
    fn days_on_which_nobody_works_do_not_count() {
        let after = |moment: &str, hours: i64| {
            local(Hours::Office.after(at(moment), SignedDuration::from_hours(hours), &zone()))
        };
        assert_eq!(after("2019-12-20T12:00", 24), "Mon 23 Dec 12:00");
        assert_eq!(after("2019-12-20T12:00", 72), "Fri 27 Dec 12:00", "Christmas lies between");
        assert_eq!(after("2019-12-21T12:00", 2), "Mon 23 Dec 08:30");
        assert_eq!(after("2019-12-18T12:00", -5), "Wed 18 Dec 12:00");
        // On the Sunday of March that has 23 hours, and the October one of 25, a Monday is a Monday.
        assert_eq!(after("2020-03-27T16:00", 24), "Mon 30 Mar 16:00");
        assert_eq!(after("2020-10-23T16:00", 24), "Mon 26 Oct 16:00");
    }

    proptest::proptest! {
        #[test]
        fn what_waits_is_never_early_and_later_stays_later(
            since in 1_500_000_000_i64..1_900_000_000,
            spans in (0_i64..40_000, 0_i64..40_000),
        ) {
            let (zone, since) = (zone(), Timestamp::from_second(since).unwrap());
            for hours in Hours::ALL {
                let after = |minutes| hours.after(since, SignedDuration::from_mins(minutes), &zone);
                let (sooner, later) = (spans.0.min(spans.1), spans.0.max(spans.1));
                proptest::prop_assert!(after(sooner) >= since + SignedDuration::from_mins(sooner));
                proptest::prop_assert!(after(sooner) <= after(later));
                proptest::prop_assert!(hours.hold_at(after(sooner), &zone));
            }
        }
    }
}
