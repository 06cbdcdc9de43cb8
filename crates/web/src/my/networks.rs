//! `GET /my/networks`: domains and networks that are the participant's own, and how that is proved.

use disclosure::{Cut, Redact};
use domain::holding::{Holding, Place, ProvenBy, State};
use domain::ids::HoldingId;
use domain::tlp::Tlp;
use flow::holdings::{self as places, NotClaimed};
use flow::house::House;
use jiff::Timestamp;
use maud::{Markup, html};
use store::holdings;
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
    /// In the order in which they were claimed.
    pub places: Vec<Item>,
    pub may_change: bool,
}

#[derive(Debug, Clone)]
pub struct Item {
    pub id: Uuid,
    pub place: String,
    pub state: State,
    pub proven: Option<(ProvenBy, Timestamp)>,
    /// The name of the text, the address of the file, and what stands in either. `None` for a network.
    pub sign: Option<[String; 3]>,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("networks-title"),
        html! {
            h1 { (frame.say("networks-title")) }
            p { (frame.say("networks-what")) }
            section aria-labelledby="list-head" {
                h2 #list-head { (frame.count("networks-list", view.places.len())) }
                @if view.places.is_empty() { p .notice { (frame.say("networks-none")) } }
                ul .cards.plain { @for item in &view.places { (card(frame, item, view.may_change)) } }
            }
            @if view.may_change {
                section aria-labelledby="add-head" {
                    h2 #add-head { (frame.say("networks-add")) }
                    (frame.form("/my/networks", html! {
                        (Field::new("new", "place", frame.say("networks-place")).hint(frame.say("networks-place-hint")).required())
                        button { (frame.say("networks-add-send")) }
                    }))
                }
            }
        },
    )
}

fn card(frame: &Frame, item: &Item, may_change: bool) -> Markup {
    let hidden = item.id.to_string();
    html! {
        li .card id={ "place-" (item.id) } {
            h3 { (address_in_parts(&item.place)) }
            p { (standing(frame, item.state)) @if let Some((by, at)) = item.proven { " " span .soft { (frame.say(proven_by(by))) ", " (frame.day(at)) } } }
            @if item.state != State::Proven {
                @match &item.sign {
                    Some([name, address, sign]) => {
                        p { (frame.say("networks-how")) }
                        ul {
                            li { (frame.say("networks-how-dns")) " " code { (address_in_parts(name)) } }
                            li { (frame.say("networks-how-http")) " " code { (address_in_parts(address)) } }
                        }
                        p { (frame.say("networks-sign")) " " code { (address_in_parts(sign)) } }
                    }
                    None => { p { (frame.say("networks-how-network")) } }
                }
            }
            @if may_change {
                div .acts {
                    @if item.state != State::Proven && item.sign.is_some() {
                        (frame.button("/my/networks/look", &[("place", &hidden)], &frame.say("networks-look")))
                    }
                    details id={ "drop-" (item.id.simple()) } {
                        summary { (frame.say("networks-drop")) }
                        div .drawer {
                            p { (frame.say("networks-drop-what")) }
                            (frame.button("/my/networks/drop", &[("place", &hidden)], &frame.say("networks-drop-send")))
                        }
                    }
                }
            }
        }
    }
}

/// How sure it is that a place is theirs, in words and shape.
pub(crate) fn standing(frame: &Frame, state: State) -> Markup {
    let (tone, key) = match state {
        State::Claimed => (Tone::Heed, "networks-claimed"),
        State::Proven => (Tone::Good, "networks-proven"),
        State::Stale => (Tone::Heed, "networks-stale"),
        State::GivenUp => (Tone::Quiet, "networks-given-up"),
    };
    status(tone, &frame.say(key))
}

pub(crate) fn proven_by(by: ProvenBy) -> &'static str {
    match by {
        ProvenBy::Dns => "networks-by-dns",
        ProvenBy::Http => "networks-by-http",
        ProvenBy::Officer => "networks-by-officer",
    }
}

impl Redact for View {
    /// Less than all of it is nothing: each line says what an attacker wants to know.
    fn cut(mut self, cut: &Cut) -> Self {
        if !cut.is_full() {
            self.places.clear();
        }
        self
    }
}

