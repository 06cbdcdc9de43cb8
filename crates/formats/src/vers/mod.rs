//! Which versions are meant: `vers:`, the ranges of package managers, and the prose that stands where a
//! range should.
//!
//! ```text
//! native: ^1.2.3 ──┐
//!                  ├─► Vers, sorted ──► contains a version?      by the scheme: yes or no
//! vers:npm/>=1.0 ──┘        │
//!                           └──► stretches ─┐
//! "3.2 and prior" ──► prose ────────────────┴─► domain ranges ──► yes, no, or we do not know
//! ```
//!
//! A scheme knows all its versions, so it answers yes or no. The domain compares what an administrator
//! wrote with what a paper says, and neither tells it a scheme; it stays cautious. On the way from the one
//! to the other ([`ranges`]) whatever the domain would order otherwise is made *possible*, never lost.
//!
//! Why the schemes are ours: `docs/decisions/0014-names-versions-scores.md`.

mod caution;
mod key;
pub mod native;
mod prose;
mod scheme;
mod specifier;

pub use key::Key;
pub use prose::{Understood, ranges};
pub(crate) use prose::{percent_decoded, without_letters};
pub use scheme::Scheme;
pub use specifier::{Comparator, Constraint, Refused, Set, Stretch, Vers, contains};
