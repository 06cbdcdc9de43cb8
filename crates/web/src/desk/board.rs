//! `GET /desk`: who is exposed, who is silent, who is late, and what must be done now.
//!
//! First the list "now to do", not a chart. What a participant says and what was measured are two
//! columns; bounced is not silent, blocked is not forgotten, and no two counts are added.

use std::collections::BTreeMap;

use domain::contact::Role;
use domain::escalation::Way;
use domain::severity::Severity;
use domain::text::Text;
use domain::warning::Stage;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use uuid::Uuid;

pub mod door;

use flow::reports::Wait;
use flow::room::Short;
use store::reports::Report;

use super::curve;
use super::law;
use super::reports::{no_room, standing};
use crate::claim_and_evidence::{Said, Seen, contradict};
use crate::fields::Field;
use crate::page::{Frame, dial};
use crate::tables::{Paging, address, window};
use crate::terms::{Tone, status};

#[derive(Debug, Clone)]
pub struct View {
    /// The advisory that the board is narrowed to, if it is.
    pub advisory: Option<Headline>,
    /// Whether the post is held, so that nothing of all this goes out.
    pub held: bool,
    /// How many letters wait for the mail server, and since when the first of them does.
    pub late: Option<(usize, Timestamp)>,
    /// Participants of whom nobody answers at night on a number that was tested.
    pub no_night_number: usize,
    /// Sources that are silent or out of reach, so that something may be missing here.
    pub sources: usize,
    pub counts: Counts,
    /// The most urgent first.
    pub to_do: Vec<Task>,
    /// How much must be done in all, of which `to_do` is the beginning.
    pub waits: usize,
    /// Advisories whose sum would rise by what others said since they were released.
    pub rising: Vec<Rising>,
    /// How many pairs of names wait for somebody to say whether they are one vulnerability.
    pub samenesses: usize,
    /// How many signals nobody has seen.
    pub signals: usize,
    /// Lists of somebody whom nobody checked, which wait for a person.
    pub parked: usize,
    /// There is no room for anything new.
    pub short: Option<Short>,
    /// Why rules that an operator changed do not count.
    pub law_refused: Option<String>,
    /// Reports that are being taken in, in the order of their turn, with what they wait for.
    pub intake: Vec<(Report, Option<Wait>)>,
    /// Until somebody climbs a rung.
    pub next_rung_in: Option<SignedDuration>,
    /// Open exposures over time, oldest first.
    pub open: Vec<(Timestamp, usize)>,
    pub deadline: Option<Timestamp>,
    pub filter: Filter,
    /// Filters that this visitor keeps: name and address.
    pub kept: Vec<(String, String)>,
    /// Warnings of which a code was closed lately, because somebody tried too many.
    pub closed_codes: Vec<Uuid>,
    /// Replies by mail that changed nothing and that nobody has seen to.
    pub replies: usize,
    /// Target groups to choose from.
    pub groups: Vec<String>,
    pub rows: Vec<Row>,
    pub paging: Paging,
    /// Whether an officer can take a warning, so that two do not call the same hospital.
    pub takes: bool,
}

#[derive(Debug, Clone)]
pub struct Headline {
    pub id: Uuid,
    pub number: String,
    pub title: Text,
    pub severity: Severity,
    pub exploited: bool,
    pub released_at: Timestamp,
}

/// An advisory that would be judged more gravely.
#[derive(Debug, Clone)]
pub struct Rising {
    pub id: Uuid,
    pub number: String,
    pub title: Text,
    /// Levels by their letters, such as `M/H`.
    pub from: String,
    pub to: String,
    /// Who says so.
    pub by: Vec<String>,
}

/// Warnings by where they stand. Late is no stage: it is counted beside them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    pub at: BTreeMap<Stage, usize>,
    pub late: usize,
}

/// Which rows are shown. Every part is a part of the address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// `q`: words of the participant's name.
    pub words: String,
    /// `show`
    pub show: Show,
    /// `group`
    pub group: String,
    /// `advisory`
    pub advisory: Option<Uuid>,
    /// `mine=yes`: taken by this visitor.
    pub mine: bool,
}

