//! How an organisation came to be a participant: after a call to a number that it did not give itself.
//!
//! Whoever asks to be warned on behalf of a hospital asks for its weak spots. In December 2022 somebody got into a
//! portal of the FBI for the owners of critical infrastructure by applying in the name of a bank's director, with a
//! telephone number of their own. So the number comes from a register that somebody else keeps, and what was said
//! stands in the ledger. Source: `domain.md` 5.7.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::{OfficerId, ParticipantId};

/// A call older than this says little of who applies now.
pub const CALL_LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Who keeps the list in which the number stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Register {
    ChamberOfCommerce,
    /// Of organisations of the government.
    Government,
    /// Of an authority or an association of the sector.
    Sector,
}

impl Register {
    pub const ALL: [Self; 3] = [Self::ChamberOfCommerce, Self::Government, Self::Sector];

    pub fn word(self) -> &'static str {
        match self {
            Self::ChamberOfCommerce => "chamber_of_commerce",
            Self::Government => "government",
            Self::Sector => "sector",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }
}

/// The call by which it was made sure who applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    pub participant: ParticipantId,
    pub register: Register,
    /// Under which number or name it stands in the register.
    pub reference: String,
    /// The number that was called.
    pub telephone: String,
    /// Who answered and confirmed it.
    pub spoke_to: String,
    pub called_at: Timestamp,
    pub by: OfficerId,
}

/// Why a call does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("the call lies in the future")]
    NotYet,
    #[error("the call is older than a month")]
    TooOld,
    /// Who answers the telephone of the applicant is the applicant.
    #[error("the number that was called is the one that the applicant gave")]
    OwnNumber,
}

impl Admission {
    /// Holds the call against what the applicant gave as its own number.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn check(&self, given: Option<&str>, now: Timestamp) -> Result<(), Unfit> {
        if self.called_at > now {
            return Err(Unfit::NotYet);
        }
        if now.duration_since(self.called_at) > CALL_LIFE {
            return Err(Unfit::TooOld);
        }
        match given.is_some_and(|given| bare(given) == bare(&self.telephone)) {
            true => Err(Unfit::OwnNumber),
            false => Ok(()),
        }
    }
}

/// The digits of a number as it is dialled within the country: `+31 (0)85 000` and `0031 85 000` are `085 000`.
fn bare(number: &str) -> String {
    let digits: String = number.replace("(0)", "").chars().filter(char::is_ascii_digit).collect();
    let inland = digits.strip_prefix("0031").or_else(|| digits.strip_prefix("31")).unwrap_or(&digits);
    inland.trim_start_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_number_that_is_called_is_never_the_one_that_the_applicant_gave() {
        let now = Timestamp::constant(1_578_700_000, 0);
        let call = |called_at| Admission {
            participant: ParticipantId(Uuid::nil()),
            register: Register::ChamberOfCommerce,
            reference: "90000001".into(),
            telephone: "085 000 00 21".into(),
            spoke_to: "the switchboard, and then A. Duin".into(),
            called_at,
            by: OfficerId(Uuid::nil()),
        };
        let today = call(now - 1.hour());
        assert_eq!(today.check(None, now), Ok(()));
        assert_eq!(today.check(Some("+31 85 000 00 22"), now), Ok(()));
        for own in ["+31850000021", "0031 85-0000021", "+31 (0)85 000 00 21", "085 0000021"] {
            assert_eq!(today.check(Some(own), now), Err(Unfit::OwnNumber), "{own}");
        }
        assert_eq!(call(now + 1.second()).check(None, now), Err(Unfit::NotYet));
        assert_eq!(call(now - (24 * 30 + 1).hours()).check(None, now), Err(Unfit::TooOld));
        assert!(Register::ALL.into_iter().all(|it| Register::of_word(it.word()) == Some(it)));
    }
}
