//! `GET /desk/calls`: the calling list and the hand-over of a shift, on one page that can be printed;
//! `POST /desk/calls/{id}/hold`: takes a call; `POST /desk/calls/{id}`: what came of it.
//!
//! Each item is whom to call, by which number, what to say and what is known, and four buttons. What stands
//! here is about one participant at a time: the script says nothing of others.

use std::collections::BTreeMap;

use domain::advisory::Content;
use domain::calling::{Call, Outcome};
use domain::contact::{Contact, State};
use domain::ids::{CallId, OfficerId, ParticipantId};
use domain::text::Text;
use domain::tlp::Tlp;
use flow::follow_up::call;
use flow::house::House;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use store::{StoreError, calls, contacts, officers, participants, warnings};
use uuid::Uuid;

use super::board::{Task, Why, acts, door::task};
use crate::WebError;
use crate::claim_and_evidence::Seen;
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WatchDesk, WorkDesk};
use crate::page::Frame;
use crate::standing::{KnownAdvisories, content};
use crate::tables::window_that_stacks;
use crate::terms::{Tone, status};

/// How many calls one page shows; whoever makes them comes back for the next.
const SHOWN: usize = 50;
/// How far back a hand-over looks: the shift that ends.
const SHIFT: SignedDuration = SignedDuration::from_hours(12);

#[derive(Debug, Clone)]
pub struct View {
    /// Of the team, as it is said at the telephone.
    pub team: String,
    pub telephone: String,
    /// Who reads this.
    pub officer: String,
    /// What may be called now, those first that nobody has, then by deadline.
    pub now: Vec<Item>,
    /// What waits for the morning, the earliest first.
    pub later: Vec<Item>,
    /// How many wait in all.
    pub waits: usize,
    /// What came of the calls of this shift, the newest first.
    pub ended: Vec<Ended>,
    /// The first participants by name of whom nobody answers at night on a number that was tested, and how
    /// many there are.
    pub night: (Vec<(Uuid, String)>, usize),
}

/// Somebody to call.
#[derive(Debug, Clone)]
pub struct Item {
    pub call: Uuid,
    pub task: Task,
    pub title: Text,
    pub exploited: bool,
    /// The first measure that helps.
    pub measure: Option<Text>,
    /// Whether the number was tested.
    pub is_tested: bool,
    pub call_at: Timestamp,
    /// Who has it, until when, and whether that is the reader.
    pub held: Option<(String, Timestamp, bool)>,
}

/// What came of a call.
#[derive(Debug, Clone)]
pub struct Ended {
    pub warning: Uuid,
    pub participant: String,
    pub number: String,
    pub outcome: Outcome,
    pub by: String,
    pub at: Timestamp,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("calls-title"),
        html! {
            h1 { (frame.say("calls-title")) }
            p { (frame.say("calls-what")) }
            p .row .no-print {
                a href="/desk" { (frame.say("board-title")) }
                a href="#handover" { (frame.say("calls-handover")) }
                a href="/desk/ladders" { (frame.say("ladders-title")) }
                a href="/desk/alarms" { (frame.say("alarms-title")) }
            }
            section #now aria-labelledby="now-head" {
                h2 #now-head { (frame.count("calls-now", view.now.len())) }
                @if view.now.is_empty() { p .notice.good { (frame.say("calls-none")) } }
                ol .cards.plain { @for item in &view.now { (card(frame, view, item)) } }
                @if view.waits > view.now.len() + view.later.len() { p .soft { (frame.count("calls-waits", view.waits)) } }
            }
            @if !view.later.is_empty() {
                section #later aria-labelledby="later-head" {
                    h2 #later-head { (frame.say("calls-later")) }
                    p { (frame.say("calls-later-why")) }
                    ol .cards.plain { @for item in &view.later { (card(frame, view, item)) } }
                }
            }
            @if view.night.1 > 0 {
                section #night aria-labelledby="night-head" {
                    h2 #night-head { (frame.say("calls-night")) }
                    p .notice.alarm { (frame.count("calls-night-count", view.night.1)) }
                    p { (frame.say("calls-night-what")) }
                    ul { @for (id, name) in &view.night.0 { li { a href={ "/desk/participants/" (id) } { (name) } } } }
                }
            }
            section #handover aria-labelledby="handover-head" {
                h2 #handover-head { (frame.say("calls-handover")) }
                p { (frame.say("calls-handover-what")) }
                @if view.ended.is_empty() { p .notice { (frame.say("calls-handover-none")) } } @else { (ended(frame, &view.ended)) }
            }
        },
    )
}

