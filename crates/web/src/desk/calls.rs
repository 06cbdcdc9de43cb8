//! `POST /desk/calls/{id}`: what came of a call or a letter.

use domain::calling::Outcome;
use domain::ids::CallId;
use flow::follow_up::call;
use flow::house::House;

use crate::WebError;
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WorkDesk};

pub struct Ended {
    outcome: Outcome,
}

impl Form for Ended {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { outcome: fields.word("outcome", Outcome::of_word)? })
    }
}

/// Who was first counts; a colleague who was second hears that it was noted already.
pub async fn end(house: House, may: May<WorkDesk>, id: CallId, ended: Ended) -> Result<Onward, WebError> {
    let Some(call) = store::calls::of_id(&house.db, id).await? else { return Err(WebError::NotFound) };
    match call::end(&house, may.who.officer.id, call.id, ended.outcome).await? {
        true => Ok(Onward::saying("/desk", "noted")),
        false => Err(WebError::Refused("refused-call-ended")),
    }
}
