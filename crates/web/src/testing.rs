//! A small world for tests of doors: two hospitals, of which one must never hear of the other, the
//! people of both, the officers of the CSIRT, and something of everything that a door can be about.
//!
//! What belongs to the other hospital carries [`CANARY`] in its name. The clock stands still.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use disclosure::Gate;
use domain::advisory::{AffectedProduct, Content, RevisionNumber, Status};
use domain::asset::{Asset, Reach};
use domain::calling::Call;
use domain::contact::{Contact, Role};
use domain::designation::Organisation;
use domain::escalation::{Frame, Sender, Way};
use domain::finder::Standing;
use domain::ids::{
    AdvisoryId, AssetId, CallId, ContactId, DisclosureId, FinderId, MeasureId, ParticipantId, SourceId,
    VulnerabilityId, WarningId,
};
use domain::measure::{CareImpact, Kind, Measure, Reliability};
use domain::participant::Participant;
use domain::product::{Name, Product, State};
use domain::reply::{Became, Reply};
use domain::severity::Judgement;
use domain::source::{Kind as SourceKind, Settings};
use domain::suppression::{Reason, Suppression};
use domain::text::{Language, Text};
use domain::time::Said;
use domain::tlp::Tlp;
use domain::version::{Range, Version};
use domain::vulnerability::{Exploited, Facet};
use domain::warning::{Channel, Claim};
use flow::deliver::post::{Catcher, Post};
use flow::deliver::seals::Seals;
use flow::disclose::ask_again;
use flow::egress::{Egress, Told};
use flow::finders::{self, New};
use flow::house::{Actor, Clock, House, Officer, Parts, Team};
use flow::ingest::Received;
use flow::room::Room;
use flow::signing::Key;
use flow::sources::Wanted;
use flow::{follow_up, ingest, jobs, publish, sign_in, sources};
use jiff::{SignedDuration, Timestamp, ToSpan};
use sha2::{Digest as _, Sha256};
use store::contacts::Access;
use store::jobs::Job;
use store::officers;
use store::organisations::Reachable;
use store::papers::{Digest, Folder};
use store::samenesses::{self, Pair};
use store::sign_in::Person;
use store::{
    Db, StoreError, assets, calls, contacts, disclosures, participants, products, vulnerabilities, warnings,
};
use tower::ServiceExt;
use uuid::Uuid;

use crate::demo::{self, Stage};
use crate::rates::Rates;
use crate::routes::{Doorway, Route, build};

/// In every word of the other hospital.
pub const CANARY: &str = "kanarie";
/// The hospital of the tests.
pub const OWN: &str = "noordzorg";

/// Monday 13 January 2020, 17:00 in the Netherlands.
pub const NOW: Timestamp = Timestamp::constant(1_578_931_200, 0);
pub const WORKAROUND: MeasureId = MeasureId(Uuid::from_u128(7));

/// Who knocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Visitor {
    Nobody,
    /// Named by a colleague, and called by nobody yet; holds a token all the same.
    Pending,
    /// Was taken off the list while signed in.
    Removed,
    Reader,
    Admin,
    Analyst,
    DutyOfficer,
    Administrator,
    Supervisor,
}

impl Visitor {
    pub const ALL: [Self; 9] = [
        Self::Nobody,
        Self::Pending,
        Self::Removed,
        Self::Reader,
        Self::Admin,
        Self::Analyst,
        Self::DutyOfficer,
        Self::Administrator,
        Self::Supervisor,
    ];

    /// Whether somebody may learn the name of no participant at all.
    pub fn knows_no_names(self) -> bool {
        matches!(self, Self::Nobody | Self::Pending | Self::Removed | Self::Administrator | Self::Supervisor)
    }
}

/// A participant with one of each.
#[derive(Debug, Clone, Copy)]
pub struct Owned {
    pub participant: ParticipantId,
    pub contact: ContactId,
    pub asset: AssetId,
    pub warning: WarningId,
    pub call: CallId,
}

#[derive(Clone)]
pub struct World {
    pub house: House,
    pub known: Known,
}

