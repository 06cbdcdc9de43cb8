//! Ids in the path of a door, as types.
//!
//! An id counts in one spelling only: what could be written in two ways could be guarded in one and
//! loaded in the other.

use domain::ids::{
    AdvisoryId, AssetId, CallId, ContactId, DisclosureId, FinderId, ParticipantId, SourceId, WarningId,
};
use uuid::Uuid;

/// What an id in a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Advisory,
    Asset,
    Call,
    Contact,
    /// A decision of the gate.
    Disclosure,
    Finder,
    /// The code of the page of a finder.
    FinderCode,
    /// A mail that a demonstration caught.
    Mail,
    /// An organisation of the register, by its short word.
    Organisation,
    Participant,
    /// A report of observations, by its number.
    Report,
    Source,
    /// A vulnerability, by one of its names.
    Vulnerability,
    Warning,
    /// The code of a sign-in link.
    Code,
    /// The name of a static file.
    File,
}

impl Kind {
    /// Whether what it names belongs to one participant, so that somebody else's must look like
    /// nothing.
    pub fn is_a_participants(self) -> bool {
        match self {
            Self::Asset | Self::Call | Self::Contact | Self::Participant | Self::Warning => true,
            Self::Advisory | Self::Source | Self::Mail | Self::Vulnerability | Self::Code | Self::File => {
                false
            }
            Self::Finder | Self::FinderCode | Self::Report => false,
            Self::Disclosure | Self::Organisation => false,
        }
    }
}

/// The ids of a path, in their order. `()` for a path without any.
pub trait Ids: Sized + Send + 'static {
    const KINDS: &'static [Kind];

    /// `None` for what is no such id; outside, that looks like an id of nothing.
    fn read(parts: &[&str]) -> Option<Self>;
}

impl Ids for () {
    const KINDS: &'static [Kind] = &[];

    fn read(parts: &[&str]) -> Option<Self> {
        parts.is_empty().then_some(())
    }
}

macro_rules! ids {
    ($($Id:ident => $Kind:ident,)*) => {$(
        impl Ids for $Id {
            const KINDS: &'static [Kind] = &[Kind::$Kind];

            fn read(parts: &[&str]) -> Option<Self> {
                let [part] = parts else { return None };
                uuid(part).map(Self)
            }
        }
    )*};
}

ids! {
    AdvisoryId => Advisory,
    AssetId => Asset,
    CallId => Call,
    ContactId => Contact,
    DisclosureId => Disclosure,
    FinderId => Finder,
    ParticipantId => Participant,
    SourceId => Source,
    WarningId => Warning,
}

/// The place of a mail in the catcher of a demonstration, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailNumber(pub usize);

impl Ids for MailNumber {
    const KINDS: &'static [Kind] = &[Kind::Mail];

    fn read(parts: &[&str]) -> Option<Self> {
        let [part] = parts else { return None };
        let number: usize = part.parse().ok()?;
        (number.to_string() == *part).then_some(Self(number))
    }
}

/// The number of a report of observations, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportNumber(pub u32);

impl Ids for ReportNumber {
    const KINDS: &'static [Kind] = &[Kind::Report];

    fn read(parts: &[&str]) -> Option<Self> {
        let [part] = parts else { return None };
        let number: u32 = part.parse().ok()?;
        (number.to_string() == *part).then_some(Self(number))
    }
}

macro_rules! below_participants {
    ($($Id:ident => $Kind:ident,)*) => {$(
        impl Ids for (ParticipantId, $Id) {
            const KINDS: &'static [Kind] = &[Kind::Participant, Kind::$Kind];

            fn read(parts: &[&str]) -> Option<Self> {
                let [of, id] = parts else { return None };
                Some((ParticipantId(uuid(of)?), $Id(uuid(id)?)))
            }
        }
    )*};
}

below_participants! {
    AssetId => Asset,
    ContactId => Contact,
}

/// A name of a vulnerability, as somebody writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VulnerabilityName(pub String);

impl Ids for VulnerabilityName {
    const KINDS: &'static [Kind] = &[Kind::Vulnerability];

    fn read(parts: &[&str]) -> Option<Self> {
        let [part] = parts else { return None };
        let may_be_one = !part.is_empty() && part.chars().count() <= 300;
        may_be_one.then(|| Self((*part).to_owned()))
    }
}

/// The short word of an organisation of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationWord(pub String);

impl Ids for OrganisationWord {
    const KINDS: &'static [Kind] = &[Kind::Organisation];

    fn read(parts: &[&str]) -> Option<Self> {
        let [part] = parts else { return None };
        is_a_word(part).then(|| Self((*part).to_owned()))
    }
}

/// Whether it can be the short word of an organisation: small letters, digits and hyphens.
pub fn is_a_word(text: &str) -> bool {
    let fits = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    (1..=40).contains(&text.len()) && text.chars().all(fits) && !text.starts_with('-')
}

/// The code of a sign-in link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code(pub String);

impl Ids for Code {
    const KINDS: &'static [Kind] = &[Kind::Code];

    fn read(parts: &[&str]) -> Option<Self> {
        let [part] = parts else { return None };
        // Whatever was never given out looks like what was used: the page says so.
        Some(Self(part.chars().take(128).collect()))
    }
}

/// The code of the page of a finder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinderCode(pub String);

impl Ids for FinderCode {
    const KINDS: &'static [Kind] = &[Kind::FinderCode];

    fn read(parts: &[&str]) -> Option<Self> {
        let [part] = parts else { return None };
        let is_one = part.len() == 48 && part.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
        is_one.then(|| Self((*part).to_owned()))
    }
}

/// The name of a static file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName(pub String);

impl Ids for FileName {
    const KINDS: &'static [Kind] = &[Kind::File];

    fn read(parts: &[&str]) -> Option<Self> {
        let [part] = parts else { return None };
        Some(Self((*part).to_owned()))
    }
}

/// An id in its one spelling: lower case, with hyphens.
pub fn uuid(text: &str) -> Option<Uuid> {
    let id = Uuid::try_parse(text).ok()?;
    (id.hyphenated().to_string() == text).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let id = "0000000a-0000-7000-8000-00000000002a";
        assert_eq!(WarningId::read(&[id]).map(|it| it.to_string()).as_deref(), Some(id));
        for other in [
            "0000000A-0000-7000-8000-00000000002A",
            "{0000000a-0000-7000-8000-00000000002a}",
            "0000000a00007000800000000000002a",
            "urn:uuid:0000000a-0000-7000-8000-00000000002a",
            "0000000a-0000-7000-8000-00000000002a ",
            "42",
            "",
        ] {
            assert_eq!(WarningId::read(&[other]), None, "{other}");
        }
        assert_eq!(<()>::read(&["x"]), None);
        assert!(is_a_word("z-cert") && is_a_word("team2"));
        assert!(["", "Z-CERT", "a/b", "-a", "a b", &"a".repeat(41)].iter().all(|it| !is_a_word(it)));
    }
}
