//! The one way out: whatever this node fetches, it fetches through [`Egress`].
//!
//! Addresses come from papers, from providers and from forms, so each is an attempt until it has been
//! looked at. A name is resolved once, every address that it has is checked, and the connection goes to
//! one of those that passed: there is no second look-up in which the answer could be another one. Nothing
//! that is not routed on the whole internet is asked (`egress/reach.rs`), unless the operator listed it; nothing
//! without TLS, unless the operator said so. Nobody is followed to another host. What is too big, too slow
//! or too late is let go of, also when it only became big by unpacking.
//!
//! Where the only way out is a proxy, the operator names it; what stands in the environment leads nobody past
//! this. The proxy looks a name up by itself, so it is looked at here as far as it is known here: a name that
//! leads inside is not handed to it.
//!
//! Our neighbours lost on this more than once: MISP 2020-28043 and 2022-27245, OpenCTI 2026-21887,
//! TheHive 2025-48739. The tests below play their tricks.

mod reach;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::RData;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, StatusCode, Url, header};

pub use reach::{Net, is_the_worlds};

/// How we introduce ourselves. CSAF 2.1, 7.1.24 has providers answer whoever asks.
const OWN_NAME: &str = concat!("Dijkwacht/", env!("CARGO_PKG_VERSION"));
/// Within one host; to another none is followed.
const REDIRECTS_MAX: usize = 3;

/// What the operator decided about the way out.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    pub exceptions: Vec<Exception>,
    /// Certificates in PEM that vouch for servers, besides those of the system.
    pub authorities: Vec<u8>,
    pub limits: Limits,
    pub names: Names,
    pub proxy: Option<Proxy>,
    /// What a source wants to hear before it answers more, by the name of the source.
    pub keys: BTreeMap<String, Secret>,
}

/// Through whom everything goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy(Url);

impl std::str::FromStr for Proxy {
    type Err = EgressError;

    /// `http://proxy.internal:3128`. It sees which hosts are asked, and of `https` nothing else.
    fn from_str(text: &str) -> Result<Self, EgressError> {
        let unfit = || EgressError::NoAddress(text.to_owned());
        let url = Url::parse(text).map_err(|_| unfit())?;
        let is_place =
            url.has_host() && url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !matches!(url.scheme(), "http" | "https") || !is_place {
            return Err(unfit());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EgressError::Credentials(host_of(&url)));
        }
        Ok(Self(url))
    }
}

impl Proxy {
    fn is_called(&self, name: &str) -> bool {
        self.0.host_str().is_some_and(|host| plain(host) == name)
    }
}

/// Something that is told to one host and shown to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    pub fn tell(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Secret(…)")
    }
}

/// A place that is not the world's, or that has no TLS, and may be asked all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    pub place: Place,
    /// Whether it may be asked without TLS too.
    pub http: bool,
    /// Whether webhooks may be there too, which participants write down, and not only what the operator means.
    pub webhooks: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A name, whatever addresses it has.
    Host(String),
    /// Addresses, under whatever name.
    Net(Net),
}

impl std::str::FromStr for Place {
    type Err = EgressError;

    /// `mirror.internal`, `10.1.0.0/16` or `2001:db8::7`.
    fn from_str(text: &str) -> Result<Self, EgressError> {
        if let Ok(net) = text.parse() {
            return Ok(Self::Net(net));
        }
        let unfit = || EgressError::NoAddress(text.to_owned());
        let url = Url::parse(&format!("https://{text}/")).map_err(|_| unfit())?;
        match url.domain() {
            Some(name) if url.path() == "/" && url.port().is_none() && url.username().is_empty() => {
                Ok(Self::Host(plain(name)))
            }
            _ => Err(unfit()),
        }
    }
}

/// How long and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub to_connect: Duration,
    /// From the first byte that we send to the last that we get.
    pub overall: Duration,
    /// A body brings at least `window_bytes_min` in each of these, or it is let go of.
    pub window: Duration,
    pub window_bytes_min: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            to_connect: Duration::from_secs(10),
            overall: Duration::from_secs(300),
            window: Duration::from_secs(10),
            window_bytes_min: 4 * 1024,
        }
    }
}

/// Who says what a name stands for.
#[derive(Debug, Clone, Default)]
pub enum Names {
    /// The resolver of this machine.
    #[default]
    System,
    /// A story: nobody outside is asked.
    Told(Told),
}

