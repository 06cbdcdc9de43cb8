//! What happened, as entries of one log from which every figure can be computed again.
//!
//! A leaf is the canonical form of an entry with its time and a salt: an object with sorted keys
//! and no spaces, as RFC 8785 has it for values without fractions. The salt is stored beside it;
//! when it is destroyed together with the entry, nobody can guess what the leaf said, and the tree
//! still holds (`docs/decisions/0008-ledger-as-merkle-log.md`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::advisory::{RevisionKind, RevisionNumber, State};
use crate::calling::Outcome;
use crate::disclosure::{self, Record};
use crate::finder::Counts;
use crate::ids::{
    AdvisoryId, AlarmId, AssetId, CallId, ConsentId, ContactId, ContactTestId, DeliveryId, DisclosureId,
    FeedTokenId, FinderId, HoldingId, MandateId, NoteId, ObservationId, OfficerId, ParticipantId, ProductId,
    RescanId, SetId, SourceId, SuppressionId, UploadId, WarningId,
};
use crate::partner::Partner;
use crate::publication::{self, Extent};
use crate::reply::Became;
use crate::rescan::Turned;
use crate::source::Turn;
use crate::suppression;
use crate::tree::{Hash, leaf_hash};
use crate::vulnerability::Facet;
use crate::warning::{Channel, Fact};

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// Chance that hides a leaf, made where the dice are: in `flow::House`.
pub type Salt = [u8; 16];

