//! What a mail that came in means: a delivery status notification (RFC 3464), an automatic answer (RFC 3834), or
//! something for a person. Pure; no bytes make it panic, and none make it take long.

use formats::words::{clipped, line};
use mail_parser::{Message, MessageParser, MimeHeaders as _};

/// More of what another server said says nothing more.
const SAID_LENGTH_MAX: usize = 400;
/// A notification names one recipient of ours, because we write to one; more is for a person.
const RECIPIENTS_MAX: usize = 20;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    /// Of each letter that did not arrive, at least one.
    Bounces(Vec<Bounce>),
    /// Written by a machine, or a notification of a delay: nothing follows from it.
    Automatic,
    ForAPerson,
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
}

pub fn meant(bytes: &[u8]) -> Meant {
    let Some(message) = MessageParser::default().parse(bytes) else { return Meant::ForAPerson };
    if let Some(report) = part(&message, bytes, &["message/delivery-status"]) {
        let headers =
            part(&message, bytes, &["message/rfc822", "text/rfc822-headers", "message/rfc822-headers"]);
        let id = headers.and_then(|headers| value(&headers, "Message-ID"));
        return of_report(&report, id);
    }
    let text = |name: &str| {
        message.header_raw(name).map(|value| value.trim().to_ascii_lowercase()).filter(|it| !it.is_empty())
    };
    let is_automatic = text("Auto-Submitted").is_some_and(|value| value != "no")
        || text("X-Auto-Response-Suppress").is_some()
        || text("X-Autoreply").is_some()
        || text("List-Id").is_some()
        || text("Return-Path").is_some_and(|value| value == "<>")
        || text("Precedence")
            .is_some_and(|value| matches!(value.as_str(), "bulk" | "junk" | "list" | "auto_reply"));
    if is_automatic { Meant::Automatic } else { Meant::ForAPerson }
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
            Some(id) => bounces.push(Bounce { message_id: id.clone(), recipients, said }),
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
