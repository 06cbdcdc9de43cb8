//! The same rows of Shadowserver through IntelMQ with Redis and through us (workload W7): read, look the network
//! up, leave out what was there before, write.
//!
//! IntelMQ runs as its handbook has it, one bot for each step with a queue of Redis between them. Each bot runs
//! alone until its queue is empty, so that nothing but work is counted; what Redis does for it counts with it.
//! Ours keeps the raw paper too, and ends with what it would write into the store lying in a file.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use domain::attribution::{Intake, Owner, Place, Strength};
use domain::holding::Network;
use flow::attribution::Owners;
use flow::reports::ROWS_MAX;
use scenarios::dice::Dice;
use serde_json::Value;
use store::findings::{self, Holder};
use store::papers::Folder;

use crate::{Scratch, cpu_seconds, ingest, peers, print};

const ROWS: u64 = 100_000;
const NETWORKS: u64 = 200_000;
const PASSES: usize = 5;
const FILE_NAME: &str = "2026-11-21-scan_http_vulnerable-w7.csv";
/// What Shadowserver publishes for IntelMQ about its reports, below the folder of public data.
const SCHEMA: &str = "observations/shadowserver-report_schema/intelmq.json";

/// The columns of this type in that file.
const HEADER: &str = "timestamp,severity,ip,protocol,port,hostname,tag,asn,geo,region,city,naics,hostname_source,\
sector,http,http_code,http_reason,content_type,connection,www_authenticate,set_cookie,server,content_length,\
transfer_encoding,http_date,version,build_date,detail,build_branch\n";
const TAGS: [&str; 4] =
    ["citrix;cve-2019-19781", "citrix;cve-2023-4966", "panos;cve-2024-3400", "basic-auth"];

pub fn intelmq() {
    let scratch = Scratch::new();
    let mut dice = Dice::new(7);
    let networks = networks(&mut dice);
    let distinct = write(&scratch, &mut dice, &networks);
    let ours = ours(&scratch, &networks, distinct);
    let bench = "ingest, W7";
    print(bench, "distinct rows", f(distinct), "rows", "rows", f(ROWS));
    print(bench, "rows_per_cpu_second", f(ROWS) / ours, "1/cpu-s", "the aim, at least", 47_500.0);
    match theirs(&scratch) {
        Ok(said) => {
            assert_eq!(said["events"].as_u64(), Some(distinct), "both leave out the same");
            let mut all = 0.0;
            for step in said["steps"].as_array().unwrap() {
                let (seconds, redis) = (step["seconds"].as_f64().unwrap(), step["redis"].as_f64().unwrap());
                all += seconds + redis;
                let figure = format!("IntelMQ: {}", step["step"].as_str().unwrap());
                print(bench, &figure, seconds, "cpu-s", "Redis for it", redis);
            }
            let peer = "IntelMQ 3.5 with Redis";
            print(bench, "rows_per_cpu_second", f(ROWS) / ours, "1/cpu-s", peer, f(ROWS) / all);
        }
        Err(why) => eprintln!("left out, IntelMQ on the same rows: {why}"),
    }
}

/// Addresses, lengths and numbers of networks, each of which is there once.
fn networks(dice: &mut Dice) -> Vec<(u32, u8)> {
    let mut known = HashSet::new();
    let mut networks = Vec::new();
    while (networks.len() as u64) < NETWORKS {
        let length = 16 + u8::try_from(below(dice, 9)).unwrap();
        let octet = 11 + below(dice, 100);
        let address = u32::try_from(octet << 24 | below(dice, 1 << 24)).unwrap() & u32::MAX << (32 - length);
        if known.insert((address, length)) {
            networks.push((address, length));
        }
    }
    networks
}