impl Names {
    /// The addresses of a name; none when nobody knows it.
    async fn addresses(&self, name: &str) -> Vec<IpAddr> {
        match self {
            Self::Told(told) => held(&told.addresses).get(name).cloned().unwrap_or_default(),
            Self::System => match tokio::net::lookup_host((name, 0)).await {
                Ok(found) => found.map(|it| it.ip()).collect(),
                Err(_) => Vec::new(),
            },
        }
    }
}

/// The names of a story, which may change while it is told.
#[derive(Debug, Clone, Default)]
pub struct Told {
    addresses: Arc<Mutex<BTreeMap<String, Vec<IpAddr>>>>,
    texts: Arc<Mutex<BTreeMap<String, Vec<String>>>>,
    silent: Arc<Mutex<BTreeSet<String>>>,
}

impl Told {
    /// From now on `name` stands for `addresses`; for none, if there are none.
    pub fn name(&self, name: &str, addresses: &[IpAddr]) {
        held(&self.addresses).insert(plain(name), addresses.to_vec());
    }

    /// From now on these TXT records stand under `name`.
    pub fn text(&self, name: &str, texts: &[&str]) {
        held(&self.texts).insert(plain(name), texts.iter().map(|text| (*text).to_owned()).collect());
        held(&self.silent).remove(&plain(name));
    }

    /// From now on whoever asks for the TXT records of `name` gets no answer.
    pub fn silence(&self, name: &str) {
        held(&self.silent).insert(plain(name));
    }
}

/// Why something was not fetched. The text is for the log; [`EgressError::key`] names the sentence of a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    #[error("{0:?} is no address of a page; one begins with https:// and a name")]
    NoAddress(String),
    #[error("{0} would be asked without TLS; use https://, or list the host with http = true")]
    NotSecure(String),
    #[error("the address of {0} holds a name or a password; leave them out")]
    Credentials(String),
    #[error("{host} would be asked at port {port}, which is not one of a web server")]
    Port { host: String, port: u16 },
    #[error("{0} is not on the internet but in somebody's own network; list it if you mean it")]
    NotPublic(String),
    #[error("nobody knows the name {0}; is it spelt right?")]
    Unknown(String),
    #[error("{0} cannot be reached; it may be away for a while")]
    Unreachable(String),
    #[error("{0} shows no certificate that we trust; a ca_file can add who vouches for it")]
    Certificate(String),
    #[error("{from} sends us on to {to}, and we follow nobody to another host; use the new address")]
    SentAway { from: String, to: String },
    #[error("{0} sends us on and on")]
    SentAround(String),
    #[error("{host} answered {status}")]
    Status { host: String, status: u16 },
    #[error("{host} sends more than {limit} bytes")]
    TooBig { host: String, limit: usize },
    #[error("{0} sends too slowly, or took too long")]
    TooSlow(String),
    #[error("what {0} sends cannot be unpacked")]
    Garbled(String),
    #[error("the way out cannot be opened: {0}")]
    Unfit(String),
}

impl EgressError {
    /// The name of this reason, as in `egress-not-public`.
    pub fn key(&self) -> &'static str {
        match self {
            Self::NoAddress(_) => "no-address",
            Self::NotSecure(_) => "not-secure",
            Self::Credentials(_) => "credentials",
            Self::Port { .. } => "port",
            Self::NotPublic(_) => "not-public",
            Self::Unknown(_) => "unknown",
            Self::Unreachable(_) => "unreachable",
            Self::Certificate(_) => "certificate",
            Self::SentAway { .. } => "sent-away",
            Self::SentAround(_) => "sent-around",
            Self::Status { .. } => "status",
            Self::TooBig { .. } => "too-big",
            Self::TooSlow(_) => "too-slow",
            Self::Garbled(_) => "garbled",
            Self::Unfit(_) => "unfit",
        }
    }

    /// What the sentence is about: a host, an address, a status.
    pub fn about(&self) -> String {
        match self {
            Self::NoAddress(it)
            | Self::NotSecure(it)
            | Self::Credentials(it)
            | Self::NotPublic(it)
            | Self::Unknown(it)
            | Self::Unreachable(it)
            | Self::Certificate(it)
            | Self::SentAround(it)
            | Self::TooSlow(it)
            | Self::Garbled(it)
            | Self::Unfit(it) => it.clone(),
            Self::Port { host, port } => format!("{host}:{port}"),
            Self::SentAway { from, to } => format!("{from} → {to}"),
            Self::Status { host, status } => format!("{host}: {status}"),
            Self::TooBig { host, limit } => format!("{host}: {limit}"),
        }
    }

    /// Whether the other side said that there is no such thing, rather than nothing at all.
    pub fn is_absence(&self) -> bool {
        matches!(self, Self::Status { status: 404 | 410, .. })
    }

    /// Whether it may go otherwise later without anybody doing anything here.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Unknown(_) | Self::TooSlow(_) | Self::Certificate(_) => true,
            Self::Status { status, .. } => *status >= 500 || *status == 429 || *status == 408,
            _ => false,
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    pub address: &'a str,
    /// What the last answer said, so that the same need not be sent again (RFC 9110, 13.1).
    pub seen: Option<&'a Seen>,
    pub size_bytes_max: usize,
    /// A header that only this host gets, such as a key of an API.
    pub header: Option<(&'static str, &'a str)>,
    /// What is sent along, of an address that answers questions only: then it is `POST`, and goes to no other place.
    pub body: Option<&'a str>,
}

