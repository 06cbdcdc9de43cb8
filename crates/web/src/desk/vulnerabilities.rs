//! `GET /desk/vulnerabilities/{name}`: one hole, by everybody who speaks about it. Names, scores and facets
//! stand beside each other with who said them and when; nothing is averaged and nothing is left out.
//!
//! `GET /desk/samenesses`: what papers call one and we know as two. A person decides, and can take it back.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::OfficerId;
use domain::rating::Rating;
use domain::time::{AsOf, Said};
use domain::tlp::Tlp;
use domain::vulnerability::{Details, Exploit, Exploited, Facet, Mitigation, Patch};
use flow::house::House;
use jiff::Timestamp;
use maud::{Markup, html};
use store::papers::Digest;
use store::records::{self, Line, Wanted};
use store::samenesses::{self, Pair, Sameness};
use store::vulnerabilities::{self, Naming};
use store::{StoreError, advisories, officers, papers, ratings};
use uuid::Uuid;

use crate::WebError;
use crate::desk::records::standing;
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WatchDesk, WorkDesk};
use crate::page::Frame;
use crate::path::VulnerabilityName;
use crate::tables::{percent_encoded, window};
use crate::terms::{Term, Tone, status};

/// The address of the page about a vulnerability.
pub fn address_of(name: &str) -> String {
    format!("/desk/vulnerabilities/{}", percent_encoded(name))
}

#[derive(Debug, Clone)]
pub struct View {
    pub name: String,
    pub title: String,
    /// By name.
    pub namings: Vec<Naming>,
    /// By asserter, the newest first.
    pub ratings: Vec<Said<Rating>>,
    /// Newest first, with whether it still counts: whether its speaker has not said otherwise since.
    pub facets: Vec<(Said<Facet>, bool)>,
    pub advisories: Vec<Advisory>,
    /// What public lists say, by number and publisher.
    pub records: Vec<Line>,
    pub papers: Vec<Paper>,
    /// What is said to be the same, and what was decided about it.
    pub samenesses: Vec<Claimed>,
}

#[derive(Debug, Clone)]
pub struct Advisory {
    pub id: Uuid,
    pub publisher: String,
    pub number: String,
}

#[derive(Debug, Clone)]
pub struct Paper {
    pub digest: Digest,
    pub source: String,
    pub name: String,
    pub received_at: Timestamp,
}

/// A sameness with the name of who decided.
#[derive(Debug, Clone)]
pub struct Claimed {
    pub sameness: Sameness,
    pub decided_by: Option<String>,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &view.name,
        html! {
            header {
                h1 { (view.name) }
                @if !view.title.is_empty() && view.title != view.name { p lang="en" { (view.title) } }
            }
            @for claimed in &view.samenesses { (claim(frame, claimed, &address_of(&view.name))) }
            section #facets aria-labelledby="facets-head" {
                h2 #facets-head { (frame.say("vulnerability-facets")) }
                p .soft { (frame.say("vulnerability-facets-what")) }
                @if view.facets.is_empty() { p { (frame.say("vulnerability-no-facets")) } }
                ol .timeline reversed {
                    @for (said, counts) in &view.facets {
                        li { div { p {
                            b { (facet(frame, said.it)) } " · " (said.by) " · " (frame.time(said.at))
                            @if !counts { " " span .soft { (frame.say("vulnerability-overtaken")) } }
                        } } }
                    }
                }
            }
            div #ratings .part { (rating_table(frame, &view.ratings)) }
            div #names .part {
                (window("names-caption", html! {
                    table {
                        caption #names-caption { (frame.say("vulnerability-names")) }
                        (head(frame, &["vulnerability-name", "vulnerability-by", "vulnerability-since"]))
                        tbody {
                            @for naming in &view.namings {
                                tr {
                                    th scope="row" { code { (naming.said.it) } }
                                    td { (naming.said.by) }
                                    td { (frame.time(naming.said.at)) }
                                }
                            }
                        }
                    }
                }))
            }
            section #advisories aria-labelledby="advisories-head" {
                h2 #advisories-head { (frame.say("page-nav-advisories")) }
                @if view.advisories.is_empty() { p .soft { (frame.say("vulnerability-no-advisory")) } }
                ul {
                    @for it in &view.advisories {
                        li { a href={ "/desk/advisories/" (it.id) } { (it.publisher) " " (it.number) } }
                    }
                }
            }
            @if !view.records.is_empty() {
                section #records aria-labelledby="records-head" {
                    h2 #records-head { (frame.say("records-of-lists")) }
                    ul .cards.plain {
                        @for record in &view.records {
                            li .card {
                                p {
                                    b { (record.publisher) } " " code { (record.number) } " · " (frame.time(record.said_at)) br;
                                    span lang="en" { (record.title) }
                                }
                                (standing(frame, record))
                            }
                        }
                    }
                }
            }
            section #papers aria-labelledby="papers-head" {
                h2 #papers-head { (frame.say("vulnerability-papers")) }
                @if view.papers.is_empty() { p .soft { (frame.say("vulnerability-no-paper")) } }
                ul {
                    @for paper in &view.papers {
                        li { (paper.source) " · " (paper.name) " · " (frame.time(paper.received_at)) " · " code { (paper.digest.to_string().chars().take(12).collect::<String>()) } }
                    }
                }
            }
        },
    )
}

