//! `GET /desk/advisories/{id}/recipients`: who got what about an advisory. From here it is taken back, and from here a
//! list of who is exposed is offered to whoever serves them, and handed over once it was released.

use std::collections::BTreeSet;

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use disclosure::Cleared;
use domain::disclosure::{Item, State};
use domain::ids::{AdvisoryId, DisclosureId, OfferId};
use domain::tlp::Tlp;
use flow::disclose;
use flow::disclose::offers::{self, List, NotOffered};
use flow::disclose::recall::{self, Got, Why};
use flow::house::House;
use formats::cells;
use jiff::Timestamp;
use maud::{Markup, html};
use store::disclosures::{self, Offer};
use store::{advisories, outbox, participants};
use uuid::Uuid;

use crate::WebError;
use crate::desk::board::door::{ROWS, page_number, paging};
use crate::desk::disclosures::{Line, heading, lines, rests_on};
use crate::fields::{choices, list};
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WatchDesk, WorkDesk};
use crate::page::Frame;
use crate::tables::{Paging, address, window};

#[derive(Debug, Clone)]
pub struct View {
    pub advisory: AdvisoryId,
    pub number: String,
    /// Taken back, and no mail says so to whoever has it.
    pub to_call: Vec<Line>,
    /// The oldest first, each with what became of the mail that took it back; a page of them.
    pub got: Vec<(Line, Option<outbox::State>)>,
    pub paging: Paging,
    /// How many can be taken back, on all pages together.
    pub recallable: usize,
    pub offers: Vec<Offered>,
    /// Whom a list can be offered: organisation and group, with words for both.
    pub could_be_offered: Vec<(String, String)>,
}

/// A list that was offered, with what the gate says last.
#[derive(Debug, Clone)]
pub struct Offered {
    pub offer: OfferId,
    pub reference: String,
    pub line: Option<Line>,
    /// It was released, and may still go.
    pub is_released: bool,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let at = format!("/desk/advisories/{}", view.advisory);
    let title = frame.say_with("recipients-title", &[("number", &view.number)]);
    frame.document(
        &title,
        html! {
            h1 { (title) }
            p { (frame.say("recipients-what")) " " a href=(at) { (frame.say("before-release-back")) } }
            @if !view.to_call.is_empty() {
                section .notice.alarm aria-labelledby="call-head" {
                    h2 #call-head { (frame.say("recipients-to-call")) }
                    ul { @for line in &view.to_call { li { (heading(frame, line)) } } }
                }
            }
            (offered(frame, view, &at))
            section #got aria-labelledby="got-head" {
                h2 #got-head { (frame.say("recipients-got")) }
                @if view.got.is_empty() { p .notice { (frame.say("recipients-none")) } } @else {
                    (taking_back(frame, view, &at))
                    (frame.pager(view.paging, |page| address(&format!("{at}/recipients"), &[("page", &page.to_string())]) + "#got"))
                    (taking_all_back(frame, view, &at))
                }
            }
        },
    )
}

fn taking_back(frame: &Frame, view: &View, at: &str) -> Markup {
    let whys = Why::ALL.map(|why| (why.word(), frame.say(&format!("recall-{}", why.word()))));
    frame.form(
        &format!("{at}/recall"),
        html! {
            p { (frame.say("recipients-recall-what")) }
            ul .cards.plain {
                @for (line, notice) in &view.got {
                    @let id = line.disclosure.id;
                    li .card {
                        @if line.disclosure.state == State::Released {
                            label .choice for={ "id-" (id) } {
                                input type="checkbox" id={ "id-" (id) } name={ "id-" (id) } value="yes";
                                span { (heading(frame, line)) }
                            }
                        } @else { p { (heading(frame, line)) } }
                        @if let Some(notice) = notice { p .small { (frame.say(told(*notice))) } }
                        (rests_on(frame, line))
                    }
                }
            }
            (choices("recall", "why", &frame.say("recipients-why"), &whys, None))
            button .grave { (frame.say("recipients-recall")) }
        },
    )
}

