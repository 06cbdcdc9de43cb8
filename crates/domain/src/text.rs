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
    fn a_tag_may_carry_a_country() {
        assert_eq!(Language::of_tag("nl-BE"), Some(Language::Nl));
        assert_eq!(Language::of_tag("EN_us"), Some(Language::En));
        assert_eq!(Language::of_tag("de"), None);
    }
}
