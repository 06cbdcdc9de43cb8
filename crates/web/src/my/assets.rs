//! `GET /my/assets`: what the participant uses, one form to add, and a list to upload.
//!
//! Whoever fills in four things here is warned the next time. An upload is never taken as it is:
//! the difference with what we have is shown first ([`difference_page`]).

use std::collections::BTreeMap;
use std::net::IpAddr;

use disclosure::{Cut, Redact};
use domain::asset::{Asset, Reach, State};
use domain::ids::AssetId;
use domain::measure::CareImpact;
use domain::product::Name;
use domain::tlp::Tlp;
use domain::upload::{Counts, Upload};
use domain::version::Version;
use flow::catalogue::{self, ASSETS_MAX};
use flow::house::House;
use formats::What;
use formats::cpe::Cpe;
use formats::inventory_table::{Column, Columns};
use formats::purl::Purl;
use jiff::Timestamp;
use maud::{Markup, html};
use store::warnings::{self, Asked};
use store::{StoreError, assets, uploads};
use uuid::Uuid;

use crate::WebError;
use crate::fields::{Field, list, tick};
use crate::form::{Fields, Form};
use crate::may::{EditOwn, May, Member, Onward, ReadOwn};
use crate::my::products::OFFERED;
use crate::own_file::{Part, clear};
use crate::page::Frame;
use crate::terms::{address_in_parts, status, tone_of_asset};

#[derive(Debug, Clone)]
pub struct View {
    /// By product, retired ones last.
    pub assets: Vec<Item>,
    pub confirmed_at: Option<Timestamp>,
    /// Whether this visitor may change the list.
    pub may_change: bool,
    /// The list that was sent in last, while it can be undone.
    pub upload: Option<Undoable>,
}

/// A list that can still be undone.
#[derive(Debug, Clone, Copy)]
pub struct Undoable {
    pub id: Uuid,
    pub counts: Counts,
    pub until: Timestamp,
}

#[derive(Debug, Clone)]
pub struct Item {
    pub id: Uuid,
    pub state: State,
    pub seen_at: Option<Timestamp>,
    pub open_warnings: usize,
    pub registered: Registered,
}

/// What the participant filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registered {
    pub alias: Option<String>,
    pub vendor: Option<String>,
    pub product: String,
    pub version: Option<String>,
    pub cpe: Option<String>,
    pub purl: Option<String>,
    pub order_number: Option<String>,
    pub host: Option<String>,
    pub address: Option<IpAddr>,
    pub supplier: Option<String>,
    pub reach: Reach,
    pub care_impact: CareImpact,
}

impl Registered {
    fn name(&self) -> String {
        let vendor = self.vendor.as_deref().unwrap_or_default();
        let version = self.version.as_deref().unwrap_or_default();
        [vendor, &self.product, version].map(str::trim).join(" ").trim().to_owned()
    }

    fn place(&self) -> Option<String> {
        self.host.clone().or_else(|| self.address.map(|address| address.to_string()))
    }
}