/// One action over all pages: when everything was wrong nobody ticks three hundred boxes.
fn taking_all_back(frame: &Frame, view: &View, at: &str) -> Markup {
    let whys = Why::ALL.map(|why| (why.word(), frame.say(&format!("recall-{}", why.word()))));
    html! {
        @if view.recallable > 0 {
            details #recall-all {
                summary { (frame.count("recipients-recall-all", view.recallable)) }
                p { (frame.say("recipients-recall-all-what")) }
                (frame.form(&format!("{at}/recall"), html! {
                    input type="hidden" name="all" value="yes";
                    (choices("recall-all", "why", &frame.say("recipients-why"), &whys, None))
                    button .grave { (frame.count("recipients-recall-all", view.recallable)) }
                }))
            }
        }
    }
}

fn told(notice: outbox::State) -> &'static str {
    match notice {
        outbox::State::Waiting | outbox::State::Sending => "recipients-being-told",
        outbox::State::Delivered => "recipients-told",
        outbox::State::Bounced | outbox::State::Suppressed => "recipients-not-told",
    }
}

fn offered(frame: &Frame, view: &View, at: &str) -> Markup {
    html! {
        section #offers aria-labelledby="offers-head" {
            h2 #offers-head { (frame.say("recipients-offers")) }
            p { (frame.say("recipients-offers-what")) }
            @if !view.offers.is_empty() {
                ul .cards.plain {
                    @for one in &view.offers {
                        li .card id={ "offer-" (one.offer.0.simple()) } {
                            h3 { (one.reference) }
                            @if let Some(line) = &one.line { p { (heading(frame, line)) } (rests_on(frame, line)) }
                            @if one.is_released {
                                p {
                                    a href=(address(&format!("{at}/list"), &[("offer", &one.offer.to_string())])) {
                                        (frame.say("recipients-open-list"))
                                    }
                                }
                            }
                        }
                    }
                }
            }
            @if view.could_be_offered.is_empty() { p .notice { (frame.say("recipients-nobody-to-offer")) } } @else {
                (frame.form(&format!("{at}/offers"), html! {
                    (list("offer", "to", &frame.say("recipients-offer-to"), &view.could_be_offered, None))
                    button { (frame.say("recipients-offer")) }
                }))
            }
        }
    }
}

/// The page of letters that the address asks for, from 1.
pub struct Asked(usize);

impl Form for Asked {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self(page_number(fields)))
    }
}

pub async fn show(
    house: House,
    may: May<WatchDesk>,
    id: AdvisoryId,
    Asked(wished): Asked,
) -> Result<Markup, WebError> {
    let on_desk = advisories::of_id(&house.db, id).await?.ok_or(WebError::NotFound)?;
    let skip = (wished - 1).saturating_mul(ROWS);
    let mut part = recall::part(&house, id, skip, ROWS).await?;
    let (before, paging) = paging(wished, u64::try_from(part.total).unwrap_or(u64::MAX));
    let before = usize::try_from(before).unwrap_or_default();
    if before != skip {
        part = recall::part(&house, id, before, ROWS).await?;
    }
    let to_call = part.to_call.into_iter().map(|one| one.disclosure).collect();
    let notices: Vec<_> = part.got.iter().map(|one| one.notice).collect();
    let all = lines(&house, part.got.into_iter().map(|Got { disclosure, .. }| disclosure).collect()).await?;
    let mut offered = Vec::new();
    for offer in disclosures::offers_under(&house.db, id).await? {
        offered.push(Offered::of(&house, &offer).await?);
    }
    let is_out = on_desk.advisory.current().is_some();
    let view = View {
        advisory: id,
        to_call: lines(&house, to_call).await?,
        got: all.into_iter().zip(notices).collect(),
        paging,
        recallable: part.recallable,
        offers: offered,
        could_be_offered: if is_out { could_be_offered(&house).await? } else { Vec::new() },
        number: on_desk.advisory.number,
    };
    Ok(page(&may.frame_for(&house, Tlp::Amber), &view))
}

