//! Package URLs: a package by the name that its own world gives it, `pkg:maven/org.apache.commons/io@1.3.4`.
//!
//! From an SBOM comes what people and tools wrote. Two ways lead in: [`Purl::parse`] takes what the
//! specification (package-url/purl-spec, 2026-08) and its set allow and nothing else; [`Purl::read`] forgives what a
//! reader can mend without guessing. Both end in one form, so that two names of one package are equal.

use std::collections::BTreeMap;

use domain::product::Mark;

use crate::vers::{Scheme, percent_decoded};

/// A package URL in its canonical form. Nothing in it is percent-encoded.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Purl {
    /// `maven`, `npm`, `deb`: in small letters. The specification calls it the type.
    pub kind: String,
    /// Segments with slashes between them.
    pub namespace: Option<String>,
    pub name: String,
    pub version: Option<String>,
    /// By key, in small letters.
    pub qualifiers: BTreeMap<String, String>,
    /// Segments with slashes between them.
    pub subpath: Option<String>,
}

/// Why a text is no package URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("a package URL begins with pkg:")]
    NoScheme,
    #[error("{0:?} is no type of packages: letters, digits, dots, plus and minus, a letter first")]
    Kind(String),
    #[error("the name of the package is missing")]
    NoName,
    #[error(
        "{0:?} is no key of a qualifier: small letters, digits, dots, minus and underscore, a letter first"
    )]
    Key(String),
    #[error("the qualifier {0} stands there twice")]
    Twice(String),
    #[error("a package of type {0} has a namespace")]
    NoNamespace(String),
    #[error("a package of type {0} has no namespace")]
    Namespace(String),
    #[error("a package of type {kind} has a qualifier {key}")]
    NoQualifier { kind: String, key: &'static str },
    #[error("{name:?} is no name of a package of type {kind}")]
    Name { kind: String, name: String },
    #[error("{version:?} is no version of a package of type {kind}")]
    Version { kind: String, version: String },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    ToTheLetter,
    Forgiving,
}

/// The mark of a package: its name without a version, in the one form in which two are equal. `None`
/// for what is no package URL.
pub fn mark(written: &str) -> Option<Mark> {
    let purl =
        Purl { version: None, qualifiers: BTreeMap::new(), subpath: None, ..Purl::read(written).ok()? };
    Mark::of_package_url(&purl.to_string())
}

impl Purl {
    /// Reads a package URL that keeps to the specification and to the definition of its type.
    ///
    /// # Errors
    /// When it does not.
    pub fn parse(written: &str) -> Result<Self, Refused> {
        Self::from_text(written, Reading::ToTheLetter)
    }

    /// Reads a package URL as papers write it: capitals in a key, a key twice (the first counts), and what
    /// only the definition of its type forbids.
    ///
    /// # Errors
    /// When there is no scheme, type or name, or a key is no word at all.
    pub fn read(written: &str) -> Result<Self, Refused> {
        Self::from_text(written, Reading::Forgiving)
    }

    /// The canonical form of parts that came from elsewhere; none of them is percent-encoded.
    ///
    /// # Errors
    /// As [`Purl::parse`].
    pub fn build(parts: Self) -> Result<Self, Refused> {
        let mut whole = Self { qualifiers: BTreeMap::new(), ..parts };
        for (key, value) in parts.qualifiers {
            whole.qualify(&key, value, Reading::ToTheLetter)?;
        }
        whole.settled(Reading::ToTheLetter)
    }

    /// How the versions of this package are ordered. `None` when its type has no order of its own.
    pub fn scheme(&self) -> Option<Scheme> {
        Scheme::named(&self.kind)
    }

    /// The version with its epoch in front, which RPM and others write as a qualifier: `1:1.1.1k-7.el8`.
    pub fn installed(&self) -> Option<String> {
        let version = self.version.as_deref()?;
        let epoch = self.qualifiers.get("epoch").filter(|epoch| !version.contains(':') && *epoch != "0");
        Some(epoch.map_or_else(|| version.to_owned(), |epoch| format!("{epoch}:{version}")))
    }

