//! `GET /my/suppliers`: who may see and change, for this participant, what it runs there; and
//! `GET /my/clients`, the same from the other side.
//!
//! A supplier is named by a code that it shows itself, so that nobody learns here who takes part.

use disclosure::{Cut, Redact};
use domain::asset::Asset;
use domain::ids::{AdvisoryId, AssetId, MandateId, MeasureId, ParticipantId};
use domain::mandate::Mandate;
use domain::product::Name;
use domain::text::Text;
use domain::tlp::Tlp;
use domain::version::Version;
use domain::warning::Stage;
use flow::house::House;
use flow::mandates::{self as granted, NotGiven};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use maud::{Markup, html};
use store::{StoreError, advisories, mandates, participants};
use uuid::Uuid;

use crate::WebError;
use crate::fields::{Field, list};
use crate::form::{Fields, Form};
use crate::may::{AnswerOwn, EditOwn, May, Member, Onward, ReadOwn};
use crate::own_file::{Part, clear, clear_by_mandate};
use crate::page::Frame;
use crate::terms::{Tone, address_in_parts, status};
use crate::wall_time::local_field;

#[derive(Debug, Clone)]
pub struct View {
    /// What others name this participant by.
    pub code: String,
    /// The newest first.
    pub given: Vec<Item>,
    pub may_change: bool,
}

#[derive(Debug, Clone)]
pub struct Item {
    pub id: Uuid,
    /// Of the other side.
    pub name: String,
    pub called: String,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub standing: Standing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Coming,
    Running,
    Ended,
}

impl Standing {
    fn of(mandate: &Mandate, now: Timestamp) -> Self {
        match mandate.holds(now) {
            true => Self::Running,
            false if mandate.ended_at.is_none() && now < mandate.starts_at => Self::Coming,
            false => Self::Ended,
        }
    }

    fn show(self, frame: &Frame) -> Markup {
        match self {
            Self::Coming => status(Tone::Quiet, &frame.say("suppliers-coming")),
            Self::Running => status(Tone::Good, &frame.say("suppliers-running")),
            Self::Ended => status(Tone::Quiet, &frame.say("suppliers-ended")),
        }
    }
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("suppliers-title"),
        html! {
            h1 { (frame.say("suppliers-title")) }
            p { (frame.say("suppliers-what")) }
            section aria-labelledby="list-head" {
                h2 #list-head { (frame.say("suppliers-list")) }
                @if view.given.is_empty() { p .notice { (frame.say("suppliers-none")) } }
                ul .cards.plain {
                    @for item in &view.given {
                        li .card id={ "mandate-" (item.id) } {
                            h3 { (item.name) }
                            (days(frame, item))
                            @if view.may_change && item.standing != Standing::Ended { (ending(frame, item)) }
                        }
                    }
                }
            }
            @if view.may_change {
                section aria-labelledby="add-head" {
                    h2 #add-head { (frame.say("suppliers-add")) }
                    (frame.form("/my/suppliers", html! {
                        div .beside {
                            (Field::new("new", "code", frame.say("suppliers-code")).hint(frame.say("suppliers-code-hint")).required())
                            (Field::new("new", "called", frame.say("suppliers-called")).hint(frame.say("suppliers-called-hint")).required())
                            (Field::new("new", "starts_on", frame.say("suppliers-starts")).kind("date"))
                            (Field::new("new", "ends_on", frame.say("suppliers-ends")).kind("date").hint(frame.say("suppliers-ends-hint")).required())
                        }
                        button { (frame.say("suppliers-add-send")) }
                    }))
                }
            }
            section aria-labelledby="own-head" {
                h2 #own-head { (frame.say("suppliers-own-code")) }
                p { (frame.say("suppliers-own-code-what")) }
                p { code { (address_in_parts(&view.code)) } }
                p { a href="/my/clients" { (frame.say("suppliers-to-clients")) } }
            }
        },
    )
}

