//! How many decisions a second, beside plain Cedar and beside `cedarpy`, which asks the same Cedar from Python.
//!
//! Two sets of rules: the shipped ones, and W6, six rules for ten thousand organisations and a thousand documents. A
//! decision of ours says which of three forms may go, on which rules, what narrowed it and why it is not more; the others
//! are asked for one form only, whether all of it may go, with everything that can be parsed parsed before. So they have
//! less to do. All three must give the same answer to every question that is counted.

use std::collections::{BTreeMap, HashMap};
use std::hint::black_box;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request, RestrictedExpression,
};
use disclosure::{
    Caveat, Circumstance, Circumstances, Class, Form, Gate, Kind, Purpose, Question, Rules, When,
};
use domain::advisory::RevisionNumber;
use domain::disclosure::{Item, State};
use domain::ids::WarningId;
use domain::severity::Severity;
use domain::text::Text;
use domain::tlp::Tlp;
use domain::warning::Channel;
use flow::deliver::letter::{About, Kind as LetterKind};
use flow::deliver::post::{Catcher, Post};
use flow::disclose::{self, Decided};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use scenarios::country;
use scenarios::dice::Dice;
use scenarios::population::Population;
use serde_json::{Value, json};
use store::papers::Folder;
use store::{Db, StoreError, ledger, participants};

use crate::{Scratch, cpu_seconds, peers, print};

/// So many questions must be answered alike.
const COMPARED: usize = 100_000;
/// And so many are put to whoever is slower.
const SLOWLY: usize = 20_000;
const CEDARPY: &str = "cedarpy==4.12.2";
const LABELS: [Tlp; 5] = [Tlp::Clear, Tlp::Green, Tlp::Amber, Tlp::AmberStrict, Tlp::Red];
/// The aim: so many times what `cedarpy` does in batch.
const AIM: f64 = 40.0;

/// W6 in the words of our schema.
const W6_LAW: &str = r#"
@id("clear") @article("W6") @verified_by("W6") @verified_on("2026-11-22")
permit (principal, action == Action::"full", resource) when { resource.tlp == "CLEAR" };
@id("green") @article("W6") @verified_by("W6") @verified_on("2026-11-22")
permit (principal, action == Action::"full", resource) when { resource.tlp == "GREEN" && context.member };
@id("amber") @article("W6") @verified_by("W6") @verified_on("2026-11-22")
permit (principal, action == Action::"full", resource)
when { resource.tlp == "AMBER" && context.member && context.own_group };
@id("red") @article("W6") @verified_by("W6") @verified_on("2026-11-22")
permit (principal, action == Action::"full", resource) when { resource.tlp == "RED" && context.named_person };
"#;
const W6_LATER: &str = r#"
@id("names") @article("W6") @verified_by("W6") @verified_on("2026-11-22")
forbid (principal, action, resource) when { ["D5", "D6"].contains(resource.class) && !context.designated };
@id("embargoed") @article("W6") @verified_by("W6") @verified_on("2026-11-22")
forbid (principal, action, resource) when { resource.caveat == "orcon" && !context.designated };
"#;

#[derive(Clone)]
struct Asked {
    kind: Kind,
    class: Class,
    tlp: Tlp,
    caveat: Caveat,
    purpose: Purpose,
    given: Circumstances,
}

impl Asked {
    fn question<'a>(&'a self, sender: &'a str, when: When) -> Question<'a> {
        Question {
            sender,
            kind: &self.kind,
            class: self.class,
            tlp: self.tlp,
            pap: None,
            caveat: self.caveat,
            owner: "",
            purpose: self.purpose,
            through: Channel::Platform,
            given: self.given,
            count: None,
            when,
        }
    }

    fn recipient(&self) -> String {
        self.kind.code().to_owned()
    }

    fn item(&self) -> String {
        format!("{} {} {}", self.class.code(), self.tlp.word(), self.caveat.word())
    }

    fn context(&self) -> impl Iterator<Item = (&'static str, bool)> {
        let given = self.given;
        Circumstance::ALL.into_iter().map(move |one| (one.word(), given.has(one)))
    }
}

