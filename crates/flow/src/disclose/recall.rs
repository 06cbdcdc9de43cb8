//! Recall: what went out and should not have is taken back. Whoever got it is told, on the way on which it came.
//!
//! What was read cannot be unread: a recall asks to destroy it and to say who has it besides. Its mail names the
//! mail that it is about and a reason of a fixed list, and repeats nothing of it, so that it can go wherever that
//! went, also where the gate would not let the thing itself go any more.

use domain::disclosure::{Item, State};
use domain::ids::{AdvisoryId, DisclosureId};
use domain::text::Language;
use jiff::Timestamp;
use store::disclosures::{self, Disclosure};
use store::outbox::{self, Delivery};
use store::{StoreError, contacts, organisations};

use crate::deliver::{self, email};
use crate::house::{House, Officer};
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
    let mut all = Vec::new();
    for disclosure in disclosures::sent_about(&house.db, advisory).await? {
        let notice = match disclosure.state {
            State::Recalled => outbox::of_key(&house.db, &key(disclosure.id)).await?.map(|it| it.state),
            _ => None,
        };
        all.push(Got { disclosure, notice });
    }
    Ok(all)
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
