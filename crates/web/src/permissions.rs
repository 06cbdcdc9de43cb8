//! Who may do what: every door, knocked at by everybody, with everybody's ids, in every way.
//!
//! The knocks are generated from the table of doors, so no door is forgotten. What must come back
//! stands in `permissions.txt`, which people wrote and people read: a new door is a new line there.
//! Beside the status it is checked that
//!
//! - what is somebody else's and what is not there cannot be told apart, byte for byte,
//! - nothing is changed by looking, nor by being turned away, as a hash over all rows shows,
//! - no word of the other hospital is in any answer to whom it does not concern,
//! - no header lets anybody in, and no form from another site does anything,
//! - a field that nobody asked for changes nothing of anybody else.
//!
//! And the test is tested: a hole that somebody drills into the table is found.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::http::{Method, StatusCode};
use flow::canaries;
use flow::house::House;
use maud::Markup;
use store::testing::{digest_of_all, on_both};
use store::{StoreError, assets, contacts, warnings};

use crate::form::Form;
use crate::may::{Anybody, EditOwn, May, Onward, ReadOwn, WorkDesk};
use crate::path::Kind;
use crate::routes::{Door, Route, Verb, table};
use crate::testing::{
    Answer, CANARY, INVENTORY, Knock, Known, OWN, Owned, SET, Scratch, Template, Visitor, WORKAROUND, World,
};
use crate::{Rate, WebError};

/// Whose thing an id in a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Own,
    Foreign,
    /// Nothing: an id that was never given out.
    Missing,
    /// Something, but of another kind.
    OtherKind,
    /// No id at all.
    Malformed,
}

impl Named {
    const ALL: [Self; 5] = [Self::Own, Self::Foreign, Self::Missing, Self::OtherKind, Self::Malformed];
}

/// What people expect, from `permissions.txt`.
struct Golden(BTreeMap<String, BTreeMap<Visitor, Vec<u16>>>);

impl Golden {
    fn read() -> Self {
        let mut doors = BTreeMap::new();
        let text = include_str!("../permissions.txt");
        let mut lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        let visitors: Vec<String> =
            lines.next().unwrap().split_whitespace().skip(3).map(str::to_owned).collect();
        let named = |visitor: &Visitor| format!("{visitor:?}");
        assert_eq!(visitors, Visitor::ALL.iter().map(named).collect::<Vec<_>>());
        for line in lines {
            let mut words = line.split_whitespace();
            let [verb, path, policy] = [(); 3].map(|()| words.next().unwrap());
            let cell =
                |word: &str| word.split('/').map(|status| status.parse().unwrap()).collect::<Vec<u16>>();
            let cells: Vec<_> = words.map(cell).collect();
            assert_eq!(cells.len(), Visitor::ALL.len(), "{line}");
            let before = doors.insert(key(verb, path, policy), Visitor::ALL.into_iter().zip(cells).collect());
            assert!(before.is_none(), "{line} stands there twice");
        }
        Self(doors)
    }

    /// What `visitor` gets at `door` with ids that name this.
    fn expected(&self, door: &Door, visitor: Visitor, named: &[Named]) -> Option<u16> {
        let cell = self.0.get(&key_of(door))?.get(&visitor)?;
        Some(match (cell.as_slice(), of_all(named)) {
            ([only], _) => *only,
            ([own, ..], Some(Named::Own)) => *own,
            ([_, foreign, _], Some(Named::Foreign)) => *foreign,
            // Of a pair of which one is mine and one is not, nothing is there.
            (all, _) => *all.last()?,
        })
    }
}

fn key(verb: &str, path: &str, policy: &str) -> String {
    format!("{verb} {path} {policy}")
}

fn key_of(door: &Door) -> String {
    key(if door.verb == Verb::Get { "GET" } else { "POST" }, door.path, door.policy)
}

/// What all of them name; `None` when they do not agree. Without ids, one's own.
fn of_all(named: &[Named]) -> Option<Named> {
    let first = named.first().copied().unwrap_or(Named::Own);
    named.iter().all(|one| *one == first).then_some(first)
}

/// Every way to fill `places` ids.
fn fillings(places: usize) -> Vec<Vec<Named>> {
    (0..places).fold(vec![vec![]], |all, _| {
        all.into_iter()
            .flat_map(|begun: Vec<Named>| {
                Named::ALL.into_iter().map(move |next| [begun.as_slice(), &[next]].concat())
            })
            .collect()
    })
}

/// The path of `door` with ids filled in.
fn path(door: &Door, known: &Known, named: &[Named]) -> String {
    let mut path = door.path.to_owned();
    for (kind, named) in door.ids.iter().zip(named) {
        let (open, close) = (path.find('{').unwrap(), path.find('}').unwrap());
        path.replace_range(open..=close, &id(*kind, known, *named));
    }
    path
}