/// What an uploaded list would change.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Names the upload that waits to be confirmed, in the words of the door that takes it.
    pub upload: String,
    /// Of a table: how its columns were read.
    pub columns: Option<Columns>,
    /// What each column means, as the doors carry it on; empty when nobody said.
    pub chosen: String,
    /// Whether what is not in the list stays.
    pub is_part: bool,
    /// Whether the document keeps to the rules of its format.
    pub is_valid: bool,
    /// How many products we know for certain.
    pub certain: usize,
    /// Names of products that we do not know yet.
    pub unknown: Vec<String>,
    /// Rows that may mean a product of ours: the row, what is written, and the product.
    pub likely: Vec<(u64, String, String)>,
    pub added: Vec<Registered>,
    /// As it was, as it becomes.
    pub changed: Vec<(Registered, Registered)>,
    pub removed: Vec<Registered>,
    pub same: usize,
    /// Lines that could not be read, or not wholly, and what is wrong with them.
    pub unread: Vec<(usize, What)>,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("assets-title"),
        html! {
            h1 { (frame.say("assets-title")) }
            p { (frame.say("assets-what")) }
            ul .plain {
                li { a href="/my/networks" { (frame.say("networks-title")) } }
                li { a href="/my/findings" { (frame.say("findings-own")) } }
                li { a href="/my/suppliers" { (frame.say("suppliers-title")) } }
            }
            section aria-labelledby="list-head" {
                h2 #list-head { (frame.count("assets-list", view.assets.len())) }
                @if let Some(upload) = &view.upload { (undo(frame, upload)) }
                @if view.assets.is_empty() {
                    div .notice {
                        p { (frame.say("assets-none")) }
                        @if view.may_change { p { a .press.call href="/my/assets/start" { (frame.say("assets-start")) } } }
                    }
                } @else {
                    @if view.may_change { (confirmation(frame, view)) }
                    p { a href="/my/assets/export" { (frame.say("assets-export")) } }
                    ul .cards.tiles.plain { @for item in &view.assets { (card(frame, item, view.may_change)) } }
                }
            }
            @if view.may_change {
                section aria-labelledby="add-head" {
                    h2 #add-head { (frame.say("assets-add")) }
                    p { a href="/my/products" { (frame.say("products-title")) } }
                    datalist id=(OFFERED) {}
                    (frame.form("/my/assets", html! {
                        (fields(frame, "new", &Registered::default()))
                        button { (frame.say("assets-add-send")) }
                    }))
                }
                section #upload aria-labelledby="upload-head" {
                    h2 #upload-head { (frame.say("assets-upload")) }
                    p { (frame.say("assets-upload-what")) }
                    ul {
                        li { (frame.say("assets-upload-table")) " " a href="/my/assets/template" { (frame.say("assets-template")) } }
                        li { (frame.say("assets-upload-sbom")) }
                        li { (frame.say("assets-upload-hosts")) }
                    }
                    (frame.upload("/my/assets/import", html! {
                        (Field::new("upload", "file", frame.say("assets-upload-file")).kind("file").accept(ACCEPTED).required())
                        button { (frame.say("assets-upload-send")) }
                    }))
                }
            }
        },
    )
}

/// What a browser offers first; anything else can be chosen too.
const ACCEPTED: &str = ".csv,.tsv,.txt,.xlsx,.json,text/csv,text/plain,application/json";

fn undo(frame: &Frame, upload: &Undoable) -> Markup {
    let Counts { added, removed, changed } = upload.counts;
    let counts = format!("+{added} −{removed} ~{changed}");
    html! {
        div .notice.row {
            p { (frame.say_with("assets-undo-what", &[("counts", &counts)])) " " strong { (frame.near_time(upload.until)) } "." }
            (frame.button("/my/assets/undo", &[("upload", &upload.id.to_string())], &frame.say("assets-undo")))
        }
    }
}

fn confirmation(frame: &Frame, view: &View) -> Markup {
    html! {
        div .row {
            p {
                @match view.confirmed_at {
                    Some(at) => { (frame.say("assets-confirmed")) " " (frame.day(at)) "." }
                    None => { (frame.say("assets-never-confirmed")) }
                }
            }
            (frame.button("/my/assets/confirm", &[], &frame.say("assets-confirm")))
        }
    }
}

