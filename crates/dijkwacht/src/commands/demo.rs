//! `dijkwacht demo`: December 2019 in one process, with nothing to install and nothing that leaves it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use domain::designation::{Designation, Organisation};
use domain::finder::Standing;
use domain::publication::Rule;
use domain::source::{Kind, Settings};
use domain::text::{Language, Text};
use flow::deliver::post::{Catcher, Post};
use flow::disclose::ask_again;
use flow::finders::{self, New};
use flow::house::{House, Officer, Team};
use flow::ingest::{self, Received};
use flow::publication::keys::Keys;
use flow::publication::{self, Place, Website};
use flow::{sign_in, sources};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use scenarios::country;
use scenarios::history::History;
use scenarios::play::{END, Player, Run};
use scenarios::population::Group;
use store::organisations::Reachable;
use store::papers::Folder;
use store::sign_in::Person;
use store::{Db, officers};
use tokio::sync::watch;
use web::demo::sign_in::LINK_LIFE;
use web::demo::{Beside, Event, Role, Stage};

use super::print;
use super::replay::Scratch;
use super::serve::Told;

#[derive(Args)]
pub struct Arguments {
    /// Where the pages are; 0 takes a port that is free.
    #[arg(long, default_value_t = 8019)]
    port: u16,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Lets the clock run from the start instead of waiting for "play".
    #[arg(long)]
    play: bool,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let listener = tokio::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port)))
        .await
        .with_context(|| format!("port {} (another one: --port N)", arguments.port))?;
    let address = format!("http://{}", listener.local_addr()?);
    let scratch = Scratch::new()?;
    let db = Db::open_scratch(&scratch.path().join("demo.sqlite")).await?;
    let papers = Folder::open(&scratch.path().join("papers"))?;
    let began: Timestamp = "2019-12-17T12:00:00+01:00".parse()?;
    let team = Team { address: address.clone(), stop: crate::node::stop, ..country::team() };
    let mut house =
        country::house(db, papers, began, arguments.seed, Post::Catcher(Catcher::default()), team);
    let website = tokio::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    let website_address = format!("http://{}", website.local_addr()?);
    house.website = everybodys(&house, scratch.path(), &website_address)?;

    eprintln!("Preparing a sectoral node for care, on 17 December 2019.");
    let style = ProgressStyle::with_template("  {msg} {wide_bar} {pos}/{len}")?;
    let bar = ProgressBar::new(0).with_style(style);
    bar.set_message("care organisations join");
    let progress = |done: usize, of: usize| {
        bar.set_length(u64::try_from(of).unwrap_or_default());
        bar.set_position(u64::try_from(done).unwrap_or_default());
    };
    let player =
        Player::begin(house.clone(), Run::Ladder, arguments.seed, Some(Group::Care), &progress).await?;
    bar.finish_and_clear();
    sources::settle(&house, vec![watched_folder(&scratch.path().join("inbox"))?]).await?;

    let history = History::shipped()?;
    let said = |event: &scenarios::history::Event| Event {
        at: event.at,
        what: Text::both(event.text.nl.clone(), event.text.en.clone()),
    };
    let events = history.events.iter().filter(|event| event.at <= END).map(said).collect();
    // The first visitor finds pages there, and not an address that nobody answers for.
    publication::write(&house).await?;
    scan(&house, &player).await?;
    register(&house).await?;
    let roles = roles(&house, &player).await?;
    let mut links = Vec::new();
    for role in &roles {
        links.push(sign_in::link(&house, role.person, LINK_LIFE).await?);
    }
    let stage = Stage::new(began, END, events, roles.clone());
    let beside = Beside { finder: Some(finder(&house).await?), website: Some(website_address.clone()) };
    let stage = stage.with(beside);
    stage.set_moving(arguments.play);
    let files = web::open_public(house.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let files = tokio::spawn(axum::serve(website, files).into_future());
    let router = web::open_story(house, stage.clone());
    let (stop, stopping) = watch::channel(false);
    let pages = tokio::spawn(
        axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).into_future(),
    );
    let story = tokio::spawn(play(player, stage, stopping));

    let mut told = Told::listen()?;
    print(&format!("The demonstration is open: {address}/demo"));
    print(&format!("What everybody reads, once somebody makes it public: {website_address}/"));
    print("A clock to play, everybody's mail, and these ways in (each works once; the page gives new ones):");
    for (role, code) in roles.iter().zip(links) {
        let what = role.word.replace('_', " ");
        let who = format!("{}, {}", role.name, role.organisation);
        print(&format!("  {what:<14}  {who:<40}  {address}/sign-in/{code}"));
    }
    print(
        "Everything is invented but the record that is played, and nothing leaves this machine. Ctrl-C ends it.",
    );
    told.wait().await;
    stop.send_replace(true);
    pages.abort();
    files.abort();
    story.await??;
    Ok(ExitCode::SUCCESS)
}

/// A website at `address`, with a key of its own that ends with the demonstration.
fn everybodys(house: &House, scratch: &Path, address: &str) -> anyhow::Result<Website> {
    let keys = scratch.join("website-keys");
    Keys::make(&keys, &house.team.name, House::chance(), house.now())?;
    Ok(Website::at(Place {
        folder: scratch.join("website"),
        keys,
        address: address.to_owned(),
        rule: Rule::default(),
        may_be_listed: true,
        may_be_mirrored: true,
        draw: web::public::draw,
    }))
}

/// A source that needs nobody outside: a folder of this machine, in which a visitor may lay a paper.
fn watched_folder(folder: &Path) -> anyhow::Result<sources::Wanted> {
    std::fs::create_dir_all(folder)?;
    Ok(sources::Wanted {
        name: "Een map op deze machine".into(),
        kind: Kind::Folder,
        address: folder.display().to_string(),
        // Nobody lays anything there unless to try it.
        settings: Settings { silent_hours: Some(24 * 365), ..Settings::default() },
    })
}

