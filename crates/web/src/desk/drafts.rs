//! `GET /desk/drafts/{id}`: the editor of an advisory. On the left everything that it says, in fields; beside it
//! what readers will see, what is still missing and what could be said more simply.
//!
//! It is saved as it is typed. Without the script a button saves, and what stands beside the form is as of then.

use std::collections::BTreeSet;

use domain::advisory::{AffectedProduct, Content, Exemption, Justification, State, Status, consequence};
use domain::draft::{Draft, Missing, untranslated};
use domain::ids::AdvisoryId;
use domain::measure::{CareImpact, Kind, Measure, Reliability};
use domain::observation::Method;
use domain::plain_language::{Term, What, remarks};
use domain::product::Name;
use domain::severity::{Axis, Level, Scheme, Unanswered};
use domain::text::{Language, Text};
use domain::tlp::Tlp;
use flow::deliver::letter::Letter;
use flow::publication::preview::Preview;
use maud::{Markup, html};
use store::drafts::Saved;

use crate::desk::advisories::{axis_card, choice_words, kinds, question_words};
use crate::fields::{Field, list, tick};
use crate::page::Frame;
use crate::terms::{Tone, status};
use crate::wall_time::local_field;

pub mod door;
pub(crate) mod previews;
mod typed;

use previews::previews;
use typed::{CARE, KINDS, RELIABILITIES, written};

/// A draft with what its writer needs beside it.
#[derive(Debug, Clone)]
pub struct View {
    pub number: String,
    pub publisher: String,
    pub state: State,
    pub saved: Saved,
    pub saved_by: String,
    /// Something else was put on the desk since this was begun.
    pub is_outdated: bool,
    pub scheme: Scheme,
    pub terms: Vec<Term>,
    /// What was released last; `None` for a first revision.
    pub before: Option<Content>,
    /// Warnings that begin a new run when this is released.
    pub reopens: usize,
    /// The letter, as far as it is written.
    pub letter: Letter,
    /// What everybody would read, and the documents.
    pub preview: Preview,
}

/// Two texts of which only one can be the next.
#[derive(Debug, Clone)]
pub struct Conflict {
    pub id: AdvisoryId,
    pub by: String,
    pub theirs: Saved,
    pub mine: Draft,
    /// The fields of mine, to be sent once more.
    pub sent: Vec<(String, String)>,
}

const FORM: &str = "draft";

pub fn page(frame: &Frame, view: &View) -> Markup {
    let at = format!("/desk/drafts/{}", view.saved.advisory);
    let title = frame.say_with("draft-title", &[("number", &view.number)]);
    frame.document(
        &title,
        html! {
            p .row { span { (view.publisher) " " (view.number) } (status(Tone::Heed, &frame.term(view.state))) }
            h1 { (title) }
            @if let Some(back) = &view.saved.sent_back {
                p .notice.alarm {
                    b { (frame.say_with("draft-sent-back", &[("name", &back.by)])) } " “" (back.why) "”"
                }
            }
            @if view.is_outdated {
                div .notice.heed {
                    p { (frame.say("draft-outdated")) }
                    (frame.button(&format!("{at}/catch-up"), &[], &frame.say("draft-catch-up")))
                }
            }
            div .writing {
                div { (form(frame, view, &at)) }
                aside #beside data-saved aria-label=(frame.say("draft-beside")) {
                    (saved_line(frame, view))
                    (checker(frame, view))
                    (severity(frame, view))
                    (what_it_does(frame, view))
                    (previews(frame, view))
                }
            }
            details #discard {
                summary { (frame.say("draft-discard")) }
                div .drawer {
                    p { (frame.say("draft-discard-what")) }
                    (frame.button(&format!("{at}/discard"), &[], &frame.say("draft-discard-sure")))
                }
            }
        },
    )
}