/// The ids and tokens of a world; the same in every copy of it.
#[derive(Debug, Clone)]
pub struct Known {
    pub own: Owned,
    pub foreign: Owned,
    pub advisory: AdvisoryId,
    pub source: SourceId,
    /// An organisation of the register, by its word.
    pub organisation: String,
    /// What the gate decided about a letter to [`OWN`].
    pub disclosure: DisclosureId,
    pub shelved_job: String,
    pub shelved_paper: Digest,
    /// An inventory that the admin of [`OWN`] has sent in and not yet confirmed.
    pub upload: Digest,
    /// A reply by mail that changed nothing.
    pub reply: String,
    /// An address to which nothing is sent.
    pub suppression: String,
    pub finder: FinderId,
    /// The code of the page of that finder.
    pub finder_code: String,
    /// The code of a link that nobody has used.
    pub code: String,
    tokens: Vec<(Visitor, String)>,
}

impl Known {
    pub fn token(&self, visitor: Visitor) -> Option<&str> {
        self.tokens.iter().find(|(own, _)| *own == visitor).map(|(_, token)| token.as_str())
    }

    /// What the forms of this visitor carry.
    pub fn form_token(&self, visitor: Visitor) -> String {
        let of = |token: &str| hex::encode(Sha256::digest(format!("form token of {token}")));
        self.token(visitor).map(of).unwrap_or_default()
    }
}

/// The team of the tests.
pub fn team() -> Team {
    Team {
        name: "z-cert".into(),
        telephone: "085-000 00 10".into(),
        site: "z-cert.example".into(),
        mailbox: "warnings@z-cert.example".into(),
        reads_replies: false,
        address: "http://127.0.0.1:8080".into(),
        target_group: "care".into(),
        sends_as: "sectoral".into(),
        sends_lowest: false,
        stop: |cause| panic!("a commit failed: {cause}"),
    }
}

/// A house on `db` with everything that is shipped.
pub fn house(db: Db, papers: &Path, clock: Clock, seed: u64) -> House {
    let scheme = |text| formats::rules::scheme(text).unwrap();
    House::new(Parts {
        db,
        papers: Folder::open(papers).unwrap(),
        law: Gate::shipped().into(),
        ladders: formats::rules::ladders(formats::rules::LADDERS).unwrap(),
        schemes: [formats::rules::CHANCE_DAMAGE_2019].map(scheme).into(),
        terms: formats::rules::terms(formats::rules::PLAIN_LANGUAGE).unwrap(),
        post: Post::Catcher(Catcher::default()),
        http: Egress::in_a_story(Told::default()),
        room: Room::in_a_story(),
        team: team(),
        key: Key::in_a_story(seed),
        seals: Seals::in_a_story(seed),
        clock,
        seed: Some(seed),
    })
}

/// A folder that is gone with the test.
pub struct Scratch(pub PathBuf);