/// Rules, and for whom and when they count.
struct Set {
    name: &'static str,
    gate: Gate,
    /// Everything that counts for this sender on this day, in one.
    policies: String,
    sender: &'static str,
    when: When,
}

pub fn gate() {
    let scratch = Scratch::new();
    let python = std::panic::catch_unwind(|| peers::python(&scratch.path("."), &[CEDARPY])).ok();
    if python.is_none() {
        eprintln!("{CEDARPY} cannot be had here: its figures are left out");
    }
    for set in [w6(), shipped()] {
        let mut dice = Dice::named(6, set.name);
        let random: Vec<Asked> = (0..COMPARED).map(|_| anything(&mut dice, &set.gate)).collect();
        let usual = usual(&mut dice);
        let plain = Plain::of(&set.policies);

        let same = random.iter().filter(|asked| may_all_go(&set, asked) == plain.may_all_go(asked)).count();
        assert_eq!(same, COMPARED, "{}: plain Cedar answers the same", set.name);
        eprintln!("{}: {same} random questions, and plain Cedar gives the same answer to each", set.name);

        for (mix, questions, passes) in [("random", &random, 30), ("usual", &usual, 30)] {
            let ours = rate(questions.len(), passes, || {
                questions.iter().filter(|asked| may_all_go(&set, asked)).count()
            });
            let few = &questions[..SLOWLY];
            let theirs = rate(few.len(), 1, || few.iter().filter(|asked| plain.may_all_go(asked)).count());
            let figure = format!("{}, {mix} questions: decisions without record", set.name);
            print("gate", &figure, ours, "1/cpu-s", "cedar-policy, one form", theirs);
            let Some(python) = &python else { continue };
            let (batch, allowed) = cedarpy(&scratch, python, &set.policies, few);
            let by_us: Vec<bool> = few.iter().map(|asked| may_all_go(&set, asked)).collect();
            assert_eq!(allowed, by_us, "{}: {CEDARPY} answers the same", set.name);
            print("gate", &figure, ours, "1/cpu-s", &format!("{CEDARPY} in batch, one form"), batch);
            print(
                "gate",
                &format!("{figure}: times {CEDARPY}"),
                ours / batch,
                "times",
                "the aim, at least",
                AIM,
            );
        }
        let cold = Gate::new(read(&set));
        let began = cpu_seconds();
        for asked in &random {
            black_box(cold.decide(&asked.question(set.sender, set.when)));
        }
        let first = count(COMPARED) / (cpu_seconds() - began);
        let figure = format!("{}, random questions, by a gate that remembers none yet", set.name);
        print("gate", &figure, first, "1/cpu-s", "none", 0.0);
    }
}

/// How many recipients one advisory has.
const RECIPIENTS: u32 = 10_000;
/// All of them decided, cut and written down, in CPU seconds.
const RECORDED_AIM: f64 = 0.5;

/// What a letter about an advisory for everybody says.
pub fn about(now: Timestamp) -> About {
    About {
        kind: LetterKind::Warning,
        number: "2026-0042".into(),
        revision: RevisionNumber::FIRST,
        severity: Severity::Critical,
        tlp: Tlp::Amber,
        due_at: now + 48.hours(),
        products: vec!["Citrix NetScaler".into()],
        seen_products: Vec::new(),
        systems: Vec::new(),
        exploited: true,
        consequence: Text::both("een aanvaller neemt het over", "an attacker takes it over"),
        measures: vec![(Text::both("Zet de workaround", "Carry out the workaround"), Some(20))],
        offer: domain::reply::Offer::of(RevisionNumber::FIRST, []),
        fallen: Vec::new(),
        seen_at: None,
        presumption: None,
        news: Default::default(),
        answered_by: None,
        round: String::new(),
    }
}

