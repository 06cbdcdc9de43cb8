//! `GET /desk/law/what-if`: what of everything that was withheld would have gone, had an organisation been designated
//! since a day. Nothing is written down.

use domain::designation::Designation;
use domain::disclosure::{Form as Shape, Item};
use domain::ids::DisclosureId;
use domain::tlp::Tlp;
use flow::disclose::ask_again::{self, Difference};
use flow::house::House;
use jiff::civil::Date;
use maud::{Markup, html};
use store::{StoreError, advisories, disclosures, organisations};

use crate::WebError;
use crate::fields::{Field, list};
use crate::form::{Fields, Form};
use crate::may::{May, WatchDesk};
use crate::page::Frame;
use crate::tables::window_that_stacks;

#[derive(Debug, Clone)]
pub struct View {
    /// Everybody of the register, by name: (id, name).
    pub organisations: Vec<(String, String)>,
    pub asked: Asked,
    pub answer: Option<Answer>,
}

/// What the gate would have said.
#[derive(Debug, Clone)]
pub struct Answer {
    pub organisation: String,
    pub group: String,
    pub since: Date,
    /// The newest first.
    pub rows: Vec<Row>,
    pub same: usize,
    pub gone: usize,
}

/// A decision that would have been another.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: DisclosureId,
    /// The number of the advisory.
    pub advisory: String,
    pub group: String,
    pub decided_on: Date,
    pub was: Option<Shape>,
    pub would_be: Shape,
    pub needs_person: bool,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let since = view.asked.since.map(|day| day.to_string()).unwrap_or_default();
    frame.document(
        &frame.say("what-if-title"),
        html! {
            h1 { (frame.say("what-if-title")) }
            p { (frame.say("what-if-what")) }
            @if view.organisations.is_empty() {
                p .notice { (frame.say("organisations-none")) " " a href="/desk/organisations" { (frame.say("organisations-title")) } }
            } @else {
                form method="get" action="/desk/law/what-if" {
                    (list("ask", "organisation", &frame.say("what-if-organisation"), &view.organisations, Some(view.asked.organisation.as_str())))
                    (Field::new("ask", "group", frame.say("designation-group")).value(&view.asked.group)
                        .hint(frame.say("what-if-group-hint")).required())
                    (Field::new("ask", "since", frame.say("what-if-since")).kind("date").value(since).required())
                    button { (frame.say("what-if-ask")) }
                }
            }
            @if let Some(answer) = &view.answer { (answered(frame, answer)) }
            p .no-print { a href="/desk/law" { (frame.say("law-title")) } " · " a href="/desk/organisations" { (frame.say("organisations-title")) } }
        },
    )
}

fn answered(frame: &Frame, answer: &Answer) -> Markup {
    let group = frame.group(&answer.group);
    let since = frame.date_words(answer.since);
    let full = answer.rows.iter().filter(|row| row.would_be == Shape::Full).count();
    let by_person = answer.rows.iter().filter(|row| row.needs_person).count();
    html! {
        section #answer aria-labelledby="answer-head" {
            h2 #answer-head {
                (frame.say_with("what-if-head", &[("name", &answer.organisation), ("group", &group), ("since", &since)]))
            }
            @if answer.rows.len() + answer.same + answer.gone == 0 { p .notice { (frame.say("what-if-nothing-asked")) } } @else {
                p { strong { (frame.count("what-if-would-go", answer.rows.len())) } " " (frame.count("what-if-stays", answer.same)) }
            }
            @if answer.gone > 0 { p { (frame.count("what-if-gone", answer.gone)) } }
            @if !answer.rows.is_empty() {
                dl .pairs {
                    dt { (frame.say("what-if-full")) } dd { (full) }
                    dt { (frame.say("what-if-less")) } dd { (answer.rows.len() - full) }
                    dt { (frame.say("what-if-person")) } dd { (by_person) }
                    dt { (frame.say("what-if-no-person")) } dd { (answer.rows.len() - by_person) }
                }
                (table(frame, "answer-caption", &answer.rows))
            }
            p .soft { (frame.say("what-if-only-asked")) }
        }
    }
}

