//! OSV: records of open source vulnerabilities, as GitHub, language communities and distributions write
//! them (OSV schema 1.7). A package is named by its ecosystem, so that nothing need be guessed from words.
//!
//! A distribution writes one record for several of its releases, each with its own fixed version. An
//! inventory seldom says which release it runs, so where the releases disagree, the answer is *possible*.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use domain::advisory::{AffectedProduct, Content, Status};
use domain::product::{Mark, Name};
use domain::text::{Language, Text};
use domain::tlp::Tlp;
use domain::version::{Bound, Range, Version};

use crate::csaf::is_web;
use crate::json::{self, Complaints, Limits, Node};
use crate::{AdvisoryPaper, Read, Revision, Score, Unreadable, Weight, What, Why, purl, vers, words};

/// A record, and what our own words have no place for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub advisory: AdvisoryPaper,
    /// Other names of the same hole, as this record says.
    pub aliases: BTreeSet<String>,
}

/// Reads one record.
///
/// # Errors
/// When it is no JSON within the limits, or has no id.
pub fn read_within(bytes: &[u8], limits: Limits) -> Result<Read<Record>, Unreadable> {
    from_tree(json::parse(bytes, limits)?)
}

pub(crate) fn from_tree(tree: Read<Value>) -> Result<Read<Record>, Unreadable> {
    let mut complaints = Complaints::starting_with(tree.complaints);
    let root = Node::root(&tree.it);
    let number = root.line("id", &mut complaints).filter(|it| !it.is_empty() && it.len() <= 80);
    let number = number.ok_or(Unreadable { at: "/id".into(), why: Why::Missing("the id of the record") })?;
    let is_cve = |name: &String| name.starts_with("CVE-");
    let aliases: BTreeSet<String> = names(&root, "aliases", &mut complaints);
    let upstream = names(&root, "upstream", &mut complaints);
    let all = aliases.iter().chain(&upstream).chain([&number]);
    let mut vulnerabilities: BTreeSet<String> = all.filter(|it| is_cve(it)).cloned().collect();
    if vulnerabilities.is_empty() {
        vulnerabilities.insert(number.clone());
    }
    let products = products(&root, &mut complaints);
    let is_withdrawn = root.time("withdrawn", &mut complaints).is_some();
    if products.is_empty() && !is_withdrawn {
        complaints.add(Weight::Loss, "/affected".into(), What::NoProductData);
    }
    let summary = root.lines("details", &mut complaints).unwrap_or_default();
    let title = root.line("summary", &mut complaints).filter(|it| !it.is_empty());
    let title = title.unwrap_or_else(|| words::clipped(&words::line(words::first_sentence(&summary)), 160));
    let mut references: Vec<String> = Vec::new();
    for reference in root.list("references", &mut complaints) {
        let url =
            reference.line("url", &mut complaints).filter(|url| is_web(url) && !references.contains(url));
        references.extend(url);
    }
    let publisher = publisher(&number).to_owned();
    let mut scores = Vec::new();
    let of_packages = root.list("affected", &mut complaints).collect::<Vec<_>>();
    for node in std::iter::once(&root).chain(&of_packages) {
        for severity in node.list("severity", &mut complaints) {
            scores.extend(score(&number, &publisher, &severity, &mut complaints));
        }
    }
    scores.dedup();
    let content = Content {
        title: Text::only(Language::En, if title.is_empty() { number.clone() } else { title }),
        summary: Text::only(Language::En, summary),
        // The database is public by what it is.
        tlp: Some(Tlp::Clear),
        vulnerabilities,
        products,
        references,
        ..Content::default()
    };
    let revision = Revision {
        number: root.line("modified", &mut complaints).unwrap_or_default(),
        first_released_at: root.time("published", &mut complaints),
        released_at: root.time("modified", &mut complaints),
        summary: None,
    };
    let status = if is_withdrawn { crate::Status::Withdrawn } else { crate::Status::Final };
    let language = Some("en".to_owned());
    let advisory = AdvisoryPaper { publisher, number, revision, status, language, content, scores };
    Ok(Read { it: Record { advisory, aliases }, complaints: complaints.into_list() })
}

