//! Text messages, and messages that are read aloud on the telephone: by a gateway of the operator's choice, which is
//! spoken to as `docs/operating/gateway.md` says.
//!
//! ```text
//! a rung by sms or voice ─gate─► a text without detail ─► outbox ─► the gateway
//!                                                            │ away for too long, or the number is refused
//!                                                            └─► a person calls
//! ```
//!
//! A text message can be read by others, so it says number, level and deadline and nothing else. It has no link: a
//! reader who is used to following links from text messages is lost one day.

use std::sync::Arc;

use disclosure::{Say, Strength};
use domain::contact::Contact;
use domain::disclosure::State as Became;
use domain::ids::DeliveryId;
use domain::participant::Participant;
use domain::text::Language;
use domain::warning::{Channel, Delivery, Fact, Gate, Warning};
use formats::words::{clipped, line};
use serde_json::json;
use store::jobs::{self, Job};
use store::outbox::{self, State};
use store::{StoreError, Tx, warnings};

use super::email::{moment, plain, severity_word};
use super::letter::{About, Letter};
use super::standard_webhooks::{self, Message};
use super::{accepted, decided, is_silent, not_taken, put_off};
use crate::disclose;
use crate::egress::{Egress, EgressError};
use crate::house::House;
use crate::jobs::Failed;
use crate::signing::Key;
use crate::words::Words;

/// More is no text message.
const TEXT_LENGTH_MAX: usize = 300;
/// How much of the name of a team fits.
const TEAM_LENGTH_MAX: usize = 30;

/// The gateway of a node, or that it has none.
#[derive(Clone, Default)]
pub struct Gateway(Option<Arc<Place>>);

/// Where a gateway answers, and what it takes.
pub struct Place {
    pub address: String,
    pub text_messages: bool,
    pub voice: bool,
    /// Numbers of the team itself, which hear it when mail stands still.
    pub alarm_to: Vec<String>,
    /// A way out on which this one address may be inside.
    pub way: Egress,
}

impl Gateway {
    pub fn at(place: Place) -> Self {
        Self(Some(Arc::new(place)))
    }

    /// Whether it takes messages for this channel.
    pub fn takes(&self, channel: Channel) -> bool {
        self.0.as_ref().is_some_and(|place| match channel {
            Channel::Sms => place.text_messages,
            Channel::Voice => place.voice,
            _ => false,
        })
    }
}

/// With which the gateway checks what a node with `key` says: `whpk_…`.
pub fn public_key(key: &Key) -> String {
    standard_webhooks::public(key.ed25519())
}

/// What is read, or heard.
struct Text(String);

/// Writes one message to the telephone of one person and puts it in the outbox. What the gate keeps back leaves a trace
/// and comes back when a rule changes.
pub(crate) async fn put(
    house: &House,
    tx: &mut Tx,
    warning: &mut Warning,
    (participant, contact): (&Participant, &Contact),
    channel: Channel,
    about: About,
) -> Result<(), StoreError> {
    let (now, kind) = (house.now(), about.kind);
    let Some(number) = contact.telephone.clone() else { return Ok(()) };
    // A text message waits on the telephone until it is read; what rings keeps to the night rule.
    let run_at = match channel {
        Channel::Voice => contact.may_be_called_from(now, &House::zone()).unwrap_or(now),
        _ => now,
    };
    let key =
        format!("{}/{}/{kind:?}/{}/{channel:?} {}", warning.id, about.revision, about.round, contact.id);
    let letter = about.to(participant, &house.team);
    let recipient = contact.id.to_string();
    let cleared = match disclose::letter(house, letter, participant, (channel, Strength::of(channel)), None) {
        Ok(cleared) => cleared,
        Err(held) => {
            let state = if held.is_for_a_person() { Became::Waiting } else { Became::Withheld };
            disclose::write_down(house, tx, decided(warning, kind, &recipient, &held.verdict, state)).await?;
            return warnings::learn(tx, warning, &[(now, Fact::Gate(Gate::Blocked))], now).await;
        }
    };
    let words = Words::of(contact.language);
    let text = match channel {
        Channel::Voice => cleared.write(&words, |words, letter| Text(in_words(words, letter, "voice-text"))),
        _ => cleared.write(&words, |words, letter| Text(in_words(words, letter, "sms-text"))),
    };
    let id: DeliveryId = house.id();
    // What waits for the morning is not late before that.
    let message = message(house, id, channel, &number, contact.language, &text.item().0);
    let delivery = outbox::Delivery {
        about: Some((warning.id, warning.participant)),
        contact: Some(contact.id),
        ..outbox::Delivery::waiting(id, key, message, run_at)
    };
    if !outbox::put(tx, &delivery).await? {
        return Ok(());
    }
    let released = disclose::Decided {
        delivery: Some(id),
        ..decided(warning, kind, &recipient, text.verdict(), Became::Released)
    };
    disclose::write_down(house, tx, released).await?;
    warnings::learn(tx, warning, &[(now, Fact::Delivery(channel, Delivery::Sent))], now).await?;
    jobs::add(tx, &Job::HandToGateway(id), run_at).await
}

