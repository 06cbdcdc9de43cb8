//! Who looked at the systems of a warning, and who was asked to: on the desk and on the participant's own
//! page. Time in which nobody looked is shown as *not looked*, and never as *fine*.

use std::collections::BTreeMap;

use domain::advisory::Content;
use domain::finder::{Finder, Standing};
use domain::ids::RescanId;
use domain::rescan::{Asked, Rescan, State, Touch};
use domain::tlp::Pap;
use domain::warning::Warning;
use flow::follow_up::rescan::{self, NotAsked};
use flow::house::House;
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use store::{StoreError, assets, consents, finders, rescans};
use uuid::Uuid;

use crate::WebError;
use crate::fields::{Field, choices, list};
use crate::form::{Fields, Form};
use crate::page::Frame;
use crate::terms::{Tone, address_in_parts, status};
use crate::wall_time::date_field;

#[derive(Debug, Clone, Default)]
pub struct Looks {
    /// Whose systems they are.
    pub of: Uuid,
    /// In the order of the warning.
    pub systems: Vec<System>,
    /// The newest first.
    pub requests: Vec<Request>,
    /// Whom the desk can ask beside the participant and partners: finders that are known.
    pub finders: Vec<(Uuid, String)>,
}

/// A system, and when anybody looked at it.
#[derive(Debug, Clone)]
pub struct System {
    pub id: Uuid,
    pub label: String,
    pub looked_at: Option<Timestamp>,
    /// How far others may look, and until when.
    pub consent: Option<(Touch, Timestamp)>,
}

#[derive(Debug, Clone)]
pub struct Request {
    pub id: Uuid,
    pub reference: String,
    pub system: String,
    pub whom: Whom,
    pub touch: Touch,
    pub pap: Pap,
    pub state: State,
    pub asked_at: Timestamp,
    pub due_at: Timestamp,
    /// When it came to where it is.
    pub turned_at: Option<Timestamp>,
    pub reason: Option<String>,
    /// No letter went out: a person tells them.
    pub by_hand: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    Participant,
    Finder(String),
    Partner(String),
}

impl Request {
    fn is_open(&self) -> bool {
        matches!(self.state, State::Asked | State::Accepted)
    }
}

/// What is known of looks at the systems of a warning.
pub(crate) async fn looks(house: &House, warning: &Warning, content: &Content) -> Result<Looks, StoreError> {
    let (now, of) = (house.now(), warning.participant);
    let mut systems = Vec::new();
    let mut labels = BTreeMap::new();
    for (asset, looked_at) in rescan::last_looks(house, warning, content).await? {
        let label = assets::of_id(&house.db, asset, of).await?.map(|it| it.label()).unwrap_or_default();
        let running = consents::of_asset(&house.db, asset, of).await?.into_iter().filter(|it| it.holds(now));
        let consent = running.map(|it| (it.touch, it.ends_at)).max();
        labels.insert(asset, label.clone());
        systems.push(System { id: asset.0, label, looked_at, consent });
    }
    let known = finders::all(&house.db).await?;
    let asked = rescans::of_warning(&house.db, warning.id, of).await?;
    let label = |it: &Rescan| labels.get(&it.asset).cloned().unwrap_or_else(|| it.place());
    let requests = asked.iter().map(|it| request(it, label(it), &known, now)).collect();
    let finders = known.into_iter().filter(|it| it.standing == Standing::Known);
    Ok(Looks { of: of.0, systems, requests, finders: finders.map(|it| (it.id.0, it.name)).collect() })
}

fn request(it: &Rescan, system: String, known: &[Finder], now: Timestamp) -> Request {
    let finder = |id| known.iter().find(|it| it.id == id).map(|it| it.name.clone()).unwrap_or_default();
    let state = it.state(now);
    Request {
        id: it.id.0,
        reference: it.reference(),
        system,
        whom: match &it.asked {
            Asked::Participant => Whom::Participant,
            Asked::Finder(id) => Whom::Finder(finder(*id)),
            Asked::Partner { name, .. } => Whom::Partner(name.clone()),
        },
        touch: it.touch,
        pap: it.pap,
        state,
        asked_at: it.asked_at,
        due_at: it.due_at,
        turned_at: match state {
            State::Asked => None,
            State::Accepted => it.accepted_at,
            State::Declined => it.declined_at,
            State::Answered => it.answered.map(|(at, _)| at),
            State::Expired => Some(it.due_at),
            State::Withdrawn => it.withdrawn_at,
        },
        reason: it.reason.clone(),
        by_hand: !it.is_written_to && it.asked != Asked::Participant,
    }
}

