//! The rules of disclosure that count now, and an operator who changes them while the node runs.
//!
//! A set is taken as a whole or not at all: when one file of it does not fit, the set of before goes on counting, and
//! the board says so until the folder is right again (`docs/disclosure.md`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use disclosure::{Gate, Rules, Unfit};
use jiff::civil::Date;

/// Why the rules of a folder do not count.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    #[error("{path}: {cause}", path = .path.display())]
    Unreadable { path: PathBuf, cause: std::io::Error },
    #[error(transparent)]
    Unfit(#[from] Unfit),
}

/// The gate with the rules that count now.
pub struct Law {
    now: Mutex<Now>,
    folder: Option<PathBuf>,
    /// Every question is asked as of this day. A replay asks what another law would have done.
    day: Option<Date>,
}

struct Now {
    gate: Arc<Gate>,
    /// What was last read in the folder, whether it was taken or not.
    read: BTreeMap<String, String>,
    refused: Option<String>,
}

impl From<Gate> for Law {
    /// Rules that nobody changes.
    fn from(gate: Gate) -> Self {
        Self { now: Mutex::new(Now::new(gate, BTreeMap::new())), folder: None, day: None }
    }
}

impl Now {
    fn new(gate: Gate, read: BTreeMap<String, String>) -> Self {
        Self { gate: Arc::new(gate), read, refused: None }
    }
}

impl Law {
    /// The rules of a folder.
    ///
    /// # Errors
    /// [`NotTaken`] with the file, the rule and the reason.
    pub fn in_folder(folder: &Path) -> Result<Self, NotTaken> {
        let texts = read(folder)?;
        let gate = Gate::new(Rules::read(&texts)?);
        Ok(Self { now: Mutex::new(Now::new(gate, texts)), folder: Some(folder.to_owned()), day: None })
    }

    /// The shipped rules, asked as of `day` whatever the clock says.
    pub fn as_of(day: Date) -> Self {
        Self { day: Some(day), ..Self::from(Gate::shipped()) }
    }

    pub fn gate(&self) -> Arc<Gate> {
        Arc::clone(&self.held().gate)
    }

    /// The day as of which the gate is asked on `today`.
    pub fn day(&self, today: Date) -> Date {
        self.day.unwrap_or(today)
    }

    /// Why what lies in the folder does not count, while older rules do.
    pub fn refused(&self) -> Option<String> {
        self.held().refused.clone()
    }

    /// Looks whether somebody changed the folder. Gives whether other rules count from now on.
    pub fn look_again(&self) -> bool {
        let Some(folder) = &self.folder else { return false };
        let found = read(folder);
        let mut now = self.held();
        let taken = match found {
            Ok(texts) if texts == now.read => return false,
            Ok(texts) => {
                let rules = Rules::read(&texts).map_err(NotTaken::from);
                now.read = texts;
                rules
            }
            Err(cause) => Err(cause),
        };
        match taken {
            Ok(rules) => {
                let is_other = rules.version() != now.gate.rules().version();
                tracing::info!(version = rules.version(), "the rules of disclosure were read");
                if is_other {
                    now.gate = Arc::new(Gate::new(rules));
                }
                now.refused = None;
                is_other
            }
            Err(cause) => {
                let why = cause.to_string();
                if now.refused.as_ref() != Some(&why) {
                    tracing::error!("the rules of disclosure were refused, those of before go on: {why}");
                }
                now.refused = Some(why);
                false
            }
        }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Now> {
        // Whoever fell while holding it had not begun to change it.
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The manifest and the policies of a folder, by their names.
fn read(folder: &Path) -> Result<BTreeMap<String, String>, NotTaken> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |cause| NotTaken::Unreadable { path, cause }
    };
    let mut texts = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.ends_with(".cedar") || name == "manifest.toml" {
            texts.insert(name, std::fs::read_to_string(&path).map_err(unreadable(&path))?);
        }
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use store::testing::Scratch;

    use super::*;

    #[test]
    fn a_set_that_does_not_fit_changes_nothing_and_is_taken_once_it_fits() {
        let scratch = Scratch::new();
        for (name, text) in Rules::shipped_files() {
            std::fs::write(scratch.path().join(name), text).unwrap();
        }
        let law = Law::in_folder(scratch.path()).unwrap();
        let shipped = law.gate().rules().version().to_owned();
        assert!(!law.look_again(), "nobody changed anything");

        let file = scratch.path().join("need.cedar");
        let before = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, before.clone() + "permit (principal, action, resource);").unwrap();
        assert!(!law.look_again());
        assert_eq!(law.gate().rules().version(), shipped, "the old set stays in force");
        let why = law.refused().unwrap();
        assert!(why.contains("need.cedar"), "{why}");

        let fits = format!("{before}\n// read again by a lawyer\n");
        std::fs::write(&file, fits).unwrap();
        assert!(law.look_again());
        assert_ne!(law.gate().rules().version(), shipped);
        assert_eq!(law.refused(), None);

        std::fs::remove_file(scratch.path().join("manifest.toml")).unwrap();
        assert!(!law.look_again() && law.refused().is_some(), "a set without a manifest is none");
    }
}
