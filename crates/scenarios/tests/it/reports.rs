//! Scans come as tables of many rows. Whose is each of them, what stands where, and what does it set in motion?

use std::io::Write as _;
use std::time::Duration;

use domain::finding::Finding;
use domain::text::Language;
use domain::warning::Stage;
use flow::attribution::{self, NotDecided};
use flow::holdings;
use flow::ingest::{self, Received, Taken};
use flow::jobs::Failed;
use scenarios::country::{Country, HOLE};
use scenarios::dice::Dice;
use store::findings::{self, Count, Holder};
use store::reports::{self, Report, Rows};
use store::testing::on_both;
use store::{StoreError, assets, papers};

use crate::attribution::proves;

const HEAD: &str = "at,address,host,port,finding,seen,method,source";

/// A report of these rows, as it comes in.
async fn comes_in(country: &Country, name: &str, rows: &[&str]) -> Report {
    let bytes = format!("{HEAD}\n{}\n", rows.join("\n")).into_bytes();
    let received = Received { source: "Dijkleger".into(), name: name.into(), bytes };
    let taken = ingest::paper(&country.house, received).await.unwrap();
    let Taken::Report { number, .. } = taken else { panic!("{taken:?}") };
    country.works().await;
    reports::of_number(&country.house.db, number).await.unwrap().unwrap()
}

async fn known_of(country: &Country, holder: Holder) -> Vec<Finding> {
    findings::of_holder(&country.house.db, holder).await.unwrap().findings().to_vec()
}

#[tokio::test]
async fn every_row_of_a_report_finds_its_place_or_its_reason() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-10").await;
        let hospital = country.hospital_that_registered_nothing("noordzorg").await;
        proves(&country, &hospital, "192.0.2.0/24").await;
        proves(&country, &hospital, "noordzorg.example").await;
        let report = comes_in(
            &country,
            "scan.csv",
            &[
                "2020-01-09T01:00:00Z,192.0.2.7,,6379,open-redis,misconfigured,banner,",
                // The same once more, seen by the same scanner an hour later.
                "2020-01-09T02:00:00Z,192.0.2.7,,6379,open-redis,misconfigured,banner,",
                // Theirs by name, wherever it stands.
                "2020-01-09T01:00:00Z,203.0.113.5,www.noordzorg.example,443,poodle,vulnerable,version,",
                "2020-01-09T01:00:00Z,198.51.100.1,,443,poodle,vulnerable,version,",
                "2020-01-09T01:00:00Z,198.51.100.1,,443,poodle,vulnerable,version,",
                "2020-01-09T01:00:00Z,192.0.2.999,,443,poodle,vulnerable,version,",
                "2021-01-09T01:00:00Z,192.0.2.8,,443,poodle,vulnerable,version,",
                "2020-01-09T01:00:00Z,192.0.2.8,,443,poodle,vulnerable",
            ],
        )
        .await;
        assert_eq!(
            report.rows,
            Rows { read: 8, routed: 2, to_partners: 0, unattributed: 2, duplicate: 1, rejected: 3 },
        );
        assert!(report.rows.adds_up() && report.ended_at.is_some() && report.waiting == 0);
        let why = reports::rejections(&country.house.db, report.number).await.unwrap();
        let why: Vec<_> = why.iter().map(|(why, times)| (why.as_str(), *times)).collect();
        assert_eq!(why, [("cells", 1), ("future", 1), ("no-address", 1)]);
        let kept = reports::rejected(&country.house.db, report.number, 10).await.unwrap();
        assert_eq!(kept.iter().map(|row| row.place).collect::<Vec<_>>(), [6, 7, 8]);
        assert!(String::from_utf8_lossy(&kept[0].bytes).contains("192.0.2.999"));

        let own = known_of(&country, Holder::Participant(hospital.id)).await;
        assert_eq!(own.len(), 2);
        assert_eq!(own[0].last_at - own[0].first_at, 3_600, "seen twice, known once");
        assert_eq!(own[1].host.as_deref(), Some("www.noordzorg.example"));
        assert_eq!(known_of(&country, Holder::Nobody).await.len(), 1);
        let registered = assets::of_participant(&country.house.db, hospital.id, 10).await.unwrap();
        assert_eq!(registered, [], "no advisory names it, so it is a finding and no system of theirs");
    })
    .await;
}