/// What a figure of the board counts, and what the table can be narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    /// Whatever still asks something of somebody.
    #[default]
    Open,
    Late,
    Silent,
    Reopened,
    HelpAsked,
    Unreached,
    BlockedByLaw,
    Working,
    RiskAccepted,
    Claimed,
    CompromiseCheck,
    Verified,
    NotAffected,
    Left,
}

impl Show {
    pub const ALL: [Self; 14] = [
        Self::Open,
        Self::Late,
        Self::Silent,
        Self::Reopened,
        Self::HelpAsked,
        Self::Unreached,
        Self::BlockedByLaw,
        Self::Working,
        Self::RiskAccepted,
        Self::Claimed,
        Self::CompromiseCheck,
        Self::Verified,
        Self::NotAffected,
        Self::Left,
    ];

    /// The stages that it puts together. Claimed and verified, silent and unreached, silent and
    /// blocked never share a figure. For [`Show::Late`], the stages in which one can be late.
    pub fn stages(self) -> &'static [Stage] {
        use Stage::*;
        match self {
            Self::Open | Self::Late => &[
                Matched,
                BlockedByLaw,
                Unreached,
                Notified,
                Read,
                Acknowledged,
                HelpAsked,
                Planned,
                RiskAccepted,
                Claimed,
                CompromiseCheck,
                Compromised,
                Reopened,
            ],
            Self::Silent => &[Matched, Notified, Read],
            Self::Reopened => &[Reopened],
            Self::HelpAsked => &[HelpAsked],
            Self::Unreached => &[Unreached],
            Self::BlockedByLaw => &[BlockedByLaw],
            Self::Working => &[Acknowledged, Planned],
            Self::RiskAccepted => &[RiskAccepted],
            Self::Claimed => &[Claimed],
            Self::CompromiseCheck => &[CompromiseCheck, Compromised],
            Self::Verified => &[Verified, Attested, Closed],
            Self::NotAffected => &[NotAffected],
            Self::Left => &[Transferred, Orphaned],
        }
    }

    /// As it stands in the address. Blank for what is open.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "",
            Self::Late => "late",
            Self::Silent => "silent",
            Self::Reopened => "reopened",
            Self::HelpAsked => "help_asked",
            Self::Unreached => "unreached",
            Self::BlockedByLaw => "blocked_by_law",
            Self::Working => "working",
            Self::RiskAccepted => "risk_accepted",
            Self::Claimed => "claimed",
            Self::CompromiseCheck => "compromise_check",
            Self::Verified => "verified",
            Self::NotAffected => "not_affected",
            Self::Left => "left",
        }
    }

    /// An unknown word shows what is open: a mailed filter of another version still opens the board.
    pub fn of_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|show| show.word() == word).unwrap_or_default()
    }

    fn say(self, frame: &Frame) -> String {
        let word = if self == Self::Open { "open" } else { self.word() };
        frame.say(&format!("board-show-{}", word.replace('_', "-")))
    }

    fn of(self, counts: &Counts) -> usize {
        match self {
            Self::Late => counts.late,
            _ => self.stages().iter().filter_map(|stage| counts.at.get(stage)).sum(),
        }
    }
}

impl Filter {
    /// The address of this board on another page.
    pub fn address(&self, page: usize) -> String {
        let advisory = self.advisory.map(|id| id.to_string()).unwrap_or_default();
        let page = if page > 1 { page.to_string() } else { String::new() };
        address(
            "/desk",
            &[
                ("advisory", &advisory),
                ("show", self.show.word()),
                ("group", &self.group),
                ("q", &self.words),
                ("mine", if self.mine { "yes" } else { "" }),
                ("page", &page),
            ],
        )
    }
}

/// Something that a person must do.
#[derive(Debug, Clone)]
pub struct Task {
    pub warning: Uuid,
    pub participant: String,
    /// Of the advisory, such as `2020-0042`.
    pub number: String,
    pub severity: Severity,
    pub why: Why,
    /// Whom to reach, if we know anybody.
    pub person: Option<Person>,
    pub said: Said,
    pub seen: Seen,
    pub stage: Stage,
    pub deadline: Timestamp,
    /// The rung that is to be climbed, counted from 1, of how many.
    pub rung: Option<(usize, usize)>,
    /// How that rung is climbed: in whose name, and what about.
    pub way: Option<Way>,
    pub taken_by: Option<String>,
    /// Since when they wait for a word of ours.
    pub asks_since: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// An item of the calling list.
    Call { call: Uuid },
    /// A letter to sign and send, an item of the calling list too.
    Letter { call: Uuid },
    /// They asked to be called back.
    HelpAsked,
    /// They wrote to us, and nobody has answered.
    Asked,
    /// What was measured speaks against what they said.
    Contradicted,
    /// No channel arrived.
    Unreached,
    /// The ground is missing.
    BlockedByLaw,
    /// Done late: somebody may have been inside.
    CompromiseCheck,
}

