//! Ways to be told besides mail: a machine of the participant hears it, and a telephone gets a text.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use base64ct::{Base64, Encoding as _};
use domain::calling::Outcome;
use domain::ids::WebhookId;
use domain::warning::{Channel, Stage};
use domain::webhook::{End, State as Hears, WEBHOOKS_MAX};
use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};
use flow::deliver::gateway::{Gateway, Place};
use flow::deliver::webhook::{self, NotMade};
use flow::egress::{Egress, EgressError, Exception, Names, Rules, Told};
use flow::jobs::work_off;
use formats::rules::{LADDERS, ladders};
use jiff::ToSpan;
use scenarios::country::{Country, Hospital};
use serde_json::Value;
use store::outbox::{self, State};
use store::testing::on_both;
use store::{calls, webhooks};

/// A server on loopback that takes what it is handed, or says what it was told to say.
#[derive(Clone)]
struct Ear {
    port: u16,
    heard: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    next: Arc<Mutex<VecDeque<u16>>>,
    always: Arc<Mutex<u16>>,
}

impl Ear {
    async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let ear =
            Self { port, heard: Arc::default(), next: Arc::default(), always: Arc::new(Mutex::new(204)) };
        let own = ear.clone();
        let take = move |headers: HeaderMap, body: Bytes| {
            own.heard.lock().unwrap().push((headers, body));
            let said = own.next.lock().unwrap().pop_front().unwrap_or(*own.always.lock().unwrap());
            async move { StatusCode::from_u16(said).unwrap() }
        };
        tokio::spawn(axum::serve(listener, axum::Router::new().fallback(take)).into_future());
        ear
    }

    fn says(&self, status: u16) {
        *self.always.lock().unwrap() = status;
    }

    fn address(&self, host: &str) -> String {
        format!("http://{host}:{}/in", self.port)
    }

    /// What came since the last time that somebody looked: the body as JSON, with its headers.
    fn heard(&self) -> Vec<(BTreeMap<String, String>, Value, Bytes)> {
        let heard = std::mem::take(&mut *self.heard.lock().unwrap());
        let header = |headers: &HeaderMap| {
            headers.iter().map(|(name, it)| (name.to_string(), it.to_str().unwrap().to_owned())).collect()
        };
        heard
            .into_iter()
            .map(|(headers, body)| (header(&headers), serde_json::from_slice(&body).unwrap(), body))
            .collect()
    }
}

/// A way out on which `host` is this machine, also for webhooks.
fn way_out(host: &str) -> Egress {
    let told = Told::default();
    told.name(host, &["127.0.0.1".parse().unwrap()]);
    let mut rules = Rules { names: Names::Told(told), ..Rules::default() };
    rules.exceptions.push(Exception { place: host.parse().unwrap(), http: true, webhooks: true });
    Egress::new(rules)
}

const TICKETS: &str = "tickets.noordzorg.example";

/// Whether a receiver that follows the standard believes it.
fn is_signed(headers: &BTreeMap<String, String>, body: &[u8], public: &str) -> bool {
    let key = Base64::decode_vec(public.strip_prefix("whpk_").unwrap()).unwrap();
    let key = VerifyingKey::from_bytes(&key.try_into().unwrap()).unwrap();
    let said = headers["webhook-signature"].strip_prefix("v1a,").unwrap();
    let signature = Signature::from_slice(&Base64::decode_vec(said).unwrap()).unwrap();
    let mut text = format!("{}.{}.", headers["webhook-id"], headers["webhook-timestamp"]).into_bytes();
    text.extend_from_slice(body);
    key.verify(&text, &signature).is_ok()
}

async fn with_webhook(country: &mut Country, ear: &Ear) -> (Hospital, WebhookId) {
    country.house.to_webhooks = way_out(TICKETS).for_webhooks();
    let hospital = country.hospital("noordzorg").await;
    let made = webhook::make(&country.house, hospital.actor(), "Meldpunt", &ear.address(TICKETS)).await;
    work_off(&country.house).await.unwrap();
    (hospital, made.unwrap())
}

async fn state(country: &Country, id: WebhookId) -> Hears {
    webhooks::of_id(&country.house.db, id).await.unwrap().unwrap().webhook.state()
}