fn card(frame: &Frame, view: &View, item: &Item) -> Markup {
    let task = &item.task;
    let id = item.call.simple();
    html! {
        li class={ "card " (Tone::Alarm.name()) } id={ "call-" (id) } {
            div .row {
                h3 { a href={ "/desk/warnings/" (task.warning) } { (task.participant) } }
                (frame.severity(task.severity))
                @if item.exploited { (status(Tone::Alarm, &frame.say("board-exploited"))) }
                @if let Some((number, of)) = task.rung { (frame.rung(number, of)) }
                (frame.deadline(task.deadline))
                span .soft { (task.number) }
            }
            @if item.call_at > frame.now {
                p { (frame.say("calls-from")) " " (frame.time(item.call_at)) }
            }
            @match &item.held {
                Some((name, until, _)) => {
                    p .notice.heed { (frame.say_with("calls-held", &[("name", name)])) " " (frame.time(*until)) }
                }
                None => {}
            }
            @if let Some(person) = &task.person {
                p .print-only { (person.name) " (" (frame.term(person.role)) ") " strong { (person.telephone.as_deref().unwrap_or_default()) } }
            }
            (acts(frame, task, false))
            @if !item.held.as_ref().is_some_and(|(_, _, mine)| *mine) {
                div .acts { (frame.button(&format!("/desk/calls/{}/hold", item.call), &[], &frame.say("calls-hold"))) }
            }
            (script(frame, view, item))
        }
    }
}

/// What to say, in the order in which it is said. What was measured is said to nobody whose number was never
/// tried, before they have called back.
fn script(frame: &Frame, view: &View, item: &Item) -> Markup {
    let task = &item.task;
    let name = task.person.as_ref().map_or_else(|| frame.say("calls-somebody"), |person| person.name.clone());
    let is_measured = matches!(task.seen, Seen::StillThere { .. });
    html! {
        div {
            h4 { (frame.say("calls-script")) }
            ol .small {
                li { (frame.say_with("calls-script-hello", &[("officer", &view.officer), ("team", &view.team), ("name", &name)])) }
                @if !item.is_tested { li { strong { (frame.say_with("calls-script-untested", &[("telephone", &view.telephone)])) } } }
                li { (frame.say_with("calls-script-about", &[("number", &task.number)])) " " (frame.text(&item.title)) }
                li { (frame.say(if is_measured { "calls-script-measured" } else { "calls-script-registered" })) }
                @if item.exploited { li { (frame.say("calls-script-exploited")) } }
                li {
                    (frame.say("calls-script-ask")) " " (frame.time(task.deadline))
                    @if let Some(measure) = &item.measure { ": " (frame.text(measure)) }
                }
                li { (frame.say("calls-script-answer")) }
                li { (frame.say_with("calls-script-back", &[("telephone", &view.telephone)])) }
            }
            p .soft { (frame.say("calls-script-others")) }
        }
    }
}

fn ended(frame: &Frame, rows: &[Ended]) -> Markup {
    window_that_stacks(
        "ended-table",
        html! {
            table {
                caption #ended-table { (frame.say("calls-ended")) }
                thead { tr {
                    @for key in ["calls-when", "board-participant", "calls-outcome", "calls-by"] { th scope="col" { (frame.say(key)) } }
                } }
                tbody {
                    @for row in rows {
                        tr {
                            td { (frame.time(row.at)) }
                            th scope="row" { a href={ "/desk/warnings/" (row.warning) } { (row.participant) } " " span .soft { (row.number) } }
                            td { (frame.term(row.outcome)) }
                            td { (row.by) }
                        }
                    }
                }
            }
        },
    )
}

