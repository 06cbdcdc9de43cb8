//! Somebody is asked to look again, because a claim that nobody looked at is only a word.
//!
//! Three questions stand before each request, in this order: does the label allow a look that goes so far;
//! did the owner agree that somebody else looks; does the gate let out where to look. Each refusal stands
//! in the ledger, as each request does. Whoever has no channel of ours is told by a person.

use std::collections::BTreeSet;

use disclosure::{Circumstance, Class, Classified, Cleared, Cut, Held, Marks, Recipient, Redact};
use domain::advisory::Content;
use domain::disclosure::Item;
use domain::finder::{Finder, Standing};
use domain::ids::{AssetId, ConsentId, FinderId, ParticipantId, RescanId, WarningId};
use domain::observation::{Method, Observation};
use domain::rescan::{Asked, CONSENT_LONGEST, Consent, Known, Order, Refused, Rescan, State, Touch, Turned};
use domain::text::Language;
use domain::tlp::{Pap, Tlp};
use domain::warning::{Channel, Stage, Warning};
use jiff::Timestamp;
use store::jobs::{self, Job};
use store::{
    StoreError, Tx, advisories, assets, consents, finders, observations, participants, rescans, warnings,
};

use crate::catalogue::ASSETS_MAX;
use crate::deliver::email::{self, Mail};
use crate::deliver::{self, Addressees};
use crate::disclose;
use crate::house::{Actor, House, Officer, Team};
use crate::words::Words;

