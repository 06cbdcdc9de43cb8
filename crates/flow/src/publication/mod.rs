//! What is for everybody: whether it should be, who decided so, and the files that everybody may fetch.
//!
//! ```text
//! exposed: so many? ─weigh─► proposed ─decide, a person─► public ─┐
//! released, withdrawn, closed ────────────────────────────────────┴─► a job ─► write
//!
//! write: what is public ─gate─► documents, feeds, pages ─signed─► one folder, which changes in one step
//! ```
//!
//! The files are whole without the database: a server that can read a folder can serve them, and ours does when the
//! store is away. Everything in them was a `Cleared<_>` first. A key that is missing or past its time stops a release
//! that everybody would read, and nothing else (`docs/decisions/0024-the-website-is-files.md`).

pub mod keys;
pub mod preview;
pub mod protected;
mod shelf;
pub mod software;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use disclosure::{
    Asking, Cell, Circumstance, Class, Classified, Cleared, Cut, Marks, Purpose, Recipient, Redact, Say,
    Verdict,
};
use domain::advisory::{Advisory, Content, Paragraph, Revision, State};
use domain::disclosure::{Item, State as Was};
use domain::ids::AdvisoryId;
use domain::ledger::Entry;
use domain::publication::{Decision, Rule};
use domain::rating::Rating;
use domain::severity::Severity;
use domain::text::Language;
use domain::tlp::Tlp;
use domain::warning::Channel;
use formats::Score;
use formats::csaf::distribute::{Provider, Shelved, Signer as Listed, digests, folder_of, security_txt};
use formats::csaf::write::{self, Edition, Issue, Publisher, Unwritable, tracking_id};
use formats::csaf::{self, Severity as Weight};
use formats::provider::file_name;
use jiff::{Timestamp, ToSpan};
use store::jobs::{self, Job};
use store::publications::{self, Publication};
use store::ratings::{self, Given};
use store::{StoreError, Tx, advisories, exposures, participants, vulnerabilities};

use crate::disclose::{self, Decided};
use crate::house::{House, Officer, Team};
use crate::jobs::Failed;
use crate::words::Words;
use keys::{Keys, NoKey, Public};
pub use shelf::{Files, current, published};

/// How long a `security.txt` holds. It is written again long before.
const HOLDS_DAYS: i64 = 180;
/// How often the files are written again when nothing calls for it.
const AGAIN_DAYS: i64 = 30;

/// The website of a node, or that it has none.
#[derive(Clone, Default)]
pub struct Website(Option<Arc<Place>>);

/// Where the files for everybody lie, and what stands in all of them.
#[derive(Debug, Clone)]
pub struct Place {
    /// Of this node alone; `current` in it is what everybody may read.
    pub folder: PathBuf,
    /// With the OpenPGP keys ([`keys`]).
    pub keys: PathBuf,
    /// Where everybody reads them, with its scheme and without a slash at its end.
    pub address: String,
    pub rule: Rule,
    /// Whether aggregators may name us, and keep copies.
    pub may_be_listed: bool,
    pub may_be_mirrored: bool,
    /// Makes the pages. Pages are the matter of another room.
    pub draw: Draw,
}

/// Makes files for people of what may be shown.
pub type Draw = fn(&Site<'_>) -> Files;

/// All that pages are made of.
#[derive(Debug)]
pub struct Site<'a> {
    pub team: &'a Team,
    pub address: &'a str,
    pub written_at: Timestamp,
    /// The last changed first.
    pub notices: &'a [Cleared<Notice>],
    /// What was sent, by which somebody can check a message that says it is from us.
    pub sent: &'a [Cleared<Sent>],
    pub counts: &'a BTreeMap<String, Cell>,
    pub keys: &'a [Public],
}

impl std::fmt::Debug for Website {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.as_ref().map(|place| &place.folder).fmt(f)
    }
}

impl Website {
    pub fn at(place: Place) -> Self {
        Self(Some(Arc::new(place)))
    }

    pub fn place(&self) -> Option<&Place> {
        self.0.as_deref()
    }

    /// The folder that everybody may read, if there is one.
    pub fn current(&self) -> Option<PathBuf> {
        self.place().map(|place| current(&place.folder))
    }

    /// Orders the files to be written again, in a transaction of the caller. Without a website nothing happens.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn order(&self, tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
        match self.0 {
            Some(_) => jobs::add_unless_waiting(tx, &Job::WriteWebsite, now).await,
            None => Ok(()),
        }
    }
}

