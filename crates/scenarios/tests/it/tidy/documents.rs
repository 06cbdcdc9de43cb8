//! What is written about the house is true of the house.

use super::{
    nothing_in,
    rust::Source,
    tree::{File, exists, file, files},
};

const DECISIONS: &str = "docs/decisions/";

fn documents() -> impl Iterator<Item = &'static File> {
    files().iter().filter(|file| file.path.ends_with(".md"))
}

/// What stands between backticks on one line; fenced blocks are left out.
fn quoted(text: &str) -> Vec<&str> {
    let mut fenced = false;
    let mut found = vec![];
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            found.extend(line.split('`').skip(1).step_by(2));
        }
    }
    found
}

/// A path, and not a command, a URL, a type or a pattern.
fn is_path(text: &str) -> bool {
    let ends = [".rs", ".md", ".toml", ".ftl", ".sql", ".cedar", ".cedarschema", ".txt", ".css", ".js"];
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./".contains(letter);
    let looks_like_one = text.contains('/') || ends.iter().any(|end| text.ends_with(end));
    looks_like_one && text.chars().all(plain) && !text.starts_with(['/', '.', '-'])
}

/// Paths in `ARCHITECTURE.md` may leave out `crates/` and `src/`: `flow/warn.rs`.
fn in_the_house(path: &str) -> bool {
    let inside = path.split_once('/').map(|(room, rest)| format!("crates/{room}/src/{rest}"));
    exists(path) || exists(&format!("crates/{path}")) || inside.is_some_and(|path| exists(&path))
}

#[test]
fn every_path_in_the_architecture_exists() {
    let Some(architecture) = file("ARCHITECTURE.md") else { return };
    let named: Vec<_> = quoted(&architecture.text).into_iter().filter(|text| is_path(text)).collect();
    assert!(named.len() > 20, "only {} paths recognised: this test reads past them", named.len());
    nothing_in(
        named
            .into_iter()
            .filter(|path| !in_the_house(path))
            .map(|path| format!("ARCHITECTURE.md names {path}, which is not there"))
            .collect(),
    );
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let mut complaints = vec![];
    for document in documents() {
        let folder = document.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for link in document.text.split("](").skip(1).filter_map(|rest| rest.split([')', '#', ' ']).next()) {
            let outside = link.is_empty() || link.contains("://") || link.starts_with("mailto:");
            if !outside && !exists(&from(folder, link)) {
                complaints.push(format!("{} leads to {link}, which is not there", document.path));
            }
        }
    }
    nothing_in(complaints);
}

