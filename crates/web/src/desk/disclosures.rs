//! `GET /desk/disclosures`: what the gate decided. What waits for a person is released or refused here, in bulk;
//! what was withheld stands with its reason; of each decision there is everything that it rests on; and whoever asks
//! why somebody did or did not get something finds it by recipient and by whom it is about.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use domain::disclosure::{Item, State};
use domain::ids::{AdvisoryId, DisclosureId, ParticipantId};
use domain::tlp::Tlp;
use flow::disclose::{self, ask_again};
use flow::house::House;
use maud::{Markup, html};
use store::disclosures::{self, Disclosure, Wanted};
use store::{StoreError, advisories, contacts, finders, organisations, participants, webhooks};
use uuid::Uuid;

use super::board::door::{ROWS, page_number, paging};
use super::decision::{mask, obligation};
use crate::WebError;
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WatchDesk, WorkDesk};
use crate::page::Frame;
use crate::tables::{Paging, address};
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
    /// How many are withheld in all.
    pub withheld_total: usize,
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
            (search(frame, ""))
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
                                    (more(frame, line))
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
                    p { a href="/desk/disclosures?state=withheld" { (frame.count("disclosures-all-withheld", view.withheld_total)) } }
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
    html! {
        li .card id={ "d-" (line.disclosure.id.0.simple()) } {
            p { (heading(frame, line)) }
            (rests_on(frame, line))
            (more(frame, line))
        }
    }
}

fn more(frame: &Frame, line: &Line) -> Markup {
    html! { p .no-print { a href={ "/desk/disclosures/" (line.disclosure.id) } { (frame.say("disclosures-to-one")) } } }
}

fn search(frame: &Frame, words: &str) -> Markup {
    frame.search("/desk/disclosures", "q", &frame.say("disclosures-search"), words, &[])
}

