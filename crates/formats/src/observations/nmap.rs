//! What nmap saw, as it writes it with `-oX`: a row for each port, and one for each hole that a script looked
//! for.
//!
//! An open port is knowledge and no warning; a closed one is a look that found nothing. What a script of the
//! `vulns` library says (`VULNERABLE`, `NOT VULNERABLE`) is what it is. `filtered` says neither.
//! Source: nmap.dtd 1.05 and "NSE library vulns".

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader, Read};
use std::net::IpAddr;
use std::ops::ControlFlow;

use domain::observation::{Class, Method, Observed, ProductGuess, Seen};
use jiff::Timestamp;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::place;
use super::{Done, Failed, Intake, Reject};
use crate::{Unreadable, Why};

/// Between two tags; the longest is what a script printed.
const TAG_BYTES_MAX: usize = 4 << 20;
const DEPTH_MAX: usize = 60;
/// Holes of one port; a script knows a handful.
const HOLES_MAX: usize = 200;
/// The script that shows a certificate.
const CERTIFICATE: &str = "ssl-cert";
/// Stands for an element of a list within a hole.
const REFERENCE: &str = "reference";
/// Of so many vulnerabilities it is not said which one is meant.
const NUMBERS_MAX: usize = 8;
/// What is kept of a text.
const TEXT_BYTES_MAX: usize = 2_000;

/// Whether a text begins as such a file.
pub(super) fn is_one(head: &[u8]) -> bool {
    memchr::memmem::find(head.get(..4_096).unwrap_or(head), b"<nmaprun").is_some()
}

/// Refuses to give more than so many bytes at a stretch, so that nobody is made to keep more.
struct Stretch<R> {
    from: R,
    left: usize,
}

impl<R: BufRead> Read for Stretch<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let window = self.fill_buf()?;
        let count = window.len().min(into.len());
        if let (Some(to), Some(of)) = (into.get_mut(..count), window.get(..count)) {
            to.copy_from_slice(of);
        }
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Stretch<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            let why = Why::TooBig { found: TAG_BYTES_MAX.saturating_add(1), limit: TAG_BYTES_MAX };
            return Err(io::Error::other(Unreadable::whole(why)));
        }
        let left = self.left;
        let window = self.from.fill_buf()?;
        Ok(window.get(..left).unwrap_or(window))
    }

    fn consume(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count);
        self.from.consume(count);
    }
}

/// Where in the file we are, and what is known there.
#[derive(Default)]
struct Seer {
    version: Option<String>,
    began: Option<Timestamp>,
    host: Host,
    port: Option<Port>,
    /// The number of a hole and the key within it, while inside of one.
    hole: Option<Hole>,
    key: Option<String>,
    /// The tables of the script `ssl-cert` that we are in, by their keys.
    certificate: Vec<String>,
    /// The extension of a certificate that was named last.
    extension: String,
}

#[derive(Default)]
struct Host {
    at: Option<Timestamp>,
    address: Option<IpAddr>,
    /// Something stood for an address and was none.
    is_broken: bool,
    name: Option<String>,
}

#[derive(Default)]
struct Port {
    /// No port at all: scripts that asked the host.
    is_whole_host: bool,
    number: Option<u16>,
    protocol: String,
    state: String,
    service: Option<String>,
    vendor_cpe: Option<String>,
    product: Option<String>,
    version: Option<String>,
    /// Names in the certificate that it showed, with blanks between them.
    certificate: String,
    holes: Vec<Hole>,
}

#[derive(Default, Clone)]
struct Hole {
    script: String,
    id: String,
    state: String,
    /// Vulnerabilities that its list of numbers or of references names. Scripts such as `ssl-heartbleed` number their
    /// holes by themselves (`NMAP-1`) and say only there which one it is.
    named: BTreeSet<String>,
    depth: usize,
}

