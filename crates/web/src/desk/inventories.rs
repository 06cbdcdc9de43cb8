//! `GET /desk/inventories`: whose inventory is empty, or was not looked at for three months. These are the
//! participants that we warn of everything, or of the wrong things.

use domain::asset::Asset;
use domain::tlp::Tlp;
use flow::house::House;
use jiff::Timestamp;
use maud::{Markup, html};
use store::assets;
use uuid::Uuid;

use crate::WebError;
use crate::may::{May, WatchDesk};
use crate::page::Frame;
use crate::tables::window;
use crate::terms::{Tone, status};

/// More than these nobody calls in a month.
const SHOWN: i64 = 500;

#[derive(Debug, Clone)]
pub struct View {
    /// By name.
    pub participants: Vec<Item>,
}

#[derive(Debug, Clone)]
pub struct Item {
    pub id: Uuid,
    pub name: String,
    pub group: String,
    pub assets: usize,
    /// When somebody there last said that it is right.
    pub said_at: Option<Timestamp>,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let columns = ["participants-name", "participants-group", "participants-assets", "inventories-said"];
    frame.document(
        &frame.say("inventories-title"),
        html! {
            h1 { (frame.say("inventories-title")) }
            p { (frame.say("inventories-what")) }
            @if view.participants.is_empty() { p .notice.good { (frame.say("inventories-none")) } } @else {
                (window("list-caption", html! {
                    table {
                        caption #list-caption { (frame.count("participants-found", view.participants.len())) }
                        thead { tr { @for key in columns { th scope="col" { (frame.say(key)) } } } }
                        tbody {
                            @for item in &view.participants {
                                tr id={ "participant-" (item.id.simple()) } tabindex="-1" data-row {
                                    th scope="row" { a href={ "/desk/participants/" (item.id) } { (item.name) } }
                                    td { (frame.group(&item.group)) }
                                    td { @if item.assets == 0 { (status(Tone::Heed, "0")) } @else { (item.assets) } }
                                    td {
                                        @match item.said_at {
                                            Some(at) => { (frame.day(at)) }
                                            None => { (frame.say("inventories-never")) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }))
            }
        },
    )
}

pub async fn show(house: House, may: May<WatchDesk>, (): (), (): ()) -> Result<Markup, WebError> {
    let neglected = assets::neglected(&house.db, house.now() - Asset::LIFE, SHOWN).await?;
    let item = |line: assets::Neglected| Item {
        id: line.id.0,
        name: line.name,
        group: line.sector,
        assets: usize::try_from(line.assets).unwrap_or_default(),
        said_at: line.said_at,
    };
    let view = View { participants: neglected.into_iter().map(item).collect() };
    Ok(page(&may.frame_for(&house, Tlp::Amber), &view))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::check;

    #[test]
    fn an_empty_or_old_inventory_is_on_the_desk() {
        let item = |number, assets, said_at: Option<&str>| Item {
            id: Uuid::from_u128(number),
            name: "Noordzorg".into(),
            group: "care".into(),
            assets,
            said_at: said_at.map(|at| at.parse().unwrap()),
        };
        let view = View { participants: vec![item(1, 0, None), item(2, 4, Some("2019-06-01T08:00:00Z"))] };
        check("desk-inventories", "/desk/inventories", |frame| page(frame, &view));
        check("desk-inventories-none", "/desk/inventories", |frame| {
            page(frame, &View { participants: vec![] })
        });
    }
}
