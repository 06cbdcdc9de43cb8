//! Well-formed names and how they stand to each other: NISTIR 7695 ("Naming Specification") and NISTIR
//! 7696 ("Name Matching Specification"), both of CPE 2.3.
//!
//! Here a name is read as the specification writes it and not otherwise; what an inventory needs from names
//! that are nearly right is [`super::Cpe`].

/// A name with its eleven attributes, whichever of its three forms it was written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wfn {
    /// In the order of [`ATTRIBUTES`].
    values: [Value; 11],
}

/// The attributes in the order of the formatted string (7695, 6.2).
pub const ATTRIBUTES: [&str; 11] = [
    "part",
    "vendor",
    "product",
    "version",
    "update",
    "edition",
    "language",
    "sw_edition",
    "target_sw",
    "target_hw",
    "other",
];

const EDITION: usize = 5;
const LANGUAGE: usize = 6;

/// What a name says about an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Any,
    /// That the attribute means nothing here.
    NotApplicable,
    Is(Pattern),
}

/// A text, with or without unquoted signs at its ends that stand for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    before: Wild,
    /// In small letters, without quotes.
    text: String,
    behind: Wild,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wild {
    Nothing,
    /// `?`, each of them one sign or none.
    UpTo(usize),
    /// `*`
    Anything,
}

/// How a source stands to a target (7696, 6.2 and 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    Disjoint,
    Equal,
    Subset,
    Superset,
    /// The specification does not say: the target has signs that stand for others, or the attributes differ
    /// in which of the two is wider.
    Undefined,
}

impl Relation {
    /// Equal sets are within each other.
    pub fn is_subset(self) -> bool {
        matches!(self, Self::Subset | Self::Equal)
    }

    /// As [`Relation::is_subset`].
    pub fn is_superset(self) -> bool {
        matches!(self, Self::Superset | Self::Equal)
    }
}

/// Longer than this is no name.
const CHARS_MAX: usize = 4_096;

impl Wfn {
    /// Reads `cpe:2.3:a:…` (7695, 6.2), `cpe:/a:…` (6.1) or `wfn:[part="a",…]` (5.5). `None` for what the
    /// specification does not allow.
    pub fn parse(written: &str) -> Option<Self> {
        if written.len() > CHARS_MAX {
            None
        } else if let Some(rest) = written.strip_prefix("cpe:2.3:") {
            Self::from_formatted_string(rest)
        } else if let Some(rest) = written.strip_prefix("cpe:/") {
            Self::from_uri(rest)
        } else {
            Self::from_text(written.strip_prefix("wfn:[")?.strip_suffix(']')?)
        }
    }

    /// A name of attributes and what is said about them: `ANY`, `NA`, or a text with quotes. What is not
    /// named is any. `None` when there is no such attribute, or a text is none.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Option<Self> {
        let mut values = [const { Value::Any }; 11];
        for (attribute, said) in pairs {
            let place = ATTRIBUTES.iter().position(|it| *it == attribute)?;
            *values.get_mut(place)? = match said {
                "ANY" => Value::Any,
                "NA" => Value::NotApplicable,
                said => Value::Is(Pattern::read(said, |_| true).filter(|_| said.len() <= CHARS_MAX)?),
            };
        }
        Some(Self { values })
    }

    fn from_formatted_string(rest: &str) -> Option<Self> {
        let mut values = [const { Value::Any }; 11];
        let parts = super::split(rest);
        if parts.len() != values.len() {
            return None;
        }
        for (place, (value, part)) in values.iter_mut().zip(&parts).enumerate() {
            *value = match part.as_str() {
                "*" => Value::Any,
                "-" => Value::NotApplicable,
                part => {
                    let unquoted = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'.' | b'_');
                    Value::Is(Pattern::read(part, unquoted).filter(|pattern| !pattern.text.is_empty())?)
                }
            };
            is_allowed(place, value).then_some(())?;
        }
        Some(Self { values })
    }

    fn from_uri(rest: &str) -> Option<Self> {
        let mut values = [const { Value::Any }; 11];
        let parts: Vec<&str> = rest.split(':').collect();
        if parts.len() > LANGUAGE.saturating_add(1) {
            return None;
        }
        for (place, part) in parts.iter().enumerate() {
            if place == EDITION && part.starts_with('~') {
                // Five attributes that the older form does not know, packed into one (6.1.2.1.3).
                let packed: Vec<&str> = part.split('~').skip(1).collect();
                let [edition, sw_edition, target_sw, target_hw, other] = packed.as_slice() else {
                    return None;
                };
                for (place, part) in
                    [(5, edition), (7, sw_edition), (8, target_sw), (9, target_hw), (10, other)]
                {
                    *values.get_mut(place)? = Value::from_uri(part)?;
                }
                continue;
            }
            let value = Value::from_uri(part)?;
            is_allowed(place, &value).then_some(())?;
            *values.get_mut(place)? = value;
        }
        Some(Self { values })
    }

    /// `part="a",vendor=ANY`
    fn from_text(mut rest: &str) -> Option<Self> {
        let mut pairs = Vec::new();
        while !rest.is_empty() {
            let (attribute, behind) = rest.split_once('=')?;
            let (said, after) = match behind.strip_prefix('"') {
                Some(quoted) => {
                    let end = end_of_quoted(quoted)?;
                    (quoted.get(..end)?, quoted.get(end.saturating_add(1)..)?)
                }
                None => behind.split_at_checked(behind.find(',').unwrap_or(behind.len()))?,
            };
            pairs.push((attribute.trim(), said.trim()));
            rest = after.strip_prefix(',').unwrap_or(after).trim_start();
        }
        Self::of(pairs)
    }

    /// How this name, as a source, stands to `target` (7696, table 6-4).
    pub fn relation(&self, target: &Self) -> Relation {
        let mut all = Relation::Equal;
        for (own, other) in self.values.iter().zip(&target.values) {
            all = match (all, own.relation(other)) {
                (_, Relation::Disjoint) => return Relation::Disjoint,
                (Relation::Equal, one) => one,
                (one, Relation::Equal) => one,
                (one, other) if one == other => one,
                _ => Relation::Undefined,
            };
        }
        all
    }
}

