//! A secret that lies in a file of its own, which nobody reads but the user of the node.
//!
//! Where there is none, one is made and written whole or not at all. Two processes that start at the same moment
//! have the same one. Nothing is ever written over what is there.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding as _};

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum NoKey {
    #[error("{place}: {cause}", place = .place.display())]
    File { place: PathBuf, cause: std::io::Error },
    #[error("{place}: others can read it; it must be yours alone (chmod 600)", place = .place.display())]
    Open { place: PathBuf },
    #[error("{place}: not {wanted}", place = .place.display())]
    Unreadable { place: PathBuf, wanted: &'static str },
}

/// The text of the file at `place`, of which `read` makes a key. Where there is no file, what `make` gives is written
/// there first.
///
/// # Errors
/// [`NoKey`], also when anybody else can read the file. `wanted` says what should have been in it.
pub fn open<T>(
    place: &Path,
    wanted: &'static str,
    make: impl FnOnce() -> String,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<T, NoKey> {
    let broken = |cause| NoKey::File { place: place.to_owned(), cause };
    if !place.exists() {
        match write(place, &make()) {
            // Another process made one at the same moment: both have that.
            Err(why) if why.kind() == std::io::ErrorKind::AlreadyExists => {}
            written => written.map_err(broken)?,
        }
    }
    let open_to = fs::metadata(place).map_err(broken)?.permissions().mode() & 0o077;
    if open_to != 0 {
        return Err(NoKey::Open { place: place.to_owned() });
    }
    let text = fs::read_to_string(place).map_err(broken)?;
    read(&text).ok_or_else(|| NoKey::Unreadable { place: place.to_owned(), wanted })
}

/// Writes it whole or not at all.
///
/// # Errors
/// Those of the disk; `AlreadyExists` when there is something already.
pub fn write(place: &Path, text: &str) -> std::io::Result<()> {
    let folder = place.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let new = place.with_extension(format!("new-{}", std::process::id()));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&new, place);
    fs::remove_file(&new)?;
    linked?;
    File::open(folder)?.sync_all()
}

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// PKCS #8 as `openssl genpkey` writes it.
pub fn to_pem(bytes: &[u8]) -> String {
    let mut pem = format!("{BEGIN}\n");
    for line in Base64::encode_string(bytes).as_bytes().chunks(64) {
        pem += &String::from_utf8_lossy(line);
        pem.push('\n');
    }
    pem + END + "\n"
}

/// The bytes of such a text; `None` when it is another one.
pub fn of_pem(text: &str) -> Option<Vec<u8>> {
    let body = text.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
    let body: String = body.split_whitespace().collect();
    Base64::decode_vec(&body).ok()
}

/// What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410, 7).
const ED25519: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// The secret half of an Ed25519 key in PEM.
pub fn ed25519_to_pem(secret: &[u8; 32]) -> String {
    to_pem(&[&ED25519[..], secret].concat())
}

/// The secret half of an Ed25519 key in PKCS #8; `None` when it is another key.
pub fn ed25519_of(bytes: &[u8]) -> Option<[u8; 32]> {
    bytes.strip_prefix(&ED25519)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_owner_alone_and_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("keys").join("signing.pem");
        let whole = |text: &str| of_pem(text);
        let made = open(&place, "a key", || to_pem(&[7; 90]), whole).unwrap();
        assert_eq!(made, [7; 90]);
        let mode = fs::metadata(&place).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(open(&place, "a key", || panic!("there is one"), whole).unwrap(), made);
        let late = write(&place, "another").unwrap_err();
        assert_eq!(late.kind(), std::io::ErrorKind::AlreadyExists, "who comes second takes what is there");
        assert_eq!(fs::read_dir(place.parent().unwrap()).unwrap().count(), 1);
        fs::set_permissions(&place, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(open(&place, "a key", String::new, whole), Err(NoKey::Open { .. })));
        fs::set_permissions(&place, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&place, "no key").unwrap();
        assert!(matches!(open(&place, "a key", String::new, whole), Err(NoKey::Unreadable { .. })));
        assert_eq!(fs::read_to_string(&place).unwrap(), "no key", "nothing is written over what is there");
    }
}
