//! `GET /desk/advisories` and `GET /desk/advisories/{id}`: what was said, in which revision, how
//! bad, for which products, what helps and whether that is still to be trusted.
//!
//! Whatever reopens warnings says how many before it is pressed.

use std::collections::{BTreeMap, BTreeSet};

use domain::advisory::{Content, Revision, RevisionKind, State, Status};
use domain::ids::MeasureId;
use domain::measure::{CareImpact, Measure, Reliability};
use domain::reassessment::{Move, Reassessment};
use domain::severity::{Judged, Judgement, Severity};
use domain::text::Text;
use jiff::Timestamp;
use maud::{Markup, html};
use uuid::Uuid;

pub mod before_release;
pub mod course;
pub mod door;
pub mod recipients;
pub mod website;

use crate::desk::vulnerabilities::{address_of, facet};
use crate::fields::{Field, list, tick};
use crate::page::Frame;
use crate::tables::{Paging, address, window};
use crate::terms::{Tone, status, tone_of_reliability};
use crate::wall_time::local_field;

/// All advisories of this node.
#[derive(Debug, Clone)]
pub struct List {
    /// Latest revision first.
    pub advisories: Vec<Item>,
    pub words: String,
    pub paging: Paging,
    /// What is being written, the last saved first.
    pub drafts: Vec<DraftLine>,
    /// A number that is free.
    pub next_number: String,
}

/// One that is being written.
#[derive(Debug, Clone)]
pub struct DraftLine {
    pub id: Uuid,
    pub number: String,
    pub title: Text,
    pub by: String,
    pub at: Timestamp,
    pub is_sent_back: bool,
}

#[derive(Debug, Clone)]
pub struct Item {
    pub id: Uuid,
    pub number: String,
    pub title: Text,
    pub state: State,
    pub severity: Severity,
    /// Levels by their letters, such as `H/H`. Blank when nobody has judged it.
    pub label: String,
    pub revision: Option<String>,
    pub released_at: Option<Timestamp>,
    /// Warnings that are still open.
    pub open: usize,
    /// Complaints of whoever read its papers.
    pub complaints: usize,
}

/// One advisory.
#[derive(Debug, Clone)]
pub struct View {
    pub id: Uuid,
    pub publisher: String,
    pub number: String,
    pub state: State,
    /// Oldest first; the page turns them round.
    pub revisions: Vec<Revision>,
    /// What counts, or the draft.
    pub content: Content,
    pub papers: Vec<Paper>,
    /// Whom it concerns, counted; before release this is what would happen.
    pub reach: Reach,
    /// Open or closed warnings that lean on a measure, and reopen when it falls.
    pub leaning: BTreeMap<MeasureId, usize>,
    /// What waits to be released: the first revision, or the next. Its content is `content`.
    pub proposal: Option<Proposal>,
    /// What the judgement would become by what others said since.
    pub reassessment: Option<Reassessment>,
    /// What was decided about the website. `None` where there is none, or it is not ours to put there.
    pub website: Option<website::View>,
    pub may_withdraw: bool,
    /// Whether it is out with nothing open under it.
    pub may_close: bool,
    pub may_revise: bool,
    /// What somebody is writing about it.
    pub draft: Option<Writing>,
    /// Whether another publisher wrote it.
    pub is_of_others: bool,
    /// Why it is in its state, where somebody said so.
    pub state_reason: Option<String>,
}

/// Who saved a draft last, and when.
#[derive(Debug, Clone)]
pub struct Writing {
    pub by: String,
    pub at: Timestamp,
}

/// A revision that waits for a second person.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Who wrote it. `None` when it came from a paper.
    pub by: Option<String>,
    /// Why it differs from what was released. Empty for the first.
    pub kinds: BTreeSet<RevisionKind>,
    /// Warnings that begin a new run when it is released.
    pub reopens: usize,
    /// The visitor wrote it, and so somebody else releases it.
    pub own: bool,
    /// Whether this visitor is one who releases.
    pub may_release: bool,
    /// Approved by whom, to go out when.
    pub approved: Option<(String, Timestamp)>,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Reach {
    pub participants: usize,
    pub systems: usize,
    pub unsure: usize,
    pub blocked: usize,
    pub unreached: usize,
}

/// Where it came from: bytes as received.
#[derive(Debug, Clone)]
pub struct Paper {
    /// SHA-256, in hexadecimal.
    pub digest: String,
    pub source: String,
    pub received_at: Timestamp,
    pub size_bytes: u64,
    pub complaints: Vec<Complaint>,
}

/// What the reader of a paper stumbled over, and where.
#[derive(Debug, Clone)]
pub struct Complaint {
    /// A JSON pointer.
    pub path: String,
    pub message: String,
}

