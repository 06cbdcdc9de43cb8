//! `POST /my/assets/import`, `…/columns`, `…/confirm` and `POST /my/assets/undo`: a list of any kind takes
//! its place after its difference was shown, and for a day it can be taken back.
//!
//! Between the two the bytes lie with the papers, under their digest. The form that confirms carries
//! that digest sealed with the session to which the difference was shown, so nobody can confirm what
//! somebody else sent in.

use axum::body::Bytes;
use domain::asset::Asset;
use domain::ids::UploadId;
use domain::tlp::Tlp;
use flow::catalogue::{self, Known, NotRead, Said};
use flow::house::House;
use formats::Why;
use formats::inventory_table::Column;
use maud::Markup;
use sha2::{Digest as _, Sha256};
use store::papers::{self, Digest, Paper, State};

use super::assets::{Difference, Registered, difference_page};
use crate::WebError;
use crate::form::{Fields, Form};
use crate::may::{EditOwn, May, Onward};
use crate::own_file::{Part, clear};

pub struct Sent {
    name: String,
    bytes: Bytes,
}

impl Form for Sent {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let file = fields.file().ok_or(WebError::Refused("refused-no-file"))?;
        Ok(Self { name: file.name.clone(), bytes: file.bytes.clone() })
    }
}

/// Shows what a list would change. A table of which no column is known shows its columns, so that somebody
/// can say what they are. Nothing is kept of what cannot be read.
pub async fn show(house: House, may: May<EditOwn>, (): (), sent: Sent) -> Result<Markup, WebError> {
    let of = may.who.actor.participant;
    house.room.check()?;
    let said = Said::default();
    let found = difference(&house, &may, &sent.bytes, &said).await?;
    let digest = house.papers.keep(&sent.bytes)?;
    let paper = Paper {
        digest,
        source: format!("participant {of}"),
        name: sent.name,
        kind: "inventory".into(),
        size_bytes: u64::try_from(sent.bytes.len()).unwrap_or(u64::MAX),
        received_at: house.now(),
        state: State::Read,
        why: None,
        complaints: Vec::new(),
    };
    house.write("take in an inventory", async |tx| papers::add(tx, &paper).await).await?;
    shown(&house, &may, digest, &said, found).await
}

/// As [`catalogue::difference`]; a table without a column that we know differs in nothing yet.
async fn difference(
    house: &House,
    may: &May<EditOwn>,
    bytes: &[u8],
    said: &Said,
) -> Result<catalogue::Difference, WebError> {
    let of = may.who.actor.participant;
    match catalogue::difference(house, of, bytes, said).await {
        Err(NotRead::Unreadable(why)) if matches!(why.why, Why::NoColumns(_)) => {
            Ok(catalogue::Difference::without_columns(catalogue::columns(bytes, said)?))
        }
        found => Ok(found?),
    }
}

async fn shown(
    house: &House,
    may: &May<EditOwn>,
    digest: Digest,
    said: &Said,
    found: catalogue::Difference,
) -> Result<Markup, WebError> {
    let all = |assets: &[Asset]| assets.iter().map(Registered::of).collect();
    let changed = found.changed.iter().map(|(before, after)| (Registered::of(before), Registered::of(after)));
    let (mut certain, mut likely, mut unknown) = (0, Vec::new(), Vec::new());
    for asset in found.added.iter().chain(found.changed.iter().map(|(_, after)| after)) {
        match found.known.get(&asset.id) {
            Some((_, Known::Certain)) => certain += 1,
            Some((row, Known::Likely(name))) => likely.push((*row, asset.name.to_string(), name.to_string())),
            Some((_, Known::Unknown)) => unknown.push(asset.name.to_string()),
            None => {}
        }
    }
    let view = Difference {
        upload: format!("{digest}.{}", seal(session(may), digest)),
        columns: found.columns.clone(),
        chosen: carried(said),
        is_part: !found.source.is_whole(),
        is_valid: found.is_valid,
        certain,
        unknown,
        likely,
        added: all(&found.added),
        changed: changed.collect(),
        removed: all(&found.removed),
        same: found.same.len(),
        unread: found.unread.clone(),
    };
    let file = clear(house, &may.who, Part::Inventory, Tlp::Amber, view).await?;
    Ok(difference_page(&may.frame_for(house, Tlp::Amber), file.item().view()))
}

/// What somebody said about the columns, as one hidden field.
fn carried(said: &Said) -> String {
    let words = said.columns.iter().flatten().map(|column| column.map_or("-".to_owned(), Column::word));
    words.collect::<Vec<_>>().join(",")
}

