//! What a value may look like, in the words that both versions of the format use.

use std::net::IpAddr;

use jiff::Timestamp;
use serde_json::Value;

use crate::Complaint;
use crate::observations::rule;

/// What may stand under a key.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    Text,
    /// At least so many characters.
    Longer(usize),
    /// At most so many.
    Shorter(usize),
    Host,
    Mail,
    Web,
    Moment,
    Address,
    Port,
    /// One, or a list of them.
    Ports,
    /// A whole number from here to there.
    Whole(i64, i64),
    /// A number from 0 to 1.
    Share,
    Truth,
    Uuid,
    OneOf(&'static [&'static str]),
    /// An object of texts.
    Texts,
    /// An object of texts and whole numbers.
    TextsAndWholes,
    ListOfTexts,
    Cve,
}

impl Shape {
    pub(super) fn fits(self, value: &Value) -> bool {
        let text = value.as_str();
        let chars = |text: &str| text.chars().count();
        match self {
            Self::Text => text.is_some(),
            Self::Longer(least) => text.is_some_and(|it| chars(it) >= least),
            Self::Shorter(most) => text.is_some_and(|it| chars(it) <= most),
            Self::Host => text.is_some_and(is_host),
            Self::Mail => text.is_some_and(is_mail),
            Self::Web => text.is_some_and(is_web),
            Self::Moment => text.is_some_and(|it| it.parse::<Timestamp>().is_ok()),
            Self::Address => text.is_some_and(|it| it.parse::<IpAddr>().is_ok()),
            Self::Port => whole(value).is_some_and(|it| (0..=65_535).contains(&it)),
            Self::Ports => match value {
                Value::Array(list) => list.iter().all(|it| Self::Port.fits(it)),
                one => Self::Port.fits(one),
            },
            Self::Whole(least, most) => whole(value).is_some_and(|it| (least..=most).contains(&it)),
            Self::Share => value.as_f64().is_some_and(|it| (0.0..=1.0).contains(&it)),
            Self::Truth => value.is_boolean(),
            Self::Uuid => text.is_some_and(|it| uuid::Uuid::parse_str(it).is_ok()),
            Self::OneOf(words) => text.is_some_and(|it| words.contains(&it)),
            Self::Texts => value.as_object().is_some_and(|it| it.values().all(Value::is_string)),
            Self::TextsAndWholes => value
                .as_object()
                .is_some_and(|it| it.values().all(|it| it.is_string() || whole(it).is_some())),
            Self::ListOfTexts => value.as_array().is_some_and(|it| it.iter().all(Value::is_string)),
            Self::Cve => text.is_some_and(is_cve),
        }
    }

    /// As it stands after "this should be".
    fn words(self) -> &'static str {
        match self {
            Self::Text | Self::Longer(_) | Self::Shorter(_) => "a text of that length",
            Self::Host => "the name of a host",
            Self::Mail => "an address of mail",
            Self::Web => "an address of the web",
            Self::Moment => "a date and time with its offset",
            Self::Address => "an address",
            Self::Port | Self::Ports => "a port",
            Self::Whole(..) => "a whole number in its range",
            Self::Share => "a number from 0 to 1",
            Self::Truth => "true or false",
            Self::Uuid => "a UUID",
            Self::OneOf(_) => "one of the words of the format",
            Self::Texts | Self::TextsAndWholes => "an object with nothing but texts and numbers",
            Self::ListOfTexts => "a list of texts",
            Self::Cve => "the number of a vulnerability",
        }
    }
}

/// A whole number, also when it is written with a point.
fn whole(value: &Value) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
    let of_float = |it: f64| (it.fract() == 0.0 && it.abs() < 9e15).then_some(it as i64);
    value.as_i64().or_else(|| value.as_f64().and_then(of_float))
}

fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

pub(super) fn is_mail(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}

fn is_web(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let begins = scheme.bytes().next().is_some_and(|it| it.is_ascii_alphabetic());
    let is_scheme = scheme.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'-' | b'.'));
    begins
        && is_scheme
        && !rest.is_empty()
        && !text.contains(|it: char| it.is_whitespace() || it.is_control())
}

fn is_cve(text: &str) -> bool {
    let Some((year, number)) = text.strip_prefix("CVE-").and_then(|it| it.split_once('-')) else {
        return false;
    };
    let digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
    year.len() == 4 && (4..=7).contains(&number.len()) && digits(year) && digits(number)
}

/// Holds an object against what may stand in it.
pub(super) struct Checker {
    pub(super) complaints: Vec<Complaint>,
}

impl Checker {
    pub(super) fn new() -> Self {
        Self { complaints: Vec::new() }
    }

    pub(super) fn broken(&mut self, at: &str, what: &str) {
        self.complaints.push(rule(at.to_owned(), what));
    }

    /// Complains about each of `fields` that is there and does not fit.
    pub(super) fn fields(&mut self, at: &str, object: &Value, fields: &[(&str, Shape)]) {
        for (key, shape) in fields {
            if object.get(*key).is_some_and(|value| !shape.fits(value)) {
                self.broken(&format!("{at}/{key}"), &format!("this should be {}", shape.words()));
            }
        }
    }

    /// Complains about each of `keys` that is not there.
    pub(super) fn needs(&mut self, at: &str, object: &Value, keys: &[&str]) {
        for key in keys.iter().filter(|key| object.get(**key).is_none()) {
            self.broken(at, &format!("{key} is missing"));
        }
    }

    /// Complains about keys that are none of `keys`.
    pub(super) fn only(&mut self, at: &str, object: &Value, keys: &[(&str, Shape)]) {
        let members = object.as_object();
        let others = members.into_iter().flat_map(|it| it.keys());
        let others: Vec<_> = others.filter(|key| !keys.iter().any(|(known, _)| known == key)).collect();
        if !others.is_empty() {
            self.broken(at, "a key stands here that the format does not know");
        }
    }

    /// Whether it is an object; complains when not.
    pub(super) fn object(&mut self, at: &str, value: &Value) -> bool {
        if !value.is_object() {
            self.broken(at, "this is an object");
        }
        value.is_object()
    }
}
