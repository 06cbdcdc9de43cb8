//! What an item is, who would receive it, and why it is asked: the words in which every rule is written.
//! Source: `domain.md` 7.1 to 7.3.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{AdvisoryId, FinderId, OfferId, ParticipantId, RescanId, SetId, WarningId};
use crate::partner::Partner;
use crate::tlp::Tlp;
use crate::warning::Channel;

/// What an item is to its recipient. The order is that of the codes and means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Class {
    /// Public and generic: the text of an advisory under TLP:CLEAR.
    D0,
    /// Restricted and generic: the block of an advisory that is not public, an unpublished hole.
    D1,
    /// An aggregate: how many, and never who.
    D2,
    /// An indicator without a victim: an address of an attacker, a hash.
    D3,
    /// A finding about the recipient itself.
    D4,
    /// A finding about one other organisation.
    D5,
    /// A list of findings about others.
    D6,
    /// Personal data: leaked accounts, contact persons.
    D7,
    /// What a report of an incident says.
    D8,
    /// Classified by the state. It is refused at the door.
    D9,
    /// What a participant has.
    D10,
    /// What one participant was told, said and did.
    D11,
}

impl Class {
    pub const ALL: [Self; 12] = [
        Self::D0,
        Self::D1,
        Self::D2,
        Self::D3,
        Self::D4,
        Self::D5,
        Self::D6,
        Self::D7,
        Self::D8,
        Self::D9,
        Self::D10,
        Self::D11,
    ];

    /// As it stands in rules, requests and the ledger.
    pub fn code(self) -> &'static str {
        match self {
            Self::D0 => "D0",
            Self::D1 => "D1",
            Self::D2 => "D2",
            Self::D3 => "D3",
            Self::D4 => "D4",
            Self::D5 => "D5",
            Self::D6 => "D6",
            Self::D7 => "D7",
            Self::D8 => "D8",
            Self::D9 => "D9",
            Self::D10 => "D10",
            Self::D11 => "D11",
        }
    }

    /// The class with this code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.code() == code)
    }

    /// Whether an organisation or a person can be known from it.
    pub fn names_somebody(self) -> bool {
        !matches!(self, Self::D0 | Self::D1 | Self::D2 | Self::D3)
    }

    /// Whether it is about exactly one organisation, so that a count of it is a count of one.
    pub fn is_of_one(self) -> bool {
        matches!(self, Self::D4 | Self::D5)
    }
}

/// What a recipient is in law: a code of the manifest, for example `CCT`. Operators can add their own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Kind(Arc<str>);

impl Kind {
    /// Whether any rule knows this code, the gate says.
    pub fn new(code: &str) -> Self {
        Self(code.into())
    }

    pub fn code(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the recipient will do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    Warn,
    Assist,
    Supervise,
    Statistics,
    Accountability,
}

impl Purpose {
    pub const ALL: [Self; 5] =
        [Self::Warn, Self::Assist, Self::Supervise, Self::Statistics, Self::Accountability];

    pub fn word(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Assist => "assist",
            Self::Supervise => "supervise",
            Self::Statistics => "statistics",
            Self::Accountability => "accountability",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.word() == word)
    }
}

/// What whoever handed it over asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caveat {
    #[default]
    None,
    /// Originator control: nothing further without the originator's word.
    Orcon,
    /// The conditions of a finder: teams and owners only.
    Finder,
}

impl Caveat {
    pub const ALL: [Self; 3] = [Self::None, Self::Orcon, Self::Finder];

    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Orcon => "orcon",
            Self::Finder => "finder",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|caveat| caveat.word() == word)
    }
}

/// How much of an item goes. From the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Form {
    Aggregate,
    Redacted,
    Full,
}

impl Form {
    /// The greatest first: the order in which they are asked for.
    pub const ALL: [Self; 3] = [Self::Full, Self::Redacted, Self::Aggregate];

    pub fn word(self) -> &'static str {
        match self {
            Self::Aggregate => "AGGREGATE",
            Self::Redacted => "REDACTED",
            Self::Full => "FULL",
        }
    }
}

