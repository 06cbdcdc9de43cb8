//! Our own mail, read back for the catcher of a demonstration: what its reader would see.
//!
//! It reads what [`email`](super::email) writes and nothing else; what comes from outside has a reader
//! of its own.

use super::flowed;

/// A message as its reader would see it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadBack {
    /// In the order of the message, with encoded words decoded.
    pub headers: Vec<(String, String)>,
    /// The part in plain text, as on a wide screen.
    pub text: String,
}

impl ReadBack {
    /// The message that these bytes are. Whatever cannot be read is left out.
    pub fn of(bytes: &[u8]) -> Self {
        let message = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
        let (head, body) = message.split_once("\n\n").unwrap_or((&message, ""));
        let headers = headers(head);
        let text = match boundary(&headers) {
            None => body.to_owned(),
            Some(boundary) => plain(boundary, body).unwrap_or_default(),
        };
        Self { headers, text: text.trim_end().to_owned() }
    }

    pub fn subject(&self) -> String {
        self.headers
            .iter()
            .find(|(name, _)| name == "Subject")
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    }
}

/// What the line between two parts begins with.
fn boundary(headers: &[(String, String)]) -> Option<&str> {
    let kind = headers.iter().find(|(name, _)| name == "Content-Type").map(|(_, value)| value.as_str())?;
    kind.split("boundary=\"").nth(1)?.split('"').next()
}

/// The first plain text among parts, and among parts of parts: the text lies inside what is signed.
fn plain(between: &str, body: &str) -> Option<String> {
    let line = format!("--{between}");
    body.split(line.as_str()).filter_map(|part| part.trim_start_matches('\n').split_once("\n\n")).find_map(
        |(head, rest)| {
            let headers = headers(head);
            match boundary(&headers) {
                Some(inner) => plain(inner, rest),
                None if head.contains("text/plain") => Some(flowed::read(&quoted_printable(rest))),
                None => None,
            }
        },
    )
}

/// Name and value of each header; lines that begin with a blank belong to the one before (RFC 5322, 2.2.3).
fn headers(head: &str) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in head.lines() {
        match (line.strip_prefix([' ', '\t']), headers.last_mut()) {
            (Some(rest), Some((_, value))) => *value += &format!(" {rest}"),
            _ => {
                headers.extend(line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned())))
            }
        }
    }
    headers.into_iter().map(|(name, value)| (name, encoded_words(&value))).collect()
}

/// `=?utf-8?b?…?=` as text (RFC 2047). Blanks between two of them belong to neither.
fn encoded_words(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value;
    let mut was_encoded = false;
    while let Some((before, after)) = rest.split_once("=?") {
        let mut parts = after.splitn(4, '?');
        let (Some(_charset), Some(how), Some(text), Some(tail)) =
            (parts.next(), parts.next(), parts.next(), parts.next().and_then(|tail| tail.strip_prefix('=')))
        else {
            break;
        };
        if !(was_encoded && before.trim().is_empty()) {
            bytes.extend_from_slice(before.as_bytes());
        }
        match how {
            "b" | "B" => bytes.extend(base64(text)),
            _ => bytes.extend(octets(&text.replace('_', " "))),
        }
        (rest, was_encoded) = (tail, true);
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

fn base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let sextets = text.bytes().filter_map(|byte| ALPHABET.iter().position(|own| *own == byte));
    let (mut bits, mut count, mut bytes) = (0_usize, 0, Vec::new());
    for sextet in sextets {
        bits = (bits << 6 | sextet) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap_or_default());
        }
    }
    bytes
}

/// RFC 2045, 6.7.
fn quoted_printable(text: &str) -> String {
    String::from_utf8_lossy(&octets(&text.replace("=\n", ""))).into_owned()
}

/// `=C3=A9` as bytes.
fn octets(text: &str) -> Vec<u8> {
    let mut parts = text.split('=');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend_from_slice(&part.as_bytes()[2..]);
            }
            None => {
                bytes.push(b'=');
                bytes.extend_from_slice(part.as_bytes());
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::deliver::email::{Block, Envelope, Mail};
    use crate::deliver::seals::{Sealing, Seals};

    #[test]
    fn a_mail_is_read_back_as_it_was_written() {
        let subject = "Test: één kwetsbaarheid – en een onderwerp dat langer is dan een regel kan zijn";
        let line = "Bel ons: 085-000 00 10 = dag en nacht. ‘Ja’, zegt u? ".repeat(3);
        let mail = Mail {
            subject: subject.into(),
            blocks: vec![Block::Line(line.clone())],
            severity: String::new(),
            number: String::new(),
            automatic: true,
        };
        let envelope = Envelope {
            from: "wacht@z.example".into(),
            to: "a.duin@noordzorg.example".into(),
            message_id: "<s.1@z.example>".into(),
            thread: None,
            list_id: None,
            date: Timestamp::UNIX_EPOCH,
        };
        let read = ReadBack::of(&envelope.wrap(&mail, Sealing::open(&Seals::in_a_story(1))).unwrap());
        assert_eq!(read.subject(), subject);
        assert_eq!(read.text, line.trim_end());
        assert!(read.headers.contains(&("Message-ID".into(), "<s.1@z.example>".into())));
        assert_eq!(ReadBack::of(b"\xff=?utf-8?b?"), ReadBack { text: String::new(), ..ReadBack::default() });
    }
}
