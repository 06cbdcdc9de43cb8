//! `GET /desk/alarms`: how test alarms went, who stayed silent, and when the next one is due; `POST /desk/alarms`:
//! lets one go to everybody.

use std::collections::BTreeMap;

use domain::contact_test::{ALARM_EVERY, Reach};
use domain::ids::ParticipantId;
use domain::tlp::Tlp;
use flow::contact_tests::{NoAlarm, order_alarm};
use flow::house::House;
use jiff::Timestamp;
use maud::{Markup, html};
use store::{contact_tests, officers, participants};
use uuid::Uuid;

use crate::WebError;
use crate::fields::tick;
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WatchDesk, WorkDesk};
use crate::page::Frame;
use crate::tables::window_that_stacks;

/// How many alarms the page looks back at: three years.
const LOOKED_BACK: i64 = 6;
/// How many who stayed silent it names.
const NAMED: usize = 200;

#[derive(Debug, Clone)]
pub struct View {
    /// The newest first.
    pub alarms: Vec<Item>,
    /// Of the newest alarm, by name, those whom nobody answered for.
    pub silent: Vec<(Uuid, String)>,
}

#[derive(Debug, Clone)]
pub struct Item {
    pub by: String,
    pub at: Timestamp,
    pub reach: Reach,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let due_at = view.alarms.first().map(|last| last.at + ALARM_EVERY);
    let is_due = due_at.is_none_or(|at| at <= frame.now);
    frame.document(
        &frame.say("alarms-title"),
        html! {
            h1 { (frame.say("alarms-title")) }
            p { (frame.say("alarms-what")) }
            p .row .no-print { a href="/desk/calls" { (frame.say("calls-title")) } }
            div .notice.heed[is_due] {
                @match due_at {
                    None => p { (frame.say("alarms-never")) },
                    Some(at) if is_due => p { (frame.say("alarms-due")) " " (frame.day(at)) },
                    Some(at) => p { (frame.say("alarms-next")) " " (frame.day(at)) },
                }
            }
            details {
                summary { (frame.say("alarms-give")) }
                div .drawer {
                    p { (frame.say("alarms-give-what")) }
                    (frame.form("/desk/alarms", html! {
                        (tick("alarm", "sure", &frame.say("alarms-sure"), false))
                        button { (frame.say("alarms-give-send")) }
                    }))
                }
            }
            @if !view.alarms.is_empty() {
                section aria-labelledby="list-head" {
                    h2 #list-head { (frame.say("alarms-list")) }
                    (table(frame, &view.alarms))
                }
                section #silent aria-labelledby="silent-head" {
                    h2 #silent-head { (frame.say("alarms-silent")) }
                    @if view.silent.is_empty() { p .notice.good { (frame.say("alarms-silent-none")) } } @else {
                        p { (frame.say("alarms-silent-what")) }
                        ul { @for (id, name) in &view.silent { li { a href={ "/desk/participants/" (id) } { (name) } } } }
                    }
                }
            }
        },
    )
}

fn table(frame: &Frame, alarms: &[Item]) -> Markup {
    let keys = [
        "alarms-at",
        "alarms-participants",
        "alarms-letters",
        "alarms-answered",
        "alarms-prompt",
        "alarms-median",
    ];
    window_that_stacks(
        "alarms",
        html! {
            table {
                caption #alarms { (frame.say("alarms-caption")) }
                thead { tr { @for key in keys { th scope="col" { (frame.say(key)) } } } }
                tbody {
                    @for Item { by, at, reach } in alarms {
                        tr {
                            th scope="row" { (frame.time(*at)) " " span .soft { (by) } }
                            td { (reach.participants) }
                            td { (reach.letters) }
                            td { (reach.answered) }
                            td { (reach.prompt) }
                            td { @match reach.median { Some(median) => (frame.span(median)), None => "–" } }
                        }
                    }
                }
            }
        },
    )
}

pub async fn show(house: House, may: May<WatchDesk>, (): (), (): ()) -> Result<Markup, WebError> {
    let names = officers::names(&house.db).await?;
    let mut alarms = Vec::new();
    for alarm in contact_tests::alarms(&house.db, LOOKED_BACK).await? {
        let by = names.get(&alarm.ordered_by).cloned().unwrap_or_default();
        let reach = Reach::of(contact_tests::of_alarm(&house.db, alarm.id).await?);
        alarms.push(Item { by, at: alarm.ordered_at, reach });
    }
    let silent: Vec<ParticipantId> =
        alarms.first().map(|it| it.reach.silent.iter().copied().take(NAMED).collect()).unwrap_or_default();
    let named = participants::of_ids(&house.db, &silent).await?;
    let silent: BTreeMap<String, Uuid> = named.into_iter().map(|it| (it.name, it.id.0)).collect();
    let view = View { alarms, silent: silent.into_iter().map(|(name, id)| (id, name)).collect() };
    Ok(page(&may.frame_for(&house, Tlp::Amber), &view))
}

/// A tick that it is meant: everybody gets mail.
pub struct Sure;

impl Form for Sure {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        match fields.tick("sure") {
            true => Ok(Self),
            false => Err(WebError::Refused("refused-alarm-unsure")),
        }
    }
}

pub async fn give(house: House, may: May<WorkDesk>, (): (), _: Sure) -> Result<Onward, WebError> {
    match order_alarm(&house, &may.who.officer).await {
        Ok(_) => Ok(Onward::saying("/desk/alarms", "alarm-given")),
        Err(NoAlarm::TooSoon) => Err(WebError::Refused("refused-alarm-too-soon")),
        Err(NoAlarm::Store(cause)) => Err(cause.into()),
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::page::testing::check;

    #[test]
    fn a_test_alarm_is_given_and_counted() {
        let at: Timestamp = "2020-01-10T08:30:00Z".parse().unwrap();
        let reach = Reach {
            participants: 96,
            letters: 120,
            answered: 81,
            prompt: 74,
            median: Some(SignedDuration::from_mins(48)),
            silent: vec![ParticipantId(Uuid::from_u128(3))],
        };
        let alarm = |at, reach| Item { by: "Jan Dijkgraaf".into(), at, reach };
        let view = View {
            alarms: vec![
                alarm(at, reach),
                alarm(at - SignedDuration::from_hours(24 * 183), Reach::default()),
            ],
            silent: vec![(Uuid::from_u128(3), "Ziekenhuis Noordzorg".into())],
        };
        check("alarms", "/desk/alarms", |frame| page(frame, &view));
        let late = View {
            alarms: vec![alarm(at - SignedDuration::from_hours(24 * 400), Reach::default())],
            silent: vec![],
        };
        check("alarms-due", "/desk/alarms", |frame| page(frame, &late));
        let never = View { alarms: vec![], silent: vec![] };
        check("alarms-never", "/desk/alarms", |frame| page(frame, &never));
    }
}
