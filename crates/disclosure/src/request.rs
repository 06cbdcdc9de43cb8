//! A question to the gate as somebody writes it down, `docs/disclosure.md`:
//!
//! ```json
//! {"sender":"ncsc","recipient":{"kind":"CCT","id":"z-cert"},"class":"D6",
//!  "owner":{"kind":"NV","sector":"care"},"tlp":"AMBER","purpose":"warn"}
//! ```
//!
//! What a word means is looked up in a register; a word that nobody knows is an answer too: NONE, and which.

use domain::designation::{Designation, Register};
use domain::disclosure::{Caveat, Circumstance, Circumstances, Class, Kind, Purpose};
use domain::tlp::{Pap, Tlp};
use domain::warning::Channel;
use serde::Deserialize;

use crate::{Gate, Marks, Question, Recipient, Strength, Verdict, When, WhyNot, circumstances_of};

const REGISTER: &str = include_str!("../policies/register.toml");

/// The kinds of organisation that something can be about.
const OWNER_KINDS: [&str; 3] = ["CI", "GOV", "NV"];

/// Organisations and designations of the public record.
pub fn shipped_register() -> Register {
    toml::from_str(REGISTER).expect("the shipped register is tested")
}

/// A question, with the words as they were written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// An organisation of the register, or whose rules it goes by: `national`, `sectoral`, `participant`, `finder`.
    pub sender: String,
    pub recipient: RecipientOf,
    pub class: String,
    pub owner: Option<OwnerOf>,
    /// Without a label nothing goes.
    pub tlp: Option<String>,
    pub pap: Option<String>,
    pub purpose: String,
    /// `orcon` or `finder`.
    pub caveat: Option<String>,
    /// Who handed it over; without one it is the sender's own.
    pub originator: Option<String>,
    /// By which way: `platform`, `mail`. Without one: the screen of somebody who is signed in.
    pub channel: Option<String>,
    /// How many organisations it counts or lists.
    pub count: Option<u64>,
    /// What else is so: the words of the schema.
    #[serde(default)]
    pub given: Vec<String>,
}

/// Who would receive it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipientOf {
    pub kind: String,
    #[serde(default)]
    pub id: String,
    /// Groups that it serves, besides those of the register.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Designations that the register does not know.
    #[serde(default)]
    pub designations: Vec<Designation>,
}

/// Whom it is about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnerOf {
    #[serde(default)]
    pub kind: String,
    #[serde(default)]
    pub sector: String,
    #[serde(default)]
    pub id: String,
}

impl Request {
    /// Asks the gate, with the words looked up in `register`.
    pub fn ask(&self, gate: &Gate, register: &Register, when: When) -> Verdict {
        match self.words(gate, register, when) {
            Ok(words) => gate.decide(&words.question(when)),
            Err(why) => Verdict::unknown(gate.rules().version(), when, why),
        }
    }

