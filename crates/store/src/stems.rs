//! Words as they are searched for: "kwetsbaarheden" and "kwetsbaarheid" are the same.
//!
//! SQLite has no Dutch stemmer and PostgreSQL has its own, so both are given the stems that are made
//! here, and find the same. Each word is kept in its Dutch and its English stem, because papers mix
//! the two languages.

use rust_stemmers::{Algorithm, Stemmer};

/// The stems of a text, in order, with single spaces: letters and digits only, so that nothing in
/// it means anything to a search engine.
pub(crate) fn of(text: &str) -> String {
    words(text).flat_map(|word| [dutch(&word), english(&word)]).collect::<Vec<_>>().join(" ")
}

/// What must be found for `query`, one item per word, each in its two stems.
pub(crate) fn asked(query: &str) -> Vec<[String; 2]> {
    words(query).map(|word| [dutch(&word), english(&word)]).collect()
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let letters = |it: char| !it.is_alphanumeric();
    text.split(letters).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// Snowball's Dutch. It leaves "heid" and "heden" apart, which are one ending in two numbers.
fn dutch(word: &str) -> String {
    let one = word.strip_suffix("heden").map(|stem| format!("{stem}heid"));
    Stemmer::create(Algorithm::Dutch).stem(one.as_deref().unwrap_or(word)).into_owned()
}

fn english(word: &str) -> String {
    Stemmer::create(Algorithm::English).stem(word).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_in_two_numbers_has_one_stem() {
        assert_eq!(dutch("kwetsbaarheden"), dutch("kwetsbaarheid"));
        assert_eq!(dutch("ziekenhuizen"), dutch("ziekenhuizen"));
        assert_eq!(english("vulnerabilities"), english("vulnerability"));
    }

    #[test]
    fn nothing_in_a_query_means_anything_to_the_engine() {
        assert!(
            asked("\"' OR 1=1 -- * NEAR(")
                .iter()
                .flatten()
                .all(|stem| stem.chars().all(char::is_alphanumeric))
        );
    }
}
