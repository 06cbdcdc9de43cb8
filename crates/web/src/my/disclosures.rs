//! `GET /my/disclosures`: what was told about this organisation, to whom, on which ground, and what was held back.
//! Whoever is on a list sees that it was, and nothing of the others who are.

use std::collections::BTreeMap;

use disclosure::{Cut, Redact};
use domain::disclosure::{Form as Shape, Item, State};
use domain::ids::{ParticipantId, WarningId};
use domain::tlp::Tlp;
use flow::disclose;
use flow::house::House;
use jiff::Timestamp;
use maud::{Markup, html};
use store::disclosures::{self, Disclosure, Wanted};
use store::{StoreError, advisories, contacts, organisations, rescans, warnings, webhooks};
use uuid::Uuid;

use crate::WebError;
use crate::desk::board::door::{ROWS, page_number, paging};
use crate::desk::decision::{mask, obligation};
use crate::desk::what_if::shape;
use crate::form::{Fields, Form};
use crate::may::{May, ReadOwn};
use crate::own_file::{Part, clear};
use crate::page::Frame;
use crate::tables::{Paging, address};
use crate::terms::{Tone, status};

#[derive(Debug, Clone)]
pub struct View {
    /// The newest first.
    pub told: Vec<Told>,
    pub paging: Paging,
}

/// One decision about this organisation, without a word about another.
#[derive(Debug, Clone)]
pub struct Told {
    pub id: Uuid,
    pub at: Timestamp,
    /// What sort of item: the last part of a key.
    pub item: &'static str,
    pub to: To,
    pub state: State,
    pub form: Option<Shape>,
    pub purpose: &'static str,
    pub ground: String,
    /// Why it was not more, as a sentence.
    pub why: Option<String>,
    pub masks: Vec<String>,
    pub obligations: Vec<String>,
    /// A person of ours released it.
    pub by_person: bool,
    /// The number of the advisory that it was about, and the warning where it may be read.
    pub about: Option<(String, Option<WarningId>)>,
    pub is_list: bool,
}

/// Who would receive it, as this organisation may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// One of its own people.
    Own(String),
    /// Somebody who looks for us. Which one is nobody else's business.
    Finder,
    /// An organisation that is no participant.
    Outside(String),
    /// Somebody who is not there any more.
    Gone,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("own-disclosures-title"),
        html! {
            h1 { (frame.say("own-disclosures-title")) }
            p { (frame.say("own-disclosures-what")) }
            p { (frame.say("own-disclosures-not-you")) }
            @if view.told.is_empty() { p .notice { (frame.say("own-disclosures-none")) } } @else {
                p .soft { (frame.count("own-disclosures-count", view.paging.total)) }
            }
            ol .cards.plain { @for told in &view.told { (card(frame, told)) } }
            (frame.pager(view.paging, |page| address("/my/disclosures", &[("page", &page.to_string())])))
        },
    )
}

fn to(frame: &Frame, to: &To) -> String {
    match to {
        To::Own(name) => frame.say_with("own-disclosures-to-own", &[("name", name)]),
        To::Finder => frame.say("looks-whom-finder"),
        To::Outside(name) => name.clone(),
        To::Gone => frame.say("own-disclosures-to-gone"),
    }
}

