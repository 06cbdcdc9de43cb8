//! A list of who is exposed, offered to whoever serves them.
//!
//! In January 2020 such a list lay with the one who might not pass it on. An officer offers it; the gate says in
//! which form it may go today; what may not go stays here with its reason, counted, and is asked again.

use std::collections::{BTreeMap, BTreeSet};

use disclosure::{
    Class, Classified, Cleared, Cut, Decision, Detail, Marks, Mask, Purpose, Recipient, Redact, Verdict,
    clear, holes,
};
use domain::disclosure::{Form, Item, State};
use domain::ids::{AdvisoryId, DisclosureId, OfferId, ParticipantId};
use domain::ledger::Entry;
use domain::tlp::Tlp;
use domain::warning::Channel;
use jiff::Timestamp;
use store::disclosures::{self, Offer};
use store::{StoreError, advisories, assets, exposures, participants};

use crate::deliver::{self, email};
use crate::disclose::{self, Decided};
use crate::house::{House, Officer, Team};
use crate::words::Words;

/// Why nothing was offered.
#[derive(Debug, thiserror::Error)]
pub enum NotOffered {
    #[error("no advisory that was released")]
    NoSuchAdvisory,
    #[error("no organisation of the register that counts today")]
    NoSuchOrganisation,
    #[error("the organisation does not serve this group")]
    NotItsGroup,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One organisation on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Which of ours it is; nothing where its name is taken out.
    pub of: Option<ParticipantId>,
    pub name: String,
    /// What it has, as it registered it or as it was seen.
    pub products: Vec<String>,
    /// Where, as far as that is known.
    pub places: Vec<String>,
}

/// Who is exposed under an advisory, of one group.
#[derive(Debug, Clone)]
pub struct List {
    pub reference: String,
    pub advisory: String,
    pub group: String,
    pub listed: Vec<Listed>,
    /// How many there are; `None` when they are too few to be told.
    pub count: Option<u64>,
    pub tlp: Tlp,
    pub team: Team,
}

impl Redact for List {
    fn cut(mut self, cut: &Cut) -> Self {
        if cut.form == Form::Aggregate || cut.detail < Detail::Full {
            self.listed.clear();
        }
        if cut.form == Form::Aggregate {
            self.count = self.count.filter(|count| *count >= cut.k);
        }
        for (number, one) in self.listed.iter_mut().enumerate() {
            if cut.hides(Mask::Others) {
                one.of = None;
                one.name = format!("{}", number + 1);
            }
            if cut.hides(Mask::Hosts) || cut.hides(Mask::Addresses) {
                one.places.clear();
            }
        }
        self
    }
}

impl Classified for List {
    fn marks_for(&self, _: &Recipient) -> Marks {
        Marks { count: self.count, ..Marks::new(Class::D6, self.tlp).about("", "", &self.group) }
    }
}

/// Offers the list of those of `group` who are exposed under an advisory. Gives what the gate said.
///
/// # Errors
/// [`NotOffered`] when advisory or organisation is not there, or does not serve that group.
pub async fn make(
    house: &House,
    advisory: AdvisoryId,
    organisation: &str,
    group: &str,
    officer: &Officer,
) -> Result<(OfferId, Verdict), NotOffered> {
    let on_desk = advisories::of_id(&house.db, advisory).await?.ok_or(NotOffered::NoSuchAdvisory)?;
    if on_desk.advisory.current().is_none() {
        return Err(NotOffered::NoSuchAdvisory);
    }
    let register = disclose::register(house).await?;
    let to = disclose::organisation(house, &register, organisation, Channel::Platform);
    let to = to.ok_or(NotOffered::NoSuchOrganisation)?;
    let serves =
        to.groups.iter().any(|own| own == group) || to.designations.iter().any(|it| it.group == group);
    if !serves && !holes::is_open("list-for-anybody") {
        return Err(NotOffered::NotItsGroup);
    }
    let offer = Offer {
        id: house.id(),
        advisory,
        organisation: organisation.to_owned(),
        group: group.to_owned(),
        made_at: house.now(),
        made_by: officer.name.clone(),
    };
    let id = house
        .write("offer a list", async |tx| {
            let id = disclosures::offer(tx, &offer).await?;
            if id == offer.id {
                let (organisation, change) =
                    (offer.organisation.clone(), format!("a list for {group} is offered"));
                tx.note(Entry::OrganisationChanged { organisation, change, by: officer.name.clone() });
            }
            Ok::<_, StoreError>(id)
        })
        .await?;
    let offer = Offer { id, ..offer };
    let verdict = ask(house, &offer, None, None).await?.ok_or(NotOffered::NoSuchOrganisation)?;
    Ok((id, verdict))
}