/// One advisory for ten thousand recipients: the gate is asked for each letter, what goes is cut to what may go, and what
/// was decided is written down with its entry in the ledger, as a release does it.
pub async fn recorded() {
    let folder = Scratch::new();
    let db = Db::open_file(&folder.path("gate.sqlite")).await.unwrap();
    let papers = Folder::open(&folder.path("papers")).unwrap();
    let now: Timestamp = "2026-09-01T12:00:00Z".parse().unwrap();
    let house = country::house(db, papers, now, 1, Post::Catcher(Catcher::default()), country::team());
    let (_, _) = crate::join(&house, Population::care_only(1, RECIPIENTS as usize, 1)).await;
    let all = participants::all(&house.db).await.unwrap();
    assert_eq!(all.len(), RECIPIENTS as usize);
    let about = about(now);
    let began = cpu_seconds();
    let mut went = 0;
    for some in all.chunks(500) {
        went += house
            .write("record decisions", async |tx| {
                let mut went = 0;
                for participant in some {
                    let letter = about.clone().to(participant, &house.team);
                    let recipient = participant.id.to_string();
                    let cleared = match disclose::to_member(&house, letter, participant, Channel::Mail) {
                        Ok(cleared) => cleared,
                        Err(held) => panic!("{held}"),
                    };
                    let decided = Decided {
                        item: Item::Letter { warning: WarningId(participant.id.0), kind: "warning".into() },
                        about: Some(participant.id),
                        listed: [].into(),
                        recipient: &recipient,
                        verdict: cleared.verdict(),
                        state: State::Released,
                        released_by: None,
                        delivery: None,
                    };
                    disclose::write_down(&house, tx, decided).await?;
                    went += u32::from(black_box(cleared.item()).participant.is_empty());
                }
                Ok::<_, StoreError>(went)
            })
            .await
            .unwrap();
    }
    let seconds = cpu_seconds() - began;
    let known = ledger::size(&house.db).await.unwrap();
    assert!(known >= RECIPIENTS.into(), "{known} entries");
    assert!(went == 0 || went == RECIPIENTS, "all are cut alike: {went}");
    let figure = "one advisory for 10,000 recipients: decided, cut and recorded";
    print("gate", figure, seconds, "cpu-s", "the aim, at most", RECORDED_AIM);
}

/// Whether the law and all that narrows it leave the whole. What the house forbids besides, and numbers, come after.
fn may_all_go(set: &Set, asked: &Asked) -> bool {
    let verdict = set.gate.decide(&asked.question(set.sender, set.when));
    verdict.steps.last().is_some_and(|taken| taken.left == Some(Form::Full))
}

/// Whatever can be asked, each as likely as another; with some of the circumstances.
fn anything(dice: &mut Dice, gate: &Gate) -> Asked {
    loop {
        let kinds = gate.rules().kinds();
        let given = (0..dice.below(8)).map(|_| *dice.pick(&Circumstance::ALL)).collect();
        let asked = Asked {
            kind: Kind::new(&dice.pick(kinds).code),
            class: *dice.pick(&Class::ALL),
            tlp: *dice.pick(&LABELS),
            caveat: *dice.pick(&Caveat::ALL),
            purpose: *dice.pick(&Purpose::ALL),
            given,
        };
        // What the house refuses before it asks any rule is no question to Cedar.
        if asked.class != Class::D9 && !(asked.kind.code() == "PUB" && asked.class.names_somebody()) {
            return asked;
        }
    }
}

/// Ten thousand organisations and a thousand documents, a tenth of which concerns each: what a node asks on a day.
fn usual(dice: &mut Dice) -> Vec<Asked> {
    let documents: Vec<(Class, Tlp, Caveat)> = (0..1_000)
        .map(|_| {
            let class =
                [Class::D0, Class::D1, Class::D1, Class::D3, Class::D4, Class::D4, Class::D2, Class::D6];
            let tlp =
                [Tlp::Clear, Tlp::Clear, Tlp::Green, Tlp::Amber, Tlp::Amber, Tlp::AmberStrict, Tlp::Red];
            let caveat = if dice.below(20) == 0 { Caveat::Orcon } else { Caveat::None };
            (*dice.pick(&class), *dice.pick(&tlp), caveat)
        })
        .collect();
    let mut all = Vec::new();
    for _ in 0..10_000 {
        let kind = Kind::new(dice.pick::<&str>(&["NV", "NV", "NV", "CI", "GOV", "CCT"]));
        let so = |dice: &mut Dice, one: Circumstance, of_ten: usize| {
            Circumstances::NONE.and(one, dice.below(10) < of_ten)
        };
        let own: Circumstances = [
            so(dice, Circumstance::Member, 9),
            so(dice, Circumstance::Designated, 3),
            so(dice, Circumstance::NamedPerson, 1),
        ]
        .iter()
        .flat_map(|given| given.iter())
        .collect();
        for _ in 0..10 {
            let (class, tlp, caveat) = *dice.pick(&documents);
            let given = own
                .and(Circumstance::Matched, dice.below(10) < 4)
                .and(Circumstance::OwnGroup, dice.below(10) < 5)
                .and(Circumstance::Subject, class == Class::D4)
                .and(Circumstance::OwnItem, dice.below(2) == 0);
            all.push(Asked { kind: kind.clone(), class, tlp, caveat, purpose: Purpose::Warn, given });
        }
    }
    all
}