pub(crate) fn days(frame: &Frame, item: &Item) -> Markup {
    html! {
        dl .pairs.small {
            dt { (frame.say("suppliers-standing")) }
            dd { (item.standing.show(frame)) }
            dt { (frame.say("suppliers-called")) }
            dd { (item.called) }
            dt { (frame.say("suppliers-days")) }
            dd { (frame.day(item.starts_at)) " – " (frame.day(item.ends_at)) }
        }
    }
}

fn ending(frame: &Frame, item: &Item) -> Markup {
    html! {
        div .acts {
            details id={ "end-" (item.id.simple()) } {
                summary { (frame.say("suppliers-end")) }
                div .drawer {
                    p { (frame.say("suppliers-end-what")) }
                    (frame.button("/my/suppliers/end", &[("mandate", &item.id.to_string())], &frame.say("suppliers-end-send")))
                }
            }
        }
    }
}

/// What a supplier runs for others.
#[derive(Debug, Clone)]
pub struct Clients {
    pub clients: Vec<Client>,
    /// What asks for an answer there, by advisory.
    pub asked: Vec<Asked>,
    pub may_change: bool,
}

/// An advisory that concerns systems which this supplier runs, at so many clients at once.
#[derive(Debug, Clone)]
pub struct Asked {
    pub advisory: Uuid,
    pub number: String,
    /// What can be said to be done: id and title. Blank titles where the gate keeps them back.
    pub measures: Vec<(Uuid, Text)>,
    /// Name of the client, and where the worst of these systems stands.
    pub at: Vec<(String, Stage)>,
}

impl Redact for Asked {
    fn cut(mut self, cut: &Cut) -> Self {
        if !cut.is_full() {
            self.at.clear();
            self.measures.clear();
        }
        self
    }
}

#[derive(Debug, Clone)]
pub struct Client {
    pub mandate: Item,
    pub assets: Vec<Run>,
}

/// A system of a client, as its supplier sees it.
#[derive(Debug, Clone)]
pub struct Run {
    pub id: Uuid,
    pub name: Name,
    pub version: Option<String>,
    pub host: Option<String>,
}

pub fn clients_page(frame: &Frame, view: &Clients) -> Markup {
    frame.document(
        &frame.say("clients-title"),
        html! {
            h1 { (frame.say("clients-title")) }
            p { (frame.say("clients-what")) }
            @if view.clients.is_empty() { p .notice { (frame.say("clients-none")) } }
            @for asked in &view.asked { (ask(frame, asked, view.may_change)) }
            @for client in &view.clients {
                section aria-labelledby={ "client-" (client.mandate.id.simple()) } {
                    h2 id={ "client-" (client.mandate.id.simple()) } { (client.mandate.name) }
                    (days(frame, &client.mandate))
                    @if view.may_change && client.mandate.standing != Standing::Ended { (ending(frame, &client.mandate)) }
                    @if client.assets.is_empty() { p .soft { (frame.say("clients-no-assets")) } }
                    ul .cards.tiles.plain {
                        @for asset in &client.assets {
                            li .card {
                                h3 { (asset.name.to_string()) @if let Some(version) = &asset.version { " " (version) } }
                                @if let Some(host) = &asset.host { p { code { (address_in_parts(host)) } } }
                                @if view.may_change { (change_form(frame, client, asset)) }
                            }
                        }
                    }
                }
            }
        },
    )
}

