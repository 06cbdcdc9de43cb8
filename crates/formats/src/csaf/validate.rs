//! Which of the standard's numbered tests a document breaks.
//!
//! The tests are those of csaf-rs and a few of ours beside it (`own_tests`); here they get one shape and one severity each: mandatory tests
//! make a document invalid, the others only warn. A failing test is a finding to show, and never a
//! reason to drop a warning.

use csaf_rs::csaf::raw::{HasParsed, RawDocument};
use csaf_rs::schema::csaf2_0::schema as csaf2_0;
use csaf_rs::schema::csaf2_1::schema as csaf2_1;
use csaf_rs::validation::{TestResultStatus, Validatable, ValidationError};
use serde::Serialize;
use serde_json::Value;

use super::glance::{self, Version};
use super::own_tests::{self, Outside};
use super::read::{Paper, of_tree};
use crate::json::{self, Limits};
use crate::{Read, Unreadable, Why, words};

/// One thing that a test found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// `schema`, or the number of the test in the standard, such as `6.1.1`.
    pub test: String,
    pub severity: Severity,
    /// JSON pointer into the document.
    pub path: String,
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Of a mandatory test: the document is invalid.
    Error,
    /// Of an optional (2.0) or recommended (2.1) test.
    Warning,
    Info,
}

impl Severity {
    /// By the chapter of the test: 6.1 is mandatory, 6.2 optional or recommended, 6.3 informative.
    fn of_test(test: &str) -> Self {
        if test.starts_with("6.2.") {
            Self::Warning
        } else if test.starts_with("6.3.") {
            Self::Info
        } else {
            Self::Error
        }
    }
}

/// Test 6.2.33 of 2.1 compares with today, and nothing here knows the day.
const ASKS_THE_CLOCK: &[&str] = &["6.2.33"];

/// Runs every test that is known for the document's version, within [`Limits::default`]. An empty
/// list means valid and without a blemish; a document is valid when no finding is an error.
///
/// # Errors
/// When it is no JSON within the limits, or no CSAF 2.0 or 2.1.
pub fn validate(bytes: &[u8]) -> Result<Vec<Finding>, Unreadable> {
    validate_within(bytes, Limits::default())
}

/// As [`validate`], with limits of the caller's.
///
/// # Errors
/// As [`validate`].
pub fn validate_within(bytes: &[u8], limits: Limits) -> Result<Vec<Finding>, Unreadable> {
    validate_with(bytes, limits, Outside::default())
}

/// As [`validate_within`], also with the tests that ask the world.
///
/// # Errors
/// As [`validate`].
pub fn validate_with(bytes: &[u8], limits: Limits, outside: Outside<'_>) -> Result<Vec<Finding>, Unreadable> {
    Document::parse(bytes, limits)?.validate(outside)
}

/// A document whose JSON was taken in, for whoever wants to read it and to validate it: the tree is half
/// of what either costs.
#[derive(Debug)]
pub struct Document(Read<Value>);

impl Document {
    /// # Errors
    /// When it is no JSON within the limits.
    pub fn parse(bytes: &[u8], limits: Limits) -> Result<Self, Unreadable> {
        json::parse(bytes, limits).map(Self)
    }

    /// What it says, as [`read_within`](super::read_within).
    ///
    /// # Errors
    /// When it is no CSAF, or has neither number nor title.
    pub fn read(&self) -> Result<Read<Paper>, Unreadable> {
        let Self(tree) = self;
        of_tree(&tree.it, tree.complaints.clone())
    }

    /// Which tests it breaks, as [`validate_with`]. Last, since csaf-rs keeps the tree.
    ///
    /// # Errors
    /// When it is no CSAF 2.0 or 2.1.
    pub fn validate(self, outside: Outside<'_>) -> Result<Vec<Finding>, Unreadable> {
        let Self(Read { it: document, .. }) = self;
        let version = document.pointer("/document/csaf_version").and_then(Value::as_str).unwrap_or_default();
        let version = match version {
            "2.0" => Version::V2_0,
            "2.1" => Version::V2_1,
            other => {
                let other = words::clipped(&words::line(other), 20);
                let why = Why::OtherVersion(format!("CSAF {other}"));
                return Err(Unreadable { at: "/document/csaf_version".into(), why });
            }
        };
        let mut own = own_tests::run(&document, outside);
        let mut left_out = glance::idle_tests(&document, version);
        let mut findings = match version {
            Version::V2_0 => {
                left_out.push("6.1.11");
                let document = RawDocument::<csaf2_0::CommonSecurityAdvisoryFramework>::new(document);
                if document.get_parsed().is_ok() {
                    own.extend(own_tests::names_of_weaknesses(document.get_json()));
                }
                run(&document, &left_out)
            }
            Version::V2_1 => {
                run(&RawDocument::<csaf2_1::CommonSecurityAdvisoryFramework>::new(document), &left_out)
            }
        };
        findings.extend(own.into_iter().map(|(test, path, message)| Finding {
            test: test.to_owned(),
            severity: Severity::of_test(test),
            path,
            message,
        }));
        findings.sort();
        findings.dedup();
        Ok(findings)
    }
}

