//! People with a browser, who fill in the forms of the pages, and write down what they sent and whether
//! the node said that it had it.
//!
//! What a person sends is told apart from everything else that is sent, wherever the form has a field for
//! it, so that it can be looked for afterwards.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::ids::{AdvisoryId, ContactId, WarningId};
use flow::house::House;
use jiff::Timestamp;
use scenarios::country::text;
use scenarios::dice::Dice;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use domain::warning::{Answer, Fact, NotAffected};

use crate::mail_server::MailServer;
use crate::town::{Hospital, Session, Town};

/// How many people answer at the same time.
const BROWSERS: usize = 6;
/// Nobody looks at an empty page for longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Down,
    Open(SocketAddr),
    /// Everybody goes home.
    Closed,
}

/// What somebody said, as it will be found again in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    /// Of which revision.
    Read(WarningId, ContactId, String),
    NotAffected(WarningId, ContactId, NotAffected),
    Help(WarningId, ContactId, String),
    /// Until when, on the wall.
    Planned(WarningId, ContactId, String),
    Accepted(WarningId, ContactId, String),
    /// Since when, on the wall.
    Done(WarningId, ContactId, String),
    /// A revision, by its reason.
    Revised(AdvisoryId, String),
    SignedIn(ContactId),
    /// To this mailbox.
    AskedForLink(String),
}

impl Said {
    /// What a fact about `warning` says that somebody said.
    pub fn of_fact(warning: WarningId, fact: &Fact) -> Option<Self> {
        let wall = |at: Timestamp| at.to_zoned(House::zone()).strftime("%Y-%m-%dT%H:%M").to_string();
        Some(match fact.clone() {
            Fact::Acknowledgement(it) => Self::Read(warning, it.by, it.revision.to_string()),
            Fact::Answer(Answer::NotAffected { by, reason }) => Self::NotAffected(warning, by, reason),
            Fact::Answer(Answer::HelpAsked { by, telephone }) => Self::Help(warning, by, telephone),
            Fact::Answer(Answer::Planned { by, due_at, .. }) => Self::Planned(warning, by, wall(due_at)),
            Fact::Answer(Answer::RiskAccepted { by, reason, .. }) => Self::Accepted(warning, by, reason),
            Fact::Claim(it) => Self::Done(warning, it.by, wall(it.executed_at?)),
            _ => return None,
        })
    }
}

/// How often something was said.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tried {
    pub sent: usize,
    /// The node said that it had it.
    pub acknowledged: usize,
}

/// What all visitors wrote down.
#[derive(Debug, Default)]
pub struct Book {
    pub said: BTreeMap<Said, Tried>,
    /// What else the node answered, by status: a page that was shown, a form that was refused.
    pub answers: BTreeMap<u16, usize>,
    next: usize,
}

type SharedBook = Arc<Mutex<Book>>;

/// Visitors at work.
pub struct Visitors {
    place: watch::Sender<Place>,
    people: JoinSet<()>,
    book: SharedBook,
}

impl Visitors {
    /// Lets them in; they wait until the node opens.
    pub fn begin(town: &Town, post: &MailServer, seed: u64) -> Self {
        let place = watch::channel(Place::Down).0;
        let (mut people, book) = (JoinSet::new(), SharedBook::default());
        let visitor = |name: &str| Visitor {
            place: place.subscribe(),
            book: Arc::clone(&book),
            dice: Dice::named(seed, name),
        };
        for number in 0..BROWSERS {
            let own: Vec<Hospital> = town.hospitals.iter().skip(number).step_by(BROWSERS).cloned().collect();
            people.spawn(visitor(&format!("browser {number}")).answers(own));
        }
        let (analyst, duty_officer) = (town.analyst.clone(), town.duty_officer.clone());
        people.spawn(visitor("officers").revises(town.advisory, analyst, duty_officer));
        people.spawn(visitor("stranger").signs_in(town.hospitals.clone(), post.clone()));
        Self { place, people, book }
    }

    pub fn node_opened(&self, at: SocketAddr) {
        self.place.send_replace(Place::Open(at));
    }

    pub fn node_died(&self) {
        self.place.send_replace(Place::Down);
    }

    /// Sends everybody home, and gives what they wrote down.
    pub async fn end(mut self) -> Book {
        self.place.send_replace(Place::Closed);
        while let Some(gone) = self.people.join_next().await {
            gone.unwrap();
        }
        std::mem::take(&mut *self.book.lock().unwrap())
    }
}

struct Visitor {
    place: watch::Receiver<Place>,
    book: SharedBook,
    dice: Dice,
}

impl Visitor {
    /// Where the node is now, or will be. `None` when it is time to go home.
    async fn node(&mut self) -> Option<SocketAddr> {
        let place = self.place.wait_for(|place| *place != Place::Down).await.map(|place| *place);
        match place {
            Ok(Place::Open(at)) => Some(at),
            _ => None,
        }
    }

