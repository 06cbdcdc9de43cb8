use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// A server on this machine that says, for each path, what a test needs, and counts who knocks.
struct Town {
    port: u16,
    knocks: Arc<AtomicUsize>,
}

impl Town {
    async fn open(at: &str) -> Self {
        let listener = TcpListener::bind((at, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let knocks = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&knocks);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(answer(stream, port));
            }
        });
        Self { port, knocks }
    }

    fn knocks(&self) -> usize {
        self.knocks.load(Ordering::SeqCst)
    }

    fn url(&self, host: &str, path: &str) -> String {
        format!("http://{host}:{}{path}", self.port)
    }
}

async fn answer(mut stream: TcpStream, port: u16) {
    let mut heard = Vec::new();
    while !heard.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        heard.push(byte);
    }
    let heard = String::from_utf8_lossy(&heard).into_owned();
    let path = heard.split(' ').nth(1).unwrap_or_default();
    let ok = |headers: &str, body: &[u8]| {
        let head = format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n",
            body.len()
        );
        [head.as_bytes(), body].concat()
    };
    let to = |place: &str| {
        format!("HTTP/1.1 302 Found\r\nconnection: close\r\nlocation: {place}\r\ncontent-length: 0\r\n\r\n")
            .into_bytes()
    };
    let said = match path {
        "/hello" => ok("content-type: Application/JSON; charset=utf-8\r\netag: \"one\"\r\n", b"hello"),
        "/same" if heard.contains("if-none-match: \"one\"") => {
            b"HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n".to_vec()
        }
        "/next" => to("/hello"),
        "/round" => to("/round"),
        "/away" => to(&format!("http://169.254.169.254:{port}/latest/meta-data/")),
        "/home" => to(&format!("http://127.0.0.1:{port}/hello")),
        "/door" => to("http://listed.example:9/hello"),
        "/file" => to("file:///etc/passwd"),
        "/slashes" => to("//127.0.0.1/hello"),
        "/backslash" => to("/\\127.0.0.1/hello"),
        "/lies" => b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n".to_vec(),
        "/bomb" => {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            packer.write_all(&vec![0; 8 << 20]).unwrap();
            let packed = packer.finish().unwrap();
            assert!(packed.len() < 16_384, "it looks small");
            ok("content-encoding: gzip\r\n", &packed)
        }
        "/garbled" => ok("content-encoding: gzip\r\n", b"this was never packed"),
        "/flood" => {
            let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            if stream.write_all(head).await.is_err() {
                return;
            }
            let chunk =
                [format!("{:x}\r\n", 65_536).into_bytes(), vec![b'x'; 65_536], b"\r\n".to_vec()].concat();
            while stream.write_all(&chunk).await.is_ok() {}
            return;
        }
        "/drip" => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
            if stream.write_all(head).await.is_err() {
                return;
            }
            while stream.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            return;
        }
        "/silence" => {
            std::future::pending::<()>().await;
            return;
        }
        _ => b"HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".to_vec(),
    };
    let _ = stream.write_all(&said).await;
    let _ = stream.shutdown().await;
}

fn quick() -> Limits {
    Limits {
        to_connect: Duration::from_millis(500),
        overall: Duration::from_secs(5),
        window: Duration::from_millis(200),
        window_bytes_min: 4_096,
    }
}

/// A way out on which `listed.example` is this machine and may be asked without TLS.
fn listed() -> (Egress, Told) {
    let told = Told::default();
    told.name("listed.example", &["127.0.0.1".parse().unwrap()]);
    let place = "listed.example".parse().unwrap();
    let rules = Rules {
        exceptions: vec![Exception { place, http: true, webhooks: false }],
        limits: quick(),
        names: Names::Told(told.clone()),
        ..Rules::default()
    };
    (Egress::new(rules), told)
}

async fn said(way_out: &Egress, address: &str) -> String {
    match way_out.get(address, 1 << 20).await {
        Ok(fetched) => String::from_utf8(fetched.bytes).unwrap(),
        Err(why) => why.key().to_owned(),
    }
}

