//! A Postfix of our own for as long as a test runs: the mail server of half the world, as Debian ships it.
//!
//! Each test starts its own, because a test wants to stop it in the middle, and because it is there
//! within a tenth of a second: `master` runs in front and not as a daemon, so nothing of the machine's
//! own mail is touched. It listens on loopback only, on a port that was free. Every address of every
//! domain is its own and ends in one Maildir, so nothing is ever sent on and a recipient that nobody
//! meant is seen. Postfix starts as root or not at all; elsewhere a test says that it was skipped, and
//! in CI that is a failure.
//!
//! A shell stands between, which ends it when nobody holds the other end of its input any more: that is
//! when we die, also by `kill -9`. (The kernel could do it, but forgets what it was told about a process
//! that changes its user, as this one does.) A folder that such a death left is swept at the next start.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use flow::deliver::post::{Security, Server};

/// Not `TMPDIR`: that may lie where the users of Postfix cannot go.
const TEMPORARY: &str = "/tmp";
const FOLDER: &str = "dijkwacht-postfix-";
const PROGRAMS: [&str; 2] = ["/usr/lib/postfix/sbin", "/usr/libexec/postfix"];
/// Below the range from which the kernel takes ports for those who call, so that nobody takes ours
/// while the server is stopped.
const PORTS: std::ops::Range<usize> = 20_000..32_000;
const PATIENCE: Duration = Duration::from_secs(30);

/// `master FOLDER`, in a group of its own, which it ends together with itself.
const GUARD: &str = r#"exec 3<&0
setsid "$0" -d -c "$1" 3<&- </dev/null &
master=$!
(cat <&3 >/dev/null; kill -TERM $master) &
wait $master"#;

/// `nobody`, who owns what was delivered.
const NOBODY: u32 = 65_534;

/// What the server of a test is like.
#[derive(Default)]
pub struct Wanted<'a> {
    /// What it says of a recipient, such as `550 5.1.1 unknown`; it takes all others.
    pub answers: &'a [(&'a str, &'a str)],
    /// Domains of which every mailbox is full: it takes a letter, and writes to its sender a moment later.
    pub full: &'a [&'a str],
    /// A certificate, STARTTLS, and nothing without it.
    pub tls: bool,
    /// The name and the password without which nobody may send.
    pub login: Option<(&'a str, &'a str)>,
}

pub struct Postfix {
    folder: PathBuf,
    port: u16,
    guard: Option<Child>,
}

/// A message as it was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    pub sender: String,
    pub recipient: String,
    /// Without what Postfix wrote above it, and with the line ends with which it travelled.
    pub bytes: Vec<u8>,
}

