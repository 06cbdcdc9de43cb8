//! `POST /sign-out`.

use axum::http::HeaderValue;
use axum::http::header::{HeaderName, SET_COOKIE};
use axum::response::IntoResponse;
use flow::house::House;
use flow::sign_in;

use crate::WebError;
use crate::may::{May, Onward, SignedIn};
use crate::visit::{session_cookie, set_cookie};

/// Ends the session here and in the browser, which also forgets what was typed and not sent.
pub async fn end(house: House, may: May<SignedIn>, (): (), (): ()) -> Result<impl IntoResponse, WebError> {
    if let Some(token) = &may.visit().token {
        sign_in::end(&house, token).await?;
    }
    let cookie = set_cookie(&house.team, session_cookie(&house.team), "", Some(0));
    let forget = HeaderValue::from_static("\"cache\", \"storage\"");
    let headers = [(SET_COOKIE, cookie), (HeaderName::from_static("clear-site-data"), forget)];
    Ok((headers, Onward::saying("/sign-in", "signed-out")))
}
