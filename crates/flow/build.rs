//! Words are read when `flow` is compiled, so a changed word must compile it again.

fn main() {
    println!("cargo::rerun-if-changed=../../locales");
}
