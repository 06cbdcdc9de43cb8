//! `GET /desk/participants` and `GET /desk/participants/{id}`: whom we serve, how they are reached,
//! what they use, and which warnings they have.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use domain::admission::Admission;
use domain::asset;
use domain::ids::{AssetId, ContactId, ParticipantId};
use domain::severity::Severity;
use domain::text::Text;
use domain::tlp::Tlp;
use domain::warning::Stage;
use flow::catalogue::ASSETS_MAX;
use flow::contacts as people;
use flow::house::House;
use jiff::Timestamp;
use maud::{Markup, html};
use store::warnings::{self, Asked};
use store::{StoreError, admissions, assets, officers, participants};
use uuid::Uuid;

use super::admission;
use super::board::door::{ROWS, page_number, paging};
use crate::WebError;
use crate::claim_and_evidence::{Said, Seen, contradict};
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WatchDesk, WorkDesk};
use crate::my::{asset as one_asset, contacts};
use crate::page::Frame;
use crate::standing::{KnownAdvisories, content, standing};
use crate::tables::{Paging, address, window};
use crate::terms::{Tone, address_in_parts, status, tone_of_asset};

#[derive(Debug, Clone)]
pub struct List {
    /// By name.
    pub participants: Vec<Item>,
    /// What answers to the words in the inventories.
    pub systems: Vec<System>,
    pub words: String,
    pub paging: Paging,
}

/// A system that was found, with whose it is.
#[derive(Debug, Clone)]
pub struct System {
    pub of: Uuid,
    pub owner: String,
    pub asset: Asset,
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
    /// How it came in, and the name of the officer who let it in.
    pub admission: Option<(Admission, String)>,
    pub contacts: Vec<contacts::Item>,
    pub assets: Vec<Asset>,
    /// Open ones first, then the latest.
    pub warnings: Vec<Warning>,
}

#[derive(Debug, Clone)]
pub struct Asset {
    pub id: Uuid,
    /// What the participant calls it.
    pub alias: Option<String>,
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
            ul .plain {
                li { a href="/desk/participants/new" { (frame.say("admission-title")) } }
                li { a href="/desk/inventories" { (frame.say("inventories-title")) } }
                li { a href="/desk/networks" { (frame.say("networks-desk-title")) } }
                li { a href="/desk/reports" { (frame.say("reports-title")) } }
                li { a href="/desk/disclosures" { (frame.say("disclosures-title")) } }
                li { a href="/desk/organisations" { (frame.say("organisations-title")) } }
                li { a href="/desk/findings" { (frame.say("findings-title")) } }
                li { a href="/desk/finders" { (frame.say("finders-title")) } }
            }
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
            @if !view.words.is_empty() { (systems(frame, view)) }
        },
    )
}

fn systems(frame: &Frame, view: &List) -> Markup {
    html! {
        section #systems aria-labelledby="systems-head" {
            h2 #systems-head { (frame.say("participants-systems")) }
            @if view.systems.is_empty() {
                p { (frame.say("participants-systems-none")) }
            } @else {
                (window("systems-caption", html! {
                    table {
                        caption #systems-caption { (frame.count("participants-systems-found", view.systems.len())) }
                        thead { tr { @for key in ["assets-product", "assets-place", "participants-name", "assets-state"] {
                            th scope="col" { (frame.say(key)) }
                        } } }
                        tbody { @for System { of, owner, asset } in &view.systems { tr {
                            th scope="row" { (asset_link(*of, asset)) }
                            td .place { @if let Some(place) = &asset.place { code { (address_in_parts(place)) } } }
                            td { a href={ "/desk/participants/" (of) } { (owner) } }
                            td { (status(tone_of_asset(asset.state), &frame.term(asset.state))) }
                        } } }
                    }
                }))
                @if view.systems.len() == FOUND_MAX { p { (frame.say("participants-systems-more")) } }
            }
        }
    }
}

fn asset_link(of: Uuid, asset: &Asset) -> Markup {
    html! {
        a href={ "/desk/participants/" (of) "/assets/" (asset.id) } {
            (asset.product)
            @if let Some(version) = &asset.version { " " span .nowrap { (version) } }
        }
    }
}

