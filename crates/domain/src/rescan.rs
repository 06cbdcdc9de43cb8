//! Somebody is asked to look once more at one place, within what the label and the participant allow.
//!
//! ```text
//! Asked ─► Accepted ─► Answered, by a look that was made after it
//!   │         ├──────► Expired, on its day: nobody has looked
//!   │         └──────► Withdrawn, by an officer or because the consent under it ended
//!   ├► Declined
//!   └► Answered, Expired, Withdrawn: also when nobody said yes first
//! ```
//!
//! A request says how far a look may go, never how it is made. What its label forbids cannot be asked: the
//! request is refused before it exists (`docs/decisions/0010-what-verification-may-touch.md`). Time in which
//! nobody looked is *not looked*, and never *fine*.

use std::collections::BTreeSet;
use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::asset::Asset;
use crate::ids::{
    AssetId, ConsentId, ContactId, FinderId, ObservationId, OfficerId, ParticipantId, RescanId, WarningId,
};
use crate::observation::{Method, Observation, Seen};
use crate::tlp::{Pap, Tlp};

/// The longest that somebody is asked to look: a look after that answers another question.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The longest that a consent lasts before somebody has to think again.
pub const CONSENT_LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// How far a look goes, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Touch {
    /// What whoever is asked has already: logs, results of earlier scans. Leaves no trace anywhere.
    OwnRecords,
    /// What others publish or sell: scan databases, passive DNS. The others learn that somebody asked.
    ThirdParties,
    /// A packet to the system itself, which its owner can see, and whoever is inside too.
    TheSystem,
}

impl Touch {
    pub const ALL: [Self; 3] = [Self::OwnRecords, Self::ThirdParties, Self::TheSystem];

    /// As it is written in columns and forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::OwnRecords => "own_records",
            Self::ThirdParties => "third_parties",
            Self::TheSystem => "the_system",
        }
    }

    /// Reads what [`Touch::word`] writes.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }

    /// The strictest label under which a look may go so far. Source: FIRST's and MISP's Permissible
    /// Actions Protocol: RED is what nobody outside can detect, AMBER adds passive checks with third
    /// parties, GREEN adds what the other side can see.
    pub fn allowed_up_to(self) -> Pap {
        match self {
            Self::OwnRecords => Pap::Red,
            Self::ThirdParties => Pap::Amber,
            Self::TheSystem => Pap::Green,
        }
    }

    /// Whether it may be asked under `pap`.
    pub fn is_allowed_by(self, pap: Pap) -> bool {
        pap <= self.allowed_up_to()
    }
}

/// Whom is asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// Whose system it is.
    Participant,
    Finder(FinderId),
    /// Another team. Without an address a person tells them.
    Partner {
        name: String,
        mail: Option<String>,
    },
}

impl Asked {
    /// Whether somebody else than the owner would learn where the system stands.
    pub fn is_an_outsider(&self) -> bool {
        *self != Self::Participant
    }
}

/// A participant lets others look at one of its systems, until a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    pub id: ConsentId,
    pub participant: ParticipantId,
    pub asset: AssetId,
    /// How far they may go.
    pub touch: Touch,
    pub given_by: ContactId,
    pub given_at: Timestamp,
    /// No consent is for ever.
    pub ends_at: Timestamp,
    pub withdrawn_at: Option<Timestamp>,
}

impl Consent {
    /// Whether it counts at `now`.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.given_at <= now && now < self.ends_at && self.withdrawn_at.is_none_or(|at| now < at)
    }

    /// Whether it lets somebody go so far at `asset` at `now`.
    pub fn covers(&self, asset: AssetId, touch: Touch, now: Timestamp) -> bool {
        self.holds(now) && self.asset == asset && touch <= self.touch
    }
}