    /// From the right, as the specification says ("How to parse a purl string in its components").
    fn from_text(written: &str, reading: Reading) -> Result<Self, Refused> {
        let (rest, subpath) = split_last(written, '#');
        let (rest, qualifiers) = split_last(rest, '?');
        let scheme = rest.get(..4).filter(|it| it.eq_ignore_ascii_case("pkg:")).ok_or(Refused::NoScheme)?;
        let rest = rest.get(scheme.len()..).unwrap_or_default().trim_start_matches('/');
        let (kind, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (path, version) = match path.rfind('@').map(|at| path.split_at(at)) {
            // "@babel/core": the sign begins a segment, so that it belongs to it.
            Some((before, scope)) if scope.contains('/') && (before.is_empty() || before.ends_with('/')) => {
                (path, None)
            }
            Some((before, version)) => (before, version.strip_prefix('@')),
            None => (path, None),
        };
        let (namespace, name) = match path.rsplit_once('/') {
            Some((namespace, name)) => (Some(namespace), name),
            None => (None, path),
        };
        let mut purl = Self {
            kind: kind.to_owned(),
            namespace: namespace.map(percent_decoded),
            name: percent_decoded(name),
            version: version.map(percent_decoded),
            qualifiers: BTreeMap::new(),
            subpath: subpath.map(percent_decoded),
        };
        for qualifier in qualifiers.unwrap_or_default().split('&').filter(|it| !it.is_empty()) {
            let (key, value) = qualifier.split_once('=').unwrap_or((qualifier, ""));
            purl.qualify(key, percent_decoded(value), reading)?;
        }
        purl.settled(reading)
    }

    /// Adds a qualifier. One without a value is none.
    fn qualify(&mut self, key: &str, value: String, reading: Reading) -> Result<(), Refused> {
        let is_key = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_');
        // The official set refuses a capital at the beginning of a key and mends one within.
        let begins =
            |it: char| it.is_ascii_lowercase() || reading == Reading::Forgiving && it.is_ascii_uppercase();
        if !key.starts_with(begins) || !key.chars().all(is_key) {
            return Err(Refused::Key(key.to_owned()));
        }
        let key = key.to_ascii_lowercase();
        if value.is_empty() || self.qualifiers.contains_key(&key) {
            let is_fault = !value.is_empty() && reading == Reading::ToTheLetter;
            return if is_fault { Err(Refused::Twice(key)) } else { Ok(()) };
        }
        self.qualifiers.insert(key, value);
        Ok(())
    }

    /// Checks what is common to all types, then does and checks what is the type's own.
    fn settled(mut self, reading: Reading) -> Result<Self, Refused> {
        let is_kind = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '+' | '-');
        if !self.kind.starts_with(|it: char| it.is_ascii_alphabetic()) || !self.kind.chars().all(is_kind) {
            return Err(Refused::Kind(self.kind));
        }
        self.kind.make_ascii_lowercase();
        self.namespace = segments(self.namespace.as_deref(), |_| true);
        self.subpath = segments(self.subpath.as_deref(), |it| it != "." && it != "..");
        self.version = self.version.filter(|version| !version.is_empty());
        self.name = self.name.trim_matches('/').to_owned();
        if self.name.is_empty() {
            return Err(Refused::NoName);
        }
        if self.kind == "git" {
            self.divide_at_the_host();
        }
        self.fold();
        match reading {
            Reading::ToTheLetter => self.keeps_to_its_type(),
            Reading::Forgiving => Ok(self),
        }
    }

    /// A git repository is named by its host and its path there.
    fn divide_at_the_host(&mut self) {
        if let Some((host, path)) = self.namespace.as_deref().and_then(|it| it.split_once('/')) {
            self.name = format!("{path}/{}", self.name);
            self.namespace = Some(host.to_owned());
        }
    }

    /// Writes alike what the type takes for the same.
    fn fold(&mut self) {
        let small = |text: &mut String| *text = text.to_lowercase();
        if folds_namespace(&self.kind)
            && let Some(namespace) = &mut self.namespace
        {
            small(namespace);
        }
        let is_hosted_without_case = self.kind == "git"
            && self.namespace.as_deref().is_some_and(|host| ["github", "github.com"].contains(&host));
        let is_mlflow_without_case = self.kind == "mlflow"
            && self.qualifiers.get("repository_url").is_some_and(|url| url.contains("azuredatabricks.net"));
        if folds_name(&self.kind) || is_hosted_without_case || is_mlflow_without_case {
            small(&mut self.name);
        }
        if self.kind == "pypi" {
            self.name = self.name.replace('_', "-");
        }
        if let ("huggingface" | "vscode-extension", Some(version)) = (self.kind.as_str(), &mut self.version) {
            small(version);
        }
    }

