//! `POST /my/warnings/{id}/compromise-check`: somebody looked for intruders, and says what was found.

use domain::ids::WarningId;
use domain::warning::CompromiseCheck;
use flow::follow_up::compromise;
use flow::house::House;

use super::{back_to, reach};
use crate::WebError;
use crate::form::{Fields, Form};
use crate::may::{AnswerOwn, May, Onward};

pub struct Check {
    found: bool,
    secrets_renewed: bool,
}

impl Form for Check {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let found = |word: &str| match word {
            "clean" => Some(false),
            "found" => Some(true),
            _ => None,
        };
        Ok(Self { found: fields.word("result", found)?, secrets_renewed: fields.tick("secrets_renewed") })
    }
}

pub async fn create(
    house: House,
    may: May<AnswerOwn>,
    id: WarningId,
    check: Check,
) -> Result<Onward, WebError> {
    let by = may.who.actor.contact;
    let said = match check.found {
        true => CompromiseCheck::Found { by },
        false => CompromiseCheck::Clean { by, secrets_renewed: check.secrets_renewed },
    };
    reach(&house, may.who.actor, id).await?;
    compromise::check(&house, may.who.actor, id, said).await?;
    Ok(back_to(id))
}
