//! `GET /sign-in`: ask for a link that works once. Whether the address is known, the page never
//! says: the answer is the same for everybody, and takes as long.

use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse};
use flow::house::House;
use flow::sign_in;
use maud::{Markup, html};
use tokio::time::{Instant, sleep_until};

use crate::WebError;
use crate::fields::Field;
use crate::form::{Fields, Form};
use crate::may::{Anybody, May, Onward};
use crate::page::Frame;
use crate::visit::{hide_place, own_place, set_cookie};

#[derive(Debug, Clone, Default)]
pub struct View {
    /// A link was asked for just now.
    pub asked: bool,
    /// Where the visitor was going.
    pub back: Option<String>,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("sign-in-title"),
        html! {
            h1 { (frame.say("sign-in-title")) }
            @if view.asked {
                div .notice.good role="status" tabindex="-1" data-answer {
                    p { strong { (frame.say("sign-in-asked")) } }
                    p { (frame.say("sign-in-asked-what")) }
                }
            }
            p { (frame.say("sign-in-what")) }
            (frame.form("/sign-in", html! {
                @if let Some(back) = &view.back { input type="hidden" name="back" value=(back); }
                (Field::new("sign-in", "mail", frame.say("sign-in-mail"))
                    .kind("email").autocomplete("email").required().hint(frame.say("sign-in-mail-hint")))
                button .strong { (frame.say("sign-in-send")) }
            }))
            p { a href="/answer" { (frame.say("sign-in-by-code")) } }
            details {
                summary { (frame.say("sign-in-why")) }
                p { (frame.say("sign-in-why-answer")) }
            }
            details {
                summary { (frame.say("sign-in-nothing")) }
                p { (frame.say("sign-in-nothing-answer")) }
            }
        },
    )
}

/// What the address of the page says.
pub struct Asked {
    asked: bool,
    back: Option<String>,
}

impl Form for Asked {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let back = fields.raw("back").and_then(own_place).map(str::to_owned);
        Ok(Self { asked: fields.tick("asked"), back })
    }
}

pub async fn form(house: House, may: May<Anybody>, (): (), asked: Asked) -> Result<Markup, WebError> {
    Ok(page(&may.frame(&house), &View { asked: asked.asked, back: asked.back }))
}

pub struct Request {
    mail: String,
    back: Option<String>,
}

impl Form for Request {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let back = fields.raw("back").and_then(own_place).map(str::to_owned);
        Ok(Self { mail: fields.needed_line("mail")?, back })
    }
}

/// Sends a link to whoever signs in with this address. Where the visitor was going stays in this
/// browser: no field of a form reaches a mail.
pub async fn send(
    house: House,
    may: May<Anybody>,
    (): (),
    request: Request,
) -> Result<impl IntoResponse, WebError> {
    let rates = &may.visit().rates;
    let asked_at = Instant::now();
    let sent = match rates.may_mail(&request.mail, asked_at) {
        true => sign_in::ask(&house, &request.mail).await,
        false => Ok(()),
    };
    sleep_until(asked_at + rates.answer_time()).await;
    sent?;
    let back = request.back.map(|back| set_cookie(&house.team, "back", &hide_place(&back), Some(15 * 60)));
    let cookies: Vec<_> = back.into_iter().map(|line| (SET_COOKIE, line)).collect();
    Ok((AppendHeaders(cookies), Onward::to("/sign-in?asked=yes")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::check;

    #[test]
    fn a_visitor_can_ask_for_a_link_in_both_languages() {
        check("sign-in", "/sign-in", |frame| page(frame, &View::default()));
        let asked = View { asked: true, back: Some("/my/warnings/1".into()) };
        check("sign-in-asked", "/sign-in", |frame| page(frame, &asked));
    }
}
