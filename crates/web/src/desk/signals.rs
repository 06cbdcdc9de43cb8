//! `GET /desk/signals`: the morning of a shift. What feeds announce, what nobody has seen first, with who else has
//! it; and what is not as it should be. A signal is a title and a place to
//! look; nobody is warned of it.

use std::collections::BTreeSet;

use domain::ids::SourceId;
use domain::source::Health;
use domain::tlp::Tlp;
use flow::house::House;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use store::outbox::{self, State};
use store::signals::{self, Signal};
use store::{advisories, jobs, papers, sources, vulnerabilities};

use crate::WebError;
use crate::desk::board::door::{ROWS, page_number, paging};
use crate::desk::vulnerabilities::address_of;
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WatchDesk, WorkDesk};
use crate::page::Frame;
use crate::tables::{Paging, address, window};
use crate::terms::{Tone, status};

#[derive(Debug, Clone)]
pub struct View {
    /// What nobody has seen first, then the newest first.
    pub signals: Vec<Line>,
    /// How many nobody has seen.
    pub new: usize,
    pub paging: Paging,
    /// Until when somebody who presses has seen them.
    pub until: Timestamp,
    pub morning: Morning,
}

/// What else wants a person at the start of a shift.
#[derive(Debug, Clone, Default)]
pub struct Morning {
    /// Sources that do not do as they used to, by id and name.
    pub sources: Vec<(SourceId, String, Health)>,
    /// Jobs and papers on the shelf.
    pub shelved: usize,
    /// What could not be delivered, and what waits for a server since long.
    pub undelivered: usize,
    /// Advisories that wait for a second person.
    pub proposals: usize,
}

#[derive(Debug, Clone)]
pub struct Line {
    pub signal: Signal,
    /// Which of its vulnerabilities we know.
    pub known: Vec<String>,
    /// Other sources that announce one of them.
    pub others: BTreeSet<String>,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let until = view.until.to_string();
    let columns = ["signals-title-column", "signals-source", "signals-at", "signals-names"];
    frame.document(
        &frame.say("page-nav-signals"),
        html! {
            h1 { (frame.say("page-nav-signals")) }
            p { (frame.say("signals-what")) " " a href="/desk/records" { (frame.say("records-of-lists")) } }
            (morning(frame, &view.morning))
            @if view.new > 0 {
                p { strong { (frame.count("signals-new", view.new)) } }
                (frame.button("/desk/signals", &[("until", until.as_str())], &frame.say("signals-seen")))
            }
            (window("signals-caption", html! {
                table {
                    caption #signals-caption { (frame.count("signals-found", view.paging.total)) }
                    thead { tr { @for key in columns { th scope="col" { (frame.say(key)) } } } }
                    tbody { @for line in &view.signals { (row(frame, line)) } }
                }
            }))
            @if view.signals.is_empty() { p .notice { (frame.say("signals-none")) } }
            (frame.pager(view.paging, |page| address("/desk/signals", &[("page", &page.to_string())])))
        },
    )
}

/// What is not as it should be, each with where it is put right. Nothing is said of what is well.
fn morning(frame: &Frame, morning: &Morning) -> Markup {
    let counts = [
        ("signals-shelved", morning.shelved, "/desk/shelf"),
        ("signals-undelivered", morning.undelivered, "/desk"),
        ("signals-proposals", morning.proposals, "/desk/advisories"),
    ];
    let is_quiet = morning.sources.is_empty() && counts.iter().all(|(_, count, _)| *count == 0);
    html! {
        section #morning aria-labelledby="morning-head" {
            h2 #morning-head { (frame.say("signals-morning")) }
            @if is_quiet { p { (status(Tone::Good, &frame.say("signals-all-well"))) } } @else {
                ul {
                    @for (id, name, health) in &morning.sources {
                        li { a href={ "/desk/sources/" (id) } { (name) } " " (status(Tone::Alarm, &frame.term(*health))) }
                    }
                    @for (key, count, at) in counts {
                        @if count > 0 { li { a href=(at) { (frame.count(key, count)) } } }
                    }
                }
            }
        }
    }
}

fn row(frame: &Frame, line: &Line) -> Markup {
    let signal = &line.signal;
    html! {
        tr id={ "signal-" (signal.id.simple()) } tabindex="-1" data-row {
            th scope="row" lang="en" {
                (signal.title)
                @if signal.seen_at.is_none() { " " (status(Tone::Heed, &frame.say("signals-is-new"))) }
                // No page of ours leads to another host by a press: whoever wants to look copies it.
                @if let Some(link) = &signal.link { br; code .small { (link) } }
            }
            td {
                (signal.source)
                @if !line.others.is_empty() {
                    br; span .small .soft {
                        (frame.say("signals-also")) " " (line.others.iter().cloned().collect::<Vec<_>>().join(", "))
                    }
                }
            }
            td { (frame.time(signal.at)) }
            td {
                @for name in &signal.names {
                    @if line.known.contains(name) { a href=(address_of(name)) { code { (name) } } } @else { code { (name) } }
                    " "
                }
                (frame.form("/desk/drafts", html! {
                    input type="hidden" name="signal" value=(signal.id);
                    button .quiet data-key="n" { (frame.say("signals-draft")) }
                }))
            }
        }
    }
}

