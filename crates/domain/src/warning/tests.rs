//! Every transition of `domain.md` 5.3, as sentences about the world.

use jiff::ToSpan;
use uuid::Uuid;

use super::*;

const OPENED: &str = "2019-12-18T13:00:00Z";
const DONE: &str = "2020-01-13T16:00:00Z";
const LOOKED: &str = "2020-01-14T08:00:00Z";
const LATER: &str = "2020-01-16T18:00:00Z";

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn measure(number: u128) -> MeasureId {
    MeasureId(Uuid::from_u128(number))
}

fn asset(number: u128) -> AssetId {
    AssetId(Uuid::from_u128(number))
}

fn by() -> ContactId {
    ContactId(Uuid::from_u128(1))
}

fn edition(number: u32, reliability: Reliability) -> Edition {
    let offer =
        |number, reliability| Offer { measure: measure(number), reliability, fails_on: BTreeSet::new() };
    Edition {
        number: RevisionNumber(number),
        severity: Severity::High,
        exploited: false,
        offers: vec![offer(1, reliability), offer(2, Reliability::Recommended)],
        due_at: at("2019-12-21T13:00:00Z"),
        presumption: None,
    }
}

fn claimed(executed_at: &str) -> Fact {
    let executed_at = Some(at(executed_at));
    Fact::Claim(Claim { by: by(), measure: measure(1), executed_at, assets: BTreeSet::new() })
}

fn seen(shows: Shows) -> Fact {
    Fact::Evidence(Evidence { asset: None, shows })
}

fn gone() -> Fact {
    seen(Shows::Gone(ObservationId(Uuid::nil())))
}

fn still_there() -> Fact {
    seen(Shows::StillThere(ObservationId(Uuid::nil())))
}

fn not_affected() -> Fact {
    Fact::Answer(Answer::NotAffected { by: by(), reason: NotAffected::NotInUse })
}

fn planned() -> Fact {
    Fact::Answer(Answer::Planned { by: by(), measure: measure(1), due_at: at("2020-02-01T00:00:00Z") })
}

fn accepted(until: &str) -> Fact {
    let (manager, reason) = ("J. Duin".to_owned(), "replaced next month".to_owned());
    Fact::Answer(Answer::RiskAccepted { by: by(), manager, reason, until: at(until) })
}

fn acknowledged(revision: u32) -> Fact {
    Fact::Acknowledgement(Acknowledgement { by: by(), revision: RevisionNumber(revision) })
}

fn mailed(delivery: Delivery) -> Fact {
    Fact::Delivery(Channel::Mail, delivery)
}

fn reopened(cause: Cause) -> Fact {
    Fact::Reopening(Reopening { cause, revision: RevisionNumber(101), assets: BTreeSet::new() })
}

/// A warning about revision 1.00 that has learned `facts` in this order.
fn warning(facts: &[(&str, Fact)]) -> Warning {
    let nil = Uuid::nil();
    let mut warning = Warning::new(WarningId(nil), ParticipantId(nil), AdvisoryId(nil));
    warning.learn(at(OPENED), Fact::Revision(edition(100, Reliability::Recommended)));
    for (time, fact) in facts {
        warning.learn(at(time), fact.clone());
    }
    warning
}

/// What that warning shows a day after the last fact.
fn stage(facts: &[(&str, Fact)]) -> Stage {
    let last = facts.iter().map(|(time, _)| at(time)).max().unwrap_or_else(|| at(OPENED));
    warning(facts).stage(last + 24.hours())
}