/// The list as it is now.
pub async fn list(house: &House, offer: &Offer) -> Result<Option<List>, StoreError> {
    let Some(on_desk) = advisories::of_id(&house.db, offer.advisory).await? else { return Ok(None) };
    let Some(revision) = on_desk.advisory.current() else { return Ok(None) };
    let exposures = exposures::open_under(&house.db, offer.advisory).await?;
    let ids: BTreeSet<ParticipantId> = exposures.iter().map(|exposure| exposure.participant).collect();
    let mut listed: BTreeMap<ParticipantId, Listed> = BTreeMap::new();
    for participant in participants::of_ids(&house.db, &ids.into_iter().collect::<Vec<_>>()).await? {
        if participant.sector == offer.group {
            let (products, places) = (Vec::new(), Vec::new());
            let one = Listed { of: Some(participant.id), name: participant.name, products, places };
            listed.insert(participant.id, one);
        }
    }
    let systems: Vec<_> = exposures
        .iter()
        .filter(|exposure| listed.contains_key(&exposure.participant))
        .map(|exposure| exposure.asset)
        .collect();
    for asset in assets::of_ids(&house.db, &systems).await? {
        let Some(one) = listed.get_mut(&asset.participant) else { continue };
        one.products.push(asset.name.to_string());
        one.places.extend(asset.host.clone().or_else(|| asset.address.map(|it| it.to_string())));
    }
    listed.retain(|_, one| !one.products.is_empty());
    let mut listed: Vec<Listed> = listed.into_values().collect();
    for one in &mut listed {
        one.products.sort();
        one.products.dedup();
        one.places.sort();
        one.places.dedup();
    }
    listed.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Some(List {
        reference: reference(offer),
        advisory: on_desk.advisory.number.clone(),
        group: offer.group.clone(),
        count: u64::try_from(listed.len()).ok(),
        listed,
        // A list of names is never wider than this, whatever the advisory is.
        tlp: revision.content.tlp.unwrap_or(Tlp::Amber).max(Tlp::Amber),
        team: (*house.team).clone(),
    }))
}

/// What both sides call it.
pub fn reference(offer: &Offer) -> String {
    let id = offer.id.0.simple().to_string();
    format!("L-{}", id.get(id.len().saturating_sub(8)..).unwrap_or_default())
}

/// Asks the gate for an offer, writes down what it says, and tells the organisation by mail what it may know: that
/// there is a list, and how long it is. The list itself is handed over by an officer.
///
/// `by` releases where a person must, and with it what waited: of two who press at once, one does it, and the
/// other gets `None`.
pub(crate) async fn ask(
    house: &House,
    offer: &Offer,
    by: Option<&str>,
    waited: Option<DisclosureId>,
) -> Result<Option<Verdict>, StoreError> {
    let Some(list) = list(house, offer).await? else { return Ok(None) };
    let register = disclose::register(house).await?;
    let Some(to) = disclose::organisation(house, &register, &offer.organisation, Channel::Platform) else {
        return Ok(None);
    };
    let asking = disclose::asking(house, Purpose::Warn);
    let decision = match (clear(&house.law.gate(), asking, list.clone(), &to), by) {
        (Decision::AskPerson(pending), Some(by)) => Decision::Release(pending.release(by)),
        (decision, _) => decision,
    };
    let verdict = decision.verdict().clone();
    let state = match (&decision, verdict.form) {
        (Decision::Release(_), Some(Form::Full | Form::Redacted)) => State::Released,
        (Decision::AskPerson(_), _) => State::Waiting,
        // A number is not the list: that one stays here, and comes back.
        _ => State::Withheld,
    };
    let listed = match (&decision, state) {
        (Decision::Release(cleared), State::Released) => {
            cleared.item().listed.iter().filter_map(|it| it.of).collect()
        }
        _ => BTreeSet::new(),
    };
    let notice = notice(house, offer, list, &decision).await?;
    let is_first = house
        .write("decide about a list", async |tx| {
            let item = Item::Offer { offer: offer.id };
            if let Some(waited) = waited {
                let step = (State::Waiting, State::Superseded);
                if !disclosures::turn(tx, waited, step, by.unwrap_or_default(), house.now()).await? {
                    return Ok(false);
                }
            }
            let decided = Decided {
                item: item.clone(),
                about: None,
                listed: listed.clone(),
                recipient: &offer.organisation,
                verdict: &verdict,
                state,
                released_by: by.filter(|_| verdict.needs_person),
                delivery: None,
            };
            disclose::write_down(house, tx, decided).await?;
            if let Some((address, mail)) = &notice {
                deliver::notice(house, tx, offer.id, address, mail).await?;
            }
            Ok::<_, StoreError>(true)
        })
        .await?;
    Ok(is_first.then_some(verdict))
}

