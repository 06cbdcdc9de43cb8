//! Ladders, severity schemes and the catalogue as files that an operator edits.
//!
//! The files name their parts as the domain does; what the domain refuses is refused here too, with
//! the place and, for a word that nobody knows, the words that are known. The rules that ship with
//! the house lie in `rules/` beside this crate and are read by the same door.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use domain::contact::Role;
use domain::escalation::{For, Frame, Gap, Ladder, Ladders, Rung, Sender, Unfit, Way};
use domain::ids::ProductId;
use domain::office::Hours;
use domain::plain_language::Term;
use domain::product::{Catalogue, Found, Mark, Name, Product, State, key};
use domain::severity::{Axis, Scheme, Severity};
use domain::warning::{Channel, Reach};

/// The matrix with which a national team judged in 2019. Source: `domain.md` 2.1.
pub const CHANCE_DAMAGE_2019: &str = include_str!("../rules/chance-damage-2019.toml");
/// The two labels of later years.
pub const URGENT_NORMAL: &str = include_str!("../rules/urgent-normal.toml");
/// When to press harder, to begin with. Source: `domain.md` 5.5.
pub const LADDERS: &str = include_str!("../rules/ladders.toml");
/// Terms on which the desk remarks while an advisory is written.
pub const PLAIN_LANGUAGE: &str = include_str!("../rules/plain-language.toml");

/// Vendors and products under all their names, to begin with.
pub const CATALOGUE: &str = include_str!("../rules/catalogue.toml");

/// Why a file of rules was not taken. Written for the operator who edited it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not TOML, a key that nobody knows, or a word that is none of those that are expected.
    #[error("{}{what}", line.map_or(String::new(), |line| format!("line {line}: ")))]
    File { line: Option<usize>, what: String },
    #[error("catalogue: {0:?} is no CPE name and no package URL")]
    Catalogue(String),
    #[error("severity scheme: {0}")]
    Scheme(String),
    /// What one of the ladders is for, and what is wrong with it.
    #[error("ladder from {}: {unfit}{}", words(whom), counted(unfit))]
    Ladder { whom: For, unfit: Unfit },
    #[error("ladders: {}", together(_0))]
    Ladders(#[from] Gap),
}

