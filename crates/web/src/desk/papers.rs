//! `POST /desk/papers`: a paper comes in by hand, as a form or as bare bytes
//! (`curl --data-binary @advisory.json`).

use axum::body::Bytes;
use flow::house::House;
use flow::ingest::{self, Received, Taken};
use flow::triage;

use crate::WebError;
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WorkDesk};

pub struct Paper {
    name: String,
    bytes: Bytes,
}

impl Form for Paper {
    const TAKES_BARE_BYTES: bool = true;

    fn read(fields: &Fields) -> Result<Self, WebError> {
        let file = fields.file().ok_or(WebError::Refused("refused-no-file"))?;
        Ok(Self { name: file.name.clone(), bytes: file.bytes.clone() })
    }
}

/// Whatever it is, it is kept; what cannot be read is on the shelf, with its reason.
pub async fn create(house: House, may: May<WorkDesk>, (): (), paper: Paper) -> Result<Onward, WebError> {
    let source = may.who.officer.name.clone();
    let received = Received { source, name: paper.name, bytes: paper.bytes.into() };
    Ok(match ingest::paper(&house, received).await? {
        Taken::Known(_) => Onward::saying("/desk/advisories", "paper-known"),
        Taken::OnTheDesk { advisories, .. } => match advisories.as_slice() {
            [only] => Onward::saying(&format!("/desk/advisories/{only}"), "paper-on-desk"),
            _ => Onward::saying("/desk/advisories", "paper-on-desk"),
        },
        Taken::Kept { records, .. } => match records.as_slice() {
            // Who hands in one record wants to work on it.
            [only] => match triage::bring_one(&house, &only.publisher, &only.number).await? {
                Some(advisory) => Onward::saying(&format!("/desk/advisories/{advisory}"), "paper-on-desk"),
                None => Onward::saying("/desk/records", "paper-noted"),
            },
            _ => Onward::saying("/desk/records", "paper-noted"),
        },
        Taken::Noted { .. } => Onward::saying("/desk/signals", "paper-noted"),
        Taken::Report { number, .. } => Onward::saying(&format!("/desk/reports/{number}"), "paper-routed"),
        Taken::OnTheShelf { .. } => Onward::saying("/desk/shelf", "paper-shelved"),
    })
}
