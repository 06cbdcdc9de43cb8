//! `POST /my/warnings/{id}/opening`: the page was before somebody. Weak proof, but the letter has
//! arrived.

use axum::http::StatusCode;
use domain::ids::WarningId;
use flow::house::House;

use super::reach;
use crate::WebError;
use crate::may::{May, ReadOwn};

pub async fn create(house: House, may: May<ReadOwn>, id: WarningId, (): ()) -> Result<StatusCode, WebError> {
    reach(&house, may.who.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
