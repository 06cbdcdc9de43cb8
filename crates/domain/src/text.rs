//! What people read, in the languages of the house.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A language in which the house speaks. Dutch comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    Nl,
    En,
}

impl Language {
    /// Every language, Dutch first.
    pub const ALL: [Self; 2] = [Self::Nl, Self::En];

    /// The tag of BCP 47, as on `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::En => "en",
        }
    }

    /// The language of a tag such as `nl`, `nl-NL` or `EN`; `None` for one that we do not speak.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        Self::ALL.into_iter().find(|language| language.tag() == primary)
    }
}

/// One text in one or more languages. Never translated by us: a paper in English stays English.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(BTreeMap<Language, String>);

impl Text {
    /// A text that exists in one language only.
    pub fn only(language: Language, text: impl Into<String>) -> Self {
        Self(BTreeMap::from([(language, text.into())]))
    }

    /// The same text in Dutch and in English.
    pub fn both(nl: impl Into<String>, en: impl Into<String>) -> Self {
        Self(BTreeMap::from([(Language::Nl, nl.into()), (Language::En, en.into())]))
    }

    /// The text for a reader of `language`; when it is not there, the one that is.
    pub fn for_reader(&self, language: Language) -> &str {
        self.0.get(&language).or_else(|| self.0.values().next()).map_or("", String::as_str)
    }

    /// Whether nobody can read anything here.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(String::is_empty)
    }

    /// Every text with its language, Dutch first.
    pub fn iter(&self) -> impl Iterator<Item = (Language, &str)> {
        self.0.iter().map(|(language, text)| (*language, text.as_str()))
    }
}

/// Whether a character is seen by nobody, or only changes how the text around it is shown. Who can put
/// one into a name makes it look like another.
///
/// Those that Unicode lets a renderer ignore (DerivedCoreProperties, `Default_Ignorable_Code_Point`),
/// the two separators of lines and the marks of annotations; not the variation selectors, which choose
/// between two pictures of the same sign. Control characters are `char::is_control`.
pub fn is_hidden(it: char) -> bool {
    matches!(it,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

impl From<&str> for Text {
    /// A text of which only English is known, which is what most papers are written in.
    fn from(text: &str) -> Self {
        Self::only(Language::En, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_the_own_language_or_the_one_that_is_there() {
        let both = Text::both("lek", "hole");
        assert_eq!(both.for_reader(Language::Nl), "lek");
        assert_eq!(Text::from("hole").for_reader(Language::Nl), "hole");
        assert!(Text::default().is_empty());
    }

    #[test]
    fn what_nobody_sees_is_known_as_such() {
        let marks =
            "\u{ad}\u{61c}\u{200b}\u{200e}\u{2028}\u{202e}\u{2066}\u{2069}\u{206f}\u{3164}\u{feff}\u{e0041}";
        assert!(marks.chars().all(is_hidden));
        assert!(!"Één ziekenhuis – ❤\u{fe0f} №\u{a0}1 مستشفى 病院".chars().any(is_hidden));
    }

    #[test]
    fn a_tag_may_carry_a_country() {
        assert_eq!(Language::of_tag("nl-BE"), Some(Language::Nl));
        assert_eq!(Language::of_tag("EN_us"), Some(Language::En));
        assert_eq!(Language::of_tag("de"), None);
    }
}