#[tokio::test]
async fn what_is_seen_every_day_is_one_finding_and_the_same_report_twice_is_once() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-20").await;
        let hospital = country.hospital_that_registered_nothing("noordzorg").await;
        proves(&country, &hospital, "192.0.2.0/24").await;
        for day in 10..17 {
            let row = format!("2020-01-{day}T01:00:00Z,192.0.2.7,,6379,open-redis,misconfigured,banner,");
            let report = comes_in(&country, &format!("2020-01-{day}.csv"), &[&row]).await;
            assert_eq!(report.rows.routed, 1, "a look of another day is no repetition");
        }
        let [found] = &known_of(&country, Holder::Participant(hospital.id)).await[..] else { panic!() };
        assert_eq!((found.papers, found.last_at - found.first_at), (7, 6 * 86_400));
        let bytes =
            format!("{HEAD}\n2020-01-16T01:00:00Z,192.0.2.7,,6379,open-redis,misconfigured,banner,\n");
        let again = Received { source: "Dijkleger".into(), name: "again".into(), bytes: bytes.into() };
        let taken = ingest::paper(&country.house, again).await.unwrap();
        assert!(matches!(taken, Taken::Known(_)), "{taken:?}");
        let gone = "2020-01-18T01:00:00Z,192.0.2.7,,6379,open-redis,not_vulnerable,banner,";
        comes_in(&country, "gone.csv", &[gone]).await;
        let [found] = &known_of(&country, Holder::Participant(hospital.id)).await[..] else { panic!() };
        assert!(!found.is_open() && found.gone_at().is_some());
        let counted = findings::count_of(&country.house.db, Holder::Participant(hospital.id)).await.unwrap();
        assert_eq!(counted, Count { open: 0, known: 1 });
    })
    .await;
}

#[tokio::test]
async fn a_hole_that_was_seen_before_anybody_warned_is_warned_about_when_the_advisory_is_released() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let hospital = country.hospital_that_registered_nothing("noordzorg").await;
        proves(&country, &hospital, "192.0.2.0/24").await;
        let row = format!("2020-01-09T01:00:00Z,192.0.2.7,,443,{HOLE},vulnerable,safe_check,");
        comes_in(&country, "scan.csv", &[&row]).await;
        assert_eq!(assets::of_participant(&country.house.db, hospital.id, 10).await.unwrap(), []);
        country.publishes_an_advisory_with_a_workaround().await;
        let warning = country.warning_of(&hospital).await.unwrap();
        let own = assets::of_participant(&country.house.db, hospital.id, 10).await.unwrap();
        assert_eq!(own.len(), 1, "the system that was seen");
        assert!(warning.assets().contains_key(&own[0].id));
    })
    .await;
}

