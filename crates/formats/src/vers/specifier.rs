//! `vers:npm/>=1.0.0|<2.0.0`: the specifier, its canonical form, and whether it contains a version.
//!
//! After the VERS specification, clause 5 (package-url/vers-spec, 2026-08). The pipe is no "or" and no
//! "and": constraints are marks on one line of versions, and together they say which stretches of it are
//! meant. So they are sorted first, and a version is inside when the marks around it say so.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::key::Key;
use super::scheme::Scheme;

/// A version range specifier. Its constraints are sorted by version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vers<'t> {
    /// The VERS type, in small letters.
    pub kind: Cow<'t, str>,
    pub set: Set<'t>,
}

/// Which versions are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Set<'t> {
    /// `*`
    All,
    /// `vers:none/*`
    None,
    /// `vers:unknown/*`: some, and nobody says which.
    Unknown,
    Marks(Scheme, Vec<Constraint<'t>>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint<'t> {
    pub comparator: Comparator,
    /// Not percent-encoded.
    pub version: Cow<'t, str>,
    pub key: Key,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparator {
    Equal,
    Not,
    Above,
    From,
    Below,
    To,
}

impl Comparator {
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "",
            Self::Not => "!=",
            Self::Above => ">",
            Self::From => ">=",
            Self::Below => "<",
            Self::To => "<=",
        }
    }

    fn begins(self) -> bool {
        matches!(self, Self::Above | Self::From)
    }

    fn ends(self) -> bool {
        matches!(self, Self::Below | Self::To)
    }

    fn of(written: &str) -> (Self, &str) {
        match written.as_bytes() {
            [b'>', b'=', ..] => (Self::From, written.get(2..).unwrap_or_default()),
            [b'<', b'=', ..] => (Self::To, written.get(2..).unwrap_or_default()),
            [b'!', b'=', ..] => (Self::Not, written.get(2..).unwrap_or_default()),
            [b'>', ..] => (Self::Above, written.get(1..).unwrap_or_default()),
            [b'<', ..] => (Self::Below, written.get(1..).unwrap_or_default()),
            _ => (Self::Equal, written),
        }
    }
}

/// Why a text is no specifier, or says nothing about a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("a version range specifier begins with vers: and a type, as in vers:npm/>=1.0.0")]
    NoSpecifier,
    #[error("byte {0} of the specifier is a space, a control character, or no ASCII; a space is written %20")]
    Character(usize),
    #[error("{0:?} is no VERS type: small letters, digits, dots and minus, a letter first")]
    Kind(String),
    #[error("no order of versions is known for the VERS type {0}")]
    NoOrder(String),
    #[error("the specifier names no versions")]
    Empty,
    #[error("between two pipes, or beside one, a constraint is missing")]
    Gap,
    #[error("{0:?} is no constraint")]
    Constraint(String),
    #[error("a star stands alone, without other constraints or a version")]
    Star,
    #[error("{0:?} is not percent-encoded as it should be")]
    Encoding(String),
    #[error("{version:?} is no version of type {kind}")]
    Version { version: String, kind: String },
    #[error("{0:?} stands in the wrong place: constraints are sorted by version")]
    Order(String),
    #[error("{0:?} stands there twice")]
    Twice(String),
    #[error("{0:?} cannot follow the constraint before it: nothing would be between them")]
    Sequence(String),
    #[error("which versions vers:unknown means is not known")]
    Unknown,
}

impl<'t> Vers<'t> {
    /// Reads a specifier and sorts its constraints. Forgives capitals in the type, characters that are
    /// encoded without need, versions that stand there twice, and constraints that say nothing more.
    ///
    /// # Errors
    /// When the specification calls it an error otherwise, or the type has no order that we know.
    pub fn read(written: &'t str) -> Result<Self, Refused> {
        let mut vers = Self::in_any_order(written)?;
        if let Set::Marks(_, marks) = &mut vers.set {
            sort(marks);
        }
        Ok(vers)
    }