/// The section of the desk's page, with the form that asks. `action` is the address of the warning.
pub fn for_the_desk(frame: &Frame, looks: &Looks, action: &str) -> Markup {
    html! {
        section #looks aria-labelledby="looks-head" data-live {
            h2 #looks-head { (frame.say("looks-head")) }
            (systems(frame, looks, |system| html! {
                p .small { a href={ "/desk/participants/" (looks.of) "/assets/" (system.id) } { (frame.say("looks-to-system")) } }
            }))
            (requests(frame, looks, |it| desk_acts(frame, it, action), true))
            @if !looks.systems.is_empty() {
                details #ask-look {
                    summary { (frame.say("looks-ask")) }
                    div .drawer { (ask_form(frame, looks, action)) }
                }
            }
        }
    }
}

/// The section of the participant's page. Whoever may only read sees no button.
pub fn for_the_participant(frame: &Frame, looks: &Looks, action: &str, may_answer: bool) -> Markup {
    let consent = |system: &System| html! { @if may_answer { (consent_form(frame, system, action)) } };
    let acts = |it: &Request| {
        html! { @if may_answer && it.whom == Whom::Participant && it.is_open() { (own_acts(frame, it, action)) } }
    };
    html! {
        @if !looks.systems.is_empty() {
            section #looks aria-labelledby="looks-head" data-live {
                h2 #looks-head { (frame.say("looks-head")) }
                p .soft { (frame.say("looks-what")) }
                (systems(frame, looks, consent))
                (requests(frame, looks, acts, false))
            }
        }
    }
}

fn systems(frame: &Frame, looks: &Looks, more: impl Fn(&System) -> Markup) -> Markup {
    html! {
        ul .cards.plain {
            @for system in &looks.systems {
                li .card {
                    h3 { (address_in_parts(&system.label)) }
                    p {
                        @match system.looked_at {
                            Some(at) => { (status(Tone::Quiet, &frame.say("looks-not-since"))) " " (frame.time(at)) }
                            None => { (status(Tone::Heed, &frame.say("looks-never"))) }
                        }
                    }
                    @match system.consent {
                        Some((touch, until)) => p .small {
                            (frame.say("looks-consent-until")) " " (frame.time(until)) ": " (frame.term(touch))
                        },
                        None => p .small.soft { (frame.say("looks-no-consent")) },
                    }
                    (more(system))
                }
            }
        }
    }
}

fn requests(frame: &Frame, looks: &Looks, acts: impl Fn(&Request) -> Markup, is_desk: bool) -> Markup {
    html! {
        @if !looks.requests.is_empty() {
            h3 { (frame.say("looks-requests")) }
            ul .cards.plain {
                @for it in &looks.requests {
                    li .card id={ "look-" (it.id) } {
                        p {
                            (status(tone(it.state), &frame.term(it.state)))
                            @if let Some(at) = it.turned_at { " " (frame.time(at)) }
                        }
                        dl .pairs.small {
                            dt { (frame.say("looks-whom")) }
                            dd { (whom(frame, &it.whom, is_desk)) }
                            dt { (frame.say("looks-system")) }
                            dd { (address_in_parts(&it.system)) }
                            dt { (frame.say("looks-far")) }
                            dd { (frame.term(it.touch)) ", PAP:" (it.pap.word()) }
                            dt { (frame.say("looks-asked-on")) }
                            dd { (frame.time(it.asked_at)) }
                            dt { (frame.say("looks-due")) }
                            dd { (frame.time(it.due_at)) }
                            @if let Some(reason) = it.reason.as_deref().filter(|it| *it != "consent") {
                                dt { (frame.say("looks-reason")) }
                                dd { "“" (reason) "”" }
                            }
                        }
                        @if is_desk && it.by_hand && it.is_open() {
                            p .notice.heed { (frame.say_with("looks-by-hand", &[("reference", &it.reference)])) }
                        }
                        (acts(it))
                    }
                }
            }
        }
    }
}

fn tone(state: State) -> Tone {
    match state {
        State::Asked | State::Expired | State::Declined => Tone::Heed,
        State::Accepted | State::Answered | State::Withdrawn => Tone::Quiet,
    }
}

/// A participant hears that a finder is asked, and not which.
fn whom(frame: &Frame, whom: &Whom, is_desk: bool) -> String {
    match whom {
        Whom::Participant if is_desk => frame.say("looks-whom-participant"),
        Whom::Participant => frame.say("looks-whom-you"),
        Whom::Finder(name) if is_desk => name.clone(),
        Whom::Finder(_) => frame.say("looks-whom-finder"),
        Whom::Partner(name) => name.clone(),
    }
}

