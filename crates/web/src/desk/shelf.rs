//! `GET /desk/shelf`: work that would not succeed and papers that could not be read, each with its
//! reason. Nothing disappears: it is tried again, or a person puts it aside.

use flow::house::House;
use flow::ingest::{self, Taken};
use jiff::Timestamp;
use maud::{Markup, html};
use store::jobs::{
    self, FRONT, GATEWAY, Held, Job as Order, LEAVING, OUTBOX, REPORTS, SOURCES, Shelved, WEBHOOKS, WORK,
};
use store::officers::Role;
use store::papers::{self, Digest};
use store::{StoreError, outbox, participants, sources, warnings};

use crate::WebError;
use crate::form::{Fields, Form};
use crate::may::{May, Onward, RunNode};
use crate::page::Frame;
use crate::terms::{Tone, status};

#[derive(Debug, Clone)]
pub struct View {
    /// Whether whoever looks may see what comes in by mail, which has names in it.
    pub shows_post: bool,
    /// Queues that wait for a person.
    pub held: Vec<Held>,
    /// The longest waiting first.
    pub jobs: Vec<Job>,
    pub papers: Vec<Paper>,
}

#[derive(Debug, Clone)]
pub struct Job {
    /// What the queue calls it.
    pub key: String,
    /// Its name in the code, such as `Send`.
    pub name: String,
    pub tries: usize,
    pub shelved_at: Timestamp,
    /// What the last try ran into, as the log has it.
    pub why: String,
    /// What it was about: an address on this desk and how to call it.
    pub about: Option<(String, String)>,
}

#[derive(Debug, Clone)]
pub struct Paper {
    /// SHA-256, in hexadecimal.
    pub digest: String,
    pub source: String,
    pub received_at: Timestamp,
    pub size_bytes: u64,
    pub why: String,
    /// Where in the paper: a JSON pointer, a line, an offset.
    pub place: Option<String>,
    /// Whether reading it once more could go otherwise: the bytes are the same, the reader is newer.
    pub may_retry: bool,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("page-nav-shelf"),
        html! {
            h1 { (frame.say("shelf-title")) }
            p { (frame.say("shelf-what")) }
            @if view.shows_post { p { a href="/desk/post" { (frame.say("shelf-post")) } } }
            div #held data-live { @for held in &view.held { (held_card(frame, held)) } }
            section #jobs aria-labelledby="jobs-head" data-live {
                h2 #jobs-head { (frame.count("shelf-jobs", view.jobs.len())) }
                @if view.jobs.is_empty() { p .notice.good { (frame.say("shelf-no-jobs")) } }
                ul .cards.plain { @for (place, job) in view.jobs.iter().enumerate() { (job_card(frame, place, job)) } }
            }
            section #papers aria-labelledby="papers-head" data-live {
                h2 #papers-head { (frame.count("shelf-papers", view.papers.len())) }
                @if view.papers.is_empty() { p .notice.good { (frame.say("shelf-no-papers")) } }
                ul .cards.plain { @for paper in &view.papers { (paper_card(frame, paper)) } }
            }
        },
    )
}

fn held_card(frame: &Frame, held: &Held) -> Markup {
    let title = match held.queue.as_str() {
        FRONT => "shelf-held-front",
        OUTBOX => "shelf-held-outbox",
        GATEWAY => "shelf-held-gateway",
        WEBHOOKS => "shelf-held-webhooks",
        _ => "shelf-held-work",
    };
    html! {
        section .card.alarm id={ "held-" (held.queue) } aria-labelledby={ "held-head-" (held.queue) } {
            div .row {
                h2 id={ "held-head-" (held.queue) } { (frame.say(title)) }
                (status(Tone::Alarm, &frame.count("shelf-held-due", usize::try_from(held.due).unwrap_or(usize::MAX))))
                span .soft { (frame.say("shelf-since")) " " (frame.time(held.since)) }
            }
            p { (frame.say("shelf-held-what")) }
            p lang="en" { samp { (held.why) } }
            div .acts {
                details id={ "held-go-" (held.queue) } {
                    summary { (frame.say("shelf-let-go")) }
                    div .drawer {
                        p { (frame.say("shelf-let-go-what")) }
                        (frame.button(
                            "/desk/shelf/queues/release",
                            &[("queue", held.queue.as_str())],
                            &frame.say("shelf-let-go-sure"),
                        ))
                    }
                }
            }
        }
    }
}

