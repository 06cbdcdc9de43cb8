//! The letters of a story, through the mail server of half the world and back.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use domain::advisory::Content;
use domain::measure::Reliability;
use domain::observation::Seen;
use domain::warning::Stage;
use flow::deliver::post::{Outcome, Post, Security, Server};
use flow::deliver::read_back::ReadBack;
use flow::{jobs, publish, sign_in};
use scenarios::country::{Country, Hospital, WORKAROUND};
use store::outbox::{self, State};
use store::testing::on_both;

use crate::postfix::{Arrived, Postfix, Wanted};
use crate::read_mail::ReadMail;

/// What arrived, as somebody else's program reads it, in the order of its dates.
fn read(arrived: &[Arrived]) -> Vec<ReadMail> {
    let mut mails: Vec<ReadMail> = arrived.iter().map(read_one).collect();
    mails.sort_by_key(|mail| (mail.at, mail.to.clone(), mail.answers.is_some(), mail.id.clone()));
    mails
}

fn read_one(arrived: &Arrived) -> ReadMail {
    let mail = ReadMail::of(&arrived.bytes);
    assert_eq!(mail.to, arrived.recipient, "who is named is who gets it");
    assert_eq!(arrived.sender, "warnings@z-cert.example", "what cannot be delivered comes back to us");
    let own = ReadBack::of(&arrived.bytes);
    assert_eq!((own.subject(), own.text), (mail.subject.clone(), mail.text.clone()), "our reader agrees");
    mail
}

/// To whom, about what, and in which thread: each Message-ID as the number of its mail.
fn lines(mails: &[ReadMail]) -> String {
    let places: BTreeMap<&str, usize> = mails.iter().map(|mail| mail.id.as_str()).zip(1..).collect();
    assert_eq!(places.len(), mails.len(), "each has a Message-ID of its own");
    let mut lines = String::new();
    for (place, mail) in (1..).zip(mails) {
        let answers = mail.answers.as_deref().map(|id| match places.get(id) {
            Some(place) => format!(" (under {place})"),
            None => panic!("{:?} answers a mail that nobody got", mail.subject),
        });
        lines += &format!("{place:>2} {}: {}{}\n", mail.to, mail.subject, answers.unwrap_or_default());
    }
    lines
}

/// What was sent about the warning of `hospital`, as it lies in the outbox.
async fn sent(country: &Country, hospital: &Hospital) -> Vec<outbox::Delivery> {
    let id = country.warning_id(hospital).await.unwrap();
    outbox::of_warning(&country.house.db, id, hospital.id).await.unwrap()
}

async fn country_at(db: store::Db, server: &Server) -> Country {
    Country::with_post(db, "2019-12-18", Post::smtp(server).unwrap()).await
}

/// Somebody published how the hole is used: the highest level.
fn worse(country: &Country) -> impl FnOnce(&mut Content) + use<> {
    let severity = country.judged(&[("technical_details", "some")]);
    |advice: &mut Content| (advice.severity, advice.exploited) = (Some(severity), true)
}

