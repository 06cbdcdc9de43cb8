//! Letters from a released advisory to a mail server that said yes: signed for servers (DKIM), signed and encrypted for
//! their readers (OpenPGP); and the same work done by what others have for it, within the same minute.
//!
//! The mail server is Postfix's own sink, a process by itself, so that only our side is counted. What is held against it
//! does what we do: one text for each recipient, one connection.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use disclosure::Cleared;
use domain::advisory::RevisionNumber;
use domain::contact::{Contact, Role};
use domain::ids::{AdvisoryId, ContactId, ParticipantId, WarningId};
use domain::participant::Participant;
use domain::severity::Severity;
use domain::text::{Language, Text};
use domain::tlp::Tlp;
use domain::warning::{Channel, Warning};
use flow::deliver::dkim::Signer;
use flow::deliver::email::{self, Envelope};
use flow::deliver::letter::{About, Kind};
use flow::deliver::post::{Outcome, Post, Security, Server};
use flow::deliver::seals::{Sealing, Seals};
use flow::house::{House, Officer};
use flow::openpgp::{Certificate, Key};
use flow::words::Words;
use flow::{disclose, jobs, publish};
use jiff::Timestamp;
use pgp::composed::{
    ArmorOptions, EncryptionCaps, KeyType, SecretKeyParamsBuilder, SignedPublicKey, SubkeyParamsBuilder,
};
use pgp::crypto::ecc_curve::ECCCurve;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use scenarios::country::{self, Country};
use scenarios::population::Population;
use store::contact_keys::{self, ContactKey, Found};
use store::papers::Folder;
use store::{Db, StoreError};
use uuid::Uuid;

use crate::peers::{run_python, tried_python};
use crate::{Scratch, cpu_seconds, join, print};

pub async fn deliver(mails: usize) {
    let folder = Scratch::new();
    let Some(sink) = Sink::start() else {
        eprintln!("skipped: there is no smtp-sink here: install the package postfix");
        return;
    };
    whole(&folder, &sink, mails).await;
    signed(&folder, &sink, mails).await;
    bare(&folder, &sink, mails).await;
}

/// RSA for servers, which is what is dear, and Ed25519 for readers.
fn seals(with_openpgp: bool) -> Seals {
    let signer = Signer::of_pem("bench", &Signer::new_rsa()).unwrap();
    Seals::of(vec![signer], with_openpgp.then(|| Key::in_a_story("warnings@z-cert.example", 1)))
}

/// Everything, from the release to the last yes: matching, the gate, a record of each decision, the ledger, the outbox,
/// both seals, and the conversation with the server.
async fn whole(folder: &Scratch, sink: &Sink, participants: usize) {
    let db = Db::open_file(&folder.path("deliver.sqlite")).await.unwrap();
    let papers = Folder::open(&folder.path("papers")).unwrap();
    let now: Timestamp = "2019-12-18T12:00:00Z".parse().unwrap();
    let post = Post::smtp(&sink.server).unwrap();
    let mut house = country::house(db, papers, now, 1, post, country::team());
    house.seals = seals(true).into();
    let (contacts, _) = join(&house, Population::care_only(1, participants, 2)).await;
    give_keys(&house, &contacts).await;

    let elsewhere = Db::open_scratch(&folder.path("elsewhere.sqlite")).await.unwrap();
    let content = Country::new(elsewhere, "2019-12-18").await.advice(&[("technical_details", "some")]);
    let officer = |name: &str| Officer { id: house.id(), name: name.into() };
    let id = publish::propose(&house, &officer("author"), "2019-0979", &content).await.unwrap();
    let began = cpu_seconds();
    publish::release(&house, &officer("releaser"), id).await.unwrap();
    let released = cpu_seconds();
    flow::expose::advisory(&house, id).await.unwrap();
    let exposed = cpu_seconds();
    flow::warn::everybody(&house, id).await.unwrap();
    let warned = cpu_seconds();
    jobs::work_off(&house).await.unwrap();
    let ended = cpu_seconds();
    let delivered: u64 = store::outbox::counts(&house.db)
        .await
        .unwrap()
        .into_iter()
        .filter(|(state, _)| *state == store::outbox::State::Delivered)
        .map(|(_, count)| count)
        .sum();
    assert!(delivered >= participants as u64 / 2, "{delivered} letters arrived");
    let of_ten_thousand = |seconds: f64| seconds * 10_000.0 / f64::from(u32::try_from(delivered).unwrap());
    print(
        "deliver",
        "cpu_seconds_10000_signed_encrypted",
        of_ten_thousand(ended - began),
        "cpu-s",
        "aim",
        10.0,
    );
    for (stage, seconds) in [
        ("release", released - began),
        ("match", exposed - released),
        ("warn", warned - exposed),
        ("send", ended - warned),
    ] {
        let figure = format!("cpu_seconds_10000_{stage}");
        print("deliver", &figure, of_ten_thousand(seconds), "cpu-s", "whole", of_ten_thousand(ended - began));
    }
}