/// Everything that somebody has put in the place of an address in order to be let in where only this
/// machine may come. `{p}` is the port at which somebody listens and counts.
const TRICKS: &[(&str, &str)] = &[
    ("https://127.0.0.1:{p}/", "not-public"),
    ("https://127.1:{p}/", "not-public"),
    ("https://2130706433:{p}/", "not-public"),
    ("https://0x7f000001:{p}/", "not-public"),
    ("https://0x7f.0.0.1:{p}/", "not-public"),
    ("https://0177.0.0.1:{p}/", "not-public"),
    ("https://017700000001:{p}/", "not-public"),
    ("https://127.0.0.1.:{p}/", "not-public"),
    ("https://%31%32%37.0.0.1:{p}/", "not-public"),
    ("https://１２７。０。０。１:{p}/", "not-public"),
    ("https://①②⑦.0.0.1:{p}/", "not-public"),
    ("https://0:{p}/", "not-public"),
    ("https://0.0.0.0:{p}/", "not-public"),
    ("https://[::]:{p}/", "not-public"),
    ("https://[::1]:{p}/", "not-public"),
    ("https://[0000:0000:0000:0000:0000:0000:0000:0001]:{p}/", "not-public"),
    ("https://[::127.0.0.1]:{p}/", "not-public"),
    ("https://[::ffff:127.0.0.1]:{p}/", "not-public"),
    ("https://[::ffff:7f00:1]:{p}/", "not-public"),
    ("https://[64:ff9b::127.0.0.1]:{p}/", "not-public"),
    ("https://[64:ff9b:1::7f00:1]:{p}/", "not-public"),
    ("https://[2002:7f00:1::]:{p}/", "not-public"),
    ("https://[2001:0:7f00:1::]:{p}/", "not-public"),
    ("https://[fe80::1]:{p}/", "not-public"),
    ("https://[fd00::1]:{p}/", "not-public"),
    ("https://[fe80::1%25lo]:{p}/", "no-address"),
    ("https://10.0.0.1:{p}/", "not-public"),
    ("https://172.16.0.1:{p}/", "not-public"),
    ("https://192.168.0.1:{p}/", "not-public"),
    ("https://100.64.0.1:{p}/", "not-public"),
    ("https://169.254.169.254/latest/meta-data/", "not-public"),
    ("https://0xA9FEA9FE/latest/meta-data/", "not-public"),
    ("https://198.18.0.1:{p}/", "not-public"),
    ("https://224.0.0.1:{p}/", "not-public"),
    ("https://255.255.255.255:{p}/", "not-public"),
    ("https://localhost:{p}/", "not-public"),
    ("https://LOCALHOST.:{p}/", "not-public"),
    ("https://anything.localhost:{p}/", "not-public"),
    ("https://printer.local:{p}/", "not-public"),
    ("https://metadata.google.internal/", "not-public"),
    ("https://inside.example:{p}/", "not-public"),
    ("https://INSIDE.example.:{p}/", "not-public"),
    ("https://inside6.example:{p}/", "not-public"),
    ("https://mapped.example:{p}/", "not-public"),
    ("https://clouds.example:{p}/", "not-public"),
    ("http://listed.example.evil.example:{p}/", "not-secure"),
    ("http://evil-listed.example:{p}/", "not-secure"),
    ("http://127.0.0.1:{p}/", "not-secure"),
    ("https://listed.example@127.0.0.1:{p}/", "credentials"),
    ("https://user:secret@listed.example:{p}/", "credentials"),
    ("https:\\\\127.0.0.1:{p}\\hello", "not-public"),
    ("https:127.0.0.1:{p}/", "not-public"),
    ("https:///127.0.0.1:{p}/", "not-public"),
    ("https://listed.example#@127.0.0.1:{p}/", "unreachable"),
    ("https://unheard-of.example:25/", "port"),
    ("https://unheard-of.example:{p}/", "unknown"),
    ("ftp://127.0.0.1:{p}/", "no-address"),
    ("file:///etc/passwd", "no-address"),
    ("gopher://127.0.0.1:{p}/_hello", "no-address"),
    ("data:text/plain,hello", "no-address"),
    ("//127.0.0.1:{p}/", "no-address"),
    ("127.0.0.1:{p}", "no-address"),
    ("https://", "no-address"),
    ("", "no-address"),
];