/// One thing that happened. An entry is never changed; a new kind is added at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// Bytes came in. The digest is SHA-256, in hexadecimal.
    PaperReceived {
        digest: String,
        source: String,
        size_bytes: u64,
    },
    /// A paper could not be read and lies on the shelf.
    PaperShelved {
        digest: String,
        why: String,
    },
    AdvisoryReleased {
        advisory: AdvisoryId,
        revision: RevisionNumber,
        kinds: Vec<RevisionKind>,
        by: String,
    },
    FacetSaid {
        vulnerability: String,
        facet: Facet,
        at: Timestamp,
        by: String,
    },
    WarningOpened {
        warning: WarningId,
        participant: ParticipantId,
        advisory: AdvisoryId,
    },
    /// A fact about a warning, which was so `at`.
    Learned {
        warning: WarningId,
        at: Timestamp,
        fact: Fact,
    },
    /// The gate decided, also that nothing goes.
    Decided {
        disclosure: DisclosureId,
        record: Box<Record>,
    },
    /// What became of a decision later, and by whom; blank for what happened by itself.
    DisclosureTurned {
        disclosure: DisclosureId,
        state: disclosure::State,
        by: String,
    },
    /// The first byte of a message is about to go out; how often it was tried before.
    Sending {
        delivery: DeliveryId,
        channel: Channel,
        tries: u32,
    },
    /// Every row of a report of observations found its place: routed, unattributed, duplicate and rejected add up
    /// to the rows.
    ReportTakenIn {
        digest: String,
        rows: u64,
        routed: u64,
        unattributed: u64,
        duplicate: u64,
        rejected: u64,
        /// Of those that were routed, how many to partners.
        #[serde(default, skip_serializing_if = "is_none")]
        to_partners: u64,
    },
    Observed {
        observation: ObservationId,
        participant: Option<ParticipantId>,
    },
    ParticipantChanged {
        participant: ParticipantId,
        change: String,
    },
    ContactChanged {
        participant: ParticipantId,
        contact: ContactId,
        change: String,
    },
    AssetChanged {
        participant: ParticipantId,
        asset: AssetId,
        change: String,
    },
    CallOrdered {
        call: CallId,
        warning: WarningId,
        rung: usize,
    },
    CallEnded {
        call: CallId,
        warning: WarningId,
        outcome: Outcome,
        by: OfficerId,
    },
    DesignationChanged {
        gazette: String,
        change: String,
        /// Blank for what came with the house, and for entries from before names were kept.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        by: String,
    },
    /// What an organisation outside is, or whom it serves.
    OrganisationChanged {
        organisation: String,
        change: String,
        by: String,
    },
    JobShelved {
        key: String,
        why: String,
    },
    SignedIn {
        who: String,
        role: String,
    },
    RulesChanged {
        name: String,
        by: String,
    },
    /// An officer sees to a warning from now on.
    WarningTaken {
        warning: WarningId,
        by: OfficerId,
    },
    /// No job of a queue is taken until a person lets it go on: post that may have gone out already.
    QueueHeld {
        queue: String,
        why: String,
    },
    QueueReleased {
        queue: String,
        by: OfficerId,
    },
    /// A person decided whether two names mean one vulnerability; `None` takes the decision back.
    SamenessDecided {
        one: String,
        other: String,
        is_same: Option<bool>,
        by: OfficerId,
    },
    /// A list took the place of what was registered, or was added to it.
    InventoryTaken {
        participant: ParticipantId,
        upload: UploadId,
        added: usize,
        removed: usize,
        changed: usize,
        by: ContactId,
    },
    /// What a list had changed is as it was before.
    InventoryUndone {
        participant: ParticipantId,
        upload: UploadId,
        by: ContactId,
    },
    /// Somebody may see and change, for a participant, what it runs there.
    MandateChanged {
        mandate: MandateId,
        participant: ParticipantId,
        supplier: ParticipantId,
        change: String,
    },
    /// A network or domain was claimed, proved, no longer proved, or given up.
    HoldingChanged {
        participant: ParticipantId,
        holding: HoldingId,
        change: String,
        by: String,
    },
    /// A person decided whose a place is; without a participant or partner it is nobody's whom we know.
    PlaceDecided {
        place: String,
        participant: Option<ParticipantId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        partner: Option<Partner>,
        reason: String,
        by: OfficerId,
    },
    /// A public key of this node, from now on and for good.
    KeyPublished {
        key: String,
    },
    /// Something happened to a source of papers; `by` is empty for what happened by itself.
    SourceTurned {
        source: SourceId,
        name: String,
        turn: Turn,
        by: String,
    },
    /// A person decided what a name in inventories means, or took that back.
    NameDecided {
        name: String,
        product: Option<ProductId>,
        change: String,
        by: OfficerId,
    },
    /// Somebody was asked to look again, or was not because it may not be; said yes or no; looked or did not.
    RescanTurned {
        rescan: RescanId,
        warning: WarningId,
        participant: ParticipantId,
        turn: Turned,
        why: String,
        by: String,
    },
    /// A finder was registered, or counts for more or less than before.
    FinderChanged {
        finder: FinderId,
        change: String,
        by: OfficerId,
    },
    /// A finder handed in a list. The finder is shown this entry, so it says what the finder knows: the
    /// SHA-256 of its bytes, in hexadecimal, its rows, and how many could not be read, by reason.
    SetHandedIn {
        set: SetId,
        finder: FinderId,
        digest: String,
        rows: u64,
        rejected: BTreeMap<String, u64>,
        is_parked: bool,
    },
    /// An officer let a list be taken in that was parked.
    SetReleased {
        set: SetId,
        by: OfficerId,
    },
    /// A finder was told so much of its list, so many days after.
    SetCounted {
        set: SetId,
        day: u16,
        told: Counts,
    },
    /// A participant lets others look at one of its systems, or no longer does.
    ConsentChanged {
        consent: ConsentId,
        participant: ParticipantId,
        asset: AssetId,
        change: String,
        by: ContactId,
    },
    /// An advisory came into another state, or stayed in its own for a reason: it was approved to go out at a
    /// time, sent back to who wrote it, withdrawn, closed, or put aside.
    AdvisoryMoved {
        advisory: AdvisoryId,
        to: State,
        by: String,
        /// Blank where none was asked for.
        why: String,
        /// When what was approved goes out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        release_at: Option<Timestamp>,
    },
    /// The code in the letter to a contact was tried wrongly too often, and opens nothing any more.
    CodeClosed {
        warning: WarningId,
        contact: ContactId,
        wrong: u32,
    },
    /// A participant or the desk wrote about a warning: by whom, and how many files came with it. What it says
    /// stays out of the ledger, which more people read.
    NoteWritten {
        warning: WarningId,
        note: NoteId,
        contact: Option<ContactId>,
        officer: Option<OfficerId>,
        files: u32,
    },
    /// A contact was asked whether letters are read, answered, or did not in time.
    ContactTested {
        test: ContactTestId,
        contact: ContactId,
        change: String,
    },
    /// An organisation was admitted after a call to a number in this register. Number and name stay out of the ledger.
    Admitted {
        participant: ParticipantId,
        register: String,
        called_minutes_before: u64,
        by: OfficerId,
    },
    /// A test alarm goes to everybody.
    AlarmOrdered {
        alarm: AlarmId,
        by: OfficerId,
    },
    /// An edition of the ladders was proposed, or put in force.
    LaddersChanged {
        number: u64,
        change: String,
        by: OfficerId,
    },
    /// So much concerns so many that a person must say whether it stands on the website.
    PublicationProposed {
        advisory: AdvisoryId,
        grounds: Vec<Extent>,
    },
    /// A person put it on the website, or kept it off.
    PublicationDecided {
        advisory: AdvisoryId,
        decision: publication::Decision,
        reason: String,
        by: OfficerId,
    },
    /// The files for everybody were written again, so many of advisories, signed with this key.
    WebsiteWritten {
        advisories: usize,
        key: String,
    },
    /// A mail came in that refers to a letter about a warning, and what became of it. Its words stay out.
    ReplyCame {
        warning: WarningId,
        contact: ContactId,
        became: Became,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digit: Option<u8>,
    },
    /// An officer saw to a reply that changed nothing.
    ReplySeenTo {
        warning: WarningId,
        became: Became,
        by: OfficerId,
    },
    /// Nothing is sent to an address any more, or again. The address itself stays out; the desk has it.
    SuppressionTurned {
        suppression: SuppressionId,
        turn: suppression::Turn,
        /// Nobody, when it followed from what came back.
        by: Option<OfficerId>,
    },
    /// Somebody made a token with which programs of the participant fetch its feeds. What they call it stays out.
    FeedTokenMade {
        token: FeedTokenId,
        participant: ParticipantId,
        contact: ContactId,
        expires_at: Timestamp,
    },
    FeedTokenWithdrawn {
        token: FeedTokenId,
        participant: ParticipantId,
        contact: ContactId,
    },
}