/// Which page of the list.
pub struct Asked {
    page: usize,
}

impl Form for Asked {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { page: page_number(fields) })
    }
}

pub async fn show(house: House, may: May<WatchDesk>, (): (), asked: Asked) -> Result<Markup, WebError> {
    let (all, new) = signals::counts(&house.db).await?;
    let (skip, paging) = paging(asked.page, all);
    let announced = signals::announced_by(&house.db, LOOKED_AT).await?;
    let mut lines = Vec::new();
    for signal in signals::newest(&house.db, skip, i64::try_from(ROWS).unwrap_or(i64::MAX)).await? {
        let known = vulnerabilities::known_of(&house.db, signal.names.iter()).await?;
        let others = signal.names.iter().filter_map(|name| announced.get(name)).flatten();
        let others = others.filter(|source| **source != signal.source).cloned().collect();
        lines.push(Line { signal, known, others });
    }
    let new = usize::try_from(new).unwrap_or(usize::MAX);
    let morning = start_of_shift(&house).await?;
    let view = View { signals: lines, new, paging, until: house.now(), morning };
    Ok(page(&may.frame_for(&house, Tlp::Green), &view))
}

/// How far back it is looked for who else announced something.
const LOOKED_AT: i64 = 2_000;

async fn start_of_shift(house: &House) -> Result<Morning, WebError> {
    let now = house.now();
    let unwell = |health: &Health| !matches!(health, Health::New | Health::Well | Health::Paused);
    let sources = sources::all(&house.db).await?.into_iter();
    let sources = sources.map(|it| (it.id, it.name.clone(), it.course.health(&it.settings, now)));
    let bounced = outbox::counts(&house.db).await?.into_iter().find(|(state, _)| *state == State::Bounced);
    let late = outbox::late(&house.db, now - WAITS_LONG).await?.map_or(0, |(count, _)| count);
    let undelivered = bounced.map_or(0, |(_, count)| count).saturating_add(late);
    let shelved = jobs::on_the_shelf(&house.db).await?.len() + papers::on_the_shelf(&house.db).await?.len();
    Ok(Morning {
        sources: sources.filter(|(.., health)| unwell(health)).collect(),
        shelved,
        undelivered: usize::try_from(undelivered).unwrap_or(usize::MAX),
        proposals: advisories::waiting(&house.db).await?,
    })
}

/// A letter that waits longer than this waits for something that a person can see to.
const WAITS_LONG: SignedDuration = SignedDuration::from_mins(30);

/// What came until then was seen.
pub struct SeenUntil(Timestamp);

impl Form for SeenUntil {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self(fields.word("until", |word| word.parse().ok())?))
    }
}

/// `POST /desk/signals`: whatever came while the page was being read stays new.
pub async fn see(
    house: House,
    may: May<WorkDesk>,
    (): (),
    SeenUntil(until): SeenUntil,
) -> Result<Onward, WebError> {
    let (by, now) = (may.who.officer.id, house.now());
    house.write("see signals", async |tx| signals::see(tx, until, by, now).await).await?;
    Ok(Onward::saying("/desk/signals", "noted"))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::page::testing::check;

    #[test]
    fn a_signal_that_nobody_has_seen_says_so() {
        let at: Timestamp = "2020-01-13T09:30:00Z".parse().unwrap();
        let signal = |link: Option<&str>, seen_at: Option<Timestamp>| Signal {
            id: Uuid::from_u128(if seen_at.is_some() { 2 } else { 1 }),
            source: "terp.example".into(),
            title: "Attackers use a hole in <Terp>".into(),
            link: link.map(str::to_owned),
            at,
            received_at: at,
            names: ["CVE-2019-19781".to_owned(), "CVE-2026-1000010".to_owned()].into(),
            seen_at,
        };
        let line =
            |signal| Line { signal, known: vec!["CVE-2019-19781".into()], others: ["nvd".to_owned()].into() };
        let morning = Morning {
            sources: vec![(SourceId(Uuid::from_u128(5)), "terp.example".into(), Health::Silent)],
            shelved: 2,
            undelivered: 1,
            proposals: 3,
        };
        let view = View {
            signals: vec![line(signal(Some("https://terp.example/1"), None)), line(signal(None, Some(at)))],
            new: 1,
            paging: Paging::single(2),
            until: at,
            morning,
        };
        check("signals", "/desk/signals", |frame| page(frame, &view));
        let none = View {
            signals: vec![],
            new: 0,
            paging: Paging::single(0),
            until: at,
            morning: Morning::default(),
        };
        check("signals-none", "/desk/signals", |frame| page(frame, &none));
    }
}
