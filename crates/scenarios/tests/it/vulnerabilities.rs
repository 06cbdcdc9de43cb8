//! One vulnerability, many papers: who says what about it, and what becomes of the level.

use std::collections::BTreeSet;

use domain::ids::VulnerabilityId;
use domain::ledger::Entry;
use domain::time::Said;
use domain::vulnerability::{Details, Exploit, Exploited, Facet};
use flow::ingest::Taken;
use flow::publish;
use flow::reassess;
use jiff::Timestamp;
use scenarios::country::{Country, HOLE};
use store::ratings::{self, Given};
use store::samenesses::{self, Pair};
use store::testing::on_both;
use store::{StoreError, advisories, ledger, signals, vulnerabilities};

/// Somebody says something about the hole of 2019, now.
async fn says(country: &Country, by: &str, it: Facet) {
    let (house, now) = (&country.house, country.house.now());
    let fresh: VulnerabilityId = house.id();
    let said = Said { at: now, known_at: now, it, by: by.to_owned() };
    house
        .write("say something", async |tx| {
            let id = vulnerabilities::know(tx, HOLE, "", fresh).await?;
            vulnerabilities::learn(tx, id, HOLE, &said).await.map(drop)
        })
        .await
        .unwrap_or_else(|why: StoreError| panic!("{why}"));
}

/// What the board proposes, as lines: the levels, the sum of chance, and who says so.
async fn proposed(country: &Country) -> Vec<String> {
    let waiting = reassess::waiting(&country.house, 10).await.unwrap();
    let line = |(on_desk, it): &(advisories::OnDesk, domain::reassessment::Reassessment)| {
        let before = reassess::counts(on_desk).unwrap().severity.as_ref().unwrap();
        let by: BTreeSet<&str> =
            it.moves.iter().flat_map(|one| &one.said).map(|said| said.by.as_str()).collect();
        let (from, to) = (before.computed.axes[0].points, it.judgement.computed.axes[0].points);
        let by = by.into_iter().collect::<Vec<_>>().join(", ");
        format!("{} {from} -> {} {to}: {by}", before.label(), it.judgement.label())
    };
    waiting.iter().map(line).collect()
}

/// What was proposed is taken over by the analyst and released by the duty officer.
async fn takes_over(country: &Country) {
    let (analyst, duty_officer) = country.officers();
    let id = country.advisory.unwrap();
    reassess::take_over(&country.house, analyst, id, "what others said").await.unwrap();
    let own = publish::release(&country.house, analyst, id).await;
    assert!(own.is_err(), "who took it over does not release it");
    publish::release(&country.house, duty_officer, id).await.unwrap();
    country.works().await;
}

#[tokio::test]
async fn the_hole_of_2019_rises_from_medium_to_high_as_it_becomes_known() {
    let story = on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        country.hospital("noordzorg").await;
        let advice = country.advice(&[]);
        country.publishes(&advice).await;
        let mut story = vec![format!("18 Dec: {:?}", proposed(&country).await)];
        for (days, day, facets) in [
            (9, "27 Dec", vec![("a vendor", Facet::Details(Details::Some))]),
            (
                15,
                "11 Jan",
                vec![
                    ("a finder", Facet::Exploit(Exploit::ProofOfConcept)),
                    ("a team", Facet::Exploit(Exploit::Public)),
                    ("a team", Facet::Details(Details::Full)),
                    ("CISA KEV", Facet::Exploited(Exploited::Limited)),
                ],
            ),
            (2, "13 Jan", vec![("a partner", Facet::Exploited(Exploited::Large))]),
            (1, "14 Jan", vec![("CISA KEV", Facet::Exploited(Exploited::Limited))]),
        ] {
            country.days(days).await;
            for (by, facet) in facets {
                says(&country, by, facet).await;
            }
            let now = proposed(&country).await;
            story.push(format!("{day}: {now:?}"));
            if !now.is_empty() {
                takes_over(&country).await;
                assert_eq!(proposed(&country).await, Vec::<String>::new(), "what was taken over is done");
            }
        }
        let on_desk = advisories::of_id(&country.house.db, country.advisory.unwrap()).await.unwrap().unwrap();
        story.push(format!("exploited: {}", on_desk.advisory.current().unwrap().content.exploited));
        story.join("\n")
    })
    .await;
    insta::assert_snapshot!(story, @r#"
    18 Dec: []
    27 Dec: ["M/H 27 -> H/H 28: a vendor"]
    11 Jan: ["H/H 28 -> H/H 35: CISA KEV, a team"]
    13 Jan: ["H/H 35 -> H/H 36: a partner"]
    14 Jan: []
    exploited: true
    "#);
}

