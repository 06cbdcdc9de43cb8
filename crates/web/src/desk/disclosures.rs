//! `GET /desk/disclosures`: what the gate decided. What waits for a person is released or refused here, in bulk;
//! what was withheld stands with its reason; and of each decision there is everything that it rests on.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use domain::disclosure::{Item, State};
use domain::ids::{DisclosureId, ParticipantId};
use domain::tlp::Tlp;
use flow::disclose::{self, ask_again};
use flow::house::House;
use maud::{Markup, html};
use store::disclosures::{self, Disclosure};
use store::{contacts, participants};
use uuid::Uuid;

use crate::WebError;
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WatchDesk, WorkDesk};
use crate::page::Frame;
use crate::terms::{Tone, status};

/// How many of each a page shows.
const SHOWN: i64 = 200;

#[derive(Debug, Clone)]
pub struct View {
    /// The oldest first.
    pub waiting: Vec<Line>,
    /// Each reason with how many it holds back, the most first.
    pub reasons: Vec<(String, usize)>,
    /// The oldest first.
    pub withheld: Vec<Line>,
    /// The newest first.
    pub lately: Vec<Line>,
}

/// A decision with the names of whom it is about and who would receive it.
#[derive(Debug, Clone)]
pub struct Line {
    pub disclosure: Disclosure,
    pub about: Option<String>,
    pub recipient: String,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("disclosures-title"),
        html! {
            h1 { (frame.say("disclosures-title")) }
            p { (frame.say("disclosures-what")) }
            ul .plain {
                li { a href="/desk/law" { (frame.say("law-title")) } }
                li { a href="/desk/law/what-if" { (frame.say("what-if-title")) } }
                li { a href="/desk/organisations" { (frame.say("organisations-title")) } }
            }
            section #waiting aria-labelledby="waiting-head" {
                h2 #waiting-head { (frame.say("disclosures-waiting")) }
                @if view.waiting.is_empty() { p .notice { (frame.say("disclosures-none-waiting")) } } @else {
                    (frame.form("/desk/disclosures/release", html! {
                        p { (frame.say("disclosures-release-what")) }
                        ul .cards.plain {
                            @for line in &view.waiting {
                                li .card {
                                    label .choice for={ "id-" (line.disclosure.id) } {
                                        input type="checkbox" id={ "id-" (line.disclosure.id) }
                                            name={ "id-" (line.disclosure.id) } value="yes" checked;
                                        span { (heading(frame, line)) }
                                    }
                                    (rests_on(frame, line))
                                }
                            }
                        }
                        button { (frame.say("disclosures-release")) }
                        " "
                        button .quiet formaction="/desk/disclosures/refuse" { (frame.say("disclosures-refuse")) }
                    }))
                }
            }
            section aria-labelledby="withheld-head" {
                h2 #withheld-head { (frame.say("disclosures-withheld")) }
                @if view.withheld.is_empty() { p .notice { (frame.say("disclosures-none-withheld")) } } @else {
                    ul { @for (why, count) in &view.reasons { li { (count) " × " (why) } } }
                    ul .cards.plain { @for line in &view.withheld { (card(frame, line)) } }
                }
            }
            section aria-labelledby="lately-head" {
                h2 #lately-head { (frame.say("disclosures-lately")) }
                @if view.lately.is_empty() { p .notice { (frame.say("disclosures-none")) } }
                ul .cards.plain { @for line in &view.lately { (card(frame, line)) } }
            }
        },
    )
}

fn card(frame: &Frame, line: &Line) -> Markup {
    html! { li .card id={ "d-" (line.disclosure.id.0.simple()) } { p { (heading(frame, line)) } (rests_on(frame, line)) } }
}

