//! Who lives around the node, put into its database before it starts: hospitals that run the product of
//! the advisory, somebody at each who is signed in, and two officers.

use domain::ids::{AdvisoryId, ContactId, ParticipantId};
use flow::house::House;
use flow::{publish, sign_in};
use jiff::{SignedDuration, Timestamp};
use scenarios::country::Country;
use store::Db;
use store::sign_in::Person;

pub struct Town {
    pub advisory: AdvisoryId,
    pub hospitals: Vec<Hospital>,
    /// Writes revisions.
    pub analyst: Session,
    /// Releases them.
    pub duty_officer: Session,
}

/// A participant with one contact who is signed in.
#[derive(Debug, Clone)]
pub struct Hospital {
    pub participant: ParticipantId,
    pub contact: ContactId,
    pub mail: String,
    pub session: Session,
}

/// The cookie that a browser would keep.
#[derive(Debug, Clone)]
pub struct Session(pub String);

/// Settles `count` hospitals in the empty database at `place` and releases the advisory. Whatever follows
/// from that is left for the node to do.
#[expect(clippy::disallowed_methods, reason = "the node goes by the clock of this machine")]
pub async fn settle(place: &str, count: usize) -> Town {
    let now = Timestamp::now();
    let db = Db::open(place).await.unwrap();
    let yesterday = (now - SignedDuration::from_hours(24)).strftime("%Y-%m-%d").to_string();
    let country = Country::new(db.clone(), &yesterday).await;
    let house = &country.house;
    house.move_clock(now);

    let mut hospitals = Vec::new();
    for number in 0..count {
        let hospital = country.hospital(&format!("zorg{number:03}")).await;
        let anna = &hospital.people[0];
        hospitals.push(Hospital {
            participant: hospital.id,
            contact: anna.id,
            mail: anna.mail.clone().unwrap(),
            session: signed_in(house, Person::Contact(anna.id)).await,
        });
    }
    let (analyst, duty_officer) = country.officers();
    let advice = country.advice(&[("technical_details", "some")]);
    let advisory = publish::propose(house, analyst, "2019-0979", &advice).await.unwrap();
    publish::release(house, duty_officer, advisory).await.unwrap();
    let analyst = signed_in(house, Person::Officer(analyst.id)).await;
    let duty_officer = signed_in(house, Person::Officer(duty_officer.id)).await;
    db.close().await;
    Town { advisory, hospitals, analyst, duty_officer }
}

async fn signed_in(house: &House, who: Person) -> Session {
    let code = sign_in::link(house, who, SignedDuration::from_hours(1)).await.unwrap();
    let token = sign_in::begin(house, &code).await.unwrap().unwrap();
    Session(format!("dijkwacht={token}"))
}
