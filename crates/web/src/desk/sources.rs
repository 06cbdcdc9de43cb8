//! `GET /desk/sources`: where papers come from by themselves, how each source is, and what of it could not
//! be taken in. A source can be added, left alone and asked now; nobody can make it look better than it is.

use domain::ids::SourceId;
use domain::source::{Health, Kind, Settings, Trouble};
use domain::tlp::Tlp;
use flow::house::House;
use flow::sources::{self as stage, Wanted, WantedError};
use jiff::Timestamp;
use maud::{Markup, html};
use store::sources::{self, Item, Source, Visit};

use crate::WebError;
use crate::fields::{Field, list};
use crate::form::{Fields, Form};
use crate::may::{May, Onward, RunNode};
use crate::page::Frame;
use crate::tables::window;
use crate::terms::{Tone, status};

#[derive(Debug, Clone)]
pub struct View {
    /// What needs a person first, then by name.
    pub sources: Vec<Line>,
}

#[derive(Debug, Clone)]
pub struct Line {
    pub source: Source,
    pub health: Health,
    pub papers: u64,
    pub parked: u64,
}

#[derive(Debug, Clone)]
pub struct One {
    pub line: Line,
    /// The newest first.
    pub visits: Vec<Visit>,
    /// The latest first.
    pub parked: Vec<Item>,
}

/// How many visits and parked things one page shows.
const SHOWN: i64 = 50;

fn tone(health: Health) -> Tone {
    match health {
        Health::Unreachable | Health::Silent => Tone::Alarm,
        Health::Failing => Tone::Heed,
        Health::New | Health::Paused => Tone::Quiet,
        Health::Well => Tone::Good,
    }
}

/// Why something did not succeed, for a person.
pub(crate) fn trouble(frame: &Frame, why: &Trouble) -> String {
    let (key, about) = match why {
        Trouble::Way { key, about, .. } => {
            return frame.say_with(&format!("egress-{key}"), &[("about", about)]);
        }
        Trouble::NoMetadata(about) => ("no-metadata", about.as_str()),
        Trouble::Unreadable(about) => ("unreadable", about.as_str()),
        Trouble::NothingListed(about) => ("nothing-listed", about.as_str()),
        Trouble::Circle(about) => ("circle", about.as_str()),
        Trouble::TooMany(about) => ("too-many", about.as_str()),
        Trouble::HashMissing => ("hash-missing", ""),
        Trouble::HashUnreachable => ("hash-unreachable", ""),
        Trouble::HashWrong => ("hash-wrong", ""),
        Trouble::SignatureMissing => ("signature-missing", ""),
        Trouble::SignatureUnreachable => ("signature-unreachable", ""),
        Trouble::SignatureWrong => ("signature-wrong", ""),
        Trouble::NoKey(about) => ("no-key", about.as_str()),
        Trouble::OtherName(about) => ("other-name", about.as_str()),
        Trouble::TooNarrow(about) => ("too-narrow", about.as_str()),
        Trouble::LeadsAway(about) => ("leads-away", about.as_str()),
        Trouble::Shelved(about) => ("shelved", about.as_str()),
        Trouble::NoFolder(about) => ("no-folder", about.as_str()),
        Trouble::NotToBeListed => ("not-to-be-listed", ""),
    };
    frame.say_with(&format!("trouble-{key}"), &[("about", about)])
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let alarms = view.sources.iter().filter(|line| line.health.is_alarm()).count();
    frame.document(
        &frame.say("sources-title"),
        html! {
            h1 { (frame.say("sources-title")) }
            p { (frame.say("sources-what")) }
            div #sources data-live {
                @if alarms > 0 { p .notice.alarm { (frame.count("sources-alarms", alarms)) } }
                @if view.sources.is_empty() { p .notice.heed { (frame.say("sources-none")) } }
                @if !view.sources.is_empty() { (table(frame, &view.sources)) }
            }
            section #add aria-labelledby="add-head" {
                h2 #add-head { (frame.say("sources-add")) }
                p { (frame.say("sources-add-what")) }
                (add_form(frame))
            }
        },
    )
}