    /// Reads a specifier that is written as the specification says, in canonical order and form.
    ///
    /// # Errors
    /// When it is not.
    pub fn parse(written: &'t str) -> Result<Self, Refused> {
        let vers = Self::in_any_order(written)?;
        if !written.starts_with("vers:") {
            return Err(Refused::NoSpecifier);
        }
        if !written.get("vers:".len()..).is_some_and(|rest| rest.starts_with(&*vers.kind)) {
            return Err(Refused::Kind(vers.kind.into_owned()));
        }
        let Set::Marks(_, marks) = &vers.set else { return Ok(vers) };
        let constraints = written.split_once('/').map(|(_, constraints)| constraints).unwrap_or_default();
        for (mark, constraint) in marks.iter().zip(constraints.split('|')) {
            let canonical = encoded(&mark.version);
            if Comparator::of(constraint).1 != canonical {
                return Err(Refused::Encoding(constraint.to_owned()));
            }
        }
        for (before, mark) in marks.iter().zip(marks.iter().skip(1)) {
            match before.key.cmp(&mark.key) {
                Ordering::Less => {}
                Ordering::Equal => return Err(Refused::Twice(mark.version.clone().into_owned())),
                Ordering::Greater => return Err(Refused::Order(mark.version.clone().into_owned())),
            }
        }
        if let Some(redundant) = first_redundant(marks) {
            return Err(Refused::Sequence(redundant.to_string()));
        }
        Ok(vers)
    }

    fn in_any_order(written: &'t str) -> Result<Self, Refused> {
        let head = Head::of(written)?;
        if head.constraints == "*" {
            let set = match &*head.kind {
                "none" => Set::None,
                "unknown" => Set::Unknown,
                _ => Set::All,
            };
            return Ok(Self { kind: head.kind, set });
        }
        let scheme = head.scheme()?;
        let mut marks = Vec::with_capacity(2);
        head.each_mark(scheme, |mark| marks.push(mark))?;
        Ok(Self { kind: head.kind, set: Set::Marks(scheme, marks) })
    }

    /// The specifier of constraints that came from elsewhere. They are sorted, and nothing else.
    pub fn of(kind: &'t str, scheme: Scheme, mut marks: Vec<Constraint<'t>>) -> Self {
        sort(&mut marks);
        Self { kind: Cow::Borrowed(kind), set: Set::Marks(scheme, marks) }
    }

    /// Whether `version`, which is one of this type, is meant.
    ///
    /// # Errors
    /// When `version` is none of this type, or nobody says which versions are meant.
    pub fn contains(&self, version: &str) -> Result<bool, Refused> {
        match &self.set {
            Set::All => Ok(true),
            Set::None => Ok(false),
            Set::Unknown => Err(Refused::Unknown),
            Set::Marks(scheme, marks) => {
                let key = scheme.key(version).ok_or_else(|| Refused::Version {
                    version: crate::words::clipped(version, 80),
                    kind: self.kind.clone().into_owned(),
                })?;
                Ok(is_within(*scheme, marks, &key))
            }
        }
    }

    /// The stretches of the line of versions that are meant, rising, none of them touching another but
    /// in a version that is left out. Empty for `vers:none/*`, and for `vers:unknown/*`, which see.
    pub fn stretches(&self) -> Vec<Stretch<'_>> {
        match &self.set {
            Set::All => vec![Stretch { from: None, to: None }],
            Set::None | Set::Unknown => vec![],
            Set::Marks(_, marks) => stretches(marks),
        }
    }
}

/// The answer to one question, from the two texts.
///
/// # Errors
/// As [`Vers::read`] and [`Vers::contains`].
pub fn contains(range: &str, version: &str) -> Result<bool, Refused> {
    in_passing(range, version).map_or_else(|| Vers::read(range)?.contains(version), Ok)
}

/// The answer of a specifier whose constraints stand in their order, without keeping any of them. `None`
/// when they do not, or when something is wrong: then it is said by who reads the whole.
fn in_passing(range: &str, version: &str) -> Option<bool> {
    let head = Head::of(range).ok()?;
    let scheme = head.scheme().ok()?;
    let version = scheme.key(version)?;
    let (mut walk, mut before, mut is_sorted) = (Walk::default(), None, true);
    head.each_mark(scheme, |mark| {
        is_sorted &= before.as_ref().is_none_or(|before| before <= &mark.key);
        walk.see(mark.comparator, || scheme.compare(&version, &mark.key));
        before = Some(mark.key);
    })
    .ok()?;
    is_sorted.then(|| walk.answer())
}

/// A specifier, cut into its parts.
struct Head<'t> {
    written: &'t str,
    /// In small letters.
    kind: Cow<'t, str>,
    /// Not empty.
    constraints: &'t str,
}