fn card(frame: &Frame, item: &Item, may_change: bool) -> Markup {
    let form = item.id.simple().to_string();
    let registered = &item.registered;
    html! {
        li .card id={ "asset-" (item.id) } {
            h3 { a href={ "/my/assets/" (item.id) } { (registered.alias.clone().unwrap_or_else(|| registered.name())) } }
            dl .pairs.small {
                @if registered.alias.is_some() { dt { (frame.say("assets-product")) } dd { (registered.name()) } }
                @if let Some(place) = registered.place() { dt { (frame.say("assets-place")) } dd { code { (address_in_parts(&place)) } } }
                @if let Some(number) = &registered.order_number { dt { (frame.say("assets-order-number")) } dd { code { (number) } } }
                @if let Some(supplier) = &registered.supplier { dt { (frame.say("assets-supplier")) } dd { (supplier) } }
                dt { (frame.say("assets-reach")) }
                dd { (frame.term(registered.reach)) }
                dt { (frame.say("assets-state")) }
                dd {
                    (status(tone_of_asset(item.state), &frame.term(item.state)))
                    @if let Some(at) = item.seen_at { " " span .soft { (frame.day(at)) } }
                }
                @if item.open_warnings > 0 {
                    dt { (frame.say("assets-warnings")) }
                    dd { a href="/my" { (frame.count("assets-open-warnings", item.open_warnings)) } }
                }
            }
            @if may_change && item.state != State::Retired {
                div .acts {
                    details id={ "change-" (form) } {
                        summary { (frame.say("assets-change")) }
                        div .drawer {
                            (frame.form(&format!("/my/assets/{}", item.id), html! {
                                (fields(frame, &form, registered))
                                button { (frame.say("assets-change-send")) }
                            }))
                        }
                    }
                    details id={ "retire-" (form) } {
                        summary { (frame.say("assets-retire")) }
                        div .drawer {
                            p { (frame.say("assets-retire-what")) }
                            (frame.button(&format!("/my/assets/{}/retire", item.id), &[], &frame.say("assets-retire-send")))
                        }
                    }
                }
            }
        }
    }
}

fn fields(frame: &Frame, form: &str, registered: &Registered) -> Markup {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let reach = [(Reach::Unknown, "unknown"), (Reach::Internal, "internal"), (Reach::Internet, "internet")];
    let care = [
        (CareImpact::None, "none"),
        (CareImpact::Hindered, "hindered"),
        (CareImpact::Endangered, "endangered"),
    ];
    let reach_options = reach.map(|(it, name)| (name.to_owned(), frame.term(it)));
    let care_options = care.map(|(_, name)| (name.to_owned(), frame.say(&format!("assets-care-{name}"))));
    let name_of_reach = reach.iter().find(|(it, _)| *it == registered.reach).map(|(_, name)| *name);
    let name_of_care = care.iter().find(|(it, _)| *it == registered.care_impact).map(|(_, name)| *name);
    html! {
        div .beside {
            (Field::new(form, "product", frame.say("assets-product")).value(&registered.product).required()
                .offering(OFFERED, "/my/products").hint(frame.say("assets-product-hint")))
            (Field::new(form, "vendor", frame.say("assets-vendor")).value(text(&registered.vendor))
                .hint(frame.say("assets-vendor-hint")))
            (Field::new(form, "version", frame.say("assets-version")).value(text(&registered.version))
                .hint(frame.say("assets-version-hint")))
            (Field::new(form, "host", frame.say("assets-host")).value(text(&registered.host))
                .hint(frame.say("assets-host-hint")))
            (Field::new(form, "address", frame.say("assets-address"))
                .value(registered.address.map(|it| it.to_string()).unwrap_or_default())
                .hint(frame.say("assets-address-hint")))
            (Field::new(form, "supplier", frame.say("assets-supplier")).value(text(&registered.supplier))
                .hint(frame.say("assets-supplier-hint")))
            (Field::new(form, "alias", frame.say("assets-alias")).value(text(&registered.alias))
                .hint(frame.say("assets-alias-hint")))
            (Field::new(form, "order_number", frame.say("assets-order-number")).value(text(&registered.order_number))
                .hint(frame.say("assets-order-number-hint")))
            (Field::new(form, "cpe", frame.say("assets-cpe")).value(text(&registered.cpe))
                .hint(frame.say("assets-cpe-hint")))
            (Field::new(form, "purl", frame.say("assets-purl")).value(text(&registered.purl))
                .hint(frame.say("assets-purl-hint")))
            (list(form, "reach", &frame.say("assets-reach"), &reach_options, name_of_reach))
            (list(form, "care_impact", &frame.say("assets-care"), &care_options, name_of_care))
        }
        p .hint { (frame.say("assets-no-patients")) }
    }
}