    /// What only the definition of the type says.
    fn keeps_to_its_type(self) -> Result<Self, Refused> {
        let kind = || self.kind.clone();
        match (self.kind.as_str(), &self.namespace) {
            (
                "alpm" | "apk" | "bitbucket" | "composer" | "deb" | "git" | "github" | "golang" | "maven"
                | "swift" | "vscode-extension",
                None,
            ) => return Err(Refused::NoNamespace(kind())),
            (
                "bazel" | "bitnami" | "cargo" | "chrome-extension" | "cocoapods" | "conda" | "cran" | "gem"
                | "hackage" | "julia" | "mlflow" | "nuget" | "oci" | "opam" | "otp" | "pub" | "pypi"
                | "vcpkg",
                Some(_),
            ) => return Err(Refused::Namespace(kind())),
            _ => {}
        }
        if self.kind == "julia" && !self.qualifiers.contains_key("uuid") {
            return Err(Refused::NoQualifier { kind: kind(), key: "uuid" });
        }
        let is_named = match self.kind.as_str() {
            // A module of Perl is no distribution.
            "cpan" => !self.name.contains("::"),
            // 128 bits, in the letters from a to p.
            "chrome-extension" => {
                self.name.len() == 32 && self.name.bytes().all(|it| matches!(it, b'a'..=b'p'))
            }
            _ => true,
        };
        if !is_named {
            return Err(Refused::Name { kind: kind(), name: self.name });
        }
        let is_four_numbers = |version: &str| {
            let mut numbers = version.split('.');
            version.split('.').count() <= 4
                && numbers.all(|it| !it.is_empty() && it.bytes().all(|digit| digit.is_ascii_digit()))
        };
        match &self.version {
            Some(version) if self.kind == "chrome-extension" && !is_four_numbers(version) => {
                Err(Refused::Version { kind: kind(), version: version.clone() })
            }
            _ => Ok(self),
        }
    }
}

fn folds_namespace(kind: &str) -> bool {
    matches!(
        kind,
        "alpm"
            | "apk"
            | "bitbucket"
            | "brew"
            | "composer"
            | "deb"
            | "github"
            | "golang"
            | "hex"
            | "luarocks"
            | "npm"
            | "qpkg"
            | "rpm"
            | "vscode-extension"
            | "yocto"
    )
}

fn folds_name(kind: &str) -> bool {
    matches!(
        kind,
        "alpm"
            | "apk"
            | "bitbucket"
            | "bitnami"
            | "brew"
            | "composer"
            | "deb"
            | "github"
            | "golang"
            | "hex"
            | "luarocks"
            | "npm"
            | "oci"
            | "otp"
            | "pub"
            | "pypi"
            | "vscode-extension"
    )
}

/// What stands before the last `sign`, and what behind it.
fn split_last(text: &str, sign: char) -> (&str, Option<&str>) {
    match text.rsplit_once(sign) {
        Some((before, behind)) => (before, Some(behind)),
        None => (text, None),
    }
}

/// The segments of a path that hold something and are kept.
fn segments(path: Option<&str>, is_kept: impl Fn(&str) -> bool) -> Option<String> {
    let kept: Vec<&str> = path?.split('/').filter(|it| !it.is_empty() && is_kept(it)).collect();
    if kept.is_empty() { None } else { Some(kept.join("/")) }
}

impl std::fmt::Display for Purl {
    /// In the canonical form: encoded, qualifiers by key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "pkg:{}/", self.kind)?;
        if let Some(namespace) = &self.namespace {
            path(f, namespace)?;
            f.write_str("/")?;
        }
        match self.kind.as_str() {
            "git" => path(f, &self.name)?,
            _ => encoded(f, &self.name)?,
        }
        if let Some(version) = &self.version {
            f.write_str("@")?;
            encoded(f, version)?;
        }
        for (place, (key, value)) in self.qualifiers.iter().enumerate() {
            write!(f, "{}{key}=", if place == 0 { '?' } else { '&' })?;
            encoded(f, value)?;
        }
        if let Some(subpath) = &self.subpath {
            f.write_str("#")?;
            path(f, subpath)?;
        }
        Ok(())
    }
}