fn head(frame: &Frame, keys: &[&str]) -> Markup {
    html! { thead { tr { @for key in keys { th scope="col" { (frame.say(key)) } } } } }
}

fn rating_table(frame: &Frame, ratings: &[Said<Rating>]) -> Markup {
    html! {
        (window("ratings-caption", html! {
            table {
                caption #ratings-caption { (frame.say("vulnerability-ratings")) }
                (head(frame, &["vulnerability-by", "vulnerability-rating", "vulnerability-value", "vulnerability-since"]))
                tbody {
                    @for said in ratings {
                        tr {
                            th scope="row" { (said.by) }
                            td { (frame.say(&format!("rating-{}", said.it.kind()))) }
                            td { (value(frame, &said.it)) }
                            td { (frame.time(said.at)) }
                        }
                    }
                }
            }
        }))
        @if ratings.is_empty() { p .soft { (frame.say("vulnerability-no-ratings")) } }
    }
}

fn value(frame: &Frame, rating: &Rating) -> Markup {
    let said = |word: &Option<String>| word.clone().unwrap_or_else(|| "–".to_owned());
    html! {
        @match rating {
            Rating::Cvss { version, vector, base } => {
                @if let Some(base) = base { b { (base) } " " }
                code { (vector) }
                @if !version.is_empty() && !vector.starts_with("CVSS:") { " (" (version) ")" }
            }
            Rating::Ssvc { exploitation, automatable, technical_impact } => {
                (frame.say_with("rating-ssvc-says", &[
                    ("exploitation", &said(exploitation)), ("automatable", &said(automatable)), ("impact", &said(technical_impact)),
                ]))
            }
            Rating::Epss { probability, percentile } => {
                (frame.say_with("rating-epss-says", &[
                    ("probability", &probability.to_string()), ("percentile", &percentile.to_string()),
                ]))
            }
            Rating::Listed { on, due_on, ransomware } => {
                @if let Some(day) = on { (frame.say_with("rating-listed-on", &[("day", &day.to_string())])) }
                @if let Some(day) = due_on { "; " (frame.say_with("rating-listed-due", &[("day", &day.to_string())])) }
                @if *ransomware == Some(true) { "; " (frame.say("rating-listed-ransomware")) }
            }
        }
    }
}

/// What a facet says, as words.
pub fn facet(frame: &Frame, facet: Facet) -> Markup {
    let (about, key) = match facet {
        Facet::Exploit(it) => ("facet-exploit", it.key()),
        Facet::Exploited(it) => ("facet-exploited", it.key()),
        Facet::Details(it) => ("facet-details", it.key()),
        Facet::Mitigation(it) => ("facet-mitigation", it.key()),
        Facet::Patch(it) => ("facet-patch", it.key()),
    };
    html! { (frame.say(about)) ": " (frame.say(key)) }
}

macro_rules! facet_terms {
    ($($Enum:ident { $($Variant:ident => $key:literal,)+ })+) => {$(
        impl Term for $Enum {
            fn key(self) -> &'static str {
                match self { $(Self::$Variant => concat!("term-facet-", $key),)+ }
            }
        }
    )+};
}