#[tokio::test]
async fn a_machine_hears_that_there_is_something_to_read_and_not_what_it_is() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-13").await;
        let ear = Ear::open().await;
        let (hospital, id) = with_webhook(&mut country, &ear).await;
        let kept = webhooks::of_id(&country.house.db, id).await.unwrap().unwrap();
        let public = webhook::public_key(&kept);
        let [(headers, body, bytes)] = &ear.heard()[..] else { panic!("it is tried at once") };
        assert_eq!(body["type"], "webhook.test");
        assert!(is_signed(headers, bytes, &public));
        assert!(!is_signed(headers, b"{}", &public), "the check can fail");
        assert_eq!(state(&country, id).await, Hears::Heard);

        country.publishes_an_advisory_with_a_workaround().await;
        let [(headers, body, bytes)] = &ear.heard()[..] else { panic!("one warning, one event") };
        assert!(is_signed(headers, bytes, &public));
        assert_eq!(headers["content-type"], "application/json");
        assert!(bytes.len() < 20_000);
        let warning = country.warning_of(&hospital).await.unwrap();
        assert_eq!(body["type"], "warning.opened");
        let page = body["data"]["page"].as_str().unwrap();
        assert!(page.ends_with(&format!("/my/warnings/{}", warning.id)), "{page}");
        let mut fields: Vec<&String> = body["data"].as_object().unwrap().keys().collect();
        fields.sort();
        assert_eq!(fields, ["due_at", "number", "page", "revision", "severity"]);
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        for word in ["citrix", "adc", "noordzorg", "gateway"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
        // A reminder is an event of its own, whatever way its rung goes; and the machine answered nothing.
        country.hours(3).await;
        let heard = ear.heard();
        let kinds: Vec<&str> = heard.iter().map(|(_, body, _)| body["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["warning.reminder"]);
        assert_eq!(country.stage(&hospital).await, Stage::Notified);
    })
    .await;
}

#[tokio::test]
async fn a_machine_that_is_away_hears_the_same_message_again_and_one_that_is_gone_never_more() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-13").await;
        let ear = Ear::open().await;
        let (hospital, id) = with_webhook(&mut country, &ear).await;
        ear.heard();
        ear.says(503);
        country.publishes_an_advisory_with_a_workaround().await;
        assert_eq!(state(&country, id).await, Hears::Failing);
        country.hours(1).await;
        let tries = ear.heard();
        assert_eq!(tries.len(), 4, "at once, after 5 seconds, 5 minutes, 30 minutes");
        let ids: std::collections::BTreeSet<&String> =
            tries.iter().map(|(headers, ..)| &headers["webhook-id"]).collect();
        let moments: std::collections::BTreeSet<&String> =
            tries.iter().map(|(headers, ..)| &headers["webhook-timestamp"]).collect();
        assert_eq!((ids.len(), moments.len()), (1, 4), "the same message, each time of that moment");
        assert_eq!(
            outbox::late(&country.house.db, country.house.now()).await.unwrap(),
            None,
            "no person waits"
        );

        // Whoever sends it elsewhere is not followed; that is a no like any other.
        ear.says(302);
        country.hours(2).await;
        assert!(!ear.heard().is_empty());
        ear.says(410);
        country.hours(6).await;
        assert_eq!(state(&country, id).await, Hears::Ended(End::Gone));
        ear.says(204);
        ear.heard();
        country.hours(40).await;
        assert!(ear.heard().is_empty(), "it said that it is gone");
        let events =
            outbox::of_warning(&country.house.db, country.warning_id(&hospital).await.unwrap(), hospital.id);
        let events = events.await.unwrap();
        let mut events = events.iter().filter(|it| it.channel == Channel::Webhook);
        assert!(events.all(|it| matches!(it.state, State::Bounced | State::Suppressed)));
    })
    .await;
}

#[tokio::test]
async fn ten_tries_and_no_more() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-13").await;
        let ear = Ear::open().await;
        let (hospital, id) = with_webhook(&mut country, &ear).await;
        ear.says(500);
        ear.heard();
        assert!(webhook::test(&country.house, hospital.actor(), id).await.unwrap());
        country.days(6).await;
        assert_eq!(ear.heard().len(), 10);
        assert_eq!(state(&country, id).await, Hears::Failing);
        let neighbour = country.hospital("zuidzorg").await;
        assert!(!webhook::test(&country.house, neighbour.actor(), id).await.unwrap(), "it is not theirs");
        assert!(!webhook::withdraw(&country.house, neighbour.actor(), id).await.unwrap());
        assert!(webhook::withdraw(&country.house, hospital.actor(), id).await.unwrap());
        assert_eq!(state(&country, id).await, Hears::Ended(End::Withdrawn));
    })
    .await;
}

