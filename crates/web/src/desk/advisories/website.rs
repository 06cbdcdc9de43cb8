//! Whether an advisory stands on the website: what speaks for it, and the two decisions.

use std::collections::BTreeSet;

use domain::ids::AdvisoryId;
use domain::publication::{Decision, Extent};
use flow::house::House;
use flow::publication;
use maud::{Markup, html};
use store::StoreError;
use store::advisories::OnDesk;
use store::officers::Role;
use uuid::Uuid;

use crate::WebError;
use crate::fields::Field;
use crate::form::{Fields, Form};
use crate::may::{Colleague, May, Onward, ReleaseAdvisory};
use crate::page::Frame;

/// What is known, and whether the visitor decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    pub decision: Option<Decision>,
    pub grounds: BTreeSet<Extent>,
    pub by: String,
    pub reason: String,
    pub may_decide: bool,
}

/// `None` where this node has no website, or the advisory is not its own.
pub(super) async fn of(
    house: &House,
    on_desk: &OnDesk,
    visitor: &Colleague,
) -> Result<Option<View>, StoreError> {
    if house.website.place().is_none() || on_desk.advisory.publisher != house.team.name {
        return Ok(None);
    }
    let known = publication::of_advisory(house, on_desk.advisory.id).await?;
    let may_decide = visitor.role == Role::DutyOfficer;
    Ok(Some(match known {
        None => View {
            decision: None,
            grounds: BTreeSet::new(),
            by: String::new(),
            reason: String::new(),
            may_decide,
        },
        Some(known) => View {
            decision: Some(known.decision),
            grounds: known.grounds,
            by: known.decided_by.unwrap_or_default(),
            reason: known.reason,
            may_decide,
        },
    }))
}

pub(super) fn section(frame: &Frame, advisory: Uuid, view: &View) -> Markup {
    let at = format!("/desk/advisories/{advisory}/website");
    let ground = |ground: &Extent| match ground {
        Extent::Share => "advisory-website-ground-share",
        Extent::Highest => "advisory-website-ground-highest",
        Extent::Exploited => "advisory-website-ground-exploited",
    };
    html! {
        section #website .notice.heed[view.decision == Some(Decision::Proposed)] aria-labelledby="website-head" {
            h2 #website-head { (frame.say("advisory-website")) }
            p {
                @match view.decision {
                    None => { (frame.say("advisory-website-nobody")) }
                    Some(Decision::Proposed) => { (frame.say("advisory-website-proposed")) }
                    Some(Decision::Public) => { (frame.say_with("advisory-website-public", &[("by", &view.by)])) }
                    Some(Decision::Suppressed) => {
                        (frame.say_with("advisory-website-suppressed", &[("by", &view.by), ("reason", &view.reason)]))
                    }
                }
            }
            @if !view.grounds.is_empty() {
                ul { @for one in &view.grounds { li { (frame.say(ground(one))) } } }
            }
            @if view.may_decide {
                @if view.decision != Some(Decision::Public) {
                    (frame.button(&at, &[("decision", "public")], &frame.say("advisory-website-publish")))
                }
                @if view.decision != Some(Decision::Suppressed) {
                    (frame.form(&at, html! {
                        input type="hidden" name="decision" value="suppressed";
                        (Field::new("website", "reason", frame.say("advisory-website-reason")).required())
                        button { (frame.say("advisory-website-suppress")) }
                    }))
                }
            }
        }
    }
}

/// On the website or not, and why not.
pub struct Decided {
    is_public: bool,
    reason: String,
}

impl Form for Decided {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let is_public = fields.word("decision", |word| match word {
            "public" => Some(true),
            "suppressed" => Some(false),
            _ => None,
        })?;
        Ok(Self { is_public, reason: fields.text("reason").unwrap_or_default() })
    }
}

/// `POST /desk/advisories/{id}/website`: by a duty officer, whose name stands in the ledger for it.
pub async fn decide(
    house: House,
    may: May<ReleaseAdvisory>,
    id: AdvisoryId,
    decided: Decided,
) -> Result<Onward, WebError> {
    if store::advisories::of_id(&house.db, id).await?.is_none() {
        return Err(WebError::NotFound);
    }
    publication::decide(&house, &may.who.officer, id, decided.is_public, &decided.reason).await?;
    Ok(Onward::saying(&format!("/desk/advisories/{id}"), "website-decided"))
}