facet_terms! {
    Exploit { None => "exploit-none", ProofOfConcept => "exploit-proof-of-concept", Public => "exploit-public", }
    Exploited { No => "exploited-no", Limited => "exploited-limited", Large => "exploited-large", }
    Details { None => "details-none", Some => "details-some", Full => "details-full", }
    Mitigation {
        None => "mitigation-none",
        Available => "mitigation-available",
        Doubtful => "mitigation-doubtful",
        Revoked => "mitigation-revoked",
    }
    Patch { None => "patch-none", Announced => "patch-announced", Available => "patch-available", }
}

/// "X says that A and B are one", with what a person decided or may decide.
fn claim(frame: &Frame, claimed: &Claimed, back: &str) -> Markup {
    let Sameness { pair, said, decision } = &claimed.sameness;
    let [one, other] = pair.names();
    let button = |is: &str, key: &str| {
        let hidden = [("one", one), ("other", other), ("is", is), ("back", back)];
        frame.button("/desk/samenesses", &hidden, &frame.say(key))
    };
    let tone = if decision.is_some() { "notice" } else { "notice heed" };
    html! {
        div class=(tone) {
            p {
                (frame.say("sameness-says")) " "
                a href=(address_of(one)) { code { (one) } } " = " a href=(address_of(other)) { code { (other) } }
            }
            ul { @for (said, _) in said { li { (said.by) " · " (frame.time(said.at)) } } }
            @match decision {
                Some(decision) => {
                    p {
                        (status(Tone::Quiet, &frame.say(if decision.is_same { "sameness-same" } else { "sameness-different" })))
                        " " (claimed.decided_by.as_deref().unwrap_or("–")) " · " (frame.time(decision.at))
                    }
                    (button("undecided", "sameness-take-back"))
                }
                None => {
                    p { (frame.say("sameness-until-then")) }
                    div .acts {
                        (button("same", "sameness-yes"))
                        (button("different", "sameness-no"))
                    }
                }
            }
        }
    }
}

pub fn samenesses_page(frame: &Frame, claims: &[Claimed]) -> Markup {
    frame.document(
        &frame.say("sameness-title"),
        html! {
            h1 { (frame.say("sameness-title")) }
            p { (frame.say("sameness-what")) }
            @if claims.is_empty() { p .notice.good { (frame.say("sameness-none")) } }
            ul .cards.plain {
                @for claimed in claims { li .card { (claim(frame, claimed, "/desk/samenesses")) } }
            }
        },
    )
}

pub async fn show(
    house: House,
    may: May<WatchDesk>,
    VulnerabilityName(name): VulnerabilityName,
    (): (),
) -> Result<Markup, WebError> {
    let found = vulnerabilities::of_name(&house.db, &name).await?.ok_or(WebError::NotFound)?;
    let namings = vulnerabilities::namings(&house.db, found.id).await?;
    let rated = ratings::of_vulnerability(&house.db, found.id).await?;
    let counting: BTreeSet<_> = found.counting(AsOf::then(house.now())).into_iter().cloned().collect();
    let mut facets: Vec<_> = found.facets().map(|said| (said.clone(), counting.contains(said))).collect();
    facets.reverse();
    let digests: BTreeSet<Digest> = namings
        .iter()
        .filter_map(|naming| naming.paper)
        .chain(rated.iter().filter_map(|given| given.paper))
        .collect();
    let view = View {
        title: found.title.clone(),
        advisories: naming_advisories(&house, &found.names).await?,
        records: lines_of(&house, &found.names).await?,
        papers: sources(&house, digests).await?,
        samenesses: claimed(&house)
            .await?
            .into_iter()
            .filter(|it| it.sameness.pair.names().iter().any(|name| found.names.contains(*name)))
            .collect(),
        ratings: rated.into_iter().map(|given| given.said).collect(),
        name,
        namings,
        facets,
    };
    Ok(page(&may.frame_for(&house, Tlp::Amber), &view))
}

