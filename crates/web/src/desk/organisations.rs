//! `GET /desk/organisations`: who is not served and can be told things, with the designations that make them what
//! they are in law. Before somebody enters one, the gate says what it would let go; and what was said before stays
//! readable beside it.

use std::collections::BTreeSet;

use disclosure::shipped_register;
use domain::designation::{Designation, Organisation, Progress, Register};
use domain::disclosure::Kind;
use domain::tlp::Tlp;
use flow::disclose::{self, ask_again};
use flow::house::House;
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use store::organisations::{self, Reachable};
use store::{StoreError, designations};

use crate::WebError;
use crate::fields::{Field, list as pull_down, tick};
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WatchDesk, WorkDesk};
use crate::page::Frame;
use crate::path::{OrganisationWord, is_a_word};
use crate::tables::{address, window_that_stacks};
use crate::terms::{Tone, address_in_parts, status};

#[derive(Debug, Clone)]
pub struct View {
    /// By name.
    pub organisations: Vec<Line>,
    /// Those of the public record of which this node has none yet.
    pub shipped: Vec<(String, String)>,
    pub choices: Choices,
}

/// One of the register as it is today.
#[derive(Debug, Clone)]
pub struct Line {
    pub one: Reachable,
    /// Its kind, in the reader's language.
    pub kind: String,
    pub counts_today: bool,
    /// As we know them today, the oldest first.
    pub designations: Vec<(Designation, Progress)>,
}

/// What the fields of a form offer.
#[derive(Debug, Clone)]
pub struct Choices {
    /// Kinds of recipient: (code, code and name).
    pub kinds: Vec<(String, String)>,
    /// Whose rules an organisation may go by when it sends.
    pub senders: Vec<String>,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("organisations-title"),
        html! {
            h1 { (frame.say("organisations-title")) }
            p { (frame.say("organisations-what")) }
            ul .plain.no-print {
                li { a href="/desk/disclosures" { (frame.say("disclosures-title")) } }
                li { a href="/desk/law" { (frame.say("law-title")) } }
                li { a href="/desk/law/what-if" { (frame.say("what-if-title")) } }
            }
            section aria-labelledby="list-head" {
                h2 #list-head { (frame.say("organisations-list")) }
                @if view.organisations.is_empty() { p .notice { (frame.say("organisations-none")) } } @else {
                    (table(frame, &view.organisations))
                }
            }
            @if !view.shipped.is_empty() {
                section #record .no-print aria-labelledby="record-head" {
                    h2 #record-head { (frame.say("organisations-shipped")) }
                    p { (frame.say("organisations-shipped-what")) }
                    ul .cards.tiles.plain {
                        @for (id, name) in &view.shipped {
                            li .card {
                                h3 { (name) }
                                (frame.button("/desk/organisations/record", &[("id", id)], &frame.say("organisations-take-over")))
                            }
                        }
                    }
                }
            }
            section #add .no-print aria-labelledby="add-head" {
                h2 #add-head { (frame.say("organisations-add")) }
                (frame.form("/desk/organisations", html! {
                    (Field::new("new", "id", frame.say("organisations-id")).hint(frame.say("organisations-id-hint")).required())
                    (fields(frame, "new", &view.choices, None))
                    button { (frame.say("organisations-add-send")) }
                }))
            }
        },
    )
}

fn table(frame: &Frame, lines: &[Line]) -> Markup {
    let columns = [
        "organisations-name",
        "organisations-kind",
        "organisations-groups",
        "organisations-designations",
        "organisations-mail",
    ];
    window_that_stacks(
        "organisations-caption",
        html! {
            table {
                caption #organisations-caption { (frame.count("organisations-found", lines.len())) }
                thead { tr { @for key in columns { th scope="col" { (frame.say(key)) } } } }
                tbody {
                    @for line in lines {
                        @let it = &line.one.organisation;
                        tr id={ "organisation-" (it.id) } tabindex="-1" data-row {
                            th scope="row" {
                                a href={ "/desk/organisations/" (it.id) } { (it.name) }
                                @if !line.counts_today { br; (status(Tone::Quiet, &frame.say("organisations-not-today"))) }
                            }
                            td { (line.kind) " " span .soft { "(" (it.kind) ")" } }
                            td { (groups(frame, &it.groups)) }
                            td {
                                @if line.designations.is_empty() { span .soft { (frame.say("organisations-not-designated")) } }
                                @for (one, progress) in &line.designations {
                                    div { (standing(frame, *progress)) " " (frame.group(&one.group)) }
                                }
                            }
                            td .place {
                                @match &line.one.mail {
                                    Some(mail) => { (address_in_parts(mail)) }
                                    None => { (status(Tone::Heed, &frame.say("organisations-no-mail"))) }
                                }
                            }
                        }
                    }
                }
            }
        },
    )
}