impl Postfix {
    /// `None`, with a word about it, where there is none or where we may not start one.
    ///
    /// # Panics
    /// In CI, instead of `None`; and when it does not answer within half a minute, with its log.
    #[expect(clippy::disallowed_methods, reason = "whether this is CI stands in the environment of the test")]
    pub fn start(wanted: &Wanted) -> Option<Self> {
        let programs = PROGRAMS.iter().map(Path::new).find(|folder| folder.join("master").is_file());
        let why = match (programs, fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)) {
            (Some(programs), true) => return Some(Self::begin(programs, wanted)),
            (None, _) => "there is no Postfix here: install the package postfix",
            (_, false) => "Postfix starts as root only",
        };
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{why}");
        eprintln!("skipped: {why}");
        None
    }

    fn begin(programs: &Path, wanted: &Wanted) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        sweep();
        let (process, number) = (std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = Path::new(TEMPORARY).join(format!("{FOLDER}{process}-{number}"));
        let mut postfix = Self { folder, port: 0, guard: None };
        postfix.lay_out(programs);
        if wanted.tls {
            postfix.make_certificate();
        }
        let doorman = wanted.login.map(doorman);
        fs::write(postfix.etc("main.cf"), postfix.settings(programs, wanted, doorman)).unwrap();
        postfix.answer(wanted.answers);
        let full: String = wanted.full.iter().map(|domain| format!("{domain} full:\n")).collect();
        fs::write(postfix.etc("transport"), full).unwrap();
        let first = usize::try_from(process).unwrap() * 61 + number * 7;
        let ports = (first..first + PORTS.len()).map(|it| PORTS.start + it % PORTS.len());
        let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
        // Somebody may take it in between.
        for port in ports.map(|it| u16::try_from(it).unwrap()).filter(is_free).take(3) {
            postfix.port = port;
            fs::write(postfix.etc("master.cf"), services(port)).unwrap();
            if postfix.is_started() {
                return postfix;
            }
        }
        panic!("Postfix does not start: {}", postfix.log());
    }

    /// The folders that `postfix check` would make, whose owners Postfix is particular about.
    fn lay_out(&self, programs: &Path) {
        let owner = id("/etc/passwd", "postfix");
        let group = id("/etc/group", "postdrop");
        fs::create_dir(&self.folder).unwrap();
        fs::set_permissions(&self.folder, Permissions::from_mode(0o755)).unwrap();
        let make = |name: &str, mode, owner: u32, group: Option<u32>| {
            let folder = self.folder.join(name);
            fs::create_dir(&folder).unwrap();
            fs::set_permissions(&folder, Permissions::from_mode(mode)).unwrap();
            chown(&folder, Some(owner), group).unwrap();
        };
        make("etc", 0o755, 0, None);
        make("mail", 0o700, NOBODY, None);
        make("data", 0o700, owner, None);
        make("queue", 0o755, 0, None);
        make("queue/pid", 0o755, 0, None);
        make("queue/public", 0o710, owner, Some(group));
        make("queue/maildrop", 0o730, owner, Some(group));
        for name in ["active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming"] {
            make(&format!("queue/{name}"), 0o700, owner, None);
        }
        for name in ["private", "saved", "trace"] {
            make(&format!("queue/{name}"), 0o700, owner, None);
        }
        assert!(programs.join("smtpd").is_file());
    }

    fn settings(&self, programs: &Path, wanted: &Wanted, doorman: Option<u16>) -> String {
        let (folder, programs) = (self.folder.display(), programs.display());
        let may_send =
            if doorman.is_some() { "permit_sasl_authenticated, reject" } else { "permit_mynetworks" };
        let mut settings = format!(
            "compatibility_level = 3.6
config_directory = {folder}/etc
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = {programs}
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.post.example
mydestination =
mynetworks = 127.0.0.1/32
alias_maps =
smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/etc/answers, {may_send}, reject
smtpd_error_sleep_time = 0
transport_maps = texthash:{folder}/etc/transport
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:all/
virtual_mailbox_base = {folder}/mail
virtual_uid_maps = static:{NOBODY}
virtual_gid_maps = static:{NOBODY}
default_transport = error:nothing leaves
relay_transport = error:nothing leaves
local_transport = error:nothing leaves
local_header_rewrite_clients =
notify_classes =
"
        );
        if wanted.tls {
            settings += &format!(
                "smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {folder}/etc/cert.pem
smtpd_tls_key_file = {folder}/etc/key.pem
"
            );
        }
        if let Some(port) = doorman {
            settings += &format!(
                "smtpd_sasl_auth_enable = yes
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{port}
"
            );
        }
        settings
    }

    /// An authority that nobody else trusts, and a certificate of it for 127.0.0.1 and no other name.
    fn make_certificate(&self) {
        let run = |arguments: &str| {
            let made = Command::new("openssl").args(arguments.split(' ')).current_dir(self.etc("")).output();
            let made = made.expect("openssl comes with Postfix");
            assert!(made.status.success(), "openssl {arguments}: {}", said(&made));
        };
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
        run(&format!("req -x509 {key} -keyout authority.key -out authority.pem -days 2 -subj /CN=authority"));
        run(&format!("req {key} -keyout key.pem -out request.pem -subj /CN=mx.post.example"));
        fs::write(self.etc("names"), "subjectAltName = IP:127.0.0.1\n").unwrap();
        run("x509 -req -in request.pem -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 \
             -extfile names -out cert.pem");
    }

    /// The certificate of the authority that vouches for this server.
    pub fn authority(&self) -> PathBuf {
        self.etc("authority.pem")
    }

    /// What it says of a recipient from its next start on.
    pub fn answer(&self, answers: &[(&str, &str)]) {
        let lines: String = answers.iter().map(|(address, answer)| format!("{address} {answer}\n")).collect();
        fs::write(self.etc("answers"), lines).unwrap();
    }

    /// Starts it on its port and waits until it answers. Gives `false` when it ended instead.
    fn is_started(&mut self) -> bool {
        let programs = PROGRAMS.iter().map(Path::new).find(|folder| folder.join("master").is_file()).unwrap();
        let log = fs::File::create(self.folder.join("master.log")).unwrap();
        let mut guard = Command::new("sh");
        guard.args(["-c", GUARD]).arg(programs.join("master")).arg(self.etc(""));
        guard.stdin(Stdio::piped()).stdout(log.try_clone().unwrap()).stderr(log);
        let mut guard = guard.spawn().unwrap();
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if guard.try_wait().unwrap().is_some() {
                return false;
            }
            if greets(self.port) {
                self.guard = Some(guard);
                return true;
            }
            thread::sleep(Duration::from_millis(20));
        }
        self.guard = Some(guard);
        panic!("Postfix does not answer: {}", self.log());
    }

    /// Stops it, in the middle of whatever it does.
    pub fn stop(&mut self) {
        let Some(mut guard) = self.guard.take() else { return };
        drop(guard.stdin.take());
        guard.wait().map_or_else(|why| eprintln!("Postfix: {why}"), drop);
    }

    /// Starts it again, on the same port and with what lay in its queue.
    pub fn start_again(&mut self) {
        self.stop();
        assert!(self.is_started(), "Postfix does not start again: {}", self.log());
    }

    /// How to reach it without TLS.
    pub fn server(&self) -> Server {
        Server {
            host: "127.0.0.1".into(),
            port: self.port,
            security: Security::None,
            login: None,
            sender: "warnings@z-cert.example".into(),
        }
    }

    /// The Maildir in which everything ends that it delivers.
    pub fn mailbox(&self) -> PathBuf {
        self.folder.join("mail/all")
    }

    /// Everything that was delivered so far, in the order of the dates of the messages. Waits until
    /// nothing lies in the queue.
    pub fn arrived(&self) -> Vec<Arrived> {
        let waiting = |name: &str| {
            let mut folders = vec![self.folder.join("queue").join(name)];
            let mut count = 0;
            while let Some(folder) = folders.pop() {
                for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                    match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                        true => folders.push(entry.path()),
                        false => count += 1,
                    }
                }
            }
            count
        };
        let began = Instant::now();
        while ["incoming", "active", "deferred"].into_iter().map(waiting).sum::<i32>() > 0 {
            assert!(began.elapsed() < PATIENCE, "something stays in the queue: {}", self.log());
            thread::sleep(Duration::from_millis(10));
        }
        let new = fs::read_dir(self.folder.join("mail/all/new")).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = new.map(|entry| entry.path()).collect();
        files.sort();
        files.iter().map(|file| Arrived::of(&fs::read(file).unwrap())).collect()
    }

    /// What it and its master wrote down.
    pub fn log(&self) -> String {
        let read = |name| fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        format!("{}{}", read("log"), read("master.log"))
    }

    fn etc(&self, name: &str) -> PathBuf {
        self.folder.join("etc").join(name)
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        self.stop();
        fs::remove_dir_all(&self.folder)
            .unwrap_or_else(|why| eprintln!("{} stays behind: {why}", self.folder.display()));
    }
}

