//! `GET /test`: whoever got a letter that asks whether it is read says so here, with its code and without signing in.
//!
//! As with answers, the code travels in the body of a form and never in an address, and the page takes as long
//! whether the code fits or not. It shows nothing of anybody.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::contact_test::Why;
use flow::contact_tests;
use flow::house::House;
use maud::{Markup, html};
use tokio::time::{Instant, sleep_until};

use crate::WebError;
use crate::fields::Field;
use crate::form::{Fields, Form};
use crate::may::{Anybody, May};
use crate::page::Frame;

/// What became of the code that was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Asked,
    Wrong,
    Read(Why),
}

pub fn page(frame: &Frame, shown: Shown) -> Markup {
    frame.document(
        &frame.say("contact-test-title"),
        html! {
            h1 { (frame.say("contact-test-title")) }
            @match shown {
                Shown::Read(why) => {
                    div .notice.good role="status" tabindex="-1" data-answer {
                        p { strong { (frame.say("contact-test-read")) } }
                        p { (frame.say(&format!("contact-test-read-{}", why.word()))) }
                    }
                }
                Shown::Asked | Shown::Wrong => {
                    @if shown == Shown::Wrong {
                        div .notice.alarm role="alert" data-error { p { (frame.say("contact-test-wrong")) } }
                    }
                    p { (frame.say("contact-test-what")) }
                    (frame.form("/test", html! {
                        (Field::new("contact-test", "code", frame.say("by-code-code"))
                            .required().autocomplete("off").hint(frame.say("by-code-code-hint")))
                        button .strong { (frame.say("contact-test-send")) }
                    }))
                    p { a href="/answer" { (frame.say("contact-test-is-warning")) } }
                }
            }
        },
    )
}

pub async fn form(house: House, may: May<Anybody>, (): (), (): ()) -> Result<Markup, WebError> {
    Ok(page(&may.frame(&house), Shown::Asked))
}

/// The code, as it was typed.
pub struct Typed {
    code: String,
}

impl Form for Typed {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { code: fields.needed_line("code")? })
    }
}

pub async fn answer(house: House, may: May<Anybody>, (): (), typed: Typed) -> Result<Response, WebError> {
    let asked_at = Instant::now();
    let read = contact_tests::answer(&house, &typed.code).await;
    sleep_until(asked_at + may.visit().rates.answer_time()).await;
    let frame = may.frame(&house);
    Ok(match read? {
        Some(why) => page(&frame, Shown::Read(why)).into_response(),
        None => (StatusCode::UNPROCESSABLE_ENTITY, page(&frame, Shown::Wrong)).into_response(),
    })
}

#[cfg(test)]
mod tests {
    use domain::ids::AlarmId;
    use uuid::Uuid;

    use super::*;
    use crate::page::testing::check;

    #[test]
    fn whoever_got_a_letter_says_with_its_code_that_it_was_read() {
        check("contact-test", "/test", |frame| page(frame, Shown::Asked));
        check("contact-test-wrong", "/test", |frame| page(frame, Shown::Wrong));
        for why in [Why::Renewal, Why::Welcome, Why::Alarm(AlarmId(Uuid::nil()))] {
            check(&format!("contact-test-{}", why.word()), "/test", |frame| page(frame, Shown::Read(why)));
        }
    }
}
