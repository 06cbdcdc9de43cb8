//! `GET /desk/finders`: who hands in lists of open systems, and what lies parked because nobody knows the one
//! who handed it in; and `GET /desk/finders/{id}`, one of them.

use domain::finder::{Finder, Standing};
use domain::ids::{FinderId, SetId};
use domain::text::Language;
use domain::tlp::Tlp;
use flow::finders::{self as stage, New};
use flow::house::House;
use jiff::Timestamp;
use maud::{Markup, html};
use store::finders;
use uuid::Uuid;

use crate::WebError;
use crate::fields::{Field, choices, list};
use crate::finders::{Brought, SetView, hand_in_form, said, set_card, sets_of};
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WatchDesk, WorkDesk};
use crate::page::Frame;
use crate::tables::window;
use crate::terms::{Tone, address_in_parts, status};

#[derive(Debug, Clone)]
pub struct View {
    /// By name.
    pub finders: Vec<Line>,
    /// The oldest first.
    pub parked: Vec<Parked>,
}

#[derive(Debug, Clone)]
pub struct Line {
    pub id: Uuid,
    pub name: String,
    pub standing: Standing,
    pub since: Timestamp,
}

#[derive(Debug, Clone)]
pub struct Parked {
    pub set: Uuid,
    pub finder: Uuid,
    pub finder_name: String,
    pub name: String,
    pub rows: u64,
    pub at: Timestamp,
}

fn tone(standing: Standing) -> Tone {
    match standing {
        Standing::Claimed => Tone::Heed,
        Standing::Known => Tone::Good,
        Standing::Ended => Tone::Quiet,
    }
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("finders-title"),
        html! {
            h1 { (frame.say("finders-title")) }
            p { (frame.say("finders-what")) }
            @if !view.parked.is_empty() {
                section #parked aria-labelledby="parked-head" {
                    h2 #parked-head { (frame.say("finders-parked-head")) }
                    p .notice.alarm { (frame.count("finders-parked-count", view.parked.len())) }
                    ul .cards.plain { @for parked in &view.parked { (parked_card(frame, parked)) } }
                }
            }
            section aria-labelledby="list-head" {
                h2 #list-head { (frame.say("finders-list")) }
                @if view.finders.is_empty() { p .notice { (frame.say("finders-none")) } } @else {
                    (table(frame, &view.finders))
                }
            }
            section #add aria-labelledby="add-head" {
                h2 #add-head { (frame.say("finders-add")) }
                (frame.form("/desk/finders", html! {
                    (Field::new("new", "name", frame.say("finders-name")).required())
                    (Field::new("new", "mail", frame.say("finders-mail")).kind("email"))
                    (list("new", "language", &frame.say("contacts-language"), &languages(), None))
                    (standing_fields(frame, "new", Standing::Known))
                    button { (frame.say("finders-add-send")) }
                }))
            }
        },
    )
}

fn languages() -> [(String, String); 2] {
    [("nl".to_owned(), "Nederlands".to_owned()), ("en".to_owned(), "English".to_owned())]
}

fn standing_fields(frame: &Frame, form: &str, chosen: Standing) -> Markup {
    let standings = Standing::ALL.map(|it| (it.word(), frame.term(it)));
    html! {
        (choices(form, "standing", &frame.say("finders-standing"), &standings, Some(chosen.word())))
        (Field::new(form, "verified_how", frame.say("finders-verified")).required()
            .hint(frame.say("finders-verified-hint")))
    }
}

fn table(frame: &Frame, lines: &[Line]) -> Markup {
    let columns = ["finders-name", "finders-standing", "finders-since"];
    window(
        "list-caption",
        html! {
            table {
                caption #list-caption { (frame.count("finders-count", lines.len())) }
                thead { tr { @for key in columns { th scope="col" { (frame.say(key)) } } } }
                tbody {
                    @for line in lines {
                        tr id={ "finder-" (line.id.simple()) } tabindex="-1" data-row {
                            th scope="row" { a href={ "/desk/finders/" (line.id) } { (line.name) } }
                            td { (status(tone(line.standing), &frame.term(line.standing))) }
                            td { (frame.day(line.since)) }
                        }
                    }
                }
            }
        },
    )
}