fn shipped() -> Set {
    let texts: HashMap<&str, &str> = Rules::shipped_files().collect();
    let files = ["sectoral.cedar", "purpose.cedar", "tlp.cedar", "originator.cedar", "need.cedar"];
    Set {
        name: "shipped rules",
        gate: Gate::shipped(),
        policies: files.map(|file| texts[file]).join("\n"),
        sender: "sectoral",
        when: When::on("2026-09-01".parse::<Date>().unwrap()),
    }
}

fn w6() -> Set {
    let policies = format!("{W6_LAW}{W6_LATER}");
    let when = When::on("2026-09-01".parse::<Date>().unwrap());
    let mut set = Set { name: "W6", gate: Gate::shipped(), policies, sender: "national", when };
    set.gate = Gate::new(read(&set));
    set
}

/// The rules of a set, read anew.
fn read(set: &Set) -> Rules {
    if set.name != "W6" {
        return Rules::shipped();
    }
    let manifest = Rules::shipped_files().find(|(name, _)| *name == "manifest.toml").unwrap().1;
    let kinds = &manifest[manifest.find("[[kind]]").unwrap()..];
    let file = |name: &str, step: &str, sender: &str| {
        format!(
            "[[file]]\nname = {name:?}\nstep = {step:?}\n{sender}from = \"2018-01-01\"\ndocument = \"W6\"\n"
        )
    };
    let none = ["purpose", "label", "originator"].map(|step| file("none.cedar", step, ""));
    let law = file("law.cedar", "law", "sender = \"national\"\n");
    let files = [law, file("need.cedar", "need", ""), none.concat()].concat();
    let texts = [
        ("manifest.toml", files + kinds),
        ("law.cedar", W6_LAW.into()),
        ("need.cedar", W6_LATER.into()),
        ("none.cedar", String::new()),
    ];
    Rules::read(&BTreeMap::from(texts.map(|(name, text)| (name.to_owned(), text)))).unwrap()
}

/// A recipient or an item: which of them, its name, its attributes.
type Thing = (&'static str, String, Vec<(&'static str, String)>);

/// Cedar itself, with its policies and entities parsed before.
struct Plain {
    policies: PolicySet,
    entities: Entities,
    uids: HashMap<String, EntityUid>,
    full: EntityUid,
}

impl Plain {
    fn of(policies: &str) -> Self {
        let every = Self::every();
        let entities = every.iter().map(|(kind, id, attributes)| {
            let uid = Self::uid(kind, id);
            let text = |it: &String| RestrictedExpression::new_string(it.clone());
            let attributes = attributes.iter().map(|(name, it)| ((*name).to_owned(), text(it))).collect();
            Entity::new(uid, attributes, Default::default()).unwrap()
        });
        Self {
            policies: policies.parse().unwrap(),
            entities: Entities::from_entities(entities, None).unwrap(),
            uids: every.iter().map(|(kind, id, _)| (id.clone(), Self::uid(kind, id))).collect(),
            full: Self::uid("Action", "full"),
        }
    }

