//! How many are still open as time goes by: a step line, drawn by the server, readable in print and
//! without script, with the same figures as a table beside it.
//!
//! The words stand outside the drawing, so that they keep their size on a phone.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::page::Frame;
use crate::tables::window;

/// Points in time order: when, and how many were open from then on.
pub type Curve = [(Timestamp, usize)];

const WIDTH: u32 = 600;
const HEIGHT: u32 = 200;

pub fn figure(frame: &Frame, points: &Curve, deadline: Option<Timestamp>) -> Markup {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return html! { p #curve-head .soft { (frame.say("board-curve-none")) } };
    };
    let top = points.iter().map(|(_, open)| *open).max().unwrap_or_default().max(1);
    let line = steps(points, top);
    let mark = deadline.and_then(|at| across(at, first.0, last.0));
    let open = frame.count("board-curve-now", last.1);
    html! {
        div .beside {
            figure .curve {
                figcaption #curve-head { (frame.say("board-curve")) }
                div .curve-y aria-hidden="true" { span { (top) } span { "0" } }
                svg role="img" aria-labelledby="curve-head curve-now"
                    viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } preserveAspectRatio="none" {
                    path .curve-area d={ (line) "V" (HEIGHT) "H0z" } {}
                    path .curve-line d=(line) {}
                    @if let Some(x) = mark { path .curve-mark d={ "M" (x) " 0V" (HEIGHT) } {} }
                }
                div .curve-x aria-hidden="true" { span { (frame.day(first.0)) } span { (frame.day(last.0)) } }
                p #curve-now .curve-x { (open) @if mark.is_some() { " · ┆ " (frame.say("board-curve-deadline")) } }
            }
            details #curve-table {
                summary { (frame.say("board-curve-table")) }
                (window("curve-caption", html! {
                    table {
                        caption #curve-caption { (frame.say("board-curve-table")) }
                        thead { tr { th scope="col" { (frame.say("board-when")) } th scope="col" { (frame.say("board-open")) } } }
                        tbody {
                            @for (at, open) in points { tr { th scope="row" { (frame.time(*at)) } td { (open) } } }
                        }
                    }
                }))
            }
        }
    }
}

/// The line as a path: flat until something changes.
fn steps(points: &Curve, top: usize) -> String {
    let (from, to) = (points[0].0, points[points.len() - 1].0);
    let y = |open: usize| {
        let open = u32::try_from(open * HEIGHT as usize / top).unwrap_or(HEIGHT);
        HEIGHT - open.min(HEIGHT)
    };
    let mut path = format!("M0 {}", y(points[0].1));
    for (at, open) in &points[1..] {
        path += &format!("H{}V{}", across(*at, from, to).unwrap_or(WIDTH), y(*open));
    }
    format!("{path}H{WIDTH}")
}

/// How far from the left, if it lies between the two.
fn across(at: Timestamp, from: Timestamp, to: Timestamp) -> Option<u32> {
    let whole = to.as_second() - from.as_second();
    let part = at.as_second() - from.as_second();
    if whole <= 0 || part < 0 || part > whole {
        return None;
    }
    u32::try_from(part * i64::from(WIDTH) / whole).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_stays_flat_until_something_changes() {
        let at = |hour: i64| Timestamp::from_second(hour * 3_600).unwrap();
        let points = [(at(0), 8), (at(6), 4), (at(12), 0)];
        assert_eq!(steps(&points, 8), "M0 0H300V100H600V200H600");
        assert_eq!(across(at(13), at(0), at(12)), None, "what lies outside is not drawn");
        assert_eq!(steps(&points[..1], 8), "M0 0H600");
    }
}