#[test]
fn the_way_from_a_match_to_a_closed_warning() {
    let mut facts: Vec<(&str, Fact)> = Vec::new();
    let mut log = format!("{:?}", stage(&facts));
    for (time, fact) in [
        ("2019-12-18T13:00:00Z", mailed(Delivery::Sent)),
        ("2019-12-18T13:01:00Z", mailed(Delivery::Delivered)),
        ("2019-12-18T14:00:00Z", mailed(Delivery::Read)),
        ("2019-12-18T15:00:00Z", acknowledged(100)),
        ("2019-12-18T16:00:00Z", planned()),
        (DONE, claimed(DONE)),
        (LOOKED, gone()),
        (LATER, Fact::Closing(Closing::Safe)),
    ] {
        facts.push((time, fact));
        log += &format!(" {:?}", stage(&facts));
    }
    assert_eq!(log, "Matched Matched Notified Read Acknowledged Planned Claimed Verified Closed");
}

#[test]
fn claimed_is_not_verified() {
    assert_eq!(stage(&[(DONE, claimed(DONE))]), Stage::Claimed);
    assert_eq!(stage(&[(DONE, claimed(DONE)), (LOOKED, gone())]), Stage::Verified);
}

#[test]
fn a_look_contradicts_who_said_done_or_not_affected_and_nobody_else() {
    let contradicted = |facts: &[(&str, Fact)]| warning(facts).is_contradicted(at(LATER));
    assert!(contradicted(&[(DONE, claimed(DONE)), (LOOKED, still_there())]));
    assert!(contradicted(&[(DONE, not_affected()), (LOOKED, still_there())]));
    assert!(!contradicted(&[(LOOKED, still_there())]), "who said nothing is silent, not contradicted");
    assert!(!contradicted(&[(DONE, planned()), (LOOKED, still_there())]));
    assert!(!contradicted(&[(DONE, claimed(DONE)), (LOOKED, gone())]));
}

#[test]
fn what_cannot_be_seen_is_attested_by_a_second_person() {
    let claim = [(DONE, claimed(DONE))];
    assert_eq!(warning(&claim).attest(by(), None), Err(Refused::SamePerson));
    assert_eq!(warning(&[]).attest(by(), None), Err(Refused::NothingClaimed));
    let second = ContactId(Uuid::from_u128(2));
    let signed = warning(&claim).attest(second, None).unwrap();
    assert_eq!(stage(&[(DONE, claimed(DONE)), (LOOKED, signed)]), Stage::Attested);
}

#[test]
fn a_refuted_claim_is_open_again_until_the_participant_says_more() {
    let mut facts = vec![(DONE, claimed(DONE)), (LOOKED, still_there())];
    assert_eq!(stage(&facts), Stage::Reopened);
    let help = Answer::HelpAsked { by: by(), telephone: "+31850000001".into() };
    facts.push(("2020-01-14T09:00:00Z", Fact::Answer(help)));
    assert_eq!(stage(&facts), Stage::HelpAsked);
    facts.push(("2020-01-14T10:00:00Z", Fact::Answer(Answer::HelpGiven { by: OfficerId(Uuid::nil()) })));
    assert_eq!(stage(&facts), Stage::Acknowledged);
    facts.push(("2020-01-14T11:00:00Z", accepted("2020-01-15T00:00:00Z")));
    assert_eq!(stage(&facts), Stage::Reopened, "the acceptance has run out");
}

#[test]
fn an_acceptance_has_a_name_a_reason_and_an_end() {
    let now = at(DONE);
    let accept = |manager: &str, reason: &str, until: &str| {
        let (manager, reason) = (manager.to_owned(), reason.to_owned());
        warning(&[]).answer(Answer::RiskAccepted { by: by(), manager, reason, until: at(until) }, now)
    };
    assert_eq!(accept(" ", "why not", "2020-02-01T00:00:00Z"), Err(Refused::Nameless));
    assert_eq!(accept("J. Duin", "", "2020-02-01T00:00:00Z"), Err(Refused::Nameless));
    assert!(matches!(accept("J. Duin", "old", "2020-01-01T00:00:00Z"), Err(Refused::NotInFuture(_))));
    assert!(matches!(accept("J. Duin", "old", "2030-01-01T00:00:00Z"), Err(Refused::TooLong(_))));
    let taken = accept("J. Duin", "old", "2020-02-01T00:00:00Z").unwrap();
    assert_eq!(warning(&[(DONE, taken)]).stage(now + 1.hour()), Stage::RiskAccepted);
}

