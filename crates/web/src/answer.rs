//! `GET /answer`: answering by number and code from a mail, without signing in.
//!
//! No link leads here with a code in it: addresses are kept by proxies and mail scanners. The code travels in the
//! body of forms only, the page shows no system of anybody, and every answer about a code takes as long. What is
//! said here counts as said through the mailbox (`flow/follow_up/by_code.rs`).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use disclosure::Cleared;
use domain::advisory::Content;
use domain::warning::TAKE_BACK;
use flow::follow_up::by_code::{self, Choice, NotSaid, Said, Sheet};
use flow::house::House;
use jiff::civil::DateTime;
use maud::{Markup, html};
use tokio::time::{Instant, sleep_until};

use crate::WebError;
use crate::fields::{Field, choices};
use crate::form::{Fields, Form};
use crate::may::{Anybody, May};
use crate::my::warnings::answers::reason;
use crate::page::Frame;
use crate::standing::said;
use crate::wall_time::local_field;

/// Number and code, as they were typed.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    number: String,
    code: String,
}

impl Form for Typed {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { number: fields.needed_line("number")?, code: fields.needed_line("code")? })
    }
}

/// The page on which one types number and code. `wrong` says that they did not fit.
pub fn form_page(frame: &Frame, typed: &Typed, wrong: bool) -> Markup {
    frame.document(
        &frame.say("by-code-title"),
        html! {
            h1 { (frame.say("by-code-title")) }
            @if wrong { div .notice.alarm role="alert" data-error { p { (frame.say("refused-answer-code")) } } }
            p { (frame.say("by-code-what")) }
            (frame.form("/answer", html! {
                (Field::new("by-code", "number", frame.say("by-code-number")).value(&typed.number)
                    .required().autocomplete("off").hint(frame.say("by-code-number-hint")))
                (Field::new("by-code", "code", frame.say("by-code-code"))
                    .required().autocomplete("off").hint(frame.say("by-code-code-hint")))
                button .strong { (frame.say("by-code-open")) }
            }))
            p { a href="/sign-in" { (frame.say("sign-in-title")) } }
            p { a href="/test" { (frame.say("contact-test-link")) } }
        },
    )
}

/// What number and code open. `undone` says that the last word was taken back just now.
pub fn sheet_page(frame: &Frame, typed: &Typed, sheet: &Sheet, undone: bool) -> Markup {
    let title = frame.say_with("warning-page-title", &[("number", &sheet.number)]);
    frame.document(
        &title,
        html! {
            p .row { (frame.severity(sheet.severity)) span { (title) } (frame.deadline(sheet.due_at)) }
            h1 { (frame.say("by-code-title")) }
            @if undone { p .notice.good role="status" tabindex="-1" data-answer { (frame.say("by-code-undone")) } }
            @if let Some(word) = &sheet.said {
                div .notice.good tabindex="-1" data-answer {
                    h2 { (frame.say("warning-page-thanks")) }
                    p { (frame.say("by-code-you-said")) ": " (frame.said(&said(&word.it, &Content::default()), false)) }
                    @if frame.now.duration_since(word.at) <= TAKE_BACK {
                        (with_code(frame, typed, html! {
                            input type="hidden" name="answer" value="undo";
                            p .soft { (frame.say("by-code-undo-until")) " " (frame.near_time(word.at + TAKE_BACK)) }
                            button { (frame.say("by-code-undo")) }
                        }))
                    }
                }
                h2 { (frame.say("warning-page-change")) }
            } @else {
                p { (frame.say("by-code-fit")) }
            }
            p .soft { (frame.say("by-code-weak")) }
            (words(frame, typed, sheet))
            p { a href="/sign-in" { (frame.say("by-code-more")) } }
        },
    )
}

