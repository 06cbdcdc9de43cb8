//! `GET /desk/networks/partners`: which networks, domains and numbers of networks are a partner's, what was seen
//! there, and what of it may be handed over. An officer enters places, hands over, and has the list as a table.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use domain::disclosure::State;
use domain::partner::Partner;
use domain::tlp::Tlp;
use flow::disclose;
use flow::house::House;
use flow::partners::{self, Answer, NotEntered};
use formats::observations::own;
use jiff::Timestamp;
use maud::{Markup, html};
use store::findings::{Count, Holder};
use store::{findings, organisations};

use crate::WebError;
use crate::desk::board::door::{ROWS, page_number, paging};
use crate::fields::{Field, list};
use crate::findings::{COLUMNS, Item, Meaning, row as finding_row};
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WatchDesk, WorkDesk};
use crate::page::Frame;
use crate::tables::{Paging, address, window, window_that_stacks};
use crate::terms::{Tone, address_in_parts, status};

const HERE: &str = "/desk/networks/partners";

/// Every partner.
#[derive(Debug, Clone)]
pub struct View {
    pub lines: Vec<Line>,
    /// Whose places can be entered: id and name.
    pub organisations: Vec<(String, String)>,
    /// The groups that any of them serves.
    pub groups: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct Line {
    pub partner: Partner,
    pub name: String,
    pub places: usize,
    pub count: Count,
}

/// One partner, for one of its groups.
#[derive(Debug, Clone)]
pub struct One {
    pub line: Line,
    pub places: Vec<Place>,
    pub labels: Vec<Label>,
    pub findings: Vec<Item>,
    pub paging: Paging,
}

#[derive(Debug, Clone)]
pub struct Place {
    pub place: String,
    pub reason: String,
    pub by: String,
    pub at: Timestamp,
}

/// What stands open under one label, and what the gate says of it today.
#[derive(Debug, Clone)]
pub struct Label {
    pub tlp: Tlp,
    pub rows: usize,
    pub may_go: bool,
    pub ground: String,
    /// Why it is not more, in words.
    pub why: Option<String>,
    /// When it was handed over, and by whom.
    pub released: Option<(Timestamp, String)>,
}

fn whom(frame: &Frame, line: &Line) -> Markup {
    html! {
        (line.name)
        @if !line.partner.group.is_empty() { " (" (frame.group(&line.partner.group)) ")" }
    }
}

fn at(partner: &Partner, page: &str) -> String {
    address(HERE, &[("of", &partner.organisation), ("group", &partner.group), ("page", page)])
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let groups: Vec<(String, String)> = std::iter::once((String::new(), frame.say("partners-own")))
        .chain(view.groups.iter().map(|group| (group.clone(), frame.group(group))))
        .collect();
    frame.document(
        &frame.say("partners-title"),
        html! {
            h1 { (frame.say("partners-title")) }
            p { (frame.say("partners-what")) }
            @if view.lines.is_empty() { p .notice { (frame.say("partners-none")) } } @else { (table(frame, &view.lines)) }
            section aria-labelledby="enter-head" {
                h2 #enter-head { (frame.say("partners-enter")) }
                @if view.organisations.is_empty() { p .notice { (frame.say("partners-no-organisations")) } } @else {
                    (frame.form(HERE, html! {
                        (list("enter", "of", &frame.say("partners-organisation"), &view.organisations, None))
                        (list("enter", "group", &frame.say("partners-group"), &groups, None))
                        (Field::new("enter", "places", frame.say("partners-places")).kind("textarea").required()
                            .hint(frame.say("partners-places-hint")))
                        (Field::new("enter", "reason", frame.say("networks-reason")).required()
                            .hint(frame.say("networks-reason-hint")))
                        button { (frame.say("partners-enter-send")) }
                    }))
                }
            }
        },
    )
}

fn table(frame: &Frame, lines: &[Line]) -> Markup {
    let columns = ["partners-partner", "partners-places-count", "partners-open", "partners-known"];
    window(
        "list-caption",
        html! {
            table {
                caption #list-caption { (frame.count("partners-count", lines.len())) }
                thead { tr { @for key in columns { th scope="col" { (frame.say(key)) } } } }
                tbody { @for line in lines {
                    tr {
                        th scope="row" { a href=(at(&line.partner, "")) { (whom(frame, line)) } }
                        td .number { (line.places) }
                        td .number { (line.count.open) }
                        td .number { (line.count.known) }
                    }
                } }
            }
        },
    )
}

pub fn one_page(frame: &Frame, view: &One) -> Markup {
    let line = &view.line;
    frame.document(
        &line.name,
        html! {
            h1 { (whom(frame, line)) }
            p { a href=(HERE) { (frame.say("partners-title")) } }
            section aria-labelledby="over-head" {
                h2 #over-head { (frame.say("partners-over")) }
                @if view.labels.is_empty() { p .notice { (frame.say("partners-nothing")) } } @else {
                    p { (frame.say("partners-over-what")) }
                    ul .cards.plain { @for label in &view.labels { (card(frame, &line.partner, label)) } }
                }
            }
            section aria-labelledby="places-head" {
                h2 #places-head { (frame.say("partners-places")) }
                @if view.places.is_empty() { p .notice { (frame.say("partners-no-places")) } } @else {
                    ul .plain { @for place in &view.places { (place_line(frame, &line.partner, place)) } }
                }
            }
            section aria-labelledby="seen-head" {
                h2 #seen-head { (frame.say("partners-seen")) }
                @if view.findings.is_empty() { p .notice { (frame.say("findings-none")) } } @else {
                    (window_that_stacks("list-caption", html! {
                        table {
                            caption #list-caption { (frame.count("findings-found", view.paging.total)) }
                            thead { tr { @for key in COLUMNS { th scope="col" { (frame.say(key)) } } } }
                            tbody { @for item in &view.findings { tr { (finding_row(frame, item, true)) } } }
                        }
                    }))
                    (frame.pager(view.paging, |page| at(&line.partner, &page.to_string())))
                }
            }
        },
    )
}

fn card(frame: &Frame, partner: &Partner, label: &Label) -> Markup {
    let hidden =
        [("of", partner.organisation.as_str()), ("group", partner.group.as_str()), ("tlp", label.tlp.word())];
    html! {
        li .card id={ "label-" (label.tlp.word()) } {
            h3 { "TLP:" (label.tlp.word()) " · " (frame.count("findings-found", label.rows)) }
            @if let Some((at, by)) = &label.released {
                p {
                    (status(Tone::Good, &frame.say("partners-released"))) " " (frame.time(*at)) ", " (by) " "
                    a href=(address("/desk/networks/partners/list", &hidden)) { (frame.say("partners-list")) }
                }
            } @else if label.may_go {
                p { (status(Tone::Heed, &frame.say("partners-may-go"))) }
            } @else {
                p { (status(Tone::Quiet, &frame.say("partners-stays"))) }
            }
            @if !label.ground.is_empty() { p .small .soft { (frame.say("disclosures-ground")) ": " (frame.article(&label.ground)) } }
            @if let Some(why) = &label.why { p { (why) } }
            @if label.released.is_none() {
                (frame.button("/desk/networks/partners/over", &hidden,
                    &frame.say(if label.may_go { "partners-hand-over" } else { "partners-ask" })))
            }
        }
    }
}

fn place_line(frame: &Frame, partner: &Partner, place: &Place) -> Markup {
    html! {
        li {
            (address_in_parts(&place.place))
            p .small .soft { "“" (place.reason) "” " (place.by) ", " (frame.time(place.at)) }
            (frame.button("/desk/networks/partners/drop",
                &[("of", &partner.organisation), ("group", &partner.group), ("place", &place.place)],
                &frame.say_with("partners-drop", &[("place", &place.place)])))
        }
    }
}

/// Which partner, for which group, and which page of what was seen there.
pub struct Asked {
    of: Option<Partner>,
    page: usize,
}

fn partner(fields: &Fields) -> Result<Option<Partner>, WebError> {
    let group = fields.line("group")?.unwrap_or_default();
    Ok(fields.line("of")?.map(|organisation| Partner { organisation, group }))
}

impl Form for Asked {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { of: partner(fields)?, page: page_number(fields) })
    }
}