#[tokio::test]
async fn cve_class_opencti_2026_21887_no_trick_with_an_address_reaches_this_machine() {
    let town = Town::open("127.0.0.1").await;
    let (way_out, told) = listed();
    for (name, address) in [
        ("inside.example", "127.0.0.1"),
        ("inside6.example", "::1"),
        ("mapped.example", "::ffff:127.0.0.1"),
        ("clouds.example", "169.254.169.254"),
        ("listed.example.evil.example", "127.0.0.1"),
        ("evil-listed.example", "127.0.0.1"),
    ] {
        told.name(name, &[address.parse().unwrap()]);
    }
    // Who stands under an exception is asked: there, nobody listens.
    told.name("listed.example", &["127.0.0.9".parse().unwrap()]);
    for (trick, expected) in TRICKS {
        let trick = trick.replace("{p}", &town.port.to_string());
        assert_eq!(said(&way_out, &trick).await, *expected, "{trick}");
        if let Ok(looked) = way_out.look(&trick) {
            assert_eq!(
                way_out.look(&looked).as_deref(),
                Ok(looked.as_str()),
                "looking twice is looking once"
            );
        }
    }
    assert_eq!(town.knocks(), 0, "somebody was let in");
    eprintln!("egress: {} tricks, {} knocks at a private door", TRICKS.len(), town.knocks());
}

#[tokio::test]
async fn cve_class_misp_2020_28043_a_redirect_leads_to_no_other_host() {
    let (town, (way_out, _)) = (Town::open("127.0.0.1").await, listed());
    for path in ["/away", "/home", "/door", "/file", "/slashes", "/backslash"] {
        let before = town.knocks();
        let why = said(&way_out, &town.url("listed.example", path)).await;
        assert!(why == "sent-away" || why == "no-address", "{path}: {why}");
        assert_eq!(town.knocks() - before, 1, "{path}: nobody was asked twice");
    }
    assert_eq!(said(&way_out, &town.url("listed.example", "/next")).await, "hello");
    assert_eq!(said(&way_out, &town.url("listed.example", "/round")).await, "sent-around");
}

#[tokio::test]
async fn cve_class_misp_2022_27245_a_name_that_changes_its_answer_is_looked_at_each_time() {
    let town = Town::open("127.0.0.2").await;
    let told = Told::default();
    let public = "127.0.0.2".parse().unwrap();
    // What passes here is one address only, as if that were the world.
    let rules = Rules {
        exceptions: vec![Exception { place: "127.0.0.2".parse().unwrap(), http: true, webhooks: false }],
        limits: quick(),
        names: Names::Told(told.clone()),
        ..Rules::default()
    };
    let way_out = Egress::new(rules);
    told.name("turncoat.example", &[public]);
    let address = format!("https://turncoat.example:{}/hello", town.port);
    // It is reached, and understands no TLS.
    assert_eq!(said(&way_out, &address).await, "too-slow");
    assert_eq!(town.knocks(), 1);
    let inside = TcpListener::bind(("127.0.0.1", town.port)).await.unwrap();
    told.name("turncoat.example", &["127.0.0.1".parse().unwrap()]);
    assert_eq!(said(&way_out, &address).await, "not-public");
    // A mixed answer leads to the part of it that may be asked, and never to the other.
    told.name("turncoat.example", &["127.0.0.1".parse().unwrap(), public]);
    assert_eq!(said(&way_out, &address).await, "too-slow");
    assert_eq!(town.knocks(), 2);
    let nobody = tokio::time::timeout(Duration::from_millis(50), inside.accept()).await;
    assert!(nobody.is_err(), "nobody knocked inside");
}

