//! `GET /events`: that something changed, as server-sent events.
//!
//! A door like all others. What it carries is a counter and nothing else, so that there is nothing in
//! it to leak: the page asks for itself again, through its own door, and gets what its visitor may see
//! at that moment. It counts its own signals, because the number of changes in the house would tell a
//! participant how busy the others are.
//!
//! A stream outlives the moment in which it was allowed, so it asks again, at each signal and in
//! between: who is signed out, removed or idle for too long is cut off within five seconds. Listening
//! is not being there, so it does not renew the session.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use flow::house::House;
use flow::sign_in;
use futures_util::stream::{Stream, unfold};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use crate::WebError;
use crate::may::{May, SignedIn};

/// How often a stream asks whether its visitor is still signed in.
const ASK_EVERY: Duration = Duration::from_secs(4);
/// Signals that come closer together than this become one.
const CALM: Duration = Duration::from_millis(500);

pub async fn stream(
    house: House,
    may: May<SignedIn>,
    (): (),
    (): (),
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, WebError> {
    let token = may.visit().token.clone().ok_or(WebError::NotFound)?;
    let listening = Listening { changes: house.changes(), house, token, who: may.who, count: 0 };
    let events = unfold(listening, async |mut listening| {
        listening.next().await.then(|| (Ok(listening.event()), listening))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

struct Listening {
    house: House,
    token: String,
    who: store::sign_in::SignedIn,
    changes: watch::Receiver<u64>,
    count: u64,
}

impl Listening {
    /// Waits for the next change. Gives `false` when the visitor may no longer listen.
    async fn next(&mut self) -> bool {
        let mut ask_at = Instant::now() + ASK_EVERY;
        loop {
            tokio::select! {
                changed = self.changes.changed() => {
                    sleep(CALM).await;
                    self.changes.mark_unchanged();
                    return changed.is_ok() && self.is_still_in().await;
                }
                () = sleep_until(ask_at) => {
                    if !self.is_still_in().await {
                        return false;
                    }
                    ask_at = Instant::now() + ASK_EVERY;
                }
            }
        }
    }

    /// Whether it is still the same person with the same role. A store that does not answer is no.
    async fn is_still_in(&self) -> bool {
        matches!(sign_in::look(&self.house, &self.token).await, Ok(Some(who)) if who == self.who)
    }

    fn event(&mut self) -> Event {
        self.count += 1;
        Event::default().event("changed").data(self.count.to_string())
    }
}
