//! GnuPG as a reader has it, with keys of its own in a folder that is gone with the test.

use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

pub struct Gnupg {
    home: tempfile::TempDir,
}

impl Gnupg {
    /// `None`, with a word about it, where there is none.
    ///
    /// # Panics
    /// In CI, instead of `None`.
    #[expect(clippy::disallowed_methods, reason = "whether this is CI stands in the environment of the test")]
    pub fn new() -> Option<Self> {
        if Command::new("gpg").arg("--version").output().is_err() {
            let why = "there is no GnuPG here: install the package gnupg";
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{why}");
            eprintln!("skipped: {why}");
            return None;
        }
        // Its agent listens in the folder, whose name may not be long.
        let home = tempfile::Builder::new().prefix("gpg").tempdir_in("/tmp").unwrap();
        fs::set_permissions(home.path(), Permissions::from_mode(0o700)).unwrap();
        Some(Self { home })
    }

    /// Runs it with `arguments` and `input`; what it says on standard output, and on standard error.
    fn run(&self, arguments: &[&str], input: &[u8]) -> (bool, Vec<u8>, String) {
        let mut gpg = Command::new("gpg");
        gpg.args(["--batch", "--no-tty", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]);
        gpg.args(["--trust-model", "always", "--status-fd", "2"]).args(arguments);
        gpg.env("GNUPGHOME", self.home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut gpg = gpg.spawn().unwrap();
        gpg.stdin.take().unwrap().write_all(input).unwrap();
        let output = gpg.wait_with_output().unwrap();
        (output.status.success(), output.stdout, String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn done(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        let (success, output, said) = self.run(arguments, input);
        assert!(success, "gpg {arguments:?}: {said}");
        output
    }

    /// Makes a key for `address` on the first day of 2019, which lasts for `lasts` (`2y`, `never`). Gives its public
    /// half and its fingerprint.
    pub fn make_key(&self, address: &str, lasts: &str) -> (String, String) {
        let then = ["--faked-system-time", "20190101T000000!"];
        let with = |arguments: &[&str]| self.done(&[&then, arguments].concat(), b"");
        with(&["--quick-gen-key", address, "ed25519", "sign", lasts]);
        let listed = self.done(&["--with-colons", "--list-keys", address], b"");
        let listed = String::from_utf8(listed).unwrap();
        let line = listed.lines().find(|line| line.starts_with("fpr:")).unwrap();
        let fingerprint = line.split(':').nth(9).unwrap().to_owned();
        with(&["--quick-add-key", &fingerprint, "cv25519", "encr", lasts]);
        let public = self.done(&["--armor", "--export", address], b"");
        (String::from_utf8(public).unwrap(), fingerprint)
    }

    /// The secret half of a new key for `address` that signs with `algorithm` (`rsa2048`), in armour.
    pub fn make_secret(&self, address: &str, algorithm: &str) -> Vec<u8> {
        self.done(&["--quick-gen-key", address, algorithm, "sign", "never"], b"");
        self.done(&["--armor", "--export-secret-keys", address], b"")
    }

    /// Gets to know a public key.
    pub fn import(&self, public: &str) {
        self.done(&["--import"], public.as_bytes());
    }

    /// Whether `signature` is one under `bytes`, and whose.
    pub fn verify(&self, bytes: &[u8], signature: &[u8]) -> Option<String> {
        let file = self.home.path().join("signature");
        fs::write(&file, signature).unwrap();
        let (success, _, said) = self.run(&["--verify", file.to_str().unwrap(), "-"], bytes);
        signer(&said).filter(|_| success)
    }

    /// What was encrypted, and who signed it inside.
    pub fn decrypt(&self, bytes: &[u8]) -> Option<(Vec<u8>, Option<String>)> {
        let (success, text, said) = self.run(&["--decrypt"], bytes);
        success.then(|| (text, signer(&said)))
    }
}

impl Drop for Gnupg {
    /// Its agent would stay.
    fn drop(&mut self) {
        let mut agent = Command::new("gpgconf");
        agent.args(["--kill", "all"]).env("GNUPGHOME", self.home.path());
        agent.status().map_or_else(|why| eprintln!("gpgconf: {why}"), drop);
    }
}

/// The fingerprint of a good signature, as the status lines have it (GnuPG, doc/DETAILS).
fn signer(said: &str) -> Option<String> {
    let line = said.lines().find_map(|line| line.strip_prefix("[GNUPG:] VALIDSIG "))?;
    line.split(' ').next().map(str::to_owned)
}