fn cve(number: &str, exploitation: &str, score: &str, updated: &str) -> Vec<u8> {
    format!(
        r#"{{"dataType": "CVE_RECORD", "dataVersion": "5.1",
            "cveMetadata": {{"cveId": "{number}", "state": "PUBLISHED", "datePublished": "2020-01-05T00:00:00Z",
                             "dateUpdated": "{updated}"}},
            "containers": {{"cna": {{"providerMetadata": {{"shortName": "polderweb"}},
                "descriptions": [{{"lang": "en", "value": "A hole."}}],
                "affected": [{{"vendor": "Polderweb", "product": "Sluis"}}],
                "metrics": [{{"cvssV3_1": {{"version": "3.1", "baseScore": 9.8, "vectorString": "{score}"}}}}]}},
              "adp": [{{"providerMetadata": {{"shortName": "CISA-ADP"}},
                "metrics": [{{"other": {{"type": "ssvc", "content": {{"options": [{{"Exploitation": "{exploitation}"}},
                    {{"Automatable": "yes"}}, {{"Technical Impact": "total"}}]}}}}}}]}}]}}}}"#
    )
    .into_bytes()
}

fn osv(id: &str, aliases: &[&str]) -> Vec<u8> {
    let aliases: Vec<String> = aliases.iter().map(|alias| format!("{alias:?}")).collect();
    format!(
        r#"{{"id": "{id}", "modified": "2020-01-12T00:00:00Z", "aliases": [{}], "summary": "A hole",
            "affected": [{{"package": {{"ecosystem": "npm", "name": "sluis"}}, "versions": ["1.0"]}}],
            "severity": [{{"type": "CVSS_V3", "score": "CVSS:3.1/AV:L/AC:H/PR:N/UI:N/S:U/C:L/I:N/A:N"}}]}}"#,
        aliases.join(", ")
    )
    .into_bytes()
}

/// Everything that is known of `name`, as lines.
async fn known(country: &Country, name: &str) -> String {
    let db = &country.house.db;
    let Some(found) = vulnerabilities::of_name(db, name).await.unwrap() else { return "not known".into() };
    let mut lines = vec![found.names.iter().map(String::as_str).collect::<Vec<_>>().join(" = ")];
    for naming in vulnerabilities::namings(db, found.id).await.unwrap() {
        lines.push(format!("{} is what {} calls it", naming.said.it, naming.said.by));
    }
    for Given { said, .. } in ratings::of_vulnerability(db, found.id).await.unwrap() {
        lines.push(format!("{} {}: {}", said.at, said.by, serde_json::to_string(&said.it).unwrap()));
    }
    for said in found.facets() {
        lines.push(format!("{} {}: {:?}", said.at, said.by, said.it));
    }
    lines.join("\n")
}

#[tokio::test]
async fn papers_that_contradict_each_other_stand_beside_each_other_and_repetition_adds_nothing() {
    let story = on_both(async |db| {
        let country = Country::new(db, "2020-01-15").await;
        let number = "CVE-2026-1000001";
        let network = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
        country.receives("a.json", &cve(number, "poc", network, "2020-01-10T00:00:00Z")).await;
        country.receives("b.json", &cve(number, "poc", network, "2020-01-11T00:00:00Z")).await;
        country.receives("c.json", &cve(number, "active", network, "2020-01-12T00:00:00Z")).await;
        country.receives("d.json", &osv("GHSA-2222-3333-4444", &[number])).await;
        known(&country, "GHSA-2222-3333-4444").await
    })
    .await;
    insta::assert_snapshot!(story, @r#"
    CVE-2026-1000001 = GHSA-2222-3333-4444
    CVE-2026-1000001 is what CVE calls it
    CVE-2026-1000001 is what GitHub calls it
    GHSA-2222-3333-4444 is what GitHub calls it
    2020-01-12T00:00:00Z CISA-ADP: {"ssvc":{"exploitation":"active","automatable":"yes","technical_impact":"total"}}
    2020-01-10T00:00:00Z CISA-ADP: {"ssvc":{"exploitation":"poc","automatable":"yes","technical_impact":"total"}}
    2020-01-12T00:00:00Z GitHub: {"cvss":{"version":"3.1","vector":"CVSS:3.1/AV:L/AC:H/PR:N/UI:N/S:U/C:L/I:N/A:N","base":null}}
    2020-01-10T00:00:00Z polderweb: {"cvss":{"version":"3.1","vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","base":"9.8"}}
    2020-01-10T00:00:00Z CISA-ADP: Exploit(ProofOfConcept)
    2020-01-12T00:00:00Z CISA-ADP: Exploited(Limited)
    "#);
}

#[tokio::test]
async fn what_one_paper_calls_one_stays_two_until_a_person_says_so() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-15").await;
        let [one, other] = ["CVE-2026-1000001", "CVE-2026-1000002"];
        let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
        country.receives("d.json", &osv("GHSA-2222-3333-4444", &[one, other])).await;
        country.receives("a.json", &cve(one, "active", vector, "2020-01-10T00:00:00Z")).await;
        country.receives("b.json", &cve(other, "none", vector, "2020-01-10T00:00:00Z")).await;
        let (db, house) = (&country.house.db, &country.house);
        assert_eq!(samenesses::waiting(db).await.unwrap(), 1);
        let apart = known(&country, other).await;
        assert!(!apart.contains(one) && !apart.contains("Exploited"), "{apart}");

        let (analyst, _) = country.officers();
        let pair = Pair::of(one, other).unwrap();
        let decide = async |is_same| {
            house
                .write("decide", async |tx| {
                    samenesses::decide(tx, &pair, is_same, analyst.id, house.now()).await
                })
                .await
                .unwrap_or_else(|why: StoreError| panic!("{why}"))
        };
        assert!(decide(Some(true)).await);
        let together = known(&country, other).await;
        assert!(together.contains(one) && together.contains("Exploited(Limited)"), "{together}");
        assert_eq!(samenesses::waiting(db).await.unwrap(), 0);
        assert!(decide(None).await);
        assert_eq!(known(&country, other).await, apart, "taken back, everything is as it was");

        let entries = ledger::from(db, 0, 1_000).await.unwrap().into_iter().map(|placed| placed.entry);
        let decisions = entries.filter(|entry| matches!(entry, Entry::SamenessDecided { .. }));
        assert_eq!(decisions.count(), 2, "both decisions are in the ledger");
    })
    .await;
}

