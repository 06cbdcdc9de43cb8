//! The verbs of a story: one sectoral node with its hospitals, a clock that the story moves, a scanner
//! of somebody else, and a post office.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on stops here")]

use std::collections::BTreeSet;
use std::sync::Mutex;

use disclosure::Gate;
use domain::advisory::{AffectedProduct, Content, RevisionNumber, Status};
use domain::asset::{Asset, Reach};
use domain::calling::Outcome;
use domain::contact::{Contact, Role};
use domain::disclosure::Form;
use domain::escalation::Way;
use domain::figures::Figures;
use domain::ids::{AdvisoryId, AssetId, ContactId, MeasureId, OfficerId, ParticipantId, WarningId};
use domain::ledger::Entry;
use domain::measure::{CareImpact, Kind, Measure, Reliability};
use domain::observation::{Class, Method, Observation, ProductGuess, Seen, Vantage};
use domain::participant::Participant;
use domain::product::{Name, Product, State};
use domain::severity::{Answers, Judgement};
use domain::text::{Language, Text};
use domain::tlp::{Pap, Tlp};
use domain::version::{Range, Version};
use domain::warning::{
    Answer, Claim, Closing, CompromiseCheck, Fact, NotAffected, Shows, Stage, Warning, WordWay,
};
use flow::canaries;
use flow::deliver::post::{Catcher, Mail, Post};
use flow::deliver::read_back::ReadBack;
use flow::deliver::seals::Seals;
use flow::egress::{Egress, Told};
use flow::follow_up::{self, NotTaken};
use flow::house::{Actor, Clock, House, Officer, Parts, Team};
use flow::ingest::{Received, Taken};
use flow::room::Room;
use flow::signing::Key;
use flow::{catalogue, ingest, jobs, observe, publish};
use jiff::{SignedDuration, Timestamp, ToSpan};
use store::contacts::Access;
use store::papers::Folder;
use store::{
    Db, StoreError, assets, calls, contacts, disclosures, exposures, ledger, officers, participants,
    products, warnings,
};
use uuid::Uuid;

/// The hole of the stories.
pub const HOLE: &str = "CVE-2019-19781";
/// The workaround of December 2019.
pub const WORKAROUND: MeasureId = MeasureId(Uuid::from_u128(1));
/// Switching the system off.
pub const SWITCH_OFF: MeasureId = MeasureId(Uuid::from_u128(2));
/// The patch of January 2020.
pub const PATCH: MeasureId = MeasureId(Uuid::from_u128(3));

pub struct Country {
    pub house: House,
    pub mail: Catcher,
    pub began: Timestamp,
    pub advisory: Option<AdvisoryId>,
    pub analyst: Officer,
    pub duty_officer: Officer,
    folder: std::path::PathBuf,
    neighbours: Mutex<Neighbours>,
}

/// Who joined, with words by which one knows them, and how many mails were held against these.
#[derive(Debug, Default)]
struct Neighbours {
    joined: Vec<Neighbour>,
    searched: usize,
}

#[derive(Debug, Clone)]
struct Neighbour {
    id: ParticipantId,
    addresses: BTreeSet<String>,
    marks: Vec<String>,
}

/// A participant of the story, with what one needs to speak for it.
#[derive(Debug, Clone)]
pub struct Hospital {
    pub name: String,
    pub id: ParticipantId,
    /// The security contact, the person on call, the CISO and the board.
    pub people: Vec<Contact>,
    pub assets: Vec<AssetId>,
}

impl Hospital {
    pub fn actor(&self) -> Actor {
        Actor { contact: self.people[0].id, participant: self.id }
    }

    /// A second person.
    pub fn colleague(&self) -> Actor {
        Actor { contact: self.people[1].id, participant: self.id }
    }
}

/// Who runs the node of the stories.
pub fn team() -> Team {
    Team {
        name: "z-cert".into(),
        telephone: "085-0000 100".into(),
        site: "z-cert.example".into(),
        mailbox: "warnings@z-cert.example".into(),
        reads_replies: false,
        address: "http://127.0.0.1".into(),
        target_group: "care".into(),
        sends_as: "sectoral".into(),
        sends_lowest: false,
        stop: |cause| panic!("a commit failed: {cause}"),
    }
}

