//! Whatever strangers and participants write, a letter stays one letter to one reader.
//!
//! The corpus goes through every field that ends up in a letter: once through the gate and the words,
//! every field with every entry in every kind of letter; and once as a story, through papers, inventories
//! and a real Postfix.

use std::collections::BTreeMap;

use domain::advisory::RevisionNumber;
use domain::contact::{Contact, Role};
use domain::ids::{AdvisoryId, ContactId, ParticipantId, WarningId};
use domain::participant::Participant;
use domain::product::Name;
use domain::severity::Severity;
use domain::text::{Language, Text};
use domain::tlp::Tlp;
use domain::warning::{Channel, Warning};
use flow::deliver::email::{self, Envelope};
use flow::deliver::letter::{About, Kind};
use flow::deliver::post::Post;
use flow::deliver::seals::Sealing;
use flow::house::Team;
use flow::ingest::Taken;
use flow::words::Words;
use flow::{contact_tests, disclose, publish, sign_in};
use scenarios::country::{Country, team};
use store::testing::on_both;
use uuid::Uuid;

use crate::postfix::{Postfix, Wanted};
use crate::read_mail::ReadMail;

/// What somebody writes who wants a letter to be another one, with a name for each.
fn corpus() -> Vec<(&'static str, String)> {
    let words = |text: &str| text.to_owned();
    // No two parts alike, so that nothing makes it short again.
    let chance = (0..10_000_u64).scan(1_u64, |it, _| {
        *it = it.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from_digit(u32::try_from(*it >> 40).ok()? % 36, 36)
    });
    let chance: String = chance.collect();
    vec![
        ("nothing", words("")),
        ("blanks", words("   ")),
        ("carriage return", words("Noord\rBcc: x@y.example")),
        ("line feed", words("Noord\nBcc: x@y.example")),
        ("both", words("Noord\r\nBcc: x@y.example")),
        ("both the wrong way round", words("Noord\n\rBcc: x@y.example")),
        ("a folded line", words("Noord\r\n Bcc: x@y.example\r\n\tCc: x@y.example")),
        ("a whole message", words("Noord\r\n\r\nFrom: x@y.example\r\nSubject: anders\r\n\r\nKlik hier.\r\n")),
        (
            "another part",
            words("Noord\r\n--0000\r\nContent-Type: text/html\r\n\r\n<b>anders</b>\r\n--0000--"),
        ),
        ("zero", words("Noord\0zorg\0")),
        ("bells and escapes", words("Noord\u{7}\u{1b}[31m\u{8}\u{8}\u{8}Zuid\u{7f}\u{9b}2J")),
        ("tab, vertical tab and form feed", words("Noord\tzorg\u{b}Bcc: x@y.example\u{c}nieuw")),
        ("next line", words("Noord\u{85}Bcc: x@y.example")),
        ("line separator", words("Noord\u{2028}Bcc: x@y.example\u{2029}nieuw")),
        ("turned around", words("Noord\u{202e}elpmaxe.groz\u{202c}")),
        (
            "embedded and isolated",
            words("Noord\u{202a}a\u{202b}b\u{202d}c\u{2066}d\u{2067}e\u{2068}f\u{2069}"),
        ),
        ("marks of direction", words("Noord\u{200e}\u{200f}\u{61c}zorg")),
        ("zero width", words("N\u{200b}o\u{200c}o\u{200d}r\u{2060}d\u{feff}zorg\u{ad}\u{180e}\u{3164}")),
        ("tags", words("Noord\u{e0001}\u{e0042}\u{e0063}\u{e0063}\u{e007f}")),
        ("one long word", chance),
        ("many words", words("Noord zorg ").repeat(1_000)),
        ("a tower of accents", format!("Noord{}", "\u{301}\u{302}\u{316}".repeat(3_000))),
        ("wide signs", words("病院ネットワーク").repeat(1_000)),
        ("from right to left", words("مستشفى الشمال – בית חולים")),
        ("an encoded word", words("=?utf-8?B?Tm9vcmQNCkJjYzogeEB5LmV4YW1wbGU=?=")),
        ("a short encoded word", words("=?utf-8?q?a=0Ab?=")),
        ("another encoded word", words("=?utf-8?Q?Noord=0D=0ABcc:_x=40y.example?= =?us-ascii?q?x?=")),
        ("quoted-printable", words("Noord=0D=0ABcc: x@y.example=\r\n=3D=")),
        ("per cent", words("Noord%0d%0aBcc:%20x@y.example&#13;&#10;Bcc: x@y.example")),
        ("backslashes", words("Noord\\r\\nBcc: x@y.example\\u202e")),
        ("a dot alone", words("Noord\r\n.\r\nMAIL FROM:<x@y.example>\r\nRCPT TO:<x@y.example>\r\nDATA\r\n")),
        ("a dot at the beginning", words(".")),
        ("two dots", words("..\n.\n..")),
        ("From at the beginning", words("From x@y.example Wed Dec 18 12:00:00 2019")),
        ("quoted", words("> Noord\n>> zorg")),
        ("the end of a letter", words("-- \nHet bestuur")),
        ("a mailbox", words("\"Z-CERT\" <warnings@z-cert.example>, x@y.example")),
        ("a group", words("iedereen: x@y.example, z@y.example;")),
        ("html", words("<script>alert(1)</script><img src=https://y.example/x.gif onerror=alert(1)>")),
        ("html that is escaped", words("&lt;script&gt; &amp;lt;b&amp;gt; </p></body></html>")),
        ("an attribute", words("\" onmouseover=\"alert(1)\" x='")),
        ("a style", words("</title><style>*{display:none}</style><!--")),
        ("markdown", words("[Meld u aan](https://y.example) ![x](https://y.example/x.gif) `code` **vet**")),
        ("a script as a link", words("javascript:alert(1) data:text/html;base64,PHNjcmlwdD4=")),
        ("a domain of another alphabet", words("z-\u{441}\u{435}rt.example https://\u{430}nnа.example")),
        ("a sentence of ours", words("{ $number } { mail-thanks } {DATETIME($due)} {\"x\"}")),
        ("a subject of ours", words("[KLAAR] Dit geldt niet meer voor u – waarschuwing 2019-0979")),
        ("no characters at all", words("Noord\u{fffe}\u{ffff}\u{fdd0}\u{10ffff}\u{e000}\u{fffd}")),
    ]
}

