//! Names, and what no code of the house says.

use super::{
    nothing_in,
    rust::Source,
    tree::{files, rust_files},
};

/// Says that a thing does something, and not what it is.
const EMPTY_ENDINGS: &[&str] = &["Base", "Helper", "Helpers", "Impl", "Manager", "Service", "Util", "Utils"];
const EMPTY_BEGINNINGS: &[&str] = &["do_", "get_", "handle_", "process_"];
/// A place where nobody would look for anything.
const EMPTY_ROOMS: &[&str] =
    &["base", "common", "core", "helper", "helpers", "impls", "misc", "shared", "util", "utils"];

/// Work that was left for later, or a test that was left out.
const UNFINISHED: &[&str] = &["#[ignore", "todo!", "unimplemented!"];

/// The one file that opens doors, and the only words with which one can.
const DOORS: &str = "crates/web/src/routes.rs";
const OPENS_DOORS: &[&str] =
    &["Router::new", "Router::<", "OpenApiRouter", ".route(", ".nest(", ".nest_service("];

#[test]
fn no_name_is_empty_of_meaning() {
    let mut complaints = vec![];
    for file in rust_files() {
        let source = Source::of(file);
        for name in
            ["struct", "enum", "trait", "type", "union"].iter().flat_map(|kind| source.names_after(kind))
        {
            if EMPTY_ENDINGS.iter().any(|ending| name.ends_with(ending)) {
                complaints.push(format!("{}: {name}: say what it is, in a word of the field", file.path));
            }
        }
        for name in source.names_after("fn") {
            if EMPTY_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning)) {
                complaints.push(format!("{}: {name}: a verb of the field, or the noun alone", file.path));
            }
        }
    }
    nothing_in(complaints);
}

#[test]
fn no_file_or_folder_is_a_drawer_for_everything() {
    let empty = |part: &str| EMPTY_ROOMS.contains(&part.trim_end_matches(".rs").trim_end_matches(".ftl"));
    nothing_in(
        files()
            .iter()
            .filter(|file| file.path.split('/').any(empty))
            .map(|file| format!("{}: nobody would look here", file.path))
            .collect(),
    );
}

#[test]
fn nothing_is_unfinished_and_no_test_is_left_out() {
    let mut complaints = vec![];
    for file in rust_files() {
        let code = Source::of(file).code;
        for unfinished in UNFINISHED.iter().filter(|unfinished| code.contains(*unfinished)) {
            complaints.push(format!("{}: {unfinished}", file.path));
        }
    }
    nothing_in(complaints);
}

#[test]
fn a_door_stands_in_the_table_of_doors_or_nowhere() {
    let mut complaints = vec![];
    for file in rust_files().filter(|file| file.path.contains("/src/") && file.path != DOORS) {
        let source = Source::of(file);
        let code = source.product_code();
        for opens in OPENS_DOORS.iter().filter(|opens| code.contains("axum") && code.contains(*opens)) {
            complaints.push(format!("{}: {opens}: a door stands in {DOORS}, with its policy", file.path));
        }
    }
    nothing_in(complaints);
}
