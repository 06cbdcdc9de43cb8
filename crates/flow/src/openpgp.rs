//! OpenPGP: public keys of others, and the key with which this node signs its mail.
//!
//! We sign, verify and encrypt, and never decrypt: no secret of anybody else's can be had here, and none of ours is
//! used on what a stranger sends (RUSTSEC-2023-0071). What is encrypted is signed inside; what goes to somebody
//! without a key is signed beside (RFC 9580; in mail RFC 3156).

use std::path::Path;

use jiff::Timestamp;
use pgp::composed::{
    ArmorOptions, Deserializable as _, DetachedSignature, KeyType, MessageBuilder, SecretKeyParamsBuilder,
    SignedPublicKey, SignedSecretKey, SubpacketConfig,
};
use pgp::crypto::hash::HashAlgorithm;
use pgp::crypto::public_key::PublicKeyAlgorithm;
use pgp::crypto::sym::SymmetricKeyAlgorithm;
use pgp::packet::{Signature, SignatureType, Subpacket, SubpacketData};
use pgp::ser::Serialize as _;
use pgp::types::{Duration, KeyDetails, Password, PublicParams, Timestamp as Seconds};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::key_file::{self, NoKey};

/// How a signature is made; as RFC 3156, 5 names it in a mail.
pub const MICALG: &str = "pgp-sha512";
const HASH: HashAlgorithm = HashAlgorithm::Sha512;
/// The shortest RSA key that anything is encrypted to.
const RSA_BITS_MIN: u16 = 2_048;
/// The largest public key that is looked at.
pub const BYTES_MAX: usize = 1 << 18;

/// The keys in an armoured or a bare file, at most twenty; none when it holds none.
pub(crate) fn of_bytes(bytes: &[u8]) -> Vec<SignedPublicKey> {
    let text = String::from_utf8_lossy(bytes);
    if let Ok((keys, _)) = SignedPublicKey::from_string_many(&text) {
        return keys.flatten().take(20).collect();
    }
    SignedPublicKey::from_bytes_many(bytes).map(|keys| keys.flatten().take(20).collect()).unwrap_or_default()
}

/// Whether a key vouches for itself, was not withdrawn, and is not past its time.
pub(crate) fn is_sound(key: &SignedPublicKey, now: Timestamp) -> bool {
    key.verify_bindings().is_ok()
        && key.details.revocation_signatures.is_empty()
        && ends_at(key).is_none_or(|end| end > now)
}

/// When a key is past its time; `None` for never. The longest life that any of its own signatures gives it counts.
fn ends_at(key: &SignedPublicKey) -> Option<Timestamp> {
    let own = key.details.users.iter().flat_map(|user| &user.signatures);
    let lives = own.chain(&key.details.direct_signatures).filter_map(Signature::key_expiration_time);
    after(key.primary_key.created_at(), lives.max_by_key(|life| life.as_secs()))
}

/// `life` after `made`; nought is for ever, as RFC 9580, 5.2.3.13 has it.
fn after(made: Seconds, life: Option<Duration>) -> Option<Timestamp> {
    let life = life.map(|life| i64::from(life.as_secs())).filter(|life| *life > 0)?;
    Timestamp::from_second(i64::from(made.as_secs()).saturating_add(life)).ok()
}

/// A public key to which mail can be encrypted now.
#[derive(Debug, Clone)]
pub struct Certificate {
    key: SignedPublicKey,
    /// The subkey that encrypts; `None` for the key itself.
    encrypts: Option<usize>,
    expires_at: Option<Timestamp>,
}

/// Why nothing can be encrypted to what somebody handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("this is no public key")]
    Unreadable,
    #[error("this is a secret key; it must be replaced, for others have it now")]
    Secret,
    #[error("there are several keys in this")]
    Several,
    #[error("the key was withdrawn, is past its time, or does not hold together")]
    Unsound,
    #[error("the key cannot encrypt, or is too weak")]
    CannotEncrypt,
}

impl Certificate {
    /// The one key in `bytes`, armoured or not.
    ///
    /// # Errors
    /// [`Unfit`] when nothing can be encrypted to it as of `now`.
    pub fn read(bytes: &[u8], now: Timestamp) -> Result<Self, Unfit> {
        if bytes.len() > BYTES_MAX {
            return Err(Unfit::Unreadable);
        }
        if String::from_utf8_lossy(bytes).contains("PRIVATE KEY BLOCK") {
            return Err(Unfit::Secret);
        }
        let mut keys = of_bytes(bytes);
        match (keys.pop(), keys.is_empty()) {
            (Some(key), true) => Self::of(key, now),
            (Some(_), false) => Err(Unfit::Several),
            (None, _) => Err(Unfit::Unreadable),
        }
    }

