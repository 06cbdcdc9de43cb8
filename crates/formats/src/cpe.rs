//! CPE 2.3 names, and their older URI form, as vendor, product and version in words.
//!
//! An inventory says "Citrix NetScaler Gateway", NVD says `citrix:netscaler_gateway_firmware`. The
//! words are what both share. How whole names stand to each other is [`wfn`].

pub mod wfn;

use domain::product::Name;
use domain::version::{Range, Version};

/// The parts of a CPE name that we use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cpe {
    pub part: Part,
    pub vendor: Word,
    pub product: Word,
    pub version: Word,
    pub update: Word,
    pub target: Word,
}

/// What a name is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Hardware,
    System,
    Application,
    Any,
}

/// A component of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    Any,
    /// `-`: not applicable.
    None,
    /// Without escapes.
    Is(String),
}

impl Cpe {
    /// Reads `cpe:2.3:a:…` or `cpe:/a:…`. `None` for anything else.
    pub fn parse(written: &str) -> Option<Self> {
        let written = written.trim();
        let (parts, uri) = if let Some(rest) = strip(written, "cpe:2.3:") {
            (split(rest), false)
        } else if let Some(rest) = strip(written, "cpe:/") {
            (rest.split(':').map(str::to_owned).collect(), true)
        } else {
            return None;
        };
        let expected = if uri { 1..=7 } else { 11..=11 };
        if !expected.contains(&parts.len()) {
            return None;
        }
        let word = |place: usize| parts.get(place).map_or(Word::Any, |part| Word::of(part, uri));
        let part = match parts.first().map(String::as_str) {
            Some("a" | "A") => Part::Application,
            Some("o" | "O") => Part::System,
            Some("h" | "H") => Part::Hardware,
            Some("*" | "") => Part::Any,
            _ => return None,
        };
        // The ninth field of 2.3 is the system for which it is made.
        let target = if uri { Word::Any } else { word(8) };
        Some(Self { part, vendor: word(1), product: word(2), version: word(3), update: word(4), target })
    }

    /// Vendor and product in words. `None` when the product is not named. The word "firmware" at the
    /// end of a system's name is left out: nobody registers it.
    pub fn name(&self) -> Option<Name> {
        let product = self.product.words()?;
        let product = match product.strip_suffix(" firmware") {
            Some(rest) if self.part == Part::System && !rest.is_empty() => rest.to_owned(),
            _ => product,
        };
        Some(Name::new(&self.vendor.words().unwrap_or_default(), &product))
    }

    /// The versions that the name itself means.
    pub fn range(&self) -> Range {
        match (&self.version, &self.update) {
            (Word::Is(version), Word::Is(update)) => {
                Range::Exactly(Version::new(&format!("{version} {update}")))
            }
            (Word::Is(version), _) => Range::Exactly(Version::new(version)),
            _ => Range::Any,
        }
    }
}

impl Word {
    fn of(written: &str, uri: bool) -> Self {
        match written {
            "" if uri => Self::Any,
            "*" => Self::Any,
            "-" => Self::None,
            written => Self::Is(crate::words::line(&unescaped(written, uri))),
        }
    }

    /// With spaces for underscores, as people write it.
    pub fn words(&self) -> Option<String> {
        match self {
            Self::Is(word) => {
                Some(crate::words::line(&word.replace('_', " "))).filter(|word| !word.is_empty())
            }
            Self::Any | Self::None => None,
        }
    }
}

fn strip<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let head = text.get(..start.len())?;
    if head.eq_ignore_ascii_case(start) { text.get(start.len()..) } else { None }
}

/// The fields of a formatted string; a colon behind a backslash does not divide.
fn split(rest: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for it in rest.chars() {
        if it == ':' && !escaped {
            parts.push(String::new());
            continue;
        }
        escaped = it == '\\' && !escaped;
        if let Some(last) = parts.last_mut() {
            last.push(it);
        }
    }
    parts
}

fn unescaped(written: &str, uri: bool) -> String {
    if uri {
        return crate::vers::percent_decoded(written);
    }
    let mut plain = String::with_capacity(written.len());
    let mut escaped = false;
    for it in written.chars() {
        escaped = it == '\\' && !escaped;
        if !escaped {
            plain.push(it);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, name: &str, range: &str) {
        let cpe = Cpe::parse(written).unwrap();
        let found = cpe.name().map(|name| format!("{}: {}", name.vendor.unwrap_or_default(), name.product));
        assert_eq!((found.as_deref(), cpe.range().to_string().as_str()), (Some(name), range), "{written}");
    }

    #[test]
    fn a_name_becomes_the_words_that_people_use() {
        check(
            "cpe:2.3:o:citrix:netscaler_gateway_firmware:12.1:*:*:*:*:*:*:*",
            "citrix: netscaler gateway",
            "12.1",
        );
        check("cpe:2.3:a:git-scm:git:*:*:*:*:*:*:*:*", "git-scm: git", "*");
        check("cpe:2.3:a:acme:foo\\:bar\\!:1.0:sp1:*:*:*:*:*:*", "acme: foo:bar!", "1.0 sp1");
        check("cpe:/a:polderweb:portaal:2.1", "polderweb: portaal", "2.1");
        check("cpe:/o:acme:r%26d_system", "acme: r&d system", "*");
    }

    #[test]
    fn what_is_no_name_is_none() {
        for written in ["", "cpe:2.3:", "cpe:2.3:a:b:c", "cpe:2.3:x:a:b:*:*:*:*:*:*:*:*", "citrix adc"] {
            assert_eq!(Cpe::parse(written), None, "{written}");
        }
        assert_eq!(Cpe::parse("cpe:2.3:a:acme:*:*:*:*:*:*:*:*:*").unwrap().name(), None);
    }
}
