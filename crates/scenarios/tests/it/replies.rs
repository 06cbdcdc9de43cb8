//! Somebody replies to a warning by mail. A digit counts under the signature of its own domain and once; everything else
//! changes nothing, and is seen.

use std::fs;
use std::sync::Arc;

use domain::reply::Became;
use domain::warning::{Stage, WordWay};
use flow::deliver::dkim::{Signer, sign};
use flow::egress::{Egress, Told};
use flow::follow_up::by_code;
use flow::house::Team;
use flow::key_file;
use flow::returned::{Looked, Maildir, look};
use scenarios::country::{Country, Hospital, WORKAROUND};
use store::outbox::{self, Delivery};
use store::testing::{digest_of_all, on_both};
use store::{Db, ledger, notes, replies};
use tempfile::TempDir;

/// A country whose mailbox is read, and the mail server of its hospitals, which signs.
struct Post {
    country: Country,
    noordzorg: Hospital,
    told: Told,
    folder: TempDir,
    mailbox: Maildir,
    count: u32,
}

/// A key of a domain, the same each time.
fn signer(seed: u8) -> Signer {
    let pem = key_file::ed25519_to_pem(&[seed; 32]);
    Signer::of_pem("s1", &pem).unwrap()
}

impl Post {
    async fn new(db: Db) -> Self {
        let mut country = Country::new(db, "2019-12-18").await;
        let told = Told::default();
        country.house.http = Egress::in_a_story(told.clone());
        country.house.team = Arc::new(Team { reads_replies: true, ..(*country.house.team).clone() });
        told.text("s1._domainkey.noordzorg.example", &[&signer(1).record()]);
        told.text("s1._domainkey.eve.example", &[&signer(2).record()]);
        let noordzorg = country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(1).await;
        let folder = tempfile::tempdir().unwrap();
        let mailbox = Maildir::open(folder.path()).unwrap();
        Self { country, noordzorg, told, folder, mailbox, count: 0 }
    }

    async fn letter(&self) -> Delivery {
        let id = self.country.warning_id(&self.noordzorg).await.unwrap();
        let letters = outbox::of_warning(&self.country.house.db, id, self.noordzorg.id).await.unwrap();
        letters.into_iter().rev().find(|it| it.recipient == "anna@noordzorg.example").unwrap()
    }

    /// A reply to the last letter to Anna, as her mail program writes it.
    async fn plain(&self, words: &str) -> String {
        let letter = self.letter().await;
        let id = letter.message_id;
        format!(
            "From: Anna Duin <anna@noordzorg.example>\r\nTo: warnings@z-cert.example\r\n\
             Subject: Re: [KRITIEK] Actie - waarschuwing 2019-0979\r\nMessage-ID: <r{}@noordzorg.example>\r\n\
             In-Reply-To: {id}\r\nReferences: {id}\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n\r\n> 3\r\n> {id}\r\n",
            self.count
        )
    }

    fn signed(&self, mail: &str, domain: &str, seed: u8) -> String {
        let at = self.country.house.now();
        String::from_utf8(sign(&[signer(seed)], domain, mail.as_bytes().to_vec(), at)).unwrap()
    }

    async fn annas_mail(&self, words: &str) -> String {
        self.signed(&self.plain(words).await, "noordzorg.example", 1)
    }

    /// What was found when this mail came in and nothing else did.
    async fn comes(&mut self, mail: impl AsRef<[u8]>) -> Looked {
        self.count += 1;
        let name = format!("{:04}", self.count);
        fs::write(self.folder.path().join("new").join(name), mail).unwrap();
        let looked = look(&self.country.house, &self.mailbox).await.unwrap();
        self.country.works().await;
        looked
    }

    async fn stage(&self) -> Stage {
        self.country.stage(&self.noordzorg).await
    }

    async fn counts(&self) -> Vec<(Became, u64)> {
        replies::counts(&self.country.house.db, self.country.began).await.unwrap()
    }
}

fn taken() -> Looked {
    Looked { answered: 1, ..Looked::default() }
}

fn not_taken() -> Looked {
    Looked { not_taken: 1, ..Looked::default() }
}