/// What is so between sender, recipient and item on the day that is asked about. A set: what nobody said is
/// not so. The words are those of the schema, where each is explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Circumstance {
    Subject,
    Member,
    OwnGroup,
    Designated,
    DesignatedFor,
    Linked,
    Continuity,
    Consented,
    Mandated,
    Matched,
    Needed,
    Addressed,
    OwnItem,
    OwnerSends,
    NamedPerson,
    Community,
    Mandatory,
    OwnChoice,
    OwnStatement,
    Requested,
    SharedIncident,
    National,
    OwnSpace,
    OwnCountry,
    CrossBorder,
    CrossSector,
    OwnSet,
    Proven,
    CoOrdinated,
    Ordered,
    OriginatorAgrees,
}

impl Circumstance {
    pub const ALL: [Self; 31] = [
        Self::Subject,
        Self::Member,
        Self::OwnGroup,
        Self::Designated,
        Self::DesignatedFor,
        Self::Linked,
        Self::Continuity,
        Self::Consented,
        Self::Mandated,
        Self::Matched,
        Self::Needed,
        Self::Addressed,
        Self::OwnItem,
        Self::OwnerSends,
        Self::NamedPerson,
        Self::Community,
        Self::Mandatory,
        Self::OwnChoice,
        Self::OwnStatement,
        Self::Requested,
        Self::SharedIncident,
        Self::National,
        Self::OwnSpace,
        Self::OwnCountry,
        Self::CrossBorder,
        Self::CrossSector,
        Self::OwnSet,
        Self::Proven,
        Self::CoOrdinated,
        Self::Ordered,
        Self::OriginatorAgrees,
    ];

    /// As the schema and a request call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Member => "member",
            Self::OwnGroup => "own_group",
            Self::Designated => "designated",
            Self::DesignatedFor => "designated_for",
            Self::Linked => "linked",
            Self::Continuity => "continuity",
            Self::Consented => "consented",
            Self::Mandated => "mandated",
            Self::Matched => "matched",
            Self::Needed => "needed",
            Self::Addressed => "addressed",
            Self::OwnItem => "own_item",
            Self::OwnerSends => "owner_sends",
            Self::NamedPerson => "named_person",
            Self::Community => "community",
            Self::Mandatory => "mandatory",
            Self::OwnChoice => "own_choice",
            Self::OwnStatement => "own_statement",
            Self::Requested => "requested",
            Self::SharedIncident => "shared_incident",
            Self::National => "national",
            Self::OwnSpace => "own_space",
            Self::OwnCountry => "own_country",
            Self::CrossBorder => "cross_border",
            Self::CrossSector => "cross_sector",
            Self::OwnSet => "own_set",
            Self::Proven => "proven",
            Self::CoOrdinated => "co_ordinated",
            Self::Ordered => "ordered",
            Self::OriginatorAgrees => "originator_agrees",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }

    /// Whether it can be had: a person or a day could make it so. Those are what "why not more" names.
    pub fn can_come(self) -> bool {
        !matches!(self, Self::Subject | Self::Member | Self::OwnItem | Self::OwnerSends | Self::National)
    }
}

/// A set of [`Circumstance`]s.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Circumstances(u32);

impl Circumstances {
    pub const NONE: Self = Self(0);

    pub fn has(self, one: Circumstance) -> bool {
        self.0 & (1 << one as u32) != 0
    }

    #[must_use]
    pub fn with(self, one: Circumstance) -> Self {
        Self(self.0 | 1 << one as u32)
    }

    #[must_use]
    pub fn without(self, one: Circumstance) -> Self {
        Self(self.0 & !(1 << one as u32))
    }

    /// With `one` if `is_so`, and as it was otherwise.
    #[must_use]
    pub fn and(self, one: Circumstance, is_so: bool) -> Self {
        if is_so { self.with(one) } else { self }
    }