/// What an officer wants to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub asset: AssetId,
    pub asked: Asked,
    pub touch: Touch,
    /// The label that the officer gives it; that of what was seen there binds as well.
    pub pap: Pap,
    pub due_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rescan {
    pub id: RescanId,
    pub participant: ParticipantId,
    pub warning: WarningId,
    pub asset: AssetId,
    /// What to look for.
    pub finding: String,
    /// Where the asset stood when it was asked.
    pub host: Option<String>,
    pub address: Option<IpAddr>,
    pub port: Option<u16>,
    pub asked: Asked,
    pub touch: Touch,
    /// The methods that can prove what was claimed; none named means any.
    pub methods: BTreeSet<Method>,
    pub pap: Pap,
    /// On which it leans, when somebody else than the owner is asked.
    pub consent: Option<ConsentId>,
    pub asked_by: OfficerId,
    pub asked_at: Timestamp,
    /// Not later than the end of the consent on which it leans.
    pub due_at: Timestamp,
    /// Whether a letter went out; otherwise a person tells them.
    pub is_written_to: bool,
    pub accepted_at: Option<Timestamp>,
    pub declined_at: Option<Timestamp>,
    /// Why it was declined or withdrawn, as somebody said it.
    pub reason: Option<String>,
    pub answered: Option<(Timestamp, ObservationId)>,
    pub withdrawn_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Asked,
    Accepted,
    Declined,
    Answered,
    Expired,
    Withdrawn,
}

/// What became of a request, as the ledger has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turned {
    /// It was never asked: a label, a consent or the gate stood before it.
    Refused,
    Asked,
    Accepted,
    Declined,
    Answered,
    Expired,
    Withdrawn,
}

/// Why a look was not asked for, or is not made. The words are in `locales/`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("PAP:{pap:?} allows no look that goes as far as {touch:?}")]
    Label { pap: Pap, touch: Touch },
    #[error("TLP:{} stays with who has it", .0.word())]
    Travel(Tlp),
    #[error("the participant did not agree that others look at this system so far, or no longer")]
    NoConsent,
    #[error("a look is asked for within thirty days from now")]
    Days,
    #[error("a consent ends within a year from now")]
    ConsentDays,
    #[error("nobody knows where this system stands")]
    NoPlace,
    #[error("the advisory names nothing that somebody could look for")]
    NoFinding,
    #[error("this system does not belong to the warning")]
    ForeignAsset,
    #[error("this is over")]
    Over,
}

/// What is known of a place when somebody is asked to look at it again.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    pub asset: &'a Asset,
    /// What was seen there, the oldest first.
    pub seen: &'a [Observation],
    /// What its owner agreed to, at any time.
    pub consents: &'a [Consent],
}

impl Known<'_> {
    /// The labels that bind who acts on what is known of `finding` here: of every look that still says
    /// something, the narrowest.
    pub fn labels(&self, finding: &str, now: Timestamp) -> Option<(Tlp, Pap)> {
        let bind = self.seen.iter().filter(|one| one.finding == finding && one.is_fresh(now));
        bind.map(|one| (one.tlp, one.pap))
            .reduce(|(tlp, pap), (other_tlp, other_pap)| (tlp.max(other_tlp), pap.max(other_pap)))
    }
}

impl Order {
    /// Whether it may be asked at `now`, under which label, and on which consent it leans.
    ///
    /// # Errors
    /// [`Refused`], the strictest reason first: a label is asked before a consent, because no participant
    /// can lift what somebody else laid on it.
    pub fn check<'a>(
        &self,
        known: Known<'a>,
        finding: &str,
        now: Timestamp,
    ) -> Result<(Pap, Option<&'a Consent>), Refused> {
        let labels = known.labels(finding, now);
        let pap = labels.map_or(self.pap, |(_, pap)| pap.max(self.pap));
        if !self.touch.is_allowed_by(pap) {
            return Err(Refused::Label { pap, touch: self.touch });
        }
        if self.due_at <= now || self.due_at.duration_since(now) > LONGEST {
            return Err(Refused::Days);
        }
        if known.asset.host.is_none() && known.asset.address.is_none() {
            return Err(Refused::NoPlace);
        }
        if !self.asked.is_an_outsider() {
            return Ok((pap, None));
        }
        if let Some((tlp, _)) = labels.filter(|(tlp, _)| *tlp >= Tlp::AmberStrict) {
            return Err(Refused::Travel(tlp));
        }
        let fitting = known.consents.iter().filter(|it| it.covers(self.asset, self.touch, now));
        let consent = fitting.max_by_key(|it| it.ends_at);
        // Where nothing is touched the law may know another ground, and the gate is asked.
        if consent.is_none() && self.touch == Touch::TheSystem {
            return Err(Refused::NoConsent);
        }
        Ok((pap, consent))
    }
}

