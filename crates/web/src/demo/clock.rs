//! `GET /demo`: play, pause, step; what happened; and a way in for every role.

use flow::deliver::post::Post;
use flow::house::House;
use jiff::{Timestamp, ToSpan};
use maud::{Markup, html};
use store::StoreError;

use super::{Beside, Event, Role};
use crate::WebError;
use crate::form::{Fields, Form};
use crate::may::{Demo, May, Onward};
use crate::page::{Clock, Frame};

#[derive(Debug, Clone)]
pub struct View {
    /// Hours of the story that pass in a second.
    pub speed: u32,
    pub began_at: Timestamp,
    pub ends_at: Timestamp,
    /// What happened until now, oldest first; the page turns it round.
    pub events: Vec<Event>,
    pub next: Option<Event>,
    pub roles: Vec<Role>,
    pub beside: Beside,
    /// What this node did about it: the key of a sentence, and how often.
    pub figures: Vec<(&'static str, u64)>,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("demo-title"),
        html! {
            h1 { (frame.say("demo-title")) }
            p { (frame.say("demo-what")) }
            section #clock aria-labelledby="clock-head" data-live { (clock(frame, view)) }
            section #node aria-labelledby="node-head" data-live { (node(frame, view)) }
            section #roles aria-labelledby="roles-head" {
                h2 #roles-head { (frame.say("demo-roles")) }
                ul .cards.tiles.plain {
                    @for role in &view.roles {
                        li .card {
                            h3 { (role.name) ", " (role.organisation) }
                            p { (frame.say(&role.key())) }
                            (frame.button("/demo/sign-in", &[("as", role.word)], &frame.say_with("demo-become", &[("name", &role.name)])))
                        }
                    }
                }
                @if let Some(place) = &view.beside.finder { p { a href=(place) { (frame.say("demo-finder")) } } }
                @if let Some(address) = &view.beside.website {
                    // No page of ours leads to another host.
                    p { (frame.say("demo-website")) " " code { (address) } }
                }
            }
            section #story aria-labelledby="story-head" data-live { (story(frame, view)) }
        },
    )
}

fn clock(frame: &Frame, view: &View) -> Markup {
    let moving = matches!(frame.clock, Clock::Demo { moving: true });
    let press = |act: &str| {
        html! { button name="act" value=(act) { (frame.say(&format!("demo-{}", act.replace('_', "-")))) } }
    };
    let passed = frame.now.duration_since(view.began_at).as_hours();
    let whole = view.ends_at.duration_since(view.began_at).as_hours().max(1);
    html! {
        h2 #clock-head { (frame.time(frame.now)) }
        p {
            label for="progress" .hidden { (frame.say("demo-progress")) }
            progress #progress max=(whole) value=(passed.clamp(0, whole)) {}
        }
        (frame.form("/demo/clock", html! {
            div .acts {
                @if moving { (press("pause")) } @else { (press("play")) }
                (press("step_hour")) (press("step_day")) (press("next_event"))
            }
        }))
        (frame.form("/demo/clock", html! {
            fieldset .switch {
                legend { (frame.say("demo-speed")) }
                @for speed in [1_u32, 6, 24, 96] {
                    button name="speed" value=(speed) aria-pressed=(speed == view.speed) {
                        (frame.count("demo-hours", usize::try_from(speed).unwrap_or_default()))
                    }
                }
            }
        }))
        @if let Some(next) = &view.next {
            p { (frame.say("demo-next")) " " (frame.time(next.at)) ": " (frame.text(&next.what)) }
        } @else {
            p .notice.good { (frame.say("demo-over")) }
        }
    }
}

fn node(frame: &Frame, view: &View) -> Markup {
    html! {
        h2 #node-head { (frame.say("demo-node")) }
        dl .figures { @for (key, count) in &view.figures { div { dd { (count) } dt { (frame.say(key)) } } } }
        p { a href="/demo/mail" { (frame.say("page-demo-mail")) } }
    }
}

fn story(frame: &Frame, view: &View) -> Markup {
    html! {
        h2 #story-head { (frame.say("demo-story")) }
        @if view.events.is_empty() { p .soft { (frame.say("demo-nothing-yet")) } }
        ol .timeline reversed {
            @for event in view.events.iter().rev() {
                li { div { p { (frame.time(event.at)) } p { (frame.text(&event.what)) } } }
            }
        }
    }
}

