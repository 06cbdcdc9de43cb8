//! `GET /desk/catalogue`: names in inventories that mean no product, or may mean several. A person says what
//! they mean, once, for everybody.
//!
//! How many have it is said, and never who: what a hospital runs is its own.

use std::collections::BTreeMap;

use domain::ids::{OfficerId, ProductId};
use domain::product::Name;
use flow::house::House;
use flow::naming::{self, Choice, Waiting};
use jiff::Timestamp;
use maud::{Markup, html};
use store::name_decisions::{self, Means, Written};
use store::officers;

use crate::WebError;
use crate::desk::board::door::page_number;
use crate::fields::Field;
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WatchDesk, WorkDesk};
use crate::page::Frame;
use crate::tables::{Paging, address};
use crate::terms::{Tone, status};

#[derive(Debug, Clone)]
pub struct View {
    pub waiting: Vec<Waiting>,
    pub paging: Paging,
    /// The name for which a product is searched, with what was typed and what was found.
    pub search: Option<Search>,
    /// The last decision first.
    pub decided: Vec<Decided>,
}

#[derive(Debug, Clone)]
pub struct Search {
    pub name: Name,
    pub typed: String,
    pub found: Vec<(ProductId, Name)>,
}

#[derive(Debug, Clone)]
pub struct Decided {
    pub name: Name,
    /// What it means now, by name. `None`: nothing.
    pub product: Option<Name>,
    pub is_new: bool,
    pub by: String,
    pub at: Timestamp,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("catalogue-title"),
        html! {
            h1 { (frame.say("catalogue-title")) }
            p { (frame.say("catalogue-what")) }
            @if let Some(search) = &view.search { (search_card(frame, search)) }
            section #waiting aria-labelledby="waiting-head" {
                h2 #waiting-head { (frame.count("catalogue-waiting", view.paging.total)) }
                @if view.waiting.is_empty() { p .notice.good { (frame.say("catalogue-none")) } }
                ul .cards.plain { @for (place, it) in view.waiting.iter().enumerate() { (card(frame, place, it)) } }
                (frame.pager(view.paging, |page| address("/desk/catalogue", &[("page", &page.to_string())])))
            }
            @if !view.decided.is_empty() {
                section #decided aria-labelledby="decided-head" {
                    h2 #decided-head { (frame.say("catalogue-decided")) }
                    ul .cards.plain { @for it in &view.decided { (decided_card(frame, it)) } }
                }
            }
        },
    )
}

/// The fields that say which name is meant, with what is said about it.
fn hidden<'a>(name: &'a Name, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let vendor = name.vendor.as_deref().unwrap_or_default();
    [("vendor", vendor), ("name", name.product.as_str())].into_iter().chain(more.iter().copied()).collect()
}

fn same_buttons(frame: &Frame, name: &Name, products: &[(ProductId, Name)]) -> Markup {
    html! {
        div .acts {
            @for (id, product) in products {
                (frame.button(
                    "/desk/catalogue",
                    &hidden(name, &[("is", "same"), ("product", &id.to_string())]),
                    &frame.say_with("catalogue-same-as", &[("product", &product.to_string())]),
                ))
            }
        }
    }
}

fn card(frame: &Frame, place: usize, it: &Waiting) -> Markup {
    let Waiting { written, suggestions, is_alike } = it;
    let Written { name, assets, participants } = written;
    let count = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    html! {
        li .card id={ "name-" (place) } tabindex="-1" data-row {
            div .row {
                h3 { (name) }
                @if *is_alike { (status(Tone::Heed, &frame.say("catalogue-alike"))) }
            }
            p .soft {
                (frame.count("catalogue-participants", count(*participants))) ", "
                (frame.count("catalogue-assets", count(*assets)))
            }
            (same_buttons(frame, name, suggestions))
            (search_form(frame, &format!("search-{place}"), name, "", &[]))
            div .acts {
                (frame.button("/desk/catalogue", &hidden(name, &[("is", "new")]), &frame.say("catalogue-new")))
                (frame.button("/desk/catalogue", &hidden(name, &[("is", "nothing")]), &frame.say("catalogue-nothing")))
            }
        }
    }
}

/// Asks the server for names that begin with what is typed, and shows what it found. The script asks at every
/// key; without it Enter does.
fn search_form(frame: &Frame, id: &str, name: &Name, typed: &str, found: &[(ProductId, Name)]) -> Markup {
    html! {
        form .filters method="get" action="/desk/catalogue" data-suggest {
            @for (field, value) in hidden(name, &[]) { input type="hidden" name=(field) value=(value); }
            (Field::new(id, "q", frame.say("catalogue-search")).kind("search").value(typed))
            button { (frame.say("page-search")) }
        }
        div data-suggestions aria-live="polite" {
            @if found.is_empty() && !typed.is_empty() { p { (frame.say("catalogue-search-none")) } }
            @if !found.is_empty() { (same_buttons(frame, name, found)) }
        }
    }
}

fn search_card(frame: &Frame, search: &Search) -> Markup {
    html! {
        section #search .notice aria-labelledby="search-head" {
            h2 #search-head { (frame.say_with("catalogue-search-for", &[("name", &search.name.to_string())])) }
            (search_form(frame, "search-again", &search.name, &search.typed, &search.found))
        }
    }
}

fn decided_card(frame: &Frame, it: &Decided) -> Markup {
    html! {
        li .card {
            p {
                b { (it.name) } " "
                @match (&it.product, it.is_new) {
                    (Some(_), true) => { (frame.say("catalogue-is-new")) }
                    (Some(product), false) => { "= " (product) }
                    (None, _) => { (frame.say("catalogue-is-nothing")) }
                }
                " · " (it.by) " · " (frame.time(it.at))
            }
            (frame.button("/desk/catalogue", &hidden(&it.name, &[("is", "undecided")]), &frame.say("sameness-take-back")))
        }
    }
}