impl Entry {
    /// The entry as it is stored.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).expect("an entry has string keys only")
    }

    /// The warning that it is about, if it is about one.
    pub fn warning(&self) -> Option<WarningId> {
        match self {
            Self::WarningOpened { warning, .. }
            | Self::Learned { warning, .. }
            | Self::CallOrdered { warning, .. }
            | Self::CallEnded { warning, .. }
            | Self::RescanTurned { warning, .. }
            | Self::CodeClosed { warning, .. }
            | Self::NoteWritten { warning, .. }
            | Self::ReplyCame { warning, .. }
            | Self::ReplySeenTo { warning, .. }
            | Self::WarningTaken { warning, .. } => Some(*warning),
            _ => None,
        }
    }
}

/// The bytes that are hashed: a stored entry with when it was recorded and its salt. It takes the
/// stored form, so that a leaf of today can still be checked when entries have grown a field.
pub fn canonical(entry: &Value, at: Timestamp, salt: &Salt) -> Vec<u8> {
    let salt: String = salt.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut bytes = Vec::new();
    let whole = serde_json::json!({ "at": at.as_microsecond(), "entry": entry, "salt": salt });
    write_canonical(&whole, &mut bytes);
    bytes
}

/// The hash of the leaf of a stored entry.
pub fn leaf(entry: &Value, at: Timestamp, salt: &Salt) -> Hash {
    leaf_hash(&canonical(entry, at, salt))
}

/// Sorted keys, no spaces. Strings are escaped as `serde_json` does, which is what RFC 8785 asks;
/// entries hold no fractions, so numbers need no rule.
fn write_canonical(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Object(fields) => {
            let mut keys: Vec<_> = fields.keys().collect();
            // RFC 8785 3.2.3 sorts by UTF-16 units.
            keys.sort_by(|one, other| one.encode_utf16().cmp(other.encode_utf16()));
            out.push(b'{');
            for (place, key) in keys.into_iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write_canonical(&Value::from(key.as_str()), out);
                out.push(b':');
                write_canonical(&fields[key], out);
            }
            out.push(b'}');
        }
        Value::Array(items) => {
            out.push(b'[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write_canonical(item, out);
            }
            out.push(b']');
        }
        plain => out.extend_from_slice(plain.to_string().as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_leaf_is_canonical_and_its_salt_hides_it() {
        let participant = ParticipantId(Uuid::from_u128(3));
        let contact = ContactId(Uuid::from_u128(2));
        let entry = Entry::ContactChanged { participant, contact, change: "néw \"name\"\n".into() };
        let bytes = canonical(&entry.to_json(), Timestamp::UNIX_EPOCH, &[7; 16]);
        insta::assert_snapshot!(String::from_utf8(bytes).unwrap(), @r#"{"at":0,"entry":{"contact_changed":{"change":"néw \"name\"\n","contact":"00000000-0000-0000-0000-000000000002","participant":"00000000-0000-0000-0000-000000000003"}},"salt":"07070707070707070707070707070707"}"#);
        let hidden = |salt| leaf(&entry.to_json(), Timestamp::UNIX_EPOCH, &salt);
        assert_ne!(hidden([7; 16]), hidden([8; 16]));
    }

    #[test]
    fn every_entry_is_read_back_as_it_was_written() {
        let warning = WarningId(Uuid::from_u128(1));
        let entries = [
            Entry::Learned { warning, at: Timestamp::UNIX_EPOCH, fact: Fact::Climbed(3) },
            Entry::WarningOpened {
                warning,
                participant: ParticipantId(Uuid::nil()),
                advisory: AdvisoryId(Uuid::nil()),
            },
        ];
        for entry in entries {
            let text = serde_json::to_string(&entry).unwrap();
            assert_eq!(serde_json::from_str::<Entry>(&text).unwrap(), entry);
            assert_eq!(entry.warning(), Some(warning));
        }
    }
}
