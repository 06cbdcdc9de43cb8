//! The post: how bytes get to a mail server, and what it says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server said yes to all of it.
    Accepted,
    /// The server said no for good.
    Refused(String),
    /// No answer, or "not now": it may have arrived or not.
    Unclear(String),
}

/// How mail leaves the house.
#[derive(Clone)]
pub enum Post {
    Smtp {
        transport: AsyncSmtpTransport<Tokio1Executor>,
        sender: Address,
    },
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
    /// A pool of connections to `server`; none is opened before there is something to send.
    ///
    /// # Errors
    /// [`UnfitServer`] when the sender is no mailbox or the name of the host cannot be checked.
    pub fn smtp(server: &Server) -> Result<Self, UnfitServer> {
        let sender = server.sender.parse().map_err(|why| UnfitServer::Sender(server.sender.clone(), why))?;
        let tls = match server.security {
            Security::None => Tls::None,
            Security::Starttls => Tls::Required(TlsParameters::new(server.host.clone())?),
            Security::Tls => Tls::Wrapper(TlsParameters::new(server.host.clone())?),
        };
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
            .port(server.port)
            .tls(tls)
            .timeout(Some(Duration::from_secs(60)));
        if let Some((name, password)) = &server.login {
            transport = transport.credentials(Credentials::new(name.clone(), password.clone()));
        }
        Ok(Self::Smtp { transport: transport.build(), sender })
    }

    /// Sends `bytes` to one recipient.
    pub async fn send(&self, recipient: &str, bytes: &[u8]) -> Outcome {
        match self {
            Self::Catcher(catcher) => catcher.take(recipient, bytes),
            Self::Smtp { transport, sender } => {
                let to: Address = match recipient.parse() {
                    Ok(to) => to,
                    Err(why) => return Outcome::Refused(format!("{recipient} is no mailbox: {why}")),
                };
                let envelope = match Envelope::new(Some(sender.clone()), vec![to]) {
                    Ok(envelope) => envelope,
                    Err(why) => return Outcome::Refused(why.to_string()),
                };
                match transport.send_raw(&envelope, bytes).await {
                    Ok(_) => Outcome::Accepted,
                    Err(why) if why.is_permanent() => Outcome::Refused(why.to_string()),
                    Err(why) => Outcome::Unclear(why.to_string()),
                }
            }
        }
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
