//! `GET /desk/advisories/{id}/course`: how long it takes until those who were warned are safe. The share that is
//! still exposed, with the table that it is drawn from; medians with their range, by sector, size and channel. Who
//! is silent counts as exposed, and groups of fewer than five are named by nobody's eye but the desk's.

use std::collections::BTreeMap;

use domain::ids::{AdvisoryId, ParticipantId};
use domain::survival::{Course, Quantile, Survival};
use domain::text::Text;
use domain::tlp::Tlp;
use domain::warning::Channel;
use flow::house::House;
use jiff::SignedDuration;
use maud::{Markup, html};
use store::{advisories, assets, participants};
use uuid::Uuid;

use crate::WebError;
use crate::may::{May, WatchDesk};
use crate::page::Frame;
use crate::tables::window;

/// By how many registered systems an organisation is small, middling or large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    None,
    Small,
    Middling,
    Large,
}

impl Size {
    /// Up to 9 systems is small, up to 99 middling.
    fn of(systems: u64) -> Self {
        match systems {
            0 => Self::None,
            1..=9 => Self::Small,
            10..=99 => Self::Middling,
            _ => Self::Large,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::None => "course-size-none",
            Self::Small => "course-size-small",
            Self::Middling => "course-size-middling",
            Self::Large => "course-size-large",
        }
    }
}

#[derive(Debug, Clone)]
pub struct View {
    pub id: Uuid,
    pub number: String,
    pub title: Text,
    pub all: Survival,
    pub by_sector: BTreeMap<String, Survival>,
    pub by_size: BTreeMap<Size, Survival>,
    /// `None` for those whom it never reached.
    pub by_channel: BTreeMap<Option<Channel>, Survival>,
}

const WIDTH: u32 = 600;
const HEIGHT: u32 = 200;
/// The table has so many rows at the most: more are a file and no table.
const ROWS: usize = 24;

pub fn page(frame: &Frame, view: &View) -> Markup {
    let title = frame.say_with("course-title", &[("number", &view.number)]);
    frame.document(
        &title,
        html! {
            h1 { (title) }
            p { a href={ "/desk/advisories/" (view.id) } { (frame.text(&view.title)) } }
            p { (frame.say("course-what")) }
            @if view.all.count == 0 {
                p .notice { (frame.say("course-none")) }
            } @else {
                (curve(frame, &view.all))
                section aria-labelledby="medians-head" {
                    h2 #medians-head { (frame.say("course-medians")) }
                    p .small.soft { (frame.say("course-range-what")) }
                    (window("medians-caption", html! {
                        table {
                            caption #medians-caption { (frame.say("course-medians-by")) }
                            thead { tr {
                                @for key in ["course-group", "course-count", "course-safe", "course-half", "course-most"] {
                                    th scope="col" { (frame.say(key)) }
                                }
                            } }
                            tbody {
                                (line(frame, &frame.say("course-all"), &view.all))
                                @for (sector, it) in &view.by_sector { (line(frame, &frame.group(sector), it)) }
                                @for (size, it) in &view.by_size { (line(frame, &frame.say(size.key()), it)) }
                                @for (channel, it) in &view.by_channel {
                                    @let name = channel.map_or(frame.say("course-unreached"), |it| frame.term(it));
                                    (line(frame, &name, it))
                                }
                            }
                        }
                    }))
                }
            }
        },
    )
}

fn line(frame: &Frame, name: &str, it: &Survival) -> Markup {
    html! {
        tr {
            th scope="row" { (name) }
            td { (it.count) }
            td { (it.ended) }
            td { (range(frame, it.quantile(0.5))) }
            td { (range(frame, it.quantile(0.1))) }
        }
    }
}

/// "31 u (20 u – 2 d 4 u)". What was not reached yet is said, and never left out.
fn range(frame: &Frame, it: Quantile) -> Markup {
    let end = |at: Option<SignedDuration>| at.map_or(frame.say("course-not-yet"), |at| frame.span(at));
    html! {
        @match it.at {
            None => { (frame.say("course-not-yet")) }
            Some(at) => { b { (frame.span(at)) } " " span .soft .nowrap { "(" (end(it.earliest)) " – " (end(it.latest)) ")" } }
        }
    }
}

fn curve(frame: &Frame, all: &Survival) -> Markup {
    let last = all.steps.last().map_or(SignedDuration::from_hours(1), |step| step.after);
    let left = all.steps.last().map_or(1.0, |step| step.share);
    let every = all.steps.len().div_ceil(ROWS).max(1);
    let now = frame.say_with("course-left", &[("percent", &percent(left))]);
    html! {
        div .beside {
            figure .curve {
                figcaption #curve-head { (frame.say("course-curve")) }
                div .curve-y aria-hidden="true" { span { "100 %" } span { "0" } }
                svg role="img" aria-labelledby="curve-head curve-now"
                    viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } preserveAspectRatio="none" {
                    @let line = path(all, last);
                    path .curve-area d={ (line) "V" (HEIGHT) "H0z" } {}
                    path .curve-line d=(line) {}
                }
                div .curve-x aria-hidden="true" { span { "0" } span { (frame.span(last)) } }
                p #curve-now { (now) }
            }
            details #curve-table {
                summary { (frame.say("board-curve-table")) }
                (window("curve-caption", html! {
                    table {
                        caption #curve-caption { (frame.say("course-curve")) }
                        thead { tr {
                            @for key in ["course-after", "course-at-risk", "course-share"] { th scope="col" { (frame.say(key)) } }
                        } }
                        tbody {
                            @for (place, step) in all.steps.iter().enumerate() {
                                @if place % every == 0 || place + 1 == all.steps.len() {
                                    tr {
                                        th scope="row" { (frame.span(step.after)) }
                                        td { (step.at_risk) }
                                        td { (percent(step.share)) " %" }
                                    }
                                }
                            }
                        }
                    }
                }))
            }
        }
    }
}

