//! What a mail that came in means: a delivery status notification (RFC 3464), an automatic answer (RFC 3834), a reply
//! to something, or something for a person. Pure; no bytes make it panic, and none make it take long.

use formats::words::{clipped, line, lines};
use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};

/// More of what another server said says nothing more.
const SAID_LENGTH_MAX: usize = 400;
/// A thread names every mail before it; who answers us answers one of the last.
const REFERENCES_MAX: usize = 30;
/// What somebody types on top of what they quote is shorter.
const LINES_MAX: usize = 400;
/// As much of it as is kept.
const WORDS_LENGTH_MAX: usize = 4_000;
/// A notification names one recipient of ours, because we write to one; more is for a person.
const RECIPIENTS_MAX: usize = 20;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    /// Of each letter that did not arrive, at least one.
    Bounces(Vec<Bounce>),
    /// Written by a machine, or a notification of a delay: nothing follows from it.
    Automatic,
    /// Somebody, or something, answers a mail.
    Reply(Reply),
    ForAPerson,
}

/// A mail that refers to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// To which, in angle brackets: the one that it answers first, then what came before that, the last first.
    pub refers_to: Vec<String>,
    /// How many of these stand in `In-Reply-To`, and not only in `References`.
    pub answers: usize,
    /// The one mailbox that it says it is from; `None` when it says none, or several.
    pub from: Option<String>,
    pub message_id: Option<String>,
    pub subject: String,
    pub is_automatic: bool,
    pub words: Words,
}

impl Reply {
    /// The header that names `letter`, which a signature must cover to say that this mail answers it. Anybody can add
    /// the other one to a mail that answers something else.
    pub fn names_in(&self, letter: &str) -> Option<&'static str> {
        let at = self.refers_to.iter().position(|id| id == letter)?;
        Some(if at < self.answers { "In-Reply-To" } else { "References" })
    }
}

/// What stands in a reply above and between what is quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// A digit on a line of its own, and what else was said; blank when nothing was.
    Digit(u8, String),
    /// No digit on a line of its own, or more than one.
    Free(String),
    /// Nothing that can be read without guessing: no plain text, or none that is not quoted.
    None,
}

/// A letter that did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// Of our letter, in angle brackets.
    pub message_id: String,
    /// The mailbox as we wrote to it, and as the last server called it.
    pub recipients: Vec<String>,
    /// In one line, fit to be shown.
    pub said: String,
    /// Its reader does not want it, rather than that it did not arrive.
    pub is_complaint: bool,
}

pub fn meant(bytes: &[u8]) -> Meant {
    let Some(message) = MessageParser::default().parse(bytes) else { return Meant::ForAPerson };
    if let Some(report) = part(&message, bytes, &["message/delivery-status"]) {
        let headers =
            part(&message, bytes, &["message/rfc822", "text/rfc822-headers", "message/rfc822-headers"]);
        let id = headers.and_then(|headers| value(&headers, "Message-ID"));
        return of_report(&report, id);
    }
    if let Some(report) = part(&message, bytes, &["message/feedback-report"]) {
        let headers = part(&message, bytes, &["message/rfc822", "text/rfc822-headers"]);
        let id = headers.and_then(|headers| value(&headers, "Message-ID"));
        // Some say by the same form that something is no spam after all, or tell of a virus.
        let is_abuse = value(&report, "Feedback-Type").is_some_and(|it| it.eq_ignore_ascii_case("abuse"));
        let recipients: Vec<String> = value(&report, "Original-Rcpt-To").into_iter().collect();
        let who = value(&report, "User-Agent").unwrap_or_default();
        let said = clipped(&line(format!("complaint by {who}").trim()), SAID_LENGTH_MAX);
        return match id {
            Some(message_id) if is_abuse => {
                Meant::Bounces(vec![Bounce { message_id, recipients, said, is_complaint: true }])
            }
            _ => Meant::ForAPerson,
        };
    }
    let text = |name: &str| {
        message.header_raw(name).map(|value| value.trim().to_ascii_lowercase()).filter(|it| !it.is_empty())
    };
    let has = |kind: &str| part(&message, bytes, &[kind]).is_some();
    let is_automatic = text("Auto-Submitted").is_some_and(|value| value != "no")
        || text("X-Auto-Response-Suppress").is_some()
        || text("X-Autoreply").is_some()
        || text("X-Autorespond").is_some()
        || has("message/disposition-notification")
        || has("text/calendar")
        || text("List-Id").is_some()
        || text("Return-Path").is_some_and(|value| value == "<>")
        || text("Precedence")
            .is_some_and(|value| matches!(value.as_str(), "bulk" | "junk" | "list" | "auto_reply"));
    let refers_to = refers_to(&message);
    if refers_to.is_empty() {
        return if is_automatic { Meant::Automatic } else { Meant::ForAPerson };
    }
    let from = message.from().map(|from| from.clone().into_list()).unwrap_or_default();
    let from = match from.as_slice() {
        [one] => one.address.as_ref().map(|it| it.trim().to_ascii_lowercase()),
        _ => None,
    };
    Meant::Reply(Reply {
        answers: message.header_raw("In-Reply-To").map(ids).unwrap_or_default().len().min(refers_to.len()),
        refers_to,
        from,
        message_id: message.header_raw("Message-ID").and_then(|it| ids(it).into_iter().next()),
        subject: line(message.subject().unwrap_or_default()),
        is_automatic,
        words: words(&message),
    })
}