/// What would be different, a line for each. `id` is that of the caption.
pub(crate) fn table(frame: &Frame, id: &str, rows: &[Row]) -> Markup {
    let columns = ["what-if-list", "what-if-decided", "what-if-was", "what-if-would", "what-if-how"];
    window_that_stacks(
        id,
        html! {
            table {
                caption id=(id) { (frame.count("what-if-would-go", rows.len())) }
                thead { tr { @for key in columns { th scope="col" { (frame.say(key)) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            th scope="row" {
                                a href={ "/desk/disclosures/" (row.id) } {
                                    (frame.say("item-offer")) " " (frame.group(&row.group)) " · " (row.advisory)
                                }
                            }
                            td { (frame.date(row.decided_on)) }
                            td { (shape(frame, row.was)) }
                            td { strong { (shape(frame, Some(row.would_be))) } }
                            td { (frame.say(if row.needs_person { "what-if-by-person" } else { "what-if-by-itself" })) }
                        }
                    }
                }
            }
        },
    )
}

/// A form in words.
pub(crate) fn shape(frame: &Frame, form: Option<Shape>) -> String {
    frame.say(match form {
        None => "form-none",
        Some(Shape::Full) => "form-full",
        Some(Shape::Redacted) => "form-redacted",
        Some(Shape::Aggregate) => "form-aggregate",
    })
}

/// The differences with the names of what they are about.
pub(crate) async fn rows(house: &House, different: Vec<Difference>) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    for one in different {
        let Item::Offer { offer } = &one.disclosure.record.item else { continue };
        let Some(offer) = disclosures::offer_of_id(&house.db, *offer).await? else { continue };
        let on_desk = advisories::of_id(&house.db, offer.advisory).await?;
        rows.push(Row {
            id: one.disclosure.id,
            advisory: on_desk.map(|it| it.advisory.number).unwrap_or_default(),
            group: offer.group,
            decided_on: one.disclosure.decided_at.to_zoned(House::zone()).date(),
            was: one.disclosure.record.form,
            would_be: one.would_be,
            needs_person: one.needs_person,
        });
    }
    Ok(rows)
}

/// What the address asks.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub organisation: String,
    pub group: String,
    pub since: Option<Date>,
}

impl Form for Asked {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self {
            organisation: fields.line("organisation")?.unwrap_or_default(),
            group: fields.line("group")?.unwrap_or_default(),
            since: fields.date("since")?,
        })
    }
}

pub async fn show(house: House, may: May<WatchDesk>, (): (), mut asked: Asked) -> Result<Markup, WebError> {
    let frame = may.frame_for(&house, Tlp::Amber);
    let known = organisations::all(&house.db).await?;
    let found = known.iter().map(|it| &it.organisation).find(|one| one.id == asked.organisation).cloned();
    if asked.group.is_empty() {
        let serves = found.as_ref().and_then(|one| one.groups.first().cloned());
        asked.group = serves.unwrap_or_default();
    }
    let answer = match (found, asked.since) {
        (Some(organisation), Some(since)) if !asked.group.is_empty() => {
            let said = Designation {
                organisation: organisation.id.clone(),
                group: asked.group.clone(),
                document: String::new(),
                articles: String::new(),
                signed_on: since,
                published_on: Some(since),
                in_force_from: Some(since),
                in_force_to: None,
                known_from: Some(since),
            };
            let found = ask_again::what_if(&house, &organisation, &said).await?;
            Some(Answer {
                organisation: organisation.name,
                group: asked.group.clone(),
                since,
                rows: rows(&house, found.different).await?,
                same: found.same,
                gone: found.gone,
            })
        }
        _ => None,
    };
    let organisations = known.into_iter().map(|it| (it.organisation.id, it.organisation.name)).collect();
    Ok(page(&frame, &View { organisations, asked, answer }))
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::page::testing::check;

    pub(crate) fn rows() -> Vec<Row> {
        let row = |number: u128, was, would_be, needs_person| Row {
            id: DisclosureId(Uuid::from_u128(number)),
            advisory: "2019-0979".into(),
            group: "care".into(),
            decided_on: date(2020, 1, 12),
            was,
            would_be,
            needs_person,
        };
        vec![
            row(1, Some(Shape::Aggregate), Shape::Full, true),
            row(2, None, Shape::Redacted, false),
            row(3, None, Shape::Aggregate, false),
        ]
    }

    #[test]
    fn what_would_have_gone_stands_beside_what_went() {
        let asked =
            Asked { organisation: "zorgteam".into(), group: "care".into(), since: Some(date(2019, 12, 15)) };
        let answer = Answer {
            organisation: "Zorgteam".into(),
            group: "care".into(),
            since: date(2019, 12, 15),
            rows: rows(),
            same: 1,
            gone: 1,
        };
        let organisations = vec![("zorgteam".to_owned(), "Zorgteam".to_owned())];
        let view = View { organisations, asked, answer: Some(answer.clone()) };
        check("what-if", "/desk/law/what-if", |frame| page(frame, &view));
        let nothing = Answer { rows: vec![], same: 0, gone: 0, ..answer };
        let view = View { answer: Some(nothing), ..view };
        check("what-if-nothing", "/desk/law/what-if", |frame| page(frame, &view));
        let none = View { organisations: vec![], asked: Asked::default(), answer: None };
        check("what-if-none", "/desk/law/what-if", |frame| page(frame, &none));
    }
}