fn form(frame: &Frame, view: &View, at: &str) -> Markup {
    let content = &view.saved.draft.content;
    frame.autosaved(at, FORM, html! {
        input #draft-version type="hidden" name="version" value=(view.saved.version) data-saved;
        fieldset #draft-words {
            legend { (frame.say("draft-words")) }
            (both(frame, "title", "draft-field-title", &content.title, false))
            (both(frame, "summary", "draft-field-summary", &content.summary, true))
            (both(frame, "consequence", "draft-field-consequence", &content.consequence, true))
        }
        fieldset #draft-scope {
            legend { (frame.say("draft-scope")) }
            div .beside {
                (list(FORM, "tlp", &frame.say("draft-field-tlp"), &labels(frame, false), content.tlp.map(Tlp::word)))
                (Field::new(FORM, "vulnerabilities", frame.say("draft-field-vulnerabilities"))
                    .value(content.vulnerabilities.iter().cloned().collect::<Vec<_>>().join(" ")))
                (Field::new(FORM, "within", frame.say("draft-field-within")).kind("number")
                    .value(content.within.map(|it| it.as_hours().to_string()).unwrap_or_default())
                    .hint(frame.say_with("draft-field-within-hint", &[("hours", &content.within().as_hours().to_string())])))
                (Field::new(FORM, "presumption", frame.say("advisory-presumption")).kind("datetime-local")
                    .value(content.presumption.map(local_field).unwrap_or_default()).hint(frame.say("advisory-presumption-hint")))
            }
        }
        (questions(frame, view))
        fieldset #draft-abuse {
            legend { (frame.say("draft-abuse")) }
            (tick(FORM, "exploited", &frame.say("advisory-exploited"), content.exploited))
            (both(frame, "abuse", "draft-field-abuse", &content.abuse, true))
        }
        (products(frame, content))
        (measures(frame, content))
        fieldset #draft-restricted {
            legend { (frame.say("draft-restricted")) }
            p .hint { (frame.say("draft-restricted-what")) }
            (list(FORM, "restricted_tlp", &frame.say("draft-field-restricted-tlp"), &labels(frame, true),
                content.restricted.first().map(|it| it.tlp.word())))
            (both(frame, "restricted", "draft-field-restricted",
                &content.restricted.first().map(|it| it.text.clone()).unwrap_or_default(), true))
        }
        (Field::new(FORM, "references", frame.say("draft-field-references")).kind("textarea")
            .value(content.references.join("\n")).hint(frame.say("draft-one-per-line")))
        @if view.before.is_some() {
            (Field::new(FORM, "reason", frame.say("advisory-reason")).value(content.reason.clone().unwrap_or_default()))
        }
        p .acts {
            button name="then" value="hand-in" { (frame.say("draft-hand-in")) }
            " " button .quiet name="then" value="go-on" { (frame.say("draft-save")) }
        }
    })
}

/// The same text in both languages, beside each other.
fn both(frame: &Frame, name: &str, label: &str, text: &Text, long: bool) -> Markup {
    html! {
        div .beside {
            @for language in Language::ALL {
                @let own = format!("{name}_{}", language.tag());
                (Field::new(FORM, &own, format!("{} ({})", frame.say(label), frame.say(&format!("language-{}", language.tag()))))
                    .kind(if long { "textarea" } else { "text" }).value(in_language(text, language)))
            }
        }
    }
}

fn in_language(text: &Text, language: Language) -> String {
    text.iter().find(|(own, _)| *own == language).map(|(_, words)| words.to_owned()).unwrap_or_default()
}

/// Labels to choose from; `None` of them when that is a choice too.
fn labels(frame: &Frame, narrower: bool) -> Vec<(String, String)> {
    let none = frame.say(if narrower { "draft-no-block" } else { "draft-no-label" });
    let all = [Tlp::Clear, Tlp::Green, Tlp::Amber, Tlp::AmberStrict, Tlp::Red];
    let of = |tlp: Tlp| (tlp.word().to_owned(), format!("TLP:{}", tlp.word()));
    let words = all.into_iter().filter(|tlp| !narrower || *tlp > Tlp::Clear).map(of);
    std::iter::once((String::new(), none)).chain(words).collect()
}

fn questions(frame: &Frame, view: &View) -> Markup {
    let judging = &view.saved.draft.judging;
    html! {
        fieldset #draft-severity {
            legend { (frame.say("draft-severity")) " " span .soft .small { (view.scheme.name()) } }
            @for (place, axis) in view.scheme.axes().iter().enumerate() {
                h2 { (question_words(frame, &axis.key)) }
                div .beside {
                    @for question in &axis.questions {
                        @let name = format!("answer-{}", question.key);
                        @let open = (String::new(), frame.say("draft-not-answered"));
                        @let options: Vec<(String, String)> = std::iter::once(open)
                            .chain(question.choices.iter().map(|it| (it.key.clone(), format!("{} ({})", choice_words(frame, &it.key), it.points))))
                            .collect();
                        (list(FORM, &name, &question_words(frame, &question.key), &options, judging.answers.get(&question.key).map(String::as_str)))
                    }
                    (level(frame, view, place, axis))
                }
            }
            (Field::new(FORM, "deviation", frame.say("draft-field-deviation")).value(judging.reason.clone())
                .hint(frame.say("draft-field-deviation-hint")))
        }
    }
}