#[tokio::test]
async fn a_reply_of_one_digit_is_an_answer_of_which_everybody_there_is_told() {
    let letter = on_both(async |db| {
        let mut post = Post::new(db).await;
        let letter = post.country.mail_to("anna@noordzorg.example").pop().unwrap();
        let mail = post.annas_mail("1").await;
        assert_eq!(post.comes(&mail).await, taken());

        let warning = post.country.warning_of(&post.noordzorg).await.unwrap();
        assert_eq!(post.stage().await, Stage::Claimed);
        let claim = warning.claim_on(Some(post.noordzorg.assets[0])).unwrap();
        assert_eq!((claim.it.measure, claim.it.by), (WORKAROUND, post.noordzorg.people[0].id));
        assert_eq!(warning.way_of(claim.at, claim.it.by), Some(&WordWay::Mailbox));
        // Whoever is said to have written is told too: a mailbox is not a person.
        for person in &post.noordzorg.people {
            let Some(mail) = person.mail.as_deref() else { continue };
            let told = post.country.mail_to(mail).iter().filter(|text| text.contains("KLOPT DIT?")).count();
            assert_eq!(told, 1, "{mail}");
        }
        let entries = ledger::of_warning(&post.country.house.db, warning.id).await.unwrap();
        assert_eq!(entries.iter().filter(|it| format!("{:?}", it.entry).contains("ReplyCame")).count(), 1);

        // The code of the same letter takes it back, for ten minutes.
        let flat = letter.replace('\n', " ");
        let (_, code) = flat.split_once("code ").unwrap();
        let code = code.trim_start().split(['.', ' ']).next().unwrap();
        by_code::take_back(&post.country.house, "2019-0979", code).await.unwrap();
        assert_eq!(post.stage().await, Stage::Notified);
        letter
    })
    .await;
    insta::assert_snapshot!(letter);
}

#[tokio::test]
async fn what_others_forge_changes_nothing_and_is_seen() {
    on_both(async |db| {
        let mut post = Post::new(db).await;
        let (plain, own) = (post.plain("1").await, post.annas_mail("1").await);
        let as_eve = plain.replace("anna@noordzorg.example>", "eve@eve.example>");
        let tampered = own.replacen("\r\n\r\n1\r\n", "\r\n\r\n2\r\n", 1);
        assert_ne!(tampered, own);
        let twice_from = own.replacen("From: Anna", "From: eve@eve.example\r\nFrom: Anna", 1);
        let unbound = {
            // Signed by her domain for another mail, and put into this thread by somebody else.
            let letter = post.letter().await.message_id;
            let mail = plain.replace("In-Reply-To", "X-Was").replace("References", "X-Were");
            let mail = post.signed(&mail.replace("2019-0979", "lunch"), "noordzorg.example", 1);
            let names = mail.replace("In-Reply-To:", "").replace("References:", "");
            names.replacen("From: Anna", &format!("In-Reply-To: {letter}\r\nFrom: Anna"), 1)
        };
        let html = plain.replace("text/plain", "text/html").replace("\r\n1\r\n", "\r\n<p>1</p>\r\n");
        let html = post.signed(&html, "noordzorg.example", 1);
        let citizen = post.annas_mail("1\r\nbsn 111222333").await;
        let auto = plain.replacen("From:", "Auto-Submitted: auto-replied\r\nFrom:", 1);
        let auto = post.signed(&auto, "noordzorg.example", 1);
        let zeven = post.annas_mail("7").await;
        let cases = [
            ("unsigned", plain.clone(), Became::Unsigned),
            ("another sender", post.signed(&as_eve, "eve.example", 2), Became::NotTheirs),
            ("another domain's signature", post.signed(&plain, "eve.example", 2), Became::Unsigned),
            ("her domain with another key", post.signed(&plain, "noordzorg.example", 2), Became::Unsigned),
            ("a changed body", tampered, Became::Unsigned),
            ("two senders", twice_from, Became::Unreadable),
            ("not signed for this thread", unbound, Became::Unsigned),
            ("only HTML", html, Became::Unreadable),
            ("a citizen number", citizen, Became::Unreadable),
            ("a machine", auto, Became::Automatic),
            ("not offered", zeven, Became::Refused),
        ];
        let before = post.country.story_of(&post.noordzorg).await;
        for (what, mail, became) in cases {
            let counted = post.counts().await.into_iter().find(|it| it.0 == became).map_or(0, |it| it.1);
            assert_eq!(post.comes(&mail).await, not_taken(), "{what}");
            let after = post.counts().await.into_iter().find(|it| it.0 == became).map_or(0, |it| it.1);
            assert_eq!(after, counted + 1, "{what}: {:?}", post.counts().await);
            assert_eq!(post.stage().await, Stage::Notified, "{what}");
        }
        assert_eq!(post.country.story_of(&post.noordzorg).await, before);
        let open = replies::open(&post.country.house.db, 99).await.unwrap();
        assert_eq!(open.len(), 10, "all but the machine's wait for a person");
        let shown = format!("{open:?}");
        assert!(!shown.contains("111222333"));
        // What is open a person sees to, once.
        let officer = store::officers::all(&post.country.house.db).await.unwrap()[0].id;
        let house = &post.country.house;
        let see = async || {
            house.write("see", async |tx| replies::see_to(tx, open[0].id, officer, house.now()).await).await
        };
        assert!(see().await.unwrap() && !see().await.unwrap());
        assert_eq!(replies::open(&house.db, 99).await.unwrap().len(), 9);
    })
    .await;
}

