//! `GET /desk/post`: replies by mail that changed nothing, each with its reason, until a person has seen to them; what
//! became of all replies of the last month; and addresses to which nothing is sent.

use domain::ids::{ReplyId, SuppressionId};
use domain::reply::Became;
use domain::suppression::{Reason, Suppression};
use flow::deliver::email::is_mailbox;
use flow::house::House;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use store::{jobs, officers, replies, suppressions, warnings};
use uuid::Uuid;

use crate::WebError;
use crate::fields::Field;
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
    /// The latest first, each with who put it there.
    pub suppressed: Vec<(Suppression, Option<String>)>,
    /// Whether the outbox is held: the shelf says why, and lets it go on.
    pub held: bool,
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
const SUPPRESSED_MAX: i64 = 500;

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("post-title"),
        html! {
            h1 { (frame.say("post-title")) }
            p { (frame.say("post-what")) }
            @if view.held {
                p .notice.alarm { (frame.say("shelf-held-outbox")) " " a href="/desk/shelf" { (frame.say("post-held-look")) } }
            }
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
            (suppressions(frame, view))
        },
    )
}

fn suppressions(frame: &Frame, view: &View) -> Markup {
    html! {
        section #suppressed aria-labelledby="suppressed-head" {
            h2 #suppressed-head { (frame.count("post-suppressed", view.suppressed.len())) }
            p { (frame.say("post-suppressed-what")) }
            ul .cards.plain { @for (one, by) in &view.suppressed {
                @let id = one.id.to_string();
                li .card id={ "suppressed-" (id) } tabindex="-1" data-row {
                    div .row {
                        h3 { code { (one.address) } }
                        (status(Tone::Heed, &frame.say(one.reason.key())))
                        span .soft { (frame.time(one.since)) @if let Some(by) = by { " · " (by) } }
                    }
                    p { samp { (one.why) } }
                    div .acts {
                        (frame.button("/desk/post/send-again", &[("suppression", id.as_str())], &frame.say("post-send-again")))
                    }
                }
            } }
            details #suppress {
                summary { (frame.say("post-suppress")) }
                div .drawer {
                    (frame.form("/desk/post/suppress", html! {
                        (Field::new("suppress", "address", frame.say("post-address")).required())
                        (Field::new("suppress", "why", frame.say("post-suppress-why")).required())
                        button { (frame.say("post-suppress-sure")) }
                    }))
                }
            }
        }
    }
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
        Became::Unproven => "post-why-unproven",
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
    let names = officers::names(&house.db).await?;
    let suppressed = suppressions::all(&house.db, SUPPRESSED_MAX).await?;
    let with_name = |one: Suppression| {
        let by = one.by.and_then(|by| names.get(&by).cloned());
        (one, by)
    };
    let held = jobs::held(&house.db, house.now()).await?.iter().any(|held| held.queue == jobs::OUTBOX);
    let view = View {
        replies: found,
        counts,
        suppressed: suppressed.into_iter().map(with_name).collect(),
        held,
        reads_replies: house.team.reads_replies,
    };
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

/// An address to which nothing is to be sent.
pub struct Unwanted {
    address: String,
    why: String,
}

impl Form for Unwanted {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let address = fields.needed("address")?;
        if !is_mailbox(&address) {
            return Err(WebError::Refused("refused-mail"));
        }
        Ok(Self { address, why: fields.needed_line("why")? })
    }
}

/// `POST /desk/post/suppress`. Whoever is on the list already stays there for the first reason.
pub async fn suppress(
    house: House,
    may: May<WorkDesk>,
    (): (),
    unwanted: Unwanted,
) -> Result<Onward, WebError> {
    let new = Suppression {
        id: house.id(),
        address: unwanted.address,
        reason: Reason::ByHand,
        why: unwanted.why,
        by: Some(may.who.officer.id),
        since: house.now(),
    };
    house.write("suppress an address", async |tx| suppressions::put_on(tx, &new).await).await?;
    Ok(Onward::saying("/desk/post#suppressed", "suppressed"))
}

/// An address on the list.
pub struct Wanted {
    suppression: SuppressionId,
}

impl Form for Wanted {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { suppression: fields.id("suppression")?.ok_or(WebError::Refused("refused-form"))? })
    }
}

/// `POST /desk/post/send-again`. What is written from now on goes there; what was held back does not.
pub async fn send_again(
    house: House,
    may: May<WorkDesk>,
    (): (),
    wanted: Wanted,
) -> Result<Onward, WebError> {
    let (by, now) = (may.who.officer.id, house.now());
    let taken = house
        .write("send to an address again", async |tx| {
            suppressions::take_off(tx, wanted.suppression, by, now).await
        })
        .await?;
    if taken { Ok(Onward::saying("/desk/post#suppressed", "sent-again")) } else { Err(WebError::NotFound) }
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
            suppressed: vec![(
                Suppression {
                    id: SuppressionId(Uuid::from_u128(300)),
                    address: "bart@noordzorg.example".into(),
                    reason: Reason::Bounced,
                    why: "550 5.1.1 unknown".into(),
                    by: None,
                    since: "2020-01-16T10:00:00Z".parse().unwrap(),
                },
                Some("Roos".into()),
            )],
            held: true,
            reads_replies: true,
        };
        check("post", "/desk/post", |frame| page(frame, &view));
        let empty =
            View { replies: vec![], counts: vec![], suppressed: vec![], held: false, reads_replies: false };
        check("post-empty", "/desk/post", |frame| page(frame, &empty));
    }
}
