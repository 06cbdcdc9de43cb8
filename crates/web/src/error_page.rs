//! What went wrong, what we kept, what to do. Never a code alone.

use maud::{Markup, html};

use crate::page::{Frame, dial};

#[derive(Debug, Clone)]
pub enum View {
    /// Not there, or not for this visitor. Outside, the two look the same.
    NotFound,
    /// The visitor may try, but not like this. The key of a sentence that says what would work.
    Refused(String),
    /// Our fault, with a number to quote.
    Broken { number: String },
    /// What was sent could not be kept. Never say "saved".
    NotStored { number: String },
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let (title, kept, number) = match view {
        View::NotFound => ("error-not-found", "error-not-found-what", None),
        View::Refused(key) => ("error-refused", key.as_str(), None),
        View::Broken { number } => ("error-broken", "error-broken-what", Some(number)),
        View::NotStored { number } => ("error-not-stored", "error-not-stored-what", Some(number)),
    };
    let telephone = &frame.csirt.telephone;
    frame.document(
        &frame.say(title),
        html! {
            h1 { (frame.say(title)) }
            div .notice.alarm data-error {
                p { (frame.say(kept)) }
                @if let Some(number) = number {
                    p { (frame.say_with("error-number", &[("number", number)])) }
                }
            }
            @match view {
                View::NotFound => { p { (frame.say("error-not-found-do")) " " a href="/" { (frame.say("error-home")) } } }
                View::Refused(_) => { p { (frame.say("error-refused-do")) } }
                View::Broken { .. } | View::NotStored { .. } => {
                    p { (frame.say("error-call")) " " a href={ "tel:" (dial(telephone)) } { (telephone) } }
                }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::check;

    #[test]
    fn whatever_went_wrong_is_said_in_the_language_of_the_reader() {
        let number = || "7f3a-91c2".to_owned();
        check("error-not-found", "/my/x", |frame| page(frame, &View::NotFound));
        check("error-refused", "/my/x", |frame| page(frame, &View::Refused("refused-not-yet-done".into())));
        check("error-broken", "/desk/x", |frame| page(frame, &View::Broken { number: number() }));
        check("error-not-stored", "/my/x", |frame| page(frame, &View::NotStored { number: number() }));
    }
}
