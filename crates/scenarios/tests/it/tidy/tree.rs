//! The tree as git sees it: what is committed, and what is new and not ignored.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// One text file.
pub struct File {
    /// From the root, with `/`.
    pub path: String,
    pub text: String,
}

impl File {
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap()
    }

    pub fn ends_in(&self, ends: &[&str]) -> bool {
        ends.iter().any(|end| self.path.ends_with(end))
    }

    /// The crate that it belongs to: `store` for `crates/store/…`.
    pub fn room(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }
}

/// Every file that is text, in the order of their paths.
pub fn files() -> &'static [File] {
    static FILES: OnceLock<Vec<File>> = OnceLock::new();
    FILES.get_or_init(|| {
        let text = |path: String| {
            let text = String::from_utf8(fs::read(root().join(&path)).unwrap()).ok()?;
            (!text.contains('\0')).then_some(File { path, text })
        };
        paths().into_iter().filter_map(text).collect()
    })
}

pub fn rust_files() -> impl Iterator<Item = &'static File> {
    files().iter().filter(|file| file.path.ends_with(".rs"))
}

/// The file at `path`, if it is there yet.
pub fn file(path: &str) -> Option<&'static File> {
    files().iter().find(|file| file.path == path)
}

/// Whether `path` is a file or a folder of the tree.
pub fn exists(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    let inside = format!("{path}/");
    files().iter().any(|file| file.path == path || file.path.starts_with(&inside))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn paths() -> Vec<String> {
    let git = Command::new("git")
        // Also in a checkout that belongs to somebody else, as on a machine that checks commits.
        .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("tidy reads the tree through git, and git is not installed");
    let complaint = String::from_utf8_lossy(&git.stderr);
    assert!(git.status.success(), "tidy reads the tree through git, which says: {complaint}");
    let listed = String::from_utf8(git.stdout).unwrap();
    let mut paths: Vec<String> =
        listed.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    // Removed on the desk and not yet in the index.
    paths.retain(|path| root().join(path).is_file());
    paths.sort();
    paths.dedup();
    assert!(paths.iter().any(|path| path == "Cargo.toml"), "git lists no Cargo.toml: this is not the tree");
    paths
}
