//! What stands at addresses and names, as rows of a table: for its owner, and for who looks whose it is.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use domain::finding::{Finding, Page, Place, Second};
use domain::observation::{Class, Observation, Seen};
use domain::tlp::Tlp;
use flow::attribution::Owners;
use flow::house::House;
use jiff::Timestamp;
use maud::{Markup, html};
use store::StoreError;
use store::findings::{self, Observer, Word};

use crate::page::Frame;
use crate::terms::{Tone, address_in_parts, status};

/// One thing at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The address, or the name where nobody said one.
    pub place: String,
    pub host: Option<String>,
    /// Names in the certificate that was shown there. Empty where nobody saw one.
    pub certificate: String,
    /// Nothing but such a name leads to whose it is.
    pub is_hinted: bool,
    pub port: Option<u16>,
    /// What was seen, as its source calls it.
    pub what: String,
    pub seen: Seen,
    pub class: Class,
    pub state: State,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    /// In how many reports it stood.
    pub reports: u32,
    /// The report that spoke of it last.
    pub report: u32,
    pub observers: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Open,
    /// It was there, and nobody has looked for so long that it says nothing about today.
    Unseen,
    /// Somebody looked later, and it was not there.
    Gone(Timestamp),
    /// Looked for, and never there.
    Never,
}

/// What the numbers on pages mean.
pub(crate) struct Meaning {
    words: BTreeMap<u32, Word>,
    observers: BTreeMap<u16, Observer>,
}

impl Meaning {
    pub async fn read(house: &House) -> Result<Self, StoreError> {
        let words = findings::words(&house.db).await?;
        Ok(Self { words, observers: findings::observers(&house.db).await? })
    }

    /// The findings of a page that may be read by who may read up to `tlp`, those that stand open first and of
    /// these the last seen. Whether only a hint leads to their owner is known by `owners`.
    pub fn items(&self, page: &Page, owners: Option<&Owners>, tlp: Tlp, now: Timestamp) -> Vec<Item> {
        let mut items: Vec<Item> = page
            .findings()
            .iter()
            .filter(|it| it.observers.iter().filter_map(|id| self.observers.get(id)).any(|it| it.tlp <= tlp))
            .map(|it| self.item(it, owners, tlp, now))
            .collect();
        items.sort_by_key(|it| (it.state != State::Open, Reverse(it.last_at)));
        items
    }

    /// The strictest label of those who saw what `tlp` lets somebody read.
    pub fn label(&self, page: &Page, tlp: Tlp) -> Tlp {
        let by = page.findings().iter().flat_map(|it| &it.observers).filter_map(|id| self.observers.get(id));
        by.map(|it| it.tlp).filter(|label| *label <= tlp).max().unwrap_or(Tlp::Amber).max(Tlp::Amber)
    }

    fn item(&self, finding: &Finding, owners: Option<&Owners>, tlp: Tlp, now: Timestamp) -> Item {
        let word = self.words.get(&finding.key.what);
        let state = match finding.gone_at() {
            _ if finding.is_open() && now.duration_since(moment(finding.last_at)) < Observation::LIFE => {
                State::Open
            }
            _ if finding.is_open() => State::Unseen,
            Some(at) => State::Gone(moment(at)),
            None => State::Never,
        };
        let by = finding.observers.iter().filter_map(|id| self.observers.get(id));
        Item {
            place: match &finding.key.place {
                Place::Address(address) => address.to_string(),
                Place::Host(host) => host.to_string(),
            },
            host: finding.host.as_ref().map(ToString::to_string),
            certificate: finding.certificate_names().join(", "),
            is_hinted: finding.certificate.is_some()
                && owners.is_some_and(|owners| owners.is_finding_hinted(finding)),
            port: finding.key.port,
            what: word.map_or_else(String::new, |it| it.word.clone()),
            seen: word.map_or(Seen::Undetermined, |it| it.seen),
            class: word.map_or(Class::Undetermined, |it| it.class),
            state,
            first_at: moment(finding.first_at),
            last_at: moment(finding.last_at.max(finding.absent_at.unwrap_or_default())),
            reports: finding.papers,
            report: finding.paper,
            observers: by.filter(|it| it.tlp <= tlp).map(|it| it.name.clone()).collect(),
        }
    }
}