fn id(kind: Kind, known: &Known, named: Named) -> String {
    let of = |owned: &Owned| match kind {
        Kind::Asset => owned.asset.to_string(),
        Kind::Call => owned.call.to_string(),
        Kind::Contact => owned.contact.to_string(),
        Kind::Participant => owned.participant.to_string(),
        Kind::Warning => owned.warning.to_string(),
        Kind::Advisory => known.advisory.to_string(),
        Kind::Source => known.source.to_string(),
        Kind::Disclosure => known.disclosure.to_string(),
        Kind::Organisation => known.organisation.clone(),
        Kind::Finder => known.finder.to_string(),
        Kind::FinderCode => known.finder_code.clone(),
        Kind::Code => known.code.clone(),
        Kind::File => crate::static_files::style().name().to_owned(),
        Kind::Mail => "0".to_owned(),
        Kind::Vulnerability => "CVE-2019-19781".to_owned(),
        Kind::Report => "1".to_owned(),
    };
    match named {
        Named::Own => of(&known.own),
        Named::Foreign => of(&known.foreign),
        Named::Missing => match kind {
            Kind::Code | Kind::FinderCode => "0".repeat(48),
            Kind::File => "style-000000000000.css".into(),
            Kind::Mail => "4711".into(),
            Kind::Vulnerability => "CVE-1999-0000".into(),
            Kind::Report => "4711".into(),
            Kind::Organisation => "nobody".into(),
            _ => "0a000000-0000-7000-8000-00000000dead".into(),
        },
        Named::OtherKind => match kind {
            Kind::Advisory => known.own.warning.to_string(),
            Kind::Asset => known.own.contact.to_string(),
            _ => known.own.asset.to_string(),
        },
        Named::Malformed => "..%2f..%2fetc".into(),
    }
}