/// What a page needs to know about one call. `None` for a call about nothing that was released.
async fn item(
    house: &House,
    known: &mut KnownAdvisories,
    names: &BTreeMap<OfficerId, String>,
    me: OfficerId,
    call: Call,
) -> Result<Option<Item>, StoreError> {
    let now = house.now();
    let Some(line) = warnings::line(&house.db, call.warning).await? else { return Ok(None) };
    let Some(warning) = warnings::of_id(&house.db, call.warning, now).await? else { return Ok(None) };
    let Some(on_desk) = known.of(house, line.advisory).await? else { return Ok(None) };
    let Some(told) = content(on_desk, &warning).cloned() else { return Ok(None) };
    let people = contacts::of_participant(&house.db, line.participant).await?;
    let person = people.iter().find(|it| Some(it.id) == call.contact);
    let is_tested = person.is_some_and(|person| person.state(now) == State::Verified);
    let held = call
        .held_by(now)
        .zip(call.held)
        .map(|(by, held)| (names.get(&by).cloned().unwrap_or_default(), held.until, by == me));
    let (id, call_at) = (call.id.0, call.call_at);
    let Some(task) = task(house, known, line, Some(call)).await? else { return Ok(None) };
    // Who asks for help is called back about that, and the call of the ladder waits with it.
    let task = match task.why {
        Why::HelpAsked => Task { why: Why::Call { call: id }, ..task },
        _ => task,
    };
    Ok(Some(Item {
        call: id,
        task,
        title: told.title.clone(),
        exploited: told.exploited,
        measure: first_measure(&told),
        is_tested,
        call_at,
        held,
    }))
}

fn first_measure(content: &Content) -> Option<Text> {
    let claimable = content.measures.iter().filter(|measure| measure.reliability.may_be_claimed());
    claimable.map(|measure| measure.title.clone()).next()
}

pub async fn show(house: House, may: May<WatchDesk>, (): (), (): ()) -> Result<Markup, WebError> {
    let now = house.now();
    let officer = &may.who.officer;
    let names = officers::names(&house.db).await?;
    let mut known = KnownAdvisories::default();
    let waiting = calls::waiting(&house.db, i64::MAX).await?;
    let waits = waiting.len();
    let (mut due, mut later): (Vec<Call>, Vec<Call>) = waiting.into_iter().partition(|it| it.call_at <= now);
    let is_others = |call: &Call| call.held_by(now).is_some_and(|by| by != officer.id);
    due.sort_by_key(|call| (is_others(call), call.ordered_at, call.id));
    later.sort_by_key(|call| (call.call_at, call.id));
    due.truncate(SHOWN);
    later.truncate(SHOWN);
    let mut lists = [Vec::new(), Vec::new()];
    for (list, calls) in lists.iter_mut().zip([due, later]) {
        for call in calls {
            list.extend(item(&house, &mut known, &names, officer.id, call).await?);
        }
    }
    let [mut now_items, later] = lists;
    let is_others = |item: &Item| item.held.as_ref().is_some_and(|(_, _, mine)| !mine);
    now_items.sort_by_key(|item| (is_others(item), item.task.deadline, item.call));
    let mut ended = Vec::new();
    for call in calls::ended_since(&house.db, now - SHIFT, i64::try_from(SHOWN).unwrap_or(i64::MAX)).await? {
        let (Some((outcome, by, at)), Some(line)) =
            (call.outcome, warnings::line(&house.db, call.warning).await?)
        else {
            continue;
        };
        let (participant, number) = (line.participant_name, line.advisory_number);
        let by = names.get(&by).cloned().unwrap_or_default();
        ended.push(Ended { warning: line.id.0, participant, number, outcome, by, at });
    }
    let (night, count) = without_a_night_number(&house).await?;
    let view = View {
        night: (night.into_iter().map(|(id, name)| (id.0, name)).collect(), count),
        team: house.team.name.clone(),
        telephone: house.team.telephone.clone(),
        officer: officer.name.clone(),
        now: now_items,
        later,
        waits,
        ended,
    };
    Ok(page(&may.frame_for(&house, Tlp::Amber), &view))
}

