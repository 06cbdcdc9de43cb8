//! `GET /my/webhooks`: machines of the participant that hear when something is new.

use disclosure::{Cut, Redact};
use domain::ids::WebhookId;
use domain::tlp::Tlp;
use domain::webhook::{End, State};
use flow::deliver::webhook::{self as hooks, NotMade};
use flow::house::House;
use jiff::Timestamp;
use maud::{Markup, html};
use store::webhooks::{self, Kept};
use uuid::Uuid;

use crate::WebError;
use crate::fields::Field;
use crate::form::{Fields, Form};
use crate::may::{EditOwn, May, Onward, ReadOwn};
use crate::own_file::{Part, clear};
use crate::page::Frame;
use crate::terms::{Tone, address_in_parts, status};

#[derive(Debug, Clone)]
pub struct View {
    /// Those that live, in the order in which they were made, and then those that ended.
    pub webhooks: Vec<Item>,
    pub may_change: bool,
}

#[derive(Debug, Clone)]
pub struct Item {
    pub id: Uuid,
    pub name: String,
    pub address: String,
    pub state: State,
    /// With which a receiver checks what it hears.
    pub key: String,
    pub taken_at: Option<Timestamp>,
    /// When the last was not taken: the reason as `egress-…` knows it, and what it is about.
    pub failed: Option<(Timestamp, String, String)>,
}

impl Item {
    fn of(kept: Kept) -> Self {
        let key = hooks::public_key(&kept);
        let webhook = kept.webhook;
        let failed = webhook.failed.as_ref().map(|(at, why)| {
            let (key, about) = why.split_once(' ').unwrap_or((why, ""));
            (*at, key.to_owned(), about.to_owned())
        });
        Self {
            id: webhook.id.0,
            state: webhook.state(),
            key,
            taken_at: webhook.taken_at,
            failed,
            name: webhook.name,
            address: webhook.address,
        }
    }

    fn lives(&self) -> bool {
        !matches!(self.state, State::Ended(_))
    }
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let living = view.webhooks.iter().filter(|item| item.lives()).count();
    frame.document(
        &frame.say("webhooks-title"),
        html! {
            h1 { (frame.say("webhooks-title")) }
            p { (frame.say("webhooks-what")) }
            p { (frame.say("webhooks-not-instead")) }
            p { a href="/my/feeds" { (frame.say("feeds-title")) } " · " a href="/my/contacts" { (frame.say("contacts-title")) } }
            section aria-labelledby="list-head" {
                h2 #list-head { (frame.count("webhooks-list", living)) }
                @if view.webhooks.is_empty() { p .notice { (frame.say("webhooks-none")) } }
                ul .cards.plain { @for item in &view.webhooks { (card(frame, item, view.may_change)) } }
            }
            @if view.may_change {
                section aria-labelledby="add-head" {
                    h2 #add-head { (frame.say("webhooks-add")) }
                    (frame.form("/my/webhooks", html! {
                        (Field::new("new", "name", frame.say("webhooks-name")).hint(frame.say("webhooks-name-hint")).required())
                        (Field::new("new", "address", frame.say("webhooks-address")).kind("url")
                            .hint(frame.say("webhooks-address-hint")).required())
                        button { (frame.say("webhooks-add-send")) }
                    }))
                }
            }
            section aria-labelledby="check-head" {
                h2 #check-head { (frame.say("webhooks-check")) }
                p { (frame.say("webhooks-check-what")) }
                ul {
                    li { (frame.say("webhooks-check-signed")) " " code { "webhook-id.webhook-timestamp.body" } }
                    li { (frame.say("webhooks-check-header")) " " code { "webhook-signature: v1a,…" } }
                    li { (frame.say("webhooks-check-old")) }
                    li { (frame.say("webhooks-check-answer")) }
                }
            }
        },
    )
}

fn card(frame: &Frame, item: &Item, may_change: bool) -> Markup {
    let hidden = item.id.to_string();
    let (tone, key) = match item.state {
        State::Untried => (Tone::Heed, "webhooks-untried"),
        State::Heard => (Tone::Good, "webhooks-heard"),
        State::Failing => (Tone::Alarm, "webhooks-failing"),
        State::Ended(End::Withdrawn) => (Tone::Quiet, "webhooks-withdrawn"),
        State::Ended(End::Gone) => (Tone::Quiet, "webhooks-gone"),
    };
    html! {
        li .card id={ "webhook-" (item.id) } {
            h3 { (item.name) }
            p { (status(tone, &frame.say(key))) }
            p { code { (address_in_parts(&item.address)) } }
            @if let Some(at) = item.taken_at { p .soft { (frame.say("webhooks-taken")) " " (frame.time(at)) } }
            @if let (true, Some((at, why, about))) = (item.lives(), &item.failed) {
                p { (frame.say("webhooks-failed")) " " (frame.time(*at)) ": " (frame.say_with(&format!("egress-{why}"), &[("about", about)])) }
            }
            @if item.lives() {
                p { (frame.say("webhooks-key")) " " code { (address_in_parts(&item.key)) } }
            }
            @if may_change && item.lives() {
                div .acts {
                    (frame.button("/my/webhooks/test", &[("webhook", &hidden)], &frame.say("webhooks-test")))
                    details id={ "end-" (item.id.simple()) } {
                        summary { (frame.say("webhooks-end")) }
                        div .drawer {
                            p { (frame.say("webhooks-end-what")) }
                            (frame.button("/my/webhooks/end", &[("webhook", &hidden)], &frame.say("webhooks-end-send")))
                        }
                    }
                }
            }
        }
    }
}

