//! `GET /desk/figures`: counts, computed from the ledger, with their definitions and the moment as of
//! which they hold. The only page of a supervisor.
//!
//! A supervisor sees no name, and no count that stands for fewer than five: the gate lets an aggregate
//! out and nothing else. A count that could be had by subtraction is held back along with it.

use disclosure::{Classified, Form, Recipient, Redact};
use domain::figures::Figures;
use domain::tlp::Tlp;
use domain::warning::Stage;
use flow::disclose::to_supervisor;
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
    pub stages: Vec<(Stage, Count)>,
    /// Whether small counts were held back.
    pub reduced: bool,
    target_group: String,
}

/// A count with its definition.
#[derive(Debug, Clone)]
pub struct Figure {
    /// `figures-{name}` is what it is called, `figures-{name}-what` its definition.
    pub name: &'static str,
    pub count: Count,
}

/// A count, or that it is too small to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    Of(u64),
    Few,
}

/// Below this a count could name somebody (`domain.md`, R9).
const CELL_MIN: u64 = 5;

impl Count {
    fn reduced(self) -> Self {
        match self {
            Self::Of(count) if (1..CELL_MIN).contains(&count) => Self::Few,
            other => other,
        }
    }
}

impl Redact for View {
    fn reduced_to(mut self, form: Form) -> Self {
        if form == Form::Full {
            return self;
        }
        self.reduced = true;
        for figure in &mut self.figures {
            figure.count = figure.count.reduced();
        }
        for (_, count) in &mut self.stages {
            *count = count.reduced();
        }
        // One gap in a row whose sum is known is no gap: the next smallest goes with it.
        let gaps = self.stages.iter().filter(|(_, count)| *count == Count::Few).count();
        if gaps == 1 {
            let told = |(_, count): &&mut (Stage, Count)| matches!(count, Count::Of(1..));
            let size = |(_, count): &&mut (Stage, Count)| if let Count::Of(n) = count { *n } else { 0 };
            if let Some((_, next)) = self.stages.iter_mut().filter(told).min_by_key(size) {
                *next = Count::Few;
            }
        }
        self
    }
}

impl Classified for View {
    /// A list about others, of which only counts may go.
    fn class_for(&self, _: &Recipient) -> &'static str {
        "D6"
    }

    fn about(&self) -> &str {
        ""
    }

    fn target_group(&self) -> &str {
        &self.target_group
    }

    fn tlp(&self) -> Tlp {
        Tlp::Green
    }
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let count = |it: Count| match it {
        Count::Of(count) => count.to_string(),
        Count::Few => frame.say("figures-few"),
    };
    frame.document(
        &frame.say("figures-title"),
        html! {
            h1 { (frame.say("figures-title")) }
            p { (frame.say("figures-what")) " " (frame.time(frame.now)) "." }
            @if view.reduced { p .notice { (frame.say("figures-reduced")) } }
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
    let view = View::of(&house.figures().await?, house.team.target_group.clone());
    if may.who.role != Role::Supervisor {
        return Ok(page(&may.frame_for(&house, Tlp::Amber), &view));
    }
    let cleared = to_supervisor(&house, view, &may.who.officer.name).map_err(|held| {
        tracing::warn!(officer.id = %may.who.officer.id, "the figures are held: {held}");
        WebError::NotFound
    })?;
    Ok(page(&may.frame_for(&house, Tlp::Green), cleared.item()))
}

impl View {
    fn of(figures: &Figures, target_group: String) -> Self {
        let counts = [
            ("participants", figures.participants),
            ("warned", figures.warned),
            ("exposed", figures.exposed),
            ("acknowledged", figures.acknowledged),
            ("claimed", figures.claimed),
            ("verified", figures.verified),
            ("refuted", figures.refuted),
            ("reopened", figures.reopened.values().sum()),
            ("compromise-check", figures.in_compromise_check),
            ("late", figures.late),
            ("unreached", figures.unreached),
        ];
        let stages = figures.stages.iter();
        Self {
            figures: counts.map(|(name, count)| Figure { name, count: Count::Of(count) }).into(),
            stages: stages
                .filter_map(|(word, count)| Some((Stage::of_word(word)?, Count::Of(*count))))
                .collect(),
            reduced: false,
            target_group,
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
        View::of(&figures, "care".into())
    }

    #[test]
    fn figures_are_told_with_their_definitions() {
        check("figures", "/desk/figures", |frame| page(frame, &sample()));
        check("figures-reduced", "/desk/figures", |frame| page(frame, &sample().reduced_to(Form::Aggregate)));
        let none = View { stages: vec![], ..sample() };
        check("figures-none", "/desk/figures", |frame| page(frame, &none));
    }

    #[test]
    fn a_supervisor_cannot_work_out_a_small_count() {
        let view = sample().reduced_to(Form::Aggregate);
        let told =
            |name: &str| view.figures.iter().find(|figure| figure.name == name).map(|figure| figure.count);
        assert_eq!([told("warned"), told("late")], [Some(Count::Of(55)), Some(Count::Few)]);
        assert_eq!(told("refuted"), Some(Count::Of(0)), "that nobody is meant names nobody");
        let stages: Vec<Count> = view.stages.iter().map(|(_, count)| *count).collect();
        assert_eq!(stages, [Count::Few, Count::Of(40), Count::Few], "12 goes with 3, because 55 are known");
    }
}
