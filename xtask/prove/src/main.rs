//! What holds of the shipped rules for **all** requests, not for those that somebody thought of.
//!
//! ```text
//! prove POLICIES SOLVER [ARGUMENT]...
//! ```
//!
//! Each file of rules becomes a formula (cedar-policy-symcc, whose translation is proved correct in Lean), and the
//! solver looks for a request that breaks what is claimed. It answers that there is none, or shows one.
//!
//! Cedar is asked once for each form, and a claim may speak of two forms. So a rule is read as "permits this form or
//! more", or as "forbids this form", and its action is taken out: one kind of request remains.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, bail, ensure};
use cedar_policy::{Effect, EntityUid, Policy, PolicyId, PolicySet, RequestEnv, Schema};
use cedar_policy_symcc::solver::LocalSolver;
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicySet};
use serde::Deserialize;
use serde_json::json;

/// The greatest first.
const FORMS: [&str; 3] = ["full", "redacted", "aggregate"];
/// The widest first.
const LABELS: [&str; 5] = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"];
/// Classes by which somebody can be known.
const NAMING: &str = r#"["D4", "D5", "D6", "D7", "D8", "D9", "D10", "D11"].contains(resource.class)"#;
/// What can be a ground in law or agreement. Whether somebody needs it, or was addressed, is none.
const GROUNDS: [&str; 20] = [
    "subject",
    "member",
    "own_group",
    "designated",
    "designated_for",
    "consented",
    "mandated",
    "owner_sends",
    "mandatory",
    "own_choice",
    "own_statement",
    "requested",
    "shared_incident",
    "national",
    "own_space",
    "own_country",
    "cross_border",
    "cross_sector",
    "proven",
    "ordered",
];

#[derive(Deserialize)]
struct Manifest {
    file: Vec<FileRow>,
}

#[derive(Deserialize)]
struct FileRow {
    name: String,
    step: String,
    sender: Option<String>,
}

#[derive(Deserialize)]
struct Changes {
    change: Vec<Change>,
}

#[derive(Deserialize)]
struct Change {
    file: String,
    rules: Vec<String>,
}

struct File {
    row: FileRow,
    rules: Vec<Rule>,
}

struct Rule {
    name: String,
    is_permit: bool,
    is_verified: bool,
    hides_names: bool,
    /// Places in [`FORMS`].
    forms: Vec<usize>,
    /// Without its action.
    policy: Policy,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let began = Instant::now();
    match prove().await {
        Ok(questions) => {
            eprintln!("shown by the solver: {questions} questions, {:.0} s", began.elapsed().as_secs_f64());
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("not shown: {why:#}");
            ExitCode::FAILURE
        }
    }
}

async fn prove() -> anyhow::Result<usize> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().context("usage: prove POLICIES SOLVER [ARGUMENT]...")?;
    let folder = Path::new(&folder);
    let solver = arguments.next().context("no solver")?;
    let mut solver = tokio::process::Command::new(solver);
    let mut claims = Claims::new(folder, LocalSolver::from_command(solver.args(arguments))?)?;
    let files = read(folder)?;
    let law = || files.iter().filter(|file| file.row.step == "law");
    let later = || files.iter().filter(|file| file.row.step != "law");

    for file in law() {
        claims.names_need_a_ground(file).await?;
    }
    for file in later() {
        claims.only_narrows(file).await?;
    }
    for file in later().filter(|file| file.row.step == "label") {
        claims.label_narrows(file).await?;
    }
    let changes: Changes = toml::from_str(&std::fs::read_to_string(folder.join("changes.toml"))?)?;
    for (place, after) in files.iter().enumerate().filter(|(_, file)| file.row.step == "law") {
        let of_same = |file: &&File| file.row.step == "law" && file.row.sender == after.row.sender;
        if let Some(before) = files.iter().take(place).filter(of_same).next_back() {
            claims.adds_only_what_is_noted(before, after, &changes).await?;
        }
    }
    Ok(claims.asked)
}

/// The files in the order of the manifest.
fn read(folder: &Path) -> anyhow::Result<Vec<File>> {
    let manifest: Manifest = toml::from_str(&std::fs::read_to_string(folder.join("manifest.toml"))?)?;
    manifest
        .file
        .into_iter()
        .map(|row| {
            let text = std::fs::read_to_string(folder.join(&row.name))?;
            let parsed: PolicySet = text.parse().with_context(|| row.name.clone())?;
            let rules = parsed.policies().map(Rule::of).collect::<anyhow::Result<_>>()?;
            Ok(File { row, rules })
        })
        .collect()
}

