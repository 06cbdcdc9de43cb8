//! `POST /my/contacts/{id}/key`: with which key mail to somebody is encrypted, and how much it then says.

use std::collections::BTreeMap;

use disclosure::{Detail, Strength};
use domain::ids::ContactId;
use domain::tlp::Tlp;
use domain::warning::Channel;
use flow::contacts::{self as people, NoKey};
use flow::house::House;
use flow::openpgp::Unfit;
use jiff::{Timestamp, ToSpan};
use maud::{Markup, html};
use store::contact_keys::{ContactKey, Found};

use crate::WebError;
use crate::fields::Field;
use crate::form::{Fields, Form};
use crate::may::{EditOwn, May, Onward};
use crate::page::Frame;
use crate::terms::{Tone, status};

/// A key within this many days of its end is to be looked after.
const SOON_DAYS: i64 = 30;

/// The key of one person, as their colleagues see it.
#[derive(Debug, Clone)]
pub struct Shown {
    pub fingerprint: String,
    pub expires_at: Option<Timestamp>,
    pub found: Found,
    /// Whether its end is near, or past.
    pub ends_soon: bool,
    /// Whether mail is encrypted to it now.
    pub lives: bool,
}

impl Shown {
    fn of(key: &ContactKey, now: Timestamp) -> Self {
        Self {
            fingerprint: key.fingerprint.clone(),
            expires_at: key.expires_at,
            found: key.found,
            ends_soon: key.expires_at.is_some_and(|end| end < now + (24 * SOON_DAYS).hours()),
            lives: key.expires_at.is_none_or(|end| end > now),
        }
    }

    /// The keys of a participant's contacts, as they are shown.
    pub(crate) fn all(keys: &BTreeMap<ContactId, ContactKey>, now: Timestamp) -> BTreeMap<ContactId, Self> {
        keys.iter().map(|(id, key)| (*id, Self::of(key, now))).collect()
    }
}

/// Rows of the card of a person: whether mail is encrypted, and how much it says under the label of most warnings.
pub fn rows(frame: &Frame, key: Option<&Shown>) -> Markup {
    let strength = match key {
        Some(key) if key.lives => Strength::Sealed,
        _ => Strength::of(Channel::Mail),
    };
    let detail = Detail::of(Tlp::Amber, Channel::Mail, strength);
    html! {
        dt { (frame.say("contact-key")) }
        dd {
            @match key {
                None => { (frame.say("contact-key-none")) }
                Some(key) => {
                    code { (in_groups(&key.fingerprint)) } " "
                    @let found = match key.found {
                        Found::Given => "contact-key-found-given",
                        Found::Directory => "contact-key-found-directory",
                    };
                    span .soft { (frame.say(found)) }
                    @if let Some(end) = key.expires_at {
                        " " (frame.say("contact-key-until")) " " (frame.day(end))
                        @if key.ends_soon { " " (status(Tone::Heed, &frame.say("contact-key-soon"))) }
                    }
                }
            }
        }
        dt { (frame.say("contact-key-detail")) }
        dd { (frame.say(&format!("mail-detail-{}", detail.word()))) }
    }
}

/// The drawer in which a key is set and forgotten.
pub fn drawer(frame: &Frame, form: &str, at: &str, key: Option<&Shown>) -> Markup {
    html! {
        details id={ "key-" (form) } {
            summary { (frame.say("contact-key-set")) }
            div .drawer {
                p { (frame.say("contact-key-what")) }
                (frame.form(&format!("{at}/key"), html! {
                    (Field::new(&format!("key-{form}"), "fingerprint", frame.say("contact-key-fingerprint"))
                        .hint(frame.say("contact-key-fingerprint-hint")).required())
                    (Field::new(&format!("key-{form}"), "key", frame.say("contact-key-text")).kind("textarea")
                        .hint(frame.say("contact-key-text-hint")))
                    button { (frame.say("contact-key-send")) }
                }))
                @if key.is_some() {
                    (frame.button(&format!("{at}/key/forget"), &[], &frame.say("contact-key-forget")))
                }
            }
        }
    }
}

/// A fingerprint as programs show it, four letters at a time.
fn in_groups(fingerprint: &str) -> String {
    let letters: Vec<char> = fingerprint.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|some| some.iter().collect()).collect();
    groups.join(" ")
}

/// What was filled in about a key.
pub struct Filled {
    fingerprint: String,
    key: Option<String>,
}

impl Form for Filled {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { fingerprint: fields.needed_line("fingerprint")?, key: fields.text("key") })
    }
}

/// `POST /my/contacts/{id}/key`.
pub async fn set(house: House, may: May<EditOwn>, id: ContactId, filled: Filled) -> Result<Onward, WebError> {
    let given = filled.key.as_deref();
    match people::set_key(&house, may.who.actor, id, given, &filled.fingerprint).await {
        Ok(()) => Ok(Onward::saying("/my/contacts", "contact-key-set")),
        Err(NoKey::Nobody) => Err(WebError::NotFound),
        Err(NoKey::NotFound) => Err(WebError::Refused("refused-key-nowhere")),
        Err(NoKey::AnotherFingerprint) => Err(WebError::Refused("refused-key-fingerprint")),
        Err(NoKey::Unfit(Unfit::Unreadable | Unfit::Several)) => {
            Err(WebError::Refused("refused-key-unreadable"))
        }
        Err(NoKey::Unfit(Unfit::Secret)) => Err(WebError::Refused("refused-key-secret")),
        Err(NoKey::Unfit(Unfit::Unsound | Unfit::CannotEncrypt)) => {
            Err(WebError::Refused("refused-key-unfit"))
        }
        Err(NoKey::Store(why)) => Err(why.into()),
    }
}

/// `POST /my/contacts/{id}/key/forget`.
pub async fn forget(house: House, may: May<EditOwn>, id: ContactId, (): ()) -> Result<Onward, WebError> {
    match people::forget_key(&house, may.who.actor.participant, id).await? {
        true => Ok(Onward::saying("/my/contacts", "contact-key-forgotten")),
        false => Err(WebError::NotFound),
    }
}