/// Where a text in quotation marks ends.
fn end_of_quoted(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    })
}

/// What only some values fit: the part is one of three, the language a tag.
fn is_allowed(place: usize, value: &Value) -> bool {
    match (place, value) {
        (0, Value::Is(it)) => it.is_plain() && matches!(it.text.as_str(), "a" | "o" | "h"),
        (LANGUAGE, Value::Is(it)) => {
            it.is_plain() && it.text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        }
        _ => true,
    }
}

impl Value {
    /// A component of the older form: nothing is any, `%01` and `%02` are the signs that stand for others.
    fn from_uri(written: &str) -> Option<Self> {
        match written {
            "" => return Some(Self::Any),
            "-" => return Some(Self::NotApplicable),
            _ => {}
        }
        let mut quoted = String::with_capacity(written.len());
        let mut rest = written.bytes();
        while let Some(byte) = rest.next() {
            match byte {
                b'%' => {
                    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|it| u8::try_from(it).ok());
                    let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
                    match high << 4 | low {
                        1 => quoted.push('?'),
                        2 => quoted.push('*'),
                        sign if sign.is_ascii_punctuation() => quoted.extend(['\\', char::from(sign)]),
                        _ => return None,
                    }
                }
                b'-' | b'.' | b'~' => quoted.extend(['\\', char::from(byte)]),
                byte if byte.is_ascii_alphanumeric() || byte == b'_' => quoted.push(char::from(byte)),
                _ => return None,
            }
        }
        Some(Self::Is(Pattern::read(&quoted, |_| true)?))
    }

    /// 7696, table 6-2.
    fn relation(&self, target: &Self) -> Relation {
        match (self, target) {
            (Self::Any, Self::Any) | (Self::NotApplicable, Self::NotApplicable) => Relation::Equal,
            (_, Self::Is(target)) if !target.is_plain() => Relation::Undefined,
            (Self::Any, _) => Relation::Superset,
            (_, Self::Any) => Relation::Subset,
            (Self::Is(own), Self::Is(target)) if own.is_plain() => {
                if own.text == target.text {
                    Relation::Equal
                } else {
                    Relation::Disjoint
                }
            }
            (Self::Is(own), Self::Is(target)) if own.fits(&target.text) => Relation::Superset,
            (Self::Is(_) | Self::NotApplicable, _) => Relation::Disjoint,
        }
    }
}

impl Pattern {
    /// A text in which a backslash quotes the sign behind it. `None` when a sign stands unquoted that may
    /// not, one that stands for others is not at an end, or what is quoted needs no quotes.
    fn read(quoted: &str, may_stand: impl Fn(u8) -> bool) -> Option<Self> {
        let (before, rest) = Wild::taken(quoted)?;
        let mut text = String::with_capacity(rest.len());
        let mut behind = Wild::Nothing;
        let mut at = 0;
        while let Some(byte) = rest.as_bytes().get(at) {
            match byte {
                b'\\' => {
                    at = at.saturating_add(1);
                    let sign = rest.as_bytes().get(at).filter(|sign| sign.is_ascii_punctuation())?;
                    text.push(char::from(*sign));
                }
                b'?' | b'*' => {
                    let (wild, left) = Wild::taken(rest.get(at..)?)?;
                    behind = wild;
                    left.is_empty().then_some(())?;
                    break;
                }
                byte if byte.is_ascii_graphic() && may_stand(*byte) => {
                    text.push(char::from(byte.to_ascii_lowercase()));
                }
                _ => return None,
            }
            at = at.saturating_add(1);
        }
        Some(Self { before, text, behind })
    }

