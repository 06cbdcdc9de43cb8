//! What was seen at places of partners: entered by an officer, kept on pages of their own, and handed over as far
//! as the gate allows.
//!
//! ```text
//! a network of theirs ─► what is seen there is theirs ─► per label: the gate ─► an officer hands it over
//!                                                                         └───► stays here, with its reason
//! ```
//!
//! Each label is asked about for itself, so that one row under RED does not hold back all others. What goes says
//! what stands where, and never who saw it.

use std::collections::{BTreeMap, BTreeSet};

use disclosure::{
    Circumstance, Class, Classified, Cleared, Cut, Decision, Marks, Mask, Recipient, Redact, Verdict, clear,
};
use domain::designation::{Organisation, Register};
use domain::disclosure::{Form, Item, Purpose, State};
use domain::finding::Finding;
use domain::observation::{Observation, Seen};
use domain::partner::{Partner, Place};
use domain::tlp::Tlp;
use domain::warning::Channel;
use formats::observations::own::Told;
use jiff::Timestamp;
use store::disclosures::{self, Disclosure};
use store::findings::{self, Count, Holder, Observer, Word};
use store::partners::{self, PartnerPlace};
use store::{StoreError, organisations};

use crate::disclose::{self, Decided};
use crate::house::{House, Officer};
use crate::{holdings, reports};

/// As many places as one partner may have.
const PLACES_MAX: usize = 5_000;

/// Why places were not entered.
#[derive(Debug, thiserror::Error)]
pub enum NotEntered {
    #[error("no organisation of the register that counts today")]
    NoSuchOrganisation,
    #[error("the organisation does not serve this group")]
    NotItsGroup,
    /// As it was written.
    #[error("{0} is no network, domain or number of a network")]
    NoPlace(String),
    #[error("more places than one partner has")]
    TooMany,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The place that somebody wrote.
pub(crate) fn place(written: &str) -> Option<Place> {
    let written = written.trim();
    Place::asn(written).or_else(|| holdings::place(written).ok().map(Place::Held))
}

/// The ids of the organisations that count today.
pub(crate) async fn counting(house: &House) -> Result<BTreeSet<String>, StoreError> {
    let (today, all) = (house.today(), organisations::all(&house.db).await?);
    let counts = all.into_iter().map(|it| it.organisation).filter(|it| it.holds_on(today));
    Ok(counts.map(|it| it.id).collect())
}

/// The partner whom somebody calls by its name or id: for the group that it serves, when it is one.
pub(crate) async fn of_name(house: &House, name: &str) -> Result<Option<Partner>, StoreError> {
    let (today, name) = (house.today(), name.trim());
    let all = organisations::all(&house.db).await?;
    let is_meant = |it: &Organisation| it.holds_on(today) && (it.id == name || it.name == name);
    let found = all.into_iter().map(|it| it.organisation).find(is_meant);
    Ok(found.map(|it| Partner {
        group: match it.groups.as_slice() {
            [only] => only.clone(),
            _ => String::new(),
        },
        organisation: it.id,
    }))
}

/// An officer enters places of a partner, one on each line. Where one is no place, none is entered. Gives how many.
///
/// # Errors
/// [`NotEntered`] says what is wrong.
pub async fn enter(
    house: &House,
    by: &Officer,
    partner: &Partner,
    written: &str,
    reason: &str,
) -> Result<usize, NotEntered> {
    let register = disclose::register(house).await?;
    let known = register.organisation(&partner.organisation).filter(|it| it.holds_on(house.today()));
    let known = known.ok_or(NotEntered::NoSuchOrganisation)?;
    if !partner.group.is_empty() && !serves(&register, known, &partner.group, house) {
        return Err(NotEntered::NotItsGroup);
    }
    let mut places = BTreeSet::new();
    for line in written.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let place = place(line).ok_or_else(|| NotEntered::NoPlace(line.to_owned()))?;
        places.insert(place.to_string());
    }
    let before = partners::all(&house.db).await?;
    let own = before.iter().filter(|it| it.partner.organisation == partner.organisation).count();
    if own + places.len() > PLACES_MAX {
        return Err(NotEntered::TooMany);
    }
    let at = house.now();
    let entered = |place: &String| PartnerPlace {
        partner: partner.clone(),
        place: place.clone(),
        reason: reason.to_owned(),
        by: by.name.clone(),
        at,
    };
    house
        .write("enter places of a partner", async |tx| {
            for place in &places {
                partners::put(tx, &entered(place)).await?;
            }
            reports::order_reattribution(tx, at).await
        })
        .await?;
    Ok(places.len())
}

