//! What a participant reads about itself passes the gate like everything else that leaves the house.
//!
//! Its page takes a [`Cleared`] view and nothing else. What the gate holds back looks like what is not
//! there; that the warning itself is held is a fact of the warning, which its stage shows at the desk.

use disclosure::{Classified, Cleared, Form, Recipient, Redact};
use domain::ids::ParticipantId;
use domain::tlp::Tlp;
use domain::warning::Channel;
use flow::disclose::to_member;
use flow::house::House;
use store::participants;

use crate::WebError;
use crate::may::Member;

/// Which part of its own file (`domain.md` 7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What it has: D10.
    Inventory,
    /// What it was told, said and did: D11.
    FollowUp,
}

/// A view with whose it is.
#[derive(Debug, Clone)]
pub struct OwnFile<V> {
    view: V,
    part: Part,
    about: String,
    target_group: String,
    tlp: Tlp,
}

impl<V> OwnFile<V> {
    pub fn view(&self) -> &V {
        &self.view
    }
}

impl<V: Redact> Redact for OwnFile<V> {
    fn reduced_to(mut self, form: Form) -> Self {
        self.view = self.view.reduced_to(form);
        self
    }
}

impl<V: Redact> Classified for OwnFile<V> {
    /// Of somebody else it would be a finding about another organisation, or the list of what that
    /// organisation runs.
    fn class_for(&self, to: &Recipient) -> &'static str {
        match (self.part, self.about == to.name) {
            (Part::Inventory, _) => "D10",
            (Part::FollowUp, true) => "D11",
            (Part::FollowUp, false) => "D5",
        }
    }

    fn about(&self) -> &str {
        &self.about
    }

    fn target_group(&self) -> &str {
        &self.target_group
    }

    fn tlp(&self) -> Tlp {
        self.tlp
    }
}

/// Asks the gate whether `member` may read this about its own organisation.
///
/// # Errors
/// [`WebError::NotFound`] when it is held, with the reason in the log.
pub(crate) async fn clear<V: Redact>(
    house: &House,
    member: &Member,
    part: Part,
    tlp: Tlp,
    view: V,
) -> Result<Cleared<OwnFile<V>>, WebError> {
    clear_for(house, member.actor.participant, part, tlp, view).await
}

/// As [`clear`], for whoever reads in the place of `of`, by its mandate.
///
/// # Errors
/// As [`clear`].
pub(crate) async fn clear_for<V: Redact>(
    house: &House,
    of: ParticipantId,
    part: Part,
    tlp: Tlp,
    view: V,
) -> Result<Cleared<OwnFile<V>>, WebError> {
    let participant = participants::of_id(&house.db, of).await?.ok_or(WebError::NotFound)?;
    let about = participant.name.clone();
    let file = OwnFile { view, part, about, target_group: house.team.target_group.clone(), tlp };
    to_member(house, file, &participant, Channel::Platform).map_err(|held| {
        tracing::warn!(participant.id = %participant.id, "a page of the own file is held: {held}");
        WebError::NotFound
    })
}