/// What an upload would change, to be confirmed or dropped.
pub fn difference_page(frame: &Frame, view: &Difference) -> Markup {
    let nothing = view.added.is_empty() && view.changed.is_empty() && view.removed.is_empty();
    let counts = [
        ("assets-added", view.added.len()),
        ("assets-changed", view.changed.len()),
        ("assets-removed", view.removed.len()),
        ("assets-same", view.same),
        ("assets-unread", view.unread.len()),
        ("assets-certain", view.certain),
        ("assets-likely", view.likely.len()),
        ("assets-unknown", view.unknown.len()),
    ];
    frame.document(
        &frame.say("assets-difference"),
        html! {
            h1 { (frame.say("assets-difference")) }
            p { (frame.say("assets-difference-what")) }
            @if view.is_part { p { (frame.say("assets-difference-part")) } }
            @if !view.is_valid { p .notice.heed { (frame.say("assets-difference-invalid")) } }
            (columns(frame, view))
            dl .figures {
                @for (key, n) in counts { div { dd { (n) } dt { (frame.say(key)) } } }
            }
            (side(frame, "assets-added", &view.added))
            @if !view.changed.is_empty() {
                section aria-labelledby="changed-head" {
                    h2 #changed-head { (frame.say("assets-changed")) }
                    ul {
                        @for (before, after) in &view.changed {
                            li { del { (line(before)) } " → " ins { (line(after)) } }
                        }
                    }
                }
            }
            (side(frame, "assets-removed", &view.removed))
            @if !view.unread.is_empty() {
                section aria-labelledby="unread-head" {
                    h2 #unread-head { (frame.say("assets-unread")) }
                    ul {
                        @for (number, why) in &view.unread {
                            li { (frame.say_with("assets-line", &[("number", &number.to_string())])) " " (wrong(frame, why)) }
                        }
                    }
                }
            }
            @if !view.unknown.is_empty() {
                section aria-labelledby="unknown-head" {
                    h2 #unknown-head { (frame.say("assets-unknown")) }
                    p { (frame.say("assets-unknown-what")) }
                    ul { @for name in view.unknown.iter().take(SHOWN) { li { (name) } } }
                }
            }
            @if nothing {
                p { (frame.say("assets-nothing-changes")) }
            } @else {
                (frame.form("/my/assets/import/confirm", html! {
                    input type="hidden" name="upload" value=(view.upload);
                    input type="hidden" name="columns" value=(view.chosen);
                    @if !view.likely.is_empty() {
                        fieldset {
                            legend { (frame.say("assets-likely")) }
                            p { (frame.say("assets-likely-what")) }
                            @for (row, written, product) in view.likely.iter().take(SHOWN) {
                                (tick("meant", &format!("meant_{row}"), &format!("{written} → {product}"), false))
                            }
                        }
                    }
                    button { (frame.say("assets-difference-take")) }
                }))
            }
            p { a .press href="/my/assets#upload" { (frame.say("assets-difference-drop")) } }
        },
    )
}

/// More than this nobody looks at one by one.
const SHOWN: usize = 200;

/// How the columns were read, with what stands in them, to be said better.
fn columns(frame: &Frame, view: &Difference) -> Markup {
    let Some(columns) = &view.columns else { return html! {} };
    let mut options = vec![("-".to_owned(), frame.say("column-none"))];
    options.extend(Column::ALL.map(|column| {
        let word = column.word();
        let shown = frame.say(&format!("column-{word}"));
        (word, shown)
    }));
    html! {
        details #columns open[view.certain + view.likely.len() + view.unknown.len() == 0] {
            summary { (frame.say("assets-columns")) }
            div .drawer {
                (frame.form("/my/assets/import/columns", html! {
                    input type="hidden" name="upload" value=(view.upload);
                    p { (frame.say("assets-columns-what")) }
                    ul .plain {
                        @for (place, header) in columns.header.iter().enumerate() {
                            @let meant = columns.meant.get(place).copied().flatten().map_or("-".to_owned(), Column::word);
                            @let label = if header.is_empty() { format!("{}", place + 1) } else { header.clone() };
                            li {
                                (list("columns", &format!("column_{place}"), &label, &options, Some(&meant)))
                                p .hint {
                                    @for sample in &columns.samples {
                                        @if let Some(cell) = sample.get(place).filter(|cell| !cell.is_empty()) { code { (cell) } " " }
                                    }
                                }
                            }
                        }
                    }
                    button { (frame.say("assets-columns-send")) }
                }))
            }
        }
    }
}

