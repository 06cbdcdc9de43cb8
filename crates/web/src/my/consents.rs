//! `GET /my/consents`: whom this organisation lets look at its systems, how far and until when. A consent can be given
//! on a quiet day, about one system or about all that there are, and taken back at any moment.

use std::collections::BTreeMap;

use disclosure::{Cut, Redact};
use domain::ids::AssetId;
use domain::rescan::{Consent, Touch};
use domain::tlp::Tlp;
use flow::catalogue::ASSETS_MAX;
use flow::follow_up::rescan;
use flow::house::House;
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use store::{StoreError, assets, consents, contacts};
use uuid::Uuid;

use crate::WebError;
use crate::desk::board::door::{ROWS, page_number, paging};
use crate::fields::{Field, choices, list};
use crate::form::{Fields, Form};
use crate::looks::end_of;
use crate::may::{AnswerOwn, May, Onward, ReadOwn};
use crate::own_file::{Part, clear};
use crate::page::Frame;
use crate::tables::{Paging, address};
use crate::terms::{Tone, address_in_parts, status};
use crate::wall_time::date_field;

#[derive(Debug, Clone)]
pub struct View {
    /// Those that run first, then the newest.
    pub given: Vec<Item>,
    pub running: usize,
    pub paging: Paging,
    /// What others could be let at: (id, label).
    pub systems: Vec<(Uuid, String)>,
    pub may_change: bool,
}

/// A consent as a reader sees it.
#[derive(Debug, Clone)]
pub struct Item {
    pub id: Uuid,
    pub asset: Uuid,
    pub label: String,
    pub touch: Touch,
    pub by: String,
    pub given_at: Timestamp,
    pub ends_at: Timestamp,
    pub standing: Standing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    Running,
    Ended,
    Withdrawn(Timestamp),
}

impl Standing {
    fn of(consent: &Consent, now: Timestamp) -> Self {
        match consent.withdrawn_at {
            Some(at) => Self::Withdrawn(at),
            None if consent.holds(now) => Self::Running,
            None => Self::Ended,
        }
    }
}

/// How many consents are read, the newest of them.
const READ_MAX: usize = 2_000;

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("consents-title"),
        html! {
            h1 { (frame.say("consents-title")) }
            p { (frame.say("consents-what")) }
            @if view.may_change { (form(frame, view)) }
            section #given aria-labelledby="given-head" {
                h2 #given-head { (frame.say("consents-given")) }
                p .soft { (frame.count("consents-running", view.running)) }
                @if view.may_change && view.running > 0 {
                    details #withdraw-all {
                        summary { (frame.say("consents-withdraw-all")) }
                        div .drawer {
                            p { (frame.say("consents-withdraw-what")) }
                            (frame.button("/my/consents/withdraw", &[("asset", "all")], &frame.say("consents-withdraw-all-send")))
                        }
                    }
                }
                @if view.given.is_empty() { p .notice { (frame.say("consents-none")) } }
                ul .cards.plain {
                    @for item in &view.given {
                        li .card {
                            h3 { (address_in_parts(&item.label)) }
                            (pairs(frame, item))
                            @if view.may_change && item.standing == Standing::Running {
                                (frame.button("/my/consents/withdraw", &[("asset", &item.asset.to_string())], &frame.say("looks-consent-withdraw")))
                            }
                        }
                    }
                }
                @if view.paging.total >= READ_MAX { p .soft { (frame.say("consents-more")) } }
                (frame.pager(view.paging, |page| address("/my/consents", &[("page", &page.to_string())])))
            }
            p { a href="/my/disclosures" { (frame.say("own-disclosures-title")) } " · " a href="/my/suppliers" { (frame.say("suppliers-title")) } }
        },
    )
}