pub async fn show(house: House, may: May<Demo>, (): (), (): ()) -> Result<Markup, WebError> {
    let stage = &may.who;
    let (past, next) = stage.events(house.now());
    let view = View {
        speed: stage.speed(),
        began_at: stage.began_at(),
        ends_at: stage.ends_at(),
        events: past.to_vec(),
        next: next.cloned(),
        roles: stage.roles().to_vec(),
        beside: stage.beside().clone(),
        figures: figures(&house).await?,
    };
    Ok(page(&may.frame(&house), &view))
}

async fn figures(house: &House) -> Result<Vec<(&'static str, u64)>, StoreError> {
    let figures = house.figures_lately().await?;
    let mails = match &house.post {
        Post::Catcher(catcher) => catcher.mails().len(),
        Post::Smtp { .. } => 0,
    };
    Ok(vec![
        ("figures-participants", figures.participants),
        ("figures-warned", figures.warned),
        ("demo-mails", u64::try_from(mails).unwrap_or(u64::MAX)),
        ("figures-acknowledged", figures.acknowledged),
        ("figures-claimed", figures.claimed),
        ("figures-verified", figures.verified),
        ("figures-reopened", figures.reopened.values().sum()),
        ("figures-late", figures.late),
        ("board-show-unreached", figures.unreached),
    ])
}

/// One press on the clock.
pub enum Press {
    Play,
    Pause,
    StepHour,
    StepDay,
    NextEvent,
    Speed(u32),
}

impl Form for Press {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        if fields.raw("speed").is_some() {
            let speed = |word: &str| word.parse().ok().filter(|hours| (1..=96).contains(hours));
            return fields.word("speed", speed).map(Self::Speed);
        }
        fields.word("act", |word| match word {
            "play" => Some(Self::Play),
            "pause" => Some(Self::Pause),
            "step_hour" => Some(Self::StepHour),
            "step_day" => Some(Self::StepDay),
            "next_event" => Some(Self::NextEvent),
            _ => None,
        })
    }
}

pub async fn press(house: House, may: May<Demo>, (): (), press: Press) -> Result<Onward, WebError> {
    let (stage, now) = (&may.who, house.now());
    match press {
        Press::Play => stage.set_moving(true),
        Press::Pause => stage.set_moving(false),
        Press::StepHour => stage.leap_to(now + 1.hour()),
        Press::StepDay => stage.leap_to(now + 24.hours()),
        Press::NextEvent => stage.leap_to(stage.events(now).1.map_or(stage.ends_at(), |event| event.at)),
        Press::Speed(hours) => stage.set_speed(hours),
    }
    Ok(Onward::to("/demo"))
}

#[cfg(test)]
mod tests {
    use domain::ids::{ContactId, OfficerId};
    use domain::text::Text;
    use store::sign_in::Person;
    use uuid::Uuid;

    use super::*;
    use crate::page::testing::check;

    fn sample() -> View {
        let event =
            |time: &str, what: &str| Event { at: time.parse().unwrap(), what: Text::both(what, what) };
        View {
            speed: 6,
            began_at: "2019-12-17T19:00:00Z".parse().unwrap(),
            ends_at: "2020-03-09T20:12:00Z".parse().unwrap(),
            events: vec![
                event("2019-12-17T19:00:00Z", "CTX267027"),
                event("2019-12-18T09:00:00Z", "1.00 [M/H]"),
            ],
            next: Some(event("2020-01-16T18:00:00Z", "1.03: M1")),
            roles: vec![
                Role {
                    name: "Jan Dijkgraaf".into(),
                    organisation: "Zorg-CERT Oost".into(),
                    person: Person::Officer(OfficerId(Uuid::from_u128(1))),
                    word: "duty_officer",
                },
                Role {
                    name: "Aleida Waterman".into(),
                    organisation: "Noordzorg".into(),
                    person: Person::Contact(ContactId(Uuid::from_u128(2))),
                    word: "contact",
                },
            ],
            beside: Beside {
                finder: Some(format!("/finders/{}", "0a".repeat(24))),
                website: Some("https://z-cert.example".into()),
            },
            figures: vec![("figures-warned", 104), ("demo-mails", 646)],
        }
    }

    #[test]
    fn the_clock_of_the_story_is_moved_by_buttons() {
        check("demo", "/demo", |frame| page(frame, &sample()));
        let over = View { next: None, events: vec![], ..sample() };
        check("demo-over", "/demo", |frame| {
            page(&Frame { clock: Clock::Demo { moving: false }, ..frame.clone() }, &over)
        });
    }
}