/// Decisions that somebody looks for.
#[derive(Debug, Clone)]
pub struct Found {
    /// What was asked: for whom, about whom, under which advisory.
    pub head: String,
    pub words: String,
    /// Several that answer to the words: (what it is, name, address).
    pub choices: Vec<(&'static str, String, String)>,
    /// The newest first.
    pub lines: Vec<Line>,
    pub paging: Paging,
    pub asked: Asked,
}

pub fn found_page(frame: &Frame, view: &Found) -> Markup {
    let state = view.asked.state.map(State::word).unwrap_or_default();
    let here = |state: &str, page: &str| {
        let about = view.asked.about.map(|it| it.to_string()).unwrap_or_default();
        let advisory = view.asked.advisory.map(|it| it.to_string()).unwrap_or_default();
        let parts = [
            ("to", view.asked.to.as_str()),
            ("about", &about),
            ("advisory", &advisory),
            ("state", state),
            ("page", page),
        ];
        address("/desk/disclosures", &parts)
    };
    frame.document(
        &view.head,
        html! {
            h1 { (view.head) }
            p { a href="/desk/disclosures" { (frame.say("disclosures-title")) } }
            (search(frame, &view.words))
            @if !view.words.is_empty() {
                @if view.choices.is_empty() { p .notice { (frame.say("disclosures-nobody")) } } @else {
                    p { (frame.say("disclosures-which")) }
                    ul .cards.tiles.plain {
                        @for (what, name, href) in &view.choices {
                            li .card { h2 { a href=(href) { (name) } } p .soft { (frame.say(what)) } }
                        }
                    }
                }
            } @else {
                @if view.asked.advisory.is_none() {
                    nav .chips aria-label=(frame.say("disclosures-states")) {
                        a href=(here("", "")) aria-current=[state.is_empty().then_some("true")] { (frame.say("disclosures-every-state")) }
                        @for one in State::ALL {
                            a href=(here(one.word(), "")) aria-current=[(one.word() == state).then_some("true")] {
                                (frame.say(&format!("decision-{}", one.word())))
                            }
                        }
                    }
                }
                p .soft { (frame.count("disclosures-found", view.paging.total)) }
                @if view.lines.is_empty() { p .notice { (frame.say("disclosures-none-found")) } }
                ul .cards.plain { @for line in &view.lines { (card(frame, line)) } }
                (frame.pager(view.paging, |page| here(state, &page.to_string())))
            }
        },
    )
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
        @if let Some(about) = &line.about { " · " (frame.group(about)) }
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
    let said = |words: &[String], between: &str, say: &dyn Fn(&str) -> String| {
        words.iter().map(|word| say(word)).collect::<Vec<_>>().join(between)
    };
    html! {
        @if let Some(why) = &record.why_not_more { p { (disclose::sentence(&frame.words, why)) } }
        details {
            summary { (frame.say("disclosures-rests-on")) }
            dl .pairs {
                (given("disclosures-class", format!("{}, TLP:{}", record.class.code(), record.tlp.word())))
                (given("disclosures-purpose", frame.say(&format!("purpose-{}", record.purpose.word()))))
                (given("disclosures-ground", frame.article(&record.ground)))
                (given("disclosures-rules", record.rules.join(", ")))
                (given("disclosures-masks", said(&record.masks, ", ", &|word| mask(frame, word))))
                (given("disclosures-obligations", said(&record.obligations, " ", &|word| obligation(frame, word))))
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
    let outside = organisations::all(&house.db).await?.into_iter().map(|it| it.organisation);
    let outside: BTreeMap<String, String> = outside.map(|one| (one.id, one.name)).collect();
    let mut lines = Vec::new();
    for disclosure in found {
        let mut about = None;
        let recipient = &disclosure.record.recipient;
        let mut recipient = outside.get(recipient).cloned().unwrap_or_else(|| recipient.clone());
        if let Some(of) = disclosure.record.about {
            let (name, people) = match names.entry(of) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => {
                    let name =
                        participants::of_id(&house.db, of).await?.map(|it| it.name).unwrap_or_default();
                    let people = contacts::of_participant(&house.db, of).await?;
                    let people = people.into_iter().map(|it| (it.id.to_string(), it.name));
                    let machines = webhooks::all_of_participant(&house.db, of).await?;
                    let machines =
                        machines.into_iter().map(|it| (it.webhook.id.to_string(), it.webhook.name));
                    unknown.insert((name, people.chain(machines).collect()))
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

/// What the address asks for. Nothing is the overview.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    words: String,
    /// The recipient, as the ledger calls it; blank for all.
    to: String,
    about: Option<ParticipantId>,
    advisory: Option<AdvisoryId>,
    state: Option<State>,
    page: usize,
}

impl Form for Asked {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let state = fields.text("state").unwrap_or_default();
        Ok(Self {
            words: fields.line("q")?.unwrap_or_default(),
            to: fields.line("to")?.unwrap_or_default(),
            about: fields.id("about")?,
            advisory: fields.id("advisory")?,
            state: State::ALL.into_iter().find(|it| it.word() == state),
            page: page_number(fields),
        })
    }
}

impl Asked {
    fn is_all(&self) -> bool {
        self.words.is_empty()
            && self.to.is_empty()
            && self.about.is_none()
            && self.advisory.is_none()
            && self.state.is_none()
    }
}

/// How many of each sort a search offers. Who finds more says more.
const CHOICES_MAX: i64 = 20;

/// Whoever answers to these words: participants, organisations of the register, finders.
async fn answering(house: &House, words: &str) -> Result<Vec<(&'static str, String, String)>, StoreError> {
    let word = words.to_lowercase();
    let mut found = Vec::new();
    for one in participants::list(&house.db, &word, 0, CHOICES_MAX).await? {
        let about = address("/desk/disclosures", &[("about", &one.id.to_string())]);
        found.push(("disclosures-about-participant", one.name, about));
    }
    let to = |recipient: &str| address("/desk/disclosures", &[("to", recipient)]);
    let outside = organisations::all(&house.db).await?.into_iter().map(|it| it.organisation);
    let outside = outside.filter(|one| one.id.contains(&word) || one.name.to_lowercase().contains(&word));
    found.extend(outside.map(|one| ("disclosures-to-organisation", one.name, to(&one.id))));
    let known = finders::all(&house.db).await?.into_iter();
    let known = known.filter(|one| one.name.to_lowercase().contains(&word));
    found.extend(known.map(|one| ("disclosures-to-finder", one.name.clone(), to(&one.name))));
    Ok(found)
}

async fn found(house: &House, frame: &Frame, asked: Asked) -> Result<Found, WebError> {
    let (mut head, mut choices, mut decisions) = (frame.say("disclosures-title"), Vec::new(), Vec::new());
    let mut shown = Paging::single(0);
    if !asked.words.is_empty() {
        choices = answering(house, &asked.words).await?;
    } else if let Some(advisory) = asked.advisory {
        let on_desk = advisories::of_id(&house.db, advisory).await?.ok_or(WebError::NotFound)?;
        head = frame.say_with("disclosures-under", &[("number", &on_desk.advisory.number)]);
        for offer in disclosures::offers_under(&house.db, advisory).await? {
            decisions.extend(disclosures::of_item(&house.db, &Item::Offer { offer: offer.id }).await?);
        }
        shown = Paging::single(decisions.len());
    } else {
        let recipient = Some(asked.to.clone()).filter(|it| !it.is_empty());
        let wanted = Wanted { recipient, about: asked.about, state: asked.state };
        let (skip, paged) = paging(asked.page, disclosures::count(&house.db, &wanted).await?);
        shown = paged;
        decisions =
            disclosures::list(&house.db, &wanted, skip, i64::try_from(ROWS).unwrap_or(i64::MAX)).await?;
        if let Some(about) = asked.about {
            let name = participants::of_id(&house.db, about).await?.ok_or(WebError::NotFound)?.name;
            head = frame.say_with("disclosures-about", &[("name", &name)]);
        } else if !asked.to.is_empty() {
            let known = organisations::of_id(&house.db, &asked.to).await?.map(|it| it.organisation.name);
            let name = known.unwrap_or_else(|| asked.to.clone());
            head = frame.say_with("disclosures-to", &[("name", &name)]);
        } else if let Some(state) = asked.state {
            head = frame.say(&format!("decision-{}", state.word()));
        }
    }
    let lines = lines(house, decisions).await?;
    // Whoever would receive it may be a person of a participant, whom only the decision names.
    if let Some(line) = lines.first().filter(|_| !asked.to.is_empty() && asked.about.is_none()) {
        head = frame.say_with("disclosures-to", &[("name", &line.recipient)]);
    }
    Ok(Found { head, words: asked.words.clone(), choices, lines, paging: shown, asked })
}

pub async fn show(house: House, may: May<WatchDesk>, (): (), asked: Asked) -> Result<Markup, WebError> {
    let frame = may.frame_for(&house, Tlp::Amber);
    if !asked.is_all() {
        let found = found(&house, &frame, asked).await?;
        return Ok(found_page(&frame, &found));
    }
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
        withheld_total: usize::try_from(disclosures::count_in_state(&house.db, State::Withheld).await?)
            .unwrap_or(usize::MAX),
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
                    listed: [].into(),
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
            withheld_total: 1,
            lately: State::ALL
                .into_iter()
                .zip(3..)
                .map(|(state, number)| line(number, None, state))
                .collect(),
        };
        check("desk-disclosures", "/desk/disclosures", |frame| page(frame, &view));
        let none =
            View { waiting: vec![], reasons: vec![], withheld: vec![], withheld_total: 0, lately: vec![] };
        check("desk-disclosures-none", "/desk/disclosures", |frame| page(frame, &none));
    }

    #[test]
    fn decisions_are_found_by_whom_they_are_for_and_about() {
        let view = Found {
            head: "Zorgteam".into(),
            words: String::new(),
            choices: vec![],
            lines: vec![line(1, Some(Shape::Full), State::Released)],
            paging: Paging { page: 2, pages: 3, total: 101 },
            asked: Asked { to: "zorgteam".into(), state: Some(State::Released), ..Asked::default() },
        };
        check("disclosures-found", "/desk/disclosures", |frame| found_page(frame, &view));
        let sorts = ["disclosures-about-participant", "disclosures-to-organisation", "disclosures-to-finder"];
        let choices =
            sorts.map(|sort| (sort, "Zorgteam".to_owned(), "/desk/disclosures?to=zorgteam".to_owned()));
        let several = Found { words: "zorg".into(), choices: choices.into(), ..view.clone() };
        check("disclosures-which", "/desk/disclosures", |frame| found_page(frame, &several));
        let nobody = Found { choices: vec![], ..several };
        check("disclosures-nobody", "/desk/disclosures", |frame| found_page(frame, &nobody));
        let none = Found { lines: vec![], paging: Paging::single(0), asked: Asked::default(), ..view };
        check("disclosures-none-found", "/desk/disclosures", |frame| found_page(frame, &none));
    }
}
