//! `GET /desk/participants` and `GET /desk/participants/{id}`: whom we serve, how they are reached,
//! what they use, and which warnings they have.

use domain::asset;
use domain::severity::Severity;
use domain::text::Text;
use domain::warning::Stage;
use jiff::Timestamp;
use maud::{Markup, html};
use uuid::Uuid;

use crate::claim_and_evidence::{Said, Seen, contradict};
use crate::my::contacts;
use crate::page::Frame;
use crate::tables::{Paging, address, window};
use crate::terms::{Tone, status, tone_of_asset};

#[derive(Debug, Clone)]
pub struct List {
    /// By name.
    pub participants: Vec<Item>,
    pub words: String,
    pub paging: Paging,
}

#[derive(Debug, Clone)]
pub struct Item {
    pub id: Uuid,
    pub name: String,
    pub group: String,
    pub assets: usize,
    pub open: usize,
    /// Somebody who was tested and can be called day and night.
    pub reachable_at_night: bool,
    /// Contacts whose messages came back.
    pub suspect_contacts: usize,
}

#[derive(Debug, Clone)]
pub struct View {
    pub id: Uuid,
    pub name: String,
    pub group: String,
    pub joined_at: Timestamp,
    pub left_at: Option<Timestamp>,
    pub contacts: Vec<contacts::Item>,
    pub assets: Vec<Asset>,
    /// Open ones first, then the latest.
    pub warnings: Vec<Warning>,
}

#[derive(Debug, Clone)]
pub struct Asset {
    pub label: String,
    pub product: String,
    pub version: Option<String>,
    pub place: Option<String>,
    pub supplier: Option<String>,
    pub state: asset::State,
}

#[derive(Debug, Clone)]
pub struct Warning {
    pub id: Uuid,
    pub number: String,
    pub title: Text,
    pub severity: Severity,
    pub stage: Stage,
    pub said: Said,
    pub seen: Seen,
    pub deadline: Timestamp,
}

pub fn list_page(frame: &Frame, view: &List) -> Markup {
    let columns = [
        "participants-name",
        "participants-group",
        "participants-open",
        "participants-assets",
        "participants-night",
        "participants-contacts",
    ];
    frame.document(
        &frame.say("page-nav-participants"),
        html! {
            h1 { (frame.say("page-nav-participants")) }
            (frame.search("/desk/participants", "q", &frame.say("board-search"), &view.words, &[]))
            div #participants .part data-live {
                (window("list-caption", html! {
                    table {
                        caption #list-caption { (frame.count("participants-found", view.paging.total)) }
                        thead { tr { @for key in columns { th scope="col" { (frame.say(key)) } } } }
                        tbody { @for item in &view.participants { (row(frame, item)) } }
                    }
                }))
                @if view.participants.is_empty() { p .notice { (frame.say("participants-none")) } }
                (frame.pager(view.paging, |page| address("/desk/participants", &[("q", &view.words), ("page", &page.to_string())])))
            }
        },
    )
}

fn row(frame: &Frame, item: &Item) -> Markup {
    html! {
        tr id={ "participant-" (item.id.simple()) } tabindex="-1" data-row {
            th scope="row" { a href={ "/desk/participants/" (item.id) } { (item.name) } }
            td { (item.group) }
            td { (item.open) }
            td { @if item.assets == 0 { (status(Tone::Heed, "0")) } @else { (item.assets) } }
            td {
                @if item.reachable_at_night {
                    (status(Tone::Good, &frame.say("participants-night-yes")))
                } @else {
                    (status(Tone::Alarm, &frame.say("participants-night-no")))
                }
            }
            td {
                @if item.suspect_contacts > 0 {
                    (status(Tone::Alarm, &frame.count("participants-suspect", item.suspect_contacts)))
                }
            }
        }
    }
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &view.name,
        html! {
            header {
                h1 { (view.name) }
                p .soft {
                    (view.group) " · " (frame.say("participants-joined")) " " (frame.day(view.joined_at))
                    @if let Some(at) = view.left_at { " · " (frame.say("participants-left")) " " (frame.day(at)) }
                }
            }
            section #contacts aria-labelledby="contacts-head" {
                h2 #contacts-head { (frame.say("contacts-list")) }
                @if view.contacts.is_empty() { p .notice.alarm { (frame.say("participants-no-contact")) } }
                ul .cards.tiles.plain { @for contact in &view.contacts { (contacts::card(frame, contact, false)) } }
            }
            div #warnings .part data-live { (warnings(frame, view)) }
            div #assets .part { (assets(frame, view)) }
        },
    )
}