impl Rescan {
    /// Where it stands at `now`.
    pub fn state(&self, now: Timestamp) -> State {
        match () {
            () if self.answered.is_some() => State::Answered,
            () if self.withdrawn_at.is_some() => State::Withdrawn,
            () if self.declined_at.is_some() => State::Declined,
            () if self.due_at <= now => State::Expired,
            () if self.accepted_at.is_some() => State::Accepted,
            () => State::Asked,
        }
    }

    /// Whether somebody may still answer it.
    pub fn is_open(&self, now: Timestamp) -> bool {
        matches!(self.state(now), State::Asked | State::Accepted)
    }

    /// Whether `seen` is the look that was asked for: at this system, for this, made after it was asked and
    /// before it ran out, and by a method that can prove something. What was merely there is no answer.
    pub fn is_answered_by(&self, seen: &Observation) -> bool {
        let in_time = self.asked_at <= seen.at && seen.at < self.due_at;
        let says = matches!(seen.seen, Seen::Vulnerable | Seen::Misconfigured | Seen::NotVulnerable);
        // To have seen it open takes no proof that it is shut.
        let proves = self.methods.is_empty()
            || self.methods.contains(&seen.method)
            || seen.seen != Seen::NotVulnerable;
        let here = seen.about == Some((self.participant, Some(self.asset)));
        here && seen.finding == self.finding && in_time && says && proves
    }

    /// What both sides call it: no name, no place.
    pub fn reference(&self) -> String {
        self.id.0.simple().to_string()[20..].to_owned()
    }