#[test]
fn bounced_is_not_silent_and_blocked_is_not_forgotten() {
    let post = |channel, it| (LOOKED, Fact::Delivery(channel, it));
    let bounced = post(Channel::Mail, Delivery::Bounced);
    assert_eq!(stage(std::slice::from_ref(&bounced)), Stage::Unreached);
    assert_eq!(stage(&[bounced.clone(), post(Channel::Sms, Delivery::Sent)]), Stage::Matched);
    assert_eq!(stage(&[bounced, post(Channel::Sms, Delivery::Delivered)]), Stage::Notified);
    let again = [(DONE, mailed(Delivery::Delivered)), post(Channel::Mail, Delivery::Sent)];
    assert_eq!(stage(&again), Stage::Notified, "a second letter unsays nothing");
    let colleague = [(DONE, mailed(Delivery::Bounced)), (DONE, mailed(Delivery::Delivered))];
    assert_eq!(stage(&colleague), Stage::Notified, "a colleague got it at the same moment");
    assert_eq!(stage(&[(LOOKED, Fact::Gate(Gate::Blocked))]), Stage::BlockedByLaw);
    let asked_again = [(DONE, Fact::Gate(Gate::Blocked)), (LOOKED, Fact::Gate(Gate::Released))];
    assert_eq!(stage(&asked_again), Stage::Matched);
}

#[test]
fn a_scan_from_before_the_work_proves_nothing() {
    assert_eq!(stage(&[(LOOKED, claimed(LOOKED)), (DONE, gone())]), Stage::Claimed);
}

#[test]
fn who_says_not_affected_is_believed_until_it_is_seen() {
    assert_eq!(stage(&[(DONE, not_affected())]), Stage::NotAffected);
    assert_eq!(stage(&[(DONE, not_affected()), (LOOKED, still_there())]), Stage::Reopened);
}