/// What, to whom, in which form, and what became of it.
pub(crate) fn heading(frame: &Frame, line: &Line) -> Markup {
    let record = &line.disclosure.record;
    let form = record.form.map_or("form-none", |form| match form {
        domain::disclosure::Form::Full => "form-full",
        domain::disclosure::Form::Redacted => "form-redacted",
        domain::disclosure::Form::Aggregate => "form-aggregate",
    });
    let tone = match line.disclosure.state {
        State::Released => Tone::Good,
        State::Waiting | State::Withheld => Tone::Heed,
        State::Refused | State::Superseded => Tone::Quiet,
        State::Recalled => Tone::Alarm,
    };
    html! {
        strong { (frame.say(&format!("item-{}", record.item.word()))) }
        @if let Some(about) = &line.about { " · " (about) }
        " → " (line.recipient) " (" (record.kind) ") · " (frame.say(form)) " "
        (status(tone, &frame.say(&format!("decision-{}", line.disclosure.state.word()))))
        " " span .soft { (frame.time(line.disclosure.decided_at)) }
    }
}

/// Everything that a decision rests on, and why it is not more.
pub(crate) fn rests_on(frame: &Frame, line: &Line) -> Markup {
    let record = &line.disclosure.record;
    let given = |key: &str, value: String| {
        html! {
            @if !value.is_empty() { dt { (frame.say(key)) } dd { (value) } }
        }
    };
    html! {
        @if let Some(why) = &record.why_not_more { p { (disclose::sentence(&frame.words, why)) } }
        details {
            summary { (frame.say("disclosures-rests-on")) }
            dl .pairs {
                (given("disclosures-class", format!("{}, TLP:{}", record.class.code(), record.tlp.word())))
                (given("disclosures-purpose", frame.say(&format!("purpose-{}", record.purpose.word()))))
                (given("disclosures-ground", record.ground.clone()))
                (given("disclosures-rules", record.rules.join(", ")))
                (given("disclosures-masks", record.masks.join(", ")))
                (given("disclosures-obligations", record.obligations.join(", ")))
                (given("disclosures-as-of", format!("{} / {}", record.world, record.known)))
                (given("disclosures-version", record.version.clone()))
                @if let Some((_, by)) = line.disclosure.settled.as_ref().filter(|(_, by)| !by.is_empty()) {
                    (given("disclosures-by", by.clone()))
                }
            }
        }
    }
}

/// The decisions with the names that belong to them.
pub(crate) async fn lines(house: &House, found: Vec<Disclosure>) -> Result<Vec<Line>, WebError> {
    let mut names: BTreeMap<ParticipantId, (String, BTreeMap<String, String>)> = BTreeMap::new();
    let mut lines = Vec::new();
    for disclosure in found {
        let mut about = None;
        let mut recipient = disclosure.record.recipient.clone();
        if let Some(of) = disclosure.record.about {
            let (name, people) = match names.entry(of) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => {
                    let name =
                        participants::of_id(&house.db, of).await?.map(|it| it.name).unwrap_or_default();
                    let people = contacts::of_participant(&house.db, of).await?;
                    let people = people.into_iter().map(|it| (it.id.to_string(), it.name)).collect();
                    unknown.insert((name, people))
                }
            };
            about = Some(name.clone());
            recipient = people.get(&recipient).cloned().unwrap_or(recipient);
        }
        if let Item::Offer { offer } = &disclosure.record.item
            && let Some(offer) = disclosures::offer_of_id(&house.db, *offer).await?
        {
            about = Some(offer.group);
        }
        lines.push(Line { disclosure, about, recipient });
    }
    Ok(lines)
}

pub async fn show(house: House, may: May<WatchDesk>, (): (), (): ()) -> Result<Markup, WebError> {
    let frame = may.frame_for(&house, Tlp::Amber);
    let waiting = disclosures::in_state(&house.db, State::Waiting, None, SHOWN).await?;
    let withheld = disclosures::in_state(&house.db, State::Withheld, None, SHOWN).await?;
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for why in withheld.iter().filter_map(|one| one.record.why_not_more.as_ref()) {
        *reasons.entry(disclose::sentence(&frame.words, why)).or_default() += 1;
    }
    let mut reasons: Vec<(String, usize)> = reasons.into_iter().collect();
    reasons.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let lately = disclosures::newest(&house.db, 20).await?;
    let view = View {
        waiting: lines(&house, waiting).await?,
        reasons,
        withheld: lines(&house, withheld).await?,
        lately: lines(&house, lately).await?,
    };
    Ok(page(&frame, &view))
}