/// What a consent says, for either side.
pub(crate) fn pairs(frame: &Frame, item: &Item) -> Markup {
    html! {
        dl .pairs.small {
            dt { (frame.say("suppliers-standing")) }
            dd {
                @match item.standing {
                    Standing::Running => { (status(Tone::Good, &frame.say("consents-runs"))) }
                    Standing::Ended => { (status(Tone::Quiet, &frame.say("consents-ended"))) }
                    Standing::Withdrawn(at) => { (status(Tone::Quiet, &frame.say("consents-withdrawn"))) " " (frame.time(at)) }
                }
            }
            dt { (frame.say("looks-far")) }
            dd { (frame.term(item.touch)) }
            dt { (frame.say("consents-by")) }
            dd { (item.by) ", " (frame.time(item.given_at)) }
            dt { (frame.say("consents-until")) }
            dd { (frame.time(item.ends_at)) }
        }
    }
}

fn form(frame: &Frame, view: &View) -> Markup {
    let far = [Touch::ThirdParties, Touch::TheSystem].map(|it| (it.word(), frame.term(it)));
    let until = frame.now + jiff::SignedDuration::from_hours(90 * 24);
    let mut systems = vec![("all".to_owned(), frame.say("consents-all"))];
    systems.extend(view.systems.iter().map(|(id, label)| (id.to_string(), label.clone())));
    html! {
        section #give aria-labelledby="give-head" {
            h2 #give-head { (frame.say("looks-consent-give")) }
            @if view.systems.is_empty() {
                p .notice { (frame.say("home-nothing-registered")) " " a href="/my/assets" { (frame.say("home-register")) } }
            } @else {
                p { (frame.say("looks-consent-what")) }
                (frame.form("/my/consents", html! {
                    (list("give", "asset", &frame.say("looks-system"), &systems, None))
                    p .hint { (frame.say("consents-all-what")) }
                    (choices("give", "touch", &frame.say("looks-far"), &far, None))
                    (Field::new("give", "until", frame.say("looks-consent-end")).kind("date").value(date_field(until))
                        .hint(frame.say("consents-end-hint")).required())
                    button { (frame.say("looks-consent-send")) }
                }))
            }
        }
    }
}

impl Redact for View {
    /// Less than all of it is nothing: each line names a system.
    fn cut(mut self, cut: &Cut) -> Self {
        if !cut.is_full() {
            self.given.clear();
            self.systems.clear();
        }
        self
    }
}

/// Everything that a participant ever agreed to, those that run first.
pub(crate) async fn items(house: &House, of: domain::ids::ParticipantId) -> Result<Vec<Item>, StoreError> {
    let given = consents::of_participant(&house.db, of).await?;
    let people = contacts::names(&house.db, of).await?;
    let ids: Vec<AssetId> = given.iter().map(|it| it.asset).collect();
    let systems = assets::of_ids(&house.db, &ids).await?;
    let labels: BTreeMap<AssetId, String> =
        systems.into_iter().filter(|it| it.participant == of).map(|it| (it.id, it.label())).collect();
    let item = |it: &Consent| Item {
        id: it.id.0,
        asset: it.asset.0,
        label: labels.get(&it.asset).cloned().unwrap_or_default(),
        touch: it.touch,
        by: people.get(&it.given_by).cloned().unwrap_or_default(),
        given_at: it.given_at,
        ends_at: it.ends_at,
        standing: Standing::of(it, house.now()),
    };
    let mut items: Vec<Item> = given.iter().map(item).collect();
    items.sort_by_key(|it| it.standing != Standing::Running);
    Ok(items)
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
    let of = may.who.actor.participant;
    let items = items(&house, of).await?;
    let running = items.iter().filter(|it| it.standing == Standing::Running).count();
    let (skip, paging) = paging(asked.page, u64::try_from(items.len()).unwrap_or(u64::MAX));
    let systems = match may.who.is_admin() {
        true => assets::of_participant(&house.db, of, ASSETS_MAX).await?,
        false => vec![],
    };
    let mut systems: Vec<(Uuid, String)> = systems.into_iter().map(|it| (it.id.0, it.label())).collect();
    systems.sort_by(|one, other| one.1.cmp(&other.1));
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    let view = View {
        given: items.into_iter().skip(skip).take(ROWS).collect(),
        running,
        paging,
        systems,
        may_change: may.who.is_admin(),
    };
    let file = clear(&house, &may.who, Part::Inventory, Tlp::Amber, view).await?;
    Ok(page(&may.frame_for(&house, Tlp::Amber), file.item().view()))
}