fn card(frame: &Frame, told: &Told) -> Markup {
    let tone = match told.state {
        State::Released => Tone::Quiet,
        State::Waiting | State::Withheld | State::Refused => Tone::Good,
        State::Superseded => Tone::Quiet,
        State::Recalled => Tone::Heed,
    };
    let what = frame.say(&format!("own-item-{}", told.item));
    let key = match (told.state, told.form) {
        (State::Released, _) => "own-disclosures-released",
        (State::Waiting, _) => "own-disclosures-waiting",
        (State::Withheld, _) => "own-disclosures-withheld",
        (State::Refused, _) => "own-disclosures-refused",
        (State::Superseded, _) => "own-disclosures-superseded",
        (State::Recalled, _) => "own-disclosures-recalled",
    };
    let values = [("what", what.as_str()), ("to", &to(frame, &told.to)), ("form", &shape(frame, told.form))];
    let row =
        |key: &str, value: String| html! { @if !value.is_empty() { dt { (frame.say(key)) } dd { (value) } } };
    let said = |words: &[String], between: &str, say: &dyn Fn(&str) -> String| {
        words.iter().map(|it| say(it)).collect::<Vec<_>>().join(between)
    };
    html! {
        li .card id={ "d-" (told.id.simple()) } {
            p .soft { (frame.time(told.at)) " " (status(tone, &frame.say(&format!("decision-{}", told.state.word())))) }
            p { strong { (frame.say_with(key, &values)) } }
            @if told.is_list { p { (frame.say("own-disclosures-list")) } }
            @if let Some((number, warning)) = &told.about {
                p {
                    @match warning {
                        Some(id) => { a href={ "/my/warnings/" (id) } { (frame.say_with("own-disclosures-about", &[("number", number)])) } }
                        None => { (frame.say_with("own-disclosures-about", &[("number", number)])) }
                    }
                }
            }
            @if let Some(why) = &told.why { p { (frame.say("own-disclosures-why")) " " (why) } }
            dl .pairs.small {
                (row("disclosures-purpose", frame.say(&format!("purpose-{}", told.purpose))))
                (row("disclosures-ground", frame.article(&told.ground)))
                (row("disclosures-masks", said(&told.masks, ", ", &|word| mask(frame, word))))
                (row("decision-obligations", said(&told.obligations, " ", &|word| obligation(frame, word))))
                @if told.by_person { (row("step-person", frame.say("own-disclosures-by-person"))) }
            }
        }
    }
}

impl Redact for View {
    /// Less than all of it is how many there are.
    fn cut(mut self, cut: &Cut) -> Self {
        if !cut.is_full() {
            self.told.clear();
        }
        self
    }
}

pub struct Asked {
    page: usize,
}

impl Form for Asked {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { page: page_number(fields) })
    }
}

pub async fn show(house: House, may: May<ReadOwn>, (): (), asked: Asked) -> Result<Markup, WebError> {
    let frame = may.frame_for(&house, Tlp::Amber);
    let of = may.who.actor.participant;
    let wanted = Wanted { about: Some(of), ..Wanted::default() };
    let (skip, paging) = paging(asked.page, disclosures::count(&house.db, &wanted).await?);
    let rows = i64::try_from(ROWS).unwrap_or(i64::MAX);
    let found = disclosures::list(&house.db, &wanted, skip, rows).await?;
    let view = View { told: told(&house, &frame, of, found).await?, paging };
    let file = clear(&house, &may.who, Part::FollowUp, Tlp::Amber, view).await?;
    Ok(page(&frame, file.item().view()))
}

/// What the ids in decisions stand for, as far as `of` may know it.
struct Names {
    own: BTreeMap<String, String>,
    outside: BTreeMap<String, String>,
    /// The number of the advisory of each warning, and whether the participant may read it.
    warnings: BTreeMap<WarningId, Option<(String, Option<WarningId>)>>,
}

async fn told(
    house: &House,
    frame: &Frame,
    of: ParticipantId,
    found: Vec<Disclosure>,
) -> Result<Vec<Told>, StoreError> {
    let own = contacts::names(&house.db, of).await?.into_iter().map(|(id, name)| (id.to_string(), name));
    let machines = webhooks::all_of_participant(&house.db, of).await?.into_iter().map(|it| it.webhook);
    let machines = machines.map(|webhook| (webhook.id.to_string(), webhook.name));
    let outside = organisations::all(&house.db).await?.into_iter().map(|it| it.organisation);
    let mut names = Names {
        own: own.chain(machines).collect(),
        outside: outside.map(|one| (one.id, one.name)).collect(),
        warnings: BTreeMap::new(),
    };
    let mut told = Vec::new();
    for one in found {
        let about = names.about(house, of, &one.record.item).await?;
        told.push(Told {
            id: one.id.0,
            at: one.decided_at,
            item: one.record.item.word(),
            to: names.to(&one),
            state: one.state,
            form: one.record.form,
            purpose: one.record.purpose.word(),
            ground: one.record.ground,
            why: one.record.why_not_more.as_ref().map(|why| disclose::sentence(&frame.words, why)),
            masks: one.record.masks,
            obligations: one.record.obligations,
            by_person: one.record.needs_person && one.settled.is_some_and(|(_, by)| !by.is_empty()),
            about,
            is_list: one.record.about.is_none(),
        });
    }
    Ok(told)
}