/// A house on `db` with everything that is shipped, a clock that stands at `now`, and dice from `seed`.
pub fn house(db: Db, papers: Folder, now: Timestamp, seed: u64, post: Post, team: Team) -> House {
    let scheme = |text| formats::rules::scheme(text).expect("the shipped schemes are tested");
    House::new(Parts {
        db,
        papers,
        law: Gate::shipped().into(),
        ladders: formats::rules::ladders(formats::rules::LADDERS).expect("the shipped ladders are tested"),
        schemes: [formats::rules::CHANCE_DAMAGE_2019, formats::rules::URGENT_NORMAL].map(scheme).into(),
        terms: formats::rules::terms(formats::rules::PLAIN_LANGUAGE).unwrap(),
        post,
        http: Egress::in_a_story(Told::default()),
        room: Room::in_a_story(),
        key: Key::in_a_story(seed),
        seals: Seals::in_a_story(seed),
        team,
        clock: Clock::standing_at(now),
        seed: Some(seed),
    })
}

impl Country {
    /// A node without participants, at noon (UTC) of `day`.
    pub async fn new(db: Db, day: &str) -> Self {
        Self::of_seed(db, day, 1).await
    }

    /// The same, with other dice.
    pub async fn of_seed(db: Db, day: &str, seed: u64) -> Self {
        Self::of_seed_with_post(db, day, seed, None, team()).await
    }

    /// The node of the national team, whose rules are those of the law.
    pub async fn national(db: Db, day: &str) -> Self {
        let team = Team { name: "ncsc".into(), sends_as: "national".into(), ..team() };
        Self::of_seed_with_post(db, day, 1, None, team).await
    }

    /// A node whose mail goes to a real server. Its catcher stays empty.
    pub async fn with_post(db: Db, day: &str, post: Post) -> Self {
        Self::of_seed_with_post(db, day, 1, Some(post), team()).await
    }

    async fn of_seed_with_post(db: Db, day: &str, seed: u64, post: Option<Post>, team: Team) -> Self {
        let began: Timestamp = format!("{day}T12:00:00Z").parse().unwrap();
        let mail = Catcher::default();
        let post = post.unwrap_or_else(|| Post::Catcher(mail.clone()));
        let folder = std::env::temp_dir().join(format!("dijkwacht_story_{}_{:p}", std::process::id(), &mail));
        let papers = Folder::open(&folder).unwrap();
        let house = house(db, papers, began, seed, post, team);
        let officer = |number: u128, name: &str, role| officers::Officer {
            id: OfficerId(Uuid::from_u128(number)),
            name: name.into(),
            mail: format!("officer{number}@z-cert.example"),
            role,
        };
        let analyst = officer(101, "B. Sluis", officers::Role::Analyst);
        let duty_officer = officer(102, "C. Dam", officers::Role::DutyOfficer);
        let adc = Product {
            id: house.id(),
            name: Name::new("Citrix", "ADC"),
            aliases: ["NetScaler", "Application Delivery Controller"]
                .map(|name| Name::new("Citrix", name))
                .into(),
            marks: [].into(),
            state: State::Confirmed,
        };
        house
            .write("begin", async |tx| {
                products::add(tx, &adc).await?;
                officers::add(tx, &analyst).await?;
                officers::add(tx, &duty_officer).await
            })
            .await
            .map_err(|why: StoreError| why)
            .unwrap();
        let who = |officer: &officers::Officer| Officer { id: officer.id, name: officer.name.clone() };
        let (analyst, duty_officer) = (who(&analyst), who(&duty_officer));
        let neighbours = Mutex::default();
        Self { house, mail, began, advisory: None, analyst, duty_officer, folder, neighbours }
    }

    /// One hospital that registered its remote access under its old name, with four people.
    pub async fn hospital(&self, name: &str) -> Hospital {
        self.hospital_with(name, &["12.1-55.18"]).await
    }

    /// A hospital that joined and has not yet said what it has.
    pub async fn hospital_that_registered_nothing(&self, name: &str) -> Hospital {
        self.hospital_with(name, &[]).await
    }

    /// A hospital with one system for each of `versions`.
    pub async fn hospital_with(&self, name: &str, versions: &[&str]) -> Hospital {
        self.joins(name, versions, &format!("anna@{name}.example")).await
    }

    /// A hospital whose security contact has this address.
    pub async fn hospital_with_mail(&self, name: &str, mail: &str) -> Hospital {
        self.joins(name, &["12.1-55.18"], mail).await
    }