    /// Those in `bytes` that are for `address` and can be encrypted to, in their order.
    pub fn for_address(bytes: &[u8], address: &str, now: Timestamp) -> Vec<Self> {
        let sound = of_bytes(bytes).into_iter().filter_map(|key| Self::of(key, now).ok());
        sound.filter(|key| key.is_for(address)).collect()
    }

    fn of(key: SignedPublicKey, now: Timestamp) -> Result<Self, Unfit> {
        if !is_sound(&key, now) {
            return Err(Unfit::Unsound);
        }
        let whole = ends_at(&key);
        let mut found: Option<(Option<usize>, Option<Timestamp>)> = None;
        for (place, subkey) in key.public_subkeys.iter().enumerate() {
            let revoked =
                subkey.signatures.iter().any(|it| it.typ() == Some(SignatureType::SubkeyRevocation));
            let newest = subkey.signatures.iter().max_by_key(|it| it.created());
            let Some(binding) = newest.filter(|it| encrypts(it)) else { continue };
            let end = after(subkey.key.created_at(), binding.key_expiration_time());
            let lives = end.is_none_or(|end| end > now);
            if revoked
                || !lives
                || !is_strong(&subkey.key)
                || subkey.verify_bindings(&key.primary_key).is_err()
            {
                continue;
            }
            // The newest subkey, as GnuPG takes it.
            found = Some((Some(place), end));
        }
        let own = key.details.users.iter().flat_map(|user| &user.signatures);
        if found.is_none() && own.into_iter().any(encrypts) && is_strong(&key.primary_key) {
            found = Some((None, None));
        }
        let Some((encrypts, end)) = found else { return Err(Unfit::CannotEncrypt) };
        let expires_at = [whole, end].into_iter().flatten().min();
        Ok(Self { key, encrypts, expires_at })
    }

    /// In capitals, without blanks.
    pub fn fingerprint(&self) -> String {
        format!("{:X}", self.key.fingerprint())
    }

    /// When nothing can be encrypted to it any more; `None` for never.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// Whether it says that it belongs to this mailbox.
    pub fn is_for(&self, address: &str) -> bool {
        let address = address.to_ascii_lowercase();
        self.key.details.users.iter().any(|user| {
            let id = String::from_utf8_lossy(user.id.id()).to_ascii_lowercase();
            id == address || id.ends_with(&format!("<{address}>"))
        })
    }

    /// As it is kept: without armour.
    pub fn bytes(&self) -> Vec<u8> {
        self.key.to_bytes().unwrap_or_default()
    }
}

/// Whether a signature says of a key that it encrypts.
fn encrypts(signature: &Signature) -> bool {
    let flags = signature.key_flags();
    flags.encrypt_comms() || flags.encrypt_storage()
}

fn is_strong(key: &impl KeyDetails) -> bool {
    match key.public_params() {
        // The modulus comes first, and how many bits it has before it (RFC 9580, 3.2 and 5.5.5.1).
        params @ PublicParams::RSA(_) => params
            .to_bytes()
            .ok()
            .and_then(|bytes| bytes.first_chunk().map(|bits| u16::from_be_bytes(*bits)))
            .is_some_and(|bits| bits >= RSA_BITS_MIN),
        _ => matches!(
            key.algorithm(),
            PublicKeyAlgorithm::ECDH | PublicKeyAlgorithm::X25519 | PublicKeyAlgorithm::X448
        ),
    }
}

/// The key with which this node signs its mail.
pub struct Key {
    secret: SignedSecretKey,
    /// The subkey that signs; `None` for the key itself.
    signs: Option<usize>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Key").field(&self.fingerprint()).finish()
    }
}

