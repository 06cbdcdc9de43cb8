//! `GET /desk/ladders`: when we press harder, and what that would ask of real participants;
//! `POST /desk/ladders`: proposes others; `POST /desk/ladders/in-force`: a second person puts them in force.
//!
//! Playing writes nothing and tells nobody: it shows calls per hour, rungs for which nobody has a number, and
//! rungs that go to the person who had the rung below.

use std::collections::BTreeMap;

use domain::escalation::{For, Gap, Rung, Unfit};
use domain::ids::{AdvisoryId, ParticipantId};
use domain::rehearsal::Rehearsal;
use domain::severity::Severity;
use domain::tlp::Tlp;
use flow::house::House;
use flow::ladders::{self as pressing, NotTaken};
use formats::rules::{self, Refused};
use jiff::Timestamp;
use maud::{Markup, html};
use store::{StoreError, advisories, ladders, officers, participants};
use uuid::Uuid;

use crate::WebError;
use crate::fields::{Field, list, tick};
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WatchDesk, WorkDesk};
use crate::page::Frame;
use crate::path::uuid;
use crate::tables::{window, window_that_stacks};

/// Among how many advisories one chooses; of how many participants of one kind the page gives the names.
const ADVISORIES: i64 = 100;
const NAMED: usize = 40;

#[derive(Debug, Clone)]
pub struct View {
    /// What counts, the mildest first.
    pub ladders: Vec<(For, Vec<Rung>)>,
    /// The number of the edition, who wrote it, who put it in force and when; none for what the node began with.
    pub edition: Option<(u64, String, String, Timestamp)>,
    /// What waits for a second person, who wrote it and when, and whether the reader may put it in force.
    pub proposed: Option<(u64, String, Timestamp, bool)>,
    /// The file that can be edited: what waits, or what counts.
    pub text: String,
    /// Why what was sent in does not fit.
    pub refused: Option<Refused>,
    /// Advisories to play, by their ids, the newest first.
    pub advisories: Vec<(String, String)>,
    pub asked: Asked,
    pub played: Option<Played>,
}

/// What playing found, with names.
#[derive(Debug, Clone, Default)]
pub struct Played {
    pub participants: usize,
    /// By the hour, the first one first.
    pub calls: Vec<(Timestamp, usize)>,
    /// With the rung, counted from 1.
    pub nobody: Vec<(Uuid, String, usize)>,
    pub same_person: Vec<(Uuid, String, usize)>,
}

/// What to play.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub play: bool,
    pub advisory: Option<Uuid>,
    pub exploited: bool,
    /// What is proposed, instead of what counts.
    pub proposed: bool,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("ladders-title"),
        html! {
            h1 { (frame.say("ladders-title")) }
            p { (frame.say("ladders-what")) }
            p .no-print { a href="/desk/calls" { (frame.say("calls-title")) } }
            (edition(frame, view))
            @for (place, (whom, rungs)) in view.ladders.iter().enumerate() { (ladder(frame, place, whom, rungs)) }
            (play(frame, view))
            section #edit aria-labelledby="edit-head" {
                h2 #edit-head { (frame.say("ladders-edit")) }
                p { (frame.say("ladders-edit-what")) }
                @if let Some(why) = &view.refused {
                    p .notice.alarm role="alert" { (frame.say("ladders-refused")) " " (unfit(frame, why)) }
                }
                (frame.draft("/desk/ladders", "ladders", html! {
                    (Field::new("edit", "text", frame.say("ladders-text")).kind("textarea").value(&view.text).required())
                    button { (frame.say("ladders-propose")) }
                }))
            }
        },
    )
}

fn edition(frame: &Frame, view: &View) -> Markup {
    html! {
        p .soft {
            @match &view.edition {
                Some((number, author, other, at)) => {
                    (frame.say_with("ladders-edition", &[("number", &number.to_string()), ("author", author), ("other", other)]))
                    " " (frame.time(*at))
                }
                None => (frame.say("ladders-shipped")),
            }
        }
        @if let Some((number, author, at, may)) = &view.proposed {
            div .notice.heed {
                p {
                    (frame.say_with("ladders-proposed", &[("number", &number.to_string()), ("author", author)]))
                    " " (frame.time(*at))
                }
                @if *may {
                    p { (frame.say("ladders-put-what")) }
                    (frame.button("/desk/ladders/in-force", &[("number", &number.to_string())], &frame.say("ladders-put")))
                } @else {
                    p { (frame.say("ladders-second")) }
                }
            }
        }
    }
}