fn groups(frame: &Frame, groups: &[String]) -> String {
    groups.iter().map(|one| frame.group(one)).collect::<Vec<_>>().join(", ")
}

/// How far a designation is: a word, a shape, a colour.
pub(crate) fn standing(frame: &Frame, progress: Progress) -> Markup {
    let tone = match progress {
        Progress::InForce => Tone::Good,
        Progress::Signed | Progress::Published => Tone::Heed,
        Progress::Unsigned | Progress::Ended => Tone::Quiet,
    };
    status(tone, &frame.say(&format!("designation-{}", progress.word())))
}

/// The fields of an organisation, filled with what it is.
fn fields(frame: &Frame, form: &str, choices: &Choices, of: Option<&Reachable>) -> Markup {
    let it = of.map(|of| &of.organisation);
    let text = |it: Option<&str>| it.unwrap_or_default().to_owned();
    let day = |it: Option<Date>| it.map(|day| day.to_string()).unwrap_or_default();
    // Nobody is of a kind because it stood first in a list.
    let blank = it.is_none().then(|| (String::new(), frame.say("organisations-kind-choose")));
    let own = it.map(|it| it.kind.code()).filter(|own| !choices.kinds.iter().any(|(code, _)| code == own));
    let own = own.map(|code| (code.to_owned(), code.to_owned()));
    let kinds: Vec<(String, String)> =
        blank.into_iter().chain(own).chain(choices.kinds.iter().cloned()).collect();
    let senders = [(String::new(), frame.say("organisations-sends-nothing"))];
    let known = choices.senders.iter().map(|word| (word.clone(), frame.say(&format!("sender-rules-{word}"))));
    let senders: Vec<(String, String)> = senders.into_iter().chain(known).collect();
    html! {
        (Field::new(form, "name", frame.say("organisations-name")).value(text(it.map(|it| it.name.as_str()))).required())
        (pull_down(form, "kind", &frame.say("organisations-kind"), &kinds, it.map(|it| it.kind.code())))
        (Field::new(form, "groups", frame.say("organisations-groups")).hint(frame.say("organisations-groups-hint"))
            .value(it.map(|it| it.groups.join(", ")).unwrap_or_default()))
        div .beside {
            (Field::new(form, "mail", frame.say("organisations-mail")).kind("email").hint(frame.say("organisations-mail-hint"))
                .value(text(of.and_then(|of| of.mail.as_deref()))))
            (Field::new(form, "telephone", frame.say("organisations-telephone")).kind("tel")
                .value(text(of.and_then(|of| of.telephone.as_deref()))))
        }
        div .beside {
            (Field::new(form, "from", frame.say("organisations-from")).kind("date").value(day(it.and_then(|it| it.from))))
            (Field::new(form, "to", frame.say("organisations-to")).kind("date").hint(frame.say("organisations-to-hint"))
                .value(day(it.and_then(|it| it.to))))
        }
        (pull_down(form, "sends_as", &frame.say("organisations-sends"), &senders, it.and_then(|it| it.sends_as.as_deref())))
        (Field::new(form, "country", frame.say("organisations-country")).value(text(it.map(|it| it.country.as_str()))))
        (tick(form, "community", &frame.say("organisations-community"), it.is_some_and(|it| it.is_community)))
    }
}

/// One organisation, as we knew it on a day.
#[derive(Debug, Clone)]
pub struct One {
    pub line: Line,
    /// The day of our knowledge. `line` is as it was on that day, by what we knew then.
    pub known: Date,
    pub is_today: bool,
    /// The newest first.
    pub history: Vec<Word>,
    pub choices: Choices,
}

/// What somebody said, when.
#[derive(Debug, Clone)]
pub struct Word {
    pub at: Timestamp,
    /// Blank when nobody said it by name.
    pub by: String,
    pub said: Said,
}

#[derive(Debug, Clone)]
pub enum Said {
    /// What it is, with the name of its kind.
    Organisation(Box<Reachable>, String),
    Designation(Designation),
}