#[derive(Debug, Clone)]
pub struct Person {
    pub name: String,
    pub role: Role,
    pub telephone: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Row {
    pub warning: Uuid,
    pub participant: String,
    /// Of the advisory.
    pub number: String,
    pub group: Option<String>,
    pub said: Said,
    pub seen: Seen,
    pub stage: Stage,
    pub last_sign_at: Option<Timestamp>,
    pub rung: Option<(usize, usize)>,
    pub deadline: Timestamp,
    /// Whether the deadline still counts: not once it is safe.
    pub open: bool,
    pub taken_by: Option<String>,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("board-title"),
        html! {
            (head(frame, view))
            div #held data-live {
                @if view.held {
                    p .notice.alarm {
                        (frame.say("board-held")) " "
                        a href="/desk/shelf" { (frame.say("board-held-look")) }
                    }
                }
                @if let Some((count, since)) = view.late {
                    p .notice.alarm { (frame.count("board-late", count)) " " (frame.time(since)) }
                }
                @if view.no_night_number > 0 {
                    p .notice.alarm {
                        a href="/desk/calls#night" { (frame.count("calls-night-count", view.no_night_number)) }
                    }
                }
                @if view.sources > 0 {
                    p .notice.alarm {
                        (frame.count("board-sources", view.sources)) " "
                        a href="/desk/sources" { (frame.say("board-sources-look")) }
                    }
                }
                @for warning in &view.closed_codes {
                    p .notice.alarm {
                        (frame.say("board-code-closed")) " "
                        a href={ "/desk/warnings/" (warning) } { (frame.say("board-code-look")) }
                    }
                }
                @if view.replies > 0 {
                    p .notice.heed { a href="/desk/post" { (frame.count("post-replies", view.replies)) } }
                }
                @if let Some(short) = view.short { (no_room(frame, short)) }
                @if let Some(why) = &view.law_refused { (law::refused(frame, why)) }
                @if view.parked > 0 {
                    p .notice.alarm {
                        a href="/desk/finders" { (frame.count("finders-parked-count", view.parked)) }
                    }
                }
            }
            section #now aria-labelledby="now-head" {
                h2 #now-head aria-live="polite" data-live { (frame.count("board-now", view.waits)) }
                div #tasks data-live {
                    @if let Some(left) = view.next_rung_in {
                        p .soft { (frame.say_with("board-next-rung", &[("span", &frame.span(left))])) }
                    }
                    @if view.to_do.is_empty() {
                        p .notice.good { (frame.say("board-nothing-to-do")) }
                    } @else {
                        ol .cards.plain { @for task in &view.to_do { (card(frame, task, view)) } }
                        @if view.waits > view.to_do.len() {
                            p .soft { (frame.say_with("board-more", &[("n", &view.to_do.len().to_string())])) }
                        }
                    }
                }
            }
            (news(frame, view))
            section #counts aria-labelledby="counts-head" data-live {
                h2 #counts-head { (frame.say("board-counts")) }
                (counts(frame, view))
            }
            p .phone-only { a .press href="#look" { (frame.say("board-to-table")) } }
            div #look .second-look {
                section #curve aria-labelledby="curve-head" data-live {
                    (curve::figure(frame, &view.open, view.deadline))
                }
                section #rows aria-labelledby="rows-head" {
                    h2 #rows-head { (frame.say("board-rows")) }
                    (filters(frame, view))
                    (kept(frame, view))
                    (table(frame, view))
                    (frame.pager(view.paging, |page| view.filter.address(page) + "#rows"))
                }
            }
        },
    )
}