/// For which holes and for whom a ladder is, in words.
fn whom_words(frame: &Frame, whom: &For) -> String {
    let mut words = frame.say_with("ladders-from", &[("severity", &frame.term(whom.from))]);
    if whom.exploited {
        words += ", ";
        words += &frame.say("board-exploited");
    }
    if let Some(sector) = &whom.sector {
        words += ", ";
        words += &frame.group(sector);
    }
    words
}

/// Why a file does not fit, and where.
fn unfit(frame: &Frame, why: &Refused) -> Markup {
    let of_one = |whom: &For, key: &str, rung: usize| {
        let (whom, rung) = (whom_words(frame, whom), rung.saturating_add(1).to_string());
        html! { (frame.say_with(key, &[("whom", &whom), ("rung", &rung)])) }
    };
    match why {
        Refused::Ladder { whom, unfit: Unfit::Repeats(rung) } => of_one(whom, "ladders-unfit-repeats", *rung),
        Refused::Ladder { whom, unfit: Unfit::OutOfOrder(rung) } => {
            of_one(whom, "ladders-unfit-order", *rung)
        }
        Refused::Ladder { whom, unfit: Unfit::Empty } => of_one(whom, "ladders-unfit-empty", 0),
        Refused::Ladders(Gap::Twice(whom)) => of_one(whom, "ladders-unfit-twice", 0),
        Refused::Ladders(Gap::NobodyElse) => html! { (frame.say("ladders-unfit-nobody-else")) },
        // What the reader of the file says, it says in one language.
        Refused::File { line, what } => html! {
            @if let Some(line) = line {
                (frame.say_with("ladders-unfit-line", &[("line", &line.to_string())])) " "
            }
            code lang="en" { (what) }
        },
        Refused::Catalogue(what) | Refused::Scheme(what) => html! { code lang="en" { (what) } },
    }
}

fn ladder(frame: &Frame, place: usize, whom: &For, rungs: &[Rung]) -> Markup {
    let id = format!("ladder-{place}");
    let keys = [
        "ladders-rung",
        "ladders-after",
        "ladders-hours",
        "ladders-channel",
        "ladders-person",
        "ladders-sender",
        "ladders-frame",
    ];
    window_that_stacks(
        &id,
        html! {
            table {
                caption id=(id) { (whom_words(frame, whom)) }
                thead { tr { @for key in keys { th scope="col" { (frame.say(key)) } } } }
                tbody {
                    @for (number, rung) in rungs.iter().enumerate() {
                        tr {
                            th scope="row" { (number + 1) }
                            td { (frame.span(rung.after)) }
                            td { (frame.say(&format!("ladders-hours-{}", rung.hours.word()))) }
                            td { (frame.term(rung.way.channel)) }
                            td { (frame.term(rung.way.person)) }
                            td { (frame.term(rung.way.sender)) }
                            td { (frame.term(rung.way.frame)) }
                        }
                    }
                }
            }
        },
    )
}

fn play(frame: &Frame, view: &View) -> Markup {
    let chosen = view.asked.advisory.map(|id| id.to_string()).unwrap_or_default();
    let everybody = (String::new(), frame.say("ladders-play-everybody"));
    let options: Vec<(String, String)> =
        std::iter::once(everybody).chain(view.advisories.iter().cloned()).collect();
    html! {
        section #play aria-labelledby="play-head" {
            h2 #play-head { (frame.say("ladders-play")) }
            p { (frame.say("ladders-play-what")) }
            form .filters method="get" action="/desk/ladders#play" {
                input type="hidden" name="play" value="yes";
                (list("play", "advisory", &frame.say("ladders-play-advisory"), &options, Some(&chosen)))
                (tick("play", "exploited", &frame.say("board-exploited"), view.asked.exploited))
                @if view.proposed.is_some() {
                    (tick("play", "proposed", &frame.say("ladders-play-proposed"), view.asked.proposed))
                }
                button { (frame.say("ladders-play-go")) }
            }
            @if let Some(played) = &view.played { (found(frame, played)) }
        }
    }
}

fn found(frame: &Frame, played: &Played) -> Markup {
    html! {
        p { (frame.count("ladders-played", played.participants)) }
        @if played.calls.is_empty() { p .notice { (frame.say("ladders-no-calls")) } } @else {
            (window("calls-per-hour", html! {
                table {
                    caption #calls-per-hour { (frame.say("ladders-calls")) }
                    thead { tr { th scope="col" { (frame.say("ladders-hour")) } th scope="col" .number { (frame.say("ladders-count")) } } }
                    tbody { @for (hour, count) in &played.calls { tr { td { (frame.time(*hour)) } td .number { (count) } } } }
                }
            }))
        }
        (named(frame, "ladders-nobody", &played.nobody))
        (named(frame, "ladders-same", &played.same_person))
    }
}

