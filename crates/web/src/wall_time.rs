//! How a moment and a length of time are written for a reader: the clock on a wall in the
//! Netherlands, 24 hours, with the instant itself beside it for machines.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use maud::{Markup, html};

use crate::page::Frame;

/// The time on a wall in the Netherlands.
pub fn wall(at: Timestamp) -> Zoned {
    let zone = TimeZone::get("Europe/Amsterdam").expect("the zones are part of the program");
    at.to_zoned(zone)
}

/// What a field of type `datetime-local` shows, to the minute.
pub fn local_field(at: Timestamp) -> String {
    let local: DateTime = wall(at).datetime();
    local.strftime("%Y-%m-%dT%H:%M").to_string()
}

/// What a field of type `date` shows.
pub fn date_field(at: Timestamp) -> String {
    wall(at).date().to_string()
}

impl Frame {
    /// "do 16 jan 14:02", with the year when it is not the present one.
    pub fn time(&self, at: Timestamp) -> Markup {
        html! { time datetime=(at) { (self.time_words(at)) } }
    }

    /// As [`Frame::time`], where only text can stand.
    pub fn time_words(&self, at: Timestamp) -> String {
        format!("{} {}", self.day_words(at), wall(at).strftime("%H:%M"))
    }

    /// "do 16 jan".
    pub fn day(&self, at: Timestamp) -> Markup {
        html! { time datetime=(wall(at).date()) { (self.day_words(at)) } }
    }

    /// "vr 31 jan 2020": a day of the law, whatever the hour.
    pub fn date(&self, day: Date) -> Markup {
        html! { time datetime=(day) { (self.date_words(day)) } }
    }

    /// As [`Frame::date`], where only text can stand. The year always stands there: law is read for years.
    pub fn date_words(&self, day: Date) -> String {
        let weekday = self.say(&format!("weekday-{}", day.weekday().to_monday_one_offset()));
        let month = self.say(&format!("month-{}", day.month()));
        format!("{weekday} {} {month} {}", day.day(), day.year())
    }

    /// "vandaag 18:00", "morgen 09:00", otherwise as [`Frame::time`]: for deadlines.
    pub fn near_time(&self, at: Timestamp) -> Markup {
        let (local, today) = (wall(at), wall(self.now).date());
        let day = match (local.date() - today).get_days() {
            0 if local.date() == today => self.say("page-today"),
            1 if local.date().yesterday().is_ok_and(|before| before == today) => self.say("page-tomorrow"),
            _ => self.day_words(at),
        };
        html! { time datetime=(at) { (day) " " (local.strftime("%H:%M").to_string()) } }
    }

    /// "12 min", "3 u 10", "6 d 4 u": as long as it is, without a sign.
    pub fn span(&self, length: SignedDuration) -> String {
        let minutes = length.as_mins().unsigned_abs();
        let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
        match (days, hours) {
            (0, 0) => self.say_with("page-span-minutes", &[("minutes", &rest.to_string())]),
            (0, _) => {
                let rest = format!("{rest:02}");
                self.say_with("page-span-hours", &[("hours", &hours.to_string()), ("minutes", &rest)])
            }
            _ => {
                self.say_with("page-span-days", &[("days", &days.to_string()), ("hours", &hours.to_string())])
            }
        }
    }

    fn day_words(&self, at: Timestamp) -> String {
        let local = wall(at);
        let weekday = self.say(&format!("weekday-{}", local.weekday().to_monday_one_offset()));
        let month = self.say(&format!("month-{}", local.month()));
        let day = format!("{weekday} {} {month}", local.day());
        if local.year() == wall(self.now).year() { day } else { format!("{day} {}", local.year()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::{frame, languages};

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    #[test]
    fn a_moment_is_written_as_the_clock_on_a_dutch_wall_shows_it() {
        let [dutch, english] = languages().map(|words| frame(words, "/my"));
        let text = |markup: Markup| markup.into_string();
        let thursday = at("2020-01-16T13:02:00Z");
        assert_eq!(
            text(dutch.time(thursday)),
            r#"<time datetime="2020-01-16T13:02:00Z">do 16 jan 14:02</time>"#
        );
        assert_eq!(
            text(english.time(thursday)),
            r#"<time datetime="2020-01-16T13:02:00Z">Thu 16 Jan 14:02</time>"#
        );
        assert!(text(dutch.time(at("2019-12-18T13:00:00Z"))).contains("wo 18 dec 2019 14:00"));
        assert!(text(dutch.near_time(at("2020-01-16T17:00:00Z"))).contains("vandaag 18:00"));
        assert!(text(dutch.near_time(at("2020-01-17T08:00:00Z"))).contains("morgen 09:00"));
        assert!(text(dutch.near_time(at("2020-02-17T08:00:00Z"))).contains("ma 17 feb 09:00"));
        let in_force = jiff::civil::date(2020, 1, 31);
        assert_eq!(text(dutch.date(in_force)), r#"<time datetime="2020-01-31">vr 31 jan 2020</time>"#);
        assert_eq!(english.date_words(in_force), "Fri 31 Jan 2020");
    }

    #[test]
    fn a_length_of_time_has_two_units_at_most() {
        let [dutch, english] = languages().map(|words| frame(words, "/my"));
        let spans = |frame: &Frame| {
            [50, 190, 8_880].map(|minutes| frame.span(SignedDuration::from_mins(minutes))).join(" · ")
        };
        assert_eq!(spans(&dutch), "50 min · 3 u 10 · 6 d 4 u");
        assert_eq!(spans(&english), "50 min · 3 h 10 · 6 d 4 h");
    }
}