fn head(frame: &Frame, view: &View) -> Markup {
    html! {
        header #head data-live {
            @if let Some(advisory) = &view.advisory {
                p .row {
                    (frame.severity(advisory.severity))
                    a href={ "/desk/advisories/" (advisory.id) } { (advisory.number) }
                    @if advisory.exploited { (status(Tone::Alarm, &frame.say("board-exploited"))) }
                    span .soft {
                        (frame.say("board-since")) " "
                        (frame.span(frame.now.duration_since(advisory.released_at)))
                    }
                }
                h1 { (frame.text(&advisory.title)) }
                p { a href="/desk" { (frame.say("board-all-advisories")) } }
            } @else {
                h1 { (frame.say("board-title")) }
            }
            p .soft {
                (frame.say("board-as-of")) " " (frame.time(frame.now)) " · "
                a href=(view.filter.address(view.paging.page)) { (frame.say("board-reload")) }
            }
            p .row {
                a href="/desk/calls" { (frame.say("calls-title")) }
                a href="#counts" { (frame.say("board-counts")) }
                a href="#look" { (frame.say("board-to-table")) }
            }
        }
    }
}

fn card(frame: &Frame, task: &Task, view: &View) -> Markup {
    let (key, loud) = match task.why {
        Why::Call { .. } => ("board-why-call", true),
        Why::Letter { .. } => ("board-why-letter", true),
        Why::HelpAsked => ("board-why-help-asked", true),
        Why::Asked => ("board-why-asked", true),
        Why::Contradicted => ("board-why-contradicted", true),
        Why::Unreached => ("board-why-unreached", true),
        Why::BlockedByLaw => ("board-why-blocked-by-law", false),
        Why::CompromiseCheck => ("board-why-compromise-check", false),
    };
    let tone = if loud { Tone::Alarm } else { Tone::Heed };
    let id = task.warning.simple();
    html! {
        li class={ "card " (tone.name()) } id={ "task-" (id) } tabindex="-1" data-row {
            div .row {
                h3 { a href={ "/desk/warnings/" (task.warning) } { (task.participant) } }
                (status(tone, &frame.say(key)))
                @if let Some((number, of)) = task.rung { (frame.rung(number, of)) }
                (frame.deadline(task.deadline))
                @if let Some(since) = task.asks_since {
                    span .nowrap { (frame.say("board-asks-since")) " " (frame.span(frame.now.duration_since(since))) }
                }
                // Where the board is about one advisory, its head says so.
                @if view.advisory.is_none() {
                    span .soft { (task.number) " · " (frame.term(task.severity)) }
                }
            }
            dl .trio.small {
                div {
                    dt { (frame.say("said-head")) }
                    dd { (frame.said(&task.said, contradict(&task.said, &task.seen))) }
                }
                div { dt { (frame.say("seen-head")) } dd { (frame.seen(&task.seen)) } }
                @if let Some(way) = &task.way {
                    div {
                        dt { (frame.say("board-way")) }
                        dd { (frame.term(way.sender)) " · " (frame.term(way.frame)) }
                    }
                }
            }
            (acts(frame, task, view.takes))
        }
    }
}

/// What can be done about it, the telephone first. No typing is needed for any of it.
pub fn acts(frame: &Frame, task: &Task, takes: bool) -> Markup {
    let at = format!("/desk/warnings/{}", task.warning);
    html! {
        div .acts {
            @match &task.person {
                Some(Person { name, role, .. }) if matches!(task.why, Why::Letter { .. }) => {
                    p { (frame.say_with("board-letter-to", &[("name", name)])) " (" (frame.term(*role)) ")" }
                }
                Some(Person { name, role, telephone: Some(telephone) }) => {
                    a .press.call href={ "tel:" (dial(telephone)) } {
                        (frame.say_with("board-call", &[("name", name), ("telephone", telephone)]))
                        " (" (frame.term(*role)) ")"
                    }
                }
                Some(Person { name, role, telephone: None }) => {
                    p { (frame.say_with("board-no-telephone", &[("name", name)])) " (" (frame.term(*role)) ")" }
                }
                None => { p { (frame.say("board-nobody")) } }
            }
            @match task.why {
                Why::Call { call } => (outcomes(frame, call, "board-outcome")),
                Why::Letter { call } => (outcomes(frame, call, "board-letter")),
                Why::HelpAsked => {
                    (frame.button(&format!("{at}/help"), &[], &frame.say("board-help-given")))
                }
                Why::Asked => { p { a .press href={ (at) "#notes" } { (frame.say("board-answer-note")) } } }
                Why::Contradicted | Why::Unreached | Why::BlockedByLaw | Why::CompromiseCheck => {}
            }
            @match &task.taken_by {
                Some(by) => { p .soft { (frame.say_with("board-taken-by", &[("name", by)])) } }
                None if takes => {
                    (frame.form(&format!("{at}/take"), html! {
                        button data-key="a" { (frame.say("board-take")) }
                    }))
                }
                None => {}
            }
        }
    }
}

