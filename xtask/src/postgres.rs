//! A PostgreSQL of our own for as long as the tests run.
//!
//! It listens on loopback only, on a port that was free, trusts whoever connects, and lies in a
//! temporary folder that is removed with it. PostgreSQL refuses to run as root, so root lends it the
//! user `postgres` (or `nobody`). The kernel stops it when we die, also by `kill -9`
//! (`setpriv --pdeathsig`), and a folder that was left behind by such a death is swept at the next start.

use std::{
    ffi::OsStr,
    fs,
    net::TcpListener,
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};

/// Not `TMPDIR`: that may lie where the lent user cannot go.
const TEMPORARY: &str = "/tmp";
const FOLDER: &str = "dijkwacht-postgres-";

/// What a test database may leave out: it does not outlive the machine. `DIJKWACHT_TEST_FSYNC=on` keeps
/// it in, for tests that pull the plug.
const CARELESS: [&str; 3] = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];
const SETTINGS: [&str; 4] =
    ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=400", "shared_buffers=128MB"];

const START_AT_MOST: Duration = Duration::from_secs(60);

pub struct Cluster {
    programs: PathBuf,
    server: Child,
    folder: PathBuf,
    port: u16,
    lent: Option<User>,
}

/// Whom root lends to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct User {
    uid: u32,
    gid: u32,
}

/// The folder of `initdb` and `postgres`: Debian's newest version, else the one on the path.
pub fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|version| Some((version.file_name().to_str()?.parse::<u32>().ok()?, version.path())))
        .max();
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let folders = newest.map(|(_, path)| path.join("bin")).into_iter().chain(std::env::split_paths(&on_path));
    folders.into_iter().find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

pub fn we_are_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

impl Cluster {
    /// # Errors
    /// When the cluster cannot be made, or does not answer within a minute; the end of its log is in
    /// the message.
    pub fn start() -> anyhow::Result<Self> {
        let programs = programs().context("no PostgreSQL here: install the package postgresql")?;
        let lent = if we_are_root() { Some(somebody_harmless()?) } else { None };
        sweep();
        let folder = Path::new(TEMPORARY).join(format!("{FOLDER}{}", std::process::id()));
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        if let Some(User { uid, gid }) = lent {
            chown(&folder, Some(uid), Some(gid))?;
        }
        let made = Command::new("setpriv")
            .args(as_user(lent))
            .arg(programs.join("initdb"))
            .args([
                "--username=dijkwacht",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ])
            .arg(folder.join("data"))
            .current_dir(&folder)
            .output()
            .context("cannot start initdb")?;
        ensure!(made.status.success(), "initdb: {}", said(&made));

        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = fs::File::create(folder.join("log"))?;
        let mut server = Command::new("setpriv");
        server.args(as_user(lent)).args(["--pdeathsig", "INT"]).arg(programs.join("postgres"));
        server.arg("-D").arg(folder.join("data")).arg("-p").arg(port.to_string());
        let durable = std::env::var("DIJKWACHT_TEST_FSYNC").is_ok_and(|value| value == "on");
        let careless = if durable { &[][..] } else { &CARELESS };
        for setting in SETTINGS.iter().chain(careless) {
            server.args(["-c", setting]);
        }
        server.current_dir(&folder).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let server = server.spawn().context("cannot start postgres")?;
        let mut cluster = Self { programs, server, folder, port, lent };
        cluster.wait_until_it_answers()?;
        Ok(cluster)
    }

    /// For `DIJKWACHT_TEST_PG`: without a database, so that each test can name its own.
    pub fn url(&self) -> String {
        format!("postgres://dijkwacht@127.0.0.1:{}", self.port)
    }

    fn wait_until_it_answers(&mut self) -> anyhow::Result<()> {
        let began = Instant::now();
        while began.elapsed() < START_AT_MOST {
            if let Some(status) = self.server.try_wait()? {
                bail!("postgres ended with {status}: {}", self.end_of_log());
            }
            let port = self.port.to_string();
            let mut ask = Command::new(self.programs.join("pg_isready"));
            ask.args(["-q", "-h", "127.0.0.1", "-p", &port, "-d", "postgres", "-U", "dijkwacht"]);
            if ask.status().context("cannot start pg_isready")?.success() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        bail!("postgres did not answer within {} s: {}", START_AT_MOST.as_secs(), self.end_of_log())
    }

    fn end_of_log(&self) -> String {
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Cluster {
    /// Stops without a farewell to whoever is still connected; nothing here is worth keeping.
    fn drop(&mut self) {
        let stopped = Command::new("setpriv")
            .args(as_user(self.lent))
            .arg(self.programs.join("pg_ctl"))
            .args(["stop", "--silent", "--mode=immediate", "--pgdata"])
            .arg(self.folder.join("data"))
            .current_dir(&self.folder)
            .status();
        if !stopped.is_ok_and(|status| status.success()) {
            self.server.kill().unwrap_or_else(|error| eprintln!("postgres does not stop: {error}"));
        }
        self.server.wait().map_or_else(|error| eprintln!("postgres: {error}"), drop);
        fs::remove_dir_all(&self.folder)
            .unwrap_or_else(|error| eprintln!("{} stays behind: {error}", self.folder.display()));
    }
}

/// The words for `setpriv` that give up root; none when there is nothing to give up.
fn as_user(lent: Option<User>) -> Vec<String> {
    match lent {
        Some(User { uid, gid }) => {
            vec![format!("--reuid={uid}"), format!("--regid={gid}"), "--clear-groups".to_owned()]
        }
        None => vec![],
    }
}

fn somebody_harmless() -> anyhow::Result<User> {
    let users = fs::read_to_string("/etc/passwd")?;
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| user(&users, name))
        .context("PostgreSQL refuses root, and there is neither a user postgres nor nobody to lend it")
}

/// `name:password:uid:gid:…`
fn user(users: &str, name: &str) -> Option<User> {
    let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some(User { uid: fields.next()?.parse().ok()?, gid: fields.next()?.parse().ok()? })
}

/// Removes the folders of runs that are no longer alive.
fn sweep() {
    for entry in fs::read_dir(TEMPORARY).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(process) = name.to_str().and_then(|name| name.strip_prefix(FOLDER)) else { continue };
        if !Path::new("/proc").join(OsStr::new(process)).exists() {
            fs::remove_dir_all(entry.path())
                .unwrap_or_else(|error| eprintln!("{} stays behind: {error}", entry.path().display()));
        }
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_the_whole_name() {
        let users =
            "root:x:0:0:root:/root:/bin/bash\npostgres2:x:7:8::/:/bin/sh\npostgres:x:101:104:,,,:/x:/bin/sh";
        assert_eq!(user(users, "postgres"), Some(User { uid: 101, gid: 104 }));
        assert_eq!(user(users, "nobody"), None);
    }
}
