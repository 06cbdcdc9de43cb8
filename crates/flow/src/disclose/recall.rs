//! Recall: what went out and should not have is taken back. Whoever got it is told, on the way on which it came.
//!
//! What was read cannot be unread: a recall asks to destroy it and to say who has it besides. Its mail names the
//! mail that it is about and a reason of a fixed list, and repeats nothing of it, so that it can go wherever that
//! went, also where the gate would not let the thing itself go any more.

use domain::disclosure::{Item, State};
use domain::ids::{AdvisoryId, DisclosureId, OfficerId};
use domain::text::Language;
use jiff::Timestamp;
use store::disclosures::{self, Disclosure};
use store::jobs::{self, Job};
use store::outbox::{self, Delivery};
use store::{StoreError, contacts, officers, organisations};

use crate::deliver::{self, email};
use crate::house::{House, Officer};
use crate::jobs::Failed;
use crate::words::Words;

/// Why something is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It went to somebody who should not have it.
    WrongRecipient,
    /// It may be passed on less widely than its label says.
    WrongLabel,
    /// What it says is not so.
    WrongContent,
}

impl Why {
    pub const ALL: [Self; 3] = [Self::WrongRecipient, Self::WrongLabel, Self::WrongContent];

    pub fn word(self) -> &'static str {
        match self {
            Self::WrongRecipient => "wrong-recipient",
            Self::WrongLabel => "wrong-label",
            Self::WrongContent => "wrong-content",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.word() == word)
    }
}

/// What a recall says: which mail, of when, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub sent_at: Timestamp,
    /// The Message-ID of what is taken back, where it was a mail.
    pub message_id: Option<String>,
    pub why: Why,
}

/// What came of a recall.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recalled {
    /// Told by mail.
    pub told: usize,
    /// Taken back, and there is no address: somebody calls. See [`got`].
    pub to_call: usize,
    /// Those that had not gone, or were recalled before.
    pub not: usize,
}

/// Somebody who got something of an advisory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Got {
    pub disclosure: Disclosure,
    /// What became of the mail that took it back; `None` when there is none.
    pub notice: Option<outbox::State>,
}

impl Got {
    /// Whether somebody must call: it was taken back, and no mail says so to whoever has it.
    pub fn must_be_called(&self) -> bool {
        let is_told = self.notice.is_some_and(|state| state != outbox::State::Bounced);
        self.disclosure.state == State::Recalled && !is_told
    }
}

/// Who got what about an advisory: letters and lists, the oldest first.
pub async fn got(house: &House, advisory: AdvisoryId) -> Result<Vec<Got>, StoreError> {
    let sent = disclosures::sent_about(&house.db, advisory).await?;
    each(house, sent.into_iter().map(|(id, _)| id)).await
}

/// A part of what [`got`] gives, for a page that shows so many at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub got: Vec<Got>,
    /// How many there are in all, and how many of those can be taken back.
    pub total: usize,
    pub recallable: usize,
    /// Of all of them, those about which somebody must call.
    pub to_call: Vec<Got>,
}

/// `limit` of them after the first `skip`.
pub async fn part(
    house: &House,
    advisory: AdvisoryId,
    skip: usize,
    limit: usize,
) -> Result<Part, StoreError> {
    let sent = disclosures::sent_about(&house.db, advisory).await?;
    let recalled = sent.iter().filter(|(_, state)| *state == State::Recalled).map(|(id, _)| *id);
    let mut to_call = each(house, recalled).await?;
    to_call.retain(Got::must_be_called);
    Ok(Part {
        got: each(house, sent.iter().skip(skip).take(limit).map(|(id, _)| *id)).await?,
        total: sent.len(),
        recallable: sent.iter().filter(|(_, state)| *state == State::Released).count(),
        to_call,
    })
}

async fn each(house: &House, ids: impl Iterator<Item = DisclosureId>) -> Result<Vec<Got>, StoreError> {
    let mut all = Vec::new();
    for id in ids {
        let Some(disclosure) = disclosures::of_id(&house.db, id).await? else { continue };
        let notice = match disclosure.state {
            State::Recalled => outbox::of_key(&house.db, &key(disclosure.id)).await?.map(|it| it.state),
            _ => None,
        };
        all.push(Got { disclosure, notice });
    }
    Ok(all)
}

