//! The forms under a warning: four answers of the same weight, none of them filled, because a
//! button that pulls produces answers that are not true. Each opens its own small form, without
//! script. What is less usual stands below them.

use domain::measure::{Kind, Reliability};
use maud::{Markup, html};

use super::show::{Offered, View};
use crate::fields::{Field, choices, list, tick};
use crate::page::Frame;
use crate::wall_time::{date_field, local_field};

pub fn answer_forms(frame: &Frame, view: &View) -> Markup {
    let claimable = |patch: bool| -> Vec<&Offered> {
        view.measures
            .iter()
            .filter(|it| it.reliability.may_be_claimed() && (it.kind == Kind::Patch) == patch)
            .collect()
    };
    html! {
        div .answers {
            details #answer-measure name="answer" {
                summary { (frame.say("answer-measure")) }
                (claim(frame, view, "measure", &claimable(false)))
            }
            details #answer-patch name="answer" {
                summary { (frame.say("answer-patch")) }
                (claim(frame, view, "patch", &claimable(true)))
            }
            details #answer-not-affected name="answer" {
                summary { (frame.say("answer-not-affected")) }
                (not_affected(frame, view))
            }
            details #answer-help name="answer" {
                summary { (frame.say("answer-help")) }
                (help(frame, view))
            }
            details #answer-other .other name="answer" {
                summary { (frame.say("answer-other")) }
                (acknowledgement(frame, view))
                (planned(frame, view))
                (risk_accepted(frame, view))
            }
        }
    }
}

/// One question that matters later: when was it done? Before or after the attackers came.
fn claim(frame: &Frame, view: &View, form: &str, measures: &[&Offered]) -> Markup {
    if measures.is_empty() {
        return html! { p { (frame.say(&format!("answer-{form}-none"))) } };
    }
    let action = format!("/my/warnings/{}/claims", view.id);
    html! {
        (frame.form(&action, html! {
            (which(frame, form, measures))
            (on_which(frame, view, form))
            (Field::new(form, "executed_at", frame.say("answer-when"))
                .kind("datetime-local").value(local_field(frame.now)).hint(frame.say("answer-when-hint")))
            button { (frame.say("answer-send")) }
        }))
    }
}

/// Which measure: not asked when there is only one.
fn which(frame: &Frame, form: &str, measures: &[&Offered]) -> Markup {
    match measures {
        [only] => html! {
            input type="hidden" name="measure" value=(only.id);
            p { (frame.text(&only.title)) }
        },
        several => html! {
            fieldset {
                legend { (frame.say("answer-which")) }
                @for measure in several {
                    @let id = format!("{form}-measure-{}", measure.id);
                    label .choice for=(id) {
                        input id=(id) type="radio" name="measure" value=(measure.id) required;
                        span {
                            (frame.text(&measure.title))
                            @if measure.reliability == Reliability::Doubtful {
                                " (" (frame.term(measure.reliability)) ")"
                            }
                        }
                    }
                }
            }
        },
    }
}

/// On which system: not asked when there is only one. Blank means all of them.
fn on_which(frame: &Frame, view: &View, form: &str) -> Markup {
    let all = (String::new(), frame.say("answer-all-systems"));
    let each = view.systems.iter().map(|system| (system.id.to_string(), system.label.clone()));
    let options: Vec<(String, String)> = std::iter::once(all).chain(each).collect();
    html! {
        @if view.systems.len() > 1 { (list(form, "asset", &frame.say("answer-on-which"), &options, None)) }
    }
}

fn answer(frame: &Frame, view: &View, kind: &str, fields: Markup) -> Markup {
    frame.form(
        &format!("/my/warnings/{}/answers", view.id),
        html! { input type="hidden" name="answer" value=(kind); (fields) },
    )
}

fn not_affected(frame: &Frame, view: &View) -> Markup {
    let reasons = ["not_in_use", "other_version", "not_reachable", "other"]
        .map(|reason| (reason, frame.say(&format!("answer-reason-{}", reason.replace('_', "-")))));
    answer(
        frame,
        view,
        "not_affected",
        html! {
            (choices("not-affected", "reason", &frame.say("answer-reason"), &reasons, None))
            button { (frame.say("answer-send")) }
        },
    )
}

fn help(frame: &Frame, view: &View) -> Markup {
    answer(
        frame,
        view,
        "help_asked",
        html! {
            (Field::new("help", "telephone", frame.say("answer-telephone"))
                .kind("tel").value(view.telephone.clone().unwrap_or_default()).autocomplete("tel").required()
                .hint(frame.say("answer-telephone-hint")))
            button { (frame.say("answer-help-send")) }
        },
    )
}

/// Read, and at work. Not an answer: it only says that nobody needs to call to say that it is there.
fn acknowledgement(frame: &Frame, view: &View) -> Markup {
    html! {
        h3 { (frame.say("answer-acknowledge")) }
        (frame.form(&format!("/my/warnings/{}/acknowledgement", view.id), html! {
            p { (frame.say("answer-acknowledge-hint")) }
            input type="hidden" name="revision" value=(view.revision);
            button { (frame.say("answer-acknowledge-send")) }
        }))
    }
}

fn planned(frame: &Frame, view: &View) -> Markup {
    let measures: Vec<&Offered> = view.measures.iter().filter(|it| it.reliability.may_be_claimed()).collect();
    html! {
        @if !measures.is_empty() {
            h3 { (frame.say("answer-planned")) }
            (answer(frame, view, "planned", html! {
                (which(frame, "planned", &measures))
                (Field::new("planned", "due_at", frame.say("answer-due"))
                    .kind("datetime-local").value(local_field(view.deadline)).required())
                button { (frame.say("answer-send")) }
            }))
        }
    }
}

fn risk_accepted(frame: &Frame, view: &View) -> Markup {
    html! {
        h3 { (frame.say("answer-accept")) }
        (answer(frame, view, "risk_accepted", html! {
            p .hint { (frame.say("answer-accept-hint")) }
            (Field::new("accept", "manager", frame.say("answer-manager")).required()
                .hint(frame.say("answer-manager-hint")))
            (Field::new("accept", "until", frame.say("answer-until"))
                .kind("date").value(date_field(view.deadline)).required())
            (Field::new("accept", "reason", frame.say("answer-accept-reason")).kind("textarea").required())
            button { (frame.say("answer-send")) }
        }))
    }
}

/// Was somebody inside before it was done? Finding nothing is not enough: what they could have
/// taken is renewed.
pub fn compromise_check(frame: &Frame, view: &View) -> Markup {
    let results = ["clean", "found"].map(|it| (it, frame.say(&format!("answer-check-{it}"))));
    frame.form(
        &format!("/my/warnings/{}/compromise-check", view.id),
        html! {
            (choices("check", "result", &frame.say("answer-check-result"), &results, None))
            (tick("check", "secrets_renewed", &frame.say("answer-check-secrets"), false))
            button { (frame.say("answer-send")) }
        },
    )
}