fn named(frame: &Frame, key: &str, list: &[(Uuid, String, usize)]) -> Markup {
    html! {
        h3 { (frame.count(key, list.len())) }
        ul {
            @for (id, name, rung) in list.iter().take(NAMED) {
                li {
                    a href={ "/desk/participants/" (id) } { (name) } ": "
                    (frame.say_with("ladders-at-rung", &[("rung", &rung.to_string())]))
                }
            }
        }
        @if list.len() > NAMED { p .soft { (frame.count("ladders-more", list.len() - NAMED)) } }
    }
}

impl Form for Asked {
    /// An address that was cut short still opens the page.
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self {
            play: fields.tick("play"),
            advisory: fields.raw("advisory").and_then(uuid),
            exploited: fields.tick("exploited"),
            proposed: fields.tick("proposed"),
        })
    }
}

async fn names_of(house: &House, found: Rehearsal) -> Result<Played, StoreError> {
    let all: Vec<ParticipantId> = found.nobody.iter().chain(&found.same_person).map(|(id, _)| *id).collect();
    let who = participants::of_ids(&house.db, &all).await?;
    let names: BTreeMap<ParticipantId, String> = who.into_iter().map(|it| (it.id, it.name)).collect();
    let name =
        |(id, rung): (ParticipantId, usize)| (id.0, names.get(&id).cloned().unwrap_or_default(), rung + 1);
    Ok(Played {
        participants: found.participants,
        calls: found.calls.into_iter().collect(),
        nobody: found.nobody.into_iter().map(name).collect(),
        same_person: found.same_person.into_iter().map(name).collect(),
    })
}

async fn view(
    house: &House,
    me: domain::ids::OfficerId,
    asked: Asked,
    sent: Option<(String, Refused)>,
) -> Result<View, WebError> {
    let names = officers::names(&house.db).await?;
    let name = |id| names.get(&id).cloned().unwrap_or_default();
    let in_force = pressing::in_force(house).await?;
    let newest = ladders::newest(&house.db).await?;
    let waiting = newest.filter(|it| it.in_force.is_none());
    let counts = house.ladders().await?;
    let (text, refused) = match (sent, &waiting, &in_force) {
        (Some((text, why)), ..) => (text, Some(why)),
        (None, Some(waiting), _) => (waiting.text.clone(), None),
        (None, None, Some(in_force)) => (in_force.text.clone(), None),
        (None, None, None) => (rules::LADDERS.to_owned(), None),
    };
    let mut played = None;
    if asked.play {
        let proposed = match &waiting {
            Some(waiting) if asked.proposed => rules::ladders(&waiting.text).ok(),
            _ => None,
        };
        let by = proposed.as_ref().unwrap_or(&counts);
        let advisory = asked.advisory.map(AdvisoryId);
        let severity = match advisory {
            Some(id) => advisories::of_id(&house.db, id)
                .await?
                .and_then(|on_desk| on_desk.advisory.current().map(|it| it.content.severity()))
                .ok_or(WebError::NotFound)?,
            None => Severity::Critical,
        };
        let found = pressing::play(house, by, advisory, (severity, asked.exploited)).await?;
        played = Some(names_of(house, found).await?);
    }
    let lines = advisories::newest(&house.db, ADVISORIES).await?;
    Ok(View {
        ladders: counts.iter().map(|(whom, ladder)| (whom.clone(), ladder.rungs().to_vec())).collect(),
        edition: in_force
            .and_then(|it| it.in_force.map(|(by, at)| (it.number, name(it.proposed_by), name(by), at))),
        proposed: waiting.map(|it| (it.number, name(it.proposed_by), it.proposed_at, it.proposed_by != me)),
        text,
        refused,
        advisories: lines.into_iter().map(|line| (line.id.to_string(), line.number)).collect(),
        asked,
        played,
    })
}

pub async fn show(house: House, may: May<WatchDesk>, (): (), asked: Asked) -> Result<Markup, WebError> {
    let view = view(&house, may.who.officer.id, asked, None).await?;
    Ok(page(&may.frame_for(&house, Tlp::Amber), &view))
}

/// The file as it was typed, line by line.
pub struct Typed {
    text: String,
}

impl Form for Typed {
    // Ladders for several sectors are typed as one file.
    const TEXT_LENGTH_MAX: usize = 16_000;

    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { text: fields.needed("text")?.replace("\r\n", "\n") })
    }
}

