//! The pages: a list, one advisory in the order of `ux.md` 5, figures, and two sentences about a number.

use std::collections::BTreeSet;

use disclosure::{Cell, Say as _};
use domain::advisory::Status;
use domain::measure::{CareImpact, Measure, Reliability};
use domain::severity::Severity;
use domain::text::{Language, Text};
use domain::version::Range;
use flow::house::House;
use flow::publication::software::{self, Software};
use flow::publication::{Notice, Sent, Site};
use flow::words::Words;
use formats::csaf::write::Edition;
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};

use super::door::{NOT_FOUND, UNKNOWN_NUMBER};
use crate::static_files;

/// Where an advisory is shown: the level of its first heading, and what sets its ids apart from those around it.
#[derive(Debug, Clone, Copy)]
pub struct Inside {
    pub level: u8,
    pub prefix: &'static str,
}

impl Inside {
    const PAGE: Self = Self { level: 1, prefix: "" };
}

/// A heading of a level, from 1; there are no more than six.
fn heading(level: u8, id: Option<&str>, lang: Option<&str>, words: impl maud::Render) -> Markup {
    match level {
        1 => html! { h1 id=[id] lang=[lang] { (words) } },
        2 => html! { h2 id=[id] lang=[lang] { (words) } },
        3 => html! { h3 id=[id] lang=[lang] { (words) } },
        4 => html! { h4 id=[id] lang=[lang] { (words) } },
        5 => html! { h5 id=[id] lang=[lang] { (words) } },
        _ => html! { h6 id=[id] lang=[lang] { (words) } },
    }
}

/// One page on its way, and where it will lie.
pub struct Leaf<'a> {
    site: &'a Site<'a>,
    words: Words,
    path: String,
}

impl<'a> Leaf<'a> {
    pub fn new(site: &'a Site<'a>, language: Language, path: &str) -> Self {
        Self { site, words: Words::of(language), path: path.to_owned() }
    }

    fn say(&self, key: &str) -> String {
        self.words.say(key, &[])
    }

    fn say_with(&self, key: &str, values: &[(&'static str, &str)]) -> String {
        self.words.say(key, values)
    }

    fn text<'t>(&self, text: &'t Text) -> &'t str {
        text.for_reader(self.words.language()).trim()
    }

