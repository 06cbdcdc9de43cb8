//! Between the pages of a demonstration and the program that plays its story.
//!
//! The pages write down what a visitor wishes; the program looks here, moves the clock, and lets
//! everything happen that falls due on the way. Neither knows the other.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::text::Text;
use jiff::Timestamp;
use store::sign_in::Person;
use tokio::sync::Notify;

/// What both sides see. Cheap to clone; every clone is the same stage.
#[derive(Debug, Clone)]
pub struct Stage(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    began_at: Timestamp,
    ends_at: Timestamp,
    /// Oldest first.
    events: Vec<Event>,
    roles: Vec<Role>,
    beside: Beside,
    wishes: Mutex<Wishes>,
    wished: Notify,
}

/// What can be read without signing in.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// The page of a finder, which has no account: its place on this node.
    pub finder: Option<String>,
    /// Where the website of everybody is, with its scheme.
    pub website: Option<String>,
}

#[derive(Debug, Clone, Copy)]
struct Wishes {
    moving: bool,
    /// Hours of the story that pass in a second.
    speed: u32,
    leap_to: Option<Timestamp>,
}

/// An event of the story, in the words of its script.
#[derive(Debug, Clone)]
pub struct Event {
    pub at: Timestamp,
    pub what: Text,
}

/// Somebody that the visitor can be.
#[derive(Debug, Clone)]
pub struct Role {
    pub name: String,
    pub organisation: String,
    pub person: Person,
    /// What a form calls this role, and no other: `duty_officer`.
    pub word: &'static str,
}

impl Role {
    /// The key of the sentence that says what this role sees.
    pub fn key(&self) -> String {
        format!("demo-role-{}", self.word.replace('_', "-"))
    }
}

impl Stage {
    /// A story that stands still at its beginning. `events` in any order.
    pub fn new(began_at: Timestamp, ends_at: Timestamp, mut events: Vec<Event>, roles: Vec<Role>) -> Self {
        events.sort_by_key(|event| event.at);
        let wishes = Wishes { moving: false, speed: 6, leap_to: None };
        Self(Arc::new(Inner {
            began_at,
            ends_at,
            events,
            roles,
            beside: Beside::default(),
            wishes: wishes.into(),
            wished: Notify::new(),
        }))
    }

    /// The same, with what can be read beside it. Said before anybody else has the stage.
    pub fn with(self, beside: Beside) -> Self {
        match Arc::try_unwrap(self.0) {
            Ok(inner) => Self(Arc::new(Inner { beside, ..inner })),
            Err(shared) => Self(shared),
        }
    }

    pub fn beside(&self) -> &Beside {
        &self.0.beside
    }

    pub fn began_at(&self) -> Timestamp {
        self.0.began_at
    }

    pub fn ends_at(&self) -> Timestamp {
        self.0.ends_at
    }

    pub fn roles(&self) -> &[Role] {
        &self.0.roles
    }

    /// The role that a form calls `word`.
    pub fn role(&self, word: &str) -> Option<&Role> {
        self.0.roles.iter().find(|role| role.word == word)
    }

    /// What happened until `now`, and what comes next.
    pub fn events(&self, now: Timestamp) -> (&[Event], Option<&Event>) {
        let (past, future) = self.0.events.split_at(self.0.events.partition_point(|event| event.at <= now));
        (past, future.first())
    }

    pub fn is_moving(&self) -> bool {
        self.wishes().moving
    }

    pub fn set_moving(&self, moving: bool) {
        self.wishes().moving = moving;
        self.0.wished.notify_one();
    }

    /// Hours of the story that pass in a second while it moves.
    pub fn speed(&self) -> u32 {
        self.wishes().speed
    }

    pub fn set_speed(&self, hours_per_second: u32) {
        self.wishes().speed = hours_per_second;
        self.0.wished.notify_one();
    }

    /// Wishes that the clock leaps to `at`, and no further than the end.
    pub fn leap_to(&self, at: Timestamp) {
        self.wishes().leap_to = Some(at.min(self.0.ends_at));
        self.0.wished.notify_one();
    }

    /// The leap that was wished for, once.
    pub fn take_leap(&self) -> Option<Timestamp> {
        self.wishes().leap_to.take()
    }

    /// Waits until a visitor wishes something.
    pub async fn wished(&self) {
        self.0.wished.notified().await;
    }

    fn wishes(&self) -> MutexGuard<'_, Wishes> {
        self.0.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    #[tokio::test]
    async fn the_player_hears_what_a_visitor_wishes() {
        let began = Timestamp::UNIX_EPOCH;
        let event = |hour: i64| Event { at: began + hour.hours(), what: hour.to_string().as_str().into() };
        let stage = Stage::new(began, began + 10.hours(), vec![event(5), event(2)], vec![]);
        let (past, next) = stage.events(began + 2.hours());
        assert_eq!((past.len(), next.map(|it| it.at)), (1, Some(began + 5.hours())));
        let player = stage.clone();
        stage.leap_to(began + 99.hours());
        player.wished().await;
        assert_eq!((player.take_leap(), player.take_leap()), (Some(began + 10.hours()), None));
    }
}