/// What is handed over, to be taken or not.
#[derive(Debug, Clone, Copy)]
pub struct Handed<'a> {
    pub address: &'a str,
    pub headers: &'a [(&'static str, String)],
    pub body: &'a [u8],
    /// How long the other side may take.
    pub within: Duration,
}

/// By what an answer can be known again.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Seen {
    pub etag: Option<String>,
    /// As the other side wrote it.
    pub modified: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// As it was when it was last seen.
    Unchanged,
    Fetched(Fetched),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    pub bytes: Vec<u8>,
    pub seen: Seen,
    /// Without its parameters, in lower case: `application/json`.
    pub media_type: Option<String>,
    /// Where it was in the end, on the host that was asked.
    pub address: String,
}

/// The way out. Clones share their connections.
#[derive(Clone)]
pub struct Egress {
    rules: Arc<Rules>,
    client: Arc<OnceLock<Result<Client, EgressError>>>,
    resolver: Arc<OnceLock<Result<TokioResolver, EgressError>>>,
}

impl Egress {
    pub fn new(rules: Rules) -> Self {
        Self { rules: Arc::new(rules), client: Arc::default(), resolver: Arc::default() }
    }

    /// A way out on which nobody is known but who is told of.
    pub fn in_a_story(told: Told) -> Self {
        Self::new(Rules { names: Names::Told(told), ..Rules::default() })
    }

    /// The same way out for addresses that participants wrote down: what the operator excepted for sources is not
    /// excepted for them, or a form of theirs would reach into the network of the operator.
    #[must_use]
    pub fn for_webhooks(&self) -> Self {
        let mut rules = Rules::clone(&self.rules);
        rules.exceptions.retain(|exception| exception.webhooks);
        rules.keys.clear();
        Self::new(rules)
    }

    /// The same way out for one service of the operator, which may be inside.
    #[must_use]
    pub fn and(&self, exception: Exception) -> Self {
        let mut rules = Rules::clone(&self.rules);
        rules.exceptions.push(exception);
        rules.keys.clear();
        Self::new(rules)
    }

    /// The rules of this way out.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Makes sure that it can be opened: that the certificates of the operator are certificates.
    ///
    /// # Errors
    /// [`EgressError::Unfit`] when they are not.
    pub fn check(&self) -> Result<(), EgressError> {
        self.client().map(drop)
    }

    fn client(&self) -> Result<&Client, EgressError> {
        let client = self.client.get_or_init(|| client(&self.rules));
        client.as_ref().map_err(EgressError::clone)
    }

    /// Looks at an address without asking anybody: its form, its scheme, its port, and a host that is
    /// written as a number. Gives it as it will be asked, without what follows `#`.
    ///
    /// # Errors
    /// With what is wrong with it.
    pub fn look(&self, address: &str) -> Result<String, EgressError> {
        self.rules.look(address).map(String::from)
    }

    /// Fetches something that must be there.
    ///
    /// # Errors
    /// As [`Egress::ask`].
    pub async fn get(&self, address: &str, size_bytes_max: usize) -> Result<Fetched, EgressError> {
        match self.ask(Asked { address, size_bytes_max, ..Asked::default() }).await? {
            Answer::Fetched(fetched) => Ok(fetched),
            // Nobody asked whether it changed.
            Answer::Unchanged => Err(EgressError::Status {
                host: address.to_owned(),
                status: StatusCode::NOT_MODIFIED.as_u16(),
            }),
        }
    }