impl Refused {
    fn file(text: &str, error: &toml::de::Error) -> Self {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map(|before| before.matches('\n').count().saturating_add(1));
        Self::File { line, what: error.message().trim().to_owned() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemeFile {
    name: String,
    axes: Vec<Axis>,
    verdicts: BTreeMap<String, Severity>,
}

/// A severity scheme from TOML.
///
/// # Errors
/// With the line, when it is no such file; with the reason, when the scheme could stay silent.
pub fn scheme(text: &str) -> Result<Scheme, Refused> {
    let file: SchemeFile = toml::from_str(text).map_err(|error| Refused::file(text, &error))?;
    Scheme::new(file.name, file.axes, file.verdicts).map_err(|unfit| Refused::Scheme(unfit.to_string()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TermsFile {
    terms: Vec<Term>,
}

/// A list of terms from TOML. Each is looked for in small letters.
///
/// # Errors
/// With the line, when it is no such file.
pub fn terms(text: &str) -> Result<Vec<Term>, Refused> {
    let file: TermsFile = toml::from_str(text).map_err(|error| Refused::file(text, &error))?;
    let lowered = |term: Term| Term { said: term.said.to_lowercase(), ..term };
    Ok(file.terms.into_iter().map(lowered).collect())
}

/// Vendors and products that ship with the house.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shipped {
    /// A vendor, and another name of it.
    pub vendors: Vec<(String, String)>,
    /// In the order of the file. Their ids follow from their names.
    pub products: Vec<Product>,
}

impl Shipped {
    /// A catalogue of `known` products, and then of what ships.
    pub fn catalogue<'a>(&'a self, known: impl IntoIterator<Item = &'a Product>) -> Catalogue {
        let mut catalogue = Catalogue::default();
        for (vendor, alias) in &self.vendors {
            catalogue.add_vendor(vendor, alias);
        }
        for product in known {
            catalogue.add(product);
        }
        for product in &self.products {
            // Who is known here by the same name gets what ships as further names and marks.
            let Some((known, _)) = catalogue.named(&product.name) else {
                catalogue.add(product);
                continue;
            };
            for alias in &product.aliases {
                catalogue.add_name(known, alias, Found::ByAlias);
            }
            for mark in &product.marks {
                catalogue.add_mark(known, mark);
            }
        }
        catalogue
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogueFile {
    vendors: Vec<VendorFile>,
    products: Vec<ProductFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VendorFile {
    name: String,
    aliases: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProductFile {
    vendor: String,
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    /// Names that may end in a star after the product.
    #[serde(default)]
    cpes: Vec<String>,
    #[serde(default)]
    packages: Vec<String>,
}

/// A catalogue from TOML.
///
/// # Errors
/// With the line, when it is no such file; with the text, when a CPE name or package URL is none.
pub fn catalogue(text: &str) -> Result<Shipped, Refused> {
    let file: CatalogueFile = toml::from_str(text).map_err(|error| Refused::file(text, &error))?;
    let vendors = file.vendors.into_iter();
    let vendors = vendors.flat_map(|it| it.aliases.into_iter().map(move |alias| (it.name.clone(), alias)));
    let mut products = Vec::new();
    for it in file.products {
        let name = Name::new(&it.vendor, &it.name);
        let none = |written: &String| Refused::Catalogue(written.clone());
        let cpes = it.cpes.iter().map(|cpe| Mark::of_cpe(cpe).ok_or_else(|| none(cpe)));
        let packages = it.packages.iter().map(|url| crate::purl::mark(url).ok_or_else(|| none(url)));
        products.push(Product {
            id: product_id(&name),
            aliases: it.aliases.iter().map(|alias| Name::new(&it.vendor, alias)).collect(),
            marks: cpes.chain(packages).collect::<Result<_, _>>()?,
            name,
            state: State::Confirmed,
        });
    }
    Ok(Shipped { vendors: vendors.collect(), products })
}

/// The id of a product that nobody has catalogued yet, made of its name: the same on every node.
pub fn product_id(name: &Name) -> ProductId {
    let written = format!("product\n{}\n{}", name.vendor.as_deref().unwrap_or_default(), name.product);
    let digest = Sha256::digest(key(&written));
    let mut bytes = [0; 16];
    for (byte, hashed) in bytes.iter_mut().zip(digest) {
        *byte = hashed;
    }
    ProductId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LaddersFile {
    ladders: Vec<LadderFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LadderFile {
    /// The severity from which it counts.
    from: Severity,
    /// Only for holes that are known to be in use.
    #[serde(default)]
    exploited: bool,
    /// Only for participants of this target group.
    sector: Option<String>,
    rungs: Vec<RungFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RungFile {
    after_hours: u32,
    until: Reach,
    #[serde(default)]
    hours: Hours,
    channel: Channel,
    person: Role,
    sender: Sender,
    frame: Frame,
}

/// The ladders of a node from TOML.
///
/// # Errors
/// With the line, when it is no such file; with the rung, when it repeats or overtakes another.
pub fn ladders(text: &str) -> Result<Ladders, Refused> {
    let file: LaddersFile = toml::from_str(text).map_err(|error| Refused::file(text, &error))?;
    let mut ladders: Vec<(For, Ladder)> = Vec::new();
    for LadderFile { from, exploited, sector, rungs } in file.ladders {
        let whom = For { from, exploited, sector };
        let rungs = rungs.into_iter().map(RungFile::rung).collect();
        let ladder = Ladder::new(rungs).map_err(|unfit| Refused::Ladder { whom: whom.clone(), unfit })?;
        ladders.push((whom, ladder));
    }
    Ok(Ladders::new(ladders)?)
}

impl RungFile {
    fn rung(self) -> Rung {
        let Self { after_hours, until, hours, channel, person, sender, frame } = self;
        let way = Way { channel, person, sender, frame };
        Rung { after: SignedDuration::from_hours(after_hours.into()), until, hours, way }
    }
}

/// What a ladder is for, as its file says it: `critical, exploited, care`.
fn words(whom: &For) -> String {
    let exploited = whom.exploited.then_some("exploited");
    let parts = [Some(word(whom.from)), exploited, whom.sector.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}

fn together(gap: &Gap) -> String {
    match gap {
        Gap::Twice(whom) => format!("two of them count from {}", words(whom)),
        Gap::NobodyElse => gap.to_string(),
    }
}

/// A program counts rungs from 0, and the people who edit the file from 1.
fn counted(unfit: &Unfit) -> String {
    match unfit {
        Unfit::Repeats(rung) | Unfit::OutOfOrder(rung) => {
            format!("; it is rung {} as people count, from the bottom", rung.saturating_add(1))
        }
        Unfit::Empty => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use domain::severity::{Answers, Assessment};

    use super::*;

    fn answers(list: &[(&str, &str)]) -> Answers {
        list.iter().map(|(question, choice)| ((*question).to_owned(), (*choice).to_owned())).collect()
    }

    /// The answers of December: no exploit is known and none is expected.
    fn december() -> Answers {
        answers(&[
            ("default_configuration", "yes"),
            ("exploit_code", "none"),
            ("technical_details", "some"),
            ("access", "internet"),
            ("credentials", "none"),
            ("complexity", "average"),
            ("user_interaction", "none"),
            ("exploited", "no"),
            ("exploit_expected", "no"),
            ("solution", "within_two_months"),
            ("denial_of_service", "no"),
            ("code_execution", "user"),
            ("remote_rights", "root_shell"),
            ("privilege_escalation", "no"),
            ("information_leak", "system_information"),
        ])
    }

    fn judged(changes: &[(&str, &str)]) -> Assessment {
        let mut all = december();
        all.extend(answers(changes));
        scheme(CHANCE_DAMAGE_2019).unwrap().assess(&all).unwrap()
    }

    #[test]
    fn the_five_columns_of_the_crisis_are_judged_as_they_were() {
        let columns: [&[(&str, &str)]; 5] = [
            &[],
            &[("exploit_expected", "yes")],
            &[("exploit_expected", "yes"), ("complexity", "easy")],
            &[
                ("exploit_expected", "yes"),
                ("complexity", "easy"),
                ("exploit_code", "exploit"),
                ("technical_details", "full"),
                ("exploited", "limited"),
            ],
            &[
                ("exploit_expected", "yes"),
                ("complexity", "easy"),
                ("exploit_code", "exploit"),
                ("technical_details", "full"),
                ("exploited", "large"),
            ],
        ];
        let table: String = columns
            .map(|changes| {
                let it = judged(changes);
                format!("{} {} {:?}\n", it.axes[0].points, it.label(), it.severity)
            })
            .concat();
        insta::assert_snapshot!(table, @r"
        26 M/H High
        28 H/H Critical
        29 H/H Critical
        36 H/H Critical
        37 H/H Critical
        ");
    }

    #[test]
    fn one_point_below_high_is_said_together_with_the_answer_that_lifts_it() {
        let it = judged(&[("technical_details", "none"), ("exploit_expected", "yes")]);
        assert_eq!((it.axes[0].points, it.label().as_str()), (27, "M/H"));
        let next = it.axes[0].next.clone().unwrap();
        assert_eq!(next.points_missing, 1);
        let some = ("technical_details".to_owned(), "some".to_owned());
        assert!(next.lifted_by.contains(&some), "{:?}", next.lifted_by);
        assert_eq!(it.axes[1].next, None, "damage is at its highest");
    }

    #[test]
    fn the_matrix_runs_from_10_to_38_points() {
        let matrix = scheme(CHANCE_DAMAGE_2019).unwrap();
        let chance = &matrix.axes()[0];
        let sum = |pick: fn(&[u32]) -> u32| -> u32 {
            let points = |choices: &[domain::severity::Choice]| -> Vec<u32> {
                choices.iter().map(|choice| choice.points).collect()
            };
            chance.questions.iter().map(|question| pick(&points(&question.choices))).sum()
        };
        assert_eq!(sum(|points| *points.iter().min().unwrap()), 10);
        assert_eq!(sum(|points| *points.iter().max().unwrap()), 38);
        let asked_again: Vec<&str> =
            chance.questions.iter().filter(|it| it.changes).map(|it| it.key.as_str()).collect();
        assert_eq!(
            asked_again,
            ["exploit_code", "technical_details", "exploited", "exploit_expected", "solution"]
        );
    }

    #[test]
    fn every_pair_of_levels_has_its_severity() {
        use domain::severity::Level::{High, Low, Medium};
        let matrix = scheme(CHANCE_DAMAGE_2019).unwrap();
        let mut table = String::new();
        for chance in [High, Medium, Low] {
            for damage in [High, Medium, Low] {
                let verdict = matrix.verdict([chance, damage].into_iter());
                table += &format!("{}/{} {verdict:?}\n", chance.letter(), damage.letter());
            }
        }
        insta::assert_snapshot!(table, @r"
        H/H Critical
        H/M High
        H/L Medium
        M/H High
        M/M Medium
        M/L Low
        L/H Medium
        L/M Low
        L/L Low
        ");
    }

    #[test]
    fn the_newer_scheme_has_two_labels() {
        let labels = scheme(URGENT_NORMAL).unwrap();
        let severity = |choice: &str| labels.assess(&answers(&[("label", choice)])).unwrap().severity;
        assert_eq!((severity("normal"), severity("urgent")), (Severity::Medium, Severity::Critical));
    }

    #[test]
    fn the_ladders_that_are_shipped() {
        let ladders = ladders(LADDERS).unwrap();
        let mut table = String::new();
        for (whom, ladder) in ladders.iter() {
            for Rung { after, until, hours, way } in ladder.rungs() {
                let Way { channel, person, sender, frame } = way;
                let after = after.as_hours();
                table += &format!(
                    "{:<19} {after:>3} h  {:<6}  {channel:?} to {person:?}, {sender:?}: {frame:?}, until {until:?}\n",
                    words(whom),
                    hours.word(),
                );
            }
        }
        insta::assert_snapshot!(table, @"
        low                  24 h  office  Mail to OnCall, Csirt: Deadline, until Acknowledged
        low                  72 h  office  Telephone to OnCall, DutyOfficer: YourHostIsOpen, until Acknowledged
        low                 120 h  office  Telephone to Ciso, HeadOfCsirt: DutyOfCare, until Decided
        high                 24 h  office  Mail to OnCall, Csirt: Deadline, until Acknowledged
        high                 48 h  office  Telephone to OnCall, DutyOfficer: YourHostIsOpen, until Decided
        high                120 h  office  Telephone to Ciso, HeadOfCsirt: DutyOfCare, until Decided
        high                168 h  office  Letter to Board, Director: PatientSafety, until Decided
        critical              2 h  always  Sms to OnCall, Csirt: Deadline, until Acknowledged
        critical              4 h  waking  Telephone to OnCall, DutyOfficer: YourHostIsOpen, until Acknowledged
        critical             12 h  waking  Telephone to Ciso, HeadOfCsirt: DutyOfCare, until Decided
        critical             24 h  waking  Letter to Board, Director: PatientSafety, until Acknowledged
        critical             72 h  waking  Telephone to Board, Director: PatientSafety, until Decided
        critical             73 h  waking  Letter to Board, Director: DutyOfCare, until Decided
        critical, exploited   2 h  always  Sms to OnCall, Csirt: Deadline, until Acknowledged
        critical, exploited   4 h  always  Telephone to OnCall, DutyOfficer: YourHostIsOpen, until Acknowledged
        critical, exploited  12 h  always  Telephone to Ciso, HeadOfCsirt: DutyOfCare, until Decided
        critical, exploited  24 h  always  Letter to Board, Director: PatientSafety, until Acknowledged
        critical, exploited  72 h  always  Telephone to Board, Director: PatientSafety, until Decided
        critical, exploited  73 h  always  Letter to Board, Director: DutyOfCare, until Decided
        ");
    }

    #[test]
    fn a_file_that_is_wrong_is_refused_with_its_place_and_a_hint() {
        let refused = |text: &str| ladders(text).unwrap_err().to_string();
        let misspelt = LADDERS.replacen("channel = \"sms\"", "chanel = \"sms\"", 1);
        let said = refused(&misspelt);
        assert!(said.starts_with("line ") && said.contains("chanel") && said.contains("channel"), "{said}");
        let unknown = LADDERS.replacen("\"sms\"", "\"pigeon\"", 1);
        let said = refused(&unknown);
        assert!(said.contains("pigeon") && said.contains("telephone"), "{said}");
        assert!(refused("ladders = []").starts_with("ladders: no ladder is for everybody"));
        let rung = "{ after_hours = 2, until = \"decided\", channel = \"sms\", person = \"on_call\", sender = \"csirt\", frame = \"deadline\" }";
        let twice =
            format!("[[ladders]]\nfrom = \"low\"\nrungs = [{rung}, {}]\n", rung.replace("= 2", "= 4"));
        assert!(
            refused(&twice).starts_with("ladder from low: rung 1 repeats the rung below it"),
            "{}",
            refused(&twice)
        );
        let silent = CHANCE_DAMAGE_2019.replacen("\"L/L\" = \"low\"", "", 1);
        assert_eq!(
            scheme(&silent).unwrap_err().to_string(),
            "severity scheme: no severity is given for the levels L/L"
        );
    }
}
