//! DKIM: a mail of ours shows that our domain answers for it (RFC 6376; RFC 8301; Ed25519: RFC 8463).
//!
//! What is signed is what lies in the outbox and travels at every try. Headers that make a mail what it is are signed
//! once more than they occur, so that nobody adds a second subject or a recipient to a mail of ours.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64ct::{Base64, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::key_file;

/// Headers that are signed where they occur, in the order of the signature, and once more.
const SIGNED: [&str; 16] = [
    "From",
    "Reply-To",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "List-Id",
    "X-Dijkwacht-Warning",
    "X-Dijkwacht-Severity",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];

/// What a file must hold to be taken.
pub const WANTED: &str = "an RSA key of 2048 bits or more, or an Ed25519 key, in PEM (openssl genpkey)";

/// A key with the name under which the world finds its public half.
pub struct Signer {
    selector: String,
    secret: Secret,
}

enum Secret {
    Rsa(RsaKeyPair),
    Ed25519(SigningKey),
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("selector", &self.selector).finish_non_exhaustive()
    }
}

impl Signer {
    /// A new RSA key of 2048 bits, in PEM. It takes some tenths of a second.
    ///
    /// # Panics
    /// When the system has no chance to give.
    pub fn new_rsa() -> String {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("the system has chance");
        let pkcs8: Pkcs8V1Der<'_> = pair.as_der().expect("what was made can be written");
        key_file::to_pem(pkcs8.as_ref())
    }

    /// The key in `pem`; `None` when it is none that can sign here.
    pub fn of_pem(selector: &str, pem: &str) -> Option<Self> {
        let bytes = key_file::of_pem(pem)?;
        let secret = match key_file::ed25519_of(&bytes) {
            Some(secret) => Secret::Ed25519(SigningKey::from_bytes(&secret)),
            // 2048 bits at the least, as RFC 8301, 3.2 asks; shorter ones are refused.
            None => Secret::Rsa(RsaKeyPair::from_pkcs8(&bytes).ok()?),
        };
        Some(Self { selector: selector.to_owned(), secret })
    }

    /// The same for the same seed: for stories, and never for a node.
    pub(crate) fn in_a_story(selector: &str, seed: u64) -> Self {
        let mut bytes = [0xd1; 32];
        bytes[..8].copy_from_slice(&seed.to_be_bytes());
        Self { selector: selector.to_owned(), secret: Secret::Ed25519(SigningKey::from_bytes(&bytes)) }
    }

    pub fn selector(&self) -> &str {
        &self.selector
    }

    /// What is published at `SELECTOR._domainkey.DOMAIN`, as one text; a zone file has it in pieces of 255.
    pub fn record(&self) -> String {
        let (kind, public) = match &self.secret {
            Secret::Rsa(pair) => {
                let public: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("it was read");
                ("rsa", Base64::encode_string(public.as_ref()))
            }
            Secret::Ed25519(key) => ("ed25519", Base64::encode_string(key.verifying_key().as_bytes())),
        };
        format!("v=DKIM1; k={kind}; p={public}")
    }

    /// The header that goes before `message`, with its line end.
    fn header(&self, domain: &str, body: &str, heads: &[(&str, &str)], at: Timestamp) -> String {
        let algorithm = match self.secret {
            Secret::Rsa(_) => "rsa-sha256",
            Secret::Ed25519(_) => "ed25519-sha256",
        };
        let (mut names, mut signed) = (Vec::new(), String::new());
        for name in SIGNED {
            for (_, value) in heads.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name)) {
                names.push(name);
                signed += &relaxed(name, value);
                signed += "\r\n";
            }
            names.push(name);
        }
        let mut value = format!(
            "v=1; a={algorithm}; c=relaxed/relaxed;\r\n\td={domain}; s={}; t={};\r\n\th=",
            self.selector,
            at.as_second()
        );
        let mut width = 11;
        for (place, name) in names.iter().enumerate() {
            if place > 0 {
                value.push(':');
            }
            if width + name.len() > 76 {
                value += "\r\n\t ";
                width = 9;
            }
            value += name;
            width += name.len() + 1;
        }
        value += &format!(";\r\n\tbh={body};\r\n\tb=");
        signed += &relaxed("DKIM-Signature", &value);
        let signature = match &self.secret {
            Secret::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
                    .expect("the room is that of its modulus");
                signature
            }
            // RFC 8463, 3: the key signs the digest.
            Secret::Ed25519(key) => key.sign(&Sha256::digest(signed.as_bytes())).to_bytes().to_vec(),
        };
        for (place, line) in Base64::encode_string(&signature).as_bytes().chunks(70).enumerate() {
            value += if place > 0 { "\r\n\t " } else { "" };
            value += &String::from_utf8_lossy(line);
        }
        format!("DKIM-Signature: {value}\r\n")
    }
}