fn words(frame: &Frame, typed: &Typed, sheet: &Sheet) -> Markup {
    let choice = |word: &str, fields: Markup| {
        with_code(frame, typed, html! { input type="hidden" name="answer" value=(word); (fields) })
    };
    let reasons = ["not_in_use", "other_version", "not_reachable", "other"]
        .map(|reason| (reason, frame.say(&format!("answer-reason-{}", reason.replace('_', "-")))));
    let is_left = sheet.measures.iter().any(|one| one.holds);
    html! {
        div .answers {
            details #answer-done name="answer" {
                summary { (frame.say("by-code-done")) }
                @if is_left {
                    (choice("done", html! {
                        (which(frame, "done", "by-code-which", &sheet.measures))
                        (Field::new("done", "executed_at", frame.say("answer-when")).kind("datetime-local")
                            .value(local_field(frame.now)).hint(frame.say("answer-when-hint")))
                        button { (frame.say("answer-send")) }
                    }))
                } @else { p { (frame.say("by-code-no-measure")) } }
            }
            details #answer-planned name="answer" {
                summary { (frame.say("answer-planned")) }
                @if is_left {
                    (choice("planned", html! {
                        (which(frame, "planned", "by-code-which-planned", &sheet.measures))
                        (Field::new("planned", "due_at", frame.say("answer-due")).kind("datetime-local")
                            .value(local_field(sheet.due_at)).required())
                        button { (frame.say("answer-send")) }
                    }))
                } @else { p { (frame.say("by-code-no-measure")) } }
            }
            details #answer-not-affected name="answer" {
                summary { (frame.say("answer-not-affected")) }
                (choice("not_affected", html! {
                    (choices("not-affected", "reason", &frame.say("answer-reason"), &reasons, None))
                    button { (frame.say("answer-send")) }
                }))
            }
            details #answer-help name="answer" {
                summary { (frame.say("answer-help")) }
                (choice("help_asked", html! {
                    (Field::new("help", "telephone", frame.say("answer-telephone")).kind("tel")
                        .autocomplete("tel").required().hint(frame.say("answer-telephone-hint")))
                    button { (frame.say("answer-help-send")) }
                }))
            }
            details #answer-working name="answer" {
                summary { (frame.say("answer-acknowledge")) }
                (choice("working", html! {
                    p { (frame.say("answer-acknowledge-hint")) }
                    button { (frame.say("answer-acknowledge-send")) }
                }))
            }
        }
    }
}

/// A form that carries number and code along, because nothing of them stands in an address or a cookie.
fn with_code(frame: &Frame, typed: &Typed, fields: Markup) -> Markup {
    frame.form(
        "/answer",
        html! {
            input type="hidden" name="number" value=(typed.number);
            input type="hidden" name="code" value=(typed.code);
            (fields)
        },
    )
}

/// Which measure, by its number in the mail; what the gate let the mail say stands beside it.
fn which(frame: &Frame, form: &str, legend: &str, measures: &[Choice]) -> Markup {
    html! {
        fieldset {
            legend { (frame.say(legend)) }
            @for one in measures {
                @let id = format!("{form}-measure-{}", one.number);
                label .choice for=(id) {
                    input id=(id) type="radio" name="measure" value=(one.number) required disabled[!one.holds];
                    span {
                        (frame.say_with("by-code-of-mail", &[("number", &one.number.to_string())])) ": "
                        @match one.kind {
                            Some(kind) if one.title.is_empty() => { (frame.term(kind)) }
                            _ => { (frame.text(&one.title)) }
                        }
                        @if !one.holds { " (" (frame.say("by-code-fallen")) ")" }
                    }
                }
            }
        }
    }
}

pub async fn form(house: House, may: May<Anybody>, (): (), (): ()) -> Result<Markup, WebError> {
    Ok(form_page(&may.frame(&house), &Typed::default(), false))
}

/// Looks what number and code open, without saying anything. Takes as long whether they fit or not.
async fn looked(
    house: &House,
    may: &May<Anybody>,
    typed: &Typed,
) -> Result<Option<Cleared<Sheet>>, WebError> {
    let asked_at = Instant::now();
    let sheet = by_code::look(house, &typed.number, &typed.code).await;
    sleep_until(asked_at + may.visit().rates.answer_time()).await;
    match sheet {
        Ok(sheet) => Ok(Some(sheet)),
        Err(NotSaid::NoSuchCode) => Ok(None),
        Err(why) => Err(why.into()),
    }
}

