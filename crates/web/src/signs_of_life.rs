//! `GET /livez` and `GET /readyz`: for whoever starts, stops and balances. They say nothing else.

use axum::http::StatusCode;
use flow::house::House;
use jiff::SignedDuration;
use store::jobs;

use crate::WebError;
use crate::may::{Anybody, May};

/// The process answers.
pub async fn livez(_: House, _: May<Anybody>, (): (), (): ()) -> Result<&'static str, WebError> {
    Ok("alive\n")
}

/// Work that waits for longer than this is done by nobody.
const WAIT_MAX: SignedDuration = SignedDuration::from_mins(15);

/// The store takes writes, and somebody does the work.
pub async fn readyz(
    house: House,
    _: May<Anybody>,
    (): (),
    (): (),
) -> Result<(StatusCode, &'static str), WebError> {
    let takes_writes = house.db.begin("check readiness").await.is_ok();
    // Who waited in vain once does not wait again.
    let next = if takes_writes { jobs::next_at(&house.db).await } else { Ok(None) };
    // The clock of a story leaps; whoever plays it does the work before it leaps again.
    let is_behind = next.is_ok_and(|next| next.is_some_and(|at| house.now().duration_since(at) > WAIT_MAX));
    Ok(match (takes_writes, is_behind && !house.is_a_story()) {
        (true, false) => (StatusCode::OK, "ready\n"),
        (false, _) => (StatusCode::SERVICE_UNAVAILABLE, "the store takes no writes\n"),
        (true, true) => (StatusCode::SERVICE_UNAVAILABLE, "work waits that nobody does\n"),
    })
}
