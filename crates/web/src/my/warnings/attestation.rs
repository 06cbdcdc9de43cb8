//! `POST /my/warnings/{id}/attestation`: a second person signs for what a colleague claimed and nobody
//! can see from outside.

use domain::ids::{AssetId, WarningId};
use flow::follow_up::attest::attest;
use flow::house::House;

use super::{back_to, reach};
use crate::WebError;
use crate::form::{Fields, Form};
use crate::may::{AnswerOwn, May, Onward};

pub struct Attestation {
    /// None means every asset that was claimed.
    asset: Option<AssetId>,
}

impl Form for Attestation {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { asset: fields.asset()? })
    }
}

pub async fn create(
    house: House,
    may: May<AnswerOwn>,
    id: WarningId,
    said: Attestation,
) -> Result<Onward, WebError> {
    reach(&house, may.who.actor, id).await?;
    attest(&house, may.who.actor, id, said.asset).await?;
    Ok(back_to(id))
}
