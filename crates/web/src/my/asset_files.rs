//! `GET /my/assets/template` and `GET /my/assets/export`: a table to fill in, and the own inventory as one.
//!
//! What participants wrote goes into a spreadsheet of somebody else, so no cell of it may compute anything
//! there (`formats::inventory_table::write`).

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use disclosure::{Cut, Redact};
use domain::asset::{Asset, Reach};
use domain::measure::CareImpact;
use domain::tlp::Tlp;
use flow::catalogue::ASSETS_MAX;
use flow::house::House;
use formats::inventory_table;
use store::assets;

use crate::WebError;
use crate::may::{May, ReadOwn};
use crate::own_file::{Part, clear};

struct Export(Vec<Asset>);

impl Redact for Export {
    /// Less than all of it is nothing: each line says what an attacker wants to know.
    fn cut(self, cut: &Cut) -> Self {
        if cut.is_full() { self } else { Self(Vec::new()) }
    }
}

pub async fn template(
    house: House,
    may: May<ReadOwn>,
    (): (),
    (): (),
) -> Result<impl IntoResponse, WebError> {
    let explained = may.frame(&house).say("assets-template-line");
    Ok(file("inventory-template.csv", &inventory_table::write(&[&explained], [])))
}

pub async fn export(house: House, may: May<ReadOwn>, (): (), (): ()) -> Result<impl IntoResponse, WebError> {
    let all = assets::of_participant(&house.db, may.who.actor.participant, ASSETS_MAX).await?;
    let cleared = clear(&house, &may.who, Part::Inventory, Tlp::Amber, Export(all)).await?;
    let cells: Vec<[String; 14]> = cleared.item().view().0.iter().map(cells).collect();
    let lines = cells.iter().map(|line| line.each_ref().map(String::as_str));
    Ok(file("inventory.csv", &inventory_table::write(&[], lines)))
}

/// In the order of [`inventory_table::HEADER`].
fn cells(asset: &Asset) -> [String; 14] {
    let text = |it: &Option<String>| it.clone().unwrap_or_default();
    let reach = match asset.reach {
        Reach::Unknown => "unknown",
        Reach::Internal => "internal",
        Reach::Internet => "internet",
    };
    let care = match asset.care_impact {
        CareImpact::None => "none",
        CareImpact::Hindered => "hindered",
        CareImpact::Endangered => "endangered",
    };
    [
        text(&asset.name.vendor),
        asset.name.product.clone(),
        asset.version.as_ref().map(ToString::to_string).unwrap_or_default(),
        text(&asset.cpe),
        text(&asset.purl),
        text(&asset.order_number),
        text(&asset.host),
        asset.address.map(|it| it.to_string()).unwrap_or_default(),
        text(&asset.supplier),
        reach.to_owned(),
        text(&asset.care_process),
        care.to_owned(),
        text(&asset.alias),
        String::new(),
    ]
}

/// With a mark before it, by which a spreadsheet knows that it is UTF-8.
fn file(name: &str, text: &str) -> impl IntoResponse + use<> {
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, format!("\u{feff}{text}"))
}