fn ask_form(frame: &Frame, looks: &Looks, action: &str) -> Markup {
    let systems: Vec<_> = looks.systems.iter().map(|it| (it.id.to_string(), it.label.clone())).collect();
    let mut whom = vec![
        ("participant".to_owned(), frame.say("looks-whom-participant")),
        ("partner".to_owned(), frame.say("looks-whom-partner")),
    ];
    whom.extend(looks.finders.iter().map(|(id, name)| (id.to_string(), name.clone())));
    let far = Touch::ALL.map(|it| (it.word(), frame.term(it)));
    let labels = ["GREEN", "AMBER", "RED", "CLEAR"].map(|it| (it.to_owned(), format!("PAP:{it}")));
    let due = frame.now + jiff::SignedDuration::from_hours(72);
    frame.form(
        &format!("{action}/rescans"),
        html! {
            (list("ask", "asset", &frame.say("looks-system"), &systems, None))
            (list("ask", "whom", &frame.say("looks-whom"), &whom, None))
            (Field::new("ask", "partner", frame.say("looks-partner-name")).hint(frame.say("looks-partner-hint")))
            (Field::new("ask", "mail", frame.say("looks-partner-mail")).kind("email"))
            (choices("ask", "touch", &frame.say("looks-far"), &far, Some(Touch::OwnRecords.word())))
            (list("ask", "pap", &frame.say("looks-label"), &labels, None))
            (Field::new("ask", "due_on", frame.say("looks-due")).kind("date").value(date_field(due)).required())
            button { (frame.say("looks-ask-send")) }
        },
    )
}

fn desk_acts(frame: &Frame, it: &Request, action: &str) -> Markup {
    let action = format!("{action}/rescans/turn");
    let form = it.id.simple().to_string();
    let id = it.id.to_string();
    html! {
        @if it.is_open() {
            div .acts {
                (frame.button(&action, &[("rescan", &id), ("turn", "withdraw")], &frame.say("looks-withdraw")))
                @if it.state == State::Asked && it.whom != Whom::Participant {
                    (frame.button(&action, &[("rescan", &id), ("turn", "accept")], &frame.say("looks-they-accept")))
                }
                @if it.whom != Whom::Participant {
                    (decline(frame, &action, &form, &id, &frame.say("looks-they-decline")))
                }
            }
        }
    }
}

fn own_acts(frame: &Frame, it: &Request, action: &str) -> Markup {
    let action = format!("{action}/rescans");
    let (form, id) = (it.id.simple().to_string(), it.id.to_string());
    html! {
        div .acts {
            @if it.state == State::Asked {
                (frame.button(&action, &[("rescan", &id), ("turn", "accept")], &frame.say("looks-accept")))
            }
            (decline(frame, &action, &form, &id, &frame.say("looks-decline")))
        }
    }
}

pub(crate) fn decline(frame: &Frame, action: &str, form: &str, id: &str, summary: &str) -> Markup {
    html! {
        details id={ "decline-" (form) } {
            summary { (summary) }
            div .drawer {
                (frame.form(action, html! {
                    input type="hidden" name="rescan" value=(id);
                    input type="hidden" name="turn" value="decline";
                    (Field::new(form, "reason", frame.say("looks-reason")).required())
                    button { (frame.say("looks-decline-send")) }
                }))
            }
        }
    }
}

fn consent_form(frame: &Frame, system: &System, action: &str) -> Markup {
    let action = format!("{action}/consent");
    let (form, id) = (system.id.simple().to_string(), system.id.to_string());
    let far = [Touch::ThirdParties, Touch::TheSystem].map(|it| (it.word(), frame.term(it)));
    let until = frame.now + jiff::SignedDuration::from_hours(14 * 24);
    html! {
        @if system.consent.is_some() {
            (frame.button(&action, &[("asset", &id), ("consent", "withdraw")], &frame.say("looks-consent-withdraw")))
        } @else {
            details id={ "consent-" (form) } {
                summary { (frame.say("looks-consent-give")) }
                div .drawer {
                    p { (frame.say("looks-consent-what")) }
                    (frame.form(&action, html! {
                        input type="hidden" name="asset" value=(id);
                        input type="hidden" name="consent" value="give";
                        (choices(&form, "touch", &frame.say("looks-far"), &far, None))
                        (Field::new(&form, "until", frame.say("looks-consent-end")).kind("date")
                            .value(date_field(until)).required())
                        button { (frame.say("looks-consent-send")) }
                    }))
                }
            }
        }
    }
}

/// What somebody says about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    Accept,
    Decline(String),
    Withdraw,
}