/// One system, or all that there are.
enum Which {
    All,
    One(AssetId),
}

impl Which {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        match fields.raw("asset") {
            Some("all") => Ok(Self::All),
            _ => Ok(Self::One(fields.asset()?.ok_or(WebError::Refused("refused-foreign-asset"))?)),
        }
    }
}

pub struct Given {
    which: Which,
    touch: Touch,
    until: Date,
}

impl Form for Given {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self {
            which: Which::read(fields)?,
            touch: fields.word("touch", Touch::of_word)?,
            until: fields.date("until")?.ok_or(WebError::Refused("refused-time"))?,
        })
    }
}

/// `POST /my/consents`.
pub async fn give(house: House, may: May<AnswerOwn>, (): (), given: Given) -> Result<Onward, WebError> {
    let (actor, ends_at) = (may.who.actor, end_of(&house, given.until)?);
    match given.which {
        Which::All => {
            rescan::give_consent_for_all(&house, actor, given.touch, ends_at).await?;
        }
        Which::One(asset) => {
            rescan::give_consent(&house, actor, asset, given.touch, ends_at).await?;
        }
    }
    Ok(Onward::saying("/my/consents", "consent-given"))
}

pub struct Withdrawn {
    which: Which,
}

impl Form for Withdrawn {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { which: Which::read(fields)? })
    }
}

/// `POST /my/consents/withdraw`: what was asked on it is taken back in the same breath.
pub async fn withdraw(
    house: House,
    may: May<AnswerOwn>,
    (): (),
    withdrawn: Withdrawn,
) -> Result<Onward, WebError> {
    let actor = may.who.actor;
    let any = match withdrawn.which {
        Which::All => rescan::withdraw_every_consent(&house, actor).await? > 0,
        Which::One(asset) => rescan::withdraw_consent(&house, actor, asset).await?,
    };
    // Somebody else's system and one without a consent look the same.
    if any { Ok(Onward::saying("/my/consents", "consent-withdrawn")) } else { Err(WebError::NotFound) }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::page::testing::check;

    pub(crate) fn sample(number: u128, standing: Standing) -> Item {
        Item {
            id: Uuid::from_u128(number),
            asset: Uuid::from_u128(number),
            label: "vpn.noordzorg.example".into(),
            touch: Touch::ALL[usize::try_from(number).unwrap() % 3],
            by: "Anna".into(),
            given_at: "2020-01-01T00:00:00Z".parse().unwrap(),
            ends_at: "2020-12-31T00:00:00Z".parse().unwrap(),
            standing,
        }
    }

    #[test]
    fn a_consent_stands_with_how_far_and_until_when() {
        let at = "2020-01-10T00:00:00Z".parse().unwrap();
        let all = [Standing::Running, Standing::Ended, Standing::Withdrawn(at)];
        let view = View {
            given: (1..).zip(all).map(|(number, standing)| sample(number, standing)).collect(),
            running: 1,
            paging: Paging { page: 1, pages: 41, total: READ_MAX },
            systems: vec![(Uuid::from_u128(1), "vpn.noordzorg.example".into())],
            may_change: true,
        };
        check("my-consents", "/my/consents", |frame| page(frame, &view));
        let reader = View { may_change: false, ..view.clone() };
        check("my-consents-reader", "/my/consents", |frame| page(frame, &reader));
        let none = View { given: vec![], running: 0, paging: Paging::single(0), systems: vec![], ..view };
        check("my-consents-none", "/my/consents", |frame| page(frame, &none));
    }
}