    /// Fetches something, or hears that it is as it was.
    ///
    /// # Errors
    /// As [`EgressError`] says; nothing of what came is kept then.
    pub async fn ask(&self, asked: Asked<'_>) -> Result<Answer, EgressError> {
        let url = self.rules.look(asked.address)?;
        let host = host_of(&url);
        let late = |_| EgressError::TooSlow(host.clone());
        tokio::time::timeout(self.rules.limits.overall, self.follow(url, asked)).await.map_err(late)?
    }

    /// Hands something over. Nobody is followed anywhere, and what is answered besides the status is not read.
    ///
    /// # Errors
    /// [`EgressError::Status`] for every answer but one of 200 to 299; else as [`Egress::ask`].
    pub async fn hand(&self, handed: Handed<'_>) -> Result<(), EgressError> {
        let url = self.rules.look(handed.address)?;
        let host = host_of(&url);
        let late = |_| EgressError::TooSlow(host.clone());
        tokio::time::timeout(handed.within, self.put(url, handed)).await.map_err(late)?
    }

    async fn put(&self, url: Url, handed: Handed<'_>) -> Result<(), EgressError> {
        let host = host_of(&url);
        if self.rules.proxy.is_some() {
            self.rules.look_inside(&url).await?;
        }
        let mut request = self.client()?.post(url).body(handed.body.to_vec());
        for (name, value) in handed.headers {
            request = request.header(*name, value);
        }
        let status = request.send().await.map_err(|why| of_reqwest(&host, &why))?.status();
        match status.is_success() {
            true => Ok(()),
            false => Err(EgressError::Status { host, status: status.as_u16() }),
        }
    }

    async fn follow(&self, mut url: Url, asked: Asked<'_>) -> Result<Answer, EgressError> {
        let headers = headers(&asked)?;
        for _ in 0..=REDIRECTS_MAX {
            let host = host_of(&url);
            if self.rules.proxy.is_some() {
                self.rules.look_inside(&url).await?;
            }
            let request = match asked.body {
                None => self.client()?.get(url.clone()),
                Some(body) => self.client()?.post(url.clone()).body(body.to_owned()),
            };
            let sent = request.headers(headers.clone()).send().await;
            let response = sent.map_err(|why| of_reqwest(&host, &why))?;
            let status = response.status();
            if status == StatusCode::NOT_MODIFIED && asked.seen.is_some() {
                return Ok(Answer::Unchanged);
            }
            if status.is_redirection() && asked.body.is_none() {
                url = self.sent_on(&url, response.headers())?;
                continue;
            }
            if status != StatusCode::OK {
                return Err(EgressError::Status { host, status: status.as_u16() });
            }
            return self.take(url, response, asked.size_bytes_max).await.map(Answer::Fetched);
        }
        Err(EgressError::SentAround(host_of(&url)))
    }

    /// Where a redirect leads, when that is the same door of the same host.
    fn sent_on(&self, from: &Url, headers: &HeaderMap) -> Result<Url, EgressError> {
        let to = headers.get(header::LOCATION).and_then(|it| it.to_str().ok()).unwrap_or_default();
        let unfit = |_| EgressError::NoAddress(to.to_owned());
        let to = from.join(to).map_err(unfit)?;
        let is_same = to.host() == from.host()
            && to.port_or_known_default() == from.port_or_known_default()
            && to.scheme() == from.scheme();
        match is_same {
            true => self.rules.look(to.as_str()),
            false => Err(EgressError::SentAway { from: host_of(from), to: host_of(&to) }),
        }
    }

    async fn take(
        &self,
        url: Url,
        response: reqwest::Response,
        size_bytes_max: usize,
    ) -> Result<Fetched, EgressError> {
        let (host, limits) = (host_of(&url), self.rules.limits);
        let too_big = || EgressError::TooBig { host: host.clone(), limit: size_bytes_max };
        let said = |name: HeaderName| {
            response.headers().get(name).and_then(|it| it.to_str().ok()).map(str::to_owned)
        };
        let seen = Seen { etag: said(header::ETAG), modified: said(header::LAST_MODIFIED) };
        let media_type = said(header::CONTENT_TYPE)
            .and_then(|it| it.split(';').next().map(|it| it.trim().to_ascii_lowercase()));
        // What it says of its own length is believed only when it is bad news.
        if response.content_length().is_some_and(|length| length > size_bytes_max as u64) {
            return Err(too_big());
        }
        let mut bytes = Vec::new();
        let mut body = response.bytes_stream();
        let (mut began, mut in_window) = (Instant::now(), 0_usize);
        loop {
            let left = limits.window.saturating_sub(began.elapsed());
            let chunk = match tokio::time::timeout(left, body.next()).await {
                Ok(None) => break,
                Ok(Some(chunk)) => chunk.map_err(|why| of_reqwest(&host, &why))?,
                Err(_) if in_window >= limits.window_bytes_min => {
                    (began, in_window) = (Instant::now(), 0);
                    continue;
                }
                Err(_) => return Err(EgressError::TooSlow(host)),
            };
            if bytes.len() + chunk.len() > size_bytes_max {
                return Err(too_big());
            }
            in_window += chunk.len();
            bytes.extend_from_slice(&chunk);
        }
        Ok(Fetched { bytes, seen, media_type, address: url.into() })
    }

