//! What the ledger says, as sentences for a person. Exhaustive: a new kind of entry does not
//! compile until it has its sentence.

use domain::disclosure::State;
use domain::ledger::Entry;
use domain::publication::Decision;
use domain::rescan::Turned;
use domain::warning::{Answer, Closing, CompromiseCheck, Delivery, Fact, Gate, Shows, WordWay};
use jiff::Timestamp;
use maud::{Markup, html};

use crate::page::Frame;
use crate::terms::{Term, Tone};

/// What an entry is about; the timeline can be narrowed to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    Post,
    Telephone,
    Measurement,
    Answer,
    System,
}

impl Sort {
    pub const ALL: [Self; 5] = [Self::Post, Self::Telephone, Self::Measurement, Self::Answer, Self::System];

    /// As it stands in the address.
    pub fn word(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Telephone => "telephone",
            Self::Measurement => "measurement",
            Self::Answer => "answer",
            Self::System => "system",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.word() == word)
    }
}

/// The sentence without who and when.
#[derive(Debug)]
pub struct Sentence {
    pub sort: Sort,
    pub tone: Tone,
    key: &'static str,
    /// Follows the sentence: a term, a text that somebody typed, or a moment.
    more: Vec<More>,
}

#[derive(Debug)]
enum More {
    Key(&'static str),
    Typed(String),
    /// What a rule cites.
    Cited(String),
    Time(Timestamp),
}

impl Sentence {
    fn new(sort: Sort, tone: Tone, key: &'static str) -> Self {
        Self { sort, tone, key, more: Vec::new() }
    }

    fn term(mut self, term: impl Term) -> Self {
        self.more.push(More::Key(term.key()));
        self
    }

    fn typed(mut self, text: impl Into<String>) -> Self {
        self.more.push(More::Typed(text.into()));
        self
    }

    fn cited(mut self, text: &str) -> Self {
        self.more.push(More::Cited(text.to_owned()));
        self
    }

    fn time(mut self, at: Timestamp) -> Self {
        self.more.push(More::Time(at));
        self
    }

