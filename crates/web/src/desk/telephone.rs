//! `POST /desk/warnings/{id}/words`: what a participant says on the telephone, typed in by an officer, with who
//! spoke and which number was called. Within ten minutes whoever typed it takes it back.

use std::collections::BTreeSet;

use domain::advisory::{Content, RevisionNumber};
use domain::ids::{AssetId, ContactId, MeasureId, OfficerId, WarningId};
use domain::text::Text;
use domain::warning::{Answer, Claim, TAKE_BACK, Warning, WordWay};
use flow::follow_up::word::{self, OnTheTelephone, Word};
use flow::house::House;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use maud::{Markup, html};
use store::{StoreError, contacts, warnings};
use uuid::Uuid;

use crate::WebError;
use crate::fields::{Field, choices, list};
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WorkDesk};
use crate::my::warnings::answers::reason;
use crate::my::warnings::undo::Undo;
use crate::page::Frame;
use crate::standing::Standing;
use crate::wall_time::local_field;

/// What the form needs to know.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// Who can speak for the participant: id, name, number.
    pub people: Vec<(Uuid, String, Option<String>)>,
    /// What can be said to be done: id and title.
    pub measures: Vec<(Uuid, Text)>,
    /// When this officer wrote the last word down, as long as it can be taken back.
    pub may_undo: Option<Timestamp>,
}

pub(crate) async fn load(
    house: &House,
    visitor: OfficerId,
    warning: &Warning,
    content: &Content,
    standing: &Standing,
) -> Result<View, StoreError> {
    let people = contacts::of_participant(&house.db, warning.participant).await?;
    let offers = warning.edition().map(|edition| edition.offers.as_slice()).unwrap_or_default();
    let claimable = offers.iter().filter(|offer| offer.reliability.may_be_claimed());
    let own = matches!(&standing.said_way, Some(WordWay::Telephone { officer, .. }) if *officer == visitor);
    let is_fresh = |at: &Timestamp| house.now().duration_since(*at) <= TAKE_BACK;
    Ok(View {
        people: people.into_iter().map(|it| (it.id.0, it.name, it.telephone)).collect(),
        measures: claimable
            .filter_map(|offer| content.measure(offer.measure))
            .map(|measure| (measure.id.0, measure.title.clone()))
            .collect(),
        may_undo: standing.said_at.filter(|at| own && is_fresh(at)),
    })
}

/// The answers as the form has them.
const ANSWERS: [&str; 6] = ["working", "claimed", "planned", "not_affected", "help_asked", "risk_accepted"];

pub fn form(frame: &Frame, view: &View, warning: Uuid) -> Markup {
    let at = format!("/desk/warnings/{warning}");
    let people: Vec<(String, String)> =
        view.people.iter().map(|(id, name, _)| (id.to_string(), name.clone())).collect();
    let number = view.people.iter().find_map(|(_, _, number)| number.clone()).unwrap_or_default();
    let none = std::iter::once((String::new(), "–".to_owned()));
    let measures: Vec<(String, String)> = none
        .clone()
        .chain(view.measures.iter().map(|(id, title)| (id.to_string(), plain(frame, title))))
        .collect();
    let reasons = ["not_in_use", "other_version", "not_reachable", "other"]
        .map(|word| (word.to_owned(), frame.say(&format!("answer-reason-{}", word.replace('_', "-")))));
    let reasons: Vec<(String, String)> = none.chain(reasons).collect();
    let answers = ANSWERS.map(|word| (word, frame.say(&format!("telephone-{}", word.replace('_', "-")))));
    html! {
        @if let Some(said_at) = view.may_undo {
            (frame.form(&format!("{at}/undo"), html! {
                input type="hidden" name="said_at" value=(said_at.as_microsecond());
                p .soft { (frame.say("by-code-undo-until")) " " (frame.near_time(said_at + TAKE_BACK)) }
                button { (frame.say("telephone-undo")) }
            }))
        }
        @if !people.is_empty() {
            details #telephone {
                summary { (frame.say("telephone-head")) }
                p { (frame.say("telephone-what")) }
                (frame.form(&format!("{at}/words"), html! {
                    (list("telephone", "contact", &frame.say("telephone-contact"), &people, None))
                    (Field::new("telephone", "spoke_with", frame.say("telephone-spoke"))
                        .hint(frame.say("telephone-spoke-hint")))
                    (Field::new("telephone", "number", frame.say("telephone-number")).kind("tel").value(number).required())
                    (choices("telephone", "answer", &frame.say("telephone-answer"), &answers, None))
                    (list("telephone", "measure", &frame.say("telephone-measure"), &measures, None))
                    (Field::new("telephone", "at", frame.say("telephone-when")).kind("datetime-local")
                        .value(local_field(frame.now)))
                    (list("telephone", "reason", &frame.say("telephone-reason"), &reasons, None))
                    (Field::new("telephone", "manager", frame.say("answer-manager")))
                    (Field::new("telephone", "until", frame.say("telephone-until")).kind("date"))
                    (Field::new("telephone", "why", frame.say("answer-accept-reason")).kind("textarea"))
                    button { (frame.say("telephone-write")) }
                }))
            }
        }
    }
}