fn parked_card(frame: &Frame, parked: &Parked) -> Markup {
    html! {
        li .card id={ "parked-" (parked.set) } {
            h3 { (parked.name) }
            p {
                a href={ "/desk/finders/" (parked.finder) } { (parked.finder_name) } " · "
                (frame.time(parked.at)) " · " (frame.count("finders-parked-rows", usize::try_from(parked.rows).unwrap_or(usize::MAX)))
            }
            p .soft { (frame.say("finders-release-what")) }
            (frame.button("/desk/finders/sets/release", &[("set", &parked.set.to_string())], &frame.say("finders-release")))
        }
    }
}

#[derive(Debug, Clone)]
pub struct One {
    pub line: Line,
    pub mail: Option<String>,
    pub verified_how: String,
    pub sets: Vec<SetView>,
}

pub fn one_page(frame: &Frame, view: &One) -> Markup {
    let here = format!("/desk/finders/{}", view.line.id);
    frame.document(
        &view.line.name,
        html! {
            h1 { (view.line.name) }
            dl .pairs {
                dt { (frame.say("finders-standing")) }
                dd { (status(tone(view.line.standing), &frame.term(view.line.standing))) }
                dt { (frame.say("finders-verified")) }
                dd { "“" (view.verified_how) "”" }
                @if let Some(mail) = &view.mail {
                    dt { (frame.say("finders-mail")) }
                    dd { (address_in_parts(mail)) }
                }
            }
            div .acts {
                details #standing {
                    summary { (frame.say("finders-change")) }
                    div .drawer {
                        (frame.form(&format!("{here}/standing"), html! {
                            (standing_fields(frame, "standing", view.line.standing))
                            button { (frame.say("finders-change-send")) }
                        }))
                    }
                }
                details #code {
                    summary { (frame.say("finders-code")) }
                    div .drawer {
                        p { (frame.say("finders-code-what")) }
                        (frame.button(&format!("{here}/code"), &[], &frame.say("finders-code-send")))
                    }
                }
            }
            section aria-labelledby="sets-head" {
                h2 #sets-head { (frame.say("finders-sets")) }
                @if view.sets.is_empty() { p .notice { (frame.say("finders-no-sets")) } }
                @for set in &view.sets { (set_card(frame, set, html! {})) }
            }
            section aria-labelledby="hand-in-head" {
                h2 #hand-in-head { (frame.say("finders-for-them")) }
                (hand_in_form(frame, &format!("{here}/sets")))
            }
        },
    )
}

/// The address of the page of a finder, which is shown this once.
pub fn code_page(frame: &Frame, of: FinderId, name: &str, address: &str) -> Markup {
    frame.document(
        &frame.say("finders-code"),
        html! {
            h1 { (frame.say_with("finders-code-of", &[("name", name)])) }
            p { (frame.say("finders-code-once")) }
            p { code { (address_in_parts(address)) } }
            p { a href={ "/desk/finders/" (of) } { (frame.say("finders-back")) } }
        },
    )
}

fn line(finder: &Finder) -> Line {
    Line {
        id: finder.id.0,
        name: finder.name.clone(),
        standing: finder.standing,
        since: finder.registered_at,
    }
}

pub async fn show(house: House, may: May<WatchDesk>, (): (), (): ()) -> Result<Markup, WebError> {
    let all = finders::all(&house.db).await?;
    let name = |id: FinderId| all.iter().find(|it| it.id == id).map(|it| it.name.clone()).unwrap_or_default();
    let parked = finders::parked(&house.db).await?.into_iter().map(|set| Parked {
        set: set.id.0,
        finder: set.finder.0,
        finder_name: name(set.finder),
        name: set.name,
        rows: set.rows,
        at: set.handed_in_at,
    });
    let view = View { parked: parked.collect(), finders: all.iter().map(line).collect() };
    Ok(page(&may.frame_for(&house, Tlp::Amber), &view))
}

pub async fn show_one(house: House, may: May<WatchDesk>, id: FinderId, (): ()) -> Result<Markup, WebError> {
    let finder = finders::of_id(&house.db, id).await?.ok_or(WebError::NotFound)?;
    let view = One {
        line: line(&finder),
        sets: sets_of(&house, &finder).await?,
        mail: finder.mail,
        verified_how: finder.verified_how,
    };
    Ok(one_page(&may.frame_for(&house, Tlp::Amber), &view))
}