/// One answer for all clients at once: it counts there as said by the supplier.
fn ask(frame: &Frame, asked: &Asked, may_answer: bool) -> Markup {
    let form = asked.advisory.simple().to_string();
    let language = frame.words.language();
    let measures: Vec<(String, String)> = asked
        .measures
        .iter()
        .map(|(id, title)| (id.to_string(), title.for_reader(language).to_owned()))
        .collect();
    let head = format!("asked-{form}");
    html! {
        section .notice.heed aria-labelledby=(head) {
            h2 id=(head) { (frame.say_with("warning-page-title", &[("number", &asked.number)])) }
            p { (frame.count("clients-asked", asked.at.len())) }
            ul { @for (name, stage) in &asked.at { li { (name) " " (frame.stage(*stage)) } } }
            @if may_answer && !measures.is_empty() {
                (frame.form("/my/clients/claims", html! {
                    input type="hidden" name="advisory" value=(asked.advisory);
                    (list(&form, "measure", &frame.say("answer-which"), &measures, None))
                    (Field::new(&form, "executed_at", frame.say("answer-when")).kind("datetime-local")
                        .value(local_field(frame.now)).hint(frame.say("answer-when-hint")))
                    button { (frame.count("clients-claim", asked.at.len())) }
                }))
            }
        }
    }
}

fn change_form(frame: &Frame, client: &Client, asset: &Run) -> Markup {
    let form = asset.id.simple().to_string();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    html! {
        details id={ "change-" (form) } {
            summary { (frame.say("assets-change")) }
            div .drawer {
                (frame.form("/my/clients/assets", html! {
                    input type="hidden" name="mandate" value=(client.mandate.id);
                    input type="hidden" name="asset" value=(asset.id);
                    (Field::new(&form, "product", frame.say("assets-product")).value(&asset.name.product).required())
                    (Field::new(&form, "vendor", frame.say("assets-vendor")).value(text(&asset.name.vendor)))
                    (Field::new(&form, "version", frame.say("assets-version")).value(text(&asset.version)))
                    button { (frame.say("assets-change-send")) }
                }))
            }
        }
    }
}

impl Redact for View {
    fn cut(mut self, cut: &Cut) -> Self {
        if !cut.is_full() {
            self.given.clear();
        }
        self
    }
}

impl Redact for Client {
    /// Less than all of it is nothing: each line says what an attacker wants to know.
    fn cut(mut self, cut: &Cut) -> Self {
        if !cut.is_full() {
            self.assets.clear();
        }
        self
    }
}

pub(crate) async fn item(house: &House, mandate: &Mandate, other: ParticipantId) -> Result<Item, StoreError> {
    let name = participants::of_id(&house.db, other).await?.map(|it| it.name).unwrap_or_default();
    Ok(Item {
        id: mandate.id.0,
        name,
        called: mandate.called.clone(),
        starts_at: mandate.starts_at,
        ends_at: mandate.ended_at.unwrap_or(mandate.ends_at),
        standing: Standing::of(mandate, house.now()),
    })
}

pub async fn show(house: House, may: May<ReadOwn>, (): (), (): ()) -> Result<Markup, WebError> {
    let of = may.who.actor.participant;
    let mut given = Vec::new();
    for mandate in mandates::given_by(&house.db, of).await? {
        given.push(item(&house, &mandate, mandate.supplier).await?);
    }
    let view = View { code: of.0.simple().to_string(), given, may_change: may.who.is_admin() };
    let file = clear(&house, &may.who, Part::Inventory, Tlp::Amber, view).await?;
    Ok(page(&may.frame_for(&house, Tlp::Amber), file.item().view()))
}

/// What a supplier reads under a mandate it reads in the place of the participant that gave it: the gate is
/// asked whether that participant may.
pub async fn clients(house: House, may: May<ReadOwn>, (): (), (): ()) -> Result<Markup, WebError> {
    let actor = may.who.actor;
    let mut clients = Vec::new();
    for mandate in mandates::given_to(&house.db, actor.participant).await? {
        let Some(under) = granted::assets_under(&house, actor, mandate.id).await? else { continue };
        let run = |asset: &Asset| Run {
            id: asset.id.0,
            name: asset.name.clone(),
            version: asset.version.as_ref().map(ToString::to_string),
            host: asset.host.clone(),
        };
        let client = Client {
            mandate: item(&house, &mandate, mandate.participant).await?,
            assets: under.iter().map(run).collect(),
        };
        let (of, part) = (mandate.participant, Part::Inventory);
        let file = clear_by_mandate(&house, &may.who, of, part, Tlp::Amber, client).await?;
        clients.push(file.item().view().clone());
    }
    let asked = asked(&house, &may.who).await?;
    let view = Clients { clients, asked, may_change: may.who.is_admin() };
    Ok(clients_page(&may.frame_for(&house, Tlp::Amber), &view))
}