/// Who keeps the records whose ids begin like this.
fn publisher(number: &str) -> &'static str {
    match number.split('-').next().unwrap_or_default() {
        "GHSA" => "GitHub",
        "PYSEC" | "PSF" => "Python",
        "RUSTSEC" => "RustSec",
        "GO" => "Go",
        "DSA" | "DLA" | "DTSA" | "DEBIAN" => "Debian",
        "USN" | "UBUNTU" | "LSN" => "Ubuntu",
        "ALSA" | "ALBA" | "ALEA" => "AlmaLinux",
        "RLSA" | "RXSA" => "Rocky Linux",
        "RHSA" | "RHBA" | "RHEA" => "Red Hat",
        "ALPINE" => "Alpine",
        _ => "OSV",
    }
}

/// The names in a list, in upper case for those that are written so.
fn names(root: &Node<'_, '_>, key: &str, complaints: &mut Complaints) -> BTreeSet<String> {
    let nodes: Vec<_> = root.list(key, complaints).collect();
    let names = nodes.iter().filter_map(|it| it.as_text(complaints)).map(words::line);
    names.filter(|name| !name.is_empty() && name.len() <= 80).collect()
}

fn score(number: &str, by: &str, node: &Node<'_, '_>, complaints: &mut Complaints) -> Option<Score> {
    let vector = node.line("score", complaints)?;
    let version = match node.line("type", complaints)?.as_str() {
        "CVSS_V2" => "2.0",
        "CVSS_V3" if vector.starts_with("CVSS:3.0") => "3.0",
        "CVSS_V3" => "3.1",
        "CVSS_V4" => "4.0",
        _ => return None,
    };
    let (vulnerability, version, asserted_by) = (number.to_owned(), version.to_owned(), by.to_owned());
    Some(Score { vulnerability, vector, version, base: None, asserted_by })
}

/// What a record says about one package, by the releases of its distribution.
#[derive(Default)]
struct Package {
    marks: BTreeSet<Mark>,
    /// By the part of the ecosystem behind its colon; empty without one.
    releases: BTreeMap<String, BTreeSet<Range>>,
}

fn products(root: &Node<'_, '_>, complaints: &mut Complaints) -> Vec<AffectedProduct> {
    let mut packages: BTreeMap<Name, Package> = BTreeMap::new();
    for affected in root.list("affected", complaints) {
        let Some(package) = affected.get("package") else {
            affected.complain(Weight::Loss, What::Missing("the package".into()), complaints);
            continue;
        };
        let ecosystem = package.line("ecosystem", complaints).unwrap_or_default();
        let (ecosystem, release) = ecosystem.split_once(':').unwrap_or((&ecosystem, ""));
        let Some(written) = package.line("name", complaints).filter(|it| !it.is_empty()) else {
            package.complain(Weight::Loss, What::Missing("the name of the package".into()), complaints);
            continue;
        };
        let kind = kind(ecosystem);
        let url = package.line("purl", complaints);
        let mark = url.as_deref().and_then(purl::mark).or_else(|| mark(ecosystem, kind, &written));
        let known = packages.entry(name(kind, &written)).or_default();
        known.marks.extend(mark);
        let ranges = ranges(&affected, kind, complaints);
        known.releases.entry(release.to_owned()).or_default().extend(ranges);
    }
    let line = |(name, package): (Name, Package)| {
        let mut releases = package.releases.into_values();
        let first = releases.next().unwrap_or_default();
        let (mut ranges, mut agreed) = (first.clone(), true);
        for release in releases {
            agreed &= release == first;
            ranges.extend(release);
        }
        let status = if agreed { Status::Affected } else { Status::UnderInvestigation };
        AffectedProduct { name, marks: package.marks, ranges: ranges.into_iter().collect(), status }
    };
    packages.into_iter().map(line).collect()
}