/// What does not fit comes back with the reason and everything that was typed.
pub async fn propose(house: House, may: May<WorkDesk>, (): (), typed: Typed) -> Result<Markup, WebError> {
    let officer = &may.who.officer;
    let sent = match pressing::propose(&house, officer, &typed.text).await {
        Ok(_) => None,
        Err(NotTaken::Refused(why)) => Some((typed.text, why)),
        Err(NotTaken::NotYours) => return Err(WebError::Refused("refused-ladders")),
        Err(NotTaken::Store(cause)) => return Err(cause.into()),
    };
    let view = view(&house, officer.id, Asked::default(), sent).await?;
    Ok(page(&may.frame_for(&house, Tlp::Amber), &view))
}

/// Which edition is put in force.
pub struct Which {
    number: u64,
}

impl Form for Which {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { number: fields.word("number", |word| word.parse().ok())? })
    }
}

pub async fn put_in_force(
    house: House,
    may: May<WorkDesk>,
    (): (),
    which: Which,
) -> Result<Onward, WebError> {
    match pressing::put_in_force(&house, &may.who.officer, which.number).await {
        Ok(()) => Ok(Onward::saying("/desk/ladders", "ladders-in-force")),
        Err(NotTaken::Store(cause)) => Err(cause.into()),
        Err(NotTaken::NotYours | NotTaken::Refused(_)) => Err(WebError::Refused("refused-ladders")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::check;

    #[test]
    fn the_ladders_can_be_read_edited_and_played_and_a_repetition_is_refused_with_its_place() {
        let shipped = rules::ladders(rules::LADDERS).unwrap();
        let at: Timestamp = "2020-01-16T09:52:00Z".parse().unwrap();
        let line = |number: u128, rung| (Uuid::from_u128(number), format!("Zorg {number}"), rung);
        let rung = "{ after_hours = 2, until = \"decided\", channel = \"sms\", person = \"on_call\", \
                    sender = \"csirt\", frame = \"deadline\" }";
        let later = rung.replace("= 2", "= 4");
        let of = |from: &str, rungs: &str| format!("[[ladders]]\nfrom = \"{from}\"\nrungs = [{rungs}]\n");
        let refusals = [
            of("low", &format!("{rung}, {later}")),
            of("low", &format!("{later}, {}", rung.replace("sms", "mail"))),
            of("low", ""),
            of("low", rung).repeat(2),
            "ladders = []".to_owned(),
            of("low", &rung.replace("sms", "pigeon")),
        ];
        let refusals = refusals.map(|text| rules::ladders(&text).unwrap_err());
        let view = View {
            ladders: shipped.iter().map(|(whom, ladder)| (whom.clone(), ladder.rungs().to_vec())).collect(),
            edition: Some((2, "Jan Dijkgraaf".into(), "C. Dam".into(), at)),
            proposed: Some((3, "C. Dam".into(), at, true)),
            text: rules::LADDERS.into(),
            refused: Some(refusals[0].clone()),
            advisories: vec![(Uuid::from_u128(9).to_string(), "2019-0042".into())],
            asked: Asked { play: true, advisory: Some(Uuid::from_u128(9)), exploited: true, proposed: true },
            played: Some(Played {
                participants: 96,
                calls: vec![(at, 12), (at + jiff::SignedDuration::from_hours(2), 40)],
                nobody: vec![line(1, 2)],
                same_person: (0..50).map(|number| line(number, 3)).collect(),
            }),
        };
        check("ladders", "/desk/ladders", |frame| page(frame, &view));
        for (why, expected) in refusals.iter().zip([
            "vanaf laag: trede 2 herhaalt de trede eronder",
            "vanaf laag: trede 2 komt niet later",
            "vanaf laag heeft geen trede",
            "twee ladders vanaf laag",
            "Voor sommigen is er geen ladder",
            "Regel 3 is niet te lezen",
        ]) {
            check("ladders-refused", "/desk/ladders", |frame| {
                let shown = page(frame, &View { refused: Some(why.clone()), ..view.clone() });
                let text = shown.clone().into_string();
                assert!(frame.words.tag() != "nl" || text.contains(expected), "{why}: {expected}");
                shown
            });
        }
        let calm = View {
            edition: None,
            proposed: None,
            refused: None,
            advisories: vec![],
            asked: Asked::default(),
            played: Some(Played::default()),
            ..view
        };
        check("ladders-shipped", "/desk/ladders", |frame| page(frame, &calm));
    }
}