fn path(f: &mut std::fmt::Formatter<'_>, path: &str) -> std::fmt::Result {
    for (place, segment) in path.split('/').enumerate() {
        if place > 0 {
            f.write_str("/")?;
        }
        encoded(f, segment)?;
    }
    Ok(())
}

/// Everything but letters, digits and `.-_~:` as `%2F`.
fn encoded(f: &mut std::fmt::Formatter<'_>, text: &str) -> std::fmt::Result {
    let mut plain = text;
    let is_special = |it: char| !(it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_' | '~' | ':'));
    while let Some((before, special, behind)) = plain.find(is_special).and_then(|at| {
        let (before, rest) = plain.split_at_checked(at)?;
        let special = rest.chars().next()?;
        Some((before, special, rest.get(special.len_utf8()..)?))
    }) {
        f.write_str(before)?;
        for byte in special.encode_utf8(&mut [0; 4]).bytes() {
            write!(f, "%{byte:02X}")?;
        }
        plain = behind;
    }
    f.write_str(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(written: &str) -> String {
        Purl::read(written).map_or_else(|why| why.to_string(), |purl| purl.to_string())
    }

    #[test]
    fn two_names_of_one_package_are_equal() {
        for (one, other) in [
            ("pkg:PYPI/Django_package@1.11.1", "pkg:pypi/django-package@1.11.1"),
            ("pkg:npm/@babel/core@7.0.0", "pkg:npm/%40babel/core@7.0.0"),
            (
                "pkg://maven//org.example/poort@1?type=war&classifier=x",
                "pkg:maven/org.example/poort@1?Classifier=x&type=war&empty=",
            ),
            ("pkg:golang/github.com/Polder/Poort#/api/./../v1/", "pkg:golang/github.com/polder/poort#api/v1"),
        ] {
            assert_eq!(Purl::read(one).unwrap(), Purl::read(other).unwrap(), "{one}");
        }
        assert_ne!(read("pkg:maven/a/B@1"), read("pkg:maven/a/b@1"));
    }

    #[test]
    fn what_is_written_is_read_back() {
        for written in [
            "pkg:brew/postgresql%4012@12.17",
            "pkg:maven/a/b@1.0.0%20Final?mykey=my%20value",
            "pkg:git/git.example/polder/poort@a72d2c07#doc/lees%20mij",
            "pkg:generic/caf%C3%A9@1:2~3",
        ] {
            assert_eq!(read(written), written);
        }
    }

    #[test]
    fn a_text_without_scheme_type_or_name_is_no_package() {
        assert_eq!(read("EnterpriseLibrary.Common@6.0.1304"), "a package URL begins with pkg:");
        assert_eq!(read("pkg:maven/@1.3.4"), "the name of the package is missing");
        assert_eq!(read("pkg:hackage"), "the name of the package is missing");
        assert!(read("pkg:3nginx/nginx@0.8.9").starts_with("\"3nginx\" is no type of packages"));
        assert!(read("pkg:npm/a@1?in%20production=true").contains("is no key of a qualifier"));
        assert_eq!(read(""), "a package URL begins with pkg:");
    }

    #[test]
    fn to_the_letter_is_stricter_than_reading() {
        for written in [
            "pkg:gem/jruby-launcher@1.1.2?Platform=java",
            "pkg:swift/Alamofire@5.4.3",
            "pkg:vcpkg/boost/asio@1.84.0",
            "pkg:cpan/URI::PackageURL",
            "pkg:julia/Dates",
            "pkg:generic/a?x=1&x=2",
        ] {
            assert!(Purl::read(written).is_ok(), "{written}");
            assert!(Purl::parse(written).is_err(), "{written}");
        }
    }

    #[test]
    fn the_type_says_how_versions_are_ordered() {
        let scheme = |written| Purl::read(written).unwrap().scheme();
        assert_eq!(scheme("pkg:maven/a/b@1"), Some(Scheme::Maven));
        assert_eq!(scheme("pkg:swid/polderweb@1"), None);
    }
}
