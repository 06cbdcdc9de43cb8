//! `GET /desk/findings`: what was seen at places that are nobody's, or that several claim, and at those of one
//! participant. A person decides whose a place is; that counts for everything that is seen there from now on.

use domain::finding::Page;
use domain::ids::ParticipantId;
use domain::tlp::Tlp;
use flow::attribution::{self, NotDecided};
use flow::house::House;
use jiff::Timestamp;
use maud::{Markup, html};
use store::findings::{self, Holder};
use store::{officers, participants};

use crate::WebError;
use crate::desk::board::door::{ROWS, page_number, paging};
use crate::fields::Field;
use crate::findings::{COLUMNS, Item, Meaning, row};
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WatchDesk, WorkDesk};
use crate::page::Frame;
use crate::tables::{Paging, address, window_that_stacks};
use crate::terms::address_in_parts;

/// How many decisions are shown: what was decided long ago is found by its place.
const DECISIONS: usize = 50;

#[derive(Debug, Clone)]
pub struct View {
    pub show: Show,
    /// Of one participant: its id and name.
    pub of: Option<(String, String)>,
    pub findings: Vec<Item>,
    pub paging: Paging,
    /// How many stand open with nobody, and how many are disputed.
    pub counts: [u64; 2],
    pub decided: Vec<Decided>,
}

/// Whose a place is, as somebody decided.
#[derive(Debug, Clone)]
pub struct Decided {
    pub place: String,
    pub owner: Option<String>,
    pub reason: String,
    pub by: String,
    pub at: Timestamp,
}

/// Whose findings are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Show {
    #[default]
    Nobodys,
    Disputed,
    Of(ParticipantId),
}

impl Show {
    fn holder(self) -> Holder {
        match self {
            Self::Nobodys => Holder::Nobody,
            Self::Disputed => Holder::Disputed,
            Self::Of(id) => Holder::Participant(id),
        }
    }

    fn word(self) -> &'static str {
        if self == Self::Disputed { "disputed" } else { "" }
    }
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let is_queue = view.of.is_none();
    let of = view.of.as_ref().map_or("", |(id, _)| id.as_str());
    let at = |show: Show, page: &str| {
        address("/desk/findings", &[("show", show.word()), ("of", of), ("page", page)])
    };
    let shown = [(Show::Nobodys, "findings-nobodys"), (Show::Disputed, "findings-disputed")];
    frame.document(
        &frame.say("findings-title"),
        html! {
            h1 {
                @match &view.of {
                    Some((_, name)) => { (frame.say("findings-of")) " " (name) }
                    None => { (frame.say("findings-title")) }
                }
            }
            @if is_queue {
                p { (frame.say("findings-what-to-do")) }
                ul .filters.plain {
                    @for ((show, key), count) in shown.into_iter().zip(view.counts) {
                        li { a href=(at(show, "")) aria-current=[(show == view.show).then_some("true")] { (frame.say(key)) " (" (count) ")" } }
                    }
                }
            }
            @if view.findings.is_empty() { p .notice { (frame.say("findings-none")) } } @else {
                (window_that_stacks("list-caption", html! {
                    table {
                        caption #list-caption { (frame.count("findings-found", view.paging.total)) }
                        thead { tr {
                            @for key in COLUMNS { th scope="col" { (frame.say(key)) } }
                            @if is_queue { th scope="col" { (frame.say("findings-whose")) } }
                        } }
                        tbody { @for (nth, item) in view.findings.iter().enumerate() { tr {
                            (row(frame, item, true))
                            @if is_queue { td { (decide_form(frame, &format!("decide-{nth}"), item)) } }
                        } } }
                    }
                }))
                (frame.pager(view.paging, |page| at(view.show, &page.to_string())))
            }
            @if is_queue { (decisions(frame, &view.decided)) }
        },
    )
}

fn decide_form(frame: &Frame, form: &str, item: &Item) -> Markup {
    let place = item.host.as_ref().unwrap_or(&item.place);
    html! {
        details id=(form) {
            summary { (frame.say("findings-decide")) }
            div .drawer {
                (frame.form("/desk/findings", html! {
                    (Field::new(form, "place", frame.say("findings-place")).value(place.clone()).hint(frame.say("findings-place-hint")).required())
                    (Field::new(form, "owner", frame.say("findings-owner")).hint(frame.say("findings-owner-hint")))
                    (Field::new(form, "reason", frame.say("findings-reason")).hint(frame.say("findings-reason-hint")).required())
                    button { (frame.say("findings-decide-send")) }
                }))
            }
        }
    }
}

fn decisions(frame: &Frame, decided: &[Decided]) -> Markup {
    html! {
        @if !decided.is_empty() {
            section aria-labelledby="decided-head" {
                h2 #decided-head { (frame.say("findings-decided")) }
                ul .plain { @for it in decided {
                    li {
                        (address_in_parts(&it.place)) ": "
                        @match &it.owner {
                            Some(name) => { (name) }
                            None => { (frame.say("findings-nobody")) }
                        }
                        p .small .soft { "“" (it.reason) "” " (it.by) ", " (frame.time(it.at)) }
                    }
                } }
            }
        }
    }
}

