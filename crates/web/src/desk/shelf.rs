//! `GET /desk/shelf`: work that would not succeed and papers that could not be read, each with its
//! reason. Nothing disappears: it is tried again, or a person puts it aside.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::page::Frame;
use crate::terms::{Tone, status};

#[derive(Debug, Clone)]
pub struct View {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::check;

    #[test]
    fn what_could_not_be_done_waits_with_its_reason() {
        let since = "2020-01-16T11:00:00Z".parse().unwrap();
        let view = View {
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
        check("shelf-empty", "/desk/shelf", |frame| page(frame, &View { jobs: vec![], papers: vec![] }));
    }
}