pub fn list_page(frame: &Frame, view: &List) -> Markup {
    let columns = [
        "advisories-title-column",
        "advisories-severity",
        "advisories-state",
        "advisories-revision",
        "advisories-open",
        "advisories-complaints",
    ];
    frame.document(
        &frame.say("page-nav-advisories"),
        html! {
            h1 { (frame.say("page-nav-advisories")) }
            p { (frame.say("advisories-from-lists")) " " a href="/desk/records" { (frame.say("records-of-lists")) } }
            (frame.search("/desk/advisories", "q", &frame.say("advisories-search"), &view.words, &[]))
            div #advisories .part data-live {
                (window("list-caption", html! {
                    table {
                        caption #list-caption { (frame.count("advisories-found", view.paging.total)) }
                        thead { tr { @for key in columns { th scope="col" { (frame.say(key)) } } } }
                        tbody { @for item in &view.advisories { (row(frame, item)) } }
                    }
                }))
                @if view.advisories.is_empty() { p .notice { (frame.say("advisories-none")) } }
                (frame.pager(view.paging, |page| address("/desk/advisories", &[("q", &view.words), ("page", &page.to_string())])))
            }
            section #drafts aria-labelledby="drafts-head" {
                h2 #drafts-head { (frame.say("drafts-head")) }
                @if view.drafts.is_empty() { p .soft { (frame.say("drafts-none")) } }
                ul {
                    @for draft in &view.drafts {
                        li {
                            a href={ "/desk/drafts/" (draft.id) } { (draft.number) } " "
                            @if !draft.title.is_empty() { (frame.text(&draft.title)) " " }
                            span .soft { (draft.by) ", " (frame.time(draft.at)) }
                            @if draft.is_sent_back { " " (status(Tone::Alarm, &frame.say("drafts-sent-back"))) }
                        }
                    }
                }
                (frame.form("/desk/drafts", html! {
                    (Field::new("begin", "number", frame.say("drafts-number")).value(view.next_number.as_str()).required())
                    button data-key="n" { (frame.say("drafts-begin")) }
                }))
            }
            section #import aria-labelledby="import-head" {
                h2 #import-head { (frame.say("advisories-import")) }
                p { (frame.say("advisories-import-what")) }
                (frame.upload("/desk/papers", html! {
                    (Field::new("import", "file", frame.say("advisories-import-file")).kind("file")
                        .accept(".json,.csv,application/json").required())
                    button { (frame.say("advisories-import-send")) }
                }))
            }
        },
    )
}

fn row(frame: &Frame, item: &Item) -> Markup {
    html! {
        tr id={ "advisory-" (item.id.simple()) } tabindex="-1" data-row {
            th scope="row" {
                a href={ "/desk/advisories/" (item.id) } {
                    @if item.title.is_empty() { (item.number) } @else { (frame.text(&item.title)) }
                }
                br; span .small .soft { (item.number) }
            }
            td { (frame.severity(item.severity)) @if !item.label.is_empty() { " " span .nowrap { "[" (item.label) "]" } } }
            td { (frame.term(item.state)) }
            td {
                @if let Some(revision) = &item.revision { (revision) }
                @if let Some(at) = item.released_at { br; span .small .soft { (frame.time(at)) } }
            }
            td { a href={ "/desk?advisory=" (item.id) } { (item.open) } }
            td { @if item.complaints > 0 { (status(Tone::Heed, &item.complaints.to_string())) } @else { "0" } }
        }
    }
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let content = &view.content;
    frame.document(
        &view.number,
        html! {
            header {
                p .row {
                    (frame.severity(content.severity()))
                    @if let Some(judged) = &content.severity { span .nowrap { "[" (judged.label()) "]" } }
                    span { (view.publisher) " " (view.number) }
                    (status(tone_of_state(view.state), &frame.term(view.state)))
                    @if content.exploited { (status(Tone::Alarm, &frame.say("board-exploited"))) }
                }
                @if let Some(why) = &view.state_reason { p { (frame.say("advisory-state-reason")) " “" (why) "”" } }
                h1 { @if content.title.is_empty() { (view.number) } @else { (frame.text(&content.title)) } }
                p { (frame.text(&content.summary)) }
                @if !content.vulnerabilities.is_empty() {
                    p { @for name in &content.vulnerabilities { a href=(address_of(name)) { code { (name) } } " " } }
                }
            }
            (proposal(frame, view))
            @if let Some(website) = &view.website { (website::section(frame, view.id, website)) }
            @if let Some(it) = &view.reassessment { (reassessment(frame, view, it)) }
            (reach(frame, view))
            (measures(frame, view))
            @if let Some(judged) = &content.severity { (severity(frame, judged)) }
            (products(frame, content))
            (revisions(frame, view))
            (papers(frame, view))
            @if view.may_revise { (revise(frame, view)) }
            (withdrawal(frame, view))
        },
    )
}

fn tone_of_state(state: State) -> Tone {
    match state {
        State::Published => Tone::Good,
        State::Withdrawn => Tone::Alarm,
        State::Draft | State::Review | State::Approved => Tone::Heed,
        State::Closed => Tone::Quiet,
    }
}

