//! The OpenPGP keys with which this node signs what it publishes (CSAF 2.0, 7.1.19 and 7.1.20).
//!
//! ```text
//! a folder of this node alone, one armoured secret key in each file
//!    newest that is sound ─► signs
//!    all of them          ─► their public halves are published, so that older signatures can be checked
//! ```
//!
//! A key is replaced by putting a newer one beside it. It may be made here or with GnuPG; RSA is not taken
//! (RUSTSEC-2023-0071). Purpose: publication. Mail is signed with a key of its own.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use pgp::composed::{
    ArmorOptions, CleartextSignedMessage, Deserializable, DetachedSignature, KeyType, SecretKeyParamsBuilder,
    SignedPublicKey, SignedSecretKey,
};
use pgp::crypto::hash::HashAlgorithm;
use pgp::crypto::public_key::PublicKeyAlgorithm;
use pgp::packet::{SignatureConfig, SignatureType, Subpacket, SubpacketData};
use pgp::types::{KeyDetails as _, Password, SigningKey, Timestamp as Moment};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::openpgp::is_sound;

/// Why nothing can be signed. The desk says it in its own words.
#[derive(Debug, thiserror::Error)]
pub enum NoKey {
    #[error("{place}: {cause}", place = .place.display())]
    File { place: PathBuf, cause: std::io::Error },
    #[error("{place}: others can read it; it must be yours alone (chmod 600)", place = .place.display())]
    Open { place: PathBuf },
    #[error("{place}: {why}", place = .place.display())]
    Unfit { place: PathBuf, why: String },
    #[error("{place}: no key to sign with (dijkwacht website key)", place = .place.display())]
    None { place: PathBuf },
    #[error("every key is past its time; the newest was {fingerprint} (dijkwacht website key)")]
    Expired { fingerprint: String },
    #[error("a signature could not be made: {0}")]
    Signature(String),
}

/// The keys in a folder, the newest first.
pub struct Keys(Vec<SignedSecretKey>);

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(fingerprint)).finish()
    }
}

fn fingerprint(key: &SignedSecretKey) -> String {
    format!("{:X}", key.fingerprint())
}

/// The public half of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Public {
    /// In upper-case hexadecimal.
    pub fingerprint: String,
    pub armoured: String,
}

impl Keys {
    /// Reads every `.asc` in `folder`.
    ///
    /// # Errors
    /// [`NoKey`], also when anybody else can read one of them.
    pub fn read(folder: &Path) -> Result<Self, NoKey> {
        let broken = |place: &Path| {
            let place = place.to_owned();
            move |cause| NoKey::File { place, cause }
        };
        let mut places = Vec::new();
        match fs::read_dir(folder) {
            Ok(entries) => {
                for entry in entries {
                    places.push(entry.map_err(broken(folder))?.path());
                }
            }
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => {}
            Err(cause) => return Err(NoKey::File { place: folder.to_owned(), cause }),
        }
        places.retain(|place| place.extension().is_some_and(|it| it == "asc"));
        places.sort();
        let mut keys = Vec::new();
        for place in places {
            if fs::metadata(&place).map_err(broken(&place))?.permissions().mode() & 0o077 != 0 {
                return Err(NoKey::Open { place });
            }
            let text = fs::read_to_string(&place).map_err(broken(&place))?;
            let unfit = |why: String| NoKey::Unfit { place: place.clone(), why };
            let (key, _) = SignedSecretKey::from_string(&text).map_err(|why| unfit(why.to_string()))?;
            if matches!(
                key.primary_key.algorithm(),
                PublicKeyAlgorithm::RSA | PublicKeyAlgorithm::RSASign | PublicKeyAlgorithm::RSAEncrypt
            ) {
                return Err(unfit("an RSA key; make an Ed25519 one".into()));
            }
            keys.push(key);
        }
        if keys.is_empty() {
            return Err(NoKey::None { place: folder.to_owned() });
        }
        keys.sort_by_key(|key| std::cmp::Reverse((key.primary_key.created_at().as_secs(), fingerprint(key))));
        Ok(Self(keys))
    }

    /// Makes a key and puts it beside those that are there, for the owner of the process alone. Gives its fingerprint.
    ///
    /// # Errors
    /// [`NoKey`].
    pub fn make(folder: &Path, owner: &str, chance: [u8; 32], now: Timestamp) -> Result<String, NoKey> {
        let unfit = |why: String| NoKey::Unfit { place: folder.to_owned(), why };
        let made = SecretKeyParamsBuilder::default()
            .key_type(KeyType::Ed25519Legacy)
            .can_certify(true)
            .can_sign(true)
            .created_at(moment(now))
            .primary_user_id(owner.to_owned())
            .build()
            .map_err(|why| unfit(why.to_string()))?;
        let key = made.generate(StdRng::from_seed(chance)).map_err(|why| unfit(why.to_string()))?;
        let text = key.to_armored_string(ArmorOptions::default()).map_err(|why| unfit(why.to_string()))?;
        let fingerprint = fingerprint(&key);
        let place = folder.join(format!("{fingerprint}.asc"));
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(folder)?;
            let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&place)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::File::open(folder)?.sync_all()
        };
        write().map_err(|cause| NoKey::File { place: place.clone(), cause })?;
        Ok(fingerprint)
    }

    /// The key that signs now: the newest that is sound.
    ///
    /// # Errors
    /// [`NoKey::Expired`] when none is.
    pub fn signer(&self, now: Timestamp) -> Result<Signer<'_>, NoKey> {
        let sound = |key: &&SignedSecretKey| is_sound(&SignedPublicKey::from((*key).clone()), now);
        match self.0.iter().find(sound) {
            Some(key) => Ok(Signer { key, now }),
            None => Err(NoKey::Expired { fingerprint: self.0.first().map(fingerprint).unwrap_or_default() }),
        }
    }

    /// The public half of each, the newest first.
    ///
    /// # Errors
    /// [`NoKey::Signature`] when one cannot be written.
    pub fn publics(&self) -> Result<Vec<Public>, NoKey> {
        let public = |key: &SignedSecretKey| {
            let armoured = key
                .to_public_key()
                .to_armored_string(ArmorOptions::default())
                .map_err(|why| NoKey::Signature(why.to_string()))?;
            Ok(Public { fingerprint: fingerprint(key), armoured })
        };
        self.0.iter().map(public).collect()
    }
}

