//! The pages of a desk in a large country: an advisory that concerns ten thousand participants, of whom
//! some answered, some claimed and some are silent, and a visitor who reads.
//!
//! Every request goes through the whole house: session, policy, figures, page, compression. Nobody
//! else asks meanwhile. `held_against` is what the house needs to say that it lives (`/livez`).

use std::future::poll_fn;
use std::pin::Pin;

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::http::{Request, StatusCode, header};
use domain::advisory::{AffectedProduct, RevisionNumber};
use domain::contact::Contact;
use domain::ids::ParticipantId;
use domain::product::Name;
use domain::warning::{Answer, Claim};
use flow::deliver::post::{Catcher, Post};
use flow::follow_up;
use flow::house::{Actor, House, Officer};
use flow::{jobs, publish, sign_in};
use jiff::{SignedDuration, Timestamp};
use scenarios::country::{self, Country, WORKAROUND};
use scenarios::population::Population;
use store::Db;
use store::officers;
use store::papers::Folder;
use store::sign_in::Person;
use store::warnings::{self, Asked, Line};
use tower::ServiceExt as _;

use crate::{Scratch, cpu_seconds, join, print};

pub async fn board(participants: usize, requests: usize) {
    let folder = Scratch::new();
    let db = Db::open_file(&folder.path("bench.sqlite")).await.unwrap();
    let papers = Folder::open(&folder.path("papers")).unwrap();
    let now: Timestamp = "2019-12-18T12:00:00Z".parse().unwrap();
    let house = country::house(db, papers, now, 1, Post::Catcher(Catcher::default()), country::team());
    let (mut contacts, _) = join(&house, Population::care_only(1, participants, 3)).await;
    contacts.sort_by_key(|contact| contact.participant);
    let elsewhere = Db::open_scratch(&folder.path("elsewhere.sqlite")).await.unwrap();
    let mut content = Country::new(elsewhere, "2019-12-18").await.advice(&[("technical_details", "some")]);
    let gateway = AffectedProduct { name: Name::new("Citrix", "Gateway"), ..content.products[0].clone() };
    content.products.push(gateway);
    let [author, releaser] = ["author", "releaser"].map(|name| Officer { id: house.id(), name: name.into() });
    let id = publish::propose(&house, &author, "2019-0979", &content).await.unwrap();
    publish::release(&house, &releaser, id).await.unwrap();
    jobs::work_off(&house).await.unwrap();
    let lines = warnings::list(&house.db, &Asked::default(), 0, i64::MAX).await.unwrap();
    assert_eq!(lines.len(), participants, "everybody is warned");
    say_something(&house, &contacts, &lines[participants / 10..]).await;

    let pages = web::open(house.clone());
    let mut unspoken = lines[..participants / 10].iter();
    let (bare, _) = read(&pages, &session(&house).await, "/livez", requests, async || ()).await;
    let some = lines[participants / 2].id;
    for path in [
        "/desk".to_owned(),
        "/desk?show=late".to_owned(),
        "/desk?q=zorg&page=3".to_owned(),
        "/desk/participants".to_owned(),
        "/desk/figures".to_owned(),
        format!("/desk/warnings/{some}"),
    ] {
        let (p95, cpu) = read(&pages, &session(&house).await, &path, requests, async || ()).await;
        let path = path.split_once("/warnings/").map_or(path.as_str(), |_| "/desk/warnings/{id}");
        print("board", &format!("{path} p95"), p95, "ms", "p95 of /livez", bare);
        print("board", &format!("{path} mean"), cpu, "cpu-ms", "p95 of /livez", bare);
    }
    let told = open_pages(&house, &pages, participants, &contacts, &lines[participants / 3]).await;
    print(
        "board",
        &format!("{participants} open pages told of a new warning"),
        told,
        "ms",
        "p95 of /livez",
        bare,
    );
    let course = format!("/desk/advisories/{id}/course");
    let (p95, _) = read(&pages, &session(&house).await, &course, requests.min(50), async || ()).await;
    print("board", "/desk/advisories/{id}/course p95", p95, "ms", "p95 of /livez", bare);
    let filtered = format!("/desk?advisory={id}&show=silent&page=50");
    let (p95, _) = read(&pages, &session(&house).await, &filtered, requests, async || ()).await;
    print("board", "/desk?advisory={id}&show=silent&page=50 p95", p95, "ms", "p95 of /livez", bare);
    let mut answers = async || {
        let line = unspoken.next().unwrap();
        let actor = actor(&contacts, line);
        follow_up::acknowledge::acknowledge(&house, actor, line.id, RevisionNumber::FIRST).await.unwrap();
    };
    let while_answers_come_in = requests.min(participants / 10);
    let (p95, _) = read(&pages, &session(&house).await, "/desk", while_answers_come_in, &mut answers).await;
    print("board", "/desk p95, an answer before each look", p95, "ms", "p95 of /livez", bare);
}

