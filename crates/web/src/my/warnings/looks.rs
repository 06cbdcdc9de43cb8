//! `POST /my/warnings/{id}/rescans`: whether they will look themselves; and `POST /my/warnings/{id}/consent`:
//! whether others may look, how far, and until when.

use domain::ids::{AssetId, WarningId};
use domain::rescan::Touch;
use flow::follow_up::rescan;
use flow::house::House;
use jiff::civil::Date;
use store::rescans;

use super::reach;
use crate::WebError;
use crate::form::{Fields, Form};
use crate::looks::{Turn, Turning, end_of};
use crate::may::{AnswerOwn, May, Onward};

fn back_to(id: WarningId) -> String {
    format!("/my/warnings/{id}#looks")
}

/// Only what they were asked themselves is theirs to answer.
pub async fn turn(
    house: House,
    may: May<AnswerOwn>,
    id: WarningId,
    said: Turning,
) -> Result<Onward, WebError> {
    let actor = may.who.actor;
    let asked = rescans::of_id(&house.db, said.rescan, actor.participant).await?;
    let own = asked.filter(|it| it.warning == id && !it.asked.is_an_outsider());
    let own = own.ok_or(WebError::NotFound)?;
    reach(&house, actor, id).await?;
    let (of, name) = (actor.participant, &may.who.name);
    match said.turn {
        Turn::Accept => rescan::accept(&house, own.id, of, name).await?,
        Turn::Decline(reason) => rescan::decline(&house, own.id, of, name, &reason).await?,
        Turn::Withdraw => return Err(WebError::NotFound),
    }
    Ok(Onward::saying(&back_to(id), "noted"))
}

pub struct Said {
    asset: AssetId,
    /// `None` takes it back.
    given: Option<(Touch, Date)>,
}

impl Form for Said {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let asset = fields.asset()?.ok_or(WebError::Refused("refused-foreign-asset"))?;
        let given = match fields.raw("consent") {
            Some("withdraw") => None,
            Some("give") => Some((
                fields.word("touch", Touch::of_word)?,
                fields.date("until")?.ok_or(WebError::Refused("refused-time"))?,
            )),
            _ => return Err(WebError::Refused("refused-form")),
        };
        Ok(Self { asset, given })
    }
}

pub async fn consent(
    house: House,
    may: May<AnswerOwn>,
    id: WarningId,
    said: Said,
) -> Result<Onward, WebError> {
    let actor = may.who.actor;
    reach(&house, actor, id).await?;
    match said.given {
        Some((touch, until)) => {
            let ends_at = end_of(&house, until)?;
            rescan::give_consent(&house, actor, said.asset, touch, ends_at).await?;
            Ok(Onward::saying(&back_to(id), "consent-given"))
        }
        None => {
            rescan::withdraw_consent(&house, actor, said.asset).await?;
            Ok(Onward::saying(&back_to(id), "consent-withdrawn"))
        }
    }
}