/// An advisory as everybody may read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Of earlier revisions only what the history shows.
    pub advisory: Advisory,
    pub publisher: Publisher,
    /// The number in the world.
    pub number: String,
    pub withdrawn_at: Option<Timestamp>,
    /// What others gave its vulnerabilities, each with who gave it.
    pub scores: Vec<Score>,
    /// Whether whoever reads it was warned under it.
    pub is_matched: bool,
    /// Where its files are.
    pub address: String,
}

impl Notice {
    /// What counts now.
    pub fn content(&self) -> &Content {
        static NOTHING: std::sync::LazyLock<Content> = std::sync::LazyLock::new(Content::default);
        self.advisory.current().map_or(&NOTHING, |revision| &revision.content)
    }

    pub fn first_at(&self) -> Timestamp {
        self.advisory.revisions.first().map_or(Timestamp::UNIX_EPOCH, |revision| revision.released_at)
    }

    pub fn changed_at(&self) -> Timestamp {
        let last = self.advisory.current().map_or(Timestamp::UNIX_EPOCH, |revision| revision.released_at);
        self.withdrawn_at.map_or(last, |at| at.max(last))
    }

    /// The year of its first release, as the folders are called.
    pub fn year(&self) -> i16 {
        self.first_at().to_zoned(jiff::tz::TimeZone::UTC).year()
    }

    /// The name of its files, without what says of which kind.
    pub fn stem(&self) -> String {
        stem(&self.number)
    }

    /// The label under which it goes. No label is not CLEAR.
    pub fn tlp(&self) -> Tlp {
        self.content().tlp.unwrap_or(Tlp::Red)
    }

    /// Below [`Notice::address`].
    pub fn document_path(&self, edition: Edition) -> String {
        format!("{}/{}/{}", shelf_path(edition, self.tlp()), self.year(), file_name(&self.number))
    }

    /// The language in which its document is written: ours, where it speaks it.
    fn language(&self) -> Language {
        let speaks =
            |language| self.content().title.iter().any(|(one, text)| one == language && !text.is_empty());
        if speaks(Language::Nl) { Language::Nl } else { Language::En }
    }
}

/// The name of a file about what carries this number.
pub fn stem(number: &str) -> String {
    file_name(number).trim_end_matches(".json").to_owned()
}

fn shelf_path(edition: Edition, tlp: Tlp) -> String {
    format!("csaf/v{}/{}", edition.word(), folder_of(edition, tlp))
}

impl Redact for Notice {
    fn cut(mut self, cut: &Cut) -> Self {
        if !cut.is_full() {
            self.advisory.revisions.clear();
            self.scores.clear();
        }
        self
    }
}

impl Classified for Notice {
    fn marks_for(&self, _: &Recipient) -> Marks {
        marks_of(self.tlp(), self.is_matched)
    }
}

/// That we sent something under a number: all that `/v/` says (`security.md` 9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub number: String,
    pub at: Timestamp,
    pub severity: Severity,
}

impl Redact for Sent {
    fn cut(self, _: &Cut) -> Self {
        self
    }
}

impl Classified for Sent {
    fn marks_for(&self, _: &Recipient) -> Marks {
        Marks::new(Class::D0, Tlp::Clear)
    }
}