/// Read before the release, filed after it: neither the reading nor the release sees it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_advisory_that_is_released_while_a_report_is_taken_in_finds_what_stands_in_it() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let hospital = country.hospital_that_registered_nothing("noordzorg").await;
        proves(&country, &hospital, "192.0.2.0/24").await;
        country.hours(1).await;
        let (mut day, mut cut) = (0, false);
        while !cut {
            day += 1;
            let row = format!("2020-01-09T01:00:00Z,192.0.2.{day},,443,{HOLE},vulnerable,safe_check,");
            let bytes = format!("{HEAD}\n{row}\n").into_bytes();
            let received = Received { source: "Dijkleger".into(), name: format!("{day}.csv"), bytes };
            let taken = ingest::paper(&country.house, received).await.unwrap();
            let Taken::Report { number, .. } = taken else { panic!("{taken:?}") };
            for tries in 1..=100 {
                let patience = Duration::from_micros(250 * tries);
                let work = flow::reports::take_in(&country.house, number);
                drop(tokio::time::timeout(patience, work).await);
                let report = reports::of_number(&country.house.db, number).await.unwrap().unwrap();
                cut = report.waiting > 0;
                if cut || report.ended_at.is_some() {
                    break;
                }
            }
            if !cut {
                assert!(day < 200, "no report was ever cut off between reading and filing");
            }
        }
        country.publishes_an_advisory_with_a_workaround().await;
        let own = assets::of_participant(&country.house.db, hospital.id, 500).await.unwrap();
        assert_eq!(own.len(), day, "each system that was seen");
        assert!(country.warning_of(&hospital).await.is_some());
    })
    .await;
}

#[tokio::test]
async fn what_was_seen_at_a_network_goes_over_to_who_proves_it_and_back_when_it_is_given_up() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let provider = country.hospital_that_registered_nothing("waterwerk").await;
        let tenant = country.hospital_that_registered_nothing("noordzorg").await;
        proves(&country, &provider, "198.51.100.0/24").await;
        proves(&country, &provider, "waterwerk.example").await;
        country.publishes_an_advisory_with_a_workaround().await;
        let rows = [
            format!("2020-01-09T01:00:00Z,198.51.100.70,,443,{HOLE},vulnerable,safe_check,"),
            "2020-01-09T01:00:00Z,198.51.100.71,,6379,open-redis,misconfigured,banner,".to_owned(),
            // By its name the provider's, and it stays theirs.
            "2020-01-09T01:00:00Z,198.51.100.72,www.waterwerk.example,80,open-proxy,misconfigured,banner,"
                .to_owned(),
            "2020-01-09T01:00:00Z,203.0.113.1,,80,open-proxy,misconfigured,banner,".to_owned(),
        ];
        comes_in(&country, "scan.csv", &rows.each_ref().map(String::as_str)).await;
        let counts = async |country: &Country| {
            let mut counts = Vec::new();
            for holder in [Holder::Participant(provider.id), Holder::Participant(tenant.id), Holder::Nobody] {
                counts.push(findings::count_of(&country.house.db, holder).await.unwrap().known);
            }
            counts
        };
        assert_eq!(counts(&country).await, [3, 0, 1]);

        proves(&country, &tenant, "198.51.100.64/28").await;
        country.hours(1).await;
        assert_eq!(counts(&country).await, [1, 2, 1]);
        let warning = country.warning_of(&tenant).await.unwrap();
        assert_ne!(warning.stage(country.house.now()), Stage::Matched, "the tenant was told");

        let held = store::holdings::of_participant(&country.house.db, tenant.id).await.unwrap();
        assert!(holdings::give_up(&country.house, tenant.actor(), held[0].id).await.unwrap());
        country.hours(1).await;
        assert_eq!(counts(&country).await, [3, 0, 1]);
    })
    .await;
}

#[tokio::test]
async fn of_several_systems_at_one_address_a_look_means_the_one_that_is_warned_about_or_none() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let mut hospital = country.hospital_that_registered_nothing("noordzorg").await;
        for (vendor, product, version) in [("Nginx", "nginx", "1.16"), ("Citrix", "ADC", "13.0-47.24")] {
            country.registers(&mut hospital, vendor, product, version).await;
        }
        for id in hospital.assets.clone() {
            let mut asset = assets::of_id(&country.house.db, id, hospital.id).await.unwrap().unwrap();
            asset.address = Some("192.0.2.7".parse().unwrap());
            asset.host = None;
            flow::catalogue::register(&country.house, hospital.actor(), &[asset]).await.unwrap();
        }
        country.works().await;
        country.publishes_an_advisory_with_a_workaround().await;
        let row = format!("2020-01-10T00:00:00Z,192.0.2.7,,443,{HOLE},vulnerable,safe_check,");
        comes_in(&country, "scan.csv", &[&row]).await;
        let looks = async |asset| {
            let now = country.house.now();
            store::observations::of_asset(&country.house.db, asset, hospital.id, now).await.unwrap().len()
        };
        assert_eq!(looks(hospital.assets[0]).await, 0, "nobody looked at the web server");
        assert_eq!(looks(hospital.assets[1]).await, 1);
        let own = assets::of_participant(&country.house.db, hospital.id, 10).await.unwrap();
        assert_eq!(own.len(), 2, "and it is no third system");
    })
    .await;
}

