//! The key of this node, and what it signs.
//!
//! ```text
//! signing.pem, of this node alone ─► the signature of OpenSSH under a text ─► `ssh-keygen -Y verify`, offline
//!        └─► its public half, in the store for good ─► /.well-known/dijkwacht-signers
//! ```
//!
//! Everybody has the tool that checks it, and nothing of ours is needed for that
//! (`docs/decisions/0020-receipts-are-signed.md`). The secret half is in one file that nobody else reads; it is in no
//! backup and no log. A key that is replaced stays among the public ones, so that what it signed can be checked.

use std::path::Path;

use base64ct::{Base64, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha512};
use store::{StoreError, node_keys};

use crate::house::House;
use crate::key_file::{self, NoKey};

/// What a signature under a receipt is for: one under anything else does not pass for it.
pub const RECEIPT: &str = "dijkwacht-receipt";

/// The kind of key, as OpenSSH writes it.
const KIND: &str = "ssh-ed25519";

/// The secret key of a node. What is shown of it is its public half.
#[derive(Clone)]
pub struct Key(SigningKey);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Key").field(&self.public()).finish()
    }
}

impl Key {
    /// The key in a file. Where there is none, one is made of `chance` and written there, for the owner of the process
    /// alone.
    ///
    /// # Errors
    /// [`NoKey`], also when anybody else can read the file.
    pub fn open(place: &Path, chance: impl FnOnce() -> [u8; 32]) -> Result<Self, NoKey> {
        let wanted = "an Ed25519 key in PEM (openssl genpkey -algorithm ed25519)";
        key_file::open(place, wanted, || key_file::ed25519_to_pem(&chance()), Self::of_pem)
    }

    /// The same key for the same seed: for stories, and never for a node.
    pub fn in_a_story(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_be_bytes());
        Self(SigningKey::from_bytes(&bytes))
    }

    fn of_pem(text: &str) -> Option<Self> {
        let secret = key_file::ed25519_of(&key_file::of_pem(text)?)?;
        Some(Self(SigningKey::from_bytes(&secret)))
    }

    /// The public half, as OpenSSH writes it: `ssh-ed25519 AAAA…`.
    pub fn public(&self) -> String {
        format!("{KIND} {}", Base64::encode_string(&self.public_blob()))
    }

    /// The key itself, for messages to the gateway. What it signs there begins with an id of ours, and never as a text of
    /// OpenSSH does, so neither passes for the other.
    pub(crate) fn ed25519(&self) -> &SigningKey {
        &self.0
    }

    fn public_blob(&self) -> Vec<u8> {
        let mut blob = Vec::new();
        put(&mut blob, KIND.as_bytes());
        put(&mut blob, self.0.verifying_key().as_bytes());
        blob
    }

    /// A signature under `text`, for what `namespace` says and nothing else, in the armour of OpenSSH (PROTOCOL.sshsig).
    pub fn sign(&self, namespace: &str, text: &[u8]) -> String {
        let mut signed = b"SSHSIG".to_vec();
        for part in [namespace.as_bytes(), b"", b"sha512", &Sha512::digest(text)] {
            put(&mut signed, part);
        }
        let mut signature = Vec::new();
        put(&mut signature, KIND.as_bytes());
        put(&mut signature, &self.0.sign(&signed).to_bytes());
        let mut blob = b"SSHSIG".to_vec();
        blob.extend_from_slice(&1_u32.to_be_bytes());
        for part in [&self.public_blob()[..], namespace.as_bytes(), b"", b"sha512", &signature] {
            put(&mut blob, part);
        }
        let mut armoured = "-----BEGIN SSH SIGNATURE-----\n".to_owned();
        for line in Base64::encode_string(&blob).as_bytes().chunks(70) {
            armoured += &String::from_utf8_lossy(line);
            armoured.push('\n');
        }
        armoured + "-----END SSH SIGNATURE-----\n"
    }
}

/// A string as SSH writes it: its length, and its bytes.
fn put(bytes: &mut Vec<u8>, part: &[u8]) {
    let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(part);
}

/// Has the key of this node known for good, from the first start with it.
///
/// # Errors
/// Those of the store.
pub async fn begin(house: &House) -> Result<(), StoreError> {
    let (public, now) = (house.key.public(), house.now());
    house
        .write("publish the key of the node", async |tx| node_keys::add(tx, &public, now).await)
        .await
        .map(drop)
}

/// Whom `ssh-keygen -Y verify` must know to check what this node signed, at any time: a line for each key.
///
/// # Errors
/// Those of the store.
pub async fn signers(house: &House) -> Result<String, StoreError> {
    let mut keys = node_keys::all(&house.db).await?;
    let own = house.key.public();
    if !keys.contains(&own) {
        keys.push(own);
    }
    let line = |key: &String| format!("{} namespaces=\"{RECEIPT}\" {key}\n", signer(house));
    Ok(keys.iter().map(line).collect())
}

/// Who signs, as `ssh-keygen -I` wants it: the site of the team.
pub fn signer(house: &House) -> String {
    let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | '@');
    let site: String = house.team.site.chars().filter(is_plain).collect();
    if site.is_empty() { "dijkwacht".to_owned() } else { site }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signature, Verifier as _};

    use super::*;

    #[test]
    fn a_node_has_the_same_key_at_its_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("signing.pem");
        let made = Key::open(&place, || [7; 32]).unwrap();
        let again = Key::open(&place, || panic!("there is one")).unwrap();
        assert_eq!(again.public(), made.public());
        assert!(!format!("{made:?}").contains("070707"), "{made:?}");
    }

    #[test]
    fn the_public_half_is_that_of_the_standard() {
        // RFC 8032, 7.1, test 1, in the PEM of `openssl genpkey`.
        let pem = "-----BEGIN PRIVATE KEY-----\n\
            MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
        let key = Key::of_pem(pem).unwrap();
        let public = hex::encode(key.0.verifying_key().as_bytes());
        assert_eq!(public, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        assert!(key.public().starts_with("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"), "{}", key.public());
    }

    #[test]
    fn a_signature_is_for_one_text_and_one_purpose() {
        let key = Key::in_a_story(1);
        let signatures = [
            key.sign(RECEIPT, b"a receipt"),
            key.sign(RECEIPT, b"another"),
            key.sign("dijkwacht-checkpoint", b"a receipt"),
        ];
        assert!(signatures[0] != signatures[1] && signatures[0] != signatures[2]);
        assert!(signatures.iter().all(|it| it.lines().all(|line| line.len() <= 70)));
        let body: String = signatures[0].lines().filter(|line| !line.starts_with('-')).collect();
        let blob = Base64::decode_vec(&body).unwrap();
        let signature = Signature::from_slice(&blob[blob.len() - 64..]).unwrap();
        let mut signed = b"SSHSIG".to_vec();
        for part in [RECEIPT.as_bytes(), b"", b"sha512", &Sha512::digest(b"a receipt")] {
            put(&mut signed, part);
        }
        key.0.verifying_key().verify(&signed, &signature).unwrap();
    }
}
