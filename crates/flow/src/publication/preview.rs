//! What a draft would be if it went out as it is: the page for everybody as far as the gate lets it go there, and the
//! document with what our own checker finds in it.

use std::collections::BTreeSet;

use disclosure::{Cleared, Form, Purpose};
use domain::advisory::{Advisory, Content, Revision, RevisionNumber};
use domain::draft::Draft;
use domain::tlp::Tlp;
use formats::csaf::write::{Edition, Unwritable};
use formats::csaf::{self, Finding, Severity};
use store::StoreError;

use super::{Notice, asking, document, everybody, notice, paragraphs_for, scores_for, scores_of};
use crate::house::House;
use crate::words::Words;

/// Beyond these nobody reads on beside the form.
const FINDINGS_MAX: usize = 30;

/// A draft as its readers would find it.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// As everybody would read it. `None`: it is not for everybody.
    pub public: Option<Cleared<Notice>>,
    /// In each edition of the standard. What is not for everybody stands there as whoever may have all of it gets it.
    pub documents: Vec<(Edition, Result<Document, Unwritable>)>,
}

/// A document, and what is wrong with it, the errors first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub text: String,
    pub findings: Vec<Finding>,
}

/// What `draft` of `advisory` would be if it went out now.
///
/// # Errors
/// Those of the store.
pub async fn of_draft(house: &House, advisory: &Advisory, draft: &Draft) -> Result<Preview, StoreError> {
    let now = house.now();
    let judged = house.schemes.first().and_then(|scheme| draft.judging.judged(scheme).ok());
    let mut content = Content { severity: judged, ..draft.content.clone() };
    let (number, kinds) = match advisory.current() {
        None => (RevisionNumber::FIRST, BTreeSet::new()),
        Some(before) => (before.number.next(), content.kinds_since(&before.content)),
    };
    let restricted = std::mem::take(&mut content.restricted);
    let names = content.vulnerabilities.clone();
    let (is_clear, label) = (content.tlp == Some(Tlp::Clear), content.tlp);
    let mut advisory = advisory.clone();
    advisory.revisions.push(Revision { number, kinds, released_at: now, content });
    let address = match house.website.place() {
        Some(place) => place.address.clone(),
        None => format!("https://{}", house.team.site),
    };
    let mut going = notice(house, &address, advisory, None);
    let scores = scores_of(house, names.iter(), now).await?;
    let mut seen = Preview::default();
    if is_clear {
        let to = everybody();
        going.scores = scores_for(house, &to, scores, false).0;
        if let Some(last) = going.advisory.revisions.last_mut() {
            last.content.restricted = paragraphs_for(house, &to, restricted, false).0;
        }
        let decision = disclosure::clear(&house.law.gate(), asking(house, Purpose::Warn), going.clone(), &to);
        let is_ours = going.advisory.publisher == house.team.name;
        seen.public = decision.released().ok().filter(|it| is_ours && it.form() == Form::Full);
        if let Some(cleared) = &seen.public {
            going = cleared.item().clone();
        }
    } else if let (Some(last), Some(label)) = (going.advisory.revisions.last_mut(), label) {
        // The whole carries the narrowest label of what is in it (`protected.rs`).
        let tlp = restricted.iter().map(|it| it.tlp).max().unwrap_or(label).max(label);
        last.content.restricted = restricted;
        last.content.tlp = Some(tlp);
    }
    let words = Words::of(going.language());
    for edition in Edition::ALL {
        seen.documents.push((edition, document(&words, &going, edition).map(checked)));
    }
    Ok(seen)
}

fn checked(bytes: Vec<u8>) -> Document {
    let unread = |why: formats::Unreadable| {
        let message = why.to_string();
        vec![Finding { test: "schema".into(), severity: Severity::Error, path: why.at, message }]
    };
    let mut findings = csaf::validate(&bytes).unwrap_or_else(unread);
    findings.sort_by(|one, other| {
        one.severity
            .cmp(&other.severity)
            .then_with(|| (&one.test, &one.path).cmp(&(&other.test, &other.path)))
    });
    findings.truncate(FINDINGS_MAX);
    Document { text: String::from_utf8_lossy(&bytes).into_owned(), findings }
}
