//! `GET /desk/advisories/{id}/before-release`: what each recipient would get and why not more, and who would get
//! nothing. Nothing is decided by looking.

use std::collections::BTreeMap;

use domain::disclosure::Form as Shape;
use domain::ids::AdvisoryId;
use domain::tlp::Tlp;
use flow::disclose::dry_run::{self, DryRun, Line, Outcome};
use flow::disclose::sentence;
use flow::house::House;
use maud::{Markup, html};
use store::advisories;

use crate::WebError;
use crate::desk::board::door::{ROWS, paging};
use crate::form::{Fields, Form};
use crate::may::{May, WatchDesk};
use crate::page::Frame;
use crate::tables::{Paging, address, window};
use crate::terms::{Tone, status};

#[derive(Debug, Clone)]
pub struct View {
    pub advisory: AdvisoryId,
    pub number: String,
    /// How many each outcome has, the gravest first: those who get nothing, then those whom a person must release.
    pub groups: Vec<(Outcome, usize)>,
    pub not_concerned: u64,
    /// Of one page, in the order of the groups, and then by name.
    pub lines: Vec<Line>,
    pub paging: Paging,
}

/// An outcome without what differs from one participant to the next.
fn group_of(outcome: &Outcome) -> Outcome {
    match outcome.clone() {
        Outcome::Letter { form, needs_person, ground, why_not_more, persons, .. } => {
            let (persons, details) = (persons.min(1), BTreeMap::new());
            Outcome::Letter { form, needs_person, ground, why_not_more, persons, details }
        }
        other => other,
    }
}

/// The gravest first.
fn weight(outcome: &Outcome) -> (u8, String) {
    let place = match outcome {
        Outcome::Nothing(_) => 0,
        Outcome::Letter { needs_person: true, .. } => 1,
        Outcome::Letter { persons: 0, .. } => 2,
        Outcome::Letter { form: Shape::Full, .. } => 4,
        Outcome::Letter { .. } => 3,
        Outcome::NoNews => 5,
    };
    (place, format!("{outcome:?}"))
}

impl View {
    fn of(advisory: AdvisoryId, number: String, run: DryRun, page: usize) -> Self {
        let mut groups: BTreeMap<(u8, String), (Outcome, usize)> = BTreeMap::new();
        for line in &run.lines {
            let group = group_of(&line.outcome);
            groups.entry(weight(&group)).or_insert_with(|| (group, 0)).1 += 1;
        }
        let mut lines = run.lines;
        lines.sort_by_cached_key(|line| (weight(&group_of(&line.outcome)), line.name.clone()));
        let (skip, paging) = paging(page, u64::try_from(lines.len()).unwrap_or(u64::MAX));
        let lines = lines.into_iter().skip(usize::try_from(skip).unwrap_or_default()).take(ROWS).collect();
        let groups = groups.into_values().collect();
        Self { advisory, number, groups, not_concerned: run.not_concerned, lines, paging }
    }
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let at = format!("/desk/advisories/{}", view.advisory);
    frame.document(
        &frame.say_with("before-release-title", &[("number", &view.number)]),
        html! {
            h1 { (frame.say_with("before-release-title", &[("number", &view.number)])) }
            p { (frame.say("before-release-what")) " " a href=(at) { (frame.say("before-release-back")) } }
            section aria-labelledby="groups-head" {
                h2 #groups-head { (frame.say("before-release-groups")) }
                ul .cards.plain {
                    @for (outcome, count) in &view.groups {
                        li .card { p { b { (count) } " " (said(frame, outcome)) } (why(frame, outcome)) }
                    }
                    li .card { p { b { (view.not_concerned) } " " (frame.say("before-release-not-concerned")) } }
                }
            }
            section #recipients aria-labelledby="recipients-head" {
                h2 #recipients-head { (frame.say("before-release-each")) }
                @if view.lines.is_empty() { p .notice.heed { (frame.say("before-release-nobody")) } } @else {
                    (window("recipients-caption", html! {
                        table {
                            caption #recipients-caption { (frame.count("before-release-count", view.paging.total)) }
                            thead { tr {
                                th scope="col" { (frame.say("before-release-recipient")) }
                                th scope="col" { (frame.say("before-release-gets")) }
                                th scope="col" { (frame.say("before-release-rests-on")) }
                            } }
                            tbody { @for line in &view.lines { (row(frame, line)) } }
                        }
                    }))
                    (frame.pager(view.paging, |page| address(&format!("{at}/before-release"), &[("page", &page.to_string())])))
                }
            }
        },
    )
}

