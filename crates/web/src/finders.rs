//! `GET /finders/{code}`: the page of a finder. It has no account: whoever has the address has the page, as
//! with a receipt that one keeps. What it handed in, what could be read, numbers afterwards, and what it is
//! asked to look at again; never whose anything is.
//!
//! Lists come in here up to 1 MiB, packed or not; a larger one an officer hands in for them, so that nobody
//! without an account takes the places of those who work.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use domain::finder::{Counts, Finder, Set};
use domain::ids::SetId;
use domain::observation::Method;
use domain::rescan::{State, Touch};
use domain::tlp::Pap;
use domain::warning::Channel;
use flow::disclose;
use flow::finders::{self as stage, Handed, NotTaken, Progress, Receipt};
use flow::follow_up::rescan;
use flow::house::House;
use flow::signing;
use jiff::Timestamp;
use maud::{Markup, html};
use store::finders;
use uuid::Uuid;

use crate::WebError;
use crate::fields::{Field, list};
use crate::form::{Fields, Form};
use crate::looks::{Turn, Turning, decline};
use crate::may::{Anybody, May, Onward};
use crate::page::Frame;
use crate::path::FinderCode;
use crate::terms::{Tone, address_in_parts, status};

#[derive(Debug, Clone)]
pub struct View {
    /// The address of this page.
    pub here: String,
    pub name: String,
    /// Where this node answers, and who signs there.
    pub node: String,
    pub signer: String,
    /// The newest first.
    pub sets: Vec<SetView>,
    pub asked: Vec<Look>,
}

/// A list as its finder may see it, which is also what an officer needs.
#[derive(Debug, Clone)]
pub struct SetView {
    pub id: Uuid,
    pub reference: String,
    pub name: String,
    pub digest: String,
    pub at: Timestamp,
    pub rows: u64,
    pub accepted: u64,
    /// By the word of the reason.
    pub rejected: BTreeMap<String, u64>,
    pub is_parked: bool,
    /// What was told, the first day first.
    pub counts: Vec<(u16, Counts)>,
}

/// Where a finder is asked to look again.
#[derive(Debug, Clone)]
pub struct Look {
    pub id: Uuid,
    pub reference: String,
    pub place: String,
    pub finding: String,
    pub touch: Touch,
    pub methods: BTreeSet<Method>,
    pub pap: Pap,
    pub due_at: Timestamp,
    pub state: State,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("finders-own-title"),
        html! {
            h1 { (view.name) }
            p { (frame.say("finders-own-what")) }
            @if !view.asked.is_empty() {
                section aria-labelledby="asked-head" {
                    h2 #asked-head { (frame.say("finders-asked")) }
                    ul .cards.plain { @for look in &view.asked { (asked(frame, look, &view.here)) } }
                }
            }
            section aria-labelledby="hand-in-head" {
                h2 #hand-in-head { (frame.say("finders-hand-in")) }
                p { (frame.say("finders-own-size")) }
                (hand_in_form(frame, &format!("{}/sets", view.here)))
            }
            section aria-labelledby="sets-head" {
                h2 #sets-head { (frame.say("finders-sets")) }
                @if view.sets.is_empty() { p .notice { (frame.say("finders-no-sets")) } }
                @for set in &view.sets {
                    (set_card(frame, set, html! {
                        p {
                            a href={ (view.here) "/receipt?part=text&set=" (set.id) } { (frame.say("finders-receipt")) } " · "
                            a href={ (view.here) "/receipt?part=signature&set=" (set.id) } { (frame.say("finders-signature")) } " · "
                            a href={ (view.here) "/receipt?set=" (set.id) } { (frame.say("finders-proof-of")) }
                        }
                    }))
                }
                @if !view.sets.is_empty() {
                    p .small.soft { (frame.say("finders-receipt-what")) }
                    details #check {
                        summary { (frame.say("finders-check")) }
                        p { (frame.say("finders-check-what")) }
                        pre .wrap { code {
                            "curl -O " (view.node) "/.well-known/dijkwacht-signers\n"
                            "ssh-keygen -Y verify -f dijkwacht-signers -I " (view.signer) " -n " (signing::RECEIPT)
                            " -s receipt.json.sig < receipt.json"
                        } }
                    }
                }
            }
        },
    )
}

