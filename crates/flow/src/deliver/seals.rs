//! With what every mail of this node is sealed before it lies in the outbox.
//!
//! ```text
//! keys/openpgp.asc ───────────────► a signature beside the text, or inside what is encrypted, for its reader
//! keys/dkim/SELECTOR.pem, each ──► DKIM-Signature, for servers ─► a TXT record at SELECTOR._domainkey.DOMAIN
//! ```
//!
//! The signature of our domain is over all the rest. What a reader without OpenPGP sees is the same mail with a small
//! file beside it.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use lettre::message::header::{ContentDisposition, ContentTransferEncoding, ContentType};
use lettre::message::{MultiPart, MultiPartKind, SinglePart};
use sha2::{Digest as _, Sha256};

use super::dkim::{self, Signer};
use crate::key_file::{self, NoKey};
use crate::openpgp::{self, Certificate, Key, MICALG};

/// The keys that a node makes at its first start. RSA is what every receiver can check; Ed25519 is short and quick.
const RSA: &str = "dijkwacht-rsa";
const ED25519: &str = "dijkwacht-ed25519";
/// A mail with more signatures than this is not better signed: two kinds, each with the one that replaces it.
const SIGNERS_MAX: usize = 4;

/// Every secret key with which mail is sealed.
#[derive(Debug, Default)]
pub struct Seals {
    /// By selector.
    signers: Vec<Signer>,
    openpgp: Option<Key>,
}

/// How one mail is sealed.
#[derive(Debug, Clone, Copy)]
pub struct Sealing<'a> {
    pub seals: &'a Seals,
    /// Whom it is encrypted to, with chance that nobody can guess.
    pub to: Option<(&'a Certificate, [u8; 32])>,
}

impl<'a> Sealing<'a> {
    /// Signed, and read by everybody on the way.
    pub fn open(seals: &'a Seals) -> Self {
        Self { seals, to: None }
    }
}

/// Why mail cannot be sealed.
#[derive(Debug, thiserror::Error)]
pub enum Unsealed {
    #[error(transparent)]
    Key(#[from] NoKey),
    #[error("{place}: {cause}", place = .place.display())]
    Folder { place: std::path::PathBuf, cause: std::io::Error },
    #[error("{place}: more than {SIGNERS_MAX} keys; take those away that were replaced", place = .place.display())]
    TooMany { place: std::path::PathBuf },
    #[error("{place}: a selector has letters, digits and hyphens", place = .place.display())]
    Selector { place: std::path::PathBuf },
}

impl Seals {
    /// The keys in `folder`, for mail of `mailbox`. Those that are not there are made of `chance`: one for OpenPGP, and
    /// for DKIM an RSA key and an Ed25519 key.
    ///
    /// # Errors
    /// [`Unsealed`]: a node that cannot seal does not send.
    pub fn open(
        folder: &Path,
        mailbox: &str,
        now: Timestamp,
        chance: impl Fn() -> [u8; 32],
    ) -> Result<Self, Unsealed> {
        let openpgp = Key::open(&folder.join("openpgp.asc"), mailbox, now, &chance)?;
        let place = folder.join("dkim");
        if !place.exists() {
            signer(&place, RSA, Signer::new_rsa)?;
            signer(&place, ED25519, || key_file::ed25519_to_pem(&chance()))?;
        }
        let broken = |cause| Unsealed::Folder { place: place.clone(), cause };
        let mut selectors = Vec::new();
        for entry in fs::read_dir(&place).map_err(broken)? {
            let file = entry.map_err(broken)?.path();
            let Some(selector) = file.file_stem().filter(|_| file.extension().is_some_and(|it| it == "pem"))
            else {
                continue;
            };
            let selector = selector.to_string_lossy().into_owned();
            let is_plain = selector.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-');
            if !is_plain || selector.is_empty() || selector.len() > 63 {
                return Err(Unsealed::Selector { place: file });
            }
            selectors.push(selector);
        }
        if selectors.len() > SIGNERS_MAX {
            return Err(Unsealed::TooMany { place });
        }
        selectors.sort();
        let read = |selector: &String| signer(&place, selector, String::new);
        let signers = selectors.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { signers, openpgp: Some(openpgp) })
    }

    /// These keys and no others.
    pub fn of(signers: Vec<Signer>, openpgp: Option<Key>) -> Self {
        Self { signers, openpgp }
    }

    /// The same for the same seed: for stories, and never for a node.
    pub fn in_a_story(seed: u64) -> Self {
        let openpgp = Some(Key::in_a_story("warnings@z-cert.example", seed));
        Self { signers: vec![Signer::in_a_story("story", seed)], openpgp }
    }

    /// The key with which readers check our mail.
    pub fn openpgp(&self) -> Option<&Key> {
        self.openpgp.as_ref()
    }