/// Whose findings, and which page of them.
pub struct Asked {
    show: Show,
    page: usize,
}

impl Form for Asked {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let show = match (fields.id("of")?, fields.raw("show")) {
            (Some(of), _) => Show::Of(of),
            (None, Some("disputed")) => Show::Disputed,
            _ => Show::Nobodys,
        };
        Ok(Self { show, page: page_number(fields) })
    }
}

pub async fn show(house: House, may: May<WatchDesk>, (): (), asked: Asked) -> Result<Markup, WebError> {
    let of = match asked.show {
        Show::Of(id) => {
            let name = participants::of_id(&house.db, id).await?.ok_or(WebError::NotFound)?.name;
            Some((id.to_string(), name))
        }
        _ => None,
    };
    let all = findings::of_holder(&house.db, asked.show.holder()).await?;
    let all = without_settled(&house, asked.show, all).await?;
    let meaning = Meaning::read(&house).await?;
    let owners = house.owners().await?;
    let items = meaning.items(&all, Some(&*owners), Tlp::Red, house.now());
    let (before, paging) = paging(asked.page, u64::try_from(items.len()).unwrap_or(u64::MAX));
    let before = usize::try_from(before).unwrap_or(usize::MAX);
    let mut counts = [0; 2];
    for (count, holder) in counts.iter_mut().zip([Holder::Nobody, Holder::Disputed]) {
        *count = findings::count_of(&house.db, holder).await?.open;
    }
    let (names, mut decided) = (officers::names(&house.db).await?, Vec::new());
    for it in findings::decisions(&house.db).await?.into_iter().take(DECISIONS) {
        let owner = match it.owner {
            Some(id) => participants::of_id(&house.db, id).await?.map(|it| it.name),
            None => it.partner.map(|partner| partner.to_string()),
        };
        let by = names.get(&it.by).cloned().unwrap_or_default();
        decided.push(Decided { place: it.place, owner, reason: it.reason, by, at: it.at });
    }
    let view = View {
        show: asked.show,
        of,
        findings: items.into_iter().skip(before).take(ROWS).collect(),
        paging,
        counts,
        decided,
    };
    Ok(page(&may.frame_for(&house, meaning.label(&all, Tlp::Red)), &view))
}

/// What is work for a person: not what somebody decided to be nobody's.
async fn without_settled(house: &House, show: Show, mut all: Page) -> Result<Page, WebError> {
    if show == Show::Nobodys {
        let owners = house.owners().await?;
        drop(all.split_off(|finding| {
            let (address, host) = finding.located();
            owners.is_nobodys(address, host)
        }));
    }
    Ok(all)
}

/// What somebody decided.
pub struct Wish {
    place: String,
    owner: Option<String>,
    reason: String,
}

impl Form for Wish {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self {
            place: fields.needed_line("place")?,
            owner: fields.line("owner")?,
            reason: fields.needed("reason")?,
        })
    }
}

/// `POST /desk/findings`.
pub async fn decide(house: House, may: May<WorkDesk>, (): (), wish: Wish) -> Result<Onward, WebError> {
    let by = &may.who.officer;
    attribution::decide(&house, by, &wish.place, wish.owner.as_deref(), &wish.reason).await?;
    Ok(Onward::saying("/desk/findings", "place-decided"))
}

impl From<NotDecided> for WebError {
    fn from(why: NotDecided) -> Self {
        match why {
            NotDecided::NoPlace => Self::Refused("refused-no-place"),
            NotDecided::NoSuchParticipant => Self::Refused("refused-no-such-participant"),
            NotDecided::Store(cause) => cause.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::State;
    use crate::findings::testing::item;
    use crate::page::testing::check;

    #[test]
    fn what_is_nobodys_waits_for_a_person_who_says_whose_it_is() {
        let at = "2020-01-13T08:00:00Z".parse().unwrap();
        let decided = |owner: Option<&str>| Decided {
            place: "198.51.100.0/24".into(),
            owner: owner.map(str::to_owned),
            reason: "called the provider".into(),
            by: "A. Duin".into(),
            at,
        };
        let view = View {
            show: Show::Nobodys,
            of: None,
            findings: vec![item("198.51.100.9", State::Open)],
            paging: Paging::single(1),
            counts: [1, 0],
            decided: vec![decided(Some("Noordzorg")), decided(None)],
        };
        check("desk-findings", "/desk/findings", |frame| page(frame, &view));
        let of = View {
            of: Some(("00000000-0000-0000-0000-000000000001".into(), "Noordzorg".into())),
            decided: vec![],
            ..view.clone()
        };
        check("desk-findings-of", "/desk/findings", |frame| page(frame, &of));
        let none = View { findings: vec![], counts: [0, 0], paging: Paging::single(0), ..view };
        check("desk-findings-none", "/desk/findings", |frame| page(frame, &none));
    }
}
