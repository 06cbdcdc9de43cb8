//! What everybody reads: how long a release takes of which each recipient's letter was looked at before, and how many
//! requests for a public page a CPU second answers, beside nginx over the same files.
//!
//! Both servers are asked by the same client, a process of its own, over connections that stay open; what is counted is
//! the CPU of the server alone. Neither packs what it sends. Ours counts for each visitor how often they knock, as always:
//! the client has an address of its own for each connection, as visitors have.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use domain::advisory::{AffectedProduct, Content};
use domain::product::Name;
use domain::publication::Rule;
use domain::tlp::Tlp;
use domain::warning::Channel;
use flow::deliver::post::{Catcher, Post};
use flow::disclose;
use flow::house::Officer;
use flow::publication::keys::Keys;
use flow::publication::{self, Place, Website};
use flow::{jobs, publish};
use jiff::Timestamp;
use scenarios::country::{self, Country};
use scenarios::population::Population;
use store::papers::Folder;
use store::{Db, participants};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;

use crate::{Scratch, cpu_seconds, cpu_seconds_of, gate, print};

/// Every letter looked at, and the release, in seconds.
const RELEASE_AIM: f64 = 2.0;
/// Of what nginx answers.
const SERVED_AIM: f64 = 0.7;
/// Below what a visitor may ask at a stretch (`web/rates.rs`).
const EACH_CONNECTION: usize = 1_000;
/// The largest answer that the client takes.
const ANSWER_BYTES_MAX: usize = 1 << 20;