/// Those that were ticked.
pub struct Ticked(Vec<DisclosureId>);

impl Form for Ticked {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let ids = fields.beginning_with("id-").map(|(id, _)| {
            id.parse::<Uuid>().map(DisclosureId).map_err(|_| WebError::Refused("refused-form"))
        });
        Ok(Self(ids.collect::<Result<_, _>>()?))
    }
}

/// `POST /desk/disclosures/release`: what was ticked goes, each in the form that holds now.
pub async fn release(house: House, may: May<WorkDesk>, (): (), ticked: Ticked) -> Result<Onward, WebError> {
    ask_again::release(&house, &ticked.0, &may.who.officer).await?;
    Ok(Onward::saying("/desk/disclosures", "noted"))
}

/// `POST /desk/disclosures/refuse`: what was ticked does not go.
pub async fn refuse(house: House, may: May<WorkDesk>, (): (), ticked: Ticked) -> Result<Onward, WebError> {
    for id in ticked.0 {
        ask_again::refuse(&house, id, &may.who.officer).await?;
    }
    Ok(Onward::saying("/desk/disclosures", "noted"))
}

#[cfg(test)]
pub(crate) mod tests {
    use domain::disclosure::{Class, Form as Shape, Kind, Purpose, Reason, Record};
    use domain::warning::Channel;
    use jiff::civil::date;

    use super::*;
    use crate::page::testing::check;

    pub(crate) fn line(number: u128, form: Option<Shape>, state: State) -> Line {
        let why = Reason {
            key: "why-missing".into(),
            values: [("form", "FULL"), ("given", "designated_for")]
                .map(|(name, it)| (name.to_owned(), it.to_owned()))
                .into(),
        };
        Line {
            disclosure: Disclosure {
                id: DisclosureId(Uuid::from_u128(number)),
                decided_at: "2020-01-12T09:00:00Z".parse().unwrap(),
                record: Record {
                    item: Item::Offer { offer: domain::ids::OfferId(Uuid::from_u128(3)) },
                    about: None,
                    sender: "national".into(),
                    recipient: "zorgteam".into(),
                    kind: Kind::new("CCT"),
                    class: Class::D6,
                    tlp: Tlp::Amber,
                    purpose: Purpose::Warn,
                    channel: Channel::Platform,
                    form,
                    needs_person: form == Some(Shape::Full),
                    rules: vec!["national-2018/other-team-counts".into()],
                    ground: "numbers that name nobody".into(),
                    version: "0123456789ab".into(),
                    masks: vec![],
                    obligations: vec!["keep-the-label".into()],
                    world: date(2020, 1, 12),
                    known: date(2020, 1, 12),
                    why_not_more: Some(why).filter(|_| form != Some(Shape::Full)),
                },
                state,
                settled: None,
                delivery: None,
            },
            about: Some("care".into()),
            recipient: "zorgteam".into(),
        }
    }

    #[test]
    fn what_waits_what_is_withheld_and_why_stand_on_one_page() {
        let view = View {
            waiting: vec![line(1, Some(Shape::Full), State::Waiting)],
            reasons: vec![("for this reason".into(), 2)],
            withheld: vec![line(2, Some(Shape::Aggregate), State::Withheld)],
            lately: State::ALL
                .into_iter()
                .zip(3..)
                .map(|(state, number)| line(number, None, state))
                .collect(),
        };
        check("desk-disclosures", "/desk/disclosures", |frame| page(frame, &view));
        let none = View { waiting: vec![], reasons: vec![], withheld: vec![], lately: vec![] };
        check("desk-disclosures-none", "/desk/disclosures", |frame| page(frame, &none));
    }
}
