//! `GET /sign-in/{…}`: the page behind a link. Mail scanners open every link, so opening it changes
//! nothing; the button signs in, and only once.

use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Response};
use flow::house::House;
use flow::sign_in;
use jiff::Timestamp;
use maud::{Markup, html};

use crate::WebError;
use crate::may::{Anybody, May, Onward};
use crate::page::Frame;
use crate::path::Code;
use crate::visit::{session_cookie, set_cookie};

#[derive(Debug, Clone)]
pub enum View {
    /// The link works. `action` is where the button leads.
    Usable { action: String, name: String, organisation: String, until: Timestamp },
    /// Used, too old, or never given out. Outside, the three look the same.
    Unusable,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    match view {
        View::Usable { action, name, organisation, until } => {
            let greeting = frame.say_with("sign-in-hello", &[("name", name)]);
            frame.document(
                &frame.say("sign-in-title"),
                html! {
                    h1 { (greeting) }
                    p { (frame.say("sign-in-for")) " " strong { (organisation) } "." }
                    (frame.form(action, html! {
                        button .strong { (frame.say("sign-in-go")) }
                    }))
                    p .soft { (frame.say("sign-in-once")) " " (frame.near_time(*until)) "." }
                    p .soft { (frame.say("sign-in-not-you")) }
                },
            )
        }
        View::Unusable => frame.document(
            &frame.say("sign-in-used"),
            html! {
                h1 { (frame.say("sign-in-used")) }
                p { (frame.say("sign-in-used-what")) }
                p { a .press href="/sign-in" { (frame.say("sign-in-again")) } }
            },
        ),
    }
}

/// Opening the link shows a button, and changes nothing.
pub async fn show(house: House, may: May<Anybody>, code: Code, (): ()) -> Result<Markup, WebError> {
    let frame = may.frame(&house);
    let view = match sign_in::peek(&house, &code.0).await? {
        Some(link) => View::Usable {
            action: format!("/sign-in/{}", code.0),
            name: link.name,
            organisation: link.organisation.unwrap_or_else(|| house.team.name.clone()),
            until: link.expires_at,
        },
        None => View::Unusable,
    };
    Ok(page(&frame, &view))
}

/// Pressing the button signs in, once.
pub async fn begin(house: House, may: May<Anybody>, code: Code, (): ()) -> Result<Response, WebError> {
    match sign_in::begin(&house, &code.0).await? {
        Some(token) => {
            let cookie = set_cookie(&house.team, session_cookie(&house.team), &token, None);
            let used = set_cookie(&house.team, "back", "", Some(0));
            let place = may.visit().back.as_deref().unwrap_or("/");
            let cookies = AppendHeaders([(SET_COOKIE, cookie), (SET_COOKIE, used)]);
            Ok((cookies, Onward::to(place)).into_response())
        }
        None => Ok(page(&may.frame(&house), &View::Unusable).into_response()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::{check, frame, languages, tags};

    fn usable() -> View {
        View::Usable {
            action: "/sign-in/confirm".into(),
            name: "Aleida Waterman".into(),
            organisation: "Noordzorg".into(),
            until: "2020-01-16T13:17:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_link_leads_to_a_button_and_a_used_one_to_a_new_link() {
        check("sign-in-confirm", "/sign-in/x", |frame| page(frame, &usable()));
        check("sign-in-used", "/sign-in/x", |frame| page(frame, &View::Unusable));
    }

    #[test]
    fn opening_a_link_signs_nobody_in() {
        let [dutch, _] = languages();
        let html = page(&frame(dutch, "/sign-in/x"), &usable()).into_string();
        let links = tags(&html).into_iter().filter(|(tag, _)| tag == "a" || tag == "img");
        assert!(links.filter_map(|(_, is)| is.get("href").cloned()).all(|href| href != "/sign-in/confirm"));
        assert!(!html.contains("http-equiv"));
    }
}