fn job_card(frame: &Frame, place: usize, job: &Job) -> Markup {
    let hidden = [("key", job.key.as_str())];
    html! {
        li .card.alarm id={ "job-" (place) } tabindex="-1" data-row {
            div .row {
                h3 { code { (job.name) } }
                (status(Tone::Alarm, &frame.count("shelf-tries", job.tries)))
                span .soft { (frame.say("shelf-since")) " " (frame.time(job.shelved_at)) }
            }
            @if let Some((href, name)) = &job.about { p { a href=(href) { (name) } } }
            p lang="en" { samp { (job.why) } }
            div .acts {
                (frame.button("/desk/shelf/jobs/retry", &hidden, &frame.say("shelf-retry")))
                details id={ "job-aside-" (place) } {
                    summary { (frame.say("shelf-aside")) }
                    div .drawer {
                        p { (frame.say("shelf-aside-job")) }
                        (frame.button("/desk/shelf/jobs/aside", &hidden, &frame.say("shelf-aside-sure")))
                    }
                }
            }
        }
    }
}

fn paper_card(frame: &Frame, paper: &Paper) -> Markup {
    let hidden = [("digest", paper.digest.as_str())];
    let short: String = paper.digest.chars().take(12).collect();
    html! {
        li .card.heed id={ "paper-" (short) } tabindex="-1" data-row {
            div .row {
                h3 { (paper.source) }
                span .soft {
                    (frame.time(paper.received_at)) " · "
                    (frame.say_with("advisory-bytes", &[("bytes", &paper.size_bytes.to_string())]))
                }
            }
            p lang="en" {
                samp { (paper.why) }
                @if let Some(place) = &paper.place { " " code { (place) } }
            }
            p .leaf { code { (paper.digest) } }
            div .acts {
                @if paper.may_retry {
                    (frame.button("/desk/shelf/papers/retry", &hidden, &frame.say("shelf-read-again")))
                }
                details id={ "aside-" (short) } {
                    summary { (frame.say("shelf-aside")) }
                    div .drawer {
                        p { (frame.say("shelf-aside-paper")) }
                        (frame.button("/desk/shelf/papers/aside", &hidden, &frame.say("shelf-aside-sure")))
                    }
                }
            }
        }
    }
}

/// Who runs the node sees what failed, and of nobody whose it was.
pub async fn show(house: House, may: May<RunNode>, (): (), (): ()) -> Result<Markup, WebError> {
    let names = may.who.role != Role::Administrator;
    let mut found = Vec::new();
    for shelved in jobs::on_the_shelf(&house.db).await? {
        let about = if names { about(&house, &shelved.job).await? } else { None };
        found.push(job(shelved, about, names));
    }
    let papers = papers::on_the_shelf(&house.db).await?.into_iter().map(|paper| Paper {
        digest: paper.digest.to_string(),
        source: paper.source,
        received_at: paper.received_at,
        size_bytes: paper.size_bytes,
        why: paper.why.unwrap_or_default(),
        place: paper.complaints.first().map(|complaint| complaint.at.clone()),
        // An inventory belongs to somebody, and that is not what reading it again will find out.
        may_retry: paper.kind != "inventory",
    });
    let held = jobs::held(&house.db, house.now()).await?;
    let view = View { shows_post: names, held, jobs: found, papers: papers.collect() };
    Ok(page(&may.frame(&house), &view))
}