async fn shown(house: &House, may: &May<Anybody>, typed: &Typed, undone: bool) -> Result<Response, WebError> {
    let frame = may.frame(house);
    Ok(match looked(house, may, typed).await? {
        Some(sheet) => sheet_page(&frame, typed, sheet.item(), undone).into_response(),
        None => wrong(&frame, typed),
    })
}

fn wrong(frame: &Frame, typed: &Typed) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, form_page(frame, typed, true)).into_response()
}

/// Number and code, and what is done with them.
pub struct Knock {
    typed: Typed,
    act: Act,
}

enum Act {
    Look,
    Say(NewWord),
    Undo,
}

enum NewWord {
    Working,
    Done { measure: usize, executed_at: Option<DateTime> },
    Planned { measure: usize, due_at: DateTime },
    Whole(Said),
}

impl Form for Knock {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let typed = Typed::read(fields)?;
        let measure = || {
            let number = fields.raw("measure").and_then(|number| number.parse().ok());
            number.ok_or(WebError::Refused("refused-no-measure-chosen"))
        };
        let said = match fields.raw("answer") {
            None => return Ok(Self { typed, act: Act::Look }),
            Some("undo") => return Ok(Self { typed, act: Act::Undo }),
            Some("working") => NewWord::Working,
            Some("done") => NewWord::Done { measure: measure()?, executed_at: fields.local("executed_at")? },
            Some("planned") => NewWord::Planned {
                measure: measure()?,
                due_at: fields.local("due_at")?.ok_or(WebError::Refused("refused-time"))?,
            },
            Some("not_affected") => NewWord::Whole(Said::NotAffected(fields.word("reason", reason)?)),
            Some("help_asked") => {
                NewWord::Whole(Said::HelpAsked { telephone: fields.needed_line("telephone")? })
            }
            _ => return Err(WebError::Refused("refused-form")),
        };
        Ok(Self { typed, act: Act::Say(said) })
    }
}

/// `POST /answer`: number and code open what their letter said; with an answer, every other contact of the
/// participant is told. One door for all of it, so that the address of the page never changes.
pub async fn open(house: House, may: May<Anybody>, (): (), knock: Knock) -> Result<Response, WebError> {
    let (asked_at, Typed { number, code }) = (Instant::now(), &knock.typed);
    let (done, undone) = match knock.act {
        Act::Look => (Ok(()), false),
        Act::Say(word) => (by_code::say(&house, number, code, &word.at(&house)?).await, false),
        Act::Undo => (by_code::take_back(&house, number, code).await, true),
    };
    let Err(why) = done else { return shown(&house, &may, &knock.typed, undone).await };
    sleep_until(asked_at + may.visit().rates.answer_time()).await;
    match why {
        // One wrong code is one try, whatever came with it.
        NotSaid::NoSuchCode => Ok(wrong(&may.frame(&house), &knock.typed)),
        why => Err(why.into()),
    }
}

impl NewWord {
    /// With moments of the wall made instants.
    fn at(self, house: &House) -> Result<Said, WebError> {
        Ok(match self {
            Self::Working => Said::Working,
            Self::Done { measure, executed_at } => {
                Said::Done { measure, executed_at: executed_at.and_then(|local| house.instant(local)) }
            }
            Self::Planned { measure, due_at } => Said::Planned {
                measure,
                due_at: house.instant(due_at).ok_or(WebError::Refused("refused-time"))?,
            },
            Self::Whole(said) => said,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::{check, frame, languages, tags};

    #[test]
    fn a_visitor_types_number_and_code_in_both_languages() {
        check("answer", "/answer", |frame| form_page(frame, &Typed::default(), false));
        let typed = Typed { number: "2020-0042".into(), code: "K7QF-2M9D".into() };
        check("answer-wrong", "/answer", |frame| form_page(frame, &typed, true));
        let [dutch, _] = languages();
        let html = form_page(&frame(dutch, "/answer"), &typed, true).into_string();
        let links = tags(&html).into_iter().filter_map(|(_, is)| is.get("href").cloned());
        assert!(links.into_iter().all(|href| !href.contains("K7QF")), "no address holds a code");
        assert!(!html.contains("value=\"K7QF-2M9D\""), "a code that does not fit is not shown again");
    }
}
