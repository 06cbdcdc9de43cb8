//! `POST /my/warnings/{id}/undo`: takes back what was said just now, for ten minutes. It was said all the same, and
//! both stand in the ledger.

use domain::ids::WarningId;
use flow::follow_up::word;
use flow::house::House;
use jiff::Timestamp;

use super::back_to;
use crate::WebError;
use crate::form::{Fields, Form};
use crate::may::{AnswerOwn, May, Onward};

/// When it was said, as the page showed it.
pub struct Undo {
    pub(crate) said_at: Timestamp,
}

impl Form for Undo {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let at = |micros: &str| Timestamp::from_microsecond(micros.parse().ok()?).ok();
        Ok(Self { said_at: fields.word("said_at", at)? })
    }
}

pub async fn create(
    house: House,
    may: May<AnswerOwn>,
    id: WarningId,
    undo: Undo,
) -> Result<Onward, WebError> {
    word::take_back(&house, may.who.actor, id, undo.said_at).await?;
    Ok(back_to(id))
}
