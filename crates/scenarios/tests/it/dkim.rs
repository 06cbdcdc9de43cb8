//! Whether a mail of ours is signed, as `dkimpy` sees it, which knows nothing of how we sign.

use std::fs;
use std::path::Path;
use std::process::Command;

use flow::deliver::post::{Catcher, Post};
use flow::deliver::seals::Seals;
use flow::house::House;
use flow::sign_in;
use scenarios::country::Country;
use store::testing::on_both;

/// Prints a line for each signature: its selector, and whether it holds. `argv[1]` is the mail, the rest are the
/// records of the DNS.
const CHECK: &str = r#"
import sys, dkim
mail = open(sys.argv[1], "rb").read()
records = dict(line.split("\t", 1) for line in open(sys.argv[2]).read().splitlines())
def dns(name, timeout=5):
    return records.get(name.decode().rstrip("."), "").encode()
checker = dkim.DKIM(mail)
for number in range(mail.count(b"\nDKIM-Signature:") + mail.startswith(b"DKIM-Signature:")):
    try:
        holds = checker.verify(idx=number, dnsfunc=dns)
    except dkim.DKIMException as why:
        holds = why
    print(checker.selector.decode() if checker.selector else "?", holds)
"#;

/// Debian's own, with Debian's packages.
const PYTHON: &str = "/usr/bin/python3";

/// What `dkimpy` says of the signatures of a mail, in the order of the alphabet. `None`, with a word about it, where
/// there is none.
///
/// # Panics
/// In CI, instead of `None`.
#[expect(clippy::disallowed_methods, reason = "whether this is CI stands in the environment of the test")]
pub fn checked(mail: &[u8], records: &[(String, String)]) -> Option<Vec<String>> {
    if !Path::new("/usr/lib/python3/dist-packages/dkim").is_dir() {
        let why = "there is no dkimpy here: install the package python3-dkim";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{why}");
        eprintln!("skipped: {why}");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let (file, dns) = (folder.path().join("mail"), folder.path().join("dns"));
    fs::write(&file, mail).unwrap();
    let lines: String = records.iter().map(|(name, record)| format!("{name}\t{record}\n")).collect();
    fs::write(&dns, lines).unwrap();
    let said = Command::new(PYTHON).args(["-c", CHECK]).args([file, dns]).output().unwrap();
    let text = String::from_utf8(said.stdout).unwrap();
    assert!(said.status.success(), "{text}{}", String::from_utf8_lossy(&said.stderr));
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    Some(lines)
}

#[tokio::test]
async fn every_mail_leaves_signed_with_rsa_and_ed25519_and_what_is_changed_on_the_way_is_seen() {
    on_both(async |db| {
        let folder = tempfile::tempdir().unwrap();
        let now = "2019-12-01T00:00:00Z".parse().unwrap();
        let seals = Seals::open(folder.path(), "warnings@z-cert.example", now, House::chance).unwrap();
        let records = seals.records("warnings@z-cert.example");
        let catcher = Catcher::default();
        let mut country = Country::with_post(db, "2019-12-18", Post::Catcher(catcher.clone())).await;
        country.house.seals = seals.into();
        country.hospital("noordzorg").await;
        country.publishes(&country.advice(&[])).await;
        sign_in::ask(&country.house, "anna@noordzorg.example").await.unwrap();
        country.works().await;

        let mails = catcher.mails();
        assert_eq!(mails.len(), 2, "a warning, and a link to sign in");
        for mail in &mails {
            let Some(said) = checked(&mail.bytes, &records) else { return };
            assert_eq!(said, ["dijkwacht-ed25519 True", "dijkwacht-rsa True"]);
        }
        let mail = mails.iter().find(|mail| mail.bytes.windows(8).any(|it| it == b"List-Id:")).unwrap();
        let mail = String::from_utf8(mail.bytes.clone()).unwrap();
        let changes: [(&str, String); 5] = [
            ("a word", mail.replacen("noordzorg ", "zuidzorg ", 1)),
            ("a subject", mail.replacen("Subject: ", "Subject: x", 1)),
            ("a second subject", format!("Subject: another\r\n{mail}")),
            ("a recipient", format!("Cc: everybody@noordzorg.example\r\n{mail}")),
            ("a tail", format!("{mail}Click here\r\n")),
        ];
        for (what, changed) in changes {
            assert_ne!(changed, mail, "{what}");
            let said = checked(changed.as_bytes(), &records).unwrap();
            assert!(said.len() == 2 && said.iter().all(|line| !line.ends_with("True")), "{what}: {said:?}");
        }
        // What mail servers may do on the way: write above it, and fold a header in another way.
        let travelled = mail.replacen("Subject: ", "Subject:\r\n\t", 1);
        let travelled = format!("Received: from here\r\n\tby there\r\n{travelled}\r\n\r\n");
        let said = checked(travelled.as_bytes(), &records).unwrap();
        assert_eq!(said, ["dijkwacht-ed25519 True", "dijkwacht-rsa True"]);
    })
    .await;
}
