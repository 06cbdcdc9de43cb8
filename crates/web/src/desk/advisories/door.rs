//! The doors of advisories: the list, one of them, and what may be done with it.

use std::collections::BTreeSet;

use domain::advisory::{Content, State};
use domain::ids::{AdvisoryId, MeasureId};
use domain::measure::Reliability;
use domain::severity::{Answers, Assessment, Judgement, Severity};
use domain::text::{Language, Text};
use domain::tlp::Tlp;
use domain::warning::Stage;
use flow::house::House;
use flow::{drafts, publish, reassess};
use jiff::civil::DateTime;
use maud::Markup;
use store::advisories::{self, OnDesk};
use store::officers::Role;
use store::{StoreError, exposures, officers, papers, search, warnings};

use super::{
    Complaint, DraftLine, Item, List, Paper, Proposal, Reach, View, Writing, list_page, page, why_taken_over,
};
use crate::WebError;
use crate::desk::board::door::{ROWS, paging};
use crate::desk::participants::Searched;
use crate::form::{Fields, Form};
use crate::may::{Colleague, May, Onward, ReleaseAdvisory, WatchDesk, WorkDesk};
use crate::path::uuid;

/// A node has some hundreds; whoever wants an older one searches for it.
const ADVISORIES_MAX: i64 = 1_000;

pub async fn list(house: House, may: May<WatchDesk>, (): (), searched: Searched) -> Result<Markup, WebError> {
    let mut lines = advisories::newest(&house.db, ADVISORIES_MAX).await?;
    if !searched.words.is_empty() {
        let found = search::find(&house.db, &searched.words, None, ADVISORIES_MAX).await?;
        let found: BTreeSet<_> =
            found.into_iter().filter(|it| it.kind == "advisory").map(|it| it.id).collect();
        let word = searched.words.to_lowercase();
        lines.retain(|line| found.contains(&line.id.0) || line.number.to_lowercase().contains(&word));
    }
    let (skip, paging) = paging(searched.page, u64::try_from(lines.len()).unwrap_or(u64::MAX));
    let items =
        lines.into_iter().skip(usize::try_from(skip).unwrap_or_default()).take(ROWS).map(|line| Item {
            id: line.id.0,
            number: line.number,
            title: line.content.title.clone(),
            state: line.state,
            severity: line.content.severity(),
            label: line.content.severity.as_ref().map(Judgement::label).unwrap_or_default(),
            revision: line.revision.map(|revision| revision.to_string()),
            released_at: line.released_at,
            open: usize::try_from(line.open_warnings).unwrap_or(usize::MAX),
            complaints: line.complaints,
        });
    let advisories = items.collect();
    let (drafts, next_number) = (in_writing(&house).await?, drafts::next_number(&house).await?);
    let view = List { advisories, words: searched.words, paging, drafts, next_number };
    Ok(list_page(&may.frame_for(&house, Tlp::Amber), &view))
}

async fn in_writing(house: &House) -> Result<Vec<DraftLine>, StoreError> {
    let names = officers::names(&house.db).await?;
    let mut lines = Vec::new();
    for saved in store::drafts::all(&house.db).await? {
        let Some(on_desk) = advisories::of_id(&house.db, saved.advisory).await? else { continue };
        lines.push(DraftLine {
            id: saved.advisory.0,
            number: on_desk.advisory.number,
            title: saved.draft.content.title,
            by: names.get(&saved.saved_by).cloned().unwrap_or_default(),
            at: saved.saved_at,
            is_sent_back: saved.sent_back.is_some(),
        });
    }
    Ok(lines)
}

