//! What a participant reads about itself passes the gate like everything else that leaves the house.
//!
//! Its page takes a [`Cleared`] view and nothing else. What the gate holds back looks like what is not
//! there; that the warning itself is held is a fact of the warning, which its stage shows at the desk.

use disclosure::{Class, Classified, Cleared, Cut, Held, Marks, Recipient, Redact};
use domain::ids::ParticipantId;
use domain::tlp::Tlp;
use domain::warning::Channel;
use flow::disclose::{by_mandate, to_member};
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
    of: ParticipantId,
    target_group: String,
    tlp: Tlp,
}

impl<V> OwnFile<V> {
    pub fn view(&self) -> &V {
        &self.view
    }
}

impl<V: Redact> Redact for OwnFile<V> {
    fn cut(mut self, cut: &Cut) -> Self {
        self.view = self.view.cut(cut);
        self
    }
}

impl<V: Redact> Classified for OwnFile<V> {
    /// Of somebody else it would be a finding about another organisation, or the list of what that
    /// organisation runs.
    fn marks_for(&self, to: &Recipient) -> Marks {
        let is_own = self.of.to_string() == to.id;
        let class = match (self.part, is_own) {
            (Part::Inventory, _) => Class::D10,
            (Part::FollowUp, true) => Class::D11,
            (Part::FollowUp, false) => Class::D5,
        };
        Marks::new(class, self.tlp).about(
            &self.of.to_string(),
            if is_own { to.kind.code() } else { "" },
            &self.target_group,
        )
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
    let own = member.actor.participant;
    let participant = participants::of_id(&house.db, own).await?.ok_or(WebError::NotFound)?;
    let file = OwnFile { view, part, of: own, target_group: participant.sector.clone(), tlp };
    to_member(house, file, &participant, Channel::Platform).map_err(|held| not_there(own, &held))
}

/// Asks the gate whether `member` may read this about `of`, by a mandate that holds.
///
/// # Errors
/// As [`clear`].
pub(crate) async fn clear_by_mandate<V: Redact>(
    house: &House,
    member: &Member,
    of: ParticipantId,
    part: Part,
    tlp: Tlp,
    view: V,
) -> Result<Cleared<OwnFile<V>>, WebError> {
    let supplier = member.actor.participant;
    let client = participants::of_id(&house.db, of).await?.ok_or(WebError::NotFound)?;
    let supplier = participants::of_id(&house.db, supplier).await?.ok_or(WebError::NotFound)?;
    let file = OwnFile { view, part, of, target_group: client.sector, tlp };
    by_mandate(house, file, &supplier, Channel::Platform).map_err(|held| not_there(supplier.id, &held))
}

/// What is held looks like what is not there; the log says why.
fn not_there(participant: ParticipantId, held: &Held) -> WebError {
    tracing::warn!(participant.id = %participant, "a page of a file is held: {held}");
    WebError::NotFound
}