fn uncarried(text: &str) -> Option<Vec<Option<Column>>> {
    (!text.is_empty()).then(|| text.split(',').map(Column::of_word).collect())
}

/// A list that waits, and what its columns mean.
pub struct Chosen {
    upload: String,
    columns: Vec<Option<Column>>,
}

/// As many as a list may have.
const COLUMNS_MAX: usize = 200;

impl Form for Chosen {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let mut columns = Vec::new();
        for (place, word) in fields.beginning_with("column_") {
            let place: usize = place.parse().unwrap_or(COLUMNS_MAX);
            if place >= COLUMNS_MAX {
                return Err(WebError::Refused("refused-form"));
            }
            columns.resize(columns.len().max(place + 1), None);
            columns[place] = Column::of_word(word);
        }
        Ok(Self { upload: fields.needed_line("upload")?, columns })
    }
}

/// Shows the difference again, with the columns as somebody says that they are.
pub async fn columns(house: House, may: May<EditOwn>, (): (), chosen: Chosen) -> Result<Markup, WebError> {
    let digest = sealed(&may, &chosen.upload)?;
    let said = Said { columns: Some(chosen.columns), ..Said::default() };
    let found = difference(&house, &may, &house.papers.read(digest)?, &said).await?;
    shown(&house, &may, digest, &said, found).await
}

pub struct Confirmation {
    upload: String,
    said: Said,
}

impl Form for Confirmation {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let meant = fields.beginning_with("meant_").filter(|(_, value)| *value == "yes");
        let meant = meant.filter_map(|(row, _)| row.parse().ok()).collect();
        let columns = uncarried(fields.raw("columns").unwrap_or_default());
        Ok(Self { upload: fields.needed_line("upload")?, said: Said { columns, meant } })
    }
}

/// Takes the list, held against what is registered at this moment.
pub async fn confirm(
    house: House,
    may: May<EditOwn>,
    (): (),
    confirmed: Confirmation,
) -> Result<Onward, WebError> {
    let digest = sealed(&may, &confirmed.upload)?;
    let bytes = house.papers.read(digest)?;
    let actor = may.who.actor;
    let difference = catalogue::difference(&house, actor.participant, &bytes, &confirmed.said).await?;
    catalogue::apply(&house, actor, &difference).await?;
    Ok(Onward::saying("/my/assets", "assets-imported"))
}

/// The list that was taken last.
pub struct Taken {
    upload: UploadId,
}

impl Form for Taken {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { upload: fields.id("upload")?.ok_or(WebError::Refused("refused-form"))? })
    }
}

/// Puts everything back as it was before the list.
pub async fn undo(house: House, may: May<EditOwn>, (): (), taken: Taken) -> Result<Onward, WebError> {
    match catalogue::undo(&house, may.who.actor, taken.upload).await? {
        true => Ok(Onward::saying("/my/assets", "assets-undone")),
        false => Err(WebError::NotFound),
    }
}

/// The digest of an upload that was shown to this session.
fn sealed(may: &May<EditOwn>, upload: &str) -> Result<Digest, WebError> {
    let stale = || WebError::Refused("refused-old-upload");
    let (digest, sealed) = upload.split_once('.').ok_or_else(stale)?;
    let digest: Digest = digest.parse().map_err(|_| stale())?;
    if seal(session(may), digest) == sealed { Ok(digest) } else { Err(stale()) }
}

/// What only the session knows that was shown this upload.
pub(crate) fn seal(token: &str, digest: Digest) -> String {
    hex::encode(Sha256::digest(format!("upload {digest} of {token}")))
}

/// The session of a visitor who was let in.
fn session(may: &May<EditOwn>) -> &str {
    may.visit().token.as_deref().unwrap_or_default()
}

impl From<NotRead> for WebError {
    fn from(error: NotRead) -> Self {
        match error {
            NotRead::Unreadable(why) => {
                tracing::info!("an inventory could not be read: {why}");
                Self::Refused(match why.why {
                    Why::Bomb { .. } | Why::TooDeep { .. } | Why::TooMany { .. } => "refused-bomb",
                    Why::TooWide { .. } | Why::TooManyRows { .. } | Why::TooBig { .. } => "refused-too-many",
                    Why::NoWorkbook(_) => "refused-workbook",
                    Why::Empty => "refused-empty",
                    _ => "refused-unreadable",
                })
            }
            NotRead::Stopped => Self::Refused("refused-unreadable"),
            NotRead::CitizenNumber => Self::Refused("refused-citizen-number"),
            NotRead::Store(cause) => cause.into(),
        }
    }
}