fn reach(frame: &Frame, view: &View) -> Markup {
    let Reach { participants, systems, unsure, blocked, unreached } = view.reach;
    let before = matches!(view.state, State::Draft | State::Review | State::Approved);
    let figures = [
        ("advisory-participants", participants),
        ("advisory-systems", systems),
        ("advisory-unsure", unsure),
        ("advisory-blocked", blocked),
        ("advisory-unreached", unreached),
    ];
    html! {
        section #reach aria-labelledby="reach-head" data-live {
            h2 #reach-head { (frame.say(if before { "advisory-would-reach" } else { "advisory-reaches" })) }
            dl .figures { @for (key, n) in figures { div { dd { (n) } dt { (frame.say(key)) } } } }
            @if !before {
                p {
                    a href={ "/desk?advisory=" (view.id) } { (frame.say("advisory-to-board")) } " · "
                    a href={ "/desk/advisories/" (view.id) "/course" } { (frame.say("course-to")) } " · "
                    a href={ "/desk/advisories/" (view.id) "/recipients" } { (frame.say("advisory-recipients")) } " · "
                    a href={ "/desk/disclosures?advisory=" (view.id) } { (frame.say("advisory-to-disclosures")) }
                }
            }
        }
    }
}

/// What waits for a second person, and what pressing would do.
fn proposal(frame: &Frame, view: &View) -> Markup {
    let at = format!("/desk/advisories/{}", view.id);
    html! {
        @if let Some(proposal) = &view.proposal {
            section #proposal .notice.heed aria-labelledby="proposal-head" {
                h2 #proposal-head { (frame.say("advisory-proposal")) }
                p {
                    @match &proposal.by {
                        Some(by) => { (frame.say_with("advisory-proposed-by", &[("name", by)])) }
                        None => { (frame.say("advisory-proposed-by-paper")) }
                    }
                }
                @if !proposal.kinds.is_empty() {
                    p { (kinds(frame, &proposal.kinds)) }
                    p { (frame.count("advisory-reopens", proposal.reopens)) }
                }
                p { a href={ (at) "/before-release" } { (frame.say("advisory-before-release")) } }
                @if proposal.own {
                    p { (frame.say("advisory-own-work")) }
                } @else if !proposal.may_release {
                    p { (frame.say("advisory-for-duty-officer")) }
                } @else {
                    p { (frame.count("advisory-publish-count", view.reach.participants)) }
                    @let label = match proposal.reopens {
                        0 => frame.say("advisory-publish"),
                        some => frame.count("advisory-publish-reopening", some),
                    };
                    (frame.button(&format!("{at}/release"), &[], &label))
                    (later(frame, &at))
                }
                @if let Some((by, when)) = &proposal.approved {
                    p { (frame.say_with("advisory-approved-by", &[("name", by)])) " " (frame.time(*when)) "." }
                    (frame.button(&format!("{at}/hold"), &[], &frame.say("advisory-hold")))
                }
                (back_or_aside(frame, &at))
            }
        }
    }
}

/// Approved now, to go out at a time.
fn later(frame: &Frame, at: &str) -> Markup {
    html! {
        details #approve {
            summary { (frame.say("advisory-later")) }
            div .drawer {
                (frame.form(&format!("{at}/approval"), html! {
                    (Field::new("approve", "release_at", frame.say("advisory-release-at")).kind("datetime-local").required())
                    button { (frame.say("advisory-approve")) }
                }))
            }
        }
    }
}

/// What waits goes back to who wrote it, or is not for us.
fn back_or_aside(frame: &Frame, at: &str) -> Markup {
    html! {
        details #back {
            summary { (frame.say("advisory-back")) }
            div .drawer {
                p { (frame.say("advisory-back-what")) }
                (frame.form(&format!("{at}/back"), html! {
                    (Field::new("back", "why", frame.say("advisory-why")).required())
                    button { (frame.say("advisory-back-send")) }
                }))
            }
        }
        details #aside {
            summary { (frame.say("advisory-aside")) }
            div .drawer {
                p { (frame.say("advisory-aside-what")) }
                (frame.form(&format!("{at}/aside"), html! {
                    (Field::new("aside", "why", frame.say("advisory-why")).required())
                    button { (frame.say("advisory-aside-send")) }
                }))
            }
        }
    }
}

/// What was said since, and what the sum becomes by it. Taken over with one press, and released by another.
fn reassessment(frame: &Frame, view: &View, it: &Reassessment) -> Markup {
    let before = view.content.severity.as_ref().map(Judgement::label).unwrap_or_default();
    html! {
        section #reassessment .notice.heed aria-labelledby="reassessment-head" {
            h2 #reassessment-head { (frame.say("advisory-reassessment")) }
            ul { @for one in &it.moves { li { (answer_would_change(frame, one)) } } }
            @for axis in &it.judgement.computed.axes {
                p {
                    (question_words(frame, &axis.axis)) ": " (frame.count("advisory-points", axis.points as usize))
                    ", " (frame.term(axis.level))
                }
            }
            p { b { "[" (before) "] → [" (it.judgement.label()) "]" } " " (frame.severity(it.judgement.severity)) }
            @if view.may_revise {
                (frame.button(
                    &format!("/desk/advisories/{}/reassessment", view.id), &[], &frame.say("advisory-take-over"),
                ))
            }
        }
    }
}