/// What is wrong with a line, so that whoever made the list can mend it.
fn wrong(frame: &Frame, what: &What) -> Markup {
    let about = |key: &str, text: &str| html! { (frame.say_with(key, &[("text", text)])) };
    match what {
        What::NoProduct(text) if text.is_empty() => html! { (frame.say("complaint-no-product-at-all")) },
        What::NoProduct(text) => about("complaint-no-product", text),
        What::NoHost(text) => about("complaint-no-host", text),
        What::NoAddress(text) => about("complaint-no-address", text),
        What::UnknownWord(text) => about("complaint-unknown-word", text),
        What::UnknownColumn(text) => about("complaint-unknown-column", text),
        What::TwiceFirst(text) => about("complaint-twice-first", text),
        What::TooLong(most) => about("complaint-too-long", &most.to_string()),
        What::Cells { .. } => html! { (frame.say("complaint-cells")) },
        What::Rule(text) => html! { (frame.say("complaint-rule")) " " span lang="en" { (text) } },
        // No list can be wrong in any other way; if one is, the words of its reader say how.
        other => html! { span lang="en" { (other) } },
    }
}

fn side(frame: &Frame, key: &str, items: &[Registered]) -> Markup {
    let id = format!("{key}-head");
    html! {
        @if !items.is_empty() {
            section aria-labelledby=(id) {
                h2 id=(id) { (frame.say(key)) }
                ul { @for item in items { li { (line(item)) } } }
            }
        }
    }
}

fn line(item: &Registered) -> String {
    item.place().map_or_else(|| item.name(), |place| format!("{} ({place})", item.name()))
}

impl Redact for View {
    /// Less than all of it is nothing: each line says what an attacker wants to know.
    fn cut(mut self, cut: &Cut) -> Self {
        if !cut.is_full() {
            self.assets.clear();
            self.upload = None;
        }
        self
    }
}

impl Redact for Difference {
    fn cut(self, cut: &Cut) -> Self {
        if cut.is_full() {
            return self;
        }
        let (added, changed, removed) = Default::default();
        let (likely, unknown, columns) = Default::default();
        Self { added, changed, removed, likely, unknown, columns, unread: Vec::new(), ..self }
    }
}

pub async fn show(house: House, may: May<ReadOwn>, (): (), (): ()) -> Result<Markup, WebError> {
    let view = load(&house, &may.who).await?;
    let file = clear(&house, &may.who, Part::Inventory, Tlp::Amber, view).await?;
    Ok(page(&may.frame_for(&house, Tlp::Amber), file.item().view()))
}

async fn load(house: &House, member: &Member) -> Result<View, StoreError> {
    let (of, now) = (member.actor.participant, house.now());
    let mut registered = assets::of_participant(&house.db, of, ASSETS_MAX).await?;
    registered.sort_by_key(|asset| (asset.name.product.to_lowercase(), asset.id));
    let mut open: BTreeMap<AssetId, usize> = BTreeMap::new();
    let asked = Asked { participant: Some(of), open: true, ..Asked::default() };
    for line in warnings::list(&house.db, &asked, 0, 100).await? {
        let found = warnings::of_participant(&house.db, line.id, of, now).await?;
        if let Some(warning) = found.filter(|warning| !warning.is_held_by_the_gate()) {
            for asset in warning.assets().into_keys() {
                *open.entry(asset).or_default() += 1;
            }
        }
    }
    let latest = uploads::latest(&house.db, of).await?.filter(|upload| upload.can_be_undone(now));
    Ok(View {
        upload: latest.filter(|_| member.is_admin()).map(|upload| Undoable {
            id: upload.id.0,
            counts: upload.counts,
            until: upload.taken_at + Upload::REGRET,
        }),
        confirmed_at: registered.iter().filter_map(|asset| asset.claimed_at).min(),
        assets: registered
            .into_iter()
            .map(|asset| Item {
                id: asset.id.0,
                state: asset.state(now),
                seen_at: asset.observed_at,
                open_warnings: open.get(&asset.id).copied().unwrap_or_default(),
                registered: Registered::of(&asset),
            })
            .collect(),
        may_change: member.is_admin(),
    })
}