impl<'t> Head<'t> {
    fn of(written: &'t str) -> Result<Self, Refused> {
        let scheme = written.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("vers:"));
        let rest = scheme.and_then(|scheme| written.get(scheme.len()..));
        let parts = rest.and_then(|rest| rest.split_once('/'));
        if let (None, Some(at)) = (parts, written.bytes().position(is_foreign)) {
            return Err(Refused::Character(at));
        }
        let (kind, constraints) = parts.ok_or(Refused::NoSpecifier)?;
        let kind = small(kind);
        let is_kind = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
        if !kind.starts_with(|it: char| it.is_ascii_lowercase())
            || !kind.bytes().all(is_kind)
            || kind == "invalid"
        {
            return Err(Refused::Kind(kind.into_owned()));
        }
        if constraints.is_empty() {
            return Err(Refused::Empty);
        }
        Ok(Self { written, kind, constraints })
    }

    /// The place of the first character among the constraints that may not be there.
    fn foreign(&self) -> Option<usize> {
        let before = self.written.len().saturating_sub(self.constraints.len());
        self.constraints.bytes().position(is_foreign).map(|at| before.saturating_add(at))
    }

    fn scheme(&self) -> Result<Scheme, Refused> {
        let unknown =
            || self.foreign().map_or_else(|| Refused::NoOrder((*self.kind).to_owned()), Refused::Character);
        Scheme::named(&self.kind).ok_or_else(unknown)
    }

    /// One walk over the bytes: what they may not hold, and where each constraint ends.
    fn each_mark(&self, scheme: Scheme, mut see: impl FnMut(Constraint<'t>)) -> Result<(), Refused> {
        let of = |constraint, signs| Constraint::of(constraint, signs, scheme, &self.kind, || self.foreign());
        let (mut start, mut signs) = (0, Signs::default());
        for (at, byte) in self.constraints.bytes().enumerate() {
            if byte != b'|' {
                signs.see(byte);
                continue;
            }
            see(of(self.constraints.get(start..at).unwrap_or_default(), signs)?);
            (start, signs) = (at.saturating_add(1), Signs::default());
        }
        see(of(self.constraints.get(start..).unwrap_or_default(), signs)?);
        Ok(())
    }
}