#[tokio::test]
async fn a_report_of_which_not_one_row_can_be_used_lies_on_the_shelf_and_the_next_one_is_read() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-10").await;
        let bad = "no time,192.0.2.7,,443,poodle,vulnerable,version,";
        let report = comes_in(&country, "bad.csv", &[bad]).await;
        assert!(report.why.as_deref().unwrap().contains("not one row"), "{report:?}");
        assert!(report.rows.adds_up());
        let shelf = papers::on_the_shelf(&country.house.db).await.unwrap();
        assert_eq!(shelf.len(), 1);
        let good = "2020-01-09T01:00:00Z,192.0.2.7,,443,poodle,vulnerable,version,";
        assert_eq!(comes_in(&country, "good.csv", &[good]).await.rows.unattributed, 1);
        let again = ingest::again(&country.house, shelf[0].digest).await.unwrap().unwrap();
        assert!(matches!(again, Taken::Report { number: 1, .. }), "{again:?}");
        country.works().await;
        let report = reports::of_number(&country.house.db, 1).await.unwrap().unwrap();
        assert_eq!((report.rows.read, report.rows.rejected), (1, 1), "nothing counts twice");
    })
    .await;
}

#[tokio::test]
async fn what_a_person_decides_about_a_place_counts_for_what_was_seen_and_for_what_will_be() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-10").await;
        let hospital = country.hospital_that_registered_nothing("noordzorg").await;
        let (_, officer) = country.officers();
        let row = |address: &str, day: u32| {
            format!("2020-01-{day:02}T01:00:00Z,{address},,6379,open-redis,misconfigured,banner,")
        };
        comes_in(&country, "1.csv", &[&row("198.51.100.9", 8), &row("203.0.113.9", 8)]).await;
        let decide = async |place: &str, owner: Option<&str>| {
            attribution::decide(&country.house, officer, place, owner, "called the provider").await
        };
        let name = store::participants::of_id(&country.house.db, hospital.id).await.unwrap().unwrap().name;
        let wrong = [decide("nowhere", Some(&name)).await, decide("198.51.100.0/24", Some("Nobody")).await];
        assert!(matches!(wrong, [Err(NotDecided::NoPlace), Err(NotDecided::NoSuchParticipant)]), "{wrong:?}");
        decide("198.51.100.0/24", Some(&name)).await.unwrap();
        decide("203.0.113.9", None).await.unwrap();
        country.hours(1).await;
        assert_eq!(known_of(&country, Holder::Participant(hospital.id)).await.len(), 1);
        let report = comes_in(&country, "2.csv", &[&row("198.51.100.9", 9), &row("203.0.113.9", 9)]).await;
        assert_eq!((report.rows.routed, report.rows.unattributed), (1, 1), "nobody's stays nobody's");
        let owners = country.house.owners().await.unwrap();
        assert!(owners.is_nobodys("203.0.113.9".parse().ok(), None), "and is no work for a person");
        assert!(!owners.is_nobodys("203.0.113.10".parse().ok(), None));

        decide("198.51.100.9", None).await.unwrap();
        country.hours(1).await;
        assert_eq!(
            known_of(&country, Holder::Participant(hospital.id)).await.len(),
            0,
            "the last word counts"
        );
        let decided = findings::decisions(&country.house.db).await.unwrap();
        assert_eq!(decided.len(), 3);
    })
    .await;
}