async fn naming_advisories(house: &House, names: &BTreeSet<String>) -> Result<Vec<Advisory>, StoreError> {
    let mut found = Vec::new();
    for id in vulnerabilities::advisories_naming(&house.db, names).await? {
        let Some(on_desk) = advisories::of_id(&house.db, id).await? else { continue };
        let (publisher, number) = (on_desk.advisory.publisher, on_desk.advisory.number);
        found.push(Advisory { id: id.0, publisher, number });
    }
    found.sort_by(|one, other| (&one.publisher, &one.number).cmp(&(&other.publisher, &other.number)));
    Ok(found)
}

async fn lines_of(house: &House, names: &BTreeSet<String>) -> Result<Vec<Line>, StoreError> {
    let mut found = Vec::new();
    for name in names {
        let wanted = Wanted { number: name.clone(), ..Wanted::default() };
        let lines = records::lines(&house.db, &wanted, 20).await?;
        found.extend(lines.into_iter().filter(|line| line.number == *name));
    }
    Ok(found)
}

async fn sources(house: &House, digests: BTreeSet<Digest>) -> Result<Vec<Paper>, StoreError> {
    let mut found = Vec::new();
    for digest in digests {
        let Some(paper) = papers::of_digest(&house.db, digest).await? else { continue };
        let (source, name, received_at) = (paper.source, paper.name, paper.received_at);
        found.push(Paper { digest, source, name, received_at });
    }
    found.sort_by_key(|paper| std::cmp::Reverse(paper.received_at));
    Ok(found)
}

async fn claimed(house: &House) -> Result<Vec<Claimed>, StoreError> {
    let names: BTreeMap<OfficerId, String> = officers::names(&house.db).await?;
    let claims = samenesses::all(&house.db).await?.into_iter().map(|sameness| {
        let decided_by = sameness.decision.and_then(|decision| names.get(&decision.by).cloned());
        Claimed { sameness, decided_by }
    });
    Ok(claims.collect())
}

/// `GET /desk/samenesses`.
pub async fn list(house: House, may: May<WatchDesk>, (): (), (): ()) -> Result<Markup, WebError> {
    Ok(samenesses_page(&may.frame(&house), &claimed(&house).await?))
}

/// What a person says about two names.
pub struct Decided {
    pair: Pair,
    is_same: Option<bool>,
    back: String,
}

impl Form for Decided {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let (one, other) = (fields.needed_line("one")?, fields.needed_line("other")?);
        let is_same = |word: &str| match word {
            "same" => Some(Some(true)),
            "different" => Some(Some(false)),
            "undecided" => Some(None),
            _ => None,
        };
        let back = fields.line("back")?.filter(|back| back.starts_with("/desk/vulnerabilities/"));
        Ok(Self {
            pair: Pair::of(&one, &other).ok_or(WebError::Refused("refused-form"))?,
            is_same: fields.word("is", is_same)?,
            back: back.unwrap_or_else(|| "/desk/samenesses".to_owned()),
        })
    }
}

/// `POST /desk/samenesses`: nothing is moved; what is one is read together from now on.
pub async fn decide(house: House, may: May<WorkDesk>, (): (), decided: Decided) -> Result<Onward, WebError> {
    let (by, now) = (may.who.officer.id, house.now());
    let kept = house
        .write("decide what is one", async |tx| {
            samenesses::decide(tx, &decided.pair, decided.is_same, by, now).await
        })
        .await?;
    if kept { Ok(Onward::saying(&decided.back, "decided")) } else { Err(WebError::NotFound) }
}

#[cfg(test)]
mod tests {
    use domain::rating::Share;
    use store::records::Provenance;
    use store::samenesses::Decision;

    use super::*;
    use crate::page::testing::check;

    fn said<T>(by: &str, time: &str, it: T) -> Said<T> {
        let at = time.parse().unwrap();
        Said { at, known_at: at, it, by: by.into() }
    }

    fn claimed(decision: Option<bool>) -> Claimed {
        let at = "2020-01-15T09:00:00Z";
        let by = OfficerId(Uuid::from_u128(5));
        let decision = decision.map(|is_same| Decision { is_same, by, at: at.parse().unwrap() });
        Claimed {
            decided_by: decision.map(|_| "Jan Dijkgraaf".into()),
            sameness: Sameness {
                pair: Pair::of("CVE-2019-19781", "CVE-2026-1000001").unwrap(),
                said: vec![(said("GitHub", at, ()), None)],
                decision,
            },
        }
    }

