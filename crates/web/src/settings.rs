//! `POST /settings`: language, colours and single keys, each kept in a cookie of its own.

use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse};
use domain::text::Language;
use flow::house::House;

use crate::WebError;
use crate::form::{Fields, Form};
use crate::may::{Anybody, May, Onward};
use crate::page::Theme;
use crate::visit::{own_place, set_cookie};

/// Whatever was pressed; a press carries one of them.
pub struct Change {
    language: Option<Language>,
    theme: Option<Theme>,
    keys: Option<&'static str>,
    back: String,
}

impl Form for Change {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let keys = fields.raw("keys").and_then(|word| ["on", "off"].into_iter().find(|it| *it == word));
        Ok(Self {
            language: fields.raw("language").and_then(Language::of_tag),
            theme: fields.raw("theme").and_then(Theme::of_name),
            keys,
            back: fields.raw("back").and_then(own_place).unwrap_or("/").to_owned(),
        })
    }
}

const A_YEAR_IN_SECONDS: u32 = 365 * 24 * 3_600;

pub async fn change(
    house: House,
    _: May<Anybody>,
    (): (),
    change: Change,
) -> Result<impl IntoResponse, WebError> {
    let chosen = [
        ("language", change.language.map(Language::tag)),
        ("theme", change.theme.map(Theme::name)),
        ("keys", change.keys),
    ];
    let cookies = chosen.into_iter().filter_map(|(name, word)| Some((name, word?)));
    let lines: Vec<_> = cookies
        .map(|(name, word)| (SET_COOKIE, set_cookie(&house.team, name, word, Some(A_YEAR_IN_SECONDS))))
        .collect();
    Ok((AppendHeaders(lines), Onward::to(change.back)))
}
