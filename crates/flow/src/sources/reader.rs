//! From where a source is read: from the world, or from a folder of this machine that mirrors it.
//!
//! A mirror holds what the world would answer, under the same names, so the same steps serve both. A folder
//! is left by nobody: neither by dots, nor by a link that leads out of it.

use std::fs;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use domain::source::Trouble;
use store::papers::Digest;
use store::sources::Source;

use crate::egress::{Answer, Asked, Egress, EgressError, Fetched, Secret, Seen};
use crate::house::House;

#[derive(Clone)]
pub(crate) enum Reader {
    World {
        http: Egress,
        /// What this source alone is told, and under which head.
        header: Option<(&'static str, Secret)>,
        /// With what it is asked, where that is more than a header.
        credentials: Option<Secret>,
    },
    Mirror {
        root: PathBuf,
        /// The address that the mirrored provider has for the root of the folder.
        instead_of: Option<String>,
    },
}

/// Why something was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Miss {
    /// It is not there.
    Absent(Trouble),
    /// It could not be had, and may be there.
    Trouble(Trouble),
}

impl Miss {
    pub fn trouble(self) -> Trouble {
        match self {
            Self::Absent(trouble) | Self::Trouble(trouble) => trouble,
        }
    }
}

impl From<&EgressError> for Trouble {
    fn from(why: &EgressError) -> Self {
        Self::Way { key: why.key().to_owned(), about: why.about(), said: why.to_string() }
    }
}

impl From<EgressError> for Miss {
    fn from(why: EgressError) -> Self {
        let trouble = Trouble::from(&why);
        if why.is_absence() { Self::Absent(trouble) } else { Self::Trouble(trouble) }
    }
}

impl Reader {
    pub fn of(house: &House, source: &Source) -> Self {
        match folder_of(source) {
            Some(root) => Self::Mirror { root, instead_of: None },
            None => {
                // Whoever names a source at the desk does not get the key of one in the configuration.
                let key = house.http.rules().keys.get(&source.name).filter(|_| source.in_file);
                let head = source.kind.key_header();
                let header = head.and_then(|head| key.map(|key| (head, key.clone())));
                let credentials = key.cloned().filter(|_| source.kind.needs_key());
                Self::World { http: house.http.clone(), header, credentials }
            }
        }
    }

    /// The folder, when it is read from one.
    pub fn root(&self) -> Option<&Path> {
        match self {
            Self::World { .. } => None,
            Self::Mirror { root, .. } => Some(root),
        }
    }

    /// Whether it is told who asks.
    pub fn has_key(&self) -> bool {
        matches!(self, Self::World { header: Some(_), .. })
    }

    /// With what it is asked, where that is more than a header.
    pub fn credentials(&self) -> Option<&Secret> {
        match self {
            Self::World { credentials, .. } => credentials.as_ref(),
            Self::Mirror { .. } => None,
        }
    }