    /// The TXT records under `name`, each with its parts joined; none when there are none.
    ///
    /// # Errors
    /// When nobody could be asked.
    pub async fn txt(&self, name: &str) -> Result<Vec<String>, EgressError> {
        let name = plain(name);
        if let Names::Told(told) = &self.rules.names {
            if held(&told.silent).contains(&name) {
                return Err(EgressError::TooSlow(name));
            }
            return Ok(held(&told.texts).get(&name).cloned().unwrap_or_default());
        }
        let resolver = self.resolver.get_or_init(|| {
            let unfit = |why: hickory_resolver::net::NetError| EgressError::Unfit(why.to_string());
            TokioResolver::builder_tokio().and_then(|builder| builder.build()).map_err(unfit)
        });
        let resolver = resolver.as_ref().map_err(EgressError::clone)?;
        let asked = resolver.txt_lookup(format!("{name}."));
        let answer = tokio::time::timeout(self.rules.limits.to_connect, asked).await;
        let found = match answer {
            Ok(Ok(found)) => found,
            Ok(Err(why)) if why.is_no_records_found() || why.is_nx_domain() => return Ok(Vec::new()),
            Ok(Err(_)) => return Err(EgressError::Unreachable(name)),
            Err(_) => return Err(EgressError::TooSlow(name)),
        };
        let texts = found.answers().iter().filter_map(|record| match &record.data {
            RData::TXT(text) => {
                let parts = text.txt_data.iter().map(|part| String::from_utf8_lossy(part).into_owned());
                Some(parts.collect::<String>())
            }
            _ => None,
        });
        Ok(texts.collect())
    }
}

impl Rules {
    fn look(&self, address: &str) -> Result<Url, EgressError> {
        let mut url = Url::parse(address).map_err(|_| EgressError::NoAddress(address.to_owned()))?;
        let Some(host) = url.host_str().filter(|host| !host.is_empty()).map(str::to_owned) else {
            return Err(EgressError::NoAddress(address.to_owned()));
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EgressError::Credentials(host));
        }
        let literal: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        let listed = self.listed(&host, literal);
        match url.scheme() {
            "https" => {}
            "http" if listed.is_some_and(|listed| listed.http) => {}
            "http" => return Err(EgressError::NotSecure(host)),
            _ => return Err(EgressError::NoAddress(address.to_owned())),
        }
        if let Some(port) = url.port()
            && port < 1024
            && port != 80
            && port != 443
            && listed.is_none()
        {
            return Err(EgressError::Port { host, port });
        }
        match literal {
            Some(literal) if listed.is_none() && !is_the_worlds(literal) => {
                return Err(EgressError::NotPublic(host));
            }
            // A name of this machine or of the local network, whatever the resolver says of it.
            None if listed.is_none() && is_local_name(&host) => return Err(EgressError::NotPublic(host)),
            _ => {}
        }
        url.set_fragment(None);
        Ok(url)
    }

    /// The exception under which a host stands, or an address that is written in the place of one.
    fn listed(&self, host: &str, literal: Option<IpAddr>) -> Option<&Exception> {
        let host = plain(host);
        self.exceptions.iter().find(|exception| match (&exception.place, literal) {
            (Place::Host(listed), None) => *listed == host,
            (Place::Net(net), Some(literal)) => net.holds(literal),
            _ => false,
        })
    }

    /// Refuses what a proxy would ask for us inside. A name that is known to nobody here is left to the proxy:
    /// where it is the only way out, it is mostly also the only one who knows the names of the world.
    async fn look_inside(&self, url: &Url) -> Result<(), EgressError> {
        let Some(name) = url.domain().map(plain) else { return Ok(()) };
        let found = self.names.addresses(&name).await;
        let count = found.len();
        match self.pass(&name, found).len() == count {
            true => Ok(()),
            false => Err(EgressError::NotPublic(name)),
        }
    }

    /// Those of the addresses of a name that may be asked.
    fn pass(&self, name: &str, addresses: Vec<IpAddr>) -> Vec<IpAddr> {
        if self.listed(name, None).is_some() {
            return addresses;
        }
        let nets = |address: &IpAddr| {
            let places = self.exceptions.iter().map(|exception| &exception.place);
            places.into_iter().any(|place| matches!(place, Place::Net(net) if net.holds(*address)))
        };
        addresses.into_iter().filter(|address| is_the_worlds(*address) || nets(address)).collect()
    }
}