/// The type that package URLs have for an ecosystem, which is also its type of versions. Empty where we
/// know none.
fn kind(ecosystem: &str) -> &'static str {
    match ecosystem {
        "Maven" => "maven",
        "npm" => "npm",
        "PyPI" => "pypi",
        "RubyGems" => "gem",
        "NuGet" => "nuget",
        "Packagist" => "composer",
        cargo if cargo.starts_with("crates.") => "cargo",
        "Go" => "golang",
        "Hex" => "hex",
        "Pub" => "pub",
        "ConanCenter" => "conan",
        "SwiftURL" => "swift",
        "Debian" | "Ubuntu" => "deb",
        "Alpine" | "Wolfi" | "Chainguard" => "apk",
        "Red Hat" | "Rocky Linux" | "AlmaLinux" | "SUSE" | "openSUSE" | "openEuler" | "Mageia" => "rpm",
        _ => "",
    }
}

/// Vendor and product in words: the group of Maven, the scope of npm, the path of Go before its last part.
fn name(kind: &str, written: &str) -> Name {
    let parted = match kind {
        "maven" => written.split_once(':'),
        "npm" | "golang" | "composer" | "swift" => written.rsplit_once('/'),
        _ => None,
    };
    match parted {
        Some((vendor, product)) => Name::new(vendor, product),
        None => Name::new("", written),
    }
}

/// The mark of a package that came without a URL.
fn mark(ecosystem: &str, kind: &str, written: &str) -> Option<Mark> {
    let written = match (kind, ecosystem) {
        ("", _) => return None,
        ("deb" | "apk", distribution) => format!("{}/{written}", distribution.to_ascii_lowercase()),
        ("rpm", distribution) => {
            let vendor = match distribution {
                "Red Hat" => "redhat".to_owned(),
                "AlmaLinux" | "openSUSE" | "openEuler" | "SUSE" | "Mageia" => {
                    distribution.to_ascii_lowercase()
                }
                other => other.to_ascii_lowercase().replace(' ', "-"),
            };
            format!("{vendor}/{written}")
        }
        ("maven", _) => written.replace(':', "/"),
        _ => written.to_owned(),
    };
    purl::mark(&format!("pkg:{kind}/{}", written.replacen('@', "%40", 1)))
}

/// The versions of one package, by its ranges; by its list of versions where there are only commits.
fn ranges(node: &Node<'_, '_>, kind: &str, complaints: &mut Complaints) -> Vec<Range> {
    let mut found = Vec::new();
    let mut by_version = false;
    for range in node.list("ranges", complaints) {
        let of = range.line("type", complaints).unwrap_or_default();
        if of == "GIT" {
            continue;
        }
        by_version = true;
        let scheme = if of == "SEMVER" && kind.is_empty() { "semver" } else { kind };
        let mut from: Option<Option<String>> = None;
        for event in range.list("events", complaints) {
            if let Some(version) = event.line("introduced", complaints) {
                from = Some(Some(version).filter(|version| version != "0"));
            }
            let ends = [("fixed", false), ("last_affected", true), ("limit", false)];
            for (key, inclusive) in ends {
                let Some(to) = event.line(key, complaints) else { continue };
                if to == "*" {
                    continue;
                }
                let start = from.take().flatten();
                found.extend(between(scheme, start.as_deref(), Some((&to, inclusive))));
            }
        }
        if let Some(start) = from {
            found.extend(between(scheme, start.as_deref(), None));
        }
    }
    if !by_version {
        let nodes: Vec<_> = node.list("versions", complaints).collect();
        let versions = nodes.iter().filter_map(|it| it.as_text(complaints));
        found.extend(versions.map(|version| Range::Exactly(Version::new(version))));
    }
    if found.is_empty() {
        found.push(Range::Unknown);
    }
    found
}

