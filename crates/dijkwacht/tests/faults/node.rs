//! The program, as a process that can be killed.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use flow::canaries;
use serde_json::Value;
use store::testing::Scratch;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const PROGRAM: &str = env!("CARGO_BIN_EXE_dijkwacht");

/// A node that has not said anything by then never will.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where a node lives: its configuration, its papers and, unless that stands on a server, its database.
/// Gone when this is dropped.
pub struct Home {
    scratch: Scratch,
    /// A file, or a URL.
    pub database: String,
}

impl Home {
    /// With a database in one file.
    pub fn with_a_file(mail: SocketAddr) -> Self {
        let scratch = Scratch::new();
        let database = scratch.path().join("node.sqlite").display().to_string();
        Self { scratch, database }.furnished(mail)
    }

    /// With the database of this URL.
    pub fn with_a_server(database: &str, mail: SocketAddr) -> Self {
        Self { scratch: Scratch::new(), database: database.to_owned() }.furnished(mail)
    }

    fn furnished(self, mail: SocketAddr) -> Self {
        let (database, papers) = (&self.database, self.scratch.path().join("papers"));
        let config = format!(
            "[team]\nname = \"z-cert\"\ntelephone = \"085-0000 100\"\nsite = \"z-cert.example\"\n\
             target_group = \"care\"\n\
             [store]\ndatabase = {database:?}\npapers = {papers:?}\n\
             [web]\nlisten = \"127.0.0.1:0\"\naddress = \"http://127.0.0.1\"\n\
             [mail]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nmailbox = \"warnings@z-cert.example\"\n",
            mail.port(),
        );
        std::fs::write(self.config(), config).unwrap();
        self
    }

    /// With a website of its own, and a key to sign it with.
    pub async fn with_a_website(self) -> Self {
        let folder = self.scratch.path().join("website");
        let more = format!(
            "[website]\nfolder = {folder:?}\naddress = \"https://z-cert.example\"\nlisten = \"127.0.0.1:0\"\n"
        );
        let config = std::fs::read_to_string(self.config()).unwrap();
        std::fs::write(self.config(), format!("{config}{more}")).unwrap();
        let mut make_key = Command::new(PROGRAM);
        make_key.args(["website", "key", "--config"]).arg(self.config()).stdout(Stdio::null());
        assert!(make_key.status().await.unwrap().success());
        self
    }

    /// A folder of its own for what a test hands over.
    pub fn folder(&self) -> &Path {
        self.scratch.path()
    }

    fn config(&self) -> PathBuf {
        self.scratch.path().join("node.toml")
    }
}

/// One start of the program.
pub struct Node {
    process: Child,
    opened: watch::Receiver<Option<SocketAddr>>,
    website: watch::Receiver<Option<SocketAddr>>,
    complaints: Arc<Mutex<Vec<String>>>,
    listening: JoinHandle<()>,
}

impl Node {
    pub fn start(home: &Home) -> Self {
        Self::spawn(Command::new(PROGRAM).arg("serve").arg("--config").arg(home.config()))
    }

    /// Not a node but the command of an operator who hands `files` over, and who ends by itself.
    pub fn takes_in(home: &Home, files: &[PathBuf]) -> Self {
        Self::spawn(Command::new(PROGRAM).arg("ingest").arg("--config").arg(home.config()).args(files))
    }

    /// As [`Node::start`], where no file grows beyond `size_kib`: the disk is full.
    ///
    /// The signal that comes with it would end any program; a full disk sends none, so it is ignored.
    pub fn start_on_a_disk_of(home: &Home, size_kib: u64) -> Self {
        let within = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", size_kib * 2);
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(within).arg("sh").arg(PROGRAM).arg("serve").arg("--config").arg(home.config());
        Self::spawn(&mut shell)
    }

    fn spawn(command: &mut Command) -> Self {
        let silent = command.env_remove("RUST_LOG").stdin(Stdio::null()).stdout(Stdio::null());
        let mut process = silent.stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let (open, opened) = watch::channel(None);
        let (show, website) = watch::channel(None);
        let complaints = Arc::default();
        let said = process.stderr.take().unwrap();
        let listening = tokio::spawn(listen(said, (open, show), Arc::clone(&complaints)));
        Self { process, opened, website, complaints, listening }
    }

    /// Where it answers, as soon as it does.
    pub async fn opened(&mut self) -> SocketAddr {
        let address = timeout(PATIENCE, self.opened.wait_for(Option::is_some)).await;
        match address {
            Ok(Ok(address)) => address.unwrap(),
            _ => panic!("the node does not open: {:?}", self.complaints.lock().unwrap()),
        }
    }

    /// Where everybody reads its website.
    pub async fn website(&mut self) -> SocketAddr {
        let address = timeout(PATIENCE, self.website.wait_for(Option::is_some)).await;
        address.expect("there is a website").unwrap().unwrap()
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.process.try_wait().unwrap().is_some()
    }

    /// `kill -9`. Gives what it complained of before.
    pub async fn kill(mut self) -> Vec<String> {
        self.process.start_kill().unwrap();
        self.ends().await.1
    }

    /// What the system does when it ends a service.
    pub async fn stop(self) -> (ExitStatus, Vec<String>) {
        let id = self.process.id().unwrap().to_string();
        assert!(Command::new("kill").arg(id).status().await.unwrap().success());
        self.ends().await
    }

    /// Waits until it has ended. Gives how, and what it complained of.
    pub async fn ends(mut self) -> (ExitStatus, Vec<String>) {
        let status = timeout(PATIENCE, self.process.wait()).await.expect("the node does not end").unwrap();
        self.listening.await.unwrap();
        let complaints = std::mem::take(&mut *self.complaints.lock().unwrap());
        (status, complaints)
    }
}

/// Whoever may live around a node: the names of the hospitals, and so their domains.
fn names_of_the_town() -> impl Iterator<Item = &'static str> {
    static NAMES: LazyLock<Vec<String>> =
        LazyLock::new(|| (0..100).map(|number| format!("zorg{number:03}")).collect());
    NAMES.iter().map(String::as_str)
}

/// Where it answers, once that is known.
type Place = watch::Sender<Option<SocketAddr>>;

/// Reads what the node says: where it is open, and what an operator would be worried by. That is an
/// error in its log, and everything that does not come from its log, such as a panic.
async fn listen(said: ChildStderr, (open, show): (Place, Place), worry: Arc<Mutex<Vec<String>>>) {
    let mut lines = BufReader::new(said).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        // The log is for whoever runs the node, who need not know who is served and who lives there.
        if let Some(mark) = canaries::found(line.as_bytes(), names_of_the_town()) {
            worry.lock().unwrap().push(format!("the log names {mark}: {line}"));
        }
        let Ok(entry) = serde_json::from_str::<Value>(&line) else {
            worry.lock().unwrap().push(line);
            continue;
        };
        let place = match entry["fields"]["message"].as_str() {
            Some("the node is open") => Some(&open),
            Some("the website is open") => Some(&show),
            _ => None,
        };
        if let Some(place) = place {
            place.send_replace(entry["fields"]["listen"].as_str().and_then(|it| it.parse().ok()));
        }
        if entry["level"] == "ERROR" {
            worry.lock().unwrap().push(line);
        }
    }
}
