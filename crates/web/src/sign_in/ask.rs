//! `GET /sign-in`: ask for a link that works once. Whether the address is known, the page never
//! says: the answer is the same for everybody.

use maud::{Markup, html};

use crate::fields::Field;
use crate::page::Frame;

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