pub async fn show(house: House, may: May<WatchDesk>, (): (), asked: Asked) -> Result<Markup, WebError> {
    let all = partners::all(&house).await?;
    let line = |it: &partners::Standing| Line {
        partner: it.partner.clone(),
        name: it.name.clone(),
        places: it.places.len(),
        count: it.count,
    };
    let Some(of) = asked.of else {
        let today = house.today();
        let known = organisations::all(&house.db).await?.into_iter().map(|it| it.organisation);
        let known: Vec<_> = known.filter(|it| it.holds_on(today)).collect();
        let mut groups: Vec<String> = known.iter().flat_map(|it| it.groups.clone()).collect();
        groups.sort();
        groups.dedup();
        let organisations = known.into_iter().map(|it| (it.id, it.name)).collect();
        let view = View { lines: all.iter().map(line).collect(), organisations, groups };
        return Ok(page(&may.frame_for(&house, Tlp::Amber), &view));
    };
    let standing = all.into_iter().find(|it| it.partner == of).ok_or(WebError::NotFound)?;
    let kept = findings::of_holder(&house.db, Holder::Partner(of.id())).await?;
    let meaning = Meaning::read(&house).await?;
    let owners = house.owners().await?;
    let items = meaning.items(&kept, Some(&*owners), Tlp::Red, house.now());
    let (before, paging) = paging(asked.page, u64::try_from(items.len()).unwrap_or(u64::MAX));
    let before = usize::try_from(before).unwrap_or(usize::MAX);
    let frame = may.frame_for(&house, meaning.label(&kept, Tlp::Red));
    let label = |it: Answer| Label {
        tlp: it.tlp,
        rows: it.rows,
        may_go: it.may_go(),
        ground: it.verdict.ground.as_ref().map(|rule| rule.article.clone()).unwrap_or_default(),
        why: it
            .verdict
            .why_not_more
            .as_ref()
            .map(|why| disclose::sentence(&frame.words, &disclose::reason(why))),
        released: it
            .is_released()
            .then(|| it.last.as_ref().filter(|last| last.state == State::Released))
            .flatten()
            .map(|last| (last.decided_at, last.settled.clone().map(|(_, by)| by).unwrap_or_default())),
    };
    let labels = partners::answers(&house, &of).await?.into_iter().map(label).collect();
    let place = |it: &store::partners::PartnerPlace| Place {
        place: it.place.clone(),
        reason: it.reason.clone(),
        by: it.by.clone(),
        at: it.at,
    };
    let view = One {
        line: line(&standing),
        places: standing.places.iter().map(place).collect(),
        labels,
        findings: items.into_iter().skip(before).take(ROWS).collect(),
        paging,
    };
    Ok(one_page(&frame, &view))
}

