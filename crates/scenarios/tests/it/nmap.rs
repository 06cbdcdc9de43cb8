//! A report that a real scanner wrote: nmap looks at a real web server on this machine, and what it writes comes in.
//!
//! The address is nobody's, so that the name in the certificate is all that leads to the hospital.

use std::process::Command;

use domain::finding::Finding;
use domain::observation::Method;
use flow::ingest::{self, Received, Taken};
use jiff::Timestamp;
use scenarios::country::Country;
use store::findings::{self, Holder};
use store::reports::{self, Rows};
use store::testing::on_both;

use crate::attribution::proves;
use crate::nginx::Nginx;

/// Looks at an open port with TLS and at one where nobody listens, for one hole that is not there. `None`, with a
/// word about it, where there is no nmap; in CI that is a failure.
#[expect(clippy::disallowed_methods, reason = "whether this is CI stands in the environment of the test")]
fn looks(open: u16, closed: u16) -> Option<Vec<u8>> {
    let mut nmap = Command::new("nmap");
    nmap.args(["-sT", "-Pn", "-n", "--script", "+ssl-cert,+ssl-heartbleed"]);
    nmap.args(["--script-args", "vulns.showall", "-oX", "-", "-p"]).arg(format!("{open},{closed}"));
    let Ok(done) = nmap.arg("127.0.0.1").output() else {
        let why = "there is no nmap here: install the package nmap";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{why}");
        eprintln!("skipped: {why}");
        return None;
    };
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Some(done.stdout)
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "nmap goes by the clock of this machine")]
async fn what_a_real_scan_of_a_real_server_found_is_its_owners_by_the_name_in_the_certificate() {
    let Some(nginx) = Nginx::start(&["vpn.noordzorg.example", "*.noordzorg.example"]) else { return };
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let Some(report) = looks(nginx.port, nobody) else { return };
    let open = nginx.port;
    drop(nginx);
    on_both(async |db| {
        let now = Timestamp::now();
        let country = Country::new(db, &now.strftime("%Y-%m-%d").to_string()).await;
        country.house.move_clock(now);
        let hospital = country.hospital_that_registered_nothing("noordzorg").await;
        proves(&country, &hospital, "noordzorg.example").await;
        let received = Received { source: "own scan".into(), name: "scan.xml".into(), bytes: report.clone() };
        let taken = ingest::paper(&country.house, received).await.unwrap();
        let Taken::Report { number, .. } = taken else { panic!("{taken:?}") };
        country.works().await;
        let house = &country.house;
        let report = reports::of_number(&house.db, number).await.unwrap().unwrap();
        let expected =
            Rows { read: 3, routed: 2, to_partners: 0, unattributed: 1, duplicate: 0, rejected: 0 };
        assert_eq!((report.why, report.rows), (None, expected));

        let words = findings::words(&house.db).await.unwrap();
        let own = findings::of_holder(&house.db, Holder::Participant(hospital.id)).await.unwrap();
        let said = |it: &Finding| {
            let what = words[&it.key.what].word.clone();
            (what, it.key.port, it.is_open(), it.methods)
        };
        let mut found: Vec<_> = own.findings().iter().map(said).collect();
        found.sort();
        assert_eq!(
            found,
            [
                ("CVE-2014-0160".to_owned(), Some(open), false, Method::SafeCheck.bit()),
                ("open-port-tcp".to_owned(), Some(open), true, Method::Banner.bit()),
            ]
        );
        let owners = house.owners().await.unwrap();
        assert!(own.findings().iter().all(|it| owners.is_finding_hinted(it)), "by its name only: {own:?}");
        let nobodys = findings::of_holder(&house.db, Holder::Nobody).await.unwrap();
        assert_eq!(
            nobodys.findings()[0].key.port,
            Some(nobody),
            "a port at which nobody answers shows no name"
        );
    })
    .await;
}
