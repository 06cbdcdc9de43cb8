//! The rules, read once, checked against their schema and against what the house forbids.
//!
//! A set is a folder: `manifest.toml` says which file is which step for which sender from which day, and each
//! file holds policies of Cedar with their sources as annotations. A set that does not fit is refused as a whole.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;

use cedar_policy::{
    Authorizer, Context, Decision, Effect, Entities, Entity, EntityUid, Policy, PolicySet, Request,
    RestrictedExpression as Value, Schema, ValidationMode, Validator,
};
use domain::disclosure::{Caveat, Circumstance, Circumstances, Class, Form, Purpose};
use domain::tlp::Tlp;
use jiff::civil::Date;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::holes;
use crate::invariants::{K_MIN, K_PUBLIC_MIN};
use crate::redact::Mask;

const SCHEMA: &str = include_str!("../policies/schema.cedarschema");

/// The files that are shipped, by the names that the manifest uses.
const SHIPPED: &[(&str, &str)] = &[
    ("manifest.toml", include_str!("../policies/manifest.toml")),
    ("national-2018.cedar", include_str!("../policies/national-2018.cedar")),
    ("national-2022.cedar", include_str!("../policies/national-2022.cedar")),
    ("national-2026.cedar", include_str!("../policies/national-2026.cedar")),
    ("sectoral.cedar", include_str!("../policies/sectoral.cedar")),
    ("participant.cedar", include_str!("../policies/participant.cedar")),
    ("finder.cedar", include_str!("../policies/finder.cedar")),
    ("purpose.cedar", include_str!("../policies/purpose.cedar")),
    ("tlp.cedar", include_str!("../policies/tlp.cedar")),
    ("originator.cedar", include_str!("../policies/originator.cedar")),
    ("need.cedar", include_str!("../policies/need.cedar")),
];

/// What can be noted on a rule.
const NOTES: [&str; 7] = ["id", "article", "verified_by", "verified_on", "masks", "obligations", "k"];

/// Why a set of rules was not taken. Written for the operator who edited it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {why}")]
pub struct Unfit {
    pub file: String,
    pub why: String,
}

/// Which question a file answers. The first is the law, and the others only narrow what it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Law,
    Purpose,
    Label,
    Originator,
    Need,
}

impl Step {
    pub const ALL: [Self; 5] = [Self::Law, Self::Purpose, Self::Label, Self::Originator, Self::Need];

    pub fn word(self) -> &'static str {
        match self {
            Self::Law => "law",
            Self::Purpose => "purpose",
            Self::Label => "label",
            Self::Originator => "originator",
            Self::Need => "need",
        }
    }
}

/// One rule with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The name of its file without its ending, a slash, and its own name: `national-2018/public`.
    pub id: String,
    pub article: String,
    /// The law or agreement in which the article stands.
    pub document: String,
    pub from: Date,
    pub to: Option<Date>,
    /// Who read the text that it cites; blank when nobody did, and then a person must release.
    pub verified_by: String,
    pub verified_on: Option<Date>,
    /// What is taken out where it allows less than all.
    pub masks: Vec<String>,
    /// What the recipient must keep to.
    pub obligations: Vec<String>,
    /// How many there must be in a cell of an aggregate.
    pub k: Option<u64>,
    /// As it is written, for whoever wants to read it.
    pub text: String,
}

impl Rule {
    pub fn is_verified(&self) -> bool {
        !self.verified_by.is_empty()
    }
}

/// A kind of recipient, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindRow {
    pub code: String,
    pub nl: String,
    pub en: String,
    /// The kind as which the rules treat it.
    pub like: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    file: Vec<FileRow>,
    kind: Vec<KindRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRow {
    name: String,
    step: Step,
    /// Whose rules these are; without it, everybody's.
    sender: Option<String>,
    from: String,
    to: Option<String>,
    known_from: Option<String>,
    document: String,
}

/// A file of the set, parsed.
pub(crate) struct File {
    pub step: Step,
    pub sender: Option<String>,
    pub from: Date,
    pub to: Option<Date>,
    pub known_from: Date,
    policies: PolicySet,
    rules: BTreeMap<String, Arc<Rule>>,
    /// Which circumstances and attributes any of its rules looks at; the others cannot change its answer.
    pub looks_at: LooksAt,
}