/// Which page of the queue, and for which name a product is searched.
pub struct Asked {
    page: usize,
    search: Option<(Name, String)>,
}

impl Form for Asked {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let name =
            fields.text("name").map(|name| Name::new(&fields.text("vendor").unwrap_or_default(), &name));
        let typed = fields.text("q").unwrap_or_default();
        Ok(Self { page: page_number(fields), search: name.map(|name| (name, typed)) })
    }
}

/// Cards of one page. Each has five suggestions, so fifty would be a wall.
const CARDS: usize = 20;
/// Products that a search finds.
const FOUND_MAX: usize = 12;
/// Decisions that are shown to be taken back.
const DECIDED_MAX: usize = 30;

pub async fn show(house: House, may: May<WatchDesk>, (): (), asked: Asked) -> Result<Markup, WebError> {
    let wished = asked.page.saturating_sub(1).saturating_mul(CARDS);
    let (waiting, total) = naming::waiting(&house, wished, CARDS).await?;
    let pages = total.div_ceil(CARDS).max(1);
    let paging = Paging { page: asked.page.min(pages), pages, total };
    let search = match asked.search {
        None => None,
        Some((name, typed)) => {
            let found = naming::suggested(&house, &typed, FOUND_MAX).await?;
            Some(Search { name, typed, found })
        }
    };
    let view = View { waiting, paging, search, decided: decided(&house).await? };
    Ok(page(&may.frame(&house), &view))
}

async fn decided(house: &House) -> Result<Vec<Decided>, WebError> {
    let names = naming::names(house).await?;
    let people: BTreeMap<OfficerId, String> = officers::names(&house.db).await?;
    let mut decided: Vec<Decided> = name_decisions::all(&house.db)
        .await?
        .into_iter()
        .map(|(name, decision)| {
            let (product, is_new) = match decision.means {
                Means::Product(id) => (Some(id), false),
                Means::New(id) => (Some(id), true),
                Means::Nothing => (None, false),
            };
            Decided {
                product: product.and_then(|id| names.get(&id).cloned()),
                is_new,
                by: people.get(&decision.by).cloned().unwrap_or_default(),
                at: decision.at,
                name,
            }
        })
        .collect();
    decided.sort_by(|one, other| other.at.cmp(&one.at).then_with(|| one.name.cmp(&other.name)));
    decided.truncate(DECIDED_MAX);
    Ok(decided)
}

/// What a person says about a name; `None` takes it back.
pub struct Said {
    name: Name,
    choice: Option<Choice>,
}

impl Form for Said {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let vendor = fields.line("vendor")?.unwrap_or_default();
        let name = Name::new(&vendor, &fields.needed_line("name")?);
        let product = fields.id::<ProductId>("product")?;
        let choice = |word: &str| match (word, product) {
            ("same", Some(product)) => Some(Some(Choice::SameAs(product))),
            ("new", _) => Some(Some(Choice::New)),
            ("nothing", _) => Some(Some(Choice::Nothing)),
            ("undecided", _) => Some(None),
            _ => None,
        };
        Ok(Self { name, choice: fields.word("is", choice)? })
    }
}

/// `POST /desk/catalogue`: counts for everybody, and everybody whom it concerns is matched again.
pub async fn decide(house: House, may: May<WorkDesk>, (): (), said: Said) -> Result<Onward, WebError> {
    let by = &may.who.officer;
    let done = match said.choice {
        Some(choice) => naming::decide(&house, by, &said.name, choice).await?,
        None => naming::take_back(&house, by, &said.name).await?.is_some(),
    };
    if done { Ok(Onward::saying("/desk/catalogue", "decided")) } else { Err(WebError::NotFound) }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::page::testing::check;

    #[test]
    fn a_name_that_nobody_knows_waits_with_what_it_may_mean() {
        let product = |number: u128, vendor: &str, name: &str| {
            (ProductId(Uuid::from_u128(number)), Name::new(vendor, name))
        };
        let waiting = |name: &str, is_alike, suggestions| Waiting {
            written: Written { name: Name::new("", name), assets: 12, participants: 1 },
            suggestions,
            is_alike,
        };
        let adc = product(1, "Citrix", "ADC");
        let decided = |product, is_new| Decided {
            name: Name::new("", "oude gateway"),
            product,
            is_new,
            by: "Jan Dijkgraaf".into(),
            at: "2020-01-13T09:30:00Z".parse().unwrap(),
        };
        let view = View {
            waiting: vec![
                waiting("Citrix gatewy & <co>", true, vec![adc.clone(), product(2, "Citrix", "Gateway")]),
                waiting("het grote scherm", false, vec![]),
            ],
            paging: Paging { page: 1, pages: 2, total: 31 },
            search: Some(Search { name: Name::new("", "x"), typed: "cit".into(), found: vec![adc.clone()] }),
            decided: vec![
                decided(Some(adc.1.clone()), false),
                decided(Some(adc.1), true),
                decided(None, false),
            ],
        };
        check("catalogue", "/desk/catalogue", |frame| page(frame, &view));
        let search = Some(Search { name: Name::new("", "x"), typed: String::new(), found: vec![] });
        let none = View { waiting: vec![], paging: Paging::single(0), search, decided: vec![] };
        check("catalogue-none", "/desk/catalogue", |frame| page(frame, &none));
    }
}