    /// Says something about the warnings of `own`, one after the other.
    async fn answers(mut self, own: Vec<Hospital>) {
        while let Some(node) = self.node().await {
            let hospital = self.dice.pick(&own).clone();
            // A page that does not come, or an answer that does not, is what is being tried here.
            if self.answers_once(node, &hospital).await.is_err() {
                sleep(Duration::from_millis(5)).await;
            }
        }
    }

    async fn answers_once(&mut self, node: SocketAddr, hospital: &Hospital) -> Result<()> {
        let session = Some(&hospital.session);
        let home = self.page(node, session, "/my").await?;
        let Some(link) = after(&home, "\"/my/warnings/").and_then(|rest| rest.get(..36)) else {
            sleep(Duration::from_millis(50)).await;
            return Ok(());
        };
        let (path, warning) = (format!("/my/warnings/{link}"), WarningId(link.parse().unwrap()));
        let page = self.page(node, session, &path).await?;
        let (token, measure) = (field(&page, "token")?, field(&page, "measure")?);
        let (by, number) = (hospital.contact, self.number());
        let on_the_wall = |year: i16| {
            let begin = jiff::civil::date(year, 1, 5).at(0, 0, 0, 0);
            let minutes = i64::try_from(number).unwrap();
            (begin + jiff::SignedDuration::from_mins(minutes)).strftime("%Y-%m-%dT%H:%M").to_string()
        };
        let reasons = [("not_in_use", NotAffected::NotInUse), ("other_version", NotAffected::OtherVersion)];
        let (door, said, mut fields) = match self.dice.below(10) {
            0..3 => {
                let revision = field(&page, "revision")?;
                let said = Said::Read(warning, by, revision.clone());
                ("acknowledgement", said, vec![("revision", revision)])
            }
            3 => {
                let (word, reason) = *self.dice.pick(&reasons);
                let fields = vec![("answer", "not_affected".to_owned()), ("reason", word.to_owned())];
                ("answers", Said::NotAffected(warning, by, reason), fields)
            }
            4..6 => {
                let telephone = format!("toestel {number}");
                let fields = vec![("answer", "help_asked".to_owned()), ("telephone", telephone.clone())];
                ("answers", Said::Help(warning, by, telephone), fields)
            }
            6 => {
                let due_at = on_the_wall(2090);
                let fields =
                    vec![("answer", "planned".to_owned()), ("measure", measure), ("due_at", due_at.clone())];
                ("answers", Said::Planned(warning, by, due_at), fields)
            }
            7 => {
                let (reason, until) = (format!("besluit {number}"), field(&page, "until")?);
                let fields = vec![
                    ("answer", "risk_accepted".to_owned()),
                    ("manager", "J. Duin".to_owned()),
                    ("reason", reason.clone()),
                    ("until", until),
                ];
                ("answers", Said::Accepted(warning, by, reason), fields)
            }
            _ => {
                let executed_at = on_the_wall(2020);
                let fields = vec![("measure", measure), ("executed_at", executed_at.clone())];
                ("claims", Said::Done(warning, by, executed_at), fields)
            }
        };
        fields.push(("token", token));
        self.says(node, session, &format!("{path}/{door}"), &fields, said).await.map(drop)
    }

    /// Two officers: one revises the advisory now and then, and the other releases it.
    async fn revises(mut self, advisory: AdvisoryId, analyst: Session, duty_officer: Session) {
        while let Some(node) = self.node().await {
            let done = self.revises_once(node, advisory, &analyst, &duty_officer).await;
            let wait = if done.is_ok() { 500 + self.dice.below(1_000) } else { 5 };
            sleep(Duration::from_millis(u64::try_from(wait).unwrap())).await;
        }
    }

    async fn revises_once(
        &mut self,
        node: SocketAddr,
        advisory: AdvisoryId,
        analyst: &Session,
        duty_officer: &Session,
    ) -> Result<()> {
        let path = format!("/desk/advisories/{advisory}");
        let page = self.page(node, Some(analyst), &path).await?;
        let reason = format!("herziening {}", self.number());
        let mut fields = vec![("token", field(&page, "token")?), ("reason", reason.clone())];
        let door = match self.dice.below(3) {
            // A measure falls, or is trusted again: everybody is told, and some warnings reopen.
            0 => {
                let reliability = *self.dice.pick(&["doubtful", "recommended"]);
                fields.push(("measure", scenarios::country::WORKAROUND.to_string()));
                fields.push(("reliability", reliability.to_owned()));
                "measures"
            }
            _ => {
                let severity = ("severity", "critical".to_owned());
                let words = ["summary_nl", "summary_en", "consequence_nl", "consequence_en"];
                fields.extend(words.map(|name| (name, format!("Lees dit: {reason}."))));
                fields.push(severity);
                "revisions"
            }
        };
        let form = Some(fields.as_slice());
        let proposed = self.ask(node, Some(analyst), &format!("{path}/{door}"), form).await?;
        if proposed.status != 303 {
            return Ok(());
        }
        let page = self.page(node, Some(duty_officer), &path).await?;
        let fields = [("token", field(&page, "token")?)];
        let said = Said::Revised(advisory, reason);
        self.says(node, Some(duty_officer), &format!("{path}/release"), &fields, said).await.map(drop)
    }