impl Arrived {
    /// The message itself: who sends puts an empty line behind it, to be sure that it ends in one.
    pub fn message(&self) -> &[u8] {
        self.bytes.strip_suffix(b"\r\n").filter(|it| it.ends_with(b"\r\n")).unwrap_or(&self.bytes)
    }

    /// Takes off what Postfix wrote above the message: who sent it to whom, and how it came.
    fn of(file: &[u8]) -> Self {
        let text = String::from_utf8_lossy(file);
        let (mut sender, mut recipient, mut end) = (String::new(), String::new(), 0);
        for line in text.split_inclusive('\n') {
            let (name, value) = line.split_once(':').unwrap_or_default();
            match name {
                "Return-Path" => sender = value.trim().trim_matches(['<', '>']).to_owned(),
                "X-Original-To" => recipient = value.trim().to_owned(),
                "Delivered-To" | "Received" => {}
                _ if line.starts_with(['\t', ' ']) => {}
                _ => break,
            }
            end += line.len();
        }
        let mut bytes = Vec::with_capacity(file.len());
        for line in file[end..].split_inclusive(|byte| *byte == b'\n') {
            bytes.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
            bytes.extend_from_slice(b"\r\n");
        }
        Self { sender, recipient, bytes }
    }
}

/// What runs inside, and under which name the others find it. Nothing that could send mail on.
fn services(port: u16) -> String {
    format!(
        "127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
full unix - n n - 1 pipe user=nobody argv=/bin/sh -c {{echo 5.2.2 mailbox full; exit 67}}
virtual unix - n n - 1 virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"
    )
}

