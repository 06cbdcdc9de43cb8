//! What went wrong, what we kept, what to do. Never a code alone.

use domain::warning::Refused;
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

/// The sentence for what a warning would not take: what would work instead.
pub fn refusal(why: &Refused) -> &'static str {
    match why {
        Refused::ForeignMeasure(_) => "refused-foreign-measure",
        Refused::MeasureRevoked(_) => "refused-measure-revoked",
        Refused::ForeignAsset(_) => "refused-foreign-asset",
        Refused::NotYetDone { .. } => "refused-not-yet-done",
        Refused::UnknownRevision(_) => "refused-unknown-revision",
        Refused::NotInFuture(_) => "refused-not-in-future",
        Refused::TooLong(_) => "refused-too-long",
        Refused::Nameless => "refused-nameless",
        Refused::Over => "refused-over",
        Refused::NothingClaimed => "refused-nothing-claimed",
        Refused::SamePerson => "refused-same-person",
    }
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
        let now = jiff::Timestamp::UNIX_EPOCH;
        let nil = uuid::Uuid::nil();
        let refusals = [
            Refused::ForeignMeasure(nil.into()),
            Refused::MeasureRevoked(nil.into()),
            Refused::ForeignAsset(nil.into()),
            Refused::NotYetDone { executed_at: now },
            Refused::UnknownRevision(domain::advisory::RevisionNumber::FIRST),
            Refused::NotInFuture(now),
            Refused::TooLong(now),
            Refused::Nameless,
            Refused::Over,
            Refused::NothingClaimed,
            Refused::SamePerson,
        ];
        let others =
            ["refused-citizen-number", "refused-nothing-new", "refused-own-work", "refused-no-measure"];
        let own = ["refused-unreadable", "refused-too-big", "refused-not-now", "refused-stale"];
        for key in refusals.iter().map(refusal).chain(others).chain(own) {
            check("error-refused", "/my/x", |frame| page(frame, &View::Refused(key.into())));
        }
        check("error-broken", "/desk/x", |frame| page(frame, &View::Broken { number: number() }));
        check("error-not-stored", "/my/x", |frame| page(frame, &View::NotStored { number: number() }));
    }
}
