//! Providers as a story needs them: a key, documents with their digests and signatures, and a server on
//! this machine that says what it is told to say and remembers what it was asked.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flow::egress::{Egress, Exception, Limits, Names, Rules, Told};
use pgp::composed::{ArmorOptions, DetachedSignature, KeyType, SecretKeyParamsBuilder, SignedSecretKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::types::{KeyDetails, Password};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

/// What a server says at one address.
#[derive(Debug, Clone)]
pub enum Says {
    Bytes(Vec<u8>),
    Status(u16),
    /// A redirect.
    GoTo(String),
    /// More and more, a whole gibibyte.
    Flood,
}

/// A server on loopback, without TLS.
#[derive(Clone)]
pub struct Shop {
    pub port: u16,
    says: Arc<Mutex<BTreeMap<String, Says>>>,
    asked: Arc<Mutex<Vec<String>>>,
    /// The key that came with each question.
    keys: Arc<Mutex<Vec<Option<String>>>>,
}

impl Shop {
    pub async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shop = Self { port, says: Arc::default(), asked: Arc::default(), keys: Arc::default() };
        let own = shop.clone();
        let answer = move |request: Request<Body>| {
            let key = request.headers().get("apikey").map(|it| it.to_str().unwrap().to_owned());
            own.keys.lock().unwrap().push(key);
            let asked = request.uri().path_and_query().map_or("/", |it| it.as_str());
            let said = own.answer(asked);
            async move { said }
        };
        tokio::spawn(axum::serve(listener, axum::Router::new().fallback(answer)).into_future());
        shop
    }

    fn answer(&self, path: &str) -> Response {
        self.asked.lock().unwrap().push(path.to_owned());
        match self.says.lock().unwrap().get(path).cloned() {
            Some(Says::Bytes(bytes)) => bytes.into_response(),
            Some(Says::Status(status)) => StatusCode::from_u16(status).unwrap().into_response(),
            Some(Says::GoTo(place)) => (StatusCode::FOUND, [(header::LOCATION, place)]).into_response(),
            Some(Says::Flood) => {
                let chunk = Bytes::from(vec![b' '; 1 << 20]);
                let chunks = (0..1024).map(move |_| Ok::<_, std::io::Error>(chunk.clone()));
                Body::from_stream(futures_util::stream::iter(chunks)).into_response()
            }
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }

    pub fn says(&self, path: &str, what: Says) {
        self.says.lock().unwrap().insert(path.to_owned(), what);
    }

    pub fn gives(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.says(path, Says::Bytes(bytes.into()));
    }

    /// What was asked since the last time that somebody looked.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    /// The keys that came since the last time that somebody looked.
    pub fn keys(&self) -> Vec<Option<String>> {
        std::mem::take(&mut self.keys.lock().unwrap())
    }

    /// Its address, under a name of the story.
    pub fn url(&self, host: &str) -> String {
        format!("http://{host}:{}", self.port)
    }
}

/// A way out on which `hosts` are this machine, and may be asked without TLS.
pub fn way_out(hosts: &[&str]) -> (Egress, Told) {
    let told = Told::default();
    let mut rules = Rules { names: Names::Told(told.clone()), ..Rules::default() };
    rules.limits = Limits { to_connect: std::time::Duration::from_secs(2), ..Limits::default() };
    for host in hosts {
        told.name(host, &["127.0.0.1".parse().unwrap()]);
        rules.exceptions.push(Exception { place: host.parse().unwrap(), http: true, webhooks: false });
    }
    (Egress::new(rules), told)
}

/// A key with which a provider signs.
pub struct Pen(SignedSecretKey);

impl Pen {
    pub fn new(seed: u64) -> Self {
        let key = SecretKeyParamsBuilder::default()
            .key_type(KeyType::Ed25519Legacy)
            .can_certify(true)
            .can_sign(true)
            .primary_user_id("CSAF <csaf@deltawerk.example>".into())
            .build()
            .unwrap();
        Self(key.generate(StdRng::seed_from_u64(seed)).unwrap())
    }

    pub fn fingerprint(&self) -> String {
        format!("{:X}", self.0.fingerprint())
    }

    /// The public half, in armour.
    pub fn public(&self) -> String {
        self.0.to_public_key().to_armored_string(ArmorOptions::default()).unwrap()
    }

    /// A signature beside a file, in armour.
    pub fn sign(&self, bytes: &[u8]) -> String {
        let by = &self.0.primary_key;
        let rng = StdRng::seed_from_u64(7);
        let signed =
            DetachedSignature::sign_binary_data(rng, by, &Password::empty(), HashAlgorithm::Sha512, bytes);
        signed.unwrap().to_armored_string(ArmorOptions::default()).unwrap()
    }
}

/// An advisory that says no more than it must.
pub fn advisory(number: &str, version: u32) -> Vec<u8> {
    let at = |version: u32| format!("2020-01-{version:02}T00:00:00Z");
    let history =
        (1..=version).map(|it| json!({"date": at(it), "number": it.to_string(), "summary": "news"}));
    let document = json!({
        "document": {
            "category": "csaf_security_advisory", "csaf_version": "2.0", "title": format!("Hole {number}"),
            "distribution": {"tlp": {"label": "WHITE"}},
            "notes": [{"category": "summary", "text": format!("Hole {number}, as of {version}")}],
            "publisher": {"category": "vendor", "name": "Deltawerk", "namespace": "https://deltawerk.example"},
            "references": [{"category": "self", "summary": "self", "url": "https://deltawerk.example/x"}],
            "tracking": {
                "id": number, "status": "final", "version": version.to_string(),
                "initial_release_date": at(1), "current_release_date": at(version),
                "revision_history": history.collect::<Vec<_>>(),
            },
        },
        "product_tree": {"branches": [{"category": "vendor", "name": "Deltawerk", "branches": [
            {"category": "product_name", "name": "Sluis", "branches": [
                {"category": "product_version", "name": "1.0",
                 "product": {"product_id": "P1", "name": "Deltawerk Sluis 1.0"}}]}]}]},
        "vulnerabilities": [{
            "cve": "CVE-2020-0001", "notes": [{"category": "description", "text": "A hole."}],
            "product_status": {"known_affected": ["P1"]},
            "remediations": [{"category": "vendor_fix", "details": "Take 1.1.", "product_ids": ["P1"]}],
        }],
    });
    serde_json::to_vec_pretty(&document).unwrap()
}

pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub fn sha512(bytes: &[u8]) -> String {
    hex(&Sha512::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The metadata of a provider at `base` with these distributions.
pub fn metadata(base: &str, pen: Option<&Pen>, distributions: &Value) -> Vec<u8> {
    let keys = pen.map(|pen| json!([{"fingerprint": pen.fingerprint(), "url": format!("{base}/key.asc")}]));
    let role = if pen.is_some() { "csaf_trusted_provider" } else { "csaf_provider" };
    let document = json!({
        "canonical_url": format!("{base}/provider-metadata.json"), "metadata_version": "2.0", "role": role,
        "last_updated": "2020-01-01T00:00:00Z", "list_on_CSAF_aggregators": true,
        "mirror_on_CSAF_aggregators": true, "public_openpgp_keys": keys.unwrap_or(json!([])),
        "publisher": {"category": "vendor", "name": "Deltawerk", "namespace": "https://deltawerk.example"},
        "distributions": distributions,
    });
    serde_json::to_vec(&document).unwrap()
}

/// What stands in a folder of a provider, path by path.
#[derive(Debug, Default)]
pub struct Folder {
    pub files: BTreeMap<String, Vec<u8>>,
    /// Name and time, the newest first.
    changes: Vec<(String, String)>,
}

impl Folder {
    /// Publishes a document in one version, signed.
    pub fn publish(&mut self, number: &str, version: u32, pen: &Pen) {
        let (bytes, name) = (advisory(number, version), formats::provider::file_name(number));
        self.changes.retain(|(known, _)| *known != name);
        self.changes.insert(0, (name.clone(), format!("2020-01-{version:02}T00:00:00Z")));
        self.files.insert(format!("{name}.sha512"), format!("{}  {name}\n", sha512(&bytes)).into());
        self.files.insert(format!("{name}.sha256"), format!("{}  {name}\n", sha256(&bytes)).into());
        self.files.insert(format!("{name}.asc"), pen.sign(&bytes).into());
        self.files.insert(name, bytes);
        let index: String = self.changes.iter().map(|(name, _)| format!("{name}\n")).collect();
        let changes: String =
            self.changes.iter().map(|(name, at)| format!("\"{name}\",\"{at}\"\n")).collect();
        self.files.insert("index.txt".into(), index.into());
        self.files.insert("changes.csv".into(), changes.into());
    }

    pub fn stock(&self, shop: &Shop, below: &str) {
        for (name, bytes) in &self.files {
            shop.gives(&format!("{below}/{name}"), bytes.clone());
        }
    }
}

/// Where the public sets lie, or `None` with a word about it.
#[expect(clippy::disallowed_methods, reason = "where the data lies stands in the environment of the test")]
pub fn data(set: &str) -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("DIJKWACHT_DATA").map_or(beside, PathBuf::from).join(set);
    if folder.exists() {
        return Some(folder);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "no data at {}", folder.display());
    eprintln!("skipped: no data");
    None
}
