//! `GET /desk/post`: replies by mail that changed nothing, each with its reason, until a person has seen to them; and
//! what became of all replies of the last month.

use domain::ids::ReplyId;
use domain::reply::Became;
use flow::house::House;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use store::{replies, warnings};
use uuid::Uuid;

use crate::WebError;
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WatchDesk, WorkDesk};
use crate::page::Frame;
use crate::terms::{Term, Tone, status};

#[derive(Debug, Clone)]
pub struct View {
    /// The oldest first.
    pub replies: Vec<Reply>,
    /// What became of all of the last month.
    pub counts: Vec<(Became, u64)>,
    /// Whether this node reads the mailbox at all.
    pub reads_replies: bool,
}

#[derive(Debug, Clone)]
pub struct Reply {
    pub id: Uuid,
    pub warning: Uuid,
    /// Who the warning is about, and its number.
    pub about: String,
    pub sender: String,
    pub became: Became,
    pub received_at: Timestamp,
}

/// So many stand on the page; the rest follows when these are seen to.
const REPLIES_MAX: i64 = 100;

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("post-title"),
        html! {
            h1 { (frame.say("post-title")) }
            p { (frame.say("post-what")) }
            @if !view.reads_replies { p .notice { (frame.say("post-not-read")) } }
            section #replies aria-labelledby="replies-head" data-live {
                h2 #replies-head { (frame.count("post-replies", view.replies.len())) }
                @if view.replies.is_empty() { p .notice.good { (frame.say("post-no-replies")) } }
                ul .cards.plain { @for reply in &view.replies { (card(frame, reply)) } }
            }
            section #counts aria-labelledby="counts-head" {
                h2 #counts-head { (frame.say("post-month")) }
                @if view.counts.is_empty() { p { (frame.say("post-month-none")) } } @else {
                    dl { @for (became, count) in &view.counts {
                        dt { (frame.say(became.key())) }
                        dd { (count) }
                    } }
                }
            }
        },
    )
}

fn card(frame: &Frame, reply: &Reply) -> Markup {
    let id = reply.id.to_string();
    html! {
        li .card.heed id={ "reply-" (id) } tabindex="-1" data-row {
            div .row {
                h3 { a href={ "/desk/warnings/" (reply.warning) } { (reply.about) } }
                (status(Tone::Heed, &frame.say(reply.became.key())))
                span .soft { (frame.time(reply.received_at)) }
            }
            p { (frame.say("post-sender")) " " code { (reply.sender) } }
            p { (frame.say(why(reply.became))) }
            div .acts {
                (frame.button("/desk/post/seen", &[("reply", id.as_str())], &frame.say("post-seen")))
            }
        }
    }
}

/// What it means, and what to do about it.
fn why(became: Became) -> &'static str {
    match became {
        Became::Late => "post-why-late",
        Became::NotTheirs => "post-why-not-theirs",
        Became::Unsigned => "post-why-unsigned",
        Became::Loose => "post-why-loose",
        Became::Unreadable => "post-why-unreadable",
        Became::Answered | Became::Note | Became::Automatic | Became::Doubled | Became::Refused => {
            "post-why-refused"
        }
    }
}

pub async fn show(house: House, may: May<WatchDesk>, (): (), (): ()) -> Result<Markup, WebError> {
    let mut found = Vec::new();
    for reply in replies::open(&house.db, REPLIES_MAX).await? {
        let line = warnings::line(&house.db, reply.warning).await?;
        found.push(Reply {
            id: reply.id.0,
            warning: reply.warning.0,
            about: line
                .map_or_else(String::new, |it| format!("{}, {}", it.participant_name, it.advisory_number)),
            sender: reply.sender,
            became: reply.became,
            received_at: reply.received_at,
        });
    }
    let since = house.now() - SignedDuration::from_hours(30 * 24);
    let counts = replies::counts(&house.db, since).await?;
    let view = View { replies: found, counts, reads_replies: house.team.reads_replies };
    Ok(page(&may.frame(&house), &view))
}

/// A reply that waits for a person.
pub struct Chosen {
    reply: ReplyId,
}

impl Form for Chosen {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { reply: fields.id("reply")?.ok_or(WebError::Refused("refused-form"))? })
    }
}

/// `POST /desk/post/seen`: whoever wrote was called, or need not be.
pub async fn see_to(house: House, may: May<WorkDesk>, (): (), chosen: Chosen) -> Result<Onward, WebError> {
    let (by, now) = (may.who.officer.id, house.now());
    let seen =
        house.write("see to a reply", async |tx| replies::see_to(tx, chosen.reply, by, now).await).await?;
    if seen { Ok(Onward::saying("/desk/post", "put-aside")) } else { Err(WebError::NotFound) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::check;

    #[test]
    fn what_changed_nothing_stands_there_with_its_reason() {
        let reply = |n, became| Reply {
            id: Uuid::from_u128(n),
            warning: Uuid::from_u128(100 + n),
            about: "Noordzorg, 2020-0042".into(),
            sender: "anna@noordzorg.example".into(),
            became,
            received_at: "2020-01-16T11:00:00Z".parse().unwrap(),
        };
        let all = Became::ALL.into_iter().filter(|it| it.is_for_a_person());
        let view = View {
            replies: (1..).zip(all).map(|(n, became)| reply(n, became)).collect(),
            counts: Became::ALL.into_iter().map(|became| (became, 3)).collect(),
            reads_replies: true,
        };
        check("post", "/desk/post", |frame| page(frame, &view));
        let empty = View { replies: vec![], counts: vec![], reads_replies: false };
        check("post-empty", "/desk/post", |frame| page(frame, &empty));
    }
}