/// What of a question a file can be told apart by.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LooksAt {
    pub given: Circumstances,
    pub tlp: bool,
    pub caveat: bool,
    pub owner: bool,
    pub purpose: bool,
}

/// What Cedar is asked, in words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub kind: &'a str,
    pub class: &'a str,
    pub tlp: &'a str,
    pub caveat: &'a str,
    pub owner: &'a str,
    pub purpose: Purpose,
    pub given: Circumstances,
}

/// What one form met: the rules that permit it, or those that forbid it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub is_allowed: bool,
    pub rules: Vec<Arc<Rule>>,
}

/// A whole set.
pub struct Rules {
    pub(crate) files: Vec<File>,
    kinds: Vec<KindRow>,
    schema: Schema,
    version: String,
}

/// Whether a test took the rules of this step away.
fn is_missing(step: Step) -> bool {
    match step {
        Step::Law => false,
        Step::Purpose => holes::is_open("purpose-rules-missing"),
        Step::Label => holes::is_open("label-rules-missing"),
        Step::Originator => holes::is_open("originator-rules-missing"),
        Step::Need => holes::is_open("need-rules-missing"),
    }
}

impl Rules {
    /// The rules that come with the house.
    pub fn shipped() -> Self {
        let files = SHIPPED.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Self::read(&files).expect("the shipped rules are tested")
    }

    /// The text of each shipped file by its name, for an operator who wants to begin from them.
    pub fn shipped_files() -> impl Iterator<Item = (&'static str, &'static str)> {
        SHIPPED.iter().copied()
    }