fn job(shelved: Shelved, about: Option<(String, String)>, names: bool) -> Job {
    let name = format!("{:?}", shelved.job);
    Job {
        name: name.split('(').next().unwrap_or_default().to_owned(),
        tries: usize::try_from(shelved.attempts).unwrap_or_default(),
        shelved_at: shelved.shelved_at,
        why: if names { shelved.why } else { without_mailboxes(&shelved.why) },
        about,
        key: shelved.key,
    }
}

/// What a mail server said, without saying about whom.
fn without_mailboxes(why: &str) -> String {
    let hidden = |word: &str| match word.contains('@') {
        true => "…".to_owned(),
        false => word.to_owned(),
    };
    why.split(' ').map(hidden).collect::<Vec<_>>().join(" ")
}

/// The page of the desk on which a job can be understood, and what that page is about.
async fn about(house: &House, job: &Order) -> Result<Option<(String, String)>, StoreError> {
    let warning = match job {
        Order::VerifyClaim(id, _) | Order::ClimbLadder(id, _) | Order::RenewStage(id, _) => Some(*id),
        Order::Send(id) | Order::SendFirst(id) | Order::HandToGateway(id) | Order::TellWebhook(id) => {
            outbox::of_id(&house.db, *id).await?.and_then(|delivery| delivery.about).map(|(id, _)| id)
        }
        Order::Expose(id)
        | Order::Warn(id)
        | Order::LookAgain(id)
        | Order::Release(id)
        | Order::RecallAll(id, ..) => {
            return Ok(Some((format!("/desk/advisories/{id}"), id.to_string())));
        }
        Order::ExposeParticipant(of)
        | Order::Weigh(of, _)
        | Order::SumUp(_, of)
        | Order::AskForInventory(of)
        | Order::LookForSign(_, of)
        | Order::EndRescan(_, of) => {
            let name = participants::of_id(&house.db, *of).await?.map(|participant| participant.name);
            return Ok(name.map(|name| (format!("/desk/participants/{of}"), name)));
        }
        Order::Fetch(id) => {
            let name = sources::of_id(&house.db, *id).await?.map(|source| source.name);
            return Ok(name.map(|name| (format!("/desk/sources/{id}"), name)));
        }
        Order::TakeIn(report) | Order::File(report) => {
            return Ok(Some((format!("/desk/reports/{report}"), report.to_string())));
        }
        Order::Reattribute => return Ok(Some(("/desk/findings".to_owned(), "/desk/findings".to_owned()))),
        Order::Triage => return Ok(Some(("/desk/records".to_owned(), "/desk/records".to_owned()))),
        Order::CountSet(..)
        | Order::AskAgain
        | Order::TestContacts
        | Order::SendAlarm(_)
        | Order::TellFigures
        | Order::MindTheHeld
        | Order::Checkpoint
        | Order::WriteWebsite => None,
    };
    let Some(id) = warning else { return Ok(None) };
    let line = warnings::line(&house.db, id).await?;
    Ok(line.map(|line| {
        (format!("/desk/warnings/{id}"), format!("{}, {}", line.participant_name, line.advisory_number))
    }))
}

/// A job on the shelf, by its key.
pub struct Chosen {
    key: String,
}

impl Form for Chosen {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { key: fields.needed("key")? })
    }
}

/// `POST /desk/shelf/jobs/retry`.
pub async fn retry_job(house: House, _: May<RunNode>, (): (), chosen: Chosen) -> Result<Onward, WebError> {
    let now = house.now();
    let again =
        house.write("try a job again", async |tx| jobs::try_again(tx, &chosen.key, now).await).await?;
    if again { Ok(Onward::saying("/desk/shelf", "tried-again")) } else { Err(WebError::NotFound) }
}

