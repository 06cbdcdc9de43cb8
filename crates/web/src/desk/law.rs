//! `GET /desk/law`: who gets what from this node on a day, as the rules say it; made by the gate itself, to be read
//! by a lawyer and printed.

use disclosure::{Row, who_gets_what};
use domain::tlp::Tlp;
use flow::house::House;
use jiff::civil::Date;
use maud::{Markup, html};

use crate::WebError;
use crate::fields::Field;
use crate::form::{Fields, Form};
use crate::may::{May, WatchDesk};
use crate::page::Frame;
use crate::tables::window;

#[derive(Debug, Clone)]
pub struct View {
    pub day: Date,
    /// Whose rules these are.
    pub sender: String,
    pub version: String,
    /// The days on which the law changes.
    pub turns: Vec<Date>,
    /// Why rules that an operator changed do not count.
    pub refused: Option<String>,
    /// For each kind of recipient, its name and its rows.
    pub kinds: Vec<(String, String, Vec<Row>)>,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("law-title"),
        html! {
            h1 { (frame.say("law-title")) }
            p { (frame.say("law-what")) " " a href="/desk/law/what-if" { (frame.say("what-if-title")) } }
            @if let Some(why) = &view.refused { (refused(frame, why)) }
            form method="get" action="/desk/law" {
                (Field::new("law", "day", frame.say("law-day")).kind("date").value(view.day.to_string()))
                button { (frame.say("law-show")) }
            }
            p .soft {
                (frame.say_with("law-of", &[("day", &frame.date_words(view.day)), ("version", &view.version)])) " "
                (frame.say("law-turns")) " "
                @for (place, day) in view.turns.iter().enumerate() {
                    @if place > 0 { ", " }
                    a href={ "/desk/law?day=" (day) } { (frame.date(*day)) }
                }
            }
            @for (code, name, rows) in &view.kinds {
                section aria-labelledby={ "kind-" (code) } {
                    h2 id={ "kind-" (code) } { (code) ": " (name) }
                    @if rows.is_empty() { p .notice { (frame.say("law-nothing")) } } @else { (table(frame, code, rows)) }
                }
            }
        },
    )
}

/// That the folder of the rules holds what does not fit, and older rules go on counting.
pub(crate) fn refused(frame: &Frame, why: &str) -> Markup {
    html! { p .notice.alarm { (frame.say("law-refused")) " " code { (why) } } }
}

fn table(frame: &Frame, code: &str, rows: &[Row]) -> Markup {
    let caption = format!("law-{code}");
    window(
        &caption,
        html! {
            table {
                caption id=(caption) { (frame.say_with("law-caption", &[("kind", code)])) }
                thead { tr {
                    @for key in ["law-class", "law-form", "law-given", "law-article"] {
                        th scope="col" { (frame.say(key)) }
                    }
                } }
                tbody {
                    @for row in rows {
                        tr {
                            th scope="row" { (row.class.code()) " " (frame.say(&format!("class-{}", row.class.code()))) }
                            td {
                                (frame.say(&format!("form-{}", row.verdict.form.map_or("none".to_owned(), |it| it.word().to_lowercase()))))
                                @if row.verdict.needs_person { ", " (frame.say("law-person")) }
                            }
                            td {
                                @for (place, one) in row.given.iter().enumerate() {
                                    @if place > 0 { "; " }
                                    (frame.say(&format!("given-{}", one.word().replace('_', "-"))))
                                }
                            }
                            td {
                                @if let Some(ground) = &row.verdict.ground {
                                    (frame.article(&ground.article))
                                    @if !ground.verified_by.is_empty() { " " span .soft { "(" (frame.article(&ground.verified_by)) ")" } }
                                }
                            }
                        }
                    }
                }
            }
        },
    )
}

pub struct Asked {
    day: Option<Date>,
}

impl Form for Asked {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { day: fields.date("day")? })
    }
}

fn view(house: &House, day: Date, is_dutch: bool) -> View {
    let gate = house.law.gate();
    let rules = gate.rules();
    let all = who_gets_what(&gate, &house.team.sends_as, day);
    let kinds = rules.kinds().iter().map(|kind| {
        let name = if is_dutch { &kind.nl } else { &kind.en };
        let rows = all.iter().filter(|row| row.kind.code() == kind.code && row.verdict.form.is_some());
        (kind.code.clone(), name.clone(), rows.cloned().collect())
    });
    View {
        day,
        sender: house.team.sends_as.clone(),
        version: rules.version().to_owned(),
        turns: rules.turns(),
        refused: house.law.refused(),
        kinds: kinds.collect(),
    }
}

pub async fn show(house: House, may: May<WatchDesk>, (): (), asked: Asked) -> Result<Markup, WebError> {
    let frame = may.frame_for(&house, Tlp::Green);
    let is_dutch = frame.words.language() == domain::text::Language::Nl;
    let view = view(&house, asked.day.unwrap_or_else(|| house.today()), is_dutch);
    Ok(page(&frame, &view))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::page::testing::check;

    #[test]
    fn the_law_of_a_day_stands_there_kind_by_kind() {
        let gate = disclosure::Gate::shipped();
        let all = who_gets_what(&gate, "national", date(2020, 1, 31));
        let rows =
            |code: &str| -> Vec<Row> { all.iter().filter(|row| row.kind.code() == code).cloned().collect() };
        let view = View {
            day: date(2020, 1, 31),
            sender: "national".into(),
            version: gate.rules().version().to_owned(),
            turns: gate.rules().turns(),
            refused: Some("need.cedar: no @article".into()),
            kinds: vec![("CCT".into(), "team".into(), rows("CCT")), ("PEER".into(), "peer".into(), vec![])],
        };
        check("desk-law", "/desk/law", |frame| page(frame, &view));
    }
}
