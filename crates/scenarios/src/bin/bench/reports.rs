//! A day of scans out of its file: every row of workload W1 as an observation, with address, time, name and
//! all. Held against what the `csv` crate needs to find the cells and to do nothing with them, in the same
//! run, from the same file.
//!
//! Two million rows have half a GB. What is counted beside the speed is by how much the memory grew while they
//! were read.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::ops::ControlFlow;

use formats::observations::{self, About, Row};
use jiff::Timestamp;
use scenarios::scan_day::{self, ScanDay};

use crate::{Scratch, cpu_seconds, print};

/// Passes, of which the middle one counts.
const PASSES: usize = 5;

pub fn reports(rows: u64) {
    let scratch = Scratch::new();
    let path = scratch.path(scan_day::FILE_NAME);
    let day = ScanDay::settle();
    assert_eq!((day.v4.len(), day.v6.len(), day.domains.len()), (850_000, 150_000, 200_000));
    let mut file = BufWriter::new(File::create(&path).unwrap());
    let bytes = day.write(rows, &mut file).unwrap();
    file.flush().unwrap();
    drop((file, day));
    if rows == scan_day::ROWS {
        assert_eq!(bytes, scan_day::BYTES, "the file is the one that is known by its size");
    }

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let before = resident_bytes();
    let mut most = before;
    for _ in 0..PASSES {
        ours.push(measured(|| {
            let now: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
            let about = About { file_name: Some(scan_day::FILE_NAME), ..About::from("", now) };
            let (mut ports, mut hosts) = (0_u64, 0_u64);
            let account = observations::read(File::open(&path).unwrap(), about, |row| {
                if let Row::Good(observed) = &row {
                    ports += u64::from(observed.port.unwrap_or(0));
                    hosts += u64::from(observed.host.is_some());
                }
                ControlFlow::Continue(())
            })
            .unwrap();
            assert_eq!((account.rows, account.good), (rows, rows));
            std::hint::black_box((ports, hosts));
        }));
        most = most.max(resident_bytes());
        theirs.push(measured(|| {
            let mut reader = csv::Reader::from_reader(File::open(&path).unwrap());
            let (mut record, mut count) = (csv::ByteRecord::new(), 0);
            while reader.read_byte_record(&mut record).unwrap() {
                count += 1;
                std::hint::black_box(record.len());
            }
            assert_eq!(count, rows);
        }));
    }
    let (ours, theirs) = (middle(ours), middle(theirs));
    #[expect(clippy::cast_precision_loss, reason = "counts of a bench")]
    let (rows, bytes, grown) = (rows as f64, bytes as f64, most.saturating_sub(before) as f64);
    let csv = "csv 1.4, cells only";
    print("reports", "rows_per_cpu_second", rows / ours, "1/cpu-s", csv, rows / theirs);
    print("reports", "bytes_per_cpu_second", bytes / ours, "B/cpu-s", csv, bytes / theirs);
    print("reports", "memory_grown", grown, "B", "the file", bytes);
}

fn measured(run: impl FnOnce()) -> f64 {
    let began = cpu_seconds();
    run();
    cpu_seconds() - began
}

fn middle(mut passes: Vec<f64>) -> f64 {
    passes.sort_by(f64::total_cmp);
    passes[passes.len() / 2]
}

/// What this process has in memory now. Source: proc(5), the second field of `statm`, in pages.
pub fn resident_bytes() -> u64 {
    const PAGE_BYTES: u64 = 4_096;
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = statm.split_whitespace().nth(1).unwrap().parse().unwrap();
    pages * PAGE_BYTES
}
