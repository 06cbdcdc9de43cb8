//! The store: migrations, rows, and papers kept for tests.

use super::{
    nothing_in,
    rust::Source,
    tree::{exists, files, rust_files},
};

const MIGRATIONS: &str = "crates/store/migrations/";
const ROWS: &str = "crates/store/tests/migrations/";

#[test]
fn every_migration_has_rows_that_lived_before_it() {
    if !exists(ROWS) {
        return;
    }
    let number =
        |path: &str, folder: &str| Some(path.strip_prefix(folder)?.split(['_', '.']).next()?.to_owned());
    let rows: Vec<_> = files().iter().filter_map(|file| number(&file.path, ROWS)).collect();
    nothing_in(
        files()
            .iter()
            .filter_map(|file| number(&file.path, MIGRATIONS))
            .filter(|migration| !rows.contains(migration))
            .map(|migration| format!("migration {migration} has no {ROWS}{migration}*.sql"))
            .collect(),
    );
}

#[test]
fn a_row_is_never_what_goes_out() {
    let mut complaints = vec![];
    for file in rust_files().filter(|file| file.path.starts_with("crates/store/src/")) {
        let code = Source::of(file).code;
        for derive in code.split("derive(").skip(1).filter_map(|rest| rest.split(')').next()) {
            if derive.contains("FromRow") && derive.contains("Serialize") {
                complaints.push(format!(
                    "{}: a row with derive({derive}): give what goes out its own type",
                    file.path
                ));
            }
        }
    }
    nothing_in(complaints);
}

#[test]
fn every_paper_kept_for_tests_says_where_it_comes_from() {
    const PROVENANCE: &str = "PROVENANCE.md";
    let mut complaints = vec![];
    for file in files().iter().filter(|file| file.name() != PROVENANCE) {
        let Some((folder, _)) =
            file.path.rsplit_once('/').filter(|(folder, _)| format!("/{folder}/").contains("/fixtures/"))
        else {
            continue;
        };
        let mut provenance = files().iter().filter(|other| {
            other.path.strip_suffix(PROVENANCE).is_some_and(|place| format!("{folder}/").starts_with(place))
        });
        if !provenance.any(|other| other.text.contains(file.name())) {
            complaints.push(format!("{} is not named in a {PROVENANCE} beside or above it", file.path));
        }
    }
    nothing_in(complaints);
}