impl Redact for View {
    /// Less than all of it is nothing: an address is a place to attack.
    fn cut(mut self, cut: &Cut) -> Self {
        if !cut.is_full() {
            self.webhooks.clear();
        }
        self
    }
}

pub async fn show(house: House, may: May<ReadOwn>, (): (), (): ()) -> Result<Markup, WebError> {
    let own = webhooks::all_of_participant(&house.db, may.who.actor.participant).await?;
    let mut items: Vec<Item> = own.into_iter().map(Item::of).collect();
    items.sort_by_key(|item| !item.lives());
    let view = View { webhooks: items, may_change: may.who.is_admin() };
    let file = clear(&house, &may.who, Part::Inventory, Tlp::Amber, view).await?;
    Ok(page(&may.frame_for(&house, Tlp::Amber), file.item().view()))
}

pub struct Filled {
    name: String,
    address: String,
}

impl Form for Filled {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { name: fields.needed_line("name")?, address: fields.needed_line("address")? })
    }
}

/// `POST /my/webhooks`: it is tried at once.
pub async fn make(house: House, may: May<EditOwn>, (): (), filled: Filled) -> Result<Onward, WebError> {
    match hooks::make(&house, may.who.actor, &filled.name, &filled.address).await {
        Ok(_) => Ok(Onward::saying("/my/webhooks", "webhook-made")),
        Err(NotMade::Name) => Err(WebError::Refused("refused-blank")),
        Err(NotMade::Enough) => Err(WebError::Refused("refused-webhooks-enough")),
        Err(NotMade::There) => Err(WebError::Refused("refused-webhook-there")),
        Err(NotMade::Address(_)) => Err(WebError::Refused("refused-webhook-address")),
        Err(NotMade::Store(why)) => Err(why.into()),
    }
}

pub struct Chosen {
    webhook: WebhookId,
}

impl Form for Chosen {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { webhook: fields.id("webhook")?.ok_or(WebError::Refused("refused-form"))? })
    }
}

/// `POST /my/webhooks/test`.
pub async fn test(house: House, may: May<EditOwn>, (): (), chosen: Chosen) -> Result<Onward, WebError> {
    match hooks::test(&house, may.who.actor, chosen.webhook).await? {
        true => Ok(Onward::saying("/my/webhooks", "webhook-tried")),
        false => Err(WebError::NotFound),
    }
}

/// `POST /my/webhooks/end`.
pub async fn end(house: House, may: May<EditOwn>, (): (), chosen: Chosen) -> Result<Onward, WebError> {
    match hooks::withdraw(&house, may.who.actor, chosen.webhook).await? {
        true => Ok(Onward::saying("/my/webhooks", "webhook-ended")),
        false => Err(WebError::NotFound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::check;

    #[test]
    fn a_machine_that_hears_nothing_any_more_is_seen_with_what_it_said() {
        let at: Timestamp = "2020-01-16T08:12:00Z".parse().unwrap();
        let item = |number, name: &str, state| Item {
            id: Uuid::from_u128(number),
            name: name.into(),
            address: "https://tickets.noordzorg.example/in".into(),
            state,
            key: "whpk_O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik=".into(),
            taken_at: (state != State::Untried).then_some(at),
            failed: (state != State::Heard)
                .then(|| (at, "status".to_owned(), "tickets.noordzorg.example: 503".to_owned())),
        };
        let webhooks = vec![
            item(1, "Meldpunt", State::Heard),
            item(2, "Kaartjes", State::Failing),
            item(3, "Proef", State::Untried),
            item(4, "Oud", State::Ended(End::Gone)),
            item(5, "Weg", State::Ended(End::Withdrawn)),
        ];
        let view = View { webhooks, may_change: true };
        check("my-webhooks", "/my/webhooks", |frame| page(frame, &view));
        let none = View { webhooks: vec![], may_change: false };
        check("my-webhooks-none", "/my/webhooks", |frame| page(frame, &none));
    }
}