#[tokio::test]
async fn cve_class_thehive_2025_48739_an_exception_holds_for_the_host_that_it_names() {
    let (town, (way_out, told)) = (Town::open("127.0.0.1").await, listed());
    assert_eq!(said(&way_out, &town.url("listed.example", "/hello")).await, "hello");
    assert_eq!(said(&way_out, &town.url("LISTED.example.", "/hello")).await, "hello");
    told.name("other.example", &["127.0.0.1".parse().unwrap()]);
    let knocks = town.knocks();
    for host in ["other.example", "a.listed.example", "127.0.0.1"] {
        let why = said(&way_out, &town.url(host, "/hello")).await;
        assert_eq!(why, "not-secure", "{host}");
    }
    assert_eq!(town.knocks(), knocks);
}

#[tokio::test]
async fn what_is_too_much_or_too_slow_is_let_go_of() {
    let (town, (way_out, _)) = (Town::open("127.0.0.1").await, listed());
    for (path, expected) in [
        ("/lies", "too-big"),
        ("/bomb", "too-big"),
        ("/flood", "too-big"),
        ("/drip", "too-slow"),
        ("/silence", "too-slow"),
        ("/garbled", "garbled"),
        ("/nowhere", "status"),
    ] {
        let began = Instant::now();
        assert_eq!(said(&way_out, &town.url("listed.example", path)).await, expected, "{path}");
        assert!(began.elapsed() < Duration::from_secs(8), "{path}");
    }
    let address = town.url("listed.example", "/hello");
    assert!(matches!(way_out.get(&address, 5).await, Ok(fetched) if fetched.bytes == b"hello"));
    assert!(matches!(way_out.get(&address, 4).await, Err(EgressError::TooBig { limit: 4, .. })));
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_again() {
    let (town, (way_out, _)) = (Town::open("127.0.0.1").await, listed());
    let first = way_out.get(&town.url("listed.example", "/hello"), 100).await.unwrap();
    assert_eq!(first.media_type.as_deref(), Some("application/json"));
    assert_eq!(first.seen.etag.as_deref(), Some("\"one\""));
    let address = town.url("listed.example", "/same");
    let asked = Asked { address: &address, seen: Some(&first.seen), size_bytes_max: 100, ..Asked::default() };
    assert_eq!(way_out.ask(asked).await, Ok(Answer::Unchanged));
}

#[tokio::test]
async fn a_name_of_a_story_has_texts_too() {
    let (way_out, told) = listed();
    told.text("_dijkwacht.noordzorg.example", &["proof=1", "proof=2"]);
    assert_eq!(way_out.txt("_Dijkwacht.noordzorg.example.").await.unwrap(), ["proof=1", "proof=2"]);
    assert_eq!(way_out.txt("zuidzorg.example").await.unwrap(), Vec::<String>::new());
}

#[test]
fn an_operator_who_lists_nonsense_hears_so() {
    for wrong in ["", "https://mirror.example", "mirror.example/path", "mirror.example:8443", "a@b.example"] {
        assert!(wrong.parse::<Place>().is_err(), "{wrong}");
    }
    assert_eq!("Mirror.Example.".parse(), Ok(Place::Host("mirror.example".into())));
    assert!(matches!("10.0.0.0/8".parse(), Ok(Place::Net(_))));
    let rules = Rules {
        authorities: b"-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n".to_vec(),
        ..Rules::default()
    };
    assert!(matches!(Egress::new(rules).check(), Err(EgressError::Unfit(_))));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 2_000, failure_persistence: None, ..Default::default() })]

    /// However a number is written in the place of a host: what is let through is the world's, and looking
    /// again changes nothing.
    #[test]
    fn no_spelling_of_an_address_lets_anybody_in(
        bits in proptest::prelude::any::<u128>(),
        way in 0_usize..8,
        inner in 0_usize..6,
    ) {
        let own: [u32; 6] = [0x7f00_0001, 0x0a00_0001, 0xa9fe_a9fe, 0xc0a8_0101, 0x6440_0001, 0];
        let small = if way % 2 == 0 { own[inner] } else { u32::try_from(bits & 0xffff_ffff).unwrap() };
        let [a, b, c, d] = small.to_be_bytes();
        let host = match way {
            0 | 1 => format!("{small}"),
            2 | 3 => format!("0x{small:x}"),
            4 => format!("{a}.{b}.{}", u16::from_be_bytes([c, d])),
            5 => format!("{a:#o}.{b}.0x{c:x}.{d}").replace("0o", "0"),
            6 => format!("[::ffff:{a}.{b}.{c}.{d}]"),
            _ => format!("[{}]", std::net::Ipv6Addr::from_bits(bits)),
        };
        let way_out = Egress::in_a_story(Told::default());
        if let Ok(looked) = way_out.look(&format!("https://{host}/")) {
            let url = Url::parse(&looked).unwrap();
            let literal: IpAddr = url.host_str().unwrap().trim_matches(['[', ']']).parse().unwrap();
            proptest::prop_assert!(is_the_worlds(literal), "{host} became {literal}");
            proptest::prop_assert_eq!(way_out.look(&looked), Ok(looked));
        }
    }
}

