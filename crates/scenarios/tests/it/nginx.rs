//! A web server of our own for as long as a test runs: nginx as Debian ships it, serving a folder over TLS.
//!
//! Its certificate comes from an authority that the test makes, and that nobody else trusts. It listens on
//! loopback only, on a port that was free. Without nginx a test says that it was skipped; in CI that is a
//! failure. As with Postfix a shell stands between, which ends it when nobody holds the other end of its input
//! any more.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

const PROGRAMS: [&str; 2] = ["/usr/sbin/nginx", "/usr/bin/nginx"];
/// Below the range from which the kernel takes ports for those who call.
const PORTS: std::ops::Range<usize> = 20_000..32_000;
const PATIENCE: Duration = Duration::from_secs(20);

const GUARD: &str = r#"exec 3<&0
"$0" -p "$1" -c "$1/nginx.conf" -e "$1/error.log" 3<&- </dev/null &
server=$!
(cat <&3 >/dev/null; kill -TERM $server) &
wait $server"#;

pub struct Nginx {
    folder: PathBuf,
    pub port: u16,
    guard: Option<Child>,
}

impl Nginx {
    /// A server for `hosts`. `None`, with a word about it, where there is no nginx.
    ///
    /// # Panics
    /// In CI, instead of `None`; and when it does not answer within its patience, with its log.
    #[expect(clippy::disallowed_methods, reason = "whether this is CI stands in the environment of the test")]
    pub fn start(hosts: &[&str]) -> Option<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        if program().is_none() {
            let why = "there is no nginx here: install the package nginx-light";
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{why}");
            eprintln!("skipped: {why}");
            return None;
        }
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("dijkwacht-nginx-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(folder.join("root")).unwrap();
        fs::create_dir_all(folder.join("temp")).unwrap();
        certificate(&folder, hosts);
        let first = usize::try_from(std::process::id()).unwrap() * 67 + number * 11;
        let ports = (first..first + PORTS.len()).map(|it| PORTS.start + it % PORTS.len());
        let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
        let port = ports.map(|it| u16::try_from(it).unwrap()).find(is_free).unwrap();
        let mut nginx = Self { folder, port, guard: None };
        fs::write(nginx.folder.join("nginx.conf"), nginx.settings()).unwrap();
        nginx.start_again();
        Some(nginx)
    }

    fn settings(&self) -> String {
        let (folder, port) = (self.folder.display(), self.port);
        format!(
            "daemon off; user root; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/temp; proxy_temp_path {folder}/temp; fastcgi_temp_path {folder}/temp;
  uwsgi_temp_path {folder}/temp; scgi_temp_path {folder}/temp;
  gzip on; gzip_types application/json; types {{ application/json json; text/plain txt asc; }}
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
    root {folder}/root/$host;
    location = / {{ try_files /provider-metadata.json =404; }}
  }}
}}
"
        )
    }

    /// Starts it, and waits until it answers.
    pub fn start_again(&mut self) {
        let mut guard = Command::new("sh");
        guard.args(["-c", GUARD]).arg(program().unwrap()).arg(&self.folder);
        let log = fs::File::create(self.folder.join("start.log")).unwrap();
        guard.stdin(Stdio::piped()).stdout(log.try_clone().unwrap()).stderr(log);
        self.guard = Some(guard.spawn().unwrap());
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(began.elapsed() < PATIENCE, "nginx does not answer: {}", self.log());
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn stop(&mut self) {
        let Some(mut guard) = self.guard.take() else { return };
        drop(guard.stdin.take());
        guard.wait().map_or_else(|why| eprintln!("nginx: {why}"), drop);
    }

    /// The certificate that vouches for this server.
    pub fn authority(&self) -> Vec<u8> {
        fs::read(self.folder.join("authority.pem")).unwrap()
    }

    /// Puts a file below the root of `host`.
    pub fn put(&self, host: &str, path: &str, bytes: impl AsRef<[u8]>) {
        let file = self.folder.join("root").join(host).join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, bytes).unwrap();
        // A server tells two editions of a file apart by the second in which they were written, and a test writes
        // both in one.
        static WRITTEN: AtomicU64 = AtomicU64::new(1_577_000_000);
        let second = Duration::from_secs(WRITTEN.fetch_add(1, Ordering::Relaxed));
        fs::File::options().write(true).open(&file).unwrap().set_modified(UNIX_EPOCH + second).unwrap();
    }

    pub fn remove(&self, host: &str, path: &str) {
        fs::remove_file(self.folder.join("root").join(host).join(path)).unwrap();
    }

    /// Takes away all that it serves.
    pub fn clear(&self) {
        fs::remove_dir_all(self.folder.join("root")).unwrap();
        fs::create_dir(self.folder.join("root")).unwrap();
    }

    /// What was asked for since this was asked last: the path, and the status of the answer.
    pub fn asked(&self) -> Vec<String> {
        let log = self.folder.join("access.log");
        let text = fs::read_to_string(&log).unwrap_or_default();
        fs::write(log, "").unwrap();
        let line = |line: &str| {
            let (_, rest) = line.split_once("\"GET ")?;
            let (path, rest) = rest.split_once(" HTTP/1.1\" ")?;
            Some(format!("{path} {}", rest.split(' ').next()?))
        };
        text.lines().filter_map(line).collect()
    }

    pub fn log(&self) -> String {
        let read = |name| fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        format!("{}{}", read("start.log"), read("error.log"))
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.stop();
        fs::remove_dir_all(&self.folder)
            .unwrap_or_else(|why| eprintln!("{} stays behind: {why}", self.folder.display()));
    }
}

fn program() -> Option<&'static str> {
    PROGRAMS.into_iter().find(|program| Path::new(program).is_file())
}

fn certificate(folder: &Path, hosts: &[&str]) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // OpenSSL takes a certificate that is named as its issuer for one that signed itself.
    authority.distinguished_name.push(DnType::CommonName, "authority of a test");
    let authority_key = KeyPair::generate().unwrap();
    let own = authority.self_signed(&authority_key).unwrap();
    fs::write(folder.join("authority.pem"), own.pem()).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let names: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let signed = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
    fs::write(folder.join("cert.pem"), signed.pem()).unwrap();
    fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
}