#[tokio::test]
async fn a_reply_counts_once() {
    on_both(async |db| {
        let mut post = Post::new(db).await;
        // Two mails under one Message-ID: the second is taken for the first.
        let (other, first) = (post.annas_mail("3").await, post.annas_mail("4").await);
        assert_eq!(post.comes(&first).await, taken());
        assert_eq!(post.stage().await, Stage::HelpAsked);
        // Once more, as a server sends it that lost an acknowledgement, with another head on it.
        assert_eq!(post.comes(&format!("Received: again\r\n{first}")).await, not_taken());
        assert_eq!(post.comes(&other).await, not_taken());
        let renamed = first.replacen("Message-ID: <r0@", "X-Id: <r0@", 1);
        assert_eq!(post.comes(&renamed).await, not_taken(), "a changed identity breaks the signature");
        assert_eq!(post.counts().await, [(Became::Answered, 1), (Became::Doubled, 2), (Became::Unsigned, 1)]);
        assert_eq!(post.stage().await, Stage::HelpAsked);
    })
    .await;
}

#[tokio::test]
async fn a_reply_to_an_older_revision_is_late() {
    on_both(async |db| {
        let mut post = Post::new(db).await;
        let old = post.annas_mail("3").await;
        post.country.revises(|content| content.exploited = true).await;
        assert_eq!(post.comes(&old).await, not_taken());
        assert_eq!(post.counts().await, [(Became::Late, 1)]);
        assert_ne!(post.stage().await, Stage::NotAffected);
        // The letter about the newer one can be answered.
        let newer = post.annas_mail("3").await;
        assert_eq!(post.comes(&newer).await, taken());
        assert_eq!(post.stage().await, Stage::NotAffected);
    })
    .await;
}

#[tokio::test]
async fn words_become_a_note_and_somebody_is_waiting() {
    on_both(async |db| {
        let mut post = Post::new(db).await;
        let mail = post.annas_mail("Welke stap eerst?\u{202e}\r\nGroet, Anna").await;
        assert_eq!(post.comes(&mail).await, taken());
        assert_eq!(post.stage().await, Stage::Notified, "a question is no answer");
        let db = &post.country.house.db;
        let id = post.country.warning_id(&post.noordzorg).await.unwrap();
        let written = notes::of_warning(db, id, post.noordzorg.id).await.unwrap();
        assert_eq!(written[0].text, "Welke stap eerst?\nGroet, Anna");
        assert!(notes::asks_since(db, id).await.unwrap().is_some());

        // Beside a digit words are kept too, and nobody waits for an answer to them.
        let mail = post.annas_mail("1\r\n\r\nbehalve op de poort zuid").await;
        assert_eq!(post.comes(&mail).await, taken());
        let db = &post.country.house.db;
        let written = notes::of_warning(db, id, post.noordzorg.id).await.unwrap();
        assert_eq!(written.last().unwrap().text, "behalve op de poort zuid");
        assert_eq!(post.stage().await, Stage::Claimed);
    })
    .await;
}

