//! `GET /desk/figures`: counts, computed from the ledger, with their definitions and the moment as of
//! which they hold. The only page of a supervisor.
//!
//! A supervisor sees no name, and no count that stands for fewer than five: the gate lets an aggregate
//! out and nothing else. A count that could be had by subtraction is held back along with it, also by the
//! subtraction of what was told earlier: supervisors see what the hour told them, and not what is counted now.

use std::collections::BTreeMap;

use disclosure::{Cell, Class, Classified, Cut, Marks, Recipient, Redact, Table, holes};
use domain::figures::Figures;
use domain::tlp::Tlp;
use domain::warning::Stage;
use flow::disclose::{figures_told, to_supervisor};
use flow::house::House;
use maud::{Markup, html};
use store::officers::Role;

use crate::WebError;
use crate::may::{May, SeeFigures};
use crate::page::Frame;
use crate::tables::window;
use crate::terms::Term;

#[derive(Debug, Clone)]
pub struct View {
    /// Figures that are never added to each other.
    pub figures: Vec<Figure>,
    /// Where the warnings stand. These do add up, to all warnings.
    pub stages: Vec<(Stage, Cell)>,
    /// Whether small counts were held back.
    pub reduced: bool,
}

/// A count with its definition.
#[derive(Debug, Clone)]
pub struct Figure {
    /// `figures-{name}` is what it is called, `figures-{name}-what` its definition.
    pub name: &'static str,
    pub count: Cell,
}

impl Redact for View {
    fn cut(mut self, cut: &Cut) -> Self {
        if cut.is_full() {
            return self;
        }
        self.reduced = true;
        for figure in &mut self.figures {
            figure.count = match figure.count {
                Cell::Of(count) if (1..cut.k).contains(&count) => Cell::Held,
                other => other,
            };
        }
        // What is held already is a gap, and hides others: their sum is not told.
        if self.stages.iter().all(|(_, count)| *count != Cell::Held) {
            let stages: Vec<u64> = self.stages.iter().filter_map(|(_, count)| count.count()).collect();
            let told = Table::of(&[stages], cut.k).cells.into_iter().flatten();
            for ((_, count), told) in self.stages.iter_mut().zip(told) {
                *count = told;
            }
        }
        self
    }
}

impl Classified for View {
    /// Counts, which are held back where they stand for few.
    fn marks_for(&self, _: &Recipient) -> Marks {
        Marks::new(Class::D2, Tlp::Green)
    }
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let count = |it: Cell| match it {
        Cell::Of(count) => count.to_string(),
        Cell::Held => frame.say("figures-few"),
    };
    frame.document(
        &frame.say("figures-title"),
        html! {
            h1 { (frame.say("figures-title")) }
            @if view.reduced {
                p { (frame.say("figures-told-what")) }
                p .notice { (frame.say("figures-reduced")) }
            } @else {
                p { (frame.say("figures-what")) " " (frame.time(frame.now)) "." }
                p .no-print { a href="/desk/fatigue" { (frame.say("fatigue-title")) } }
            }
            @if view.figures.is_empty() { p .notice { (frame.say("figures-not-told")) } }
            div #figures .part data-live {
                (window("figures-caption", html! {
                    table {
                        caption #figures-caption { (frame.say("figures-caption")) }
                        thead { tr {
                            th scope="col" { (frame.say("figures-name")) }
                            th scope="col" .number { (frame.say("figures-count")) }
                        } }
                        tbody {
                            @for figure in &view.figures {
                                tr {
                                    th scope="row" {
                                        (frame.say(&format!("figures-{}", figure.name)))
                                        br; span .small .soft { (frame.say(&format!("figures-{}-what", figure.name))) }
                                    }
                                    td .number { (count(figure.count)) }
                                }
                            }
                        }
                    }
                }))
            }
            div #stages .part data-live {
                (window("stages-caption", html! {
                    table {
                        caption #stages-caption { (frame.say("figures-stages")) }
                        thead { tr {
                            th scope="col" { (frame.say("board-stage")) }
                            th scope="col" .number { (frame.say("figures-count")) }
                        } }
                        tbody {
                            @for (stage, it) in &view.stages {
                                tr { th scope="row" { (frame.say(stage.key())) } td .number { (count(*it)) } }
                            }
                        }
                    }
                }))
                @if view.stages.is_empty() { p .notice { (frame.say("figures-none")) } }
            }
        },
    )
}

pub async fn show(house: House, may: May<SeeFigures>, (): (), (): ()) -> Result<Markup, WebError> {
    if may.who.role != Role::Supervisor {
        let view = View::of(&house.figures().await?);
        return Ok(page(&may.frame_for(&house, Tlp::Amber), &view));
    }
    let view = match holes::is_open("supervisor-sees-all") {
        true => View::of(&house.figures().await?),
        false => View::told(figures_told::last(&house).await?),
    };
    let cleared = to_supervisor(&house, view, &may.who.officer.name).map_err(|held| {
        tracing::warn!(officer.id = %may.who.officer.id, "the figures are held: {held}");
        WebError::NotFound
    })?;
    Ok(page(&may.frame_for(&house, Tlp::Green), cleared.item()))
}

impl View {
    fn of(figures: &Figures) -> Self {
        let stages = figures.stages.iter();
        Self {
            figures: figures.counts().map(|(name, count)| Figure { name, count: Cell::Of(count) }).into(),
            stages: stages
                .filter_map(|(word, count)| Some((Stage::of_word(word)?, Cell::Of(*count))))
                .collect(),
            reduced: false,
        }
    }

    /// What was told last; nothing before the first telling.
    fn told((counts, stages): (BTreeMap<String, Cell>, BTreeMap<String, Cell>)) -> Self {
        let names = Figures::default().counts().map(|(name, _)| name);
        let figure = |name: &'static str| Some(Figure { name, count: *counts.get(name)? });
        let stages = stages.into_iter();
        Self {
            figures: names.into_iter().filter_map(figure).collect(),
            stages: stages.filter_map(|(word, count)| Some((Stage::of_word(&word)?, count))).collect(),
            reduced: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::check;

    fn sample() -> View {
        let stages = [("notified", 40), ("claimed", 12), ("verified", 3)];
        let figures = Figures {
            participants: 600,
            warned: 55,
            late: 2,
            stages: stages.map(|(word, count)| (word.to_owned(), count)).into(),
            ..Figures::default()
        };
        View::of(&figures)
    }

    #[test]
    fn figures_are_told_with_their_definitions() {
        check("figures", "/desk/figures", |frame| page(frame, &sample()));
        check("figures-reduced", "/desk/figures", |frame| page(frame, &sample().cut(&Cut::to_counts())));
        let none = View { stages: vec![], ..sample() };
        check("figures-none", "/desk/figures", |frame| page(frame, &none));
    }

    #[test]
    fn a_supervisor_cannot_work_out_a_small_count() {
        let view = sample().cut(&Cut::to_counts());
        let told =
            |name: &str| view.figures.iter().find(|figure| figure.name == name).map(|figure| figure.count);
        assert_eq!([told("warned"), told("late")], [Some(Cell::Of(55)), Some(Cell::Held)]);
        assert_eq!(told("refuted"), Some(Cell::Of(0)), "that nobody is meant names nobody");
        let stages: Vec<Cell> = view.stages.iter().map(|(_, count)| *count).collect();
        assert_eq!(stages, [Cell::Held, Cell::Of(40), Cell::Held], "12 goes with 3, because 55 are known");
    }
}