/// A day of rows: at each port of each address of three hospitals, some of them twice, and some at nobody's.
fn a_day(day: u32) -> Vec<u8> {
    let at = format!("2020-01-{:02}T{:02}:00:00Z", 1 + day % 28, day / 28);
    let mut text = format!("{HEAD}\n");
    for port in 1..=20 {
        for network in ["192.0.2", "198.51.100", "203.0.113"] {
            for last in 0..64 {
                let row = format!("{at},{network}.{last},,{port},open,present,banner,\n");
                text += &row.repeat(if last == 7 { 2 } else { 1 });
            }
        }
        let nobodys = format!("{at},2001:db8::{port},,443,open,present,banner,\n");
        text += &nobodys.repeat(2);
    }
    text.into_bytes()
}

/// Whoever takes a report in is cut off a hundred times, at any moment, and begins again from what is on disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_dies_a_hundred_times_over_reports_loses_no_row_and_counts_none_twice() {
    on_both(async |db| {
        let country = Country::new(db, "2020-02-01").await;
        let mut hospitals = Vec::new();
        for (name, network) in
            [("noordzorg", "192.0.2.0/24"), ("zuidzorg", "198.51.100.0/24"), ("waterwerk", "203.0.113.0/24")]
        {
            let hospital = country.hospital_that_registered_nothing(name).await;
            proves(&country, &hospital, network).await;
            hospitals.push(hospital);
        }
        country.hours(1).await;
        let (mut deaths, mut days, mut dice) = (0, 0, Dice::new(4));
        while deaths < 100 {
            days += 1;
            assert!(days <= 500, "{deaths} deaths in so many reports");
            let received =
                Received { source: "Dijkleger".into(), name: format!("{days}.csv"), bytes: a_day(days) };
            let taken = ingest::paper(&country.house, received).await.unwrap();
            let Taken::Report { number, .. } = taken else { panic!("{taken:?}") };
            for tries in 1.. {
                // Ever more patient, so that it ends.
                let patience_ms = u64::try_from(1 + dice.below(tries * 4)).unwrap();
                let patience = Duration::from_millis(patience_ms);
                let work = flow::reports::take_in(&country.house, number);
                match tokio::time::timeout(patience, work).await {
                    Ok(Ok(())) => break,
                    // What the dead wrote last came to light while this one read.
                    Ok(Err(Failed::ForNow(_))) => {}
                    Ok(Err(why)) => panic!("{why}"),
                    Err(_) => deaths += 1,
                }
            }
            let report = reports::of_number(&country.house.db, number).await.unwrap().unwrap();
            assert!(report.ended_at.is_some() && report.waiting == 0, "{report:?}");
            let rows = Rows {
                read: 3_940,
                routed: 3_840,
                to_partners: 0,
                unattributed: 40,
                duplicate: 60,
                rejected: 0,
            };
            assert_eq!(report.rows, rows);
        }
        for hospital in &hospitals {
            let own = known_of(&country, Holder::Participant(hospital.id)).await;
            assert_eq!(own.len(), 64 * 20);
            assert!(own.iter().all(|it| it.papers == days), "each day is one more, whoever died over it");
        }
    })
    .await;
}