    /// Where to look, as whoever is asked reads it.
    pub fn place(&self) -> String {
        let at = self.address.map(|it| it.to_string());
        let named = self.host.clone().map_or_else(|| at.clone(), Some).unwrap_or_default();
        let beside = at.filter(|it| *it != named).map_or(String::new(), |it| format!(" ({it})"));
        let port = self.port.map_or(String::new(), |port| format!(", port {port}"));
        format!("{named}{beside}{port}")
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use uuid::Uuid;

    use super::*;
    use crate::asset::Reach;
    use crate::measure::CareImpact;
    use crate::observation::{Class, ProductGuess};
    use crate::product::Name;

    const HOLE: &str = "CVE-2019-19781";

    fn now() -> Timestamp {
        "2020-01-16T12:00:00Z".parse().unwrap()
    }

    fn asset(host: Option<&str>) -> Asset {
        Asset {
            id: AssetId(Uuid::from_u128(1)),
            participant: ParticipantId(Uuid::from_u128(2)),
            name: Name::new("Citrix", "NetScaler"),
            version: None,
            cpe: None,
            purl: None,
            order_number: None,
            host: host.map(str::to_owned),
            address: None,
            supplier: None,
            reach: Reach::Internet,
            care_process: None,
            care_impact: CareImpact::None,
            alias: None,
            claimed_at: None,
            observed_at: None,
            retired_at: None,
        }
    }

    fn seen(pap: Pap, tlp: Tlp, at: Timestamp) -> Observation {
        Observation {
            id: ObservationId(Uuid::nil()),
            at,
            address: None,
            host: Some("vpn.noordzorg.example".into()),
            port: Some(443),
            asn: None,
            product: ProductGuess::default(),
            finding: HOLE.into(),
            seen: Seen::Vulnerable,
            class: Class::VulnerableSystem,
            severity: None,
            method: Method::SafeCheck,
            vantage: None,
            confidence: None,
            source: "a finder".into(),
            tlp,
            pap,
            paper: None,
            about: Some((ParticipantId(Uuid::from_u128(2)), Some(AssetId(Uuid::from_u128(1))))),
        }
    }

    fn consent(touch: Touch, hours: i64) -> Consent {
        Consent {
            id: ConsentId(Uuid::from_u128(3)),
            participant: ParticipantId(Uuid::from_u128(2)),
            asset: AssetId(Uuid::from_u128(1)),
            touch,
            given_by: ContactId(Uuid::nil()),
            given_at: now() - 1.hour(),
            ends_at: now() + hours.hours(),
            withdrawn_at: None,
        }
    }

    fn order(asked: Asked, touch: Touch, pap: Pap) -> Order {
        Order { asset: AssetId(Uuid::from_u128(1)), asked, touch, pap, due_at: now() + 48.hours() }
    }

    fn finder() -> Asked {
        Asked::Finder(FinderId(Uuid::from_u128(4)))
    }

    #[test]
    fn a_label_says_how_far_a_look_may_go() {
        let allowed = |pap: Pap| Touch::ALL.map(|touch| touch.is_allowed_by(pap));
        assert_eq!(allowed(Pap::Red), [true, false, false]);
        assert_eq!(allowed(Pap::Amber), [true, true, false]);
        assert_eq!(allowed(Pap::Green), [true, true, true]);
        assert_eq!(allowed(Pap::Clear), [true, true, true]);
        assert!(Touch::ALL.into_iter().all(|it| Touch::of_word(it.word()) == Some(it)));
    }

    #[test]
    fn under_red_no_system_is_touched_whatever_anybody_agreed_to() {
        let asset = asset(Some("vpn.noordzorg.example"));
        let consents = [consent(Touch::TheSystem, 99)];
        let red =
            [seen(Pap::Green, Tlp::Green, now() - 1.hour()), seen(Pap::Red, Tlp::Green, now() - 2.hours())];
        let known = Known { asset: &asset, seen: &red, consents: &consents };
        for asked in [Asked::Participant, finder()] {
            for touch in [Touch::ThirdParties, Touch::TheSystem] {
                let refused = order(asked.clone(), touch, Pap::Clear).check(known, HOLE, now());
                assert_eq!(refused.unwrap_err(), Refused::Label { pap: Pap::Red, touch });
            }
            let own = order(asked, Touch::OwnRecords, Pap::Clear);
            assert_eq!(own.check(known, HOLE, now()).unwrap().0, Pap::Red);
        }
        // Of another hole, or of what says nothing any more, it binds nobody.
        let other = order(Asked::Participant, Touch::TheSystem, Pap::Green);
        assert!(other.check(known, "CVE-2020-0001", now()).is_ok());
        assert!(
            other
                .check(known, HOLE, now() - 1.hour() + (15 * 24).hours())
                .is_err_and(|it| it == Refused::Days)
        );
    }

    #[test]
    fn whoever_is_not_the_owner_needs_a_consent_that_goes_so_far_and_still_holds() {
        let asset = asset(Some("vpn.noordzorg.example"));
        let check = |consents: &[Consent], asked: Asked| {
            let known = Known { asset: &asset, seen: &[], consents };
            order(asked, Touch::TheSystem, Pap::Green)
                .check(known, HOLE, now())
                .map(|(_, consent)| consent.map(|it| it.ends_at))
        };
        assert_eq!(check(&[], Asked::Participant), Ok(None), "to look at what is one's own takes none");
        assert_eq!(check(&[], finder()), Err(Refused::NoConsent));
        assert_eq!(check(&[consent(Touch::ThirdParties, 9)], finder()), Err(Refused::NoConsent));
        assert_eq!(check(&[consent(Touch::TheSystem, 0)], finder()), Err(Refused::NoConsent), "ran out");
        let both = [consent(Touch::TheSystem, 1), consent(Touch::TheSystem, 9)];
        assert_eq!(check(&both, finder()), Ok(Some(now() + 9.hours())));
        let withdrawn = Consent { withdrawn_at: Some(now()), ..consent(Touch::TheSystem, 9) };
        assert_eq!(check(&[withdrawn], finder()), Err(Refused::NoConsent));
    }

    #[test]
    fn what_stays_with_who_has_it_is_told_to_nobody_else() {
        let asset = asset(Some("vpn.noordzorg.example"));
        let strict = [seen(Pap::Clear, Tlp::AmberStrict, now())];
        let consents = [consent(Touch::TheSystem, 9)];
        let known = Known { asset: &asset, seen: &strict, consents: &consents };
        let asked = |whom| order(whom, Touch::OwnRecords, Pap::Clear).check(known, HOLE, now()).map(drop);
        assert_eq!(asked(finder()), Err(Refused::Travel(Tlp::AmberStrict)));
        assert_eq!(asked(Asked::Participant), Ok(()));
    }

    #[test]
    fn nobody_is_asked_to_look_at_nowhere_or_some_day() {
        let (nowhere, here) = (asset(None), asset(Some("vpn.noordzorg.example")));
        let check = |asset: &Asset, hours: i64| {
            let due_at = now() + hours.hours();
            let order = Order { due_at, ..order(Asked::Participant, Touch::OwnRecords, Pap::Green) };
            order.check(Known { asset, seen: &[], consents: &[] }, HOLE, now()).map(drop)
        };
        assert_eq!(check(&nowhere, 1), Err(Refused::NoPlace));
        assert_eq!([0, 1, 720, 721].map(|hours| check(&here, hours).is_ok()), [false, true, true, false]);
    }

    #[test]
    fn only_a_later_look_at_the_same_thing_that_can_prove_something_is_an_answer() {
        let order = order(Asked::Participant, Touch::TheSystem, Pap::Green);
        let rescan = Rescan {
            id: RescanId(Uuid::nil()),
            participant: ParticipantId(Uuid::from_u128(2)),
            warning: WarningId(Uuid::nil()),
            asset: order.asset,
            finding: HOLE.into(),
            host: Some("vpn.noordzorg.example".into()),
            address: Some([192, 0, 2, 7].into()),
            port: Some(443),
            asked: order.asked,
            touch: order.touch,
            methods: [Method::SafeCheck].into(),
            pap: Pap::Green,
            consent: None,
            asked_by: OfficerId(Uuid::nil()),
            asked_at: now(),
            due_at: order.due_at,
            is_written_to: true,
            accepted_at: None,
            declined_at: None,
            reason: None,
            answered: None,
            withdrawn_at: None,
        };
        let look = |at, is, method| {
            let before = seen(Pap::Green, Tlp::Green, at);
            rescan.is_answered_by(&Observation { seen: is, method, ..before })
        };
        let later = now() + 1.minute();
        assert!(look(later, Seen::NotVulnerable, Method::SafeCheck));
        assert!(look(later, Seen::Vulnerable, Method::Version), "open is open, however it was seen");
        assert!(!look(later, Seen::NotVulnerable, Method::Version), "proves nothing here");
        assert!(!look(later, Seen::Present, Method::SafeCheck));
        assert!(!look(now() - 1.minute(), Seen::NotVulnerable, Method::SafeCheck), "before it was asked");
        assert!(!look(rescan.due_at, Seen::NotVulnerable, Method::SafeCheck), "too late");
        assert_eq!(rescan.place(), "vpn.noordzorg.example (192.0.2.7), port 443");
        assert_eq!(rescan.state(now()), State::Asked);
        assert_eq!(rescan.state(rescan.due_at), State::Expired);
        let accepted = Rescan { accepted_at: Some(later), ..rescan.clone() };
        assert!(accepted.is_open(later) && accepted.state(later) == State::Accepted);
        let withdrawn = Rescan { withdrawn_at: Some(later), ..accepted };
        assert_eq!(withdrawn.state(rescan.due_at), State::Withdrawn);
    }
}