/// Writes the rows and the networks. One row in five is an earlier one, to the letter; all others have an address
/// of their own. Gives how many are no repeated ones.
fn write(scratch: &Scratch, dice: &mut Dice, networks: &[(u32, u8)]) -> u64 {
    let mut text = String::new();
    for ((address, length), asn) in networks.iter().zip(1..) {
        writeln!(text, "{}/{length}\t{asn}", Ipv4Addr::from_bits(*address)).unwrap();
    }
    std::fs::write(scratch.path("networks.dat"), text).unwrap();
    let mut known = HashSet::new();
    let mut lines: Vec<String> = Vec::new();
    let mut file = std::io::BufWriter::new(File::create(scratch.path("rows.csv")).unwrap());
    file.write_all(HEADER.as_bytes()).unwrap();
    for row in 0..ROWS {
        if !lines.is_empty() && below(dice, 5) == 0 {
            let earlier = usize::try_from(below(dice, lines.len() as u64)).unwrap();
            file.write_all(lines[earlier].as_bytes()).unwrap();
            continue;
        }
        let address = loop {
            let (address, length) = networks[usize::try_from(below(dice, NETWORKS)).unwrap()];
            let within = u32::try_from(below(dice, 1 << (32 - length))).unwrap();
            if known.insert(address | within) {
                break Ipv4Addr::from_bits(address | within);
            }
        };
        let (hour, minute, second) = (row % 86_400 / 3_600, row % 3_600 / 60, row % 60);
        let tag = TAGS[usize::try_from(below(dice, 4)).unwrap()];
        let asn = 1 + below(dice, NETWORKS);
        let (naics, length) = (500_000 + below(dice, 9_999), below(dice, 90_000));
        let version = (10 + below(dice, 5), below(dice, 20), below(dice, 90));
        let mut line = String::new();
        writeln!(
            line,
            "\"2026-11-21 {hour:02}:{minute:02}:{second:02}\",\"high\",\"{address}\",\"tcp\",\"443\",\
             \"h{row}.org{}.example\",\"{tag}\",\"{asn}\",\"NL\",\"UTRECHT\",\"ZEIST\",\"{naics}\",\"ptr\",\
             \"Health care, and social work\",\"HTTP/1.1\",\"200\",\"OK\",\"text/html\",\"close\",\"\",\
             \"NSC_TEMP=4f1c\",\"Apache\",\"{length}\",\"\",\"2026-11-21 00:00:01\",\"{}.{}.{}\",\"\",\
             \"/vpn/index.html\",\"\"",
            row % 97,
            version.0,
            version.1,
            version.2,
        )
        .unwrap();
        file.write_all(line.as_bytes()).unwrap();
        lines.push(line);
    }
    file.into_inner().unwrap().sync_all().unwrap();
    lines.len() as u64
}

/// CPU seconds, of several passes the middle one.
fn ours(scratch: &Scratch, networks: &[(u32, u8)], distinct: u64) -> f64 {
    let mut intake = Intake::default();
    for ((address, length), owner) in networks.iter().zip(0..) {
        let network = Network::of(Ipv4Addr::from_bits(*address).into(), (*length).into()).unwrap();
        intake.add(Owner::of_row(owner).unwrap(), Strength::Proven, Place::Network(network)).unwrap();
    }
    let holders = ingest::participants(NETWORKS).into_iter().map(Holder::Participant).collect();
    let owners = Arc::new(Owners::of_index(intake.into_index(), holders));
    let mut passes: Vec<f64> = (0..PASSES)
        .map(|pass| {
            let folder = Folder::open(&scratch.path(&format!("raw-{pass}"))).unwrap();
            let began = cpu_seconds();
            let (digest, _) = folder.keep_all_of(&mut File::open(scratch.path("rows.csv")).unwrap()).unwrap();
            let mut parts = Vec::new();
            let route = ingest::route(&owners, digest, 1, ROWS_MAX);
            ingest::read(&folder, route, digest, FILE_NAME, |part| parts.push(part));
            let mut out = File::create(scratch.path("parts")).unwrap();
            for piece in parts.iter().flat_map(|part| &part.reading.parts) {
                out.write_all(piece).unwrap();
            }
            out.sync_all().unwrap();
            let spent = cpu_seconds() - began;
            let pieces = parts.iter().flat_map(|part| &part.reading.parts);
            let said = pieces.flat_map(|piece| findings::said_in(piece).unwrap());
            let found: usize = said.map(|(_, said)| said.page().len()).sum();
            assert_eq!(found as u64, distinct, "what was there before is left out");
            spent
        })
        .collect();
    passes.sort_by(f64::total_cmp);
    passes[passes.len() / 2]
}

/// What IntelMQ needed, or why it is not here.
fn theirs(scratch: &Scratch) -> Result<Value, String> {
    let redis = Command::new("redis-server").arg("--version").stdout(Stdio::null()).status();
    if !redis.is_ok_and(|status| status.success()) {
        return Err("redis-server is not installed".into());
    }
    let schema = peers::data().join(SCHEMA);
    if !schema.is_file() {
        return Err(format!("{SCHEMA} is not among the public data"));
    }
    let folder = scratch.path("");
    let python = peers::tried_python(&folder, &["intelmq==3.5.0", "redis", "pyasn"])?;
    let script = PEER.replace("SCHEMA", &schema.canonicalize().unwrap().to_string_lossy());
    let said = peers::run_python(&python, Path::new(&folder), &script.replace("FILE_NAME", FILE_NAME));
    serde_json::from_str(&said).map_err(|why| why.to_string())
}

