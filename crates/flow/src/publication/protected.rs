//! What the programs of a participant may fetch as CSAF: everything of ours that the gate lets it have, each label in
//! a folder of its own, with the same feeds, digests and signatures as on the website.
//!
//! Nothing lies anywhere as a file: each file is made when it is asked for, by what the gate says then.

use std::collections::BTreeSet;

use disclosure::{Cleared, Purpose, Recipient, Strength};
use domain::advisory::State;
use domain::ids::AdvisoryId;
use domain::participant::Participant;
use domain::tlp::Tlp;
use domain::warning::Channel;
use formats::csaf::distribute::{Provider, digests, folder_of};
use formats::csaf::write::{Edition, tracking_id};
use store::warnings::{self, Asked};
use store::{StoreError, advisories};

use super::keys::Keys;
use super::{
    NotPublic, Notice, Place, asking, document_of, notice, paragraphs_for, publisher, scores_for, scores_of,
    shelved, signers, stem,
};
use crate::disclose;
use crate::house::House;

/// Below the address of the node.
const FOLDER: &str = "feeds";
/// What goes to named persons only goes to no program.
const LABELS: [Tlp; 4] = [Tlp::Clear, Tlp::Green, Tlp::Amber, Tlp::AmberStrict];

/// A file that a participant may have, made of what was cleared for it and of nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served(Vec<u8>);

impl Served {
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The file at `path` below `/feeds/csaf/` as `of` may have it now. `None` where there is none for it: what is not
/// there and what is for others look the same, and a node without a website writes no documents.
///
/// # Errors
/// [`NotPublic::NoKey`] when nothing can be signed, and those of the store.
pub async fn file(house: &House, of: &Participant, path: &str) -> Result<Option<Served>, NotPublic> {
    let Some(place) = house.website.place() else { return Ok(None) };
    let in_edition = |edition: Edition| Some((edition, path.strip_prefix(&format!("v{}/", edition.word()))?));
    let Some((edition, rest)) = Edition::ALL.into_iter().find_map(in_edition) else { return Ok(None) };
    if let "provider-metadata.json" | "service.json" = rest {
        let notices = notices(house, of, None).await?;
        let provider = Around { house, place, edition, notices: &notices };
        return provider.made(|it| match rest {
            "service.json" => it.service(),
            _ => it.metadata(),
        });
    }
    let Some((label, rest)) = rest.split_once('/') else { return Ok(None) };
    let is_meant = |tlp: &Tlp| edition.label(*tlp).is_some() && folder_of(edition, *tlp) == label;
    let Some(tlp) = LABELS.into_iter().find(is_meant) else { return Ok(None) };
    let name = rest.rsplit('/').next().unwrap_or(rest);
    if !rest.contains('/') || name == "index.html" {
        let notices = notices(house, of, None).await?;
        let listed: Vec<_> = notices
            .iter()
            .map(Cleared::item)
            .filter(|it| it.tlp() == tlp)
            .map(|it| shelved(it, edition))
            .collect();
        let around = Around { house, place, edition, notices: &notices };
        let mut files = std::collections::BTreeMap::new();
        around.made(|provider| {
            files = provider.shelf_files(tlp, &listed);
            Vec::new()
        })?;
        return Ok(files.remove(rest).map(Served));
    }
    let (of_document, part) = match name.split_once(".json") {
        Some((stem, part)) => (stem, part),
        None => return Ok(None),
    };
    for cleared in notices(house, of, Some(of_document)).await? {
        let at = cleared.item().document_path(edition);
        let Some(file_name) = at.strip_prefix("csaf/").filter(|at| path.strip_suffix(part) == Some(at))
        else {
            continue;
        };
        let file_name = file_name.rsplit('/').next().unwrap_or(file_name).to_owned();
        let bytes = match document_of(&cleared, edition).item() {
            Ok(bytes) => bytes.clone(),
            Err(why) => return Err(why.clone().into()),
        };
        let [sha256, sha512] = digests(&file_name, &bytes).map(|(_, digest)| digest);
        return Ok(match part {
            "" => Some(bytes),
            ".sha256" => Some(sha256),
            ".sha512" => Some(sha512),
            ".asc" => Some(Keys::read(&place.keys)?.signer(house.now())?.sign(&bytes)?.into_bytes()),
            _ => None,
        }
        .map(Served));
    }
    Ok(None)
}

/// What stands around the documents of one participant.
struct Around<'a> {
    house: &'a House,
    place: &'a Place,
    edition: Edition,
    notices: &'a [Cleared<Notice>],
}