    /// What the world must find in the DNS, by the names at which it looks.
    pub fn records(&self, mailbox: &str) -> Vec<(String, String)> {
        let domain = domain(mailbox);
        let name = |signer: &Signer| format!("{}._domainkey.{domain}", signer.selector());
        self.signers.iter().map(|signer| (name(signer), signer.record())).collect()
    }

    /// A whole message of `mailbox` with its signatures before it.
    pub(crate) fn sign(&self, mailbox: &str, message: Vec<u8>, at: Timestamp) -> Vec<u8> {
        dkim::sign(&self.signers, domain(mailbox), message, at)
    }
}

/// The domain that answers for a mail of `mailbox`.
fn domain(mailbox: &str) -> &str {
    mailbox.rsplit('@').next().unwrap_or("localhost")
}

impl Sealing<'_> {
    /// What is said, signed beside it, or signed and encrypted (RFC 3156). `name` is that of the mail: the same mail is
    /// signed as the same bytes.
    pub(crate) fn close(
        self,
        said: MultiPart,
        name: &str,
        at: Timestamp,
    ) -> Result<MultiPart, openpgp::Broken> {
        let Some(key) = &self.seals.openpgp else { return Ok(said) };
        let digest = Sha256::digest(format!("sealed {name}"));
        let boundary = &hex::encode(digest)[..32];
        let part = |kind: &str, name: &str, text: String| {
            let kind = ContentType::parse(kind).unwrap_or(ContentType::TEXT_PLAIN);
            SinglePart::builder()
                .header(kind)
                .header(ContentDisposition::inline_with_name(name))
                .header(ContentTransferEncoding::SevenBit)
                .body(text)
        };
        let mut bytes = said.formatted();
        if let Some((to, chance)) = self.to {
            let text = key.encrypt(to, bytes, at, chance)?;
            let protocol = "application/pgp-encrypted".to_owned();
            return Ok(MultiPart::builder()
                .kind(MultiPartKind::Encrypted { protocol: protocol.clone() })
                .boundary(boundary)
                .singlepart(part(&protocol, "version.txt", "Version: 1\r\n".into()))
                .singlepart(part("application/octet-stream", "encrypted.asc", text)));
        }
        // The line end before the boundary belongs to the boundary (RFC 2046, 5.1.1; RFC 3156, 5).
        bytes.truncate(bytes.len().saturating_sub(2));
        let signature = key.sign(&bytes, at, digest.into())?;
        let protocol = "application/pgp-signature".to_owned();
        Ok(MultiPart::builder()
            .kind(MultiPartKind::Signed { protocol: protocol.clone(), micalg: MICALG.into() })
            .boundary(boundary)
            .multipart(said)
            .singlepart(part(&protocol, "signature.asc", signature)))
    }
}

fn signer(folder: &Path, selector: &str, make: impl FnOnce() -> String) -> Result<Signer, NoKey> {
    let place = folder.join(format!("{selector}.pem"));
    key_file::open(&place, dkim::WANTED, make, |pem| Signer::of_pem(selector, pem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_makes_two_keys_once_and_signs_with_every_key_that_it_is_given() {
        let folder = tempfile::tempdir().unwrap();
        let at = "2020-01-16T14:02:00Z".parse().unwrap();
        let open =
            |chance: &dyn Fn() -> [u8; 32]| Seals::open(folder.path(), "warnings@z-cert.example", at, chance);
        let made = open(&|| [7; 32]).unwrap().records("warnings@z-cert.example");
        let names: Vec<&str> = made.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            ["dijkwacht-ed25519._domainkey.z-cert.example", "dijkwacht-rsa._domainkey.z-cert.example"]
        );
        let again = open(&|| panic!("there are some")).unwrap();
        assert_eq!(again.records("warnings@z-cert.example"), made);
        // One that replaces another signs beside it until the old one is taken away.
        key_file::write(&folder.path().join("dkim/2020h1.pem"), &key_file::ed25519_to_pem(&[9; 32])).unwrap();
        let three = open(&|| panic!("there are some")).unwrap();
        assert_eq!(three.records("warnings@z-cert.example").len(), 3);
        let message = b"From: warnings@z-cert.example\r\n\r\nBody\r\n".to_vec();
        let signed = String::from_utf8(three.sign("warnings@z-cert.example", message, at)).unwrap();
        assert_eq!(signed.matches("DKIM-Signature: ").count(), 3);
        assert!(signed.lines().all(|line| line.len() <= 78), "{signed}");
        fs::write(folder.path().join("dkim/not a name.pem"), "").unwrap();
        assert!(matches!(open(&|| [7; 32]), Err(Unsealed::Selector { .. })));
    }
}
