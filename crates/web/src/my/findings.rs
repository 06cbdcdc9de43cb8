//! `GET /my/findings`: what others saw at the participant's own addresses and names.

use disclosure::{Cut, Redact};
use domain::tlp::Tlp;
use flow::house::House;
use maud::{Markup, html};
use store::findings::{self, Holder};

use crate::WebError;
use crate::desk::board::door::{ROWS, page_number, paging};
use crate::findings::{COLUMNS, Item, Meaning, row};
use crate::form::{Fields, Form};
use crate::may::{May, ReadOwn};
use crate::own_file::{Part, clear};
use crate::page::Frame;
use crate::tables::{Paging, address, window_that_stacks};

#[derive(Debug, Clone)]
pub struct View {
    pub findings: Vec<Item>,
    pub paging: Paging,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("findings-own"),
        html! {
            h1 { (frame.say("findings-own")) }
            p { (frame.say("findings-own-what")) }
            p { a href="/my/networks" { (frame.say("networks-title")) } }
            @if view.findings.is_empty() { p .notice { (frame.say("findings-own-none")) } } @else {
                (window_that_stacks("list-caption", html! {
                    table {
                        caption #list-caption { (frame.count("findings-found", view.paging.total)) }
                        thead { tr { @for key in COLUMNS { th scope="col" { (frame.say(key)) } } } }
                        tbody { @for item in &view.findings { tr { (row(frame, item, false)) } } }
                    }
                }))
                (frame.pager(view.paging, |page| address("/my/findings", &[("page", &page.to_string())])))
            }
        },
    )
}

impl Redact for View {
    /// Less than all of it is nothing: each line says what an attacker wants to know.
    fn cut(mut self, cut: &Cut) -> Self {
        if !cut.is_full() {
            self.findings.clear();
        }
        self
    }
}

pub struct Asked {
    page: usize,
}

impl Form for Asked {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { page: page_number(fields) })
    }
}

pub async fn show(house: House, may: May<ReadOwn>, (): (), asked: Asked) -> Result<Markup, WebError> {
    let of = may.who.actor.participant;
    let all = findings::of_holder(&house.db, Holder::Participant(of)).await?;
    let meaning = Meaning::read(&house).await?;
    // What is for named persons only is told by a person.
    let items = meaning.items(&all, Some(&*house.owners().await?), Tlp::AmberStrict, house.now());
    let label = meaning.label(&all, Tlp::AmberStrict);
    let (before, paging) = paging(asked.page, u64::try_from(items.len()).unwrap_or(u64::MAX));
    let before = usize::try_from(before).unwrap_or(usize::MAX);
    let view = View { findings: items.into_iter().skip(before).take(ROWS).collect(), paging };
    let file = clear(&house, &may.who, Part::FollowUp, label, view).await?;
    Ok(page(&may.frame_for(&house, label), file.item().view()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::State;
    use crate::findings::testing::item;
    use crate::page::testing::check;

    #[test]
    fn what_was_seen_at_their_addresses_is_shown_with_since_when_and_by_whom() {
        let gone = State::Gone("2020-01-12T01:00:00Z".parse().unwrap());
        let findings = vec![
            item("192.0.2.7", State::Open),
            item("2001:db8::7", gone),
            item("192.0.2.8", State::Never),
            item("192.0.2.9", State::Unseen),
            Item {
                certificate: "*.noordzorg.example".into(),
                is_hinted: true,
                ..item("198.51.100.7", State::Open)
            },
        ];
        let view = View { findings, paging: Paging { page: 1, pages: 2, total: 60 } };
        check("my-findings", "/my/findings", |frame| page(frame, &view));
        let none = View { findings: vec![], paging: Paging::single(0) };
        check("my-findings-none", "/my/findings", |frame| page(frame, &none));
    }
}