    /// Every recipient and item that differ in something.
    fn every() -> Vec<Thing> {
        let kinds: Vec<String> = Rules::shipped().kinds().iter().map(|kind| kind.code.clone()).collect();
        let mut all: Vec<_> =
            kinds.into_iter().map(|code| ("Recipient", code.clone(), vec![("kind", code)])).collect();
        for class in Class::ALL {
            for (tlp, caveat) in LABELS.iter().flat_map(|tlp| Caveat::ALL.map(|caveat| (*tlp, caveat))) {
                let nobody = Asked {
                    kind: Kind::new(""),
                    class,
                    tlp,
                    caveat,
                    purpose: Purpose::Warn,
                    given: Circumstances::NONE,
                };
                let attributes = vec![
                    ("class", class.code().to_owned()),
                    ("tlp", tlp.word().to_owned()),
                    ("caveat", caveat.word().to_owned()),
                    ("owner", String::new()),
                ];
                all.push(("Item", nobody.item(), attributes));
            }
        }
        all
    }

    fn uid(kind: &str, id: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(kind.parse().unwrap(), id.parse().unwrap())
    }

    fn may_all_go(&self, asked: &Asked) -> bool {
        let flags =
            asked.context().map(|(word, is_so)| (word.to_owned(), RestrictedExpression::new_bool(is_so)));
        let purpose = RestrictedExpression::new_string(asked.purpose.word().to_owned());
        let context = Context::from_pairs(flags.chain([("purpose".to_owned(), purpose)])).unwrap();
        let (who, what) = (self.uids[&asked.recipient()].clone(), self.uids[&asked.item()].clone());
        let request = Request::new(who, self.full.clone(), what, context, None).unwrap();
        let answer = Authorizer::new().is_authorized(&request, &self.policies, &self.entities);
        answer.decision() == Decision::Allow
    }
}

/// Decisions per CPU second of `cedarpy`, which parses the policies and the entities once, and its answers.
fn cedarpy(scratch: &Scratch, python: &std::path::Path, policies: &str, asked: &[Asked]) -> (f64, Vec<bool>) {
    let entities: Vec<Value> = Plain::every()
        .into_iter()
        .map(|(kind, id, attributes)| {
            let attributes: serde_json::Map<String, Value> =
                attributes.into_iter().map(|(name, it)| (name.to_owned(), it.into())).collect();
            json!({"uid": {"type": kind, "id": id}, "attrs": attributes, "parents": []})
        })
        .collect();
    let requests: Vec<Value> = asked
        .iter()
        .map(|asked| {
            let mut context: serde_json::Map<String, Value> =
                asked.context().map(|(word, is_so)| (word.to_owned(), is_so.into())).collect();
            context.insert("purpose".into(), asked.purpose.word().into());
            json!({
                "principal": format!("Recipient::{:?}", asked.recipient()),
                "action": "Action::\"full\"",
                "resource": format!("Item::{:?}", asked.item()),
                "context": context,
            })
        })
        .collect();
    let all = json!({"policies": policies, "entities": entities, "requests": requests});
    std::fs::write(scratch.path("questions.json"), all.to_string()).unwrap();
    let said = peers::run_python(python, &scratch.path("."), ASK_CEDARPY);
    let (seconds, allowed) = said.trim().split_once(' ').unwrap();
    let allowed: Vec<bool> = allowed.chars().map(|it| it == '1').collect();
    assert_eq!(allowed.len(), asked.len());
    (count(asked.len()) / seconds.parse::<f64>().unwrap(), allowed)
}

const ASK_CEDARPY: &str = r#"
import json, time, cedarpy
asked = json.load(open("questions.json"))
policies, entities, requests = asked["policies"], asked["entities"], asked["requests"]
entities = json.dumps(entities)
cedarpy.is_authorized_batch(requests[:10], policies, entities)
began = time.process_time()
answers = cedarpy.is_authorized_batch(requests, policies, entities)
seconds = time.process_time() - began
print(seconds, "".join("1" if answer.allowed else "0" for answer in answers))
"#;

/// How many a CPU second, after one pass that is not counted.
fn rate<T>(of: usize, passes: u32, mut pass: impl FnMut() -> T) -> f64 {
    black_box(pass());
    let began = cpu_seconds();
    for _ in 0..passes {
        black_box(pass());
    }
    count(of) * f64::from(passes) / (cpu_seconds() - began)
}

#[expect(clippy::cast_precision_loss, reason = "counts of a bench")]
fn count(of: usize) -> f64 {
    of as f64
}