impl Rule {
    fn of(policy: &Policy) -> anyhow::Result<Self> {
        let note = |key: &str| policy.annotation(key).unwrap_or_default();
        let mut json = policy.to_json()?;
        let action = json["action"].take();
        let one = [action["entity"].clone()];
        let named = match action["op"].as_str() {
            Some("All") => None,
            Some("==") => Some(one.to_vec()),
            Some("in") => Some(action["entities"].as_array().cloned().unwrap_or(one.to_vec())),
            other => bail!("{}: an action by {other:?}", note("id")),
        };
        let is_of = |form: &str| {
            named.as_ref().is_none_or(|all| all.iter().any(|entity| entity["id"].as_str() == Some(form)))
        };
        json["action"] = json!({"op": "All"});
        Ok(Self {
            name: note("id").to_owned(),
            is_permit: policy.effect() == Effect::Permit,
            is_verified: !note("verified_by").is_empty(),
            hides_names: note("masks").split_whitespace().any(|mask| {
                matches!(mask, "others" | "victims" | "outside-own-space" | "outside-own-country")
            }),
            forms: (0..FORMS.len()).filter(|form| is_of(FORMS[*form])).collect(),
            policy: Policy::from_json(Some(PolicyId::new(note("id"))), json)?,
        })
    }

    /// Whether it permits this form or a greater one.
    fn permits(&self, form: usize) -> bool {
        self.is_permit && self.forms.iter().any(|its| *its <= form)
    }
}

impl File {
    /// What the law lets through in `form` or more, by the rules that are wanted.
    fn lets_through(&self, form: usize, wanted: impl Fn(&Rule) -> bool) -> anyhow::Result<PolicySet> {
        set(self
            .rules
            .iter()
            .filter(|rule| rule.permits(form) && wanted(rule))
            .map(|rule| rule.policy.clone()))
    }

    /// What a later step leaves of `form`.
    fn leaves(&self, form: usize) -> anyhow::Result<PolicySet> {
        let otherwise = Policy::parse(None, "permit (principal, action, resource);")?;
        let forbidding = self.rules.iter().filter(|rule| rule.forms.contains(&form));
        set(forbidding.map(|rule| rule.policy.clone()).chain([otherwise]))
    }

    /// The same where the label is `label`.
    fn leaves_under(&self, form: usize, label: &str) -> anyhow::Result<PolicySet> {
        let text = self.leaves(form)?.to_cedar().context("rules without templates")?;
        let label = format!("{label:?}");
        let under = ["(resource).tlp", "resource.tlp", "resource[\"tlp\"]", "(resource)[\"tlp\"]"]
            .iter()
            .fold(text, |text, way| text.replace(way, &label));
        ensure!(!under.contains("tlp"), "a label is written in a way that is not known here: {under}");
        Ok(under.parse()?)
    }
}

fn set(policies: impl Iterator<Item = Policy>) -> anyhow::Result<PolicySet> {
    let mut set = PolicySet::new();
    for (place, policy) in policies.enumerate() {
        set.add(policy.new_id(PolicyId::new(format!("p{place}"))))?;
    }
    Ok(set)
}

struct Claims {
    compiler: CedarSymCompiler<LocalSolver>,
    schema: Schema,
    request: RequestEnv,
    asked: usize,
}

