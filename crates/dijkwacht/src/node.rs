//! A house from a configuration.

use std::path::Path;

use anyhow::Context;
use disclosure::Gate;
use flow::deliver::post::Post;
use flow::deliver::seals::Seals;
use flow::house::{Clock, House, Parts, Team};
use flow::law::Law;
use flow::signing::Key;
use formats::rules;
use store::papers::Folder;
use store::{Db, StoreError};

use crate::config::Config;

/// Opens the house that `config` describes.
///
/// # Errors
/// When the database is in use, newer than this program or does not answer, and when a file of rules
/// is unfit; each with what to do.
pub async fn open(config: &Config) -> anyhow::Result<House> {
    let read = |path: &Option<std::path::PathBuf>, shipped: &'static str| match path {
        Some(path) => std::fs::read_to_string(path).with_context(|| path.display().to_string()),
        None => Ok(shipped.to_owned()),
    };
    let ladders = rules::ladders(&read(&config.rules.ladders, rules::LADDERS)?).context("rules.ladders")?;
    let scheme =
        rules::scheme(&read(&config.rules.severity, rules::CHANCE_DAMAGE_2019)?).context("rules.severity")?;
    let other = rules::scheme(rules::URGENT_NORMAL).context("the shipped scheme")?;
    let schemes = [scheme, other].into();
    let terms = rules::terms(&read(&config.rules.plain_language, rules::PLAIN_LANGUAGE)?)
        .context("rules.plain_language")?;
    let db = Db::open(&config.store.database).await.context("store.database")?;
    let http = config.way_out().context("egress")?;
    let gateway = config.gateway(&http).context("gateway")?;
    let mut house = House::new(Parts {
        db,
        papers: Folder::open(&config.store.papers).context("store.papers")?,
        law: law(config.rules.disclosure.as_deref())?,
        ladders,
        schemes,
        terms,
        post: Post::smtp(&config.mail_server()?).context("mail")?,
        http,
        room: config.room(),
        key: Key::open(&config.signing_key(), House::chance).context("store.signing_key_file")?,
        seals: Seals::open(&config.keys(), &config.mail.mailbox, House::moment(), House::chance)
            .context("keys of mail")?,
        team: team(config),
        clock: Clock::Wall,
        seed: None,
    });
    house.gateway = gateway;
    if let Some(website) = &config.website {
        house.website = website.open();
    }
    Ok(house)
}

/// The rules of a folder, or those that are shipped.
fn law(folder: Option<&Path>) -> anyhow::Result<Law> {
    match folder {
        Some(folder) => Law::in_folder(folder).context("rules.disclosure"),
        None => Ok(Gate::shipped().into()),
    }
}

fn team(config: &Config) -> Team {
    Team {
        name: config.team.name.clone(),
        telephone: config.team.telephone.clone(),
        site: config.team.site.clone(),
        mailbox: config.mail.mailbox.clone(),
        reads_replies: config.mail.returns.is_some(),
        address: config.web.address.trim_end_matches('/').to_owned(),
        target_group: config.team.target_group.clone(),
        sends_as: config.team.sends_as.clone(),
        sends_lowest: config.team.sends_lowest,
        stop,
    }
}

/// Ends the process at once. What is on disk is not known after a commit that failed, and asking again
/// would be told that all is well; the next start reads what is there.
pub fn stop(cause: &StoreError) {
    tracing::error!("the node stops: {cause}");
    eprintln!("dijkwacht: the node stops: {cause}");
    std::process::exit(1);
}