/// Whether a mail server says its first word.
fn greets(port: u16) -> bool {
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let mut word = [0; 4];
    server.set_read_timeout(Some(PATIENCE)).is_ok()
        && server.read_exact(&mut word).is_ok()
        && &word == b"220 "
        && server.write_all(b"QUIT\r\n").is_ok()
}

/// Knows one name and one password, and tells Postfix whether somebody gave them, in the protocol of
/// Dovecot's authentication (version 1.1): the password is checked by Postfix's own means, and nothing
/// but Postfix has to be installed for it. Gives its port.
fn doorman((name, password): (&str, &str)) -> u16 {
    let door = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = door.local_addr().unwrap().port();
    let (name, response) = (name.to_owned(), base64(format!("\0{name}\0{password}").as_bytes()));
    thread::spawn(move || {
        for caller in door.incoming().flatten() {
            let (name, response) = (name.clone(), response.clone());
            thread::spawn(move || {
                let mut answers = caller.try_clone().unwrap();
                let hello = "VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t0\nDONE\n";
                answers.write_all(hello.as_bytes()).unwrap();
                for line in BufReader::new(caller).lines().map_while(Result::ok) {
                    let mut words = line.split('\t');
                    let (Some("AUTH"), Some(number)) = (words.next(), words.next()) else { continue };
                    let is_known = words.any(|word| word.strip_prefix("resp=") == Some(&response));
                    let answer = match is_known {
                        true => format!("OK\t{number}\tuser={name}\n"),
                        false => format!("FAIL\t{number}\n"),
                    };
                    answers.write_all(answer.as_bytes()).unwrap();
                }
            });
        }
    });
    port
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits =
            three.iter().chain([0, 0].iter()).take(3).fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        for place in 0..4 {
            let sextet = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap();
            text.push(if place > three.len() { '=' } else { char::from(ALPHABET[sextet]) });
        }
    }
    text
}

/// The number of a user or a group: `name:password:number:…`.
fn id(file: &str, name: &str) -> u32 {
    let names = fs::read_to_string(file).unwrap();
    let line = names.lines().find(|line| line.split(':').next() == Some(name));
    let line = line.unwrap_or_else(|| panic!("{file} has no {name}, which the package postfix makes"));
    line.split(':').nth(2).unwrap().parse().unwrap()
}

/// Removes the folders of runs that are no longer alive.
fn sweep() {
    for entry in fs::read_dir(TEMPORARY).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(FOLDER)?.split('-').next());
        let Some(process) = process else { continue };
        if !Path::new("/proc").join(process).exists() {
            // Another test may sweep the same folder at the same time.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
