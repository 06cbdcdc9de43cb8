//! Finders: what they hand in, the receipt that they get for it, and what they are told afterwards.
//!
//! A set goes the way of every paper (`ingest.rs`); here it is only remembered whose it was. The receipt is signed
//! with the key of the node (`signing.rs`), and it is an entry of the ledger, with the hashes that show that it stands
//! there: whoever keeps either can prove what they handed in, when, and that we had it. Afterwards come numbers, never whose a place is, and nothing from
//! which that follows (`domain/finder.rs`): the errors of this door speak of bytes and rows only.

use std::collections::{BTreeMap, BTreeSet};

use disclosure::{Circumstance, Class, Classified, Cut, Marks, Recipient, Redact};
use domain::disclosure::Item;
use domain::finder::{Counts, Finder, Set, Sketch, Standing, Told, apart};
use domain::ids::{FinderId, ParticipantId, SetId};
use domain::ledger::Entry;
use domain::observation::Method;
use domain::text::Language;
use domain::tlp::Tlp;
use domain::warning::{Channel, Delivery, Fact, Stage, Warning};
use formats::observations::{Reject, Report};
use formats::{Hint, Paper};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use store::finders::{self, Counted};
use store::jobs::{self, Job};
use store::papers::Digest;
use store::sign_in::Hash;
use store::{StoreError, Tx, advisories, exposures, ledger, warnings};

use crate::deliver::{self, email};
use crate::disclose;
use crate::house::{House, Officer, Team};
use crate::ingest::{self, Received};
use crate::reports::{self, Found};
use crate::signing;
use crate::words::Words;

/// Who is to be registered.
#[derive(Debug, Clone)]
pub struct New {
    pub name: String,
    pub mail: Option<String>,
    pub language: Language,
    pub standing: Standing,
    pub verified_how: String,
}

/// What is handed in.
#[derive(Debug, Clone)]
pub struct Handed {
    pub name: String,
    pub bytes: Vec<u8>,
    pub method: Method,
    pub proof: String,
}

