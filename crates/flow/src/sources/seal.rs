//! Whether a document is what its provider published: its digest, and the signature over it.
//!
//! CSAF 2.0, 7.1.18 to 7.1.20: what a trusted provider publishes is checked before anything else is done
//! with it. A digest that is not there, one that cannot be had and one that is wrong are three different
//! things, and so it is with signatures.

use domain::source::Trouble;
use formats::provider::{Key, Listed, Role};
use jiff::Timestamp;
use pgp::composed::{Deserializable as _, DetachedSignature, SignedPublicKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::types::KeyDetails;
use sha2::{Digest as _, Sha256, Sha512};

use super::reader::{Miss, Reader};
use crate::openpgp::{is_sound, of_bytes};

/// The largest digest file, signature and key that we look at.
const BYTES_MAX: usize = 1 << 20;

/// The keys of a provider.
#[derive(Debug, Default)]
pub(crate) struct Keys(Vec<SignedPublicKey>);

impl Keys {
    /// Fetches the keys that a provider names. A key counts when it has the fingerprint that was said, and
    /// the operator, who may have pinned some, agrees; when it holds together, and is neither withdrawn nor
    /// past its time.
    pub async fn fetch(reader: &Reader, named: &[Key], pinned: &[String], now: Timestamp) -> Self {
        let mut keys = Vec::new();
        for key in named.iter().take(20) {
            let Ok(fetched) = reader.get(&key.address, BYTES_MAX).await else { continue };
            keys.extend(of_bytes(&fetched.bytes).into_iter().filter(|found| {
                let fingerprint = format!("{:X}", found.fingerprint());
                key.fingerprint.as_ref().is_none_or(|said| *said == fingerprint)
                    && (pinned.is_empty() || pinned.contains(&fingerprint))
                    && is_sound(found, now)
            }));
        }
        Self(keys)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of the keys, or a key that one of them vouches for, signed `bytes`.
    pub fn signed(&self, signature: &[u8], bytes: &[u8]) -> bool {
        let text = String::from_utf8_lossy(signature);
        let signature = match DetachedSignature::from_string(&text) {
            Ok((signature, _)) => signature,
            Err(_) => match DetachedSignature::from_bytes(signature) {
                Ok(signature) => signature,
                Err(_) => return false,
            },
        };
        let strong = signature.signature.config().is_some_and(|config| {
            matches!(
                config.hash_alg,
                HashAlgorithm::Sha256
                    | HashAlgorithm::Sha384
                    | HashAlgorithm::Sha512
                    | HashAlgorithm::Sha3_256
                    | HashAlgorithm::Sha3_512
            )
        });
        strong
            && self.0.iter().any(|key| {
                signature.verify(&key.primary_key, bytes).is_ok()
                    || key.public_subkeys.iter().any(|subkey| {
                        subkey.verify_bindings(&key.primary_key).is_ok()
                            && subkey.signatures.iter().any(|it| it.key_flags().sign())
                            && signature.verify(&subkey.key, bytes).is_ok()
                    })
            })
    }
}

/// Checks a document against what is published beside it. Gives what was odd and is no ground to leave it.
///
/// A trusted provider without any digest, but with a good signature, is taken: the signature says all that
/// the digest would.
pub(crate) async fn prove(
    reader: &Reader,
    role: Role,
    keys: &Keys,
    listed: &Listed,
    bytes: &[u8],
) -> Result<Option<Trouble>, Trouble> {
    let remark = digest(reader, listed, bytes).await?;
    let trusted = role == Role::TrustedProvider;
    if keys.is_empty() && !trusted {
        return Ok(remark);
    }
    let beside = format!("{}.asc", listed.address);
    let signature = match reader.get(listed.signature.as_ref().unwrap_or(&beside), BYTES_MAX).await {
        Ok(fetched) => fetched.bytes,
        Err(Miss::Absent(_)) if !trusted => return Ok(remark),
        Err(Miss::Absent(_)) => return Err(Trouble::SignatureMissing),
        Err(Miss::Trouble(_)) => return Err(Trouble::SignatureUnreachable),
    };
    if keys.signed(&signature, bytes) { Ok(remark) } else { Err(Trouble::SignatureWrong) }
}

/// Holds every digest that is published against the document.
async fn digest(reader: &Reader, listed: &Listed, bytes: &[u8]) -> Result<Option<Trouble>, Trouble> {
    // A feed names what there is; in a folder they have fixed names.
    let beside = [format!("{}.sha512", listed.address), format!("{}.sha256", listed.address)];
    let published: &[String] = match listed.hashes.is_empty() && listed.signature.is_none() {
        true => &beside,
        false => &listed.hashes,
    };
    let (mut good, mut away) = (0, 0);
    for address in published.iter().take(4) {
        match reader.get(address, BYTES_MAX).await {
            Ok(fetched) if fits(&fetched.bytes, bytes) => good += 1,
            Ok(_) => return Err(Trouble::HashWrong),
            Err(Miss::Absent(_)) => {}
            Err(Miss::Trouble(_)) => away += 1,
        }
    }
    match (good, away) {
        (0, 0) => Ok(Some(Trouble::HashMissing)),
        (0, _) => Err(Trouble::HashUnreachable),
        (_, 0) => Ok(None),
        (_, _) => Ok(Some(Trouble::HashUnreachable)),
    }
}

/// Whether the first word of a digest file is the digest of `bytes`; its length says which one it is.
fn fits(file: &[u8], bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(file);
    let Some(word) = text.split_whitespace().next().map(str::to_ascii_lowercase) else { return false };
    match word.len() {
        64 => word == hex::encode(Sha256::digest(bytes)),
        128 => word == hex::encode(Sha512::digest(bytes)),
        _ => false,
    }
}