pub async fn publication(recipients: usize, requests: usize) {
    let folder = Scratch::new();
    let db = Db::open_file(&folder.path("publication.sqlite")).await.unwrap();
    let papers = Folder::open(&folder.path("papers")).unwrap();
    let now: Timestamp = "2019-12-18T12:00:00Z".parse().unwrap();
    let mut house = country::house(db, papers, now, 1, Post::Catcher(Catcher::default()), country::team());
    house.website = Website::at(Place {
        folder: folder.path("website"),
        keys: folder.path("keys"),
        address: "https://z-cert.example".into(),
        rule: Rule::default(),
        may_be_listed: true,
        may_be_mirrored: true,
        draw: web::public::draw,
    });
    Keys::make(&folder.path("keys"), "Z-CERT", [1; 32], "2019-01-01T00:00:00Z".parse().unwrap()).unwrap();
    let (_, _) = crate::join(&house, Population::care_only(1, recipients, 1)).await;
    let elsewhere = Db::open_scratch(&folder.path("elsewhere.sqlite")).await.unwrap();
    let mut content = Country::new(elsewhere, "2019-12-18").await.advice(&[("technical_details", "some")]);
    let gateway = AffectedProduct { name: Name::new("Citrix", "Gateway"), ..content.products[0].clone() };
    content.products.push(gateway);
    let content = Content { tlp: Some(Tlp::Clear), ..content };
    let [author, releaser] = ["author", "releaser"].map(|name| Officer { id: house.id(), name: name.into() });
    let id = publish::propose(&house, &author, "2019-0979", &content).await.unwrap();
    publication::decide(&house, &releaser, id, true, "").await.unwrap();

    // What the desk would show of each letter is what the gate lets go of it; then it is released.
    let began = Instant::now();
    let about = gate::about(now);
    let mut seen = 0;
    for participant in participants::all(&house.db).await.unwrap() {
        let letter = about.clone().to(&participant, &house.team);
        seen += usize::from(disclose::to_member(&house, letter, &participant, Channel::Mail).is_ok());
    }
    publish::release(&house, &releaser, id).await.unwrap();
    let seconds = began.elapsed().as_secs_f64();
    assert_eq!(seen, recipients, "every letter may go");
    let figure = format!("an advisory released, with {recipients} letters looked at by the gate");
    print("csaf", &figure, seconds, "s", "the aim, at most", RELEASE_AIM);
    jobs::work_off(&house).await.unwrap();

    let page = "/en/advisories/z-cert-2019-0979.html";
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = web::open_public(house.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    ask_from_outside(port, page, EACH_CONNECTION).await;
    let began = cpu_seconds();
    ask_from_outside(port, page, requests).await;
    let ours = count(requests) / (cpu_seconds() - began);
    serving.abort();

    let Some(nginx) = Nginx::start(&folder.path("nginx"), &house.website.current().unwrap()) else {
        eprintln!("no nginx here: nothing is held against it");
        print("csaf", "requests for a public page", ours, "1/cpu-s", "none", 0.0);
        return;
    };
    ask_from_outside(nginx.port, page, EACH_CONNECTION).await;
    let began = nginx.cpu_seconds();
    ask_from_outside(nginx.port, page, requests).await;
    let theirs = count(requests) / (nginx.cpu_seconds() - began);
    print("csaf", "requests for a public page", ours, "1/cpu-s", "nginx", theirs);
    print(
        "csaf",
        "requests for a public page, of what nginx answers",
        ours / theirs,
        "",
        "the aim",
        SERVED_AIM,
    );
}

/// Runs the client as a process of its own, so that its work is not counted as the server's.
async fn ask_from_outside(port: u16, page: &str, requests: usize) {
    let mut client = Command::new(std::env::current_exe().unwrap());
    client.args(["ask", &port.to_string(), page, &requests.to_string()]);
    let status = tokio::task::spawn_blocking(move || client.status()).await.unwrap().unwrap();
    assert!(status.success(), "the client: {status}");
}

/// The client: one connection after another, each from an address of its own, and every answer is looked at.
pub async fn ask(port: u16, page: &str, requests: usize) {
    let request = format!("GET {page} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    // Who asked in another run is another visitor.
    let first = std::process::id() % 10_000 * 1_000;
    let (mut left, mut visitor, mut size_bytes) = (requests, first, None);
    while left > 0 {
        let socket = TcpSocket::new_v4().unwrap();
        visitor += 1;
        let own = Ipv4Addr::from_bits(Ipv4Addr::new(127, 1, 0, 0).to_bits() + visitor);
        socket.bind((own, 0).into()).unwrap();
        let mut connection = socket.connect((Ipv4Addr::LOCALHOST, port).into()).await.unwrap();
        connection.set_nodelay(true).unwrap();
        let mut held = Vec::new();
        for _ in 0..left.min(EACH_CONNECTION) {
            connection.write_all(request.as_bytes()).await.unwrap();
            let got = answer(&mut connection, &mut held).await;
            assert_eq!(*size_bytes.get_or_insert(got), got, "the same page each time");
        }
        left = left.saturating_sub(EACH_CONNECTION);
    }
}

/// Takes one answer, which must be good, and says how long its body is.
async fn answer(connection: &mut tokio::net::TcpStream, held: &mut Vec<u8>) -> usize {
    held.clear();
    let end = loop {
        assert!(held.len() < ANSWER_BYTES_MAX, "an answer without an end");
        assert!(connection.read_buf(held).await.unwrap() > 0, "hung up");
        if let Some(end) = held.windows(4).position(|it| it == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = String::from_utf8_lossy(&held[..end]).to_lowercase();
    assert!(head.starts_with("http/1.1 200"), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let size_bytes: usize = length.trim().parse().unwrap();
    while held.len() < end + size_bytes {
        assert!(connection.read_buf(held).await.unwrap() > 0, "hung up");
    }
    size_bytes
}

/// A bare static server: one process, no log, nothing packed.
struct Nginx {
    process: Child,
    port: u16,
}

impl Nginx {
    fn start(own: &Path, root: &Path) -> Option<Self> {
        let program = ["/usr/sbin/nginx", "/usr/bin/nginx"].into_iter().find(|it| Path::new(it).is_file())?;
        fs::create_dir_all(own).unwrap();
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let (folder, root) = (own.display(), root.display());
        let temp: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|of| format!("{of}_temp_path {folder}/{of}; "))
            .concat();
        let settings = format!(
            "daemon off; master_process off; user root; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000; default_type text/html; {temp}
  server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"
        );
        fs::write(own.join("nginx.conf"), settings).unwrap();
        let mut nginx = Command::new(program);
        nginx.arg("-p").arg(own).arg("-c").arg(own.join("nginx.conf")).arg("-e").arg(own.join("error.log"));
        let process = nginx.stdin(Stdio::null()).spawn().unwrap();
        let began = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(began.elapsed() < Duration::from_secs(20), "nginx does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(Self { process, port })
    }

    fn cpu_seconds(&self) -> f64 {
        cpu_seconds_of(&self.process.id().to_string())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count of a bench")]
fn count(of: usize) -> f64 {
    of as f64
}