/// `message` with a signature of each signer before it. It must be ASCII with lines that end in CR LF, as ours are.
pub fn sign(signers: &[Signer], domain: &str, message: Vec<u8>, at: Timestamp) -> Vec<u8> {
    if signers.is_empty() {
        return message;
    }
    let text = String::from_utf8_lossy(&message);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let heads = headers(head);
    let body = Base64::encode_string(&Sha256::digest(relaxed_body(body).as_bytes()));
    let mut signed: String = signers.iter().map(|signer| signer.header(domain, &body, &heads, at)).collect();
    signed += &text;
    signed.into_bytes()
}

/// Name and value of each header, the value as it is folded.
pub(crate) fn headers(head: &str) -> Vec<(&str, &str)> {
    let mut headers = Vec::new();
    let mut rest = head;
    while !rest.is_empty() {
        let mut end = 0;
        loop {
            end += rest[end..].find("\r\n").unwrap_or(rest.len() - end);
            match rest[end..].strip_prefix("\r\n") {
                Some(next) if next.starts_with([' ', '\t']) => end += 2,
                _ => break,
            }
        }
        headers.extend(rest[..end].split_once(':'));
        rest = rest[end..].strip_prefix("\r\n").unwrap_or_default();
    }
    headers
}

/// A header as it is signed (RFC 6376, 3.4.2), without its line end.
pub(crate) fn relaxed(name: &str, value: &str) -> String {
    let mut header = name.to_ascii_lowercase();
    header.push(':');
    let words = value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty());
    for (place, word) in words.enumerate() {
        header += if place > 0 { " " } else { "" };
        header += word;
    }
    header
}

/// A body as it is signed (RFC 6376, 3.4.4).
pub(crate) fn relaxed_body(body: &str) -> String {
    let mut relaxed = String::with_capacity(body.len() + 2);
    let mut end = 0;
    for line in body.split("\r\n") {
        let line = line.trim_end_matches([' ', '\t']);
        let mut was_blank = false;
        for it in line.chars() {
            let is_blank = matches!(it, ' ' | '\t');
            match (is_blank, was_blank) {
                (true, true) => {}
                (true, false) => relaxed.push(' '),
                (false, _) => relaxed.push(it),
            }
            was_blank = is_blank;
        }
        relaxed += "\r\n";
        if !line.is_empty() {
            end = relaxed.len();
        }
    }
    relaxed.truncate(end);
    relaxed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_that_of_the_standard() {
        // RFC 6376, 3.4.6.
        let heads = headers("A: X\r\nB : Y\t\r\n\tZ  ");
        let lines: Vec<String> = heads.iter().map(|(name, value)| relaxed(name.trim(), value)).collect();
        assert_eq!(lines, ["a:X", "b:Y Z"]);
        assert_eq!(relaxed_body(" C \r\nD \t E\r\n\r\n\r\n"), " C\r\nD E\r\n");
        // Of nothing, and of nothing but empty lines, nothing is signed.
        assert_eq!((relaxed_body("").as_str(), relaxed_body("\r\n\r\n").as_str()), ("", ""));
        assert_eq!(relaxed_body("a"), "a\r\n");
    }

    #[test]
    fn a_key_of_the_standard_has_the_record_of_the_standard() {
        // RFC 8463, A.2.
        let secret = Base64::decode_vec("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=").unwrap();
        let pem = key_file::ed25519_to_pem(&secret.try_into().unwrap());
        let signer = Signer::of_pem("brisbane", &pem).unwrap();
        assert_eq!(signer.record(), "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    }

    #[test]
    fn a_new_key_is_of_2048_bits() {
        assert!(Signer::of_pem("s", "no key").is_none());
        let rsa = Signer::new_rsa();
        let signer = Signer::of_pem("s", &rsa).unwrap();
        assert!(signer.record().starts_with("v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"));
    }
}