pub struct Turning {
    pub rescan: RescanId,
    pub turn: Turn,
}

impl Form for Turning {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let rescan = fields.id("rescan")?.ok_or(WebError::Refused("refused-form"))?;
        let turn = match fields.raw("turn") {
            Some("accept") => Turn::Accept,
            Some("decline") => Turn::Decline(fields.needed_line("reason")?),
            Some("withdraw") => Turn::Withdraw,
            _ => return Err(WebError::Refused("refused-form")),
        };
        Ok(Self { rescan, turn })
    }
}

/// The end of the whole of `day`.
pub(crate) fn end_of(house: &House, day: Date) -> Result<Timestamp, WebError> {
    let after = day.tomorrow().map_err(|_| WebError::Refused("refused-time"))?;
    house.instant(after.at(0, 0, 0, 0)).ok_or(WebError::Refused("refused-time"))
}

impl From<NotAsked> for WebError {
    fn from(error: NotAsked) -> Self {
        use domain::rescan::Refused::*;
        match error {
            NotAsked::NoSuchWarning(_) | NotAsked::NoSuchRescan(_) => Self::NotFound,
            NotAsked::NoSuchFinder(_) => Self::Refused("refused-no-finder"),
            NotAsked::Held(_) => Self::Refused("refused-look-gate"),
            NotAsked::Refused(why) => Self::Refused(match why {
                Label { .. } => "refused-look-label",
                Travel(_) => "refused-look-travel",
                NoConsent => "refused-look-consent",
                Days => "refused-look-days",
                ConsentDays => "refused-consent-days",
                NoPlace => "refused-look-place",
                NoFinding => "refused-look-finding",
                ForeignAsset => "refused-foreign-asset",
                Over => "refused-look-over",
            }),
            NotAsked::Store(cause) => cause.into(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::page::testing::check;

    /// Two systems, one that nobody looked at, and a request in every state.
    pub fn sample() -> Looks {
        let at: Timestamp = "2020-01-15T08:00:00Z".parse().unwrap();
        let system = |number: u128, label: &str, looked_at, consent| System {
            id: Uuid::from_u128(number),
            label: label.into(),
            looked_at,
            consent,
        };
        let states = [
            State::Asked,
            State::Accepted,
            State::Declined,
            State::Answered,
            State::Expired,
            State::Withdrawn,
        ];
        let whom = [
            Whom::Participant,
            Whom::Partner("Terp CSIRT".into()),
            Whom::Finder("Dijkleger".into()),
            Whom::Participant,
            Whom::Partner("Terp CSIRT".into()),
            Whom::Participant,
        ];
        let request = |(number, (state, whom)): (u128, (State, Whom))| Request {
            id: Uuid::from_u128(number),
            reference: format!("0000000000{number}"),
            system: "vpn.noordzorg.example".into(),
            by_hand: whom != Whom::Participant,
            whom,
            touch: Touch::TheSystem,
            pap: Pap::Green,
            state,
            asked_at: at,
            due_at: at + jiff::SignedDuration::from_hours(72),
            turned_at: (state != State::Asked).then_some(at),
            reason: (state == State::Declined).then(|| "02:00".to_owned()),
        };
        Looks {
            of: Uuid::from_u128(9),
            systems: vec![
                system(11, "vpn.noordzorg.example", Some(at), Some((Touch::TheSystem, at))),
                system(12, "Citrix NetScaler 12.1", None, None),
            ],
            requests: (21..).zip(states.into_iter().zip(whom)).map(request).collect(),
            finders: vec![(Uuid::from_u128(31), "Dijkleger".into())],
        }
    }

    #[test]
    fn what_nobody_looked_at_is_said_to_be_not_looked_at_on_both_sides() {
        let looks = sample();
        let page = |frame: &Frame, main: Markup| frame.document("x", html! { h1 { "x" } (main) });
        check("looks-desk", "/desk/warnings/1", |frame| {
            page(frame, for_the_desk(frame, &looks, "/desk/warnings/1"))
        });
        for may_answer in [true, false] {
            let name = if may_answer { "looks-own" } else { "looks-own-reader" };
            check(name, "/my/warnings/1", |frame| {
                page(frame, for_the_participant(frame, &looks, "/my/warnings/1", may_answer))
            });
        }
    }

    #[test]
    fn a_participant_is_not_told_which_finder_looks() {
        let frame = crate::page::testing::frame(flow::words::Words::dutch(), "/my/warnings/1");
        let html = for_the_participant(&frame, &sample(), "/my/warnings/1", true).into_string();
        assert!(!html.contains("Dijkleger") && html.contains("een melder"), "{html}");
    }
}
