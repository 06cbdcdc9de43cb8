//! The ways in which the world orders versions, each after the standard or the program that rules it.
//!
//! A scheme turns a version into a [`Key`] or says that it is none of its versions. Which scheme belongs
//! to a name is the list of the VERS specification ("Package ecosystem VERS types", "Generic VERS types",
//! package-url/vers-spec 2026-08), and what the library univers knows beside it.

mod composer;
mod conan;
mod debian;
mod gem;
mod gentoo;
mod maven;
mod openssl;
mod plain;
mod pypi;
mod rpm;
mod semver;

use std::cmp::Ordering;

use super::key::{Key, Rest, Writer};

/// An order of versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// Semantic Versioning, and the many that follow it more or less: npm, cargo, golang, hex, nginx.
    Semver,
    Nuget,
    Pypi,
    Maven,
    Gem,
    Composer,
    Debian,
    Rpm,
    /// Arch Linux.
    Alpm,
    /// Gentoo, and Alpine, which took its rules over.
    Gentoo,
    Conan,
    Openssl,
    /// Numbers with dots, up to the first character that is neither.
    Intdot,
    Datetime,
    /// By the bytes of UTF-8.
    Lexicographic,
    /// No scheme at all: builds such as 12.1-55.18, piece by piece, as [`domain::version`] orders them.
    Vendor,
}

impl Scheme {
    /// The scheme of a VERS type. `None` for a type without an order that we know.
    pub fn named(kind: &str) -> Option<Self> {
        Some(match kind {
            "semver" | "npm" | "cargo" | "golang" | "hex" | "github" | "nginx" | "apache" | "mattermost"
            | "mozilla" | "bitnami" | "pub" | "swift" => Self::Semver,
            "nuget" => Self::Nuget,
            "pypi" => Self::Pypi,
            "maven" => Self::Maven,
            "gem" => Self::Gem,
            "composer" => Self::Composer,
            "deb" | "opam" => Self::Debian,
            "rpm" => Self::Rpm,
            "alpm" => Self::Alpm,
            "apk" | "alpine" | "ebuild" | "gentoo" => Self::Gentoo,
            "conan" => Self::Conan,
            "openssl" => Self::Openssl,
            "intdot" => Self::Intdot,
            "datetime" => Self::Datetime,
            "lexicographic" => Self::Lexicographic,
            "generic" | "cran" | "hackage" | "luarocks" => Self::Vendor,
            _ => return None,
        })
    }

    /// The key of a version. `None` when it is no version of this scheme. Linear in its length.
    pub fn key(self, version: &str) -> Option<Key> {
        let mut to = Writer::new();
        let rest = Rest(version.trim().as_bytes());
        match self {
            Self::Semver => semver::write(rest, semver::Case::Kept, &mut to),
            Self::Nuget => semver::write(rest, semver::Case::Folded, &mut to),
            Self::Pypi => pypi::write(rest, &mut to),
            Self::Maven => maven::write(rest, &mut to),
            Self::Gem => gem::write(rest, &mut to),
            Self::Composer => composer::write(rest, &mut to),
            Self::Debian => debian::write(rest, &mut to),
            Self::Rpm => rpm::write(rest, &mut to),
            Self::Alpm => rpm::write_alpm(rest, &mut to),
            Self::Gentoo => gentoo::write(rest, &mut to),
            Self::Conan => conan::write(rest, &mut to),
            Self::Openssl => openssl::write(rest, &mut to),
            Self::Intdot => plain::write_intdot(rest, &mut to),
            Self::Datetime => plain::write_datetime(version.trim(), &mut to),
            Self::Lexicographic => plain::write_lexicographic(version, &mut to),
            Self::Vendor => plain::write_vendor(version.trim(), &mut to),
        }?;
        Some(to.into_key())
    }

    /// How two versions of this scheme stand to each other. To sort, compare the keys themselves: that is
    /// the same, but for one thing that is no order. Arch Linux takes a version without a release for equal
    /// to each of its releases.
    pub fn compare(self, one: &Key, other: &Key) -> Ordering {
        match self {
            Self::Alpm => rpm::compare_alpm(one.as_bytes(), other.as_bytes()),
            _ => one.cmp(other),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Holds that each version is below the next one, and that those between `=` are equal:
    /// `1.0 = 1 < 1.1`.
    pub(super) fn rises(scheme: Scheme, chain: &str) {
        let key = |version: &str| scheme.key(version).unwrap_or_else(|| panic!("{version:?} is no version"));
        let steps: Vec<Vec<&str>> =
            chain.split(" < ").map(|step| step.split(" = ").map(str::trim).collect()).collect();
        for (place, step) in steps.iter().enumerate() {
            for version in step {
                assert_eq!(key(version), key(step[0]), "{version} = {}", step[0]);
                for later in steps.iter().skip(place).skip(1).flatten() {
                    assert!(key(version) < key(later), "{version} < {later}");
                }
            }
        }
    }

    pub(super) fn refuses(scheme: Scheme, versions: &[&str]) {
        for version in versions {
            assert!(scheme.key(version).is_none(), "{version:?} is no version of {scheme:?}");
        }
    }

    const ALL: [Scheme; 16] = [
        Scheme::Semver,
        Scheme::Nuget,
        Scheme::Pypi,
        Scheme::Maven,
        Scheme::Gem,
        Scheme::Composer,
        Scheme::Debian,
        Scheme::Rpm,
        Scheme::Alpm,
        Scheme::Gentoo,
        Scheme::Conan,
        Scheme::Openssl,
        Scheme::Intdot,
        Scheme::Datetime,
        Scheme::Lexicographic,
        Scheme::Vendor,
    ];

    #[test]
    fn no_scheme_takes_nothing_for_a_version() {
        for scheme in ALL {
            refuses(scheme, &["", " "]);
        }
    }

    #[test]
    fn a_megabyte_of_anything_is_answered_soon() {
        const LONG: usize = 1_000_000;
        let began = std::time::Instant::now();
        for (unit, length) in [
            ("1.", LONG),
            ("9", LONG),
            ("0.", LONG),
            ("1a", LONG / 10),
            ("a", LONG / 10),
            ("0-", LONG / 10),
            ("1.0.a", LONG / 10),
            ("_p", LONG / 10),
            ("1!", LONG / 10),
            ("é", LONG / 10),
            ("\u{0}", LONG / 10),
        ] {
            let version = format!("1{}", unit.repeat(length / unit.len()));
            for scheme in ALL {
                let _ = scheme.key(&version);
            }
        }
        assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
    }
}
