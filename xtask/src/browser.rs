//! `cargo xtask browser`: every page in a real browser, for every role, at four moments of the story.
//!
//! A demonstration is started on a free port; what reads it lies in `tests/browser`, is written for
//! Node, and reaches nothing but that port. Pictures of the pages are kept in [`PICTURES`].

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};

use crate::{
    cargo::{cargo, in_ci, root, step},
    debian,
};

/// Where the reader lies.
const READER: &str = "tests/browser";
/// Where the pictures go; git does not look there.
const PICTURES: &str = "target/artefacts/browser";
/// A walk that takes longer stands still.
const WALK_AT_MOST: Duration = Duration::from_secs(35 * 60);

pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    ensure!(arguments.is_empty(), "takes no arguments");
    walk(&["build", "--package", "dijkwacht"])
}

/// The same before all tests. Another choice of packages would build twice what both lean on, so here
/// everything is built that the tests need.
pub fn run_before_tests() -> anyhow::Result<()> {
    walk(&["build", "--workspace", "--all-targets"])
}

fn walk(build: &[&str]) -> anyhow::Result<()> {
    debian::provide()?;
    let Some(browser) = debian::found("chromium").filter(|_| debian::found("npm").is_some()) else {
        ensure!(!in_ci(), "there is no browser, or no npm to fetch what drives it");
        eprintln!("skipped: no browser here, or no npm to fetch what drives it");
        return Ok(());
    };
    let reader = root().join(READER);
    if !is_fetched(&reader) {
        let mut fetch = Command::new("npm");
        fetch.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
        step("what drives the browser", fetch.current_dir(&reader))?;
    }
    step("demonstration", &mut cargo(build))?;
    let pictures = root().join(PICTURES);
    if pictures.exists() {
        fs::remove_dir_all(&pictures).context("old pictures stay")?;
    }

    eprintln!("==> pages in a browser");
    let began = Instant::now();
    let demonstration = Demonstration::start()?;
    let description = description(&browser, &pictures, &demonstration)?;
    let mut walk = Command::new("node");
    walk.arg("walk.mjs").current_dir(&reader).stdin(Stdio::piped());
    let mut walk = Running(walk.spawn().context("cannot start node")?);
    walk.0.stdin.take().context("node listens to nothing")?.write_all(description.as_bytes())?;
    let status = loop {
        if let Some(status) = walk.0.try_wait()? {
            break status;
        }
        ensure!(began.elapsed() < WALK_AT_MOST, "the walk stands still");
        std::thread::sleep(Duration::from_millis(200));
    };
    ensure!(status.success(), "the walk ended with {status}; pictures: {PICTURES}");
    // Nothing is said after it: its last line is the count.
    Ok(())
}

/// Whether what the lock file names is there already: npm leaves a copy of it beside what it fetched.
fn is_fetched(reader: &Path) -> bool {
    let changed = |file: &str| fs::metadata(reader.join(file)).and_then(|it| it.modified()).ok();
    let (fetched, wished) = (changed("node_modules/.package-lock.json"), changed("package-lock.json"));
    fetched.is_some() && fetched >= wished
}

/// A program that ends with us.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        if self.0.try_wait().is_ok_and(|status| status.is_some()) {
            return;
        }
        let asked = Command::new("kill").arg(self.0.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            self.0.kill().unwrap_or_else(|error| eprintln!("a program stays behind: {error}"));
        }
        self.0.wait().map_or_else(|error| eprintln!("{error}"), drop);
    }
}

struct Demonstration {
    address: String,
    /// Where the website of everybody is.
    website: String,
    ways_in: Vec<WayIn>,
    _program: Running,
}

/// A link that signs in, as the demonstration prints it.
#[derive(Debug, PartialEq, Eq)]
struct WayIn {
    role: String,
    path: String,
}