impl Registered {
    pub(crate) fn of(asset: &Asset) -> Self {
        Self {
            alias: asset.alias.clone(),
            vendor: asset.name.vendor.clone(),
            product: asset.name.product.clone(),
            version: asset.version.as_ref().map(ToString::to_string),
            cpe: asset.cpe.clone(),
            purl: asset.purl.clone(),
            order_number: asset.order_number.clone(),
            host: asset.host.clone(),
            address: asset.address,
            supplier: asset.supplier.clone(),
            reach: asset.reach,
            care_impact: asset.care_impact,
        }
    }

    /// `before` with what was filled in; what the form does not ask stays as it was.
    fn into_asset(self, before: Asset, now: Timestamp) -> Asset {
        Asset {
            name: Name::new(self.vendor.as_deref().unwrap_or_default(), &self.product),
            version: self.version.map(|version| Version::new(&version)),
            cpe: self.cpe,
            purl: self.purl,
            order_number: self.order_number,
            host: self.host,
            address: self.address,
            supplier: self.supplier,
            reach: self.reach,
            care_impact: self.care_impact,
            alias: self.alias,
            claimed_at: Some(now),
            ..before
        }
    }
}

impl Form for Registered {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let address = fields.line("address")?;
        let address =
            address.map(|it| it.parse().map_err(|_| WebError::Refused("refused-address"))).transpose()?;
        let host = fields.line("host")?.map(|host| host.trim_end_matches('.').to_lowercase());
        if host
            .as_ref()
            .is_some_and(|host| host.contains(|it: char| it.is_whitespace() || "/:@".contains(it)))
        {
            return Err(WebError::Refused("refused-host"));
        }
        let cpe = fields.line("cpe")?;
        if cpe.as_ref().is_some_and(|written| Cpe::parse(written).is_none()) {
            return Err(WebError::Refused("refused-cpe"));
        }
        let purl = fields.line("purl")?.map(|written| Purl::read(&written).map(|it| it.to_string()));
        let purl = purl.transpose().map_err(|_| WebError::Refused("refused-purl"))?;
        Ok(Self {
            alias: fields.line("alias")?,
            vendor: fields.line("vendor")?,
            product: fields.needed_line("product")?,
            version: fields.line("version")?,
            cpe,
            purl,
            order_number: fields.line("order_number")?,
            host,
            address,
            supplier: fields.line("supplier")?,
            reach: fields.word("reach", |word| match word {
                "unknown" => Some(Reach::Unknown),
                "internal" => Some(Reach::Internal),
                "internet" => Some(Reach::Internet),
                _ => None,
            })?,
            care_impact: fields.word("care_impact", |word| match word {
                "none" => Some(CareImpact::None),
                "hindered" => Some(CareImpact::Hindered),
                "endangered" => Some(CareImpact::Endangered),
                _ => None,
            })?,
        })
    }
}

/// `POST /my/assets`.
pub async fn create(house: House, may: May<EditOwn>, (): (), new: Registered) -> Result<Onward, WebError> {
    let actor = may.who.actor;
    let blank = Asset::new(house.id(), actor.participant, Name::new("", ""));
    catalogue::register(&house, actor, &[new.into_asset(blank, house.now())]).await?;
    Ok(Onward::saying("/my/assets", "asset-added"))
}

/// `POST /my/assets/{id}`.
pub async fn change(
    house: House,
    may: May<EditOwn>,
    id: AssetId,
    new: Registered,
) -> Result<Onward, WebError> {
    let actor = may.who.actor;
    let before = assets::of_id(&house.db, id, actor.participant).await?;
    let before = before.filter(|asset| asset.retired_at.is_none()).ok_or(WebError::NotFound)?;
    catalogue::register(&house, actor, &[new.into_asset(before, house.now())]).await?;
    Ok(Onward::saying("/my/assets", "asset-changed"))
}

/// `POST /my/assets/{id}/retire`.
pub async fn retire(house: House, may: May<EditOwn>, id: AssetId, (): ()) -> Result<Onward, WebError> {
    match catalogue::retire(&house, may.who.actor.participant, id).await? {
        true => Ok(Onward::saying("/my/assets", "asset-retired")),
        false => Err(WebError::NotFound),
    }
}