pub fn one_page(frame: &Frame, view: &One) -> Markup {
    let it = &view.line.one.organisation;
    let here = format!("/desk/organisations/{}", it.id);
    frame.document(
        &it.name,
        html! {
            header {
                h1 { (it.name) }
                p .soft { (view.line.kind) " (" (it.kind) ") · " (it.id) }
                @if !view.line.counts_today { p .notice.heed { (frame.say("organisations-not-today-what")) } }
            }
            (pairs(frame, &view.line.one))
            ul .plain.no-print {
                li { a href=(address("/desk/disclosures", &[("to", &it.id)])) { (frame.say("organisations-decisions")) } }
                li { a href=(address("/desk/law/what-if", &[("organisation", &it.id)])) { (frame.say("what-if-title")) } }
            }
            section #designations aria-labelledby="designations-head" {
                h2 #designations-head { (frame.say("organisations-designations")) }
                form .filters method="get" action=(here) {
                    (Field::new("known", "known", frame.say("organisations-known")).kind("date").value(view.known.to_string()))
                    button { (frame.say("law-show")) }
                }
                @if !view.is_today {
                    p .notice { (frame.say("organisations-as-known")) " " (frame.date(view.known)) ". " a href=(here) { (frame.say("organisations-today")) } }
                }
                @if view.line.designations.is_empty() { p .notice { (frame.say("organisations-never-designated")) } }
                ul .cards.plain {
                    @for (one, progress) in &view.line.designations {
                        li .card {
                            p { (standing(frame, *progress)) " " strong { (frame.group(&one.group)) } }
                            (designation_pairs(frame, one))
                            @if view.is_today {
                                p .no-print {
                                    a href=(address(&format!("{here}/designation"), &[("document", &one.document), ("group", &one.group)])) {
                                        (frame.say("organisations-correct"))
                                    }
                                }
                            }
                        }
                    }
                }
                p .no-print { a .press href={ (here) "/designation" } { (frame.say("organisations-designate")) } }
            }
            section #change .no-print aria-labelledby="change-head" {
                h2 #change-head { (frame.say("organisations-change")) }
                p { (frame.say("organisations-change-what")) }
                details #change-form {
                    summary { (frame.say("organisations-change-open")) }
                    div .drawer {
                        (frame.form(&here, html! {
                            (fields(frame, "change", &view.choices, Some(&view.line.one)))
                            button { (frame.say("organisations-change-send")) }
                        }))
                    }
                }
            }
            section #history aria-labelledby="history-head" {
                h2 #history-head { (frame.say("organisations-history")) }
                p { (frame.say("organisations-history-what")) }
                @if view.history.is_empty() { p .notice { (frame.say("organisations-no-history")) } }
                ol .cards.plain { @for word in &view.history { (history(frame, word)) } }
            }
        },
    )
}

fn pairs(frame: &Frame, of: &Reachable) -> Markup {
    let it = &of.organisation;
    html! {
        dl .pairs {
            @if !it.groups.is_empty() { dt { (frame.say("organisations-groups")) } dd { (groups(frame, &it.groups)) } }
            dt { (frame.say("organisations-mail")) }
            dd {
                @match &of.mail {
                    Some(mail) => { (address_in_parts(mail)) }
                    None => { (status(Tone::Heed, &frame.say("organisations-no-mail"))) }
                }
            }
            @if let Some(telephone) = &of.telephone { dt { (frame.say("organisations-telephone")) } dd { (telephone) } }
            @if let Some(from) = it.from { dt { (frame.say("organisations-from")) } dd { (frame.date(from)) } }
            @if let Some(to) = it.to { dt { (frame.say("organisations-to")) } dd { (frame.date(to)) } }
            @if let Some(word) = &it.sends_as {
                dt { (frame.say("organisations-sends")) }
                dd { (frame.say(&format!("sender-rules-{word}"))) }
            }
            @if !it.country.is_empty() { dt { (frame.say("organisations-country")) } dd { (it.country) } }
            @if it.is_community { dt { (frame.say("organisations-community-head")) } dd { (frame.say("organisations-community")) } }
        }
    }
}

/// A designation with its three days and what it rests on.
fn designation_pairs(frame: &Frame, one: &Designation) -> Markup {
    let day = |key: &str, day: Option<Date>| {
        html! {
            dt { (frame.say(key)) }
            dd { @match day { Some(day) => { (frame.date(day)) } None => { (frame.say("designation-no-day")) } } }
        }
    };
    html! {
        dl .pairs.small {
            dt { (frame.say("designation-document")) } dd { (one.document) }
            @if !one.articles.is_empty() { dt { (frame.say("designation-articles")) } dd { (one.articles) } }
            (day("designation-signed-on", Some(one.signed_on)))
            (day("designation-published-on", one.published_on))
            (day("designation-in-force-from", one.in_force_from))
            @if let Some(to) = one.in_force_to { dt { (frame.say("designation-in-force-to")) } dd { (frame.date(to)) } }
        }
    }
}

fn history(frame: &Frame, word: &Word) -> Markup {
    html! {
        li .card {
            p .soft {
                (frame.time(word.at)) " · "
                @if word.by.is_empty() { (frame.say("organisations-by-nobody")) } @else { (word.by) }
            }
            @match &word.said {
                Said::Organisation(one, kind) => {
                    p { strong { (one.organisation.name) } ": " (kind) " (" (one.organisation.kind) ")" }
                    (pairs(frame, one))
                }
                Said::Designation(one) => {
                    p { (frame.say_with("organisations-said-designation", &[("group", &frame.group(&one.group))])) }
                    (designation_pairs(frame, one))
                }
            }
        }
    }
}

