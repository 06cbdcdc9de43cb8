//! Mail that nobody but its reader reads, and mail that everybody can check: read by GnuPG.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use domain::answer_code::AnswerCode;
use domain::ids::ContactId;
use flow::contact_tests;
use flow::contacts::{self, NoKey};
use flow::openpgp::{Key, Unfit};
use mail_parser::{MessageParser, MimeHeaders as _};
use scenarios::country::{Country, Hospital};
use store::contact_keys;
use store::testing::on_both;

use crate::gnupg::Gnupg;

/// The part at `place` of a message, as it travelled: with its headers, or what stands in it.
fn part(mail: &[u8], place: usize, with_headers: bool) -> Vec<u8> {
    let message = MessageParser::default().parse(mail).unwrap();
    let part = &message.parts[place];
    let from = if with_headers { part.offset_header } else { part.offset_body };
    let bytes = &mail[usize::try_from(from).unwrap()..usize::try_from(part.offset_end).unwrap()];
    bytes.to_vec()
}

/// The kind of a message: `multipart/signed`.
fn kind(mail: &[u8]) -> String {
    let message = MessageParser::default().parse(mail).unwrap();
    let kind = message.content_type().unwrap();
    format!("{}/{}", kind.ctype(), kind.subtype().unwrap())
}

/// What lies between the first boundary and the next, byte for byte, as RFC 3156 signs it.
fn signed_part(mail: &str) -> &str {
    let boundary = mail.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
    let line = format!("\r\n--{boundary}\r\n");
    mail.split(line.as_str()).nth(1).unwrap()
}

/// Anna of this hospital gives her key; `reader` has it, and ours.
async fn anna_gives_a_key(country: &Country, hospital: &Hospital, reader: &Gnupg) -> (ContactId, String) {
    let (public, fingerprint) = reader.make_key("anna@noordzorg.example", "13m");
    reader.import(&country.house.seals.openpgp().unwrap().public());
    let anna = hospital.people[0].id;
    contacts::set_key(&country.house, hospital.actor(), anna, Some(&public), &fingerprint).await.unwrap();
    (anna, fingerprint)
}

/// `rsa` tells by its time something about a private key (CVE-2023-49092), and everybody can read that we have none.
#[test]
fn a_key_of_our_own_that_is_rsa_is_refused_where_another_of_gnupg_is_taken() {
    let Some(operator) = Gnupg::new() else { return };
    let folder = tempfile::tempdir().unwrap();
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    let open = |algorithm: &str| {
        let place = folder.path().join(algorithm);
        let secret = operator.make_secret(&format!("{algorithm}@z-cert.example"), algorithm);
        fs::write(&place, secret).unwrap();
        fs::set_permissions(&place, fs::Permissions::from_mode(0o600)).unwrap();
        Key::open(&place, "warnings@z-cert.example", now, || panic!("there is one"))
    };
    open("ed25519").unwrap();
    let refused = open("rsa2048").unwrap_err().to_string();
    assert!(refused.contains("not RSA"), "{refused}");
}