impl Demonstration {
    /// Starts it, and waits until it has said who can come in.
    fn start() -> anyhow::Result<Self> {
        let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), Into::into);
        let mut program = Command::new(folder.join("debug/dijkwacht"));
        program.args(["demo", "--port", "0"]).current_dir(root()).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut program = Running(program.spawn().context("cannot start the demonstration")?);
        let said = program.0.stdout.take().context("the demonstration says nothing")?;
        let (mut address, mut website, mut ways_in) = (None, None, Vec::new());
        let mut lines = BufReader::new(said).lines();
        for line in &mut lines {
            let line = line?;
            address = address.or_else(|| address_in(&line, "/demo"));
            website = website.or_else(|| address_in(&line, "/"));
            match way_in(&line) {
                Some(way) => ways_in.push(way),
                None if !ways_in.is_empty() => break,
                None => {}
            }
        }
        // Nobody reads on, and a full pipe would stop it.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let address = address.context("the demonstration ended before it had an address")?;
        ensure!(!ways_in.is_empty(), "the demonstration lets nobody in");
        let website = website.context("the demonstration has no website")?;
        Ok(Self { address, website, ways_in, _program: program })
    }
}

/// `… http://127.0.0.1:8019/demo`, where that ends in `end`.
fn address_in(line: &str, end: &str) -> Option<String> {
    let address = line.split_whitespace().find(|word| word.starts_with("http://"))?;
    Some(address.strip_suffix(end)?.to_owned())
}

/// `  duty officer    C. Dam, z-cert    http://127.0.0.1:8019/sign-in/0a1b…`
fn way_in(line: &str) -> Option<WayIn> {
    let (before, code) = line.split_once("/sign-in/")?;
    let role = before.trim().split("  ").next()?.replace(' ', "_");
    Some(WayIn { role, path: format!("/sign-in/{code}") })
}

/// What `walk.mjs` wants to know, as JSON.
fn description(browser: &Path, pictures: &Path, demonstration: &Demonstration) -> anyhow::Result<String> {
    let doors = doors()?;
    let ways_in: Vec<String> = demonstration
        .ways_in
        .iter()
        .map(|way| format!(r#"{{"role":{:?},"path":{:?}}}"#, way.role, way.path))
        .collect();
    Ok(format!(
        r#"{{"address":{:?},"website":{:?},"browser":{browser:?},"artefacts":{pictures:?},"doors":{doors:?},"waysIn":[{}],"sentences":{:?}}}"#,
        demonstration.address,
        demonstration.website,
        ways_in.join(","),
        families()?,
    ))
}

/// The paths of the doors that show something, as the table of `web` names them. Read from its text,
/// because this program leans on no crate of the house.
fn doors() -> anyhow::Result<Vec<String>> {
    let table = fs::read_to_string(root().join("crates/web/src/routes.rs"))?;
    let doors = doors_in(&table);
    if doors.is_empty() {
        bail!("crates/web/src/routes.rs has no table of doors that this program can read");
    }
    Ok(doors)
}

fn doors_in(table: &str) -> Vec<String> {
    let code =
        table.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join(" ");
    let behind = code.split("Route::get(").skip(1);
    behind
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        .map(str::to_owned)
        .collect()
}

/// The first parts of the names of sentences. A page on which such a name stands has lost its sentence.
fn families() -> anyhow::Result<Vec<String>> {
    let mut families = std::collections::BTreeSet::new();
    for file in fs::read_dir(root().join("locales/nl"))? {
        let sentences = fs::read_to_string(file?.path())?;
        let names = sentences.lines().filter(|line| line.starts_with(|it: char| it.is_ascii_lowercase()));
        families.extend(names.filter_map(|line| Some(line.split_once('-')?.0.to_owned())));
    }
    Ok(families.into_iter().filter(|name| name.chars().all(|it| it.is_ascii_lowercase())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demonstration_says_where_it_is_and_who_can_come_in() {
        let line = "The demonstration is open: http://127.0.0.1:8019/demo";
        assert_eq!(address_in(line, "/demo").as_deref(), Some("http://127.0.0.1:8019"));
        assert_eq!(address_in(line, "/"), None);
        let line = "  duty officer    C. Dam, z-cert                     http://127.0.0.1:8019/sign-in/0a1b";
        let way = WayIn { role: "duty_officer".into(), path: "/sign-in/0a1b".into() };
        assert_eq!(way_in(line), Some(way));
        assert_eq!(way_in("A clock to play, and these ways in:"), None);
    }

    #[test]
    fn doors_that_show_are_read_from_the_table() {
        let table = "/// Route::get(\"/no\", …)\n Route::get(\"/\", a),\n Route::post(\"/b\", b), Route::get(\n \"/c/{id}\", c)";
        assert_eq!(doors_in(table), ["/", "/c/{id}"]);
        assert!(doors().unwrap().contains(&"/sign-in".to_owned()));
    }
}
