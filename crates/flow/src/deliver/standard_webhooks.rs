//! Messages from machine to machine as Standard Webhooks 1.0.0 has them: an id that stays the same over every try, the
//! moment of this try, and a signature over both and the body. The signature is `v1a`, Ed25519, so that whoever
//! checks it holds no secret of ours.

use std::time::Duration;

use base64ct::{Base64, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};
use jiff::Timestamp;

use crate::egress::{Egress, EgressError, Handed};

/// How long the other side may take. The standard has 15 to 30 seconds.
const WITHIN: Duration = Duration::from_secs(15);

/// What is handed over.
pub struct Message<'a> {
    pub id: &'a str,
    /// JSON.
    pub body: &'a [u8],
}

/// A public key as receivers write it: `whpk_…`.
pub fn public(key: &SigningKey) -> String {
    format!("whpk_{}", Base64::encode_string(key.verifying_key().as_bytes()))
}

/// The value of `webhook-signature`: over the id, the moment in whole seconds and the body, with full stops between.
fn signature(key: &SigningKey, id: &str, at: Timestamp, body: &[u8]) -> String {
    let mut signed = format!("{id}.{}.", at.as_second()).into_bytes();
    signed.extend_from_slice(body);
    format!("v1a,{}", Base64::encode_string(&key.sign(&signed).to_bytes()))
}

/// Hands `message` to whoever listens at `address`.
///
/// # Errors
/// Every answer but one of 200 to 299 is none: [`EgressError::Status`], also for one that points elsewhere.
pub async fn hand(
    way: &Egress,
    address: &str,
    key: &SigningKey,
    message: Message<'_>,
    now: Timestamp,
) -> Result<(), EgressError> {
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("webhook-id", message.id.to_owned()),
        ("webhook-timestamp", now.as_second().to_string()),
        ("webhook-signature", signature(key, message.id, now, message.body)),
    ];
    way.hand(Handed { address, headers: &headers, body: message.body, within: WITHIN }).await
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signature, Verifier as _};

    use super::*;

    #[test]
    fn whoever_has_the_public_key_can_check_id_moment_and_body() {
        let key = SigningKey::from_bytes(&[3; 32]);
        let at = Timestamp::from_second(1_578_700_000).unwrap();
        let value = signature(&key, "msg_1", at, b"{}");
        let said = Base64::decode_vec(value.strip_prefix("v1a,").unwrap()).unwrap();
        let public = Base64::decode_vec(public(&key).strip_prefix("whpk_").unwrap()).unwrap();
        let public = ed25519_dalek::VerifyingKey::from_bytes(&public.try_into().unwrap()).unwrap();
        let holds = |text: &[u8]| public.verify(text, &Signature::from_slice(&said).unwrap()).is_ok();
        assert!(holds(b"msg_1.1578700000.{}"));
        for other in [&b"msg_2.1578700000.{}"[..], b"msg_1.1578700001.{}", b"msg_1.1578700000.{ }"] {
            assert!(!holds(other));
        }
    }
}