/// Why a set was not taken, or a finder not registered. Says nothing that the finder did not bring.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    #[error("no such finder")]
    NoSuchFinder,
    #[error("there is a finder of this name")]
    NameTaken,
    #[error("{0} is no mailbox")]
    NoMailbox(String),
    #[error("this holds no rows that say what somebody saw: {0}")]
    NoReport(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Registers somebody who says that it is a finder.
///
/// # Errors
/// [`NotTaken::NameTaken`] and [`NotTaken::NoMailbox`].
pub async fn register(house: &House, by: &Officer, new: New) -> Result<FinderId, NotTaken> {
    if let Some(mail) = new.mail.as_ref().filter(|mail| !email::is_mailbox(mail)) {
        return Err(NotTaken::NoMailbox(mail.clone()));
    }
    let finder = Finder {
        id: house.id(),
        name: new.name,
        mail: new.mail,
        language: new.language,
        standing: new.standing,
        verified_how: new.verified_how,
        registered_by: by.id,
        registered_at: house.now(),
    };
    let is_new = house.write("register a finder", async |tx| finders::add(tx, &finder).await).await?;
    if is_new { Ok(finder.id) } else { Err(NotTaken::NameTaken) }
}

/// Changes what a finder counts for. What lies parked stays there until somebody looks at it.
pub async fn stand(
    house: &House,
    by: &Officer,
    id: FinderId,
    standing: Standing,
    verified_how: &str,
) -> Result<(), NotTaken> {
    let done = house
        .write("change the standing of a finder", async |tx| {
            finders::stand(tx, id, standing, verified_how, by.id).await
        })
        .await?;
    if done { Ok(()) } else { Err(NotTaken::NoSuchFinder) }
}

/// Makes a new code for the page of a finder, and mails it to the finder. Gives the address of the page;
/// from now on the one before opens nothing.
pub async fn new_code(house: &House, by: &Officer, id: FinderId) -> Result<String, NotTaken> {
    let finder = finders::of_id(&house.db, id).await?.ok_or(NotTaken::NoSuchFinder)?;
    let code = hex::encode(house.secret::<24>());
    house
        .write("give a finder a code", async |tx| finders::put_code(tx, id, &hash(&code), by.id).await)
        .await?;
    let page = format!("{}/finders/{code}", house.team.address);
    if let Some(address) = &finder.mail {
        let mail = email::finder_page_mail(&Words::of(finder.language), &house.team, &page);
        deliver::alone(house, "send a finder the address of its page", address, &mail).await?;
    }
    Ok(page)
}

fn hash(code: &str) -> Hash {
    Sha256::digest(code.as_bytes()).into()
}

/// Whose page `code` opens. `None` for a code that was never given out, or is old.
pub async fn of_code(house: &House, code: &str) -> Result<Option<Finder>, StoreError> {
    finders::of_code(&house.db, &hash(code)).await
}

/// Takes what a finder hands in, by itself or through an officer. The same bytes from the same finder give
/// the same set again, and change nothing. Gives also whether it is new.
///
/// Of somebody whom nobody has checked nothing is taken in: the bytes are kept, the set is parked, and a
/// person must look.
///
/// # Errors
/// [`NotTaken::NoReport`] when no row of it can be read; then nothing is kept.
pub async fn hand_in(
    house: &House,
    id: FinderId,
    by: Option<&Officer>,
    handed: Handed,
) -> Result<(Set, bool), NotTaken> {
    let finder = finders::of_id(&house.db, id).await?.ok_or(NotTaken::NoSuchFinder)?;
    let paper = Digest::of(&handed.bytes);
    if let Some(known) = finders::set_of_paper(&house.db, id, paper).await? {
        return Ok((known, false));
    }
    house.room.check()?;
    let report = report(house, &handed)?;
    let is_known = finder.standing == Standing::Known;
    match is_known {
        true => take_in(house, &finder, &handed.name, handed.bytes).await?,
        false => drop(house.papers.keep(&handed.bytes)?),
    }
    let now = house.now();
    let set = Set {
        id: house.id(),
        finder: id,
        paper: paper.0,
        name: handed.name,
        method: handed.method,
        proof: handed.proof,
        rows: report.account.rows,
        rejected: rejected(&report),
        handed_in_at: now,
        handed_in_by: by.map(|by| by.id),
        taken_at: is_known.then_some(now),
        noted_from: ledger::size(&house.db).await?,
    };
    let receipt = Receipt::of(&set, &finder, &house.team);
    let mail = match (&finder.mail, disclose::to_finder(house, receipt, &finder.name, Channel::Mail)) {
        (Some(address), Ok(cleared)) => {
            Some((address, email::receipt_mail(&Words::of(finder.language), cleared)))
        }
        _ => None,
    };
    let is_new = house
        .write("take what a finder hands in", async |tx| {
            if !finders::hand_in(tx, &set).await? {
                return Ok::<_, StoreError>(false);
            }
            order_counts(tx, &set).await?;
            if let Some((address, mail)) = &mail {
                let item = Item::Receipt { set: set.id };
                let key = format!("receipt {}", set.id);
                deliver::apart(house, tx, &key, address, (item, None, &finder.name), mail).await?;
            }
            Ok(true)
        })
        .await?;
    if !is_known {
        tracing::error!(set.id = %set.id, finder.id = %id, "a list of somebody whom nobody checked is parked");
    }
    match is_new {
        true => Ok((set, true)),
        // Somebody else handed in the same at the same moment.
        false => match finders::set_of_paper(&house.db, id, paper).await? {
            Some(known) => Ok((known, false)),
            None => Err(NotTaken::NoSuchFinder),
        },
    }
}

fn report(house: &House, handed: &Handed) -> Result<Report, NotTaken> {
    let hint = Hint { file_name: Some(&handed.name), now: Some(house.now()), ..Hint::default() };
    match formats::read(&handed.bytes, hint) {
        Ok(read) => match read.it {
            Paper::Observations(report) => Ok(*report),
            _ => Err(NotTaken::NoReport("it is another kind of paper".to_owned())),
        },
        Err(why) => Err(NotTaken::NoReport(why.to_string())),
    }
}

fn rejected(report: &Report) -> BTreeMap<String, u64> {
    let counted = Reject::ALL.iter().map(|why| (why.key().to_owned(), report.account.rejected_for(*why)));
    counted.filter(|(_, count)| *count > 0).collect()
}

async fn take_in(house: &House, finder: &Finder, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
    let received = Received { source: finder.name.clone(), name: name.to_owned(), bytes };
    ingest::paper(house, received).await.map(drop)
}

async fn order_counts(tx: &mut Tx, set: &Set) -> Result<(), StoreError> {
    for day in Set::DAYS {
        if let Some(at) = set.due_at(day) {
            jobs::add(tx, &Job::CountSet(set.id, day), at).await?;
        }
    }
    Ok(())
}

/// An officer has looked at a parked set, and it is taken in. Gives `false` when it is not parked.
pub async fn release(house: &House, by: &Officer, id: SetId) -> Result<bool, StoreError> {
    let Some(set) = finders::set_of_id(&house.db, id).await? else { return Ok(false) };
    let Some(finder) = finders::of_id(&house.db, set.finder).await? else { return Ok(false) };
    if set.taken_at.is_some() {
        return Ok(false);
    }
    take_in(house, &finder, &set.name, house.papers.read(Digest(set.paper))?).await?;
    let now = house.now();
    let taken = Set { taken_at: Some(now), ..set };
    house
        .write("take in a parked set", async |tx| {
            let done = finders::take(tx, id, by.id, now).await?;
            if done {
                order_counts(tx, &taken).await?;
            }
            Ok(done)
        })
        .await
}

/// Counts how it goes with a set, and tells the finder. What was told of a day stays as it was told.
pub async fn count(house: &House, id: SetId, day: u16) -> Result<(), StoreError> {
    let Some(set) = finders::set_of_id(&house.db, id).await? else { return Ok(()) };
    let Some(finder) = finders::of_id(&house.db, set.finder).await? else { return Ok(()) };
    let told_before = finders::counts_of(&house.db, id).await?;
    if told_before.iter().any(|it| it.day == day) {
        return Ok(());
    }
    let found = reports::found_in(house, Digest(set.paper), &set.name).await?;
    let own: BTreeSet<String> = found.iter().map(|it| it.place.clone()).collect();
    let sketch = Sketch::of(&own);
    let before = match told_before.last() {
        Some(last) => Some(last.told),
        None => told_of_the_like(house, &set, &own, &sketch).await?,
    };
    let now = house.now();
    let told = owners_of(house, found, now).await?.told(before);
    let progress = Progress {
        reference: reference(&set),
        name: set.name.clone(),
        day,
        told: told.told,
        team: (*house.team).clone(),
    };
    let mail = match (&finder.mail, disclose::to_finder(house, progress, &finder.name, Channel::Mail)) {
        (Some(address), Ok(cleared)) if finder.standing == Standing::Known => {
            Some((address, email::progress_mail(&Words::of(finder.language), cleared)))
        }
        _ => None,
    };
    house
        .write("tell a finder how it goes", async |tx| {
            if !finders::count(tx, id, &Counted { day, at: now, told }).await? {
                return Ok(());
            }
            finders::put_sketch(tx, id, &sketch).await?;
            match &mail {
                Some((address, mail)) => {
                    let item = Item::Progress { set: id, day };
                    let key = format!("counts {id} {day}");
                    deliver::apart(house, tx, &key, address, (item, None, &finder.name), mail).await
                }
                None => Ok(()),
            }
        })
        .await
}

/// What was told last of an earlier set of the same finder that is nearly this one: two sets that differ in
/// fewer places than a number stands for would together say of one place whose it is.
///
/// Only a set that the sketches cannot tell from this one is read, so a finder that hands in every day does not cost
/// more each day.
async fn told_of_the_like(
    house: &House,
    set: &Set,
    own: &BTreeSet<String>,
    sketch: &Sketch,
) -> Result<Option<Told>, StoreError> {
    let sketches = finders::sketches_of(&house.db, set.finder).await?;
    for other in finders::sets_of(&house.db, set.finder).await? {
        if other.id == set.id || other.handed_in_at > set.handed_in_at {
            continue;
        }
        if sketches.get(&other.id).is_some_and(|known| known.apart_at_least(sketch) >= Counts::K) {
            continue;
        }
        let Some(last) = finders::counts_of(&house.db, other.id).await?.last().map(|it| it.told) else {
            continue;
        };
        let places = reports::places_in(house, Digest(other.paper), &other.name).await?;
        if apart(own, &places) < Counts::K {
            return Ok(Some(last));
        }
    }
    Ok(None)
}

/// How it goes with the owners of what a set names, each owner once.
async fn owners_of(house: &House, places: Vec<Found>, now: Timestamp) -> Result<Counts, StoreError> {
    let mut owners: BTreeMap<ParticipantId, Vec<Stand>> = BTreeMap::new();
    for found in places {
        let Some((of, assets)) = found.about else { continue };
        let stands = owners.entry(of).or_default();
        let mut under = Vec::new();
        for asset in assets {
            let advisories = exposures::advisories_of(&house.db, asset).await?;
            under.extend(advisories.into_iter().map(|advisory| (asset, advisory)));
        }
        for (asset, advisory) in under {
            let on_desk = advisories::of_id(&house.db, advisory).await?;
            let names_it = on_desk.as_ref().and_then(|it| it.advisory.current());
            if !names_it.is_some_and(|it| it.content.vulnerabilities.contains(&found.finding)) {
                continue;
            }
            let Some(id) = warnings::find(&house.db, advisory, of).await? else { continue };
            if let Some(warning) = warnings::of_participant(&house.db, id, of, now).await? {
                let stage = warning.stage_of(Some(asset), now);
                stands.push(Stand {
                    arrived: has_arrived(&warning),
                    closed: matches!(stage, Stage::Verified | Stage::Attested | Stage::Closed),
                    held: warning.is_held_by_the_gate(),
                });
            }
        }
    }
    let count = |is: fn(&[Stand]) -> bool| {
        u64::try_from(owners.values().filter(|stands| is(stands)).count()).unwrap_or(u64::MAX)
    };
    Ok(Counts {
        known: count(|_| true),
        told: count(|stands| stands.iter().any(|it| it.arrived)),
        closed: count(|stands| !stands.is_empty() && stands.iter().all(|it| it.closed)),
        not_allowed: count(|stands| stands.iter().any(|it| it.held && !it.arrived)),
    })
}

/// One warning of an owner about something in the set.
struct Stand {
    arrived: bool,
    closed: bool,
    held: bool,
}

fn has_arrived(warning: &Warning) -> bool {
    let landed = |it: &Fact| matches!(it, Fact::Delivery(_, Delivery::Delivered | Delivery::Read));
    warning.facts().any(|fact| landed(&fact.it))
}

/// What both sides call a set.
pub fn reference(set: &Set) -> String {
    set.id.0.simple().to_string()[20..].to_owned()
}

/// The entry of the ledger about a set, with what shows that it stands there: in the tree of the newest
/// checkpoint that holds it, or of all entries while there is none. `None` when it is not to be found.
pub async fn proof(house: &House, set: &Set) -> Result<Option<ledger::Proof>, StoreError> {
    let mut from = set.noted_from;
    loop {
        let some = ledger::from(&house.db, from, 1_000).await?;
        let Some(last) = some.last() else { return Ok(None) };
        let own = |entry: &Entry| matches!(entry, Entry::SetHandedIn { set: id, .. } if *id == set.id);
        if let Some(found) = some.iter().find(|placed| own(&placed.entry)) {
            let kept = ledger::checkpoints(&house.db).await?;
            let size = kept.last().map(|it| it.size).filter(|size| *size > found.place);
            return ledger::prove(&house.db, found.place, size).await;
        }
        from = last.place + 1;
    }
}

/// What a finder gets for what it handed in.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub finder: String,
    pub reference: String,
    pub name: String,
    /// The SHA-256 of the bytes, in hexadecimal.
    pub digest: String,
    pub rows: u64,
    pub accepted: u64,
    pub rejected: BTreeMap<String, u64>,
    pub at: Timestamp,
    pub is_parked: bool,
    pub team: Team,
}