/// A designation on its way in: what was typed, what stood there, and what it would let go.
#[derive(Debug, Clone)]
pub struct Draft {
    pub id: String,
    pub name: String,
    /// Groups that it serves, to choose from.
    pub groups: Vec<String>,
    /// What stands in the fields.
    pub typed: Typed,
    /// What is known of the same document and group now.
    pub before: Option<Designation>,
    pub preview: Option<Preview>,
}

/// What stands in the fields of a designation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    pub document: String,
    pub group: String,
    pub articles: String,
    pub signed_on: Option<Date>,
    pub published_on: Option<Date>,
    pub in_force_from: Option<Date>,
    pub in_force_to: Option<Date>,
}

impl Typed {
    fn of(one: &Designation) -> Self {
        Self {
            document: one.document.clone(),
            group: one.group.clone(),
            articles: one.articles.clone(),
            signed_on: Some(one.signed_on),
            published_on: one.published_on,
            in_force_from: one.in_force_from,
            in_force_to: one.in_force_to,
        }
    }

    /// The designation, once everything that it needs is there.
    fn designation(&self, organisation: &str) -> Option<Designation> {
        let signed_on = self.signed_on.filter(|_| !self.document.is_empty() && !self.group.is_empty())?;
        Some(Designation {
            organisation: organisation.to_owned(),
            group: self.group.clone(),
            document: self.document.clone(),
            articles: self.articles.clone(),
            signed_on,
            published_on: self.published_on,
            in_force_from: self.in_force_from,
            in_force_to: self.in_force_to,
            known_from: None,
        })
    }

    /// Name and value of each field.
    fn pairs(&self) -> [(&'static str, String); 7] {
        let day = |it: Option<Date>| it.map(|day| day.to_string()).unwrap_or_default();
        [
            ("document", self.document.clone()),
            ("group", self.group.clone()),
            ("articles", self.articles.clone()),
            ("signed_on", day(self.signed_on)),
            ("published_on", day(self.published_on)),
            ("in_force_from", day(self.in_force_from)),
            ("in_force_to", day(self.in_force_to)),
        ]
    }
}

impl Form for Typed {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let typed = Self {
            document: fields.line("document")?.unwrap_or_default(),
            group: fields.line("group")?.unwrap_or_default(),
            articles: fields.line("articles")?.unwrap_or_default(),
            signed_on: fields.date("signed_on")?,
            published_on: fields.date("published_on")?,
            in_force_from: fields.date("in_force_from")?,
            in_force_to: fields.date("in_force_to")?,
        };
        let backwards =
            |one: Option<Date>, other: Option<Date>| one.zip(other).is_some_and(|(one, other)| other < one);
        let ends_at_once = typed.in_force_to.is_some() && typed.in_force_to == typed.in_force_from;
        if backwards(typed.signed_on, typed.published_on)
            || backwards(typed.in_force_from, typed.in_force_to)
            || ends_at_once
            || typed.in_force_from.is_none() && typed.in_force_to.is_some()
        {
            return Err(WebError::Refused("refused-designation-days"));
        }
        Ok(typed)
    }
}

/// What a designation would change.
#[derive(Debug, Clone)]
pub struct Preview {
    pub said: Designation,
    /// How far it is today.
    pub progress: Progress,
    /// The first day on which it lets anything go.
    pub counts_from: Option<Date>,
    pub would_go: Vec<super::what_if::Row>,
    /// Lists that stay here all the same.
    pub stays: usize,
    /// The same is known already.
    pub is_known: bool,
}

pub fn draft_page(frame: &Frame, view: &Draft) -> Markup {
    let here = format!("/desk/organisations/{}", view.id);
    let title = frame.say_with("designation-title", &[("name", &view.name)]);
    let is_correction = view.before.is_some();
    let date = |name: &'static str, key: &str, day: Option<Date>| {
        Field::new("said", name, frame.say(key))
            .kind("date")
            .value(day.map(|day| day.to_string()).unwrap_or_default())
    };
    frame.document(
        &title,
        html! {
            h1 { (title) }
            p { a href=(here) { (view.name) } }
            p { (frame.say("designation-what")) }
            @if let Some(before) = &view.before {
                section aria-labelledby="before-head" {
                    h2 #before-head { (frame.say("designation-before")) }
                    p { (frame.say("designation-before-what")) }
                    div .card { p { strong { (frame.group(&before.group)) } } (designation_pairs(frame, before)) }
                }
            }
            @if let Some(preview) = &view.preview { (previewed(frame, view, preview)) }
            section .no-print aria-labelledby="fields-head" {
                h2 #fields-head {
                    (frame.say(if view.preview.is_some() { "designation-change-fields" } else if is_correction { "designation-correct" } else { "designation-fields" }))
                }
                form method="get" action={ (here) "/designation" } {
                    (Field::new("said", "document", frame.say("designation-document")).value(&view.typed.document)
                        .hint(frame.say("designation-document-hint")).required())
                    @let known = view.groups.join(", ");
                    (Field::new("said", "group", frame.say("designation-group")).value(&view.typed.group).required()
                        .hint(frame.say_with("designation-group-hint", &[("groups", &known)])))
                    (Field::new("said", "articles", frame.say("designation-articles")).value(&view.typed.articles))
                    div .beside {
                        (date("signed_on", "designation-signed-on", view.typed.signed_on).required())
                        (date("published_on", "designation-published-on", view.typed.published_on))
                        (date("in_force_from", "designation-in-force-from", view.typed.in_force_from))
                        (date("in_force_to", "designation-in-force-to", view.typed.in_force_to).hint(frame.say("designation-to-hint")))
                    }
                    button { (frame.say("designation-preview")) }
                }
            }
        },
    )
}