    fn record() -> Line {
        Line {
            publisher: "CVE".into(),
            number: "CVE-2019-19781".into(),
            title: "An issue was discovered".into(),
            said_at: "2019-12-27T13:06:00Z".parse().unwrap(),
            is_exploited: true,
            is_nameless: true,
            is_withdrawn: false,
            is_on_the_desk: false,
            provenance: Provenance { paper: Digest([7; 32]), member: String::new() },
        }
    }

    #[test]
    fn everybody_who_speaks_about_a_hole_stands_on_its_page() {
        let at = "2020-01-11T08:00:00Z";
        let facets = [
            Facet::Exploit(Exploit::None),
            Facet::Exploit(Exploit::ProofOfConcept),
            Facet::Exploit(Exploit::Public),
            Facet::Exploited(Exploited::No),
            Facet::Exploited(Exploited::Limited),
            Facet::Exploited(Exploited::Large),
            Facet::Details(Details::None),
            Facet::Details(Details::Some),
            Facet::Details(Details::Full),
            Facet::Mitigation(Mitigation::None),
            Facet::Mitigation(Mitigation::Available),
            Facet::Mitigation(Mitigation::Doubtful),
            Facet::Mitigation(Mitigation::Revoked),
            Facet::Patch(Patch::None),
            Facet::Patch(Patch::Announced),
            Facet::Patch(Patch::Available),
        ];
        let cvss = |vector: &str, version: &str| Rating::Cvss {
            version: version.into(),
            vector: vector.into(),
            base: Some("9.8".into()),
        };
        let word = |word: &str| Some(word.to_owned());
        let ssvc =
            Rating::Ssvc { exploitation: word("active"), automatable: word("yes"), technical_impact: None };
        let day = "2021-11-03".parse().ok();
        let ratings = [
            ("NVD", cvss("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "3.1")),
            ("a vendor", cvss("AV:N/AC:L/Au:N/C:P/I:P/A:P", "2.0")),
            ("CISA-ADP", ssvc),
            ("CISA KEV", Rating::Listed { on: day, due_on: day, ransomware: Some(true) }),
            ("FIRST EPSS", Rating::Epss { probability: Share(94_372), percentile: Share(99_963) }),
        ];
        let view = View {
            name: "CVE-2019-19781".into(),
            title: "Path traversal".into(),
            namings: vec![Naming { said: said("CVE", at, "CVE-2019-19781".into()), paper: None }],
            ratings: ratings.map(|(by, rating)| said(by, at, rating)).into(),
            facets: facets.map(|facet| (said("CISA-ADP", at, facet), facet != facets[0])).into(),
            advisories: vec![Advisory {
                id: Uuid::from_u128(9),
                publisher: "Zorg-CERT Oost".into(),
                number: "ZCO-2019-0042".into(),
            }],
            records: vec![record()],
            papers: vec![Paper {
                digest: Digest([0x9f; 32]),
                source: "nvd".into(),
                name: "CVE-2019-19781.json".into(),
                received_at: at.parse().unwrap(),
            }],
            samenesses: vec![claimed(None), claimed(Some(true)), claimed(Some(false))],
        };
        check("vulnerability", "/desk/vulnerabilities/CVE-2019-19781", |frame| page(frame, &view));
        let silent = View {
            title: String::new(),
            namings: vec![],
            ratings: vec![],
            facets: vec![],
            advisories: vec![],
            records: vec![],
            papers: vec![],
            samenesses: vec![],
            ..view
        };
        check("vulnerability-silent", "/desk/vulnerabilities/CVE-2019-19781", |frame| page(frame, &silent));
    }

    #[test]
    fn what_is_said_to_be_one_waits_for_a_person() {
        let claims = [claimed(None), claimed(Some(true))];
        check("samenesses", "/desk/samenesses", |frame| samenesses_page(frame, &claims));
        check("samenesses-none", "/desk/samenesses", |frame| samenesses_page(frame, &[]));
    }
}
