//! The doors of the editor.

use domain::ids::AdvisoryId;
use domain::tlp::Tlp;
use flow::drafts::{self, DraftError, Start};
use flow::house::House;
use flow::publication::preview;
use maud::Markup;
use store::advisories;
use store::officers;
use uuid::Uuid;

use super::typed::{Then, Typed};
use super::{Conflict, View, conflict_page, page};
use crate::WebError;
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WorkDesk};

impl From<DraftError> for WebError {
    fn from(error: DraftError) -> Self {
        match error {
            DraftError::NoDraft => Self::NotFound,
            DraftError::NumberTaken => Self::Refused("refused-number-taken"),
            DraftError::Outdated => Self::Refused("refused-draft-outdated"),
            DraftError::Conflict(_) => Self::Refused("refused-draft-conflict"),
            DraftError::Missing(_) => Self::Refused("refused-draft-unfinished"),
            DraftError::Publish(cause) => cause.into(),
        }
    }
}

/// What a draft is to begin with.
pub struct Begin {
    number: Option<String>,
    signal: Option<Uuid>,
    advisory: Option<AdvisoryId>,
}

impl Form for Begin {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self {
            number: fields.line("number")?,
            signal: fields.id("signal")?,
            advisory: fields.id("advisory")?,
        })
    }
}

/// `POST /desk/drafts`: an advisory of our own, from nothing, from a signal, or from what another said.
pub async fn begin(house: House, may: May<WorkDesk>, (): (), wanted: Begin) -> Result<Onward, WebError> {
    let number = match wanted.number {
        Some(number) => number,
        None => drafts::next_number(&house).await?,
    };
    let start = match (wanted.signal, wanted.advisory) {
        (Some(signal), _) => Start::Signal(signal),
        (None, Some(advisory)) => Start::Advisory(advisory),
        (None, None) => Start::Nothing,
    };
    let id = drafts::begin(&house, &may.who.officer, &number, start).await?;
    Ok(Onward::to(format!("/desk/drafts/{id}")))
}

/// `POST /desk/drafts/{id}/open`: the next revision of an advisory, from what waits or was released last.
pub async fn open(house: House, may: May<WorkDesk>, id: AdvisoryId, (): ()) -> Result<Onward, WebError> {
    drafts::open(&house, &may.who.officer, id).await?;
    Ok(Onward::to(format!("/desk/drafts/{id}")))
}

/// `GET /desk/drafts/{id}`.
pub async fn show(house: House, may: May<WorkDesk>, id: AdvisoryId, (): ()) -> Result<Markup, WebError> {
    let view = view(&house, id).await?;
    let tlp = view.saved.draft.content.tlp.unwrap_or(Tlp::Amber);
    Ok(page(&may.frame_for(&house, tlp), &view))
}

async fn view(house: &House, id: AdvisoryId) -> Result<View, WebError> {
    let on_desk = advisories::of_id(&house.db, id).await?.ok_or(WebError::NotFound)?;
    let saved = store::drafts::of_advisory(&house.db, id).await?.ok_or(WebError::NotFound)?;
    let names = officers::names(&house.db).await?;
    let scheme = drafts::scheme(house)?.clone();
    let before = on_desk.advisory.current().map(|revision| revision.content.clone());
    let sums = drafts::sums(house, &on_desk, &saved.draft).await?;
    Ok(View {
        is_outdated: drafts::is_outdated(&on_desk, &saved),
        saved_by: names.get(&saved.saved_by).cloned().unwrap_or_default(),
        letter: drafts::preview(house, &on_desk.advisory, &saved.draft),
        preview: preview::of_draft(house, &on_desk.advisory, &saved.draft).await?,
        number: on_desk.advisory.number,
        publisher: on_desk.advisory.publisher,
        state: on_desk.advisory.state,
        terms: house.terms.to_vec(),
        before,
        reopens: sums.reopens,
        scheme,
        saved,
    })
}

/// Where a save leads: on, or to the two texts beside each other.
pub enum Saved {
    Onward(Onward),
    Conflict(Box<Markup>),
}

impl axum::response::IntoResponse for Saved {
    fn into_response(self) -> axum::response::Response {
        match self {
            Self::Onward(onward) => onward.into_response(),
            Self::Conflict(page) => (axum::http::StatusCode::CONFLICT, *page).into_response(),
        }
    }
}

/// `POST /desk/drafts/{id}`: keeps what was typed, and hands it in when that is the button that was pressed.
pub async fn save(house: House, may: May<WorkDesk>, id: AdvisoryId, typed: Typed) -> Result<Saved, WebError> {
    let before = store::drafts::of_advisory(&house.db, id).await?.ok_or(WebError::NotFound)?;
    let (version, then, sent) = (typed.version, typed.then, typed.sent.clone());
    let draft = typed.onto(&house, drafts::scheme(&house)?, &before.draft);
    let saved = match drafts::save(&house, &may.who.officer, id, version, draft.clone()).await {
        Ok(saved) => saved,
        Err(DraftError::Conflict(theirs)) => {
            let names = officers::names(&house.db).await?;
            let by = names.get(&theirs.saved_by).cloned().unwrap_or_default();
            let conflict = Conflict { id, by, theirs: *theirs, mine: draft, sent };
            let frame = may.frame_for(&house, conflict.mine.content.tlp.unwrap_or(Tlp::Amber));
            return Ok(Saved::Conflict(Box::new(conflict_page(&frame, &conflict))));
        }
        Err(why) => return Err(why.into()),
    };
    let onward = match then {
        Then::GoOn => Onward::saying(&format!("/desk/drafts/{id}"), "draft-saved"),
        Then::HandIn => match drafts::submit(&house, &may.who.officer, id, saved.version).await {
            Ok(()) => Onward::saying(&format!("/desk/advisories/{id}#proposal"), "proposed"),
            Err(DraftError::Missing(_)) => {
                Onward::saying(&format!("/desk/drafts/{id}#checker"), "draft-unfinished")
            }
            Err(why) => return Err(why.into()),
        },
    };
    Ok(Saved::Onward(onward))
}

/// `POST /desk/drafts/{id}/catch-up`: what was put on the desk meanwhile comes into the draft.
pub async fn catch_up(house: House, may: May<WorkDesk>, id: AdvisoryId, (): ()) -> Result<Onward, WebError> {
    drafts::catch_up(&house, &may.who.officer, id).await?;
    Ok(Onward::saying(&format!("/desk/drafts/{id}"), "draft-saved"))
}

/// `POST /desk/drafts/{id}/discard`: what was released, and what waits, stays.
pub async fn discard(house: House, _: May<WorkDesk>, id: AdvisoryId, (): ()) -> Result<Onward, WebError> {
    drafts::discard(&house, id).await?;
    Ok(Onward::saying("/desk/advisories", "draft-discarded"))
}