fn serves(register: &Register, known: &Organisation, group: &str, house: &House) -> bool {
    let designated = register.designations_of(&known.id, house.today());
    known.groups.iter().any(|own| own == group) || designated.iter().any(|it| it.group == group)
}

/// An officer takes a place of a partner away. Gives `false` when it was not there.
pub async fn take_away(
    house: &House,
    by: &Officer,
    organisation: &str,
    place: &str,
) -> Result<bool, StoreError> {
    let at = house.now();
    house
        .write("take a place of a partner away", async |tx| {
            let done = partners::take_away(tx, organisation, place, &by.name).await?;
            if done {
                reports::order_reattribution(tx, at).await?;
            }
            Ok(done)
        })
        .await
}

/// A partner with its places, and how much stands there.
#[derive(Debug, Clone)]
pub struct Standing {
    pub partner: Partner,
    pub name: String,
    pub places: Vec<PartnerPlace>,
    pub count: Count,
}

/// Every partner that has places, or of whom something is still kept, by name and group.
pub async fn all(house: &House) -> Result<Vec<Standing>, StoreError> {
    let names: BTreeMap<String, String> = organisations::all(&house.db)
        .await?
        .into_iter()
        .map(|it| (it.organisation.id, it.organisation.name))
        .collect();
    let mut of: BTreeMap<Partner, Vec<PartnerPlace>> = BTreeMap::new();
    for it in partners::all(&house.db).await? {
        of.entry(it.partner.clone()).or_default().push(it);
    }
    // A place may have been decided to be theirs without being entered.
    for partner in findings::decisions(&house.db).await?.into_iter().filter_map(|it| it.partner) {
        of.entry(partner).or_default();
    }
    let mut all = Vec::with_capacity(of.len());
    for (partner, places) in of {
        let count = findings::count_of(&house.db, Holder::Partner(partner.id())).await?;
        let name = names.get(&partner.organisation).cloned().unwrap_or_default();
        all.push(Standing { partner, name, places, count });
    }
    all.sort_by(|a, b| (&a.name, &a.partner.group).cmp(&(&b.name, &b.partner.group)));
    Ok(all)
}

/// What stands open at the places of a partner, under one label.
#[derive(Debug, Clone)]
pub struct List {
    pub partner: Partner,
    pub tlp: Tlp,
    /// In the order of places.
    pub rows: Vec<Told>,
}

impl Redact for List {
    fn cut(mut self, cut: &Cut) -> Self {
        // A list of places without its places is a number, and a number of findings counts no organisations.
        if !cut.is_full()
            && (cut.form == Form::Aggregate || cut.hides(Mask::Hosts) || cut.hides(Mask::Addresses))
        {
            self.rows.clear();
        }
        self
    }
}

impl Classified for List {
    /// At its own places it is about the partner itself; at those of a group about the organisations in it.
    fn marks_for(&self, to: &Recipient) -> Marks {
        let is_theirs = self.partner.organisation == to.id;
        let marks = match self.partner.group.as_str() {
            "" if is_theirs => Marks::new(Class::D4, self.tlp).about(&self.partner.organisation, "", ""),
            group => Marks::new(Class::D6, self.tlp).about("", "", group),
        };
        marks.where_so(Circumstance::OwnSpace, is_theirs)
    }
}

/// What stands open at the places of a partner, by label, the widest first.
pub async fn lists(house: &House, partner: &Partner) -> Result<Vec<List>, StoreError> {
    let page = findings::of_holder(&house.db, Holder::Partner(partner.id())).await?;
    let (words, observers) = (findings::words(&house.db).await?, findings::observers(&house.db).await?);
    let now = house.now();
    let mut rows: BTreeMap<Tlp, Vec<Told>> = BTreeMap::new();
    for finding in page.findings() {
        let Some(word) = words.get(&finding.key.what).filter(|it| it.seen != Seen::NotVulnerable) else {
            continue;
        };
        let told = told(finding, word, &observers);
        if finding.is_open() && now.duration_since(told.at) < Observation::LIFE {
            rows.entry(told.tlp).or_default().push(told);
        }
    }
    let list = |(tlp, rows)| List { partner: partner.clone(), tlp, rows };
    Ok(rows.into_iter().map(list).collect())
}

fn told(finding: &Finding, word: &Word, observers: &BTreeMap<u16, Observer>) -> Told {
    let (address, host) = finding.located();
    let by = finding.observers.iter().filter_map(|id| observers.get(id));
    Told {
        at: Timestamp::from_second(finding.last_at.into()).unwrap_or(Timestamp::UNIX_EPOCH),
        address,
        host: host.map(str::to_owned),
        port: finding.key.port,
        finding: word.word.clone(),
        seen: word.seen,
        class: word.class,
        severity: word.severity,
        // The strictest of those who saw it; who was there is never told more widely than AMBER.
        tlp: by.map(|it| it.tlp).max().unwrap_or(Tlp::Amber).max(Tlp::Amber),
    }
}