#[tokio::test]
async fn a_key_that_cannot_be_asked_for_is_asked_for_again_and_a_file_counts_once() {
    on_both(async |db| {
        let mut post = Post::new(db).await;
        let mail = post.annas_mail("1").await;
        // The domain withdraws its key, and gives it back: what was read meanwhile was not signed.
        post.told.text("s1._domainkey.noordzorg.example", &["v=DKIM1; k=ed25519; p="]);
        assert_eq!(post.comes(&mail).await, not_taken());
        post.told.text("s1._domainkey.noordzorg.example", &[&signer(1).record()]);
        assert_eq!(post.comes(&mail).await, taken());
        let before = digest_of_all(&post.country.house.db).await;
        // The node died after its commit and before the file was moved: it reads it again.
        let cur = post.folder.path().join("cur").join("0002:2,S");
        fs::rename(cur, post.folder.path().join("new").join("0002")).unwrap();
        look(&post.country.house, &post.mailbox).await.unwrap();
        assert_eq!(digest_of_all(&post.country.house.db).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_domain_that_says_nothing_for_a_day_holds_nobody_up_and_a_person_sees_its_mail() {
    on_both(async |db| {
        let mut post = Post::new(db).await;
        let place = "s1._domainkey.noordzorg.example";
        post.told.silence(place);
        let put_off = Looked { put_off: 1, ..Looked::default() };
        let mail = post.annas_mail("1").await;
        let came_in = post.country.house.now();
        assert_eq!(post.comes(&mail).await, put_off);
        let waits = post.folder.path().join("new/0001");
        fs::File::options().append(true).open(&waits).unwrap().set_modified(came_in.into()).unwrap();
        assert_eq!(post.stage().await, Stage::Notified);

        // What comes after it is read all the same.
        let other = post.signed("From: eve@eve.example\r\nSubject: hello\r\n\r\nhello\r\n", "eve.example", 2);
        assert_eq!(post.comes(&other).await, Looked { for_a_person: 1, ..put_off });
        post.country.hours(23).await;
        assert_eq!(look(&post.country.house, &post.mailbox).await.unwrap(), put_off);
        post.country.hours(1).await;
        assert_eq!(look(&post.country.house, &post.mailbox).await.unwrap(), not_taken());
        assert_eq!(post.counts().await, [(Became::Unproven, 1)]);
        assert!(!waits.exists(), "it lies with what was looked at, and stands at the desk");
    })
    .await;
}

#[tokio::test]
async fn a_key_that_somebody_made_up_silences_no_real_one() {
    on_both(async |db| {
        let mut post = Post::new(db).await;
        post.told.silence("made-up._domainkey.noordzorg.example");
        let made_up = Signer::of_pem("made-up", &key_file::ed25519_to_pem(&[9; 32])).unwrap();
        let (now, mail) = (post.country.house.now(), post.plain("3").await.into_bytes());
        let forged = sign(&[made_up], "noordzorg.example", mail, now);
        fs::write(post.folder.path().join("new/0000"), forged).unwrap();
        let real = post.annas_mail("1").await;
        assert_eq!(post.comes(&real).await, Looked { answered: 1, put_off: 1, ..Looked::default() });
        assert_eq!(post.stage().await, Stage::Claimed);
    })
    .await;
}

#[tokio::test]
async fn a_domain_that_speaks_again_within_the_day_loses_nothing() {
    on_both(async |db| {
        let mut post = Post::new(db).await;
        let place = "s1._domainkey.noordzorg.example";
        post.told.silence(place);
        let mail = post.annas_mail("1").await;
        assert_eq!(post.comes(&mail).await, Looked { put_off: 1, ..Looked::default() });
        post.told.text(place, &[&signer(1).record()]);
        assert_eq!(look(&post.country.house, &post.mailbox).await.unwrap(), taken());
        assert_eq!(post.stage().await, Stage::Claimed);
    })
    .await;
}

#[tokio::test]
async fn hostile_bytes_change_nothing() {
    on_both(async |db| {
        let mut post = Post::new(db).await;
        let whole = post.annas_mail("1").await;
        let before = post.country.story_of(&post.noordzorg).await;
        let id = post.letter().await.message_id;
        let head = format!("From: anna@noordzorg.example\r\nIn-Reply-To: {id}\r\n");
        let nested: String = (0..500)
            .map(|at| format!("Content-Type: multipart/mixed; boundary=b{at}\r\n\r\n--b{at}\r\n"))
            .collect();
        let encoded = "MQ0K";
        let mut strange: Vec<Vec<u8>> = vec![
            vec![],
            vec![0; 4_000],
            b"\r\n\r\n\r\n".to_vec(),
            [head.as_bytes(), &[0xff; 2_000]].concat(),
            format!("{head}{nested}1").into_bytes(),
            format!("{head}X: {}\r\n\r\n1", "y".repeat(400_000)).into_bytes(),
            format!("{head}{}\r\n1", "DKIM-Signature: v=1; d=noordzorg.example; h=from; b=; bh=\r\n".repeat(2_000))
                .into_bytes(),
            format!("{head}DKIM-Signature: v=1; a=rsa-sha256; d=noordzorg.example; s=s1; h={}; bh=AA==; b=AA==\r\n\r\n1", "from:".repeat(5_000)).into_bytes(),
            format!("{head}Content-Transfer-Encoding: base64\r\n\r\n{encoded}").into_bytes(),
            format!("{head}References: {}\r\n\r\n1", "<a@b> ".repeat(20_000)).into_bytes(),
        ];
        // Cut and struck at many places.
        for at in (0..whole.len()).step_by(41) {
            strange.push(whole.as_bytes()[..at].to_vec());
            let mut struck = whole.clone().into_bytes();
            struck[at] ^= 0x15;
            // A name of a header that nobody signs may be struck without harm; the rest breaks the signature.
            if !whole[..at].ends_with('\n') {
                strange.push(struck);
            }
        }
        let mut counted = 0;
        for bytes in strange {
            counted += post.comes(&bytes).await.answered;
        }
        assert_eq!(counted, 0);
        assert_eq!(post.country.story_of(&post.noordzorg).await, before);
        assert_eq!(post.comes(&whole).await, taken(), "and the real one counts after all of it");
    })
    .await;
}
