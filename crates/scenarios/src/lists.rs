//! The list of December: who is vulnerable, in the hands of the national team, and a gate that decides for each team
//! whether it may have it.
//!
//! In January 2020 it could not go, because the designation was signed and not in force. The run `designated` plays the
//! same months with the designation in force from the day of the advisory; everything else is as it was.

use std::collections::{BTreeMap, BTreeSet};

use disclosure::{
    Asking, Class, Classified, Cut, Gate, Marks, Purpose, Recipient, Redact, When, clear, shipped_register,
};
use domain::designation::Register;
use domain::disclosure::Form;
use domain::tlp::Tlp;
use domain::warning::Channel;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

/// What became of the lists, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Lists for one group each.
    pub offered: u64,
    /// How many of them the law held back when they came in.
    pub withheld: u64,
    pub released: u64,
    /// Organisations that were on a list that could go, each counted once.
    pub organisations_named: u64,
    /// How long lists were held back, added up.
    pub days_withheld: u64,
    pub first_released_at: Option<Timestamp>,
}

/// A list for one group that may not go yet.
#[derive(Debug, Clone)]
struct Kept {
    group: String,
    lives: BTreeSet<usize>,
    since: Timestamp,
}

pub(crate) struct Lists {
    gate: Gate,
    register: Register,
    /// The day whose law counts; without it, today's.
    law: Option<Date>,
    kept: Vec<Kept>,
    named: BTreeSet<usize>,
    tally: Tally,
}

/// Whoever is vulnerable in one group.
struct List<'a> {
    group: &'a str,
    count: u64,
}

impl Redact for List<'_> {
    fn cut(self, _: &Cut) -> Self {
        self
    }
}

impl Classified for List<'_> {
    fn marks_for(&self, _: &Recipient) -> Marks {
        let marks = Marks::new(Class::D6, Tlp::Amber).about("", "NV", self.group);
        Marks { count: Some(self.count), ..marks }
    }
}

impl Lists {
    /// By the register of the record. `in_force_from` is another day on which every designation in it begins; `law`
    /// another day whose law is asked.
    pub(crate) fn new(in_force_from: Option<Date>, law: Option<Date>) -> Self {
        let mut register = shipped_register();
        if let Some(day) = in_force_from {
            for said in &mut register.designations {
                (said.signed_on, said.in_force_from, said.known_from) = (day, Some(day), None);
            }
        }
        let (kept, named) = (Vec::new(), BTreeSet::new());
        Self { gate: Gate::shipped(), register, law, kept, named, tally: Tally::default() }
    }

    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The national team gets a list: the lives on it, by their group. Gives those whose team may be told, once
    /// somebody released it.
    pub(crate) fn hand_in(
        &mut self,
        now: Timestamp,
        today: Date,
        groups: BTreeMap<String, BTreeSet<usize>>,
    ) -> BTreeSet<usize> {
        let mut told = BTreeSet::new();
        for (group, lives) in groups {
            self.tally.offered += 1;
            match self.may_go(&group, lives.len(), today) {
                true => told.extend(self.release(now, &lives)),
                false => {
                    self.tally.withheld += 1;
                    self.kept.push(Kept { group, lives, since: now });
                }
            }
        }
        told
    }

    /// What was held back is asked again, as every night. Gives those whose team may be told by now.
    pub(crate) fn ask_again(&mut self, now: Timestamp, today: Date) -> BTreeSet<usize> {
        let mut told = BTreeSet::new();
        for one in std::mem::take(&mut self.kept) {
            if self.may_go(&one.group, one.lives.len(), today) {
                let days = now.duration_since(one.since).as_hours() / 24;
                self.tally.days_withheld += days.unsigned_abs();
                told.extend(self.release(now, &one.lives));
            } else {
                self.kept.push(one);
            }
        }
        told
    }

    fn release(&mut self, now: Timestamp, lives: &BTreeSet<usize>) -> BTreeSet<usize> {
        self.tally.released += 1;
        self.tally.first_released_at.get_or_insert(now);
        let new: BTreeSet<usize> = lives.difference(&self.named).copied().collect();
        self.named.extend(&new);
        self.tally.organisations_named = u64::try_from(self.named.len()).unwrap_or(u64::MAX);
        new
    }

    /// Whether some team that serves the group may have the list with its names.
    fn may_go(&self, group: &str, count: usize, today: Date) -> bool {
        let day = self.law.unwrap_or(today);
        let asking = Asking { sender: "national", purpose: Purpose::Warn, when: When::on(day) };
        let teams = self.register.organisations.iter().filter(|one| one.holds_on(day));
        teams.filter(|one| one.groups.iter().any(|own| own == group)).any(|one| {
            let mut to = Recipient::new(&one.id, one.kind.code(), Channel::Platform);
            to.groups.clone_from(&one.groups);
            to.designations = self.register.designations_of(&one.id, day).into_iter().cloned().collect();
            let list = List { group, count: u64::try_from(count).unwrap_or(u64::MAX) };
            clear(&self.gate, asking, list, &to).verdict().form >= Some(Form::Redacted)
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn of_care() -> BTreeMap<String, BTreeSet<usize>> {
        BTreeMap::from([("care".to_owned(), BTreeSet::from_iter(0..12))])
    }

    #[test]
    fn the_list_of_december_lies_until_the_end_of_january() {
        let mut lists = Lists::new(None, None);
        let at = |time: &str| time.parse::<Timestamp>().unwrap();
        let told = lists.hand_in(at("2019-12-27T12:00:00+01:00"), date(2019, 12, 27), of_care());
        assert_eq!((told.len(), lists.tally().withheld), (0, 1));
        assert_eq!(lists.ask_again(at("2020-01-14T00:00:00+01:00"), date(2020, 1, 14)).len(), 0, "signed");
        assert_eq!(lists.ask_again(at("2020-01-31T00:00:00+01:00"), date(2020, 1, 31)).len(), 12, "in force");
        assert_eq!((lists.tally().days_withheld, lists.tally().organisations_named), (34, 12));
    }

    #[test]
    fn with_the_designation_in_force_it_goes_the_same_day() {
        let mut lists = Lists::new(Some(date(2019, 12, 18)), None);
        let now = "2019-12-27T12:00:00+01:00".parse().unwrap();
        assert_eq!(lists.hand_in(now, date(2019, 12, 27), of_care()).len(), 12);
        assert_eq!((lists.tally().withheld, lists.tally().first_released_at), (0, Some(now)));
    }
}
