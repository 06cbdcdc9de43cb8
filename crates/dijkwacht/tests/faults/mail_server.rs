//! A mail server on the loopback interface that keeps every mail it takes, and that sometimes takes one
//! and hangs up before it has said so.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use scenarios::dice::Dice;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// Of the mails that are taken when they are heard of for the first time, how many are not acknowledged.
const LOST_SHARE: f64 = 0.15;
/// The longest that somebody waits for an acknowledgement, in milliseconds.
const ANSWER_MS_MAX: usize = 25;

/// A mail that was taken: from here on it is this server's, whatever the sender heard of it.
#[derive(Debug, Clone)]
pub struct Taken {
    /// During which run of the node: counted by [`MailServer::node_starts`].
    pub run: usize,
    pub to: String,
    pub message_id: String,
    pub bytes: Vec<u8>,
    /// The connection was cut instead of an answer.
    pub was_cut: bool,
}

#[derive(Clone)]
pub struct MailServer {
    pub address: SocketAddr,
    state: Arc<State>,
}

struct State {
    taken: Mutex<Vec<Taken>>,
    heard_of: Mutex<BTreeSet<String>>,
    run: AtomicUsize,
    is_careless: AtomicBool,
    dice: Mutex<Dice>,
}

impl MailServer {
    pub async fn open(seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            taken: Mutex::default(),
            heard_of: Mutex::default(),
            run: AtomicUsize::new(0),
            is_careless: AtomicBool::new(true),
            dice: Mutex::new(Dice::named(seed, "post")),
        });
        let server = Self { address, state: Arc::clone(&state) };
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let state = Arc::clone(&state);
                // A sender that dies in the middle of a sentence is none of our business.
                tokio::spawn(async move { drop(state.talk(connection).await) });
            }
        });
        server
    }

    /// Everything that was taken, oldest first.
    pub fn taken(&self) -> Vec<Taken> {
        self.state.taken.lock().unwrap().clone()
    }

    /// The newest mail to `address` in which `is_meant` finds something.
    pub fn newest<T>(&self, address: &str, is_meant: impl Fn(&Taken) -> Option<T>) -> Option<T> {
        self.state.taken.lock().unwrap().iter().rev().filter(|mail| mail.to == address).find_map(is_meant)
    }

    /// From now on connections are those of the next run of the node. Gives its number.
    pub fn node_starts(&self) -> usize {
        self.state.run.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// From now on every mail is acknowledged.
    pub fn takes_care(&self) {
        self.state.is_careless.store(false, Ordering::SeqCst);
    }
}

impl State {
    /// RFC 5321, as much of it as a sender of ours needs.
    async fn talk(&self, connection: TcpStream) -> std::io::Result<()> {
        // Whoever connected has died since, or it is still the same run.
        let run = self.run.load(Ordering::SeqCst);
        connection.set_nodelay(true)?;
        let mut connection = BufReader::new(connection);
        connection.write_all(b"220 mail.example\r\n").await?;
        let (mut line, mut to) = (String::new(), String::new());
        loop {
            line.clear();
            if connection.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
            let answer: &[u8] = match verb.as_str() {
                "EHLO" | "HELO" => b"250 mail.example\r\n",
                "RCPT" => {
                    let inside = |it: &str| Some(it.split_once('<')?.1.split_once('>')?.0.to_owned());
                    to = inside(&line).unwrap_or_default();
                    b"250 there is such a mailbox\r\n"
                }
                "MAIL" | "NOOP" | "RSET" => b"250 fine\r\n",
                "DATA" => {
                    connection.write_all(b"354 go ahead\r\n").await?;
                    let (bytes, is_whole) = mail(&mut connection).await?;
                    match self.hear(run, &to, bytes, is_whole).await {
                        true => b"250 taken\r\n",
                        false => return Ok(()),
                    }
                }
                "QUIT" => b"221 bye\r\n",
                _ => b"502 not here\r\n",
            };
            connection.write_all(answer).await?;
        }
    }

    /// Takes a mail that came whole. Gives whether that is to be said.
    async fn hear(&self, run: usize, to: &str, bytes: Vec<u8>, is_whole: bool) -> bool {
        let message_id = message_id(&bytes);
        // The sender waits longer each time, and this test does not want to wait with it.
        let is_first = self.heard_of.lock().unwrap().insert(message_id.clone());
        if !is_whole {
            return false;
        }
        let (was_cut, wait_ms) = {
            let mut dice = self.dice.lock().unwrap();
            let is_careless = self.is_careless.load(Ordering::SeqCst);
            (is_first && is_careless && dice.chance(LOST_SHARE), dice.below(ANSWER_MS_MAX))
        };
        self.taken.lock().unwrap().push(Taken { run, to: to.to_owned(), message_id, bytes, was_cut });
        sleep(Duration::from_millis(u64::try_from(wait_ms).unwrap())).await;
        !was_cut
    }
}

/// What came of a mail, and whether that was all of it: after it stands a line with nothing but a dot.
async fn mail(connection: &mut BufReader<TcpStream>) -> std::io::Result<(Vec<u8>, bool)> {
    let (mut bytes, mut line) = (Vec::new(), Vec::new());
    loop {
        line.clear();
        if connection.read_until(b'\n', &mut line).await? == 0 {
            return Ok((bytes, false));
        }
        if line == b".\r\n" {
            return Ok((bytes, true));
        }
        bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

fn message_id(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    head.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap_or_default().to_owned()
}