#[tokio::test]
async fn a_poisoned_alias_takes_no_number_away() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-15").await;
        let [one, other] = ["CVE-2026-1000001", "CVE-2026-1000002"];
        let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
        country.receives("a.json", &cve(one, "none", vector, "2020-01-10T00:00:00Z")).await;
        // Nobody knows the other number yet when somebody calls it a second name of the first.
        country.receives("d.json", &osv("GHSA-2222-3333-4444", &[one, other])).await;
        country.receives("b.json", &cve(other, "active", vector, "2020-01-10T00:00:00Z")).await;
        let known = known(&country, one).await;
        assert!(!known.contains("Exploited"), "{known}");
    })
    .await;
}

#[tokio::test]
async fn a_list_of_all_chances_leaves_rows_only_for_what_we_know_and_only_when_they_move() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-15").await;
        let advice = country.advice(&[]);
        country.publishes(&advice).await;
        let list = |day: &str, chance: &str| {
            let mut text = format!("#model_version:v1,score_date:{day}T00:00:00+0000\ncve,epss,percentile\n");
            text += &format!("{HOLE},{chance},0.99\n");
            text.extend((0..20_000).map(|number| format!("CVE-2026-{number:07},0.5,0.5\n")));
            text.into_bytes()
        };
        let mut new = Vec::new();
        for (day, chance) in [
            ("2020-01-10", "0.90000"),
            ("2020-01-11", "0.90400"),
            ("2020-01-12", "0.94000"),
            ("2020-01-09", "0.10000"),
        ] {
            match country.receives("epss_scores.csv", &list(day, chance)).await {
                Taken::Noted { new: count, .. } => new.push(count),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(new, [1, 0, 1, 0]);
        let known = known(&country, HOLE).await;
        assert!(known.contains("94000") && !known.contains("90400"), "{known}");
        let strangers = vulnerabilities::by_name(&country.house.db).await.unwrap();
        assert_eq!(strangers.len(), 1, "the rest of the world is not kept");
    })
    .await;
}

#[tokio::test]
async fn a_feed_leaves_signals_once_and_warns_nobody() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-15").await;
        country.hospital("noordzorg").await;
        let rss = include_bytes!("../../../../fixtures/feed/rss.xml");
        let taken = country.receives("feed.xml", rss).await;
        assert!(matches!(taken, Taken::Noted { new: 2, .. }), "{taken:?}");
        let mut tomorrow = rss.to_vec();
        tomorrow.extend_from_slice(b"\n<!-- another day -->\n");
        let taken = country.receives("feed.xml", &tomorrow).await;
        assert!(matches!(taken, Taken::Noted { new: 0, .. }), "{taken:?}");
        let found = signals::newest(&country.house.db, 0, 10).await.unwrap();
        let published: Vec<Timestamp> = found.iter().map(|signal| signal.at).collect();
        let expected = ["2020-01-14T00:00:00Z", "2020-01-13T09:30:00Z"].map(|at| at.parse().unwrap());
        assert_eq!(published, expected);
        assert_eq!(found[1].names.len(), 2);
        assert_eq!(country.mail.mails(), []);
    })
    .await;
}