impl Around<'_> {
    fn made(&self, make: impl FnOnce(&Provider<'_>) -> Vec<u8>) -> Result<Option<Served>, NotPublic> {
        let folder = format!("{}/{FOLDER}/csaf/v{}", self.house.team.address, self.edition.word());
        let publisher = publisher(self.house);
        let changed_at = self.notices.iter().map(|it| it.item().changed_at()).max();
        let provider = Provider {
            publisher: &publisher,
            edition: self.edition,
            address: format!("{folder}/provider-metadata.json"),
            folder,
            labels: LABELS.into_iter().filter(|tlp| self.edition.label(*tlp).is_some()).collect(),
            signers: signers(self.place, &Keys::read(&self.place.keys)?.publics()?),
            updated_at: changed_at.unwrap_or_else(|| self.house.now()),
            // It is one participant's.
            may_be_listed: false,
            may_be_mirrored: false,
        };
        Ok(Some(Served(make(&provider))))
    }
}

/// A program of a participant, as the gate knows it: it reads by a way that nobody else reads along, and it is no
/// person.
fn program_of(house: &House, of: &Participant) -> Recipient {
    Recipient { strength: Strength::Sealed, ..disclose::participant(house, of, Channel::Webhook) }
}

/// Everything of ours that `of` may have, the last changed first; with `only`, what a document of this name could be.
async fn notices(
    house: &House,
    of: &Participant,
    only: Option<&str>,
) -> Result<Vec<Cleared<Notice>>, StoreError> {
    let asked = Asked { participant: Some(of.id), ..Asked::default() };
    let warned: BTreeSet<AdvisoryId> =
        warnings::list(&house.db, &asked, 0, i64::MAX).await?.into_iter().map(|line| line.advisory).collect();
    let (gate, to) = (house.law.gate(), program_of(house, of));
    let mut found = Vec::new();
    for line in advisories::newest(&house.db, i64::MAX).await? {
        let is_ours = line.publisher == house.team.name && line.released_at.is_some();
        let begins = stem(&tracking_id(&house.team.name, &line.number));
        if !is_ours || only.is_some_and(|only| !only.starts_with(&begins)) {
            continue;
        }
        let Some(on_desk) = advisories::of_id(&house.db, line.id).await? else { continue };
        let (mut advisory, changed_at) = (on_desk.advisory, on_desk.changed_at);
        let withdrawn_at = (advisory.state == State::Withdrawn).then_some(changed_at);
        let is_warned = warned.contains(&line.id);
        let mut scores = Vec::new();
        let Some(last) = advisory.revisions.last_mut() else { continue };
        let Some(label) = last.content.tlp else { continue };
        let restricted = std::mem::take(&mut last.content.restricted);
        // What stays back is what this one page of it does not show; the page of a warning does not write it down
        // either, and a program asks a hundred times a day.
        let (restricted, _) = paragraphs_for(house, &to, restricted, is_warned);
        // The whole carries the narrowest label of what is in it, and another number: two documents of one number
        // are the same document to whoever keeps them.
        let tlp = restricted.iter().map(|it| it.tlp).max().unwrap_or(label).max(label);
        last.content.restricted = restricted;
        last.content.tlp = Some(tlp);
        if only.is_some() {
            let known = scores_of(house, last.content.vulnerabilities.iter(), last.released_at).await?;
            let fitting = known.into_iter().filter(|it| it.tlp <= tlp).collect();
            (scores, _) = scores_for(house, &to, fitting, is_warned);
        }
        if tlp > label {
            advisory.number = format!("{}-TLP-{}", advisory.number, tlp.word().replace('+', "-"));
        }
        let notice = Notice {
            scores,
            is_matched: is_warned,
            ..notice(house, &format!("{}/{FOLDER}", house.team.address), advisory, withdrawn_at)
        };
        let decision = disclosure::clear(&gate, asking(house, Purpose::Warn), notice, &to);
        found.extend(decision.released().ok().filter(|it| it.form() == disclosure::Form::Full));
    }
    found.sort_by(|one, other| {
        let (one, other) = (one.item(), other.item());
        other.changed_at().cmp(&one.changed_at()).then_with(|| one.number.cmp(&other.number))
    });
    Ok(found)
}