    pub fn show(&self, frame: &Frame) -> Markup {
        html! {
            (frame.say(self.key))
            @for (place, more) in self.more.iter().enumerate() {
                (if place == 0 { ": " } else { ", " })
                @match more {
                    More::Key(key) => { (frame.say(key)) }
                    More::Typed(text) => { "“" (text) "”" }
                    More::Cited(text) => { (frame.article(text)) }
                    More::Time(at) => { (frame.time(*at)) }
                }
            }
        }
    }
}

pub fn sentence(entry: &Entry) -> Sentence {
    use {Sort::*, Tone::*};
    let new = Sentence::new;
    match entry {
        Entry::PaperReceived { source, .. } => new(System, Quiet, "ledger-paper-received").typed(source),
        Entry::PaperShelved { why, .. } => new(System, Heed, "ledger-paper-shelved").typed(why),
        Entry::AdvisoryMoved { to, why, release_at, .. } => {
            let said = new(System, Heed, "ledger-advisory-moved").term(*to);
            let said = if why.is_empty() { said } else { said.typed(why) };
            release_at.iter().fold(said, |said, at| said.time(*at))
        }
        Entry::AdvisoryReleased { revision, kinds, .. } => kinds.iter().fold(
            new(System, Quiet, "ledger-advisory-released").typed(revision.to_string()),
            |sentence, kind| sentence.term(*kind),
        ),
        Entry::FacetSaid { vulnerability, at, .. } => {
            new(System, Quiet, "ledger-facet-said").typed(vulnerability).time(*at)
        }
        Entry::WarningOpened { .. } => new(System, Quiet, "ledger-warning-opened"),
        Entry::Learned { fact, .. } => learned(fact),
        Entry::Decided { record, .. } => match record.form {
            Some(_) if record.needs_person => {
                new(System, Heed, "ledger-decided-person").typed(&record.recipient).cited(&record.ground)
            }
            Some(_) => new(System, Quiet, "ledger-decided").typed(&record.recipient).cited(&record.ground),
            None => new(System, Heed, "ledger-decided-none").typed(&record.recipient),
        },
        Entry::DisclosureTurned { state, by, .. } => match state {
            State::Released => new(System, Quiet, "ledger-disclosure-released").typed(by),
            State::Refused => new(System, Heed, "ledger-disclosure-refused").typed(by),
            State::Recalled => new(System, Alarm, "ledger-disclosure-recalled").typed(by),
            State::Waiting | State::Withheld | State::Superseded => {
                new(System, Quiet, "ledger-disclosure-superseded")
            }
        },
        Entry::OrganisationChanged { change, .. } => {
            new(System, Quiet, "ledger-organisation-changed").typed(change)
        }
        Entry::Sending { channel, .. } => new(Post, Quiet, "ledger-sending").term(*channel),
        Entry::ReportTakenIn { rows, .. } => {
            new(System, Quiet, "ledger-report-taken-in").typed(rows.to_string())
        }
        Entry::Observed { .. } => new(Measurement, Quiet, "ledger-observed"),
        Entry::ParticipantChanged { change, .. } => {
            new(System, Quiet, "ledger-participant-changed").typed(change)
        }
        Entry::ContactChanged { change, .. } => new(System, Quiet, "ledger-contact-changed").typed(change),
        Entry::AssetChanged { change, .. } => new(System, Quiet, "ledger-asset-changed").typed(change),
        Entry::CallOrdered { rung, .. } => {
            new(Telephone, Heed, "ledger-call-ordered").typed((rung + 1).to_string())
        }
        Entry::CallEnded { outcome, .. } => new(Telephone, Quiet, "ledger-call-ended").term(*outcome),
        Entry::DesignationChanged { gazette, change, .. } => {
            new(System, Quiet, "ledger-designation-changed").typed(gazette).typed(change)
        }
        Entry::JobShelved { why, .. } => new(System, Alarm, "ledger-job-shelved").typed(why),
        Entry::SignedIn { who, .. } => new(System, Quiet, "ledger-signed-in").typed(who),
        Entry::RulesChanged { name, .. } => new(System, Quiet, "ledger-rules-changed").typed(name),
        Entry::WarningTaken { .. } => new(Telephone, Quiet, "ledger-warning-taken"),
        Entry::KeyPublished { key } => new(System, Quiet, "ledger-key-published").typed(key),
        Entry::QueueHeld { why, .. } => new(Post, Alarm, "ledger-queue-held").typed(why),
        Entry::InventoryTaken { added, removed, changed, .. } => {
            new(System, Quiet, "ledger-inventory-taken").typed(format!("+{added} −{removed} ~{changed}"))
        }
        Entry::InventoryUndone { .. } => new(System, Heed, "ledger-inventory-undone"),
        Entry::MandateChanged { change, .. } => new(System, Quiet, "ledger-mandate-changed").typed(change),
        Entry::PlaceDecided { place, reason, .. } => {
            new(System, Quiet, "ledger-place-decided").typed(place).typed(reason)
        }
        Entry::HoldingChanged { change, by, .. } => {
            new(System, Quiet, "ledger-holding-changed").typed(change).typed(by)
        }
        Entry::QueueReleased { .. } => new(Post, Quiet, "ledger-queue-released"),
        Entry::NameDecided { name, change, .. } => {
            new(System, Quiet, "ledger-name-decided").typed(name).typed(change)
        }
        Entry::SamenessDecided { one, other, is_same, .. } => {
            let key = match is_same {
                Some(true) => "ledger-decided-same",
                Some(false) => "ledger-decided-different",
                None => "ledger-decision-taken-back",
            };
            new(System, Quiet, key).typed(one).typed(other)
        }
        Entry::RescanTurned { turn, why, by, .. } => {
            let tone = if matches!(turn, Turned::Refused | Turned::Expired) { Heed } else { Quiet };
            [why, by]
                .into_iter()
                .filter(|text| !text.is_empty())
                .fold(new(Measurement, tone, "ledger-rescan-turned").term(*turn), |sentence, text| {
                    sentence.typed(text)
                })
        }
        Entry::ConsentChanged { change, .. } => new(Answer, Quiet, "ledger-consent-changed").typed(change),
        Entry::CodeClosed { wrong, .. } => new(Answer, Alarm, "ledger-code-closed").typed(wrong.to_string()),
        Entry::NoteWritten { contact: Some(_), .. } => new(Answer, Heed, "ledger-note-asked"),
        Entry::NoteWritten { .. } => new(Answer, Quiet, "ledger-note-answered"),
        Entry::ContactTested { change, .. } => new(Answer, Quiet, "ledger-contact-tested").typed(change),
        Entry::Admitted { register, .. } => new(System, Quiet, "ledger-admitted").typed(register),
        Entry::AlarmOrdered { .. } => new(System, Heed, "ledger-alarm-ordered"),
        Entry::ReplyCame { became, digit, .. } => {
            let tone = if became.is_for_a_person() { Heed } else { Quiet };
            let sentence = new(Answer, tone, "ledger-reply-came").term(*became);
            digit.iter().fold(sentence, |sentence, digit| sentence.typed(digit.to_string()))
        }
        Entry::FeedTokenMade { .. } => new(System, Quiet, "ledger-feed-token-made"),
        Entry::FeedTokenWithdrawn { .. } => new(System, Quiet, "ledger-feed-token-withdrawn"),
        Entry::SuppressionTurned { turn, .. } => new(System, Quiet, "ledger-suppression").term(*turn),
        Entry::ReplySeenTo { became, .. } => new(Answer, Quiet, "ledger-reply-seen-to").term(*became),
        Entry::LaddersChanged { number, change, .. } => {
            new(System, Quiet, "ledger-ladders-changed").typed(number.to_string()).typed(change)
        }
        Entry::FinderChanged { change, .. } => new(System, Quiet, "ledger-finder-changed").typed(change),
        Entry::SetHandedIn { rows, is_parked, .. } => {
            let (tone, key) = match is_parked {
                true => (Alarm, "ledger-set-parked"),
                false => (Quiet, "ledger-set-handed-in"),
            };
            new(System, tone, key).typed(rows.to_string())
        }
        Entry::SetReleased { .. } => new(System, Quiet, "ledger-set-released"),
        Entry::SetCounted { day, .. } => new(System, Quiet, "ledger-set-counted").typed(day.to_string()),
        Entry::PublicationProposed { .. } => new(System, Heed, "ledger-publication-proposed"),
        Entry::PublicationDecided { decision: Decision::Public, .. } => {
            new(System, Quiet, "ledger-publication-public")
        }
        Entry::PublicationDecided { reason, .. } => {
            new(System, Quiet, "ledger-publication-suppressed").typed(reason)
        }
        Entry::WebsiteWritten { advisories, .. } => {
            new(System, Quiet, "ledger-website-written").typed(advisories.to_string())
        }
        Entry::SourceTurned { name, turn, .. } => {
            new(System, Quiet, "ledger-source-turned").typed(name).term(*turn)
        }
    }
}

fn learned(fact: &Fact) -> Sentence {
    use {Sort::*, Tone::*};
    let new = Sentence::new;
    match fact {
        Fact::Revision(edition) => new(System, Quiet, "ledger-revision").typed(edition.number.to_string()),
        Fact::Exposed(_, certainty) => new(System, Heed, "ledger-exposed").term(*certainty),
        Fact::Relieved(_) => new(System, Good, "ledger-relieved"),
        Fact::Gate(Gate::Blocked) => new(System, Heed, "ledger-blocked"),
        Fact::Gate(Gate::Released) => new(System, Quiet, "ledger-released"),
        Fact::Delivery(channel, Delivery::Sent) => new(Post, Quiet, "ledger-sent").term(*channel),
        Fact::Delivery(channel, Delivery::Delivered) => new(Post, Quiet, "ledger-delivered").term(*channel),
        Fact::Delivery(channel, Delivery::Read) => new(Post, Quiet, "ledger-read").term(*channel),
        Fact::Delivery(channel, Delivery::Bounced) => new(Post, Alarm, "ledger-bounced").term(*channel),
        Fact::Delivery(channel, Delivery::Failed) => new(Post, Alarm, "ledger-failed").term(*channel),
        Fact::Acknowledgement(said) => {
            new(Answer, Quiet, "ledger-acknowledged").typed(said.revision.to_string())
        }
        Fact::Answer(answer) => answered(answer),
        Fact::Claim(claim) => match claim.executed_at {
            Some(at) => new(Answer, Quiet, "ledger-claimed").time(at),
            None => new(Answer, Heed, "ledger-claimed-when-unknown"),
        },
        Fact::Evidence(evidence) => match evidence.shows {
            Shows::Gone(_) => new(Measurement, Good, "ledger-gone"),
            Shows::Attested(_) => new(Measurement, Good, "ledger-attested"),
            Shows::StillThere(_) => new(Measurement, Alarm, "ledger-still-there"),
        },
        Fact::CompromiseCheck(CompromiseCheck::Clean { secrets_renewed: true, .. }) => {
            new(Answer, Good, "ledger-clean-renewed")
        }
        Fact::CompromiseCheck(CompromiseCheck::Clean { .. }) => new(Answer, Quiet, "ledger-clean"),
        Fact::CompromiseCheck(CompromiseCheck::Found { .. }) => new(Answer, Alarm, "ledger-found"),
        Fact::Closing(Closing::Safe) => new(System, Good, "ledger-closed-safe"),
        Fact::Closing(Closing::StandDown) => new(System, Good, "ledger-closed-stand-down"),
        Fact::Closing(Closing::Transferred) => new(System, Quiet, "ledger-closed-transferred"),
        Fact::Closing(Closing::Orphaned) => new(System, Alarm, "ledger-closed-orphaned"),
        Fact::Reopening(reopening) => new(System, Alarm, "ledger-reopened").term(reopening.cause),
        Fact::Climbed(rung) => new(Telephone, Heed, "ledger-climbed").typed((rung + 1).to_string()),
        Fact::Through(through) => match &through.way {
            WordWay::Mailbox => new(Answer, Heed, "ledger-through-mailbox"),
            WordWay::Telephone { spoke_with, number, .. } => {
                new(Answer, Quiet, "ledger-through-telephone").typed(spoke_with).typed(number)
            }
            WordWay::Supplier { .. } => new(Answer, Quiet, "ledger-through-supplier"),
        },
        Fact::TakenBack(it) => new(Answer, Heed, "ledger-taken-back").time(it.said_at),
    }
}

fn answered(answer: &Answer) -> Sentence {
    use {Sort, Tone::*};
    let new = |tone, key| Sentence::new(Sort::Answer, tone, key);
    match answer {
        Answer::NotAffected { reason, .. } => new(Quiet, "ledger-not-affected").term(*reason),
        Answer::HelpAsked { telephone, .. } => new(Heed, "ledger-help-asked").typed(telephone),
        Answer::HelpGiven { .. } => new(Quiet, "ledger-help-given"),
        Answer::Planned { due_at, .. } => new(Quiet, "ledger-planned").time(*due_at),
        Answer::RiskAccepted { manager, reason, until, .. } => {
            new(Heed, "ledger-risk-accepted").time(*until).typed(manager).typed(reason)
        }
    }
}