    /// Those that are in both.
    #[must_use]
    pub fn within(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    pub fn iter(self) -> impl Iterator<Item = Circumstance> {
        Circumstance::ALL.into_iter().filter(move |one| self.has(*one))
    }

    /// One bit for each one, in the order of [`Circumstance::ALL`].
    pub fn bits(self) -> u32 {
        self.0
    }
}

impl FromIterator<Circumstance> for Circumstances {
    fn from_iter<I: IntoIterator<Item = Circumstance>>(given: I) -> Self {
        given.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Debug for Circumstances {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// What a decision was about, so that it can be asked again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// A letter about a warning, of a kind.
    Letter {
        warning: WarningId,
        kind: String,
    },
    /// A request to look again, and that it is over.
    Rescan {
        rescan: RescanId,
    },
    Receipt {
        set: SetId,
    },
    Progress {
        set: SetId,
        day: u16,
    },
    /// A list of who is exposed, for whoever serves them.
    Offer {
        offer: OfferId,
    },
    /// What was seen at the places of a partner, under one label.
    Seen {
        partner: Partner,
        tlp: Tlp,
    },
    /// A question of a finder about an own list.
    Finder {
        finder: FinderId,
    },
    /// An advisory, or a part of one, for everybody.
    Website {
        advisory: AdvisoryId,
    },
}

impl Item {
    /// What a letter, a list and so on are called: the last part of a key of words.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Letter { .. } => "letter",
            Self::Rescan { .. } => "rescan",
            Self::Receipt { .. } => "receipt",
            Self::Progress { .. } => "progress",
            Self::Offer { .. } => "offer",
            Self::Seen { .. } => "seen",
            Self::Finder { .. } => "finder",
            Self::Website { .. } => "website",
        }
    }
}

/// Why something is not more, in words of any language: a key, and what stands in its places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub key: String,
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

/// A decision of the gate with everything that it rests on, as it is kept for good. It is never changed: a new
/// rule makes a new decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub item: Item,
    /// Whom the item is about, when that is one organisation that we serve.
    pub about: Option<ParticipantId>,
    /// Those of ours whom a list named to the recipient. Empty when it named nobody.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub listed: BTreeSet<ParticipantId>,
    /// Whose rules counted.
    pub sender: String,
    /// Who would receive it, as the ledger calls them.
    pub recipient: String,
    pub kind: Kind,
    pub class: Class,
    pub tlp: Tlp,
    pub purpose: Purpose,
    pub channel: Channel,
    /// `None` is NONE.
    pub form: Option<Form>,
    pub needs_person: bool,
    /// Every rule that decided, in the order of the steps.
    pub rules: Vec<String>,
    /// What the rule that allowed it cites.
    pub ground: String,
    /// Which set of rules it was.
    pub version: String,
    pub masks: Vec<String>,
    pub obligations: Vec<String>,
    /// As of which day of the world, and of our knowledge.
    pub world: Date,
    pub known: Date,
    pub why_not_more: Option<Reason>,
}

/// What became of a decision.
///
/// ```text
/// Released ─► Recalled
/// Waiting ─► Released, Refused      a person must
/// Withheld ─► Superseded            asked again, and now it may go
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Released,
    /// A person must release it.
    Waiting,
    /// Kept here, and asked again when a rule or a designation changes.
    Withheld,
    /// A person would not release it.
    Refused,
    /// Asked again, and there is a newer decision.
    Superseded,
    /// It went, and whoever got it was told that it should not have.
    Recalled,
}

impl State {
    pub const ALL: [Self; 6] =
        [Self::Released, Self::Waiting, Self::Withheld, Self::Refused, Self::Superseded, Self::Recalled];

    pub fn word(self) -> &'static str {
        match self {
            Self::Released => "released",
            Self::Waiting => "waiting",
            Self::Withheld => "withheld",
            Self::Refused => "refused",
            Self::Superseded => "superseded",
            Self::Recalled => "recalled",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        assert!(Class::ALL.iter().all(|class| Class::of_code(class.code()) == Some(*class)));
        assert!(Purpose::ALL.iter().all(|purpose| Purpose::of_word(purpose.word()) == Some(*purpose)));
        assert!(Caveat::ALL.iter().all(|caveat| Caveat::of_word(caveat.word()) == Some(*caveat)));
        assert!(Circumstance::ALL.iter().all(|one| Circumstance::of_word(one.word()) == Some(*one)));
        assert_eq!((Class::of_code("D12"), Circumstance::of_word("subjekt")), (None, None));
    }

    #[test]
    fn a_set_of_facts_holds_what_was_put_in() {
        let given = Circumstances::NONE.with(Circumstance::Subject).with(Circumstance::OriginatorAgrees);
        assert_eq!(given.iter().collect::<Vec<_>>(), [Circumstance::Subject, Circumstance::OriginatorAgrees]);
        assert_eq!(given.without(Circumstance::Subject).and(Circumstance::Ordered, false).iter().count(), 1);
    }
}
