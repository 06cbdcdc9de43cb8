//! What stands beside the form of a draft: the mail, the page, the page for everybody, and the documents with what our
//! checker finds in them and in which field that is mended.

use domain::tlp::Tlp;
use flow::deliver::email;
use flow::publication::preview::Document;
use formats::csaf::write::Unwritable;
use formats::csaf::{Finding, Severity as Weight};
use jiff::Timestamp;
use maud::{Markup, html};

use super::{FORM, View};
use crate::my::warnings::show::preview;
use crate::page::Frame;
use crate::public;
use crate::terms::{Tone, status};

pub(super) fn previews(frame: &Frame, view: &View) -> Markup {
    let mail = email::preview(&frame.words, view.letter.clone());
    let content = &view.saved.draft.content;
    let deadline: Timestamp = view.letter.about.due_at;
    html! {
        section #previews aria-labelledby="previews-head" {
            h2 #previews-head { (frame.say("draft-previews")) }
            details #preview-mail open {
                summary { (frame.say("draft-preview-mail")) }
                div .drawer { p { b { (mail.subject) } } pre .letter tabindex="0" { (mail.text()) } }
            }
            details #preview-page {
                summary { (frame.say("draft-preview-page")) }
                div .drawer { (preview(frame, content, deadline)) }
            }
            details #preview-public {
                summary { (frame.say("draft-preview-public")) }
                div .drawer { (for_everybody(frame, view)) }
            }
            @for (edition, document) in &view.preview.documents {
                @let version = edition.word();
                details #{ "preview-csaf-" (version.replace('.', "-")) } {
                    summary {
                        (frame.say_with("draft-preview-csaf", &[("edition", version)])) " · "
                        (frame.say(verdict(document)))
                    }
                    div .drawer { (as_document(frame, document, content.tlp)) }
                }
            }
        }
    }
}

fn for_everybody(frame: &Frame, view: &View) -> Markup {
    match &view.preview.public {
        None => html! { p .notice { (frame.say("draft-preview-not-public")) } },
        Some(cleared) => html! {
            p .hint { (frame.say("draft-preview-public-what")) }
            (public::preview(&view.letter.team, frame.words.language(), frame.now, cleared))
        },
    }
}

/// The key of one sentence about a document.
fn verdict(document: &Result<Document, Unwritable>) -> &'static str {
    match document {
        Err(_) => "draft-csaf-none",
        Ok(it) if it.findings.iter().any(|it| it.severity == Weight::Error) => "draft-csaf-invalid",
        Ok(it) if it.findings.iter().any(|it| it.severity == Weight::Warning) => "draft-csaf-warnings",
        Ok(_) => "draft-csaf-valid",
    }
}

fn as_document(frame: &Frame, document: &Result<Document, Unwritable>, tlp: Option<Tlp>) -> Markup {
    match document {
        Err(why) => {
            let (key, field) = missing(why);
            html! { p .notice.heed { (frame.say(key)) @if let Some(field) = field { " " (link(frame, field)) } } }
        }
        Ok(document) => html! {
            @if tlp != Some(Tlp::Clear) { p .hint { (frame.say("draft-csaf-whole")) } }
            @if !document.findings.is_empty() {
                ul .plain.findings { @for found in &document.findings { li { (finding(frame, found)) } } }
            }
            pre .letter tabindex="0" { (document.text) }
        },
    }
}

/// Why there is no document at all: the key of a sentence, and the field.
fn missing(why: &Unwritable) -> (&'static str, Option<Place>) {
    match why {
        Unwritable::NoLabel => ("draft-csaf-no-label", Some(TLP)),
        Unwritable::NoWordForLabel(..) => ("draft-csaf-no-word", Some(TLP)),
        Unwritable::NoProduct => ("draft-csaf-no-product", Some(PRODUCTS)),
        Unwritable::NothingReleased => ("draft-csaf-none", None),
    }
}

/// The words on the form for the field that must change before there is a document.
pub(crate) fn words_of_missing(why: &Unwritable) -> Option<&'static str> {
    missing(why).1.map(|(words, _)| words)
}

/// The words on the form for the field from which a part of a document is written.
pub(crate) fn words_of_path(path: &str) -> Option<&'static str> {
    field_of(path).map(|(words, _)| words)
}

fn finding(frame: &Frame, found: &Finding) -> Markup {
    let (tone, key) = match found.severity {
        Weight::Error => (Tone::Alarm, "draft-finding-error"),
        Weight::Warning => (Tone::Heed, "draft-finding-warning"),
        Weight::Info => (Tone::Quiet, "draft-finding-info"),
    };
    html! {
        p {
            (status(tone, &frame.say(key))) " "
            @match field_of(&found.path) {
                Some(field) => { (frame.say("draft-finding-mend")) " " (link(frame, field)) }
                None => { (frame.say("draft-finding-ours")) }
            }
        }
        p .small { span lang="en" { (found.test) ": " (found.message) } " " code { (found.path) } }
    }
}

/// Where something is mended: the words on the form, and their place on it.
type Place = (&'static str, &'static str);

const TLP: Place = ("draft-field-tlp", "tlp");
const PRODUCTS: Place = ("draft-products", "products");

fn link(frame: &Frame, (words, place): Place) -> Markup {
    html! { a href={ "#" (FORM) "-" (place) } { (frame.say(words)) } }
}

/// The field from which a part of a document is written. `None` for what no field of the form says.
fn field_of(path: &str) -> Option<Place> {
    let mut parts = path.split('/').skip(1);
    let (first, second) = (parts.next()?, parts.next().unwrap_or_default());
    let inner = if first == "vulnerabilities" { parts.next().unwrap_or_default() } else { "" };
    Some(match (first, second, inner) {
        ("document", "title", _) => ("draft-field-title", "words"),
        ("document", "notes", _) => ("draft-words", "words"),
        ("document", "distribution", _) => TLP,
        ("document", "references", _) => ("draft-field-references", "references"),
        ("document", "aggregate_severity", _) => ("draft-severity", "severity"),
        ("product_tree", ..) => PRODUCTS,
        ("vulnerabilities", _, "cve" | "ids") => ("draft-field-vulnerabilities", "vulnerabilities"),
        ("vulnerabilities", _, "product_status" | "flags") => PRODUCTS,
        ("vulnerabilities", _, "remediations") => ("advisory-measures", "measures"),
        ("vulnerabilities", _, "threats") => ("draft-abuse", "abuse"),
        ("vulnerabilities", _, "") => ("draft-field-vulnerabilities", "vulnerabilities"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_leads_to_the_field_that_is_mended() {
        let place = |path: &str| field_of(path).map(|(_, place)| place);
        assert_eq!(place("/document/notes/0/text"), Some("words"));
        assert_eq!(place("/vulnerabilities/0/remediations/2/product_ids"), Some("measures"));
        assert_eq!(place("/vulnerabilities/3/cve"), Some("vulnerabilities"));
        assert_eq!(place("/product_tree/branches/0/branches/1/name"), Some("products"));
        assert_eq!(place("/document/distribution/tlp/label"), Some("tlp"));
        assert_eq!(place("/document/publisher/namespace"), None, "no field says who we are");
    }
}