/// One spelling of a name: in lower case, without the dot of the root.
fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

fn is_local_name(host: &str) -> bool {
    let name = plain(host);
    let ends = |end: &str| name == end || name.ends_with(&format!(".{end}"));
    ["localhost", "local", "internal", "localdomain"].into_iter().any(ends)
}

fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn headers(asked: &Asked) -> Result<HeaderMap, EgressError> {
    let mut headers = HeaderMap::new();
    let unfit = |text: &str| EgressError::Unfit(format!("a header with {} characters", text.len()));
    let seen = asked.seen.into_iter().flat_map(|seen| {
        let etag = seen.etag.as_deref().map(|it| (header::IF_NONE_MATCH, it));
        etag.into_iter().chain(seen.modified.as_deref().map(|it| (header::IF_MODIFIED_SINCE, it)))
    });
    let own = asked.header.map(|(name, value)| (HeaderName::from_static(name), value));
    for (name, value) in seen.chain(own) {
        let mut value = HeaderValue::from_str(value).map_err(|_| unfit(value))?;
        value.set_sensitive(asked.header.is_some_and(|(own, _)| own == name.as_str()));
        headers.insert(name, value);
    }
    Ok(headers)
}

/// A resolver that gives only what may be asked, so that the connection cannot go elsewhere.
struct Sieve(Arc<Rules>);

impl Resolve for Sieve {
    fn resolve(&self, name: Name) -> Resolving {
        let (rules, name) = (Arc::clone(&self.0), plain(name.as_str()));
        Box::pin(async move {
            let found = rules.names.addresses(&name).await;
            if found.is_empty() {
                return Err(EgressError::Unknown(name).into());
            }
            // With a proxy nothing else is looked up here than its name, which the operator wrote down.
            let passed = match rules.proxy.as_ref().is_some_and(|proxy| proxy.is_called(&name)) {
                true => found,
                false => rules.pass(&name, found),
            };
            if passed.is_empty() {
                return Err(EgressError::NotPublic(name).into());
            }
            Ok(Box::new(passed.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one way out, and its rules are set here")]
fn client(rules: &Rules) -> Result<Client, EgressError> {
    let unfit = |why: reqwest::Error| EgressError::Unfit(chain(&why));
    let mut builder = Client::builder()
        .user_agent(OWN_NAME)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .gzip(true)
        // What stands in the environment of the process is nobody's decision.
        .no_proxy()
        .connect_timeout(rules.limits.to_connect)
        .dns_resolver(Sieve(Arc::new(rules.clone())));
    if let Some(Proxy(url)) = &rules.proxy {
        builder = builder.proxy(reqwest::Proxy::all(url.clone()).map_err(unfit)?);
    }
    if !rules.authorities.is_empty() {
        builder = builder.tls_certs_merge(Certificate::from_pem_bundle(&rules.authorities).map_err(unfit)?);
    }
    builder.build().map_err(unfit)
}

/// What went wrong, in our words. The client wraps what the resolver and the lines said.
fn of_reqwest(host: &str, why: &reqwest::Error) -> EgressError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(why);
    while let Some(inner) = cause {
        if let Some(own) = inner.downcast_ref::<EgressError>() {
            return own.clone();
        }
        cause = inner.source();
    }
    if why.is_timeout() {
        return EgressError::TooSlow(host.to_owned());
    }
    let said = chain(why);
    if said.contains("certificate") || said.contains("UnknownIssuer") {
        return EgressError::Certificate(host.to_owned());
    }
    if why.is_decode() {
        return EgressError::Garbled(host.to_owned());
    }
    tracing::debug!(host, "the way out: {said}");
    EgressError::Unreachable(host.to_owned())
}

fn chain(why: &dyn std::error::Error) -> String {
    let mut said = why.to_string();
    let mut cause = why.source();
    while let Some(inner) = cause {
        said = format!("{said}: {inner}");
        cause = inner.source();
    }
    said
}

fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
