//! Machines of a participant hear that something is new about a warning: what kind of news, the number and the
//! deadline. What it is about they read where they sign in, behind the gate.
//!
//! ```text
//! a letter is written ─gate─► an event for each webhook ─► outbox ─► its address, ten tries within 76 hours
//!                                                                     └─ "410 Gone": nothing more goes there
//! ```
//!
//! An address comes from a form, so it is looked at as every address is ([`Egress`](crate::egress::Egress)); what the
//! operator excepted for sources is not excepted for webhooks. Nothing about a warning goes where nothing was ever
//! taken.

use disclosure::{Classified, Cut, Marks, Recipient, Redact, Strength};
use domain::disclosure::State as Became;
use domain::ids::{DeliveryId, ParticipantId, WarningId, WebhookId};
use domain::participant::Participant;
use domain::tlp::Tlp;
use domain::warning::{Channel, Warning};
use domain::webhook::{End, WEBHOOKS_MAX, Webhook, wait_after};
use ed25519_dalek::SigningKey;
use formats::words::{clipped, line};
use serde::Serialize;
use serde_json::json;
use store::jobs::{self, Job};
use store::outbox::{self, State};
use store::webhooks::{self, Kept};
use store::{StoreError, Tx};

use super::decided;
use super::email::severity_word;
use super::letter::{self, About, Kind};
use super::standard_webhooks::{self, Message};
use crate::disclose;
use crate::egress::EgressError;
use crate::house::{Actor, House};
use crate::jobs::Failed;

/// What another machine said is kept where people read it; more of it says nothing more.
const SAID_LENGTH_MAX: usize = 200;
const NAME_LENGTH_MAX: usize = 60;