fn previewed(frame: &Frame, view: &Draft, preview: &Preview) -> Markup {
    let would_go = preview.would_go.len();
    html! {
        section #preview aria-labelledby="preview-head" {
            h2 #preview-head { (frame.say("designation-would")) }
            div .card {
                p { (standing(frame, preview.progress)) " " strong { (frame.group(&preview.said.group)) } }
                (designation_pairs(frame, &preview.said))
            }
            @match preview.counts_from {
                None => p .notice { (frame.say("designation-counts-for-nothing")) },
                Some(day) => {
                    p { (frame.say("designation-asked-as-of")) " " (frame.date(day)) "." }
                    @if would_go == 0 { p .notice { (frame.say("designation-lets-nothing-go")) } } @else {
                        p { strong { (frame.count("designation-lets-go", would_go)) } " " (frame.say("designation-then-waits")) }
                        (super::what_if::table(frame, "would-go", &preview.would_go))
                    }
                    @if preview.stays > 0 { p { (frame.count("designation-stays", preview.stays)) } }
                },
            }
            @if preview.is_known { p .notice.heed { (frame.say("designation-known")) } } @else {
                (frame.form(&format!("/desk/organisations/{}/designations", view.id), html! {
                    @for (name, value) in view.typed.pairs() { input type="hidden" name=(name) value=(value); }
                    button { (frame.say("designation-send")) }
                }))
            }
        }
    }
}

fn choices(house: &House, frame: &Frame) -> Choices {
    let is_dutch = frame.words.language() == domain::text::Language::Nl;
    let gate = house.law.gate();
    let rules = gate.rules();
    // These are never of the register: they are participants, finders, or nobody in particular.
    let outside =
        rules.kinds().iter().filter(|kind| !["S", "NV", "PEER", "FI", "PUB"].contains(&kind.code.as_str()));
    let kinds = outside.map(|kind| {
        (kind.code.clone(), format!("{}: {}", kind.code, if is_dutch { &kind.nl } else { &kind.en }))
    });
    // Those whose rules a team of the network goes by; what a participant or a finder sends is another thing.
    let senders: BTreeSet<&str> =
        rules.senders().filter(|it| ["national", "sectoral"].contains(it)).collect();
    Choices { kinds: kinds.collect(), senders: senders.into_iter().map(str::to_owned).collect() }
}

/// The name of a kind of recipient, in the reader's language.
pub(crate) fn kind_name(house: &House, frame: &Frame, code: &str) -> String {
    let is_dutch = frame.words.language() == domain::text::Language::Nl;
    let gate = house.law.gate();
    let found = gate.rules().kinds().iter().find(|kind| kind.code == code);
    found.map_or(code, |kind| if is_dutch { &kind.nl } else { &kind.en }).to_owned()
}

fn line(house: &House, frame: &Frame, register: &Register, one: Reachable, known: Date) -> Line {
    let it = &one.organisation;
    let designations = register.designations_of(&it.id, known).into_iter();
    Line {
        kind: kind_name(house, frame, it.kind.code()),
        counts_today: it.holds_on(known),
        designations: designations.map(|one| (one.clone(), one.progress_on(known))).collect(),
        one,
    }
}

pub async fn list(house: House, may: May<WatchDesk>, (): (), (): ()) -> Result<Markup, WebError> {
    let frame = may.frame_for(&house, Tlp::Green);
    let register = disclose::register(&house).await?;
    let known = organisations::all(&house.db).await?;
    let is_here = |id: &str| known.iter().any(|one| one.organisation.id == id);
    let shipped = shipped_register().organisations.into_iter().filter(|one| !is_here(&one.id));
    let shipped = shipped.map(|one| (one.id, one.name)).collect();
    let today = house.today();
    let lines = known.iter().map(|one| line(&house, &frame, &register, one.clone(), today)).collect();
    let view = View { organisations: lines, shipped, choices: choices(&house, &frame) };
    Ok(page(&frame, &view))
}