/// Why something does not come on the website.
#[derive(Debug, thiserror::Error)]
pub enum NotPublic {
    #[error("this node has no website")]
    NoWebsite,
    #[error("no advisory {0} of our own")]
    NotOurs(AdvisoryId),
    #[error("what is kept off the website needs a reason")]
    NoReason,
    #[error("it is not for everybody: its label is not TLP:CLEAR")]
    NotClear,
    #[error(transparent)]
    NoKey(#[from] NoKey),
    #[error("{test} at {path}: {message}")]
    Invalid { test: String, path: String, message: String },
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Everybody, as the gate knows them.
fn everybody() -> Recipient {
    Recipient::new("website", "PUB", Channel::Platform)
}

fn asking(house: &House, purpose: Purpose) -> Asking<'_> {
    disclose::asking(house, purpose)
}

/// Puts it to a person when `id` now concerns so many that everybody should read it. Each ground is put once.
///
/// # Errors
/// Those of the store.
pub async fn weigh(house: &House, id: AdvisoryId) -> Result<(), StoreError> {
    let Some(place) = house.website.place() else { return Ok(()) };
    let Some(on_desk) = advisories::of_id(&house.db, id).await? else { return Ok(()) };
    let advisory = &on_desk.advisory;
    let is_over = matches!(advisory.state, State::Withdrawn | State::Closed);
    let content = advisory.current().map(|revision| &revision.content).or(on_desk.proposed.as_ref());
    let Some(content) = content.filter(|_| !is_over && advisory.publisher == house.team.name) else {
        return Ok(());
    };
    let open = exposures::open_under(&house.db, id).await?;
    let concerned: BTreeSet<_> = open.iter().map(|exposure| exposure.participant).collect();
    let served = participants::count(&house.db).await?;
    let grounds = place.rule.extents(content, concerned.len().try_into().unwrap_or(u64::MAX), served);
    let weighed = publications::of_advisory(&house.db, id).await?.map(|it| it.grounds).unwrap_or_default();
    if grounds.is_subset(&weighed) {
        return Ok(());
    }
    let all: BTreeSet<_> = grounds.union(&weighed).copied().collect();
    let now = house.now();
    house.write("propose to publish", async |tx| publications::propose(tx, id, &all, now).await).await
}

/// A person puts an advisory on the website, or keeps it off.
///
/// # Errors
/// [`NotPublic`]; nothing is then decided.
pub async fn decide(
    house: &House,
    by: &Officer,
    id: AdvisoryId,
    is_public: bool,
    reason: &str,
) -> Result<(), NotPublic> {
    house.website.place().ok_or(NotPublic::NoWebsite)?;
    let on_desk = advisories::of_id(&house.db, id).await?.ok_or(NotPublic::NotOurs(id))?;
    if on_desk.advisory.publisher != house.team.name {
        return Err(NotPublic::NotOurs(id));
    }
    let reason = reason.trim();
    if !is_public && reason.is_empty() {
        return Err(NotPublic::NoReason);
    }
    if is_public {
        let scores = scores_proposed(house, &on_desk).await?;
        may_go_out(house, &on_desk, None, scores)?;
    }
    let decision = if is_public { Decision::Public } else { Decision::Suppressed };
    let now = house.now();
    house
        .write("decide about the website", async |tx| {
            publications::decide(tx, id, decision, reason, (by.id, &by.name), now).await?;
            house.website.order(tx, now).await
        })
        .await
        .map_err(|cause: StoreError| cause.into())
}

/// What is known about the website of an advisory.
///
/// # Errors
/// Those of the store.
pub async fn of_advisory(house: &House, id: AdvisoryId) -> Result<Option<Publication>, StoreError> {
    publications::of_advisory(&house.db, id).await
}

/// Whether a revision that everybody would read can go out: there is a key, and the document is valid.
///
/// # Errors
/// [`NotPublic`] says why not, and at which place of the document.
pub(crate) fn may_go_out(
    house: &House,
    on_desk: &advisories::OnDesk,
    next: Option<&Revision>,
    scores: Vec<Score>,
) -> Result<(), NotPublic> {
    let Some(place) = house.website.place() else { return Ok(()) };
    let now = house.now();
    Keys::read(&place.keys)?.signer(now)?;
    let mut advisory = on_desk.advisory.clone();
    match next {
        Some(next) => advisory.revisions.push(next.clone()),
        None if advisory.revisions.is_empty() => {
            let content = on_desk.proposed.clone().unwrap_or_default();
            let number = domain::advisory::RevisionNumber::FIRST;
            advisory.revisions.push(Revision { number, kinds: BTreeSet::new(), released_at: now, content });
        }
        None => {}
    }
    let notice = Notice { scores, ..notice(house, &place.address, advisory, None) };
    if notice.content().tlp != Some(Tlp::Clear) {
        return Err(NotPublic::NotClear);
    }
    for edition in Edition::ALL {
        let bytes = document(&Words::of(notice.language()), &notice, edition)?;
        let findings = csaf::validate(&bytes).map_err(|why| NotPublic::Invalid {
            test: "read".into(),
            path: why.at.clone(),
            message: why.to_string(),
        })?;
        if let Some(found) = findings.into_iter().find(|it| it.severity == Weight::Error) {
            let csaf::Finding { test, path, message, .. } = found;
            return Err(NotPublic::Invalid { test, path, message });
        }
    }
    Ok(())
}

/// An advisory on its way to everybody. Of what it said before remains what a history shows.
fn notice(house: &House, address: &str, mut advisory: Advisory, withdrawn_at: Option<Timestamp>) -> Notice {
    let last = advisory.revisions.len().saturating_sub(1);
    for revision in advisory.revisions.iter_mut().take(last) {
        let (severity, reason) = (revision.content.severity.take(), revision.content.reason.take());
        revision.content = Content { severity, reason, ..Content::default() };
    }
    Notice {
        publisher: publisher(house),
        number: tracking_id(&house.team.name, &advisory.number),
        advisory,
        withdrawn_at,
        scores: Vec::new(),
        is_matched: false,
        address: address.to_owned(),
    }
}

/// A score with the label of the paper in which it stands; without one it is for nobody.
struct Labelled {
    score: Score,
    tlp: Tlp,
}

/// The scores of vulnerabilities, by asserter, the newest first. Only what was known at `until`: what a revision says
/// does not change without another one.
async fn scores_of(
    house: &House,
    names: impl Iterator<Item = &String>,
    until: Timestamp,
) -> Result<Vec<Labelled>, StoreError> {
    let mut scores = Vec::new();
    for name in names {
        let Some(known) = vulnerabilities::of_name(&house.db, name).await? else { continue };
        for Given { said, label, .. } in ratings::of_vulnerability(&house.db, known.id).await? {
            let Rating::Cvss { version, vector, base } = said.it else { continue };
            if label.map_or(said.known_at, |label| label.since) > until {
                continue;
            }
            let tlp = label.map_or(Tlp::Red, |label| label.tlp);
            let score = Score { vulnerability: name.clone(), vector, version, base, asserted_by: said.by };
            scores.push(Labelled { score, tlp });
        }
    }
    Ok(scores)
}

/// Those that `to` may have, of each asserter the newest of each version of CVSS, and what the gate said of the others.
fn scores_for(
    house: &House,
    to: &Recipient,
    scores: Vec<Labelled>,
    is_matched: bool,
) -> (Vec<Score>, Vec<Verdict>) {
    let marks = |it: &Labelled| Marks {
        originator: Some(it.score.asserted_by.clone()),
        ..marks_of(it.tlp, is_matched)
    };
    let (kept, held) = disclosure::parts(&house.law.gate(), asking(house, Purpose::Warn), to, scores, marks);
    let mut seen = BTreeSet::new();
    let kept = kept.iter().map(|it| it.item().score.clone());
    let is_newest =
        |it: &Score| seen.insert((it.vulnerability.clone(), it.asserted_by.clone(), it.version.clone()));
    (kept.filter(is_newest).collect(), held)
}

/// The paragraphs with a label of their own that `to` may have, and what the gate said of the others.
fn paragraphs_for(
    house: &House,
    to: &Recipient,
    restricted: Vec<Paragraph>,
    is_matched: bool,
) -> (Vec<Paragraph>, Vec<Verdict>) {
    let marks = |it: &Paragraph| marks_of(it.tlp, is_matched);
    let (kept, held) =
        disclosure::parts(&house.law.gate(), asking(house, Purpose::Warn), to, restricted, marks);
    (kept.iter().map(|it| it.item().clone()).collect(), held)
}

/// What general advice is to the gate. To whom was warned under it, it was matched, and they are whom it was addressed to.
fn marks_of(tlp: Tlp, is_matched: bool) -> Marks {
    let class = if tlp == Tlp::Clear { Class::D0 } else { Class::D1 };
    Marks::new(class, tlp)
        .where_so(Circumstance::Matched, is_matched)
        .where_so(Circumstance::Addressed, is_matched)
}

/// The scores that everybody would read if what waits on the desk went out now.
pub(crate) async fn scores_proposed(
    house: &House,
    on_desk: &advisories::OnDesk,
) -> Result<Vec<Score>, StoreError> {
    let current = on_desk.advisory.current().map(|revision| &revision.content);
    let Some(content) = on_desk.proposed.as_ref().or(current) else { return Ok(Vec::new()) };
    let scores = scores_of(house, content.vulnerabilities.iter(), house.now()).await?;
    Ok(scores_for(house, &everybody(), scores, false).0)
}

fn publisher(house: &House) -> Publisher {
    Publisher {
        name: house.team.name.clone(),
        namespace: format!("https://{}", house.team.site),
        contact: format!("{}, {}", house.team.mailbox, house.team.telephone),
    }
}

/// The bytes of the document of `notice`.
fn document(words: &dyn Say, notice: &Notice, edition: Edition) -> Result<Vec<u8>, Unwritable> {
    let address = format!("{}/{}", notice.address, notice.document_path(edition));
    write::write(
        &Issue {
            advisory: &notice.advisory,
            publisher: &notice.publisher,
            language: notice.language(),
            address: &address,
            withdrawn_at: notice.withdrawn_at,
            scores: &notice.scores,
            say: &|key, values| words.say(key, values),
        },
        edition,
    )
}

/// The bytes of the document of what was cleared.
fn document_of(cleared: &Cleared<Notice>, edition: Edition) -> Cleared<Result<Vec<u8>, Unwritable>> {
    let write = match edition {
        Edition::V2_0 => |words: &dyn Say, notice: Notice| document(words, &notice, Edition::V2_0),
        Edition::V2_1 => |words: &dyn Say, notice: Notice| document(words, &notice, Edition::V2_1),
    };
    cleared.clone().write(&Words::of(cleared.item().language()), write)
}

/// A document as the feed of its label names it.
fn shelved(notice: &Notice, edition: Edition) -> Shelved {
    let (content, path) = (notice.content(), notice.document_path(edition));
    let shelf = shelf_path(edition, notice.tlp());
    Shelved {
        id: notice.number.clone(),
        title: content.title.for_reader(notice.language()).to_owned(),
        summary: content.summary.for_reader(notice.language()).to_owned(),
        path: path.strip_prefix(&format!("{shelf}/")).unwrap_or(&path).to_owned(),
        published_at: notice.first_at(),
        updated_at: notice.changed_at(),
        products: content.products.iter().map(|line| line.name.to_string()).collect(),
    }
}

/// The keys with which documents are signed, as metadata name them.
fn signers(place: &Place, publics: &[Public]) -> Vec<Listed> {
    let listed = |it: &Public| Listed {
        fingerprint: it.fingerprint.clone(),
        address: format!("{}/.well-known/csaf/openpgp/{}.asc", place.address, it.fingerprint),
    };
    publics.iter().map(listed).collect()
}

/// Everything that everybody may read, asked of the gate. What it withholds is written down.
async fn public(house: &House, place: &Place) -> Result<Vec<Cleared<Notice>>, StoreError> {
    let decided = publications::all(&house.db).await?;
    let mut notices = Vec::new();
    let mut held: BTreeMap<AdvisoryId, Verdict> = BTreeMap::new();
    let mut hold = |id, verdict: Verdict| {
        // What was kept off an advisory is one trace of it: the narrowest.
        let narrow = |it: &Verdict| it.case.as_ref().map(|case| case.tlp);
        if held.get(&id).is_none_or(|other| narrow(other) < narrow(&verdict)) {
            held.insert(id, verdict);
        }
    };
    let (gate, to) = (house.law.gate(), everybody());
    for (id, _) in decided.into_iter().filter(|(_, it)| it.decision == Decision::Public) {
        let Some(on_desk) = advisories::of_id(&house.db, id).await? else { continue };
        let (mut advisory, changed_at) = (on_desk.advisory, on_desk.changed_at);
        let withdrawn_at = (advisory.state == State::Withdrawn).then_some(changed_at);
        if advisory.revisions.is_empty() || advisory.publisher != house.team.name {
            continue;
        }
        if let Some(last) = advisory.revisions.last_mut() {
            let restricted = std::mem::take(&mut last.content.restricted);
            let (restricted, withheld) = paragraphs_for(house, &to, restricted, false);
            last.content.restricted = restricted;
            withheld.into_iter().for_each(|verdict| hold(id, verdict));
        }
        let scores = match advisory.current() {
            Some(last) => scores_of(house, last.content.vulnerabilities.iter(), last.released_at).await?,
            None => Vec::new(),
        };
        let (scores, withheld) = scores_for(house, &to, scores, false);
        withheld.into_iter().for_each(|verdict| hold(id, verdict));
        let notice = Notice { scores, ..notice(house, &place.address, advisory, withdrawn_at) };
        match disclosure::clear(&gate, asking(house, Purpose::Warn), notice, &to).released() {
            Ok(cleared) if cleared.form() == disclosure::Form::Full => notices.push(cleared),
            Ok(cleared) => hold(id, cleared.verdict().clone()),
            Err(why) => hold(id, *why.verdict),
        }
    }
    if !held.is_empty() {
        house
            .write("keep off the website", async |tx| {
                for (id, verdict) in &held {
                    let decided = Decided {
                        item: Item::Website { advisory: *id },
                        about: None,
                        listed: BTreeSet::new(),
                        recipient: &to.id,
                        verdict,
                        state: Was::Withheld,
                        released_by: None,
                        delivery: None,
                    };
                    disclose::write_down(house, tx, decided).await?;
                }
                Ok::<_, StoreError>(())
            })
            .await?;
    }
    notices.sort_by(|one, other| {
        let (one, other) = (one.item(), other.item());
        other.changed_at().cmp(&one.changed_at()).then_with(|| one.number.cmp(&other.number))
    });
    Ok(notices)
}

/// The numbers under which we sent something, except what goes to named persons only.
async fn sent(house: &House) -> Result<Vec<Cleared<Sent>>, StoreError> {
    let lines = advisories::newest(&house.db, i64::MAX).await?;
    let (gate, to) = (house.law.gate(), everybody());
    let mut sent = Vec::new();
    for line in lines.into_iter().filter(|line| line.publisher == house.team.name) {
        let Some(at) = line.released_at else { continue };
        if line.content.tlp.unwrap_or(Tlp::Red) == Tlp::Red {
            continue;
        }
        let it = Sent { severity: line.content.severity(), number: line.number, at };
        let decision = disclosure::clear(&gate, asking(house, Purpose::Warn), it, &to);
        sent.extend(decision.released().ok().filter(|it| it.form() == disclosure::Form::Full));
    }
    Ok(sent)
}

/// Writes all files for everybody, and lets them take the place of those that are there.
///
/// # Errors
/// [`Failed::ForNow`] when there is no key or no room on the disk: what is there stays there, and a person reads why.
pub async fn write(house: &House) -> Result<(), Failed> {
    let Some(place) = house.website.place().cloned() else { return Ok(()) };
    let now = house.now();
    let notices = public(house, &place).await?;
    let sent = sent(house).await?;
    let counts = disclose::figures_told::tell_everybody(house).await?;
    let (files, key) = {
        let keys = Keys::read(&place.keys).map_err(|why| Failed::ForNow(why.to_string()))?;
        files(house, &place, &keys, &notices, &sent, &counts, now)
            .map_err(|why| Failed::ForNow(why.to_string()))?
    };
    let folder = place.folder.clone();
    let written = tokio::task::spawn_blocking(move || shelf::put(&folder, &files)).await;
    match written {
        Ok(Ok(())) => {}
        Ok(Err(why)) => return Err(Failed::ForNow(format!("{}: {why}", place.folder.display()))),
        Err(why) => return Err(Failed::ForNow(why.to_string())),
    }
    let again = now + (AGAIN_DAYS * 24).hours();
    house
        .write("write the website", async |tx| {
            tx.note(Entry::WebsiteWritten { advisories: notices.len(), key: key.clone() });
            jobs::add_unless_waiting(tx, &Job::WriteWebsite, again).await
        })
        .await?;
    Ok(())
}

/// Where a note stands of which key signed an edition. It is no secret, and nobody is shown it.
const SIGNED_WITH: &str = ".well-known/csaf/openpgp/signed-with";

/// All files, and with which key they are signed.
fn files(
    house: &House,
    place: &Place,
    keys: &Keys,
    notices: &[Cleared<Notice>],
    sent: &[Cleared<Sent>],
    counts: &BTreeMap<String, Cell>,
    now: Timestamp,
) -> Result<(Files, String), NotPublic> {
    let signer = keys.signer(now)?;
    let (publics, key) = (keys.publics()?, signer.fingerprint());
    let site = Site {
        team: &house.team,
        address: &place.address,
        written_at: now,
        notices,
        sent,
        counts,
        keys: &publics,
    };
    let mut files = (place.draw)(&site);
    let signed_before = published(&place.folder, SIGNED_WITH).is_some_and(|it| it == key.as_bytes());
    // A signature that is good stays as it is: who has a copy has the same one.
    let sign = |path: &str, bytes: &[u8]| -> Result<Vec<u8>, NoKey> {
        let before = || {
            let same = published(&place.folder, path).is_some_and(|it| it == bytes);
            published(&place.folder, &format!("{path}.asc")).filter(|_| same && signed_before)
        };
        match before() {
            Some(signature) => Ok(signature),
            None => signer.sign(bytes).map(String::into_bytes),
        }
    };
    let listed = signers(place, &publics);
    for public in &publics {
        let path = format!(".well-known/csaf/openpgp/{}.asc", public.fingerprint);
        files.insert(path, public.armoured.clone().into_bytes());
    }
    files.insert(SIGNED_WITH.to_owned(), key.clone().into_bytes());
    let publisher = publisher(house);
    let changed_at = notices.iter().map(|it| it.item().changed_at()).max().unwrap_or(now);
    let mut metadata = Vec::new();
    for edition in Edition::ALL {
        let metadata_path = match edition {
            Edition::V2_0 => ".well-known/csaf/provider-metadata.json".to_owned(),
            Edition::V2_1 => format!("csaf/v{}/provider-metadata.json", edition.word()),
        };
        let provider = Provider {
            publisher: &publisher,
            edition,
            address: format!("{}/{metadata_path}", place.address),
            folder: format!("{}/csaf/v{}", place.address, edition.word()),
            labels: [Tlp::Clear].into(),
            signers: listed.clone(),
            updated_at: changed_at,
            may_be_listed: place.may_be_listed,
            may_be_mirrored: place.may_be_mirrored,
        };
        let shelf = shelf_path(edition, Tlp::Clear);
        let mut listed_documents = Vec::new();
        for cleared in notices {
            let notice = cleared.item();
            let written = document_of(cleared, edition);
            let bytes = match written.item() {
                Ok(bytes) => bytes.clone(),
                Err(why) => {
                    tracing::error!(advisory.number = notice.number, "no CSAF of what is public: {why}");
                    continue;
                }
            };
            let path = notice.document_path(edition);
            let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
            let folder = path.strip_suffix(&name).unwrap_or_default();
            for (name, digest) in digests(&name, &bytes) {
                files.insert(format!("{folder}{name}"), digest);
            }
            files.insert(format!("{path}.asc"), sign(&path, &bytes)?);
            listed_documents.push(shelved(notice, edition));
            files.insert(path, bytes);
        }
        for (path, bytes) in provider.shelf_files(Tlp::Clear, &listed_documents) {
            files.insert(format!("{shelf}/{path}"), bytes);
        }
        files.insert(format!("csaf/v{}/service.json", edition.word()), provider.service());
        metadata.push(provider.address.clone());
        let bytes = provider.metadata();
        files.insert(format!("{metadata_path}.asc"), sign(&metadata_path, &bytes)?);
        files.insert(metadata_path, bytes);
    }
    let made_of = software::DOCUMENT.as_bytes();
    for (name, digest) in digests(software::NAME, made_of) {
        files.insert(format!("{}/{name}", software::FOLDER), digest);
    }
    let path = software::path();
    files.insert(format!("{path}.asc"), sign(&path, made_of)?);
    files.insert(path, made_of.to_vec());
    let text = security_txt(
        &[format!("mailto:{}", house.team.mailbox), telephone(&house.team.telephone)],
        &format!("{}/.well-known/security.txt", place.address),
        &listed,
        &metadata,
        None,
        now + (HOLDS_DAYS * 24).hours(),
    );
    files.insert(".well-known/security.txt".to_owned(), signer.sign_around(&text)?.into_bytes());
    Ok((files, key))
}

/// A telephone number as an address.
fn telephone(written: &str) -> String {
    let digits: String = written.chars().filter(|it| it.is_ascii_digit() || *it == '+').collect();
    match digits.strip_prefix('0') {
        Some(rest) if !digits.starts_with("00") => format!("tel:+31{rest}"),
        _ => format!("tel:{digits}"),
    }
}

/// Orders the files of a node that has none yet, and those that were due while it was away.
///
/// # Errors
/// Those of the store.
pub async fn begin(house: &House) -> Result<(), StoreError> {
    let Some(place) = house.website.place() else { return Ok(()) };
    if Path::new(&current(&place.folder)).exists() {
        return Ok(());
    }
    let now = house.now();
    house.write("order the website", async |tx| house.website.order(tx, now).await).await
}