/// Why a webhook was not made.
#[derive(Debug, thiserror::Error)]
pub enum NotMade {
    #[error("it has no name")]
    Name,
    #[error("there are enough")]
    Enough,
    #[error("they are told there already")]
    There,
    #[error(transparent)]
    Address(#[from] EgressError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is said to a machine: less than any letter, so that no cut takes anything away.
#[derive(Serialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    timestamp: String,
    data: News,
    #[serde(skip)]
    of: ParticipantId,
    #[serde(skip)]
    target_group: String,
    #[serde(skip)]
    tlp: Tlp,
}

#[derive(Serialize)]
struct News {
    number: String,
    revision: u32,
    severity: String,
    due_at: String,
    /// Where to read on, signed in.
    page: String,
}

impl Event {
    fn of(house: &House, warning: &Warning, participant: &Participant, about: &About) -> Self {
        Self {
            kind: format!("warning.{}", kind_word(about.kind)),
            timestamp: house.now().to_string(),
            data: News {
                number: about.number.clone(),
                revision: about.revision.0,
                severity: severity_word(about.severity),
                due_at: about.due_at.to_string(),
                page: format!("{}/my/warnings/{}", house.team.address, warning.id),
            },
            of: participant.id,
            target_group: participant.sector.clone(),
            tlp: about.tlp,
        }
    }
}

impl Redact for Event {
    fn cut(self, _: &Cut) -> Self {
        self
    }
}

impl Classified for Event {
    fn marks_for(&self, to: &Recipient) -> Marks {
        letter::marks(self.of, self.tlp, &self.target_group, false, to)
    }
}

/// Makes a webhook, and tries it at once. It hears of warnings when it took that.
///
/// # Errors
/// [`NotMade`], also for an address that is not on the internet or has no TLS.
pub async fn make(house: &House, by: Actor, name: &str, address: &str) -> Result<WebhookId, NotMade> {
    let name = clipped(&line(name), NAME_LENGTH_MAX);
    if name.is_empty() {
        return Err(NotMade::Name);
    }
    let address = house.to_webhooks.look(address)?;
    let webhook = Webhook {
        id: house.id(),
        participant: by.participant,
        name,
        address,
        made_at: house.now(),
        taken_at: None,
        failed: None,
        ended: None,
    };
    let kept = Kept { webhook, secret: house.secret() };
    house
        .write("make a webhook", async |tx| {
            if webhooks::of_participant(tx, by.participant).await?.len() >= WEBHOOKS_MAX {
                return Err(NotMade::Enough);
            }
            match webhooks::make(tx, &kept, by.contact).await? {
                true => Ok(put_test(house, tx, &kept.webhook).await?),
                false => Err(NotMade::There),
            }
        })
        .await?;
    Ok(kept.webhook.id)
}

/// Says to a webhook that it is tried. Gives `false` for somebody else's, and for one that was ended.
pub async fn test(house: &House, by: Actor, id: WebhookId) -> Result<bool, StoreError> {
    house
        .write("try a webhook", async |tx| {
            let own = webhooks::of_participant(tx, by.participant).await?;
            match own.iter().find(|kept| kept.webhook.id == id) {
                Some(kept) => put_test(house, tx, &kept.webhook).await.map(|()| true),
                None => Ok(false),
            }
        })
        .await
}

/// Takes a webhook away. Gives `false` for somebody else's, and for one that was ended.
pub async fn withdraw(house: &House, by: Actor, id: WebhookId) -> Result<bool, StoreError> {
    let now = house.now();
    house
        .write("withdraw a webhook", async |tx| {
            webhooks::end(tx, id, by.participant, End::Withdrawn, now).await
        })
        .await
}

/// The public key with which a receiver checks what it hears: `whpk_…`.
pub fn public_key(kept: &Kept) -> String {
    standard_webhooks::public(&SigningKey::from_bytes(&kept.secret))
}

async fn put_test(house: &House, tx: &mut Tx, webhook: &Webhook) -> Result<(), StoreError> {
    let id: DeliveryId = house.id();
    let body = json!({ "type": "webhook.test", "timestamp": house.now().to_string(), "data": {} });
    put(house, tx, webhook, id, format!("webhook test {id}"), None, body.to_string()).await.map(drop)
}

/// Tells each webhook of `participant` that there is something new about `warning`.
pub(crate) async fn put_about(
    house: &House,
    tx: &mut Tx,
    warning: &Warning,
    participant: &Participant,
    about: &About,
) -> Result<(), StoreError> {
    let kind = about.kind;
    for Kept { webhook, .. } in webhooks::of_participant(tx, participant.id).await? {
        if !webhook.hears() {
            continue;
        }
        let recipient = webhook.id.to_string();
        let through = (Channel::Webhook, Strength::of(Channel::Webhook));
        let event = Event::of(house, warning, participant, about);
        let cleared = match disclose::letter(house, event, participant, through, None) {
            Ok(cleared) => cleared,
            Err(held) => {
                let state = if held.is_for_a_person() { Became::Waiting } else { Became::Withheld };
                let decided = decided(warning, kind, &recipient, &held.verdict, state);
                disclose::write_down(house, tx, decided).await?;
                continue;
            }
        };
        let body = json!(cleared.item()).to_string();
        let id: DeliveryId = house.id();
        let key = format!("{}/{}/{kind:?}/{}/{}", warning.id, about.revision, about.round, webhook.id);
        let of = (warning.id, warning.participant);
        if put(house, tx, &webhook, id, key, Some(of), body).await? {
            let released = disclose::Decided {
                delivery: Some(id),
                ..decided(warning, kind, &recipient, cleared.verdict(), Became::Released)
            };
            disclose::write_down(house, tx, released).await?;
        }
    }
    Ok(())
}

/// The kind of news in one word. Which rung of a ladder a reminder is, is the sender's business.
fn kind_word(kind: Kind) -> String {
    match kind {
        Kind::Warning => "opened".to_owned(),
        Kind::Reminder(_) => "reminder".to_owned(),
        kind => kind.word().replace('-', "_"),
    }
}

async fn put(
    house: &House,
    tx: &mut Tx,
    webhook: &Webhook,
    id: DeliveryId,
    key: String,
    about: Option<(WarningId, ParticipantId)>,
    body: String,
) -> Result<bool, StoreError> {
    let now = house.now();
    let message = outbox::Message {
        channel: Channel::Webhook,
        recipient: webhook.address.clone(),
        message_id: format!("msg_{}", id.0.simple()),
        bytes: body.into_bytes(),
    };
    let delivery = outbox::Delivery {
        about,
        webhook: Some(webhook.id),
        ..outbox::Delivery::waiting(id, key, message, now)
    };
    let is_new = outbox::put(tx, &delivery).await?;
    if is_new {
        jobs::add(tx, &Job::TellWebhook(id), now).await?;
    }
    Ok(is_new)
}

/// Says what lies in the outbox to the webhook that it is for.
///
/// # Errors
/// [`Failed::NotYet`] with the moment of the next try, while there is one.
pub async fn tell(house: &House, id: DeliveryId) -> Result<(), Failed> {
    let now = house.now();
    let taken = house.write("begin to tell a webhook", async |tx| outbox::take(tx, id, now).await).await?;
    let Some(delivery) = taken else { return Ok(()) };
    let Some(webhook) = delivery.webhook else { return Ok(()) };
    let kept = webhooks::of_id(&house.db, webhook).await?.filter(|kept| kept.webhook.ended.is_none());
    let Some(kept) = kept else {
        let settled = async |tx: &mut Tx| {
            outbox::settle(tx, id, State::Suppressed, Some("the webhook was ended"), now).await
        };
        return Ok(house.write("leave a webhook alone", settled).await.map(drop)?);
    };
    let key = SigningKey::from_bytes(&kept.secret);
    let message = Message { id: &delivery.message_id, body: &delivery.bytes };
    let said = standard_webhooks::hand(&house.to_webhooks, &kept.webhook.address, &key, message, now).await;
    let at = house.now();
    let Err(why) = said else {
        let took = async |tx: &mut Tx| {
            outbox::settle(tx, id, State::Delivered, None, at).await?;
            webhooks::took(tx, webhook, at).await
        };
        return Ok(house.write("a webhook took it", took).await?);
    };
    let is_gone = matches!(why, EgressError::Status { status: 410, .. });
    let again = wait_after(delivery.tries).filter(|_| !is_gone);
    tracing::info!(webhook.id = %webhook, "a webhook did not take what it was told: {why}");
    // As a page says it: the name of the reason, and what it is about.
    let why = clipped(&line(&format!("{} {}", why.key(), why.about())), SAID_LENGTH_MAX);
    house
        .write("a webhook did not take it", async |tx| {
            let state = if again.is_some() { State::Waiting } else { State::Bounced };
            outbox::settle(tx, id, state, Some(&why), at).await?;
            webhooks::failed(tx, webhook, &why, at).await?;
            match is_gone {
                true => webhooks::end(tx, webhook, kept.webhook.participant, End::Gone, at).await.map(drop),
                false => Ok::<_, StoreError>(()),
            }
        })
        .await?;
    match again {
        Some(wait) => Err(Failed::NotYet(at + wait, why)),
        None => Ok(()),
    }
}
