//! An organisation becomes a participant after a call, is warned, and leaves.

use domain::admission::{Admission, Register, Unfit};
use domain::contact::{Contact, Role, State};
use domain::participant::{Participant, Standing};
use domain::text::Language;
use domain::time::Period;
use domain::warning::Stage;
use flow::admission::{NotAdmitted, admit};
use flow::follow_up::close::participant_left;
use flow::sign_in;
use jiff::ToSpan;
use scenarios::country::Country;
use store::testing::on_both;
use store::warnings::{self, Asked};
use store::{admissions, contacts, ledger, participants};

/// Who applies, its first contact, and a call an hour ago.
fn application(country: &Country) -> (Participant, Contact, Admission) {
    let (house, (officer, _)) = (&country.house, country.officers());
    let participant = Participant {
        id: house.id(),
        name: "Ziekenhuis Westzorg".into(),
        sector: "care".into(),
        language: Language::Nl,
        kinds: [Standing { kind: domain::participant::Kind::NonVital, period: Period::since(house.now()) }]
            .into(),
        joined_at: house.now(),
        left: None,
    };
    let first = Contact {
        id: house.id(),
        participant: participant.id,
        name: "Gerda de Wit".into(),
        roles: [Role::SecurityContact].into(),
        language: Language::Nl,
        mail: Some("gerda@westzorg.example".into()),
        telephone: Some("+31 85 000 00 31".into()),
        around_the_clock: false,
        verified_at: None,
        failed_at: None,
        removed_at: None,
    };
    let admission = Admission {
        participant: participant.id,
        register: Register::ChamberOfCommerce,
        reference: "90000001".into(),
        telephone: "085 000 00 21".into(),
        spoke_to: "the switchboard, and then the CISO".into(),
        called_at: house.now() - 1.hour(),
        by: officer.id,
    };
    (participant, first, admission)
}

#[tokio::test]
async fn who_was_called_is_admitted_gets_a_first_letter_signs_in_and_is_warned() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let (participant, first, admission) = application(&country);
        admit(&country.house, &participant, &first, &admission).await.unwrap();
        country.works().await;
        let texts = country.mail_to("gerda@westzorg.example");
        assert!(texts.len() == 1 && texts[0].contains("Dit is een oefening"), "{texts:?}");
        let kept = contacts::of_id(&country.house.db, first.id, participant.id).await.unwrap().unwrap();
        assert_eq!(kept.state(country.house.now()), State::Verified, "by the same call");
        assert_eq!(
            admissions::of_participant(&country.house.db, participant.id).await.unwrap(),
            Some(admission)
        );
        assert_eq!(admissions::of_participant(&country.house.db, noordzorg.id).await.unwrap(), None);
        sign_in::ask(&country.house, "gerda@westzorg.example").await.unwrap();
        country.works().await;
        assert_eq!(country.mail_to("gerda@westzorg.example").len(), 2, "a link to sign in with");

        // It registered nothing yet, so nobody can say that a grave hole does not concern it.
        country.publishes_an_advisory_with_a_workaround().await;
        let asked = Asked { participant: Some(participant.id), ..Asked::default() };
        let lines = warnings::list(&country.house.db, &asked, 0, 9).await.unwrap();
        assert_eq!(lines.len(), 1);
        assert_eq!(country.mail_to("gerda@westzorg.example").len(), 3);

        participant_left(&country.house, participant.id, false).await.unwrap();
        country.hours(100).await;
        let warning =
            warnings::of_id(&country.house.db, lines[0].id, country.house.now()).await.unwrap().unwrap();
        assert_eq!(warning.stage(country.house.now()), Stage::Orphaned);
        assert_eq!(country.mail_to("gerda@westzorg.example").len(), 3, "nothing goes there any more");
        let again = application(&country);
        let again = admit(&country.house, &again.0, &again.1, &again.2).await;
        assert!(matches!(again, Err(NotAdmitted::NameTaken)), "whose ledger it is stays clear");
        assert_eq!(ledger::verify(&country.house.db, &[]).await.unwrap().flaws, []);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_admitted_on_a_number_of_their_own_or_under_a_name_that_is_there() {
    on_both(async |db| {
        let country = Country::new(db, "2019-12-18").await;
        let noordzorg = country.hospital("noordzorg").await;
        let before = participants::count(&country.house.db).await.unwrap();
        let (participant, first, admission) = application(&country);
        let admitted = async |participant: &Participant, admission: &Admission| {
            admit(&country.house, participant, &first, admission).await
        };
        let own = Admission { telephone: "+31 (0)85 0000031".into(), ..admission.clone() };
        assert!(matches!(admitted(&participant, &own).await, Err(NotAdmitted::Unfit(Unfit::OwnNumber))));
        let old = Admission { called_at: admission.called_at - (24 * 40).hours(), ..admission.clone() };
        assert!(matches!(admitted(&participant, &old).await, Err(NotAdmitted::Unfit(Unfit::TooOld))));
        let taken = Participant { name: noordzorg.name.clone(), ..participant.clone() };
        assert!(matches!(admitted(&taken, &admission).await, Err(NotAdmitted::NameTaken)));
        country.works().await;
        assert_eq!(participants::count(&country.house.db).await.unwrap(), before);
        assert_eq!(country.mail_to("gerda@westzorg.example").len(), 0);
    })
    .await;
}