impl Names {
    fn to(&self, one: &Disclosure) -> To {
        let recipient = &one.record.recipient;
        if let Some(name) = self.own.get(recipient) {
            return To::Own(name.clone());
        }
        if one.record.kind.code() == "FI" {
            return To::Finder;
        }
        if let Some(name) = self.outside.get(recipient) {
            return To::Outside(name.clone());
        }
        // A partner that was asked by name is called that; an id of a person who has left is called nothing.
        match Uuid::try_parse(recipient) {
            Ok(_) => To::Gone,
            Err(_) => To::Outside(recipient.clone()),
        }
    }

    /// The number of the advisory that an item is about, where this participant knows of it.
    async fn about(
        &mut self,
        house: &House,
        of: ParticipantId,
        item: &Item,
    ) -> Result<Option<(String, Option<WarningId>)>, StoreError> {
        let warning = match item {
            Item::Letter { warning, .. } => Some(*warning),
            Item::Rescan { rescan } => rescans::of_id(&house.db, *rescan, of).await?.map(|it| it.warning),
            Item::Offer { offer } => match disclosures::offer_of_id(&house.db, *offer).await? {
                Some(offer) => warnings::find(&house.db, offer.advisory, of).await?,
                None => None,
            },
            Item::Receipt { .. }
            | Item::Progress { .. }
            | Item::Seen { .. }
            | Item::Finder { .. }
            | Item::Website { .. } => None,
        };
        let Some(id) = warning else { return Ok(None) };
        if let Some(known) = self.warnings.get(&id) {
            return Ok(known.clone());
        }
        let warning = warnings::of_participant(&house.db, id, of, house.now()).await?;
        // What the gate holds back is not told here either: neither its number nor that it is one.
        let read = warning.filter(|it| !it.is_held_by_the_gate());
        let about = match &read {
            Some(warning) => {
                let on_desk = advisories::of_id(&house.db, warning.advisory).await?;
                on_desk.map(|it| (it.advisory.number, Some(id)))
            }
            None => None,
        };
        self.warnings.insert(id, about.clone());
        Ok(about)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::check;

    fn one(number: u128, state: State, to: To) -> Told {
        Told {
            id: Uuid::from_u128(number),
            at: "2020-01-13T16:00:00Z".parse().unwrap(),
            item: "letter",
            to,
            state,
            form: Some(Shape::Full).filter(|_| state != State::Withheld),
            purpose: "warn",
            ground: "Wbni art. 3(1)".into(),
            why: (state == State::Withheld).then(|| "…".into()),
            masks: vec!["others".into()],
            obligations: vec!["personal-data".into()],
            by_person: state == State::Released,
            about: Some(("2019-0979".into(), number.is_multiple_of(2).then_some(WarningId(Uuid::nil())))),
            is_list: state == State::Recalled,
        }
    }

    #[test]
    fn what_was_told_and_what_was_not_stands_there_in_the_readers_language() {
        let to = [
            To::Own("Anna".into()),
            To::Finder,
            To::Outside("Zorgteam".into()),
            To::Gone,
            To::Own("Bas".into()),
            To::Finder,
        ];
        let mut told: Vec<Told> =
            (1..).zip(State::ALL).zip(to).map(|((number, state), to)| one(number, state, to)).collect();
        for (number, item) in (20..).zip(["offer", "rescan", "receipt", "progress", "finder"]) {
            told.push(Told { item, about: None, ..one(number, State::Released, To::Gone) });
        }
        let view = View { told, paging: Paging { page: 1, pages: 2, total: 60 } };
        check("my-disclosures", "/my/disclosures", |frame| page(frame, &view));
        let none = View { told: vec![], paging: Paging::single(0) };
        check("my-disclosures-none", "/my/disclosures", |frame| page(frame, &none));
    }
}
