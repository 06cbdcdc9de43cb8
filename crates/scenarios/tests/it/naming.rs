//! What somebody wrote in an inventory is unknown, and a person decides what it is: for everybody, at once.

use domain::exposure::Certainty;
use domain::product::Name;
use domain::warning::Stage;
use flow::naming::{self, Choice};
use scenarios::country::{Country, Hospital};
use store::exposures;
use store::testing::on_both;

/// How sure we are of each system of a hospital under the advisory of the story.
async fn exposed(country: &Country, hospital: &Hospital) -> Vec<Certainty> {
    let of = country.advisory.unwrap();
    let open = exposures::of_participant(&country.house.db, of, hospital.id).await.unwrap();
    open.into_iter().map(|exposure| exposure.certainty).collect()
}

#[tokio::test]
async fn what_a_person_decides_about_a_name_warns_everybody_who_wrote_it_and_taking_it_back_tells_them() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-10").await;
        let mut all = Vec::new();
        // Each writes it in its own way; one has another thing.
        for (of, vendor, product) in [
            ("noordzorg", "Zorgpoort", "Toegang"),
            ("zuidzorg", "ZORGPOORT", "toegang"),
            ("waterdorp", "Zorgpoort", "Uitgang"),
        ] {
            let mut hospital = country.hospital_that_registered_nothing(of).await;
            country.registers(&mut hospital, vendor, product, "13.0-47.22").await;
            all.push(hospital);
        }
        country.publishes_an_advisory_with_a_workaround().await;
        for hospital in &all {
            assert_eq!(exposed(&country, hospital).await, [], "{}", hospital.name);
            assert_eq!(country.subjects_to(hospital), [""; 0], "{}", hospital.name);
        }

        let house = &country.house;
        let (analyst, _) = country.officers();
        let written = Name::new("Zorgpoort", "Toegang");
        let found = naming::suggested(house, "adc", 10).await.unwrap();
        let (product, _) = found.iter().find(|(_, name)| name.to_string().contains("Citrix")).unwrap();
        assert!(naming::decide(house, analyst, &written, Choice::SameAs(*product)).await.unwrap());
        country.works().await;
        let [north, south, water] = all.as_slice() else { panic!("three hospitals") };
        for hospital in [north, south] {
            assert_eq!(exposed(&country, hospital).await, [Certainty::Likely], "{}", hospital.name);
            assert_eq!(country.subjects_to(hospital).len(), 1, "{} is warned", hospital.name);
        }
        assert_eq!(exposed(&country, water).await, []);

        assert!(naming::take_back(house, analyst, &written).await.unwrap().is_some());
        country.works().await;
        for hospital in [north, south] {
            assert_eq!(exposed(&country, hospital).await, [], "{}", hospital.name);
            assert_eq!(country.stage(hospital).await, Stage::Closed);
            let subjects = country.subjects_to(hospital);
            assert_eq!(subjects.len(), 2, "and told so: {subjects:?}");
        }
        assert_eq!(country.subjects_to(water), [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_one_participant_wrote_is_offered_to_nobody_until_a_person_makes_it_a_product() {
    on_both(async |db| {
        let country = Country::new(db, "2020-01-10").await;
        let mut hospital = country.hospital_that_registered_nothing("noordzorg").await;
        country.registers(&mut hospital, "Eigenbouw", "Roosterprogramma", "1").await;
        let offered = async || naming::suggested(&country.house, "rooster", 10).await.unwrap();
        assert_eq!(offered().await, []);
        let (analyst, _) = country.officers();
        let written = Name::new("Eigenbouw", "Roosterprogramma");
        assert!(naming::decide(&country.house, analyst, &written, Choice::New).await.unwrap());
        let names: Vec<Name> = offered().await.into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, [written]);
    })
    .await;
}