/// A field that somebody else fills, and how it gets into a letter.
type Field = (&'static str, fn(&mut About, &mut Participant, &mut Team, String));

const FIELDS: [Field; 10] = [
    ("participant", |_, participant, _, it| participant.name = it),
    ("number", |about, _, _, it| about.number = it),
    ("product", |about, _, _, it| about.products = vec![it.clone(), "Citrix ADC".into(), it]),
    ("seen product", |about, _, _, it| about.seen_products = vec![it]),
    ("consequence", |about, _, _, it| about.consequence = Text::both(it.clone(), it)),
    ("measure", |about, _, _, it| {
        about.measures = vec![(Text::from(it.as_str()), Some(15)), (Text::from(it.as_str()), None)]
    }),
    ("fallen measure", |about, _, _, it| about.fallen = vec![Text::from(it.as_str())]),
    ("name of the team", |_, _, team, it| team.name = it),
    ("site of the team", |_, _, team, it| team.site = it),
    ("telephone of the team", |_, _, team, it| team.telephone = it),
];

const KINDS: [Kind; 9] = [
    Kind::Warning,
    Kind::Changed,
    Kind::Reminder(2),
    Kind::MeasureFell,
    Kind::StillThere,
    Kind::Verified,
    Kind::CompromiseCheck,
    Kind::RunOut,
    Kind::StandDown,
];

#[tokio::test]
async fn no_field_of_any_letter_gets_out_of_its_line() {
    let scratch = store::testing::Scratch::new();
    let db = store::Db::open_file(&scratch.path().join("dijkwacht.sqlite")).await.unwrap();
    let country = Country::new(db, "2019-12-18").await;
    let now = country.house.now();
    let about = About {
        kind: Kind::Warning,
        number: "2019-0979".into(),
        revision: RevisionNumber::FIRST,
        severity: Severity::Critical,
        tlp: Tlp::Amber,
        due_at: now,
        products: vec!["Citrix ADC".into()],
        seen_products: vec!["Citrix Gateway".into()],
        systems: Vec::new(),
        exploited: true,
        consequence: Text::both("Iemand neemt het over.", "Somebody takes it over."),
        measures: vec![(Text::from("Switch it off"), None)],
        offer: domain::reply::Offer::of(RevisionNumber::FIRST, []),
        fallen: vec![Text::from("The workaround")],
        seen_at: None,
        presumption: Some(now),
        news: Default::default(),
        answered_by: None,
        round: String::new(),
    };
    let participant = Participant {
        id: ParticipantId(Uuid::from_u128(1)),
        name: "noordzorg".into(),
        sector: "care".into(),
        language: Language::Nl,
        kinds: [].into(),
        joined_at: now,
        left: None,
    };
    let contact = Contact {
        id: ContactId(Uuid::from_u128(2)),
        participant: participant.id,
        name: "anna".into(),
        roles: [Role::SecurityContact].into(),
        language: Language::Nl,
        mail: Some("anna@noordzorg.example".into()),
        telephone: None,
        around_the_clock: false,
        verified_at: Some(now),
        failed_at: None,
        removed_at: None,
    };
    let warning = Warning::new(WarningId(Uuid::from_u128(3)), participant.id, AdvisoryId(Uuid::from_u128(4)));
    let mut count = 0;
    for (field, fill) in FIELDS {
        for (entry, text) in corpus() {
            if field == "number" && email::plain(&text).is_empty() {
                continue; // A paper without a number goes by its title, and without either it is not read.
            }
            let (mut about, mut participant, mut team) = (about.clone(), participant.clone(), team());
            fill(&mut about, &mut participant, &mut team, text.clone());
            for kind in KINDS {
                let about = About { kind, seen_at: specific(kind).then_some(now), ..about.clone() };
                let letter = about.to(&participant, &team);
                let cleared =
                    disclose::to_member(&country.house, letter, &participant, Channel::Mail).unwrap();
                let (first, address) = (count % 2 == 0, "anna@noordzorg.example");
                let mail = email::write(&Words::of(Language::ALL[count % 2]), cleared);
                let envelope = Envelope::about(&warning, &self::team(), &contact, address, entry, first, now);
                let read = ReadMail::of(&envelope.seal(&mail, Sealing::open(&country.house.seals)).unwrap());
                assert_eq!((read.to.as_str(), read.at), (address, now.as_second()), "{field}: {entry}");
                assert_eq!(read.subject, mail.item().subject, "{field}: {entry}");
                let said = read.text.split_whitespace().collect::<Vec<_>>().join(" ");
                let visible: String = email::plain(&text).chars().take(100).collect();
                let is_shown =
                    kind == Kind::Warning && !["fallen measure", "name of the team"].contains(&field);
                assert!(!is_shown || said.contains(&visible), "{field}: {entry}: {visible:?} in {said}");
                count += 1;
            }
        }
    }
    eprintln!(
        "{count} letters of {} fields and {} texts: each is one letter to one reader",
        FIELDS.len(),
        corpus().len()
    );
}

fn specific(kind: Kind) -> bool {
    matches!(kind, Kind::StillThere | Kind::Verified | Kind::CompromiseCheck)
}

/// A paper of somebody who puts `text` wherever there is room for words, and `name` where something is
/// called by it, about a product of its own.
fn paper(number: usize, text: &str, name: &str, label: &str) -> Vec<u8> {
    let day = "2019-12-18T12:00:00Z";
    let workaround =
        serde_json::json!({"category": "workaround", "details": text, "product_ids": ["P"], "url": text});
    let fix = serde_json::json!({"category": "vendor_fix", "details": format!("{text}\n{text}"), "product_ids": ["P"]});
    let product = serde_json::json!({"name": text, "product_id": "P"});
    let version = serde_json::json!({"category": "product_version", "name": "1", "product": product});
    let named = serde_json::json!({"category": "product_name", "name": format!("Poort{number}"), "branches": [version]});
    serde_json::json!({
        "document": {
            "category": "csaf_security_advisory",
            "csaf_version": "2.0",
            "distribution": {"text": text, "tlp": {"label": label}},
            "lang": "nl",
            "notes": [
                {"category": "summary", "title": text, "text": text},
                {"category": "general", "title": "Interpretaties", "text": text},
                {"category": "general", "title": "Kans", "text": "high"},
                {"category": "general", "title": "Schade", "text": "high"},
            ],
            "publisher": {"category": "coordinator", "name": name, "namespace": "https://poldercert.example"},
            "title": text,
            "tracking": {
                "id": format!("{number} {} {name}", label.len()),
                "initial_release_date": day,
                "current_release_date": day,
                "revision_history": [{"date": day, "number": "1", "summary": text}],
                "status": "final",
                "version": "1",
            },
        },
        "product_tree": {
            "branches": [{"category": "vendor", "name": "Poldernet", "branches": [named]}],
        },
        "vulnerabilities": [{
            "cve": "CVE-2019-19781",
            "title": text,
            "notes": [{"category": "description", "text": text}],
            "product_status": {"known_affected": ["P"]},
            "remediations": [workaround, fix],
            "threats": [{"category": "impact", "details": text, "product_ids": ["P"]}],
        }],
    })
    .to_string()
    .into_bytes()
}

#[tokio::test]
async fn whoever_calls_themselves_whatever_gets_letters_that_postfix_delivers_to_them_alone() {
    if Postfix::start(&Wanted::default()).is_none() {
        return;
    }
    let refused = on_both(async |db| {
        let postfix = Postfix::start(&Wanted::default()).unwrap();
        let mut country = Country::with_post(db, "2019-12-18", Post::smtp(&postfix.server()).unwrap()).await;
        let (_, duty_officer) = country.officers();
        let duty_officer = duty_officer.clone();
        let mut refused = Vec::new();
        for (number, (entry, text)) in corpus().into_iter().enumerate() {
            // No door takes a zero, nor a name of more than three hundred characters.
            let called: String = text.replace('\0', "").chars().take(300).collect();
            let words: String = text.chars().take(250).collect();
            let domain = format!("zorg{number}");
            let product = Name::new("Poldernet", &format!("Poort{number}"));
            let hospital = country.hospital_called(&called, &domain, product).await;
            for label in ["GREEN", text.as_str()] {
                match country.receives(entry, &paper(number, &text, &words, label)).await {
                    Taken::OnTheDesk { advisories, .. } => {
                        publish::release(&country.house, &duty_officer, advisories[0]).await.unwrap();
                        country.advisory = Some(advisories[0]);
                        country.works().await;
                    }
                    other => refused.push(format!("{entry}: {other:?}")),
                }
            }
            contact_tests::ask(&country.house, hospital.id, hospital.people[0].id).await.unwrap();
            for typed in [format!("anna@{domain}.example"), format!("anna@{domain}.example{called}"), called]
            {
                sign_in::ask(&country.house, &typed).await.unwrap();
            }
            country.works().await;
        }
        country.hours(25).await;
        let mut counts = BTreeMap::new();
        for arrived in postfix.arrived() {
            let mail = ReadMail::of(&arrived.bytes);
            assert_eq!(mail.to, arrived.recipient, "{}", mail.text);
            *counts.entry(arrived.recipient).or_insert(0) += 1;
        }
        // The warning, the link and the test; a colleague gets the reminder. An empty label is none, so
        // its paper went out too, and an address with nothing behind it is that address.
        for (number, (entry, text)) in corpus().into_iter().enumerate() {
            let times = if text.trim().is_empty() { 2 } else { 1 };
            let mut of = |who: &str| counts.remove(&format!("{who}@zorg{number}.example"));
            assert_eq!((of("anna"), of("piket")), (Some(2 * times + 1), Some(times)), "{entry}");
        }
        assert_eq!(counts, BTreeMap::new(), "and nobody else got anything");
        refused
    })
    .await;
    assert_eq!(refused, [""; 0], "whatever a paper says, it is one");
}