impl Claims {
    fn new(folder: &Path, solver: LocalSolver) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(folder.join("schema.cedarschema"))?;
        let (schema, _) = Schema::from_cedarschema_str(&text)?;
        let full: EntityUid = "Action::\"full\"".parse()?;
        let request = RequestEnv::new("Recipient".parse()?, full, "Item".parse()?);
        Ok(Self { compiler: CedarSymCompiler::new(solver)?, schema, request, asked: 0 })
    }

    /// A request that `more` lets through and `most` does not, if there is one.
    async fn beyond(&mut self, more: &PolicySet, most: &PolicySet) -> anyhow::Result<Option<String>> {
        self.asked += 1;
        let more = CompiledPolicySet::compile(more, &self.request, &self.schema)?;
        let most = CompiledPolicySet::compile(most, &self.request, &self.schema)?;
        if self.compiler.check_implies_opt(&more, &most).await? {
            return Ok(None);
        }
        let found = self.compiler.check_implies_with_counterexample_opt(&more, &most).await;
        Ok(Some(match found {
            Ok(Some(found)) => format!("{} {}", found.request, found.entities.to_json_value()?),
            _ => "a request that cannot be shown".into(),
        }))
    }

    async fn none_beyond(&mut self, claim: &str, more: &PolicySet, most: &PolicySet) -> anyhow::Result<()> {
        match self.beyond(more, most).await? {
            None => Ok(()),
            Some(request) => bail!("{claim}: broken by {request}"),
        }
    }

    async fn names_need_a_ground(&mut self, file: &File) -> anyhow::Result<()> {
        let grounds = GROUNDS.map(|word| format!("context.{word}")).join(" || ");
        let most: PolicySet =
            format!("permit (principal, action, resource) when {{ !{NAMING} || {grounds} }};").parse()?;
        let (mut asked, mut by_person, mut masked) = (0, vec![], vec![]);
        for rule in file.rules.iter().filter(|rule| rule.permits(1)) {
            asked += 1;
            if let Some(request) = self.beyond(&set([rule.policy.clone()].into_iter())?, &most).await? {
                match rule {
                    _ if !rule.is_verified => by_person.push(rule.name.as_str()),
                    _ if rule.hides_names && !rule.permits(0) => masked.push(rule.name.as_str()),
                    _ => bail!("{}/{}: names without a ground: {request}", file.row.name, rule.name),
                }
            }
        }
        eprintln!(
            "{}: {asked} rules, and none lets names through without a ground{}{}",
            file.row.name,
            listed("; without one, a person must release: ", &by_person),
            listed("; without one, with the names taken out: ", &masked),
        );
        Ok(())
    }

    async fn only_narrows(&mut self, file: &File) -> anyhow::Result<()> {
        let name = &file.row.name;
        if let Some(rule) = file.rules.iter().find(|rule| rule.is_permit) {
            bail!("{name}/{} permits something", rule.name);
        }
        for form in [0, 1] {
            let claim = format!("{name} leaves {} where it does not leave {}", FORMS[form], FORMS[form + 1]);
            self.none_beyond(&claim, &file.leaves(form)?, &file.leaves(form + 1)?).await?;
        }
        eprintln!("{name}: only forbids, and never a lesser form without the greater");
        Ok(())
    }

    async fn label_narrows(&mut self, file: &File) -> anyhow::Result<()> {
        let name = &file.row.name;
        for (form, labels) in
            (0..FORMS.len()).flat_map(|form| LABELS.windows(2).map(move |labels| (form, labels)))
        {
            let [wide, narrow] = labels else { continue };
            let claim = format!("{name}: {narrow} leaves {} where {wide} does not", FORMS[form]);
            let (narrow, wide) = (file.leaves_under(form, narrow)?, file.leaves_under(form, wide)?);
            self.none_beyond(&claim, &narrow, &wide).await?;
        }
        eprintln!("{name}: no label lets through what a wider one holds back, in any form");
        for (claim, most) in [
            (
                "under RED nothing goes, in any form, but to a person by name",
                r#"resource.tlp != "RED" || context.named_person"#,
            ),
            (
                "no public channel gets what names nobody under anything but CLEAR",
                r#"principal.kind != "PUB" || resource.tlp == "CLEAR" ||
                   !["GREEN", "AMBER", "AMBER+STRICT", "RED"].contains(resource.tlp) ||
                   !["D0", "D1", "D2", "D3"].contains(resource.class)"#,
            ),
            (
                "under AMBER+STRICT no client gets anything that is not about it, or addressed to it",
                r#"resource.tlp != "AMBER+STRICT" || !["S", "CI", "GOV", "NV"].contains(principal.kind) ||
                   context.subject || context.addressed"#,
            ),
        ] {
            let most: PolicySet =
                format!("permit (principal, action, resource) when {{ {most} }};").parse()?;
            // What is not left as a number is left in no form.
            self.none_beyond(&format!("{name}: {claim}"), &file.leaves(2)?, &most).await?;
            eprintln!("{name}: {claim}");
        }
        Ok(())
    }

    async fn adds_only_what_is_noted(
        &mut self,
        before: &File,
        after: &File,
        changes: &Changes,
    ) -> anyhow::Result<()> {
        let name = &after.row.name;
        let of_file = changes.change.iter().filter(|change| change.file == *name);
        let noted: Vec<&str> = of_file.flat_map(|change| change.rules.iter().map(String::as_str)).collect();
        for rule in &noted {
            let Some(rule) = after.rules.iter().find(|its| its.name == *rule) else {
                bail!("changes.toml notes {name}/{rule}, which is not there");
            };
            let mut adds = false;
            for form in (0..FORMS.len()).filter(|form| rule.permits(*form)) {
                let alone = set([rule.policy.clone()].into_iter())?;
                adds |= self.beyond(&alone, &before.lets_through(form, |_| true)?).await?.is_some();
            }
            ensure!(adds, "changes.toml notes {name}/{}, which adds nothing", rule.name);
        }
        for form in 0..FORMS.len() {
            let rest = after.lets_through(form, |rule| !noted.contains(&rule.name.as_str()))?;
            let claim = format!("{name} lets through as {} what {} did not", FORMS[form], before.row.name);
            self.none_beyond(&claim, &rest, &before.lets_through(form, |_| true)?).await?;
        }
        eprintln!(
            "{name}: lets through nothing more than {}, except by {}",
            before.row.name,
            noted.join(", ")
        );
        Ok(())
    }
}

fn listed(head: &str, names: &[&str]) -> String {
    if names.is_empty() { String::new() } else { format!("{head}{}", names.join(", ")) }
}