/// Number, level and deadline, and where a careful reader goes by itself.
fn in_words(words: &dyn Say, letter: Letter, key: &str) -> String {
    let level = words.say(&format!("mail-tag-{}", severity_word(letter.about.severity)), &[]);
    let text = words.say(
        key,
        &[
            ("team", &clipped(&plain(&letter.team.name), TEAM_LENGTH_MAX)),
            ("level", &level),
            ("number", &clipped(&plain(&letter.about.number), TEAM_LENGTH_MAX)),
            ("due", &moment(words, letter.about.due_at)),
            ("site", &plain(&letter.team.site)),
            ("telephone", &plain(&letter.team.telephone)),
        ],
    );
    clipped(&line(&text), TEXT_LENGTH_MAX)
}

/// What the gateway is told (`docs/operating/gateway.md`).
fn message(
    house: &House,
    id: DeliveryId,
    channel: Channel,
    to: &str,
    language: Language,
    text: &str,
) -> outbox::Message {
    let kind = if channel == Channel::Voice { "voice_message.send" } else { "text_message.send" };
    let data = json!({ "to": to, "language": language.tag(), "text": text });
    let body = json!({ "type": kind, "timestamp": house.now().to_string(), "data": data });
    outbox::Message {
        channel,
        recipient: to.to_owned(),
        message_id: format!("msg_{}", id.0.simple()),
        bytes: body.to_string().into_bytes(),
    }
}

/// Tells the numbers of the team itself that mail stands still: mail cannot say so. Nothing in it is about anybody.
pub(crate) async fn alarm(house: &House, tx: &mut Tx, why: &str) -> Result<(), StoreError> {
    let Some(place) = house.gateway.0.as_ref().filter(|place| place.text_messages) else {
        return Ok(());
    };
    let (now, words) = (house.now(), Words::of(Language::Nl));
    let text = words.say("sms-alarm-held", &[("team", &plain(&house.team.name)), ("why", &line(why))]);
    let text = clipped(&line(&text), TEXT_LENGTH_MAX);
    for number in &place.alarm_to {
        let id: DeliveryId = house.id();
        let message = message(house, id, Channel::Sms, number, Language::Nl, &text);
        let delivery = outbox::Delivery::waiting(id, format!("alarm {number} {now}"), message, now);
        if outbox::put(tx, &delivery).await? {
            jobs::add(tx, &Job::HandToGateway(id), now).await?;
        }
    }
    Ok(())
}

/// Hands what lies in the outbox to the gateway.
///
/// # Errors
/// [`Failed::ForNow`] when it did not say yes or no: the same bytes are handed over again later.
pub async fn hand_over(house: &House, id: DeliveryId) -> Result<(), Failed> {
    let Some(place) = house.gateway.0.clone() else {
        return Err(Failed::ForGood(
            "there is no gateway any more: see [gateway] in the configuration".into(),
        ));
    };
    let now = house.now();
    if let Some(why) = is_moot(house, id).await? {
        let settled = async |tx: &mut Tx| outbox::settle(tx, id, State::Suppressed, Some(why), now).await;
        return Ok(house.write("leave a telephone alone", settled).await.map(drop)?);
    }
    let taken = house.write("begin to hand over", async |tx| outbox::take(tx, id, now).await).await?;
    let Some(delivery) = taken else { return Ok(()) };
    let message = Message { id: &delivery.message_id, body: &delivery.bytes };
    match standard_webhooks::hand(&place.way, &place.address, house.key.ed25519(), message, now).await {
        Ok(()) => accepted(house, &delivery).await?,
        Err(why) if is_about_the_number(&why) => {
            not_taken(house, &delivery, State::Bounced, &why.to_string()).await?;
        }
        Err(why) => {
            put_off(house, &delivery, &why.to_string()).await?;
            return Err(Failed::ForNow(why.to_string()));
        }
    }
    Ok(())
}

/// Why a message about a warning is not to be handed over any more: it says that we heard nothing, and we did while it
/// waited for the morning or for the gateway.
async fn is_moot(house: &House, id: DeliveryId) -> Result<Option<&'static str>, StoreError> {
    let Some(delivery) = outbox::of_id(&house.db, id).await? else { return Ok(None) };
    let Some((warning, of)) = delivery.about else { return Ok(None) };
    let warning = warnings::of_participant(&house.db, warning, of, house.now()).await?;
    let is_open = warning.is_none_or(|it| is_silent(it.stage(house.now())));
    Ok((!is_open).then_some("there is nothing left to say: it was answered, or is closed"))
}

/// Whether the gateway said that this number can have no message, and not that something is wrong with it or with us.
fn is_about_the_number(why: &EgressError) -> bool {
    matches!(why, EgressError::Status { status: 422, .. })
}