#[tokio::test]
async fn nothing_about_a_warning_goes_where_nothing_was_ever_taken_and_no_form_reaches_inside() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-13").await;
        let ear = Ear::open().await;
        ear.says(404);
        let (hospital, id) = with_webhook(&mut country, &ear).await;
        ear.heard();
        assert_eq!(state(&country, id).await, Hears::Untried);
        ear.says(204);
        // The test is tried again within the hour; until then whoever listens there hears nothing else.
        country.publishes_an_advisory_with_a_workaround().await;
        assert!(ear.heard().iter().all(|(_, body, _)| body["type"] == "webhook.test"));

        let refused = async |address: &str| {
            webhook::make(&country.house, hospital.actor(), "Meldpunt", address).await.unwrap_err()
        };
        for inside in
            ["https://127.0.0.1/", "https://[::1]/", "https://10.1.0.7/", "https://169.254.169.254/"]
        {
            let why = refused(inside).await;
            assert!(matches!(why, NotMade::Address(EgressError::NotPublic(_))), "{inside}: {why}");
        }
        let why = refused("http://machine.zuidzorg.example/").await;
        assert!(matches!(why, NotMade::Address(EgressError::NotSecure(_))), "{why}");
        let why = refused("https://anna:geheim@machine.zuidzorg.example/").await;
        assert!(matches!(why, NotMade::Address(EgressError::Credentials(_))), "{why}");
        assert!(matches!(refused(&ear.address(TICKETS)).await, NotMade::There));
        for nth in 1..WEBHOOKS_MAX {
            let address = format!("https://machine{nth}.noordzorg.example/");
            webhook::make(&country.house, hospital.actor(), "Meldpunt", &address).await.unwrap();
        }
        assert!(matches!(refused("https://more.noordzorg.example/").await, NotMade::Enough));
    })
    .await;
}

/// What the operator excepted for sources is in nobody's reach who fills in a form.
#[tokio::test]
async fn an_exception_for_sources_is_none_for_webhooks() {
    let mut rules = Rules::default();
    let place = "10.1.0.0/16".parse().unwrap();
    rules.exceptions.push(Exception { place, http: true, webhooks: false });
    let sources = Egress::new(rules);
    assert!(sources.look("http://10.1.0.7/").is_ok());
    assert!(sources.for_webhooks().look("http://10.1.0.7/").is_err());
}

fn gateway(ear: &Ear, voice: bool) -> Gateway {
    let host = "sms.z-cert.example";
    Gateway::at(Place {
        address: ear.address(host),
        text_messages: true,
        voice,
        alarm_to: vec!["+31850000111".into()],
        way: way_out(host),
    })
}

#[tokio::test]
async fn who_is_on_call_gets_a_text_without_a_link_or_a_detail_and_the_gateway_knows_us() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-13").await;
        let ear = Ear::open().await;
        country.house.gateway = gateway(&ear, false);
        let hospital = country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        assert!(ear.heard().is_empty(), "the first word is a mail");
        country.hours(3).await;
        let [(headers, body, _)] = &ear.heard()[..] else { panic!("one rung, one text") };
        assert_eq!(body["type"], "text_message.send");
        assert!(headers["webhook-signature"].starts_with("v1a,"));
        let on_call = hospital.people.iter().find(|it| it.telephone.is_some()).unwrap();
        assert_eq!(body["data"]["to"].as_str(), on_call.telephone.as_deref());
        let text = body["data"]["text"].as_str().unwrap();
        assert!(!text.contains("://") && !text.contains('\n'), "{text}");
        assert!(text.chars().count() <= 300);
        for word in ["citrix", "adc", "noordzorg"] {
            assert!(!text.to_lowercase().contains(word), "{word}: {text}");
        }
        let number = &country.house.db;
        let sent = outbox::of_warning(number, country.warning_id(&hospital).await.unwrap(), hospital.id);
        let sent = sent.await.unwrap();
        let by_sms: Vec<State> =
            sent.iter().filter(|it| it.channel == Channel::Sms).map(|it| it.state).collect();
        assert_eq!(by_sms, [State::Delivered]);
        let calls = country.calling_list().await;
        assert!(!calls.iter().any(|call| call.contains("Sms")), "nobody types it by hand: {calls:?}");
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_is_down_is_tried_again_and_a_person_calls_earlier() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-13").await;
        let ear = Ear::open().await;
        ear.says(500);
        country.house.gateway = gateway(&ear, false);
        let hospital = country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(2).await;
        assert!(!ear.heard().is_empty());
        assert!(country.calling_list().await.is_empty());
        country.house.move_clock(country.house.now() + 40.minutes());
        work_off(&country.house).await.unwrap();
        let calls = country.calling_list().await;
        assert_eq!(calls.len(), 1, "long before the rung at four hours: {calls:?}");
        country.the_duty_officer_calls(&hospital, Outcome::Reached).await;
        ear.says(202);
        country.hours(1).await;
        assert!(!ear.heard().is_empty(), "the text goes out all the same when it can");
    })
    .await;
}