/// "Is there exploit code? none → working exploit code", with who says so and since when.
fn answer_would_change(frame: &Frame, one: &Move) -> Markup {
    html! {
        (question_words(frame, &one.question)) " "
        @if let Some(from) = &one.from { (choice_words(frame, from)) " → " }
        b { (choice_words(frame, &one.to)) }
        @for said in &one.said {
            "; " (facet(frame, said.it)) ", "
            (frame.say_with("advisory-says", &[("by", &said.by), ("since", &frame.time_words(said.at))]))
        }
    }
}

/// Why a revision was made that takes over what was said, in the words of this reader.
fn why_taken_over(frame: &Frame, it: &Reassessment) -> String {
    let mut parts = Vec::new();
    for one in &it.moves {
        let by: BTreeSet<&str> = one.said.iter().map(|said| said.by.as_str()).collect();
        let by: Vec<&str> = by.into_iter().collect();
        let (question, choice) = (question_words(frame, &one.question), choice_words(frame, &one.to));
        parts.push(format!("{question} {choice} ({})", by.join(", ")));
    }
    parts.join("; ")
}

fn withdrawal(frame: &Frame, view: &View) -> Markup {
    html! {
        @if view.may_withdraw {
            div .acts.part {
                details #withdraw {
                    summary { (frame.say("advisory-withdraw")) }
                    div .drawer {
                        p { (frame.count("advisory-withdraw-count", view.reach.participants)) }
                        (frame.form(&format!("/desk/advisories/{}/withdraw", view.id), html! {
                            (Field::new("withdraw", "why", frame.say("advisory-why")).required())
                            button { (frame.say("advisory-withdraw-sure")) }
                        }))
                    }
                }
            }
        }
        @if view.may_close {
            details #close {
                summary { (frame.say("advisory-close")) }
                div .drawer {
                    p { (frame.say("advisory-close-what")) }
                    (frame.form(&format!("/desk/advisories/{}/close", view.id), html! {
                        (Field::new("close", "why", frame.say("advisory-why")).required())
                        button { (frame.say("advisory-close-sure")) }
                    }))
                }
            }
        }
    }
}

/// Why a revision was made, and what that does to those who were warned.
pub(crate) fn kinds(frame: &Frame, kinds: &BTreeSet<RevisionKind>) -> Markup {
    html! {
        @for (place, kind) in kinds.iter().enumerate() {
            @if place > 0 { ", " }
            (frame.term(*kind))
        }
        " → " (frame.term(domain::advisory::consequence(kinds)))
    }
}

fn measures(frame: &Frame, view: &View) -> Markup {
    html! {
        section #measures aria-labelledby="measures-head" {
            h2 #measures-head { (frame.say("advisory-measures")) }
            @if view.content.measures.is_empty() {
                p { (frame.say(if view.content.no_measure_known { "advisory-no-measure-known" } else { "advisory-no-measure" })) }
            }
            ul .cards.plain { @for it in &view.content.measures { (measure(frame, view, it)) } }
        }
    }
}

fn measure(frame: &Frame, view: &View, measure: &Measure) -> Markup {
    let leaning = view.leaning.get(&measure.id).copied().unwrap_or_default();
    html! {
        li .card id={ "measure-" (measure.id) } {
            div .row {
                h3 { (frame.text(&measure.title)) }
                (status(tone_of_reliability(measure.reliability), &frame.term(measure.reliability)))
            }
            dl .pairs.small {
                dt { (frame.say("advisory-measure-kind")) }
                dd {
                    (frame.term(measure.kind))
                    @if let Some(minutes) = measure.minutes {
                        ", " (frame.say_with("warning-page-minutes", &[("minutes", &minutes.to_string())]))
                    }
                }
                @if measure.care_impact != CareImpact::None {
                    dt { (frame.say("advisory-care")) } dd { (frame.term(measure.care_impact)) }
                }
                @if !measure.side_effects.is_empty() {
                    dt { (frame.say("warning-page-side-effects")) } dd { (frame.text(&measure.side_effects)) }
                }
                @if !measure.condition.is_empty() {
                    dt { (frame.say("warning-page-condition")) } dd { (frame.text(&measure.condition)) }
                }
                @if !measure.fails_for.is_empty() {
                    dt { (frame.say("advisory-fails-for")) }
                    dd { @for range in &measure.fails_for { code { (range) } " " } }
                }
                dt { (frame.say("advisory-provable")) }
                dd {
                    @if measure.provable_by.is_empty() { (frame.say("advisory-provable-by-nothing")) }
                    @for (place, method) in measure.provable_by.iter().enumerate() {
                        @if place > 0 { "; " }
                        (frame.term(*method))
                    }
                }
                dt { (frame.say("advisory-leaning")) } dd { (leaning) }
            }
            @if !measure.steps.is_empty() {
                details id={ "steps-" (measure.id) } {
                    summary { (frame.count("advisory-measure-steps", measure.steps.len())) }
                    ol .steps { @for step in &measure.steps { li { div { (frame.text(step)) } } } }
                }
            }
            @if view.may_revise { (trust(frame, view, measure, leaning)) }
        }
    }
}