fn row(frame: &Frame, line: &Line) -> Markup {
    html! {
        tr {
            th scope="row" { a href={ "/desk/participants/" (line.participant) } { (line.name) } }
            td { (said(frame, &line.outcome)) }
            td {
                @if let Outcome::Letter { ground, .. } = &line.outcome { (frame.article(ground)) }
                (why(frame, &line.outcome))
            }
        }
    }
}

fn said(frame: &Frame, outcome: &Outcome) -> Markup {
    html! {
        @match outcome {
            Outcome::Nothing(_) => { (status(Tone::Alarm, &frame.say("before-release-nothing"))) }
            Outcome::NoNews => { (status(Tone::Quiet, &frame.say("before-release-no-news"))) }
            Outcome::Letter { form, needs_person, persons, details, .. } => {
                @let tone = if *form == Shape::Full { Tone::Good } else { Tone::Heed };
                (status(tone, &frame.say(&format!("form-{}", form.word().to_lowercase()))))
                @if *needs_person { " " (frame.say("before-release-person")) }
                @if *persons == 0 { " " (frame.say("before-release-call")) }
                @if *form == Shape::Full {
                    @for (detail, count) in details {
                        span .soft.small { " " (count) " × " (frame.say(&format!("mail-detail-{}", detail.word()))) }
                    }
                }
            }
        }
    }
}

fn why(frame: &Frame, outcome: &Outcome) -> Markup {
    let why = match outcome {
        Outcome::Nothing(why) => why.as_ref(),
        Outcome::Letter { why_not_more, .. } => why_not_more.as_ref(),
        Outcome::NoNews => None,
    };
    html! { @if let Some(why) = why { p .small { (sentence(&frame.words, why)) } } }
}

/// Which page of the list.
pub struct Asked {
    page: usize,
}

impl Form for Asked {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let page = fields.text("page").and_then(|it| it.parse().ok()).unwrap_or(1);
        Ok(Self { page })
    }
}

pub async fn show(
    house: House,
    may: May<WatchDesk>,
    id: AdvisoryId,
    asked: Asked,
) -> Result<Markup, WebError> {
    let on_desk = advisories::of_id(&house.db, id).await?.ok_or(WebError::NotFound)?;
    // Nothing waits: there is nothing to go through, and the page of the advisory says what was done.
    let run = dry_run::before_release(&house, id).await?;
    let run = run.unwrap_or(DryRun { lines: Vec::new(), not_concerned: 0 });
    let frame = may.frame_for(&house, on_desk.proposed.and_then(|it| it.tlp).unwrap_or(Tlp::Amber));
    Ok(page(&frame, &View::of(id, on_desk.advisory.number, run, asked.page)))
}

#[cfg(test)]
mod tests {
    use domain::disclosure::Reason;
    use domain::ids::ParticipantId;
    use uuid::Uuid;

    use super::*;
    use crate::page::testing::check;

    fn letter(form: Shape, needs_person: bool, persons: usize) -> Outcome {
        let details = [(disclosure::Detail::Product, persons)].into();
        let why = Reason { key: "why-no-ground".into(), values: [].into() };
        let why_not_more = Some(why).filter(|_| form != Shape::Full);
        Outcome::Letter { form, needs_person, ground: "Cbw art. 16".into(), why_not_more, persons, details }
    }

    #[test]
    fn who_gets_nothing_stands_first_and_everybody_is_counted() {
        let outcomes = [
            letter(Shape::Full, false, 2),
            letter(Shape::Full, false, 1),
            letter(Shape::Redacted, true, 1),
            letter(Shape::Full, false, 0),
            Outcome::Nothing(Some(Reason { key: "why-no-rules".into(), values: [].into() })),
            Outcome::NoNews,
        ];
        let line = |(number, outcome): (u128, &Outcome)| Line {
            participant: ParticipantId(Uuid::from_u128(number)),
            name: format!("participant {number}"),
            outcome: outcome.clone(),
        };
        let lines: Vec<Line> = (1..).zip(&outcomes).map(line).collect();
        let advisory = AdvisoryId(Uuid::from_u128(9));
        let view = View::of(advisory, "2020-0042".into(), DryRun { lines, not_concerned: 12 }, 1);
        assert_eq!(view.groups.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [1, 1, 1, 2, 1]);
        assert_eq!(view.lines[0].name, "participant 5");
        let path = format!("/desk/advisories/{advisory}/before-release");
        check("desk-before-release", &path, |frame| page(frame, &view));
        let none = DryRun { lines: vec![], not_concerned: 0 };
        let none = View::of(advisory, "2020-0042".into(), none, 1);
        check("desk-before-release-nobody", &path, |frame| page(frame, &none));
    }
}