/// What a form carries.
enum Filled {
    Fields(Vec<(&'static str, String)>),
    File(&'static str),
}

/// A form that this door takes.
fn filled(door: &Door, known: &Known, token: Option<&str>) -> Filled {
    let fields = |pairs: &[(&'static str, &str)]| {
        Filled::Fields(pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect())
    };
    let measure = WORKAROUND.to_string();
    let asset = [
        ("product", "NetScaler"),
        ("vendor", "Citrix"),
        ("version", "13.0"),
        ("host", "vpn.noordzorg.example"),
        ("reach", "internet"),
        ("care_impact", "none"),
    ];
    let person = [
        ("name", "Gerda de Wit"),
        ("mail", "gerda@noordzorg.example"),
        ("telephone", "+31850000009"),
        ("language", "nl"),
        ("access", "reader"),
        ("role_on_call", "yes"),
    ];
    let digest = known.shelved_paper.to_string();
    match door.path {
        "/settings" => fields(&[("theme", "dark"), ("back", "/my")]),
        "/sign-in" => fields(&[("mail", "anna@noordzorg.example")]),
        "/test" => fields(&[("code", "K7QF-2M9D")]),
        "/desk/participants" => fields(&[
            ("name", "Ziekenhuis Westzorg"),
            ("group", "care"),
            ("kind", "non_vital"),
            ("language", "nl"),
            ("contact", "Gerda de Wit"),
            ("mail", "gerda@westzorg.example"),
            ("telephone", "+31850000009"),
            ("register", "chamber_of_commerce"),
            ("reference", "90000001"),
            ("called", "+31850000021"),
            ("spoke_to", "de receptie"),
            ("called_at", "2020-01-13T09:00"),
        ]),
        "/desk/participants/{id}/leaving" => fields(&[("sure", "yes"), ("taken_over", "yes")]),
        "/desk/alarms" => fields(&[("sure", "yes")]),
        "/answer" | "/answer/undo" => fields(&[("number", "2020-0042"), ("code", "K7QF-2M9D")]),
        "/answer/words" => fields(&[("number", "2020-0042"), ("code", "K7QF-2M9D"), ("answer", "working")]),
        "/my/warnings/{id}/undo" | "/desk/warnings/{id}/undo" => fields(&[("said_at", "1578931200000000")]),
        "/desk/warnings/{id}/words" => fields(&[
            ("contact", &known.own.contact.to_string()),
            ("number", "+31850000009"),
            ("answer", "not_affected"),
            ("reason", "not_in_use"),
        ]),
        "/my/warnings/{id}/notes" | "/desk/warnings/{id}/notes" => fields(&[("text", "how do we see that?")]),
        "/my/warnings/{id}/acknowledgement" => fields(&[("revision", "1.00")]),
        "/my/warnings/{id}/answers" => fields(&[("answer", "not_affected"), ("reason", "not_in_use")]),
        "/my/warnings/{id}/claims" => fields(&[("measure", &measure), ("executed_at", "2020-01-13T16:30")]),
        "/my/warnings/{id}/compromise-check" => fields(&[("result", "clean"), ("secrets_renewed", "yes")]),
        "/my/assets" | "/my/assets/{id}" => fields(&asset),
        "/my/assets/import" => Filled::File(INVENTORY),
        "/my/assets/import/confirm" => {
            let seal = crate::my::asset_import::seal(token.unwrap_or_default(), known.upload);
            fields(&[("upload", &format!("{}.{seal}", known.upload))])
        }
        "/my/assets/import/columns" => {
            let seal = crate::my::asset_import::seal(token.unwrap_or_default(), known.upload);
            fields(&[("upload", &format!("{}.{seal}", known.upload)), ("column_1", "product")])
        }
        "/my/assets/undo" => fields(&[("upload", &known.own.warning.to_string())]),
        "/my/assets/start" => fields(&[("gateway", "0"), ("domain", "noordzorg.example")]),
        "/my/networks" => fields(&[("place", "192.0.2.0/24")]),
        "/my/webhooks" => fields(&[("name", "tickets"), ("address", "https://tickets.noordzorg.example/in")]),
        "/my/webhooks/test" | "/my/webhooks/end" => fields(&[("webhook", &known.own.warning.to_string())]),
        "/my/networks/drop" | "/my/networks/look" | "/desk/networks/proof" => {
            let nothing = known.own.warning.to_string();
            fields(&[("place", &nothing), ("of", &nothing), ("reason", "RIPE")])
        }
        "/desk/networks/partners" | "/desk/networks/partners/drop" | "/desk/networks/partners/over" => {
            fields(&[
                ("of", "zorgteam"),
                ("places", "192.0.2.0/24"),
                ("place", "192.0.2.0/24"),
                ("reason", "RIPE"),
                ("tlp", "AMBER"),
            ])
        }
        "/my/suppliers" => {
            let nobody = known.own.warning.to_string();
            fields(&[("code", &nobody), ("called", "Terp"), ("ends_on", "2020-12-31")])
        }
        "/my/suppliers/end" => fields(&[("mandate", &known.own.warning.to_string())]),
        "/my/consents" => fields(&[
            ("asset", &known.own.asset.to_string()),
            ("touch", "the_system"),
            ("until", "2020-02-13"),
        ]),
        "/my/feeds" => fields(&[("name", "meldkamer"), ("days", "90")]),
        "/my/feeds/withdraw" => fields(&[("feed", &known.own.warning.to_string())]),
        "/my/consents/withdraw" => fields(&[("asset", &known.own.asset.to_string())]),
        "/my/clients/claims" => fields(&[("advisory", &known.advisory.to_string()), ("measure", &measure)]),
        "/my/clients/assets" => fields(&[
            ("mandate", &known.own.warning.to_string()),
            ("asset", &known.foreign.asset.to_string()),
            ("product", "ADC"),
        ]),
        "/my/contacts" | "/my/contacts/{id}" => fields(&person),
        "/my/contacts/{id}/key" => fields(&[
            ("fingerprint", "DA60 F3D0 1A1A 482B A847 A9CF 7F7B E44D 3173 553A"),
            ("key", include_str!("../../../fixtures/openpgp/anna.asc")),
        ]),
        "/desk/advisories/{id}/measures" => {
            fields(&[("measure", &measure), ("reliability", "doubtful"), ("reason", "a report")])
        }
        "/desk/advisories/{id}/revisions" => {
            fields(&[("summary_nl", "nieuw"), ("severity", "critical"), ("reason", "a report")])
        }
        "/desk/advisories/{id}/approval" => fields(&[("release_at", "2030-01-01T08:00")]),
        "/desk/advisories/{id}/back"
        | "/desk/advisories/{id}/aside"
        | "/desk/advisories/{id}/close"
        | "/desk/advisories/{id}/withdraw" => fields(&[("why", "it was a mistake")]),
        "/desk/drafts" => fields(&[("number", "2020-0099")]),
        "/desk/drafts/{id}" => fields(&[("version", "1"), ("title_nl", "nieuw")]),
        "/desk/advisories/{id}/website" => fields(&[("decision", "public"), ("reason", "")]),
        "/desk/advisories/{id}/recall" => fields(&[("why", "wrong-label")]),
        "/desk/advisories/{id}/offers" => fields(&[("to", "z-cert care")]),
        "/desk/samenesses" => {
            fields(&[("one", "CVE-2019-19781"), ("other", "CVE-2020-0001"), ("is", "same")])
        }
        "/desk/filters" => fields(&[("name", "laat"), ("address", "/desk?show=late")]),
        "/desk/filters/forget" => fields(&[("name", "nothing")]),
        "/desk/catalogue" => fields(&[("name", "het grote scherm"), ("is", "nothing")]),
        "/desk/records" => fields(&[("publisher", "CVE"), ("number", "CVE-1999-0001")]),
        "/desk/findings" => fields(&[("place", "198.51.100.9"), ("owner", ""), ("reason", "called")]),
        "/desk/signals" => fields(&[("until", "2020-01-13T16:00:00Z")]),
        "/desk/papers" => Filled::File("{\"other\":"),
        "/my/warnings/{id}/rescans" | "/desk/warnings/{id}/rescans/turn" => {
            fields(&[("rescan", &known.own.call.to_string()), ("turn", "accept")])
        }
        "/my/warnings/{id}/consent" => fields(&[
            ("asset", &known.own.asset.to_string()),
            ("consent", "give"),
            ("touch", "the_system"),
            ("until", "2020-02-13"),
        ]),
        "/desk/finders" => fields(&[
            ("name", "Ebbewacht"),
            ("language", "nl"),
            ("standing", "known"),
            ("verified_how", "called"),
        ]),
        "/desk/disclosures/release" | "/desk/disclosures/refuse" => fields(&[]),
        "/desk/organisations" => {
            fields(&[("id", "havenring"), ("name", "Havenring"), ("kind", "OK"), ("groups", "ports")])
        }
        "/desk/organisations/{id}" => {
            fields(&[("name", "Zorgteam"), ("kind", "CCT"), ("groups", "care"), ("to", "2030-01-01")])
        }
        "/desk/organisations/record" => fields(&[("id", "z-cert")]),
        "/desk/organisations/{id}/designations" => fields(&[
            ("document", "stcrt-2020-4410"),
            ("group", "care"),
            ("signed_on", "2020-01-13"),
            ("in_force_from", "2020-01-31"),
        ]),
        "/desk/finders/{id}/standing" => fields(&[("standing", "ended"), ("verified_how", "called")]),
        "/desk/finders/{id}/sets" | "/finders/{code}/sets" => Filled::File(SET),
        "/desk/finders/sets/release" => fields(&[("set", &known.own.warning.to_string())]),
        "/finders/{code}/rescans" => fields(&[("rescan", &known.own.call.to_string()), ("turn", "accept")]),
        "/desk/warnings/{id}/rescans" => fields(&[
            ("asset", &known.own.asset.to_string()),
            ("whom", "participant"),
            ("touch", "own_records"),
            ("pap", "GREEN"),
            ("due_on", "2020-01-16"),
        ]),
        "/desk/calls/{id}" => fields(&[("outcome", "voicemail")]),
        "/desk/ladders" => fields(&[("text", formats::rules::LADDERS)]),
        "/desk/ladders/in-force" => fields(&[("number", "1")]),
        "/desk/shelf/jobs/retry" | "/desk/shelf/jobs/aside" => fields(&[("key", &known.shelved_job)]),
        "/desk/post/suppress" => {
            fields(&[("address", "nobody@noordzorg.example"), ("why", "hij vroeg erom")])
        }
        "/desk/post/send-again" => fields(&[("suppression", &known.suppression)]),
        "/desk/post/seen" => fields(&[("reply", &known.reply)]),
        "/desk/shelf/queues/release" => fields(&[("queue", "outbox")]),
        "/desk/shelf/papers/retry" | "/desk/shelf/papers/aside" => fields(&[("digest", &digest)]),
        "/desk/sources" => {
            fields(&[("name", "Waterwerk"), ("kind", "csaf_provider"), ("address", "waterwerk.example")])
        }
        "/demo/clock" => fields(&[("act", "pause")]),
        "/demo/sign-in" => fields(&[("as", "contact")]),
        _ => fields(&[]),
    }
}

/// The knock of `visitor` at `door`.
fn knock(door: &Door, known: &Known, visitor: Visitor, named: &[Named], more: &[(&str, &str)]) -> Knock {
    let token = known.token(visitor);
    let at = path(door, known, named);
    match door.verb {
        Verb::Get => Knock::new(Method::GET, at).from(token),
        Verb::Post => {
            let knock = Knock::new(Method::POST, at).from(token);
            let form_token = known.form_token(visitor);
            match filled(door, known, token) {
                Filled::File(bytes) => knock.file(&form_token, bytes),
                Filled::Fields(mut fields) => {
                    fields.push(("token", form_token));
                    let own = fields.iter().map(|(name, value)| (*name, value.as_str()));
                    knock.form(&own.chain(more.iter().copied()).collect::<Vec<_>>())
                }
            }
        }
    }
}

/// What was done and what was found.
#[derive(Debug, Default)]
struct Report {
    doors: usize,
    requests: usize,
    bytes_searched: usize,
    mismatches: Vec<String>,
}

impl Report {
    fn complain(&mut self, complaint: String) {
        self.mismatches.push(complaint);
    }
}

/// A world that is asked, and worlds that are changed.
struct Audit<'a> {
    template: Option<&'a Template>,
    copies: u64,
    shared: World,
    table: fn() -> Vec<Route>,
    golden: Golden,
    report: Report,
}

impl<'a> Audit<'a> {
    async fn of(template: &'a Template, table: fn() -> Vec<Route>) -> Self {
        let shared = template.copy(0).await;
        Self {
            template: Some(template),
            copies: 0,
            shared,
            table,
            golden: Golden::read(),
            report: Report::default(),
        }
    }

    /// On a world of which there is no copy: doors that change something are only knocked at by those
    /// who are turned away.
    fn of_world(shared: World, table: fn() -> Vec<Route>) -> Self {
        Self { template: None, copies: 0, shared, table, golden: Golden::read(), report: Report::default() }
    }

    /// Everything, at the doors whose path `is_asked`.
    async fn all(mut self, is_asked: impl Fn(&str) -> bool) -> Report {
        let router = self.shared.doors((self.table)());
        let doors: Vec<Door> =
            (self.table)().into_iter().map(|route| route.door).filter(|it| is_asked(it.path)).collect();
        for door in &doors {
            self.report.doors += 1;
            self.at(door, &router).await;
        }
        self.other_verbs(&doors, &router).await;
        self.report
    }

    /// Every visitor, with every filling of ids.
    async fn at(&mut self, door: &Door, router: &Router) {
        let before = digest_of_all(&self.shared.house.db).await;
        for visitor in Visitor::ALL {
            let mut nothing: Option<Answer> = None;
            for named in fillings(door.ids.len()) {
                let Some(expected) = self.golden.expected(door, visitor, &named) else {
                    return self.report.complain(format!("{} is not in permissions.txt", key_of(door)));
                };
                let turned_away = expected == 404;
                let answer = match door.mutates() && !turned_away {
                    false => self.ask(knock(door, &self.shared.known, visitor, &named, &[]), router).await,
                    true if self.template.is_none() => continue,
                    true => self.change(door, visitor, &named).await,
                };
                self.judge(door, visitor, &named, expected, &answer);
                // Whatever is not there for this visitor looks like everything else that is not there.
                if answer.status == StatusCode::NOT_FOUND {
                    let first = nothing.get_or_insert_with(|| answer.clone());
                    if *first != answer {
                        self.report
                            .complain(format!("{visitor:?} {}: {named:?} looks otherwise", key_of(door)));
                    }
                }
            }
        }
        self.tricks(door, router).await;
        self.other_sites(door, router).await;
        if digest_of_all(&self.shared.house.db).await != before {
            self.report.complain(format!("{} changed something", key_of(door)));
        }
    }

    async fn ask(&mut self, knock: Knock, router: &Router) -> Answer {
        self.report.requests += 1;
        knock.at(router).await
    }

    /// A knock that changes something, in a world of its own; twice, the second time with fields that
    /// nobody asked for. Nothing of the other hospital may change by either.
    async fn change(&mut self, door: &Door, visitor: Visitor, named: &[Named]) -> Answer {
        let known = self.shared.known.clone();
        let foreign = known.foreign.participant.to_string();
        let stuffing = [
            ("participant", foreign.as_str()),
            ("participant_id", &foreign),
            ("id", &known.foreign.warning.to_string()),
            ("contact", &known.foreign.contact.to_string()),
            ("verified_at", "2020-01-01T00:00"),
            ("role", "duty_officer"),
            ("by", &foreign),
        ]
        .map(|(name, value)| (name, value.to_owned()));
        let stuffing: Vec<(&str, &str)> =
            stuffing.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut answers = Vec::new();
        for more in [&[][..], &stuffing] {
            self.copies += 1;
            let template = self.template.expect("only a template can be copied");
            let world = template.copy(self.copies).await;
            let before = theirs(&world).await;
            let router = world.doors((self.table)());
            answers.push(self.ask(knock(door, &known, visitor, named, more), &router).await);
            let is_member = matches!(visitor, Visitor::Reader | Visitor::Admin);
            if is_member && theirs(&world).await != before {
                self.report.complain(format!("{visitor:?} {} changed what is another's", key_of(door)));
            }
            world.house.db.close().await;
        }
        if answers[0].status != answers[1].status {
            self.report.complain(format!("{visitor:?} {}: more fields, another answer", key_of(door)));
        }
        answers.swap_remove(0)
    }

    fn judge(&mut self, door: &Door, visitor: Visitor, named: &[Named], expected: u16, answer: &Answer) {
        let found = answer.status.as_u16();
        if found != expected {
            self.report.complain(format!("{visitor:?} {} {named:?}: {found}, not {expected}", key_of(door)));
        }
        self.search(door, visitor, answer);
    }

    /// Looks for words that this visitor must not read.
    fn search(&mut self, door: &Door, visitor: Visitor, answer: &Answer) {
        // In a demonstration everything is invented and everybody sees all of it.
        if door.policy == "demo" || matches!(visitor, Visitor::Analyst | Visitor::DutyOfficer) {
            return;
        }
        self.report.bytes_searched += answer.body.len();
        let text = format!("{} {:?}", answer.text(), answer.headers).to_lowercase();
        let is_known = canaries::found(text.as_bytes(), [format!("{CANARY}zuid").as_str()]).is_some();
        let holds_own_name = text.contains(OWN) && visitor.knows_no_names();
        // Who holds a link reads for whom it is.
        if is_known || text.contains(CANARY) || holds_own_name && !door.path.starts_with("/sign-in") {
            self.report.complain(format!("{visitor:?} {} tells a name", key_of(door)));
        }
    }

    /// Headers that have opened doors elsewhere.
    async fn tricks(&mut self, door: &Door, router: &Router) {
        let known = self.shared.known.clone();
        let own = vec![Named::Own; door.ids.len()];
        let admin = known.token(Visitor::Admin).unwrap_or_default().to_owned();
        for visitor in [Visitor::Nobody, Visitor::Reader, Visitor::Supervisor] {
            let expected = self.golden.expected(door, visitor, &own).unwrap_or_default();
            if door.mutates() && expected != 404 {
                continue;
            }
            for (name, value) in [
                ("x-forwarded-for", "127.0.0.1"),
                ("x-forwarded-user", "admin"),
                ("x-remote-user", "anna@noordzorg.example"),
                ("x-original-url", "/livez"),
                ("x-rewrite-url", "/livez"),
                ("x-http-method-override", "GET"),
                ("x-method-override", "DELETE"),
                ("forwarded", "for=127.0.0.1;host=localhost"),
                ("host", "localhost"),
                ("authorization", "Basic YWRtaW46YWRtaW4="),
                ("authorization", &format!("Bearer {admin}")),
                ("accept", "application/json"),
                ("referer", "\"><script>alert(1)</script>"),
                ("cookie", &format!("xdijkwacht={admin}; __Host-dijkwacht={admin}; DIJKWACHT={admin}")),
            ] {
                let plain = knock(door, &known, visitor, &own, &[]);
                let tricked = plain.clone().with(name, value);
                let [first, second] = [self.ask(plain, router).await, self.ask(tricked, router).await];
                let same =
                    first.status == second.status && (first.body == second.body || door.path == "/events");
                if !same {
                    self.report.complain(format!("{visitor:?} {}: {name} changes the answer", key_of(door)));
                }
                if second.text().contains("alert(1)") {
                    self.report.complain(format!("{} says what a header says", key_of(door)));
                }
            }
        }
    }

    /// Forms that another site, or nobody, made the browser send. All are turned away, and nothing is
    /// changed: the hash around the door shows it.
    async fn other_sites(&mut self, door: &Door, router: &Router) {
        if !door.mutates() {
            return;
        }
        let known = self.shared.known.clone();
        let own = vec![Named::Own; door.ids.len()];
        for visitor in [Visitor::Admin, Visitor::DutyOfficer, Visitor::Administrator] {
            if self.golden.expected(door, visitor, &own).is_none_or(|expected| expected == 404) {
                continue;
            }
            let sent = |from: &[(&str, &str)], token: &str| {
                let whole = knock(door, &known, visitor, &own, &[]);
                let body = String::from_utf8_lossy(&whole.body).replace(&known.form_token(visitor), token);
                let headers = whole.headers.iter().filter(|(name, _)| name != "sec-fetch-site").cloned();
                let mut knock = Knock { headers: headers.collect(), body: body.into_bytes(), ..whole };
                knock.headers.extend(from.iter().map(|(name, value)| ((*name).into(), (*value).into())));
                knock
            };
            let right = known.form_token(visitor);
            let others = known.form_token(Visitor::Reader);
            for forged in [
                sent(&[("sec-fetch-site", "cross-site")], &right),
                sent(&[("sec-fetch-site", "same-site")], &right),
                sent(&[("sec-fetch-site", "none")], &right),
                sent(&[("origin", "https://evil.example")], &right),
                sent(&[("origin", "null")], &right),
                sent(&[("origin", "http://127.0.0.1:9")], &right),
                sent(&[("sec-fetch-site", "same-origin")], ""),
                sent(&[("sec-fetch-site", "same-origin")], &others),
                sent(&[], ""),
            ] {
                let answer = self.ask(forged.clone(), router).await;
                if answer.status != StatusCode::FORBIDDEN {
                    let how = format!("{:?}", forged.headers.last());
                    self.report.complain(format!(
                        "{visitor:?} {} from elsewhere {how}: {}",
                        key_of(door),
                        answer.status
                    ));
                }
            }
        }
    }

    /// Every verb that a path does not have is 405 for everybody; HEAD is GET without its body.
    async fn other_verbs(&mut self, doors: &[Door], router: &Router) {
        let known = self.shared.known.clone();
        let paths: BTreeSet<&str> = doors.iter().map(|door| door.path).collect();
        let before = digest_of_all(&self.shared.house.db).await;
        for at in paths {
            let here: Vec<&Door> = doors.iter().filter(|door| door.path == at).collect();
            let has = |verb: Verb| here.iter().find(|door| door.verb == verb).copied();
            for visitor in Visitor::ALL {
                let own = vec![Named::Own; here[0].ids.len()];
                let place = path(here[0], &known, &own);
                for method in [
                    Method::GET,
                    Method::HEAD,
                    Method::POST,
                    Method::PUT,
                    Method::PATCH,
                    Method::DELETE,
                    Method::OPTIONS,
                ] {
                    let declared = match method {
                        Method::GET | Method::HEAD => has(Verb::Get),
                        Method::POST => has(Verb::Post),
                        _ => None,
                    };
                    if declared.is_some() && method != Method::HEAD {
                        continue;
                    }
                    let knock = Knock::new(method.clone(), &place).from(known.token(visitor));
                    let answer = self.ask(knock, router).await;
                    let expected = match declared {
                        Some(door) => self.golden.expected(door, visitor, &own).unwrap_or_default(),
                        None => 405,
                    };
                    let body_is_right = method != Method::HEAD || answer.body.is_empty();
                    if answer.status.as_u16() != expected || !body_is_right {
                        self.report.complain(format!("{visitor:?} {method} {at}: {}", answer.status));
                    }
                    self.search(here[0], visitor, &answer);
                }
            }
        }
        if digest_of_all(&self.shared.house.db).await != before {
            self.report.complain("a verb that no door has changed something".into());
        }
    }
}

/// What is kept of the other hospital.
async fn theirs(world: &World) -> String {
    let (db, of) = (&world.house.db, world.known.foreign.participant);
    let asked = warnings::Asked { participant: Some(of), ..warnings::Asked::default() };
    let kept = (
        contacts::of_participant(db, of).await.unwrap(),
        contacts::accesses(db, of).await.unwrap(),
        assets::of_participant(db, of, 1_000).await.unwrap(),
        warnings::list(db, &asked, 0, 1_000).await.unwrap(),
        warnings::of_id(db, world.known.foreign.warning, world.house.now()).await.unwrap(),
    );
    format!("{kept:?}")
}

#[tokio::test]
async fn every_door_lets_in_whom_it_should_and_looks_like_a_wall_to_everybody_else() {
    let template = Template::new().await;
    let report = Audit::of(&template, table).await.all(|_| true).await;
    let lines = Golden::read().0.len();
    eprintln!(
        "doors in the table: {}, lines in permissions.txt: {lines}, requests: {}, mismatches: {}, bytes searched \
         for words of others: {}",
        report.doors,
        report.requests,
        report.mismatches.len(),
        report.bytes_searched,
    );
    assert!(report.mismatches.is_empty(), "{:#?}", report.mismatches);
    assert_eq!(lines, report.doors, "permissions.txt names a door that is not there");
}

#[tokio::test]
async fn the_doors_are_the_same_on_both_engines() {
    let found = on_both(async |db| {
        let folder = Scratch::new();
        let world = World::settle(db, &folder.0.join("papers")).await;
        let is_asked = |path: &str| {
            ["/my/warnings/{id}", "/my/assets/{id}", "/desk/participants/{of}", "/desk/calls"]
                .iter()
                .any(|begin| path.starts_with(begin))
        };
        let report = Audit::of_world(world, table).all(is_asked).await;
        assert!(report.mismatches.is_empty(), "{:#?}", report.mismatches);
        (report.doors, report.requests, report.bytes_searched)
    })
    .await;
    eprintln!("doors, requests, bytes searched, on each engine: {found:?}");
}

/// The table with one door replaced, as somebody in a hurry would write it.
fn with(path: &str, hole: Route) -> Vec<Route> {
    let verb = hole.door.verb;
    let others = table().into_iter().filter(|route| route.door.path != path || route.door.verb != verb);
    others.chain([hole]).collect()
}

/// What the audit says about a table with this hole.
async fn found(path: &str, table: fn() -> Vec<Route>) -> Vec<String> {
    let template = Template::new().await;
    Audit::of(&template, table).await.all(|asked| asked == path).await.mismatches
}

/// A page with whatever name somebody has.
async fn tell(house: &House, id: domain::ids::WarningId) -> Result<Markup, WebError> {
    let line = warnings::line(&house.db, id).await?.ok_or(WebError::NotFound)?;
    Ok(maud::html! { p { (line.participant_name) } })
}

#[tokio::test]
async fn a_page_that_forgets_whose_warning_it_shows_is_found() {
    async fn hole(
        house: House,
        _: May<ReadOwn>,
        id: domain::ids::WarningId,
        (): (),
    ) -> Result<Markup, WebError> {
        tell(&house, id).await
    }
    const AT: &str = "/my/warnings/{id}";
    let found = found(AT, || with(AT, Route::get(AT, Rate::Page, hole))).await;
    assert!(
        found.iter().any(|it| it.contains("Reader") && it.contains("[Foreign]: 200, not 404")),
        "{found:#?}"
    );
    assert!(found.iter().any(|it| it.contains("tells a name")), "{found:#?}");
}

#[tokio::test]
async fn a_change_that_forgets_whose_asset_it_is_is_found() {
    async fn hole(
        house: House,
        _: May<EditOwn>,
        id: domain::ids::AssetId,
        (): (),
    ) -> Result<Onward, WebError> {
        let owner =
            [0xa_u128 << 120, 0xf << 120].map(|of| domain::ids::ParticipantId(uuid::Uuid::from_u128(of)));
        for of in owner {
            flow::catalogue::retire(&house, of, id).await?;
        }
        Ok(Onward::to("/my/assets"))
    }
    const AT: &str = "/my/assets/{id}/retire";
    let found = found(AT, || with(AT, Route::post(AT, Rate::Change, hole))).await;
    assert!(found.iter().any(|it| it.contains("[Foreign]: 303, not 404")), "{found:#?}");
    assert!(found.iter().any(|it| it.contains("changed something")), "{found:#?}");
}

#[tokio::test]
async fn a_child_whose_parent_is_not_asked_about_is_found() {
    use domain::ids::{ContactId, ParticipantId};
    async fn hole(
        house: House,
        may: May<WorkDesk>,
        (_, id): (ParticipantId, ContactId),
        (): (),
    ) -> Result<Onward, WebError> {
        for of in [0xa_u128 << 120, 0xf << 120] {
            let of = ParticipantId(uuid::Uuid::from_u128(of));
            flow::contacts::confirm(&house, &may.who.officer, of, id).await?;
        }
        Ok(Onward::to("/desk"))
    }
    const AT: &str = "/desk/participants/{of}/contacts/{id}/confirmation";
    let found = found(AT, || with(AT, Route::post(AT, Rate::Change, hole))).await;
    assert!(found.iter().any(|it| it.contains("[Own, Foreign]: 303, not 404")), "{found:#?}");
    assert!(found.iter().any(|it| it.contains("[Missing, Own]: 303, not 404")), "{found:#?}");
}

#[tokio::test]
async fn a_door_without_a_lock_is_found() {
    async fn hole(house: House, _: May<Anybody>, (): (), (): ()) -> Result<Markup, WebError> {
        let names = store::participants::list(&house.db, "", 0, 10).await?;
        Ok(maud::html! { @for line in names { p { (line.name) } } })
    }
    const AT: &str = "/desk/participants";
    let found = found(AT, || with(AT, Route::get(AT, Rate::Page, hole))).await;
    assert!(found.iter().any(|it| it.contains("is not in permissions.txt")), "{found:#?}");
}

#[tokio::test]
async fn looking_that_changes_something_is_found() {
    async fn hole(house: House, may: May<ReadOwn>, (): (), (): ()) -> Result<Markup, WebError> {
        let of = may.who.actor.participant;
        let who = may.who.actor.contact;
        house
            .write::<_, StoreError>("hole", async |tx| contacts::fail(tx, who, of, house.now()).await)
            .await?;
        Ok(maud::html! { p { "x" } })
    }
    const AT: &str = "/my/contacts";
    let found = found(AT, || with(AT, Route::get(AT, Rate::Page, hole))).await;
    assert!(found.iter().any(|it| it.contains("GET /my/contacts read_own changed something")), "{found:#?}");
}

#[tokio::test]
async fn a_field_that_moves_a_thing_to_somebody_else_is_found() {
    struct Stuffed(Option<domain::ids::ParticipantId>);
    impl Form for Stuffed {
        fn read(fields: &crate::Fields) -> Result<Self, WebError> {
            Ok(Self(fields.id("participant_id")?))
        }
    }
    async fn hole(house: House, may: May<EditOwn>, (): (), new: Stuffed) -> Result<Onward, WebError> {
        let of = new.0.unwrap_or(may.who.actor.participant);
        let actor = flow::house::Actor { participant: of, ..may.who.actor };
        flow::catalogue::confirm(&house, actor).await?;
        let all = assets::of_participant(&house.db, of, 10).await?;
        flow::catalogue::retire(&house, of, all[0].id).await?;
        Ok(Onward::to("/my/assets"))
    }
    const AT: &str = "/my/assets/confirm";
    let found = found(AT, || with(AT, Route::post(AT, Rate::Change, hole))).await;
    assert!(found.iter().any(|it| it.contains("changed what is another's")), "{found:#?}");
}