/// As of which day of our knowledge.
pub struct Asked {
    known: Option<Date>,
}

impl Form for Asked {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { known: fields.date("known")? })
    }
}

pub async fn show(
    house: House,
    may: May<WatchDesk>,
    id: OrganisationWord,
    asked: Asked,
) -> Result<Markup, WebError> {
    let frame = may.frame_for(&house, Tlp::Green);
    let one = organisations::of_id(&house.db, &id.0).await?.ok_or(WebError::NotFound)?;
    let today = house.today();
    let known = asked.known.unwrap_or(today).min(today);
    let words = organisations::words_of(&house.db, &id.0).await?;
    // On an earlier day it is what we had heard by its end; of what was never heard there is only what stands now.
    let heard = |at: Timestamp| at.to_zoned(House::zone()).date() <= known;
    let then = words.iter().find(|word| heard(word.known_at)).map_or(one, |word| word.said.clone());
    let register = disclose::register(&house).await?;
    let view = One {
        line: line(&house, &frame, &register, then, known),
        known,
        is_today: known == today,
        history: told(&house, &frame, &id.0, words).await?,
        choices: choices(&house, &frame),
    };
    Ok(one_page(&frame, &view))
}

/// Everything that was ever said of it, the newest first.
async fn told(
    house: &House,
    frame: &Frame,
    id: &str,
    words: Vec<organisations::Word>,
) -> Result<Vec<Word>, StoreError> {
    let designations = designations::words_of(&house.db, id, &House::zone()).await?;
    let designations = designations.into_iter().map(|it| Word {
        at: it.known_at,
        by: it.said_by,
        said: Said::Designation(it.said),
    });
    let organisation = words.into_iter().map(|it| {
        let kind = kind_name(house, frame, it.said.organisation.kind.code());
        Word { at: it.known_at, by: it.said_by, said: Said::Organisation(Box::new(it.said), kind) }
    });
    let mut all: Vec<Word> = designations.chain(organisation).collect();
    all.sort_by_key(|word| std::cmp::Reverse(word.at));
    Ok(all)
}

/// What stands in the form of an organisation.
pub struct Filled {
    id: Option<String>,
    name: String,
    kind: String,
    groups: Vec<String>,
    mail: Option<String>,
    telephone: Option<String>,
    sends_as: Option<String>,
    country: String,
    is_community: bool,
    from: Option<Date>,
    to: Option<Date>,
}

impl Form for Filled {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let words = fields.line("groups")?.unwrap_or_default();
        let words = words.split(',').map(|one| one.trim().to_lowercase()).filter(|one| !one.is_empty());
        let (from, to) = (fields.date("from")?, fields.date("to")?);
        if from.zip(to).is_some_and(|(from, to)| to <= from) {
            return Err(WebError::Refused("refused-designation-days"));
        }
        let mail = fields.line("mail")?;
        if mail.as_deref().is_some_and(|mail| !flow::deliver::email::is_mailbox(mail)) {
            return Err(WebError::Refused("refused-mail"));
        }
        Ok(Self {
            id: fields.line("id")?,
            name: fields.needed_line("name")?,
            kind: fields.needed_line("kind")?,
            groups: words.collect(),
            mail,
            telephone: fields.line("telephone")?,
            sends_as: fields.line("sends_as")?,
            country: fields.line("country")?.unwrap_or_default().to_uppercase(),
            is_community: fields.tick("community"),
            from,
            to,
        })
    }
}

impl Filled {
    /// As it would stand in the register.
    ///
    /// # Errors
    /// A kind or a set of rules that this node does not know.
    fn organisation(self, house: &House, id: String) -> Result<Reachable, WebError> {
        let gate = house.law.gate();
        let rules = gate.rules();
        let is_known = rules.kinds().iter().any(|kind| kind.code == self.kind)
            && self.sends_as.as_deref().is_none_or(|word| rules.senders().any(|own| own == word));
        if !is_known {
            return Err(WebError::Refused("refused-form"));
        }
        Ok(Reachable {
            organisation: Organisation {
                id,
                name: self.name,
                kind: Kind::new(&self.kind),
                sends_as: self.sends_as,
                groups: self.groups,
                is_community: self.is_community,
                country: self.country,
                from: self.from,
                to: self.to,
            },
            mail: self.mail,
            telephone: self.telephone,
        })
    }
}