fn table(frame: &Frame, lines: &[Line]) -> Markup {
    window(
        "sources-caption",
        html! {
            table {
                caption #sources-caption { (frame.count("sources-list", lines.len())) }
                thead { tr {
                    th scope="col" { (frame.say("sources-name")) }
                    th scope="col" { (frame.say("sources-health")) }
                    th scope="col" { (frame.say("sources-succeeded")) }
                    th scope="col" { (frame.say("sources-next")) }
                    th scope="col" { (frame.say("sources-papers")) }
                    th scope="col" { (frame.say("sources-parked")) }
                } }
                tbody {
                    @for line in lines {
                        tr id={ "source-" (line.source.id.0.simple()) } tabindex="-1" data-row {
                            th scope="row" {
                                a href={ "/desk/sources/" (line.source.id) } { (line.source.name) }
                                br; span .small .soft { (frame.term(line.source.kind)) }
                            }
                            td {
                                (status(tone(line.health), &frame.term(line.health)))
                                @if let Some(why) = &line.source.course.why { br; span .small { (trouble(frame, why)) } }
                            }
                            td { (moment(frame, line.source.course.succeeded_at)) }
                            td { (next(frame, line)) }
                            td { (line.papers) }
                            td { (line.parked) }
                        }
                    }
                }
            }
        },
    )
}

fn moment(frame: &Frame, at: Option<Timestamp>) -> Markup {
    html! {
        @match at {
            Some(at) => { (frame.time(at)) }
            None => { span .soft { (frame.say("sources-never")) } }
        }
    }
}

fn next(frame: &Frame, line: &Line) -> Markup {
    match line.health {
        Health::Paused => html! { span .soft { (frame.say("sources-not-asked")) } },
        _ => frame.time(line.source.next_at),
    }
}

fn add_form(frame: &Frame) -> Markup {
    let kinds = Kind::ALL.into_iter().filter(|kind| !kind.is_in_file_only());
    let kinds: Vec<_> = kinds.map(|kind| (kind.word().to_owned(), frame.term(kind))).collect();
    let address = Field::new("source", "address", frame.say("sources-address"));
    let keys = Field::new("source", "keys", frame.say("sources-keys"));
    frame.form(
        "/desk/sources",
        html! {
            (Field::new("source", "name", frame.say("sources-name")).required())
            (list("source", "kind", &frame.say("sources-kind"), &kinds, Some(Kind::CsafProvider.word())))
            (address.hint(frame.say("sources-address-hint")).required())
            (keys.hint(frame.say("sources-keys-hint")))
            button type="submit" { (frame.say("sources-add-sure")) }
        },
    )
}

pub fn one(frame: &Frame, view: &One) -> Markup {
    let (line, source) = (&view.line, &view.line.source);
    let place = format!("/desk/sources/{}", source.id);
    frame.document(
        &source.name,
        html! {
            h1 { (source.name) }
            div #source data-live {
                p { (status(tone(line.health), &frame.term(line.health))) " " (frame.term(source.kind)) }
                @if let Some(why) = &source.course.why {
                    p .notice.(tone(line.health).name()) {
                        (trouble(frame, why))
                        @if source.course.failures > 1 {
                            " " (frame.count("sources-failures", usize::try_from(source.course.failures).unwrap_or(usize::MAX)))
                        }
                    }
                }
                @if line.health == Health::Silent { p .notice.alarm { (frame.say("sources-silent-what")) } }
                dl {
                    dt { (frame.say("sources-address")) } dd { code { (source.address) } }
                    dt { (frame.say("sources-succeeded")) } dd { (moment(frame, source.course.succeeded_at)) }
                    dt { (frame.say("sources-arrived")) } dd { (moment(frame, source.course.arrivals.last().copied())) }
                    dt { (frame.say("sources-next")) } dd { (next(frame, line)) }
                    dt { (frame.say("sources-papers")) } dd { (line.papers) }
                    dt { (frame.say("sources-tlp")) } dd { "TLP:" (source.settings.tlp_max.word()) }
                    @if let Some(asserter) = &source.settings.asserter {
                        dt { (frame.say("sources-asserter")) } dd { (asserter) }
                    }
                    @if !source.settings.keys.is_empty() {
                        dt { (frame.say("sources-keys")) }
                        @for key in &source.settings.keys { dd { code { (key) } } }
                    }
                }
            }
            div .acts {
                @if line.health == Health::Paused {
                    (frame.button(&format!("{place}/resume"), &[], &frame.say("sources-resume")))
                } @else {
                    (frame.button(&format!("{place}/run"), &[], &frame.say("sources-run")))
                    (frame.button(&format!("{place}/pause"), &[], &frame.say("sources-pause")))
                }
            }
            @if source.in_file { p .soft { (frame.say("sources-in-file")) } }
            section #parked aria-labelledby="parked-head" data-live {
                h2 #parked-head { (frame.count("sources-parked-list", usize::try_from(line.parked).unwrap_or(usize::MAX))) }
                p { (frame.say("sources-parked-what")) }
                ul .plain {
                    @for item in &view.parked {
                        li {
                            code { (item.name) }
                            br;
                            @if let Some(why) = &item.remark { (trouble(frame, why)) " " }
                            span .soft { (frame.time(item.at)) }
                        }
                    }
                }
            }
            div #visits .part data-live { (visits(frame, &view.visits)) }
        },
    )
}