pub struct Registered(New);

impl Form for Registered {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self(New {
            name: fields.needed_line("name")?,
            mail: fields.line("mail")?,
            language: fields.word("language", Language::of_tag)?,
            standing: fields.word("standing", Standing::of_word)?,
            verified_how: fields.needed_line("verified_how")?,
        }))
    }
}

pub async fn register(house: House, may: May<WorkDesk>, (): (), new: Registered) -> Result<Onward, WebError> {
    let id = stage::register(&house, &may.who.officer, new.0).await?;
    Ok(Onward::saying(&format!("/desk/finders/{id}"), "noted"))
}

pub struct Stands {
    standing: Standing,
    verified_how: String,
}

impl Form for Stands {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let standing = fields.word("standing", Standing::of_word)?;
        Ok(Self { standing, verified_how: fields.needed_line("verified_how")? })
    }
}

pub async fn stand(house: House, may: May<WorkDesk>, id: FinderId, said: Stands) -> Result<Onward, WebError> {
    stage::stand(&house, &may.who.officer, id, said.standing, &said.verified_how).await?;
    Ok(Onward::saying(&format!("/desk/finders/{id}"), "noted"))
}

/// The address stands on the page that comes back and nowhere else here: only its hash is kept.
pub async fn code(house: House, may: May<WorkDesk>, id: FinderId, (): ()) -> Result<Markup, WebError> {
    let address = stage::new_code(&house, &may.who.officer, id).await?;
    let finder = finders::of_id(&house.db, id).await?.ok_or(WebError::NotFound)?;
    Ok(code_page(&may.frame_for(&house, Tlp::Amber), id, &finder.name, &address))
}

pub async fn hand_in(
    house: House,
    may: May<WorkDesk>,
    id: FinderId,
    brought: Brought,
) -> Result<Onward, WebError> {
    let (set, is_new) = stage::hand_in(&house, id, Some(&may.who.officer), brought.handed).await?;
    Ok(said(&format!("/desk/finders/{id}"), &set, is_new))
}

pub struct Released {
    set: SetId,
}

impl Form for Released {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { set: fields.id("set")?.ok_or(WebError::Refused("refused-form"))? })
    }
}

/// `POST /desk/finders/sets/release`: an officer looked at a parked list and lets it be taken in.
pub async fn release(house: House, may: May<WorkDesk>, (): (), said: Released) -> Result<Onward, WebError> {
    match stage::release(&house, &may.who.officer, said.set).await? {
        true => Ok(Onward::saying("/desk/finders", "set-released")),
        false => Err(WebError::NotFound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finders::tests::sample;
    use crate::page::testing::check;

    fn lines() -> Vec<Line> {
        let line = |(number, standing): (u128, Standing)| Line {
            id: Uuid::from_u128(number),
            name: "Dijkleger".into(),
            standing,
            since: "2020-01-10T08:00:00Z".parse().unwrap(),
        };
        (1..).zip(Standing::ALL).map(line).collect()
    }

    #[test]
    fn an_officer_sees_who_hands_in_and_what_is_parked() {
        let parked = Parked {
            set: Uuid::from_u128(9),
            finder: Uuid::from_u128(1),
            finder_name: "Dijkleger".into(),
            name: "gateways.csv".into(),
            rows: 12,
            at: "2020-01-15T08:00:00Z".parse().unwrap(),
        };
        let view = View { finders: lines(), parked: vec![parked] };
        check("desk-finders", "/desk/finders", |frame| page(frame, &view));
        let none = View { finders: vec![], parked: vec![] };
        check("desk-finders-none", "/desk/finders", |frame| page(frame, &none));
        for line in lines() {
            let name = format!("desk-finder-{}", line.standing.word());
            let mail = Some("post@dijkleger.example".into());
            let view = One { line, mail, verified_how: "02:00".into(), sets: sample() };
            check(&name, "/desk/finders/1", |frame| one_page(frame, &view));
        }
        let address = format!("https://z-cert.example/finders/{}", "0a".repeat(24));
        check("desk-finder-code", "/desk/finders/1/code", |frame| {
            code_page(frame, FinderId(Uuid::from_u128(1)), "Dijkleger", &address)
        });
    }
}