fn row(frame: &Frame, item: &Item) -> Markup {
    html! {
        tr id={ "participant-" (item.id.simple()) } tabindex="-1" data-row {
            th scope="row" { a href={ "/desk/participants/" (item.id) } { (item.name) } }
            td { (frame.group(&item.group)) }
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
                    (frame.group(&view.group)) " · " (frame.say("participants-joined")) " " (frame.day(view.joined_at))
                    @if let Some(at) = view.left_at { " · " (frame.say("participants-left")) " " (frame.day(at)) }
                }
                @if let Some((it, by)) = &view.admission { (admission::how(frame, it, by)) }
                ul .plain {
                    li { a href={ "/desk/disclosures?about=" (view.id) } { (frame.say("participants-disclosures")) } }
                    li { a href={ "/desk/participants/" (view.id) "/agreements" } { (frame.say("participants-agreements")) } }
                }
            }
            section #contacts aria-labelledby="contacts-head" {
                h2 #contacts-head { (frame.say("contacts-list")) }
                @if view.contacts.is_empty() { p .notice.alarm { (frame.say("participants-no-contact")) } }
                ul .cards.tiles.plain { @for contact in &view.contacts { (contacts::card_at_desk(frame, contact, view.id)) } }
            }
            div #warnings .part data-live { (warnings(frame, view)) }
            div #assets .part { (assets(frame, view)) }
            @if view.left_at.is_none() { (admission::leaving(frame, view.id)) }
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
                    th scope="col" { (frame.say("assets-product")) }
                    th scope="col" { (frame.say("assets-place")) }
                    th scope="col" { (frame.say("participants-alias")) }
                    th scope="col" { (frame.say("assets-supplier")) }
                    th scope="col" { (frame.say("assets-state")) }
                } }
                tbody {
                    @for asset in &view.assets {
                        tr {
                            th scope="row" { (asset_link(view.id, asset)) }
                            td .place { @if let Some(place) = &asset.place { code { (address_in_parts(place)) } } }
                            td { @if let Some(alias) = &asset.alias { (alias) } }
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

/// What the address of a list asks for.
pub struct Searched {
    pub(crate) words: String,
    pub(crate) page: usize,
}

impl Form for Searched {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { words: fields.text("q").unwrap_or_default(), page: page_number(fields) })
    }
}

pub async fn list(house: House, may: May<WatchDesk>, (): (), searched: Searched) -> Result<Markup, WebError> {
    let word = searched.words.to_lowercase();
    let (skip, paging) = paging(searched.page, participants::count_named(&house.db, &word).await?);
    let rows = i64::try_from(ROWS).unwrap_or(i64::MAX);
    let count = |it: i64| usize::try_from(it).unwrap_or_default();
    let item = |line: participants::Line| Item {
        id: line.id,
        name: line.name,
        group: line.sector,
        assets: count(line.assets),
        open: count(line.open_warnings),
        reachable_at_night: line.around_the_clock,
        suspect_contacts: count(line.suspects),
    };
    let found = participants::list(&house.db, &word, skip, rows).await?;
    let participants = found.into_iter().map(item).collect();
    let view = List {
        participants,
        systems: answering(&house, &searched.words).await?,
        words: searched.words,
        paging,
    };
    Ok(list_page(&may.frame_for(&house, Tlp::Amber), &view))
}

/// Systems that a search shows. Who finds more says more.
const FOUND_MAX: usize = 50;

async fn answering(house: &House, words: &str) -> Result<Vec<System>, StoreError> {
    let (mut names, mut found) = (BTreeMap::new(), Vec::new());
    for asset in house.answering(words, FOUND_MAX).await? {
        let of = asset.participant;
        if let Entry::Vacant(vacant) = names.entry(of) {
            vacant.insert(participants::of_id(&house.db, of).await?.map(|it| it.name).unwrap_or_default());
        }
        let owner = names.get(&of).cloned().unwrap_or_default();
        found.push(System { of: of.0, owner, asset: line(house, asset) });
    }
    Ok(found)
}

/// More warnings than these nobody reads on one page; the open ones come first.
const WARNINGS_MAX: i64 = 100;
/// More systems than these are for the participant's own page.
const SYSTEMS_MAX: i64 = 200;

pub async fn show(house: House, may: May<WatchDesk>, id: ParticipantId, (): ()) -> Result<Markup, WebError> {
    let participant = participants::of_id(&house.db, id).await?.ok_or(WebError::NotFound)?;
    let asked = Asked { participant: Some(id), ..Asked::default() };
    let (mut known, mut rows) = (KnownAdvisories::default(), Vec::new());
    for line in warnings::list(&house.db, &asked, 0, WARNINGS_MAX).await? {
        let Some(warning) = warnings::of_id(&house.db, line.id, house.now()).await? else { continue };
        let Some(on_desk) = known.of(&house, line.advisory).await? else { continue };
        let Some(content) = content(on_desk, &warning) else { continue };
        let standing = standing(&house, &warning, content).await?;
        rows.push(Warning {
            id: line.id.0,
            number: line.advisory_number,
            title: content.title.clone(),
            severity: line.severity,
            stage: standing.stage,
            said: standing.said,
            seen: standing.seen,
            deadline: line.due_at,
        });
    }
    let registered = assets::of_participant(&house.db, id, ASSETS_MAX.min(SYSTEMS_MAX)).await?;
    let admission = match admissions::of_participant(&house.db, id).await? {
        Some(it) => {
            let by = officers::names(&house.db).await?.remove(&it.by).unwrap_or_default();
            Some((it, by))
        }
        None => None,
    };
    let view = View {
        admission,
        id: id.0,
        name: participant.name,
        group: participant.sector,
        joined_at: participant.joined_at,
        left_at: participant.left.map(|left| left.at),
        contacts: contacts::by_name(&house, id).await?,
        assets: registered.into_iter().map(|asset| line(&house, asset)).collect(),
        warnings: rows,
    };
    Ok(page(&may.frame_for(&house, Tlp::Amber), &view))
}

fn line(house: &House, asset: asset::Asset) -> Asset {
    Asset {
        id: asset.id.0,
        state: asset.state(house.now()),
        alias: asset.alias,
        product: asset.name.to_string(),
        version: asset.version.map(|version| version.to_string()),
        place: asset.host.or_else(|| asset.address.map(|address| address.to_string())),
        supplier: asset.supplier,
    }
}

/// `GET /desk/participants/{id}/assets/{id}`: one system, as its owner sees it.
pub async fn asset(
    house: House,
    may: May<WatchDesk>,
    (of, id): (ParticipantId, AssetId),
    (): (),
) -> Result<Markup, WebError> {
    let owner = participants::of_id(&house.db, of).await?.ok_or(WebError::NotFound)?;
    let found = assets::of_id(&house.db, id, of).await?.ok_or(WebError::NotFound)?;
    let view = one_asset::View::of(&house, &found).await?;
    let frame = may.frame_for(&house, Tlp::Amber);
    Ok(one_asset::page(&frame, &view, (&format!("/desk/participants/{of}"), &owner.name)))
}

/// `POST /desk/participants/{id}/contacts/{id}/confirmation`: an officer called this person, on a number
/// that we had before.
pub async fn confirm(
    house: House,
    may: May<WorkDesk>,
    (of, id): (ParticipantId, ContactId),
    (): (),
) -> Result<Onward, WebError> {
    match people::confirm(&house, &may.who.officer, of, id).await? {
        true => Ok(Onward::saying(&format!("/desk/participants/{of}"), "contact-confirmed")),
        false => Err(WebError::NotFound),
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
            admission: Some((admission::tests::sample(), "Jan Dijkgraaf".into())),
            contacts: contacts::tests::sample(),
            assets: vec![Asset {
                id: Uuid::from_u128(21),
                alias: Some("VPN-poort noord".into()),
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
        let [asset] = sample().assets.try_into().unwrap();
        let systems = vec![System { of: Uuid::from_u128(3), owner: "Noordzorg".into(), asset }];
        let view = List { participants, systems, words: "zorg".into(), paging };
        check("participants", "/desk/participants", |frame| list_page(frame, &view));
        let none =
            List { participants: vec![], systems: vec![], words: String::new(), paging: Paging::single(0) };
        check("participants-empty", "/desk/participants", |frame| list_page(frame, &none));
        let nothing = List { words: "x".into(), ..none };
        check("participants-nothing", "/desk/participants", |frame| list_page(frame, &nothing));
    }
}