/// `POST /desk/organisations`: one that was not there.
pub async fn add(house: House, may: May<WorkDesk>, (): (), filled: Filled) -> Result<Onward, WebError> {
    let id = filled.id.clone().unwrap_or_default().to_lowercase();
    // The doors beside its own have names too.
    if !is_a_word(&id) || id == "record" {
        return Err(WebError::Refused("refused-organisation-word"));
    }
    if organisations::of_id(&house.db, &id).await?.is_some() {
        return Err(WebError::Refused("refused-organisation-known"));
    }
    let one = filled.organisation(&house, id.clone())?;
    ask_again::enrol(&house, &one, &may.who.officer).await?;
    Ok(Onward::saying(&format!("/desk/organisations/{id}"), "organisation-said"))
}

/// `POST /desk/organisations/{id}`: what it is from now on. What it was stays in its history.
pub async fn change(
    house: House,
    may: May<WorkDesk>,
    id: OrganisationWord,
    filled: Filled,
) -> Result<Onward, WebError> {
    organisations::of_id(&house.db, &id.0).await?.ok_or(WebError::NotFound)?;
    let one = filled.organisation(&house, id.0.clone())?;
    ask_again::enrol(&house, &one, &may.who.officer).await?;
    Ok(Onward::saying(&format!("/desk/organisations/{}", id.0), "organisation-said"))
}

/// Which one of the public record.
pub struct OfRecord {
    id: String,
}

impl Form for OfRecord {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { id: fields.needed_line("id")? })
    }
}

/// `POST /desk/organisations/record`: takes over an organisation of the public record with its designations.
pub async fn take_over(house: House, may: May<WorkDesk>, (): (), of: OfRecord) -> Result<Onward, WebError> {
    let shipped = shipped_register();
    let one = shipped.organisation(&of.id).cloned().ok_or(WebError::NotFound)?;
    if organisations::of_id(&house.db, &of.id).await?.is_some() {
        return Err(WebError::Refused("refused-organisation-known"));
    }
    let by = &may.who.officer;
    ask_again::enrol(&house, &Reachable { organisation: one, mail: None, telephone: None }, by).await?;
    for said in shipped.designations.iter().filter(|it| it.organisation == of.id) {
        ask_again::designate_by(&house, said, by).await?;
    }
    Ok(Onward::saying(&format!("/desk/organisations/{}", of.id), "organisation-said"))
}

/// `GET /desk/organisations/{id}/designation`: enter one, or correct one, and see first what it would let go.
pub async fn draft(
    house: House,
    may: May<WatchDesk>,
    id: OrganisationWord,
    typed: Typed,
) -> Result<Markup, WebError> {
    let frame = may.frame_for(&house, Tlp::Amber);
    let one = organisations::of_id(&house.db, &id.0).await?.ok_or(WebError::NotFound)?;
    let (today, register) = (house.today(), disclose::register(&house).await?);
    let same = |it: &&Designation| it.document == typed.document && it.group == typed.group;
    let before = register.designations_of(&id.0, today).into_iter().find(same).cloned();
    let (typed, preview) = match typed.designation(&id.0) {
        Some(said) => {
            let preview = preview(&house, &one.organisation, said, before.as_ref()).await?;
            (typed, Some(preview))
        }
        // Whoever comes to correct one begins from what is known of it.
        None => (before.as_ref().map_or(typed, Typed::of), None),
    };
    let view = Draft {
        id: id.0,
        name: one.organisation.name,
        groups: one.organisation.groups,
        typed,
        before,
        preview,
    };
    Ok(draft_page(&frame, &view))
}

async fn preview(
    house: &House,
    organisation: &Organisation,
    said: Designation,
    before: Option<&Designation>,
) -> Result<Preview, WebError> {
    let today = house.today();
    let is_over = said.in_force_to.is_some_and(|to| to <= today);
    let foreseen = ask_again::foresee(house, organisation, &said).await?;
    let known = before.is_some_and(|it| *it == Designation { known_from: it.known_from, ..said.clone() });
    Ok(Preview {
        progress: said.progress_on(today),
        counts_from: said.in_force_from.filter(|_| !is_over).map(|from| from.max(today)),
        stays: foreseen.same,
        would_go: super::what_if::rows(house, foreseen.different).await?,
        is_known: known,
        said,
    })
}