impl Offered {
    async fn of(house: &House, offer: &Offer) -> Result<Self, WebError> {
        let last = disclosures::of_item(&house.db, &Item::Offer { offer: offer.id }).await?;
        let line = lines(house, last.into_iter().take(1).collect()).await?.pop();
        let is_released = offers::released(house, offer.id).await?.is_some();
        Ok(Self { offer: offer.id, reference: offers::reference(offer), line, is_released })
    }
}

/// Every organisation that counts today with each group that it serves or is designated for, among the groups of
/// those whom we serve.
async fn could_be_offered(house: &House) -> Result<Vec<(String, String)>, WebError> {
    let register = disclose::register(house).await?;
    let groups: BTreeSet<String> = participants::sectors(&house.db).await?.into_iter().collect();
    let today = house.today();
    let mut found = Vec::new();
    for one in register.organisations.iter().filter(|one| one.holds_on(today)) {
        let designated = register.designations_of(&one.id, today).into_iter().map(|it| it.group.clone());
        let served: BTreeSet<String> = one.groups.iter().cloned().chain(designated).collect();
        for group in served.intersection(&groups) {
            found.push((format!("{} {group}", one.id), format!("{} – {group}", one.name)));
        }
    }
    Ok(found)
}

/// To whom, and for which group.
pub struct OfferTo {
    organisation: String,
    group: String,
}

impl Form for OfferTo {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let to = fields.needed("to")?;
        let (organisation, group) = to.split_once(' ').ok_or(WebError::Refused("refused-form"))?;
        Ok(Self { organisation: organisation.to_owned(), group: group.to_owned() })
    }
}

/// `POST /desk/advisories/{id}/offers`: the gate is asked, and what it says stands on the page.
pub async fn offer(
    house: House,
    may: May<WorkDesk>,
    id: AdvisoryId,
    to: OfferTo,
) -> Result<Onward, WebError> {
    advisories::of_id(&house.db, id).await?.ok_or(WebError::NotFound)?;
    let made = offers::make(&house, id, &to.organisation, &to.group, &may.who.officer).await;
    match made {
        Ok(_) => Ok(Onward::saying(&format!("/desk/advisories/{id}/recipients#offers"), "noted")),
        Err(NotOffered::Store(why)) => Err(why.into()),
        Err(NotOffered::NoSuchAdvisory) => Err(WebError::Refused("refused-nothing-released")),
        Err(NotOffered::NoSuchOrganisation | NotOffered::NotItsGroup) => {
            Err(WebError::Refused("refused-not-its-group"))
        }
    }
}

/// What is taken back, and why.
pub struct Recall {
    all: bool,
    ids: Vec<DisclosureId>,
    why: Why,
}

impl Form for Recall {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let ids = fields.beginning_with("id-").map(|(id, _)| {
            id.parse::<Uuid>().map(DisclosureId).map_err(|_| WebError::Refused("refused-form"))
        });
        Ok(Self {
            all: fields.tick("all"),
            ids: ids.collect::<Result<_, _>>()?,
            why: fields.word("why", Why::of_word)?,
        })
    }
}

/// `POST /desk/advisories/{id}/recall`: whoever got it is told.
pub async fn take_back(
    house: House,
    may: May<WorkDesk>,
    id: AdvisoryId,
    said: Recall,
) -> Result<Onward, WebError> {
    advisories::of_id(&house.db, id).await?.ok_or(WebError::NotFound)?;
    let here = format!("/desk/advisories/{id}/recipients#got");
    if said.all {
        recall::order_all(&house, id, said.why, &may.who.officer).await?;
        return Ok(Onward::saying(&here, "recall-ordered"));
    }
    let known: BTreeSet<DisclosureId> =
        disclosures::sent_about(&house.db, id).await?.into_iter().map(|(one, _)| one).collect();
    let ids: Vec<DisclosureId> = said.ids.into_iter().filter(|one| known.contains(one)).collect();
    recall::take_back(&house, &ids, said.why, &may.who.officer).await?;
    Ok(Onward::saying(&here, "noted"))
}