    /// Reads a set: the text of each file by its name, `manifest.toml` among them.
    ///
    /// # Errors
    /// [`Unfit`] names the file and what is wrong: an attribute that the schema does not know, a rule without a
    /// source, a step after the law that permits something, a number of a cell below the house's own, a word in it that
    /// no question can hold.
    pub fn read(texts: &BTreeMap<String, String>) -> Result<Self, Unfit> {
        let unfit = |file: &str, why: String| Unfit { file: file.to_owned(), why };
        let of = |name: &str| texts.get(name).ok_or_else(|| unfit(name, "is not there".into()));
        let manifest: Manifest =
            toml::from_str(of("manifest.toml")?).map_err(|why| unfit("manifest.toml", why.to_string()))?;
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA)
            .map_err(|why| unfit("schema.cedarschema", why.to_string()))?;
        let mut digest = Sha256::new();
        for (name, text) in texts {
            digest.update((name.len() as u64).to_be_bytes());
            digest.update(name);
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text);
        }
        let mut version = String::new();
        for byte in digest.finalize().iter().take(6) {
            let _ = write!(version, "{byte:02x}");
        }
        let codes: HashSet<&str> = manifest.kind.iter().map(|kind| kind.code.as_str()).collect();
        for (place, kind) in manifest.kind.iter().enumerate() {
            if manifest.kind.iter().take(place).any(|other| other.code == kind.code) {
                return Err(unfit("manifest.toml", format!("the kind {} stands in it twice", kind.code)));
            }
        }
        for kind in &manifest.kind {
            if kind.like.as_deref().is_some_and(|like| !codes.contains(like)) {
                return Err(unfit(
                    "manifest.toml",
                    format!("{} is like a kind that is not there", kind.code),
                ));
            }
        }
        let mut files = Vec::new();
        for row in manifest.file {
            files.push(File::read(of(&row.name)?, row, &schema, &codes)?);
        }
        for step in Step::ALL {
            if !files.iter().any(|file| file.step == step) {
                return Err(unfit("manifest.toml", format!("no file for the step {}", step.word())));
            }
        }
        Ok(Self { files, kinds: manifest.kind, schema, version })
    }

    /// The first twelve hexadecimal digits of the digest of all its files: which set decided.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Every kind of recipient that it knows, in the order of the manifest.
    pub fn kinds(&self) -> &[KindRow] {
        &self.kinds
    }

    /// Whose rules there are.
    pub fn senders(&self) -> impl Iterator<Item = &str> {
        self.files.iter().filter_map(|file| file.sender.as_deref())
    }

    /// The kind as which the rules treat `code`.
    pub(crate) fn kind(&self, code: &str) -> Option<(u8, &str)> {
        let found = self.kinds.iter().find(|kind| kind.code == code)?;
        let code = found.like.as_deref().unwrap_or(code);
        let place = self.kinds.iter().position(|kind| kind.code == code)?;
        Some((u8::try_from(place).ok()?, self.kinds.get(place)?.code.as_str()))
    }

    /// Every rule, file by file, in the order in which they are written.
    pub fn all(&self) -> impl Iterator<Item = (Step, Option<&str>, &Arc<Rule>)> {
        self.files
            .iter()
            .flat_map(|file| file.rules.values().map(move |rule| (file.step, file.sender.as_deref(), rule)))
    }

    /// The days on which something begins or ends, the oldest first: between two of them nothing changes.
    pub fn turns(&self) -> Vec<Date> {
        let mut days: Vec<Date> =
            self.files.iter().flat_map(|file| [Some(file.from), file.to]).flatten().collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// The files of `step` that count for `sender` on `world`, by what was known on `known`.
    pub(crate) fn in_force<'a>(
        &'a self,
        step: Step,
        sender: &'a str,
        world: Date,
        known: Date,
    ) -> impl Iterator<Item = (usize, &'a File)> {
        self.files.iter().enumerate().filter(move |(_, file)| {
            file.step == step
                && !is_missing(step)
                && file.sender.as_deref().is_none_or(|whose| whose == sender)
                && file.from <= world
                && file.to.is_none_or(|to| world < to)
                && (file.known_from <= known || holes::is_open("knowledge-ignored"))
        })
    }

    /// Every circumstance that some rule of the law about this kind and class looks at, in either way, on a day
    /// as it was known then.
    pub(crate) fn looked_at(&self, sender: &str, day: Date, kind: &str, class: Class) -> Circumstances {
        let kind = self.kind(kind).map_or(kind, |(_, code)| code);
        self.in_force(Step::Law, sender, day, day)
            .flat_map(|(_, file)| file.rules.values().filter(|rule| rule.is_about(kind, class)))
            .flat_map(|rule| Circumstance::ALL.into_iter().filter(|one| rule.mentions(*one, |_| true)))
            .collect()
    }

    /// What each form meets in `file`, the greatest form first. An error inside Cedar counts as "no": the gate
    /// fails closed.
    pub(crate) fn ask(&self, file: &File, asked: &Asked<'_>) -> [Said; 3] {
        Form::ALL.map(|form| {
            self.ask_form(file, asked, form).unwrap_or(Said { is_allowed: false, rules: Vec::new() })
        })
    }

    fn ask_form(&self, file: &File, asked: &Asked<'_>, form: Form) -> Option<Said> {
        let text = |it: &str| Value::new_string(it.to_owned());
        let recipient = entity("Recipient", vec![("kind", text(asked.kind))])?;
        let item = entity(
            "Item",
            vec![
                ("class", text(asked.class)),
                ("tlp", text(asked.tlp)),
                ("caveat", text(asked.caveat)),
                ("owner", text(asked.owner)),
            ],
        )?;
        let given = Circumstance::ALL
            .into_iter()
            .map(|one| (one.word().to_owned(), Value::new_bool(asked.given.has(one))))
            .chain([("purpose".to_owned(), text(asked.purpose.word()))]);
        let context = Context::from_pairs(given).ok()?;
        let action = uid("Action", action(form))?;
        let request = Request::new(recipient.uid(), action, item.uid(), context, Some(&self.schema)).ok()?;
        let world = Entities::from_entities([recipient, item], Some(&self.schema)).ok()?;
        let answer = Authorizer::new().is_authorized(&request, &file.policies, &world);
        if answer.diagnostics().errors().next().is_some() {
            return None;
        }
        let rules =
            answer.diagnostics().reason().filter_map(|id| file.rules.get(AsRef::<str>::as_ref(id))).cloned();
        let mut rules: Vec<Arc<Rule>> = rules.collect();
        rules.sort_by(|a, b| b.is_verified().cmp(&a.is_verified()).then_with(|| a.id.cmp(&b.id)));
        Some(Said { is_allowed: answer.decision() == Decision::Allow, rules })
    }
}

