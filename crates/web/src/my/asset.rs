//! `GET /my/assets/{id}`: one system, and the holes in it that are known and of which nobody was warned.

use disclosure::{Cut, Redact};
use domain::asset::{Asset, State};
use domain::ids::AssetId;
use domain::tlp::Tlp;
use flow::aside::{self, Hole};
use flow::house::House;
use maud::{Markup, html};
use store::{StoreError, assets};

use crate::WebError;
use crate::may::{May, ReadOwn};
use crate::own_file::{Part, clear};
use crate::page::Frame;
use crate::tables::window;
use crate::terms::{Tone, address_in_parts, status, tone_of_asset};

/// More than these nobody reads; the gravest come first.
const SHOWN: usize = 50;

#[derive(Debug, Clone)]
pub struct View {
    pub label: String,
    /// The product with its version.
    pub product: String,
    pub place: Option<String>,
    pub state: State,
    pub has_version: bool,
    /// Those that are used first, then the newest.
    pub holes: Vec<Hole>,
    /// How many there are beside those.
    pub more: usize,
}

impl View {
    /// # Errors
    /// Those of the store.
    pub async fn of(house: &House, asset: &Asset) -> Result<Self, StoreError> {
        let mut holes = aside::holes(house, asset).await?;
        let more = holes.len().saturating_sub(SHOWN);
        holes.truncate(SHOWN);
        let version = asset.version.as_ref().filter(|version| version.is_known());
        Ok(Self {
            label: asset.label(),
            product: version.map_or_else(|| asset.name.to_string(), |it| format!("{} {it}", asset.name)),
            place: asset.host.clone().or_else(|| asset.address.map(|it| it.to_string())),
            state: asset.state(house.now()),
            has_version: version.is_some(),
            holes,
            more,
        })
    }
}

/// `back` is the page of the list in which it stands, and how that is called.
pub fn page(frame: &Frame, view: &View, back: (&str, &str)) -> Markup {
    let (address, called) = back;
    frame.document(
        &view.label,
        html! {
            p { a href=(address) { "← " (called) } }
            h1 { (address_in_parts(&view.label)) }
            dl .pairs {
                dt { (frame.say("assets-product")) } dd { (view.product) }
                @if let Some(place) = &view.place { dt { (frame.say("assets-place")) } dd { code { (address_in_parts(place)) } } }
                dt { (frame.say("assets-state")) }
                dd { (status(tone_of_asset(view.state), &frame.term(view.state))) }
            }
            section aria-labelledby="holes-head" {
                h2 #holes-head { (frame.say("asset-holes")) }
                @if view.holes.is_empty() {
                    p { (frame.say("asset-holes-none")) }
                } @else {
                    p { (frame.say(if view.has_version { "asset-holes-what" } else { "asset-holes-no-version" })) }
                    (holes(frame, view))
                }
            }
        },
    )
}

fn holes(frame: &Frame, view: &View) -> Markup {
    html! {
        (window("holes-caption", html! {
            table {
                caption #holes-caption { (frame.count("asset-holes-found", view.holes.len() + view.more)) }
                thead { tr { @for key in ["records-number", "records-title-column", "asset-holes-since", "records-state"] {
                    th scope="col" { (frame.say(key)) }
                } } }
                tbody { @for hole in &view.holes { tr {
                    th scope="row" .nowrap { code { (hole.number) } }
                    td lang="en" { (hole.title) }
                    td { (frame.day(hole.said_at)) }
                    td {
                        @if hole.is_exploited { (status(Tone::Alarm, &frame.say("records-is-exploited"))) }
                        @else { (frame.say("asset-hole-not-exploited")) }
                    }
                } } }
            }
        }))
        @if view.more > 0 { p { (frame.count("asset-holes-more", view.more)) } }
    }
}

impl Redact for View {
    /// Less than all of it is nothing: it says what an attacker wants to know.
    fn cut(self, cut: &Cut) -> Self {
        if cut.is_full() {
            return self;
        }
        Self { label: String::new(), product: String::new(), place: None, holes: vec![], more: 0, ..self }
    }
}

pub async fn show(house: House, may: May<ReadOwn>, id: AssetId, (): ()) -> Result<Markup, WebError> {
    let of = may.who.actor.participant;
    let asset = assets::of_id(&house.db, id, of).await?.ok_or(WebError::NotFound)?;
    let view = View::of(&house, &asset).await?;
    let file = clear(&house, &may.who, Part::Inventory, Tlp::Amber, view).await?;
    let frame = may.frame_for(&house, Tlp::Amber);
    Ok(page(&frame, file.item().view(), ("/my/assets", &frame.say("assets-title"))))
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::page::testing::{check, frame, languages};

    pub fn sample() -> View {
        let hole = |number: &str, is_exploited| Hole {
            number: number.into(),
            title: "A request that is too long runs code".into(),
            said_at: "2014-01-10T08:00:00Z".parse::<Timestamp>().unwrap(),
            is_exploited,
        };
        View {
            label: "vpn.noordzorg.example".into(),
            product: "Citrix NetScaler 12.1-55.18".into(),
            place: Some("vpn.noordzorg.example".into()),
            state: State::Confirmed,
            has_version: true,
            holes: vec![hole("CVE-2014-0001", true), hole("CVE-2013-0002", false)],
            more: 12,
        }
    }

    #[test]
    fn old_holes_of_which_nobody_was_warned_are_shown_and_counted() {
        let page = |frame: &Frame, view: &View| page(frame, view, ("/my/assets", "What you use"));
        check("asset", "/my/assets/3", |frame| page(frame, &sample()));
        let unknown = View { has_version: false, more: 0, ..sample() };
        check("asset-no-version", "/my/assets/3", |frame| page(frame, &unknown));
        let none = View { holes: vec![], more: 0, ..sample() };
        check("asset-without-holes", "/my/assets/3", |frame| page(frame, &none));
        let [_, english] = languages();
        let html = page(&frame(english, "/my/assets/3"), &sample()).into_string();
        assert!(html.contains("14 known holes") && html.contains("And 12 more"), "{html}");
    }
}