/// `POST /desk/shelf/jobs/aside`.
pub async fn put_job_aside(
    house: House,
    may: May<RunNode>,
    (): (),
    chosen: Chosen,
) -> Result<Onward, WebError> {
    let now = house.now();
    let aside =
        house.write("put a job aside", async |tx| jobs::put_aside(tx, &chosen.key, now).await).await?;
    if !aside {
        return Err(WebError::NotFound);
    }
    tracing::info!(job.key = chosen.key, officer.id = %may.who.officer.id, "a job was put aside");
    Ok(Onward::saying("/desk/shelf", "put-aside"))
}

/// A paper on the shelf, by its digest.
pub struct ChosenPaper {
    digest: Digest,
}

impl Form for ChosenPaper {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { digest: fields.word("digest", |word| word.parse().ok())? })
    }
}

/// `POST /desk/shelf/papers/retry`: the bytes are the same, the reader may be newer.
pub async fn retry_paper(
    house: House,
    _: May<RunNode>,
    (): (),
    chosen: ChosenPaper,
) -> Result<Onward, WebError> {
    match ingest::again(&house, chosen.digest).await? {
        None => Err(WebError::NotFound),
        Some(Taken::OnTheShelf { .. }) => Ok(Onward::saying("/desk/shelf", "paper-shelved")),
        Some(_) => Ok(Onward::saying("/desk/shelf", "paper-on-desk")),
    }
}

/// `POST /desk/shelf/papers/aside`.
pub async fn put_paper_aside(
    house: House,
    may: May<RunNode>,
    (): (),
    chosen: ChosenPaper,
) -> Result<Onward, WebError> {
    let aside =
        house.write("put a paper aside", async |tx| papers::put_aside(tx, chosen.digest).await).await?;
    if !aside {
        return Err(WebError::NotFound);
    }
    tracing::info!(paper.digest = %chosen.digest, officer.id = %may.who.officer.id, "a paper was put aside");
    Ok(Onward::saying("/desk/shelf", "put-aside"))
}

/// A queue, by its name.
pub struct ChosenQueue {
    queue: &'static str,
}

impl Form for ChosenQueue {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let queues = || LEAVING.into_iter().chain([WORK, SOURCES, REPORTS]);
        let known = |word: &str| queues().find(|queue| *queue == word);
        Ok(Self { queue: fields.word("queue", known)? })
    }
}

/// `POST /desk/shelf/queues/release`: what was held goes on. Twice is once.
pub async fn let_go(
    house: House,
    may: May<RunNode>,
    (): (),
    chosen: ChosenQueue,
) -> Result<Onward, WebError> {
    let (by, now) = (may.who.officer.id, house.now());
    house.write("let a queue go on", async |tx| jobs::release(tx, chosen.queue, by, now).await).await?;
    Ok(Onward::saying("/desk/shelf", "let-go"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::check;

    #[test]
    fn what_could_not_be_done_waits_with_its_reason() {
        let since = "2020-01-16T11:00:00Z".parse().unwrap();
        let view = View {
            shows_post: true,
            held: vec![Held { queue: OUTBOX.into(), since, why: "restored from a backup".into(), due: 3 }],
            jobs: vec![Job {
                key: "{\"send\":\"0190\"}".into(),
                name: "Send".into(),
                tries: 12,
                shelved_at: since,
                why: "550 5.1.1 mailbox unavailable".into(),
                about: Some(("/desk/warnings/1".into(), "Noordzorg, 2020-0042".into())),
            }],
            papers: vec![Paper {
                digest: "9f".repeat(32),
                source: "csaf.leverancier.example".into(),
                received_at: since,
                size_bytes: 104_857_601,
                why: "deeper than 64 levels".into(),
                place: Some("/product_tree/branches/0".into()),
                may_retry: true,
            }],
        };
        check("shelf", "/desk/shelf", |frame| page(frame, &view));
        check("shelf-empty", "/desk/shelf", |frame| {
            page(frame, &View { shows_post: false, held: vec![], jobs: vec![], papers: vec![] })
        });
    }
}
