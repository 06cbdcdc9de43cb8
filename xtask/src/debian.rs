//! What the tests need from Debian, and fetching it when we may.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use crate::cargo::step;

/// A Debian package, and how to see that it is there.
struct Need {
    package: &'static str,
    what_for: &'static str,
    is_there: fn() -> bool,
}

const NEEDS: &[Need] = &[
    Need {
        package: "postgresql",
        what_for: "every store test runs on both engines",
        is_there: || crate::postgres::programs().is_some(),
    },
    Need {
        package: "postfix",
        what_for: "mail is delivered to a real mail server",
        is_there: || found("postfix").is_some(),
    },
    Need {
        package: "python3-dkim",
        what_for: "the signatures of our domain are checked by somebody else's program",
        is_there: || Path::new("/usr/lib/python3/dist-packages/dkim").is_dir(),
    },
    Need {
        package: "python3-nacl",
        what_for: "the same, for Ed25519",
        is_there: || Path::new("/usr/lib/python3/dist-packages/nacl").is_dir(),
    },
    Need {
        package: "python3-venv",
        what_for: "a client of CSAF providers of somebody else reads our website",
        is_there: || {
            let mut asks = Command::new("python3");
            asks.args(["-c", "import ensurepip, venv"]).output().is_ok_and(|said| said.status.success())
        },
    },
    Need {
        package: "gnupg",
        what_for: "mail is verified and decrypted by somebody else's program",
        is_there: || found("gpg").is_some(),
    },
    Need {
        package: "nginx-light",
        what_for: "a provider is read from a real web server",
        is_there: || found("nginx").is_some(),
    },
    Need {
        package: "hunspell",
        what_for: "the words of a CSAF document are spelt as a dictionary has them",
        is_there: || found("hunspell").is_some(),
    },
    Need {
        package: "hunspell-nl",
        what_for: "the same, in Dutch",
        is_there: || Path::new("/usr/share/hunspell/nl.dic").is_file(),
    },
    Need {
        package: "hunspell-en-us",
        what_for: "the same, in English",
        is_there: || Path::new("/usr/share/hunspell/en_US.dic").is_file(),
    },
    Need {
        package: "nmap",
        what_for: "a report is read that a real scanner wrote",
        is_there: || found("nmap").is_some(),
    },
    Need {
        package: "chromium",
        what_for: "pages are read in a real browser",
        is_there: || found("chromium").is_some(),
    },
    Need { package: "nodejs", what_for: "drives the browser", is_there: || found("node").is_some() },
    Need {
        package: "npm",
        what_for: "fetches axe-core, the driver and a validator",
        is_there: || found("npm").is_some(),
    },
];

/// Installs what is missing, if this is root on a Debian; otherwise says what to install.
///
/// A package that stays missing is not an error here: the tests that need it know best whether they
/// can do without.
pub fn provide() -> anyhow::Result<()> {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !(need.is_there)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for Need { package, what_for, .. } in &missing {
        eprintln!("missing: {package} ({what_for})");
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    if !(crate::postgres::we_are_root() && found("apt-get").is_some()) {
        eprintln!("to have them: apt-get install {}", packages.join(" "));
        return Ok(());
    }
    step("package lists", apt().arg("update"))?;
    step("packages", apt().args(["install", "--yes", "--no-install-recommends"]).args(packages))
}

/// Has one more package, with which a bench holds us against somebody else. One that stays missing is left out by the
/// bench, which says so.
pub fn borrow(package: &str, program: &str) {
    if found(program).is_some() {
        return;
    }
    if !(crate::postgres::we_are_root() && found("apt-get").is_some()) {
        eprintln!("to measure beside {program}: apt-get install {package}");
        return;
    }
    let installed = step("package lists", apt().arg("update"))
        .and_then(|()| step("package", apt().args(["install", "--yes", "--no-install-recommends", package])));
    if let Err(why) = installed {
        eprintln!("{package} is not there: {why:#}");
    }
}

/// Quiet, patient with another that holds the lock, and starting no daemon that we did not ask for.
fn apt() -> Command {
    let mut apt = Command::new("apt-get");
    apt.args(["--quiet=2", "--option", "DPkg::Lock::Timeout=600", "--option", "Acquire::Retries=3"]);
    apt.env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1");
    apt
}

/// Where `program` lies. Debian keeps daemons in `sbin`, which is not on everybody's path.
pub fn found(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain([Path::new("/usr/sbin").to_owned()]);
    folders.map(|folder| folder.join(program)).find(|file| file.is_file())
}