impl Item {
    pub(crate) fn of(holding: &Holding, now: Timestamp) -> Self {
        let sign = match (&holding.place, holding.dns_name(), holding.http_address()) {
            (Place::Domain(_), Some(name), Some(address)) => Some([name, address, holding.sign()]),
            _ => None,
        };
        Self {
            id: holding.id.0,
            place: holding.place.to_string(),
            state: holding.state(now),
            proven: holding.proof.as_ref().map(|proof| (proof.by, proof.at)),
            sign,
        }
    }
}

pub async fn show(house: House, may: May<ReadOwn>, (): (), (): ()) -> Result<Markup, WebError> {
    let now = house.now();
    let own = holdings::of_participant(&house.db, may.who.actor.participant).await?;
    let may_change = may.who.is_admin();
    // Who may not change anything needs no sign to put anywhere.
    let item = |holding: &Holding| {
        let item = Item::of(holding, now);
        if may_change { item } else { Item { sign: None, ..item } }
    };
    let view = View { places: own.iter().map(item).collect(), may_change };
    let file = clear(&house, &may.who, Part::Inventory, Tlp::Amber, view).await?;
    Ok(page(&may.frame_for(&house, Tlp::Amber), file.item().view()))
}

pub struct Named {
    place: String,
}

impl Form for Named {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { place: fields.needed_line("place")? })
    }
}

/// `POST /my/networks`.
pub async fn claim(house: House, may: May<EditOwn>, (): (), named: Named) -> Result<Onward, WebError> {
    places::claim(&house, may.who.actor, &named.place).await?;
    Ok(Onward::saying("/my/networks", "place-claimed"))
}

pub struct Chosen {
    place: HoldingId,
}

impl Form for Chosen {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { place: fields.id("place")?.ok_or(WebError::Refused("refused-form"))? })
    }
}

/// `POST /my/networks/look`: the answer is on the page in a moment.
pub async fn look(house: House, may: May<EditOwn>, (): (), chosen: Chosen) -> Result<Onward, WebError> {
    match places::look_now(&house, may.who.actor, chosen.place).await? {
        true => Ok(Onward::saying("/my/networks", "place-looked")),
        false => Err(WebError::NotFound),
    }
}

/// `POST /my/networks/drop`.
pub async fn drop_one(house: House, may: May<EditOwn>, (): (), chosen: Chosen) -> Result<Onward, WebError> {
    match places::give_up(&house, may.who.actor, chosen.place).await? {
        true => Ok(Onward::saying("/my/networks", "place-dropped")),
        false => Err(WebError::NotFound),
    }
}

impl From<NotClaimed> for WebError {
    fn from(error: NotClaimed) -> Self {
        match error {
            NotClaimed::NoPlace => Self::Refused("refused-no-place"),
            NotClaimed::PublicSuffix => Self::Refused("refused-public-suffix"),
            NotClaimed::TooMany => Self::Refused("refused-too-many"),
            NotClaimed::Store(cause) => cause.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::check;

    #[test]
    fn whose_domain_it_is_is_shown_with_what_proves_it() {
        let item = |number, place: &str, state, sign: Option<[String; 3]>| Item {
            id: Uuid::from_u128(number),
            place: place.into(),
            state,
            proven: (state != State::Claimed)
                .then(|| (ProvenBy::Dns, "2020-01-16T08:12:00Z".parse().unwrap())),
            sign,
        };
        let sign = [
            "_dijkwacht.noordzorg.example",
            "https://noordzorg.example/.well-known/dijkwacht.txt",
            "dijkwacht=5f",
        ];
        let sign = sign.map(str::to_owned);
        let places = vec![
            item(1, "noordzorg.example", State::Claimed, Some(sign.clone())),
            item(2, "noordlab.example", State::Proven, Some(sign.clone())),
            item(3, "noordpost.example", State::Stale, Some(sign)),
            item(4, "192.0.2.0/24", State::Claimed, None),
        ];
        let view = View { places, may_change: true };
        check("my-networks", "/my/networks", |frame| page(frame, &view));
        let none = View { places: vec![], may_change: false };
        check("my-networks-none", "/my/networks", |frame| page(frame, &none));
    }
}