pub async fn show(house: House, may: May<WatchDesk>, id: AdvisoryId, (): ()) -> Result<Markup, WebError> {
    let on_desk = advisories::of_id(&house.db, id).await?.ok_or(WebError::NotFound)?;
    let proposal = proposal(&house, &on_desk, &may.who).await?;
    let released = on_desk.advisory.current().map(|revision| revision.content.clone());
    let content = on_desk.proposed.clone().or(released).unwrap_or_default();
    let reassessment = match on_desk.advisory.state {
        State::Withdrawn => None,
        _ => {
            let said = reassess::said_about(&house, &content.vulnerabilities).await?;
            reassess::proposed(&house, &content, &said)
        }
    };
    let tlp = content.tlp.unwrap_or(Tlp::Amber);
    let state = on_desk.advisory.state;
    let view = View {
        id: id.0,
        reach: reach(&house, id).await?,
        leaning: house.leaning(id).await?,
        papers: sources(&house, id).await?,
        proposal,
        reassessment,
        website: super::website::of(&house, &on_desk, &may.who).await?,
        may_withdraw: state == State::Published && may.who.role == Role::DutyOfficer,
        may_close: state == State::Published && may.who.role == Role::DutyOfficer,
        may_revise: state != State::Withdrawn,
        draft: writing(&house, id).await?,
        is_of_others: on_desk.advisory.publisher != house.team.name,
        state_reason: on_desk.state_reason,
        publisher: on_desk.advisory.publisher,
        number: on_desk.advisory.number,
        state,
        revisions: on_desk.advisory.revisions,
        content,
    };
    Ok(page(&may.frame_for(&house, tlp), &view))
}

async fn writing(house: &House, id: AdvisoryId) -> Result<Option<Writing>, StoreError> {
    let Some(saved) = store::drafts::of_advisory(&house.db, id).await? else { return Ok(None) };
    let by = officers::names(&house.db).await?.remove(&saved.saved_by).unwrap_or_default();
    Ok(Some(Writing { by, at: saved.saved_at }))
}

/// What waits to be released, and what pressing would do.
async fn proposal(
    house: &House,
    on_desk: &OnDesk,
    visitor: &Colleague,
) -> Result<Option<Proposal>, StoreError> {
    if on_desk.proposed.is_none() {
        return Ok(None);
    }
    let names = officers::names(&house.db).await?;
    Ok(Some(Proposal {
        by: on_desk.proposed_by.map(|by| names.get(&by).cloned().unwrap_or_default()),
        kinds: publish::kinds_of_proposal(on_desk),
        reopens: publish::would_reopen(house, on_desk).await?,
        own: on_desk.writers.contains(&visitor.officer.id),
        may_release: visitor.role == Role::DutyOfficer,
        approved: on_desk.approved.map(|it| (names.get(&it.by).cloned().unwrap_or_default(), it.release_at)),
    }))
}

async fn reach(house: &House, id: AdvisoryId) -> Result<Reach, StoreError> {
    let exposed = exposures::open_under(&house.db, id).await?;
    let mut participants: BTreeSet<_> = exposed.iter().map(|exposure| exposure.participant).collect();
    participants
        .extend(warnings::under(&house.db, id).await?.into_iter().map(|(_, participant)| participant));
    let counts = warnings::counts(&house.db, Some(id), house.now()).await?;
    let at = |wanted: Stage| {
        let count = counts.iter().find(|(stage, ..)| *stage == wanted).map_or(0, |(_, count, _)| *count);
        usize::try_from(count).unwrap_or(usize::MAX)
    };
    let possible = domain::exposure::Certainty::Possible;
    Ok(Reach {
        participants: participants.len(),
        systems: exposed.len(),
        unsure: exposed.iter().filter(|exposure| exposure.certainty == possible).count(),
        blocked: at(Stage::BlockedByLaw),
        unreached: at(Stage::Unreached),
    })
}

async fn sources(house: &House, id: AdvisoryId) -> Result<Vec<Paper>, StoreError> {
    let mut found = Vec::new();
    for digest in advisories::papers(&house.db, id).await? {
        let Some(paper) = papers::of_digest(&house.db, digest).await? else { continue };
        let complaint = |it: papers::Complaint| Complaint { path: it.at, message: it.what };
        found.push(Paper {
            digest: digest.to_string(),
            source: paper.source,
            received_at: paper.received_at,
            size_bytes: paper.size_bytes,
            complaints: paper.complaints.into_iter().map(complaint).collect(),
        });
    }
    Ok(found)
}

/// `POST /desk/advisories/{id}/release`: by a second person. Everybody whom it concerns is told.
pub async fn release(
    house: House,
    may: May<ReleaseAdvisory>,
    id: AdvisoryId,
    (): (),
) -> Result<Onward, WebError> {
    publish::release(&house, &may.who.officer, id).await?;
    Ok(Onward::saying(&format!("/desk/advisories/{id}"), "released"))
}