/// `POST /my/assets/confirm`: all of it is still right.
pub async fn confirm(house: House, may: May<EditOwn>, (): (), (): ()) -> Result<Onward, WebError> {
    catalogue::confirm(&house, may.who.actor).await?;
    Ok(Onward::saying("/my/assets", "assets-confirmed"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::check;

    fn gateway() -> Registered {
        Registered {
            alias: Some("VPN-poort noord".into()),
            vendor: Some("Citrix".into()),
            product: "NetScaler".into(),
            version: Some("12.1-55.18".into()),
            cpe: Some("cpe:2.3:o:citrix:netscaler_firmware:12.1:*:*:*:*:*:*:*".into()),
            purl: None,
            order_number: Some("MPX-8005".into()),
            host: Some("vpn.noordzorg.example".into()),
            address: Some("192.0.2.17".parse().unwrap()),
            supplier: Some("Terp Beheer".into()),
            reach: Reach::Internet,
            care_impact: CareImpact::Hindered,
        }
    }

    fn sample() -> View {
        let item = |number, state, registered| Item {
            id: Uuid::from_u128(number),
            state,
            seen_at: Some("2020-01-16T08:12:00Z".parse().unwrap()),
            open_warnings: usize::from(number == 1),
            registered,
        };
        let mail = Registered {
            product: "Exchange".into(),
            host: Some("mail.noordzorg.example".into()),
            ..Registered::default()
        };
        View {
            assets: vec![
                item(1, State::Confirmed, gateway()),
                item(2, State::Stale, mail.clone()),
                item(3, State::Retired, mail),
            ],
            confirmed_at: None,
            may_change: true,
            upload: Some(Undoable {
                id: Uuid::from_u128(9),
                counts: Counts { added: 12, removed: 3, changed: 5 },
                until: "2020-01-17T08:12:00Z".parse().unwrap(),
            }),
        }
    }

    #[test]
    fn what_a_participant_uses_is_shown_and_can_be_changed() {
        check("my-assets", "/my/assets", |frame| page(frame, &sample()));
        let empty = View { assets: vec![], ..sample() };
        check("my-assets-empty", "/my/assets", |frame| page(frame, &empty));
        check("my-assets-reader", "/my/assets", |frame| page(frame, &View { may_change: false, ..sample() }));
    }

    #[test]
    fn an_uploaded_list_shows_its_difference_before_it_counts() {
        let newer = Registered { version: Some("13.0-47.24".into()), ..gateway() };
        let difference = Difference {
            upload: "5".into(),
            columns: Some(Columns {
                header: vec!["kleur".into(), "soort".into()],
                meant: vec![None, Some(Column::Product)],
                samples: vec![vec!["rood".into(), "FortiGate".into()], vec![String::new(), "ADC".into()]],
            }),
            chosen: "-,product".into(),
            is_part: true,
            is_valid: false,
            certain: 4,
            unknown: vec!["Poort 3".into()],
            likely: vec![(2, "ADC".into(), "Citrix ADC".into())],
            added: vec![Registered { product: "FortiGate".into(), ..Registered::default() }],
            changed: vec![(gateway(), newer)],
            removed: vec![gateway()],
            same: 3,
            unread: vec![
                (7, What::Cells { expected: 7, found: 3 }),
                (8, What::NoProduct(String::new())),
                (9, What::NoProduct("???".into())),
                (10, What::NoHost("vpn noord".into())),
                (11, What::NoAddress("192.0.2".into())),
                (12, What::UnknownWord("cpe:/".into())),
                (13, What::TooLong(300)),
                (1, What::UnknownColumn("kleur".into())),
                (1, What::TwiceFirst("product".into())),
                (1, What::Rule("a component has a name".into())),
            ],
        };
        check("my-assets-difference", "/my/assets/import", |frame| difference_page(frame, &difference));
        let nothing =
            Difference { added: vec![], changed: vec![], removed: vec![], unread: vec![], ..difference };
        check("my-assets-same", "/my/assets/import", |frame| difference_page(frame, &nothing));
    }
}