    /// A hospital that calls itself and its people what it likes, and two systems as well: `called` is
    /// their host and their supplier, and the product of the second.
    pub async fn hospital_called(&self, called: &str, domain: &str, product: Name) -> Hospital {
        let systems = |of| {
            [product, Name::new(called, called)].map(|name| Asset {
                supplier: Some(called.to_owned()),
                alias: Some(called.to_owned()),
                ..self.asset(of, name, "1", called.to_owned())
            })
        };
        let mail = format!("anna@{domain}.example");
        self.joins_as(called, domain, &mail, |_| called.to_owned(), |of| systems(of).into()).await
    }

    async fn joins(&self, name: &str, versions: &[&str], mail: &str) -> Hospital {
        let system = |of, (number, version): (usize, &&str)| {
            let host = format!("vpn{number}.{name}.example");
            self.asset(of, Name::new("Citrix", "NetScaler"), version, host)
        };
        let systems = |of| versions.iter().enumerate().map(|it| system(of, it)).collect();
        self.joins_as(name, name, mail, |who| format!("{who} van {name}"), systems).await
    }

    async fn joins_as(
        &self,
        name: &str,
        domain: &str,
        mail: &str,
        called: impl Fn(&str) -> String,
        systems: impl FnOnce(ParticipantId) -> Vec<Asset>,
    ) -> Hospital {
        let now = self.house.now();
        let participant = Participant {
            id: self.house.id(),
            name: name.into(),
            sector: "care".into(),
            language: Language::Nl,
            kinds: BTreeSet::new(),
            joined_at: now,
            left: None,
        };
        let person = |who: &str, role, around_the_clock| Contact {
            id: self.house.id(),
            participant: participant.id,
            name: called(who),
            roles: [role].into(),
            language: Language::Nl,
            mail: Some(format!("{who}@{domain}.example")),
            telephone: Some("+31850000001".into()),
            around_the_clock,
            verified_at: Some(now),
            failed_at: None,
            removed_at: None,
        };
        let anna = Contact { mail: Some(mail.to_owned()), ..person("anna", Role::SecurityContact, false) };
        let people = vec![
            anna,
            person("piket", Role::OnCall, true),
            person("ciso", Role::Ciso, false),
            person("bestuur", Role::Board, false),
        ];
        let assets = systems(participant.id);
        self.house
            .write("join", async |tx| {
                participants::add(tx, &participant).await?;
                for contact in &people {
                    contacts::add(tx, contact, Access::Admin).await?;
                }
                for asset in &assets {
                    assets::put(tx, asset).await?;
                }
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();
        let assets = assets.iter().map(|asset| asset.id).collect();
        let addresses = people.iter().filter_map(|it| it.mail.as_ref()).map(|it| it.to_lowercase()).collect();
        // A name that is a word of the language, or a trap, says nothing of whose it is.
        let of_name = Some(participant.name.clone()).filter(|name| name == domain);
        let marks = of_name.into_iter().chain([format!("{domain}.example")]).collect();
        let neighbour = Neighbour { id: participant.id, addresses, marks };
        self.neighbours.lock().unwrap().joined.push(neighbour);
        Hospital { name: domain.into(), id: participant.id, people, assets }
    }

    fn asset(&self, of: ParticipantId, name: Name, version: &str, host: String) -> Asset {
        Asset {
            version: Some(Version::new(version)).filter(Version::is_known),
            host: Some(host),
            reach: Reach::Internet,
            care_impact: CareImpact::Hindered,
            claimed_at: Some(self.house.now()),
            ..Asset::new(self.house.id(), of, name)
        }
    }

    /// A hospital adds one system to its inventory.
    pub async fn registers(&self, hospital: &mut Hospital, vendor: &str, product: &str, version: &str) {
        let host = format!("host{}.{}.example", hospital.assets.len(), hospital.name);
        let asset = self.asset(hospital.id, Name::new(vendor, product), version, host);
        catalogue::register(&self.house, hospital.actor(), std::slice::from_ref(&asset)).await.unwrap();
        hospital.assets.push(asset.id);
        self.works().await;
    }

    /// A hospital takes a system out of its inventory.
    pub async fn retires(&self, hospital: &mut Hospital, asset: AssetId) {
        assert!(catalogue::retire(&self.house, hospital.id, asset).await.unwrap());
        hospital.assets.retain(|it| *it != asset);
        self.works().await;
    }

    /// A hospital goes: to another CSIRT, or to nobody.
    pub async fn leaves(&self, hospital: &Hospital, taken_over: bool) {
        follow_up::close::participant_left(&self.house, hospital.id, taken_over).await.unwrap();
        self.works().await;
    }

    /// What the advisory of December says: a workaround, or switch it off. `answers` change the
    /// judgement of 18 December.
    pub fn advice(&self, answers: &[(&str, &str)]) -> Content {
        let measure = |id, kind, nl: &str, en: &str, minutes, provable_by: &[Method]| Measure {
            id,
            kind,
            title: Text::both(nl, en),
            steps: vec![Text::both(nl, en)],
            applies_to: vec![],
            fails_for: vec![],
            minutes,
            side_effects: Text::default(),
            care_impact: CareImpact::Hindered,
            condition: Text::default(),
            provable_by: provable_by.iter().copied().collect(),
            check: Text::default(),
            reliability: Reliability::Recommended,
        };
        let workaround = measure(
            WORKAROUND,
            Kind::Workaround,
            "Zet de tijdelijke maatregel CTX267679 aan",
            "Switch on the workaround CTX267679",
            Some(15),
            &[Method::MitigationAbsent, Method::SafeCheck],
        );
        let off = measure(
            SWITCH_OFF,
            Kind::SwitchOff,
            "Zet het systeem uit",
            "Switch the system off",
            None,
            &[Method::Banner, Method::SafeCheck],
        );
        let affected = |name| AffectedProduct {
            name: Name::new("Citrix", name),
            marks: [].into(),
            ranges: ["10.5", "11.1", "12.0", "12.1", "13.0"].map(|it| Range::Train(Version::new(it))).into(),
            status: Status::Affected,
        };
        Content {
            title: Text::both("Kwetsbaarheid in Citrix ADC", "Vulnerability in Citrix ADC"),
            summary: Text::both("Een lek zonder herstelde versie.", "A hole without a repaired version."),
            consequence: Text::both(
                "Iemand van buiten kan uw systeem overnemen, zonder wachtwoord.",
                "Somebody outside can take over your system, without a password.",
            ),
            tlp: Some(Tlp::Amber),
            vulnerabilities: [HOLE.to_owned()].into(),
            products: vec![affected("ADC")],
            measures: vec![workaround, off],
            severity: Some(self.judged(answers)),
            ..Content::default()
        }
    }

    /// The judgement of 18 December 2019 with these answers instead. Source: `domain.md` 2.1.
    pub fn judged(&self, instead: &[(&str, &str)]) -> Judgement {
        let december = [
            ("default_configuration", "yes"),
            ("exploit_code", "none"),
            ("technical_details", "none"),
            ("access", "internet"),
            ("credentials", "none"),
            ("complexity", "average"),
            ("user_interaction", "none"),
            ("exploited", "no"),
            ("exploit_expected", "yes"),
            ("solution", "within_two_months"),
            ("denial_of_service", "no"),
            ("code_execution", "root"),
            ("remote_rights", "root_shell"),
            ("privilege_escalation", "no"),
            ("information_leak", "no"),
        ];
        let answers: Answers =
            december.iter().chain(instead).map(|(key, it)| ((*key).to_owned(), (*it).to_owned())).collect();
        Judgement::computed(&self.house.schemes[0], answers).unwrap()
    }

    /// The advisory of December at the highest level, released by a second person; its warnings go out.
    pub async fn publishes_an_advisory_with_a_workaround(&mut self) {
        let advice = self.advice(&[("technical_details", "some")]);
        self.publishes(&advice).await;
    }

    pub async fn publishes(&mut self, content: &Content) {
        let id = publish::propose(&self.house, &self.analyst, "2019-0979", content).await.unwrap();
        publish::release(&self.house, &self.duty_officer, id).await.unwrap();
        self.advisory = Some(id);
        self.works().await;
    }

    /// The advisory is taken back.
    pub async fn withdraws_the_advisory(&self) {
        publish::withdraw(&self.house, &self.duty_officer, self.advisory.unwrap(), "it was a mistake")
            .await
            .unwrap();
        self.works().await;
    }

    /// A paper comes in.
    pub async fn receives(&self, name: &str, bytes: &[u8]) -> Taken {
        let received = Received { source: "a vendor".into(), name: name.into(), bytes: bytes.to_vec() };
        let taken = ingest::paper(&self.house, received).await.unwrap();
        self.works().await;
        taken
    }

    /// The next revision. Gives its number.
    pub async fn revises(&mut self, change: impl FnOnce(&mut Content)) -> RevisionNumber {
        let id = self.advisory.unwrap();
        let on_desk = store::advisories::of_id(&self.house.db, id).await.unwrap().unwrap();
        let mut content = on_desk.advisory.current().unwrap().content.clone();
        change(&mut content);
        publish::propose(&self.house, &self.analyst, "2019-0979", &content).await.unwrap();
        let number = publish::release(&self.house, &self.duty_officer, id).await.unwrap();
        self.works().await;
        number
    }

    /// Does everything that is due now, and what follows from it.
    ///
    /// # Panics
    /// When a mail tells somebody of somebody else.
    pub async fn works(&self) {
        jobs::work_off(&self.house).await.unwrap();
        self.nobody_hears_of_a_neighbour().await;
    }

    /// Holds what went out since the last time against the names of all others. Somebody else may stand in a mail
    /// only where the gate let that go, and the record says about whom.
    async fn nobody_hears_of_a_neighbour(&self) {
        let mails = self.mail.mails();
        let (new, joined) = {
            let mut neighbours = self.neighbours.lock().unwrap();
            let from = std::mem::replace(&mut neighbours.searched, mails.len()).min(mails.len());
            (&mails[from..], neighbours.joined.clone())
        };
        for mail in new {
            let to = mail.to.to_lowercase();
            let read = ReadBack::of(&mail.bytes);
            let output =
                format!("{}\n{}\n{}", read.subject(), read.text, String::from_utf8_lossy(&mail.bytes));
            for other in joined.iter().filter(|it| !it.addresses.contains(&to)) {
                let Some(mark) = canaries::found(output.as_bytes(), other.marks.iter().map(String::as_str))
                else {
                    continue;
                };
                assert!(self.was_released(&to, other.id).await, "{to} reads of {mark}:\n{}", read.text);
            }
        }
    }

    async fn was_released(&self, to: &str, about: ParticipantId) -> bool {
        for one in disclosures::of_participant(&self.house.db, about, i64::MAX).await.unwrap() {
            let Some(delivery) = one.delivery.filter(|_| one.record.form >= Some(Form::Redacted)) else {
                continue;
            };
            let carried = store::outbox::of_id(&self.house.db, delivery).await.unwrap();
            if carried.is_some_and(|it| it.recipient.to_lowercase() == to) {
                return true;
            }
        }
        false
    }

    /// Lets `hours` pass, and does each thing when it falls due.
    ///
    /// # Panics
    /// When something is due that nobody can do.
    pub async fn hours(&self, hours: i64) {
        self.until(self.house.now() + hours.hours()).await;
    }

    /// As [`Country::hours`], to this moment.
    ///
    /// # Panics
    /// As [`Country::hours`].
    pub async fn until(&self, end: Timestamp) {
        while let Some(at) = store::jobs::next_at(&self.house.db).await.unwrap().filter(|at| *at <= end) {
            self.house.move_clock(self.house.now().max(at));
            self.works().await;
            let next = store::jobs::next_at(&self.house.db).await.unwrap();
            assert!(next.is_none_or(|next| next > self.house.now()), "a job is due and stays behind");
        }
        self.house.move_clock(end);
    }

    pub async fn days(&self, days: i64) {
        self.hours(days * 24).await;
    }

    /// Lets `hours` pass at once, as when the node was without power.
    pub async fn sleeps(&self, hours: i64) {
        self.house.move_clock(self.house.now() + hours.hours());
        self.works().await;
    }

    pub async fn warning_of(&self, hospital: &Hospital) -> Option<Warning> {
        let id = self.warning_id(hospital).await?;
        warnings::of_participant(&self.house.db, id, hospital.id, self.house.now()).await.unwrap()
    }

    pub async fn warning_id(&self, hospital: &Hospital) -> Option<WarningId> {
        warnings::find(&self.house.db, self.advisory?, hospital.id).await.unwrap()
    }

    pub async fn stage(&self, hospital: &Hospital) -> Stage {
        self.warning_of(hospital).await.unwrap().stage(self.house.now())
    }

    pub async fn acknowledges(&self, hospital: &Hospital, revision: RevisionNumber) -> Result<(), NotTaken> {
        let id = self.warning_id(hospital).await.unwrap();
        follow_up::acknowledge::acknowledge(&self.house, hospital.actor(), id, revision).await
    }

    pub async fn answers(&self, hospital: &Hospital, answer: Answer) -> Result<(), NotTaken> {
        let id = self.warning_id(hospital).await.unwrap();
        let done = follow_up::answer::answer(&self.house, hospital.actor(), id, answer).await;
        self.works().await;
        done
    }

    /// "Read", of the revision that the hospital was told of last.
    pub async fn acknowledges_the_last(&self, hospital: &Hospital) {
        let number = self.warning_of(hospital).await.unwrap().edition().unwrap().number;
        self.acknowledges(hospital, number).await.unwrap();
    }

    /// "It does not concern us."
    pub async fn says_not_affected(&self, hospital: &Hospital) {
        let by = hospital.actor().contact;
        self.answers(hospital, Answer::NotAffected { by, reason: NotAffected::NotInUse }).await.unwrap();
    }

    /// "Our manager accepts it", for so many days.
    pub async fn accepts_the_risk_for_days(&self, hospital: &Hospital, days: i64) {
        let (manager, reason) = ("J. Duin".to_owned(), "het systeem wordt vervangen".to_owned());
        let until = self.house.now() + (days * 24).hours();
        let by = hospital.actor().contact;
        self.answers(hospital, Answer::RiskAccepted { by, manager, reason, until }).await.unwrap();
    }

    /// The CSIRT helped.
    pub async fn the_csirt_helps(&self, hospital: &Hospital) {
        let id = self.warning_id(hospital).await.unwrap();
        let by = self.duty_officer.id;
        follow_up::answer::help_given(&self.house, by, hospital.id, id).await.unwrap();
        self.works().await;
    }

    /// "Done, just now, on all our systems."
    pub async fn claims(&self, hospital: &Hospital, measure: MeasureId) -> Result<(), NotTaken> {
        self.claims_since(hospital, measure, Some(self.house.now())).await
    }

    pub async fn claims_since(
        &self,
        hospital: &Hospital,
        measure: MeasureId,
        executed_at: Option<Timestamp>,
    ) -> Result<(), NotTaken> {
        let by = hospital.actor().contact;
        self.says_done(hospital, Claim { by, measure, executed_at, assets: BTreeSet::new() }).await
    }

    /// "Done, just now, on this system."
    pub async fn claims_on(
        &self,
        hospital: &Hospital,
        measure: MeasureId,
        asset: AssetId,
    ) -> Result<(), NotTaken> {
        let (by, executed_at) = (hospital.actor().contact, Some(self.house.now()));
        self.says_done(hospital, Claim { by, measure, executed_at, assets: [asset].into() }).await
    }

    pub async fn says_done(&self, hospital: &Hospital, claim: Claim) -> Result<(), NotTaken> {
        let id = self.warning_id(hospital).await.unwrap();
        let done = follow_up::claim::claim(&self.house, hospital.actor(), id, claim).await;
        self.works().await;
        done
    }

    /// A second person signs for what a colleague said.
    pub async fn a_colleague_signs(&self, hospital: &Hospital) -> Result<(), NotTaken> {
        let id = self.warning_id(hospital).await.unwrap();
        let done = follow_up::attest::attest(&self.house, hospital.colleague(), id, None).await;
        self.works().await;
        done
    }

    /// A hospital looked for intruders and found none.
    pub async fn finds_nobody_inside(&self, hospital: &Hospital, secrets_renewed: bool) {
        let by = hospital.actor().contact;
        self.looked_for_intruders(hospital, CompromiseCheck::Clean { by, secrets_renewed }).await.unwrap();
    }

    pub async fn looked_for_intruders(
        &self,
        hospital: &Hospital,
        check: CompromiseCheck,
    ) -> Result<(), NotTaken> {
        let id = self.warning_id(hospital).await.unwrap();
        let done = follow_up::compromise::check(&self.house, hospital.actor(), id, check).await;
        self.works().await;
        done
    }

    /// The calls that wait, as the duty officer reads them: whom, who calls, and what it is about.
    pub async fn calling_list(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for call in calls::waiting(&self.house.db, i64::MAX).await.unwrap() {
            let people = contacts::of_participant(&self.house.db, call.participant).await.unwrap();
            let who = people.iter().find(|it| Some(it.id) == call.contact);
            let who = who.map_or("nobody is known", |it| it.name.as_str());
            let Way { channel, sender, frame, .. } = call.way;
            lines.push(format!("{who}: {channel:?}, {sender:?}, {frame:?}"));
        }
        lines
    }

    /// The oldest call that waits for a hospital ends like this.
    pub async fn the_duty_officer_calls(&self, hospital: &Hospital, outcome: Outcome) {
        let waiting = calls::waiting(&self.house.db, i64::MAX).await.unwrap();
        let call = waiting.iter().find(|call| call.participant == hospital.id).unwrap();
        assert!(follow_up::call::end(&self.house, self.duty_officer.id, call.id, outcome).await.unwrap());
        self.works().await;
    }

    /// Somebody's scanner looks at every system of a hospital, by a method that sees the workaround.
    pub async fn a_scan_sees(&self, hospital: &Hospital, seen: Seen) {
        self.a_look(hospital, seen, Method::MitigationAbsent).await;
    }

    pub async fn a_look(&self, hospital: &Hospital, seen: Seen, method: Method) {
        self.a_look_at(hospital, &hospital.assets, seen, method).await;
    }

    /// The same, of some of its systems.
    pub async fn a_look_at(&self, hospital: &Hospital, some: &[AssetId], seen: Seen, method: Method) {
        let all = self.sees(hospital, some, seen, method).await;
        observe::take_in(&self.house, all).await.unwrap();
        self.works().await;
    }

    /// What somebody saw of these systems just now, before anybody here has heard of it.
    pub async fn sees(
        &self,
        hospital: &Hospital,
        some: &[AssetId],
        seen: Seen,
        method: Method,
    ) -> Vec<Observation> {
        let mut all = Vec::new();
        for asset in some {
            let host = assets::of_id(&self.house.db, *asset, hospital.id).await.unwrap().unwrap().host;
            all.push(Observation { host, method, ..self.look(seen) });
        }
        all
    }

    /// A look of a finder just now for the hole of the story, at no place yet.
    pub fn look(&self, seen: Seen) -> Observation {
        Observation {
            id: self.house.id(),
            at: self.house.now(),
            address: None,
            host: None,
            port: Some(443),
            asn: None,
            product: ProductGuess::default(),
            finding: HOLE.into(),
            seen,
            class: Class::VulnerableSystem,
            severity: None,
            method: Method::SafeCheck,
            vantage: Some(Vantage::Outside),
            confidence: None,
            source: "a finder".into(),
            tlp: Tlp::Amber,
            pap: Pap::Green,
            paper: None,
            about: None,
        }
    }

    /// The officers who write and who release.
    pub fn officers(&self) -> (&Officer, &Officer) {
        (&self.analyst, &self.duty_officer)
    }

    /// Mails to anybody at a hospital, oldest first.
    pub fn mails_to(&self, hospital: &Hospital) -> Vec<Mail> {
        let domain = format!("@{}.example", hospital.name);
        self.mail.mails().into_iter().filter(|mail| mail.to.ends_with(&domain)).collect()
    }

    /// The words of each mail to an address, the oldest first.
    pub fn mail_to(&self, address: &str) -> Vec<String> {
        let mails = self.mail.mails().into_iter().filter(|mail| mail.to == address);
        mails.map(|mail| text(&mail.bytes)).collect()
    }

    /// Subject lines of the mails to a hospital, oldest first, with the hours since the beginning left out.
    pub fn subjects_to(&self, hospital: &Hospital) -> Vec<String> {
        self.mails_to(hospital).iter().map(|mail| subject(&mail.bytes)).collect()
    }

    /// The rungs that were climbed for a hospital, each with the hours since the beginning.
    pub async fn rungs_of(&self, hospital: &Hospital) -> Vec<(i64, usize)> {
        let warning = self.warning_of(hospital).await.unwrap();
        let hours = |at: Timestamp| at.duration_since(self.began).as_hours();
        warning.climbed().map(|step| (hours(step.at), step.it + 1)).collect()
    }

    pub async fn figures(&self) -> Figures {
        self.house.figures().await.unwrap()
    }

    /// How many exposures are open under the advisory.
    pub async fn open_exposures(&self) -> usize {
        exposures::open_under(&self.house.db, self.advisory.unwrap()).await.unwrap().len()
    }

    /// The ledger of one warning as a story: hours since the beginning, and what was learned.
    pub async fn story_of(&self, hospital: &Hospital) -> String {
        let id = self.warning_id(hospital).await.unwrap();
        let mut text = String::new();
        for placed in ledger::of_warning(&self.house.db, id).await.unwrap() {
            let Some(what) = told(&placed.entry) else { continue };
            let hours = placed.at.duration_since(self.began).as_hours();
            text += &format!("{hours:>3} h  {what}\n");
        }
        text
    }
}

impl Drop for Country {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// An entry in a few words; `None` for what a story does not tell.
fn told(entry: &Entry) -> Option<String> {
    let fact = match entry {
        Entry::WarningOpened { .. } => return Some("warned".into()),
        Entry::CallOrdered { rung, .. } => return Some(format!("a call is ordered for rung {}", rung + 1)),
        Entry::CallEnded { outcome, .. } => return Some(format!("called: {}", outcome.word())),
        Entry::Learned { fact, .. } => fact,
        _ => return None,
    };
    Some(match fact {
        Fact::Revision(edition) => format!("speaks of {}", edition.number),
        Fact::Exposed(_, certainty) => format!("exposed: {}", certainty.word()),
        Fact::Relieved(_) => "a system is no longer concerned".into(),
        Fact::Gate(gate) => format!("the gate: {gate:?}"),
        Fact::Delivery(channel, delivery) => format!("{channel:?}: {delivery:?}").to_lowercase(),
        Fact::Acknowledgement(it) => format!("acknowledged {}", it.revision),
        Fact::Answer(Answer::NotAffected { .. }) => "said: not affected".into(),
        Fact::Answer(Answer::HelpAsked { .. }) => "said: help us".into(),
        Fact::Answer(Answer::HelpGiven { .. }) => "the CSIRT helped".into(),
        Fact::Answer(Answer::Planned { .. }) => "said: planned".into(),
        Fact::Answer(Answer::RiskAccepted { .. }) => "said: the risk is accepted".into(),
        Fact::Claim(_) => "said: done".into(),
        Fact::Evidence(evidence) => match evidence.shows {
            Shows::Gone(_) => "seen: gone".into(),
            Shows::StillThere(_) => "seen: still there".into(),
            Shows::Attested(_) => "signed by a second person".into(),
        },
        Fact::CompromiseCheck(CompromiseCheck::Found { .. }) => "looked for intruders: found".into(),
        Fact::CompromiseCheck(CompromiseCheck::Clean { secrets_renewed: true, .. }) => {
            "looked for intruders: none, and renewed the secrets".into()
        }
        Fact::CompromiseCheck(CompromiseCheck::Clean { .. }) => "looked for intruders: none".into(),
        Fact::Closing(Closing::Safe) => "closed: safe".into(),
        Fact::Closing(Closing::StandDown) => "closed: may stand down".into(),
        Fact::Closing(Closing::Transferred) => "left, and somebody took over".into(),
        Fact::Closing(Closing::Orphaned) => "left, and nobody took over".into(),
        Fact::Reopening(reopening) => format!("reopened: {}", reopening.cause.word()),
        Fact::Climbed(rung) => format!("climbed to rung {}", rung + 1),
        Fact::Through(through) => match through.way {
            WordWay::Mailbox => "that came by number and code".into(),
            WordWay::Telephone { .. } => "that was said on the telephone".into(),
            WordWay::Supplier { .. } => "that was said by the supplier".into(),
        },
        Fact::TakenBack(_) => "took that back".into(),
    })
}

/// The decoded subject of a mail.
pub fn subject(bytes: &[u8]) -> String {
    ReadBack::of(bytes).subject()
}

/// The plain text of a mail of ours, as its reader sees it.
pub fn text(bytes: &[u8]) -> String {
    ReadBack::of(bytes).text
}

/// A plan to carry out `measure` within `hours`.
pub fn planned(by: ContactId, measure: MeasureId, at: Timestamp, hours: i64) -> Answer {
    Answer::Planned { by, measure, due_at: at + SignedDuration::from_hours(hours) }
}