/// From and with one version up to another, in the order that its ecosystem has.
fn between(scheme: &str, from: Option<&str>, to: Option<(&str, bool)>) -> Vec<Range> {
    if from.is_none() && to.is_none() {
        return vec![Range::Any];
    }
    if vers::Scheme::named(scheme).is_some() {
        let from = from.map(|version| format!(">={}", encoded(version)));
        let to = to.map(|(version, with)| format!("{}{}", if with { "<=" } else { "<" }, encoded(version)));
        let marks: Vec<String> = from.into_iter().chain(to).collect();
        return vers::ranges(&format!("vers:{scheme}/{}", marks.join("|"))).ranges;
    }
    let bound = |version: &str, inclusive| Bound { version: Version::new(version), inclusive };
    vec![Range::Between { from: from.map(|it| bound(it, true)), to: to.map(|(it, with)| bound(it, with)) }]
}

/// A version as it stands in a specifier of ranges.
fn encoded(version: &str) -> String {
    let mut encoded = String::with_capacity(version.len());
    for byte in version.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' | b':' => {
                encoded.push(char::from(byte));
            }
            _ => encoded += &format!("%{byte:02X}"),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> String {
        let read = read_within(text.as_bytes(), Limits::default()).unwrap();
        let Record { advisory, aliases } = &read.it;
        let names: Vec<&str> = advisory.content.vulnerabilities.iter().map(String::as_str).collect();
        let mut page = format!(
            "{} {} {:?} {} also {}\n",
            advisory.publisher,
            advisory.number,
            advisory.status,
            names.join(" "),
            aliases.len()
        );
        for line in &advisory.content.products {
            let ranges: Vec<String> = line.ranges.iter().map(ToString::to_string).collect();
            let marks: Vec<String> = line.marks.iter().map(ToString::to_string).collect();
            page += &format!(
                "  {:?}: {} [{}] {}\n",
                line.status,
                line.name,
                marks.join(" "),
                ranges.join(" or ")
            );
        }
        page.extend(advisory.scores.iter().map(|score| format!("  {} {}\n", score.version, score.vector)));
        page.extend(read.complaints.iter().map(|it| format!("  ! {} {}\n", it.at, it.what)));
        page
    }

    #[test]
    fn a_package_is_named_by_its_ecosystem_with_its_stretches_of_versions() {
        insta::assert_snapshot!(page(include_str!("../../../fixtures/osv/library.json")), @"
        GitHub GHSA-2222-3333-4444 Final CVE-2026-1000010 also 2
          Affected: @polderweb terp [pkg:npm/%40polderweb/terp] ≥ 1.2.0, ≤ 1.4.7
          Affected: nl.polderweb terp-core [pkg:maven/nl.polderweb/terp-core] < 2.15.0 or ≥ 3.0-beta1, < 3.0.4
          3.1 CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H
        ");
    }

    #[test]
    fn releases_of_a_distribution_that_disagree_leave_it_possible() {
        insta::assert_snapshot!(page(include_str!("../../../fixtures/osv/distribution.json")), @"
        Debian DSA-9001-1 Final CVE-2026-1000010 also 0
          UnderInvestigation: terp [pkg:deb/debian/terp] < 1:2.4-1+deb11u3 or < 1:2.9-2+deb12u1
        ");
    }

    #[test]
    fn a_record_of_commits_only_names_its_versions_and_one_without_an_id_is_refused() {
        insta::assert_snapshot!(page(r#"{"id": "PYSEC-2026-1", "modified": "2026-01-01T00:00:00Z",
            "affected": [{"package": {"ecosystem": "PyPI", "name": "terp"}, "versions": ["1.0", "1.1"],
                          "ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}]}"#), @"
        Python PYSEC-2026-1 Final PYSEC-2026-1 also 0
          Affected: terp [pkg:pypi/terp] 1.0 or 1.1
        ");
        assert!(read_within(b"{\"affected\": []}", Limits::default()).is_err());
    }
}