/// Why something could not be sealed.
#[derive(Debug, thiserror::Error)]
#[error("OpenPGP: {0}")]
pub struct Broken(#[from] pgp::errors::Error);

impl Key {
    /// The key in a file. Where there is none, one is made of `chance`, for `mailbox`.
    ///
    /// # Errors
    /// [`NoKey`], also when anybody else can read the file, or the key is locked by a passphrase.
    pub fn open(
        place: &Path,
        mailbox: &str,
        now: Timestamp,
        chance: impl FnOnce() -> [u8; 32],
    ) -> Result<Self, NoKey> {
        let wanted = "an OpenPGP key in armour that signs, Ed25519 and not RSA, without a passphrase (gpg --export-secret-keys --armor)";
        let make = || {
            let key = Self::new(mailbox, now, chance());
            key.secret.to_armored_string(ArmorOptions::default()).unwrap_or_default()
        };
        key_file::open(place, wanted, make, Self::of_armour)
    }

    /// The same key for the same seed: for stories, and never for a node.
    pub fn in_a_story(mailbox: &str, seed: u64) -> Self {
        let mut bytes = [0x09; 32];
        bytes[..8].copy_from_slice(&seed.to_be_bytes());
        Self::new(mailbox, Timestamp::constant(1_546_300_800, 0), bytes)
    }

    fn new(mailbox: &str, now: Timestamp, chance: [u8; 32]) -> Self {
        // Version 4, because GnuPG 2.2, which is what most have, knows no newer one.
        let secret = SecretKeyParamsBuilder::default()
            .key_type(KeyType::Ed25519Legacy)
            .can_certify(true)
            .can_sign(true)
            .created_at(seconds(now))
            .primary_user_id(mailbox.to_owned())
            .build()
            .expect("every part of it is there")
            .generate(StdRng::from_seed(chance))
            .expect("a key of this kind can always be made");
        Self { secret, signs: None }
    }

    fn of_armour(text: &str) -> Option<Self> {
        let (secret, _) = SignedSecretKey::from_string(text).ok()?;
        secret.verify_bindings().ok()?;
        let own = secret.details.users.iter().flat_map(|user| &user.signatures);
        let signs = match own.into_iter().any(|it| it.key_flags().sign()) {
            true => None,
            false => Some(
                secret
                    .secret_subkeys
                    .iter()
                    .rposition(|subkey| subkey.signatures.iter().any(|it| it.key_flags().sign()))?,
            ),
        };
        let with = match signs.and_then(|place| secret.secret_subkeys.get(place)) {
            None => secret.primary_key.algorithm(),
            Some(subkey) => subkey.key.algorithm(),
        };
        // How long `rsa` takes with a private key tells something about it (CVE-2023-49092).
        if matches!(
            with,
            PublicKeyAlgorithm::RSA | PublicKeyAlgorithm::RSASign | PublicKeyAlgorithm::RSAEncrypt
        ) {
            return None;
        }
        let key = Self { secret, signs };
        // A key that is locked would fail at the first mail; it must fail at the start.
        key.sign(b"", Timestamp::UNIX_EPOCH, [0; 32]).ok()?;
        Some(key)
    }

    /// In capitals, without blanks.
    pub fn fingerprint(&self) -> String {
        format!("{:X}", self.secret.primary_key.fingerprint())
    }

    /// The public half in armour, for whoever wants to check or to answer.
    pub fn public(&self) -> String {
        SignedPublicKey::from(self.secret.clone())
            .to_armored_string(ArmorOptions::default())
            .unwrap_or_default()
    }

    /// A signature beside `bytes`, in armour, as of `at`.
    ///
    /// # Errors
    /// [`Broken`] when the key does not do what it did at the start.
    pub fn sign(&self, bytes: &[u8], at: Timestamp, chance: [u8; 32]) -> Result<String, Broken> {
        let (rng, none) = (StdRng::from_seed(chance), Password::empty());
        let signature = match self.signs.and_then(|place| self.secret.secret_subkeys.get(place)) {
            None => {
                let key = &self.secret.primary_key;
                let said = said(key, at)?;
                DetachedSignature::sign_binary_data_with_subpackets(rng, key, &none, HASH, bytes, said)
            }
            Some(subkey) => {
                let said = said(&subkey.key, at)?;
                DetachedSignature::sign_binary_data_with_subpackets(
                    rng,
                    &subkey.key,
                    &none,
                    HASH,
                    bytes,
                    said,
                )
            }
        };
        Ok(signature?.to_armored_string(ArmorOptions::default())?)
    }

    /// `bytes`, signed by this key and then encrypted to `to`, in armour.
    ///
    /// # Errors
    /// [`Broken`] when that cannot be done with the key.
    pub fn encrypt(
        &self,
        to: &Certificate,
        bytes: Vec<u8>,
        at: Timestamp,
        chance: [u8; 32],
    ) -> Result<String, Broken> {
        let mut rng = StdRng::from_seed(chance);
        // AES-256 and no compression: what everybody reads, and a length that says nothing about the words.
        let mut message =
            MessageBuilder::from_bytes("", bytes).seipd_v1(&mut rng, SymmetricKeyAlgorithm::AES256);
        match self.signs.and_then(|place| self.secret.secret_subkeys.get(place)) {
            None => {
                let key = &self.secret.primary_key;
                message.sign_with_subpackets(key, Password::empty(), HASH, said(key, at)?);
            }
            Some(subkey) => {
                let key = &subkey.key;
                message.sign_with_subpackets(key, Password::empty(), HASH, said(key, at)?);
            }
        }
        match to.encrypts.and_then(|place| to.key.public_subkeys.get(place)) {
            Some(subkey) => message.encrypt_to_key(&mut rng, &subkey.key)?,
            None => message.encrypt_to_key(&mut rng, &to.key.primary_key)?,
        };
        Ok(message.to_armored_string(&mut rng, ArmorOptions::default())?)
    }
}

/// What a signature says of itself: who, and when.
fn said(key: &impl KeyDetails, at: Timestamp) -> Result<SubpacketConfig, Broken> {
    let hashed = vec![
        Subpacket::regular(SubpacketData::IssuerFingerprint(key.fingerprint()))?,
        Subpacket::regular(SubpacketData::SignatureCreationTime(seconds(at)))?,
    ];
    let unhashed = vec![Subpacket::regular(SubpacketData::IssuerKeyId(key.legacy_key_id()))?];
    Ok(SubpacketConfig::UserDefined { hashed, unhashed })
}

fn seconds(at: Timestamp) -> Seconds {
    Seconds::from_secs(u32::try_from(at.as_second()).unwrap_or_default())
}

/// Where the key of a mailbox lies, if its domain publishes keys: the two places of the Web Key Directory, the one to
/// ask first before the other (draft-koch-openpgp-webkey-service, 3.1). `None` for what is no mailbox.
pub fn directory(address: &str) -> Option<[String; 2]> {
    const ALPHABET: &[u8; 32] = b"ybndrfg8ejkmcpqxot1uwisza345h769";
    let (local, domain) = address.rsplit_once('@')?;
    let is_plain = |it: char| it.is_ascii_alphanumeric() || ".-_+".contains(it);
    if local.is_empty() || domain.is_empty() || !local.chars().chain(domain.chars()).all(is_plain) {
        return None;
    }
    let domain = domain.to_ascii_lowercase();
    let digest = HashAlgorithm::Sha1.digest(local.to_ascii_lowercase().as_bytes()).ok()?;
    // 160 bits are 32 letters of five.
    let bit = |place: usize| digest[place / 8] >> (7 - place % 8) & 1;
    let letter = |number: usize| (0..5).fold(0, |sum, step| sum << 1 | bit(number * 5 + step));
    let name: String = (0..32).map(|number| char::from(ALPHABET[usize::from(letter(number))])).collect();
    let local = local.replace('+', "%2B");
    Some([
        format!("https://openpgpkey.{domain}/.well-known/openpgpkey/{domain}/hu/{name}?l={local}"),
        format!("https://{domain}/.well-known/openpgpkey/hu/{name}?l={local}"),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_key_is_that_of_the_standard() {
        // The example of the draft, 3.1.
        let [advanced, direct] = directory("Joe.Doe@Example.ORG").unwrap();
        assert_eq!(
            advanced,
            "https://openpgpkey.example.org/.well-known/openpgpkey/example.org/hu/\
             iy9q119eutrkn8s1mk4r39qejnbu3n5q?l=Joe.Doe"
        );
        assert_eq!(
            direct,
            "https://example.org/.well-known/openpgpkey/hu/iy9q119eutrkn8s1mk4r39qejnbu3n5q?l=Joe.Doe"
        );
        for no_mailbox in ["", "anna", "@a.example", "anna@", "an/na@a.example", "anna@a.example/x?y"] {
            assert_eq!(directory(no_mailbox), None, "{no_mailbox}");
        }
    }

    #[test]
    fn a_node_has_the_same_key_at_its_next_start_and_says_its_public_half_only() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("openpgp.asc");
        let now = "2019-12-18T12:00:00Z".parse().unwrap();
        let made = Key::open(&place, "warnings@z-cert.example", now, || [7; 32]).unwrap();
        let again = Key::open(&place, "warnings@z-cert.example", now, || panic!("there is one")).unwrap();
        assert_eq!(made.fingerprint(), again.fingerprint());
        assert!(made.public().starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----"));
        assert!(!format!("{made:?}").contains("7, 7"));
        let own = Certificate::read(made.public().as_bytes(), now);
        assert_eq!(own.unwrap_err(), Unfit::CannotEncrypt, "it signs and does nothing else");
        let secret = std::fs::read(&place).unwrap();
        assert_eq!(Certificate::read(&secret, now).unwrap_err(), Unfit::Secret);
        assert_eq!(Certificate::read(b"no key", now).unwrap_err(), Unfit::Unreadable);
    }
}