/// Whole percents, and never 0 or 100 for what is not.
fn percent(share: f64) -> String {
    match share {
        0.0 => "0".into(),
        _ if share >= 1.0 => "100".into(),
        _ => format!("{:.0}", (share * 100.0).clamp(1.0, 99.0)),
    }
}

/// The line as a path, flat until somebody is safe.
fn path(all: &Survival, last: SignedDuration) -> String {
    let whole = last.as_secs_f64().max(1.0);
    let mut path = "M0 0".to_owned();
    for step in &all.steps {
        let x = step.after.as_secs_f64() / whole * f64::from(WIDTH);
        let y = (1.0 - step.share) * f64::from(HEIGHT);
        path += &format!("H{x:.0}V{y:.0}");
    }
    path
}

pub async fn show(house: House, may: May<WatchDesk>, id: AdvisoryId, (): ()) -> Result<Markup, WebError> {
    let on_desk = advisories::of_id(&house.db, id).await?.ok_or(WebError::NotFound)?;
    let sectors: BTreeMap<ParticipantId, String> =
        participants::all(&house.db).await?.into_iter().map(|it| (it.id, it.sector)).collect();
    let systems = assets::counts(&house.db).await?;
    let courses = house.courses(id).await?;
    let mut view = View {
        id: id.0,
        number: on_desk.advisory.number.clone(),
        title: on_desk.advisory.current().map(|revision| revision.content.title.clone()).unwrap_or_default(),
        all: Survival::of(&courses.iter().map(|(_, it)| *it).collect::<Vec<_>>()),
        by_sector: BTreeMap::new(),
        by_size: BTreeMap::new(),
        by_channel: BTreeMap::new(),
    };
    let mut sector: BTreeMap<String, Vec<Course>> = BTreeMap::new();
    let mut size: BTreeMap<Size, Vec<Course>> = BTreeMap::new();
    let mut channel: BTreeMap<Option<Channel>, Vec<Course>> = BTreeMap::new();
    for (of, course) in courses {
        sector.entry(sectors.get(&of).cloned().unwrap_or_default()).or_default().push(course);
        size.entry(Size::of(systems.get(&of).copied().unwrap_or_default())).or_default().push(course);
        channel.entry(course.channel).or_default().push(course);
    }
    view.by_sector = sector.into_iter().map(|(key, it)| (key, Survival::of(&it))).collect();
    view.by_size = size.into_iter().map(|(key, it)| (key, Survival::of(&it))).collect();
    view.by_channel = channel.into_iter().map(|(key, it)| (key, Survival::of(&it))).collect();
    Ok(page(&may.frame_for(&house, Tlp::Amber), &view))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::page::testing::{check, frame, languages};

    fn some(safe: i64, silent: i64) -> Survival {
        let from = Timestamp::UNIX_EPOCH;
        let course = |hours: i64, is_safe| Course {
            from,
            until: from + SignedDuration::from_hours(hours),
            is_safe,
            channel: Some(Channel::Mail),
        };
        let all: Vec<Course> = (1..=safe)
            .map(|hours| course(hours, true))
            .chain((0..silent).map(|_| course(200, false)))
            .collect();
        Survival::of(&all)
    }

    fn sample() -> View {
        View {
            id: Uuid::from_u128(9),
            number: "2020-0042".into(),
            title: Text::both("Lek in Citrix ADC", "Hole in Citrix ADC"),
            all: some(60, 40),
            by_sector: BTreeMap::from([("care".into(), some(40, 10))]),
            by_size: [Size::None, Size::Small, Size::Middling, Size::Large].map(|it| (it, some(9, 9))).into(),
            by_channel: BTreeMap::from([(None, some(0, 7)), (Some(Channel::Mail), some(60, 33))]),
        }
    }

    #[test]
    fn the_course_is_drawn_with_its_table_in_both_languages() {
        let path = "/desk/advisories/9/course";
        check("desk-course", path, |frame| page(frame, &sample()));
        let none = View { all: some(0, 0), ..sample() };
        check("desk-course-none", path, |frame| page(frame, &none));
    }

    #[test]
    fn what_half_of_them_did_not_reach_is_not_yet_and_never_zero() {
        let [dutch, _] = languages();
        let html = line(&frame(dutch, "/desk"), "x", &some(10, 90)).into_string();
        assert_eq!(html.matches("nog niet").count(), 2, "{html}");
        assert_eq!((percent(0.004), percent(0.999), percent(0.0)), ("1".into(), "99".into(), "0".into()));
    }
}