    /// Asks a question of the world, under a head that only this question has.
    pub async fn post(
        &self,
        address: &str,
        body: &str,
        header: (&'static str, &str),
        size_bytes_max: usize,
    ) -> Result<Fetched, Miss> {
        let Self::World { http, .. } = self else { return self.get(address, size_bytes_max).await };
        let asked =
            Asked { address, size_bytes_max, header: Some(header), body: Some(body), ..Asked::default() };
        match http.ask(asked).await? {
            Answer::Fetched(fetched) => Ok(fetched),
            // Nobody asked whether it changed.
            Answer::Unchanged => Err(EgressError::Status { host: address.to_owned(), status: 304 }.into()),
        }
    }

    /// From now on addresses that begin with `address` are below the folder of a mirror.
    pub fn stands_instead_of(&mut self, address: &str) {
        if let Self::Mirror { instead_of, .. } = self {
            *instead_of = Some(address.to_owned());
        }
    }

    /// Reads something that must be there.
    pub async fn get(&self, address: &str, size_bytes_max: usize) -> Result<Fetched, Miss> {
        match self.ask(address, None, size_bytes_max).await? {
            Answer::Fetched(fetched) => Ok(fetched),
            // Nobody asked whether it changed.
            Answer::Unchanged => Err(EgressError::Status { host: address.to_owned(), status: 304 }.into()),
        }
    }

    /// Reads something, or finds that it is as it was `seen`.
    pub async fn ask(
        &self,
        address: &str,
        seen: Option<&Seen>,
        size_bytes_max: usize,
    ) -> Result<Answer, Miss> {
        match self {
            Self::World { http, header, .. } => {
                let header = header.as_ref().map(|(head, secret)| (*head, secret.tell()));
                let asked = Asked { address, seen, size_bytes_max, header, body: None };
                Ok(http.ask(asked).await?)
            }
            Self::Mirror { root, instead_of } => {
                let path = place(root, instead_of.as_deref(), address)?;
                let fetched = read(root, &path, address, size_bytes_max)?;
                let same = seen.is_some_and(|seen| *seen == fetched.seen);
                Ok(if same { Answer::Unchanged } else { Answer::Fetched(fetched) })
            }
        }
    }
}

/// The folder of a source that lies on this machine.
fn folder_of(source: &Source) -> Option<PathBuf> {
    match source.address.strip_prefix("file://") {
        Some(path) => Some(PathBuf::from(path)),
        None => source.kind.is_local().then(|| PathBuf::from(&source.address)),
    }
}

/// Where an address lies in a mirror: below what the mirror stands for, or below a folder with the name of
/// the host.
fn place(root: &Path, instead_of: Option<&str>, address: &str) -> Result<PathBuf, Miss> {
    let away = || Miss::Trouble(Trouble::LeadsAway(root.display().to_string()));
    let relative = if let Some(path) = address.strip_prefix("file://") {
        Path::new(path).strip_prefix(root).map_err(|_| away())?.to_owned()
    } else if let Some(rest) = instead_of.and_then(|from| address.strip_prefix(from)) {
        PathBuf::from(rest.trim_start_matches('/'))
    } else {
        let (_, rest) = address.split_once("://").ok_or_else(away)?;
        PathBuf::from(rest)
    };
    let stays = relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    match stays {
        // The root may be the one file that the source is.
        true if relative.as_os_str().is_empty() => Ok(root.to_owned()),
        true => Ok(root.join(relative)),
        false => Err(away()),
    }
}

fn read(root: &Path, path: &Path, address: &str, size_bytes_max: usize) -> Result<Fetched, Miss> {
    let absent = |_| Miss::Absent(Trouble::NoFolder(path.display().to_string()));
    let real = path.canonicalize().map_err(absent)?;
    let inside = root.canonicalize().map_err(absent)?;
    if !real.starts_with(inside) {
        return Err(Miss::Trouble(Trouble::LeadsAway(root.display().to_string())));
    }
    if !real.is_file() {
        return Err(Miss::Absent(Trouble::NoFolder(path.display().to_string())));
    }
    let mut bytes = Vec::new();
    let one_more = u64::try_from(size_bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    let file = fs::File::open(&real).map_err(absent)?;
    file.take(one_more).read_to_end(&mut bytes).map_err(absent)?;
    if bytes.len() > size_bytes_max {
        let why = EgressError::TooBig { host: path.display().to_string(), limit: size_bytes_max };
        return Err(why.into());
    }
    let seen = Seen { etag: Some(Digest::of(&bytes).to_string()), modified: None };
    Ok(Fetched { bytes, seen, media_type: None, address: address.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_leaves_a_mirror() {
        let root = Path::new("/srv/mirror");
        let at = |address: &str| place(root, Some("https://d.example/csaf/"), address);
        let ok = |path: &str| Ok(PathBuf::from(path));
        assert_eq!(at("https://d.example/csaf/white/a.json"), ok("/srv/mirror/white/a.json"));
        assert_eq!(at("https://other.example/a.json"), ok("/srv/mirror/other.example/a.json"));
        assert_eq!(at("file:///srv/mirror/index.txt"), ok("/srv/mirror/index.txt"));
        assert_eq!(at("file:///srv/mirror"), ok("/srv/mirror"));
        for away in [
            "https://d.example/csaf/../../etc/passwd",
            "https://../etc/passwd",
            "file:///etc/passwd",
            "file:///srv/mirror/../../etc/passwd",
            "/etc/passwd",
        ] {
            assert!(at(away).is_err(), "{away}");
        }
    }

    #[test]
    fn a_link_that_leads_out_of_a_mirror_is_not_followed() {
        let folder = std::env::temp_dir().join(format!("dijkwacht_mirror_{}", std::process::id()));
        fs::create_dir_all(folder.join("in")).unwrap();
        fs::write(folder.join("secret"), b"secret").unwrap();
        fs::write(folder.join("in/paper.json"), b"{}").unwrap();
        let link = folder.join("in/link.json");
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(folder.join("secret"), &link).unwrap();
        let root = folder.join("in");
        assert_eq!(read(&root, &root.join("paper.json"), "x", 10).unwrap().bytes, b"{}");
        assert!(matches!(read(&root, &root.join("paper.json"), "x", 1), Err(Miss::Trouble(_))));
        assert!(matches!(read(&root, &link, "x", 10), Err(Miss::Trouble(Trouble::LeadsAway(_)))));
        assert!(matches!(read(&root, &root.join("none"), "x", 10), Err(Miss::Absent(_))));
        fs::remove_dir_all(&folder).unwrap();
    }
}