/// The level that counts: what the scheme computes, or another one with a reason.
fn level(frame: &Frame, view: &View, place: usize, axis: &Axis) -> Markup {
    let judging = &view.saved.draft.judging;
    let word = |level: Level| match level {
        Level::Low => "low",
        Level::Medium => "medium",
        Level::High => "high",
    };
    let computed = (String::new(), frame.say("draft-level-computed"));
    let known = axis.levels.iter().map(|step| (word(step.level).to_owned(), frame.term(step.level)));
    let options: Vec<(String, String)> = std::iter::once(computed).chain(known).collect();
    let chosen = judging.levels.as_ref().and_then(|levels| levels.get(place)).map(|level| word(*level));
    let name = format!("level-{}", axis.key);
    let label = frame.say_with("draft-field-level", &[("axis", &question_words(frame, &axis.key))]);
    list(FORM, &name, &label, &options, chosen)
}

fn products(frame: &Frame, content: &Content) -> Markup {
    let products = &content.products;
    let blank = AffectedProduct::new(Name::new("", ""), vec![], Status::Affected);
    let all = [Status::Affected, Status::UnderInvestigation, Status::NotAffected, Status::Fixed];
    let words = ["affected", "under_investigation", "not_affected", "fixed"];
    let options: Vec<(String, String)> =
        words.iter().zip(all).map(|(word, it)| ((*word).to_owned(), frame.term(it))).collect();
    html! {
        fieldset #draft-products {
            legend { (frame.say("draft-products")) }
            p .hint { (frame.say("draft-products-what")) }
            input type="hidden" name="products" value=(products.len() + 2);
            @for (row, line) in products.iter().chain([&blank, &blank]).enumerate() {
                @let of = |name: &str| format!("product-{row}-{name}");
                fieldset {
                    legend { (frame.count("draft-product-row", row + 1)) }
                    div .beside {
                        (Field::new(FORM, &of("vendor"), frame.say("draft-field-vendor")).value(line.name.vendor.clone().unwrap_or_default()))
                        (Field::new(FORM, &of("name"), frame.say("draft-field-product")).value(line.name.product.clone()))
                        (Field::new(FORM, &of("ranges"), frame.say("draft-field-ranges")).kind("textarea").value(written(&line.ranges)))
                        (list(FORM, &of("status"), &frame.say("advisory-product-status"), &options,
                            all.iter().position(|it| *it == line.status).and_then(|place| words.get(place).copied())))
                    }
                    (exemption(frame, row, content.exemption(&line.name)))
                }
            }
        }
    }
}

/// Why a product has not the hole: asked of each line, and folded away where nothing was said.
fn exemption(frame: &Frame, row: usize, said: Option<&Exemption>) -> Markup {
    let of = |name: &str| format!("product-{row}-{name}");
    let none = (String::new(), frame.say("draft-exempt-none"));
    let each = Justification::ALL.map(|it| (it.word().to_owned(), frame.term(it)));
    let options: Vec<(String, String)> = std::iter::once(none).chain(each).collect();
    let chosen = said.map(|it| it.why.word());
    let words = said.map(|it| it.words.clone()).unwrap_or_default();
    html! {
        details open[said.is_some()] {
            summary { (frame.say("draft-exempt")) }
            p .hint { (frame.say("draft-exempt-what")) }
            (list(FORM, &of("why"), &frame.say("draft-field-why"), &options, chosen))
            (both(frame, &of("why_words"), "draft-field-why-words", &words, true))
        }
    }
}