pub(super) fn scan(from: impl Read, intake: &mut Intake<'_>) -> Done {
    let stretch = Stretch { from: BufReader::with_capacity(64 * 1024, from), left: TAG_BYTES_MAX };
    let mut reader = Reader::from_reader(stretch);
    reader.config_mut().expand_empty_elements = true;
    let mut buffer = Vec::new();
    let mut seer = Seer::default();
    let mut depth = 0_usize;
    loop {
        buffer.clear();
        reader.get_mut().left = TAG_BYTES_MAX;
        let event = match reader.read_event_into(&mut buffer) {
            Ok(event) => event,
            Err(quick_xml::Error::Io(error)) => {
                return Err(Failed::Io(io::Error::new(error.kind(), error.to_string())));
            }
            Err(error) => return Err(broken(&error.to_string())),
        };
        match event {
            Event::Start(tag) => {
                depth = depth.saturating_add(1);
                if depth > DEPTH_MAX {
                    return Err(Unreadable::whole(Why::TooDeep { limit: DEPTH_MAX }).into());
                }
                seer.enter(&tag, depth);
            }
            Event::End(tag) => {
                let flow = seer.leave(tag.local_name().as_ref(), depth, intake);
                depth = depth.saturating_sub(1);
                if flow.is_break() {
                    return Ok(flow);
                }
            }
            Event::Text(text) if seer.key.is_some() => seer.says(text.as_ref().trim()),
            Event::Eof if depth > 0 => return Err(broken("it ends in the middle of a scan")),
            Event::Eof => return Ok(ControlFlow::Continue(())),
            _ => {}
        }
    }
}

/// The numbers of vulnerabilities that stand in a text.
fn numbers_in(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|it: char| !it.is_ascii_alphanumeric() && it != '-');
    let is_number = |word: &&str| {
        let mut parts = word.split('-');
        let is_of_digits = |part: Option<&str>, least| {
            part.is_some_and(|it| it.len() >= least && it.bytes().all(|it| it.is_ascii_digit()))
        };
        parts.next().is_some_and(|it| it.eq_ignore_ascii_case("cve"))
            && is_of_digits(parts.next(), 4)
            && is_of_digits(parts.next(), 4)
            && parts.next().is_none()
    };
    words.filter(is_number).map(str::to_ascii_uppercase)
}

fn broken(what: &str) -> Failed {
    Unreadable::whole(Why::Broken(what.to_owned())).into()
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().with_checks(false).flatten().find(|it| it.key.as_ref() == name)?;
    let plain = quick_xml::escape::unescape(&found.value).unwrap_or(Cow::Borrowed(&found.value));
    let clean: String = plain.chars().filter(|it| !it.is_control()).take(TEXT_BYTES_MAX).collect();
    Some(clean)
}

impl Seer {
    fn enter(&mut self, tag: &BytesStart<'_>, depth: usize) {
        let of = |name: &str| attribute(tag, name);
        let moment = |name: &str| of(name).and_then(|it| place::of_unix(&it));
        match tag.local_name().as_ref() {
            "nmaprun" => {
                self.version = of("version");
                self.began = moment("start");
            }
            "host" => {
                self.host = Host { at: moment("endtime").or_else(|| moment("starttime")), ..Host::default() };
            }
            "address" if of("addrtype").is_none_or(|it| it.starts_with("ip")) => {
                match place::address(&of("addr").unwrap_or_default()) {
                    Ok(address) => self.host.address = self.host.address.or(address),
                    Err(_) => self.host.is_broken = true,
                }
            }
            // What the user asked for says more than what the address calls itself.
            "hostname" => {
                let is_asked = of("type").as_deref() == Some("user");
                if is_asked || self.host.name.is_none() {
                    let name = of("name");
                    let name = name.as_deref().and_then(place::host).map(Cow::into_owned);
                    self.host.name = name.or_else(|| self.host.name.take());
                }
            }
            "port" => {
                let number = of("portid").and_then(|it| place::port(&it));
                let protocol = of("protocol").unwrap_or_default();
                self.port = Some(Port { number, protocol, ..Port::default() });
            }
            // What a script says about the host as a whole, such as its file service.
            "hostscript" => self.port = Some(Port { is_whole_host: true, ..Port::default() }),
            "state" => {
                if let Some(port) = &mut self.port {
                    port.state = of("state").unwrap_or_default();
                }
            }
            "service" => {
                if let Some(port) = &mut self.port {
                    (port.service, port.product, port.version) = (of("name"), of("product"), of("version"));
                }
            }
            "script" => {
                self.hole = Some(Hole { script: of("id").unwrap_or_default(), depth, ..Hole::default() });
            }
            "table" => {
                if self.is_in_certificate() {
                    self.certificate.push(of("key").unwrap_or_default());
                }
                if let Some(hole) = self.hole.as_mut().filter(|it| depth == it.depth.saturating_add(1)) {
                    hole.id = of("key").unwrap_or_default();
                    hole.state.clear();
                    hole.named.clear();
                }
            }
            "elem" if self.is_in_certificate() => {
                self.key =
                    of("key").filter(|it| self.names_somebody(it)).map(|it| format!("{CERTIFICATE} {it}"));
            }
            "elem" if self.hole.as_ref().is_some_and(|it| depth == it.depth.saturating_add(3)) => {
                self.key = Some(REFERENCE.to_owned());
            }
            "elem" => {
                let is_below_hole = self.hole.as_ref().is_some_and(|it| depth == it.depth.saturating_add(2));
                self.key = of("key").filter(|_| is_below_hole);
            }
            "cpe" => self.key = Some("cpe".to_owned()),
            _ => {}
        }
    }