/// Saying that a measure is to be trusted less, or again.
fn trust(frame: &Frame, view: &View, measure: &Measure, leaning: usize) -> Markup {
    let offered = [
        (Reliability::Doubtful, "doubtful", "advisory-doubtful"),
        (Reliability::Revoked, "revoked", "advisory-revoked"),
        (Reliability::Recommended, "recommended", "advisory-recommended"),
    ];
    let id = measure.id.0.simple();
    html! {
        div .acts {
            @for (reliability, word, key) in offered {
                @if reliability != measure.reliability {
                    details id={ (word) "-" (id) } {
                        summary { (frame.say(key)) }
                        div .drawer {
                            @if reliability != Reliability::Recommended {
                                p .notice.heed { (frame.count("advisory-reopens", leaning)) }
                            }
                            (frame.form(&format!("/desk/advisories/{}/measures", view.id), html! {
                                input type="hidden" name="measure" value=(measure.id);
                                input type="hidden" name="reliability" value=(word);
                                (Field::new(&format!("{word}-{id}"), "reason", frame.say("advisory-reason"))
                                    .kind("textarea").required())
                                button .grave[reliability == Reliability::Revoked] { (frame.say(&format!("{key}-sure"))) }
                            }))
                        }
                    }
                }
            }
        }
    }
}

/// The level with the distance to the next, because once everything hung on one point.
fn severity(frame: &Frame, judged: &Judgement) -> Markup {
    html! {
        section #severity aria-labelledby="severity-head" {
            h2 #severity-head { (frame.say("advisory-severity")) }
            div .beside {
                @for axis in &judged.computed.axes { (axis_card(frame, axis)) }
            }
            @if let Some(reason) = &judged.reason {
                p .notice { b { (frame.say("advisory-deviates")) } " " (reason) }
            }
            details #answers {
                summary { (frame.say("advisory-answers")) }
                (window("answers-caption", html! {
                    table {
                        caption #answers-caption { (frame.say("advisory-answers-scheme")) " " (judged.computed.scheme) }
                        thead { tr { th scope="col" { (frame.say("advisory-question")) } th scope="col" { (frame.say("advisory-answer")) } } }
                        tbody {
                            @for (question, choice) in &judged.answers {
                                tr { th scope="row" { (question_words(frame, question)) } td { (choice_words(frame, choice)) } }
                            }
                        }
                    }
                }))
            }
        }
    }
}

pub(crate) fn axis_card(frame: &Frame, axis: &Judged) -> Markup {
    html! {
        div .card {
            h3 { (question_words(frame, &axis.axis)) ": " (frame.term(axis.level)) }
            p { (frame.count("advisory-points", axis.points as usize)) }
            @match &axis.next {
                None => { p .soft { (frame.say("advisory-top")) } }
                Some(next) => {
                    @let missing = usize::try_from(next.points_missing).unwrap_or_default();
                    p { strong { (frame.count("advisory-below", missing)) " " (frame.term(next.level)) } }
                    @if !next.lifted_by.is_empty() {
                        p { (frame.say("advisory-lifted-by")) }
                        ul { @for (question, choice) in &next.lifted_by { li { (question_words(frame, question)) ": " (choice_words(frame, choice)) } } }
                    }
                }
            }
        }
    }
}

/// The words for a key of a severity scheme. Schemes are data: a key of which we know no words
/// shows itself, with blanks.
pub(crate) fn question_words(frame: &Frame, key: &str) -> String {
    scheme_words(frame, "question", key)
}

pub(crate) fn choice_words(frame: &Frame, key: &str) -> String {
    scheme_words(frame, "choice", key)
}

fn scheme_words(frame: &Frame, kind: &str, key: &str) -> String {
    let name = format!("{kind}-{}", key.replace('_', "-"));
    frame.words.find(&name).unwrap_or_else(|| key.replace('_', " "))
}

fn products(frame: &Frame, content: &Content) -> Markup {
    html! {
        div #products .part {
            (window("products-caption", html! {
                table {
                    caption #products-caption { (frame.say("advisory-products")) }
                    thead { tr {
                        th scope="col" { (frame.say("advisory-product")) }
                        th scope="col" { (frame.say("advisory-versions")) }
                        th scope="col" { (frame.say("advisory-product-status")) }
                    } }
                    tbody {
                        @for product in &content.products {
                            tr {
                                th scope="row" { (product.name) }
                                td {
                                    @if product.ranges.is_empty() { (frame.say("advisory-versions-unknown")) }
                                    @for range in &product.ranges { code { (range) } " " }
                                }
                                td {
                                    (frame.term(product.status))
                                    @if let Some(it) = content.exemption(&product.name).filter(|_| product.status == Status::NotAffected) {
                                        ": " (frame.term(it.why)) ". " (frame.text(&it.words))
                                    }
                                }
                            }
                        }
                    }
                }
            }))
            @if content.products.is_empty() { p .notice.heed { (frame.say("advisory-no-products")) } }
        }
    }
}

