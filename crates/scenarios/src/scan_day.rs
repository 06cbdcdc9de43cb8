//! A day of scans of a nation: workload W1, to the byte.
//!
//! A million networks and 200,000 domains with their owners, and two million rows in which some of them are
//! seen, in the shape of a report of Shadowserver. One stream of draws makes all three, so that whoever makes
//! them again has the same bytes and can hold an engine against the counts that are known ([`Expected`]).
//! The draws are given by the workload; the words (tags, vendors, a banner) are ours, chosen so that the file
//! has the size that it is known by.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::dice::Dice;

/// How many rows the workload has.
pub const ROWS: u64 = 2_000_000;
/// How many bytes the table has with all of them.
pub const BYTES: u64 = 502_326_837;
/// A name for its file that says of which type it is.
pub const FILE_NAME: &str = "2026-11-21-scan_http_vulnerable-w1.csv";

/// What any engine must find in all rows: the owner is that of the longest registered suffix of the name, and
/// otherwise of the longest prefix; a duplicate has address, port, tag and owner of a row before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    pub routed: u64,
    pub duplicate: u64,
    pub unknown: u64,
    /// Participants with at least one row.
    pub touched: u64,
}

pub const EXPECTED: Expected =
    Expected { routed: 1_665_040, duplicate: 83_269, unknown: 251_691, touched: 158_989 };

/// A network and whose it is. An IPv4 network stands in the low 32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network<A> {
    pub address: A,
    pub length: u8,
    pub asn: u32,
    pub participant: u32,
}

/// What is registered, and the stream from which the rows come.
#[derive(Debug, Clone)]
pub struct ScanDay {
    pub v4: Vec<Network<u32>>,
    pub v6: Vec<Network<u128>>,
    /// The owner of `org{i}.example{i % 97}.nl`, by i.
    pub domains: Vec<u32>,
    dice: Dice,
}

const HEADER: &str = "timestamp,severity,ip,protocol,port,hostname,tag,asn,geo,region,city,naics,hostname_source,\
sector,device_vendor,device_type,device_model,version,cert_sha1,banner\n";
const PORTS: [u16; 10] = [443, 3389, 389, 161, 445, 27017, 6379, 123, 5900, 80];
const TAGS: [&str; 12] = [
    "screenconnect;cve-2024-1709",
    "ivanti;cve-2024-21887",
    "ssl-poodle",
    "panos;cve-2024-3400",
    "fortinet;cve-2022-40684",
    "weak-tls",
    "open-dns",
    "open-snmp",
    "exchange;cve-2021-26855",
    "log4j;cve-2021-44228",
    "citrix;cve-2023-4966",
    "open-smb",
];
const VENDORS: [&str; 8] =
    ["Dell", "Zyxel", "Ivanti", "Synology", "Ubiquiti", "WatchGuard", "F5", "Barracuda"];
const SEVERITIES: [&str; 4] = ["info", "low", "high", "medium"];
const SECTOR: &str = "Health care, and social work";
const BANNER: &str = "HTTP/1.1 200 OK, Server: nginx, closed.";

/// One thing that was seen, before it is written down.
#[derive(Debug, Clone, Copy)]
struct Sight {
    address: u128,
    is_v6: bool,
    port: u16,
    tag: usize,
}

impl ScanDay {
    /// Settles everybody.
    #[expect(clippy::cast_possible_truncation, reason = "the recipe takes the low 32 bits")]
    pub fn settle() -> Self {
        let mut dice = Dice::new(1);
        let owner = |dice: &mut Dice| (1 + small(share(dice, 400_000)), 1 + small(share(dice, 160_000)));
        let mut known = std::collections::HashSet::new();
        let mut v4 = Vec::with_capacity(850_000);
        while v4.len() < 850_000 {
            let any = any_v4(&mut dice);
            let length = match share(&mut dice, 100) {
                0..=54 => 24,
                55..=64 => 23,
                65..=76 => 22,
                77..=81 => 21,
                82..=86 => 20,
                87..=89 => 19,
                90 | 91 => 16,
                92 => 28,
                93 => 29,
                94 => 30,
                95 => 27,
                96 => 26,
                97 => 25,
                _ => 32_u8,
            };
            let address = any & !hosts_v4(length);
            if known.insert((u128::from(address), length)) {
                let (asn, participant) = owner(&mut dice);
                v4.push(Network { address, length, asn, participant });
            }
        }
        known.clear();
        let mut v6 = Vec::with_capacity(150_000);
        while v6.len() < 150_000 {
            let length = match share(&mut dice, 10) {
                0 => 29,
                1 => 32,
                2 => 36,
                3 => 40,
                4 => 44,
                5 => 56,
                _ => 48_u8,
            };
            let (high, low) = (u128::from(dice.draw()), u128::from(dice.draw()));
            let any = 2 << 124 | (high << 64) >> 4 | low >> 4;
            let address = any & !hosts_v6(length);
            if known.insert((address, length)) {
                let (asn, participant) = owner(&mut dice);
                v6.push(Network { address, length, asn, participant });
            }
        }
        let domains = (0..200_000).map(|_| 1 + share(&mut dice, 160_000) as u32).collect();
        Self { v4, v6, domains, dice }
    }