fn measures(frame: &Frame, content: &Content) -> Markup {
    html! {
        fieldset #draft-measures {
            legend { (frame.say("advisory-measures")) }
            input type="hidden" name="measures" value=(content.measures.len() + 1);
            @for (row, it) in content.measures.iter().map(Some).chain([None]).enumerate() {
                details #{ "draft-measure-" (row + 1) } open[row == 0] {
                    summary {
                        @match it {
                            Some(it) => { (frame.count("draft-measure-row", row + 1)) ": " (frame.text(&it.title)) }
                            None => { (frame.say("draft-measure-new")) }
                        }
                    }
                    div .drawer { (measure(frame, row, it)) }
                }
            }
            (tick(FORM, "no_measure_known", &frame.say("draft-field-none-known"), content.no_measure_known))
        }
    }
}

fn measure(frame: &Frame, row: usize, it: Option<&Measure>) -> Markup {
    let of = |name: &str| format!("measure-{row}-{name}");
    let text = |pick: fn(&Measure) -> &Text| it.map(pick).cloned().unwrap_or_default();
    let steps = |language| {
        let all = it.map(|it| it.steps.as_slice()).unwrap_or_default();
        all.iter().map(|step| in_language(step, language)).collect::<Vec<_>>().join("\n")
    };
    let kind = it.map_or(Kind::Workaround, |it| it.kind);
    let care = it.map_or(CareImpact::None, |it| it.care_impact);
    let reliability = it.map_or(Reliability::Recommended, |it| it.reliability);
    let kinds: Vec<(String, String)> =
        KINDS.iter().map(|(word, it)| ((*word).to_owned(), frame.term(*it))).collect();
    let cares: Vec<(String, String)> =
        CARE.iter().map(|(word, it)| ((*word).to_owned(), frame.term(*it))).collect();
    let trusts: Vec<(String, String)> =
        RELIABILITIES.iter().map(|(word, it)| ((*word).to_owned(), frame.term(*it))).collect();
    let ranges = |pick: fn(&Measure) -> &Vec<domain::version::Range>| {
        it.map(|it| written(pick(it))).unwrap_or_default()
    };
    html! {
        @if let Some(it) = it { input type="hidden" name=(of("id")) value=(it.id); }
        (both(frame, &of("title"), "draft-field-measure-title", &text(|it| &it.title), false))
        div .beside {
            @for language in Language::ALL {
                @let own = of(&format!("steps_{}", language.tag()));
                (Field::new(FORM, &own, format!("{} ({})", frame.say("draft-field-steps"), frame.say(&format!("language-{}", language.tag()))))
                    .kind("textarea").value(steps(language)).hint(frame.say("draft-one-per-line")))
            }
        }
        div .beside {
            (list(FORM, &of("kind"), &frame.say("advisory-measure-kind"), &kinds, word_of(&KINDS, kind)))
            (Field::new(FORM, &of("minutes"), frame.say("draft-field-minutes")).kind("number")
                .value(it.and_then(|it| it.minutes).map(|it| it.to_string()).unwrap_or_default()))
            (list(FORM, &of("care"), &frame.say("draft-field-care"), &cares, word_of(&CARE, care)))
            (list(FORM, &of("reliability"), &frame.say("draft-field-reliability"), &trusts, word_of(&RELIABILITIES, reliability)))
        }
        (both(frame, &of("side_effects"), "draft-field-side-effects", &text(|it| &it.side_effects), false))
        (both(frame, &of("condition"), "draft-field-condition", &text(|it| &it.condition), false))
        (both(frame, &of("check"), "draft-field-check", &text(|it| &it.check), false))
        div .beside {
            (Field::new(FORM, &of("applies_to"), frame.say("draft-field-applies-to")).kind("textarea").value(ranges(|it| &it.applies_to)))
            (Field::new(FORM, &of("fails_for"), frame.say("draft-field-fails-for")).kind("textarea").value(ranges(|it| &it.fails_for)))
        }
        fieldset {
            legend { (frame.say("draft-field-proof")) }
            @for method in Method::ALL.into_iter().filter(|it| *it != Method::Unstated) {
                (tick(FORM, &of(&format!("proof-{}", method.word())), &frame.term(method),
                    it.is_some_and(|it| it.provable_by.contains(&method))))
            }
        }
    }
}

