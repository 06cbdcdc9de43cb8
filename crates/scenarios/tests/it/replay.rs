//! The replay of December 2019: as it was, and with the ladder of this house.

use domain::figures::{Figures, Goals};
use flow::deliver::post::{Catcher, Post};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use scenarios::country;
use scenarios::lists::Tally;
use scenarios::play::{Player, Pressed, Run};
use scenarios::population::Group;
use store::Db;
use store::papers::Folder;

/// What a run left behind.
struct Played {
    figures: Figures,
    counted: Vec<u64>,
    lists: Tally,
    goals: Goals,
    hospital: Pressed,
    root: String,
}

async fn play(run: Run, group: Option<Group>, seed: u64, until: &str) -> Played {
    let path =
        std::env::temp_dir().join(format!("replay_{}_{run:?}_{seed}_{}", std::process::id(), &until[5..10]));
    std::fs::create_dir_all(&path).unwrap();
    let db = Db::open_scratch(&path.join("replay.sqlite")).await.unwrap();
    let papers = Folder::open(&path.join("papers")).unwrap();
    let began: Timestamp = "2019-12-17T00:00:00+01:00".parse().unwrap();
    let house = country::house(db, papers, began, seed, Post::Catcher(Catcher::default()), country::team());
    let mut player = Player::begin(house, run, seed, group, &|_, _| {}).await.unwrap();
    let until: Timestamp = until.parse().unwrap();
    let mut at = began;
    while at < until {
        at = (at + 24.hours()).min(until);
        player.play_until(at).await.unwrap();
    }
    let figures = player.figures().await.unwrap();
    let counted = player.counted().values().copied().collect();
    let verified = store::ledger::verify(&player.house.db, &[]).await.unwrap();
    assert_eq!(verified.flaws, []);
    std::fs::remove_dir_all(path).unwrap();
    let lists = player.lists().clone();
    let (goals, hospital) = (player.house.goals().await.unwrap(), player.pressed("noordzorg").await.unwrap());
    Played { figures, counted, lists, goals, hospital, root: format!("{:02x?}", verified.root) }
}

#[tokio::test]
async fn the_history_hits_the_seven_points_of_the_record() {
    let played = play(Run::History, None, 1, "2020-02-04T00:00:00+01:00").await;
    for (counted, record) in played.counted.iter().zip([713_u64, 546, 294, 176, 112, 87, 70]) {
        assert!(counted.abs_diff(record) * 100 <= record * 3, "{counted} against {record}");
    }
    assert_eq!(played.counted.len(), 7);
    assert_eq!(played.figures.ladder_steps.values().sum::<u64>(), 0, "nobody was pressed");
}

#[tokio::test]
async fn with_the_ladder_most_of_care_is_safe_before_the_scanning_begins() {
    let until = "2020-01-10T12:00:00+01:00";
    let played = play(Run::Ladder, Some(Group::Care), 1, until).await;
    let figures = &played.figures;
    assert_eq!(figures.warned, figures.participants, "everybody is warned, also who registered nothing");
    let day = |day: &str| figures.open_per_day[&day.parse().unwrap()];
    let (first, scanned) = (day("2019-12-18"), day("2020-01-09"));
    assert!(
        scanned * 2 < first,
        "{first} systems were open on the first day, {scanned} when the scanning began"
    );
    assert!(
        figures.ladder_steps.len() >= 5 && figures.refuted > 0,
        "they were pressed, and claims were checked"
    );
    assert!(figures.unreached > 0, "bounced is not silent");
    // The hospital of the story, whose contact goes on leave on 20 December.
    let Pressed { red_at, board_letter_at } = played.hospital;
    let midnight = |day: &str| day.parse::<Date>().unwrap().in_tz("Europe/Amsterdam").unwrap().timestamp();
    assert!(red_at.is_some_and(|at| at < midnight("2019-12-21")), "red on the board: {red_at:?}");
    assert!(board_letter_at.is_some_and(|at| at < midnight("2020-01-09")), "its board: {board_letter_at:?}");
    eprintln!("{:?}\n{:?}", played.goals, played.hospital);
    let again = play(Run::Ladder, Some(Group::Care), 1, until).await;
    assert_eq!((again.figures, again.root), (played.figures, played.root), "the same seed, the same bytes");
}

#[tokio::test]
async fn with_the_teams_designated_the_list_of_december_goes_and_fewer_are_open_when_the_scanning_begins() {
    let until = "2020-01-10T12:00:00+01:00";
    let was = play(Run::History, Some(Group::Care), 1, until).await;
    let could = play(Run::Designated, Some(Group::Care), 1, until).await;
    assert_eq!(
        (was.lists.offered, was.lists.withheld, was.lists.released),
        (1, 1, 0),
        "in January it lay there"
    );
    assert_eq!((could.lists.offered, could.lists.withheld, could.lists.released), (1, 0, 1));
    assert!(could.lists.organisations_named >= 90, "{:?}", could.lists);
    // The first scan of January, as it was counted: the same hosts, owners and patience.
    let (open, as_it_was) = (could.counted[0], was.counted[0]);
    assert!(open * 10 < as_it_was * 8, "{open} open, and {as_it_was} as it was");
    assert_eq!(could.figures.ladder_steps.values().sum::<u64>(), 0, "nothing else is different");
}
