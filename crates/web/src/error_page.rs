//! What went wrong, what we kept, what to do. Never a code alone.

use maud::{Markup, html};

use crate::error::Invalid;
use crate::page::{Frame, dial};

#[derive(Debug, Clone)]
pub enum View {
    /// Not there, or not for this visitor. Outside, the two look the same.
    NotFound,
    /// The visitor may try, but not like this. The key of a sentence that says what would work.
    Refused(String),
    /// What would go out is no valid document: what is wrong, and in which field that is mended.
    Invalid(Invalid),
    /// Our fault, with a number to quote.
    Broken { number: String },
    /// What was sent could not be kept. Never say "saved".
    NotStored { number: String },
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let (title, kept, number) = match view {
        View::NotFound => ("error-not-found", "error-not-found-what", None),
        View::Refused(key) => ("error-refused", key.as_str(), None),
        View::Invalid(_) => ("error-refused", "refused-website-invalid", None),
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
                @if let View::Invalid(Invalid { field, finding }) = view {
                    p {
                        @match field {
                            Some(field) => { (frame.say("draft-finding-mend")) " " b { (frame.say(field)) } }
                            None => { (frame.say("draft-finding-ours")) }
                        }
                    }
                    @if let Some((said, place)) = finding {
                        p .small { span lang="en" { (said) } " " code { (place) } }
                    }
                }
                @if let Some(number) = number {
                    p { (frame.say_with("error-number", &[("number", number)])) }
                }
            }
            @match view {
                View::NotFound => { p { (frame.say("error-not-found-do")) " " a href="/" { (frame.say("error-home")) } } }
                View::Refused(_) | View::Invalid(_) => { p { (frame.say("error-refused-do")) } }
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
    use crate::page::testing::{check, messages};

    #[test]
    fn whatever_went_wrong_is_said_in_the_language_of_the_reader() {
        let number = || "7f3a-91c2".to_owned();
        check("error-not-found", "/my/x", |frame| page(frame, &View::NotFound));
        let refusals = [
            "refused-foreign-measure",
            "refused-measure-revoked",
            "refused-foreign-asset",
            "refused-not-yet-done",
            "refused-unknown-revision",
            "refused-not-in-future",
            "refused-too-long",
            "refused-nameless",
            "refused-over",
            "refused-nothing-claimed",
            "refused-same-person",
            "refused-nothing-said",
            "refused-too-late",
            "refused-answer-code",
            "refused-too-big",
            "refused-file-kind",
            "refused-too-many-notes",
            "refused-citizen-number",
            "refused-nothing-new",
            "refused-own-work",
            "refused-no-measure",
            "refused-no-website",
            "refused-website-not-ours",
            "refused-website-reason",
            "refused-website-not-clear",
            "refused-website-key",
            "refused-website-invalid",
            "refused-not-now",
            "refused-no-form",
            "refused-form",
            "refused-long",
            "refused-characters",
            "refused-blank",
            "refused-no-measure-chosen",
            "refused-time",
            "refused-nothing-proposed",
            "refused-still-open",
            "refused-too-often",
            "refused-too-large",
            "refused-method",
            "refused-other-site",
            "refused-old-form",
            "refused-no-file",
            "refused-old-upload",
            "refused-no-table",
            "refused-address",
            "refused-host",
            "refused-cpe",
            "refused-purl",
            "refused-bomb",
            "refused-no-place",
            "refused-no-partner-place",
            "refused-not-its-group",
            "refused-no-such-participant",
            "refused-public-suffix",
            "refused-number-taken",
            "refused-draft-conflict",
            "refused-draft-outdated",
            "refused-draft-unfinished",
            "refused-lowest-level",
            "refused-number",
            "refused-no-supplier",
            "refused-mandate-days",
            "refused-too-many",
            "refused-workbook",
            "refused-empty",
            "refused-mail",
            "refused-organisation-word",
            "refused-organisation-known",
            "refused-designation-days",
            "refused-designation-known",
            "refused-telephone",
            "refused-key-nowhere",
            "refused-key-fingerprint",
            "refused-key-unreadable",
            "refused-key-secret",
            "refused-key-unfit",
            "refused-webhook-address",
            "refused-webhook-there",
            "refused-webhooks-enough",
            "refused-access-without-mail",
            "refused-yourself",
            "refused-call-ended",
            "refused-call-held",
            "refused-ladders",
            "refused-admission-name",
            "refused-admission-call",
            "refused-admission-number",
            "refused-leaving-unsure",
            "refused-alarm-unsure",
            "refused-alarm-too-soon",
            "refused-stale",
            "refused-unreadable",
            "refused-fingerprint",
            "refused-source-name",
            "refused-source-here",
            "refused-source-address",
            "refused-source-in-file",
            "refused-feed-token",
            "refused-feed-tokens",
            "refused-finder-name",
            "refused-no-report",
            "refused-no-finder",
            "refused-no-partner",
            "refused-look-gate",
            "refused-look-label",
            "refused-look-travel",
            "refused-look-consent",
            "refused-look-days",
            "refused-consent-days",
            "refused-look-place",
            "refused-look-finding",
            "refused-look-over",
            "refused-no-room",
            "refused-nothing-released",
        ];
        for key in refusals {
            check("error-refused", "/my/x", |frame| page(frame, &View::Refused(key.into())));
        }
        let known = messages("nl").into_keys().filter(|key| key.starts_with("refused-"));
        let unheard: Vec<String> = known.filter(|key| !refusals.contains(&key.as_str())).collect();
        assert!(unheard.is_empty(), "{unheard:?}");
        for (field, finding) in [
            (
                Some("draft-products"),
                Some(("6.1.1: a product that is nowhere".into(), "/product_tree".into())),
            ),
            (Some("draft-field-tlp"), None),
            (None, Some(("schema: not a web address".into(), "/document/publisher/namespace".into()))),
        ] {
            let view = View::Invalid(Invalid { field, finding });
            check("error-invalid", "/desk/x", |frame| {
                let page = page(frame, &view);
                let text = page.clone().into_string();
                assert!(
                    field.is_none_or(|field| text.contains(&format!("<b>{}</b>", frame.say(field)))),
                    "{text}"
                );
                page
            });
        }
        check("error-broken", "/desk/x", |frame| page(frame, &View::Broken { number: number() }));
        check("error-not-stored", "/my/x", |frame| page(frame, &View::NotStored { number: number() }));
    }
}