    /// What the words mean, or the first that means nothing.
    fn words(&self, gate: &Gate, register: &Register, when: When) -> Result<Words, WhyNot> {
        let unknown = |field: &'static str, word: &str| WhyNot::Unknown { field, word: word.to_owned() };
        let class = Class::of_code(&self.class).ok_or_else(|| unknown("class", &self.class))?;
        let label = self.tlp.as_deref().unwrap_or_default();
        let tlp = match label.trim().to_ascii_uppercase().trim_start_matches("TLP:") {
            "CLEAR" | "WHITE" | "GREEN" | "AMBER" | "AMBER+STRICT" | "RED" => Tlp::of_word(label),
            _ => return Err(unknown("tlp", label)),
        };
        let pap = match &self.pap {
            Some(word) => Some(
                Pap::ALL
                    .into_iter()
                    .find(|pap| pap.word() == word.to_ascii_uppercase().trim_start_matches("PAP:"))
                    .ok_or_else(|| unknown("pap", word))?,
            ),
            None => None,
        };
        let purpose = Purpose::of_word(&self.purpose).ok_or_else(|| unknown("purpose", &self.purpose))?;
        let caveat = self
            .caveat
            .as_deref()
            .map_or(Ok(Caveat::None), |word| Caveat::of_word(word).ok_or_else(|| unknown("caveat", word)))?;
        let through = self.channel.as_deref().map_or(Ok(Channel::Platform), |word| {
            serde_json::from_value(serde_json::Value::String(word.to_owned()))
                .map_err(|_| unknown("channel", word))
        })?;
        let mut given = Circumstances::NONE;
        for word in &self.given {
            given = given.with(Circumstance::of_word(word).ok_or_else(|| unknown("given", word))?);
        }
        let sender = register.organisation(&self.sender);
        let sends_as = match sender {
            Some(one) => one.sends_as.as_deref().unwrap_or_default(),
            None => self.sender.as_str(),
        };
        if !gate.rules().senders().any(|known| known == sends_as) {
            return Err(unknown("sender", &self.sender));
        }
        let owner = self.owner.clone().unwrap_or_else(|| OwnerOf {
            kind: String::new(),
            sector: String::new(),
            id: String::new(),
        });
        if !owner.kind.is_empty() && !OWNER_KINDS.contains(&owner.kind.as_str()) {
            return Err(unknown("owner.kind", &owner.kind));
        }
        if gate.rules().kind(&self.recipient.kind).is_none() {
            return Err(unknown("recipient.kind", &self.recipient.kind));
        }
        let known = register.organisation(&self.recipient.id).filter(|one| one.holds_on(when.world));
        let mut designations: Vec<Designation> =
            register.designations_of(&self.recipient.id, when.known).into_iter().cloned().collect();
        designations
            .extend(self.recipient.designations.iter().filter(|it| it.is_known_on(when.known)).cloned());
        let mut groups = self.recipient.groups.clone();
        groups.extend(known.iter().flat_map(|one| one.groups.iter().cloned()));

        let is_itself = self.recipient.kind == "S" || OWNER_KINDS.contains(&self.recipient.kind.as_str());
        // A finding about the recipient is that: D4 says so itself, unless two different names stand there.
        let same = owner.id == self.recipient.id || owner.id.is_empty() || self.recipient.id.is_empty();
        let is_subject = is_itself
            && same
            && class.names_somebody()
            && (class == Class::D4
                || self.recipient.kind == "S"
                || !owner.id.is_empty() && owner.id == self.recipient.id);
        let is_own_team = sender.is_some_and(|sender| sender.groups.contains(&owner.sector));
        let linked = !owner.sector.is_empty() && register.is_linked(&owner.sector, when.world, when.known);
        let given = given
            .and(Circumstance::Subject, is_subject)
            .and(Circumstance::Member, self.recipient.kind == "S" || is_itself && is_subject && is_own_team)
            .and(Circumstance::National, known.is_some_and(|one| one.sends_as.as_deref() == Some("national")))
            .and(Circumstance::Community, known.is_some_and(|one| one.is_community))
            .and(
                Circumstance::OwnerSends,
                sends_as == "participant" && (self.sender == owner.id || owner.id.is_empty()),
            )
            .and(Circumstance::Linked, linked);
        // The organisation itself is judged as what it is in law, where the law tells kinds apart.
        let kind = match self.recipient.kind.as_str() {
            "S" if is_subject && !owner.kind.is_empty() => Kind::new(&owner.kind),
            other => Kind::new(other),
        };
        let marks = Marks {
            pap,
            caveat,
            originator: self.originator.clone().filter(|it| *it != self.sender),
            count: self.count.or_else(|| (!owner.id.is_empty()).then_some(1)),
            given,
            ..Marks::new(class, tlp).about(&owner.id, &owner.kind, &owner.sector)
        };
        let to = Recipient {
            id: self.recipient.id.clone(),
            kind,
            through,
            strength: Strength::of(through),
            designations,
            groups,
            given: Circumstances::NONE,
        };
        let given = circumstances_of(&to, &marks, when);
        Ok(Words { sends_as: sends_as.to_owned(), marks, to, purpose, given })
    }
}

struct Words {
    sends_as: String,
    marks: Marks,
    to: Recipient,
    purpose: Purpose,
    given: Circumstances,
}

impl Words {
    fn question(&self, when: When) -> Question<'_> {
        Question {
            sender: &self.sends_as,
            kind: &self.to.kind,
            class: self.marks.class,
            tlp: self.marks.tlp,
            pap: self.marks.pap,
            caveat: self.marks.caveat,
            owner: self.marks.owner.as_ref().map_or("", |owner| owner.kind.as_str()),
            purpose: self.purpose,
            through: self.to.through,
            given: self.given,
            count: self.marks.count,
            when,
        }
    }
}
