//! Whose is an address, whose is a host? The index of a nation (workload W1: a million networks, 200,000
//! domains), held against crates that look up prefixes and nothing else. All must give the same owners.
//!
//! Addresses are drawn from within the networks, each network as likely as another, so that nearly every look
//! misses the caches: the dearest that can be asked.

use std::hint::black_box;
use std::net::{IpAddr, Ipv6Addr};

use domain::attribution::{Index, Intake, Owner, Place, Strength, Whose};
use domain::holding::Network;
use ip_network_table_deps_treebitmap::IpLookupTable;
use prefix_trie::PrefixMap;
use scenarios::dice::Dice;
use scenarios::scan_day::ScanDay;

use crate::{cpu_seconds, print};

/// So many looks in a pass.
const LOOKS: usize = 2_000_000;
/// A pass takes some hundredths of a second, of which the clock counts whole ones, so it is done so often.
const PASSES: u32 = 10;

pub fn attribution() {
    let day = ScanDay::settle();
    let domains: Vec<String> =
        (0..day.domains.len()).map(|nth| format!("org{nth}.example{}.nl", nth % 97)).collect();
    let built = measured(|| index(&day, &domains).len());
    let index = index(&day, &domains);
    let mebibytes = count(index.bytes()) / 1_048_576.0;
    assert_eq!(index.stretches().0, 1_595_791, "the networks are those of the workload");
    print(
        "attribution",
        "a million networks, 200,000 domains: built",
        built,
        "cpu-s",
        "the aim, at most",
        1.0,
    );
    print("attribution", "the same: memory", mebibytes, "MiB", "the aim, at most", 300.0);
    eprintln!("two of them live for as long as one is put in the other's place");

    let mut dice = Dice::new(2);
    let v4: Vec<IpAddr> = (0..LOOKS)
        .map(|_| {
            let network = dice.pick(&day.v4);
            let hosts = u32::MAX.checked_shr(network.length.into()).unwrap_or(0);
            IpAddr::V4((network.address | low(dice.draw()) & hosts).into())
        })
        .collect();
    let v6: Vec<IpAddr> = (0..LOOKS)
        .map(|_| {
            let network = dice.pick(&day.v6);
            let hosts = u128::MAX.checked_shr(network.length.into()).unwrap_or(0);
            IpAddr::V6((network.address | u128::from(dice.draw()) & hosts).into())
        })
        .collect();
    let hosts: Vec<String> =
        (0..LOOKS).map(|_| format!("H{}.{}", dice.below(50), dice.pick(&domains))).collect();

    let mut trie = PrefixMap::<(u32, u8), u32>::new();
    for it in &day.v4 {
        trie.insert((it.address, it.length), it.participant);
    }
    let mut tree = IpLookupTable::<Ipv6Addr, u32>::new();
    for it in &day.v6 {
        tree.insert(it.address.into(), it.length.into(), it.participant);
    }

    let by_trie = |address: &IpAddr| match address {
        IpAddr::V4(it) => trie.get_lpm(&(it.to_bits(), 32)).map_or(0, |(_, owner)| u64::from(*owner)),
        IpAddr::V6(_) => 0,
    };
    let by_tree = |address: &IpAddr| match address {
        IpAddr::V6(it) => tree.longest_match(*it).map_or(0, |(_, _, owner)| u64::from(*owner)),
        IpAddr::V4(_) => 0,
    };
    let by_index = |address: &IpAddr| row(index.whose_address(*address));
    compared("IPv4 looks", &v4, by_index, "prefix-trie", by_trie);
    compared("IPv6 looks", &v6, by_index, "treebitmap", by_tree);
    let of_host = |host: &String| row(index.whose(Some(host), None));
    let looks = count(LOOKS) / measured(|| hosts.iter().map(of_host).sum::<u64>());
    print("attribution", "looks of a host's name, four labels", looks, "1/cpu-s", "none", 0.0);
}

pub fn index(day: &ScanDay, domains: &[String]) -> Index {
    let mut intake = Intake::default();
    let mut add = |participant: u32, place: Place<'_>| {
        intake.add(Owner::of_row(participant).unwrap(), Strength::Proven, place).unwrap();
    };
    let network = |address: IpAddr, length: u8| Place::Network(Network::of(address, length.into()).unwrap());
    for it in &day.v4 {
        add(it.participant, network(IpAddr::V4(it.address.into()), it.length));
    }
    for it in &day.v6 {
        add(it.participant, network(IpAddr::V6(it.address.into()), it.length));
    }
    for (participant, domain) in day.domains.iter().zip(domains) {
        add(*participant, Place::Domain(domain));
    }
    intake.into_index()
}

fn row(whose: Whose) -> u64 {
    match whose {
        Whose::Of(owner) => owner.row().map_or(0, u64::from),
        _ => 0,
    }
}

/// Prints how many looks a second ours does and theirs. Both must find the same owners.
fn compared(
    figure: &str,
    asked: &[IpAddr],
    ours: impl Fn(&IpAddr) -> u64,
    peer: &str,
    theirs: impl Fn(&IpAddr) -> u64,
) {
    asked.iter().for_each(|address| assert_eq!(ours(address), theirs(address), "{address}"));
    let [ours, theirs] = [
        measured(|| asked.iter().map(&ours).sum::<u64>()),
        measured(|| asked.iter().map(&theirs).sum::<u64>()),
    ];
    let looks = count(asked.len());
    print("attribution", figure, looks / ours, "1/cpu-s", peer, looks / theirs);
}

/// CPU seconds of one pass.
fn measured<T>(mut pass: impl FnMut() -> T) -> f64 {
    black_box(pass());
    let began = cpu_seconds();
    for _ in 0..PASSES {
        black_box(pass());
    }
    (cpu_seconds() - began) / f64::from(PASSES)
}

#[expect(clippy::cast_possible_truncation, reason = "the low bits are what is wanted")]
fn low(draw: u64) -> u32 {
    draw as u32
}

#[expect(clippy::cast_precision_loss, reason = "a count of a bench")]
fn count(of: usize) -> f64 {
    of as f64
}
