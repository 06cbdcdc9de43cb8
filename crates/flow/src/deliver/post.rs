//! The post: how bytes get to a mail server, and what it says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use formats::words;
use lettre::Address;

use super::relay::{NotTaken, Relay};

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server said yes to all of it.
    Accepted,
    /// The server said no for good, to this mailbox or to what it was sent.
    Refused(String),
    /// No answer, or "not now", or a no to ourselves: it may have arrived or not, and nothing was said
    /// about the mailbox.
    Unclear(String),
}

/// More of an answer than this says nothing more.
const SAID_LENGTH_MAX: usize = 400;

/// How mail leaves the house.
#[derive(Clone)]
pub enum Post {
    Smtp(Arc<Relay>),
    /// Keeps everything: for stories and for the demo.
    Catcher(Catcher),
}

/// How to reach a mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// User name and password.
    pub login: Option<(String, String)>,
    /// The mailbox in the envelope, to which bounces return.
    pub sender: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// STARTTLS, and no mail without it.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// For a server on this machine only.
    None,
}

/// Why a mail server cannot be used as it was configured.
#[derive(Debug, thiserror::Error)]
pub enum UnfitServer {
    #[error("{0} is no mailbox: {1}")]
    Sender(String, lettre::address::AddressError),
    #[error(transparent)]
    Tls(#[from] lettre::transport::smtp::Error),
}

impl Post {
    /// A way to `server`; nothing is opened before there is something to send.
    ///
    /// # Errors
    /// [`UnfitServer`] when the sender is no mailbox or the name of the host cannot be checked.
    pub fn smtp(server: &Server) -> Result<Self, UnfitServer> {
        let sender = server.sender.parse().map_err(|why| UnfitServer::Sender(server.sender.clone(), why))?;
        Ok(Self::Smtp(Arc::new(Relay::new(server.clone(), sender)?)))
    }

    /// Sends `bytes` to one recipient.
    pub async fn send(&self, recipient: &str, bytes: &[u8]) -> Outcome {
        let relay = match self {
            Self::Catcher(catcher) => return catcher.take(recipient, bytes),
            Self::Smtp(relay) => relay,
        };
        let to: Address = match recipient.parse() {
            Ok(to) => to,
            Err(why) => return Outcome::Refused(format!("{recipient} is no mailbox: {why}")),
        };
        match relay.take(to, bytes).await {
            Ok(()) => Outcome::Accepted,
            Err(NotTaken::Answer(why)) if is_about_the_mailbox(&why) => Outcome::Refused(said(&why)),
            Err(why) => Outcome::Unclear(said(&why)),
        }
    }
}

/// What a mail server said is text of others too, and is kept where people read it.
fn said(why: &dyn std::fmt::Display) -> String {
    words::clipped(&words::line(&why.to_string()), SAID_LENGTH_MAX)
}

/// Whether a server said no for good, and not to ourselves.
fn is_about_the_mailbox(why: &lettre::transport::smtp::Error) -> bool {
    let answer = std::error::Error::source(why).map(ToString::to_string).unwrap_or_default();
    why.is_permanent() && why.status().is_some_and(|code| !is_no_to_ourselves(code.into(), &answer))
}

/// Whether a no for good is about who we are or how we speak: a password that no longer fits, a
/// certificate, a relay that does not know us. Taken for a word about a mailbox, a mistake in our own
/// configuration would make everybody's address suspect within the hour.
///
/// By the enhanced status where there is one (RFC 3463): the sender's address, the system, the protocol
/// and security. Otherwise by the code (RFC 5321, 4.2; RFC 4954, 6; RFC 7504).
fn is_no_to_ourselves(code: u16, said: &str) -> bool {
    let status = said.split([' ', '-']).next().unwrap_or_default();
    let mut parts = status.split('.').map(str::parse::<u16>);
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(Ok(5)), Some(Ok(subject)), Some(Ok(detail)), None) => {
            matches!((subject, detail), (1, 7 | 8) | (3 | 5 | 7, _))
        }
        _ => matches!(code, 500 | 502..=504 | 521 | 530..=538 | 554),
    }
}

/// A post office in memory, which can be told to misbehave.
#[derive(Clone, Default)]
pub struct Catcher(Arc<Mutex<Caught>>);