/// Message-IDs in a header, in their order.
fn ids(header: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for piece in header.split('<').skip(1) {
        let Some((id, _)) = piece.split_once('>') else { continue };
        if id.contains('@') && id.len() < 250 && id.bytes().all(|it| it.is_ascii_graphic()) {
            ids.push(format!("<{id}>"));
        }
    }
    ids
}

fn refers_to(message: &Message) -> Vec<String> {
    let of = |name: &str| message.header_raw(name).map(ids).unwrap_or_default();
    let mut all = of("In-Reply-To");
    for id in of("References").into_iter().rev() {
        if !all.contains(&id) && all.len() < REFERENCES_MAX {
            all.push(id);
        }
    }
    all.truncate(REFERENCES_MAX);
    all
}

/// What was typed, of a mail that has plain text. What HTML shows depends on who looks at it.
fn words(message: &Message) -> Words {
    let text = message.text_bodies().find_map(|part| match &part.body {
        PartType::Text(text) => Some(text.as_ref()),
        _ => None,
    });
    let Some(text) = text else { return Words::None };
    let (mut digits, mut rest) = (Vec::new(), Vec::new());
    let text = lines(text);
    for line in text.lines().take(LINES_MAX) {
        let line = line.trim();
        if is_end(line) {
            break;
        }
        if line.starts_with('>') || introduces_a_quotation(line) {
            continue;
        }
        match alone(line) {
            Some(digit) => digits.push(digit),
            None => rest.push(line),
        }
    }
    digits.dedup();
    let rest = clipped(rest.join("\n").trim(), WORDS_LENGTH_MAX);
    match (digits.as_slice(), rest.is_empty()) {
        ([digit], _) => Words::Digit(*digit, rest),
        ([], true) => Words::None,
        // Two digits that differ: a person asks which is meant.
        (digits, _) => {
            let said: String = digits.iter().map(|digit| format!("{digit}\n")).collect();
            Words::Free(format!("{said}{rest}").trim().to_owned())
        }
    }
}

/// The digit of a line that has nothing else: `1`, `1.`, `(1)`.
fn alone(line: &str) -> Option<u8> {
    let bare = line.trim_matches(|it: char| it.is_whitespace() || "().:,!\"'".contains(it));
    let [digit @ b'0'..=b'9'] = bare.as_bytes() else { return None };
    Some(digit - b'0')
}

/// Whether what was typed ends here: a signature, or a mail that is quoted without marks, as Outlook does.
fn is_end(line: &str) -> bool {
    let low = line.to_lowercase();
    line == "--"
        || (line.len() >= 10 && line.bytes().all(|it| it == b'_'))
        || (low.starts_with("-----") && low.ends_with("-----"))
        || ["van: ", "from: ", "*van:* ", "*from:* "].iter().any(|head| low.starts_with(head))
}

