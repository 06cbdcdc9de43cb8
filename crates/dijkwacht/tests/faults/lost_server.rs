//! A database server that goes away, and comes back: whoever asks hears soon that it does not work, everybody can
//! read the website all the while, and the node goes on by itself.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use store::testing::{in_a_database, server};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::kills::until_quiet;
use crate::mail_server::MailServer;
use crate::node::{Home, Node};
use crate::say;
use crate::town::settle;
use crate::visitors::ask;

const HOSPITALS: usize = 3;
const SEED: u64 = 13;
/// Nobody waits longer at a screen to hear that something is wrong.
const PATIENCE: Duration = Duration::from_secs(15);
/// It is not only that nobody has noticed yet.
const AWAY: Duration = Duration::from_secs(8);

/// What lies between a node and its server, and can be cut.
struct Line {
    server: String,
    port: u16,
    open: Arc<Mutex<JoinSet<()>>>,
    listening: Option<tokio::task::JoinHandle<()>>,
}

impl Line {
    /// To `server`, as `host:port`.
    async fn open(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut line = Self { server: server.to_owned(), port, open: Arc::default(), listening: None };
        line.listen(listener);
        line
    }

    fn listen(&mut self, listener: TcpListener) {
        let (server, open) = (self.server.clone(), Arc::clone(&self.open));
        self.listening = Some(tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let server = server.clone();
                open.lock().unwrap().spawn(async move {
                    let mut far = TcpStream::connect(server).await.unwrap();
                    drop(copy_bidirectional(&mut near, &mut far).await);
                });
            }
        }));
    }

    /// Whoever was connected is not any more, and nobody gets through.
    async fn is_cut(&mut self) {
        let listening = self.listening.take().unwrap();
        listening.abort();
        drop(listening.await);
        *self.open.lock().unwrap() = JoinSet::new();
    }

    async fn is_mended(&mut self) {
        self.listen(TcpListener::bind(("127.0.0.1", self.port)).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_server_is_away_everybody_reads_the_website_and_afterwards_the_node_goes_on() {
    let Some(server) = server() else { return };
    let story = async |database: &str| {
        let post = MailServer::open(SEED).await;
        post.takes_care();
        post.node_starts();
        let town = settle(database, HOSPITALS).await;
        let (before, rest) = database.split_once('@').unwrap();
        let (host, name) = rest.split_once('/').unwrap();
        let mut line = Line::open(host).await;
        let through = format!("{before}@127.0.0.1:{}/{name}", line.port);
        let home = Home::with_a_server(&through, post.address).with_a_website().await;
        let mut node = Node::start(&home);
        let (desk, website) = (node.opened().await, node.website().await);
        until_quiet(database).await;
        until_quiet(database).await;
        let officer = Some(&town.duty_officer);
        let status = async |at, path: &str| {
            let began = Instant::now();
            let who = if at == desk { officer } else { None };
            let reply = timeout(PATIENCE, ask(at, who, path, None)).await;
            (reply.expect("nobody is kept waiting").unwrap().status, began.elapsed())
        };
        assert_eq!(status(desk, "/desk").await.0, 200);
        assert_eq!(status(website, "/nl/").await.0, 200);

        line.is_cut().await;
        let cut = Instant::now();
        let mut longest = Duration::ZERO;
        while cut.elapsed() < AWAY {
            let (answer, waited) = status(desk, "/desk").await;
            assert!(answer >= 500, "{answer}");
            longest = longest.max(waited);
            assert_eq!(status(desk, "/readyz").await.0, 503, "whoever balances sends nobody here");
            assert_eq!(status(desk, "/livez").await.0, 200, "and nobody kills it for that");
            for path in ["/nl/", "/en/", "/.well-known/security.txt"] {
                let (answer, waited) = status(website, path).await;
                assert_eq!(answer, 200, "{path}");
                assert!(waited < Duration::from_secs(5), "{path} waits for nobody: {waited:?}");
            }
            sleep(Duration::from_millis(200)).await;
        }
        assert!(!node.has_ended(), "nothing was lost, so there is nothing to stop for");

        line.is_mended().await;
        let mended = Instant::now();
        while status(desk, "/desk").await.0 != 200 {
            assert!(mended.elapsed() < Duration::from_secs(60), "it does not find its server again");
            sleep(Duration::from_millis(200)).await;
        }
        let back = mended.elapsed();
        let mail = town.hospitals[0].mail.clone();
        let before = post.taken().len();
        let asked = ask(desk, None, "/sign-in", Some(&[("mail", mail)])).await.unwrap();
        assert_eq!(asked.status, 303);
        while post.taken().len() == before {
            assert!(mended.elapsed() < Duration::from_secs(120), "its workers do not go on");
            sleep(Duration::from_millis(200)).await;
        }
        let mailed = mended.elapsed();
        let (ended, _) = node.stop().await;
        assert!(ended.success(), "{ended}");

        say(&format!(
            "lost server: away {AWAY:?}, a page said so within {longest:?}, the node was back after {back:?}, and mailed after {mailed:?}"
        ));
    };
    in_a_database(&server, story).await;
}