    fn is_in_certificate(&self) -> bool {
        self.hole.as_ref().is_some_and(|it| it.script == CERTIFICATE)
    }

    /// Whether an element of the certificate that we are in bears names: the common name of its subject, or the
    /// value of its extension for other names.
    fn names_somebody(&self, key: &str) -> bool {
        match self.certificate.first().map(String::as_str) {
            Some("subject") => key == "commonName",
            Some("extensions") => matches!(key, "name" | "value"),
            _ => false,
        }
    }

    fn says(&mut self, text: &str) {
        match self.key.as_deref() {
            Some(REFERENCE) => {
                if let Some(hole) = self.hole.as_mut().filter(|it| it.named.len() < NUMBERS_MAX) {
                    hole.named.extend(numbers_in(text));
                }
            }
            Some("ssl-cert commonName") => self.is_named(text),
            Some("ssl-cert name") => self.extension = text.to_owned(),
            Some("ssl-cert value") if self.extension.ends_with("Subject Alternative Name") => {
                let names = text.split(',').filter_map(|it| it.trim().strip_prefix("DNS:"));
                names.for_each(|name| self.is_named(name));
            }
            Some("state") => {
                if let Some(hole) = &mut self.hole {
                    hole.state.push_str(text);
                }
            }
            Some("cpe") => {
                if let Some(port) = &mut self.port {
                    let is_of_program = text.starts_with("cpe:/a:");
                    if port.vendor_cpe.is_none() || is_of_program {
                        port.vendor_cpe =
                            text.split(':').nth(2).filter(|it| !it.is_empty()).map(str::to_owned);
                    }
                }
            }
            _ => {}
        }
    }