impl File {
    fn read(text: &str, row: FileRow, schema: &Schema, kinds: &HashSet<&str>) -> Result<Self, Unfit> {
        let unfit = |why: String| Unfit { file: row.name.clone(), why };
        let day = |text: &str| text.parse::<Date>().map_err(|why| unfit(format!("{text}: {why}")));
        let (from, to) = (day(&row.from)?, row.to.as_deref().map(day).transpose()?);
        let known_from = row.known_from.as_deref().map(day).transpose()?.unwrap_or(from);
        if to.is_some_and(|to| to <= from) {
            return Err(unfit("ends before it begins".into()));
        }
        let parsed: PolicySet = text.parse().map_err(|why| unfit(format!("{why}")))?;
        let stem = row.name.strip_suffix(".cedar").unwrap_or(&row.name);
        let mut policies = PolicySet::new();
        let mut rules = BTreeMap::new();
        let mut looks_at = LooksAt::default();
        for policy in parsed.policies() {
            let note = |key: &str| policy.annotation(key).unwrap_or_default().trim().to_owned();
            let name = note("id");
            if name.is_empty() {
                return Err(unfit(format!("a rule has no @id: {policy}")));
            }
            let wrong = |why: &str| unfit(format!("rule {name} {why}"));
            if note("article").is_empty() {
                return Err(wrong("has no @article: what it rests on"));
            }
            if row.step != Step::Law && policy.effect() == Effect::Permit {
                return Err(wrong("permits something; after the law a step can only forbid"));
            }
            let verified_on = Some(note("verified_on")).filter(|it| !it.is_empty());
            let verified_on = verified_on.map(|it| day(&it)).transpose()?;
            let verified_by = note("verified_by");
            if verified_by.is_empty() != verified_on.is_none() {
                return Err(wrong("says who verified it and not when, or the other way round"));
            }
            let number = |it: String| it.parse::<u64>().map_err(|_| wrong("has a @k that is no number"));
            let k = Some(note("k")).filter(|it| !it.is_empty()).map(number).transpose()?;
            let body = policy.to_string();
            let least = if body.contains("\"PUB\"") { K_PUBLIC_MIN } else { K_MIN };
            if k.is_some_and(|k| k < least) {
                return Err(wrong(&format!("wants cells smaller than {least}")));
            }
            if let Some((key, _)) = policy.annotations().find(|(key, _)| !NOTES.contains(key)) {
                return Err(wrong(&format!("has a note @{key}, which nobody reads")));
            }
            let words =
                |key: &str| -> Vec<String> { note(key).split_whitespace().map(str::to_owned).collect() };
            if let Some(mask) = words("masks").iter().find(|mask| Mask::of_word(mask).is_none()) {
                return Err(wrong(&format!("masks {mask:?}, which nobody can take out")));
            }
            let text = source_of(policy);
            if let Some(word) = quoted(&text).find(|word| !is_known(word, kinds)) {
                return Err(wrong(&format!(
                    "speaks of {word:?}, which is no kind, class, label, purpose or caveat"
                )));
            }
            let id = format!("{stem}/{name}");
            looks_at.take(&body);
            let named = policy.clone().new_id(id.parse().map_err(|_| wrong("has an @id that is none"))?);
            policies.add(named).map_err(|why| wrong(&why.to_string()))?;
            let rule = Rule {
                id: id.clone(),
                article: note("article"),
                document: row.document.clone(),
                from,
                to,
                verified_by,
                verified_on,
                masks: words("masks"),
                obligations: words("obligations"),
                k,
                text,
            };
            rules.insert(id, Arc::new(rule));
        }
        if row.step != Step::Law {
            // What no rule of the step forbids stays as the law left it.
            let otherwise = Policy::parse(None, "permit (principal, action, resource);")
                .map_err(|why| unfit(why.to_string()))?;
            policies.add(otherwise).map_err(|why| unfit(why.to_string()))?;
        }
        let report = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        if let Some(why) = report.validation_errors().next() {
            return Err(unfit(why.to_string()));
        }
        let FileRow { step, sender, .. } = row;
        Ok(Self { step, sender, from, to, known_from, policies, rules, looks_at })
    }
}

