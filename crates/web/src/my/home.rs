//! `GET /my`: what wants an answer, and otherwise that all is quiet.
//!
//! Good news says so. The page also names the one thing that makes the next crisis go better, and
//! has nothing else on it.

use disclosure::{Cut, Redact};
use domain::contact::Role;
use domain::severity::Severity;
use domain::text::Text;
use domain::tlp::Tlp;
use domain::warning::{Reach, Stage};
use flow::catalogue::ASSETS_MAX;
use flow::house::House;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use store::warnings::{self, Asked};
use store::{StoreError, assets, contacts};
use uuid::Uuid;

use crate::WebError;
use crate::claim_and_evidence::{Said, Seen, contradict};
use crate::may::{May, Member, ReadOwn};
use crate::own_file::{Part, clear};
use crate::page::Frame;
use crate::standing::{KnownAdvisories, content, standing};
use crate::wall_time::wall;

#[derive(Debug, Clone)]
pub struct View {
    /// Those that want an answer first, then by deadline.
    pub warnings: Vec<Item>,
    /// Systems that are registered and in use.
    pub assets: usize,
    pub measured_at: Option<Timestamp>,
    /// When somebody last said that the registered systems are right.
    pub confirmed_at: Option<Timestamp>,
    pub on_call_missing: bool,
    pub ciso_missing: bool,
}

#[derive(Debug, Clone)]
pub struct Item {
    pub id: Uuid,
    pub number: String,
    pub title: Text,
    pub severity: Severity,
    pub stage: Stage,
    pub deadline: Timestamp,
    pub said: Said,
    pub seen: Seen,
    pub wants_answer: bool,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let (asking, rest): (Vec<&Item>, Vec<&Item>) = view.warnings.iter().partition(|item| item.wants_answer);
    let greeting = frame.say(match wall(frame.now).hour() {
        0..6 => "home-good-night",
        6..12 => "home-good-morning",
        12..18 => "home-good-afternoon",
        _ => "home-good-evening",
    });
    frame.document(
        &frame.say("page-nav-home"),
        html! {
            section #asking data-live {
                h1 {
                    (greeting) " "
                    @if asking.is_empty() { (frame.say("home-quiet")) } @else { (frame.count("home-asks", asking.len())) }
                }
                @if let [only] = asking.as_slice() {
                    p { (frame.say("home-before")) " " strong { (frame.near_time(only.deadline)) } }
                }
                @if !asking.is_empty() {
                    ul .cards.plain { @for item in &asking { (card(frame, item)) } }
                }
                (watched(frame, view))
            }
            (missing(frame, view))
            section aria-labelledby="others-head" {
                h2 #others-head { (frame.say("home-others")) }
                @if rest.is_empty() {
                    p .soft { (frame.say("home-no-others")) }
                } @else {
                    ul .cards.plain { @for item in &rest { (card(frame, item)) } }
                }
            }
            ul .plain {
                li { a href="/my/disclosures" { (frame.say("own-disclosures-title")) } }
                li { a href="/my/consents" { (frame.say("consents-title")) } }
                li { a href="/my/feeds" { (frame.say("feeds-title")) } }
                li { a href="/my/webhooks" { (frame.say("webhooks-title")) } }
            }
        },
    )
}

fn watched(frame: &Frame, view: &View) -> Markup {
    html! {
        p {
            @if view.assets == 0 {
                (frame.say("home-nothing-registered")) " " a href="/my/assets" { (frame.say("home-register")) }
            } @else {
                (frame.count("home-watched", view.assets)) " "
                @match view.measured_at {
                    Some(at) => { (frame.say("home-measured")) " " (frame.near_time(at)) "." }
                    None => { (frame.say("home-never-measured")) }
                }
            }
        }
    }
}

/// The one minute that helps most next time.
fn missing(frame: &Frame, view: &View) -> Markup {
    let old =
        view.confirmed_at.is_none_or(|at| frame.now.duration_since(at) > SignedDuration::from_hours(92 * 24));
    let mut gaps = Vec::new();
    if view.on_call_missing {
        gaps.push(("home-on-call-missing", "/my/contacts"));
    }
    if view.ciso_missing {
        gaps.push(("home-ciso-missing", "/my/contacts"));
    }
    if view.assets == 0 {
        gaps.push(("home-assets-none", "/my/assets/start"));
    } else if old {
        gaps.push(("home-assets-old", "/my/assets"));
    }
    html! {
        @if !gaps.is_empty() {
            section .notice.heed aria-labelledby="missing-head" {
                h2 #missing-head { (frame.say("home-missing")) }
                ul {
                    @for (key, href) in gaps {
                        li { (frame.say(key)) " " a href=(href) { (frame.say("home-fill-in")) } }
                    }
                }
            }
        }
    }
}

fn card(frame: &Frame, item: &Item) -> Markup {
    let tone = if item.wants_answer { "card alarm" } else { "card" };
    let href = format!("/my/warnings/{}", item.id);
    html! {
        li class=(tone) id={ "warning-" (item.id) } tabindex="-1" data-row {
            p .row {
                (frame.severity(item.severity))
                span .soft { (item.number) }
                @if item.wants_answer { (frame.deadline(item.deadline)) }
            }
            @if item.wants_answer {
                h2 { a href=(href) { (frame.text(&item.title)) } }
            } @else {
                h3 { a href=(href) { (frame.text(&item.title)) } }
            }
            dl .trio.small {
                div {
                    dt { (frame.say("warning-page-you-said")) }
                    dd { (frame.said(&item.said, contradict(&item.said, &item.seen))) }
                }
                div { dt { (frame.say("warning-page-we-saw")) } dd { (frame.seen(&item.seen)) } }
                div { dt { (frame.say("home-stage")) } dd { (frame.stage(item.stage)) } }
            }
            @if item.wants_answer { p { a .press.call href=(href) { (frame.say("home-to-warning")) } } }
        }
    }
}