impl Receipt {
    pub fn of(set: &Set, finder: &Finder, team: &Team) -> Self {
        Self {
            finder: finder.name.clone(),
            reference: reference(set),
            name: set.name.clone(),
            digest: Digest(set.paper).to_string(),
            rows: set.rows,
            accepted: set.accepted(),
            rejected: set.rejected.clone(),
            at: set.handed_in_at,
            is_parked: set.taken_at.is_none(),
            team: team.clone(),
        }
    }
}

impl Receipt {
    /// The receipt as it is signed: always the same bytes for the same set.
    pub fn text(&self) -> String {
        let said = serde_json::json!({
            "schema": "dijkwacht.receipt/1",
            "node": self.team.address,
            "team": self.team.name,
            "finder": self.finder,
            "reference": self.reference,
            "file": self.name,
            "sha256": self.digest,
            "rows": self.rows,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "handed_in_at": self.at,
        });
        format!("{said}\n")
    }

    /// The signature of this node under [`Receipt::text`].
    pub fn signature(&self, house: &House) -> String {
        house.key.sign(signing::RECEIPT, self.text().as_bytes())
    }
}

impl Redact for Receipt {
    fn cut(mut self, cut: &Cut) -> Self {
        if !cut.is_full() {
            (self.name, self.digest) = Default::default();
            self.rejected.clear();
        }
        self
    }
}

impl Classified for Receipt {
    /// About the bytes that the recipient brought, and nobody else.
    fn marks_for(&self, to: &Recipient) -> Marks {
        let class = if self.finder == to.id { Class::D4 } else { Class::D5 };
        Marks::new(class, Tlp::Amber).about(&self.finder, "", "")
    }
}

/// How it goes with a set, in numbers that name nobody.
#[derive(Debug, Clone)]
pub struct Progress {
    pub reference: String,
    pub name: String,
    pub day: u16,
    pub told: Counts,
    pub team: Team,
}

impl Redact for Progress {
    /// It is an aggregate already: the numbers were made so before they came here.
    fn cut(self, _: &Cut) -> Self {
        self
    }
}

impl Classified for Progress {
    fn marks_for(&self, _: &Recipient) -> Marks {
        Marks::new(Class::D2, Tlp::Amber).where_so(Circumstance::OwnSet, true)
    }
}