pub(crate) fn hand_in_form(frame: &Frame, action: &str) -> Markup {
    let methods =
        [Method::SafeCheck, Method::Version, Method::Banner, Method::MitigationAbsent, Method::Traffic];
    let methods: Vec<_> = methods.iter().map(|it| (it.word().to_owned(), frame.term(*it))).collect();
    frame.upload(
        action,
        html! {
            (Field::new("set", "file", frame.say("finders-file")).kind("file").required()
                .hint(frame.say("finders-file-hint")).accept(".csv,.json,.jsonl,.xml,.gz,.zst,.zip"))
            (list("set", "method", &frame.say("finders-method"), &methods, None))
            (Field::new("set", "proof", frame.say("finders-proof")).kind("textarea").required()
                .hint(frame.say("finders-proof-hint")))
            button { (frame.say("finders-hand-in-send")) }
        },
    )
}

/// A list with its receipt and its numbers; `more` stands below.
pub(crate) fn set_card(frame: &Frame, set: &SetView, more: Markup) -> Markup {
    let number = |count: u64| match count {
        0 => frame.say("counts-few"),
        some => frame.say_with("counts-about", &[("count", &some.to_string())]),
    };
    html! {
        div .card id={ "set-" (set.id) } {
            h3 { (set.name) }
            @if set.is_parked { p { (status(Tone::Alarm, &frame.say("finders-parked"))) } }
            dl .pairs.small {
                dt { (frame.say("finders-reference")) }
                dd { code { (set.reference) } }
                dt { (frame.say("finders-got")) }
                dd { (frame.time(set.at)) }
                dt { "SHA-256" }
                dd { code { (address_in_parts(&set.digest)) } }
                dt { (frame.say("finders-rows")) }
                dd { (frame.say_with("finders-rows-read", &[("rows", &set.rows.to_string()), ("accepted", &set.accepted.to_string())])) }
                @for (why, count) in &set.rejected {
                    dt { (frame.say("finders-rejected")) }
                    dd { (count) ": " (frame.say(&format!("reject-{why}"))) }
                }
            }
            @for (day, told) in &set.counts {
                h4 { (frame.say_with("finders-day", &[("day", &day.to_string())])) }
                dl .pairs.small {
                    dt { (frame.say("finders-known")) } dd { (number(told.known)) }
                    dt { (frame.say("finders-told")) } dd { (number(told.told)) }
                    dt { (frame.say("finders-closed")) } dd { (number(told.closed)) }
                    dt { (frame.say("finders-not-allowed")) } dd { (number(told.not_allowed)) }
                }
            }
            @if set.counts.is_empty() && !set.is_parked { p .soft { (frame.say("finders-not-counted")) } }
            (more)
        }
    }
}

fn asked(frame: &Frame, look: &Look, here: &str) -> Markup {
    let action = format!("{here}/rescans");
    let (form, id) = (look.id.simple().to_string(), look.id.to_string());
    html! {
        li .card id={ "look-" (look.id) } {
            h3 { (address_in_parts(&look.place)) }
            dl .pairs.small {
                dt { (frame.say("finders-reference")) } dd { code { (look.reference) } }
                dt { (frame.say("finders-look-for")) } dd { (look.finding) }
                dt { (frame.say("looks-far")) } dd { (frame.term(look.touch)) ", PAP:" (look.pap.word()) }
                @if !look.methods.is_empty() {
                    dt { (frame.say("finders-proving")) }
                    dd { @for (place, it) in look.methods.iter().enumerate() { @if place > 0 { "; " } (frame.term(*it)) } }
                }
                dt { (frame.say("looks-due")) } dd { (frame.time(look.due_at)) }
            }
            div .acts {
                @if look.state == State::Asked {
                    (frame.button(&action, &[("rescan", &id), ("turn", "accept")], &frame.say("looks-accept")))
                }
                (decline(frame, &action, &form, &id, &frame.say("looks-decline")))
            }
        }
    }
}

