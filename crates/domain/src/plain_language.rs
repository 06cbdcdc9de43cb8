//! Whether everybody who must act can read it: short sentences, and common words for those of the field.
//!
//! The Dutch government writes for a reader of level B1. A check cannot tell whether a text is clear; it can
//! count words and knows a list of terms, so it remarks and never refuses (`ux.md` 3.2).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::text::{Language, Text};

/// More words than this in one sentence are too many.
pub const WORDS_MAX: usize = 20;

/// A word of the field, and what a reader who is no specialist would say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    pub language: Language,
    /// In small letters; several words may follow each other.
    pub said: String,
    pub better: String,
}

/// What an editor may want to write otherwise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    pub language: Language,
    /// Sentences are counted from 1.
    pub sentence: usize,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// This many words, more than [`WORDS_MAX`].
    Long(usize),
    /// A term of the list, and what stands beside it there.
    Term { said: String, better: String },
}

/// What can be remarked on `text`, in the order in which it is read.
pub fn remarks(text: &Text, terms: &[Term]) -> Vec<Remark> {
    text.iter().flat_map(|(language, words)| of_one(language, words, terms)).collect()
}

fn of_one(language: Language, text: &str, terms: &[Term]) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let own: Vec<&Term> = terms.iter().filter(|term| term.language == language).collect();
    for (place, sentence) in (1..).zip(sentences(text)) {
        let mut remark = |what| remarks.push(Remark { language, sentence: place, what });
        let words: Vec<String> = words(sentence).collect();
        if words.len() > WORDS_MAX {
            remark(What::Long(words.len()));
        }
        let mut found = BTreeSet::new();
        for term in &own {
            let said: Vec<&str> = term.said.split(' ').collect();
            let stands = words.windows(said.len()).any(|part| part.iter().zip(&said).all(|(a, b)| a == b));
            if stands && found.insert(&term.said) {
                remark(What::Term { said: term.said.clone(), better: term.better.clone() });
            }
        }
    }
    remarks
}

/// Sentences end at a full stop, a question mark, an exclamation mark or a colon before a blank, or with
/// their line. The point in `13.0-47.24` or `z-cert.example` ends none.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let ends = |it: char| matches!(it, '.' | '?' | '!' | ':');
    let of_line = move |line: &'_ str| {
        let mut found = Vec::new();
        let mut start = 0;
        for (at, it) in line.char_indices() {
            let after = at + it.len_utf8();
            let rest = line.get(after..).unwrap_or_default();
            if ends(it) && (rest.is_empty() || rest.starts_with(char::is_whitespace)) {
                found.push((start, after));
                start = after;
            }
        }
        found.push((start, line.len()));
        found
    };
    text.lines()
        .flat_map(move |line| of_line(line).into_iter().filter_map(move |(from, to)| line.get(from..to)))
        .map(str::trim)
        .filter(|sentence| sentence.contains(char::is_alphanumeric))
}

/// Words in small letters, without the signs around them. A name such as `CVE-2019-19781` is one word.
fn words(sentence: &str) -> impl Iterator<Item = String> {
    let is_sign = |it: char| !it.is_alphanumeric();
    sentence
        .split_whitespace()
        .map(move |word| word.trim_matches(is_sign).to_lowercase())
        .filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms() -> Vec<Term> {
        let term = |said: &str, better: &str| Term {
            language: Language::Nl,
            said: said.into(),
            better: better.into(),
        };
        vec![
            term("workaround", "tijdelijke maatregel"),
            term("remote code execution", "overnemen op afstand"),
        ]
    }

    fn of(text: &str) -> Vec<Remark> {
        remarks(&Text::only(Language::Nl, text), &terms())
    }

    #[test]
    fn a_sentence_of_twenty_words_passes_and_one_of_twenty_one_is_counted() {
        let twenty = vec!["woord"; 20].join(" ") + ".";
        assert_eq!(of(&twenty), []);
        let longer = format!("Kort. {}", vec!["woord"; 21].join(" "));
        let remark = Remark { language: Language::Nl, sentence: 2, what: What::Long(21) };
        assert_eq!(of(&longer), [remark]);
    }

    #[test]
    fn a_term_is_found_as_a_word_with_whatever_stands_around_it() {
        let found = of("Zet de (Workaround) aan. Dit voorkomt remote code execution!");
        let said: Vec<_> = found.iter().map(|it| (it.sentence, format!("{:?}", it.what))).collect();
        assert_eq!(said.len(), 2);
        assert_eq!((said[0].0, said[1].0), (1, 2));
        assert_eq!(of("De workarounds van vroeger."), [], "another word is another word");
        let english = remarks(&Text::only(Language::En, "A workaround."), &terms());
        assert_eq!(english, [], "a list is for one language");
    }

    #[test]
    fn points_in_versions_and_names_end_no_sentence_and_lines_do() {
        let all: Vec<&str> = sentences("Versie 13.0-47.24 is lek. Zie z-cert.example\nZet hem uit").collect();
        assert_eq!(all, ["Versie 13.0-47.24 is lek.", "Zie z-cert.example", "Zet hem uit"]);
        assert_eq!(sentences("... !\n—").count(), 0);
    }
}
