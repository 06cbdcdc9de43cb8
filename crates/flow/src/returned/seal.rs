//! Whether a mail that came in is from the domain that it says: its DKIM signature (RFC 6376; RFC 8301; RFC 8463),
//! held against the key that its domain publishes. Pure but for the question of the key, which the caller asks.
//!
//! Stricter than the standard where strictness costs an honest sender nothing: no `l=`, which lets anybody add to a
//! body; RSA of 2048 bits or more; a key that its owner says is on trial is none.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64ct::{Base64, Encoding as _};
use ed25519_dalek::{Signature, VerifyingKey};
use formats::host::registrable;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::deliver::dkim::{headers, relaxed, relaxed_body};

/// Signatures of one mail that are looked at. Honest ones have one or two.
const SIGNATURES_MAX: usize = 5;
/// Names in `h=`. Honest ones have some twenty.
const NAMES_MAX: usize = 200;

/// A mail as it is signed: one character for each of its bytes, lines that end in CR LF.
#[derive(Debug)]
pub struct Mail(String);

/// What a signature says, before anybody held it against a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub domain: String,
    selector: String,
    is_rsa: bool,
    relaxes_head: bool,
    relaxes_body: bool,
    /// In the order in which they are signed.
    names: Vec<String>,
    body_hash: Vec<u8>,
    signature: Vec<u8>,
    expires_at: Option<i64>,
    /// Its own header, with an empty `b=`.
    own: (String, String),
}

impl Mail {
    /// The mail in `bytes`. A Maildir keeps lines that end in LF alone.
    pub fn of(bytes: &[u8]) -> Self {
        let mut text = String::with_capacity(bytes.len() + bytes.len() / 16);
        let mut last = 0;
        for byte in bytes {
            if *byte == b'\n' && last != b'\r' {
                text.push('\r');
            }
            text.push(char::from(*byte));
            last = *byte;
        }
        Self(text)
    }

    fn split(&self) -> (&str, &str) {
        self.0.split_once("\r\n\r\n").unwrap_or((&self.0, ""))
    }

    /// How often a header occurs. More than once, and readers differ about which counts.
    pub fn occurrences(&self, name: &str) -> usize {
        headers(self.split().0).iter().filter(|(own, _)| own.trim().eq_ignore_ascii_case(name)).count()
    }

    /// The signatures that could count for a mail from `domain`: of the same organisation, over its sender and over
    /// all of its body.
    pub fn signatures_of(&self, domain: &str) -> Vec<Claimed> {
        let organisation = registrable(domain);
        let signed = headers(self.split().0);
        let own = signed.iter().filter(|(name, _)| name.trim().eq_ignore_ascii_case("DKIM-Signature"));
        own.take(SIGNATURES_MAX)
            .filter_map(|(name, value)| Claimed::read(name, value))
            .filter(|it| organisation.is_some() && registrable(&it.domain) == organisation)
            .filter(|it| it.covers("From"))
            .collect()
    }
}

impl Claimed {
    fn read(name: &str, value: &str) -> Option<Self> {
        let (mut tags, mut emptied) = (Vec::new(), Vec::new());
        for piece in value.split(';') {
            let (tag, is) = piece.split_once('=').unwrap_or((piece, ""));
            let known = tag.trim_matches([' ', '\t', '\r', '\n']);
            emptied.push(if known == "b" { format!("{tag}=") } else { piece.to_owned() });
            tags.push((known, is));
        }
        let tag = |wanted: &str| {
            let mut found = tags.iter().filter(|(own, _)| *own == wanted);
            let (_, is) = found.next()?;
            found.next().is_none().then(|| is.split_ascii_whitespace().collect::<String>())
        };
        let canon = tag("c").unwrap_or_else(|| "simple/simple".into());
        let (head, body) = canon.split_once('/').unwrap_or((&canon, "simple"));
        let is_relaxed = |word: &str| match word {
            "relaxed" => Some(true),
            "simple" => Some(false),
            _ => None,
        };
        let names: Vec<String> = tag("h")?.split(':').map(str::to_ascii_lowercase).collect();
        let is_name = |name: &String| {
            !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_.".contains(&it))
        };
        let (domain, selector) = (tag("d")?.to_ascii_lowercase(), tag("s")?);
        let is_fit = tag("v")? == "1"
            && !tags.iter().any(|(own, _)| *own == "l")
            && (1..=NAMES_MAX).contains(&names.len())
            && [&domain, &selector].into_iter().all(is_name)
            && domain.len() + selector.len() < 230;
        is_fit.then_some(())?;
        Some(Self {
            is_rsa: match tag("a")?.as_str() {
                "rsa-sha256" => true,
                "ed25519-sha256" => false,
                _ => return None,
            },
            relaxes_head: is_relaxed(head)?,
            relaxes_body: is_relaxed(body)?,
            body_hash: Base64::decode_vec(&tag("bh")?).ok()?,
            signature: Base64::decode_vec(&tag("b")?).ok()?,
            expires_at: match tag("x") {
                Some(at) => Some(at.parse().ok()?),
                None => None,
            },
            own: (name.to_owned(), emptied.join(";")),
            domain,
            selector,
            names,
        })
    }

