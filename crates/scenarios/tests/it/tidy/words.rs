//! The words that readers see: both languages say the same, and nothing that nobody asks for.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    nothing_in,
    rust::{Quoted, Source},
    tree::{files, rust_files},
};

const LANGUAGES: [&str; 2] = ["nl", "en"];

/// What stands before the key of a sentence. A refusal is one, too.
const SAYS: &[&str] = &["say(", "say_with(", ".count(", "Refused("];

/// Key → the values that its sentence takes.
type Sentences = BTreeMap<String, BTreeSet<String>>;

/// All sentences of one language, and complaints about keys that stand there twice.
fn sentences(language: &str) -> (Sentences, Vec<String>) {
    let (mut sentences, mut complaints) = (Sentences::new(), vec![]);
    let folder = format!("locales/{language}/");
    for file in files().iter().filter(|file| file.path.starts_with(&folder) && file.path.ends_with(".ftl")) {
        let mut key = String::new();
        for line in file.text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) =
                line.split_once('=').filter(|_| line.starts_with(|first: char| first.is_alphabetic()))
            {
                key = name.trim().to_owned();
                if sentences.insert(key.clone(), BTreeSet::new()).is_some() {
                    complaints.push(format!("{}: {key} is said already, here or in another file", file.path));
                }
            }
            let values = line.split('$').skip(1).map(|rest| {
                let end =
                    rest.find(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == '-'));
                rest[..end.unwrap_or(rest.len())].to_owned()
            });
            if let Some(known) = sentences.get_mut(&key) {
                known.extend(values);
            }
        }
    }
    (sentences, complaints)
}

/// What is said with the literal `key` in `…say("key", …)`.
fn said(source: &Source) -> impl Iterator<Item = &Quoted> {
    source.strings.iter().filter(|quoted| {
        let before = source.code[..quoted.at].trim_end();
        SAYS.iter().any(|says| before.ends_with(says))
    })
}

#[test]
fn both_languages_say_the_same() {
    let [(dutch, mut complaints), (english, more)] = LANGUAGES.map(sentences);
    complaints.extend(more);
    for (language, one, other) in [("en", &dutch, &english), ("nl", &english, &dutch)] {
        for (key, values) in one {
            match other.get(key) {
                None => complaints.push(format!("locales/{language} does not say {key}")),
                Some(others) if others != values => {
                    complaints
                        .push(format!("{key}: locales/{language} takes {others:?}, the other {values:?}"));
                }
                Some(_) => {}
            }
        }
    }
    nothing_in(complaints);
}

#[test]
fn every_sentence_that_the_code_says_exists() {
    let (dutch, _) = sentences("nl");
    let mut complaints = vec![];
    for file in rust_files().filter(|file| file.path.contains("/src/")) {
        for quoted in said(&Source::of(file)).filter(|quoted| !dutch.contains_key(&quoted.text)) {
            complaints.push(format!("{} says {}, which is in no language", file.path, quoted.text));
        }
    }
    nothing_in(complaints);
}

#[test]
fn every_sentence_is_said_somewhere() {
    let mut strings = BTreeSet::new();
    for file in rust_files() {
        strings.extend(Source::of(file).strings.into_iter().map(|quoted| quoted.text));
    }
    for file in files().iter().filter(|file| file.path.starts_with("crates/") && file.path.ends_with(".toml"))
    {
        strings.extend(file.text.split('"').map(str::to_owned));
    }
    strings.extend(strings.clone().into_iter().map(|text| text.replace('_', "-")));
    let forms: Vec<Form> = strings.iter().filter_map(|text| Form::of(text)).collect();
    let joined = |key: &str| {
        // `concat!("term-", "stage-read")`
        key.match_indices('-')
            .any(|(at, _)| strings.contains(&key[..=at]) && strings.contains(&key[at + 1..]))
    };
    let in_a_sentence: String =
        files().iter().filter(|file| file.path.ends_with(".ftl")).map(|file| &*file.text).collect();
    let (dutch, _) = sentences("nl");
    nothing_in(
        dutch
            .keys()
            .filter(|key| !strings.contains(*key) && !joined(key))
            .filter(|key| !forms.iter().any(|form| form.makes(key, &strings)))
            .filter(|key| !in_a_sentence.contains(&format!("{{ {key} }}")))
            .map(|key| format!("nobody says {key}"))
            .collect(),
    );
}

/// A key that is put together by `format!`: its fixed parts, with something between each two.
struct Form<'a>(Vec<&'a str>);

impl<'a> Form<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let mut parts = vec![];
        let mut rest = text;
        while let Some((fixed, open)) = rest.split_once('{') {
            parts.push(fixed);
            rest = open.split_once('}')?.1;
        }
        parts.push(rest);
        let of_a_key = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        let is_form = parts.len() > 1 && parts.iter().any(|part| part.contains('-'));
        (is_form && parts.iter().all(|part| part.chars().all(of_a_key))).then_some(Self(parts))
    }

    /// `stage-{stage}` makes every key that begins so; `{kind}-{word}` only those of which both parts
    /// stand somewhere between quotes.
    fn makes(&self, key: &str, words: &BTreeSet<String>) -> bool {
        let begins = self.0[0].len() > 2 && self.0[0].ends_with('-');
        fits(&self.0, key, &|word| begins || words.contains(word))
    }
}

fn fits(parts: &[&str], key: &str, fills: &dyn Fn(&str) -> bool) -> bool {
    let Some((first, others)) = parts.split_first() else { return false };
    let Some(rest) = key.strip_prefix(first) else { return false };
    if others.is_empty() {
        return rest.is_empty();
    }
    (1..=rest.len()).any(|end| fills(&rest[..end]) && fits(others, &rest[end..], fills))
}

#[test]
fn a_key_is_recognised_by_its_form() {
    let words = BTreeSet::from(["question".to_owned(), "exploit-code".to_owned()]);
    let makes = |form, key| Form::of(form).is_some_and(|form| form.makes(key, &words));
    assert!(makes("stage-{stage}", "stage-read"));
    assert!(makes("mail-{}-line-{n}", "mail-high-line-2"));
    assert!(!makes("mail-{}-line-{n}", "mail-high-word-2"));
    assert!(makes("{kind}-{}", "question-exploit-code"));
    assert!(!makes("{kind}-{}", "question-access"));
    assert!(!makes("{anything}", "question"));
    assert!(!makes("No sentence-{x}", "No sentence-here"));
}