/// `POST /desk/organisations/{id}/designations`: from now on this is what we know.
pub async fn designate(
    house: House,
    may: May<WorkDesk>,
    id: OrganisationWord,
    typed: Typed,
) -> Result<Onward, WebError> {
    organisations::of_id(&house.db, &id.0).await?.ok_or(WebError::NotFound)?;
    let said = typed.designation(&id.0).ok_or(WebError::Refused("refused-blank"))?;
    match ask_again::designate_by(&house, &said, &may.who.officer).await? {
        true => Ok(Onward::saying("/desk/disclosures#waiting", "designation-said")),
        false => Err(WebError::Refused("refused-designation-known")),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::page::testing::check;

    fn choices() -> Choices {
        Choices {
            kinds: vec![("CCT".into(), "CCT: ploeg".into())],
            senders: vec!["national".into(), "sectoral".into()],
        }
    }

    fn designation(group: &str, in_force_from: Option<Date>) -> Designation {
        Designation {
            organisation: "zorgteam".into(),
            group: group.into(),
            document: "stcrt-2020-4410".into(),
            articles: "Wbni art. 3(2)(c)".into(),
            signed_on: date(2020, 1, 13),
            published_on: Some(date(2020, 1, 14)),
            in_force_from,
            in_force_to: in_force_from.map(|_| date(2026, 8, 15)),
            known_from: None,
        }
    }

    fn reachable(mail: Option<&str>) -> Reachable {
        Reachable {
            organisation: Organisation {
                id: "zorgteam".into(),
                name: "Zorgteam".into(),
                kind: Kind::new("CCT"),
                sends_as: Some("sectoral".into()),
                groups: vec!["care".into()],
                is_community: true,
                country: "NL".into(),
                from: Some(date(2018, 1, 1)),
                to: Some(date(2030, 1, 1)),
            },
            mail: mail.map(str::to_owned),
            telephone: Some("085-000 00 11".into()),
        }
    }

    fn line(counts_today: bool) -> Line {
        let all =
            [Progress::Unsigned, Progress::Signed, Progress::Published, Progress::InForce, Progress::Ended];
        let from = Some(date(2020, 1, 31));
        Line {
            one: reachable(counts_today.then_some("wacht@zorgteam.example")),
            kind: "ploeg".into(),
            counts_today,
            designations: all.map(|progress| (designation("care", from), progress)).into(),
        }
    }

    #[test]
    fn who_can_be_told_things_stands_with_what_makes_it_so() {
        let view = View {
            organisations: vec![line(true)],
            shipped: vec![("havenring".into(), "Havenring".into())],
            choices: choices(),
        };
        check("organisations", "/desk/organisations", |frame| page(frame, &view));
        let bare = Line { designations: vec![], ..line(false) };
        let bare = View { organisations: vec![bare], shipped: vec![], choices: choices() };
        check("organisations-bare", "/desk/organisations", |frame| page(frame, &bare));
        let none = View { organisations: vec![], ..bare };
        check("organisations-none", "/desk/organisations", |frame| page(frame, &none));
    }

    #[test]
    fn one_of_them_is_shown_as_we_knew_it_on_a_day_with_everything_that_was_said() {
        let at = "2020-01-15T09:00:00Z".parse().unwrap();
        let history = vec![
            Word { at, by: "A. Duin".into(), said: Said::Designation(designation("care", None)) },
            Word {
                at,
                by: String::new(),
                said: Said::Organisation(Box::new(reachable(None)), "ploeg".into()),
            },
        ];
        let view =
            One { line: line(true), known: date(2020, 1, 16), is_today: true, history, choices: choices() };
        check("organisation", "/desk/organisations/zorgteam", |frame| one_page(frame, &view));
        let bare = Line { designations: vec![], ..line(false) };
        let then = One { line: bare, known: date(2020, 1, 12), is_today: false, history: vec![], ..view };
        check("organisation-then", "/desk/organisations/zorgteam", |frame| one_page(frame, &then));
    }

    #[test]
    fn what_a_designation_would_let_go_stands_before_the_button_that_says_it() {
        let said = designation("care", Some(date(2020, 1, 31)));
        let preview = Preview {
            said: said.clone(),
            progress: Progress::Published,
            counts_from: said.in_force_from,
            would_go: super::super::what_if::tests::rows(),
            stays: 2,
            is_known: false,
        };
        let view = Draft {
            id: "zorgteam".into(),
            name: "Zorgteam".into(),
            groups: vec!["care".into()],
            typed: Typed::of(&said),
            before: Some(designation("care", None)),
            preview: Some(preview.clone()),
        };
        let path = "/desk/organisations/zorgteam/designation";
        check("designation", path, |frame| draft_page(frame, &view));
        let nothing = Preview { counts_from: None, is_known: true, ..preview.clone() };
        let known = Draft { preview: Some(nothing), ..view.clone() };
        check("designation-known", path, |frame| draft_page(frame, &known));
        let empty = Preview { would_go: vec![], stays: 0, ..preview };
        let empty = Draft { preview: Some(empty), ..view.clone() };
        check("designation-empty", path, |frame| draft_page(frame, &empty));
        let correction = Draft { preview: None, ..view.clone() };
        check("designation-correction", path, |frame| draft_page(frame, &correction));
        let blank = Draft { typed: Typed::default(), before: None, ..correction };
        check("designation-blank", path, |frame| draft_page(frame, &blank));
    }
}