    /// Writes the first `rows` rows as a table. Gives the number of bytes.
    ///
    /// # Errors
    /// When they cannot be written.
    #[expect(clippy::cast_possible_truncation, reason = "the recipe cuts one hash to 32 bits")]
    pub fn write(&self, rows: u64, into: &mut impl Write) -> io::Result<u64> {
        let mut dice = self.dice.clone();
        let mut history: Vec<Sight> = Vec::new();
        let mut line = String::from(HEADER);
        let mut bytes = 0;
        for row in 0..rows {
            let sight = self.sight(&mut dice, &mut history);
            let host = host(&mut dice);
            let asn = share(&mut dice, 400_000);
            let vendor = VENDORS[index(share(&mut dice, 8))];
            let certificate = (dice.draw(), dice.draw(), dice.draw() as u32);
            let version = (10 + share(&mut dice, 5), share(&mut dice, 20), share(&mut dice, 90));
            let severity = SEVERITIES[index(share(&mut dice, 4))];
            let naics = 500_000 + share(&mut dice, 9_999);
            let model = share(&mut dice, 40);

            let (hour, minute, second) = (row % 86_400 / 3_600, row % 3_600 / 60, row % 60);
            let Sight { address, is_v6, port, tag } = sight;
            let protocol = if matches!(port, 161 | 123) { "udp" } else { "tcp" };
            let written = write!(line, "2026-11-21 {hour:02}:{minute:02}:{second:02},{severity},").and_then(|()| {
                if is_v6 {
                    write!(line, "{}", Ipv6Addr::from(address))?;
                } else {
                    write!(line, "{}", Ipv4Addr::from(address as u32))?;
                }
                let (source, tag) = (if host.is_empty() { "" } else { "ptr" }, TAGS[tag]);
                let ((c1, c2, c3), (v1, v2, v3)) = (certificate, version);
                writeln!(
                    line,
                    ",{protocol},{port},{host},{tag},{asn},NL,UTRECHT,ZEIST,{naics},{source},\"{SECTOR}\",{vendor},\
                     firewall,M{model},{v1}.{v2}.{v3},{c1:016x}{c2:016x}{c3:08x},\"{BANNER}\""
                )
            });
            written.map_err(io::Error::other)?;
            if line.len() > 1 << 16 || row + 1 == rows {
                into.write_all(line.as_bytes())?;
                bytes += u64::try_from(line.len()).unwrap_or(0);
                line.clear();
            }
        }
        Ok(bytes)
    }

    /// What is seen next: one time in ten something that was seen before.
    #[expect(clippy::cast_possible_truncation, reason = "the recipe takes the low bits")]
    fn sight(&self, dice: &mut Dice, history: &mut Vec<Sight>) -> Sight {
        /// Later ones are not remembered.
        const REMEMBERED: usize = 1_000_000;
        if !history.is_empty() && share(dice, 10) == 0 {
            return history[index(share(dice, history.len() as u64))];
        }
        let (address, is_v6) = match share(dice, 100) {
            0..60 => {
                let network = self.v4[index(share(dice, 850_000))];
                let within =
                    if network.length == 32 { 0 } else { dice.draw() as u32 & hosts_v4(network.length) };
                (u128::from(network.address | within), false)
            }
            60..90 => (u128::from(any_v4(dice)), false),
            _ => {
                let network = self.v6[index(share(dice, 150_000))];
                (network.address | u128::from(dice.draw()) & hosts_v6(network.length), true)
            }
        };
        let port = PORTS[index(share(dice, 10))];
        let sight = Sight { address, is_v6, port, tag: index(share(dice, 12)) };
        if history.len() < REMEMBERED {
            history.push(sight);
        }
        sight
    }
}

/// A name below one of the domains, three times in ten.
fn host(dice: &mut Dice) -> String {
    if share(dice, 10) >= 3 {
        return String::new();
    }
    share(dice, 50);
    share(dice, 200_000);
    let (domain, machine) = (share(dice, 200_000), share(dice, 50));
    format!("h{machine}.org{domain}.example{}.nl", domain % 97)
}

/// The high 64 bits of a draw times `bound`, as the recipe has it; [`Dice::below`] draws otherwise.
fn share(dice: &mut Dice, bound: u64) -> u64 {
    let wide = u128::from(dice.draw()) * u128::from(bound);
    u64::try_from(wide >> 64).unwrap_or(0)
}

/// An address outside of what nobody routes.
#[expect(clippy::cast_possible_truncation, reason = "the recipe takes the low 32 bits")]
fn any_v4(dice: &mut Dice) -> u32 {
    loop {
        let address = dice.draw() as u32;
        if !matches!(address >> 24, 0 | 10 | 127 | 224..) {
            return address;
        }
    }
}

fn hosts_v4(length: u8) -> u32 {
    u32::MAX.checked_shr(length.into()).unwrap_or(0)
}

fn hosts_v6(length: u8) -> u128 {
    u128::MAX.checked_shr(length.into()).unwrap_or(0)
}

fn index(place: u64) -> usize {
    usize::try_from(place).unwrap_or(0)
}

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn the_same_day_is_made_again_to_the_byte() {
        let day = ScanDay::settle();
        assert_eq!((day.v4.len(), day.v6.len(), day.domains.len()), (850_000, 150_000, 200_000));
        let mut table = Vec::new();
        let bytes = day.write(1_000, &mut table).unwrap();
        assert_eq!(bytes, u64::try_from(table.len()).unwrap());
        let rows = table.iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(rows, 1_001, "a header and a thousand rows");
        let digest: String = Sha256::digest(&table).iter().map(|byte| format!("{byte:02x}")).collect();
        insta::assert_snapshot!(digest, @"dc8c6827f1befcbc042aa36c824ad6c7a0fc184baebd7252d56450e7c44dcba5");
    }
}