#[test]
fn who_was_safe_only_after_the_presumption_must_look_for_intruders() {
    let presumed = |day: &str| {
        let presumption = Some(at(day));
        (LATER, Fact::Revision(Edition { presumption, ..edition(105, Reliability::Recommended) }))
    };
    let safe = [(DONE, claimed(DONE)), (LOOKED, gone()), (LOOKED, Fact::Closing(Closing::Safe))];
    let with = |day: &str, more: &[(&'static str, Fact)]| {
        let facts: Vec<_> = safe.iter().chain([&presumed(day)]).chain(more).cloned().collect();
        stage(&facts)
    };
    assert_eq!(with("2020-01-15T00:00:00Z", &[]), Stage::Closed);
    assert_eq!(with("2020-01-09T00:00:00Z", &[]), Stage::CompromiseCheck);
    let check = |check| ("2020-01-20T08:00:00Z", Fact::CompromiseCheck(check));
    let clean = |secrets_renewed| check(CompromiseCheck::Clean { by: by(), secrets_renewed });
    assert_eq!(
        with("2020-01-09T00:00:00Z", &[clean(false)]),
        Stage::CompromiseCheck,
        "secrets are still old"
    );
    assert_eq!(with("2020-01-09T00:00:00Z", &[clean(true)]), Stage::Closed);
    assert_eq!(
        with("2020-01-09T00:00:00Z", &[check(CompromiseCheck::Found { by: by() })]),
        Stage::Compromised
    );
}

#[test]
fn who_cannot_say_when_it_was_done_counts_as_late() {
    let claim = Claim { by: by(), measure: measure(1), executed_at: None, assets: BTreeSet::new() };
    let presumption = Some(at("2020-01-09T00:00:00Z"));
    let facts = [
        (DONE, Fact::Claim(claim)),
        (LOOKED, gone()),
        (LATER, Fact::Revision(Edition { presumption, ..edition(101, Reliability::Recommended) })),
    ];
    assert_eq!(stage(&facts), Stage::CompromiseCheck);
}

#[test]
fn a_revoked_measure_reopens_what_was_closed_on_it() {
    let facts = [
        (DONE, claimed(DONE)),
        (LOOKED, gone()),
        (LOOKED, Fact::Closing(Closing::Safe)),
        (LATER, reopened(Cause::MeasureRevoked)),
    ];
    assert_eq!(stage(&facts[..3]), Stage::Closed);
    assert_eq!(stage(&facts), Stage::Reopened);
}

/// What each kind of revision does to a warning at each stage, as the CSIRT would read it.
#[test]
fn which_revision_reopens_which_warning() {
    let stages: [(&str, Vec<(&str, Fact)>); 9] = [
        ("notified", vec![(DONE, mailed(Delivery::Delivered))]),
        ("acknowledged", vec![(DONE, acknowledged(100))]),
        ("planned", vec![(DONE, planned())]),
        ("accepted", vec![(DONE, accepted("2020-06-01T00:00:00Z"))]),
        ("not affected", vec![(DONE, not_affected())]),
        ("claimed", vec![(DONE, claimed(DONE))]),
        ("verified", vec![(DONE, claimed(DONE)), (LOOKED, gone())]),
        ("closed", vec![(DONE, claimed(DONE)), (LOOKED, gone()), (LOOKED, Fact::Closing(Closing::Safe))]),
        ("transferred", vec![(DONE, claimed(DONE)), (LOOKED, Fact::Closing(Closing::Transferred))]),
    ];
    let mut table = String::new();
    for (name, facts) in &stages {
        let warning = warning(facts);
        let cause = |kind: Option<RevisionKind>, reliability, exploited| {
            let kinds = kind.into_iter().collect();
            let next = edition(101, reliability);
            let reopening = warning.reopening(&next, &kinds, exploited, at(LATER));
            reopening.map_or("-", |reopening| reopening.cause.word())
        };
        let row = [
            cause(Some(RevisionKind::Editorial), Reliability::Recommended, false),
            cause(Some(RevisionKind::LevelUp), Reliability::Recommended, false),
            cause(Some(RevisionKind::MeasureAdded), Reliability::Recommended, false),
            cause(Some(RevisionKind::MeasureDoubtful), Reliability::Doubtful, false),
            cause(Some(RevisionKind::MeasureRevoked), Reliability::Revoked, false),
            cause(Some(RevisionKind::PresumptionSet), Reliability::Recommended, false),
            cause(None, Reliability::Recommended, true),
        ];
        table += &format!("{name:<13}{}\n", row.map(|word| format!("{word:<17}")).concat().trim_end());
    }
    // Columns: editorial, level up, measure added, doubtful, revoked, presumption set, now exploited.
    insta::assert_snapshot!(table, @r"
    notified     -                level_up         measure_added    -                -                presumption_set  -
    acknowledged -                level_up         measure_added    -                -                presumption_set  -
    planned      -                level_up         -                measure_doubtful measure_revoked  -                -
    accepted     -                level_up         -                -                -                -                exploited
    not affected -                -                -                -                -                -                -
    claimed      -                -                -                measure_doubtful measure_revoked  -                -
    verified     -                -                -                measure_doubtful measure_revoked  -                -
    closed       -                -                -                measure_doubtful measure_revoked  -                -
    transferred  -                -                -                -                -                -                -
    ");
}

#[test]
fn an_acknowledgement_of_an_older_revision_does_not_count_for_a_raised_one() {
    let raised = (LATER, Fact::Revision(edition(101, Reliability::Recommended)));
    let mut facts = vec![(DONE, acknowledged(100)), raised, (LATER, reopened(Cause::LevelUp))];
    assert_eq!(stage(&facts), Stage::Reopened);
    facts.push(("2020-01-17T08:00:00Z", acknowledged(100)));
    assert_eq!(stage(&facts), Stage::Reopened, "they opened the old mail");
    facts.push(("2020-01-17T09:00:00Z", acknowledged(101)));
    assert_eq!(stage(&facts), Stage::Acknowledged);
    assert_eq!(
        warning(&facts).acknowledge(by(), RevisionNumber(102)),
        Err(Refused::UnknownRevision(RevisionNumber(102)))
    );
}

#[test]
fn a_warning_stands_where_its_worst_asset_stands() {
    let on = |number: u128, fact: fn(AssetId) -> Fact| fact(asset(number));
    let exposed = |asset| Fact::Exposed(asset, Certainty::Likely);
    let claim = Fact::Claim(Claim {
        by: by(),
        measure: measure(1),
        executed_at: Some(at(DONE)),
        assets: BTreeSet::from([asset(1)]),
    });
    let look = |number, shows| Fact::Evidence(Evidence { asset: Some(asset(number)), shows });
    let mut facts = vec![(OPENED, on(1, exposed)), (OPENED, on(2, exposed)), (DONE, claim)];
    facts.push((LOOKED, look(1, Shows::Gone(ObservationId(Uuid::nil())))));
    assert_eq!(stage(&facts), Stage::Acknowledged, "the second asset is not claimed yet");
    facts.push((LATER, claimed(LATER)));
    assert_eq!(stage(&facts), Stage::Claimed);
    facts.push(("2020-01-17T08:00:00Z", gone()));
    assert_eq!(stage(&facts), Stage::Verified);
    facts.push(("2020-01-18T08:00:00Z", look(2, Shows::StillThere(ObservationId(Uuid::nil())))));
    assert_eq!(stage(&facts), Stage::Reopened);
    facts.push(("2020-01-19T08:00:00Z", Fact::Relieved(asset(2))));
    assert_eq!(stage(&facts), Stage::Verified, "what is switched off for good does not count");
}

#[test]
fn a_reopening_of_one_asset_leaves_what_was_proved_of_the_other() {
    let exposed = |number| Fact::Exposed(asset(number), Certainty::Likely);
    let mut warning =
        warning(&[(OPENED, exposed(1)), (OPENED, exposed(2)), (DONE, claimed(DONE)), (LOOKED, gone())]);
    let mut next = edition(101, Reliability::Recommended);
    next.offers[0].fails_on = BTreeSet::from([asset(2)]);
    let kinds = BTreeSet::from([RevisionKind::MeasureRevoked]);
    let reopening = warning.reopening(&next, &kinds, false, at(LATER)).unwrap();
    assert_eq!((reopening.cause, reopening.assets.len()), (Cause::MeasureRevoked, 1));
    warning.learn(at(LATER), Fact::Revision(next));
    warning.learn(at(LATER), Fact::Reopening(reopening));
    let now = at(LATER) + 1.hour();
    assert_eq!(warning.stage_of(Some(asset(1)), now), Stage::Verified);
    assert_eq!(warning.stage(now), Stage::Reopened);
    let again =
        Claim { by: by(), measure: measure(1), executed_at: None, assets: BTreeSet::from([asset(2)]) };
    assert_eq!(warning.claim(again, now), Err(Refused::MeasureRevoked(measure(1))));
}

#[test]
fn what_cannot_be_so_is_refused() {
    let open = warning(&[(OPENED, Fact::Exposed(asset(1), Certainty::Possible))]);
    let claim = |measure, executed_at: Option<&str>, assets: &[u128]| {
        let assets = assets.iter().copied().map(asset).collect();
        open.claim(Claim { by: by(), measure, executed_at: executed_at.map(at), assets }, at(DONE))
    };
    assert_eq!(claim(measure(9), None, &[]), Err(Refused::ForeignMeasure(measure(9))));
    assert_eq!(claim(measure(1), None, &[7]), Err(Refused::ForeignAsset(asset(7))));
    assert!(matches!(claim(measure(1), Some(LOOKED), &[]), Err(Refused::NotYetDone { .. })));
    assert!(claim(measure(1), Some(DONE), &[1]).is_ok());
    let over = warning(&[(DONE, Fact::Closing(Closing::StandDown))]);
    assert_eq!(over.acknowledge(by(), RevisionNumber(100)), Err(Refused::Over));
    let late = Answer::Planned { by: by(), measure: measure(1), due_at: at(OPENED) };
    assert_eq!(open.answer(late, at(DONE)), Err(Refused::NotInFuture(at(OPENED))));
}

#[test]
fn the_order_of_arrival_and_repetition_change_nothing() {
    let mut facts = vec![
        ("2020-01-11T10:00:00Z", mailed(Delivery::Bounced)),
        ("2020-01-11T12:00:00Z", Fact::Delivery(Channel::Sms, Delivery::Delivered)),
        (DONE, claimed(DONE)),
        (LOOKED, still_there()),
        (LATER, reopened(Cause::LevelUp)),
        ("2020-01-16T20:00:00Z", Fact::Delivery(Channel::Sms, Delivery::Read)),
    ];
    let expected = stage(&facts);
    assert_eq!(expected, Stage::Read);
    permutations(&mut facts, 0, &mut |order| {
        let twice: Vec<_> = order.iter().chain(order).cloned().collect();
        assert_eq!(stage(order), expected, "{order:?}");
        assert_eq!(stage(&twice), expected, "{order:?}");
    });
}

fn permutations<T>(items: &mut [T], done: usize, check: &mut impl FnMut(&[T])) {
    if done == items.len() {
        return check(items);
    }
    for next in done..items.len() {
        items.swap(done, next);
        permutations(items, done + 1, check);
        items.swap(done, next);
    }
}

#[test]
fn what_was_said_is_taken_back_by_whoever_said_it_and_in_any_order() {
    let undone = |said_at: &str| Fact::TakenBack(TakenBack { by: by(), said_at: at(said_at) });
    let arrived = ("2019-12-18T13:01:00Z", mailed(Delivery::Delivered));
    let facts = [arrived.clone(), (DONE, claimed(DONE)), ("2020-01-13T16:05:00Z", undone(DONE))];
    let backwards: Vec<_> = facts.iter().rev().cloned().collect();
    assert_eq!((stage(&facts), stage(&backwards)), (Stage::Notified, Stage::Notified));
    assert_eq!(warning(&facts).facts().count(), 4, "it was said all the same");
    let earlier = [arrived.clone(), ("2019-12-19T09:00:00Z", planned()), (DONE, claimed(DONE))];
    let taken = [&earlier[..], &[("2020-01-13T16:05:00Z", undone(DONE))]].concat();
    assert_eq!(stage(&taken), Stage::Planned, "what was said before counts again");

    let told = warning(&[arrived, (DONE, claimed(DONE))]);
    let minutes = |minutes: i64| at(DONE) + SignedDuration::from_mins(minutes);
    assert!(told.take_back(by(), at(DONE), minutes(10)).is_ok());
    assert_eq!(told.take_back(by(), at(DONE), minutes(11)), Err(Refused::TooLate));
    let other = ContactId(Uuid::from_u128(2));
    assert_eq!(told.take_back(other, at(DONE), minutes(1)), Err(Refused::NothingSaid));
    assert_eq!(warning(&facts).take_back(by(), at(DONE), minutes(6)), Err(Refused::NothingSaid));
    let evidence = warning(&[(DONE, gone())]);
    assert_eq!(evidence.take_back(by(), at(DONE), minutes(1)), Err(Refused::NothingSaid), "not theirs");
}