    /// The language of a text that is not there in the language of the page.
    fn other(&self, text: &Text) -> Option<&'static str> {
        let own = self.words.language();
        let has = |language| text.iter().any(|(one, text)| one == language && !text.is_empty());
        Language::ALL.into_iter().find(|it| *it != own && !has(own) && has(*it)).map(Language::tag)
    }

    /// From this page to `path` below the top. Who asks for what is not there may ask at any depth, so that page
    /// names places from the top.
    fn to(&self, path: &str) -> String {
        let path = path.trim_start_matches('/');
        if [NOT_FOUND, UNKNOWN_NUMBER].contains(&self.path.as_str()) {
            let top = self.site.address.splitn(4, '/').nth(3).unwrap_or_default();
            return if top.is_empty() { format!("/{path}") } else { format!("/{top}/{path}") };
        }
        format!("{}{}", "../".repeat(self.path.matches('/').count()), path)
    }

    fn home(&self) -> String {
        self.to(&format!("{}/index.html", self.words.tag()))
    }

    /// Where the same stands in the other language.
    fn in_other_language(&self) -> (String, &'static str) {
        let other = if self.words.language() == Language::Nl { "en" } else { "nl" };
        let rest =
            self.path.split_once('/').filter(|(first, _)| *first == self.words.tag()).map(|(_, rest)| rest);
        (self.to(&format!("{other}/{}", rest.unwrap_or("index.html"))), other)
    }

    fn time(&self, at: Timestamp) -> Markup {
        let local = at.to_zoned(House::zone());
        html! { time datetime=(at) { (local.strftime("%Y-%m-%d %H:%M %Z").to_string()) } }
    }

    fn severity(&self, severity: Severity) -> String {
        let word = format!("{severity:?}").to_lowercase();
        self.say(&format!("term-severity-{word}"))
    }

    /// The whole page. `main` holds its only `h1`.
    fn document(&self, title: &str, main: Markup) -> Markup {
        let (other, tag) = self.in_other_language();
        let team = self.site.team;
        let dial: String = team.telephone.chars().filter(|it| it.is_ascii_digit() || *it == '+').collect();
        html! {
            (DOCTYPE)
            html lang=(self.words.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (title) " – " (team.name) }
                    link rel="stylesheet" href=(self.to(static_files::style().path()));
                    link rel="icon" type="image/svg+xml" href=(self.to(static_files::icon().path()));
                    link rel="alternate" type="application/atom+xml" title=(self.say("website-title"))
                        href=(self.to(&format!("{}/feed.xml", self.words.tag())));
                    script defer src=(self.to(static_files::website_script().path())) {}
                }
                body {
                    a .skip href="#main" { (self.say("page-skip")) }
                    header .top {
                        a .brand href=(self.home()) { span { b { (team.name) } } }
                        nav aria-label=(self.say("page-nav")) {
                            ul .plain {
                                li { a href=(self.home()) { (self.say("website-home")) } }
                                li {
                                    a href=(self.to(&format!("{}/statistics.html", self.words.tag()))) {
                                        (self.say("website-statistics"))
                                    }
                                }
                            }
                        }
                        div .who { a href=(other) hreflang=(tag) lang=(tag) { (if tag == "nl" { "Nederlands" } else { "English" }) } }
                    }
                    main #main tabindex="-1" { (main) }
                    footer {
                        section aria-labelledby="help-head" {
                            h2 #help-head { (self.say("page-help")) }
                            p { (self.say("page-help-call")) " " a href={ "tel:" (dial) } { (team.telephone) } }
                            p .soft {
                                a href=(self.to(&format!("{}/accessibility.html", self.words.tag()))) {
                                    (self.say("website-accessibility"))
                                }
                                " · "
                                a href=(self.to(&format!("{}/software.html", self.words.tag()))) {
                                    (self.say("website-software"))
                                }
                                " · " (self.say("website-made")) " " (self.time(self.site.written_at))
                            }
                        }
                    }
                }
            }
        }
    }

    /// What there is, the last changed first; of one year, or of all of them.
    pub fn list(&self, notices: &[&Notice], years: &BTreeSet<i16>, year: Option<i16>) -> Markup {
        let title = match year {
            Some(year) => self.say_with("website-year", &[("year", &year.to_string())]),
            None => self.say("website-title"),
        };
        let tag = self.words.tag();
        self.document(
            &title,
            html! {
                h1 { (title) }
                p { (self.say("website-intro")) }
                @if notices.is_empty() { p .notice { (self.say("website-none")) } }
                @if !notices.is_empty() {
                    p data-filter hidden {
                        label for="filter" { (self.say("website-filter")) } " "
                        input #filter type="search" autocomplete="off";
                    }
                    p .notice data-none role="status" hidden { (self.say("website-filter-none")) }
                    ul .plain {
                        @for notice in notices {
                            li data-row {
                                h2 {
                                    a href=(self.to(&format!("{tag}/advisories/{}.html", notice.stem())))
                                        lang=[self.other(&notice.content().title)] {
                                        (self.text(&notice.content().title))
                                    }
                                }
                                p .small {
                                    (notice.number) " · " (self.severity(notice.content().severity())) " · "
                                    (self.say("website-changed")) " " (self.time(notice.changed_at()))
                                    @for name in &notice.content().vulnerabilities { " · " (name) }
                                }
                                @if notice.withdrawn_at.is_some() { p { (self.say("website-withdrawn")) } }
                            }
                        }
                    }
                }
                @if !years.is_empty() {
                    section aria-labelledby="years" {
                        h2 #years { (self.say("website-years")) }
                        ul {
                            @for year in years.iter().rev() {
                                li { a href=(self.to(&format!("{tag}/{year}/index.html"))) { (year) } }
                            }
                        }
                    }
                }
                section aria-labelledby="feeds" {
                    h2 #feeds { (self.say("website-feeds")) }
                    ul {
                        li { a href=(self.to(&format!("{tag}/feed.xml"))) { (self.say("website-feed-atom")) } }
                        li { a href=(self.to(&format!("{tag}/feed.json"))) { (self.say("website-feed-json")) } }
                        li { a href=(self.to(".well-known/csaf/provider-metadata.json")) { (self.say("website-csaf")) } }
                        @for key in self.site.keys {
                            li {
                                a href=(self.to(&format!(".well-known/csaf/openpgp/{}.asc", key.fingerprint))) {
                                    (self.say("website-key"))
                                }
                                " " code { (key.fingerprint) }
                            }
                        }
                    }
                }
            },
        )
    }

    /// One advisory: two sentences, whether it concerns the reader, what to do, whether it was abused, the rest, what
    /// changed, and the same for programs.
    pub fn advisory(&self, notice: &Notice) -> Markup {
        let address = format!("{}/{}", self.site.address, self.path);
        self.document(
            self.text(&notice.content().title),
            html! {
                (self.body(notice, Inside::PAGE))
                section aria-labelledby="machine" {
                    h2 #machine { (self.say("website-machine")) }
                    ul {
                        @for edition in Edition::ALL {
                            @let path = notice.document_path(edition);
                            li {
                                a href=(self.to(&path)) {
                                    (self.say_with("website-document", &[("edition", edition.word())]))
                                }
                                " (" a href=(self.to(&format!("{path}.asc"))) { (self.say("website-signature")) }
                                ", " a href=(self.to(&format!("{path}.sha512"))) { "SHA-512" } ")"
                            }
                        }
                    }
                }
                p .small.soft { (self.say_with("website-print", &[("address", &address)])) }
            },
        )
    }

    /// What people read of it, as a page of its own or inside another one.
    pub fn body(&self, notice: &Notice, inside: Inside) -> Markup {
        let content = notice.content();
        let title = self.text(&content.title);
        let said = |text: &Text| html! { p lang=[self.other(text)] { (self.text(text)) } };
        let id = |name: &str| format!("{}{name}", inside.prefix);
        let part = |name: &str, words: &str, rest: Markup| {
            html! {
                section aria-labelledby=(id(name)) {
                    (heading(inside.level + 1, Some(&id(name)), None, self.say(words)))
                    (rest)
                }
            }
        };
        html! {
            (heading(inside.level, None, self.other(&content.title), title))
            p .small {
                (self.say("website-number")) " " (notice.number) " · "
                (self.say("website-severity")) ": " b { (self.severity(content.severity())) } " · "
                (self.say("website-changed")) " " (self.time(notice.changed_at()))
            }
            @if notice.withdrawn_at.is_some() {
                p .notice { (self.say("website-withdrawn")) }
            }
            (said(&content.summary))
            @if content.exploited { p .notice.heed { (self.say("website-exploited")) } }
            (part("affected", "website-affected", self.products(notice)))
            (part("do", "website-do", html! {
                @if content.measures.is_empty() { p { (self.say("website-no-measure")) } }
                @for measure in &content.measures { (self.measure(measure, inside.level + 2)) }
            }))
            (part("abuse", "website-abuse", html! {
                p { (self.say(if content.exploited { "website-abuse-yes" } else { "website-abuse-no" })) }
            }))
            (part("details", "website-details", html! {
                (said(&content.consequence))
                @for paragraph in &content.restricted { (said(&paragraph.text)) }
                ul {
                    @for name in &content.vulnerabilities { li { (name) (self.scores(notice, name)) } }
                }
                @if !content.references.is_empty() {
                    (heading(inside.level + 2, None, None, self.say("website-references")))
                    ul {
                        @for url in &content.references {
                            li {
                                @if url.starts_with("https://") || url.starts_with("http://") {
                                    a href=(url) rel="noreferrer" { (url) }
                                } @else { (url) }
                            }
                        }
                    }
                }
            }))
            (part("history", "website-history", html! {
                // Each says its own number.
                ul {
                    @for revision in notice.advisory.revisions.iter().rev() {
                        li {
                            b { (revision.number) } " · " (self.time(revision.released_at)) " · "
                            @if revision.kinds.is_empty() { (self.say("csaf-revision-first")) }
                            @for kind in &revision.kinds {
                                @let word = format!("{kind:?}");
                                (self.say(&format!("csaf-revision-{}", hyphened(&word)))) " "
                            }
                            @if let Some(reason) = &revision.content.reason { (reason) }
                        }
                    }
                }
            }))
        }
    }

    /// What others gave a vulnerability, beside each other: two numbers that differ are both shown.
    fn scores(&self, notice: &Notice, name: &str) -> Markup {
        let of_it: Vec<_> = notice.scores.iter().filter(|score| score.vulnerability == name).collect();
        if of_it.is_empty() {
            return html! {};
        }
        html! {
            ul {
                @for score in of_it {
                    @let values = [
                        ("by", score.asserted_by.as_str()),
                        ("version", score.version.as_str()),
                        ("base", score.base.as_deref().unwrap_or("?")),
                    ];
                    li { (self.say_with("website-score", &values)) " " code { (score.vector) } }
                }
            }
        }
    }

    fn products(&self, notice: &Notice) -> Markup {
        let versions = |ranges: &[Range]| -> String {
            let one = |range: &Range| match range {
                Range::Any => self.say("website-all-versions"),
                Range::Unknown => self.say("website-unknown-versions"),
                range => range.to_string(),
            };
            match ranges {
                [] => self.say("website-unknown-versions"),
                ranges => ranges.iter().map(one).collect::<Vec<_>>().join("; "),
            }
        };
        let word = |status: Status| match status {
            Status::Affected => "affected",
            Status::NotAffected => "not_affected",
            Status::Fixed => "fixed",
            Status::UnderInvestigation => "under_investigation",
        };
        html! {
            div .scroll tabindex="0" role="region" aria-label=(self.say("website-products")) {
                table {
                    thead {
                        tr {
                            th scope="col" { (self.say("website-product")) }
                            th scope="col" { (self.say("website-versions")) }
                            th scope="col" { (self.say("website-status")) }
                        }
                    }
                    tbody {
                        @for line in &notice.content().products {
                            tr {
                                th scope="row" { (line.name) }
                                td { (versions(&line.ranges)) }
                                td {
                                    (self.say(&format!("website-status-{}", word(line.status))))
                                    @if let Some(it) = notice.content().exemption(&line.name).filter(|_| line.status == Status::NotAffected) {
                                        ": " (self.say(crate::terms::Term::key(it.why))) ". "
                                        span lang=[self.other(&it.words)] { (self.text(&it.words)) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn measure(&self, measure: &Measure, level: u8) -> Markup {
        let listed = |ranges: &[Range]| ranges.iter().map(Range::to_string).collect::<Vec<_>>().join("; ");
        let is_revoked = measure.reliability == Reliability::Revoked;
        html! {
            @if is_revoked {
                (heading(level, None, self.other(&measure.title), html! { s { (self.text(&measure.title)) } }))
            } @else {
                (heading(level, None, self.other(&measure.title), self.text(&measure.title)))
            }
            @match measure.reliability {
                Reliability::Revoked => { p .notice.heed { (self.say("website-revoked")) } }
                Reliability::Doubtful => { p .notice.heed { (self.say("website-doubtful")) } }
                Reliability::Superseded => { p .notice { (self.say("website-superseded")) } }
                Reliability::Proposed | Reliability::Recommended => {}
            }
            @if !is_revoked {
                @if !measure.steps.is_empty() {
                    ol { @for step in &measure.steps { li lang=[self.other(step)] { (self.text(step)) } } }
                }
                @if let Some(minutes) = measure.minutes {
                    p { (self.say_with("website-minutes", &[("minutes", &minutes.to_string())])) }
                }
                @if !measure.fails_for.is_empty() {
                    p { (self.say_with("website-fails", &[("versions", &listed(&measure.fails_for))])) }
                }
                @if !measure.condition.is_empty() {
                    p { (self.say_with("website-condition", &[("text", self.text(&measure.condition))])) }
                }
                @if !measure.side_effects.is_empty() {
                    p { (self.say_with("website-side-effects", &[("text", self.text(&measure.side_effects))])) }
                }
                @match measure.care_impact {
                    CareImpact::None => {}
                    CareImpact::Hindered => { p { (self.say("website-care-hindered")) } }
                    CareImpact::Endangered => { p { (self.say("website-care-endangered")) } }
                }
            }
        }
    }

    pub fn statistics(&self) -> Markup {
        let counts: Vec<_> =
            self.site.counts.iter().filter(|(name, _)| !name.starts_with("stage-")).collect();
        let title = self.say("website-statistics");
        self.document(
            &title,
            html! {
                h1 { (title) }
                p { (self.say("website-statistics-intro")) }
                @if counts.is_empty() { p .notice { (self.say("website-statistics-none")) } } @else {
                    table {
                        thead {
                            tr {
                                th scope="col" { (self.say("website-statistics-what")) }
                                th scope="col" .number { (self.say("website-statistics-count")) }
                            }
                        }
                        tbody {
                            @for (name, cell) in counts {
                                tr {
                                    th scope="row" { (self.say(&format!("figures-{name}"))) }
                                    td .number {
                                        @match cell {
                                            Cell::Of(count) => { (count) }
                                            Cell::Held => { (self.say("website-statistics-held")) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            },
        )
    }

    pub fn accessibility(&self) -> Markup {
        let title = self.say("website-accessibility");
        self.document(
            &title,
            html! {
                h1 { (title) }
                p { (self.say("website-accessibility-text")) }
                p { (self.say("website-accessibility-report")) " " (self.site.team.mailbox) }
            },
        )
    }

    /// What the program is made of that wrote this, and what is known to be wrong with that.
    pub fn software(&self, of: &Software) -> Markup {
        let title = self.say("website-software");
        let (parts, tools) = (of.parts.to_string(), of.tools.to_string());
        let document = self.to(&software::path());
        self.document(
            &title,
            html! {
                h1 { (title) }
                p {
                    (self.say_with("website-software-text", &[
                        ("version", &of.version), ("parts", &parts), ("tools", &tools),
                    ]))
                }
                ul {
                    li {
                        a href=(document) { (self.say("website-software-list")) }
                        " (" a href={ (document) ".asc" } { (self.say("website-signature")) }
                        ", " a href={ (document) ".sha512" } { "SHA-512" } ")"
                    }
                }
                h2 { (self.say("website-software-holes")) }
                @if of.holes.is_empty() { p { (self.say("website-software-none")) } }
                @for hole in &of.holes {
                    h3 { (hole.ids.join(", ")) }
                    p {
                        (self.say("website-software-in")) " " b { (hole.component) } ": "
                        (self.say(if hole.is_none_here { "website-software-not" } else { "website-software-maybe" }))
                    }
                    p { (self.text(&hole.why)) }
                }
            },
        )
    }

    /// In both languages: who doubts a message should not have to choose one first.
    fn in_both(&self, part: impl Fn(&Leaf<'_>) -> Markup) -> Markup {
        html! {
            @for language in Language::ALL {
                div lang=(language.tag()) { (part(&Leaf::new(self.site, language, &self.path))) }
            }
        }
    }

    /// Whether we sent something with a number, when, and how serious it is. Nothing else.
    pub fn check(&self, sent: Option<&Sent>) -> Markup {
        let part = |leaf: &Leaf<'_>| match sent {
            Some(sent) => html! {
                p { b { (sent.number) } }
                p .notice.good { (leaf.say("website-check-yes")) }
                p { (leaf.say("website-check-when")) " " (leaf.time(sent.at)) }
                p { (leaf.say("website-severity")) ": " b { (leaf.severity(sent.severity)) } }
                p { (leaf.say("website-check-doubt")) }
            },
            None => html! {
                p .notice.heed { (leaf.say("website-check-no")) }
                p { (leaf.say("website-check-no-do")) }
            },
        };
        let title = self.say("website-check");
        self.document(&title, html! { h1 { (title) } (self.in_both(part)) })
    }

    pub fn not_found(&self) -> Markup {
        let title = self.say("website-not-found");
        let part = |leaf: &Leaf<'_>| {
            html! {
                p { (leaf.say("website-not-found")) }
                p { a href=(leaf.to(&format!("{}/", leaf.words.tag()))) { (leaf.say("website-home")) } }
            }
        };
        self.document(&title, html! { h1 { (title) } (self.in_both(part)) })
    }
}

/// `MeasureAdded` as `measure-added`.
fn hyphened(word: &str) -> String {
    let mut out = String::new();
    for letter in word.chars() {
        if letter.is_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.extend(letter.to_lowercase());
    }
    out
}