/// What a finder may see of its lists. A list of which the gate lets nothing out is not shown.
pub(crate) async fn sets_of(house: &House, finder: &Finder) -> Result<Vec<SetView>, WebError> {
    let mut shown = Vec::new();
    for set in finders::sets_of(&house.db, finder.id).await? {
        let receipt = Receipt::of(&set, finder, &house.team);
        let Ok(receipt) = disclose::to_finder(house, receipt, &finder.name, Channel::Platform) else {
            continue;
        };
        let mut counts = Vec::new();
        for counted in finders::counts_of(&house.db, set.id).await? {
            let progress = Progress {
                reference: stage::reference(&set),
                name: set.name.clone(),
                day: counted.day,
                told: counted.told.told,
                team: (*house.team).clone(),
            };
            let cleared = disclose::to_finder(house, progress, &finder.name, Channel::Platform);
            counts.extend(cleared.ok().map(|it| (it.item().day, it.item().told)));
        }
        shown.push(view_of(&set, receipt.item(), counts));
    }
    Ok(shown)
}

fn view_of(set: &Set, receipt: &Receipt, counts: Vec<(u16, Counts)>) -> SetView {
    SetView {
        id: set.id.0,
        reference: receipt.reference.clone(),
        name: receipt.name.clone(),
        digest: receipt.digest.clone(),
        at: receipt.at,
        rows: receipt.rows,
        accepted: receipt.accepted,
        rejected: receipt.rejected.clone(),
        is_parked: receipt.is_parked,
        counts,
    }
}

async fn finder(house: &House, code: &FinderCode) -> Result<Finder, WebError> {
    stage::of_code(house, &code.0).await?.ok_or(WebError::NotFound)
}

fn here(code: &FinderCode) -> String {
    format!("/finders/{}", code.0)
}

pub async fn show(house: House, may: May<Anybody>, code: FinderCode, (): ()) -> Result<Markup, WebError> {
    let finder = finder(&house, &code).await?;
    let asked = rescan::asked_of(&house, &finder).await?.into_iter().map(|(rescan, request)| Look {
        id: rescan.id.0,
        reference: request.item().reference.clone(),
        place: request.item().place.clone(),
        finding: request.item().finding.clone(),
        touch: request.item().touch,
        methods: request.item().methods.clone(),
        pap: request.item().pap,
        due_at: request.item().due_at,
        state: rescan.state(house.now()),
    });
    let view = View {
        here: here(&code),
        name: finder.name.clone(),
        node: house.team.address.clone(),
        signer: signing::signer(&house),
        asked: asked.collect(),
        sets: sets_of(&house, &finder).await?,
    };
    Ok(page(&may.frame(&house), &view))
}

pub struct Brought {
    pub handed: Handed,
}

impl Form for Brought {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let file = fields.file().ok_or(WebError::Refused("refused-no-file"))?;
        let handed = Handed {
            name: file.name.clone(),
            bytes: file.bytes.to_vec(),
            method: fields.word("method", Method::of_word)?,
            proof: fields.needed("proof")?,
        };
        Ok(Self { handed })
    }
}

pub async fn hand_in(
    house: House,
    _: May<Anybody>,
    code: FinderCode,
    brought: Brought,
) -> Result<Onward, WebError> {
    let finder = finder(&house, &code).await?;
    let (set, is_new) = stage::hand_in(&house, finder.id, None, brought.handed).await?;
    Ok(said(&here(&code), &set, is_new))
}

pub(crate) fn said(back: &str, set: &Set, is_new: bool) -> Onward {
    let done = match (is_new, set.taken_at) {
        (false, _) => "set-known",
        (true, None) => "set-parked",
        (true, Some(_)) => "set-taken",
    };
    Onward::saying(&format!("{back}#set-{}", set.id), done)
}

pub async fn turn(
    house: House,
    _: May<Anybody>,
    code: FinderCode,
    said: Turning,
) -> Result<Onward, WebError> {
    let finder = finder(&house, &code).await?;
    let open = rescan::asked_of(&house, &finder).await?;
    let own = open.into_iter().find(|(it, _)| it.id == said.rescan).ok_or(WebError::NotFound)?.0;
    match said.turn {
        Turn::Accept => rescan::accept(&house, own.id, own.participant, &finder.name).await?,
        Turn::Decline(reason) => {
            rescan::decline(&house, own.id, own.participant, &finder.name, &reason).await?;
        }
        Turn::Withdraw => return Err(WebError::NotFound),
    }
    Ok(Onward::saying(&here(&code), "noted"))
}

/// Of which set, and which part of its receipt.
pub struct Chosen {
    set: SetId,
    part: Part,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// What is signed.
    Text,
    Signature,
    /// That it stands in the ledger.
    Proof,
}