/// A list as it is handed over.
#[derive(Debug, Clone)]
pub struct Handed<'a> {
    pub advisory: AdvisoryId,
    pub offer: OfferId,
    pub recipient: String,
    pub list: &'a Cleared<List>,
    pub since: usize,
    pub at: Timestamp,
}

pub fn list_page(frame: &Frame, view: &Handed<'_>) -> Markup {
    let list = view.list.item();
    let at = format!("/desk/advisories/{}", view.advisory);
    let title = frame.say_with("handed-title", &[("reference", &list.reference), ("number", &list.advisory)]);
    frame.document(
        &title,
        html! {
            h1 { (title) }
            dl .pairs {
                dt { (frame.say("handed-for")) } dd { (view.recipient) }
                dt { (frame.say("disclosures-ground")) }
                dd { @if let Some(ground) = &view.list.verdict().ground { (frame.article(&ground.article)) } }
                dt { (frame.say("handed-released")) }
                dd { (frame.time(view.at)) @if let Some(by) = view.list.released_by() { ", " (by) } }
                dt { (frame.say("handed-label")) } dd { "TLP:" (list.tlp.word()) }
            }
            @if view.since > 0 {
                p .notice.heed { (frame.count("handed-since", view.since)) }
            }
            p { (frame.say("handed-what")) }
            (window("handed-caption", html! {
                table {
                    caption #handed-caption { (frame.count("handed-count", list.listed.len())) }
                    thead { tr {
                        @for key in ["handed-name", "handed-products", "handed-places"] { th scope="col" { (frame.say(key)) } }
                    } }
                    tbody {
                        @for one in &list.listed {
                            tr {
                                th scope="row" { (one.name) }
                                td { (one.products.join(", ")) }
                                td { (one.places.join(", ")) }
                            }
                        }
                    }
                }
            }))
            p {
                a href=(address(&format!("{at}/list.csv"), &[("offer", &view.offer.to_string())])) { (frame.say("handed-file")) }
                " · " a href={ (at) "/recipients" } { (frame.say("handed-back")) }
            }
        },
    )
}

/// Which list.
pub struct Which(OfferId);

impl Form for Which {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self(fields.id("offer")?.ok_or(WebError::NotFound)?))
    }
}

async fn released(
    house: &House,
    id: AdvisoryId,
    which: OfferId,
) -> Result<(Offer, offers::Released), WebError> {
    let offer = disclosures::offer_of_id(&house.db, which).await?.filter(|it| it.advisory == id);
    let offer = offer.ok_or(WebError::NotFound)?;
    let released = offers::released(house, which).await?.ok_or(WebError::NotFound)?;
    Ok((offer, released))
}

/// `GET /desk/advisories/{id}/list`: a list that was released, for the officer who hands it over.
pub async fn show_list(
    house: House,
    may: May<WorkDesk>,
    id: AdvisoryId,
    Which(which): Which,
) -> Result<Markup, WebError> {
    let (offer, released) = released(&house, id, which).await?;
    let register = disclose::register(&house).await?;
    let recipient = register.organisation(&offer.organisation).map(|one| one.name.clone());
    let view = Handed {
        advisory: id,
        offer: which,
        recipient: recipient.unwrap_or(offer.organisation),
        list: &released.list,
        since: released.since,
        at: released.at,
    };
    Ok(list_page(&may.frame_for(&house, released.list.item().tlp), &view))
}