/// A reason, which goes into the ledger.
pub struct Why(String);

impl Form for Why {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self(fields.needed_line("why")?))
    }
}

/// `POST /desk/advisories/{id}/withdraw`: everybody who was warned may stand down.
pub async fn withdraw(
    house: House,
    may: May<ReleaseAdvisory>,
    id: AdvisoryId,
    Why(why): Why,
) -> Result<Onward, WebError> {
    publish::withdraw(&house, &may.who.officer, id, &why).await?;
    Ok(Onward::saying(&format!("/desk/advisories/{id}"), "noted"))
}

/// `POST /desk/advisories/{id}/close`: nothing is open any more.
pub async fn close(
    house: House,
    may: May<ReleaseAdvisory>,
    id: AdvisoryId,
    Why(why): Why,
) -> Result<Onward, WebError> {
    publish::close(&house, &may.who.officer, id, &why).await?;
    Ok(Onward::saying(&format!("/desk/advisories/{id}"), "noted"))
}

/// `POST /desk/advisories/{id}/aside`: what waits is not for us.
pub async fn put_aside(
    house: House,
    may: May<WorkDesk>,
    id: AdvisoryId,
    Why(why): Why,
) -> Result<Onward, WebError> {
    publish::put_aside(&house, &may.who.officer, id, &why).await?;
    Ok(Onward::saying(&format!("/desk/advisories/{id}"), "put-aside"))
}

/// `POST /desk/advisories/{id}/back`: what waits is a draft again.
pub async fn send_back(
    house: House,
    may: May<WorkDesk>,
    id: AdvisoryId,
    Why(why): Why,
) -> Result<Onward, WebError> {
    drafts::send_back(&house, &may.who.officer, id, &why).await?;
    Ok(Onward::saying(&format!("/desk/advisories/{id}#revise"), "noted"))
}

/// When what is approved goes out, on the wall of whoever approves.
pub struct ReleaseAt(DateTime);

impl Form for ReleaseAt {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self(fields.local("release_at")?.ok_or(WebError::Refused("refused-blank"))?))
    }
}

/// `POST /desk/advisories/{id}/approval`: by a second person, for a time.
pub async fn approve(
    house: House,
    may: May<ReleaseAdvisory>,
    id: AdvisoryId,
    ReleaseAt(at): ReleaseAt,
) -> Result<Onward, WebError> {
    let at = house.instant(at).ok_or(WebError::Refused("refused-time"))?;
    publish::approve(&house, &may.who.officer, id, at).await?;
    Ok(Onward::saying(&format!("/desk/advisories/{id}#proposal"), "noted"))
}

/// `POST /desk/advisories/{id}/hold`: what was approved waits after all.
pub async fn hold(
    house: House,
    may: May<ReleaseAdvisory>,
    id: AdvisoryId,
    (): (),
) -> Result<Onward, WebError> {
    publish::hold(&house, &may.who.officer, id).await?;
    Ok(Onward::saying(&format!("/desk/advisories/{id}#proposal"), "noted"))
}

/// That a measure is to be trusted less, or again.
pub struct Trust {
    measure: MeasureId,
    reliability: Reliability,
    reason: String,
}

impl Form for Trust {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self {
            measure: fields.measure()?,
            reliability: fields.word("reliability", reliability)?,
            reason: fields.needed("reason")?,
        })
    }
}

/// `POST /desk/advisories/{id}/measures`: put on the desk, for a second person to release.
pub async fn trust(
    house: House,
    may: May<WorkDesk>,
    id: AdvisoryId,
    said: Trust,
) -> Result<Onward, WebError> {
    publish::revise(&house, &may.who.officer, id, |content| {
        let mut measures = content.measures.iter_mut();
        let measure = measures.find(|measure| measure.id == said.measure);
        measure.ok_or(publish::PublishError::NoSuchMeasure(said.measure))?.reliability = said.reliability;
        content.reason = Some(said.reason);
        Ok(())
    })
    .await?;
    Ok(Onward::saying(&format!("/desk/advisories/{id}#proposal"), "proposed"))
}

/// What a new revision says otherwise.
pub struct Revised {
    /// Dutch, English.
    summary: [Option<String>; 2],
    consequence: [Option<String>; 2],
    severity: Severity,
    presumption: Option<DateTime>,
    exploited: bool,
    /// How far measures are to be trusted from now on, where that changes.
    trusts: Vec<(MeasureId, Reliability)>,
    reason: String,
}

