//! A conversation with the mail server that takes our mail on.
//!
//! Ours to hold, because the library waits for an answer as long as it takes: a server that accepts a
//! connection and says nothing more would keep every letter in the house. A conversation that took too
//! long is dropped with its connection, so that nobody goes on in the middle of it. What is left of one
//! that went well is kept for the next letter.

use std::time::{Duration, Instant};

use lettre::Address;
use lettre::address::Envelope;
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::post::{Security, Server};

/// How long a server may take to greet us, show its certificate and take our password.
const TO_GREET: Duration = Duration::from_secs(30);
/// How long it may take for one letter. Some look for viruses before they answer, and RFC 5321, 4.5.3.2.6
/// allows them ten minutes; but every other letter waits meanwhile, and who answers later gets this one
/// twice.
const TO_TAKE: Duration = Duration::from_secs(240);
/// Servers close a conversation in which nothing was said for some minutes.
const KEPT_AT_MOST: Duration = Duration::from_secs(60);

pub struct Relay {
    server: Server,
    sender: Address,
    tls: Option<TlsParameters>,
    /// The last conversation, and when it rested.
    kept: Mutex<Option<(AsyncSmtpConnection, Instant)>>,
    to_greet: Duration,
    to_take: Duration,
}

/// Why a letter was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    #[error("the mail server cannot be reached: {0}")]
    Unreachable(std::io::Error),
    /// Before anything was said about the letter.
    #[error("the mail server and we do not agree: {0}")]
    Unwelcome(smtp::Error),
    /// Its answer to the letter.
    #[error(transparent)]
    Answer(smtp::Error),
    #[error("the mail server did not answer within {} seconds", .0.as_secs())]
    Silent(Duration),
}

impl Relay {
    /// # Errors
    /// When the name of the host cannot be checked against a certificate.
    pub fn new(server: Server, sender: Address) -> Result<Self, smtp::Error> {
        let tls = match server.security {
            Security::None => None,
            Security::Starttls | Security::Tls => Some(TlsParameters::new(server.host.clone())?),
        };
        Ok(Self { server, sender, tls, kept: Mutex::new(None), to_greet: TO_GREET, to_take: TO_TAKE })
    }

    /// Has `bytes` taken for one recipient.
    ///
    /// # Errors
    /// As [`NotTaken`] says. After [`NotTaken::Silent`] it may have been taken all the same.
    pub async fn take(&self, to: Address, bytes: &[u8]) -> Result<(), NotTaken> {
        let envelope =
            Envelope::new(Some(self.sender.clone()), vec![to]).expect("it lacks only what has no recipient");
        let mut connection = self.connected().await?;
        let answer = timeout(self.to_take, connection.send(&envelope, bytes))
            .await
            .map_err(|_| NotTaken::Silent(self.to_take))?;
        answer.map_err(NotTaken::Answer)?;
        *self.kept.lock().await = Some((connection, Instant::now()));
        Ok(())
    }

    /// The conversation that was kept, if the other side is still there, or else a new one.
    async fn connected(&self) -> Result<AsyncSmtpConnection, NotTaken> {
        let kept = self.kept.lock().await.take();
        if let Some((mut connection, since)) = kept
            && since.elapsed() < KEPT_AT_MOST
            && timeout(self.to_greet, connection.test_connected()).await == Ok(true)
        {
            return Ok(connection);
        }
        timeout(self.to_greet, self.connect()).await.map_err(|_| NotTaken::Silent(self.to_greet))?
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, NotTaken> {
        let (own_name, place) = (ClientId::default(), (self.server.host.as_str(), self.server.port));
        let mut connection = match (&self.tls, self.server.security) {
            (Some(tls), Security::Tls) => {
                AsyncSmtpConnection::connect_tokio1(place, None, &own_name, Some(tls.clone()), None)
                    .await
                    .map_err(NotTaken::Unwelcome)?
            }
            _ => {
                let stream = TcpStream::connect(place).await.map_err(NotTaken::Unreachable)?;
                // A letter and its last line are written one after the other. Without this the second
                // waits for a receipt of the first, which a server holds back for 40 ms.
                stream.set_nodelay(true).map_err(NotTaken::Unreachable)?;
                AsyncSmtpConnection::connect_with_transport(Box::new(stream), &own_name)
                    .await
                    .map_err(NotTaken::Unwelcome)?
            }
        };
        if let (Some(tls), Security::Starttls) = (&self.tls, self.server.security) {
            connection.starttls(tls.clone(), &own_name).await.map_err(NotTaken::Unwelcome)?;
        }
        if let Some((name, password)) = &self.server.login {
            let credentials = Credentials::new(name.clone(), password.clone());
            connection.auth(DEFAULT_MECHANISMS, &credentials).await.map_err(NotTaken::Unwelcome)?;
        }
        Ok(connection)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;

    use super::*;

    /// A server that says these lines, each after a line that it heard, and then nothing more. After a
    /// letter it goes on when the line with one dot comes.
    async fn server(said: &'static [&'static str]) -> Relay {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut stream = BufReader::new(stream);
                    let mut heard = String::new();
                    for line in said {
                        stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
                        loop {
                            heard.clear();
                            if stream.read_line(&mut heard).await.unwrap_or(0) == 0 {
                                return;
                            }
                            if !line.starts_with("354") || heard == ".\r\n" {
                                break;
                            }
                        }
                    }
                    std::future::pending::<()>().await;
                });
            }
        });
        let server = Server {
            host: "127.0.0.1".into(),
            port,
            security: Security::None,
            login: None,
            sender: "wacht@z-cert.example".into(),
        };
        let relay = Relay::new(server, "wacht@z-cert.example".parse().unwrap()).unwrap();
        let soon = Duration::from_millis(300);
        Relay { to_greet: soon, to_take: soon, ..relay }
    }

    async fn said(relay: &Relay) -> String {
        let to = "anna@noordzorg.example".parse().unwrap();
        match relay.take(to, b"Subject: test\r\n\r\nTest\r\n").await {
            Ok(()) => "taken".into(),
            Err(why) => why.to_string(),
        }
    }

    #[tokio::test]
    async fn a_server_that_falls_silent_holds_up_nobody_for_ever() {
        const WORDS: [&str; 5] = ["220 here", "250 here", "250 from", "250 to", "354 go on"];
        for words in 0..=WORDS.len() {
            let relay = server(&WORDS[..words]).await;
            assert_eq!(said(&relay).await, "the mail server did not answer within 0 seconds", "{words}");
            assert!(relay.kept.lock().await.is_none(), "nobody goes on in the middle: {words}");
        }
    }

    #[tokio::test]
    async fn a_conversation_that_went_well_is_used_again_and_replaced_when_the_other_side_is_gone() {
        let relay = server(&["220 here", "250 here", "250 from", "250 to", "354 go on", "250 taken"]).await;
        assert_eq!(said(&relay).await, "taken");
        assert!(relay.kept.lock().await.is_some());
        // It hears "are you there?" and says nothing: another conversation is begun.
        assert_eq!(said(&relay).await, "taken");
    }

    #[tokio::test]
    async fn what_is_said_before_the_letter_is_told_from_what_is_said_about_it() {
        let relay = server(&["554 No SMTP service here"]).await;
        let why = said(&relay).await;
        assert!(why.starts_with("the mail server and we do not agree"), "{why}");
        let relay = server(&["220 here", "250 here", "250 from", "550 5.1.1 unknown", "221 bye"]).await;
        assert_eq!(said(&relay).await, "permanent error (550): 5.1.1 unknown");
    }
}