impl Form for Chosen {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let part = match fields.raw("part") {
            Some("text") => Part::Text,
            Some("signature") => Part::Signature,
            _ => Part::Proof,
        };
        Ok(Self { set: fields.id("set")?.ok_or(WebError::NotFound)?, part })
    }
}

/// `GET /finders/{code}/receipt`: the receipt as it is signed, the signature under it as OpenSSH checks it, or the entry
/// of the ledger with what proves it, as `dijkwacht audit check-proof` reads it.
pub async fn receipt(
    house: House,
    _: May<Anybody>,
    code: FinderCode,
    chosen: Chosen,
) -> Result<impl IntoResponse, WebError> {
    let finder = finder(&house, &code).await?;
    let set = finders::set_of_id(&house.db, chosen.set).await?.filter(|set| set.finder == finder.id);
    let set = set.ok_or(WebError::NotFound)?;
    let receipt = Receipt::of(&set, &finder, &house.team);
    let cleared = disclose::to_finder(&house, receipt, &finder.name, Channel::Platform)
        .map_err(|_| WebError::NotFound)?;
    let receipt = cleared.item();
    if receipt.digest.is_empty() {
        return Err(WebError::NotFound);
    }
    let (name, kind, text) = match chosen.part {
        Part::Text => ("receipt.json", "application/json", receipt.text()),
        Part::Signature => ("receipt.json.sig", "text/plain; charset=utf-8", receipt.signature(&house)),
        Part::Proof => {
            let proof = stage::proof(&house, &set).await?.ok_or(WebError::NotFound)?;
            ("proof.json", "application/json", proof.to_json().to_string())
        }
    };
    let name = format!("attachment; filename=\"{}-{name}\"", stage::reference(&set));
    Ok(([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, name)], text))
}

/// `GET /.well-known/dijkwacht-signers`: every public key that this node ever signed with, as `ssh-keygen -Y verify`
/// wants to know them.
pub async fn signers(house: House, _: May<Anybody>, (): (), (): ()) -> Result<impl IntoResponse, WebError> {
    let head = [(CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((head, signing::signers(&house).await?))
}

impl From<NotTaken> for WebError {
    fn from(error: NotTaken) -> Self {
        match error {
            NotTaken::NoSuchFinder => Self::NotFound,
            NotTaken::NameTaken => Self::Refused("refused-finder-name"),
            NotTaken::NoMailbox(_) => Self::Refused("refused-mail"),
            NotTaken::NoReport(_) => Self::Refused("refused-no-report"),
            NotTaken::Store(cause) => cause.into(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::page::testing::check;

    pub fn sample() -> Vec<SetView> {
        let counts = |known| Counts { known, told: 5, closed: 0, not_allowed: 0 };
        let set = |number: u128, is_parked, counts| SetView {
            id: Uuid::from_u128(number),
            reference: format!("0000000000{number}"),
            name: "gateways.csv".into(),
            digest: "ab".repeat(32),
            at: "2020-01-15T08:00:00Z".parse().unwrap(),
            rows: 12,
            accepted: 9,
            rejected: [("no-time".to_owned(), 2), ("cells".to_owned(), 1)].into(),
            is_parked,
            counts,
        };
        vec![
            set(1, false, vec![(1, counts(10)), (3, counts(15))]),
            set(2, false, vec![]),
            set(3, true, vec![]),
        ]
    }

    #[test]
    fn a_finder_sees_its_lists_its_numbers_and_what_it_is_asked() {
        let look = |number: u128, state| Look {
            id: Uuid::from_u128(number),
            reference: format!("0000000000{number}"),
            place: "vpn.noordzorg.example, port 443".into(),
            finding: "CVE-2019-19781".into(),
            touch: Touch::TheSystem,
            methods: [Method::SafeCheck, Method::Version].into(),
            pap: Pap::Green,
            due_at: "2020-01-18T08:00:00Z".parse().unwrap(),
            state,
        };
        let view = View {
            here: format!("/finders/{}", "0a".repeat(24)),
            name: "Dijkleger".into(),
            node: "https://z-cert.example".into(),
            signer: "z-cert.example".into(),
            sets: sample(),
            asked: vec![look(21, State::Asked), look(22, State::Accepted)],
        };
        check("finders-own", &view.here, |frame| page(frame, &view));
        let none = View { sets: vec![], asked: vec![], ..view };
        check("finders-own-none", &none.here, |frame| page(frame, &none));
    }
}