/// Runs its bots, one after the other.
const PEER: &str = r#"
import json, os, shutil, socket, subprocess, sys, time

ROOT = os.path.abspath("intelmq")
os.environ["INTELMQ_ROOT_DIR"] = ROOT
STEPS = [
    ("collect", "intelmq.bots.collectors.file.collector_file", None, "parse-queue"),
    ("parse", "intelmq.bots.parsers.shadowserver.parser", "parse-queue", "look-up-queue"),
    ("look-up", "intelmq.bots.experts.asn_lookup.expert", "look-up-queue", "deduplicate-queue"),
    ("deduplicate", "intelmq.bots.experts.deduplicator.expert", "deduplicate-queue", "write-queue"),
    ("write", "intelmq.bots.outputs.file.output", "write-queue", None),
]

def free_port():
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]

def seconds_of(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

import intelmq, redis
port = free_port()
for folder in ["etc", "var/log", "var/lib/bots", "var/run", "in"]:
    os.makedirs(os.path.join(ROOT, folder))
package = os.path.dirname(intelmq.__file__)
shutil.copy(os.path.join(package, "etc/harmonization.conf"), os.path.join(ROOT, "etc"))
shutil.copy("SCHEMA", os.path.join(ROOT, "var/lib/bots/shadowserver-schema.json"))
os.link("rows.csv", os.path.join(ROOT, "in", "FILE_NAME"))
out = os.path.join(ROOT, "events.txt")
own = {
    "collect": {"path": os.path.join(ROOT, "in"), "postfix": ".csv", "delete_file": False,
                "name": "bench", "provider": "bench"},
    "parse": {},
    "look-up": {"database": os.path.abspath("networks.dat")},
    "deduplicate": {"redis_cache_host": "127.0.0.1", "redis_cache_port": port, "redis_cache_db": 6,
                    "redis_cache_ttl": 86400, "filter_keys": "raw,time.observation",
                    "filter_type": "blacklist"},
    "write": {"file": out},
}
runtime = {"global": {
    "source_pipeline_broker": "redis", "destination_pipeline_broker": "redis",
    "source_pipeline_host": "127.0.0.1", "source_pipeline_port": port,
    "destination_pipeline_host": "127.0.0.1", "destination_pipeline_port": port,
    "statistics_host": "127.0.0.1", "statistics_port": port,
    "logging_path": os.path.join(ROOT, "var/log/"), "logging_level": "WARNING",
}}
for name, module, source, target in STEPS:
    parameters = dict(own[name])
    if target:
        parameters["destination_queues"] = {"_default": [target]}
    if source:
        parameters["source_queue"] = source
    runtime[name] = {"module": module, "bot_id": name, "enabled": True, "run_mode": "continuous",
                     "parameters": parameters}
with open(os.path.join(ROOT, "etc/runtime.yaml"), "w") as file:
    json.dump(runtime, file)
quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
server = subprocess.Popen(["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "",
                           "--appendonly", "no", "--dir", ROOT], **quiet)
bot, steps = None, []
try:
    queue = redis.Redis("127.0.0.1", port, db=2)
    for attempt in range(200):
        try:
            queue.ping()
            break
        except redis.ConnectionError:
            time.sleep(0.05)
    for name, module, source, target in STEPS:
        before = seconds_of(server.pid)
        # It refuses to be root, and whoever is root in a container may have nobody else who reads its packages.
        start = ("import sys, intelmq.lib.bot as bot; bot.utils.drop_privileges = lambda: True; "
                 f"from {module} import BOT; sys.argv = ['bot', '{name}']; BOT.run()")
        bot = subprocess.Popen([sys.executable, "-c", start], **quiet)
        def is_waiting():
            if source is None:
                return queue.llen(target) == 0
            return queue.llen(source) + queue.llen(source + "-internal") > 0
        while is_waiting():
            if bot.poll() is not None:
                raise SystemExit(f"the bot that should {name} ended by itself")
            time.sleep(0.2)
        steps.append({"step": name, "seconds": seconds_of(bot.pid),
                      "redis": seconds_of(server.pid) - before})
        bot.terminate()
        bot.wait()
finally:
    if bot is not None and bot.poll() is None:
        bot.kill()
    server.terminate()
    server.wait()
with open(out) as events:
    count = sum(1 for line in events)
print(json.dumps({"steps": steps, "events": count}))
"#;

fn below(dice: &mut Dice, bound: u64) -> u64 {
    dice.below(usize::try_from(bound).unwrap()) as u64
}

#[expect(clippy::cast_precision_loss, reason = "counts of a bench")]
fn f(count: u64) -> f64 {
    count as f64
}