/// What asks for an answer at clients. The gate is asked for each of them whether this supplier may know.
async fn asked(house: &House, member: &Member) -> Result<Vec<Asked>, WebError> {
    let mut all: Vec<Asked> = Vec::new();
    for one in granted::warnings_at_clients(house, member.actor).await? {
        let of = one.mandate.participant;
        let Some(on_desk) = advisories::of_id(&house.db, one.advisory).await? else { continue };
        let Some(revision) = on_desk.advisory.current() else { continue };
        let content = &revision.content;
        let claimable = content.measures.iter().filter(|it| it.reliability.may_be_claimed());
        let name = participants::of_id(&house.db, of).await?.map(|it| it.name).unwrap_or_default();
        let asked = Asked {
            advisory: one.advisory.0,
            number: on_desk.advisory.number.clone(),
            measures: claimable.map(|it| (it.id.0, it.title.clone())).collect(),
            at: vec![(name, one.stage)],
        };
        let tlp = content.tlp.unwrap_or(Tlp::Amber).max(Tlp::Amber);
        let Ok(file) = clear_by_mandate(house, member, of, Part::Inventory, tlp, asked).await else {
            continue;
        };
        let asked = file.item().view().clone();
        match all.last_mut().filter(|last| last.advisory == asked.advisory) {
            Some(last) => last.at.extend(asked.at),
            None => all.push(asked),
        }
    }
    all.retain(|asked| !asked.at.is_empty());
    Ok(all)
}

/// A supplier's answer for all its clients.
pub struct ClaimForAll {
    advisory: AdvisoryId,
    measure: MeasureId,
    executed_at: Option<DateTime>,
}

impl Form for ClaimForAll {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self {
            advisory: fields.id("advisory")?.ok_or(WebError::Refused("refused-form"))?,
            measure: fields.measure()?,
            executed_at: fields.local("executed_at")?,
        })
    }
}

/// `POST /my/clients/claims`: said once, and taken for every client that it concerns.
pub async fn claim(house: House, may: May<AnswerOwn>, (): (), said: ClaimForAll) -> Result<Onward, WebError> {
    let at = said.executed_at.and_then(|local| house.instant(local));
    match granted::claim_for_clients(&house, may.who.actor, said.advisory, said.measure, at).await? {
        0 => Err(WebError::NotFound),
        _ => Ok(Onward::saying("/my/clients", "claimed-for-clients")),
    }
}

pub struct Given {
    supplier: ParticipantId,
    called: String,
    starts_on: Option<Date>,
    ends_on: Date,
}

impl Form for Given {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let code = fields.needed_line("code")?;
        let supplier = Uuid::try_parse(&code).map_err(|_| WebError::Refused("refused-no-supplier"))?;
        Ok(Self {
            supplier: ParticipantId(supplier),
            called: fields.needed_line("called")?,
            starts_on: fields.date("starts_on")?,
            ends_on: fields.date("ends_on")?.ok_or(WebError::Refused("refused-blank"))?,
        })
    }
}

/// `POST /my/suppliers`.
pub async fn give(house: House, may: May<EditOwn>, (): (), given: Given) -> Result<Onward, WebError> {
    let at = |day: Date| house.instant(day.to_datetime(jiff::civil::Time::midnight()));
    let refused = || WebError::Refused("refused-mandate-days");
    let starts_at = given.starts_on.map_or(Some(house.now()), at).ok_or_else(refused)?;
    // The last day counts whole.
    let ends_at = given.ends_on.tomorrow().ok().and_then(at).ok_or_else(refused)?;
    granted::give(&house, may.who.actor, given.supplier, &given.called, starts_at, ends_at).await?;
    Ok(Onward::saying("/my/suppliers", "mandate-given"))
}