/// `Op 18 dec schreef Z-CERT:`
fn introduces_a_quotation(line: &str) -> bool {
    let low = line.to_lowercase();
    line.ends_with(':') && ["schreef", "wrote", "geschreven"].iter().any(|word| low.contains(word))
}

/// The first part of one of these kinds, as text.
fn part(message: &Message, bytes: &[u8], kinds: &[&str]) -> Option<String> {
    let part = message.parts.iter().find(|part| {
        part.content_type().is_some_and(|kind| {
            let whole = format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default());
            kinds.iter().any(|wanted| wanted.eq_ignore_ascii_case(&whole))
        })
    })?;
    let range = usize::try_from(part.offset_body).ok()?..usize::try_from(part.offset_end).ok()?;
    let text = String::from_utf8_lossy(bytes.get(range)?);
    Some(text.replace("\r\n", "\n").trim_start_matches('\n').to_owned())
}

/// The value of a header in the first block of `text`, unfolded.
fn value(text: &str, name: &str) -> Option<String> {
    let head = text.split("\n\n").next().unwrap_or_default();
    let mut found: Option<String> = None;
    for line in head.lines() {
        if let Some(rest) = line.strip_prefix([' ', '\t']) {
            if let Some(found) = &mut found {
                found.push(' ');
                found.push_str(rest.trim());
            }
            continue;
        }
        if found.is_some() {
            break;
        }
        found = line
            .split_once(':')
            .filter(|(own, _)| own.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned());
    }
    found
}