/// A key of each contact's own, made of its number.
async fn give_keys(house: &House, contacts: &[Contact]) {
    let mut keys = Vec::new();
    for (number, contact) in (0_u64..).zip(contacts) {
        let public = public_key(contact.mail.as_deref().unwrap(), number);
        let certificate = Certificate::read(public.as_bytes(), house.now()).unwrap();
        keys.push((
            contact.participant,
            ContactKey {
                contact: contact.id,
                fingerprint: certificate.fingerprint(),
                certificate: certificate.bytes(),
                expires_at: None,
                found: Found::Given,
                known_at: house.now(),
            },
        ));
    }
    for some in keys.chunks(100) {
        house
            .write("give keys", async |tx| {
                for (of, key) in some {
                    contact_keys::put(tx, key, *of).await?;
                }
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();
    }
}

/// What most have: Ed25519 with a Curve25519 subkey.
fn public_key(address: &str, number: u64) -> String {
    let made = pgp::types::Timestamp::from_secs(1_546_300_800);
    let subkey = SubkeyParamsBuilder::default()
        .key_type(KeyType::ECDH(ECCCurve::Curve25519Legacy))
        .can_encrypt(EncryptionCaps::All)
        .created_at(made)
        .build()
        .unwrap();
    let secret = SecretKeyParamsBuilder::default()
        .key_type(KeyType::Ed25519Legacy)
        .can_certify(true)
        .can_sign(true)
        .created_at(made)
        .primary_user_id(format!("<{address}>"))
        .subkey(subkey)
        .build()
        .unwrap();
    let secret = secret.generate(StdRng::seed_from_u64(number)).unwrap();
    SignedPublicKey::from(secret).to_armored_string(ArmorOptions::default()).unwrap()
}

/// One letter in words for the `number`th recipient, through the gate.
struct Letters {
    house: House,
    about: About,
    participant: Participant,
    contact: Contact,
    warning: Warning,
}

impl Letters {
    async fn new(folder: &Scratch, name: &str) -> Self {
        let db = Db::open_scratch(&folder.path(name)).await.unwrap();
        let country = Country::new(db, "2019-12-18").await;
        let now = country.house.now();
        let line = "Zet de tijdelijke maatregel aan en kijk daarna of iemand binnen is geweest.";
        let about = About {
            kind: Kind::Warning,
            number: "2019-0979".into(),
            revision: RevisionNumber::FIRST,
            severity: Severity::Critical,
            tlp: Tlp::Amber,
            due_at: now,
            products: Vec::new(),
            seen_products: Vec::new(),
            systems: Vec::new(),
            exploited: true,
            consequence: Text::both("Iemand neemt het systeem over.", "Somebody takes it over."),
            measures: (0..6).map(|_| (Text::both(line, line), Some(15))).collect(),
            offer: domain::reply::Offer::of(RevisionNumber::FIRST, []),
            fallen: Vec::new(),
            seen_at: None,
            presumption: None,
            news: [].into(),
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
            mail: None,
            telephone: None,
            around_the_clock: false,
            verified_at: Some(now),
            failed_at: None,
            removed_at: None,
        };
        let id = (WarningId(Uuid::from_u128(3)), AdvisoryId(Uuid::from_u128(4)));
        let warning = Warning::new(id.0, participant.id, id.1);
        Self { house: country.house.clone(), about, participant, contact, warning }
    }

    fn letter(&self, number: usize) -> (String, Cleared<email::Mail>) {
        let mut about = self.about.clone();
        about.products = vec![format!("System {number}")];
        let letter = about.to(&self.participant, &self.house.team);
        let cleared = disclose::to_member(&self.house, letter, &self.participant, Channel::Mail).unwrap();
        (format!("r{number}@d{}.example", number % 97), email::write(&Words::of(Language::Nl), cleared))
    }

    /// The bytes of the `number`th, sealed with `seals`.
    fn bytes(&self, number: usize, seals: &Seals) -> (String, Vec<u8>) {
        let (to, mail) = self.letter(number);
        let (team, now) = (&self.house.team, self.house.now());
        let key = number.to_string();
        let envelope = Envelope::about(&self.warning, team, &self.contact, &to, &key, false, now);
        let bytes = envelope.seal(&mail, Sealing::open(seals)).unwrap();
        (to, bytes)
    }

    /// CPU seconds for `count` of them, each made through the gate, sealed, and taken by the sink.
    async fn sent(&self, count: usize, seals: &Seals, post: &Post) -> f64 {
        let began = cpu_seconds();
        for number in 0..count {
            let (to, bytes) = self.bytes(number, seals);
            assert_eq!(post.send(&to, &bytes).await, Outcome::Accepted);
        }
        cpu_seconds() - began
    }
}

/// Signed for servers, beside Python's smtplib with dkimpy, which is given the same words.
async fn signed(folder: &Scratch, sink: &Sink, count: usize) {
    let letters = Letters::new(folder, "signed.sqlite").await;
    let post = Post::smtp(&sink.server).unwrap();
    let seconds = letters.sent(count, &seals(false), &post).await;
    let ours = per_second(count, seconds);
    let theirs = match tried_python(&folder.path(""), &["dkimpy"]) {
        Ok(python) => {
            let (_, mail) = letters.letter(0);
            std::fs::write(folder.path("text"), mail.item().text()).unwrap();
            std::fs::write(folder.path("html"), mail.item().html()).unwrap();
            std::fs::write(folder.path("key.pem"), Signer::new_rsa()).unwrap();
            let script = PYTHON.replace("PORT", &sink.server.port.to_string());
            run_python(&python, &folder.path(""), &script).trim().parse().unwrap()
        }
        Err(why) => {
            eprintln!("not held against Python: {why}");
            0.0
        }
    };
    print("deliver", "mails_per_cpu_second_signed", ours, "mails/cpu-s", "smtplib_dkimpy", theirs);
}

/// A thousand mails, each composed, signed and sent as Python's own documentation does it. Prints mails per CPU second.
const PYTHON: &str = r#"
import smtplib, time, dkim
from email.message import EmailMessage
text, html = open("text").read(), open("html").read()
key = open("key.pem", "rb").read()
count = 1000
server = smtplib.SMTP("127.0.0.1", PORT)
began = time.process_time()
for number in range(count):
    mail = EmailMessage()
    mail["From"] = mail["Reply-To"] = "warnings@z-cert.example"
    mail["To"] = f"r{number}@d{number % 97}.example"
    mail["Subject"] = "[KRITIEK] Actie - waarschuwing 2019-0979"
    mail["Message-ID"] = f"<w.{number}@z-cert.example>"
    mail["Date"] = "Wed, 18 Dec 2019 12:00:00 +0000"
    mail.set_content(text.replace("System 0", f"System {number}"))
    mail.add_alternative(html.replace("System 0", f"System {number}"), subtype="html")
    raw = mail.as_bytes().replace(b"\n", b"\r\n")
    signature = dkim.sign(raw, b"bench", b"z-cert.example", key, canonicalize=(b"relaxed", b"relaxed"))
    server.sendmail("warnings@z-cert.example", [mail["To"]], signature + raw)
print(count / (time.process_time() - began))
"#;

/// Without any seal, beside Postfix's own source of test mail, which sends one text over and over.
async fn bare(folder: &Scratch, sink: &Sink, count: usize) {
    let letters = Letters::new(folder, "bare.sqlite").await;
    let post = Post::smtp(&sink.server).unwrap();
    let none = Seals::default();
    let length = letters.bytes(0, &none).1.len();
    let seconds = letters.sent(count, &none, &post).await;
    let began = cpu_seconds_of_children();
    let to = format!("127.0.0.1:{}", sink.server.port);
    let (length, many) = (length.to_string(), count.to_string());
    let mut source = Command::new("smtp-source");
    source.args([
        "-s",
        "20",
        "-l",
        &length,
        "-m",
        &many,
        "-f",
        "a@z-cert.example",
        "-t",
        "b@d1.example",
        &to,
    ]);
    let done = source.status().is_ok_and(|status| status.success());
    let theirs = if done { per_second(count, cpu_seconds_of_children() - began) } else { 0.0 };
    print(
        "deliver",
        "mails_per_cpu_second_bare",
        per_second(count, seconds),
        "mails/cpu-s",
        "smtp-source",
        theirs,
    );
}

fn per_second(count: usize, seconds: f64) -> f64 {
    f64::from(u32::try_from(count).unwrap()) / seconds.max(0.01)
}

/// CPU seconds of the processes that ended so far. Source: proc(5), fields 16 and 17.
fn cpu_seconds_of_children() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks: u32 = [13, 14].iter().map(|place| fields[*place].parse::<u32>().unwrap()).sum();
    f64::from(ticks) / 100.0
}

/// Postfix's mail server that says yes to everything and keeps nothing.
struct Sink {
    process: Child,
    server: Server,
}

impl Sink {
    fn start() -> Option<Self> {
        let program =
            ["/usr/sbin/smtp-sink", "/usr/bin/smtp-sink"].into_iter().find(|it| Path::new(it).is_file())?;
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut sink = Command::new(program);
        if std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
            sink.args(["-u", "nobody"]);
        }
        sink.arg(format!("127.0.0.1:{port}")).arg("200").stdout(Stdio::null()).stderr(Stdio::inherit());
        let process = sink.spawn().ok()?;
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let server = Server {
            host: "127.0.0.1".into(),
            port,
            security: Security::None,
            login: None,
            sender: "warnings@z-cert.example".into(),
        };
        Some(Self { process, server })
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}
