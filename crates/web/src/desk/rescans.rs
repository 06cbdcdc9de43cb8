//! `POST /desk/warnings/{id}/rescans`: an officer asks somebody to look again, and
//! `POST /desk/warnings/{id}/rescans/turn`: takes that back, or writes down what they said by telephone.

use domain::ids::{AssetId, FinderId, WarningId};
use domain::rescan::{Asked, Order, Touch};
use domain::tlp::Pap;
use flow::follow_up::rescan;
use flow::house::House;
use jiff::civil::Date;
use store::warnings;

use crate::WebError;
use crate::form::{Fields, Form};
use crate::looks::{Turn, Turning, end_of};
use crate::may::{May, Onward, WorkDesk};

pub struct Wanted {
    asset: AssetId,
    asked: Asked,
    touch: Touch,
    pap: Pap,
    due_on: Date,
}

impl Form for Wanted {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let asked = match fields.raw("whom") {
            Some("participant") => Asked::Participant,
            Some("partner") => Asked::Partner {
                name: fields.line("partner")?.ok_or(WebError::Refused("refused-no-partner"))?,
                mail: fields.line("mail")?,
            },
            _ => {
                let finder: Option<FinderId> = fields.id("whom")?;
                Asked::Finder(finder.ok_or(WebError::Refused("refused-form"))?)
            }
        };
        Ok(Self {
            asset: fields.asset()?.ok_or(WebError::Refused("refused-foreign-asset"))?,
            asked,
            touch: fields.word("touch", Touch::of_word)?,
            pap: fields.word("pap", |word| Pap::ALL.into_iter().find(|it| it.word() == word))?,
            due_on: fields.date("due_on")?.ok_or(WebError::Refused("refused-time"))?,
        })
    }
}

fn back_to(id: WarningId) -> String {
    format!("/desk/warnings/{id}#looks")
}

pub async fn ask(
    house: House,
    may: May<WorkDesk>,
    id: WarningId,
    wanted: Wanted,
) -> Result<Onward, WebError> {
    let line = warnings::line(&house.db, id).await?.ok_or(WebError::NotFound)?;
    let Wanted { asset, asked, touch, pap, due_on } = wanted;
    let order = Order { asset, asked, touch, pap, due_at: end_of(&house, due_on)? };
    rescan::ask(&house, &may.who.officer, id, line.participant, &order).await?;
    Ok(Onward::saying(&back_to(id), "look-asked"))
}

pub async fn turn(
    house: House,
    may: May<WorkDesk>,
    id: WarningId,
    said: Turning,
) -> Result<Onward, WebError> {
    let line = warnings::line(&house.db, id).await?.ok_or(WebError::NotFound)?;
    let (officer, of) = (&may.who.officer, line.participant);
    match said.turn {
        Turn::Accept => rescan::accept(&house, said.rescan, of, &officer.name).await?,
        Turn::Decline(reason) => rescan::decline(&house, said.rescan, of, &officer.name, &reason).await?,
        Turn::Withdraw => rescan::withdraw(&house, officer, said.rescan, of).await?,
    }
    Ok(Onward::saying(&back_to(id), "noted"))
}