/// One block about the message and one for each recipient (RFC 3464, 2.1).
fn of_report(report: &str, message_id: Option<String>) -> Meant {
    let mut bounces = Vec::new();
    for block in report.split("\n\n").filter(|block| !block.trim().is_empty()).take(RECIPIENTS_MAX + 1) {
        let Some(action) = value(block, "Action") else { continue };
        // A delay is no end: whoever delays says so again when it is one.
        if !action.eq_ignore_ascii_case("failed") {
            continue;
        }
        let address = |name: &str| {
            let value = value(block, name)?;
            let (_kind, address) = value.split_once(';')?;
            Some(address.trim().trim_matches(['<', '>']).to_owned())
        };
        let recipients: Vec<String> =
            ["Original-Recipient", "Final-Recipient"].into_iter().filter_map(address).collect();
        let status = value(block, "Status").unwrap_or_default();
        let said = value(block, "Diagnostic-Code").unwrap_or_default();
        let said = clipped(&line(format!("{status} {said}").trim()), SAID_LENGTH_MAX);
        match &message_id {
            Some(id) => {
                bounces.push(Bounce { message_id: id.clone(), recipients, said, is_complaint: false })
            }
            // It says that something did not arrive, and not what: somebody must look.
            None => return Meant::ForAPerson,
        }
    }
    if bounces.is_empty() { Meant::Automatic } else { Meant::Bounces(bounces) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As RFC 3464, appendix E.1 has it, with our letter and fewer words.
    const FAILED: &str = "From: Mail Delivery Subsystem <MAILER-DAEMON@cs.utk.example>\r\n\
        To: <warnings@z-cert.example>\r\n\
        MIME-Version: 1.0\r\n\
        Content-Type: multipart/report; report-type=delivery-status;\r\n\
        \tboundary=\"RAA14128.773615765/CS.UTK.EXAMPLE\"\r\n\
        Subject: Returned mail: Cannot send message for 5 days\r\n\
        Auto-Submitted: auto-replied\r\n\
        \r\n\
        --RAA14128.773615765/CS.UTK.EXAMPLE\r\n\
        \r\n\
        The original message was received at Sat, 2 Jul 1994\r\n\
        --RAA14128.773615765/CS.UTK.EXAMPLE\r\n\
        content-type: message/delivery-status\r\n\
        \r\n\
        Reporting-MTA: dns; cs.utk.example\r\n\
        \r\n\
        Original-Recipient: rfc822;anna@noordzorg.example\r\n\
        Final-Recipient: rfc822;<a.duin@mail.noordzorg.example>\r\n\
        Action: failed\r\n\
        Status: 5.2.2\r\n\
        Diagnostic-Code: smtp; 552 mailbox\r\n\
        \tfull\r\n\
        \r\n\
        --RAA14128.773615765/CS.UTK.EXAMPLE\r\n\
        content-type: message/rfc822\r\n\
        \r\n\
        From: warnings@z-cert.example\r\n\
        Message-ID: <w.1@z-cert.example>\r\n\
        Subject: test\r\n\
        \r\n\
        Message-ID: <another@z-cert.example>\r\n\
        --RAA14128.773615765/CS.UTK.EXAMPLE--\r\n";

    #[test]
    fn a_notification_says_which_letter_did_not_reach_whom_and_why() {
        let bounce = Bounce {
            message_id: "<w.1@z-cert.example>".into(),
            recipients: ["anna@noordzorg.example", "a.duin@mail.noordzorg.example"].map(Into::into).into(),
            said: "5.2.2 smtp; 552 mailbox full".into(),
            is_complaint: false,
        };
        assert_eq!(meant(FAILED.as_bytes()), Meant::Bounces(vec![bounce]));
        let delayed = FAILED.replace("Action: failed", "Action: delayed");
        assert_eq!(meant(delayed.as_bytes()), Meant::Automatic);
        let nameless = FAILED.replace("Message-ID: <w.1@z-cert.example>\r\n", "");
        assert_eq!(meant(nameless.as_bytes()), Meant::ForAPerson, "what its text says does not count");
    }

    #[test]
    fn what_a_machine_wrote_is_told_from_what_a_person_wrote() {
        let mail = |header: &str| format!("From: anna@noordzorg.example\r\n{header}\r\n\r\n1\r\n");
        for header in [
            "Auto-Submitted: auto-replied",
            "Auto-Submitted: auto-generated (vacation)",
            "X-Auto-Response-Suppress: All",
            "Precedence: bulk",
            "List-Id: <all.noordzorg.example>",
            "Return-Path: <>",
        ] {
            assert_eq!(meant(mail(header).as_bytes()), Meant::Automatic, "{header}");
        }
        for header in
            ["Auto-Submitted: no", "Subject: Re: waarschuwing", "Return-Path: <anna@noordzorg.example>"]
        {
            assert_eq!(meant(mail(header).as_bytes()), Meant::ForAPerson, "{header}");
        }
        assert_eq!(meant(b""), Meant::ForAPerson);
    }

    fn reply(headers: &str, body: &str) -> Reply {
        let mail = format!(
            "From: Anna Duin <Anna@noordzorg.example>\r\nMessage-ID: <a1@noordzorg.example>\r\n\
             In-Reply-To: <w.2@z-cert.example>\r\nReferences: <w.1@z-cert.example>\r\n\t<w.2@z-cert.example>\r\n\
             Subject: Re: test\r\n{headers}\r\n{body}"
        );
        let Meant::Reply(reply) = meant(mail.as_bytes()) else { panic!("{mail}") };
        reply
    }

    #[test]
    fn a_reply_names_the_mail_that_it_answers_first() {
        let one = reply("", "1\r\n");
        assert_eq!(one.refers_to, ["<w.2@z-cert.example>", "<w.1@z-cert.example>"]);
        assert_eq!(one.names_in("<w.2@z-cert.example>"), Some("In-Reply-To"));
        assert_eq!(one.names_in("<w.1@z-cert.example>"), Some("References"), "though it answers another");
        assert_eq!(one.names_in("<w.3@z-cert.example>"), None);
        assert_eq!(one.from.as_deref(), Some("anna@noordzorg.example"));
        assert_eq!(one.message_id.as_deref(), Some("<a1@noordzorg.example>"));
        assert!(!one.is_automatic && reply("Auto-Submitted: auto-replied\r\n", "1").is_automatic);
        let calendar = "Content-Type: text/calendar; method=REPLY\r\n";
        assert!(reply(calendar, "BEGIN:VCALENDAR\r\n").is_automatic);
        let two =
            "From: a@noordzorg.example, b@noordzorg.example\r\nIn-Reply-To: <w.2@z-cert.example>\r\n\r\n1";
        let Meant::Reply(two) = meant(two.as_bytes()) else { panic!() };
        assert_eq!(two.from, None);
    }

    #[test]
    fn a_digit_counts_where_it_stands_alone_and_is_not_quoted() {
        let words = |body: &str| reply("", &body.replace('\n', "\r\n")).words;
        let digit = |digit, rest: &str| Words::Digit(digit, rest.into());
        for body in [
            "1",
            "1\n",
            " 1. \n",
            "(1)\n",
            "\n\n1\n\n> 3\n> 4\n",
            "1\n-- \nAnna\n3\n",
            "1\n\nVan: Z-CERT\n3\n",
            "1\n-----Oorspronkelijk bericht-----\n2\n",
            "1\n1\n",
            "Op 18 dec schreef Z-CERT:\n> 3\n1\n",
            "1\n________________________________\n4",
        ] {
            assert_eq!(words(body), digit(1, ""), "{body}");
        }
        assert_eq!(words("Dag,\n1\nGroet, Anna"), digit(1, "Dag,\nGroet, Anna"));
        assert_eq!(words("7"), digit(7, ""));
        assert_eq!(words("1\n3\n"), Words::Free("1\n3".into()), "which of the two?");
        assert_eq!(words("maatregel 1 staat aan\n"), Words::Free("maatregel 1 staat aan".into()));
        assert_eq!(words("11"), Words::Free("11".into()));
        for body in ["", "> 1\n", "\n\n", "-- \n1"] {
            assert_eq!(words(body), Words::None, "{body}");
        }
    }

    #[test]
    fn html_alone_is_not_guessed_at() {
        let html = "Content-Type: text/html; charset=utf-8\r\n";
        assert_eq!(reply(html, "<p>1</p><p style='display:none'>3</p>").words, Words::None);
        let both = "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"b\"\r\n";
        let body = "--b\r\nContent-Type: text/plain\r\n\r\n1\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>1</p>\r\n--b--\r\n";
        assert_eq!(reply(both, body).words, Words::Digit(1, String::new()));
    }

    #[test]
    fn strange_mails_are_read_without_harm() {
        let nested: String = (0..300)
            .map(|at| format!("Content-Type: multipart/mixed; boundary=\"b{at}\"\r\n\r\n--b{at}\r\n"))
            .collect();
        let long = format!("{}\r\n", "x".repeat(300_000));
        for (headers, body) in [
            (nested.as_str(), "1"),
            ("Content-Type: multipart/mixed; boundary=\"b\"\r\n", "--b\r\nContent-Type: text/plain\r\n"),
            ("Content-Type: text/plain; charset=utf-7\r\nContent-Transfer-Encoding: base64\r\n", "MQ=="),
            ("Content-Transfer-Encoding: base64\r\n", "\u{0}\u{202e}not base64"),
            ("X-Long: ", long.as_str()),
            ("References: <@> <> <a@b\r\n", "\u{202e}1\u{202c}\r\n"),
            ("Subject: =?utf-8?B?////?=\r\n", "１\r\n"),
        ] {
            reply(headers, body);
        }
        // Marks of direction around a digit are no digit's business.
        let marked = reply("", "\u{200f}1\u{200f}\r\n").words;
        assert!(matches!(marked, Words::Digit(1, _) | Words::Free(_)), "{marked:?}");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(at in 0..FAILED.len(), with in prop::collection::vec(any::<u8>(), 0..30)) {
            let mut bytes = FAILED.as_bytes().to_vec();
            let end = (at + with.len()).min(bytes.len());
            bytes.splice(at..end, with);
            meant(&bytes);
            meant(&bytes[..at]);
        }
    }
}