/// What may go of a list now, and what became of it last.
#[derive(Debug, Clone)]
pub struct Answer {
    pub tlp: Tlp,
    pub rows: usize,
    pub verdict: Verdict,
    pub last: Option<Disclosure>,
}

impl Answer {
    /// Whether an officer could hand it over now.
    pub fn may_go(&self) -> bool {
        self.verdict.form >= Some(Form::Redacted)
    }

    /// Whether an officer did.
    pub fn is_released(&self) -> bool {
        self.may_go() && self.last.as_ref().is_some_and(|it| it.state == State::Released)
    }
}

/// The partner as it would receive something now. `None` when it does not count today.
async fn recipient(house: &House, partner: &Partner) -> Result<Option<Recipient>, StoreError> {
    let register = disclose::register(house).await?;
    Ok(disclose::organisation(house, &register, &partner.organisation, Channel::Platform))
}

/// What the gate says of each label today. Nothing is written down: an officer looks, and nobody else learns of it.
pub async fn answers(house: &House, partner: &Partner) -> Result<Vec<Answer>, StoreError> {
    let Some(to) = recipient(house, partner).await? else { return Ok(Vec::new()) };
    let mut answers = Vec::new();
    for list in lists(house, partner).await? {
        let (tlp, rows) = (list.tlp, list.rows.len());
        let item = Item::Seen { partner: partner.clone(), tlp };
        let last = disclosures::of_item(&house.db, &item).await?.into_iter().next();
        let verdict =
            clear(&house.law.gate(), disclose::asking(house, Purpose::Warn), list, &to).verdict().clone();
        answers.push(Answer { tlp, rows, verdict, last });
    }
    Ok(answers)
}

/// An officer hands over what stands open under one label. Whatever the gate says is written down. `None` when there
/// is nothing under it, or nobody to hand it to.
pub async fn hand_over(
    house: &House,
    by: &Officer,
    partner: &Partner,
    tlp: Tlp,
) -> Result<Option<Verdict>, StoreError> {
    let Some(to) = recipient(house, partner).await? else { return Ok(None) };
    let Some(list) = lists(house, partner).await?.into_iter().find(|it| it.tlp == tlp) else {
        return Ok(None);
    };
    let decision = match clear(&house.law.gate(), disclose::asking(house, Purpose::Warn), list, &to) {
        Decision::AskPerson(pending) => Decision::Release(pending.release(&by.name)),
        decision => decision,
    };
    let verdict = decision.verdict().clone();
    let state = match (&decision, verdict.form) {
        (Decision::Release(_), Some(Form::Full | Form::Redacted)) => State::Released,
        _ => State::Withheld,
    };
    house
        .write("hand over what was seen", async |tx| {
            let decided = Decided {
                item: Item::Seen { partner: partner.clone(), tlp },
                about: None,
                listed: [].into(),
                recipient: &partner.organisation,
                verdict: &verdict,
                state,
                released_by: (state == State::Released).then_some(by.name.as_str()),
                delivery: None,
            };
            disclose::write_down(house, tx, decided).await
        })
        .await?;
    Ok(Some(verdict))
}

/// The list that an officer handed over, as it is now. Nothing when none was, or when it may not go any more.
pub async fn released(
    house: &House,
    partner: &Partner,
    tlp: Tlp,
) -> Result<Option<Cleared<List>>, StoreError> {
    let last = disclosures::of_item(&house.db, &Item::Seen { partner: partner.clone(), tlp }).await?;
    let Some(last) = last.into_iter().next().filter(|it| it.state == State::Released) else {
        return Ok(None);
    };
    let Some(to) = recipient(house, partner).await? else { return Ok(None) };
    let Some(list) = lists(house, partner).await?.into_iter().find(|it| it.tlp == tlp) else {
        return Ok(None);
    };
    let by = last.settled.map(|(_, by)| by).unwrap_or_default();
    let cleared = match clear(&house.law.gate(), disclose::asking(house, Purpose::Warn), list, &to) {
        Decision::Release(cleared) => Some(cleared),
        Decision::AskPerson(pending) if !by.is_empty() => Some(pending.release(&by)),
        Decision::AskPerson(_) | Decision::Withhold(_) => None,
    };
    Ok(cleared.filter(|it| it.form() >= Form::Redacted && !it.item().rows.is_empty()))
}