/// The first participants of whom nobody answers at night on a number that was tested within the life of a test,
/// and how many there are.
pub(crate) async fn without_a_night_number(
    house: &House,
) -> Result<(Vec<(ParticipantId, String)>, usize), StoreError> {
    let since = house.now() - Contact::TEST_LIFE;
    let limit = i64::try_from(SHOWN).unwrap_or(i64::MAX);
    let (first, count) = participants::without_a_number_for_the_night(&house.db, since, limit).await?;
    Ok((first, usize::try_from(count).unwrap_or(usize::MAX)))
}

/// A call is left to whoever took it; a colleague who was second hears that.
pub async fn hold(house: House, may: May<WorkDesk>, id: CallId, (): ()) -> Result<Onward, WebError> {
    let Some(call) = calls::of_id(&house.db, id).await? else { return Err(WebError::NotFound) };
    match call::hold(&house, may.who.officer.id, call.id).await? {
        true => Ok(Onward::saying(&format!("/desk/calls#call-{}", call.id.0.simple()), "call-held")),
        false => Err(WebError::Refused("refused-call-held")),
    }
}

pub struct Outcomes {
    outcome: Outcome,
}

impl Form for Outcomes {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { outcome: fields.word("outcome", Outcome::of_word)? })
    }
}

/// Who was first counts; a colleague who was second hears that it was noted already.
pub async fn end(house: House, may: May<WorkDesk>, id: CallId, ended: Outcomes) -> Result<Onward, WebError> {
    let Some(call) = calls::of_id(&house.db, id).await? else { return Err(WebError::NotFound) };
    match call::end(&house, may.who.officer.id, call.id, ended.outcome).await? {
        true => Ok(Onward::saying("/desk", "noted")),
        false => Err(WebError::Refused("refused-call-ended")),
    }
}

#[cfg(test)]
mod tests {
    use domain::severity::Severity;
    use domain::warning::Stage;

    use super::*;
    use crate::claim_and_evidence::Said;
    use crate::desk::board::tests::{at, still_there, task};
    use crate::page::testing::check;

    fn item(number: u128, is_tested: bool, held: Option<(String, Timestamp, bool)>) -> Item {
        let seen = if is_tested { still_there() } else { Seen::Nothing };
        Item {
            call: Uuid::from_u128(number),
            task: Task {
                severity: Severity::Critical,
                stage: Stage::Notified,
                ..task(number, "Noordzorg", Why::Call { call: Uuid::from_u128(number) }, Said::Nothing, seen)
            },
            title: Text::both("Lek in Citrix ADC en Gateway", "Hole in Citrix ADC and Gateway"),
            exploited: is_tested,
            measure: Some(Text::both("Zet de tijdelijke maatregel aan", "Turn the workaround on")),
            is_tested,
            call_at: at("2020-01-16T13:00:00Z"),
            held,
        }
    }

    #[test]
    fn the_calling_list_says_whom_to_call_what_to_say_and_what_came_of_the_shift() {
        let until = at("2020-01-16T13:20:00Z");
        let ended = |number, outcome| Ended {
            warning: Uuid::from_u128(number),
            participant: "Zuidzorg".into(),
            number: "2019-0042".into(),
            outcome,
            by: "Jan Dijkgraaf".into(),
            at: at("2020-01-16T09:00:00Z"),
        };
        let later = Item { call_at: at("2020-01-17T06:00:00Z"), ..item(4, false, None) };
        let view = View {
            team: "z-cert".into(),
            telephone: "085-0000 100".into(),
            officer: "C. Dam".into(),
            now: vec![
                item(1, true, None),
                item(2, false, Some(("Jan Dijkgraaf".into(), until, false))),
                item(3, true, Some(("C. Dam".into(), until, true))),
            ],
            later: vec![later],
            waits: 70,
            ended: vec![ended(5, Outcome::Reached), ended(6, Outcome::WrongNumber)],
            night: (vec![(Uuid::from_u128(7), "Duinzicht".into())], 3),
        };
        check("calls", "/desk/calls", |frame| page(frame, &view));
        let calm = View { now: vec![], later: vec![], waits: 0, ended: vec![], night: (vec![], 0), ..view };
        check("calls-none", "/desk/calls", |frame| page(frame, &calm));
    }
}