/// Somebody who hands in lists, and whom an officer has checked. Gives the place of its page.
async fn finder(house: &House) -> anyhow::Result<String> {
    let all = officers::all(&house.db).await?;
    let by = all.first().context("a node has officers")?;
    let by = Officer { id: by.id, name: by.name.clone() };
    let new = New {
        name: "Dijkleger".into(),
        mail: Some("post@dijkleger.example".into()),
        language: Language::Nl,
        standing: Standing::Known,
        verified_how: "gebeld op het nummer van hun site".into(),
    };
    let id = finders::register(house, &by, new).await?;
    let page = finders::new_code(house, &by, id).await?;
    Ok(page.strip_prefix(&house.team.address).unwrap_or(&page).to_owned())
}

/// Who is not served and can be told things: the national team, and a link organisation whose designation is signed
/// and comes into force while the story is played.
async fn register(house: &House) -> anyhow::Result<()> {
    let all = officers::all(&house.db).await?;
    let by = all.first().context("a node has officers")?;
    let by = Officer { id: by.id, name: by.name.clone() };
    for (id, name, kind, sends_as) in
        [("landwacht", "Landwacht", "CS", Some("national")), ("dijkring", "Dijkring", "OK", None)]
    {
        let organisation = Organisation {
            id: id.into(),
            name: name.into(),
            kind: disclosure::Kind::new(kind),
            sends_as: sends_as.map(str::to_owned),
            groups: vec!["care".into()],
            is_community: true,
            country: "NL".into(),
            from: None,
            to: None,
        };
        let mail = Some(format!("wacht@{id}.example"));
        ask_again::enrol(house, &Reachable { organisation, mail, telephone: None }, &by).await?;
    }
    let designation = Designation {
        organisation: "dijkring".into(),
        group: "care".into(),
        document: "Besluit aanwijzing Dijkring (verzonnen)".into(),
        articles: "Wbni art. 3(2)(b)".into(),
        signed_on: date(2019, 12, 9),
        published_on: Some(date(2019, 12, 13)),
        in_force_from: Some(date(2020, 1, 1)),
        in_force_to: None,
        known_from: None,
    };
    ask_again::designate_by(house, &designation, &by).await?;
    Ok(())
}

/// A report of a scan of the day before: something at a hospital's system, something at nobody's, and a row
/// that cannot be used.
async fn scan(house: &House, player: &Player) -> anyhow::Result<()> {
    let Some((hospital, _)) = player.find("noordzorg") else { return Ok(()) };
    let own = store::assets::of_participant(&house.db, hospital, 10).await?;
    let host = own.into_iter().find_map(|asset| asset.host).unwrap_or_default();
    let rows = [
        format!("2019-12-16T03:10:00Z,,{host},443,weak-tls,misconfigured,version"),
        "2019-12-16T03:11:00Z,198.51.100.9,,6379,open-redis,misconfigured,banner".to_owned(),
        "2019-12-16T03:12:00Z,203.0.113.40,,53,open-dns,misconfigured,safe_check".to_owned(),
        "2019-12-16T03:13:00Z,192.0.2.999,,443,weak-tls,misconfigured,version".to_owned(),
    ];
    let bytes = format!("at,address,host,port,finding,seen,method\n{}\n", rows.join("\n")).into_bytes();
    let (source, name) = ("Dijkleger".to_owned(), "2019-12-16-week.csv".to_owned());
    drop(ingest::paper(house, Received { source, name, bytes }).await?);
    Ok(())
}

/// Whom a visitor can be: the people of the team, and two at a hospital.
async fn roles(house: &House, player: &Player) -> anyhow::Result<Vec<Role>> {
    let mut roles = Vec::new();
    for officer in officers::all(&house.db).await? {
        roles.push(Role {
            name: officer.name,
            organisation: house.team.name.clone(),
            person: Person::Officer(officer.id),
            word: officer.role.word(),
        });
    }
    let Some((hospital, _)) = player.find("noordzorg") else { return Ok(roles) };
    let organisation =
        store::participants::of_id(&house.db, hospital).await?.map(|it| it.name).unwrap_or_default();
    let contacts = store::contacts::of_participant(&house.db, hospital).await?;
    for (contact, word) in contacts.into_iter().zip(["contact", "reader"]) {
        let (person, organisation) = (Person::Contact(contact.id), organisation.clone());
        roles.push(Role { name: contact.name, organisation, person, word });
    }
    Ok(roles)
}

/// Moves the story as the visitors wish, ten times a second.
async fn play(mut player: Player, stage: Stage, mut stopping: watch::Receiver<bool>) -> anyhow::Result<()> {
    const BEATS: u32 = 10;
    let mut beat = tokio::time::interval(Duration::from_secs(1) / BEATS);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut changes = player.house.changes();
    loop {
        tokio::select! {
            _ = beat.tick() => {}
            () = stage.wished() => {}
            _ = stopping.changed() => return Ok(()),
        }
        let now = player.house.now();
        let until = match stage.take_leap() {
            Some(at) => at.min(END),
            None if stage.is_moving() => {
                let minutes = i64::from(stage.speed()) * 60 / i64::from(BEATS);
                (now + SignedDuration::from_mins(minutes.max(1))).min(END)
            }
            // Also while the story stands still, what a visitor does has its consequences. It takes a
            // second, because of two words of one moment nobody knows which was the last.
            None if changes.has_changed()? => now + SignedDuration::from_secs(1),
            None => continue,
        };
        player.play_until(until).await?;
        changes.mark_unchanged();
        if player.house.now() >= END {
            stage.set_moving(false);
        }
    }
}