fn plain(frame: &Frame, text: &Text) -> String {
    text.for_reader(frame.words.language()).to_owned()
}

/// What was said, before it is known which revision and whose warning it is about.
enum New {
    Working,
    Claimed { measure: MeasureId, asset: Option<AssetId>, at: Option<DateTime> },
    Planned { measure: MeasureId, at: DateTime },
    NotAffected(domain::warning::NotAffected),
    HelpAsked,
    RiskAccepted { manager: String, why: String, until: Date },
}

pub struct Words {
    contact: ContactId,
    spoke_with: Option<String>,
    number: String,
    said: New,
}

impl Form for Words {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let no_time = WebError::Refused("refused-time");
        let said = match fields.raw("answer") {
            Some("working") => New::Working,
            Some("claimed") => {
                New::Claimed { measure: fields.measure()?, asset: fields.asset()?, at: fields.local("at")? }
            }
            Some("planned") => {
                New::Planned { measure: fields.measure()?, at: fields.local("at")?.ok_or(no_time)? }
            }
            Some("not_affected") => New::NotAffected(fields.word("reason", reason)?),
            Some("help_asked") => New::HelpAsked,
            Some("risk_accepted") => New::RiskAccepted {
                manager: fields.needed_line("manager")?,
                why: fields.needed("why")?,
                until: fields.date("until")?.ok_or(no_time)?,
            },
            _ => return Err(WebError::Refused("refused-form")),
        };
        Ok(Self {
            contact: fields.id("contact")?.ok_or(WebError::Refused("refused-form"))?,
            spoke_with: fields.line("spoke_with")?,
            number: fields.needed_line("number")?,
            said,
        })
    }
}

pub async fn say(house: House, may: May<WorkDesk>, id: WarningId, words: Words) -> Result<Onward, WebError> {
    let warning = warnings::of_id(&house.db, id, house.now()).await?.ok_or(WebError::NotFound)?;
    let contact = contacts::of_id(&house.db, words.contact, warning.participant).await?;
    let contact = contact.ok_or(WebError::NotFound)?;
    let (by, no_time) = (contact.id, || WebError::Refused("refused-time"));
    let word = match words.said {
        New::Working => {
            let revision = warning.edition().map_or(RevisionNumber::FIRST, |edition| edition.number);
            Word::Acknowledgement(by, revision)
        }
        New::Claimed { measure, asset, at } => Word::Claim(Claim {
            by,
            measure,
            executed_at: at.and_then(|local| house.instant(local)),
            assets: BTreeSet::from_iter(asset),
        }),
        New::Planned { measure, at } => {
            let due_at = house.instant(at).ok_or_else(no_time)?;
            Word::Answer(Answer::Planned { by, measure, due_at })
        }
        New::NotAffected(reason) => Word::Answer(Answer::NotAffected { by, reason }),
        New::HelpAsked => Word::Answer(Answer::HelpAsked { by, telephone: words.number.clone() }),
        New::RiskAccepted { manager, why, until } => {
            // The whole of the last day counts.
            let after = until.tomorrow().map_err(|_| no_time())?;
            let until = house.instant(after.at(0, 0, 0, 0)).ok_or_else(no_time)?;
            Word::Answer(Answer::RiskAccepted { by, manager, reason: why, until })
        }
    };
    let said = OnTheTelephone {
        officer: may.who.officer.id,
        contact: by,
        spoke_with: words.spoke_with.unwrap_or(contact.name),
        number: words.number,
    };
    word::by_telephone(&house, id, &said, &word).await?;
    Ok(Onward::saying(&format!("/desk/warnings/{id}"), "noted"))
}

/// `POST /desk/warnings/{id}/undo`: what this officer wrote down.
pub async fn undo(house: House, may: May<WorkDesk>, id: WarningId, undo: Undo) -> Result<Onward, WebError> {
    word::take_back_by_telephone(&house, may.who.officer.id, id, undo.said_at).await?;
    Ok(Onward::saying(&format!("/desk/warnings/{id}"), "noted"))
}