/// Why nobody was asked, or what somebody said about a request was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotAsked {
    /// Also when it is somebody else's.
    #[error("no warning {0} for this participant")]
    NoSuchWarning(WarningId),
    #[error("no request {0} for this participant")]
    NoSuchRescan(RescanId),
    #[error("no finder {0} that is known")]
    NoSuchFinder(FinderId),
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The gate keeps in where to look.
    #[error(transparent)]
    Held(#[from] Held),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The letter that asks somebody to look. It never names whose system it is, but to its owner.
#[derive(Debug, Clone)]
pub struct Request {
    pub reference: String,
    /// For the gate, and for the owner.
    pub of: ParticipantId,
    pub participant: String,
    pub target_group: String,
    pub is_the_owners: bool,
    pub is_consented: bool,
    pub finding: String,
    pub place: String,
    pub touch: Touch,
    pub methods: BTreeSet<Method>,
    pub tlp: Tlp,
    pub pap: Pap,
    pub due_at: Timestamp,
    pub team: Team,
}

impl Request {
    fn of(rescan: &Rescan, participant: &str, tlp: Tlp, team: &Team) -> Self {
        Self {
            reference: rescan.reference(),
            of: rescan.participant,
            participant: participant.to_owned(),
            target_group: team.target_group.clone(),
            is_the_owners: !rescan.asked.is_an_outsider(),
            is_consented: rescan.consent.is_some(),
            finding: rescan.finding.clone(),
            place: rescan.place(),
            touch: rescan.touch,
            methods: rescan.methods.clone(),
            tlp,
            pap: rescan.pap,
            due_at: rescan.due_at,
            team: team.clone(),
        }
    }
}

impl Redact for Request {
    /// Less than where to look asks nothing.
    fn cut(mut self, cut: &Cut) -> Self {
        if !cut.is_full() {
            (self.participant, self.finding, self.place) = Default::default();
        }
        self
    }
}

impl Classified for Request {
    fn marks_for(&self, to: &Recipient) -> Marks {
        let is_owner = self.is_the_owners && self.of.to_string() == to.id;
        let class = if is_owner { Class::D4 } else { Class::D5 };
        Marks { pap: Some(self.pap), ..Marks::new(class, self.tlp) }
            .about(&self.of.to_string(), if is_owner { to.kind.code() } else { "" }, &self.target_group)
            .where_so(Circumstance::Consented, self.is_consented)
    }
}

/// The letter that says that a request is over: what both sides call it, and nothing else.
#[derive(Debug, Clone)]
pub struct Recall {
    pub reference: String,
    pub team: Team,
}

impl Redact for Recall {
    fn cut(self, _: &Cut) -> Self {
        self
    }
}

impl Classified for Recall {
    fn marks_for(&self, _: &Recipient) -> Marks {
        Marks::new(Class::D0, Tlp::Green)
    }
}

/// What a finder is asked and may still answer, as it may be shown now: where the owner took its consent
/// back, or it ran out, nothing is.
pub async fn asked_of(house: &House, finder: &Finder) -> Result<Vec<(Rescan, Cleared<Request>)>, StoreError> {
    let now = house.now();
    let to = disclose::finder(&finder.name, Channel::Platform);
    let mut shown = Vec::new();
    for rescan in rescans::of_finder(&house.db, finder.id).await? {
        let given = consents::of_asset(&house.db, rescan.asset, rescan.participant).await?;
        let leans_on = given.iter().find(|it| Some(it.id) == rescan.consent);
        if !rescan.is_open(now) || !leans_on.is_some_and(|it| it.holds(now)) {
            continue;
        }
        let Some(owner) = participants::of_id(&house.db, rescan.participant).await? else { continue };
        let request = Request::of(&rescan, &owner.name, Tlp::Amber, &house.team);
        if let Ok(cleared) = disclose::to_outsider(house, request, &to, "") {
            shown.push((rescan, cleared));
        }
    }
    Ok(shown)
}

/// Who is asked, as far as a letter must know.
enum Reader {
    Owner(Addressees),
    Outsider { to: Recipient, mail: Option<String>, language: Language },
}

/// Asks somebody to look again at a system that stands under a warning.
///
/// # Errors
/// [`NotAsked::Refused`] and [`NotAsked::Held`] say what stands in the way; the ledger has it too.
pub async fn ask(
    house: &House,
    by: &Officer,
    id: WarningId,
    of: ParticipantId,
    order: &Order,
) -> Result<RescanId, NotAsked> {
    let now = house.now();
    let found = warnings::of_participant(&house.db, id, of, now).await?;
    let warning = found.ok_or(NotAsked::NoSuchWarning(id))?;
    if matches!(warning.stage(now), Stage::Transferred | Stage::Orphaned) {
        return Err(Refused::Over.into());
    }
    if !warning.assets().contains_key(&order.asset) {
        return Err(Refused::ForeignAsset.into());
    }
    let asset = assets::of_id(&house.db, order.asset, of).await?.ok_or(Refused::ForeignAsset)?;
    let on_desk = advisories::of_id(&house.db, warning.advisory).await?;
    let revision = on_desk.as_ref().and_then(|it| it.advisory.current());
    let content = &revision.ok_or(NotAsked::NoSuchWarning(id))?.content;
    let seen = observations::of_asset(&house.db, order.asset, of, now).await?;
    let mut given = consents::of_asset(&house.db, order.asset, of).await?;
    // At the address of what they do not have any more, something of somebody else may stand by now.
    given.retain(|_| asset.retired_at.is_none());
    let finding = finding(content, &seen).ok_or(Refused::NoFinding)?;
    // A look that nobody could tell whose it was binds by its label all the same.
    let place = (asset.host.as_deref(), asset.address);
    let beside = observations::at_place(&house.db, &finding, place, of, now).await?;
    let labelled = [seen.as_slice(), &beside].concat();
    let known = Known { asset: &asset, seen: &labelled, consents: &given };
    let mut rescan = Rescan {
        id: house.id(),
        participant: of,
        warning: id,
        asset: order.asset,
        port: port(&seen, &finding),
        methods: methods(&warning, content, order.asset),
        finding,
        host: asset.host.clone(),
        address: asset.address,
        asked: order.asked.clone(),
        touch: order.touch,
        pap: order.pap,
        consent: None,
        asked_by: by.id,
        asked_at: now,
        due_at: order.due_at,
        is_written_to: false,
        accepted_at: None,
        declined_at: None,
        reason: None,
        answered: None,
        withdrawn_at: None,
    };
    let (pap, consent) = match order.check(known, &rescan.finding, now) {
        Ok(allowed) => allowed,
        Err(why) => {
            refuse(house, &rescan, &why.to_string(), by).await?;
            return Err(why.into());
        }
    };
    rescan.pap = pap;
    rescan.consent = consent.map(|it| it.id);
    rescan.due_at = consent.map_or(order.due_at, |it| it.ends_at.min(order.due_at));
    let tlp = known.labels(&rescan.finding, now).map_or(Tlp::Amber, |(tlp, _)| tlp);
    let letters = match letters(house, &rescan, tlp, by).await {
        Ok(letters) => letters,
        Err(NotAsked::Held(why)) => {
            refuse(house, &rescan, &why.to_string(), by).await?;
            return Err(why.into());
        }
        Err(why) => return Err(why),
    };
    rescan.is_written_to = !letters.is_empty();
    house
        .write("ask for a look", async |tx| {
            if let Some(consent) = rescan.consent
                && !consents::hold(tx, consent, now).await?
            {
                return Err(NotAsked::Refused(Refused::NoConsent));
            }
            rescans::add(tx, &rescan, &by.name).await?;
            for letter in &letters {
                letter.put(house, tx).await?;
            }
            Ok(jobs::add(tx, &Job::EndRescan(rescan.id, of), rescan.due_at).await?)
        })
        .await?;
    tracing::info!(rescan.id = %rescan.id, warning.id = %id, "somebody is asked to look again");
    Ok(rescan.id)
}

/// What stood in the way is kept as carefully as what was asked.
async fn refuse(house: &House, rescan: &Rescan, why: &str, by: &Officer) -> Result<(), StoreError> {
    house
        .write("refuse to ask for a look", async |tx| {
            rescans::note(tx, rescan, Turned::Refused, why, &by.name);
            Ok(())
        })
        .await
}

/// What to look for: what was seen there last of what the advisory names, or else what it names first.
fn finding(content: &Content, seen: &[Observation]) -> Option<String> {
    let last = seen.iter().rev().find(|one| content.vulnerabilities.contains(&one.finding));
    last.map(|one| one.finding.clone()).or_else(|| content.vulnerabilities.first().cloned())
}

fn port(seen: &[Observation], finding: &str) -> Option<u16> {
    seen.iter().rev().filter(|one| one.finding == finding).find_map(|one| one.port)
}

/// The methods that can prove what was claimed, or without a claim whatever the advisory offers.
fn methods(warning: &Warning, content: &Content, asset: AssetId) -> BTreeSet<Method> {
    let claimed = warning.claim_on(Some(asset)).and_then(|claim| content.measure(claim.it.measure));
    match claimed {
        Some(measure) => measure.provable_by.clone(),
        None => content.measures.iter().flat_map(|measure| measure.provable_by.iter().copied()).collect(),
    }
}

/// A letter that passed the gate, and to whom it goes.
struct Letter {
    rescan: RescanId,
    about: ParticipantId,
    key: String,
    to: String,
    recipient: String,
    mail: Cleared<Mail>,
}

impl Letter {
    async fn put(&self, house: &House, tx: &mut Tx) -> Result<(), StoreError> {
        let item = Item::Rescan { rescan: self.rescan };
        deliver::apart(house, tx, &self.key, &self.to, (item, Some(self.about), &self.recipient), &self.mail)
            .await
    }
}

/// The letters that ask. None when nobody can be written to; the owner reads it on its page all the same.
///
/// # Errors
/// [`NotAsked::Held`] when somebody else than the owner may not be told where to look.
async fn letters(house: &House, rescan: &Rescan, tlp: Tlp, by: &Officer) -> Result<Vec<Letter>, NotAsked> {
    let Some(owner) = deliver::addressees(house, rescan.participant).await? else { return Ok(Vec::new()) };
    let request = Request::of(rescan, &owner.participant.name, tlp, &house.team);
    let key = |who: &str| format!("rescan {} {who}", rescan.id);
    match reader(house, rescan).await? {
        Reader::Owner(to) => {
            let mut letters = Vec::new();
            for contact in to.first(house.now()) {
                let Some(address) = &contact.mail else { continue };
                match disclose::to_member(house, request.clone(), &to.participant, Channel::Mail) {
                    Ok(cleared) => letters.push(Letter {
                        rescan: rescan.id,
                        about: rescan.participant,
                        key: key(&contact.id.to_string()),
                        to: address.clone(),
                        recipient: contact.id.to_string(),
                        mail: email::request_mail(&Words::of(contact.language), cleared),
                    }),
                    // What may not go by mail is on their page.
                    Err(why) => tracing::info!(rescan.id = %rescan.id, "no mail to the owner: {why}"),
                }
            }
            Ok(letters)
        }
        Reader::Outsider { to, mail, language } => {
            let cleared = disclose::to_outsider(house, request, &to, &by.name)?;
            let mail = mail.filter(|address| email::is_mailbox(address));
            let letter = mail.map(|address| Letter {
                rescan: rescan.id,
                about: rescan.participant,
                key: key("outside"),
                to: address,
                recipient: to.id.clone(),
                mail: email::request_mail(&Words::of(language), cleared),
            });
            Ok(letter.into_iter().collect())
        }
    }
}

async fn reader(house: &House, rescan: &Rescan) -> Result<Reader, NotAsked> {
    let through = |mail: &Option<String>| if mail.is_some() { Channel::Mail } else { Channel::Telephone };
    Ok(match &rescan.asked {
        Asked::Participant => {
            let to = deliver::addressees(house, rescan.participant).await?;
            Reader::Owner(to.ok_or(NotAsked::NoSuchWarning(rescan.warning))?)
        }
        Asked::Finder(id) => {
            let finder = finders::of_id(&house.db, *id).await?.filter(is_known);
            let finder = finder.ok_or(NotAsked::NoSuchFinder(*id))?;
            let to = disclose::finder(&finder.name, through(&finder.mail));
            Reader::Outsider { to, mail: finder.mail, language: finder.language }
        }
        Asked::Partner { name, mail } => {
            // A team that the register knows is what it says there; another is a team with nothing more.
            let register = disclose::register(house).await?;
            let known = disclose::organisation(house, &register, name, through(mail));
            let to = known.unwrap_or_else(|| Recipient::new(name, "CCT", through(mail)));
            Reader::Outsider { to, mail: mail.clone(), language: Language::Nl }
        }
    })
}

fn is_known(finder: &Finder) -> bool {
    finder.standing == Standing::Known
}

/// Whoever is asked says that they will look; `by` is their name. A look for which the consent ended is
/// not made any more.
pub async fn accept(house: &House, id: RescanId, of: ParticipantId, by: &str) -> Result<(), NotAsked> {
    let rescan = rescans::of_id(&house.db, id, of).await?.ok_or(NotAsked::NoSuchRescan(id))?;
    turn(house, &rescan, Turned::Accepted, None, by).await
}

/// Whoever is asked says that they will not look, and why.
pub async fn decline(
    house: &House,
    id: RescanId,
    of: ParticipantId,
    by: &str,
    reason: &str,
) -> Result<(), NotAsked> {
    let rescan = rescans::of_id(&house.db, id, of).await?.ok_or(NotAsked::NoSuchRescan(id))?;
    turn(house, &rescan, Turned::Declined, Some(reason), by).await
}

async fn turn(
    house: &House,
    rescan: &Rescan,
    turned: Turned,
    reason: Option<&str>,
    by: &str,
) -> Result<(), NotAsked> {
    let now = house.now();
    let done = house
        .write("answer a request for a look", async |tx| {
            if let Some(consent) = rescan.consent.filter(|_| turned == Turned::Accepted)
                && !consents::hold(tx, consent, now).await?
            {
                return Err(NotAsked::Refused(Refused::NoConsent));
            }
            Ok(rescans::turn(tx, rescan, turned, reason, by, now).await?)
        })
        .await?;
    if done { Ok(()) } else { Err(Refused::Over.into()) }
}

/// An officer takes a request back; whoever was written to is told not to look any more.
pub async fn withdraw(house: &House, by: &Officer, id: RescanId, of: ParticipantId) -> Result<(), NotAsked> {
    let now = house.now();
    let rescan = rescans::of_id(&house.db, id, of).await?.ok_or(NotAsked::NoSuchRescan(id))?;
    let letters = recalls(house, &rescan).await?;
    let done = house
        .write("withdraw a request for a look", async |tx| {
            let done = rescans::turn(tx, &rescan, Turned::Withdrawn, None, &by.name, now).await?;
            for letter in letters.iter().filter(|_| done) {
                letter.put(house, tx).await?;
            }
            Ok::<_, StoreError>(done)
        })
        .await?;
    if done { Ok(()) } else { Err(Refused::Over.into()) }
}

/// The letters that say that nobody need look any more, to those who were asked by letter.
async fn recalls(house: &House, rescan: &Rescan) -> Result<Vec<Letter>, StoreError> {
    if !rescan.is_written_to {
        return Ok(Vec::new());
    }
    let reader = match reader(house, rescan).await {
        Ok(reader) => reader,
        Err(NotAsked::Store(cause)) => return Err(cause),
        // Who is not there any more looks no more either.
        Err(_) => return Ok(Vec::new()),
    };
    let recall = Recall { reference: rescan.reference(), team: (*house.team).clone() };
    let key = |who: &str| format!("recall {} {who}", rescan.id);
    let mut letters = Vec::new();
    match reader {
        Reader::Owner(to) => {
            for contact in to.first(house.now()) {
                let Some(address) = &contact.mail else { continue };
                let cleared = disclose::to_member(house, recall.clone(), &to.participant, Channel::Mail);
                letters.extend(cleared.ok().map(|cleared| Letter {
                    rescan: rescan.id,
                    about: rescan.participant,
                    key: key(&contact.id.to_string()),
                    to: address.clone(),
                    recipient: contact.id.to_string(),
                    mail: email::recall_mail(&Words::of(contact.language), cleared),
                }));
            }
        }
        Reader::Outsider { to, mail, language } => {
            let cleared = disclose::to_outsider(house, recall, &to, "");
            letters.extend(mail.zip(cleared.ok()).map(|(address, cleared)| Letter {
                rescan: rescan.id,
                about: rescan.participant,
                key: key("outside"),
                to: address,
                recipient: to.id.clone(),
                mail: email::recall_mail(&Words::of(language), cleared),
            }));
        }
    }
    Ok(letters)
}

/// Holds what was seen of a system against what somebody was asked there. The look itself is weighed as
/// any other; here it only says that the request was answered.
pub(crate) async fn answered(
    house: &House,
    asset: AssetId,
    of: ParticipantId,
    seen: &[(AssetId, Observation)],
) -> Result<(), StoreError> {
    let now = house.now();
    for asked in rescans::unanswered(&house.db, asset, of).await? {
        let Some((_, look)) = seen.iter().find(|(_, one)| asked.is_answered_by(one)) else { continue };
        house
            .write("answer a request for a look", async |tx| {
                rescans::answer(tx, &asked, look.id, &look.source, now).await.map(drop)
            })
            .await?;
    }
    Ok(())
}

/// The day of a request has come. Without a look it has run out, and it is written down that nobody looked.
pub async fn end(house: &House, id: RescanId, of: ParticipantId) -> Result<(), StoreError> {
    let now = house.now();
    let Some(rescan) = rescans::of_id(&house.db, id, of).await? else { return Ok(()) };
    if rescan.state(now) != State::Expired {
        return Ok(());
    }
    house
        .write("end a request for a look", async |tx| rescans::expire(tx, &rescan, now).await.map(drop))
        .await
}

/// Lets others look at a system of the actor's participant, so far and until then. No warning need speak of it yet:
/// whoever agrees on a quiet day is not asked at night.
///
/// # Errors
/// [`NotAsked::Refused`] when the system is not theirs, or the end is past or more than a year away.
pub async fn give_consent(
    house: &House,
    actor: Actor,
    asset: AssetId,
    touch: Touch,
    ends_at: Timestamp,
) -> Result<ConsentId, NotAsked> {
    let own = assets::of_id(&house.db, asset, actor.participant).await?;
    own.filter(|it| it.retired_at.is_none()).ok_or(Refused::ForeignAsset)?;
    let given = consent_to(house, actor, &[asset], touch, ends_at).await?;
    given.into_iter().next().ok_or(Refused::ForeignAsset.into())
}

/// As [`give_consent`], about every system that the participant has now. What it registers later is not under it. Gives
/// how many systems that are.
///
/// # Errors
/// [`NotAsked::Refused`] when there is no system, or the end is past or more than a year away.
pub async fn give_consent_for_all(
    house: &House,
    actor: Actor,
    touch: Touch,
    ends_at: Timestamp,
) -> Result<usize, NotAsked> {
    let own = assets::of_participant(&house.db, actor.participant, ASSETS_MAX).await?;
    let own: Vec<AssetId> = own.into_iter().map(|asset| asset.id).collect();
    if own.is_empty() {
        return Err(Refused::ForeignAsset.into());
    }
    Ok(consent_to(house, actor, &own, touch, ends_at).await?.len())
}

async fn consent_to(
    house: &House,
    actor: Actor,
    assets: &[AssetId],
    touch: Touch,
    ends_at: Timestamp,
) -> Result<Vec<ConsentId>, NotAsked> {
    let now = house.now();
    if ends_at <= now || ends_at.duration_since(now) > CONSENT_LONGEST {
        return Err(Refused::ConsentDays.into());
    }
    let consent = |asset: &AssetId| Consent {
        id: house.id(),
        participant: actor.participant,
        asset: *asset,
        touch,
        given_by: actor.contact,
        given_at: now,
        ends_at,
        withdrawn_at: None,
    };
    let given: Vec<Consent> = assets.iter().map(consent).collect();
    house
        .write("give a consent", async |tx| {
            for one in &given {
                consents::add(tx, one).await?;
            }
            Ok::<_, StoreError>(())
        })
        .await?;
    Ok(given.into_iter().map(|it| it.id).collect())
}

/// Takes back what the actor's participant agreed to about a system. What was asked on it is withdrawn in
/// the same breath, and whoever was asked is told. Gives whether there was anything to take back.
pub async fn withdraw_consent(house: &House, actor: Actor, asset: AssetId) -> Result<bool, StoreError> {
    Ok(withdraw_consents(house, actor, &[asset]).await? > 0)
}

/// As [`withdraw_consent`], about everything. Gives how many consents it took back.
pub async fn withdraw_every_consent(house: &House, actor: Actor) -> Result<usize, StoreError> {
    let running = consents::running(&house.db, actor.participant, house.now()).await?;
    withdraw_consents(house, actor, &running).await
}

async fn withdraw_consents(house: &House, actor: Actor, assets: &[AssetId]) -> Result<usize, StoreError> {
    let (now, of) = (house.now(), actor.participant);
    let by = actor.contact.to_string();
    house
        .write("withdraw a consent", async |tx| {
            let mut ended = 0;
            for asset in assets {
                for consent in consents::withdraw(tx, *asset, of, actor.contact, now).await? {
                    ended += 1;
                    for rescan in rescans::leaning_on(tx, consent).await? {
                        if !rescans::turn(tx, &rescan, Turned::Withdrawn, Some("consent"), &by, now).await? {
                            continue;
                        }
                        for letter in recalls(house, &rescan).await? {
                            letter.put(house, tx).await?;
                        }
                    }
                }
            }
            Ok(ended)
        })
        .await
}

/// When somebody last looked at each system of a warning for what it is about, and said something about it.
pub async fn last_looks(
    house: &House,
    warning: &Warning,
    content: &Content,
) -> Result<Vec<(AssetId, Option<Timestamp>)>, StoreError> {
    let (now, of) = (house.now(), warning.participant);
    let mut looks = Vec::new();
    for asset in warning.assets().into_keys() {
        let seen = observations::of_asset(&house.db, asset, of, now).await?;
        let about = seen.iter().filter(|one| content.vulnerabilities.contains(&one.finding));
        looks.push((asset, about.map(|one| one.at).max()));
    }
    Ok(looks)
}