/// A word of a form for how far a measure is to be trusted.
fn reliability(word: &str) -> Option<Reliability> {
    match word {
        "doubtful" => Some(Reliability::Doubtful),
        "revoked" => Some(Reliability::Revoked),
        "recommended" => Some(Reliability::Recommended),
        _ => None,
    }
}

impl Form for Revised {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let severity = |word: &str| match word {
            "low" => Some(Severity::Low),
            "medium" => Some(Severity::Medium),
            "high" => Some(Severity::High),
            "critical" => Some(Severity::Critical),
            _ => None,
        };
        Ok(Self {
            summary: [fields.text("summary_nl"), fields.text("summary_en")],
            consequence: [fields.text("consequence_nl"), fields.text("consequence_en")],
            severity: fields.word("severity", severity)?,
            presumption: fields.local("presumption")?,
            exploited: fields.tick("exploited"),
            trusts: fields
                .beginning_with("trust-")
                .map(|(id, word)| {
                    let measure = uuid(id).map(MeasureId);
                    measure.zip(reliability(word)).ok_or(WebError::Refused("refused-form"))
                })
                .collect::<Result<_, _>>()?,
            reason: fields.needed_line("reason")?,
        })
    }
}

impl Revised {
    fn write_into(self, house: &House, content: &mut Content) -> Result<(), publish::PublishError> {
        for (id, reliability) in self.trusts {
            let measure = content.measures.iter_mut().find(|measure| measure.id == id);
            measure.ok_or(publish::PublishError::NoSuchMeasure(id))?.reliability = reliability;
        }
        content.summary = text(self.summary);
        content.consequence = text(self.consequence);
        content.presumption = self.presumption.and_then(|local| house.instant(local));
        content.exploited = self.exploited;
        if content.severity() != self.severity {
            let judged = content.severity.take().unwrap_or_else(|| unjudged(self.severity));
            let reason = Some(self.reason.clone());
            content.severity = Some(Judgement { severity: self.severity, reason, ..judged });
        }
        content.reason = Some(self.reason);
        Ok(())
    }
}

/// `POST /desk/advisories/{id}/reassessment`: what others said becomes the answers of the next revision, which
/// a second person releases.
pub async fn take_over(house: House, may: May<WorkDesk>, id: AdvisoryId, (): ()) -> Result<Onward, WebError> {
    let on_desk = advisories::of_id(&house.db, id).await?.ok_or(WebError::NotFound)?;
    let content = reassess::counts(&on_desk).cloned().unwrap_or_default();
    let said = reassess::said_about(&house, &content.vulnerabilities).await?;
    let Some(it) = reassess::proposed(&house, &content, &said) else {
        return Err(WebError::Refused("refused-nothing-new"));
    };
    let reason = why_taken_over(&may.frame(&house), &it);
    reassess::take_over(&house, &may.who.officer, id, &reason).await?;
    Ok(Onward::saying(&format!("/desk/advisories/{id}#proposal"), "proposed"))
}

/// What nobody has answered the questions of a scheme about.
fn unjudged(severity: Severity) -> Judgement {
    let computed = Assessment { scheme: String::new(), severity, axes: Vec::new() };
    Judgement { answers: Answers::new(), computed, levels: Vec::new(), severity, reason: None }
}

fn text([dutch, english]: [Option<String>; 2]) -> Text {
    match (dutch, english) {
        (Some(dutch), Some(english)) => Text::both(dutch, english),
        (Some(dutch), None) => Text::only(Language::Nl, dutch),
        (None, Some(english)) => Text::only(Language::En, english),
        (None, None) => Text::default(),
    }
}

/// `POST /desk/advisories/{id}/revisions`: put on the desk, for a second person to release.
pub async fn revise(
    house: House,
    may: May<WorkDesk>,
    id: AdvisoryId,
    revised: Revised,
) -> Result<Onward, WebError> {
    publish::revise(&house, &may.who.officer, id, |content| revised.write_into(&house, content)).await?;
    Ok(Onward::saying(&format!("/desk/advisories/{id}#proposal"), "proposed"))
}