#[tokio::test]
async fn every_letter_of_a_story_arrives_once_and_says_there_what_it_said_here() {
    if Postfix::start(&Wanted::default()).is_none() {
        return;
    }
    let (list, first, last, calls) = on_both(async |db| {
        let postfix = Postfix::start(&Wanted::default()).unwrap();
        let mut country = country_at(db, &postfix.server()).await;
        let noordzorg = country.hospital("noordzorg").await;
        let silent = country.hospital("stilzorg").await;
        country.publishes(&country.advice(&[])).await;
        sign_in::ask(&country.house, "anna@noordzorg.example").await.unwrap();
        country.works().await;

        country.hours(26).await; // who is silent is reminded,
        country.revises(worse(&country)).await; // it gets worse,
        country.hours(1).await;
        country.claims(&noordzorg, WORKAROUND).await.unwrap();
        country.hours(1).await;
        country.a_scan_sees(&noordzorg, Seen::Vulnerable).await; // "done" was not done,
        country.hours(1).await;
        country.claims(&noordzorg, WORKAROUND).await.unwrap();
        country.hours(1).await;
        country.a_scan_sees(&noordzorg, Seen::NotVulnerable).await; // now it is,
        assert_eq!(country.stage(&noordzorg).await, Stage::Closed);
        country.days(20).await; // the board of who is silent is written to and called,
        let calls = country.calling_list().await;
        country.revises(|advice| advice.measures[0].reliability = Reliability::Revoked).await; // nor does it last,
        country.days(1).await;
        country.withdraws_the_advisory().await; // and then it was nothing.
        country.hours(1).await;

        let arrived = postfix.arrived();
        let mut meant = Vec::new();
        for hospital in [&noordzorg, &silent] {
            for delivery in sent(&country, hospital).await {
                assert_eq!((delivery.state, delivery.tries), (State::Delivered, 1));
                meant.push((delivery.recipient, delivery.bytes));
            }
        }
        let came: BTreeSet<_> = arrived.iter().map(|it| (it.recipient.as_str(), it.message())).collect();
        for (recipient, bytes) in &meant {
            assert!(came.contains(&(recipient.as_str(), bytes)), "the same bytes for {recipient}");
        }
        assert_eq!(arrived.len(), meant.len() + 1, "and the link to sign in");
        let mails = read(&arrived);
        let refuted = mails.iter().find(|mail| mail.subject.contains("Wij zien het lek nog")).unwrap();
        (lines(&mails), mails[0].text.clone(), refuted.text.clone(), calls)
    })
    .await;
    insta::assert_snapshot!(list, @"
     1 anna@noordzorg.example: Aanmelden bij z-cert
     2 anna@noordzorg.example: [HOOG] Actie vóór za 21 dec 13:00 – waarschuwing 2019-0979
     3 anna@stilzorg.example: [HOOG] Actie vóór za 21 dec 13:00 – waarschuwing 2019-0979
     4 piket@noordzorg.example: [HOOG] Herinnering 1: nog geen antwoord – waarschuwing 2019-0979
     5 piket@stilzorg.example: [HOOG] Herinnering 1: nog geen antwoord – waarschuwing 2019-0979
     6 anna@noordzorg.example: [KRITIEK] Gewijzigd – waarschuwing 2019-0979 (under 2)
     7 anna@stilzorg.example: [KRITIEK] Gewijzigd – waarschuwing 2019-0979 (under 3)
     8 anna@noordzorg.example: [KRITIEK] Wij zien het lek nog – waarschuwing 2019-0979 (under 2)
     9 anna@noordzorg.example: [KLAAR] Wij zien het lek niet meer – waarschuwing 2019-0979 (under 2)
    10 anna@noordzorg.example: [KRITIEK] Uw maatregel is niet meer genoeg – waarschuwing 2019-0979 (under 2)
    11 anna@stilzorg.example: [KRITIEK] Gewijzigd – waarschuwing 2019-0979 (under 3)
    12 anna@noordzorg.example: [KLAAR] Dit geldt niet meer voor u – waarschuwing 2019-0979 (under 2)
    13 anna@stilzorg.example: [KLAAR] Dit geldt niet meer voor u – waarschuwing 2019-0979 (under 3)
    ");
    insta::assert_snapshot!(first, @"
    U vroeg om u aan te melden. Open deze link:

    http://127.0.0.1/sign-in/a35bf8320cafcb15e70b3d773bb080de7fac163f0193fcc5

    De link werkt één keer en een kwartier lang.

    Vroeg u dit niet? Doe dan niets. Bel ons als het vaker gebeurt: 085-0000 100.
    ");
    insta::assert_snapshot!(last, @"
    noordzorg - waarschuwing 2019-0979 - KRITIEK - TLP:AMBER - herinnering: nee

    GAAT DIT OVER U?   Ja: u heeft Citrix NetScaler aangemeld.
    WAT ZIEN WIJ?      Bij een meting op do 19 dec 17:00 was het lek er nog.
    HOE ERG?           Aanvallers misbruiken dit lek nu.
                       Iemand van buiten kan uw systeem overnemen, zonder
                       wachtwoord.
    WAT NU?            1. Zet de tijdelijke maatregel CTX267679 aan
                       (ongeveer 15 minuten)
                       2. Zet het systeem uit
    WANNEER?           Vóór za 21 dec 15:00 (Nederlandse tijd).
    ANTWOORD           Typ zelf z-cert.example en zoek op 2019-0979.
                       Antwoorden kost een minuut.
                       Zonder inloggen: typ zelf z-cert.example/answer,
                       nummer 2019-0979, code 1M6J-2VRK.
    ECHT?              Controleer op z-cert.example of nummer 2019-0979 van
                       ons is, of bel 085-0000 100.
    ");
    insta::assert_snapshot!(calls.join("\n"), @"
    piket van stilzorg: Sms, Csirt, Deadline
    piket van stilzorg: Telephone, DutyOfficer, YourHostIsOpen
    piket van stilzorg: Telephone, HeadOfCsirt, DutyOfCare
    bestuur van stilzorg: Letter, Director, PatientSafety
    bestuur van stilzorg: Telephone, Director, PatientSafety
    bestuur van stilzorg: Letter, Director, DutyOfCare
    ");
}

#[tokio::test]
async fn a_mailbox_that_is_refused_is_written_to_no_more_and_one_that_is_busy_is_tried_until_it_has_time() {
    let answers = [
        ("anna@noordzorg.example", "550 5.1.1 unknown here"),
        ("anna@zuidzorg.example", "450 4.2.1 busy, come back later"),
    ];
    if Postfix::start(&Wanted::default()).is_none() {
        return;
    }
    let (list, tries, refused, busy) = on_both(async |db| {
        let mut postfix = Postfix::start(&Wanted { answers: &answers, ..Wanted::default() }).unwrap();
        let mut country = country_at(db, &postfix.server()).await;
        let noordzorg = country.hospital("noordzorg").await;
        let zuidzorg = country.hospital("zuidzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(1).await;
        let waiting = sent(&country, &zuidzorg).await;
        assert_eq!(country.stage(&zuidzorg).await, Stage::Matched, "nobody has it, and nobody is blamed");
        assert_eq!(country.stage(&noordzorg).await, Stage::Notified, "a colleague has it");

        postfix.stop();
        postfix.answer(&[]);
        postfix.start_again();
        country.hours(2).await;
        assert_eq!(country.stage(&zuidzorg).await, Stage::Notified);
        let (mails, after) = (read(&postfix.arrived()), sent(&country, &zuidzorg).await);
        let id = |it: &outbox::Delivery| it.message_id.trim_matches(['<', '>']).to_owned();
        assert!(mails.iter().any(|mail| mail.id == id(&waiting[0])), "under the Message-ID that it had");
        assert_eq!(after.iter().map(|it| &it.bytes).collect::<Vec<_>>(), [&waiting[0].bytes]);
        let tries = [&waiting[0], &after[0]].map(|it| (it.state, it.tries, it.last_error.clone()));
        (lines(&mails), tries, country.story_of(&noordzorg).await, country.story_of(&zuidzorg).await)
    })
    .await;
    insta::assert_snapshot!(list, @"
    1 anna@zuidzorg.example: [KRITIEK] Actie vóór vr 20 dec 13:00 – waarschuwing 2019-0979
    2 piket@noordzorg.example: [KRITIEK] Actie vóór vr 20 dec 13:00 – waarschuwing 2019-0979
    ");
    insta::assert_snapshot!(format!("{tries:#?}"), @r#"
    [
        (
            Waiting,
            6,
            Some(
                "transient error (450): 4.2.1 <anna@zuidzorg.example>: Recipient address rejected: busy, come back later",
            ),
        ),
        (
            Delivered,
            7,
            None,
        ),
    ]
    "#);
    insta::assert_snapshot!(refused, @"
    0 h  warned
    0 h  speaks of 1.00
    0 h  exposed: likely
    0 h  mail: sent
    0 h  mail: bounced
    0 h  mail: sent
    0 h  mail: delivered
    2 h  climbed to rung 1
    2 h  a call is ordered for rung 1
    ");
    insta::assert_snapshot!(busy, @"
    0 h  warned
    0 h  speaks of 1.00
    0 h  exposed: likely
    0 h  mail: sent
    0 h  a call is ordered for rung 1
    1 h  mail: delivered
    ");
}

#[tokio::test]
async fn a_mail_server_that_stops_in_the_middle_loses_nothing_and_doubles_nothing() {
    if Postfix::start(&Wanted::default()).is_none() {
        return;
    }
    let tries = on_both(async |db| {
        let mut postfix = Postfix::start(&Wanted::default()).unwrap();
        let mut country = country_at(db, &postfix.server()).await;
        let mut hospitals = Vec::new();
        for number in 0..12 {
            hospitals.push(country.hospital(&format!("zorg{number}")).await);
        }
        let house = country.house.clone();
        let (analyst, duty_officer) = country.officers();
        let content = country.advice(&[]);
        let id = publish::propose(&house, analyst, "2019-0979", &content).await.unwrap();
        publish::release(&house, duty_officer, id).await.unwrap();
        country.advisory = Some(id);
        while jobs::work_once(&house, "work").await.unwrap() {}
        for _ in 0..5 {
            assert!(jobs::work_once(&house, "outbox").await.unwrap());
        }
        postfix.stop();
        country.works().await;
        assert_eq!(counts(&country).await, [(State::Waiting, 7), (State::Delivered, 5)]);
        country.hours(3).await;
        assert_eq!(counts(&country).await, [(State::Waiting, 7), (State::Delivered, 5)]);
        postfix.start_again();
        country.hours(1).await;
        assert_eq!(counts(&country).await, [(State::Delivered, 12)]);

        let mut ids: Vec<String> = read(&postfix.arrived()).into_iter().map(|mail| mail.id).collect();
        let (mut meant, mut tries) = (Vec::new(), BTreeMap::new());
        for hospital in &hospitals {
            for delivery in sent(&country, hospital).await {
                meant.push(delivery.message_id.trim_matches(['<', '>']).to_owned());
                *tries.entry(delivery.tries).or_insert(0) += 1;
            }
        }
        ids.sort();
        meant.sort();
        assert_eq!(ids, meant, "each once, under the Message-ID that it had from the beginning");
        tries
    })
    .await;
    assert_eq!(tries.get(&1), Some(&5), "and the others were tried more than once: {tries:?}");
}

async fn counts(country: &Country) -> Vec<(State, u64)> {
    outbox::counts(&country.house.db).await.unwrap()
}

/// Names the server in the process that trusts its certificate.
const TRUSTED: &str = "DIJKWACHT_TEST_TRUSTED_SERVER";
const NAME: &str = "dijkwacht";
const PASSWORD: &str = "een geheim met één spatie";

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "whom this process trusts stands in its environment")]
async fn nothing_leaves_before_the_server_has_shown_who_it_is_and_so_have_we() {
    if let Ok(port) = std::env::var(TRUSTED) {
        return among_those_who_trust_it(port.parse().unwrap()).await;
    }
    let wanted = Wanted { tls: true, login: Some((NAME, PASSWORD)), ..Wanted::default() };
    let Some(postfix) = Postfix::start(&wanted) else { return };
    let said = tried(&Server { security: Security::Starttls, ..postfix.server() }).await;
    assert!(said.contains("certificate"), "who vouches for it is a stranger to us: {said}");

    let open = Postfix::start(&Wanted::default()).unwrap();
    let said = tried(&Server { security: Security::Starttls, ..open.server() }).await;
    assert!(said.contains("STARTTLS is not supported"), "somebody took STARTTLS away: {said}");

    let this = "real_mail::nothing_leaves_before_the_server_has_shown_who_it_is_and_so_have_we";
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args([this, "--exact"]).env("SSL_CERT_FILE", postfix.authority());
    let done = again.env(TRUSTED, postfix.server().port.to_string()).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    let arrived = postfix.arrived();
    assert_eq!(arrived.len(), 1, "the one that was sent with the password: {}", postfix.log());
    assert_eq!(arrived[0].recipient, "anna@noordzorg.example");
    assert_eq!(open.arrived(), []);
}

/// What a server says to a message, and to nothing about its recipient.
async fn tried(server: &Server) -> String {
    let post = Post::smtp(server).unwrap();
    match post.send("anna@noordzorg.example", b"Subject: test\r\n\r\nTest\r\n").await {
        Outcome::Unclear(why) => why,
        other => panic!("{other:?}"),
    }
}

async fn among_those_who_trust_it(port: u16) {
    let login = |password: &str| Some((NAME.to_owned(), password.to_owned()));
    let server = |host: &str, login| Server {
        host: host.into(),
        port,
        security: Security::Starttls,
        login,
        sender: "warnings@z-cert.example".into(),
    };
    let said = tried(&server("localhost", login(PASSWORD))).await;
    assert!(said.contains("certificate"), "it vouches for another name: {said}");
    let said = tried(&server("127.0.0.1", None)).await;
    assert!(said.contains("5.7.1"), "nobody sends without a password: {said}");

    let said = on_both(async |db| {
        let mut country = country_at(db, &server("127.0.0.1", login("een ander"))).await;
        let noordzorg = country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        assert_eq!(country.stage(&noordzorg).await, Stage::Matched);
        let contacts = store::contacts::of_participant(&country.house.db, noordzorg.id).await.unwrap();
        assert!(contacts.iter().all(|it| it.failed_at.is_none()), "a no to us says nothing about them");
        assert_eq!(country.calling_list().await, [""; 0]);
        sent(&country, &noordzorg).await[0].last_error.clone().unwrap()
    })
    .await;
    assert!(said.contains("535 ") || said.contains("(535)"), "{said}");

    let post = Post::smtp(&server("127.0.0.1", login(PASSWORD))).unwrap();
    let bytes = b"Subject: test\r\n\r\nTest\r\n";
    assert_eq!(post.send("anna@noordzorg.example", bytes).await, Outcome::Accepted);
}
