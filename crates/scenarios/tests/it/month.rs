//! A month of thousands of participants: no rung is early, none is climbed twice, none is lost, and nobody
//! is called at night without a reason.

use scenarios::month::{Counts, play};

/// So many seeds of so many participants. What this takes stands in `cargo xtask bench ladder`, which plays
/// the two hundred seeds that the promise names; here are some of them, at each change.
const SEEDS: u64 = 4;
const PARTICIPANTS: usize = 3_000;

#[test]
fn in_a_month_no_rung_is_early_none_twice_none_lost_and_nobody_is_called_at_night_without_reason() {
    let ladders = formats_ladders();
    let months = (0..SEEDS).map(|seed| play(&ladders, PARTICIPANTS, seed));
    let counts = months.fold(Counts::default(), Counts::and);
    eprintln!("{counts:?}");
    assert_eq!(counts.complaints, Vec::<String>::new());
    assert_eq!(counts.warnings, SEEDS * 3_000);
    assert!(counts.climbed > counts.warnings, "they were pressed");
    assert!(counts.called_at_night > 0, "where somebody uses the hole, it rings at night");
    assert!(
        counts.left_out > 0 && counts.hours_away > 0,
        "the node was away, and climbed once when it came back"
    );
}

fn formats_ladders() -> domain::escalation::Ladders {
    formats::rules::ladders(formats::rules::LADDERS).unwrap()
}
