//! `POST /my/warnings/{id}/acknowledgement`: a named person has read this revision.

use domain::advisory::RevisionNumber;
use domain::ids::WarningId;
use flow::follow_up::acknowledge::acknowledge;
use flow::house::House;

use super::{back_to, reach};
use crate::WebError;
use crate::form::{Fields, Form};
use crate::may::{AnswerOwn, May, Onward};

pub struct Acknowledgement {
    revision: RevisionNumber,
}

impl Form for Acknowledgement {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { revision: fields.word("revision", revision)? })
    }
}

/// `1.02`, as the page showed it.
fn revision(word: &str) -> Option<RevisionNumber> {
    let (whole, hundredths) = word.split_once('.')?;
    let number = whole.parse::<u32>().ok()?.checked_mul(100)?.checked_add(hundredths.parse().ok()?)?;
    Some(RevisionNumber(number)).filter(|number| number.to_string() == word)
}

pub async fn create(
    house: House,
    may: May<AnswerOwn>,
    id: WarningId,
    said: Acknowledgement,
) -> Result<Onward, WebError> {
    reach(&house, may.who.actor, id).await?;
    acknowledge(&house, may.who.actor, id, said.revision).await?;
    Ok(back_to(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_read_as_it_is_shown() {
        assert_eq!(revision("1.02"), Some(RevisionNumber(102)));
        for other in ["1.2", "01.02", "1", "1.100", "-1.00", "99999999.00"] {
            assert_eq!(revision(other), None, "{other}");
        }
    }
}