    /// Whether this header is signed as it stands, or shown not to be there.
    pub fn covers(&self, name: &str) -> bool {
        self.names.iter().any(|own| own.eq_ignore_ascii_case(name))
    }

    /// Under which name its key is published, as TXT.
    pub fn place(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }

    /// By what the same signature is known again.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.signature).into()
    }

    /// Whether it holds for `mail`, with what is published at its [`place`](Self::place), at `now`.
    pub fn holds(&self, mail: &Mail, records: &[String], now: Timestamp) -> bool {
        if self.expires_at.is_some_and(|at| at < now.as_second()) {
            return false;
        }
        let (head, body) = mail.split();
        let body = if self.relaxes_body { relaxed_body(body) } else { simple_body(body) };
        if self.body_hash != <[u8; 32]>::from(Sha256::digest(bytes(&body))) {
            return false;
        }
        let signed = bytes(&self.signed(head));
        let mut keys = records.iter().filter_map(|record| key(record, self.is_rsa));
        keys.any(|key| match self.is_rsa {
            true => {
                let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &key);
                key.verify(&signed, &self.signature).is_ok()
            }
            // RFC 8463, 3: the key signs the digest.
            false => {
                let key = <[u8; 32]>::try_from(key.as_slice())
                    .ok()
                    .and_then(|it| VerifyingKey::from_bytes(&it).ok());
                let signature = Signature::from_slice(&self.signature).ok();
                key.zip(signature)
                    .is_some_and(|(key, it)| key.verify_strict(&Sha256::digest(&signed), &it).is_ok())
            }
        })
    }

    /// What is signed: the headers in its order, each the lowest that was not taken yet, then its own.
    fn signed(&self, head: &str) -> String {
        let canon = |name: &str, value: &str| match self.relaxes_head {
            true => relaxed(name.trim(), value),
            false => format!("{name}:{value}"),
        };
        let mut left: Vec<_> = headers(head);
        let mut signed = String::new();
        for wanted in &self.names {
            let at = left.iter().rposition(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
            if let Some(at) = at {
                let (name, value) = left.remove(at);
                signed += &canon(name, value);
                signed += "\r\n";
            }
        }
        signed += &canon(&self.own.0, &self.own.1);
        signed
    }
}

/// A body as it is signed when nothing about it is relaxed (RFC 6376, 3.4.3).
fn simple_body(body: &str) -> String {
    let mut end = body;
    while let Some(shorter) = end.strip_suffix("\r\n") {
        end = shorter;
    }
    format!("{end}\r\n")
}

/// The bytes for which its characters stand.
fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|it| u8::try_from(u32::from(it)).unwrap_or(b'?')).collect()
}