/// What came of a call or a letter: one press each.
fn outcomes(frame: &Frame, call: Uuid, key: &str) -> Markup {
    let action = format!("/desk/calls/{call}");
    let outcome = |word: &str, letter: Option<&str>| {
        html! {
            button name="outcome" value=(word) data-key=[letter] {
                (frame.say(&format!("{key}-{}", word.replace('_', "-"))))
            }
        }
    };
    html! {
        (frame.form(&action, html! { (outcome("reached", Some("c"))) }))
        (frame.form(&action, html! { (outcome("voicemail", Some("e"))) }))
        details id={ "more-" (call.simple()) } {
            summary { (frame.say("board-other-outcome")) }
            div .drawer {
                (frame.form(&action, html! { (outcome("refused", None)) }))
                (frame.form(&action, html! { (outcome("wrong_number", None)) }))
            }
        }
    }
}

/// What others said that asks for a judgement, and what nobody has looked at yet.
fn news(frame: &Frame, view: &View) -> Markup {
    html! {
        div #news data-live {
            @if !view.rising.is_empty() {
                h2 { (frame.say("board-rising")) }
                ul {
                    @for it in &view.rising {
                        li {
                            a href={ "/desk/advisories/" (it.id) "#reassessment" } {
                                @if it.title.is_empty() { (it.number) } @else { (frame.text(&it.title)) }
                            }
                            " " span .nowrap { "[" (it.from) "] → [" (it.to) "]" } " "
                            (frame.say_with("board-rising-by", &[("by", &it.by.join(", "))]))
                        }
                    }
                }
            }
            @if view.samenesses > 0 {
                p { a href="/desk/samenesses" { (frame.count("board-samenesses", view.samenesses)) } }
            }
            @if view.signals > 0 {
                p { a href="/desk/signals" { (frame.count("board-signals", view.signals)) } }
            }
            @if !view.intake.is_empty() {
                h2 { (frame.say("board-intake")) }
                ul {
                    @for (report, wait) in &view.intake {
                        li {
                            a href={ "/desk/reports/" (report.number) } { (report.name) } " "
                            (standing(frame, report, wait.as_ref()))
                        }
                    }
                }
            }
        }
    }
}

fn counts(frame: &Frame, view: &View) -> Markup {
    html! {
        dl .figures {
            @for show in Show::ALL {
                @let n = show.of(&view.counts);
                div {
                    dd { (n) }
                    dt {
                        a href={ (Filter { show, ..view.filter.clone() }.address(1)) "#rows" } { (show.say(frame)) }
                    }
                }
            }
        }
    }
}

fn filters(frame: &Frame, view: &View) -> Markup {
    let filter = &view.filter;
    let advisory = filter.advisory.map(|id| id.to_string()).unwrap_or_default();
    html! {
        form .filters role="search" method="get" action="/desk#rows" {
            @if !advisory.is_empty() { input type="hidden" name="advisory" value=(advisory); }
            div .field {
                label for="filter-q" { (frame.say("board-search")) }
                input #filter-q type="search" name="q" value=(filter.words) data-search;
            }
            div .field {
                label for="filter-show" { (frame.say("board-show")) }
                select #filter-show name="show" {
                    @for show in Show::ALL {
                        option value=(show.word()) selected[show == filter.show] { (show.say(frame)) }
                    }
                }
            }
            @if !view.groups.is_empty() {
                div .field {
                    label for="filter-group" { (frame.say("board-group")) }
                    select #filter-group name="group" {
                        option value="" { (frame.say("board-group-all")) }
                        @for group in &view.groups {
                            option value=(group) selected[*group == filter.group] { (frame.group(group)) }
                        }
                    }
                }
            }
            @if view.takes {
                label .choice for="filter-mine" {
                    input #filter-mine type="checkbox" name="mine" value="yes" checked[filter.mine];
                    (frame.say("board-mine"))
                }
            }
            button { (frame.say("board-filter")) }
        }
    }
}

