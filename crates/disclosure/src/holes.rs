//! Holes that are opened on purpose, one at a time, to see that the suite finds them: a policy that is missing, a mask
//! that is skipped, an exit that forgets.
//!
//! They exist in test programs only (feature `seeded-holes`, which `scenarios` asks for in its tests). Which there are,
//! and which tests must fail by each, stands in `seeded_holes.toml`; `cargo xtask holes` opens one after the other.

#[cfg(all(feature = "seeded-holes", not(debug_assertions)))]
compile_error!("a program that leaves the house has no seeded holes");

/// Names the hole that is open in this process.
pub const OPEN: &str = "DIJKWACHT_SEEDED_HOLE";

/// Whether this hole is open. Outside of test programs nothing is.
#[cfg(feature = "seeded-holes")]
#[expect(clippy::disallowed_methods, reason = "which hole a test opens stands in its environment")]
pub fn is_open(hole: &str) -> bool {
    static OPENED: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    OPENED.get_or_init(|| std::env::var(OPEN).ok()).as_deref() == Some(hole)
}

/// Whether this hole is open. Outside of test programs nothing is.
#[cfg(not(feature = "seeded-holes"))]
#[inline(always)]
pub const fn is_open(_: &str) -> bool {
    false
}
