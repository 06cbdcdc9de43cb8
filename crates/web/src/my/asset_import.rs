//! `POST /my/assets/import` and `POST /my/assets/import/confirm`: a list takes the place of what is
//! registered, after its difference was shown.
//!
//! Between the two the bytes lie with the papers, under their digest. The form that confirms carries
//! that digest sealed with the session to which the difference was shown, so nobody can confirm what
//! somebody else sent in.

use axum::body::Bytes;
use domain::tlp::Tlp;
use flow::catalogue::{self, NotRead};
use flow::house::House;
use maud::Markup;
use sha2::{Digest as _, Sha256};
use store::papers::{self, Digest, Paper, State};

use super::assets::{Difference, Registered, difference_page};
use crate::WebError;
use crate::form::{Fields, Form};
use crate::may::{EditOwn, May, Onward};
use crate::own_file::{Part, clear};

pub struct Upload {
    name: String,
    bytes: Bytes,
}

impl Form for Upload {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let file = fields.file().ok_or(WebError::Refused("refused-no-file"))?;
        Ok(Self { name: file.name.clone(), bytes: file.bytes.clone() })
    }
}

pub async fn show(house: House, may: May<EditOwn>, (): (), upload: Upload) -> Result<Markup, WebError> {
    let of = may.who.actor.participant;
    let found = catalogue::difference(&house, of, &upload.bytes).await?;
    let digest = house.papers.keep(&upload.bytes)?;
    let paper = Paper {
        digest,
        source: format!("participant {of}"),
        name: upload.name,
        kind: "inventory".into(),
        size_bytes: u64::try_from(upload.bytes.len()).unwrap_or(u64::MAX),
        received_at: house.now(),
        state: State::Read,
        why: None,
        complaints: Vec::new(),
    };
    house.write("take in an inventory", async |tx| papers::add(tx, &paper).await).await?;
    let all = |assets: &[domain::asset::Asset]| assets.iter().map(Registered::of).collect();
    let changed = found.changed.iter().map(|(before, after)| (Registered::of(before), Registered::of(after)));
    let view = Difference {
        upload: format!("{digest}.{}", seal(&may, digest)),
        added: all(&found.added),
        changed: changed.collect(),
        removed: all(&found.removed),
        same: found.same.len(),
        unread: found.unread,
    };
    let file = clear(&house, &may.who, Part::Inventory, Tlp::Amber, view).await?;
    Ok(difference_page(&may.frame_for(&house, Tlp::Amber), file.item().view()))
}

pub struct Confirmation {
    upload: String,
}

impl Form for Confirmation {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { upload: fields.needed_line("upload")? })
    }
}

/// Takes the list, held against what is registered at this moment.
pub async fn confirm(
    house: House,
    may: May<EditOwn>,
    (): (),
    said: Confirmation,
) -> Result<Onward, WebError> {
    let stale = || WebError::Refused("refused-old-upload");
    let (digest, sealed) = said.upload.split_once('.').ok_or_else(stale)?;
    let digest: Digest = digest.parse().map_err(|_| stale())?;
    if seal(&may, digest) != sealed {
        return Err(stale());
    }
    let bytes = house.papers.read(digest)?;
    let difference = catalogue::difference(&house, may.who.actor.participant, &bytes).await?;
    catalogue::apply(&house, may.who.actor, &difference).await?;
    Ok(Onward::saying("/my/assets", "assets-imported"))
}

/// What only the session knows that was shown this upload.
fn seal(may: &May<EditOwn>, digest: Digest) -> String {
    let token = may.visit().token.as_deref().unwrap_or_default();
    hex::encode(Sha256::digest(format!("upload {digest} of {token}")))
}

impl From<NotRead> for WebError {
    fn from(error: NotRead) -> Self {
        match error {
            NotRead::Unreadable(why) => {
                tracing::info!("an inventory could not be read: {why}");
                Self::Refused("refused-unreadable")
            }
            NotRead::CitizenNumber => Self::Refused("refused-citizen-number"),
            NotRead::Store(cause) => cause.into(),
        }
    }
}
