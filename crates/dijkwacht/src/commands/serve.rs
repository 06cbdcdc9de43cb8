//! `dijkwacht serve` and `dijkwacht work`: a node.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use flow::house::House;
use flow::returned::{self, Maildir};
use flow::{checkpoint, contact_tests, jobs, publication, signing, sources};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

use crate::config::Config;
use crate::node;

#[derive(Args)]
pub struct Arguments {
    #[arg(long)]
    config: PathBuf,
}

/// Runs until it is told to stop, and then ends what it was doing.
pub async fn run(arguments: Arguments, with_pages: bool) -> anyhow::Result<ExitCode> {
    log();
    let mut told = Told::listen()?;
    let config = Config::read(&arguments.config)?;
    let house = node::open(&config).await?;
    jobs::begin(&house).await?;
    checkpoint::begin(&house).await?;
    signing::begin(&house).await?;
    publication::begin(&house).await?;
    contact_tests::begin(&house).await?;
    flow::disclose::ask_again::begin(&house).await?;
    flow::disclose::figures_told::begin(&house).await?;
    sources::settle(&house, config.wanted()).await.context("sources")?;
    let (stop, stopping) = watch::channel(false);
    let mut workers = workers(&house, &stopping);
    workers.push(tokio::spawn(watch_law(house.clone(), stopping.clone())));
    if let Some(listen) = config.website.as_ref().and_then(|website| website.listen).filter(|_| with_pages) {
        workers.push(serve_website(&house, listen, stopping.clone()).await?);
    }
    if let Some(place) = &config.mail.returns {
        let mailbox = Maildir::open(place).context("mail.returns")?;
        workers.push(tokio::spawn(watch_mailbox(house.clone(), mailbox, stopping.clone())));
    }
    if with_pages {
        let listener = tokio::net::TcpListener::bind(config.web.listen)
            .await
            .with_context(|| format!("web.listen {}", config.web.listen))?;
        tracing::info!(engine = house.db.engine(), listen = %listener.local_addr()?, "the node is open");
        let router = web::open(house.clone()).into_make_service_with_connect_info::<std::net::SocketAddr>();
        let asked = {
            let mut stopping = stopping.clone();
            async move { drop(stopping.wait_for(|stop| *stop).await) }
        };
        let pages = tokio::spawn(axum::serve(listener, router).with_graceful_shutdown(asked).into_future());
        told.wait().await;
        stop.send_replace(true);
        // Open streams end with the process; whoever waits for one connects again elsewhere.
        let _ = tokio::time::timeout(std::time::Duration::from_secs(5), pages).await;
    } else {
        tracing::info!(engine = house.db.engine(), "the node works");
        told.wait().await;
        stop.send_replace(true);
    }
    for worker in workers {
        worker.await?;
    }
    house.db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// What everybody may read, at an address of its own. It asks no store, so it goes on when that is away.
async fn serve_website(
    house: &House,
    listen: std::net::SocketAddr,
    mut stopping: watch::Receiver<bool>,
) -> anyhow::Result<tokio::task::JoinHandle<()>> {
    let listener =
        tokio::net::TcpListener::bind(listen).await.with_context(|| format!("website.listen {listen}"))?;
    tracing::info!(listen = %listener.local_addr()?, "the website is open");
    let router =
        web::open_public(house.clone()).into_make_service_with_connect_info::<std::net::SocketAddr>();
    let asked = async move { drop(stopping.wait_for(|stop| *stop).await) };
    Ok(tokio::spawn(async move {
        if let Err(cause) = axum::serve(listener, router).with_graceful_shutdown(asked).await {
            tracing::error!("the website is closed: {cause}");
        }
    }))
}

/// One worker for each queue: a slow mail server does not hold up what is computed. Several ask sources,
/// of which one may take its time.
pub fn workers(house: &House, stopping: &watch::Receiver<bool>) -> Vec<tokio::task::JoinHandle<()>> {
    let worker = |queue| {
        let (house, stopping) = (house.clone(), stopping.clone());
        tokio::spawn(async move { jobs::work(&house, queue, stopping).await })
    };
    let several = [store::jobs::SOURCES; 3];
    jobs::QUEUES.into_iter().chain(several).map(worker).collect()
}

/// How often the folder of the rules is looked at.
const LAW_LOOKED_AT: std::time::Duration = std::time::Duration::from_secs(20);

/// Takes over rules that an operator changes while the node runs. What was withheld is asked again by them.
async fn watch_law(house: House, mut stopping: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(LAW_LOOKED_AT) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
        if house.law.look_again()
            && let Err(cause) = flow::disclose::ask_again::begin(&house).await
        {
            tracing::error!("what was withheld is not asked again before midnight: {cause}");
        }
    }
}

/// How often we look whether mail came in.
const MAIL_LOOKED_AT: std::time::Duration = std::time::Duration::from_secs(20);

/// Looks for letters that came back.
async fn watch_mailbox(house: House, mailbox: Maildir, mut stopping: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(MAIL_LOOKED_AT) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
        if let Err(cause) = returned::look(&house, &mailbox).await {
            tracing::error!("what came back by mail is not read: {cause}");
        }
    }
}

/// Whoever may tell a node to stop: somebody who presses Ctrl-C, and the system that ends the service.
pub struct Told {
    interrupt: Signal,
    terminate: Signal,
}

impl Told {
    /// Listens from here on. A node does so before anything else: a signal that comes before somebody listens
    /// ends the process in the middle of what it does.
    pub fn listen() -> anyhow::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Until it is told, or was since it listens.
    pub async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// One line for each thing that an operator must know; JSON when nobody is reading along.
fn log() {
    use std::io::IsTerminal;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match std::io::stderr().is_terminal() {
        true => lines.init(),
        false => lines.json().init(),
    }
}