/// Nobody else calls.
const ONLY_A_TEXT: &str = r#"
[[ladders]]
from = "low"

[[ladders.rungs]]
after_hours = 2
until = "acknowledged"
hours = "always"
channel = "sms"
person = "on_call"
sender = "csirt"
frame = "deadline"
"#;

#[tokio::test]
async fn a_gateway_that_is_away_for_a_day_costs_one_call_and_what_was_answered_meanwhile_is_not_sent() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-13").await;
        country.house.press_by(ladders(ONLY_A_TEXT).unwrap());
        let ear = Ear::open().await;
        ear.says(503);
        country.house.gateway = gateway(&ear, false);
        let hospital = country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(3).await;
        let by_telephone = async || {
            let waiting = calls::waiting(&country.house.db, i64::MAX).await.unwrap();
            waiting.into_iter().filter(|call| call.way.channel == Channel::Telephone).count()
        };
        assert_eq!(by_telephone().await, 1);
        country.the_duty_officer_calls(&hospital, Outcome::Voicemail).await;
        country.hours(8).await;
        assert!(ear.heard().len() > 6, "it is tried all the while");
        assert_eq!(by_telephone().await, 0, "and nobody is called each hour because of it");

        country.acknowledges_the_last(&hospital).await;
        ear.says(204);
        country.hours(2).await;
        assert!(ear.heard().is_empty(), "nobody is told that we heard nothing who was heard");
    })
    .await;
}

#[tokio::test]
async fn what_rings_waits_for_the_morning_and_is_not_late_before_that() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-13").await;
        // Who answers for security did not say that the telephone may ring at night.
        let to_ciso = LADDERS
            .replace("channel = \"sms\"\nperson = \"on_call\"", "channel = \"voice\"\nperson = \"ciso\"");
        country.house.press_by(ladders(&to_ciso).unwrap());
        let ear = Ear::open().await;
        country.house.gateway = gateway(&ear, true);
        country.until("2020-01-13T22:30:00+01:00".parse().unwrap()).await;
        country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.until("2020-01-14T06:59:00+01:00".parse().unwrap()).await;
        assert!(ear.heard().is_empty(), "it is night");
        assert_eq!(outbox::late(&country.house.db, country.house.now()).await.unwrap(), None);
        country.until("2020-01-14T07:01:00+01:00".parse().unwrap()).await;
        let [(_, body, _)] = &ear.heard()[..] else { panic!("it rings in the morning") };
        assert_eq!(body["type"], "voice_message.send");
        let text = body["data"]["text"].as_str().unwrap();
        assert!(text.contains("2019-0979") && !text.to_lowercase().contains("citrix"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_number_that_takes_no_text_is_called_and_its_mailbox_is_not_to_blame() {
    on_both(async |db| {
        let mut country = Country::new(db, "2020-01-13").await;
        let ear = Ear::open().await;
        ear.says(422);
        country.house.gateway = gateway(&ear, false);
        let hospital = country.hospital("noordzorg").await;
        country.publishes_an_advisory_with_a_workaround().await;
        country.hours(2).await;
        assert_eq!(ear.heard().len(), 1, "a no is a no");
        assert_eq!(country.calling_list().await.len(), 1);
        assert_eq!(country.stage(&hospital).await, Stage::Notified, "the mail arrived");
        let people = store::contacts::of_participant(&country.house.db, hospital.id).await.unwrap();
        let now = country.house.now();
        assert!(people.iter().all(|it| it.mail.is_none() || it.takes_mail(now)), "{people:?}");
    })
    .await;
}

#[tokio::test]
async fn when_mail_stands_still_the_team_hears_it_by_another_way() {
    on_both(async |db| {
        let mut country = Country::new(db, "2019-12-18").await;
        let ear = Ear::open().await;
        country.house.gateway = gateway(&ear, false);
        for nth in 0..16 {
            let hospital = country.hospital(&format!("zorg{nth}")).await;
            for person in &hospital.people {
                person.mail.iter().for_each(|mail| country.mail.close_mailbox(mail));
            }
        }
        country.publishes_an_advisory_with_a_workaround().await;
        let heard = ear.heard();
        let to_us: Vec<&Value> =
            heard.iter().map(|(_, body, _)| &body["data"]).filter(|it| it["to"] == "+31850000111").collect();
        let [alarm] = &to_us[..] else { panic!("once: {heard:?}") };
        let text = alarm["text"].as_str().unwrap();
        assert!(text.contains("mail staat stil") && !text.contains("zorg1"), "{text}");
    })
    .await;
}