/// Versions between two bounds, each with whether it belongs to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch<'v> {
    pub from: Option<(&'v str, bool)>,
    pub to: Option<(&'v str, bool)>,
}

impl<'t> Constraint<'t> {
    fn of(
        written: &'t str,
        signs: Signs,
        scheme: Scheme,
        kind: &str,
        foreign: impl Fn() -> Option<usize>,
    ) -> Result<Self, Refused> {
        if signs.foreign {
            return Err(Refused::Character(foreign().unwrap_or_default()));
        }
        if written.is_empty() {
            return Err(Refused::Gap);
        }
        let (comparator, version) = Comparator::of(written);
        if signs.star {
            return Err(Refused::Star);
        }
        // More signs of a comparison than the comparator has.
        if version.is_empty() || signs.comparing != comparator.sign().len() {
            return Err(Refused::Constraint(crate::words::clipped(written, 80)));
        }
        let version = if signs.percent {
            decoded(version).ok_or_else(|| Refused::Encoding(crate::words::clipped(written, 80)))?
        } else {
            Cow::Borrowed(version)
        };
        let key = scheme.key(&version).ok_or_else(|| Refused::Version {
            version: crate::words::clipped(&version, 80),
            kind: kind.to_owned(),
        })?;
        Ok(Self { comparator, version, key })
    }

    /// A constraint with a version that needs no decoding. `None` when it is none of the scheme.
    pub fn new(comparator: Comparator, version: impl Into<Cow<'t, str>>, scheme: Scheme) -> Option<Self> {
        let version = version.into();
        let key = scheme.key(&version)?;
        Some(Self { comparator, version, key })
    }
}

/// What was seen in a constraint.
#[derive(Debug, Clone, Copy, Default)]
struct Signs {
    /// `<`, `>`, `=` and `!`.
    comparing: usize,
    star: bool,
    percent: bool,
    /// A space, a control character, or no ASCII.
    foreign: bool,
}

impl Signs {
    #[inline]
    fn see(&mut self, byte: u8) {
        match byte {
            b'<' | b'>' | b'=' | b'!' => self.comparing = self.comparing.saturating_add(1),
            b'*' => self.star = true,
            b'%' => self.percent = true,
            _ => self.foreign |= is_foreign(byte),
        }
    }
}

fn is_foreign(byte: u8) -> bool {
    !byte.is_ascii_graphic()
}

/// Stable, so that what is said twice stays in the order in which it was said.
fn sort(marks: &mut [Constraint<'_>]) {
    if !marks.is_sorted_by(|one, other| one.key <= other.key) {
        marks.sort_by(|one, other| one.key.cmp(&other.key));
    }
}

/// What is known of a version when the marks before it were looked at, one by one.
#[derive(Debug, Clone, Copy, Default)]
struct Passed {
    /// Whether the last mark of a stretch begins one. `None` while there was no such mark.
    begins: Option<bool>,
    /// A constraint says in so many words that the version is meant.
    is_named: bool,
    /// A constraint says in so many words that it is not.
    is_hole: bool,
    /// A stretch begins behind the version: whether it lay in one before that.
    before_beginning: Option<bool>,
}

impl Passed {
    /// A mark before the version.
    fn passes(&mut self, comparator: Comparator) {
        if comparator.begins() || comparator.ends() {
            self.begins = Some(comparator.begins());
        }
    }

    /// A mark at the version itself.
    fn meets(&mut self, comparator: Comparator) {
        match comparator {
            Comparator::Equal | Comparator::From | Comparator::To => self.is_named = true,
            Comparator::Not => self.is_hole = true,
            Comparator::Above => {
                self.before_beginning.get_or_insert(self.begins == Some(true));
            }
            Comparator::Below => self.begins = Some(false),
        }
    }

    /// Whether the version is meant, given whether the next mark of a stretch, behind it, ends one, and
    /// whether there are holes and nothing else.
    fn is_within(self, next_ends: Option<bool>, only_holes: bool) -> bool {
        if self.is_named || self.is_hole {
            return self.is_named;
        }
        self.before_beginning.unwrap_or(match next_ends {
            // Of two that end, the last one counts.
            Some(true) => true,
            // Of two that begin, the first one counts.
            Some(false) => self.begins == Some(true),
            None => self.begins.unwrap_or(only_holes),
        })
    }
}

fn only_holes(marks: &[Constraint<'_>]) -> bool {
    !marks.is_empty() && marks.iter().all(|mark| mark.comparator == Comparator::Not)
}

/// "Checking if a version is contained within a range", on constraints of which some may say nothing more
/// than their neighbours, given one after another as they are sorted.
#[derive(Debug, Clone, Copy, Default)]
struct Walk {
    passed: Passed,
    answer: Option<bool>,
    /// There were marks, and not only holes.
    has_others: bool,
    has_marks: bool,
}

impl Walk {
    /// The next mark, and how the version stands to it.
    #[inline]
    fn see(&mut self, comparator: Comparator, version: impl FnOnce() -> Ordering) {
        self.has_marks = true;
        self.has_others |= comparator != Comparator::Not;
        if self.answer.is_some() {
            return;
        }
        match version() {
            Ordering::Greater => self.passed.passes(comparator),
            Ordering::Equal => self.passed.meets(comparator),
            Ordering::Less if comparator.begins() || comparator.ends() => {
                self.answer = Some(self.passed.is_within(Some(comparator.ends()), false));
            }
            Ordering::Less => {}
        }
    }

    fn answer(self) -> bool {
        self.answer.unwrap_or_else(|| self.passed.is_within(None, self.has_marks && !self.has_others))
    }
}

fn is_within(scheme: Scheme, marks: &[Constraint<'_>], version: &Key) -> bool {
    let mut walk = Walk::default();
    for mark in marks {
        walk.see(mark.comparator, || scheme.compare(version, &mark.key));
        if let Some(answer) = walk.answer {
            return answer;
        }
    }
    walk.answer()
}

/// One walk along the marks: before each version that is named, at it, and behind it.
fn stretches<'v>(marks: &'v [Constraint<'_>]) -> Vec<Stretch<'v>> {
    let only_holes = only_holes(marks);
    // Whether the next mark of a stretch, from each place on, ends one.
    let mut ahead = vec![None; marks.len()];
    let mut next = None;
    for (place, mark) in ahead.iter_mut().zip(marks).rev() {
        if mark.comparator.begins() || mark.comparator.ends() {
            next = Some(mark.comparator.ends());
        }
        *place = next;
    }
    let mut found: Vec<Stretch<'v>> = Vec::new();
    let mut passed = Passed::default();
    let mut open = passed.is_within(next, only_holes).then_some(None);
    let mut rest = marks;
    let mut ahead = ahead.as_slice();
    while let Some(first) = rest.first() {
        let same = rest.iter().take_while(|mark| mark.key == first.key).count();
        let (group, later) = rest.split_at_checked(same).unwrap_or((rest, &[]));
        let next = ahead.get(same).copied().flatten();
        let mut at = passed;
        for mark in group {
            at.meets(mark.comparator);
            passed.passes(mark.comparator);
        }
        let is_meant = at.is_within(next, only_holes);
        let version = &*first.version;
        let goes_on = passed.is_within(next, only_holes);
        let closing = open.filter(|_| !(is_meant && goes_on));
        if let Some(from) = closing {
            found.push(Stretch { from, to: Some((version, is_meant)) });
            open = None;
        } else if is_meant && !goes_on {
            found.push(Stretch { from: Some((version, true)), to: Some((version, true)) });
        }
        if goes_on && open.is_none() {
            open = Some(Some((version, is_meant)));
        }
        rest = later;
        ahead = ahead.get(same..).unwrap_or_default();
    }
    if let Some(from) = open {
        found.push(Stretch { from, to: None });
    }
    found
}

/// The first constraint that may not follow the one before it (clause 5.4, the last rules).
fn first_redundant<'m, 't>(marks: &'m [Constraint<'t>]) -> Option<&'m Constraint<'t>> {
    let mut before = None;
    let mut stretch = None;
    for mark in marks.iter().filter(|mark| mark.comparator != Comparator::Not) {
        let comparator = mark.comparator;
        let is_lost = before == Some(Comparator::Equal) && comparator.ends();
        if comparator == Comparator::Equal {
            before = Some(comparator);
            continue;
        }
        if is_lost || stretch == Some(comparator.begins()) {
            return Some(mark);
        }
        before = Some(comparator);
        stretch = Some(comparator.begins());
    }
    None
}

impl std::fmt::Display for Vers<'_> {
    /// In the order of the versions, encoded as the specification says.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "vers:{}/", self.kind)?;
        let Set::Marks(_, marks) = &self.set else { return f.write_str("*") };
        for (place, mark) in marks.iter().enumerate() {
            write!(f, "{}{mark}", if place == 0 { "" } else { "|" })?;
        }
        Ok(())
    }
}

impl std::fmt::Display for Constraint<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.comparator.sign(), encoded(&self.version))
    }
}

