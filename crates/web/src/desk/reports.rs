//! `GET /desk/reports`: which reports of observations came in, and what became of each of their rows.

use std::collections::BTreeMap;

use domain::tlp::Tlp;
use flow::house::House;
use flow::reports::{Wait, Why, waits};
use flow::room::Short;
use maud::{Markup, html};
use store::papers::{self, Complaint};
use store::reports::{self, Rejected, Report, Rows};

use crate::WebError;
use crate::desk::board::door::{ROWS, page_number, paging};
use crate::form::{Fields, Form};
use crate::may::{May, WatchDesk};
use crate::page::Frame;
use crate::path::ReportNumber;
use crate::tables::{Paging, address, window};
use crate::terms::{Tone, status};

/// How many rejected rows are shown.
const REJECTED: i64 = 100;

#[derive(Debug, Clone)]
pub struct View {
    /// The newest first.
    pub reports: Vec<Report>,
    pub paging: Paging,
    /// Those that could not go on, by their numbers.
    pub waits: BTreeMap<u32, Wait>,
    /// There is no room for more.
    pub short: Option<Short>,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("reports-title"),
        html! {
            h1 { (frame.say("reports-title")) }
            p { (frame.say("reports-what")) }
            @if let Some(short) = view.short { (no_room(frame, short)) }
            @if view.reports.is_empty() { p .notice { (frame.say("reports-none")) } } @else {
                (window("list-caption", html! {
                    table {
                        caption #list-caption { (frame.count("reports-found", view.paging.total)) }
                        thead { tr {
                            th scope="col" { (frame.say("reports-name")) }
                            th scope="col" { (frame.say("reports-state")) }
                            @for (key, _) in counts(&Rows::default()) { th scope="col" .number { (frame.say(key)) } }
                        } }
                        tbody { @for report in &view.reports { (row(frame, report, view.waits.get(&report.number))) } }
                    }
                }))
                (frame.pager(view.paging, |page| address("/desk/reports", &[("page", &page.to_string())])))
            }
        },
    )
}

/// That nothing new comes in, because the disk is full.
pub fn no_room(frame: &Frame, short: Short) -> Markup {
    let mib = |bytes: u64| (bytes >> 20).to_string();
    let values = [("free", mib(short.free_bytes)), ("least", mib(short.free_bytes_min))];
    html! {
        p .notice.alarm {
            (frame.say_with("reports-no-room", &values.each_ref().map(|(key, value)| (*key, value.as_str()))))
        }
    }
}

fn row(frame: &Frame, report: &Report, wait: Option<&Wait>) -> Markup {
    html! {
        tr {
            th scope="row" {
                a href={ "/desk/reports/" (report.number) } { (report.name) }
                p .small .soft { (report.source) ", " (frame.time(report.began_at)) }
            }
            td { (standing(frame, report, wait)) }
            @for (_, count) in counts(&report.rows) { td .number { (count) } }
        }
    }
}

/// What became of rows, by the word for it. The last four add up to the first.
fn counts(rows: &Rows) -> [(&'static str, u64); 5] {
    [
        ("reports-read", rows.read),
        ("reports-routed", rows.routed),
        ("reports-unattributed", rows.unattributed),
        ("reports-duplicate", rows.duplicate),
        ("reports-rejected", rows.rejected),
    ]
}

/// How it stands with a report. One that could not go on says why, and when it is tried again.
pub fn standing(frame: &Frame, report: &Report, wait: Option<&Wait>) -> Markup {
    match (&report.why, report.ended_at, wait) {
        (Some(_), _, _) => status(Tone::Alarm, &frame.say("reports-failed")),
        (None, Some(_), _) => status(Tone::Good, &frame.say("reports-done")),
        (None, None, Some(wait)) => html! {
            @match &wait.why {
                Why::NoRoom => { (status(Tone::Alarm, &frame.say("reports-waits-for-room"))) }
                Why::Other(why) => { (status(Tone::Alarm, &frame.say("reports-stuck"))) " “" (why) "”" }
            }
            p .small .soft { (frame.say("reports-again")) " " (frame.time(wait.until)) }
        },
        (None, None, None) if report.rows.read == 0 => status(Tone::Quiet, &frame.say("reports-waits")),
        (None, None, None) => status(Tone::Heed, &frame.say("reports-being-read")),
    }
}

/// One report.
#[derive(Debug, Clone)]
pub struct One {
    pub report: Report,
    /// Why rows were rejected, and how often.
    pub rejections: Vec<(String, u64)>,
    pub rejected: Vec<Rejected>,
    pub wait: Option<Wait>,
    /// What its reader stumbled over: where it breaks off, a type that nobody knows. In the reader's words.
    pub remarks: Vec<Complaint>,
}

pub fn one_page(frame: &Frame, view: &One) -> Markup {
    let report = &view.report;
    frame.document(
        &report.name,
        html! {
            h1 { (report.name) }
            div { (standing(frame, report, view.wait.as_ref())) @if let Some(why) = &report.why { " “" (why) "”" } }
            dl .pairs {
                dt { (frame.say("reports-from")) } dd { (report.source) }
                dt { (frame.say("reports-came")) } dd { (frame.time(report.began_at)) }
                @if let Some(at) = report.ended_at { dt { (frame.say("reports-ended")) } dd { (frame.time(at)) } }
                dt { (frame.say("reports-digest")) } dd { code .wrap { (report.paper) } }
                @for (key, count) in counts(&report.rows) {
                    dt { (frame.say(key)) } dd { (count) }
                    @if key == "reports-routed" && report.rows.to_partners > 0 {
                        dt { a href="/desk/networks/partners" { (frame.say("reports-to-partners")) } }
                        dd { (report.rows.to_partners) }
                    }
                }
                @if report.waiting > 0 { dt { (frame.say("reports-parts")) } dd { (report.waiting) } }
            }
            p .small { (frame.say(if report.ended_at.is_some() { "reports-adds-up" } else { "reports-grows" })) }
            @if !view.remarks.is_empty() {
                p .notice.heed { (frame.count("advisory-complaints", view.remarks.len())) }
                ul { @for it in &view.remarks { li lang="en" {
                    @if !it.at.is_empty() { code { (it.at) } " " }
                    (it.what)
                } } }
            }
            @if !view.rejections.is_empty() {
                section aria-labelledby="why-head" {
                    h2 #why-head { (frame.say("reports-why")) }
                    (window("why-caption", html! {
                        table {
                            caption #why-caption { (frame.say("reports-reasons")) }
                            thead { tr { th scope="col" { (frame.say("reports-reason")) } th scope="col" .number { (frame.say("reports-times")) } } }
                            tbody { @for (why, times) in &view.rejections { tr { th scope="row" { code { (why) } } td .number { (times) } } } }
                        }
                    }))
                    (window("rows-caption", html! {
                        table {
                            caption #rows-caption { (frame.say("reports-rows")) }
                            thead { tr {
                                th scope="col" .number { (frame.say("reports-row")) }
                                th scope="col" { (frame.say("reports-reason")) }
                                th scope="col" { (frame.say("reports-text")) }
                            } }
                            tbody { @for it in &view.rejected { tr {
                                th scope="row" .number { (it.place) }
                                td { code { (it.why) } }
                                td { code .wrap { (String::from_utf8_lossy(&it.bytes)) } }
                            } } }
                        }
                    }))
                }
            }
            p { a href="/desk/findings" { (frame.say("findings-title")) } }
        },
    )
}

pub struct Asked {
    page: usize,
}

impl Form for Asked {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { page: page_number(fields) })
    }
}

