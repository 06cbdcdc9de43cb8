//! Whether our letters are still read. Who is written to about what is not theirs learns to look away, and looks
//! away on the day that it is.
//!
//! Silence counts as silence: the time until a word is told of everybody who got the letter, also of those who
//! have said nothing up to now ([`Survival`]).

use jiff::Timestamp;

use crate::survival::{Quantile, Survival};
use crate::warning::{Answer, Delivery, Fact, Warning};

/// How often "that is not us" may be the answer: above three in ten a rule trains people to ignore us.
const NOT_THEIRS_PERCENT_MAX: u64 = 30;
/// Fewer answers say nothing about a rule.
const ANSWERS_MIN: u64 = 5;

/// How one warning was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// When it first arrived, by any channel.
    pub arrived_at: Timestamp,
    /// When the participant said a first word that still stands: received, an answer, or done.
    pub heard_at: Option<Timestamp>,
    /// Whether its last answer is that it does not concern them.
    pub is_not_theirs: bool,
}

impl Taken {
    /// `None` for a warning that never arrived: nobody is silent who heard nothing.
    pub fn of(warning: &Warning) -> Option<Self> {
        let arrived_at = warning.facts().find_map(|fact| match fact.it {
            Fact::Delivery(_, Delivery::Delivered | Delivery::Read) => Some(fact.at),
            _ => None,
        })?;
        // What the CSIRT says in their place is not theirs.
        let says = |fact: &Fact| match fact {
            Fact::Acknowledgement(_) | Fact::Claim(_) => true,
            Fact::Answer(answer) => !matches!(answer, Answer::HelpGiven { .. }),
            _ => false,
        };
        let heard_at = warning.standing_facts().find(|fact| says(&fact.it)).map(|fact| fact.at);
        let last = warning
            .standing_facts()
            .rev()
            .find(|fact| says(&fact.it) && !matches!(fact.it, Fact::Acknowledgement(_)));
        let is_not_theirs =
            last.is_some_and(|fact| matches!(fact.it, Fact::Answer(Answer::NotAffected { .. })));
        Some(Self { arrived_at, heard_at, is_not_theirs })
    }
}

/// How some warnings were taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reception {
    /// Warnings that arrived.
    pub arrived: u64,
    /// Those about which the participant said something.
    pub heard: u64,
    /// Those that do not concern the participant, as it says.
    pub not_theirs: u64,
    /// After how long half of them had said something, with its range.
    pub half_heard: Quantile,
}

impl Reception {
    /// As of `now`: until then one could wait for a word.
    pub fn of(some: &[Taken], now: Timestamp) -> Self {
        let count = |is: fn(&Taken) -> bool| {
            u64::try_from(some.iter().filter(|it| is(it)).count()).unwrap_or(u64::MAX)
        };
        let waits = some.iter().map(|it| {
            let until = it.heard_at.unwrap_or(now).max(it.arrived_at);
            (until.duration_since(it.arrived_at), it.heard_at.is_some())
        });
        Self {
            arrived: count(|_| true),
            heard: count(|it| it.heard_at.is_some()),
            not_theirs: count(|it| it.is_not_theirs),
            half_heard: Survival::of_waits(waits).quantile(0.5),
        }
    }

    /// Whether what was matched was so often not theirs that the rule needs a look: more than three in ten of at
    /// least five who spoke.
    pub fn trains_to_ignore(&self) -> bool {
        self.heard >= ANSWERS_MIN && self.not_theirs * 100 > self.heard * NOT_THEIRS_PERCENT_MAX
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, ToSpan};
    use uuid::Uuid;

    use super::*;
    use crate::advisory::RevisionNumber;
    use crate::ids::{AdvisoryId, ContactId, OfficerId, ParticipantId, WarningId};
    use crate::warning::{Acknowledgement, Channel, NotAffected};

    const OPENED: Timestamp = Timestamp::constant(1_576_674_000, 0);

    fn not_us() -> Fact {
        Fact::Answer(Answer::NotAffected { by: ContactId(Uuid::nil()), reason: NotAffected::NotInUse })
    }

    fn read() -> Fact {
        Fact::Acknowledgement(Acknowledgement { by: ContactId(Uuid::nil()), revision: RevisionNumber::FIRST })
    }

    fn warning(facts: &[(i64, Fact)]) -> Warning {
        let id = Uuid::nil();
        let mut warning = Warning::new(WarningId(id), ParticipantId(id), AdvisoryId(id));
        facts.iter().for_each(|(hour, fact)| warning.learn(OPENED + hour.hours(), fact.clone()));
        warning
    }

    fn arrived() -> Fact {
        Fact::Delivery(Channel::Mail, Delivery::Delivered)
    }

    #[test]
    fn a_word_of_ours_is_none_of_theirs_and_who_got_nothing_is_not_silent() {
        assert_eq!(Taken::of(&warning(&[(0, Fact::Delivery(Channel::Mail, Delivery::Sent))])), None);
        let helped = Fact::Answer(Answer::HelpGiven { by: OfficerId(Uuid::nil()) });
        let silent = Taken::of(&warning(&[(1, arrived()), (5, helped)])).unwrap();
        assert_eq!((silent.arrived_at, silent.heard_at), (OPENED + 1.hour(), None));
        let spoke = Taken::of(&warning(&[(1, arrived()), (3, not_us()), (4, read())])).unwrap();
        assert_eq!(
            (spoke.heard_at, spoke.is_not_theirs),
            (Some(OPENED + 3.hours()), true),
            "read is no answer"
        );
    }

    #[test]
    fn half_is_half_of_all_and_a_rule_is_flagged_above_three_in_ten_of_five() {
        let taken = |hours: Option<i64>, is_not_theirs| Taken {
            arrived_at: OPENED,
            heard_at: hours.map(|hours| OPENED + hours.hours()),
            is_not_theirs,
        };
        let now = OPENED + 100.hours();
        let four = [taken(Some(1), true), taken(Some(2), true), taken(Some(3), true), taken(Some(4), true)];
        let all = Reception::of(&four, now);
        assert_eq!((all.heard, all.not_theirs, all.trains_to_ignore()), (4, 4, false), "four say too little");
        assert_eq!(all.half_heard.at, Some(SignedDuration::from_hours(2)));

        let ours = [taken(Some(9), false); 7];
        let three_of_ten = Reception::of(&[&four[..3], &ours].concat(), now);
        assert!(!three_of_ten.trains_to_ignore());
        let four_of_eleven = Reception::of(&[&four[..], &ours].concat(), now);
        assert!(four_of_eleven.trains_to_ignore());

        let silent = [taken(None, false); 12];
        let most_are_silent = Reception::of(&[&four[..], &ours, &silent].concat(), now);
        assert_eq!((most_are_silent.arrived, most_are_silent.heard), (23, 11));
        assert_eq!(most_are_silent.half_heard.at, None, "more than half have said nothing");
        assert_eq!(Reception::of(&[], now), Reception::default());
    }
}