fn word_of<T: PartialEq>(all: &[(&'static str, T)], it: T) -> Option<&'static str> {
    all.iter().find(|(_, own)| *own == it).map(|(word, _)| *word)
}

fn saved_line(frame: &Frame, view: &View) -> Markup {
    html! {
        p .small role="status" {
            (frame.say_with("draft-saved-at", &[("version", &view.saved.version.to_string()), ("name", &view.saved_by)]))
            " " (frame.time(view.saved.saved_at))
        }
    }
}

/// What is missing before it can be handed in, and what could be said more simply.
fn checker(frame: &Frame, view: &View) -> Markup {
    let draft = &view.saved.draft;
    let missing = draft.missing(&view.scheme, view.before.is_some());
    let remarks = all_remarks(draft, &view.terms);
    let untranslated = untranslated(&draft.content);
    html! {
        section #checker aria-labelledby="checker-head" tabindex="-1" {
            h2 #checker-head { (frame.say("draft-checker")) }
            @if missing.is_empty() {
                p { (status(Tone::Good, &frame.say("draft-whole"))) }
            } @else {
                p { (status(Tone::Heed, &frame.count("draft-missing", missing.len()))) }
                ul { @for it in &missing { li { a href={ "#" (place_of(it)) } { (missing_words(frame, it)) } } } }
            }
            @if !untranslated.is_empty() {
                h3 { (frame.say("draft-untranslated")) }
                ul {
                    @for (field, language) in untranslated {
                        li { (frame.say(&format!("draft-part-{field}"))) ": " (frame.say(&format!("draft-lacks-{}", language.tag()))) }
                    }
                }
            }
            @if remarks.is_empty() {
                p { (status(Tone::Good, &frame.say("draft-plain"))) }
            } @else {
                h3 { (frame.say("draft-remarks")) }
                ul {
                    @for (field, remark) in &remarks {
                        li {
                            (frame.say(&format!("draft-part-{field}"))) " (" (remark.language.tag()) "), "
                            (frame.count("draft-sentence", remark.sentence)) ": "
                            @match &remark.what {
                                What::Long(words) => { (frame.count("draft-long", *words)) }
                                What::Term { said, better } => { "“" (said) "” → “" (better) "”" }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn all_remarks(draft: &Draft, terms: &[Term]) -> Vec<(&'static str, domain::plain_language::Remark)> {
    let content = &draft.content;
    let mut found = Vec::new();
    let mut look = |name: &'static str, text: &Text| {
        found.extend(remarks(text, terms).into_iter().map(|it| (name, it)));
    };
    look("title", &content.title);
    look("summary", &content.summary);
    look("consequence", &content.consequence);
    look("abuse", &content.abuse);
    for measure in &content.measures {
        look("measure", &measure.title);
        for step in &measure.steps {
            look("step", step);
        }
        look("side-effects", &measure.side_effects);
    }
    found
}

/// The field that fills the gap.
fn place_of(missing: &Missing) -> String {
    match missing {
        Missing::Title => "draft-title_nl".into(),
        Missing::Summary => "draft-summary_nl".into(),
        Missing::Consequence => "draft-consequence_nl".into(),
        Missing::Label => "draft-tlp".into(),
        Missing::Product => "draft-products".into(),
        Missing::Measure => "draft-measures".into(),
        Missing::Steps(place) => format!("draft-measure-{place}"),
        Missing::Abuse => "draft-abuse_nl".into(),
        Missing::Restricted => "draft-restricted".into(),
        Missing::Answer(question) => format!("draft-answer-{question}"),
        Missing::Deviation => "draft-deviation".into(),
        Missing::Reason => "draft-reason".into(),
    }
}

fn missing_words(frame: &Frame, missing: &Missing) -> String {
    match missing {
        Missing::Title => frame.say("draft-needs-title"),
        Missing::Summary => frame.say("draft-needs-summary"),
        Missing::Consequence => frame.say("draft-needs-consequence"),
        Missing::Label => frame.say("draft-needs-label"),
        Missing::Product => frame.say("draft-needs-product"),
        Missing::Measure => frame.say("draft-needs-measure"),
        Missing::Steps(place) => frame.count("draft-needs-steps", *place),
        Missing::Abuse => frame.say("draft-needs-abuse"),
        Missing::Restricted => frame.say("draft-needs-restricted"),
        Missing::Answer(question) => {
            frame.say_with("draft-needs-answer", &[("question", &question_words(frame, question))])
        }
        Missing::Deviation => frame.say("draft-needs-deviation"),
        Missing::Reason => frame.say("draft-needs-reason"),
    }
}

/// What the answers add up to, and how far the next level is.
fn severity(frame: &Frame, view: &View) -> Markup {
    let judged = view.saved.draft.judging.judged(&view.scheme);
    html! {
        section #sum aria-labelledby="sum-head" {
            h2 #sum-head { (frame.say("advisory-severity")) }
            @match &judged {
                Ok(judged) => {
                    p { (frame.severity(judged.severity)) " [" (judged.label()) "]" }
                    @for axis in &judged.computed.axes { (axis_card(frame, axis)) }
                }
                Err(Unanswered::NoReason) => { p { (frame.say("draft-needs-deviation")) } }
                Err(_) => { p .soft { (frame.say("draft-sum-later")) } }
            }
        }
    }
}

fn what_it_does(frame: &Frame, view: &View) -> Markup {
    let Some(before) = &view.before else { return html! {} };
    let judged = view.saved.draft.judging.judged(&view.scheme).ok();
    let severity = judged.or(before.severity.clone());
    let content = Content { severity, ..view.saved.draft.content.clone() };
    let set: BTreeSet<_> = content.kinds_since(before);
    html! {
        section #sets-off aria-labelledby="sets-off-head" {
            h2 #sets-off-head { (frame.say("draft-sets-off")) }
            @if set.is_empty() {
                p { (frame.say("draft-nothing-new")) }
            } @else {
                p { (kinds(frame, &set)) }
                p { (frame.count("advisory-reopens", view.reopens)) }
                @if consequence(&set) == domain::advisory::Consequence::PlatformOnly {
                    p { (frame.say("draft-silent")) }
                }
            }
        }
    }
}

/// Both texts, field by field where they differ, and the choice between them.
pub fn conflict_page(frame: &Frame, view: &Conflict) -> Markup {
    let at = format!("/desk/drafts/{}", view.id);
    let [mine, theirs] = [&view.mine, &view.theirs.draft].map(|it| lines(frame, it));
    frame.document(
        &frame.say("draft-conflict"),
        html! {
            h1 { (frame.say("draft-conflict")) }
            p data-error { (frame.say_with("draft-conflict-what", &[("name", &view.by)])) }
            div .beside {
                section aria-labelledby="theirs" {
                    h2 #theirs { (frame.say_with("draft-conflict-theirs", &[("name", &view.by)])) }
                    (differing(&theirs, &mine))
                    p { a href=(at) { (frame.say("draft-conflict-take-theirs")) } }
                }
                section aria-labelledby="mine" {
                    h2 #mine { (frame.say("draft-conflict-mine")) }
                    (differing(&mine, &theirs))
                    (frame.form(&at, html! {
                        input type="hidden" name="version" value=(view.theirs.version);
                        @for (name, value) in view.sent.iter().filter(|(name, _)| name != "version") {
                            input type="hidden" name=(name) value=(value);
                        }
                        button { (frame.say("draft-conflict-take-mine")) }
                    }))
                }
            }
        },
    )
}

/// What a draft says, a line for each field.
fn lines(frame: &Frame, draft: &Draft) -> Vec<(String, String)> {
    let content = &draft.content;
    let mut all = Vec::new();
    let mut text = |name: String, text: &Text| {
        for (language, words) in text.iter() {
            all.push((format!("{name} ({})", language.tag()), words.to_owned()));
        }
    };
    let part = |name: &str| frame.say(&format!("draft-part-{name}"));
    text(part("title"), &content.title);
    text(part("summary"), &content.summary);
    text(part("consequence"), &content.consequence);
    text(part("abuse"), &content.abuse);
    for (place, measure) in (1..).zip(&content.measures) {
        let name = frame.count("draft-measure-row", place);
        text(name.clone(), &measure.title);
        for step in &measure.steps {
            text(format!("{name}, {}", part("step")), step);
        }
    }
    for product in &content.products {
        all.push((part("product"), format!("{} {}", product.name, written(&product.ranges))));
    }
    for (question, choice) in &draft.judging.answers {
        all.push((question_words(frame, question), choice_words(frame, choice)));
    }
    all
}

/// The lines that the other one has not.
fn differing(own: &[(String, String)], other: &[(String, String)]) -> Markup {
    html! {
        dl .pairs {
            @for (name, words) in own.iter().filter(|line| !other.contains(line)) {
                dt { (name) } dd { (words) }
            }
        }
    }
}
