//! A mail as somebody else's program reads it: `mail-parser`, which knows nothing of how we write.
//!
//! Reading is checking. Whatever a story sends is one message with the headers that we meant, each
//! once, a plain text, the same as HTML, and nothing else.

use mail_parser::{HeaderValue, Message, MessageParser, MimeHeaders, PartType};

/// Headers in their order. Those of an answer and of a warning may be left out together.
const HEADERS: [&str; 15] = [
    "DKIM-Signature",
    "Date",
    "From",
    "Reply-To",
    "To",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "List-Id",
    "X-Dijkwacht-Warning",
    "X-Dijkwacht-Severity",
    "MIME-Version",
    "Content-Type",
];
const OF_AN_ANSWER: [&str; 2] = ["In-Reply-To", "References"];
const OF_A_WARNING: [&str; 3] = ["List-Id", "X-Dijkwacht-Warning", "X-Dijkwacht-Severity"];

/// All that our HTML consists of.
const TAGS: [&str; 13] = [
    "<!doctype html>",
    "<html>",
    "</html>",
    "<body>",
    "</body>",
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<br>",
    "<ol>",
    "</ol>",
    "<li>",
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadMail {
    pub at: i64,
    pub to: String,
    pub subject: String,
    pub id: String,
    pub answers: Option<String>,
    /// As on a wide screen.
    pub text: String,
}

impl ReadMail {
    /// # Panics
    /// With what is wrong, when it is not exactly one message as we mean to write them.
    pub fn of(bytes: &[u8]) -> Self {
        let raw = std::str::from_utf8(bytes).expect("nothing but ASCII travels");
        assert!(raw.is_ascii(), "nothing but ASCII travels");
        assert!(
            !raw.replace("\r\n", "").contains(['\r', '\n', '\0']),
            "a line ends in CR LF and nowhere else"
        );
        for line in raw.split("\r\n") {
            assert!(line.len() <= 998, "RFC 5322, 2.1.1: {line}");
        }
        let message = MessageParser::default().parse(bytes).expect("a message");
        let text = |name: &str| match message.header(name) {
            Some(HeaderValue::Text(value)) => value.to_string(),
            other => panic!("{name} is {other:?}"),
        };
        check_headers(raw, &message);
        let (plain, html) = parts(&message);
        check_text(&plain);
        check_html(&html);
        let shown = shown(&plain);
        assert_eq!(said(&without_tags(&html)), said(&shown), "both say the same");
        let id = message.message_id().expect("a Message-ID").to_owned();
        let answers = message.in_reply_to().as_text().map(str::to_owned);
        assert_eq!(message.references().as_text().map(str::to_owned), answers, "one thread, one beginning");
        assert_ne!(answers.as_deref(), Some(id.as_str()));
        let subject = text("Subject");
        assert!(subject.chars().count() <= 70, "{subject}");
        check_characters(&subject);
        assert_eq!(one_address(message.reply_to()), one_address(message.from()));
        assert_eq!(text("Auto-Submitted"), "auto-generated");
        Self {
            at: message.date().expect("a date").to_timestamp(),
            to: one_address(message.to()),
            subject,
            id,
            answers,
            text: shown,
        }
    }
}

/// Each header once, in the order in which we write them, and none that we do not write.
fn check_headers(raw: &str, message: &Message) {
    let head = raw.split("\r\n\r\n").next().unwrap();
    let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    let names: Vec<&str> = lines.map(|line| line.split_once(": ").expect("a name and a value").0).collect();
    let read: Vec<&str> = message.headers().iter().map(|header| header.name.as_str()).collect();
    assert_eq!(read.len(), names.len(), "every line is one header to everybody: {read:?}");
    let is_answer = names.contains(&"In-Reply-To");
    let is_warning = names.contains(&"List-Id");
    let meant = HEADERS.iter().filter(|name| is_answer || !OF_AN_ANSWER.contains(name));
    let mut meant: Vec<&str> =
        meant.filter(|name| is_warning || !OF_A_WARNING.contains(name)).copied().collect();
    let mut names = names;
    names.sort_unstable();
    meant.sort_unstable();
    assert_eq!(names, meant);
}

/// The text and the HTML, of which the message consists and of nothing else.
fn parts(message: &Message) -> (String, String) {
    let kind = |it: &dyn Fn() -> Option<(String, String)>| it().expect("a content type");
    let content_type = |part: &dyn MimeHeaders| {
        let kind = part.content_type()?;
        Some((kind.ctype().to_owned(), kind.subtype()?.to_owned()))
    };
    let named = |kind: (String, String)| format!("{}/{}", kind.0, kind.1);
    assert_eq!(named(kind(&|| content_type(message))), "multipart/signed");
    assert_eq!(message.parts.len(), 5, "the whole, both together, the text, the HTML and the signature");
    assert_eq!(named(kind(&|| content_type(&message.parts[1]))), "multipart/alternative");
    assert_eq!(named(kind(&|| content_type(&message.parts[4]))), "application/pgp-signature");
    assert_eq!(message.attachment_count(), 1, "the signature, which a reader without OpenPGP sees as a file");
    let mut contents = Vec::new();
    for (part, wanted) in message.parts[2..4].iter().zip(["text/plain", "text/html"]) {
        assert_eq!(named(kind(&|| content_type(part))), wanted);
        assert!(!part.is_encoding_problem);
        let kind = part.content_type().unwrap();
        assert_eq!(kind.attribute("charset"), Some("utf-8"));
        assert_eq!(kind.attribute("format"), (wanted == "text/plain").then_some("flowed"));
        match &part.body {
            PartType::Text(text) | PartType::Html(text) => contents.push(text.replace("\r\n", "\n")),
            other => panic!("{other:?}"),
        }
    }
    let html = contents.pop().unwrap();
    (contents.pop().unwrap(), html)
}

fn one_address(addresses: Option<&mail_parser::Address>) -> String {
    let addresses: Vec<_> = addresses.expect("an address").iter().collect();
    assert_eq!(addresses.len(), 1, "{addresses:?}");
    assert_eq!(addresses[0].name, None, "a name can lie");
    addresses[0].address.as_deref().unwrap().to_owned()
}

/// Lines end at 72, unless they are one word beside its question.
fn check_text(text: &str) {
    for line in text.lines() {
        let is_one_word = line.get(19..).unwrap_or(line).split(' ').filter(|it| !it.is_empty()).count() <= 1;
        assert!(line.trim_end().chars().count() <= 73 || is_one_word, "{line}");
        check_characters(line);
    }
}

/// Nothing that steers a terminal, turns what follows, or is there without being seen. Written down here
/// a second time on purpose, by what a reader must never meet.
fn check_characters(line: &str) {
    for it in line.chars() {
        let is_bad = it.is_control()
            || matches!(u32::from(it), 0xad | 0x61c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f)
            || matches!(u32::from(it), 0x115f | 0x3164 | 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe007f);
        assert!(!is_bad, "{it:?} in {line:?}");
    }
}

/// No tag that is not ours and no attribute at all: no picture, no link, nothing that is fetched or run.
fn check_html(html: &str) {
    let mut rest = html;
    while let Some((_, tag)) = rest.split_once('<') {
        let end = tag.find('>').expect("a tag ends");
        let tag = format!("<{}", &tag[..=end]);
        assert!(TAGS.contains(&tag.as_str()) || tag == "</li>", "{tag}");
        rest = rest.split_once('<').unwrap().1;
    }
    let known = ["&amp;", "&lt;", "&gt;", "&quot;"];
    for (at, _) in html.match_indices('&') {
        assert!(known.iter().any(|it| html[at..].starts_with(it)), "{}", &html[at..]);
    }
}

fn without_tags(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        text += part.split_once('>').map_or("", |(_, text)| text);
        text.push(' ');
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// The words, without the numbers of steps, which HTML counts by itself.
fn said(text: &str) -> Vec<&str> {
    let is_number = |word: &str| word.strip_suffix('.').is_some_and(|it| it.parse::<u8>().is_ok());
    text.split_whitespace().filter(|word| !is_number(word)).collect()
}

/// `format=flowed` as RFC 3676 says that it is read: a space at the beginning is taken off, and a line
/// that ends in one goes on in the next.
fn shown(text: &str) -> String {
    let mut shown = String::new();
    for line in text.split('\n') {
        let line = line.strip_prefix(' ').unwrap_or(line);
        shown.push_str(line);
        shown.push_str(if line.ends_with(' ') { "" } else { "\n" });
    }
    shown.trim_end().to_owned()
}
