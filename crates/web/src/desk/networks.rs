//! `GET /desk/networks`: which domains and networks are whose, what proves it, and where two say the same.

pub mod partners;

use std::collections::BTreeMap;

use domain::holding::{Holding, ProvenBy, State};
use domain::ids::{HoldingId, ParticipantId};
use domain::tlp::Tlp;
use flow::holdings as places;
use flow::house::House;
use jiff::Timestamp;
use maud::{Markup, html};
use store::{holdings, participants};
use uuid::Uuid;

use crate::WebError;
use crate::fields::Field;
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WatchDesk, WorkDesk};
use crate::my::networks::{proven_by, standing};
use crate::page::Frame;
use crate::tables::window;
use crate::terms::{Tone, address_in_parts, status};

/// More than these nobody looks through; the search of a participant leads to the others.
const SHOWN: i64 = 2_000;

#[derive(Debug, Clone)]
pub struct View {
    /// Disputed ones first, then those that nothing proves, then by name.
    pub places: Vec<Item>,
}

#[derive(Debug, Clone)]
pub struct Item {
    pub id: Uuid,
    pub of: Uuid,
    pub participant: String,
    pub place: String,
    pub state: State,
    pub proven: Option<(ProvenBy, Timestamp)>,
    /// Of an officer's hand: who, and why.
    pub officer: Option<(String, String)>,
    /// Who else claims it, or a part of it.
    pub disputed_by: Vec<String>,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let columns = ["networks-place", "networks-whose", "networks-standing", "networks-vouch"];
    frame.document(
        &frame.say("networks-desk-title"),
        html! {
            h1 { (frame.say("networks-desk-title")) }
            p { (frame.say("networks-desk-what")) }
            p { a href="/desk/networks/partners" { (frame.say("partners-title")) } }
            @if view.places.is_empty() { p .notice { (frame.say("networks-desk-none")) } } @else {
                (window("list-caption", html! {
                    table {
                        caption #list-caption { (frame.count("networks-list", view.places.len())) }
                        thead { tr { @for key in columns { th scope="col" { (frame.say(key)) } } } }
                        tbody { @for item in &view.places { (row(frame, item)) } }
                    }
                }))
            }
        },
    )
}

fn row(frame: &Frame, item: &Item) -> Markup {
    let form = item.id.simple().to_string();
    html! {
        tr id={ "place-" (form) } tabindex="-1" data-row {
            th scope="row" { (address_in_parts(&item.place)) }
            td {
                a href={ "/desk/participants/" (item.of) } { (item.participant) }
                @if !item.disputed_by.is_empty() {
                    " " (status(Tone::Alarm, &frame.say("networks-disputed"))) " " (item.disputed_by.join(", "))
                }
            }
            td {
                (standing(frame, item.state))
                @if let Some((by, at)) = item.proven { " " span .soft { (frame.say(proven_by(by))) ", " (frame.day(at)) } }
                @if let Some((name, reason)) = &item.officer { p .small { (name) ": “" (reason) "”" } }
            }
            td {
                @if item.state != State::Proven {
                    details id={ "vouch-" (form) } {
                        summary { (frame.say("networks-vouch")) }
                        div .drawer {
                            (frame.form("/desk/networks/proof", html! {
                                input type="hidden" name="place" value=(item.id);
                                input type="hidden" name="of" value=(item.of);
                                (Field::new(&form, "reason", frame.say("networks-reason")).hint(frame.say("networks-reason-hint")).required())
                                button { (frame.say("networks-vouch-send")) }
                            }))
                        }
                    }
                }
            }
        }
    }
}

pub async fn show(house: House, may: May<WatchDesk>, (): (), (): ()) -> Result<Markup, WebError> {
    let now = house.now();
    let all = holdings::all(&house.db, SHOWN).await?;
    let mut names: BTreeMap<ParticipantId, String> = BTreeMap::new();
    for holding in &all {
        if !names.contains_key(&holding.participant)
            && let Some(participant) = participants::of_id(&house.db, holding.participant).await?
        {
            names.insert(holding.participant, participant.name);
        }
    }
    let name = |of: ParticipantId| names.get(&of).cloned().unwrap_or_default();
    let mut disputed: BTreeMap<HoldingId, Vec<String>> = BTreeMap::new();
    for (one, other) in places::disputes(&all) {
        disputed.entry(one.id).or_default().push(name(other.participant));
        disputed.entry(other.id).or_default().push(name(one.participant));
    }
    let item = |holding: &Holding| Item {
        id: holding.id.0,
        of: holding.participant.0,
        participant: name(holding.participant),
        place: holding.place.to_string(),
        state: holding.state(now),
        proven: holding.proof.as_ref().map(|proof| (proof.by, proof.at)),
        officer: holding.proof.as_ref().and_then(|proof| proof.officer.clone()),
        disputed_by: disputed.get(&holding.id).cloned().unwrap_or_default(),
    };
    let mut places: Vec<Item> = all.iter().map(item).collect();
    places.sort_by_key(|item| (item.disputed_by.is_empty(), item.state == State::Proven, item.place.clone()));
    Ok(page(&may.frame_for(&house, Tlp::Amber), &View { places }))
}

pub struct Vouched {
    place: HoldingId,
    of: ParticipantId,
    reason: String,
}

impl Form for Vouched {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let missing = || WebError::Refused("refused-form");
        Ok(Self {
            place: fields.id("place")?.ok_or_else(missing)?,
            of: fields.id("of")?.ok_or_else(missing)?,
            reason: fields.needed_line("reason")?,
        })
    }
}

/// `POST /desk/networks/proof`: an officer's hand, with a reason.
pub async fn vouch(house: House, may: May<WorkDesk>, (): (), said: Vouched) -> Result<Onward, WebError> {
    match places::vouch(&house, &may.who.officer, said.of, said.place, &said.reason).await? {
        true => Ok(Onward::saying("/desk/networks", "place-proven")),
        false => Err(WebError::NotFound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::check;

    #[test]
    fn an_officer_sees_what_is_claimed_twice_and_can_vouch() {
        let item =
            |number: u128, place: &str, state, officer: Option<(&str, &str)>, disputed: &[&str]| Item {
                id: Uuid::from_u128(number),
                of: Uuid::from_u128(3),
                participant: "Noordzorg".into(),
                place: place.into(),
                state,
                proven: (state == State::Proven)
                    .then(|| (ProvenBy::Officer, "2020-01-16T08:12:00Z".parse().unwrap())),
                officer: officer.map(|(name, reason)| (name.to_owned(), reason.to_owned())),
                disputed_by: disputed.iter().map(|it| (*it).to_owned()).collect(),
            };
        let view = View {
            places: vec![
                item(1, "192.0.2.0/24", State::Claimed, None, &["Zuidzorg"]),
                item(2, "noordzorg.example", State::Proven, Some(("B. Sluis", "RIPE")), &[]),
            ],
        };
        check("desk-networks", "/desk/networks", |frame| page(frame, &view));
        check("desk-networks-none", "/desk/networks", |frame| page(frame, &View { places: vec![] }));
    }
}