impl Scratch {
    #[expect(clippy::disallowed_methods, reason = "a name that no other test has")]
    pub fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("dijkwacht_doors_{}", Uuid::now_v7().simple()));
        std::fs::create_dir(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A world that was settled once and can be copied: what one visitor changes, the next does not see.
pub struct Template {
    folder: Scratch,
    known: Known,
}

impl Template {
    pub async fn new() -> Self {
        let folder = Scratch::new();
        let db = Db::open_file(&folder.0.join("template.sqlite")).await.unwrap();
        let world = World::settle(db.clone(), &folder.0.join("papers")).await;
        db.close().await;
        Self { folder, known: world.known }
    }

    /// A fresh copy. `number` tells copies apart, and gives each dice of its own.
    pub async fn copy(&self, number: u64) -> World {
        let file = self.folder.0.join(format!("copy{number}.sqlite"));
        std::fs::copy(self.folder.0.join("template.sqlite"), &file).unwrap();
        let db = Db::open_file(&file).await.unwrap();
        let house = house(db, &self.folder.0.join("papers"), Clock::standing_at(NOW), 1_000 + number);
        house.post.send("a.duin@noordzorg.example", b"Subject: x\r\n\r\nx").await;
        World { house, known: self.known.clone() }
    }
}

impl World {
    /// Settles the world on an empty database.
    pub async fn settle(db: Db, papers: &Path) -> Self {
        let house = house(db, papers, Clock::standing_at(NOW), 1);
        let colleagues = [
            (Visitor::Analyst, officers::Role::Analyst),
            (Visitor::DutyOfficer, officers::Role::DutyOfficer),
            (Visitor::Administrator, officers::Role::Administrator),
            (Visitor::Supervisor, officers::Role::Supervisor),
        ]
        .map(|(visitor, role)| {
            let (id, name) = (house.id(), format!("{visitor:?}"));
            (visitor, officers::Officer { id, mail: format!("{}@z-cert.example", role.word()), name, role })
        });
        let adc = Product {
            id: house.id(),
            name: Name::new("Citrix", "ADC"),
            aliases: [Name::new("Citrix", "NetScaler")].into(),
            marks: [].into(),
            state: State::Confirmed,
        };
        house
            .write("begin", async |tx| {
                products::add(tx, &adc).await?;
                for (_, officer) in &colleagues {
                    officers::add(tx, officer).await?;
                }
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();
        let mut people = Vec::new();
        let own = join(&house, OWN, &mut people).await;
        let foreign = join(&house, &format!("{CANARY}zuid"), &mut Vec::new()).await;

        let officer = |visitor| {
            let (_, officer) = colleagues.iter().find(|(own, _)| *own == visitor).unwrap();
            Officer { id: officer.id, name: officer.name.clone() }
        };
        let (analyst, duty_officer) = (officer(Visitor::Analyst), officer(Visitor::DutyOfficer));
        let advisory = publish::propose(&house, &analyst, "2020-0042", &advice(&house)).await.unwrap();
        publish::release(&house, &duty_officer, advisory).await.unwrap();
        jobs::work_off(&house).await.unwrap();
        publish::revise(&house, &analyst, advisory, |content| {
            content.exploited = true;
            Ok(())
        })
        .await
        .unwrap();
        flow::drafts::open(&house, &analyst, advisory).await.unwrap();
        let own = told(&house, own, advisory, 31).await;
        let foreign = told(&house, foreign, advisory, 32).await;

        let mut tokens = Vec::new();
        for (visitor, person) in people
            .into_iter()
            .map(|(visitor, id)| (visitor, Person::Contact(id)))
            .chain(colleagues.iter().map(|(visitor, officer)| (*visitor, Person::Officer(officer.id))))
        {
            let code = sign_in::link(&house, person, SignedDuration::from_hours(1)).await.unwrap();
            tokens.push((visitor, sign_in::begin(&house, &code).await.unwrap().unwrap()));
        }
        let removed = tokens.iter().position(|(visitor, _)| *visitor == Visitor::Removed);
        assert!(removed.is_some());
        let leaves = contact(own.participant, 6).id;
        house
            .write("remove a contact", async |tx| contacts::remove(tx, leaves, own.participant, NOW).await)
            .await
            .unwrap();
        let admin = Person::Contact(contact(own.participant, 1).id);
        let code = sign_in::link(&house, admin, SignedDuration::from_hours(1)).await.unwrap();
        talked_about(&house).await;
        let (finder, finder_code) = finder(&house, &analyst).await;
        let known = Known {
            reply: reply(&house, &own).await,
            suppression: suppressed(&house, duty_officer.id).await,
            own,
            foreign,
            advisory,
            source: source(&house).await,
            organisation: organisation(&house, &duty_officer).await,
            disclosure: disclosures::of_participant(&house.db, own.participant, 1).await.unwrap()[0].id,
            finder,
            finder_code,
            shelved_job: shelve(&house).await,
            shelved_paper: {
                a_report(&house).await;
                unreadable(&house).await
            },
            upload: house.papers.keep(INVENTORY.as_bytes()).unwrap(),
            code,
            tokens,
        };
        Self { house, known }
    }

    /// The doors of `table` before this world, which count nobody's knocks.
    pub fn doors(&self, table: Vec<Route>) -> Router {
        let anna = demo::Role {
            name: format!("anna van {OWN}"),
            organisation: OWN.into(),
            person: Person::Contact(contact(self.known.own.participant, 1).id),
            word: "contact",
        };
        let stage = Stage::new(NOW, NOW + 48.hours(), Vec::new(), vec![anna]);
        let rates = Arc::new(Rates::unlimited());
        build(table, Doorway { house: self.house.clone(), rates, stage: Some(stage) })
    }
}

/// A list that is what the hospital of the tests has, and one thing more.
pub const INVENTORY: &str = "vendor,product,version,hostname\n\
    Citrix,NetScaler,12.1-55.18,vpn.noordzorg.example\n\
    Fortinet,FortiGate,6.0,fw.noordzorg.example\n";

/// A list of a finder, of one place that is nobody's.
pub const SET: &str = "at,host,port,finding,seen,method,source\n\
    2020-01-13T12:00:00Z,elsewhere.example,443,CVE-2019-19781,vulnerable,safe_check,Dijkleger\n";

fn advice(house: &House) -> Content {
    let measure = Measure {
        id: WORKAROUND,
        kind: Kind::Workaround,
        title: Text::both("Zet de tijdelijke maatregel aan", "Switch on the workaround"),
        steps: vec![],
        applies_to: vec![],
        fails_for: vec![],
        minutes: Some(15),
        side_effects: Text::default(),
        care_impact: CareImpact::None,
        condition: Text::default(),
        provable_by: BTreeSet::new(),
        check: Text::default(),
        reliability: Reliability::Recommended,
    };
    Content {
        title: Text::both("Lek in Citrix ADC", "Hole in Citrix ADC"),
        consequence: Text::both("Overname van buiten.", "Taken over from outside."),
        tlp: Some(Tlp::Amber),
        vulnerabilities: ["CVE-2019-19781".to_owned()].into(),
        products: vec![AffectedProduct {
            name: Name::new("Citrix", "ADC"),
            marks: [].into(),
            ranges: vec![Range::Train(Version::new("12.1"))],
            status: Status::Affected,
        }],
        measures: vec![measure],
        severity: Some(judged(house)),
        ..Content::default()
    }
}

/// One point below the highest level of chance. Source: `domain.md` 2.1.
fn judged(house: &House) -> Judgement {
    let answers = [
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
    let answers = answers.map(|(question, choice)| (question.to_owned(), choice.to_owned())).into();
    Judgement::computed(&house.schemes[0], answers).unwrap()
}

/// Somebody says that the hole is used, and somebody else that it has a second number.
async fn talked_about(house: &House) {
    let said = Said { at: NOW, known_at: NOW, it: (), by: "a list".to_owned() };
    let second: VulnerabilityId = house.id();
    house
        .write("talk", async |tx| {
            let hole = vulnerabilities::id_of(tx, "CVE-2019-19781").await?.expect("the advisory names it");
            vulnerabilities::know(tx, "CVE-2020-0001", "", second).await?;
            let it = Facet::Exploited(Exploited::Limited);
            let facet = Said { at: NOW, known_at: NOW, it, by: "a list".to_owned() };
            vulnerabilities::learn(tx, hole, "CVE-2019-19781", &facet).await?;
            let pair = Pair::of("CVE-2019-19781", "CVE-2020-0001").expect("two names");
            samenesses::say(tx, &pair, &said, None).await
        })
        .await
        .unwrap();
}

/// Ids that a reader can tell apart: those of the other hospital begin otherwise.
fn id<T: From<Uuid>>(of: ParticipantId, number: u128) -> T {
    T::from(Uuid::from_u128(of.0.as_u128() | number))
}

fn contact(of: ParticipantId, number: u128) -> Contact {
    Contact {
        id: id(of, number),
        participant: of,
        name: String::new(),
        roles: [Role::SecurityContact].into(),
        language: Language::Nl,
        mail: None,
        telephone: None,
        around_the_clock: false,
        verified_at: Some(NOW),
        failed_at: None,
        removed_at: None,
    }
}

/// A hospital with its people; those who sign in are added to `people`.
async fn join(house: &House, name: &str, people: &mut Vec<(Visitor, ContactId)>) -> ParticipantId {
    let of = ParticipantId(Uuid::from_u128(if name == OWN { 0xa << 120 } else { 0xf << 120 }));
    let participant = Participant {
        id: of,
        name: name.into(),
        sector: "care".into(),
        language: Language::Nl,
        kinds: BTreeSet::new(),
        joined_at: NOW - 1_000.hours(),
        left: None,
    };
    let staff = [
        (1, "anna", Access::Admin, Some(Visitor::Admin)),
        (2, "bas", Access::Reader, Some(Visitor::Reader)),
        (3, "carla", Access::Admin, None),
        (4, "dirk", Access::None, None),
        (5, "els", Access::Admin, Some(Visitor::Pending)),
        (6, "frits", Access::Admin, Some(Visitor::Removed)),
    ];
    let asset = Asset {
        version: Some(Version::new("12.1-55.18")),
        host: Some(format!("vpn.{name}.example")),
        reach: Reach::Internet,
        care_impact: CareImpact::Hindered,
        claimed_at: Some(NOW),
        ..Asset::new(id(of, 21), of, Name::new("Citrix", "NetScaler"))
    };
    house
        .write("join", async |tx| {
            participants::add(tx, &participant).await?;
            for (number, first_name, access, visitor) in staff {
                let person = Contact {
                    name: format!("{first_name} van {name}"),
                    mail: Some(format!("{first_name}@{name}.example")),
                    telephone: Some("+31850000001".into()),
                    verified_at: (visitor != Some(Visitor::Pending)).then_some(NOW),
                    ..contact(of, number)
                };
                contacts::add(tx, &person, access).await?;
            }
            assets::put(tx, &asset).await
        })
        .await
        .unwrap();
    people.extend(staff.into_iter().filter_map(|(number, _, _, visitor)| Some((visitor?, id(of, number)))));
    of
}

/// The warning of a hospital, which a colleague has answered, and a call about it.
async fn told(house: &House, of: ParticipantId, advisory: AdvisoryId, number: u128) -> Owned {
    let warning = warnings::find(&house.db, advisory, of).await.unwrap().unwrap();
    let carla = Actor { contact: id(of, 3), participant: of };
    let done =
        Claim { by: carla.contact, measure: WORKAROUND, executed_at: Some(NOW), assets: BTreeSet::new() };
    follow_up::claim::claim(house, carla, warning, done).await.unwrap();
    follow_up::acknowledge::acknowledge(house, carla, warning, RevisionNumber::FIRST).await.unwrap();
    let call = Call {
        id: id(of, number),
        warning,
        participant: of,
        contact: Some(id(of, 1)),
        rung: 1,
        way: Way {
            channel: Channel::Telephone,
            person: Role::OnCall,
            sender: Sender::DutyOfficer,
            frame: Frame::YourHostIsOpen,
        },
        ordered_at: NOW,
        call_at: NOW,
        held: None,
        outcome: None,
    };
    house.write("order a call", async |tx| calls::order(tx, &call).await).await.unwrap();
    Owned { participant: of, contact: id(of, 4), asset: id(of, 21), warning, call: call.id }
}

/// A mail that no server wants, with the name of the other hospital in what the server said.
async fn shelve(house: &House) -> String {
    let lost = Job::Send(house.id());
    let taken = house
        .write("shelve", async |tx| {
            store::jobs::add(tx, &lost, NOW - 1.hour()).await?;
            store::jobs::take_due(tx, "outbox", NOW, NOW + 1.minute()).await
        })
        .await
        .unwrap()
        .unwrap();
    let why = format!("550 anna@{CANARY}zuid.example unknown");
    house.write("shelve", async |tx| store::jobs::fail(tx, &taken, &why, true, NOW).await).await.unwrap();
    taken.key
}

/// An address that an officer put on the list.
async fn suppressed(house: &House, by: domain::ids::OfficerId) -> String {
    let new = Suppression {
        id: house.id(),
        address: "away@noordzorg.example".into(),
        reason: Reason::ByHand,
        why: "left".into(),
        by: Some(by),
        since: NOW,
    };
    house.write("suppress", async |tx| store::suppressions::put_on(tx, &new).await).await.unwrap();
    new.id.to_string()
}

/// A reply to the letter to a participant, too late to count.
async fn reply(house: &House, of: &Owned) -> String {
    let letter = store::outbox::of_warning(&house.db, of.warning, of.participant).await.unwrap().remove(0);
    let late = Reply {
        id: house.id(),
        digest: [7; 32],
        seal: None,
        message_id: None,
        delivery: letter.id,
        warning: of.warning,
        participant: of.participant,
        contact: letter.contact.unwrap(),
        sender: letter.recipient,
        became: Became::Late,
        digit: Some(1),
        received_at: NOW,
    };
    house.write("reply", async |tx| store::replies::add(tx, &late).await).await.unwrap();
    late.id.to_string()
}

/// A finder whom somebody checked, with its page.
async fn finder(house: &House, by: &Officer) -> (FinderId, String) {
    let new = New {
        name: "Dijkleger".into(),
        mail: None,
        language: Language::Nl,
        standing: Standing::Known,
        verified_how: "called".into(),
    };
    let id = finders::register(house, by, new).await.unwrap();
    let page = finders::new_code(house, by, id).await.unwrap();
    (id, page.rsplit('/').next().unwrap().to_owned())
}

/// A team that serves the hospitals.
async fn organisation(house: &House, by: &Officer) -> String {
    let organisation = Organisation {
        id: "zorgteam".into(),
        name: "Zorgteam".into(),
        kind: domain::disclosure::Kind::new("CCT"),
        sends_as: None,
        groups: vec!["care".into()],
        is_community: true,
        country: "NL".into(),
        from: None,
        to: None,
    };
    let mail = Some("wacht@zorgteam.example".into());
    ask_again::enrol(house, &Reachable { organisation, mail, telephone: None }, by).await.unwrap();
    "zorgteam".into()
}

/// A provider that is left alone.
async fn source(house: &House) -> SourceId {
    let wanted = Wanted {
        name: "Deltawerk".into(),
        kind: SourceKind::CsafProvider,
        address: "deltawerk.example".into(),
        settings: Settings::default(),
    };
    let id = sources::add(house, wanted, "").await.unwrap();
    sources::pause(house, id, "").await.unwrap();
    id
}

/// A report of observations, which is number 1.
async fn a_report(house: &House) {
    let bytes = b"at,address,finding,seen\n2020-01-10T01:00:00Z,198.51.100.9,open-redis,misconfigured\n";
    let received = Received { source: "Dijkleger".into(), name: "scan.csv".into(), bytes: bytes.to_vec() };
    let taken = ingest::paper(house, received).await.unwrap();
    assert!(matches!(taken, ingest::Taken::Report { number: 1, .. }), "{taken:?}");
}

async fn unreadable(house: &House) -> Digest {
    let received =
        Received { source: "vendor".into(), name: "a.json".into(), bytes: b"{\"broken\":".to_vec() };
    match ingest::paper(house, received).await.unwrap() {
        ingest::Taken::OnTheShelf { paper, .. } => paper,
        other => panic!("this was read: {other:?}"),
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A knock: what is asked, with everything that a browser would send along.
#[derive(Debug, Clone)]
pub struct Knock {
    pub method: Method,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Knock {
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: Vec::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With the cookie of a session.
    #[must_use]
    pub fn from(self, token: Option<&str>) -> Self {
        match token {
            Some(token) => self.with("cookie", &format!("dijkwacht={token}")),
            None => self,
        }
    }

    /// With a form, sent by a page of ours.
    #[must_use]
    pub fn form(self, pairs: &[(&str, &str)]) -> Self {
        let encoded: Vec<String> = pairs
            .iter()
            .map(|(name, value)| crate::tables::address("", &[(name, value)]).replace('?', ""))
            .collect();
        let knock = self
            .with(header::CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded")
            .with("sec-fetch-site", "same-origin");
        Self { body: encoded.join("&").into_bytes(), ..knock }
    }

    /// With a form that carries a file.
    #[must_use]
    pub fn file(self, token: &str, bytes: &str) -> Self {
        let knock = self
            .with(header::CONTENT_TYPE.as_str(), "multipart/form-data; boundary=X")
            .with("sec-fetch-site", "same-origin");
        let body = format!(
            "--X\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n{token}\r\n--X\r\nContent-Disposition: \
             form-data; name=\"method\"\r\n\r\nsafe_check\r\n--X\r\nContent-Disposition: form-data; \
             name=\"proof\"\r\n\r\nit answers\r\n--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{bytes}\r\n--X--\r\n"
        );
        Self { body: body.into_bytes(), ..knock }
    }

    pub async fn at(&self, doors: &Router) -> Answer {
        let mut request = Request::builder().method(self.method.clone()).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(self.body.clone())).unwrap();
        let response = doors.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let line = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let is_stream =
            parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        let body =
            if is_stream { Vec::new() } else { axum::body::to_bytes(body, 10 << 20).await.unwrap().to_vec() };
        Answer { status: parts.status, headers: parts.headers.iter().map(line).collect(), body }
    }
}