/// The mail that says that there is a list. On this way no name goes along, whatever the form.
async fn notice(
    house: &House,
    offer: &Offer,
    list: List,
    decision: &Decision<List>,
) -> Result<Option<(String, Cleared<email::Mail>)>, StoreError> {
    if !matches!(decision, Decision::Release(_)) {
        return Ok(None);
    }
    let known = store::organisations::all(&house.db).await?;
    let address =
        known.into_iter().find(|it| it.organisation.id == offer.organisation).and_then(|it| it.mail);
    let Some(address) = address.filter(|address| email::is_mailbox(address)) else { return Ok(None) };
    let register = disclose::register(house).await?;
    let to = disclose::organisation(house, &register, &offer.organisation, Channel::Mail);
    let Some(to) = to else { return Ok(None) };
    let asking = disclose::asking(house, Purpose::Warn);
    let cleared = match clear(&house.law.gate(), asking, list, &to) {
        Decision::Release(cleared) => cleared,
        Decision::AskPerson(pending) => match decision {
            Decision::Release(whole) => pending.release(whole.released_by().unwrap_or_default()),
            _ => return Ok(None),
        },
        Decision::Withhold(_) => return Ok(None),
    };
    Ok(Some((address, email::offer_mail(&Words::dutch(), cleared))))
}

/// A list that was released, for the officer who hands it over.
#[derive(Debug, Clone)]
pub struct Released {
    /// Those who were on it when it was released and still belong there.
    pub list: Cleared<List>,
    /// How many would be on it now besides. They need a release of their own.
    pub since: usize,
    pub at: Timestamp,
}

/// The list as it was released. Nothing when it was not, was recalled, or may not go any more.
pub async fn released(house: &House, id: OfferId) -> Result<Option<Released>, StoreError> {
    let Some(offer) = disclosures::offer_of_id(&house.db, id).await? else { return Ok(None) };
    let decisions = disclosures::of_item(&house.db, &Item::Offer { offer: id }).await?;
    let Some(last) = decisions.into_iter().find(|it| it.state == State::Released) else { return Ok(None) };
    let Some(mut list) = list(house, &offer).await? else { return Ok(None) };
    let register = disclose::register(house).await?;
    let Some(to) = disclose::organisation(house, &register, &offer.organisation, Channel::Platform) else {
        return Ok(None);
    };
    let before = list.listed.len();
    // A list without names does not say who was on it, and names nobody.
    if !last.record.listed.is_empty() && !holes::is_open("list-grows") {
        list.listed.retain(|one| one.of.is_some_and(|of| last.record.listed.contains(&of)));
        list.count = u64::try_from(list.listed.len()).ok();
    }
    let since = before - list.listed.len();
    let by = last.settled.map(|(_, by)| by).unwrap_or_default();
    let cleared = match clear(&house.law.gate(), disclose::asking(house, Purpose::Warn), list, &to) {
        Decision::Release(cleared) => cleared,
        Decision::AskPerson(pending) if !by.is_empty() => pending.release(&by),
        Decision::AskPerson(_) | Decision::Withhold(_) => return Ok(None),
    };
    Ok(Some(Released { list: cleared, since, at: last.decided_at }))
}
