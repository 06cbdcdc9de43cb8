//! What the participant says, and what was seen. Two sides, two columns, two blocks: a claim never
//! overwrites a measurement, and where they contradict each other both are shown.

use domain::observation::Method;
use domain::text::Text;
use domain::warning::WordWay;
use jiff::Timestamp;
use maud::{Markup, html};

use crate::page::Frame;
use crate::terms::{Tone, status};

/// The last word of the participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    Nothing,
    Acknowledged,
    Planned {
        due_at: Timestamp,
    },
    /// Done, they say; `None` when they could not say when.
    Claimed {
        measure: Text,
        executed_at: Option<Timestamp>,
    },
    NotAffected,
    HelpAsked,
    RiskAccepted {
        until: Timestamp,
    },
}

/// The last time that anybody looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Nobody looked, or it cannot be seen from outside.
    Nothing,
    /// Somebody looked, but not since the warning was opened again.
    NothingSince {
        at: Timestamp,
    },
    StillThere {
        at: Timestamp,
        /// On how many systems of the participant.
        systems: usize,
        method: Method,
    },
    Gone {
        at: Timestamp,
        method: Method,
    },
    /// Signed for by a second person or the supplier.
    Attested {
        at: Timestamp,
        by: String,
    },
}

/// Whether they say that it is solved, or no matter of theirs, while it was seen since.
pub fn contradict(said: &Said, seen: &Seen) -> bool {
    matches!(said, Said::Claimed { .. } | Said::NotAffected) && matches!(seen, Seen::StillThere { .. })
}

impl Frame {
    /// By which way somebody said it who was not signed in: the mailbox is the weakest.
    pub fn way(&self, way: &WordWay) -> Markup {
        match way {
            WordWay::Mailbox => status(Tone::Heed, &self.say("said-through-mailbox")),
            WordWay::Telephone { spoke_with, .. } => {
                status(Tone::Quiet, &self.say_with("said-through-telephone", &[("name", spoke_with)]))
            }
            WordWay::Supplier { .. } => status(Tone::Quiet, &self.say("said-through-supplier")),
        }
    }

    /// One line on what they say. `contradicted` draws it as something that does not hold.
    pub fn said(&self, said: &Said, contradicted: bool) -> Markup {
        let tone = if contradicted { Tone::Alarm } else { Tone::Quiet };
        match said {
            Said::Nothing => status(Tone::Heed, &self.say("said-nothing")),
            Said::Acknowledged => status(tone, &self.say("said-acknowledged")),
            Said::NotAffected => status(tone, &self.say("said-not-affected")),
            Said::HelpAsked => status(Tone::Heed, &self.say("said-help-asked")),
            Said::Planned { due_at } => html! {
                (status(tone, &self.say("said-planned"))) " " (self.time(*due_at))
            },
            Said::RiskAccepted { until } => html! {
                (status(Tone::Heed, &self.say("said-risk-accepted"))) " " (self.day(*until))
            },
            Said::Claimed { measure, executed_at } => html! {
                @match executed_at {
                    Some(at) => { (status(tone, &self.say("said-claimed"))) " " (self.time(*at)) },
                    None => { (status(tone, &self.say("said-claimed-when-unknown"))) },
                }
                @if !measure.is_empty() { br; span .small .soft { (self.text(measure)) } }
            },
        }
    }

    /// One line on what was seen.
    pub fn seen(&self, seen: &Seen) -> Markup {
        match seen {
            Seen::Nothing => status(Tone::Quiet, &self.say("seen-nothing")),
            Seen::NothingSince { at } => html! {
                (status(Tone::Quiet, &self.say("seen-nothing-since"))) " " (self.time(*at))
            },
            Seen::StillThere { at, systems, method } => html! {
                (status(Tone::Alarm, &self.count("seen-still-there", *systems))) " " (self.time(*at))
                br; span .small .soft { (self.term(*method)) }
            },
            Seen::Gone { at, method } => html! {
                (status(Tone::Good, &self.say("seen-gone"))) " " (self.time(*at))
                br; span .small .soft { (self.term(*method)) }
            },
            Seen::Attested { at, by } => html! {
                (status(Tone::Quiet, &self.say_with("seen-attested", &[("by", by)]))) " " (self.time(*at))
            },
        }
    }
}
