//! `POST /demo/sign-in`: to become somebody of the story, as often as one likes.
//!
//! Nobody comes in here. A press orders a link that works once, as a mail would bring it, and leads to
//! the page behind it; signing in itself is the same as in any other house.

use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse};
use flow::house::House;
use flow::sign_in;
use jiff::SignedDuration;

use crate::WebError;
use crate::form::{Fields, Form};
use crate::may::{Demo, May, Onward};
use crate::visit::set_cookie;

/// How long a way in works. The clock of a story passes weeks between two clicks.
pub const LINK_LIFE: SignedDuration = SignedDuration::from_hours(365 * 24);

/// Whom the visitor wants to be.
pub struct As(String);

impl Form for As {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        fields.needed_line("as").map(Self)
    }
}

pub async fn order(
    house: House,
    may: May<Demo>,
    (): (),
    As(word): As,
) -> Result<impl IntoResponse, WebError> {
    let role = may.who.role(&word).ok_or(WebError::NotFound)?;
    let code = sign_in::link(&house, role.person, LINK_LIFE).await?;
    // Where somebody else was going is no place for this one.
    let going_nowhere = set_cookie(&house.team, "back", "", Some(0));
    Ok((AppendHeaders([(SET_COOKIE, going_nowhere)]), Onward::to(format!("/sign-in/{code}"))))
}
