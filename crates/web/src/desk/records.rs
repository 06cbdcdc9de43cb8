//! `GET /desk/records`: what public lists say about vulnerabilities and nobody here needed yet. It is never
//! silent: whoever looks finds each of them, those that name no product, those that are in use, and can put
//! any on the desk.

use domain::tlp::Tlp;
use flow::house::House;
use flow::triage;
use maud::{Markup, html};
use store::records::{self, Line, Wanted};

use crate::WebError;
use crate::desk::board::door::{ROWS, page_number, paging};
use crate::desk::vulnerabilities::address_of;
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WatchDesk, WorkDesk};
use crate::page::Frame;
use crate::tables::{Paging, address, window};
use crate::terms::{Tone, status};

#[derive(Debug, Clone)]
pub struct View {
    /// The newest first.
    pub records: Vec<Line>,
    pub number: String,
    pub show: Show,
    pub paging: Paging,
}

/// Which records are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Show {
    #[default]
    All,
    Nameless,
    Exploited,
}

impl Show {
    const ALL: [Self; 3] = [Self::All, Self::Nameless, Self::Exploited];

    fn word(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Nameless => "nameless",
            Self::Exploited => "exploited",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::All => "records-all",
            Self::Nameless => "records-nameless",
            Self::Exploited => "records-exploited",
        }
    }
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let columns = ["records-number", "records-title-column", "records-by", "records-at", "records-state"];
    let at = |show: Show, page: &str| {
        address("/desk/records", &[("q", &view.number), ("show", show.word()), ("page", page)])
    };
    frame.document(
        &frame.say("records-of-lists"),
        html! {
            h1 { (frame.say("records-of-lists")) }
            p { (frame.say("records-what")) }
            (frame.search("/desk/records", "q", &frame.say("records-search"), &view.number, &[("show", view.show.word())]))
            ul .filters.plain {
                @for show in Show::ALL {
                    li { a href=(at(show, "")) aria-current=[(show == view.show).then_some("true")] { (frame.say(show.key())) } }
                }
            }
            (window("records-caption", html! {
                table {
                    caption #records-caption { (frame.count("records-found", view.paging.total)) }
                    thead { tr { @for key in columns { th scope="col" { (frame.say(key)) } } } }
                    tbody { @for record in &view.records { (row(frame, record)) } }
                }
            }))
            @if view.records.is_empty() { p .notice { (frame.say("records-none")) } }
            (frame.pager(view.paging, |page| at(view.show, &page.to_string())))
        },
    )
}

fn row(frame: &Frame, record: &Line) -> Markup {
    html! {
        tr {
            th scope="row" { a href=(address_of(&record.number)) { code { (record.number) } } }
            td lang="en" { (record.title) }
            td { (record.publisher) }
            td { (frame.time(record.said_at)) }
            td { (standing(frame, record)) }
        }
    }
}

/// What is odd about a record, and the way to the desk.
pub fn standing(frame: &Frame, record: &Line) -> Markup {
    html! {
        @if record.is_exploited { (status(Tone::Alarm, &frame.say("records-is-exploited"))) " " }
        @if record.is_nameless { (status(Tone::Heed, &frame.say("records-is-nameless"))) " " }
        @if record.is_withdrawn { (status(Tone::Quiet, &frame.say("records-is-withdrawn"))) " " }
        @if record.is_on_the_desk {
            (status(Tone::Good, &frame.say("records-is-on-desk")))
        } @else if !record.is_withdrawn {
            (frame.button(
                "/desk/records",
                &[("publisher", record.publisher.as_str()), ("number", record.number.as_str())],
                &frame.say("records-bring"),
            ))
        }
    }
}

/// Which page of which records.
pub struct Asked {
    wanted: Wanted,
    show: Show,
    page: usize,
}

impl Form for Asked {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let number = fields.text("q").unwrap_or_default();
        let show = fields.raw("show").unwrap_or_default();
        let show = Show::ALL.into_iter().find(|it| it.word() == show).unwrap_or_default();
        let wanted = Wanted {
            // The lists write them in capitals; who types does not.
            number: if number.to_ascii_lowercase().starts_with("cve-") {
                number.to_uppercase()
            } else {
                number
            },
            only_nameless: show == Show::Nameless,
            only_exploited: show == Show::Exploited,
            offset: 0,
        };
        Ok(Self { wanted, show, page: page_number(fields) })
    }
}

pub async fn show(house: House, may: May<WatchDesk>, (): (), asked: Asked) -> Result<Markup, WebError> {
    let all = records::count(&house.db, &asked.wanted).await?;
    let (offset, paging) = paging(asked.page, all);
    let wanted = Wanted { offset, ..asked.wanted };
    let records = records::lines(&house.db, &wanted, i64::try_from(ROWS).unwrap_or(i64::MAX)).await?;
    let view = View { records, number: wanted.number, show: asked.show, paging };
    Ok(page(&may.frame_for(&house, Tlp::Green), &view))
}

/// One record.
pub struct Chosen {
    publisher: String,
    number: String,
}

impl Form for Chosen {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let text = |name| fields.text(name).ok_or(WebError::NotFound);
        Ok(Self { publisher: text("publisher")?, number: text("number")? })
    }
}

/// `POST /desk/records`: somebody wants to work on it.
pub async fn bring(house: House, _: May<WorkDesk>, (): (), chosen: Chosen) -> Result<Onward, WebError> {
    match triage::bring_one(&house, &chosen.publisher, &chosen.number).await? {
        Some(advisory) => Ok(Onward::saying(&format!("/desk/advisories/{advisory}"), "record-on-desk")),
        None => Err(WebError::NotFound),
    }
}

#[cfg(test)]
mod tests {
    use store::papers::Digest;
    use store::records::Provenance;

    use super::*;
    use crate::page::testing::check;

    fn record(number: &str) -> Line {
        Line {
            publisher: "CVE".into(),
            number: number.into(),
            title: "A hole in a gateway".into(),
            said_at: "2019-12-27T13:06:00Z".parse().unwrap(),
            is_exploited: false,
            is_nameless: false,
            is_withdrawn: false,
            is_on_the_desk: false,
            provenance: Provenance { paper: Digest([7; 32]), member: String::new() },
        }
    }

    #[test]
    fn every_record_says_how_it_stands() {
        let records = vec![
            Line { is_exploited: true, is_nameless: true, ..record("CVE-2019-19781") },
            Line { is_on_the_desk: true, ..record("CVE-2020-0001") },
            Line { is_withdrawn: true, ..record("CVE-2020-0002") },
        ];
        let paging = Paging { page: 1, pages: 2, total: 60 };
        let view = View { records, number: "CVE-20".into(), show: Show::Exploited, paging };
        check("records", "/desk/records", |frame| page(frame, &view));
        let none = View { records: vec![], number: String::new(), paging: Paging::single(0), ..view };
        check("records-none", "/desk/records", |frame| page(frame, &none));
    }
}