fn visits(frame: &Frame, visits: &[Visit]) -> Markup {
    window(
        "visits-caption",
        html! {
            table {
                caption #visits-caption { (frame.say("sources-visits")) }
                thead { tr {
                    th scope="col" { (frame.say("sources-when")) }
                    th scope="col" { (frame.say("sources-outcome")) }
                    th scope="col" { (frame.say("sources-listed")) }
                    th scope="col" { (frame.say("sources-taken")) }
                    th scope="col" { (frame.say("sources-known")) }
                    th scope="col" { (frame.say("sources-parked")) }
                } }
                tbody {
                    @for visit in visits {
                        tr {
                            th scope="row" { (frame.time(visit.began_at)) }
                            td {
                                @match &visit.why {
                                    None => { (status(Tone::Good, &frame.say("sources-went-well"))) }
                                    Some(why) => { (status(Tone::Heed, &trouble(frame, why))) }
                                }
                            }
                            td { (visit.listed) }
                            td { (visit.taken) }
                            td { (visit.known) }
                            td { (visit.parked) }
                        }
                    }
                }
            }
        },
    )
}

pub async fn show(house: House, may: May<RunNode>, (): (), (): ()) -> Result<Markup, WebError> {
    let (now, counts) = (house.now(), sources::counts(&house.db).await?);
    let mut lines: Vec<Line> = sources::all(&house.db)
        .await?
        .into_iter()
        .map(|source| {
            let (papers, parked) = counts.get(&source.id).copied().unwrap_or_default();
            Line { health: source.course.health(&source.settings, now), source, papers, parked }
        })
        .collect();
    lines.sort_by_key(|line| !line.health.is_alarm());
    Ok(page(&may.frame(&house), &View { sources: lines }))
}

/// `GET /desk/sources/{id}`.
pub async fn show_one(house: House, may: May<RunNode>, id: SourceId, (): ()) -> Result<Markup, WebError> {
    let source = sources::of_id(&house.db, id).await?.ok_or(WebError::NotFound)?;
    let (papers, parked) = sources::counts(&house.db).await?.get(&id).copied().unwrap_or_default();
    let health = source.course.health(&source.settings, house.now());
    let view = One {
        line: Line { source, health, papers, parked },
        visits: sources::visits(&house.db, id, SHOWN).await?,
        parked: sources::parked(&house.db, id, SHOWN).await?,
    };
    Ok(one(&may.frame(&house), &view))
}

/// A source as an officer wants it. Its label is CLEAR: what is narrower comes from a source in the
/// configuration, where somebody thought about it.
pub struct Added {
    wanted: Wanted,
}

impl Form for Added {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let keys = fields.line("keys")?.unwrap_or_default().to_ascii_uppercase();
        let keys: Vec<String> = keys.split([',', ';']).map(|key| key.replace(' ', "")).collect();
        let keys: Vec<String> = keys.into_iter().filter(|key| !key.is_empty()).collect();
        if keys.iter().any(|key| key.len() < 40 || !key.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            return Err(WebError::Refused("refused-fingerprint"));
        }
        let wanted = Wanted {
            name: fields.needed_line("name")?,
            kind: fields.word("kind", Kind::of_word)?,
            address: fields.needed_line("address")?,
            settings: Settings { tlp_max: Tlp::Clear, keys, ..Settings::default() },
        };
        Ok(Self { wanted })
    }
}

fn refused(why: WantedError) -> WebError {
    match why {
        WantedError::NameTaken(_) => WebError::Refused("refused-source-name"),
        WantedError::OnThisMachine => WebError::Refused("refused-source-here"),
        WantedError::Address(_) => WebError::Refused("refused-source-address"),
        WantedError::InFile => WebError::Refused("refused-source-in-file"),
        WantedError::NoSuchSource => WebError::NotFound,
        WantedError::Store(cause) => cause.into(),
    }
}

/// `POST /desk/sources`.
pub async fn create(house: House, may: May<RunNode>, (): (), added: Added) -> Result<Onward, WebError> {
    stage::add(&house, added.wanted, &may.who.officer.name).await.map_err(refused)?;
    Ok(Onward::saying("/desk/sources", "source-added"))
}

/// `POST /desk/sources/{id}/pause`.
pub async fn pause(house: House, may: May<RunNode>, id: SourceId, (): ()) -> Result<Onward, WebError> {
    stage::pause(&house, id, &may.who.officer.name).await.map_err(refused)?;
    Ok(Onward::saying(&format!("/desk/sources/{id}"), "source-paused"))
}