/// Small letters, without asking for memory when they are so already.
fn small(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|it| it.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// What a percent-encoded text stands for. `None` when a percent sign begins nothing, or what comes out
/// is no UTF-8.
fn decoded(text: &str) -> Option<Cow<'_, str>> {
    let digit = |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|it| u8::try_from(it).ok());
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                high << 4 | low
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

/// `>`, `<`, `=`, `!`, `*`, `|`, `%` and whatever is not printed as `%2A` (clause 5.3.3.2).
fn encoded(text: &str) -> Cow<'_, str> {
    let is_special =
        |byte: u8| !byte.is_ascii_graphic() || matches!(byte, b'>' | b'<' | b'=' | b'!' | b'*' | b'|' | b'%');
    if !text.bytes().any(is_special) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_special(byte) {
            out.push_str(&format!("%{byte:02X}"));
        } else {
            out.push(char::from(byte));
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(range: &str, meant: &[&str], others: &[&str]) {
        let vers = Vers::read(range).unwrap();
        for version in meant {
            assert_eq!(vers.contains(version), Ok(true), "{range} contains {version}");
        }
        for version in others {
            assert_eq!(vers.contains(version), Ok(false), "{range} does not contain {version}");
        }
    }

    /// The stretches as an administrator would write them.
    fn stretched(range: &str) -> String {
        let said = |stretch: &Stretch<'_>| {
            let from = stretch.from.map(|(it, with)| format!("{}{it}", if with { '[' } else { '(' }));
            let to = stretch.to.map(|(it, with)| format!("{it}{}", if with { ']' } else { ')' }));
            format!("{},{}", from.unwrap_or_default(), to.unwrap_or_default())
        };
        Vers::read(range).unwrap().stretches().iter().map(said).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn constraints_are_marks_on_one_line_of_versions() {
        check("vers:pypi/<=1.3.0|3.0.0", &["1.0.0", "1.3", "3.0"], &["1.3.1", "2.9", "3.0.1"]);
        check(
            "vers:npm/>=1.0.0|<2.0.0|>=3.0.0",
            &["1.0.0", "1.9.9", "3.0.0", "9.0.0"],
            &["0.9.0", "2.0.0", "2.5.0"],
        );
        check("vers:npm/<2.0.0|>=1.0.0", &["1.0.0"], &["0.9.0", "2.0.0"]);
        check("vers:gem/>=2.2.0|!=2.2.1|<2.3.0", &["2.2.0", "2.2.2"], &["2.2.1", "2.3.0"]);
        check("vers:pypi/!=5", &["4", "6"], &["5.0"]);
        check("vers:deb/>=1:1.0|<1:1.2-3", &["1:1.0-9", "1:1.2~rc1-1"], &["1.1-1", "1:1.2-3"]);
        check(
            "vers:generic/>=12.1|<12.1-55.18|>=13.0|<13.0.47.24",
            &["12.1-50.28", "13.0-36.27"],
            &["12.1-55.18", "13.0.47.24"],
        );
        check("vers:all/*", &["1"], &[]);
        check("vers:none/*", &[], &["1"]);
    }

    #[test]
    fn a_constraint_that_says_nothing_more_changes_nothing() {
        check("vers:npm/>=1.0.0|>=2.0.0|<3.0.0|<4.0.0", &["1.5.0", "2.0.0", "3.5.0"], &["0.5.0", "4.0.0"]);
        check("vers:npm/<1.0.0|<2.0.0", &["1.0.0", "1.5.0"], &["2.0.0"]);
        check("vers:npm/>1.0.0|>2.0.0", &["1.5.0", "2.0.0", "2.5.0"], &["1.0.0"]);
        check("vers:npm/>=1.0.0|<=1.0.0", &["1.0.0"], &["0.9.0", "1.1.0"]);
    }

    #[test]
    fn what_is_no_specifier_is_refused_with_its_reason() {
        let refused = |range: &str| Vers::read(range).unwrap_err().to_string();
        for range in ["", "npm/1", "vers:npm", "range:npm/1"] {
            assert!(refused(range).starts_with("a version range specifier begins with vers:"), "{range}");
        }
        assert!(refused("vers:npm/>=1.0.0| <2.0.0").starts_with("byte 17 of the specifier"));
        assert!(refused("vers:lexicographic/é").starts_with("byte 19 of the specifier"));
        assert!(refused("vers:invalid/1").contains("no VERS type"));
        assert!(refused("vers:9/1").contains("no VERS type"));
        assert_eq!(refused("vers:example/1.0"), "no order of versions is known for the VERS type example");
        assert_eq!(refused("vers:npm/"), "the specifier names no versions");
        for range in ["vers:npm/|1", "vers:npm/1|", "vers:npm/1||2"] {
            assert!(refused(range).contains("a constraint is missing"), "{range}");
        }
        for range in ["vers:npm/*|1.0", "vers:npm/1.0|*", "vers:npm/>*", "vers:npm/1.*"] {
            assert!(refused(range).starts_with("a star stands alone"), "{range}");
        }
        for range in ["vers:npm/=1.0", "vers:npm/>", "vers:npm/>>1.0", "vers:npm/~=1"] {
            assert!(refused(range).ends_with("is no constraint"), "{range}");
        }
        assert!(refused("vers:npm/1.0%2G").contains("not percent-encoded"));
        assert_eq!(refused("vers:npm/latest"), "\"latest\" is no version of type npm");
        assert_eq!(
            contains("vers:npm/1.0", "latest").unwrap_err().to_string(),
            "\"latest\" is no version of type npm"
        );
        assert!(contains("vers:unknown/*", "1.0").is_err());
    }

    #[test]
    fn the_canonical_form_is_sorted_unique_and_says_nothing_twice() {
        let parsed =
            |range: &str| Vers::parse(range).map(|vers| vers.to_string()).map_err(|why| why.to_string());
        for range in ["vers:npm/1.2.3|>=2.0.0|<5.0.0", "vers:gem/>=2.2.0|!=2.2.1|<2.3.0", "vers:deb/1%2B1"] {
            assert_eq!(parsed(range).is_ok(), range != "vers:deb/1%2B1", "{range}");
        }
        assert_eq!(parsed("vers:deb/<1:2.0%20x").as_deref(), Ok("vers:deb/<1:2.0%20x"));
        assert!(parsed("vers:npm/>=2.0.0|<1.0.0").unwrap_err().contains("wrong place"));
        assert!(parsed("vers:npm/>=2.0.0|<2.0").unwrap_err().contains("twice"));
        for range in ["vers:npm/>1|>2", "vers:npm/<1|<2", "vers:npm/1|<2", "vers:npm/>1|!=2|>=3"] {
            assert!(parsed(range).unwrap_err().contains("cannot follow"), "{range}");
        }
        assert!(parsed("vers:NPM/1").is_err());
        assert_eq!(Vers::read("vers:NPM/2|1").unwrap().to_string(), "vers:npm/1|2");
    }

    #[test]
    fn stretches_are_what_is_meant_and_nothing_else() {
        assert_eq!(stretched("vers:npm/>=1.0|<2.0|3.0|>4.0"), "[1.0,2.0) [3.0,3.0] (4.0,");
        assert_eq!(stretched("vers:npm/<2|<3|!=1"), ",1) (1,3)");
        assert_eq!(stretched("vers:npm/!=1|!=2"), ",1) (1,2) (2,");
        assert_eq!(stretched("vers:npm/>=1|>=2"), "[1,");
        assert_eq!(stretched("vers:npm/>=1|<=1"), "[1,1]");
        assert_eq!(stretched("vers:npm/<6|>6"), ",6) (6,");
        assert_eq!(stretched("vers:npm/<=6|>=6"), ",");
        assert_eq!(stretched("vers:npm/1|2"), "[1,1] [2,2]");
        assert_eq!(stretched("vers:all/*"), ",");
        assert_eq!(stretched("vers:none/*"), "");
    }

    #[test]
    fn a_million_constraints_are_sorted_and_asked_soon() {
        let began = std::time::Instant::now();
        let constraints: Vec<String> = (0..1_000_000_u32)
            .rev()
            .map(|it| format!("{}{it}", if it % 2 == 0 { ">=" } else { "<" }))
            .collect();
        let range = format!("vers:intdot/{}", constraints.join("|"));
        let vers = Vers::read(&range).unwrap();
        assert_eq!(vers.contains("500000.5"), Ok(true));
        assert_eq!(vers.contains("500001.5"), Ok(false));
        assert_eq!(vers.stretches().len(), 500_000);
        assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    }

    fn ranges() -> impl Strategy<Value = String> {
        prop::collection::vec(("|!=|>|>=|<|<=", 0_u8..6), 1..8).prop_map(|marks| {
            let marks: Vec<String> = marks.iter().map(|(sign, version)| format!("{sign}{version}")).collect();
            format!("vers:intdot/{}", marks.join("|"))
        })
    }

    proptest! {
        #[test]
        fn a_version_is_meant_when_it_lies_in_a_stretch(range in ranges(), version in 0_u8..6, behind in any::<bool>()) {
            let version = format!("{version}{}", if behind { ".5" } else { "" });
            let vers = Vers::read(&range).unwrap();
            let key = |it: &str| Scheme::Intdot.key(it).unwrap();
            let own = key(&version);
            let lies_in = |stretch: &Stretch<'_>| {
                stretch.from.is_none_or(|(from, with)| own > key(from) || with && own == key(from))
                    && stretch.to.is_none_or(|(to, with)| own < key(to) || with && own == key(to))
            };
            let lies = vers.stretches().iter().filter(|it| lies_in(it)).count();
            prop_assert!(lies <= 1, "{:?}", vers.stretches());
            prop_assert_eq!(vers.contains(&version), Ok(lies == 1), "{:?}", vers.stretches());
        }

        #[test]
        fn any_text_is_answered(range in ".{0,40}", marks in "[0-9a-z.|<>=!*%-]{0,40}", version in ".{0,20}") {
            let _ = contains(&range, &version);
            for kind in ["npm", "maven", "deb", "generic", "datetime"] {
                let range = format!("vers:{kind}/{marks}");
                let _ = contains(&range, &version);
                let _ = Vers::parse(&range).map(|vers| vers.to_string());
                if let Ok(vers) = Vers::read(&range) {
                    let again = vers.to_string();
                    let read = Vers::read(&again);
                    prop_assert_eq!(read.as_ref(), Ok(&vers));
                }
            }
        }
    }
}