fn revisions(frame: &Frame, view: &View) -> Markup {
    html! {
        section #revisions aria-labelledby="revisions-head" {
            h2 #revisions-head { (frame.say("advisory-revisions")) }
            @if view.revisions.is_empty() { p .soft { (frame.say("advisory-no-revision")) } }
            ol .timeline reversed {
                @for revision in view.revisions.iter().rev() {
                    li {
                        div {
                            p {
                                b { (revision.number) } " · " (frame.time(revision.released_at)) " · "
                                @if revision.kinds.is_empty() {
                                    (frame.say("advisory-first"))
                                } @else {
                                    (kinds(frame, &revision.kinds))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn papers(frame: &Frame, view: &View) -> Markup {
    html! {
        section #papers aria-labelledby="papers-head" {
            h2 #papers-head { (frame.say("advisory-papers")) }
            @if view.papers.is_empty() { p .soft { (frame.say("advisory-no-paper")) } }
            ul .cards.plain {
                @for paper in &view.papers {
                    li .card {
                        h3 { (paper.source) }
                        p .leaf {
                            (frame.time(paper.received_at)) " · "
                            (frame.say_with("advisory-bytes", &[("bytes", &paper.size_bytes.to_string())])) " · "
                            code { (paper.digest) }
                        }
                        @if paper.complaints.is_empty() {
                            p { (status(Tone::Good, &frame.say("advisory-no-complaints"))) }
                        } @else {
                            details {
                                summary { (frame.count("advisory-complaints", paper.complaints.len())) }
                                ul { @for it in &paper.complaints { li { code { (it.path) } " " span lang="en" { (it.message) } } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The editor, on what waits or was released last; what a crisis changes, in one form; and, on what another team
/// said, an advisory of our own.
fn revise(frame: &Frame, view: &View) -> Markup {
    let content = &view.content;
    let text = |text: &Text, language| {
        text.iter().find(|(own, _)| *own == language).map(|(_, words)| words.to_owned()).unwrap_or_default()
    };
    use domain::text::Language::{En, Nl};
    let severities = [Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
    let words = ["low", "medium", "high", "critical"];
    let options: Vec<(String, String)> =
        words.iter().zip(severities).map(|(word, it)| ((*word).to_owned(), frame.term(it))).collect();
    let chosen = severities.iter().position(|it| *it == content.severity()).map(|place| words[place]);
    html! {
        section #revise aria-labelledby="revise-head" {
            h2 #revise-head { (frame.say("advisory-revise")) }
            p { (frame.say("advisory-revise-what")) }
            @if let Some(draft) = &view.draft {
                p {
                    (frame.say_with("advisory-draft-of", &[("name", &draft.by)])) " " (frame.time(draft.at)) " · "
                    a href={ "/desk/drafts/" (view.id) } { (frame.say("advisory-draft-go-on")) }
                }
            } @else {
                (frame.button(&format!("/desk/drafts/{}/open", view.id), &[], &frame.say("advisory-write")))
            }
            @if view.is_of_others {
                p { (frame.say("advisory-enrich-what")) }
                (frame.button("/desk/drafts", &[("advisory", &view.id.to_string())], &frame.say("advisory-enrich")))
            }
            details #revise-form {
                summary { (frame.say("advisory-revise-open")) }
                (frame.draft(&format!("/desk/advisories/{}/revisions", view.id), "revise", html! {
                    div .beside {
                        (Field::new("revise", "summary_nl", frame.say("advisory-summary-nl")).kind("textarea").value(text(&content.summary, Nl)))
                        (Field::new("revise", "summary_en", frame.say("advisory-summary-en")).kind("textarea").value(text(&content.summary, En)))
                        (Field::new("revise", "consequence_nl", frame.say("advisory-consequence-nl")).kind("textarea").value(text(&content.consequence, Nl)))
                        (Field::new("revise", "consequence_en", frame.say("advisory-consequence-en")).kind("textarea").value(text(&content.consequence, En)))
                        (list("revise", "severity", &frame.say("advisory-severity"), &options, chosen))
                        (Field::new("revise", "presumption", frame.say("advisory-presumption")).kind("datetime-local")
                            .value(content.presumption.map(local_field).unwrap_or_default()).hint(frame.say("advisory-presumption-hint")))
                    }
                    (tick("revise", "exploited", &frame.say("advisory-exploited"), content.exploited))
                    (trusts(frame, content))
                    (Field::new("revise", "reason", frame.say("advisory-reason")).required())
                    button { (frame.say("advisory-revise-send")) }
                }))
            }
        }
    }
}

/// How far each measure is to be trusted from now on: a revoked measure, a raised level and a presumption are one
/// revision, so that everybody gets one letter about all of it.
fn trusts(frame: &Frame, content: &Content) -> Markup {
    let words = [
        (Reliability::Recommended, "recommended"),
        (Reliability::Doubtful, "doubtful"),
        (Reliability::Revoked, "revoked"),
    ];
    html! {
        @for measure in &content.measures {
            @let stays = (String::new(), format!("{} ({})", frame.say("advisory-trust-stays"), frame.term(measure.reliability)));
            @let others = words.iter().filter(|(it, _)| *it != measure.reliability);
            @let options: Vec<(String, String)> = std::iter::once(stays)
                .chain(others.map(|(it, word)| ((*word).to_owned(), frame.term(*it)))).collect();
            @let title = measure.title.for_reader(frame.words.language());
            (list("revise", &format!("trust-{}", measure.id), &frame.say_with("advisory-trust", &[("measure", title)]), &options, None))
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::advisory::{AffectedProduct, RevisionNumber, Status};
    use domain::measure::Kind;
    use domain::observation::Method;
    use domain::product::Name;
    use domain::severity::{Answers, Assessment, Level, Next};
    use domain::time::Said;
    use domain::version::{Range, Version};
    use domain::vulnerability::{Exploit, Facet};

    use super::*;
    use crate::page::testing::check;

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    fn both(nl: &str, en: &str) -> Text {
        Text::both(nl, en)
    }

    fn measure(number: u128, kind: Kind, title: Text, reliability: Reliability) -> Measure {
        Measure {
            id: MeasureId(Uuid::from_u128(number)),
            kind,
            title,
            steps: vec![both("Maak een kopie.", "Make a copy."), both("Zet de regel aan.", "Switch it on.")],
            applies_to: vec![],
            fails_for: vec![Range::Exactly(Version::new("12.1-50.28"))],
            minutes: Some(15),
            side_effects: both("Opnieuw inloggen.", "Signing in again."),
            care_impact: CareImpact::Hindered,
            condition: Text::default(),
            provable_by: BTreeSet::from([Method::MitigationAbsent, Method::SafeCheck]),
            check: Text::default(),
            reliability,
        }
    }

    fn judgement() -> Judgement {
        let pair = |question: &str, choice: &str| (question.to_owned(), choice.to_owned());
        let chance = Judged {
            axis: "chance".into(),
            points: 27,
            level: Level::Medium,
            next: Some(Next {
                level: Level::High,
                points_missing: 1,
                lifted_by: vec![pair("technical_details", "some"), pair("exploit_code", "proof_of_concept")],
            }),
        };
        let damage = Judged { axis: "damage".into(), points: 2, level: Level::High, next: None };
        let answers: Answers = [
            pair("exploit_code", "none"),
            pair("technical_details", "none"),
            pair("exploited", "no"),
            pair("a_question_of_the_operator", "yes"),
        ]
        .into();
        let computed =
            Assessment { scheme: "ncsc-2019".into(), severity: Severity::High, axes: vec![chance, damage] };
        Judgement {
            answers,
            computed,
            levels: vec![Level::High, Level::High],
            severity: Severity::Critical,
            reason: Some("2020-01-09: scanning".into()),
        }
    }

    /// The exploit is out, says a team.
    fn risen() -> Reassessment {
        let at = at("2020-01-11T08:00:00Z");
        let it = Facet::Exploit(Exploit::Public);
        let said = vec![Said { at, known_at: at, it, by: "CISA-ADP".into() }];
        let one =
            Move { question: "exploit_code".into(), from: Some("none".into()), to: "exploit".into(), said };
        Reassessment { judgement: judgement(), moves: vec![one] }
    }

    fn sample() -> View {
        let content = Content {
            title: both("Lek in Citrix ADC en Gateway", "Hole in Citrix ADC and Gateway"),
            summary: both(
                "Een aanvaller kan van buiten binnenkomen.",
                "An attacker can come in from outside.",
            ),
            consequence: both("Uw systeem kan overgenomen worden.", "Your system can be taken over."),
            vulnerabilities: BTreeSet::from(["CVE-2019-19781".into()]),
            products: vec![
                AffectedProduct {
                    name: Name::new("Citrix", "Application Delivery Controller"),
                    marks: [].into(),
                    ranges: vec![Range::Train(Version::new("12.1")), Range::Train(Version::new("13.0"))],
                    status: Status::Affected,
                },
                AffectedProduct {
                    name: Name::new("Citrix", "Gateway"),
                    marks: [].into(),
                    ranges: vec![],
                    status: Status::UnderInvestigation,
                },
            ],
            measures: vec![
                measure(
                    7,
                    Kind::Workaround,
                    both("Responder-regel", "Responder policy"),
                    Reliability::Recommended,
                ),
                measure(8, Kind::SwitchOff, both("Uitzetten", "Switch off"), Reliability::Doubtful),
            ],
            severity: Some(judgement()),
            presumption: Some(at("2020-01-08T23:00:00Z")),
            exploited: true,
            ..Content::default()
        };
        let revision = |number: u32, kinds: &[RevisionKind]| Revision {
            number: RevisionNumber(number),
            kinds: kinds.iter().copied().collect(),
            released_at: at("2019-12-18T13:00:00Z"),
            content: content.clone(),
        };
        View {
            id: Uuid::from_u128(9),
            publisher: "Zorg-CERT Oost".into(),
            number: "ZCO-2019-0042".into(),
            state: State::Published,
            revisions: vec![
                revision(100, &[]),
                revision(101, &[RevisionKind::LevelUp, RevisionKind::Content]),
            ],
            papers: vec![
                Paper {
                    digest: "9f".repeat(32),
                    source: "csaf.leverancier.example".into(),
                    received_at: at("2019-12-17T19:00:00Z"),
                    size_bytes: 48_211,
                    complaints: vec![Complaint {
                        path: "/product_tree/branches/0".into(),
                        message: "a version range that nobody can read".into(),
                    }],
                },
                Paper {
                    digest: "1c".repeat(32),
                    source: "nvd".into(),
                    received_at: at("2019-12-27T21:15:00Z"),
                    size_bytes: 9_120,
                    complaints: vec![],
                },
            ],
            reach: Reach { participants: 96, systems: 183, unsure: 12, blocked: 4, unreached: 5 },
            leaning: BTreeMap::from([(MeasureId(Uuid::from_u128(7)), 50)]),
            proposal: Some(Proposal {
                by: Some("Jan Dijkgraaf".into()),
                kinds: BTreeSet::from([RevisionKind::MeasureDoubtful]),
                reopens: 50,
                own: false,
                may_release: true,
                approved: Some(("J. Dijkgraaf".into(), at("2020-01-14T07:00:00Z"))),
            }),
            reassessment: Some(risen()),
            website: None,
            may_withdraw: true,
            may_close: true,
            may_revise: true,
            draft: None,
            is_of_others: true,
            state_reason: Some("the bypass made it useless".into()),
            content,
        }
    }

    #[test]
    fn an_advisory_is_shown_with_all_that_it_leans_on() {
        check("advisory", "/desk/advisories/9", |frame| page(frame, &sample()));
        let draft = View {
            state: State::Draft,
            revisions: vec![],
            papers: vec![],
            content: Content { no_measure_known: true, ..Content::default() },
            proposal: Some(Proposal {
                by: None,
                kinds: BTreeSet::new(),
                reopens: 0,
                own: true,
                may_release: false,
                approved: None,
            }),
            reassessment: None,
            website: None,
            may_withdraw: false,
            may_close: false,
            may_revise: true,
            draft: Some(Writing { by: "B. Sluis".into(), at: at("2020-01-13T08:00:00Z") }),
            is_of_others: false,
            state_reason: None,
            ..sample()
        };
        check("advisory-draft", "/desk/advisories/9", |frame| page(frame, &draft));
        let unread = View { content: Content::default(), ..draft };
        check("advisory-empty", "/desk/advisories/9", |frame| page(frame, &unread));
    }

    #[test]
    fn whoever_revokes_a_measure_is_told_how_many_warnings_reopen() {
        use crate::page::testing::{frame, languages};
        let [_, english] = languages();
        let html = page(&frame(english, "/desk/advisories/9"), &sample()).into_string();
        assert!(html.contains("50 warnings reopen"));
        assert!(html.contains("1 point below"));
        assert!(
            html.contains("a question of the operator"),
            "a scheme of an operator needs no words of ours"
        );
    }

    #[test]
    fn the_list_of_advisories_holds_in_both_languages() {
        let item = |number: u128, state| Item {
            id: Uuid::from_u128(number),
            number: format!("ZCO-2019-{number:04}"),
            title: both("Lek in Citrix ADC en Gateway", "Hole in Citrix ADC and Gateway"),
            state,
            severity: Severity::Critical,
            label: "H/H".into(),
            revision: Some("1.02".into()),
            released_at: Some(at("2020-01-13T08:00:00Z")),
            open: 38,
            complaints: usize::from(number == 1),
        };
        let paging = Paging { page: 1, pages: 2, total: 31 };
        let view = List {
            advisories: vec![item(1, State::Published), item(2, State::Draft)],
            words: "citrix".into(),
            paging,
            drafts: vec![DraftLine {
                id: Uuid::from_u128(3),
                number: "2020-0043".into(),
                title: both("Lek in Terp", "Hole in Terp"),
                by: "B. Sluis".into(),
                at: at("2020-01-13T08:00:00Z"),
                is_sent_back: true,
            }],
            next_number: "2020-0044".into(),
        };
        check("advisories", "/desk/advisories", |frame| list_page(frame, &view));
        let [dutch, _] = crate::page::testing::languages();
        let html = list_page(&crate::page::testing::frame(dutch, "/desk/advisories"), &view).into_string();
        assert!(html.contains("href=\"/desk/records\""), "what waits aside can be found from here");
        let none = List {
            advisories: vec![],
            words: String::new(),
            paging: Paging::single(0),
            drafts: vec![],
            next_number: "2020-0001".into(),
        };
        check("advisories-empty", "/desk/advisories", |frame| list_page(frame, &none));
    }
}