/// A full disk stops what comes in, and nothing else; and nobody has to start it again.
#[tokio::test]
async fn where_there_is_no_room_the_intake_waits_and_goes_on_by_itself() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-10").await;
        let hospital = country.hospital_that_registered_nothing("noordzorg").await;
        proves(&country, &hospital, "192.0.2.0/24").await;
        country.hours(1).await;
        let house = &country.house;
        let rows = |address: &str| {
            let row = format!("2020-01-09T01:00:00Z,{address},,6379,open-redis,misconfigured,banner,");
            Received {
                source: "Dijkleger".into(),
                name: format!("{address}.csv"),
                bytes: format!("{HEAD}\n{row}\n").into_bytes(),
            }
        };
        let taken = ingest::paper(house, rows("192.0.2.7")).await.unwrap();
        let Taken::Report { number, .. } = taken else { panic!("{taken:?}") };

        house.room.let_be_free(300 << 20);
        let kept = std::fs::read_dir(house.papers.path()).unwrap().count();
        let refused = ingest::paper(house, rows("192.0.2.8")).await;
        assert!(matches!(refused, Err(StoreError::NoRoom { .. })), "{refused:?}");
        let mut stream = &rows("192.0.2.8").bytes[..];
        let refused = flow::reports::stream(house, "Dijkleger", "8.csv", &mut stream).await;
        assert!(matches!(refused, Err(StoreError::NoRoom { .. })), "{refused:?}");
        assert_eq!(std::fs::read_dir(house.papers.path()).unwrap().count(), kept, "nothing was kept of it");
        country.hours(1).await;
        let waits = flow::reports::waits(house).await.unwrap();
        let wait = &waits[&number];
        assert_eq!(wait.why, flow::reports::Why::NoRoom);
        assert!(wait.until > house.now() && wait.until <= house.now() + flow::room::AGAIN_AFTER);
        let report = reports::of_number(&house.db, number).await.unwrap().unwrap();
        assert_eq!((report.ended_at, report.rows.read), (None, 0), "after sixty tries it has not begun");
        assert_eq!(store::jobs::on_the_shelf(&house.db).await.unwrap(), [], "waiting is no failure");
        assert_eq!(reports::open(&house.db, 5).await.unwrap(), [report]);

        house.room.let_be_free(2 << 30);
        country.hours(1).await;
        let report = reports::of_number(&house.db, number).await.unwrap().unwrap();
        assert_eq!((report.ended_at.is_some(), report.rows.routed), (true, 1));
        assert_eq!(flow::reports::waits(house).await.unwrap().len(), 0);
        ingest::paper(house, rows("192.0.2.8")).await.unwrap();
        country.works().await;
        assert_eq!(known_of(&country, Holder::Participant(hospital.id)).await.len(), 2);
    })
    .await;
}

/// An archive of so many tables, each with a row about an address of the hospital.
fn archive(tables: usize) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for nth in 0..tables {
        writer.start_file(format!("{nth}.csv"), zip::write::SimpleFileOptions::default()).unwrap();
        let row = "2020-01-09T01:00:00Z,192.0.2.7,,6379,open-redis,misconfigured,banner,";
        writer.write_all(format!("{HEAD}\n{row}\n").as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[tokio::test]
async fn an_archive_of_too_many_files_is_told_so_and_one_for_which_there_is_no_room_waits() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-10").await;
        let house = &country.house;
        let many = Received { source: "Dijkleger".into(), name: "many.zip".into(), bytes: archive(20_000) };
        let taken = ingest::paper(house, many).await.unwrap();
        let Taken::Report { number, .. } = taken else { panic!("{taken:?}") };
        country.works().await;
        let report = reports::of_number(&house.db, number).await.unwrap().unwrap();
        let why = report.why.unwrap();
        assert!(why.contains("holds 20000 files, and we read 10000 at most; pack them"), "{why}");

        // It can be kept, and not be laid out beside.
        house.room.let_be_free((1 << 30) + (10 << 20));
        let few = Received { source: "Dijkleger".into(), name: "few.zip".into(), bytes: archive(3) };
        let taken = ingest::paper(house, few).await.unwrap();
        let Taken::Report { number, .. } = taken else { panic!("{taken:?}") };
        country.hours(1).await;
        assert_eq!(flow::reports::waits(house).await.unwrap()[&number].why, flow::reports::Why::NoRoom);
        assert_eq!(store::jobs::on_the_shelf(&house.db).await.unwrap(), [], "waiting is no failure");
        house.room.let_be_free(2 << 30);
        country.hours(1).await;
        let report = reports::of_number(&house.db, number).await.unwrap().unwrap();
        assert_eq!((report.ended_at.is_some(), report.rows.read), (true, 3));
    })
    .await;
}