fn moment(at: Timestamp) -> Moment {
    Moment::from_secs(u32::try_from(at.as_second()).unwrap_or_default())
}

/// A key that is sound now.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    key: &'a SignedSecretKey,
    now: Timestamp,
}

impl Signer<'_> {
    /// In upper-case hexadecimal.
    pub fn fingerprint(&self) -> String {
        fingerprint(self.key)
    }

    /// A signature beside a file, in armour.
    ///
    /// # Errors
    /// [`NoKey::Signature`].
    pub fn sign(&self, bytes: &[u8]) -> Result<String, NoKey> {
        let sign = || -> pgp::errors::Result<String> {
            let signature = match self.subkey() {
                Some(key) => self.config(key, SignatureType::Binary)?.sign(key, &Password::empty(), bytes)?,
                None => {
                    let key = &self.key.primary_key;
                    self.config(key, SignatureType::Binary)?.sign(key, &Password::empty(), bytes)?
                }
            };
            DetachedSignature::new(signature).to_armored_string(ArmorOptions::default())
        };
        sign().map_err(|why| NoKey::Signature(why.to_string()))
    }

    /// `text` with a signature around it, as RFC 9116, 2.3 wants it.
    ///
    /// # Errors
    /// [`NoKey::Signature`].
    pub fn sign_around(&self, text: &str) -> Result<String, NoKey> {
        let sign = || -> pgp::errors::Result<String> {
            let signed = match self.subkey() {
                Some(key) => {
                    let config = self.config(key, SignatureType::Text)?;
                    CleartextSignedMessage::new(text, config, key, &Password::empty())?
                }
                None => {
                    let key = &self.key.primary_key;
                    let config = self.config(key, SignatureType::Text)?;
                    CleartextSignedMessage::new(text, config, key, &Password::empty())?
                }
            };
            signed.to_armored_string(ArmorOptions::default())
        };
        sign().map_err(|why| NoKey::Signature(why.to_string()))
    }

    /// A part of the key that is there to sign, where the key itself only vouches for its parts.
    fn subkey(&self) -> Option<&pgp::packet::SecretSubkey> {
        let own = self.key.details.users.iter().flat_map(|user| &user.signatures);
        let direct = self.key.details.direct_signatures.iter();
        if own.chain(direct).any(|it| it.key_flags().sign()) {
            return None;
        }
        let signs =
            |it: &&pgp::composed::SignedSecretSubKey| it.signatures.iter().any(|it| it.key_flags().sign());
        self.key.secret_subkeys.iter().find(signs).map(|it| &it.key)
    }

    /// When and by whom it is signed. Ed25519 throws no dice: the same bytes at the same moment give the same
    /// signature.
    fn config(&self, key: &impl SigningKey, kind: SignatureType) -> pgp::errors::Result<SignatureConfig> {
        let mut config = SignatureConfig::v4(kind, key.algorithm(), HashAlgorithm::Sha512);
        config.hashed_subpackets = vec![
            Subpacket::regular(SubpacketData::SignatureCreationTime(moment(self.now)))?,
            Subpacket::regular(SubpacketData::IssuerFingerprint(key.fingerprint()))?,
        ];
        config.unhashed_subpackets =
            vec![Subpacket::regular(SubpacketData::IssuerKeyId(key.legacy_key_id()))?];
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_newest_key_signs_and_the_older_ones_stay_known() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Keys::read(folder.path()), Err(NoKey::None { .. })));
        let old = Keys::make(folder.path(), "Z-CERT", [1; 32], at("2019-01-01T00:00:00Z")).unwrap();
        let new = Keys::make(folder.path(), "Z-CERT", [2; 32], at("2020-01-01T00:00:00Z")).unwrap();
        let keys = Keys::read(folder.path()).unwrap();
        let now = at("2020-01-16T12:00:00Z");
        let signer = keys.signer(now).unwrap();
        assert_eq!(signer.fingerprint(), new);
        let publics = keys.publics().unwrap();
        assert_eq!(publics.iter().map(|it| it.fingerprint.as_str()).collect::<Vec<_>>(), [&new, &old]);
        assert_eq!(signer.sign(b"text").unwrap(), signer.sign(b"text").unwrap(), "no dice");
        let (public, _) = SignedPublicKey::from_string(&publics[0].armoured).unwrap();
        let (signature, _) = DetachedSignature::from_string(&signer.sign(b"text").unwrap()).unwrap();
        signature.verify(&public, b"text").unwrap();
        signature.verify(&public, b"test").unwrap_err();
        assert!(!format!("{keys:?}").contains("PRIVATE"));
    }

    #[test]
    fn a_key_that_others_can_read_signs_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let name = Keys::make(folder.path(), "Z-CERT", [1; 32], at("2019-01-01T00:00:00Z")).unwrap();
        let place = folder.path().join(format!("{name}.asc"));
        assert_eq!(fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&place, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Keys::read(folder.path()), Err(NoKey::Open { .. })));
        fs::set_permissions(&place, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&place, "no key").unwrap();
        assert!(matches!(Keys::read(folder.path()), Err(NoKey::Unfit { .. })));
    }
}
