//! What this program is made of, and which holes are known in that: as everybody may read it (`cargo xtask sbom`,
//! `docs/decisions/0029-what-it-is-made-of.md`).

use std::sync::LazyLock;

use domain::text::Text;
use serde_json::Value;

/// As it lies on the website: CycloneDX 1.6, JSON.
pub const DOCUMENT: &str = include_str!("../../../../software/sbom.cdx.json");
/// Where it lies there, and what it is called.
pub const FOLDER: &str = "software";
pub const NAME: &str = "sbom.cdx.json";

/// From the top of the website to [`DOCUMENT`].
pub fn path() -> String {
    format!("{FOLDER}/{NAME}")
}

/// What people read of [`DOCUMENT`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Software {
    pub name: String,
    pub version: String,
    /// How many components are in the program.
    pub parts: usize,
    /// How many more were at work when it was built.
    pub tools: usize,
    pub holes: Vec<Hole>,
}

/// A known hole in a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// The name it has in the world first, then those that others gave it.
    pub ids: Vec<String>,
    /// Name and version of the component.
    pub component: String,
    /// Whether it is none in this program (`analysis.state`).
    pub is_none_here: bool,
    pub why: Text,
}

/// Of this program.
pub fn ours() -> &'static Software {
    static OURS: LazyLock<Software> = LazyLock::new(|| read(DOCUMENT).expect("a test reads it"));
    &OURS
}

fn read(document: &str) -> Option<Software> {
    let tree: Value = serde_json::from_str(document).ok()?;
    let of = &tree["metadata"]["component"];
    let components = tree["components"].as_array()?;
    let runs = |it: &&Value| it["scope"] == "required";
    let parts = components.iter().filter(runs).count();
    Some(Software {
        name: of["name"].as_str()?.to_owned(),
        version: of["version"].as_str()?.to_owned(),
        parts,
        tools: components.len() - parts,
        holes: tree["vulnerabilities"]
            .as_array()?
            .iter()
            .map(|it| hole(it, components))
            .collect::<Option<_>>()?,
    })
}

fn hole(of: &Value, components: &[Value]) -> Option<Hole> {
    let others = of["references"].as_array()?.iter().map(|it| it["id"].as_str());
    let ids: Option<Vec<&str>> = std::iter::once(of["id"].as_str()).chain(others).collect();
    let affected = &of["affects"][0]["ref"];
    let component = components.iter().find(|it| it["bom-ref"] == *affected)?;
    let dutch = of["properties"].as_array()?.iter().find(|it| it["name"] == "dijkwacht:detail:nl")?;
    let why = Text::both(dutch["value"].as_str()?, of["analysis"]["detail"].as_str()?);
    Some(Hole {
        ids: ids?.into_iter().map(str::to_owned).collect(),
        component: format!("{} {}", component["name"].as_str()?, component["version"].as_str()?),
        is_none_here: of["analysis"]["state"] == "not_affected",
        why,
    })
}

#[cfg(test)]
mod tests {
    use domain::text::Language;

    use super::*;

    #[test]
    fn what_we_are_made_of_can_be_read_and_each_known_hole_says_why_in_both_languages() {
        let ours = ours();
        assert_eq!((ours.name.as_str(), ours.version.as_str()), ("dijkwacht", env!("CARGO_PKG_VERSION")));
        assert!(ours.parts > 100 && ours.tools > 10, "{} and {}", ours.parts, ours.tools);
        for hole in &ours.holes {
            assert!(hole.is_none_here, "{:?}: mend it, or tell everybody in an advisory", hole.ids);
            for language in Language::ALL {
                assert!(!hole.why.for_reader(language).trim().is_empty(), "{:?}", hole.ids);
            }
        }
    }

    #[test]
    fn a_document_with_a_hole_in_a_component_that_is_not_there_is_none() {
        let whole = |affected: &str| {
            format!(
                r#"{{"metadata":{{"component":{{"name":"a","version":"1"}}}},
                "components":[{{"bom-ref":"b","name":"b","version":"2","scope":"required"}}],
                "vulnerabilities":[{{"id":"CVE-2023-49092","references":[],"affects":[{{"ref":"{affected}"}}],
                "analysis":{{"state":"in_triage","detail":"looking"}},
                "properties":[{{"name":"dijkwacht:detail:nl","value":"bezig"}}]}}]}}"#
            )
        };
        assert_eq!(read(&whole("c")), None);
        let read = read(&whole("b")).unwrap();
        assert_eq!((read.parts, read.tools), (1, 0));
        assert!(!read.holes[0].is_none_here, "and one that is being looked into is not called none");
        assert_eq!(read.holes[0].component, "b 2");
    }
}