/// Orders that everything that went out about an advisory is taken back: one word of an officer, however many
/// letters that are.
pub async fn order_all(
    house: &House,
    advisory: AdvisoryId,
    why: Why,
    by: &Officer,
) -> Result<(), StoreError> {
    let job = Job::RecallAll(advisory, why.word().to_owned(), by.id);
    house.write("order a recall", async |tx| jobs::add(tx, &job, house.now()).await).await
}

/// Takes back everything about an advisory that was not taken back yet. Doing it twice is doing it once.
///
/// # Errors
/// [`Failed::ForGood`] for a reason or an officer that is not known any more.
pub async fn everything(house: &House, advisory: AdvisoryId, why: &str, by: OfficerId) -> Result<(), Failed> {
    let unknown = || Failed::ForGood("nobody knows by whom or why".into());
    let why = Why::of_word(why).ok_or_else(unknown)?;
    let name = officers::names(&house.db).await?.remove(&by).ok_or_else(unknown)?;
    let sent = disclosures::sent_about(&house.db, advisory).await?;
    let ids: Vec<DisclosureId> =
        sent.into_iter().filter(|(_, state)| *state == State::Released).map(|(id, _)| id).collect();
    let done = take_back(house, &ids, why, &Officer { id: by, name }).await?;
    tracing::info!(advisory.id = %advisory, told = done.told, to_call = done.to_call, "all of it is taken back");
    Ok(())
}

fn key(id: DisclosureId) -> String {
    format!("recall {id}")
}

/// Takes back what went: each is marked, and whoever got it is told.
pub async fn take_back(
    house: &House,
    ids: &[DisclosureId],
    why: Why,
    by: &Officer,
) -> Result<Recalled, StoreError> {
    let mut recalled = Recalled::default();
    for id in ids {
        let sent = disclosures::of_id(&house.db, *id).await?.filter(|it| it.state == State::Released);
        let Some(sent) = sent else {
            recalled.not += 1;
            continue;
        };
        match take_one_back(house, &sent, why, by).await? {
            None => recalled.not += 1,
            Some(true) => recalled.told += 1,
            Some(false) => recalled.to_call += 1,
        }
    }
    Ok(recalled)
}

/// Gives whether a mail says so; `None` when somebody else was first.
async fn take_one_back(
    house: &House,
    sent: &Disclosure,
    why: Why,
    by: &Officer,
) -> Result<Option<bool>, StoreError> {
    let carried = match sent.delivery {
        Some(id) => outbox::of_id(&house.db, id).await?,
        None => None,
    };
    let (address, language) = addressee(house, sent, carried.as_ref()).await?;
    let message_id = carried.map(|it| it.message_id);
    let notice = Notice { sent_at: sent.decided_at, message_id: message_id.clone(), why };
    let mail = email::recall_notice(&Words::of(language), &house.team, &notice);
    house
        .write("recall", async |tx| {
            let step = (State::Released, State::Recalled);
            if !disclosures::turn(tx, sent.id, step, &by.name, house.now()).await? {
                return Ok(None);
            }
            let Some(address) = &address else { return Ok(Some(false)) };
            let key = key(sent.id);
            deliver::alone_in_thread(house, tx, &key, address, message_id.clone(), &mail).await.map(Some)
        })
        .await
}

/// Where whoever got it is told, and in which language: where it went, or else where they take mail.
async fn addressee(
    house: &House,
    sent: &Disclosure,
    carried: Option<&Delivery>,
) -> Result<(Option<String>, Language), StoreError> {
    let mut language = Language::Nl;
    if let Some(delivery) = carried {
        if let Some((contact, (_, of))) = delivery.contact.zip(delivery.about) {
            let known = contacts::of_id(&house.db, contact, of).await?;
            language = known.map_or(language, |it| it.language);
        }
        return Ok((Some(delivery.recipient.clone()), language));
    }
    if let Item::Offer { .. } = sent.record.item {
        let known = organisations::all(&house.db).await?;
        let known = known.into_iter().find(|it| it.organisation.id == sent.record.recipient);
        return Ok((known.and_then(|it| it.mail), language));
    }
    Ok((None, language))
}