/// `link`, as seen from `folder`, as a path from the root.
fn from(folder: &str, link: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[test]
fn every_decision_has_a_date_a_status_and_how_sure_we_were() {
    const PARTS: &[&str] = &[
        "\n- Date: 20",
        "\n- Status: ",
        "\n- Confidence: ",
        "\n## Context\n",
        "\n## Decision\n",
        "\n## Alternatives\n",
        "\n## Consequences\n",
        "\n## What would make us change it\n",
    ];
    let mut complaints = vec![];
    let decisions: Vec<_> = documents().filter(|document| document.path.starts_with(DECISIONS)).collect();
    for (number, decision) in (1..).zip(&decisions) {
        let begins = format!("{number:04}-");
        if !decision.name().starts_with(&begins) {
            complaints.push(format!("{}: the next number is {number:04}", decision.path));
        }
        for part in PARTS.iter().filter(|part| !decision.text.contains(*part)) {
            complaints.push(format!("{}: \"{}\" is missing", decision.path, part.trim()));
        }
    }
    nothing_in(complaints);
}

#[test]
fn every_decision_that_is_referred_to_was_taken() {
    if !exists(DECISIONS) {
        return;
    }
    let is_path = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let mut complaints = vec![];
    for file in files().iter() {
        for rest in file
            .text
            .split(DECISIONS)
            .skip(1)
            .filter(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
        {
            let name =
                rest[..rest.find(|letter| !is_path(letter)).unwrap_or(rest.len())].trim_end_matches('.');
            let taken = files()
                .iter()
                .any(|other| other.path.strip_prefix(DECISIONS).is_some_and(|it| it.starts_with(name)));
            if !taken {
                complaints.push(format!("{} refers to {DECISIONS}{name}", file.path));
            }
        }
    }
    nothing_in(complaints);
}

/// The last column of the glossary names the file in which the word is a type.
#[test]
fn every_word_of_the_glossary_that_is_a_type_has_its_file() {
    let Some(glossary) = file("GLOSSARY.md") else { return };
    let mut complaints = vec![];
    for row in glossary.text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let words = quoted(cells[0]);
        for place in quoted(cells[cells.len() - 1]) {
            let Some(home) =
                place.split_once('/').and_then(|(room, rest)| file(&format!("crates/{room}/src/{rest}")))
            else {
                complaints.push(format!("GLOSSARY.md: {place}, the file of {}, is not there", cells[0]));
                continue;
            };
            let source = Source::of(home);
            let types: Vec<&str> = ["struct", "enum", "trait", "type"]
                .iter()
                .flat_map(|kind| source.names_after(kind))
                .collect();
            if !words.iter().any(|word| types.contains(&type_name(word).as_str())) {
                complaints.push(format!("GLOSSARY.md: none of {words:?} is a type of {place}"));
            }
        }
    }
    nothing_in(complaints);
}

/// `compromise_check` → `CompromiseCheck`
fn type_name(word: &str) -> String {
    let capital = |part: &str| part[..1].to_uppercase() + &part[1..];
    word.split('_').filter(|part| !part.is_empty()).map(capital).collect()
}

#[test]
fn every_lint_has_its_reason() {
    let Some(style) = file("STYLE.md") else { return };
    let manifest: toml::Table = file("Cargo.toml").unwrap().text.parse().unwrap();
    let kinds = manifest["workspace"]["lints"].as_table().unwrap();
    let lints = kinds.values().filter_map(toml::Value::as_table).flat_map(|kind| kind.keys());
    let reasons = quoted(&style.text);
    nothing_in(
        lints
            .filter(|lint| !reasons.contains(&lint.as_str()))
            .map(|lint| format!("STYLE.md does not say why {lint} is on"))
            .collect(),
    );
}

#[test]
fn every_dependency_was_weighed() {
    let Some(page) = file("docs/decisions/0012-dependencies.md") else { return };
    let manifest: toml::Table = file("Cargo.toml").unwrap().text.parse().unwrap();
    let taken = manifest["workspace"]["dependencies"].as_table().unwrap();
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_';
    let words: Vec<&str> = page.text.split(|letter| !is_word(letter)).collect();
    nothing_in(
        taken
            .iter()
            .filter(|(name, from)| from.get("path").is_none() && !words.contains(&name.as_str()))
            .map(|(name, _)| format!("{} does not say why {name} was taken", page.path))
            .collect(),
    );
}

#[test]
fn no_text_has_stray_white_space() {
    const KINDS: &[&str] =
        &[".md", ".toml", ".ftl", ".sql", ".cedar", ".cedarschema", ".css", ".js", ".mjs", "/run"];
    let mut complaints = vec![];
    for file in files().iter().filter(|file| file.ends_in(KINDS)) {
        for (number, line) in (1..).zip(file.text.lines()) {
            if line.ends_with([' ', '\t', '\r']) {
                complaints.push(format!("{}:{number}: white space at the end", file.path));
            }
            if line.contains('\t') && file.path.ends_with(".md") {
                complaints.push(format!("{}:{number}: a tab", file.path));
            }
        }
        if !file.text.is_empty() && !file.text.ends_with('\n') {
            complaints.push(format!("{}: no line break at the end", file.path));
        }
    }
    nothing_in(complaints);
}

/// Paths that exist on one machine only, and hosts from which programs are fetched. Cut in two, or
/// this file would be the first to complain about.
const ELSEWHERE: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("crates", ".io"),
    concat!("npm", "js.org"),
    concat!("npm", "js.com"),
    concat!("py", "pi.org"),
    concat!("python", "hosted.org"),
    concat!("proxy.go", "lang.org"),
    concat!("deb.de", "bian.org"),
    concat!("rust-", "lang.org"),
];

#[test]
fn nothing_names_a_folder_of_one_machine_or_a_registry() {
    let mut complaints = vec![];
    // Written by cargo, which names its registry there.
    for file in files().iter().filter(|file| file.name() != "Cargo.lock") {
        for (number, line) in (1..).zip(file.text.lines()) {
            for elsewhere in ELSEWHERE.iter().filter(|elsewhere| stands_alone(line, elsewhere)) {
                complaints.push(format!("{}:{number}: {elsewhere}", file.path));
            }
        }
    }
    nothing_in(complaints);
}

/// A folder at the root of a machine, and not a part of a longer path such as `web/my/…`.
fn stands_alone(line: &str, elsewhere: &str) -> bool {
    let part = |letter: char| letter.is_ascii_alphanumeric() || "._-{}*$".contains(letter);
    line.match_indices(elsewhere).any(|(at, _)| !(elsewhere.starts_with('/') && line[..at].ends_with(part)))
}