#[derive(Default)]
struct Caught {
    mails: Vec<Mail>,
    closed: BTreeSet<String>,
    /// Per address, how many acknowledgements are still to be lost.
    lossy: BTreeMap<String, u32>,
    down: bool,
    /// How many mails somebody tried to hand over, also in vain.
    handed: u64,
    /// What befalls one of them, counted from 1.
    mishap: Option<(u64, Mishap)>,
}

/// What can befall a mail on its way to a server that is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// The connection is lost before the last byte.
    Unanswered,
    /// The connection is lost after the last byte: it has arrived, and nobody says so.
    Unacknowledged,
    /// Refused for now, as by a server that wants to see whether somebody comes back.
    NotNow,
    /// Our own code panics over it.
    Panic,
}

/// A mail that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub to: String,
    pub bytes: Vec<u8>,
}

impl Catcher {
    /// Everything that arrived, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        self.caught().mails.clone()
    }

    /// From now on this mailbox does not exist.
    pub fn close_mailbox(&self, address: &str) {
        self.caught().closed.insert(address.to_owned());
    }

    /// The next `count` mails to this address arrive, and nobody says so.
    pub fn lose_acknowledgements(&self, address: &str, count: u32) {
        self.caught().lossy.insert(address.to_owned(), count);
    }

    /// Whether the server answers at all.
    pub fn set_down(&self, down: bool) {
        self.caught().down = down;
    }

    /// The `nth` mail that is handed over, counted from 1, has this mishap.
    pub fn befall(&self, nth: u64, mishap: Mishap) {
        self.caught().mishap = Some((nth, mishap));
    }

    /// How often a mail was handed over, also in vain.
    pub fn handed(&self) -> u64 {
        self.caught().handed
    }

    fn take(&self, recipient: &str, bytes: &[u8]) -> Outcome {
        let mut caught = self.caught();
        caught.handed += 1;
        let mishap = caught.mishap.filter(|(nth, _)| *nth == caught.handed).map(|(_, mishap)| mishap);
        match mishap {
            Some(Mishap::Unanswered) => return Outcome::Unclear("the connection was lost".into()),
            Some(Mishap::NotNow) => return Outcome::Unclear("451 come back later".into()),
            Some(Mishap::Panic) => panic!("somebody wanted to see what a panic does"),
            Some(Mishap::Unacknowledged) | None => {}
        }
        if caught.down {
            return Outcome::Unclear("the mail server does not answer".into());
        }
        if caught.closed.contains(recipient) {
            return Outcome::Refused(format!("550 {recipient} is unknown here"));
        }
        caught.mails.push(Mail { to: recipient.to_owned(), bytes: bytes.to_vec() });
        let is_lost = match caught.lossy.get_mut(recipient) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => mishap == Some(Mishap::Unacknowledged),
        };
        match is_lost {
            true => Outcome::Unclear("the connection was lost after the last byte".into()),
            false => Outcome::Accepted,
        }
    }

    fn caught(&self) -> std::sync::MutexGuard<'_, Caught> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_to_ourselves_is_told_from_a_no_to_a_mailbox() {
        for (code, said) in [
            (535, "5.7.8 Error: authentication failed: "),
            (530, "5.7.0 Must issue a STARTTLS command first"),
            (530, "Authentication required"),
            (554, "5.7.1 <anna@noordzorg.example>: Relay access denied"),
            (554, "5.7.1 <wacht@z-cert.example>: Sender address rejected: Access denied"),
            (550, "5.1.8 <wacht@z-cert.example>: Sender address rejected: Domain not found"),
            (552, "5.3.4 Message size exceeds fixed limit"),
            (502, "5.5.2 Error: command not recognized"),
            (554, "No SMTP service here"),
            (521, "mail.noordzorg.example does not accept mail"),
        ] {
            assert!(is_no_to_ourselves(code, said), "{code} {said}");
        }
        for (code, said) in [
            (550, "5.1.1 <anna@noordzorg.example>: Recipient address rejected: User unknown"),
            (550, "5.1.2 <anna@noordzorg.example>: Recipient address rejected: Domain not found"),
            (556, "5.1.10 <anna@noordzorg.example>: Recipient address rejected: nullMX"),
            (552, "5.2.2 mailbox full"),
            (550, "5.4.1 Recipient address rejected"),
            (501, "5.1.3 Bad recipient address syntax"),
            (550, "no such user here"),
            (553, "mailbox name not allowed"),
            (550, ""),
        ] {
            assert!(!is_no_to_ourselves(code, said), "{code} {said}");
        }
    }
}