/// In the cloud an address is the provider's, and the certificate still says whose system it is.
#[tokio::test]
async fn a_name_in_a_certificate_hints_at_the_owner_where_nothing_else_leads_to_anybody() {
    let said = on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let hospital = country.hospital_that_registered_nothing("noordzorg").await;
        let other = country.hospital_that_registered_nothing("zuidzorg").await;
        proves(&country, &hospital, "noordzorg.example").await;
        proves(&country, &other, "192.0.2.0/24").await;
        proves(&country, &other, "zuidzorg.example").await;
        country.publishes_an_advisory_with_a_workaround().await;
        let rows = [
            // Theirs by the name in it.
            format!("2020-01-09T01:00:00Z,203.0.113.5,443,{HOLE},vulnerable,safe_check,*.noordzorg.example"),
            "2020-01-09T01:00:00Z,203.0.113.6,443,poodle,vulnerable,version,VPN.noordzorg.example".into(),
            // Whose the address is weighs more.
            "2020-01-09T01:00:00Z,192.0.2.9,443,poodle,vulnerable,version,www.noordzorg.example".into(),
            // One certificate for several.
            "2020-01-09T01:00:00Z,203.0.113.7,443,poodle,vulnerable,version,a.noordzorg.example b.zuidzorg.example"
                .into(),
            // A certificate of everybody's provider.
            format!(
                "2020-01-09T01:00:00Z,203.0.113.8,443,poodle,vulnerable,version,{}",
                (0..9).map(|nth| format!("h{nth}.noordzorg.example ")).collect::<String>()
            ),
        ];
        let bytes = format!("at,address,port,finding,seen,method,certificate\n{}\n", rows.join("\n"));
        let received =
            Received { source: "Dijkleger".into(), name: "scan.csv".into(), bytes: bytes.into_bytes() };
        ingest::paper(&country.house, received).await.unwrap();
        country.works().await;
        let owners = country.house.owners().await.unwrap();
        let places = async |holder| {
            let known = known_of(&country, holder).await;
            let place = |it: &Finding| (it.located().0.unwrap().to_string(), owners.is_finding_hinted(it));
            known.iter().map(place).collect::<Vec<_>>()
        };
        let hinted = |place: &str| (place.to_owned(), true);
        let own = Holder::Participant(hospital.id);
        assert_eq!(places(own).await, [hinted("203.0.113.5"), hinted("203.0.113.6")]);
        assert_eq!(places(Holder::Participant(other.id)).await, [("192.0.2.9".to_owned(), false)]);
        assert_eq!(places(Holder::Disputed).await, [hinted("203.0.113.7")]);
        assert_eq!(places(Holder::Nobody).await, [("203.0.113.8".to_owned(), false)]);

        let warning = country.warning_of(&hospital).await.unwrap();
        let advisory = country.advisory.unwrap();
        let db = &country.house.db;
        let exposed = store::exposures::of_participant(db, advisory, hospital.id).await.unwrap();
        assert!(warning.assets().contains_key(&exposed[0].asset));

        // Once somebody proves the address, the hint counts no more.
        proves(&country, &other, "203.0.113.5/32").await;
        country.hours(1).await;
        assert_eq!(places(own).await, [hinted("203.0.113.6")]);
        exposed[0].why.sentence().for_reader(Language::En).to_owned()
    })
    .await;
    assert_eq!(
        said,
        "On 2020-01-09 CVE-2019-19781 was seen from outside at an address with your name in its certificate."
    );
}