/// `GET /desk/advisories/{id}/list.csv`: the same as a file, with its label in its name and in each row.
pub async fn file(
    house: House,
    _: May<WorkDesk>,
    id: AdvisoryId,
    Which(which): Which,
) -> Result<impl IntoResponse + use<>, WebError> {
    let (_, released) = released(&house, id, which).await?;
    let list = released.list.item();
    let label = format!("TLP:{}", list.tlp.word());
    let mut text =
        format!("\u{feff}{}", cells::row(["tlp", "advisory", "organisation", "products", "places"]));
    for one in &list.listed {
        let (products, places) = (one.products.join("; "), one.places.join("; "));
        text += &cells::row([&label, &list.advisory, &one.name, &products, &places]);
    }
    let name = format!("{}-{}.csv", list.reference, label.replace([':', '+'], "-"));
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, text))
}

#[cfg(test)]
mod tests {
    use disclosure::{Asking, Circumstance, Decision, Gate, Purpose, Recipient, When, clear};
    use domain::disclosure::Form as Shape;
    use domain::warning::Channel;
    use flow::disclose::offers::Listed;
    use jiff::civil::date;

    use super::*;
    use crate::desk::disclosures::tests::line;
    use crate::page::testing::check;

    fn sample() -> View {
        let (released, recalled) =
            (line(1, Some(Shape::Full), State::Released), line(2, Some(Shape::Full), State::Recalled));
        let offer = OfferId(Uuid::from_u128(4));
        View {
            advisory: AdvisoryId(Uuid::from_u128(9)),
            number: "2020-0042".into(),
            to_call: vec![recalled.clone()],
            got: vec![
                (released.clone(), None),
                (recalled.clone(), Some(outbox::State::Bounced)),
                (recalled.clone(), Some(outbox::State::Delivered)),
                (recalled, Some(outbox::State::Waiting)),
            ],
            paging: Paging { page: 2, pages: 7, total: 312 },
            recallable: 309,
            offers: vec![Offered {
                offer,
                reference: "L-00000004".into(),
                line: Some(released),
                is_released: true,
            }],
            could_be_offered: vec![("zorgteam care".into(), "Zorgteam – care".into())],
        }
    }

    #[test]
    fn who_got_what_is_taken_back_from_one_page() {
        let path = "/desk/advisories/00000000-0000-0000-0000-000000000009/recipients";
        check("desk-recipients", path, |frame| page(frame, &sample()));
        let none = View {
            to_call: vec![],
            got: vec![],
            recallable: 0,
            offers: vec![],
            could_be_offered: vec![],
            ..sample()
        };
        check("desk-recipients-none", path, |frame| page(frame, &none));
    }

    #[test]
    fn a_list_is_handed_over_with_its_ground_and_its_label() {
        let listed = |name: &str| Listed {
            of: None,
            name: name.into(),
            products: vec!["Citrix ADC".into()],
            places: vec!["vpn.noordzorg.example".into()],
        };
        let list = List {
            reference: "L-00000004".into(),
            advisory: "2020-0042".into(),
            group: "care".into(),
            listed: vec![listed("noordzorg"), listed("zuidzorg")],
            count: Some(2),
            tlp: Tlp::Amber,
            team: crate::testing::team(),
        };
        let mut to = Recipient::new("zorgteam", "CCT", Channel::Platform);
        to.given = to.given.with(Circumstance::DesignatedFor).with(Circumstance::Designated);
        let when = When::on(date(2020, 2, 3));
        let asking = Asking { sender: "national", purpose: Purpose::Warn, when };
        let Decision::AskPerson(pending) = clear(&Gate::shipped(), asking, list, &to) else {
            panic!("a person must release it")
        };
        let cleared = pending.release("B. Sluis");
        let view = Handed {
            advisory: AdvisoryId(Uuid::from_u128(9)),
            offer: OfferId(Uuid::from_u128(4)),
            recipient: "Zorgteam".into(),
            list: &cleared,
            since: 3,
            at: "2020-02-03T09:00:00Z".parse().unwrap(),
        };
        let path = "/desk/advisories/00000000-0000-0000-0000-000000000009/list";
        check("desk-list", path, |frame| list_page(frame, &view));
    }
}
