//! A word about a vulnerability comes in, and the new sum of every advisory that names it is ready.
//!
//! ```text
//! facet ─► proposal on the page and the board ─► taken over ─► revision on the desk ─► released
//! ```
//!
//! Nothing here changes a level by itself: a person takes it over and another one releases it.

use std::collections::BTreeSet;

use domain::advisory::Content;
use domain::ids::AdvisoryId;
use domain::reassessment::Reassessment;
use domain::time::{AsOf, Said};
use domain::vulnerability::{Exploited, Facet};
use store::advisories::{self, OnDesk};
use store::{StoreError, vulnerabilities};

use crate::house::{House, Officer};
use crate::publish::{self, PublishError};

/// What everybody said last about the vulnerabilities that are named, the oldest word first.
pub async fn said_about(house: &House, names: &BTreeSet<String>) -> Result<Vec<Said<Facet>>, StoreError> {
    let mut said = BTreeSet::new();
    for name in names {
        let Some(vulnerability) = vulnerabilities::of_name(&house.db, name).await? else { continue };
        said.extend(vulnerability.counting(AsOf::then(house.now())).into_iter().cloned());
    }
    Ok(said.into_iter().collect())
}

/// What `said` makes of the judgement in `content`. `None` when nothing changes, when nobody has judged it,
/// or when the scheme by which it was judged is no longer here.
pub fn proposed(house: &House, content: &Content, said: &[Said<Facet>]) -> Option<Reassessment> {
    let judged = content.severity.as_ref()?;
    let scheme = house.schemes.iter().find(|scheme| scheme.name() == judged.computed.scheme)?;
    let said: Vec<_> = said.iter().collect();
    judged.reassessed(scheme, &said).ok().flatten()
}

/// What waits on the desk, or else what was released last.
pub fn counts(on_desk: &OnDesk) -> Option<&Content> {
    on_desk.proposed.as_ref().or(on_desk.advisory.current().map(|revision| &revision.content))
}

/// Published advisories whose sum would rise by what was said since they were released, the last word
/// first; at most `limit` are looked at.
pub async fn waiting(house: &House, limit: i64) -> Result<Vec<(OnDesk, Reassessment)>, StoreError> {
    let mut waiting = Vec::new();
    for id in vulnerabilities::advisories_with_news(&house.db, limit).await? {
        let Some(on_desk) = advisories::of_id(&house.db, id).await? else { continue };
        let Some(content) = counts(&on_desk) else { continue };
        let said = said_about(house, &content.vulnerabilities).await?;
        if let Some(reassessment) = proposed(house, content, &said) {
            waiting.push((on_desk, reassessment));
        }
    }
    Ok(waiting)
}

/// Puts a revision on the desk in which the answers are those that were said, with `reason`.
///
/// # Errors
/// [`PublishError::NothingNew`] when nothing would change any more; otherwise as [`publish::revise`].
pub async fn take_over(
    house: &House,
    by: &Officer,
    id: AdvisoryId,
    reason: &str,
) -> Result<(), PublishError> {
    let on_desk = advisories::of_id(&house.db, id).await?.ok_or(PublishError::NoSuchAdvisory(id))?;
    let names = counts(&on_desk).map(|content| content.vulnerabilities.clone()).unwrap_or_default();
    let said = said_about(house, &names).await?;
    let is_used =
        said.iter().any(|said| matches!(said.it, Facet::Exploited(Exploited::Limited | Exploited::Large)));
    publish::revise(house, by, id, |content| {
        let reassessment = proposed(house, content, &said).ok_or(PublishError::NothingNew)?;
        content.severity = Some(reassessment.judgement);
        content.exploited |= is_used;
        content.reason = Some(reason.to_owned());
        Ok(())
    })
    .await
}