/// Nothing is said to be wrong with it; what it was taken for is what an advisory names.
#[tokio::test]
async fn what_a_place_was_taken_for_is_a_system_once_an_advisory_names_that_product() {
    let said = on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let hospital = country.hospital_that_registered_nothing("noordzorg").await;
        let other = country.hospital_that_registered_nothing("zuidzorg").await;
        let careful = country.hospital("waterdorp").await;
        proves(&country, &hospital, "192.0.2.0/24").await;
        proves(&country, &other, "198.51.100.0/24").await;
        let head = "at,address,host,port,finding,seen,method,vendor,product,version";
        let comes = async |country: &Country, name: &str, rows: &[&str]| {
            let bytes = format!("{head}\n{}\n", rows.join("\n")).into_bytes();
            let received = Received { source: "Dijkleger".into(), name: name.into(), bytes };
            ingest::paper(&country.house, received).await.unwrap();
            country.works().await;
        };
        let before = [
            "2020-01-09T01:00:00Z,192.0.2.7,,443,device-id,present,banner,Citrix,NetScaler,12.1-50.28",
            // At another port the same system.
            "2020-01-09T01:00:00Z,192.0.2.7,,80,device-id,present,banner,Citrix,NetScaler,12.1-50.28",
            "2020-01-09T01:00:00Z,192.0.2.8,,443,device-id,present,banner,Nginx,nginx,1.16",
            // Nobody's.
            "2020-01-09T01:00:00Z,203.0.113.7,,443,device-id,present,banner,Citrix,NetScaler,12.1-50.28",
            // Looked for, and not there.
            "2020-01-09T01:00:00Z,192.0.2.9,,443,device-id,not_vulnerable,banner,Citrix,NetScaler,12.1-50.28",
        ];
        comes(&country, "before.csv", &before).await;
        let own = async |country: &Country, of: &scenarios::country::Hospital| {
            assets::of_participant(&country.house.db, of.id, 10).await.unwrap()
        };
        assert_eq!(own(&country, &hospital).await, [], "nobody names it yet");
        country.publishes_an_advisory_with_a_workaround().await;
        let [system] = &own(&country, &hospital).await[..] else { panic!("one system") };
        assert_eq!((system.claimed_at, system.address), (None, "192.0.2.7".parse().ok()));
        assert_eq!(system.version.as_ref().map(ToString::to_string).as_deref(), Some("12.1-50.28"));
        assert!(country.warning_of(&hospital).await.unwrap().assets().contains_key(&system.id));
        assert!(country.warning_of(&other).await.is_none_or(|it| it.assets().is_empty()));

        let after = [
            "2020-01-10T13:00:00Z,198.51.100.3,,443,device-id,present,banner,Citrix,Application Delivery Controller,",
            "2020-01-10T13:00:00Z,192.0.2.7,,443,device-id,present,banner,Citrix,NetScaler,12.1-50.28",
        ];
        country.house.move_clock("2020-01-10T14:00:00Z".parse().unwrap());
        comes(&country, "after.csv", &after).await;
        assert_eq!(own(&country, &other).await.len(), 1, "what comes in later, too");
        assert_eq!(own(&country, &hospital).await.len(), 1, "and what is known is known");
        assert_eq!(own(&country, &careful).await.len(), 1, "who registered is not concerned by any of it");
        let advisory = country.advisory.unwrap();
        let exposed = store::exposures::of_participant(&country.house.db, advisory, hospital.id).await.unwrap();
        let [exposed] = &exposed[..] else { panic!("{exposed:?}") };
        assert_eq!(exposed.certainty, domain::exposure::Certainty::Likely);
        exposed.why.sentence().for_reader(Language::En).to_owned()
    })
    .await;
    insta::assert_snapshot!(said, @"At your place Citrix NetScaler 12.1-50.28 was seen, another name of Citrix ADC. You did not register it. The advisory names Citrix ADC 10.5.*, 11.1.*, 12.0.*, 12.1.*, 13.0.*.");
}