/// `POST /desk/sources/{id}/resume`.
pub async fn resume(house: House, may: May<RunNode>, id: SourceId, (): ()) -> Result<Onward, WebError> {
    stage::resume(&house, id, &may.who.officer.name).await.map_err(refused)?;
    Ok(Onward::saying(&format!("/desk/sources/{id}"), "source-asked"))
}

/// `POST /desk/sources/{id}/run`.
pub async fn run(house: House, _: May<RunNode>, id: SourceId, (): ()) -> Result<Onward, WebError> {
    stage::run_now(&house, id).await.map_err(refused)?;
    Ok(Onward::saying(&format!("/desk/sources/{id}"), "source-asked"))
}

#[cfg(test)]
mod tests {
    use domain::source::Course;
    use flow::egress::EgressError;
    use uuid::Uuid;

    use super::*;
    use crate::page::testing::check;

    fn troubles() -> Vec<Trouble> {
        let it = || "deltawerk.example".to_owned();
        let way = [
            EgressError::NoAddress(it()),
            EgressError::NotSecure(it()),
            EgressError::Credentials(it()),
            EgressError::Port { host: it(), port: 25 },
            EgressError::NotPublic(it()),
            EgressError::Unknown(it()),
            EgressError::Unreachable(it()),
            EgressError::Certificate(it()),
            EgressError::SentAway { from: it(), to: it() },
            EgressError::SentAround(it()),
            EgressError::Status { host: it(), status: 503 },
            EgressError::TooBig { host: it(), limit: 5 },
            EgressError::TooSlow(it()),
            EgressError::Garbled(it()),
            EgressError::Unfit(it()),
        ];
        let own = [
            Trouble::NoMetadata(it()),
            Trouble::Unreadable(it()),
            Trouble::NothingListed(it()),
            Trouble::Circle(it()),
            Trouble::TooMany(it()),
            Trouble::HashMissing,
            Trouble::HashUnreachable,
            Trouble::HashWrong,
            Trouble::SignatureMissing,
            Trouble::SignatureUnreachable,
            Trouble::SignatureWrong,
            Trouble::NoKey(it()),
            Trouble::OtherName(it()),
            Trouble::TooNarrow("RED".into()),
            Trouble::LeadsAway(it()),
            Trouble::Shelved("x".into()),
            Trouble::NoFolder(it()),
            Trouble::NotToBeListed,
        ];
        way.iter().map(Trouble::from).chain(own).collect()
    }

    fn sample(number: u128, health: Health) -> Line {
        let at = "2020-01-16T11:00:00Z".parse().unwrap();
        let mut course = Course { succeeded_at: Some(at), arrivals: vec![at], ..Course::default() };
        if matches!(health, Health::Failing | Health::Unreachable) {
            course.failures = 7;
            course.why = Some(Trouble::SignatureWrong);
        }
        let source = Source {
            id: SourceId(Uuid::from_u128(number)),
            name: format!("Deltawerk {number}"),
            kind: Kind::ALL[usize::try_from(number).unwrap() % Kind::ALL.len()],
            address: "deltawerk.example".into(),
            settings: Settings {
                keys: vec!["AB".repeat(20)],
                asserter: Some("Deltawacht KEV".into()),
                ..Settings::default()
            },
            in_file: number.is_multiple_of(2),
            added_at: at,
            next_at: at,
            course,
            cursor: serde_json::Value::Null,
        };
        Line { source, health, papers: 12, parked: 2 }
    }

    #[test]
    fn every_source_shows_how_it_is_and_why() {
        use Health::*;
        let healths = [New, Well, Failing, Unreachable, Silent, Paused];
        let lines = (1..).zip(healths.into_iter().cycle()).map(|(number, health)| sample(number, health));
        let view = View { sources: lines.take(12).collect() };
        check("sources", "/desk/sources", |frame| page(frame, &view));
        check("sources-none", "/desk/sources", |frame| page(frame, &View { sources: vec![] }));
        let at = "2020-01-16T11:00:00Z".parse().unwrap();
        for line in view.sources {
            let visit =
                |why| Visit { began_at: at, ended_at: at, listed: 9, taken: 2, known: 1, parked: 1, why };
            let item = |why: Trouble| Item {
                name: "https://deltawerk.example/white/2020/a.json".into(),
                mark: String::new(),
                at,
                tries: 1,
                paper: None,
                remark: Some(why),
                parked: true,
            };
            let parked: Vec<Item> = troubles().into_iter().map(item).collect();
            let visits = vec![visit(None), visit(Some(Trouble::HashWrong))];
            let view = One { line, visits, parked };
            check("source", "/desk/sources/1", |frame| one(frame, &view));
        }
    }
}