impl Rule {
    /// Whether it can be about this kind and class.
    fn is_about(&self, kind: &str, class: Class) -> bool {
        let quoted = |word: &str| self.text.contains(&format!("\"{word}\""));
        quoted(class.code()) && (!self.text.contains("principal.kind") || quoted(kind))
    }

    /// Whether it looks at `one` at a place where what stands before it is as wanted.
    fn mentions(&self, one: Circumstance, wanted: impl Fn(Option<char>) -> bool) -> bool {
        let word = format!("context.{}", one.word());
        self.text.match_indices(&word).any(|(at, _)| {
            let after = self.text.get(at + word.len()..).and_then(|rest| rest.chars().next());
            let before = self.text.get(..at).and_then(|start| start.chars().next_back());
            wanted(before) && after.is_none_or(|it| !it.is_alphanumeric() && it != '_')
        })
    }

    /// The circumstances that it asks for, when it is about this kind and class. What it forbids by `!` is not among them.
    pub(crate) fn wants(&self, kind: &str, class: Class) -> Option<Circumstances> {
        let is_wanted = |one: &Circumstance| self.mentions(*one, |before| before != Some('!'));
        self.is_about(kind, class).then(|| Circumstance::ALL.into_iter().filter(is_wanted).collect())
    }
}

impl File {
    /// What could make a difference to a question of this kind and class: each one that a rule asks for alone, and
    /// then all that it asks for together.
    pub(crate) fn could_be(&self, kind: &str, class: Class) -> Vec<Circumstances> {
        let wanted: Vec<Circumstances> =
            self.rules.values().filter_map(|rule| rule.wants(kind, class)).collect();
        let ones = wanted.iter().flat_map(|given| given.iter().map(|one| Circumstances::NONE.with(one)));
        let mut sets: Vec<Circumstances> = ones.collect();
        sets.extend(wanted.iter().copied().filter(|given| given.iter().count() > 1));
        sets.sort_by_key(|given| (given.iter().count(), given.bits()));
        sets.dedup();
        sets
    }
}

impl LooksAt {
    /// Adds what the text of a rule mentions. A mention that is none only makes a question more particular.
    fn take(&mut self, rule: &str) {
        self.given = Circumstance::ALL
            .into_iter()
            .filter(|one| self.given.has(*one) || rule.contains(one.word()))
            .collect();
        self.tlp |= rule.contains("tlp");
        self.caveat |= rule.contains("caveat");
        self.owner |= rule.contains("owner");
        self.purpose |= rule.contains("purpose");
    }
}

/// The policy as a reader sees it, without its notes.
fn source_of(policy: &Policy) -> String {
    let text = policy.to_cedar().unwrap_or_else(|| policy.to_string());
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('@'));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Whatever stands between quotation marks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').skip(1).step_by(2)
}

/// Whether some question could hold this word. The schema knows no list of them, and a misspelt one in a rule that
/// forbids would forbid nothing.
fn is_known(word: &str, kinds: &HashSet<&str>) -> bool {
    let is_label = Tlp::of_word(word).word() == word;
    kinds.contains(word)
        || is_label
        || Class::of_code(word).is_some()
        || Purpose::of_word(word).is_some()
        || Caveat::of_word(word).is_some()
        || Form::ALL.into_iter().any(|form| action(form) == word)
        || word.is_empty()
}

fn entity(kind: &str, attributes: Vec<(&str, Value)>) -> Option<Entity> {
    let attributes: HashMap<String, Value> =
        attributes.into_iter().map(|(name, it)| (name.to_owned(), it)).collect();
    Entity::new(uid(kind, "it")?, attributes, HashSet::new()).ok()
}

fn uid(kind: &str, id: &str) -> Option<EntityUid> {
    Some(EntityUid::from_type_name_and_id(kind.parse().ok()?, cedar_policy::EntityId::new(id)))
}

fn action(form: Form) -> &'static str {
    match form {
        Form::Full => "full",
        Form::Redacted => "redacted",
        Form::Aggregate => "aggregate",
    }
}