/// What asks whether letters are read goes as letters go: whoever lost the key does not answer, and is found out before
/// there is a warning.
#[tokio::test]
async fn a_test_of_a_contact_with_a_key_can_be_read_with_that_key_alone() {
    if Gnupg::new().is_none() {
        return;
    }
    on_both(async |db| {
        let reader = Gnupg::new().unwrap();
        let country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let (anna, _) = anna_gives_a_key(&country, &noordzorg, &reader).await;
        assert!(contact_tests::ask(&country.house, noordzorg.id, anna).await.unwrap());
        country.works().await;
        let mails = country.mails_to(&noordzorg);
        let sealed: Vec<_> = mails.iter().filter(|it| kind(&it.bytes) == "multipart/encrypted").collect();
        let [mail] = &sealed[..] else { panic!("the test, and not what tells of the key") };
        let mail = &mail.bytes;
        let (text, _) = reader.decrypt(&part(mail, 2, false)).unwrap();
        let text = MessageParser::default().parse(&text).unwrap().body_text(0).unwrap().into_owned();
        let typed = text.split_whitespace().find(|word| word.len() == 9 && AnswerCode::read(word).is_some());
        let typed = typed.unwrap_or_else(|| panic!("no code in {text}"));
        assert!(!String::from_utf8_lossy(mail).contains(typed));
        assert!(contact_tests::answer(&country.house, typed).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn every_mail_is_signed_and_whoever_gave_a_key_reads_more_and_alone() {
    if Gnupg::new().is_none() {
        return;
    }
    on_both(async |db| {
        let reader = Gnupg::new().unwrap();
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let stilzorg = country.hospital("stilzorg").await;
        let (_, fingerprint) = anna_gives_a_key(&country, &noordzorg, &reader).await;
        let ours = country.house.seals.openpgp().unwrap().fingerprint();
        country.publishes(&country.advice(&[])).await;
        country.works().await;

        // She is told openly that there is a key now, in case that she knows of none.
        let told = &country.mails_to(&noordzorg)[0].bytes;
        assert_eq!(kind(told), "multipart/signed");
        assert!(String::from_utf8_lossy(told).contains(&fingerprint[..4]));

        let mail = country.mails_to(&noordzorg)[1].bytes.clone();
        assert_eq!(kind(&mail), "multipart/encrypted");
        let open = String::from_utf8(mail.clone()).unwrap();
        for secret in ["vpn0", "NetScaler", "Citrix"] {
            assert!(!open.contains(secret), "{secret} can be read on the way");
        }
        let (text, signer) = reader.decrypt(&part(&mail, 2, false)).unwrap();
        assert_eq!(signer, Some(ours.clone()), "and it is signed inside");
        let inside = MessageParser::default().parse(&text).unwrap();
        let text = inside.body_text(0).unwrap().into_owned();
        assert!(text.contains("vpn0.noordzorg.example") && text.contains("NetScaler"), "{text}");

        // Without a key: the product, and no system.
        let mail = country.mails_to(&stilzorg)[0].bytes.clone();
        assert_eq!(kind(&mail), "multipart/signed");
        let open = String::from_utf8(mail.clone()).unwrap();
        assert!(open.contains("NetScaler") && !open.contains("vpn0"), "{open}");
        let signature = part(&mail, 4, false);
        let signed = signed_part(&open);
        assert_eq!(reader.verify(signed.as_bytes(), &signature), Some(ours.clone()));
        let changed = signed.replacen("NetScaler", "NetScalar", 1);
        assert_eq!(reader.verify(changed.as_bytes(), &signature), None, "a changed word is seen");

        // A year later its time is past: nothing is encrypted to it, and the mail says less.
        country.days(60).await;
        let last = country.mails_to(&noordzorg).pop().unwrap().bytes;
        assert_eq!(kind(&last), "multipart/signed");
        assert!(!String::from_utf8(last).unwrap().contains("vpn0"));
    })
    .await;
}

#[tokio::test]
async fn a_key_is_taken_only_with_the_fingerprint_that_its_owner_says() {
    if Gnupg::new().is_none() {
        return;
    }
    on_both(async |db| {
        let reader = Gnupg::new().unwrap();
        let country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let stranger = country.hospital("zuidzorg").await;
        let (public, fingerprint) = reader.make_key("anna@noordzorg.example", "never");
        let (_, another) = reader.make_key("eve@noordzorg.example", "never");
        let (old, of_old) = reader.make_key("old@noordzorg.example", "30d");
        let (house, anna) = (&country.house, noordzorg.people[0].id);
        let set = async |actor, text: Option<&str>, said: &str| {
            contacts::set_key(house, actor, anna, text, said).await
        };
        let own = noordzorg.actor();
        assert!(matches!(set(own, Some(&public), &another).await, Err(NoKey::AnotherFingerprint)));
        assert!(matches!(set(stranger.actor(), Some(&public), &fingerprint).await, Err(NoKey::Nobody)));
        assert!(matches!(set(own, Some(&old), &of_old).await, Err(NoKey::Unfit(Unfit::Unsound))));
        assert!(matches!(set(own, Some("hello"), &another).await, Err(NoKey::Unfit(Unfit::Unreadable))));
        assert!(matches!(set(own, None, &fingerprint).await, Err(NoKey::NotFound)), "no directory");
        let both = format!("{public}{old}");
        assert!(matches!(set(own, Some(&both), &of_old).await, Err(NoKey::AnotherFingerprint)));
        assert!(contact_keys::of_participant(&house.db, noordzorg.id).await.unwrap().is_empty());

        let grouped: String =
            fingerprint.as_bytes().chunks(4).map(|it| String::from_utf8_lossy(it) + " ").collect();
        set(own, Some(&public), &grouped.to_lowercase()).await.unwrap();
        let kept = contact_keys::of_participant(&house.db, noordzorg.id).await.unwrap();
        assert_eq!(kept[&anna].fingerprint, fingerprint);
        let person = store::contacts::of_id(&house.db, anna, noordzorg.id).await.unwrap().unwrap();
        assert!(person.verified_at.is_some(), "her own key, by herself");
        // A colleague who sets it makes her unconfirmed: that is what an intruder would do.
        set(noordzorg.colleague(), Some(&public), &fingerprint).await.unwrap();
        let person = store::contacts::of_id(&house.db, anna, noordzorg.id).await.unwrap().unwrap();
        assert_eq!(person.verified_at, None);
        assert!(contacts::forget_key(house, noordzorg.id, anna).await.unwrap());
        assert!(!contacts::forget_key(house, stranger.id, anna).await.unwrap());
    })
    .await;
}
