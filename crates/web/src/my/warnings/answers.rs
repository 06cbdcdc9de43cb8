//! `POST /my/warnings/{id}/answers`: not affected, help, planned, or the risk accepted.

use domain::ids::{MeasureId, WarningId};
use domain::warning::{Answer, NotAffected};
use flow::follow_up::answer::answer;
use flow::house::House;
use jiff::civil::{Date, DateTime};

use super::{back_to, reach};
use crate::WebError;
use crate::form::{Fields, Form};
use crate::may::{AnswerOwn, May, Onward};

pub enum NewAnswer {
    NotAffected {
        reason: NotAffected,
    },
    HelpAsked {
        telephone: String,
    },
    Planned {
        measure: MeasureId,
        due_at: DateTime,
    },
    /// The whole of the last day counts.
    RiskAccepted {
        manager: String,
        reason: String,
        until: Date,
    },
}

impl Form for NewAnswer {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let no_time = WebError::Refused("refused-time");
        match fields.raw("answer") {
            Some("not_affected") => Ok(Self::NotAffected { reason: fields.word("reason", reason)? }),
            Some("help_asked") => Ok(Self::HelpAsked { telephone: fields.needed_line("telephone")? }),
            Some("planned") => Ok(Self::Planned {
                measure: fields.measure()?,
                due_at: fields.local("due_at")?.ok_or(no_time)?,
            }),
            Some("risk_accepted") => Ok(Self::RiskAccepted {
                manager: fields.needed_line("manager")?,
                reason: fields.needed("reason")?,
                until: fields.date("until")?.ok_or(no_time)?,
            }),
            _ => Err(WebError::Refused("refused-form")),
        }
    }
}

pub(crate) fn reason(word: &str) -> Option<NotAffected> {
    match word {
        "not_in_use" => Some(NotAffected::NotInUse),
        "other_version" => Some(NotAffected::OtherVersion),
        "not_reachable" => Some(NotAffected::NotReachable),
        "other" => Some(NotAffected::Other),
        _ => None,
    }
}

pub async fn create(
    house: House,
    may: May<AnswerOwn>,
    id: WarningId,
    new: NewAnswer,
) -> Result<Onward, WebError> {
    let actor = may.who.actor;
    let by = actor.contact;
    let instant = |local: DateTime| house.instant(local).ok_or(WebError::Refused("refused-time"));
    let said = match new {
        NewAnswer::NotAffected { reason } => Answer::NotAffected { by, reason },
        NewAnswer::HelpAsked { telephone } => Answer::HelpAsked { by, telephone },
        NewAnswer::Planned { measure, due_at } => Answer::Planned { by, measure, due_at: instant(due_at)? },
        NewAnswer::RiskAccepted { manager, reason, until } => {
            let after = until.tomorrow().map_err(|_| WebError::Refused("refused-time"))?;
            Answer::RiskAccepted { by, manager, reason, until: instant(after.at(0, 0, 0, 0))? }
        }
    };
    reach(&house, actor, id).await?;
    answer(&house, actor, id, said).await?;
    Ok(back_to(id))
}