pub async fn show(house: House, may: May<WatchDesk>, (): (), asked: Asked) -> Result<Markup, WebError> {
    let (before, paging) = paging(asked.page, reports::count(&house.db).await?);
    let reports = reports::newest(&house.db, i64::try_from(ROWS).unwrap_or(i64::MAX), before).await?;
    let (waits, short) = (waits(&house).await?, house.room.short());
    Ok(page(&may.frame_for(&house, Tlp::Amber), &View { reports, paging, waits, short }))
}

pub async fn show_one(
    house: House,
    may: May<WatchDesk>,
    number: ReportNumber,
    (): (),
) -> Result<Markup, WebError> {
    let report = reports::of_number(&house.db, number.0).await?.ok_or(WebError::NotFound)?;
    let rejections = reports::rejections(&house.db, number.0).await?;
    let rejected = reports::rejected(&house.db, number.0, REJECTED).await?;
    let wait = waits(&house).await?.remove(&number.0);
    let paper = papers::of_digest(&house.db, report.paper).await?;
    let remarks = paper.map(|it| it.complaints).unwrap_or_default();
    Ok(one_page(&may.frame_for(&house, Tlp::Amber), &One { report, rejections, rejected, wait, remarks }))
}

#[cfg(test)]
mod tests {
    use store::papers::Digest;

    use super::*;
    use crate::page::testing::check;

    fn report(number: u32) -> Report {
        Report {
            number,
            paper: Digest([7; 32]),
            source: "Dijkleger".into(),
            name: "2020-01-09-scan_http_vulnerable-nl.csv".into(),
            size_bytes: 1_000,
            began_at: "2020-01-09T06:00:00Z".parse().unwrap(),
            ended_at: None,
            why: None,
            rows: Rows { read: 10, routed: 4, to_partners: 1, unattributed: 3, duplicate: 2, rejected: 1 },
            waiting: 0,
        }
    }

    #[test]
    fn what_became_of_each_row_is_shown_and_the_rejected_ones_as_they_stand_there() {
        let done = Report { ended_at: Some("2020-01-09T06:01:00Z".parse().unwrap()), ..report(1) };
        let failed = Report { why: Some("not one row of it can be used".into()), ..done.clone() };
        let waits = Report { rows: Rows::default(), ..report(4) };
        let until = "2020-01-09T06:02:00Z".parse().unwrap();
        let stuck = Wait { until, why: Why::Other("the paper cannot be had: <b>".into()) };
        let full = Wait { until, why: Why::NoRoom };
        let reports =
            vec![waits, Report { waiting: 3, ..report(3) }, report(5), report(6), failed, done.clone()];
        let view = View {
            reports,
            paging: Paging { page: 1, pages: 2, total: 60 },
            waits: [(5, full.clone()), (6, stuck)].into(),
            short: Some(Short { free_bytes: 300 << 20, free_bytes_min: 1 << 30 }),
        };
        check("reports", "/desk/reports", |frame| page(frame, &view));
        let none = View { reports: vec![], paging: Paging::single(0), waits: BTreeMap::new(), short: None };
        check("reports-none", "/desk/reports", |frame| page(frame, &none));
        let rejected = vec![Rejected {
            place: 6,
            why: "no-address".into(),
            bytes: b"2020-01-09T01:00:00Z,192.0.2.999,<b>\xff".to_vec(),
        }];
        let remarks = vec![Complaint { at: "row 7".into(), what: "it breaks off in the middle <b>".into() }];
        let one =
            One { report: done, rejections: vec![("no-address".into(), 1)], rejected, wait: None, remarks };
        check("report", "/desk/reports/1", |frame| one_page(frame, &one));
        let waits = One {
            report: report(5),
            rejections: vec![],
            rejected: vec![],
            wait: Some(full),
            remarks: vec![],
        };
        check("report-waits", "/desk/reports/5", |frame| one_page(frame, &waits));
    }
}
