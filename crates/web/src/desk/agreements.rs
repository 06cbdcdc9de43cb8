//! `GET /desk/participants/{id}/agreements`: who may act for a participant, and whom it lets look at its systems.
//! An officer reads it; only the participant changes it.

use domain::ids::ParticipantId;
use domain::tlp::Tlp;
use flow::house::House;
use maud::{Markup, html};
use store::{mandates, participants};
use uuid::Uuid;

use crate::WebError;
use crate::may::{May, WatchDesk};
use crate::my::consents::{self, Standing};
use crate::my::suppliers::{self, Item as Mandate};
use crate::page::Frame;
use crate::terms::address_in_parts;

/// How many consents the page shows, those that run first.
const SHOWN: usize = 200;

#[derive(Debug, Clone)]
pub struct View {
    pub id: Uuid,
    pub name: String,
    /// The newest first, each with the other side.
    pub given: Vec<(Uuid, Mandate)>,
    pub held: Vec<(Uuid, Mandate)>,
    /// Those that run first.
    pub consents: Vec<consents::Item>,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let title = frame.say_with("agreements-title", &[("name", &view.name)]);
    let running = view.consents.iter().filter(|it| it.standing == Standing::Running).count();
    frame.document(
        &title,
        html! {
            h1 { (title) }
            p { a href={ "/desk/participants/" (view.id) } { (view.name) } }
            p { (frame.say("agreements-what")) }
            (mandates_of(frame, "given", &view.given))
            (mandates_of(frame, "held", &view.held))
            section #consents aria-labelledby="consents-head" {
                h2 #consents-head { (frame.say("agreements-consents")) }
                p .soft { (frame.count("consents-running", running)) }
                @if view.consents.is_empty() { p .notice { (frame.say("agreements-no-consents")) } }
                ul .cards.plain {
                    @for item in view.consents.iter().take(SHOWN) {
                        li .card {
                            h3 {
                                a href={ "/desk/participants/" (view.id) "/assets/" (item.asset) } {
                                    @if item.label.is_empty() { (frame.say("looks-system")) } @else { (address_in_parts(&item.label)) }
                                }
                            }
                            (consents::pairs(frame, item))
                        }
                    }
                }
                @if view.consents.len() > SHOWN { p .soft { (frame.say("agreements-more")) } }
            }
        },
    )
}

fn mandates_of(frame: &Frame, side: &str, mandates: &[(Uuid, Mandate)]) -> Markup {
    let head = format!("{side}-head");
    html! {
        section id=(side) aria-labelledby=(head) {
            h2 id=(head) { (frame.say(&format!("agreements-{side}"))) }
            @if mandates.is_empty() { p .notice { (frame.say(&format!("agreements-no-{side}"))) } }
            ul .cards.plain {
                @for (other, mandate) in mandates {
                    li .card {
                        h3 { a href={ "/desk/participants/" (other) } { (mandate.name) } }
                        (suppliers::days(frame, mandate))
                    }
                }
            }
        }
    }
}

pub async fn show(house: House, may: May<WatchDesk>, id: ParticipantId, (): ()) -> Result<Markup, WebError> {
    let participant = participants::of_id(&house.db, id).await?.ok_or(WebError::NotFound)?;
    let (mut given, mut held) = (Vec::new(), Vec::new());
    for mandate in mandates::given_by(&house.db, id).await? {
        given.push((mandate.supplier.0, suppliers::item(&house, &mandate, mandate.supplier).await?));
    }
    for mandate in mandates::given_to(&house.db, id).await? {
        held.push((mandate.participant.0, suppliers::item(&house, &mandate, mandate.participant).await?));
    }
    let consents = consents::items(&house, id).await?;
    let view = View { id: id.0, name: participant.name, given, held, consents };
    Ok(page(&may.frame_for(&house, Tlp::Amber), &view))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::my::suppliers::Standing as Runs;
    use crate::page::testing::check;

    #[test]
    fn an_officer_reads_who_may_act_and_who_may_look_and_until_when() {
        let mandate = |number: u128, standing| {
            let (starts_at, ends_at) = ("2020-01-01T00:00:00Z", "2020-12-31T00:00:00Z");
            let item = Mandate {
                id: Uuid::from_u128(number),
                name: "Terp".into(),
                called: "Terp B.V.".into(),
                starts_at: starts_at.parse().unwrap(),
                ends_at: ends_at.parse().unwrap(),
                standing,
            };
            (Uuid::from_u128(number), item)
        };
        let consents: Vec<consents::Item> = (0..=SHOWN)
            .map(|number| consents::tests::sample(u128::try_from(number).unwrap(), Standing::Running))
            .collect();
        let unnamed = consents::Item { label: String::new(), ..consents[0].clone() };
        let view = View {
            id: Uuid::from_u128(3),
            name: "Noordzorg".into(),
            given: vec![mandate(1, Runs::Running), mandate(2, Runs::Coming)],
            held: vec![mandate(3, Runs::Ended)],
            consents: [vec![unnamed], consents].concat(),
        };
        check("agreements", "/desk/participants/3/agreements", |frame| page(frame, &view));
        let none = View { given: vec![], held: vec![], consents: vec![], ..view };
        check("agreements-none", "/desk/participants/3/agreements", |frame| page(frame, &none));
    }
}
