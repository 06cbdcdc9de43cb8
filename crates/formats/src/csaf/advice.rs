//! What to do about a finding of the numbered tests, in a sentence for whoever wrote the document.

/// What to do when `test` finds something, and where the standard says so.
pub fn advice(test: &str) -> &'static str {
    match test {
        "schema" => "Give the field the type and the words that the JSON schema allows, or take it out.",
        "6.1.1" => "Define each product id that is used in the product tree.",
        "6.1.2" => "Define each product id once only.",
        "6.1.3" => "Do not let a product be made of itself.",
        "6.1.4" => "Define each group id that is used in the product groups.",
        "6.1.5" => "Define each group id once only.",
        "6.1.6" => {
            "Put a product in one status group per vulnerability: affected, not affected, fixed or being looked into."
        }
        "6.1.7" => "Give a product one score of each CVSS version, or name another source beside it.",
        "6.1.8" => "Write the CVSS object as its own schema has it.",
        "6.1.9" => "Compute the scores from the vector again.",
        "6.1.10" => "Give the metrics the values that the vector gives them.",
        "6.1.11" => "Take the name of the weakness as the CWE list has it for this number.",
        "6.1.12" => "Use a language tag that exists, such as nl or en-GB.",
        "6.1.13" => "Write the package URL as its specification has it.",
        "6.1.14" => "Sort the revision history so that numbers rise with dates.",
        "6.1.15" => "Name a source language for a translation.",
        "6.1.16" => "Make the version that of the newest item of the history.",
        "6.1.17" => "Call the document draft as long as its version is 0 or a pre-release.",
        "6.1.18" => "A document that is final or interim has no version 0 in its history.",
        "6.1.19" => "Take pre-release versions out of the history.",
        "6.1.20" => "A document that is not a draft has no pre-release version.",
        "6.1.21" => "Leave no version out of the history.",
        "6.1.22" => "Give each item of the history a number of its own.",
        "6.1.23" => "Name each CVE in one vulnerability only.",
        "6.1.24" => "Name each involved party once per date.",
        "6.1.25" => "Give each hash algorithm once per file.",
        "6.1.26" => "Choose another category: this name is kept for a profile of the standard.",
        "6.1.28" => "A translation is in another language than its source.",
        "6.1.29" => "Say for which products each remediation is.",
        "6.1.30" => "Number all versions in one way: whole numbers, or 1.0.0.",
        "6.1.31" => "Put a range in a branch product_version_range, as vers:…",
        "6.1.32" => "Say for which products each flag is.",
        "6.1.33" => "Give a product one flag per vulnerability.",
        "6.1.34" => "Nest branches less deeply.",
        "6.1.35" => "Do not say of one product that there is a fix and that there is none.",
        "6.1.36" => "Give no remediation that contradicts the status of the product.",
        "6.1.37" => "Write times with a day, an hour and a zone.",
        "6.2.1" => "Use each product that is defined, or take it out.",
        "6.2.2" => "Say for each affected product what can be done, or that nothing can.",
        "6.2.3" => "Give each affected product a CVSS score, when somebody computed one.",
        "6.2.4" => "Take build metadata out of the numbers of the history.",
        "6.2.5" => "Let the first release not lie after the first item of the history.",
        "6.2.6" => "Let the current release be that of the newest item of the history.",
        "6.2.8" => "Use a newer hash algorithm than MD5.",
        "6.2.9" => "Use a newer hash algorithm than SHA-1.",
        "6.2.10" => "Say how far the document may travel: a TLP label.",
        "6.2.11" => {
            "Refer to the document itself: category self, an address in https that ends in its file name."
        }
        "6.2.12" => "Say in which language it is written.",
        "6.2.13" => "Sort the fields by their names.",
        "6.2.14" => "Use a language tag that is in use, and not a private one.",
        "6.2.16" => "Add what finds the product in an inventory: a CPE, a package URL, a model number.",
        "6.2.17" => "Put the CVE in the field cve, and not among the other ids.",
        "6.2.18" => "Write the range as vers:…, so that programs can compare it.",
        "6.2.20" => "Take out the field that the schema does not know.",
        other => match other.get(..3) {
            Some("6.1") => "Correct it: the document is invalid as long as this stands there.",
            Some("6.2") => "Mend it if you can: programs of your readers count on it.",
            Some("6.3") => "Look whether it is meant so.",
            _ => "Send JSON that holds a CSAF document.",
        },
    }
}

/// Where the standard describes `test`.
pub fn place_in_standard(test: &str, version: &str) -> String {
    let version = if version == "2.1" { "v2.1/csaf-v2.1.html" } else { "v2.0/csaf-v2.0.html" };
    match test.starts_with("6.") {
        true => format!("https://docs.oasis-open.org/csaf/csaf/{version}#{}", test.replace('.', "")),
        false => format!("https://docs.oasis-open.org/csaf/csaf/{version}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_says_what_to_do() {
        for test in ["schema", "6.1.1", "6.1.27.3", "6.2.3", "6.3.1", "read"] {
            let advice = advice(test);
            assert!(advice.ends_with('.') || advice.ends_with('…'), "{test}: {advice}");
        }
        assert_ne!(advice("6.1.1"), advice("6.1.2"));
        assert!(place_in_standard("6.1.1", "2.1").ends_with("v2.1.html#611"));
    }
}