fn moment(at: Second) -> Timestamp {
    Timestamp::from_second(at.into()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The columns of [`row`].
pub(crate) const COLUMNS: [&str; 4] =
    ["findings-place", "findings-what", "findings-state", "findings-looked"];

/// One row. `way` leads to the report that spoke of it last.
pub(crate) fn row(frame: &Frame, item: &Item, way: bool) -> Markup {
    let by: std::collections::BTreeSet<&str> = item.observers.iter().map(String::as_str).collect();
    let by = by.into_iter().collect::<Vec<_>>().join(", ");
    html! {
        th scope="row" {
            (address_in_parts(&item.place))
            @if let Some(port) = item.port { span .soft { ":" (port) } }
            @if let Some(host) = &item.host { p .small { (address_in_parts(host)) } }
            @if !item.certificate.is_empty() {
                p .small .soft {
                    (frame.say("findings-certificate")) " "
                    @if item.certificate == "*" { (frame.say("findings-certificate-shared")) }
                    @else { (address_in_parts(&item.certificate)) }
                }
            }
            @if item.is_hinted { p .small { (frame.say("findings-hinted")) } }
        }
        td { code { (item.what) } p .small .soft { (frame.say(seen(item.seen))) } }
        td {
            @match item.state {
                State::Open => { (status(Tone::Heed, &frame.say("findings-open"))) }
                State::Unseen => { (status(Tone::Quiet, &frame.say("findings-unseen"))) }
                State::Gone(at) => { (status(Tone::Good, &frame.say("findings-gone"))) " " (frame.time(at)) }
                State::Never => { (status(Tone::Quiet, &frame.say("findings-never"))) }
            }
        }
        td {
            (frame.say("findings-first")) " " (frame.time(item.first_at)) br;
            (frame.say("findings-last")) " " (frame.time(item.last_at))
            p .small {
                @if way { a href={ "/desk/reports/" (item.report) } { (frame.count("findings-reports", usize::try_from(item.reports).unwrap_or(usize::MAX))) } }
                @else { (frame.count("findings-reports", usize::try_from(item.reports).unwrap_or(usize::MAX))) }
                @if !by.is_empty() { ", " (by) }
            }
        }
    }
}

fn seen(seen: Seen) -> &'static str {
    match seen {
        Seen::Vulnerable => "findings-vulnerable",
        Seen::Misconfigured => "findings-misconfigured",
        Seen::Abuse => "findings-abuse",
        Seen::Present => "findings-present",
        Seen::Undetermined => "findings-undetermined",
        Seen::NotVulnerable => "findings-not-vulnerable",
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    pub(crate) fn item(place: &str, state: State) -> Item {
        Item {
            place: place.into(),
            host: Some("vpn.noordzorg.example".into()),
            certificate: String::new(),
            is_hinted: false,
            port: Some(6_379),
            what: "open-redis".into(),
            seen: Seen::Misconfigured,
            class: Class::PotentiallyUnwantedAccessible,
            state,
            first_at: "2020-01-09T01:00:00Z".parse().unwrap(),
            last_at: "2020-01-12T01:00:00Z".parse().unwrap(),
            reports: 4,
            report: 17,
            observers: vec!["Dijkleger".into()],
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::finding::{Key, Said, Sighting};
    use domain::tlp::Pap;

    use super::*;

    #[test]
    fn what_only_somebody_saw_who_wants_it_kept_is_not_shown_and_nobody_is_named_who_does_not_want_it() {
        let observer = |name: &str, tlp| Observer { name: name.into(), tlp, pap: Pap::Amber };
        let word = Word {
            word: "open-redis".into(),
            seen: Seen::Misconfigured,
            class: Class::Misconfiguration,
            severity: None,
        };
        let meaning = Meaning {
            words: [(1, word)].into(),
            observers: [(1, observer("a service", Tlp::Red)), (2, observer("Dijkleger", Tlp::Green))].into(),
        };
        let seen = |last: u8, observer| Sighting {
            key: Key { place: Place::Address([192, 0, 2, last].into()), port: None, what: 1 },
            at: 100,
            is_there: true,
            method: 1,
            observer,
            host: None,
            certificate: None,
            is_counted: true,
        };
        let mut page = Page::default();
        page.hear(Said::of([seen(1, 1), seen(2, 1), seen(2, 2)].iter(), 1));
        let now = Timestamp::UNIX_EPOCH + Observation::LIFE;
        let items = meaning.items(&page, None, Tlp::AmberStrict, now);
        let shown: Vec<_> = items.iter().map(|it| (it.place.as_str(), it.observers.join(" "))).collect();
        assert_eq!(shown, [("192.0.2.2", "Dijkleger".to_owned())]);
        assert_eq!(items[0].state, State::Open);
        let later = meaning.items(&page, None, Tlp::Red, now + Observation::LIFE);
        assert_eq!(later.iter().map(|it| it.state).collect::<Vec<_>>(), [State::Unseen, State::Unseen]);
        assert_eq!(meaning.label(&page, Tlp::AmberStrict), Tlp::Amber);
    }
}