pub struct Ended {
    mandate: MandateId,
}

impl Form for Ended {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { mandate: fields.id("mandate")?.ok_or(WebError::Refused("refused-form"))? })
    }
}

/// `POST /my/suppliers/end`: by either side.
pub async fn end(house: House, may: May<EditOwn>, (): (), ended: Ended) -> Result<Onward, WebError> {
    match granted::end(&house, may.who.actor, ended.mandate).await? {
        true => Ok(Onward::saying("/my/suppliers", "mandate-ended")),
        false => Err(WebError::NotFound),
    }
}

pub struct Changed {
    mandate: MandateId,
    asset: AssetId,
    name: Name,
    version: Option<Version>,
}

impl Form for Changed {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let missing = || WebError::Refused("refused-form");
        let vendor = fields.line("vendor")?.unwrap_or_default();
        Ok(Self {
            mandate: fields.id("mandate")?.ok_or_else(missing)?,
            asset: fields.id("asset")?.ok_or_else(missing)?,
            name: Name::new(&vendor, &fields.needed_line("product")?),
            version: fields.line("version")?.map(|it| Version::new(&it)).filter(Version::is_known),
        })
    }
}

/// `POST /my/clients/assets`.
pub async fn change(house: House, may: May<EditOwn>, (): (), new: Changed) -> Result<Onward, WebError> {
    let change = |asset: Asset| Asset { name: new.name, version: new.version, ..asset };
    match granted::change(&house, may.who.actor, new.mandate, new.asset, change).await? {
        true => Ok(Onward::saying("/my/clients", "asset-changed")),
        false => Err(WebError::NotFound),
    }
}

impl From<NotGiven> for WebError {
    fn from(error: NotGiven) -> Self {
        match error {
            NotGiven::NoSuchSupplier => Self::Refused("refused-no-supplier"),
            NotGiven::Days => Self::Refused("refused-mandate-days"),
            NotGiven::Store(cause) => cause.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::check;

    fn sample(number: u128, standing: Standing) -> Item {
        Item {
            id: Uuid::from_u128(number),
            name: "Terp".into(),
            called: "Terp B.V.".into(),
            starts_at: "2020-01-01T00:00:00Z".parse().unwrap(),
            ends_at: "2020-12-31T00:00:00Z".parse().unwrap(),
            standing,
        }
    }

    #[test]
    fn both_sides_see_their_mandates_with_their_days() {
        let given = [Standing::Coming, Standing::Running, Standing::Ended];
        let given = (1..).zip(given).map(|(number, standing)| sample(number, standing)).collect();
        let view = View { code: "0a".repeat(16), given, may_change: true };
        check("my-suppliers", "/my/suppliers", |frame| page(frame, &view));
        let none = View { given: vec![], may_change: false, ..view };
        check("my-suppliers-none", "/my/suppliers", |frame| page(frame, &none));
        let run = Run {
            id: Uuid::from_u128(9),
            name: Name::new("Citrix", "NetScaler"),
            version: Some("12.1".into()),
            host: Some("vpn.noordzorg.example".into()),
        };
        let client = Client { mandate: sample(7, Standing::Running), assets: vec![run] };
        let empty = Client { mandate: sample(8, Standing::Running), assets: vec![] };
        let asked = Asked {
            advisory: Uuid::from_u128(9),
            number: "2020-0042".into(),
            measures: vec![(Uuid::from_u128(6), Text::both("Responder-regel", "Responder policy"))],
            at: vec![("Noordzorg".into(), Stage::Notified), ("Zuidzorg".into(), Stage::Reopened)],
        };
        let view = Clients { clients: vec![client, empty], asked: vec![asked], may_change: true };
        check("my-clients", "/my/clients", |frame| clients_page(frame, &view));
        let none = Clients { clients: vec![], asked: vec![], may_change: true };
        check("my-clients-none", "/my/clients", |frame| clients_page(frame, &none));
    }
}