impl Redact for View {
    /// Less than all of it is how many want an answer.
    fn cut(mut self, cut: &Cut) -> Self {
        if !cut.is_full() {
            for item in &mut self.warnings {
                item.title = Text::default();
                (item.said, item.seen) = (Said::Nothing, Seen::Nothing);
            }
            (self.assets, self.measured_at, self.confirmed_at) = (0, None, None);
        }
        self
    }
}

pub async fn show(house: House, may: May<ReadOwn>, (): (), (): ()) -> Result<Markup, WebError> {
    let view = load(&house, &may.who).await?;
    let file = clear(&house, &may.who, Part::FollowUp, Tlp::Amber, view).await?;
    Ok(page(&may.frame_for(&house, Tlp::Amber), file.item().view()))
}

/// More than this nobody reads on one page; the open ones come first.
const WARNINGS_MAX: i64 = 100;

async fn load(house: &House, member: &Member) -> Result<View, StoreError> {
    let of = member.actor.participant;
    let registered = assets::of_participant(&house.db, of, ASSETS_MAX).await?;
    let people = contacts::of_participant(&house.db, of).await?;
    let reached = |role| people.iter().any(|it| it.roles.contains(&role) && it.telephone.is_some());
    let asked = Asked { participant: Some(of), ..Asked::default() };
    let mut known = KnownAdvisories::default();
    let mut items = Vec::new();
    for line in warnings::list(&house.db, &asked, 0, WARNINGS_MAX).await? {
        let found = warnings::of_participant(&house.db, line.id, of, house.now()).await?;
        // What the gate held back was never told, here neither.
        let Some(warning) = found.filter(|warning| !warning.is_held_by_the_gate()) else { continue };
        let Some(on_desk) = known.of(house, line.advisory).await? else { continue };
        let Some(content) = content(on_desk, &warning) else { continue };
        let standing = standing(house, &warning, content).await?;
        items.push(Item {
            id: line.id.0,
            number: line.advisory_number,
            title: content.title.clone(),
            severity: line.severity,
            stage: standing.stage,
            deadline: line.due_at,
            said: standing.said,
            seen: standing.seen,
            wants_answer: wants_answer(standing.stage),
        });
    }
    items.sort_by_key(|item| !item.wants_answer);
    Ok(View {
        warnings: items,
        assets: registered.len(),
        measured_at: registered.iter().filter_map(|asset| asset.observed_at).max(),
        confirmed_at: registered.iter().filter_map(|asset| asset.claimed_at).max(),
        on_call_missing: !reached(Role::OnCall),
        ciso_missing: !people.iter().any(|it| it.roles.contains(&Role::Ciso)),
    })
}

/// Whether the participant has something to say now.
fn wants_answer(stage: Stage) -> bool {
    stage.reach() < Reach::Decided || matches!(stage, Stage::CompromiseCheck | Stage::Compromised)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::my::warnings::show;
    use crate::page::testing::{check, frame, languages};

    fn item(number: u128, wants_answer: bool) -> Item {
        let warning = show::tests::sample();
        Item {
            id: Uuid::from_u128(number),
            number: format!("2020-{number:04}"),
            title: warning.title,
            severity: if wants_answer { Severity::Critical } else { Severity::Medium },
            stage: if wants_answer { Stage::Notified } else { Stage::Verified },
            deadline: warning.deadline,
            said: if wants_answer { Said::Nothing } else { Said::NotAffected },
            seen: if wants_answer { warning.seen } else { Seen::Nothing },
            wants_answer,
        }
    }

    fn sample() -> View {
        View {
            warnings: vec![item(42, true), item(31, false)],
            assets: 4,
            measured_at: Some("2020-01-16T08:12:00Z".parse().unwrap()),
            confirmed_at: Some("2019-09-01T08:12:00Z".parse().unwrap()),
            on_call_missing: true,
            ciso_missing: true,
        }
    }

    fn quiet() -> View {
        let confirmed_at = Some("2020-01-02T08:12:00Z".parse().unwrap());
        View { warnings: vec![], confirmed_at, on_call_missing: false, ciso_missing: false, ..sample() }
    }

    #[test]
    fn the_home_asks_for_what_is_needed_and_is_quiet_otherwise() {
        check("my-home", "/my", |frame| page(frame, &sample()));
        check("my-home-quiet", "/my", |frame| page(frame, &quiet()));
        check("my-home-new", "/my", |frame| page(frame, &View { assets: 0, measured_at: None, ..quiet() }));
    }

    #[test]
    fn good_news_says_so() {
        let [dutch, _] = languages();
        let html = page(&frame(dutch, "/my"), &quiet()).into_string();
        assert!(html.contains("Goedemiddag. Het is rustig."));
        assert!(html.contains("Wij houden 4 systemen in de gaten"));
    }
}