pub struct Entered {
    partner: Partner,
    places: String,
    reason: String,
}

impl Form for Entered {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self {
            partner: partner(fields)?.ok_or(WebError::Refused("refused-form"))?,
            places: fields.needed("places")?,
            reason: fields.needed_line("reason")?,
        })
    }
}

/// `POST /desk/networks/partners`.
pub async fn enter(house: House, may: May<WorkDesk>, (): (), said: Entered) -> Result<Onward, WebError> {
    partners::enter(&house, &may.who.officer, &said.partner, &said.places, &said.reason).await?;
    Ok(Onward::saying(&at(&said.partner, ""), "place-decided"))
}

impl From<NotEntered> for WebError {
    fn from(why: NotEntered) -> Self {
        match why {
            NotEntered::NoSuchOrganisation => Self::NotFound,
            NotEntered::NotItsGroup => Self::Refused("refused-not-its-group"),
            NotEntered::NoPlace(_) => Self::Refused("refused-no-partner-place"),
            NotEntered::TooMany => Self::Refused("refused-too-many"),
            NotEntered::Store(cause) => cause.into(),
        }
    }
}

pub struct Dropped {
    partner: Partner,
    place: String,
}

impl Form for Dropped {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let partner = partner(fields)?.ok_or(WebError::Refused("refused-form"))?;
        Ok(Self { partner, place: fields.needed_line("place")? })
    }
}