    /// Whether it stands for itself only.
    fn is_plain(&self) -> bool {
        self.before == Wild::Nothing && self.behind == Wild::Nothing
    }

    /// Whether `text` is one of those for which it stands (7696, 6.3, `compareStrings`).
    fn fits(&self, text: &str) -> bool {
        let left = |rest: usize, wild: Wild| match wild {
            Wild::Nothing => rest == 0,
            Wild::UpTo(most) => rest <= most,
            Wild::Anything => true,
        };
        let Some(spare) = text.len().checked_sub(self.text.len()) else { return false };
        // The text inside begins at one of these places; the rest of `text` stands behind it.
        let most = match self.before {
            Wild::Nothing => 0,
            Wild::UpTo(most) => most.min(spare),
            Wild::Anything => spare,
        };
        (0..=most).any(|at| {
            left(spare.saturating_sub(at), self.behind)
                && text.as_bytes().get(at..).is_some_and(|rest| rest.starts_with(self.text.as_bytes()))
        })
    }
}

impl Wild {
    /// The signs at the beginning of `text`, and what is behind them. `None` for more than one star, or a
    /// star beside a question mark.
    fn taken(text: &str) -> Option<(Self, &str)> {
        let marks = text.bytes().take_while(|byte| *byte == b'?').count();
        let rest = text.get(marks..)?;
        match (marks, rest.strip_prefix('*')) {
            (0, Some(rest)) if !rest.starts_with(['*', '?']) => Some((Self::Anything, rest)),
            (_, Some(_)) => None,
            (0, None) => Some((Self::Nothing, rest)),
            (marks, None) => Some((Self::UpTo(marks), rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relation(source: &str, target: &str) -> Relation {
        Wfn::parse(source).unwrap().relation(&Wfn::parse(target).unwrap())
    }

    #[test]
    fn a_name_stands_to_another_as_the_table_says() {
        let gateway =
            |version: &str| format!("cpe:2.3:o:citrix:netscaler_gateway_firmware:{version}:*:*:*:*:*:*:*");
        assert_eq!(relation(&gateway("12.1"), &gateway("12.1")), Relation::Equal);
        assert_eq!(relation(&gateway("*"), &gateway("12.1")), Relation::Superset);
        assert_eq!(relation(&gateway("12.1"), &gateway("*")), Relation::Subset);
        assert_eq!(relation(&gateway("12.1"), &gateway("13.0")), Relation::Disjoint);
        assert_eq!(relation(&gateway("12.1*"), &gateway("12.1-55.18")), Relation::Superset);
        assert_eq!(relation(&gateway("-"), &gateway("12.1")), Relation::Disjoint);
        assert_eq!(relation(&gateway("12.1"), &gateway("12.?")), Relation::Undefined);
        assert_eq!(relation("cpe:/o:citrix", "cpe:2.3:o:CITRIX:*:*:*:*:*:*:*:*:*"), Relation::Equal);
        assert_eq!(
            relation("wfn:[part=\"a\",vendor=ANY]", "wfn:[part=\"a\",vendor=\"acme\"]"),
            Relation::Superset
        );
        let (source, target) = ("cpe:2.3:a:*:x:*:*:*:*:*:*:*:*", "cpe:2.3:a:v:*:*:*:*:*:*:*:*:*");
        assert_eq!(relation(source, target), Relation::Undefined, "one wider, one narrower");
    }

    #[test]
    fn question_marks_are_one_sign_or_none_each() {
        let fits = |pattern: &str, text: &str| Pattern::read(pattern, |_| true).unwrap().fits(text);
        assert!(fits("?oft", "oft") && fits("?oft", "soft") && !fits("?oft", "ssoft"));
        assert!(fits("???", "ab") && !fits("?", "ab"));
        assert!(fits("*b*", "abc") && fits("a?", "a") && fits("??aa??", "aaaa"));
        assert!(fits("*aa", "aaa") && !fits("*aa?", "aabb"));
    }

    #[test]
    fn what_the_specification_does_not_allow_is_no_name() {
        for written in [
            "",
            "cpe:2.3:a:b:c",
            "cpe:2.3:x:b:c:*:*:*:*:*:*:*:*",
            "cpe:2.3:a:???:*:*:*:*:*:*:*:*:*",
            "cpe:2.3:a:a?b:*:*:*:*:*:*:*:*:*",
            "cpe:2.3:a:a\\b:*:*:*:*:*:*:*:*:*",
            "cpe:2.3:a::*:*:*:*:*:*:*:*:*",
            "cpe:2.3:a:b c:*:*:*:*:*:*:*:*:*",
            "cpe:/a:b:c:d:e:f:nl:h",
            "cpe:/a:b%00",
            "wfn:[polder=\"a\"]",
            "wfn:[part=\"a",
        ] {
            assert_eq!(Wfn::parse(written), None, "{written}");
        }
        assert_eq!(Wfn::parse(&format!("cpe:2.3:a:{}", "a".repeat(1_000_000))), None);
    }
}