    /// Somebody who asks for a link, waits for the mail, and signs in with it.
    async fn signs_in(mut self, hospitals: Vec<Hospital>, post: MailServer) {
        let mut known = None;
        while let Some(node) = self.node().await {
            let hospital = self.dice.pick(&hospitals).clone();
            match self.signs_in_once(node, &hospital, &post, known.as_ref()).await {
                Ok(used) => known = used,
                Err(_) => sleep(Duration::from_millis(5)).await,
            }
        }
    }

    /// Uses the newest link to `hospital` unless it is the `last` one, and asks for another.
    async fn signs_in_once(
        &mut self,
        node: SocketAddr,
        hospital: &Hospital,
        post: &MailServer,
        last: Option<&String>,
    ) -> Result<Option<String>> {
        let asked = Said::AskedForLink(hospital.mail.clone());
        self.says(node, None, "/sign-in", &[("mail", hospital.mail.clone())], asked).await?;
        let code = post.newest(&hospital.mail, |mail| {
            let text = text(&mail.bytes);
            Some(after(&text, "/sign-in/")?.get(..48)?.to_owned())
        });
        let Some(code) = code.filter(|code| Some(code) != last) else { return Ok(last.cloned()) };
        let path = format!("/sign-in/{code}");
        let page = self.page(node, None, &path).await?;
        // A link that was used already has no button.
        if page.contains(&format!("action=\"{path}\"")) {
            self.says(node, None, &path, &[], Said::SignedIn(hospital.contact)).await?;
        }
        Ok(Some(code))
    }

    /// A number that no other visitor has.
    fn number(&self) -> usize {
        let mut book = self.book.lock().unwrap();
        book.next += 1;
        book.next
    }

    /// Sends a form that says something, and writes down whether the node had it.
    async fn says(
        &self,
        node: SocketAddr,
        session: Option<&Session>,
        path: &str,
        fields: &[(&str, String)],
        said: Said,
    ) -> Result<Reply> {
        self.book.lock().unwrap().said.entry(said.clone()).or_default().sent += 1;
        let reply = self.ask(node, session, path, Some(fields)).await?;
        if reply.status == 303 {
            self.book.lock().unwrap().said.entry(said).or_default().acknowledged += 1;
        }
        Ok(reply)
    }

    async fn page(&self, node: SocketAddr, session: Option<&Session>, path: &str) -> Result<String> {
        let reply = self.ask(node, session, path, None).await?;
        match reply.status {
            200 => Ok(reply.body),
            status => Err(Error::other(format!("{path}: {status}"))),
        }
    }

    async fn ask(
        &self,
        node: SocketAddr,
        session: Option<&Session>,
        path: &str,
        fields: Option<&[(&str, String)]>,
    ) -> Result<Reply> {
        let reply = timeout(PATIENCE, ask(node, session, path, fields)).await.map_err(Error::other)??;
        *self.book.lock().unwrap().answers.entry(reply.status).or_default() += 1;
        Ok(reply)
    }
}

/// What came back. The status is there also when the rest did not come.
pub struct Reply {
    pub status: u16,
    pub body: String,
}

/// One request, and no other on the same connection.
pub async fn ask(
    node: SocketAddr,
    session: Option<&Session>,
    path: &str,
    fields: Option<&[(&str, String)]>,
) -> Result<Reply> {
    let verb = if fields.is_some() { "POST" } else { "GET" };
    let cookie = session.map(|session| format!("Cookie: {}\r\n", session.0)).unwrap_or_default();
    let body = fields.unwrap_or_default().iter().map(|(name, value)| format!("{name}={}", written(value)));
    let body = body.collect::<Vec<_>>().join("&");
    let request = format!(
        "{verb} {path} HTTP/1.1\r\nHost: {node}\r\nConnection: close\r\n{cookie}\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = TcpStream::connect(node).await?;
    connection.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    let cut = connection.read_to_end(&mut bytes).await.err();
    let text = String::from_utf8_lossy(&bytes);
    let status = text.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
    let status = status.ok_or_else(|| cut.unwrap_or(ErrorKind::UnexpectedEof.into()))?;
    let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body).to_owned();
    Ok(Reply { status, body })
}

/// A value as forms send it.
fn written(value: &str) -> String {
    let as_it_is = |it: u8| it.is_ascii_alphanumeric() || b"-._~".contains(&it);
    let letter = |it| if as_it_is(it) { char::from(it).to_string() } else { format!("%{it:02X}") };
    value.bytes().map(letter).collect()
}

fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.split_once(mark).map(|(_, rest)| rest)
}

/// What the first field of this name holds on a page that came whole.
fn field(page: &str, name: &str) -> Result<String> {
    let inputs = page.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
    let mut named = inputs.filter(|input| input.contains(&format!("name=\"{name}\"")));
    let value = named.next().and_then(|input| after(input, "value=\"")?.split('"').next());
    value.map(str::to_owned).ok_or_else(|| Error::new(ErrorKind::NotFound, name.to_owned()))
}