/// Runs the tests of csaf-rs but for those that are left out.
fn run<D: Validatable>(document: &D, left_out: &[&str]) -> Vec<Finding> {
    let tests = D::tests_in_preset("full").unwrap_or_default();
    let tests = tests.into_iter().filter(|test| !ASKS_THE_CLOCK.contains(test) && !left_out.contains(test));
    tests.flat_map(|test| findings(test, document.run_test(test).status)).collect()
}

fn findings(test: &str, status: TestResultStatus) -> Vec<Finding> {
    let TestResultStatus::Failure { errors, warnings, infos } = status else { return vec![] };
    let finding = |error: ValidationError| {
        // What csaf-rs cannot read because it does not know a type of VERS that there is, is no mistake of the document:
        // the standard wants a warning (6.1.50), and csaf-rs asks the same again in 6.1.59.
        let of_type = |known: &str| {
            // Nothing but a star is a range of `all`.
            let range = if known == "all" { "`vers:all/*`".to_owned() } else { format!("`vers:{known}/") };
            error.message.contains(&range) || error.message.contains(&format!("scheme: {known},"))
        };
        let is_unknown = ["generic", "all", "unknown"].into_iter().any(of_type)
            && (error.message.contains("not supported") || error.message.contains("ersioning scheme:"));
        let warns = is_unknown && matches!(test, "6.1.50" | "6.1.59");
        Finding {
            test: test.to_owned(),
            severity: if warns { Severity::Warning } else { Severity::of_test(test) },
            path: error.instance_path,
            message: error.message,
        }
    };
    errors.into_iter().chain(warnings).chain(infos).map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The findings of one severity.
    fn found(text: &str, severity: Severity) -> String {
        let findings = validate(text.as_bytes()).unwrap();
        let of_severity = findings.iter().filter(|it| it.severity == severity);
        of_severity.map(|it| format!("{} {}\n", it.test, it.path)).collect()
    }

    #[test]
    fn a_valid_document_has_no_error_and_may_have_warnings() {
        let valid = include_str!("../../../../fixtures/csaf/poldercert-2019-0007.json");
        let newer = include_str!("../../../../fixtures/csaf/poldercert-2026-0001-2.1.json");
        assert_eq!([valid, newer].map(|text| found(text, Severity::Error)), ["", ""]);
        insta::assert_snapshot!(found(valid, Severity::Warning), @r"
        6.2.11 /document/references
        6.2.16 /product_tree/branches/0/branches/0/branches/1/product
        6.2.16 /product_tree/branches/0/branches/0/branches/2/product
        6.2.16 /product_tree/branches/0/branches/1/branches/0/product
        6.2.16 /product_tree/branches/0/branches/2/product
        6.2.18 /product_tree/branches/0/branches/0/branches/0/name
        6.2.18 /product_tree/branches/0/branches/0/branches/1/name
        ");
    }

    #[test]
    fn a_crooked_document_is_invalid_and_says_where() {
        let crooked = include_str!("../../../../fixtures/csaf/poldercert-2019-0007-crooked.json");
        insta::assert_snapshot!(found(crooked, Severity::Error), @r"
        schema /document/tracking/current_release_date
        schema /document/tracking/status
        schema /product_tree/full_product_names/2
        schema /vulnerabilities/0/product_status/fixed
        schema /vulnerabilities/0/product_status/known_affected/4
        schema /vulnerabilities/0/remediations/3/category
        schema /vulnerabilities/0/remediations/4
        schema /vulnerabilities/0/remediations/5
        schema /vulnerabilities/0/scores
        ");
    }

    #[test]
    fn what_is_no_csaf_cannot_be_validated() {
        assert!(validate(b"{}").is_err());
        assert!(validate(b"{\"document\":{\"csaf_version\":\"1.2\"}}").is_err());
        assert!(validate(b"[]x").is_err());
    }
}
