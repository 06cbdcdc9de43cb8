//! `GET /desk/fatigue`: whether our letters are still read. Mails for each person in a week, how many answer and
//! after how long, and the advisories under which too many say that it is not theirs.

use domain::fatigue::Reception;
use domain::tlp::Tlp;
use flow::fatigue::{self, Fatigue, Rule, Week};
use flow::house::House;
use maud::{Markup, html};

use crate::WebError;
use crate::may::{May, WatchDesk};
use crate::page::Frame;
use crate::tables::window;

pub fn page(frame: &Frame, view: &Fatigue) -> Markup {
    let flagged = view.rules.iter().filter(|rule| rule.reception.trains_to_ignore()).count();
    frame.document(
        &frame.say("fatigue-title"),
        html! {
            h1 { (frame.say("fatigue-title")) }
            p { (frame.say("fatigue-what")) }
            p .no-print { a href="/desk/figures" { (frame.say("figures-title")) } }
            @if flagged > 0 { p .notice.heed { a href="#rules" { (frame.count("fatigue-flagged", flagged)) } } }
            section #weeks {
                (window("weeks-caption", html! {
                    table {
                        caption #weeks-caption { (frame.say("fatigue-weeks")) }
                        thead { tr {
                            th scope="col" { (frame.say("fatigue-monday")) }
                            @for key in [
                                "fatigue-each", "fatigue-most", "fatigue-arrived", "fatigue-heard", "fatigue-half",
                                "fatigue-not-theirs",
                            ] {
                                th scope="col" .number { (frame.say(key)) }
                            }
                        } }
                        tbody { @for it in &view.weeks { (week(frame, it)) } }
                    }
                }))
                p .small.soft { (frame.say("fatigue-half-what")) }
            }
            section #rules {
                h2 #rules-head { (frame.say("fatigue-rules")) }
                p { (frame.say("fatigue-rules-what")) }
                @if view.rules.is_empty() {
                    p .notice { (frame.say("fatigue-rules-none")) }
                } @else {
                    (window("rules-head", html! {
                        table {
                            thead { tr {
                                th scope="col" { (frame.say("fatigue-advisory")) }
                                @for key in ["fatigue-arrived", "fatigue-heard", "fatigue-not-theirs"] {
                                    th scope="col" .number { (frame.say(key)) }
                                }
                            } }
                            tbody { @for it in &view.rules { (rule(frame, it)) } }
                        }
                    }))
                }
            }
        },
    )
}

fn week(frame: &Frame, it: &Week) -> Markup {
    let Reception { arrived, half_heard, .. } = it.reception;
    html! {
        tr {
            th scope="row" { (frame.date(it.monday)) }
            td .number { (each(frame, it.burden.letters, it.burden.people)) }
            td .number { (it.burden.most) }
            td .number { (arrived) }
            td .number { (share(it.reception.heard, arrived)) }
            td .number {
                @match half_heard.at {
                    Some(after) => (frame.span(after)),
                    None if arrived == 0 => "–",
                    None => (frame.say("fatigue-half-silent")),
                }
            }
            td .number { (share(it.reception.not_theirs, it.reception.heard)) }
        }
    }
}

fn rule(frame: &Frame, it: &Rule) -> Markup {
    let Reception { arrived, heard, not_theirs, .. } = it.reception;
    html! {
        tr {
            th scope="row" {
                a href={ "/desk/advisories/" (it.advisory) } { (it.number) }
                " " (frame.text(&it.title))
                @if it.reception.trains_to_ignore() { br; b { (frame.say("fatigue-look")) } }
            }
            td .number { (arrived) }
            td .number { (share(heard, arrived)) }
            td .number { (share(not_theirs, heard)) }
        }
    }
}

/// "1,4": letters for each person who got any.
fn each(frame: &Frame, letters: u64, people: u64) -> String {
    if people == 0 {
        return "–".into();
    }
    let tenths = (letters * 10 + people / 2) / people;
    let (whole, tenth) = ((tenths / 10).to_string(), (tenths % 10).to_string());
    frame.say_with("fatigue-tenths", &[("whole", &whole), ("tenth", &tenth)])
}

/// "12 (40 %)". Of nothing there is no share.
fn share(count: u64, of: u64) -> String {
    match of {
        0 => "–".into(),
        _ => format!("{count} ({} %)", (count * 100 + of / 2) / of),
    }
}

pub async fn show(house: House, may: May<WatchDesk>, (): (), (): ()) -> Result<Markup, WebError> {
    Ok(page(&may.frame_for(&house, Tlp::Amber), &fatigue::of(&house).await?))
}

#[cfg(test)]
mod tests {
    use domain::ids::AdvisoryId;
    use domain::survival::Quantile;
    use domain::text::Text;
    use jiff::SignedDuration;
    use jiff::civil::date;
    use store::outbox::Burden;
    use uuid::Uuid;

    use super::*;
    use crate::page::testing::check;

    fn reception(arrived: u64, heard: u64, not_theirs: u64, hours: Option<i64>) -> Reception {
        let at = hours.map(SignedDuration::from_hours);
        Reception { arrived, heard, not_theirs, half_heard: Quantile { at, ..Quantile::default() } }
    }

    fn sample() -> Fatigue {
        let week = |monday, letters, people, most, reception| Week {
            monday,
            burden: Burden { letters, people, most },
            reception,
        };
        let rule = |id, number: &str, reception| Rule {
            advisory: AdvisoryId(Uuid::from_u128(id)),
            number: number.into(),
            title: Text::both("Lek in Citrix ADC", "Hole in Citrix ADC"),
            reception,
        };
        Fatigue {
            weeks: vec![
                week(date(2020, 1, 13), 141, 100, 6, reception(100, 41, 12, None)),
                week(date(2020, 1, 6), 40, 40, 1, reception(40, 38, 2, Some(5))),
                week(date(2019, 12, 30), 0, 0, 0, Reception::default()),
            ],
            rules: vec![
                rule(1, "2020-0042", reception(60, 30, 12, None)),
                rule(2, "2020-0007", reception(40, 38, 2, Some(5))),
            ],
        }
    }

    #[test]
    fn the_desk_sees_what_its_letters_do_to_their_readers() {
        check("fatigue", "/desk/fatigue", |frame| page(frame, &sample()));
        let quiet = Fatigue { weeks: vec![], rules: vec![] };
        check("fatigue-none", "/desk/fatigue", |frame| page(frame, &quiet));
    }
}