/// So many pages are open, each of somebody who is signed in for themselves. In milliseconds, how long after
/// something changed the last of them has heard of it.
async fn open_pages(house: &House, pages: &Router, count: usize, contacts: &[Contact], line: &Line) -> f64 {
    let mut open = Vec::with_capacity(count);
    for _ in 0..count {
        let token = session(house).await;
        let request = Request::get("/events")
            .header(header::HOST, "warnings.z-cert.example")
            .header(header::COOKIE, format!("dijkwacht={token}; __Host-dijkwacht={token}"))
            .body(Body::empty())
            .unwrap();
        let response = pages.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        open.push(response.into_body());
    }
    let listening = open.into_iter().map(|mut body| {
        tokio::spawn(async move {
            // A sign of life is no news.
            loop {
                let frame = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
                let data = frame.unwrap().unwrap().into_data().unwrap();
                if data.starts_with(b"event: changed") {
                    return std::time::Instant::now();
                }
            }
        })
    });
    let listening: Vec<_> = listening.collect();
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let began = std::time::Instant::now();
    let actor = actor(contacts, line);
    follow_up::acknowledge::acknowledge(house, actor, line.id, RevisionNumber::FIRST).await.unwrap();
    let mut last = began;
    for page in listening {
        last = last.max(page.await.unwrap());
    }
    last.duration_since(began).as_secs_f64() * 1_000.0
}

/// The 95th percentile in milliseconds of the wall, and the mean in milliseconds of CPU.
async fn read(
    pages: &Router,
    token: &str,
    path: &str,
    requests: usize,
    mut before: impl AsyncFnMut(),
) -> (f64, f64) {
    let (mut times, mut cpu) = (Vec::new(), 0.0);
    for _ in 0..requests {
        before().await;
        let request = Request::get(path)
            .header(header::HOST, "warnings.z-cert.example")
            .header(header::ACCEPT_ENCODING, "gzip")
            .header(header::COOKIE, format!("dijkwacht={token}; __Host-dijkwacht={token}"))
            .body(Body::empty())
            .unwrap();
        let (began, spent) = (std::time::Instant::now(), cpu_seconds());
        let response = pages.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let page = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        times.push(began.elapsed().as_secs_f64() * 1_000.0);
        cpu += cpu_seconds() - spent;
        assert!(!page.is_empty());
    }
    times.sort_by(f64::total_cmp);
    let count = f64::from(u32::try_from(requests).unwrap());
    (times[times.len() * 95 / 100], cpu * 1_000.0 / count)
}

/// A duty officer who was let in just now.
async fn session(house: &House) -> String {
    let id = house.id();
    let mail = format!("{}@z-cert.example", id);
    let officer = officers::Officer { id, name: "D. Dam".into(), mail, role: officers::Role::DutyOfficer };
    house.write("add an officer", async |tx| officers::add(tx, &officer).await).await.unwrap();
    let code = sign_in::link(house, Person::Officer(id), SignedDuration::from_hours(1)).await.unwrap();
    sign_in::begin(house, &code).await.unwrap().unwrap()
}

fn actor(contacts: &[Contact], line: &Line) -> Actor {
    let of: ParticipantId = line.participant;
    let place = contacts.binary_search_by_key(&of, |contact| contact.participant).unwrap();
    Actor { contact: contacts[place].id, participant: of }
}

/// A third acknowledges, a fifth says it is done, a tenth asks for help, the rest is silent.
async fn say_something(house: &House, contacts: &[Contact], lines: &[Line]) {
    for (number, line) in lines.iter().enumerate() {
        let actor = actor(contacts, line);
        let by = actor.contact;
        match number % 30 {
            0..10 => {
                follow_up::acknowledge::acknowledge(house, actor, line.id, RevisionNumber::FIRST)
                    .await
                    .unwrap();
            }
            10..16 => {
                let claim = Claim { by, measure: WORKAROUND, executed_at: None, assets: Default::default() };
                follow_up::claim::claim(house, actor, line.id, claim).await.unwrap();
            }
            16..19 => {
                let help = Answer::HelpAsked { by, telephone: "+31850000001".into() };
                follow_up::answer::answer(house, actor, line.id, help).await.unwrap();
            }
            _ => {}
        }
    }
}