    fn leave(&mut self, tag: &str, depth: usize, intake: &mut Intake<'_>) -> ControlFlow<()> {
        match tag {
            "elem" | "cpe" => self.key = None,
            "table" => {
                self.certificate.pop();
                let whole = self.hole.as_ref().filter(|it| depth == it.depth.saturating_add(1));
                let whole = whole.filter(|it| !it.state.is_empty()).cloned();
                if let (Some(hole), Some(port)) = (whole, &mut self.port)
                    && port.holes.len() < HOLES_MAX
                {
                    port.holes.push(hole);
                }
            }
            "script" => self.hole = None,
            "port" | "hostscript" => {
                if let Some(port) = self.port.take() {
                    if !port.is_whole_host {
                        self.hands_over(&port, None, intake)?;
                    }
                    for hole in &port.holes {
                        self.hands_over(&port, Some(hole), intake)?;
                    }
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    /// Takes a name of the certificate that the port showed.
    fn is_named(&mut self, name: &str) {
        let name = place::certificate(name);
        if let Some(port) = self.port.as_mut().filter(|it| it.certificate.len() < TEXT_BYTES_MAX) {
            let between = if port.certificate.is_empty() || name.is_empty() { "" } else { " " };
            port.certificate.push_str(between);
            port.certificate.push_str(&name);
        }
    }

    fn hands_over(&self, port: &Port, hole: Option<&Hole>, intake: &mut Intake<'_>) -> ControlFlow<()> {
        let row = intake.next_row();
        let number = port.number.map(|it| it.to_string()).unwrap_or_default();
        let what = hole.map_or(port.state.as_str(), |it| it.id.as_str());
        let text = format!("{}/{number} {what}", port.protocol);
        match self.row(row, port, hole) {
            Ok(observed) => intake.offer(observed, text.as_bytes()),
            Err(why) => intake.reject(row, why, text.as_bytes()),
        }
    }

    fn row<'s>(&'s self, row: u64, port: &'s Port, hole: Option<&'s Hole>) -> Result<Observed<'s>, Reject> {
        if self.host.is_broken && self.host.address.is_none() {
            return Err(Reject::NoAddress);
        }
        let at = self.host.at.or(self.began).ok_or(Reject::NoTime)?;
        let (seen, finding, method) = match hole {
            None => {
                let seen = match port.state.as_str() {
                    "open" => Seen::Present,
                    "closed" => Seen::NotVulnerable,
                    _ => return Err(Reject::SaysNothing),
                };
                let method = if seen == Seen::Present { Method::Banner } else { Method::SafeCheck };
                let protocol = if port.protocol.is_empty() { "tcp" } else { &port.protocol };
                (seen, Cow::Owned(format!("open-port-{protocol}")), method)
            }
            Some(hole) => {
                let state = hole.state.to_ascii_uppercase();
                let seen = if state.starts_with("NOT VULNERABLE") {
                    Seen::NotVulnerable
                } else if state.contains("VULNERABLE") {
                    Seen::Vulnerable
                } else {
                    return Err(Reject::SaysNothing);
                };
                let is_number = hole.id.get(..4).is_some_and(|it| it.eq_ignore_ascii_case("cve-"));
                let mut named = hole.named.iter();
                let id = match (is_number, named.next(), named.next()) {
                    (true, ..) => hole.id.to_ascii_uppercase(),
                    (false, Some(only), None) => only.clone(),
                    _ => hole.script.clone(),
                };
                let method = if state.starts_with("LIKELY") { Method::Version } else { Method::SafeCheck };
                (seen, Cow::Owned(id), method)
            }
        };
        let mut rest = Vec::new();
        rest.extend(port.service.clone().map(|it| ("service".to_owned(), it)));
        rest.extend(hole.map(|it| ("script".to_owned(), it.script.clone())));
        let borrowed = |text: &'s Option<String>| text.as_deref().map(Cow::Borrowed);
        Ok(Observed {
            row,
            at,
            address: self.host.address,
            port: port.number,
            host: borrowed(&self.host.name),
            certificate: Cow::Borrowed(&port.certificate),
            asn: None,
            product: ProductGuess {
                vendor: borrowed(&port.vendor_cpe),
                name: borrowed(&port.product),
                version: borrowed(&port.version),
            },
            finding,
            tags: Cow::Borrowed(""),
            seen,
            class: match hole {
                Some(_) => Class::VulnerableSystem,
                None => Class::Other,
            },
            severity: None,
            method,
            vantage: None,
            confidence: None,
            source: Cow::Borrowed("nmap"),
            tlp: None,
            pap: None,
            rest: super::pairs(rest),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Account, Kind, testing};
    use super::*;

    const RECORDED: &str = include_str!("../../../../fixtures/observations/nmap.xml");

    fn page(text: &str) -> (Account, String) {
        testing::page(text, Kind::Nmap, |it| {
            let address = it.address.map(|it| it.to_string()).unwrap_or_default();
            let Observed { row, at, port, host, finding, seen, method, product, .. } = it;
            format!("{row} {at} {address} {host:?} {port:?} {finding} {seen:?} {method:?} {product:?}")
        })
    }

    #[test]
    fn a_scan_says_what_is_there_and_what_is_not() {
        insta::assert_snapshot!(page(RECORDED).1, @r#"
        1 2026-11-22T16:57:08Z 192.0.2.10 Some("vpn.noordzorg.example") Some(18080) open-port-tcp Present Banner ProductGuess { vendor: Some("python"), name: Some("SimpleHTTPServer"), version: Some("0.6") }
        2 2026-11-22T16:57:08Z 192.0.2.10 Some("vpn.noordzorg.example") Some(18080) CVE-2007-6750 Vulnerable Version ProductGuess { vendor: Some("python"), name: Some("SimpleHTTPServer"), version: Some("0.6") }
        3 2026-11-22T16:57:08Z 192.0.2.10 Some("vpn.noordzorg.example") Some(18080) CVE-2017-5638 NotVulnerable SafeCheck ProductGuess { vendor: Some("python"), name: Some("SimpleHTTPServer"), version: Some("0.6") }
        4 2026-11-22T16:57:08Z 192.0.2.10 Some("vpn.noordzorg.example") Some(18081) open-port-tcp NotVulnerable SafeCheck ProductGuess { vendor: None, name: None, version: None }
        "#);
    }

    #[test]
    fn what_a_script_says_of_the_whole_host_has_no_port() {
        let text = r#"<nmaprun start="1795366111"><host><address addr="192.0.2.7" addrtype="ipv4"/><ports>
            <port protocol="tcp" portid="445"><state state="filtered"/></port></ports><hostscript>
            <script id="smb-vuln-ms17-010"><table key="CVE-2017-0143"><elem key="state">VULNERABLE</elem></table></script>
            </hostscript></host><host><address addr="192.0.2.777" addrtype="ipv4"/><ports>
            <port protocol="tcp" portid="1"><state state="open"/></port></ports></host></nmaprun>"#;
        insta::assert_snapshot!(page(text).1, @r"
        1 it says neither that something is there nor that it is not
        2 2026-11-22T16:48:31Z 192.0.2.7 None None CVE-2017-0143 Vulnerable SafeCheck ProductGuess { vendor: None, name: None, version: None }
        3 what stands for an address is none
        ");
    }

    #[test]
    fn a_script_that_numbers_its_holes_by_itself_means_the_one_vulnerability_that_it_refers_to() {
        let hole = |refs: &str| {
            format!(
                r#"<script id="ssl-x"><table key="NMAP-1"><elem key="title">x</elem><elem key="state">NOT VULNERABLE</elem>
                <table key="refs">{refs}</table></table></script>"#
            )
        };
        let one =
            "<elem>http://a.example/CVE-2014-0160</elem><elem>https://b.example/?name=cve-2014-0160</elem>";
        let two = "<elem>CVE-2014-0160</elem><elem>CVE-2014-3566</elem>";
        let text = format!(
            r#"<nmaprun start="1795366111"><host><address addr="192.0.2.7" addrtype="ipv4"/><ports>
            <port protocol="tcp" portid="443"><state state="filtered"/>{}{}{}</port></ports></host></nmaprun>"#,
            hole(one),
            hole(two),
            hole("<elem>http://a.example/2014-0160</elem>"),
        );
        let (_, page) = testing::page(&text, Kind::Nmap, |it| format!("{} {:?}", it.finding, it.seen));
        insta::assert_snapshot!(page, @r"
        1 it says neither that something is there nor that it is not
        CVE-2014-0160 NotVulnerable
        ssl-x NotVulnerable
        ssl-x NotVulnerable
        ");
    }

    #[test]
    fn the_names_of_a_certificate_are_those_of_its_subject_and_not_of_who_signed_it() {
        let text = r#"<nmaprun start="1795366111"><host><address addr="192.0.2.7" addrtype="ipv4"/><ports>
            <port protocol="tcp" portid="443"><state state="open"/><script id="ssl-cert" output="x">
            <table key="subject"><elem key="commonName">VPN.noordzorg.example</elem></table>
            <table key="issuer"><elem key="commonName">ca.signer.example</elem></table>
            <table key="extensions"><table><elem key="name">X509v3 Basic Constraints</elem><elem key="value">DNS:no.example</elem></table>
            <table><elem key="name">X509v3 Subject Alternative Name</elem><elem key="value">DNS:*.noordzorg.example, IP Address:192.0.2.7, DNS:localhost</elem></table></table>
            </script></port><port protocol="tcp" portid="80"><state state="open"/></port></ports></host></nmaprun>"#;
        let (_, page) = testing::page(text, Kind::Nmap, |it| format!("{:?} {:?}", it.port, it.certificate));
        insta::assert_snapshot!(page, @r#"
        Some(443) "vpn.noordzorg.example *.noordzorg.example"
        Some(80) ""
        "#);
    }

    #[test]
    fn a_scan_that_was_stopped_says_so_and_keeps_what_it_had() {
        let cut = RECORDED.rfind("</port>").unwrap();
        let (account, page) = page(&RECORDED[..cut]);
        assert_eq!((account.good, page.lines().count()), (3, 3));
        assert!(account.broken.unwrap().to_string().contains("breaks off"));
    }
}