/// `POST /desk/networks/partners/drop`: what is seen there is not theirs any more.
pub async fn drop_one(house: House, may: May<WorkDesk>, (): (), said: Dropped) -> Result<Onward, WebError> {
    let by = &may.who.officer;
    match partners::take_away(&house, by, &said.partner.organisation, &said.place).await? {
        true => Ok(Onward::saying(HERE, "noted")),
        false => Err(WebError::NotFound),
    }
}

/// One label of one partner.
pub struct Chosen {
    partner: Partner,
    tlp: Tlp,
}

impl Form for Chosen {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let partner = partner(fields)?.ok_or(WebError::NotFound)?;
        Ok(Self { partner, tlp: Tlp::of_word(&fields.needed_line("tlp")?) })
    }
}

/// `POST /desk/networks/partners/over`: whatever the gate says is written down.
pub async fn hand_over(house: House, may: May<WorkDesk>, (): (), chosen: Chosen) -> Result<Onward, WebError> {
    let verdict = partners::hand_over(&house, &may.who.officer, &chosen.partner, chosen.tlp).await?;
    verdict.ok_or(WebError::NotFound)?;
    let label = format!("{}#label-{}", at(&chosen.partner, ""), chosen.tlp.word());
    Ok(Onward::saying(&label, "noted"))
}

/// `GET /desk/networks/partners/list`: what was handed over, as a table that any node reads.
pub async fn table_of(
    house: House,
    _: May<WorkDesk>,
    (): (),
    chosen: Chosen,
) -> Result<impl IntoResponse, WebError> {
    let cleared = partners::released(&house, &chosen.partner, chosen.tlp).await?.ok_or(WebError::NotFound)?;
    let name = format!("attachment; filename=\"{}-{}.csv\"", house.today(), chosen.tlp.word());
    let head = [(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((head, own::write(&cleared.item().rows)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::State;
    use crate::findings::testing::item;
    use crate::page::testing::check;

    fn line(group: &str) -> Line {
        Line {
            partner: Partner { organisation: "zorgteam".into(), group: group.into() },
            name: "Zorgteam".into(),
            places: 2,
            count: Count { open: 3, known: 7 },
        }
    }

    #[test]
    fn an_officer_sees_whose_it_is_and_what_of_it_may_go() {
        let at: Timestamp = "2020-01-13T08:00:00Z".parse().unwrap();
        let view = View {
            lines: vec![line("care"), line("")],
            organisations: vec![("zorgteam".into(), "Zorgteam".into())],
            groups: vec!["care".into()],
        };
        check("partners", HERE, |frame| page(frame, &view));
        let empty = View { lines: vec![], organisations: vec![], groups: vec![] };
        check("partners-none", HERE, |frame| page(frame, &empty));
        let label = |tlp, may_go, released: bool| Label {
            tlp,
            rows: 2,
            may_go,
            ground: if may_go { "Wbni art. 3(2)(c)".into() } else { String::new() },
            why: (!may_go).then(|| "TLP 2.0".to_owned()),
            released: released.then(|| (at, "B. Sluis".to_owned())),
        };
        let place =
            |place: &str| Place { place: place.into(), reason: "RIPE".into(), by: "B. Sluis".into(), at };
        let one = One {
            line: line("care"),
            places: vec![place("198.51.100.0/24"), place("AS64496")],
            labels: vec![
                label(Tlp::Amber, true, true),
                label(Tlp::AmberStrict, true, false),
                label(Tlp::Red, false, false),
            ],
            findings: vec![item("198.51.100.9", State::Open)],
            paging: Paging::single(1),
        };
        check("partner", HERE, |frame| one_page(frame, &one));
        let none = One { places: vec![], labels: vec![], findings: vec![], paging: Paging::single(0), ..one };
        check("partner-none", HERE, |frame| one_page(frame, &none));
    }
}