/// Filters under a name, and a name for this one.
fn kept(frame: &Frame, view: &View) -> Markup {
    let here = view.filter.address(1);
    html! {
        @if !view.kept.is_empty() {
            nav .no-print aria-label=(frame.say("board-kept")) {
                ul .chips.plain {
                    @for (name, address) in &view.kept {
                        @let current = (*address == here).then_some("true");
                        li { a href={ (address) "#rows" } aria-current=[current] { (name) } }
                    }
                }
            }
        }
        details #keep-filter .no-print {
            summary { (frame.say("board-keep")) }
            div .drawer {
                (frame.form("/desk/filters", html! {
                    input type="hidden" name="address" value=(here);
                    (Field::new("keep", "name", frame.say("board-keep-name")).required())
                    button { (frame.say("board-keep-send")) }
                }))
                @for (name, _) in &view.kept {
                    (frame.button("/desk/filters/forget", &[("name", name)],
                        &frame.say_with("board-forget", &[("name", name)])))
                }
            }
        }
    }
}

fn table(frame: &Frame, view: &View) -> Markup {
    let columns =
        ["board-participant", "said-head", "seen-head", "board-stage", "board-last-sign", "board-deadline"];
    let class = |key: &str| match key {
        "said-head" => Some("said"),
        "seen-head" => Some("seen"),
        _ => None,
    };
    html! {
        (window("rows-caption", html! {
            table #rows-table data-live {
                caption #rows-caption { (frame.count("board-found", view.paging.total)) }
                thead { tr { @for key in columns { th scope="col" class=[class(key)] { (frame.say(key)) } } } }
                tbody {
                    @for row in &view.rows {
                        tr id={ "row-" (row.warning.simple()) } tabindex="-1" data-row {
                            th scope="row" {
                                a href={ "/desk/warnings/" (row.warning) } { (row.participant) }
                                br;
                                span .small .soft {
                                    @if let Some(group) = &row.group { (frame.group(group)) }
                                    @if view.advisory.is_none() { " · " span .nowrap { (row.number) } }
                                    @if let Some(by) = &row.taken_by { " · " (frame.say_with("board-taken-by", &[("name", by)])) }
                                }
                            }
                            td .said { (frame.said(&row.said, contradict(&row.said, &row.seen))) }
                            td .seen { (frame.seen(&row.seen)) }
                            td {
                                (frame.stage(row.stage))
                                @if let Some((number, of)) = row.rung { br; span .small .soft { (frame.rung(number, of)) } }
                            }
                            td { @if let Some(at) = row.last_sign_at { (frame.time(at)) } @else { (frame.say("board-no-sign")) } }
                            td .nowrap { @if row.open { (frame.deadline(row.deadline)) br; } span .small .soft { (frame.time(row.deadline)) } }
                        }
                    }
                }
            }
        }))
        @if view.rows.is_empty() {
            p .notice { (frame.say("board-no-rows")) " " a href="/desk" { (frame.say("board-show-everything")) } }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use domain::escalation::{self, Sender};
    use domain::observation::Method;
    use domain::warning::Channel;
    use store::papers::Digest;
    use store::reports::Rows;

    use super::*;
    use crate::page::testing::{check, frame, languages};

    pub fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    pub fn still_there() -> Seen {
        Seen::StillThere { at: at("2020-01-16T08:12:00Z"), systems: 2, method: Method::MitigationAbsent }
    }

    pub fn claimed() -> Said {
        let measure = Text::both("Zet de responder-regel aan", "Switch on the responder policy");
        Said::Claimed { measure, executed_at: Some(at("2020-01-13T16:00:00Z")) }
    }

    pub fn task(number: u128, participant: &str, why: Why, said: Said, seen: Seen) -> Task {
        Task {
            warning: id(number),
            participant: participant.into(),
            number: "2019-0042".into(),
            severity: Severity::Critical,
            why,
            person: Some(Person {
                name: "Sybren Terpstra".into(),
                role: Role::OnCall,
                telephone: Some("+31 85 000 00 22".into()),
            }),
            said,
            seen,
            stage: Stage::Notified,
            deadline: at("2020-01-16T09:52:00Z"),
            asks_since: (number == 1).then(|| at("2020-01-16T08:00:00Z")),
            rung: Some((3, 5)),
            way: Some(Way {
                channel: Channel::Telephone,
                person: Role::OnCall,
                sender: Sender::DutyOfficer,
                frame: escalation::Frame::YourHostIsOpen,
            }),
            taken_by: None,
        }
    }

    fn row(number: u128, participant: &str, said: Said, seen: Seen, stage: Stage) -> Row {
        Row {
            warning: id(number),
            participant: participant.into(),
            number: "2019-0042".into(),
            group: Some("Ziekenhuizen".into()),
            said,
            seen,
            stage,
            last_sign_at: Some(at("2020-01-16T10:02:00Z")),
            rung: Some((2, 5)),
            deadline: at("2020-01-16T14:00:00Z"),
            open: stage != Stage::Verified,
            taken_by: (number == 2).then(|| "Jan Dijkgraaf".into()),
        }
    }

    fn intake(number: u32) -> Report {
        Report {
            number,
            paper: Digest([7; 32]),
            source: "Dijkleger".into(),
            name: format!("2020-01-1{number}-scan_http_vulnerable-nl.csv"),
            size_bytes: 1_000,
            began_at: at("2020-01-16T12:31:00Z"),
            ended_at: None,
            why: None,
            rows: Rows::default(),
            waiting: 0,
        }
    }

    fn sample() -> View {
        let wait = Wait { until: at("2020-01-16T12:46:00Z"), why: flow::reports::Why::NoRoom };
        let gone = Seen::Gone { at: at("2020-01-15T08:12:00Z"), method: Method::SafeCheck };
        let nobody = Task {
            person: None,
            taken_by: Some("Jan Dijkgraaf".into()),
            ..task(4, "Terpland Thuiszorg", Why::Unreached, Said::Nothing, Seen::Nothing)
        };
        View {
            advisory: Some(Headline {
                id: id(9),
                number: "ZCO-2019-0042".into(),
                title: Text::both("Lek in Citrix ADC en Gateway", "Hole in Citrix ADC and Gateway"),
                severity: Severity::Critical,
                exploited: true,
                released_at: at("2019-12-18T13:00:00Z"),
            }),
            held: false,
            late: Some((214, at("2020-01-16T12:31:00Z"))),
            no_night_number: 3,
            sources: 2,
            counts: Counts {
                at: [
                    (Stage::Notified, 15),
                    (Stage::Read, 6),
                    (Stage::Reopened, 2),
                    (Stage::HelpAsked, 3),
                    (Stage::Unreached, 5),
                    (Stage::BlockedByLaw, 4),
                    (Stage::Planned, 12),
                    (Stage::Claimed, 9),
                    (Stage::CompromiseCheck, 6),
                    (Stage::Verified, 30),
                    (Stage::Closed, 11),
                    (Stage::NotAffected, 11),
                ]
                .into(),
                late: 14,
            },
            waits: 7,
            to_do: vec![
                task(1, "Noordzorg", Why::Call { call: id(71) }, Said::Nothing, still_there()),
                task(2, "Kliniek Waterdorp", Why::Contradicted, claimed(), still_there()),
                task(3, "Zuidzorg", Why::HelpAsked, Said::HelpAsked, Seen::Nothing),
                nobody,
                task(5, "Praktijk De Sluis", Why::Letter { call: id(72) }, Said::Nothing, Seen::Nothing),
                task(6, "Polderzorg", Why::BlockedByLaw, Said::Nothing, still_there()),
                task(7, "Duinzicht", Why::CompromiseCheck, claimed(), gone.clone()),
            ],
            rising: vec![Rising {
                id: id(9),
                number: "ZCO-2019-0042".into(),
                title: Text::both("Lek in Citrix ADC en Gateway", "Hole in Citrix ADC and Gateway"),
                from: "M/H".into(),
                to: "H/H".into(),
                by: vec!["CISA-ADP".into()],
            }],
            samenesses: 1,
            signals: 3,
            parked: 1,
            short: Some(Short { free_bytes: 300 << 20, free_bytes_min: 1 << 30 }),
            law_refused: Some("need.cedar: no @article".into()),
            intake: vec![(intake(7), Some(wait)), (intake(8), None)],
            next_rung_in: Some(SignedDuration::from_mins(12)),
            open: [
                ("2020-01-09", 120),
                ("2020-01-11", 118),
                ("2020-01-13", 96),
                ("2020-01-14", 61),
                ("2020-01-16", 38),
            ]
            .map(|(day, open)| (at(&format!("{day}T11:00:00Z")), open))
            .to_vec(),
            deadline: Some(at("2020-01-15T11:00:00Z")),
            filter: Filter { advisory: Some(id(9)), words: "zorg & co".into(), ..Filter::default() },
            kept: vec![("Laat".into(), "/desk?show=late".into())],
            closed_codes: vec![id(7)],
            replies: 2,
            groups: vec!["Ziekenhuizen".into(), "Huisartsen".into()],
            rows: vec![
                row(1, "Noordzorg", Said::Nothing, still_there(), Stage::Notified),
                row(2, "Kliniek Waterdorp", claimed(), still_there(), Stage::Reopened),
                row(3, "Zuidzorg", Said::HelpAsked, Seen::Nothing, Stage::HelpAsked),
                row(8, "Dijkzicht", claimed(), gone, Stage::Verified),
                row(
                    9,
                    "Praktijk De Terp",
                    Said::RiskAccepted { until: at("2020-02-01T11:00:00Z") },
                    Seen::Nothing,
                    Stage::RiskAccepted,
                ),
            ],
            paging: Paging { page: 2, pages: 4, total: 96 },
            takes: true,
        }
    }

    #[test]
    fn the_board_holds_in_both_languages_in_a_storm_and_in_calm() {
        check("board", "/desk", |frame| page(frame, &sample()));
        let calm = View {
            advisory: None,
            held: true,
            late: None,
            no_night_number: 0,
            sources: 0,
            counts: Counts::default(),
            waits: 0,
            to_do: vec![],
            rising: vec![],
            samenesses: 0,
            signals: 0,
            parked: 0,
            short: None,
            law_refused: None,
            intake: vec![],
            next_rung_in: None,
            open: vec![],
            deadline: None,
            filter: Filter::default(),
            kept: vec![],
            closed_codes: vec![],
            replies: 0,
            groups: vec![],
            rows: vec![],
            paging: Paging::single(0),
            takes: false,
        };
        check("board-calm", "/desk", |frame| page(frame, &calm));
    }

    #[test]
    fn what_must_be_done_comes_before_every_chart_and_the_call_is_one_press_away() {
        let [dutch, _] = languages();
        let html = page(&frame(dutch, "/desk"), &sample()).into_string();
        let place = |what: &str| html.find(what).unwrap();
        assert!(place(r#"href="tel:+31850000022""#) < place(r#"id="counts""#));
        assert!(place(r#"id="counts""#) < place(r#"id="curve""#));
        assert!(place(r#"id="curve""#) < place(r#"id="rows-table""#));
    }

    #[test]
    fn a_filter_travels_with_the_pages_and_an_unknown_one_shows_all() {
        let filter = Filter { show: Show::Late, group: "GGZ".into(), ..Filter::default() };
        assert_eq!(filter.address(3), "/desk?show=late&group=GGZ&page=3");
        assert_eq!(Filter::default().address(1), "/desk");
        for show in Show::ALL {
            assert_eq!(Show::of_word(show.word()), show);
        }
        assert_eq!(Show::of_word("of another version"), Show::Open);
    }

    #[test]
    fn every_stage_has_its_figure_and_no_figure_mixes_what_must_stay_apart() {
        use Stage::*;
        let figures = &Show::ALL[2..];
        for stage in Stage::ALL {
            assert_eq!(figures.iter().filter(|show| show.stages().contains(&stage)).count(), 1, "{stage:?}");
        }
        for (one, other) in [(Claimed, Verified), (Unreached, Notified), (BlockedByLaw, Matched)] {
            assert!(figures.iter().all(|it| !(it.stages().contains(&one) && it.stages().contains(&other))));
        }
        assert_eq!(Show::Verified.of(&sample().counts), 41);
    }
}