/// A proxy that writes down what it is asked, and answers everything with "through me".
async fn proxy() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let Ok(byte) = stream.read_u8().await else { break };
                head.push(byte);
            }
            let first = String::from_utf8_lossy(&head).lines().next().unwrap_or_default().to_owned();
            let is_tunnel = first.starts_with("CONNECT ");
            held(&heard).push(first);
            let said: &[u8] = match is_tunnel {
                true => b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n",
                false => b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 10\r\n\r\nthrough me",
            };
            let _ = stream.write_all(said).await;
            let _ = stream.shutdown().await;
        }
    });
    (port, asked)
}

#[tokio::test]
async fn a_proxy_is_the_only_way_out_and_no_way_in() {
    let (port, asked) = proxy().await;
    let told = Told::default();
    told.name("proxy.corp.example", &["127.0.0.1".parse().unwrap()]);
    told.name("mirror.example", &["10.1.0.9".parse().unwrap()]);
    told.name("inside.example", &["10.1.0.7".parse().unwrap()]);
    told.name("both.example", &["198.41.0.4".parse().unwrap(), "127.0.0.1".parse().unwrap()]);
    told.name("world.example", &["198.41.0.4".parse().unwrap()]);
    let way_out = Egress::new(Rules {
        exceptions: vec![Exception { place: "mirror.example".parse().unwrap(), http: true, webhooks: false }],
        limits: quick(),
        names: Names::Told(told),
        proxy: Some(format!("http://proxy.corp.example:{port}").parse().unwrap()),
        ..Rules::default()
    });
    assert_eq!(said(&way_out, "http://mirror.example/list").await, "through me");
    for (address, expected) in [
        ("https://world.example/a", "unreachable"),
        // Nobody here knows it; the proxy may.
        ("https://elsewhere.example/b", "unreachable"),
        ("https://inside.example/c", "not-public"),
        ("https://both.example/d", "not-public"),
        ("https://proxy.corp.example/e", "not-public"),
        ("https://10.1.0.7/f", "not-public"),
        ("https://localhost/g", "not-public"),
        ("http://world.example/h", "not-secure"),
    ] {
        assert_eq!(said(&way_out, address).await, expected, "{address}");
    }
    let asked: Vec<String> = held(&asked).clone();
    let expected = [
        "GET http://mirror.example/list HTTP/1.1",
        "CONNECT world.example:443 HTTP/1.1",
        "CONNECT elsewhere.example:443 HTTP/1.1",
    ];
    assert_eq!(asked, expected);
    for wrong in ["proxy.corp.example", "ftp://p.example/", "http://p.example/x", "http://a:b@p.example/"] {
        assert!(wrong.parse::<Proxy>().is_err(), "{wrong}");
    }
}

#[test]
fn a_key_is_in_no_log() {
    let rules = Rules { keys: [("NVD".into(), Secret::new("4f1d-key\n"))].into(), ..Rules::default() };
    assert_eq!(rules.keys["NVD"].tell(), "4f1d-key");
    assert!(!format!("{rules:?}").contains("4f1d"));
    let asked =
        Asked { address: "https://nvd.example/", header: Some(("apikey", "4f1d-key")), ..Asked::default() };
    assert!(!format!("{:?}", headers(&asked).unwrap()).contains("4f1d"));
}