/// The key in a record, when it may be used for such a signature now.
fn key(record: &str, is_rsa: bool) -> Option<Vec<u8>> {
    let tags: Vec<(&str, String)> = record
        .split(';')
        .filter_map(|piece| piece.split_once('='))
        .map(|(tag, is)| (tag.trim(), is.split_whitespace().collect()))
        .collect();
    let tag = |wanted: &str| tags.iter().find(|(own, _)| *own == wanted).map(|(_, is)| is.as_str());
    let allows = |tag: Option<&str>, word: &str| tag.is_none_or(|it| it.split(':').any(|one| one == word));
    let kind = if is_rsa { "rsa" } else { "ed25519" };
    let is_fit = tag("v").is_none_or(|it| it == "DKIM1")
        && tag("k").unwrap_or("rsa") == kind
        && allows(tag("h"), "sha256")
        && (allows(tag("s"), "email") || allows(tag("s"), "*"))
        && !tag("t").is_some_and(|it| it.split(':').any(|flag| flag == "y"));
    let key = Base64::decode_vec(tag("p").filter(|_| is_fit)?).ok()?;
    (!key.is_empty()).then_some(key)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::deliver::dkim::{Signer, sign};

    /// RFC 8463, A.3, without the signature by RSA: as it stands there.
    const OF_THE_STANDARD: &str = "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n \
        d=football.example.com; i=@football.example.com;\r\n \
        q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n \
        subject : date : message-id : from : subject : date;\r\n \
        bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n \
        b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n \
        Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n\
        From: Joe SixPack <joe@football.example.com>\r\n\
        To: Suzie Q <suzie@shopping.example.net>\r\n\
        Subject: Is dinner ready?\r\n\
        Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n\
        Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\
        \r\n\
        Hi.\r\n\
        \r\n\
        We lost the game.  Are you hungry yet?\r\n\
        \r\n\
        Joe.\r\n";
    const ITS_KEY: &str = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

    fn now() -> Timestamp {
        Timestamp::from_second(1_576_800_000).unwrap()
    }

    fn holds(mail: &str, domain: &str, record: &str) -> bool {
        let mail = Mail::of(mail.as_bytes());
        mail.signatures_of(domain).iter().any(|it| it.holds(&mail, &[record.to_owned()], now()))
    }

    #[test]
    fn the_signature_of_the_standard_holds_and_every_change_to_it_does_not() {
        assert!(holds(OF_THE_STANDARD, "football.example.com", ITS_KEY));
        assert!(holds(&OF_THE_STANDARD.replace("\r\n", "\n"), "football.example.com", ITS_KEY), "a Maildir");
        let mail = Mail::of(OF_THE_STANDARD.as_bytes());
        assert_eq!(
            mail.signatures_of("football.example.com")[0].place(),
            "brisbane._domainkey.football.example.com"
        );
        for (from, to) in [
            ("We lost", "We won"),
            ("Is dinner", "Was dinner"),
            ("Joe SixPack", "Joe FivePack"),
            ("d=football", "d=baseball"),
            ("a=ed25519-sha256", "a=rsa-sha256"),
            ("/gCrinpc", "/gCrinpd"),
            ("q=dns/txt;", "q=dns/txt; l=3;"),
            ("q=dns/txt;", "q=dns/txt; x=1528637910;"),
            ("From: Joe", "From: Eve <eve@football.example.com>\r\nFrom: Joe"),
        ] {
            let changed = OF_THE_STANDARD.replace(from, to);
            assert_ne!(changed, OF_THE_STANDARD, "{from}");
            assert!(!holds(&changed, "football.example.com", ITS_KEY), "{from}");
        }
        let twice = OF_THE_STANDARD.replace("To: ", "from : eve@football.example.com\r\nTo: ");
        assert_eq!(Mail::of(twice.as_bytes()).occurrences("From"), 2);
        assert!(!holds(OF_THE_STANDARD, "elsewhere.example", ITS_KEY), "another organisation");
        assert!(!holds(OF_THE_STANDARD, "com", ITS_KEY), "a suffix is nobody's");
        for record in [
            "",
            "v=DKIM1; k=ed25519; p=",
            "v=DKIM1; k=ed25519; t=y; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            "v=DKIM1; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            "v=DKIM1; k=ed25519; h=sha1; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        ] {
            assert!(!holds(OF_THE_STANDARD, "football.example.com", record), "{record}");
        }
    }

    #[test]
    fn what_we_sign_ourselves_holds_also_by_rsa() {
        let plain = b"From: anna@noordzorg.example\r\nSubject: a  b\r\n\r\n1 \r\n\r\n\r\n".to_vec();
        let signer = Signer::of_pem("s1", &Signer::new_rsa()).unwrap();
        let record = signer.record();
        let signed = String::from_utf8(sign(&[signer], "noordzorg.example", plain, now())).unwrap();
        assert!(holds(&signed, "noordzorg.example", &record));
        assert!(holds(&signed, "mail.noordzorg.example", &record), "relaxed alignment");
        assert!(!holds(&signed.replace("\r\n1 ", "\r\n3 "), "noordzorg.example", &record));
    }

    #[test]
    fn a_body_of_which_nothing_is_relaxed_keeps_its_spaces() {
        // RFC 6376, 3.4.3 and 3.4.6.
        assert_eq!(simple_body(" C \r\nD \t E\r\n\r\n\r\n"), " C \r\nD \t E\r\n");
        assert_eq!(simple_body(""), "\r\n");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(at in 0..OF_THE_STANDARD.len(), with in prop::collection::vec(any::<u8>(), 0..30)) {
            let mut bytes = OF_THE_STANDARD.as_bytes().to_vec();
            let end = (at + with.len()).min(bytes.len());
            bytes.splice(at..end, with);
            let mail = Mail::of(&bytes);
            for signature in mail.signatures_of("football.example.com") {
                signature.holds(&mail, &[ITS_KEY.to_owned()], now());
            }
        }
    }
}