fn warnings(frame: &Frame, view: &View) -> Markup {
    html! {
        (window("warnings-caption", html! {
            table {
                caption #warnings-caption { (frame.count("board-found", view.warnings.len())) }
                thead { tr {
                    th scope="col" { (frame.say("participants-warning")) }
                    th scope="col" .said { (frame.say("said-head")) }
                    th scope="col" .seen { (frame.say("seen-head")) }
                    th scope="col" { (frame.say("board-stage")) }
                    th scope="col" { (frame.say("board-deadline")) }
                } }
                tbody {
                    @for warning in &view.warnings {
                        tr id={ "warning-" (warning.id.simple()) } tabindex="-1" data-row {
                            th scope="row" {
                                a href={ "/desk/warnings/" (warning.id) } { (frame.text(&warning.title)) }
                                br; span .small .soft { (warning.number) " · " (frame.term(warning.severity)) }
                            }
                            td .said { (frame.said(&warning.said, contradict(&warning.said, &warning.seen))) }
                            td .seen { (frame.seen(&warning.seen)) }
                            td { (frame.stage(warning.stage)) }
                            td { (frame.time(warning.deadline)) }
                        }
                    }
                }
            }
        }))
    }
}

fn assets(frame: &Frame, view: &View) -> Markup {
    html! {
        (window("assets-caption", html! {
            table {
                caption #assets-caption { (frame.count("assets-list", view.assets.len())) }
                thead { tr {
                    th scope="col" { (frame.say("assets-alias")) }
                    th scope="col" { (frame.say("assets-product")) }
                    th scope="col" { (frame.say("assets-version")) }
                    th scope="col" { (frame.say("assets-place")) }
                    th scope="col" { (frame.say("assets-supplier")) }
                    th scope="col" { (frame.say("assets-state")) }
                } }
                tbody {
                    @for asset in &view.assets {
                        tr {
                            th scope="row" { (asset.label) }
                            td { (asset.product) }
                            td { @if let Some(version) = &asset.version { (version) } }
                            td { @if let Some(place) = &asset.place { code { (place) } } }
                            td { @if let Some(supplier) = &asset.supplier { (supplier) } }
                            td { (status(tone_of_asset(asset.state), &frame.term(asset.state))) }
                        }
                    }
                }
            }
        }))
        @if view.assets.is_empty() { p .notice.heed { (frame.say("participants-no-assets")) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::board::tests::{claimed, still_there};
    use crate::page::testing::check;

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    fn sample() -> View {
        let warning = |number: u128, stage, said, seen| Warning {
            id: Uuid::from_u128(number),
            number: format!("2020-{number:04}"),
            title: Text::both("Lek in Citrix ADC en Gateway", "Hole in Citrix ADC and Gateway"),
            severity: Severity::Critical,
            stage,
            said,
            seen,
            deadline: at("2020-01-16T17:00:00Z"),
        };
        View {
            id: Uuid::from_u128(3),
            name: "Noordzorg".into(),
            group: "Ziekenhuizen".into(),
            joined_at: at("2018-03-01T08:00:00Z"),
            left_at: Some(at("2020-02-01T08:00:00Z")),
            contacts: contacts::tests::sample(),
            assets: vec![Asset {
                label: "VPN-poort noord".into(),
                product: "Citrix NetScaler".into(),
                version: Some("12.1-55.18".into()),
                place: Some("vpn.noordzorg.example".into()),
                supplier: None,
                state: asset::State::Confirmed,
            }],
            warnings: vec![
                warning(42, Stage::Reopened, claimed(), still_there()),
                warning(31, Stage::NotAffected, Said::NotAffected, Seen::Nothing),
            ],
        }
    }

    #[test]
    fn a_participant_is_shown_with_how_to_reach_it_first() {
        check("participant", "/desk/participants/3", |frame| page(frame, &sample()));
        let new = View { contacts: vec![], assets: vec![], warnings: vec![], left_at: None, ..sample() };
        check("participant-new", "/desk/participants/3", |frame| page(frame, &new));
    }

    #[test]
    fn the_list_says_who_cannot_be_called_at_night() {
        let item = |number: u128, name: &str, reachable_at_night| Item {
            id: Uuid::from_u128(number),
            name: name.into(),
            group: "Ziekenhuizen".into(),
            assets: if reachable_at_night { 4 } else { 0 },
            open: 2,
            reachable_at_night,
            suspect_contacts: usize::from(!reachable_at_night),
        };
        let participants = vec![item(1, "Noordzorg", true), item(2, "Zuidzorg", false)];
        let paging = Paging { page: 2, pages: 3, total: 104 };
        let view = List { participants, words: "zorg".into(), paging };
        check("participants", "/desk/participants", |frame| list_page(frame, &view));
        let none = List { participants: vec![], words: String::new(), paging: Paging::single(0) };
        check("participants-empty", "/desk/participants", |frame| list_page(frame, &none));
    }
}
